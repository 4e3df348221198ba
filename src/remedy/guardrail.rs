//! Denies that look intended: what they guard, and whether iamdx offers to narrow them at all.
//!
//! The shapes are those of AWS's own examples:
//! <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples.html>

use crate::iam::{Action, OperatorKind, Statement};

/// What a Deny guards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Guardrail {
    /// Accounts must not leave the organization.
    LeaveOrganization,
    /// Logs and detectors must not be stopped or deleted.
    LogProtection,
    /// The root user must not act.
    RootLock,
    /// The role for emergencies must not be changed or taken.
    BreakGlassRole,
    /// Only some Regions may be used.
    RegionLock,
    /// Only these principals may: a role for emergencies, or those who administer what is guarded.
    OnlyFor(Vec<String>),
    /// Requests must come with MFA, TLS, or from a known network.
    Perimeter,
}

impl Guardrail {
    /// What it is for, in words.
    pub(super) fn purpose(&self) -> String {
        match self {
            Self::LeaveOrganization => "it keeps accounts in the organization".to_owned(),
            Self::LogProtection => "it keeps logs and detectors from being stopped or deleted".to_owned(),
            Self::RootLock => "it keeps the root user from acting".to_owned(),
            Self::BreakGlassRole => "it keeps the role for emergencies from being changed or taken".to_owned(),
            Self::RegionLock => "it keeps work in the Regions that it names".to_owned(),
            Self::OnlyFor(principals) => format!("it keeps this to {}", principals.join(", ")),
            Self::Perimeter => "it asks where or how a request comes, for everyone".to_owned(),
        }
    }

    /// Whom to ask instead, or before.
    pub(super) fn ask(&self) -> String {
        match self {
            Self::OnlyFor(_) => {
                "ask whoever may use that principal to make the call; ask the owner of the Deny before another \
                                 principal is left out"
                    .to_owned()
            }
            Self::LeaveOrganization => "ask whoever manages the organization to move the account".to_owned(),
            Self::LogProtection => "ask the security team, who own what records and detects".to_owned(),
            Self::RootLock => "use a role of the account instead of its root user".to_owned(),
            Self::BreakGlassRole => "ask the security team, who own the way in for emergencies".to_owned(),
            Self::RegionLock | Self::Perimeter => "ask its owner first".to_owned(),
        }
    }

    /// Whether nothing is offered but to ask: an exception here undoes what the guardrail is for.
    pub(super) const fn is_refused(&self) -> bool {
        matches!(self, Self::LeaveOrganization | Self::LogProtection | Self::RootLock | Self::BreakGlassRole)
    }
}

/// Actions that stop or delete what records and detects.
const LOGS: [&str; 30] = [
    "access-analyzer:deleteanalyzer",
    "cloudtrail:deleteeventdatastore",
    "cloudtrail:deletetrail",
    "cloudtrail:puteventselectors",
    "cloudtrail:stopeventdatastoreingestion",
    "cloudtrail:stoplogging",
    "cloudtrail:updatetrail",
    "config:deleteconfigrule",
    "config:deleteconfigurationrecorder",
    "config:deletedeliverychannel",
    "config:stopconfigurationrecorder",
    "detective:deletegraph",
    "ec2:deleteflowlogs",
    "guardduty:deletedetector",
    "guardduty:deletemembers",
    "guardduty:disassociatefromadministratoraccount",
    "guardduty:disassociatefrommasteraccount",
    "guardduty:disassociatemembers",
    "guardduty:stopmonitoringmembers",
    "guardduty:updatedetector",
    "inspector2:disable",
    "logs:deleteloggroup",
    "logs:deletelogstream",
    "macie2:disablemacie",
    "macie2:disassociatefromadministratoraccount",
    "securityhub:batchdisablestandards",
    "securityhub:deletemembers",
    "securityhub:disablesecurityhub",
    "securityhub:disassociatefromadministratoraccount",
    "securityhub:disassociatemembers",
];

/// What people call the role with which they get in when everything else fails.
/// <https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/sec_permissions_emergency_process.html>
const BREAK_GLASS: [&str; 6] = ["break-glass", "breakglass", "break_glass", "emergency", "firecall", "fire-call"];

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
    if protects_break_glass(statement, action) {
        return Some(Guardrail::BreakGlassRole);
    }
    if tests("aws:requestedregion").and_then(|condition| condition.operator.kind).is_some_and(OperatorKind::is_negated)
    {
        return Some(Guardrail::RegionLock);
    }
    if let Some(principal) = tests("aws:principalarn")
        && principal.operator.kind.is_some_and(OperatorKind::is_negated)
    {
        return Some(Guardrail::OnlyFor(principal.values.iter().map(|value| value.value.clone()).collect()));
    }
    PERIMETER.iter().any(|key| tests(key).is_some()).then_some(Guardrail::Perimeter)
}

/// Whether the Deny is about roles for emergencies, by name, and what could change or take them.
fn protects_break_glass(statement: &Statement, action: &Action) -> bool {
    let Some(resource) = statement.resource.as_ref().filter(|resource| !resource.negated) else {
        return false;
    };
    let is_named = |arn: &str| {
        let arn = arn.to_ascii_lowercase();
        arn.contains(":role/") && BREAK_GLASS.iter().any(|name| arn.contains(name))
    };
    ["iam", "sts"].contains(&action.service()) && resource.entries.iter().any(|entry| is_named(&entry.value))
}

#[cfg(test)]
mod tests;
