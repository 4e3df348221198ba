//! What blocks a request: each statement that denies or nearly allows, with its lines, and what else may fit.

use std::sync::Arc;

use crate::deduce::Basis;
use crate::diagnose::{Blocker, Disagreement, Likelihood, NearMiss, StatementRef};
use crate::evaluate::Decision;
use crate::iam::{Policy, PolicyOrigin, PolicyType};
use crate::report::page::{Page, Tone};
use crate::report::{Report, words};

/// Whether the statement nearly gives the allow that this blocker misses.
fn is_near(near: &NearMiss, blocker: &Blocker) -> bool {
    let policy = &near.statement.policy;
    !blocker.is_explicit()
        && blocker.policy_type == near.policy_type
        && (blocker.searched.is_empty() || blocker.searched.iter().any(|searched| Arc::ptr_eq(searched, policy)))
}

fn near_item(page: &mut Page, near: &NearMiss) {
    let element = match near.missed.as_slice() {
        [only] => format!(", which matches except for its {}", only.element),
        _ => String::new(),
    };
    page.item(
        "    near: ",
        format!("{} of {}{element}", words::statement::name(&near.statement.name()), named(&near.statement.policy)),
    );
    page.excerpt(&near.statement, &near.missed, 4);
}

/// Why it was denied; `said` where the report has the sentence already.
pub(in crate::report) fn why(page: &mut Page, report: &Report, said: bool) {
    let diagnosis = &report.diagnosis;
    let candidates = || diagnosis.blockers.iter().filter(|blocker| blocker.basis == Basis::Possible);
    let possible = candidates().count();
    let levels = candidates().all(|blocker| !blocker.is_explicit());
    let count = diagnosis.blockers.len() - possible;
    let rest = match (count, report.evaluation.decision) {
        (0, _) if possible == 1 => "this may have blocked the request".to_owned(),
        (0, _) if possible > 1 && levels => format!("one of these {possible} levels did not allow the request"),
        (0, _) if possible > 1 => format!("one of these {possible} statements blocked the request"),
        (0, Decision::Allowed) => format!("no statement blocks it: {}", words::cause::summary(&diagnosis.summary)),
        (0, _) => words::cause::summary(&diagnosis.summary),
        (1, _) => "1 thing blocks this request".to_owned(),
        (count, _) => format!("{count} things block this request"),
    };
    let said = said && diagnosis.blockers.is_empty();
    let nothing_else = said
        && diagnosis.near_misses.is_empty()
        && diagnosis.disagreements.iter().all(|it| matches!(it, Disagreement::GivenOtherwise(_)))
        && diagnosis.hypotheses.is_empty();
    if nothing_else {
        return;
    }
    let rest = if said { "AWS does not say more; what it may have been".to_owned() } else { rest };
    page.heading("WHY", &rest, Tone::Block);
    let mut near: Vec<&NearMiss> = diagnosis.near_misses.iter().collect();
    let by_session = |blocker: &Blocker| blocker.policy_type == PolicyType::Session;
    let last_of_session = diagnosis.blockers.iter().rposition(by_session);
    for (number, blocker) in diagnosis.blockers.iter().enumerate() {
        blocker_item(page, number + 1, blocker);
        if let Some(origin) = report.denial.session.as_ref().filter(|_| last_of_session == Some(number)) {
            page.item("    session policies: ", words::session_origin(origin));
        }
        let (own, others) = near.into_iter().partition(|near| is_near(near, blocker));
        let own: Vec<&NearMiss> = own;
        for near in own {
            near_item(page, near);
        }
        near = others;
    }
    // of layers in which an allow is not certainly missing
    for near in near {
        near_item(page, near);
    }
    for disagreement in diagnosis.disagreements.iter().filter(|it| !matches!(it, Disagreement::GivenOtherwise(_))) {
        page.item(" !  ", words::disagreement::disagreement(disagreement));
    }
    for hypothesis in &diagnosis.hypotheses {
        let word = match hypothesis.likelihood {
            Likelihood::Likely => "likely: ",
            Likelihood::Possible => "possible: ",
        };
        page.item(" ?  ", format!("{word}{}", words::hypothesis::kind(&hypothesis.kind)));
        for evidence in &hypothesis.evidence {
            page.item("     + ", words::hypothesis::evidence(evidence));
        }
    }
}

pub(super) fn blocker_item(page: &mut Page, number: usize, blocker: &Blocker) {
    let label = format!(" {number}  ");
    match &blocker.statement {
        Some(statement) => {
            let at = blocker.target.as_ref().map_or_else(String::new, |target| format!(" at {target}"));
            let sure = words::blocker::basis(blocker.basis);
            let name = words::statement::name(&statement.name());
            page.item(&label, format!("explicit deny{sure}: {}{at}, {name}", named(&statement.policy)));
            page.excerpt(statement, &statement.reasons, 4);
            place(page, statement);
            if !blocker.implies.is_empty() {
                let word = if blocker.basis == Basis::Possible { "    if " } else { "    so " };
                page.item(word, words::implies::facts(&blocker.implies));
            }
        }
        None => page.item(&label, format!("no allow: {}", words::blocker::why(blocker))),
    }
}

/// Where the document stands in the file that was given, when that is another place.
fn place(page: &mut Page, statement: &StatementRef) {
    let document = &statement.policy.document;
    let Some(own) = statement.statement() else { return };
    if let Some(((file, _), (line, _))) = document.source.origin().zip(document.source.in_file(own.span.start)) {
        page.item("    ", format!("in {file}, line {line}"));
    }
}

/// A policy with what is needed to find it: kind, name, version, and through whom it applies.
pub(in crate::report) fn named(policy: &Policy) -> String {
    let kind = match policy.origin {
        // its name says what it is: `trust policy of deploy`
        PolicyOrigin::Inline
            if policy.name.contains("policy of ") && policy.policy_type != PolicyType::IdentityBased =>
        {
            ""
        }
        PolicyOrigin::Inline if policy.policy_type == PolicyType::IdentityBased => "inline policy",
        PolicyOrigin::CustomerManaged => "managed policy",
        PolicyOrigin::AwsManaged => "AWS managed policy",
        PolicyOrigin::Inline | PolicyOrigin::Organization | PolicyOrigin::Loose => policy.policy_type.noun(),
    };
    let version = policy.version_id.as_ref().map_or_else(String::new, |version| format!(" ({version})"));
    let group = policy
        .attached_to
        .iter()
        .find_map(|arn| arn.split_once(":group/"))
        .map(|(_, name)| format!(", through group {name}"));
    let space = if kind.is_empty() { "" } else { " " };
    format!("{kind}{space}{}{version}{}", policy.name, group.unwrap_or_default())
}
