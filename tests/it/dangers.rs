//! Every action of the table of dangers: a remedy that grants it is not safe and says so, and `diff` marks it.

use std::sync::Arc;

use iamdx::denial;
use iamdx::difference::documents;
use iamdx::iam::{Action, Document};
use iamdx::reference::{Danger, Reference, dangerous_actions};
use iamdx::remedy::{Disposition, WhyNot};
use iamdx::snapshot::Snapshot;
use iamdx::text::Source;
use iamdx::{Options, diagnose};

const ACCOUNT: &[u8] = br#"{"iamdx_snapshot": 1, "accounts": [{"id": "111122223333", "in_organization": false, "UserDetailList": [
    {"Arn": "arn:aws:iam::111122223333:user/alice", "UserPolicyList": [{"PolicyName": "own", "PolicyDocument":
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}}}]}]}]}"#;

/// A resource that the action can be asked on, in the account.
fn resource(action: &Action) -> String {
    let facts = Reference::embedded().action(action).unwrap();
    let types: Vec<_> = facts.resource_types().collect();
    let first = types.iter().find(|(_, required)| *required).or_else(|| types.first());
    let Some(template) = first.and_then(|(kind, _)| kind.arns().first()) else { return "*".to_owned() };
    let mut arn =
        template.replace("${Partition}", "aws").replace("${Region}", "us-east-1").replace("${Account}", "111122223333");
    while let Some((before, (_, after))) =
        arn.split_once("${").and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    {
        arn = format!("{before}example{after}");
    }
    arn
}

fn document(action: &str) -> Arc<Document> {
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": ["s3:GetObject", "{action}"], "Resource": "*"}}]}}"#
    );
    Arc::new(Document::parse(Source::new("policy", text)).unwrap())
}

#[test]
fn a_remedy_that_grants_a_dangerous_action_is_never_safe_and_says_what_its_holder_could_do() {
    let snapshot = Snapshot::read("account.json", ACCOUNT.to_vec()).unwrap();
    let mut granted = 0;
    for danger in dangerous_actions() {
        let action: Action = danger.action.parse().unwrap();
        let on = resource(&action);
        let said = format!(
            "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: {action} on resource: {on} because no \
             identity-based policy allows the {action} action"
        );
        let denials = denial::parse(&Source::new("message", said));
        let report = diagnose(&denials[0], &snapshot, &Options::default());
        for remedy in report.remedies.iter().filter(|remedy| !remedy.edits.is_empty()) {
            granted += 1;
            assert_eq!(remedy.disposition, Disposition::NeedsReview, "{action} on {on}");
            assert!(remedy.dangers().contains(&danger), "{action} on {on}: {:?}", remedy.dangers());
            let says = |why: &WhyNot| matches!(why, WhyNot::Danger(main) if main.danger == danger);
            assert!(remedy.why_not.iter().any(says), "{action} on {on}: {:?}", remedy.why_not);
        }
    }
    assert!(granted > dangerous_actions().count() * 9 / 10, "only {granted} remedies grant an action of the table");
}

#[test]
fn diff_marks_every_dangerous_action_that_becomes_allowed() {
    let before = document("s3:GetObject");
    // whoever calls these two has no policies of its own: only trust policies allow them
    // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
    let unsigned = ["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"];
    for danger in dangerous_actions().filter(|danger| !unsigned.contains(&danger.action.as_str())) {
        let after = document(&danger.action.to_ascii_uppercase());
        let told = documents(&[Arc::clone(&before)], &[after], Reference::embedded());
        let marked = |dangers: &[Danger]| dangers.contains(&danger);
        let regions = &told.newly_allowed;
        assert!(
            regions.iter().any(|region| marked(&region.dangers(Reference::embedded()))),
            "{}: {told:?}",
            danger.action
        );
    }
}
