//! What gives access in a template, plan or module and is no policy document: which policies are attached to whom, boundaries, the resource
//! that a policy belongs to, permissions that are properties of their own; and what the file says of names that all this is taken from.
//!
//! The policies themselves are not at hand, so what such a thing gives is not worked out. That it changed is told. Of one policy of AWS
//! it is known: `AdministratorAccess` allows everything.

use std::collections::BTreeMap;

use super::find::{candidates, instances, is_policy_member};
use super::found::{Beside, Found};
use super::gives::{Told, is_about_access, told};
use super::named::{self, names_in};
use super::one_line::one_line;
use super::tree::{Tree, Value};

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

/// Whether a text may hold something of the kind, in any notation: a template, a plan or state, or a module.
#[must_use]
pub fn may_give_access(text: &str) -> bool {
    ["Resources", "terraform_version", "format_version", "resource", "module", "variable", "locals", "data"]
        .iter()
        .any(|word| text.contains(word))
}

/// Everything of the kind in a template, a plan or state, or a module, in the order of the file.
pub(super) fn all(root: &Tree) -> Vec<Found> {
    let mut found = Vec::new();
    if let Some(resources) = root.get("Resources") {
        for (name, resource) in resources.members() {
            of_template(&mut found, name, resource);
        }
        // what SAM puts into all resources of a type
        for (kind, arguments) in root.get("Globals").map(Tree::members).unwrap_or_default() {
            let address = format!("Globals.{kind}");
            add(&mut found, &address, &format!("AWS::Serverless::{kind}"), arguments.line, arguments, &[]);
        }
        found.extend(named::of_template(root));
        return found;
    }
    for (name, block) in root.members() {
        // a module's file has its resources at the top
        let Some((kind, _)) = name.split_once('.').filter(|_| matches!(block.value, Value::Map(_))) else { continue };
        match kind {
            "module" => of_module(&mut found, name, block),
            "data" | "provider" | "variable" | "output" | "locals" | "check" | "import" => {}
            _ => add(&mut found, name, kind, block.line, block, &[]),
        }
    }
    found.extend(named::of_module(root));
    walk(root, &mut found);
    found
}

/// A resource of a template.
fn of_template(found: &mut Vec<Found>, name: &str, resource: &Tree) {
    if name == "Fn::Transform" {
        let arguments = BTreeMap::from([(name.to_owned(), one_line(resource))]);
        let beside = Beside { arguments, ..Beside::default() };
        return found.push(Found { address: "Resources".to_owned(), line: resource.line, beside });
    }
    // one resource for each member of a collection
    // <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-foreach.html>
    if let (true, [_, collection, body]) = (name.starts_with("Fn::ForEach::"), resource.items()) {
        let before = found.len();
        for (name, resource) in body.members() {
            of_template(found, name, resource);
        }
        if found.len() > before {
            let mut beside = Beside::default();
            beside.arguments.insert(name.to_owned(), one_line(collection));
            beside.only_kept.insert(name.to_owned());
            names_in(collection, &mut beside.names);
            found.push(Found { address: name.to_owned(), line: resource.line, beside });
        }
        return;
    }
    let kind = resource.get("Type").and_then(Tree::text).unwrap_or_default();
    let empty = Tree::new(resource.line, Value::Map(Vec::new()));
    let own: Vec<(&str, &Tree)> = ["Condition", "Connectors"]
        .into_iter()
        .filter_map(|attribute| Some((attribute, resource.get(attribute)?)))
        .collect();
    let properties = resource.get("Properties").unwrap_or(&empty);
    if let [(function, argument)] = properties.members()
        && let (true, [condition, both @ ..]) = (function == "Fn::If", argument.items())
    {
        for (properties, is) in both.iter().zip(["", "not "]) {
            let address = format!("{name}.If({is}{})", condition.text().unwrap_or_default());
            add(found, &address, kind, resource.line, properties, &own);
        }
        return;
    }
    add(found, name, kind, resource.line, properties, &own);
}

/// A call of a module of Terraform: what it makes of its arguments is not at hand.
fn of_module(found: &mut Vec<Found>, address: &str, block: &Tree) {
    const OF_CALL: [&str; 3] = ["depends_on", "providers", "lifecycle"];
    const SOURCE: [&str; 4] = ["source", "version", "count", "for_each"];
    let mut beside = Beside::default();
    for (name, value) in block.members() {
        let line = one_line(value);
        if !OF_CALL.contains(&name.as_str()) && !SOURCE.contains(&name.as_str()) && is_about_access(name, &line) {
            names_in(value, &mut beside.names);
            beside.arguments.insert(name.clone(), line);
        }
    }
    let is_about = block.get("source").map(one_line).is_some_and(|source| is_about_access(&source, ""));
    if !beside.arguments.is_empty() || is_about {
        for (name, value) in block.members().iter().filter(|(name, _)| SOURCE.contains(&name.as_str())) {
            names_in(value, &mut beside.names);
            beside.only_kept.insert(name.clone());
            beside.arguments.insert(name.clone(), one_line(value));
        }
        found.push(Found { address: address.to_owned(), line: block.line, beside });
    }
}

/// Resources of a plan or state, wherever they stand in it.
fn walk(tree: &Tree, found: &mut Vec<Found>) {
    let text = |name: &str| tree.get(name).and_then(Tree::text);
    if text("mode") == Some("data") {
        return;
    }
    if let (Some(address), Some(kind), Some(values)) = (text("address"), text("type"), tree.get("values")) {
        return add(found, address, kind, tree.line, values, &[]);
    }
    let kept = instances(tree).collect::<Vec<_>>();
    if let (Some(kind), false) = (text("type"), kept.is_empty()) {
        for (address, attributes) in kept {
            add(found, &address, kind, attributes.line, attributes, &[]);
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

/// Adds a resource, with the attributes that stand beside its arguments.
fn add(found: &mut Vec<Found>, address: &str, kind: &str, line: usize, arguments: &Tree, attributes: &[(&str, &Tree)]) {
    let has_documents = !candidates(arguments).is_empty();
    // a policy of scaling is none of access
    let is_policy = (kind.ends_with("Policy") || kind.ends_with("_policy")) && has_documents;
    let mut beside = Beside::default();
    let own = arguments.members().iter().map(|(name, value)| (name.as_str(), value));
    for (name, value) in own.chain(attributes.iter().copied()) {
        let said = match (kind, name) {
            (_, "Events") if kind.starts_with("AWS::Serverless::") => nested(value, "Auth"),
            ("AWS::IAM::Group" | "AWS::IAM::Role" | "AWS::IAM::User", "Policies") => without_documents(value),
            _ => match told(kind, name, value, is_policy) {
                Told::Never => String::new(),
                Told::IfKept => {
                    beside.only_kept.insert(name.to_owned());
                    one_line(value)
                }
                Told::Always => one_line(value),
            },
        };
        let is_document = !candidates(value).is_empty() || is_policy_member(name);
        if !said.is_empty() || is_document {
            names_in(value, &mut beside.names);
        }
        if said.is_empty() {
            beside.only_kept.remove(name);
            continue;
        }
        beside.arguments.insert(name.to_owned(), said);
        let is_serverless = kind.starts_with("AWS::Serverless::");
        if NAMING_POLICIES.contains(&name) && has_administrator_access(value, is_serverless) {
            beside.full_access.insert(name.to_owned());
        }
    }
    if beside.arguments.is_empty() && !has_documents {
        return;
    }
    // whether it is there at all, and how often
    let dynamic = |name: &str| name.starts_with("dynamic.");
    let of_terraform = arguments.members().iter().filter_map(|(name, value)| match name.as_str() {
        "count" | "for_each" => Some((name.as_str(), value)),
        name if dynamic(name) && !candidates(value).is_empty() => Some((name, value.get("for_each")?)),
        _ => None,
    });
    let condition = attributes.iter().copied().filter(|(name, _)| *name == "Condition");
    for (name, value) in of_terraform.chain(condition) {
        names_in(value, &mut beside.names);
        if name == "Condition" {
            beside.names.extend(value.text().map(|text| format!("Conditions.{text}")));
        }
        if beside.arguments.insert(name.to_owned(), one_line(value)).is_none() {
            beside.only_kept.insert(name.to_owned());
        }
    }
    found.push(Found { address: address.to_owned(), line, beside });
}

/// All members of this name, however deep, in one line.
fn nested(tree: &Tree, name: &str) -> String {
    let mut all = Vec::new();
    for (key, value) in tree.members() {
        let said = if key == name { one_line(value) } else { nested(value, name) };
        all.extend((!said.is_empty()).then(|| format!("{key}: {said}")));
    }
    all.join(", ")
}

/// What stands among policies and is none that the file shows: a reference, or a condition between such.
fn without_documents(policies: &Tree) -> String {
    let is_function = |tree: &&Tree| matches!(tree.members(), [(name, _)] if name == "Ref" || name.starts_with("Fn::"));
    let items = if policies.items().is_empty() { std::slice::from_ref(policies) } else { policies.items() };
    let open = items.iter().filter(is_function).filter(|item| candidates(item).is_empty());
    open.map(one_line).collect::<Vec<_>>().join(", ")
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
