//! How a call is worked on: beside the protocol, some at a time, for a limited time, and not for somebody who does not wait for it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, watch};

/// The limits of all calls.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// How long one may take.
    pub(super) time: Duration,
    /// How many are worked on at a time.
    pub(super) parallel: u16,
}

/// Those who work.
#[derive(Debug)]
pub(super) struct Workers {
    limits: Limits,
    free: Arc<Semaphore>,
    queue: Semaphore,
}

/// Calls that may wait, for each that is worked on.
const WAITING: usize = 16;

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoAnswer {
    /// Nobody waits for it.
    Cancelled,
    /// It took too long.
    TooLong(Duration),
    /// Too many others wait already.
    Busy,
    /// An error in iamdx.
    Broken,
}

impl Workers {
    pub(super) fn new(limits: Limits) -> Self {
        let parallel = usize::from(limits.parallel);
        Self { limits, free: Arc::new(Semaphore::new(parallel)), queue: Semaphore::new(parallel * (1 + WAITING)) }
    }

    /// Works on a call, until it is done, cancelled or too late. What AWS was asked meanwhile ends with it; what only computes goes on
    /// to its end in its place, and its answer is dropped.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        cancelled: impl Future<Output = ()>,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, NoAnswer> {
        let Ok(_place) = self.queue.try_acquire() else {
            return Err(NoAnswer::Busy);
        };
        let (stop, stopped) = watch::channel(false);
        let answer = async {
            let Ok(permit) = Arc::clone(&self.free).acquire_owned().await else {
                return Err(NoAnswer::Broken);
            };
            let worked = tokio::task::spawn_blocking(move || {
                let _permit = permit;
                while_wanted(stopped, work)
            });
            worked.await.map_err(|_| NoAnswer::Broken)
        };
        let ended = tokio::select! {
            answer = answer => return answer,
            () = cancelled => NoAnswer::Cancelled,
            () = tokio::time::sleep(self.limits.time) => NoAnswer::TooLong(self.limits.time),
        };
        stop.send_replace(true);
        Err(ended)
    }
}

#[cfg(feature = "live")]
fn while_wanted<T>(stopped: watch::Receiver<bool>, work: impl FnOnce() -> T) -> T {
    crate::cli::live::while_wanted(stopped, work)
}

#[cfg(not(feature = "live"))]
fn while_wanted<T>(_: watch::Receiver<bool>, work: impl FnOnce() -> T) -> T {
    work()
}
