//! Lists in a sentence.

/// Texts in a list before the rest is only counted.
const SHOWN: usize = 3;

/// `a`, or `a` or `b`; long lists are cut.
pub(super) fn either<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    let quoted: Vec<String> = texts.map(|text| format!("`{text}`")).collect();
    match quoted.as_slice() {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        [first, rest @ ..] if quoted.len() > SHOWN => {
            let shown: Vec<&str> = rest.iter().take(SHOWN - 1).map(String::as_str).collect();
            format!("{first}, {} and {} more", shown.join(", "), quoted.len() - SHOWN)
        }
        [init @ .., last] => format!("{} or {last}", init.join(", ")),
    }
}

/// The first few of them: `a, b, c and 7 more`.
pub(super) fn some(texts: impl Iterator<Item = String>) -> String {
    let all: Vec<String> = texts.collect();
    match all.len().checked_sub(SHOWN) {
        Some(more @ 1..) => {
            let shown: Vec<&str> = all.iter().take(SHOWN).map(String::as_str).collect();
            format!("{} and {more} more", shown.join(", "))
        }
        _ => all_of(&all),
    }
}

/// All of them: `a or b or c`.
pub(super) fn or(texts: impl Iterator<Item = String>) -> String {
    texts.collect::<Vec<_>>().join(" or ")
}

/// `a or b`, whole.
pub(super) fn any_of<T: AsRef<str>>(texts: &[T]) -> String {
    joined(texts, "or")
}

/// `a and b`, whole.
pub(super) fn all_of<T: AsRef<str>>(texts: &[T]) -> String {
    joined(texts, "and")
}

fn joined<T: AsRef<str>>(texts: &[T], word: &str) -> String {
    let texts: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
    match texts.as_slice() {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [init @ .., last] => format!("{} {word} {last}", init.join(", ")),
    }
}

/// A number with its noun: `1 policy`, `3 policies`.
pub(super) fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// The numbers of levels: `level 2`, `levels 1 and 3`.
#[must_use]
pub(super) fn levels_named(levels: &[usize]) -> String {
    let numbers: Vec<String> = levels.iter().map(usize::to_string).collect();
    let noun = if levels.len() == 1 { "level" } else { "levels" };
    format!("{noun} {}", all_of(&numbers))
}
