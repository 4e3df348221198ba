//! Asks about each element of a statement why it covers the request or does not.
//!
//! The answers come from the same functions that [`super::evaluate`] uses.

use super::condition::{all_hold, holds, missing_keys};
use super::distinct::distinct;
use super::element_reason::{ElementReason, ElementWhy, LineWhy, NotComparable};
use super::principal::{named, names};
use super::statement::{action, resource, unknown_variables};
use super::subject::Subject;
use super::truth::Truth;
use crate::iam::{
    ActionElement, Condition, ContextValue, Element, Language, Operands, OperatorKind, Policy, PolicyType,
    PrincipalElement, PrincipalRule, Request, ResourceElement, ResourceText, SessionRole, Statement, Template,
    open_parts,
};
use crate::text::Span;

/// One reason for each element of the statement, in the order Principal, Action, Resource, Condition.
#[must_use]
pub fn reasons(request: &Request, policy: &Policy, statement: &Statement) -> Vec<ElementReason> {
    if statement.rejected {
        return [Element::Principal, Element::Action, Element::Resource, Element::Condition]
            .map(|element| reason(element, Truth::False, statement.span, ElementWhy::StatementRejected))
            .into();
    }
    let subject = Subject::new(request);
    let mut reasons = Vec::new();
    let rule = policy.policy_type.row().principal;
    let truth = named(&subject, policy.policy_type, statement, false).any();
    match &statement.principal {
        Some(element) => reasons.push(principal_reason(&subject, rule, element, truth, policy)),
        None if rule == PrincipalRule::Required => {
            let why = ElementWhy::Required(policy.policy_type);
            reasons.push(reason(Element::Principal, truth, statement.span, why));
        }
        None => {}
    }
    reasons.push(action_reason(&subject, &statement.action));
    reasons.push(resource_reason(&subject, policy, statement));
    if !statement.conditions.is_empty() || statement.condition_span.is_some() {
        reasons.push(condition_reason(&subject, policy, statement));
    }
    reasons
}

const fn reason(element: Element, truth: Truth, span: Span, why: ElementWhy) -> ElementReason {
    ElementReason { element, truth, span, why, missing_keys: Vec::new(), plain_variables: Vec::new() }
}

fn principal_reason(
    subject: &Subject<'_>,
    rule: PrincipalRule,
    element: &PrincipalElement,
    truth: Truth,
    policy: &Policy,
) -> ElementReason {
    let asked = subject.principal.map(|principal| principal.as_str().to_owned());
    let entry = element.entries.iter().find(|entry| names(subject, entry).0.is_true());
    let span = entry.map_or(element.span, |entry| entry.span);
    let entry = entry.map(|entry| entry.value.clone());
    let gateway = policy.policy_type == PolicyType::VpcEndpoint
        && subject.through_gateway() != Truth::False
        && !truth.is_true()
        && subject.principal.is_some()
        && (entry.is_some() || element.negated);
    let (span, why) = if rule == PrincipalRule::Forbidden {
        (element.key_span, ElementWhy::PrincipalNotTaken(policy.policy_type))
    } else if element.negated && !policy.policy_type.row().not_principal {
        (element.key_span, ElementWhy::NotPrincipalNotTaken(policy.policy_type))
    } else if gateway {
        (span, ElementWhy::GatewayEndpoint { entry, certain: truth.is_false() })
    } else if element.negated && truth == Truth::Unknown && subject.principal.is_some() {
        (element.span, ElementWhy::ListedInPart { asked })
    } else {
        let entries = || element.entries.iter().map(|entry| entry.value.as_str());
        let why = match (entry, element.negated) {
            (Some(entry), false) => ElementWhy::Matches { entry, asked },
            (Some(entry), true) if truth.is_true() => ElementWhy::ListedNotSpared { entry, asked },
            (Some(entry), true) => ElementWhy::Excluded { entry, asked, or: None },
            (None, _) if truth == Truth::Unknown => left_open(entries()).unwrap_or(ElementWhy::NotKnown),
            (None, false) => ElementWhy::NoneMatches { entries: owned(entries()), asked },
            (None, true) => ElementWhy::NotExcluded { asked },
        };
        (span, why)
    };
    reason(Element::Principal, truth, span, why)
}

fn action_reason(subject: &Subject<'_>, element: &ActionElement) -> ElementReason {
    let hit = action(subject, element);
    let entry = hit.entry.and_then(|index| element.entries.get(index));
    let asked = subject.action.map(|action| action.as_str().to_owned());
    let entries = || element.entries.iter().map(|entry| entry.text.as_str());
    let why = match (entry.map(|entry| entry.text.clone()), element.negated, hit.truth) {
        (_, _, Truth::Unknown) => left_open(entries()).unwrap_or(ElementWhy::NotKnown),
        (Some(entry), false, _) => ElementWhy::Matches { entry, asked },
        (Some(entry), true, _) => ElementWhy::Excluded { entry, asked, or: None },
        (None, false, _) => ElementWhy::NoneMatches { entries: owned(entries()), asked },
        (None, true, _) => ElementWhy::NotExcluded { asked },
    };
    reason(Element::Action, hit.truth, entry.map_or(element.span, |entry| entry.span), why)
}

fn resource_reason(subject: &Subject<'_>, policy: &Policy, statement: &Statement) -> ElementReason {
    let hit = resource(subject, policy.policy_type, statement.resource.as_ref());
    let missing_keys: Vec<String> = if hit.truth == Truth::Unknown {
        owned(unknown_variables(subject, statement.resource.as_ref()).into_iter())
    } else {
        Vec::new()
    };
    let (span, why) = match &statement.resource {
        None if hit.truth.is_true() => (statement.span, ElementWhy::AttachedResource),
        None => (statement.span, ElementWhy::Required(policy.policy_type)),
        Some(element) => {
            let entry = hit.entry.and_then(|index| element.entries.get(index));
            let why = if missing_keys.is_empty() {
                resource_why(subject, element, hit.truth, entry.map(|entry| entry.value.as_str()))
            } else {
                ElementWhy::KeysNotKnown
            };
            (entry.map_or(element.span, |entry| entry.span), why)
        }
    };
    let entries = || statement.resource.iter().flat_map(|element| &element.entries).map(|entry| entry.value.as_str());
    // what no entry matches may be what a variable was meant for
    let plain_variables = if matches!(why, ElementWhy::NoneMatches { .. } | ElementWhy::NotExcluded { .. }) {
        plain_variables(policy, entries())
    } else {
        Vec::new()
    };
    ElementReason { missing_keys, plain_variables, ..reason(Element::Resource, hit.truth, span, why) }
}

fn resource_why(subject: &Subject<'_>, element: &ResourceElement, truth: Truth, entry: Option<&str>) -> ElementWhy {
    let asked = subject.request.resource.value().cloned();
    let entries = || element.entries.iter().map(|entry| entry.value.as_str());
    match (truth, entry, element.negated) {
        (Truth::Unknown, _, _) if subject.resource.is_none() => ElementWhy::NotKnown,
        (Truth::Unknown, _, _) => left_open(entries()).unwrap_or(ElementWhy::NotAnArn { asked }),
        (Truth::True, Some(entry), false) => ElementWhy::Matches { entry: entry.to_owned(), asked },
        (Truth::False, Some(entry), true) => {
            let variable = matches!(subject.resource, Some(ResourceText::Arn(..))) && entry.contains("${");
            let or = if variable { NotComparable::VariableWithoutValue } else { NotComparable::NotACompleteArn };
            ElementWhy::Excluded { entry: entry.to_owned(), asked, or: Some(or) }
        }
        (Truth::True, _, true) => ElementWhy::NotExcluded { asked },
        _ if asked.as_deref() == Some("*") => ElementWhy::OnlyStarMatches { entries: owned(entries()) },
        _ => ElementWhy::NoneMatches { entries: owned(entries()), asked },
    }
}

fn condition_reason(subject: &Subject<'_>, policy: &Policy, statement: &Statement) -> ElementReason {
    let truth = all_hold(&statement.conditions, subject.context);
    // the line that decides: one that fails, else one that is not known, else the first
    let decides = |wanted: Truth| statement.conditions.iter().find(|line| holds(line, subject.context) == wanted);
    let line = decides(Truth::False).or_else(|| decides(Truth::Unknown)).or_else(|| statement.conditions.first());
    let whole = statement.condition_span.unwrap_or(statement.span);
    let Some(line) = line else {
        return reason(Element::Condition, truth, whole, ElementWhy::Condition(Vec::new()));
    };
    let mut missing: Vec<String> = Vec::new();
    if truth == Truth::Unknown {
        let keys = statement.conditions.iter().flat_map(|line| missing_keys(line, subject.context));
        missing.extend(distinct(keys).into_iter().map(str::to_owned));
    }
    let span = if truth.is_true() { whole } else { line.key_span.join(line.values_span) };
    let why = match truth {
        Truth::Unknown if missing.is_empty() => {
            let texts = line.values.iter().map(|value| value.value.as_str()).chain([line.key.as_str()]);
            left_open(texts).unwrap_or_else(|| ElementWhy::LineNotKnown { key: line.key.clone() })
        }
        Truth::Unknown => ElementWhy::KeysNotKnown,
        Truth::True => ElementWhy::Condition(statement.conditions.iter().map(|line| line_why(subject, line)).collect()),
        Truth::False => ElementWhy::Condition(vec![line_why(subject, line)]),
    };
    // a line that compares the text itself, and not what a variable was meant for
    let compares = |line: &&Condition| {
        let negated = line.operator.kind.is_some_and(OperatorKind::is_negated);
        holds(line, subject.context) == Truth::from(negated)
    };
    let lines = statement.conditions.iter().filter(compares);
    let plain_variables =
        plain_variables(policy, lines.flat_map(|line| &line.values).map(|value| value.value.as_str()));
    ElementReason { missing_keys: missing, plain_variables, ..reason(Element::Condition, truth, span, why) }
}

/// The keys of what would be variables in these texts, if the version of the policy had any.
fn plain_variables<'t>(policy: &Policy, texts: impl Iterator<Item = &'t str>) -> Vec<String> {
    if policy.document.language == Language::V2012 {
        return Vec::new();
    }
    let templates: Vec<Template> = texts.map(|text| Template::new(text, Language::V2012, true)).collect();
    owned(distinct(templates.iter().flat_map(Template::keys)).into_iter())
}

/// Why one line of a condition holds, or does not.
fn line_why(subject: &Subject<'_>, line: &Condition) -> LineWhy {
    let truth = holds(line, subject.context);
    let holds = truth.is_true();
    let (key, operator) = (line.key.clone(), line.operator.clone());
    let Some(kind) = operator.kind else {
        return LineWhy::NoOperator(operator);
    };
    let wanted = || owned(line.values.iter().map(|value| value.value.as_str()));
    let role = subject.context.session_role();
    let role = role.filter(|_| line.folded_key == "aws:principalarn" && truth != Truth::Unknown);
    let given = match subject.context.get_folded(&line.folded_key) {
        ContextValue::Unknown if kind != OperatorKind::Null && role.is_some() => {
            let role = role.map(SessionRole::shown).unwrap_or_default();
            return LineWhy::AnyPath { key, operator, role, wanted: wanted(), holds };
        }
        ContextValue::Unknown => return LineWhy::KeyNotKnown(key),
        ContextValue::Present { values, .. } if !values.is_empty() => values.clone(),
        _ => return LineWhy::KeyAbsent { key, operator, holds },
    };
    if kind == OperatorKind::Null {
        let wanted = matches!(&line.operands, Operands::Null(operands) if operands.contains(&Some(false)));
        return LineWhy::KeyPresent { key, wanted, holds };
    }
    let many = subject.context.get_folded(&line.folded_key).single().is_none();
    if many && operator.quantifier.is_none() {
        return LineWhy::ManyValues { key, operator };
    }
    LineWhy::Compared { key, operator, given, wanted: wanted(), holds }
}

/// What a template leaves open in these texts.
fn left_open<'t>(texts: impl Iterator<Item = &'t str>) -> Option<ElementWhy> {
    let names = owned(texts.flat_map(open_parts));
    (!names.is_empty()).then_some(ElementWhy::TemplateOpen(names))
}

fn owned<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<String> {
    texts.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::reasons;
    use crate::evaluate::{ElementWhy, LineWhy, TestCase, Truth};
    use crate::iam::Element;

    #[test]
    fn each_element_has_its_reason_and_a_condition_that_of_the_line_that_decides() {
        let case = TestCase::parse(
            r#"{"request": {"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject",
                "resource": "arn:aws:s3:::reports/a", "context": {"aws:SecureTransport": "true"}},
                "policies": {"identity-based": [{"Version": "2012-10-17", "Statement": {"Effect": "Allow",
                    "Action": ["s3:PutObject", "s3:GetObject"], "Resource": "arn:aws:s3:::logs/*", "Condition": {
                    "Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:PrincipalTag/team": "a"}}}}]}}"#,
        )
        .unwrap();
        let policy = case.policies.policies().next().unwrap();
        let [action, resource, condition] = &reasons(&case.request, policy, &policy.document.statements[0])[..] else {
            panic!("an identity-based policy has no principal");
        };
        assert_eq!((action.element, action.truth), (Element::Action, Truth::True));
        let (entry, asked) = ("s3:GetObject".to_owned(), Some("s3:GetObject".to_owned()));
        assert_eq!(action.why, ElementWhy::Matches { entry, asked });
        assert_eq!((resource.element, resource.truth), (Element::Resource, Truth::False));
        let (entries, asked) = (vec!["arn:aws:s3:::logs/*".to_owned()], Some("arn:aws:s3:::reports/a".to_owned()));
        assert_eq!(resource.why, ElementWhy::NoneMatches { entries, asked });
        assert_eq!((condition.element, condition.truth), (Element::Condition, Truth::False));
        let ElementWhy::Condition(lines) = &condition.why else { panic!("{:?}", condition.why) };
        assert!(matches!(&lines[..], [LineWhy::KeyAbsent { key, holds: false, .. }] if key == "aws:PrincipalTag/team"));
        assert_eq!(condition.why.code(), "key-absent");
    }
}
