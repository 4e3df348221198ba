//! How fast a trail is read, beside the least that there is to do: the same files inflated, and searched for `errorCode`.
//!
//! `cargo bench --bench triage [-- PROGRAM]` prints a table; `cargo bench --bench triage -- write FOLDER` keeps a trail for other measurements;
//! `cargo bench --bench triage -- memory [DENIALS]` prints the most memory by how many fingerprints the denials have.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    reason = "a benchmark stops at the first surprise, and prints what it measured"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

#[expect(dead_code, clippy::string_slice, reason = "the tests use more of it, and stop at the first surprise")]
#[path = "../it/support/generate.rs"]
mod generate;
#[expect(dead_code, reason = "others use more of it")]
mod process;
#[path = "../it/support/trail.rs"]
mod trail;

use generate::Random;
use process::{Taken, program, run};
use trail::{Shape, record};

const FILES: usize = 48;
const RECORDS: usize = 4000;
const ROUNDS: usize = 7;

/// What is timed, and how it is called.
type Run<'r> = (&'r str, Box<dyn Fn() + 'r>);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [command, folder] = arguments.as_slice()
        && command == "write"
    {
        std::fs::create_dir_all(folder).unwrap();
        println!("{} bytes, inflated", write(Path::new(folder)));
        return;
    }
    if let [command, rest @ ..] = arguments.as_slice()
        && command == "memory"
    {
        return memory(rest.first().map_or(400_000, |many| many.parse().unwrap()));
    }
    let folder = tempfile::tempdir().unwrap();
    let bytes = write(folder.path());
    let files: Vec<PathBuf> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from).min(2);
    let runs: Vec<Run<'_>> = vec![
        ("the floor, 1 core", Box::new(|| floor(&files, 1))),
        ("iamdx triage, 1 core", Box::new(|| triage(folder.path(), 1))),
        ("the floor, 2 cores", Box::new(|| floor(&files, cores))),
        ("iamdx triage, 2 cores", Box::new(|| triage(folder.path(), cores))),
        ("zcat", Box::new(|| zcat(&files))),
    ];
    let mut best = vec![Duration::MAX; runs.len()];
    // each in each round: whatever else the machine does, it does to all of them
    for _ in 0..ROUNDS {
        for ((_, run), best) in runs.iter().zip(&mut best) {
            let start = Instant::now();
            run();
            *best = start.elapsed().min(*best);
        }
    }
    let rate = |time: &Duration| bytes as f64 / 1e6 / time.as_secs_f64();
    println!(
        "{} MB inflated in {FILES} files, 2 of 100 calls denied; the best of {ROUNDS} rounds\n",
        bytes / 1_000_000
    );
    for ((name, _), time) in runs.iter().zip(&best) {
        println!("{name:<24}{:>7.0} MB/s", rate(time));
    }
    let share = |one: usize, other: usize| rate(&best[one]) / rate(&best[other]);
    println!("\nof the floor on 1 core: {:.0} %, on 2: {:.0} %", 100.0 * share(1, 0), 100.0 * share(3, 2));
    println!("2 cores are {:.2} times 1, of the floor {:.2} times", share(3, 1), share(2, 0));
}

/// Writes a trail; how many bytes it has.
fn write(folder: &Path) -> usize {
    let shape = Shape { denied: 2, names: 300, odd: false };
    let mut random = Random::new(17);
    let file = |number: usize| {
        let records: Vec<Value> = (0..RECORDS).map(|_| record(&mut random, shape)).collect();
        trail::written(folder, &format!("t{number:04}"), &records, 1);
        serde_json::json!({"Records": records}).to_string().len()
    };
    (0..FILES).map(file).sum()
}

/// Inflates every file by the fastest inflater that is kept, and searches it.
fn floor(files: &[PathBuf], threads: usize) {
    let next = AtomicUsize::new(0);
    let found = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut inflater = libdeflater::Decompressor::new();
                let mut content = Vec::new();
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let packed = std::fs::read(file).unwrap();
                    let size = u32::from_le_bytes(packed[packed.len() - 4..].try_into().unwrap()) as usize;
                    content.resize(size, 0);
                    inflater.gzip_decompress(&packed, &mut content).unwrap();
                    let count = memchr::memmem::find_iter(&content, "errorCode").count();
                    found.fetch_add(count, Ordering::Relaxed);
                }
            });
        }
    });
    assert!(found.into_inner() > FILES);
}

fn triage(folder: &Path, threads: usize) {
    let mut command = Command::new(program());
    command.arg("triage").arg(folder).env("RAYON_NUM_THREADS", threads.to_string());
    assert!(command.stdout(Stdio::null()).status().unwrap().success());
}

/// What unpacks alone; `grep` on records that are one line takes many times as long.
fn zcat(files: &[PathBuf]) {
    assert!(Command::new("zcat").args(files).stdout(Stdio::null()).status().unwrap().success());
}

/// Prints the most memory and the CPU time of `triage` over so many denials, by how many fingerprints they have.
fn memory(denials: usize) {
    println!("{denials} denials, 2 cores\n");
    for fingerprints in [100, 1_000, 10_000, 100_000] {
        let folder = tempfile::tempdir().unwrap();
        for file in 0..denials / RECORDS {
            different(folder.path(), file, fingerprints);
        }
        let mut command = Command::new(program());
        command.args(["triage", "--format", "json"]).arg(folder.path()).env("RAYON_NUM_THREADS", "2");
        let Taken { cpu, memory, .. } = run(&mut command, 1);
        println!("{fingerprints:>8} fingerprints {memory:>6} MB {:>8.1} s of CPU", cpu.as_secs_f64());
    }
}

/// Writes a file of denials over a month, of which each has another session, address and object.
fn different(folder: &Path, file: usize, fingerprints: usize) {
    let mut random = Random::new(1 + file as u64);
    let role = "arn:aws:sts::111122223333:assumed-role";
    let records = (0..RECORDS).map(|_| {
        let number = random.below(fingerprints);
        let (day, id) = (1 + random.below(30), random.below(usize::MAX));
        let why = "because no identity-based policy allows the s3:GetObject action";
        let resource = format!("arn:aws:s3:::bucket-{number}/part-{id}");
        serde_json::json!({
            "eventVersion": "1.11", "userIdentity": {"type": "AssumedRole", "arn": format!("{role}/r{}/i-{id:017x}", number % 2500), "accountId": "111122223333"},
            "eventTime": format!("2026-10-{day:02}T{:02}:00:00Z", random.below(24)), "eventSource": "s3.amazonaws.com", "eventName": "GetObject",
            "awsRegion": "eu-central-1", "sourceIPAddress": format!("198.18.{}.{}", random.below(256), random.below(256)),
            "userAgent": format!("Boto3/1.34.{} md/Botocore#1.34.{} os/linux lang/python#3.11.9", random.below(20), number % 150), "errorCode": "AccessDenied",
            "errorMessage": format!("User: {role}/r{}/i-{id:017x} is not authorized to perform: s3:GetObject on resource: {resource} {why}", number % 2500),
            "requestParameters": null, "eventID": format!("{:08x}-0000-4000-8000-{id:012x}", random.below(1 << 32)),
            "eventType": "AwsApiCall", "recipientAccountId": "111122223333",
        })
    });
    let records: Vec<Value> = records.collect();
    trail::written(folder, &format!("m{file:05}"), &records, 1);
}
