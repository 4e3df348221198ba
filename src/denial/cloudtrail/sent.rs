//! What a request sends to be written down by the service: tags, and the encryption context of KMS.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html>
//! <https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html>

use serde_json::{Map, Value};

use crate::iam::Arn;

/// Names and values of one kind that a request sends.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sent {
    /// The parameter they stand in.
    pub(super) field: &'static str,
    /// How the condition key of one of them begins, `aws:RequestTag/`.
    pub(super) prefix: &'static str,
    /// The condition key of all names.
    pub(super) names: &'static str,
    /// Each name, and its value where the record has it.
    pub(super) pairs: Vec<(String, Option<String>)>,
    /// Whether these are all, with their names letter by letter.
    pub(super) all: bool,
}

/// What the parameters of this call send for a resource; `None` where they do not tell it.
pub(super) fn sent(source: &str, operation: &str, resource: Option<&str>, given: &Map<String, Value>) -> Vec<Sent> {
    let tags = match source {
        "ec2.amazonaws.com" => of_ec2(operation, resource, given),
        // the tags of buckets and objects are no tags of a request, or in a body
        "s3.amazonaws.com" => None,
        _ => given.get("tags").and_then(|tags| Some(Sent::tags("tags", pairs(tags)?, tags.is_array()))),
    };
    let context = (source == "kms.amazonaws.com").then(|| given.get("encryptionContext")).flatten();
    let context = context.and_then(Value::as_object).map(|context| Sent {
        field: "encryptionContext",
        prefix: "kms:EncryptionContext:",
        names: "kms:EncryptionContextKeys",
        pairs: context.iter().map(|(name, value)| (name.clone(), shown(Some(value)))).collect(),
        all: !context.keys().any(|name| is_hidden(name)),
    });
    tags.into_iter().chain(context).collect()
}

impl Sent {
    const fn tags(field: &'static str, pairs: Vec<(String, Option<String>)>, all: bool) -> Self {
        Self { field, prefix: "aws:RequestTag/", names: "aws:TagKeys", pairs, all }
    }
}

/// EC2 writes the tags of each type of what a call makes by themselves.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html>
fn of_ec2(operation: &str, resource: Option<&str>, given: &Map<String, Value>) -> Option<Sent> {
    const FIELD: &str = "tagSpecificationSet";
    if operation.eq_ignore_ascii_case("CreateTags") {
        return Some(Sent::tags("tagSet", pairs(given.get("tagSet")?)?, true));
    }
    let arn: Arn = resource?.parse().ok()?;
    let kind = arn.resource().split_once('/')?.0;
    // a template may have tags of its own
    let from_template = given.keys().any(|name| name.eq_ignore_ascii_case("launchTemplate"));
    let Some(specifications) = given.get(FIELD) else {
        // a record of more than CloudTrail keeps has no parameters
        let is_whole = operation.eq_ignore_ascii_case("RunInstances") && given.contains_key("instancesSet");
        return (is_whole && !from_template).then(|| Sent::tags(FIELD, Vec::new(), true));
    };
    let (mut own, mut others) = (Vec::new(), Vec::new());
    for specification in specifications.get("items")?.as_array()? {
        let is_own = specification.get("resourceType")?.as_str()? == kind;
        if is_own { &mut own } else { &mut others }.extend(pairs(specification.get("tags")?)?);
    }
    // whether AWS shows the tags of one thing beside another one is not told
    let is_all = !from_template && others.iter().all(|tag| own.contains(tag));
    (!own.is_empty()).then(|| Sent::tags(FIELD, own, is_all))
}

/// Names with their values, in one of the shapes in which services write them; `None` where one cannot be told.
fn pairs(tags: &Value) -> Option<Vec<(String, Option<String>)>> {
    let list = match tags {
        Value::Array(list) => list,
        Value::Object(map) => match map.get("items") {
            Some(Value::Array(list)) => list,
            // one tag, or two tags of these names
            _ if map.keys().all(|name| is_name(name) || is_value(name)) && !map.is_empty() => return None,
            _ => {
                return map
                    .iter()
                    .map(|(name, value)| {
                        (!is_hidden(name) && value.is_string()).then(|| (name.clone(), shown(Some(value))))
                    })
                    .collect();
            }
        },
        _ => return None,
    };
    let mut pairs: Vec<(String, Option<String>)> = Vec::with_capacity(list.len());
    for tag in list {
        let tag = tag.as_object()?;
        let of = |is: fn(&str) -> bool| tag.iter().find(|(name, _)| is(name)).map(|(_, value)| value);
        let name = of(is_name)?.as_str().filter(|name| !is_hidden(name))?;
        if pairs.iter().any(|(other, _)| other.eq_ignore_ascii_case(name)) {
            return None;
        }
        pairs.push((name.to_owned(), shown(of(is_value))));
    }
    Some(pairs)
}

fn is_name(field: &str) -> bool {
    field.eq_ignore_ascii_case("key") || field.eq_ignore_ascii_case("tagKey")
}

fn is_value(field: &str) -> bool {
    field.eq_ignore_ascii_case("value") || field.eq_ignore_ascii_case("tagValue")
}

/// A value that the record shows.
fn shown(value: Option<&Value>) -> Option<String> {
    value?.as_str().filter(|text| !is_hidden(text)).map(str::to_owned)
}

/// Services write something else for what is not to be logged.
fn is_hidden(text: &str) -> bool {
    text == "HIDDEN_DUE_TO_SECURITY_REASONS" || (!text.is_empty() && text.bytes().all(|byte| byte == b'*'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(source: &str, operation: &str, resource: &str, given: &Value) -> Vec<String> {
        let sent = sent(source, operation, Some(resource), given.as_object().unwrap());
        sent.iter()
            .map(|sent| {
                let shown = |(name, value): &(String, Option<String>)| {
                    format!("{}{name}={}", sent.prefix, value.as_deref().unwrap_or("?"))
                };
                let pairs: Vec<String> = sent.pairs.iter().map(shown).collect();
                format!("{}: {}{}", sent.field, pairs.join(" "), if sent.all { ", all" } else { "" })
            })
            .collect()
    }

    #[test]
    fn tags_are_read_in_each_shape_in_which_services_write_them_and_a_hidden_one_is_not_known() {
        for (given, expected) in [
            (json!({"tags": [{"key": "team", "value": "blue"}]}), "tags: aws:RequestTag/team=blue, all"),
            (json!({"tags": [{"tagKey": "team", "tagValue": "blue"}]}), "tags: aws:RequestTag/team=blue, all"),
            (json!({"tags": [{"Key": "team", "Value": "****"}]}), "tags: aws:RequestTag/team=?, all"),
            (json!({"tags": [{"key": "team"}]}), "tags: aws:RequestTag/team=?, all"),
            (json!({"tags": {"team": "blue"}}), "tags: aws:RequestTag/team=blue"),
            (json!({"tags": []}), "tags: , all"),
        ] {
            assert_eq!(of("sqs.amazonaws.com", "CreateQueue", "*", &given), [expected], "{given}");
        }
        for given in [
            json!({}),
            json!({"tags": null}),
            json!({"tags": "HIDDEN_DUE_TO_SECURITY_REASONS"}),
            json!({"tags": [{"key": "HIDDEN_DUE_TO_SECURITY_REASONS", "value": "x"}]}),
            json!({"tags": [{"key": "team", "value": "a"}, {"key": "Team", "value": "b"}]}),
            json!({"tags": {"key": "team", "value": "blue"}}),
            json!({"tags": {"team": 7}}),
            json!({"tags": ["team"]}),
        ] {
            assert!(of("sqs.amazonaws.com", "CreateQueue", "*", &given).is_empty(), "{given}");
        }
    }

    #[test]
    fn tags_of_machines_are_those_of_the_type_that_was_denied_and_a_template_may_add_some() {
        let instance = "arn:aws:ec2:eu-west-1:111122223333:instance/*";
        let run = |given| of("ec2.amazonaws.com", "RunInstances", instance, &given);
        let tagged =
            |kind: &str| json!({"items": [{"resourceType": kind, "tags": [{"key": "team", "value": "blue"}]}]});
        assert_eq!(
            run(json!({"instancesSet": {}, "tagSpecificationSet": tagged("instance")})),
            ["tagSpecificationSet: aws:RequestTag/team=blue, all"]
        );
        assert_eq!(
            run(json!({"instancesSet": {}, "tagSpecificationSet": tagged("instance"), "launchTemplate": {}})),
            ["tagSpecificationSet: aws:RequestTag/team=blue"]
        );
        assert_eq!(run(json!({"instancesSet": {}})), ["tagSpecificationSet: , all"]);
        assert!(run(json!({"instancesSet": {}, "launchTemplate": {"launchTemplateId": "lt-1"}})).is_empty());
        assert!(run(json!({"instancesSet": {}, "tagSpecificationSet": tagged("volume")})).is_empty());
        let both = |volume: &str| {
            let mut both = tagged("instance");
            both["items"]
                .as_array_mut()
                .unwrap()
                .push(json!({"resourceType": "volume", "tags": [{"key": "team", "value": volume}]}));
            run(json!({"instancesSet": {}, "tagSpecificationSet": both}))
        };
        assert_eq!(both("blue"), ["tagSpecificationSet: aws:RequestTag/team=blue, all"]);
        assert_eq!(both("red"), ["tagSpecificationSet: aws:RequestTag/team=blue"]);
        assert!(run(json!({"omitted": true})).is_empty());
        assert!(of("ec2.amazonaws.com", "CreateVpc", instance, &json!({"cidrBlock": "10.0.0.0/16"})).is_empty());
    }

    #[test]
    fn the_encryption_context_of_a_key_is_read() {
        let given = json!({"encryptionContext": {"app": "shop"}, "encryptionAlgorithm": "SYMMETRIC_DEFAULT"});
        assert_eq!(
            of("kms.amazonaws.com", "Decrypt", "*", &given),
            ["encryptionContext: kms:EncryptionContext:app=shop, all"]
        );
    }
}
