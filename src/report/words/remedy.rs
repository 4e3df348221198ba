//! What a remedy does, what it rests on, what speaks against it, and what the caller will be denied next.

use super::cannot_fix::cannot_fix;
use super::gap::gap_subject;
use super::list::all_of;
pub use super::remedy_step::{add_statement, needed, step};
pub use super::remedy_title::title;
use super::{condition, danger, denial, guardrail, implies, incident, public_access, several};
use crate::deduce::InCases;
use crate::diagnose::Summary;
use crate::difference::AccessChange;
use crate::iam::PolicyType;
use crate::remedy::bedrock::Provided;
use crate::remedy::{AddTo, CopyHalf, NextDenial, NextWhy, Owner, Presumed, Remedy, Title, Verification, When, WhyNot};

/// What stands where no remedy is offered: where the policies have come to allow the request, there is nothing to offer.
#[must_use]
pub fn none(summary: &Summary) -> &'static str {
    match summary {
        Summary::AllowedNow { since, .. } if since.read_at.is_some() => "Nothing to change: make the call again.",
        _ => "No change is offered.",
    }
}

/// In which cases it helps, where not in all that agree with AWS's words.
#[must_use]
pub fn in_cases(cases: &InCases) -> Option<String> {
    match cases {
        InCases::Every => None,
        InCases::If(facts) if facts.is_empty() => None,
        InCases::If(facts) => Some(implies::facts(facts)),
        _ => Some("what is not known of the request does not stand in its way".to_owned()),
    }
}

/// Who must do it. A session policy belongs to whoever makes the session, which need not be who calls.
#[must_use]
pub fn owner(remedy: &Remedy) -> &'static str {
    if matches!(remedy.title, Title::AddTo { place: AddTo::PodIdentity, .. }) {
        return "whoever runs the cluster";
    }
    let of_session = match &remedy.title {
        Title::AddTo { place, .. } => *place == AddTo::Session,
        Title::AskUnseen { .. } | Title::Ask(_) | Title::SearchEnded(_) => true,
        Title::FindDeny { policy_type, .. } => *policy_type == PolicyType::Session,
        _ => remedy.edits.iter().any(|edit| edit.policy_type == PolicyType::Session),
    };
    if remedy.owner == Owner::Caller && of_session { "whoever makes the session" } else { remedy.owner.noun() }
}

/// Who must do it and how sure it is, in brackets; nothing where the reader gives what the text left out, which needs nobody's review.
#[must_use]
pub fn by(remedy: &Remedy, account: Option<&str>, disposition: &str) -> String {
    let of = account.map_or_else(String::new, |account| format!(" of {account}"));
    match remedy.title {
        Title::TellMore(_) | Title::Unsigned => String::new(),
        _ => format!(" ({}{of}; {disposition})", owner(remedy)),
    }
}

/// The same inside a sentence: `the account admin`, `whoever makes the session`.
#[must_use]
pub fn with_article(owner: &str) -> String {
    match owner.split_once(' ') {
        // these words need no article
        Some(("whoever" | "the", _)) => owner.to_owned(),
        _ => format!("the {owner}"),
    }
}

/// All that speaks against a remedy, or against a better one; `None` where nothing does.
#[must_use]
pub fn why_not(all: &[WhyNot]) -> Option<String> {
    (!all.is_empty()).then(|| all.iter().map(against).collect::<Vec<_>>().join("; "))
}

/// What speaks against a remedy, or against a better one.
#[must_use]
pub fn against(why_not: &WhyNot) -> String {
    match why_not {
        WhyNot::KeepQuarantine => incident::KEEP_QUARANTINE.to_owned(),
        WhyNot::OpensToInternet(setting) => public_access::opens_to_internet(*setting),
        WhyNot::IncidentFirst => "credentials stand in the text: close the incident first".to_owned(),
        WhyNot::RequestCanChange => "the request can meet the condition instead, which changes no policy".to_owned(),
        WhyNot::CannotFix(cannot) => cannot_fix(cannot),
        WhyNot::NotSeen => "a policy that was not seen is not changed, only asked for".to_owned(),
        WhyNot::Contradiction(signs) => format!(
            "no change is offered for a request that nobody can have made as the text has it; {}",
            signs.iter().map(denial::damage).collect::<Vec<_>>().join("; ")
        ),
        WhyNot::CompareText(sign) => {
            format!("compare it with the message where it was first written: {}", denial::damage(sign))
        }
        WhyNot::Intended(guard) => guardrail::intended(guard),
        WhyNot::AllowedRegionsDo { may_be_profile } => {
            let profile = if *may_be_profile {
                "; where the call came through an inference profile, --context bedrock:InferenceProfileArn=ARN makes the \
                 exception for that profile alone"
            } else {
                ""
            };
            format!("a model or profile whose Regions are all allowed needs no change{profile}")
        }
        WhyNot::UnknownTenant(own) => format!(
            "make sure that `{own}` is yours, which this trust policy does not tell: CloudTrail records the tries of strangers too"
        ),
        WhyNot::Danger(main) => danger::main(main),
        WhyNot::AwsNamedAnother { explicit: true, policy_type } => {
            format!(
                "AWS says that {} denies this; no policy that you gave shows it, and this change does not remove it",
                policy_type.with_article()
            )
        }
        WhyNot::AwsNamedAnother { explicit: false, policy_type } => {
            format!(
                "AWS says that no {policy_type} allows this; the policies that you gave do not show why, and this change may not be enough"
            )
        }
        WhyNot::CoversPattern(pattern) => format!(
            "it covers every resource that matches `{pattern}`: the call does not name the whole resource, so this is the \
             text that AWS compares policies with"
        ),
        WhyNot::GoesAround(demands) => format!(
            "{}: this goes around it for this request, so whoever wrote it must agree",
            demands.iter().map(condition::demands).collect::<Vec<_>>().join("; ")
        ),
        WhyNot::SharesPolicy { others, more, together } => several::shares_policy(others, *more, *together),
        WhyNot::SharesRoom { others, more, together } => several::shares_room(others, *more, *together),
    }
}

/// What else is allowed after it: what the comparison found, and what everyone gains whom the changed policies bind.
#[must_use]
pub fn newly_allowed(proof: &Verification, words: impl Fn(&AccessChange) -> String) -> Vec<String> {
    let bound: Vec<String> = proof.shared.iter().map(|policy| format!("`{policy}`")).collect();
    let bound: Vec<&str> = bound.iter().map(String::as_str).collect();
    let verb = if bound.len() == 1 { "applies" } else { "apply" };
    let shared = (!bound.is_empty()).then(|| {
        format!("the same for everyone else to whom {} {verb}, as far as their other policies allow it", all_of(&bound))
    });
    proof.compared.newly_allowed.iter().map(words).chain(shared).collect()
}

/// What the proof of a whole call takes to be so.
#[must_use]
pub fn provided(provided: &Provided) -> String {
    match provided {
        Provided::ThroughProfile { profile, policy } => {
            format!("the call went through inference profile {profile}, which policy `{policy}` names")
        }
        Provided::StaysInAllowedRegions => {
            "AWS keeps the call in the Regions that are allowed then; it is not known which ones it may choose"
                .to_owned()
        }
    }
}

/// What a proof takes to be so without having seen it.
#[must_use]
pub fn presumed(presumed: &Presumed) -> String {
    match presumed {
        Presumed::NotSeen(subject) => gap_subject(subject),
        Presumed::OwnedBy(account) => format!("a resource of another account than {account}"),
        Presumed::NoInlinePolicy(set) => {
            format!(
                "an inline policy that permission set {set} has already: a set has one, and the new one replaces it"
            )
        }
        Presumed::SameInlinePolicy(set) => {
            format!(
                "another inline policy of permission set {set} than that of its role: the set was not read, and its policy is replaced"
            )
        }
        Presumed::NoPath(role) => format!("a path of role {role}, which would be a part of its ARN"),
    }
}

/// The resource of a denial to expect, as far as it is known.
#[must_use]
pub fn next_resource(next: &NextDenial) -> String {
    next.resource.clone().unwrap_or_else(|| "the model in further Regions".to_owned())
}

/// When AWS checks it.
#[must_use]
pub fn next_why(why: &NextWhy) -> String {
    match why {
        NextWhy::ResourceType(kind) => format!("the same call is also checked on each {kind} that it uses"),
        NextWhy::Copy { operation, half } => {
            let half = match half {
                CopyHalf::Source => "source",
                CopyHalf::Destination => "destination",
            };
            format!("{operation} reads one object and writes another: it is checked on the {half} of the copy too")
        }
        NextWhy::CallBehind { denied, operation } => {
            format!("{denied} is checked for the call of {operation}, which is an action of its own")
        }
        NextWhy::When(when) => format!("checked when {}", case(*when)),
        NextWhy::Dependent(action) => {
            format!("AWS lists it as a dependent action of {action}, checked when the call makes use of it")
        }
        NextWhy::SameCall(None) => "checked for the same call".to_owned(),
        NextWhy::SameCall(Some(blocker)) => format!("checked for the same call; {}", super::blocker::why(blocker)),
        NextWhy::FurtherRegions(unknown) => {
            format!("checked for the same call where AWS sends it there; not known: {}", gap_subject(unknown))
        }
    }
}

const fn case(when: When) -> &'static str {
    match when {
        When::Streamed => "the answer is streamed, as with ConverseStream",
        When::NoSuchObject => "the object does not exist: without it S3 says 403 instead of 404",
        When::ObjectEncrypted => "the object is encrypted with a KMS key",
        When::BucketEncrypts => "the bucket encrypts with a KMS key",
        When::SecretEncrypted => "the secret is encrypted with a customer managed key",
        When::ParameterEncrypted => "the parameter is a SecureString with a customer managed key",
        When::SessionTagged => "the token passes session tags, as this one does",
        When::ThroughUrl => "the function is called through its URL",
        When::QueueEncrypts => "the queue encrypts with a customer managed key",
    }
}
