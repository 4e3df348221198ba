//! A record that is kept for a diagnosis: short, without secrets, and the same whoever keeps it.
//!
//! Records of CloudTrail are alike, so each is deflated behind a text that has what they share, and that text is left out. A quarter of the
//! bytes of one that is deflated alone are left.

use std::io::{Read as _, Write as _};
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::{Deserialize, Serialize};

use crate::iam::secret;

/// Bytes of the longest record that is kept; longer ones carry documents.
const LONGEST: usize = 64 * 1024;

/// What records share.
const SHARED: &[u8] = br#"{"sharedEventID":"","vpcEndpointId":"vpce-0","vpcEndpointAccountId":"","sessionCredentialFromConsole":"true","tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":".s3.amazonaws.com"},"additionalEventData":{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":0,"AuthenticationMethod":"AuthHeader","x-amz-id-2":"","bytesTransferredOut":0},"resources":[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::"},{"accountId":"","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::"}],"requestParameters":{"bucketName":"","Host":"s3.eu-west-1.amazonaws.com","key":""},"responseElements":null,"requestParameters":null,"type":"IAMUser","userName":"","type":"AWSService","invokedBy":".amazonaws.com","errorCode":"Client.UnauthorizedOperation","errorCode":"AccessDeniedException","errorMessage":" with an explicit deny in a service control policy: arn:aws:organizations:: with an explicit deny in an identity-based policy because no resource-based policy allows the  action","eventVersion":"1.11","userIdentity":{"type":"AssumedRole","principalId":"AROA:","arn":"arn:aws:sts::assumed-role/","accountId":"","accessKeyId":"[redacted access key id]","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROA","arn":"arn:aws:iam::role/","accountId":"","userName":""},"webIdFederationData":{},"attributes":{"creationDate":"2026-","mfaAuthenticated":"false"}}},"eventTime":"2026-","eventSource":".amazonaws.com","eventName":"Describe","awsRegion":"us-east-1","sourceIPAddress":"","userAgent":"Boto3/1 Botocore aws-cli/2 Python/3 Linux/6 exec-env/","errorCode":"AccessDenied","errorMessage":"User: arn:aws:sts::assumed-role/ is not authorized to perform:  on resource: arn:aws: because no identity-based policy allows the  action","requestParameters":{},"responseElements":null,"requestID":"","eventID":"","readOnly":true,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"","eventCategory":"Management"}"#;

/// What they share as it is deflated: it stands before each record, and is kept once.
static BEFORE: LazyLock<Vec<u8>> = LazyLock::new(|| behind(&[]).map(|(before, _)| before).unwrap_or_default());

/// A record that is kept for a diagnosis, deflated, without secrets; or why it is not kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[serde(into = "String", try_from = "String")]
#[non_exhaustive]
pub enum Record {
    /// It is longer than records are that are kept.
    TooLong,
    /// A secret stands in it.
    HoldsSecret,
    /// It, deflated.
    Packed(Box<[u8]>),
}

impl Record {
    /// Packs a record of CloudTrail.
    #[must_use]
    pub fn new(record: &[u8]) -> Self {
        let text = String::from_utf8_lossy(record);
        if text.len() > LONGEST {
            return Self::TooLong;
        }
        if !secret::of_record(&text).leaks.is_empty() {
            return Self::HoldsSecret;
        }
        let text = secret::redact(&text);
        behind(text.as_bytes()).map_or(Self::TooLong, |(_, packed)| Self::Packed(packed.into_boxed_slice()))
    }

    /// The record, without secrets; `None` where it is not kept, or what was kept is damaged.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        let Self::Packed(packed) = self else { return None };
        // what a secret was replaced by may be longer than it
        let most = SHARED.len() + 2 * LONGEST;
        let mut bytes = Vec::with_capacity(SHARED.len() + 4096);
        DeflateDecoder::new(BEFORE.as_slice().chain(packed.as_ref())).take(most as u64).read_to_end(&mut bytes).ok()?;
        let record = bytes.strip_prefix(SHARED)?;
        String::from_utf8(record.to_vec()).ok()
    }
}

/// What they share and a text, both deflated.
fn behind(text: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut deflate = DeflateEncoder::new(Vec::with_capacity(2048), Compression::new(6));
    deflate.write_all(SHARED).ok()?;
    // up to here the bytes are the same whatever follows
    deflate.flush().ok()?;
    let shared = deflate.get_ref().len();
    deflate.write_all(text).ok()?;
    let mut before = deflate.finish().ok()?;
    let packed = before.split_off(shared);
    Some((before, packed))
}

impl From<Record> for String {
    fn from(record: Record) -> Self {
        match record {
            Record::TooLong => "too-long".to_owned(),
            Record::HoldsSecret => "secret".to_owned(),
            Record::Packed(packed) => format!("deflated:{}", URL_SAFE_NO_PAD.encode(packed)),
        }
    }
}

impl TryFrom<String> for Record {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let packed = match text.as_str() {
            "too-long" => return Ok(Self::TooLong),
            "secret" => return Ok(Self::HoldsSecret),
            other => other.strip_prefix("deflated:").and_then(|packed| URL_SAFE_NO_PAD.decode(packed).ok()),
        };
        packed.map(|packed| Self::Packed(packed.into_boxed_slice())).ok_or_else(|| "no kept record".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, Record};

    #[test]
    fn a_record_comes_back_as_it_was_without_what_is_secret() {
        let record = r#"{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/größe","accessKeyId":"AKIAIOSFODNN7EXAMPLE"},"eventSource":"s3.amazonaws.com","eventName":"GetObject","errorCode":"AccessDenied"}"#;
        let kept = Record::new(record.as_bytes());
        let Record::Packed(packed) = &kept else { panic!("{kept:?}") };
        assert!(packed.len() < record.len() / 2, "{} of {}", packed.len(), record.len());
        let text = kept.text().unwrap();
        assert_eq!(text, record.replace("AKIAIOSFODNN7EXAMPLE", "[redacted access key id]"));
        // as an answer holds it
        let written = serde_json::to_string(&kept).unwrap();
        assert_eq!(serde_json::from_str::<Record>(&written).unwrap(), kept);
        assert_eq!(crate::iam::secret::redact(&written), written);
        assert!(serde_json::from_str::<Record>("\"deflated:!\"").is_err());
        assert_eq!(Record::Packed(Box::from([1, 2, 3])).text(), None);
    }

    #[test]
    fn what_leaks_or_is_too_long_is_not_kept() {
        let leak = r#"{"userIdentity":{},"eventSource":"s3","env":"AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}"#;
        assert_eq!(Record::new(leak.as_bytes()), Record::HoldsSecret);
        assert_eq!(Record::new(&vec![b' '; LONGEST + 1]), Record::TooLong);
    }
}
