//! Web identities of one provider in `iamdx triage`: who called is told apart, as policies do.

use std::fs;

use serde_json::{Value, json};

use super::triage_diagnosed::{ACCOUNT, findings, line, written};
use crate::triage::triage;

const PROVIDER: &str = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";

/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html#STS-API-SAML-WIF>
fn by(number: usize, provider: &str, subject: &str) -> Value {
    json!({"eventVersion": "1.11", "userIdentity": {"type": "WebIdentityUser", "principalId": format!("{provider}:sts.amazonaws.com:{subject}"),
            "userName": subject, "identityProvider": provider},
        "eventTime": format!("2026-11-01T10:{number:02}:00Z"), "eventSource": "sts.amazonaws.com", "eventName": "AssumeRoleWithWebIdentity",
        "awsRegion": "eu-west-1", "errorCode": "AccessDenied", "errorMessage": "Not authorized to perform sts:AssumeRoleWithWebIdentity",
        "requestParameters": {"roleArn": format!("arn:aws:iam::{ACCOUNT}:role/deploy"), "roleSessionName": "GitHubActions"},
        "eventID": format!("event-{number}"), "eventType": "AwsApiCall", "recipientAccountId": ACCOUNT})
}

const OWN: &str = "repo:acme/app2:ref:refs/heads/main";

fn records() -> Vec<Value> {
    let own = (0..5).map(|number| by(number, PROVIDER, OWN));
    let strange = (5..7).map(|number| by(number, PROVIDER, "repo:attacker/evil:ref:refs/heads/main"));
    let pulls = (7..9).map(|number| by(number, PROVIDER, &format!("repo:acme/app2:ref:refs/pull/47{number}1/merge")));
    let accounts = ["system:serviceaccount:shop:web", "system:serviceaccount:shop:db"];
    let cluster = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE";
    let pods = (9..).zip(accounts).map(|(number, subject)| by(number, cluster, subject));
    let people = ["107691503500061507151", "107691503500061507152"];
    let google = (11..).zip(people).map(|(number, subject)| by(number, "accounts.google.com", subject));
    own.chain(strange).chain(pulls).chain(pods).chain(google).collect()
}

#[test]
fn each_subject_of_a_provider_is_counted_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("trail.json"), json!({"Records": records()}).to_string()).unwrap();
    let told = |arguments: &[&str]| {
        let found = findings(folder.path(), &[&["trail.json"], arguments].concat());
        let mut lines: Vec<String> = found
            .iter()
            .map(|finding| format!("{} {}", finding["count"], finding["principals"][0].as_str().unwrap()))
            .collect();
        lines.sort();
        lines.join("\n")
    };
    insta::assert_snapshot!(told(&[]), @"
    1 web-identity accounts.google.com 107691503500061507151
    1 web-identity accounts.google.com 107691503500061507152
    1 web-identity arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE system:serviceaccount:shop:db
    1 web-identity arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE system:serviceaccount:shop:web
    2 web-identity arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com repo:acme/app2:ref:refs/pull/{id}/merge
    2 web-identity arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com repo:attacker/evil:ref:refs/heads/main
    5 web-identity arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com repo:acme/app2:ref:refs/heads/main
    ");
    insta::assert_snapshot!(told(&["--principal", "attacker"]), @"2 web-identity arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com repo:attacker/evil:ref:refs/heads/main");
    let (_, closed, _) = triage(folder.path(), &["trail.json", "--redact", "--all"]);
    for name in ["attacker", "acme", "serviceaccount", "1076915035"] {
        assert!(!closed.contains(name), "{name}: {closed}");
    }
}

#[test]
fn a_change_of_a_trust_policy_ends_the_denials_of_the_subject_that_it_names() {
    let folder = tempfile::tempdir().unwrap();
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Federated": PROVIDER},
        "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": "repo:acme/app:ref:refs/heads/main"}}}]});
    let role = json!({"RoleName": "deploy", "Path": "/", "Arn": format!("arn:aws:iam::{ACCOUNT}:role/deploy"),
        "AssumeRolePolicyDocument": trust, "RolePolicyList": [], "AttachedManagedPolicies": []});
    let snapshot = json!({"iamdx_snapshot": 1, "accounts": [{"id": ACCOUNT, "in_organization": false, "RoleDetailList": [role], "UserDetailList": []}]});
    written(folder.path(), &records()[..7], &snapshot);
    let mut told: Vec<String> =
        findings(folder.path(), &["trail.json", "--snapshot", "account.json"]).iter().map(line).collect();
    told.sort();
    // the other subject stays denied
    insta::assert_snapshot!(told.join("\n"), @"
    2 no role trust policy allows sts:AssumeRoleWithWebIdentity on this resource: 
    5 no role trust policy allows sts:AssumeRoleWithWebIdentity on this resource: allowed_if 5
    ");
}

const SAML: &str = "arn:aws:iam::111122223333:saml-provider/okta";

/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html#STS-API-SAML-WIF>
fn by_saml(number: usize, subject: &str, name: Option<&str>) -> Value {
    let mut record = by(number, "q1x+EXAMPLE=", subject);
    record["userIdentity"] = json!({"type": "SAMLUser", "principalId": format!("q1x+EXAMPLE=:{subject}"), "userName": name,
        "identityProvider": "q1x+EXAMPLE="});
    record["eventName"] = "AssumeRoleWithSAML".into();
    record["errorMessage"] = "Not authorized to perform sts:AssumeRoleWithSAML".into();
    record["requestParameters"]["principalArn"] = SAML.into();
    record
}

#[test]
fn each_user_of_a_saml_provider_is_counted_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let ana = |number| by_saml(number, "ana@example.com", Some("ana@example.com"));
    let mut records = vec![ana(1), ana(2), ana(3), by_saml(4, "bob@example.com", None)];
    // ids that the provider makes up for each session
    records.extend(
        ["_ce3d2948b4cf20146dee0a0b3dd6f69b6cf86f62d7", "_0f3d2948b4cf20146dee0a0b3dd6f69b6cf86f62d8"]
            .iter()
            .zip(5..)
            .map(|(id, number)| by_saml(number, id, Some(id))),
    );
    fs::write(folder.path().join("trail.json"), json!({"Records": records}).to_string()).unwrap();
    let told = |arguments: &[&str]| {
        let found = findings(folder.path(), &[&["trail.json"], arguments].concat());
        let of = |finding: &Value| format!("{} {}", finding["count"], finding["principals"][0].as_str().unwrap());
        let mut lines: Vec<String> = found.iter().map(of).collect();
        lines.sort();
        lines.join("\n")
    };
    insta::assert_snapshot!(told(&[]), @"
    1 saml-user arn:aws:iam::111122223333:saml-provider/okta bob@example.com
    2 saml-user arn:aws:iam::111122223333:saml-provider/okta {id}
    3 saml-user arn:aws:iam::111122223333:saml-provider/okta ana@example.com
    ");
    insta::assert_snapshot!(told(&["--principal", "bob"]), @"1 saml-user arn:aws:iam::111122223333:saml-provider/okta bob@example.com");
    insta::assert_snapshot!(told(&["--principal", SAML]).lines().count(), @"3");
    let (_, closed, _) = triage(folder.path(), &["trail.json", "--redact", "--all"]);
    for name in ["ana@", "bob@", "okta", "111122223333"] {
        assert!(!closed.contains(name), "{name}: {closed}");
    }
}

/// What nobody can change here, as no statement of the trust policy is about the call, is one finding, which names both.
#[test]
fn users_of_one_saml_provider_without_a_proved_change_are_named_in_one_finding() {
    let folder = tempfile::tempdir().unwrap();
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Federated": SAML},
        "Action": "sts:TagSession"}]});
    let role = json!({"RoleName": "deploy", "Path": "/", "Arn": format!("arn:aws:iam::{ACCOUNT}:role/deploy"),
        "AssumeRolePolicyDocument": trust, "RolePolicyList": [], "AttachedManagedPolicies": []});
    let snapshot = json!({"iamdx_snapshot": 1, "accounts": [{"id": ACCOUNT, "in_organization": false, "RoleDetailList": [role], "UserDetailList": []}]});
    let name = |number: usize| if number < 5 { "ana@example.com" } else { "bob@example.com" };
    let records: Vec<Value> = (1..8).map(|number| by_saml(number, name(number), Some(name(number)))).collect();
    written(folder.path(), &records, &snapshot);
    let found = findings(folder.path(), &["trail.json", "--snapshot", "account.json"]);
    let of = |finding: &Value| format!("{} {}", line(finding), finding["principals"]);
    insta::assert_snapshot!(found.iter().map(of).collect::<Vec<_>>().join("\n"), @r#"7 no role trust policy allows sts:AssumeRoleWithSAML on this resource:  ["saml-user arn:aws:iam::111122223333:saml-provider/okta ana@example.com","saml-user arn:aws:iam::111122223333:saml-provider/okta bob@example.com"]"#);
}
