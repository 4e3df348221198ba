//! What policies newly allow or deny, for a browser: by service, what is most dangerous first, each with its statement and an example.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::page::code;
use super::parts::parts;
use super::source::{Lines, Part, Tone, masked};
use super::{Whole, change, plain, said, sentence};
use crate::difference::{AccessChange, StatementOf};
use crate::reference::{Danger, DangerKind, Reference};
use crate::report::danger_lines;
use crate::report::sections::difference::{Compared, Differences, example, prefix};
use crate::report::sections::named;
use crate::report::words::{self, sheet};

/// The whole page.
pub(super) fn whole(differences: &Differences<'_>) -> Whole {
    let opened: Vec<&AccessChange> =
        differences.compared.iter().flat_map(|one| &one.difference.newly_allowed).collect();
    let dangerous = opened.iter().filter(|change| !change.dangers(differences.reference).is_empty()).count();
    // what could not be decided may be new access
    let unsure = differences.compared.iter().any(|one| !one.difference.cannot_tell.is_empty());
    let (title, tone) = match (opened.is_empty(), unsure) {
        (false, _) => (sheet::NEW_ACCESS, "block"),
        (true, true) => (sheet::MAYBE_NEW_ACCESS, "maybe"),
        (true, false) => (sheet::NO_NEW_ACCESS, "fix"),
    };
    let is_same = |one: &Compared| one.difference.is_empty() && one.difference.cannot_tell.is_empty();
    let body = html! {
        header {
            @if !opened.is_empty() { p class="eyebrow" { (sheet::openings(opened.len(), dangerous)) } }
            h1 { span class={ "verdict " (tone) } { (title) } }
            @if differences.compared.iter().all(is_same) { p { (sheet::NO_DIFFERENCE) } }
        }
        @for (number, compared) in differences.compared.iter().enumerate() {
            article { (one(compared, differences.reference, &format!("c{number}-"))) }
        }
    };
    Whole { title: sheet::title(title), body }
}

fn one(compared: &Compared, reference: &Reference, prefix: &str) -> Markup {
    let difference = &compared.difference;
    let unknown = words::difference::cannot_tell_all(&difference.cannot_tell);
    html! {
        @if let Some(what) = &compared.what { p class="h1 what" { code { (plain(what)) } } }
        (parts(prefix, vec![
            ("new", sheet::NEW_ACCESS, by_service(compared, &difference.newly_allowed, Some(reference))),
            ("gone", sheet::NO_LONGER, by_service(compared, &difference.newly_denied, None)),
            ("unknown", sheet::CANNOT_TELL, html! { @if !unknown.is_empty() { ul { @for (what, _) in &unknown { li { (said(what)) } } } } }),
            ("documents", sheet::BOTH_DOCUMENTS, documents(compared)),
        ]))
    }
}

/// What gives most comes first: by kind of danger, then by what no reviewer has to fear.
fn rank(dangers: &[Danger]) -> u8 {
    let of = |danger: &Danger| match danger.kind {
        DangerKind::Escalation => 0,
        DangerKind::ProtectionOff => 1,
        DangerKind::Exposure => 2,
    };
    dangers.iter().map(of).min().unwrap_or(3)
}

struct Entry<'a> {
    change: &'a AccessChange,
    dangers: Vec<Danger>,
}

fn by_service(compared: &Compared, changes: &[AccessChange], gained: Option<&Reference>) -> Markup {
    let mut services: BTreeMap<String, Vec<Entry<'_>>> = BTreeMap::new();
    for change in changes {
        let dangers = gained.map(|reference| change.dangers(reference)).unwrap_or_default();
        let service = change.example.action.value().map(|action| action.service().to_owned()).unwrap_or_default();
        services.entry(service).or_default().push(Entry { change, dangers });
    }
    let mut services: Vec<(String, Vec<Entry<'_>>)> = services.into_iter().collect();
    for (_, entries) in &mut services {
        entries.sort_by_key(|entry| rank(&entry.dangers));
    }
    services.sort_by_key(|(_, entries)| entries.first().map_or(3, |entry| rank(&entry.dangers)));
    html! {
        @for (service, entries) in &services {
            h3 { code { (plain(service)) } }
            @for entry in entries { (card(compared, entry, gained.is_some())) }
        }
    }
}

fn card(compared: &Compared, entry: &Entry<'_>, opens: bool) -> Markup {
    let Entry { change, dangers } = entry;
    let mut kinds: Vec<DangerKind> = dangers.iter().map(|danger| danger.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let tone = match (opens, kinds.is_empty()) {
        (true, false) => Tone::Block,
        (true, true) => Tone::Maybe,
        (false, _) => Tone::Plain,
    };
    let found = change.deciding(&compared.before, &compared.after);
    let statements: Vec<&StatementOf> = found.after.iter().chain(&found.before).collect();
    html! {
        div class={ "card change " (tone.class()) } {
            p { @for kind in &kinds { span class="chip block" { (sheet::danger(*kind)) } " " } }
            p { (sentence(&format!("{}{}", prefix(change.change), words::difference::access_change_in_short(change)))) }
            p class="aside" { (sheet::EXAMPLE) ": " code { (plain(&example(change))) } }
            @if !dangers.is_empty() { ul { @for danger in danger_lines(dangers) { li { (said(&danger)) } } } }
            @for (policy, index) in statements.into_iter().take(2) {
                details class="more" {
                    summary { (sheet::BY_STATEMENT) ": " (plain(&named(policy))) }
                    (statement(policy, *index, tone))
                }
            }
        }
    }
}

fn statement(policy: &crate::iam::Policy, index: usize, tone: Tone) -> Markup {
    let text = masked(&policy.document);
    let lines = Lines::new(&policy.document, &text, &[Part { index, tone, marked: Vec::new(), explained: false }]);
    html! { @if lines.is_reformatted() { p class="aside" { (sheet::REFORMATTED) } } (lines.statement(index)) }
}

/// Both documents, where there is one of each.
fn documents(compared: &Compared) -> Markup {
    let ([before], [after]) = (compared.before.as_slice(), compared.after.as_slice()) else { return html! {} };
    let (old, new) = (&before.document.source, &after.document.source);
    html! {
        @if old.text() == new.text() { (code(new.text())) } @else { (change::side_by_side(old.text(), new.text())) }
    }
}
