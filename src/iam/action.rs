//! Actions: `service:Name`, written in any case and compared in none.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>

use std::fmt;
use std::str::FromStr;

use super::open::is_open;
use crate::text::Wildcard;

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
        let (service, name) = text.split_once(':').ok_or_else(fail)?;
        let word = |part: &str, also: &str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || also.as_bytes().contains(&byte))
        };
        if !word(service, "-_") || !word(name, "-_.:/") {
            return Err(fail());
        }
        Ok(Self { text: text.to_owned(), folded: text.to_ascii_lowercase(), colon: service.len() })
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
        let mut kept = [0; 28];
        let own = kept.get_mut(..text.len())?;
        own.copy_from_slice(text.as_bytes());
        own.make_ascii_lowercase();
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

/// What an entry is made of, beside letters and digits: in its service, and in its name.
const OF_SERVICE: &[u8] = b"-_";
const OF_NAME: &[u8] = b"-_.:/*?";

impl ActionPattern {
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
        let word = |part: &str, also: &[u8]| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || also.contains(&byte))
        };
        pattern == "*"
            || pattern.split_once(':').is_some_and(|(service, name)| word(service, OF_SERVICE) && word(name, OF_NAME))
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
