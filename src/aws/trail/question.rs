//! What the event history is asked about a denial: by which attribute, in which Region, about which time.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::super::{Caller, Clients};
use crate::denial::{ContextSource, Denial, DenialKind};
use crate::iam::{Arn, PolicyType, Principal, PrincipalKind};

/// The target of CloudTrail's operations.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>
pub(super) const TARGET: &str = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101";

/// How much around the time of a message is searched: clocks differ, and lines are written later.
const AROUND: SignedDuration = SignedDuration::from_mins(3);

/// How far back is searched where the text tells no time.
const LAST_HOUR: SignedDuration = SignedDuration::from_hours(1);

/// How far back a request is searched by its id, where the text tells no time.
const LAST_DAY: SignedDuration = SignedDuration::from_hours(24);

/// Around the time at which credentials were issued, which their records tell to the second.
const ISSUED: SignedDuration = SignedDuration::from_secs(3);

/// The longest session of a role, and of a federated user.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html>
const SESSION: SignedDuration = SignedDuration::from_hours(36);

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) region: String,
    /// One attribute is allowed beside the time.
    pub(super) attribute: &'static str,
    pub(super) value: String,
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
}

impl Question {
    /// As the API takes it.
    pub(super) fn input(&self, token: Option<&str>) -> Value {
        let mut input = json!({
            "LookupAttributes": [{"AttributeKey": self.attribute, "AttributeValue": self.value}],
            "StartTime": self.from.as_second(),
            "EndTime": self.to.as_second(),
            "MaxResults": 50,
        });
        if let (Some(token), Some(fields)) = (token, input.as_object_mut()) {
            fields.insert("NextToken".to_owned(), token.into());
        }
        input
    }
}

/// Whether the records of the denial are those of the caller's account. Where the text names nobody, only the id of a request finds one.
pub(super) fn is_own(denial: &Denial, caller: &Caller) -> bool {
    let account = denial.principal.as_ref().map(Principal::account);
    let own = match account {
        Some(account) => account == Some(caller.account.as_str()),
        None => !denial.request_ids.is_empty(),
    };
    denial.kind == DenialKind::IamDenial && denial.role_of_service().is_none() && own
}

/// Whether no record is there yet.
pub(super) fn lacks_record(denial: &Denial) -> bool {
    !denial.context.iter().any(|fact| matches!(fact.source, ContextSource::CloudTrailField(_)))
}

/// Actions and operations that are data events, service by service.
///
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html>,
/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DataResource.html>,
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/logging-using-cloudtrail.html>
const DATA_EVENTS: [(&str, &[&str]); 4] = [
    ("lambda", &["Invoke", "InvokeFunction"]),
    ("sns", &["Publish", "PublishBatch"]),
    ("sqs", &["SendMessage", "SendMessageBatch", "ReceiveMessage", "DeleteMessage", "DeleteMessageBatch"]),
    (
        "dynamodb",
        &["GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan", "BatchGetItem", "BatchWriteItem"],
    ),
];

/// Whether it is certainly a data event.
pub(super) fn is_data_event(denial: &Denial) -> bool {
    let Some(service) = service(denial) else { return false };
    // <https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html>: what is done with objects
    if service == "s3" {
        return arn(denial).is_some_and(|arn| arn.account().is_empty() && arn.resource().contains('/'));
    }
    let names = DATA_EVENTS.iter().find(|(of, _)| *of == service).map_or(&[][..], |(_, names)| names);
    let name = denial.operation.as_deref().or_else(|| action_name(denial)).unwrap_or_default();
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn service(denial: &Denial) -> Option<&str> {
    denial.action.as_ref().map(crate::iam::Action::service).or(denial.service.as_deref())
}

fn action_name(denial: &Denial) -> Option<&str> {
    denial.action.as_ref().and_then(|action| action.as_str().split_once(':')).map(|(_, name)| name)
}

fn arn(denial: &Denial) -> Option<Arn> {
    denial.resource.as_deref().and_then(|resource| resource.parse().ok())
}

/// Services whose events are recorded in one Region of the partition.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html#cloudtrail-concepts-global-service-events>,
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_cloudtrail-integration.html>
const GLOBAL: [&str; 4] = ["iam", "cloudfront", "organizations", "route53"];

/// Where the partition has the events of its global services.
fn global_region(denial: &Denial) -> String {
    let partition = denial.principal.as_ref().and_then(Principal::partition);
    crate::iam::global_region(partition.unwrap_or("aws")).to_owned()
}

/// The Regions in which the record may be, likeliest first. A call of STS by its global endpoint is recorded with the global services.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html#cloudtrail-concepts-sts-regionalization>
fn regions(clients: &Clients, denial: &Denial, service: Option<&str>) -> Vec<String> {
    let global = global_region(denial);
    if service.is_some_and(|service| GLOBAL.contains(&service)) {
        return vec![global];
    }
    let arn = arn(denial).map(|arn| arn.region().to_owned()).filter(|region| !region.is_empty());
    let recorded = denial.context.iter().find(|fact| fact.key.eq_ignore_ascii_case("aws:RequestedRegion"));
    let recorded = recorded.and_then(|fact| fact.values.first().cloned());
    let own = || clients.config().region().map(ToString::to_string);
    let mut regions: Vec<String> = arn.or(recorded).or_else(own).into_iter().collect();
    if service == Some("sts") && !regions.contains(&global) {
        regions.push(global);
    }
    regions
}

/// The time, to the second.
fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

/// How long records are kept.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html>
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Whether the denial is older than the records that are kept.
pub(super) fn is_too_old(denial: &Denial) -> bool {
    let at = denial.at.as_deref().and_then(|at| at.parse::<Timestamp>().ok());
    at.is_some_and(|at| now().checked_sub(KEPT).is_ok_and(|first| at < first))
}

/// How the record of a denial is looked for.
pub(super) fn of_denial(clients: &Clients, denial: &Denial) -> Vec<Question> {
    let now = now();
    let at = denial.at.as_deref().and_then(|at| at.parse::<Timestamp>().ok());
    let back = if denial.request_ids.is_empty() { LAST_HOUR } else { LAST_DAY };
    let (from, to) = match at {
        Some(at) => (at.checked_sub(AROUND), at.checked_add(AROUND)),
        None => (now.checked_sub(back), Ok(now)),
    };
    let (Ok(from), Ok(to)) = (from, to) else { return Vec::new() };
    let Some((attribute, value)) = attribute(denial) else { return Vec::new() };
    let question = |region| Question { region, attribute, value: value.clone(), from, to: to.min(now) };
    let regions = if from < now { regions(clients, denial, service(denial)) } else { Vec::new() };
    regions.into_iter().map(question).collect()
}

/// The attribute that leaves the fewest records: the name of the event, where the text tells it, else the caller.
fn attribute(denial: &Denial) -> Option<(&'static str, String)> {
    if let Some(operation) = &denial.operation {
        return Some(("EventName", operation.clone()));
    }
    // the role is passed to an operation that has a name of its own, and some services write a version into names
    let other = matches!(service(denial), Some("lambda" | "cloudfront")) || action_name(denial) == Some("PassRole");
    if let Some(name) = action_name(denial).filter(|_| !other) {
        return Some(("EventName", name.to_owned()));
    }
    let principal = denial.principal.as_ref()?;
    let name = principal.session().or_else(|| principal.name())?;
    Some(("Username", name.to_owned()))
}

/// How the call is looked for that made the session of a denial, where it can have passed policies that matter.
pub(super) fn of_session(clients: &Clients, denial: &Denial) -> Vec<Question> {
    let blamed = denial.reason.policy_type.is_none_or(|named| named == PolicyType::Session);
    let session = denial
        .principal
        .as_ref()
        .filter(|principal| matches!(principal.kind(), PrincipalKind::AssumedRole | PrincipalKind::FederatedUser));
    let Some(session) = session.filter(|_| blamed && denial.session.is_none()) else { return Vec::new() };
    let now = now();
    let issued = denial.context.iter().find(|fact| fact.key.eq_ignore_ascii_case("aws:TokenIssueTime"));
    let issued = issued.and_then(|fact| fact.values.first()?.parse::<Timestamp>().ok());
    let (attribute, value, from, to) = if let Some(at) = issued {
        ("EventSource", "sts.amazonaws.com".to_owned(), at.checked_sub(ISSUED), at.checked_add(ISSUED))
    } else {
        let at = denial.at.as_deref().and_then(|at| at.parse::<Timestamp>().ok()).unwrap_or(now);
        ("ResourceName", session.as_str().to_owned(), at.checked_sub(SESSION), at.checked_add(AROUND))
    };
    let (Ok(from), Ok(to)) = (from, to) else { return Vec::new() };
    let question = |region| Question { region, attribute, value: value.clone(), from, to: to.min(now) };
    let asked = from < now && !is_too_old(denial);
    let regions = if asked { regions(clients, denial, Some("sts")) } else { Vec::new() };
    regions.into_iter().map(question).collect()
}
