//! The binary as a user meets it: exit codes, errors with their place, nothing obeyed that was read.

use crate::support::iamdx;

const DENIAL: &str = "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:GetObject on resource: \
                      arn:aws:s3:::reports/q1.csv because no identity-based policy allows the s3:GetObject action";

#[test]
fn exit_codes_are_a_help_page() {
    let run = iamdx(&["help", "exit-codes"], b"");
    insta::assert_snapshot!(run.whole(), @"");
}

#[test]
fn a_policy_that_is_none_is_named_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    };
    let rows = [
        ("cut.json", "{\"Version\": \"2012-10-17\",\n \"Statement\": [", "EOF"),
        ("list.json", "{\"Version\": \"2012-10-17\"}", "Statement"),
        ("effect.json", "{\"Statement\": [\n  {\"Effect\": \"allow\", \"Action\": \"*\", \"Resource\": \"*\"}]}", "2:"),
    ];
    for (name, text, expected) in rows {
        let path = write(name, text);
        let run = iamdx(&["diagnose", "-m", DENIAL, "--identity-policy", &path], b"");
        let said = run.stderr.replace(&folder.path().to_string_lossy().into_owned(), "FOLDER");
        assert!(run.code == 2 || run.code == 3, "{name}: {}", run.whole());
        assert!(said.contains(expected) || run.stdout.contains(expected), "{name}: {}", run.whole());
    }
}

#[test]
fn any_bytes_are_answered() {
    let binary: Vec<u8> = (0..=255_u8).cycle().take(100_000).collect();
    for input in [&b""[..], b"\0\0\0", b"{\"Records\":[", &binary] {
        let run = iamdx(&["diagnose", "-"], input);
        assert_eq!(run.code, 2, "{}", run.whole());
        assert!(run.stderr.contains("no denial found"), "{}", run.whole());
    }
}

#[test]
fn an_escape_sequence_in_the_input_is_shown_not_sent() {
    let message = DENIAL.replace("user/alice", "user/ali\u{9b}31mce");
    for format in ["text", "json"] {
        let run = iamdx(&["diagnose", "--format", format], message.as_bytes());
        assert!(!run.stdout.chars().any(|c| c.is_control() && c != '\n'), "{}", run.whole());
    }
}
