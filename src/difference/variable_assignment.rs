//! Values for policy variables: patterns with variables can be compared once each variable has a value.
//!
//! A variable is given a value that nothing else in the policies mentions and no other variable has, then one for each place where
//! another pattern spells out what could stand there, the value of another variable that stands there, the empty value where it is
//! a tag's, and no value at all. What holds for the first holds for every value that is not spelled out.

use std::collections::{BTreeMap, BTreeSet};

use super::cannot_tell::{CannotTell, VariableLimit};
use super::condition::ConditionExpr;
use super::context::{ConditionRef, may_be_absent};
use super::resource::Entry;
use crate::iam::{
    Context, ContextValue, Family, Language, OperatorKind, Resolved, Template, is_multivalued_global, literal_text,
};

/// One choice of values.
#[derive(Debug, Clone)]
pub(super) struct VariableAssignment {
    pub(super) context: Context,
    /// The variables with a special value.
    pub(super) special: Vec<Special>,
}

impl VariableAssignment {
    /// That the variables have their special values.
    pub(super) fn conditions(&self) -> Vec<ConditionExpr> {
        let is = |(key, value): &Special| match value {
            Some(value) => ConditionExpr::Is(key.clone(), vec![value.clone()]),
            None => ConditionExpr::Absent(key.clone()),
        };
        self.special.iter().map(is).collect()
    }
}

/// A variable, and its special value; `None` is absent.
pub(super) type Special = (String, Option<String>);

const MOST: usize = 48;

/// A variable that is compared with what the request is known to hold has that value too.
fn add_known_values(
    base: &Context,
    lines: &[ConditionRef],
    variables: &mut BTreeMap<String, (String, Vec<String>)>,
    partial: &mut BTreeSet<String>,
) {
    for line in lines {
        let ContextValue::Present { values: own, .. } = base.get_folded(&line.condition.folded_key) else { continue };
        for text in line.condition.values.iter().map(|value| value.value.as_str()) {
            for key in Template::new(text, line.language, true).keys() {
                let folded = key.to_ascii_lowercase();
                if let Some((_, values)) = variables.get_mut(&folded) {
                    values.extend(own.iter().flat_map(|own| values_in(text, key, own)));
                    if own.iter().any(|own| !all_tried(text, key, own)) {
                        partial.insert(folded);
                    }
                }
            }
        }
    }
}

/// All choices; the first has a value of its own for every variable.
pub(super) fn assignments(
    base: &Context,
    entries: &[Entry],
    lines: &[ConditionRef],
    cannot_tell: &mut Vec<CannotTell>,
) -> Vec<VariableAssignment> {
    let mut variables: BTreeMap<String, (String, Vec<String>)> = BTreeMap::new();
    let texts: Vec<(&str, Language)> = (entries.iter().map(|entry| (entry.text.as_str(), entry.language)))
        .chain(
            lines
                .iter()
                .flat_map(|line| line.condition.values.iter().map(|value| (value.value.as_str(), line.language))),
        )
        .collect();
    for (text, language) in &texts {
        for key in Template::new(text, *language, true).keys() {
            let folded = key.to_ascii_lowercase();
            if !base.says(&folded) {
                let spelled = texts.iter().flat_map(|(other, _)| spelled_out(text, key, other));
                let (_, values) = variables.entry(folded).or_insert_with(|| (key.to_owned(), Vec::new()));
                // a wildcard there is spelled in one way
                values.extend(spelled.map(|value| value.replace('*', "example").replace('?', "x")));
            }
        }
    }
    let mut partial = not_all_tried(entries, lines);
    // a variable that is also tested by conditions has the values that they name; those of Null are no values of the key
    for line in lines.iter().filter(|line| line.condition.operator.kind != Some(OperatorKind::Null)) {
        if let Some((_, values)) = variables.get_mut(&line.condition.folded_key) {
            let wild = line.condition.operator.kind.is_none_or(OperatorKind::has_wildcards);
            let plain = line.condition.values.iter().map(|value| &value.value);
            let patterned = |value: &str| value.contains('$') || (wild && value.contains(['*', '?']));
            values.extend(plain.filter(|value| !patterned(value)).cloned());
        }
    }
    add_known_values(base, lines, &mut variables, &mut partial);
    share(&mut variables);
    // for each variable a value of its own, the special ones, and none
    let mut assignments = vec![VariableAssignment { context: base.clone(), special: Vec::new() }];
    let (mut taken, mut known): (Vec<String>, BTreeSet<String>) = (Vec::new(), BTreeSet::new());
    for (folded, (shown, mut values)) in variables {
        if let Some(limit) = beyond(&folded, &shown, lines) {
            cannot_tell.push(CannotTell::Variable(shown.clone(), limit));
        }
        if partial.contains(&folded) {
            cannot_tell.push(CannotTell::Variable(shown.clone(), VariableLimit::PartlyMatched));
        }
        if lines.iter().any(|line| is_bool(line) && (line.condition.folded_key == folded || uses(line, &shown))) {
            values.extend(["true", "false"].map(str::to_owned));
        }
        values.sort();
        values.dedup();
        // values made of other variables can be put in once those have theirs
        let (made, mut values): (Vec<String>, Vec<String>) = values.into_iter().partition(|value| value.contains("${"));
        let (made, later): (Vec<String>, Vec<String>) =
            made.into_iter().partition(|value| variables_of(value).all(|other| known.contains(&other)));
        // that two variables are the same is seen from the later one
        if later.iter().any(|value| !is_one_variable(value)) {
            cannot_tell.push(CannotTell::Variable(shown.clone(), VariableLimit::HoldsAnother));
        }
        if is_tag(&folded) && !values.iter().any(String::is_empty) {
            values.push(String::new());
        }
        let own = unmentioned(&folded, &texts, &taken);
        let mut choices: Vec<(ContextValue, Option<Special>)> = vec![(one(&own), None)];
        choices.extend(values.iter().map(|value| (one(value), Some((shown.clone(), Some(value.clone()))))));
        if may_be_absent(&folded) {
            choices.push((ContextValue::Absent, Some((shown.clone(), None))));
        }
        taken.push(own);
        known.insert(folded.clone());
        if assignments.len() * (choices.len() + made.len()) > MOST {
            cannot_tell.push(CannotTell::Variable(shown.clone(), VariableLimit::TooMany));
            choices.truncate(1);
        } else {
            // a value of its own is put in for each assignment
            choices
                .extend(made.iter().map(|value| (ContextValue::Unknown, Some((shown.clone(), Some(value.clone()))))));
        }
        let mut next = Vec::with_capacity(assignments.len() * choices.len());
        for (value, special) in choices {
            for assignment in &assignments {
                let value = match (&value, &special) {
                    (ContextValue::Unknown, Some((_, Some(made)))) => match put_together(made, &assignment.context) {
                        Some(value) => one(&value),
                        None => continue,
                    },
                    (value, _) => value.clone(),
                };
                let mut assignment = assignment.clone();
                assignment.context.set(&folded, value);
                assignment.special.extend(special.clone());
                next.push(assignment);
            }
        }
        assignments = next;
    }
    assignments
}

/// Where the value of one variable stands in the place of another, what is spelled of either can be the value of both.
fn share(variables: &mut BTreeMap<String, (String, Vec<String>)>) {
    let mut links: Vec<(String, String, String)> = Vec::new();
    for (folded, (_, values)) in variables.iter() {
        for value in values.iter().filter(|value| value.contains("${")) {
            links.extend(variables_of(value).map(|other| (folded.clone(), value.clone(), other)));
        }
    }
    // each value is shorter than the one that it comes from, or the same
    let mut changed = true;
    while changed {
        changed = false;
        for (own, value, other) in &links {
            let Some((_, spelled)) = variables.get(own) else { continue };
            let of_other: Vec<String> = (spelled.iter().filter(|spelled| !spelled.contains('$')))
                .filter_map(|spelled| put_in(value, other, spelled))
                .collect();
            let Some((_, values)) = variables.get_mut(other) else { continue };
            for value in of_other {
                if !values.contains(&value) {
                    values.push(value);
                    changed = true;
                }
            }
        }
    }
}

/// The variables of which the values that are tried are not all that the patterns tell apart, in lower case.
///
/// A text is compared with those in its own place: resources with resources, values of a key with values of the same key.
fn not_all_tried(entries: &[Entry], lines: &[ConditionRef]) -> BTreeSet<String> {
    let mut places: BTreeMap<&str, Vec<(&str, Language)>> = BTreeMap::new();
    let resources = entries.iter().map(|entry| (entry.text.as_str(), entry.language)).collect();
    places.insert("", resources);
    for line in lines {
        let values = line.condition.values.iter().map(|value| (value.value.as_str(), line.language));
        places.entry(line.condition.folded_key.as_str()).or_default().extend(values);
    }
    let mut partial = BTreeSet::new();
    for texts in places.values() {
        for (text, language) in texts {
            for key in Template::new(text, *language, true).keys() {
                if texts.iter().any(|(other, _)| !all_tried(text, key, other)) {
                    partial.insert(key.to_ascii_lowercase());
                }
            }
        }
    }
    partial
}

/// Whether one value for each text that the other spells out in the place of the variable, and one for all the rest, are all that the
/// two patterns tell apart.
fn all_tried(text: &str, key: &str, other: &str) -> bool {
    let Some((prefix, rest)) = text.find(&format!("${{{key}")).and_then(|at| text.split_at_checked(at)) else {
        return true;
    };
    let behind = rest.split_once('}').map_or("", |(_, behind)| behind);
    // what stands behind it up to the next slash or colon
    let follows = first_part(behind);
    let alone = follows.is_empty();
    // one that ends in other words never meets it, and one that is these words alone does for the empty value
    let apart = |part: &str| !follows.contains(['*', '?', '$']) && (part == follows || !part.ends_with(follows));
    ends(prefix, other).into_iter().map(first_part).all(|part| {
        let is_itself = part.get(..key.len() + 2).is_some_and(|start| start.eq_ignore_ascii_case(&format!("${{{key}")));
        let anything = part.trim_matches('*').is_empty();
        let literal = !part.contains(['*', '?', '$']);
        is_itself || anything || (literal && (alone || apart(part))) || (alone && is_one_variable(part))
    })
}

fn is_bool(line: &ConditionRef) -> bool {
    line.condition.operator.kind == Some(OperatorKind::Bool)
}

/// Whether a value of the condition has the variable.
fn uses(line: &ConditionRef, key: &str) -> bool {
    let names =
        |text: &str| Template::new(text, line.language, true).keys().any(|other| other.eq_ignore_ascii_case(key));
    line.condition.values.iter().any(|value| names(&value.value))
}

/// Why one value of its own, the special ones and none are not all that is told apart of the variable.
fn beyond(folded: &str, shown: &str, lines: &[ConditionRef]) -> Option<VariableLimit> {
    use OperatorKind::{ArnEquals, ArnLike, ArnNotEquals, ArnNotLike, Bool, Null, StringEquals, StringNotEquals};
    if is_multivalued_global(folded) {
        return Some(VariableLimit::List);
    }
    let by_value = |line: &ConditionRef| {
        let whole = line.condition.values.iter().all(|value| !value.value.contains(['*', '?']));
        line.condition.operator.quantifier.is_none()
            && match line.condition.operator.kind {
                Some(StringEquals | StringNotEquals | Null | Bool) | None => true,
                Some(ArnEquals | ArnLike | ArnNotEquals | ArnNotLike) => whole && folded.ends_with("arn"),
                Some(_) => false,
            }
    };
    if lines.iter().any(|line| line.condition.folded_key == folded && !by_value(line)) {
        return Some(VariableLimit::Tested);
    }
    let with_another = |line: &ConditionRef| {
        let mut values = line.condition.values.iter();
        values.any(|value| Template::new(&value.value, line.language, true).keys().next().is_some())
    };
    if lines.iter().any(|line| line.condition.folded_key == folded && with_another(line)) {
        return Some(VariableLimit::ComparedWithAnother);
    }
    let as_text = |line: &ConditionRef| {
        let family = line.condition.operator.kind.map(OperatorKind::family);
        // an ARN with the variable in its last part is compared part by part
        let in_last_part = || line.condition.values.iter().all(|value| !value.value.starts_with("${"));
        match family {
            Some(Family::Arn) => in_last_part(),
            Some(Family::Numeric | Family::Date | Family::Ip) => false,
            _ => true,
        }
    };
    if lines.iter().any(|line| uses(line, shown) && !as_text(line)) {
        return Some(VariableLimit::NotText);
    }
    None
}

/// The variables in a text, in lower case.
fn variables_of(text: &str) -> impl Iterator<Item = String> {
    let keys: Vec<String> = Template::new(text, Language::V2012, false).keys().map(str::to_ascii_lowercase).collect();
    keys.into_iter()
}

/// Whether the text is one variable and nothing else.
fn is_one_variable(text: &str) -> bool {
    text.starts_with("${") && text.find('}') == Some(text.len() - 1)
}

/// Whether values of the key may be empty: a tag's value may.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules>
fn is_tag(folded: &str) -> bool {
    folded.split_once(':').is_some_and(|(_, name)| {
        ["principaltag/", "resourcetag/", "requesttag/", "existingobjecttag/", "requestobjecttag/"]
            .iter()
            .any(|kind| name.starts_with(kind))
    })
}

/// The text with the values of its variables; `None` where one has none.
fn put_together(text: &str, context: &Context) -> Option<String> {
    match Template::new(text, Language::V2012, false).resolve(context) {
        Resolved::Pieces(pieces) => Some(literal_text(&pieces)),
        Resolved::NoValue(_) | Resolved::Unknown(_) => None,
    }
}

fn one(value: &str) -> ContextValue {
    ContextValue::Present { values: vec![value.to_owned()], multivalued: false }
}

/// A value that no text of the policies holds, and that is not like the value of another variable.
fn unmentioned(folded: &str, texts: &[(&str, Language)], taken: &[String]) -> String {
    const PLAIN: [&str; 6] = ["example", "sample", "another", "third-value", "fourth-value", "some-value"];
    let number = taken.len();
    let base = match folded {
        folded if folded.ends_with("account") => format!("44445555{:04}", 6666 + 1111 * (number % 3)),
        folded if folded.ends_with("arn") => {
            let name = PLAIN.get(number).copied().unwrap_or("role");
            format!("arn:aws:iam::444455556666:role/{name}")
        }
        _ => PLAIN.get(number).map_or_else(|| format!("value-{number}-of-its-own"), |plain| (*plain).to_owned()),
    };
    let mut value = base;
    while texts.iter().any(|(text, _)| text.contains(&value)) || taken.contains(&value) {
        value.push('x');
    }
    value
}

/// The value of the variable with which the text is exactly the other one.
fn put_in(text: &str, key: &str, other: &str) -> Option<String> {
    let at = text.to_ascii_lowercase().find(&format!("${{{}", key.to_ascii_lowercase()))?;
    let (before, rest) = text.split_at_checked(at)?;
    let (_, after) = rest.split_once('}')?;
    other.strip_prefix(before)?.strip_suffix(after).map(str::to_owned)
}

/// The values of the variable with which the text can match the other one, which has no patterns.
fn values_in(text: &str, key: &str, other: &str) -> Vec<String> {
    // keys are written in any case
    let at = text.to_ascii_lowercase().find(&format!("${{{}", key.to_ascii_lowercase()));
    let Some((prefix, rest)) = at.and_then(|at| text.split_at_checked(at)) else {
        return Vec::new();
    };
    let behind = rest.split_once('}').map_or("", |(_, behind)| behind);
    let open = behind.contains(['*', '?', '$']);
    let value =
        |end: &str| if open { Some(first_part(end).to_owned()) } else { end.strip_suffix(behind).map(str::to_owned) };
    ends(prefix, other).into_iter().filter_map(value).collect()
}

/// What the other text has in place of the variable, where both can match one text up to there.
fn spelled_out<'t>(text: &str, key: &str, other: &'t str) -> BTreeSet<&'t str> {
    let Some((prefix, _)) = text.find(&format!("${{{key}")).and_then(|at| text.split_at_checked(at)) else {
        return BTreeSet::new();
    };
    let values = ends(prefix, other).into_iter().map(first_part);
    let is_itself = |value: &str| variables_of(value).any(|other| other.eq_ignore_ascii_case(key));
    let has_escape = |value: &str| ["${*}", "${?}", "${$}"].iter().any(|escape| value.contains(escape));
    // the value of a variable has none of its own, and a default stands for no value at all
    let plain = |value: &&str| !value.contains('$') || (variables_of(value).next().is_some() && !value.contains(", '"));
    values
        .filter(plain)
        .filter(|value| !value.trim_matches('*').is_empty() && !is_itself(value) && !has_escape(value))
        .collect()
}

/// The text up to the next slash or colon that stands in no variable.
fn first_part(text: &str) -> &str {
    let mut inside = false;
    let end = text.char_indices().find(|(at, character)| {
        inside = match character {
            '$' => text.get(at + 1..).is_some_and(|rest| rest.starts_with('{')),
            '}' => false,
            _ => inside,
        };
        !inside && matches!(character, '/' | ':')
    });
    end.and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

/// What is left of the other text behind everything that matches what the first can match too; variables are taken as `*`.
fn ends<'t>(text: &str, other: &'t str) -> Vec<&'t str> {
    // most often their beginnings tell
    let [own, head] = [text, other].map(|text| text.split(['*', '?', '$']).next().unwrap_or_default());
    if !own.starts_with(head) && !head.starts_with(own) {
        return Vec::new();
    }
    if own.len() == text.len() && head.len() >= own.len() {
        return other.strip_prefix(own).into_iter().collect();
    }
    let text = steps(text);
    // whether what was read of the other can match the first so many steps of the text
    let mut met: Vec<bool> = Vec::with_capacity(text.len() + 1);
    met.push(true);
    for (_, step) in &text {
        met.push(met.last() == Some(&true) && step.is_none());
    }
    let mut found: Vec<&str> = (met.last() == Some(&true)).then_some(other).into_iter().collect();
    for (behind, own) in steps(other) {
        let mut next = vec![own.is_none() && met.first() == Some(&true)];
        for ((at, (_, step)), pair) in text.iter().enumerate().zip(met.windows(2)) {
            let [before, here] = *pair else { continue };
            let last = next.get(at) == Some(&true);
            next.push(match (own, *step) {
                (None, _) | (_, None) => here || last,
                (Some(own), Some(step)) => before && (own == '?' || step == '?' || own == step),
            });
        }
        met = next;
        if met.last() == Some(&true) {
            found.extend(other.get(behind..));
        }
    }
    found
}

/// The characters of a pattern, `None` for what may be any number of them; each with where it ends.
fn steps(text: &str) -> Vec<(usize, Option<char>)> {
    let mut steps = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let variable = rest.strip_prefix("${").and_then(|inner| inner.split_once('}'));
        let step = if let Some((name, behind)) = variable {
            rest = behind;
            if let "*" | "?" | "$" = name { name.chars().next() } else { None }
        } else {
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            (first != '*').then_some(first)
        };
        steps.push((text.len() - rest.len(), step));
    }
    steps
}
