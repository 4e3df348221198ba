//! Narrowing a Deny for one request: everything else that it denied stays denied.
//!
//! A Deny is a product: actions x resources x principals. To take one point out, it is written as up to three statements:
//! the same actions on every *other* resource; on this resource, the same actions for everyone *else*; on this resource, every
//! *other* action, and for each condition key every *other* value. A part that the policy language cannot say (all of `bedrock:Invoke*` but one action) is left out, and then
//! more is opened than the request, which the remedy says.

use super::bedrock::PROFILE_KEY;
use super::change_kind::Exempted;
use super::principal_arn::Spared;
use super::quota::most_actions;
use super::resource_entry::resource_entry;
use crate::diagnose::DenialContext;
use crate::difference::{ActionSet, Pattern, ResourceSet};
use crate::iam::{
    Action, Document, Language, Policy, PolicyType, Request, ResourceMatch, ResourcePattern, ResourceText, Statement,
    service_of,
};
use crate::reference::Reference;
use crate::text::{Json, Member, Node, Patch, Spanned, append_item, append_member, apply, parse, verbatim};
use value::valued;

mod asked;
mod but_one;
mod value;

pub(super) use asked::can_be_asked_on;
use asked::without_idle;
use but_one::{AllBut, Asked, all_but};
pub(super) use value::Values;

/// How a Deny is narrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// As little as the language can say.
    Exact,
    /// One exception, easier to read: the principal, or where nobody else is concerned the resource.
    Simple,
}

/// A narrowed document and what it no longer denies.
#[derive(Debug)]
pub(super) struct Narrowed {
    pub(super) text: String,
    pub(super) no_longer_denied: Opened,
    pub(super) except: Exempted,
}

/// What a narrowed Deny no longer denies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The actions.
    pub actions: Vec<Pattern<ActionSet>>,
    /// The resources; empty where the statement names none.
    pub resources: Vec<Pattern<ResourceSet>>,
    /// The principal, where others stay denied.
    pub principal: Option<String>,
    /// The inference profile, where only calls through it are no longer denied.
    pub profile: Option<String>,
    /// The condition keys that must have a value, with it: with another one it stays denied.
    pub values: Vec<(String, String)>,
    /// The condition keys of which every value is no longer denied.
    pub any_value: Vec<String>,
}

/// One element without the part that concerns the request, and that part alone.
#[derive(Debug, Clone)]
struct Split {
    /// Key and values of everything else; `None` when nothing else is left.
    outside: Option<(&'static str, Vec<String>)>,
    /// Key and values of the part.
    inside: (&'static str, Vec<String>),
}

/// Narrows `statement` of `policy`; `principal` is whom to except, when others are concerned too.
///
/// `None` when the policy language cannot say it, or when nothing of the Deny would be left.
pub(super) fn narrow(
    policy: &Policy,
    statement: &Statement,
    case: &DenialContext<'_>,
    principal: Option<&Spared>,
    style: Style,
    values: Values,
) -> Option<Narrowed> {
    let request = case.request;
    let document = &policy.document;
    let action = request.action.value()?;
    let resource = request.resource.value()?;
    let text = document.source.text();
    let root = parse(text).ok()?;
    let list = root.get("Statement")?;
    let node = list.one_or_many().get(statement.index)?;
    let by_resource = split_resource(policy, statement, resource, request);
    let of_resource = policy.policy_type == PolicyType::ResourceBased;
    let inside = by_resource.as_ref().map(|split| split.inside.1.as_slice());
    let by_action = split_action(policy, statement, (action, resource), inside, case.reference);
    let (by_resource, by_action) = match style {
        Style::Exact => (by_resource, by_action),
        Style::Simple if principal.is_some() => (None, None),
        Style::Simple => (by_resource, None),
    };
    let inside = by_resource.as_ref().map(|split| split.inside.1.as_slice());
    let mut parts: Vec<Changes> = Vec::new();
    let mut scope = Changes::default();
    if let Some(split) = &by_resource {
        if let Some(outside) = &split.outside {
            parts.push(Changes { resource: Some(outside.clone()), ..scope.clone() });
        }
        scope.resource = Some(split.inside.clone());
    }
    // everyone else keeps the Deny as it is written, also for actions that AWS has not made yet
    if let Some(principal) = principal {
        parts.push(Changes { except: Some(Except::principal(principal)), ..scope.clone() });
    }
    if let Some(outside) = by_action.as_ref().and_then(|split| split.outside.as_ref()) {
        parts.push(Changes { action: Some(outside.clone()), ..scope.clone() });
        scope.action = by_action.as_ref().map(|split| split.inside.clone());
    }
    // for everyone else the part above denies more, so that this one need not name the principal
    let only_it = inside.is_some_and(|inside| matches!(inside, [only] if only == resource));
    let valued = valued(statement, request, only_it.then_some(resource), values);
    parts.extend(valued.parts.into_iter().map(|part| Changes { except: Some(part), ..scope.clone() }));
    if of_resource {
        // services check the policies of their resources when they are set
        let parts_that_work = parts.into_iter().filter_map(|part| without_idle(part, statement, case.reference));
        parts = parts_that_work.flat_map(|part| part.in_lists_of(most_actions(resource))).collect();
    }
    let principal = principal.map(|principal| principal.shown.as_str());
    let opened = lifted(statement, action, by_action.is_some(), inside, principal);
    Some(Narrowed {
        text: rewritten(text, &root, node, &parts)?,
        no_longer_denied: Opened { values: valued.written.clone(), any_value: valued.every, ..opened },
        except: Exempted::Request {
            action: by_action.map(|_| action.clone()),
            resources: inside.map(<[String]>::to_vec),
            principal: principal.map(str::to_owned),
            values: valued.written,
        },
    })
}

/// The text with the statement written as these parts: the first in its place, the others at the end.
fn rewritten(text: &str, root: &Node, node: &Node, parts: &[Changes]) -> Option<String> {
    let (first, rest) = parts.split_first()?;
    let mut patches = vec![];
    let mut taken = sids(root);
    let added: Vec<Json> = rest.iter().map(|part| part.rebuilt(text, node, &mut taken)).collect();
    first.patch(text, node, &mut patches);
    let mut result = apply(text, &patches);
    for statement in &added {
        // each addition reads the text anew: the list has grown
        let root = parse(&result).ok()?;
        let list = root.get("Statement")?;
        result = apply(&result, &[append_item(&result, list, statement)]);
    }
    Some(result)
}

/// Leaves the calls through one inference profile out of a Region lock, for this action: the lock stays for every other action, and for
/// this one unless the call comes through the profile, whichever Region AWS chooses for it then.
///
/// A call of the model itself does not carry the key, and a negated operator holds for an absent one, so that such calls stay locked.
/// - <https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html>
/// - <https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html>
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
pub(super) fn leave_profile_out(
    document: &Document,
    statement: &Statement,
    action: &Action,
    profile: &str,
) -> Option<Narrowed> {
    let text = document.source.text();
    let root = parse(text).ok()?;
    let node = root.get("Statement")?.one_or_many().get(statement.index)?;
    let entries = &statement.action.entries;
    let is_it = |entry: &str| entry.eq_ignore_ascii_case(action.as_str());
    let mut parts = Vec::new();
    if statement.action.negated {
        let all = entries.iter().map(|entry| entry.text.clone()).chain([action.to_string()]).collect();
        parts.push(Changes { action: Some(("NotAction", all)), ..Changes::default() });
    } else if entries.iter().any(|entry| entry.text == "*") {
        parts.push(Changes { action: Some(("NotAction", vec![action.to_string()])), ..Changes::default() });
    } else {
        // all that `bedrock:*` covers but one is a longer list than a policy should hold
        if entries.iter().any(|entry| entry.pattern.matches(action) && !is_it(&entry.text)) {
            return None;
        }
        let others: Vec<String> =
            entries.iter().map(|entry| &entry.text).filter(|entry| !is_it(entry)).cloned().collect();
        if !others.is_empty() {
            parts.push(Changes { action: Some(("Action", others)), ..Changes::default() });
        }
    }
    let only = Some(("Action", vec![action.to_string()]));
    parts.push(Changes { action: only, except: Some(Except::profile(profile)), ..Changes::default() });
    Some(Narrowed {
        text: rewritten(text, &root, node, &parts)?,
        no_longer_denied: Opened {
            actions: vec![Pattern::new(ActionSet::Matching(action.to_string()))],
            resources: Vec::new(),
            principal: None,
            profile: Some(profile.to_owned()),
            values: Vec::new(),
            any_value: Vec::new(),
        },
        except: Exempted::Profile { action: action.clone(), profile: profile.to_owned() },
    })
}

/// What the statement no longer denies: the action or all of its actions, on the resource or on all of its resources.
fn lifted(
    statement: &Statement,
    action: &Action,
    by_action: bool,
    inside: Option<&[String]>,
    principal: Option<&str>,
) -> Opened {
    let written: Vec<String> = statement.action.entries.iter().map(|entry| entry.text.clone()).collect();
    let actions = match (by_action, statement.action.negated) {
        (true, _) => exactly(&[action.to_string()]),
        (false, false) => exactly(&written),
        (false, true) => but(written),
    };
    let resources = match (inside, &statement.resource) {
        (Some(inside), _) => exactly(inside),
        (None, None) => Vec::new(),
        (None, Some(element)) => {
            let written: Vec<String> = element.entries.iter().map(|entry| entry.value.clone()).collect();
            if element.negated { but(written) } else { exactly(&written) }
        }
    };
    let (values, any_value) = (Vec::new(), Vec::new());
    Opened { actions, resources, principal: principal.map(str::to_owned), profile: None, values, any_value }
}

fn exactly<T: From<String>>(texts: &[String]) -> Vec<Pattern<T>> {
    texts.iter().cloned().map(T::from).map(Pattern::new).collect()
}

fn but<T: From<String>>(texts: Vec<String>) -> Vec<Pattern<T>> {
    vec![Pattern { except: texts.into_iter().map(T::from).collect(), ..Pattern::new("*".to_owned().into()) }]
}

/// The resources of a statement without `resource`.
fn split_resource(policy: &Policy, statement: &Statement, resource: &str, request: &Request) -> Option<Split> {
    let document = &policy.document;
    let element = statement.resource.as_ref()?;
    // the old language reads no variable, so that it has no escapes either
    let written =
        if document.language == Language::V2008 { resource.to_owned() } else { resource_entry(request, resource) };
    let inside = ("Resource", vec![written.clone()]);
    let entries: Vec<String> = element.entries.iter().map(|entry| entry.value.clone()).collect();
    if element.negated {
        let all = entries.into_iter().chain([written]).collect();
        return Some(Split { outside: Some(("NotResource", all)), inside });
    }
    if resource == "*" {
        // an action without resources: there is nothing to tell it apart by
        return entries.iter().all(|entry| entry == "*").then_some(Split { outside: None, inside });
    }
    if entries.iter().any(|entry| entry == "*") {
        // the policy of a topic is about that topic: there is no other resource that it could keep denied
        let outside = (!is_of_one_resource(policy, resource)).then(|| ("NotResource", vec![written]));
        return Some(Split { outside, inside });
    }
    // an entry that covers the resource without naming it would have to be split, which the language cannot say: then it is opened
    // as a whole, and the others stay
    let text = ResourceText::new(resource);
    let covers = |pattern: &ResourcePattern| pattern.matches(&text, &request.context) != ResourceMatch::No;
    let (covering, others): (Vec<_>, Vec<_>) = element
        .entries
        .iter()
        .zip(&element.patterns)
        .partition(|(entry, pattern)| entry.value == written || covers(pattern));
    let values = |list: Vec<(&Spanned<String>, &ResourcePattern)>| -> Vec<String> {
        list.into_iter().map(|(entry, _)| entry.value.clone()).collect()
    };
    let (covering, others) = (values(covering), values(others));
    let named = covering.iter().all(|entry| *entry == written);
    if !named && others.is_empty() {
        return None;
    }
    let inside = if named { inside } else { ("Resource", covering) };
    Some(Split { outside: (!others.is_empty()).then_some(("Resource", others)), inside })
}

/// Whether the policy is about this resource alone, so that its statements need no words for others; that of a topic has to name the topic.
/// Policies of buckets, tables and the like are about what is in these, too.
///
/// - <https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html>
/// - <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-overview-of-managing-access.html>
/// - <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>
fn is_of_one_resource(policy: &Policy, resource: &str) -> bool {
    let service = service_of(resource).unwrap_or_default();
    policy.policy_type == PolicyType::ResourceBased
        && (matches!(service, "sns" | "sqs") || (service == "kms" && resource.contains(":key/")))
}

/// The actions of a statement without `action`, on the resources that are split off, or on its own.
fn split_action(
    policy: &Policy,
    statement: &Statement,
    asked: Asked<'_>,
    inside: Option<&[String]>,
    reference: &Reference,
) -> Option<Split> {
    let own = || match &statement.resource {
        Some(element) if !element.negated => element.entries.iter().map(|entry| entry.value.clone()).collect(),
        _ => Vec::new(),
    };
    let on = inside.map_or_else(own, <[String]>::to_vec);
    let outside = match all_but(policy.policy_type, &statement.action, asked, &on, reference)? {
        AllBut::Written(key, values) => Some((key, values)),
        AllBut::Nothing => None,
    };
    Some(Split { outside, inside: ("Action", vec![asked.0.to_string()]) })
}

/// What one of the resulting statements changes of the original.
#[derive(Debug, Clone, Default)]
struct Changes {
    action: Option<(&'static str, Vec<String>)>,
    resource: Option<(&'static str, Vec<String>)>,
    except: Option<Except>,
}

/// A key whose value is left out of a Deny.
#[derive(Debug, Clone)]
struct Except {
    /// The operators to whose values of the key it may be added.
    joins: &'static [&'static str],
    /// The operators under which the key may be written; the first one where none of them is there.
    under: &'static [&'static str],
    key: String,
    values: Vec<String>,
}

/// Both compare with wildcards.
const ARN_NOT: &[&str] = &["ArnNotEquals", "ArnNotLike"];
/// The same, where there are wildcards.
const ARN_NOT_LIKE: &[&str] = &["ArnNotLike", "ArnNotEquals"];

impl Except {
    fn principal(principal: &Spared) -> Self {
        let values = principal.values.clone();
        let patterns = values.iter().any(|value| value.contains('*'));
        let under = if patterns { ARN_NOT_LIKE } else { ARN_NOT };
        Self { joins: ARN_NOT, under, key: "aws:PrincipalArn".to_owned(), values }
    }

    fn profile(arn: &str) -> Self {
        Self { joins: ARN_NOT, under: ARN_NOT, key: PROFILE_KEY.to_owned(), values: vec![arn.to_owned()] }
    }

    /// `{"KEY": "VALUE"}`
    fn line(&self) -> Json {
        Json::Object(vec![(self.key.clone(), Json::one_or_many(&self.values))])
    }

    /// The operator that is written where none is there.
    fn operator(&self) -> &'static str {
        self.under.first().copied().unwrap_or_default()
    }
}

impl Changes {
    /// The same as several statements, where one takes no more than so many actions.
    fn in_lists_of(self, most: Option<usize>) -> Vec<Self> {
        match (&self.action, most) {
            (Some((key @ "Action", actions)), Some(most)) if actions.len() > most => {
                let each = |few: &[String]| Self { action: Some((key, few.to_vec())), ..self.clone() };
                actions.chunks(most).map(each).collect()
            }
            _ => vec![self],
        }
    }

    /// Changes the original statement in place.
    fn patch(&self, text: &str, node: &Node, patches: &mut Vec<Patch>) {
        let elements = [(&self.action, ["Action", "NotAction"]), (&self.resource, ["Resource", "NotResource"])];
        for (change, names) in elements {
            let member = node.members().into_iter().flatten().find(|member| names.contains(&member.key.as_str()));
            if let (Some((key, values)), Some(member)) = (change, member) {
                patch_element(text, member, key, values, patches);
            }
        }
        if let Some(exception) = &self.except {
            patches.push(except(text, node, exception));
        }
    }

    /// The statement anew, with what is not changed as it stands.
    fn rebuilt(&self, text: &str, node: &Node, taken: &mut Vec<String>) -> Json {
        let mut members = Vec::new();
        let mut conditioned = false;
        for member in node.members().into_iter().flatten() {
            let as_it_stands = || verbatim(text, member.value.span);
            let (key, value) = match member.key.as_str() {
                "Sid" => ("Sid".to_owned(), Json::text(fresh_sid(member.value.as_str().unwrap_or_default(), taken))),
                "Action" | "NotAction" => replaced(self.action.as_ref(), &member.key, as_it_stands),
                "Resource" | "NotResource" => replaced(self.resource.as_ref(), &member.key, as_it_stands),
                "Condition" => {
                    conditioned = true;
                    let value = match &self.except {
                        Some(except) => match as_it_stands() {
                            Json::Verbatim(own) => {
                                with_exception(&own, except).map_or(Json::Verbatim(own), Json::Verbatim)
                            }
                            other => other,
                        },
                        None => as_it_stands(),
                    };
                    (member.key.clone(), value)
                }
                _ => (member.key.clone(), as_it_stands()),
            };
            members.push((key, value));
        }
        if let (Some(except), false) = (&self.except, conditioned) {
            members.push(("Condition".to_owned(), exception(except)));
        }
        Json::Object(members)
    }
}

fn replaced(
    change: Option<&(&'static str, Vec<String>)>,
    key: &str,
    as_it_stands: impl Fn() -> Json,
) -> (String, Json) {
    match change {
        Some((key, values)) => ((*key).to_owned(), Json::one_or_many(values)),
        None => (key.to_owned(), as_it_stands()),
    }
}

/// Changes key and value of one element, keeping the list's layout where only an entry is added.
fn patch_element(text: &str, member: &Member, key: &str, values: &[String], patches: &mut Vec<Patch>) {
    let old: Vec<&str> = member.value.one_or_many().iter().filter_map(Node::as_str).collect();
    let grows =
        member.key == key && values.len() == old.len() + 1 && values.iter().zip(&old).all(|(new, old)| new == old);
    if let (true, Some(last)) = (grows, values.last()) {
        patches.push(append_item(text, &member.value, &Json::text(last.clone())));
        return;
    }
    if member.key != key {
        patches.push(Patch::new(member.key_span, format!("\"{key}\"")));
    }
    patches.push(Patch::new(member.value.span, Json::one_or_many(values).compact()));
}

/// `{"ArnNotEquals": {"aws:PrincipalArn": principal}}`
fn exception(except: &Except) -> Json {
    Json::Object(vec![(except.operator().to_owned(), except.line())])
}

/// The patch that adds the exception to the statement's own Condition, or gives it one.
fn except(text: &str, node: &Node, except: &Except) -> Patch {
    node.get("Condition").map_or_else(
        || append_member(text, node, "Condition", &exception(except)),
        |condition| except_in(text, condition, except),
    )
}

/// All lines of a Condition must hold, so a further negated line only narrows; the values of one negated line are a NOR, so a
/// further value of an exception that is already there narrows it too.
fn except_in(text: &str, condition: &Node, except: &Except) -> Patch {
    let operators = |names: &'static [&'static str]| {
        let is_one = move |member: &&Member| names.iter().any(|name| member.key.eq_ignore_ascii_case(name));
        condition.members().into_iter().flatten().filter(is_one)
    };
    let of_key = |operator: &'_ Member| {
        let mut keys = operator.value.members().into_iter().flatten();
        keys.find(|member| member.key.eq_ignore_ascii_case(&except.key)).map(|key| key.value.clone())
    };
    if let Some(values) = operators(except.joins).find_map(of_key) {
        return match except.values.as_slice() {
            [value] => append_item(text, &values, &Json::text(value)),
            more => {
                let known = values.one_or_many().iter().filter_map(Node::as_str).map(str::to_owned);
                let all: Vec<String> = known.chain(more.iter().cloned()).collect();
                Patch::new(values.span, Json::one_or_many(&all).compact())
            }
        };
    }
    match operators(except.under).next() {
        Some(operator) => append_member(text, &operator.value, &except.key, &Json::one_or_many(&except.values)),
        None => append_member(text, condition, except.operator(), &except.line()),
    }
}

/// A Condition's text with the exception in it.
fn with_exception(own: &str, except: &Except) -> Option<String> {
    let node = parse(own).ok()?;
    Some(apply(own, &[except_in(own, &node, except)]))
}

fn sids(root: &Node) -> Vec<String> {
    let statements = root.get("Statement").map(Node::one_or_many).unwrap_or_default();
    statements.iter().filter_map(|statement| Some(statement.get("Sid")?.as_str()?.to_owned())).collect()
}

/// A Sid that the document does not have yet: they must be unique.
fn fresh_sid(base: &str, taken: &mut Vec<String>) -> String {
    let mut number = 2;
    loop {
        let candidate = format!("{base}{number}");
        if !taken.contains(&candidate) {
            taken.push(candidate.clone());
            return candidate;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests;
