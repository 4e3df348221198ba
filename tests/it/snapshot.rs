//! Snapshot files in, the policies that apply to a request out.

use std::fmt::Write as _;

use iamdx::evaluate::{Decision, evaluate};
use iamdx::iam::{Command, Coverage, Gap, NoneSaid, Policy, PolicyType, Principal, Request, Unseen};
use iamdx::report::words;
use iamdx::snapshot::{
    AccountFile, Details, Held, Membership, PolicyDetail, PrincipalFound, Selection, Snapshot, SnapshotFile,
    UserDetail, VERSION, held, select,
};
use iamdx::text::Source;
use serde_json::{Value, json};

fn read(name: &str) -> Snapshot {
    let path = format!("{}/fixtures/snapshots/{name}", env!("CARGO_MANIFEST_DIR"));
    Snapshot::read(name, std::fs::read(path).unwrap()).unwrap()
}

fn notes(snapshot: &Snapshot) -> Vec<String> {
    snapshot.notes().iter().map(words::snapshot::note).collect()
}

fn request(principal: &str, action: &str, resource: &str) -> Request {
    Request::new(Principal::new(principal), action.parse().unwrap(), resource).with_resource_account("111122223333")
}

fn with_context(mut request: Request, key: &str, value: &str) -> Request {
    request.context.set_one(key, value);
    request
}

/// The whole selection as text.
fn shown(selection: &Selection) -> String {
    let mut text = String::new();
    let principal = match &selection.principal {
        PrincipalFound::Found(facts) => facts.arn.to_string(),
        PrincipalFound::NotApplicable(why) => format!("not applicable: {}", words::not_applicable(why)),
        PrincipalFound::NotFound(gap) => format!("not found: {}", gap_shown(gap)),
    };
    let _ = writeln!(text, "principal {principal}");
    let set = &selection.policies;
    for (name, layer) in [
        ("identity", &set.identity),
        ("boundary", &set.boundary),
        ("session", &set.session),
        ("resource", &set.resource),
        ("endpoint", &set.vpc_endpoint),
    ] {
        let _ = writeln!(text, "{name}: {}", coverage(&layer.coverage));
        for policy in &layer.policies {
            let _ = writeln!(text, "  {}", policy_shown(policy));
        }
    }
    for (name, hierarchy) in [("scp", &set.service_control), ("rcp", &set.resource_control)] {
        let _ = writeln!(text, "{name}: {}", coverage(&hierarchy.coverage));
        for level in &hierarchy.levels {
            let incomplete = if level.coverage.gap().is_some() { " (not all seen)" } else { "" };
            let _ = writeln!(text, "  {}{incomplete}", level.target);
            for policy in &level.policies {
                let _ = writeln!(text, "    {}", policy_shown(policy));
            }
        }
    }
    for assumed in &selection.assumed {
        let (field, value) = (words::assumed_field(&assumed.field), words::assumed_value(&assumed.value));
        let _ = writeln!(text, "assumed {field}: {value}: {}", words::why_assumed(assumed));
    }
    for note in &selection.notes {
        let _ = writeln!(text, "note {}", words::selection_note(note));
    }
    text
}

fn gap_shown(gap: &Gap) -> String {
    let (what, why) = (words::gap_subject(&gap.subject), words::gap_reason(&gap.reason));
    format!("{what} | {why} | {}", Command::lines(&gap.how_to_close).as_deref().unwrap_or("-"))
}

fn coverage(coverage: &Coverage) -> String {
    match coverage {
        Coverage::Complete => "complete".to_owned(),
        Coverage::NotApplicable(why) => format!("not applicable: {}", words::not_applicable(why)),
        Coverage::Gap(gap) | Coverage::MayDelegate(gap) | Coverage::MayDeny(gap) => format!("gap: {}", gap_shown(gap)),
        Coverage::MayAllow(gap) => format!("may allow: {}", gap_shown(gap)),
    }
}

fn policy_shown(policy: &Policy) -> String {
    let source = &policy.document.source;
    let version = policy.version_id.as_deref().map(|id| format!(" {id}")).unwrap_or_default();
    let origin = source.origin().map(|(file, line)| format!(" in {file}:{line}")).unwrap_or_default();
    format!("{}{version} ({:?}) on [{}]{origin}", policy.name, policy.origin, policy.attached_to.join(", "))
}

const ALICE: &str = "arn:aws:iam::111122223333:user/ops/alice";
const REPORT: &str = "arn:aws:s3:::example-reports/2026.csv";

#[test]
fn a_user_has_its_own_its_groups_and_its_attached_policies() {
    let selection = select(&read("account-details.json"), &request(ALICE, "s3:GetObject", REPORT));
    insta::assert_snapshot!(shown(&selection), @r#"
    principal arn:aws:iam::111122223333:user/ops/alice
    identity: gap: policies of group bots, of which user alice is a member, identity-based policy `ReadOnlyAccess` of arn:aws:iam::111122223333:user/ops/alice | the group is not in the snapshot; the file names the policy but does not hold its document | aws iam get-account-authorization-details > account.json  # then: --snapshot account.json
      read-reports (Inline) on [arn:aws:iam::111122223333:user/ops/alice] in account-details.json:12
      no-deletes (Inline) on [arn:aws:iam::111122223333:group/operators] in account-details.json:77
      guard v2 (CustomerManaged) on [arn:aws:iam::111122223333:user/ops/alice, arn:aws:iam::111122223333:group/operators] in account-details.json:151
    boundary: complete
      ceiling v1 (CustomerManaged) on [arn:aws:iam::111122223333:user/ops/alice] in account-details.json:196
    session: not applicable: only sessions of roles and federated users have session policies
    resource: gap: policy of arn:aws:s3:::example-reports/2026.csv | no snapshot or option gives it | aws s3api get-bucket-policy --bucket example-reports > policy.json  # then: --resource-policy policy.json
    endpoint: gap: policy of the VPC endpoint, if the request came through one | the input does not tell how the request reached AWS | --context aws:SourceVpce=ID --vpc-endpoint-policy FILE
    scp: gap: SCPs of account 111122223333 | no snapshot or option gives the organization | iamdx snapshot --output snapshot.json  # or: --scp FILE
    rcp: gap: RCPs of account 111122223333 | no snapshot or option gives the organization | iamdx snapshot --output snapshot.json  # or: --rcp FILE
    "#);
}

#[test]
fn documents_from_the_api_say_the_same_as_those_of_the_cli() {
    let request = request(ALICE, "s3:GetObject", REPORT);
    let texts = |name: &str| -> Vec<(String, Vec<String>)> {
        let set = select(&read(name), &request).policies;
        let compact = |policy: &Policy| {
            let value: serde_json::Value = serde_json::from_str(policy.document.source.text()).unwrap();
            value.to_string()
        };
        let layers = set.identity.policies.iter().chain(&set.boundary.policies);
        layers.map(|policy| (compact(policy), policy.attached_to.clone())).collect()
    };
    let cli = texts("account-details.json");
    assert_eq!(cli.len(), 4);
    assert_eq!(texts("account-api-pages.json"), cli);
}

#[test]
fn a_document_has_the_lines_that_it_has_when_printed_alone() {
    let set = select(&read("account-details.json"), &request(ALICE, "s3:GetObject", REPORT)).policies;
    let guard = set.identity.policies.iter().find(|policy| policy.name == "guard").unwrap();
    insta::assert_snapshot!(guard.document.source.text(), @r#"
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "NoIam",
                "Effect": "Deny",
                "Action": "iam:*",
                "Resource": "*"
            }
        ]
    }
    "#);
    let action = guard.document.statements[0].action.span;
    assert_eq!(guard.document.position(action).to_string(), "7:23");
    assert_eq!(guard.document.source.origin(), Some(("account-details.json", 151)));
}

#[test]
fn all_versions_of_a_managed_policy_are_known_and_the_default_one_counts() {
    let snapshot = read("account-details.json");
    let versions: Vec<_> = snapshot
        .versions("arn:aws:iam::111122223333:policy/team/guard")
        .map(|version| (version.id, version.is_default))
        .collect();
    assert_eq!(versions, [("v2", true), ("v1", false)]);
}

#[test]
fn a_session_has_the_policies_of_its_role_whose_path_the_snapshot_tells() {
    let session = "arn:aws:sts::111122223333:assumed-role/deploy/run-1";
    let selection = select(
        &read("account-details.json"),
        &request(session, "sts:AssumeRole", "arn:aws:iam::111122223333:role/ci/deploy"),
    );
    insta::assert_snapshot!(shown(&selection), @r#"
    principal arn:aws:iam::111122223333:role/ci/deploy
    identity: complete
      push (Inline) on [arn:aws:iam::111122223333:role/ci/deploy] in account-details.json:120
    boundary: complete
    session: gap: session policies of arn:aws:sts::111122223333:assumed-role/deploy/run-1 | only the call that made the session tells whether it was given session policies | aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=AssumeRole --query "Events[?contains(CloudTrailEvent, 'arn:aws:sts::111122223333:assumed-role/deploy/run-1')].CloudTrailEvent" --output text >> denial.txt  # within 90 days, in the Region of the STS endpoint, or of AssumeRoleWithWebIdentity or AssumeRoleWithSAML, then: iamdx diagnose denial.txt
    resource: complete
      trust policy of deploy (Inline) on [arn:aws:iam::111122223333:role/ci/deploy] in account-details.json:104
    endpoint: gap: policy of the VPC endpoint, if the request came through one | the input does not tell how the request reached AWS | --context aws:SourceVpce=ID --vpc-endpoint-policy FILE
    scp: gap: SCPs of account 111122223333 | no snapshot or option gives the organization | iamdx snapshot --output snapshot.json  # or: --scp FILE
    rcp: gap: RCPs of account 111122223333 | no snapshot or option gives the organization | iamdx snapshot --output snapshot.json  # or: --rcp FILE
    "#);
    assert_eq!(selection.policies.resource.policies[0].policy_type, PolicyType::RoleTrust);
}

#[test]
fn a_user_that_is_not_there_is_a_gap_and_not_a_user_without_policies() {
    let snapshot = read("account-details.json");
    let selection = select(
        &snapshot,
        &request(
            "arn:aws:iam::111122223333:user/Alice",
            "ec2:RunInstances",
            "arn:aws:ec2:eu-west-1:111122223333:instance/*",
        ),
    );
    insta::assert_snapshot!(shown(&selection), @r"
    principal not found: user Alice | the snapshot holds account 111122223333 with 2 users, but no user `Alice`: it was deleted, or made after the snapshot was taken; there is `alice` | aws iam get-account-authorization-details > account.json  # then: --snapshot account.json
    identity: gap: identity-based policies of user Alice | the snapshot holds account 111122223333 with 2 users, but no user `Alice`: it was deleted, or made after the snapshot was taken; there is `alice` | aws iam get-account-authorization-details > account.json  # then: --snapshot account.json
    boundary: gap: permissions boundary of user Alice | the snapshot holds account 111122223333 with 2 users, but no user `Alice`: it was deleted, or made after the snapshot was taken; there is `alice` | aws iam get-account-authorization-details > account.json  # then: --snapshot account.json
    session: not applicable: only sessions of roles and federated users have session policies
    resource: not applicable: AWS documents no resource-based policies for ec2 `instance`
    endpoint: gap: policy of the VPC endpoint, if the request came through one | the input does not tell how the request reached AWS | --context aws:SourceVpce=ID --vpc-endpoint-policy FILE
    scp: gap: SCPs of account 111122223333 | no snapshot or option gives the organization | iamdx snapshot --output snapshot.json  # or: --scp FILE
    rcp: not applicable: resource control policies do not apply to the service `ec2`
    ");
}

#[test]
fn a_principal_of_an_account_that_is_not_there_is_a_gap() {
    let stranger = "arn:aws:iam::444455556666:user/x y";
    let selection = select(
        &read("account-details.json"),
        &request(stranger, "kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/k"),
    );
    insta::assert_snapshot!(shown(&selection), @r"
    principal not found: user x y | the snapshot does not hold account 444455556666, only 111122223333 | aws iam get-account-authorization-details > account.json  # then: --snapshot account.json
    identity: gap: identity-based policies of user x y | the snapshot does not hold account 444455556666, only 111122223333 | aws iam get-account-authorization-details > account.json  # then: --snapshot account.json
    boundary: gap: permissions boundary of user x y | the snapshot does not hold account 444455556666, only 111122223333 | aws iam get-account-authorization-details > account.json  # then: --snapshot account.json
    session: not applicable: only sessions of roles and federated users have session policies
    resource: gap: policy of arn:aws:kms:eu-west-1:111122223333:key/k | no snapshot or option gives it | aws kms get-key-policy --key-id arn:aws:kms:eu-west-1:111122223333:key/k --policy-name default --region eu-west-1 > policy.json  # then: --resource-policy policy.json
    endpoint: gap: policy of the VPC endpoint, if the request came through one | the input does not tell how the request reached AWS | --context aws:SourceVpce=ID --vpc-endpoint-policy FILE
    scp: gap: SCPs of account 444455556666 | no snapshot or option gives the organization | iamdx snapshot --output snapshot.json  # or: --scp FILE
    rcp: gap: RCPs of account 111122223333 | no snapshot or option gives the organization | iamdx snapshot --output snapshot.json  # or: --rcp FILE
    ");
}

#[test]
fn the_organization_gives_a_level_for_each_node_and_what_it_does_not_tell_is_a_gap() {
    let request = request("arn:aws:iam::111122223333:user/alice", "s3:GetObject", REPORT);
    let selection =
        select(&read("organization.json"), &with_context(request, "aws:SourceVpce", "vpce-0example0000000001"));
    insta::assert_snapshot!(shown(&selection), @r"
    principal arn:aws:iam::111122223333:user/alice
    identity: gap: policies of group writers, of which user alice is a member, identity-based policy of arn:aws:iam::111122223333:user/alice | the group is not in the snapshot; iam:GetUserPolicy was refused when the snapshot was taken: AccessDenied; it needs iam:GetUserPolicy | aws iam get-account-authorization-details > account.json  # then: --snapshot account.json
    iamdx snapshot --output snapshot.json
      assume (Inline) on [arn:aws:iam::111122223333:user/alice] in organization.json:15
    boundary: complete
    session: not applicable: only sessions of roles and federated users have session policies
    resource: complete
      policy of arn:aws:s3:::example-reports (Inline) on [arn:aws:s3:::example-reports] in organization.json:91
    endpoint: complete
      policy of vpce-0example0000000001 (Inline) on [vpce-0example0000000001] in organization.json:103
    scp: gap: service control policy p-notinfile of account prod (111122223333) | the snapshot names the policy but does not hold its content | iamdx snapshot --output snapshot.json
      root Root (r-ab12)
        FullAWSAccess (AwsManaged) on [arn:aws:organizations::444455556666:root/o-exampleorgid/r-ab12]
      OU Workloads (ou-ab12-11111111)
        FullAWSAccess (AwsManaged) on [arn:aws:organizations::444455556666:ou/o-exampleorgid/ou-ab12-11111111]
        RegionLock (Organization) on [arn:aws:organizations::444455556666:ou/o-exampleorgid/ou-ab12-11111111] in organization.json:46
      account prod (111122223333) (not all seen)
        FullAWSAccess (AwsManaged) on [arn:aws:organizations::444455556666:account/o-exampleorgid/111122223333]
    rcp: gap: resource control policies of account prod (111122223333) | the snapshot does not tell what is attached there | iamdx snapshot --output snapshot.json
      root Root (r-ab12)
      OU Workloads (ou-ab12-11111111)
        TlsOnly (Organization) on [arn:aws:organizations::444455556666:ou/o-exampleorgid/ou-ab12-11111111] in organization.json:62
      account prod (111122223333) (not all seen)
    ");
    assert_eq!(
        selection.principal_organization,
        Some(Membership {
            organization: "o-exampleorgid".to_owned(),
            path: Some("o-exampleorgid/r-ab12/ou-ab12-11111111/".to_owned()),
            management_account: Some(false),
        })
    );
}

#[test]
fn a_level_whose_policies_were_not_seen_leaves_the_decision_open() {
    let decision = |attached: &str| {
        let file = format!(
            r#"{{"iamdx_snapshot": 1, "accounts": [{{"id": "111122223333", "UserDetailList": [
            {{"Arn": "{ALICE}", "UserPolicyList": [{{"PolicyName": "all", "PolicyDocument":
                {{"Statement": {{"Effect": "Allow", "Action": "*", "Resource": "*"}}}}}}]}}]}}],
            "organization": {{"id": "o-exampleorgid", "management_account": "444455556666", "root": {{"id": "r-ab12",
                "service_control_policies": ["p-FullAWSAccess"], "accounts": [{{"id": "111122223333" {attached}}}]}}}}}}"#
        );
        let snapshot = Snapshot::read("f.json", file.into_bytes()).unwrap();
        let mut request = request(ALICE, "iam:ListUsers", "*");
        request.context.set_complete(true);
        evaluate(&request, &select(&snapshot, &request).policies).decision
    };
    assert_eq!(decision(r#", "service_control_policies": ["p-FullAWSAccess"]"#), Decision::Allowed);
    assert_eq!(decision(r#", "service_control_policies": []"#), Decision::ImplicitDeny);
    assert_eq!(decision(r#", "service_control_policies": ["p-unseen"]"#), Decision::Undetermined);
    assert_eq!(decision(""), Decision::Undetermined);
}

#[test]
fn scps_do_not_reach_the_management_account_and_a_recorded_session_has_its_policies() {
    let session = "arn:aws:sts::444455556666:assumed-role/admin/run-1";
    let selection = select(
        &read("organization.json"),
        &request(session, "sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:jobs"),
    );
    insta::assert_snapshot!(shown(&selection), @r#"
    principal arn:aws:iam::444455556666:role/admin
    identity: complete
    boundary: complete
    session: gap: session policy `ReadOnlyAccess` of arn:aws:sts::444455556666:assumed-role/admin/run-1 | the file names the policy but does not hold its document | aws iam get-policy-version --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess --version-id "$(aws iam get-policy --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess --query Policy.DefaultVersionId --output text)" > policy.json  # then: --session-policy policy.json
      narrow (Inline) on [arn:aws:sts::444455556666:assumed-role/admin/run-1] in organization.json:111
    resource: complete
    endpoint: gap: policy of the VPC endpoint, if the request came through one | the input does not tell how the request reached AWS | --context aws:SourceVpce=ID --vpc-endpoint-policy FILE
    scp: not applicable: service control policies do not apply to principals of the management account (444455556666)
    rcp: gap: resource control policies of account prod (111122223333) | the snapshot does not tell what is attached there | iamdx snapshot --output snapshot.json
      root Root (r-ab12)
      OU Workloads (ou-ab12-11111111)
        TlsOnly (Organization) on [arn:aws:organizations::444455556666:ou/o-exampleorgid/ou-ab12-11111111] in organization.json:62
      account prod (111122223333) (not all seen)
    "#);
}

#[test]
fn a_service_linked_role_is_told_by_its_path_and_not_by_its_name() {
    let snapshot = read("organization.json");
    let scp = |role: &str| {
        let session = format!("arn:aws:sts::111122223333:assumed-role/{role}/s");
        let set = select(&snapshot, &request(&session, "s3:GetObject", REPORT)).policies;
        (set.service_control.levels.len(), coverage(&set.service_control.coverage))
    };
    assert_eq!(
        scp("AWSServiceRoleForExample"),
        (0, "not applicable: service control policies do not apply to service-linked roles".to_owned())
    );
    assert_eq!(scp("AWSServiceRoleForFun").0, 3);
}

#[test]
fn layers_that_cannot_apply_say_why() {
    let root = request("arn:aws:iam::123456789012:root", "iam:CreateUser", "arn:aws:iam::123456789012:user/x");
    let model = "arn:aws:bedrock:us-east-1::foundation-model/m";
    let model =
        request("arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForExample/s", "bedrock:InvokeModel", model);
    let service = request("service:glue.amazonaws.com", "s3:GetObject", REPORT);
    let list = request("arn:aws:iam::111122223333:user/alice", "s3:ListAllMyBuckets", "*");
    let snapshot = read("organization.json");
    let shown = [root, with_context(model, "aws:SourceIp", "203.0.113.1"), service, list].map(|request| {
        let text = shown(&select(&snapshot, &request));
        let lines: Vec<&str> = text.lines().filter(|line| line.contains("not applicable")).collect();
        lines.join("\n")
    });
    insta::assert_snapshot!(shown.join("\n\n"), @"
    principal not applicable: the root user has every permission in its account; no identity-based policy or boundary limits it
    identity: not applicable: the root user has every permission in its account; no identity-based policy or boundary limits it
    boundary: not applicable: the root user has every permission in its account; no identity-based policy or boundary limits it
    session: not applicable: only sessions of roles and federated users have session policies
    resource: not applicable: the actions of IAM have no resource-based policies
    scp: not applicable: account 123456789012 belongs to no organization
    rcp: not applicable: resource control policies do not apply to the service `iam`

    resource: not applicable: the resource belongs to AWS and carries no policy of an account
    endpoint: not applicable: aws:SourceIp is in the request, which AWS fills only when it does not come through a VPC endpoint
    scp: not applicable: service control policies do not apply to service-linked roles
    rcp: not applicable: resource control policies do not apply to the service `bedrock`

    principal not applicable: an AWS service has no identity-based policies
    identity: not applicable: an AWS service has no identity-based policies
    boundary: not applicable: an AWS service has no identity-based policies
    session: not applicable: only sessions of roles and federated users have session policies
    endpoint: not applicable: an AWS service that calls by its own name does not come through a VPC endpoint
    scp: not applicable: service control policies do not apply to AWS services

    session: not applicable: only sessions of roles and federated users have session policies
    resource: not applicable: the action names no resource, so no resource-based policy applies
    ");
}

#[test]
fn loose_documents_are_all_there_is_of_their_type_and_the_rest_is_a_gap() {
    let mut snapshot = Snapshot::default();
    add(
        &mut snapshot,
        PolicyType::IdentityBased,
        "reader.json",
        r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#,
    );
    let allow = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    add(&mut snapshot, PolicyType::ServiceControl, "root.json", allow);
    add(&mut snapshot, PolicyType::ServiceControl, "account.json", &format!("[{allow},\n {allow}]"));
    insta::assert_snapshot!(shown(&select(&snapshot, &request(ALICE, "s3:GetObject", REPORT))), @r"
    principal not found: user alice | no snapshot was given | aws iam get-account-authorization-details > account.json  # then: --snapshot account.json
    identity: complete
      reader.json (Loose) on []
    boundary: gap: permissions boundary of user alice | no snapshot was given | aws iam get-account-authorization-details > account.json  # then: --snapshot account.json
    session: not applicable: only sessions of roles and federated users have session policies
    resource: gap: policy of arn:aws:s3:::example-reports/2026.csv | no snapshot or option gives it | aws s3api get-bucket-policy --bucket example-reports > policy.json  # then: --resource-policy policy.json
    endpoint: gap: policy of the VPC endpoint, if the request came through one | the input does not tell how the request reached AWS | --context aws:SourceVpce=ID --vpc-endpoint-policy FILE
    scp: complete
      level 1 of 2 given by --scp
        root.json (Loose) on []
      level 2 of 2 given by --scp
        account.json[0] (Loose) on [] in account.json:1
        account.json[1] (Loose) on [] in account.json:2
    rcp: gap: RCPs of account 111122223333 | no snapshot or option gives the organization | iamdx snapshot --output snapshot.json  # or: --rcp FILE
    assumed identity-based: 1 document: given by option, and taken to be every identity-based policy that applies
    assumed service-control: 3 documents: given by option, and taken to be every service control policy that applies
    ");
}

/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html>,
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_evaluation.html>
#[test]
fn where_the_scps_given_only_deny_the_one_of_aws_may_be_there_too() {
    let allow = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    let deny = r#"{"Statement": {"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}}"#;
    let list = r#"{"Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}}"#;
    let decided = |identity: &str, scps: &[&str], rcp: bool, action: &str| {
        let mut snapshot = Snapshot::default();
        add(&mut snapshot, PolicyType::IdentityBased, "identity.json", identity);
        for text in scps {
            add(&mut snapshot, PolicyType::ServiceControl, "scp.json", text);
        }
        for policy_type in [PolicyType::ResourceBased, PolicyType::PermissionsBoundary, PolicyType::VpcEndpoint] {
            snapshot.add_none(policy_type, NoneSaid::Option("--no"));
        }
        if rcp {
            add(&mut snapshot, PolicyType::ResourceControl, "rcp.json", deny);
        } else {
            snapshot.add_none(PolicyType::ResourceControl, NoneSaid::Option("--no-rcp"));
        }
        let request = request(ALICE, action, REPORT).with_resource_account("111122223333");
        evaluate(&request, &select(&snapshot, &request).policies).decision
    };
    let (get, send) = ("s3:GetObject", "sqs:SendMessage");
    // neither allowed nor denied: nobody said whether FullAWSAccess is still there
    assert_eq!(decided(allow, &[deny], false, get), Decision::Undetermined);
    assert_eq!(decided(allow, &[deny, deny], false, get), Decision::Undetermined);
    // what denies, and what nothing allows, does not wait for it
    assert_eq!(decided(allow, &[deny], false, send), Decision::ExplicitDeny);
    assert_eq!(decided(deny, &[deny], false, get), Decision::ImplicitDeny);
    // each level has one of its own
    assert_eq!(decided(allow, &[deny, allow], false, get), Decision::Undetermined);
    // who gives one of a level that allows has said what is there
    assert_eq!(decided(allow, &[allow, &format!("[{list}, {deny}]")], false, get), Decision::ImplicitDeny);
    assert_eq!(decided(allow, &[allow, &format!("[{allow}, {deny}]")], false, get), Decision::Allowed);
    // nobody can detach the RCP that allows everything
    assert_eq!(decided(allow, &[allow], true, get), Decision::Allowed);
}

/// What identity-based policies that allow everything and these policies of resources decide.
fn with_resource_policies(action: &str, resource: &str, policies: &Value) -> Decision {
    let text = json!({"iamdx_snapshot": 1, "resource_policies": policies}).to_string();
    let mut snapshot = Snapshot::read("snapshot.json", text.into_bytes()).unwrap();
    let identity = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    add(&mut snapshot, PolicyType::IdentityBased, "identity.json", identity);
    for policy_type in [
        PolicyType::PermissionsBoundary,
        PolicyType::VpcEndpoint,
        PolicyType::ServiceControl,
        PolicyType::ResourceControl,
    ] {
        snapshot.add_none(policy_type, NoneSaid::Option("--no"));
    }
    let request = request(ALICE, action, resource);
    evaluate(&request, &select(&snapshot, &request).policies).decision
}

fn policy_of(arn: &str, effect: &str) -> Value {
    let statement = json!({"Effect": effect, "Principal": "*", "Action": "*", "Resource": "*"});
    json!({"arn": arn, "document": {"Statement": [statement]}})
}

/// <https://docs.aws.amazon.com/codeartifact/latest/ug/domain-policies.html>
#[test]
fn the_policy_of_a_domain_counts_for_what_is_in_it() {
    let domain = "arn:aws:codeartifact:us-east-1:111122223333:domain/shop";
    let repository = "arn:aws:codeartifact:us-east-1:111122223333:repository/shop/main";
    let package = "arn:aws:codeartifact:us-east-1:111122223333:package/shop/main/npm//cart";
    let both = |of_domain: &str| json!([policy_of(repository, "Allow"), policy_of(domain, of_domain)]);
    for (action, resource) in
        [("codeartifact:ReadFromRepository", repository), ("codeartifact:DescribePackage", package)]
    {
        let decided = |policies: Value| with_resource_policies(action, resource, &policies);
        assert_eq!(decided(both("Deny")), Decision::ExplicitDeny);
        assert_eq!(decided(json!([policy_of(domain, "Deny")])), Decision::ExplicitDeny);
        assert_eq!(decided(both("Allow")), Decision::Allowed);
        // that there is none is an answer, and that it was not asked is none
        assert_eq!(
            decided(json!([policy_of(repository, "Allow"), {"arn": domain, "document": null}])),
            Decision::Allowed
        );
        assert_eq!(decided(json!([policy_of(repository, "Allow")])), Decision::Undetermined);
        assert_eq!(decided(json!([{"arn": repository, "document": null}])), Decision::Undetermined);
    }
}

/// - <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-attach-resource-policy-streams.html>
/// - <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutResourcePolicy.html>
#[test]
fn a_policy_is_not_for_a_part_that_has_one_of_its_own() {
    let table = "arn:aws:dynamodb:us-east-1:111122223333:table/orders";
    let decided = |action: &str, part: &str, policies: Value| with_resource_policies(action, part, &policies);
    let stream = format!("{table}/stream/2026-11-29T00:00:00.000");
    let none = |arn: &str| json!({"arn": arn, "document": null});
    assert_eq!(decided("dynamodb:GetRecords", &stream, json!([policy_of(table, "Deny")])), Decision::Undetermined);
    assert_eq!(decided("dynamodb:GetRecords", &stream, json!([none(table)])), Decision::Undetermined);
    assert_eq!(decided("dynamodb:GetRecords", &stream, json!([policy_of(&stream, "Deny")])), Decision::ExplicitDeny);
    assert_eq!(decided("dynamodb:GetRecords", &stream, json!([none(&stream)])), Decision::Allowed);
    let index = format!("{table}/index/by-day");
    assert_eq!(decided("dynamodb:Query", &index, json!([policy_of(table, "Deny")])), Decision::ExplicitDeny);
    let events = "arn:aws:kinesis:us-east-1:111122223333:stream/events";
    let consumer = format!("{events}/consumer/report:1764000000");
    let action = "kinesis:SubscribeToShard";
    assert_eq!(decided(action, &consumer, json!([none(events)])), Decision::Undetermined);
    assert_eq!(decided(action, &consumer, json!([policy_of(&consumer, "Deny")])), Decision::ExplicitDeny);
}

#[test]
fn beside_a_snapshot_identity_policies_are_added_and_others_take_its_place() {
    let allow = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    let mut snapshot = read("organization.json");
    add(&mut snapshot, PolicyType::IdentityBased, "more.json", allow);
    add(&mut snapshot, PolicyType::ServiceControl, "root.json", allow);
    add(&mut snapshot, PolicyType::ResourceBased, "bucket.json", allow);
    let alice = "arn:aws:iam::111122223333:user/alice";
    insta::assert_snapshot!(shown(&select(&snapshot, &request(alice, "s3:GetObject", REPORT))), @r"
    principal arn:aws:iam::111122223333:user/alice
    identity: gap: policies of group writers, of which user alice is a member, identity-based policy of arn:aws:iam::111122223333:user/alice | the group is not in the snapshot; iam:GetUserPolicy was refused when the snapshot was taken: AccessDenied; it needs iam:GetUserPolicy | aws iam get-account-authorization-details > account.json  # then: --snapshot account.json
    iamdx snapshot --output snapshot.json
      assume (Inline) on [arn:aws:iam::111122223333:user/alice] in organization.json:15
      more.json (Loose) on []
    boundary: complete
    session: not applicable: only sessions of roles and federated users have session policies
    resource: complete
      bucket.json (Loose) on [arn:aws:s3:::example-reports]
    endpoint: gap: policy of the VPC endpoint, if the request came through one | the input does not tell how the request reached AWS | --context aws:SourceVpce=ID --vpc-endpoint-policy FILE
    scp: complete
      level 1 of 1 given by --scp
        root.json (Loose) on []
    rcp: gap: resource control policies of account prod (111122223333) | the snapshot does not tell what is attached there | iamdx snapshot --output snapshot.json
      root Root (r-ab12)
      OU Workloads (ou-ab12-11111111)
        TlsOnly (Organization) on [arn:aws:organizations::444455556666:ou/o-exampleorgid/ou-ab12-11111111] in organization.json:62
      account prod (111122223333) (not all seen)
    assumed resource-based: 1 document: given by option, and taken to be every resource-based policy that applies
    assumed service-control: 1 document: given by option, and taken to be every service control policy that applies
    note the identity-based policies given by option are added to those of the snapshot
    note the resource-based policy given by option takes the place of what the snapshot holds
    note the service control policy given by option takes the place of what the snapshot holds
    ");
}

fn add(snapshot: &mut Snapshot, policy_type: PolicyType, name: &str, text: &str) {
    snapshot.add_loose(policy_type, documents(name, text).unwrap());
}

#[test]
fn a_policy_as_an_aws_command_prints_it_is_taken_as_a_document() {
    let policy = r#"{"Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}"#;
    let escaped = serde_json::to_string(policy).unwrap();
    for file in [
        policy.to_owned(),
        escaped.clone(),
        format!("[{policy}]"),
        format!(r#"{{"UserName": "alice", "PolicyName": "p", "PolicyDocument": {policy}}}"#),
        format!(r#"{{"PolicyVersion": {{"Document": {policy}, "VersionId": "v1"}}}}"#),
        format!(r#"{{"Role": {{"RoleName": "r", "AssumeRolePolicyDocument": {policy}}}}}"#),
        format!(r#"{{"Policy": {{"PolicySummary": {{"Id": "p-1"}}, "Content": {escaped}}}}}"#),
        format!(r#"{{"Policy": {escaped}}}"#),
    ] {
        let read = documents("p.json", &file).unwrap();
        assert_eq!(read.len(), 1, "{file}");
        assert_eq!(read[0].source.text(), policy, "{file}");
    }
    let errors = ["", "{}", "[{}]", r#"{"Policy": "{"}"#, "[1, 2]"];
    let said = errors.map(|file| documents("p.json", file).unwrap_err().to_string());
    insta::assert_snapshot!(said.join("\n"), @"
    p.json:1:1: the file is empty: the command that should have written it failed, or AWS had nothing to answer; run it again and read its errors
    p.json:1:1: a policy document is an object with `Statement`, this is an empty object
    p.json:1:1: a policy document is an object with `Statement`, and none is in this list
    p.json:1:1: a policy document is an object with `Statement`, and none is in this file, which has `Policy`
    p.json:1:1: a policy document is an object with `Statement`, and none is in this list
    ");
}

#[test]
fn what_is_no_snapshot_is_refused_with_the_place() {
    let details =
        std::fs::read_to_string(format!("{}/fixtures/snapshots/account-details.json", env!("CARGO_MANIFEST_DIR")))
            .unwrap();
    let nested = format!("{{\"iamdx_snapshot\": 1, \"accounts\": {}{}}}", "[".repeat(5000), "]".repeat(5000));
    let inputs: Vec<(&str, Vec<u8>)> = vec![
        ("empty", Vec::new()),
        ("blank", b" \n\n".to_vec()),
        ("binary", vec![0x7f, 0x45, 0x4c, 0x46, 0, 255, 254]),
        ("text", b"User: x is not authorized".to_vec()),
        ("number", b"42".to_vec()),
        ("no pages", b"[]".to_vec()),
        ("cut", details.as_bytes()[..2000].to_vec()),
        ("cut in a string", details.as_bytes()[..2002].to_vec()),
        ("other version", br#"{"iamdx_snapshot": 2, "accounts": []}"#.to_vec()),
        ("version as text", br#"{"iamdx_snapshot": "1"}"#.to_vec()),
        ("other json", br#"{"hello": 1}"#.to_vec()),
        ("policy", br#"{"Version": "2012-10-17", "Statement": []}"#.to_vec()),
        ("trail", br#"{"Records": []}"#.to_vec()),
        ("nested", nested.into_bytes()),
        ("list is no list", b"{\n  \"GroupDetailList\": [\n    {\"Arn\": \"a\", \"GroupPolicyList\": 5}\n  ]\n}".to_vec()),
        ("no arn", b"{\"UserDetailList\": [{\"UserName\": \"x\"}]}".to_vec()),
        ("arn is no arn", b"{\"UserDetailList\": [\n{\"Arn\": \"alice\"}]}".to_vec()),
        ("document is a number", b"{\"UserDetailList\": [{\"Arn\": \"a\", \"UserPolicyList\": [{\"PolicyName\": \"p\", \"PolicyDocument\": 7}]}]}".to_vec()),
        ("key twice", b"{\"UserDetailList\": [], \"UserDetailList\": []}".to_vec()),
        ("trailing comma", "{\"UserDetailList\": [\n  \"\u{fc}\", ]}".as_bytes().to_vec()),
        ("something after", b"{\"UserDetailList\": []} x".to_vec()),
        ("no document", br#"{"iamdx_snapshot": 1, "resource_policies": [{"arn": "arn:aws:s3:::b"}]}"#.to_vec()),
    ];
    let mut said = String::new();
    for (name, bytes) in inputs {
        let _ = writeln!(said, "{name}: {}", Snapshot::read("f.json", bytes).unwrap_err());
    }
    insta::assert_snapshot!(said, @r#"
    empty: f.json: the file is empty. A snapshot is the output of `aws iam get-account-authorization-details` or of `iamdx snapshot`
    blank: f.json: the file is empty. A snapshot is the output of `aws iam get-account-authorization-details` or of `iamdx snapshot`
    binary: f.json:1:1: this is no snapshot: this is no text
    text: f.json:1:1: this is no snapshot: this is the text of a denial, no policy: give it as the input
    number: f.json:1:1: this is no snapshot: this is neither JSON, YAML nor Terraform: it begins with `42`
    no pages: f.json:1:1: this is no snapshot: the list is empty
    cut: f.json:58:19: the file ends in the middle of `UserDetailList[1]`, so it was cut. Take the snapshot again
    cut in a string: f.json:58:21: the file ends in the middle of `UserDetailList[1]`, so it was cut. Take the snapshot again
    other version: f.json: the snapshot has version 2, this iamdx reads version 1. Use a newer iamdx, or take the snapshot again
    version as text: f.json:1:23: a whole number is expected (at `iamdx_snapshot`)
    other json: f.json:1:1: this is no snapshot: neither `"iamdx_snapshot": 1` nor one of the lists of `aws iam get-account-authorization-details` (`UserDetailList`, `GroupDetailList`, `RoleDetailList`, `Policies`) is in it
    policy: f.json:1:1: this is no snapshot: this is a policy document; give it with `--identity-policy`, `--scp` or the option of its type
    trail: f.json:1:1: this is no snapshot: this is a CloudTrail record; give it as the input
    nested: f.json:1:36: an object is expected, this is a list (at `accounts[0]`)
    list is no list: f.json:3:37: a list is expected, this is integer `5` (at `GroupDetailList[0].GroupPolicyList`)
    no arn: f.json:1:37: `Arn` is missing in a user (at `UserDetailList[0]`)
    arn is no arn: f.json:2:10: `alice` is not an ARN: six parts are expected, `arn:partition:service:region:account:resource` (at `UserDetailList[0].Arn`)
    document is a number: f.json:1:92: a policy document is an object or a string, this is neither (at `UserDetailList[0].UserPolicyList[0].PolicyDocument`)
    key twice: f.json:1:39: `UserDetailList` is given twice in a snapshot (at `UserDetailList`)
    trailing comma: f.json:2:5: an object is expected, this is string "ü" (at `UserDetailList[0]`)
    something after: f.json:1:24: expected value
    no document: f.json:1:69: `document` is missing in a resource policy (at `resource_policies[0]`)
    "#);
}

#[test]
fn a_document_that_is_no_policy_is_a_gap_with_its_place() {
    let file = br#"{"UserDetailList": [{"Arn": "arn:aws:iam::111122223333:user/ops/alice", "UserPolicyList": [
        {"PolicyName": "broken", "PolicyDocument": {"Statment": []}}]}]}"#;
    let snapshot = Snapshot::read("f.json", file.to_vec()).unwrap();
    let selection = select(&snapshot, &request(ALICE, "s3:GetObject", REPORT));
    assert_eq!(
        coverage(&selection.policies.identity.coverage),
        "gap: identity-based policy `broken` of arn:aws:iam::111122223333:user/ops/alice | \
         the document at f.json:2:52 cannot be read: broken:1:1: a policy document needs `Statement` | -"
    );
    assert_eq!(selection.unreadable.len(), 1);
}

#[test]
fn a_file_from_powershell_is_read() {
    let text = "{\"UserDetailList\": [{\"Arn\": \"arn:aws:iam::111122223333:user/\u{fc}\"}]}";
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let marked = [&[0xEF, 0xBB, 0xBF], text.as_bytes()].concat();
    for bytes in [utf16, marked] {
        let snapshot = Snapshot::read("f.json", bytes).unwrap();
        let principals: Vec<&str> = snapshot.principals().map(iamdx::iam::Arn::as_str).collect();
        assert_eq!(principals, ["arn:aws:iam::111122223333:user/\u{fc}"]);
    }
}

#[test]
fn unknown_fields_and_contradictions_are_told() {
    let file = r#"{"iamdx_snapshot": 1, "organisation": {}, "accounts": [{"id": "111122223333", "RoleDetailList": [
        {"Arn": "arn:aws:iam::444455556666:role/r", "RolePolicyLst": []},
        {"Arn": "arn:aws:iam::444455556666:role/r", "RolePolicyLst": []}]}],
        "gaps": [{"operation": "iam:GetRole", "policy_type": "trust"}]}"#;
    let snapshot = Snapshot::read("f.json", file.into()).unwrap();
    insta::assert_snapshot!(notes(&snapshot).join("\n"), @"
    f.json: `arn:aws:iam::444455556666:role/r` stands in account 111122223333; the account of its ARN counts
    f.json: `arn:aws:iam::444455556666:role/r` stands in account 111122223333; the account of its ARN counts
    f.json: role `arn:aws:iam::444455556666:role/r` is in the file more than once; the last one counts
    f.json: `trust` in `gaps` is no policy type
    f.json:2:70: unknown field `RolePolicyLst` in a role (and 1 times more)
    f.json:1:39: unknown field `organisation` in a snapshot
    ");
}

#[test]
fn several_files_make_one_snapshot() {
    let mut all = read("organization.json");
    all.merge(read("account-details.json"));
    assert_eq!(all.accounts().collect::<Vec<_>>(), ["111122223333", "123456789012", "444455556666"]);
    assert_eq!(all.raw_evidence().simulations, [r#"{ "EvalDecision": "allowed" }"#]);
    let selection = select(&all, &request(ALICE, "s3:GetObject", REPORT));
    assert_eq!(selection.policies.identity.policies.len(), 3);
    assert_eq!(selection.policies.service_control.levels.len(), 3);
    assert_eq!(
        notes(&all)[1..],
        ["user `alice`: given by organization.json and by account-details.json; the latter counts"]
    );
}

#[test]
fn what_is_written_is_read_again() {
    let document = serde_json::value::RawValue::from_string(r#"{"Statement":[]}"#.to_owned()).unwrap();
    let user = UserDetail {
        user_name: "alice".into(),
        arn: ALICE.into(),
        user_policy_list: vec![PolicyDetail {
            policy_name: "p".into(),
            policy_document: Some(std::borrow::Cow::Owned(document.clone())),
            ..PolicyDetail::default()
        }],
        ..UserDetail::default()
    };
    let file = SnapshotFile {
        iamdx_snapshot: Some(VERSION),
        taken_at: Some("2026-11-22T10:00:00Z".into()),
        accounts: vec![AccountFile {
            id: "111122223333".into(),
            partial: true,
            details: Details { user_detail_list: Some(vec![user]), ..Details::default() },
            ..AccountFile::default()
        }],
        simulations: vec![std::borrow::Cow::Owned(document)],
        ..SnapshotFile::default()
    };
    let mut bytes = Vec::new();
    file.write(&mut bytes).unwrap();
    insta::assert_snapshot!(String::from_utf8(bytes.clone()).unwrap(), @r#"
    {
      "iamdx_snapshot": 1,
      "taken_at": "2026-11-22T10:00:00Z",
      "accounts": [
        {
          "id": "111122223333",
          "partial": true,
          "UserDetailList": [
            {
              "UserName": "alice",
              "Arn": "arn:aws:iam::111122223333:user/ops/alice",
              "UserPolicyList": [
                {
                  "PolicyName": "p",
                  "PolicyDocument": {"Statement":[]}
                }
              ],
              "GroupList": [],
              "AttachedManagedPolicies": [],
              "Tags": []
            }
          ]
        }
      ],
      "simulations": [
        {"Statement":[]}
      ]
    }
    "#);
    let snapshot = Snapshot::read("f.json", bytes).unwrap();
    assert!(snapshot.notes().is_empty());
    let selection = select(&snapshot, &request(ALICE, "s3:GetObject", REPORT));
    assert_eq!(selection.policies.identity.policies[0].name, "p");
}

#[test]
fn the_example_of_the_page_is_a_snapshot_without_a_remark() {
    let page = std::fs::read_to_string(format!("{}/docs/snapshot.md", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let example = page.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let snapshot = Snapshot::read("example.json", example.as_bytes().to_vec()).unwrap();
    assert_eq!(snapshot.notes(), []);
    let selection = select(&snapshot, &request(ALICE, "s3:GetObject", REPORT));
    assert!(matches!(selection.principal, PrincipalFound::Found(_)));
    assert_eq!(selection.policies.service_control.levels.len(), 3);
}

#[test]
fn depth_and_length_are_no_danger() {
    let opened = r#"{"id": "ou", "organizational_units": ["#;
    let tree = format!("{}{}", opened.repeat(10_000), "]}".repeat(10_000));
    let file = format!(r#"{{"iamdx_snapshot": 1, "organization": {{"id": "o", "root": {tree}}}}}"#);
    let said = Snapshot::read("f.json", file.into_bytes()).unwrap_err().to_string();
    assert!(said.contains("nested too deeply (at `organization.root.") && said.len() < 400, "{said}");

    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let long = "x".repeat(5_000_000);
    let file = format!(
        r#"{{"UserDetailList": [{{"Arn": "{ALICE}", "Extra": {deep}, "UserPolicyList": [
            {{"PolicyName": "deep", "PolicyDocument": {{"Statement": {deep}}}}},
            {{"PolicyName": "{long}", "PolicyDocument": "{long}"}}]}}]}}"#
    );
    let selection =
        select(&Snapshot::read("f.json", file.into_bytes()).unwrap(), &request(ALICE, "s3:GetObject", REPORT));
    assert_eq!((selection.policies.identity.policies.len(), selection.unreadable.len()), (0, 2));

    let file = format!(r#"{{"UserDetailList": ["{long}"]}}"#);
    let said = Snapshot::read("f.json", file.into_bytes()).unwrap_err().to_string();
    assert!(said.len() < 300, "{} characters", said.len());
}

proptest::proptest! {
    #[test]
    fn damaged_files_never_panic(
        file in 0..3_usize, cut in 0.0..1.0_f64, flips in proptest::collection::vec((0.0..1.0_f64, proptest::num::u8::ANY), 0..6),
    ) {
        let name = ["account-details.json", "account-api-pages.json", "organization.json"][file];
        let mut bytes = std::fs::read(format!("{}/fixtures/snapshots/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        for (at, byte) in flips {
            let at = fraction(at, bytes.len());
            bytes[at] = byte;
        }
        if cut > 0.5 {
            bytes.truncate(fraction((cut - 0.5) * 2.0, bytes.len()));
        }
        if let Ok(snapshot) = Snapshot::read(name, bytes) {
            for principal in [ALICE, "arn:aws:iam::111122223333:user/alice", "arn:aws:sts::111122223333:assumed-role/deploy/s"] {
                let selection = select(&snapshot, &request(principal, "sts:AssumeRole", "arn:aws:iam::111122223333:role/ci/deploy"));
                proptest::prop_assert!(!shown(&selection).is_empty());
            }
        }
    }
}

fn fraction(part: f64, length: usize) -> usize {
    let at = part * f64::from(u32::try_from(length).unwrap());
    format!("{at:.0}").parse::<usize>().unwrap().min(length - 1)
}

/// The documents of a file.
fn documents(name: &str, text: &str) -> Result<Vec<iamdx::iam::Document>, iamdx::snapshot::FileError> {
    match held(Source::new(name, text), None, None)? {
        Held::Documents { documents, .. } => Ok(documents),
        Held::Nothing(why) => panic!("{why}"),
    }
}

#[test]
fn a_gap_says_what_came_of_the_call() {
    let of = "arn:aws:iam::111122223333:user/alice";
    let gap = |answer: &str| {
        let file = format!(
            r#"{{"iamdx_snapshot": 1, "accounts": [{{"id": "111122223333"}}], "gaps": [{{"operation": "iam:GetUser", "error": "said", "of": "{of}"{answer}}}]}}"#
        );
        let snapshot = Snapshot::read("f.json", file.into_bytes()).unwrap();
        snapshot.refused(of).map(|refusal| words::gap_reason(&Unseen::Refused(refusal))).collect::<String>()
    };
    let answers = ["", "not-asked", "not-reached", "failed", "unreadable", "another"];
    let told = answers
        .map(|answer| gap(&if answer.is_empty() { String::new() } else { format!(r#", "answer": "{answer}""#) }));
    insta::assert_snapshot!(told.join("\n"), @r"
    iam:GetUser was refused when the snapshot was taken: said
    iam:GetUser was not called when the snapshot was taken: said
    iam:GetUser did not reach AWS when the snapshot was taken: said
    iam:GetUser failed at AWS when the snapshot was taken: said
    what iam:GetUser answered when the snapshot was taken cannot be read: said
    iam:GetUser was refused when the snapshot was taken: said
    ");
}
