//! Every policy of a template, plan or module, each by the address of its resource; and which of two versions belong together.

use std::collections::BTreeMap;

use super::beside;
use super::error::FileError;
use super::find::{Candidate, candidates};
use super::found::{Beside, Found};
use super::named;
use super::recognise::{Notation, notation};
use super::tree::Tree;
use super::{Read, document, hcl, json, template_or_self, terraform, with_unix_lines, yaml};
use crate::iam::Document;
use crate::text::{Source, is_unprintable};

/// One policy of a file that may hold several.
#[derive(Debug)]
#[non_exhaustive]
pub struct Part {
    /// The resource that has it, and the argument: `module.m.aws_iam_policy.p.policy`, `Role.Policies[0].PolicyDocument`.
    pub address: String,
    /// What the file calls it, where it has a name of its own.
    pub name: Option<String>,
    /// The policy, or why the file does not tell it.
    pub document: Result<Document, FileError>,
    /// The whole file, where it is that file which cannot be read: two files of the same words do not differ.
    pub unread: Option<Source>,
    /// What the resource has that gives access and is no document; then there is none.
    pub beside: Option<Beside>,
}

impl Part {
    /// A policy that has a file of its own.
    #[must_use]
    pub const fn new(address: String, document: Result<Document, FileError>) -> Self {
        Self { address, name: None, document, unread: None, beside: None }
    }

    /// A file that cannot be read.
    #[must_use]
    pub const fn unread(address: String, file: Source, error: FileError) -> Self {
        Self { address, name: None, document: Err(error), unread: Some(file), beside: None }
    }

    /// Whether it only says what a name stands for.
    #[must_use]
    pub fn is_meaning(&self) -> bool {
        self.beside.as_ref().is_some_and(|beside| beside.defines.is_some())
    }

    /// Whether both are the same file, which cannot be read.
    #[must_use]
    pub fn is_same_unread(&self, other: &Self) -> bool {
        self.unread.as_ref().zip(other.unread.as_ref()).is_some_and(|(one, other)| one.text() == other.text())
    }
}

/// The policies of a template of CloudFormation, a plan, state or module of Terraform, in the order of the file; `None` where the file is
/// none of these.
///
/// # Errors
/// When the file cannot be read at all.
pub fn parts(file: Source) -> Result<Option<Vec<Part>>, FileError> {
    let file = with_unix_lines(file);
    let broken = |at, message: String| super::something(&file, at, message);
    let (root, is_module) = match notation(&file, None) {
        Notation::Json => match json(&file) {
            Ok(Read::Roots(mut roots)) if roots.len() == 1 => (roots.pop(), false),
            // whoever reads it as a document says what is wrong
            _ => return Ok(None),
        },
        Notation::Yaml => match yaml::parse(file.text()) {
            Ok(mut roots) if roots.len() == 1 => (roots.pop(), false),
            _ => return Ok(None),
        },
        Notation::Hcl => {
            let read = hcl::parse(file.text());
            let read = read
                .map_err(|error| broken(error.at, format!("this reads like Terraform, and is not: {}", error.message)));
            (Some(read?), true)
        }
        Notation::Nothing(_) | Notation::Other(..) => return Ok(None),
    };
    let Some(root) = root else { return Ok(None) };
    if file.name().ends_with(".tfvars") || file.name().ends_with(".tfvars.json") {
        return Ok(Some(named::of_settings(&root).into_iter().map(|found| attached(&file, found)).collect()));
    }
    let found = if terraform::is_terraform(&root) {
        terraform::documents(&root)
    } else if is_module || is_template(&root) {
        candidates(&template_or_self(&root))
    } else {
        return Ok(None);
    };
    let own = found.iter().map(|one| part(&file, one));
    let beside = beside::all(&root).into_iter().map(|found| attached(&file, found));
    Ok(Some(own.chain(beside).collect()))
}

/// What of a resource gives access beside documents, as a part of its own.
fn attached(file: &Source, found: Found) -> Part {
    let Found { address, line, beside } = found;
    let path = one_line(&address);
    let why = "what is attached is no document of this file".to_owned();
    let error = FileError::Open { file: file.name().to_owned(), line, path: path.clone(), why };
    Part { beside: Some(beside), ..Part::new(path, Err(error)) }
}

/// Whether it is a template of CloudFormation.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html>
fn is_template(root: &Tree) -> bool {
    let resources = root.get("Resources").map(Tree::members).unwrap_or_default();
    root.get("AWSTemplateFormatVersion").is_some()
        || resources.iter().any(|(_, resource)| resource.get("Type").is_some())
}

fn part(file: &Source, one: &Candidate) -> Part {
    let path = one.path.strip_prefix("Resources.").map(|path| path.replacen(".Properties.", ".", 1));
    let address = one_line(&path.unwrap_or_else(|| one.path.clone()));
    Part { name: one.names.last().cloned(), ..Part::new(address.clone(), document(file, one, address)) }
}

/// An address is a heading of a report: what would begin another line is shown.
fn one_line(address: &str) -> String {
    let mut line = String::with_capacity(address.len());
    for character in address.chars() {
        if is_unprintable(character) { line.extend(character.escape_default()) } else { line.push(character) }
    }
    line
}

/// Two versions of a policy, one of which may not be there.
#[derive(Debug)]
#[non_exhaustive]
pub struct Pair {
    /// Where it is now, or was.
    pub address: String,
    /// Before the change.
    pub old: Option<Part>,
    /// After it.
    pub new: Option<Part>,
}

/// The policies of two versions by their addresses, in the order of the new ones. In a list of policies of one resource, those of the same
/// name belong together, wherever they stand in it.
#[must_use]
pub fn pairs(old: Vec<Part>, new: Vec<Part>) -> Vec<Pair> {
    let mut before: BTreeMap<String, Part> = keyed(old).into_iter().collect();
    let mut pairs: Vec<Pair> = Vec::new();
    for (key, new) in keyed(new) {
        pairs.push(Pair { address: new.address.clone(), old: before.remove(&key), new: Some(new) });
    }
    let gone = before.into_values().map(|old| Pair { address: old.address.clone(), old: Some(old), new: None });
    pairs.extend(gone);
    pairs
}

/// Each part with its address, in which a place in a list is the name of what stands there, if that is the only one of the name.
fn keyed(parts: Vec<Part>) -> Vec<(String, Part)> {
    let named = |part: &Part| {
        let (list, place) = part.address.rsplit_once('[')?;
        let (place, rest) = place.split_once(']')?;
        place.parse::<usize>().ok()?;
        // without what follows, the place tells instances of one resource apart
        Some(format!("{list}[={}]{rest}", part.name.as_deref().filter(|_| rest.contains('.'))?))
    };
    // what a name stands for has the address of the call or resource of that name
    let own = |part: &Part| if part.is_meaning() { format!("{} =", part.address) } else { part.address.clone() };
    let keys: Vec<String> = parts.iter().map(|part| named(part).unwrap_or_else(|| own(part))).collect();
    let unique = |key: &String| keys.iter().filter(|other| *other == key).count() == 1;
    let chosen: Vec<bool> = keys.iter().map(unique).collect();
    let keys = keys.into_iter().zip(chosen);
    keys.zip(parts).map(|((key, unique), part)| (if unique { key } else { own(&part) }, part)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The policies, without what stands beside them.
    fn policies(parts: Vec<Part>) -> Vec<Part> {
        parts.into_iter().filter(|part| part.beside.is_none()).collect()
    }

    fn addresses(parts: Vec<Part>) -> Vec<String> {
        policies(parts).into_iter().map(|part| part.address).collect()
    }

    #[test]
    fn a_policy_moved_in_its_list_is_the_same_policy() {
        let template = |names: [&str; 2]| {
            let policy = |name: &str| format!(r#"{{"PolicyName": "{name}", "PolicyDocument": {{"Statement": []}}}}"#);
            let [one, two] = names.map(policy);
            let text = format!(
                r#"{{"Resources": {{"R": {{"Type": "AWS::IAM::Role", "Properties": {{"Policies": [{one}, {two}]}}}}}}}}"#
            );
            policies(parts(Source::new("t.json", text)).unwrap().unwrap())
        };
        let paired: Vec<_> = pairs(template(["a", "b"]), template(["b", "c"]))
            .into_iter()
            .map(|pair| {
                (pair.address, pair.old.map(|part| part.name.unwrap()), pair.new.map(|part| part.name.unwrap()))
            })
            .collect();
        let text = |text: &str| text.to_owned();
        assert_eq!(
            paired,
            [
                (text("R.Policies[0].PolicyDocument"), Some(text("b")), Some(text("b"))),
                (text("R.Policies[1].PolicyDocument"), None, Some(text("c"))),
                (text("R.Policies[0].PolicyDocument"), Some(text("a")), None),
            ]
        );
    }

    #[test]
    fn an_address_is_the_one_that_terraform_prints() {
        let state = r#"{"version": 4, "terraform_version": "1.9.0", "resources": [
            {"module": "module.m", "mode": "managed", "type": "aws_iam_policy", "name": "p", "instances": [
                {"index_key": 0, "attributes": {"policy": "{\"Statement\": []}"}},
                {"index_key": "k", "attributes": {"policy": "{\"Statement\": []}"}}]}]}"#;
        let found = parts(Source::new("s.json", state)).unwrap().unwrap();
        assert_eq!(
            addresses(found),
            ["module.m.aws_iam_policy.p[0].policy", "module.m.aws_iam_policy.p[\"k\"].policy"]
        );
    }
}
