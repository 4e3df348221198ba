//! When the files were taken, and of which denials it is known that they happened before that.

use super::Snapshot;
use super::file::{DeniedBeforeFile, SnapshotFile};

/// A file, or a page of one, by when it was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TakenFile {
    /// The time (RFC 3339), if the file says it.
    at: Option<String>,
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
    /// How often the text has it: each of them counts.
    pub occurrences: usize,
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
            occurrences: Some(self.occurrences as u64).filter(|count| *count > 1),
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
            occurrences: file.occurrences.and_then(|count| usize::try_from(count).ok()).unwrap_or(1),
            at: None,
        }
    }
}

impl TakenFile {
    /// What the file says.
    pub(super) fn of(page: &SnapshotFile<'_>) -> Self {
        let after = page.denied_before.iter().map(DeniedRequest::of_file).collect();
        Self { at: page.taken_at.as_deref().map(str::to_owned), after }
    }

    /// When it was taken, if the request was denied before.
    fn after(&self, denied: &DeniedRequest) -> Option<&str> {
        let at = self.at.as_deref()?;
        let taken: jiff::Timestamp = at.parse().ok()?;
        let is_after = match &denied.at {
            // only the first of several has its time here
            Some(then) => denied.occurrences == 1 && then.parse().is_ok_and(|then: jiff::Timestamp| then < taken),
            None => self.after.contains(denied),
        };
        is_after.then_some(at)
    }
}

impl Snapshot {
    /// When the files were taken, if all that is known of policies was taken after the request was denied: the first of the times. A file
    /// tells who has which policy as well as what stands in it, so one that may be older than the denial is enough to tell nothing; and so
    /// is a document that was given by itself.
    #[must_use]
    pub fn taken_after<'s>(&'s self, denied: &DeniedRequest) -> Option<&'s str> {
        if self.loose.has_documents() {
            return None;
        }
        let times: Option<Vec<&str>> = self.taken.iter().map(|file| file.after(denied)).collect();
        times?.into_iter().min()
    }
}
