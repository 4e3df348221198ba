//! The service through which a key of KMS was used, where the text names the call: the service asks KMS with the caller's own permissions.
//!
//! <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service>
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html>

use crate::denial::{ContextSource, Denial};
use crate::iam::{Action, Arn, AssumedField, AssumedValue, Assumption, ContextValue, Derived, Request, Why};
use crate::reference::Reference;

const VIA_SERVICE: &str = "kms:ViaService";
const VIA_ANY: &str = "aws:ViaAWSService";
/// <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-grant-is-for-aws-resource>
const FOR_RESOURCE: &str = "kms:GrantIsForAWSResource";

/// Services that encrypt for a caller and ask KMS themselves, by their prefix, which is their name in the key, too. Services that work
/// through others, such as Athena through S3, are not among them: KMS sees only the last.
const SERVICES: [&str; 9] = ["dynamodb", "ec2", "kinesis", "rds", "s3", "secretsmanager", "sns", "sqs", "ssm"];

/// Adds `kms:ViaService` where the text tells it.
pub(super) fn add(request: &mut Request, denial: &Denial, reference: &Reference) {
    let Some(action) = request.action.value().filter(|action| action.service() == "kms") else { return };
    if request.context.says(VIA_SERVICE) {
        return;
    }
    let operation = denial.operation.as_deref().filter(|_| denial.operation_certain);
    // a record of KMS names KMS's operation, whoever asked for it
    let is_record = denial.context.iter().any(|fact| matches!(fact.source, ContextSource::CloudTrailField(_)));
    let is_own = operation.is_some_and(|operation| operation.eq_ignore_ascii_case(action.name()));
    if is_own && !is_record {
        request.context.set(VIA_SERVICE, ContextValue::Absent);
        assume(request, VIA_SERVICE, AssumedValue::Absent, Derived::CalledDirectly);
        return;
    }
    let service = match (is_record, operation) {
        (true, _) => invoked_by(request),
        (false, Some(operation)) => service_of(denial.service.as_deref(), operation, reference),
        (false, None) => None,
    };
    let key = request.resource.value().and_then(|key| key.parse::<Arn>().ok());
    // a key is used in its own Region; in other partitions services have other names
    let region = key.as_ref().filter(|key| key.partition() == "aws").map(Arn::region);
    if let (Some(service), Some(region)) = (service, region.filter(|region| !region.is_empty())) {
        let name = format!("{service}.{region}.amazonaws.com");
        request.context.set_one(VIA_SERVICE, &name);
        assume(request, VIA_SERVICE, AssumedValue::Text(name), Derived::AskedByService);
        let is_grant = request.action.value().is_some_and(|action| action.folded() == "kms:creategrant");
        for key in [Some(VIA_ANY), is_grant.then_some(FOR_RESOURCE)].into_iter().flatten() {
            if !request.context.says(key) {
                request.context.set_one(key, "true");
                assume(request, key, AssumedValue::Text("true".to_owned()), Derived::AskedByService);
            }
        }
    }
}

fn assume(request: &mut Request, key: &str, value: AssumedValue, why: Derived) {
    let field = AssumedField::ContextKey(key.to_owned());
    request.assumed.push(Assumption { field, value, why: Why::Derived(why) });
}

/// The service to which the call went: the one that the text names, or the only one with such an operation.
fn service_of(named: Option<&str>, operation: &str, reference: &Reference) -> Option<&'static str> {
    if let Some(named) = named {
        return SERVICES.into_iter().find(|service| *service == named);
    }
    let has = |service: &&str| {
        let action = format!("{service}:{operation}").parse::<Action>();
        action.is_ok_and(|action| reference.action(&action).is_some())
    };
    let mut all = SERVICES.into_iter().filter(has);
    all.next().filter(|_| all.next().is_none())
}

/// The service that a record says to have called for the caller.
fn invoked_by(request: &Request) -> Option<&'static str> {
    let ContextValue::Present { values, .. } = request.context.get("aws:CalledVia") else { return None };
    let by = values.last()?.strip_suffix(".amazonaws.com")?;
    SERVICES.into_iter().find(|service| *service == by)
}
