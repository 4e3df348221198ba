//! What a person can do about a condition that a request does not meet: how to bring a value, or whom to ask for it.

use super::kept::Kept;
use super::mfa::{Mfa, mfa};
use super::request_change::RequestChange;
use super::{Disposition, Owner, Remedy, RemedyId, RemedyKind, Step, Title};
use crate::diagnose::DenialContext;
use crate::iam::{Condition, ConditionKey, ContextValue, DeterminedBy, Lever, Request};

/// A remedy that changes no policy and is not proved.
pub(super) fn remedy(id: RemedyId, owner: Owner, title: Title, steps: Vec<Step>) -> Remedy {
    Remedy {
        id,
        title,
        owner,
        disposition: Disposition::NeedsReview,
        kind: RemedyKind::ChangeRequest,
        edits: Vec::new(),
        verification: None,
        calls: Vec::new(),
        steps,
        why_not: Vec::new(),
    }
}

/// How the caller brings the value.
pub(super) fn how(change: &RequestChange, request: &Request) -> Vec<Step> {
    let Some(row) = ConditionKey::find(&change.key) else { return Vec::new() };
    match row.lever {
        _ if change.is_loose() => vec![Step::Bring(change.clone())],
        Lever::Mfa => with_mfa(mfa(request)),
        Lever::Region => {
            let other_resource = request.resource.value().is_some_and(|resource| resource != "*");
            vec![Step::CallInRegion { region: change.clone(), other_resource }]
        }
        _ => vec![Step::Bring(change.clone())],
    }
}

fn with_mfa(mfa: Mfa) -> Vec<Step> {
    match mfa {
        Mfa::OwnSession | Mfa::SignIn | Mfa::Federation => vec![Step::GetMfa(mfa)],
        Mfa::AssumeRole | Mfa::IdentityProvider => vec![Step::GetMfa(mfa), Step::AskForMfaException(mfa)],
        Mfa::Never => vec![Step::AskForMfaException(mfa)],
    }
}

/// Whom to ask, where conditions are about the resource, the principal, or how AWS makes the call.
pub(super) fn ask(case: &DenialContext<'_>, kept: &Kept, asked: &[&Condition]) -> Remedy {
    let context = &case.request.context;
    let (owner, title) = match (asked.first(), kept.variables.first()) {
        (Some(condition), _) => {
            let owner = ConditionKey::find(&condition.folded_key).map(|row| owner(row.determined_by));
            let missing = matches!(context.get_folded(&condition.folded_key), ContextValue::Absent);
            let title = Title::AskAboutCondition { condition: Box::new((*condition).clone()), missing };
            (owner.unwrap_or(Owner::AccountAdmin), title)
        }
        (None, Some(miss)) => (Owner::AccountAdmin, Title::CheckVariable(miss.clone())),
        (None, None) => (Owner::AccountAdmin, Title::AskOwner),
    };
    let conditions = asked.iter().map(|condition| Step::MeetCondition {
        statement: kept.label(),
        policy: kept.policy.name.clone(),
        condition: Box::new((*condition).clone()),
        value: context.get(&condition.key).clone(),
    });
    let variables = kept.variables.iter().map(|miss| Step::CheckVariable {
        miss: miss.clone(),
        values: miss.keys.iter().map(|key| context.get(key).clone()).collect(),
    });
    remedy(RemedyId::AskTheOwner, owner, title, conditions.chain(variables).collect())
}

const fn owner(determined_by: DeterminedBy) -> Owner {
    match determined_by {
        DeterminedBy::Resource => Owner::ResourceOwner,
        DeterminedBy::Principal | DeterminedBy::Aws | DeterminedBy::Caller => Owner::AccountAdmin,
    }
}
