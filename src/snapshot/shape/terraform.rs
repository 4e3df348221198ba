//! What Terraform prints of a plan (`terraform show -json`): the values that are planned, and those that only applying it tells.
//!
//! <https://developer.hashicorp.com/terraform/internals/json-format>

use super::find::{Candidate, What, candidates, is_policy_member};
use super::tree::{Tree, Value};

/// Whether the file is a plan, or a state as `terraform show -json` prints it or Terraform keeps it.
pub(super) fn is_terraform(root: &Tree) -> bool {
    root.get("terraform_version").is_some() || (root.get("format_version").is_some() && root.get("values").is_some())
}

/// The documents of a plan or state. Data sources only repeat what resources have.
pub(super) fn documents(root: &Tree) -> Vec<Candidate> {
    let mut found = Vec::new();
    if let Some(changes) = root.get("resource_changes") {
        for change in changes.items() {
            unknown(change, &mut found);
        }
    }
    let values = root.get("planned_values").or_else(|| root.get("values")).unwrap_or(root);
    let managed = managed(values);
    found.extend(candidates(&managed));
    if found.is_empty() { candidates(values) } else { found }
}

/// The tree without data sources.
fn managed(tree: &Tree) -> Tree {
    let is_data = |tree: &Tree| tree.get("mode").and_then(Tree::text) == Some("data");
    let value = match &tree.value {
        Value::List(items) => Value::List(items.iter().filter(|item| !is_data(item)).map(managed).collect()),
        Value::Map(members) => Value::Map(members.iter().map(|(name, value)| (name.clone(), managed(value))).collect()),
        other => other.clone(),
    };
    Tree { value, ..tree.clone() }
}

/// Policies that are known only after the plan was applied.
fn unknown(change: &Tree, found: &mut Vec<Candidate>) {
    let Some(address) = change.get("address").and_then(Tree::text) else { return };
    if change.get("mode").and_then(Tree::text) == Some("data") {
        return;
    }
    let after = change.get("change").and_then(|change| change.get("after_unknown"));
    for (name, value) in after.map(Tree::members).unwrap_or_default() {
        if is_policy_member(name) && value.value == Value::Plain("true".to_owned()) {
            found.push(Candidate {
                path: format!("{address}.{name}"),
                names: vec![address.to_owned()],
                endpoint: None,
                line: value.line,
                only_if: None,
                what: What::Open("it is known only after the plan was applied".to_owned()),
            });
        }
    }
}
