//! The records of one large file on all cores: one thread reads and cuts, the others count.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Mutex, PoisonError};

use crate::triage::{Broken, Counting, Tally};

/// Bytes of a file that is worth more than one core, packed or not.
const LARGE: u64 = 8 * 1024 * 1024;

/// Bytes of records that go to another thread at once.
const BATCH: usize = 256 * 1024;

/// How many cores there are for each file.
pub(super) struct Cores {
    /// Files that are not read to their end.
    files: AtomicUsize,
}

impl Cores {
    pub(super) const fn new(files: usize) -> Self {
        Self { files: AtomicUsize::new(files) }
    }

    pub(super) fn file_is_done(&self) {
        self.files.fetch_sub(1, Ordering::Relaxed);
    }

    /// How many are free to help with a file of this size.
    pub(super) fn free(&self, bytes: u64) -> usize {
        let cores = rayon::current_num_threads();
        let files = self.files.load(Ordering::Relaxed).clamp(1, cores.max(1));
        if bytes < LARGE { 0 } else { (cores / files).saturating_sub(1) }
    }
}

/// Counts a record.
type Count<'c> = dyn Fn(&[u8], &mut Counting) + Sync + 'c;

/// Records, one behind the other.
#[derive(Default)]
struct Batch {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Batch {
    fn add(&mut self, record: &[u8]) {
        self.bytes.extend_from_slice(record);
        self.ends.push(self.bytes.len());
    }

    fn count(&self, count: &Count<'_>, own: &mut Counting) {
        let begins = std::iter::once(&0).chain(&self.ends);
        for (begin, end) in begins.zip(&self.ends) {
            count(self.bytes.get(*begin..*end).unwrap_or_default(), own);
        }
    }
}

/// Counts the records that `source` gives, with so many threads that help.
///
/// # Errors
/// What `source` says.
pub(super) fn out<T>(
    count: &Count<'_>,
    helpers: usize,
    source: impl FnOnce(&mut dyn FnMut(&[u8])) -> Result<T, Broken>,
) -> Result<(T, Tally), Broken> {
    let mut own = Counting::default();
    if helpers == 0 {
        let found = source(&mut |record| count(record, &mut own))?;
        return Ok((found, own.tally()));
    }
    let whole = Mutex::new(Tally::new());
    let (send, receive) = sync_channel::<Batch>(2 * helpers);
    let receive = Mutex::new(receive);
    let found = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..helpers).map(|_| scope.spawn(|| help(count, &receive, &whole))).collect();
        let mut batch = Batch::default();
        let found = source(&mut |record| {
            batch.add(record);
            if batch.bytes.len() >= BATCH {
                give(&send, std::mem::take(&mut batch), count, &mut own);
                share(&mut own, &whole);
            }
        });
        batch.count(count, &mut own);
        drop(send);
        for thread in threads {
            if let Err(panic) = thread.join() {
                std::panic::resume_unwind(panic);
            }
        }
        found
    })?;
    let mut whole = whole.into_inner().unwrap_or_else(PoisonError::into_inner);
    whole.merge(own.tally());
    Ok((found, whole))
}

/// Gives a batch to whoever is free; where nobody is, it is counted here.
fn give(send: &SyncSender<Batch>, batch: Batch, count: &Count<'_>, own: &mut Counting) {
    if let Err(TrySendError::Full(batch) | TrySendError::Disconnected(batch)) = send.try_send(batch) {
        batch.count(count, own);
    }
}

/// Puts what was counted here to the rest of the file, before it is as large as that: no thread holds all fingerprints by itself.
fn share(own: &mut Counting, whole: &Mutex<Tally>) {
    if own.is_large() {
        let own = std::mem::take(own).tally();
        whole.lock().unwrap_or_else(PoisonError::into_inner).merge(own);
    }
}

fn help(count: &Count<'_>, receive: &Mutex<Receiver<Batch>>, whole: &Mutex<Tally>) {
    let mut own = Counting::default();
    loop {
        let batch = receive.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(batch) = batch else { break };
        batch.count(count, &mut own);
        share(&mut own, whole);
    }
    let own = own.tally();
    whole.lock().unwrap_or_else(PoisonError::into_inner).merge(own);
}
