//! What a file says of names that policies are taken from: parameters, mappings and conditions of a template; variables, local values, data
//! sources and calls of modules of Terraform.
//!
//! - <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html>
//! - <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html>
//! - <https://developer.hashicorp.com/terraform/language/expressions/references>

use std::collections::{BTreeMap, BTreeSet};

use super::data_source;
use super::found::{Beside, Found};
use super::one_line::one_line;
use super::tree::{Tree, Value};

/// What a name of a file stands for.
fn meaning(name: String, said: String, value: &Tree) -> Found {
    let mut names = BTreeSet::new();
    names_in(value, &mut names);
    let arguments = BTreeMap::from_iter((!said.is_empty()).then(|| ("value".to_owned(), said)));
    // what takes its value from it was not there either, where only one version has it
    let only_kept = BTreeSet::from(["value".to_owned()]);
    let beside = Beside { arguments, only_kept, names, defines: Some(name.clone()), ..Beside::default() };
    Found { address: name, line: value.line, beside }
}

/// The names of a template. What a deployment gives in place of a default is not known; that the default changed is.
pub(super) fn of_template(root: &Tree) -> Vec<Found> {
    let members = |section: &str| root.get(section).map(Tree::members).unwrap_or_default();
    let parameters = members("Parameters").iter().map(|(name, parameter)| {
        let default = parameter.get("Default").map(one_line).unwrap_or_default();
        meaning(name.clone(), default, parameter)
    });
    let others = ["Mappings", "Conditions"].into_iter().flat_map(|section| {
        members(section).iter().map(move |(name, value)| meaning(format!("{section}.{name}"), one_line(value), value))
    });
    parameters.chain(others).collect()
}

/// The names of a module.
pub(super) fn of_module(root: &Tree) -> Vec<Found> {
    let mut found = Vec::new();
    for (name, block) in root.members() {
        match (name.split_once('.'), name.as_str()) {
            (Some(("variable", own)), _) => {
                let default = block.get("default").map(one_line).unwrap_or_default();
                found.push(meaning(format!("var.{own}"), default, block));
            }
            (None, "locals") => {
                found.extend(block.members().iter().map(|(own, value)| {
                    let value_line = one_line(value);
                    meaning(format!("local.{own}"), value_line, value)
                }));
            }
            (Some(("data", _)), _) if !name.starts_with(data_source::KIND) => {
                found.push(meaning(name.clone(), one_line(block), block));
            }
            (Some(("module", _)), _) => found.push(meaning(name.clone(), one_line(block), block)),
            _ => {}
        }
    }
    found
}

/// The variables that a `.tfvars` file sets.
pub(super) fn of_settings(root: &Tree) -> Vec<Found> {
    let mut found: Vec<Found> =
        root.members().iter().map(|(name, value)| meaning(format!("var.{name}"), one_line(value), value)).collect();
    // without it the default counts
    for one in &mut *found {
        one.beside.only_kept.clear();
    }
    found
}

/// The names that a value is taken from.
pub(super) fn names_in(tree: &Tree, names: &mut BTreeSet<String>) {
    match &tree.value {
        Value::Plain(_) => {}
        Value::Text(text) | Value::Open(text) => names_of_terraform(text, names),
        Value::List(items) => items.iter().for_each(|item| names_in(item, names)),
        Value::Map(members) => {
            for (key, value) in members {
                let first = value.items().first().unwrap_or(value);
                match (key.as_str(), first.text()) {
                    ("Ref", Some(name)) => drop(names.insert(name.to_owned())),
                    ("Fn::Sub", Some(text)) => names_of_substitution(text, names),
                    ("Fn::FindInMap", Some(name)) => drop(names.insert(format!("Mappings.{name}"))),
                    ("Fn::If" | "Condition", Some(name)) => drop(names.insert(format!("Conditions.{name}"))),
                    _ => {}
                }
                names_in(value, names);
            }
        }
    }
}

/// `${Name}` and `${Name.Attribute}` of `Fn::Sub`.
fn names_of_substitution(text: &str, names: &mut BTreeSet<String>) {
    for part in text.split("${").skip(1) {
        if let Some((name, _)) = part.split_once('}').filter(|(name, _)| !name.starts_with('!')) {
            names.insert(name.split('.').next().unwrap_or(name).trim().to_owned());
        }
    }
}

/// `var.name`, `local.name`, `module.name.output`, `data.type.name.attribute`, and files that are read.
fn names_of_terraform(text: &str, names: &mut BTreeSet<String>) {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    for (kind, parts) in [("var", 1), ("local", 1), ("module", 1), ("data", 2)] {
        for (at, _) in text.match_indices(kind) {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let rest = text.get(at + kind.len()..).and_then(|rest| rest.strip_prefix('.'));
            let Some(rest) = rest.filter(|_| !before.is_some_and(|c| is_name(c) || c == '.')) else { continue };
            let own: Vec<&str> = rest
                .split('.')
                .take(parts)
                .map(|part| part.split(|c| !is_name(c)).next().unwrap_or_default())
                .collect();
            if own.len() == parts && own.iter().all(|part| !part.is_empty()) {
                names.insert(format!("{kind}.{}", own.join(".")));
            }
        }
    }
    // <https://developer.hashicorp.com/terraform/language/functions/templatefile>
    for part in text.split("file").skip(1) {
        let inside = part.trim_start_matches("base64").trim_start().strip_prefix('(').map(str::trim_start);
        let path = inside.and_then(|inside| inside.strip_prefix('"')).and_then(|inside| inside.split_once('"'));
        if let Some((path, _)) = path {
            let own = ["${path.module}/", "${path.root}/", "./"];
            let path = own.iter().fold(path, |path, start| path.strip_prefix(start).unwrap_or(path));
            if !path.contains("${") {
                names.insert(format!("file:{path}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_where_they_are_whole() {
        let mut names = BTreeSet::new();
        names_of_terraform(
            r#"concat(var.a, [local.b-c], module.m["x"].arn, data.aws_iam_policy.p.arn, myvar.no, x.local.no) templatefile("${path.module}/p.json.tpl", {}) file("q.json")"#,
            &mut names,
        );
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(
            names,
            ["data.aws_iam_policy.p", "file:p.json.tpl", "file:q.json", "local.b-c", "module.m", "var.a"]
        );
    }
}
