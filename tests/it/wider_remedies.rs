//! Beside an exception that was proved, which simpler one is offered: none that opens more of what a Deny names, or more dangers.

use serde_json::{Value, json};

use crate::support::iamdx;

const ROLES: [&str; 4] = [
    "arn:aws:iam::*:role/audit-*",
    "arn:aws:iam::*:role/sec-*",
    "arn:aws:iam::*:role/log-*",
    "arn:aws:iam::*:role/net-*",
];

/// Everything is allowed but what the statement denies.
#[expect(clippy::needless_pass_by_value, reason = "documents are written where they are used")]
fn all_but(deny: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, deny]})
}

/// What the Denies of each remedy with edits no longer deny, in the order in which they are offered.
#[expect(clippy::needless_pass_by_value, reason = "documents are written where they are used")]
fn lifted(action: &str, resource: &str, scp: Option<Value>, identity: Value) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, document: &Value| {
        let path = folder.path().join(name);
        std::fs::write(&path, document.to_string()).unwrap();
        path.to_string_lossy().into_owned()
    };
    let of = if scp.is_some() { "a service control policy" } else { "an identity-based policy" };
    let denial = format!(
        "User: arn:aws:iam::111122223333:user/dora is not authorized to perform: {action} on resource: {resource} \
         with an explicit deny in {of}"
    );
    let identity = write("identity.json", &identity);
    let scp = scp.map(|document| write("scp.json", &document));
    let mut arguments = vec!["diagnose", "-m", &denial, "--identity-policy", &identity, "--format", "json"];
    if let Some(scp) = &scp {
        arguments.extend(["--scp", scp]);
    }
    let run = iamdx(&arguments, b"");
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let remedies = report["reports"][0]["remedies"].as_array().unwrap();
    let edited = remedies.iter().filter(|remedy| !remedy["edits"].as_array().unwrap().is_empty());
    let words = |remedy: &Value| {
        assert_eq!(remedy["verification"]["decision_after"], "allowed");
        let list = remedy["verification"]["no_longer_denied"].as_array().unwrap();
        list.iter().map(|text| text.as_str().unwrap()).collect::<Vec<_>>().join("; ")
    };
    edited.map(words).collect()
}

fn everything() -> Value {
    all_but(json!({"Effect": "Allow", "Action": "*", "Resource": "*"}))
}

const AUDITOR: &str = "arn:aws:iam::111122223333:role/audit-reader";

#[test]
fn an_exception_for_one_of_the_named_resources_leaves_the_others_alone() {
    let deny = json!({"Sid": "Named", "Effect": "Deny", "Action": "iam:GetRole", "Resource": ROLES});
    assert_eq!(
        lifted("iam:GetRole", AUDITOR, Some(all_but(deny)), everything()),
        ["iam:GetRole on arn:aws:iam::*:role/audit-* by arn:aws:iam::111122223333:user/dora"]
    );
    let deny = json!({"Sid": "Named", "Effect": "Deny", "Action": ["iam:TagRole", "iam:UntagRole"], "Resource": ROLES});
    assert_eq!(
        lifted("iam:TagRole", AUDITOR, None, all_but(deny)),
        ["iam:TagRole on arn:aws:iam::*:role/audit-* by arn:aws:iam::111122223333:user/dora"]
    );
}

#[test]
fn an_exception_for_a_harmless_action_opens_no_dangerous_one() {
    let bucket = "arn:aws:s3:::reports";
    // one bucket is named, so that only the actions are more
    let deny = json!({"Effect": "Deny", "Action": ["s3:ListBucket", "s3:PutBucketPolicy"], "Resource": bucket});
    assert_eq!(
        lifted("s3:ListBucket", bucket, Some(all_but(deny)), everything()),
        ["s3:ListBucket on arn:aws:s3:::reports by arn:aws:iam::111122223333:user/dora"]
    );
    // and all but one
    let deny = json!({"Effect": "Deny", "NotAction": "s3:Get*", "NotResource": "arn:aws:s3:::public"});
    assert_eq!(
        lifted("s3:ListBucket", bucket, Some(all_but(deny)), everything()),
        ["s3:ListBucket on arn:aws:s3:::reports by arn:aws:iam::111122223333:user/dora"]
    );
}

#[test]
fn an_exception_for_a_dangerous_action_opens_it_on_no_other_resource() {
    let function = "arn:aws:lambda:eu-west-1:111122223333:function:billing";
    for resources in [json!({"Resource": "*"}), json!({"NotResource": "arn:aws:lambda:*:*:function:sandbox-*"})] {
        let mut deny = json!({"Effect": "Deny", "Action": "lambda:UpdateFunctionCode"});
        deny.as_object_mut().unwrap().extend(resources.as_object().unwrap().clone());
        // a loose policy may bind others, so that the principal is excepted too
        assert_eq!(
            lifted("lambda:UpdateFunctionCode", function, None, all_but(deny)),
            [format!("lambda:UpdateFunctionCode on {function} by arn:aws:iam::111122223333:user/dora")]
        );
    }
}

#[test]
fn a_simpler_exception_stays_where_it_opens_nothing_dangerous_and_nothing_that_is_named() {
    let deny = json!({"Effect": "Deny", "Action": "sqs:PurgeQueue", "Resource": "*"});
    assert_eq!(
        lifted("sqs:PurgeQueue", "arn:aws:sqs:eu-west-1:111122223333:jobs", Some(all_but(deny)), everything()),
        [
            "sqs:PurgeQueue on arn:aws:sqs:eu-west-1:111122223333:jobs by arn:aws:iam::111122223333:user/dora",
            "sqs:PurgeQueue on * by arn:aws:iam::111122223333:user/dora",
        ]
    );
}
