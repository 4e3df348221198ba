//! Numbers and texts in few bytes: a small number takes one.

/// Bits of a number in a byte; the last one says whether more follow.
const BITS: u32 = 7;

/// Writes a number.
pub(super) fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 1 << BITS {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= BITS;
    }
    out.push((number & 0x7f) as u8);
}

/// Writes a length, or a place in a list.
pub(super) fn put_length(out: &mut Vec<u8>, length: usize) {
    put_number(out, length as u64);
}

/// Writes a number that may be negative: it is small on both sides of zero.
pub(super) fn put_signed(out: &mut Vec<u8>, number: i64) {
    put_number(out, ((number << 1) ^ (number >> 63)).cast_unsigned());
}

/// Writes a time that may be missing.
pub(super) fn put_time(out: &mut Vec<u8>, time: Option<i64>) {
    out.push(u8::from(time.is_some()));
    if let Some(time) = time {
        put_signed(out, time);
    }
}

/// Writes bytes with their length.
pub(super) fn put_part(out: &mut Vec<u8>, part: &[u8]) {
    put_length(out, part.len());
    out.extend_from_slice(part);
}

/// Bytes that were written so. Behind their end are zeros.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bytes<'b>(pub(super) &'b [u8]);

impl<'b> Bytes<'b> {
    /// Whether all was read.
    pub(super) const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    pub(super) fn number(&mut self) -> u64 {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(BITS as usize) {
            let byte = self.byte();
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        number
    }

    pub(super) fn length(&mut self) -> usize {
        usize::try_from(self.number()).unwrap_or(usize::MAX)
    }

    pub(super) fn signed(&mut self) -> i64 {
        let number = self.number();
        (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
    }

    pub(super) fn time(&mut self) -> Option<i64> {
        (self.byte() != 0).then(|| self.signed())
    }

    /// So many bytes.
    pub(super) fn take(&mut self, many: usize) -> &'b [u8] {
        let (taken, rest) = self.0.split_at_checked(many).unwrap_or((self.0, &[]));
        self.0 = rest;
        taken
    }

    /// Bytes that stand behind their length.
    pub(super) fn part(&mut self) -> &'b [u8] {
        let length = self.length();
        self.take(length)
    }

    /// A number of eight bytes.
    pub(super) fn hash(&mut self) -> u64 {
        self.take(8).first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::{Bytes, put_number, put_part, put_signed, put_time};

    #[test]
    fn what_is_written_is_read() {
        let numbers = [0, 1, 127, 128, 16_384, u64::MAX - 1, u64::MAX];
        let signed = [0, -1, 1, i64::MIN, i64::MAX, 20_393];
        let mut out = Vec::new();
        for number in numbers {
            put_number(&mut out, number);
        }
        for number in signed {
            put_signed(&mut out, number);
        }
        put_time(&mut out, None);
        put_time(&mut out, Some(-7));
        put_part(&mut out, b"text");
        let mut bytes = Bytes(&out);
        assert_eq!(numbers.map(|_| bytes.number()), numbers);
        assert_eq!(signed.map(|_| bytes.signed()), signed);
        assert_eq!((bytes.time(), bytes.time(), bytes.part()), (None, Some(-7), b"text".as_slice()));
        assert!(bytes.is_empty() && bytes.number() == 0 && bytes.part().is_empty());
    }
}
