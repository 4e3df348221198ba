//! `iamdx run`: the command is the same as without it, and its denial is explained after it.

#![cfg(unix)]

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::process::{Command, Output, Stdio};

use crate::support::project;

const CASE: &str = "fixtures/cases/explicit-deny/guard-on-group";

fn program() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_iamdx"));
    program.current_dir(project()).stdin(Stdio::null());
    program
}

fn run(arguments: &[&str]) -> Output {
    program().arg("run").args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn the_denial_is_explained_after_the_command_and_the_exit_code_is_the_commands() {
    let script = format!("echo result; cat {CASE}/denial.txt >&2; exit 7");
    let ran = run(&["--snapshot", &format!("{CASE}/snapshot.json"), "--", "sh", "-c", &script]);
    assert_eq!((ran.status.code(), text(&ran.stdout)), (Some(7), "result\n".to_owned()));
    let denial = crate::support::read(format!("{CASE}/denial.txt"));
    let brief = crate::support::iamdx(
        &["diagnose", &format!("{CASE}/denial.txt"), "--snapshot", &format!("{CASE}/snapshot.json"), "--brief"],
        b"",
    );
    assert_eq!(text(&ran.stderr), format!("{denial}\n{}", brief.stdout));
}

#[test]
fn what_there_is_to_say_without_a_denial() {
    let said = |arguments: &[&str]| {
        let ran = run(arguments);
        (ran.status.code(), text(&ran.stderr))
    };
    let none = "iamdx: note: no denial by AWS in what the command wrote\n".to_owned();
    assert_eq!(said(&["--", "sh", "-c", "exit 3"]), (Some(3), none));
    assert_eq!(said(&["--quiet", "--", "sh", "-c", "exit 3"]), (Some(3), String::new()));
    assert_eq!(said(&["--", "true"]), (Some(0), String::new()));
    // standard output is looked at on request only
    let print = format!("cat {CASE}/denial.txt");
    assert_eq!(said(&["--", "sh", "-c", &print]), (Some(0), String::new()));
    assert!(said(&["--stdout", "--", "sh", "-c", &print]).1.contains("DENIED  bedrock:InvokeModel"));
}

#[test]
fn what_is_said_begins_on_a_line_of_its_own() {
    let said = |script: &str| text(&run(&["--", "sh", "-c", script]).stderr);
    let none = "iamdx: note: no denial by AWS in what the command wrote\n";
    assert_eq!(said("printf 'no end' >&2; exit 3"), format!("no end\n{none}"));
    assert_eq!(said("echo an end >&2; exit 3"), format!("an end\n{none}"));
    let denied = said(&format!("cat {CASE}/denial.txt >&2; printf 'no end' >&2"));
    assert!(denied.contains("no end\n\nDENIED  bedrock:InvokeModel"), "{denied}");
}

#[test]
#[expect(clippy::print_stderr, reason = "that it was not tried is to be seen")]
fn on_a_terminal_so_does_what_follows_an_output_that_was_not_seen() {
    let said = |options: &str, script: &str| {
        let line = format!(
            "stty rows 31 cols 93; '{}' run {options} -- sh -c \"{script}; exit 3\"",
            env!("CARGO_BIN_EXE_iamdx")
        );
        let shown = Command::new("script").args(["-qec", &line, "/dev/null"]).stdin(Stdio::null()).output();
        shown.ok().map(|shown| text(&shown.stdout))
    };
    let none = "iamdx: note: no denial by AWS in what the command wrote\r\n";
    let Some(seen) = said("--stdout", "printf 'no end'") else {
        eprintln!("not tried: this machine has no `script`");
        return;
    };
    assert_eq!(seen, format!("no end\r\n{none}"));
    assert_eq!(said("--stdout", "echo an end").unwrap(), format!("an end\r\n{none}"));
    // as many spaces as there are columns lead into the next line from the middle of one, and nowhere from its start
    let spaces = " ".repeat(93);
    assert_eq!(said("", "printf 'no end'").unwrap(), format!("no end{spaces}\r{none}"));
    assert_eq!(said("", "echo an end").unwrap(), format!("an end\r\n{spaces}\r{none}"));
}

#[test]
fn a_file_that_cannot_be_read_costs_the_files_and_not_the_explanation() {
    let script = format!("cat {CASE}/denial.txt >&2; exit 7");
    let ran = run(&["--snapshot", "no-such-file.json", "--", "sh", "-c", &script]);
    let said = text(&ran.stderr);
    assert_eq!(ran.status.code(), Some(7));
    assert!(said.contains("DENIED  bedrock:InvokeModel"), "{said}");
    assert!(
        said.ends_with("iamdx: cannot read `no-such-file.json`: No such file or directory (os error 2)\n"),
        "{said}"
    );
}

#[test]
fn exit_codes_are_as_a_shell_gives_them() {
    let code = |arguments: &[&str]| run(arguments).status.code();
    assert_eq!(code(&["--quiet", "--", "sh", "-c", "kill -TERM $$"]), Some(143));
    assert_eq!(code(&["--", "/nowhere/program"]), Some(127));
    assert_eq!(code(&["--", "/"]), Some(126));
    assert_eq!(code(&["--"]), Some(2));
}

#[test]
fn bytes_pass_unchanged_in_both_directions() {
    // every byte, in lines of every length, more than a pipe or a buffer holds
    let bytes: Vec<u8> = (0..3_000_000_u64).map(|number| u8::try_from(number * number / 7 % 256).unwrap()).collect();
    let mut child = program()
        .args(["run", "--quiet", "--stdout", "--", "sh", "-c", "tee /dev/stderr"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let sent = bytes.clone();
    let sender = std::thread::spawn(move || input.write_all(&sent));
    let ran = child.wait_with_output().unwrap();
    sender.join().unwrap().unwrap();
    assert!(ran.stdout == bytes && ran.stderr == bytes, "{} {}", ran.stdout.len(), ran.stderr.len());
    // an argument is the command's, byte by byte
    let odd = OsStr::from_bytes(b"a\xffb");
    let ran = program().args(["run", "--", "printf", "%s"]).arg(odd).output().unwrap();
    assert_eq!(ran.stdout, b"a\xffb");
}

#[test]
fn a_signal_is_handed_on_to_the_command() {
    let script = "trap 'echo told; exit 9' TERM; echo ready; while :; do sleep 0.05; done";
    let mut child = program()
        .args(["run", "--quiet", "--", "sh", "-c", script])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "ready");
    let told = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(told.success());
    assert_eq!(lines.next().unwrap().unwrap(), "told");
    assert_eq!(child.wait().unwrap().code(), Some(9));
}

#[test]
fn a_signal_that_is_ignored_stays_so_for_the_command() {
    let script = "trap '' HUP; \"$0\" run -- sh -c 'kill -HUP $PPID; kill -HUP $$; echo here'";
    let ran = Command::new("sh").args(["-c", script, env!("CARGO_BIN_EXE_iamdx")]).output().unwrap();
    assert_eq!((text(&ran.stdout), ran.status.code()), ("here\n".to_owned(), Some(0)));
}

#[test]
fn what_the_command_leaves_running_is_not_waited_for() {
    let mut child = program()
        .args(["run", "--", "sh", "-c", "sleep 600 & echo $!; echo last >&2"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ended = child.wait().unwrap();
    let left = Command::new("kill").arg(line.trim()).status().unwrap();
    assert!(left.success() && ended.success());
    let mut said = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut said).unwrap();
    assert_eq!(said, "last\n");
}

#[test]
#[expect(clippy::print_stderr, reason = "that it was not tried is to be seen")]
fn a_terminal_stays_one_with_its_size() {
    let ask = "import os,sys; print(sys.stderr.isatty(), os.get_terminal_size(2)); sys.stderr.write(\"one\\ntwo\\n\")";
    let line = format!("stty rows 31 cols 93; '{}' run -- python3 -c '{ask}'", env!("CARGO_BIN_EXE_iamdx"));
    let Ok(shown) = Command::new("script").args(["-qec", &line, "/dev/null"]).stdin(Stdio::null()).output() else {
        eprintln!("not tried: this machine has no `script`");
        return;
    };
    let expected = "True os.terminal_size(columns=93, lines=31)\r\none\r\ntwo\r\n";
    assert_eq!(text(&shown.stdout), expected);
}

#[test]
fn the_hook_of_a_shell_asks_before_it_runs_the_last_command_again() {
    let own = std::path::Path::new(env!("CARGO_BIN_EXE_iamdx")).parent().unwrap();
    let path = format!("{}:{}", own.display(), std::env::var("PATH").unwrap());
    let answered = |answer: &str| {
        let script = format!(
            "set -o history\neval \"$(iamdx hook bash)\"\nsh -c 'cat {CASE}/denial.txt >&2; exit 5'\niamdx-why --quiet <<< {answer}\necho \"code $?\"\n"
        );
        let mut bash = Command::new("bash");
        bash.current_dir(project()).args(["--norc", "-s"]).env("PATH", &path).env("HISTFILE", "/dev/null");
        let mut child = bash.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
        let ran = child.wait_with_output().unwrap();
        (text(&ran.stdout), text(&ran.stderr))
    };
    let (stdout, stderr) = answered("y");
    assert_eq!(stdout, "code 5\n", "{stderr}");
    assert!(stderr.contains("Run this again, and explain its denial?\n  sh -c 'cat "), "{stderr}");
    assert!(stderr.contains("\nDENIED  bedrock:InvokeModel"), "{stderr}");
    let (stdout, stderr) = answered("n");
    assert_eq!((stdout.as_str(), stderr.contains("DENIED")), ("code 1\n", false), "{stderr}");
    // asked again it offers the same command, not itself
    let script = format!(
        "set -o history\neval \"$(iamdx hook bash)\"\nsh -c 'cat {CASE}/denial.txt >&2; exit 5'\niamdx-why <<< n\niamdx-why --screen <<< n\n"
    );
    let mut bash = Command::new("bash");
    bash.current_dir(project()).args(["--norc", "-s"]).env("PATH", &path).env("HISTFILE", "/dev/null");
    let mut child = bash.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let stderr = text(&child.wait_with_output().unwrap().stderr);
    assert_eq!(stderr.matches("explain its denial?\n  sh -c 'cat ").count(), 2, "{stderr}");
}

#[test]
fn the_short_answer_ends_with_the_policy_to_add() {
    let denial = "An error occurred (AccessDenied) when calling the PutObject operation: User: arn:aws:iam::111122223333:user/al is not authorized to perform: s3:PutObject on resource: \"arn:aws:s3:::reports/a.csv\" because no identity-based policy allows the s3:PutObject action";
    let ran = crate::support::iamdx(&["run", "--", "sh", "-c", &format!("echo '{denial}' >&2; exit 254")], b"");
    let fix = ran.stderr.lines().find(|line| line.starts_with("FIX")).unwrap_or_default().to_owned();
    assert!(
        fix.starts_with("FIX  Add this policy to user `al`")
            && fix.ends_with(
                r#": {"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::reports/a.csv"}}"#
            ),
        "{}",
        ran.stderr
    );
}
