//! The parts of a CloudTrail record that matter to a denial.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::iam::Principal;

/// One record; exports of Athena write the names in lower case.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Record<'a> {
    #[serde(borrow, alias = "eventname")]
    pub(super) event_name: Option<Cow<'a, str>>,
    #[serde(borrow, alias = "eventsource")]
    pub(super) event_source: Option<Cow<'a, str>>,
    #[serde(borrow, alias = "eventtime")]
    pub(super) event_time: Option<Cow<'a, str>>,
    #[serde(borrow, alias = "awsregion")]
    pub(super) aws_region: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "sourceIPAddress", alias = "sourceipaddress")]
    pub(super) source_ip: Option<Cow<'a, str>>,
    #[serde(borrow, alias = "useragent")]
    pub(super) user_agent: Option<Cow<'a, str>>,
    #[serde(borrow, alias = "errorcode")]
    pub(super) error_code: Option<Cow<'a, str>>,
    #[serde(borrow, alias = "errormessage")]
    pub(super) error_message: Option<Cow<'a, str>>,
    #[serde(alias = "useridentity")]
    pub(super) user_identity: Identity,
    pub(super) resources: Option<Vec<Resource>>,
    #[serde(borrow, alias = "vpcendpointid")]
    pub(super) vpc_endpoint_id: Option<Cow<'a, str>>,
    #[serde(borrow, alias = "requestparameters")]
    pub(super) request_parameters: Option<&'a RawValue>,
    #[serde(borrow, alias = "responseelements")]
    pub(super) response_elements: Option<&'a RawValue>,
    #[serde(borrow, rename = "eventID", alias = "eventid", alias = "eventId")]
    pub(super) event_id: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "requestID", alias = "requestid", alias = "requestId")]
    pub(super) request_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) tls_details: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) event_context: Option<&'a RawValue>,
}

/// Who a record says made the request.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Identity {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    #[serde(alias = "principalid")]
    pub(super) principal_id: Option<String>,
    pub(super) arn: Option<String>,
    #[serde(alias = "accountid")]
    pub(super) account_id: Option<String>,
    #[serde(alias = "username")]
    pub(super) user_name: Option<String>,
    #[serde(alias = "invokedby")]
    pub(super) invoked_by: Option<String>,
    #[serde(alias = "sessioncontext")]
    pub(super) session_context: Option<Session>,
    /// Only a hash of it is kept.
    #[serde(alias = "accesskeyid")]
    pub(super) access_key_id: Option<String>,
    #[serde(rename = "identityProvider", alias = "identityprovider")]
    pub(super) provider: Option<String>,
}

/// The session of temporary credentials.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Session {
    #[serde(rename = "sessionIssuer", alias = "sessionissuer")]
    pub(super) issuer: Option<Issuer>,
    pub(super) attributes: Option<Attributes>,
    #[serde(alias = "sourceidentity")]
    pub(super) source_identity: Option<String>,
    #[serde(alias = "webidfederationdata")]
    pub(super) web_id_federation_data: Option<Federation>,
}

/// Whose session it is.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Issuer {
    pub(super) arn: Option<String>,
}

/// How the session was made.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Attributes {
    #[serde(alias = "mfaauthenticated")]
    pub(super) mfa_authenticated: Option<serde_json::Value>,
    #[serde(alias = "creationdate")]
    pub(super) creation_date: Option<String>,
}

/// Who vouched for a web identity.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Federation {
    #[serde(alias = "federatedprovider")]
    pub(super) federated_provider: Option<String>,
}

/// What a record says was touched.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Resource {
    #[serde(rename = "ARN", alias = "arn")]
    pub(super) arn: Option<String>,
    #[serde(rename = "accountId", alias = "accountid")]
    pub(super) account: Option<String>,
}

impl Record<'_> {
    /// The resource, if the record lists exactly one with an ARN, or an object beside its bucket.
    pub(super) fn only_resource(&self) -> Option<String> {
        let arns = || self.resources.iter().flatten().filter_map(|resource| resource.arn.as_deref());
        let holds = |arn: &str, other: &str| {
            arn == other
                || arn
                    .strip_prefix(other)
                    .is_some_and(|key| arn.starts_with("arn:aws") && key.starts_with('/') && other.contains(":s3:::"))
        };
        let mut single = arns().filter(|arn| arns().all(|other| holds(arn, other)));
        single.next().map(str::to_owned)
    }
}

impl Identity {
    /// Who made the request: an ARN, a service, or an account.
    pub(super) fn principal(&self) -> Option<Principal> {
        if let Some(arn) = self.arn.as_deref().filter(|arn| !arn.is_empty()) {
            return Some(Principal::new(arn));
        }
        match self.kind.as_deref() {
            Some("AWSService") => self.invoked_by.as_deref().map(Principal::new),
            Some("AWSAccount") => {
                let account = self.account_id.as_deref()?;
                let unsigned = account.eq_ignore_ascii_case("anonymous") || account == "ANONYMOUS_PRINCIPAL";
                Some(Principal::new(if unsigned { "anonymous" } else { account }))
            }
            _ => None,
        }
    }

    /// The ARN of the role whose session it is.
    pub(super) fn issuer(&self) -> Option<&str> {
        self.session_context.as_ref()?.issuer.as_ref()?.arn.as_deref()
    }
}
