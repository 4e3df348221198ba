//! A value of a file in one line, as it is told.

use super::tree::{Tree, Value};

/// A value in one line, without the documents in it; empty where nothing is left.
pub(super) fn one_line(tree: &Tree) -> String {
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
