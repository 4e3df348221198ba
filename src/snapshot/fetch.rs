//! The AWS command that prints the policy of a resource, and which answers say that there is none.

use super::shape::Tree;
use crate::iam::{Arn, ArnPart, Command, NoPolicy, POLICY_CALLS, policy_calls};

/// Resources whose policy no command of the AWS CLI prints as one document by their ARN: most are written by AWS RAM when they are
/// shared, of others the command prints permissions one by one, and that of an Outpost may be of a bucket or an access point.
pub static NOT_PRINTED: [(&str, &str); 20] = [
    ("agent-registry", "registry/"),
    ("appmesh", "mesh/"),
    ("ec2", "ipam-pool/"),
    ("ec2", "placement-group/"),
    ("ec2", "verified-access-group/"),
    ("events", "event-busv2/"),
    ("fsx", "volume/"),
    ("odb", "cloud-exadata-infrastructure/"),
    ("odb", "exascale-db-storage-vault/"),
    ("odb", "odb-network/"),
    ("resource-explorer-2", "view/"),
    ("resource-groups", "group/"),
    ("route53profiles", "profile/"),
    ("s3-outposts", "outpost/"),
    ("sagemaker", "feature-group/"),
    ("serverlessrepo", "applications/"),
    ("servicecatalog", "/applications/"),
    ("servicecatalog", "/attribute-groups/"),
    ("servicediscovery", "namespace/"),
    ("signer", "/signing-profiles/"),
];

/// Commands that print other policies, by their answers: where the document stands.
pub static OTHER_ANSWERS: [(&str, &str); 16] = [
    ("ec2 describe-vpc-endpoints", "VpcEndpoints[].PolicyDocument"),
    ("ecr get-registry-policy", "policyText"),
    ("es describe-elasticsearch-domain", "DomainStatus.AccessPolicies"),
    ("glue get-resource-policies", "GetResourcePoliciesResponseList[].PolicyInJson"),
    ("iam get-group-policy", "PolicyDocument"),
    ("iam get-policy-version", "PolicyVersion.Document"),
    ("iam get-role-policy", "PolicyDocument"),
    ("iam get-user-policy", "PolicyDocument"),
    ("iam list-roles", "Roles[].AssumeRolePolicyDocument"),
    ("iot get-policy", "policyDocument"),
    ("iot get-policy-version", "policyDocument"),
    ("opensearch describe-domain-config", "DomainConfig.AccessPolicies.Options"),
    ("organizations describe-policy", "Policy.Content"),
    ("ram get-resource-policies", "policies[]"),
    ("ses get-identity-policies", "Policies{}"),
    ("sso-admin get-inline-policy-for-permission-set", "InlinePolicy"),
];

/// The command that prints the policy of a resource.
pub(super) fn of_resource(resource: &str) -> Option<Command> {
    let arn: Arn = resource.parse().ok()?;
    let fetch = policy_calls(&arn)?;
    let mut command = Command::aws(fetch.command);
    for (option, part) in fetch.options {
        command = match part {
            ArnPart::Words(words) => command.words(option).words(words),
            ArnPart::QueueUrl => {
                let url = Command::aws("sqs get-queue-url").option("--queue-name", arn.resource());
                command.output_of(option, url.words("--query QueueUrl --output text").region(arn.region()))
            }
            ArnPart::Account => command.option(option, arn.account()),
            part => command.option(option, &fetch.part(*part, &arn).unwrap_or_default()),
        };
    }
    // elsewhere there may be another one of the name, or none
    Some(command.region(arn.region()))
}

/// Whether an error says that there is no policy.
pub(super) fn says_none(code: &str, operation: &str) -> Option<NoPolicy> {
    let same = |command: &str| {
        let name = command.split(' ').nth(1).unwrap_or_default();
        name.chars().filter(|c| *c != '-').eq(operation.chars().map(|c| c.to_ascii_lowercase()))
    };
    let fetch = POLICY_CALLS.iter().find(|fetch| same(fetch.command) && fetch.none.contains(&code))?;
    Some(NoPolicy::Error { command: fetch.command, code: code.to_owned() })
}

/// Whether an answer shows that there is no policy.
pub(super) fn shows_none(root: &Tree) -> Option<NoPolicy> {
    let empty_member = |path: &str| {
        let mut at = root;
        for name in path.split('.') {
            at = at.get(name.trim_end_matches("[]").trim_end_matches("{}"))?;
            if name.ends_with(['}', ']']) {
                return (at.items().is_empty() && at.members().is_empty()).then_some(());
            }
        }
        at.is_nothing().then_some(())
    };
    // several commands answer alike
    let empty = |path: &str| NoPolicy::Empty { member: path.replace(['[', ']', '{', '}'], "") };
    for fetch in &POLICY_CALLS {
        if empty_member(fetch.document).is_some() {
            return Some(empty(fetch.document));
        }
        let whole = !fetch.without.is_empty() && fetch.without.iter().all(|name| root.get(name).is_some());
        let member = fetch.document.split('.').next().unwrap_or_default().trim_end_matches("{}");
        let lacks = fetch.document.contains(['.', '{']) || root.get(member).is_none();
        let own = |service: &str| {
            let arn = root.get("ARN").or_else(|| root.get("Arn")).and_then(Tree::text);
            arn.is_none_or(|arn| arn.split(':').nth(2) == Some(service))
        };
        if whole && lacks && own(fetch.service) {
            return Some(NoPolicy::Without { command: fetch.command });
        }
    }
    let other =
        OTHER_ANSWERS.iter().filter(|(command, _)| !command.starts_with("ec2 ") && !command.starts_with("iam "));
    other.map(|(_, path)| empty_member(path).map(|()| empty(path))).find(Option::is_some).flatten()
}

#[cfg(test)]
mod tests;
