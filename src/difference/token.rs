//! One step of a pattern, and how a step reads a character.

/// One step of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// This character.
    Is(char),
    /// This character, given in lower case, in any case.
    IsFolded(char),
    /// `?`
    One,
    /// `?` that stays inside its part of an ARN: no colon.
    OneInside,
    /// `*`
    Run,
    /// `*` that stays inside its part of an ARN.
    RunInside,
}

/// A step of the patterns that are read in parallel.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Take(Token),
    /// The text is in the set of this number.
    Accept(usize),
}

/// Whether the character is the lower-case one, in any case.
pub(super) fn folds_to(character: char, lower: char) -> bool {
    character == lower || character.to_lowercase().eq(std::iter::once(lower))
}
