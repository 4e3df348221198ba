//! A text that says that something was denied, and nothing more: enough where a person says what it was.

use super::facts::{Denial, DenialKind};
use super::note::Note;

/// Words that an AWS SDK or service leaves of a denial, in lower case, and the error code that they are.
const WORDS: [(&str, Option<&str>); 7] = [
    ("accessdeniedexception", Some("AccessDeniedException")),
    ("accessdenied", Some("AccessDenied")),
    ("unauthorizedoperation", Some("UnauthorizedOperation")),
    ("unauthorizedaccess", Some("UnauthorizedAccess")),
    ("authorizationerror", Some("AuthorizationError")),
    ("access denied", None),
    ("forbidden", None),
];

/// The denial of a text in which [`super::parse`] finds none; of two codes the one that says more.
#[must_use]
pub fn bare(text: &str) -> Option<Denial> {
    let lower = text.to_ascii_lowercase();
    let (word, code) = WORDS.iter().find(|(word, _)| lower.contains(word))?;
    let at = lower.find(word)?;
    let mut denial = Denial::new(DenialKind::IamDenial);
    denial.error_code = code.map(str::to_owned);
    denial.line = lower.get(..at).map_or(1, |before| before.matches('\n').count() + 1);
    denial.add_note(Note::NoReason);
    Some(denial)
}

#[cfg(test)]
mod tests {
    use super::bare;

    #[test]
    fn a_word_is_a_denial_about_which_nothing_is_known() {
        let code = |text: &str| bare(text).map(|denial| (denial.error_code, denial.line));
        assert_eq!(code("AccessDenied"), Some((Some("AccessDenied".to_owned()), 1)));
        assert_eq!(code("upload failed\nAccessDeniedException"), Some((Some("AccessDeniedException".to_owned()), 2)));
        assert_eq!(code("403 Forbidden"), Some((None, 1)));
        assert_eq!(code("all is well"), None);
    }
}
