//! What a Deny guards, whatever its spelling: each row a statement, a request, and what is said.

use super::*;
use crate::iam::{Context, ContextValue, Document, PolicyType, Principal, Request};
use crate::reference::Reference;
use crate::text::Source;

const USER: &str = "arn:aws:iam::111122223333:user/alice";
const ROOT: &str = "arn:aws:iam::111122223333:root";

/// A request and the type of the policy that denied it.
struct Asked<'a> {
    policy_type: PolicyType,
    principal: &'a str,
    action: &'a str,
    resource: &'a str,
    context: &'a [(&'a str, &'a str)],
}

const fn scp<'a>(action: &'a str, resource: &'a str) -> Asked<'a> {
    Asked { policy_type: PolicyType::ServiceControl, principal: USER, action, resource, context: &[] }
}

fn seen(statement: &str, asked: &Asked<'_>) -> Option<Guardrail> {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
    let document = Document::parse(Source::new("deny", text)).unwrap();
    assert_eq!(document.problems, [], "{statement}");
    let mut context = Context::new();
    for (key, value) in asked.context {
        context.set(key, ContextValue::Present { values: vec![(*value).to_owned()], multivalued: false });
    }
    let request = Request::new(Principal::new(asked.principal), asked.action.parse().unwrap(), asked.resource)
        .with_resource_account("111122223333")
        .in_context(context);
    guardrail(&document.statements[0], asked.policy_type, &request, Reference::embedded())
}

/// What the Deny is said to guard; `!` where an exception is refused.
fn said(statement: &str, asked: &Asked<'_>) -> String {
    let Some(guard) = seen(statement, asked) else { return "nothing".to_owned() };
    format!("{}{}", guard.guards.code(), if guard.refused { "!" } else { "" })
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn deny(rest: &str) -> String {
    format!(r#"{{"Effect": "Deny", {rest}}}"#)
}

#[test]
fn what_switches_protection_off_is_known_by_the_action_and_not_by_the_spelling() {
    let trail = "arn:aws:cloudtrail:us-east-1:111122223333:trail/main";
    for statement in [
        deny(r#""Action": "cloudtrail:StopLogging", "Resource": "*""#),
        deny(r#""Action": "cloudtrail:*", "Resource": "arn:aws:cloudtrail:*:*:trail/*""#),
        deny(r#""NotAction": ["cloudtrail:Get*", "s3:*"], "Resource": "*""#),
        deny(r#""Action": "cloudtrail:Stop*", "NotResource": "arn:aws:cloudtrail:*:*:trail/scratch""#),
        deny(
            r#""Action": ["ec2:*", "cloudtrail:S*"], "Resource": "*", "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/audit"}}"#,
        ),
    ] {
        assert_eq!(said(&statement, &scp("cloudtrail:StopLogging", trail)), "records!", "{statement}");
    }
    let all = deny(r#""NotAction": "iam:Get*", "Resource": "*""#);
    for (action, expected) in [
        ("guardduty:DeleteDetector", "records!"),
        ("config:StopConfigurationRecorder", "records!"),
        ("ec2:DeleteFlowLogs", "records!"),
        ("logs:DeleteLogGroup", "records!"),
        ("events:DisableRule", "protection!"),
        ("cloudwatch:DeleteAlarms", "protection!"),
        ("s3:PutAccountPublicAccessBlock", "protection!"),
        ("ec2:DisableEbsEncryptionByDefault", "protection!"),
        ("backup:DeleteRecoveryPoint", "protection!"),
        ("kms:ScheduleKeyDeletion", "protection!"),
        ("iam:CreateUser", "escalation"),
        ("iam:CreatePolicyVersion", "escalation!"),
        ("lambda:UpdateFunctionCode", "escalation"),
        ("ec2:ModifySnapshotAttribute", "exposure"),
        ("organizations:LeaveOrganization", "leave-organization!"),
        ("s3:GetObject", "only-these"),
    ] {
        assert_eq!(said(&all, &scp(action, "*")), expected, "{action}");
    }
    // ordinary data of one bucket
    let bucket = deny(r#""Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*""#);
    assert_eq!(said(&bucket, &scp("s3:GetObject", "arn:aws:s3:::reports/2026")), "nothing");
}

#[test]
fn boundaries_stay_and_limits_are_not_widened_by_whom_they_limit() {
    let own = |action, policy_type| Asked { policy_type, principal: USER, action, resource: USER, context: &[] };
    let all = deny(r#""Action": "iam:*", "Resource": "*""#);
    for (action, policy_type, expected) in [
        ("iam:DeleteUserPermissionsBoundary", PolicyType::PermissionsBoundary, "permissions-boundary!"),
        ("iam:DeleteUserPermissionsBoundary", PolicyType::IdentityBased, "permissions-boundary!"),
        ("iam:PutUserPermissionsBoundary", PolicyType::ServiceControl, "permissions-boundary!"),
        ("iam:CreatePolicyVersion", PolicyType::PermissionsBoundary, "escalation!"),
        ("iam:PutUserPolicy", PolicyType::IdentityBased, "escalation!"),
        ("iam:CreateAccessKey", PolicyType::IdentityBased, "escalation"),
    ] {
        assert_eq!(said(&all, &own(action, policy_type)), expected, "{action}");
    }
    let without = deny(
        r#""Action": "iam:CreateRole", "Resource": "*", "Condition": {"StringNotEquals": {"iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/cap"}}"#,
    );
    assert_eq!(said(&without, &scp("iam:CreateRole", "arn:aws:iam::111122223333:role/new")), "permissions-boundary!");
}

#[test]
fn the_root_user_is_known_by_any_pattern_that_is_hers_alone() {
    let root = |condition: &str| {
        let statement = deny(&format!(r#""Action": "*", "Resource": "*", "Condition": {condition}"#));
        said(&statement, &Asked { principal: ROOT, ..scp("s3:GetObject", "arn:aws:s3:::reports/2026") })
    };
    for condition in [
        r#"{"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}"#,
        r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root*"}}"#,
        r#"{"ArnEquals": {"aws:PrincipalArn": ["arn:aws:iam::111122223333:root"]}}"#,
        r#"{"StringEquals": {"aws:PrincipalType": "Account"}}"#,
        r#"{"StringEqualsIfExists": {"aws:principaltype": ["Account"]}}"#,
        r#"{"Bool": {"aws:PrincipalIsAWSService": "false"}, "StringEqualsIgnoreCase": {"aws:principaltype": "ACCOUNT"}}"#,
    ] {
        assert_eq!(root(condition), "root-lock!", "{condition}");
    }
    // everyone of the account, not the root user
    assert_eq!(root(r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:*"}}"#), "cut-off!");
    assert_eq!(root(r#"{"StringEquals": {"aws:PrincipalType": ["Account", "User"]}}"#), "root-lock!");
}

#[test]
fn a_revoked_session_is_told_so_and_gets_no_exception() {
    let statement = deny(
        r#""Action": ["*"], "Resource": ["*"], "Condition": {"DateLessThan": {"aws:TokenIssueTime": "2026-11-20T10:00:00Z"}}"#,
    );
    let asked = Asked { policy_type: PolicyType::IdentityBased, ..scp("s3:GetObject", "arn:aws:s3:::reports/2026") };
    let guard = seen(&statement, &asked).unwrap();
    assert!(guard.refused);
    assert_eq!(guard.guards, Guarded::RevokedSession("2026-11-20T10:00:00Z".to_owned()));
}

#[test]
fn whoever_was_cut_off_stays_cut_off() {
    let bare = deny(r#""Action": "*", "Resource": "*""#);
    let glass = deny(
        r#""Action": "*", "Resource": "*", "Condition": {"ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/break-glass"]}}"#,
    );
    let asked = scp("s3:GetObject", "arn:aws:s3:::reports/2026");
    assert_eq!(said(&bare, &asked), "cut-off!");
    let guard = seen(&glass, &asked).unwrap();
    assert_eq!((&guard.guards, guard.refused), (&Guarded::CutOff, true));
    assert_eq!(guard.excepts, [Exception::Principals(strings(&["arn:aws:iam::*:role/break-glass"]))]);
    // by AWS's page about sessions that leaked, one person or one session is cut off like this
    let asked = Asked { policy_type: PolicyType::IdentityBased, ..asked };
    for condition in [
        r#"{"StringEquals": {"aws:username": "alice"}}"#,
        r#"{"StringLike": {"aws:userId": "*:alice@example.com"}}"#,
        r#"{"StringEquals": {"aws:SourceIdentity": "alice"}}"#,
        r#"{"ForAnyValue:ArnEquals": {"aws:PrincipalArn": ["arn:aws:iam::111122223333:user/alice"]}}"#,
        r#"{"StringEquals": {"aws:PrincipalTag/leaver": "yes"}}"#,
    ] {
        let somebody = deny(&format!(r#""Action": "*", "Resource": "*", "Condition": {condition}"#));
        assert_eq!(said(&somebody, &asked), "cut-off!", "{condition}");
    }
    let but_nothing = deny(r#""NotAction": "none:null", "Resource": "*""#);
    assert_eq!(said(&but_nothing, &asked), "cut-off!", "no service has that action");
    // a bucket that its owner closes
    assert_eq!(said(&bare, &Asked { policy_type: PolicyType::ResourceBased, ..asked }), "nothing");
}

#[test]
fn identities_that_are_set_up_to_stay_are_known_by_the_request() {
    let four = deny(
        r#""Action": ["iam:*", "sts:AssumeRole"], "Resource": ["arn:aws:iam::*:role/aws-controltower-*", "arn:aws:iam::*:role/*AWSControlTower*",
        "arn:aws:iam::*:role/stacksets-exec-*", "arn:aws:iam::*:role/ops-*"]"#,
    );
    let but = deny(r#""Action": "sts:AssumeRole", "NotResource": "arn:aws:iam::*:role/app-*""#);
    let any = deny(r#""Action": "iam:*", "Resource": "*""#);
    let role = |name: &str| format!("arn:aws:iam::111122223333:role/{name}");
    for (statement, name, expected) in [
        (&four, "AWSControlTowerExecution", "platform-identity!"),
        (&four, "stacksets-exec-0123456789abcdef", "platform-identity!"),
        (&four, "ops-deploy", "identity!"),
        (&but, "org/BreakGlass-Admin", "break-glass!"),
        (&but, "OrganizationAccountAccessRole", "platform-identity!"),
        (&any, "aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef", "platform-identity!"),
        (&any, "web", "escalation"),
    ] {
        let action = if statement == &any { "iam:CreateRole" } else { "sts:AssumeRole" };
        assert_eq!(said(statement, &scp(action, &role(name))), expected, "{name}");
    }
    // whatever is done to it, and whichever way round it is written
    for statement in [
        deny(r#""Action": ["iam:Delete*", "iam:Put*"], "NotResource": "arn:aws:iam::*:role/app-*""#),
        deny(r#""Action": "iam:*Role", "Resource": ["arn:aws:iam::*:role/sec-*", "arn:aws:iam::*:role/x"]"#),
    ] {
        assert_eq!(said(&statement, &scp("iam:DeleteRole", &role("sec-audit"))), "identity!", "{statement}");
    }
    let provider = "arn:aws:iam::111122223333:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE";
    assert_eq!(said(&any, &scp("iam:DeleteSAMLProvider", provider)), "platform-identity!");
    // reading about a role that nobody knows by name is no danger
    assert_eq!(said(&four, &scp("iam:GetRole", &role("ops-deploy"))), "nothing");
}

#[test]
fn what_else_stands_in_the_list_makes_no_protection_another() {
    let log = r#""arn:aws:s3:::aws-controltower-logs-*""#;
    let policy = "arn:aws:s3:::aws-controltower-logs-111122223333";
    for (others, expected) in [
        ("", "platform-identity!"),
        (r#", "arn:aws:cloudtrail:*:*:trail/*""#, "platform-identity!"),
        (r#", "arn:aws:s3:::*""#, "platform-identity!"),
    ] {
        let statement = deny(&format!(
            r#""Action": ["s3:PutBucketPolicy", "cloudtrail:StopLogging"], "Resource": [{log}{others}]"#
        ));
        assert_eq!(said(&statement, &scp("s3:PutBucketPolicy", policy)), expected, "{others}");
    }
    // another bucket of the same list is not the platform's
    let both =
        deny(r#""Action": "s3:PutBucketPolicy", "Resource": ["arn:aws:s3:::aws-controltower*", "arn:aws:s3:::*"]"#);
    assert_eq!(said(&both, &scp("s3:PutBucketPolicy", "arn:aws:s3:::reports")), "exposure");
    let roles =
        deny(r#""Action": "iam:DeleteRole", "Resource": ["arn:aws:iam::*:role/sec-*", "arn:aws:iam::*:policy/*"]"#);
    assert_eq!(said(&roles, &scp("iam:DeleteRole", "arn:aws:iam::111122223333:role/sec-audit")), "identity!");
}

#[test]
fn protection_stays_whomever_the_deny_leaves_out() {
    for (action, resource) in [
        ("backup:DeleteBackupVault", "arn:aws:backup:us-east-1:111122223333:backup-vault:daily"),
        ("backup:DeleteBackupVaultLockConfiguration", "arn:aws:backup:us-east-1:111122223333:backup-vault:daily"),
        ("account:CloseAccount", "*"),
        ("ec2:DisableEbsEncryptionByDefault", "*"),
        ("kms:ScheduleKeyDeletion", "arn:aws:kms:us-east-1:111122223333:key/1"),
    ] {
        let service = action.split(':').next().unwrap();
        for actions in [format!("\"{action}\""), format!("\"{service}:*\"")] {
            for condition in [
                r#"{"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/break-glass"}}"#,
                r#"{"StringNotEquals": {"aws:PrincipalTag/team": "security"}}"#,
            ] {
                let statement = deny(&format!(r#""Action": {actions}, "Resource": "*", "Condition": {condition}"#));
                let guard = seen(&statement, &scp(action, resource)).unwrap();
                assert!(guard.refused && guard.excepts.len() == 1, "{statement}");
            }
        }
    }
}

#[test]
fn a_perimeter_of_the_organization_is_not_opened_outwards() {
    let line = |operator: &str, key: &str| {
        deny(&format!(
            r#""Action": "s3:*", "Resource": "*", "Condition": {{"{operator}": {{"{key}": "o-0123456789"}}}}"#
        ))
    };
    let asked = |policy_type| Asked { policy_type, ..scp("s3:PutObject", "arn:aws:s3:::of-somebody-else/x") };
    for (key, policy_type, expected) in [
        ("aws:ResourceOrgID", PolicyType::VpcEndpoint, "organization-perimeter!"),
        ("aws:ResourceOrgID", PolicyType::ServiceControl, "organization-perimeter!"),
        ("aws:ResourceAccount", PolicyType::VpcEndpoint, "organization-perimeter!"),
        ("aws:PrincipalOrgID", PolicyType::ResourceControl, "organization-perimeter"),
        ("aws:SourceOrgID", PolicyType::ResourceBased, "organization-perimeter"),
    ] {
        let statement = line("StringNotEqualsIfExists", key);
        assert_eq!(said(&statement, &asked(policy_type)), expected, "{key}");
    }
}

#[test]
fn the_exception_that_the_statement_has_is_named_first() {
    let statement = deny(
        r#""Action": "s3:*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:ResourceOrgID": "o-0123456789",
        "aws:PrincipalTag/dp:exclude:resource": "true"}}"#,
    );
    let guard = seen(&statement, &scp("s3:PutObject", "arn:aws:s3:::of-somebody-else/x")).unwrap();
    assert_eq!(guard.excepts, [Exception::PrincipalTag("dp:exclude:resource".to_owned(), strings(&["true"]))]);
    let only = deny(
        r#""Action": "ec2:StopInstances", "Resource": "*", "Condition": {"Null": {"aws:PrincipalTag/ops": "true"}, "StringNotEquals": {"aws:ResourceTag/Env": ["dev", "test"]}}"#,
    );
    let guard = seen(&only, &scp("ec2:StopInstances", "arn:aws:ec2:us-east-1:111122223333:instance/i-1")).unwrap();
    assert!(!guard.refused);
    assert_eq!(guard.guards, Guarded::OnlyFor);
    assert_eq!(
        guard.excepts,
        [
            Exception::PrincipalTag("ops".to_owned(), Vec::new()),
            Exception::ResourceTag("Env".to_owned(), strings(&["dev", "test"])),
        ]
    );
    let keys = deny(
        r#""Action": "kms:ScheduleKeyDeletion", "Resource": "*", "Condition": {"ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/break-glass", "arn:aws:iam::*:role/keys/*"]}}"#,
    );
    let guard = seen(&keys, &scp("kms:ScheduleKeyDeletion", "arn:aws:kms:us-east-1:111122223333:key/1")).unwrap();
    assert!(guard.refused, "who else may is for the owner of the list to decide");
    let excepted = strings(&["arn:aws:iam::*:role/break-glass", "arn:aws:iam::*:role/keys/*"]);
    assert_eq!(guard.excepts, [Exception::Principals(excepted)]);
}

#[test]
fn tags_by_which_policies_decide_are_kept() {
    let tags = |tags: &str| {
        deny(&format!(
            r#""Action": "*", "Resource": "*", "Condition": {{"StringNotEqualsIfExists": {{"aws:PrincipalTag/team": "admin"}}, "ForAnyValue:StringLike": {{"aws:TagKeys": {tags}}}}}"#
        ))
    };
    let asked = |tag| Asked {
        context: if tag == "dp:exclude:network" {
            &[("aws:TagKeys", "dp:exclude:network")]
        } else {
            &[("aws:TagKeys", "team")]
        },
        ..scp("iam:TagRole", "arn:aws:iam::111122223333:role/web")
    };
    let both = tags(r#"["dp:*", "team"]"#);
    assert_eq!(said(&both, &asked("dp:exclude:network")), "perimeter-tags!");
    assert_eq!(said(&both, &asked("team")), "tags");
    assert_eq!(said(&both, &scp("ec2:CreateTags", "*")), "perimeter-tags!", "which tag is not known");
    assert_eq!(said(&tags(r#""kubernetes-*""#), &scp("sts:TagSession", "*")), "pod-tag!");
    let pods = deny(
        r#""Action": "s3:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalTag/kubernetes-namespace": "billing"}}"#,
    );
    assert_eq!(said(&pods, &scp("s3:GetObject", "arn:aws:s3:::reports/2026")), "pod-identity");
    // what asks for a tag keeps none from being set
    let asks = deny(
        r#""Action": "ec2:RunInstances", "Resource": "*", "Condition": {"Null": {"aws:RequestTag/team": "true"}}"#,
    );
    assert_eq!(said(&asks, &scp("ec2:DescribeInstances", "*")), "nothing");
}

#[test]
fn machines_keep_their_credentials() {
    let instance = "arn:aws:ec2:us-east-1:111122223333:instance/*";
    for condition in [
        r#"{"StringNotEquals": {"ec2:MetadataHttpTokens": "required"}}"#,
        r#"{"NumericGreaterThan": {"ec2:MetadataHttpPutResponseHopLimit": "2"}}"#,
    ] {
        let statement = deny(&format!(
            r#""Action": "ec2:RunInstances", "Resource": "arn:aws:ec2:*:*:instance/*", "Condition": {condition}"#
        ));
        assert_eq!(said(&statement, &scp("ec2:RunInstances", instance)), "instance-metadata!", "{condition}");
    }
    let roles =
        deny(r#""Action": "*", "Resource": "*", "Condition": {"NumericLessThan": {"ec2:RoleDelivery": "2.0"}}"#);
    assert_eq!(said(&roles, &scp("s3:GetObject", "arn:aws:s3:::reports/2026")), "instance-metadata!");
}

#[test]
fn a_lock_of_regions_or_networks_is_one_whoever_it_leaves_out() {
    let lock = deny(
        r#""NotAction": "iam:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1",
        "aws:PrincipalArn": "arn:aws:iam::111122223333:role/break-glass"}}"#,
    );
    assert_eq!(said(&lock, &scp("ec2:RunInstances", "*")), "region-lock");
    let mfa = deny(
        r#""Action": "*", "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}"#,
    );
    assert_eq!(said(&mfa, &scp("ec2:RunInstances", "*")), "perimeter");
}

#[test]
fn logs_and_backups_that_lie_somewhere_stay_and_other_things_that_are_named_are_their_owners() {
    let on = |bucket: &str| {
        deny(&format!(r#""Action": "s3:*", "Resource": ["arn:aws:s3:::{bucket}", "arn:aws:s3:::{bucket}/*"]"#))
    };
    for (bucket, action, expected) in [
        ("acme-log-archive", "s3:DeleteBucket", "records!"),
        ("acme-log-archive", "s3:DeleteObject", "records!"),
        ("org-cloudtrail-111122223333", "s3:PutBucketPolicy", "records!"),
        ("acme.logs", "s3:PutObject", "records!"),
        ("acme-log-archive", "s3:GetObject", "nothing"),
        ("catalogs", "s3:DeleteBucket", "things"),
        ("reports", "s3:PutObject", "things"),
        ("reports", "s3:GetObject", "nothing"),
    ] {
        let resource = if action.ends_with("Object") {
            format!("arn:aws:s3:::{bucket}/x")
        } else {
            format!("arn:aws:s3:::{bucket}")
        };
        assert_eq!(said(&on(bucket), &scp(action, &resource)), expected, "{action} on {bucket}");
    }
    let guard = seen(&on("reports"), &scp("s3:DeleteBucket", "arn:aws:s3:::reports")).unwrap();
    assert_eq!(guard.guards, Guarded::Things(strings(&["arn:aws:s3:::reports", "arn:aws:s3:::reports/*"])));
    let production = deny(
        r#""Action": "ec2:*", "Resource": "*", "Condition": {"StringLike": {"aws:ResourceTag/env": ["prod*", "live"]}}"#,
    );
    let asked = Asked {
        policy_type: PolicyType::IdentityBased,
        ..scp("ec2:TerminateInstances", "arn:aws:ec2:us-east-1:111122223333:instance/i-1")
    };
    let tagged = Guarded::Tagged("aws:ResourceTag/env".to_owned(), strings(&["prod*", "live"]));
    assert_eq!(seen(&production, &asked).unwrap().guards, tagged);
}

#[test]
fn what_must_be_encrypted_is_said_whichever_service_asks_for_it() {
    for (action, resource, condition) in [
        ("ec2:CreateVolume", "arn:aws:ec2:us-east-1:111122223333:volume/*", r#"{"Bool": {"ec2:Encrypted": "false"}}"#),
        (
            "rds:CreateDBInstance",
            "arn:aws:rds:us-east-1:111122223333:db:x",
            r#"{"BoolIfExists": {"rds:StorageEncrypted": ["false"]}}"#,
        ),
        ("elasticfilesystem:CreateFileSystem", "*", r#"{"StringNotEquals": {"elasticfilesystem:Encrypted": "true"}}"#),
        ("s3:PutObject", "arn:aws:s3:::reports/x", r#"{"Null": {"s3:x-amz-server-side-encryption": "true"}}"#),
    ] {
        let statement = deny(&format!(r#""Action": "{action}", "Resource": "*", "Condition": {condition}"#));
        assert_eq!(said(&statement, &scp(action, resource)), "encryption", "{condition}");
    }
    let tls = deny(r#""Action": "s3:*", "Resource": "*", "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}"#);
    assert_eq!(said(&tls, &scp("s3:GetObject", "arn:aws:s3:::reports/x")), "perimeter");
}
