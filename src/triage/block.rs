//! Where quotes, backslashes and braces stand in 64 bytes: all of them compared at once.

use wide::u8x16;

/// A bit for each byte, the first one the lowest.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    /// Quotes, escaped or not.
    quotes: u64,
    backslashes: u64,
    /// Braces and brackets that open, in a string or not.
    opens: u64,
    /// Those that close.
    closes: u64,
}

/// What of a block stands outside strings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Structure {
    pub(super) opens: u64,
    pub(super) closes: u64,
}

/// Where a block begins or ends.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Edge {
    /// Inside a string.
    inside: bool,
    /// Behind a backslash that counts.
    escaped: bool,
}

impl Block {
    pub(super) const SIZE: usize = 64;

    pub(super) fn of(bytes: &[u8; Self::SIZE]) -> Self {
        let (parts, _) = bytes.as_chunks::<16>();
        let mut block = Self { quotes: 0, backslashes: 0, opens: 0, closes: 0 };
        for (place, part) in parts.iter().enumerate() {
            let part = u8x16::new(*part);
            // brackets become braces, and no other sign does
            let folded = part | u8x16::splat(0x20);
            let found = |part: u8x16, byte| u64::from(part.simd_eq(u8x16::splat(byte)).to_bitmask()) << (16 * place);
            block.quotes |= found(part, b'"');
            block.backslashes |= found(part, b'\\');
            block.opens |= found(folded, b'{');
            block.closes |= found(folded, b'}');
        }
        block
    }

    /// The last bytes, which fill no block.
    pub(super) fn of_end(bytes: &[u8]) -> Self {
        let mut whole = [b' '; Self::SIZE];
        whole.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        Self::of(&whole)
    }

    /// What of its first bytes, so `many`, stands outside strings, and how they end.
    pub(super) fn structure(&self, many: usize, begin: Edge) -> (Structure, Edge) {
        let (escaped, ends_escaped) = self.escaped(many, begin.escaped);
        let quotes = self.quotes & !escaped;
        // each quote turns over all bits from its own on
        let mut inside = quotes;
        for shift in [1, 2, 4, 8, 16, 32] {
            inside ^= inside << shift;
        }
        if begin.inside {
            inside = !inside;
        }
        let structure = Structure { opens: self.opens & !inside, closes: self.closes & !inside };
        (structure, Edge { inside: inside >> (Self::SIZE - 1) == 1, escaped: ends_escaped })
    }

    /// The bytes behind a backslash that is not itself behind one; and whether the next byte after these is.
    fn escaped(&self, many: usize, begins_escaped: bool) -> (u64, bool) {
        let mut escaped = u64::from(begins_escaped);
        let mut rest = self.backslashes & !escaped;
        while rest != 0 {
            let next = rest.trailing_zeros() as usize + 1;
            rest &= rest - 1;
            if next == many {
                return (escaped, true);
            }
            escaped |= 1 << next;
            rest &= !(1 << next);
        }
        (escaped, false)
    }
}
