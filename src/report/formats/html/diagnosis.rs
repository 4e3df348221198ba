//! A diagnosis for a browser: the verdict, why, and who does what; then the layers, the change, the request, the documents and the rest.

use maud::{Markup, html};

use super::case::Case;
use super::documents::Documents;
use super::ladder;
use super::parts::parts;
use super::remedy::{self, fixes};
use super::request::request;
use super::{Whole, capital, page, plain, said, sentence};
use crate::denial::DenialKind;
use crate::diagnose::{Disagreement, Likelihood, Summary};
use crate::iam::{Arn, Command, Gap, Principal};
use crate::remedy::{Remedy, RemedyKind};
use crate::render::{self, Line};
use crate::report::Report;
use crate::report::evidence::evidence;
use crate::report::page::{Detail, Page};
use crate::report::sections::{aws_said, subject};
use crate::report::words::{self, sheet};

/// All reports of an answer on one page.
pub(super) fn whole(reports: &[Report]) -> Whole {
    let title = reports.first().map_or_else(String::new, |report| subject(&report.denial));
    let body = html! {
        @for (number, report) in reports.iter().enumerate() {
            @if reports.len() > 1 { p class="eyebrow" { (sheet::report(number + 1, reports.len())) } }
            article { (one(report, &format!("r{number}-"), number == 0)) }
        }
    };
    Whole { title: sheet::title(&plain(&title)), body }
}

/// A diagnosis; the first of a page has its main heading.
pub(super) fn one(report: &Report, prefix: &str, first: bool) -> Markup {
    if report.denial.kind != DenialKind::IamDenial {
        // nothing was evaluated
        return html! {
            (page::blocks(&report.page(Detail::ALL), if first { 2 } else { 3 }))
        };
    }
    let case = Case::of(report);
    let documents = Documents::new(&case, prefix);
    let (blocking, ladder) = ladder::ladder(&case, &documents, prefix);
    let gaps = &report.diagnosis.gaps;
    let sections = vec![
        ("layers", sheet::LADDER, ladder),
        ("fix", sheet::FIX, remedy::remedies(report, prefix)),
        ("request", sheet::REQUEST, request(&case)),
        ("also", sheet::ALSO, also(report)),
        ("problems", sheet::PROBLEMS, problems(report)),
        ("next", sheet::NEXT, next(report)),
        ("gaps", sheet::NOT_CHECKED, not_checked(gaps)),
        ("evidence", sheet::EVIDENCE, sources(report)),
        ("documents", sheet::DOCUMENTS, documents.markup(&format!("{prefix}layers"))),
    ];
    html! {
        (head(report, blocking.as_deref(), prefix, first))
        (parts(prefix, sections))
    }
}

/// The first screen: the verdict, why, and who does what.
fn head(report: &Report, blocking: Option<&str>, prefix: &str, first: bool) -> Markup {
    let denial = &report.denial;
    let diagnosis = &report.diagnosis;
    let request = &report.request;
    let action = request.action.known().map_or_else(|| subject(denial), ToString::to_string);
    let principal = denial.principal.as_ref().or_else(|| request.principal.known());
    let resource = denial.resource.as_ref().or_else(|| request.resource.known());
    let status = denial.http_status.map(|status| format!("HTTP {status}"));
    let call: Vec<String> =
        [denial.operation.clone(), denial.error_code.clone(), status].into_iter().flatten().collect();
    let headline = html! { span class="verdict" { (sheet::DENIED) } " " code { (plain(&action)) } };
    html! {
        header {
            p class="eyebrow" { (sheet::verdict(report.decision())) " · " (sheet::confidence(diagnosis.confidence)) }
            @if first { h1 { (headline) } } @else { h2 class="h1" { (headline) } }
            dl class="who" {
                @if let Some(principal) = principal { div { dt { (sheet::PRINCIPAL) } dd { (who(principal)) } } }
                @if let Some(resource) = resource { div { dt { (sheet::RESOURCE) } dd { code { (plain(resource)) } } } }
                @if !call.is_empty() { div { dt { (sheet::CALL) } dd { (plain(&call.join(", "))) } } }
                @if denial.occurrences > 1 { div { dt { (sheet::SEEN) } dd { (sheet::times(denial.occurrences)) } } }
                @if let Some(place) = words::denial::place(denial) { div { dt { (sheet::PLACE) } dd { code { (plain(&place)) } } } }
                @if let Some(places) = words::denial::also_in(denial) { div { dt { (sheet::ALSO_IN) } dd { (plain(&places)) } } }
            }
            @if diagnosis.incident { (incident(report)) }
            div class="cards" {
                div class="card block" {
                    strong { (sheet::WHY) }
                    p { (sentence(&words::cause::summary(&diagnosis.summary))) }
                    @for other in diagnosis.disagreements.iter().filter(|it| matches!(it, Disagreement::GivenOtherwise(_))) {
                        p { (sentence(&words::disagreement::disagreement(other))) }
                    }
                    @if let Some(id) = blocking { p { a href={ "#" (id) } { (sheet::SEE_LAYER) } } }
                }
                @if !diagnosis.incident { (first_fix(fixes(report).first().copied(), &diagnosis.summary, prefix)) }
            }
            (aws(report))
        }
    }
}

pub(super) fn who(principal: &Principal) -> Markup {
    let arn = principal.as_str().parse::<Arn>().ok();
    let parts = arn.as_ref().and_then(|arn| Some((arn.resource(), arn.account_id()?)));
    html! {
        @match parts {
            Some((name, account)) => { code { (plain(name)) } span class="aside" { " " (sheet::of_account(&plain(account))) } },
            None => code { (plain(principal.as_str())) },
        }
    }
}

fn first_fix(remedy: Option<&Remedy>, summary: &Summary, prefix: &str) -> Markup {
    html! {
        div class="card fix" {
            strong { (sheet::WHO) }
            @match remedy {
                None => p { (words::remedy::none(summary)) },
                Some(remedy) => {
                    p { (sentence(&words::remedy::title(remedy))) }
                    @if let Some(change) = remedy::only_change(remedy) { p { (sentence(&change)) } }
                    p { span class="owner" { (said(&capital(&sheet::owner(&remedy::owner(remedy))))) } " " (remedy::chip(remedy)) }
                    p { a href={ "#" (prefix) "f0" } { (sheet::SEE_CHANGE) } }
                },
            }
        }
    }
}

fn incident(report: &Report) -> Markup {
    let response = report.remedies.iter().find(|remedy| remedy.kind == RemedyKind::IncidentResponse);
    html! {
        @if let Some(response) = response {
            div class="callout block" role="alert" {
                strong { (sheet::INCIDENT) ": " (said(&words::remedy::title(response))) }
                ol { @for step in &response.steps { li { (said(&capital(&words::remedy::step(step)))) } } }
                (page::code(&render::commands(response).iter().flat_map(Line::to_copy).collect::<Vec<_>>().join("\n")))
                @if let Some(never) = words::remedy::why_not(&response.why_not) { p { strong { (sheet::DO_NOT) ": " } (said(&never)) } }
            }
        }
    }
}

/// AWS's own words, folded.
fn aws(report: &Report) -> Markup {
    let mut own = Page::new(Detail::default());
    aws_said(&mut own, &report.denial, true);
    html! { details class="more" { summary { (sheet::AWS_SAID) } (page::blocks(&own, 3)) } }
}

/// Other causes that fit, and contradictions.
fn also(report: &Report) -> Markup {
    let diagnosis = &report.diagnosis;
    let others: Vec<&Disagreement> =
        diagnosis.disagreements.iter().filter(|it| !matches!(it, Disagreement::GivenOtherwise(_))).collect();
    html! {
        @for other in others {
            div class="callout maybe" { strong { (sheet::CONTRADICTIONS) } p { (sentence(&words::disagreement::disagreement(other))) } }
        }
        @if !diagnosis.hypotheses.is_empty() {
            ul {
                @for hypothesis in &diagnosis.hypotheses {
                    li {
                        span class="chip maybe" { (sheet::likelihood(hypothesis.likelihood == Likelihood::Likely)) } " "
                        (said(&words::hypothesis::kind(&hypothesis.kind)))
                        @if !hypothesis.evidence.is_empty() {
                            ul { @for evidence in &hypothesis.evidence { li { (said(&words::hypothesis::evidence(evidence))) } } }
                        }
                    }
                }
            }
        }
    }
}

fn problems(report: &Report) -> Markup {
    let problems = &report.diagnosis.problems;
    html! {
        @if !problems.is_empty() {
            ul {
                @for found in problems {
                    @let document = &found.policy.document;
                    @let at = document.position(found.span);
                    li {
                        code { (plain(document.source.name())) ":" (at.to_string()) } " "
                        (said(&words::problem::problem(&found.kind)))
                    }
                }
            }
        }
    }
}

fn next(report: &Report) -> Markup {
    html! {
        @if !report.next_denials.is_empty() {
            ul {
                @for next in &report.next_denials {
                    li {
                        code { (plain(&next.action)) } " " (sheet::ON) " " code { (plain(&words::remedy::next_resource(next))) }
                        ": " (said(&words::remedy::next_why(&next.why)))
                    }
                }
            }
        }
    }
}

pub(super) fn not_checked(gaps: &[Gap]) -> Markup {
    html! {
        @if !gaps.is_empty() {
            ul class="gaps" {
                @for gap in gaps {
                    @let commands: Vec<String> = gap.how_to_close.iter().flat_map(Command::to_copy).collect();
                    li {
                        strong { (said(&capital(&words::gap_subject(&gap.subject)))) } ": " (said(&words::gap_reason(&gap.reason)))
                        @if !commands.is_empty() { (page::code(&commands.join("\n"))) }
                        @if let Some(options) = words::close_by(&gap.options(), &commands) { p class="aside" { (said(&options)) } }
                    }
                }
            }
        }
    }
}

fn sources(report: &Report) -> Markup {
    html! {
        div class="wide" tabindex="0" role="group" aria-label=(sheet::EVIDENCE) {
            table {
                thead { tr { th scope="col" { (sheet::SOURCE) } th scope="col" { (sheet::SAYS) } th scope="col" { (sheet::LIMITS) } } }
                tbody {
                    @for one in evidence(report) {
                        tr {
                            th scope="row" { (sheet::source(one.source())) }
                            td { (said(&words::evidence::says(&one))) }
                            td { (said(&words::evidence::limits(&one))) }
                        }
                    }
                    @for (remedy, after) in &report.simulator_findings.confirmed {
                        tr {
                            th scope="row" { (sheet::source(crate::report::evidence::EvidenceSource::Simulator)) }
                            td { (said(&sheet::confirmed(words::decision::noun(*after), remedy))) }
                            td {}
                        }
                    }
                }
            }
        }
        p class="aside" { (sheet::ABOUT_CAUSE) ": " code { (sheet::cause_command(report.diagnosis.cause.id)) } }
    }
}
