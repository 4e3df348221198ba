//! A simulated request for a browser: the answer, the layers, what it depends on, the request and the documents.

use maud::html;

use super::case::Case;
use super::diagnosis::{not_checked, who};
use super::documents::Documents;
use super::parts::parts;
use super::request::request;
use super::{Whole, ladder, page, plain, sentence};
use crate::diagnose::{blockers, near_misses};
use crate::evaluate::Decision;
use crate::report::page::{Detail, Page};
use crate::report::sections::simulation::Simulation;
use crate::report::words::{self, sheet};

/// The whole page.
pub(super) fn whole(simulation: &Simulation) -> Whole {
    let Simulation { request: asked, policies, evaluation, gaps, .. } = simulation;
    let decision = simulation.decision();
    let denied = matches!(decision, Decision::ExplicitDeny | Decision::ImplicitDeny) && simulation.refused.is_none();
    let blockers = if denied { blockers(asked, policies, evaluation) } else { Vec::new() };
    let near_misses = if denied { near_misses(asked, evaluation) } else { Vec::new() };
    let case = Case {
        request: asked,
        subject: None,
        policies,
        evaluation,
        blockers: &blockers,
        near_misses: &near_misses,
        named: None,
    };
    let documents = Documents::new(&case, "");
    let (blocking, ladder) = ladder::ladder(&case, &documents, "");
    let action = asked.action.value().map_or("", |action| action.as_str());
    let tone = match decision {
        Decision::Allowed => "fix",
        Decision::ExplicitDeny | Decision::ImplicitDeny => "block",
        Decision::Undetermined => "maybe",
    };
    let mut depends = Page::new(Detail::default());
    if decision == Decision::Undetermined {
        simulation.depends_on(&mut depends);
    }
    let body = html! {
        article {
            header {
                p class="eyebrow" { (if simulation.refused.is_some() { sheet::REFUSED_HOW } else { sheet::simulated_how(decision) }) }
                h1 { span class={ "verdict " (tone) } { (sheet::simulated(decision)) } " " code { (plain(action)) } }
                dl class="who" {
                    @if let Some(principal) = asked.principal.value() { div { dt { (sheet::PRINCIPAL) } dd { (who(principal)) } } }
                    @if let Some(resource) = asked.resource.value() { div { dt { (sheet::RESOURCE) } dd { code { (plain(resource)) } } } }
                }
                @if let Some(refusal) = &simulation.refused {
                    div class="callout block" { p { (sentence(&words::public_access::refusal(refusal))) } }
                }
                @if let Some(first) = blockers.first() {
                    div class="callout block" {
                        p { (sentence(&words::blocker::why(first))) }
                        @if let Some(id) = &blocking { p { a href={ "#" (id) } { (sheet::SEE_LAYER) } } }
                    }
                }
            }
            (parts("", vec![
                ("layers", sheet::LADDER, ladder),
                ("depends", sheet::DEPENDS, page::blocks(&without_heading(&depends), 3)),
                ("request", sheet::REQUEST, request(&case)),
                ("gaps", sheet::NOT_CHECKED, not_checked(gaps)),
                ("documents", sheet::DOCUMENTS, documents.markup("layers")),
            ]))
        }
    };
    Whole { title: sheet::title(&plain(action)), body }
}

/// The part has a heading of its own.
fn without_heading(page: &Page) -> Page {
    let mut rest = Page::new(page.detail);
    page.blocks().iter().skip(1).cloned().for_each(|block| rest.push(block));
    rest
}
