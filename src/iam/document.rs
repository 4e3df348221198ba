//! From a text to a policy document.

use super::passed_over::Inquiry;
use super::policy::{Document, PolicyError};
use super::reader;
use crate::text::{Item, Source, Tape};

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
        if let Some(error) = too_long(&source) {
            return Err(error);
        }
        let text = source.text_shared();
        let read = |error| PolicyError::Json { name: source.name().to_owned(), error };
        let tape = Tape::new(&text).map_err(read)?;
        match tape.root() {
            Some(root) => Self::of_value(source, root, 0, None),
            None => Err(not_a_policy(&source, 0, "a policy document needs `Statement`".to_owned())),
        }
    }

    /// The same for a value of a larger text that is read already; the text of the source is that of the value alone. Where it is read for
    /// what is `asked`, statements that certainly do not match are left out.
    ///
    /// # Errors
    /// When it is not an object with `Statement`.
    pub(crate) fn of_item(
        source: Source,
        root: Item<'_, '_>,
        asked: Option<&Inquiry<'_>>,
    ) -> Result<Self, PolicyError> {
        match too_long(&source) {
            Some(error) => Err(error),
            None => Self::of_value(source, root, root.span().start, asked),
        }
    }

    /// Places are counted from `base` of the text that was read.
    fn of_value(
        source: Source,
        root: Item<'_, '_>,
        base: usize,
        asked: Option<&Inquiry<'_>>,
    ) -> Result<Self, PolicyError> {
        let at = root.span().start - base;
        if !root.is_object() {
            let message = format!("a policy document is an object with `Statement`, this is {}", root.noun());
            return Err(not_a_policy(&source, at, message));
        }
        if !root.members().any(|member| member.key.is("Statement")) {
            return Err(not_a_policy(&source, at, "a policy document needs `Statement`".to_owned()));
        }
        let (language, statements, problems) = reader::read(root, base, asked);
        Ok(Self { source, language, statements, problems })
    }
}

fn not_a_policy(source: &Source, at: usize, message: String) -> PolicyError {
    PolicyError::NotAPolicy { name: source.name().to_owned(), at: source.position(at), message }
}

fn too_long(source: &Source) -> Option<PolicyError> {
    let at = beyond_every_quota(source.text())?;
    let message = format!(
        "here the document has {MOST_CHARACTERS} characters, and goes on: AWS keeps no policy that long, so no request was decided by this one"
    );
    Some(not_a_policy(source, at, message))
}
