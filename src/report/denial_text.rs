//! One denial as a person reads it in a terminal: who, what, on what, and what AWS's wording says and rules out.

use std::fmt::Write as _;

use super::printable;
use super::words::denial as words;
use crate::denial::{Denial, DenialKind, Reason, ReasonEffect};
use crate::iam::{Arn, PolicyType, Principal, PrincipalKind, secret};

/// The text of `explain`: every denial with its header and what AWS said.
#[must_use]
pub fn explain_text(denials: &[Denial], width: usize) -> String {
    let pages: Vec<String> =
        denials.iter().map(|denial| format!("{}\n{}", header(denial, width), aws_said(denial, width))).collect();
    pages.join("\n")
}

/// The first lines: what was denied, to whom, on what. ARNs are never cut.
#[must_use]
pub fn header(denial: &Denial, width: usize) -> String {
    let mut text = match denial.kind {
        DenialKind::IamDenial => format!("DENIED  {}\n", subject(denial)),
        DenialKind::OtherFailure(failure) => wrapped("NOT IAM  ", words::failure(failure), width),
    };
    if let Some(principal) = &denial.principal {
        text.push_str(&by(principal, width));
    }
    if let Some(resource) = &denial.resource {
        let _ = writeln!(text, "  on    {}", safe(resource));
    }
    let status = denial.http_status.map(|status| format!("HTTP {status}"));
    let call: Vec<String> =
        [denial.operation.clone(), denial.error_code.clone(), status].into_iter().flatten().collect();
    if !call.is_empty() {
        let _ = writeln!(text, "  call  {}", safe(&call.join(", ")));
    }
    if denial.occurrences > 1 {
        let _ = writeln!(text, "  seen  {} times, first on line {}", denial.occurrences, denial.line);
    }
    text
}

/// What was denied, as far as the text says it.
fn subject(denial: &Denial) -> String {
    match (&denial.action, denial.candidates.as_slice(), &denial.operation) {
        (Some(action), _, _) => safe(action.as_str()),
        (None, [], Some(operation)) => format!("an action of {} (the message does not name it)", safe(operation)),
        (None, [], None) => "an action that the message does not name".to_owned(),
        (None, candidates, _) => {
            let names: Vec<String> = candidates.iter().map(|action| safe(action.as_str())).collect();
            format!("{} (inferred: the message names no action)", names.join(" or "))
        }
    }
}

fn by(principal: &Principal, width: usize) -> String {
    let (name, account) = match (principal.kind(), principal.as_str().parse::<Arn>()) {
        (PrincipalKind::Unknown, _) | (_, Err(_)) => (principal.as_str().to_owned(), None),
        (_, Ok(arn)) => match arn.account_id() {
            Some(account) => (arn.resource().to_owned(), Some(format!("account {account}"))),
            None => (principal.as_str().to_owned(), None),
        },
    };
    let name = safe(&name);
    match account {
        None => format!("  by    {name}\n"),
        Some(account) if 8 + name.chars().count() + 2 + account.len() <= width => {
            let gap = width.min(80).saturating_sub(8 + name.chars().count() + account.len()).max(2);
            format!("  by    {name}{}{account}\n", " ".repeat(gap))
        }
        Some(account) => format!("  by    {name}\n        {account}\n"),
    }
}

/// What AWS's words say, what they rule out, and what they do not prove.
#[must_use]
pub fn aws_said(denial: &Denial, width: usize) -> String {
    let mut text = String::new();
    match denial.kind {
        DenialKind::IamDenial => {
            text.push_str(&wrapped("AWS said  ", &said(&denial.reason), width));
            if !denial.reason.excludes.is_empty() {
                text.push_str(&wrapped("          ", &ruled_out(&denial.reason.excludes), width));
            }
            if let Some(arn) = &denial.reason.policy_arn {
                let _ = writeln!(text, "policy    {}", safe(arn));
            }
            if let Some(id) = &denial.authorization_id {
                let _ = writeln!(text, "record    authorization id {}", safe(id));
            }
        }
        DenialKind::OtherFailure(failure) => text.push_str(&wrapped("helps     ", words::help(failure), width)),
    }
    for note in words::remarks(denial) {
        text.push_str(&wrapped("note      ", &safe(&note), width));
    }
    text
}

fn said(reason: &Reason) -> String {
    match (reason.effect, reason.policy_type) {
        (ReasonEffect::ExplicitDeny, Some(policy_type)) => {
            format!("explicit deny in {}. It names one policy type even when several deny.", policy_type.with_article())
        }
        (ReasonEffect::ImplicitDeny, Some(policy_type)) => {
            format!("no {} allows it. It names one policy type even when several block.", policy_type.noun())
        }
        (ReasonEffect::ExplicitDeny, None) => "explicit deny, without saying in which type of policy.".to_owned(),
        (ReasonEffect::ImplicitDeny, None) => "no policy allows it, without saying of which type.".to_owned(),
        (ReasonEffect::Unknown, Some(policy_type)) => {
            format!("denied by {}, without saying how.", policy_type.with_article())
        }
        (ReasonEffect::Unknown, None) => "denied, without saying why.".to_owned(),
    }
}

fn ruled_out(excludes: &[PolicyType]) -> String {
    let names: Vec<&str> = excludes.iter().map(|policy_type| policy_type.row().short).collect();
    let list = match names.as_slice() {
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
        [] => String::new(),
    };
    format!("This wording rules out {list} policies as the reported cause.")
}

/// Untrusted text for a terminal: no secret, no control character.
fn safe(text: &str) -> String {
    printable(&secret::redact(text)).replace(['\n', '\t'], " ")
}

/// `text` broken at spaces to `width` columns behind `label`; later lines are indented below it. A word is never cut.
#[must_use]
pub fn wrapped(label: &str, text: &str, width: usize) -> String {
    let indent = label.chars().count();
    let mut page = String::from(label);
    let mut column = indent;
    for (index, word) in text.split_whitespace().enumerate() {
        let length = word.chars().count();
        if index > 0 {
            if column + 1 + length > width {
                page.push('\n');
                page.push_str(&" ".repeat(indent));
                column = indent;
            } else {
                page.push(' ');
                column += 1;
            }
        }
        page.push_str(word);
        column += length;
    }
    page.push('\n');
    page
}
