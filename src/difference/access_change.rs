//! What a difference is told in: regions of actions x resources x conditions, each with an example request.

use std::fmt;

use crate::iam::{Context, ContextValue, Language, Request, Template};
use crate::text::Piece;

/// Requests that changed in the same way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessChange {
    /// How they changed.
    pub change: Change,
    /// Whose requests; empty where the principal is given.
    pub principals: Vec<String>,
    /// The actions.
    pub actions: Vec<Pattern>,
    /// Actions that the policies name beside those, and that are never asked on these resources: they belong to other services.
    pub unasked: Vec<Pattern>,
    /// The resources; empty where the policies do not name any.
    pub resources: Vec<Pattern>,
    /// Whether the reference lists no resource types for any of the actions, so that `*` is all that a request names.
    pub resourceless: bool,
    /// What must hold, all of it, in words.
    pub conditions: Vec<String>,
    /// One of the requests: the policies before and after decide differently on it.
    pub example: Request,
}

/// How the answer to a request changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It was not allowed and is now.
    Allowed,
    /// The document denied it explicitly and no longer does: other policies can allow it now.
    DenyLifted,
    /// It was allowed and is not any more.
    NotAllowed,
    /// The document did not deny it explicitly and does now: no other policy can allow it any more.
    DenyAdded,
}

/// A pattern, without some exceptions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern {
    /// As a policy writes it.
    pub pattern: String,
    /// Patterns that must match as well.
    pub also: Vec<String>,
    /// Patterns that must not match.
    pub except: Vec<String>,
}

/// So many actions by name are shown of more than twice as many.
const SHOWN: usize = 12;

impl AccessChange {
    /// The region with the first names of a long list of actions, for a text that a person reads.
    #[must_use]
    pub fn in_short(&self) -> String {
        let is_name = |pattern: &&Pattern| {
            !pattern.pattern.contains(['*', '?', ' ']) && pattern.also.is_empty() && pattern.except.is_empty()
        };
        let (names, others): (Vec<&Pattern>, Vec<&Pattern>) = self.actions.iter().partition(is_name);
        if names.len() <= 2 * SHOWN {
            return self.to_string();
        }
        let more = Pattern { pattern: format!("{} more", names.len() - SHOWN), also: Vec::new(), except: Vec::new() };
        let shown = others.into_iter().chain(names.into_iter().take(SHOWN)).chain([&more]).cloned().collect();
        Self { actions: shown, ..self.clone() }.to_string()
    }

    /// Whether it holds no action and no resource but those of the request.
    #[must_use]
    pub fn is_only(&self, request: &Request) -> bool {
        let (Some(action), Some(resource)) = (request.action.value(), request.resource.value()) else {
            return false;
        };
        let actions = || self.actions.iter().chain(&self.unasked);
        let same_action = actions().all(|pattern| pattern.pattern.eq_ignore_ascii_case(action.as_str()));
        let same_resource = self.resources.iter().all(|pattern| names_only(&pattern.pattern, resource));
        let literal = resource != "*" || self.resourceless;
        same_action && same_resource && literal && !self.actions.is_empty() && !self.resources.is_empty()
    }

    /// The actions, in words.
    #[must_use]
    pub fn actions_in_words(&self) -> String {
        listed(&self.actions)
    }

    /// The resources, in words.
    #[must_use]
    pub fn resources_in_words(&self) -> String {
        listed(&self.resources)
    }

    /// The condition keys of the example, as far as they matter: `aws:SourceIp = 203.0.113.7`.
    #[must_use]
    pub fn example_context(&self) -> Vec<(String, String)> {
        context_in_words(&self.example.context)
    }
}

/// Whether a pattern covers this resource and no other: without wildcards and variables, or with those of the name escaped.
fn names_only(pattern: &str, resource: &str) -> bool {
    let literal = |pieces: Vec<Piece>| match pieces.as_slice() {
        [Piece::Literal(text)] => text == resource,
        _ => false,
    };
    (resource == "*" && pattern == "*") || Template::new(pattern, Language::V2012, true).fixed().is_some_and(literal)
}

/// What is set in the context, in words.
fn context_in_words(context: &Context) -> Vec<(String, String)> {
    let said = |value: &ContextValue| match value {
        ContextValue::Present { values, .. } => Some(values.join(", ")),
        ContextValue::Absent => Some("(absent)".to_owned()),
        ContextValue::Unknown => None,
    };
    context.iter().filter_map(|(key, value)| Some((key.to_owned(), said(value)?))).collect()
}

fn listed(patterns: &[Pattern]) -> String {
    let one = |pattern: &Pattern| {
        let text = pattern.to_string();
        // what the exceptions belong to must be seen
        if patterns.len() > 1 && !pattern.except.is_empty() { format!("({text})") } else { text }
    };
    patterns.iter().map(one).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.pattern)?;
        for also in &self.also {
            write!(f, " that is also {also}")?;
        }
        if !self.except.is_empty() {
            write!(f, " except {}", self.except.join(", "))?;
        }
        Ok(())
    }
}

/// `s3:GetObject on arn:aws:s3:::reports/* when aws:MultiFactorAuthPresent is true`.
impl fmt::Display for AccessChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.actions_in_words())?;
        if !self.resources.is_empty() {
            write!(f, " on {}", self.resources_in_words())?;
        }
        if !self.principals.is_empty() {
            write!(f, " by {}", self.principals.join(", "))?;
        }
        if !self.conditions.is_empty() {
            let several = self.conditions.len() > 1;
            let one = |words: &String| {
                let alternatives = several && (words.ends_with(" or is absent") || words.contains("; or "));
                if alternatives { format!("({words})") } else { words.clone() }
            };
            write!(f, " when {}", self.conditions.iter().map(one).collect::<Vec<_>>().join(" and "))?;
        }
        Ok(())
    }
}
