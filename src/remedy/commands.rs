//! The AWS CLI commands that carry out an edit, and those that take it back. Every name in them is untrusted and quoted.

use super::{Edit, EditOp};
use crate::iam::{Policy, PolicyOrigin, PolicyType};

/// The commands for one edit; the document is expected in `file`.
pub(super) fn commands(edit: &Edit, file: &str) -> Vec<String> {
    let policy = &edit.after;
    let document = quoted(&format!("file://{file}"));
    match (policy.policy_type, policy.origin, policy.arn.as_deref()) {
        (PolicyType::IdentityBased | PolicyType::PermissionsBoundary, PolicyOrigin::CustomerManaged, Some(arn)) => {
            let mut all = vec![format!(
                "aws iam create-policy-version --policy-arn {} --policy-document {document} --set-as-default",
                quoted(arn)
            )];
            if let Some(version) = &policy.version_id {
                all.push(format!(
                    "# to go back: aws iam set-default-policy-version --policy-arn {} --version-id {}",
                    quoted(arn),
                    quoted(version)
                ));
            }
            all
        }
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
        "# to go back: the same command with the document as it was".to_owned()
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
        (EditOp::Replace, Some(id)) => vec![
            format!("aws organizations update-policy --policy-id {} --content {document}", quoted(id)),
            "# to go back: the same command with the document as it was".to_owned(),
        ],
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

/// A word for a POSIX shell: as it is when nothing in it is special, else in single quotes.
pub(super) fn quoted(word: &str) -> String {
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
