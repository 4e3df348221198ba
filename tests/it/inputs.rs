//! Several inputs of `explain` and `diagnose`: files, folders and patterns; what each denial says of its file, and what is said of the rest.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::support::Run;

/// Runs the program in a folder.
fn run(folder: &Path, arguments: &[&str], input: &str) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_iamdx"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run { code: output.status.code().unwrap_or(-1), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// Where each denial stands, by its operation.
fn places(run: &Run) -> Vec<String> {
    let answer: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.whole()));
    let all = answer["denials"].as_array().or(answer["reports"].as_array()).unwrap().clone();
    let line = |denial: &Value| {
        let denial = denial.get("denial").unwrap_or(denial);
        let (operation, file) = (denial["operation"].as_str().unwrap(), denial["file"].as_str().unwrap());
        let also = denial.get("also_in").and_then(Value::as_array).cloned().unwrap_or_default();
        let also: Vec<String> =
            also.iter().map(|other| format!(" {}:{}", other["file"].as_str().unwrap(), other["line"])).collect();
        let also = also.concat();
        format!("{operation} {file}:{} x{}{also}", denial["span"]["line"], denial["occurrences"])
    };
    all.iter().map(line).collect()
}

fn said(operation: &str) -> String {
    format!("An error occurred (AccessDenied) when calling the {operation} operation: Access Denied\n")
}

fn put(folder: &Path, name: &str, content: impl AsRef<[u8]>) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

fn packed(text: &str) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap()
}

/// Logs of three jobs, two of which met the same denial.
fn jobs() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "one.log", format!("start\n{}", said("PutObject")));
    put(folder.path(), "logs/b.log", format!("{}{}", said("GetObject"), said("PutObject")));
    put(folder.path(), "logs/deep/c.log.gz", packed(&format!("\n\n{}", said("PutObject"))));
    put(folder.path(), "logs/quiet.log", "nothing\n");
    folder
}

#[test]
fn files_folders_patterns_and_standard_input_are_read_in_their_order() {
    let folder = jobs();
    let asked = ["explain", "--format", "json", "logs/b.log", "-", "one.log", "logs/*.log", "./one.log", "logs"];
    let run = run(folder.path(), &asked, &said("ListBuckets"));
    assert_eq!(
        places(&run),
        [
            "GetObject logs/b.log:1 x1",
            "PutObject logs/b.log:2 x3 one.log:2 logs/deep/c.log.gz:3",
            "ListBuckets standard input:1 x1"
        ]
    );
    assert_eq!((run.code, run.stderr.as_str()), (0, "iamdx: note: no denial in 1 of 5 inputs\n"));
}

#[test]
fn one_file_is_told_as_ever_and_a_folder_with_one_file_names_it() {
    let folder = jobs();
    for format in ["text", "json", "markdown", "html"] {
        let named = run(folder.path(), &["explain", "one.log", "--format", format], "");
        let given = run(folder.path(), &["explain", "--format", format], &format!("start\n{}", said("PutObject")));
        assert_eq!((named.code, &named.stdout, &named.stderr), (0, &given.stdout, &given.stderr));
        assert!(!named.stdout.contains("one.log"), "{}", named.stdout);
    }
    let run = run(folder.path(), &["explain", "logs/deep", "--format", "json"], "");
    assert_eq!(places(&run), ["PutObject logs/deep/c.log.gz:3 x1"]);
}

#[test]
fn every_format_says_in_which_file_a_denial_stands() {
    let folder = jobs();
    let asked = |command: &str, more: &[&str]| {
        let run = run(folder.path(), &[&[command, "one.log", "logs"], more].concat(), "");
        assert!(matches!(run.code, 0 | 3), "{}", run.whole());
        run.stdout
    };
    let text = asked("explain", &[]);
    assert!(text.contains("  in    one.log:2\n  also  logs/b.log:2, logs/deep/c.log.gz:3\n"), "{text}");
    assert!(text.contains("  in    logs/b.log:1\n"), "{text}");
    let text = asked("diagnose", &[]);
    assert!(text.starts_with("2 DENIALS  in these inputs; a report on each follows\n -  one.log:2: "), "{text}");
    let text = asked("diagnose", &["--brief"]);
    assert!(text.contains(" (one.log:2)\n") && text.contains(" (logs/b.log:1)\n"), "{text}");
    for command in ["explain", "diagnose"] {
        let text = asked(command, &["--format", "markdown"]);
        assert!(text.contains("- **In:** `one.log:2`\n- **Also"), "{text}");
        let page = asked(command, &["--format", "html"]);
        assert!(page.contains("one.log:2") && page.contains("logs/deep/c.log.gz:3"), "{page}");
    }
    let log: Value = serde_json::from_str(&asked("diagnose", &["--format", "sarif"])).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let place = |place: &Value| {
        let place = &place["physicalLocation"];
        format!("{}:{}", place["artifactLocation"]["uri"].as_str().unwrap(), place["region"]["startLine"])
    };
    let all: Vec<Vec<String>> = results
        .iter()
        .map(|result| {
            let related = result.get("relatedLocations").and_then(Value::as_array).cloned().unwrap_or_default();
            result["locations"].as_array().unwrap().iter().chain(&related).map(place).collect()
        })
        .collect();
    assert_eq!(json!(all), json!([["one.log:2", "logs/b.log:2", "logs/deep/c.log.gz:3"], ["logs/b.log:1"]]));
    let annotations = asked("diagnose", &["--format", "github"]);
    assert!(annotations.starts_with("::warning file=one.log,line=2,"), "{annotations}");
}

#[test]
fn what_cannot_be_read_is_named_and_the_others_are_answered() {
    let folder = jobs();
    let run = run(folder.path(), &["explain", "gone.log", "one.log", "no*.txt", "--format", "json"], "");
    assert_eq!(places(&run), ["PutObject one.log:2 x1"]);
    let missing = "iamdx: cannot read `gone.log`: No such file or directory (os error 2)\n";
    assert_eq!((run.code, run.stderr), (2, format!("{missing}iamdx: no file fits the pattern `no*.txt`\n")));
}

#[test]
fn nothing_in_all_of_them_is_said_once() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "a.log", "one\ntwo\n");
    put(folder.path(), "empty.log", "");
    for (command, answer) in [("explain", "{\n  \"schema_version\": 1,\n  \"denials\": []\n}\n"), ("diagnose", "")] {
        let run = run(folder.path(), &[command, "a.log", "empty.log", "--format", "json"], "");
        let said = "iamdx: no denial found in 2 lines of 2 inputs. Give the whole error message as AWS printed it, or its record in CloudTrail\n";
        assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (2, answer, said));
    }
    let nothing = run(folder.path(), &["explain", "*.txt"], "");
    assert_eq!(nothing.whole(), "exit 2\n--- stderr\niamdx: no file fits the pattern `*.txt`\n");
    fs::create_dir(folder.path().join("bare")).unwrap();
    let nothing = run(folder.path(), &["diagnose", "bare"], "");
    assert_eq!(nothing.whole(), "exit 2\n--- stderr\niamdx: there is no file in bare\n");
}

#[test]
fn a_secret_is_told_with_the_name_of_its_file_and_shown_nowhere() {
    let folder = jobs();
    let secret = "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n";
    put(folder.path(), "logs/leak.log", format!("{secret}{}", said("ListBuckets")));
    for command in ["explain", "diagnose"] {
        let run = run(folder.path(), &[command, "one.log", "logs", "--format", "json"], "");
        assert_eq!(run.code, 5, "{}", run.whole());
        assert!(run.stderr.starts_with("iamdx: logs/leak.log: SECURITY: the input holds a secret"), "{}", run.stderr);
        assert!(!run.whole().contains("wJalrXUtnFEMI"), "{}", run.whole());
    }
    // only the denials of that file are an incident
    let run = run(folder.path(), &["diagnose", "one.log", "logs/leak.log", "--format", "json"], "");
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    let incidents: Vec<&Value> = answer["reports"].as_array().unwrap().iter().map(|one| &one["incident"]).collect();
    assert_eq!(incidents, [&json!(false), &json!(true)]);
}

#[test]
fn a_folder_is_read_without_what_is_no_log() {
    let folder = jobs();
    let root = folder.path();
    for left in [".git/x.log", "node_modules/x/y.log", "logs/.terraform/z.log"] {
        put(root, left, said("DeleteObject"));
    }
    put(root, "logs/archive.zip", format!("PK\u{3}\u{4}\0{}", said("DeleteObject")));
    put(root, "logs/x.tar.gz", packed(&format!("x\0\0{}", said("DeleteObject"))));
    #[cfg(unix)]
    {
        // back to where it is, to nowhere, and to what nobody writes into
        std::os::unix::fs::symlink("..", root.join("logs/back")).unwrap();
        assert!(Command::new("mkfifo").arg(root.join("logs/pipe")).status().unwrap().success());
    }
    let told = run(root, &["explain", ".", "--format", "json"], "");
    assert_eq!(
        places(&told),
        ["GetObject ./logs/b.log:1 x1", "PutObject ./logs/b.log:2 x3 ./logs/deep/c.log.gz:3 ./one.log:2"]
    );
    assert_eq!(
        (told.code, told.stderr.as_str()),
        (0, "iamdx: note: 2 files are no text and left alone\niamdx: note: no denial in 1 of 4 inputs\n")
    );
    // behind `**` it is the same, and no link is followed
    let told = run(root, &["explain", "**/*.log", "--format", "json"], "");
    assert_eq!(places(&told), ["GetObject logs/b.log:1 x1", "PutObject logs/b.log:2 x2 one.log:2"]);
    let told = run(root, &["explain", "./**/*.log", "**/deep/**", "--format", "json"], "");
    assert_eq!(
        places(&told),
        ["GetObject ./logs/b.log:1 x1", "PutObject ./logs/b.log:2 x3 ./one.log:2 logs/deep/c.log.gz:3"]
    );
    // what is named is read
    let told = run(root, &["explain", "logs/archive.zip", "node_modules", "--format", "json"], "");
    assert_eq!(places(&told), ["DeleteObject logs/archive.zip:1 x2 node_modules/x/y.log:1"]);
}

#[cfg(unix)]
#[test]
fn a_name_that_is_made_to_deceive_stays_on_its_line() {
    let folder = jobs();
    let name = "logs/x\u{1b}[2J\nDENIED  s3:Faked \u{202e}gol";
    put(folder.path(), name, said("ListBuckets"));
    put(folder.path(), &format!("{name} quiet"), "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n");
    for arguments in [&["explain"][..], &["diagnose"], &["diagnose", "--brief"], &["explain", "--format", "markdown"]] {
        let run = run(folder.path(), &[arguments, &["logs", "one.log"]].concat(), "");
        let whole = run.whole();
        assert!(!whole.contains(['\u{1b}', '\u{202e}']) && !whole.contains("\nDENIED  s3:Faked"), "{whole}");
        assert!(whole.contains("logs/x\\u{1b}[2J"), "{whole}");
    }
}

#[test]
fn how_a_session_was_made_is_read_from_the_other_files() {
    let folder = tempfile::tempdir().unwrap();
    put(
        folder.path(),
        "trail/08.json",
        r#"{"Records": [{"eventSource": "sts.amazonaws.com", "eventName": "AssumeRole", "eventTime": "2026-11-20T08:00:00Z",
            "userIdentity": {"type": "AWSService", "invokedBy": "codepipeline.amazonaws.com"},
            "requestParameters": {"roleArn": "arn:aws:iam::111122223333:role/reader", "roleSessionName": "run-9",
                "policy": "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:List*\",\"Resource\":\"*\"}}"},
            "responseElements": {"credentials": {"accessKeyId": "ASIAIOSFODNN7EXAMPLE"}}}]}"#,
    );
    let denied = r#"{"Records": [{"eventSource": "s3.amazonaws.com", "eventName": "GetObject", "eventTime": "2026-11-20T09:00:00Z",
        "errorCode": "AccessDenied", "errorMessage": "User: arn:aws:sts::111122223333:assumed-role/reader/run-9 is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::b/k\" because no session policy allows the s3:GetObject action",
        "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/reader/run-9", "accessKeyId": "ASIAIOSFODNN7EXAMPLE"}}]}"#;
    put(folder.path(), "trail/09.json", denied);
    // a large file is read in stretches
    let large =
        denied.replace("{\"Records\": [", &format!("{{\"Records\": [{{\"eventName\": \"{}\"}}, ", "x".repeat(5 << 20)));
    put(folder.path(), "large/09.json", large);
    for file in ["trail/09.json", "large/09.json"] {
        let run = run(folder.path(), &["diagnose", "trail/08.json", file], "");
        assert!(
            run.stdout.contains("\nWHY  No session policy allows this (AWS said so; these policies show it)"),
            "{}",
            run.whole()
        );
        assert!(run.stdout.contains("session policy passed in AssumeRole: add a statement"), "{}", run.whole());
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_that_is_named_is_read_among_files() {
    let folder = jobs();
    assert!(Command::new("mkfifo").arg(folder.path().join("pipe")).status().unwrap().success());
    let pipe = folder.path().join("pipe");
    let writer = std::thread::spawn(move || fs::write(pipe, said("ListBuckets")).unwrap());
    let run = run(folder.path(), &["explain", "pipe", "one.log", "--format", "json"], "");
    writer.join().unwrap();
    assert_eq!(places(&run), ["ListBuckets pipe:1 x1", "PutObject one.log:2 x1"]);
}

#[test]
fn ten_thousand_files_are_read_and_told_in_order() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..10_000 {
        let text = if number % 2500 == 7 { said(&format!("Get{number}Object")) } else { "quiet\n".to_owned() };
        put(folder.path(), &format!("logs/{:02}/{number:05}.log", number % 50), text);
    }
    let run = run(folder.path(), &["explain", "logs", "--format", "json"], "");
    let files: Vec<String> = places(&run).iter().map(|place| place.split(' ').nth(1).unwrap().to_owned()).collect();
    assert_eq!(files, ["logs/07/00007.log:1", "logs/07/02507.log:1", "logs/07/05007.log:1", "logs/07/07507.log:1"]);
    assert_eq!(run.stderr, "iamdx: note: no denial in 9996 of 10000 inputs\n");
}

#[test]
fn a_large_log_among_others_is_told_like_them() {
    let folder = jobs();
    let mut large = "GET /orders/4711 200\n".repeat(250_000);
    large += &said("ListBuckets");
    put(folder.path(), "logs/a-large.log", large);
    let run = run(folder.path(), &["explain", "logs", "one.log", "--format", "json"], "");
    assert_eq!(
        places(&run),
        [
            "ListBuckets logs/a-large.log:250001 x1",
            "GetObject logs/b.log:1 x1",
            "PutObject logs/b.log:2 x3 logs/deep/c.log.gz:3 one.log:2"
        ]
    );
}

#[test]
fn lines_of_several_files_are_answered_one_file_after_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let lines = |from: usize| -> String {
        (from..from + 3).map(|id| json!({"id": id, "raw": said("GetObject")}).to_string() + "\n").collect()
    };
    put(folder.path(), "b.jsonl", lines(0));
    put(folder.path(), "a.jsonl", lines(3));
    for command in ["explain", "diagnose"] {
        let run = run(folder.path(), &[command, "--ndjson", "b.jsonl", "gone", "-", "a.jsonl"], &lines(10));
        let ids: Vec<u64> = run
            .stdout
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_u64().unwrap())
            .collect();
        assert_eq!(ids, [0, 1, 2, 10, 11, 12, 3, 4, 5]);
        assert_eq!((run.code, run.stderr.lines().count()), (2, 1), "{}", run.stderr);
    }
}

#[test]
fn an_input_of_several_is_not_overwritten_by_the_answer() {
    let folder = jobs();
    let run = run(folder.path(), &["explain", "logs", "-o", "logs/quiet.log"], "");
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("`logs/quiet.log` is read by this command and is not overwritten"), "{}", run.stderr);
}

#[test]
fn names_of_files_become_pseudonyms_with_the_others() {
    let folder = jobs();
    put(folder.path(), "AWSLogs/111122223333/payroll.log", said("ListBuckets"));
    let run = run(folder.path(), &["explain", "AWSLogs", "one.log", "gone-payroll.log", "--redact"], "");
    let whole = run.whole();
    assert!(!["payroll", "111122223333", "one.log"].iter().any(|name| whole.contains(name)), "{whole}");
}

#[test]
fn an_option_tells_what_one_of_the_texts_leaves_out() {
    let folder = jobs();
    put(folder.path(), "bare.log", "x\nAccess denied\n");
    let who = "arn:aws:iam::111122223333:user/ana";
    let asked = ["diagnose", "logs/quiet.log", "bare.log", "--format", "json", "--principal", who];
    let run1 = run(folder.path(), &asked, "");
    assert!(run1.code == 2 && run1.stderr.contains("bare.log"), "{}", run1.whole());
    let told = run(folder.path(), &[&asked[..], &["--action", "s3:GetObject"]].concat(), "");
    let answer: Value = serde_json::from_str(&told.stdout).unwrap_or_else(|_| panic!("{}", told.whole()));
    assert_eq!(answer["reports"][0]["denial"]["file"], "bare.log");
}

#[cfg(unix)]
#[test]
fn what_is_written_into_a_folder_that_is_read_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let line = json!({"id": 1, "raw": said("GetObject")}).to_string();
    put(folder.path(), "nd/a.jsonl", format!("{line}\nno line\n"));
    // as the shell does it
    let output = fs::File::create(folder.path().join("nd/z.jsonl")).unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_iamdx"));
    program.args(["explain", "--ndjson", "nd"]).current_dir(folder.path()).stdin(Stdio::null());
    let ran = program.stdout(output).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap();
    assert_eq!(ran.status.code(), Some(2));
    assert_eq!(
        String::from_utf8(ran.stderr).unwrap(),
        "iamdx: `nd/z.jsonl` is where the answer is written, and is not read\n"
    );
    assert_eq!(fs::read_to_string(folder.path().join("nd/z.jsonl")).unwrap().lines().count(), 2);
}

#[test]
fn a_packed_file_that_is_damaged_is_named_beside_what_it_tells() {
    let folder = tempfile::tempdir().unwrap();
    let whole = packed(&format!("{}{}", said("GetObject"), "nothing else of a log\n".repeat(400)));
    put(folder.path(), "cut.log.gz", &whole[..whole.len() - 9]);
    let run = run(folder.path(), &["explain", "cut.log.gz"], "");
    assert!(run.stdout.starts_with("DENIED"), "{}", run.whole());
    assert!(
        run.stderr.starts_with("iamdx: `cut.log.gz` is damaged and cannot be unpacked to its end ("),
        "{}",
        run.whole()
    );
}
