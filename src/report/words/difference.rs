//! What a comparison of policies found, and what it could not decide.

use super::gap::gap_subject;
use super::list::{or, some};
use crate::difference::{
    AccessChange, ActionSet, CannotTell, ConditionExpr, ConditionTest, KeyLimit, Pattern, PrincipalSet, ResourceSet,
    SpecialType, VariableLimit,
};
use crate::iam::{ContextValue, Family, OperatorKind};
use crate::text::Wildcard;

/// So many actions by name are shown of more than twice as many.
const SHOWN: usize = 12;

/// `s3:GetObject on arn:aws:s3:::reports/* when aws:MultiFactorAuthPresent is true`.
#[must_use]
pub fn access_change(change: &AccessChange) -> String {
    of_actions(change, all(&change.actions, action_set))
}

/// The same with the first names of a long list of actions.
#[must_use]
pub fn access_change_in_short(change: &AccessChange) -> String {
    let is_name = |pattern: &&Pattern<ActionSet>| {
        pattern.pattern.text().is_some_and(|text| !text.contains(['*', '?']))
            && pattern.also.is_empty()
            && pattern.except.is_empty()
    };
    let (names, others): (Vec<_>, Vec<_>) = change.actions.iter().partition(is_name);
    if names.len() <= 2 * SHOWN {
        return access_change(change);
    }
    let more = names.len() - SHOWN;
    let shown: Vec<Pattern<ActionSet>> = others.into_iter().chain(names.into_iter().take(SHOWN)).cloned().collect();
    of_actions(change, format!("{}, {more} more", all(&shown, action_set)))
}

fn of_actions(change: &AccessChange, mut words: String) -> String {
    if !change.resources.is_empty() {
        words = format!("{words} on {}", all(&change.resources, resource_set));
    }
    if !change.principals.is_empty() {
        words = format!("{words} by {}", change.principals.iter().map(principal_set).collect::<Vec<_>>().join(", "));
    }
    if !change.conditions.is_empty() {
        words = format!("{words} when {}", conjunction(&change.conditions));
    }
    words
}

/// The condition keys of the example, as far as they matter: `aws:SourceIp = 203.0.113.7`.
#[must_use]
pub fn example_context(change: &AccessChange) -> Vec<String> {
    let one = |(key, value): (&str, &ContextValue)| match value {
        ContextValue::Present { values, .. } => Some(format!("{key} = {}", values.join(", "))),
        ContextValue::Absent => Some(format!("{key} absent")),
        ContextValue::Unknown => None,
    };
    change.example.context.iter().filter_map(one).collect()
}

fn all<T>(patterns: &[Pattern<T>], set: fn(&T) -> String) -> String {
    let one = |pattern: &Pattern<T>| {
        let mut words = set(&pattern.pattern);
        for also in &pattern.also {
            words = format!("{words} that is also {}", set(also));
        }
        if pattern.except.is_empty() {
            return words;
        }
        words = format!("{words} except {}", pattern.except.iter().map(set).collect::<Vec<_>>().join(", "));
        // what the exceptions belong to must be seen
        if patterns.len() > 1 { format!("({words})") } else { words }
    };
    patterns.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Some actions.
#[must_use]
pub fn action_set(set: &ActionSet) -> String {
    match set {
        ActionSet::Matching(text) => text.clone(),
        ActionSet::OtherServices => "every action of the services that the policies do not name".to_owned(),
        ActionSet::Unknown { of, example } => format!("further actions of {of}, for example {example}"),
    }
}

/// Some resources.
#[must_use]
pub fn resource_set(set: &ResourceSet) -> String {
    match set {
        ResourceSet::Matching(text) => text.clone(),
        ResourceSet::OfType(SpecialType::KmsKey) => "KMS keys".to_owned(),
        ResourceSet::OfType(SpecialType::IamRole) => "IAM roles".to_owned(),
        ResourceSet::None => "requests that name no resource".to_owned(),
        // a bucket is not its objects, so both are said
        ResourceSet::OfPolicy { arn, parts: Some(parts) } => format!("{arn} and {parts}"),
        ResourceSet::OfPolicy { arn, parts: None } => format!("the resource {arn}"),
    }
}

/// Some principals.
#[must_use]
pub fn principal_set(set: &PrincipalSet) -> String {
    match set {
        PrincipalSet::Named(name) => name.clone(),
        PrincipalSet::OtherSessions(role) => format!("other sessions of {role}"),
        PrincipalSet::Alone(set) => format!(
            "{} (without an identity-based policy, where the resource is of the same account)",
            principal_set(set)
        ),
        PrincipalSet::OfAccount(account) => format!("principals of account {account}"),
        PrincipalSet::OthersOfAccount(account) => format!("other principals of account {account}"),
        PrincipalSet::OtherAccounts => "principals of any other account".to_owned(),
        PrincipalSet::Anonymous => "anonymous callers".to_owned(),
        PrincipalSet::OtherServices => "any other AWS service".to_owned(),
    }
}

/// What must hold of the context.
#[must_use]
pub fn condition(condition: &ConditionExpr) -> String {
    match condition {
        ConditionExpr::Is(key, values) => format!("{key} is {}", quoted(values)),
        ConditionExpr::IsNot(key, values) => format!("{key} is not {}", quoted(values)),
        ConditionExpr::Present(key) => format!("{key} is present"),
        ConditionExpr::Absent(key) => format!("{key} is absent"),
        ConditionExpr::SuchAs(key, lists) => {
            format!("{key} is such as {}", or(lists.iter().map(|values| format!("`{}`", values.join("`, `")))))
        }
        ConditionExpr::Test(test) => of_policy(test),
        ConditionExpr::All(all) => conjunction(all),
        ConditionExpr::Any(any) => match any.as_slice() {
            [others @ .., ConditionExpr::Absent(_)] => format!("{} or is absent", alternatives(others)),
            all => alternatives(all),
        },
        ConditionExpr::Not(inner) => format!("not ({})", self::condition(inner)),
    }
}

fn alternatives(all: &[ConditionExpr]) -> String {
    all.iter().map(condition).collect::<Vec<_>>().join("; or ")
}

/// What two conditions say of one key is said once: of the values that a key may have, those that it must not have are none.
fn settled(all: &[ConditionExpr]) -> Vec<ConditionExpr> {
    let test = |part: &ConditionExpr| match part {
        ConditionExpr::Test(test) if test.is_plain() => Some(test.clone()),
        _ => None,
    };
    let family = |test: &ConditionTest| test.operator.kind.map(|kind| (kind.family(), kind.has_wildcards()));
    let no: Vec<ConditionTest> = all.iter().filter_map(test).filter(ConditionTest::is_negative).collect();
    let others = |yes: &ConditionTest| -> Vec<&ConditionTest> {
        let same = |no: &&ConditionTest| no.key.eq_ignore_ascii_case(&yes.key) && family(no) == family(yes);
        no.iter().filter(same).collect()
    };
    let mut left_out: Vec<ConditionTest> = Vec::new();
    let mut settled: Vec<ConditionExpr> = Vec::new();
    for part in all {
        let Some(yes) = test(part).filter(|test| !test.is_negative()) else {
            settled.push(part.clone());
            continue;
        };
        let others = others(&yes);
        let is_out = |value: &String| others.iter().any(|no| no.values.contains(value));
        let values: Vec<String> = yes.values.iter().filter(|value| !is_out(value)).cloned().collect();
        if values.is_empty() || values.len() == yes.values.len() {
            settled.push(part.clone());
            continue;
        }
        // what is none of the values that are left need not be said
        let apart =
            |no: &&ConditionTest| no.values.iter().all(|value| values.iter().all(|other| are_apart(value, other)));
        left_out.extend(others.into_iter().filter(apart).cloned());
        settled.push(ConditionExpr::Test(ConditionTest { values, ..yes }));
    }
    settled.retain(|part| !test(part).is_some_and(|test| left_out.contains(&test)));
    settled
}

/// Whether no text is like both, as far as what stands before the first wildcard or behind the last tells.
fn are_apart(one: &str, other: &str) -> bool {
    const OPEN: [char; 3] = ['*', '?', '$'];
    match (one.contains(OPEN), other.contains(OPEN)) {
        (false, _) => !Wildcard::new(other).matches(one),
        (true, false) => !Wildcard::new(one).matches(other),
        (true, true) => {
            let start = |text: &str| text.split(OPEN).next().unwrap_or_default().to_owned();
            let end = |text: &str| text.rsplit(OPEN).next().unwrap_or_default().to_owned();
            let (first, second) = (start(one), start(other));
            let (last, other_last) = (end(one), end(other));
            !(first.starts_with(&second) || second.starts_with(&first))
                || !(last.ends_with(&other_last) || other_last.ends_with(&last))
        }
    }
}

fn conjunction(all: &[ConditionExpr]) -> String {
    let all = &settled(all);
    let one = |part: &ConditionExpr| match part {
        ConditionExpr::Any(_) if all.len() > 1 => format!("({})", condition(part)),
        _ => condition(part),
    };
    all.iter().map(one).collect::<Vec<_>>().join(" and ")
}

/// A value that is empty is seen as a word.
fn quoted(values: &[String]) -> String {
    or(values.iter().map(|value| if value.is_empty() { "empty".to_owned() } else { format!("`{value}`") }))
}

/// A condition of a policy, or its opposite; of requests without the key nothing is said.
fn of_policy(test: &ConditionTest) -> String {
    use OperatorKind as Kind;
    let ConditionTest { key, operator, values, holds } = test;
    let values = or(values.iter().map(|value| format!("`{value}`")));
    let comparison = match operator.kind.filter(|_| test.is_plain()) {
        Some(Kind::IpAddress | Kind::NotIpAddress) => " in",
        Some(Kind::NumericLessThan | Kind::DateLessThan) => " less than",
        Some(Kind::NumericLessThanEquals | Kind::DateLessThanEquals) => " at most",
        Some(Kind::NumericGreaterThan | Kind::DateGreaterThan) => " greater than",
        Some(Kind::NumericGreaterThanEquals | Kind::DateGreaterThanEquals) => " at least",
        Some(Kind::StringEqualsIgnoreCase | Kind::StringNotEqualsIgnoreCase) => ", in any case,",
        Some(kind) if kind.has_wildcards() || kind.family() == Family::Arn => " like",
        Some(_) => "",
        None if *holds => return format!("{} {key} {values}", operator.text),
        None => return format!("not ({} {key} {values})", operator.text),
    };
    let not = if test.is_negative() { " not" } else { "" };
    format!("{key} is{not}{comparison} {values}")
}

/// What may or may not differ, and why, in order and each once, with its code.
#[must_use]
pub fn cannot_tell_all(facts: &[CannotTell]) -> Vec<(String, &'static str)> {
    // what the comparison itself could not tell comes before what the files leave open
    let of_files = |fact: &CannotTell| {
        matches!(
            fact,
            CannotTell::LeftOpen(_)
                | CannotTell::ShownOnce(_)
                | CannotTell::NotRead(_)
                | CannotTell::Attached(_)
                | CannotTell::StandsFor { .. }
        )
    };
    let mut all: Vec<(bool, String, &'static str)> =
        facts.iter().map(|fact| (of_files(fact), cannot_tell(fact), fact.code())).collect();
    all.sort();
    all.dedup();
    all.into_iter().map(|(_, words, code)| (words, code)).collect()
}

/// What may or may not differ, and why.
#[must_use]
pub fn cannot_tell(fact: &CannotTell) -> String {
    match fact {
        CannotTell::TooManyActions => "everything: the policies name too many kinds of actions".to_owned(),
        CannotTell::Action(action) => {
            format!("everything about {action}: the policies overlap in too many ways")
        }
        CannotTell::ActionsLike(action) => {
            format!("everything about actions like {action}: the policies overlap in too many ways")
        }
        CannotTell::UnknownActions(service) => {
            format!("which unknown actions of {service} the patterns cover: they overlap in too many ways")
        }
        CannotTell::Key(key, limit) => format!("everything about the condition key {key}: {}", key_limit(limit)),
        CannotTell::Variable(variable, VariableLimit::HoldsAnother) => {
            format!("values of the policy variable ${{{variable}}} that hold those of another")
        }
        CannotTell::Variable(variable, VariableLimit::TooMany) => {
            format!("special values of the policy variable ${{{variable}}}: there are too many")
        }
        CannotTell::Variable(variable, limit) => {
            format!("values of the policy variable ${{{variable}}}: {}", variable_limit(*limit))
        }
        CannotTell::Undecided(change) => access_change(change),
        CannotTell::Unconfirmed(change) => format!("{}: no example of it could be confirmed", access_change(change)),
        CannotTell::LeftOpen(parts) => {
            format!("everything that depends on what only one file leaves open: {}", parts.join(", "))
        }
        CannotTell::ShownOnce(what) => {
            format!("everything that depends on what only one file shows: {}", gap_subject(what))
        }
        CannotTell::OpenParts(parts) => format!(
            "whether more is allowed once these are filled in; each was taken for a name of its own: {}",
            parts.join(", ")
        ),
        CannotTell::DependsOn(parts) => {
            format!("everything that depends on what a deployment fills in: {}", parts.join(", "))
        }
        CannotTell::Tag { key, before, after, read_by } => {
            let was = changed(before.as_ref(), after.as_ref());
            let places = read_by.iter().map(|(policy, at)| format!("{policy}:{at}"));
            format!("everything that depends on its tag `{key}`, which {was}; it is read by {}", some(places))
        }
        CannotTell::NotRead(why) => format!("what this policy allows: {why}"),
        CannotTell::StandsFor { name, before, after } => {
            format!("everything that depends on `{name}`, which {}", changed(cut(before.as_ref()), cut(after.as_ref())))
        }
        CannotTell::Attached(changes) => {
            let changes: Vec<String> = changes.iter().map(attached).collect();
            format!("what this gives or takes, which no document here says: {}", changes.join("; "))
        }
    }
}

/// How a value changed.
fn changed(before: Option<impl std::fmt::Display>, after: Option<impl std::fmt::Display>) -> String {
    match (before, after) {
        (Some(before), Some(after)) => format!("was `{before}` and is `{after}`"),
        (Some(before), None) => format!("was `{before}` and is gone"),
        (None, Some(after)) => format!("is new: `{after}`"),
        (None, None) => "changed".to_owned(),
    }
}

/// A value; of a long one the beginning.
fn cut(value: Option<&String>) -> Option<String> {
    const LONGEST: usize = 160;
    value.map(|value| match value.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}...", value.get(..at).unwrap_or_default()),
        None => value.clone(),
    })
}

/// An argument that is another one now; long values are cut.
fn attached((name, before, after): &(String, Option<String>, Option<String>)) -> String {
    match (cut(before.as_ref()), cut(after.as_ref())) {
        (Some(before), Some(after)) => format!("`{name}` was {before} and is {after}"),
        (Some(before), None) => format!("`{name}` was {before} and is gone"),
        (None, after) => format!("`{name}` is new: {}", after.unwrap_or_default()),
    }
}

fn key_limit(limit: &KeyLimit) -> String {
    match limit {
        KeyLimit::Cases => "its values fall into too many cases".to_owned(),
        KeyLimit::Lists => "its lists of values fall into too many cases".to_owned(),
        KeyLimit::MixedFamilies => {
            "it is compared both as text and as something else, which is tried at the values that are written only"
                .to_owned()
        }
        KeyLimit::Patterns => "its patterns overlap in too many ways".to_owned(),
        KeyLimit::NumbersBetween(low, high) => format!("numbers between {low} and {high}"),
        KeyLimit::DatesBetween(low, high) => format!("dates between {low} and {high}"),
    }
}

const fn variable_limit(limit: VariableLimit) -> &'static str {
    match limit {
        VariableLimit::List => "it is a list, and a variable stands for one value",
        VariableLimit::Tested => "conditions test it by more than single values",
        VariableLimit::ComparedWithAnother => "conditions compare it with another variable",
        VariableLimit::NotText => "it stands for something else than text",
        VariableLimit::PartlyMatched => "other patterns match a part of them, and one of each is tried",
        VariableLimit::HoldsAnother => "they hold those of another",
        VariableLimit::TooMany => "there are too many",
    }
}
