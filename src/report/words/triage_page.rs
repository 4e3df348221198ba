//! Headings and labels of the pages and letters about the denials of a trail.

use super::triage::{counted_large, date, denials, large, time};
use crate::triage::{Finding, Series, Tally, Trail};

/// What the page is about, above its heading.
pub const ABOUT: &str = "Denials in CloudTrail";
/// What stands out.
pub const STANDS_OUT: &str = "What stands out";
/// The time series.
pub const OVER_TIME: &str = "Over time";
/// The list of findings.
pub const FINDINGS: &str = "Findings";
/// Files of which nothing was counted.
pub const SKIPPED: &str = "Files that were skipped";
/// What the page cannot tell.
pub const LIMITS: &str = "What this is, and is not";
/// A column of the findings.
pub const NUMBER: &str = "No.";
/// A column of the findings.
pub const CAUSE: &str = "Cause";
/// A column, and the number of a finding.
pub const DENIALS: &str = "Denials";
/// A column of the findings.
pub const ASK: &str = "Who can change it";
/// A column of the findings.
pub const LAST: &str = "Last";
/// When.
pub const FIRST: &str = "First";
/// When it was.
pub const WHEN: &str = "When";
/// The records that were read.
pub const READ: &str = "Read";
/// The files that were left out.
pub const LEFT_OUT: &str = "Left out";
/// Whose policies tell the causes, and of when they are.
pub const POLICIES: &str = "Policies";
/// Who was denied.
pub const CALLERS: &str = "Who was denied";
/// One of them.
pub const CALLER: &str = "Who";
/// What was denied.
pub const ACTIONS: &str = "Actions";
/// One of them.
pub const ACTION: &str = "Action";
/// On what.
pub const RESOURCES: &str = "Resources";
/// One of them.
pub const RESOURCE: &str = "Resource";
/// The sessions, addresses and so on.
pub const FROM: &str = "From";
/// The policies that were changed.
pub const CHANGES: &str = "Policies changed in the hour before the first";
/// Said of them.
pub const CHANGES_ARE: &str = "A place to look, and no proof that one of them is the cause.";
/// A caller to look at before anything is granted to it.
pub const CAUTION: &str = "Before anything is granted";
/// The fingerprints.
pub const FINGERPRINTS: &str = "Fingerprints";
/// One of them.
pub const FINGERPRINT: &str = "Fingerprint";
/// The error code.
pub const ERROR_CODE: &str = "Error code";
/// Records.
pub const SAMPLES: &str = "Records to look at";
/// The id of a record.
pub const EVENT_ID: &str = "Event id";
/// When it was.
pub const TIME: &str = "Time (UTC)";
/// What to do with them.
pub const SAMPLES_ARE: &str = "Some of its records. With one of them in a file, `iamdx diagnose FILE` with the policies (`--snapshot` or `--live`) names the statement and proves a fix.";
/// The numbers of a picture.
pub const NUMBERS: &str = "The numbers";
/// A damaged file.
pub const FILE: &str = "File";
/// Why it was skipped.
pub const WHY: &str = "Why";
/// Leads to the list.
pub const ALL: &str = "All findings";
/// Leads to the finding before.
pub const BEFORE: &str = "Before";
/// Leads to the finding after.
pub const AFTER: &str = "Next";
/// The links of a page of a folder.
pub const PAGES: &str = "Other pages";
/// What to run.
pub const NEXT: &str = "What to run next";
/// The statement and the remedies.
pub const BY_POLICIES: &str = "By the policies";

/// What the answer rests on, and what it does not tell.
#[must_use]
pub const fn limits(with_policies: bool) -> [&'static str; 3] {
    let policies = if with_policies {
        "Denials with one cause are one finding, by the policies that were given. A denial counts as ended where its record was evaluated again with the change and is allowed then."
    } else {
        "Denials with one cause are one finding, by AWS's own words. No policies were read, so no statement is named and no change is proved."
    };
    [
        policies,
        "Records, denials and days are exact. Sessions, addresses, endpoints and user agents are exact up to 63, and estimated where \"about\" stands before them.",
        "Days are those of UTC. What changed before a finding began is a place to look, and no proof.",
    ]
}

/// The heading.
#[must_use]
pub fn headline(tally: &Tally, findings: usize) -> String {
    let causes = counted_large(findings as u64, "cause", "causes");
    format!("{}, {causes}", denials(tally))
}

/// From when to when.
#[must_use]
pub fn period(tally: &Tally) -> Option<String> {
    let (first, last) = (tally.first?, tally.last?);
    Some(format!("{} to {}", time(first), time(last)))
}

/// How much was read.
#[must_use]
pub fn read(trail: &Trail) -> String {
    let records = counted_large(trail.tally.records, "record", "records");
    format!("{records} in {}", counted_large(trail.files, "file", "files"))
}

/// `Finding 2 of 14`
#[must_use]
pub fn finding(number: usize, all: usize) -> String {
    format!("Finding {number} of {}", large(all as u64))
}

/// `234 of 1,234 denials (19 %)`
#[must_use]
pub fn share(finding: &Finding<'_>, tally: &Tally) -> String {
    let (all, named) = if finding.is_denial() {
        (tally.denials(), counted_large(tally.denials(), "denial", "denials"))
    } else {
        (tally.failures(), counted_large(tally.failures(), "other failure", "other failures"))
    };
    let of = format!("{} of {named}", large(finding.count));
    match u128::from(finding.count) * 100 / u128::from(all.max(1)) {
        0 => of,
        percent => format!("{of} ({percent} %)"),
    }
}

/// How many of them are on the page.
#[must_use]
pub fn shown(shown: usize, all: usize) -> String {
    format!("The {} with most denials, of {}. --top N shows more.", large(shown as u64), large(all as u64))
}

/// How many are not in a list.
#[must_use]
pub fn more(more: usize) -> String {
    format!("and {} more", large(more as u64))
}

/// What a step of a picture is.
#[must_use]
pub fn each(step: i64) -> String {
    match (step / 3600, step / 86_400) {
        (1, _) => "each hour (UTC)".to_owned(),
        (_, 1) => "each day (UTC)".to_owned(),
        (_, days) => format!("in {days} days each (UTC)"),
    }
}

/// The beginning of a step.
#[must_use]
pub fn step(at: i64, step: i64) -> String {
    if step < 86_400 { time(at) } else { date(at) }
}

/// What a picture shows, in words.
#[must_use]
pub fn described(series: &Series) -> String {
    let sum = series.counts.iter().map(|(_, count)| count).sum();
    let busy = series.counts.iter().filter(|(_, count)| *count > 0).count();
    let unit = match (series.step / 3600, series.step / 86_400) {
        (1, _) => "hours",
        (_, 1) => "days",
        _ => "periods",
    };
    let most = series.most().map(|(at, count)| format!("; most: {} on {}", large(count), step(at, series.step)));
    let denials = counted_large(sum, "denial", "denials");
    let all = series.counts.len() as u64;
    format!("{denials}, in {} of {} {unit}{}", large(busy as u64), large(all), most.unwrap_or_default())
}

/// A bar of a picture.
#[must_use]
pub fn bar(at: i64, count: u64, long: i64) -> String {
    format!("{}: {}", step(at, long), counted_large(count, "denial", "denials"))
}
