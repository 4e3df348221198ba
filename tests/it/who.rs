//! `simulate --who`: the users and roles that are allowed, what is certain, and what depends on something.

use crate::support::iamdx;

const ARGUMENTS: [&str; 8] = [
    "simulate",
    "--who",
    "--action",
    "s3:GetObject",
    "--resource",
    "arn:aws:s3:::reports/q1.csv",
    "--snapshot",
    "fixtures/snapshots/who.json",
];

#[test]
fn what_was_not_seen_makes_an_answer_less_than_certain() {
    let run = iamdx(&ARGUMENTS, b"");
    insta::assert_snapshot!(run.whole(), @"
    exit 3
    --- stdout
    s3:GetObject on arn:aws:s3:::reports/q1.csv

    ALLOWED  0 of 5 users and roles

    ALLOWED AS FAR AS SEEN  2 of 5 users and roles; what was not seen could deny
      arn:aws:iam::111122223333:user/alice  by reports statement Read (5:5)
      arn:aws:iam::111122223333:role/backup  by all statement 1 (1:16)

    UNDETERMINED  1 of 5 users and roles; what is not known of the request decides
      arn:aws:iam::111122223333:user/carol  depends on aws:MultiFactorAuthPresent

    DENIED  1
    DENIED AS FAR AS SEEN  1; what was not seen could allow
    ASSUMED  aws:SourceVpce: not in the request (no VPC endpoint was given with --context)
    ASSUMED  resource account: 111122223333 (the ARN does not tell the account; the snapshot holds one)
    NOT CHECKED  RCPs of account 111122223333: no snapshot or option gives the organization
              iamdx snapshot --output snapshot.json  # or: --rcp FILE
    NOT CHECKED  SCPs of account 111122223333: no snapshot or option gives the organization
              iamdx snapshot --output snapshot.json  # or: --scp FILE
    NOT CHECKED  policy of arn:aws:s3:::reports/q1.csv: no snapshot or option gives it
              aws s3api get-bucket-policy --bucket reports > policy.json  # then: --resource-policy policy.json
    ");
}

#[test]
fn with_every_layer_given_the_answer_is_certain_but_for_the_request() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    };
    let all = write("all.json", r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#);
    let organization = write(
        "organization.json",
        r#"{"iamdx_snapshot": 1, "accounts": [{"id": "111122223333", "in_organization": false}],
            "resource_policies": [{"arn": "arn:aws:s3:::reports", "document": null}]}"#,
    );
    let run = iamdx(&[&ARGUMENTS[..], &["--snapshot", &organization]].concat(), b"");
    insta::assert_snapshot!(run.whole(), @"
    exit 3
    --- stdout
    s3:GetObject on arn:aws:s3:::reports/q1.csv

    ALLOWED  2 of 5 users and roles
      arn:aws:iam::111122223333:user/alice  by reports statement Read (5:5)
      arn:aws:iam::111122223333:role/backup  by all statement 1 (1:16)

    UNDETERMINED  1 of 5 users and roles; what is not known of the request decides
      arn:aws:iam::111122223333:user/carol  depends on aws:MultiFactorAuthPresent

    DENIED  2
    ASSUMED  aws:SourceVpce: not in the request (no VPC endpoint was given with --context)
    ASSUMED  resource account: 111122223333 (the ARN does not tell the account; the snapshot holds one)
    ");
    let given = [&ARGUMENTS[..], &["--scp", &all, "--snapshot", &organization, "--format", "json"]].concat();
    let run = iamdx(&[&given[..], &["--context", "aws:MultiFactorAuthPresent=true"]].concat(), b"");
    let answer: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let names: Vec<&str> =
        answer["allowed"].as_array().unwrap().iter().map(|entry| entry["principal"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "arn:aws:iam::111122223333:user/alice",
            "arn:aws:iam::111122223333:user/carol",
            "arn:aws:iam::111122223333:role/backup"
        ]
    );
    assert_eq!((run.code, &answer["denied"]), (0, &serde_json::json!(2)));
}

#[test]
fn without_a_snapshot_there_is_nobody_to_list() {
    let run = iamdx(&ARGUMENTS[..6], b"");
    assert_eq!(
        run.whole(),
        "exit 2\n--- stderr\niamdx: `--who` needs a snapshot with users or roles. Give one with `--snapshot FILE`\n"
    );
}
