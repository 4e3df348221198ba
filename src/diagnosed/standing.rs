//! Which of the records that are kept of a fingerprint stands for it: they may be of different objects, and not be blocked by the same.

use std::collections::BTreeMap;

use super::key::Key;
use super::{Asked, Stages};
use crate::denial::{Denial, Fingerprint};
use crate::diagnose::blockers;
use crate::evaluate::{Decision, evaluate};
use crate::remedy::presumed;

/// How the records of a fingerprint go together.
#[derive(Debug, Default)]
pub(super) struct Standing {
    /// The place of the one that stands for all.
    pub(super) place: usize,
    /// What differs: the place of one record of each other kind, and how many records are like it.
    pub(super) others: Vec<(usize, usize)>,
}

/// What is blocked comes before what is not, and an incident before everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Incident,
    Denied,
    Undetermined,
    Allowed,
}

impl Standing {
    /// Of these records: of the first rank the kind of which most are.
    pub(super) fn of(stages: &dyn Stages, records: &[Denial], cause: &Fingerprint) -> Self {
        if records.len() < 2 {
            return Self::default();
        }
        let mut kinds: BTreeMap<(Rank, Vec<Key>), Vec<usize>> = BTreeMap::new();
        for (place, denial) in records.iter().enumerate() {
            kinds.entry(kind(stages, denial, cause)).or_default().push(place);
        }
        let mut kinds: Vec<_> = kinds.into_iter().collect();
        // equal ones in the order of what blocks, which no id of a record changes
        kinds.sort_by_key(|((rank, _), places)| (*rank, std::cmp::Reverse(places.len())));
        let mut kinds = kinds.into_iter().filter_map(|(_, places)| Some((*places.first()?, places.len())));
        let place = kinds.next().map_or(0, |(place, _)| place);
        Self { place, others: kinds.collect() }
    }
}

/// Whether a record is allowed by the policies, and what blocks it.
fn kind(stages: &dyn Stages, denial: &Denial, cause: &Fingerprint) -> (Rank, Vec<Key>) {
    let asked = stages.asked(denial);
    let rank = match asked.evaluation.decision {
        _ if denial.undoes.is_some() => Rank::Incident,
        _ if is_allowed(&asked) => Rank::Allowed,
        Decision::Undetermined => Rank::Undetermined,
        _ => Rank::Denied,
    };
    let found = blockers(&asked.request, &asked.policies, &asked.evaluation);
    let mut keys: Vec<Key> = found.iter().map(|blocker| Key::blocker(blocker, cause)).collect();
    keys.sort_unstable();
    keys.dedup();
    (rank, keys)
}

/// Whether the policies allow what was asked, as far as they were seen.
pub(super) fn is_allowed(asked: &Asked) -> bool {
    let Asked { request, policies, evaluation, .. } = asked;
    match evaluation.decision {
        Decision::Allowed => true,
        Decision::Undetermined => {
            blockers(request, policies, evaluation).is_empty()
                && evaluate(request, &presumed(policies).0).decision == Decision::Allowed
        }
        _ => false,
    }
}
