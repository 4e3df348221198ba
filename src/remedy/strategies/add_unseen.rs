//! `add-unseen`: AWS said that an allow is missing, and no policy of that type was seen: the statement that allows it, where it goes, the
//! commands that put it there, what may block it still, and how to be certain.

use super::super::addition::Addition;
use super::super::addition_commands::be_certain;
use super::super::danger::MainDanger;
use super::super::needed_statement::NeededStatement;
use super::super::service_linked;
use super::super::{OtherStatement, Owner, Remedy, RemedyId, Step, Title, WhyNot};
use super::strategy::{Drafts, Situation, Strategy};
use super::{compare_token, owned_by_aws, see_resource};
use crate::denial::{Part, ReasonEffect};
use crate::diagnose::{DenialContext, contradicts_none};
use crate::evaluate::Decision;
use crate::iam::{Arn, Command, Field, PolicyType, Principal, PrincipalKind, Remark, ResourcePolicy, resource_policy};

pub(super) const STRATEGY: Strategy = Strategy { id: "add-unseen", applies, drafts: Drafts::Advice(draft) };

/// The types in the order in which AWS goes through them once no Deny matched: those before the one that did not allow have allowed.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>
const ORDER: [PolicyType; 6] = [
    PolicyType::ResourceControl,
    PolicyType::ServiceControl,
    PolicyType::ResourceBased,
    PolicyType::IdentityBased,
    PolicyType::PermissionsBoundary,
    PolicyType::Session,
];

/// In an incident nobody looks for a way back to the access.
fn applies(situation: &Situation<'_>) -> bool {
    // of a call that a token makes nobody's policies are to be told
    let others = [&compare_token::STRATEGY, &owned_by_aws::STRATEGY, &see_resource::STRATEGY];
    let told = others.iter().any(|other| situation.has(other));
    situation.nothing_blocks() && !situation.case.secret_seen && !told
}

fn draft(situation: &Situation<'_>) -> Option<Remedy> {
    let case = situation.case;
    if case.evaluation.decision != Decision::Undetermined {
        return None;
    }
    let unnamed = unnamed(case);
    if !unnamed.is_empty() {
        // what another strategy says of such a text says more
        if !situation.advice.is_empty() {
            return None;
        }
        let who = unnamed
            .contains(&Part::Principal)
            .then(|| Command::aws("sts get-caller-identity").note(Remark::AsTheDenied.to_string()));
        let advice = Remedy::advice(RemedyId::Ask, Owner::Caller, Title::TellMore(unnamed), Vec::new());
        return Some(Remedy { calls: who.into_iter().collect(), ..advice });
    }
    let reason = &case.denial.reason;
    // no policy can be given to somebody who is not there: put-role-policy answers NoSuchEntity, and a policy that names them is rejected;
    // and whoever has the name since then may be another person
    if case.caller_is_nowhere() {
        return None;
    }
    let (policy_type, certain) = match (reason.effect, reason.policy_type) {
        (ReasonEffect::ImplicitDeny, Some(policy_type)) => (policy_type, true),
        // most denials without a reason lack an allow of the caller's own
        (ReasonEffect::ImplicitDeny | ReasonEffect::Unknown, None) => (PolicyType::IdentityBased, false),
        (ReasonEffect::Unknown, Some(_)) | (ReasonEffect::ExplicitDeny, _) => return None,
    };
    // nor is there a policy of what does not exist
    if case.is_gone(policy_type) {
        return None;
    }
    let layer = case.policies.layer(policy_type);
    if layer.all().next().is_some() || (layer.gap().is_none() && !contradicts_none(case, policy_type)) {
        return None;
    }
    if let Some(remedy) = service_linked(case, policy_type) {
        return Some(remedy);
    }
    // <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
    if case.request.principal.value().is_some_and(|caller| caller.kind() == PrincipalKind::Anonymous) {
        let steps = vec![Step::OpenToEverybody, be_certain(case, Vec::new(), PolicyType::ResourceBased, false)];
        return Some(Remedy::advice(RemedyId::Ask, policy_type.row().owner, Title::Unsigned, steps));
    }
    if let Some(remedy) = without_policy(case, policy_type) {
        return Some(remedy);
    }
    let first = Addition::of(case, policy_type)?;
    let title = Title::AddTo { place: first.place.clone(), certain };
    let owner = first.owner;
    let mut steps = Vec::new();
    let others = may_still_block(case, policy_type, certain);
    let second = other_side(case, policy_type);
    let side = second.as_ref().map(|(account, policy_type, addition)| {
        let of_aws = *policy_type == PolicyType::IdentityBased && is_service_linked(case);
        if let Some((account, commands)) = service_linked::give_grant(case.request).filter(|_| of_aws) {
            return Step::GiveGrant { account, commands };
        }
        let statement = match addition {
            Some(_) => OtherStatement::Below,
            None if of_aws => OtherStatement::OnlyByAws,
            None => OtherStatement::NotKnown,
        };
        Step::OtherSide { account: account.clone(), policy_type: *policy_type, statement }
    });
    add(case, first, policy_type, others, side, &mut steps);
    steps.extend(if_no_policy(case, policy_type));
    if let Some((_, _, Some(addition))) = second {
        let change = replacing(&addition).or_else(|| written_by_iamdx(case, &addition));
        steps.extend([Step::AddHere(addition)].into_iter().chain(change));
    }
    Some(Remedy { why_not: why_not(case), ..Remedy::advice(RemedyId::Ask, owner, title, steps) })
}

/// Where AWS documents no policy for the resource of another account, nobody can add a statement to one: a role of that account can do it.
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html>
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies-cross-account-resource-access.html>
fn without_policy(case: &DenialContext<'_>, policy_type: PolicyType) -> Option<Remedy> {
    let resource = case.request.resource.value()?;
    let arn: Arn = resource.parse().ok()?;
    let caller = case.request.principal.value()?;
    let account = case.request.resource_account.value().filter(|owner| Some(owner.as_str()) != caller.account())?;
    if policy_type != PolicyType::ResourceBased || resource_policy(&arn) != ResourcePolicy::None {
        return None;
    }
    let role = Step::RoleThere { account: account.clone(), caller: caller.clone() };
    let statement = NeededStatement::of(case.request, None, PolicyType::IdentityBased).and_then(|wanted| wanted.bare());
    let steps = [role].into_iter().chain(statement.map(|statement| Step::AddStatement(statement.compact()))).collect();
    let title = Title::AssumeThere { account: account.clone(), resource: resource.clone() };
    Some(Remedy { why_not: why_not(case), ..Remedy::advice(RemedyId::Ask, policy_type.row().owner, title, steps) })
}

/// What there is else, where nothing is known of the policies of such a resource, which another account owns.
fn if_no_policy(case: &DenialContext<'_>, policy_type: PolicyType) -> Option<Step> {
    let arn: Arn = case.request.resource.value()?.parse().ok()?;
    let account = case.request.resource_account.value().filter(|_| is_of_another_account(case))?;
    (policy_type == PolicyType::ResourceBased && resource_policy(&arn) == ResourcePolicy::NotKnown)
        .then(|| Step::IfNoPolicy { account: account.clone() })
}

/// What a text has to tell before anything can be said, and does not.
fn unnamed(case: &DenialContext<'_>) -> Vec<Part> {
    let request = case.request;
    let parts = [
        (Part::Principal, request.principal.value().is_none_or(Principal::hides_name)),
        (Part::Action, request.action.value().is_none()),
        (Part::Resource, matches!(request.resource, Field::Missing(_))),
    ];
    // without the resource there is still an answer
    let decides = parts.iter().any(|(part, missing)| *missing && *part != Part::Resource);
    parts.into_iter().filter(|(_, missing)| *missing && decides).map(|(part, _)| part).collect()
}

/// The statement, what may block still and how to be certain, and only then what replaces a policy.
fn add(
    case: &DenialContext<'_>,
    addition: Addition,
    policy_type: PolicyType,
    others: Vec<PolicyType>,
    side: Option<Step>,
    steps: &mut Vec<Step>,
) {
    let printed = addition.place.prints_policy() && !addition.look.is_empty();
    let change = replacing(&addition);
    steps.push(Step::AddHere(Box::new(addition)));
    steps.extend(side);
    steps.push(be_certain(case, others, policy_type, printed));
    steps.extend(change);
}

/// What replaces a policy as a whole.
fn replacing(addition: &Addition) -> Option<Step> {
    (addition.place.is_replaced() && !addition.change.is_empty()).then(|| Step::Replace(addition.change.clone()))
}

/// Where no command takes the document as it is, iamdx writes what it takes.
fn written_by_iamdx(case: &DenialContext<'_>, addition: &Addition) -> Option<Step> {
    let printed = addition.place.prints_policy() && !addition.look.is_empty();
    printed.then(|| be_certain(case, Vec::new(), PolicyType::ResourceBased, true))
}

/// What its holder could do beyond it, and that the text may be wrong.
fn why_not(case: &DenialContext<'_>) -> Vec<WhyNot> {
    let danger = case.request.action.value().and_then(|action| case.reference.danger(action));
    let danger = danger.map(|danger| WhyNot::Danger(MainDanger { danger, is_lifted: false, more: 0 }));
    let damage = case.denial.damage.first().cloned().map(WhyNot::CompareText);
    damage.into_iter().chain(danger).collect()
}

/// Across accounts both sides must allow; the one that AWS named comes first.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html>
fn other_side(case: &DenialContext<'_>, named: PolicyType) -> Option<(String, PolicyType, Option<Box<Addition>>)> {
    let own = case.request.principal.value().and_then(Principal::account)?;
    let owner = case.request.resource_account.value().filter(|owner| owner.as_str() != own)?;
    let (account, other) = match named {
        PolicyType::IdentityBased => (owner.as_str(), PolicyType::ResourceBased),
        PolicyType::ResourceBased | PolicyType::RoleTrust => (own, PolicyType::IdentityBased),
        _ => return None,
    };
    let layer = case.policies.layer(other);
    layer.gap().filter(|_| layer.all().next().is_none() && !case.is_gone(other))?;
    Some((account.to_owned(), other, Addition::of(case, other).map(Box::new)))
}

/// The types that AWS comes to after this one, and that of the endpoint, for which AWS tells no place in the order.
fn may_still_block(case: &DenialContext<'_>, named: PolicyType, certain: bool) -> Vec<PolicyType> {
    let passed = ORDER.iter().position(|policy_type| *policy_type == named.normalized()).filter(|_| certain);
    let later = ORDER.iter().skip(passed.map_or(0, |at| at + 1));
    let open = |policy_type: &PolicyType| {
        // what the policy of a resource allows to a caller of its account needs no other allow; of another account, that is the other side
        let covered = named.normalized() == PolicyType::ResourceBased && *policy_type == PolicyType::IdentityBased;
        *policy_type != named.normalized() && !covered && case.policies.layer(*policy_type).gap().is_some()
    };
    // a key or a role must allow even within its account, and AWS's words leave open whether it does
    let must = named == PolicyType::IdentityBased && !is_of_another_account(case);
    let resource = must.then_some(PolicyType::ResourceBased);
    resource
        .into_iter()
        .filter(|_| certain)
        .chain(later.copied())
        .chain([PolicyType::VpcEndpoint])
        .filter(open)
        .collect()
}

/// The policies of such a role belong to AWS.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html>
fn service_linked(case: &DenialContext<'_>, policy_type: PolicyType) -> Option<Remedy> {
    let caller = case.request.principal.value()?;
    let own = matches!(policy_type, PolicyType::IdentityBased | PolicyType::PermissionsBoundary);
    if !own
        || !caller.is_service_linked_role()
        || !matches!(caller.kind(), PrincipalKind::Role | PrincipalKind::AssumedRole)
    {
        return None;
    }
    let addition = Addition::of(case, PolicyType::ResourceBased)
        .filter(|addition| case.policies.resource.coverage.gap().is_some() && !addition.look.is_empty());
    let title = Title::ServiceLinked { role: caller.name()?.to_owned() };
    let (mut owner, mut steps) = (policy_type.row().owner, vec![Step::ServiceLinked]);
    match addition {
        Some(addition) => {
            owner = addition.owner;
            add(case, addition, PolicyType::ResourceBased, Vec::new(), None, &mut steps);
        }
        None => {
            steps.push(be_certain(case, Vec::new(), policy_type, false));
        }
    }
    Some(Remedy { why_not: why_not(case), ..Remedy::advice(RemedyId::Ask, owner, title, steps) })
}

fn is_service_linked(case: &DenialContext<'_>) -> bool {
    case.request.principal.value().is_some_and(Principal::is_service_linked_role)
}

fn is_of_another_account(case: &DenialContext<'_>) -> bool {
    let own = case.request.principal.value().and_then(Principal::account);
    case.request.resource_account.value().is_some_and(|owner| own.is_some_and(|own| own != owner))
}
