//! One finding: the cause, who can change it, the time, who was denied what, and records to look at.

use maud::{Markup, html};

use super::super::page::blocks;
use super::super::{capital, plain, said};
use super::{chart, file};
use crate::diagnosed::{NotDiagnosed, Outcome};
use crate::report::page::{Detail, Page};
use crate::report::sections::triage::{Listed, next, spelled, spelled_all};
use crate::report::sections::triage_finding;
use crate::report::words::{triage as words, triage_page as page};
use crate::triage::{Finding, Reason, Series, Tally};

/// Names in a list.
const NAMES: usize = 10;

/// Fingerprints in a table.
const FINGERPRINTS: usize = 20;

/// Below others on a page, which has a heading already.
pub(super) fn below(tally: &Tally, listed: &Listed<'_>, number: usize, all: usize) -> Markup {
    let (finding, outcome) = listed;
    html! {
        p class="eyebrow finding" { (eyebrow(tally, finding, number, all)) }
        h2 id={ "f" (number) } class="cause" { (reason(&finding.reason, *outcome)) }
        (facts(finding, *outcome))
        @if let Some(series) = Series::new(tally, &finding.days, &finding.hours) { (chart::chart(&series, &format!("f{number}"))) }
        (diagnosis(finding, *outcome, 3))
        (to_run(listed, 3))
        (details(finding, 3))
        p class="back" { a href="#findings" { (page::ALL) } }
    }
}

/// On a page of its own.
pub(super) fn alone(tally: &Tally, listed: &Listed<'_>, number: usize, all: usize, pages: usize) -> Markup {
    let (finding, outcome) = listed;
    html! {
        header {
            p class="eyebrow" { (eyebrow(tally, finding, number, all)) }
            h1 class="cause" { (reason(&finding.reason, *outcome)) }
            (facts(finding, *outcome))
        }
        nav aria-label=(page::PAGES) {
            a href="index.html" { (page::ALL) }
            @if number > 1 { a href=(file(number - 1)) { (page::BEFORE) } }
            @if number < pages { a href=(file(number + 1)) { (page::AFTER) } }
        }
        @if let Some(series) = Series::new(tally, &finding.days, &finding.hours) {
            section {
                h2 { (page::OVER_TIME) }
                (chart::chart(&series, "time"))
            }
        }
        (diagnosis(finding, *outcome, 2))
        (to_run(listed, 2))
        (details(finding, 2))
    }
}

fn eyebrow(tally: &Tally, finding: &Finding<'_>, number: usize, all: usize) -> String {
    format!("{} · {}", page::finding(number, all), page::share(finding, tally))
}

/// The cause in a sentence, its name as a name.
pub(super) fn reason(reason: &Reason, outcome: Option<&Outcome>) -> Markup {
    if let Some(cause) = outcome.and_then(triage_finding::cause) {
        return html! { (said(&capital(&cause))) };
    }
    let (before, name, after) = words::reason_parts(reason);
    html! { (capital(&before)) code { (plain(name)) } (after) }
}

fn facts(finding: &Finding<'_>, outcome: Option<&Outcome>) -> Markup {
    let fact = |name: &str, value: Markup| html! { div { dt { (name) } dd { (value) } } };
    let spread = words::spread(finding);
    html! {
        dl class="who" {
            @if let Some(owner) = triage_finding::ask(outcome, finding) { (fact(page::ASK, html! { span class="owner" { (capital(&owner)) } })) }
            @if let Some(when) = words::when(finding) { (fact(page::WHEN, html! { (when) })) }
            @if !spread.is_empty() { (fact(page::FROM, html! { (spread) })) }
        }
        @if !finding.cautions.is_empty() {
            div class="callout maybe" {
                strong { (page::CAUTION) }
                ul { @for line in words::cautions(&finding.cautions) { li { (said(&capital(&line))) } } }
            }
        }
        @if !finding.changes.is_empty() {
            div class="callout maybe" {
                strong { (page::CHANGES) }
                // the last one is the nearest
                ul { @for change in finding.changes.iter().rev().take(NAMES) { li { (said(&capital(&words::change(change, finding)))) } } }
                p { (page::CHANGES_ARE) }
            }
        }
    }
}

/// What policies tell of it: the statement, the remedies, and what they end.
fn diagnosis(finding: &Finding<'_>, outcome: Option<&Outcome>, level: u8) -> Markup {
    let Some(outcome) = outcome.filter(|it| !matches!(it, Outcome::NotDiagnosed(NotDiagnosed::OtherFailure))) else {
        return html! {};
    };
    let mut lines = Page::new(Detail::ALL);
    triage_finding::lines(&mut lines, outcome, finding.count, true);
    html! {
        section {
            (heading(level, page::BY_POLICIES))
            (blocks(&lines, level + 1))
        }
    }
}

/// What to run where no policies were given.
fn to_run(listed: &Listed<'_>, level: u8) -> Markup {
    let Some(command) = next(listed) else { return html! {} };
    let mut lines = Page::new(Detail::ALL);
    lines.commands(0, command.to_copy());
    html! {
        section {
            (heading(level, page::NEXT))
            p { (said(&capital(&words::next(&listed.0)))) }
            (blocks(&lines, level + 1))
        }
    }
}

fn heading(level: u8, title: &str) -> Markup {
    html! { @if level == 2 { h2 { (title) } } @else { h3 { (title) } } }
}

fn details(finding: &Finding<'_>, level: u8) -> Markup {
    type Counted<'w> = (&'w str, &'w str, Vec<(String, u64)>);
    let owned = |all: Vec<(&str, u64)>| all.into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
    let lists: [Counted<'_>; 3] = [
        (page::CALLERS, page::CALLER, owned(finding.callers())),
        (page::ACTIONS, page::ACTION, spelled_all(&finding.actions())),
        (page::RESOURCES, page::RESOURCE, owned(finding.resources())),
    ];
    html! {
        @for (title, column, names) in &lists {
            @if !names.is_empty() {
                section {
                    (heading(level, title))
                    (counted(title, column, names))
                }
            }
        }
        section {
            (heading(level, page::SAMPLES))
            p { (said(page::SAMPLES_ARE)) }
            (samples(finding))
        }
        section {
            (heading(level, page::FINGERPRINTS))
            (fingerprints(finding))
        }
    }
}

/// Names, the most frequent first.
fn counted(title: &str, column: &str, names: &[(String, u64)]) -> Markup {
    let most = names.first().map_or(1, |(_, count)| (*count).max(1));
    html! {
        div class="wide" tabindex="0" role="group" aria-label=(title) {
            table class="counted" {
                thead { tr { th scope="col" { (column) } th scope="col" class="count" { (page::DENIALS) } td {} } }
                tbody {
                    @for (name, count) in names.iter().take(NAMES) {
                        tr {
                            th scope="row" { code { (plain(name)) } }
                            td class="count" { (words::large(*count)) }
                            td class="share" { (chart::share(*count, most)) }
                        }
                    }
                }
            }
        }
        @if names.len() > NAMES { p class="aside" { (page::more(names.len() - NAMES)) } }
    }
}

fn samples(finding: &Finding<'_>) -> Markup {
    html! {
        div class="wide" tabindex="0" role="group" aria-label=(page::SAMPLES) {
            table {
                thead {
                    tr {
                        th scope="col" { (page::EVENT_ID) }
                        th scope="col" { (page::TIME) }
                        th scope="col" { (page::CALLER) }
                        th scope="col" { (page::RESOURCE) }
                    }
                }
                tbody {
                    @for sample in finding.samples() {
                        tr {
                            th scope="row" { code { (plain(&sample.event_id)) } }
                            td class="date" { @if let Some(at) = sample.at { (words::time(at).trim_end_matches(" UTC")) } }
                            td { code { (plain(sample.principal.as_deref().unwrap_or_default())) } }
                            td { code { (plain(sample.resource.as_deref().unwrap_or_default())) } }
                        }
                    }
                }
            }
        }
    }
}

fn fingerprints(finding: &Finding<'_>) -> Markup {
    let all = &finding.fingerprints;
    html! {
        div class="wide" tabindex="0" role="group" aria-label=(page::FINGERPRINTS) {
            table {
                thead {
                    tr {
                        th scope="col" { (page::FINGERPRINT) }
                        th scope="col" class="count" { (page::DENIALS) }
                        th scope="col" { (page::CALLER) }
                        th scope="col" { (page::ACTION) }
                        th scope="col" { (page::RESOURCE) }
                        th scope="col" { (page::ERROR_CODE) }
                    }
                }
                tbody {
                    @for (id, entry) in all.iter().take(FINGERPRINTS) {
                        tr {
                            th scope="row" { code { (id.to_string()) } }
                            td class="count" { (words::large(entry.count())) }
                            td { code { (plain(entry.principal().unwrap_or_default())) } }
                            td { code { (plain(&entry.action().map(spelled).unwrap_or_default())) } }
                            td { code { (plain(entry.resource().unwrap_or_default())) } }
                            td { code { (plain(entry.error_code().unwrap_or_default())) } }
                        }
                    }
                }
            }
        }
        @if all.len() > FINGERPRINTS { p class="aside" { (page::more(all.len() - FINGERPRINTS)) } }
    }
}
