//! Where in a text an error may stand: a fast search for a few letters of every wording, so that everything else is read
//! only there.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem;

use aho_corasick::packed::{Config, Searcher};
use aho_corasick::{AhoCorasick, Input};

use super::triggers::{self, Trigger};

/// Letters that begin rarely in ordinary text; every wording that can stand alone holds one of them.
const NEEDLES: [&str; 119] = [
    "horized",
    "rizationE",
    "rizationF",
    "rizationH",
    "rization to p",
    "ssDenied",
    "ssForb",
    "ssDisab",
    "sKeyId",
    "s Key Id",
    "S3Exception",
    "cit deny",
    "icy allows",
    "dary allows",
    "rred (",
    "s Code: 403",
    "sCode: 4",
    "r Forbidden",
    "den: Forb",
    "API: s3:",
    "den: null",
    "ors::Forb",
    "enied due to",
    "o assume",
    "KMS is not",
    "tomer mast",
    "urce http",
    "urce: arn",
    "o perform:",
    "g permissions f",
    "oded auth",
    "citDeny",
    "xpired",
    "uded in the req",
    "malformed",
    "redential",
    "ieving token",
    "ault does",
    "gnature",
    "Skewed",
    "ference between the r",
    "hrottling",
    "xceeded",
    "oo many ",
    "ceeds the s",
    "SlowDown",
    "ntTokenId",
    "zedClient",
    "hFailure",
    "ionTok",
    "n Token",
    "PI Key",
    "lidTok",
    "tyTok",
    "lidGrant",
    "shReq",
    "IDConn",
    "InUseExc",
    "ntProb",
    "ledExc",
    "ListNotS",
    "Ciphertext",
    "lidObj",
    "teExc",
    "ntBeing",
    "medPol",
    "dNotAll",
    "tSignedUp",
    "OptInReq",
    "gVerif",
    "ionReq",
    "ManyReq",
    "lNotRe",
    "naut",
    "Unable to ",
    "edrock is unable",
    "eady for inf",
    "del with the",
    "asic auth",
    "rketplace act",
    "ve not been sub",
    "-case form",
    "lable for this",
    "precated for",
    "both be spec",
    "untries",
    "ts life",
    "as Legacy",
    "demand thr",
    "fier is inv",
    "'modelId'",
    "ges API inst",
    "Malformed inp",
    "lid prov",
    "xplorer acc",
    "ly blocked",
    "ng validated",
    "y root acc",
    "ss role is",
    "ow ACLs",
    "kPublic",
    "tPublic",
    "r Side Enc",
    "tected by ob",
    "nding del",
    "sumed by",
    "sume the",
    "alid or c",
    "forbidden: U",
    "ust be logged",
    "etes obj",
    "ke Formation",
    "ny privil",
    "[indices",
    "\"Forb",
    "ot have sto",
    "Errno 13",
    "cker daemon",
    "Rate exc",
];

struct Letters {
    searcher: Option<Searcher>,
    fallback: Option<AhoCorasick>,
    /// For every pattern, the phrases that hold it, where in them, and what they announce.
    phrases: Vec<Vec<(&'static str, usize, Trigger)>>,
}

impl Letters {
    fn new(letters: &'static [&'static str]) -> Self {
        let searcher = Config::new().builder().extend(letters).build();
        let fallback = if searcher.is_none() { AhoCorasick::new(letters).ok() } else { None };
        let holders = |letter: &&'static str| {
            let place =
                |(wording, trigger): &(&'static str, Trigger)| wording.find(*letter).map(|at| (*wording, at, *trigger));
            triggers::ALL.iter().filter_map(place).collect()
        };
        Self { searcher, fallback, phrases: letters.iter().map(holders).collect() }
    }

    /// The first place at or after `from` where a wording stands.
    fn next(&self, text: &[u8], from: usize) -> usize {
        let mut at = from;
        while let Some((pattern, start)) = self.letters(text, at) {
            let phrases = self.phrases.get(pattern).map(Vec::as_slice).unwrap_or_default();
            if phrases.iter().any(|(wording, offset, _)| stands(text, start, wording.as_bytes(), *offset)) {
                return start;
            }
            at = start + 1;
        }
        usize::MAX
    }

    fn letters(&self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        match (&self.searcher, &self.fallback) {
            (Some(searcher), _) => {
                let found = searcher.find_in(text, (from.min(text.len())..text.len()).into())?;
                Some((found.pattern().as_usize(), found.start()))
            }
            (None, fallback) => {
                let found = fallback.as_ref()?.find(Input::new(text).range(from.min(text.len())..))?;
                Some((found.pattern().as_usize(), found.start()))
            }
        }
    }
}

/// Two, so that neither holds more patterns than vector instructions take.
static SEARCHERS: LazyLock<[Letters; 2]> = LazyLock::new(|| {
    let (first, second) = NEEDLES.split_at(NEEDLES.len() / 2);
    [Letters::new(first), Letters::new(second)]
});

/// Headers that never stand without a code or a message of their own: they are looked for only where something stands.
static HEADERS: LazyLock<[(memmem::Finder<'static>, usize); 2]> = LazyLock::new(|| {
    ["operation error ", "https response error"].map(|words| (memmem::Finder::new(words), words.len()))
});

/// Every wording that stands in a cleaned text, exactly, in order; of those that overlap the first and longest.
pub(super) fn phrases(text: &str) -> Vec<(usize, Trigger)> {
    let bytes = text.as_bytes();
    let mut found: Vec<(usize, usize, Trigger)> = Vec::new();
    for searcher in SEARCHERS.iter() {
        let mut from = 0;
        while let Some((pattern, at)) = searcher.letters(bytes, from) {
            from = at + 1;
            let holders = searcher.phrases.get(pattern).map(Vec::as_slice).unwrap_or_default();
            for (wording, offset, trigger) in holders {
                let Some(start) = at.checked_sub(*offset) else { continue };
                if bytes.get(start..).is_some_and(|rest| rest.starts_with(wording.as_bytes())) {
                    found.push((start, wording.len(), *trigger));
                }
            }
        }
    }
    for (finder, length) in HEADERS.iter() {
        found.extend(finder.find_iter(bytes).map(|start| (start, *length, Trigger::Go)));
    }
    found.sort_unstable_by_key(|(start, length, _)| (*start, usize::MAX - length));
    let mut end = 0;
    found.retain(|(start, length, _)| {
        let free = *start >= end;
        if free {
            end = start + length;
        }
        free
    });
    found.into_iter().map(|(start, _, trigger)| (start, trigger)).collect()
}

/// Whether `wording` stands around `start`, where its byte `offset` was found; only letters and digits count, so that line
/// breaks, comment marks and escapes between them do not matter.
fn stands(text: &[u8], start: usize, wording: &[u8], offset: usize) -> bool {
    let ahead = text.get(start..).unwrap_or_default();
    let behind = text.get(..start).unwrap_or_default();
    let Some(end) = follows(ahead.iter(), wording.get(offset..).unwrap_or_default().iter()) else { return false };
    if follows(behind.iter().rev(), wording.get(..offset).unwrap_or_default().iter().rev()).is_none() {
        return false;
    }
    // a sign at the end tells `error occurred (CODE)` from prose
    let Some(sign) = wording.last().filter(|byte| byte.is_ascii_punctuation()) else { return true };
    let mut rest = ahead.iter().skip(end).filter(|byte| !byte.is_ascii_whitespace() && **byte != b'\\');
    // an entity may stand for the sign
    rest.next().is_some_and(|byte| byte == sign || *byte == b'&')
}

/// How many bytes may lie between two words of a wording.
const GAP: usize = 200;

/// How many bytes of `text` hold the letters and digits of `wording`.
fn follows<'a>(text: impl Iterator<Item = &'a u8>, wording: impl Iterator<Item = &'a u8>) -> Option<usize> {
    let mut wanted = wording.filter(|byte| byte.is_ascii_alphanumeric());
    let Some(mut next) = wanted.next() else { return Some(0) };
    let mut gap = 0;
    for (at, byte) in text.enumerate() {
        if byte == next {
            gap = 0;
            match wanted.next() {
                Some(after) => next = after,
                None => return Some(at + 1),
            }
        } else if byte.is_ascii_alphanumeric() && !(gap > 0 && matches!(byte, b'n' | b'r' | b't')) {
            return None;
        } else {
            gap += 1;
            if gap > GAP {
                return None;
            }
        }
    }
    None
}

/// What stands before a place is read this far, what stands behind it this far.
const BEFORE: usize = 3 << 10;
const BEHIND: usize = 9 << 10;

/// The parts of a text in which errors may stand, in order, without overlap, on character boundaries.
pub(super) struct TextWindows<'a> {
    text: &'a str,
    /// The next place of each searcher.
    next: [usize; 2],
    /// Where the last region ended.
    floor: usize,
}

impl<'a> TextWindows<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut regions = Self { text, next: [usize::MAX; 2], floor: 0 };
        for (next, searcher) in regions.next.iter_mut().zip(SEARCHERS.iter()) {
            *next = searcher.next(text.as_bytes(), 0);
            // a short text is one region, whatever else stands in it
            if next.saturating_add(BEHIND) >= text.len() && *next <= BEFORE {
                break;
            }
        }
        regions
    }

    /// Finds, for every searcher that lies before `from`, its next place at or after it.
    fn search(&mut self, from: usize) {
        for (next, searcher) in self.next.iter_mut().zip(SEARCHERS.iter()) {
            if *next < from {
                *next = searcher.next(self.text.as_bytes(), from);
            }
        }
    }

    fn first(&self) -> Option<usize> {
        self.next.iter().copied().min().filter(|at| *at != usize::MAX)
    }
}

impl Iterator for TextWindows<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let hit = self.first()?;
        let start = line_start(self.text, hit.saturating_sub(BEFORE).max(self.floor), self.floor);
        let mut end = hit + BEHIND;
        // places that lie close together are one region
        if end >= self.text.len() {
            self.next = [usize::MAX; 2];
        } else {
            let mut last = hit;
            self.search(last + 1);
            while let Some(more) = self.first().filter(|more| *more < end) {
                last = more;
                end = more + BEHIND;
                // the next of interest lies behind what is read anyway
                self.search((last + 1).max(end.saturating_sub(BEHIND / 2)));
            }
        }
        let end = line_end(self.text, end);
        self.floor = end;
        self.search(end);
        Some(start..end)
    }
}

/// The start of the line that holds `at`, unless that is far or before `floor`.
fn line_start(text: &str, at: usize, floor: usize) -> usize {
    let bytes = text.as_bytes();
    let low = at.saturating_sub(1 << 10).max(floor);
    let line = memchr::memrchr(b'\n', bytes.get(low..at).unwrap_or_default());
    let mut start = line.map_or(if low == floor { floor } else { at }, |newline| low + newline + 1);
    while start < text.len() && !text.is_char_boundary(start) {
        start += 1;
    }
    start
}

/// The end of the line that holds `at`, unless that is far.
fn line_end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let mut end = at.min(bytes.len());
    let ahead = bytes.get(end..bytes.len().min(end + 1024)).unwrap_or_default();
    end += memchr::memchr(b'\n', ahead).unwrap_or(0);
    while end < text.len() && !text.is_char_boundary(end) {
        end += 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wording_holds_letters_that_are_searched() {
        // headers that never stand without a code or a message of their own
        let headers = ["operation error ", "https response error"];
        let missing: Vec<_> = triggers::ALL
            .iter()
            .filter(|(wording, _)| {
                !headers.contains(wording) && !NEEDLES.iter().any(|letters| wording.contains(letters))
            })
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
        let idle: Vec<_> = NEEDLES
            .iter()
            .filter(|letters| !triggers::ALL.iter().any(|(wording, _)| wording.contains(**letters)))
            .collect();
        assert!(idle.is_empty(), "{idle:?}");
        assert!(SEARCHERS.iter().all(|letters| letters.searcher.is_some() || !cfg!(target_feature = "avx2")));
    }

    #[test]
    fn breaks_and_escapes_do_not_hide_a_wording() {
        for text in [
            "is not authorized to",
            "is not\n #   authorized to",
            "not\\n\\tauthorized",
            "Encoded authorization\n│  failure message",
        ] {
            assert_eq!(TextWindows::new(text).count(), 1, "{text}");
        }
        for text in ["the author is not a", "note: authorized", "Encoded authorization", "rethrottling"] {
            assert_eq!(TextWindows::new(text).count(), 0, "{text}");
        }
    }

    #[test]
    fn distant_places_are_regions_of_their_own() {
        let far = "x\n".repeat(20_000);
        let text = format!("AccessDenied\n{far}AccessDenied and ExpiredToken\n{far}");
        let regions: Vec<_> = TextWindows::new(&text).collect();
        assert_eq!(regions.len(), 2);
        assert!(regions.iter().all(|region| region.len() < 16_000));
        assert!(text.get(regions[1].clone()).unwrap().contains("ExpiredToken"));
    }
}
