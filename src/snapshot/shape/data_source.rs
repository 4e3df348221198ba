//! `data "aws_iam_policy_document"` of Terraform as the policy document that it makes, as far as the file tells it.
//!
//! What is not literal in a place that decides the shape of the document leaves all of its statements open: they are never taken for none.
//! <https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/d/iam_policy_document.html.markdown>

use super::tree::{Tree, Value};

/// How the address of such a data source begins.
pub(super) const KIND: &str = "data.aws_iam_policy_document.";

/// Arguments of the document that say nothing about access.
const WITHOUT_MEANING: [&str; 4] = ["policy_id", "provider", "depends_on", "lifecycle"];

/// The document.
pub(super) fn document(block: &Tree) -> Tree {
    let statement = match statements(block) {
        Ok(statements) => Tree::new(block.line, Value::List(statements)),
        Err(open) => Tree::new(open.line, Value::Open(open.what)),
    };
    let version = match block.get("version").filter(|version| !is_none(version)).map(|version| &version.value) {
        None => Value::Text("2012-10-17".to_owned()),
        Some(version) => version.clone(),
    };
    let members = vec![("Version".to_owned(), Tree::new(block.line, version)), ("Statement".to_owned(), statement)];
    Tree::new(block.line, Value::Map(members))
}

/// What the statements depend on.
struct Open {
    line: usize,
    what: String,
}

impl Open {
    fn new(tree: &Tree, what: &str) -> Self {
        let what = match &tree.value {
            Value::Open(open) => open.clone(),
            _ => what.to_owned(),
        };
        Self { line: tree.line, what }
    }
}

fn statements(block: &Tree) -> Result<Vec<Tree>, Open> {
    let version = block.get("version").and_then(Tree::text);
    let mut statements = Vec::new();
    for (name, value) in block.members() {
        match name.as_str() {
            "statement" => statements.push(statement(value)?),
            "version" if version.is_some() => {}
            // these merge other documents in, and say how many instances there are
            _ if is_none(value) || WITHOUT_MEANING.contains(&name.as_str()) => {}
            _ => return Err(Open::new(value, name)),
        }
    }
    // the provider refuses the sign for variables in this version
    let old = version == Some("2008-10-17");
    let variable = statements.iter().find(|_| old).filter(|_| statements.iter().any(has_variable));
    variable.map_or(Ok(()), |tree| Err(Open::new(tree, "&{ in version 2008-10-17")))?;
    Ok(statements)
}

/// Whether a text of it has what AWS would fill in.
fn has_variable(tree: &Tree) -> bool {
    match &tree.value {
        Value::Text(text) => text.contains("${"),
        Value::List(items) => items.iter().any(has_variable),
        Value::Map(members) => members.iter().any(|(_, value)| has_variable(value)),
        Value::Plain(_) | Value::Open(_) => false,
    }
}

/// `null`, or a list of nothing: as if it were not there.
fn is_none(tree: &Tree) -> bool {
    match &tree.value {
        Value::Plain(text) => text == "null",
        Value::List(items) => items.is_empty(),
        Value::Text(_) | Value::Open(_) | Value::Map(_) => false,
    }
}

fn statement(block: &Tree) -> Result<Tree, Open> {
    if !matches!(block.value, Value::Map(_)) {
        return Err(Open::new(block, "statement"));
    }
    let mut members: Vec<(String, Tree)> = Vec::new();
    let mut add = |name: &str, value: Tree| members.push((name.to_owned(), value));
    let effect = block.get("effect").filter(|effect| !is_none(effect));
    let allow = || Tree::new(block.line, Value::Text("Allow".to_owned()));
    for (name, value) in block.members().iter().filter(|(_, value)| !is_none(value)) {
        match name.as_str() {
            "sid" if value.text() == Some("") => {}
            "sid" => add("Sid", value.clone()),
            // actions have no variables
            "actions" => add("Action", texts(value, false)?),
            "not_actions" => add("NotAction", texts(value, false)?),
            "resources" => add("Resource", texts(value, true)?),
            "not_resources" => add("NotResource", texts(value, true)?),
            "effect" | "principals" | "not_principals" | "condition" => {}
            _ => return Err(Open::new(value, name)),
        }
    }
    add("Effect", effect.cloned().unwrap_or_else(allow));
    for (own, name) in [("principals", "Principal"), ("not_principals", "NotPrincipal")] {
        if let Some(value) = principals(block, own)? {
            add(name, value);
        }
    }
    if let Some(value) = conditions(block)? {
        add("Condition", value);
    }
    Ok(Tree::new(block.line, Value::Map(members)))
}

/// The blocks of a statement that have this name.
fn blocks<'t>(statement: &'t Tree, name: &'t str) -> impl Iterator<Item = &'t Tree> {
    statement.members().iter().filter(move |(own, value)| own == name && !is_none(value)).map(|(_, value)| value)
}

/// A text of a block that must be there; what else it has is not known.
fn text<'t>(block: &'t Tree, name: &str, known: &[&str]) -> Result<&'t str, Open> {
    if let Some((other, value)) = block.members().iter().find(|(own, _)| !known.contains(&own.as_str())) {
        return Err(Open::new(value, other));
    }
    let value = block.get(name).ok_or_else(|| Open::new(block, name))?;
    value.text().filter(|text| !text.contains("${")).ok_or_else(|| Open::new(value, name))
}

/// Texts, with the policy variables as AWS writes them: `&{aws:username}` is `${aws:username}`.
fn texts(value: &Tree, variables: bool) -> Result<Tree, Open> {
    let text = |text: &str| Value::Text(if variables { text.replace("&{", "${") } else { text.to_owned() });
    let of = match &value.value {
        Value::Text(own) => text(own),
        // a number or a truth is a text here
        Value::Plain(own) if own != "null" => text(own),
        Value::Open(_) => value.value.clone(),
        Value::List(items) => {
            Value::List(items.iter().map(|item| texts(item, variables)).collect::<Result<Vec<_>, Open>>()?)
        }
        Value::Plain(_) | Value::Map(_) => return Err(Open::new(value, "a value that is no text")),
    };
    Ok(Tree::new(value.line, of))
}

fn principals(statement: &Tree, name: &str) -> Result<Option<Tree>, Open> {
    let mut types: Vec<(String, Vec<Tree>)> = Vec::new();
    let mut line = None;
    for block in blocks(statement, name) {
        line.get_or_insert(block.line);
        let kind = text(block, "type", &["type", "identifiers"])?;
        let own = block.get("identifiers").ok_or_else(|| Open::new(block, "identifiers"))?;
        let own = texts(own, true)?;
        let own = if own.items().is_empty() { vec![own] } else { own.items().to_vec() };
        match types.iter_mut().find(|(known, _)| known == kind) {
            Some((_, all)) => all.extend(own),
            None => types.push((kind.to_owned(), own)),
        }
    }
    let Some(line) = line else { return Ok(None) };
    // `"Principal": "*"` is another thing than `{"AWS": "*"}`
    if let [(kind, all)] = types.as_slice()
        && let [only] = all.as_slice()
        && kind == "*"
        && only.text() == Some("*")
    {
        return Ok(Some(only.clone()));
    }
    let members = types.into_iter().map(|(kind, all)| (kind, Tree::new(line, Value::List(all))));
    Ok(Some(Tree::new(line, Value::Map(members.collect()))))
}

fn conditions(statement: &Tree) -> Result<Option<Tree>, Open> {
    let mut operators: Vec<(String, Vec<(String, Tree)>)> = Vec::new();
    let mut line = None;
    for block in blocks(statement, "condition") {
        line.get_or_insert(block.line);
        let known = ["test", "variable", "values"];
        let (test, key) = (text(block, "test", &known)?, text(block, "variable", &known)?);
        let values = texts(block.get("values").ok_or_else(|| Open::new(block, "values"))?, true)?;
        if !operators.iter().any(|(known, _)| known == test) {
            operators.push((test.to_owned(), Vec::new()));
        }
        let Some((_, keys)) = operators.iter_mut().find(|(known, _)| known == test) else { continue };
        // what becomes of two blocks for one key is not written down
        if keys.iter().any(|(known, _)| known.eq_ignore_ascii_case(key)) {
            return Err(Open::new(block, "two conditions on one key"));
        }
        keys.push((key.to_owned(), values));
    }
    let Some(line) = line else { return Ok(None) };
    let members = operators.into_iter().map(|(test, keys)| (test, Tree::new(line, Value::Map(keys))));
    Ok(Some(Tree::new(line, Value::Map(members.collect()))))
}

/// Puts the documents that the file makes where resources take their policies from them: what a resource has is told at its address, and a
/// data source that no resource of the file uses so at its own.
pub(super) fn put_in_place(root: &mut Tree, is_policy: fn(&str) -> bool) {
    let Value::Map(members) = &root.value else { return };
    let sources: Vec<(String, Tree)> = members.iter().filter(|(name, _)| name.starts_with(KIND)).cloned().collect();
    let mut used = Vec::new();
    replace(root, "", is_policy, &sources, &mut used);
    if let Value::Map(members) = &mut root.value {
        members.retain(|(name, _)| !used.contains(name));
    }
}

fn replace(
    tree: &mut Tree,
    key: &str,
    is_policy: fn(&str) -> bool,
    sources: &[(String, Tree)],
    used: &mut Vec<String>,
) {
    match &mut tree.value {
        Value::Open(open) if is_policy(key) => {
            let of = open.strip_suffix(".json").or_else(|| open.strip_suffix(".minified_json"));
            if let Some((name, source)) = sources.iter().find(|(name, _)| Some(name.as_str()) == of) {
                used.push(name.clone());
                *tree = source.clone();
            }
        }
        Value::Map(members) => {
            for (name, value) in members {
                replace(value, name, is_policy, sources, used);
            }
        }
        Value::List(items) => items.iter_mut().for_each(|item| replace(item, key, is_policy, sources, used)),
        Value::Open(_) | Value::Plain(_) | Value::Text(_) => {}
    }
}
