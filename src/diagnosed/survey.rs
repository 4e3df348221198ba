//! The first look at every fingerprint: what blocks the record that was kept of it, in few bytes.

use super::key::Key;
use super::{NotDiagnosed, Stages};
use crate::deduce::Basis;
use crate::denial::{self, Denial, DenialKind, Fingerprint, FingerprintId};
use crate::iam::{PolicyOrigin, PolicySet, PolicyType};
use crate::snapshot::PrincipalFound;
use crate::triage::{Counted, Record};

/// A fingerprint with what was found of it.
#[derive(Debug)]
pub(super) struct Surveyed<'t> {
    pub(super) id: FingerprintId,
    pub(super) counted: Counted<'t>,
    pub(super) cause: Fingerprint,
    pub(super) count: u64,
    pub(super) facts: Result<Facts, NotDiagnosed>,
}

/// What blocks a record.
#[derive(Debug)]
pub(super) struct Facts {
    /// What it has in common with others.
    pub(super) group: Key,
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
    /// Whether AWS named what the policies do not show: then no change of them surely ends it.
    pub(super) unseen: bool,
}

/// A set of types of policies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
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

/// Looks at one fingerprint.
pub(super) fn survey<'t>(stages: &dyn Stages, id: FingerprintId, counted: Counted<'t>) -> Surveyed<'t> {
    let cause = counted.cause();
    let facts = facts(stages, counted, &cause);
    Surveyed { id, counted, cause, count: counted.count(), facts }
}

fn facts(stages: &dyn Stages, counted: Counted<'_>, cause: &Fingerprint) -> Result<Facts, NotDiagnosed> {
    if cause.failure.is_some() {
        return Err(NotDiagnosed::OtherFailure);
    }
    let samples = counted.samples();
    let kept = || samples.iter().filter_map(|sample| sample.record.as_deref());
    if kept().any(|record| *record == Record::HoldsSecret) {
        return Err(NotDiagnosed::HoldsSecret);
    }
    let Some((_, denial)) = denials(counted).find_map(|(id, denial)| Some((id, denial?))) else {
        let too_long = kept().any(|record| *record == Record::TooLong);
        return Err(if too_long { NotDiagnosed::TooLong } else { NotDiagnosed::NoRecord });
    };
    if denial.kind != DenialKind::IamDenial {
        return Err(NotDiagnosed::OtherFailure);
    }
    let (asked, diagnosis) = stages.diagnosis(&denial);
    let sure = || diagnosis.blockers.iter().filter(|blocker| blocker.basis != Basis::Possible);
    if let PrincipalFound::NotFound(gap) = asked.principal
        && sure().next().is_none()
        && !diagnosis.incident
    {
        return Err(NotDiagnosed::NotSeen(Box::new(gap)));
    }
    let mut lacks = Types::default();
    sure().filter(|blocker| !blocker.is_explicit()).for_each(|blocker| lacks.insert(blocker.policy_type));
    let denies = sure().filter(|blocker| blocker.is_explicit());
    let changeable = asked.policies.policies().filter(|policy| policy.origin != PolicyOrigin::AwsManaged);
    Ok(Facts {
        group: Key::group(&diagnosis, cause),
        denies: denies.map(|blocker| Key::blocker(blocker, cause)).collect(),
        lacks,
        unsure: sure().next().is_none(),
        policies: changeable.map(|policy| Key::policy(policy)).collect(),
        incident: diagnosis.incident,
        unseen: diagnosis.unseen_that_aws_named().is_some(),
    })
}
