//! A change of access: requests that changed in the same way, as actions x resources x conditions, with an example.

use super::condition::ConditionExpr;
use super::sets::{ActionSet, Pattern, PrincipalSet, ResourceSet};
use crate::iam::{Language, Request, Template};
use crate::text::Piece;

/// Requests that changed in the same way.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessChange {
    /// How they changed.
    pub change: Change,
    /// Whose requests; empty where the principal is given.
    pub principals: Vec<PrincipalSet>,
    /// The actions.
    pub actions: Vec<Pattern<ActionSet>>,
    /// Actions that the policies name beside those, and that are never asked on these resources: they belong to other services.
    pub unasked: Vec<Pattern<ActionSet>>,
    /// Whether all of its actions are of other services than the resources, so that nobody asks for them.
    pub never_asked: bool,
    /// The resources; empty where the policies do not name any.
    pub resources: Vec<Pattern<ResourceSet>>,
    /// Whether the reference lists no resource types for any of the actions, so that `*` is all that a request names.
    pub resourceless: bool,
    /// What must hold, all of it.
    pub conditions: Vec<ConditionExpr>,
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

/// Actions, resources, principals and conditions of a change.
type Access<'a> = (&'a [Pattern<ActionSet>], &'a [Pattern<ResourceSet>], &'a [PrincipalSet], &'a [ConditionExpr]);

impl AccessChange {
    /// What it says, but for the direction of the change and the example; in this order changes are listed.
    #[must_use]
    pub fn access(&self) -> Access<'_> {
        (&self.actions, &self.resources, &self.principals, &self.conditions)
    }

    /// Whether it is about this action alone, on what this pattern covers, as the pattern stands.
    #[must_use]
    pub fn is_of(&self, action: &str, pattern: &str) -> bool {
        let mut actions = self.actions.iter().chain(&self.unasked).map(|pattern| pattern.pattern.text());
        let mut resources = self.resources.iter().map(|resource| resource.pattern.text());
        actions.all(|text| text.is_some_and(|text| text.eq_ignore_ascii_case(action)))
            && resources.all(|text| text == Some(pattern))
            && !self.resources.is_empty()
    }

    /// Whether it covers no action and no resource but those of the request.
    #[must_use]
    pub fn is_only(&self, request: &Request) -> bool {
        let (Some(action), Some(resource)) = (request.action.value(), request.resource.value()) else {
            return false;
        };
        let mut actions = self.actions.iter().chain(&self.unasked).map(|pattern| pattern.pattern.text());
        let same_action = actions.all(|text| text.is_some_and(|text| text.eq_ignore_ascii_case(action.as_str())));
        let mut resources = self.resources.iter().map(|pattern| pattern.pattern.text());
        let same_resource = resources.all(|text| text.is_some_and(|text| names_only(text, resource)));
        let literal = resource != "*" || self.resourceless;
        same_action && same_resource && literal && !self.actions.is_empty() && !self.resources.is_empty()
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
