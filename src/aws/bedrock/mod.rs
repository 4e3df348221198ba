//! Bedrock: one client a Region, signed or with an API key but never with what happens to lie in the environment, and no retries of its
//! own, since a run counts each call.

mod answer;
mod call;
mod discover;
mod drive;
mod question;
mod stream;

pub use drive::drive;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_bedrockruntime::config::{ProvideCredentials as _, StalledStreamProtectionConfig, Token};
use aws_types::service_config::ServiceConfigKey;

use super::{Clients, settings};

/// How the calls are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// With the credentials of the ordinary chain.
    SigV4,
    /// With the API key in `AWS_BEARER_TOKEN_BEDROCK`.
    Bearer,
}

/// That there is no API key, though calls are to be made with one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "AWS_BEARER_TOKEN_BEDROCK is not set, so there is no API key to call Bedrock with. Set it, or leave --auth bearer away"
)]
pub struct NoApiKey;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(3);

/// How long a call may take, to the last event of its stream.
const WHOLE: Duration = Duration::from_secs(30);

/// What both configurations have in common; they are types of their own.
macro_rules! configured {
    ($bedrock:ident, $builder:ident, $region:ident, $service:literal) => {{
        let shared = &$bedrock.config;
        let mut builder = $builder
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new($region.to_owned()))
            .timeout_config($bedrock.timeouts())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        builder.set_use_fips(shared.use_fips());
        builder.set_use_dual_stack(shared.use_dual_stack());
        builder.set_endpoint_url(settings::endpoint(shared, $service));
        builder.set_sleep_impl(shared.sleep_impl());
        builder.set_http_client(shared.http_client());
        builder.set_time_source(shared.time_source());
        match (&$bedrock.auth, &$bedrock.token) {
            (Auth::Bearer, Some(token)) => builder = builder.bearer_token(Token::new(token.clone(), None)),
            _ => {
                builder.set_credentials_provider(shared.credentials_provider());
            }
        }
        builder
    }};
}

/// The clients of Bedrock, its runtime's and its control plane's, in every Region that is asked for.
pub struct Bedrock {
    config: SdkConfig,
    auth: Auth,
    token: Option<String>,
    limit: Duration,
    runtime: Mutex<BTreeMap<String, aws_sdk_bedrockruntime::Client>>,
}

/// Nothing of the configuration is shown: it holds credentials.
impl fmt::Debug for Bedrock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bedrock").field("auth", &self.auth).finish_non_exhaustive()
    }
}

impl Bedrock {
    /// Clients with the credentials and endpoints of the others.
    ///
    /// # Errors
    /// When an API key is to be used and there is none.
    pub fn new(clients: &Clients, auth: Auth, limit: Option<Duration>) -> Result<Self, NoApiKey> {
        let config = clients.config().clone();
        let token = own(&config, "bedrock", "AWS_BEARER_TOKEN", "").filter(|token| !token.is_empty());
        if auth == Auth::Bearer && token.is_none() {
            return Err(NoApiKey);
        }
        let limit = limit.unwrap_or(WHOLE);
        Ok(Self { config, auth, token, limit, runtime: Mutex::default() })
    }

    /// The control plane of the configured Region, signed.
    pub(super) fn control_plane(clients: &Clients) -> aws_sdk_bedrock::Client {
        let config = clients.config().clone();
        let region = config.region().map(ToString::to_string).unwrap_or_default();
        Self { config, auth: Auth::SigV4, token: None, limit: WHOLE, runtime: Mutex::default() }.control(&region)
    }

    /// How the calls are signed.
    #[must_use]
    pub fn auth(&self) -> Auth {
        self.auth
    }

    /// Whether `AWS_BEARER_TOKEN_BEDROCK` is set: most tools would call with that key, whatever other credentials they were given.
    #[must_use]
    pub fn api_key_set(&self) -> bool {
        self.token.is_some()
    }

    /// Whether the text shows what the calls are signed with: the id of the access key, or the API key. Neither leaves here.
    pub async fn shown_in(&self, text: &str) -> bool {
        if self.auth == Auth::Bearer {
            return self.token.as_ref().is_some_and(|token| text.contains(token.as_str()));
        }
        let Some(provider) = self.config.credentials_provider() else {
            return false;
        };
        // credentials that cannot be found are reported by the first call that needs them
        provider.provide_credentials().await.is_ok_and(|found| text.contains(found.access_key_id()))
    }

    /// The client of the runtime in a Region.
    ///
    /// It is not made from the shared configuration: from that, the SDK would take the API key of the environment before every other
    /// credential, and the identity that STS tells would not be the one that calls.
    fn runtime(&self, region: &str) -> aws_sdk_bedrockruntime::Client {
        let mut clients = self.runtime.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(region) {
            return client.clone();
        }
        let builder =
            aws_sdk_bedrockruntime::Config::builder().retry_config(RetryConfig::standard().with_max_attempts(1));
        let builder = configured!(self, builder, region, "Bedrock Runtime");
        let client = aws_sdk_bedrockruntime::Client::from_conf(builder.build());
        clients.insert(region.to_owned(), client.clone());
        client
    }

    /// Comes back when Bedrock has answered anything in one of these Regions, or there is no connection: a model that does not exist is
    /// called, which costs nothing.
    pub async fn knock(&self, regions: &[String]) {
        let ask = |region: &String| {
            let call = self.runtime(region).converse().model_id("iamdx-asks-whether-anybody-answers");
            Box::pin(async move { drop(call.send().await) })
        };
        let asked: Vec<_> = regions.iter().map(ask).collect();
        if !asked.is_empty() {
            futures_util::future::select_all(asked).await;
        }
    }

    /// The client of the control plane in a Region, which may try again: its calls are not counted.
    fn control(&self, region: &str) -> aws_sdk_bedrock::Client {
        let mut builder = aws_sdk_bedrock::Config::builder();
        builder.set_retry_config(self.config.retry_config().cloned());
        aws_sdk_bedrock::Client::from_conf(configured!(self, builder, region, "Bedrock").build())
    }

    fn timeouts(&self) -> TimeoutConfig {
        TimeoutConfig::builder().connect_timeout(CONNECT.min(self.limit)).operation_timeout(self.limit).build()
    }
}

/// What the environment or the profile has for one service alone.
fn own(config: &SdkConfig, service: &str, variable: &str, entry: &str) -> Option<String> {
    let key = ServiceConfigKey::builder().service_id(service).env(variable).profile(entry).build().ok()?;
    config.service_config()?.load_config(key)
}
