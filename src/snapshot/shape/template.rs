//! CloudFormation's intrinsic functions: what is literal in them becomes text, what only a deployment fills in is left open.
//!
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html>

use super::find::candidates;
use super::tree::{Tree, Value};
use crate::iam::open_part;

/// The value with its functions worked out, and nothing where it is `AWS::NoValue`.
pub(super) fn worked_out(tree: &Tree) -> Option<Tree> {
    let value = match &tree.value {
        Value::List(items) => Value::List(items.iter().filter_map(worked_out).collect()),
        Value::Map(members) => match members.as_slice() {
            [(name, argument)] if name == "Ref" || name.starts_with("Fn::") => {
                if argument.text() == Some("AWS::NoValue") && name == "Ref" {
                    return None;
                }
                let value = branches(name, argument).map_or_else(|| function(name, argument), Value::Map);
                return Some(Tree::new(tree.line, value));
            }
            _ => {
                Value::Map(members.iter().filter_map(|(key, value)| Some((key.clone(), worked_out(value)?))).collect())
            }
        },
        other => other.clone(),
    };
    let as_written = match (&value, &tree.value) {
        (Value::List(now), Value::List(before)) => {
            now.len() == before.len() && now.iter().all(|item| item.json.is_some())
        }
        (Value::Map(now), Value::Map(before)) => {
            now.len() == before.len() && now.iter().all(|(_, value)| value.json.is_some())
        }
        _ => true,
    };
    Some(Tree { line: tree.line, json: tree.json.filter(|_| as_written), value })
}

/// Both values of `Fn::If`, where one has a policy in it: each may be what is deployed.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-conditions.html>
fn branches(name: &str, argument: &Tree) -> Option<Vec<(String, Tree)>> {
    let [condition, then, otherwise] = argument.items() else { return None };
    let condition = condition.text().filter(|_| name == "Fn::If")?;
    let both = [(format!("If({condition})"), then), (format!("If(not {condition})"), otherwise)];
    let both: Vec<_> = both.into_iter().filter_map(|(name, value)| Some((name, worked_out(value)?))).collect();
    both.iter().any(|(_, value)| !candidates(value).is_empty()).then_some(both)
}

/// A document of which only a deployment tells whether it is there: whatever its statements are about is not known.
pub(super) fn perhaps(document: &Tree, condition: &str) -> Tree {
    let open = |statement: &Tree| {
        let has_resource = ["Resource", "NotResource"].iter().any(|name| statement.get(name).is_some());
        let (name, others) = if has_resource { ("Resource", "NotResource") } else { ("Action", "NotAction") };
        let member = |(key, value): &(String, Tree)| match key {
            key if key == name || key == others => {
                (name.to_owned(), Tree::new(value.line, Value::Open(format!("Fn::If {condition}"))))
            }
            _ => (key.clone(), value.clone()),
        };
        Tree::new(statement.line, Value::Map(statement.members().iter().map(member).collect()))
    };
    let member = |(key, value): &(String, Tree)| match (key.as_str(), &value.value) {
        ("Statement", Value::List(items)) => {
            (key.clone(), Tree::new(value.line, Value::List(items.iter().map(open).collect())))
        }
        ("Statement", Value::Map(_)) => (key.clone(), open(value)),
        _ => (key.clone(), value.clone()),
    };
    Tree::new(document.line, Value::Map(document.members().iter().map(member).collect()))
}

fn function(name: &str, argument: &Tree) -> Value {
    let open = |what: String| Value::Open(what);
    match (name, &argument.value) {
        ("Ref" | "Fn::GetAtt", Value::Text(what)) => open(what.clone()),
        ("Fn::GetAtt", Value::List(parts)) => open(parts.iter().filter_map(Tree::text).collect::<Vec<_>>().join(".")),
        ("Fn::Sub", Value::Text(text)) => substituted(text, &[]),
        ("Fn::Sub", Value::List(parts)) => match parts.as_slice() {
            [text, values] => substituted(text.text().unwrap_or_default(), values.members()),
            _ => open(name.to_owned()),
        },
        ("Fn::Join", Value::List(parts)) => match parts.as_slice() {
            [delimiter, list] => joined(delimiter.text().unwrap_or_default(), list),
            _ => open(name.to_owned()),
        },
        _ => open(described(name, argument)),
    }
}

/// What stands there, in few words: `Fn::ImportValue shared-bucket`.
fn described(name: &str, argument: &Tree) -> String {
    let first = argument.items().first().unwrap_or(argument);
    match first.text() {
        Some(text) => format!("{name} {text}"),
        None => name.to_owned(),
    }
}

/// The text with its variables. `${!x}` is the text `${x}`, which is how a template writes a policy variable.
fn substituted(text: &str, values: &[(String, Tree)]) -> Value {
    let mut result = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        result.push_str(rest.get(..at).unwrap_or_default());
        let inner = rest.get(at + 2..).unwrap_or_default();
        let Some(end) = inner.find('}') else {
            rest = rest.get(at..).unwrap_or_default();
            break;
        };
        let name = inner.get(..end).unwrap_or_default().trim();
        if let Some(literal) = name.strip_prefix('!') {
            result.push_str("${");
            result.push_str(literal);
            result.push('}');
        } else {
            let given = values.iter().find(|(key, _)| key == name).and_then(|(_, value)| worked_out(value));
            match given.map(|given| given.value) {
                Some(Value::Text(text) | Value::Plain(text)) => result.push_str(&text),
                Some(Value::Open(what)) => result.push_str(&open_part(&what)),
                _ => result.push_str(&open_part(name)),
            }
        }
        rest = inner.get(end + 1..).unwrap_or_default();
    }
    result.push_str(rest);
    Value::Text(result)
}

fn joined(delimiter: &str, list: &Tree) -> Value {
    let Value::List(items) = &list.value else {
        return Value::Open(described("Fn::Join", list));
    };
    let item = |item: &Tree| match worked_out(item)?.value {
        Value::Text(text) | Value::Plain(text) => Some(text),
        Value::Open(what) => Some(open_part(&what)),
        Value::List(_) | Value::Map(_) => Some(open_part("Fn::Join")),
    };
    Value::Text(items.iter().filter_map(item).collect::<Vec<_>>().join(delimiter))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::shape::yaml;

    fn value(text: &str) -> Value {
        worked_out(&yaml::parse(text).unwrap()[0]).unwrap().value
    }

    #[test]
    fn what_a_deployment_fills_in_is_left_open_by_name() {
        let text = |text: &str| Value::Text(text.to_owned());
        assert_eq!(value("!Ref Bucket"), Value::Open("Bucket".to_owned()));
        assert_eq!(value("!GetAtt Bucket.Arn"), Value::Open("Bucket.Arn".to_owned()));
        assert_eq!(value("Fn::GetAtt: [Bucket, Arn]"), Value::Open("Bucket.Arn".to_owned()));
        assert_eq!(value("!ImportValue shared"), Value::Open("Fn::ImportValue shared".to_owned()));
        assert_eq!(value("!If [IsProd, a, b]"), Value::Open("Fn::If IsProd".to_owned()));
        assert_eq!(
            value("!Sub 'arn:${AWS::Partition}:s3:::${B}/${!aws:username}/*'"),
            text("arn:${template:AWS::Partition}:s3:::${template:B}/${aws:username}/*")
        );
        assert_eq!(value("!Sub ['${A}/${B}', {A: x}]"), text("x/${template:B}"));
        assert_eq!(value("!Join ['', ['arn:aws:s3:::', !Ref B, '/*']]"), text("arn:aws:s3:::${template:B}/*"));
        assert_eq!(value("!Join [':', !Ref List]"), Value::Open("Fn::Join".to_owned()));
        assert_eq!(value("!Base64 x"), Value::Open("Fn::Base64 x".to_owned()));
        assert_eq!(value("[a, !Ref AWS::NoValue]"), Value::List(vec![Tree::new(1, text("a"))]));
    }
}
