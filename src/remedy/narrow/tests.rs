//! A Region lock that leaves one profile out still locks everything else.

use std::sync::Arc;

use super::*;
use crate::evaluate::{Decision, derive_context, evaluate};
use crate::iam::{ContextValue, Hierarchy, Layer, Level, Policy, PolicyOrigin, PolicySet, PolicyType, Principal};
use crate::text::Source;

const GEO: &str =
    "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const GLOBAL: &str =
    "arn:aws:bedrock:us-east-1:111122223333:inference-profile/global.anthropic.claude-sonnet-4-5-20250929-v1:0";
const INVOKE: &str = "bedrock:InvokeModel";

fn policy(name: &str, policy_type: PolicyType, text: &str) -> Arc<Policy> {
    let document = Document::parse(Source::new(name, text)).unwrap();
    assert_eq!(document.problems, []);
    Arc::new(Policy { origin: PolicyOrigin::Organization, ..Policy::new(name, policy_type, document) })
}

const ALL: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;

/// Everything is allowed but what the lock denies.
fn under(lock: &str) -> PolicySet {
    let policies =
        vec![policy("all", PolicyType::ServiceControl, ALL), policy("lock", PolicyType::ServiceControl, lock)];
    let level = Level { target: "root".to_owned(), policies, coverage: crate::iam::Coverage::Complete };
    PolicySet {
        identity: Layer::complete(vec![policy("all", PolicyType::IdentityBased, ALL)]),
        service_control: Hierarchy { levels: vec![level], ..Hierarchy::empty() },
        ..PolicySet::empty()
    }
}

fn decide(lock: &str, who: &str, action: &str, resource: &str, region: &str, profile: Option<&str>) -> Decision {
    let caller = Principal::new(&format!("arn:aws:iam::111122223333:role/{who}"));
    let mut request = Request::new(caller, action.parse().unwrap(), resource);
    request.context.set_one("aws:RequestedRegion", region);
    match profile {
        Some(profile) => request.context.set_one("bedrock:InferenceProfileArn", profile),
        None => request.context.set("bedrock:InferenceProfileArn", ContextValue::Absent),
    }
    derive_context(&mut request);
    evaluate(&request, &under(lock)).decision
}

/// The lock with the profile left out.
fn exempted(lock: &str, profile: &str) -> String {
    let document = Document::parse(Source::new("lock", lock)).unwrap();
    let action = INVOKE.parse().unwrap();
    leave_profile_out(&document, &document.statements[0], &action, profile).unwrap().text
}

fn model(region: &str) -> String {
    format!("arn:aws:bedrock:{region}::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0")
}

/// Shapes that organizations use: services left out by `NotAction`, a role left out too, and a list of actions.
const LOCKS: [&str; 3] = [
    r#"{"Version": "2012-10-17", "Statement": [{"Sid": "Lock", "Effect": "Deny", "NotAction": ["iam:*", "sts:*"],
        "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["us-east-1"]}}}]}"#,
    r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition":
        {"StringNotEquals": {"aws:RequestedRegion": ["us-east-1"]}, "ArnNotLike": {"aws:PrincipalARN": ["arn:aws:iam::*:role/platform"]}}}}"#,
    r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": ["s3:GetObject", "bedrock:InvokeModelWithResponseStream",
        "bedrock:CountTokens", "bedrock:InvokeModel"], "Resource": "*", "Condition": {"StringNotLike": {"aws:RequestedRegion": "us-east-1"}}}]}"#,
];

#[test]
fn the_call_through_the_profile_passes_and_nothing_else_does() {
    for lock in LOCKS {
        for (profile, region) in [(GEO, "us-east-2"), (GEO, "us-west-2"), (GLOBAL, "unspecified")] {
            let on = model(if region == "unspecified" { "" } else { region });
            let exempted = exempted(lock, profile);
            let ask = |action: &str, region: &str, through: Option<&str>| {
                (
                    decide(lock, "app", action, &on, region, through),
                    decide(&exempted, "app", action, &on, region, through),
                )
            };
            assert_eq!(ask(INVOKE, region, Some(profile)), (Decision::ExplicitDeny, Decision::Allowed), "{exempted}");
            let locked = (Decision::ExplicitDeny, Decision::ExplicitDeny);
            let other = if profile == GEO { GLOBAL } else { GEO };
            assert_eq!(ask(INVOKE, region, None), locked, "the model by itself\n{exempted}");
            assert_eq!(ask(INVOKE, region, Some(other)), locked, "another profile\n{exempted}");
            assert_eq!(ask("bedrock:InvokeModelWithResponseStream", region, Some(profile)), locked, "{exempted}");
            assert_eq!(ask("bedrock:CountTokens", region, None), locked, "{exempted}");
            assert_eq!(ask("s3:GetObject", "eu-west-1", None), locked, "another service\n{exempted}");
            assert_eq!(ask(INVOKE, "us-east-1", None), (Decision::Allowed, Decision::Allowed), "{exempted}");
        }
    }
}

#[test]
fn whoever_was_left_out_before_stays_left_out() {
    let exempted = exempted(LOCKS[1], GEO);
    assert_eq!(decide(&exempted, "platform", "s3:GetObject", "arn:aws:s3:::b/k", "eu-west-1", None), Decision::Allowed);
    assert_eq!(decide(&exempted, "platform", INVOKE, &model("eu-west-1"), "eu-west-1", None), Decision::Allowed);
    let both = format!(
        r#""ArnNotLike": {{"aws:PrincipalARN": ["arn:aws:iam::*:role/platform"], "bedrock:InferenceProfileArn": "{GEO}"}}"#
    );
    assert!(exempted.contains(&both), "{exempted}");
}

#[test]
fn a_pattern_that_covers_the_action_among_others_is_left_to_another_way() {
    let lock = LOCKS[2].replace("bedrock:InvokeModel\"", "bedrock:*\"");
    let document = Document::parse(Source::new("lock", lock)).unwrap();
    let action = INVOKE.parse().unwrap();
    assert!(leave_profile_out(&document, &document.statements[0], &action, GEO).is_none());
}
