//! The reference file: a readable header, an empty line, then one line a fact, packed with zlib or plain.
//!
//! The header may cut the packed part into blocks, in order: `block: BYTES PREFIX PREFIX ...`. It may list the names of the actions that
//! change permissions, so that they are known without unpacking all: `permissions: NAME NAME ...`.
//!
//! ```text
//! s s3                                          a service
//! k s s3:prefix                                 a condition key and its type
//! r arn:${Partition}:s3:::${BucketName} - bucket  a resource type: its ARNs (`|` between them), keys, name
//! a ListBucket l 5! 3,9 -                       an action: access, resource types (`!`: required), keys, dependent actions
//! ```
//! Numbers count the `r` and `k` lines of the same service from 0; `-` is an empty list.

use std::io::Read as _;
use std::sync::OnceLock;

use flate2::read::ZlibDecoder;

use super::service::Service;

/// The first line of every reference file.
const MAGIC: &str = "iamdx service reference 1";
/// No reference is larger, and a file that claims to be is not read into memory.
const LARGEST: u64 = 64 << 20;

/// A file that is not a service reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// The header is not that of a reference.
    #[error(
        "not a service reference: the first line must be `{MAGIC}`, then `date: YYYY-MM-DD`, and an empty line must end the header"
    )]
    Header,
    /// The packed part cannot be unpacked.
    #[error("the service reference is damaged: it cannot be unpacked")]
    Packed,
    /// A line is not as it should be.
    #[error("the service reference is damaged in line {0} after the header")]
    Line(usize),
}

/// What the header says, and what follows it.
#[derive(Debug)]
pub(super) struct Header<'f> {
    pub(super) date: String,
    /// The length in bytes and the service prefixes of each packed block; none for a file that is not cut into blocks.
    pub(super) blocks: Vec<(usize, Vec<String>)>,
    /// The names of the actions that change permissions, without their services, where they are listed.
    pub(super) permissions: Option<String>,
    pub(super) rest: &'f [u8],
}

pub(super) fn header(file: &[u8]) -> Result<Header<'_>, ReferenceError> {
    let end = memchr::memmem::find(file, b"\n\n").ok_or(ReferenceError::Header)?;
    let (head, rest) = file.split_at_checked(end).ok_or(ReferenceError::Header)?;
    let head = std::str::from_utf8(head).map_err(|_| ReferenceError::Header)?;
    let mut lines = head.lines();
    if lines.next() != Some(MAGIC) {
        return Err(ReferenceError::Header);
    }
    let date = lines.clone().find_map(|line| line.strip_prefix("date: ")).ok_or(ReferenceError::Header)?;
    let dated = date.len() == 10 && date.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if !dated {
        return Err(ReferenceError::Header);
    }
    let block = |line: &str| {
        let (length, prefixes) = line.split_once(' ')?;
        Some((length.parse().ok()?, prefixes.split(' ').map(str::to_owned).collect()))
    };
    let blocks =
        lines.filter_map(|line| line.strip_prefix("block: ")).map(|line| block(line).ok_or(ReferenceError::Header));
    let blocks = blocks.collect::<Result<_, _>>()?;
    let permissions = head.lines().find_map(|line| line.strip_prefix("permissions: ")).map(str::to_owned);
    Ok(Header { date: date.to_owned(), blocks, permissions, rest: rest.get(2..).unwrap_or_default() })
}

/// The services in blocks; a block is unpacked, and a service read, when it is asked for.
#[derive(Debug, Default)]
pub(super) struct Body {
    blocks: Vec<Block>,
    /// By prefix.
    services: Vec<Part>,
}

/// Some services, packed together: one alone packs badly, and all together take longer to unpack than most diagnoses.
#[derive(Debug)]
struct Block {
    packed: Vec<u8>,
    /// It is not unpacked further, so that all blocks together stay below [`LARGEST`].
    most: u64,
    text: OnceLock<Result<String, ReferenceError>>,
}

/// One service.
#[derive(Debug)]
struct Part {
    /// In lower case.
    prefix: String,
    block: usize,
    read: OnceLock<Service>,
}

impl Block {
    fn new(packed: &[u8], most: u64) -> Self {
        Self { packed: packed.to_vec(), most, text: OnceLock::new() }
    }

    fn text(&self) -> Result<&str, ReferenceError> {
        let unpack = || {
            let mut text = String::new();
            let unpacked = if self.packed.starts_with(b"s ") {
                self.packed.as_slice().take(self.most).read_to_string(&mut text)
            } else {
                ZlibDecoder::new(self.packed.as_slice()).take(self.most).read_to_string(&mut text)
            };
            unpacked.map(|_| text).map_err(|_| ReferenceError::Packed)
        };
        self.text.get_or_init(unpack).as_deref().map_err(Clone::clone)
    }
}

/// The services of a block's text: prefix in lower case, lines, and the number of lines before them.
fn services(text: &str) -> impl Iterator<Item = (String, &str, usize)> {
    let mut starts: Vec<usize> = memchr::memmem::find_iter(text.as_bytes(), "\ns ").map(|at| at + 1).collect();
    if text.starts_with("s ") {
        starts.insert(0, 0);
    }
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([text.len()]).collect();
    starts.into_iter().zip(ends).filter_map(move |(start, end)| {
        let (first, lines) = text.get(start..end)?.split_once('\n')?;
        let before = text.get(..end - lines.len())?;
        Some((
            first.strip_prefix("s ")?.to_ascii_lowercase(),
            lines,
            memchr::memchr_iter(b'\n', before.as_bytes()).count(),
        ))
    })
}

impl Body {
    /// A file that is not cut into blocks is unpacked at once, since nothing else tells its services.
    pub(super) fn new(header: &Header<'_>) -> Result<Self, ReferenceError> {
        let mut body = Self::default();
        let mut rest = header.rest;
        let most = LARGEST / u64::try_from(header.blocks.len()).unwrap_or(u64::MAX).max(1);
        for (length, prefixes) in &header.blocks {
            let (packed, after) = rest.split_at_checked(*length).ok_or(ReferenceError::Packed)?;
            body.add(Block::new(packed, most), prefixes.iter().map(|prefix| prefix.to_ascii_lowercase()));
            rest = after;
        }
        if !header.blocks.is_empty() && !rest.is_empty() {
            return Err(ReferenceError::Packed);
        }
        if header.blocks.is_empty() {
            let whole = Block::new(rest, most);
            let prefixes: Vec<String> = services(whole.text()?).map(|(prefix, ..)| prefix).collect();
            body.add(whole, prefixes.into_iter());
        }
        body.services.sort_by(|a, b| a.prefix.cmp(&b.prefix));
        Ok(body)
    }

    fn add(&mut self, block: Block, prefixes: impl Iterator<Item = String>) {
        let at = self.blocks.len();
        self.services.extend(prefixes.map(|prefix| Part { prefix, block: at, read: OnceLock::new() }));
        self.blocks.push(block);
    }

    /// Reads every line once; what the header says of a block must be what is in it.
    pub(super) fn check(&self) -> Result<(), ReferenceError> {
        if self.services.is_empty() {
            return Err(ReferenceError::Line(1));
        }
        let mut lines_before = 0;
        for (at, block) in self.blocks.iter().enumerate() {
            let text = block.text()?;
            let mut told: Vec<&str> =
                self.services.iter().filter(|part| part.block == at).map(|part| part.prefix.as_str()).collect();
            for (prefix, lines, before) in services(text) {
                Service::read(&prefix, lines).map_err(|line| ReferenceError::Line(lines_before + before + line))?;
                let known = told.iter().position(|told| *told == prefix);
                told.swap_remove(known.ok_or(ReferenceError::Line(lines_before + before))?);
            }
            if !told.is_empty() {
                return Err(ReferenceError::Packed);
            }
            lines_before += memchr::memchr_iter(b'\n', text.as_bytes()).count();
        }
        Ok(())
    }

    pub(super) fn prefixes(&self) -> impl Iterator<Item = &str> {
        self.services.iter().map(|part| part.prefix.as_str())
    }

    pub(super) fn service(&self, prefix: &str) -> Option<&Service> {
        let at = self.services.binary_search_by(|part| part.prefix.as_str().cmp(prefix)).ok()?;
        let part = self.services.get(at)?;
        let read = || {
            let text = self.blocks.get(part.block).and_then(|block| block.text().ok()).unwrap_or_default();
            let lines = services(text).find(|(found, ..)| *found == part.prefix).map(|(_, lines, _)| lines);
            lines.and_then(|lines| Service::read(&part.prefix, lines).ok()).unwrap_or_default()
        };
        Some(part.read.get_or_init(read))
    }
}
