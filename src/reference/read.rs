//! The reference file: a readable header, an empty line, then one line a fact, packed with zlib or plain.
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

/// The date, and what follows the header.
pub(super) fn header(file: &[u8]) -> Result<(String, &[u8]), ReferenceError> {
    let end = memchr::memmem::find(file, b"\n\n").ok_or(ReferenceError::Header)?;
    let (head, rest) = file.split_at_checked(end).ok_or(ReferenceError::Header)?;
    let head = std::str::from_utf8(head).map_err(|_| ReferenceError::Header)?;
    let mut lines = head.lines();
    if lines.next() != Some(MAGIC) {
        return Err(ReferenceError::Header);
    }
    let date = lines.find_map(|line| line.strip_prefix("date: ")).ok_or(ReferenceError::Header)?;
    let dated = date.len() == 10 && date.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if !dated {
        return Err(ReferenceError::Header);
    }
    Ok((date.to_owned(), rest.get(2..).unwrap_or_default()))
}

/// The lines, cut into services; each is read when it is asked for.
#[derive(Debug, Default)]
pub(super) struct Body {
    text: String,
    services: Vec<Part>,
}

/// The lines of one service.
#[derive(Debug)]
struct Part {
    prefix: String,
    start: usize,
    end: usize,
    read: OnceLock<Service>,
}

impl Body {
    pub(super) fn unpack(packed: &[u8]) -> Result<Self, ReferenceError> {
        let mut text = String::new();
        let unpacked = if packed.starts_with(b"s ") {
            packed.take(LARGEST).read_to_string(&mut text)
        } else {
            ZlibDecoder::new(packed).take(LARGEST).read_to_string(&mut text)
        };
        unpacked.map_err(|_| ReferenceError::Packed)?;
        let mut starts: Vec<usize> = memchr::memmem::find_iter(text.as_bytes(), "\ns ").map(|at| at + 1).collect();
        if text.starts_with("s ") {
            starts.insert(0, 0);
        }
        let ends = starts.iter().skip(1).copied().chain([text.len()]);
        let part = |(start, end): (usize, usize)| {
            let (first, rest) = text.get(start..end)?.split_once('\n')?;
            let prefix = first.strip_prefix("s ")?.to_ascii_lowercase();
            Some(Part { prefix, start: end - rest.len(), end, read: OnceLock::new() })
        };
        let mut services: Vec<Part> = starts.iter().copied().zip(ends).filter_map(part).collect();
        services.sort_by(|a, b| a.prefix.cmp(&b.prefix));
        Ok(Self { text, services })
    }

    /// Reads every line once.
    pub(super) fn check(&self) -> Result<(), ReferenceError> {
        if self.services.is_empty() {
            return Err(ReferenceError::Line(1));
        }
        for part in &self.services {
            let lines = self.text.get(part.start..part.end).unwrap_or_default();
            Service::read(&part.prefix, lines).map_err(|line| {
                let before = self.text.get(..part.start).unwrap_or_default();
                ReferenceError::Line(memchr::memchr_iter(b'\n', before.as_bytes()).count() + line)
            })?;
        }
        Ok(())
    }

    pub(super) fn prefixes(&self) -> impl Iterator<Item = &str> {
        self.services.iter().map(|part| part.prefix.as_str())
    }

    pub(super) fn service(&self, prefix: &str) -> Option<&Service> {
        let at = self.services.binary_search_by(|part| part.prefix.as_str().cmp(prefix)).ok()?;
        let part = self.services.get(at)?;
        Some(part.read.get_or_init(|| {
            let lines = self.text.get(part.start..part.end).unwrap_or_default();
            Service::read(&part.prefix, lines).unwrap_or_default()
        }))
    }
}
