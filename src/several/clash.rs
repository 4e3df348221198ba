//! Which remedies change the same policy in different ways.

use std::collections::{BTreeMap, BTreeSet};

use super::Case;
use crate::iam::PolicyType;
use crate::remedy::{Disposition, Edit, Remedy};

/// A policy that an edit changes or makes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// One that has an ARN, wherever it is attached.
    Arn(String),
    /// One that has none, by its type, its name, and what it is attached to.
    Named(PolicyType, String, Option<String>),
}

impl Place {
    fn of(edit: &Edit) -> Self {
        let policy = edit.before.as_ref().unwrap_or(&edit.after);
        if let Some(arn) = &policy.arn {
            return Self::Arn(arn.clone());
        }
        let of = policy.attached_to.first().or(edit.target.as_ref());
        Self::Named(policy.policy_type, policy.name.clone(), of.cloned())
    }
}

/// The remedy that is carried out, if one is that edits documents.
pub(super) fn best(remedies: &[Remedy]) -> Option<&Remedy> {
    remedies.iter().find(|remedy| !remedy.edits.is_empty() && remedy.disposition != Disposition::Refused)
}

/// The policies that the best remedies of several denials leave with different texts: the denials, each with its text.
#[derive(Debug, Default)]
pub(super) struct Clashes(BTreeMap<Place, Vec<(usize, String)>>);

impl Clashes {
    pub(super) fn of(cases: &[Case<'_>]) -> Self {
        let mut places: BTreeMap<Place, Vec<(usize, &str)>> = BTreeMap::new();
        for (number, case) in cases.iter().enumerate() {
            for edit in best(case.remedies).into_iter().flat_map(|remedy| &remedy.edits) {
                places.entry(Place::of(edit)).or_default().push((number, text(edit)));
            }
        }
        let differ = |all: &Vec<(usize, &str)>| all.iter().any(|(_, text)| all.first().is_some_and(|it| it.1 != *text));
        let owned = |all: Vec<(usize, &str)>| all.into_iter().map(|(number, text)| (number, text.to_owned())).collect();
        Self(places.into_iter().filter(|(_, all)| differ(all)).map(|(place, all)| (place, owned(all))).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The denials that have to be solved together, in their order: each shares a policy with another one of its group.
    pub(super) fn groups(&self) -> Vec<Vec<usize>> {
        let mut groups: Vec<BTreeSet<usize>> = Vec::new();
        for all in self.0.values() {
            let mut own: BTreeSet<usize> = all.iter().map(|(number, _)| *number).collect();
            groups.retain(|group| {
                let apart = group.is_disjoint(&own);
                if !apart {
                    own.extend(group);
                }
                apart
            });
            groups.push(own);
        }
        groups.sort_by_key(|group| group.first().copied());
        groups.into_iter().map(|group| group.into_iter().collect()).collect()
    }

    /// The other denials whose best remedy leaves a policy otherwise than this one does.
    pub(super) fn others(&self, number: usize, remedy: &Remedy) -> Vec<usize> {
        let mut others = BTreeSet::new();
        for edit in &remedy.edits {
            let all = self.0.get(&Place::of(edit)).into_iter().flatten();
            others.extend(all.filter(|(other, own)| *other != number && own != text(edit)).map(|(other, _)| *other));
        }
        others.into_iter().collect()
    }
}

fn text(edit: &Edit) -> &str {
    edit.after.document.source.text()
}
