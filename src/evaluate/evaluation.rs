//! The result of an evaluation: the decision, the requirements, and what every statement says.

use std::sync::Arc;

use super::truth::Truth;
use crate::iam::{Effect, Policy, PolicyType, Statement, Subject};

/// The answer to one request, in the words of AWS's simulator, and `Undetermined` where something unknown decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Decision {
    /// Allowed.
    Allowed,
    /// A Deny statement matches.
    ExplicitDeny,
    /// Nothing denies, and an allow that is needed is missing.
    ImplicitDeny,
    /// What is not known decides.
    Undetermined,
}

impl Decision {
    /// The stable identifier, as in JSON: `implicitDeny`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::ExplicitDeny => "explicitDeny",
            Self::ImplicitDeny => "implicitDeny",
            Self::Undetermined => "undetermined",
        }
    }
}

/// The decision with everything it rests on.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Evaluation {
    /// The decision.
    pub decision: Decision,
    /// One entry for each requirement that the request had to meet, in AWS's order: RCPs and SCPs from the root to the
    /// account, VPC endpoint, resource, identity, boundary, session.
    pub checks: Vec<Check>,
    /// Condition keys that are unknown and could change the decision, as written in the policies.
    pub missing_context: Vec<String>,
    /// What else is not known and could change it.
    pub missing_evidence: Vec<MissingEvidence>,
}

/// Something other than a condition key that is not known and could change a decision.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MissingEvidence {
    /// Who made the request.
    Principal,
    /// The action.
    Action,
    /// The resource.
    Resource,
    /// The account of the principal.
    PrincipalAccount,
    /// The account that owns the resource.
    ResourceAccount,
    /// Whether RCPs reach an action that has no resource.
    ReachOfResourceControl,
    /// Whether the VPC endpoint is a gateway endpoint, in whose policy `Principal` must be `*`.
    EndpointKind,
    /// What a `Principal` other than `*` denies in the policy of a gateway endpoint.
    GatewayPrincipal,
    /// Whether a `NotPrincipal` that lists the principal only in part spares it.
    PartialNotPrincipal,
    /// A part of a document that a template leaves open.
    OpenPart(Subject),
    /// Policies that were not seen.
    Policies(Subject),
}

impl MissingEvidence {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Principal => "principal",
            Self::Action => "action",
            Self::Resource => "resource",
            Self::PrincipalAccount => "principal-account",
            Self::ResourceAccount => "resource-account",
            Self::ReachOfResourceControl => "reach-of-resource-control",
            Self::EndpointKind => "endpoint-kind",
            Self::GatewayPrincipal => "gateway-principal",
            Self::PartialNotPrincipal => "partial-not-principal",
            Self::OpenPart(_) => "template-part",
            Self::Policies(_) => "policies",
        }
    }
}

/// One requirement and its result.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Check {
    /// The type of the policies.
    pub policy_type: PolicyType,
    /// For SCPs and RCPs: the root, unit or account that the policies are attached to.
    pub target: Option<String>,
    /// The result.
    pub effect: CheckEffect,
    /// Every statement of every policy of this layer.
    pub outcomes: Vec<StatementOutcome>,
    /// Whether there may be policies of this layer that were not seen.
    pub incomplete: bool,
}

/// The result of one requirement, in the words of AWS's authorization details, and `Undetermined`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckEffect {
    /// A statement allows.
    Allow,
    /// A statement denies.
    ExplicitDeny,
    /// An allow was needed and not found.
    ImplicitDeny,
    /// Nothing matched, and no allow was needed here.
    NoImpact,
    /// Something unknown decides.
    Undetermined,
}

/// What one statement says about the request.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StatementOutcome {
    /// The policy.
    pub policy: Arc<Policy>,
    /// The statement's index in its document.
    pub statement: usize,
    /// Its effect.
    pub effect: Effect,
    /// Whether the principal element covers the request (true where the policy type has none).
    pub principal: Truth,
    /// Whether the action element covers it.
    pub action: Truth,
    /// Whether the resource element covers it.
    pub resource: Truth,
    /// Whether the condition block holds.
    pub condition: Truth,
}

impl StatementOutcome {
    /// Whether the whole statement matches.
    #[must_use]
    pub fn matched(&self) -> Truth {
        self.principal.and(self.action).and(self.resource).and(self.condition)
    }

    /// The statement itself.
    #[must_use]
    pub fn statement(&self) -> Option<&Statement> {
        self.policy.document.statements.get(self.statement)
    }
}
