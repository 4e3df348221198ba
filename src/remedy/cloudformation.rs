//! The same change as a CloudFormation template, to be merged into the one that manages the policies now.

use super::Edit;
use crate::iam::{Arn, PolicyOrigin, PolicyType, Principal};
use crate::text::{Json, verbatim_text};

/// The template for all edits; `None` when CloudFormation has no resource for one of them.
pub(super) fn cloudformation(edits: &[Edit]) -> Option<String> {
    let resources: Option<Vec<(String, Json)>> = edits.iter().map(resource).collect();
    let resources = resources.filter(|resources| !resources.is_empty())?;
    let template = Json::Object(vec![
        ("AWSTemplateFormatVersion".to_owned(), Json::text("2010-09-09")),
        ("Resources".to_owned(), Json::Object(resources)),
    ]);
    Some(format!("{}\n", template.pretty("  ", 0)))
}

fn resource(edit: &Edit) -> Option<(String, Json)> {
    let policy = &edit.after;
    let owner = policy.attached_to.first().map(String::as_str).unwrap_or_default();
    let document = verbatim_text(policy.document.source.text());
    let name = Json::text(policy.name.clone());
    let entity = owner.rsplit('/').next().unwrap_or_default();
    let (kind, properties) = match (policy.policy_type, policy.origin) {
        // the policies of a permission set live in IAM Identity Center, not in the role
        (PolicyType::IdentityBased, _) if Principal::new(owner).permission_set().is_some() => {
            ("AWS::SSO::PermissionSet", vec![("InlinePolicy", document)])
        }
        (PolicyType::IdentityBased, PolicyOrigin::Inline) => {
            let (kind, property) = match () {
                () if owner.contains(":user/") => ("AWS::IAM::UserPolicy", "UserName"),
                () if owner.contains(":group/") => ("AWS::IAM::GroupPolicy", "GroupName"),
                () if owner.contains(":role/") => ("AWS::IAM::RolePolicy", "RoleName"),
                () => return None,
            };
            (kind, vec![("PolicyName", name), (property, Json::text(entity)), ("PolicyDocument", document)])
        }
        (PolicyType::IdentityBased | PolicyType::PermissionsBoundary, PolicyOrigin::CustomerManaged) => {
            ("AWS::IAM::ManagedPolicy", vec![("ManagedPolicyName", name), ("PolicyDocument", document)])
        }
        (PolicyType::ServiceControl, _) => (
            "AWS::Organizations::Policy",
            vec![("Name", name), ("Type", Json::text("SERVICE_CONTROL_POLICY")), ("Content", document)],
        ),
        (PolicyType::ResourceControl, _) => (
            "AWS::Organizations::Policy",
            vec![("Name", name), ("Type", Json::text("RESOURCE_CONTROL_POLICY")), ("Content", document)],
        ),
        (PolicyType::RoleTrust, _) => ("AWS::IAM::Role", vec![("AssumeRolePolicyDocument", document)]),
        (PolicyType::ResourceBased, _) => {
            let arn: Arn = owner.parse().ok()?;
            let bucket = arn.resource().split('/').next().unwrap_or_default().to_owned();
            match arn.service() {
                "s3" => ("AWS::S3::BucketPolicy", vec![("Bucket", Json::text(bucket)), ("PolicyDocument", document)]),
                "secretsmanager" => (
                    "AWS::SecretsManager::ResourcePolicy",
                    vec![("SecretId", Json::text(owner)), ("ResourcePolicy", document)],
                ),
                _ => return None,
            }
        }
        _ => return None,
    };
    let properties = properties.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    let body = vec![("Type".to_owned(), Json::text(kind)), ("Properties".to_owned(), Json::Object(properties))];
    Some((logical_id(&edit.stem), Json::Object(body)))
}

/// Letters and digits only.
fn logical_id(name: &str) -> String {
    let name = name.rsplit('/').next().unwrap_or(name).trim_end_matches(".json");
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("Policy{plain}")
}
