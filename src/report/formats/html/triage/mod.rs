//! The denials of a trail for a browser: what stands out, the time, the findings in their order; each on a page of its own, or below.

mod chart;
mod finding;

use maud::{Markup, html};

use super::parts::parts;
use super::{Whole, plain, said, sentence};
use crate::report::sections::triage::{Listed, Triage};
use crate::report::sections::triage_finding;
use crate::report::words::triage_diagnosed::policies_of;
use crate::report::words::{sheet, triage as words, triage_page as page};
use crate::triage::{Counts, Series, Tally};

/// Findings on a page, where nothing else was said.
const MOST: usize = 50;

/// Damaged files on a page.
const FILES: usize = 100;

/// Where the findings stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Below, on the same page.
    Below,
    /// Each on a page of its own.
    Pages,
}

impl Place {
    fn link(self, number: usize) -> String {
        match self {
            Self::Below => format!("#f{number}"),
            Self::Pages => file(number),
        }
    }
}

/// The file of a finding.
fn file(number: usize) -> String {
    format!("finding-{number:03}.html")
}

/// All on one page.
pub(super) fn whole(triage: &Triage) -> Whole {
    let findings = triage.findings();
    let shown = findings.get(..triage.shown(MOST)).unwrap_or(&findings);
    let tally = &triage.trail.tally;
    let body = html! {
        article {
            (index(triage, &findings, shown.len(), Place::Below))
            @for (number, one) in (1..).zip(shown) {
                section { (finding::below(tally, one, number, findings.len())) }
            }
        }
    };
    Whole { title: title(triage, &findings), body }
}

/// A page that leads to one for each finding, by the names of their files.
pub(super) fn folder(triage: &Triage) -> Vec<(String, Whole)> {
    let findings = triage.findings();
    let shown = findings.get(..triage.shown(MOST)).unwrap_or(&findings);
    let mut pages: Vec<_> = (1..)
        .zip(shown)
        .map(|(number, one)| {
            let body =
                html! { article { (finding::alone(&triage.trail.tally, one, number, findings.len(), shown.len())) } };
            let title = sheet::title(&page::finding(number, findings.len()));
            (file(number), Whole { title, body })
        })
        .collect();
    let body = html! { article { (index(triage, &findings, shown.len(), Place::Pages)) } };
    // the page that leads to the others is there when they are
    pages.push(("index.html".to_owned(), Whole { title: title(triage, &findings), body }));
    pages
}

fn title(triage: &Triage, findings: &[Listed<'_>]) -> String {
    sheet::title(&page::headline(&triage.trail.tally, findings.len()))
}

fn index(triage: &Triage, findings: &[Listed<'_>], shown: usize, place: Place) -> Markup {
    let trail = &triage.trail;
    let tally = &trail.tally;
    let left_out: Vec<String> = words::chosen(&triage.filters).into_iter().chain(words::left_out(trail)).collect();
    let standouts = triage.standouts_of(findings);
    let (mut days, mut hours) = (Counts::new(), Counts::new());
    for (one, _) in findings.iter().filter(|(one, _)| one.is_denial()) {
        days.merge(&one.days);
        hours.merge(&one.hours);
    }
    let series = Series::new(tally, &days, &hours);
    html! {
        header {
            p class="eyebrow" { (page::ABOUT) }
            h1 { (page::headline(tally, findings.len())) }
            dl class="who" {
                @if let Some(period) = page::period(tally) { div { dt { (page::WHEN) } dd { (period) } } }
                div { dt { (page::READ) } dd { (page::read(trail)) } }
                @if !left_out.is_empty() { div { dt { (page::LEFT_OUT) } dd { (left_out.join(", ")) } } }
                @if let Some(line) = triage.diagnosis.as_ref().and_then(policies_of) {
                    div { dt { (page::POLICIES) } dd { (sentence(&line)) } }
                }
            }
            @if !standouts.is_empty() {
                div class="callout block" {
                    strong { (page::STANDS_OUT) }
                    ul { @for standout in &standouts { li { (sentence(&words::standout(standout))) } } }
                }
            }
        }
        (parts("", vec![
            ("time", page::OVER_TIME, html! { @if let Some(series) = &series { (chart::chart(series, "all")) } }),
            ("findings", page::FINDINGS, list(tally, findings, shown, place)),
            ("skipped", page::SKIPPED, skipped(triage)),
            ("limits", page::LIMITS, html! { ul { @for line in page::limits(triage.diagnosis.is_some()) { li { (line) } } } }),
        ]))
    }
}

fn list(tally: &Tally, findings: &[Listed<'_>], shown: usize, place: Place) -> Markup {
    if findings.is_empty() {
        return html! {};
    }
    html! {
        @if shown < findings.len() { p class="aside" { (page::shown(shown, findings.len())) } }
        div class="wide" tabindex="0" role="group" aria-label=(page::FINDINGS) {
            table class="ranked" {
                thead {
                    tr {
                        th scope="col" class="count" { (page::NUMBER) }
                        th scope="col" class="count" { (page::DENIALS) }
                        th scope="col" { (page::OVER_TIME) }
                        th scope="col" { (page::CAUSE) }
                        th scope="col" { (page::ASK) }
                        th scope="col" { (page::LAST) }
                    }
                }
                tbody {
                    @for (number, (one, outcome)) in (1..).zip(findings.iter().take(shown)) {
                        tr {
                            td class="count" { (number) }
                            td class="count" { (words::large(one.count)) }
                            td { @if let Some(series) = Series::new(tally, &one.days, &one.hours) { (chart::spark(&series)) } }
                            th scope="row" {
                                a href=(place.link(number)) { (finding::reason(&one.reason, *outcome)) }
                                @if let Some(by) = triage_finding::denied(*outcome, one) { p class="aside" { (plain(&by)) } }
                            }
                            td { @if let Some(owner) = triage_finding::ask(*outcome, one) { (owner) } }
                            td class="date" { @if let Some(last) = one.last { (words::date(last)) } }
                        }
                    }
                }
            }
        }
    }
}

fn skipped(triage: &Triage) -> Markup {
    let skipped = &triage.trail.skipped;
    if skipped.is_empty() {
        return html! {};
    }
    html! {
        p { (words::skipped(skipped.len())) "." }
        ul {
            @for file in skipped.iter().take(FILES) { li { code { (plain(&file.path)) } ": " (said(&file.why)) } }
            @if skipped.len() > FILES { li { (page::more(skipped.len() - FILES)) } }
        }
    }
}
