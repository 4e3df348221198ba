//! Which denials `iamdx triage --snapshot` puts together where the policies do not tell them apart, and for whom it offers nothing.

use serde_json::{Value, json};

use super::triage_diagnosed::{ACCOUNT, NO_ALLOW, allow, denied, findings, line, role, triage, written};

const OBJECT: &str = "arn:aws:s3:::reports/x";

/// An account without an organization.
fn alone(roles: &Value, users: &Value) -> Value {
    json!({"iamdx_snapshot": 1,
        "accounts": [{"id": ACCOUNT, "in_organization": false, "RoleDetailList": roles, "UserDetailList": users}]})
}

fn rows(folder: &std::path::Path, arguments: &[&str], columns: &[&str]) -> Vec<String> {
    let (_, text) = triage(folder, &[arguments, &["--format", "csv"]].concat());
    let mut lines = csv::Reader::from_reader(text.as_bytes());
    let places: Vec<usize> = {
        let header = lines.headers().unwrap();
        columns.iter().map(|column| header.iter().position(|name| name == *column).unwrap()).collect()
    };
    lines
        .records()
        .map(|row| {
            let row = row.unwrap();
            places.iter().map(|place| row[*place].to_owned()).collect::<Vec<_>>().join(" | ")
        })
        .collect()
}

#[test]
fn what_the_policies_allow_stays_apart_by_what_aws_named() {
    let folder = tempfile::tempdir().unwrap();
    // the role may do it by all that is seen, so each of these is denied by what is not seen
    let words = [
        "because no identity-based policy allows the s3:GetObject action",
        "because no resource-based policy allows the s3:GetObject action",
        "because no permissions boundary allows the s3:GetObject action",
        "because no session policy allows the s3:GetObject action",
        "because no service control policy allows the s3:GetObject action",
        "with an explicit deny in a service control policy",
        "with an explicit deny in a resource control policy",
        "with an explicit deny in a VPC endpoint policy",
        "with an explicit deny in a resource-based policy",
        "with an explicit deny in an identity-based policy",
    ];
    let records: Vec<Value> =
        (0..).zip(words).map(|(number, why)| denied(number, "web", "s3:GetObject", OBJECT, why)).collect();
    written(
        folder.path(),
        &records,
        &alone(&json!([role(ACCOUNT, "web", &json!([allow(&json!("s3:*"), "*")]))]), &json!([])),
    );
    let given = ["trail.json", "--snapshot", "account.json"];
    let mut told = rows(folder.path(), &given, &["reason_code", "policy_type", "owner", "denials", "reason", "remedy"]);
    told.sort();
    insta::assert_snapshot!(told.join("\n"), @"
    explicit-deny | identity-based | account admin | 1 | a Deny of an identity-based policy of 111122223333 role web | 
    explicit-deny | resource-based | resource owner | 1 | a Deny of a resource-based policy of arn:aws:s3:::reports/* | Ask the resource owner which resource-based policy denies this, and why
    explicit-deny | resource-control | organization admin | 1 | a Deny of a resource control policy of arn:aws:s3:::reports | Ask the organization admin which resource control policy denies this, and why
    explicit-deny | service-control | organization admin | 1 | a Deny of a service control policy of 111122223333 | Ask the organization admin which service control policy denies this, and why
    explicit-deny | vpc-endpoint | account admin | 1 | a Deny of a VPC endpoint policy of 111122223333 | Ask the account admin of account 111122223333 which VPC endpoint policy denies this, and why
    missing-allow | identity-based | account admin | 1 | no identity-based policy of 111122223333 role web allows it | 
    missing-allow | permissions-boundary | account admin | 1 | no permissions boundary of 111122223333 role web allows it | Add this statement to the permissions boundary of role `web`
    missing-allow | resource-based | resource owner | 1 | no resource-based policy of arn:aws:s3:::reports/* allows it | Add this statement to the policy of this bucket
    missing-allow | service-control | organization admin | 1 | no service control policy of 111122223333 allows it | Allow this in the SCPs over account 111122223333
    missing-allow | session | the caller | 1 | no session policy of 111122223333 role web allows it | Have the session made with a session policy that has this statement
    ");
    let found = findings(folder.path(), &given);
    assert_eq!(found.len(), words.len());
    let summaries: std::collections::BTreeSet<&str> =
        found.iter().map(|finding| finding["diagnosis"]["summary"].as_str().unwrap()).collect();
    insta::assert_snapshot!(summaries.into_iter().collect::<Vec<_>>().join("\n"), @"
    AWS says a VPC endpoint policy denies s3:GetObject on this object; these policies do not show which statement
    AWS says a resource control policy denies s3:GetObject on this object; these policies do not show which statement
    AWS says a resource-based policy denies s3:GetObject on this object
    AWS says a service control policy denies s3:GetObject on this object; these policies do not show which statement
    AWS says an identity-based policy of role `web` denies s3:GetObject on this object; these policies do not show which statement
    AWS says no identity-based policy of role `web` allows s3:GetObject on this object; these policies do not decide it
    AWS says no permissions boundary of role `web` allows s3:GetObject on this object; these policies do not decide it
    AWS says no resource-based policy allows s3:GetObject on this object
    AWS says no service control policy allows s3:GetObject on this object; these policies do not decide it
    AWS says no session policy allows s3:GetObject on this object
    ");
}

#[test]
fn aws_and_the_policies_disagree_and_the_finding_says_what_to_run() {
    let folder = tempfile::tempdir().unwrap();
    written(
        folder.path(),
        &[denied(1, "web", "s3:GetObject", OBJECT, NO_ALLOW)],
        &alone(&json!([role(ACCOUNT, "web", &json!([allow(&json!("s3:*"), "*")]))]), &json!([])),
    );
    let (_, text) = triage(folder.path(), &["trail.json", "--snapshot", "account.json"]);
    insta::assert_snapshot!(text, @"
    1 denial in 1 record of 1 file, at 2026-11-01 10:01 UTC

    1  1 denial: AWS says no identity-based policy of role `web` allows s3:GetObject
       on this object; these policies do not decide it
      by    111122223333 role web
      for   s3:GetObject
      on    arn:aws:s3:::reports/*
      when  2026-11-01 10:01 UTC
      from  1 session, 1 address, 1 user agent
      sure  by the record event-web-GetObject-1; reported: AWS's message names the
            type of policy
      !     AWS reported that no identity-based policy allows this, but one that was
            seen does, or none is needed. Most likely first: the policies have
            changed since; they are those of another principal, resource or account.
      fix   none that can be proved
      run   take the snapshot again; with the record event-web-GetObject-1 in a
            file, `iamdx diagnose FILE --snapshot SNAPSHOT` names what was not seen
            not seen: policy of arn:aws:s3:::reports/x
            aws s3api get-bucket-policy --bucket reports > policy.json
            # then: --resource-policy policy.json
      ask   the account admin
    ");
}

/// A denial of a user.
fn of_user(action: &str, resource: &str, why: &str) -> Value {
    let arn = format!("arn:aws:iam::{ACCOUNT}:user/ana");
    let mut record = denied(1, "none", action, resource, why);
    record["userIdentity"] =
        json!({"type": "IAMUser", "principalId": "AIDAEXAMPLE", "arn": arn, "accountId": ACCOUNT, "userName": "ana"});
    record["errorMessage"] =
        json!(format!("User: {arn} is not authorized to perform: {action} on resource: {resource} {why}"));
    record["eventID"] = json!(format!("event-{action}"));
    record
}

const QUARANTINE: &str = "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV2";

fn ana(attached: &Value) -> Value {
    json!([{"UserName": "ana", "Path": "/", "Arn": format!("arn:aws:iam::{ACCOUNT}:user/ana"), "GroupList": [], "AttachedManagedPolicies": attached,
        "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": [allow(&json!("ec2:*"), "*")]}}]}])
}

#[test]
fn a_caller_in_quarantine_gets_no_remedy_anywhere() {
    let folder = tempfile::tempdir().unwrap();
    let records = [
        of_user("ec2:RunInstances", "*", &format!("with an explicit deny in an identity-based policy: {QUARANTINE}")),
        of_user("s3:GetObject", OBJECT, NO_ALLOW),
        of_user("dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:111122223333:table/t", NO_ALLOW),
    ];
    // AWS said so in one record; nothing in the snapshot shows it
    written(folder.path(), &records, &alone(&json!([]), &ana(&json!([]))));
    let given = ["trail.json", "--snapshot", "account.json"];
    let (code, text) = triage(folder.path(), &[&given[..], &["--top", "3"]].concat());
    assert_eq!(code, Some(5));
    insta::assert_snapshot!(text, @"
    3 denials in 3 records of 1 file, at 2026-11-01 10:01 UTC

    STANDS OUT
     !  111122223333 user ana: 1 denial by AWS's quarantine of a leaked key. Replace
        the key; leave the policy (iamdx cause quarantine)

    1  1 denial: AWS names its quarantine policy
       arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV2: the access key is
       public
      by    111122223333 user ana
      for   ec2:RunInstances
      on    *
      when  2026-11-01 10:01 UTC
      from  1 address, 1 user agent
      !     AWS quarantined a leaked key of 111122223333 user ana: grant nothing to
            it, whoever holds the key would get it too. Replace the key first (iamdx
            cause quarantine)
      sure  by the record event-ec2:RunInstances; inferred: only these policies say
            so
      fix   Treat the access key as compromised: AWS put this Deny there on purpose
            (account admin; refused)
      but   Do not detach or narrow the quarantine policy, add Allow statements,
            make another user or key for the same workload, or go around it by
            another Region, endpoint or API key: the key is public, and whoever
            holds it would get the access back too.

    2  1 denial: no identity-based policy allows dynamodb:GetItem on this resource
      by    111122223333 user ana
      for   dynamodb:GetItem
      on    arn:aws:dynamodb:eu-west-1:111122223333:table/t
      when  2026-11-01 10:01 UTC
      from  1 address, 1 user agent
      !     AWS quarantined a leaked key of 111122223333 user ana: grant nothing to
            it, whoever holds the key would get it too. Replace the key first (iamdx
            cause quarantine)
      sure  certain for the record event-dynamodb:GetItem; reported: AWS's message
            names the type of policy
      fix   none: what is granted to this caller, whoever holds its leaked key gets
            too. What to do is with the quarantine

    3  1 denial: no identity-based policy allows s3:GetObject on this resource
      by    111122223333 user ana
      for   s3:GetObject
      on    arn:aws:s3:::reports/*
      when  2026-11-01 10:01 UTC
      from  1 address, 1 user agent
      !     AWS quarantined a leaked key of 111122223333 user ana: grant nothing to
            it, whoever holds the key would get it too. Replace the key first (iamdx
            cause quarantine)
      sure  certain for the record event-s3:GetObject; reported: AWS's message names
            the type of policy
      fix   none: what is granted to this caller, whoever holds its leaked key gets
            too. What to do is with the quarantine
    ");
    let (_, text) = triage(folder.path(), &given);
    insta::assert_snapshot!(text, @"
    3 denials in 3 records of 1 file, at 2026-11-01 10:01 UTC

    STANDS OUT
     !  111122223333 user ana: 1 denial by AWS's quarantine of a leaked key. Replace
        the key; leave the policy (iamdx cause quarantine)

    1  1 denial: AWS names its quarantine policy
       arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV2: the access key is
       public
       a leaked key is in quarantine: replace it and grant nothing; by 111122223333
       user ana: Treat the access key as compromised: AWS put this Deny there on
       purpose (account admin)

    2  1 denial: no identity-based policy allows dynamodb:GetItem on this resource
       a leaked key is in quarantine: replace it and grant nothing; by 111122223333
       user ana, for dynamodb:GetItem

    3  1 denial: no identity-based policy allows s3:GetObject on this resource
       a leaked key is in quarantine: replace it and grant nothing; by 111122223333
       user ana, for s3:GetObject

    MORE  details: --top N, --all; pages: --format html -o DIR/
    ");
    for format in ["text", "markdown", "html", "json", "csv"] {
        let (_, text) = triage(folder.path(), &[&given[..], &["--all", "--format", format]].concat());
        assert!(!text.contains("AllowGetItem") && !text.contains("AllowGetObject"), "{format}: {text}");
        assert!(text.contains("a leaked key of") || text.contains("A leaked key of"), "{format}: {text}");
    }
    // and where no remedy is worked out
    let (_, text) = triage(folder.path(), &[&given[..], &["--remedies", "1", "--all"]].concat());
    assert!(!text.contains("not worked out"), "{text}");
    let withheld: Vec<Value> =
        findings(folder.path(), &given).iter().map(|finding| finding["diagnosis"]["withheld"].clone()).collect();
    assert_eq!(withheld, [json!(false), json!(true), json!(true)]);
    // the policies of another caller are as they were: its denials are a finding of their own
    let others = [&records[..], &[denied(1, "web", "s3:GetObject", OBJECT, NO_ALLOW)]].concat();
    written(folder.path(), &others, &alone(&json!([role(ACCOUNT, "web", &json!([]))]), &ana(&json!([]))));
    let mut told: Vec<String> = findings(folder.path(), &given).iter().map(line).collect();
    told.sort();
    insta::assert_snapshot!(told.join("\n"), @r"
    1 AWS names its quarantine policy arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV2: the access key is public: 
    1 no identity-based policy allows dynamodb:GetItem on this resource: 
    1 no identity-based policy allows s3:GetObject on this resource: 
    1 no identity-based policy allows s3:GetObject on this resource: allowed_if 1
    ");
}

#[test]
fn a_caller_who_tries_many_actions_is_looked_at_first() {
    let folder = tempfile::tempdir().unwrap();
    let actions = [
        "iam:ListUsers",
        "iam:ListRoles",
        "ec2:DescribeInstances",
        "s3:ListAllMyBuckets",
        "secretsmanager:ListSecrets",
        "kms:ListKeys",
        "lambda:ListFunctions",
        "rds:DescribeDBInstances",
        "dynamodb:ListTables",
        "sns:ListTopics",
        "sqs:ListQueues",
        "logs:DescribeLogGroups",
        "cloudtrail:DescribeTrails",
        "ssm:DescribeParameters",
        "ecr:DescribeRepositories",
        "ecs:ListClusters",
        "eks:ListClusters",
        "ses:GetSendQuota",
        "organizations:ListAccounts",
        "iam:ListAccessKeys",
    ];
    let records: Vec<Value> =
        (0..).zip(actions).map(|(number, action)| denied(number, "deploy", action, "*", NO_ALLOW)).collect();
    let roles = json!([role(ACCOUNT, "deploy", &json!([])), role(ACCOUNT, "web", &json!([]))]);
    written(
        folder.path(),
        &[&records[..], &[denied(1, "web", "iam:ListUsers", "*", NO_ALLOW)]].concat(),
        &alone(&roles, &json!([])),
    );
    let given = ["trail.json", "--snapshot", "account.json"];
    let (_, text) = triage(folder.path(), &given);
    insta::assert_snapshot!(text, @"
    21 denials in 21 records of 1 file, from 2026-11-01 10:00 UTC to 2026-11-01
    10:19 UTC

    STANDS OUT
     !  111122223333 role deploy: 20 different actions denied on 2026-11-01. From 20
        on it looks as if somebody tries what is allowed

    1  1 denial: no identity-based policy allows iam:ListUsers on this resource
       by 111122223333 role web: add identity-based policy `AllowListUsers` (account
       admin); ends 1 of 1 if what was not seen does not block

    2  1 denial: no identity-based policy allows ecs:ListClusters on this resource
       look at the caller first (it tries many actions); by 111122223333 role
       deploy: add identity-based policy `AllowListClusters` (account admin); ends 1
       of 1 if what was not seen does not block

    3  1 denial: no identity-based policy allows ssm:DescribeParameters on this
       resource
       look at the caller first (it tries many actions); by 111122223333 role
       deploy: add identity-based policy `AllowDescribeParameters` (account admin);
       ends 1 of 1 if what was not seen does not block

    MORE  18 findings; details: --top N, --all; pages: --format html -o DIR/
    ");
    for found in findings(folder.path(), &given) {
        let cautions: Vec<&str> =
            found["cautions"].as_array().unwrap().iter().map(|caution| caution["code"].as_str().unwrap()).collect();
        let suspect = found["principals"] == json!([format!("{ACCOUNT} role deploy")]);
        assert_eq!(cautions, if suspect { vec!["many-actions"] } else { vec![] });
        for remedy in found["diagnosis"]["remedies"].as_array().unwrap() {
            assert!(!suspect || remedy["disposition"] != json!("safe"), "{remedy}");
        }
    }
    // without policies there is nothing to grant yet, and the caller comes first all the same
    let cautioned = rows(folder.path(), &["trail.json"], &["principal", "caution"]);
    let many = cautioned.iter().filter(|row| row.contains("deploy | look at the caller first")).count();
    assert_eq!((cautioned.len(), many), (21, 20));
    let (_, text) = triage(folder.path(), &["trail.json", "--top", "1"]);
    insta::assert_snapshot!(text, @r#"
    21 denials in 21 records of 1 file, from 2026-11-01 10:00 UTC to 2026-11-01
    10:19 UTC

    STANDS OUT
     !  111122223333 role deploy: 20 different actions denied on 2026-11-01. From 20
        on it looks as if somebody tries what is allowed

    1  20 denials: no identity-based policy of 111122223333 role deploy allows it
      by    111122223333 role deploy
      for   cloudtrail:DescribeTrails (1), dynamodb:ListTables (1),
            ec2:DescribeInstances (1) and 17 more
      on    *
      when  2026-11-01 10:00 UTC to 2026-11-01 10:19 UTC, on 1 day
      from  20 sessions, 1 address, 1 user agent
      !     look at the caller first: 111122223333 role deploy was denied 20
            different actions on 2026-11-01, as if somebody tries what is allowed.
            Grant nothing before it is known who that is
      ask   the account admin
      next  with credentials of 111122223333, for the statement:
            iamdx triage "${FILL_IN_TRAIL:?}" --principal '111122223333 role deploy' --action ecs:ListClusters --live
            # FILL_IN_TRAIL is the files or folder of the trail

    MORE  1 finding; details: --top N, --all; pages: --format html -o DIR/
    "#);
    for format in ["markdown", "html"] {
        let (_, text) = triage(folder.path(), &[&given[..], &["--format", format]].concat());
        assert!(text.contains("Look at the caller first") || text.contains("look at the caller first"), "{format}");
    }
}

/// A caller tries 24 actions, one every so many minutes, half of them before midnight; what stands out.
fn tried(minutes: i64, more: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let midnight: jiff::Timestamp = "2026-11-02T00:00:00Z".parse().unwrap();
    let at = |time: String, action: &str| {
        let mut record = denied(0, "deploy", action, "*", NO_ALLOW);
        record["eventID"] = format!("{time}{action}").into();
        record["eventTime"] = time.into();
        record
    };
    let mut records: Vec<Value> = (0..24)
        .map(|number| {
            let time = midnight + jiff::SignedDuration::from_mins(minutes * (number - 12));
            at(time.to_string(), &format!("ec2:DescribeThing{number}"))
        })
        .collect();
    records.extend(more.iter().map(|(time, action)| at((*time).to_owned(), action)));
    written(folder.path(), &records, &alone(&json!([]), &json!([])));
    let (_, text) = triage(folder.path(), &["trail.json", "--format", "json"]);
    let answer: Value = serde_json::from_str(&text).unwrap();
    let all = answer["stands_out"].as_array().unwrap().iter();
    all.filter(|it| it["code"] == "many-actions").map(|it| it["what"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn many_actions_are_many_over_midnight_too() {
    let said = |from: &str| {
        vec![format!(
            "111122223333 role deploy: 24 different actions denied in the 24 hours from {from} on. From 20 on it looks as if somebody tries \
             what is allowed"
        )]
    };
    assert_eq!(tried(1, &[]), said("2026-11-01 23:00 UTC"));
    // an hour apart they take 23 hours
    assert_eq!(tried(60, &[]), said("2026-11-01 12:00 UTC"));
    // 19 in any 24 hours
    assert_eq!(tried(76, &[]), Vec::<String>::new());
    // of a long trail, in which hours are not kept
    let long = [("2026-10-01T10:00:00Z", "s3:GetObject"), ("2026-11-20T10:00:00Z", "s3:GetObject")];
    assert_eq!(tried(1, &long), said("2026-11-01 23:00 UTC"));
}

#[test]
fn a_remedy_for_a_pattern_opens_no_more_than_the_pattern() {
    let folder = tempfile::tempdir().unwrap();
    let records: Vec<Value> = (0..4)
        .map(|number| denied(number, "deploy", "s3:GetObject", &format!("arn:aws:s3:::reports/{number}"), NO_ALLOW))
        .collect();
    // to add the action to this statement would open every bucket
    let statements = json!([allow(&json!("s3:ListBucket"), "*")]);
    written(folder.path(), &records, &alone(&json!([role(ACCOUNT, "deploy", &statements)]), &json!([])));
    let given = ["trail.json", "--snapshot", "account.json"];
    let (_, text) = triage(folder.path(), &given);
    insta::assert_snapshot!(text, @"
    4 denials in 4 records of 1 file, from 2026-11-01 10:00 UTC to 2026-11-01 10:03
    UTC

    1  4 denials: no identity-based policy allows s3:GetObject on this resource
      by    111122223333 role deploy
      for   s3:GetObject
      on    arn:aws:s3:::reports/*
      when  2026-11-01 10:00 UTC to 2026-11-01 10:03 UTC, on 1 day
      from  4 sessions, 1 address, 1 user agent
      sure  certain for the record event-deploy-GetObject-3; reported: AWS's message
            names the type of policy
      fix   change identity-based policy `own` (account admin; needs review)
            inline policy own: add a statement that allows s3:GetObject on
            arn:aws:s3:::reports/*
      opens s3:GetObject on arn:aws:s3:::reports/*
            made for all of arn:aws:s3:::reports/*: one for the object of a single
            record leaves the others denied
      ends  4 of 4 denials, if none of these blocks, which were not seen: session
            policies of arn:aws:sts::111122223333:assumed-role/deploy/run-3; the 3
            records that are kept were evaluated and are allowed then
    ");
    let found = findings(folder.path(), &given);
    let opened = &found[0]["diagnosis"]["remedies"][0]["verification"]["newly_allowed"];
    assert_eq!(*opened, json!(["s3:GetObject on arn:aws:s3:::reports/*"]));
}

/// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html>
#[test]
fn a_quarantine_that_only_the_policies_show_stands_out() {
    let folder = tempfile::tempdir().unwrap();
    let attached = json!([{"PolicyName": "AWSCompromisedKeyQuarantineV2", "PolicyArn": QUARANTINE}]);
    let mut undo = denied(9, "admin", "iam:DetachUserPolicy", &format!("arn:aws:iam::{ACCOUNT}:user/ana"), NO_ALLOW);
    undo["requestParameters"] = json!({"userName": "ana", "policyArn": QUARANTINE});
    let records = [of_user("s3:GetObject", OBJECT, NO_ALLOW), of_user("s3:GetObject", OBJECT, NO_ALLOW), undo];
    let roles = json!([role(ACCOUNT, "admin", &json!([]))]);
    written(folder.path(), &records, &alone(&roles, &ana(&attached)));
    let given = ["trail.json", "--snapshot", "account.json"];
    let (code, text) = triage(folder.path(), &[&given[..], &["--all"]].concat());
    assert_eq!(code, Some(5));
    let shown = text.split("\n\n").nth(1).unwrap();
    insta::assert_snapshot!(shown, @"
    STANDS OUT
     !  111122223333 user ana: its policies show AWS's quarantine of a leaked key (2
        denials). Replace the key; leave the policy (iamdx cause quarantine)
     !  1 denial of calls that would end AWS's quarantine of 111122223333 user ana;
        by 111122223333 role admin. Ask who made them; leave the policy (iamdx cause
        quarantine)
     !  1 denial of actions by which the caller could get more permissions:
        iam:DetachUserPolicy; by 111122223333 role admin
    ");
    let (_, text) = triage(folder.path(), &[&given[..], &["--format", "json"]].concat());
    let stands_out = serde_json::from_str::<Value>(&text).unwrap()["stands_out"].clone();
    let codes: Vec<String> =
        stands_out.as_array().unwrap().iter().map(|one| format!("{} {}", one["code"], one["principals"])).collect();
    insta::assert_snapshot!(codes.join("\n"), @r#"
    "quarantine" ["111122223333 user ana"]
    "quarantine-undone" ["111122223333 role admin"]
    "dangerous-actions" ["111122223333 role admin"]
    "#);
}
