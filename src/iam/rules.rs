//! What AWS rejects in a statement because of the type of policy that it stands in.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>

use super::fault::Fault;
use super::policy::{Document, Problem};
use super::policy_type::PolicyType;
use super::policy_type_row::{PrincipalRule, ShortArn};
use super::resource::ResourcePattern;
use super::statement::{Effect, Statement};

impl PolicyType {
    /// Whether a Resource pattern counts in this type: with fewer than six parts, identity-based policies fill the rest
    /// with `*`, resource and endpoint policies need a `*` in it, SCPs need it at the end, RCPs take none. The short form of API Gateway
    /// counts in policies of resources.
    #[must_use]
    pub fn takes(self, pattern: &ResourcePattern) -> bool {
        // only the policy of an API has an API of its own
        if matches!(pattern, ResourcePattern::OwnApi(_)) {
            return self == Self::ResourceBased;
        }
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
    let mut add = |span, fault| problems.push(Problem { span, fault });
    let row = policy_type.row();
    match (row.principal, &statement.principal) {
        (PrincipalRule::Forbidden, Some(principal)) => {
            add(principal.key_span, Fault::PrincipalForbidden(policy_type));
        }
        (PrincipalRule::Required, None) => add(statement.span, Fault::PrincipalRequired(policy_type)),
        (_, Some(principal)) if principal.negated && !row.not_principal => {
            add(principal.key_span, Fault::NotPrincipal(policy_type));
        }
        (_, Some(principal)) if principal.negated && statement.effect == Effect::Allow => {
            add(principal.key_span, Fault::AllowNotPrincipal);
        }
        _ => {}
    }
    if row.only_denies && statement.effect == Effect::Allow {
        add(statement.effect_span, Fault::OnlyDenies(policy_type));
    }
    match &statement.resource {
        None if row.needs_resource => add(statement.span, Fault::NoResource),
        Some(resource) => {
            for (entry, pattern) in resource.entries.iter().zip(&resource.patterns) {
                if matches!(pattern, ResourcePattern::OwnApi(_)) && !policy_type.takes(pattern) {
                    add(entry.span, Fault::Resource(entry.value.clone()));
                }
                if pattern.is_short() && !policy_type.takes(pattern) {
                    add(entry.span, Fault::ShortArn { entry: entry.value.clone(), policy_type });
                }
            }
        }
        None => {}
    }
}
