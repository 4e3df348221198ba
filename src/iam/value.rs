//! Numbers, dates and addresses as condition values write them.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

use std::cmp::Ordering;
use std::net::IpAddr;

use ipnet::IpNet;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;

/// An integer or decimal number, compared digit by digit so that no value is too large or too fine.
#[derive(Debug, Clone, Copy)]
pub struct Decimal<'a> {
    negative: bool,
    /// Without leading zeros.
    whole: &'a str,
    /// Without trailing zeros.
    fraction: &'a str,
}

impl<'a> Decimal<'a> {
    /// Reads `-12.5`; nothing but digits, one sign and one point.
    #[must_use]
    pub fn new(text: &'a str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !plain(whole) || !fraction.is_none_or(plain) {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        let fraction = fraction.unwrap_or_default().trim_end_matches('0');
        // there is no negative zero
        Some(Self { negative: negative && !(whole.is_empty() && fraction.is_empty()), whole, fraction })
    }

    /// Compares by value.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Ordering {
        let size = |a: &Self, b: &Self| {
            (a.whole.len().cmp(&b.whole.len()))
                .then_with(|| a.whole.cmp(b.whole))
                .then_with(|| a.fraction.cmp(b.fraction))
        };
        match (self.negative, other.negative) {
            (false, false) => size(self, other),
            (true, true) => size(other, self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

/// An instant in nanoseconds since 1970: a W3C date (`2024`, `2024-05`, `2024-05-01`, `2024-05-01T10:00:00Z`) or epoch
/// seconds. Four digits are a year, as W3C has it; a time without a zone is taken as UTC.
#[must_use]
pub fn instant(text: &str) -> Option<i128> {
    const NANOSECONDS: i128 = 1_000_000_000;
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) && text.len() != 4 {
        return text.parse::<i64>().ok().map(|seconds| i128::from(seconds) * NANOSECONDS);
    }
    let (date, time) = text.split_once('T').map_or((text, None), |(date, time)| (date, Some(time)));
    let mut parts = date.split('-');
    let year = number(parts.next()?, 4)?;
    let month = parts.next().map_or(Some(1), |month| number(month, 2))?;
    let day = parts.next().map_or(Some(1), |day| number(day, 2))?;
    // a time needs a whole date
    if parts.next().is_some() || (time.is_some() && date.len() != 10) {
        return None;
    }
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let (time, offset) = time.map_or(Some((Time::midnight(), Offset::UTC)), clock)?;
    Some(offset.to_timestamp(date.to_datetime(time)).ok()?.as_nanosecond())
}

/// `10:00`, `10:00:00` or `10:00:00.5`, then `Z`, `+01:00` or nothing.
fn clock(text: &str) -> Option<(Time, Offset)> {
    let (time, offset) = match text.strip_suffix('Z') {
        Some(time) => (time, Offset::UTC),
        None => match text.rfind(['+', '-']) {
            Some(sign) => {
                let (hours, minutes) = text.get(sign + 1..)?.split_once(':')?;
                let seconds = i32::from(number(hours, 2)?) * 3600 + i32::from(number(minutes, 2)?) * 60;
                let seconds = if text.get(sign..)?.starts_with('-') { -seconds } else { seconds };
                (text.get(..sign)?, Offset::from_seconds(seconds).ok()?)
            }
            None => (text, Offset::UTC),
        },
    };
    let mut parts = time.split(':');
    let hour = number(parts.next()?, 2)?;
    let minute = number(parts.next()?, 2)?;
    let (second, nanosecond) = match parts.next() {
        None => (0, 0),
        Some(seconds) => {
            let (whole, fraction) = seconds.split_once('.').map_or((seconds, None), |(a, b)| (a, Some(b)));
            (number(whole, 2)?, fraction.map_or(Some(0), nanoseconds)?)
        }
    };
    if parts.next().is_some() {
        return None;
    }
    let small = |value: i16| i8::try_from(value).ok();
    Some((Time::new(small(hour)?, small(minute)?, small(second)?, nanosecond).ok()?, offset))
}

/// Exactly this many digits.
fn number(text: &str, digits: usize) -> Option<i16> {
    (text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// The digits behind the point of a second, up to nine.
fn nanoseconds(fraction: &str) -> Option<i32> {
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    fraction
        .bytes()
        .chain(std::iter::repeat(b'0'))
        .take(9)
        .try_fold(0i32, |sum, digit| sum.checked_mul(10)?.checked_add(i32::from(digit - b'0')))
}

/// An address range; an address alone is a range of one.
#[must_use]
pub fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// `true` or `false`, in any case.
#[must_use]
pub const fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_by_value_and_nothing_else_is_a_number() {
        let order = |a: &str, b: &str| Some(Decimal::new(a)?.compare(&Decimal::new(b)?));
        let rows = [
            ("10", "9", Some(Ordering::Greater)),
            ("007", "7.0", Some(Ordering::Equal)),
            ("-1.5", "-1.25", Some(Ordering::Less)),
            ("-0", "0", Some(Ordering::Equal)),
            ("0.1", "0.09", Some(Ordering::Greater)),
            ("123456789012345678901234567890", "123456789012345678901234567891", Some(Ordering::Less)),
            ("10abc", "10", None),
            ("1e3", "1", None),
            ("", "0", None),
            (".5", "0", None),
            ("5.", "0", None),
            ("--5", "0", None),
            (" 5", "0", None),
        ];
        for (a, b, expected) in rows {
            assert_eq!(order(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn dates_are_w3c_forms_or_epoch_seconds() {
        let new_year = Some(1_704_067_200_000_000_000);
        let same = [
            "2024",
            "2024-01",
            "2024-01-01",
            "2024-01-01T00:00Z",
            "2024-01-01T00:00:00.000Z",
            "2024-01-01T02:00:00+02:00",
            "2023-12-31T19:00:00-05:00",
            "1704067200",
            "2024-01-01T00:00:00",
        ];
        for text in same {
            assert_eq!(instant(text), new_year, "{text}");
        }
        assert_eq!(instant("2024-01-01T00:00:00.25Z"), Some(1_704_067_200_250_000_000));
        assert_eq!(instant("1704067200000"), Some(1_704_067_200_000 * 1_000_000_000));
        for text in
            ["", "-", "2024-13", "2024-02-30", "2024-1-1", "2024-01T00:00Z", "not a date", "2024-01-01T", "T10:00Z"]
        {
            assert_eq!(instant(text), None, "{text}");
        }
    }

    #[test]
    fn an_address_is_a_range_of_one_and_a_range_forgets_its_host_bits() {
        assert_eq!(network("10.1.2.3").map(|range| range.to_string()), Some("10.1.2.3/32".to_owned()));
        assert_eq!(network("2001:DB8:0:0:0:0:0:1"), network("2001:db8::1/128"));
        assert!(network("10.1.2.3/8").unwrap().contains(&"10.9.9.9".parse::<IpAddr>().unwrap()));
        assert_eq!([network("10.1.2"), network("10.0.0.0/33"), network("123456789012")], [None, None, None]);
    }
}
