//! How fast a trail is read, beside the least that there is to do: the same files inflated, and searched for `errorCode`.
//!
//! `cargo bench --bench triage` prints a table; `cargo bench --bench triage -- write FOLDER` keeps a trail for other measurements.

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
#[path = "../it/support/trail.rs"]
mod trail;

use generate::Random;
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
    let folder = tempfile::tempdir().unwrap();
    let bytes = write(folder.path());
    let files: Vec<PathBuf> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from).min(2);
    let runs: Vec<Run<'_>> = vec![
        ("the floor, 1 core", Box::new(|| floor(&files, 1))),
        ("iamdx triage, 1 core", Box::new(|| triage(folder.path(), 1))),
        ("the floor, 2 cores", Box::new(|| floor(&files, cores))),
        ("iamdx triage, 2 cores", Box::new(|| triage(folder.path(), cores))),
        ("zcat | grep -c", Box::new(|| zcat(&files))),
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
    let mut command = Command::new(env!("CARGO_BIN_EXE_iamdx"));
    command.arg("triage").arg(folder).env("RAYON_NUM_THREADS", threads.to_string());
    assert!(command.stdout(Stdio::null()).status().unwrap().success());
}

fn zcat(files: &[PathBuf]) {
    let mut zcat = Command::new("zcat").args(files).stdout(Stdio::piped()).spawn().unwrap();
    let grep = Command::new("grep")
        .args(["-c", "errorCode"])
        .stdin(zcat.stdout.take().unwrap())
        .stdout(Stdio::null())
        .status();
    assert!(grep.unwrap().success() && zcat.wait().unwrap().success());
}
