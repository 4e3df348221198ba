//! AWS's answers as a snapshot holds them: what they say, and what happens to those that cannot be read.

use super::*;
use crate::evaluate::Decision;

fn denial(tail: &str) -> Denial {
    let text = format!(
        "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: iam:GetUser on resource: \
         arn:aws:iam::111122223333:user/bob because no identity-based policy allows the iam:GetUser action{tail}"
    );
    crate::denial::parse_text(&text).remove(0)
}

fn recorded() -> Denial {
    denial(
        ". Go to https://us-east-1.console.aws.amazon.com/iam/home?region=us-east-1#/authorization-details/0123456789abcdefghijklmno for \
         complete details, or call the GetRequestAuthorizationDetails API with the following authorization id: 0123456789abcdefghijklmno",
    )
}

#[test]
fn a_record_tells_the_context_and_what_denied() {
    let page = r#"{"authorization_id": "0123456789abcdefghijklmno", "region": "us-east-1", "pages": [{
        "requestContext": {"aws:SourceIp": "192.0.2.1/32", "aws:PrincipalOrgPaths": "[o-a/r-b/,o-a/r-b/ou-c/]", "aws:ViaAWSService": "false"},
        "evaluations": [{"action": "iam:GetUser", "resource": "*", "context": {"aws:SourceVpc": "vpc-1"}, "evaluatedEffect": "EXPLICIT_DENY",
            "matchedPolicies": [{"uri": "arn:aws:iam::aws:policy/AWSDenyAll", "matchedStatements": [{"sid": "DenyAll", "evaluatedEffect": "DENY"}]}]}],
        "policies": [{"type": "IDENTITY_BASED_POLICY", "inline": false, "uri": "arn:aws:iam::aws:policy/AWSDenyAll",
            "attachedTo": [{"arn": "arn:aws:iam::111122223333:user/alice"}]}],
        "newField": {"of": "next year"}}]}"#;
    let stored = RawEvidence { authorization_details: vec![page.to_owned()], ..RawEvidence::default() };
    let record = AwsEvidence::stored(&recorded(), &stored).record.unwrap();
    let key = |key: &str, values: &[&str], list| {
        (key.to_owned(), values.iter().map(|value| (*value).to_owned()).collect(), list)
    };
    assert_eq!(
        record.context,
        [
            key("aws:PrincipalOrgPaths", &["o-a/r-b/", "o-a/r-b/ou-c/"], true),
            key("aws:SourceIp", &["192.0.2.1"], false),
            key("aws:ViaAWSService", &["false"], false),
            key("aws:SourceVpc", &["vpc-1"], false),
        ]
    );
    let denied = &record.denials().next().unwrap().denied_by[0];
    assert_eq!(
        (
            denied.policy_type,
            denied.explicit,
            denied.policy.as_deref(),
            denied.sid.as_deref(),
            denied.attached_to.len()
        ),
        (crate::iam::PolicyType::IdentityBased, true, Some("arn:aws:iam::aws:policy/AWSDenyAll"), Some("DenyAll"), 1)
    );
}

#[test]
fn an_implicit_deny_without_checks_names_no_policy() {
    let page = r#"{"authorization_id": "0123456789abcdefghijklmno", "region": "us-east-1", "pages": [{"requestContext": {}, "policies": [],
        "evaluations": [{"action": "iam:GetUser", "resource": "*", "evaluatedEffect": "IMPLICIT_DENY", "matchedPolicies": []}]}]}"#;
    let stored = RawEvidence { authorization_details: vec![page.to_owned()], ..RawEvidence::default() };
    let record = AwsEvidence::stored(&recorded(), &stored).record.unwrap();
    assert_eq!(record.denials().map(|denial| denial.denied_by.len()).collect::<Vec<_>>(), [0]);
}

#[test]
fn the_record_of_another_denial_is_left_alone_and_damage_is_named() {
    let stored = RawEvidence {
        authorization_details: vec![
            r#"{"authorization_id": "another", "region": "us-east-1", "pages": []}"#.to_owned(),
            r#"{"pages": 7}"#.to_owned(),
        ],
        simulations: vec!["[]".to_owned()],
        ..RawEvidence::default()
    };
    let answers = AwsEvidence::stored(&recorded(), &stored);
    assert_eq!(answers.record, None);
    assert_eq!(answers.unreadable.len(), 2);
    assert!(
        matches!(&answers.unreadable[0], crate::iam::Unseen::AnswerUnreadable { list, entry: 2, .. } if list == "authorization_details"),
        "{:?}",
        answers.unreadable
    );
}

#[test]
fn a_simulation_is_found_by_principal_action_and_resource() {
    let simulation = |principal: &str, excluded: &str| {
        format!(
            r#"{{"question": {{"simulator": "iam:SimulatePrincipalPolicy", "principal": "arn:aws:iam::111122223333:user/{principal}", {excluded}
                "actions": ["iam:getuser"], "resources": ["arn:aws:iam::111122223333:user/bob"]}},
                "results": [{{"action": "iam:getuser", "resource": "arn:aws:iam::111122223333:user/bob", "decision": "explicitDeny"}}]}}"#
        )
    };
    let answer = |text: String| {
        let stored = RawEvidence { simulations: vec![text], ..RawEvidence::default() };
        let denial = denial("");
        let bob = "arn:aws:iam::111122223333:user/bob";
        let request = Request::new(denial.principal.clone().unwrap(), "iam:GetUser".parse().unwrap(), bob);
        AwsEvidence::stored(&denial, &stored).simulated(&request).map(|result| result.decision)
    };
    assert_eq!(answer(simulation("alice", "")), Some(Decision::ExplicitDeny));
    assert_eq!(answer(simulation("carol", "")), None);
    assert_eq!(answer(simulation("alice", r#""excluded": ["scp"],"#)), None);
}
