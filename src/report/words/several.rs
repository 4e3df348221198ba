//! What the remedies of several denials of one input do to each other.

use super::list::some;
use crate::remedy::{DenialPlace, OtherDenial, Remedy, Together, WhyNot};

/// Denials of the input, each by what it is about and where it stands.
#[must_use]
pub fn denials(all: &[OtherDenial]) -> String {
    some(all.iter().map(name))
}

/// That the remedies of other denials change the same policy.
pub(super) fn shares_policy(others: &[OtherDenial], more: usize, together: Together) -> String {
    format!(
        "the fix of {} changes the same policy, and the document that is written last undoes the other: {}",
        and_more(others.iter().map(name), more),
        then(together)
    )
}

/// The same for the first screen.
pub(super) fn shares_policy_in_short(others: &[OtherDenial], more: usize, together: Together) -> String {
    format!(
        "the fix of {} changes the same policy, and the last document undoes the other: {}",
        and_more(others.iter().map(place), more),
        then_in_short(together)
    )
}

/// That there is no room for the new policies of all.
pub(super) fn shares_room(others: &[OtherDenial], more: usize, together: Together) -> String {
    format!(
        "with the fix of {} the inline policies are larger than AWS allows together: {}",
        and_more(others.iter().map(name), more),
        then(together)
    )
}

/// The same for the first screen.
pub(super) fn shares_room_in_short(others: &[OtherDenial], more: usize, together: Together) -> String {
    format!(
        "with the fix of {} the inline policies are larger than AWS allows together: {}",
        and_more(others.iter().map(place), more),
        then_in_short(together)
    )
}

/// What to do with them.
fn then(together: Together) -> String {
    match together {
        Together::All => "make the one change for all of them".to_owned(),
        Together::AllBut(left) => {
            format!(
                "make the one change that holds this one and others, and diagnose the {left} that it leaves out again after it"
            )
        }
        Together::Others => "make the one change that holds others, and diagnose this one again after it".to_owned(),
        Together::None => "make one, and diagnose again after it".to_owned(),
    }
}

fn then_in_short(together: Together) -> String {
    match together {
        Together::All => "see TOGETHER".to_owned(),
        Together::AllBut(left) => format!("see TOGETHER, and diagnose the {left} that it leaves out again after it"),
        Together::Others => "make the change of TOGETHER, and diagnose this one again after it".to_owned(),
        Together::None => "make one, and diagnose again after it".to_owned(),
    }
}

/// The same in a line.
#[must_use]
pub fn shared_in_brief(remedy: &Remedy) -> Option<String> {
    remedy.why_not.iter().find_map(|why_not| {
        let (others, more, together, what) = match why_not {
            WhyNot::SharesPolicy { others, more, together } => (others, more, together, "the same policy changes"),
            WhyNot::SharesRoom { others, more, together } => {
                (others, more, together, "AWS limits all inline policies together")
            }
            _ => return None,
        };
        let others = and_more(others.iter().map(place), *more);
        Some(match together {
            Together::All => format!("; with the fix of {others} as one change: --all"),
            Together::AllBut(left) => format!("; with the fix of {others}, all but {left}, as one change: --all"),
            Together::Others => {
                "; after the one change for others of the same policy, diagnose this one again: --all".to_owned()
            }
            Together::None => format!("; then diagnose {others} again: {what}"),
        })
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
