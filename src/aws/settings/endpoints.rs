//! Endpoints that are set by an option, the environment or a profile: which counts for a service, and whether it can be used.

use aws_config::SdkConfig;
use aws_types::service_config::ServiceConfigKey;

use super::error::{Place, SettingsError};
use super::files::{Files, variable};
use crate::aws::service::Service;

const EXPECTED: &str = "an address that starts with http:// or https://";

/// The endpoint of a service, where one is set: by the option, by the service's own variable or profile entry, by the general ones.
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>
pub(in crate::aws) fn endpoint(config: &SdkConfig, service: &str) -> Option<String> {
    let general = || config.endpoint_url().map(str::to_owned);
    if config.get_origin("endpoint_url").is_client_config() {
        return general();
    }
    let key = ServiceConfigKey::builder().service_id(service).env("AWS_ENDPOINT_URL").profile("endpoint_url").build();
    let own = key.ok().and_then(|key| config.service_config()?.load_config(key));
    // an empty one is none, as for the AWS CLI
    own.or_else(general).filter(|url| !url.is_empty())
}

/// Looks at every endpoint that a call would go to: the SDK shows the whole request where one cannot be read.
pub(super) fn check(config: &SdkConfig, files: &Files) -> Result<(), SettingsError> {
    let services = Service::ALL.iter().map(|service| service.sdk_id()).chain(["Bedrock Runtime"]);
    for service in services {
        let Some(url) = endpoint(config, service) else {
            continue;
        };
        if let Err(expected) = is_url(&url) {
            return Err(SettingsError::Value { place: place(config, files, service, &url), value: url, expected });
        }
    }
    Ok(())
}

/// What set the endpoint.
fn place(config: &SdkConfig, files: &Files, service: &str, url: &str) -> Place {
    if config.get_origin("endpoint_url").is_client_config() {
        return Place::Option("--endpoint-url");
    }
    let own = format!("AWS_ENDPOINT_URL_{}", service.to_ascii_uppercase().replace(' ', "_"));
    for name in [own.as_str(), "AWS_ENDPOINT_URL"] {
        if let Some((_, place)) = variable(name).filter(|(value, _)| value == url) {
            return place;
        }
    }
    files.place(files.profile(), "endpoint_url")
}

/// Whether calls can be sent there.
///
/// # Errors
/// What is expected instead.
pub(super) fn is_url(url: &str) -> Result<(), &'static str> {
    let scheme = url.get(..8).filter(|start| start.eq_ignore_ascii_case("https://"));
    let scheme = scheme.or_else(|| url.get(..7).filter(|start| start.eq_ignore_ascii_case("http://")));
    let Some(rest) = scheme.and_then(|scheme| url.get(scheme.len()..)) else {
        return Err(EXPECTED);
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if is_host(host) && url.bytes().all(|byte| byte.is_ascii_graphic()) { Ok(()) } else { Err(EXPECTED) }
}

/// Whether the text is a host, with or without a port.
pub(super) fn is_host(text: &str) -> bool {
    let (host, port) = match (text.strip_prefix('['), text.rsplit_once(':')) {
        (Some(rest), _) => match rest.split_once(']') {
            Some((host, after)) => (host, after.strip_prefix(':').or((!after.is_empty()).then_some("none"))),
            None => return false,
        },
        (None, Some((host, port))) => (host, Some(port)),
        (None, None) => (text, None),
    };
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte);
    !host.is_empty() && host.bytes().all(allowed) && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_has_a_scheme_and_a_host() {
        let good = [
            "http://127.0.0.1:4566",
            "https://vpce-1.sts.eu-west-1.vpce.amazonaws.com",
            "HTTP://localhost/path",
            "http://[::1]:80",
        ];
        let bad = [
            "localhost:4566",
            "//host",
            "http://",
            "http://:80",
            "http://ho st",
            "ftp://host",
            "http://host:port",
            "http://[::1",
            "",
            "http",
            "https:/x",
        ];
        assert_eq!(good.map(is_url), [Ok(()); 4]);
        assert_eq!(bad.map(|url| is_url(url).is_err()), [true; 11]);
    }
}
