//! The steps of the GitHub action, run by bash as a runner runs them.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use saphyr_parser::{Event, Parser};

use crate::support::project;
use crate::support::repository::Repository;

const READ: &str = "{\"Version\": \"2012-10-17\", \"Statement\": [\n  {\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::reports/*\"}\n]}\n";
const CASES: &str = r#"{"id": "reads", "request": {"principal": "arn:aws:iam::111122223333:role/app", "action": "s3:GetObject", "resource": "arn:aws:s3:::reports/a"}, "policies": {"identity-based": []}, "expect": "allowed"}"#;

fn with(action: &str) -> String {
    READ.replace("\n]}", &format!(",\n  {{\"Effect\": \"Allow\", \"Action\": \"{action}\", \"Resource\": \"*\"}}\n]}}"))
}

/// A step: what it printed, what it gave to the runner, and how it ended.
struct Step {
    code: i32,
    printed: String,
    summary: String,
    outputs: String,
}

impl Step {
    /// All of it, without what is new in each run.
    fn whole(&self, repository: &Repository) -> String {
        let token = regex::Regex::new("[0-9a-f]{32}").unwrap();
        let whole =
            format!("{}exit {}\n--- outputs\n{}--- summary\n{}", self.printed, self.code, self.outputs, self.summary);
        token.replace_all(&whole, "TOKEN").replace(&*repository.path().to_string_lossy(), "REPOSITORY")
    }

    /// The commands of the runner among the printed lines, as the runner takes them.
    fn commands(&self) -> Vec<&str> {
        let mut stopped: Option<String> = None;
        let mut commands = Vec::new();
        for line in self.printed.lines() {
            match &stopped {
                Some(token) if line == token => stopped = None,
                Some(_) => {}
                None => match line.trim_start().strip_prefix("::stop-commands::") {
                    Some(token) => stopped = Some(format!("::{token}::")),
                    None => commands.extend(line.trim_start().starts_with("::").then_some(line)),
                },
            }
        }
        commands
    }
}

fn step(repository: &Repository, name: &str, settings: &[(&str, &str)]) -> Step {
    let (summary, outputs) = (repository.beside("summary"), repository.beside("outputs"));
    fs::write(&summary, "").unwrap();
    fs::write(&outputs, "").unwrap();
    let temp = repository.beside("temp");
    fs::create_dir_all(&temp).unwrap();
    let own = [
        ("IAMDX", Path::new(env!("CARGO_BIN_EXE_iamdx"))),
        ("GITHUB_STEP_SUMMARY", &summary),
        ("GITHUB_OUTPUT", &outputs),
        ("RUNNER_TEMP", &temp),
    ];
    let settings = settings.iter().map(|(name, value)| (*name, Path::new(*value)));
    let settings: Vec<_> = own.into_iter().chain(settings).collect();
    let script = project().join(".github/action").join(name);
    let output = repository.run(Command::new("bash").arg(script), &settings);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    // nothing is left where the step worked
    let left = fs::read_dir(&temp).unwrap().count();
    assert!(left == 0 || name == "install", "{left} files are left");
    Step {
        code: output.status.code().unwrap_or(-1),
        printed: text(&output.stdout) + &text(&output.stderr),
        summary: fs::read_to_string(&summary).unwrap(),
        outputs: fs::read_to_string(&outputs).unwrap(),
    }
}

/// A branch `change` of a repository with a policy.
fn branch() -> Repository {
    let repository = Repository::new();
    repository.write("policies/app.json", READ);
    repository.commit();
    repository.git(&["switch", "--quiet", "--create", "change"]);
    repository
}

#[test]
fn new_access_is_annotated_summed_up_and_stops_the_change_in_the_end() {
    let repository = branch();
    repository.write("policies/app.json", &with("iam:PassRole"));
    repository.write("cases.jsonl", CASES);
    repository.commit();
    let sarif = repository.beside("iamdx.sarif");
    let settings = [
        ("BASE", "main"),
        ("FAIL_ON", "escalation"),
        ("TESTS", "cases.jsonl\n"),
        ("SARIF_FILE", sarif.to_str().unwrap()),
    ];
    let review = step(&repository, "review", &settings);
    let told = review.whole(&repository).replace(sarif.to_str().unwrap(), "iamdx.sarif");
    insta::assert_snapshot!(told);
    assert!(fs::read_to_string(&sarif).unwrap().contains("new-escalation"));
    let gate = |code: &str, tested: &str, undetermined: &str| {
        step(&repository, "gate", &[("CODE", code), ("TESTED", tested), ("UNDETERMINED", undetermined)]).code
    };
    assert_eq!(gate("1", "0", "warn"), 1);
    assert_eq!(gate("0", "1", "warn"), 1);
    assert_eq!(gate("0", "2", "warn"), 2);
    assert_eq!((gate("3", "0", "fail"), gate("3", "0", "warn"), gate("3", "0", "")), (3, 0, 3));
    assert_eq!((gate("0", "0", "fail"), gate("", "", "warn"), gate("2", "0", "warn")), (0, 2, 2));
}

#[test]
fn what_did_not_change_passes_and_what_cannot_be_compared_does_not() {
    let repository = branch();
    insta::assert_snapshot!(step(&repository, "review", &[("BASE", "main"), ("TESTS", "")]).whole(&repository));
    let lost = step(&repository, "review", &[("BASE", "0123456789012345678901234567890123456789")]);
    assert_eq!((lost.code, &*lost.outputs), (2, "code=2\n"));
    assert!(lost.printed.contains("fetch-depth: 0") && lost.summary.contains("not compared"), "{}", lost.printed);
    // the first push of a branch is compared with the default branch
    repository.git(&["update-ref", "refs/remotes/origin/main", "main"]);
    repository.write("policies/app.json", &with("s3:ListBucket"));
    let pushed = step(&repository, "review", &[("BASE_OF_EVENT", &*"0".repeat(40)), ("DEFAULT_BRANCH", "main")]);
    assert!(pushed.outputs.contains("code=1\n"), "{}", pushed.printed);
    // a file of expectations that is missing is named
    repository.write("cases.jsonl", CASES);
    let missing = step(&repository, "review", &[("BASE", "main"), ("TESTS", "cases.jsonl\ntests/gone.jsonl\n")]);
    assert_eq!((missing.code, &*missing.outputs), (0, "code=1\ntested=2\nnew-access=true\n"));
    let why = "iamdx: cannot read `tests/gone.jsonl`: No such file or directory (os error 2)";
    assert!(missing.commands().contains(&&*format!("::error title=iamdx::{why}")), "{}", missing.printed);
    let told = format!("**iamdx: what is expected was not tested**\n\n    {why}\n");
    assert!(missing.summary.ends_with(&format!("{told}\n")), "{}", missing.summary);
    // two files instead of commits
    repository.write("old.json", READ);
    repository.write("-new.json", &with("s3:PutObject"));
    let files =
        |more| step(&repository, "review", &[("OLD", "old.json"), ("NEW", "-new.json"), ("FAIL_ON", more)]).outputs;
    assert_eq!(files("write"), "code=1\ntested=0\nnew-access=true\n");
    assert_eq!(files("escalation"), "code=0\ntested=0\nnew-access=false\n");
    assert_eq!(step(&repository, "review", &[("OLD", "old.json"), ("NEW", "")]).code, 2);
}

#[test]
fn of_a_merge_only_the_request_is_told() {
    let repository = branch();
    let before = repository.git(&["rev-parse", "main"]);
    repository.write("policies/app.json", &with("s3:ListBucket"));
    repository.commit();
    let head = repository.git(&["rev-parse", "HEAD"]);
    // what it is merged into has gone on since the event
    repository.git(&["switch", "--quiet", "main"]);
    repository.write("policies/other.json", &with("iam:PassRole"));
    repository.commit();
    repository.git(&["merge", "--quiet", "--no-ff", "--message=merge", "change"]);
    let told = |head: &str| {
        let review = step(&repository, "review", &[("HEAD_OF_REQUEST", head), ("BASE_OF_EVENT", &before)]);
        (review.summary.contains("ListBucket"), review.summary.contains("PassRole"))
    };
    assert_eq!(told(&head), (true, false));
    assert_eq!(told("0123456789012345678901234567890123456789"), (true, true));
    let refused = step(&repository, "review", &[("BASE_OF_EVENT", "0"), ("DEFAULT_BRANCH", "$(touch pwned)")]);
    assert_eq!(refused.code, 2);
}

#[test]
fn no_name_text_or_input_is_a_command_of_the_shell_or_of_the_runner() {
    let repository = branch();
    let evil = "$(touch pwned) `touch pwned`\n::set-output name=code::0\n::error::x\n::add-mask::y";
    let statement = with("iam:PassRole")
        .replace("\"Allow\"", &format!("\"Allow\", \"Sid\": {}", serde_json::to_string(evil).unwrap()));
    for name in [
        "policies/$(touch pwned).json",
        "policies/`touch pwned`.json",
        "policies/a\n::set-output name=code::0\n.json",
        "-rf.json",
        "--base=x.json",
    ] {
        repository.write(name, &statement);
        repository.write(&name.replace(".json", ".yaml"), &format!("Statement: [{evil}"));
    }
    repository.write("cases\n::error::.jsonl", "{::error::");
    repository.commit();
    let paths = "policies\n$(touch pwned)\n";
    let refused = step(&repository, "review", &[("BASE", "main"), ("PATHS", paths)]);
    assert_eq!(refused.code, 2, "{}", refused.printed);
    for base in ["$(touch pwned)", "`touch pwned`", "--output=pwned", "main; touch pwned", "main\n::error::"] {
        assert_eq!(step(&repository, "review", &[("BASE", base)]).code, 2, "{base}");
        assert_eq!(step(&repository, "review", &[("BASE", "main"), ("FAIL_ON", base)]).code, 2, "{base}");
    }
    let review = step(&repository, "review", &[("BASE", "main"), ("TESTS", "cases\n::error::.jsonl")]);
    assert_eq!(review.outputs, "code=1\ntested=2\nnew-access=true\n");
    let log = format!(
        "An error occurred (AccessDenied) when calling the {evil} operation\n::set-output name=denied::no\nUser: arn:aws:iam::111122223333:user/$(touch pwned) is not authorized to perform: s3:ListBucket on resource: \"arn:aws:s3:::`touch pwned`\" because no identity-based policy allows the s3:ListBucket action\n"
    );
    repository.write("$(touch pwned).log", &log);
    let explain = step(&repository, "explain", &[("LOG", "$(touch pwned).log")]);
    assert_eq!((explain.code, &*explain.outputs), (0, "code=3\ndenied=true\n"), "{}", explain.printed);
    for told in [&refused, &review, &explain] {
        let is_annotation =
            |line: &&str| ["::error ", "::warning ", "::notice "].iter().any(|start| line.starts_with(start));
        let others: Vec<&str> = told.commands().into_iter().filter(|line| !is_annotation(line)).collect();
        assert!(others.is_empty(), "{others:?}");
    }
    let made: Vec<_> = fs::read_dir(repository.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!made.iter().any(|name| name == "pwned"), "{made:?}");
}

#[test]
fn the_log_of_a_failed_job_is_explained() {
    let repository = branch();
    let case = project().join("fixtures/cases/explicit-deny/guard-on-group");
    let (log, snapshot) = (case.join("denial.txt"), case.join("snapshot.json"));
    let settings = [("LOG", log.to_str().unwrap()), ("SNAPSHOT", snapshot.to_str().unwrap())];
    let told = step(&repository, "explain", &settings).whole(&repository);
    insta::assert_snapshot!(told.split("## Why").next().unwrap());
    let redacted = step(&repository, "explain", &[&settings[..], &[("REDACT", "true")]].concat());
    assert!(redacted.code == 0 && !redacted.summary.contains("bedrock-bot"), "{}", redacted.summary);
    repository.write("fine.log", "all is well\n");
    let fine = step(&repository, "explain", &[("LOG", "fine.log")]);
    assert_eq!((fine.code, &*fine.outputs), (0, "code=2\ndenied=false\n"), "{}", fine.printed);
    assert!(fine.summary.contains("no denial"), "{}", fine.summary);
    // a log that is not there is not read, and no other one
    let lost = step(&repository, "explain", &[("LOG", "lost.log")]);
    let summary = "**iamdx: the log was not read**\n\nThe log of this step says why.\n";
    assert_eq!((lost.code, &*lost.outputs, &*lost.summary), (2, "code=2\n", summary), "{}", lost.printed);
    assert_eq!(step(&repository, "explain", &[("LOG", "")]).code, 2);
}

#[test]
fn a_snapshot_that_cannot_be_read_costs_the_snapshot_and_not_the_explanation() {
    let repository = branch();
    let log = project().join("fixtures/cases/explicit-deny/guard-on-group/denial.txt");
    repository.write("cut.json", "{\"Statement\": [");
    repository.write("fine.log", "all is well\n");
    for snapshot in ["cut.json", "lost.json"] {
        let told = step(&repository, "explain", &[("LOG", log.to_str().unwrap()), ("SNAPSHOT", snapshot)]);
        assert_eq!((told.code, &*told.outputs), (2, "code=2\ndenied=true\n"), "{}", told.printed);
        assert!(told.printed.contains(snapshot), "{}", told.printed);
        assert!(
            told.summary.starts_with("**iamdx: why it was denied, as far as the log tells**\n\n# Access denied: "),
            "{}",
            told.summary
        );
        assert!(
            told.summary.ends_with("\n**iamdx: the snapshot was not read**\n\nThe log of this step says why.\n"),
            "{}",
            told.summary
        );
        // where there is nothing to explain, nothing is missing
        let fine = step(&repository, "explain", &[("LOG", "fine.log"), ("SNAPSHOT", snapshot)]);
        assert_eq!((fine.code, &*fine.outputs), (0, "code=2\ndenied=false\n"), "{}", fine.printed);
    }
}

#[test]
fn a_failure_that_is_no_denial_is_not_called_one() {
    let repository = branch();
    repository.write(
        "slow.log",
        "An error occurred (ThrottlingException) when calling the InvokeModel operation: Too many requests\n",
    );
    let told = step(&repository, "explain", &[("LOG", "slow.log")]);
    assert_eq!((told.code, &*told.outputs), (0, "code=0\ndenied=false\n"), "{}", told.printed);
    assert!(
        told.summary.starts_with("**iamdx: no denial, but a failure of another kind**\n\n# Not IAM: "),
        "{}",
        told.summary
    );
}

/// The scripts of the job in the template for GitLab, joined as its runner does.
fn gitlab(key: &str) -> String {
    let template = crate::support::read("docs/ci/gitlab.yml");
    let events = Parser::new_from_str(&template).map(|event| event.unwrap().0);
    let scalars: Vec<String> = events
        .map(|event| match event {
            Event::Scalar(text, ..) => text.into_owned(),
            Event::SequenceStart(..) => "[".to_owned(),
            Event::SequenceEnd => "]".to_owned(),
            _ => String::new(),
        })
        .collect();
    let start = scalars.iter().position(|scalar| scalar == key).unwrap() + 2;
    let lines: Vec<&str> = scalars[start..].iter().take_while(|scalar| *scalar != "]").map(String::as_str).collect();
    format!("set -eo pipefail\n{}\n", lines.join("\n"))
}

#[test]
fn the_job_for_gitlab_ends_as_the_review_does() {
    let repository = branch();
    let bin = Path::new(env!("CARGO_BIN_EXE_iamdx")).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let script = gitlab("before_script") + &gitlab("script");
    let job = |threshold: &str, tests: &str| {
        let settings = [
            ("PATH", Path::new(&path)),
            ("CI_MERGE_REQUEST_DIFF_BASE_SHA", Path::new("main")),
            ("IAMDX_FAIL_ON", Path::new(threshold)),
            ("IAMDX_TESTS", Path::new(tests)),
        ];
        repository.run(Command::new("bash").args(["-c", &script]), &settings).status.code().unwrap()
    };
    let made = |name: &str| fs::read_to_string(repository.path().join(name)).unwrap_or_default();
    assert_eq!(job("any", ""), 0);
    repository.write("policies/app.json", &with("s3:PutObject"));
    repository.write("cases.jsonl", CASES);
    assert_eq!((job("any", ""), job("escalation", "")), (1, 0));
    assert!(
        made("iamdx.md").starts_with("# New access: 1 change") && made("iamdx.xml").is_empty(),
        "{}",
        made("iamdx.md")
    );
    assert_eq!(job("escalation", "cases.jsonl"), 1);
    assert!(made("iamdx.xml").contains("<failure"), "{}", made("iamdx.xml"));
    repository.write("policies/app.json", "{\"Statement\": [");
    assert_eq!((job("any", ""), job("any", "cases.jsonl")), (3, 1));
}

#[test]
fn a_release_is_used_only_with_its_checksum() {
    let repository = branch();
    // what stands for the releases of a server: it copies what is asked for
    let bin = repository.beside("bin");
    let releases = repository.beside("releases");
    fs::create_dir_all(&bin).unwrap();
    fs::create_dir_all(releases.join("iamdx-x86_64-unknown-linux-musl")).unwrap();
    let curl = bin.join("curl");
    fs::write(&curl, "#!/usr/bin/env bash\nwhile [ $# -gt 1 ]; do [ \"$1\" != --output ] || to=$2; shift; done\nprintf '%s\\n' \"$1\" >> \"$RELEASES/asked\"\ncp \"$RELEASES/${1##*/}\" \"$to\"\n").unwrap();
    fs::set_permissions(&curl, fs::Permissions::from_mode(0o755)).unwrap();
    let inside = releases.join("iamdx-x86_64-unknown-linux-musl/iamdx");
    fs::write(&inside, "#!/bin/sh\necho released\n").unwrap();
    let archive = "iamdx-x86_64-unknown-linux-musl.tar.xz";
    let pack = format!("tar -cJf {archive} iamdx-x86_64-unknown-linux-musl && sha256sum {archive} > {archive}.sha256");
    let packed = Command::new("sh").args(["-c", &pack]).current_dir(&releases).status().unwrap();
    assert!(packed.success());
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let install = |more: &[(&str, &str)]| {
        let settings = [
            ("PATH", &*path),
            ("RELEASES", releases.to_str().unwrap()),
            ("RUNNER_OS", "Linux"),
            ("RUNNER_ARCH", "X64"),
            ("VERSION", "1.2.3"),
            ("REPOSITORY", "somebody/iamdx"),
            ("SERVER_URL", "https://example.com"),
        ];
        step(&repository, "install", &[&settings, more].concat())
    };
    let installed = install(&[]);
    assert_eq!(installed.code, 0, "{}", installed.printed);
    let binary = installed.outputs.strip_prefix("binary=").unwrap().trim_end();
    assert_eq!(Command::new(binary).output().unwrap().stdout, b"released\n");
    assert_eq!(
        fs::read_to_string(releases.join("asked")).unwrap(),
        format!(
            "https://example.com/somebody/iamdx/releases/download/v1.2.3/{archive}\nhttps://example.com/somebody/iamdx/releases/download/v1.2.3/{archive}.sha256\n"
        )
    );
    let other = "0".repeat(64);
    let refused: Vec<String> = [
        [("SHA256", &*other)],
        [("VERSION", "1.2.3/../../../../other/releases/download/v9")],
        [("VERSION", "$(touch pwned)")],
        [("REPOSITORY", "somebody/iamdx/../../x")],
        [("SERVER_URL", "http://example.com")],
        [("RUNNER_ARCH", "S390X")],
        [("BINARY", "no-such-program")],
        [("SHA256", "x")],
    ]
    .iter()
    .map(|settings| {
        let step = install(settings);
        assert!(step.outputs.is_empty(), "{}", step.outputs);
        format!("{}exit {}", step.printed, step.code)
    })
    .collect();
    let sum = regex::Regex::new("is [0-9a-f]{64}, not").unwrap();
    insta::assert_snapshot!(sum.replace_all(&refused.join("\n"), "is SUM, not"));
    let given = install(&[("BINARY", env!("CARGO_BIN_EXE_iamdx"))]);
    assert_eq!(given.outputs, format!("binary={}\n", env!("CARGO_BIN_EXE_iamdx")));
}
