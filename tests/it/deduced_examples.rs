//! What follows from AWS's words: what JSON says of it, and where nothing is certain.

use iamdx::Options;
use iamdx::aws_evidence::AwsEvidence;
use iamdx::deduce::{Basis, InCases, Verdict, deduce};
use iamdx::denial;
use iamdx::diagnose::{self, DenialContext, Disagreement, DisagreementReason};
use iamdx::evaluate::{TestCase, evaluate};
use iamdx::iam::{Hints, PolicyType};
use iamdx::reference::Reference;
use iamdx::remedy;
use iamdx::snapshot::Snapshot;
use iamdx::text::Source;
use serde_json::{Value, json};

use crate::deductions::{TYPES, message};

/// The JSON of a case's blockers, and of what its remedies depend on.
fn json_of(case: &str) -> (Value, Value) {
    let folder = crate::support::project().join("fixtures/cases").join(case);
    let (denial, snapshot) = (folder.join("denial.txt"), folder.join("snapshot.json"));
    let arguments =
        ["diagnose", denial.to_str().unwrap(), "--snapshot", snapshot.to_str().unwrap(), "--format", "json"];
    let output = crate::support::iamdx(&arguments, b"");
    let report: Value = serde_json::from_str(&output.stdout).unwrap();
    let of = |list: &str, fields: &[&str]| {
        let items = report["reports"][0][list].as_array().unwrap().iter();
        items.map(|item| fields.iter().map(|field| item[*field].clone()).collect::<Value>()).collect::<Value>()
    };
    (of("blockers", &["basis", "implies"]), of("remedies", &["id", "disposition", "conditional_on"]))
}

#[test]
fn json_says_what_a_blocker_rests_on_and_in_which_cases_a_remedy_helps() {
    let mfa = json!({"key": "aws:MultiFactorAuthPresent", "is": "false or absent", "code": "one-of", "values": ["false"], "absent": true});
    let address = json!({"key": "aws:SourceIp", "is": "not in 203.0.113.0/24, or absent", "code": "none-of", "values": [], "absent": true});
    let with_mfa = json!({"key": "aws:MultiFactorAuthPresent", "is": "true", "code": "one-of", "values": ["true"], "absent": false});
    assert_eq!(
        json_of("explicit-deny/context-not-told"),
        (json!([["deduced", [mfa]]]), json!([["change-the-request", "safe", []], ["remedy-1", "needs-review", []]]),)
    );
    assert_eq!(
        json_of("explicit-deny/one-of-two-conditions"),
        (
            json!([["possible", [address]], ["possible", [mfa]]]),
            json!([["change-the-request", "needs-review", []], ["remedy-1", "needs-review", [with_mfa]]]),
        )
    );
}

/// What is deduced of two Denies in one policy of this type, of which the second is about another action, where AWS said this.
fn basis(kind: &str, action: &str, arn: Option<&str>) -> Vec<Basis> {
    let deny = |action: &str| {
        json!({"Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-0a1b"}}})
    };
    let mut statements = vec![deny(action), deny("iam:*")];
    if kind == "identity-based" {
        for statement in &mut statements {
            statement.as_object_mut().unwrap().remove("Principal");
        }
    }
    let policy = json!({"name": "guard", "document": {"Version": "2012-10-17", "Statement": statements}});
    let resource =
        if action.starts_with("s3") { "arn:aws:s3:::reports" } else { "arn:aws:sqs:us-east-1:111122223333:orders" };
    let mut case = json!({"id": 0, "context_complete": false, "policies": {},
        "request": {"principal": "arn:aws:iam::111122223333:user/alice", "action": action, "resource": resource,
            "resource_account": "111122223333"}});
    case["policies"][kind] = json!([policy]);
    let case = TestCase::parse(&case.to_string()).unwrap();
    let policy_type = TYPES.iter().find(|(name, _)| *name == kind).unwrap().1;
    let verdict = Verdict::new(true, policy_type, arn.map(str::to_owned));
    let evaluation = evaluate(&case.request, &case.policies);
    let found = deduce(&case.request, &case.policies, &evaluation, Some(&verdict), Reference::embedded());
    found.denies.iter().map(|deny| deny.basis).collect()
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html>
#[test]
fn words_that_a_setting_of_a_bucket_gives_too_name_no_statement_for_certain() {
    assert_eq!(basis("resource-based", "sqs:SendMessage", None), [Basis::Deduced]);
    assert_eq!(basis("resource-based", "s3:ListBucket", None), [Basis::Possible]);
    assert_eq!(basis("identity-based", "s3:ListBucket", None), [Basis::Deduced]);
}

#[test]
fn a_policy_that_aws_named_and_nobody_gave_may_hold_the_statement() {
    assert_eq!(
        basis("identity-based", "sqs:SendMessage", Some("arn:aws:iam::111122223333:policy/other")),
        [Basis::Possible]
    );
}

/// A key that a policy variable compares with another is not said to be "present" only, where the two have to be alike.
#[test]
fn keys_that_are_compared_with_each_other_give_no_condition_by_themselves() {
    let allow = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    let deny = |value: &str, key: &str| json!({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {key: value}}});
    let statements = [allow, deny("o-1", "aws:PrincipalOrgID"), deny("${aws:PrincipalOrgID}", "aws:ResourceOrgID")];
    let case = json!({"id": 0, "context_complete": false, "derive_context": true,
        "request": {"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject",
            "resource": "arn:aws:s3:::reports/q1.csv", "resource_account": "111122223333"},
        "policies": {"identity-based": [{"name": "guard", "document": {"Version": "2012-10-17", "Statement": statements}}]}});
    let case = TestCase::parse(&case.to_string()).unwrap();
    let verdict = Verdict::new(true, PolicyType::IdentityBased, None);
    let evaluation = evaluate(&case.request, &case.policies);
    let found = deduce(&case.request, &case.policies, &evaluation, Some(&verdict), Reference::embedded());
    let (denial, answers, snapshot) = (message(&verdict), AwsEvidence::default(), Snapshot::default());
    let mut context = DenialContext::new(&denial, &case.request, &case.policies, &evaluation, &answers, &snapshot);
    context.deduction = &found;
    let remedies = remedy::propose(&context, &diagnose::diagnose(&context));
    let cases: Vec<&InCases> =
        remedies.iter().filter_map(|remedy| Some(&remedy.verification.as_ref()?.in_cases)).collect();
    assert!(!cases.is_empty() && cases.iter().all(|cases| **cases == InCases::Some), "{cases:?}");
}

/// The codes of a disagreement, and of what may explain it, for a user with these statements and what AWS said of `sqs:SendMessage`.
fn disagreement(
    statements: &Value,
    said: &str,
    context: &[(&str, &str)],
    complete: bool,
) -> Vec<(&'static str, Vec<&'static str>)> {
    let user = json!({"Arn": "arn:aws:iam::111122223333:user/alice", "UserName": "alice",
        "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}}]});
    let file = json!({"iamdx_snapshot": 1, "accounts": [{"id": "111122223333", "in_organization": false, "UserDetailList": [user]}]});
    let snapshot = Snapshot::read("account.json", file.to_string().into_bytes()).unwrap();
    let text = format!(
        "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: sqs:SendMessage on resource: \
         arn:aws:sqs:us-east-1:111122223333:jobs {said}"
    );
    let denial = denial::parse(&Source::new("message", text)).remove(0);
    let mut hints = Hints::default();
    hints.context = context.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    hints.context_complete = complete;
    let report = iamdx::diagnose(&denial, &snapshot, &Options::default().hints(hints));
    let codes = |it: &Disagreement| (it.code(), it.reasons().iter().map(DisagreementReason::code).collect());
    report.diagnosis.disagreements.iter().map(codes).collect()
}

#[test]
fn what_may_explain_a_disagreement_comes_most_likely_first() {
    let statements = json!([{"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Sid": "Office", "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}]);
    let deny = "with an explicit deny in an identity-based policy";
    let missing = "because no identity-based policy allows the sqs:SendMessage action";
    let (inside, outside) = (("aws:SourceIp", "10.0.0.1"), ("aws:SourceIp", "192.0.2.1"));
    let other = format!("{deny}: arn:aws:iam::111122223333:policy/gone");
    assert_eq!(
        [
            disagreement(&statements, deny, &[], false),
            disagreement(&statements, deny, &[inside], false),
            disagreement(&statements, deny, &[("aws:UserAgent", "cli"), inside], true),
            disagreement(&statements, &other, &[inside], false),
            disagreement(&statements, missing, &[outside], false),
            disagreement(&statements, missing, &[], false),
            disagreement(&json!([{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]), missing, &[], false),
        ],
        [
            vec![],
            vec![("no-such-deny", vec!["told-context", "changed-since", "other-policies"])],
            vec![("no-such-deny", vec!["told-context", "changed-since", "other-policies"])],
            vec![("no-such-deny", vec!["policy-not-attached", "changed-since", "other-policies"])],
            vec![("deny-found", vec!["changed-since", "other-policies"])],
            vec![("allow-found", vec!["changed-since", "other-policies"])],
            vec![("allow-found", vec!["changed-since", "other-policies"])],
        ]
    );
}

/// Of two levels of the organization whose Allow has a condition either may be the one; of the caller's account no Deny of a bucket's
/// owner is excluded.
#[test]
fn of_several_levels_each_may_be_the_one_and_another_account_decides_for_itself() {
    let allow = |value: &str| {
        json!([{"name": value, "document": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*",
            "Condition": {"StringEquals": {"aws:PrincipalTag/team": value}}}}}])
    };
    let bucket = json!([{"name": "queue", "document": {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}}]);
    let found = |owner: &str, policy_type| {
        let case = json!({"id": 0, "context_complete": false, "derive_context": true,
            "request": {"principal": "arn:aws:iam::111122223333:user/alice", "action": "sqs:SendMessage",
                "resource": format!("arn:aws:sqs:us-east-1:{owner}:jobs"), "resource_account": owner},
            "policies": {"service-control": [allow("red"), allow("blue")], "resource-based": bucket}});
        let case = TestCase::parse(&case.to_string()).unwrap();
        let verdict = Verdict::new(false, policy_type, None);
        let evaluation = evaluate(&case.request, &case.policies);
        let found = deduce(&case.request, &case.policies, &evaluation, Some(&verdict), Reference::embedded());
        let levels: Vec<(Option<String>, Basis)> =
            found.missing_allows.iter().map(|missing| (missing.target.clone(), missing.basis)).collect();
        (levels, found.implies.iter().map(|fact| fact.key.clone()).collect::<Vec<_>>())
    };
    let each = |basis| vec![(Some("root".to_owned()), basis), (Some("account".to_owned()), basis)];
    assert_eq!(
        found("111122223333", PolicyType::ServiceControl),
        (each(Basis::Possible), vec!["aws:SecureTransport".to_owned()])
    );
    assert_eq!(found("444455556666", PolicyType::ServiceControl), (each(Basis::Possible), vec![]));
}
