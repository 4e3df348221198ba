//! What a wording does not prove: the remarks beside a denial.

use super::grammar::Sentence;
use super::reason::Wording;
use super::{Note, Reason, ReasonEffect};
use crate::iam::{Action, PolicyType};

/// Notes about a sentence.
pub(super) fn of_sentence(sentence: &Sentence) -> Vec<Note> {
    let mut notes = Vec::new();
    let oddities = sentence.oddities;
    let wording = match sentence.cause.wording {
        Wording::Silent if oddities.no_action_named => Some(Note::NoAction),
        Wording::Silent => Some(Note::NoReason),
        Wording::BareDeny => Some(Note::NoPolicyType),
        Wording::Transitive => Some(Note::TwoPolicyTypes),
        Wording::ThreeWay => Some(Note::ThreeCases),
        Wording::Setting(_) => Some(Note::Setting),
        Wording::Plain => None,
    };
    notes.extend(wording);
    notes.extend(oddities.elided.then_some(Note::Elided));
    notes.extend(oddities.cut_principal.then_some(Note::PrincipalCut));
    notes.extend(oddities.unnamed_resource.then_some(Note::NoResource));
    let service = sentence.action.as_ref().map(Action::service).unwrap_or_default();
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html
    if service == "s3" && sentence.cause.policy_type == Some(PolicyType::ResourceBased) {
        notes.push(Note::PerhapsBlockPublicAccess);
    }
    match (sentence.cause.effect, sentence.cause.policy_type) {
        (ReasonEffect::ImplicitDeny, Some(PolicyType::ResourceBased)) => notes.push(Note::OneSideCanBeEnough),
        (_, Some(PolicyType::Session)) => notes.push(Note::SessionPolicyOfService),
        _ => {}
    }
    let resource = sentence.resource.as_deref().unwrap_or_default();
    let principal = sentence.principal.as_ref().map_or("", |principal| principal.as_str());
    notes.extend(has_edited_wildcard(resource, service).then_some(Note::WildcardInResource));
    notes.extend((has_mask(principal) || has_mask(resource)).then_some(Note::Masked));
    notes
}

/// Services report `type/*` for things that do not exist yet or for lists; a wildcard elsewhere was put in by hand.
fn has_edited_wildcard(resource: &str, service: &str) -> bool {
    let Some(id) = resource.strip_prefix("arn:").and_then(|rest| rest.splitn(5, ':').nth(4)) else { return false };
    let partial = id.contains('*') && !id.ends_with("/*") && !id.ends_with(":*") && id != "*";
    partial && !has_mask(resource) || (service == "bedrock" && id.contains('*') && id.starts_with("foundation-model/"))
}

/// `***`, `xxxx`, `<ACCOUNT>`: somebody hid a part.
fn has_mask(text: &str) -> bool {
    let account = text.strip_prefix("arn:").and_then(|rest| rest.split(':').nth(3)).unwrap_or_default();
    let digits = account.bytes().all(|byte| byte.is_ascii_digit()) || account == "aws";
    text.contains("***") || (text.contains('<') && text.contains('>')) || (!account.is_empty() && !digits)
}

/// Notes about an error without the general sentence.
pub(super) fn of_bare(service: Option<&str>, candidates: &[Action], effect: ReasonEffect, notes: &mut Vec<Note>) {
    if effect == ReasonEffect::Unknown {
        notes.push(Note::NoReason);
    }
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html
    if service == Some("s3") || candidates.first().is_some_and(|action| action.service() == "s3") {
        notes.push(Note::BareS3Denial);
    }
    if !candidates.is_empty() {
        notes.push(Note::ActionsOfOperation(candidates.to_vec()));
    }
}

/// The policy types that a reason rules out as the reported cause.
pub(super) fn excluded(reason: &Reason, wording: Wording) -> Vec<PolicyType> {
    let Some(named) = reason.policy_type else { return Vec::new() };
    let also = match (named, wording) {
        (_, Wording::Transitive) => Some(PolicyType::ServiceControl),
        // a trust policy is the resource-based policy of a role
        (PolicyType::ResourceBased, _) => Some(PolicyType::RoleTrust),
        (PolicyType::RoleTrust, _) => Some(PolicyType::ResourceBased),
        _ => None,
    };
    PolicyType::ALL.into_iter().filter(|other| *other != named && Some(*other) != also).collect()
}
