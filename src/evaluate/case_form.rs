//! The form of a case: reads every case, and says of what is none what is wrong with it.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::case_fault::CaseFault;
use super::case_parts::{CaseError, Parts};
use super::case_request::{Said, level_name, request};
use super::evaluation::Decision;
use crate::iam::{
    ContextValue, Coverage, Document, EndpointKind, Hierarchy, Layer, Level, Policy, PolicySet, PolicyType,
};
use crate::text::Source;

#[derive(Deserialize)]
struct CaseForm<'a> {
    #[serde(default)]
    id: Value,
    name: Option<String>,
    request: RequestForm,
    #[serde(borrow, default)]
    policies: PoliciesForm<'a>,
    expect: Option<Decision>,
    context_complete: Option<bool>,
    derive_context: Option<bool>,
}

#[derive(Deserialize)]
struct RequestForm {
    principal: String,
    action: String,
    resource: String,
    resource_account: Option<String>,
    #[serde(default)]
    context: BTreeMap<String, OneOrMany>,
    #[serde(default)]
    multivalued_keys: Vec<String>,
    #[serde(default)]
    principal_tags: BTreeMap<String, OneOrMany>,
    #[serde(default)]
    management_account: bool,
    vpc_endpoint_type: Option<EndpointKind>,
    context_complete: Option<bool>,
    derive_context: Option<bool>,
}

/// A value of the context: one, or a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    Many(Vec<Scalar>),
    One(Scalar),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Text(String),
    Truth(bool),
    Number(serde_json::Number),
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct PoliciesForm<'a> {
    #[serde(borrow, default)]
    identity_based: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    resource_based: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    permissions_boundary: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    session: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    service_control: Vec<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    resource_control: Vec<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    vpc_endpoint: Vec<&'a RawValue>,
}

/// A policy with a name of its own.
#[derive(Deserialize)]
struct NamedPolicy<'a> {
    name: Option<String>,
    #[serde(borrow)]
    document: Option<&'a RawValue>,
}

/// Reads one case.
///
/// # Errors
/// When the text is not a case, its action none, or a policy of it no policy document.
pub(super) fn read(text: &str) -> Result<Parts, CaseError> {
    let form: CaseForm<'_> = serde_json::from_str(text).map_err(|error| CaseFault::of(text, &error))?;
    let complete = form.context_complete.or(form.request.context_complete).unwrap_or(true);
    let derive = form.derive_context.or(form.request.derive_context).unwrap_or(false);
    let request = request(form.request.said(complete))?;
    let policies = Box::new(policies(&form.policies)?);
    Ok(Parts { id: form.id, name: form.name, request, policies, expect: form.expect, derive })
}

impl RequestForm {
    fn said<'t>(self, complete: bool) -> Said<'t> {
        let tags = self.principal_tags.into_iter();
        let mut context: Vec<(String, ContextValue)> =
            tags.map(|(key, values)| (format!("aws:PrincipalTag/{key}"), values.into_value(false))).collect();
        let multivalued: HashSet<String> = self.multivalued_keys.iter().map(|name| name.to_ascii_lowercase()).collect();
        for (key, values) in self.context {
            let multivalued = !multivalued.is_empty() && multivalued.contains(&key.to_ascii_lowercase());
            context.push((key, values.into_value(multivalued)));
        }
        Said {
            principal: Cow::Owned(self.principal),
            action: Cow::Owned(self.action),
            resource: Cow::Owned(self.resource),
            resource_account: self.resource_account.map(Cow::Owned),
            context,
            management_account: self.management_account,
            vpc_endpoint: self.vpc_endpoint_type,
            complete,
        }
    }
}

impl OneOrMany {
    fn into_value(self, multivalued: bool) -> ContextValue {
        let (values, many) = match self {
            Self::One(value) => (vec![value.into_text()], false),
            Self::Many(values) => {
                let values: Vec<String> = values.into_iter().map(Scalar::into_text).collect();
                let many = values.len() > 1;
                (values, many)
            }
        };
        ContextValue::Present { values, multivalued: multivalued || many }
    }
}

impl Scalar {
    fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Truth(truth) => truth.to_string(),
            Self::Number(number) => number.to_string(),
        }
    }
}

fn policies(form: &PoliciesForm<'_>) -> Result<PolicySet, CaseError> {
    Ok(PolicySet {
        identity: layer(&form.identity_based, PolicyType::IdentityBased)?,
        resource: layer(&form.resource_based, PolicyType::ResourceBased)?,
        boundary: layer(&form.permissions_boundary, PolicyType::PermissionsBoundary)?,
        session: layer(&form.session, PolicyType::Session)?,
        vpc_endpoint: layer(&form.vpc_endpoint, PolicyType::VpcEndpoint)?,
        service_control: hierarchy(&form.service_control, PolicyType::ServiceControl)?,
        resource_control: hierarchy(&form.resource_control, PolicyType::ResourceControl)?,
    })
}

fn layer(documents: &[&RawValue], policy_type: PolicyType) -> Result<Layer, CaseError> {
    Ok(Layer::complete(list(documents, policy_type)?))
}

fn list(documents: &[&RawValue], policy_type: PolicyType) -> Result<Vec<Arc<Policy>>, CaseError> {
    documents.iter().enumerate().map(|(index, raw)| policy(raw, policy_type, index)).collect()
}

fn hierarchy(levels: &[Vec<&RawValue>], policy_type: PolicyType) -> Result<Hierarchy, CaseError> {
    let level = |(index, documents): (usize, &Vec<&RawValue>)| {
        Ok(Level {
            target: level_name(index, levels.len()),
            policies: list(documents, policy_type)?,
            coverage: Coverage::Complete,
        })
    };
    let levels = levels.iter().enumerate().map(level).collect::<Result<_, CaseError>>()?;
    Ok(Hierarchy { levels, ..Hierarchy::empty() })
}

fn policy(raw: &RawValue, policy_type: PolicyType, index: usize) -> Result<Arc<Policy>, CaseError> {
    // a name of its own needs `document`, which no policy document has
    let has_name = raw.get().contains("\"document\"");
    let named = has_name.then(|| serde_json::from_str::<NamedPolicy<'_>>(raw.get()).ok()).flatten();
    let (name, text) = match named {
        Some(NamedPolicy { name, document: Some(document) }) => (name, document.get()),
        _ => (None, raw.get()),
    };
    let name = name.unwrap_or_else(|| format!("{}[{index}]", policy_type.id()));
    let document = Document::parse(Source::new(name.as_str(), text))?;
    Ok(Arc::new(Policy::new(name, policy_type, document)))
}
