//! `mistaken-call`: a call that asks for something else than was meant: to become the role that the caller already has, to become a session
//! of a role, or, by a bare name, for a resource of the caller's own account, where the policies name another account. No policy has to
//! change.
//!
//! - <https://aws.amazon.com/blogs/security/announcing-an-update-to-iam-role-trust-policy-behavior>
//! - <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
//! - <https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html>

use super::super::{Disposition, Owner, Remedy, RemedyId, Step, Title};
use super::strategy::{Drafts, Situation, Strategy};
use crate::denial::ReasonEffect;
use crate::diagnose::{Blocker, DenialContext, NearMiss};
use crate::iam::{Action, Arn, Effect, Element, Field, NotTold, Principal, PrincipalKind, is_account_id};

pub(in crate::remedy) const STRATEGY: Strategy =
    Strategy { id: "mistaken-call", applies, drafts: Drafts::Advice(draft) };

fn applies(situation: &Situation<'_>) -> bool {
    (situation.is_blocked() || situation.nothing_blocks())
        && !situation.case.secret_seen
        && situation.case.denial.reason.effect != ReasonEffect::ExplicitDeny
}

fn draft(situation: &Situation<'_>) -> Option<Remedy> {
    let case = situation.case;
    let (title, steps) = own_role(case).or_else(|| session_for_role(case)).or_else(|| {
        // a Deny stays, whatever account is named
        let denied = situation.diagnosis.blockers.iter().any(Blocker::is_explicit);
        let mut near = situation.diagnosis.near_misses.iter().filter(|_| !denied);
        near.find_map(|near| other_account(case, near))
    })?;
    let advice = Remedy::advice(RemedyId::ChangeTheRequest, Owner::Caller, title, steps);
    Some(Remedy { disposition: Disposition::Safe, ..advice })
}

/// The session of a role asks for the same role: what it would get it has, and to ask again the trust policy must name the role itself.
fn own_role(case: &DenialContext<'_>) -> Option<(Title, Vec<Step>)> {
    let action = case.request.action.value()?;
    let caller = case.request.principal.value()?;
    let wanted = Principal::new(case.request.resource.value()?);
    let same = matches!(wanted.kind(), PrincipalKind::Role | PrincipalKind::AssumedRole)
        && matches!(caller.kind(), PrincipalKind::AssumedRole | PrincipalKind::Role)
        && caller.account() == wanted.account()
        && caller.name().is_some()
        && caller.name() == wanted.name();
    (action.folded() == "sts:assumerole" && same)
        .then(|| (Title::AlreadyThisRole(wanted), vec![Step::LeaveOutAssumeRole, Step::TrustItself]))
}

/// What is asked for is a session, and nobody can assume one: it is its role that is meant.
fn session_for_role(case: &DenialContext<'_>) -> Option<(Title, Vec<Step>)> {
    let action = case.request.action.value()?;
    let wanted = Principal::new(case.request.resource.value()?);
    let (role, account) = (wanted.session().and(wanted.name())?, wanted.account()?);
    let arn = format!("arn:{}:iam::{account}:role/{role}", wanted.partition()?);
    (action.folded() == "sts:assumerole")
        .then(|| (Title::NameTheRole(Principal::new(&arn)), vec![Step::SessionIsNoRole]))
}

/// The call went to the caller's own account, and the statement that was meant names the same resource in another one.
fn other_account(case: &DenialContext<'_>, near: &NearMiss) -> Option<(Title, Vec<Step>)> {
    let own = case.request.principal.value()?.account()?;
    let statement = near.statement.statement()?;
    let element = statement.resource.as_ref().filter(|element| !element.negated)?;
    if statement.effect != Effect::Allow || near.only_element() != Some(Element::Resource) {
        return None;
    }
    let (entry, arn) = element.entries.iter().find_map(|entry| {
        let arn: Arn = entry.value.parse().ok()?;
        let other = is_account_id(arn.account()) && arn.account() != own;
        (other && is_meant(case, &arn, own)).then_some((&entry.value, arn))
    })?;
    let account = arn.account().to_owned();
    let title = Title::NameTheOtherAccount { account: account.clone(), own: own.to_owned() };
    let steps = vec![
        Step::AllowedInOtherAccount {
            statement: near.statement.name(),
            policy: near.statement.policy.name.clone(),
            entry: entry.clone(),
            own: own.to_owned(),
        },
        Step::NameAccount { service: arn.service().to_owned(), account: account.clone() },
        Step::OtherSideMustAllow { account },
    ];
    Some((title, steps))
}

/// Whether the resource of the request is the one of the entry, but for the account.
fn is_meant(case: &DenialContext<'_>, entry: &Arn, own: &str) -> bool {
    let service = case.request.action.value().map(Action::service);
    if service != Some(entry.service()) {
        return false;
    }
    // a pattern that fits every name tells nothing; the ARN of a secret ends with six characters that its name does not have
    let named = entry.resource();
    let fits = |name: &str| {
        let ending = named.strip_prefix(name).filter(|_| !name.is_empty());
        ending.is_some_and(|ending| match ending {
            "" | "*" | "-*" => true,
            _ => service == Some("secretsmanager") && ending.starts_with('-') && ending.len() == "-AbCdEf".len(),
        })
    };
    match &case.request.resource {
        Field::Known(resource) => resource.parse::<Arn>().is_ok_and(|arn| {
            let region = [arn.region(), entry.region()].contains(&"*") || arn.region() == entry.region();
            arn.account() == own && arn.service() == entry.service() && region && fits(arn.resource())
        }),
        // a bare name: what stands before it in the ARN is the kind of resource
        Field::Missing(NotTold::NoArn(name)) => {
            let kind = entry.resource().split_inclusive([':', '/']).next().filter(|kind| kind.ends_with([':', '/']));
            !name.is_empty()
                && !name.contains(['*', '?', ' '])
                && [kind.unwrap_or_default(), ""].iter().any(|kind| fits(&format!("{kind}{name}")))
        }
        _ => false,
    }
}
