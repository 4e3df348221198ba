//! From the parts that were read to a [`Denial`].

use super::code_error::{self, Bare};
use super::cursor::{Cursor, head, tail};
use super::grammar::{self, Sentence};
use super::normalized::NormalizedText;
use super::reason::Wording;
use super::triggers::Trigger;
use super::wrapper::{self, Envelope};
use super::{Denial, DenialKind, Note, Reason, ReasonEffect, candidates, inspect, notes};
use crate::iam::{Action, Principal};
use crate::text::Span;

/// Line numbers of places that come in order.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { bytes: text.as_bytes(), at: 0, line: 1 }
    }

    /// The line (from 1) of `offset`.
    pub(super) fn of(&mut self, offset: usize) -> usize {
        if offset < self.at {
            self.at = 0;
            self.line = 1;
        }
        let skipped = self.bytes.get(self.at..offset).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', skipped).count();
        self.at = offset;
        self.line
    }
}

/// Everything in one region.
pub(super) fn region(part: &str, offset: usize, lines: &mut Lines<'_>) -> Vec<Denial> {
    let view = NormalizedText::new(part, offset);
    let triggers = code_error::triggers(view.text());
    let (denials, whole) = read(&view, &triggers, lines);
    if part.len() > UNBROKEN || !view.text().contains('\n') {
        return denials;
    }
    let hard = is_hard_wrapped(part);
    if whole && !hard {
        return denials;
    }
    // a part of a sentence is missing: perhaps a terminal broke it in the middle of a word
    let Some(unbroken) = NormalizedText::unbroken(part, offset) else { return denials };
    let triggers = code_error::triggers(unbroken.text());
    let (more, _) = read(&unbroken, &triggers, lines);
    let better = known(&more) > known(&denials) || (hard && same_but_longer(&denials, &more));
    if better { more } else { denials }
}

/// Longer parts are not read twice.
const UNBROKEN: usize = 16 << 10;

/// The widths at which terminals and programs break lines, whatever stands there.
const WIDTHS: [usize; 8] = [72, 76, 80, 100, 120, 132, 140, 160];

/// Whether the text looks as if a terminal had broken it: its longest lines are as long as a terminal is wide.
fn is_hard_wrapped(part: &str) -> bool {
    let width = part.lines().map(|line| line.chars().count()).max().unwrap_or_default();
    WIDTHS.contains(&width)
}

/// Whether the second reading is the first with values that go on, or tells what a denial is instead.
fn same_but_longer(denials: &[Denial], more: &[Denial]) -> bool {
    fn goes_on(one: Option<&str>, other: Option<&str>) -> bool {
        one.is_none_or(|one| other.is_some_and(|other| other.starts_with(one)))
    }
    denials.len() == more.len()
        && known(denials) == known(more)
        && denials.iter().zip(more).all(|(one, other)| {
            let told = one.kind == DenialKind::IamDenial || one.kind == other.kind;
            told && goes_on(one.action.as_ref().map(Action::as_str), other.action.as_ref().map(Action::as_str))
                && goes_on(one.resource.as_deref(), other.resource.as_deref())
                && goes_on(one.operation.as_deref(), other.operation.as_deref())
                && goes_on(one.reason.policy_arn.as_deref(), other.reason.policy_arn.as_deref())
                && goes_on(one.authorization_id.as_deref(), other.authorization_id.as_deref())
                && goes_on(
                    one.principal.as_ref().map(Principal::as_str),
                    other.principal.as_ref().map(Principal::as_str),
                )
        })
}

/// How much is known of denials.
fn known(denials: &[Denial]) -> usize {
    let parts = |denial: &Denial| {
        usize::from(denial.principal.is_some())
            + usize::from(denial.action.is_some())
            + usize::from(denial.resource.is_some())
            + usize::from(denial.reason.policy_type.is_some())
            + usize::from(denial.reason.policy_arn.is_some())
            + usize::from(denial.error_code.is_some())
            + usize::from(denial.operation.is_some())
            + usize::from(denial.reason.effect != ReasonEffect::Unknown)
            + usize::from(denial.encoded_message.is_some())
    };
    denials.iter().map(parts).sum()
}

/// Everything in a cleaned text, and whether nothing seems to be missing.
fn read(view: &NormalizedText, triggers: &[(usize, Trigger)], lines: &mut Lines<'_>) -> (Vec<Denial>, bool) {
    let text = view.text();
    let spoken =
        triggers.iter().any(|(_, trigger)| matches!(trigger, Trigger::Sentence | Trigger::Broken | Trigger::Text(_)));
    let sentences = if spoken { sentences(text) } else { Vec::new() };
    let bares = bares(text, triggers, &sentences);
    let broken = triggers.iter().any(|(_, trigger)| matches!(trigger, Trigger::Sentence | Trigger::Broken));
    let whole = if sentences.is_empty() {
        !broken && !triggers.is_empty()
    } else {
        let full = |sentence: &Sentence| sentence.action.is_some() && sentence.cause.wording != Wording::Silent;
        sentences.iter().all(full)
    };
    let mut denials = Vec::with_capacity(sentences.len() + bares.len());
    let mut bares = bares.into_iter().peekable();
    let mut floor = 0;
    for (index, sentence) in sentences.iter().enumerate() {
        while let Some(bare) = bares.next_if(|bare| bare.start < sentence.start) {
            floor = floor.max(bare.end);
            denials.push(bare_denial(bare, view, lines));
        }
        let ceiling = sentences.get(index + 1).map_or(text.len(), |next| next.start);
        let envelope = wrapper::around(text, sentence.start, sentence.end, floor.min(sentence.start), ceiling);
        let mut denial = denial(sentence, envelope, view, lines);
        let before = text.get(floor.min(sentence.start)..sentence.start).unwrap_or_default();
        denial.operation_certain = denial.operation.is_some() && wrapper::is_beside(before);
        let after = text.get(sentence.end..ceiling.max(sentence.end)).unwrap_or_default();
        denial.request_ids.extend(wrapper::request_id(before, after));
        if denial.principal.is_none() {
            // a record tells who, where its message was cut
            denial.principal = code_error::keyed_principal(tail(before, 4096), head(after, 4096));
        }
        denials.push(denial);
        floor = sentence.end;
    }
    denials.extend(bares.map(|bare| bare_denial(bare, view, lines)));
    (denials, whole)
}

/// The general sentences in a cleaned text, in order.
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
            floor = sentence.end.max(hit + 1);
            sentences.push(sentence);
        }
    }
    sentences
}

/// The errors without the general sentence, in order, without those that belong to a sentence or to one another.
fn bares(text: &str, triggers: &[(usize, Trigger)], sentences: &[Sentence]) -> Vec<Bare> {
    let mut kept: Vec<Bare> = Vec::new();
    let mut covered = 0;
    for (at, trigger) in triggers {
        // the sentences before and behind this place
        let next = sentences.partition_point(|sentence| sentence.start <= *at);
        let before = next.checked_sub(1).and_then(|index| sentences.get(index));
        if *at < covered || before.is_some_and(|sentence| *at < sentence.end) {
            continue;
        }
        let floor = covered.max(before.map_or(0, |sentence| sentence.end));
        let behind = before.map_or(usize::MAX, |sentence| at - sentence.end);
        let ahead = sentences.get(next).map_or(usize::MAX, |sentence| sentence.start - at);
        // the code of a sentence beside it
        let code = matches!(trigger, Trigger::DenialCode) && (ahead <= 200 || behind <= 400);
        if code || (*trigger == Trigger::Java && behind <= 60) {
            continue;
        }
        let start = sentences.get(next).map(|sentence| sentence.start);
        let Some(bare) = code_error::read(text, *at, *trigger, floor, start) else { continue };
        if belongs(text, &bare, before, sentences.get(next)) {
            continue;
        }
        covered = bare.end;
        match kept.last_mut().filter(|last| before.is_none_or(|sentence| sentence.end <= last.start)) {
            Some(last) if same_error(last, &bare) => last.absorb(bare),
            _ => kept.push(bare),
        }
    }
    kept
}

/// Whether an error is a part of the wrapper of a sentence beside it.
fn belongs(text: &str, bare: &Bare, before: Option<&Sentence>, next: Option<&Sentence>) -> bool {
    let denial = bare.kind == DenialKind::IamDenial;
    let ahead = next.map_or(usize::MAX, |sentence| sentence.start.saturating_sub(bare.end));
    let behind = before.map_or(usize::MAX, |sentence| bare.start.saturating_sub(sentence.end));
    // the header of a sentence reaches into it
    if next.is_some_and(|sentence| sentence.start < bare.end) {
        return true;
    }
    let own_call = bare.whole && bare.envelope.operation.is_some();
    let joined = next
        .and_then(|sentence| text.get(bare.end..sentence.start))
        .is_some_and(|gap| gap.bytes().all(|byte| byte.is_ascii_whitespace() || byte.is_ascii_punctuation()));
    if denial {
        joined
            || (!bare.whole && (ahead <= 600 || behind <= 1500))
            || (bare.whole && !own_call && (ahead <= 200 || behind <= 400))
    } else {
        !bare.whole && (ahead <= 200 || behind <= 200)
    }
}

/// Whether two errors that follow one another are one.
fn same_error(last: &Bare, bare: &Bare) -> bool {
    fn fits(one: Option<&String>, other: Option<&String>) -> bool {
        one.zip(other).is_none_or(|(one, other)| one == other)
    }
    let gap = bare.start.saturating_sub(last.end);
    let envelopes = fits(last.envelope.operation.as_ref(), bare.envelope.operation.as_ref());
    // `KMSAccessDeniedException` of the service that passes the key's `AccessDeniedException` on
    let code = |bare: &Bare| bare.envelope.error_code.clone().unwrap_or_default();
    let codes = code(last).ends_with(&code(bare)) || code(last).is_empty();
    match (last.kind == DenialKind::IamDenial, bare.kind == DenialKind::IamDenial) {
        (true, true) => gap <= 800 && envelopes && codes && !(last.whole && bare.whole),
        (true, false) => gap <= 400 && !last.whole && envelopes,
        (false, true) => gap <= 400 && !bare.whole && envelopes,
        (false, false) => gap <= 400 && envelopes && (last.kind == bare.kind || !last.whole || !bare.whole),
    }
}

/// A sentence with its wrapper.
fn denial(sentence: &Sentence, envelope: Envelope, view: &NormalizedText, lines: &mut Lines<'_>) -> Denial {
    let cause = &sentence.cause;
    let kind = match cause.wording {
        Wording::Setting(failure) => DenialKind::OtherFailure(failure),
        _ => DenialKind::IamDenial,
    };
    let mut reason = Reason {
        effect: cause.effect,
        policy_type: cause.policy_type,
        policy_arn: cause.policy_arn.clone(),
        excludes: Vec::new(),
    };
    reason.excludes = notes::excluded(&reason, cause.wording);
    let mut notes = notes::of_sentence(sentence);
    if let Some(encoded) = &sentence.encoded {
        notes.push(Note::EncodedMessage { complete: encoded.complete });
    }
    // the service of the action answers, unless another operation was called
    let own = sentence.action.as_ref().filter(|action| {
        envelope.operation.as_deref().is_none_or(|operation| operation.eq_ignore_ascii_case(action.name()))
    });
    let service = envelope.service.or_else(|| own.map(|action| action.service().to_owned()));
    let candidates = match sentence.action {
        Some(_) => Vec::new(),
        None => candidates::of(service.as_deref(), envelope.operation.as_deref()),
    };
    let span = Span::new(view.origin(sentence.start), view.origin(sentence.end.saturating_sub(1)) + 1);
    let mut denial = Denial {
        kind,
        error_code: envelope.error_code,
        http_status: envelope.http_status,
        operation: envelope.operation,
        service,
        principal: sentence.principal.clone(),
        action: sentence.action.clone(),
        resource: sentence.resource.clone(),
        reason,
        candidates,
        role: None,
        session: None,
        key: None,
        context: Vec::new(),
        authorization_id: sentence.authorization_id.clone(),
        encoded_message: sentence.encoded.clone(),
        notes,
        damage: sentence.damage.clone().into_iter().collect(),
        operation_certain: false,
        request_ids: Vec::new(),
        span,
        line: lines.of(span.start),
        occurrences: 1,
    };
    inspect::removed(&mut denial, view, sentence.start, sentence.end);
    inspect::action_in_reason(&mut denial, cause.action.as_ref());
    inspect::values(&mut denial);
    denial
}

/// An error without the general sentence.
fn bare_denial(bare: Bare, view: &NormalizedText, lines: &mut Lines<'_>) -> Denial {
    let mut notes = bare.notes;
    let denial = bare.kind == DenialKind::IamDenial;
    let candidates = match bare.action {
        None if denial => candidates::of(bare.envelope.service.as_deref(), bare.envelope.operation.as_deref()),
        _ => Vec::new(),
    };
    if denial {
        notes::of_bare(bare.envelope.service.as_deref(), &candidates, bare.effect, &mut notes);
    }
    if let Some(encoded) = &bare.encoded {
        notes.push(Note::EncodedMessage { complete: encoded.complete });
    }
    let span = Span::new(view.origin(bare.start), view.origin(bare.end.saturating_sub(1)) + 1);
    let mut reason =
        Reason { effect: bare.effect, policy_type: bare.policy_type, policy_arn: None, excludes: Vec::new() };
    reason.excludes = notes::excluded(&reason, Wording::Silent);
    let mut denial = Denial {
        kind: bare.kind,
        error_code: bare.envelope.error_code,
        http_status: bare.envelope.http_status,
        operation: bare.envelope.operation,
        service: bare.envelope.service.or_else(|| candidates.first().map(|action| action.service().to_owned())),
        principal: bare.principal,
        action: bare.action,
        resource: bare.resource,
        reason,
        candidates,
        role: None,
        session: None,
        key: None,
        context: bare.context,
        authorization_id: None,
        encoded_message: bare.encoded,
        notes,
        damage: Vec::new(),
        operation_certain: false,
        request_ids: Vec::new(),
        span,
        line: lines.of(span.start),
        occurrences: 1,
    };
    inspect::values(&mut denial);
    denial
}
