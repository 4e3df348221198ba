//! The records of one large file on all cores: one thread reads and cuts, the others count.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Mutex, PoisonError};

use crate::triage::{Broken, Counting};

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

/// What is done with records.
pub(super) trait Work: Sync {
    /// Whether nothing more is counted of a record than that a call was made: that is so of most.
    fn is_plain(&self, record: &[u8]) -> bool;

    /// Counts a record.
    fn count(&self, record: &[u8], counting: &mut Counting);
}

/// Records, one behind the other.
#[derive(Default)]
struct Batch {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Batch {
    fn add(&mut self, record: &[u8]) {
        if self.bytes.capacity() == 0 {
            self.bytes.reserve(BATCH / 4);
        }
        self.bytes.extend_from_slice(record);
        self.ends.push(self.bytes.len());
    }

    fn each(&self, mut each: impl FnMut(&[u8])) {
        let begins = std::iter::once(&0).chain(&self.ends);
        for (begin, end) in begins.zip(&self.ends) {
            each(self.bytes.get(*begin..*end).unwrap_or_default());
        }
    }
}

/// What one thread counts. Records of which more is told are read many at a time: one by one among the others, each would find its code and
/// its tables pushed out of the caches.
#[derive(Default)]
struct Own {
    counting: Counting,
    later: Batch,
}

impl Own {
    fn take(&mut self, record: &[u8], work: &dyn Work) {
        if work.is_plain(record) {
            self.counting.record();
            return;
        }
        self.later.add(record);
        if self.later.bytes.len() >= BATCH {
            self.settle(work);
        }
    }

    fn settle(&mut self, work: &dyn Work) {
        self.later.each(|record| work.count(record, &mut self.counting));
        self.later.bytes.clear();
        self.later.ends.clear();
    }
}

/// Counts the records that `source` gives, with so many threads that help.
///
/// # Errors
/// What `source` says.
pub(super) fn out<T>(
    work: &dyn Work,
    helpers: usize,
    source: impl FnOnce(&mut dyn FnMut(&[u8])) -> Result<T, Broken>,
) -> Result<(T, Counting), Broken> {
    let mut own = Own::default();
    if helpers == 0 {
        let found = source(&mut |record| own.take(record, work));
        // of a damaged file, too: who sees a secret says so
        own.settle(work);
        return Ok((found?, own.counting));
    }
    let whole = Mutex::new(Counting::default());
    let (send, receive) = sync_channel::<Batch>(2 * helpers);
    let receive = Mutex::new(receive);
    let found = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..helpers).map(|_| scope.spawn(|| help(work, &receive, &whole))).collect();
        let mut batch = Batch::default();
        let found = source(&mut |record| {
            batch.add(record);
            if batch.bytes.len() >= BATCH {
                give(&send, std::mem::take(&mut batch), work, &mut own);
                share(&mut own, work, &whole);
            }
        });
        batch.each(|record| own.take(record, work));
        own.settle(work);
        drop(send);
        for thread in threads {
            if let Err(panic) = thread.join() {
                std::panic::resume_unwind(panic);
            }
        }
        found
    })?;
    let mut whole = whole.into_inner().unwrap_or_else(PoisonError::into_inner);
    whole.merge(own.counting);
    Ok((found, whole))
}

/// Gives a batch to whoever is free; where nobody is, it is counted here.
fn give(send: &SyncSender<Batch>, batch: Batch, work: &dyn Work, own: &mut Own) {
    if let Err(TrySendError::Full(batch) | TrySendError::Disconnected(batch)) = send.try_send(batch) {
        batch.each(|record| own.take(record, work));
    }
}

/// Puts what was counted here to the rest of the file, before it is as large as that: no thread holds all fingerprints by itself.
fn share(own: &mut Own, work: &dyn Work, whole: &Mutex<Counting>) {
    if own.counting.is_large() {
        own.settle(work);
        let own = std::mem::take(&mut own.counting);
        whole.lock().unwrap_or_else(PoisonError::into_inner).merge(own);
    }
}

fn help(work: &dyn Work, receive: &Mutex<Receiver<Batch>>, whole: &Mutex<Counting>) {
    let mut own = Own::default();
    loop {
        let batch = receive.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(batch) = batch else { break };
        batch.each(|record| own.take(record, work));
        share(&mut own, work, whole);
    }
    own.settle(work);
    whole.lock().unwrap_or_else(PoisonError::into_inner).merge(own.counting);
}
