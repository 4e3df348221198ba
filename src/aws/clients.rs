//! The clients: credentials and endpoints as every AWS tool finds them, with time limits, and one place through which each call goes.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_config::{Region, SdkConfig};
use aws_sdk_iam::config::http::HttpResponse;
use aws_sdk_iam::error::{ProvideErrorMetadata, SdkError};
use tokio::time::Instant;

use super::failure::{Failure, FailureKind};
use super::operation::{GET_CALLER_IDENTITY, Operation};
use super::service::Service;
use super::settings::{self, Checked, Origin, Settings, SettingsError};
use super::whole_xml::WholeXml;

/// The clients of all services.
pub struct Clients {
    pub(super) iam: aws_sdk_iam::Client,
    pub(super) sts: aws_sdk_sts::Client,
    pub(super) organizations: aws_sdk_organizations::Client,
    config: SdkConfig,
    region_known: bool,
    origin: Option<Origin>,
    /// How long is waited for a first answer of anybody, and of each service.
    patience: Duration,
    state: Mutex<State>,
    asked: Arc<AtomicU64>,
}

/// The same, where no time was set.
const PATIENCE: Duration = Duration::from_secs(12);

/// What the calls so far have shown.
#[derive(Default)]
struct State {
    /// What can be called no more: the credentials are bad, or the service does not answer.
    broken: BTreeMap<Service, Failure>,
    succeeded: usize,
    failures: Vec<Failure>,
    /// Who has answered anything.
    answered: BTreeSet<Service>,
    /// When each service was called first.
    began: BTreeMap<Service, Instant>,
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
    ///
    /// # Errors
    /// When a setting cannot be used.
    pub async fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let Checked { config, region_known, origin } = settings::check(settings).await?;
        let patience = settings.timeout.map_or(PATIENCE, |attempt| attempt * 3);
        Ok(Self { region_known, origin: Some(origin), patience, ..Self::of(config) })
    }

    /// Clients with a configuration of one's own.
    #[must_use]
    pub fn of(config: SdkConfig) -> Self {
        macro_rules! client {
            ($sdk:ident, $service:literal $(, $interceptor:expr)?) => {{
                let mut builder = $sdk::config::Builder::from(&config);
                builder.set_endpoint_url(settings::endpoint(&config, $service));
                $(builder.push_interceptor($sdk::config::SharedInterceptor::new($interceptor));)?
                $sdk::Client::from_conf(builder.build())
            }};
        }
        Self {
            iam: client!(aws_sdk_iam, "IAM", WholeXml),
            sts: client!(aws_sdk_sts, "STS", WholeXml),
            organizations: client!(aws_sdk_organizations, "Organizations"),
            region_known: config.region().is_some(),
            origin: None,
            patience: PATIENCE,
            config,
            state: Mutex::new(State::default()),
            asked: Arc::default(),
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

    /// The region that calls go to where nothing names another.
    pub(super) fn any_region(&self) -> &str {
        self.config.region().map(AsRef::as_ref).unwrap_or_default()
    }

    /// The client for records of denials, which are kept in the region of the denial.
    pub(super) fn toolbox(&self, region: Option<&str>) -> aws_sdk_iamtoolbox::Client {
        let mut config = aws_sdk_iamtoolbox::config::Builder::from(&self.config);
        config.set_endpoint_url(settings::endpoint(&self.config, "IAM Toolbox"));
        if let Some(region) = region {
            config = config.region(Region::new(region.to_owned()));
        }
        aws_sdk_iamtoolbox::Client::from_conf(config.build())
    }

    /// Makes one call. Where the credentials are bad, or the service has not answered before, it fails without trying again.
    pub(super) async fn call<T, E>(
        &self,
        operation: &'static Operation,
        call: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> Result<T, Failure>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let known = self.state().broken.get(&operation.service).cloned();
        if let Some(known) = known {
            let failure = Failure { operation, sent: false, ..known };
            self.state().failures.push(failure.clone());
            return Err(failure);
        }
        let answer = tokio::select! {
            answer = call => answer.map_err(|error| Failure::new(operation, &error)),
            () = self.no_answer(operation.service) => {
                Err(Failure::own(operation, FailureKind::Unreachable, "no answer in time"))
            }
        };
        self.asked.fetch_add(1, Ordering::Relaxed);
        let mut state = self.state();
        match answer {
            Ok(answer) => {
                state.answered.insert(operation.service);
                // who asks is no answer to anything
                state.succeeded += usize::from(*operation != GET_CALLER_IDENTITY);
                Ok(answer)
            }
            Err(failure) => {
                let failure = self.explained(failure);
                if !matches!(failure.kind, FailureKind::Unreachable | FailureKind::Credentials) {
                    state.answered.insert(operation.service);
                }
                match failure.kind {
                    FailureKind::Credentials => {
                        state.broken.extend(Service::ALL.map(|service| (service, failure.clone())));
                    }
                    // one silence may be bad luck; after two, or a first one that was long, nothing more is expected of the service
                    FailureKind::Unreachable
                        if state.silent(operation.service) || self.is_late(&state, operation.service) =>
                    {
                        state.broken.insert(operation.service, failure.clone());
                    }
                    _ => {}
                }
                state.failures.push(failure.clone());
                Err(failure)
            }
        }
    }

    /// Ends when it is time to expect no answer of the service, or of anybody; never, where there was one.
    async fn no_answer(&self, service: Service) {
        let (first, own) = {
            let mut state = self.state();
            let own = *state.began.entry(service).or_insert_with(Instant::now);
            (state.began.values().min().copied().unwrap_or(own), own)
        };
        tokio::time::sleep_until(first + self.patience).await;
        if self.state().answered.is_empty() {
            return;
        }
        tokio::time::sleep_until(own + self.patience).await;
        if self.state().answered.contains(&service) {
            std::future::pending::<()>().await;
        }
    }

    /// Whether the service has had its time, and answered nothing.
    fn is_late(&self, state: &State, service: Service) -> bool {
        let late = state.began.get(&service).is_some_and(|began| began.elapsed() >= self.patience);
        late && !state.answered.contains(&service)
    }

    /// Asks page by page until there are no more, or `limit` pages have come. What came before a failure is kept.
    pub(super) async fn pages<P, E, F>(
        &self,
        operation: &'static Operation,
        limit: usize,
        ask: impl Fn(Option<String>) -> F,
        next: impl Fn(&P) -> Option<String>,
    ) -> (Vec<P>, Option<Failure>)
    where
        F: Future<Output = Result<P, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + Error + 'static,
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

    /// The failure with what the settings tell of it: where the credentials were looked for, which endpoint was called, what to do.
    fn explained(&self, failure: Failure) -> Failure {
        let advice = match (failure.kind, &self.origin) {
            (FailureKind::Credentials, Some(origin)) => {
                let (said, advice) = origin.missing(&failure.said);
                return Failure { said, advice: Some(advice), ..failure };
            }
            (FailureKind::Expired | FailureKind::Rejected, Some(origin)) => origin.renew(),
            (FailureKind::Clock, _) => "set the clock of this machine".to_owned(),
            (FailureKind::Unreachable, _) => {
                let service = failure.operation.service.sdk_id();
                let set = settings::endpoint(&self.config, service);
                let region = self.config.region().map(ToString::to_string).unwrap_or_default();
                let place = set.unwrap_or_else(|| format!("AWS's endpoint of {service} for {region}"));
                let said = format!("cannot reach {place}: {}", failure.said);
                let advice = "check the network, HTTPS_PROXY and NO_PROXY, --region and --endpoint-url".to_owned();
                return Failure { said, advice: Some(advice), ..failure };
            }
            (FailureKind::WebPage, _) => {
                "check HTTPS_PROXY and NO_PROXY, a sign-in page of the network, and --endpoint-url".to_owned()
            }
            (FailureKind::Untrusted, _) => "set AWS_CA_BUNDLE to the certificates of the proxy or endpoint".to_owned(),
            _ => return failure,
        };
        let said = failure.said.trim_end_matches('.').to_owned();
        Failure { said, advice: Some(advice), ..failure }
    }

    /// The number of calls that came to an end, which goes up while others are under way.
    #[must_use]
    pub fn asked(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.asked)
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
