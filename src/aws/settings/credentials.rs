//! Where the credentials come from, found in the order of the AWS CLI, and what is said when they cannot be had.

use aws_config::ecs::EcsCredentialsProvider;
use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::profile::{Profile, ProfileFileCredentialsProvider};
use aws_config::provider_config::ProviderConfig;
use aws_config::web_identity_token::WebIdentityTokenCredentialsProvider;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::future::ProvideCredentials as Provided;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};

use super::error::SettingsError;
use super::files::{Files, variable};
use super::metadata;
use super::origin::{Origin, Source};
use super::sign_in::{self, SignIn};

impl Origin {
    /// Finds the source.
    ///
    /// # Errors
    /// When half of one is set, or a profile leads to nothing.
    pub(super) fn find(files: &Files) -> Result<Self, SettingsError> {
        if !files.by_option()
            && let Some((_, place)) = variable("AWS_ACCESS_KEY_ID")
        {
            return match variable("AWS_SECRET_ACCESS_KEY") {
                Some(_) => Ok(Self::Environment),
                None => Err(SettingsError::Half { place, missing: "AWS_SECRET_ACCESS_KEY" }),
            };
        }
        if let Some(found) = profile(files)? {
            return Ok(found);
        }
        if !files.by_option() && variable("AWS_WEB_IDENTITY_TOKEN_FILE").is_some() {
            return Ok(Self::WebIdentity);
        }
        let container = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];
        if container.into_iter().any(|name| variable(name).is_some()) {
            return Ok(Self::Container);
        }
        Ok(Self::Instance {
            profile: files.profile().to_owned(),
            by_option: files.by_option(),
            files: files.paths().to_vec(),
        })
    }

    /// Why there are no credentials, and what to do; `detail` is what the source said.
    pub(in crate::aws) fn missing(&self, detail: &str) -> (String, String) {
        let detail = one_line(detail);
        match self {
            Self::Environment => (format!("the credentials of the environment cannot be used: {detail}"), self.renew()),
            Self::Profile { name, base, source, role } => {
                let of = if name == base {
                    format!("profile `{base}`")
                } else {
                    format!("profile `{base}`, which profile `{name}` uses,")
                };
                match (source, role) {
                    (Source::Sso(address), _) => match sign_in::state(address) {
                        SignIn::Absent => (format!("{of} has no sign-in of IAM Identity Center"), self.renew()),
                        SignIn::Expired => {
                            (format!("the IAM Identity Center sign-in of {of} has expired"), self.renew())
                        }
                        SignIn::Valid => {
                            (format!("IAM Identity Center gives no credentials to {of}: {detail}"), self.renew())
                        }
                    },
                    (Source::Login, _) => (format!("the sign-in of {of} is missing or has expired"), self.renew()),
                    (Source::Process(place), _) => (
                        format!("the program of {place} gives no credentials: {detail}"),
                        "run it by itself to see what it says".to_owned(),
                    ),
                    (_, Some(role)) => (
                        format!("profile `{name}` cannot assume {role}: {detail}"),
                        format!(
                            "the credentials of {} need sts:AssumeRole on this role, and its trust policy must allow them",
                            of.trim_end_matches(',')
                        ),
                    ),
                    _ => (format!("{of} gives no credentials: {detail}"), self.renew()),
                }
            }
            Self::WebIdentity => (
                format!("the token of AWS_WEB_IDENTITY_TOKEN_FILE gives no credentials: {detail}"),
                "check AWS_ROLE_ARN and the token file".to_owned(),
            ),
            Self::Container => (
                format!("the container gives no credentials: {detail}"),
                "check the task role, and AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or AWS_CONTAINER_CREDENTIALS_FULL_URI"
                    .to_owned(),
            ),
            Self::Instance { profile, by_option, files } => {
                let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
                let (environment, advice) = if *by_option {
                    ("", format!("run `aws configure --profile {profile}`, or name another profile"))
                } else {
                    (
                        "none in the environment, ",
                        "run `aws configure` or `aws sso login`, or name a profile with --profile".to_owned(),
                    )
                };
                let said = format!(
                    "there are no credentials: {environment}none in profile `{profile}` of {}, and this is no instance or container with a role",
                    files.join(" and ")
                );
                (said, advice)
            }
        }
    }

    /// How to get new credentials, where these have expired or are wrong.
    pub(in crate::aws) fn renew(&self) -> String {
        match self {
            Self::Environment => {
                "set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN to new credentials, or unset them and name a profile with \
                 --profile"
                    .to_owned()
            }
            Self::Profile { base, source, .. } => match source {
                Source::Sso(_) => format!("run `aws sso login --profile {base}`"),
                Source::Login => format!("run `aws login --profile {base}`"),
                Source::Keys => format!("put new credentials into profile `{base}`"),
                Source::Process(place) => format!("check the program of {place}"),
                Source::WebIdentity => format!("check the web identity token of profile `{base}`"),
                Source::Named(named) => format!("check the credential_source {named} of profile `{base}`"),
            },
            Self::WebIdentity => "check AWS_WEB_IDENTITY_TOKEN_FILE".to_owned(),
            Self::Container | Self::Instance { .. } => "check the role of the container or instance".to_owned(),
        }
    }
}

/// What the profile leads to; `None` where it has no credentials.
fn profile(files: &Files) -> Result<Option<Origin>, SettingsError> {
    let name = files.profile().to_owned();
    let mut role = None;
    let mut seen: Vec<String> = Vec::new();
    let mut at = name.clone();
    loop {
        let Some(profile) = files.get(&at) else {
            let Some(before) = seen.last() else {
                return Ok(None);
            };
            let place = files.place(before, "source_profile");
            return Err(SettingsError::NoSourceProfile { name: at, place, files: files.paths().to_vec() });
        };
        let has = |key: &str| profile.get(key).filter(|value| !value.is_empty()).map(str::to_owned);
        let assumes = has("role_arn").filter(|_| has("web_identity_token_file").is_none());
        if let Some(arn) = assumes {
            role.get_or_insert(arn);
            match (has("source_profile"), has("credential_source")) {
                (Some(next), _) if next != at => {
                    seen.push(at.clone());
                    if seen.contains(&next) {
                        let place = files.place(&at, "source_profile");
                        return Err(SettingsError::SourceLoop { name: next, place });
                    }
                    at = next;
                    continue;
                }
                (None, None) => {
                    let place = files.place(&at, "role_arn");
                    return Err(SettingsError::Half { place, missing: "source_profile or credential_source" });
                }
                _ => {}
            }
        }
        return match source(files, profile, &at)? {
            Some(source) => Ok(Some(Origin::Profile { name, base: at, source, role })),
            None => match seen.last() {
                Some(before) => Err(SettingsError::Value {
                    place: files.place(before, "source_profile"),
                    value: at,
                    expected: "a profile that has credentials",
                }),
                None => Ok(None),
            },
        };
    }
}

/// What a profile itself has, in the SDK's order.
fn source(files: &Files, profile: &Profile, name: &str) -> Result<Option<Source>, SettingsError> {
    let has = |key: &str| profile.get(key).filter(|value| !value.is_empty()).map(str::to_owned);
    if let Some(named) = has("credential_source") {
        return match named.as_str() {
            "Environment" | "EcsContainer" | "Ec2InstanceMetadata" => Ok(Some(Source::Named(named))),
            _ => Err(SettingsError::Value {
                place: files.place(name, "credential_source"),
                value: named,
                expected: "Environment, EcsContainer or Ec2InstanceMetadata",
            }),
        };
    }
    if has("web_identity_token_file").is_some() {
        return Ok(Some(Source::WebIdentity));
    }
    if let Some(session) = has("sso_session") {
        let Some(address) = files.sso_start_url(&session) else {
            let place = files.place(name, "sso_session");
            return Err(SettingsError::NoSsoSession { name: session, place, files: files.paths().to_vec() });
        };
        if has("sso_account_id").is_some() {
            return Ok(Some(Source::Sso(address)));
        }
    } else if let Some(address) = has("sso_start_url") {
        return Ok(Some(Source::Sso(address)));
    }
    if has("login_session").is_some() {
        return Ok(Some(Source::Login));
    }
    if has("credential_process").is_some() {
        return Ok(Some(Source::Process(files.place(name, "credential_process").to_string())));
    }
    match (has("aws_access_key_id"), has("aws_secret_access_key")) {
        (Some(_), Some(_)) => Ok(Some(Source::Keys)),
        (Some(_), None) => {
            Err(SettingsError::Half { place: files.place(name, "aws_access_key_id"), missing: "aws_secret_access_key" })
        }
        _ => Ok(None),
    }
}

/// The provider of the source. Only this one is asked: a chain would go on to others where it fails, and say so of each.
pub(super) fn provider(
    origin: &Origin,
    files: &Files,
    shared: &ProviderConfig,
    metadata: &metadata::Service,
) -> SharedCredentialsProvider {
    match origin {
        Origin::Environment => SharedCredentialsProvider::new(EnvironmentVariableCredentialsProvider::new()),
        Origin::Profile { .. } => {
            let builder = ProfileFileCredentialsProvider::builder().configure(shared);
            SharedCredentialsProvider::new(builder.profile_name(files.profile()).build())
        }
        Origin::WebIdentity => {
            SharedCredentialsProvider::new(WebIdentityTokenCredentialsProvider::builder().configure(shared).build())
        }
        // neither is reached by way of a proxy
        Origin::Container => SharedCredentialsProvider::new(EcsCredentialsProvider::builder().build()),
        Origin::Instance { .. } => match metadata.client() {
            Some(client) => {
                SharedCredentialsProvider::new(ImdsCredentialsProvider::builder().imds_client(client).build())
            }
            None => SharedCredentialsProvider::new(Nobody),
        },
    }
}

/// No credentials.
#[derive(Debug)]
struct Nobody;

impl ProvideCredentials for Nobody {
    fn provide_credentials<'a>(&'a self) -> Provided<'a>
    where
        Self: 'a,
    {
        Provided::ready(Err(CredentialsError::not_loaded_no_source()))
    }
}

/// What a source said, on one line and without a full stop.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").trim_end_matches('.').to_owned()
}
