//! Sentences about what a denial says: its notes, the signs of damage, where a condition key comes from, and other failures.

use crate::denial::{Damage, Denial, Failure, Note, StatementName};
use crate::iam::Action;

/// Everything to remark about a denial: signs of damage first.
pub fn remarks(denial: &Denial) -> impl Iterator<Item = String> {
    denial.damage.iter().map(damage).chain(denial.notes.iter().map(note))
}

/// A note, in a sentence.
#[must_use]
pub fn note(note: &Note) -> String {
    let text = match note {
        Note::NoAction => {
            "the message names no action; it often means that the resource belongs to another account: compare the account \
             ids before changing a policy"
        }
        Note::NoReason => "the message gives no reason: neither the policy type nor explicit or implicit is known",
        Note::NoPolicyType => "an explicit deny, but the message does not name the policy type",
        Note::TwoPolicyTypes => {
            "two policy types are named: the VPC endpoint policy denies because of a service control policy, which is the \
             one to look at"
        }
        Note::ThreeCases => {
            "three possibilities in one text: the resource does not exist in this Region, no resource-based policy allows \
             it, or one denies it"
        }
        Note::Setting => "a setting, not a policy: allowing the action does not help",
        Note::Elided => "parts of the message were left out",
        Note::PrincipalCut => "the beginning of the message is missing; the principal cannot be read",
        Note::NoResource => "the message does not name the resource",
        Note::PerhapsBlockPublicAccess => {
            "on S3 this wording also comes from Block Public Access, with no such statement in the bucket policy"
        }
        Note::OneSideCanBeEnough => {
            "within one account an identity-based policy that allows the action can be enough; across accounts both sides \
             must allow it"
        }
        Note::SessionPolicyOfService => {
            "session policies are often passed by a service (Cognito, CodePipeline, a credential broker), not written by \
             the user"
        }
        Note::WildcardInResource => {
            "the resource contains a wildcard: AWS reports one concrete resource, so the text was edited or merged"
        }
        Note::Masked => "parts are masked; masked account ids and names are not compared",
        Note::BareS3Denial => {
            "a bare denial of S3 can be an identity policy, the bucket policy, an ACL, Block Public Access, the KMS key, \
             another account's bucket, or a missing object without s3:ListBucket"
        }
        Note::ActionsOfOperation(actions) => {
            let names: Vec<&str> = actions.iter().map(Action::as_str).collect();
            return format!("inferred from the operation, not said by AWS: it asks for {}", names.join(", "));
        }
        Note::ActionOfCall { operation } => {
            return format!("the text does not name the action; {operation} asks for it");
        }
        Note::EncodedMessage { complete: true } => {
            "the encoded message holds the full context: aws sts decode-authorization-message --encoded-message <blob>"
        }
        Note::EncodedMessage { complete: false } => "the encoded message is cut off and cannot be decoded",
        Note::DecodedMessage => {
            "a decoded message tells the effect and the statement, not the type or the name of the policy"
        }
        Note::DecodedMessageCut => "the decoded message is cut off; its conditions are not all there",
        Note::MatchedStatement { statement, effect } => {
            return match statement {
                StatementName::Sid(sid) => format!("matched statement: {sid} ({effect})"),
                StatementName::NoSid => format!("matched statement: without a Sid ({effect})"),
                StatementName::Redacted => "matched statement: a Sid that is not shown".to_owned(),
            };
        }
        Note::RoleNotAssumed => {
            "a role could not be assumed: it does not exist, its trust policy does not allow it, or sts:AssumeRole is not \
             allowed"
        }
        Note::KmsKeyNotNamed => {
            "the key is not named; kms:Decrypt or kms:GenerateDataKey of the caller is the usual one"
        }
        Note::KeyNotFoundOrDenied => {
            "three possibilities in one text: the key does not exist, it is in another Region, or the caller may not use it"
        }
        Note::ResourceOfRecord => "the resource is taken from the record, not from the message",
        Note::SecretInInput(kinds) => {
            let kinds: Vec<String> = kinds.iter().map(ToString::to_string).collect();
            return format!(
                "SECURITY: the input holds a secret ({}), not repeated here; if others can read it, the key is compromised: \
                 deactivate it first",
                kinds.join(", ")
            );
        }
    };
    text.to_owned()
}

/// A sign of damage, in a sentence.
#[must_use]
pub fn damage(damage: &Damage) -> String {
    damage.to_string()
}

/// What another failure is, in one sentence.
#[must_use]
pub const fn failure(failure: Failure) -> &'static str {
    failure.title()
}

/// What helps against another failure.
#[must_use]
pub const fn help(failure: Failure) -> &'static str {
    failure.help()
}
