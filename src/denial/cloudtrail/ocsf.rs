//! Records of Amazon Security Lake: CloudTrail's events in the Open Cybersecurity Schema Framework, read as CloudTrail's own.
//!
//! <https://docs.aws.amazon.com/security-lake/latest/userguide/open-cybersecurity-schema-framework.html>,
//! <https://github.com/ocsf/examples/tree/main/mappings/markdown/AWS>

use jiff::Timestamp;
use serde_json::Value;

use super::super::facts::{ContextFact, ContextSource};
use super::record::{Attributes, Identity, Issuer, Record, Resource, Session};
use crate::text::JsonText as Text;

/// The event, with the texts that its record borrows.
pub(super) struct Event {
    told: Value,
    parameters: String,
    /// The time, where only its milliseconds since 1970 are there.
    time: Option<String>,
}

/// The event in `raw`, if it is one of an AWS API.
pub(super) fn read(raw: &str) -> Option<Event> {
    let event: Value = serde_json::from_str(raw).ok()?;
    event.get("class_uid")?;
    let source = event.pointer("/api/service/name")?.as_str()?;
    event.pointer("/api/operation")?.as_str()?;
    if !source.contains(".amazonaws.com") {
        return None;
    }
    let parameters = event.pointer("/api/request/data").and_then(Value::as_str).unwrap_or_default().to_owned();
    let time = event.get("time").and_then(Value::as_i64).and_then(|at| Timestamp::from_millisecond(at).ok());
    Some(Event { told: event, parameters, time: time.map(|at| at.to_string()) })
}

impl Event {
    /// The same as a record of CloudTrail.
    pub(super) fn record<'e>(&'e self) -> Record<'e> {
        let text = |path: &str| self.told.pointer(path).and_then(Value::as_str).filter(|text| !text.is_empty());
        let first = |paths: &[&str]| paths.iter().find_map(|path| text(path)).map(Text::from);
        // the ARN is `uid` since version 1.1, and `uuid` before
        let ids = ["/actor/user/uid", "/actor/user/uuid", "/actor/user/uid_alt"];
        let id = |arn: bool| ids.iter().filter_map(|path| text(path)).find(|id| id.starts_with("arn:") == arn);
        let flag = |paths: &[&str]| {
            paths.iter().find_map(|path| self.told.pointer(path)).filter(|flag| !flag.is_null()).cloned()
        };
        let session = Session {
            issuer: text("/actor/session/issuer").map(|arn| Issuer { arn: Some(arn.into()) }),
            attributes: Some(Attributes {
                mfa_authenticated: flag(&["/actor/session/is_mfa", "/actor/session/mfa"]),
                creation_date: text("/actor/session/created_time_dt").map(Text::from),
            }),
            ..Session::default()
        };
        let user_identity = Identity {
            kind: text("/actor/user/type").map(Text::from),
            principal_id: id(false).map(Text::from),
            arn: id(true).map(Text::from),
            account_id: text("/actor/user/account/uid").or_else(|| text("/actor/user/account_uid")).map(Text::from),
            user_name: text("/actor/user/name").map(Text::from),
            invoked_by: text("/actor/invoked_by").map(Text::from),
            session_context: Some(session),
            access_key_id: text("/actor/user/credential_uid").map(Text::from),
            provider: text("/actor/idp/name").map(Text::from),
            on_behalf_of: None,
        };
        let of = |value: Option<&'e Value>| value.and_then(Value::as_str).map(Text::from);
        let resource = |resource: &'e Value| Resource {
            arn: of(resource.get("uid")).filter(|uid| uid.starts_with("arn:")),
            account: of(resource.pointer("/account/uid").or_else(|| resource.get("account_uid"))),
        };
        let resources = self.told.get("resources").and_then(Value::as_array);
        Record {
            event_name: first(&["/api/operation"]),
            event_source: first(&["/api/service/name"]),
            event_time: first(&["/time_dt"]).or(self.time.as_deref().map(Text::from)),
            aws_region: first(&["/cloud/region"]),
            source_ip: first(&["/src_endpoint/ip", "/src_endpoint/domain"]),
            user_agent: first(&["/http_request/user_agent"]),
            error_code: first(&["/api/response/error"]),
            error_message: first(&["/api/response/message", "/api/response/error_message"]),
            user_identity,
            resources: resources.map(|list| list.iter().map(resource).collect()),
            vpc_endpoint_id: first(&["/src_endpoint/uid"]),
            request_parameters: serde_json::from_str(&self.parameters).ok(),
            request_id: first(&["/api/request/uid"]),
            ..Record::default()
        }
    }
}

/// CloudTrail's fields, and where this schema has them.
const FIELDS: [(&str, &str); 14] = [
    ("userIdentity.type", "actor.user.type"),
    ("userIdentity.arn", "actor.user.uid"),
    ("userIdentity.principalId", "actor.user.uid_alt"),
    ("userIdentity.accountId", "actor.user.account.uid"),
    ("userIdentity.userName", "actor.user.name"),
    ("userIdentity.invokedBy", "actor.invoked_by"),
    ("userIdentity.sessionContext.sessionIssuer.arn", "actor.session.issuer"),
    ("userIdentity.sessionContext.attributes.mfaAuthenticated", "actor.session.is_mfa"),
    ("userIdentity.sessionContext.attributes.creationDate", "actor.session.created_time_dt"),
    ("sourceIPAddress", "src_endpoint.ip"),
    ("vpcEndpointId", "src_endpoint.uid"),
    ("userAgent", "http_request.user_agent"),
    ("awsRegion", "cloud.region"),
    ("eventTime", "time_dt"),
];

/// Names the fields as this schema does.
pub(super) fn rename(facts: &mut [ContextFact]) {
    for fact in facts {
        if let ContextSource::CloudTrailField(field) = &mut fact.source
            && let Some((_, own)) = FIELDS.iter().find(|(name, _)| name == field)
        {
            (*own).clone_into(field);
        }
    }
}
