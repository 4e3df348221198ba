//! AWS's quarantine of leaked keys, as a trail tells it beside the denials in which AWS names it: calls that put it on somebody or took it
//! off, and denied calls that would have taken it off.
//!
//! <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantine.html>

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::event::Change;
use crate::denial::{self, Denial, Fingerprint};
use crate::iam::{Principal, PrincipalKind};

/// Names that are kept of each caller: the first in order, so that they are the same whatever the order of the parts.
const NAMED: usize = 64;

/// Who is said to have called where no record tells it.
const UNKNOWN: &str = "unknown";

/// Denials of calls that would take the quarantine off somebody, by who called.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Undone(pub(crate) BTreeMap<String, UndoneBy>);

/// Those of one caller.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct UndoneBy {
    /// How many denials.
    pub count: u64,
    /// Off whom: `111122223333 user alice`, as in a fingerprint. Of many some.
    pub whose: BTreeSet<String>,
}

impl Undone {
    pub(super) const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Who called, with how many denials and off whom.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &UndoneBy)> {
        self.0.iter().map(|(caller, undone)| (caller.as_str(), undone))
    }

    /// Counts a denial, if it is of such a call.
    pub(super) fn add(&mut self, denial: &Denial) {
        let Some(undoing) = &denial.undoes else { return };
        let cause = Fingerprint::of(denial);
        // who calls IAM has what is named in the own account
        let whose = undoing.whose.as_ref().zip(cause.account.as_deref());
        let whose = whose.map(|(whose, account)| format!("{account} {whose}"));
        let caller = cause.principal.as_deref().unwrap_or(UNKNOWN).to_owned();
        self.put(caller, UndoneBy { count: 1, whose: whose.into_iter().collect() });
    }

    /// Adds those of another part.
    pub(super) fn merge(&mut self, other: Self) {
        other.0.into_iter().for_each(|(caller, undone)| self.put(caller, undone));
    }

    pub(crate) fn put(&mut self, caller: String, undone: UndoneBy) {
        let own = self.0.entry(caller).or_default();
        own.count += undone.count;
        own.whose.extend(undone.whose);
        while own.whose.len() > NAMED {
            own.whose.pop_last();
        }
    }
}

/// Whether a change puts the quarantine on somebody or takes it off.
pub(super) fn is_of_quarantine(change: &Change) -> bool {
    named(change).1
}

fn named(change: &Change) -> (Option<String>, bool) {
    denial::quarantine_named(change.of.iter().map(|(name, value)| (name.as_str(), value.as_str())))
}

/// On whom a trail shows that the quarantine was put, as in a fingerprint, with the call that did it. Somebody else may have taken it off
/// later; that whoever has the key did so ends nothing.
pub(crate) fn put_on(quarantines: &[Change]) -> BTreeMap<String, &Change> {
    let mut all = BTreeMap::new();
    for change in quarantines {
        let Some((verb, _)) = change.operation.strip_prefix("iam:").and_then(|name| name.split_once(['U', 'R'])) else {
            continue;
        };
        let (Some(whose), true) = named(change) else { continue };
        let account = Some(change.account.as_str()).filter(|account| !account.is_empty());
        let Some(account) = account.or_else(|| denial::account_in(&change.by)) else { continue };
        let whose = format!("{account} {whose}");
        match verb {
            // https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachUserPolicy.html, and the same of roles
            "Attach" | "Put" => {
                all.insert(whose, change);
            }
            // https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachUserPolicy.html
            "Detach" | "Delete" if !is_by(change, &whose) => {
                all.remove(&whose);
            }
            _ => {}
        }
    }
    all
}

/// Whether the same user made a change.
fn is_by(change: &Change, whose: &str) -> bool {
    let by = Principal::new(&change.by);
    let name = by.account().zip(by.name()).map(|(account, name)| format!("{account} user {name}"));
    by.kind() == PrincipalKind::User && name.is_some_and(|name| name == whose)
}
