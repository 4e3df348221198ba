//! What gives access in a template, plan or module and is no policy document: which policies are attached to whom, boundaries, the resource
//! that a policy belongs to, permissions that are properties of their own.
//!
//! The policies themselves are not at hand, so what such a thing gives is not worked out. That it changed is told. Of one policy of AWS
//! it is known: `AdministratorAccess` allows everything.

use std::collections::{BTreeMap, BTreeSet};

use super::find::{candidates, instances, is_policy_member};
use super::tree::{Tree, Value};

/// What a resource has beside its policy documents: each argument that decides who has what, and its value in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Beside {
    /// The arguments.
    pub arguments: BTreeMap<String, String>,
    /// Those that certainly attach `AdministratorAccess`.
    pub full_access: BTreeSet<String>,
}

/// What `AdministratorAccess` says.
/// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AdministratorAccess.html>
pub const ADMINISTRATOR_ACCESS: &str =
    r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;

/// A resource of a file, as far as it gives access by something else than documents.
pub(super) struct Found {
    /// Where it stands: `Role`, `module.m.aws_iam_role.r`.
    pub(super) address: String,
    pub(super) line: usize,
    pub(super) beside: Beside,
}

/// Arguments that attach policies, or limit what they give, wherever they stand.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iam-role.html>
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sso-permissionset.html>
const ATTACHING: [&str; 7] = [
    "CustomerManagedPolicyReferences",
    "ManagedPolicies",
    "ManagedPolicyArns",
    "PermissionsBoundary",
    "managed_policy_arns",
    "permissions_boundary",
    "managed_policy_arn",
];

/// Arguments that name policies which the resource gets.
const NAMING_POLICIES: [&str; 7] = [
    "ManagedPolicies",
    "ManagedPolicyArns",
    "Policies",
    "managed_policy_arn",
    "managed_policy_arns",
    "policy_arn",
    "policy_arns",
];

/// Types of resources that do nothing but give access, or say to whom a policy applies: of CloudFormation, then of Terraform.
const GIVING: [&str; 28] = [
    "AWS::Events::EventBusPolicy",
    "AWS::IAM::UserToGroupAddition",
    "AWS::LakeFormation::Permissions",
    "AWS::LakeFormation::PrincipalPermissions",
    "AWS::Lambda::LayerVersionPermission",
    "AWS::Lambda::Permission",
    "AWS::RAM::ResourceShare",
    "AWS::S3::AccessGrant",
    "AWS::SSO::Assignment",
    "aws_cloudwatch_event_permission",
    "aws_iam_group_membership",
    "aws_iam_group_policy_attachment",
    "aws_iam_policy_attachment",
    "aws_iam_role_policy_attachment",
    "aws_iam_role_policy_attachments_exclusive",
    "aws_iam_user_group_membership",
    "aws_iam_user_policy_attachment",
    "aws_kms_grant",
    "aws_lakeformation_permissions",
    "aws_lambda_layer_version_permission",
    "aws_lambda_permission",
    "aws_organizations_policy_attachment",
    "aws_ram_principal_association",
    "aws_ram_resource_association",
    "aws_s3control_access_grant",
    "aws_ssoadmin_account_assignment",
    "aws_ssoadmin_customer_managed_policy_attachment",
    "aws_ssoadmin_managed_policy_attachment",
];

/// Arguments that give nobody anything.
const NAMING: [&str; 22] = [
    "Description",
    "ManagedPolicyName",
    "Name",
    "Path",
    "PolicyName",
    "Tags",
    "arn",
    "attachment_count",
    "description",
    "depends_on",
    "id",
    "lifecycle",
    "name",
    "name_prefix",
    "path",
    "policy_id",
    "provider",
    "revision",
    "tags",
    "tags_all",
    "timeouts",
    "type",
];

/// Whether a text may hold something of the kind, in any notation.
#[must_use]
pub fn may_give_access(text: &str) -> bool {
    [
        "olicy",
        "olicies",
        "oundary",
        "ermission",
        "embership",
        "ssignment",
        "ToGroup",
        "grant",
        "Grant",
        "_ram_",
        "::RAM::",
    ]
    .iter()
    .any(|word| text.contains(word))
}

/// Everything of the kind in a template, a plan or state, or a module, in the order of the file.
pub(super) fn all(root: &Tree) -> Vec<Found> {
    let mut found = Vec::new();
    if let Some(resources) = root.get("Resources") {
        for (name, resource) in resources.members() {
            let kind = resource.get("Type").and_then(Tree::text).unwrap_or_default();
            let empty = Tree::new(resource.line, Value::Map(Vec::new()));
            add(&mut found, name, kind, resource.line, resource.get("Properties").unwrap_or(&empty));
        }
        return found;
    }
    for (name, block) in root.members() {
        // a module's file has its resources at the top
        if let (Value::Map(_), Some((kind, _))) = (&block.value, name.split_once('.'))
            && !matches!(kind, "data" | "module" | "provider" | "variable" | "output" | "locals" | "check" | "import")
        {
            add(&mut found, name, kind, block.line, block);
        }
    }
    walk(root, &mut found);
    found
}

/// Resources of a plan or state, wherever they stand in it.
fn walk(tree: &Tree, found: &mut Vec<Found>) {
    let text = |name: &str| tree.get(name).and_then(Tree::text);
    if text("mode") == Some("data") {
        return;
    }
    if let (Some(address), Some(kind), Some(values)) = (text("address"), text("type"), tree.get("values")) {
        return add(found, address, kind, tree.line, values);
    }
    let kept = instances(tree).collect::<Vec<_>>();
    if let (Some(kind), false) = (text("type"), kept.is_empty()) {
        for (address, attributes) in kept {
            add(found, &address, kind, attributes.line, attributes);
        }
        return;
    }
    match &tree.value {
        Value::List(items) => items.iter().for_each(|item| walk(item, found)),
        Value::Map(members) => members
            .iter()
            // what a plan changes stands among its planned values
            .filter(|(name, _)| !matches!(name.as_str(), "resource_changes" | "prior_state" | "configuration"))
            .for_each(|(_, value)| walk(value, found)),
        _ => {}
    }
}

fn add(found: &mut Vec<Found>, address: &str, kind: &str, line: usize, arguments: &Tree) {
    // a policy of scaling is none of access
    let is_policy = (kind.ends_with("Policy") || kind.ends_with("_policy")) && !candidates(arguments).is_empty();
    let gives = GIVING.contains(&kind);
    let is_serverless = kind.starts_with("AWS::Serverless::");
    let (mut told, mut full_access) = (BTreeMap::new(), BTreeSet::new());
    for (name, value) in arguments.members() {
        let attaches = ATTACHING.contains(&name.as_str())
            || (is_serverless && name == "Policies")
            || (kind.starts_with("AWS::IAM::") && name == "Groups");
        let is_document = is_policy_member(name) || (!candidates(value).is_empty() && !attaches);
        let matters = attaches || ((gives || is_policy) && !NAMING.contains(&name.as_str()) && !is_document);
        let line = one_line(value);
        if matters && !line.is_empty() {
            told.insert(name.clone(), line);
            if NAMING_POLICIES.contains(&name.as_str()) && has_administrator_access(value, is_serverless) {
                full_access.insert(name.clone());
            }
        }
    }
    if !told.is_empty() {
        let beside = Beside { arguments: told, full_access };
        found.push(Found { address: address.to_owned(), line, beside });
    }
}

/// Whether `AdministratorAccess` is among policies, whatever else a deployment decides. SAM takes its name alone, too.
/// <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html>
fn has_administrator_access(value: &Tree, takes_names: bool) -> bool {
    let is = |tree: &Tree| {
        let written = one_line(tree);
        // what is chosen by a condition is an object still
        let is_arn = written.starts_with("arn:") && written.ends_with(":iam::aws:policy/AdministratorAccess");
        is_arn || (takes_names && written == "AdministratorAccess")
    };
    is(value) || value.items().iter().any(is)
}

/// A value in one line, without the documents in it; empty where nothing is left.
fn one_line(tree: &Tree) -> String {
    match &tree.value {
        Value::Plain(text) if text == "null" => String::new(),
        Value::Plain(text) => text.clone(),
        // as it is written in the file
        Value::Text(text) => text.replace("${template:", "${"),
        Value::Open(what) => format!("${{{what}}}"),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(one_line).filter(|item| !item.is_empty()).collect();
            items.join(", ")
        }
        Value::Map(_) if tree.get("Statement").is_some() => String::new(),
        Value::Map(members) => {
            if let [(name, argument)] = members.as_slice()
                && let Some(text) = put_together(name, argument)
            {
                return text;
            }
            let members = members.iter().map(|(name, value)| (name, one_line(value)));
            let told: Vec<String> = members
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| format!("{name}: {value}"))
                .collect();
            if told.is_empty() { String::new() } else { format!("{{{}}}", told.join(", ")) }
        }
    }
}

/// What a function of CloudFormation puts together, where nothing of what is written is lost by saying it so.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-join.html>
fn put_together(name: &str, argument: &Tree) -> Option<String> {
    let filled_in = |tree: &Tree| Some(format!("${{{}}}", tree.text()?));
    match (name, argument.items()) {
        ("Ref" | "Fn::GetAtt", []) => filled_in(argument),
        ("Fn::GetAtt", [of, attribute]) => Some(format!("${{{}.{}}}", of.text()?, attribute.text()?)),
        ("Fn::Sub", []) => argument.text().map(str::to_owned),
        ("Fn::Join", [delimiter, list]) if !list.items().is_empty() => {
            let parts: Option<Vec<String>> = list.items().iter().map(of_text).collect();
            Some(parts?.join(delimiter.text()?))
        }
        _ => None,
    }
}

/// A text, or a function that puts one together.
fn of_text(tree: &Tree) -> Option<String> {
    match (&tree.value, tree.members()) {
        (Value::Text(text), _) => Some(text.clone()),
        (Value::Map(_), [(name, argument)]) => put_together(name, argument),
        _ => None,
    }
}
