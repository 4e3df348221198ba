//! Policy documents given by option, without a snapshot around them.

use std::sync::Arc;

use super::Snapshot;
use super::note::SnapshotNote;
use crate::iam::{Document, EndpointKind, NoneSaid, Policy, PolicyType};

/// Documents by type. Each use of an option is one entry, which for SCPs and RCPs is one level of the tree.
#[derive(Debug, Default)]
pub(super) struct Loose {
    given: Vec<(PolicyType, Vec<Arc<Policy>>)>,
    /// The types of which there is none, with what says so.
    none: Vec<(PolicyType, NoneSaid)>,
    /// The kind of VPC endpoint that each file with its policy tells.
    endpoints: Vec<Option<EndpointKind>>,
}

impl Loose {
    pub(super) fn merge(&mut self, other: Self) {
        self.given.extend(other.given);
        self.none.extend(other.none);
        self.endpoints.extend(other.endpoints);
    }

    /// The kind of the VPC endpoint, where all that is given of it tells the same.
    pub(super) fn endpoint(&self) -> Option<EndpointKind> {
        let kind = self.endpoints.first().copied().flatten();
        kind.filter(|_| self.endpoints.iter().all(|other| *other == kind))
    }

    /// Whether any document was given by itself.
    pub(super) fn has_documents(&self) -> bool {
        !self.given.is_empty()
    }

    /// What says that there is no policy of this type.
    pub(super) fn none(&self, policy_type: PolicyType) -> Option<&NoneSaid> {
        self.none.iter().find(|(none, _)| *none == policy_type).map(|(_, said)| said)
    }

    /// The documents of one type, one entry for each use of the option.
    pub(super) fn levels(&self, policy_type: PolicyType) -> impl Iterator<Item = &[Arc<Policy>]> {
        self.given.iter().filter(move |(given, _)| *given == policy_type).map(|(_, policies)| policies.as_slice())
    }

    /// All documents of one type, or `None` if there are none.
    pub(super) fn all(&self, policy_type: PolicyType) -> Option<Vec<Arc<Policy>>> {
        let mut levels = self.levels(policy_type).peekable();
        levels.peek()?;
        Some(levels.flatten().map(Arc::clone).collect())
    }
}

impl Snapshot {
    /// Adds documents that apply to the principal or the resource of the request. For SCPs and RCPs each call is one level of the
    /// tree, from the root down to the account.
    pub fn add_loose(&mut self, policy_type: PolicyType, documents: Vec<Document>) {
        let policy = |document: Document| {
            let name = document.source.name().to_owned();
            Arc::new(Policy::new(name, policy_type, document))
        };
        self.loose.given.push((policy_type, documents.into_iter().map(policy).collect()));
    }

    /// Whether documents of this type were added by themselves.
    pub(crate) fn has_loose(&self, policy_type: PolicyType) -> bool {
        self.loose.levels(policy_type).next().is_some()
    }

    /// Says of which kind the VPC endpoint is whose policy was added, once for each file of it; `None` where the file does not tell.
    pub fn add_endpoint_kind(&mut self, kind: Option<EndpointKind>) {
        self.loose.endpoints.push(kind);
    }

    /// Says that no policy of this type applies to the principal or the resource of the request.
    pub fn add_none(&mut self, policy_type: PolicyType, said: NoneSaid) {
        self.loose.none.push((policy_type, said));
    }

    /// Adds a note for a person.
    pub fn add_note(&mut self, note: SnapshotNote) {
        self.notes.push(note);
    }
}
