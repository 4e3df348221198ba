//! Whether the inline policies that several remedies make or change have room together: IAM counts all of a user, group or role.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length>

use std::collections::BTreeMap;

use crate::iam::{PolicyOrigin, PolicyType};
use crate::remedy::{Edit, Remedy, Size};

/// Whether the edit is of an inline policy that shares its quota with others.
pub(super) fn is_inline(edit: &Edit) -> bool {
    let inline = edit.policy_type == PolicyType::IdentityBased && edit.after.origin == PolicyOrigin::Inline;
    inline && edit.permission_set().is_none()
}

/// What one owner's policies come to.
#[derive(Debug, Default)]
struct Total<'r> {
    /// What was there before, as far as it is known, and the quota.
    before: usize,
    quota: usize,
    /// What each policy grows by, and the denials for which it does.
    grows: BTreeMap<&'r str, usize>,
    of: Vec<usize>,
}

/// The owners whose inline policies are too large with the best remedies of all denials, and those denials.
pub(super) fn crowded(best: &[Option<&Remedy>]) -> BTreeMap<String, Vec<usize>> {
    let mut totals: BTreeMap<&str, Total<'_>> = BTreeMap::new();
    for (number, remedy) in best.iter().enumerate() {
        // with several edits it is not told which of them the size is of
        let Some([edit]) = remedy.map(|remedy| remedy.edits.as_slice()) else { continue };
        let size = remedy.and_then(|remedy| remedy.verification.as_ref()?.size);
        let (Some(owner), Some(Size { characters, quota })) = (edit.after.attached_to.first(), size) else { continue };
        if !is_inline(edit) {
            continue;
        }
        let grows = counted(edit.after.document.source.text()).saturating_sub(counted(edit.text_before()));
        let total = totals.entry(owner).or_default();
        total.before = total.before.max(characters.saturating_sub(grows));
        total.quota = quota;
        let known = total.grows.entry(&edit.after.name).or_default();
        *known = grows.max(*known);
        total.of.push(number);
    }
    let too_large = |total: &Total<'_>| total.before + total.grows.values().sum::<usize>() > total.quota;
    let crowded = totals.into_iter().filter(|(_, total)| total.of.len() > 1 && too_large(total));
    crowded.map(|(owner, total)| (owner.to_owned(), total.of)).collect()
}

/// IAM does not count white space.
pub(super) fn counted(text: &str) -> usize {
    text.chars().filter(|character| !character.is_whitespace()).count()
}
