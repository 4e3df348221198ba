//! Where there is room for one policy, or for so many characters: what is made does not replace what is there, nor what another fix makes.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::iamdx;

const USER: &str = "arn:aws:iam::111122223333:user/alice";

const NONE: [&str; 7] = [
    "--no-scp",
    "--no-rcp",
    "--no-permissions-boundary",
    "--no-session-policy",
    "--no-vpc-endpoint-policy",
    "--format",
    "json",
];

fn write(folder: &Path, name: &str, document: &Value) -> String {
    let path = folder.join(name);
    std::fs::write(&path, document.to_string()).unwrap();
    path.to_string_lossy().into_owned()
}

fn policy(statements: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn allowed_all(folder: &Path) -> String {
    write(folder, "identity.json", &policy(&json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}])))
}

fn diagnosed(text: &str, options: &[&str]) -> Value {
    let run = iamdx(&[&["diagnose"], options, &NONE].concat(), text.as_bytes());
    serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.whole()))
}

fn remedy<'a>(answer: &'a Value, report: usize, id: &str) -> &'a Value {
    let remedies = answer["reports"][report]["remedies"].as_array().unwrap();
    remedies.iter().find(|remedy| remedy["id"] == id).unwrap_or_else(|| panic!("{remedies:#?}"))
}

fn has_code(remedy: &Value, code: &str) -> bool {
    remedy["why_not_codes"].as_array().unwrap().contains(&code.into())
}

fn denied(who: &str, action: &str, resource: &str, type_of_policy: &str) -> String {
    let why = format!("because no {type_of_policy} policy allows the {action} action");
    format!("User: {who} is not authorized to perform: {action} on resource: {resource} {why}\n")
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html>
#[test]
fn a_bucket_of_another_account_that_has_no_policy_gets_one() {
    let folder = tempfile::tempdir().unwrap();
    let identity = allowed_all(folder.path());
    let said = denied(USER, "s3:GetObject", "arn:aws:s3:::far-lake/a", "resource-based");
    let none = folder.path().join("none.json");
    let no_policy = "An error occurred (NoSuchBucketPolicy) when calling the GetBucketPolicy operation: The bucket policy does not exist";
    std::fs::write(&none, no_policy).unwrap();
    let empty = write(folder.path(), "empty.json", &policy(&json!([])));
    for (option, is_new) in [
        (vec!["--no-resource-policy"], true),
        (vec!["--resource-policy", none.to_str().unwrap()], true),
        (vec!["--resource-policy", &empty], false),
    ] {
        let given = ["--identity-policy", &identity, "--resource-account", "444455556666"];
        let answer = diagnosed(&said, &[&given, option.as_slice()].concat());
        let fix = remedy(&answer, 0, "remedy-1");
        let statement = json!({"Sid": "AllowGetObject", "Effect": "Allow", "Principal": {"AWS": USER},
            "Action": "s3:GetObject", "Resource": "arn:aws:s3:::far-lake/a"});
        assert_eq!(fix["edits"][0]["document"], policy(&json!([statement])), "{option:?}");
        assert_eq!(fix["owner"], "resource-owner");
        assert_eq!(fix["verification"]["decision_after"], "allowed");
        assert_eq!(fix["verification"]["newly_allowed"], json!(["s3:GetObject on arn:aws:s3:::far-lake/a"]));
        let commands = fix["commands"].to_string();
        assert!(commands.contains("aws s3api put-bucket-policy --bucket far-lake"), "{commands}");
        // what is made is taken away again, and what was there comes back
        let back = if is_new { "aws s3api delete-bucket-policy" } else { "empty.before.json" };
        assert!(commands.contains(back), "{commands}");
        assert_eq!(commands.contains("check that there is no policy yet"), is_new, "{commands}");
    }
    // a key always has a policy
    let key = "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let said = denied(USER, "kms:Decrypt", key, "resource-based");
    let answer = diagnosed(&said, &["--identity-policy", &identity, "--no-resource-policy"]);
    assert_eq!(answer["reports"][0]["remedies"][0]["edits"], json!([]));
}

#[test]
fn two_denials_of_one_bucket_without_a_policy_make_one_policy() {
    let folder = tempfile::tempdir().unwrap();
    let identity = allowed_all(folder.path());
    let text = denied(USER, "s3:GetObject", "arn:aws:s3:::far-lake/a", "resource-based")
        + &denied(USER, "s3:ListBucket", "arn:aws:s3:::far-lake", "resource-based");
    let given = ["--identity-policy", &identity, "--no-resource-policy", "--resource-account", "444455556666"];
    let answer = diagnosed(&text, &given);
    for report in [0, 1] {
        assert!(has_code(remedy(&answer, report, "remedy-1"), "shares-policy"));
        let edits = remedy(&answer, report, "together-1")["edits"].as_array().unwrap();
        let statements = edits[0]["document"]["Statement"].as_array().unwrap();
        let actions: Vec<&Value> = statements.iter().map(|one| &one["Action"]).collect();
        assert_eq!((edits.len(), actions), (1, vec![&json!("s3:GetObject"), &json!("s3:ListBucket")]));
    }
}

/// <https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_PutInlinePolicyToPermissionSet.html>
#[test]
fn the_inline_policy_of_a_permission_set_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let identity = policy(&json!([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]));
    let identity = write(folder.path(), "identity.json", &identity);
    let caller = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Dev_0123456789abcdef/alice@example.com";
    let instance = "arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0";
    let text = denied(caller, "ec2:StopInstances", instance, "identity-based")
        + &denied(caller, "ec2:StartInstances", instance, "identity-based");
    let answer = diagnosed(&text, &["--identity-policy", &identity, "--no-resource-policy"]);
    for report in [0, 1] {
        let fix = remedy(&answer, report, "remedy-1");
        let text = fix.to_string();
        assert!(text.contains("get-inline-policy-for-permission-set"), "{text}");
        assert!(text.contains("an inline policy that permission set Dev has already"), "{text}");
        assert!(has_code(fix, "shares-policy"), "{text}");
        let edits = remedy(&answer, report, "together-1")["edits"].as_array().unwrap();
        let whole = edits[0]["document"].to_string();
        assert!(edits.len() == 1 && whole.contains("StopInstances") && whole.contains("StartInstances"), "{whole}");
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
#[test]
fn inline_policies_that_have_no_room_together_are_put_together() {
    let folder = tempfile::tempdir().unwrap();
    let bucket = format!("arn:aws:s3:::{}/*", "x".repeat(900));
    let base = policy(&json!([{"Sid": "Base", "Effect": "Allow", "Action": "s3:GetObject", "Resource": bucket}]));
    let user =
        json!({"UserName": "alice", "Arn": USER, "UserPolicyList": [{"PolicyName": "base", "PolicyDocument": base}]});
    let account = json!({"id": "111122223333", "in_organization": false, "UserDetailList": [user]});
    let snapshot = write(folder.path(), "account.json", &json!({"iamdx_snapshot": 1, "accounts": [account]}));
    let names = ["GetParameter", "PutParameter", "DeleteParameter", "GetParameterHistory", "LabelParameterVersion"];
    let lines: Vec<String> = names
        .iter()
        .map(|name| {
            let parameter = format!("arn:aws:ssm:eu-west-1:111122223333:parameter/{}/{name}", "p".repeat(60));
            denied(USER, &format!("ssm:{name}"), &parameter, "identity-based")
        })
        .collect();
    let answer = diagnosed(&lines.concat(), &["--snapshot", &snapshot, "--no-resource-policy"]);
    for report in 0..lines.len() {
        assert!(has_code(remedy(&answer, report, "remedy-1"), "shares-quota"));
        let together = remedy(&answer, report, "together-1");
        let edits = together["edits"].as_array().unwrap();
        let statements = |edit: &Value| edit["document"]["Statement"].as_array().unwrap().len();
        assert_eq!(edits.iter().map(statements).sum::<usize>(), lines.len(), "{together}");
        let size = &together["verification"]["size"];
        assert!(size["characters"].as_u64().unwrap() <= size["quota"].as_u64().unwrap(), "{size}");
        // one inline policy, and what has no room in it as one managed policy
        assert!(edits.len() <= 2, "{edits:#?}");
    }
    // two of them have room
    let answer = diagnosed(&lines[..2].concat(), &["--snapshot", &snapshot, "--no-resource-policy"]);
    assert_eq!(remedy(&answer, 0, "remedy-1")["why_not_codes"], json!([]));
}
