//! When a message was written: the time stamp of its line, where that has a zone.

use super::facts::Denial;
use crate::iam::instant;

/// A line that is longer is no line of a log.
pub(super) const LONGEST: usize = 1 << 14;

/// Adds to each denial behind the records its time: that of its line. The time of a record is its `eventTime`, and no other that it has.
pub(super) fn add(denials: &mut [Denial], text: &str, records: usize) {
    for denial in denials.iter_mut().filter(|denial| denial.at.is_none() && denial.span.start >= records) {
        denial.at = of_line(text, denial.span.start);
    }
}

/// The time of the line with this place.
pub(super) fn of_line(text: &str, place: usize) -> Option<String> {
    let bytes = text.as_bytes();
    // no further than a line may reach
    let (low, high) = (place.saturating_sub(LONGEST + 1), bytes.len().min(place + LONGEST + 1));
    let start = memchr::memrchr(b'\n', bytes.get(low..place)?).map_or(low, |newline| low + newline + 1);
    let end = memchr::memchr(b'\n', bytes.get(place..high)?).map_or(high, |newline| place + newline);
    if end - start > LONGEST {
        return None;
    }
    let line = text.get(start..end)?;
    let ahead = stamps(line.get(..place - start).unwrap_or_default());
    // a structured line may have its time behind the message; of several there none is the one
    let behind = if line.trim_start().starts_with('{') { stamps(line) } else { Vec::new() };
    match (ahead.as_slice(), behind.as_slice()) {
        ([first, ..], _) | ([], [first]) => Some(first.clone()),
        _ => None,
    }
}

/// The times in a line that say their zone, as RFC 3339 has them.
fn stamps(line: &str) -> Vec<String> {
    let bytes = line.as_bytes();
    let mut found = Vec::new();
    for colon in memchr::memchr_iter(b':', bytes) {
        // 2026-11-29T10:00
        let Some(start) = colon.checked_sub(13) else { continue };
        let digit_before = start.checked_sub(1).and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphanumeric);
        if let Some(stamp) = line.get(start..).and_then(stamp).filter(|_| !digit_before) {
            found.push(stamp);
        }
    }
    found
}

/// The time at the beginning of a text.
fn stamp(text: &str) -> Option<String> {
    let date = text.get(..10)?;
    let between = text.as_bytes().get(10).copied()?;
    let rest = text.get(11..).filter(|_| matches!(between, b'T' | b't' | b' '))?;
    let digits = rest.find(|c: char| !(c.is_ascii_digit() || ":.,".contains(c)))?;
    let (clock, zone) = rest.split_at_checked(digits)?;
    let offset = zone.strip_prefix(' ').unwrap_or(zone);
    let zone = match offset.as_bytes() {
        [b'Z', rest @ ..] if !rest.first().is_some_and(u8::is_ascii_alphanumeric) => "Z".to_owned(),
        [b'U', b'T', b'C', rest @ ..] if !rest.first().is_some_and(u8::is_ascii_alphanumeric) => "Z".to_owned(),
        [b'+' | b'-', ..] => {
            let sign = offset.get(..1)?;
            let number: String = offset.chars().skip(1).take_while(|c| c.is_ascii_digit() || *c == ':').collect();
            let plain = number.replace(':', "");
            let (hours, minutes) = plain.split_at_checked(2).filter(|_| plain.len() == 4)?;
            format!("{sign}{hours}:{minutes}")
        }
        _ => return None,
    };
    let clock = clock.replace(',', ".");
    let whole = format!("{date}T{}{zone}", clock.trim_end_matches('.'));
    (clock.matches(':').count() == 2 && instant(&whole).is_some()).then_some(whole)
}

#[cfg(test)]
mod tests {
    use crate::denial::parse_text;

    const SAID: &str = "User: arn:aws:iam::111122223333:user/ana is not authorized to perform: iam:ListRoles because no identity-based policy allows the iam:ListRoles action";

    #[test]
    fn the_time_of_a_line_counts_if_it_says_its_zone() {
        let rows = [
            (format!("2026-11-29T10:00:00.123Z [ERROR] {SAID}"), Some("2026-11-29T10:00:00.123Z")),
            (format!("2026-11-29 10:00:00,123+0100 ERROR {SAID}"), Some("2026-11-29T10:00:00.123+01:00")),
            (format!("[2026-11-29 10:00:00 UTC] {SAID}"), Some("2026-11-29T10:00:00Z")),
            (format!(r#"{{"msg": "{SAID}", "ts": "2026-11-29T10:00:00Z"}}"#), Some("2026-11-29T10:00:00Z")),
            // in which zone, which of two, of another line, no time
            (format!("2026-11-29 10:00:00 ERROR {SAID}"), None),
            (format!(r#"{{"msg": "{SAID}", "ts": "2026-11-29T10:00:00Z", "until": "2026-11-29T11:00:00Z"}}"#), None),
            (format!("2026-11-29T10:00:00Z start\n{SAID}"), None),
            (format!("2026-13-29T10:00:00Z {SAID}"), None),
            (SAID.to_owned(), None),
        ];
        for (text, at) in rows {
            let denials = parse_text(&text);
            assert_eq!(denials.first().and_then(|denial| denial.at.as_deref()), at, "{text}");
        }
    }
}
