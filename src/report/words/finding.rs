//! What a finding is, for a tool that lists findings: a title, and what to do about it.

use super::cause::summary;
use super::difference::access_change_in_short;
use super::remedy::{owner, title as remedy_title};
use crate::diagnose::Summary;
use crate::difference::{AccessChange, Change, Review};
use crate::evaluate::Decision;
use crate::iam::Request;
use crate::reference::DangerKind;
use crate::remedy::Remedy;

/// In a few words.
#[must_use]
pub const fn title(review: Review) -> &'static str {
    match review {
        Review::NewDanger(DangerKind::Escalation) => "A policy change newly allows actions that give more permissions.",
        Review::NewDanger(DangerKind::ProtectionOff) => {
            "A policy change newly allows actions that switch protection off."
        }
        Review::NewDanger(DangerKind::Exposure) => {
            "A policy change newly allows actions that give data or resources to others."
        }
        Review::NewPublicAccess => "A policy change newly allows principals that the policy does not name.",
        Review::NewAccess => "A policy change newly allows requests.",
        Review::DenyLifted => "A policy change removes a Deny.",
        Review::AccessRemoved => "A policy change no longer allows requests.",
        Review::DenyAdded => "A policy change adds a Deny.",
        Review::CannotTell => "Whether a policy change allows more cannot be told.",
    }
}

/// What it means and what to do, as Markdown.
#[must_use]
pub const fn help(review: Review) -> &'static str {
    match review {
        Review::NewDanger(DangerKind::Escalation) => {
            "The new policies allow actions by which their holder could get permissions that nobody gave it, for example by changing a \
             policy, passing a role, or running code as somebody else.\n\nCheck that the holder may have these permissions. Otherwise \
             name fewer actions or resources, or add a condition. `iamdx diff OLD NEW` says what the holder could do with each action."
        }
        Review::NewDanger(DangerKind::ProtectionOff) => {
            "The new policies allow actions by which their holder could switch off what records, detects, limits or brings back.\n\nGive \
             such actions to administrators of security only. `iamdx diff OLD NEW` says what the holder could do with each action."
        }
        Review::NewDanger(DangerKind::Exposure) => {
            "The new policies allow actions by which their holder could give data or resources to others, such as other accounts or the \
             public.\n\nName the resources for which that is meant, or leave these actions out. `iamdx diff OLD NEW` says what the holder \
             could do with each action."
        }
        Review::NewPublicAccess => {
            "The new policy of a resource allows callers that it does not name: principals of any account, any AWS service, or anonymous \
             callers.\n\nName the principals that are meant, or limit the statement by a condition such as `aws:PrincipalOrgID` or \
             `aws:SourceArn`."
        }
        Review::NewAccess => {
            "The new policies allow requests that the old ones did not allow.\n\nCheck that each of them is meant. Name fewer actions or \
             resources where it is not."
        }
        Review::DenyLifted => {
            "The old policies denied requests explicitly, and the new ones do not. Other policies can allow these requests now.\n\nCheck \
             that the Deny is no longer needed."
        }
        Review::AccessRemoved => {
            "The old policies allowed requests that the new ones do not allow.\n\nCheck that nobody needs them: whoever does is denied after \
             this change."
        }
        Review::DenyAdded => {
            "The new policies deny requests explicitly that the old ones did not deny. No other policy can allow them.\n\nCheck that nobody \
             needs these requests."
        }
        Review::CannotTell => {
            "The files do not show everything that decides, or the policies are too intricate to be compared in every case.\n\nReview this \
             part by hand, or compare the policies as they are deployed."
        }
    }
}

/// What is wrong with a case that fails.
pub const FAILED_CASE: &str = "A case is not decided as it expects.";

/// What to do about it.
pub const HELP_OF_FAILED_CASE: &str = "The policies of the case decide its request otherwise than `expect` says.\n\nChange the policies, or \
                                       what the case expects. `iamdx test FILE` names the statements that decide.";

/// What is wrong with a case that cannot be read.
pub const UNREADABLE_CASE: &str = "A case cannot be read.";

/// What to do about it.
pub const HELP_OF_UNREADABLE_CASE: &str =
    "The case is not of the form that `iamdx test` reads, so nothing was tested.\n\nCorrect it where the message says.";

/// A case without an id or a name.
#[must_use]
pub fn nameless_case(line: usize) -> String {
    format!("case of line {line}")
}

/// Why a case is skipped.
pub const SKIPPED_CASE: &str = "it expects nothing";

/// One denial: who is denied what, why, and the first thing to do.
#[must_use]
pub fn denial(request: &Request, decision: Decision, cause: &Summary, remedy: Option<&Remedy>) -> String {
    let action = request.action.value().map_or("A request", |action| action.as_str());
    let mut words = match request.resource.value() {
        Some(resource) if resource != "*" => format!("{action} on {resource}"),
        _ => action.to_owned(),
    };
    if let Some(principal) = request.principal.value() {
        words = format!("{words} by {}", principal.as_str());
    }
    let denied = if decision == Decision::Allowed { "was denied, and is allowed now" } else { "is denied" };
    words = format!("{words} {denied}: {}.", summary(cause));
    if let Some(remedy) = remedy {
        words = format!("{words} What to do ({}): {}.", owner(remedy), remedy_title(remedy));
    }
    words
}

/// One change.
#[must_use]
pub fn change(change: &AccessChange, dangers: &[String]) -> String {
    let what = access_change_in_short(change);
    let mut words = match change.change {
        Change::Allowed => format!("Newly allowed: {what}"),
        Change::DenyLifted => format!("No longer denied, so that other policies can allow it: {what}"),
        Change::NotAllowed => format!("No longer allowed: {what}"),
        Change::DenyAdded => format!("Newly denied, whatever other policies allow: {what}"),
    };
    words.push('.');
    for danger in dangers {
        words.push_str(" Danger: ");
        words.push_str(danger);
        words.push('.');
    }
    words
}

/// What could not be decided.
#[must_use]
pub fn undecided(what: &str) -> String {
    format!("Cannot tell: {what}.")
}

/// How many findings were left out because they are about no file.
#[must_use]
pub fn without_file(count: usize) -> String {
    match count {
        1 => "One finding is about no file that was given, and is left out.".to_owned(),
        count => format!("{count} findings are about no file that was given, and are left out."),
    }
}
