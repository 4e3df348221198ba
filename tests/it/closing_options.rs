//! What was not seen names the options that show it, and each of them does: given alone, it closes that gap.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

const CALLER: &str = "arn:aws:iam::111122223333:role/app";

/// Messages, and what else is given from the start.
const SAID: [(&str, &[&str]); 13] = [
    ("<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>", &[]),
    (
        "User: arn:aws:sts::111122223333:assumed-role/app/i-0abc is not authorized to perform: s3:GetObject on resource: \
         arn:aws:s3:::reports/a.csv because no identity-based policy allows the s3:GetObject action",
        &[],
    ),
    (
        "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: sqs:SendMessage on resource: \
         arn:aws:sqs:us-east-1:444455556666:jobs because no resource-based policy allows the sqs:SendMessage action",
        &[],
    ),
    (
        "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: kms:Decrypt on resource: \
         arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab because no identity-based policy allows the \
         kms:Decrypt action",
        &[],
    ),
    (
        "User: arn:aws:sts::111122223333:assumed-role/app/i-0abc is not authorized to perform: sts:AssumeRole on resource: \
         arn:aws:iam::444455556666:role/deploy",
        &[],
    ),
    ("User: arn:aws:sts::111122223333:federated-user/bob is not authorized to perform: s3:ListBucket", &[]),
    (
        "User: arn:aws:sts::111122223333:assumed-role/app/i-0abc is not authorized to perform: lambda:InvokeFunction with an explicit \
         deny in a service control policy",
        &[],
    ),
    ("An error occurred (AccessDenied) when calling the GetObject operation: Access Denied", &[]),
    ("AccessDenied", &["--action", "s3:GetObject"]),
    ("AccessDenied", &["--action", "ec2:RunInstances", "--principal", "arn:aws:iam::111122223333:user/alice"]),
    (
        "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: vpc-lattice-svcs:Invoke on resource: \
         arn:aws:vpc-lattice:us-east-1:111122223333:service/svc-0123456789abcdef0/orders because no service-based policy allows the \
         vpc-lattice-svcs:Invoke action",
        &[],
    ),
    (
        "User: arn:aws:sts::111122223333:assumed-role/app/i-0abc is not authorized to perform: s3:GetObject on resource: \
         arn:aws:s3:::reports/a.csv with an explicit deny in an identity-based policy",
        &["--identity-policy", "conditional.json"],
    ),
    (
        "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: codeartifact:ReadFromRepository on resource: \
         arn:aws:codeartifact:us-east-1:444455556666:repository/shop/main",
        &["--resource-policy", "resource.json"],
    ),
];

fn gaps(folder: &Path, said: &str, options: &[String]) -> Vec<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_iamdx"))
        .args(["diagnose", "--format", "json", "--message", said])
        .args(options)
        .current_dir(folder)
        .env_clear()
        .output()
        .unwrap();
    let (status, error) = (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned());
    assert!([Some(0), Some(3)].contains(&status), "{options:?} on {said}: {error}");
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    answer["reports"][0]["gaps"].as_array().unwrap().clone()
}

/// The option as a person gives it.
fn given(option: &str) -> Vec<String> {
    let (name, value) = option.split_once(' ').unwrap_or((option, ""));
    let value = match (name, value) {
        (_, "") => return vec![name.to_owned()],
        ("--principal", "ARN") => CALLER.to_owned(),
        ("--action", "ACTION") => "s3:GetObject".to_owned(),
        ("--resource", "ARN") => "arn:aws:s3:::reports/a.csv".to_owned(),
        ("--resource-policy", "FILE") => "resource.json".to_owned(),
        (_, "FILE") => "plain.json".to_owned(),
        ("--context", value) => value.replace("=VALUE", "=true"),
        _ => panic!("{option} is not one that a person knows how to give"),
    };
    vec![name.to_owned(), value]
}

#[test]
fn every_option_that_is_named_closes_what_it_is_named_for() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let plain = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    write("plain.json", plain);
    write("resource.json", &plain.replace(r#""Action""#, r#""Principal": {"AWS": "444455556666"}, "Action""#));
    write(
        "conditional.json",
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
            {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}]}"#,
    );
    let mut tried = Vec::new();
    for (said, options) in SAID {
        let before: Vec<String> = options.iter().map(|&option| option.to_owned()).collect();
        for gap in gaps(folder.path(), said, &before) {
            for option in gap["options"].as_array().unwrap() {
                let option = option.as_str().unwrap();
                let with: Vec<String> = before.iter().cloned().chain(given(option)).collect();
                let after = gaps(folder.path(), said, &with);
                // who or what it is may leave open another thing of it
                let by_what = !["--principal", "--resource"].iter().any(|name| option.starts_with(&format!("{name} ")));
                let is_still = |other: &&Value| other["what"] == gap["what"] && (by_what || other["why"] == gap["why"]);
                let still = after.iter().find(is_still);
                assert!(still.is_none(), "{option} does not close \"{}\" of {said}", gap["what"]);
                tried.push(option.split([' ', '=']).next().unwrap().to_owned());
            }
        }
    }
    tried.sort();
    tried.dedup();
    assert_eq!(
        tried.join(" "),
        "--action --context --identity-policy --no-permissions-boundary --no-rcp --no-resource-policy --no-scp --no-session-policy \
         --no-vpc-endpoint-policy --permissions-boundary --principal --rcp --resource --resource-policy --scp --session-policy \
         --vpc-endpoint-policy"
    );
}

#[test]
fn what_the_text_says_otherwise_is_told() {
    let said = "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:GetObject on resource: \
                arn:aws:s3:::reports/a.csv because no identity-based policy allows the s3:GetObject action";
    let told = |options: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_iamdx"))
            .args(["diagnose", "--format", "json", "--message", said])
            .args(options)
            .env_clear()
            .output()
            .unwrap();
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        let codes = answer["reports"][0]["disagreement_codes"].as_array().unwrap().clone();
        codes.iter().filter(|code| *code == "given-otherwise").count()
    };
    assert_eq!(told(&["--action", "s3:getobject", "--principal", "arn:aws:iam::111122223333:user/alice"]), 0);
    assert_eq!(told(&["--action", "s3:PutObject"]), 1);
    assert_eq!(told(&["--action", "s3:PutObject", "--resource", "arn:aws:s3:::other", "--principal", CALLER]), 3);
}
