//! Looks whether action, resource and operation of a denial belong together, by what AWS documents of its actions.
//!
//! What the reference does not know is no contradiction.

use crate::denial::{self, Damage, Denial, DenialKind, Part};
use crate::iam::{Action, Arn};
use crate::reference::{AccessLevel, Reference, ResourceType, Service};

/// The denial, with what speaks against its text having come from AWS as it stands.
#[must_use]
pub fn examined(denial: &Denial, reference: &Reference) -> Denial {
    let mut denial = denial.clone();
    examine(&mut denial, reference);
    denial
}

/// Adds to the denial what speaks against its text having come from AWS as it stands.
pub fn examine(denial: &mut Denial, reference: &Reference) {
    let Some(action) = denial.action.clone().filter(|_| denial.kind == DenialKind::IamDenial) else { return };
    // of a name that is damaged in itself it cannot be said what it is
    let readable = |part| {
        !denial.damage.iter().any(|damage| !damage.unconfirmed(&[]).is_empty() && damage.parts().1.contains(&part))
    };
    let resource = denial.resource.as_deref().and_then(|text| text.parse::<Arn>().ok());
    let mut found = Vec::new();
    if let Some(resource) = resource.filter(|_| readable(Part::Resource)) {
        found.extend(
            of_another_service(&action, &resource, reference)
                .or_else(|| of_another_type(&action, &resource, reference)),
        );
    }
    let operation = denial.operation.as_deref().filter(|_| denial.operation_certain);
    if let Some(operation) = operation.filter(|name| !name.eq_ignore_ascii_case(action.name())) {
        found.extend(of_another_operation(operation, denial.service.as_deref(), &action, reference));
    }
    for damage in found {
        denial.add_damage(damage);
    }
}

/// An action that works on resources, none of which has ARNs of this service.
fn of_another_service(action: &Action, resource: &Arn, reference: &Reference) -> Option<Damage> {
    let named = resource.service();
    let plain = !named.is_empty()
        && named.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !plain || is_related(action.service(), named) {
        return None;
    }
    // of an action that is not in the reference nothing is known
    reference.action(action)?;
    let service = reference.service(action.service())?;
    let mut arns = service.resource_types().iter().flat_map(ResourceType::arns).peekable();
    arns.peek()?;
    let takes =
        arns.any(|pattern| pattern.split(':').nth(2).is_none_or(|of| of == named || of.contains(['$', '*', '{'])));
    // the walk through every service is the expensive part
    let known = || reference.services().any(|prefix| prefix == named) || is_in_arns(named, reference);
    (!takes && known()).then(|| Damage::ResourceOfAnotherService { action: action.clone(), service: named.to_owned() })
}

/// Whether the ARNs of some service are known to be of this name.
fn is_in_arns(named: &str, reference: &Reference) -> bool {
    let arns = |service: &Service| {
        service.resource_types().iter().flat_map(ResourceType::arns).any(|arn| arn.split(':').nth(2) == Some(named))
    };
    reference.services().filter_map(|prefix| reference.service(prefix)).any(arns)
}

/// Services of one family: `s3` and `s3express`, `codestar-connections` and `codeconnections`.
fn is_related(one: &str, other: &str) -> bool {
    let stem = |name: &str| name.split('-').next().unwrap_or(name).to_owned();
    one == other || one.starts_with(&stem(other)) || other.starts_with(&stem(one)) || RENAMED.contains(&(one, other))
}

/// Prefixes whose ARNs have another service name for reasons of history.
const RENAMED: [(&str, &str); 2] = [
    // https://docs.aws.amazon.com/dtconsole/latest/userguide/rename.html
    ("codestar-connections", "codeconnections"),
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html
    ("execute-api", "apigateway"),
];

/// An action of IAM on a type of entity that it does not work on. Other services quote what the caller gave them.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html>
fn of_another_type(action: &Action, resource: &Arn, reference: &Reference) -> Option<Damage> {
    if action.service() != "iam" || resource.service() != "iam" {
        return None;
    }
    let (named, _) = resource.typed_resource()?;
    let of_arn = |arn: &str| arn.splitn(6, ':').nth(5).and_then(|rest| rest.split('/').next()).map(str::to_owned);
    let all = reference.service("iam")?.resource_types().iter().flat_map(ResourceType::arns);
    let known = all.filter_map(|arn| of_arn(arn)).any(|kind| kind == named);
    let facts = reference.action(action)?;
    let mut own = facts.resource_types().flat_map(|(kind, _)| kind.arns()).peekable();
    own.peek()?;
    let takes = own.any(|arn| of_arn(arn).is_none_or(|kind| kind == named || kind.contains(['*', '$'])));
    (known && !takes).then(|| Damage::ResourceOfAnotherType { action: action.clone(), resource_type: named.to_owned() })
}

/// Services whose calls ask for nothing but their own actions and those of the services beside them, in the caller's name.
const ASKS: [(&str, &[&str]); 4] = [
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
    ("s3", &["lambda", "s3-object-lambda", "s3-outposts", "s3express"]),
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
    ("sqs", &[]),
    // https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html
    ("sns", &["firehose", "lambda", "sqs"]),
    // https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html
    ("sts", &[]),
];

/// Services of which a call that reads never asks for an action that writes.
const READS_ONLY: [&str; 8] = ["dynamodb", "ec2", "iam", "kms", "s3", "secretsmanager", "sns", "sqs"];

/// The call never asks for the action, whichever service has an operation of this name.
fn of_another_operation(
    operation: &str,
    service: Option<&str>,
    action: &Action,
    reference: &Reference,
) -> Option<Damage> {
    let likely = denial::actions_of(None, operation).first().map(|action| action.service().to_owned());
    let owners: Vec<&Service> =
        if let Some(owner) = service.or(likely.as_deref()).and_then(|prefix| reference.service(prefix)) {
            vec![owner]
        } else {
            let folded = operation.to_ascii_lowercase();
            let has = |service: &&Service| service.action(&folded).is_some();
            reference.services().filter_map(|prefix| reference.service(prefix)).filter(has).collect()
        };
    let impossible = !owners.is_empty() && !owners.iter().any(|owner| may_ask(owner, operation, action, reference));
    impossible.then(|| Damage::ActionOfOperation { operation: operation.to_owned(), action: action.clone() })
}

/// Whether an operation of the service may ask for the action.
fn may_ask(owner: &Service, operation: &str, action: &Action, reference: &Reference) -> bool {
    let own = action.service() == owner.prefix();
    let writes = is_write(action, reference) == Some(true);
    let reads = reads(owner, operation, reference);
    if own || is_related(owner.prefix(), action.service()) {
        return !(own && reads && writes && READS_ONLY.contains(&owner.prefix()));
    }
    if is_asked_by_any(action) {
        return true;
    }
    if reads && writes {
        return false;
    }
    let passes_a_role = action.folded() == "iam:passrole";
    ASKS.iter()
        .find(|(prefix, _)| *prefix == owner.prefix())
        .is_none_or(|(_, others)| passes_a_role || others.contains(&action.service()))
}

/// Actions for which calls of other services ask, whether they read or write.
fn is_asked_by_any(action: &Action) -> bool {
    match action.service() {
        // https://docs.aws.amazon.com/kms/latest/developerguide/service-integration.html
        "kms"
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html
        | "sts"
        // https://docs.aws.amazon.com/lake-formation/latest/dg/access-control-underlying-data.html
        | "lakeformation"
        // https://docs.aws.amazon.com/bedrock/latest/userguide/model-access-permissions.html
        | "aws-marketplace" => true,
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
        "iam" => action.folded() == "iam:createservicelinkedrole",
        // https://docs.aws.amazon.com/AmazonS3/latest/userguide/olap-policies.html
        "lambda" => action.folded() == "lambda:invokefunction",
        _ => false,
    }
}

/// Whether the operation only reads: its own action does, or all those that it asks for.
fn reads(owner: &Service, operation: &str, reference: &Reference) -> bool {
    let actions = denial::actions_of(Some(owner.prefix()), operation);
    !actions.is_empty() && actions.iter().all(|action| is_write(action, reference) == Some(false))
}

/// Whether the action changes something; nothing where that is not known.
fn is_write(action: &Action, reference: &Reference) -> Option<bool> {
    let levels = reference.action(action)?.access_levels();
    Some(levels.iter().any(|level| !matches!(level, AccessLevel::List | AccessLevel::Read)))
}
