//! The first look at every fingerprint: what blocks the record that was kept of it, in few bytes.

use serde::{Deserialize, Serialize};

use super::key::Key;
use super::standing::Standing;
use super::{NotDiagnosed, Stages, is_quarantined};
use crate::deduce::Basis;
use crate::denial::{self, Denial, DenialKind, Fingerprint, FingerprintId};
use crate::iam::{PolicyOrigin, PolicySet, PolicyType};
use crate::snapshot::PrincipalFound;
use crate::triage::{Caution, Cautions, Counted, Record, Tally};

/// A fingerprint with what was found of it.
#[derive(Debug)]
pub(super) struct Surveyed<'t> {
    pub(super) id: FingerprintId,
    pub(super) counted: Counted<'t>,
    pub(super) cause: Fingerprint,
    pub(super) count: u64,
    pub(super) facts: Result<Facts, Left>,
}

/// What the first look at a fingerprint found. It depends on its records and on the policies alone, so it may be made on another machine, by
/// the same version of iamdx.
#[derive(Debug, Serialize, Deserialize)]
pub struct Look(Result<Facts, Left>);

/// Why a fingerprint was left out; in the order of the codes of [`NotDiagnosed`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Left {
    NoRecord,
    OtherFailure,
    NotSeen,
    TooLong,
    HoldsSecret,
}

/// What blocks a record.
#[derive(Debug, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Facts {
    /// The place of the record that stands for the others, among those that can be read.
    pub(super) stands: usize,
    /// Whether the policies do not say the same of all of them.
    pub(super) differ: bool,
    /// What it has in common with others.
    pub(super) group: Key,
    /// The first of what blocks it; where nothing is known to block, the same.
    pub(super) blocked_by: Key,
    /// The Deny statements that surely match.
    pub(super) denies: Box<[Key]>,
    /// The types of policies that surely lack an allow.
    pub(super) lacks: Types,
    /// Whether what blocks is only possible, or nothing is known to block.
    pub(super) unsure: bool,
    /// The policies that apply and that somebody could change.
    pub(super) policies: Box<[Key]>,
    /// Whether it is a security incident.
    pub(super) incident: bool,
    /// Whether the caller is in AWS's quarantine.
    pub(super) quarantined: bool,
    /// What to know of the caller before anything is granted to it; the other callers of the trail tell it, too.
    #[serde(skip)]
    pub(super) held: Option<Held>,
    /// Whether AWS named what the policies do not show: then no change of them surely ends it.
    pub(super) unseen: bool,
}

/// What to know of a caller before anything is granted to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// A leaked key of it is in quarantine: nothing is granted to it.
    Quarantined,
    /// It looks as if somebody tries what is allowed: a person looks at it first.
    Suspect,
}

/// A set of types of policies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Types(u8);

impl Types {
    pub(super) fn insert(&mut self, policy_type: PolicyType) {
        let place = PolicySet::LAYERS.iter().position(|layer| *layer == policy_type.normalized());
        self.0 |= place.map_or(0, |place| 1 << place);
    }

    /// Whether all of them are among others.
    pub(super) const fn is_within(self, others: Self) -> bool {
        self.0 & !others.0 == 0
    }
}

impl Facts {
    /// How many things surely block.
    pub(super) const fn blockers(&self) -> usize {
        self.denies.len() + self.lacks.0.count_ones() as usize
    }
}

/// The denials of the records that were kept of a fingerprint, each with the id of its record.
pub fn denials(counted: Counted<'_>) -> impl Iterator<Item = (Box<str>, Option<Denial>)> {
    counted.samples().into_iter().map(|sample| {
        let text = sample.record.as_deref().and_then(Record::text);
        (sample.event_id, text.and_then(|text| denial::parse_text(&text).into_iter().next()))
    })
}

/// Puts the fingerprints of callers to look at first by themselves: what is right for others is not for them.
pub(super) fn hold(all: &mut [Surveyed<'_>], tally: &Tally) {
    let mut cautions = Cautions::of(tally);
    for one in all.iter() {
        if one.facts.as_ref().is_ok_and(|facts| facts.quarantined)
            && let Some(principal) = one.counted.principal()
        {
            cautions.quarantine(principal);
        }
    }
    for Surveyed { counted, cause, facts, .. } in all {
        let caution = counted.principal().and_then(|principal| cautions.about(principal));
        // how an incident is answered holds for everybody
        let (Ok(facts), Some(caution)) = (facts, caution) else { continue };
        if facts.incident {
            continue;
        }
        facts.held =
            Some(if matches!(caution, Caution::Quarantined { .. }) { Held::Quarantined } else { Held::Suspect });
        facts.group = facts.group.of_caller(cause);
    }
}

/// Looks at one fingerprint.
#[must_use]
pub fn look(stages: &dyn Stages, counted: Counted<'_>) -> Look {
    Look(facts(stages, counted, &counted.cause()))
}

/// A fingerprint with what a look at it found: the one that was made, or else one that is made now.
pub(super) fn survey<'t>(
    stages: &dyn Stages,
    id: FingerprintId,
    counted: Counted<'t>,
    look: Option<Look>,
) -> Surveyed<'t> {
    let cause = counted.cause();
    let facts = look.map_or_else(|| facts(stages, counted, &cause), |look| look.0);
    Surveyed { id, counted, cause, count: counted.count(), facts }
}

/// Why a fingerprint was not diagnosed, with what is told of it.
pub(super) fn not_diagnosed(stages: &dyn Stages, counted: Counted<'_>, left: Left) -> NotDiagnosed {
    match left {
        Left::NoRecord => NotDiagnosed::NoRecord,
        Left::OtherFailure => NotDiagnosed::OtherFailure,
        Left::TooLong => NotDiagnosed::TooLong,
        Left::HoldsSecret => NotDiagnosed::HoldsSecret,
        Left::NotSeen => match first_denial(counted).map(|(_, denial)| stages.asked(&denial).principal) {
            Some(PrincipalFound::NotFound(gap)) => NotDiagnosed::NotSeen(Box::new(gap)),
            // it was looked at by other policies than these
            _ => NotDiagnosed::NoRecord,
        },
    }
}

/// The first of the kept records that can be read.
pub(super) fn first_denial(counted: Counted<'_>) -> Option<(Box<str>, Denial)> {
    denials(counted).find_map(|(id, denial)| Some((id, denial?)))
}

/// The record that stands for the others of a fingerprint, with its id; and one of each kind of which the policies say something else, with
/// the number of these.
pub(super) fn standing(one: &Surveyed<'_>, stages: &dyn Stages) -> Option<Stands> {
    let facts = one.facts.as_ref().ok()?;
    let mut records: Vec<(Box<str>, Denial)> =
        denials(one.counted).filter_map(|(id, denial)| Some((id, denial?))).collect();
    let all = records.len();
    let mut others = Vec::new();
    if facts.differ {
        let of_all: Vec<Denial> = records.iter().map(|(_, denial)| denial.clone()).collect();
        let found = Standing::of(stages, &of_all, &one.cause).others.into_iter();
        others = found.filter_map(|(place, many)| records.get(place).cloned().map(|record| (record, many))).collect();
    }
    let (event_id, denial) = (facts.stands < all).then(|| records.swap_remove(facts.stands))?;
    Some(Stands { event_id, denial, all, others })
}

/// The record that stands for the others of a fingerprint.
#[derive(Debug)]
pub(super) struct Stands {
    pub(super) event_id: Box<str>,
    pub(super) denial: Denial,
    /// How many can be read.
    pub(super) all: usize,
    /// One of each kind of which the policies say something else, and how many there are of it.
    pub(super) others: Vec<((Box<str>, Denial), usize)>,
}

fn facts(stages: &dyn Stages, counted: Counted<'_>, cause: &Fingerprint) -> Result<Facts, Left> {
    if cause.failure.is_some() {
        return Err(Left::OtherFailure);
    }
    let samples = counted.samples();
    let kept = || samples.iter().filter_map(|sample| sample.record.as_deref());
    if kept().any(|record| *record == Record::HoldsSecret) {
        return Err(Left::HoldsSecret);
    }
    let records: Vec<Denial> = denials(counted).filter_map(|(_, denial)| denial).collect();
    let standing = Standing::of(stages, &records, cause);
    let Some(denial) = records.into_iter().nth(standing.place) else {
        let too_long = kept().any(|record| *record == Record::TooLong);
        return Err(if too_long { Left::TooLong } else { Left::NoRecord });
    };
    if denial.kind != DenialKind::IamDenial {
        return Err(Left::OtherFailure);
    }
    let (asked, diagnosis) = stages.diagnosis(&denial);
    let sure = || diagnosis.blockers.iter().filter(|blocker| blocker.basis != Basis::Possible);
    if matches!(asked.principal, PrincipalFound::NotFound(_)) && sure().next().is_none() && !diagnosis.incident {
        return Err(Left::NotSeen);
    }
    let mut lacks = Types::default();
    sure().filter(|blocker| !blocker.is_explicit()).for_each(|blocker| lacks.insert(blocker.policy_type));
    let denies = sure().filter(|blocker| blocker.is_explicit());
    let changeable = asked.policies.policies().filter(|policy| policy.origin != PolicyOrigin::AwsManaged);
    let group = Key::group(&diagnosis, cause);
    let first = diagnosis.blockers.first().filter(|_| !diagnosis.incident);
    Ok(Facts {
        stands: standing.place,
        differ: !standing.others.is_empty(),
        group,
        blocked_by: first.map_or(group, |blocker| Key::blocker(blocker, cause)),
        denies: denies.map(|blocker| Key::blocker(blocker, cause)).collect(),
        lacks,
        unsure: sure().next().is_none(),
        policies: changeable.map(|policy| Key::policy(policy)).collect(),
        incident: diagnosis.incident,
        quarantined: is_quarantined(&diagnosis.summary),
        held: None,
        unseen: diagnosis.unseen_that_aws_named().is_some(),
    })
}
