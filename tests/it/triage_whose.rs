//! Whose policies a finding of `iamdx triage` names where the caller and the resource are of different accounts, and with whose credentials
//! they are looked at.

use std::fs;

use serde_json::{Value, json};

use super::triage_diagnosed::denied_in;
use crate::triage::{answer, triage};

const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const OBJECT: &str = "arn:aws:s3:::reports/q3.csv";
const CONTROL: &str = "with an explicit deny in a resource control policy";

/// What each finding is denied by, and where to look.
fn told(records: &[Value]) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("trail.json"), json!({"Records": records}).to_string()).unwrap();
    let (_, text, complaint) = triage(folder.path(), &["trail.json", "--all"]);
    assert_eq!(complaint, "");
    // lines are broken where they are long
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let of = |from: &str, to: &str| {
        text.split(from).skip(1).map(|rest| rest.split(to).next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    [of("denials: ", " by "), of("denial: ", " by "), of("with credentials", ", for")].concat().join("\n")
}

/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>
#[test]
fn a_resource_control_policy_is_that_of_the_resource_whoever_calls() {
    let of_key = [
        denied_in("444455556666", 1, "reader", "kms:Decrypt", KEY, CONTROL),
        denied_in("123456789012", 2, "reader", "kms:Decrypt", KEY, CONTROL),
        denied_in("111122223333", 3, "reader", "kms:Decrypt", KEY, CONTROL),
    ];
    insta::assert_snapshot!(told(&of_key), @"
    a Deny of a resource control policy of 111122223333
     of 111122223333
    ");
    // the ARN of a bucket does not tell whose it is
    let of_bucket = [
        denied_in("444455556666", 1, "reader", "s3:GetObject", OBJECT, CONTROL),
        denied_in("123456789012", 2, "reader", "s3:ListBucket", "arn:aws:s3:::reports", CONTROL),
    ];
    insta::assert_snapshot!(told(&of_bucket), @"
    a Deny of a resource control policy of arn:aws:s3:::reports
     of the account that has arn:aws:s3:::reports
    ");
    // of several the accounts are not told, and one policy may be over all of them
    let of_buckets: Vec<Value> = (1..)
        .zip(["orders", "orders", "reports", "logs"])
        .map(|(number, bucket)| {
            denied_in(
                "444455556666",
                number,
                "reader",
                "s3:GetObject",
                &format!("arn:aws:s3:::{bucket}/{number}"),
                CONTROL,
            )
        })
        .collect();
    insta::assert_snapshot!(told(&of_buckets), @"
    a Deny of a resource control policy of the accounts that have arn:aws:s3:::*
     of the account that has arn:aws:s3:::orders
    ");
    let list = [denied_in("444455556666", 1, "reader", "s3:ListAllMyBuckets", "arn:aws:s3:::*", CONTROL)];
    insta::assert_snapshot!(told(&list), @"
    a Deny of a resource control policy of 444455556666
     of 444455556666
    ");
    // what is asked for all resources is asked in the caller's account
    let of_all = [denied_in("444455556666", 1, "reader", "sqs:ListQueues", "*", CONTROL)];
    insta::assert_snapshot!(told(&of_all), @"
    a Deny of a resource control policy of 444455556666
     of 444455556666
    ");
    // an SCP is that of the caller
    let control = [denied_in(
        "444455556666",
        1,
        "reader",
        "kms:Decrypt",
        KEY,
        "with an explicit deny in a service control policy",
    )];
    insta::assert_snapshot!(told(&control), @"
    a Deny of a service control policy of 444455556666
     of 444455556666
    ");
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html>
#[test]
fn what_is_to_be_run_takes_the_credentials_of_the_account_that_has_the_policy() {
    let by = |action: &str, resource: &str, why: &str| {
        told(&[denied_in("444455556666", 1, "reader", action, resource, why)])
    };
    let policy = "because no resource-based policy allows the action";
    insta::assert_snapshot!(by("kms:Decrypt", KEY, policy), @"
    no resource-based policy of arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab allows it
     of 111122223333
    ");
    let secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf";
    insta::assert_snapshot!(by("secretsmanager:GetSecretValue", secret, policy), @"
    no resource-based policy of arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf allows it
     of 111122223333
    ");
    let role = "arn:aws:iam::111122223333:role/deploy";
    insta::assert_snapshot!(by("sts:AssumeRole", role, "because no role trust policy allows the sts:AssumeRole action"), @"
    no role trust policy of arn:aws:iam::111122223333:role/deploy allows it
     of 111122223333
    ");
    insta::assert_snapshot!(by("s3:GetObject", OBJECT, policy), @"
    no resource-based policy of arn:aws:s3:::reports/* allows it
     of the account that has arn:aws:s3:::reports
    ");
    // the caller's own policies are in the caller's account
    insta::assert_snapshot!(by("kms:Decrypt", KEY, "because no identity-based policy allows the action"), @"
    no identity-based policy of 444455556666 role reader allows it
     of 444455556666
    ");
}

/// <https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html>
#[test]
fn the_session_policy_of_guests_is_nobodys_to_change() {
    let why = "because no session policy allows the dynamodb:Query action";
    let record = |number: usize, session: &str| {
        let table = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders";
        let record = denied_in("111122223333", number, "Cognito_shopUnauth_Role", "dynamodb:Query", table, why);
        let text = record.to_string().replace(&format!("/run-{number}"), &format!("/{session}"));
        serde_json::from_str::<Value>(&text).unwrap()
    };
    let told = |records: &[Value], options: &[&str]| {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("trail.json"), json!({"Records": records}).to_string()).unwrap();
        let found = answer(folder.path(), &[&["trail.json"], options].concat());
        let (_, text, _) = triage(folder.path(), &[&["trail.json", "--all"], options].concat());
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let ask = text.split(" ask ").nth(1).unwrap().split(" next ").next().unwrap();
        format!("{}: {ask}", found["findings"][0]["owner"].as_str().unwrap())
    };
    let guests = [record(1, "CognitoIdentityCredentials"), record(2, "CognitoIdentityCredentials")];
    for options in [&[][..], &["--redact"]] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(told(&guests, options), @"account-admin: the account admin: Cognito passes this session policy for guests, and nobody can have it changed (iamdx cause session-policy)");
        }
    }
    insta::assert_snapshot!(told(&[record(1, "job-17")], &[]), @"caller: the caller");
}
