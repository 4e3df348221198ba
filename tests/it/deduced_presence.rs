//! Deny statements that cannot have matched, since no request has such keys or has them together: each beside one that can.

use iamdx::deduce::{Basis, Verdict, deduce};
use iamdx::evaluate::{Decision, TestCase, evaluate};
use iamdx::iam::{PolicyType, instant};
use iamdx::reference::Reference;
use serde_json::{Value, json};

const USER: &str = "arn:aws:iam::111122223333:user/alice";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/app/run-1";
const WORKFORCE: &str = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admins_0123456789abcdef/alice";

/// Which of two Denies may have matched a request of this caller, where AWS said that one did: the one on these conditions, and one on
/// the client.
fn denies(caller: &str, action: &str, conditions: &Value, told: &Value) -> Vec<(usize, Basis)> {
    let deny = |conditions: &Value| json!({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": conditions});
    let elsewhere = json!({"StringNotEquals": {"aws:UserAgent": "console"}});
    let statements = [deny(conditions), deny(&elsewhere)];
    let case = json!({"id": 0, "context_complete": false, "derive_context": true,
        "request": {"principal": caller, "action": action, "resource": "*", "resource_account": "111122223333", "context": told},
        "policies": {"identity-based": [{"name": "guard", "document": {"Version": "2012-10-17", "Statement": statements}}]}});
    let mut case = TestCase::parse(&case.to_string()).unwrap();
    case.request.not_after = instant("2026-11-29");
    let evaluation = evaluate(&case.request, &case.policies);
    let verdict = Verdict::new(true, PolicyType::IdentityBased, None);
    let found = deduce(&case.request, &case.policies, &evaluation, Some(&verdict), Reference::embedded());
    found.denies.iter().map(|deny| (deny.statement, deny.basis)).collect()
}

#[test]
fn what_no_request_has_denied_nothing() {
    let is = |key: &str, value: &str| json!({"StringEquals": {key: value}});
    let after = |key: &str| json!({"DateGreaterThan": {key: "2099-01-01T00:00:00Z"}});
    let network =
        json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}, "StringEquals": {"aws:SourceVpce": "vpce-1"}});
    let range = json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24", "aws:VpcSourceIp": "10.0.0.0/8"}});
    let stale = json!({"Bool": {"aws:MultiFactorAuthPresent": "false"}, "NumericGreaterThan": {"aws:MultiFactorAuthAge": "60"}});
    let via = json!({"Bool": {"aws:ViaAWSService": "false"}, "ForAnyValue:StringEquals": {"aws:CalledVia": "athena.amazonaws.com"}});
    let mfa = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
    let nothing = json!({});
    let address = json!({"aws:SourceIp": ["203.0.113.7"]});
    let endpoint = json!({"aws:SourceVpce": ["vpce-1"]});
    let rows = [
        (USER, "s3:ListAllMyBuckets", network, &nothing),
        (USER, "s3:ListAllMyBuckets", range, &nothing),
        (USER, "s3:ListAllMyBuckets", is("aws:SourceVpc", "vpc-1"), &address),
        (
            USER,
            "s3:ListAllMyBuckets",
            json!({"NotIpAddressIfExists": {"aws:SourceIp": "203.0.113.0/24"}, "Null": {"aws:SourceIp": "false"}}),
            &endpoint,
        ),
        (USER, "s3:ListAllMyBuckets", stale, &nothing),
        (USER, "s3:ListAllMyBuckets", via, &nothing),
        (WORKFORCE, "s3:ListAllMyBuckets", mfa, &nothing),
        (
            WORKFORCE,
            "s3:ListAllMyBuckets",
            json!({"NumericGreaterThan": {"aws:MultiFactorAuthAge": "60"}, "Bool": {"aws:MultiFactorAuthPresent": ["true", "false"]}}),
            &nothing,
        ),
        (USER, "s3:ListAllMyBuckets", is("aws:SourceAccount", "444455556666"), &nothing),
        (SESSION, "s3:ListAllMyBuckets", is("aws:PrincipalServiceName", "logs.amazonaws.com"), &nothing),
        (USER, "s3:ListAllMyBuckets", is("aws:FederatedProvider", "cognito-identity.amazonaws.com"), &nothing),
        (USER, "s3:ListAllMyBuckets", is("aws:SourceIdentity", "alice"), &nothing),
        (SESSION, "s3:ListAllMyBuckets", json!({"Null": {"aws:AssumedRoot": "false"}}), &nothing),
        (USER, "ec2:CreateVpcPeeringConnection", is("aws:ResourceAccount", "111122223333"), &nothing),
        (USER, "s3:ListAllMyBuckets", after("aws:CurrentTime"), &nothing),
        (USER, "s3:ListAllMyBuckets", after("aws:EpochTime"), &nothing),
        (USER, "s3:ListAllMyBuckets", after("aws:TokenIssueTime"), &nothing),
        (
            USER,
            "s3:ListAllMyBuckets",
            json!({"DateLessThan": {"aws:EpochTime": "2024-01-01T00:00:00Z"}}),
            &json!({"aws:CurrentTime": ["2025-01-01T00:00:00Z"]}),
        ),
    ];
    for (caller, action, conditions, told) in rows {
        assert_eq!(denies(caller, action, &conditions, told), [(1, Basis::Deduced)], "{caller} {conditions} {told}");
    }
}

/// What is like it, and may be so all the same.
#[test]
fn what_a_request_may_have_stays_possible() {
    let is = |key: &str, value: &str| json!({"StringEquals": {key: value}});
    let nothing = json!({});
    // whoever tells a private address may mean that of the endpoint
    let private = json!({"aws:SourceIp": ["10.1.2.3"]});
    let rows = [
        (USER, is("aws:SourceVpce", "vpce-1"), &private),
        (USER, json!({"StringEquals": {"aws:SourceVpce": "vpce-1", "aws:SourceVpc": "vpc-1"}}), &nothing),
        (
            USER,
            json!({"StringNotEqualsIfExists": {"aws:SourceVpce": "vpce-1"}, "NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}),
            &nothing,
        ),
        (
            USER,
            json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}, "NumericGreaterThan": {"aws:MultiFactorAuthAge": "60"}}),
            &nothing,
        ),
        // AWS's pages do not say that it is in every session with MFA
        (
            USER,
            json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}, "Null": {"aws:MultiFactorAuthAge": "true"}}),
            &nothing,
        ),
        (WORKFORCE, json!({"Bool": {"aws:MultiFactorAuthPresent": "false"}}), &nothing),
        (SESSION, is("aws:SourceIdentity", "alice"), &nothing),
        (USER, json!({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}), &nothing),
        (USER, json!({"DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}), &nothing),
        (USER, is("aws:PrincipalOrgID", "o-1"), &nothing),
    ];
    for (caller, conditions, told) in rows {
        let possible = [(0, Basis::Possible), (1, Basis::Possible)];
        assert_eq!(denies(caller, "s3:ListAllMyBuckets", &conditions, told), possible, "{caller} {conditions} {told}");
    }
}

/// To a set operator an empty string is no value, and to any other it is one: a Deny that only such a value meets may have matched.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
#[test]
fn a_tag_with_an_empty_value_may_have_been_denied() {
    let nothing = json!({});
    let empty = json!({"ForAllValues:StringNotLike": {"aws:PrincipalTag/team": "*"}, "StringLike": {"aws:PrincipalTag/team": "*"}});
    let possible = [(0, Basis::Possible), (1, Basis::Possible)];
    assert_eq!(denies(USER, "s3:ListAllMyBuckets", &empty, &nothing), possible);
    let itself = json!({"ForAllValues:StringNotLike": {"aws:PrincipalTag/team": ["a", "${aws:PrincipalTag/team}"]},
        "StringLike": {"aws:PrincipalTag/team": "${aws:PrincipalTag/team}"}});
    assert_eq!(denies(USER, "s3:ListAllMyBuckets", &itself, &nothing), possible);
    let never = json!({"StringNotLike": {"aws:PrincipalTag/team": "*"}, "Null": {"aws:PrincipalTag/team": "false"}});
    assert_eq!(denies(USER, "s3:ListAllMyBuckets", &never, &nothing), [(1, Basis::Deduced)]);
}

/// What is supposed for remedies to be tried on is a request that was denied as AWS said: of two Denies one is met by forwarded requests,
/// and the other by a list of services, even an empty one.
#[test]
fn the_request_that_is_supposed_was_denied() {
    let statement = |effect: &str, conditions: Value| json!({"Effect": effect, "Action": "*", "Resource": "*", "Condition": conditions});
    let document = |conditions| json!({"Version": "2012-10-17", "Statement": [statement("Allow", json!({})), statement("Deny", conditions)]});
    let forwarded = document(json!({"Bool": {"aws:ViaAWSService": "true"}}));
    let listed = document(json!({"Null": {"aws:CalledVia": "false"}}));
    let case = json!({"id": 0, "context_complete": false, "derive_context": true,
        "request": {"principal": USER, "action": "s3:ListAllMyBuckets", "resource": "*", "resource_account": "111122223333", "context": {}},
        "policies": {"identity-based": [{"name": "own", "document": forwarded}],
            "service-control": [[{"name": "guard", "document": listed}]]}});
    let case = TestCase::parse(&case.to_string()).unwrap();
    let evaluation = evaluate(&case.request, &case.policies);
    let verdict = Verdict::new(true, PolicyType::ServiceControl, None);
    let found = deduce(&case.request, &case.policies, &evaluation, Some(&verdict), Reference::embedded());
    let supposed = found.suppose(&case.request, &case.policies).unwrap();
    assert_eq!(evaluate(&supposed, &case.policies).decision, Decision::ExplicitDeny);
}
