//! `compare-token`: what the token of a federated call says is not known, so it is compared with what the trust policy asks for.

use super::super::demand::Demand;
use super::super::{Owner, Remedy, RemedyId, Step, Title};
use super::other_provider;
use super::strategy::{Drafts, Situation, Strategy};
use crate::diagnose::DenialContext;
use crate::iam::{Command, Effect, Principal, PrincipalKind, StatementName, is_federated_call, is_trust_action};

pub(super) const STRATEGY: Strategy = Strategy { id: "compare-token", applies, drafts: Drafts::Advice(draft) };

fn applies(situation: &Situation<'_>) -> bool {
    let asked = situation.case.request.action.value().is_some_and(is_federated_call);
    asked
        && !situation.has(&other_provider::STRATEGY)
        && !situation.case.secret_seen
        && (situation.nothing_blocks() || knows_no_token(situation.case))
}

/// Whether what the token says is not known, as far as the trust policy asks for it.
fn knows_no_token(case: &DenialContext<'_>) -> bool {
    let Some(prefix) = case.request.principal.value().and_then(Principal::key_prefix) else { return true };
    let key = format!("{prefix}:sub");
    let subject = case.request.context.get(&key).single().filter(|_| !case.request.context.is_supposed(&key));
    let is_claim = |key: &String| key.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
    subject.is_none() || case.evaluation.missing_context.iter().any(is_claim)
}

fn draft(situation: &Situation<'_>) -> Option<Remedy> {
    let case = situation.case;
    if !knows_no_token(case) {
        return None;
    }
    let role = case.request.resource.value().filter(|role| Principal::new(role).kind() == PrincipalKind::Role);
    let prefix = case.request.principal.value().and_then(Principal::key_prefix);
    let claims = prefix.map_or(&[][..], |prefix| if prefix == "saml" { &["sub"][..] } else { &["sub", "aud"] });
    let keys = claims.iter().map(|claim| format!("{}:{claim}", prefix.unwrap_or_default())).collect();
    let mut steps: Vec<Step> = demands(case).into_iter().map(Step::TrustAllows).collect();
    let saml = case.request.action.value().is_some_and(|action| action.folded() == "sts:assumerolewithsaml");
    steps.push(Step::SeeToken { keys, saml });
    let calls = role.map(|role| record(case, role)).into_iter().collect();
    let name = role.map(|role| Principal::new(role)).and_then(|role| role.name().map(str::to_owned));
    let title = Title::CompareToken { role: name, saml };
    Some(Remedy { calls, ..Remedy::advice(RemedyId::CompareTheToken, Owner::Caller, title, steps) })
}

/// What each Allow of the trust policy asks for.
fn demands(case: &DenialContext<'_>) -> Vec<Demand> {
    let outcomes = case.evaluation.checks.iter().flat_map(|check| &check.outcomes);
    let allows = outcomes.filter(|outcome| outcome.effect == Effect::Allow && outcome.action.is_true());
    let mut found = Vec::new();
    for outcome in allows.filter(|outcome| !outcome.principal.is_false()) {
        let Some(statement) = outcome.statement().filter(|statement| !statement.conditions.is_empty()) else {
            continue;
        };
        let trusts = case.request.action.value().is_some_and(is_trust_action) && statement.principal.is_some();
        if trusts && statement.resource.is_none() {
            found.push(Demand {
                statement: StatementName::new(statement.sid.as_ref().map(|sid| sid.value.as_str()), statement.index),
                policy: outcome.policy.name.clone(),
                conditions: statement.conditions.clone(),
                variables: Vec::new(),
            });
        }
    }
    found
}

/// The command that prints the record of the call. What it prints is input for iamdx, behind the denial.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events-cli.html>
fn record(case: &DenialContext<'_>, role: &str) -> Command {
    let operation = case.request.action.value().map_or("AssumeRoleWithWebIdentity", |action| action.name());
    let role = role.replace('\'', "\\'");
    Command::aws("cloudtrail lookup-events --lookup-attributes")
        .word(format!("AttributeKey=EventName,AttributeValue={operation}"))
        .option("--query", &format!("Events[?contains(CloudTrailEvent, '{role}')].CloudTrailEvent"))
        .words("--output text")
        .into_file("denial.json")
}
