//! Actions: `service:Name`, written in any case and compared in none.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>

use std::fmt;
use std::str::FromStr;

use super::open::is_open;
use crate::text::{Wildcard, has_any};

/// One action, as written.
#[derive(Debug, Clone)]
pub struct Action {
    text: String,
    /// The whole action in lower case: what comparisons use.
    folded: String,
    colon: usize,
}

/// Text that is not an action.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an action: `service:Name` is expected, for example `s3:GetObject`")]
pub struct ActionError(String);

impl Action {
    /// The action as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The action in lower case.
    #[must_use]
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// The service prefix, in lower case.
    #[must_use]
    pub fn service(&self) -> &str {
        self.folded.get(..self.colon).unwrap_or_default()
    }

    /// The name after the colon, as written.
    #[must_use]
    pub fn name(&self) -> &str {
        self.text.get(self.colon + 1..).unwrap_or_default()
    }
}

impl PartialEq for Action {
    fn eq(&self, other: &Self) -> bool {
        self.folded == other.folded
    }
}

impl Eq for Action {}

impl FromStr for Action {
    type Err = ActionError;

    fn from_str(text: &str) -> Result<Self, ActionError> {
        let fail = || ActionError(text.to_owned());
        let colon = colon_of(text, OF_ACTION).ok_or_else(fail)?;
        Ok(Self { text: text.to_owned(), folded: text.to_ascii_lowercase(), colon })
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A pattern of the Action or `NotAction` element, compiled; the case does not matter.
///
/// A wildcard in the service prefix matches nothing: only a lone `*` stands for all services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionPattern {
    compiled: Compiled,
    /// Whether a template leaves a part of it open.
    open: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Compiled {
    /// A lone `*`.
    Any,
    Short(Short),
    Long(Box<Long>),
}

/// A short pattern without wildcards but one `*` at its end, which most are: kept in place, so that comparing it follows
/// no pointers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Short {
    text: [u8; 28],
    length: u8,
    colon: u8,
    starred: bool,
}

/// Any other pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Long {
    service: String,
    name: Wildcard,
}

impl Short {
    /// The pattern, if it is of this kind.
    fn new(pattern: &str) -> Option<Self> {
        let (text, starred) = pattern.strip_suffix('*').map_or((pattern, false), |text| (text, true));
        let colon = memchr::memchr(b':', text.as_bytes())?;
        let named = starred || colon + 1 < text.len();
        if !named || memchr::memchr2(b'*', b'?', text.as_bytes()).is_some() {
            return None;
        }
        Self::of(text, colon, starred)
    }

    /// The pattern of a text without wildcards.
    fn of(text: &str, colon: usize, starred: bool) -> Option<Self> {
        let mut kept = [0; 28];
        kept.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        kept.make_ascii_lowercase();
        let (length, colon) = (u8::try_from(text.len()).ok()?, u8::try_from(colon).ok()?);
        Some(Self { text: kept, length, colon, starred })
    }

    fn matches(&self, folded: &str) -> bool {
        let text = self.text.get(..usize::from(self.length)).unwrap_or_default();
        if self.starred { folded.as_bytes().starts_with(text) } else { folded.as_bytes() == text }
    }

    fn service(&self) -> &str {
        let service = self.text.get(..usize::from(self.colon)).unwrap_or_default();
        std::str::from_utf8(service).unwrap_or_default()
    }
}

/// Where a byte may stand, by its value: in a service, in the name of an action, in the name of an entry.
static PLACES: [u8; 256] = {
    let mut places = [0; 256];
    let mut byte = 0_u8;
    loop {
        let of = match byte {
            b'-' | b'_' => OF_SERVICE | OF_ACTION | OF_ENTRY,
            b'.' | b':' | b'/' => OF_ACTION | OF_ENTRY,
            b'*' | b'?' => OF_ENTRY,
            _ if byte.is_ascii_alphanumeric() => OF_SERVICE | OF_ACTION | OF_ENTRY,
            _ => 0,
        };
        #[expect(clippy::indexing_slicing, reason = "there is a place for each byte, and this is done by the compiler")]
        {
            places[byte as usize] = of;
        }
        if byte == u8::MAX {
            break places;
        }
        byte += 1;
    }
};
const OF_SERVICE: u8 = 1;
const OF_ACTION: u8 = 2;
const OF_ENTRY: u8 = 4;

/// Where the colon stands between a service and a name that is made of such bytes.
fn colon_of(text: &str, of_name: u8) -> Option<usize> {
    let stands = |byte: u8, wanted: u8| PLACES.get(usize::from(byte)).is_some_and(|places| places & wanted != 0);
    let colon = text.bytes().position(|byte| !stands(byte, OF_SERVICE))?;
    let (service, name) = text.as_bytes().split_at_checked(colon)?;
    let (separator, name) = name.split_first()?;
    let whole = *separator == b':' && !service.is_empty() && !name.is_empty();
    (whole && name.iter().all(|byte| stands(*byte, of_name))).then_some(colon)
}

impl ActionPattern {
    /// Compiles an entry that is well formed and short, as most are; `None` says nothing about it.
    pub(super) fn of_well_formed(pattern: &str) -> Option<Self> {
        let colon = colon_of(pattern, OF_ENTRY)?;
        let (text, starred) = pattern.strip_suffix('*').map_or((pattern, false), |text| (text, true));
        if has_any(text, [b'*', b'?']) {
            return None;
        }
        // no part of it is left open: the sign of such a part stands in no well formed entry
        Some(Self { compiled: Compiled::Short(Short::of(text, colon, starred)?), open: false })
    }

    /// Whether an entry covers the action, without compiling it; `None` where it is not well formed. A wildcard inside the name counts as
    /// if it did.
    pub(super) fn plainly_covers(pattern: &str, action: &Action) -> Option<bool> {
        if pattern == "*" {
            return Some(true);
        }
        colon_of(pattern, OF_ENTRY)?;
        let (text, starred) = pattern.strip_suffix('*').map_or((pattern, false), |text| (text, true));
        let asked = action.folded().as_bytes();
        let asked = if starred { asked.get(..text.len()) } else { Some(asked) };
        let covers = asked.is_some_and(|asked| asked.eq_ignore_ascii_case(text.as_bytes()));
        Some(covers || has_any(text, [b'*', b'?']))
    }

    /// Compiles one entry of the element.
    #[must_use]
    pub fn new(pattern: &str) -> Self {
        let compiled = if pattern == "*" {
            Compiled::Any
        } else if let Some(short) = Short::new(pattern) {
            Compiled::Short(short)
        } else {
            let folded = pattern.to_ascii_lowercase();
            let (service, name) = folded.split_once(':').unwrap_or((&folded, ""));
            Compiled::Long(Box::new(Long { service: service.to_owned(), name: Wildcard::new(name) }))
        };
        Self { compiled, open: is_open(pattern) }
    }

    /// Whether the text is `service:Name` with wildcards in the name only, or `*`.
    #[must_use]
    pub fn is_well_formed(pattern: &str) -> bool {
        pattern == "*" || colon_of(pattern, OF_ENTRY).is_some()
    }

    /// Whether the pattern covers the action.
    #[must_use]
    pub fn matches(&self, action: &Action) -> bool {
        match &self.compiled {
            Compiled::Any => true,
            Compiled::Short(short) => short.matches(action.folded()),
            Compiled::Long(long) => {
                long.service == action.service()
                    && long.name.matches(action.folded().get(action.colon + 1..).unwrap_or_default())
            }
        }
    }

    /// Whether a template leaves a part of it open, so that what it covers is not known.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.open
    }

    /// Whether the pattern covers only actions of one service, and which.
    #[must_use]
    pub fn service(&self) -> Option<&str> {
        let service = match &self.compiled {
            Compiled::Any => return None,
            Compiled::Short(short) => short.service(),
            Compiled::Long(long) => &long.service,
        };
        (!self.open).then_some(service)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_is_free_and_the_service_has_no_wildcard() {
        let action: Action = "sqs:receivemessage".parse().unwrap();
        let hits = ["*", "SQS:*", "sqs:Receive*", "sqs:?eceiveMessage", "sqs:ReceiveMessage"];
        assert!(hits.iter().all(|pattern| ActionPattern::new(pattern).matches(&action)));
        let misses = ["*:ReceiveMessage", "sq*:*", "sqs", "sqs:Receive", "s3:*", "**"];
        assert_eq!(misses.iter().filter(|pattern| ActionPattern::new(pattern).matches(&action)).count(), 0);
    }

    #[test]
    fn an_action_is_a_service_and_a_name() {
        assert_eq!(
            "aws-external-anthropic:CreateInference".parse::<Action>().unwrap().service(),
            "aws-external-anthropic"
        );
        assert!(["s3", "s3:", ":x", "s3:Get Object", "s3:Get*"].iter().all(|text| text.parse::<Action>().is_err()));
    }
}
