//! The AWS CLI commands that carry out an edit, and those that take it back. Every name in them is untrusted and quoted.

use super::{Edit, EditOp};
use crate::iam::{Arn, Policy, PolicyOrigin, PolicyType, Principal};

/// The commands for one edit; the documents are expected in [`Edit::file`] and [`Edit::file_before`].
pub(super) fn commands(edit: &Edit) -> Vec<String> {
    let policy = &edit.after;
    let document = quoted(&format!("file://{}", edit.file()));
    let owner = policy.attached_to.first().map(String::as_str).unwrap_or_default();
    if policy.policy_type == PolicyType::IdentityBased
        && let Some(set) = Principal::new(owner).permission_set()
    {
        return permission_set(set, &document);
    }
    match (policy.policy_type, policy.origin, policy.arn.as_deref()) {
        (PolicyType::IdentityBased | PolicyType::PermissionsBoundary, PolicyOrigin::CustomerManaged, Some(arn)) => {
            let mut all = vec![format!(
                "aws iam create-policy-version --policy-arn {} --policy-document {document} --set-as-default",
                quoted(arn)
            )];
            all.push(format!(
                "# at five versions AWS wants one gone first: aws iam list-policy-versions --policy-arn {}",
                quoted(arn)
            ));
            if let Some(version) = &policy.version_id {
                all.push(format!(
                    "# to go back: aws iam set-default-policy-version --policy-arn {} --version-id {}",
                    quoted(arn),
                    quoted(version)
                ));
            }
            all
        }
        (PolicyType::ResourceBased, _, _) => of_resource(owner, &document),
        (PolicyType::IdentityBased, PolicyOrigin::CustomerManaged, None) => new_managed(policy, &document),
        (PolicyType::IdentityBased, PolicyOrigin::Inline, _) => inline(policy, edit, &document),
        (PolicyType::ServiceControl | PolicyType::ResourceControl, _, _) => organization(policy, edit, &document),
        (PolicyType::RoleTrust, _, _) => {
            let role = policy
                .attached_to
                .iter()
                .find_map(|arn| arn.split_once(":role/"))
                .and_then(|(_, path)| path.rsplit('/').next());
            let command = |role| {
                format!("aws iam update-assume-role-policy --role-name {} --policy-document {document}", quoted(role))
            };
            role.map(command).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// The policy of a resource, by the service of the ARN that carries it.
fn of_resource(carrier: &str, document: &str) -> Vec<String> {
    let Ok(arn) = carrier.parse::<Arn>() else {
        return Vec::new();
    };
    let region = if arn.region().is_empty() { String::new() } else { format!(" --region {}", quoted(arn.region())) };
    let name = arn.resource();
    let command = match arn.service() {
        "s3" => format!(
            "aws s3api put-bucket-policy --bucket {} --policy {document}",
            quoted(name.split('/').next().unwrap_or(name))
        ),
        "kms" => format!(
            "aws kms put-key-policy --key-id {} --policy-name default --policy {document}{region}",
            quoted(carrier)
        ),
        "sns" => {
            format!(
                "aws sns set-topic-attributes --topic-arn {} --attribute-name Policy --attribute-value {document}{region}",
                quoted(carrier)
            )
        }
        "secretsmanager" => {
            format!(
                "aws secretsmanager put-resource-policy --secret-id {} --resource-policy {document}{region}",
                quoted(carrier)
            )
        }
        _ => return Vec::new(),
    };
    vec![command]
}

/// A new managed policy, and its attachment.
fn new_managed(policy: &Policy, document: &str) -> Vec<String> {
    let owner = policy.attached_to.first().map(String::as_str).unwrap_or_default();
    let name = owner.rsplit('/').next().unwrap_or_default();
    let Some(kind) = ["user", "group", "role"].into_iter().find(|kind| owner.contains(&format!(":{kind}/"))) else {
        return Vec::new();
    };
    let attach =
        |verb: &str| format!("aws iam {verb}-{kind}-policy --{kind}-name {} --policy-arn POLICY_ARN", quoted(name));
    vec![
        format!("aws iam create-policy --policy-name {} --policy-document {document}", quoted(&policy.name)),
        attach("attach"),
        format!("# to go back: {}; aws iam delete-policy --policy-arn POLICY_ARN", attach("detach")),
    ]
}

fn inline(policy: &Policy, edit: &Edit, document: &str) -> Vec<String> {
    let owner = policy.attached_to.first().map(String::as_str).unwrap_or_default();
    let name = owner.rsplit('/').next().unwrap_or_default();
    let kind = ["user", "group", "role"].into_iter().find(|kind| owner.contains(&format!(":{kind}/")));
    let Some(kind) = kind else {
        return Vec::new();
    };
    let put = format!(
        "aws iam put-{kind}-policy --{kind}-name {} --policy-name {} --policy-document {document}",
        quoted(name),
        quoted(&policy.name)
    );
    let back = if edit.op == EditOp::Create {
        format!(
            "# to go back: aws iam delete-{kind}-policy --{kind}-name {} --policy-name {}",
            quoted(name),
            quoted(&policy.name)
        )
    } else {
        format!("# to go back: {}", put.replace(&edit.file(), &edit.file_before()))
    };
    vec![put, back]
}

fn organization(policy: &Policy, edit: &Edit, document: &str) -> Vec<String> {
    let id = policy.arn.as_deref().and_then(|arn| arn.rsplit('/').next());
    let kind = if policy.policy_type == PolicyType::ServiceControl {
        "SERVICE_CONTROL_POLICY"
    } else {
        "RESOURCE_CONTROL_POLICY"
    };
    match (edit.op, id) {
        (EditOp::Replace, Some(id)) => {
            let update = format!("aws organizations update-policy --policy-id {} --content {document}", quoted(id));
            let back = format!("# to go back: {}", update.replace(&edit.file(), &edit.file_before()));
            vec![update, back]
        }
        (EditOp::Create, _) => vec![
            format!(
                "aws organizations create-policy --type {kind} --name {} --description {} --content {document}",
                quoted(&policy.name),
                quoted(&edit.what)
            ),
            format!(
                "aws organizations attach-policy --policy-id POLICY_ID --target-id {}",
                quoted(policy.attached_to.first().and_then(|arn| arn.rsplit('/').next()).unwrap_or("TARGET_ID"))
            ),
        ],
        _ => Vec::new(),
    }
}

/// The roles of IAM Identity Center are made from permission sets, which is where their policies are edited.
/// <https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetcustom.html>
fn permission_set(set: &str, document: &str) -> Vec<String> {
    vec![
        format!("# permission set {}; the same inline policy goes to every account that it is assigned to", quoted(set)),
        format!(
            "aws sso-admin put-inline-policy-to-permission-set --instance-arn INSTANCE_ARN --permission-set-arn PERMISSION_SET_ARN --inline-policy {document}"
        ),
        "aws sso-admin provision-permission-set --instance-arn INSTANCE_ARN --permission-set-arn PERMISSION_SET_ARN --target-type ALL_PROVISIONED_ACCOUNTS".to_owned(),
    ]
}

/// A policy's name as a file name, without the folders and the ending of a loose file.
pub(super) fn file_stem(name: &str) -> String {
    let name = name.rsplit('/').next().unwrap_or(name).trim_end_matches(".json");
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    let name: String = name.chars().map(plain).collect();
    name.trim_start_matches('.').to_owned()
}

/// A word for a POSIX shell: as it is when nothing in it is special, else in single quotes.
#[must_use]
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    let visible: String = word.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
    format!("'{}'", visible.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_their_quotes() {
        assert_eq!(quoted("user-1@example"), "user-1@example");
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("$(rm -rf ~)'; x\n"), r"'$(rm -rf ~)'\''; x?'");
        assert_eq!(quoted(""), "''");
    }
}
