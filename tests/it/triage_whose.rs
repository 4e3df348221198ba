//! Whose policies a finding of `iamdx triage` names where the caller and the resource are of different accounts, and with whose credentials
//! they are looked at.

use std::fs;

use serde_json::{Value, json};

use super::triage_diagnosed::denied_in;
use crate::triage::triage;

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
