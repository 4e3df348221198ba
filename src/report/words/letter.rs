//! Headings, labels and sentences of the letter that a report is in Markdown: what somebody else is asked to do, and why.

use super::decision::noun;
use super::first_screen::rests_on;
use super::gap::{gap_reason, gap_subject};
use super::list::{all_of, counted};
use super::remedy::{in_cases, with_article};
use crate::evaluate::Decision;
use crate::iam::{Command, Gap};
use crate::remedy::{Presumed, Verification};

/// Before what was denied.
pub const DENIED: &str = "Access denied";
/// Who asked.
pub const WHO: &str = "Who";
/// On what.
pub const RESOURCE: &str = "Resource";
/// When it was asked.
pub const WHEN: &str = "When";
/// The ids of the requests.
pub const REQUEST_ID: &str = "Request id";
/// The id of AWS's record of the decision.
pub const AUTHORIZATION_ID: &str = "Authorization id";
/// The call.
pub const CALL: &str = "Call";
/// How often the denial stands in the input.
pub const SEEN: &str = "Seen";
/// The place in the inputs.
pub const PLACE: &str = "In";
/// Other places in them.
pub const ALSO_IN: &str = "Also in";
/// What to do, in one line.
pub const TO_DO: &str = "To do";
/// The reason.
pub const WHY: &str = "Why";
/// What to change.
pub const CHANGE: &str = "The change";
/// What to do where no policy is changed.
pub const WHAT_TO_DO: &str = "What to do";
/// Another way.
pub const OR: &str = "Or";
/// Other ways.
pub const OTHERS: &str = "Other ways";
/// What the change opens.
pub const ALLOWS: &str = "What this change allows";
/// The commands.
pub const COMMANDS: &str = "Commands";
/// What was not seen.
pub const NOT_CHECKED: &str = "Not checked";
/// What was assumed.
pub const ASSUMED: &str = "Assumed";
/// What may be denied afterwards.
pub const NEXT: &str = "May be denied next";
/// What is wrong with the documents.
pub const PROBLEMS: &str = "Problems in these documents";
/// How to see that it helped.
pub const VERIFY: &str = "How to check afterwards";
/// The steps of an incident.
pub const INCIDENT: &str = "Security incident";
/// Said of an incident first.
pub const INCIDENT_FIRST: &str = "Do not change policies to get the access back.";
/// What must not be done.
pub const DO_NOT: &str = "Do not";
/// What speaks against a remedy.
pub const BEFORE: &str = "Before you do this";
/// What whoever gains the access could do.
pub const DANGER: &str = "Danger";
/// What AWS wrote.
pub const AWS_SAID: &str = "AWS said";
/// The request is all that the change opens.
pub const ONLY_REQUEST: &str = "Exactly this request, nothing else.";
/// Nothing becomes allowed.
pub const NOTHING_NEW: &str = "It newly allows nothing by itself.";
/// Nothing but what stands before.
pub const NOTHING_ELSE: &str = "Nothing else.";
/// What the other ways are in full.
pub const OTHERS_IN_FULL: &str = "--all writes them in full.";
/// The first check.
pub const REPEAT: &str = "Repeat the call that was denied. It must no longer be answered with AccessDenied.";
/// The check where the call itself changes.
pub const CALL_AGAIN: &str =
    "Make the call again, changed as said above. It must no longer be answered with AccessDenied.";
/// What helps where IAM denied nothing.
pub const HELPS: &str = "What helps";
/// What a change takes away.
pub const DENIES: &str = "No longer allowed";
/// What a narrowed Deny does not deny any more.
pub const LIFTED: &str = "No longer denied";

/// What a narrowed Deny leaves open; an Allow is needed all the same.
#[must_use]
pub fn lifted(opened: &str) -> String {
    format!("{opened}; an Allow is still needed")
}

/// What was checked of a change.
#[must_use]
pub fn result(proof: &Verification) -> Vec<String> {
    let cases = in_cases(&proof.in_cases);
    let conditional = proof.is_conditional();
    let then = if conditional { "if that is so, with" } else { "with" };
    let allowed = match proof.decision_after {
        Decision::Allowed => "the request is allowed".to_owned(),
        _ if conditional => "the request is allowed".to_owned(),
        other => format!("the answer for the request is {}", noun(other)),
    };
    let only_if = cases.map(|cases| format!("only if {cases}"));
    let unseen = proof.assumes.iter().any(|it| matches!(it, Presumed::NotSeen(_)));
    let unless = if unseen { ", unless a policy under \"Not checked\" blocks it" } else { "" };
    only_if
        .into_iter()
        .chain([format!("checked: {then} this change {allowed}{unless}")])
        .chain(rests_on(proof))
        .collect()
}

/// A policy that was not seen, why where that matters, and how to see it.
#[must_use]
pub fn gap(gap: &Gap, with_why: bool) -> String {
    let why = if with_why { format!(": {}", gap_reason(&gap.reason)) } else { String::new() };
    let how = gap.how_to_close.iter().flat_map(Command::to_copy).find(|line| !line.starts_with('#'));
    // a command with a backtick in it would not be read as one name
    let how = how.filter(|how| !how.contains('`')).map_or_else(String::new, |how| format!("; to see it: `{how}`"));
    format!("{}{why}{how}", gap_subject(&gap.subject))
}

/// What could not be compared.
#[must_use]
pub fn not_compared(what: &str) -> String {
    format!("Not compared: {what}")
}

/// Whose work it is, as the beginning of a section.
#[must_use]
pub fn for_owner(owners: &[String], disposition: &str) -> String {
    let all: Vec<String> = owners.iter().map(|owner| with_article(owner)).collect();
    let together = if owners.len() > 1 { "; all changes are needed" } else { "" };
    format!("For {}{together}; {disposition}.", all_of(&all))
}

/// The document after the change, in a file of this name.
#[must_use]
pub fn whole_document(file: &str) -> String {
    format!("The whole document after the change, to paste (`{file}`):")
}

/// A document that is new, in a file of this name.
#[must_use]
pub fn new_document(file: &str) -> String {
    format!("The new document, to paste (`{file}`):")
}

/// What the second check prints once all is well.
#[must_use]
pub fn success() -> String {
    format!(
        "Success: it begins with `{}` and exits with 0. UNDETERMINED (exit code 3) means that something it could not see still decides.",
        noun(Decision::Allowed).to_uppercase()
    )
}

/// How to ask again, without the call.
#[must_use]
pub const fn ask_again() -> &'static str {
    "Or ask the policies as they are then, with credentials that may read them:"
}

/// The number of a denial among several.
#[must_use]
pub fn number(number: usize, of: usize) -> String {
    format!("{number} of {of}: ")
}

/// `3 times`.
#[must_use]
pub fn times(count: usize, line: usize) -> String {
    format!("{count} times, first on line {line}")
}

/// The title of a review of policies.
#[must_use]
pub fn review(openings: usize, dangerous: usize, unsure: bool) -> String {
    match (openings, dangerous, unsure) {
        (0, _, false) => "No new access".to_owned(),
        (0, _, true) => "Cannot tell whether there is new access".to_owned(),
        (count, 0, _) => format!("New access: {}", counted(count, "change", "changes")),
        (count, dangerous, _) => format!("New access: {}, {dangerous} dangerous", counted(count, "change", "changes")),
    }
}

/// No difference at all.
pub const SAME: &str = "These policies give the same access.";
/// What became allowed.
pub const NEWLY_ALLOWED: &str = "New";
/// What is no longer allowed.
pub const NO_LONGER_ALLOWED: &str = "No longer allowed";
/// What could not be decided.
pub const CANNOT_TELL: &str = "Cannot tell";
/// A request that shows a change.
pub const EXAMPLE: &str = "for example";
/// The place of the statement.
pub const AT: &str = "at";
/// The title of a list of who may do something.
#[must_use]
pub fn who_may(action: &str, resource: &str) -> String {
    format!("Who is allowed `{action}` on `{resource}`")
}

/// The title of the results of tests.
#[must_use]
pub fn tests(failed: usize, unreadable: usize, passed: usize, all: usize) -> String {
    let mut said = match failed {
        0 => format!("{passed} of {} passed", counted(all, "case", "cases")),
        failed => format!("{failed} of {} failed", counted(all, "case", "cases")),
    };
    if unreadable > 0 {
        said.extend([", ", &unreadable.to_string(), " cannot be read"]);
    }
    said
}
