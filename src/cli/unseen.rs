//! What two snapshots do not show, and which of the changes between them rest on it.

use crate::difference::{CannotTell, Difference};
use crate::iam::{Coverage, Effect, Layer, LayerMut, Level, NotApplicable, PolicySet, PolicyType, Subject};

/// Policies that a snapshot names, or should have, and does not show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    subject: Subject,
    /// Whether an Allow may be missing with it, not only what blocks.
    may_allow: bool,
}

impl Part {
    /// What was not seen of a layer, if anything.
    pub(super) fn of(coverage: &Coverage, may_allow: bool) -> Option<Self> {
        coverage.gap().map(|gap| Self { subject: gap.subject.clone(), may_allow })
    }
}

/// What only one of two snapshots shows. What neither shows does not differ between them as far as they tell.
#[derive(Debug)]
pub(super) struct Unseen {
    subjects: Vec<Subject>,
    /// Whether what became allowed may be denied all the same, or was allowed before.
    allowed_is_open: bool,
    /// The same for what is no longer allowed.
    denied_is_open: bool,
}

impl Unseen {
    pub(super) fn of_both(old: &[Part], new: &[Part]) -> Self {
        let only = |of: &[Part], other: &[Part]| -> Vec<Part> {
            of.iter().filter(|part| !other.iter().any(|known| known.subject == part.subject)).cloned().collect()
        };
        let (old, new) = (only(old, new), only(new, old));
        let may_allow = |parts: &[Part]| parts.iter().any(|part| part.may_allow);
        // what is not seen of the new policies may block what they seem to allow, and of the old ones what they seemed to allow
        let (allowed_is_open, denied_is_open) =
            (!new.is_empty() || may_allow(&old), !old.is_empty() || may_allow(&new));
        let mut subjects: Vec<Subject> = Vec::new();
        for Part { subject, .. } in old.into_iter().chain(new) {
            if !subjects.contains(&subject) {
                subjects.push(subject);
            }
        }
        Self { subjects, allowed_is_open, denied_is_open }
    }

    /// The difference, in which what rests on something that only one of the files shows is not certain.
    pub(super) fn without_guesses(self, mut found: Difference) -> Difference {
        for (changes, is_open) in
            [(&mut found.newly_allowed, self.allowed_is_open), (&mut found.newly_denied, self.denied_is_open)]
        {
            if is_open {
                let changes = changes.drain(..).map(|change| CannotTell::Undecided(Box::new(change)));
                found.cannot_tell.extend(changes);
            }
        }
        found.cannot_tell.extend(self.subjects.into_iter().map(CannotTell::ShownOnce));
        found
    }
}

/// The policies as far as they were seen; what was not is taken not to block, and named.
pub(super) fn seen(mut policies: PolicySet) -> (PolicySet, Vec<Part>) {
    let (mut parts, mut parts_of_levels) = (Vec::new(), Vec::new());
    let mut note = |coverage: &mut Coverage, empty: bool, may_allow: bool| {
        if let Some(part) = Part::of(coverage, may_allow) {
            *coverage = if empty {
                Coverage::NotApplicable(NotApplicable::AssumedNotToBlock(part.subject.clone()))
            } else {
                Coverage::Complete
            };
            parts.push(part);
        }
    };
    for policy_type in PolicySet::LAYERS {
        let grants = policy_type.row().grants;
        match policies.layer_mut(policy_type) {
            LayerMut::Plain(layer) if policy_type.row().is_of_principal => {
                note(&mut layer.coverage, layer.policies.is_empty(), grants);
            }
            LayerMut::Plain(layer) => *layer = Layer::not_applicable(NotApplicable::EveryRequest),
            LayerMut::Levels(hierarchy) => {
                // of a level with nothing but what was not seen nothing blocks
                let levels = hierarchy.levels.len();
                let mut unseen: Vec<Part> = Vec::new();
                hierarchy.levels.retain(|level| {
                    let part = Part::of(&level.coverage, false).filter(|_| level.policies.is_empty());
                    let keeps = part.is_none();
                    unseen.extend(part);
                    keeps
                });
                let has_levels = hierarchy.levels.len() < levels
                    || hierarchy.levels.iter().any(|level| level.coverage.gap().is_some());
                for level in &mut hierarchy.levels {
                    let may_allow = policy_type == PolicyType::ServiceControl && !allows(level);
                    note(&mut level.coverage, false, may_allow);
                }
                // a gap of a level is one of the hierarchy too
                if !has_levels {
                    note(&mut hierarchy.coverage, hierarchy.levels.is_empty(), false);
                } else if let Some(gap) = hierarchy.coverage.gap() {
                    hierarchy.coverage = if hierarchy.levels.is_empty() {
                        Coverage::NotApplicable(NotApplicable::AssumedNotToBlock(gap.subject.clone()))
                    } else {
                        Coverage::Complete
                    };
                }
                parts_of_levels.append(&mut unseen);
            }
        }
    }
    parts.append(&mut parts_of_levels);
    (policies, parts)
}

/// Whether a policy of the level allows anything: a level without an Allow blocks everything.
fn allows(level: &Level) -> bool {
    let statements = level.policies.iter().flat_map(|policy| &policy.document.statements);
    statements.into_iter().any(|statement| statement.effect == Effect::Allow)
}
