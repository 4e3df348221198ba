//! Everything in a file that is a policy document, with the path that leads to it.

use super::tree::{Tree, Value};
use crate::iam::{EndpointKind, is_open};
use crate::text::Span;

/// Something in a file that is a policy document, or stands where one belongs.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// The keys and indices that lead there: `Roles[0].AssumeRolePolicyDocument`.
    pub(super) path: String,
    /// What the objects around it are called: a role's name, an endpoint's id.
    pub(super) names: Vec<String>,
    /// The kind of the VPC endpoint that has it.
    pub(super) endpoint: Option<EndpointKind>,
    /// The line of the file on which it begins.
    pub(super) line: usize,
    pub(super) what: What,
    /// The condition of a template under which it is deployed, where it has one, and the document.
    pub(super) only_if: Option<(String, Tree)>,
}

/// In which form it stands there.
#[derive(Debug, Clone)]
pub(super) enum What {
    /// JSON of the file itself.
    Json(Span),
    /// A value of another notation, or one with parts left open.
    Tree(Tree),
    /// A text that holds JSON.
    Text(String),
    /// Nothing that can be read before something else is known: what that is.
    Open(String),
}

/// Members that tell what an object is called.
const NAMES: [&str; 14] = [
    "PolicyName",
    "policyName",
    "RoleName",
    "UserName",
    "GroupName",
    "VpcEndpointId",
    "PolicyId",
    "DomainName",
    "address",
    "VersionId",
    "name",
    "Name",
    "id",
    "Arn",
];

/// Members that hold a policy wherever a template has them.
const POLICIES: [&str; 17] = [
    "policy",
    "assume_role_policy",
    "inline_policy",
    "access_policy",
    "access_policies",
    "key_policy",
    "repository_policy",
    "resource_policy",
    "policy_document",
    "policy_text",
    "content",
    "PolicyDocument",
    "AssumeRolePolicyDocument",
    "KeyPolicy",
    "RepositoryPolicyText",
    "ResourcePolicy",
    "InlinePolicy",
];

/// Every document under `tree`, in the order of the file.
pub(super) fn candidates(tree: &Tree) -> Vec<Candidate> {
    let mut search = Search { found: Vec::new() };
    search.walk(tree, String::new(), &Around::default(), "");
    search.found
}

/// Whether a template's member of this name holds a policy.
pub(super) fn is_policy_member(name: &str) -> bool {
    POLICIES.contains(&name)
}

/// Whether it is one statement, without the document around it.
pub(super) fn is_statement(tree: &Tree) -> bool {
    let has = |name: &str| tree.get(name).is_some();
    has("Effect") && (has("Action") || has("NotAction")) && !has("Statement")
}

/// What the objects around a value tell.
#[derive(Default, Clone)]
struct Around {
    names: Vec<String>,
    endpoint: Option<EndpointKind>,
    /// What must hold for it to be deployed.
    only_if: Option<String>,
}

/// Members that tell the type of a VPC endpoint: of AWS and CloudFormation, of Terraform.
const ENDPOINT_TYPES: [&str; 2] = ["VpcEndpointType", "vpc_endpoint_type"];

struct Search {
    found: Vec<Candidate>,
}

impl Search {
    fn add(&mut self, tree: &Tree, path: &str, around: &Around, what: What) {
        let Around { names, endpoint, only_if } = around.clone();
        let only_if = only_if.map(|condition| (condition, tree.clone()));
        self.found.push(Candidate { path: path.to_owned(), names, endpoint, line: tree.line, what, only_if });
    }

    fn walk(&mut self, tree: &Tree, path: String, around: &Around, key: &str) {
        match &tree.value {
            Value::Map(members) if tree.get("Statement").is_some() => {
                let what = match (tree.json, undecidable(tree)) {
                    (_, Some(open)) => What::Open(open),
                    (Some(span), None) => What::Json(span),
                    (None, None) => What::Tree(Tree { value: Value::Map(members.clone()), ..tree.clone() }),
                };
                self.add(tree, &path, around, what);
            }
            Value::Map(_) if instances(tree).next().is_some() => {
                let mut around = around.clone();
                around.names.extend(tree.get("name").and_then(Tree::text).map(str::to_owned));
                for (address, attributes) in instances(tree) {
                    self.walk(attributes, address, &around, key);
                }
            }
            Value::Map(members) => {
                let mut around = around.clone();
                // the one that says most is the last
                let own = NAMES.iter().rev().filter_map(|name| tree.get(name).and_then(Tree::text));
                around.names.extend(own.map(str::to_owned));
                if let Some(kind) = ENDPOINT_TYPES.iter().find_map(|name| tree.get(name)) {
                    around.endpoint = kind.text().and_then(EndpointKind::of_type);
                }
                let path = terraform_address(tree).unwrap_or(path);
                for (name, value) in members {
                    let path = match name.as_str() {
                        // Terraform's plans and states have a resource's arguments one level further in
                        "values" if tree.get("address").is_some() => path.clone(),
                        _ if path.is_empty() => name.clone(),
                        _ => format!("{path}.{name}"),
                    };
                    match condition_of(name) {
                        // what stands there is a value of the member around it
                        Some(condition) => {
                            let both = around.only_if.iter().map(String::as_str).chain([condition]);
                            let only_if = Some(both.collect::<Vec<_>>().join(" and "));
                            self.walk(value, path, &Around { only_if, ..around.clone() }, key);
                        }
                        None => self.walk(value, path, &around, name),
                    }
                }
            }
            Value::List(items) => {
                // of a managed policy's versions one counts
                let default = |item: &&Tree| matches!(item.get("IsDefaultVersion").map(|truth| &truth.value), Some(Value::Plain(truth)) if truth == "true");
                let only = items.iter().position(|item| default(&item)).filter(|_| items.iter().all(is_version));
                for (index, item) in items.iter().enumerate() {
                    if only.is_none_or(|only| only == index) {
                        self.walk(item, format!("{path}[{index}]"), around, key);
                    }
                }
            }
            Value::Text(text) => {
                if let Some(text) = document_text(text) {
                    self.add(tree, &path, around, What::Text(text));
                } else if is_policy_member(key) && (text.contains("\"Statement\"") || is_open(text) && key != "content")
                {
                    self.add(tree, &path, around, What::Open("its text is no JSON as it stands".to_owned()));
                }
            }
            Value::Open(open) if is_policy_member(key) => {
                self.add(tree, &path, around, What::Open(format!("it is taken from `{open}`")));
            }
            Value::Plain(_) | Value::Open(_) => {}
        }
    }
}

/// The condition under which a member is deployed that is a value of `Fn::If`: `Prod`, `not Prod`.
fn condition_of(member: &str) -> Option<&str> {
    member.strip_prefix("If(")?.strip_suffix(')')
}

fn is_version(tree: &Tree) -> bool {
    tree.get("IsDefaultVersion").is_some()
}

/// The address of a resource in a plan of Terraform, or in a state that it printed.
fn terraform_address(tree: &Tree) -> Option<String> {
    let address = tree.get("address").and_then(Tree::text)?;
    tree.get("values").map(|_| address.to_owned())
}

/// The instances of a resource in a state as Terraform keeps it: the address that a plan has for each, and its arguments.
/// <https://developer.hashicorp.com/terraform/cli/state/resource-addressing>
pub(super) fn instances(tree: &Tree) -> impl Iterator<Item = (String, &Tree)> {
    let text = |name: &str| tree.get(name).and_then(Tree::text);
    let module = text("module").map_or_else(String::new, |module| format!("{module}."));
    let base = text("type").zip(text("name")).map(|(kind, name)| format!("{module}{kind}.{name}"));
    let instances = tree.get("instances").map(Tree::items).unwrap_or_default();
    instances.iter().filter_map(move |instance| {
        let index = match instance.get("index_key").map(|key| &key.value) {
            Some(Value::Text(key)) => format!("[\"{key}\"]"),
            Some(Value::Plain(number)) => format!("[{number}]"),
            _ => String::new(),
        };
        Some((format!("{}{index}", base.as_deref()?), instance.get("attributes")?))
    })
}

/// The policy document that a text holds: as JSON, as the IAM API encodes it for URLs, or once more escaped as API Gateway does.
pub(super) fn document_text(text: &str) -> Option<String> {
    let start = text.trim_start();
    let decoded;
    let text = if start.starts_with("%7B") || start.starts_with("%7b") {
        decoded = percent_encoding::percent_decode_str(text).decode_utf8().ok()?.into_owned();
        &decoded
    } else if start.starts_with("{\\\"") {
        decoded = serde_json::from_str::<String>(&format!("\"{}\"", text.replace('\n', "\\n"))).ok()?;
        &decoded
    } else {
        text
    };
    if !text.trim_start().starts_with('{') || !text.contains("\"Statement\"") {
        return None;
    }
    let node = crate::text::parse(text).ok()?;
    node.get("Statement").map(|_| super::super::document::unix_lines(text.to_owned()))
}

/// What a document leaves open where the answer depends on its very shape: whether a statement is there, its effect, its condition.
fn undecidable(document: &Tree) -> Option<String> {
    let open = |tree: &Tree| match &tree.value {
        Value::Open(what) => Some(what.clone()),
        _ => None,
    };
    let statement = document.get("Statement")?;
    let statements = if statement.items().is_empty() { std::slice::from_ref(statement) } else { statement.items() };
    for statement in statements {
        let of_condition = statement.get("Condition").into_iter().flat_map(|condition| {
            let operators = condition.members().iter().map(|(_, operator)| operator);
            std::iter::once(condition).chain(operators)
        });
        let shape = std::iter::once(statement).chain(statement.get("Effect")).chain(of_condition);
        if let Some(what) = shape.into_iter().find_map(open) {
            return Some(format!("a statement of it depends on `{what}`"));
        }
    }
    open(statement).map(|what| format!("its statements are taken from `{what}`"))
}
