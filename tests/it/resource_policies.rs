//! The table of resources that have policies, against the actions of the service reference that set them.

use std::collections::BTreeSet;

use iamdx::iam::{Arn, RESOURCE_POLICY_KINDS, ResourcePolicy, resource_policy};
use iamdx::reference::Reference;

use crate::support::iamdx;

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

/// A loose document is taken as the policy of the repository. That of its domain counts beside it, so that one document alone decides only what
/// either of the two decides: a Deny.
/// - <https://docs.aws.amazon.com/codeartifact/latest/ug/domain-policies.html>
/// - <https://docs.aws.amazon.com/codeartifact/latest/ug/repo-policies.html>
#[test]
fn the_policy_of_a_repository_without_that_of_its_domain_allows_nothing_for_certain() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, effect: &str, action: &str| {
        let path = folder.path().join(name);
        let statement = format!(r#"{{"Effect": "{effect}", "Principal": "*", "Action": "{action}", "Resource": "*"}}"#);
        std::fs::write(&path, format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let own = folder.path().join("own.json").to_str().unwrap().to_owned();
    let all = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    std::fs::write(&own, all).unwrap();
    let read = write("read.json", "Allow", "codeartifact:ReadFromRepository");
    let list = write("list.json", "Allow", "codeartifact:ListRepositoriesInDomain");
    let deny = write("deny.json", "Deny", "codeartifact:*");
    let decided = |resource: &str, files: &[&String]| {
        let mut arguments = vec![
            "simulate",
            "--principal",
            "arn:aws:iam::111122223333:user/alice",
            "--action",
            "codeartifact:ReadFromRepository",
            "--resource",
            resource,
            "--identity-policy",
            &own,
            "--no-scp",
            "--no-rcp",
            "--no-permissions-boundary",
            "--no-session-policy",
            "--no-vpc-endpoint-policy",
            "--format",
            "json",
        ];
        arguments.extend(files.iter().flat_map(|file| ["--resource-policy", file.as_str()]));
        let ran = iamdx(&arguments, b"");
        let answer: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.whole()));
        let gaps = answer["gaps"].as_array().map(Vec::as_slice).unwrap_or_default();
        let gaps: Vec<&str> = gaps.iter().filter_map(|gap| gap["what"].as_str()).collect();
        (answer["decision"].as_str().unwrap().to_owned(), gaps.join(", "))
    };
    let decision = |decision: &str, gap: &str| (decision.to_owned(), gap.to_owned());
    let domain = "policy of arn:aws:codeartifact:us-east-1:444455556666:domain/shop";
    for resource in ["repository/shop/main", "package/shop/main/npm//cart"] {
        let resource = format!("arn:aws:codeartifact:us-east-1:444455556666:{resource}");
        assert_eq!(decided(&resource, &[&read]), decision("undetermined", domain));
        assert_eq!(decided(&resource, &[&list]), decision("undetermined", domain));
        assert_eq!(decided(&resource, &[&deny]).0, "explicitDeny");
        assert_eq!(decided(&resource, &[&read, &list]), decision("allowed", ""));
        assert_eq!(decided(&resource, &[&list, &list]), decision("implicitDeny", ""));
        assert_eq!(decided(&resource, &[&read, &deny]), decision("explicitDeny", ""));
    }
    // a domain has no other above it
    let itself = "arn:aws:codeartifact:us-east-1:444455556666:domain/shop";
    assert_eq!(decided(itself, &[&read]), decision("allowed", ""));
}
