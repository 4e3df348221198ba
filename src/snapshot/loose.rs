//! Policy documents given by option, without a snapshot around them.

use std::sync::Arc;

use serde_json::value::RawValue;

use super::Snapshot;
use super::document::{span_in, standalone, unix_lines};
use crate::iam::{Document, Policy, PolicyError, PolicyOrigin, PolicyType};
use crate::text::{JsonError, Source};

/// Documents by type. Each use of an option is one entry, which for SCPs and RCPs is one level of the tree.
#[derive(Debug, Default)]
pub(super) struct Loose {
    given: Vec<(PolicyType, Vec<Arc<Policy>>)>,
}

impl Loose {
    pub(super) fn merge(&mut self, other: Self) {
        self.given.extend(other.given);
    }

    /// The documents of one type, one entry for each use of the option.
    pub(super) fn levels(&self, policy_type: PolicyType) -> impl Iterator<Item = &[Arc<Policy>]> {
        self.given.iter().filter(move |(given, _)| *given == policy_type).map(|(_, policies)| policies.as_slice())
    }

    /// All documents of one type, or `None` if there are none.
    pub(super) fn all(&self, policy_type: PolicyType) -> Option<Vec<Arc<Policy>>> {
        let mut levels = self.levels(policy_type).peekable();
        levels.peek()?;
        Some(levels.flatten().map(Arc::clone).collect())
    }
}

impl Snapshot {
    /// Adds documents that apply to the principal or the resource of the request. For SCPs and RCPs each call is one level of the
    /// tree, from the root down to the account.
    pub fn add_loose(&mut self, policy_type: PolicyType, documents: Vec<Document>) {
        let policy = |document: Document| {
            Arc::new(Policy {
                name: document.source.name().to_owned(),
                arn: None,
                policy_type,
                origin: PolicyOrigin::Loose,
                version_id: None,
                versions: Vec::new(),
                attached_to: Vec::new(),
                document: Arc::new(document),
            })
        };
        self.loose.given.push((policy_type, documents.into_iter().map(policy).collect()));
    }
}

/// Where the commands that print a policy put its document.
const WRAPPERS: [&[&str]; 5] = [
    // aws iam get-user-policy, get-group-policy, get-role-policy; aws sts
    &["PolicyDocument"],
    // aws iam get-policy-version
    &["PolicyVersion", "Document"],
    // aws iam get-role
    &["Role", "AssumeRolePolicyDocument"],
    // aws organizations describe-policy
    &["Policy", "Content"],
    // aws s3api get-bucket-policy, kms get-key-policy, lambda get-policy, secretsmanager get-resource-policy
    &["Policy"],
];

/// The policy documents of a file: one, or an array of them, each bare or as an AWS command prints it.
///
/// # Errors
/// When there is no policy document, with the place.
pub fn documents(file: Source) -> Result<Vec<Document>, PolicyError> {
    let file =
        if file.text().contains("\r\n") { Source::new(file.name(), unix_lines(file.text().to_owned())) } else { file };
    let text = file.text();
    let Ok(raw) = serde_json::from_str::<&RawValue>(text) else {
        // the parser of documents says what is wrong, and where
        return Ok(vec![Document::parse(file)?]);
    };
    if !raw.get().starts_with('[') {
        let inner = unwrapped(raw);
        if inner.get().len() == raw.get().len() && !raw.get().starts_with('"') {
            return Ok(vec![Document::parse(file)?]);
        }
        return Ok(vec![inside(&file, file.name().to_owned(), inner)?]);
    }
    let items: Vec<&RawValue> = serde_json::from_str(raw.get()).map_err(|error| PolicyError::Json {
        name: file.name().to_owned(),
        error: JsonError { at: file.position(0), message: error.to_string() },
    })?;
    items
        .iter()
        .enumerate()
        .map(|(index, item)| inside(&file, format!("{}[{index}]", file.name()), unwrapped(item)))
        .collect()
}

/// A document that stands inside a file.
fn inside(file: &Source, name: String, raw: &RawValue) -> Result<Document, PolicyError> {
    let line = file.position(span_in(file, raw.get()).start).line;
    let text = standalone(&name, raw.get())?;
    Document::parse(Source::new(name, text).found_in(file.name(), line))
}

/// The document inside what an AWS command printed, or the value itself.
fn unwrapped(raw: &RawValue) -> &RawValue {
    WRAPPERS.iter().find_map(|path| path.iter().try_fold(raw, |value, name| member(value, name))).unwrap_or(raw)
}

/// The member of an object, if it is one that can hold a document.
fn member<'a>(raw: &'a RawValue, name: &str) -> Option<&'a RawValue> {
    let members: std::collections::BTreeMap<std::borrow::Cow<'a, str>, &'a RawValue> =
        serde_json::from_str(raw.get()).ok()?;
    members.get(name).copied().filter(|value| value.get().starts_with(['{', '"']))
}
