//! What the remedies of several denials of one input do to each other.

use super::list::some;
use crate::remedy::{DenialPlace, OtherDenial, Remedy, WhyNot};

/// Denials of the input, each by what it is about and where it stands.
#[must_use]
pub fn denials(all: &[OtherDenial]) -> String {
    some(all.iter().map(name))
}

/// That the remedies of other denials change the same policy.
pub(super) fn shares_policy(others: &[OtherDenial], together: bool) -> String {
    format!(
        "the fix of {} changes the same policy, and the document that is written last undoes the other: {}",
        denials(others),
        if together { "make the one change for all of them" } else { "make one, and diagnose again after it" }
    )
}

/// The same for the first screen.
pub(super) fn shares_policy_in_short(others: &[OtherDenial], together: bool) -> String {
    format!(
        "the fix of {} changes the same policy, and the last document undoes the other: {}",
        some(others.iter().map(place)),
        if together { "see TOGETHER" } else { "make one, and diagnose again after it" }
    )
}

/// The same in a line.
#[must_use]
pub fn shared_in_brief(remedy: &Remedy) -> Option<String> {
    remedy.why_not.iter().find_map(|why_not| match why_not {
        WhyNot::SharesPolicy { others, together: true } => {
            Some(format!("; with the fix of {} as one change: --all", some(others.iter().map(place))))
        }
        WhyNot::SharesPolicy { others, together: false } => {
            Some(format!("; then diagnose {} again: the same policy changes", some(others.iter().map(place))))
        }
        _ => None,
    })
}

/// `s3:DeleteObject on arn:aws:s3:::data/x.txt (line 2)`.
fn name(denial: &OtherDenial) -> String {
    match (&denial.what, &denial.resource) {
        (Some(what), Some(resource)) => format!("{what} on {resource} ({})", place(denial)),
        (Some(what), None) => format!("{what} ({})", place(denial)),
        (None, _) => format!("the denial of {}", place(denial)),
    }
}

fn place(denial: &OtherDenial) -> String {
    match &denial.place {
        DenialPlace::Line { file: Some(file), line } => format!("{file}:{line}"),
        DenialPlace::Line { file: None, line } => format!("line {line}"),
        DenialPlace::Finding(number) => format!("finding {number}"),
    }
}
