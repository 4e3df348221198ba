//! The table of resources that have policies, against the actions of the service reference that set them.

use std::collections::BTreeSet;

use iamdx::iam::{Arn, RESOURCE_POLICY_KINDS, ResourcePolicy, resource_policy};
use iamdx::reference::Reference;

/// A resource of the template: `arn:aws:kms:us-east-1:111122223333:key/x`.
fn example(template: &str) -> Arn {
    let filled = template
        .replace("${Partition}", "aws")
        .replace("${Region}", "us-east-1")
        .replace("${Account}", "111122223333")
        .replace("${StreamType}", "stream")
        .replace("${Scope}", "regional");
    let mut text = String::new();
    let mut rest = filled.as_str();
    while let Some((before, after)) = rest.split_once("${") {
        text.push_str(before);
        text.push('x');
        rest = after.split_once('}').unwrap().1;
    }
    (text + rest).parse().unwrap()
}

#[test]
fn every_resource_whose_policy_an_action_sets_is_in_the_table() {
    let reference = Reference::embedded();
    let setters: BTreeSet<&str> = RESOURCE_POLICY_KINDS.iter().map(|kind| kind.set_by).collect();
    let mut missing = Vec::new();
    let mut types = 0;
    for service in reference.services().filter_map(|prefix| reference.service(prefix)) {
        for action in service.actions() {
            // an API's policy is about calls of the API, whose ARNs are those of execute-api
            if action.full_name() == "apigateway:UpdateRestApiPolicy" {
                continue;
            }
            if action.name() != "PutResourcePolicy" && !setters.contains(action.full_name().as_str()) {
                continue;
            }
            for (kind, _) in action.resource_types() {
                let arn = example(&kind.arns()[0]);
                types += 1;
                if !matches!(resource_policy(&arn), ResourcePolicy::Possible(_)) {
                    missing.push(format!("{}: {arn}", action.full_name()));
                }
            }
        }
    }
    assert_eq!(missing, [""; 0]);
    assert!(types > 80, "only {types} types were seen");
}

#[test]
fn the_table_names_actions_that_exist() {
    let reference = Reference::embedded();
    let unknown: Vec<&str> = RESOURCE_POLICY_KINDS
        .iter()
        .map(|kind| kind.set_by)
        .filter(|name| reference.action(&name.parse().unwrap()).is_none())
        .collect();
    assert_eq!(unknown, [""; 0]);
}

#[test]
fn no_row_hides_another() {
    for kind in &RESOURCE_POLICY_KINDS {
        let (account, prefix) =
            if kind.service == "s3" && kind.prefix.is_empty() { ("", "bucket") } else { ("111122223333", kind.prefix) };
        let arn = format!("arn:aws:{}:us-east-1:{account}:{prefix}x", kind.service).parse().unwrap();
        assert_eq!(resource_policy(&arn), ResourcePolicy::Possible(kind), "{arn}");
    }
}
