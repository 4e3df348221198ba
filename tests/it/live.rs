//! The commands that call AWS, against a server of our own: what is asked, what comes of it, and what comes of every fault.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::support::fake_aws::{Answer, Call, FakeAws, Fault};
use crate::support::{Run, project, read};

const KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const TOKEN: &str =
    "IQoJb3JpZ2luX2VjEXAMPLETOKENexampletokenEXAMPLETOKENexampletokenEXAMPLETOKENexampletokenEXAMPLETOKEN==";

pub(crate) const USER: &str = "User: arn:aws:iam::111122223333:user/ops/alice is not authorized to perform: s3:GetObject on resource: \
                    \"arn:aws:s3:::example-reports/2026/q1.csv\" because no identity-based policy allows the s3:GetObject action";
pub(crate) const ROLE: &str = "User: arn:aws:sts::111122223333:assumed-role/deploy/run-1 is not authorized to perform: s3:GetObject on resource: \
                    \"arn:aws:s3:::example-reports/2026/q1.csv\" because no identity-based policy allows the s3:GetObject action";

pub(crate) const CREATE: &str = "An error occurred (AccessDenied) when calling the CreateUser operation: User: \
    arn:aws:iam::111122223333:user/ops/alice is not authorized to perform: iam:CreateUser on resource: arn:aws:iam::111122223333:user/bob \
    because no identity-based policy allows the iam:CreateUser action";

/// AWS as it answers a member account that may read IAM and run the simulator.
pub(crate) fn member(call: &Call) -> Answer {
    Answer::Case(match call.operation.as_str() {
        "GetCallerIdentity" => "analyst",
        "GetAccountAuthorizationDetails" => "three-groups",
        "GetUser" | "ListUserPolicies" | "GetUserPolicy" | "ListAttachedUserPolicies" | "ListGroupsForUser" => "alice",
        "ListGroupPolicies" | "GetGroupPolicy" => "inline",
        "GetRole" | "ListRolePolicies" | "GetRolePolicy" | "ListAttachedRolePolicies" => "deploy",
        "ListAttachedGroupPolicies" | "GetPolicy" | "GetPolicyVersion" => "base",
        "SimulatePrincipalPolicy" => "per-resource",
        "SimulateCustomPolicy" => "allowed",
        "DescribeOrganization" => "member",
        "DecodeAuthorizationMessage" => "run-instances",
        "GetRequestAuthorizationDetails" | "GetRequestAuthorizationPolicy" => "service-control",
        "cloudtrail:LookupEvents" => "none",
        "s3:GetBucketPolicy" => {
            return Answer::Error(404, "NoSuchBucketPolicy", "The bucket policy does not exist".to_owned());
        }
        _ => return Answer::Fault(Fault::Denied),
    })
}

/// AWS as it answers the management account: the organization can be read.
pub(crate) fn management(call: &Call) -> Answer {
    Answer::Case(match (call.operation.as_str(), call.get("ChildId"), call.get("TargetId"), call.get("ParentId")) {
        ("ListParents", "111122223333", ..) => "account",
        ("ListParents", ..) => "unit",
        ("ListPoliciesForTarget", ..) if call.get("Filter") == "RESOURCE_CONTROL_POLICY" => "none",
        ("ListPoliciesForTarget", _, "ou-ab12-11111111", _) | ("DescribePolicy", ..) => "guardrails",
        ("ListPoliciesForTarget", ..) => "full-access",
        ("ListRoots", ..) => "enabled",
        ("ListOrganizationalUnitsForParent", _, _, "r-ab12") => "workloads",
        ("ListAccountsForParent", _, _, "ou-ab12-11111111") => "prod",
        ("ListOrganizationalUnitsForParent" | "ListAccountsForParent", ..) => "none",
        ("ListAccountAliases", ..) => "example",
        _ => return member(call),
    })
}

/// The binary with credentials of its own, an endpoint on the loopback, and no second attempts unless told so.
pub(crate) fn iamdx(aws: &FakeAws, arguments: &[&str], attempts: &str) -> Run {
    let output = command(aws, arguments, attempts).output().unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

pub(crate) fn command(aws: &FakeAws, arguments: &[&str], attempts: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_iamdx"));
    command
        .args(arguments)
        .current_dir(project())
        .env_clear()
        .envs([
            ("NO_COLOR", "1"),
            ("AWS_ENDPOINT_URL", aws.url.as_str()),
            ("AWS_REGION", "eu-west-1"),
            ("AWS_ACCESS_KEY_ID", KEY_ID),
            ("AWS_SECRET_ACCESS_KEY", SECRET),
            ("AWS_SESSION_TOKEN", TOKEN),
            ("AWS_MAX_ATTEMPTS", attempts),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ])
        .stdin(Stdio::null());
    command
}

pub(crate) fn report(run: &Run) -> serde_json::Value {
    let whole: serde_json::Value =
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}", run.whole()));
    whole["reports"][0].clone()
}

/// What a report says of each source of evidence.
fn evidence(report: &serde_json::Value) -> Vec<String> {
    let all = report["evidence"].as_array().unwrap();
    all.iter().map(|one| format!("{}: {}", one["source"].as_str().unwrap(), one["says"].as_str().unwrap())).collect()
}

pub(crate) fn scratch() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn a_user_in_three_groups_takes_few_calls_side_by_side() {
    let aws = FakeAws::start(Duration::from_millis(50), member);
    let run = iamdx(&aws, &["diagnose", "--live", "--format", "json", "-m", USER], "3");
    let counts: Vec<String> = aws.counts().into_iter().map(|(name, count)| format!("{name} {count}")).collect();
    assert_eq!(run.code, 0, "{}", run.whole());
    insta::assert_snapshot!(counts.join("\n"), @"
    DescribeOrganization 1
    GetAccountAuthorizationDetails 1
    GetCallerIdentity 1
    ListParents 1
    SimulateCustomPolicy 2
    SimulatePrincipalPolicy 1
    s3:GetBucketPolicy 1
    ");
    assert!(aws.calls().len() <= 12, "{counts:?}");
    // at 50 ms each, calls one after the other leave room for nothing else in half a second beyond ten
    assert!(aws.depth() <= 6, "{} calls wait for one another: {counts:?}", aws.depth());
    let report = report(&run);
    insta::assert_snapshot!(evidence(&report).join("\n"), @r#"
    message: a missing allow in the identity-based policy
    event-history: not asked: this is a data event, which the event history does not hold; a trail that logs data events does
    simulator: iam:SimulatePrincipalPolicy: implicit deny for s3:GetObject on arn:aws:s3:::example-reports/2026/q1.csv; the organization's SCPs allow it; the permissions boundary allows it; it had no value for aws:MultiFactorAuthPresent; asked with the context that is known
    local-evaluation: implicit deny over 4 policies and 4 statements
    "#);
    insta::assert_snapshot!(report["blockers"].to_string(), @r#"[{"basis":"evaluated","code":"no-allow","effect":"implicit-deny","implies":[],"policy":null,"policy_type":"identity-based","statement":null,"target":null,"why":"no identity-based policy allows s3:GetObject on this resource"}]"#);
}

#[test]
fn without_the_account_in_one_call_each_thing_is_asked_for_by_itself() {
    let aws = FakeAws::start(Duration::ZERO, |call| match call.operation.as_str() {
        "GetAccountAuthorizationDetails" => Answer::Fault(Fault::Denied),
        "GetPolicy" | "GetPolicyVersion" if call.get("PolicyArn").ends_with("/ceiling") => Answer::Fault(Fault::Denied),
        _ => member(call),
    });
    let run = iamdx(&aws, &["diagnose", "--live", "--format", "json", "-m", USER], "1");
    let report = report(&run);
    let gaps: Vec<_> = report["gaps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|gap| format!("{}: {}", gap["what"].as_str().unwrap(), gap["why"].as_str().unwrap()))
        .collect();
    insta::assert_snapshot!(gaps.join("\n"), @"
    permissions boundary `ceiling` of arn:aws:iam::111122223333:user/ops/alice: iam:GetPolicy was refused when the snapshot was taken: AccessDenied: User: arn:aws:iam::111122223333:user/analyst is not authorized to perform: iam:GetPolicy because no identity-based policy allows the iam:GetPolicy action; it needs iam:GetPolicy
    policy of the VPC endpoint, if the request came through one: the input does not tell how the request reached AWS
    service control policy of 111122223333: organizations:ListParents was refused when the snapshot was taken: AccessDeniedException: User: arn:aws:iam::111122223333:user/analyst is not authorized to perform: organizations:ListParents because no identity-based policy allows the organizations:ListParents action; it needs organizations:ListParents
    resource control policy of 111122223333: organizations:ListParents was refused when the snapshot was taken: AccessDeniedException: User: arn:aws:iam::111122223333:user/analyst is not authorized to perform: organizations:ListParents because no identity-based policy allows the organizations:ListParents action; it needs organizations:ListParents
    ");
    let counts: Vec<String> = aws.counts().into_iter().map(|(name, count)| format!("{name} {count}")).collect();
    insta::assert_snapshot!(counts.join("\n"), @"
    DescribeOrganization 1
    GetAccountAuthorizationDetails 1
    GetCallerIdentity 1
    GetGroupPolicy 3
    GetPolicy 2
    GetPolicyVersion 1
    GetUser 1
    GetUserPolicy 1
    ListAttachedGroupPolicies 3
    ListAttachedUserPolicies 1
    ListGroupPolicies 3
    ListGroupsForUser 1
    ListParents 1
    ListUserPolicies 1
    SimulatePrincipalPolicy 1
    s3:GetBucketPolicy 1
    ");
}

#[test]
fn a_saved_diagnosis_is_made_again_without_a_network_byte_for_byte() {
    let folder = scratch();
    let path = folder.path().join("saved.json").to_string_lossy().into_owned();
    // whoever can read what was there before reads nothing of what replaces it
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::write(&path, "{}").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    }
    for (name, denial) in [("user", USER), ("role", ROLE)] {
        for format in ["text", "json"] {
            let aws = FakeAws::start(Duration::ZERO, management);
            let live = iamdx(&aws, &["diagnose", "--live", "--save", &path, "--format", format, "-m", denial], "1");
            let calls = aws.calls().len();
            let replay = iamdx(&aws, &["diagnose", "--snapshot", &path, "--format", format, "-m", denial], "1");
            assert!(calls > 5, "{}", live.whole());
            assert_eq!(aws.calls().len(), calls, "{name}: the replay used the network");
            assert_eq!((live.code, &live.stdout), (replay.code, &replay.stdout), "{name} as {format}");
        }
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn when_everything_is_refused_the_permissions_that_would_help_are_listed() {
    let aws = FakeAws::start(Duration::ZERO, |_| Answer::Fault(Fault::Denied));
    let run = iamdx(&aws, &["diagnose", "--live", "-m", USER], "1");
    assert_eq!(run.code, 4, "{}", run.whole());
    assert!(run.stdout.starts_with("DENIED  s3:GetObject"), "the text alone still gives a report: {}", run.whole());
    insta::assert_snapshot!(run.stderr, @"iamdx: AWS answered none of the calls; the first: iam:GetAccountAuthorizationDetails: AccessDenied: User: arn:aws:iam::111122223333:user/analyst is not authorized to perform: iam:GetAccountAuthorizationDetails because no identity-based policy allows the iam:GetAccountAuthorizationDetails action; it needs iam:GetAccountAuthorizationDetails; these permissions would help: iam:GetAccountAuthorizationDetails, iam:GetUser, iam:ListAttachedUserPolicies, iam:ListGroupsForUser, iam:ListUserPolicies, iam:SimulatePrincipalPolicy, organizations:DescribeOrganization, organizations:ListParents, s3:GetBucketPolicy; `iamdx doctor` tries each");
}

#[test]
fn without_credentials_or_network_the_command_ends_with_4_and_says_so() {
    let aws = FakeAws::start(Duration::ZERO, |_| Answer::Fault(Fault::Denied));
    let mut no_credentials = command(&aws, &["diagnose", "--live", "-m", USER], "1");
    no_credentials.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY").env("HOME", "/nonexistent");
    let output = no_credentials.output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    insta::assert_snapshot!(String::from_utf8(output.stderr).unwrap(), @"iamdx: there are no credentials: none in the environment, none in profile `default` of /nonexistent/.aws/config and /nonexistent/.aws/credentials, and this is no instance or container with a role; run `aws configure` or `aws sso login`, or name a profile with --profile");
    // nobody listens on a port that was just given back
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}");
    let run = iamdx(&aws, &["diagnose", "--live", "--endpoint-url", &url, "--timeout", "1", "-m", USER], "1");
    assert_eq!(run.code, 4, "{}", run.whole());
    assert!(
        run.stderr.contains("check the network, HTTPS_PROXY and NO_PROXY, --region and --endpoint-url"),
        "{}",
        run.whole()
    );
}

#[test]
fn aws_record_wins_and_is_read_in_the_region_of_the_denial_once_it_is_written() {
    let message = "An error occurred (AccessDenied) when calling the GetUser operation: User: arn:aws:iam::111122223333:user/ops/alice is not \
        authorized to perform: iam:GetUser on resource: arn:aws:iam::111122223333:user/bob with an explicit deny in a service control policy. Go to \
        https://us-west-2.console.aws.amazon.com/iam/home?region=us-west-2#/authorization-details/0123456789abcdefghijklmno for complete details, \
        or call the GetRequestAuthorizationDetails API with the following authorization id: 0123456789abcdefghijklmno";
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let aws = FakeAws::start(Duration::ZERO, move |call| {
        // the record is written some seconds after the denial
        if call.operation == "GetRequestAuthorizationDetails"
            && asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) < 2
        {
            return Answer::Error(
                404,
                "ResourceNotFoundException",
                "The requested authorization details do not exist".to_owned(),
            );
        }
        member(call)
    });
    let run = iamdx(&aws, &["diagnose", "--live", "--no-trail", "--format", "json", "-m", message], "1");
    let report = report(&run);
    let calls = aws.calls();
    let call = calls.iter().find(|call| call.operation == "GetRequestAuthorizationDetails").unwrap();
    assert!(call.head.contains("/us-west-2/iam/aws4_request"), "{}", call.head);
    assert_eq!(call.get("authorizationId"), "0123456789abcdefghijklmno");
    assert_eq!(aws.counts()["GetRequestAuthorizationDetails"], 3);
    assert_eq!(report["confidence"], "verified", "{}", run.whole());
    assert_eq!(report["request"]["context"]["aws:sourceip"][0], "203.0.113.7");
    let why: Vec<_> = report["blockers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|blocker| format!("{} {}: {}", blocker["policy_type"], blocker["effect"], blocker["why"]))
        .collect();
    insta::assert_snapshot!(why.join("\n"), @r#"
    "service-control" "explicit-deny": "AWS's record: statement `NoUserReads` of arn:aws:organizations::444455556666:policy/o-exampleorgid/service_control_policy/p-example01 (service control policy, attached to arn:aws:organizations::444455556666:ou/o-exampleorgid/ou-ab12-11111111) at arn:aws:organizations::444455556666:ou/o-exampleorgid/ou-ab12-11111111 denies it; its document was not seen"
    "identity-based" "implicit-deny": "no identity-based policy allows iam:GetUser on this resource"
    "#);
    insta::assert_snapshot!(evidence(&report).join("\n"), @r#"
    message: an explicit deny in the service control policy
    authorization-details: EXPLICIT_DENY for iam:GetUser on arn:aws:iam::111122223333:user/bob; denied by service control policy arn:aws:organizations::444455556666:policy/o-exampleorgid/service_control_policy/p-example01 at arn:aws:organizations::444455556666:ou/o-exampleorgid/ou-ab12-11111111, statement `NoUserReads`; not allowed by any identity-based policy
    authorization-policy: statement `NoUserReads` of service control policy arn:aws:organizations::444455556666:policy/o-exampleorgid/service_control_policy/p-example01 that denied the request was {"Action":["iam:GetUser","iam:ListUsers"],"Condition":{"StringNotEquals":{"aws:PrincipalTag/team":"identity"}},"Effect":"Deny","Resource":"*","Sid":"NoUserReads"}
    local-evaluation: implicit deny over 4 policies and 4 statements
    "#);
}

#[test]
fn an_encoded_message_is_decoded_and_fills_the_request() {
    let blob = "Abc-123_".repeat(60);
    let message = format!(
        "An error occurred (UnauthorizedOperation) when calling the RunInstances operation: You are not authorized to perform this operation. \
         User: arn:aws:iam::111122223333:user/ops/alice is not authorized to perform: ec2:RunInstances on resource: \
         arn:aws:ec2:eu-west-1:111122223333:instance/* with an explicit deny in an identity-based policy. Encoded authorization failure message: {blob}"
    );
    let aws = FakeAws::start(Duration::ZERO, member);
    let run = iamdx(&aws, &["diagnose", "--live", "--format", "json", "-m", &message], "1");
    let report = report(&run);
    assert_eq!(aws.counts().get("DecodeAuthorizationMessage"), Some(&1), "{}", run.whole());
    assert_eq!(report["request"]["context"]["ec2:instancetype"][0], "m7i.24xlarge");
    assert!(
        evidence(&report).iter().any(|said| said.starts_with("decoded-message: an explicit deny of ec2:RunInstances")),
        "{}",
        run.whole()
    );
    assert!(!run.stdout.contains(&blob), "the blob is not echoed");
}

#[test]
fn both_shapes_of_the_simulator_are_read() {
    let rows =
        [("per-resource", "implicit deny"), ("per-action-and-resource", "explicit deny"), ("allowed", "allowed")];
    let mut said = Vec::new();
    for (case, decision) in rows {
        let aws = FakeAws::start(Duration::ZERO, move |call| match call.operation.as_str() {
            "SimulatePrincipalPolicy" => Answer::Case(case),
            _ => member(call),
        });
        let run = iamdx(&aws, &["diagnose", "--live", "--format", "json", "-m", USER], "1");
        let report = report(&run);
        let simulator = evidence(&report)
            .into_iter()
            .find(|said| said.starts_with("simulator"))
            .unwrap_or_else(|| panic!("{case}: {}", run.whole()));
        assert!(
            simulator.contains(&format!("{decision} for s3:GetObject on arn:aws:s3:::example-reports/2026/q1.csv")),
            "{simulator}"
        );
        said.push(simulator);
        said.extend(
            report["disagreements"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| format!("  disagreement: {}", one.as_str().unwrap())),
        );
        let simulated = &report["remedies"][0]["verification"]["simulator"];
        assert_eq!(simulated, "allowed", "{}", run.whole());
    }
    insta::assert_snapshot!(said.join("\n"), @r#"
    simulator: iam:SimulatePrincipalPolicy: implicit deny for s3:GetObject on arn:aws:s3:::example-reports/2026/q1.csv; the organization's SCPs allow it; the permissions boundary allows it; it had no value for aws:MultiFactorAuthPresent; asked with the context that is known
    simulator: iam:SimulatePrincipalPolicy: explicit deny for s3:GetObject on arn:aws:s3:::example-reports/2026/q1.csv; matched: user_alice_guard (IAM Policy), line 3, column 17; asked with the context that is known
      disagreement: AWS's simulator says explicit deny, these policies say implicit deny: the policies may have changed in between; report it if they have not
    simulator: iam:SimulatePrincipalPolicy: allowed for s3:GetObject on arn:aws:s3:::example-reports/2026/q1.csv; the organization's SCPs allow it; asked with the context that is known
      disagreement: AWS's simulator says allowed, these policies say implicit deny: the policies may have changed in between; report it if they have not
    "#);
}

#[test]
fn scps_that_cannot_be_read_are_left_out_to_see_whether_they_alone_block() {
    let aws = FakeAws::start(Duration::ZERO, |call| match call.operation.as_str() {
        "SimulatePrincipalPolicy" if call.body.contains("PolicyExclusionList") => Answer::Case("allowed"),
        "SimulatePrincipalPolicy" => Answer::Case("organization"),
        _ => member(call),
    });
    let run = iamdx(&aws, &["diagnose", "--live", "--format", "json", "-m", USER], "1");
    let report = report(&run);
    assert_eq!(aws.counts()["SimulatePrincipalPolicy"], 2);
    let excluded = aws.calls().into_iter().find(|call| call.body.contains("PolicyExclusionList")).unwrap();
    assert_eq!(excluded.get("PolicyExclusionList.member.1.PolicyType"), "scp");
    insta::assert_snapshot!(report["hypotheses"].to_string(), @r#"[{"code":"service-control","likelihood":"likely","what":"a service control policy blocks this request","why":["AWS's simulator says that the organization's SCPs do not allow the request","without the SCPs the simulator allows the request: they alone block it"],"why_codes":["simulated-service-control","simulated-without-service-control"]}]"#);
    assert!(aws.calls().len() <= 12, "{:?}", aws.counts());
}

#[test]
fn scps_that_can_be_read_are_halved_until_one_statement_flips_the_answer() {
    let aws = FakeAws::start(Duration::ZERO, |call| match call.operation.as_str() {
        "SimulatePrincipalPolicy" => Answer::Case("organization"),
        "SimulateCustomPolicy" if call.body.contains("ReportsStay") => Answer::Case("denied"),
        _ => management(call),
    });
    let run = iamdx(&aws, &["diagnose", "--live", "--format", "json", "-m", USER], "1");
    let report = report(&run);
    let flips = evidence(&report).into_iter().filter(|said| said.contains("flips")).collect::<Vec<_>>();
    assert_eq!(
        flips,
        [
            "simulator: iam:SimulateCustomPolicy: leaving out statement `ReportsStay` of SCP Guardrails at OU ou-ab12-11111111 flips its answer to allowed"
        ],
        "{}",
        run.whole()
    );
    let levels = aws
        .calls()
        .into_iter()
        .find(|call| call.operation == "SimulateCustomPolicy" && call.body.contains("ReportsStay"));
    assert!(levels.unwrap().body.contains("OrderedOrganizationPolicyInputList"));
}

#[test]
fn principals_of_other_kinds_and_accounts_are_not_asked_for_in_vain() {
    let text = |principal: &str| {
        format!(
            "User: {principal} is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::example-reports/2026/q1.csv\""
        )
    };
    let rows = [
        "arn:aws:iam::111122223333:root",
        "arn:aws:sts::111122223333:federated-user/alice",
        "arn:aws:iam::444455556666:user/carol",
        "arn:aws:sts::444455556666:assumed-role/remote/session",
        "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForExample/session",
        "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_PowerUser_0123456789abcdef/alice",
    ];
    let mut table = Vec::new();
    for principal in rows {
        let aws = FakeAws::start(Duration::ZERO, member);
        let run = iamdx(&aws, &["diagnose", "--live", "--format", "json", "-m", &text(principal)], "1");
        let iam: Vec<String> = aws
            .counts()
            .into_keys()
            .filter(|name| !name.contains("Organization") && name != "ListParents" && name != "GetCallerIdentity")
            .collect();
        let report = report(&run);
        let gap = report["gaps"][0]["why"].as_str().unwrap_or("no gap");
        table.push(format!("{principal}\n  exit {}; asked of IAM: {}\n  first gap: {gap}", run.code, iam.join(", ")));
    }
    insta::assert_snapshot!(table.join("\n"), @"
    arn:aws:iam::111122223333:root
      exit 3; asked of IAM: s3:GetBucketOwnershipControls, s3:GetBucketPolicy
      first gap: the input does not tell how the request reached AWS
    arn:aws:sts::111122223333:federated-user/alice
      exit 3; asked of IAM: cloudtrail:LookupEvents, s3:GetBucketOwnershipControls, s3:GetBucketPolicy
      first gap: a federated user has the policies of the IAM user that called sts:GetFederationToken, which its ARN does not name
    arn:aws:iam::444455556666:user/carol
      exit 0; asked of IAM: s3:GetAccountPublicAccessBlock, s3:GetBucketOwnershipControls, s3:GetBucketPolicy, s3:GetPublicAccessBlock
      first gap: AWS was asked with credentials of account 111122223333; use credentials of account 444455556666
    arn:aws:sts::444455556666:assumed-role/remote/session
      exit 0; asked of IAM: s3:GetAccountPublicAccessBlock, s3:GetBucketOwnershipControls, s3:GetBucketPolicy, s3:GetPublicAccessBlock
      first gap: AWS was asked with credentials of account 111122223333; use credentials of account 444455556666
    arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForExample/session
      exit 0; asked of IAM: GetPolicy, GetPolicyVersion, GetRole, GetRolePolicy, ListAttachedRolePolicies, ListRolePolicies, SimulatePrincipalPolicy, cloudtrail:LookupEvents, s3:GetBucketOwnershipControls, s3:GetBucketPolicy
      first gap: only the call that made the session tells whether it was given session policies
    arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_PowerUser_0123456789abcdef/alice
      exit 0; asked of IAM: GetPolicy, GetPolicyVersion, GetRole, GetRolePolicy, ListAttachedRolePolicies, ListRolePolicies, SimulateCustomPolicy, SimulatePrincipalPolicy, cloudtrail:LookupEvents, s3:GetBucketOwnershipControls, s3:GetBucketPolicy
      first gap: only the call that made the session tells whether it was given session policies
    ");
}

#[test]
fn a_call_that_is_throttled_or_fails_once_is_tried_again() {
    for fault in [Fault::Throttled, Fault::ServerError, Fault::Cut] {
        let failed = std::sync::Mutex::new(std::collections::BTreeSet::new());
        let aws = FakeAws::start(Duration::ZERO, move |call| {
            let first = ["GetRole", "SimulatePrincipalPolicy"].contains(&call.operation.as_str())
                && failed.lock().unwrap().insert(call.operation.clone());
            if first { Answer::Fault(fault) } else { management(call) }
        });
        let run = iamdx(&aws, &["diagnose", "--live", "--format", "json", "-m", ROLE], "3");
        assert_eq!(
            (aws.counts()["GetRole"], aws.counts()["SimulatePrincipalPolicy"]),
            (2, 2),
            "{fault:?}: {}",
            run.whole()
        );
        assert!(!run.stdout.contains("was refused when"), "{fault:?}: {}", run.whole());
    }
}

#[test]
fn no_credential_reaches_any_output() {
    let folder = scratch();
    let saved = folder.path().join("saved.json").to_string_lossy().into_owned();
    // the service echoes what it was given, as some do
    let echo = |call: &Call| match call.operation.as_str() {
        "ListUserPolicies" | "DescribeOrganization" | "SimulateCustomPolicy" => {
            let code = if call.operation == "DescribeOrganization" { "AccessDeniedException" } else { "AccessDenied" };
            Answer::Error(
                403,
                code,
                format!("key {KEY_ID} with secret {SECRET} and aws_session_token={TOKEN} is not authorized"),
            )
        }
        "GetAccountAuthorizationDetails" => Answer::Fault(Fault::Denied),
        _ => member(call),
    };
    let aws = FakeAws::start(Duration::ZERO, echo);
    let account = folder.path().join("account.json").to_string_lossy().into_owned();
    let mut runs = vec![iamdx(&aws, &["diagnose", "--live", "-v", "--all", "--save", &saved, "-m", USER], "1")];
    runs.push(iamdx(&aws, &["diagnose", "--live", "--format", "json", "-m", USER], "1"));
    runs.push(iamdx(&aws, &["snapshot", "--output", &account], "1"));
    runs.push(iamdx(&aws, &["doctor", "--format", "json"], "1"));
    runs.push(iamdx(&aws, &["doctor"], "1"));
    let signature = aws.calls()[0].head.split("Signature=").nth(1).unwrap().trim().to_owned();
    assert!(aws.calls()[0].head.contains(KEY_ID), "the requests are signed");
    let mut texts: Vec<String> = runs.iter().map(Run::whole).collect();
    texts.push(std::fs::read_to_string(&saved).unwrap());
    for secret in [KEY_ID, SECRET, TOKEN, signature.as_str(), "AWS4-HMAC-SHA256", "Authorization:"] {
        for text in &texts {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
    assert!(texts[0].contains("[redacted"), "{}", texts[0]);
}

#[test]
fn a_snapshot_holds_the_account_and_the_organization() {
    let folder = scratch();
    let path = folder.path().join("account.json").to_string_lossy().into_owned();
    let aws = FakeAws::start(Duration::ZERO, |call| match (call.operation.as_str(), call.get("Marker")) {
        ("GetAccountAuthorizationDetails", "") => Answer::Case("page-1"),
        ("GetAccountAuthorizationDetails", _) => Answer::Case("page-2"),
        _ => management(call),
    });
    let run = iamdx(&aws, &["snapshot", "--output", &path], "1");
    // how far it is concerns a terminal only
    let shown = format!("exit {}\n{}---\n{}", run.code, run.stdout.replace(&path, "account.json"), run.stderr);
    insta::assert_snapshot!(shown, @r#"
    exit 0
    account.json
      account 111122223333: 2 users, 4 groups, 1 roles, 3 managed policies
      organization o-exampleorgid: 1 units, 1 accounts, 1 policies
      no gaps
    ---
    "#);
    let replay = iamdx(&aws, &["diagnose", "--snapshot", &path, "--format", "json", "-m", USER], "1");
    let report = report(&replay);
    insta::assert_snapshot!(report["blockers"].as_array().unwrap().iter().map(|blocker| blocker["why"].to_string()).collect::<Vec<_>>().join("\n"), @r#"
    "statement `ReportsStay` of service control policy `Guardrails` denies the request"
    "even without the Deny, no identity-based policy allows s3:GetObject on this resource"
    "#);
    // what is written again is what was read: nothing in it is unknown to the reader
    assert_eq!(replay.stderr, "");
}

/// A page of a thousand roles, each with an inline policy of a dozen statements.
pub(crate) fn page_of_roles(page: usize) -> String {
    let statement = r#"{"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::example-bucket/*"}"#;
    let document = format!("{{\"Version\": \"2012-10-17\", \"Statement\": [{}]}}", [statement; 12].join(",\n  "));
    let encoded = percent_encoding::utf8_percent_encode(&document, percent_encoding::NON_ALPHANUMERIC).to_string();
    let role = |number: usize| {
        format!(
            "<member><Path>/</Path><RoleName>role-{number}</RoleName><RoleId>AROAEXAMPLE{number:010}</RoleId>\
             <Arn>arn:aws:iam::111122223333:role/role-{number}</Arn><AssumeRolePolicyDocument>{encoded}</AssumeRolePolicyDocument>\
             <RolePolicyList><member><PolicyName>inline</PolicyName><PolicyDocument>{encoded}</PolicyDocument></member></RolePolicyList></member>"
        )
    };
    let roles: String = (0..1000).map(|index| role(page * 1000 + index)).collect();
    let next =
        if page < 9 { format!("<IsTruncated>true</IsTruncated><Marker>{}</Marker>", page + 1) } else { String::new() };
    format!(
        "<GetAccountAuthorizationDetailsResponse><GetAccountAuthorizationDetailsResult>{next}<RoleDetailList>{roles}</RoleDetailList>\
         </GetAccountAuthorizationDetailsResult></GetAccountAuthorizationDetailsResponse>"
    )
}

/// The most memory that a process ever held is told by the system while it runs.
#[cfg(target_os = "linux")]
#[test]
fn ten_thousand_roles_take_less_than_200_megabytes() {
    let folder = scratch();
    let path = folder.path().join("account.json").to_string_lossy().into_owned();
    let aws = FakeAws::start(Duration::ZERO, |call| match call.operation.as_str() {
        "GetAccountAuthorizationDetails" => Answer::Body(page_of_roles(call.get("Marker").parse().unwrap_or(0))),
        _ => member(call),
    });
    let mut child = command(&aws, &["snapshot", "--output", &path, "--timeout", "300"], "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let held = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.trim().parse().ok());
        most = held.unwrap_or(0).max(most);
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.contains("0 users, 0 groups, 10000 roles"), "{shown}");
    let written = std::fs::metadata(&path).unwrap().len();
    println!("{} MB at most, {} MB written", most / 1024, written / 1_000_000);
    assert!(written > 20_000_000 && (10_000..200_000).contains(&most), "{most} kB for {written} bytes");
}

#[test]
fn an_interrupted_snapshot_leaves_no_file() {
    let folder = scratch();
    let path = folder.path().join("account.json").to_string_lossy().into_owned();
    for fault in Fault::ALL {
        let aws = FakeAws::start(Duration::ZERO, move |call| match (call.operation.as_str(), call.get("Marker")) {
            ("GetAccountAuthorizationDetails", "") => Answer::Case("page-1"),
            ("GetAccountAuthorizationDetails", _) if fault == Fault::Endless => Answer::Case("page-1"),
            ("GetAccountAuthorizationDetails", _) => Answer::Fault(fault),
            _ => management(call),
        });
        let run = iamdx(&aws, &["snapshot", "--output", &path, "--timeout", "0.5"], "1");
        assert_eq!(run.code, 4, "{fault:?}: {}", run.whole());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{fault:?}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table of one run")]
fn the_doctor_says_what_works_and_what_each_command_needs() {
    let denied = ["ListRoots", "GetRolePolicy", "SimulateCustomPolicy"];
    let aws = FakeAws::start(Duration::ZERO, move |call| match call.operation.as_str() {
        name if denied.contains(&name) => Answer::Fault(Fault::Denied),
        "GetUser" | "ListUserPolicies" => Answer::Error(404, "NoSuchEntity", "The user cannot be found".to_owned()),
        "DecodeAuthorizationMessage" => {
            Answer::Error(400, "InvalidAuthorizationMessageException", "Message is not valid".to_owned())
        }
        "GetRequestAuthorizationDetails" | "GetRequestAuthorizationPolicy" => {
            Answer::Error(404, "ResourceNotFoundException", "The requested details do not exist".to_owned())
        }
        "ListParents" => Answer::Fault(Fault::ServerError),
        "ListFoundationModels" | "ListInferenceProfiles" => Answer::Body("{}".to_owned()),
        "GetInferenceProfile" => Answer::Error(404, "ResourceNotFoundException", "No such profile".to_owned()),
        "GetFoundationModelAvailability" => Answer::Error(400, "ValidationException", "No such model".to_owned()),
        "cloudtrail:LookupEvents" => Answer::Case("none"),
        // each service has its own word for what is not there
        name if name.contains(':') => {
            let code = match name {
                "apigateway:GetRestApi" | "kms:GetKeyPolicy" | "kms:DescribeKey" | "kms:ListGrants" => {
                    "NotFoundException"
                }
                "ec2:DescribeVpcEndpoints" => "DryRunOperation",
                "ecr:GetRepositoryPolicy" => "RepositoryNotFoundException",
                "elasticfilesystem:DescribeFileSystemPolicy" => "FileSystemNotFound",
                "glue:GetResourcePolicy" => "EntityNotFoundException",
                "s3:GetAccessPointPolicy" | "s3:GetAccessPoint" | "s3:GetAccessPointPolicyForObjectLambda" => {
                    "NoSuchAccessPoint"
                }
                "s3:GetAccountPublicAccessBlock" => "NoSuchPublicAccessBlockConfiguration",
                "s3express:GetBucketPolicy"
                | "s3:GetBucketPolicy"
                | "s3:GetPublicAccessBlock"
                | "s3:GetBucketOwnershipControls" => "NoSuchBucket",
                "sns:GetTopicAttributes" => "NotFound",
                "sqs:GetQueueAttributes" => "QueueDoesNotExist",
                _ => "ResourceNotFoundException",
            };
            Answer::Error(404, code, "There is none".to_owned())
        }
        _ => management(call),
    });
    let run = iamdx(&aws, &["doctor"], "1");
    assert_eq!(run.code, 0);
    // the policies themselves stand in docs/permissions.md
    let shown: Vec<&str> = run.stdout.lines().filter(|line| !line.starts_with("    ")).collect();
    insta::assert_snapshot!(shown.join("\n"), @"
    IDENTITY  arn:aws:iam::111122223333:user/analyst in account 111122223333

    CALLS
      sts:GetCallerIdentity                                   works
      sts:DecodeAuthorizationMessage                          works
      iam-toolbox:GetRequestAuthorizationDetails              works
      iam-toolbox:GetRequestAuthorizationPolicy               works
      cloudtrail:LookupEvents                                 works
      iam:GetAccountAuthorizationDetails                      works
      iam:ListAccountAliases                                  works
      iam:GetUser                                             works
      iam:ListUserPolicies                                    works
      iam:GetUserPolicy                                       works
      iam:ListAttachedUserPolicies                            works
      iam:ListGroupsForUser                                   works
      iam:ListGroupPolicies                                   works
      iam:GetGroupPolicy                                      works
      iam:ListAttachedGroupPolicies                           works
      iam:GetRole                                             works
      iam:ListRolePolicies                                    works
      iam:GetRolePolicy                                       denied: AccessDenied: User: arn:aws:iam::111122223333:user/analyst is not authorized to perform: iam:GetRolePolicy because no identity-based policy allows the iam:GetRolePolicy action
      iam:ListAttachedRolePolicies                            works
      iam:GetPolicy                                           works
      iam:GetPolicyVersion                                    works
      iam:SimulatePrincipalPolicy                             works
      iam:SimulateCustomPolicy                                denied: AccessDenied: User: arn:aws:iam::111122223333:user/analyst is not authorized to perform: iam:SimulateCustomPolicy because no identity-based policy allows the iam:SimulateCustomPolicy action
      organizations:DescribeOrganization                      works
      organizations:ListParents                               unknown: InternalFailure: An internal error occurred
      organizations:ListRoots                                 denied: AccessDeniedException: User: arn:aws:iam::111122223333:user/analyst is not authorized to perform: organizations:ListRoots because no identity-based policy allows the organizations:ListRoots action
      organizations:ListOrganizationalUnitsForParent          works
      organizations:ListAccountsForParent                     works
      organizations:ListPoliciesForTarget                     works
      organizations:DescribePolicy                            works
      s3:GetBucketPolicy                                      unknown: NoSuchBucket: There is none; this proves no permission: AWS does not say that it checks that first
      s3control:GetAccessPointPolicy                          works
      s3control:GetAccessPointPolicyForObjectLambda           works
      s3express:GetBucketPolicy                               unknown: NoSuchBucket: There is none; this proves no permission: AWS does not say that it checks that first
      s3control:GetAccessPoint                                works
      s3:GetPublicAccessBlock                                 unknown: NoSuchBucket: There is none; this proves no permission: AWS does not say that it checks that first
      s3control:GetPublicAccessBlock                          works
      s3:GetBucketOwnershipControls                           unknown: NoSuchBucket: There is none; this proves no permission: AWS does not say that it checks that first
      kms:GetKeyPolicy                                        unknown: NotFoundException: There is none; this proves no permission: AWS does not say that it checks that first
      kms:DescribeKey                                         unknown: NotFoundException: There is none; this proves no permission: AWS does not say that it checks that first
      kms:ListGrants                                          unknown: NotFoundException: There is none; this proves no permission: AWS does not say that it checks that first
      sqs:GetQueueAttributes                                  unknown: QueueDoesNotExist: There is none; this proves no permission: AWS does not say that it checks that first
      sns:GetTopicAttributes                                  unknown: NotFound: There is none; this proves no permission: AWS does not say that it checks that first
      lambda:GetPolicy                                        works
      lambda:GetLayerVersionPolicy                            works
      secretsmanager:GetResourcePolicy                        works
      ecr:GetRepositoryPolicy                                 works
      dynamodb:GetResourcePolicy                              works
      kinesis:GetResourcePolicy                               works
      events:DescribeEventBus                                 works
      efs:DescribeFileSystemPolicy                            works
      opensearch:DescribeDomain                               works
      apigateway:GetRestApi                                   works
      backup:GetBackupVaultAccessPolicy                       unknown: ResourceNotFoundException: There is none; this proves no permission: AWS does not say that it checks that first
      glue:GetResourcePolicy                                  works
      codeartifact:GetDomainPermissionsPolicy                 works
      codeartifact:GetRepositoryPermissionsPolicy             works
      vpc-lattice:GetAuthPolicy                               works
      ec2:DescribeVpcEndpoints                                works
      sso:ListInstances                                       unknown: ResourceNotFoundException: There is none; this proves no permission: AWS does not say that it checks that first
      sso:ListPermissionSetsProvisionedToAccount              unknown: ResourceNotFoundException: There is none; this proves no permission: AWS does not say that it checks that first
      sso:DescribePermissionSet                               unknown: ResourceNotFoundException: There is none; this proves no permission: AWS does not say that it checks that first
      sso:GetInlinePolicyForPermissionSet                     unknown: ResourceNotFoundException: There is none; this proves no permission: AWS does not say that it checks that first
      sso:ListManagedPoliciesInPermissionSet                  unknown: ResourceNotFoundException: There is none; this proves no permission: AWS does not say that it checks that first
      sso:ListCustomerManagedPolicyReferencesInPermissionSet  unknown: ResourceNotFoundException: There is none; this proves no permission: AWS does not say that it checks that first
      sso:GetPermissionsBoundaryForPermissionSet              unknown: ResourceNotFoundException: There is none; this proves no permission: AWS does not say that it checks that first
      bedrock:ListFoundationModels                            works
      bedrock:ListInferenceProfiles                           works
      bedrock:GetInferenceProfile                             works
      bedrock:GetFoundationModelAvailability                  works

    DIAGNOSE --LIVE
      missing: iam:GetRolePolicy, iam:SimulateCustomPolicy
      the least that it needs:

    TRIAGE --LIVE
      missing: iam:GetRolePolicy
      the least that it needs:

    SNAPSHOT
      missing: organizations:ListRoots
      the least that it needs:

    PROBE BEDROCK
      nothing that it needs is denied

    DOCTOR
      missing: iam:GetRolePolicy, iam:SimulateCustomPolicy, organizations:ListRoots
      the least that it needs:
    ");
    let json = iamdx(&aws, &["doctor", "--format", "json"], "1");
    let answer: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    let missing: Vec<_> = answer["policies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{}: {}", one["command"], one["missing"]))
        .collect();
    insta::assert_snapshot!(missing.join("\n"), @r#"
    "diagnose --live": ["iam:GetRolePolicy","iam:SimulateCustomPolicy"]
    "triage --live": ["iam:GetRolePolicy"]
    "snapshot": ["organizations:ListRoots"]
    "probe bedrock": []
    "doctor": ["iam:GetRolePolicy","iam:SimulateCustomPolicy","organizations:ListRoots"]
    "#);
}

#[test]
fn the_page_of_permissions_is_fresh() {
    assert!(
        iamdx::aws::permissions_page() == read("docs/permissions.md"),
        "run: iamdx doctor --table > docs/permissions.md"
    );
}

/// Every call that a diagnosis makes, with every fault: what comes of it. The table stands in docs/testing.md.
#[test]
fn every_call_with_every_fault_ends_in_a_report() {
    let message = format!(
        "{USER}. Encoded authorization failure message: {} Go to https://us-east-1.console.aws.amazon.com/iam/home?region=us-east-1#/authorization-details/0123456789abcdefghijklmno \
         for complete details, or call the GetRequestAuthorizationDetails API with the following authorization id: 0123456789abcdefghijklmno",
        "Abc-123_".repeat(60)
    );
    let user = "GetCallerIdentity GetAccountAuthorizationDetails DescribeOrganization ListParents ListPoliciesForTarget DescribePolicy \
                SimulatePrincipalPolicy SimulateCustomPolicy GetRequestAuthorizationDetails GetRequestAuthorizationPolicy \
                DecodeAuthorizationMessage s3:GetBucketPolicy";
    let alone = "GetUser ListUserPolicies GetUserPolicy ListAttachedUserPolicies ListGroupsForUser ListGroupPolicies GetGroupPolicy \
                 ListAttachedGroupPolicies";
    let role = "GetRole ListRolePolicies GetRolePolicy ListAttachedRolePolicies GetPolicy GetPolicyVersion";
    let mut rows: Vec<(&str, &str, &str)> = Vec::new();
    rows.extend(user.split_whitespace().map(|call| (call, message.as_str(), "")));
    rows.push(("cloudtrail:LookupEvents", CREATE, ""));
    rows.extend(alone.split_whitespace().map(|call| (call, USER, "GetAccountAuthorizationDetails")));
    rows.extend(role.split_whitespace().map(|call| (call, ROLE, "")));
    let run = |denial: &str, call: &'static str, refused: &'static str, fault: Option<Fault>| {
        let aws = FakeAws::start(Duration::ZERO, move |made| match fault {
            Some(fault) if made.operation == call => Answer::Fault(fault),
            _ if made.operation == refused => Answer::Fault(Fault::Denied),
            _ => management(made),
        });
        // a machine under load may be slow to answer, so only silence is waited for briefly
        let timeout = if fault == Some(Fault::Silence) { "2" } else { "30" };
        let started = std::time::Instant::now();
        let run = iamdx(&aws, &["diagnose", "--live", "--timeout", timeout, "--format", "json", "-m", denial], "1");
        let took = started.elapsed();
        assert!(took < Duration::from_mins(1), "{call} with {fault:?} took {took:?}");
        assert!([0, 3, 4].contains(&run.code), "{call} with {fault:?}: {}", run.whole());
        assert!(aws.counts().contains_key(call), "{call} was not made: {:?}", aws.counts());
        assert!(aws.calls().len() < 200, "{call} with {fault:?} made {} calls", aws.calls().len());
        (run.code, report(&run)["gaps"].as_array().unwrap().len())
    };
    // how many gaps each denial has without any fault
    let mut without: BTreeMap<(String, &str), usize> = BTreeMap::new();
    for (call, denial, refused) in &rows {
        let (call, refused): (&'static str, &'static str) =
            (String::leak((*call).to_owned()), String::leak((*refused).to_owned()));
        without.entry(((*denial).to_owned(), refused)).or_insert_with(|| run(denial, call, refused, None).1);
    }
    let cell = |(call, denial, refused): (&'static str, String, &'static str), fault: Fault| {
        let known = without[&(denial.clone(), refused)];
        match run(&denial, call, refused, Some(fault)) {
            (code, gaps) if gaps == known => format!("{code}"),
            (code, gaps) if gaps == known + 1 => format!("{code}, 1 gap"),
            (code, gaps) => format!("{code}, {} gaps", gaps - known),
        }
    };
    // the fixtures outlive the threads
    let jobs: Vec<(&'static str, String, &'static str, Fault)> = rows
        .iter()
        .flat_map(|(call, denial, refused)| {
            let (call, refused): (&'static str, &'static str) =
                (String::leak((*call).to_owned()), String::leak((*refused).to_owned()));
            Fault::ALL.map(|fault| (call, (*denial).to_owned(), refused, fault))
        })
        .collect();
    let next = std::sync::atomic::AtomicUsize::new(0);
    let done = std::sync::Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some((call, denial, refused, fault)) =
                    jobs.get(next.fetch_add(1, std::sync::atomic::Ordering::SeqCst)).cloned()
                {
                    let outcome = cell((call, denial, refused), fault);
                    done.lock().unwrap().insert((call, fault.name()), outcome);
                }
            });
        }
    });
    let done = done.into_inner().unwrap();
    let mut table =
        format!("| call | {} |\n|---|{}\n", Fault::ALL.map(Fault::name).join(" | "), "---|".repeat(Fault::ALL.len()));
    for (call, ..) in &rows {
        let cells = Fault::ALL.map(|fault| done[&(*call, fault.name())].clone());
        let _ = writeln!(table, "| `{call}` | {} |", cells.join(" | "));
    }
    println!("{table}");
    let page = read("docs/testing.md");
    let stands = page
        .split_once("<!-- faults -->\n")
        .and_then(|(_, rest)| rest.split_once("<!-- /faults -->"))
        .map(|(table, _)| table);
    assert!(stands == Some(table.as_str()), "docs/testing.md does not hold this table:\n{table}");
}

/// The policy of a bucket that nobody deletes.
const BUCKET: &str = "fixtures/policies/keep-bucket.json";

/// Asks whether alice may read a report of the year; the bucket has a policy that says nothing of it.
fn simulate(aws: &FakeAws, year: &str, more: &[&str]) -> Run {
    let resource = format!("arn:aws:s3:::example-reports/{year}/q1.csv");
    let principal = "arn:aws:iam::111122223333:user/ops/alice";
    let mut arguments =
        vec!["simulate", "--live", "--principal", principal, "--action", "s3:GetObject", "--resource", &resource];
    arguments.extend(["--resource-policy", BUCKET, "--context", "aws:SourceIp=203.0.113.7"]);
    arguments.extend(more);
    iamdx(aws, &arguments, "1")
}

#[test]
fn a_simulation_collects_the_policies_and_evaluates_them_itself() {
    let aws = FakeAws::start(Duration::ZERO, management);
    let allowed = simulate(&aws, "2025", &[]);
    assert_eq!(allowed.code, 0, "{}", allowed.whole());
    // what is asked is what a diagnosis asks, without AWS's simulator
    let asked: Vec<String> = aws.counts().into_keys().collect();
    assert!(asked.iter().all(|name| !name.starts_with("Simulate")), "{asked:?}");
    assert!(asked.iter().any(|name| name == "GetAccountAuthorizationDetails"), "{asked:?}");
    assert_eq!(simulate(&aws, "2026", &[]).code, 1);
    // kept, and evaluated again without a network
    let folder = scratch();
    let file = folder.path().join("kept.json").to_string_lossy().into_owned();
    let saved = simulate(&aws, "2025", &["--save", &file, "--format", "json"]);
    assert_eq!(saved.code, 0, "{}", saved.whole());
    let calls = aws.calls().len();
    let again = simulate_file(&aws, &file);
    assert_eq!((again.code, aws.calls().len()), (0, calls), "{}", again.whole());
}

/// The same question about a file.
fn simulate_file(aws: &FakeAws, file: &str) -> Run {
    let principal = "arn:aws:iam::111122223333:user/ops/alice";
    let resource = "arn:aws:s3:::example-reports/2025/q1.csv";
    let arguments =
        ["simulate", "--snapshot", file, "--principal", principal, "--action", "s3:GetObject", "--resource", resource];
    let more = ["--context", "aws:SourceIp=203.0.113.7", "--resource-policy", BUCKET];
    iamdx(aws, &[&arguments[..], &more[..]].concat(), "1")
}

#[test]
fn a_simulation_that_aws_refuses_is_undetermined_or_ends_with_4() {
    // the account answers, the organization does not: what its SCPs say is not known
    let member = FakeAws::start(Duration::ZERO, member);
    let run = simulate(&member, "2025", &[]);
    assert_eq!(run.code, 3, "{}", run.whole());
    assert!(run.stdout.contains("service control policy of 111122223333"), "{}", run.whole());
    let nobody = FakeAws::start(Duration::ZERO, |_| Answer::Fault(Fault::Denied));
    let run = simulate(&nobody, "2025", &[]);
    assert_eq!(run.code, 4, "{}", run.whole());
    assert!(run.stderr.contains("AWS answered none of the calls"), "{}", run.whole());
    // a question about many is one about a file
    let run = iamdx(&nobody, &["simulate", "--live", "--who", "--action", "s3:GetObject", "--resource", "*"], "1");
    assert_eq!(run.code, 2, "{}", run.whole());
}
