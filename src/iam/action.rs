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
    service: String,
    name: Wildcard,
    any: bool,
    /// Whether a template leaves a part of it open.
    open: bool,
    short: Option<Short>,
}

/// A short pattern without wildcards but one `*` at its end, which most are: kept in place, so that comparing it follows
/// no pointers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Short {
    text: [u8; 29],
    length: u8,
    open: bool,
}

impl Short {
    /// The pattern in lower case, if it is of this kind.
    fn new(folded: &str) -> Option<Self> {
        let (text, open) = folded.strip_suffix('*').map_or((folded, false), |text| (text, true));
        let named = text.split_once(':').is_some_and(|(_, name)| open || !name.is_empty());
        if !named || text.contains(['*', '?']) {
            return None;
        }
        let mut kept = [0; 29];
        kept.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Some(Self { text: kept, length: u8::try_from(text.len()).ok()?, open })
    }

    fn matches(&self, folded: &str) -> bool {
        let text = self.text.get(..usize::from(self.length)).unwrap_or_default();
        if self.open { folded.as_bytes().starts_with(text) } else { folded.as_bytes() == text }
    }
}

impl ActionPattern {
    /// Compiles one entry of the element.
    #[must_use]
    pub fn new(pattern: &str) -> Self {
        let folded = pattern.to_ascii_lowercase();
        let (service, name) = folded.split_once(':').unwrap_or((&folded, ""));
        Self {
            any: folded == "*",
            open: is_open(pattern),
            service: service.to_owned(),
            name: Wildcard::new(name),
            short: Short::new(&folded),
        }
    }

    /// Whether the text is `service:Name` with wildcards in the name only, or `*`.
    #[must_use]
    pub fn is_well_formed(pattern: &str) -> bool {
        let word = |part: &str, also: &str| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || also.contains(c))
        };
        pattern == "*"
            || pattern.split_once(':').is_some_and(|(service, name)| word(service, "-_") && word(name, "-_.:/*?"))
    }

    /// Whether the pattern covers the action.
    #[must_use]
    pub fn matches(&self, action: &Action) -> bool {
        if let Some(short) = &self.short {
            return short.matches(action.folded());
        }
        self.any
            || (self.service == action.service()
                && self.name.matches(action.folded().get(action.colon + 1..).unwrap_or_default()))
    }

    /// Whether a template leaves a part of it open, so that what it covers is not known.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.open
    }

    /// Whether the pattern covers only actions of one service, and which.
    #[must_use]
    pub fn service(&self) -> Option<&str> {
        (!self.any && !self.open).then_some(self.service.as_str())
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
