//! Which denials a remedy would end: the records that were kept of each fingerprint, evaluated again with the remedy in place.

use super::Stages;
use super::applied::Change;
use super::key::Key;
use super::standing::is_allowed;
use super::survey::{Surveyed, denials};
use crate::denial::{Denial, Fingerprint};
use crate::diagnose::blockers;
use crate::evaluate::{Decision, evaluate};
use crate::iam::Subject;
use crate::remedy::presumed;

/// What a remedy would end, of its finding and of others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ends {
    /// Allowed then.
    pub allowed: Count,
    /// Allowed then, unless what was not seen blocks it.
    pub allowed_if: Count,
    /// Of some fingerprints some records are allowed then and others are not: nothing of them is counted as ended.
    pub differ: Count,
    /// Still denied: something else blocks too.
    pub blocked: Count,
    /// What the record does not tell decides.
    pub open: Count,
    /// Still denied, as the change is for other resources: each of these needs one of its own, or one for a pattern that somebody chooses.
    pub left: Count,
    /// Of other findings: allowed then.
    pub others: Count,
    /// Of other findings: allowed then, unless what was not seen blocks it.
    pub others_if: Count,
    /// What was not seen and is taken not to block.
    pub unseen: Vec<Subject>,
}

/// Some of the denials.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "report", derive(serde::Serialize, schemars::JsonSchema))]
#[non_exhaustive]
pub struct Count {
    /// How many denials.
    pub denials: u64,
    /// How many fingerprints they have.
    pub fingerprints: u64,
    /// How many records of them were evaluated.
    pub records: u64,
}

impl Count {
    const fn add(&mut self, denials: u64, records: u64) {
        self.denials += denials;
        self.fingerprints += 1;
        self.records += records;
    }
}

/// What becomes of a record, or of all records of a fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// Allowed.
    Allowed,
    /// Allowed, unless what was not seen blocks it.
    AllowedIf,
    /// Some records are allowed and others are not.
    Differ,
    /// What blocked it no longer does, and something else does.
    Blocked,
    /// It was allowed before.
    Already,
    /// What is not told decides.
    Open,
    /// As before.
    Same,
}

/// What becomes of a fingerprint.
#[derive(Debug)]
pub(super) struct Fate {
    pub(super) after: After,
    pub(super) records: u64,
    /// Whether some of them are allowed by the policies as they are: what becomes of the others is `after`.
    pub(super) already: bool,
    pub(super) unseen: Vec<Subject>,
}

/// Evaluates the kept records of a fingerprint with the change in place.
pub(super) fn fate(stages: &dyn Stages, one: &Surveyed<'_>, blocked_by: Key, change: &Change<'_>) -> Fate {
    let mut fate = Fate { after: After::Same, records: 0, already: false, unseen: Vec::new() };
    let mut all: Option<After> = None;
    for (_, denial) in denials(one.counted) {
        // a record that was not kept may be any
        let after = denial.map_or(After::Open, |denial| {
            fate.records += 1;
            record(stages, &denial, &one.cause, blocked_by, change, &mut fate.unseen)
        });
        if after == After::Already {
            fate.already = true;
            continue;
        }
        all = Some(all.map_or(after, |all| together(all, after)));
        // it is left for another remedy
        if all == Some(After::Same) {
            break;
        }
    }
    // what is allowed by the policies at hand was denied by something that they do not show
    fate.after = match all.unwrap_or(if fate.already { After::Open } else { After::Same }) {
        // AWS named something else, which is still there for all that is known
        After::Allowed | After::AllowedIf | After::Differ if one.facts.as_ref().is_ok_and(|facts| facts.unseen) => {
            After::Open
        }
        after => after,
    };
    fate
}

fn together(one: After, other: After) -> After {
    use After::{Allowed, AllowedIf, Already, Blocked, Differ, Open, Same};
    match (one, other) {
        (one, other) if one == other => one,
        (Allowed | AllowedIf, Allowed | AllowedIf) => AllowedIf,
        (Allowed | AllowedIf | Differ, _) | (_, Allowed | AllowedIf | Differ) => Differ,
        (Open | Already, _) | (_, Open | Already) => Open,
        (Blocked, _) | (_, Blocked) => Blocked,
        (Same, Same) => Same,
    }
}

fn record(
    stages: &dyn Stages,
    denial: &Denial,
    cause: &Fingerprint,
    blocked_by: Key,
    change: &Change<'_>,
    unseen: &mut Vec<Subject>,
) -> After {
    let asked = stages.asked(denial);
    if is_allowed(&asked) {
        return After::Already;
    }
    let Some(policies) = change.applied(&asked.policies, cause) else { return After::Same };
    let evaluation = evaluate(&asked.request, &policies);
    if evaluation.decision == Decision::Allowed {
        return After::Allowed;
    }
    let found = blockers(&asked.request, &policies, &evaluation);
    if found.iter().any(|blocker| Key::blocker(blocker, cause) == blocked_by) {
        return After::Same;
    }
    if !found.is_empty() {
        return After::Blocked;
    }
    if stages.is_always_allowed(denial, &asked, &policies) {
        return After::Allowed;
    }
    let (taken, subjects) = presumed(&policies);
    let supposed = evaluate(&asked.request, &taken).decision == Decision::Allowed
        || stages.is_always_allowed(denial, &asked, &taken);
    if !supposed {
        return After::Open;
    }
    for subject in subjects {
        if !unseen.iter().any(|own| is_alike(own, &subject)) {
            unseen.push(subject);
        }
    }
    After::AllowedIf
}

/// Whether two that were not seen are said once: each session has policies of its own, or none.
fn is_alike(one: &Subject, other: &Subject) -> bool {
    let of_session = |subject: &Subject| matches!(subject, Subject::SessionPolicies(_));
    one == other || (of_session(one) && of_session(other))
}

/// What one change for several findings would end.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Together {
    /// The findings, by their numbers.
    pub findings: Vec<usize>,
    /// How many denials they have.
    pub denials: u64,
    /// What it would end of these, and of others.
    pub ends: Ends,
}

impl Ends {
    /// Counts a fingerprint of one of several findings for which a change was made: it may be for other resources than those of this one.
    pub(super) fn of_several(&mut self, one: &Surveyed<'_>, fate: &Fate) {
        if fate.after == After::Same {
            self.left.add(one.count, fate.records);
        } else {
            self.own(one, fate);
        }
    }

    /// Counts a fingerprint of the finding.
    pub(super) fn own(&mut self, one: &Surveyed<'_>, fate: &Fate) {
        let place = match fate.after {
            // nothing is counted for what is allowed already
            After::Allowed | After::AllowedIf if fate.already => &mut self.differ,
            After::Allowed => &mut self.allowed,
            After::AllowedIf => &mut self.allowed_if,
            After::Differ => &mut self.differ,
            After::Blocked => &mut self.blocked,
            After::Already | After::Open | After::Same => &mut self.open,
        };
        place.add(one.count, fate.records);
        self.add_unseen(fate);
    }

    /// Counts a fingerprint of the finding that the change does not reach.
    pub(super) const fn leave(&mut self, denials: u64) {
        self.left.add(denials, 0);
    }

    /// Counts a fingerprint of another finding.
    pub(super) fn other(&mut self, one: &Surveyed<'_>, fate: &Fate) {
        match fate.after {
            _ if fate.already => return,
            After::Allowed => self.others.add(one.count, fate.records),
            After::AllowedIf => self.others_if.add(one.count, fate.records),
            _ => return,
        }
        self.add_unseen(fate);
    }

    fn add_unseen(&mut self, fate: &Fate) {
        /// What is named: more of the same kind says nothing new.
        const NAMED: usize = 8;
        for subject in fate.unseen.iter().filter(|_| fate.after == After::AllowedIf && !fate.already) {
            if self.unseen.len() < NAMED && !self.unseen.iter().any(|own| is_alike(own, subject)) {
                self.unseen.push(subject.clone());
            }
        }
    }
}
