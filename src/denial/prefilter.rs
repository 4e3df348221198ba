//! Where in a text an error may be: a fast search for a few letters of every form, so that everything else is read only there.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::packed::{Config, Searcher};
use aho_corasick::{AhoCorasick, Input};
use foldhash::fast::RandomState;

use super::form::{Form, Reader};
use super::forms::FORMS;
use super::needles::{self, COMPARED, Needle};

/// How many bytes of a phrase are searched for.
const NEEDLE: usize = 7;

/// The bytes of ordinary text and logs, the most frequent first; all others are rarer.
const FREQUENT: &[u8] = b" eotairnslcdpumhg.b/yf-_";

/// A needle for every phrase of the table: the rarest letters of a word, for a line may break between words.
fn needles() -> Vec<Needle> {
    let mut known = Places::default();
    for form in FORMS {
        let mut phrase = form.phrase.as_bytes();
        // a part of the sentence is for texts in which the words before it are broken: it does not rely on their letters
        if form.reader == Reader::PartOfSentence {
            phrase = phrase.get(phrase.len() / 2..).unwrap_or(phrase);
        }
        if known.of(phrase).next().is_none() {
            known.add(rarest(phrase));
        }
    }
    known.needles
}

/// Needles by their letters: every process makes the table of them, so each place of a phrase is looked up once.
#[derive(Default)]
struct Places {
    needles: Vec<Needle>,
    numbers: HashMap<Needle, usize, RandomState>,
    lengths: BTreeSet<usize>,
}

impl Places {
    fn add(&mut self, needle: Needle) {
        self.numbers.insert(needle, self.needles.len());
        self.lengths.insert(needle.len());
        self.needles.push(needle);
    }

    /// The needles in a phrase by their numbers, and where each is.
    fn of<'p>(&'p self, phrase: &'p [u8]) -> impl Iterator<Item = (usize, usize)> + 'p {
        self.lengths.iter().filter(|length| **length > 0).flat_map(move |length| {
            let at = phrase.windows(*length).enumerate();
            at.filter_map(|(at, letters)| self.numbers.get(letters).map(|number| (*number, at)))
        })
    }
}

fn rarest(phrase: Needle) -> Needle {
    let rarity = |byte: &u8| memchr::memchr(*byte, FREQUENT).unwrap_or(FREQUENT.len());
    let rare = |needle: &&[u8]| needle.iter().take(COMPARED).map(rarity).sum::<usize>();
    let in_a_word = phrase.windows(NEEDLE).filter(|needle| needle.iter().all(u8::is_ascii_alphanumeric));
    in_a_word.max_by_key(rare).or_else(|| phrase.windows(NEEDLE).max_by_key(rare)).unwrap_or(phrase)
}

/// A search for some of the needles.
struct Search {
    searcher: Option<Searcher>,
    fallback: Option<AhoCorasick>,
    /// For every needle, the forms whose phrase contains it, and where.
    forms: Vec<Vec<(&'static Form, usize)>>,
}

impl Search {
    fn new(needles: &[Needle]) -> Self {
        let bytes = || needles.iter().copied();
        let searcher = Config::new().builder().extend(bytes()).build();
        let fallback = if searcher.is_none() { AhoCorasick::new(bytes()).ok() } else { None };
        let mut known = Places::default();
        bytes().for_each(|needle| known.add(needle));
        let mut forms: Vec<Vec<(&'static Form, usize)>> = vec![Vec::new(); needles.len()];
        for form in FORMS {
            for (number, at) in known.of(form.phrase.as_bytes()) {
                let Some(with) = forms.get_mut(number) else { continue };
                // the first place of each
                if with.last().is_none_or(|(last, _)| !std::ptr::eq(*last, form)) {
                    with.push((form, at));
                }
            }
        }
        Self { searcher, fallback, forms }
    }

    /// The first place at or after `from` where a phrase may be.
    fn next(&self, text: &[u8], from: usize) -> usize {
        self.next_before(text, from, text.len())
    }

    /// The same before `end`.
    fn next_before(&self, text: &[u8], from: usize, end: usize) -> usize {
        let mut at = from;
        // a needle that begins before the end may reach beyond it
        let searched = text.get(..text.len().min(end + NEEDLE - 1)).unwrap_or_default();
        while let Some((forms, start)) = self.needle(searched, at).filter(|(_, start)| *start < end) {
            if forms.iter().any(|(form, offset)| surrounds(text, start, form.phrase.as_bytes(), *offset)) {
                return start;
            }
            at = start + 1;
        }
        usize::MAX
    }

    /// The first needle at or after `from`: the forms that contain it, and its place.
    fn needle(&self, text: &[u8], from: usize) -> Option<(&[(&'static Form, usize)], usize)> {
        let from = from.min(text.len());
        let found = match &self.searcher {
            Some(searcher) => searcher.find_in(text, (from..text.len()).into()),
            None => self.fallback.as_ref()?.find(Input::new(text).range(from..)),
        }?;
        Some((self.forms.get(found.pattern().as_usize())?, found.start()))
    }
}

/// Two, so that neither has more needles than vector instructions take.
static SEARCHES: LazyLock<[Search; 2]> = LazyLock::new(|| {
    let [first, second] = needles::arranged(needles());
    [Search::new(&first), Search::new(&second)]
});

/// Every form in a normalized text whose phrase is there exactly, in order; of those that overlap the first and longest.
pub(super) fn forms(text: &str) -> Vec<(usize, &'static Form)> {
    let line = OneLine::new(text);
    let bytes = line.bytes();
    let mut found: Vec<(usize, &'static Form)> = Vec::new();
    for search in SEARCHES.iter() {
        let mut from = 0;
        while let Some((forms, at)) = search.needle(bytes, from) {
            from = at + 1;
            for (form, offset) in forms {
                let Some(start) = at.checked_sub(*offset) else { continue };
                if bytes.get(start..).is_some_and(|rest| rest.starts_with(form.phrase.as_bytes())) {
                    found.push((start, form));
                }
            }
        }
    }
    found.sort_unstable_by_key(|(start, form)| (*start, usize::MAX - form.phrase.len()));
    let mut end = 0;
    found.retain(|(start, form)| {
        let free = *start >= end;
        if free {
            end = start + form.phrase.len();
        }
        free
    });
    for (at, _) in &mut found {
        *at = line.origin(*at);
    }
    found
}

/// The text with every run of white space as one space, so that words are found across line breaks.
enum OneLine<'a> {
    Same(&'a str),
    /// Each break is one space, and everything stands where it stood.
    InPlace(Vec<u8>),
    Copied {
        text: String,
        runs: Vec<(usize, usize)>,
    },
}

impl<'a> OneLine<'a> {
    fn new(text: &'a str) -> Self {
        if !text.contains('\n') {
            return Self::Same(text);
        }
        if !text.starts_with(['\n', ' ']) && memchr::memmem::find(text.as_bytes(), b"\n ").is_none() {
            return Self::InPlace(text.bytes().map(|byte| if byte == b'\n' { b' ' } else { byte }).collect());
        }
        let mut copy = String::with_capacity(text.len());
        let mut runs = Vec::new();
        let mut start = 0;
        let ends = memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]);
        for end in ends {
            let line = text.get(start..end).unwrap_or_default();
            start = end + 1;
            let words = line.trim_start_matches(' ');
            let start = (words.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
            if !copy.is_empty() {
                copy.push(' ');
            }
            runs.push((copy.len(), start));
            copy.push_str(words);
        }
        Self::Copied { text: copy, runs }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Same(text) => text.as_bytes(),
            Self::InPlace(bytes) => bytes,
            Self::Copied { text, .. } => text.as_bytes(),
        }
    }

    fn origin(&self, at: usize) -> usize {
        match self {
            Self::Same(_) | Self::InPlace(_) => at,
            Self::Copied { runs, .. } => {
                let next = runs.partition_point(|(here, _)| *here <= at);
                runs.get(next.wrapping_sub(1)).map_or(at, |(here, there)| there + (at - here))
            }
        }
    }
}

/// Whether `phrase` is around `start`, where its byte `offset` was found. Only letters and digits count, so that line breaks,
/// comment marks and escapes between them do not matter.
fn surrounds(text: &[u8], start: usize, phrase: &[u8], offset: usize) -> bool {
    let ahead = text.get(start..).unwrap_or_default();
    let behind = text.get(..start).unwrap_or_default();
    let Some(end) = follows(ahead.iter(), phrase.get(offset..).unwrap_or_default().iter()) else { return false };
    if follows(behind.iter().rev(), phrase.get(..offset).unwrap_or_default().iter().rev()).is_none() {
        return false;
    }
    // a sign at the end distinguishes `error occurred (CODE)` from prose
    let Some(sign) = phrase.last().filter(|byte| byte.is_ascii_punctuation()) else { return true };
    let mut rest = ahead.iter().skip(end).filter(|byte| !byte.is_ascii_whitespace() && **byte != b'\\');
    // the sign may be written as an entity
    rest.next().is_some_and(|byte| byte == sign || *byte == b'&')
}

/// How many bytes may lie between two words of a phrase.
const GAP: usize = 200;

/// How many bytes of `text` contain the letters and digits of `phrase`.
fn follows<'a>(text: impl Iterator<Item = &'a u8>, phrase: impl Iterator<Item = &'a u8>) -> Option<usize> {
    let mut wanted = phrase.filter(|byte| byte.is_ascii_alphanumeric());
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

/// Every place of a range where a phrase may be, in order. What stands around the range is looked at too.
pub(super) fn places(text: &str, range: &Range<usize>) -> Vec<usize> {
    let mut found = Vec::new();
    for search in SEARCHES.iter() {
        let mut from = range.start;
        loop {
            from = search.next_before(text.as_bytes(), from, range.end);
            if from == usize::MAX {
                break;
            }
            found.push(from);
            from += 1;
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// For each search its first place. The others are not asked where one is `enough`.
pub(super) fn first_places(text: &str, enough: impl Fn(usize) -> bool) -> [usize; 2] {
    let mut places = [usize::MAX; 2];
    for (place, search) in places.iter_mut().zip(SEARCHES.iter()) {
        *place = search.next(text.as_bytes(), 0);
        if enough(*place) {
            break;
        }
    }
    places
}

/// For each search the first place at or after `from`.
pub(super) fn next_places(text: &str, from: usize, next: &mut [usize; 2]) {
    for (next, search) in next.iter_mut().zip(SEARCHES.iter()) {
        if *next < from {
            *next = search.next(text.as_bytes(), from);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_contains_a_needle_and_vector_instructions_take_them_all() {
        for form in FORMS {
            let searched = SEARCHES.iter().flat_map(|search| search.forms.iter().flatten());
            assert!(searched.map(|(with, _)| with.id).any(|id| id == form.id), "{}", form.id);
        }
        assert!(SEARCHES.iter().all(|search| search.searcher.is_some() || !cfg!(target_feature = "avx2")));
    }
}
