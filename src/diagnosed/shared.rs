//! Findings whose remedies change the same policy: each says so, and one change for all of them is among its remedies.

use std::cmp::Reverse;
use std::collections::HashSet;

use rayon::prelude::*;

use super::applied::Change;
use super::ends::{Ends, Fate, Together, fate};
use super::narrowest::narrowest_first;
use super::survey::{Surveyed, denials};
use super::{Explained, Group, NotDiagnosed, Outcome, Stages};
use crate::denial::{Denial, FingerprintId};
use crate::remedy::{DenialPlace, Edit, Remedy};
use crate::several::{self, Again, Case, Joint};
use crate::triage::{Counted, Tally};

/// Puts the groups in the order of their findings, and settles what the remedies of one do to those of the others.
pub(super) fn settle(stages: &dyn Stages, groups: &mut [Group], all: &[Surveyed<'_>], tally: &Tally) {
    let count = |group: &Group| -> u64 { entries(group, tally).map(Counted::count).sum() };
    let is_denial = |group: &Group| !matches!(group.outcome, Outcome::NotDiagnosed(NotDiagnosed::OtherFailure));
    groups.sort_by_cached_key(|group| (!is_denial(group), Reverse(count(group))));
    let record = |group: &Group| {
        let Outcome::Explained(explained) = &group.outcome else { return None };
        explained.change()?;
        // the record that stands for the finding
        let own = |entry| denials(entry).find(|(id, _)| **id == *explained.event_id).and_then(|(_, denial)| denial);
        entries(group, tally).find_map(own)
    };
    let records: Vec<Option<Denial>> = groups.iter().map(record).collect();
    let mut told: Vec<(&Denial, Option<String>)> = Vec::new();
    let mut of_group: Vec<usize> = Vec::new();
    let mut cases: Vec<Case<'_>> = Vec::new();
    for (number, (group, record)) in groups.iter_mut().zip(&records).enumerate() {
        let (Some(denial), Outcome::Explained(explained)) = (record, &mut group.outcome) else { continue };
        let Explained { remedies, for_all, .. } = explained.as_mut();
        told.push((denial, for_all.clone()));
        of_group.push(number);
        cases.push(Case::new(denial, DenialPlace::Finding(number + 1), remedies));
    }
    let joints = several::settle(&mut cases, &Trail { stages, told });
    for joint in &joints {
        let own: Vec<usize> = joint.of.iter().filter_map(|number| of_group.get(*number).copied()).collect();
        let ids: HashSet<FingerprintId> =
            own.iter().filter_map(|number| groups.get(*number)).flat_map(|group| group.fingerprints.clone()).collect();
        let together = together(stages, joint, own.iter().map(|number| number + 1).collect(), &ids, all);
        for number in own {
            if let Some(Group { outcome: Outcome::Explained(explained), .. }) = groups.get_mut(number) {
                explained.together = Some(together.clone());
            }
        }
    }
}

/// What a change for several findings would end: each record that is kept is evaluated again with all of it in place.
fn together(
    stages: &dyn Stages,
    joint: &Joint,
    findings: Vec<usize>,
    own: &HashSet<FingerprintId>,
    all: &[Surveyed<'_>],
) -> Together {
    let change = Change::of_several(&joint.remedy, joint.made_for.iter().collect());
    let is_tried =
        |one: &&Surveyed<'_>| own.contains(&one.id) || one.facts.as_ref().is_ok_and(|facts| change.may_end(facts, one));
    let fates: Vec<(&Surveyed<'_>, Fate)> = all
        .par_iter()
        .filter(is_tried)
        .filter_map(|one| Some((one, fate(stages, one, one.facts.as_ref().ok()?.blocked_by, &change))))
        .collect();
    let (mut denials, mut ends) = (0, Ends::default());
    for (one, fate) in &fates {
        if own.contains(&one.id) {
            denials += one.count;
            ends.of_several(one, fate);
        } else {
            ends.other(one, fate);
        }
    }
    Together { findings, denials, ends }
}

fn entries<'t>(group: &Group, tally: &'t Tally) -> impl Iterator<Item = Counted<'t>> {
    group.fingerprints.iter().filter_map(|id| tally.fingerprints.get(id))
}

/// The denials that stand for findings, looked at again with changes in place.
struct Trail<'s> {
    stages: &'s dyn Stages,
    /// Each with the pattern for which its remedy is made, where it is made for one.
    told: Vec<(&'s Denial, Option<String>)>,
}

impl Again for Trail<'_> {
    fn is_allowed(&self, number: usize, edits: &[(&Edit, bool)]) -> bool {
        let told = self.told.get(number);
        told.is_some_and(|(denial, of_all)| self.stages.is_allowed_with(denial, of_all.as_deref(), edits))
    }

    fn remedies(&self, number: usize, edits: &[(&Edit, bool)]) -> Vec<Remedy> {
        let Some((denial, of_all)) = self.told.get(number) else { return Vec::new() };
        let mut remedies = self.stages.remedies_with(denial, of_all.as_deref(), edits);
        if let (Some(action), Some(pattern)) = (&denial.action, of_all) {
            narrowest_first(&mut remedies, action.folded(), pattern);
        }
        remedies
    }
}
