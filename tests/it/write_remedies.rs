//! `--write-remedies`: what is in the folder, that it works in a shell, and that nothing gets out of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::support::{Run, iamdx};

const ALICE: &str = "arn:aws:iam::111122223333:user/alice";

/// Runs `diagnose --write-remedies` into `folder/out`.
fn run(folder: &Path, denial: &str, snapshot: &Value) -> Run {
    let file = folder.join("account.json");
    std::fs::write(&file, snapshot.to_string()).unwrap();
    let out = folder.join("out");
    iamdx(
        &["diagnose", "-m", denial, "--snapshot", &file.to_string_lossy(), "--write-remedies", &out.to_string_lossy()],
        b"",
    )
}

fn denied(action: &str, resource: &str) -> String {
    format!(
        "User: {ALICE} is not authorized to perform: {action} on resource: {resource} because no identity-based policy allows \
         the {action} action"
    )
}

/// An account whose user alice has one inline policy.
fn account(name: &str, document: &Value) -> Value {
    json!({"iamdx_snapshot": 1, "accounts": [{"id": "111122223333", "in_organization": false, "UserDetailList": [
        {"Arn": ALICE, "UserPolicyList": [{"PolicyName": name, "PolicyDocument": document}]}]}]})
}

fn read_2025() -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::reports/2025/*"}]})
}

/// The files below a folder and what they hold.
fn tree(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut all = BTreeMap::new();
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(
                tree(&path).into_iter().map(|(name, text)| (PathBuf::from(path.file_name().unwrap()).join(name), text)),
            );
        } else {
            all.insert(PathBuf::from(path.file_name().unwrap()), std::fs::read_to_string(&path).unwrap());
        }
    }
    all
}

fn names(tree: &BTreeMap<PathBuf, String>) -> Vec<String> {
    tree.keys().map(|path| path.to_string_lossy().into_owned()).collect()
}

/// Runs a script with an `aws` that writes down its arguments; what it was called with, and whether the script ended well.
fn with_stub(script: &Path, says: &str) -> (String, bool) {
    filled_in(script, says, &[])
}

/// The same, with what the reader has filled in.
fn filled_in(script: &Path, says: &str, variables: &[(&str, &str)]) -> (String, bool) {
    let folder = tempfile::tempdir().unwrap();
    let calls = folder.path().join("calls");
    let stub = folder.path().join("aws");
    std::fs::write(&stub, format!("#!/bin/sh\nprintf '%s ' \"$@\" >> \"$CALLS\"; echo >> \"$CALLS\"\n{says}\n"))
        .unwrap();
    assert!(Command::new("chmod").arg("+x").arg(&stub).status().unwrap().success());
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("bash");
    shell.arg(script).env("PATH", path).env("CALLS", &calls).envs(variables.iter().copied());
    let status = shell.output().unwrap().status;
    (std::fs::read_to_string(&calls).unwrap_or_default(), status.success())
}

#[test]
fn each_remedy_is_a_folder_that_a_person_can_carry_out() {
    let folder = tempfile::tempdir().unwrap();
    let said = denied("s3:GetObject", "arn:aws:s3:::reports/2026/q1.csv");
    let run = run(folder.path(), &said, &account("own", &read_2025()));
    assert_eq!(run.code, 0, "{}", run.whole());
    let out = folder.path().join("out");
    let files = tree(&out);
    let page = &files[Path::new("README.md")];
    assert!(page.contains("- [remedy-1](remedy-1/README.md): "), "{page}");
    let first: Vec<String> =
        names(&files).iter().filter_map(|name| name.strip_prefix("remedy-1/").map(str::to_owned)).collect();
    assert_eq!(
        first,
        [
            "README.md",
            "cloudformation.template.json",
            "commands.sh",
            "own.before.json",
            "own.diff",
            "own.json",
            "remedy.tf",
            "way-back.sh"
        ]
    );
    let before: Value = serde_json::from_str(&files[Path::new("remedy-1/own.before.json")]).unwrap();
    assert_eq!(before, read_2025());
    let (calls, ended) = with_stub(&out.join("remedy-1/commands.sh"), "");
    assert_eq!(calls, "iam put-user-policy --user-name alice --policy-name own --policy-document file://own.json \n");
    assert!(ended);
    let (calls, _) = with_stub(&out.join("remedy-1/way-back.sh"), "");
    assert_eq!(
        calls,
        "iam put-user-policy --user-name alice --policy-name own --policy-document file://own.before.json \n"
    );
    // the first command that fails is the last one
    assert!(!with_stub(&out.join("remedy-1/commands.sh"), "exit 1").1);
    // the same again gives the same
    assert_eq!(self::run(folder.path(), &said, &account("own", &read_2025())).code, 0);
    assert_eq!(tree(&out), files);
}

#[test]
fn a_policy_of_the_same_name_that_was_not_seen_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let said = denied("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:orders");
    let run = run(folder.path(), &said, &account("AllowSendMessage", &read_2025()));
    assert_eq!(run.code, 0, "{}", run.whole());
    let script = folder.path().join("out/remedy-1/commands.sh");
    let text = std::fs::read_to_string(&script).unwrap();
    // the name that is taken in the snapshot is not used
    assert!(text.contains("--policy-name AllowSendMessage2 "), "{text}");
    let get = "iam get-user-policy --user-name alice --policy-name AllowSendMessage2 \n";
    let put = "iam put-user-policy --user-name alice --policy-name AllowSendMessage2 --policy-document file://AllowSendMessage2.json \n";
    // there is one, or it cannot be told: nothing is put
    assert_eq!(with_stub(&script, "echo '{}'"), (get.to_owned(), false));
    assert_eq!(with_stub(&script, "echo 'An error occurred (AccessDenied)' >&2; exit 254"), (get.to_owned(), false));
    let absent = "case $2 in get-*) echo 'An error occurred (NoSuchEntity)' >&2; exit 254;; esac";
    assert_eq!(with_stub(&script, absent), (format!("{get}{put}"), true));
}

#[test]
fn a_queue_takes_its_policy_as_a_text_inside_of_json() {
    let folder = tempfile::tempdir().unwrap();
    let role = "arn:aws:iam::444455556666:role/web";
    let queue = "arn:aws:sqs:eu-west-1:111122223333:orders";
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Sid": "Lock \"it\"", "Effect": "Deny", "Principal": "*",
        "Action": "sqs:SendMessage", "Resource": queue}]});
    let mut snapshot = account("own", &json!({"Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}}));
    snapshot["resource_policies"] = json!([{"arn": queue, "document": policy.to_string()}]);
    let said = format!(
        "User: {ALICE} is not authorized to perform: sqs:SendMessage on resource: {queue} with an explicit deny in a resource-based policy"
    );
    let run = run(folder.path(), &said, &snapshot);
    let out = folder.path().join("out");
    let files = tree(&out);
    let name = names(&files).into_iter().find(|name| name.ends_with(".attributes.json") && !name.contains("before"));
    let name = name.unwrap_or_else(|| panic!("{}\n{:?} {role}", run.whole(), names(&files)));
    let attributes: Value = serde_json::from_str(&files[Path::new(&name)]).unwrap();
    let document = &files[Path::new(&name.replace(".attributes.json", ".json"))];
    assert_eq!(attributes, json!({"Policy": document}));
    let (calls, _) = with_stub(&out.join("remedy-1/commands.sh"), "");
    let file = name.strip_prefix("remedy-1/").unwrap();
    assert_eq!(
        calls,
        format!(
            "sqs set-queue-attributes --queue-url https://sqs.eu-west-1.amazonaws.com/111122223333/orders --attributes file://{file} --region eu-west-1 \n"
        )
    );
}

#[test]
fn no_policy_gets_the_text_of_another() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let allow = json!({"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"});
    let lock = |actions: [&str; 2]| json!({"Version": "2012-10-17", "Statement": [allow, {"Effect": "Deny", "Action": actions, "Resource": "*"}]});
    // names that differ only in case and signs
    for (name, document) in [
        ("own.json", json!({"Version": "2012-10-17", "Statement": allow})),
        ("no-send.json", lock(["sqs:SendMessage", "sqs:DeleteQueue"])),
        ("No_Send.json", lock(["sqs:SendMessage", "sqs:ReceiveMessage"])),
    ] {
        std::fs::write(path(name), document.to_string()).unwrap();
    }
    let said = "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: sqs:SendMessage on resource: \
                arn:aws:sqs:eu-west-1:111122223333:jobs with an explicit deny in a service control policy";
    let (own, root, account, out) = (path("own.json"), path("no-send.json"), path("No_Send.json"), path("out"));
    let mut arguments = vec!["diagnose", "-m", said, "--identity-policy", &own, "--scp", &root, "--scp", &account];
    arguments.extend(["--no-permissions-boundary", "--no-session-policy", "--no-vpc-endpoint-policy"]);
    arguments.extend(["--no-resource-policy", "--no-rcp", "--all", "--write-remedies", &out]);
    let run = iamdx(&arguments, b"");
    assert_eq!(run.code, 0, "{}", run.whole());
    let first = folder.path().join("out/remedy-1");
    let (one, other) = (("FILL_IN_POLICY_ID_NO_SEND", "p-root"), ("FILL_IN_POLICY_ID_NO_SEND_2", "p-account"));
    let before = |file: &str| file.replace(".json", ".before.json");
    for (script, of) in [("commands.sh", str::to_owned as fn(&str) -> String), ("way-back.sh", before)] {
        let script = first.join(script);
        let text = std::fs::read_to_string(&script).unwrap();
        assert!(
            text.contains(": \"${FILL_IN_POLICY_ID_NO_SEND:?}\"\n: \"${FILL_IN_POLICY_ID_NO_SEND_2:?}\"\n"),
            "{text}"
        );
        assert_eq!(filled_in(&script, "", &[one]), (String::new(), false), "nothing is begun");
        let (calls, ended) = filled_in(&script, "", &[one, other]);
        let mut calls: Vec<&str> = calls.lines().collect();
        calls.sort_unstable();
        let call = |id: &str, file: &str| {
            format!("organizations update-policy --policy-id {id} --content file://{} ", of(file))
        };
        assert_eq!(calls, [call("p-account", "No_Send-2.json"), call("p-root", "no-send.json")]);
        assert!(ended);
    }
    let page = iamdx(&arguments, b"").stdout;
    assert!(
        page.contains(
            "# FILL_IN_POLICY_ID_NO_SEND is the id of the SCP for no-send.json: aws organizations list-policies"
        ),
        "{page}"
    );
}

#[test]
fn no_name_gets_out_of_the_folder() {
    let hostile = [
        "../../../escaped",
        "/etc/escaped",
        "..",
        ".",
        "-rf",
        "a\nb",
        "$(touch pwned)",
        "README",
        "commands",
        "remedy",
        "cloudformation",
        "cloudformation.template",
        "own.before",
        "CON",
        "a\u{202e}b",
        "é/ü",
    ];
    for name in hostile {
        let folder = tempfile::tempdir().unwrap();
        let said = denied("s3:GetObject", "arn:aws:s3:::reports/2026/q1.csv");
        let run = run(folder.path(), &said, &account(name, &read_2025()));
        assert_eq!(run.code, 0, "{name:?} {}", run.whole());
        let beside: Vec<String> =
            names(&tree(folder.path())).into_iter().filter(|file| !file.starts_with("out/")).collect();
        assert_eq!(beside, ["account.json"], "{name:?}");
        let files = tree(&folder.path().join("out"));
        for file in names(&files) {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
            assert!(
                file.chars().all(plain) && !file.contains("..") && !file.contains("/.") && !file.contains("/-"),
                "{name:?} {file:?}"
            );
        }
        // each file is there once, none in the place of another
        let documents =
            files.iter().filter(|(file, _)| file.starts_with("remedy-1") && file.to_string_lossy().ends_with(".json"));
        let documents: Vec<_> = documents.filter(|(file, _)| !file.ends_with("cloudformation.template.json")).collect();
        assert_eq!(documents.len(), 2, "{name:?} {:?}", names(&files));
        let script = folder.path().join("out/remedy-1/commands.sh");
        let (calls, ended) = with_stub(&script, "");
        assert!(ended && calls.contains("put-user-policy --user-name alice --policy-name"), "{name:?} {calls}");
        assert_eq!(names(&tree(&folder.path().join("out"))), names(&files), "{name:?}");
    }
}

#[test]
fn what_another_run_left_is_not_mixed_in() {
    let folder = tempfile::tempdir().unwrap();
    let said = denied("s3:GetObject", "arn:aws:s3:::reports/2026/q1.csv");
    let own = folder.path().join("out/remedy-1");
    std::fs::create_dir_all(&own).unwrap();
    std::fs::write(own.join("old.json"), "{}").unwrap();
    let refused = run(folder.path(), &said, &account("own", &read_2025()));
    assert_eq!(refused.code, 2);
    assert!(
        refused.stderr.contains("holds `old.json`, which is not of this remedy. Give another folder"),
        "{}",
        refused.stderr
    );
    assert_eq!(std::fs::read_to_string(own.join("old.json")).unwrap(), "{}");
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let said = denied("s3:GetObject", "arn:aws:s3:::reports/2026/q1.csv");
    let out = folder.path().join("out");
    std::fs::create_dir_all(&out).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), out.join("remedy-1")).unwrap();
    let refused = run(folder.path(), &said, &account("own", &read_2025()));
    assert_eq!(refused.code, 2, "{}", refused.whole());
    assert!(names(&tree(elsewhere.path())).is_empty());
    // a link in the place of a file is replaced
    std::fs::remove_file(out.join("remedy-1")).unwrap();
    std::fs::create_dir(out.join("remedy-1")).unwrap();
    let target = elsewhere.path().join("target");
    std::fs::write(&target, "mine").unwrap();
    std::os::unix::fs::symlink(&target, out.join("remedy-1/own.json")).unwrap();
    assert_eq!(run(folder.path(), &said, &account("own", &read_2025())).code, 0);
    assert_eq!(std::fs::read_to_string(&target).unwrap(), "mine");
}

#[test]
fn a_document_with_a_secret_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let said = denied("s3:GetObject", "arn:aws:s3:::reports/2026/q1.csv");
    let mut document = read_2025();
    document["Statement"][0]["Sid"] = json!("AKIAIOSFODNN7EXAMPLE");
    let run = run(folder.path(), &said, &account("own", &document));
    assert_eq!(run.code, 5, "{}", run.whole());
    assert!(
        run.stderr.contains("`own` holds a secret, so no remedy is written. Take the secret out of the policy first"),
        "{}",
        run.stderr
    );
    assert!(!folder.path().join("out").exists());
}

#[test]
fn an_incident_stays_one_when_nothing_can_be_written() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("out"), "a file").unwrap();
    let said = denied("s3:GetObject", "arn:aws:s3:::reports/2026/q1.csv");
    let leaked = format!(
        "{said}\nAWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    );
    let run = |said: &str| run(folder.path(), said, &account("own", &read_2025()));
    let (plain, incident) = (run(&said), run(&leaked));
    assert_eq!((plain.code, incident.code), (2, 5), "{}", incident.whole());
    assert!(incident.stderr.contains("cannot write"), "{}", incident.stderr);
}

#[test]
fn the_page_of_a_remedy_lists_what_its_holder_could_do() {
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("identity.json").to_string_lossy().into_owned();
    let all = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;
    std::fs::write(&policy, all).unwrap();
    let denied = |action: &str, resource: &str| {
        format!(
            "User: {ALICE} is not authorized to perform: {action} on resource: {resource} because no resource-based policy allows the \
             {action} action\n"
        )
    };
    let said = denied("s3:PutObjectAcl", "arn:aws:s3:::far/a") + &denied("s3:PutBucketPolicy", "arn:aws:s3:::far");
    let out = folder.path().join("out").to_string_lossy().into_owned();
    let mut args = vec!["diagnose", "-m", &said, "--identity-policy", &policy, "--write-remedies", &out];
    args.extend(["--no-resource-policy", "--resource-account", "444455556666"]);
    let run = iamdx(&args, b"");
    let files = tree(&folder.path().join("out"));
    let page = files.get(Path::new("together-1/README.md")).unwrap_or_else(|| panic!("{}", run.whole()));
    insta::assert_snapshot!(page.split("\n## Changes\n").next().unwrap(), @r##"
    # add resource-based policy `far-policy`: for this denial and s3:PutBucketPolicy on arn:aws:s3:::far (line 2)

    Denied: `s3:PutObjectAcl` by `arn:aws:iam::111122223333:user/alice` on `arn:aws:s3:::far/a`

    Owner: resource owner; needs review.

    But: whoever has s3:PutObjectAcl could give another account, or everybody, access through an access control list: it needs a reviewer; whoever has s3:PutBucketPolicy could give another account, or everybody, access through the policy of the resource: it needs a reviewer.

    ## Dangers

    - s3:PutObjectAcl: its holder could give another account, or everybody, access through an access control list
    - s3:PutBucketPolicy: its holder could give another account, or everybody, access through the policy of the resource
    "##);
}
