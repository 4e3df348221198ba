//! One page for a browser: a file that loads nothing, works without scripts, and holds no markup but what stands in this folder.
//!
//! `maud` escapes every text and closes every element. What is from outside goes through [`plain`] or [`said`] first, so that no secret leaves; the
//! finished page goes through [`printable`]. A link leads to a place of the page or to a page of AWS that is a constant here.

mod case;
mod change;
mod diagnosis;
mod difference;
mod documents;
mod ladder;
mod page;
mod parts;
#[cfg(feature = "bedrock")]
mod probe;
mod remedy;
mod request;
mod shell;
mod simulation;
mod source;
mod triage;
mod who_can;

use std::borrow::Cow;

use maud::{Markup, html};

use super::{CommandReport, printable};
use crate::iam::secret;
use crate::report::page::Detail;
use crate::report::sheet::Sheet;
use crate::report::words::first_screen::capital;

/// The answer as one file.
#[must_use]
pub(super) fn html(report: &dyn CommandReport, detail: Detail) -> String {
    let page = match report.sheet() {
        Sheet::Page => page::whole(&report.page(detail)),
        Sheet::Diagnoses(reports) => diagnosis::whole(reports),
        Sheet::Simulation(simulation) => simulation::whole(simulation),
        Sheet::Differences(differences) => difference::whole(differences),
        Sheet::WhoCan(who) => who_can::whole(who),
        Sheet::Triage(triage) => triage::whole(triage),
        #[cfg(feature = "bedrock")]
        Sheet::Probe(probe) => probe::whole(probe),
    };
    page.written()
}

/// The answer as the files of a folder, each with its name: a page that leads to others, last, where the answer has such pages.
#[must_use]
pub fn html_folder(report: &dyn CommandReport, detail: Detail) -> Vec<(String, String)> {
    match report.sheet() {
        Sheet::Triage(report) => {
            triage::folder(report).into_iter().map(|(name, page)| (name, page.written())).collect()
        }
        _ => vec![("index.html".to_owned(), html(report, detail))],
    }
}

/// A page without its frame.
struct Whole {
    title: String,
    body: Markup,
}

impl Whole {
    /// The whole file.
    fn written(&self) -> String {
        let mut page = printable(&shell::shell(&self.title, &self.body).into_string());
        page.push('\n');
        page
    }
}

/// A name or value from outside, without secrets.
fn plain(text: &str) -> Cow<'_, str> {
    secret::redact(text)
}

/// A text without secrets; what stands between backticks is a name.
fn said(text: &str) -> Markup {
    let text = plain(text);
    let pieces: Vec<&str> = text.split('`').collect();
    // the last one is no name where its backtick is not closed
    let is_name = |number: usize| number % 2 == 1 && number + 1 < pieces.len();
    html! {
        @for (number, piece) in pieces.iter().enumerate() {
            @if is_name(number) { code { (piece) } } @else { @if number % 2 == 1 { "`" } (piece) }
        }
    }
}

/// A text as a sentence.
fn sentence(text: &str) -> Markup {
    let text = capital(text);
    let end = if text.ends_with(['.', '!', '?', ':']) { "" } else { "." };
    html! { (said(&text)) (end) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_backticks_are_code_and_nothing_is_markup() {
        let html = |text: &str| said(text).into_string();
        assert_eq!(html("policy `a<b>` denies"), "policy <code>a&lt;b&gt;</code> denies");
        assert_eq!(html("a ` b"), "a ` b");
        assert_eq!(html("`a` ` b"), "<code>a</code> ` b");
        assert_eq!(html("`a`"), "<code>a</code>");
        assert_eq!(sentence("it is `a`").into_string(), "It is <code>a</code>.");
        assert_eq!(sentence("s3:GetObject on *").into_string(), "s3:GetObject on *.");
        assert_eq!(html("key AKIAIOSFODNN7EXAMPLE"), "key [redacted access key id]");
    }
}
