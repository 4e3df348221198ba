//! What the caller will be denied next: actions that AWS checks beside the one that was denied, and that the policies at hand do
//! not allow either. One round instead of five.

use super::bedrock::{BedrockCall, Unknown, through};
use super::companion_checks::{of_the_call, other_types};
use super::draft::{Draft, edited};
use super::next_why::{NextWhy, When};
use super::strategies::new_region;
use super::{Remedy, RemedyId, Title};
use crate::denial::Denial;
use crate::diagnose::{DenialContext, Diagnosis, blockers, is_quarantine};
use crate::evaluate::{Decision, evaluate};
use crate::iam::{Action, Arn, Field, Gap, NotTold, PolicySet, Request, Unseen, Why};
use crate::reference::{ActionFacts, Reference};

/// A denial that is to be expected once this one is solved.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NextDenial {
    /// The action.
    pub action: String,
    /// The resource, as far as it is known; `None` for the model in further Regions.
    pub resource: Option<String>,
    /// When AWS checks it.
    pub why: NextWhy,
}

/// More than these are a list nobody reads; launching an instance alone is checked on seven resources.
const MOST: usize = 10;

/// What AWS checks beside an action, on which resource, and when.
struct Companion {
    action: &'static str,
    also: &'static str,
    /// The resource, mostly another one than the request's.
    on: On,
    when: When,
}

#[derive(Debug, Clone, Copy)]
enum On {
    /// The bucket of the object.
    Bucket,
    /// A KMS key, which the request does not name.
    Key,
    /// The resource itself.
    Same,
}

/// Checks that the service reference does not list as dependent actions.
///
/// - <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>
/// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html>
/// - <https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html>
/// - <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html>
/// - <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html>
/// - <https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>
const COMPANIONS: [Companion; 9] = [
    Companion {
        action: "bedrock:invokemodel",
        also: "bedrock:InvokeModelWithResponseStream",
        on: On::Same,
        when: When::Streamed,
    },
    Companion { action: "s3:getobject", also: "s3:ListBucket", on: On::Bucket, when: When::NoSuchObject },
    Companion { action: "s3:getobject", also: "kms:Decrypt", on: On::Key, when: When::ObjectEncrypted },
    Companion { action: "s3:putobject", also: "kms:GenerateDataKey", on: On::Key, when: When::BucketEncrypts },
    Companion {
        action: "secretsmanager:getsecretvalue",
        also: "kms:Decrypt",
        on: On::Key,
        when: When::SecretEncrypted,
    },
    Companion { action: "ssm:getparameter", also: "kms:Decrypt", on: On::Key, when: When::ParameterEncrypted },
    Companion { action: "sqs:sendmessage", also: "kms:GenerateDataKey", on: On::Key, when: When::QueueEncrypts },
    Companion { action: "sqs:receivemessage", also: "kms:Decrypt", on: On::Key, when: When::QueueEncrypts },
    Companion {
        action: "lambda:invokefunctionurl",
        also: "lambda:InvokeFunction",
        on: On::Same,
        when: When::ThroughUrl,
    },
];

/// The denials to expect, of what the policies at hand (with the remedy's edits) do not allow.
#[must_use]
pub fn next_denials(
    denial: &Denial,
    request: &Request,
    policies: &PolicySet,
    reference: &Reference,
) -> Vec<NextDenial> {
    let Some(action) = request.action.value() else {
        return Vec::new();
    };
    let resource = request.resource.value().map(String::as_str).unwrap_or_default();
    let mut expected: Vec<(String, String, NextWhy)> = Vec::new();
    for also in other_types(request, reference).into_iter().chain(of_the_call(denial, request, reference)) {
        expected.push((also.action, also.resource, also.why));
    }
    for companion in COMPANIONS.iter().filter(|companion| companion.action == action.folded()) {
        let on = match companion.on {
            On::Bucket => bucket(resource),
            On::Key => "*".to_owned(),
            On::Same => resource.to_owned(),
        };
        expected.push((companion.also.to_owned(), on, NextWhy::When(companion.when)));
    }
    let facts = reference.action(action);
    for dependent in facts.iter().flat_map(ActionFacts::dependent_actions) {
        expected.push((dependent.clone(), "*".to_owned(), NextWhy::Dependent(action.clone())));
    }
    let mut all: Vec<NextDenial> = Vec::new();
    for (also, on, why) in expected {
        let known =
            all.iter().any(|next| next.action.eq_ignore_ascii_case(&also) && next.resource.as_ref() == Some(&on));
        if !known && !is_allowed(request, policies, &also, &on) {
            all.push(NextDenial { action: also, resource: Some(on), why });
        }
    }
    all.truncate(MOST);
    all
}

/// What a list of the objects is asked of: the bucket, or the access point that the call went through.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html>
fn bucket(object: &str) -> String {
    let point = object.find(":accesspoint/").map_or(0, |at| at + ":accesspoint/".len());
    let (head, rest) = object.split_at_checked(point).unwrap_or(("", object));
    format!("{head}{}", rest.split('/').next().unwrap_or_default())
}

/// Whether the caller may do it; a key that the request does not name is any key.
fn is_allowed(request: &Request, policies: &PolicySet, action: &str, resource: &str) -> bool {
    let Ok(action) = action.parse::<Action>() else {
        return true;
    };
    let pattern = resource.contains('*');
    let resource = if resource == "*" {
        Field::Missing(NotTold::NotNamed)
    } else if pattern {
        Field::Assumed(resource.to_owned(), Why::CallNamesIt)
    } else {
        Field::Known(resource.to_owned())
    };
    let through_url = request.action.value().is_some_and(|asked| asked.folded() == "lambda:invokefunctionurl");
    let mut other = Request { action: Field::Known(action), resource, ..request.clone() };
    // a statement that AWS suggests allows the second check only so
    if through_url {
        other.context.set_one("lambda:InvokedViaFunctionUrl", "true");
    }
    let decision = evaluate(&other, policies).decision;
    // some statement may allow it on the resource that the call will name
    decision == Decision::Allowed || (pattern && decision == Decision::Undetermined)
}

/// The denials to expect after the best remedy; none where nothing should be done or nothing is denied.
#[must_use]
pub fn expected(case: &DenialContext<'_>, diagnosis: &Diagnosis, remedies: &[Remedy]) -> Vec<NextDenial> {
    if let Some(Remedy { title: Title::AddTo { place, .. }, .. }) = remedies.first() {
        return if place.gives_to_caller() { of_same_call(case) } else { Vec::new() };
    }
    if is_nothing_to_do(case, diagnosis) || !remedies.iter().any(|remedy| remedy.verification.is_some()) {
        return Vec::new();
    }
    // a call that moves to another Region is about other resources
    let moves = remedies.first().is_some_and(|remedy| remedy.id == RemedyId::ChangeTheRequest);
    if let Some(region) = moves.then(|| new_region(case, diagnosis)).flatten() {
        return in_region(case, &region);
    }
    let edits = remedies.iter().map(|remedy| remedy.edits.as_slice()).find(|edits| !edits.is_empty());
    let after = edited(&Draft::new(case.policies).policies, edits.unwrap_or_default());
    let through = through(case);
    let request = through.as_ref().map_or(case.request, |through| &through.request);
    let mut all = through.as_ref().map(|through| rest_of_the_call(through, &after)).unwrap_or_default();
    all.extend(next_denials(case.denial, request, &after, case.reference));
    all.truncate(MOST);
    all
}

/// What the same call is checked on besides, where no policy was seen that allows it: AWS named one of them.
fn of_same_call(case: &DenialContext<'_>) -> Vec<NextDenial> {
    let (request, reference) = (case.request, case.reference);
    let policies = Draft::new(case.policies).policies;
    let also = other_types(request, reference).into_iter().chain(of_the_call(case.denial, request, reference));
    let denied = also.filter(|also| !is_allowed(request, &policies, &also.action, &also.resource));
    let all = denied.map(|also| NextDenial { action: also.action, resource: Some(also.resource), why: also.why });
    all.take(MOST).collect()
}

/// The denials to expect of the same call in another Region: on the resources that it will name there.
fn in_region(case: &DenialContext<'_>, region: &str) -> Vec<NextDenial> {
    let mut request = case.request.clone();
    request.context.set_one("aws:RequestedRegion", region);
    let policies = Draft::new(case.policies).policies;
    let mut all = next_denials(case.denial, &request, &policies, case.reference);
    for next in &mut all {
        let Some(Ok(arn)) = next.resource.as_ref().map(|resource| resource.parse::<Arn>()) else { continue };
        if !arn.region().is_empty() {
            let named = arn.resource();
            let kind = named.find(['/', ':']).and_then(|at| named.get(..=at)).unwrap_or_default();
            let (partition, service, account) = (arn.partition(), arn.service(), arn.account());
            next.resource = Some(format!("arn:{partition}:{service}:{region}:{account}:{kind}*"));
        }
    }
    all
}

fn is_nothing_to_do(case: &DenialContext<'_>, diagnosis: &Diagnosis) -> bool {
    is_quarantine(case) || diagnosis.blockers.is_empty()
}

/// What AWS checks besides for the same call of a model.
fn rest_of_the_call(through: &BedrockCall, policies: &PolicySet) -> Vec<NextDenial> {
    let mut all = Vec::new();
    for check in &through.grant.checks {
        let request = check.like(&through.request);
        let evaluation = evaluate(&request, policies);
        if matches!(evaluation.decision, Decision::ExplicitDeny | Decision::ImplicitDeny) {
            let found = blockers(&request, policies, &evaluation);
            all.push(NextDenial {
                action: check.action.to_string(),
                resource: Some(check.resource.clone()),
                why: NextWhy::SameCall(found.into_iter().next().map(Box::new)),
            });
        }
    }
    if let (Some(unknown), Some(check)) = (&through.grant.unknown, through.grant.checks.first()) {
        all.push(NextDenial {
            action: check.action.to_string(),
            resource: None,
            why: NextWhy::FurtherRegions(unknown.subject.clone()),
        });
    }
    all
}

/// What of the call behind the denial is not known, with the command that tells it.
#[must_use]
pub fn gaps(case: &DenialContext<'_>, diagnosis: &Diagnosis) -> Vec<Gap> {
    if is_nothing_to_do(case, diagnosis) {
        return Vec::new();
    }
    let unknown = through(case).and_then(|through| through.grant.unknown);
    let gap = |unknown: Unknown| Gap::new(unknown.subject, Unseen::PerProfile).closed_by(unknown.command);
    unknown.map(gap).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::bucket;

    #[test]
    fn a_list_of_objects_is_asked_of_the_bucket_or_of_the_access_point() {
        assert_eq!(bucket("arn:aws:s3:::reports/2026/q1.csv"), "arn:aws:s3:::reports");
        let point = "arn:aws:s3:eu-west-1:444455556666:accesspoint/team";
        assert_eq!(bucket(&format!("{point}/object/2026/q1.csv")), point);
        assert_eq!(
            bucket("arn:aws:s3::444455556666:accesspoint/m.mrap/object/a"),
            "arn:aws:s3::444455556666:accesspoint/m.mrap"
        );
    }
}
