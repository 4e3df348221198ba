//! The layer that AWS named comes first, and only what was not seen is said not to have been seen: every type that AWS names, with that
//! layer in the input and without it.

use iamdx::diagnose::{Disagreement, HypothesisEvidence, Summary};
use iamdx::iam::{Document, PolicyType};
use iamdx::remedy::{Disposition, WhyNot};
use iamdx::report::Report;
use iamdx::snapshot::Snapshot;
use iamdx::text::Source;
use iamdx::{Options, denial, diagnose};

const NAMED: [PolicyType; 7] = [
    PolicyType::IdentityBased,
    PolicyType::ResourceBased,
    PolicyType::PermissionsBoundary,
    PolicyType::Session,
    PolicyType::ServiceControl,
    PolicyType::ResourceControl,
    PolicyType::VpcEndpoint,
];

/// The file of an account with one role that may do this; it tells the boundary too.
fn account(action: &str) -> Snapshot {
    let text = format!(
        r#"{{"UserDetailList": [], "GroupDetailList": [], "Policies": [], "RoleDetailList": [{{"Arn": "arn:aws:iam::111122223333:role/app",
        "RoleName": "app", "Path": "/", "RoleId": "AROAEXAMPLEAPP0000001", "AssumeRolePolicyDocument": {{"Statement": []}},
        "AttachedManagedPolicies": [], "InstanceProfileList": [], "RolePolicyList": [{{"PolicyName": "own", "PolicyDocument":
        {{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}]}}}}]}}]}}"#
    );
    Snapshot::read("account.json", text.into_bytes()).unwrap()
}

/// Denies and allows something else.
fn other(policy_type: PolicyType) -> Document {
    let who = matches!(policy_type, PolicyType::ResourceBased | PolicyType::ResourceControl | PolicyType::VpcEndpoint);
    let who = if who { r#""Principal": "*", "# } else { "" };
    let statement =
        |effect: &str, action: &str| format!(r#"{{"Effect": "{effect}", {who}"Action": "{action}", "Resource": "*"}}"#);
    let (deny, allow) = (statement("Deny", "ec2:*"), statement("Allow", "sns:*"));
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{deny}, {allow}]}}"#);
    Document::parse(Source::new("other.json", text)).unwrap()
}

fn report(policy_type: PolicyType, explicit: bool, seen: bool, action: &str) -> Report {
    let reason = if explicit {
        format!("with an explicit deny in {}", policy_type.with_article())
    } else {
        format!("because no {policy_type} allows the sqs:SendMessage action")
    };
    let said = format!(
        "User: arn:aws:sts::111122223333:assumed-role/app/run is not authorized to perform: sqs:SendMessage on resource: \
         arn:aws:sqs:us-east-1:111122223333:orders {reason}"
    );
    let of_role = matches!(policy_type, PolicyType::IdentityBased | PolicyType::PermissionsBoundary);
    let mut snapshot = if of_role && !seen { Snapshot::default() } else { account(action) };
    if seen && policy_type != PolicyType::IdentityBased {
        snapshot.add_loose(policy_type, vec![other(policy_type)]);
    }
    diagnose(&denial::parse(&Source::new("message", said))[0], &snapshot, &Options::default())
}

#[test]
fn what_aws_named_comes_first_and_is_missed_only_where_it_was_not_seen() {
    let mut contradicted = 0;
    for (policy_type, explicit) in NAMED.iter().flat_map(|named| [(*named, true), (*named, false)]) {
        if policy_type == PolicyType::ResourceControl && !explicit {
            continue;
        }
        // with an allow of the caller's own, and without
        for (seen, action) in [(true, "sqs:*"), (true, "sns:*"), (false, "sqs:*"), (false, "sns:*")] {
            let report = report(policy_type, explicit, seen, action);
            let case = format!("{policy_type}, explicit {explicit}, seen {seen}, allowed {action}");
            let gap = report.policies.layer(policy_type).gap();
            assert_eq!(gap.is_none(), seen, "{case}");
            let first = report.diagnosis.gaps.first().map(|gap| &gap.subject);
            assert_eq!(first == gap.map(|gap| &gap.subject), !seen, "{case}: {first:?}");
            match &report.diagnosis.summary {
                Summary::Blocked { blocker, .. } => assert_eq!(blocker.policy_type, policy_type, "{case}"),
                Summary::NotEnoughEvidence { reported, gap, .. } => {
                    assert_eq!(reported.map(|(_, named)| named), Some(policy_type), "{case}");
                    assert_eq!(gap.is_some(), !seen, "{case}");
                }
                other => panic!("{case}: {other:?}"),
            }
            for evidence in report.diagnosis.hypotheses.iter().flat_map(|it| &it.evidence) {
                assert_ne!(
                    *evidence,
                    if seen { HypothesisEvidence::WordingFits } else { HypothesisEvidence::NewerThanSeen }
                );
            }
            // where the input has the layer and AWS named what is not in it, no edit is all that is needed
            let another = report
                .diagnosis
                .disagreements
                .iter()
                .any(|it| matches!(it, Disagreement::NoSuchDeny { .. } | Disagreement::AllowFound { .. }));
            assert_eq!(another && explicit, seen && explicit, "{case}");
            for remedy in report.remedies.iter().filter(|remedy| another && !remedy.edits.is_empty()) {
                contradicted += 1;
                assert_eq!(remedy.disposition, Disposition::NeedsReview, "{case}");
                assert_eq!(remedy.why_not.first(), Some(&WhyNot::AwsNamedAnother { explicit, policy_type }), "{case}");
            }
        }
    }
    assert!(contradicted > 3);
}
