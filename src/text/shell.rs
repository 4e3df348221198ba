//! Words for a POSIX shell: what a program gets is exactly the text that was meant, whatever is in it.
//!
//! <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02>

use std::fmt::Write as _;

use super::is_unprintable;

/// The text as one word of a command.
///
/// It is left as it is when nothing in it is special; otherwise it is quoted. Characters that a terminal would obey are written as
/// escapes for `printf`, which every POSIX shell has. A text that no shell can pass on stops the shell instead.
#[must_use]
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    // zsh looks for a program behind a leading `=`
    if !word.is_empty() && !word.starts_with('=') && word.chars().all(plain) {
        return word.to_owned();
    }
    if word.chars().any(is_unprintable) {
        return escaped(word);
    }
    if word.contains('\'') && !word.contains(['"', '$', '`', '\\', '!']) {
        return format!("\"{word}\"");
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// [`quoted`], for a word inside of `"$(...)"`, where an interactive shell would expand `!` even between single quotes.
#[must_use]
pub fn quoted_inside(word: &str) -> String {
    if word.contains('!') { escaped(word) } else { quoted(word) }
}

/// `"$(printf '...')"`. The format's own escapes: <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/printf.html>
fn escaped(word: &str) -> String {
    // a shell drops the newlines at the end, and no argument can hold a NUL
    if word.ends_with('\n') || word.contains('\0') {
        return "\"${FILL_IN_VALUE:?}\"".to_owned();
    }
    let mut text = "\"$(printf '".to_owned();
    for (index, character) in word.chars().enumerate() {
        match character {
            '%' => text.push_str("%%"),
            '-' if index > 0 => text.push('-'),
            '\'' | '\\' | '!' | '-' => push_octal(&mut text, character),
            _ if is_unprintable(character) => push_octal(&mut text, character),
            _ => text.push(character),
        }
    }
    text.push_str("')\"");
    text
}

fn push_octal(text: &mut String, character: char) {
    for byte in character.encode_utf8(&mut [0; 4]).bytes() {
        // writing to a string cannot fail
        let _ = write!(text, "\\{byte:03o}");
    }
}

/// A text in a comment: on one line, and nothing in it that a terminal would obey.
#[must_use]
pub fn remark(text: &str) -> String {
    text.chars().map(|character| if is_unprintable(character) { '?' } else { character }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_their_quotes() {
        assert_eq!(quoted("user-1@example"), "user-1@example");
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("it's"), "\"it's\"");
        assert_eq!(quoted("$(rm -rf ~)'; x"), r"'$(rm -rf ~)'\''; x'");
        assert_eq!(quoted("-a'\n\u{202e}b\\%"), r#""$(printf '\055a\047\012\342\200\256b\134%%')""#);
        assert_eq!(quoted("a\n"), "\"${FILL_IN_VALUE:?}\"");
        assert_eq!(quoted("=ls"), "'=ls'");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted_inside("a!b"), r#""$(printf 'a\041b')""#);
    }
}
