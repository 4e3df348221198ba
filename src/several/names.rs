//! Names of new policies: no two remedies of one input make policies of one name that are not the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Case;
use super::clash::only_of;
use crate::iam::{Policy, PolicyType};
use crate::remedy::{Edit, EditOp, renamed};

/// Where a name must be free: for what type of policy, and of whom; in lower case, as IAM tells no names apart by their case.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html>
type Room = (PolicyType, Option<String>, String);

/// Gives those that clash a name with a number.
pub(super) fn make_unique(cases: &mut [Case<'_>]) {
    let mut taken: BTreeMap<Room, String> = BTreeMap::new();
    for edit in cases.iter_mut().flat_map(|case| case.remedies.iter_mut()).flat_map(|remedy| &mut remedy.edits) {
        // where there can be one policy only, another name makes no other policy
        if edit.op != EditOp::Create || only_of(edit).is_some() {
            continue;
        }
        let base = edit.after.name.clone();
        let mut number = 2;
        loop {
            let text = edit.after.document.source.text();
            match taken.get(&room(edit)) {
                None => {
                    taken.insert(room(edit), text.to_owned());
                    break;
                }
                // the same change, for both
                Some(known) if known == text => break,
                Some(_) => rename(edit, format!("{base}{number}")),
            }
            number += 1;
        }
    }
}

fn room(edit: &Edit) -> Room {
    let of = edit.after.attached_to.first().or(edit.target.as_ref());
    (edit.policy_type, of.cloned(), edit.after.name.to_lowercase())
}

fn rename(edit: &mut Edit, name: String) {
    let policy = Policy { name, ..Policy::clone(&edit.after) };
    *edit = renamed(edit, Arc::new(policy));
}
