//! Condition keys that a CloudTrail record gives, each with the field it comes from.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::super::facts::{ContextFact, ContextSource};
use super::super::told::{SOURCE_IP, SOURCE_VPCE, USER_AGENT};
use super::record::Record;
use super::sent::sent;
use crate::iam::is_account_id;

/// The account of the VPC endpoint through which the request came.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-vpceaccount>
pub(crate) const VPCE_ACCOUNT: &str = "aws:VpceAccount";

/// Everything that the record says about the request's context, whatever was checked.
pub(super) fn facts(record: &Record<'_>) -> Vec<ContextFact> {
    let mut facts = Facts(Vec::new());
    caller(record, &mut facts);
    session(record, &mut facts);
    network(record, &mut facts);
    facts.one("aws:RequestedRegion", record.aws_region.as_deref(), "awsRegion");
    facts.one("aws:CurrentTime", record.event_time.as_deref(), "eventTime");
    let owner = record.resources.iter().flatten().filter_map(|resource| resource.account.as_deref());
    let mut owners: Vec<&str> = owner.filter(|account| is_account_id(account)).collect();
    owners.dedup();
    if let [owner] = owners.as_slice() {
        facts.one("aws:ResourceAccount", Some(owner), "resources[].accountId");
    }
    parameters(record, &mut facts);
    enriched(record, &mut facts);
    facts.0
}

struct Facts(Vec<ContextFact>);

impl Facts {
    fn one(&mut self, key: &str, value: Option<&str>, field: &str) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.many(key, vec![value.to_owned()], field);
        }
    }

    fn many(&mut self, key: &str, values: Vec<String>, field: &str) {
        self.0.push(ContextFact {
            key: key.to_owned(),
            values,
            source: ContextSource::CloudTrailField(field.to_owned()),
        });
    }
}

fn caller(record: &Record<'_>, facts: &mut Facts) {
    let identity = &record.user_identity;
    match identity.kind.as_deref() {
        Some("AssumedRole") => {
            facts.one("aws:PrincipalArn", identity.issuer(), "userIdentity.sessionContext.sessionIssuer.arn");
            facts.one("aws:PrincipalType", Some("AssumedRole"), "userIdentity.type");
        }
        Some("IAMUser") => {
            facts.one("aws:PrincipalArn", identity.arn.as_deref(), "userIdentity.arn");
            facts.one("aws:PrincipalType", Some("User"), "userIdentity.type");
            facts.one("aws:username", identity.user_name.as_deref(), "userIdentity.userName");
        }
        Some("Root") => {
            facts.one("aws:PrincipalArn", identity.arn.as_deref(), "userIdentity.arn");
            facts.one("aws:PrincipalType", Some("Account"), "userIdentity.type");
        }
        Some("FederatedUser") => {
            facts.one("aws:PrincipalType", Some("FederatedUser"), "userIdentity.type");
        }
        _ => {}
    }
    // of a token or an assertion it is made of what these say
    if !matches!(identity.kind.as_deref(), Some("WebIdentityUser" | "SAMLUser")) {
        facts.one("aws:userid", identity.principal_id.as_deref(), "userIdentity.principalId");
    }
    let account = identity.account_id.as_deref().filter(|account| is_account_id(account));
    facts.one("aws:PrincipalAccount", account, "userIdentity.accountId");
    // a service that calls with the caller's own session; a service principal calls for itself
    let forwarded = identity.invoked_by.as_deref().filter(|by| {
        by.ends_with(".amazonaws.com") && identity.kind.as_deref().is_some_and(|kind| kind != "AWSService")
    });
    if let Some(service) = forwarded {
        facts.many("aws:CalledVia", vec![service.to_owned()], "userIdentity.invokedBy");
        facts.one("aws:ViaAWSService", Some("true"), "userIdentity.invokedBy");
    }
}

fn session(record: &Record<'_>, facts: &mut Facts) {
    let Some(session) = &record.user_identity.session_context else { return };
    let at = |field: &str| format!("userIdentity.sessionContext.{field}");
    if let Some(attributes) = &session.attributes {
        let mfa = match &attributes.mfa_authenticated {
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Bool(truth)) => Some(truth.to_string()),
            _ => None,
        };
        facts.one("aws:MultiFactorAuthPresent", mfa.as_deref(), &at("attributes.mfaAuthenticated"));
        facts.one("aws:TokenIssueTime", attributes.creation_date.as_deref(), &at("attributes.creationDate"));
    }
    facts.one("aws:SourceIdentity", session.source_identity.as_deref(), &at("sourceIdentity"));
    let provider = session.web_id_federation_data.as_ref().and_then(|data| data.federated_provider.as_deref());
    facts.one("aws:FederatedProvider", provider, &at("webIdFederationData.federatedProvider"));
}

/// The address from which the request came.
pub(super) fn address<'r>(record: &'r Record<'_>) -> Option<&'r str> {
    // when a service made the call, its name is there
    record.source_ip.as_deref().filter(|ip| ip.parse::<std::net::IpAddr>().is_ok())
}

/// Its condition key.
pub(super) const fn address_key(record: &Record<'_>) -> &'static str {
    // through an endpoint the address is private and has a key of its own
    if record.vpc_endpoint_id.is_some() { "aws:VpcSourceIp" } else { SOURCE_IP }
}

fn network(record: &Record<'_>, facts: &mut Facts) {
    facts.one(address_key(record), address(record), "sourceIPAddress");
    facts.one(SOURCE_VPCE, record.vpc_endpoint_id.as_deref(), "vpcEndpointId");
    let account = record.vpc_endpoint_account_id.as_deref().filter(|account| is_account_id(account));
    facts.one(VPCE_ACCOUNT, account, "vpcEndpointAccountId");
    facts.one(USER_AGENT, record.user_agent.as_deref(), "userAgent");
    if record.tls_details.is_some_and(|details| details.get().contains("tlsVersion")) {
        facts.one("aws:SecureTransport", Some("true"), "tlsDetails");
    }
}

/// Request parameters that are condition keys, service by service.
const PARAMETERS: [(&str, &str, &str); 14] = [
    ("s3.amazonaws.com", "prefix", "s3:prefix"),
    ("s3.amazonaws.com", "delimiter", "s3:delimiter"),
    ("s3.amazonaws.com", "max-keys", "s3:max-keys"),
    ("s3.amazonaws.com", "versionId", "s3:VersionId"),
    ("s3.amazonaws.com", "x-amz-acl", "s3:x-amz-acl"),
    ("s3.amazonaws.com", "x-amz-server-side-encryption", "s3:x-amz-server-side-encryption"),
    (
        "s3.amazonaws.com",
        "x-amz-server-side-encryption-aws-kms-key-id",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
    ),
    ("ec2.amazonaws.com", "instanceType", "ec2:InstanceType"),
    ("iam.amazonaws.com", "permissionsBoundary", "iam:PermissionsBoundary"),
    ("iam.amazonaws.com", "policyArn", "iam:PolicyARN"),
    ("iam.amazonaws.com", "aWSServiceName", "iam:AWSServiceName"),
    ("sts.amazonaws.com", "externalId", "sts:ExternalId"),
    ("sts.amazonaws.com", "roleSessionName", "sts:RoleSessionName"),
    ("sts.amazonaws.com", "sourceIdentity", "sts:SourceIdentity"),
];

fn parameters(record: &Record<'_>, facts: &mut Facts) {
    let Some(source) = record.event_source.as_deref() else { return };
    let of_service = || PARAMETERS.iter().filter(|(service, ..)| *service == source);
    let Some(given) = of_service().next().and_then(|_| given(record.request_parameters?)) else { return };
    for (_, name, key) in of_service() {
        let value = match given.get(*name) {
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        };
        facts.one(key, value.as_deref(), &format!("requestParameters.{name}"));
    }
}

/// The parameters of a request.
fn given(raw: &RawValue) -> Option<Map<String, Value>> {
    let mut raw = Cow::Borrowed(raw.get());
    // rows of Athena have the parameters as a string
    if raw.starts_with('"') {
        raw = Cow::Owned(serde_json::from_str::<String>(&raw).ok()?);
    }
    serde_json::from_str(&raw).ok()
}

/// What tells that parameters may have tags or an encryption context, or surely have none.
const SENDS: [&str; 4] = ["tags", "tagS", "instancesSet", "encryptionContext"];

/// The tags and the encryption context that a request for a resource sends.
pub(super) fn of_sent(record: &Record<'_>, resource: Option<&str>) -> Vec<ContextFact> {
    let mut facts = Facts(Vec::new());
    let holds = |raw: &&RawValue| {
        SENDS.iter().any(|name| memchr::memmem::find(raw.get().as_bytes(), name.as_bytes()).is_some())
    };
    let given = record.request_parameters.filter(holds).and_then(given);
    let named = record.event_source.as_deref().zip(record.event_name.as_deref());
    let Some(((source, operation), given)) = named.zip(given) else { return Vec::new() };
    for sent in sent(source, operation, resource, &given) {
        let field = format!("requestParameters.{}", sent.field);
        for (name, value) in &sent.pairs {
            if let Some(value) = value {
                facts.many(&format!("{}{name}", sent.prefix), vec![value.clone()], &field);
            }
        }
        if sent.all {
            facts.many(sent.names, sent.pairs.into_iter().map(|(name, _)| name).collect(), &field);
        }
    }
    facts.0
}

/// The enrichment of CloudTrail Lake: condition keys by their own names.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-context.html>
fn enriched(record: &Record<'_>, facts: &mut Facts) {
    #[derive(Deserialize, Default)]
    #[serde(rename_all = "camelCase", default)]
    struct EventContext {
        request_context: BTreeMap<String, Value>,
    }
    let Some(raw) = record.event_context else { return };
    let Ok(context) = serde_json::from_str::<EventContext>(raw.get()) else { return };
    for (key, value) in context.request_context {
        let values = match value {
            Value::String(text) => vec![text],
            Value::Array(items) => items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
            other => vec![other.to_string()],
        };
        if !facts.0.iter().any(|fact| fact.key.eq_ignore_ascii_case(&key)) {
            facts.many(&key, values, "eventContext.requestContext");
        }
    }
}
