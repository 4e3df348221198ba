//! A row for each fingerprint, with the number of its finding.

use std::sync::Arc;

use super::model::{code, rfc3339};
use super::{Listed, spelled};
use crate::denial::{Fingerprint, FingerprintId};
use crate::diagnosed::Outcome;
use crate::iam::{Owner, PolicyType};
use crate::report::Rows;
use crate::report::words as all_words;
use crate::report::words::triage as words;
use crate::triage::{Caution, Distinct, Entry, Finding, Reason};

/// The columns, and what stands in each.
const COLUMNS: [&str; 32] = {
    let [_, principal, action, resource, error_code, effect, policy_type, policy_arn, account, region] =
        Fingerprint::PARTS;
    [
        "finding",
        "fingerprint",
        "reason_code",
        "reason",
        principal,
        action,
        resource,
        error_code,
        effect,
        policy_type,
        policy_arn,
        account,
        region,
        "owner",
        "denials",
        "first",
        "last",
        "days",
        "sessions",
        "source_ips",
        "vpc_endpoints",
        "user_agents",
        "estimated",
        "sample_event_ids",
        "caution",
        "cause",
        "cause_sentence",
        "statement",
        "remedy",
        "remedy_owner",
        "finding_denials_ended",
        "finding_denials_ended_if",
    ]
};

/// The rows of the first findings.
pub(super) fn rows(findings: &[Listed<'_>], most: usize) -> Rows {
    let mut rows = Vec::new();
    for (number, listed) in (1..).zip(findings.iter().take(most)) {
        let rest = diagnosis(listed.1);
        let fingerprints = listed.0.fingerprints.iter();
        rows.extend(
            fingerprints.map(|(id, entry)| [row(number, &listed.0, *id, &entry.entry()), rest.to_vec()].concat()),
        );
    }
    Rows { columns: COLUMNS.to_vec(), rows }
}

/// What policies tell of the whole finding.
fn diagnosis(outcome: Option<&Outcome>) -> [String; 7] {
    let Some(Outcome::Explained(explained)) = outcome else { return <_>::default() };
    let statement = explained.blockers.first().and_then(|blocker| blocker.statement.as_ref());
    // what ends denials, or what comes first
    let remedy = explained.change().or(explained.remedies.first());
    let ended = explained.change().and(explained.ends.as_ref());
    [
        explained.cause.id.to_owned(),
        all_words::cause::summary(&explained.summary),
        statement.map(all_words::triage_diagnosed::place).unwrap_or_default(),
        remedy.map(all_words::remedy::title).unwrap_or_default(),
        remedy.map(|remedy| remedy.owners().join(", ")).unwrap_or_default(),
        ended.map(|ends| ends.allowed.denials.to_string()).unwrap_or_default(),
        ended.map(|ends| ends.allowed_if.denials.to_string()).unwrap_or_default(),
    ]
}

fn row(number: u64, finding: &Finding<'_>, id: FingerprintId, entry: &Entry) -> Vec<String> {
    let Entry { cause, count, first, last, days, hours: _, sessions, source_ips, endpoints, user_agents, samples } =
        entry;
    let told = |text: &Option<Arc<str>>| text.as_deref().unwrap_or_default().to_owned();
    let time = |at: &Option<i64>| at.and_then(rfc3339).unwrap_or_default();
    let distinct = [
        ("sessions", sessions),
        ("source_ips", source_ips),
        ("vpc_endpoints", endpoints),
        ("user_agents", user_agents),
    ];
    let estimated: Vec<&str> = distinct.iter().filter(|(_, of)| !of.is_exact()).map(|(name, _)| *name).collect();
    let events: Vec<&str> = samples.iter().map(|sample| &*sample.event_id).collect();
    let about = |caution: &&Caution<'_>| cause.principal.as_deref() == Some(caution.principal());
    let caution = finding.cautions.iter().find(about).map(words::caution).unwrap_or_default();
    // those of a finding may be told in different words
    let said = Reason::of(cause).on(cause.resource.as_deref().into_iter());
    let owner = if finding.is_of_guests() { finding.owner() } else { said.owner() };
    let number_of = |of: &Distinct| of.count().to_string();
    vec![
        number.to_string(),
        id.to_string(),
        code(&said).to_owned(),
        words::reason(&said),
        told(&cause.principal),
        cause.action.as_deref().map(spelled).unwrap_or_default(),
        told(&cause.resource),
        told(&cause.error_code),
        told(&cause.effect),
        cause.policy_type.map(PolicyType::id).unwrap_or_default().to_owned(),
        told(&cause.policy_arn),
        told(&cause.account),
        told(&cause.region),
        owner.map(Owner::noun).unwrap_or_default().to_owned(),
        count.to_string(),
        time(first),
        time(last),
        days.len().to_string(),
        number_of(sessions),
        number_of(source_ips),
        number_of(endpoints),
        number_of(user_agents),
        estimated.join(" "),
        events.join(" "),
        caution,
    ]
}
