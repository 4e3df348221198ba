//! What a wording does not prove: the remarks beside a denial.

use super::grammar::Sentence;
use super::reason::Wording;
use super::{EncodedMessage, Reason, ReasonEffect};
use crate::iam::{Action, PolicyType};

/// Remarks about a sentence.
pub(super) fn of_sentence(sentence: &Sentence) -> Vec<String> {
    let mut notes = Vec::new();
    let mut note = |text: &str| notes.push(text.to_owned());
    let oddities = sentence.oddities;
    match sentence.cause.wording {
        Wording::Silent if oddities.no_action_named => note(
            "the message names no action; it often means that the resource belongs to another account: compare the account ids before changing a policy",
        ),
        Wording::Silent => {
            note("the message gives no reason: neither the policy type nor explicit or implicit is known");
        }
        Wording::BareDeny => note("an explicit deny, but the message does not name the policy type"),
        Wording::Transitive => note(
            "two policy types are named: the VPC endpoint policy denies because of a service control policy, which is the one to look at",
        ),
        Wording::ThreeWay => note(
            "three possibilities in one text: the resource does not exist in this Region, no resource-based policy allows it, or one denies it",
        ),
        Wording::Setting(_) => note("a setting, not a policy: allowing the action does not help"),
        Wording::Plain => {}
    }
    if oddities.elided {
        note("parts of the message were left out");
    }
    if oddities.cut_principal {
        note("the beginning of the message is missing; the principal cannot be read");
    }
    if oddities.unnamed_resource {
        note("the message does not name the resource");
    }
    let service = sentence.action.as_ref().map(|action| action.service().to_owned()).unwrap_or_default();
    by_policy_type(sentence.cause.effect, sentence.cause.policy_type, &service, &mut notes);
    edited(sentence, &service, &mut notes);
    notes
}

fn by_policy_type(effect: ReasonEffect, policy_type: Option<PolicyType>, service: &str, notes: &mut Vec<String>) {
    let Some(policy_type) = policy_type else { return };
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html
    if service == "s3" && policy_type == PolicyType::ResourceBased {
        notes.push(
            "on S3 this wording also comes from Block Public Access, with no such statement in the bucket policy"
                .to_owned(),
        );
    }
    match (effect, policy_type) {
        (ReasonEffect::ImplicitDeny, PolicyType::ResourceBased) => notes.push(
            "within one account an identity-based policy that allows the action can be enough; across accounts both sides must allow it".to_owned(),
        ),
        (_, PolicyType::Session) => notes.push(
            "session policies are often passed by a service (Cognito, CodePipeline, a credential broker), not written by the user".to_owned(),
        ),
        _ => {}
    }
}

/// Signs that the text is not as AWS wrote it.
fn edited(sentence: &Sentence, service: &str, notes: &mut Vec<String>) {
    let resource = sentence.resource.as_deref().unwrap_or_default();
    let principal = sentence.principal.as_ref().map_or("", |principal| principal.as_str());
    if has_edited_wildcard(resource, service) {
        notes.push(
            "the resource contains a wildcard: AWS reports one concrete resource, so the text was edited or merged"
                .to_owned(),
        );
    }
    if has_mask(principal) || has_mask(resource) {
        notes.push("parts are masked; masked account ids and names are not compared".to_owned());
    }
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

/// Remarks about an error that gives no reason.
pub(super) fn of_bare(service: Option<&str>, candidates: &[Action], effect: ReasonEffect, notes: &mut Vec<String>) {
    if effect == ReasonEffect::Unknown {
        notes.push("the message gives no reason: neither the policy type nor explicit or implicit is known".to_owned());
    }
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html
    if service == Some("s3") || candidates.first().is_some_and(|action| action.service() == "s3") {
        notes.push(
            "a bare denial of S3 can be an identity policy, the bucket policy, an ACL, Block Public Access, the KMS key, another account's bucket, or a missing object without s3:ListBucket"
                .to_owned(),
        );
    }
    if !candidates.is_empty() {
        let names: Vec<&str> = candidates.iter().map(Action::as_str).collect();
        notes.push(format!("inferred from the operation, not said by AWS: it asks for {}", names.join(", ")));
    }
}

/// Remarks about an encoded message.
pub(super) fn of_encoded(encoded: &EncodedMessage, notes: &mut Vec<String>) {
    notes.push(
        if encoded.complete {
            "the encoded message holds the full context: aws sts decode-authorization-message --encoded-message <blob>"
        } else {
            "the encoded message is cut off and cannot be decoded"
        }
        .to_owned(),
    );
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
