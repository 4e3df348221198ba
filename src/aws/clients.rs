//! The clients: credentials and endpoints as every AWS tool finds them, with time limits, and one place through which each call goes.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_config::meta::region::RegionProviderChain;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_iam::error::{ProvideErrorMetadata, SdkError};

use super::failure::{Failure, FailureKind};
use super::operation::{GET_CALLER_IDENTITY, Operation, Service};

/// How AWS is reached; what is not set comes from the environment and the profile.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// A profile of the AWS configuration files.
    pub profile: Option<String>,
    /// The region of regional endpoints.
    pub region: Option<String>,
    /// One endpoint for all services; wins over the `AWS_ENDPOINT_URL` variables.
    pub endpoint_url: Option<String>,
    /// How long one attempt of a call may take; three times that with its retries.
    pub timeout: Option<Duration>,
}

/// An attempt of a call, when nothing else is said.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The clients of all services.
pub struct Clients {
    pub(super) iam: aws_sdk_iam::Client,
    pub(super) sts: aws_sdk_sts::Client,
    pub(super) organizations: aws_sdk_organizations::Client,
    config: SdkConfig,
    region_known: bool,
    state: Mutex<State>,
}

/// What the calls so far have shown.
#[derive(Default)]
struct State {
    /// What can be called no more: the credentials are bad, or the service does not answer.
    broken: BTreeMap<Service, Failure>,
    succeeded: usize,
    failures: Vec<Failure>,
}

impl State {
    /// Whether the service did not answer before.
    fn silent(&self, service: Service) -> bool {
        self.failures
            .iter()
            .any(|failure| failure.kind == FailureKind::Unreachable && failure.operation.service == service)
    }
}

/// Nothing of the configuration is shown: it holds credentials.
impl fmt::Debug for Clients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clients").field("region", &self.config.region()).finish_non_exhaustive()
    }
}

impl Clients {
    /// Reads the configuration; credentials are looked for when the first call needs them.
    pub async fn new(settings: &Settings) -> Self {
        let given = settings.region.clone().map(Region::new);
        // IAM and Organizations are global: any region of the partition leads there
        let known = RegionProviderChain::first_try(given).or_default_provider().region().await;
        let region_known = known.is_some();
        let region = known.unwrap_or_else(|| Region::new("us-east-1"));
        let timeout = settings.timeout.unwrap_or(TIMEOUT);
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(timeout.min(Duration::from_secs(5)))
            .operation_attempt_timeout(timeout)
            .operation_timeout(timeout * 3)
            .build();
        let mut loader = aws_config::defaults(BehaviorVersion::latest()).region(region).timeout_config(timeouts);
        if let Some(profile) = &settings.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(url) = &settings.endpoint_url {
            loader = loader.endpoint_url(url);
        }
        Self { region_known, ..Self::of(loader.load().await) }
    }

    /// Clients with a configuration of one's own.
    #[must_use]
    pub fn of(config: SdkConfig) -> Self {
        Self {
            iam: aws_sdk_iam::Client::new(&config),
            sts: aws_sdk_sts::Client::new(&config),
            organizations: aws_sdk_organizations::Client::new(&config),
            region_known: config.region().is_some(),
            config,
            state: Mutex::new(State::default()),
        }
    }

    /// What all clients are made from.
    pub(super) fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// The region of the option, the environment or the profile; `None` where none of them has one.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.config.region().filter(|_| self.region_known).map(AsRef::as_ref)
    }

    /// The client for records of denials, which are kept in the region of the denial.
    pub(super) fn toolbox(&self, region: Option<&str>) -> aws_sdk_iamtoolbox::Client {
        let mut config = aws_sdk_iamtoolbox::config::Builder::from(&self.config);
        if let Some(region) = region {
            config = config.region(Region::new(region.to_owned()));
        }
        aws_sdk_iamtoolbox::Client::from_conf(config.build())
    }

    /// Makes one call. Where the credentials are bad, or the service has not answered before, it fails without trying again.
    pub(super) async fn call<T, E, R>(
        &self,
        operation: &'static Operation,
        call: impl Future<Output = Result<T, SdkError<E, R>>>,
    ) -> Result<T, Failure>
    where
        E: ProvideErrorMetadata + Error + 'static,
        R: fmt::Debug + 'static,
    {
        let known = self.state().broken.get(&operation.service).cloned();
        if let Some(known) = known {
            let failure = Failure { operation, ..known };
            self.state().failures.push(failure.clone());
            return Err(failure);
        }
        let answer = call.await;
        let mut state = self.state();
        match answer {
            Ok(answer) => {
                // who asks is no answer to anything
                state.succeeded += usize::from(*operation != GET_CALLER_IDENTITY);
                Ok(answer)
            }
            Err(error) => {
                let failure = Failure::new(operation, &error);
                let all = [Service::Bedrock, Service::Iam, Service::IamToolbox, Service::Organizations, Service::Sts];
                match failure.kind {
                    FailureKind::Credentials => state.broken.extend(all.map(|service| (service, failure.clone()))),
                    // one silence may be bad luck; after two nothing more is expected of the service
                    FailureKind::Unreachable if state.silent(operation.service) => {
                        state.broken.insert(operation.service, failure.clone());
                    }
                    _ => {}
                }
                state.failures.push(failure.clone());
                Err(failure)
            }
        }
    }

    /// Asks page by page until there are no more, or `limit` pages have come. What came before a failure is kept.
    pub(super) async fn pages<P, E, R, F>(
        &self,
        operation: &'static Operation,
        limit: usize,
        ask: impl Fn(Option<String>) -> F,
        next: impl Fn(&P) -> Option<String>,
    ) -> (Vec<P>, Option<Failure>)
    where
        F: Future<Output = Result<P, SdkError<E, R>>>,
        E: ProvideErrorMetadata + Error + 'static,
        R: fmt::Debug + 'static,
    {
        let mut pages = Vec::new();
        let mut marker: Option<String> = None;
        loop {
            let page = match self.call(operation, ask(marker.clone())).await {
                Ok(page) => page,
                Err(failure) => return (pages, Some(failure)),
            };
            let following = next(&page);
            pages.push(page);
            if following.is_none() {
                return (pages, None);
            }
            if following == marker {
                let said = "AWS answers with the same page again and again";
                return (pages, Some(Failure::own(operation, FailureKind::Unreadable, said)));
            }
            if pages.len() >= limit {
                let said = format!("there are more than {limit} pages");
                return (pages, Some(Failure::own(operation, FailureKind::Unreadable, said)));
            }
            marker = following;
        }
    }

    /// How many calls were answered, the one about the caller not counted.
    #[must_use]
    pub fn succeeded(&self) -> usize {
        self.state().succeeded
    }

    /// The calls that failed, in order.
    #[must_use]
    pub fn failures(&self) -> Vec<Failure> {
        self.state().failures.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // a poisoned lock still holds a usable list
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
