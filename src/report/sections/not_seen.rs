//! What was assumed of a request, and what was not seen of the policies.

use crate::iam::{Assumption, Command, Gap};
use crate::report::page::{Page, Tone};
use crate::report::words;

/// What was assumed.
pub(in crate::report) fn assumed<'a>(page: &mut Page, assumed: impl IntoIterator<Item = &'a Assumption>) {
    page.section("ASSUMED", "", Tone::Plain, assumed.into_iter().map(words::assumption));
}

/// What was not seen, with the commands that show it, and why on request.
pub(super) fn not_seen(page: &mut Page, gaps: &[Gap], with_why: bool) {
    for (number, gap) in gaps.iter().enumerate() {
        if number == 0 {
            page.heading("NOT CHECKED", "", Tone::Unsure);
        }
        // what AWS answered is no detail: it tells what to do about it
        let why = if with_why || gap.reason.is_told_by_aws() {
            format!(": {}", words::gap_reason(&gap.reason))
        } else {
            String::new()
        };
        page.item(" -  ", format!("{}{why}", words::gap_subject(&gap.subject)));
        let commands: Vec<String> = gap.how_to_close.iter().flat_map(Command::to_copy).collect();
        let options = words::close_by(&gap.options(), &commands);
        let label = if commands.is_empty() { "      " } else { "      or " };
        page.commands(6, commands);
        if let Some(options) = options {
            page.item(label, options);
        }
    }
}
