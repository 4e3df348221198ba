//! One call of an operation that no client of the SDK is built for: the SDK's own signer, retries, time limits and connections, and the
//! answer as a value.
//!
//! A client of the SDK takes up to minutes to build, and few of its operations are called. What stands here is what such a client hands to
//! the SDK's orchestrator, with the request written by the caller.

use std::borrow::Cow;

use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::auth::{SigV4OperationSigningConfig, SigningOptions};
use aws_runtime::invocation_id::InvocationIdInterceptor;
use aws_runtime::request_info::RequestInfoInterceptor;
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_runtime::service_clock_skew::{ServiceClockSkewClassifier, ServiceClockSkewInterceptor};
use aws_runtime::user_agent::{ApiMetadata, UserAgentInterceptor};
use aws_sdk_iam::config::http::{HttpRequest, HttpResponse};
use aws_sdk_iam::error::{BoxError, ErrorMetadata, SdkError};
use aws_smithy_runtime::client::orchestrator::operation::Operation as Orchestrated;
use aws_smithy_runtime::client::retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier};
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::{
    AuthSchemeOptionResolverParams, SharedAuthScheme, SharedAuthSchemeOptionResolver,
};
use aws_smithy_runtime_api::client::identity::SharedIdentityResolver;
use aws_smithy_runtime_api::client::orchestrator::OrchestratorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::Layer;
use aws_types::SigningName;
use aws_types::region::{Region, SigningRegion};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::clients::Clients;
use super::failure::Failure;
use super::operation::Operation;
use super::service::Service;
use super::{settings, xml};

/// A request of an operation.
#[derive(Debug, Clone)]
pub(super) struct SignedCall {
    operation: &'static Operation,
    region: Option<String>,
    /// A label in front of AWS's own host name.
    label: Option<String>,
    method: &'static str,
    /// With its query.
    path: String,
    headers: Vec<(&'static str, Cow<'static, str>)>,
    body: String,
    form: Form,
}

/// In which form the answer comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    Xml,
}

/// What was answered.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    /// The answer, whether it came as JSON or as XML.
    pub(super) value: Value,
    /// As it came.
    pub(super) text: String,
}

impl SignedCall {
    const fn new(operation: &'static Operation, method: &'static str, path: String, form: Form) -> Self {
        Self { operation, region: None, label: None, method, path, headers: Vec::new(), body: String::new(), form }
    }

    /// An operation of a service that takes and gives JSON, by its target: `TrentService.GetKeyPolicy`. `version` is that of the protocol.
    /// <https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html>
    pub(super) fn json(operation: &'static Operation, target: &str, version: &str, input: &Value) -> Self {
        let mut call = Self::new(operation, "POST", "/".to_owned(), Form::Json);
        call.headers.push(("content-type", format!("application/x-amz-json-{version}").into()));
        call.headers.push(("x-amz-target", format!("{target}.{}", operation.name).into()));
        call.body = input.to_string();
        call
    }

    /// An operation of a service that takes a form and gives XML; `version` is that of the API.
    /// <https://smithy.io/2.0/aws/protocols/aws-query-protocol.html>
    pub(super) fn query(operation: &'static Operation, version: &str, input: &[(&str, &str)]) -> Self {
        let mut call = Self::new(operation, "POST", "/".to_owned(), Form::Xml);
        call.headers.push(("content-type", "application/x-www-form-urlencoded".into()));
        call.body = format!("Action={}&Version={version}", operation.name);
        for (name, value) in input {
            call.body.extend(["&", name, "=", &encoded(value)]);
        }
        call
    }

    /// An operation that is a resource to get, which answers in JSON. What comes from outside stands in the path by [`encoded`].
    pub(super) const fn get(operation: &'static Operation, path: String) -> Self {
        Self::new(operation, "GET", path, Form::Json)
    }

    /// The same, which answers in XML.
    pub(super) const fn get_xml(operation: &'static Operation, path: String) -> Self {
        Self::new(operation, "GET", path, Form::Xml)
    }

    /// What is asked.
    pub(super) const fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// Asked in this Region instead of the caller's.
    pub(super) fn in_region(mut self, region: Option<String>) -> Self {
        self.region = region.filter(|region| settings::is_region(region)).or(self.region);
        self
    }

    /// With a header of the operation's own.
    pub(super) fn with_header(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With a label in front of AWS's own host name, as access points have their account.
    pub(super) fn with_label(mut self, label: &str) -> Self {
        // it becomes part of a host name
        self.label = settings::is_region(label).then(|| label.to_owned());
        self
    }
}

/// A text as one segment of a path, or as a value of a query or form.
pub(super) fn encoded(text: &str) -> String {
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    utf8_percent_encode(text, KEPT).to_string()
}

impl Clients {
    /// Makes the call.
    pub(super) async fn signed(&self, call: SignedCall) -> Result<Answer, Failure> {
        self.call(call.operation, self.send(call)).await
    }

    /// Makes the call, where some errors say that what was asked for is not there, which is an answer, too.
    pub(super) async fn signed_unless(&self, call: SignedCall, none: &[&str]) -> Result<Option<Answer>, Failure> {
        let is_none = |error: &SdkError<ErrorMetadata, HttpResponse>| {
            let code = error.as_service_error().and_then(ErrorMetadata::code);
            code.is_some_and(|code| none.contains(&code))
        };
        self.call(call.operation, async {
            match self.send(call).await {
                Ok(answer) => Ok(Some(answer)),
                Err(error) if is_none(&error) => Ok(None),
                Err(error) => Err(error),
            }
        })
        .await
    }

    /// Sends the request; one about a bucket again, where S3 names another Region.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html>
    pub(super) async fn send(&self, call: SignedCall) -> Result<Answer, SdkError<ErrorMetadata, HttpResponse>> {
        if call.operation.service != Service::S3 {
            return self.send_once(call).await;
        }
        let answer = self.send_once(call.clone()).await;
        let named = answer.as_ref().err().and_then(|error| error.raw_response()?.headers().get("x-amz-bucket-region"));
        let asked = call.region.as_deref().unwrap_or_else(|| self.any_region());
        match named.filter(|region| *region != asked).map(str::to_owned) {
            Some(region) => self.send_once(call.in_region(Some(region))).await,
            None => answer,
        }
    }

    /// Sends the request by the SDK's orchestrator.
    async fn send_once(&self, call: SignedCall) -> Result<Answer, SdkError<ErrorMetadata, HttpResponse>> {
        let config = self.config();
        let service = call.operation.service;
        let region = call
            .region
            .clone()
            .or_else(|| config.region().map(|region| region.as_ref().to_owned()))
            .unwrap_or_default();
        let label = call.label.as_ref().map(|label| format!("{label}.")).unwrap_or_default();
        let endpoint = settings::endpoint(config, service.sdk_id()).unwrap_or_else(|| {
            let (fips, dual) = (config.use_fips().unwrap_or_default(), config.use_dual_stack().unwrap_or_default());
            format!("https://{label}{}", service.address(&region, fips, dual))
        });

        let mut layer = Layer::new("signed call");
        layer.store_put(AuthSchemeOptionResolverParams::new(()));
        layer.store_put(SigningName::from_static(service.signing_name()));
        layer.store_put(SigningRegion::from(Region::new(region)));
        let mut options = SigningOptions::default();
        // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
        options.double_uri_encode = !service.is_s3();
        options.normalize_uri_path = !service.is_s3();
        options.content_sha256_header = service.is_s3();
        layer.store_put(SigV4OperationSigningConfig { signing_options: options, ..Default::default() });
        layer.store_put(ApiMetadata::new(service.prefix(), env!("CARGO_PKG_VERSION")));

        let mut parts = RuntimeComponentsBuilder::new("signed call")
            .with_auth_scheme(SharedAuthScheme::new(SigV4AuthScheme::new()))
            .with_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(
                StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]),
            )))
            .with_time_source(config.time_source())
            .with_sleep_impl(config.sleep_impl())
            .with_identity_cache(config.identity_cache());
        if let Some(credentials) = config.credentials_provider() {
            parts.set_identity_resolver(SCHEME_ID, SharedIdentityResolver::new(credentials));
        }

        let form = call.form;
        let mut operation = Orchestrated::builder()
            .service_name(service.sdk_id())
            .operation_name(call.operation.name)
            .endpoint_url(&endpoint)
            .runtime_plugin(StaticRuntimePlugin::new().with_config(layer.freeze()).with_runtime_components(parts))
            .with_connection_poisoning()
            .interceptor(ServiceClockSkewInterceptor::new())
            .interceptor(RequestInfoInterceptor::new())
            .interceptor(UserAgentInterceptor::new())
            .interceptor(InvocationIdInterceptor::new())
            .retry_classifier(HttpStatusCodeClassifier::default())
            .retry_classifier(TransientErrorClassifier::<ErrorMetadata>::new())
            .retry_classifier(AwsErrorCodeClassifier::<ErrorMetadata>::new())
            .retry_classifier(ServiceClockSkewClassifier::<ErrorMetadata>::new())
            .serializer(|call: SignedCall| request(call))
            .deserializer(move |response: &HttpResponse| answer(response, form));
        if let Some(client) = config.http_client() {
            operation = operation.http_client(client);
        }
        if let Some(timeouts) = config.timeout_config() {
            operation = operation.timeout_config(timeouts.clone());
        }
        if let Some(retry) = config.retry_config() {
            operation = operation.standard_retry(retry);
        }
        if let Some(version) = config.behavior_version() {
            operation = operation.behavior_version(version);
        }
        operation.build().invoke(call).await
    }
}

fn request(call: SignedCall) -> Result<HttpRequest, BoxError> {
    let mut request = HttpRequest::new(SdkBody::from(call.body));
    request.set_method(call.method)?;
    request.set_uri(call.path)?;
    for (name, value) in call.headers {
        request.headers_mut().try_insert(name, value)?;
    }
    Ok(request)
}

fn answer(response: &HttpResponse, form: Form) -> Result<Answer, OrchestratorError<ErrorMetadata>> {
    let text = String::from_utf8_lossy(response.body().bytes().unwrap_or_default()).into_owned();
    let read = |text: &str| match form {
        Form::Json => serde_json::from_str(text).map_err(|error| error.to_string()),
        Form::Xml => xml::value(text),
    };
    if !response.status().is_success() {
        // S3 and its access points tell errors in XML even where the answer is JSON
        let said = read(&text).or_else(|_| xml::value(&text)).unwrap_or_default();
        return Err(OrchestratorError::operation(error(response, &said)));
    }
    let value = read(&text).map_err(OrchestratorError::other)?;
    Ok(Answer { value, text })
}

/// The code and the message of an error.
/// <https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html#operation-error-serialization>
fn error(response: &HttpResponse, said: &Value) -> ErrorMetadata {
    let inside = ["Error", "Errors"].iter().find_map(|name| said.get(name)).unwrap_or(said);
    let inside = inside.get("Error").unwrap_or(inside);
    let text = |names: &[&str]| names.iter().find_map(|name| inside.get(name)?.as_str());
    let code = response.headers().get("x-amzn-errortype").or_else(|| text(&["__type", "code", "Code"]));
    let code = code.map(|code| code.split(':').next().unwrap_or(code).rsplit('#').next().unwrap_or(code).trim());
    let mut error = ErrorMetadata::builder();
    if let Some(code) = code.filter(|code| !code.is_empty()) {
        error = error.code(code);
    }
    if let Some(message) = text(&["message", "Message", "errorMessage"]) {
        error = error.message(message);
    }
    error.build()
}

#[cfg(test)]
mod tests;
