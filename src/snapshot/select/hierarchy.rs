//! What the organization lays over an account: SCPs over the principal's, RCPs over the resource's.
//!
//! <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html>
//! <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>

use std::sync::Arc;

use super::{Described, Found, Membership, PrincipalFound, Selector};
use crate::iam::{
    AssumedField, AssumedValue, Assumption, Coverage, Effect, Gap, Hierarchy, Level, NotApplicable, Policy,
    PolicyOrigin, PolicyType, Principal, PrincipalKind, Subject, Unseen, Why,
};
use crate::snapshot::command;
use crate::snapshot::organization::{Attached, Node, NodeKind, Organization, RCP_FULL_AWS_ACCESS};
use crate::snapshot::{Snapshot, scope};

const SCP: PolicyType = PolicyType::ServiceControl;
const RCP: PolicyType = PolicyType::ResourceControl;

impl<'a> Selector<'a> {
    pub(super) fn service_control(&mut self, found: &PrincipalFound) -> Hierarchy {
        let principal = self.request.principal.value();
        match principal.map(Principal::kind) {
            Some(PrincipalKind::Service) => return none(NotApplicable::Service(SCP)),
            Some(PrincipalKind::Anonymous) => return none(NotApplicable::Anonymous(SCP)),
            _ => {}
        }
        if self.is_federated() {
            return none(NotApplicable::FederatedCall(SCP));
        }
        if self.is_service_linked(found) {
            return none(NotApplicable::ServiceLinkedRole(SCP));
        }
        let account = self.principal_account();
        self.hierarchy(SCP, account.as_deref(), Unseen::CallerAccountNotKnown)
    }

    pub(super) fn resource_control(&mut self, found: &PrincipalFound) -> Hierarchy {
        // where AWS names an RCP, one reached the request, whatever the list of services says
        if !self.request.rcp_named
            && let Some(why) = self.request.action.value().and_then(scope::no_rcp)
        {
            return none(why);
        }
        if self.is_service_linked(found) {
            return none(NotApplicable::ServiceLinkedRole(RCP));
        }
        let account = self.resource_account();
        self.hierarchy(RCP, account.as_deref(), Unseen::ResourceAccountNotKnown)
    }

    /// The path of the role tells; where the role is not known, its name does.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html>
    fn is_service_linked(&self, found: &PrincipalFound) -> bool {
        let role = match found {
            PrincipalFound::Found(facts) => Some(&facts.arn),
            _ => self.request.role.as_ref(),
        };
        match role {
            Some(role) => {
                // nearly no name says so
                let said = |name: &str| role.as_str().contains(name);
                (said("aws-service-role/") || said("AWSServiceRoleFor"))
                    && Principal::new(role.as_str()).is_service_linked_role()
            }
            None => self.request.principal.value().is_some_and(Principal::is_service_linked_role),
        }
    }

    fn hierarchy(&mut self, policy_type: PolicyType, account: Option<&str>, unknown: Unseen) -> Hierarchy {
        let snapshot = self.snapshot;
        let option = if policy_type == SCP { "--scp" } else { "--rcp" };
        let organization = account.and_then(|account| self.organization_of(account));
        if let Some(said) = snapshot.loose.none(policy_type) {
            if organization.is_some() {
                self.replaced(policy_type);
            }
            self.assume_all(policy_type, 0);
            return none(NotApplicable::NoneSaid(said.clone()));
        }
        let total = snapshot.loose.levels(policy_type).count();
        if total > 0 {
            if organization.is_some() {
                self.replaced(policy_type);
            }
            let denials = self.only_denials(policy_type);
            let gap = (!denials.is_empty()).then(|| self.full_access_not_told(&denials));
            let levels: Vec<Level> = snapshot
                .loose
                .levels(policy_type)
                .zip(1..)
                .map(|(policies, number)| Level {
                    target: format!("level {number} of {total} given by {option}"),
                    policies: policies.to_vec(),
                    coverage: match &gap {
                        Some(gap) if denials.contains(&number) => Coverage::MayAllow(gap.clone()),
                        _ => Coverage::Complete,
                    },
                })
                .collect();
            let documents = levels.iter().map(|level| level.policies.len()).sum();
            let Some(gap) = gap else {
                self.assume_all(policy_type, documents);
                return Hierarchy { levels, coverage: Coverage::Complete };
            };
            let levels_open = if denials.len() == total { Vec::new() } else { denials };
            self.assume_given(policy_type, AssumedValue::Denials { documents, levels: levels_open });
            let coverage = Coverage::MayAllow(gap);
            return Hierarchy { levels, coverage };
        }
        let gap = |reason: Unseen| {
            let subject = Subject::OrganizationPolicies(policy_type, account.map(str::to_owned));
            Gap::new(subject, reason).closed_by(command::snapshot().note(format!("or: {option} FILE")))
        };
        let Some(account) = account else {
            let coverage = self.coverage(vec![gap(unknown)]);
            return Hierarchy { levels: Vec::new(), coverage };
        };
        if self.is_alone(account) {
            return none(NotApplicable::NoOrganization(account.to_owned()));
        }
        let Some(organization) = organization else {
            let why = match snapshot.organizations.as_slice() {
                [] => Unseen::OrganizationNotGiven,
                known => Unseen::NotInTree(known.iter().map(|organization| organization.id.clone()).collect()),
            };
            // a collector that was refused knows better why there is no tree
            let mut refused = Found::default();
            self.recorded_gaps(&mut refused, account, policy_type);
            let gaps = if refused.gaps.is_empty() { vec![gap(why)] } else { refused.gaps };
            let coverage = self.coverage(gaps);
            return Hierarchy { levels: Vec::new(), coverage };
        };
        if organization.management_account.as_deref() == Some(account) {
            return none(NotApplicable::ManagementAccount(policy_type, account.to_owned()));
        }
        let enabled = organization.enabled_policy_types.as_ref();
        if enabled.is_some_and(|types| !types.iter().any(|name| name == policy_type.constant())) {
            return none(NotApplicable::NotEnabled(policy_type, organization.id.clone()));
        }
        if organization.management_account.is_none() {
            self.assumed.push(Assumption {
                field: AssumedField::Policies(policy_type),
                value: AssumedValue::NotManagementAccount(account.to_owned()),
                why: Why::ManagementAccountNotTold(organization.id.clone()),
            });
        }
        let (mut levels, mut gaps) = (Vec::new(), Vec::new());
        for node in organization.path(account).unwrap_or_default() {
            self.level(policy_type, organization, node, &mut levels, &mut gaps);
        }
        let coverage = self.coverage(gaps);
        Hierarchy { levels, coverage }
    }

    /// The levels, from 1, of which only SCPs that deny were given. People give the SCPs that they wrote, which deny, and not the one
    /// that AWS attaches to every root, unit and account, which allows everything; without it a level would allow nothing. So it may
    /// be there.
    /// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html>
    ///
    /// RCPs need no such thing: nobody can detach theirs.
    /// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_evaluation.html>
    fn only_denials(&self, policy_type: PolicyType) -> Vec<usize> {
        if policy_type != SCP {
            return Vec::new();
        }
        let allows =
            |policy: &Arc<Policy>| policy.document.statements.iter().any(|statement| statement.effect == Effect::Allow);
        let levels = self.snapshot.loose.levels(policy_type).zip(1..);
        levels.filter(|(policies, _)| !policies.iter().any(allows)).map(|(_, number)| number).collect()
    }

    fn full_access_not_told(&mut self, levels: &[usize]) -> Gap {
        let total = self.snapshot.loose.levels(SCP).count();
        let levels = if levels.len() == total { Vec::new() } else { levels.to_vec() };
        let gap = Gap::new(Subject::FullAccess(levels), Unseen::OnlyDenials).closed_by(command::snapshot());
        self.gaps.push(gap.clone());
        gap
    }

    fn level(
        &mut self,
        policy_type: PolicyType,
        organization: &Organization,
        node: &Node,
        levels: &mut Vec<Level>,
        gaps: &mut Vec<Gap>,
    ) {
        let attached = if policy_type == SCP { &node.service_control } else { &node.resource_control };
        let mut found = Found::default();
        self.recorded_gaps(&mut found, &node.id, policy_type);
        let Some(attached) = attached else {
            let subject = Subject::LevelPolicies(policy_type, node.to_string());
            // where AWS was asked, what it said is why
            found.gaps.iter_mut().for_each(|gap| gap.subject = subject.clone());
            if found.gaps.is_empty() {
                found.gaps.push(Gap::new(subject, Unseen::AttachmentsNotTold).closed_by(command::snapshot()));
            }
            levels.push(Level { target: node.to_string(), policies: Vec::new(), coverage: level_coverage(&found) });
            gaps.append(&mut found.gaps);
            return;
        };
        let target_arn = node.arn.clone().unwrap_or_else(|| arn_of(organization, node));
        for policy in attached {
            match policy {
                Attached::Known(policy) => {
                    let described = Described {
                        name: &policy.name,
                        arn: policy.arn.as_deref(),
                        policy_type,
                        origin: if policy.aws_managed { PolicyOrigin::AwsManaged } else { PolicyOrigin::Organization },
                        version_id: None,
                        attached_to: vec![target_arn.clone()],
                    };
                    if policy.id == RCP_FULL_AWS_ACCESS {
                        continue;
                    }
                    if policy.document.is_none() {
                        found.gaps.push(undefined(policy_type, &policy.id, node));
                    } else {
                        self.take(&mut found, policy.document.as_ref(), described);
                    }
                }
                Attached::Unknown(id) if id == RCP_FULL_AWS_ACCESS => {}
                Attached::Unknown(id) => {
                    let mut of_policy = Found::default();
                    self.recorded_gaps(&mut of_policy, id, policy_type);
                    let undefined = undefined(policy_type, id, node);
                    of_policy.gaps.iter_mut().for_each(|gap| gap.subject = undefined.subject.clone());
                    if of_policy.gaps.is_empty() {
                        of_policy.gaps.push(undefined);
                    }
                    found.gaps.append(&mut of_policy.gaps);
                }
            }
        }
        levels.push(Level { target: node.to_string(), coverage: level_coverage(&found), policies: found.policies });
        gaps.append(&mut found.gaps);
    }

    /// The organization whose tree holds the account, or that it manages.
    fn organization_of(&self, account: &str) -> Option<&'a Organization> {
        self.snapshot.organization_of(account)
    }

    /// Whether the account is known to be in no organization.
    pub(super) fn is_alone(&self, account: &str) -> bool {
        self.snapshot.accounts.get(account).is_some_and(|known| known.in_organization == Some(false))
    }

    pub(super) fn membership(&self, account: &str) -> Option<Membership> {
        let organization = self.organization_of(account)?;
        Some(Membership {
            organization: organization.id.clone(),
            path: organization.path_text(account),
            management_account: organization.management_account.as_deref().map(|manager| manager == account),
        })
    }
}

impl Snapshot {
    /// The management account of the organization that an account belongs to, where a file tells both.
    #[must_use]
    pub fn management_account_of(&self, account: &str) -> Option<&str> {
        self.organization_of(account)?.management_account.as_deref()
    }

    fn organization_of(&self, account: &str) -> Option<&Organization> {
        let holds = |organization: &&Organization| {
            organization.management_account.as_deref() == Some(account) || organization.path(account).is_some()
        };
        self.organizations.iter().find(holds)
    }
}

/// The gaps of one level; those of the hierarchy sum them up.
fn level_coverage(found: &Found) -> Coverage {
    Gap::sum(&found.gaps).map_or(Coverage::Complete, Coverage::Gap)
}

const fn none(why: NotApplicable) -> Hierarchy {
    Hierarchy { levels: Vec::new(), coverage: Coverage::NotApplicable(why) }
}

fn undefined(policy_type: PolicyType, id: &str, node: &Node) -> Gap {
    let subject = Subject::LevelPolicy { policy_type, id: id.to_owned(), level: node.to_string() };
    Gap::new(subject, Unseen::ContentNotInSnapshot).closed_by(command::snapshot())
}

/// The ARN that Organizations gives a node; its id where the management account is not known.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html>
fn arn_of(organization: &Organization, node: &Node) -> String {
    let Some(manager) = &organization.management_account else {
        return node.id.clone();
    };
    let kind = match node.kind {
        NodeKind::Root => "root",
        NodeKind::Unit => "ou",
        NodeKind::Account => "account",
    };
    format!("arn:aws:organizations::{manager}:{kind}/{}/{}", organization.id, node.id)
}
