//! Denies that look intended: what they guard, and whether iamdx offers to narrow them at all.
//!
//! The shapes are those of AWS's own examples:
//! <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples.html>

use crate::iam::{Action, OperatorKind, Statement};

/// What a Deny guards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guardrail {
    /// Accounts must not leave the organization.
    LeaveOrganization,
    /// Logs and detectors must not be stopped or deleted.
    LogProtection,
    /// The root user must not act.
    RootLock,
    /// Only some Regions may be used.
    RegionLock,
    /// Requests must come with MFA, TLS, or from a known network.
    Perimeter,
}

impl Guardrail {
    /// What it is for, in words.
    pub(super) const fn purpose(self) -> &'static str {
        match self {
            Self::LeaveOrganization => "it keeps accounts in the organization",
            Self::LogProtection => "it keeps logs and detectors from being stopped or deleted",
            Self::RootLock => "it keeps the root user from acting",
            Self::RegionLock => "it keeps work in the Regions that it names",
            Self::Perimeter => "it asks where or how a request comes, for everyone",
        }
    }

    /// Whether nothing is offered but to ask: an exception here undoes what the guardrail is for.
    pub(super) const fn is_refused(self) -> bool {
        matches!(self, Self::LeaveOrganization | Self::LogProtection | Self::RootLock)
    }
}

/// Actions that stop or delete what records and detects.
const LOGS: [&str; 14] = [
    "cloudtrail:deletetrail",
    "cloudtrail:stoplogging",
    "cloudtrail:updatetrail",
    "cloudtrail:puteventselectors",
    "config:deleteconfigurationrecorder",
    "config:deletedeliverychannel",
    "config:stopconfigurationrecorder",
    "guardduty:deletedetector",
    "guardduty:disassociatefrommasteraccount",
    "guardduty:updatedetector",
    "logs:deleteloggroup",
    "logs:deletelogstream",
    "ec2:deleteflowlogs",
    "securityhub:disablesecurityhub",
];

/// Keys by which a perimeter is drawn.
const PERIMETER: [&str; 8] = [
    "aws:multifactorauthpresent",
    "aws:securetransport",
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:principalorgid",
    "aws:resourceorgid",
    "aws:sourceorgid",
];

/// What the Deny guards, seen from the request that it denied.
pub(super) fn guardrail(statement: &Statement, action: &Action) -> Option<Guardrail> {
    let tests = |key: &str| statement.conditions.iter().find(|condition| condition.folded_key == key);
    if action.folded() == "organizations:leaveorganization" {
        return Some(Guardrail::LeaveOrganization);
    }
    // a Deny of everything is about something else than logs, even if it also denies this
    let named = statement
        .action
        .entries
        .iter()
        .any(|entry| !statement.action.negated && entry.pattern.service() == Some(action.service()));
    if LOGS.contains(&action.folded()) && named {
        return Some(Guardrail::LogProtection);
    }
    if let Some(principal) = tests("aws:principalarn")
        && principal.operator.kind.is_some_and(|kind| !kind.is_negated())
        && principal.values.iter().any(|value| value.value.ends_with(":root"))
    {
        return Some(Guardrail::RootLock);
    }
    if tests("aws:requestedregion").and_then(|condition| condition.operator.kind).is_some_and(OperatorKind::is_negated)
    {
        return Some(Guardrail::RegionLock);
    }
    PERIMETER.iter().any(|key| tests(key).is_some()).then_some(Guardrail::Perimeter)
}
