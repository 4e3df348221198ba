//! What AWS rejects in a statement because of the type of policy that it stands in.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>

use super::policy::{Document, Problem, Severity};
use super::policy_type::PolicyType;
use super::policy_type_row::{PrincipalRule, ShortArn};
use super::resource::ResourcePattern;
use super::statement::{Effect, Statement};

impl PolicyType {
    /// Whether a Resource pattern counts in this type: with fewer than six parts, identity-based policies fill the rest
    /// with `*`, resource and endpoint policies need a `*` in it, SCPs need it at the end, RCPs take none.
    #[must_use]
    pub fn takes(self, pattern: &ResourcePattern) -> bool {
        if !pattern.is_short() {
            return *pattern != ResourcePattern::NotAnArn;
        }
        match self.row().short_arn {
            ShortArn::Filled => true,
            ShortArn::Starred => pattern.is_starred(),
            ShortArn::EndsInStar => pattern.ends_in_star(),
            ShortArn::Rejected => false,
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
    let row = policy_type.row();
    match (row.principal, &statement.principal) {
        (PrincipalRule::Forbidden, Some(principal)) => {
            reject(principal.key_span, format!("{noun} has no principal; the statement never matches"));
        }
        (PrincipalRule::Required, None) => {
            reject(statement.span, format!("a statement of {noun} needs `Principal`; it never matches"));
        }
        (_, Some(principal)) if principal.negated && !row.not_principal => {
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
    if row.only_denies && statement.effect == Effect::Allow {
        reject(statement.effect_span, format!("{noun} only denies; AWS attaches the one that allows"));
    }
    match &statement.resource {
        None if row.needs_resource => {
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
