//! One change for several denials: their remedies one on top of the other, put together, and proved for each of them.

use std::sync::Arc;

use super::merge::merged;
use super::{Again, Case, Joint, clash};
use crate::denial::Fingerprint;
use crate::iam::Policy;
use crate::remedy::{Edit, Remedy, RemedyId, RemedyKind, Title, Verification, free_stem, is_attached, is_same_policy};

/// So many denials are put together at most. More than a policy has room for makes no answer clearer.
const MOST: usize = 24;

/// An edit, and the cause of the denial for which it was made first.
struct Made {
    of: Fingerprint,
    edit: Edit,
}

/// The change for those of these denials that can be put together.
pub(super) fn joint(members: &[usize], cases: &[Case<'_>], again: &dyn Again) -> Option<Joint> {
    let mut of: Vec<usize> = Vec::new();
    let mut edits: Vec<Made> = Vec::new();
    let mut parts: Vec<Remedy> = Vec::new();
    for number in members.iter().copied().take(MOST) {
        let case = cases.get(number)?;
        let cause = Fingerprint::of(case.denial);
        // of a caller to look at first nothing is safe, whatever is made of it
        let Some(own) = clash::best(case.remedies).filter(|remedy| is_certain(remedy)) else { continue };
        let part = if edits.is_empty() {
            own.clone()
        } else if again.is_allowed(number, &for_cause(&edits, &cause)) {
            // what speaks against its own speaks against this one
            parts.push(Remedy { edits: Vec::new(), verification: None, ..own.clone() });
            of.push(number);
            continue;
        } else {
            let all = again.remedies(number, &for_cause(&edits, &cause));
            let Some(part) = clash::best(&all).filter(|remedy| is_certain(remedy)) else { continue };
            // what the steps before it left out is no exception that somebody meant
            let (why_not, steps) = (own.why_not.clone(), own.steps.clone());
            Remedy { disposition: part.disposition.max(own.disposition), why_not, steps, ..part.clone() }
        };
        let mut part = part;
        let saved = on_top(&mut edits, &cause, &part.edits);
        if let Some(size) = part.verification.as_mut().and_then(|proof| proof.size.as_mut()) {
            size.characters = size.characters.saturating_sub(saved);
        }
        parts.push(part);
        of.push(number);
    }
    let is_allowed = |number: &usize| {
        let cause = cases.get(*number).map(|case| Fingerprint::of(case.denial));
        cause.is_some_and(|cause| again.is_allowed(*number, &for_cause(&edits, &cause)))
    };
    let proved = of.len() > 1 && of.iter().all(is_allowed);
    let made_for = edits.iter().map(|made| made.of.clone()).collect();
    let remedy = proved.then(|| put_together(edits, &parts)).flatten()?;
    Some(Joint { of, remedy, made_for })
}

/// The edits as they reach denials of a cause.
fn for_cause<'e>(edits: &'e [Made], cause: &Fingerprint) -> Vec<(&'e Edit, bool)> {
    edits.iter().map(|made| (&made.edit, is_attached(&made.edit, &made.of, cause))).collect()
}

/// Whether it helps whatever was not seen: what holds in one case only cannot be added up.
fn is_certain(remedy: &Remedy) -> bool {
    remedy.verification.as_ref().is_some_and(|proof| !proof.is_conditional())
}

/// Adds edits that were made on top of others: those of a policy that was changed already are one edit with the first, and new policies of
/// one user, group or role are one policy. The characters that this saves.
fn on_top(edits: &mut Vec<Made>, of: &Fingerprint, more: &[Edit]) -> usize {
    let mut saved = 0;
    for edit in more {
        let merged = edits.iter().enumerate().find_map(|(at, own)| Some((at, merged(&own.edit, edit)?)));
        if let Some((at, (whole, less))) = merged
            && let Some(own) = edits.get_mut(at)
        {
            own.edit = whole;
            saved += less;
            continue;
        }
        let own = edits.iter_mut().find(|own| edit.before.as_ref().is_some_and(|before| goes_on(&own.edit, before)));
        if let Some(Made { edit: own, .. }) = own {
            own.changes.extend(edit.changes.iter().cloned());
            own.after = Arc::clone(&edit.after);
        } else {
            let mut edit = edit.clone();
            let taken: Vec<&str> = edits.iter().map(|own| own.edit.file_stem.as_str()).collect();
            edit.file_stem = free_stem(&edit.file_stem, &taken);
            edits.push(Made { of: of.clone(), edit });
        }
    }
    saved
}

/// Whether the policy is the one that an edit leaves.
fn goes_on(edit: &Edit, before: &Arc<Policy>) -> bool {
    // what a loose document belongs to is only said of it
    let own = edit.before.as_ref().unwrap_or(&edit.after);
    let left = Policy { document: Arc::clone(&edit.after.document), ..Policy::clone(own) };
    is_same_policy(&Arc::new(left), before)
}

/// The remedy of these edits: what its parts do, it does, since each was proved on top of those before it.
fn put_together(edits: Vec<Made>, parts: &[Remedy]) -> Option<Remedy> {
    let (first, more) = parts.split_first()?;
    let edits = edits.into_iter().map(|made| made.edit).collect();
    let mut all = Remedy { id: RemedyId::Together(0), title: Title::Together(Vec::new()), edits, ..first.clone() };
    for part in more {
        all.disposition = all.disposition.max(part.disposition);
        all.kind = if all.kind == part.kind { all.kind } else { RemedyKind::NarrowAndGrant };
        add(&mut all.why_not, &part.why_not);
        add(&mut all.steps, &part.steps);
        if let (Some(own), Some(other)) = (&mut all.verification, &part.verification) {
            add_proof(own, other);
        }
    }
    if let Some(proof) = &mut all.verification {
        // of several requests none is the only one
        proof.exactly_minimal = false;
        proof.only_this_call = false;
    }
    Some(all)
}

fn add_proof(own: &mut Verification, other: &Verification) {
    add(&mut own.compared.newly_allowed, &other.compared.newly_allowed);
    add(&mut own.compared.newly_denied, &other.compared.newly_denied);
    add(&mut own.compared.cannot_tell, &other.compared.cannot_tell);
    add(&mut own.shared, &other.shared);
    add(&mut own.dangers, &other.dangers);
    add(&mut own.no_longer_denied, &other.no_longer_denied);
    add(&mut own.assumes, &other.assumes);
    add(&mut own.provided, &other.provided);
    own.only_this_access &= other.only_this_access;
    // the last has all changes of its document
    own.size = [own.size, other.size].into_iter().flatten().max_by_key(|size| size.characters);
}

fn add<T: Clone + PartialEq>(own: &mut Vec<T>, others: &[T]) {
    for other in others {
        if !own.contains(other) {
            own.push(other.clone());
        }
    }
}
