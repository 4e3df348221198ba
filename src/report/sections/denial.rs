//! One denial as a person reads it in a terminal: who, what, on what, and what AWS's wording says and rules out.

use crate::denial::{Denial, DenialKind, Reason, ReasonEffect};
use crate::iam::{Action, Arn, PolicyType, Principal, PrincipalKind, Request};
use crate::remedy::bedrock::next::Calls;
use crate::report::page::{Block, Detail, Link, Page, Tone};
use crate::report::words::denial as words;
use crate::report::{CommandReport, ExplainReport, next_step, to_json};

impl CommandReport for Vec<Denial> {
    fn page(&self, detail: Detail) -> Page {
        let page = |denial| {
            let mut page = Page::new(detail);
            header(&mut page, denial, None);
            page.push(Block::Space);
            aws_said(&mut page, denial, true);
            page
        };
        Page::joined(detail, self.iter().map(page), 1)
    }

    fn json(&self) -> String {
        to_json(&ExplainReport::new(self), true)
    }
}

/// The first lines: what was denied, to whom, on what. ARNs are never cut. What the text lacks may be known of the request.
pub(super) fn header(page: &mut Page, denial: &Denial, request: Option<&Request>) {
    let request = request.filter(|_| denial.kind == DenialKind::IamDenial);
    match denial.kind {
        DenialKind::IamDenial => {
            let known = request.filter(|_| denial.action.is_none()).and_then(|request| request.action.known());
            let what = known.map_or_else(|| subject(denial), |action| words::not_in_text(action.as_str()));
            page.heading("DENIED", what, Tone::Block);
        }
        DenialKind::OtherFailure(failure) => {
            let (word, what) = words::instead(denial, failure);
            page.item(format!("{word:<9}"), what);
        }
    }
    if let Some(principal) = denial.principal.as_ref().or_else(|| request?.principal.known()) {
        by(page, principal);
    }
    if let Some(resource) = &denial.resource {
        let link = Some(Link::Arn(resource.clone()));
        let aside = request.and_then(other_account).map(|account| format!("account {account}"));
        page.push(Block::Line { label: "  on    ".to_owned(), text: resource.clone(), aside, wraps: false, link });
    } else if let Some(resource) = request.and_then(|request| request.resource.known()) {
        page.whole("  on    ", words::not_in_text(resource));
    }
    let status = denial.http_status.map(|status| format!("HTTP {status}"));
    let call: Vec<String> =
        [denial.operation.clone(), denial.error_code.clone(), status].into_iter().flatten().collect();
    if !call.is_empty() {
        page.whole("  call  ", call.join(", "));
    }
    if denial.occurrences > 1 {
        page.whole("  seen  ", format!("{} times, first on line {}", denial.occurrences, denial.line));
    }
    if let Some(place) = words::place(denial) {
        page.whole("  in    ", place);
    }
    if let Some(places) = words::also_in(denial) {
        page.whole("  also  ", places);
    }
}

/// Whose the resource is, where it is not the caller's: then both accounts have a say.
fn other_account(request: &Request) -> Option<&String> {
    let caller = request.principal.known()?.account()?;
    request.resource_account.known().filter(|account| *account != caller)
}

/// The same without what the first screen has no room for: the call where the action is named, how often it was seen.
pub(super) fn header_on_screen(page: &mut Page, denial: &Denial, request: Option<&Request>) {
    let mut short = denial.clone();
    if short.action.is_some() {
        (short.operation, short.error_code, short.http_status) = (None, None, None);
    }
    header(page, &short, request);
}

/// A denial in one line: what was denied, or what failed instead.
pub(super) fn title(denial: &Denial) -> String {
    match denial.kind {
        DenialKind::IamDenial => subject(denial),
        DenialKind::OtherFailure(failure) => {
            let (word, what) = words::instead(denial, failure);
            format!("{}, {what}", if word == "IAM" { word } else { "not IAM" })
        }
    }
}

/// What was denied, as far as the text says it.
pub(in crate::report) fn subject(denial: &Denial) -> String {
    match (&denial.action, denial.candidates.as_slice(), &denial.operation) {
        (Some(action), _, _) => action.as_str().to_owned(),
        (None, [], Some(operation)) => format!("an action of {operation} (the message does not name it)"),
        (None, [], None) => "an action that the message does not name".to_owned(),
        (None, candidates, _) => {
            let names: Vec<&str> = candidates.iter().map(Action::as_str).collect();
            if denial.role_of_service().is_some() {
                return format!("one of {}", names.join(", "));
            }
            format!("{} (inferred: the message names no action)", names.join(" or "))
        }
    }
}

fn by(page: &mut Page, principal: &Principal) {
    let arn = principal.as_str().parse::<Arn>().ok().filter(|_| principal.kind() != PrincipalKind::Unknown);
    let (text, aside) = match arn.as_ref().and_then(|arn| Some((arn.resource(), arn.account_id()?))) {
        Some((name, account)) => (name.to_owned(), Some(format!("account {account}"))),
        None => (principal.as_str().to_owned(), None),
    };
    let link = Some(Link::Arn(principal.as_str().to_owned()));
    page.push(Block::Line { label: "  by    ".to_owned(), text, aside, wraps: false, link });
}

/// What AWS's words say, what they rule out, and what they do not prove.
pub(in crate::report) fn aws_said(page: &mut Page, denial: &Denial, with_limits: bool) {
    match denial.kind {
        DenialKind::IamDenial => {
            page.item("AWS said  ", said(&denial.reason, with_limits));
            if with_limits && !denial.reason.excludes.is_empty() {
                page.item("          ", ruled_out(&denial.reason.excludes));
            }
            if let Some(arn) = &denial.reason.policy_arn {
                page.whole("policy    ", arn);
                page.lead(Some(Link::Arn(arn.clone())));
            }
            if let Some(id) = &denial.authorization_id {
                page.whole("record    ", format!("authorization id {id}"));
            }
        }
        DenialKind::OtherFailure(failure) => match Calls::of_text(denial) {
            Some(calls) => next_step::add(page, "", &calls),
            None => page.item("helps     ", words::help_with(denial, failure)),
        },
    }
    for note in words::remarks(denial) {
        page.item("note      ", note);
    }
}

fn said(reason: &Reason, with_limits: bool) -> String {
    let limits = |words: &'static str| if with_limits { words } else { "" };
    match (reason.effect, reason.policy_type) {
        (ReasonEffect::ExplicitDeny, Some(policy_type)) => {
            let one = limits(" It names one policy type even when several deny.");
            format!("explicit deny in {}.{one}", policy_type.with_article())
        }
        (ReasonEffect::ImplicitDeny, Some(policy_type)) => {
            let one = limits(" It names one policy type even when several block.");
            format!("no {} allows it.{one}", policy_type.noun())
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
