//! Patterns of policies as steps for the automaton: resources with their rules for each part, action names, condition values.

use super::token::Token;
use crate::iam::{Context, Language, Resolved, Template, of_every_api};
use crate::text::Piece;

/// The ways in which an entry of Resource matches an ARN; none for `*`, which is no ARN, and for what never matches.
///
/// In the first five parts a wildcard stays inside its part, except that a `*` which ends its part may run past colons; behind the
/// fifth colon it takes anything. Parts that are left out are filled with `*`.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
pub(super) fn resource(text: &str, language: Language, context: &Context) -> Vec<Vec<Token>> {
    let text = &*of_every_api(text);
    if !text.starts_with("arn:") {
        return Vec::new();
    }
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let (heads, tail) = match parts.split_at_checked(5) {
        Some((heads, [tail])) => (heads, Some(*tail)),
        _ => (parts.as_slice(), None),
    };
    let tail = match tail.map(|tail| resolved(tail, language, true, context)) {
        Some(None) => return Vec::new(),
        Some(Some(tail)) => Some(tail),
        None => None,
    };
    let spanning = heads.iter().position(|part| part.ends_with('*')).unwrap_or(heads.len());
    let mut ways = Vec::new();
    // every part on its own
    let mut confined = head(heads, heads.len());
    confined.push(Token::Is(':'));
    match &tail {
        Some(tail) => confined.extend(tail),
        None => confined.push(Token::Run),
    }
    ways.push(confined);
    // or with stars that run on; they also stop before the colon, so that with a tail this is all of it
    if spanning < heads.len() {
        let mut running = head(heads, spanning);
        if let Some(tail) = tail {
            running.push(Token::Is(':'));
            running.extend(tail);
            ways.clear();
        }
        ways.push(running);
    }
    ways
}

/// The first parts with colons between them; from the part `running` on, stars at their ends run past colons.
fn head(parts: &[&str], running: usize) -> Vec<Token> {
    let mut tokens = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            tokens.push(Token::Is(':'));
        }
        let last = part.chars().count().saturating_sub(1);
        tokens.extend(part.chars().enumerate().map(|(at, character)| match character {
            '*' if at == last && index >= running => Token::Run,
            '*' => Token::RunInside,
            '?' => Token::OneInside,
            other => Token::Is(other),
        }));
    }
    tokens
}

/// A pattern of six parts in which every wildcard of the first five stays inside its part.
pub(super) fn confined(text: &str) -> Vec<Token> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let (heads, tail) = parts.split_at_checked(5).unwrap_or((&parts, &[]));
    let mut tokens = head(heads, heads.len());
    tokens.push(Token::Is(':'));
    tokens.extend(tail.iter().flat_map(|tail| name(tail)));
    tokens
}

/// All ARNs: six parts, of which partition, service and resource are not empty.
pub(super) fn any_arn() -> Vec<Token> {
    let mut tokens: Vec<Token> = "arn:".chars().map(Token::Is).collect();
    for filled in [true, true, false, false] {
        if filled {
            tokens.push(Token::OneInside);
        }
        tokens.extend([Token::RunInside, Token::Is(':')]);
    }
    tokens.extend([Token::One, Token::Run]);
    tokens
}

/// A text with wildcards and variables, all values put in; `None` where a variable has no value.
pub(super) fn resolved(text: &str, language: Language, wildcards: bool, context: &Context) -> Option<Vec<Token>> {
    let template = Template::new(text, language, wildcards);
    match template.resolve(context) {
        Resolved::Pieces(pieces) => Some(tokens(&pieces)),
        Resolved::NoValue(_) => None,
        Resolved::Unknown(_) => Some(tokens(&template.widest())),
    }
}

/// A value of an Arn operator: six parts, each on its own.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN>
pub(super) fn arn_value(text: &str, language: Language, context: &Context) -> Option<Vec<Token>> {
    let mut tokens = resolved(text, language, true, context)?;
    let mut colons = 0;
    for token in &mut tokens {
        match token {
            Token::Is(':') => colons += 1,
            Token::Run if colons < 5 => *token = Token::RunInside,
            Token::One if colons < 5 => *token = Token::OneInside,
            _ => {}
        }
    }
    (colons >= 5).then_some(tokens)
}

/// The same text in any case.
pub(super) fn in_any_case(text: &str) -> Vec<Token> {
    let fold = |character: char| {
        let mut lower = character.to_lowercase();
        match (lower.next(), lower.next()) {
            (Some(lower), None) => Token::IsFolded(lower),
            _ => Token::Is(character),
        }
    };
    text.chars().map(fold).collect()
}

/// A text of its own, such as an action's name in lower case; `*` and `?` are wildcards.
pub(super) fn name(text: &str) -> Vec<Token> {
    let token = |character| match character {
        '*' => Token::Run,
        '?' => Token::One,
        other => Token::Is(other),
    };
    text.chars().map(token).collect()
}

fn tokens(pieces: &[Piece]) -> Vec<Token> {
    let mut tokens = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Literal(text) => tokens.extend(text.chars().map(Token::Is)),
            Piece::AnyRun => tokens.push(Token::Run),
            Piece::AnyOne => tokens.push(Token::One),
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::super::automaton::Automaton;
    use super::*;
    use crate::iam::{ResourceMatch, ResourcePattern, ResourceText};
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        /// The steps match what the evaluator's own matcher matches.
        #[test]
        fn resource_steps_agree_with_the_evaluator(pattern in "arn:[ab*?:]{0,14}", resource in "arn:[ab]{1,2}:[ab]{1,2}:[ab]{0,2}:[ab]{0,1}:[ab:]{1,4}") {
            let context = Context::new();
            let mut automaton = Automaton::default();
            for way in super::resource(&pattern, Language::V2012, &context) {
                automaton.add(0, &way);
            }
            automaton.add(1, &any_arn());
            let evaluator = ResourcePattern::new(&pattern, Language::V2012).matches(&ResourceText::new(&resource), &context);
            let sets = automaton.sets_of(&resource);
            prop_assert!(sets.contains(&1));
            prop_assert_eq!(sets.contains(&0), evaluator == ResourceMatch::Yes);
        }
    }
}
