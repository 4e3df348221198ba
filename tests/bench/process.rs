//! A command as the benchmarks run it: CPU time, time by the clock, and the most memory.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a command took.
#[derive(Clone, Copy)]
pub(crate) struct Taken {
    /// CPU time, of all cores.
    pub(crate) cpu: Duration,
    /// Time by the clock.
    pub(crate) clock: Duration,
    /// The most memory in MB, as far as it was seen.
    pub(crate) memory: usize,
}

impl Taken {
    /// More than anything takes.
    pub(crate) const MOST: Self = Self { cpu: Duration::MAX, clock: Duration::MAX, memory: 0 };

    /// The least time of both, and the most memory.
    pub(crate) fn best(self, other: Self) -> Self {
        Self { cpu: self.cpu.min(other.cpu), clock: self.clock.min(other.clock), memory: self.memory.max(other.memory) }
    }
}

/// The program that is measured: the one that the command line names, or the one that was built with the benchmark.
pub(crate) fn program() -> String {
    let named = std::env::args().skip(1).find(|argument| argument.contains('/'));
    named.unwrap_or_else(|| env!("CARGO_BIN_EXE_iamdx").to_owned())
}

/// CPU time of this process's children that ended so far, in ticks of 10 ms.
fn of_children() -> Duration {
    // the fields behind the name: 14 and 15 count from 1 with utime and stime of children at 16 and 17
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: u64 = [13, 14].iter().map(|field| fields.get(*field).unwrap().parse::<u64>().unwrap()).sum();
    Duration::from_millis(ticks * 10)
}

/// Runs a command so many times, one after the other; tells what one of them took.
pub(crate) fn run(command: &mut Command, times: u32) -> Taken {
    let (before, start) = (of_children(), Instant::now());
    let mut memory = 0_usize;
    for _ in 0..times {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let status = format!("/proc/{}/status", child.id());
        // a short one is not looked at: that would be a part of its time
        while times == 1 && child.try_wait().unwrap().is_none() {
            let text = std::fs::read_to_string(&status).unwrap_or_default();
            let peak = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let peak = peak.and_then(|peak| peak.trim().split(' ').next()?.parse::<usize>().ok());
            memory = memory.max(peak.unwrap_or_default() / 1024);
            std::thread::sleep(Duration::from_millis(2));
        }
        child.wait().unwrap();
    }
    Taken { cpu: of_children().saturating_sub(before) / times, clock: start.elapsed() / times, memory }
}
