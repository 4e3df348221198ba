//! Whether edits open a request in its own context alone: not with another value of a condition key, and not without one.
//!
//! The comparison of policies says which actions and resources are opened. Here one action on one resource is looked at: every
//! condition key that a statement about them tests is given each value that the conditions can tell apart, and none. Where conditions
//! name more than single values, as ranges and patterns do, the request's own value is never the only one, so the answer is no.

use crate::evaluate::{Decision, decide};
use crate::iam::{
    Condition, Context, ContextValue, Family, Operands, OperatorKind, PolicySet, Request, ResourceMatch,
    ResourcePattern, ResourceText, Statement, TextOperand,
};

/// So many contexts are tried; more are taken to be opened.
const MOST: usize = 20_000;

/// Keys that say who the caller is: with another value it is another caller.
const IDENTITY: [&str; 8] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:principalservicename",
    "aws:principalservicenameslist",
    "aws:principaltype",
    "aws:userid",
    "aws:username",
];

/// A key and the values to try for it; the first is the request's own.
struct Tested {
    key: String,
    values: Vec<ContextValue>,
}

/// Whether the request is not opened in any other context.
pub(super) fn only_in_its_context(request: &Request, before: &PolicySet, after: &PolicySet) -> bool {
    let Some(tested) = tested(request, [before, after]) else { return false };
    let count = tested.iter().try_fold(1usize, |count, key| count.checked_mul(key.values.len()));
    if count.is_none_or(|count| count > MOST) {
        return false;
    }
    let mut asking = request.clone();
    !opens(&mut asking, &tested, true, before, after)
}

/// Whether some choice of the values that are left is opened, and is not all the request's own.
fn opens(request: &mut Request, tested: &[Tested], own: bool, before: &PolicySet, after: &PolicySet) -> bool {
    let Some((key, rest)) = tested.split_first() else {
        // what cannot be told may be opened
        let allowed = |set| decide(request, set) == Decision::Allowed;
        let denied = |set| matches!(decide(request, set), Decision::ExplicitDeny | Decision::ImplicitDeny);
        return !own && !denied(after) && !allowed(before);
    };
    for (number, value) in key.values.iter().enumerate() {
        request.context.set(&key.key, value.clone());
        if opens(request, rest, own && number == 0, before, after) {
            return true;
        }
    }
    false
}

/// The keys that statements about this action and resource test; `None` where single values do not tell everything.
fn tested(request: &Request, sets: [&PolicySet; 2]) -> Option<Vec<Tested>> {
    let (action, resource) = (request.action.value()?, ResourceText::new(request.resource.value()?));
    // whom a statement names does not matter here, nor whether its layer applies: what is tested may matter to the reader
    let about = |statement: &&Statement| {
        let covers = statement.action.entries.iter().any(|entry| entry.pattern.matches(action));
        let of_action = covers != statement.action.negated;
        let of_resource = statement.resource.as_ref().is_none_or(|element| {
            let named = |pattern: &ResourcePattern| pattern.matches(&resource, &request.context) == ResourceMatch::Yes;
            // with another value of a variable it may cover the resource
            element.patterns.iter().any(named) != element.negated || has_variables(statement)
        });
        statement.rejected || (of_action && of_resource)
    };
    let policies = sets.into_iter().flat_map(PolicySet::policies);
    let statements: Vec<&Statement> = policies.flat_map(|policy| &policy.document.statements).filter(about).collect();
    let patterns = statements.iter().filter_map(|statement| statement.resource.as_ref()).flat_map(|all| &all.patterns);
    let variables: Vec<String> = patterns.flat_map(ResourcePattern::keys).map(str::to_ascii_lowercase).collect();
    let mut lines: Vec<&Condition> = statements.iter().flat_map(|statement| &statement.conditions).collect();
    lines.retain(|line| !IDENTITY.contains(&line.folded_key.as_str()));
    let mut keys: Vec<&str> = lines.iter().map(|line| line.folded_key.as_str()).collect();
    keys.sort_unstable();
    keys.dedup();
    // each of its values is another resource
    if keys.iter().any(|key| variables.iter().any(|variable| variable == key)) {
        return None;
    }
    keys.into_iter()
        .map(|key| {
            let own: Vec<&Condition> = lines.iter().copied().filter(|line| line.folded_key == key).collect();
            Some(Tested { key: key.to_owned(), values: values(key, &own, &request.context)? })
        })
        .collect()
}

fn has_variables(statement: &Statement) -> bool {
    statement.resource.iter().any(|element| element.entries.iter().any(|entry| entry.value.contains("${")))
}

/// The request's own value, then every other one that the lines can tell apart, and none.
fn values(key: &str, lines: &[&Condition], context: &Context) -> Option<Vec<ContextValue>> {
    let own = context.get_folded(key);
    let mut texts: Vec<String> = Vec::new();
    for line in lines {
        texts.extend(singles(line)?);
    }
    // an own value that no line names is one of many, and so is one that is not known
    let named = match own {
        ContextValue::Present { values, multivalued: false } => {
            matches!(values.as_slice(), [only] if texts.contains(only))
        }
        ContextValue::Absent => true,
        ContextValue::Present { .. } | ContextValue::Unknown => false,
    };
    if !named {
        return None;
    }
    let other = texts.iter().fold("another".to_owned(), |longest, text| {
        if text.len() >= longest.len() { format!("{text}-another") } else { longest }
    });
    texts.push(other);
    let mut all = vec![own.clone()];
    let single = |text: String| ContextValue::Present { values: vec![text], multivalued: false };
    let many = ContextValue::Present { values: texts.clone(), multivalued: true };
    let others = texts.into_iter().map(single).chain([many, ContextValue::Absent]);
    for value in others {
        if !all.contains(&value) {
            all.push(value);
        }
    }
    Some(all)
}

/// The values that a line names, where it tells nothing else apart.
fn singles(line: &Condition) -> Option<Vec<String>> {
    let kind = line.operator.kind?;
    if line.operator.quantifier.is_some() {
        return None;
    }
    let plain = line.values.iter().all(|value| !value.value.contains(['*', '?', '$']));
    match kind.family() {
        Family::String if !kind.ignores_case() => match &line.operands {
            Operands::Text(operands) => operands
                .iter()
                .map(|operand| match operand {
                    TextOperand::Literal(text) => Some(text.clone()),
                    TextOperand::Pattern(_) | TextOperand::Template(_) => None,
                })
                .collect(),
            Operands::Plain => Some(line.values.iter().map(|value| value.value.clone()).collect()),
            _ => None,
        },
        Family::Arn if plain => Some(line.values.iter().map(|value| value.value.clone()).collect()),
        Family::Bool if plain => Some(vec!["true".to_owned(), "false".to_owned()]),
        Family::Null => Some(Vec::new()),
        _ if kind == OperatorKind::BinaryEquals => Some(line.values.iter().map(|value| value.value.clone()).collect()),
        _ => None,
    }
}
