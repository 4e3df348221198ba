//! Why each element of a statement covers the request or does not, in words for a person.
//!
//! The answers come from the same functions that [`super::evaluate`] uses; only the words are made here.

use super::condition::{all_hold, holds, missing_keys};
use super::principal::{named, names};
use super::statement::{action, resource, unknown_variables};
use super::subject::Subject;
use super::{ElementReason, Truth};
use crate::iam::{
    ActionElement, Condition, ContextValue, Element, Operands, OperatorKind, Policy, PolicyType, PrincipalElement,
    PrincipalRule, Quantifier, Request, ResourceElement, ResourceText, Statement, open_parts,
};
use crate::text::Span;

/// One reason for each element of the statement, in the order Principal, Action, Resource, Condition.
#[must_use]
pub fn reasons(request: &Request, policy: &Policy, statement: &Statement) -> Vec<ElementReason> {
    if statement.rejected {
        let why = "AWS rejects the statement, so it never matches".to_owned();
        let reason = |element| ElementReason {
            element,
            truth: Truth::False,
            span: statement.span,
            why: why.clone(),
            missing_keys: Vec::new(),
        };
        return [Element::Principal, Element::Action, Element::Resource, Element::Condition].map(reason).into();
    }
    let subject = Subject::new(request);
    let mut reasons = Vec::new();
    let rule = policy.policy_type.principal_rule();
    let truth = named(&subject, policy.policy_type, statement, false).any();
    match &statement.principal {
        Some(element) => reasons.push(principal_reason(&subject, rule, element, truth, policy)),
        None if rule == PrincipalRule::Required => reasons.push(ElementReason {
            element: Element::Principal,
            truth,
            span: statement.span,
            why: format!("{} needs a principal, and the statement has none", policy.policy_type.with_article()),
            missing_keys: Vec::new(),
        }),
        None => {}
    }
    reasons.push(action_reason(&subject, &statement.action));
    reasons.push(resource_reason(&subject, policy, statement));
    if !statement.conditions.is_empty() || statement.condition_span.is_some() {
        reasons.push(condition_reason(&subject, statement));
    }
    reasons
}

fn principal_reason(
    subject: &Subject<'_>,
    rule: PrincipalRule,
    element: &PrincipalElement,
    truth: Truth,
    policy: &Policy,
) -> ElementReason {
    let caller = subject.principal.map_or("the principal", |principal| principal.as_str());
    let entry = element.entries.iter().find(|entry| names(subject, entry).0.is_true());
    let (span, why) = if rule == PrincipalRule::Forbidden {
        (
            element.key_span,
            format!("{} has no principal, so AWS rejects the statement", policy.policy_type.with_article()),
        )
    } else if element.negated && !policy.policy_type.takes_not_principal() {
        (
            element.key_span,
            format!("{} takes no NotPrincipal, so AWS rejects the statement", policy.policy_type.with_article()),
        )
    } else if policy.policy_type == PolicyType::VpcEndpoint
        && subject.through_gateway() != Truth::False
        && !truth.is_true()
        && subject.principal.is_some()
        && (entry.is_some() || element.negated)
    {
        let only = "in the policy of a gateway endpoint `Principal` must be `*`, and aws:PrincipalArn in a Condition names somebody";
        let certain = if truth.is_false() { "" } else { "; whether the endpoint is one is not known" };
        let what = entry.map_or("`NotPrincipal`", |entry| entry.value.as_str());
        (entry.map_or(element.span, |entry| entry.span), format!("{only}: {what} allows nothing there{certain}"))
    } else if element.negated && truth == Truth::Unknown && subject.principal.is_some() {
        let why = format!(
            "`NotPrincipal` lists {caller} only in part: a Deny spares those of whom account and user, or account, role \
             and session, are all listed, and may hit others"
        );
        (element.span, why)
    } else {
        match (entry, element.negated) {
            (Some(entry), false) => (entry.span, format!("`{}` names {caller}", entry.value)),
            (Some(entry), true) if truth.is_true() => {
                (entry.span, format!("`NotPrincipal` lists `{}`, which does not spare {caller}", entry.value))
            }
            (Some(entry), true) => {
                (entry.span, format!("`NotPrincipal` lists `{}`, which names {caller}", entry.value))
            }
            (None, _) if truth == Truth::Unknown => {
                let open = left_open(element.entries.iter().map(|entry| entry.value.as_str()));
                (element.span, open.unwrap_or_else(|| "the principal is not known".to_owned()))
            }
            (None, false) => (
                element.span,
                format!("{} does not name {caller}", list(element.entries.iter().map(|e| e.value.as_str()))),
            ),
            (None, true) => (element.span, format!("`NotPrincipal` does not list {caller}")),
        }
    };
    ElementReason { element: Element::Principal, truth, span, why, missing_keys: Vec::new() }
}

fn action_reason(subject: &Subject<'_>, element: &ActionElement) -> ElementReason {
    let hit = action(subject, element);
    let entry = hit.entry.and_then(|index| element.entries.get(index));
    let asked = subject.action.map_or("the action", |action| action.as_str());
    let name = if element.negated { "`NotAction`" } else { "`Action`" };
    let why = match (entry, element.negated, hit.truth) {
        (_, _, Truth::Unknown) => left_open(element.entries.iter().map(|entry| entry.text.as_str()))
            .unwrap_or_else(|| "the action is not known".to_owned()),
        (Some(entry), false, _) => format!("`{}` matches {asked}", entry.text),
        (Some(entry), true, _) => format!("{name} leaves out `{}`, which matches {asked}", entry.text),
        (None, false, _) => {
            format!("{} {asked}", do_not_match(element.entries.iter().map(|entry| entry.text.as_str())))
        }
        (None, true, _) => format!("{name} does not leave out {asked}"),
    };
    let span = entry.map_or(element.span, |entry| entry.span);
    ElementReason { element: Element::Action, truth: hit.truth, span, why, missing_keys: Vec::new() }
}

fn resource_reason(subject: &Subject<'_>, policy: &Policy, statement: &Statement) -> ElementReason {
    let hit = resource(subject, policy.policy_type, statement.resource.as_ref());
    let missing_keys: Vec<String> = if hit.truth == Truth::Unknown {
        unknown_variables(subject, statement.resource.as_ref()).into_iter().map(str::to_owned).collect()
    } else {
        Vec::new()
    };
    let Some(element) = &statement.resource else {
        let why = if hit.truth.is_true() {
            "the policy is about the resource that it is attached to".to_owned()
        } else {
            format!("{} needs `Resource`, and the statement has none", policy.policy_type.with_article())
        };
        return ElementReason { element: Element::Resource, truth: hit.truth, span: statement.span, why, missing_keys };
    };
    let entry = hit.entry.and_then(|index| element.entries.get(index));
    ElementReason {
        element: Element::Resource,
        truth: hit.truth,
        span: entry.map_or(element.span, |entry| entry.span),
        why: resource_words(subject, element, hit.truth, entry.map(|entry| entry.value.as_str()), &missing_keys),
        missing_keys,
    }
}

fn resource_words(
    subject: &Subject<'_>,
    element: &ResourceElement,
    truth: Truth,
    entry: Option<&str>,
    missing_keys: &[String],
) -> String {
    let asked = subject.request.resource.value().map_or("the resource", String::as_str);
    match (truth, entry, element.negated) {
        (Truth::Unknown, _, _) if !missing_keys.is_empty() => are_not_known(missing_keys),
        (Truth::Unknown, _, _) if subject.resource.is_none() => "the resource is not known".to_owned(),
        (Truth::Unknown, _, _) => left_open(element.entries.iter().map(|entry| entry.value.as_str()))
            .unwrap_or_else(|| format!("`{asked}` is no ARN, so it cannot be compared")),
        (Truth::True, Some(entry), false) => format!("`{entry}` matches {asked}"),
        (Truth::False, Some(entry), true) => match subject.resource {
            Some(ResourceText::Arn(..)) if entry.contains("${") => {
                format!("`NotResource` leaves out `{entry}`, which matches {asked} or has a variable without a value")
            }
            _ => format!("`NotResource` leaves out `{entry}`, which matches {asked} or is no complete ARN"),
        },
        (Truth::True, _, true) => format!("`NotResource` does not leave out {asked}"),
        _ if asked == "*" => {
            format!(
                "{} `*`: the action has no resources, so only `*` does",
                do_not_match(element.entries.iter().map(|e| e.value.as_str()))
            )
        }
        _ => format!("{} {asked}", do_not_match(element.entries.iter().map(|entry| entry.value.as_str()))),
    }
}

fn condition_reason(subject: &Subject<'_>, statement: &Statement) -> ElementReason {
    let truth = all_hold(&statement.conditions, subject.context);
    // the line that decides: one that fails, else one that is not known, else the first
    let decides = |wanted: Truth| statement.conditions.iter().find(|line| holds(line, subject.context) == wanted);
    let line = decides(Truth::False).or_else(|| decides(Truth::Unknown)).or_else(|| statement.conditions.first());
    let whole = statement.condition_span.unwrap_or(statement.span);
    let Some(line) = line else {
        let why = "the condition block is empty".to_owned();
        return ElementReason { element: Element::Condition, truth, span: whole, why, missing_keys: Vec::new() };
    };
    let mut missing: Vec<String> = Vec::new();
    if truth == Truth::Unknown {
        for key in statement.conditions.iter().flat_map(|line| missing_keys(line, subject.context)) {
            if !missing.iter().any(|known| known.eq_ignore_ascii_case(key)) {
                missing.push(key.to_owned());
            }
        }
    }
    let span = if truth.is_true() { whole } else { line_span(line) };
    let why = match truth {
        Truth::Unknown if missing.is_empty() => {
            let texts = line.values.iter().map(|value| value.value.as_str()).chain([line.key.as_str()]);
            left_open(texts).unwrap_or_else(|| format!("whether {} holds is not known", line.key))
        }
        Truth::Unknown => are_not_known(&missing),
        Truth::True if statement.conditions.len() > 1 => {
            let lines: Vec<String> = statement.conditions.iter().map(|line| line_words(subject, line)).collect();
            lines.join("; ")
        }
        _ => line_words(subject, line),
    };
    ElementReason { element: Element::Condition, truth, span, why, missing_keys: missing }
}

/// From the key to the end of its values.
fn line_span(line: &Condition) -> Span {
    line.key_span.join(line.values_span)
}

/// What one condition line comes to.
fn line_words(subject: &Subject<'_>, line: &Condition) -> String {
    let truth = holds(line, subject.context);
    let key = &line.key;
    let operator = &line.operator;
    let wanted = list(line.values.iter().map(|value| value.value.as_str()));
    let Some(kind) = operator.kind else {
        return format!("`{operator}` is no condition operator");
    };
    let values = match subject.context.get_folded(&line.folded_key) {
        ContextValue::Unknown => return format!("{key} is not known"),
        ContextValue::Present { values, .. } if !values.is_empty() => values,
        _ => return absent_words(line, kind, truth),
    };
    let given = list(values.iter().map(String::as_str));
    if kind == OperatorKind::Null {
        let does = if truth.is_true() { "as" } else { "but" };
        let asked = match &line.operands {
            Operands::Null(operands) if operands.contains(&Some(false)) => "present",
            _ => "absent",
        };
        return format!("{key} is in the request, {does} `Null` asks for it to be {asked}");
    }
    let many = subject.context.get_folded(&line.folded_key).single().is_none();
    if many && operator.quantifier.is_none() {
        return format!("{key} has many values, which `{operator}` without ForAllValues or ForAnyValue never matches");
    }
    let among = match operator.quantifier {
        Some(Quantifier::ForAllValues) => "every value of ",
        Some(Quantifier::ForAnyValue) => "some value of ",
        None => "",
    };
    let not = if truth.is_true() { "" } else { "not " };
    format!("{among}{key} is {given}, which does {not}satisfy `{operator}` {wanted}")
        .replace("does satisfy", "satisfies")
}

fn absent_words(line: &Condition, kind: OperatorKind, truth: Truth) -> String {
    let (key, operator) = (&line.key, &line.operator);
    match (truth, kind) {
        (Truth::True, OperatorKind::Null) => format!("{key} is not in the request, as `Null` asks"),
        (Truth::True, _) => format!("{key} is not in the request, which satisfies `{operator}`"),
        _ => format!("{key} is not in the request"),
    }
}

/// What a template leaves open in these texts.
fn left_open<'t>(texts: impl Iterator<Item = &'t str>) -> Option<String> {
    let names: Vec<&str> = texts.flat_map(open_parts).collect();
    let names = (!names.is_empty()).then(|| list(names.into_iter()))?;
    Some(format!("the template leaves {names} open, so whether it matches is not known"))
}

fn are_not_known(keys: &[String]) -> String {
    match keys {
        [only] => format!("{only} is not known"),
        [first, last] => format!("{first} and {last} are not known"),
        keys => format!("{} are not known", keys.join(", ")),
    }
}

/// `a`, or `a` or `b`; long lists are cut.
fn list<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    const SHOWN: usize = 3;
    let quoted: Vec<String> = texts.map(|text| format!("`{text}`")).collect();
    match quoted.as_slice() {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        [first, rest @ ..] if quoted.len() > SHOWN => {
            let shown: Vec<&str> = rest.iter().take(SHOWN - 1).map(String::as_str).collect();
            format!("{first}, {} and {} more", shown.join(", "), quoted.len() - SHOWN)
        }
        [init @ .., last] => format!("{} or {last}", init.join(", ")),
    }
}

/// The words for entries of which none matches.
fn do_not_match<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    let texts: Vec<&str> = texts.collect();
    match texts.as_slice() {
        [only] => format!("`{only}` does not match"),
        [] => "an empty list does not match".to_owned(),
        _ => format!("none of {} matches", list(texts.into_iter()).replace(" or ", " and ")),
    }
}
