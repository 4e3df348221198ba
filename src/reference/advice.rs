//! What to tell somebody who wrote an action: it is known, it is the name of an API operation, or it looks like another one.

use super::Reference;
use crate::iam::Action;

/// What the reference says of a written action.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Advice<'r> {
    /// It is known, under this spelling.
    Known(String),
    /// It is the name of an API operation, or another common mistake: these actions permit it.
    NotAnAction {
        /// What permits it.
        instead: &'static [&'static str],
        /// The page that says so.
        page: &'static str,
    },
    /// The service is known, the action is not; the known names that are written most alike, best first.
    UnknownAction {
        /// Full names.
        nearest: Vec<String>,
    },
    /// The service prefix is not known; those that are written most alike, best first.
    UnknownService {
        /// Prefixes.
        nearest: Vec<&'r str>,
    },
}

const S3: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html";
const CONVERSE: &str = "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html";
const CONVERSE_STREAM: &str = "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html";
const LAMBDA: &str = "https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html";

/// API operations whose name is no action, in lower case, with the actions that permit them.
pub(super) const OPERATIONS: &[(&str, &[&str], &str)] = &[
    ("bedrock:converse", &["bedrock:InvokeModel"], CONVERSE),
    ("bedrock:conversestream", &["bedrock:InvokeModelWithResponseStream"], CONVERSE_STREAM),
    ("lambda:invoke", &["lambda:InvokeFunction"], LAMBDA),
    (
        "lambda:invokewithresponsestream",
        &["lambda:InvokeFunction"],
        "https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html",
    ),
    ("s3:completemultipartupload", &["s3:PutObject"], S3),
    ("s3:copyobject", &["s3:GetObject", "s3:PutObject"], S3),
    ("s3:createmultipartupload", &["s3:PutObject"], S3),
    ("s3:deleteobjects", &["s3:DeleteObject"], S3),
    ("s3:getbucketaccelerateconfiguration", &["s3:GetAccelerateConfiguration"], S3),
    ("s3:getbucketanalyticsconfiguration", &["s3:GetAnalyticsConfiguration"], S3),
    ("s3:getbucketencryption", &["s3:GetEncryptionConfiguration"], S3),
    ("s3:getbucketlifecycleconfiguration", &["s3:GetLifecycleConfiguration"], S3),
    ("s3:getbucketreplication", &["s3:GetReplicationConfiguration"], S3),
    ("s3:getpublicaccessblock", &["s3:GetBucketPublicAccessBlock"], S3),
    ("s3:headbucket", &["s3:ListBucket"], S3),
    ("s3:headobject", &["s3:GetObject"], S3),
    ("s3:listbuckets", &["s3:ListAllMyBuckets"], S3),
    ("s3:listmultipartuploads", &["s3:ListBucketMultipartUploads"], S3),
    ("s3:listobjects", &["s3:ListBucket"], S3),
    ("s3:listobjectsv2", &["s3:ListBucket"], S3),
    ("s3:listobjectversions", &["s3:ListBucketVersions"], S3),
    ("s3:listparts", &["s3:ListMultipartUploadParts"], S3),
    ("s3:putbucketencryption", &["s3:PutEncryptionConfiguration"], S3),
    ("s3:putbucketlifecycleconfiguration", &["s3:PutLifecycleConfiguration"], S3),
    ("s3:putbucketreplication", &["s3:PutReplicationConfiguration"], S3),
    ("s3:putpublicaccessblock", &["s3:PutBucketPublicAccessBlock"], S3),
    ("s3:selectobjectcontent", &["s3:GetObject"], S3),
    ("s3:uploadpart", &["s3:PutObject"], S3),
    ("s3:uploadpartcopy", &["s3:GetObject", "s3:PutObject"], S3),
];

/// Names that differ in more than a third of their letters are not alike.
const ALIKE: usize = 3;

pub(super) fn advice<'r>(reference: &'r Reference, action: &Action) -> Advice<'r> {
    if let Some(facts) = reference.action(action) {
        return Advice::Known(facts.full_name());
    }
    // runtime endpoints have prefixes of their own, their actions have not
    let prefix = match action.service() {
        "bedrock-runtime" | "bedrock-agent" | "bedrock-agent-runtime" => "bedrock",
        other => other,
    };
    let name = action.folded().get(action.service().len() + 1..).unwrap_or_default();
    let wanted = format!("{prefix}:{name}");
    if let Some((_, instead, page)) = OPERATIONS.iter().find(|(operation, ..)| *operation == wanted) {
        return Advice::NotAnAction { instead, page };
    }
    let Some(service) = reference.service(prefix) else {
        return Advice::UnknownService { nearest: alike(prefix, reference.services().map(|prefix| (prefix, prefix))) };
    };
    let own = service.actions().map(|facts| (facts.folded_name(), facts));
    let nearest = alike(name, own).into_iter().map(|facts| facts.full_name()).collect();
    Advice::UnknownAction { nearest }
}

/// Up to three of the candidates, those that are written most alike first.
fn alike<'c, T>(text: &str, candidates: impl Iterator<Item = (&'c str, T)>) -> Vec<T> {
    let mut found: Vec<(usize, &str, T)> = candidates
        .filter_map(|(name, value)| {
            let steps = distance(text, name);
            (steps * ALIKE <= text.chars().count().max(name.chars().count())).then_some((steps, name, value))
        })
        .collect();
    found.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
    found.into_iter().take(3).map(|(_, _, value)| value).collect()
}

/// How many letters must be added, left out, changed or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let at = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX / 2);
    for (i, letter) in a.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, other) in b.iter().enumerate() {
            let changed = at(&row, j) + usize::from(letter != other);
            let mut steps = changed.min(at(&row, j + 1) + 1).min(at(&next, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(other) && b.get(j - 1) == Some(letter);
            if swapped {
                steps = steps.min(at(&before, j - 1) + 1);
            }
            next.push(steps);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or_default()
}
