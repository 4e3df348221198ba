//! The search for names in what is no fact: a sentence, an error in somebody else's words. A name that was not met survives it, and a
//! word that is also a name is taken for it, which is why facts are not redacted so.

use std::collections::BTreeMap;

use super::name::value;
use crate::iam::is_account_id;

/// Remembers a name and its pseudonym, and what it is made of: the parts of an ARN, the pieces of a pattern; without the words in `open`.
pub(super) fn meet<'t>(text: &'t str, clean: &'t str, met: &mut BTreeMap<String, String>, open: &[&str]) {
    let is_arn = text.starts_with("arn:");
    let resource = |text: &'t str| if is_arn { text.splitn(6, ':').nth(5).unwrap_or_default() } else { text };
    if !is_arn {
        add(text, clean, met);
    }
    let pieces = |text: &'t str| resource(text).split(['*', '?', '$', '{', '}', '/', ':', ' ']);
    for (piece, clean) in pieces(text).zip(pieces(clean)) {
        let bare = |text: &'t str| text.trim_matches(['-', '_', '.']);
        if piece.chars().count() > 3 && !open.contains(&bare(piece)) {
            add(bare(piece), bare(clean), met);
        }
    }
}

fn add(text: &str, clean: &str, met: &mut BTreeMap<String, String>) {
    // too short to be told from ordinary words
    if text.chars().count() > 1 && text != clean && !is_account_id(text) {
        met.insert(text.to_owned(), clean.to_owned());
    }
}

/// The text without ARNs, account ids, and the names that were met.
pub(super) fn replaced(text: &str, met: &BTreeMap<String, String>) -> String {
    let clean = arns_and_accounts(text);
    let mut names: Vec<_> = met.iter().filter(|(name, _)| clean.contains(name.as_str())).collect();
    // a longer name first, so that a name inside it does not break it
    names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    names.into_iter().fold(clean, |text, (name, pseudonym)| words(&text, name, pseudonym))
}

/// Every ARN and account id by its pseudonym.
pub(super) fn arns_and_accounts(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("arn:") {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let end = from.find(|c: char| c.is_whitespace() || "\"'`,;()<>|\\".contains(c)).unwrap_or(from.len());
        let (found, after) = from.split_at_checked(end).unwrap_or((from, ""));
        let arn = found.trim_end_matches(['.', ':']);
        clean.push_str(&accounts(before));
        clean.push_str(&value(arn));
        clean.push_str(found.get(arn.len()..).unwrap_or_default());
        rest = after;
    }
    clean + &accounts(rest)
}

/// Every twelve digits by their pseudonym.
fn accounts(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut digits = String::new();
    for character in text.chars().chain(['\0']) {
        if character.is_ascii_digit() {
            digits.push(character);
            continue;
        }
        if is_account_id(&digits) {
            clean.push_str(&value(&digits));
        } else {
            clean.push_str(&digits);
        }
        digits.clear();
        if character != '\0' {
            clean.push(character);
        }
    }
    clean
}

/// Every place where `name` stands as a word of its own.
fn words(text: &str, name: &str, pseudonym: &str) -> String {
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let mut clean = String::with_capacity(text.len());
    let mut done = 0;
    for (at, found) in text.match_indices(name) {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + found.len()..).and_then(|after| after.chars().next());
        if at < done || before.is_some_and(part) || after.is_some_and(part) {
            continue;
        }
        clean.push_str(text.get(done..at).unwrap_or_default());
        clean.push_str(pseudonym);
        done = at + found.len();
    }
    clean.push_str(text.get(done..).unwrap_or_default());
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_were_met_are_found_as_words() {
        let mut met = BTreeMap::new();
        let user = "arn:aws:iam::111122223333:user/alice";
        meet(user, &value(user), &mut met, &[]);
        assert_eq!(
            replaced("\"arn:aws:iam::111122223333:user/alice\" and alice of 111122223333, alicell", &met),
            format!("\"{}\" and {} of {}, alicell", value(user), value("alice"), value("111122223333"))
        );
    }
}
