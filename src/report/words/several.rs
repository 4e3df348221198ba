//! What the remedies of several denials of one input do to each other.

use super::list::some;
use crate::remedy::{DenialPlace, OtherDenial, Remedy, WhyNot};

/// Denials of the input, each by what it is about and where it stands.
#[must_use]
pub fn denials(all: &[OtherDenial]) -> String {
    some(all.iter().map(name))
}

/// That the remedies of other denials change the same policy.
pub(super) fn shares_policy(others: &[OtherDenial], more: usize, together: bool) -> String {
    format!(
        "the fix of {} changes the same policy, and the document that is written last undoes the other: {}",
        and_more(others.iter().map(name), more),
        if together { "make the one change for all of them" } else { "make one, and diagnose again after it" }
    )
}

/// The same for the first screen.
pub(super) fn shares_policy_in_short(others: &[OtherDenial], more: usize, together: bool) -> String {
    format!(
        "the fix of {} changes the same policy, and the last document undoes the other: {}",
        and_more(others.iter().map(place), more),
        if together { "see TOGETHER" } else { "make one, and diagnose again after it" }
    )
}

/// The same in a line.
#[must_use]
pub fn shared_in_brief(remedy: &Remedy) -> Option<String> {
    remedy.why_not.iter().find_map(|why_not| match why_not {
        WhyNot::SharesPolicy { others, more, together: true } => {
            Some(format!("; with the fix of {} as one change: --all", and_more(others.iter().map(place), *more)))
        }
        WhyNot::SharesPolicy { others, more, together: false } => Some(format!(
            "; then diagnose {} again: the same policy changes",
            and_more(others.iter().map(place), *more)
        )),
        _ => None,
    })
}

/// Those that are named, and how many more there are.
fn and_more(named: impl Iterator<Item = String>, more: usize) -> String {
    if more == 0 {
        return some(named);
    }
    format!("{} and {more} more", named.collect::<Vec<_>>().join(", "))
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
