//! From a denial to the call that it was part of: which profile stands behind it, and what of the call is not allowed yet.

use super::{Calls, Check, Destinations, Grant, PROFILE_KEY, Provided, Target, grant, statements};
use crate::diagnose::{DenialContext, blockers};
use crate::evaluate::{Decision, evaluate};
use crate::iam::{Action, Arn, ContextValue, Effect, PolicySet, PolicyType, Principal, Request};

/// Actions that a profile can be called with.
const INVOKES: [&str; 2] = ["bedrock:invokemodel", "bedrock:invokemodelwithresponsestream"];

/// A call through an inference profile, one part of which was denied.
#[derive(Debug)]
pub(in crate::remedy) struct BedrockCall {
    /// The call.
    pub(in crate::remedy) calls: Calls,
    /// What it needs.
    pub(in crate::remedy) grant: Grant,
    /// The denied request, with the profile that it went through.
    pub(in crate::remedy) request: Request,
    /// What the profile rests on, where neither the resource nor the input tells it.
    pub(in crate::remedy) assumed: Option<Provided>,
}

impl BedrockCall {
    /// What a proof of the whole call takes to be so.
    pub(in crate::remedy) fn provided(&self) -> Vec<Provided> {
        let unknown = self.grant.unknown.as_ref().map(|_| Provided::StaysInAllowedRegions);
        self.assumed.iter().cloned().chain(unknown).collect()
    }

    /// The id of what is called.
    pub(in crate::remedy) fn called(&self) -> &str {
        match &self.calls.target {
            Target::Model(id) | Target::Profile(id) | Target::ApplicationProfile(id) | Target::Other(id) => id,
        }
    }

    /// Whether the denied request can only be a part of this call: the profile itself, or a Region that was not called.
    pub(in crate::remedy) fn is_certain(&self) -> bool {
        let region = self.request.resource.value().and_then(|resource| resource.parse::<Arn>().ok());
        self.assumed.is_none() || region.is_some_and(|arn| arn.region() != self.calls.region)
    }
}

/// The call behind the denied request; `None` where it went to a model itself, or that is not known.
pub(in crate::remedy) fn through(case: &DenialContext<'_>) -> Option<BedrockCall> {
    let action = case.request.action.value()?;
    if !INVOKES.contains(&action.folded()) {
        return None;
    }
    let arn: Arn = case.request.resource.value()?.parse().ok()?;
    if arn.resource().contains(['*', '?']) {
        return None;
    }
    let own = case.request.principal.value().and_then(Principal::account)?;
    let (profile, assumed) = match Target::read(arn.as_str()) {
        Target::Profile(_) | Target::ApplicationProfile(_) => (arn.clone(), None),
        Target::Model(id) => behind(case, &id, arn.region())?,
        Target::Other(_) => return None,
    };
    // a profile of another account is shared by its owner, who grants it
    if profile.account() != own || profile.region().is_empty() {
        return None;
    }
    let listed = case.snapshot.inference_profiles().iter().find(|known| {
        known.arn.region() == profile.region() && known.arn.resource() == profile.resource() && !known.models.is_empty()
    });
    let is_model = arn.resource().starts_with("foundation-model/");
    let destinations = match listed {
        Some(known) => Destinations::Known(known.models.clone()),
        None => Destinations::AtLeast(if is_model { vec![arn.clone()] } else { Vec::new() }),
    };
    let calls = Calls {
        partition: profile.partition().to_owned(),
        account: own.to_owned(),
        region: profile.region().to_owned(),
        target: Target::read(profile.as_str()),
        actions: vec![action.clone()],
        destinations,
    };
    let mut grant = grant(&calls);
    if any_region_is_allowed(case, &calls, action) {
        grant.unknown = None;
    }
    let denied = grant.checks.iter().find(|check| check.resource == arn.as_str())?;
    let mut request = case.request.clone();
    if let Some(profile) = &denied.profile {
        request.context.set_one(PROFILE_KEY, profile);
    }
    Some(BedrockCall { calls, grant, request, assumed })
}

/// Whether the principal's own policies allow the model behind the profile wherever it is: then it does not matter which Regions they are.
fn any_region_is_allowed(case: &DenialContext<'_>, calls: &Calls, action: &Action) -> bool {
    let Some(id) = calls.target.model() else {
        return false;
    };
    // a Region that no policy names
    let anywhere = Calls { region: "xx-any-0".to_owned(), target: Target::Model(id.to_owned()), ..calls.clone() };
    let through = |check: Check| Check { profile: Some(calls.called()), ..check };
    let checks = super::checks(&anywhere, action).into_iter().map(through).collect();
    let elsewhere = Grant { checks, statements: Vec::new(), unknown: None };
    missing(&elsewhere, case.request, case.policies, PolicyType::IdentityBased).checks.is_empty()
}

/// The profile behind a request for a model: the request tells it, or a statement of the principal's own policies names the only one.
fn behind(case: &DenialContext<'_>, model: &str, region: &str) -> Option<(Arn, Option<Provided>)> {
    match case.request.context.get(PROFILE_KEY) {
        ContextValue::Present { values, .. } => {
            return values.first()?.parse().ok().map(|profile| (profile, None));
        }
        ContextValue::Absent => return None,
        ContextValue::Unknown => {}
    }
    let mut found: Vec<(Arn, String)> = Vec::new();
    for policy in &case.policies.identity.policies {
        let allows = policy.document.statements.iter().filter(|statement| statement.effect == Effect::Allow);
        let named = allows.filter_map(|statement| statement.resource.as_ref()).filter(|element| !element.negated);
        for profile in named.flat_map(|element| &element.entries).filter_map(|entry| entry.value.parse::<Arn>().ok()) {
            let target = Target::read(profile.as_str());
            let fits = matches!(target, Target::Profile(_))
                && target.model() == Some(model)
                && target.is_global() == region.is_empty()
                && !profile.as_str().contains(['*', '?', '$']);
            if fits && !found.iter().any(|(known, _)| *known == profile) {
                found.push((profile, policy.name.clone()));
            }
        }
    }
    let [(profile, policy)] = found.as_slice() else {
        return None;
    };
    let why = Provided::ThroughProfile { profile: profile.clone(), policy: policy.clone() };
    Some((profile.clone(), Some(why)))
}

/// The part of the grant that policies of this type do not allow yet.
pub(in crate::remedy) fn missing(
    grant: &Grant,
    request: &Request,
    policies: &PolicySet,
    policy_type: PolicyType,
) -> Grant {
    let lacks = |check: &&Check| {
        let request = check.like(request);
        let evaluation = evaluate(&request, policies);
        evaluation.decision != Decision::Allowed
            && blockers(&request, policies, &evaluation)
                .iter()
                .any(|blocker| blocker.policy_type == policy_type && !blocker.is_explicit())
    };
    let checks: Vec<Check> = grant.checks.iter().filter(lacks).cloned().collect();
    Grant { statements: statements(&checks), checks, unknown: grant.unknown.clone() }
}
