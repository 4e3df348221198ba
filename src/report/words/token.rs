//! How the caller of a federated call gets a token that says what a trust policy asks for.

use super::remedy_title::request_change;
use crate::iam::context_option;
use crate::remedy::{NewValue, RequestChange};

/// What to do so that the token says this.
/// <https://docs.github.com/en/actions/reference/security/oidc>,
/// <https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html>
pub(super) fn bring(change: &RequestChange) -> String {
    let words = request_change(change);
    let NewValue::Value(value) = &change.to else {
        return format!("call with a token for which {words}");
    };
    let (provider, claim) = change.key.rsplit_once(':').unwrap_or(("", change.key.as_str()));
    let github = provider.eq_ignore_ascii_case("token.actions.githubusercontent.com");
    if github && claim.eq_ignore_ascii_case("aud") {
        return format!(
            "ask for the token with `audience: {value}` (aws-actions/configure-aws-credentials has it as an input)"
        );
    }
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-saml
    if provider.eq_ignore_ascii_case("saml") && claim.eq_ignore_ascii_case("aud") {
        return format!("have the assertion sent to `{value}`, which is its Recipient");
    }
    if provider.eq_ignore_ascii_case("cognito-identity.amazonaws.com") && claim.eq_ignore_ascii_case("aud") {
        return format!("use the identity pool `{value}`");
    }
    if claim.eq_ignore_ascii_case("aud") {
        return format!("ask for the token with the audience `{value}`");
    }
    if let (true, Some((repository, rest))) = (github, of_repository(value)) {
        if let Some(branch) = rest.strip_prefix("ref:refs/heads/") {
            return format!("run the workflow on branch `{branch}` of {repository}, in a job without an environment");
        }
        if let Some(tag) = rest.strip_prefix("ref:refs/tags/") {
            return format!("run the workflow on tag `{tag}` of {repository}, in a job without an environment");
        }
        if let Some(environment) = rest.strip_prefix("environment:") {
            return format!("run the job in the environment `{environment}` of {repository}");
        }
        if rest == "pull_request" {
            return format!("run the workflow on a pull request of {repository}, in a job without an environment");
        }
    }
    if let Some((namespace, account)) =
        value.strip_prefix("system:serviceaccount:").and_then(|rest| rest.split_once(':'))
    {
        return format!("run the pod as service account `{account}` in namespace `{namespace}`");
    }
    format!("call with a token for which {words}")
}

/// How to see what the token says.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html#STS-API-SAML-WIF>
pub(super) fn see(keys: &[String], saml: bool) -> String {
    if saml {
        return "what the assertion says stands in CloudTrail's record of the call (userName, principalArn), which iamdx reads as a denial"
            .to_owned();
    }
    let options: Vec<String> = keys.iter().map(|key| context_option(key)).collect();
    let again = if options.is_empty() { String::new() } else { format!(", then run again with {}", options.join(" ")) };
    format!(
        "its `sub` and `aud` stand in CloudTrail's record of the call (userName, principalId), which iamdx reads as a denial; or decode \
         the middle part of the token where it is{again}; never paste a token"
    )
}

/// How a call comes by another identity provider.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html>
pub(super) const fn come_by(saml: bool) -> &'static str {
    if saml {
        "sign in where that provider is, and name it as PrincipalArn (--principal-arn) of the call; or use a role that trusts yours"
    } else {
        "call with a token that this provider issued: its `iss` names it; or use a role that trusts yours"
    }
}

/// What a statement for another provider needs.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub>
pub(super) fn trust(keys: &[String]) -> String {
    let options: Vec<String> = keys.iter().map(|key| context_option(key)).collect();
    format!(
        "if yours is meant, the account admin adds a statement for it that names whom it lets in; run again with {} to have it written \
         and proved",
        options.join(" ")
    )
}

/// The repository of a subject, and what follows it.
fn of_repository(subject: &str) -> Option<(&str, &str)> {
    subject.strip_prefix("repo:")?.split_once(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_provider_is_told_in_its_own_words() {
        let told = |key: &str, value: &str| {
            bring(&RequestChange { key: key.to_owned(), to: NewValue::Value(value.to_owned()) })
        };
        let sub = "token.actions.githubusercontent.com:sub";
        assert_eq!(
            told(sub, "repo:example-org/shop:ref:refs/heads/main"),
            "run the workflow on branch `main` of example-org/shop, in a job without an environment"
        );
        assert_eq!(
            told(sub, "repo:example-org/shop:environment:prod"),
            "run the job in the environment `prod` of example-org/shop"
        );
        assert_eq!(
            told("oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE:sub", "system:serviceaccount:web:api"),
            "run the pod as service account `api` in namespace `web`"
        );
        assert_eq!(
            told("gitlab.com:aud", "https://gitlab.com"),
            "ask for the token with the audience `https://gitlab.com`"
        );
        assert_eq!(
            told("gitlab.com:sub", "project_path:example/shop:ref_type:branch:ref:main"),
            "call with a token for which gitlab.com:sub = project_path:example/shop:ref_type:branch:ref:main"
        );
    }
}
