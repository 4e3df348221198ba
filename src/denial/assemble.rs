//! From the parts that were read to a [`Denial`].

use super::cursor::Cursor;
use super::grammar::{self, Sentence};
use super::reason::Wording;
use super::view::View;
use super::wrapper::{self, Envelope};
use super::{Denial, DenialKind, Reason, notes};
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
pub(super) fn region(view: &View, lines: &mut Lines<'_>) -> Vec<Denial> {
    let text = view.text();
    let sentences = sentences(text);
    let mut denials = Vec::with_capacity(sentences.len());
    let mut floor = 0;
    for (index, sentence) in sentences.iter().enumerate() {
        let ceiling = sentences.get(index + 1).map_or(text.len(), |next| next.start);
        let envelope = wrapper::around(text, sentence.start, sentence.end, floor, ceiling);
        denials.push(denial(sentence, envelope, view, lines));
        floor = sentence.end;
    }
    denials
}

/// The general sentences in a cleaned text, in order.
fn sentences(text: &str) -> Vec<Sentence> {
    let mut sentences: Vec<Sentence> = Vec::new();
    let mut floor = 0;
    for at in memchr::memmem::find_iter(text.as_bytes(), b"ot") {
        let Some(hit) = at.checked_sub(1).filter(|hit| *hit >= floor) else { continue };
        if !matches!(text.as_bytes().get(hit), Some(b'n' | b'N'))
            || Cursor::new(text, hit).phrase("not authorized").is_none()
        {
            continue;
        }
        if let Some(sentence) = grammar::read(text, hit, floor) {
            floor = sentence.end.max(hit + 1);
            sentences.push(sentence);
        }
    }
    sentences
}

/// A sentence with its wrapper.
fn denial(sentence: &Sentence, envelope: Envelope, view: &View, lines: &mut Lines<'_>) -> Denial {
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
        super::notes::of_encoded(encoded, &mut notes);
    }
    // the service of the action answers, unless another operation was called
    let own = sentence.action.as_ref().filter(|action| {
        envelope.operation.as_deref().is_none_or(|operation| operation.eq_ignore_ascii_case(action.name()))
    });
    let service = envelope.service.or_else(|| own.map(|action| action.service().to_owned()));
    let span = Span::new(view.origin(sentence.start), view.origin(sentence.end.saturating_sub(1)) + 1);
    Denial {
        kind,
        error_code: envelope.error_code,
        http_status: envelope.http_status,
        operation: envelope.operation,
        service,
        principal: sentence.principal.clone(),
        action: sentence.action.clone(),
        resource: sentence.resource.clone(),
        reason,
        candidates: Vec::new(),
        role: None,
        context: Vec::new(),
        authorization_id: sentence.authorization_id.clone(),
        encoded_message: sentence.encoded.clone(),
        notes,
        span,
        line: lines.of(span.start),
        occurrences: 1,
    }
}
