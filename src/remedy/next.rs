//! What the caller will be denied next: actions that AWS checks beside the one that was denied, and that the policies at hand do
//! not allow either. One round instead of five.

use super::Remedy;
use super::together::{of_the_call, other_types};
use super::workbench::Workbench;
use crate::denial::Denial;
use crate::diagnose::{Case, Diagnosis, is_quarantine};
use crate::evaluate::{Decision, evaluate};
use crate::iam::{Action, Arn, Field, PolicySet, Request};
use crate::reference::{ActionFacts, Reference};

/// A denial that is to be expected once this one is solved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextDenial {
    /// The action.
    pub action: String,
    /// The resource, as far as it is known.
    pub resource: String,
    /// When AWS checks it, and that the policies at hand do not allow it.
    pub why: String,
}

/// More than these are a list nobody reads; launching an instance alone is checked on seven resources.
const MOST: usize = 10;

/// What AWS checks beside an action, on which resource, and when.
struct Companion {
    action: &'static str,
    also: &'static str,
    /// `bucket`, `key`: the resource is another one than the request's.
    on: On,
    when: &'static str,
}

#[derive(Debug, Clone, Copy)]
enum On {
    /// The bucket of the object.
    Bucket,
    /// A KMS key, which the request does not name.
    Key,
}

/// Checks that the service reference does not list as dependent actions.
///
/// - <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>
/// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html>
/// - <https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html>
/// - <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html>
const COMPANIONS: [Companion; 7] = [
    Companion {
        action: "s3:getobject",
        also: "s3:ListBucket",
        on: On::Bucket,
        when: "the object does not exist: without it S3 says 403 instead of 404",
    },
    Companion {
        action: "s3:getobject",
        also: "kms:Decrypt",
        on: On::Key,
        when: "the object is encrypted with a KMS key",
    },
    Companion {
        action: "s3:putobject",
        also: "kms:GenerateDataKey",
        on: On::Key,
        when: "the bucket encrypts with a KMS key",
    },
    Companion {
        action: "secretsmanager:getsecretvalue",
        also: "kms:Decrypt",
        on: On::Key,
        when: "the secret is encrypted with a customer managed key",
    },
    Companion {
        action: "ssm:getparameter",
        also: "kms:Decrypt",
        on: On::Key,
        when: "the parameter is a SecureString with a customer managed key",
    },
    Companion {
        action: "sqs:sendmessage",
        also: "kms:GenerateDataKey",
        on: On::Key,
        when: "the queue encrypts with a customer managed key",
    },
    Companion {
        action: "sqs:receivemessage",
        also: "kms:Decrypt",
        on: On::Key,
        when: "the queue encrypts with a customer managed key",
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
    let mut expected: Vec<(String, String, String)> = Vec::new();
    for also in other_types(request, reference).into_iter().chain(of_the_call(denial, request, reference)) {
        expected.push((also.action, also.resource, also.why));
    }
    for companion in COMPANIONS.iter().filter(|companion| companion.action == action.folded()) {
        let on = match companion.on {
            On::Bucket => resource.split('/').next().unwrap_or_default().to_owned(),
            On::Key => "*".to_owned(),
        };
        expected.push((companion.also.to_owned(), on, format!("checked when {}", companion.when)));
    }
    expected.extend(behind_a_profile(action, resource));
    let facts = reference.action(action);
    for dependent in facts.iter().flat_map(ActionFacts::dependent_actions) {
        let why = format!("AWS lists it as a dependent action of {action}, checked when the call makes use of it");
        expected.push((dependent.clone(), "*".to_owned(), why));
    }
    let mut all: Vec<NextDenial> = Vec::new();
    for (also, on, why) in expected {
        let known = all.iter().any(|next| next.action.eq_ignore_ascii_case(&also) && next.resource == on);
        if !known && !is_allowed(request, policies, &also, &on) {
            all.push(NextDenial { action: also, resource: on, why });
        }
    }
    all.truncate(MOST);
    all
}

/// A call through an inference profile is checked on the profile and on the model in every Region that the profile may choose.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html>
fn behind_a_profile(action: &Action, resource: &str) -> Option<(String, String, String)> {
    let arn: Arn = resource.parse().ok()?;
    let profile = arn.resource().strip_prefix("inference-profile/")?;
    let (_, model) = profile.split_once('.')?;
    let on = format!("arn:{}:bedrock:{}::foundation-model/{model}", arn.partition(), arn.region());
    let why = "a profile is checked on itself and on the model in its own Region and in every destination Region: \
               aws bedrock get-inference-profile lists them"
        .to_owned();
    (action.service() == "bedrock").then(|| (action.to_string(), on, why))
}

/// Whether the caller may do it; a key that the request does not name is any key.
fn is_allowed(request: &Request, policies: &PolicySet, action: &str, resource: &str) -> bool {
    let Ok(action) = action.parse::<Action>() else {
        return true;
    };
    let pattern = resource.contains('*');
    let resource = if resource == "*" {
        Field::Missing("the request does not name it".to_owned())
    } else if pattern {
        Field::Assumed(resource.to_owned(), "the call names it".to_owned())
    } else {
        Field::Known(resource.to_owned())
    };
    let other = Request { action: Field::Known(action), resource, ..request.clone() };
    let decision = evaluate(&other, policies).decision;
    // some statement may allow it on the resource that the call will name
    decision == Decision::Allowed || (pattern && decision == Decision::Undetermined)
}

/// The denials to expect after the best remedy; none where nothing should be done or nothing is denied.
#[must_use]
pub fn expected(case: &Case<'_>, diagnosis: &Diagnosis, remedies: &[Remedy]) -> Vec<NextDenial> {
    if is_quarantine(case)
        || diagnosis.blockers.is_empty()
        || !remedies.iter().any(|remedy| remedy.verification.is_some())
    {
        return Vec::new();
    }
    let seen = Workbench::new(case.policies);
    next_denials(case.denial, case.request, &seen.policies, Reference::embedded())
}
