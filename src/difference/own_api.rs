//! The policy of an API that names its API by the short form, `execute-api:/stage/METHOD/path`: one API stands for it.
//!
//! API Gateway puts the ARN of the API there when the policy is saved.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html>

use std::collections::BTreeSet;
use std::sync::Arc;

use super::names::Names;
use crate::iam::{Arn, Document, Policy, PolicySet, PolicyType, Request, ResourcePattern, own_api};

/// The API that stands for the one of the policy where nothing names it.
const SOME_API: &str = "arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5";

/// Both versions with an API in place of the short form, and how what is told of it is written. `None` where nothing has that form.
pub(super) fn named(before: &[Arc<Document>], after: &[Arc<Document>]) -> Option<([Vec<Arc<Document>>; 2], Names)> {
    let documents = || before.iter().chain(after);
    if !documents().any(|document| has_short_form(document)) {
        return None;
    }
    let apis: BTreeSet<String> = documents().flat_map(|document| entries(document)).filter_map(api).collect();
    // an API's policy can be about no other one, so that the only one that is named is it
    let only = apis.iter().next().filter(|_| apis.len() == 1);
    let api = only.map_or(SOME_API, String::as_str);
    let names = if only.is_some() { Vec::new() } else { vec![(format!("{api}/"), "execute-api:/".to_owned())] };
    let sides = [before, after].map(|side| side.iter().map(|document| with(document, api)).collect());
    Some((sides, Names::new(names)))
}

/// The policies of the request's resource with the API that it is of in place of the short form.
pub(super) fn of_request(policies: &PolicySet, request: &Request) -> PolicySet {
    let Some(api) = request.resource.value().and_then(|resource| api(resource)) else { return policies.clone() };
    policies.map_policies(&|policy| {
        if policy.policy_type != PolicyType::ResourceBased || !has_short_form(&policy.document) {
            return Arc::clone(policy);
        }
        Arc::new(Policy { document: with(&policy.document, &api), ..Policy::clone(policy) })
    })
}

fn entries(document: &Document) -> impl Iterator<Item = &str> {
    let elements = document.statements.iter().filter_map(|statement| statement.resource.as_ref());
    elements.flat_map(|element| &element.entries).map(|entry| entry.value.as_str())
}

fn has_short_form(document: &Document) -> bool {
    entries(document).any(|entry| own_api(entry).is_some())
}

/// The ARN of the API that an entry names in full.
fn api(entry: &str) -> Option<String> {
    let arn: Arn = entry.parse().ok()?;
    let (id, rest) = arn.resource().split_once('/')?;
    let api = entry.strip_suffix(rest)?.strip_suffix('/')?;
    (arn.service() == "execute-api" && !id.is_empty() && !api.contains(['*', '?', '$'])).then(|| api.to_owned())
}

fn with(document: &Arc<Document>, api: &str) -> Arc<Document> {
    if !has_short_form(document) {
        return Arc::clone(document);
    }
    let mut document = Document::clone(document);
    let language = document.language;
    for element in document.statements.iter_mut().filter_map(|statement| statement.resource.as_mut()) {
        for (entry, pattern) in element.entries.iter_mut().zip(&mut element.patterns) {
            if let Some(rest) = own_api(&entry.value) {
                entry.value = format!("{api}/{rest}");
                *pattern = ResourcePattern::new(&entry.value, language);
            }
        }
    }
    Arc::new(document)
}
