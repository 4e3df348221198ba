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

/// `a`, `a and b`, `a, b and c`.
pub(super) fn and<T: AsRef<str>>(items: &[T]) -> String {
    match items {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [init @ .., last] => {
            let init: Vec<&str> = init.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", init.join(", "), last.as_ref())
        }
    }
}

/// A number with its noun: `1 policy`, `3 policies`.
pub(super) fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
