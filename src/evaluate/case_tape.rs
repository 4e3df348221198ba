//! A case from its text in one pass, where it is written as cases are.
//!
//! Whatever is unusual, a field that stands twice or a value of another type, is left to the reader of
//! [`super::case_form`], which says what is wrong with it: here it is only told from the usual.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use serde_json::Value;

use super::case_parts::Parts;
use super::case_request::{Said, level_name, request};
use super::known_documents::KnownDocuments;
use crate::iam::{
    Action, ContextValue, Coverage, Document, Hierarchy, Inquiry, Layer, Level, Policy, PolicySet, PolicyType, Request,
    ResourceText,
};
use crate::text::{Item, Kind, Source, Tape};

/// Nested deeper than this, a document inside a case may be one that is refused outside of it.
const SHALLOW: usize = 64;

/// What is read of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Every statement.
    All,
    /// Of the policies no more than the answer needs.
    Answer,
}

/// How the documents of a case are read.
struct How<'r> {
    known: Option<&'r KnownDocuments>,
    /// What is asked, where only statements are wanted that may match it.
    asked: Option<(&'r Action, ResourceText<'r>)>,
}

impl<'r> How<'r> {
    fn of(request: &'r Request, known: Option<&'r KnownDocuments>, wanted: Wanted) -> Self {
        // what is not known is filled in from what the policies test, so that all of their conditions count
        let complete = wanted == Wanted::Answer && request.context.is_complete();
        let asked = request.action.value().zip(request.resource.value()).filter(|_| complete);
        Self { known, asked: asked.map(|(action, resource)| (action, ResourceText::new(resource))) }
    }

    fn asked(&self, policy_type: PolicyType) -> Option<Inquiry<'r>> {
        self.asked.map(|(action, resource)| Inquiry { policy_type, action, resource })
    }
}

/// The case; `None` where this reader is not the one to tell.
pub(super) fn read(text: &str, known: Option<&KnownDocuments>, wanted: Wanted) -> Option<Parts> {
    let tape = Tape::new(text).ok()?;
    if tape.depth() > SHALLOW {
        return None;
    }
    let names = ["id", "name", "request", "policies", "expect", "context_complete", "derive_context"];
    let [id, name, asked, documents, expect, complete, derive] = fields(tape.root()?, names, false)?;
    let names = [
        "principal",
        "action",
        "resource",
        "resource_account",
        "context",
        "multivalued_keys",
        "principal_tags",
        "management_account",
        "vpc_endpoint_type",
        "context_complete",
        "derive_context",
    ];
    let [
        principal,
        action,
        resource,
        account,
        context,
        multivalued,
        tags,
        management,
        endpoint,
        own_complete,
        own_derive,
    ] = fields(asked?, names, false)?;
    let said = Said {
        principal: principal?.text()?,
        action: action?.text()?,
        resource: resource?.text()?,
        resource_account: text_of(account).ok()?,
        context: context_of(context, multivalued, tags)?,
        management_account: match management {
            Some(item) => truth(item)?,
            None => false,
        },
        vpc_endpoint: match endpoint {
            Some(item) => serde_json::from_str(item.written()).ok()?,
            None => None,
        },
        complete: truth_of(complete).ok()?.or(truth_of(own_complete).ok()?).unwrap_or(true),
    };
    let request = request(said).ok()?;
    let policies = policies(documents, &How::of(&request, known, wanted))?;
    Some(Parts {
        id: match id {
            Some(id) => value(id)?,
            None => Value::Null,
        },
        name: text_of(name).ok()?.map(Cow::into_owned),
        policies,
        request,
        expect: match expect {
            Some(item) => serde_json::from_str(item.written()).ok()?,
            None => None,
        },
        derive: truth_of(derive).ok()?.or(truth_of(own_derive).ok()?).unwrap_or(false),
    })
}

/// The fields of an object by their names; `None` where one stands twice, or, where nothing else may stand there, something else does.
fn fields<'a, 't, const N: usize>(
    item: Item<'a, 't>,
    names: [&str; N],
    closed: bool,
) -> Option<[Option<Item<'a, 't>>; N]> {
    if !item.is_object() {
        return None;
    }
    let mut found = [None; N];
    for member in item.members() {
        let key = member.key.plain()?;
        match names.iter().position(|name| *name == key) {
            Some(place) if found.get(place)?.is_none() => *found.get_mut(place)? = Some(member.value),
            None if !closed => {}
            Some(_) | None => return None,
        }
    }
    Some(found)
}

/// It is written in another way than usual.
struct Unusual;

/// A text that may be left out.
fn text_of<'t>(item: Option<Item<'_, 't>>) -> Result<Option<Cow<'t, str>>, Unusual> {
    match item.filter(|item| item.kind() != Kind::Null) {
        None => Ok(None),
        Some(item) => item.text().map(Some).ok_or(Unusual),
    }
}

fn truth(item: Item<'_, '_>) -> Option<bool> {
    match item.kind() {
        Kind::True => Some(true),
        Kind::False => Some(false),
        _ => None,
    }
}

/// Yes or no, that may be left out.
fn truth_of(item: Option<Item<'_, '_>>) -> Result<Option<bool>, Unusual> {
    match item.filter(|item| item.kind() != Kind::Null) {
        None => Ok(None),
        Some(item) => truth(item).map(Some).ok_or(Unusual),
    }
}

fn value(item: Item<'_, '_>) -> Option<Value> {
    match item.kind() {
        Kind::Plain => item.text().map(|text| Value::String(text.into_owned())),
        _ => serde_json::from_str(item.written()).ok(),
    }
}

/// The keys of the context, tags of the principal first.
fn context_of(
    context: Option<Item<'_, '_>>,
    multivalued: Option<Item<'_, '_>>,
    tags: Option<Item<'_, '_>>,
) -> Option<Vec<(String, ContextValue)>> {
    let mut lists = HashSet::new();
    if let Some(names) = multivalued {
        for name in list(names)? {
            lists.insert(name.text()?.to_ascii_lowercase());
        }
    }
    let mut all = Vec::new();
    for (key, item) in in_order(tags)? {
        all.push((format!("aws:PrincipalTag/{key}"), context_value(item, false)?));
    }
    for (key, item) in in_order(context)? {
        let is_list = !lists.is_empty() && lists.contains(&key.to_ascii_lowercase());
        all.push((key.into_owned(), context_value(item, is_list)?));
    }
    Some(all)
}

/// The members of an object in the order of their names; of several with one name the last one is the last here, too.
fn in_order<'a, 't>(item: Option<Item<'a, 't>>) -> Option<Vec<(Cow<'t, str>, Item<'a, 't>)>> {
    let Some(item) = item else { return Some(Vec::new()) };
    if !item.is_object() {
        return None;
    }
    let mut members = Vec::new();
    for member in item.members() {
        members.push((member.key.text()?, member.value));
    }
    members.sort_by(|(one, _), (other, _)| one.cmp(other));
    Some(members)
}

fn context_value(item: Item<'_, '_>, multivalued: bool) -> Option<ContextValue> {
    let scalar = |item: Item<'_, '_>| match item.kind() {
        // numbers are written anew
        Kind::Number => Some(serde_json::from_str::<serde_json::Number>(item.written()).ok()?.to_string()),
        Kind::Plain | Kind::Escaped | Kind::True | Kind::False => item.scalar().map(Cow::into_owned),
        Kind::Null | Kind::List | Kind::Object => None,
    };
    let values = item.one_or_many().map(scalar).collect::<Option<Vec<String>>>()?;
    let many = values.len() > 1;
    Some(ContextValue::Present { values, multivalued: multivalued || many })
}

fn list<'a, 't>(item: Item<'a, 't>) -> Option<impl Iterator<Item = Item<'a, 't>> + use<'a, 't>> {
    (item.kind() == Kind::List).then(|| item.one_or_many())
}

fn policies(item: Option<Item<'_, '_>>, how: &How<'_>) -> Option<Box<PolicySet>> {
    let names = PolicySet::LAYERS.map(PolicyType::id);
    let found = match item {
        Some(item) => fields(item, names, true)?,
        None => [None; 7],
    };
    let [identity, resource, boundary, session, vpc_endpoint, service_control, resource_control] = found;
    let layer = |item: Option<Item<'_, '_>>, policy_type| Some(Layer::complete(several(item, policy_type, how)?));
    let levels = |item: Option<Item<'_, '_>>, policy_type| {
        let items: Vec<Item<'_, '_>> = match item {
            Some(item) => list(item)?.collect(),
            None => Vec::new(),
        };
        let mut levels = Vec::with_capacity(items.len());
        for (index, level) in items.iter().enumerate() {
            let target = level_name(index, items.len());
            let policies = several(Some(*level), policy_type, how)?;
            levels.push(Level { target, policies, coverage: Coverage::Complete });
        }
        Some(Hierarchy { levels, ..Hierarchy::empty() })
    };
    Some(Box::new(PolicySet {
        identity: layer(identity, PolicyType::IdentityBased)?,
        resource: layer(resource, PolicyType::ResourceBased)?,
        boundary: layer(boundary, PolicyType::PermissionsBoundary)?,
        session: layer(session, PolicyType::Session)?,
        vpc_endpoint: layer(vpc_endpoint, PolicyType::VpcEndpoint)?,
        service_control: levels(service_control, PolicyType::ServiceControl)?,
        resource_control: levels(resource_control, PolicyType::ResourceControl)?,
    }))
}

fn several(item: Option<Item<'_, '_>>, policy_type: PolicyType, how: &How<'_>) -> Option<Vec<Arc<Policy>>> {
    let Some(item) = item else { return Some(Vec::new()) };
    list(item)?.enumerate().map(|(index, item)| policy(item, policy_type, index, how)).collect()
}

fn policy(item: Item<'_, '_>, policy_type: PolicyType, index: usize, how: &How<'_>) -> Option<Arc<Policy>> {
    let [name, document] = fields(item, ["name", "document"], false)?;
    // a name of its own needs `document`, which no policy document has
    let (name, document) = match document {
        Some(document) if document.kind() == Kind::Null => return None,
        Some(document) => (text_of(name).ok()?, document),
        None => (None, item),
    };
    let name = name.unwrap_or_else(|| Cow::Owned(format!("{}[{index}]", policy_type.id())));
    let text = document.written();
    let read = |whole: bool| {
        let asked = how.asked(policy_type).filter(|_| !whole);
        Document::of_item(Source::new(name.as_ref(), text), document, asked.as_ref()).ok()
    };
    let document = match how.known {
        Some(known) => known.document(&name, text, read)?,
        None => Arc::new(read(false)?),
    };
    // each case has policies of its own, so that no core waits for another one to count them
    Some(Arc::new(Policy::new(name, policy_type, document)))
}
