//! What S3 has set beside its policies: Block Public Access of buckets, access points and the account, who owns objects, and what is
//! behind an access point.
//!
//! What AWS tells of an account counts an S3 policy of its organization in, so that no call of Organizations is needed.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetPublicAccessBlock.html>

use futures_util::StreamExt as _;
use futures_util::stream;
use serde_json::Value;

use super::clients::Clients;
use super::failure::{Failure, FailureKind};
use super::operation::{
    GET_ACCESS_POINT, GET_ACCOUNT_PUBLIC_ACCESS, GET_BUCKET_PUBLIC_ACCESS, GET_OWNERSHIP, Operation,
};
use super::resource_policy;
use super::signed_call::{SignedCall, encoded};
use crate::iam::{
    Arn, ContextValue, Field, ObjectOwnership, Principal, Request, is_given_by_object_owner, may_be_rejected_as_public,
};
use crate::snapshot::{
    AccessPointFile, GapFile, ObjectOwnershipFile, PublicAccessBlockFile, PublicAccessConfigurationFile,
    ResourcePolicyFile,
};

/// Calls that are under way at the same time.
const SIDE_BY_SIDE: usize = 8;

/// A bucket or access point of which a setting can decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Its ARN.
    place: String,
    /// Whether Block Public Access can decide.
    public_access: bool,
    /// Whether it counts who owns the object.
    ownership: bool,
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) public_access_blocks: Vec<PublicAccessBlockFile<'static>>,
    pub(super) object_ownership: Vec<ObjectOwnershipFile<'static>>,
    pub(super) access_points: Vec<AccessPointFile<'static>>,
    /// The policies of buckets that are behind access points: both must allow.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html>
    pub(super) policies: Vec<ResourcePolicyFile<'static>>,
    pub(super) gaps: Vec<GapFile<'static>>,
}

impl Wanted {
    /// What of S3's settings can decide about a request and is for this account to read; `silent` where AWS's message names no type of
    /// policy, so that whose the object is may have decided.
    pub(super) fn of(account: &str, request: &Request, silent: bool) -> Option<Self> {
        let action = request.action.value().filter(|action| action.service() == "s3")?;
        let resource = request.resource.value().filter(|resource| !resource.contains(['*', '?', '$']))?;
        let arn: Arn = resource.parse().ok().filter(|arn: &Arn| arn.service() == "s3")?;
        let foreign = matches!(&request.resource_account, Field::Known(owner) if *owner != account);
        let head = arn.as_str().strip_suffix(arn.resource())?;
        let mut parts = arn.resource().split('/');
        let (name, key) = match (parts.next()?, arn.account()) {
            (bucket, "") => (bucket.to_owned(), parts.next()),
            ("accesspoint", owner) if owner == account => (format!("accesspoint/{}", parts.next()?), parts.nth(1)),
            _ => return None,
        };
        // dots alone are no name, and as a part of a path lead to another place
        let is_name = name.trim_start_matches("accesspoint/").chars().any(|c| c != '.');
        if foreign || !is_name || is_alias(&name) {
            return None;
        }
        let of_point = !arn.account().is_empty();
        // whoever is of the account that can read the settings is let in by them, or the bucket is not that account's to read
        let outside = request.principal.value().and_then(Principal::account) != Some(account);
        let acl = matches!(request.context.get("s3:x-amz-acl"), ContextValue::Present { .. });
        let rejected = match action.folded() {
            // there is no bucket yet
            "s3:createbucket" => false,
            "s3:putobject" => acl,
            _ => may_be_rejected_as_public(action),
        };
        let wanted = Self {
            place: format!("{head}{name}"),
            public_access: outside || (rejected && silent),
            ownership: silent && key.is_some() && is_given_by_object_owner(action),
        };
        (of_point || wanted.public_access || wanted.ownership).then_some(wanted)
    }

    /// The ARN of the bucket or access point.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// Whether both are about one place.
    pub(super) fn is_of_the_place_of(&self, other: &Self) -> bool {
        self.place == other.place
    }

    /// Wants the same beside.
    pub(super) fn add(&mut self, other: &Self) {
        self.public_access |= other.public_access;
        self.ownership |= other.ownership;
    }

    /// Adds what is wanted of a place that may be wanted already.
    fn add_to(self, all: &mut Vec<Self>) {
        match all.iter_mut().find(|known| known.is_of_the_place_of(&self)) {
            Some(known) => known.add(&self),
            None => all.push(self),
        }
    }

    /// Why nothing was asked about it.
    pub(super) fn not_asked(&self, why: impl Into<String>) -> GapFile<'static> {
        let operation = match () {
            () if self.place.contains(":accesspoint/") => &GET_ACCESS_POINT,
            () if self.public_access => &GET_BUCKET_PUBLIC_ACCESS,
            () => &GET_OWNERSHIP,
        };
        Failure::own(operation, FailureKind::NotAsked, why).gap(&self.place, None)
    }
}

/// Names of buckets that stand for access points, and whose settings are those of the bucket behind it.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-naming.html>
fn is_alias(bucket: &str) -> bool {
    bucket.ends_with("-s3alias") || bucket.ends_with("--ol-s3")
}

/// One question.
#[derive(Debug, Clone)]
enum Question {
    OfBucket(String),
    OfAccount,
    Ownership(String),
}

/// What came of it.
enum Answered {
    PublicAccess(PublicAccessBlockFile<'static>),
    Ownership(ObjectOwnershipFile<'static>),
}

/// Reads what is wanted, side by side. A refused call is one gap.
pub(super) async fn read(clients: &Clients, account: &str, wanted: Vec<Wanted>) -> Found {
    let mut found = Found::default();
    let (points, mut buckets): (Vec<Wanted>, Vec<Wanted>) =
        wanted.into_iter().partition(|one| one.place.contains(":accesspoint/"));
    let answers =
        stream::iter(&points).map(|one| async move { (access_point(clients, account, &one.place).await, one) });
    let mut behind = Vec::new();
    for (answer, one) in answers.buffered(SIDE_BY_SIDE).collect::<Vec<_>>().await {
        match answer {
            Ok((point, block)) => {
                if point.bucket_account.as_deref().is_none_or(|owner| owner == account) {
                    behind.extend(resource_policy::Wanted::of(&point.bucket));
                    let place = point.bucket.clone().into_owned();
                    Wanted { place, ..one.clone() }.add_to(&mut buckets);
                }
                found.public_access_blocks.extend(block);
                found.access_points.push(point);
            }
            Err(failure) => found.gaps.push(failure.gap(&one.place, None)),
        }
    }
    let mut questions = Vec::new();
    for bucket in &buckets {
        if bucket.public_access {
            questions.push(Question::OfBucket(bucket.place.clone()));
        }
        if bucket.ownership {
            questions.push(Question::Ownership(bucket.place.clone()));
        }
    }
    if buckets.iter().any(|bucket| bucket.public_access) {
        questions.push(Question::OfAccount);
    }
    let asked = stream::iter(&questions).map(|question| ask(clients, account, question));
    let asked = async { asked.buffered(SIDE_BY_SIDE).collect::<Vec<_>>().await };
    let (answers, policies) = tokio::join!(asked, resource_policy::read(clients, account, &behind));
    for answer in answers {
        match answer {
            Ok(Answered::PublicAccess(block)) => found.public_access_blocks.push(block),
            Ok(Answered::Ownership(ownership)) => found.object_ownership.push(ownership),
            Err(gap) => found.gaps.push(gap),
        }
    }
    found.policies = policies.policies;
    found.gaps.extend(policies.gaps);
    found
}

async fn ask(clients: &Clients, account: &str, question: &Question) -> Result<Answered, GapFile<'static>> {
    let (call, none, of) = match question {
        Question::OfBucket(arn) => (
            of_bucket(&GET_BUCKET_PUBLIC_ACCESS, arn, "publicAccessBlock"),
            "NoSuchPublicAccessBlockConfiguration",
            arn,
        ),
        Question::OfAccount => (of_account(account), "NoSuchPublicAccessBlockConfiguration", &account.to_owned()),
        Question::Ownership(arn) => {
            (of_bucket(&GET_OWNERSHIP, arn, "ownershipControls"), "OwnershipControlsNotFoundError", arn)
        }
    };
    let operation = call.operation();
    let gap = |failure: Failure| failure.gap(of, None);
    let unreadable = || gap(Failure::own(operation, FailureKind::Unreadable, "the answer holds no such setting"));
    let answer = clients.signed_unless(call, &[none]).await.map_err(gap)?;
    let of = of.clone().into();
    if matches!(question, Question::Ownership(_)) {
        let name = match &answer {
            Some(answer) => Some(ownership(&answer.value).ok_or_else(unreadable)?.name().into()),
            None => None,
        };
        return Ok(Answered::Ownership(ObjectOwnershipFile { bucket: of, ownership: name, ..Default::default() }));
    }
    let set = match &answer {
        Some(answer) => Some(configuration(&answer.value).ok_or_else(unreadable)?),
        None => None,
    };
    Ok(Answered::PublicAccess(PublicAccessBlockFile { of, configuration: Some(set), ..Default::default() }))
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetPublicAccessBlock.html>
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketOwnershipControls.html>
fn of_bucket(operation: &'static Operation, arn: &str, query: &str) -> SignedCall {
    let name = arn.rsplit(':').next().unwrap_or_default();
    SignedCall::get_xml(operation, format!("/{}?{query}", encoded(name)))
}

fn of_account(account: &str) -> SignedCall {
    SignedCall::get_xml(&GET_ACCOUNT_PUBLIC_ACCESS, "/v20180820/configuration/publicAccessBlock".to_owned())
        .with_header("x-amz-account-id", account.to_owned())
        .with_label(account)
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetAccessPoint.html>
fn of_access_point(account: &str, region: &str, name: &str) -> SignedCall {
    SignedCall::get_xml(&GET_ACCESS_POINT, format!("/v20180820/accesspoint/{}", encoded(name)))
        .with_header("x-amz-account-id", account.to_owned())
        .with_label(account)
        .in_region(Some(region.to_owned()))
}

/// The same call about something of this name that nobody has, or about the account itself, to see whether it may be made.
pub(super) fn trial(operation: &'static Operation, account: &str, name: &str) -> Option<SignedCall> {
    let bucket = format!("arn:aws:s3:::{name}");
    if *operation == GET_BUCKET_PUBLIC_ACCESS {
        return Some(of_bucket(operation, &bucket, "publicAccessBlock"));
    }
    if *operation == GET_OWNERSHIP {
        return Some(of_bucket(operation, &bucket, "ownershipControls"));
    }
    if *operation == GET_ACCOUNT_PUBLIC_ACCESS {
        return Some(of_account(account));
    }
    (*operation == GET_ACCESS_POINT).then(|| of_access_point(account, "", name))
}

async fn access_point(
    clients: &Clients,
    account: &str,
    place: &str,
) -> Result<(AccessPointFile<'static>, Option<PublicAccessBlockFile<'static>>), Failure> {
    let unreadable = || {
        Failure::own(
            &GET_ACCESS_POINT,
            FailureKind::Unreadable,
            "the answer does not tell what the access point is for",
        )
    };
    let arn: Arn = place.parse().map_err(|_| unreadable())?;
    let name = arn.resource().strip_prefix("accesspoint/").unwrap_or_default();
    let answer = clients.signed(of_access_point(account, arn.region(), name)).await?;
    let value = &answer.value;
    let text = |name: &str| value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let bucket = text("Bucket").filter(|bucket| !bucket.contains([':', '/'])).ok_or_else(unreadable)?;
    let vpc = value.get("VpcConfiguration").and_then(|vpc| vpc.get("VpcId")).and_then(Value::as_str);
    let vpc = vpc.or(text("VpcId"));
    let vpc = match text("NetworkOrigin") {
        Some("Internet") => None,
        Some("VPC") => Some(vpc.ok_or_else(unreadable)?.to_owned()),
        _ => return Err(unreadable()),
    };
    let point = AccessPointFile {
        arn: place.to_owned().into(),
        bucket: format!("arn:{}:s3:::{bucket}", arn.partition()).into(),
        bucket_account: text("BucketAccountId").map(|id| id.to_owned().into()),
        vpc: vpc.map(Into::into),
        ..AccessPointFile::default()
    };
    let set = value.get("PublicAccessBlockConfiguration").and_then(configuration);
    let block = set.map(|set| PublicAccessBlockFile {
        of: place.to_owned().into(),
        configuration: Some(Some(set)),
        ..Default::default()
    });
    Ok((point, block))
}

/// The four settings in an answer; `None` where none of them is there.
fn configuration(value: &Value) -> Option<PublicAccessConfigurationFile<'static>> {
    let value = value.get("PublicAccessBlockConfiguration").unwrap_or(value);
    let truth =
        |name: &str| value.get(name).and_then(Value::as_str).map(|text| text.trim().eq_ignore_ascii_case("true"));
    let set = PublicAccessConfigurationFile {
        block_public_acls: truth("BlockPublicAcls"),
        ignore_public_acls: truth("IgnorePublicAcls"),
        block_public_policy: truth("BlockPublicPolicy"),
        restrict_public_buckets: truth("RestrictPublicBuckets"),
        ..PublicAccessConfigurationFile::default()
    };
    let any = [set.block_public_acls, set.ignore_public_acls, set.block_public_policy, set.restrict_public_buckets];
    any.iter().any(Option::is_some).then_some(set)
}

fn ownership(value: &Value) -> Option<ObjectOwnership> {
    let value = value.get("OwnershipControls").unwrap_or(value);
    let name = value.get("Rule")?.get("ObjectOwnership")?.as_str()?.trim();
    ObjectOwnership::ALL.into_iter().find(|ownership| ownership.name() == name)
}
