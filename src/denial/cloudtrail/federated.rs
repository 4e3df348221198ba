//! Who made a call without AWS credentials, and for which role: what the record of it tells.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html#STS-API-SAML-WIF>,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html>

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::caller::Caller;
use super::super::facts::{ContextFact, ContextSource};
use super::record::Record;
use crate::iam::{Arn, Principal, PrincipalKind};

/// Who called, and for what.
#[derive(Debug, Default)]
pub(super) struct FederatedCall {
    /// The identity provider.
    pub(super) provider: Option<Principal>,
    /// Who called, of all for whom the provider vouches.
    pub(super) caller: Option<Caller>,
    /// The ARN of the role.
    pub(super) role: Option<String>,
    /// What the token or the assertion said.
    pub(super) claims: Vec<ContextFact>,
    /// Whether it passed session tags.
    pub(super) tags: bool,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Parameters {
    role_arn: Option<String>,
    #[serde(alias = "principalARN")]
    principal_arn: Option<String>,
    principal_tags: Option<BTreeMap<String, serde_json::Value>>,
}

/// Whether a call is made with a token or an assertion; and whether with an assertion.
pub(super) fn is_saml(operation: &str) -> Option<bool> {
    match operation {
        "AssumeRoleWithWebIdentity" => Some(false),
        "AssumeRoleWithSAML" => Some(true),
        _ => None,
    }
}

/// Reads a record of `AssumeRoleWithWebIdentity` or `AssumeRoleWithSAML`.
pub(super) fn read(record: &Record<'_>) -> Option<FederatedCall> {
    let saml = is_saml(record.event_name.as_deref()?)?;
    let mut raw = Cow::Borrowed(record.request_parameters.map_or("null", |raw| raw.get()));
    // rows of Athena have the parameters as a string
    if raw.starts_with('"') {
        raw = Cow::Owned(serde_json::from_str::<String>(&raw).unwrap_or_default());
    }
    let parameters: Parameters = serde_json::from_str(&raw).unwrap_or_default();
    let role = parameters.role_arn.filter(|role| Principal::new(role).kind() == PrincipalKind::Role);
    let mut call = FederatedCall { role: role.or_else(|| listed(record, ":role/")), ..FederatedCall::default() };
    call.tags = parameters.principal_tags.is_some_and(|tags| !tags.is_empty());
    if saml {
        let named = parameters.principal_arn.or_else(|| listed(record, ":saml-provider/"));
        call.provider = named.map(|arn| Principal::new(&arn)).filter(|it| it.kind() == PrincipalKind::Federated);
        call.caller = call.provider.as_ref().and_then(|named| saml_subject(record, named));
        call.claim("saml:sub", record.user_identity.user_name.as_deref(), "userIdentity.userName");
        call.claim("saml:namequalifier", record.user_identity.provider.as_deref(), "userIdentity.identityProvider");
        return Some(call);
    }
    let Some(issuer) = record.user_identity.provider.as_deref().filter(|issuer| !issuer.is_empty()) else {
        return Some(call);
    };
    call.provider = provider(issuer, call.role.as_deref());
    call.caller = call.provider.as_ref().and_then(|named| subject(record, named, issuer));
    let Some(prefix) = call.provider.as_ref().and_then(Principal::key_prefix).map(str::to_owned) else {
        return Some(call);
    };
    // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif>
    let (subject, audience) = match prefix.as_str() {
        "www.amazon.com" => ("user_id", "app_id"),
        "graph.facebook.com" => ("id", "app_id"),
        _ => ("sub", "aud"),
    };
    let user = record.user_identity.user_name.as_deref();
    call.claim(&format!("{prefix}:{subject}"), user, "userIdentity.userName");
    // issuer, application and user, in this order
    let id = record.user_identity.principal_id.as_deref().unwrap_or_default();
    let application = id.strip_prefix(issuer).and_then(|rest| rest.strip_prefix(':'));
    let application = application.and_then(|rest| rest.strip_suffix(user?)).and_then(|rest| rest.strip_suffix(':'));
    call.claim(&format!("{prefix}:{audience}"), application, "userIdentity.principalId");
    Some(call)
}

impl FederatedCall {
    fn claim(&mut self, key: &str, value: Option<&str>, field: &str) {
        if let Some(value) = value.filter(|value| !value.is_empty() && *value != "HIDDEN_DUE_TO_SECURITY_REASONS") {
            self.claims.push(ContextFact {
                key: key.to_owned(),
                values: vec![value.to_owned()],
                source: ContextSource::CloudTrailField(field.to_owned()),
            });
        }
    }
}

/// The provider by its ARN or by its issuer; an OIDC provider belongs to the account of the role.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html>
fn provider(issuer: &str, role: Option<&str>) -> Option<Principal> {
    // AWS's page writes Cognito so
    let issuer = if issuer == "cognito-identity.amazon.com" { "cognito-identity.amazonaws.com" } else { issuer };
    let named = Principal::new(issuer);
    if named.kind() == PrincipalKind::Federated {
        return Some(named);
    }
    let role: Arn = role?.parse().ok()?;
    let host = issuer.strip_prefix("https://").unwrap_or(issuer);
    let plain = host.contains('.') && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"./-_".contains(&byte));
    plain.then(|| Principal::new(&format!("arn:{}:iam::{}:oidc-provider/{host}", role.partition(), role.account())))
}

/// Who called, by what the record tells of the subject; what the provider told is not told by its name alone.
fn subject(record: &Record<'_>, provider: &Principal, issuer: &str) -> Option<Caller> {
    let identity = &record.user_identity;
    let caller = |subject: &str| Caller::of_provider(provider.as_str(), subject);
    // issuer, application and user, in this order
    let of_id = || caller(identity.principal_id.as_deref()?.strip_prefix(issuer)?.strip_prefix(':')?);
    identity.user_name.as_deref().and_then(caller).or_else(of_id)
}

/// The same of an assertion: its name, or what stands behind the qualifier of names.
fn saml_subject(record: &Record<'_>, provider: &Principal) -> Option<Caller> {
    let identity = &record.user_identity;
    let caller = |subject: &str| Caller::of_saml_provider(provider.as_str(), subject);
    let of_id = || {
        let qualifier = identity.provider.as_deref().filter(|qualifier| !qualifier.is_empty())?;
        caller(identity.principal_id.as_deref()?.strip_prefix(qualifier)?.strip_prefix(':')?)
    };
    identity.user_name.as_deref().and_then(caller).or_else(of_id)
}

/// The only ARN of this type among the resources of the record.
fn listed(record: &Record<'_>, kind: &str) -> Option<String> {
    let arns = record.resources.iter().flatten().filter_map(|resource| resource.arn.as_deref());
    let mut arns = arns.filter(|arn| arn.contains(kind));
    let first = arns.next()?;
    arns.next().is_none().then(|| first.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::denial::parse_text;

    fn told(identity: &str, operation: &str, parameters: &str) -> String {
        let record = format!(
            r#"{{"eventSource": "sts.amazonaws.com", "eventName": "{operation}", "errorCode": "AccessDenied",
            "errorMessage": "An unknown error occurred", "userIdentity": {identity}, "requestParameters": {parameters}}}"#
        );
        let denials = parse_text(&record);
        let denial = denials.first().unwrap();
        let text = |value: Option<&str>| value.unwrap_or("-").to_owned();
        let mut lines =
            vec![text(denial.principal.as_ref().map(crate::iam::Principal::as_str)), text(denial.resource.as_deref())];
        lines.extend(denial.context.iter().map(|fact| format!("{}={}", fact.key, fact.values.join(","))));
        lines.join(" ")
    }

    #[test]
    fn the_record_of_a_token_tells_provider_subject_audience_and_role() {
        let role = r#"{"roleArn": "arn:aws:iam::111122223333:role/deploy"}"#;
        let web = |identity: &str| told(identity, "AssumeRoleWithWebIdentity", role);
        let arn = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
        let sub = "repo:example-org/shop:ref:refs/heads/main";
        let expected = format!(
            "{arn} arn:aws:iam::111122223333:role/deploy token.actions.githubusercontent.com:sub={sub} token.actions.githubusercontent.com:aud=sts.amazonaws.com"
        );
        let identity = |provider: &str| {
            format!(
                r#"{{"type": "WebIdentityUser", "principalId": "{provider}:sts.amazonaws.com:{sub}", "userName": "{sub}", "identityProvider": "{provider}"}}"#
            )
        };
        assert_eq!(web(&identity(arn)), expected);
        // an issuer without an ARN is a provider of the role's account
        assert_eq!(web(&identity("token.actions.githubusercontent.com")), expected);
        let pool = r#"{"type": "WebIdentityUser", "principalId": "cognito-identity.amazonaws.com:eu-west-1:11111111-2222-3333-4444-555555555555:eu-west-1:66666666-7777-8888-9999-000000000000", "userName": "eu-west-1:66666666-7777-8888-9999-000000000000", "identityProvider": "cognito-identity.amazonaws.com"}"#;
        assert_eq!(
            web(pool),
            "cognito-identity.amazonaws.com arn:aws:iam::111122223333:role/deploy cognito-identity.amazonaws.com:sub=eu-west-1:66666666-7777-8888-9999-000000000000 cognito-identity.amazonaws.com:aud=eu-west-1:11111111-2222-3333-4444-555555555555"
        );
        // what is not there is not made up
        assert_eq!(web(r#"{"type": "WebIdentityUser"}"#), "- arn:aws:iam::111122223333:role/deploy");
    }

    #[test]
    fn the_record_of_an_assertion_names_its_provider_beside_the_role() {
        let parameters = r#"{"roleArn": "arn:aws:iam::111122223333:role/console", "principalArn": "arn:aws:iam::111122223333:saml-provider/okta"}"#;
        let identity = r#"{"type": "SAMLUser", "principalId": "q1x+EXAMPLE=:ana@example.com", "userName": "ana@example.com", "identityProvider": "q1x+EXAMPLE="}"#;
        assert_eq!(
            told(identity, "AssumeRoleWithSAML", parameters),
            "arn:aws:iam::111122223333:saml-provider/okta arn:aws:iam::111122223333:role/console saml:sub=ana@example.com saml:namequalifier=q1x+EXAMPLE="
        );
    }
}
