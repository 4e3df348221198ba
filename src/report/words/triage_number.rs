//! Numbers and times as the answers of `triage` write them.

use jiff::Timestamp;

/// `2026-11-29 03:14 UTC`
#[must_use]
pub fn time(seconds: i64) -> String {
    Timestamp::from_second(seconds)
        .map_or_else(|_| "unknown".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

/// `2026-11-29`
#[must_use]
pub fn date(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(|_| "unknown".to_owned(), |at| at.strftime("%Y-%m-%d").to_string())
}

/// `12,345`
#[must_use]
pub fn large(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A number with its noun.
#[must_use]
pub fn counted_large(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", large(number), if number == 1 { one } else { many })
}
