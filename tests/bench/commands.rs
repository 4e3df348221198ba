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

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde::de::IgnoredAny;
use serde_json::Value;

#[expect(dead_code, clippy::string_slice, reason = "the tests use more of it, and stop at the first surprise")]
#[path = "../it/support/generate.rs"]
mod generate;
mod inputs;
mod process;
#[expect(dead_code, reason = "the tests use more of it")]
#[path = "../it/support/trail.rs"]
mod trail;

use generate::Random;
use inputs::{account, policy};
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

/// Where the inputs are, and the program that reads them.
struct Inputs<'f> {
    folder: &'f Path,
    program: String,
}

impl Inputs<'_> {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn write(&self, name: &str, text: &str) -> usize {
        std::fs::write(self.path(name), text).unwrap();
        text.len()
    }

    fn iamdx(&self, arguments: &[&str], files: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).args(files.iter().map(|name| self.path(name)));
        command
    }

    fn shell(&self, script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]).current_dir(self.folder).env("LC_ALL", "C");
        command
    }
}

/// What takes milliseconds.
fn short(inputs: &Inputs<'_>) -> Vec<Row> {
    let message = "User: arn:aws:sts::111122223333:assumed-role/role-777/run is not authorized to perform: s3:DeleteObject on resource: \
                   \"arn:aws:s3:::example-bucket-777-3/k\" because no identity-based policy allows the s3:DeleteObject action\n";
    let message = inputs.write("message", message);
    let document = inputs.write("old.json", &policy(1, "thing"));
    inputs.write("edited.json", &policy(1, "*"));
    inputs.write("other.json", &policy(4, "thing"));
    let version = || Yardstick::Command("iamdx --version", inputs.iamdx(&["--version"], &[]), 200);
    let row = |name, bytes, arguments: &[&str], files: &[&str], times, yardstick| Row {
        name,
        bytes,
        command: inputs.iamdx(arguments, files),
        times,
        yardstick,
    };
    let edit = || inputs.iamdx(&["diff"], &["old.json", "edited.json"]);
    vec![
        row("explain, one message", message, &["explain"], &["message"], 200, version()),
        row("diff, a small edit", document, &["diff"], &["old.json", "edited.json"], 50, version()),
        row(
            "diff, all statements differ",
            document,
            &["diff"],
            &["old.json", "other.json"],
            20,
            Yardstick::Command("a small edit", edit(), 50),
        ),
    ]
}

/// What is large.
fn long(inputs: &Inputs<'_>) -> Vec<Row> {
    let few = inputs.write("few.json", &account(FEW, 48, None));
    inputs.write("few-edited.json", &account(FEW, 48, Some(77)));
    let many = inputs.write("many.json", &account(MANY, 48, None));
    let trail = write_trail(inputs.folder);
    let row = |name, bytes, arguments: &[&str], files: &[&str], yardstick| Row {
        name,
        bytes,
        command: inputs.iamdx(arguments, files),
        times: 1,
        yardstick,
    };
    let shell = |name, script| Yardstick::Command(name, inputs.shell(script), 1);
    let who = ["simulate", "--who", "--action", "s3:GetObject", "--resource", "arn:aws:s3:::example-bucket-777-3/k"];
    let who = [&who[..], &["--no-resource-policy", "--snapshot"]].concat();
    vec![
        row(
            "diff of accounts, 10,000 roles",
            2 * few,
            &["diff"],
            &["few.json", "few-edited.json"],
            Yardstick::Values(inputs.path("few.json"), inputs.path("few-edited.json")),
        ),
        row("simulate --who, 10,000 roles", few, &who, &["few.json"], Yardstick::Scan(inputs.path("few.json"))),
        row(
            "diagnose, 50,000 roles",
            many,
            &["diagnose", "--snapshot"],
            &["many.json", "message"],
            Yardstick::Scan(inputs.path("many.json")),
        ),
        row(
            "explain, a trail, .json",
            trail,
            &["explain"],
            &["trail.json"],
            shell("grep -c errorCode", "grep -c errorCode trail.json"),
        ),
        row(
            "explain, a trail, .json.gz",
            trail,
            &["explain"],
            &["trail.json.gz"],
            shell("zcat", "zcat trail.json.gz > unpacked"),
        ),
    ]
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let inputs = Inputs { folder: folder.path(), program: program() };
    let mut rows = short(&inputs);
    rows.extend(long(&inputs));
    let mut best = vec![(Taken::MOST, Taken::MOST); rows.len()];
    for _ in 0..ROUNDS {
        for (row, best) in rows.iter_mut().zip(&mut best) {
            *best = (best.0.best(run(&mut row.command, row.times)), best.1.best(row.yardstick.run()));
        }
    }
    println!("{:<32}{:>10}{:>11}{:>11}{:>9}", "", "input", "CPU", "clock", "memory");
    for (row, (taken, yardstick)) in rows.iter().zip(&best) {
        print(row, *taken, *yardstick);
    }
}

fn print(row: &Row, taken: Taken, yardstick: Taken) {
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
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
