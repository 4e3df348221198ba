//! Who makes a request: users, role sessions, the root user, services, or nobody.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use std::fmt;

use serde::{Deserialize, Serialize};

use super::arn::{ArnParts, is_account_id};

/// What kind of principal it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PrincipalKind {
    /// An IAM user.
    User,
    /// An IAM role itself; a caller is a session of it.
    Role,
    /// A session of a role.
    AssumedRole,
    /// A session from `sts:GetFederationToken`.
    FederatedUser,
    /// The root user of an account.
    Root,
    /// An AWS service, by its service principal.
    Service,
    /// An unsigned request.
    Anonymous,
    /// An identity provider, for whoever it vouches for: the caller of `AssumeRoleWithWebIdentity` or `AssumeRoleWithSAML`.
    Federated,
    /// Something else, or text that cannot be told.
    Unknown,
}

/// A principal as a message or a request names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    text: String,
    kind: PrincipalKind,
    account: Option<Part>,
    name: Option<Part>,
    session: Option<Part>,
    partition: Option<Part>,
    unique_id: Option<Box<str>>,
}

/// Where a part of the text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    start: usize,
    end: usize,
}

impl Part {
    /// The place of a part in the text that it was taken from.
    fn of(text: &str, part: &str) -> Self {
        let start = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        Self { start, end: start + part.len() }
    }
}

/// The name of every session that Cognito makes for the users of an identity pool.
pub const SESSION_OF_IDENTITY_POOL: &str = "CognitoIdentityCredentials";

impl Principal {
    /// Reads a principal: an ARN, `anonymous`, a service principal (`glue.amazonaws.com`), `service:NAME`, an identity provider that
    /// has no ARN (`accounts.google.com`), a bare account id (its root user), or anything else (`Unknown`).
    #[must_use]
    pub fn new(text: &str) -> Self {
        let text = text.trim();
        let part = |part: &str| Some(Part::of(text, part));
        let mut principal = Self {
            text: text.to_owned(),
            kind: PrincipalKind::Unknown,
            account: None,
            name: None,
            session: None,
            partition: None,
            unique_id: None,
        };
        // what begins so is nothing else
        if text.starts_with("arn:") {
            if let Some(arn) = ArnParts::of(text) {
                principal.read_arn(text, arn);
            }
        } else if text.eq_ignore_ascii_case("anonymous") {
            principal.kind = PrincipalKind::Anonymous;
        } else if PROVIDERS_WITHOUT_ARN.contains(&text) {
            principal.kind = PrincipalKind::Federated;
            principal.name = part(text);
        } else if let Some(service) = service_principal(text) {
            principal.kind = PrincipalKind::Service;
            principal.name = part(service);
        } else if is_account_id(text) {
            principal.kind = PrincipalKind::Root;
            principal.account = part(text);
        }
        principal
    }

    /// Somebody of an account of whom no more is told than, sometimes, the unique id: whom CloudTrail calls `AWSAccount`. That may be anybody
    /// there, and is seldom the root user.
    ///
    /// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>
    #[must_use]
    pub fn somebody_of(account: &str, principal_id: Option<&str>) -> Self {
        let id = principal_id.and_then(|id| id.split(':').next()).filter(|id| is_unique_id(id));
        Self { kind: PrincipalKind::Unknown, unique_id: id.map(Into::into), ..Self::new(account) }
    }

    fn read_arn(&mut self, text: &str, arn: ArnParts<'_>) {
        let part = |part: &str| Part::of(text, part);
        self.account = arn.account_id().map(part);
        self.partition = Some(part(arn.partition()));
        let last = |path: &str| path.rsplit('/').next().map(part);
        match (arn.service(), arn.resource(), arn.resource().split_once('/')) {
            // a session of `sts:AssumeRoot` is the root user of the account, for one task
            // https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-track-privileged-tasks.html
            ("iam", "root", _) | ("sts", "assumed-root", _) => self.kind = PrincipalKind::Root,
            ("iam", _, Some(("user", path))) => {
                self.kind = PrincipalKind::User;
                self.name = last(path);
            }
            ("iam", _, Some(("role", path))) => {
                self.kind = PrincipalKind::Role;
                self.name = last(path);
            }
            ("sts", _, Some(("assumed-role", rest))) => {
                self.kind = PrincipalKind::AssumedRole;
                let (role, session) =
                    rest.split_once('/').map_or((rest, None), |(role, session)| (role, Some(session)));
                self.name = Some(part(role));
                self.session = session.map(part);
            }
            ("sts", _, Some(("federated-user", name))) => {
                self.kind = PrincipalKind::FederatedUser;
                self.name = Some(part(name));
            }
            ("iam", _, Some(("oidc-provider" | "saml-provider", name))) => {
                self.kind = PrincipalKind::Federated;
                self.name = Some(part(name));
            }
            _ => {}
        }
    }

    fn part(&self, part: Option<Part>) -> Option<&str> {
        self.text.get(part?.start..part?.end)
    }

    /// As written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The kind.
    #[must_use]
    pub const fn kind(&self) -> PrincipalKind {
        self.kind
    }

    /// The twelve-digit account, if the text holds one.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        self.part(self.account)
    }

    /// The name of the user, role, federated user, or service; of an identity provider its name or the host and path of its URL.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.part(self.name)
    }

    /// Whether somebody hid the name of the user or role, or a part of it: no such name can be given to one, or it is a word that stands for
    /// another one.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names>
    #[must_use]
    pub fn hides_name(&self) -> bool {
        const WORDS: [&str; 5] = ["redacted", "masked", "hidden", "removed", "anonymized"];
        let of_iam = matches!(
            self.kind(),
            PrincipalKind::User | PrincipalKind::Role | PrincipalKind::AssumedRole | PrincipalKind::FederatedUser
        );
        self.name().filter(|_| of_iam).is_some_and(|name| {
            let can_be = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
            let crossed_out = name.len() > 2 && name.bytes().all(|byte| byte.eq_ignore_ascii_case(&b'x'));
            !name.chars().all(can_be)
                || name.contains("...")
                || crossed_out
                || WORDS.iter().any(|word| name.eq_ignore_ascii_case(word))
        })
    }

    /// The session name of an assumed role.
    #[must_use]
    pub fn session(&self) -> Option<&str> {
        self.part(self.session)
    }

    /// Whether it is a session of an identity pool of Cognito, by the name that Cognito gives to each that it makes itself (enhanced flow).
    /// Another session could have that name, so it is likely and no proof.
    /// <https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flow.html>
    #[must_use]
    pub fn is_of_identity_pool(&self) -> bool {
        self.kind() == PrincipalKind::AssumedRole && self.session() == Some(SESSION_OF_IDENTITY_POOL)
    }

    /// The unique id of a role or a user, where nothing but that and the account is told.
    #[must_use]
    pub fn unique_id(&self) -> Option<&str> {
        self.unique_id.as_deref()
    }

    /// The partition of the ARN, if it is one.
    #[must_use]
    pub fn partition(&self) -> Option<&str> {
        self.part(self.partition)
    }

    /// Whether the name is that of a service-linked role: AWS names them all so, and SCPs and RCPs do not reach them.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names>
    #[must_use]
    pub fn is_service_linked_role(&self) -> bool {
        match self.kind {
            PrincipalKind::Role => self.text.contains(":role/aws-service-role/"),
            PrincipalKind::AssumedRole => self.name().is_some_and(|name| name.starts_with("AWSServiceRoleFor")),
            _ => false,
        }
    }

    /// What the condition keys of an identity provider begin with: its host and path, or `saml`.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif>
    #[must_use]
    pub fn key_prefix(&self) -> Option<&str> {
        match self.kind {
            PrincipalKind::Federated if self.text.contains(":saml-provider/") => Some("saml"),
            PrincipalKind::Federated => self.name(),
            _ => None,
        }
    }

    /// The permission set behind an IAM Identity Center role (`AWSReservedSSO_<set>_<hex>`).
    /// <https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html>
    #[must_use]
    pub fn permission_set(&self) -> Option<&str> {
        let rest = self.name()?.strip_prefix("AWSReservedSSO_")?;
        let (set, suffix) = rest.rsplit_once('_')?;
        suffix.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(set)
    }
}

/// Identity providers that policies name without an ARN.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-federated-web-identity>
const PROVIDERS_WITHOUT_ARN: [&str; 4] =
    ["cognito-identity.amazonaws.com", "www.amazon.com", "graph.facebook.com", "accounts.google.com"];

/// The service principal in `service:NAME.amazonaws.com`, `NAME.amazonaws.com` or `NAME.amazonaws.com.cn`.
fn service_principal(text: &str) -> Option<&str> {
    let name = text.strip_prefix("service:").unwrap_or(text);
    let shaped = name.ends_with(".amazonaws.com") || name.ends_with(".amazonaws.com.cn");
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-');
    (shaped && plain).then_some(name)
}

/// Whether a text is the unique id of a role or a user.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>
fn is_unique_id(text: &str) -> bool {
    ["AROA", "AIDA"].iter().any(|prefix| text.starts_with(prefix))
        && (16..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_told_apart() {
        let read = |text: &str| {
            let p = Principal::new(text);
            format!(
                "{:?} {} {} {}",
                p.kind(),
                p.account().unwrap_or("-"),
                p.name().unwrap_or("-"),
                p.session().unwrap_or("-")
            )
        };
        assert_eq!(read("arn:aws:iam::111122223333:user/ops/alice"), "User 111122223333 alice -");
        assert_eq!(read("arn:aws:iam::111122223333:role/path/Deploy"), "Role 111122223333 Deploy -");
        assert_eq!(
            read("arn:aws-us-gov:sts::111122223333:assumed-role/Deploy/run-1@x"),
            "AssumedRole 111122223333 Deploy run-1@x"
        );
        assert_eq!(read("arn:aws:sts::111122223333:federated-user/bob"), "FederatedUser 111122223333 bob -");
        assert_eq!(read("arn:aws:iam::111122223333:root"), "Root 111122223333 - -");
        assert_eq!(read("arn:aws:sts::111122223333:assumed-root"), "Root 111122223333 - -");
        assert_eq!(read("111122223333"), "Root 111122223333 - -");
        assert_eq!(read("anonymous"), "Anonymous - - -");
        assert_eq!(read("service:glue.amazonaws.com"), "Service - glue.amazonaws.com -");
        let github = "token.actions.githubusercontent.com";
        assert_eq!(
            read(&format!("arn:aws:iam::111122223333:oidc-provider/{github}")),
            format!("Federated 111122223333 {github} -")
        );
        assert_eq!(read("arn:aws:iam::111122223333:saml-provider/okta"), "Federated 111122223333 okta -");
        assert_eq!(read("cognito-identity.amazonaws.com"), "Federated - cognito-identity.amazonaws.com -");
        assert_eq!(read("CodeBuild"), "Unknown - - -");
        assert_eq!(read("arn:aws:sts::8XXXXXXXXX0:assumed-role/R/s"), "AssumedRole - R s");
    }

    #[test]
    fn identity_center_roles_name_their_permission_set() {
        let p =
            Principal::new("arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Power_User_0123456789abcdef/alice");
        assert_eq!(p.permission_set(), Some("Power_User"));
    }
}
