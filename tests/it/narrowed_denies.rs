//! A Deny of a whole service that stops one call: the fix keeps all of it but that action on that resource for that caller, and the proof
//! says what opens, and nothing that cannot be asked.

use serde_json::{Value, json};

use crate::support::iamdx;

const BOB: &str = "arn:aws:iam::111122223333:user/bob";

/// The first fix that changes a policy: its statements, what it allows, what it takes away, and whether it is minimal.
fn fix(action: &str, resource: &str, layer: &str, option: &str, statement: &Value, more: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, document: &Value| {
        let path = folder.path().join(name);
        std::fs::write(&path, document.to_string()).unwrap();
        path.to_string_lossy().into_owned()
    };
    let everything =
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
    let mut statements = vec![statement.clone()];
    // an organization's policy allows everything else, and so does an identity's
    if ["--scp", "--identity-policy"].contains(&option) {
        statements.push(everything["Statement"][0].clone());
    }
    let document = write("deny.json", &json!({"Version": "2012-10-17", "Statement": statements}));
    let all = write("all.json", &everything);
    let said = format!(
        "User: {BOB} is not authorized to perform: {action} on resource: {resource} with an explicit deny in {layer}"
    );
    let mut arguments = vec!["diagnose", "-m", &said, "--format", "json", option, &document];
    if option != "--identity-policy" {
        arguments.extend(["--identity-policy", &all]);
    }
    let kinds = ["permissions-boundary", "session-policy", "scp", "rcp", "vpc-endpoint-policy", "resource-policy"];
    let none: Vec<String> =
        kinds.iter().filter(|kind| option != format!("--{kind}")).map(|kind| format!("--no-{kind}")).collect();
    arguments.extend(none.iter().map(String::as_str));
    arguments.extend(more);
    let run = iamdx(&arguments, b"");
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.whole()));
    let remedies = report["reports"][0]["remedies"].as_array().unwrap();
    let remedy = remedies.iter().find(|remedy| !remedy["edits"].as_array().unwrap().is_empty());
    let remedy = remedy.unwrap_or_else(|| panic!("{report:#}"));
    let proof = &remedy["verification"];
    json!({
        "statements": remedy["edits"][0]["document"]["Statement"],
        "allows": proof["newly_allowed"],
        "denies": proof["newly_denied"],
        "minimal": proof["exactly_minimal"],
        "decision": proof["decision_after"],
    })
}

fn bucket_deny(actions: &str) -> Value {
    json!({"Sid": "Freeze", "Effect": "Deny", "Principal": "*", "Action": actions,
        "Resource": ["arn:aws:s3:::lake", "arn:aws:s3:::lake/*"],
        "Condition": {"StringNotEquals": {"aws:PrincipalTag/Team": "lake"}}})
}

const OBJECT: &str = "arn:aws:s3:::lake/raw/x.parquet";
const TAG: [&str; 2] = ["--context", "aws:PrincipalTag/Team=etl"];

/// On the objects of a bucket nothing but actions of S3 can be asked, so that `NotAction` keeps all but the one.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html>
#[test]
fn a_bucket_that_denies_all_of_s3_opens_one_action_to_one_caller() {
    let deny = bucket_deny("s3:*");
    let found = fix("s3:PutObject", OBJECT, "a resource-based policy", "--resource-policy", &deny, &TAG);
    let condition = &deny["Condition"];
    assert_eq!(
        found,
        json!({
            "statements": [
                {"Sid": "Freeze", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::lake",
                    "Condition": condition},
                {"Sid": "Freeze2", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::lake/*",
                    "Condition": {"StringNotEquals": condition["StringNotEquals"], "ArnNotEquals": {"aws:PrincipalArn": BOB}}},
                {"Sid": "Freeze3", "Effect": "Deny", "Principal": "*", "NotAction": "s3:PutObject",
                    "Resource": "arn:aws:s3:::lake/*", "Condition": condition},
            ],
            "allows": ["s3:PutObject on arn:aws:s3:::lake/*"],
            "denies": [],
            "minimal": false,
            "decision": "allowed",
        })
    );
}

/// A part of the service is written by name; that a bucket has actions with such names, too, opens nothing on its objects.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html>
#[test]
fn of_a_pattern_the_proof_names_the_action_and_what_aws_may_add() {
    let found =
        fix("s3:PutObject", OBJECT, "a resource-based policy", "--resource-policy", &bucket_deny("s3:Put*"), &TAG);
    let last = &found["statements"][2];
    assert_eq!(last["Resource"], "arn:aws:s3:::lake/*");
    let names: Vec<&str> = last["Action"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    assert!(names.contains(&"s3:PutObjectAcl") && !names.contains(&"s3:PutObject"), "{names:?}");
    assert!(names.iter().all(|name| name.starts_with("s3:PutObject")), "{names:?}");
    let allows = found["allows"].as_array().unwrap();
    let [only] = allows.as_slice() else { panic!("{allows:?}") };
    let only = only.as_str().unwrap();
    assert!(
        only.starts_with("s3:PutObject, further actions of s3:Put*, for example ")
            && only.ends_with(" on arn:aws:s3:::lake/*"),
        "{only}"
    );
    assert_eq!((&found["denies"], &found["minimal"]), (&json!([]), &json!(false)));
}

/// Resource control policies have no `NotAction`: the other actions of the service are patterns.
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html>
#[test]
fn a_resource_control_policy_gets_no_not_action() {
    let services = json!(["s3:*", "sqs:*", "kms:*"]);
    let deny = json!({"Sid": "Perimeter", "Effect": "Deny", "Principal": "*", "Action": services, "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:PrincipalTag/Team": "lake"}}});
    let found = fix("s3:GetObject", OBJECT, "a resource control policy", "--rcp", &deny, &TAG);
    let statements = found["statements"].as_array().unwrap();
    assert!(statements.iter().all(|statement| statement["NotAction"].is_null()), "{statements:#?}");
    assert_eq!((&statements[0]["Action"], &statements[0]["NotResource"]), (&services, &json!(OBJECT)));
    assert_eq!(statements[1]["Condition"]["ArnNotEquals"], json!({"aws:PrincipalArn": BOB}));
    assert_eq!(
        statements[2]["Action"],
        json!([
            "s3:Abort*",
            "s3:Bypass*",
            "s3:Delete*",
            "s3:GetObject?*",
            "s3:Initiate*",
            "s3:List*",
            "s3:Object*",
            "s3:Put*",
            "s3:Replicate*",
            "s3:Restore*",
            "s3:Update*",
            "sqs:*",
            "kms:*"
        ])
    );
    let allows = found["allows"].to_string();
    assert!(allows.starts_with(r#"["s3:GetObject, (further actions of s3:*, for example "#), "{allows}");
    assert!(allows.contains(" except s3:Abort*, s3:Bypass*, "), "{allows}");
    assert!(!allows.contains("s3:Get*") && !allows.contains("kms") && !allows.contains("Bucket"), "{allows}");
    assert_eq!((&found["denies"], &found["decision"]), (&json!([]), &json!("allowed")));
}

/// What policies of identities and of the organization deny on one object is all but the action, exactly.
/// - <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html>
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html>
#[test]
fn a_deny_of_a_service_on_everything_keeps_all_else_of_it() {
    let deny = json!({"Sid": "NoS3", "Effect": "Deny", "Action": ["s3:*", "glacier:*"], "Resource": "*"});
    let everything = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    for (layer, option) in [("an identity-based policy", "--identity-policy"), ("a service control policy", "--scp")] {
        assert_eq!(
            fix("s3:PutObject", OBJECT, layer, option, &deny, &[]),
            json!({
                "statements": [
                    {"Sid": "NoS3", "Effect": "Deny", "Action": ["s3:*", "glacier:*"], "NotResource": OBJECT},
                    everything,
                    {"Sid": "NoS32", "Effect": "Deny", "Action": ["s3:*", "glacier:*"], "Resource": OBJECT,
                        "Condition": {"ArnNotEquals": {"aws:PrincipalArn": BOB}}},
                    {"Sid": "NoS33", "Effect": "Deny", "NotAction": "s3:PutObject", "Resource": OBJECT},
                ],
                "allows": [format!("s3:PutObject on {OBJECT}")],
                "denies": [],
                "minimal": true,
                "decision": "allowed",
            }),
            "{option}"
        );
    }
}
