//! What follows from what was read: policy types that the wording rules out, actions of the operation, and notes.

use super::facts::{Denial, DenialKind, Reason, ReasonEffect};
use super::failure::Failure;
use super::grammar::Sentence;
use super::note::{Note, ServiceRole};
use super::reason::Wording;
use super::{code, operation_actions};
use crate::iam::{Action, PolicyType, Principal, PrincipalKind, WithinAccount, within_account};

/// Concludes about a general sentence with its wrapper.
pub(super) fn sentence(sentence: Sentence) -> Denial {
    let notes = sentence_notes(&sentence);
    let mut denial = sentence.partial.denial;
    if let Wording::Setting(failure) = sentence.wording {
        denial.kind = DenialKind::OtherFailure(failure);
    }
    denial.notes = notes;
    if denial.service.is_none() {
        denial.service = answering(&denial);
    }
    if denial.action.is_none() && denial.candidates.is_empty() {
        denial.candidates = operation_actions::of(denial.service.as_deref(), denial.operation.as_deref());
    }
    finish(denial)
}

/// The service that answered: that of the operation, where its name tells; else that of the action, unless it is one that services ask
/// about when they do something else.
fn answering(denial: &Denial) -> Option<String> {
    let action = denial.action.as_ref()?;
    let of_action = || Some(action.service().to_owned());
    let Some(operation) = denial.operation.as_deref() else { return of_action() };
    if operation.eq_ignore_ascii_case(action.name()) {
        return of_action();
    }
    let of_operation = operation_actions::of(None, Some(operation));
    if let Some(known) = of_operation.first() {
        return Some(known.service().to_owned());
    }
    let asked_by_others = action.service() == "kms"
        || matches!(action.folded(), "iam:passrole" | "iam:createservicelinkedrole" | "sts:assumerole");
    if asked_by_others { None } else { of_action() }
}

/// Concludes about an error without the general sentence.
pub(super) fn error(mut denial: Denial) -> Denial {
    if denial.kind == DenialKind::IamDenial {
        // only KMS says so, of a ciphertext that it is to decrypt, for the caller or for a service in the caller's name
        // https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html
        if denial.notes.contains(&Note::KeyNotFoundOrDenied) {
            let again = denial.operation.as_deref() == Some("ReEncrypt");
            let asked = if again { "kms:ReEncryptFrom" } else { "kms:Decrypt" };
            denial.candidates = asked.parse().into_iter().collect();
        }
        if denial.action.is_none() && denial.candidates.is_empty() {
            let code = denial.error_code.as_deref().unwrap_or_default();
            denial.candidates = if code.ends_with(code::ROLE_NOT_CREATED) {
                "iam:CreateServiceLinkedRole".parse().into_iter().collect()
            } else {
                operation_actions::of(denial.service.as_deref(), denial.operation.as_deref())
            };
        }
        error_notes(&mut denial);
    }
    denial.service = denial.service.or_else(|| denial.candidates.first().map(|action| action.service().to_owned()));
    finish(denial)
}

fn finish(mut denial: Denial) -> Denial {
    if let Some(message) = &denial.encoded_message {
        denial.notes.push(Note::EncodedMessage { complete: message.complete });
    }
    exclude(&mut denial.reason);
    denial
}

/// Sets the policy types that the reason rules out.
pub(super) fn exclude(reason: &mut Reason) {
    if let (Some(named), true) = (reason.policy_type, reason.excludes.is_empty()) {
        reason.excludes = Reason::excluded(named);
    }
}

/// Notes about a sentence.
fn sentence_notes(sentence: &Sentence) -> Vec<Note> {
    let mut notes = Vec::new();
    let oddities = sentence.oddities;
    let denial = &sentence.partial.denial;
    let wording = match sentence.wording {
        Wording::Silent if oddities.no_action_named => Some(Note::NoAction),
        Wording::Silent => Some(Note::NoReason),
        Wording::TypeNotNamed => Some(Note::NoPolicyType),
        Wording::UnknownType => Some(Note::UnknownPolicyType),
        Wording::OfNetwork => Some(Note::PolicyOfNetwork),
        Wording::Transitive => Some(Note::TwoPolicyTypes),
        Wording::ThreeWay => Some(Note::ThreeCases),
        Wording::Setting(Failure::UnnamedAction) | Wording::Plain => None,
        Wording::Setting(_) => Some(Note::Setting),
    };
    notes.extend(wording);
    notes.extend(oddities.elided.then_some(Note::Elided));
    notes.extend(oddities.cut_principal.then_some(Note::PrincipalCut));
    notes.extend(oddities.cut_resource.then_some(Note::ResourceCut));
    notes.extend(oddities.unnamed_resource.then_some(Note::NoResource));
    notes.extend(oddities.managed_rule.then_some(Note::RoleOfService(ServiceRole::StateMachine)));
    let service = denial.action.as_ref().map(Action::service).unwrap_or_default();
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html
    if service == "s3" && denial.reason.policy_type == Some(PolicyType::ResourceBased) {
        notes.push(Note::PerhapsBlockPublicAccess);
    }
    match (denial.reason.effect, denial.reason.policy_type) {
        (ReasonEffect::ImplicitDeny, Some(PolicyType::ResourceBased)) if !needs_both(denial) && !is_service(denial) => {
            notes.push(Note::OneSideCanBeEnough);
        }
        // https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html
        (_, Some(PolicyType::Session)) if denial.principal.as_ref().is_some_and(Principal::is_of_identity_pool) => {
            notes.push(Note::SessionPolicyOfCognito);
        }
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
        (_, Some(PolicyType::Session)) if !is_user(denial) => notes.push(Note::SessionPolicyOfService),
        _ => {}
    }
    let resource = denial.resource.as_deref().unwrap_or_default();
    let principal = denial.principal.as_ref().map_or("", |principal| principal.as_str());
    notes.extend(is_bare_name(resource, service).then_some(Note::BareName));
    notes.extend(is_of_aws(resource).then_some(Note::OwnedByAws));
    notes.extend(has_edited_wildcard(resource, service).then_some(Note::WildcardInResource));
    notes.extend((has_mask(principal) || has_mask(resource)).then_some(Note::Masked));
    notes
}

/// Whether the caller is a service of AWS, which has no identity-based policies.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services>
fn is_service(denial: &Denial) -> bool {
    denial.principal.as_ref().is_some_and(|principal| principal.kind() == PrincipalKind::Service)
}

/// Whether the caller is an IAM user, who has no session.
fn is_user(denial: &Denial) -> bool {
    denial.principal.as_ref().is_some_and(|principal| principal.kind() == PrincipalKind::User)
}

/// Services whose calls take a name or an ARN, and whose messages repeat what the call named.
/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html>
const TAKE_NAMES: [&str; 7] = ["dynamodb", "ecr", "kms", "lambda", "secretsmanager", "sns", "sqs"];

/// Whether the resource is a name and no ARN.
fn is_bare_name(resource: &str, service: &str) -> bool {
    TAKE_NAMES.contains(&service)
        && resource.chars().any(char::is_alphanumeric)
        && !resource.contains([':', '*', '<', ' '])
}

/// Whether both sides must allow the action even within one account.
fn needs_both(denial: &Denial) -> bool {
    let action = denial.action.as_ref();
    action.is_some_and(|action| within_account(action, denial.resource.as_deref()) == Some(WithinAccount::Both))
}

/// What AWS provides for everybody has `aws` in the place of the account: managed policies, the browser of `AgentCore`.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
fn is_of_aws(resource: &str) -> bool {
    resource.strip_prefix("arn:").and_then(|rest| rest.split(':').nth(3)) == Some("aws")
}

/// Services report `type/*` for things that do not exist yet or for lists; a wildcard elsewhere was put in by hand.
fn has_edited_wildcard(resource: &str, service: &str) -> bool {
    let Some(id) = resource.strip_prefix("arn:").and_then(|rest| rest.splitn(5, ':').nth(4)) else { return false };
    // AWS alone knows the id in these: https://docs.aws.amazon.com/autoscaling/ec2/userguide/control-access-using-iam.html
    let id_of_group = service == "autoscaling" && id.split(':').nth(1) == Some("*");
    let partial = id.contains('*') && !id.ends_with("/*") && !id.ends_with(":*") && id != "*" && !id_of_group;
    partial && !has_mask(resource) || (service == "bedrock" && id.contains('*') && id.starts_with("foundation-model/"))
}

/// `***`, `xxxx`, `<ACCOUNT>`: somebody hid a part.
fn has_mask(text: &str) -> bool {
    let account = text.strip_prefix("arn:").and_then(|rest| rest.split(':').nth(3)).unwrap_or_default();
    let digits = account.bytes().all(|byte| byte.is_ascii_digit()) || account == "aws";
    text.contains("***") || (text.contains('<') && text.contains('>')) || (!account.is_empty() && !digits)
}

/// Adds the notes about an error without the general sentence.
pub(super) fn error_notes(denial: &mut Denial) {
    if denial.reason.effect == ReasonEffect::Unknown {
        denial.add_note(Note::NoReason);
    }
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html
    let answers = denial.service.as_deref() == Some("s3");
    let said = denial.reason.effect != ReasonEffect::Unknown;
    if !said && (answers || denial.candidates.first().is_some_and(|action| action.service() == "s3")) {
        denial.add_note(Note::AnyCauseOfS3);
    }
    if !denial.candidates.is_empty() && denial.role_of_service().is_none() {
        denial.add_note(Note::ActionsOfOperation(denial.candidates.clone()));
    }
}
