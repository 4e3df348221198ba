//! The ceilings that belong to one session or one connection: session policies and the VPC endpoint's policy.

use super::{Described, Found, Selector};
use crate::iam::{
    Command, ContextValue, EndpointKind, Gap, Layer, NotApplicable, PolicyOrigin, PolicyType, PrincipalKind, Subject,
    Unseen,
};
use crate::snapshot::command;
use crate::snapshot::permission_set::is_same_json;

const SESSION: PolicyType = PolicyType::Session;
const ENDPOINT: PolicyType = PolicyType::VpcEndpoint;

impl Selector<'_> {
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session>
    pub(super) fn session(&mut self) -> Layer {
        let snapshot = self.snapshot;
        if let Some(none) = self.none_given(SESSION) {
            return none;
        }
        if self.is_federated() {
            return Layer::not_applicable(NotApplicable::FederatedCall(SESSION));
        }
        let Some(principal) = self.request.principal.value() else {
            return match snapshot.loose.all(SESSION) {
                Some(policies) => self.given(SESSION, policies),
                None => self.layer(Found::gap(Gap::new(Subject::SessionPolicies(None), Unseen::CallerNotNamed))),
            };
        };
        let recorded = snapshot.session_policies.get(principal.as_str());
        if let Some(policies) = snapshot.loose.all(SESSION) {
            if recorded.is_some() {
                self.replaced(SESSION);
            }
            return self.given(SESSION, policies);
        }
        let mut found = Found::default();
        if let Some(session) = recorded {
            let attached_to = vec![principal.as_str().to_owned()];
            for (index, (name, stored)) in session.documents.iter().enumerate() {
                let name = name.clone().unwrap_or_else(|| format!("session policy {}", index + 1));
                let described = Described {
                    name: &name,
                    arn: None,
                    policy_type: SESSION,
                    origin: PolicyOrigin::Inline,
                    version_id: None,
                    attached_to: attached_to.clone(),
                };
                self.take(&mut found, stored.as_ref(), described);
            }
            for arn in &session.arns {
                self.take_managed(&mut found, "", arn, SESSION, attached_to.clone());
            }
            return self.layer(found);
        }
        let gap = |reason| Gap::new(Subject::SessionPolicies(Some(principal.to_string())), reason);
        let gap = match principal.kind() {
            PrincipalKind::AssumedRole => {
                // people of IAM Identity Center come with SAML
                let call = if principal.permission_set().is_some() { "AssumeRoleWithSAML" } else { "AssumeRole" };
                gap(Unseen::OnlyTheSessionCall).closed_by(command::session(call, principal.as_str()))
            }
            PrincipalKind::FederatedUser => {
                gap(Unseen::OnlyTheFederationCall).closed_by(command::session("GetFederationToken", principal.as_str()))
            }
            PrincipalKind::Unknown => gap(Unseen::KindOfPrincipal),
            PrincipalKind::Role => return Layer::not_applicable(NotApplicable::NotASession),
            PrincipalKind::Federated => return Layer::not_applicable(NotApplicable::FederatedCall(SESSION)),
            PrincipalKind::User | PrincipalKind::Root | PrincipalKind::Service | PrincipalKind::Anonymous => {
                return Layer::not_applicable(NotApplicable::NoSessionPolicies);
            }
        };
        self.layer(Found::gap(gap))
    }

    /// The kind of the VPC endpoint that the request came through.
    pub(super) fn endpoint_kind(&self) -> Option<EndpointKind> {
        if self.snapshot.loose.all(ENDPOINT).is_some() {
            return self.snapshot.loose.endpoint();
        }
        match self.request.context.get("aws:SourceVpce") {
            ContextValue::Present { values, .. } => self.snapshot.endpoint_kinds.get(values.first()?).copied(),
            ContextValue::Absent | ContextValue::Unknown => None,
        }
    }

    /// <https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html>
    pub(super) fn vpc_endpoint(&mut self) -> Layer {
        let snapshot = self.snapshot;
        if let Some(none) = self.none_given(ENDPOINT) {
            return none;
        }
        let context = &self.request.context;
        let endpoint = match context.get("aws:SourceVpce") {
            ContextValue::Present { values, .. } => values.first(),
            ContextValue::Absent | ContextValue::Unknown => None,
        };
        if let Some(policies) = snapshot.loose.all(ENDPOINT) {
            if endpoint.is_some_and(|id| snapshot.endpoint_policies.contains_key(id)) {
                self.replaced(ENDPOINT);
            }
            return self.given(ENDPOINT, policies);
        }
        if let Some(id) = endpoint {
            let mut found = Found::default();
            self.recorded_gaps(&mut found, id, ENDPOINT);
            match snapshot.endpoint_policies.get(id) {
                Some(Some(stored)) => {
                    let name = format!("policy of {id}");
                    let described = Described {
                        name: &name,
                        arn: None,
                        policy_type: ENDPOINT,
                        origin: PolicyOrigin::Inline,
                        version_id: None,
                        attached_to: vec![id.clone()],
                    };
                    self.take(&mut found, Some(stored), described);
                }
                Some(None) => {
                    return Layer::not_applicable(NotApplicable::DefaultEndpointPolicy(id.clone()));
                }
                // where AWS was asked, what it said is why
                None if !found.gaps.is_empty() => {
                    found.gaps.iter_mut().for_each(|gap| gap.subject = Subject::EndpointPolicy(Some(id.clone())));
                }
                None => found.gaps.push(
                    Gap::new(Subject::EndpointPolicy(Some(id.clone())), Unseen::EndpointNotGiven)
                        .closed_by(command::endpoint(id, &self.request.region().unwrap_or_default())),
                ),
            }
            return self.layer(found);
        }
        if let Some(vpc) = self.request.source_vpc() {
            let mut found = Found::default();
            self.recorded_gaps(&mut found, vpc, ENDPOINT);
            let endpoints = snapshot.endpoints_of(self.request);
            if !endpoints.is_empty() || !found.gaps.is_empty() {
                self.one_of_vpc(&mut found, vpc, endpoints);
                return self.layer(found);
            }
        }
        if self.request.principal.value().is_some_and(|caller| caller.kind() == PrincipalKind::Service) {
            return Layer::not_applicable(NotApplicable::OutsideOfNetworks);
        }
        if *context.get("aws:SourceVpce") == ContextValue::Absent {
            return Layer::not_applicable(NotApplicable::NoEndpoint);
        }
        // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip>
        if matches!(context.get("aws:SourceIp"), ContextValue::Present { .. }) {
            return Layer::not_applicable(NotApplicable::PublicAddress);
        }
        let gap = Gap::new(Subject::EndpointPolicy(None), Unseen::RouteNotTold);
        self.layer(Found::gap(gap.closed_by(Command::new("--context aws:SourceVpce=ID --vpc-endpoint-policy FILE"))))
    }

    /// The policy of the endpoint that the request came through, where all those of its VPC have the same.
    fn one_of_vpc(&mut self, found: &mut Found, vpc: &str, endpoints: &[String]) {
        let snapshot = self.snapshot;
        let policies: Vec<_> =
            endpoints.iter().map(|id| snapshot.endpoint_policies.get(id).and_then(Option::as_ref)).collect();
        let first = match policies.as_slice() {
            [] => return,
            [first, ..] => {
                first.filter(|first| policies.iter().all(|one| one.is_some_and(|one| is_same_json(first, one))))
            }
        };
        let Some(first) = first else {
            let reason = Unseen::SeveralEndpoints { vpc: vpc.to_owned(), endpoints: endpoints.to_vec() };
            let name = Command::new("--context aws:SourceVpce=ID");
            found.gaps.push(Gap::new(Subject::EndpointPolicy(None), reason).closed_by(name));
            return;
        };
        let name = format!("policy of {}", endpoints.join(" and "));
        let described = Described {
            name: &name,
            arn: None,
            policy_type: ENDPOINT,
            origin: PolicyOrigin::Inline,
            version_id: None,
            attached_to: endpoints.to_vec(),
        };
        self.take(found, Some(first), described);
    }
}
