//! The resource of a message: one, a pattern that AWS itself checks, a text of which a part is hidden, or none at all.

use iamdx::deduce::Basis;
use iamdx::evaluate::Decision;
use iamdx::iam::{Field, Subject, Why};
use iamdx::remedy::{Disposition, WhyNot};
use iamdx::report::Report;
use iamdx::snapshot::Snapshot;
use iamdx::text::Source;
use iamdx::{Options, denial, diagnose};

const ACCOUNT: &str = r#"{"UserDetailList": [], "GroupDetailList": [], "Policies": [], "RoleDetailList": [{
    "Arn": "arn:aws:iam::111122223333:role/deployer", "RoleName": "deployer", "Path": "/", "RoleId": "AROAEXAMPLEDEPLOY0001",
    "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}, "AttachedManagedPolicies": [], "InstanceProfileList": [],
    "RolePolicyList": [{"PolicyName": "app", "PolicyDocument": {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::example-app/*"}]}}]}]}"#;

/// The report on a denial of the role; without a resource where that is empty.
fn report(action: &str, resource: &str) -> Report {
    because(action, resource, &format!(" because no identity-based policy allows the {action} action"))
}

fn because(action: &str, resource: &str, reason: &str) -> Report {
    let on = if resource.is_empty() { String::new() } else { format!(" on resource: {resource}") };
    let said = format!(
        "User: arn:aws:sts::111122223333:assumed-role/deployer/build is not authorized to perform: {action}{on}{reason}"
    );
    let denials = denial::parse(&Source::new("message", said));
    let snapshot = Snapshot::read("account.json", ACCOUNT.as_bytes().to_vec()).unwrap();
    diagnose(&denials[0], &snapshot, &Options::default())
}

/// The reason for which the resource is taken as it is, what the first remedy with edits allows it on, and how it may be taken.
fn answer(report: &Report) -> (&'static str, Option<String>, Option<Disposition>) {
    let why = match &report.request.resource {
        Field::Known(_) => "known",
        Field::Assumed(_, why) => why.code(),
        Field::Missing(_) => "missing",
    };
    let remedy = report.remedies.iter().find(|remedy| !remedy.edits.is_empty());
    let statement = remedy.map(|remedy| remedy.edits[0].after.document.statements.last().unwrap());
    let entries = statement.and_then(|statement| statement.resource.as_ref()).map(|element| &element.entries);
    (why, entries.map(|entries| entries.last().unwrap().value.clone()), remedy.map(|remedy| remedy.disposition))
}

#[test]
fn a_pattern_that_aws_writes_is_allowed_as_it_stands_after_a_review() {
    let written = [
        ("cloudformation:CreateChangeSet", "arn:aws:cloudformation:us-east-1:111122223333:stack/shop/*"),
        ("cloudformation:ListStacks", "arn:aws:cloudformation:us-east-1:111122223333:stack/*/*"),
        ("acm:RequestCertificate", "arn:aws:acm:us-east-1:111122223333:certificate/*"),
        ("ram:CreateResourceShare", "arn:aws:ram:us-east-1:111122223333:resource-share/*"),
        ("s3:ListAllMyBuckets", "arn:aws:s3:::*"),
        ("rds:DescribeDBInstances", "arn:aws:rds:us-east-1:111122223333:db:*"),
        ("ssm:GetCommandInvocation", "arn:aws:ssm:us-east-1:111122223333:*"),
        ("ecs:TagResource", "arn:aws:ecs:us-east-1:111122223333:task-definition/web:*"),
        (
            "autoscaling:UpdateAutoScalingGroup",
            "arn:aws:autoscaling:us-east-1:111122223333:autoScalingGroup:*:autoScalingGroupName/web",
        ),
        ("ec2:RunInstances", "arn:aws:ec2:us-east-1:111122223333:instance/*"),
        ("ecs:RegisterTaskDefinition", "*"),
    ];
    for (action, resource) in written {
        let report = report(action, resource);
        let granted = Some(resource.to_owned());
        assert_eq!(answer(&report), ("pattern-of-aws", granted, Some(Disposition::NeedsReview)), "{action}");
        let remedy = report.remedies.iter().find(|remedy| !remedy.edits.is_empty()).unwrap();
        assert!(remedy.why_not.contains(&WhyNot::CoversPattern(resource.to_owned())), "{action}: {:?}", remedy.why_not);
    }
}

#[test]
fn a_pattern_that_a_person_wrote_leaves_the_resource_open() {
    let open = [
        ("s3:GetObject", "arn:aws:s3:::***", "masked", "arn:aws:s3:::*"),
        ("s3:PutObject", "arn:aws:s3:::<bucket>/file", "masked", "arn:aws:s3:::*/file"),
        ("s3:PutObject", "arn:aws:s3:::...", "masked", "arn:aws:s3:::*"),
        (
            "acm:RequestCertificate",
            "arn:aws:acm:us-east-1:xxxxxxxxxxxx:certificate/*",
            "masked",
            "arn:aws:acm:us-east-1:*:certificate/*",
        ),
        (
            "sqs:SendMessage",
            "arn:aws:sqs:us-east-1:${AWS::AccountId}:orders",
            "masked",
            "arn:aws:sqs:us-east-1:*:orders",
        ),
        ("sqs:SendMessage", "arn:aws:sqs:us-east-1:ACCOUNT_ID:orders", "masked", "arn:aws:sqs:us-east-1:*:orders"),
        ("s3:GetObject", "arn:aws:s3:::example-other/*", "quoted-pattern", "arn:aws:s3:::example-other/*"),
        (
            "dynamodb:PutItem",
            "arn:aws:dynamodb:us-east-1:111122223333:table/*",
            "quoted-pattern",
            "arn:aws:dynamodb:us-east-1:111122223333:table/*",
        ),
        (
            "cloudformation:CreateStack",
            "arn:aws:cloudformation:us-east-1:111122223333:stack/sh*p/*",
            "quoted-pattern",
            "arn:aws:cloudformation:us-east-1:111122223333:stack/sh*p/*",
        ),
    ];
    for (action, resource, why, taken) in open {
        let report = report(action, resource);
        assert_eq!(report.request.resource.value().map(String::as_str), Some(taken), "{resource}");
        assert_eq!(answer(&report), (why, None, None), "{resource}");
    }
}

#[test]
fn an_object_may_be_named_like_a_mask() {
    let key = "arn:aws:s3:::site/_next/pages/[...slug]-1.js";
    assert_eq!(answer(&report("s3:GetObject", key)), ("known", Some(key.to_owned()), Some(Disposition::Safe)));
}

#[test]
fn an_action_without_resources_is_checked_on_a_star_and_any_other_resource_is_asked_for() {
    let safe = Some(Disposition::Safe);
    let answered = [
        ("ssm:DescribeParameters", ("no-resource-level-permissions", Some("*".to_owned()), safe)),
        ("dynamodb:GetItem", ("missing", None, None)),
    ];
    for (action, expected) in answered {
        assert_eq!(answer(&report(action, "")), expected, "{action}");
    }
    let said = |policy: &str| {
        let text = ACCOUNT.replace("s3:GetObject", "s3:ListAllMyBuckets").replace("arn:aws:s3:::example-app/*", policy);
        let snapshot = Snapshot::read("account.json", text.into_bytes()).unwrap();
        let said = "An error occurred (AccessDenied) when calling the ListBuckets operation: User: \
                    arn:aws:sts::111122223333:assumed-role/deployer/build is not authorized to perform: s3:ListAllMyBuckets";
        let denials = denial::parse(&Source::new("message", said));
        diagnose(&denials[0], &snapshot, &Options::default())
            .evaluation
            .checks
            .iter()
            .any(|check| check.outcomes.iter().any(|outcome| outcome.resource.is_true()))
    };
    assert_eq!(["arn:aws:s3:::*", "*", "arn:aws:s3:::example-*"].map(said), [true, true, false]);
}

/// The policy of the resource was not seen, and AWS denied: an allow is missing, or what was not seen denies.
#[test]
fn a_denial_without_a_reason_is_decided_where_nothing_that_was_seen_allows() {
    let missing = |decision, granted: bool| (decision, granted);
    let object = "arn:aws:s3:::example-data/q1.csv";
    for (action, resource, expected) in [
        ("s3:PutObject", object, missing(Decision::ImplicitDeny, true)),
        ("s3:PutObject", "", missing(Decision::ImplicitDeny, false)),
        ("sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:orders", missing(Decision::ImplicitDeny, true)),
        // what is allowed was denied by something that was not seen
        ("s3:GetObject", "arn:aws:s3:::example-app/q1.csv", missing(Decision::Undetermined, false)),
        // the key's policy has to allow too
        ("kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/1234", missing(Decision::Undetermined, false)),
    ] {
        let report = because(action, resource, "");
        let granted = report.remedies.iter().any(|remedy| !remedy.edits.is_empty());
        assert_eq!((report.diagnosis.decision, granted), expected, "{action} {resource}");
        let assumed = report.request.assumed.iter().any(|it| it.why == Why::DeniedWithoutReason);
        assert_eq!(assumed, expected.0 == Decision::ImplicitDeny, "{action} {resource}");
    }
}

/// A Deny of another kind of resources is no candidate, and of those that are left one alone is deduced.
#[test]
fn a_resource_that_is_not_told_is_of_a_kind() {
    let denies = |entries: &[&str]| {
        let deny = |entry: &&str| format!(r#"{{"Effect": "Deny", "Action": "*", "Resource": "{entry}"}}"#);
        let denies = entries.iter().map(deny).collect::<Vec<_>>().join(", ");
        let text = ACCOUNT.replace(
            r#"{"Effect": "Allow", "Action": "s3:GetObject""#,
            &format!(r#"{denies}, {{"Effect": "Allow", "Action": "s3:GetObject""#),
        );
        let snapshot = Snapshot::read("account.json", text.into_bytes()).unwrap();
        let said = "User: arn:aws:sts::111122223333:assumed-role/deployer/build is not authorized to perform: s3:GetObject \
                    with an explicit deny in an identity-based policy";
        let report = diagnose(&denial::parse(&Source::new("message", said))[0], &snapshot, &Options::default());
        let told = report.diagnosis.blockers.iter().filter(|it| it.explicit);
        let told: Vec<_> = told.map(|it| (it.statement.as_ref().unwrap().index, it.basis)).collect();
        let first = report.diagnosis.gaps.first().map(|gap| gap.subject.clone());
        (told, first)
    };
    let others =
        ["arn:aws:s3:::secret", "arn:aws:dynamodb:*:*:table/orders", "arn:aws:s3:::secret/*", "arn:aws:s3:::audit/*"];
    let resource = Some(Subject::Resource);
    assert_eq!(denies(&others[..3]), (vec![(2, Basis::Deduced)], resource.clone()));
    assert_eq!(denies(&others), (vec![(2, Basis::Possible), (3, Basis::Possible)], resource));
    assert_eq!(denies(&["arn:aws:s3:::secret/*", "*"]).0, [(1, Basis::Evaluated)]);
}

/// The account file holds one account, so a hidden account is that one if it has such a caller.
#[test]
fn a_caller_without_an_account_is_the_one_of_that_name() {
    let instance = |account: &str| format!("arn:aws:ec2:us-east-1:{account}:instance/i-0abc1234");
    let session = Some("arn:aws:sts::111122223333:assumed-role/deployer/build");
    for (told, account, expected) in [
        ("arn:aws:sts::***:assumed-role/deployer/build", "111122223333", session),
        ("arn:aws:sts::<ACCOUNT>:assumed-role/deployer/build", "111122223333", session),
        ("assumed-role/deployer/build", "111122223333", session),
        ("deployer", "111122223333", Some("arn:aws:iam::111122223333:role/deployer")),
        // nobody of that name, and a resource of another account, where the caller may be too
        ("arn:aws:sts::***:assumed-role/other/build", "111122223333", None),
        ("arn:aws:sts::***:assumed-role/deployer/build", "444455556666", None),
    ] {
        let said = format!(
            "User: {told} is not authorized to perform: ec2:StopInstances on resource: {} because no identity-based policy \
             allows the ec2:StopInstances action",
            instance(account)
        );
        let snapshot = Snapshot::read("account.json", ACCOUNT.as_bytes().to_vec()).unwrap();
        let report = diagnose(&denial::parse(&Source::new("message", said))[0], &snapshot, &Options::default());
        let assumed = match &report.request.principal {
            Field::Assumed(principal, Why::OnlyOneOfName) => Some(principal.as_str()),
            _ => None,
        };
        assert_eq!(assumed, expected, "{told}");
        assert_eq!(report.remedies.iter().any(|remedy| !remedy.edits.is_empty()), expected.is_some(), "{told}");
    }
}

/// The reference lists resources for both, which most calls do not name; for the others a call always names one.
///
/// - <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html>
/// - <https://docs.aws.amazon.com/polly/latest/dg/api-permissions-reference.html>
#[test]
fn an_action_whose_calls_need_not_name_a_resource_is_allowed_on_a_star() {
    for action in ["cloudwatch:PutMetricData", "polly:SynthesizeSpeech"] {
        for resource in ["", "*"] {
            let why = if resource.is_empty() { "names-no-resource" } else { "pattern-of-aws" };
            let answered = answer(&report(action, resource));
            assert_eq!(answered, (why, Some("*".to_owned()), Some(Disposition::NeedsReview)), "{action} {resource}");
        }
    }
    let dataset = "arn:aws:cloudwatch:us-east-1:111122223333:dataset/web";
    let (why, on, _) = answer(&report("cloudwatch:PutMetricData", dataset));
    assert_eq!((why, on.as_deref()), ("known", Some(dataset)));
    for action in ["s3:GetObject", "sns:Publish"] {
        assert_eq!(answer(&report(action, "")), ("missing", None, None), "{action}");
    }
}
