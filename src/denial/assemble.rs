//! From the parts that were read to a [`Denial`].

use super::cursor::{Cursor, head, tail};
use super::dedup::Distinct;
use super::facts::{Denial, DenialKind, ReasonEffect};
use super::form::{Form, Reader};
use super::grammar::{self, Sentence};
use super::normalized::NormalizedText;
use super::partial::PartialDenial;
use super::prefilter;
use super::reason::Wording;
use super::windows::{self, TextWindows};
use super::{
    access_log, code_error, conclude, console_box, encoded, http_client, inspect, managed_setting, model_of_text,
    named_by_failure, s3_of_text, service_messages, short_errors, wrapper,
};
use crate::iam::{Action, Principal};
use crate::text::Span;

/// Line numbers of places that come in order.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    bytes: &'a [u8],
    /// Where these bytes begin, and on which line.
    start: (usize, usize),
    at: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self::of_part(text, 0, 1)
    }

    /// Those of a part of a text, which begins at byte `offset` of it on line `line`. Places are those of the whole text.
    pub(super) const fn of_part(part: &'a str, offset: usize, line: usize) -> Self {
        Self { bytes: part.as_bytes(), start: (offset, line), at: offset, line }
    }

    /// The line (from 1) of `offset`.
    pub(super) fn of(&mut self, offset: usize) -> usize {
        if offset < self.at {
            (self.at, self.line) = self.start;
        }
        let here = |place: usize| place.saturating_sub(self.start.0);
        let skipped = self.bytes.get(here(self.at)..here(offset)).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', skipped).count();
        self.at = offset;
        self.line
    }
}

/// Everything in `text` from byte `from` on.
pub(super) fn read(text: &str, from: usize, lines: &mut Lines<'_>, found: &mut Distinct) {
    let rest = text.get(from..).unwrap_or_default();
    // the message of a record: what would be found in it decides, not where to look
    if rest.len() <= windows::WHOLE && is_plain_line(rest) {
        for denial in in_window(rest, from, lines) {
            found.add(denial);
        }
        return;
    }
    for window in TextWindows::new(rest) {
        let part = rest.get(window.clone()).unwrap_or_default();
        for denial in in_window(part, from + window.start, lines) {
            found.add(denial);
        }
    }
}

/// Whether a text is one line without anything that stands for something else.
fn is_plain_line(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte) && !matches!(byte, b'\\' | b'&' | b'<' | b'^' | b'"' | b'\''))
}

/// The message inside a record: text, whatever it looks like.
pub(super) fn read_message(text: &str) -> Vec<Denial> {
    let mut found = Distinct::default();
    read(text, 0, &mut Lines::new(text), &mut found);
    found.into_denials()
}

/// Everything in one window, which begins `offset` bytes into the input.
pub(super) fn in_window(part: &str, offset: usize, lines: &mut Lines<'_>) -> Vec<Denial> {
    let view = NormalizedText::new(part, offset);
    let (denials, whole) = in_normalized(&view, lines);
    if part.len() > UNBROKEN || !view.text().contains('\n') {
        return denials;
    }
    let hard = is_hard_wrapped(part);
    if whole && !hard {
        return denials;
    }
    // a part of a sentence is missing: perhaps a terminal broke it in the middle of a word
    let Some(unbroken) = NormalizedText::unbroken(part, offset) else { return denials };
    let (more, _) = in_normalized(&unbroken, lines);
    let better = known(&more) > known(&denials) || (hard && same_but_longer(&denials, &more));
    if better { more } else { denials }
}

/// Longer parts are not read twice.
const UNBROKEN: usize = 16 << 10;

/// The widths at which terminals and programs break lines, in the middle of words too.
const WIDTHS: [usize; 8] = [72, 76, 80, 100, 120, 132, 140, 160];

/// Whether the text looks as if a terminal had broken it: its longest lines are as long as a terminal is wide.
fn is_hard_wrapped(part: &str) -> bool {
    let (mut start, mut widest) = (0, 0);
    for end in memchr::memchr_iter(b'\n', part.as_bytes()).chain([part.len()]) {
        let line = part.get(start..end).unwrap_or_default();
        start = end + 1;
        let line = if end < part.len() { line.strip_suffix('\r').unwrap_or(line) } else { line };
        // there are no more characters than bytes
        if line.len() > widest {
            widest = widest.max(line.chars().count());
        }
    }
    WIDTHS.contains(&widest)
}

/// Whether the second reading is the first with longer values, or says what failed instead.
fn same_but_longer(denials: &[Denial], more: &[Denial]) -> bool {
    let goes_on = |(one, other): (Option<&str>, Option<&str>)| {
        one.is_none_or(|one| other.is_some_and(|other| other.starts_with(one)))
    };
    denials.len() == more.len()
        && known(denials) == known(more)
        && denials.iter().zip(more).all(|(one, other)| {
            let same = one.kind == DenialKind::IamDenial || one.kind == other.kind;
            same && values(one).into_iter().zip(values(other)).all(goes_on)
        })
}

/// The values of a denial that a line break can cut.
fn values(denial: &Denial) -> [Option<&str>; 6] {
    [
        denial.action.as_ref().map(Action::as_str),
        denial.resource.as_deref(),
        denial.operation.as_deref(),
        denial.reason.policy_arn.as_deref(),
        denial.authorization_id.as_deref(),
        denial.principal.as_ref().map(Principal::as_str),
    ]
}

/// How much is known of denials.
fn known(denials: &[Denial]) -> usize {
    let parts = |denial: &Denial| {
        values(denial).into_iter().flatten().count()
            + usize::from(denial.error_code.is_some())
            + usize::from(denial.reason.policy_type.is_some())
            + usize::from(denial.reason.effect != ReasonEffect::Unknown)
            + usize::from(denial.encoded_message.is_some())
    };
    denials.iter().map(parts).sum()
}

/// Everything in a normalized text, and whether nothing seems to be missing.
fn in_normalized(view: &NormalizedText, lines: &mut Lines<'_>) -> (Vec<Denial>, bool) {
    let text = view.text();
    let forms = prefilter::forms(text);
    let with_sentence = forms.iter().any(|(_, form)| form.reader.is_message());
    let sentences = if with_sentence { sentences(text) } else { Vec::new() };
    let errors = errors(text, &forms, &sentences);
    let whole = if sentences.is_empty() {
        !forms.is_empty() && !forms.iter().any(|(_, form)| form.reader.is_sentence())
    } else {
        let full =
            |sentence: &Sentence| sentence.partial.denial.action.is_some() && sentence.wording != Wording::Silent;
        sentences.iter().all(full)
    };
    let mut denials = Vec::with_capacity(sentences.len() + errors.len());
    let mut errors = errors.into_iter().peekable();
    let mut sentences = sentences.into_iter().peekable();
    // where the denial before ends
    let mut floor = 0;
    while let Some(sentence) = sentences.next() {
        let (start, end) = (sentence.partial.start, sentence.partial.end);
        while let Some(error) = errors.next_if(|error| error.start < start) {
            let end = error.end;
            let next = errors.peek().map_or(start, |next| next.start.min(start));
            denials.push(from_error(error, floor, next, view, lines));
            floor = floor.max(end);
        }
        let next = sentences.peek().map_or(text.len(), |next| next.partial.start);
        let before = text.get(floor.min(start)..start).unwrap_or_default();
        let after = text.get(end..next.max(end)).unwrap_or_default();
        denials.push(from_sentence(sentence, before, after, view, lines));
        floor = end;
    }
    while let Some(error) = errors.next() {
        let end = error.end;
        let next = errors.peek().map_or(text.len(), |next| next.start);
        denials.push(from_error(error, floor, next, view, lines));
        floor = floor.max(end);
    }
    (denials, whole)
}

/// The general sentences in a normalized text, in order.
fn sentences(text: &str) -> Vec<Sentence> {
    let mut sentences: Vec<Sentence> = Vec::new();
    let mut floor = 0;
    for at in memchr::memmem::find_iter(text.as_bytes(), b"ot") {
        let Some(hit) = at.checked_sub(1).filter(|hit| *hit >= floor) else { continue };
        let starts = matches!(text.as_bytes().get(hit), Some(b'n' | b'N'));
        if !starts || Cursor::new(text, hit).phrase("not authorized").is_none() {
            continue;
        }
        if let Some(sentence) = grammar::read(text, hit, floor) {
            floor = sentence.partial.end.max(hit + 1);
            sentences.push(sentence);
        }
    }
    sentences
}

/// The errors without the general sentence, in order, without those that belong to a sentence or to one another.
fn errors(text: &str, forms: &[(usize, &'static Form)], sentences: &[Sentence]) -> Vec<PartialDenial> {
    let mut kept: Vec<PartialDenial> = Vec::new();
    let mut covered = 0;
    for (at, form) in forms.iter().copied() {
        // the sentences before and after this place
        let index = sentences.partition_point(|sentence| sentence.partial.start <= at);
        let before = index.checked_sub(1).and_then(|index| sentences.get(index)).map(|sentence| &sentence.partial);
        let next = sentences.get(index).map(|sentence| &sentence.partial);
        if at < covered || before.is_some_and(|sentence| at < sentence.end) {
            continue;
        }
        let floor = covered.max(before.map_or(0, |sentence| sentence.end));
        let behind = before.map_or(usize::MAX, |sentence| at - sentence.end);
        let ahead = next.map_or(usize::MAX, |sentence| sentence.start - at);
        // the code of a sentence beside it
        let code = form.is_denial_code() && (ahead <= 200 || behind <= 400);
        if code || (form.reader == Reader::Java && behind <= 60) {
            continue;
        }
        let Some(mut error) = error(text, at, form, floor, next.map(|sentence| sentence.start)) else { continue };
        error.denial.model = model_of_text::of_error(text, error.start, error.end, floor, &error.denial);
        if belongs(text, &error, before, next) {
            continue;
        }
        covered = error.end;
        match kept.last_mut().filter(|last| before.is_none_or(|sentence| sentence.end <= last.start)) {
            Some(last) if same_error(last, &error) => last.merge(error),
            _ => kept.push(error),
        }
    }
    kept
}

/// The error at a form, if it is one; the denial before it ends at `floor`, the next sentence begins at `sentence`.
fn error(text: &str, at: usize, form: &Form, floor: usize, sentence: Option<usize>) -> Option<PartialDenial> {
    let of_aws = |error| code_error::unless_other_cloud(error, text, floor);
    match form.reader {
        Reader::Sentence => None,
        Reader::PartOfSentence => {
            service_messages::reason_alone(text, at, floor).or_else(|| console_box::around_reason(text, at, floor))
        }
        Reader::CommandLine => code_error::command_line(text, at, sentence).map(of_aws),
        Reader::Go => code_error::go(text, at, floor, sentence).map(of_aws),
        Reader::Java => code_error::java(text, at, floor).map(of_aws),
        Reader::Code => {
            let row = if form.phrase == "AccessDenied" { access_log::row(text, at) } else { None };
            row.or_else(|| code_error::coded(text, at, form.failure(), floor))
        }
        Reader::Words => code_error::words(text, at, form.failure()?, floor),
        Reader::Service(message) => service_messages::read(text, at, message, floor),
        Reader::HttpClient => http_client::read(text, at, form.phrase, floor).map(of_aws),
        Reader::Short(short) => short_errors::read(text, at, short, floor),
        Reader::ConsoleBox => console_box::read(text, at, floor),
        Reader::EncodedMessage => service_messages::encoded_alone(text, at, floor),
        Reader::DecodedMessage => encoded::from_fragment(text, at),
        Reader::AccessLog => {
            access_log::line(text, at).or_else(|| code_error::coded(text, at + " 403 ".len(), None, floor))
        }
    }
}

/// Whether an error is a part of the wrapper of a sentence beside it.
fn belongs(text: &str, error: &PartialDenial, before: Option<&PartialDenial>, next: Option<&PartialDenial>) -> bool {
    let denial = error.denial.kind == DenialKind::IamDenial;
    let ahead = next.map_or(usize::MAX, |sentence| sentence.start.saturating_sub(error.end));
    let behind = before.map_or(usize::MAX, |sentence| error.start.saturating_sub(sentence.end));
    // the header of a sentence reaches into it
    if next.is_some_and(|sentence| sentence.start < error.end) {
        return true;
    }
    let own_call = error.whole && error.denial.operation.is_some();
    let joined = next
        .and_then(|sentence| text.get(error.end..sentence.start))
        .is_some_and(|gap| gap.bytes().all(|byte| byte.is_ascii_whitespace() || byte.is_ascii_punctuation()));
    if denial {
        joined
            || (!error.whole && (ahead <= 600 || behind <= 1500))
            || (error.whole && !own_call && (ahead <= 200 || behind <= 400))
    } else {
        !error.whole && (ahead <= 200 || behind <= 200)
    }
}

/// Whether two errors that follow one another are one.
fn same_error(last: &PartialDenial, error: &PartialDenial) -> bool {
    let gap = error.start.saturating_sub(last.end);
    let same_call = last.denial.operation.as_ref().zip(error.denial.operation.as_ref()).is_none_or(|(a, b)| a == b);
    // `KMSAccessDeniedException` of the service that passes the key's `AccessDeniedException` on
    let code = |error: &PartialDenial| error.denial.error_code.clone().unwrap_or_default();
    let same_code = code(last).ends_with(&code(error)) || code(last).is_empty();
    let is_denial = |error: &PartialDenial| error.denial.kind == DenialKind::IamDenial;
    let same_trouble = last.denial.model.as_ref().zip(error.denial.model.as_ref()).is_none_or(|(a, b)| a == b);
    same_call
        && same_trouble
        && match (is_denial(last), is_denial(error)) {
            (true, true) => gap <= 800 && same_code && !(last.whole && error.whole),
            (true, false) => gap <= 400 && !last.whole,
            (false, true) => gap <= 400 && !error.whole,
            (false, false) => gap <= 400 && (last.denial.kind == error.denial.kind || !last.whole || !error.whole),
        }
}

/// A sentence with its wrapper: the text from the denial before it and the text up to the next.
fn from_sentence(
    mut sentence: Sentence,
    before: &str,
    after: &str,
    view: &NormalizedText,
    lines: &mut Lines<'_>,
) -> Denial {
    let (start, end) = (sentence.partial.start, sentence.partial.end);
    sentence.partial.wrap(wrapper::around(before, after));
    let action = sentence.action_of_reason.take();
    let mut denial = conclude::sentence(sentence);
    place(&mut denial, start, end, view, lines);
    inspect::removed(&mut denial, view, start, end);
    inspect::action_in_reason(&mut denial, action.as_ref());
    inspect::values(&mut denial);
    denial.operation_certain = denial.operation.is_some() && wrapper::is_beside(before);
    denial.request_ids.extend(wrapper::request_id(before, after));
    if denial.principal.is_none() {
        // a record names who, where its message was cut
        denial.principal = code_error::keyed_principal(tail(before, 4096), head(after, 4096));
    }
    denial
}

/// An error without the general sentence; the denial before it ends at `floor`, and the next one begins at `next`.
fn from_error(
    mut error: PartialDenial,
    floor: usize,
    next: usize,
    view: &NormalizedText,
    lines: &mut Lines<'_>,
) -> Denial {
    let inside = view.text().get(error.start..error.end).unwrap_or_default();
    let after = view.text().get(error.end..next.max(error.end)).unwrap_or_default();
    let (answer, request_id) = wrapper::answer_of(inside, after);
    error.wrap(answer);
    if error.denial.request_ids.is_empty() {
        error.denial.request_ids.extend(request_id);
    }
    let mut denial = conclude::error(error.denial);
    managed_setting::note(&mut denial, view.text(), error.start);
    named_by_failure::add(&mut denial, view.text(), error.start);
    s3_of_text::add(&mut denial, view.text(), error.start, error.end, floor);
    place(&mut denial, error.start, error.end, view, lines);
    inspect::values(&mut denial);
    denial
}

/// Sets where a denial is in the input.
fn place(denial: &mut Denial, start: usize, end: usize, view: &NormalizedText, lines: &mut Lines<'_>) {
    denial.span = Span::new(view.origin(start), view.origin(end.saturating_sub(1)) + 1);
    denial.line = lines.of(denial.span.start);
}
