//! Trust policies that let strangers in: a provider that anybody can use, and nothing that says who of it.

use crate::iam::{Condition, Effect, OperatorKind, Policy, PolicyType, Principal};
use crate::text::Span;

/// Providers that anybody can get a token of: only conditions on what the token says keep others out.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub>
const SHARED: [&str; 6] = [
    "token.actions.githubusercontent.com",
    "gitlab.com",
    "app.terraform.io",
    "agent.buildkite.com",
    "accounts.google.com",
    "cognito-identity.amazonaws.com",
];

/// Allows of a trust policy that name such a provider and do not say who of it: where, and which.
pub(super) fn any_subject(policy: &Policy) -> Vec<(Span, String)> {
    if policy.policy_type != PolicyType::RoleTrust {
        return Vec::new();
    }
    let mut found = Vec::new();
    for statement in policy.document.statements.iter().filter(|it| it.effect == Effect::Allow && !it.rejected) {
        let element = statement.principal.as_ref().filter(|element| !element.negated);
        for entry in element.iter().flat_map(|element| &element.entries).filter(|entry| entry.kind == "Federated") {
            let provider = Principal::new(&entry.value);
            let Some(prefix) = provider.key_prefix().filter(|prefix| SHARED.contains(prefix)) else { continue };
            if !statement.conditions.iter().any(|condition| says_who(condition, prefix)) {
                found.push((entry.span, prefix.to_owned()));
            }
        }
    }
    found
}

/// Whether the line keeps some tokens of the provider out by more than their audience; of Google and Cognito the audience is whose they are.
fn says_who(condition: &Condition, prefix: &str) -> bool {
    let own = condition.folded_key.strip_prefix(prefix).and_then(|rest| rest.strip_prefix(':'));
    let audience = !matches!(prefix, "accounts.google.com" | "cognito-identity.amazonaws.com");
    let counts = own.is_some_and(|claim| !(audience && claim == "aud") && claim != "amr");
    let positive = condition.operator.kind.is_some_and(|kind| !kind.is_negated()) && !condition.operator.if_exists;
    let all =
        condition.values.iter().any(|value| matches!(value.value.as_str(), "*" | "repo:*" | "repo:*:*" | "repo:*/*"));
    counts && positive && !(all && condition.operator.kind == Some(OperatorKind::StringLike))
}
