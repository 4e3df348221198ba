//! When the files were taken, and of which denials it is known that they happened before that.

use super::Snapshot;
use super::file::{DeniedBeforeFile, SnapshotFile};
use crate::iam::Policy;

/// A file that says when it was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TakenFile {
    /// Its name.
    file: String,
    /// The time (RFC 3339).
    at: String,
    /// Denials that happened before.
    after: Vec<DeniedRequest>,
}

/// A denied request, by what its text says of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeniedRequest {
    /// Who was denied.
    pub principal: Option<String>,
    /// What.
    pub action: Option<String>,
    /// On what.
    pub resource: Option<String>,
    /// The ids of the requests: the same request again is another one.
    pub request_ids: Vec<String>,
    /// When it was denied (RFC 3339), where the text tells. A snapshot file does not keep it.
    pub at: Option<String>,
}

impl DeniedRequest {
    /// As a file keeps it.
    #[must_use]
    pub fn to_file(&self) -> DeniedBeforeFile<'static> {
        let own = |text: &Option<String>| text.clone().map(Into::into);
        DeniedBeforeFile {
            principal: own(&self.principal),
            action: own(&self.action),
            resource: own(&self.resource),
            request_ids: self.request_ids.iter().cloned().map(Into::into).collect(),
            ..DeniedBeforeFile::default()
        }
    }

    fn of_file(file: &DeniedBeforeFile<'_>) -> Self {
        let own = |text: &Option<std::borrow::Cow<'_, str>>| text.as_deref().map(str::to_owned);
        Self {
            principal: own(&file.principal),
            action: own(&file.action),
            resource: own(&file.resource),
            request_ids: file.request_ids.iter().map(|id| id.clone().into_owned()).collect(),
            at: None,
        }
    }
}

impl TakenFile {
    /// What the file says, if it says when it was taken.
    pub(super) fn of(name: &str, page: &SnapshotFile<'_>) -> Option<Self> {
        let at = page.taken_at.as_deref()?.to_owned();
        let after = page.denied_before.iter().map(DeniedRequest::of_file).collect();
        Some(Self { file: name.to_owned(), at, after })
    }

    /// Whether the request was denied before the file was taken.
    fn is_after(&self, denied: &DeniedRequest) -> bool {
        if let (Some(then), Ok(taken)) = (&denied.at, self.at.parse::<jiff::Timestamp>()) {
            return then.parse().is_ok_and(|then: jiff::Timestamp| then < taken);
        }
        let same = |own: &&DeniedRequest| DeniedRequest { at: None, ..denied.clone() } == **own;
        self.after.iter().any(|own| same(&own))
    }
}

impl Snapshot {
    /// When the files that hold these policies were taken, if all of them were taken after the request was denied: the first of the
    /// times. Where there are no policies, any file that was taken after it counts.
    #[must_use]
    pub fn taken_after<'s, 'p>(
        &'s self,
        denied: &DeniedRequest,
        policies: impl Iterator<Item = &'p Policy>,
    ) -> Option<&'s str> {
        let later: Vec<&TakenFile> = self.taken.iter().filter(|file| file.is_after(denied)).collect();
        let mut times: Vec<&str> = Vec::new();
        // what AWS itself keeps in every organization does not change
        let is_of_aws =
            |policy: &&Policy| policy.arn.as_deref().is_some_and(|arn| arn.split(':').nth(4) == Some("aws"));
        for policy in policies.filter(|policy| !is_of_aws(policy) || policy.document.source.found_in_file().is_some()) {
            let file = policy.document.source.found_in_file()?;
            times.push(&later.iter().find(|later| later.file == file)?.at);
        }
        times.into_iter().min().or_else(|| later.first().map(|file| file.at.as_str()))
    }
}
