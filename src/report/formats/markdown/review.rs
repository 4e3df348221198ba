//! A difference for a comment on a pull request or the summary of a job: what is new, what is most dangerous first, by service.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::page::{end_list, heading};
use super::text::{code, said};
use crate::difference::AccessChange;
use crate::reference::{Danger, DangerKind, Reference};
use crate::report::danger_lines;
use crate::report::finding::Place;
use crate::report::sections::difference::{Compared, Differences, example, prefix};
use crate::report::words::{self, first_screen::capital, letter, sheet};

/// The whole text.
pub(super) fn review(differences: &Differences<'_>) -> String {
    let all = &differences.compared;
    let opened: Vec<&AccessChange> = all.iter().flat_map(|one| &one.difference.newly_allowed).collect();
    let dangerous = opened.iter().filter(|change| !change.dangers(differences.reference).is_empty()).count();
    // what could not be decided may be new access
    let unsure = all.iter().any(|one| !one.difference.cannot_tell.is_empty());
    let mut text = format!("# {}\n\n", letter::review(opened.len(), dangerous, unsure));
    let is_same = |one: &Compared| one.difference.is_empty() && one.difference.cannot_tell.is_empty();
    if all.iter().all(is_same) {
        let _ = write!(text, "{}\n\n", letter::SAME);
    }
    for one in all.iter().filter(|one| !is_same(one)) {
        compared(&mut text, one, differences.reference);
    }
    text
}

fn compared(text: &mut String, one: &Compared, reference: &Reference) {
    if let Some(what) = &one.what {
        end_list(text);
        let _ = write!(text, "## {}\n\n", code(what));
    }
    let difference = &one.difference;
    section(text, letter::NEWLY_ALLOWED, one, &difference.newly_allowed, Some(reference));
    let unknown = words::difference::cannot_tell_all(&difference.cannot_tell);
    if !unknown.is_empty() {
        label(text, letter::CANNOT_TELL, one);
        for (what, _) in &unknown {
            let _ = writeln!(text, "- {}", said(&capital(what)));
        }
    }
    section(text, letter::NO_LONGER_ALLOWED, one, &difference.newly_denied, None);
}

/// A heading below the name of what was compared, where it has one.
fn label(text: &mut String, title: &str, one: &Compared) {
    if one.what.is_none() {
        return heading(text, title);
    }
    end_list(text);
    let _ = write!(text, "### {title}\n\n");
}

/// What gives most comes first.
fn rank(dangers: &[Danger]) -> u8 {
    let of = |danger: &Danger| match danger.kind {
        DangerKind::Escalation => 0,
        DangerKind::ProtectionOff => 1,
        DangerKind::Exposure => 2,
    };
    dangers.iter().map(of).min().unwrap_or(3)
}

/// A change with its dangers, the worst rank of them first.
type Ranked<'a> = (u8, Vec<Danger>, &'a AccessChange);

fn section(text: &mut String, title: &str, one: &Compared, changes: &[AccessChange], gained: Option<&Reference>) {
    if changes.is_empty() {
        return;
    }
    label(text, title, one);
    let mut services: BTreeMap<&str, Vec<Ranked<'_>>> = BTreeMap::new();
    for change in changes {
        let dangers = gained.map(|reference| change.dangers(reference)).unwrap_or_default();
        let service = change.example.action.value().map_or("", |action| action.service());
        services.entry(service).or_default().push((rank(&dangers), dangers, change));
    }
    let mut services: Vec<_> = services.into_values().collect();
    for entries in &mut services {
        entries.sort_by_key(|(rank, ..)| *rank);
    }
    services.sort_by_key(|entries| entries.first().map_or(3, |(rank, ..)| *rank));
    for (_, dangers, change) in services.into_iter().flatten() {
        entry(text, one, &dangers, change);
    }
}

fn entry(text: &mut String, one: &Compared, dangers: &[Danger], change: &AccessChange) {
    let mut kinds: Vec<DangerKind> = dangers.iter().map(|danger| danger.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let kinds: Vec<&str> = kinds.into_iter().map(sheet::danger).collect();
    let marked =
        if kinds.is_empty() { String::new() } else { format!("**{} ({}):** ", letter::DANGER, kinds.join(", ")) };
    let what = format!("{}{}", prefix(change.change), words::difference::access_change_in_short(change));
    let _ = writeln!(text, "- {marked}{}", said(&what));
    let found = change.deciding(&one.before, &one.after);
    let place = found.after.iter().chain(&found.before).find_map(|(policy, index)| Place::of_statement(policy, *index));
    if let Some(place) = place {
        let _ = writeln!(text, "  - {} {}", letter::AT, code(&format!("{}:{}", place.file, place.line)));
    }
    let _ = writeln!(text, "  - {} {}", letter::EXAMPLE, said(&example(change)));
    for danger in danger_lines(dangers) {
        let _ = writeln!(text, "  - {}", said(&danger));
    }
}
