//! `simulate` and `test` as a person or a pipeline runs them.

use crate::support::iamdx;

const ALLOW: &str = r#"{"id": "a", "request": {"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject", "resource": "arn:aws:s3:::reports/a"}, "policies": {"identity-based": [{"name": "reports", "document": {"Version": "2012-10-17", "Statement": [{"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}}]}, "expect": "allowed"}"#;

/// The case above with another expectation and id.
fn expecting(id: &str, decision: &str) -> String {
    ALLOW
        .replace(r#""id": "a""#, &format!(r#""id": "{id}""#))
        .replace(r#""expect": "allowed""#, &format!(r#""expect": "{decision}""#))
}

#[test]
fn every_line_of_a_batch_is_answered_in_order_and_a_bad_one_does_not_stop_it() {
    let input = format!("{ALLOW}\n\nnot json\n{{\"id\": 7, \"request\": {{}}}}\n{}\n", expecting("b", "explicitDeny"));
    let run = iamdx(&["simulate", "--batch", "-"], input.as_bytes());
    assert_eq!(run.code, 2);
    insta::assert_snapshot!(run.stdout, @r#"
    {"id":"a","decision":"allowed","decided_by":["identity-based"],"matched_statements":[{"policy_type":"identity-based","policy":"reports","sid":"Read","index":0,"effect":"Allow","line":1,"column":41}],"missing_context_values":[]}
    {"error":"not JSON: expected value (column 2)","id":null,"line":3}
    {"error":"`request` needs `principal` (column 22)","id":7,"line":4}
    {"id":"b","decision":"allowed","decided_by":["identity-based"],"matched_statements":[{"policy_type":"identity-based","policy":"reports","sid":"Read","index":0,"effect":"Allow","line":1,"column":41}],"missing_context_values":[]}
    "#);
}

#[test]
fn a_list_and_one_object_over_many_lines_are_batches_too() {
    let list = format!("[{ALLOW},\n{}]", expecting("b", "allowed"));
    let run = iamdx(&["simulate", "--batch", "-"], list.as_bytes());
    assert_eq!((run.code, run.stdout.lines().count()), (0, 2), "{}", run.whole());
    let object = ALLOW.replace('{', "{\n");
    let run = iamdx(&["simulate", "--batch", "-"], object.as_bytes());
    assert_eq!((run.code, run.stdout.lines().count()), (0, 1), "{}", run.whole());
    let run = iamdx(&["simulate", "--batch", "-"], b" \n");
    assert_eq!(run.code, 2);
}

#[test]
fn what_aws_would_reject_is_named_with_its_place() {
    let input = ALLOW.replace(r#""Effect": "Allow""#, r#""Effect": "allow""#);
    let run = iamdx(&["simulate", "--batch", "-"], input.as_bytes());
    insta::assert_snapshot!(run.stdout, @r#"{"id":"a","decision":"implicitDeny","decided_by":["identity-based"],"matched_statements":[],"missing_context_values":[],"problems":[{"policy_type":"identity-based","policy":"reports","line":1,"column":67,"message":"`Effect` is `Allow` or `Deny`","code":"effect"}]}"#);
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
#[test]
fn a_setting_of_s3_that_refuses_beside_every_policy_is_not_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("snapshot.json").to_str().unwrap().to_owned();
    let case = crate::support::read("fixtures/cases/block-public-access/restricted-at-the-bucket/snapshot.json");
    let mut snapshot: serde_json::Value = serde_json::from_str(&case).unwrap();
    let asked = |snapshot: &serde_json::Value, principal: &str| {
        std::fs::write(&path, snapshot.to_string()).unwrap();
        let object = "arn:aws:s3:::example-open-data/2026.csv";
        let request = ["simulate", "--principal", principal, "--action", "s3:GetObject", "--resource", object];
        iamdx(&[&request[..], &["--snapshot", &path, "--context", "aws:SourceIp=203.0.113.7"]].concat(), b"")
    };
    let (outside, owner) = ("arn:aws:iam::111122223333:user/reader", "arn:aws:iam::444455556666:root");
    insta::assert_snapshot!(asked(&snapshot, outside).whole(), @r"
    exit 1
    --- stdout
    DENIED  s3:GetObject
      by    arn:aws:iam::111122223333:user/reader
      on    arn:aws:s3:::example-open-data/2026.csv

    WHY  S3 refuses it, whatever the policies say
     -  RestrictPublicBuckets of S3 Block Public Access is on for bucket
        example-open-data: while statement `Readers` of `policy of
        arn:aws:s3:::example-open-data` makes the bucket public, only callers of the
        bucket's own account and AWS services get in
    ");
    // callers of the bucket's own account are not concerned
    assert_eq!(asked(&snapshot, owner).stderr, "");
    // what was not seen is named, with the command that shows it
    snapshot.as_object_mut().unwrap().remove("public_access_blocks");
    let unseen = asked(&snapshot, outside);
    assert_eq!((unseen.code, &*unseen.stderr), (0, ""), "{}", unseen.whole());
    assert_eq!(
        unseen.stdout.split_once("NOT CHECKED").map(|(_, behind)| behind),
        Some(
            "\n -  S3 Block Public Access of bucket example-open-data\n      \
             aws s3api get-public-access-block --bucket example-open-data\n \
             -  S3 Block Public Access of account 444455556666\n      \
             aws s3control get-public-access-block --account-id 444455556666\n"
        ),
        "{}",
        unseen.whole()
    );
    assert!(!asked(&snapshot, owner).stdout.contains("Block Public Access"));
}

#[test]
fn failed_expectations_are_one_line_each_and_exit_one() {
    let input = format!("{ALLOW}\n{}\n", expecting("b", "explicitDeny"));
    let run = iamdx(&["test", "-"], input.as_bytes());
    insta::assert_snapshot!(run.whole(), @"
    exit 1
    --- stdout
    -:2: b: expected explicitDeny, is allowed, by identity-based; Allow statement `Read` reports:1:41
    1 of 2 cases passed, 1 failed
    ");
    assert_eq!(iamdx(&["test", "-"], ALLOW.as_bytes()).code, 0);
    assert_eq!(iamdx(&["test", "-"], b"{\"id\": 1}").code, 2);
}

#[test]
fn one_request_from_loose_documents_says_what_it_depends_on() {
    let run = iamdx(
        &[
            "simulate",
            "--principal",
            "arn:aws:iam::111122223333:user/alice",
            "--action",
            "s3:GetObject",
            "--resource",
            "arn:aws:s3:::reports/a",
            "--identity-policy",
            "fixtures/policies/mfa.json",
        ],
        b"",
    );
    assert_eq!(run.code, 3);
    assert!(run.stdout.contains("allowed if aws:MultiFactorAuthPresent is true"), "{}", run.stdout);
    assert!(run.stdout.contains("SCPs of account 111122223333"), "{}", run.stdout);
}

/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html>
#[test]
fn an_scp_that_only_denies_leaves_open_whether_the_one_of_aws_is_there() {
    let case = "fixtures/cases/scp/region-lock-given-alone";
    let asked = |region: &str| {
        let (identity, scp) = (format!("{case}/identity.json"), format!("{case}/scp.json"));
        let resource = format!("arn:aws:sqs:{region}:111122223333:jobs");
        let run = iamdx(
            &[
                "simulate",
                "--principal",
                "arn:aws:iam::111122223333:user/alice",
                "--action",
                "sqs:CreateQueue",
                "--resource",
                &resource,
                "--identity-policy",
                &identity,
                "--scp",
                &scp,
                "--no-permissions-boundary",
                "--no-resource-policy",
                "--no-vpc-endpoint-policy",
                "--no-rcp",
            ],
            b"",
        );
        let lines: Vec<&str> = run.stdout.lines().take(7).collect();
        format!("exit {}\n{}", run.code, lines.join("\n"))
    };
    insta::assert_snapshot!(asked("eu-west-1"), @r"
    exit 3
    UNDETERMINED  sqs:CreateQueue
      by    arn:aws:iam::111122223333:user/alice
      on    arn:aws:sqs:eu-west-1:111122223333:jobs

    DEPENDS ON  what is not known
     -  allowed by what was given, unless any of these blocks it:
     -  a level given by --scp without FullAWSAccess or another SCP that allows it
    ");
    insta::assert_snapshot!(asked("us-east-1"), @r"
    exit 1
    DENIED  sqs:CreateQueue
      by    arn:aws:iam::111122223333:user/alice
      on    arn:aws:sqs:us-east-1:111122223333:jobs

    WHY  explicitly denied
     1  explicit deny: service control policy
        fixtures/cases/scp/region-lock-given-alone/scp.json at level 1 of 1 given by
    ");
}

#[test]
fn an_identity_provider_asks_for_a_role() {
    let account = "fixtures/cases/trust-policy/token-of-another-branch/account.json";
    let decided = |subject: &str, principal: &str| {
        let subject = format!("token.actions.githubusercontent.com:sub={subject}");
        let run = iamdx(
            &[
                "simulate",
                "--snapshot",
                account,
                "--no-rcp",
                "--no-vpc-endpoint-policy",
                "--principal",
                principal,
                "--action",
                "sts:AssumeRoleWithWebIdentity",
                "--resource",
                "arn:aws:iam::111122223333:role/deploy",
                "--context",
                "token.actions.githubusercontent.com:aud=sts.amazonaws.com",
                "--context",
                &subject,
            ],
            b"",
        );
        run.stdout.split_whitespace().take(2).collect::<Vec<_>>().join(" ")
    };
    let github = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
    let main = "repo:example-org/shop:ref:refs/heads/main";
    assert_eq!(decided(main, github), "ALLOWED sts:AssumeRoleWithWebIdentity");
    let feature = "repo:example-org/shop:ref:refs/heads/feature-x";
    assert_eq!(decided(feature, github), "DENIED sts:AssumeRoleWithWebIdentity");
    // another provider, whatever its token says, and a user of the account, who has no token
    let saml = "arn:aws:iam::111122223333:saml-provider/okta";
    assert_eq!(decided(main, saml), "DENIED sts:AssumeRoleWithWebIdentity");
    let root = "arn:aws:iam::111122223333:root";
    assert_eq!(decided(main, root), "DENIED sts:AssumeRoleWithWebIdentity");
}

#[test]
fn requests_about_one_account_are_answered_by_the_policies_of_their_principals() {
    let account = r#"{"iamdx_snapshot": 1, "accounts": [{"id": "111122223333", "in_organization": false,
        "UserDetailList": [{"Arn": "arn:aws:iam::111122223333:user/alice", "UserPolicyList": [{"PolicyName": "reports",
            "PolicyDocument": {"Statement": {"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*"}}}]}],
        "RoleDetailList": [{"Arn": "arn:aws:iam::111122223333:role/app/Deploy", "RoleName": "Deploy"}]}]}"#;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("account.json");
    std::fs::write(&file, account).unwrap();
    let request = |id: usize, principal: &str, action: &str| {
        format!(
            r#"{{"id": {id}, "request": {{"principal": "arn:aws:{principal}", "action": "{action}", "resource": "arn:aws:s3:::b/k"}}}}"#
        )
    };
    let deploy = "sts::111122223333:assumed-role/Deploy/run";
    let input = [
        request(1, "iam::111122223333:user/alice", "s3:GetObject"),
        request(2, deploy, "s3:GetObject"),
        "{\"id\": 3}".to_owned(),
        request(4, "iam::111122223333:user/bob", "s3:GetObject"),
        request(5, "iam::111122223333:user/alice", "s3:PutObject"),
        request(6, deploy, "s3:GetObject"),
    ]
    .join("\n");
    let none = ["--no-session-policy", "--no-resource-policy"];
    let arguments = ["simulate", "--batch", "-", "--snapshot", file.to_str().unwrap(), none[0], none[1]];
    let run = iamdx(&arguments, input.as_bytes());
    insta::assert_snapshot!(run.stdout, @r#"
    {"id":1,"decision":"allowed","decided_by":["identity-based"],"matched_statements":[{"policy_type":"identity-based","policy":"reports","sid":"Read","index":0,"effect":"Allow","line":1,"column":15}],"missing_context_values":[]}
    {"id":2,"decision":"implicitDeny","decided_by":["identity-based"],"matched_statements":[],"missing_context_values":[]}
    {"error":"a case needs `request` (column 1)","id":3,"line":3}
    {"id":4,"decision":"undetermined","decided_by":["identity-based","permissions-boundary"],"matched_statements":[],"missing_context_values":[]}
    {"id":5,"decision":"implicitDeny","decided_by":["identity-based"],"matched_statements":[],"missing_context_values":[]}
    {"id":6,"decision":"implicitDeny","decided_by":["identity-based"],"matched_statements":[],"missing_context_values":[]}
    "#);
    assert_eq!(run.code, 2);
}

/// A policy of an access point counts only with that of the bucket behind it.
///
/// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html>
/// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-directory-buckets-policies.html>
/// - <https://docs.aws.amazon.com/AmazonS3/latest/s3-outposts/S3OutpostsAccessPointGetPolicy.html>
#[test]
fn the_policy_of_an_access_point_says_nothing_of_the_bucket_behind_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, document: serde_json::Value| {
        let path = folder.path().join(name).to_str().unwrap().to_owned();
        std::fs::write(&path, document.to_string()).unwrap();
        path
    };
    let statement = serde_json::json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    let mut with = statement.clone();
    with["Principal"] = serde_json::json!({"AWS": "arn:aws:iam::111122223333:role/app"});
    let own = file("own.json", serde_json::json!({"Version": "2012-10-17", "Statement": statement}));
    let point = file("point.json", serde_json::json!({"Version": "2012-10-17", "Statement": with}));
    let asked = |action: &str, resource: &str, owner: &str| {
        let caller = "arn:aws:sts::111122223333:assumed-role/app/run-1";
        let request = ["simulate", "--principal", caller, "--action", action, "--resource", resource];
        let owner = ["--resource-account", owner, "--identity-policy", &own, "--resource-policy", &point];
        let none =
            ["--no-permissions-boundary", "--no-session-policy", "--no-scp", "--no-rcp", "--no-vpc-endpoint-policy"];
        let run = iamdx(&[&request[..], &owner, &none].concat(), b"");
        let behind: Vec<String> = run
            .stdout
            .split("NOT CHECKED")
            .skip(1)
            .map(|gap| gap.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        (run.code, behind.join(""))
    };
    let gap = " -  policy of the bucket behind access point team, which must allow the request too".trim_start();
    let points = [
        ("s3:GetObject", "arn:aws:s3:eu-west-1:444455556666:accesspoint/team/object/a.txt"),
        ("s3express:CreateSession", "arn:aws:s3express:us-east-1:444455556666:accesspoint/team"),
        (
            "s3-outposts:GetObject",
            "arn:aws:s3-outposts:us-east-1:444455556666:outpost/op-01ac5d28a6a232904/accesspoint/team/object/a",
        ),
    ];
    for (action, resource) in points {
        let (code, told) = asked(action, resource, "444455556666");
        assert_eq!(code, 3, "{resource}");
        assert!(told.starts_with(&gap.replace("-  ", "- ")), "{resource}: {told}");
    }
    let (code, told) = asked("s3:GetObject", "arn:aws:s3:::team-abc-s3alias/a.txt", "444455556666");
    assert!(code == 3 && told.contains("behind the access point"), "{told}");
    let bucket = asked("s3:GetObject", "arn:aws:s3:::reports/a.txt", "444455556666");
    assert_eq!(bucket, (0, String::new()));
}

/// The case above asked by somebody else.
fn asked_by(principal: &str) -> String {
    ALLOW.replace("arn:aws:iam::111122223333:user/alice", principal)
}

/// Groups are no principals: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
#[test]
fn whoever_cannot_ask_gets_no_answer() {
    let input =
        ["arn:aws:iam::111122223333:group/dev", "arn:aws:iam::111122223333:users/alice", "alice", "111122223333"]
            .map(asked_by)
            .join("\n");
    let run = iamdx(&["simulate", "--batch", "-"], input.as_bytes());
    insta::assert_snapshot!(run.whole(), @r#"
    exit 2
    --- stdout
    {"error":"`arn:aws:iam::111122223333:group/dev` is no principal. Expected is the ARN of a user, a role, a session or an identity provider, `anonymous`, or `service:NAME.amazonaws.com`","id":"a","line":1}
    {"error":"`arn:aws:iam::111122223333:users/alice` is no principal. Expected is the ARN of a user, a role, a session or an identity provider, `anonymous`, or `service:NAME.amazonaws.com`","id":"a","line":2}
    {"error":"`alice` is no principal. Expected is the ARN of a user, a role, a session or an identity provider, `anonymous`, or `service:NAME.amazonaws.com`","id":"a","line":3}
    {"error":"`111122223333` is an account and no principal. Its root user is `arn:aws:iam::111122223333:root`","id":"a","line":4}
    "#);
    let run = iamdx(&["test", "-"], asked_by("alice").as_bytes());
    insta::assert_snapshot!(run.whole(), @r"
    exit 2
    --- stdout
    -:1: a: cannot be read: `alice` is no principal. Expected is the ARN of a user, a role, a session or an identity provider, `anonymous`, or `service:NAME.amazonaws.com`
    0 of 1 cases passed, 1 unreadable
    ");
    let arguments = ["--principal", "111122223333", "--action", "s3:GetObject", "--resource", "arn:aws:s3:::reports/a"];
    let run = iamdx(&[&["simulate"], &arguments[..]].concat(), b"");
    insta::assert_snapshot!(run.whole(), @r"
    exit 2
    --- stderr
    iamdx: `111122223333` is an account and no principal. Its root user is `arn:aws:iam::111122223333:root`
    ");
}

#[test]
fn a_name_in_a_case_that_is_no_action_is_noted_with_its_case() {
    let typo = ALLOW.replace("s3:GetObject", "s3:GetObjct").replace(r#""a""#, r#""b""#);
    let input = [ALLOW, &typo, &typo.replace("GetObjct", "getobjct")].join("\n");
    let noted = |arguments: &[&str]| {
        let run = iamdx(arguments, input.as_bytes());
        assert_eq!(run.code, 0, "{}", run.whole());
        let date = iamdx::reference::Reference::embedded().date();
        run.stderr.replace(date, "DATE")
    };
    let tested = noted(&["test", "-"]);
    insta::assert_snapshot!(tested, @"iamdx: note: -:2: `s3:GetObjct` looks like s3:GetObject or s3:PutObject or s3:GetObjectAcl and is not in the service reference of DATE, unless AWS has added it since. The answer is what the policies say of this name. If there is no such action, AWS allows it to nobody");
    assert_eq!(noted(&["simulate", "--batch", "-"]), tested);
}

/// The root user has none of the policies of an identity:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html>
#[test]
fn a_policy_that_is_given_and_applies_to_nothing_is_noted() {
    let folder = tempfile::tempdir().unwrap();
    let deny = folder.path().join("deny.json");
    std::fs::write(&deny, r#"{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}"#).unwrap();
    let asked = |principal: &str| {
        let request = ["simulate", "--principal", principal, "--action", "s3:GetObject", "--resource"];
        let policies = ["arn:aws:s3:::reports/a", "--identity-policy", deny.to_str().unwrap()];
        iamdx(&[&request[..], &policies].concat(), b"").stderr
    };
    let note = "iamdx: note: no policy of --identity-policy applies to this request, so none of them is used\n";
    for principal in ["arn:aws:iam::111122223333:root", "anonymous", "service:logs.amazonaws.com"] {
        assert_eq!(asked(principal), note, "{principal}");
    }
    assert_eq!(asked("arn:aws:iam::111122223333:user/alice"), "");
}

#[test]
fn what_is_wrong_with_a_case_is_told_by_its_field_with_one_place() {
    let told = |from: &str, to: &str| {
        let run = iamdx(&["test", "-"], ALLOW.replacen(from, to, 1).as_bytes());
        assert_eq!(run.code, 2, "{}", run.whole());
        run.stdout.lines().next().unwrap().to_owned()
    };
    let context = |values: &str| told(r#""action""#, &format!(r#""context": {values}, "action""#));
    let policies = |policies: &str| told(r#""policies": {"#, &format!(r#""policies": {{{policies}, "#));
    let all = [
        context(r#"{"aws:SourceIp": null}"#),
        context(r#"{"aws:SourceIp": ["203.0.113.7", {}]}"#),
        context("[]"),
        told(r#""action": "s3:GetObject""#, r#""action": ["s3:GetObject"]"#),
        told(r#""action": "s3:GetObject""#, r#""action": "s3:GetObject", "action": "s3:PutObject""#),
        told(r#""action": "s3:GetObject""#, r#""action": "GetObject""#),
        told(r#""expect": "allowed""#, r#""expect": "Allowed""#),
        policies(r#""identity_based": []"#),
        policies(r#""session": {}"#),
        policies(r#""service-control": [{}]"#),
        told(r#", "expect""#, r#" "expect""#),
        told(r#", "expect": "allowed"}"#, ""),
        // over several lines the line is that of the case
        told(r#""expect": "allowed""#, "\n\"expect\": 1"),
    ];
    insta::assert_snapshot!(all.join("\n"), @r"
    -:1: a: cannot be read: the value of `aws:SourceIp` in `context` is a string, a number, a boolean or a list of these, this is null (column 106)
    -:1: a: cannot be read: the value of `aws:SourceIp` in `context` is a string, a number, a boolean or a list of these, this is an object (column 122)
    -:1: a: cannot be read: `context` is an object, this is a list (column 89)
    -:1: a: cannot be read: `action` is a string, this is a list (column 88)
    -:1: a: cannot be read: `action` is given more than once (column 104)
    -:1: a: cannot be read: `GetObject` is not an action: `service:Name` is expected, for example `s3:GetObject`
    -:1: a: cannot be read: `expect` is allowed, explicitDeny, implicitDeny or undetermined, this is `Allowed` (column 336)
    -:1: a: cannot be read: `identity_based` is no type of policy. Expected is one of identity-based, resource-based, permissions-boundary, session, vpc-endpoint, service-control, resource-control (column 156)
    -:1: a: cannot be read: `session` is a list of policies, this is an object (column 167)
    -:1: a: cannot be read: `service-control` is a list of levels, and a level is a list of policies, this is an object (column 176)
    -:1: cannot be read: not JSON: expected `,` or `}` (column 325)
    -:1: cannot be read: not JSON: EOF while parsing an object (column 323)
    -:1: a: cannot be read: `expect` is allowed, explicitDeny, implicitDeny or undetermined, this is a number (its line 2, column 11)
    ");
}

/// A service of AWS that calls by its own name calls from outside of every VPC, so no policy of an endpoint decides.
/// <https://aws.amazon.com/blogs/security/iam-makes-it-easier-to-manage-permissions-for-aws-services-accessing-resources/>
#[test]
fn no_policy_of_an_endpoint_is_missing_for_a_service_that_calls_by_its_own_name() {
    let folder = tempfile::tempdir().unwrap();
    let bucket = folder.path().join("bucket.json");
    let policy = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "s3:PutObject", "Resource": "arn:aws:s3:::logs/*"}}"#;
    std::fs::write(&bucket, policy).unwrap();
    let ask = |principal: &str, more: &[&str]| {
        let bucket = bucket.to_str().unwrap();
        let mut arguments = vec![
            "simulate",
            "--principal",
            principal,
            "--action",
            "s3:PutObject",
            "--resource",
            "arn:aws:s3:::logs/AWSLogs/x",
            "--resource-account",
            "111122223333",
            "--resource-policy",
            bucket,
            "--no-rcp",
            "--format",
            "json",
        ];
        arguments.extend(more);
        let ran = iamdx(&arguments, b"");
        let answer: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.whole()));
        (answer["decision"].as_str().unwrap().to_owned(), answer["gaps"].as_array().unwrap().len())
    };
    assert_eq!(ask("cloudtrail.amazonaws.com", &[]), ("allowed".to_owned(), 0));
    // one of which the endpoint is known
    assert_eq!(ask("cloudtrail.amazonaws.com", &["--context", "aws:SourceVpce=vpce-1"]).0, "undetermined");
}
