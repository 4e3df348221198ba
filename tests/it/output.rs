//! `--output`: what may be replaced, what is written to, what is never overwritten, and what is left when a run is ended.

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::support::{Run, iamdx};

const DENIAL: &str = "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:GetObject on resource: \
                      arn:aws:s3:::reports/q1.csv because no identity-based policy allows the s3:GetObject action";

fn explain_to(path: &Path) -> Run {
    iamdx(&["explain", "-m", DENIAL, "-o", &path.to_string_lossy()], b"")
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn a_regular_file_is_replaced_whole_and_keeps_its_mode() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("answer.txt");
    fs::write(&file, "old\n".repeat(10_000)).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    let before = fs::metadata(&file).unwrap();
    let run = explain_to(&file);
    assert_eq!(run.whole(), "exit 0\n");
    let after = fs::metadata(&file).unwrap();
    // another file took its place in one step
    assert_ne!(after.ino(), before.ino());
    assert_eq!((after.mode(), after.uid(), after.gid()), (before.mode(), before.uid(), before.gid()));
    assert!(fs::read_to_string(&file).unwrap().starts_with("DENIED  s3:GetObject"));
    assert_eq!(names(folder.path()), ["answer.txt"]);
}

#[test]
fn a_pipe_is_written_to_and_stays_a_pipe() {
    for through_link in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        fifo(&pipe);
        let target = if through_link { folder.path().join("link") } else { pipe.clone() };
        if through_link {
            symlink("pipe", &target).unwrap();
        }
        let reader = {
            let pipe = pipe.clone();
            std::thread::spawn(move || fs::read_to_string(pipe).unwrap())
        };
        assert_eq!(explain_to(&target).whole(), "exit 0\n");
        assert!(reader.join().unwrap().starts_with("DENIED  s3:GetObject"));
        assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
        assert_eq!(fs::symlink_metadata(&target).unwrap().file_type().is_symlink(), through_link);
    }
}

#[test]
fn a_link_stays_and_what_it_leads_to_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let (real, link) = (elsewhere.path().join("real.txt"), folder.path().join("link.txt"));
    // to a file that is there, and to one that is not
    for there in [true, false] {
        if there {
            fs::write(&real, "old").unwrap();
        } else {
            fs::remove_file(&real).unwrap();
            fs::remove_file(&link).unwrap();
        }
        symlink(&real, &link).unwrap();
        assert_eq!(explain_to(&link).whole(), "exit 0\n");
        assert!(fs::symlink_metadata(&link).unwrap().file_type().is_symlink());
        assert!(fs::read_to_string(&real).unwrap().starts_with("DENIED  s3:GetObject"));
        assert_eq!((names(folder.path()), names(elsewhere.path())), (vec!["link.txt".into()], vec!["real.txt".into()]));
    }
}

#[test]
fn standard_output_by_its_path_is_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    fs::write(&log, "before\n").unwrap();
    let before = fs::metadata(&log).unwrap().ino();
    let out = fs::OpenOptions::new().append(true).open(&log).unwrap();
    let status = Command::new(env!("CARGO_BIN_EXE_iamdx"))
        .args(["explain", "-m", DENIAL, "-o", "/dev/stdout"])
        .stdout(out)
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    let text = fs::read_to_string(&log).unwrap();
    assert!(text.starts_with("before\nDENIED  s3:GetObject"), "{text}");
    assert_eq!(fs::metadata(&log).unwrap().ino(), before);
    let run = iamdx(&["explain", "-m", DENIAL, "-o", "/dev/stdout"], b"");
    assert!(run.stdout.starts_with("DENIED  s3:GetObject"), "{}", run.whole());
}

#[test]
fn no_input_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let policy = r#"{"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;
    let case = r#"{"id":"a","request":{"principal":"arn:aws:iam::111122223333:user/a","action":"s3:GetObject","resource":"arn:aws:s3:::b/k"},"policies":{},"expect":"implicitDeny"}"#;
    let line = serde_json::json!({"id": 1, "raw": DENIAL}).to_string();
    for (name, text) in [("denial", DENIAL), ("policy", policy), ("case", case), ("line", &line)] {
        fs::write(at(name), text).unwrap();
    }
    symlink("policy", at("link")).unwrap();
    fs::hard_link(at("policy"), at("other")).unwrap();
    let (denial, policy, case, line, link, other) =
        (at("denial"), at("policy"), at("case"), at("line"), at("link"), at("other"));
    let rows: [&[&str]; 9] = [
        &["explain", &denial, "-o", &denial],
        &["explain", "--ndjson", &line, "-o", &line],
        &["diagnose", &denial, "--identity-policy", &policy, "-o", &policy],
        &["diagnose", &denial, "--identity-policy", &policy, "-o", &link],
        &["diagnose", &denial, "--identity-policy", &link, "-o", &other],
        &["diff", &policy, &policy, "-o", &policy],
        &["simulate", "--batch", &case, "-o", &case],
        &["test", &case, "-o", &case],
        &["diagnose", "--ndjson", &line, "--identity-policy", &policy, "-o", &policy],
    ];
    for row in rows {
        let before: Vec<String> =
            ["denial", "policy", "case", "line"].map(|name| fs::read_to_string(at(name)).unwrap()).into();
        let run = iamdx(row, b"");
        assert_eq!(run.code, 2, "{row:?} {}", run.whole());
        assert!(
            run.stderr.ends_with("is read by this command and is not overwritten. Write to another file\n"),
            "{}",
            run.stderr
        );
        let after: Vec<String> =
            ["denial", "policy", "case", "line"].map(|name| fs::read_to_string(at(name)).unwrap()).into();
        assert_eq!(before, after, "{row:?}");
        assert_eq!(names(folder.path()), ["case", "denial", "line", "link", "other", "policy"]);
    }
    // nor what is read as standard input
    let status = Command::new(env!("CARGO_BIN_EXE_iamdx"))
        .args(["explain", "-o", &denial])
        .stdin(fs::File::open(&denial).unwrap())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert_eq!((status.code(), fs::read_to_string(&denial).unwrap().as_str()), (Some(2), DENIAL));
}

#[test]
fn a_filter_writes_where_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let line = serde_json::json!({"id": 1, "raw": DENIAL}).to_string();
    for command in ["explain", "diagnose"] {
        let file = folder.path().join(command);
        let printed = iamdx(&[command, "--ndjson"], line.as_bytes());
        let written = iamdx(&[command, "--ndjson", "-o", &file.to_string_lossy()], line.as_bytes());
        assert_eq!((written.code, written.stdout.as_str()), (printed.code, ""), "{}", written.whole());
        assert_eq!(fs::read_to_string(&file).unwrap(), printed.stdout);
    }
}

#[test]
fn an_interrupted_run_leaves_no_draft_and_the_old_file() {
    for signal in ["INT", "TERM"] {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("answers");
        fs::write(&target, "old").unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_iamdx"))
            .args(["simulate", "--batch", "-", "-o", &target.to_string_lossy()])
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // its input does not end, so that it is in the middle; waiting for it would end its input
        let input = child.stdin.take().unwrap();
        for _ in 0..500 {
            if names(folder.path()).len() == 2 {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        assert_eq!(names(folder.path()).len(), 2, "there is a draft");
        let sent = Command::new("kill").arg(format!("-{signal}")).arg(child.id().to_string()).status().unwrap();
        assert!(sent.success());
        let status = child.wait().unwrap();
        drop(input);
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!(status.code(), None, "it ends by the signal: {said}");
        assert_eq!(names(folder.path()), ["answers"]);
        assert_eq!(fs::read_to_string(&target).unwrap(), "old");
    }
}

#[test]
fn whoever_stops_reading_still_gets_the_exit_code_of_the_answer() {
    let code = |arguments: &[&str]| {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut program = Command::new(env!("CARGO_BIN_EXE_iamdx"));
        program.current_dir(crate::support::project()).args(arguments).stdin(Stdio::null()).stdout(writer);
        program.stderr(Stdio::null()).status().unwrap().code()
    };
    let (old, new) = ("fixtures/policies/difference/old.json", "fixtures/policies/difference/new.json");
    assert_eq!(
        [code(&["diff", old, new]), code(&["diff", old, old]), code(&["explain", "-m", DENIAL])],
        [Some(1), Some(0), Some(0)]
    );
}
