//! The changes for several denials of one input, behind their reports: one document where two would undo each other.

use super::remedies::{disposition, edit_change, edit_line};
use crate::remedy::{DenialPlace, OtherDenial, Remedy, RemedyId, Title};
use crate::render::{self, Line};
use crate::report::page::{Detail, Page, Tone};
use crate::report::words::{first_screen, several};
use crate::report::{Report, words};

/// A page for each.
pub(super) fn together(reports: &[Report], detail: Detail) -> Vec<Page> {
    let mut seen: Vec<RemedyId> = Vec::new();
    let mut pages = Vec::new();
    for report in reports {
        for remedy in &report.remedies {
            let Title::Together(others) = &remedy.title else { continue };
            if !seen.contains(&remedy.id) {
                seen.push(remedy.id);
                let first = OtherDenial::new(&report.denial, DenialPlace::of(&report.denial));
                let all: Vec<OtherDenial> = std::iter::once(first).chain(others.iter().cloned()).collect();
                pages.push(page(remedy, &all, detail));
            }
        }
    }
    pages
}

fn page(remedy: &Remedy, denials: &[OtherDenial], detail: Detail) -> Page {
    let mut page = Page::new(detail);
    page.heading("TOGETHER", first_screen::changes(remedy, disposition(remedy)), Tone::Fix);
    page.item(" -  ", format!("in place of the fixes of {}", several::denials(denials)));
    for (number, edit) in remedy.edits.iter().enumerate() {
        edit_line(&mut page, number + 1, edit);
        edit_change(&mut page, edit);
    }
    if let Some(proof) = &remedy.verification {
        page.item(" -  ", first_screen::checked_for_several(proof));
    }
    if let Some(against) = words::remedy::why_not(&remedy.why_not) {
        page.item(" !  ", against);
    }
    page.commands(4, render::commands(remedy).iter().flat_map(Line::to_copy));
    page
}
