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
