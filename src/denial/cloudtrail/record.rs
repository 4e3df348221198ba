//! The parts of a CloudTrail record that matter to a denial.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::super::caller::Caller;
use crate::iam::{Principal, is_account_id};
use crate::text::JsonText as Text;

/// One record; exports of Athena write the names in lower case.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(in crate::denial) struct Record<'a> {
    #[serde(borrow, alias = "eventname")]
    pub(super) event_name: Option<Text<'a>>,
    #[serde(borrow, alias = "eventsource")]
    pub(super) event_source: Option<Text<'a>>,
    #[serde(borrow, alias = "eventtime")]
    pub(super) event_time: Option<Text<'a>>,
    #[serde(borrow, alias = "awsregion")]
    pub(super) aws_region: Option<Text<'a>>,
    #[serde(borrow, rename = "sourceIPAddress", alias = "sourceipaddress")]
    pub(super) source_ip: Option<Text<'a>>,
    #[serde(borrow, alias = "useragent")]
    pub(super) user_agent: Option<Text<'a>>,
    #[serde(borrow, alias = "errorcode")]
    pub(super) error_code: Option<Text<'a>>,
    #[serde(borrow, alias = "errormessage")]
    pub(super) error_message: Option<Text<'a>>,
    #[serde(borrow, alias = "useridentity", deserialize_with = "or_none")]
    pub(super) user_identity: Identity<'a>,
    #[serde(borrow)]
    pub(super) resources: Option<Vec<Resource<'a>>>,
    #[serde(borrow, alias = "eventtype")]
    pub(super) event_type: Option<Text<'a>>,
    #[serde(borrow, alias = "vpcendpointid")]
    pub(super) vpc_endpoint_id: Option<Text<'a>>,
    #[serde(borrow, alias = "vpcendpointaccountid")]
    pub(super) vpc_endpoint_account_id: Option<Text<'a>>,
    #[serde(borrow, alias = "requestparameters")]
    pub(super) request_parameters: Option<&'a RawValue>,
    #[serde(borrow, alias = "responseelements")]
    pub(super) response_elements: Option<&'a RawValue>,
    #[serde(borrow, rename = "eventID", alias = "eventid", alias = "eventId")]
    pub(super) event_id: Option<Text<'a>>,
    #[serde(borrow, rename = "requestID", alias = "requestid", alias = "requestId")]
    pub(super) request_id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) tls_details: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) event_context: Option<&'a RawValue>,
}

/// Who called, where the record has it.
fn or_none<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Identity<'a>, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Who a record says made the request.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Identity<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Option<Text<'a>>,
    #[serde(borrow, alias = "principalid")]
    pub(super) principal_id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) arn: Option<Text<'a>>,
    #[serde(borrow, alias = "accountid")]
    pub(super) account_id: Option<Text<'a>>,
    #[serde(borrow, alias = "username")]
    pub(super) user_name: Option<Text<'a>>,
    #[serde(borrow, alias = "invokedby")]
    pub(super) invoked_by: Option<Text<'a>>,
    #[serde(borrow, alias = "sessioncontext")]
    pub(super) session_context: Option<Session<'a>>,
    /// Only a hash of it is kept.
    #[serde(borrow, alias = "accesskeyid")]
    pub(super) access_key_id: Option<Text<'a>>,
    #[serde(borrow, rename = "identityProvider", alias = "identityprovider")]
    pub(super) provider: Option<Text<'a>>,
    #[serde(borrow, alias = "onbehalfof")]
    pub(super) on_behalf_of: Option<OnBehalfOf<'a>>,
}

/// The user of IAM Identity Center for whom a call was made.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct OnBehalfOf<'a> {
    #[serde(borrow, alias = "userid")]
    pub(super) user_id: Option<Text<'a>>,
}

/// The session of temporary credentials.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Session<'a> {
    #[serde(borrow, rename = "sessionIssuer", alias = "sessionissuer")]
    pub(super) issuer: Option<Issuer<'a>>,
    #[serde(borrow)]
    pub(super) attributes: Option<Attributes<'a>>,
    #[serde(borrow, alias = "sourceidentity")]
    pub(super) source_identity: Option<Text<'a>>,
    #[serde(borrow, alias = "webidfederationdata")]
    pub(super) web_id_federation_data: Option<Federation<'a>>,
}

/// Whose session it is.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Issuer<'a> {
    #[serde(borrow)]
    pub(super) arn: Option<Text<'a>>,
}

/// How the session was made.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Attributes<'a> {
    #[serde(alias = "mfaauthenticated")]
    pub(super) mfa_authenticated: Option<serde_json::Value>,
    #[serde(borrow, alias = "creationdate")]
    pub(super) creation_date: Option<Text<'a>>,
}

/// Who vouched for a web identity.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Federation<'a> {
    #[serde(borrow, alias = "federatedprovider")]
    pub(super) federated_provider: Option<Text<'a>>,
}

/// What a record says was touched.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Resource<'a> {
    #[serde(borrow, rename = "ARN", alias = "arn")]
    pub(super) arn: Option<Text<'a>>,
    #[serde(borrow, rename = "accountId", alias = "accountid")]
    pub(super) account: Option<Text<'a>>,
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

impl Identity<'_> {
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
                Some(if unsigned {
                    Principal::new("anonymous")
                } else {
                    Principal::somebody_of(account, self.principal_id.as_deref())
                })
            }
            _ => None,
        }
    }

    /// Who made the request, where that is somebody without an ARN.
    pub(super) fn caller(&self) -> Option<Caller> {
        let id = self.on_behalf_of.as_ref().and_then(|user| user.user_id.as_deref());
        let account = self.account_id.as_deref().filter(|account| is_account_id(account));
        Caller::new(self.kind.as_deref()?, account, self.provider.as_deref(), self.user_name.as_deref(), id)
    }

    /// The ARN of the role whose session it is.
    pub(super) fn issuer(&self) -> Option<&str> {
        self.session_context.as_ref()?.issuer.as_ref()?.arn.as_deref()
    }
}
