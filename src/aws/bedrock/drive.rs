//! Makes the calls that a run asks for, side by side and not too fast, until it is done or interrupted.

use std::collections::hash_map::RandomState;
use std::future::Future;
use std::hash::BuildHasher as _;
use std::pin::pin;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::time::Instant;

use super::Bedrock;
use crate::probe::{After, Attempt, Call, Run, SPACING_MS, Step};

/// As much may be added to a wait, so that callers who were throttled together do not come back together.
const JITTER_MS: u64 = 250;

/// Drives a run to its end. `interrupt` ends it early: what is under way is dropped, and the run marked incomplete. Without `waits`, calls
/// and repetitions start at once. `report` is called after each answer, with the cell that it belongs to.
pub async fn drive(
    bedrock: &Bedrock,
    run: &mut Run,
    waits: bool,
    interrupt: impl Future<Output = ()>,
    report: impl Fn(&Run, usize),
) {
    let spacing = Duration::from_millis(if waits { SPACING_MS } else { 0 });
    let mut interrupt = pin!(interrupt);
    let mut under_way = FuturesUnordered::new();
    let mut earliest = Instant::now();
    loop {
        // whoever interrupts while nothing is under way is heard before anything starts
        tokio::select! {
            biased;
            () = &mut interrupt => {
                run.interrupt();
                return;
            }
            () = std::future::ready(()) => {}
        }
        let mut may_start = true;
        while may_start && Instant::now() >= earliest {
            match run.next_step() {
                Step::Call { cell, call } => {
                    earliest = Instant::now() + spacing;
                    under_way.push(made(bedrock, cell, call));
                }
                Step::Wait => may_start = false,
                Step::Done => return,
            }
        }
        if under_way.is_empty() && !may_start {
            return;
        }
        tokio::select! {
            biased;
            () = &mut interrupt => {
                run.interrupt();
                return;
            }
            Some(step) = under_way.next(), if !under_way.is_empty() => match step {
                Event::Waited(cell, call) => {
                    if run.resume(cell) {
                        under_way.push(made(bedrock, cell, call));
                    } else {
                        report(run, cell);
                    }
                }
                Event::Answered(cell, call, attempt) => {
                    let again = run.record(cell, attempt);
                    report(run, cell);
                    if let After::Again { wait_ms } = again {
                        let jitter = RandomState::new().hash_one(cell) % JITTER_MS;
                        let wait = if waits { wait_ms + jitter } else { 0 };
                        under_way.push(waited(cell, call, Duration::from_millis(wait)));
                    }
                }
            },
            () = tokio::time::sleep_until(earliest), if may_start => {}
        }
    }
}

/// What happened to a cell.
enum Event {
    /// The wait before a repetition is over.
    Waited(usize, Call),
    /// An answer came.
    Answered(usize, Call, Attempt),
}

fn made(bedrock: &Bedrock, cell: usize, call: Call) -> BoxFuture<'_, Event> {
    Box::pin(async move {
        let attempt = bedrock.call(&call).await;
        Event::Answered(cell, call, attempt)
    })
}

fn waited<'a>(cell: usize, call: Call, wait: Duration) -> BoxFuture<'a, Event> {
    Box::pin(async move {
        tokio::time::sleep(wait).await;
        Event::Waited(cell, call)
    })
}
