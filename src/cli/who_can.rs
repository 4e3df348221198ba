//! `simulate --who`: which users and roles of the snapshot are allowed one action on one resource, each by which statement.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{Error, inside};
use crate::diagnose::left_open;
use crate::evaluate::{Decision, Evaluation, MatchedStatement, Truth, evaluate};
use crate::iam::{
    Action, Arn, AssumedField, AssumedValue, Assumption, ContextValue, Effect, Field, Gap, Hints, NotTold, Principal,
    Why,
};
use crate::infer::RequestBuilder;
use crate::reference::Reference;
use crate::report::sections::who_can::{Entry, WhoCan};
use crate::report::words;
use crate::snapshot::{Snapshot, assume_complete, select_once};

/// The question.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) action: Action,
    pub(super) resource: String,
    pub(super) hints: Hints,
    pub(super) reference: Reference,
}

/// Evaluates the question for every principal of the snapshot.
///
/// # Errors
/// When the snapshot holds nobody.
pub(super) fn ask(snapshot: &Snapshot, question: &Question) -> Result<WhoCan, Error> {
    let principals: Vec<&Arn> = snapshot.principals().collect();
    if principals.is_empty() {
        return Err(Error::Usage(
            "`--who` needs a snapshot with users or roles. Give one with `--snapshot FILE`".to_owned(),
        ));
    }
    let assumed = assumed(snapshot, question);
    // the same gap is met by many principals
    let mut gaps: BTreeMap<String, Gap> = BTreeMap::new();
    let mut entries: Vec<Entry> = Vec::with_capacity(principals.len());
    for some in principals.chunks(AT_ONCE) {
        let answers: Vec<(Entry, Vec<Gap>)> =
            inside::on_all_cores(|| some.par_iter().map(|arn| one(snapshot, question, &assumed, arn)).collect());
        for (entry, own) in answers {
            entries.push(entry);
            gaps.extend(own.into_iter().map(|gap| (words::gap_subject(&gap.subject), gap)));
        }
    }
    let Question { action, resource, .. } = question.clone();
    Ok(WhoCan { action, resource, entries, assumed, gaps: gaps.into_values().collect() })
}

/// Principals that are asked for before what they left open is put together.
const AT_ONCE: usize = 1024;

/// What holds for all principals alike: the request is imagined, so it takes the plain way to AWS.
fn assumed(snapshot: &Snapshot, question: &Question) -> Vec<Assumption> {
    let given = |key: &str| question.hints.context.iter().any(|(name, _)| name.eq_ignore_ascii_case(key));
    let mut assumed = Vec::new();
    if !given("aws:SourceVpce") && !question.hints.context_complete {
        assumed.push(Assumption {
            field: AssumedField::ContextKey(SOURCE_VPCE.to_owned()),
            value: AssumedValue::Absent,
            why: Why::NoEndpointGiven,
        });
    }
    let own = question.resource.parse::<Arn>().is_ok_and(|arn| arn.account().is_empty() && arn.service() == "s3");
    let accounts: Vec<&str> = snapshot.accounts().collect();
    if let (true, None, [only]) = (own, &question.hints.resource_account, accounts.as_slice()) {
        assumed.push(Assumption {
            field: AssumedField::ResourceAccount,
            value: AssumedValue::Text((*only).to_owned()),
            why: Why::OnlyAccount,
        });
    }
    assumed
}

const SOURCE_VPCE: &str = "aws:SourceVpce";

/// Asks for one principal.
fn one(snapshot: &Snapshot, question: &Question, assumed: &[Assumption], arn: &Arn) -> (Entry, Vec<Gap>) {
    let principal = Principal::new(arn.as_str());
    let hints = &question.hints;
    let mut request =
        RequestBuilder::asked(principal, question.action.clone(), &question.resource, hints).key_in(snapshot).build();
    for assumption in assumed {
        match (&assumption.field, &assumption.value) {
            (AssumedField::ContextKey(key), AssumedValue::Absent) => request.context.set(key, ContextValue::Absent),
            (AssumedField::ResourceAccount, AssumedValue::Text(account)) => {
                request.resource_account = Field::Known(account.clone());
            }
            _ => {}
        }
    }
    // whose bucket it is must not depend on who asks
    let ownerless =
        matches!(&request.resource_account, Field::Assumed(..)) && question.resource.starts_with("arn:aws:s3:");
    if ownerless {
        request.resource_account = Field::Missing(NotTold::NoAccount);
    }
    let selection = select_once(snapshot, &request);
    let request = RequestBuilder::of(request, hints).snapshot_facts(&selection);
    let request = request.derived_context(&selection.policies, &question.reference).build();
    let evaluation = evaluate(&request, &selection.policies);
    let decision = evaluation.decision;
    if decision != Decision::Undetermined {
        return (entry(arn, decision, evaluation), Vec::new());
    }
    let seen = evaluate(&request, &assume_complete(&selection.policies));
    let mut gaps = selection.gaps;
    gaps.extend(left_open(&request, &evaluation));
    (entry(arn, decision, seen), gaps)
}

/// What is certain of a principal, and what holds if nothing more exists than was seen.
fn entry(arn: &Arn, decision: Decision, seen: Evaluation) -> Entry {
    let matched = seen.checks.iter().flat_map(|check| &check.outcomes).filter(|outcome| {
        outcome.effect == Effect::Allow && outcome.matched() == Truth::True && outcome.policy.policy_type.row().grants
    });
    Entry {
        principal: arn.to_string(),
        decision,
        seen: seen.decision,
        allowed_by: matched.filter_map(MatchedStatement::of).collect(),
        missing_context: seen.missing_context,
        missing_evidence: seen.missing_evidence,
    }
}
