//! Which remedies change the same policy in different ways.

use std::collections::{BTreeMap, BTreeSet};

use super::Case;
use super::room::{crowded, is_inline};
use crate::iam::PolicyType;
use crate::remedy::{Disposition, Edit, Remedy};

/// A policy that an edit changes or makes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// One that has an ARN, wherever it is attached.
    Arn(String),
    /// One that has none, by its type, its name, and what it is attached to.
    Named(PolicyType, String, Option<String>),
    /// The only one of a resource or of a permission set, whatever it is called.
    Only(PolicyType, String),
}

/// What has one policy of the edit's type at most: a new one replaces it.
/// - <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html>
/// - <https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_PutInlinePolicyToPermissionSet.html>
pub(super) fn only_of(edit: &Edit) -> Option<&str> {
    let one = match edit.policy_type {
        PolicyType::ResourceBased => edit.is_new(),
        PolicyType::IdentityBased => edit.permission_set().is_some(),
        _ => false,
    };
    edit.after.attached_to.first().map(String::as_str).filter(|_| one)
}

impl Place {
    fn of(edit: &Edit) -> Self {
        if let Some(owner) = only_of(edit) {
            return Self::Only(edit.policy_type, owner.to_owned());
        }
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

/// What the best remedies of several denials do to each other.
#[derive(Debug, Default)]
pub(super) struct Clashes {
    /// The policies that they leave with different texts: the denials, each with its text.
    policies: BTreeMap<Place, Vec<(usize, String)>>,
    /// Whose new inline policies have no room together, and the denials for which they are made.
    crowded: BTreeMap<String, Vec<usize>>,
}

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
        let policies =
            places.into_iter().filter(|(_, all)| differ(all)).map(|(place, all)| (place, owned(all))).collect();
        let best: Vec<Option<&Remedy>> = cases.iter().map(|case| best(case.remedies)).collect();
        Self { policies, crowded: crowded(&best) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.policies.is_empty() && self.crowded.is_empty()
    }

    /// The denials that have to be solved together, in their order: each shares a policy, or the room for policies, with another one of its
    /// group.
    pub(super) fn groups(&self) -> Vec<Vec<usize>> {
        let mut groups: Vec<BTreeSet<usize>> = Vec::new();
        let sharing = self.policies.values().map(|all| all.iter().map(|(number, _)| *number).collect());
        let crowded = self.crowded.values().map(|all| all.iter().copied().collect());
        for mut own in sharing.chain(crowded).collect::<Vec<BTreeSet<usize>>>() {
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
            let all = self.policies.get(&Place::of(edit)).into_iter().flatten();
            others.extend(all.filter(|(other, own)| *other != number && own != text(edit)).map(|(other, _)| *other));
        }
        others.into_iter().collect()
    }

    /// The other denials for which inline policies of the same user, group or role are made that have no room together; none where the
    /// remedy makes none.
    pub(super) fn crowding(&self, number: usize, remedy: &Remedy) -> Vec<usize> {
        let owners =
            remedy.edits.iter().filter(|edit| is_inline(edit)).filter_map(|edit| edit.after.attached_to.first());
        let all: BTreeSet<usize> = owners.filter_map(|owner| self.crowded.get(owner)).flatten().copied().collect();
        all.into_iter().filter(|other| *other != number).collect()
    }
}

fn text(edit: &Edit) -> &str {
    edit.after.document.source.text()
}
