//! An answer in XML as the value that the same answer in JSON would be.

use serde_json::{Map, Value};
use xmlparser::{ElementEnd, Token, Tokenizer};

/// An element that is open: its name, its members so far, its text so far.
struct Open<'a> {
    name: &'a str,
    members: Map<String, Value>,
    text: String,
}

/// Answers are flat; what goes deeper than this is no answer of AWS.
const DEPTH: usize = 32;

/// Elements become members, one that comes again a list, one without elements its text. The root is taken off.
///
/// # Errors
/// When it is no whole XML.
pub(super) fn value(text: &str) -> Result<Value, String> {
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut whole = None;
    for token in Tokenizer::from(text) {
        match token.map_err(|error| error.to_string())? {
            Token::ElementStart { local, .. } => {
                if open.len() >= DEPTH {
                    return Err("elements in elements without end".to_owned());
                }
                open.push(Open { name: local.as_str(), members: Map::new(), text: String::new() });
            }
            Token::ElementEnd { end: ElementEnd::Open, .. } => {}
            Token::ElementEnd { end, .. } => {
                let Some(closed) = open.pop() else { return Err("an element ends that did not begin".to_owned()) };
                if let ElementEnd::Close(_, local) = end
                    && local.as_str() != closed.name
                {
                    return Err(format!("element {} ends as {}", closed.name, local.as_str()));
                }
                let value =
                    if closed.members.is_empty() { Value::String(closed.text) } else { Value::Object(closed.members) };
                match open.last_mut() {
                    Some(parent) => add(&mut parent.members, closed.name, value),
                    None => whole = Some(value),
                }
            }
            Token::Text { text } => {
                if let Some(open) = open.last_mut() {
                    open.text.push_str(&unescaped(text.as_str())?);
                }
            }
            Token::Cdata { text, .. } => {
                if let Some(open) = open.last_mut() {
                    open.text.push_str(text.as_str());
                }
            }
            _ => {}
        }
    }
    match (whole, open.last()) {
        (Some(whole), None) => Ok(whole),
        (_, Some(open)) => Err(format!("element {} does not end", open.name)),
        (None, None) => Err("no element".to_owned()),
    }
}

fn add(members: &mut Map<String, Value>, name: &str, value: Value) {
    match members.get_mut(name) {
        None => {
            members.insert(name.to_owned(), value);
        }
        Some(Value::Array(list)) => list.push(value),
        Some(first) => *first = Value::Array(vec![first.take(), value]),
    }
}

/// <https://www.w3.org/TR/xml/#sec-references>
fn unescaped(text: &str) -> Result<String, String> {
    let mut parts = text.split('&');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(';').ok_or("a reference does not end")?;
        let number = |digits: &str, base| u32::from_str_radix(digits, base).ok().and_then(char::from_u32);
        let letter = match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => match name.strip_prefix("#x") {
                Some(digits) => number(digits, 16),
                None => name.strip_prefix('#').and_then(|digits| number(digits, 10)),
            },
        };
        plain.push(letter.ok_or_else(|| format!("the reference {name} is not known"))?);
        plain.push_str(rest);
    }
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_become_members() {
        let attributes = "<?xml version=\"1.0\"?>\n<R xmlns=\"http://x/\"><Result><Attributes>\n\
            <entry><key>Policy</key><value>{&quot;a&quot;: &#34;&lt;b&gt;&#x22;}</value></entry>\
            <entry><key>Owner</key><value><![CDATA[1 & 2]]></value></entry></Attributes><Empty/></Result></R>";
        assert_eq!(
            value(attributes).unwrap().to_string(),
            r#"{"Result":{"Attributes":{"entry":[{"key":"Policy","value":"{\"a\": \"<b>\"}"},{"key":"Owner","value":"1 & 2"}]},"Empty":""}}"#
        );
    }

    #[test]
    fn what_is_cut_or_no_xml_is_no_answer() {
        let deep = "<a>".repeat(100);
        let bad = ["", "plain", "<a>", "<a></b>", "</a>", "<a>&b;</a>", "<a>&amp</a>", "{\"a\": 1}", &deep];
        assert_eq!(bad.map(|text| value(text).is_err()), [true; 9]);
    }
}
