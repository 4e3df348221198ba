//! A remedy: what to change as a difference, who does it, what was proved of it, and the blocks to copy.

use maud::{Markup, html};

use super::{capital, change, page, plain, said, sentence};
use crate::iam::Gap;
use crate::remedy::{Disposition, Edit, EditOp, Remedy, RemedyKind, Verification};
use crate::render::{self, Line};
use crate::report::page::{Detail, Page};
use crate::report::sections::{binds, disposition, named, premise_item, steps};
use crate::report::words::{self, sheet};
use crate::report::{Report, danger_lines};

/// Who does it, with the account where that is known.
pub(super) fn owner(remedy: &Remedy) -> String {
    let several = remedy.owners();
    if several.len() > 1 { several.join(", ") } else { words::remedy::owner(remedy).to_owned() }
}

/// The remedies that are not the steps of an incident.
pub(super) fn fixes(report: &Report) -> Vec<&Remedy> {
    report.remedies.iter().filter(|remedy| remedy.kind != RemedyKind::IncidentResponse).collect()
}

/// What changes, where one document does.
pub(super) fn only_change(remedy: &Remedy) -> Option<String> {
    match remedy.edits.as_slice() {
        [only] => Some(words::policy_change::changes(only)),
        _ => None,
    }
}

/// Whether it may be done as it stands, in words and as a class.
pub(super) fn chip(remedy: &Remedy) -> Markup {
    let class = match remedy.disposition {
        Disposition::Safe => "fix",
        Disposition::NeedsReview => "maybe",
        Disposition::Refused => "block",
    };
    html! { span class={ "chip " (class) } { (disposition(remedy)) } }
}

/// All of them: the first is open.
pub(super) fn remedies(report: &Report, prefix: &str) -> Markup {
    let fixes = fixes(report);
    html! {
        @if fixes.is_empty() { p { (words::remedy::none(&report.diagnosis.summary)) } }
        @for (number, remedy) in fixes.iter().enumerate() {
            details class="fix" id={ (prefix) "f" (number) } open[number == 0] {
                summary {
                    span class="eyebrow" {
                        (sheet::fix(number + 1, fixes.len(), remedy.verification.as_ref().is_some_and(Verification::is_conditional)))
                    }
                    span class="name" { (said(&capital(&words::remedy::title(remedy)))) }
                    @if let Some(change) = only_change(remedy) { span class="change" { (sentence(&change)) } }
                    span class="aside" { (said(&sheet::owner(&owner(remedy)))) }
                    (chip(remedy))
                }
                (one(remedy, &report.diagnosis.gaps))
            }
        }
    }
}

fn one(remedy: &Remedy, gaps: &[Gap]) -> Markup {
    let mut own = Page::new(Detail::ALL);
    steps(&mut own, remedy);
    for assumption in remedy.verification.iter().flat_map(|proof| &proof.conditional_on) {
        premise_item(&mut own, assumption);
    }
    let (back, apply): (Vec<Line>, Vec<Line>) =
        render::commands(remedy).into_iter().partition(|line| matches!(line, Line::Rollback(_)));
    let lines = |lines: &[Line]| lines.iter().flat_map(Line::to_copy).collect::<Vec<_>>().join("\n");
    let dangers = danger_lines(remedy.dangers());
    html! {
        @if let Some(why_not) = words::remedy::why_not(&remedy.why_not) {
            div class="callout maybe" { strong { (sheet::AGAINST) } p { (sentence(&why_not)) } }
        }
        @if !dangers.is_empty() {
            div class="callout block" { strong { (sheet::DANGER) } ul { @for danger in &dangers { li { (said(danger)) } } } }
        }
        @for edit in &remedy.edits { (edit_markup(edit, remedy.edits.len() > 1)) }
        (page::blocks(&own, 3))
        @if let Some(proof) = &remedy.verification { (proof_markup(proof, gaps)) }
        @if !apply.is_empty() { h3 { (sheet::COMMANDS) } (page::code(&lines(&apply))) }
        @if !back.is_empty() { (folded(sheet::ROLLBACK, &lines(&back))) }
        @if let Some(text) = render::to_terraform(&remedy.edits) { (folded(sheet::TERRAFORM, &text)) }
        @if let Some(text) = render::to_cloudformation(&remedy.edits) { (folded(sheet::CLOUDFORMATION, &text)) }
        @for edit in &remedy.edits { @if !edit.is_new() { (document(edit)) } }
    }
}

fn folded(title: &str, text: &str) -> Markup {
    html! { details class="more" { summary { (title) } (page::code(text)) } }
}

/// The whole document, to paste; of a new one the difference is all of it.
fn document(edit: &Edit) -> Markup {
    let title = format!("{}: {}", sheet::WHOLE_DOCUMENT, edit.file());
    folded(&plain(&title), edit.after.document.source.text())
}

fn edit_markup(edit: &Edit, several: bool) -> Markup {
    let mut reach = Page::new(Detail::default());
    binds(&mut reach, edit);
    html! {
        div class="edit" {
            h3 {
                @if edit.op == EditOp::Create { (sheet::NEW_DOCUMENT) ": " }
                (plain(&named(&edit.after)))
                @if let Some(target) = &edit.target { span class="target" { " " (plain(target)) } }
                @if several { span class="aside" { " " (said(&sheet::owner(&edit.owner_in_account()))) } }
            }
            @if several { p { (sentence(&words::policy_change::changes(edit))) } }
            @if let Some(arn) = edit.after.attached_to.first() { p class="aside arn" { (sheet::ATTACHED_TO) " " (plain(arn)) } }
            (change::side_by_side(edit.text_before(), edit.after.document.source.text()))
            (page::blocks(&reach, 3))
        }
    }
}

fn proof_markup(proof: &Verification, gaps: &[Gap]) -> Markup {
    let newly = words::remedy::newly_allowed(proof, words::difference::access_change);
    let denied: Vec<String> = proof.compared.newly_denied.iter().map(words::difference::access_change).collect();
    let lifted: Vec<String> = proof.no_longer_denied.iter().map(words::policy_change::opened).collect();
    let open: Vec<String> =
        words::difference::cannot_tell_all(&proof.compared.cannot_tell).into_iter().map(|(text, _)| text).collect();
    let assumes: Vec<String> = proof.assumes.iter().map(words::remedy::presumed).collect();
    let provided: Vec<String> = proof.provided.iter().map(words::remedy::provided).collect();
    let only = proof.only_this_access && !newly.is_empty();
    let decision = words::decision::noun(proof.decision_after);
    let _ = gaps;
    html! {
        h3 { (sheet::PROOF) }
        dl class="proof" {
            @if let Some(cases) = words::remedy::in_cases(&proof.in_cases) { (row(sheet::ONLY_IF, &[cases], "")) }
            @if !proof.is_conditional() { (row(sheet::RESULT, &[sheet::after(decision)], "")) }
            (row(sheet::NEWLY_ALLOWED, &newly, if only { sheet::NOTHING_ELSE } else if newly.is_empty() { sheet::NOTHING } else { "" }))
            (row(sheet::NEWLY_DENIED, &denied, if denied.is_empty() { sheet::NOTHING } else { "" }))
            @if !lifted.is_empty() { (row(sheet::LIFTED, &lifted, sheet::STILL_NEEDS_ALLOW)) }
            @if !open.is_empty() { (row(sheet::NOT_COMPARED, &open, "")) }
            @if !assumes.is_empty() { (row(sheet::ASSUMES, &assumes, "")) }
            @if !provided.is_empty() { (row(sheet::PROVIDED, &provided, "")) }
            @if let Some(size) = proof.size { (row(sheet::SIZE, &[sheet::size(size.characters, size.quota)], "")) }
        }
    }
}

fn row(label: &str, values: &[String], last: &str) -> Markup {
    html! {
        div {
            dt { (label) }
            dd {
                @for value in values { div { (said(value)) } }
                @if !last.is_empty() { div class="aside" { (last) } }
            }
        }
    }
}
