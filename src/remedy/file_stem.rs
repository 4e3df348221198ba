//! How the files of an edited policy are called.

/// A policy's name as a file name: without folders and ending, with letters, digits, `-` and `_` only, so that no name of a file
/// that is made from it is that of another.
pub(super) fn file_stem(name: &str) -> String {
    let name = name.rsplit('/').next().unwrap_or(name).trim_end_matches(".json");
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '_' };
    let stem: String = name.chars().map(plain).take(100).collect();
    match stem.strip_prefix('-') {
        // a program would take it for an option
        Some(rest) => format!("_{rest}"),
        None if stem.is_empty() => "policy".to_owned(),
        None => stem,
    }
}

/// A name of files like `base` that differs from all others in more than case and signs: folders may not tell case apart, and a variable
/// that is named after it has no signs.
#[must_use]
pub fn free_stem(base: &str, taken: &[&str]) -> String {
    let same = |other: &str, stem: &str| {
        let folded = |text: &str| text.to_ascii_lowercase().replace('-', "_");
        folded(other) == folded(stem)
    };
    let mut stem = base.to_owned();
    let mut number = 2;
    while taken.iter().any(|other| same(other, &stem)) {
        stem = format!("{base}-{number}");
        number += 1;
    }
    stem
}
