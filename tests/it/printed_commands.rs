//! What iamdx prints to be copied into a shell: for hostile names, each command is one line, runs nothing but its program, and hands
//! it exactly the names that were meant.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::support::generate::Random;

/// A program that writes down its name and arguments.
const STUB: &str = r#"#!/bin/sh
{ printf '%s\0' "${0##*/}" "$@"; printf '\1\0'; } >> "$CALLS"
case $2 in
  get-user-policy | get-role-policy | get-group-policy) echo 'An error occurred (NoSuchEntity)' >&2; exit 254 ;;
esac
echo made
"#;

/// Names that a shell would do something with, if it could.
const PIECES: [&str; 26] = [
    "; touch pwned; ",
    "$(touch pwned)",
    "`touch pwned`",
    "&& touch pwned #",
    "| touch pwned",
    "\ntouch pwned\n",
    "\r\ntouch pwned\r\n",
    "'; touch pwned; '",
    "\"; touch pwned; \"",
    "'",
    "\"",
    "\\",
    "$",
    "${HOME}",
    "$'x'",
    "> pwned",
    "*",
    "?",
    "[a-z]*",
    "{a,b}",
    "!",
    "!!",
    "~",
    "é\u{202e}",
    "-",
    "--help",
];

fn hostile(random: &mut Random) -> String {
    let name: String = (0..=random.below(4)).map(|_| random.pick(&PIECES)).collect();
    format!("{}n{}pwned", random.pick(&["", "", "-", "=", "#"]), name)
}

/// Everything around one run.
struct Scene {
    folder: tempfile::TempDir,
    programs: tempfile::TempDir,
    /// What was meant: names, and ARNs that hold them.
    intended: BTreeSet<String>,
    commands: usize,
    calls: usize,
}

impl Scene {
    fn new() -> Self {
        let programs = tempfile::tempdir().unwrap();
        for name in ["aws", "iamdx", "terraform"] {
            let file = programs.path().join(name);
            std::fs::write(&file, STUB).unwrap();
            assert!(Command::new("chmod").arg("+x").arg(&file).status().unwrap().success());
        }
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("globbed"), "").unwrap();
        Self { folder, programs, intended: BTreeSet::new(), commands: 0, calls: 0 }
    }

    /// A name that is meant, also as a query holds it.
    fn name(&mut self, random: &mut Random) -> String {
        let name = hostile(random);
        self.intended.insert(name.clone());
        self.intended.insert(name.replace('\\', "\\\\").replace('\'', "\\'"));
        name
    }

    fn iamdx(&self, arguments: &[&str]) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_iamdx"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!([0, 3].contains(&output.status.code().unwrap()), "{arguments:?}\n{said}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a script in a shell; the calls that it made.
    fn run(&self, shell: &str, script: &Path, at: &Path) -> Vec<Vec<String>> {
        let calls = self.programs.path().join("calls");
        std::fs::write(&calls, "").unwrap();
        let path = format!("{}:/usr/bin:/bin", self.programs.path().display());
        let mut command = Command::new(shell);
        command.arg(script).current_dir(at).env_clear().env("PATH", path).env("CALLS", &calls).stdin(Stdio::null());
        // each document has variables of its own
        let text = std::fs::read_to_string(script).unwrap();
        for variable in text.split("${").skip(1).filter_map(|rest| rest.split_once(":?}")).map(|(name, _)| name) {
            let is_name = |name: &str| name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
            // a value that no command can hold stops the shell
            if variable.starts_with("FILL_IN_") && variable != "FILL_IN_VALUE" && is_name(variable) {
                command.env(variable, "filled-in");
            }
        }
        command.output().unwrap();
        let text = std::fs::read_to_string(&calls).unwrap();
        let mut all = vec![Vec::new()];
        for word in text.split_terminator('\0') {
            if word == "\u{1}" {
                all.push(Vec::new());
            } else {
                all.last_mut().unwrap().push(word.to_owned());
            }
        }
        all.pop();
        all
    }

    /// Each line as one command, in every shell: nothing else runs, and its program gets what was meant.
    fn try_lines(&mut self, lines: &BTreeSet<String>) {
        let script = self.programs.path().join("script.sh");
        for line in lines {
            let options = line.starts_with("--");
            let command = if options { format!("iamdx diagnose {line}") } else { line.clone() };
            let shells = [("bash", ""), ("dash", ""), ("bash", "set -o history -o histexpand\n")];
            let all = shells.map(|(shell, before)| {
                std::fs::write(&script, format!("{before}made=1 policy=p-made spare=v1 boundary=arn:aws:iam::111122223333:policy/edge\n{command}\n")).unwrap();
                self.run(shell, &script, self.folder.path())
            });
            assert!(all[0] == all[1] && all[0] == all[2], "{line}\n{all:?}");
            let [calls, ..] = all;
            let stops = line.contains("FILL_IN_VALUE") || line.starts_with('#') || line.starts_with(": ");
            assert!(stops || !calls.is_empty(), "{line}");
            self.commands += 1;
            self.check(&calls, line);
        }
    }

    fn check(&mut self, calls: &[Vec<String>], line: &str) {
        for argument in calls.iter().flatten() {
            // our own files, whose names are made of harmless characters
            let harmless = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
            if argument.strip_prefix("file://").is_some_and(|file| file.chars().all(harmless)) {
                continue;
            }
            let mut rest = argument.clone();
            let mut intended: Vec<&String> = self.intended.iter().collect();
            intended.sort_by_key(|name| std::cmp::Reverse(name.len()));
            for name in intended {
                rest = rest.replace(name.as_str(), "");
            }
            assert!(!rest.contains("pwned") && !rest.contains("globbed"), "{argument:?} of {line}");
        }
        self.calls += calls.len();
        for entry in files(self.folder.path()).into_iter().chain(files(self.programs.path())) {
            assert!(!entry.ends_with("pwned"), "{line}");
        }
    }

    /// What is printed for these arguments, run.
    fn try_all(&mut self, arguments: &[&str]) {
        let text = self.iamdx(&[&["diagnose", "--all"], arguments].concat());
        let report = self.iamdx(&[&["diagnose", "--format", "json"], arguments].concat());
        let report: Value = serde_json::from_str(&report).unwrap_or_else(|error| panic!("{error}: {report}"));
        // a text that was edited is read as it can be: what the answer says that it is about is what is meant
        for report in report["reports"].as_array().unwrap() {
            for field in ["principal", "resource"] {
                let Some(arn) = report["request"][field]["value"].as_str().or(report["request"][field].as_str()) else {
                    continue;
                };
                let parts = [Some(arn), arn.split_once('/').map(|(_, name)| name), arn.splitn(6, ':').nth(5)];
                self.intended.extend(parts.into_iter().flatten().map(str::to_owned));
            }
        }
        let mut told = BTreeSet::new();
        commands_of(&report, &mut told);
        // in text, each stands alone on a line, and nothing that looks like one is there beside them
        let alone: BTreeSet<&str> = text.lines().map(str::trim_start).collect();
        for command in &told {
            let (line, _) = command.split_once("  # ").unwrap_or((command, ""));
            let shown = alone.contains(line) || alone.contains(command.as_str());
            assert!(shown, "{command}\n{text}");
        }
        let begin = ["aws ", "iamdx ", "terraform ", "policy=", "spare=", "boundary="];
        let at = text.find("\nFIX").or_else(|| text.find("\nNOT CHECKED")).unwrap_or(text.len());
        let printed = text[at..].lines().filter(|line| line.starts_with("    ")).map(str::trim_start);
        let mut printed: BTreeSet<String> =
            printed.filter(|line| begin.iter().any(|word| line.starts_with(word))).map(str::to_owned).collect();
        printed.extend(told.into_iter().filter(|line| !line.starts_with("# ") || line.contains("aws ")));
        self.try_lines(&printed);
        self.try_scripts(arguments);
    }

    fn try_scripts(&mut self, arguments: &[&str]) {
        self.iamdx(&[&["diagnose", "--write-remedies", "out"], arguments].concat());
        let mut scripts: Vec<PathBuf> = files(self.folder.path())
            .into_iter()
            .filter(|file| file.extension().is_some_and(|ending| ending == "sh"))
            .collect();
        // the change before the way back
        scripts.sort();
        let [bash, dash] = ["bash", "dash"].map(|shell| {
            let calls = scripts.iter().map(|script| self.run(shell, script, script.parent().unwrap()));
            calls.collect::<Vec<_>>()
        });
        assert_eq!(bash, dash, "{arguments:?}");
        for (script, calls) in scripts.iter().zip(&bash) {
            self.commands += 1;
            self.check(calls, &std::fs::read_to_string(script).unwrap());
        }
        drop(std::fs::remove_dir_all(self.folder.path().join("out")));
    }
}

/// All `commands` and `how_to_close` below a value, line by line.
fn commands_of(value: &Value, all: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| commands_of(item, all)),
        Value::Object(members) => {
            for (key, value) in members {
                match (key.as_str(), value) {
                    ("commands", Value::Array(lines)) => {
                        for line in lines.iter().filter_map(Value::as_str) {
                            assert!(!line.contains('\n'), "{line:?}");
                            all.insert(line.to_owned());
                        }
                    }
                    ("how_to_close" | "how_to_see", Value::String(text)) => {
                        all.extend(text.lines().map(str::to_owned));
                    }
                    _ => commands_of(value, all),
                }
            }
        }
        _ => {}
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all
}

/// Actions and the ARNs of what they are asked for, around a name.
const ASKED: [(&str, &str); 9] = [
    ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:NAME"),
    ("s3:GetObject", "arn:aws:s3:::reports/NAME"),
    ("s3:ListBucket", "arn:aws:s3:::NAME"),
    ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:NAME"),
    ("sns:Publish", "arn:aws:sns:eu-west-1:444455556666:NAME"),
    ("lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:444455556666:function:NAME"),
    ("sts:AssumeRole", "arn:aws:iam::444455556666:role/NAME"),
    ("dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:111122223333:table/NAME"),
    ("ec2:TerminateInstances", "arn:aws:ec2:eu-west-1:111122223333:instance/NAME"),
];

fn allow(action: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "arn:aws:s3:::none"}]})
}

fn deny(action: &str, sid: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Sid": sid, "Effect": "Deny", "Action": action, "Resource": "*"}]})
}

/// Hostile names of the kinds that the number tells; the commands that were run, and the calls that came of them.
fn one(number: usize, random: &mut Random) -> (usize, usize) {
    let mut scene = Scene::new();
    let part = |scene: &mut Scene, random: &mut Random, bit: usize, plain: &str| {
        if number >> bit & 1 == 1 { scene.name(random) } else { plain.to_owned() }
    };
    let user = part(&mut scene, random, 0, "alice");
    let policy = part(&mut scene, random, 1, "own");
    let managed = part(&mut scene, random, 2, "shared");
    let thing = part(&mut scene, random, 3, "thing");
    let unit = part(&mut scene, random, 1, "Workloads");
    let (action, arn) = random.pick(&ASKED);
    let resource = arn.replace("NAME", &thing);
    let principal = format!("arn:aws:iam::111122223333:{}/{user}", random.pick(&["user", "role"]));
    let managed_arn = format!("arn:aws:iam::111122223333:policy/{managed}");
    let entity = if principal.contains(":role/") { "Role" } else { "User" };
    let boundary = random.chance(30);
    let mut who = json!({"Arn": principal, format!("{entity}Name"): user,
        format!("{entity}PolicyList"): [{"PolicyName": policy, "PolicyDocument": allow(action)}],
        "AttachedManagedPolicies": [{"PolicyName": managed, "PolicyArn": managed_arn}]});
    if boundary {
        who["PermissionsBoundary"] =
            json!({"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": managed_arn});
    }
    // one whose policy is not in the file is asked for in NOT CHECKED
    let mut policies = json!([{"PolicyName": managed, "Arn": managed_arn, "DefaultVersionId": "v1", "PolicyVersionList":
        [{"VersionId": "v1", "IsDefaultVersion": true, "Document": deny("s3:PutObject", &policy)}]}]);
    if random.chance(40) {
        policies = json!([]);
    }
    let scp = if random.chance(50) { deny(action, &policy) } else { deny("iam:CreateUser", &policy) };
    let snapshot = json!({"iamdx_snapshot": 1,
        "accounts": [{"id": "111122223333", format!("{entity}DetailList"): [who], "Policies": policies}],
        "organization": {"id": "o-exampleorgid", "management_account": "444455556666",
            "policies": [{"id": "p-example01", "name": policy, "aws_managed": false, "content": scp}],
            "root": {"id": "r-ab12", "name": "Root", "service_control_policies": ["p-example01"], "resource_control_policies": [],
                "organizational_units": [{"id": "ou-ab12-11111111", "name": unit, "service_control_policies": ["p-example01"],
                    "resource_control_policies": [], "accounts": [{"id": "111122223333", "name": user,
                        "service_control_policies": ["p-example01"], "resource_control_policies": []}]}]}}});
    std::fs::write(scene.folder.path().join("given.json"), snapshot.to_string()).unwrap();
    let denial = format!(
        "User: arn:aws:iam::111122223333:user/x is not authorized to perform: {action} on resource: arn:aws:s3:::x"
    );
    let asked = ["-m", &denial, "--principal", &principal, "--action", action, "--resource", &resource];
    scene.try_all(&[&asked[..], &["--snapshot", "given.json"]].concat());
    // and a file of any name
    let file = scene.name(random).replace('/', "_") + ".json";
    let document = if random.chance(50) { allow(action) } else { deny(action, &policy) };
    std::fs::write(scene.folder.path().join(&file), document.to_string()).unwrap();
    let option = random.pick(&["--identity-policy", "--scp", "--resource-policy", "--permissions-boundary"]);
    scene.try_all(&[&asked[..], &[&format!("{option}={file}")]].concat());
    // the message itself holds the names
    let said = format!(
        "User: {principal} is not authorized to perform: {action} on resource: {resource} because no identity-based policy \
         allows the {action} action"
    );
    scene.try_all(&[&format!("--message={said}"), "--snapshot", "given.json"]);
    (scene.commands, scene.calls)
}

#[test]
fn what_is_copied_into_a_shell_runs_as_it_was_meant() {
    let rounds = std::env::var("IAMDX_SHELL_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(16);
    let halves = std::thread::scope(|scope| {
        let halves = [0, 1].map(|half| {
            scope.spawn(move || {
                let mut random = Random::new(20_261_130 + half as u64);
                let numbers = (half..rounds).step_by(2);
                numbers.map(|number| one(number % 16, &mut random)).fold((0, 0), |(a, b), (c, d)| (a + c, b + d))
            })
        });
        halves.map(|half| half.join().unwrap())
    });
    let (commands, calls) = (halves[0].0 + halves[1].0, halves[0].1 + halves[1].1);
    println!("{rounds} scenes, {commands} commands and scripts in three shells, {calls} calls");
    assert!(commands > rounds * 3 && calls > rounds * 3, "{commands} {calls}");
}
