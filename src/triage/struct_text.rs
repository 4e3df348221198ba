//! Nested values as Athena and CloudTrail Lake write them into a cell: `{type=Root, arn=..., sessioncontext={...}}`.
//!
//! Nothing is quoted there, so a text ends only where the name of a field that there is follows it.
//! <https://docs.aws.amazon.com/athena/latest/ug/cloudtrail-logs.html>

use serde_json::{Map, Value};

/// The fields of `userIdentity` and `resources`.
const FIELDS: [&str; 25] = [
    "type",
    "principalid",
    "arn",
    "accountid",
    "invokedby",
    "accesskeyid",
    "username",
    "identityprovider",
    "credentialid",
    "onbehalfof",
    "userid",
    "identitystorearn",
    "inscopeof",
    "sessioncontext",
    "sessionissuer",
    "attributes",
    "mfaauthenticated",
    "creationdate",
    "ec2roledelivery",
    "ec2issuedinvpc",
    "sourceidentity",
    "webidfederationdata",
    "federatedprovider",
    "assumedroot",
    "resourcename",
];

/// Deeper than any of these values is.
const DEEPEST: usize = 8;

/// The value of a cell.
pub(super) fn read(text: &str) -> Option<Value> {
    let (value, rest) = value(text.trim(), DEEPEST)?;
    rest.is_empty().then_some(value)
}

fn value(text: &str, deeper: usize) -> Option<(Value, &str)> {
    let deeper = deeper.checked_sub(1)?;
    if let Some(rest) = text.strip_prefix('{') {
        return object(rest, deeper);
    }
    if let Some(rest) = text.strip_prefix('[') {
        return list(rest, deeper);
    }
    let (scalar, rest) = text.split_at_checked(end(text))?;
    let scalar = if scalar == "null" { Value::Null } else { Value::from(scalar) };
    Some((scalar, rest))
}

fn object(mut text: &str, deeper: usize) -> Option<(Value, &str)> {
    let mut fields = Map::new();
    loop {
        if let Some(rest) = text.strip_prefix('}') {
            return Some((Value::Object(fields), rest));
        }
        let (name, rest) = text.split_once('=')?;
        let (found, rest) = value(rest, deeper)?;
        fields.insert(name.to_ascii_lowercase(), found);
        text = rest.strip_prefix(", ").unwrap_or(rest);
        if text == rest && !text.starts_with('}') {
            return None;
        }
    }
}

fn list(mut text: &str, deeper: usize) -> Option<(Value, &str)> {
    let mut items = Vec::new();
    loop {
        if let Some(rest) = text.strip_prefix(']') {
            return Some((Value::Array(items), rest));
        }
        let (found, rest) = value(text, deeper)?;
        items.push(found);
        text = rest.strip_prefix(", ").unwrap_or(rest);
        if text == rest && !text.starts_with(']') {
            return None;
        }
    }
}

/// Where a text ends: before the next field, or before the end of what holds it.
fn end(text: &str) -> usize {
    let names_field = |rest: &str| {
        rest.split_once('=').is_some_and(|(name, _)| FIELDS.iter().any(|field| field.eq_ignore_ascii_case(name)))
    };
    let ends = |(at, sign): &(usize, char)| match sign {
        '}' | ']' => true,
        ',' => text.get(*at..).and_then(|rest| rest.strip_prefix(", ")).is_some_and(names_field),
        _ => false,
    };
    text.char_indices().find(ends).map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::read;

    #[test]
    fn a_nested_value_is_read_as_what_it_was() {
        let text = "{type=AssumedRole, principalid=AROAEXAMPLE:run, arn=arn:aws:sts::111122223333:assumed-role/deploy/run, accountid=111122223333, \
            invokedby=null, sessioncontext={attributes={mfaauthenticated=false, creationdate=2026-11-01T00:00:00Z}, \
            sessionissuer={type=Role, arn=arn:aws:iam::111122223333:role/deploy, username=deploy}}}";
        assert_eq!(
            read(text),
            Some(
                json!({"type": "AssumedRole", "principalid": "AROAEXAMPLE:run", "arn": "arn:aws:sts::111122223333:assumed-role/deploy/run",
                "accountid": "111122223333", "invokedby": null, "sessioncontext": {
                    "attributes": {"mfaauthenticated": "false", "creationdate": "2026-11-01T00:00:00Z"},
                    "sessionissuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/deploy", "username": "deploy"}}})
            )
        );
        let listed = "[{arn=arn:aws:s3:::a/b, accountid=null, type=AWS::S3::Object}, {arn=arn:aws:s3:::a}]";
        let expected = json!([{"arn": "arn:aws:s3:::a/b", "accountid": null, "type": "AWS::S3::Object"}, {"arn": "arn:aws:s3:::a"}]);
        assert_eq!(read(listed), Some(expected));
    }

    #[test]
    fn a_text_with_commas_and_signs_is_one_text() {
        let text = "{type=SAMLUser, username=CN=Ana, OU=Sales, x=y, principalid=p}";
        let expected = json!({"type": "SAMLUser", "username": "CN=Ana, OU=Sales, x=y", "principalid": "p"});
        assert_eq!(read(text), Some(expected));
        for none in ["{type=Root", "{}x", "{a}", "[{arn=a}", "{{{{{{{{{{{{", "{a={a={a={a={a={a={a={a={a=b}}}}}}}}}"] {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
