//! What the console shows of a denial, one value a line: `User`, `Action`, `On resource(s)`, `Context`.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>

use super::cursor::{head, tail};
use super::facts::{Reason, ReasonEffect};
use super::normalized::TOKEN_END;
use super::partial::PartialDenial;
use super::wrapper::Envelope;
use crate::iam::{Action, PolicyType, Principal};

/// The box around the `rce(s)` at `at`.
pub(super) fn read(text: &str, at: usize, floor: usize) -> Option<PartialDenial> {
    let before = tail(text.get(floor.min(at)..at)?, 1200);
    let after = head(text.get(at..)?.strip_prefix("rce(s):")?, 2400);
    let user = before.rfind("User:")?;
    let above = before.get(user..)?;
    let principal = value(above, "User:")?;
    let name = value(above, "Action:")?;
    let action: Action = match name.parse() {
        Ok(action) => action,
        Err(_) => format!("{}:{name}", value(above, "Service:")?).parse().ok()?,
    };
    let resource = first_word(after);
    let context = after.find("Context:").and_then(|at| after.get(at + "Context:".len()..)).map(|rest| {
        let rest = rest.trim_start();
        rest.split(['\n', TOKEN_END]).next().unwrap_or(rest)
    });
    let start = at - before.len() + user;
    let end = context.map_or(at + "rce(s):".len(), |context| {
        (context.as_ptr() as usize).saturating_sub(text.as_ptr() as usize) + context.len()
    });
    let envelope = Envelope { service: Some(action.service().to_owned()), ..Envelope::default() };
    let mut partial = PartialDenial::new(start, end, envelope).whole();
    partial.denial.principal = Some(Principal::new(principal));
    partial.denial.action = Some(action);
    partial.denial.resource = resource.map(str::to_owned);
    partial.denial.reason = reason(context.unwrap_or_default());
    Some(partial)
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
