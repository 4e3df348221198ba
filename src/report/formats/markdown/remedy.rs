//! What a letter asks for: the change as a difference and as a whole to paste, what it allows, its commands; and the other ways.

use std::fmt::Write as _;

use super::super::unified;
use super::page::{blocks, end_list, heading};
use super::text::{fenced, said};
use crate::remedy::{Edit, Remedy, Verification};
use crate::render::{self, Line};
use crate::report::page::{Block, Detail, Page};
use crate::report::sections::{advice_fix, binds, disposition, edit_line, fixes, premise_item, steps};
use crate::report::words::{self, first_screen, letter};
use crate::report::{Report, danger_lines};

/// The first way in full, the others by name.
pub(super) fn remedies(text: &mut String, report: &Report, detail: Detail) {
    let in_full = if detail.all() { usize::MAX } else { 1 };
    for (number, (remedy, among)) in fixes(report).take(in_full).enumerate() {
        if remedy.edits.is_empty() {
            heading(text, if number == 0 { letter::WHAT_TO_DO } else { letter::OR });
            let mut own = Page::new(Detail::ALL);
            advice_fix(&mut own, remedy, &report.diagnosis.gaps, among);
            advice(text, own);
        } else {
            heading(text, if number == 0 { letter::CHANGE } else { letter::OR });
            edits(text, remedy);
        }
    }
    let others: Vec<&Remedy> = fixes(report).skip(in_full).map(|(remedy, _)| remedy).collect();
    if !others.is_empty() {
        heading(text, letter::OTHERS);
        for other in others {
            let _ = writeln!(text, "- {}", said(&first_screen::fix(other, disposition(other))));
        }
        let _ = write!(text, "\n{}\n\n", said(letter::OTHERS_IN_FULL));
    }
}

/// Advice: what its heading says is a sentence here.
fn advice(text: &mut String, own: Page) {
    let mut page = Page::new(Detail::ALL);
    for block in own.into_blocks() {
        match block {
            Block::Heading { text: title, .. } => {
                let _ = write!(text, "{}\n\n", said(&first_screen::capital(&title)));
            }
            other => page.push(other),
        }
    }
    blocks(text, &page, 3);
    end_list(text);
}

fn edits(text: &mut String, remedy: &Remedy) {
    let several = remedy.owners();
    let owners = if several.len() > 1 { several } else { vec![owner(remedy)] };
    let _ = write!(text, "{}\n\n", said(&letter::for_owner(&owners, disposition(remedy))));
    if let Some(against) = words::remedy::why_not(&remedy.why_not) {
        let _ = write!(text, "**{}:** {}\n\n", letter::BEFORE, said(&against));
    }
    for edit in &remedy.edits {
        one_edit(text, edit, owners.len() > 1);
    }
    let mut own = Page::new(Detail::ALL);
    steps(&mut own, remedy);
    for assumption in remedy.verification.iter().flat_map(|proof| &proof.conditional_on) {
        premise_item(&mut own, assumption);
    }
    blocks(text, &own, 3);
    let commands: Vec<String> = render::commands(remedy).iter().flat_map(Line::to_copy).collect();
    if !commands.is_empty() {
        end_list(text);
        let _ = write!(text, "{}:\n\n", letter::COMMANDS);
        text.push_str(&fenced("sh", &commands.join("\n")));
    }
    if let Some(proof) = &remedy.verification {
        allows(text, proof, &danger_lines(remedy.dangers()));
    }
}

/// Whose work it is, with the account where that is known.
fn owner(remedy: &Remedy) -> String {
    let noun = words::remedy::owner(remedy);
    // who administers an organization works in another account than the denied caller
    let of_organization = remedy.edits.iter().any(|edit| edit.policy_type.row().has_levels);
    match remedy.owners().as_slice() {
        [only] if only.starts_with(noun) && !of_organization => only.clone(),
        _ => noun.to_owned(),
    }
}

/// The change as a difference, and the whole document; of a new one the difference is all of it.
fn one_edit(text: &mut String, edit: &Edit, several: bool) {
    let mut own = Page::new(Detail::ALL);
    edit_line(&mut own, 1, edit);
    for block in own.into_blocks() {
        if let Block::Line { text: line, .. } = block {
            let owner = if several { format!(" ({})", said(&edit.owner_in_account())) } else { String::new() };
            end_list(text);
            let _ = write!(text, "{}{owner}\n\n", said(&first_screen::capital(&line)));
        }
    }
    let mut reach = Page::new(Detail::ALL);
    binds(&mut reach, edit);
    let whole = if edit.is_new() {
        letter::new_document(&edit.file())
    } else {
        text.push_str(&fenced("diff", &unified(edit)));
        letter::whole_document(&edit.file())
    };
    blocks(text, &reach, 3);
    end_list(text);
    let _ = write!(text, "{}\n\n", said(&whole));
    text.push_str(&fenced("json", edit.after.document.source.text()));
}

/// What the change opens and closes, and what that rests on.
fn allows(text: &mut String, proof: &Verification, dangers: &[String]) {
    heading(text, letter::ALLOWS);
    let newly = words::remedy::newly_allowed(proof, words::difference::access_change_in_short);
    let mut lines: Vec<String> = Vec::new();
    let told_all = proof.compared.cannot_tell.is_empty();
    if proof.exactly_minimal && told_all {
        // the request itself comes first; what everyone else gains is said all the same
        lines.push(letter::ONLY_REQUEST.to_owned());
        lines.extend(newly.into_iter().skip(proof.compared.newly_allowed.len()));
    } else {
        let only = proof.only_this_access && !newly.is_empty();
        if newly.is_empty() && told_all {
            lines.push(letter::NOTHING_NEW.to_owned());
        }
        lines.extend(newly);
        lines.extend(only.then(|| letter::NOTHING_ELSE.to_owned()));
    }
    // of a change that opens exactly the request that is said already
    let lifted = proof.no_longer_denied.iter().filter(|_| !proof.exactly_minimal);
    let opened = lifted.map(words::policy_change::opened);
    lines.extend(opened.map(|opened| format!("{}: {}", letter::LIFTED, letter::lifted(&opened))));
    let denied = proof.compared.newly_denied.iter().map(words::difference::access_change_in_short);
    lines.extend(denied.map(|denied| format!("{}: {denied}", letter::DENIES)));
    lines.extend(dangers.iter().map(|danger| format!("{}: {danger}", letter::DANGER)));
    let open = words::difference::cannot_tell_all(&proof.compared.cannot_tell);
    lines.extend(open.into_iter().map(|(what, _)| letter::not_compared(&what)));
    for line in lines.into_iter().chain(letter::result(proof)) {
        let _ = writeln!(text, "- {}", said(&first_screen::capital(&line)));
    }
}
