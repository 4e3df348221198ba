//! Which of the two actions of a federated call was denied where its token passes session tags: AWS checks `sts:TagSession` too, and may
//! name the call's own action where only that one is missing.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_permissions-required>

use crate::denial::{Denial, DenialKind, Note, ReasonEffect};
use crate::evaluate::{CheckEffect, evaluate};
use crate::iam::{
    Action, AssumedField, AssumedValue, Assumption, Context, ContextValue, Field, PolicySet, PolicyType, Request, Why,
    is_federated_call,
};

/// The request for `sts:TagSession`, where the trust policy that was seen allows the call and not the tags.
#[must_use]
pub fn for_session_tags(denial: &Denial, request: &Request, policies: &PolicySet) -> Option<Request> {
    let action = request.action.value().filter(|action| is_federated_call(action))?;
    let silent = denial.kind == DenialKind::IamDenial && denial.reason.effect == ReasonEffect::Unknown;
    if !silent
        || !passes_tags(denial, request)
        || policies.resource.policies.is_empty()
        || trust(request, policies) != CheckEffect::Allow
    {
        return None;
    }
    let tag: Action = "sts:TagSession".parse().ok()?;
    let why = Why::SessionTags(action.clone());
    let mut other = Request { action: Field::Assumed(tag.clone(), why.clone()), ..request.clone() };
    if !matches!(trust(&other, policies), CheckEffect::ImplicitDeny | CheckEffect::ExplicitDeny) {
        return None;
    }
    let value = AssumedValue::Text(tag.to_string());
    other.assumed.retain(|assumption| assumption.field != AssumedField::Action);
    other.assumed.push(Assumption { field: AssumedField::Action, value, why });
    Some(other)
}

/// Whether the call passes tags for the session.
#[must_use]
pub fn passes_tags(denial: &Denial, request: &Request) -> bool {
    denial.notes.contains(&Note::PassesSessionTags) || brings_tags(&request.context)
}

/// Whether the request brings tags.
fn brings_tags(context: &Context) -> bool {
    let is_tag = |key: &str| {
        let key = key.to_ascii_lowercase();
        key == "aws:tagkeys" || key.starts_with("aws:requesttag/")
    };
    context.iter().any(|(key, value)| {
        is_tag(key)
            && !context.is_supposed(key)
            && matches!(value, ContextValue::Present { values, .. } if !values.is_empty())
    })
}

/// What the trust policy says.
fn trust(request: &Request, policies: &PolicySet) -> CheckEffect {
    let evaluation = evaluate(request, policies);
    let check =
        evaluation.checks.iter().find(|check| check.policy_type.normalized() == PolicyType::ResourceBased.normalized());
    check.map_or(CheckEffect::Undetermined, |check| check.effect)
}
