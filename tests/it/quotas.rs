//! A document that AWS would not take is no remedy: the change takes another shape, or the report says which document is too large.

use iamdx::iam::{PolicyOrigin, PolicyType};
use iamdx::remedy::{CannotFix, ChangeKind, Disposition, Edit, EditOp, Remedy, WhyNot};
use iamdx::snapshot::Snapshot;
use iamdx::text::Source;
use iamdx::{Options, denial, diagnose};
use serde_json::{Value, json};

const ALICE: &str = "arn:aws:iam::111122223333:user/alice";

/// The remedies for a denied s3:GetObject of alice.
fn remedies(snapshot: &Value, because: &str) -> Vec<Remedy> {
    let said = format!(
        "User: {ALICE} is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::reports/2026/q1.csv\" because {because}"
    );
    let denials = denial::parse(&Source::new("message", said));
    let snapshot = Snapshot::read("account.json", snapshot.to_string().into_bytes()).unwrap();
    diagnose(&denials[0], &snapshot, &Options::default()).remedies
}

const NOTHING_ALLOWS: &str = "no identity-based policy allows the s3:GetObject action";
const SCP_DENIES: &str = "with an explicit deny in a service control policy";

/// A statement about something else of the given length.
fn filler(length: usize) -> Value {
    json!({"Effect": "Allow", "Action": "sqs:SendMessage",
           "Resource": format!("arn:aws:sqs:eu-west-1:111122223333:{}", "q".repeat(length))})
}

fn account(user: &Value, policies: &Value) -> Value {
    let mut user = user.clone();
    user["Arn"] = json!(ALICE);
    json!({"iamdx_snapshot": 1, "accounts": [{"id": "111122223333", "in_organization": false,
           "UserDetailList": [user], "Policies": policies}]})
}

fn only(edits: &[Edit]) -> (EditOp, PolicyOrigin, &str) {
    assert_eq!(edits.len(), 1, "{edits:?}");
    (edits[0].op, edits[0].after.origin, &edits[0].after.name)
}

#[test]
fn a_full_user_gets_a_managed_policy() {
    let full = json!({"UserPolicyList": [{"PolicyName": "own", "PolicyDocument": {"Statement": [filler(1_900)]}}]});
    let found = remedies(&account(&full, &json!([])), NOTHING_ALLOWS);
    assert_eq!(only(&found[0].edits), (EditOp::Create, PolicyOrigin::CustomerManaged, "AllowGetObject"));
    assert_eq!(found[0].disposition, Disposition::Safe);
    let commands = iamdx::render::commands(&found[0]);
    assert!(commands[1].to_string().contains("attach-user-policy --user-name alice"), "{commands:?}");
    // with room it is an inline policy
    let room = json!({"UserPolicyList": [{"PolicyName": "own", "PolicyDocument": {"Statement": [filler(100)]}}]});
    assert_eq!(only(&remedies(&account(&room, &json!([])), NOTHING_ALLOWS)[0].edits).1, PolicyOrigin::Inline);
}

#[test]
fn where_no_managed_policy_can_be_attached_one_that_is_grows() {
    let name = |number: usize| format!("arn:aws:iam::111122223333:policy/p{number}");
    let attached: Vec<Value> =
        (0..10).map(|number| json!({"PolicyName": format!("p{number}"), "PolicyArn": name(number)})).collect();
    let policies: Vec<Value> = (0..10)
        .map(|number| {
            json!({"PolicyName": format!("p{number}"), "Arn": name(number), "DefaultVersionId": "v1", "PolicyVersionList":
                [{"VersionId": "v1", "IsDefaultVersion": true, "Document": {"Statement": [filler(10 + number)]}}]})
        })
        .collect();
    let mut user = json!({"UserPolicyList": [{"PolicyName": "own", "PolicyDocument": {"Statement": [filler(1_900)]}}],
        "AttachedManagedPolicies": attached});
    let found = remedies(&account(&user, &json!(policies)), NOTHING_ALLOWS);
    assert_eq!(only(&found[0].edits), (EditOp::Replace, PolicyOrigin::CustomerManaged, "p0"));
    assert_eq!(found[0].disposition, Disposition::NeedsReview);
    // nine leave room for one more
    user["AttachedManagedPolicies"].as_array_mut().unwrap().pop();
    assert_eq!(only(&remedies(&account(&user, &json!(policies)), NOTHING_ALLOWS)[0].edits).0, EditOp::Create);
}

/// An organization whose root has one SCP of the given text, and alice with everything else allowed.
fn organization(text: &str) -> Value {
    let mut snapshot = account(
        &json!({"UserPolicyList": [{"PolicyName": "own", "PolicyDocument":
            {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}}]}),
        &json!([]),
    );
    snapshot["accounts"][0]["in_organization"] = json!(true);
    snapshot["organization"] = json!({"id": "o-exampleorgid", "management_account": "444455556666",
        "policies": [{"id": "p-lock", "name": "lock", "aws_managed": false, "content": text,
            "arn": "arn:aws:organizations::444455556666:policy/o-exampleorgid/service_control_policy/p-lock"}],
        "root": {"id": "r-ab12", "name": "Root", "service_control_policies": ["p-FullAWSAccess", "p-lock"],
            "resource_control_policies": [], "accounts": [{"id": "111122223333", "name": "web",
            "service_control_policies": ["p-FullAWSAccess"], "resource_control_policies": []}]}});
    snapshot
}

/// A Deny of everything in the bucket, with white space and another long Deny; within the quota as it is.
fn deny(space: usize, other: usize) -> String {
    let text = format!(
        "{{\"Version\": \"2012-10-17\",{}\n\"Statement\": [\n{{\"Effect\": \"Deny\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::reports/*\"}},\n\
         {{\"Effect\": \"Deny\", \"Action\": \"sqs:SendMessage\", \"Resource\": \"arn:aws:sqs:eu-west-1:111122223333:{}\"}}\n]}}",
        " ".repeat(space),
        "q".repeat(other)
    );
    assert!(text.len() <= 10_240, "{}", text.len());
    text
}

#[test]
fn white_space_goes_where_an_scp_has_no_room_for_it() {
    let found = remedies(&organization(&deny(9_980, 10)), SCP_DENIES);
    let edit = &found[0].edits[0];
    assert_eq!(edit.policy_type, PolicyType::ServiceControl);
    assert_eq!(edit.changes.last().unwrap().kind, ChangeKind::WithoutWhiteSpace);
    let text = edit.after.document.source.text();
    assert!(text.starts_with("{\"Version\":\"2012-10-17\",\"Statement\":[{") && text.len() < 1_000, "{text}");
    // with room the layout stays
    let found = remedies(&organization(&deny(100, 10)), SCP_DENIES);
    assert!(found[0].edits[0].after.document.source.text().contains(&" ".repeat(100)));
}

#[test]
fn what_stays_too_large_is_named() {
    let found = remedies(&organization(&deny(0, 9_980)), SCP_DENIES);
    assert!(found[0].edits.is_empty());
    let [WhyNot::CannotFix(CannotFix::Quota { policy, characters, quota: 10_240 })] = found[0].why_not.as_slice()
    else {
        panic!("{:?}", found[0].why_not)
    };
    assert!(policy == "lock" && *characters > 10_240, "{policy}: {characters}");
}
