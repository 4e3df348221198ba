//! Amazon Resource Names: `arn:partition:service:region:account:resource`.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A complete ARN: six parts, of which region and account may be empty. Kept exactly as written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Arn {
    text: String,
    /// Byte offsets of the five colons that end the first five parts.
    colons: [usize; 5],
}

/// Text that is not an ARN.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an ARN: six parts are expected, `arn:partition:service:region:account:resource`")]
pub struct ArnError(String);

impl Arn {
    /// The whole ARN.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// `aws`, `aws-cn`, `aws-us-gov`, ...
    #[must_use]
    pub fn partition(&self) -> &str {
        self.part(0, 1)
    }

    /// The service namespace, for example `s3`.
    #[must_use]
    pub fn service(&self) -> &str {
        self.part(1, 2)
    }

    /// The region; empty for global resources.
    #[must_use]
    pub fn region(&self) -> &str {
        self.part(2, 3)
    }

    /// The account as written; empty for S3 buckets and other resources whose ARN does not tell.
    #[must_use]
    pub fn account(&self) -> &str {
        self.part(3, 4)
    }

    /// The account, if the ARN holds a twelve-digit one.
    #[must_use]
    pub fn account_id(&self) -> Option<&str> {
        Some(self.account()).filter(|account| is_account_id(account))
    }

    /// Everything after the fifth colon, for example `user/path/name`.
    #[must_use]
    pub fn resource(&self) -> &str {
        self.parts().resource()
    }

    /// The resource type before the first `/` or `:`, and what follows it.
    #[must_use]
    pub fn typed_resource(&self) -> Option<(&str, &str)> {
        self.resource().split_once(['/', ':'])
    }

    fn part(&self, from: usize, to: usize) -> &str {
        self.parts().part(from, to)
    }

    /// Its parts.
    pub(super) fn parts(&self) -> ArnParts<'_> {
        ArnParts { text: &self.text, colons: self.colons }
    }
}

/// The parts of an ARN where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct ArnParts<'t> {
    text: &'t str,
    colons: [usize; 5],
}

impl<'t> ArnParts<'t> {
    /// The parts of a text that is an ARN.
    pub(super) fn of(text: &'t str) -> Option<Self> {
        if !text.starts_with("arn:") {
            return None;
        }
        let mut colons = [0; 5];
        let mut ends = colons.iter_mut();
        let mut end = ends.next()?;
        for (at, byte) in text.bytes().enumerate() {
            if byte == b':' {
                *end = at;
                let Some(next) = ends.next() else {
                    return (colons[1] > colons[0] + 1 && at + 1 < text.len()).then_some(Self { text, colons });
                };
                end = next;
            } else if !byte.is_ascii_graphic() {
                return None;
            }
        }
        None
    }

    fn part(&self, from: usize, to: usize) -> &'t str {
        match (self.colons.get(from), self.colons.get(to)) {
            (Some(from), Some(to)) => self.text.get(from + 1..*to).unwrap_or_default(),
            _ => "",
        }
    }

    /// Its partition.
    pub(super) fn partition(&self) -> &'t str {
        self.part(0, 1)
    }

    /// Its service.
    pub(super) fn service(&self) -> &'t str {
        self.part(1, 2)
    }

    /// Its account, if it holds a twelve-digit one.
    pub(super) fn account_id(&self) -> Option<&'t str> {
        Some(self.part(3, 4)).filter(|account| is_account_id(account))
    }

    /// Everything after the fifth colon.
    pub(super) fn resource(&self) -> &'t str {
        self.text.get(self.colons[4] + 1..).unwrap_or_default()
    }
}

/// Whether the text is a twelve-digit account id.
#[must_use]
pub fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl FromStr for Arn {
    type Err = ArnError;

    fn from_str(text: &str) -> Result<Self, ArnError> {
        match ArnParts::of(text) {
            Some(ArnParts { colons, .. }) => Ok(Self { text: text.to_owned(), colons }),
            None => Err(ArnError(text.to_owned())),
        }
    }
}

impl TryFrom<String> for Arn {
    type Error = ArnError;

    fn try_from(text: String) -> Result<Self, ArnError> {
        text.parse()
    }
}

impl From<Arn> for String {
    fn from(arn: Arn) -> Self {
        arn.text
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_as_written_and_may_be_empty() {
        let arn: Arn = "arn:aws-cn:s3:::bucket/a:b".parse().unwrap();
        assert_eq!(
            (arn.partition(), arn.service(), arn.region(), arn.account(), arn.resource()),
            ("aws-cn", "s3", "", "", "bucket/a:b")
        );
        let model: Arn = "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-v2:1".parse().unwrap();
        assert_eq!(
            (model.region(), model.account_id(), model.typed_resource()),
            ("us-east-1", None, Some(("foundation-model", "anthropic.claude-v2:1")))
        );
    }

    #[test]
    fn less_than_six_parts_is_no_arn() {
        for text in ["", "*", "arn:aws:s3", "arn:aws:s3:::", "user x", "aws:arn:s3:::b"] {
            assert!(text.parse::<Arn>().is_err(), "{text}");
        }
    }
}
