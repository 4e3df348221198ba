//! The records of a stream whose bytes somebody else holds.

use std::ops::Range;

use super::{Broken, Scan};

/// Finds records in bytes that come piece by piece.
#[derive(Debug, Default)]
pub struct Pieces(Scan);

impl Pieces {
    /// Goes on to the end of the bytes that are held, and tells where the records stand that end there.
    ///
    /// # Errors
    /// When what follows is no JSON.
    pub fn go(&mut self, held: &[u8], mut each: impl FnMut(Range<usize>)) -> Result<(), Broken> {
        let first = held.as_ptr() as usize;
        self.0.go(held, &mut |record: &[u8]| {
            let begin = (record.as_ptr() as usize).saturating_sub(first);
            each(begin..begin + record.len());
        })
    }

    /// How many of the held bytes are not needed any more: they are of no record that has not ended.
    #[must_use]
    pub fn done(&self) -> usize {
        self.0.done()
    }

    /// The first bytes, no more than [`Self::done`], are not held any more.
    pub fn forget(&mut self, bytes: usize) {
        self.0.forget(bytes);
    }

    /// The end of the stream.
    ///
    /// # Errors
    /// When it is inside a value.
    pub fn end(&self) -> Result<(), Broken> {
        self.0.end()
    }
}
