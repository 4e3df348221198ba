//! The certificates that are trusted: those of the system, or those of `AWS_CA_BUNDLE` in their place.

#![expect(clippy::disallowed_methods, reason = "this reads the bundle of certificates")]

use std::path::PathBuf;

use aws_smithy_http_client::tls::TrustStore;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::error::{Place, SettingsError};
use super::files::Files;

/// The bundle that is set, as the AWS CLI looks for it: its own variable, the profile, then the variable of its HTTP library.
pub(super) fn trusted(files: &Files) -> Result<TrustStore, SettingsError> {
    let set = files.variable("AWS_CA_BUNDLE").or_else(|| files.entry("ca_bundle"));
    let Some((path, place)) = set.or_else(|| files.variable("REQUESTS_CA_BUNDLE")) else {
        return Ok(TrustStore::default());
    };
    let path = PathBuf::from(path);
    let text = std::fs::read(&path).map_err(|error| SettingsError::File {
        file: path.clone(),
        what: place.to_string(),
        error: error.to_string(),
    })?;
    let usable = blocks(&String::from_utf8_lossy(&text));
    if usable.is_empty() {
        return Err(no_certificate(path, place));
    }
    Ok(usable.into_iter().fold(TrustStore::empty(), TrustStore::with_pem_certificate))
}

fn no_certificate(file: PathBuf, place: Place) -> SettingsError {
    SettingsError::NoCertificate { file, place }
}

/// The certificates that can be trust anchors, each as PEM. The client panics on others, and a bundle of a system has some.
fn blocks(text: &str) -> Vec<String> {
    let (begin, end) = ("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----");
    let mut usable = Vec::new();
    for part in text.split(begin).skip(1) {
        let Some((inner, _)) = part.split_once(end) else {
            continue;
        };
        let block = format!("{begin}{inner}{end}\n");
        let read = CertificateDer::from_pem_slice(block.as_bytes());
        if read.is_ok_and(|certificate| RootCertStore::empty().add(certificate).is_ok()) {
            usable.push(block);
        }
    }
    usable
}
