//! `see-resource`: AWS named three possibilities at once, and none of them is a policy of the caller: the resource does not exist in the
//! Region, its policy does not allow the request, or its policy denies it. Its owner sees which one it is.
//!
//! - <https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html>
//! - <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>

use super::super::addition_commands::{be_certain, get_policy};
use super::super::{Remedy, RemedyId, Step, Title};
use super::owned_by_aws;
use super::strategy::{Drafts, Situation, Strategy};
use crate::denial::Note;
use crate::diagnose::DenialContext;
use crate::iam::{Arn, Command, PolicyType, Principal, policy_calls, policy_carrier};

pub(super) const STRATEGY: Strategy = Strategy { id: "see-resource", applies, drafts: Drafts::Advice(draft) };

/// In an incident nobody looks for a way back to the access.
fn applies(situation: &Situation<'_>) -> bool {
    let case = situation.case;
    let resource = case.policies.layer(PolicyType::ResourceBased);
    situation.nothing_blocks()
        && case.denial.notes.contains(&Note::ThreeCases)
        && resource.all().next().is_none()
        && resource.gap().is_some()
        && !case.is_gone(PolicyType::ResourceBased)
        && !case.secret_seen
        && !situation.has(&owned_by_aws::STRATEGY)
}

fn draft(situation: &Situation<'_>) -> Option<Remedy> {
    let case = situation.case;
    let resource = case.request.resource.value()?;
    let arn: Arn = resource.parse().ok()?;
    let carrier: Arn = policy_carrier(&arn)?.parse().ok()?;
    let owner = PolicyType::ResourceBased.row().owner;
    let policy = policy_calls(&carrier).and_then(|calls| get_policy(calls, &carrier));
    let printed = policy.is_some();
    let other = other_account(case);
    let calls = exists(&arn).into_iter().chain(policy);
    let calls = calls.map(|call| match &other {
        Some(account) => call.with_credentials_of(account),
        None => call,
    });
    let calls = calls.collect();
    let certain = be_certain(case, Vec::new(), PolicyType::ResourceBased, printed);
    let steps = vec![Step::NotOfCaller { resource: resource.clone() }, certain];
    let title = Title::SeeResource { resource: resource.clone(), account: other };
    Some(Remedy { calls, ..Remedy::advice(RemedyId::Ask, owner, title, steps) })
}

/// Says whether the key exists there: the call fails with `NotFoundException` where it does not.
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html>
fn exists(arn: &Arn) -> Option<Command> {
    let key = arn.service() == "kms" && arn.resource().starts_with("key/");
    key.then(|| Command::aws("kms describe-key").option("--key-id", arn.as_str()).region(arn.region()))
}

/// The account that owns the resource, where it is not the caller's.
fn other_account(case: &DenialContext<'_>) -> Option<String> {
    let own = case.request.principal.value().and_then(Principal::account);
    case.request.resource_account.value().filter(|owner| Some(owner.as_str()) != own).cloned()
}
