//! What is wrong with the form of a case, in words for whoever wrote it: which field, what stands there, and where.

use std::fmt;

use super::evaluation::Decision;
use crate::iam::{EndpointKind, PolicySet, PolicyType};
use crate::text::{Item, JsonError, Kind, Position, Tape, position_in};

/// Why a text is not a case, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CaseFault {
    /// The place in the text of the case.
    pub at: Position,
    /// What is wrong there.
    pub what: String,
}

impl fmt::Display for CaseFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at: Position { line, column }, what } = self;
        // most cases stand on one line, whose number the reader has already
        if *line == 1 {
            write!(f, "{what} (column {column})")
        } else {
            write!(f, "{what} (its line {line}, column {column})")
        }
    }
}

impl std::error::Error for CaseFault {}

/// Where in the text, and what.
type Fault = (usize, String);

const VALUES: &str = "a string, a number, a boolean or a list of these";

impl CaseFault {
    /// What is wrong with the text, which the reader of cases refused.
    pub(super) fn of(text: &str, refused: &serde_json::Error) -> Self {
        let tape = match Tape::new(text) {
            Ok(tape) => tape,
            Err(JsonError { at, message }) => {
                let message = if message == "expected ident" { "expected value" } else { message.as_str() };
                return Self { at, what: format!("not JSON: {message}") };
            }
        };
        if let Some(Err((start, what))) = tape.root().map(case) {
            return Self { at: position_in(text, start), what };
        }
        let message = refused.to_string();
        let what = message.split(" at line ").next().unwrap_or(&message).to_owned();
        Self { at: Position { line: refused.line().max(1), column: refused.column().max(1) }, what }
    }
}

fn case(root: Item<'_, '_>) -> Result<(), Fault> {
    object(root, "a case")?;
    once(root, &["id", "name", "request", "policies", "expect", "context_complete", "derive_context"])?;
    text(root, "name", true)?;
    let request = needed(root, "request", "a case")?;
    object(request, "`request`")?;
    asked(request)?;
    if let Some(policies) = field(root, "policies") {
        object(policies, "`policies`")?;
        once(policies, &PolicySet::LAYERS.map(PolicyType::id))?;
        policies.members().try_for_each(|member| layer(member.key, member.value))?;
    }
    flag(root, "context_complete", true)?;
    flag(root, "derive_context", true)?;
    let decision =
        |item: Item<'_, '_>| item.kind() == Kind::Null || serde_json::from_str::<Decision>(item.written()).is_ok();
    match field(root, "expect").filter(|item| !decision(*item)) {
        Some(item) => wrong(item, "`expect` is allowed, explicitDeny, implicitDeny or undetermined"),
        None => Ok(()),
    }
}

fn asked(request: Item<'_, '_>) -> Result<(), Fault> {
    once(
        request,
        &[
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
        ],
    )?;
    for name in ["principal", "action", "resource"] {
        needed(request, name, "`request`")?;
        text(request, name, false)?;
    }
    text(request, "resource_account", true)?;
    for name in ["context", "principal_tags"] {
        let Some(values) = field(request, name) else { continue };
        object(values, &format!("`{name}`"))?;
        for member in values.members() {
            let scalar = |item: &Item<'_, '_>| !matches!(item.kind(), Kind::Null | Kind::List | Kind::Object);
            if let Some(item) = member.value.one_or_many().find(|item| !scalar(item)) {
                let key = member.key.text().unwrap_or_default();
                wrong(item, &format!("the value of `{key}` in `{name}` is {VALUES}"))?;
            }
        }
    }
    if let Some(names) = field(request, "multivalued_keys") {
        let is_text = |item: &Item<'_, '_>| matches!(item.kind(), Kind::Plain | Kind::Escaped);
        let other =
            if names.kind() == Kind::List { names.one_or_many().find(|item| !is_text(item)) } else { Some(names) };
        other.map_or(Ok(()), |item| wrong(item, "`multivalued_keys` is a list of strings"))?;
    }
    flag(request, "management_account", false)?;
    flag(request, "context_complete", true)?;
    flag(request, "derive_context", true)?;
    let known = |item: Item<'_, '_>| serde_json::from_str::<Option<EndpointKind>>(item.written()).is_ok();
    match field(request, "vpc_endpoint_type").filter(|item| !known(*item)) {
        Some(item) => wrong(item, "`vpc_endpoint_type` is gateway or interface"),
        None => Ok(()),
    }
}

/// The policies of one type.
fn layer(key: Item<'_, '_>, value: Item<'_, '_>) -> Result<(), Fault> {
    let name = key.text().unwrap_or_default();
    if !PolicySet::LAYERS.iter().any(|policy_type| policy_type.id() == name) {
        let types = PolicySet::LAYERS.map(PolicyType::id).join(", ");
        return Err((key.span().start, format!("`{name}` is no type of policy. Expected is one of {types}")));
    }
    if value.kind() != Kind::List {
        return wrong(value, &format!("`{name}` is a list of policies"));
    }
    let levels = ["service-control", "resource-control"].contains(&&*name);
    match value.one_or_many().find(|level| levels && level.kind() != Kind::List) {
        Some(level) => wrong(level, &format!("`{name}` is a list of levels, and a level is a list of policies")),
        None => Ok(()),
    }
}

/// Something else stands there than is wanted.
fn wrong(item: Item<'_, '_>, wanted: &str) -> Result<(), Fault> {
    let found = match item.kind() {
        Kind::Plain | Kind::Escaped => format!("`{}`", item.text().unwrap_or_default()),
        _ => item.noun().to_owned(),
    };
    Err((item.span().start, format!("{wanted}, this is {found}")))
}

fn object(item: Item<'_, '_>, name: &str) -> Result<(), Fault> {
    if item.is_object() { Ok(()) } else { wrong(item, &format!("{name} is an object")) }
}

/// None of these fields stands there twice.
fn once(item: Item<'_, '_>, names: &[&str]) -> Result<(), Fault> {
    for name in names {
        if let Some(again) = item.members().filter(|member| member.key.is(name)).nth(1) {
            return Err((again.key.span().start, format!("`{name}` is given more than once")));
        }
    }
    Ok(())
}

fn field<'a, 't>(item: Item<'a, 't>, name: &str) -> Option<Item<'a, 't>> {
    item.members().find(|member| member.key.is(name)).map(|member| member.value)
}

fn needed<'a, 't>(item: Item<'a, 't>, name: &str, of: &str) -> Result<Item<'a, 't>, Fault> {
    field(item, name).ok_or_else(|| (item.span().start, format!("{of} needs `{name}`")))
}

/// A field that holds a string, or, where it may, null.
fn text(item: Item<'_, '_>, name: &str, optional: bool) -> Result<(), Fault> {
    match field(item, name) {
        Some(value) if value.kind() == Kind::Null && optional => Ok(()),
        Some(value) if !matches!(value.kind(), Kind::Plain | Kind::Escaped) => {
            wrong(value, &format!("`{name}` is a string"))
        }
        _ => Ok(()),
    }
}

/// A field that holds yes or no, or, where it may, null.
fn flag(item: Item<'_, '_>, name: &str, optional: bool) -> Result<(), Fault> {
    match field(item, name) {
        Some(value) if value.kind() == Kind::Null && optional => Ok(()),
        Some(value) if !matches!(value.kind(), Kind::True | Kind::False) => {
            wrong(value, &format!("`{name}` is true or false"))
        }
        _ => Ok(()),
    }
}
