//! Two versions of a policy in a template: what a deployment fills in is taken for a name of its own, the same in both.
//!
//! That shows what is allowed on it. Whether more is allowed where it turns out to be something else that the policies name is left open,
//! unless the new version says nothing that the old one did not say.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::cannot_tell::CannotTell;
use super::condition::{ConditionExpr, ConditionTest};
use super::documents::documents;
use super::names::Names;
use super::result::Difference;
use crate::iam::{ActionPattern, Document, Effect, Family, Statement, is_open, open_part, open_parts};
use crate::reference::{ActionFacts, Reference};
use crate::text::{LineInFile, Source};

/// Documents that are compared.
type Documents = Vec<Arc<Document>>;

/// What the documents after allow or deny that those before did not, with the documents as they were compared.
#[must_use]
pub fn of_templates(
    before: &[Arc<Document>],
    after: &[Arc<Document>],
    reference: &Reference,
) -> (Difference, [Documents; 2]) {
    let as_written = || {
        let mut difference = documents(before, after, reference);
        in_short(&mut difference);
        (difference, [before.to_vec(), after.to_vec()])
    };
    let all = || before.iter().chain(after);
    if all().all(|document| !is_open(document.source.text())) {
        return as_written();
    }
    let Some(stand_ins) = stand_ins(all(), reference) else { return as_written() };
    let filled = |documents: &[Arc<Document>]| documents.iter().map(|document| filled(document, &stand_ins)).collect();
    let (Some(old), Some(new)): (Option<Documents>, Option<Documents>) = (filled(before), filled(after)) else {
        return as_written();
    };
    let mut difference = documents(&old, &new, reference);
    let unknown = stand_ins.iter().filter(|(_, stand_in)| !stand_in.is_known);
    Names::new(unknown.map(|(part, stand_in)| (stand_in.text.clone(), format!("${{{part}}}"))).collect())
        .put_into(&mut difference);
    if !says_less(before, after) {
        let open = stand_ins.iter().filter(|(_, stand_in)| !stand_in.is_known).map(|(part, _)| part.clone());
        let open: Vec<String> = open.collect();
        difference.cannot_tell.extend((!open.is_empty()).then_some(CannotTell::OpenParts(open)));
    }
    (difference, [old, new])
}

/// What depends on open parts in many ways is told once.
fn in_short(difference: &mut Difference) {
    let mut parts: Vec<String> = Vec::new();
    let mut keep = |name: &str| {
        let part = name.strip_prefix(KEY);
        parts.extend(part.map(str::to_owned).filter(|part| !parts.contains(part)));
        part.is_none()
    };
    difference.cannot_tell.retain(|fact| match fact {
        CannotTell::Undecided(change) | CannotTell::Unconfirmed(change) => {
            change.conditions.iter().all(|condition| key(condition).is_none_or(&mut keep))
        }
        CannotTell::Variable(name, _) => keep(name),
        _ => true,
    });
    difference.cannot_tell.extend((!parts.is_empty()).then_some(CannotTell::DependsOn(parts)));
}

/// The one key that a condition is about.
fn key(condition: &ConditionExpr) -> Option<&str> {
    match condition {
        ConditionExpr::Is(key, _)
        | ConditionExpr::IsNot(key, _)
        | ConditionExpr::Present(key)
        | ConditionExpr::Absent(key)
        | ConditionExpr::SuchAs(key, _)
        | ConditionExpr::Test(ConditionTest { key, .. }) => Some(key),
        ConditionExpr::Any(_) | ConditionExpr::All(_) | ConditionExpr::Not(_) => None,
    }
}

/// How a variable begins that stands for an open part.
const KEY: &str = "template:";

/// What stands for an open part.
#[derive(Debug, PartialEq, Eq)]
struct StandIn {
    text: String,
    /// Whether it is what every deployment has, but for rare partitions.
    is_known: bool,
}

/// Where an open part stands.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Role {
    /// The account of an ARN.
    Account,
    /// A whole ARN, or the first part of one, of this service; and the patterns of actions on it.
    Arn(String, Vec<String>),
    /// A principal of AWS.
    Principal,
    /// Anything else in a text.
    Name,
}

/// A text for each open part; `None` where one stands in a place of which nothing can be said so.
fn stand_ins<'d>(
    documents: impl Iterator<Item = &'d Arc<Document>>,
    reference: &Reference,
) -> Option<BTreeMap<String, StandIn>> {
    let mut roles: BTreeMap<String, Role> = BTreeMap::new();
    for document in documents {
        let mut count = 0;
        let mut note = |text: &str, first: &dyn Fn() -> Role| -> Option<()> {
            count += text.matches(&open_start()).count();
            for part in open_parts(text) {
                let role = role(text, part, first);
                let known = roles.entry(part.to_owned()).or_insert_with(|| role.clone());
                match (known, role) {
                    (Role::Arn(service, actions), Role::Arn(other, more)) if *service == other => actions.extend(more),
                    (known, role) if *known == role => {}
                    // a name within a text can be whatever else it is
                    _ => return None,
                }
            }
            Some(())
        };
        for statement in &document.statements {
            of_statement(statement, &mut note)?;
        }
        // whatever stands in another place is not understood
        if count != document.source.text().matches(&open_start()).count() {
            return None;
        }
    }
    let texts = roles.into_iter().enumerate().map(|(number, (part, role))| {
        let stand_in = stand_in(number, &part, &role, reference)?;
        Some((part, stand_in))
    });
    texts.collect()
}

fn open_start() -> String {
    let whole = open_part("");
    whole.trim_end_matches('}').to_owned()
}

/// Notes the texts of a statement in which a part may be open.
fn of_statement(statement: &Statement, note: &mut impl FnMut(&str, &dyn Fn() -> Role) -> Option<()>) -> Option<()> {
    let actions = || statement.action.entries.iter().map(|entry| entry.text.clone()).collect::<Vec<_>>();
    let services: Vec<String> = actions()
        .iter()
        .map(|action| action.split_once(':').map_or("*", |(service, _)| service).to_ascii_lowercase())
        .collect();
    let service = services.first().filter(|first| services.iter().all(|service| service == *first));
    let arn = || match service {
        Some(service) if !statement.action.negated => Role::Arn(service.clone(), actions()),
        _ => Role::Arn("*".to_owned(), Vec::new()),
    };
    if let Some(element) = statement.resource.as_ref().filter(|element| !element.negated) {
        element.entries.iter().try_for_each(|entry| note(&entry.value, &arn))?;
    }
    if let Some(element) = statement.principal.as_ref().filter(|element| !element.negated) {
        for entry in &element.entries {
            let first = || if entry.kind == "AWS" { Role::Principal } else { Role::Name };
            note(&entry.value, &first)?;
        }
    }
    for condition in &statement.conditions {
        let kind = condition.operator.kind.filter(|kind| !kind.is_negated());
        if kind.is_some_and(|kind| matches!(kind.family(), Family::String | Family::Arn)) {
            condition.values.iter().try_for_each(|value| note(&value.value, &|| Role::Name))?;
        }
    }
    Some(())
}

/// Where the part stands in the text; `first` if it begins it.
fn role(text: &str, part: &str, first: &dyn Fn() -> Role) -> Role {
    let at = text.find(&open_part(part)).unwrap_or_default();
    let before = text.get(..at).unwrap_or_default();
    if at == 0 {
        return first();
    }
    // the fields of an ARN: partition, service, Region, account. Names of parts have colons, too
    let fields = without_parts(before).matches(':').count();
    if before.starts_with("arn:") && fields == 4 && before.ends_with(':') { Role::Account } else { Role::Name }
}

/// The text without the open parts in it.
fn without_parts(text: &str) -> String {
    open_parts(text).into_iter().fold(text.to_owned(), |text, part| text.replace(&open_part(part), ""))
}

/// Where examples live.
const ACCOUNT: &str = "111122223333";

fn stand_in(number: usize, part: &str, role: &Role, reference: &Reference) -> Option<StandIn> {
    let known = |text: &str| Some(StandIn { text: text.to_owned(), is_known: true });
    let other = |text: String| Some(StandIn { text, is_known: false });
    match part {
        "AWS::Partition" => return known("aws"),
        "AWS::URLSuffix" => return known("amazonaws.com"),
        _ => {}
    }
    // an own account of many parts, that no document has
    let account = format!("9{number:011}");
    let plain: String =
        part.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let name = format!("open-{number}-{plain}");
    match role {
        Role::Account => other(account),
        Role::Name | Role::Principal if part == "AWS::AccountId" => other(account),
        Role::Name => other(name),
        Role::Principal => other(format!("arn:aws:iam::{account}:role/{name}")),
        Role::Arn(_, actions) => {
            let of_actions = actions.iter().flat_map(|action| reference.matching(&ActionPattern::new(action)));
            let of_actions: Vec<ActionFacts<'_>> = of_actions.collect();
            let own = of_actions.iter().flat_map(ActionFacts::resource_types).flat_map(|(kind, _)| kind.arns());
            let own: Vec<&String> = own.filter(|arn| !arn.contains('*')).collect();
            // what most of what the actions are asked on is a part of: a bucket, not its objects
            let holds = |arn: &String| own.iter().filter(|other| other.starts_with(arn.as_str())).count();
            let arn = own.iter().max_by_key(|arn| (holds(arn), Reverse(arn.matches("${").count()), Reverse(arn.len())));
            other(filled_in(arn?, &name))
        }
    }
}

/// An ARN as the reference has it, with these names in it.
fn filled_in(template: &str, name: &str) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("${") {
        let (variable, after) = after.split_once('}').unwrap_or((after, ""));
        text.push_str(before);
        text.push_str(match variable {
            "Partition" => "aws",
            "Region" => "us-east-1",
            "Account" => ACCOUNT,
            _ => name,
        });
        rest = after;
    }
    text.push_str(rest);
    text
}

/// The document with what stands for its open parts; lines stay, columns do not.
fn filled(document: &Arc<Document>, stand_ins: &BTreeMap<String, StandIn>) -> Option<Arc<Document>> {
    let source = &document.source;
    if !is_open(source.text()) {
        return Some(Arc::clone(document));
    }
    let text = stand_ins
        .iter()
        .fold(source.text().to_owned(), |text, (part, stand_in)| text.replace(&open_part(part), &stand_in.text));
    let mut filled = Source::new(source.name(), text);
    if let Some((file, line)) = source.origin() {
        let lines = source.lines_in_file().into_iter().map(|line| LineInFile { shift: None, ..line });
        filled = filled.found_in(file, line).on_lines(lines.collect());
    }
    Document::parse(filled).ok().map(Arc::new)
}

/// Whether the new version allows nothing in words that the old one does not have, and denies all that it denies: then it allows nothing
/// more, whatever stands for the open parts.
fn says_less(before: &[Arc<Document>], after: &[Arc<Document>]) -> bool {
    let texts = |documents: &[Arc<Document>], effect: Effect| -> Vec<Option<String>> {
        let of = |document: &Arc<Document>| {
            let statements = document.statements.iter().filter(move |statement| statement.effect == effect);
            let source = document.source.clone();
            let words = move |text: &str| text.split_whitespace().collect::<String>();
            statements.map(move |it| source.snippet(it.span).map(&words)).collect::<Vec<_>>()
        };
        documents.iter().flat_map(of).collect()
    };
    let within = |some: Vec<Option<String>>, all: &[Option<String>]| {
        some.iter().all(|text| text.is_some() && all.contains(text))
    };
    within(texts(after, Effect::Allow), &texts(before, Effect::Allow))
        && within(texts(before, Effect::Deny), &texts(after, Effect::Deny))
}
