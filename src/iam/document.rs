//! From a text to a policy document.

use super::policy::{Document, PolicyError};
use super::reader;
use crate::text::{Source, Span, parse};

/// No service keeps a longer policy document, white space left out. The largest quota that AWS publishes is the 100 KB of a search
/// domain's access policy; AWS's own managed policies, which have no quota, are shorter.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
/// <https://docs.aws.amazon.com/opensearch-service/latest/APIReference/API_CreateDomain.html>
const MOST_CHARACTERS: usize = 131_072;

/// Where the text becomes longer than any policy.
fn beyond_every_quota(text: &str) -> Option<usize> {
    if text.len() <= MOST_CHARACTERS {
        return None;
    }
    let mut counted = text.char_indices().filter(|(_, character)| !character.is_ascii_whitespace());
    counted.nth(MOST_CHARACTERS).map(|(at, _)| at)
}

impl Document {
    /// Reads a policy document.
    ///
    /// A statement that AWS would reject is marked so, never matches, and is reported with its place in
    /// [`Self::problems`]; the others stay.
    ///
    /// # Errors
    /// When the text is not JSON, or not an object with `Statement`.
    pub fn parse(source: Source) -> Result<Self, PolicyError> {
        if let Some(at) = beyond_every_quota(source.text()) {
            return Err(PolicyError::NotAPolicy {
                name: source.name().to_owned(),
                at: source.position(at),
                message: format!(
                    "here the document has {MOST_CHARACTERS} characters, and goes on: AWS keeps no policy that long, so no request was decided by this one"
                ),
            });
        }
        let root = parse(source.text()).map_err(|error| PolicyError::Json { name: source.name().to_owned(), error })?;
        let refuse = |span: Span, message: String| PolicyError::NotAPolicy {
            name: source.name().to_owned(),
            at: source.position(span.start),
            message,
        };
        if root.members().is_none() {
            let message = format!("a policy document is an object with `Statement`, this is {}", root.kind());
            return Err(refuse(root.span, message));
        }
        if root.get("Statement").is_none() {
            return Err(refuse(root.span, "a policy document needs `Statement`".to_owned()));
        }
        let (language, statements, problems) = reader::read(&root);
        Ok(Self { source, language, statements, problems })
    }
}
