//! `way-back.sh` after a change that stopped anywhere: what was changed is taken back, and nothing else is touched.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::iamdx;

const ALICE: &str = "arn:aws:iam::111122223333:user/alice";

/// An `aws` that keeps the version of each managed policy that counts, and fails at the changing call of the number `$FAIL`.
const STUB: &str = r#"#!/bin/sh
verb=$2
arn=$(printf '%s' "$4" | tr ':/' '__')
case $verb in
  get-policy) echo "aws $*" >> calls; cat "$arn" 2> /dev/null || echo v1; exit ;;
  get-*) echo "aws $*" >> calls; echo 'An error occurred (NoSuchEntity)' >&2; exit 254 ;;
  list-*) echo "aws $*" >> calls; echo None; exit ;;
esac
echo x >> changes
if [ "$(wc -l < changes)" -eq "${FAIL:-0}" ]; then echo 'An error occurred (AccessDenied)' >&2; exit 254; fi
echo "aws $*" >> calls
case $verb in
  create-policy-version) echo v2 > "$arn" ;;
  set-default-policy-version) echo "$6" > "$arn" ;;
esac
"#;

fn managed(name: &str, version: &str) -> Value {
    json!({"PolicyName": name, "Arn": format!("arn:aws:iam::111122223333:policy/{name}"), "DefaultVersionId": version,
        "PolicyVersionList": [{"VersionId": version, "IsDefaultVersion": true, "Document": {"Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:111122223333:other"}]}}]})
}

/// The remedy of alice's denied message to a queue, in `folder/out/remedy-1`.
fn remedy(folder: &Path, user: &Value) {
    let snapshot = json!({"iamdx_snapshot": 1, "accounts": [{"id": "111122223333", "in_organization": false,
        "UserDetailList": [user], "Policies": [managed("own", "v1"), managed("limit", "v1")]}]});
    let file = folder.join("account.json");
    std::fs::write(&file, snapshot.to_string()).unwrap();
    let denial = format!(
        "User: {ALICE} is not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:eu-west-1:111122223333:orders \
         because no identity-based policy allows the sqs:SendMessage action"
    );
    let out = folder.join("out");
    let run = iamdx(
        &["diagnose", "-m", &denial, "--snapshot", &file.to_string_lossy(), "--write-remedies", &out.to_string_lossy()],
        b"",
    );
    assert_eq!(run.code, 0, "{}", run.whole());
    let stub = folder.join("aws");
    std::fs::write(&stub, STUB).unwrap();
    assert!(Command::new("chmod").arg("+x").arg(&stub).status().unwrap().success());
}

/// The calls of a script, where the changing call of this number fails; whether it ended well.
fn run(folder: &Path, script: &str, fail: usize) -> (Vec<String>, bool) {
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let own = folder.join("out/remedy-1");
    for file in ["calls", "changes"] {
        std::fs::write(own.join(file), "").unwrap();
    }
    let output = Command::new("bash")
        .arg(own.join(script))
        .env("PATH", path)
        .env("FAIL", fail.to_string())
        .current_dir(folder)
        .output()
        .unwrap();
    let calls = std::fs::read_to_string(own.join("calls")).unwrap();
    (calls.lines().map(str::to_owned).collect(), output.status.success())
}

/// The calls of the way back after the change stopped at its call of each number, and after it came to its end.
fn ways_back(user: &Value, count: usize) -> Vec<Vec<String>> {
    let stops = (1..=count).chain([0]);
    stops
        .map(|fail| {
            let folder = tempfile::tempdir().unwrap();
            remedy(folder.path(), user);
            assert_eq!(run(folder.path(), "commands.sh", fail).1, fail == 0);
            let (calls, ended) = run(folder.path(), "way-back.sh", 0);
            assert!(ended, "{fail} {calls:?}");
            // once more changes nothing
            let again = run(folder.path(), "way-back.sh", 0);
            let changing = |call: &&String| !call.contains(" get-") && !call.contains(" put-");
            assert_eq!((again.0.iter().find(changing), again.1), (None, true));
            calls
        })
        .collect()
}

/// Neither her policy nor her boundary allows it: two versions are to be made.
fn with_boundary() -> Value {
    json!({"Arn": ALICE, "AttachedManagedPolicies": [{"PolicyName": "own", "PolicyArn": "arn:aws:iam::111122223333:policy/own"}],
        "PermissionsBoundary":
            {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/limit"}})
}

fn get(name: &str) -> String {
    format!(
        "aws iam get-policy --policy-arn arn:aws:iam::111122223333:policy/{name} --query Policy.DefaultVersionId --output text"
    )
}

fn set(name: &str) -> String {
    format!("aws iam set-default-policy-version --policy-arn arn:aws:iam::111122223333:policy/{name} --version-id v1")
}

#[test]
fn a_version_that_counts_already_is_not_set_again() {
    // the second change is taken back first
    let all = ways_back(&with_boundary(), 2);
    assert_eq!(
        all,
        [
            vec![get("limit"), get("own")],
            vec![get("limit"), get("own"), set("own")],
            vec![get("limit"), set("limit"), get("own"), set("own")],
        ]
    );
}

#[test]
fn a_new_policy_that_was_not_made_is_not_deleted() {
    let all = ways_back(&json!({"Arn": ALICE}), 1);
    let delete = "aws iam delete-user-policy --user-name alice --policy-name AllowSendMessage".to_owned();
    assert_eq!(all, [vec![], vec![delete]]);
}

#[test]
fn a_way_back_that_cannot_look_tries_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    remedy(folder.path(), &with_boundary());
    let refused = STUB.replace("get-policy) ", "get-policy) exit 254;; get-policy) ");
    std::fs::write(folder.path().join("aws"), refused).unwrap();
    assert_eq!(run(folder.path(), "way-back.sh", 0), (vec![set("limit"), set("own")], true));
    // one that fails keeps no other back
    assert_eq!(run(folder.path(), "way-back.sh", 1), (vec![set("own")], false));
}
