//! The HTTP client: the trusted certificates, and the proxies of the environment, which the SDK's own client does not use.

use aws_sdk_iam::config::{RuntimeComponents, SharedHttpClient};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext};
use aws_smithy_http_client::{Builder, Connector};

use super::certificates;
use super::error::SettingsError;
use super::files::{Files, variable};

/// The variables that name a proxy, in both spellings.
/// <https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-proxy.html>
const PROXIES: [&str; 6] = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

/// The client for every call.
pub(super) fn client(files: &Files) -> Result<SharedHttpClient, SettingsError> {
    for name in PROXIES {
        if let Some((value, place)) = variable(name)
            && !is_proxy(&value)
        {
            return Err(SettingsError::Value {
                place,
                value: shown(&value),
                expected: "an address such as http://proxy.example.com:3128",
            });
        }
    }
    let store = certificates::trusted(files)?;
    let context = TlsContext::builder().with_trust_store(store).build().unwrap_or_default();
    Ok(Builder::new().build_with_connector_fn(move |settings, components| {
        let mut builder = Connector::builder();
        builder.set_connector_settings(settings.cloned());
        builder.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        builder
            .proxy_config(ProxyConfig::from_env())
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .tls_context(context.clone())
            .build()
    }))
}

/// Whether the client can use the proxy: a scheme is optional, a host is not.
fn is_proxy(value: &str) -> bool {
    let (scheme, rest) = value.split_once("://").unwrap_or(("http", value));
    let host = rest.rsplit('@').next().unwrap_or_default();
    let known =
        ["http", "https", "socks4", "socks4a", "socks5", "socks5h"].contains(&scheme.to_ascii_lowercase().as_str());
    known && super::endpoints::is_host(host.trim_end_matches('/'))
}

/// The value without the password that it may hold.
fn shown(value: &str) -> String {
    match value.rsplit_once('@') {
        Some((_, host)) => format!("...@{host}"),
        None => value.to_owned(),
    }
}
