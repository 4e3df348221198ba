//! How far a command is: one line on the terminal of whoever waits longer than a second, erased before anything else is written.

use std::io::{self, IsTerminal as _, Read};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Bytes of an input.
    Bytes,
    /// Denials of a text.
    Denials,
    /// Calls of AWS.
    #[cfg(feature = "live")]
    Calls,
}

/// Who waits less than that needs no word.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the line is written again.
const PAUSE: Duration = Duration::from_millis(200);

/// Columns of what is said before the numbers, so that the line stays one.
const ROOM: usize = 48;

/// The line that stands on the terminal now.
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Whether answers are written to where the line would stand between them.
static OVER: AtomicBool = AtomicBool::new(false);

/// Something that takes its time. It is over when this is dropped.
pub(crate) struct Progress {
    count: Arc<AtomicU64>,
    drawn: Option<(Sender<String>, JoinHandle<()>)>,
}

impl Progress {
    /// Begins to count, towards a number where that is known. Nothing is shown where standard error is no terminal that can erase a line.
    pub(crate) fn start(what: &str, unit: Unit, of: Option<u64>) -> Self {
        Self::of(what, unit, of, Arc::default())
    }

    /// The same for what somebody else counts.
    pub(crate) fn of(what: &str, unit: Unit, of: Option<u64>, count: Arc<AtomicU64>) -> Self {
        let can_erase = !super::inside::is_inside() && io::stderr().is_terminal() && !super::terminal::is_dumb();
        let drawn = can_erase.then(|| {
            let (say, said) = mpsc::channel::<String>();
            let (what, counted) = (shortened(what), Arc::clone(&count));
            (say, std::thread::spawn(move || draw(what, unit, of, &counted, &said)))
        });
        Self { count, drawn }
    }

    /// So many more are done.
    pub(crate) fn add(&self, more: u64) {
        self.count.fetch_add(more, Ordering::Relaxed);
    }

    /// What is being done now.
    #[cfg(feature = "live")]
    pub(crate) fn say(&self, what: &str) {
        if let Some((say, _)) = &self.drawn {
            // who does not listen any more is at the end
            let _ = say.send(shortened(what));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((say, thread)) = self.drawn.take() {
            drop(say);
            // one that ended badly shows nothing any more
            let _ = thread.join();
        }
    }
}

/// Waits, then writes the line again and again until the other end is gone.
fn draw(mut what: String, unit: Unit, of: Option<u64>, count: &AtomicU64, said: &mpsc::Receiver<String>) {
    let mut left = PATIENCE;
    let bar = loop {
        match said.recv_timeout(left) {
            // what is said does not make anybody wait longer
            Ok(text) => {
                what = text;
                left = left.saturating_sub(PAUSE);
            }
            Err(RecvTimeoutError::Disconnected) => return,
            Err(RecvTimeoutError::Timeout) => break shown(what, unit, of, count),
        }
    };
    loop {
        match said.recv_timeout(PAUSE) {
            Ok(text) => bar.set_message(text),
            Err(RecvTimeoutError::Timeout) if !OVER.load(Ordering::Relaxed) => {
                bar.set_position(count.load(Ordering::Relaxed));
                bar.tick();
            }
            Err(_) => break,
        }
    }
    if let Ok(mut shown) = SHOWN.lock()
        && let Some(bar) = shown.take()
    {
        bar.finish_and_clear();
    }
}

/// The line, on the terminal from now on.
fn shown(what: String, unit: Unit, of: Option<u64>, count: &AtomicU64) -> ProgressBar {
    let numbers = match (unit, of) {
        (Unit::Bytes, Some(_)) => "{bytes} of {total_bytes}, {percent} %, {bytes_per_sec}, {eta} left",
        (Unit::Bytes, None) => "{bytes} so far, {elapsed}",
        (Unit::Denials, _) => "{pos} of {len} denials",
        #[cfg(feature = "live")]
        (Unit::Calls, Some(_)) => "{pos} of {len} calls",
        #[cfg(feature = "live")]
        (Unit::Calls, None) => "{pos} calls so far, {elapsed}",
    };
    let style = ProgressStyle::with_template(&format!("iamdx: {{msg}}: {numbers}"));
    let bar = ProgressBar::with_draw_target(of, ProgressDrawTarget::stderr())
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
        .with_message(what)
        .with_elapsed(PATIENCE)
        .with_position(count.load(Ordering::Relaxed));
    if let Ok(mut shown) = SHOWN.lock()
        && !OVER.load(Ordering::Relaxed)
    {
        bar.tick();
        *shown = Some(bar.clone());
    }
    bar
}

/// Writes something else: the line is taken away before, and put back after it.
pub(crate) fn erased<T>(write: impl FnOnce() -> T) -> T {
    // the lock is held meanwhile, so that no line appears in the middle
    let shown = SHOWN.lock();
    match shown.as_deref() {
        Ok(Some(bar)) => bar.suspend(write),
        _ => write(),
    }
}

/// Takes the line away for good: what is written from now on may be on the same terminal, itself or by the next program of a pipe.
pub(crate) fn over() {
    if !OVER.swap(true, Ordering::Relaxed)
        && let Ok(mut shown) = SHOWN.lock()
        && let Some(bar) = shown.take()
    {
        bar.finish_and_clear();
    }
}

/// What is read, with the bytes counted.
pub(crate) struct Counted<R> {
    input: R,
    progress: Progress,
}

impl<R: Read> Counted<R> {
    /// Begins to count, towards so many bytes where that is known.
    pub(crate) fn new(input: R, name: &str, of: Option<u64>) -> Self {
        Self { input, progress: Progress::start(&format!("reading {name}"), Unit::Bytes, of) }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(bytes)?;
        self.progress.add(count as u64);
        Ok(count)
    }

    /// The input itself fills the bytes: through [`Self::read`] they would be cleared before that.
    fn read_to_end(&mut self, bytes: &mut Vec<u8>) -> io::Result<usize> {
        /// Often enough for whoever watches.
        const AT_ONCE: u64 = 16 << 20;
        let before = bytes.len();
        loop {
            let count = self.input.by_ref().take(AT_ONCE).read_to_end(bytes)?;
            self.progress.add(count as u64);
            if count == 0 {
                return Ok(bytes.len() - before);
            }
        }
    }
}

/// A text from anywhere on a part of one line of a terminal.
fn shortened(text: &str) -> String {
    let safe = super::terminal::safe(text).replace(['\n', '\t'], " ");
    if safe.chars().count() <= ROOM {
        return safe;
    }
    safe.chars().take(ROOM - 3).chain("...".chars()).collect()
}
