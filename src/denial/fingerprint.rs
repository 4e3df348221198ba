//! What two denials of the same cause have in common, whatever the session, the object or the request id.
//!
//! `docs/triage.md` documents it. Whoever keeps fingerprints relies on them: another rule takes another [`VERSION`].

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use super::caller::Caller;
use super::cloudtrail::VPCE_ACCOUNT;
use super::facts::{Denial, DenialKind, ReasonEffect};
use super::resource_shape::shape;
use crate::iam::{Arn, PolicyType, Principal, PrincipalKind, is_account_id};

/// The rules by which a fingerprint is made; it begins with it.
const VERSION: u8 = 1;

/// Bytes of the hash that are shown. A caller chooses the names in its own denials, so no fewer than nobody can make collide on purpose
/// for long: 2^64 tries.
const SHOWN: usize = 16;

/// What denials of one cause have in common. Two are equal where all of it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Fingerprint {
    /// An IAM denial, or what it is instead.
    pub failure: Option<Arc<str>>,
    /// Who, without session and path: `111122223333 role deploy`; of Identity Center the permission set.
    pub principal: Option<Arc<str>>,
    /// The action, without case; the operation where no action is known.
    pub action: Option<Arc<str>>,
    /// The resource without what changes from call to call.
    pub resource: Option<Arc<str>>,
    /// The error code.
    pub error_code: Option<Arc<str>>,
    /// Explicit or implicit deny, where AWS says it.
    pub effect: Option<Arc<str>>,
    /// The policy type that AWS named.
    pub policy_type: Option<PolicyType>,
    /// The policy that AWS named.
    pub policy_arn: Option<Arc<str>>,
    /// The account of the caller; of the resource where the caller has none; of the VPC endpoint where the record tells that and its policy is
    /// what AWS named.
    pub account: Option<Arc<str>>,
    /// The Region of the call, or of the resource.
    pub region: Option<Arc<str>>,
}

/// The id of a fingerprint: the version of the rules and 128 bits of a hash, written `1-d4d0a7e824fa98453cdec4302797eada`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FingerprintId {
    version: u8,
    hash: [u8; SHOWN],
}

/// A text that is no id of a fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no id of a fingerprint")]
pub struct NoFingerprintId;

impl Fingerprint {
    /// Of one denial.
    #[must_use]
    pub fn of(denial: &Denial) -> Self {
        let arn = denial.resource.as_deref().and_then(|resource| resource.parse::<Arn>().ok());
        let told = |key: &str| {
            denial.context.iter().find(|fact| fact.key == key)?.values.first().map(|value| value.as_str().into())
        };
        let of_arn = |part: fn(&Arn) -> &str| arn.as_ref().map(part).filter(|text| !text.is_empty()).map(Into::into);
        let service = denial.service.as_deref().unwrap_or_default();
        Self {
            failure: match denial.kind {
                DenialKind::IamDenial => None,
                DenialKind::OtherFailure(failure) => Some(failure.id().into()),
            },
            principal: who_denied(denial).map(Into::into),
            action: denial.action.as_ref().map(|action| action.folded().into()).or_else(|| {
                denial
                    .operation
                    .as_ref()
                    .map(|operation| format!("{service}:{}()", operation.to_ascii_lowercase()).into())
            }),
            resource: denial.resource.as_deref().map(|resource| shape(resource).into()),
            error_code: denial.error_code.as_deref().map(Into::into),
            effect: match denial.reason.effect {
                ReasonEffect::ExplicitDeny => Some("explicit-deny".into()),
                ReasonEffect::ImplicitDeny => Some("implicit-deny".into()),
                ReasonEffect::Unknown => None,
            },
            policy_type: denial.reason.policy_type,
            policy_arn: denial.reason.policy_arn.as_deref().map(Into::into),
            account: endpoint_account(denial)
                .or_else(|| account_of(denial))
                .map(Into::into)
                .or_else(|| of_arn(Arn::account)),
            region: told("aws:RequestedRegion").or_else(|| of_arn(Arn::region)),
        }
    }

    /// That of a denial of the same kind, of another caller on something else.
    #[cfg(feature = "cli")]
    pub(super) fn of_another(&self, principal: &Principal, resource: Option<&str>, region: Option<&str>) -> Self {
        let arn = resource.and_then(|resource| resource.parse::<Arn>().ok());
        let of_arn = |part: fn(&Arn) -> &str| arn.as_ref().map(part).filter(|text| !text.is_empty());
        Self {
            failure: self.failure.clone(),
            principal: Some(who(principal).into()),
            action: self.action.clone(),
            resource: resource.map(|resource| shape(resource).into()),
            error_code: self.error_code.clone(),
            effect: self.effect.clone(),
            policy_type: self.policy_type,
            policy_arn: self.policy_arn.clone(),
            account: principal.account().or_else(|| of_arn(Arn::account)).map(Into::into),
            region: region.or_else(|| of_arn(Arn::region)).map(Into::into),
        }
    }

    /// The account that the ARN of the resource tells.
    #[must_use]
    pub fn resource_account(&self) -> Option<&str> {
        account_in(self.resource.as_deref()?)
    }

    /// One of these texts and of the type of the policy.
    pub(crate) fn of_texts(texts: [Option<Arc<str>>; 9], policy_type: Option<PolicyType>) -> Self {
        let [failure, principal, action, resource, error_code, effect, policy_arn, account, region] = texts;
        Self { failure, principal, action, resource, error_code, effect, policy_type, policy_arn, account, region }
    }

    /// Its texts, all but the type of the policy, so that they can be held once where there are many.
    pub(crate) const fn texts(&self) -> [&Option<Arc<str>>; 9] {
        let Self {
            failure,
            principal,
            action,
            resource,
            error_code,
            effect,
            policy_type: _,
            policy_arn,
            account,
            region,
        } = self;
        [failure, principal, action, resource, error_code, effect, policy_arn, account, region]
    }

    /// The version and 128 bits of SHA-256 over the parts, each as its name, the length of its value in bytes and the value, in order.
    #[must_use]
    pub fn id(&self) -> FingerprintId {
        let mut text = String::with_capacity(512);
        for (name, value) in self.parts() {
            // a part that is missing differs from one that is empty
            text.push_str(name);
            if let Some(value) = value {
                text.push(' ');
                push_number(&mut text, value.len());
                text.push(' ');
                text.push_str(value);
            }
            text.push('\n');
        }
        let mut hash = [0; SHOWN];
        hash.iter_mut().zip(Sha256::digest(text.as_bytes())).for_each(|(own, byte)| *own = byte);
        FingerprintId { version: VERSION, hash }
    }

    /// The names of its parts, in the order of the hash.
    pub(crate) const PARTS: [&'static str; 10] = [
        "failure",
        "principal",
        "action",
        "resource",
        "error_code",
        "effect",
        "policy_type",
        "policy_arn",
        "account",
        "region",
    ];

    /// Each part with its name.
    fn parts(&self) -> [(&'static str, Option<&str>); 10] {
        let Self { failure, principal, action, resource, error_code, effect, policy_type, policy_arn, account, region } =
            self;
        let values = [
            failure.as_deref(),
            principal.as_deref(),
            action.as_deref(),
            resource.as_deref(),
            error_code.as_deref(),
            effect.as_deref(),
            policy_type.map(PolicyType::id),
            policy_arn.as_deref(),
            account.as_deref(),
            region.as_deref(),
        ];
        let mut values = values.into_iter();
        Self::PARTS.map(|name| (name, values.next().flatten()))
    }
}

/// The account that the ARN of a resource tells.
pub(crate) fn account_in(resource: &str) -> Option<&str> {
    let account = resource.strip_prefix("arn:")?.split(':').nth(3)?;
    is_account_id(account).then_some(account)
}

/// Adds a number in digits.
fn push_number(text: &mut String, number: usize) {
    if number >= 10 {
        push_number(text, number / 10);
    }
    text.push(char::from(b"0123456789".get(number % 10).copied().unwrap_or(b'0')));
}

/// The account whose VPC endpoint policy AWS named, where the record tells it: another may have called.
pub(crate) fn endpoint_account(denial: &Denial) -> Option<&str> {
    let is_named = denial.reason.policy_type == Some(PolicyType::VpcEndpoint);
    let fact = denial.context.iter().find(|fact| is_named && fact.key == VPCE_ACCOUNT)?;
    fact.values.first().map(String::as_str)
}

/// Who was denied, as a fingerprint has it.
pub(crate) fn who_denied(denial: &Denial) -> Option<String> {
    let caller = denial.caller.as_deref();
    // a provider vouches for many, of whom one called
    let one = caller.filter(|caller| denial.principal.is_none() || caller.is_subject());
    one.map(Caller::label).or_else(|| denial.principal.as_ref().map(who))
}

/// The account of whoever was denied.
pub(crate) fn account_of(denial: &Denial) -> Option<&str> {
    match &denial.principal {
        Some(principal) => principal.account(),
        None => denial.caller.as_ref()?.account(),
    }
}

/// The role, permission set or user. Names are unique in an account whatever their path, and a session has none.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names>
pub(crate) fn who(principal: &Principal) -> String {
    let account = principal.account().unwrap_or("-");
    let name = principal.name().unwrap_or_default();
    match principal.kind() {
        PrincipalKind::Role | PrincipalKind::AssumedRole => match principal.permission_set() {
            Some(set) => format!("{account} permission-set {set}"),
            None => format!("{account} role {name}"),
        },
        PrincipalKind::User => format!("{account} user {name}"),
        PrincipalKind::Root => format!("{account} root"),
        PrincipalKind::FederatedUser => format!("{account} federated-user {}", shape(name)),
        PrincipalKind::Anonymous => "anonymous".to_owned(),
        PrincipalKind::Service => format!("service {name}"),
        // nobody but the account, and an id there
        PrincipalKind::Unknown if is_account_id(principal.as_str()) => match principal.unique_id() {
            Some(id) => format!("{account} id {id}"),
            None => format!("account {account}"),
        },
        _ => shape(principal.as_str()),
    }
}

/// Its id.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.id().fmt(f)
    }
}

impl fmt::Display for FingerprintId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:032x}", self.version, u128::from_be_bytes(self.hash))
    }
}

impl FromStr for FingerprintId {
    type Err = NoFingerprintId;

    fn from_str(text: &str) -> Result<Self, NoFingerprintId> {
        let (version, digits) = text.split_once('-').ok_or(NoFingerprintId)?;
        let hash = u128::from_str_radix(digits, 16).map_err(|_| NoFingerprintId)?.to_be_bytes();
        let id = Self { version: version.parse().map_err(|_| NoFingerprintId)?, hash };
        // one id has one text
        if id.to_string() == text { Ok(id) } else { Err(NoFingerprintId) }
    }
}

impl Serialize for FingerprintId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FingerprintId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'_, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::{Fingerprint, FingerprintId};
    use crate::denial::parse_text;

    fn of(principal: &str, action: &str, resource: &str, why: &str) -> String {
        let text =
            format!("User: {principal} is not authorized to perform: {action} on resource: {resource} because {why}");
        parse_text(&text).iter().map(|denial| Fingerprint::of(denial).to_string()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn only_the_cause_counts() {
        const ALLOWS: &str = "no identity-based policy allows the s3:GetObject action";
        let session = |name: &str| format!("arn:aws:sts::111122223333:assumed-role/deploy/{name}");
        let object = |key: &str| format!("arn:aws:s3:::reports/{key}");
        let one = of(&session("build-1"), "s3:GetObject", &object("2026/q3.csv"), ALLOWS);
        // kept by people: what stands here may change only with the version
        assert_eq!(one, "1-d4d0a7e824fa98453cdec4302797eada");
        assert_eq!(one.parse::<FingerprintId>().map(|id| id.to_string()), Ok(one.clone()));
        for other in ["", "1-", "1-d4d0", "01-d4d0a7e824fa98453cdec4302797eada", "1-+4d0a7e824fa98453cdec4302797eada"] {
            assert!(other.parse::<FingerprintId>().is_err(), "{other}");
        }
        assert_eq!(one, of(&session("build-2"), "s3:getobject", &object("2027/q4.csv"), ALLOWS));
        // the role itself, whatever its path
        let role = "arn:aws:iam::111122223333:role/ci/deploy";
        assert_eq!(one, of(role, "s3:GetObject", &object("x"), ALLOWS));
        for other in [
            of(&session("build-1").replace("deploy", "delivery"), "s3:GetObject", &object("x"), ALLOWS),
            of(&session("build-1").replace("111122223333", "444455556666"), "s3:GetObject", &object("x"), ALLOWS),
            of(&session("build-1"), "s3:PutObject", &object("x"), ALLOWS),
            of(&session("build-1"), "s3:GetObject", "arn:aws:s3:::reports-2/x", ALLOWS),
            of(
                &session("build-1"),
                "s3:GetObject",
                &object("x"),
                "no permissions boundary allows the s3:GetObject action",
            ),
            of(&session("build-1"), "s3:GetObject", &object("x"), "with an explicit deny in an identity-based policy"),
        ] {
            assert!(other.len() == one.len() && other != one, "{other}");
        }
    }

    #[test]
    fn instances_of_a_permission_set_are_one_and_roles_of_that_shape_are_not() {
        const ALLOWS: &str = "no identity-based policy allows the sqs:SendMessage action";
        let by = |role: &str| {
            of(&format!("arn:aws:sts::111122223333:assumed-role/{role}/ana"), "sqs:SendMessage", "*", ALLOWS)
        };
        assert_eq!(by("AWSReservedSSO_Admin_0123456789abcdef"), by("AWSReservedSSO_Admin_fedcba9876543210"));
        assert_ne!(by("AWSReservedSSO_Admin_0123456789abcdef"), by("AWSReservedSSO_Audit_0123456789abcdef"));
        assert_ne!(by("AWSReservedSSO_Admin_0123456789abcdef"), by("Admin"));
    }
}
