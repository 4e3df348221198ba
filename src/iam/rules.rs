//! What AWS rejects in a statement because of the type of policy that it stands in.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>

use super::policy::{Document, Problem, Severity};
use super::policy_type::PolicyType;
use super::resource::ResourcePattern;
use super::statement::{Effect, Statement};

/// Whether statements of this type name whom they are about.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrincipalRule {
    /// They must.
    Required,
    /// They may: without it everybody is meant.
    Optional,
    /// They must not.
    Forbidden,
}

impl PolicyType {
    /// Whether statements of this type have a principal.
    #[must_use]
    pub const fn principal_rule(self) -> PrincipalRule {
        match self {
            Self::ResourceBased | Self::RoleTrust | Self::ResourceControl => PrincipalRule::Required,
            Self::VpcEndpoint => PrincipalRule::Optional,
            Self::IdentityBased | Self::PermissionsBoundary | Self::Session | Self::ServiceControl => {
                PrincipalRule::Forbidden
            }
        }
    }

    /// Whether `NotPrincipal` may stand in statements of this type.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
    #[must_use]
    pub const fn takes_not_principal(self) -> bool {
        matches!(self, Self::ResourceBased | Self::VpcEndpoint)
    }

    /// Whether a Resource pattern counts in this type: with fewer than six parts, identity-based policies fill the rest
    /// with `*`, resource and endpoint policies need a `*` in it, SCPs need it at the end, RCPs take none.
    #[must_use]
    pub fn takes(self, pattern: &ResourcePattern) -> bool {
        if !pattern.is_short() {
            return *pattern != ResourcePattern::NotAnArn;
        }
        match self {
            Self::IdentityBased | Self::PermissionsBoundary | Self::Session => true,
            Self::ResourceBased | Self::RoleTrust | Self::VpcEndpoint => pattern.is_starred(),
            Self::ServiceControl => pattern.ends_in_star(),
            Self::ResourceControl => false,
        }
    }
}

impl Document {
    /// Everything that is wrong with the document when it is used as this type of policy.
    #[must_use]
    pub fn problems_as(&self, policy_type: PolicyType) -> Vec<Problem> {
        let mut problems = self.problems.clone();
        for statement in self.statements.iter().filter(|statement| !statement.rejected) {
            check(statement, policy_type, &mut problems);
        }
        problems.sort_by_key(|problem| problem.span.start);
        problems
    }
}

fn check(statement: &Statement, policy_type: PolicyType, problems: &mut Vec<Problem>) {
    let mut reject = |span, message: String| problems.push(Problem { span, message, severity: Severity::Rejected });
    let noun = policy_type.with_article();
    match (policy_type.principal_rule(), &statement.principal) {
        (PrincipalRule::Forbidden, Some(principal)) => {
            reject(principal.key_span, format!("{noun} has no principal; the statement never matches"));
        }
        (PrincipalRule::Required, None) => {
            reject(statement.span, format!("a statement of {noun} needs `Principal`; it never matches"));
        }
        (_, Some(principal)) if principal.negated && !policy_type.takes_not_principal() => {
            reject(principal.key_span, format!("{noun} takes no NotPrincipal; the statement never matches"));
        }
        (_, Some(principal)) if principal.negated && statement.effect == Effect::Allow => {
            let message = "AWS does not support NotPrincipal with Allow: it would allow everybody else, the public too";
            problems.push(Problem {
                span: principal.key_span,
                message: message.to_owned(),
                severity: Severity::Warning,
            });
        }
        _ => {}
    }
    let mut reject = |span, message: String| problems.push(Problem { span, message, severity: Severity::Rejected });
    if policy_type == PolicyType::ResourceControl && statement.effect == Effect::Allow {
        reject(statement.effect_span, format!("{noun} only denies; AWS attaches the one that allows"));
    }
    match &statement.resource {
        None if !matches!(policy_type, PolicyType::RoleTrust | PolicyType::ResourceBased) => {
            reject(statement.span, "a statement needs `Resource` or `NotResource`; it never matches".to_owned());
        }
        Some(resource) => {
            for (entry, pattern) in resource.entries.iter().zip(&resource.patterns) {
                if pattern.is_short() && !policy_type.takes(pattern) {
                    reject(
                        entry.span,
                        format!("`{}` is not a complete ARN, and {noun} takes no part of one", entry.value),
                    );
                }
            }
        }
        None => {}
    }
}
