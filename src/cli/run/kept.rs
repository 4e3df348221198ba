//! What is kept of a command's output to be looked at: its beginning and its end.

/// Bytes of the beginning that are kept.
const HEAD: usize = 1 << 20;
/// Bytes of the end that are kept: a tool says last why it failed.
const TAIL: usize = 4 << 20;

/// The beginning and the end of a stream of bytes.
#[derive(Debug, Default)]
pub(super) struct Kept {
    head: Vec<u8>,
    tail: Vec<u8>,
    left_out: u64,
    lost: Option<std::io::Error>,
}

impl Kept {
    /// Adds what was written.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        let room = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        let (first, rest) = bytes.split_at(room);
        self.head.extend_from_slice(first);
        self.tail.extend_from_slice(rest);
        // now and then, so that each byte is moved once on average
        if self.tail.len() > 2 * TAIL {
            self.cut();
        }
    }

    fn cut(&mut self) {
        let out = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..out);
        self.left_out += out as u64;
    }

    /// Notes that what was written could not be passed on.
    pub(super) fn lose(&mut self, error: std::io::Error) {
        self.lost.get_or_insert(error);
    }

    /// Why some of it did not arrive.
    pub(super) const fn lost(&self) -> Option<&std::io::Error> {
        self.lost.as_ref()
    }

    /// How many bytes in the middle are not kept.
    pub(super) const fn left_out(&self) -> u64 {
        self.left_out
    }

    /// What is kept. Where something is left out, a line ends there.
    pub(super) fn text(&self) -> Vec<u8> {
        let mut text = self.head.clone();
        if self.left_out > 0 {
            text.push(b'\n');
        }
        text.extend_from_slice(&self.tail);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::{HEAD, Kept, TAIL};

    #[test]
    fn the_beginning_and_the_end_of_a_long_output_are_kept_and_the_rest_is_counted() {
        let mut kept = Kept::default();
        kept.add(b"first ");
        let block = vec![b'.'; 1 << 20];
        for _ in 0..20 {
            kept.add(&block);
        }
        kept.add(b" last");
        let text = kept.text();
        assert!(text.starts_with(b"first ") && text.ends_with(b" last"));
        assert_eq!(text.len() as u64 - 1 + kept.left_out(), 6 + (20 << 20) + 5);
        assert!(text.len() <= HEAD + 2 * TAIL + 1);
    }

    #[test]
    fn a_short_output_is_kept_as_it_is() {
        let mut kept = Kept::default();
        kept.add(b"User: ");
        kept.add(b"arn");
        assert_eq!((kept.text(), kept.left_out()), (b"User: arn".to_vec(), 0));
    }
}
