//! Several denials of one input: what the remedies of one do to those of the others.
//!
//! Each remedy is made and proved for its own denial, on the policies as they are. Carried out one after the other, a document that was
//! made for one denial takes back what was changed in the same policy for another, and so does a new policy with the name of one that was
//! just made. So new policies get names of their own; and where remedies change the same policy, or make inline policies that have no room
//! together, each says so, and one change for all of them is offered, proved for each.

mod clash;
mod joint;
mod merge;
mod names;
mod room;

use crate::denial::{Denial, Fingerprint};
use crate::remedy::{DenialPlace, Edit, OtherDenial, Remedy, RemedyId, Title, Together, WhyNot};
use clash::Clashes;

/// A denial of the input with its remedies.
#[derive(Debug)]
#[non_exhaustive]
pub struct Case<'c> {
    /// The denial.
    pub denial: &'c Denial,
    /// Where it stands.
    pub place: DenialPlace,
    /// Its remedies, best first.
    pub remedies: &'c mut Vec<Remedy>,
}

impl<'c> Case<'c> {
    /// A denial and its remedies.
    #[must_use]
    pub const fn new(denial: &'c Denial, place: DenialPlace, remedies: &'c mut Vec<Remedy>) -> Self {
        Self { denial, place, remedies }
    }
}

/// The stages again, on policies that were changed. With each edit stands whether a new policy would be attached to who asks, or to what is
/// asked for.
pub trait Again {
    /// Whether the denial of this number is allowed with these edits in place.
    fn is_allowed(&self, number: usize, edits: &[(&Edit, bool)]) -> bool;

    /// Its remedies with these edits in place.
    fn remedies(&self, number: usize, edits: &[(&Edit, bool)]) -> Vec<Remedy>;
}

/// One change for several denials.
#[derive(Debug)]
#[non_exhaustive]
pub struct Joint {
    /// The denials, by their numbers.
    pub of: Vec<usize>,
    /// The change.
    pub remedy: Remedy,
    /// Of each edit the cause of the denial for which it was made first.
    pub made_for: Vec<Fingerprint>,
}

/// Other denials that a remedy names; more are counted.
const NAMED: usize = 3;

/// Gives new policies names of their own, says where remedies change the same policy, and adds the change for all denials that share one:
/// these changes are handed back, the first is `together-1`.
pub fn settle(cases: &mut [Case<'_>], again: &dyn Again) -> Vec<Joint> {
    if cases.len() < 2 {
        return Vec::new();
    }
    names::make_unique(cases);
    let clashes = Clashes::of(cases);
    if clashes.is_empty() {
        return Vec::new();
    }
    let groups = clashes.groups();
    let joints: Vec<Joint> = groups.iter().filter_map(|group| joint::joint(group, cases, again)).collect();
    let named: Vec<OtherDenial> = cases.iter().map(|case| OtherDenial::new(case.denial, case.place.clone())).collect();
    let names = |numbers: &[usize], but: usize| -> Vec<OtherDenial> {
        numbers.iter().filter(|other| **other != but).filter_map(|other| named.get(*other).cloned()).collect()
    };
    for (number, case) in cases.iter_mut().enumerate() {
        let of = joints.iter().position(|joint| joint.of.contains(&number));
        let joint = of.and_then(|at| Some((at, joints.get(at)?)));
        for remedy in case.remedies.iter_mut() {
            let (others, crowding) = (clashes.others(number, remedy), clashes.crowding(number, remedy));
            let parts = |others: &[usize]| {
                let together = match joint {
                    Some((_, joint)) => match others.iter().filter(|other| !joint.of.contains(other)).count() {
                        0 => Together::All,
                        left => Together::AllBut(left),
                    },
                    None if joints.iter().any(|joint| others.iter().any(|other| joint.of.contains(other))) => {
                        Together::Others
                    }
                    None => Together::None,
                };
                let (first, more) = others.split_at_checked(NAMED).unwrap_or((others, &[]));
                (names(first, number), more.len(), together)
            };
            if !others.is_empty() {
                let (others, more, together) = parts(&others);
                remedy.why_not.push(WhyNot::SharesPolicy { others, more, together });
            }
            if !crowding.is_empty() {
                let (others, more, together) = parts(&crowding);
                remedy.why_not.push(WhyNot::SharesRoom { others, more, together });
            }
        }
        let Some((at, Joint { of, remedy, .. })) = joint else { continue };
        let behind = case.remedies.iter().rposition(|remedy| !remedy.edits.is_empty()).map_or(0, |last| last + 1);
        let title = Title::Together(names(of, number));
        case.remedies.insert(behind, Remedy { id: RemedyId::Together(at + 1), title, ..remedy.clone() });
    }
    joints
}
