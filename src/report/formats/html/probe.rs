//! A probe for a browser: who called, the matrix of each Region, what each answer means and what to do about it, then the findings.

use maud::{Markup, html};

use super::parts::parts;
use super::source::Tone as Mark;
use super::{Whole, diagnosis, page, plain, said, sentence};
use crate::probe::{Authorized, Cell, Ending, Incident, Summary, Verdict, observations, patterns, stuck};
use crate::report::next_step;
use crate::report::page::{Page, Tone};
use crate::report::sections::probe::ProbeReport;
use crate::report::sections::probe::{Diagnosed, matrices, open, tone};
use crate::report::words::{self, probe, probe_cell, sheet};

/// The whole page.
pub(super) fn whole(report: &ProbeReport) -> Whole {
    let cells = report.record.cells();
    let legend = legend(cells);
    let mut sections: Vec<(String, String, Markup)> = [
        ("matrix", sheet::MATRIX, matrix(report, &legend)),
        ("answers", sheet::ANSWERS, answers(&legend)),
        ("points", sheet::POINTS_TO, lines(patterns(cells).iter().map(probe::pattern))),
        ("steps", sheet::STEPS, steps(report)),
    ]
    .map(|(id, title, markup)| (id.to_owned(), title.to_owned(), markup))
    .into();
    let all = report.findings.len();
    for (number, finding) in report.findings.iter().enumerate() {
        let prefix = finding_id(number);
        let markup = finding_markup(finding, &prefix);
        sections.push((prefix, sheet::finding(number + 1, all), markup));
    }
    let rest = [
        ("said", sheet::CELLS_SAID, lines(report.cells().into_iter())),
        ("counts", sheet::COUNTS, counts(report)),
        ("left", sheet::NOT_CALLED, lines(report.not_called().into_iter())),
        ("notes", sheet::NOTES, lines(report.record.notes().iter().map(probe::note))),
        ("again", sheet::AGAIN, page::code(&report.record.command.line())),
    ];
    sections.extend(rest.map(|(id, title, markup)| (id.to_owned(), title.to_owned(), markup)));
    let sections = sections.iter().map(|(id, title, markup)| (id.as_str(), title.as_str(), markup.clone())).collect();
    let body = html! { article { (head(report)) (parts("", sections)) } };
    Whole { title: sheet::title(sheet::BEDROCK), body }
}

/// What to do about cells that no policy decides, once for all of a kind.
fn steps(report: &ProbeReport) -> Markup {
    let mut own = Page::default();
    for stuck in stuck(&report.record) {
        next_step::add(&mut own, probe::stuck(&stuck), &stuck.calls);
    }
    page::blocks(&own, 3)
}

/// The first screen: how it ended, what that says, and who called.
fn head(report: &ProbeReport) -> Markup {
    let record = &report.record;
    let complete = record.run.is_complete();
    let ending = report.ending();
    let class = match ending {
        Ending::Allowed => "fix",
        Ending::Denied | Ending::Incident => "block",
        Ending::Undecided | Ending::Unreachable => "maybe",
    };
    html! {
        header {
            p class="eyebrow" { (plain(&sheet::probed(&record.started_at, &record.ended_at, complete))) }
            h1 { span class={ "verdict " (class) } { (probe::ending(ending)) } " " (sheet::BEDROCK) }
            p class="lead" { (sentence(&probe::summary(&Summary::of(record.cells())))) }
            @if !complete { div class="callout maybe" { p { (sentence(probe::BROKEN_OFF)) } } }
            @if let Some(incident) = &record.incident { (alarm(incident)) }
            dl class="who" {
                (row(sheet::PRINCIPAL, &report.who()))
                (row(sheet::SIGNED, probe_cell::signed(record.auth)))
            }
        }
    }
}

/// How many calls came to what, and what they used.
fn counts(report: &ProbeReport) -> Markup {
    let record = &report.record;
    html! {
        dl class="who" {
            (row(sheet::COUNTS, &report.counts()))
            @for seen in observations(record.cells()) { (row(sheet::SEEN, &probe::observation(&seen))) }
            (row(sheet::USED, &probe::used(&record.run)))
        }
    }
}

fn row(label: &str, text: &str) -> Markup {
    html! { div { dt { (label) } dd { (said(text)) } } }
}

/// What comes before everything else.
fn alarm(incident: &Incident) -> Markup {
    html! {
        div class="callout block" role="alert" {
            strong { (sheet::INCIDENT) }
            ul {
                @for mark in &incident.marks { li { (sentence(&probe::mark(mark))) } }
                li { (sentence(probe::compromised(incident.called))) }
            }
            @if let Some(response) = &incident.response {
                ol { @for step in &response.steps { li { (sentence(&words::remedy::step(step))) } } }
                @let calls: Vec<String> = response.calls.iter().map(ToString::to_string).collect();
                @if !calls.is_empty() { (page::code(&calls.join("\n"))) }
                @if let Some(never) = words::remedy::why_not(&response.why_not) { p { strong { (sheet::DO_NOT) ": " } (said(&never)) } }
            }
        }
    }
}

/// A word of the matrix, what it means, and what to do about it.
struct Answer<'a> {
    word: &'static str,
    meaning: &'static str,
    next: &'static str,
    mark: Mark,
    cells: Vec<&'a Cell>,
}

/// The words that occur, each once, in the order of the cells.
fn legend(cells: &[Cell]) -> Vec<Answer<'_>> {
    let mut answers: Vec<Answer<'_>> = Vec::new();
    for cell in cells {
        let (word, meaning) = probe_cell::word(cell);
        match answers.iter_mut().find(|answer| answer.word == word && answer.mark == sign(cell)) {
            Some(answer) => answer.cells.push(cell),
            None => answers.push(Answer {
                word,
                meaning: if meaning.is_empty() { sheet::ANSWERED } else { meaning },
                next: probe_cell::next(cell.judgement.verdict, cell.judgement.detail),
                mark: sign(cell),
                cells: vec![cell],
            }),
        }
    }
    answers
}

/// The sign of a cell: good or bad news, none about permissions, or nothing at all.
const fn sign(cell: &Cell) -> Mark {
    match (tone(cell), cell.judgement.verdict, cell.judgement.authorized) {
        (Tone::Block, ..) => Mark::Block,
        (Tone::Fix, ..) => Mark::Fix,
        (_, Verdict::NotRun, _) => Mark::Plain,
        (.., Authorized::Yes | Authorized::No | Authorized::Unknown) => Mark::Maybe,
    }
}

/// A sign beside the colour: answered, denied, neither, not called.
fn mark(tone: Mark) -> Markup {
    let sign = match tone {
        Mark::Fix => "✓",
        Mark::Block => "✕",
        Mark::Maybe => "!",
        Mark::Plain => "–",
    };
    html! { span class={ "sign " (tone.class()) } aria-hidden="true" { (sign) } }
}

/// The matrices, each in a box that scrolls by itself; a cell leads to what its answer means, and a denied one to its finding too.
fn matrix(report: &ProbeReport, legend: &[Answer<'_>]) -> Markup {
    let all = report.findings.len();
    let cell = |number: usize, cell: &Cell| {
        let (word, _) = probe_cell::word(cell);
        let place = legend.iter().position(|answer| answer.word == word && answer.mark == sign(cell));
        let finding = report.findings.iter().position(|finding| finding.finding.cells.contains(&number));
        html! {
            (mark(sign(cell))) " "
            a class={ "chip " (sign(cell).class()) } href=[place.map(|place| format!("#{}", answer_id(place)))] { (shown(word)) }
            @if let Some(finding) = finding {
                " " a class="aside" href={ "#" (finding_id(finding)) } { (sheet::finding(finding + 1, all)) }
            }
        }
    };
    html! {
        @for matrix in matrices(report.record.cells()) {
            h3 { (plain(matrix.region)) }
            div class="wide matrix" tabindex="0" role="group" aria-label=(plain(matrix.region)) {
                table {
                    thead {
                        tr {
                            th scope="col" { (sheet::MODEL) }
                            @for api in &matrix.apis { th scope="col" { (probe_cell::column(*api)) } }
                        }
                    }
                    tbody {
                        @for row in &matrix.rows {
                            tr {
                                th scope="row" class={ "depth" (row.depth.min(2)) } { (plain(&row.label)) }
                                @for found in &row.cells {
                                    td {
                                        @match found {
                                            Some((number, own)) => (cell(*number, own)),
                                            None => span class="aside" { (sheet::NOT_PLANNED) },
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The word of a cell that was not called is a dash, which a page spells out.
fn shown(word: &'static str) -> &'static str {
    if word == "-" { sheet::WAS_NOT_CALLED } else { word }
}

fn answers(legend: &[Answer<'_>]) -> Markup {
    html! {
        @if !legend.is_empty() {
            div class="wide answers" tabindex="0" role="group" aria-label=(sheet::ANSWERS) {
                table {
                    thead {
                        tr {
                            th scope="col" { (sheet::ANSWER) }
                            th scope="col" { (sheet::CALLS) }
                            th scope="col" { (sheet::MEANING) }
                            th scope="col" { (sheet::NEXT_STEP) }
                        }
                    }
                    tbody {
                        @for (number, answer) in legend.iter().enumerate() {
                            tr id=(answer_id(number)) {
                                th scope="row" { (mark(answer.mark)) " " span class={ "chip " (answer.mark.class()) } { (shown(answer.word)) } }
                                td { (answer.cells.len()) }
                                td { (sentence(answer.meaning)) }
                                td { (sentence(answer.next)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn finding_markup(found: &Diagnosed, prefix: &str) -> Markup {
    html! {
        p class="lead" { (sentence(&probe::basis(&found.finding.basis))) }
        @if !found.advice.is_empty() {
            div class="callout block" {
                strong { (sheet::FIRST) }
                ul { @for first in found.first() { li { (sentence(&first)) } } }
            }
        }
        article { (diagnosis::one(&found.report, &format!("{prefix}-"), false)) }
        @if let Some(proposal) = &found.proposal {
            h3 { (sheet::ONE_POLICY) }
            ul {
                li { (sentence(&probe::proved(proposal))) }
                li { (sentence(&probe::size(proposal.characters()))) }
                @for line in open(proposal) { li { (sentence(&line)) } }
            }
            (page::code(&proposal.document))
        }
    }
}

/// Lines of a list; one alone is a paragraph.
fn lines(lines: impl Iterator<Item = String>) -> Markup {
    let lines: Vec<String> = lines.collect();
    html! {
        @match lines.as_slice() {
            [] => {},
            [only] => p { (sentence(only)) },
            lines => ul { @for line in lines { li { (sentence(line)) } } },
        }
    }
}

fn answer_id(number: usize) -> String {
    format!("answer{number}")
}

fn finding_id(number: usize) -> String {
    format!("finding{}", number + 1)
}
