//! A denial while it is being read: what one reader found, and where in the normalized text.

use super::facts::{Denial, DenialKind};
use super::wrapper::Envelope;

/// What one reader found of a denial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PartialDenial {
    /// First byte, in the normalized text.
    pub(super) start: usize,
    /// One past the last byte.
    pub(super) end: usize,
    /// Whether it is an error with a message of its own, not a part of another error.
    pub(super) whole: bool,
    /// What is known so far; its span and line are set last.
    pub(super) denial: Denial,
}

impl PartialDenial {
    /// A denial from `start` to `end` of which the wrapper is known.
    pub(super) fn new(start: usize, end: usize, envelope: Envelope) -> Self {
        let mut partial = Self { start, end, whole: false, denial: Denial::new(DenialKind::IamDenial) };
        partial.wrap(envelope);
        partial
    }

    /// The same, of this kind.
    pub(super) fn of_kind(mut self, kind: DenialKind) -> Self {
        self.denial.kind = kind;
        self
    }

    /// The same, as an error with a message of its own.
    pub(super) fn whole(mut self) -> Self {
        self.whole = true;
        self
    }

    /// Adds what the wrapper says.
    pub(super) fn wrap(&mut self, envelope: Envelope) {
        let Envelope { error_code, operation, http_status, service } = envelope;
        let denial = &mut self.denial;
        denial.error_code = denial.error_code.take().or(error_code);
        denial.operation = denial.operation.take().or(operation);
        denial.http_status = denial.http_status.or(http_status);
        denial.service = denial.service.take().or(service);
    }

    /// Adds what another part of the same error says. Where both say something, the first one stays.
    pub(super) fn merge(&mut self, other: Self) {
        self.end = self.end.max(other.end);
        self.whole |= other.whole;
        self.denial.merge(other.denial);
    }
}
