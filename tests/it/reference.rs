//! `--service-reference`: the actions of another list than the one that is part of the program.

use crate::support::iamdx;

/// A list of a later day, in which S3 has one action that is not documented yet.
const LATER: &str = "iamdx service reference 1\ndate: 2027-01-31\n\ns s3\nr arn:${Partition}:s3:::${BucketName}/${ObjectName} - object\na GetObjct r 0! - -\n";

#[test]
fn a_later_list_is_believed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("later.reference");
    std::fs::write(&file, LATER).unwrap();
    let later = ["--service-reference", &file.to_string_lossy()];
    let said = |action: &str| {
        format!(
            "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: {action} on resource: \
             arn:aws:s3:::reports/q1.csv because no identity-based policy allows the {action} action"
        )
    };
    let text = said("s3:GetObjct");
    let diagnose = ["diagnose", "-m", &text];
    let known = "the text asks for `s3:GetObjct`, which looks like s3:GetObject";
    let words = |run: &str| run.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words(&iamdx(&diagnose, b"").stdout).contains(known));
    let run = iamdx(&[&diagnose[..], &later].concat(), b"");
    assert!(!words(&run.stdout).contains("the text asks for"), "{}", run.whole());
    // what the list does not have is told with its date
    let text = said("s3:GetObjects");
    let run = iamdx(&[&["diagnose", "-m", &text][..], &later].concat(), b"");
    assert!(words(&run.stdout).contains("is not in the service reference of 2027-01-31"), "{}", run.whole());
    // each line of a filter too
    let line = serde_json::json!({"id": 1, "raw": said("s3:GetObjct")}).to_string();
    let run = iamdx(&[&["diagnose", "--ndjson"][..], &later].concat(), line.as_bytes());
    assert!(run.code != 2 && !run.stdout.contains("the text asks for"), "{}", run.whole());

    let simulate = ["simulate", "--principal", "arn:aws:iam::111122223333:user/alice", "--action", "s3:GetObjct"];
    let simulate = [&simulate[..], &["--resource", "arn:aws:s3:::reports/q1.csv"]].concat();
    assert!(iamdx(&simulate, b"").stderr.contains("looks like s3:GetObject"));
    let run = iamdx(&[&simulate[..], &later].concat(), b"");
    assert_eq!(run.stderr, "", "{}", run.whole());
}

#[test]
fn what_is_no_list_is_refused() {
    for command in [
        &["diagnose", "-m", "x"][..],
        &["simulate", "--principal", "anonymous", "--action", "s3:GetObject", "--resource", "*"],
    ] {
        let run = iamdx(&[command, &["--service-reference", "Cargo.toml"]].concat(), b"");
        assert_eq!(run.code, 2);
        assert!(run.stderr.contains("`Cargo.toml`: not a service reference"), "{}", run.stderr);
    }
    let version = iamdx(&["--version"], b"").stdout;
    assert!(version.contains("\nservice reference of 20"), "{version}");
}
