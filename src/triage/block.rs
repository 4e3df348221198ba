//! Where quotes, backslashes and braces stand in 64 bytes: all of them compared at once.

use wide::u8x16;

/// A bit for each byte, the first one the lowest.
#[derive(Debug, Clone, Copy)]
struct Block {
    /// Quotes, escaped or not.
    quotes: u64,
    backslashes: u64,
    /// Braces and brackets that open, in a string or not.
    opens: u64,
    /// Those that close.
    closes: u64,
}

/// Bytes of a block.
pub(super) const SIZE: usize = 64;

/// A block in which something comes near enough to the outside to be looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Near {
    /// Its bytes; the last block may have fewer than the others.
    pub(super) many: usize,
    /// What opens outside strings.
    pub(super) opens: u64,
    /// What closes there.
    pub(super) closes: u64,
    /// How it ends.
    pub(super) edge: Edge,
}

/// Where a block begins or ends.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Edge {
    /// Inside a string.
    inside: bool,
    /// Behind a backslash that counts.
    escaped: bool,
}

/// Where a walk through JSON is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    /// The next byte.
    pub(super) at: usize,
    /// How many lists and objects are open.
    pub(super) depth: usize,
    /// How the bytes before it end.
    pub(super) edge: Edge,
}

/// What this processor can compare at once.
#[derive(Debug, Clone, Copy)]
pub(super) enum Level {
    /// Sixteen bytes: every processor can.
    Sixteen,
    /// Thirty-two.
    #[cfg(target_arch = "x86_64")]
    ThirtyTwo(pulp::x86::V3),
    /// All of a block.
    #[cfg(target_arch = "x86_64")]
    SixtyFour(pulp::x86::V4),
}

impl Default for Level {
    fn default() -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(avx512) = pulp::x86::V4::try_new() {
            return Self::SixtyFour(avx512);
        } else if let Some(avx2) = pulp::x86::V3::try_new() {
            return Self::ThirtyTwo(avx2);
        }
        Self::Sixteen
    }
}

impl Level {
    /// Goes on to the block in which fewer than `outside` lists and objects and one more are open somewhere; `None` at the end of the bytes.
    pub(super) fn walk(self, bytes: &[u8], place: &mut Place, outside: usize) -> Option<Near> {
        match self {
            Self::Sixteen => walk(Sixteen, bytes, place, outside),
            #[cfg(target_arch = "x86_64")]
            Self::ThirtyTwo(avx2) => {
                pulp::Simd::vectorize(avx2, Walk { compare: ThirtyTwo(avx2), bytes, place, outside })
            }
            #[cfg(target_arch = "x86_64")]
            Self::SixtyFour(avx512) => {
                pulp::Simd::vectorize(avx512, Walk { compare: SixtyFour(avx512), bytes, place, outside })
            }
        }
    }
}

/// A walk by code that is made for a processor.
#[cfg(target_arch = "x86_64")]
struct Walk<'w, C> {
    compare: C,
    bytes: &'w [u8],
    place: &'w mut Place,
    outside: usize,
}

#[cfg(target_arch = "x86_64")]
impl<C: Compare> pulp::NullaryFnOnce for Walk<'_, C> {
    type Output = Option<Near>;

    #[expect(clippy::inline_always, reason = "only so it is compiled for the processor")]
    #[inline(always)]
    fn call(self) -> Option<Near> {
        walk(self.compare, self.bytes, self.place, self.outside)
    }
}

/// How blocks are compared.
trait Compare: Copy {
    fn block(self, bytes: &[u8; SIZE]) -> Block;
}

#[derive(Clone, Copy)]
struct Sixteen;

impl Compare for Sixteen {
    #[inline]
    fn block(self, bytes: &[u8; SIZE]) -> Block {
        let (parts, _) = bytes.as_chunks::<16>();
        let mut block = Block { quotes: 0, backslashes: 0, opens: 0, closes: 0 };
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
}

#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
struct ThirtyTwo(pulp::x86::V3);

#[cfg(target_arch = "x86_64")]
impl Compare for ThirtyTwo {
    #[expect(clippy::inline_always, reason = "only so it is compiled for the processor")]
    #[inline(always)]
    fn block(self, bytes: &[u8; SIZE]) -> Block {
        let simd = self.0;
        let parts: [std::arch::x86_64::__m256i; 2] = pulp::cast(*bytes);
        let found = |folded: bool, byte: u8| {
            let byte = simd.avx._mm256_set1_epi8(byte.cast_signed());
            let fold = simd.avx._mm256_set1_epi8(0x20);
            let of = |part| {
                let part = if folded { simd.avx2._mm256_or_si256(part, fold) } else { part };
                let equal = simd.avx2._mm256_cmpeq_epi8(part, byte);
                u64::from(simd.avx2._mm256_movemask_epi8(equal).cast_unsigned())
            };
            let [low, high] = parts;
            of(low) | of(high) << 32
        };
        Block {
            quotes: found(false, b'"'),
            backslashes: found(false, b'\\'),
            opens: found(true, b'{'),
            closes: found(true, b'}'),
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
struct SixtyFour(pulp::x86::V4);

#[cfg(target_arch = "x86_64")]
impl Compare for SixtyFour {
    #[expect(clippy::inline_always, reason = "only so it is compiled for the processor")]
    #[inline(always)]
    fn block(self, bytes: &[u8; SIZE]) -> Block {
        let simd = self.0;
        let whole: std::arch::x86_64::__m512i = pulp::cast(*bytes);
        let splat = |byte: u8| simd.avx512f._mm512_set1_epi8(byte.cast_signed());
        let folded = simd.avx512f._mm512_or_si512(whole, splat(0x20));
        let found = |part, byte| simd.avx512bw._mm512_cmpeq_epi8_mask(part, splat(byte));
        Block {
            quotes: found(whole, b'"'),
            backslashes: found(whole, b'\\'),
            opens: found(folded, b'{'),
            closes: found(folded, b'}'),
        }
    }
}

#[expect(clippy::inline_always, reason = "it is compiled once for each kind of processor")]
#[inline(always)]
fn walk(compare: impl Compare, bytes: &[u8], place: &mut Place, outside: usize) -> Option<Near> {
    let Place { mut at, mut depth, mut edge } = *place;
    let near = loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let (block, many) = match rest.first_chunk() {
            Some(whole) => (compare.block(whole), SIZE),
            None if rest.is_empty() => break None,
            None => (compare.block(&filled(rest)), rest.len()),
        };
        let (opens, closes, next) = block.structure(many, edge);
        let (opened, closed) = (opens.count_ones() as usize, closes.count_ones() as usize);
        // deep in a record nothing matters but how deep
        if depth <= closed + outside && comes_near(opens, closes, depth, outside) {
            break Some(Near { many, opens, closes, edge: next });
        }
        depth = depth + opened - closed;
        edge = next;
        at += many;
    };
    *place = Place { at, depth, edge };
    near
}

/// Whether something stands not deeper than `outside`, or ends there.
fn comes_near(opens: u64, closes: u64, mut depth: usize, outside: usize) -> bool {
    let mut both = opens | closes;
    while both != 0 {
        let sign = both & both.wrapping_neg();
        both ^= sign;
        if depth <= outside {
            return true;
        }
        if opens & sign != 0 {
            depth += 1;
        } else {
            depth -= 1;
        }
    }
    depth <= outside
}

/// The last bytes, which fill no block.
fn filled(bytes: &[u8]) -> [u8; SIZE] {
    let mut whole = [b' '; SIZE];
    whole.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    whole
}

impl Block {
    /// What of its first bytes, so `many`, opens and closes outside strings, and how they end.
    #[expect(clippy::inline_always, reason = "it is compiled once for each kind of processor")]
    #[inline(always)]
    fn structure(&self, many: usize, begin: Edge) -> (u64, u64, Edge) {
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
        let edge = Edge { inside: inside >> (SIZE - 1) == 1, escaped: ends_escaped };
        (self.opens & !inside, self.closes & !inside, edge)
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
