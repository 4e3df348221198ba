//! What a model is called by: an id, an inference profile or an ARN, and by which profiles a Region reaches it.
//!
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html>

use crate::iam::Arn;
use crate::remedy::bedrock::GEOGRAPHIES;

/// What an identifier names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ModelKind {
    /// A model of AWS's own or of a provider: `foundation-model`.
    Foundation,
    /// A profile that AWS defines, over several Regions: `inference-profile`.
    SystemProfile,
    /// A profile that the account defined: `application-inference-profile`. Its id hides the model.
    ApplicationProfile,
    /// Bought capacity: `provisioned-model`.
    Provisioned,
    /// A model trained further: `custom-model` or `custom-model-deployment`.
    Custom,
    /// A model brought along: `imported-model`.
    Imported,
    /// A router over prompts: `prompt-router` or `default-prompt-router`.
    PromptRouter,
    /// An endpoint of Bedrock Marketplace.
    Endpoint,
    /// Something else that has an ARN.
    Other,
}

/// A model as a person or a program names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelRef {
    text: String,
    arn: Option<String>,
    kind: ModelKind,
    prefix: Option<&'static str>,
    base: Option<String>,
}

/// Text that cannot be a model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a model: a model id, an inference profile id or an ARN is expected, in printable ASCII without spaces"
)]
pub struct ModelError(String);

impl ModelRef {
    /// Reads an id, a profile id or an ARN.
    ///
    /// # Errors
    /// When the text is empty, has spaces or controls, or begins like an ARN and is none.
    pub fn parse(text: &str) -> Result<Self, ModelError> {
        let text = text.trim();
        // 2048 characters are the longest that the API takes
        // https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
        if text.is_empty() || text.len() > 2048 || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ModelError(text.escape_debug().take(80).collect()));
        }
        if !text.starts_with("arn:") {
            let (prefix, base) = split_prefix(text);
            let kind = if prefix.is_some() { ModelKind::SystemProfile } else { ModelKind::Foundation };
            return Ok(Self { text: text.to_owned(), arn: None, kind, prefix, base: Some(base.to_owned()) });
        }
        let arn: Arn = text.parse().map_err(|_| ModelError(text.to_owned()))?;
        let (kind, id) = arn.typed_resource().unwrap_or((arn.resource(), ""));
        let (kind, prefix, base) = match (arn.service(), kind) {
            ("bedrock", "foundation-model") => (ModelKind::Foundation, None, Some(id.to_owned())),
            ("bedrock", "inference-profile") => {
                let (prefix, base) = split_prefix(id);
                (ModelKind::SystemProfile, prefix, Some(base.to_owned()))
            }
            ("bedrock", "application-inference-profile") => (ModelKind::ApplicationProfile, None, None),
            ("bedrock", "provisioned-model") => (ModelKind::Provisioned, None, None),
            ("bedrock", "custom-model" | "custom-model-deployment") => (ModelKind::Custom, None, None),
            ("bedrock", "imported-model") => (ModelKind::Imported, None, None),
            ("bedrock", "prompt-router" | "default-prompt-router") => (ModelKind::PromptRouter, None, None),
            ("bedrock", "marketplace") | ("sagemaker", _) => (ModelKind::Endpoint, None, None),
            _ => (ModelKind::Other, None, None),
        };
        Ok(Self { text: text.to_owned(), arn: Some(text.to_owned()), kind, prefix, base })
    }

    /// As written: what goes into the request.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What it names.
    #[must_use]
    pub const fn kind(&self) -> ModelKind {
        self.kind
    }

    /// The prefix of a system-defined profile: `us`, `global`.
    #[must_use]
    pub const fn prefix(&self) -> Option<&'static str> {
        self.prefix
    }

    /// Whether it is a global profile.
    #[must_use]
    pub fn is_global(&self) -> bool {
        self.prefix == Some("global")
    }

    /// The id of the model that it leads to, where its name shows it: `anthropic.claude-sonnet-4-5-20250929-v1:0`.
    #[must_use]
    pub fn base(&self) -> Option<&str> {
        self.base.as_deref()
    }

    /// The Region that an ARN names.
    #[must_use]
    pub fn region(&self) -> Option<String> {
        let arn: Arn = self.arn.as_ref()?.parse().ok()?;
        Some(arn.region().to_owned()).filter(|region| !region.is_empty())
    }
}

impl std::fmt::Display for ModelRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// The prefix of a profile id and the model's id after it.
fn split_prefix(id: &str) -> (Option<&'static str>, &str) {
    let found = GEOGRAPHIES.into_iter().find_map(|prefix| {
        let base = id.strip_prefix(prefix)?.strip_prefix('.')?;
        // `us.` comes before `provider.model`
        base.contains('.').then_some((prefix, base))
    });
    found.map_or((None, id), |(prefix, base)| (Some(prefix), base))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SONNET: &str = "anthropic.claude-sonnet-4-5-20250929-v1:0";

    #[test]
    fn ids_profiles_and_arns_name_the_same_model() {
        let rows = [
            (SONNET.to_owned(), ModelKind::Foundation, None, Some(SONNET)),
            (format!("us.{SONNET}"), ModelKind::SystemProfile, Some("us"), Some(SONNET)),
            (format!("us-gov.{SONNET}"), ModelKind::SystemProfile, Some("us-gov"), Some(SONNET)),
            (format!("global.{SONNET}"), ModelKind::SystemProfile, Some("global"), Some(SONNET)),
            (
                format!("arn:aws-us-gov:bedrock:us-gov-west-1:111122223333:inference-profile/us-gov.{SONNET}"),
                ModelKind::SystemProfile,
                Some("us-gov"),
                Some(SONNET),
            ),
            (
                format!("arn:aws:bedrock:us-east-1::foundation-model/{SONNET}"),
                ModelKind::Foundation,
                None,
                Some(SONNET),
            ),
            (
                "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123".to_owned(),
                ModelKind::ApplicationProfile,
                None,
                None,
            ),
            (
                "arn:aws:bedrock:us-east-1:111122223333:provisioned-model/abc123".to_owned(),
                ModelKind::Provisioned,
                None,
                None,
            ),
            (
                "arn:aws:bedrock:us-east-1:111122223333:custom-model-deployment/abc123".to_owned(),
                ModelKind::Custom,
                None,
                None,
            ),
            (
                "arn:aws:bedrock:us-east-1:111122223333:default-prompt-router/anthropic.claude:1".to_owned(),
                ModelKind::PromptRouter,
                None,
                None,
            ),
            ("arn:aws:sagemaker:us-east-1:111122223333:endpoint/mine".to_owned(), ModelKind::Endpoint, None, None),
        ];
        for (text, kind, prefix, base) in rows {
            let model = ModelRef::parse(&text).unwrap();
            assert_eq!((model.kind(), model.prefix(), model.base()), (kind, prefix, base), "{text}");
            assert_eq!(model.as_str(), text);
        }
        for text in ["", " ", "a b", "arn:aws:bedrock", "claude\u{1b}[31m"] {
            assert!(ModelRef::parse(text).is_err(), "{text:?}");
        }
    }
}
