//! The denials of a trail for an issue or a chat: what stands out, the findings in a table, then each with its facts.

use std::fmt::Write as _;

use super::page::{blocks, end_list, heading};
use super::text::{code, said};
use crate::diagnosed::Outcome;
use crate::report::page::{Detail, Page};
use crate::report::sections::triage::{Listed, Triage, next, spelled_all};
use crate::report::sections::triage_finding;
use crate::report::words::triage_diagnosed::policies_of;
use crate::report::words::{first_screen::capital, triage as words, triage_page as page};
use crate::triage::{Reason, Tally};

/// Findings, where nothing else was said.
const MOST: usize = 10;

/// Damaged files that are named.
const FILES: usize = 10;

/// Names of a list.
const NAMES: usize = 3;

/// The whole text.
pub(super) fn triage(triage: &Triage) -> String {
    let findings = triage.findings();
    let shown = findings.get(..triage.shown(MOST)).unwrap_or(&findings);
    let trail = &triage.trail;
    let tally = &trail.tally;
    let mut text = format!("# {}\n\n", said(&page::headline(tally, findings.len())));
    let mut item = |label: &str, value: &str| {
        let _ = writeln!(text, "- **{label}:** {}", said(value));
    };
    if let Some(period) = page::period(tally) {
        item(page::WHEN, &period);
    }
    item(page::READ, &page::read(trail));
    for line in words::chosen(&triage.filters).into_iter().chain(words::left_out(trail)) {
        item(page::LEFT_OUT, &line);
    }
    if let Some(line) = triage.diagnosis.as_ref().and_then(policies_of) {
        item(page::POLICIES, &line);
    }
    let standouts = triage.standouts_of(&findings);
    if !standouts.is_empty() {
        heading(&mut text, page::STANDS_OUT);
        for standout in &standouts {
            let _ = writeln!(text, "- {}", said(&words::standout(standout)));
        }
    }
    if !shown.is_empty() {
        heading(&mut text, page::FINDINGS);
        table(&mut text, shown);
        if shown.len() < findings.len() {
            let _ = writeln!(text, "{}\n", said(&page::shown(shown.len(), findings.len())));
        }
        for (number, one) in (1..).zip(shown) {
            finding(&mut text, tally, number, one);
        }
    }
    if !trail.skipped.is_empty() {
        heading(&mut text, page::SKIPPED);
        for file in trail.skipped.iter().take(FILES) {
            let _ = writeln!(text, "- {}: {}", code(&file.path), said(&file.why));
        }
        if trail.skipped.len() > FILES {
            let _ = writeln!(text, "- {}", said(&page::more(trail.skipped.len() - FILES)));
        }
    }
    heading(&mut text, page::LIMITS);
    for line in page::limits(triage.diagnosis.is_some()) {
        let _ = writeln!(text, "- {}", said(line));
    }
    text
}

fn table(text: &mut String, shown: &[Listed<'_>]) {
    let (number, denials, cause, ask) = (page::NUMBER, page::DENIALS, page::CAUSE, page::ASK);
    let _ = write!(text, "| {number} | {denials} | {cause} | {ask} | {} |\n|--:|--:|---|---|---|\n", page::LAST);
    for (number, (one, outcome)) in (1..).zip(shown) {
        let owner = said(&triage_finding::ask(*outcome, one).unwrap_or_default()).replace('|', "\\u{7c}");
        let by = triage_finding::denied(*outcome, one).map(|by| format!(", {}", said(&by))).unwrap_or_default();
        let last = one.last.map(words::date).unwrap_or_default();
        let count = words::large(one.count);
        let _ = writeln!(
            text,
            "| {number} | {count} | {} | {owner} | {last} |",
            (reason(&one.reason, *outcome) + &by).replace('|', "\\u{7c}")
        );
    }
    text.push('\n');
}

/// The cause in a sentence, its name as code.
fn reason(reason: &Reason, outcome: Option<&Outcome>) -> String {
    if let Some(cause) = outcome.and_then(triage_finding::cause) {
        return said(&capital(&cause));
    }
    let (before, name, after) = words::reason_parts(reason);
    let space = |text: &str| if text.is_empty() { "" } else { " " };
    let (before, after) = (capital(before.trim_end()), after.trim_start().to_owned());
    format!(
        "{}{}{}{}{}",
        said(&before),
        space(&before),
        code(name),
        if after.starts_with(',') { "" } else { space(&after) },
        said(&after)
    )
}

fn finding(text: &mut String, tally: &Tally, number: usize, listed: &Listed<'_>) {
    let (one, outcome) = listed;
    end_list(text);
    let _ = write!(text, "### {number}. {}\n\n", reason(&one.reason, *outcome));
    let share = page::share(one, tally);
    let _ = writeln!(text, "- **{}:** {}", page::DENIALS, said(&share));
    let owned =
        |all: Vec<(&str, u64)>| all.into_iter().map(|(name, count)| (name.to_owned(), count)).collect::<Vec<_>>();
    list(text, page::CALLERS, &owned(one.callers()));
    list(text, page::ACTIONS, &spelled_all(&one.actions()));
    list(text, page::RESOURCES, &owned(one.resources()));
    let mut item = |label: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(text, "- **{label}:** {}", said(value));
        }
    };
    item(page::WHEN, &words::when(one).unwrap_or_default());
    item(page::FROM, &words::spread(one));
    item(page::ASK, &triage_finding::ask(*outcome, one).unwrap_or_default());
    if let Some(change) = one.nearest_change() {
        item(page::CHANGES, &words::change(&change, one));
    }
    let samples: Vec<String> = one.samples().iter().map(|sample| code(&sample.event_id)).collect();
    let samples: Vec<String> = samples.into_iter().filter(|id| !id.is_empty()).collect();
    if !samples.is_empty() {
        let _ = writeln!(text, "- **{}:** {}", page::SAMPLES, samples.join(", "));
    }
    for line in words::cautions(&one.cautions) {
        let _ = writeln!(text, "- **{}:** {}", page::CAUTION, said(&line));
    }
    if let Some(command) = next(listed) {
        let _ = writeln!(text, "- **{}:** {}", page::NEXT, said(&words::next(one)));
        let mut lines = Page::new(Detail::default());
        lines.commands(0, command.to_copy());
        blocks(text, &lines, 4);
    }
    if let Some(outcome) = outcome {
        let mut lines = Page::new(Detail::default());
        triage_finding::lines(&mut lines, outcome, one.count, false);
        blocks(text, &lines, 4);
    }
}

fn list(text: &mut String, label: &str, names: &[(String, u64)]) {
    let shown: Vec<String> =
        names.iter().take(NAMES).map(|(name, count)| format!("{} ({})", code(name), words::large(*count))).collect();
    if shown.is_empty() {
        return;
    }
    let rest = names.len().saturating_sub(NAMES);
    let rest = if rest == 0 { String::new() } else { format!(" {}", page::more(rest)) };
    let _ = writeln!(text, "- **{label}:** {}{rest}", shown.join(", "));
}
