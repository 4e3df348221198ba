//! Decoded authorization messages: what `sts:DecodeAuthorizationMessage` returns, whole or cut.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html>

use super::authorization_message::AuthorizationMessage;
use super::code_error::Bare;
use super::cursor::{Cursor, head, tail};
use super::wrapper::Envelope;
use super::{ContextFact, ContextSource, DenialKind, Note, ReasonEffect, StatementName};
use crate::iam::Principal;

/// Decoded messages are a few kilobytes long.
const REACH: usize = 64 << 10;

/// The message around the key `"explicitDeny"` at `at`.
pub(super) fn from_fragment(text: &str, at: usize) -> Option<Bare> {
    const KEY: usize = "\"explicitDeny\"".len();
    let explicit = boolean(text, at + KEY)?;
    let before = tail(text.get(..at)?, 200);
    let open = before.rfind('{').map_or(at, |brace| at - before.len() + brace);
    let body = head(text.get(open..)?, REACH);
    // the two keys stand side by side
    let near = head(body, 600);
    let allowed = near.find("\"allowed\"").and_then(|found| boolean(near, found + "\"allowed\"".len()))?;
    if allowed {
        return None;
    }
    let mut bare = Bare::new(open, at + KEY, DenialKind::IamDenial, Envelope::default());
    bare.effect = if explicit { ReasonEffect::ExplicitDeny } else { ReasonEffect::ImplicitDeny };
    bare.whole = true;
    bare.notes.push(Note::DecodedMessage);
    let mut values = serde_json::Deserializer::from_str(body).into_iter::<AuthorizationMessage>();
    if let Some(Ok(decoded)) = values.next() {
        bare.end = open + values.byte_offset();
        fill(decoded, &mut bare);
    } else {
        bare.end = open + body.len();
        bare.notes.push(Note::DecodedMessageCut);
        let context = body.find("\"context\"").and_then(|at| body.get(at..)).unwrap_or_default();
        bare.action = value(context, "\"action\"").and_then(|action| action.parse().ok());
        bare.resource = value(context, "\"resource\"");
        bare.principal = value(context, "\"arn\"").map(|arn| Principal::new(&arn));
    }
    Some(bare)
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

fn fill(message: AuthorizationMessage, bare: &mut Bare) {
    let AuthorizationMessage { matched_statements, mut context, .. } = message;
    bare.action = context.action.take().and_then(|action| action.parse().ok());
    bare.resource = context.resource.take();
    bare.principal = context.principal.arn.take().map(|arn| Principal::new(&arn));
    for statement in matched_statements.items {
        let sid = Some(statement.statement_id).filter(|sid| !sid.is_empty());
        bare.notes.push(Note::MatchedStatement {
            statement: sid.map_or(StatementName::NoSid, StatementName::Sid),
            effect: statement.effect.to_ascii_lowercase(),
        });
    }
    let facts = context.into_conditions().map(|(key, values)| ContextFact {
        key,
        values,
        source: ContextSource::DecodedMessage,
    });
    bare.context = facts.collect();
}
