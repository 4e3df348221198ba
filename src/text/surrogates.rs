//! Escapes in JSON that are half of a letter: `\ud800` without the other half. Some writers make them, and a strict reader refuses the whole
//! text for one.
//!
//! <https://www.rfc-editor.org/rfc/rfc8259#section-8.2>

use memchr::memmem;

/// What stands for half of a letter, as long as the escape that it replaces, so that every place in the text stays what it is.
const REPLACEMENT: &str = "\\ufffd";

/// JSON with whole letters only: each half is replaced by U+FFFD. `None` where there is none to replace.
pub(crate) fn mended(json: &str) -> Option<String> {
    let first = memchr::memchr(b'\\', json.as_bytes())?;
    memmem::find(json.as_bytes().get(first..)?, b"\\u")?;
    let mut rest = json;
    let mut whole = String::new();
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        let escape = rest.get(at..).unwrap_or_default();
        let length = match unit(escape) {
            Some(0xD800..=0xDBFF) if matches!(escape.get(6..).and_then(unit), Some(0xDC00..=0xDFFF)) => 12,
            Some(0xD800..=0xDFFF) => {
                let done = json.len() - escape.len();
                whole.push_str(json.get(whole.len()..done).unwrap_or_default());
                whole.push_str(REPLACEMENT);
                6
            }
            Some(_) => 6,
            // a letter of several bytes is no escape, and the text is no JSON
            None => 1 + escape.chars().nth(1).map_or(0, char::len_utf8),
        };
        rest = escape.get(length..).unwrap_or_default();
    }
    if whole.is_empty() {
        return None;
    }
    whole.push_str(json.get(whole.len()..).unwrap_or_default());
    Some(whole)
}

/// The number of an escape that is written so: `\u00e9`.
fn unit(escape: &str) -> Option<u32> {
    let digits = escape.strip_prefix("\\u")?.get(..4)?;
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::mended;

    #[test]
    fn halves_of_letters_are_replaced_and_everything_else_stays_where_it_is() {
        for (json, expected) in [
            (r#"{"a":"\ud800"}"#, r#"{"a":"\ufffd"}"#),
            (r#""\uDC00 größe \uD83D""#, r#""\ufffd größe \ufffd""#),
            // the second half of the first is that of the second, which is whole then
            (r#""\ud800\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            (r#""\ude00\ud83d""#, r#""\ufffd\ufffd""#),
            (r#""\ud83d\n\ude00""#, r#""\ufffd\n\ufffd""#),
        ] {
            let mended = mended(json).unwrap();
            assert_eq!((mended.as_str(), mended.len()), (expected, json.len()));
            assert!(serde_json::from_str::<serde_json::Value>(&mended).is_ok());
        }
        // whole letters, an escaped backslash before a `u`, what is no escape, what ends early
        for json in
            [r#""\ud83d\ude00\u00e9""#, r#""\\ud800""#, "\\", "\\ü", "\\ud8", "\\ud8zz", "no escapes", r#""\n""#]
        {
            assert_eq!(mended(json), None, "{json}");
        }
        assert_eq!(mended(r#""\\\ud800""#).as_deref(), Some(r#""\\\ufffd""#));
    }
}
