//! Decoded authorization messages: what `sts:DecodeAuthorizationMessage` returns, whole or cut.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html>

use super::authorization_message::AuthorizationMessage;
use super::cursor::{Cursor, head, tail};
use super::facts::{ContextFact, ContextSource, Denial, ReasonEffect};
use super::note::{Note, StatementName};
use super::partial::PartialDenial;
use super::wrapper::Envelope;
use crate::iam::Principal;

/// Decoded messages are a few kilobytes long.
const LONGEST: usize = 64 << 10;

/// The message around the key `"explicitDeny"` at `at`.
pub(super) fn from_fragment(text: &str, at: usize) -> Option<PartialDenial> {
    const KEY: usize = "\"explicitDeny\"".len();
    let explicit = boolean(text, at + KEY)?;
    let before = tail(text.get(..at)?, 200);
    let open = before.rfind('{').map_or(at, |brace| at - before.len() + brace);
    let body = head(text.get(open..)?, LONGEST);
    // the two keys are side by side
    let near = head(body, 600);
    let allowed = near.find("\"allowed\"").and_then(|found| boolean(near, found + "\"allowed\"".len()))?;
    if allowed {
        return None;
    }
    let mut partial = PartialDenial::new(open, at + KEY, Envelope::default()).whole();
    let denial = &mut partial.denial;
    denial.reason.effect = if explicit { ReasonEffect::ExplicitDeny } else { ReasonEffect::ImplicitDeny };
    denial.notes.push(Note::DecodedMessage);
    let mut values = serde_json::Deserializer::from_str(body).into_iter::<AuthorizationMessage>();
    if let Some(Ok(decoded)) = values.next() {
        partial.end = open + values.byte_offset();
        fill(decoded, denial);
    } else {
        partial.end = open + body.len();
        denial.notes.push(Note::DecodedMessageCut);
        let context = body.find("\"context\"").and_then(|at| body.get(at..)).unwrap_or_default();
        denial.action = value(context, "\"action\"").and_then(|action| action.parse().ok());
        denial.resource = value(context, "\"resource\"");
        denial.principal = value(context, "\"arn\"").map(|arn| Principal::new(&arn));
    }
    Some(partial)
}

fn boolean(text: &str, at: usize) -> Option<bool> {
    let value = Cursor::new(text, at).space().literal(":")?.space();
    if value.literal("true").is_some() { Some(true) } else { value.literal("false").map(|_| false) }
}

fn value(text: &str, key: &str) -> Option<String> {
    let at = text.find(key)? + key.len();
    let start = Cursor::new(text, at).space().literal(":")?.space().literal("\"")?;
    let end = start.skip_while(|byte| byte != b'"' && byte != b'\n');
    Some(end.since(start.at()).to_owned()).filter(|value| !value.is_empty())
}

fn fill(message: AuthorizationMessage, denial: &mut Denial) {
    let AuthorizationMessage { matched_statements, mut context, .. } = message;
    denial.action = context.action.take().and_then(|action| action.parse().ok());
    denial.resource = context.resource.take();
    denial.principal = context.principal.arn.take().map(|arn| Principal::new(&arn));
    for statement in matched_statements.items {
        let sid = Some(statement.statement_id).filter(|sid| !sid.is_empty());
        denial.notes.push(Note::MatchedStatement {
            statement: sid.map_or(StatementName::NoSid, StatementName::Sid),
            effect: statement.effect.to_ascii_lowercase(),
        });
    }
    let facts = context.into_conditions().map(|(key, values)| ContextFact {
        key,
        values,
        source: ContextSource::DecodedMessage,
    });
    denial.context = facts.collect();
}
