//! What a remedy rests on in a policy that was not seen: said with the statement that would do, and never taken for granted.
//!
//! Across accounts both sides must allow, and a key policy or trust policy must allow even within one:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html>,
//! <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>

use std::sync::Arc;

use super::grantee::grantee;
use super::needed_statement::NeededStatement;
use crate::denial::ReasonEffect;
use crate::diagnose::{Blocker, DenialContext};
use crate::iam::{
    Action, Command, Coverage, Document, Layer, Owner, Policy, PolicyOrigin, PolicySet, PolicySide, PolicyType,
    Principal, Request, Subject, WithinAccount, is_trust_action, within_account,
};
use crate::text::{Json, Source};

/// The name of a policy that takes the place of one that was not seen.
const STAND_IN: &str = "stand-in";

/// Something that must hold in a policy that was not seen.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PolicyAssumption {
    /// The type of the policy.
    pub policy_type: PolicyType,
    /// What must hold.
    pub needed: Needed,
    /// Who can see and change that policy.
    pub owner: Owner,
    /// The owner's account, where it is known.
    pub account: Option<String>,
    /// The statement that would do, as JSON; `None` where one must go instead.
    pub statement: Option<String>,
    /// Whether AWS's own words say that it does not hold.
    pub contradicted: bool,
    /// The commands that show the policy.
    pub how_to_see: Vec<Command>,
}

/// What must hold in a policy that was not seen.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Needed {
    /// A policy of the caller itself allows it.
    OwnAllow {
        /// The caller: a user, or the session of a role.
        caller: Principal,
        /// The action.
        action: Action,
        /// The resource.
        resource: String,
    },
    /// The policy leaves it to the IAM policies of the account.
    LeftToAccount {
        /// The policy.
        policy: Subject,
        /// The action.
        action: Action,
        /// The account, as a Principal.
        account: String,
    },
    /// The policy allows it to somebody whom it names.
    AllowTo {
        /// The policy.
        policy: Subject,
        /// The action.
        action: Action,
        /// Whom it names.
        principal: String,
    },
    /// No Deny stands in the policies, although AWS says so.
    NoDeny {
        /// The policies.
        policy: Subject,
        /// The action.
        action: Action,
        /// The policy that AWS names.
        arn: Option<String>,
    },
    /// An allow stands in the policies, although AWS says that none does.
    Allow {
        /// The policies.
        policy: Subject,
        /// The action.
        action: Action,
    },
}

impl Needed {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OwnAllow { .. } => "own-allow",
            Self::LeftToAccount { .. } => "left-to-account",
            Self::AllowTo { .. } => "allow-to",
            Self::NoDeny { .. } => "no-deny",
            Self::Allow { .. } => "allow",
        }
    }

    /// The policy that was not seen; `None` for those of the caller itself, of which any may allow.
    pub(super) const fn policy(&self) -> Option<&Subject> {
        match self {
            Self::OwnAllow { .. } => None,
            Self::LeftToAccount { policy, .. }
            | Self::AllowTo { policy, .. }
            | Self::NoDeny { policy, .. }
            | Self::Allow { policy, .. } => Some(policy),
        }
    }
}

/// The assumption behind which a missing allow disappears, and the policy that stands in for it; only where nothing of the layer was seen.
pub(super) fn assumption(case: &DenialContext<'_>, blocker: &Blocker) -> Option<(PolicyAssumption, Policy)> {
    let layer = layer(case.policies, blocker.policy_type)?;
    // an allow does not help where AWS says that the unseen policy denies
    if case.denial.reason.effect == ReasonEffect::ExplicitDeny && is_named(case, blocker.policy_type) {
        return None;
    }
    let gap = layer.coverage.gap().filter(|_| layer.policies.is_empty())?;
    let request = case.request;
    let (action, resource) = (request.action.value()?, request.resource.value()?);
    let caller = request.principal.value()?;
    let account = caller.account()?;
    let of_resource = request.resource_account.value();
    let same_account = of_resource.is_some_and(|owner| owner == account);
    let everyone = format!("arn:{}:iam::{account}:root", caller.partition().unwrap_or("aws"));
    let trust = is_trust_action(action);
    let both = within_account(action, None) == Some(WithinAccount::Both);
    let (policy, wanted) = (gap.subject.clone(), action.clone());
    let (needed, principal, account) = match blocker.policy_type {
        PolicyType::IdentityBased => {
            let needed = Needed::OwnAllow { caller: caller.clone(), action: wanted, resource: resource.clone() };
            (needed, None, Some(account.to_owned()))
        }
        _ if same_account && !both => {
            let needed = Needed::LeftToAccount { policy, action: wanted, account: everyone.clone() };
            (needed, Some(everyone.clone()), of_resource.cloned())
        }
        _ => {
            let named = grantee(request)?.arn;
            let needed = Needed::AllowTo { policy, action: wanted, principal: named.clone() };
            (needed, Some(named), of_resource.cloned())
        }
    };
    let principal = principal.map(|arn| Json::Object(vec![("AWS".to_owned(), Json::text(arn))]));
    let statement = NeededStatement::of(request, principal, blocker.policy_type)?.first()?;
    // the stand-in allows all that it could: what the edits open is never more than what is told
    let actions = if trust { "sts:*".to_owned() } else { format!("{}:*", action.service()) };
    let mut members = vec![("Effect".to_owned(), Json::text("Allow")), ("Action".to_owned(), Json::text(actions))];
    if blocker.policy_type == PolicyType::IdentityBased {
        members.push(("Resource".to_owned(), Json::text("*")));
    } else {
        members.push(("Principal".to_owned(), Json::Object(vec![("AWS".to_owned(), Json::text(everyone))])));
        if !trust {
            members.push(("Resource".to_owned(), Json::text("*")));
        }
    }
    let document = Json::Object(vec![
        ("Version".to_owned(), Json::text("2012-10-17")),
        ("Statement".to_owned(), Json::List(vec![Json::Object(members)])),
    ]);
    let stand_in = Policy {
        name: STAND_IN.to_owned(),
        arn: None,
        policy_type: blocker.policy_type,
        // nobody edits what nobody has seen
        origin: PolicyOrigin::AwsManaged,
        version_id: None,
        versions: Vec::new(),
        attached_to: Vec::new(),
        document: Arc::new(Document::parse(Source::new(STAND_IN, document.compact())).ok()?),
    };
    let assumption = PolicyAssumption {
        policy_type: blocker.policy_type,
        needed,
        owner: blocker.policy_type.row().owner,
        account,
        statement: Some(statement.compact()),
        contradicted: is_contradicted(case, blocker.policy_type),
        how_to_see: gap.how_to_close.clone(),
    };
    Some((assumption, stand_in))
}

/// What AWS itself says that blocks the request, in a policy that was not seen and no edit can reach.
pub(super) fn named_by_aws(
    case: &DenialContext<'_>,
    blockers: &[Blocker],
    known: &[PolicyAssumption],
) -> Option<PolicyAssumption> {
    let reason = &case.denial.reason;
    let named = reason.policy_type?;
    let explicit = match reason.effect {
        ReasonEffect::ExplicitDeny => true,
        ReasonEffect::ImplicitDeny => false,
        ReasonEffect::Unknown => return None,
    };
    let found = blockers
        .iter()
        .any(|blocker| blocker.policy_type.normalized() == named.normalized() && blocker.is_explicit() == explicit);
    let told = known.iter().any(|assumption| assumption.policy_type.normalized() == named.normalized());
    let gap = case.policies.layer(named).unseen_deny().filter(|_| !found && !told)?;
    let action = case.request.action.value()?;
    let (policy, denied) = (gap.subject.clone(), action.clone());
    let needed = if explicit {
        Needed::NoDeny { policy, action: denied, arn: reason.policy_arn.clone() }
    } else {
        Needed::Allow { policy, action: denied }
    };
    let statement =
        if explicit { None } else { NeededStatement::of(case.request, None, named).and_then(|wanted| wanted.first()) };
    Some(PolicyAssumption {
        policy_type: named,
        needed,
        owner: named.row().owner,
        account: owner_of(case.request, named),
        statement: statement.map(|statement| statement.compact()),
        contradicted: true,
        how_to_see: gap.how_to_close.clone(),
    })
}

/// Whether AWS named this type of policy.
fn is_named(case: &DenialContext<'_>, policy_type: PolicyType) -> bool {
    case.denial.reason.policy_type.map(PolicyType::normalized) == Some(policy_type.normalized())
}

/// Whether AWS said that no policy of this type allows the request.
fn is_contradicted(case: &DenialContext<'_>, policy_type: PolicyType) -> bool {
    case.denial.reason.effect == ReasonEffect::ImplicitDeny && is_named(case, policy_type)
}

fn layer(policies: &PolicySet, policy_type: PolicyType) -> Option<&Layer> {
    match policy_type {
        PolicyType::IdentityBased => Some(&policies.identity),
        PolicyType::ResourceBased | PolicyType::RoleTrust => Some(&policies.resource),
        _ => None,
    }
}

/// The policies as they would be if the assumption held.
pub(super) fn assume(policies: &mut PolicySet, stand_in: Policy) {
    let layer =
        if stand_in.policy_type == PolicyType::IdentityBased { &mut policies.identity } else { &mut policies.resource };
    layer.policies.push(Arc::new(stand_in));
    layer.coverage = Coverage::Complete;
}

/// The policies with the layers back that were only supposed.
pub(super) fn unsuppose(policies: &PolicySet, before: &PolicySet, assumptions: &[PolicyAssumption]) -> PolicySet {
    let mut policies = policies.clone();
    for assumption in assumptions {
        let row = assumption.policy_type.row();
        if row.grants || row.has_levels {
            policies.take_layer(before, assumption.policy_type);
        } else {
            *policies.coverage_mut(assumption.policy_type) = before.layer(assumption.policy_type).coverage.clone();
        }
    }
    policies
}

/// The principal of a request as its owner knows it, for a sentence.
pub(super) fn owner_of(request: &Request, policy_type: PolicyType) -> Option<String> {
    if let Some(account) = request.endpoint_account().filter(|_| policy_type == PolicyType::VpcEndpoint) {
        return Some(account.to_owned());
    }
    match policy_type.row().side {
        PolicySide::Resource => request.resource_account.value().cloned(),
        PolicySide::Principal => request.principal.value().and_then(Principal::account).map(str::to_owned),
    }
}
