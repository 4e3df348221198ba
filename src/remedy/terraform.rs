//! The same change as Terraform: a resource for each edited policy, to be put in the place of the one that manages it now.

use super::{Edit, EditOp};
use crate::iam::{Arn, Policy, PolicyOrigin, PolicyType, Principal};

/// The resources for all edits; `None` when Terraform has none for one of them.
pub(super) fn terraform(edits: &[Edit]) -> Option<String> {
    let blocks: Option<Vec<String>> = edits.iter().map(block).collect();
    blocks.filter(|blocks| !blocks.is_empty()).map(|blocks| blocks.join("\n"))
}

fn block(edit: &Edit) -> Option<String> {
    let policy = &edit.after;
    let owner = policy.attached_to.first().map(String::as_str).unwrap_or_default();
    let label = label(&edit.stem);
    let body = heredoc(policy.document.source.text());
    if let Some(set) = Principal::new(owner).permission_set() {
        return Some(format!(
            "resource \"aws_ssoadmin_permission_set_inline_policy\" {label} {{\n  # permission set {}\n  instance_arn       = var.sso_instance_arn\n  permission_set_arn = var.permission_set_arn\n  inline_policy      = {body}\n}}\n",
            one_line(set)
        ));
    }
    match (policy.policy_type, policy.origin) {
        (PolicyType::IdentityBased, PolicyOrigin::Inline) => {
            let kind = ["user", "group", "role"].into_iter().find(|kind| owner.contains(&format!(":{kind}/")))?;
            let name = owner.rsplit('/').next()?;
            Some(format!(
                "resource \"aws_iam_{kind}_policy\" {label} {{\n  name   = {}\n  {kind:<6} = {}\n  policy = {body}\n}}\n",
                string(&policy.name),
                string(name)
            ))
        }
        (PolicyType::IdentityBased | PolicyType::PermissionsBoundary, PolicyOrigin::CustomerManaged) => {
            Some(managed(edit, &label, &body))
        }
        (PolicyType::ServiceControl | PolicyType::ResourceControl, _) => Some(organization(edit, &label, &body)),
        (PolicyType::RoleTrust, _) => Some(format!(
            "resource \"aws_iam_role\" {label} {{\n  # only this argument changes\n  assume_role_policy = {body}\n}}\n"
        )),
        (PolicyType::ResourceBased, _) => of_resource(policy, &label, &body),
        _ => None,
    }
}

fn managed(edit: &Edit, label: &str, body: &str) -> String {
    let policy = &edit.after;
    let path = policy
        .arn
        .as_deref()
        .and_then(|arn| arn.split_once(":policy"))
        .and_then(|(_, rest)| rest.rsplit_once('/'))
        .map(|(path, _)| path);
    let path = path
        .filter(|path| !path.is_empty())
        .map_or_else(String::new, |path| format!("  path   = {}\n", string(&format!("{path}/"))));
    format!(
        "resource \"aws_iam_policy\" {label} {{\n  name   = {}\n{path}  policy = {body}\n}}\n",
        string(&policy.name)
    )
}

fn organization(edit: &Edit, label: &str, body: &str) -> String {
    let policy = &edit.after;
    let kind = if policy.policy_type == PolicyType::ServiceControl {
        "SERVICE_CONTROL_POLICY"
    } else {
        "RESOURCE_CONTROL_POLICY"
    };
    let own = format!(
        "resource \"aws_organizations_policy\" {label} {{\n  name    = {}\n  type    = \"{kind}\"\n  content = {body}\n}}\n",
        string(&policy.name)
    );
    if edit.op != EditOp::Create {
        return own;
    }
    format!(
        "{own}\nresource \"aws_organizations_policy_attachment\" {label} {{\n  policy_id = aws_organizations_policy.{}.id\n  target_id = var.target_id\n}}\n",
        label.trim_matches('"')
    )
}

/// The resource for a resource-based policy, by the service of the ARN that carries it.
fn of_resource(policy: &Policy, label: &str, body: &str) -> Option<String> {
    let arn: Arn = policy.attached_to.first()?.parse().ok()?;
    let (kind, argument, value) = match arn.service() {
        "s3" => ("aws_s3_bucket_policy", "bucket", arn.resource().split('/').next()?.to_owned()),
        "sns" => ("aws_sns_topic_policy", "arn", arn.to_string()),
        "kms" => ("aws_kms_key_policy", "key_id", arn.resource().strip_prefix("key/")?.to_owned()),
        "secretsmanager" => ("aws_secretsmanager_secret_policy", "secret_arn", arn.to_string()),
        _ => return None,
    };
    Some(format!("resource \"{kind}\" {label} {{\n  {argument} = {}\n  policy = {body}\n}}\n", string(&value)))
}

/// A JSON document as it is; Terraform's own `${` and `%{` are escaped.
/// <https://developer.hashicorp.com/terraform/language/expressions/strings>
fn heredoc(text: &str) -> String {
    format!("<<-JSON\n{}\n  JSON", text.trim_end().replace("${", "$${").replace("%{", "%%{"))
}

/// A quoted string.
fn string(text: &str) -> String {
    serde_json::Value::from(one_line(text)).to_string().replace("${", "$${").replace("%{", "%%{")
}

fn one_line(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).collect()
}

/// The name of the block, quoted: letters, digits and underscores, not beginning with a digit.
fn label(name: &str) -> String {
    let name = name.rsplit('/').next().unwrap_or(name).trim_end_matches(".json");
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    if plain.starts_with(|c: char| c.is_ascii_digit()) || plain.is_empty() {
        format!("\"policy_{plain}\"")
    } else {
        format!("\"{plain}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_policy_is_interpolated() {
        assert_eq!(
            heredoc("{\"a\": \"${aws:username} %{x}\"}\n"),
            "<<-JSON\n{\"a\": \"$${aws:username} %%{x}\"}\n  JSON"
        );
        assert_eq!(string("a\"b\n${x}"), r#""a\"b$${x}""#);
        assert_eq!(
            (label("guard/No-GenAI.json"), label("1st")),
            ("\"no_genai\"".to_owned(), "\"policy_1st\"".to_owned())
        );
    }
}
