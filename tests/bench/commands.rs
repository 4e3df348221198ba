//! Whole commands beside yardsticks in the same run: `cargo bench --bench commands [-- PROGRAM]`.
//!
//! One message, two documents, large accounts, a trail: what each takes of CPU time, by the clock and of memory, and how many times its
//! yardstick that is. All of them run in each round, so that other work of the machine slows them alike.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a benchmark may stop at the first surprise, and prints its table"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde::de::IgnoredAny;
use serde_json::Value;

#[expect(dead_code, clippy::string_slice, reason = "the tests use more of it, and stop at the first surprise")]
#[path = "../it/support/generate.rs"]
mod generate;
mod process;
#[expect(dead_code, reason = "the tests use more of it")]
#[path = "../it/support/trail.rs"]
mod trail;

use generate::Random;
use process::{Taken, program, run};
use trail::{Shape, record};

const ROUNDS: usize = 5;
/// Roles of the accounts.
const FEW: usize = 10_000;
const MANY: usize = 50_000;
/// Records of the trail: 300 MB.
const RECORDS: usize = 160_000;

/// What a command is compared with.
enum Yardstick {
    /// Another command, and how often it runs where it is short.
    Command(&'static str, Command, u32),
    /// A reading of the bytes by `serde_json`.
    Scan(PathBuf),
    /// Both files into values.
    Values(PathBuf, PathBuf),
}

/// A command that is measured.
struct Row {
    name: &'static str,
    bytes: usize,
    command: Command,
    times: u32,
    yardstick: Yardstick,
}

/// An account as the AWS CLI prints it: roles of `statements` statements each.
fn account(roles: usize, statements: usize, changed: Option<usize>) -> String {
    let mut text =
        String::from("{\n    \"UserDetailList\": [],\n    \"GroupDetailList\": [],\n    \"RoleDetailList\": [\n");
    for role in 0..roles {
        let bucket = if changed == Some(role) { "other" } else { "example" };
        let comma = if role + 1 < roles { "," } else { "" };
        let statement = |number: usize| {
            format!(
                r#"                            {{
                                "Sid": "Statement{number}",
                                "Effect": "Allow",
                                "Action": [
                                    "s3:GetObject",
                                    "s3:PutObject"
                                ],
                                "Resource": "arn:aws:s3:::{bucket}-bucket-{role}-{number}/*"
                            }}"#
            )
        };
        let statements: Vec<String> = (0..statements).map(statement).collect();
        writeln!(
            text,
            r#"        {{
            "Path": "/",
            "RoleName": "role-{role}",
            "RoleId": "AROAEXAMPLE{role:010}",
            "Arn": "arn:aws:iam::111122223333:role/role-{role}",
            "CreateDate": "2024-03-01T09:30:00+00:00",
            "AssumeRolePolicyDocument": {{
                "Version": "2012-10-17",
                "Statement": [
                    {{
                        "Effect": "Allow",
                        "Principal": {{
                            "Service": "ec2.amazonaws.com"
                        }},
                        "Action": "sts:AssumeRole"
                    }}
                ]
            }},
            "InstanceProfileList": [],
            "RolePolicyList": [
                {{
                    "PolicyName": "inline",
                    "PolicyDocument": {{
                        "Version": "2012-10-17",
                        "Statement": [
{}
                        ]
                    }}
                }}
            ],
            "AttachedManagedPolicies": [],
            "Tags": [],
            "RoleLastUsed": {{}}
        }}{comma}"#,
            statements.join(",\n")
        )
        .unwrap();
    }
    text.push_str("    ],\n    \"Policies\": []\n}\n");
    text
}

/// A policy of about 6 KB: 24 statements over twelve services, with wildcards and conditions.
fn policy(variant: usize, first: &str) -> String {
    let services = ["s3", "sqs", "sns", "dynamodb", "lambda", "ec2", "kms", "logs", "bedrock", "ecr", "iam", "glue"];
    let statement = |(index, service): (usize, &&str)| {
        let number = index * 7 + variant;
        let condition = match index % 4 {
            0 => r#", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#.to_owned(),
            1 => format!(
                r#", "Condition": {{"StringEquals": {{"aws:ResourceTag/team": ["blue", "team-{number}"]}}, "IpAddress": {{"aws:SourceIp": "10.{number}.0.0/16"}}}}"#
            ),
            _ => String::new(),
        };
        let effect = if index % 6 == 5 { "Deny" } else { "Allow" };
        let name = if index == 0 { first } else { "thing" };
        format!(
            r#"{{"Sid": "S{index}", "Effect": "{effect}", "Action": ["{service}:Get*", "{service}:*Item{number}*", "{service}:Put?bject", "{service}:Describe{number}"],
                "Resource": ["arn:aws:{service}:*:111122223333:{name}-{number}/*", "arn:aws:{service}:eu-central-1:111122223333:*-{index}/team-?/*"]{condition}}}"#
        )
    };
    let statements: Vec<String> = services.iter().chain(&services).enumerate().map(statement).collect();
    format!("{{\"Version\": \"2012-10-17\", \"Statement\": [{}]}}", statements.join(",\n"))
}

/// A trail in one file, and the same packed; its size.
fn write_trail(folder: &Path) -> usize {
    let mut random = Random::new(7);
    let shape = Shape { denied: 2, names: 400, odd: false };
    let mut text = String::from("{\"Records\":[");
    for number in 0..RECORDS {
        if number > 0 {
            text.push(',');
        }
        text.push_str(&record(&mut random, shape).to_string());
    }
    text.push_str("]}");
    std::fs::write(folder.join("trail.json"), &text).unwrap();
    let file = std::fs::File::create(folder.join("trail.json.gz")).unwrap();
    let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::default());
    std::io::Write::write_all(&mut encoder, text.as_bytes()).unwrap();
    encoder.finish().unwrap();
    text.len()
}

fn timed(work: impl FnOnce()) -> Taken {
    let start = Instant::now();
    work();
    // on one core, so that both times are one
    Taken { cpu: start.elapsed(), clock: start.elapsed(), memory: 0 }
}

impl Yardstick {
    fn name(&self) -> &'static str {
        match self {
            Self::Command(name, ..) => name,
            Self::Scan(_) => "serde_json: scan",
            Self::Values(..) => "serde_json: Value of both",
        }
    }

    fn run(&mut self) -> Taken {
        match self {
            Self::Command(_, command, times) => run(command, *times),
            Self::Scan(path) => {
                let text = std::fs::read_to_string(path).unwrap();
                timed(|| {
                    black_box(serde_json::from_str::<IgnoredAny>(&text).unwrap());
                })
            }
            Self::Values(before, after) => {
                let texts = [before, after].map(|path| std::fs::read_to_string(path).unwrap());
                timed(|| {
                    for text in &texts {
                        black_box(serde_json::from_str::<Value>(text).unwrap());
                    }
                })
            }
        }
    }
}

fn main() {
    let program = program();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let write = |name: &str, text: &str| {
        std::fs::write(path(name), text).unwrap();
        text.len()
    };
    let iamdx = |arguments: &[&str], paths: &[&str]| {
        let mut command = Command::new(&program);
        command.args(arguments).args(paths.iter().map(|name| path(name)));
        command
    };
    let shell = |script: &str| {
        let mut command = Command::new("sh");
        command.args(["-c", script]).current_dir(folder.path()).env("LC_ALL", "C");
        command
    };
    let message = "User: arn:aws:sts::111122223333:assumed-role/role-777/run is not authorized to perform: s3:DeleteObject on resource: \
                   \"arn:aws:s3:::example-bucket-777-3/k\" because no identity-based policy allows the s3:DeleteObject action\n";
    let one = write("message", message);
    let document = write("old.json", &policy(1, "thing"));
    write("edited.json", &policy(1, "*"));
    write("other.json", &policy(4, "thing"));
    let few = write("few.json", &account(FEW, 48, None));
    write("few-edited.json", &account(FEW, 48, Some(77)));
    let many = write("many.json", &account(MANY, 48, None));
    let trail = write_trail(folder.path());
    let mut rows = [
        Row {
            name: "explain, one message",
            bytes: one,
            command: iamdx(&["explain"], &["message"]),
            times: 200,
            yardstick: Yardstick::Command("iamdx --version", iamdx(&["--version"], &[]), 200),
        },
        Row {
            name: "diff, a small edit",
            bytes: document,
            command: iamdx(&["diff"], &["old.json", "edited.json"]),
            times: 50,
            yardstick: Yardstick::Command("iamdx --version", iamdx(&["--version"], &[]), 200),
        },
        Row {
            name: "diff, all statements differ",
            bytes: document,
            command: iamdx(&["diff"], &["old.json", "other.json"]),
            times: 20,
            yardstick: Yardstick::Command("a small edit", iamdx(&["diff"], &["old.json", "edited.json"]), 50),
        },
        Row {
            name: "diff of accounts, 10,000 roles",
            bytes: 2 * few,
            command: iamdx(&["diff"], &["few.json", "few-edited.json"]),
            times: 1,
            yardstick: Yardstick::Values(path("few.json"), path("few-edited.json")),
        },
        Row {
            name: "simulate --who, 10,000 roles",
            bytes: few,
            command: iamdx(
                &[
                    "simulate",
                    "--who",
                    "--action",
                    "s3:GetObject",
                    "--resource",
                    "arn:aws:s3:::example-bucket-777-3/k",
                    "--no-resource-policy",
                    "--snapshot",
                ],
                &["few.json"],
            ),
            times: 1,
            yardstick: Yardstick::Scan(path("few.json")),
        },
        Row {
            name: "diagnose, 50,000 roles",
            bytes: many,
            command: iamdx(&["diagnose", "--snapshot"], &["many.json", "message"]),
            times: 1,
            yardstick: Yardstick::Scan(path("many.json")),
        },
        Row {
            name: "explain, a trail, .json",
            bytes: trail,
            command: iamdx(&["explain"], &["trail.json"]),
            times: 1,
            yardstick: Yardstick::Command("grep -c errorCode", shell("grep -c errorCode trail.json"), 1),
        },
        Row {
            name: "explain, a trail, .json.gz",
            bytes: trail,
            command: iamdx(&["explain"], &["trail.json.gz"]),
            times: 1,
            yardstick: Yardstick::Command(
                "zcat | grep -c errorCode",
                shell("zcat trail.json.gz | grep -c errorCode"),
                1,
            ),
        },
    ];
    let mut best = vec![(Taken::MOST, Taken::MOST); rows.len()];
    for _ in 0..ROUNDS {
        for (row, best) in rows.iter_mut().zip(&mut best) {
            *best = (best.0.best(run(&mut row.command, row.times)), best.1.best(row.yardstick.run()));
        }
    }
    println!("{:<32}{:>10}{:>11}{:>11}{:>9}", "", "input", "CPU", "clock", "memory");
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    for (row, (taken, yardstick)) in rows.iter().zip(&best) {
        let size = if row.bytes < 1 << 20 {
            format!("{} KB", row.bytes.div_ceil(1 << 10))
        } else {
            format!("{} MB", row.bytes >> 20)
        };
        let memory = if taken.memory == 0 { String::new() } else { format!("{} MB", taken.memory) };
        println!(
            "{:<32}{size:>10}{:>8.1} ms{:>8.1} ms{memory:>9}   {:.1} times {}: {:.1} ms",
            row.name,
            milliseconds(taken.cpu),
            milliseconds(taken.clock),
            taken.cpu.as_secs_f64() / yardstick.cpu.as_secs_f64(),
            row.yardstick.name(),
            milliseconds(yardstick.cpu),
        );
    }
}
