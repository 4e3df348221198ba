//! What the console shows of a denial, one value a line: `User`, `Action`, `On resource(s)`, `Context`.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>

use super::cursor::{head, tail};
use super::facts::{Reason, ReasonEffect};
use super::normalized::TOKEN_END;
use super::partial::PartialDenial;
use super::wrapper::Envelope;
use crate::iam::{Action, PolicyType, Principal};

/// How far the box reaches to either side of the place where it was found.
const REACH: usize = 1200;

/// The box around the `rce(s)` at `at`, or behind the console's request to send it on.
pub(super) fn read(text: &str, at: usize, floor: usize) -> Option<PartialDenial> {
    let before = tail(text.get(floor.min(at)..at)?, REACH);
    let after = head(text.get(at..)?, 2 * REACH);
    if after.starts_with("rce(s):") {
        return boxed(text, at - before.len() + before.rfind("User:")?);
    }
    let user = after.find("User:")?;
    // what stands between is the rest of the console's words
    let gap = after.get(..user)?;
    (!gap.contains("authorized")).then(|| boxed(text, at + user))?
}

/// The box of which the reason at `at` is the end: the console names no resource where an action has none.
pub(super) fn around_reason(text: &str, at: usize, floor: usize) -> Option<PartialDenial> {
    let before = tail(text.get(floor.min(at)..at)?, REACH);
    let context = before.rfind("Context:")?;
    let words = before.get(context + "Context:".len()..)?;
    if words.trim().contains('\n') || words.len() > 200 {
        return None;
    }
    boxed(text, at - before.len() + before.get(..context)?.rfind("User:")?)
}

/// The box whose first line begins at `user`.
fn boxed(text: &str, user: usize) -> Option<PartialDenial> {
    let whole = head(text.get(user..)?, 3 * REACH);
    // another one begins another box
    let next = whole.get(1..).and_then(|rest| rest.find("User:")).map_or(whole.len(), |next| next + 1);
    let whole = whole.get(..next)?;
    let principal = value(whole, "User:")?;
    let name = value(whole, "Action:")?;
    let action: Action = match name.parse() {
        Ok(action) => action,
        Err(_) => format!("{}:{name}", value(whole, "Service:")?).parse().ok()?,
    };
    let resources = whole.find("rce(s):").map(|at| at + "rce(s):".len());
    let context = whole.find("Context:").and_then(|at| whole.get(at + "Context:".len()..)).map(|rest| {
        let rest = rest.trim_start();
        rest.split(['\n', TOKEN_END]).next().unwrap_or(rest)
    });
    // a list of labels is no box before it says on what, or why
    let ends = context.map(|context| offset(whole, context) + context.len()).max(resources)?;
    if resources.is_none() && reason(context.unwrap_or_default()).effect == ReasonEffect::Unknown {
        return None;
    }
    let envelope = Envelope { service: Some(action.service().to_owned()), ..Envelope::default() };
    let mut partial = PartialDenial::new(user, user + ends, envelope).whole();
    partial.denial.principal = Some(Principal::new(principal));
    partial.denial.action = Some(action);
    partial.denial.resource = resources.and_then(|at| first_word(whole.get(at..)?)).map(str::to_owned);
    partial.denial.reason = reason(context.unwrap_or_default());
    Some(partial)
}

fn offset(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}

/// The first word after a label.
fn value<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    first_word(text.get(text.find(label)? + label.len()..)?)
}

fn first_word(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let end = text.find(|c: char| c.is_whitespace() || c == TOKEN_END).unwrap_or(text.len());
    let word = text.get(..end)?.trim_end_matches([',', ';']);
    (!word.is_empty() && !word.ends_with(':')).then_some(word)
}

/// What the line after `Context` says.
fn reason(context: &str) -> Reason {
    let mut reason = Reason::default();
    let words = context.to_ascii_lowercase();
    if words.contains("explicit") {
        reason.effect = ReasonEffect::ExplicitDeny;
    } else if words.starts_with("no ") && words.contains("allow") {
        reason.effect = ReasonEffect::ImplicitDeny;
    } else {
        return reason;
    }
    let names = |policy_type: &PolicyType| policy_type.row().phrases.iter().any(|phrase| words.contains(phrase));
    reason.policy_type = PolicyType::ALL.into_iter().find(names);
    let arn = context.split([' ', ',']).find(|word| word.starts_with("arn:") && word.contains("policy/"));
    reason.policy_arn = arn.map(|arn| arn.trim_end_matches('.').to_owned());
    reason
}
