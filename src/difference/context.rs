//! All values that a condition key can have, as finitely many cases that no condition of either side tells apart.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;

use super::automaton::Automaton;
use super::budget::Budget;
use super::cannot_tell::{CannotTell, KeyLimit};
use super::condition::{ConditionExpr, ConditionTest};
use super::pattern;
use super::token::Token;
use crate::evaluate::{Truth, holds};
use crate::iam::{
    Condition, Context, ContextValue, Decimal, Family, Language, Operands, OperatorKind, instant, is_multivalued_global,
};
use crate::reference::Reference;

/// A condition of some statement, each once.
#[derive(Debug, Clone)]
pub(crate) struct ConditionRef {
    pub(crate) condition: Condition,
    pub(crate) language: Language,
}

/// A condition key and its cases.
#[derive(Debug, Clone)]
pub(crate) struct KeyDomain {
    pub(crate) folded: String,
    /// As the first condition writes it.
    pub(crate) shown: String,
    /// The conditions on it, by number.
    pub(crate) lines: Vec<usize>,
    pub(crate) cases: Vec<ValueClass>,
    /// The case of requests without the key, if there are any; other values may be of the same case.
    pub(crate) absent: Option<usize>,
    /// Whether the key may be a list of values.
    pub(crate) is_list: bool,
    /// Every single value that was tried, by its case: one for each combination of values of the conditions that it matches.
    pub(crate) tried: Vec<(usize, String)>,
}

/// Values of a key that no condition tells apart, by one of them.
#[derive(Debug, Clone)]
pub(crate) struct ValueClass {
    pub(crate) value: ContextValue,
    /// For each of the key's conditions whether it holds.
    pub(crate) truths: Vec<Truth>,
}

/// Cases of one key are kept as bits of a number.
const MOST_CASES: usize = 128;

/// Keys that AWS puts into every request.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
const ALWAYS_PRESENT: [&str; 9] = [
    "aws:currenttime",
    "aws:epochtime",
    "aws:principalaccount",
    "aws:principaltype",
    "aws:requestedregion",
    "aws:securetransport",
    "aws:useragent",
    "aws:userid",
    "aws:viaawsservice",
];
/// Whether a request may lack the key.
pub(crate) fn may_be_absent(folded: &str) -> bool {
    !ALWAYS_PRESENT.contains(&folded)
}

/// The cases of every key that the assignment does not fix. What could not be told apart is said in `cannot_tell`.
pub(super) fn keys(
    lines: &[ConditionRef],
    assignment: &Context,
    reference: &Reference,
    budget: &mut Budget,
    cannot_tell: &mut Vec<CannotTell>,
) -> Vec<KeyDomain> {
    let mut by_key: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, line) in lines.iter().enumerate() {
        if !assignment.says(&line.condition.folded_key) {
            by_key.entry(&line.condition.folded_key).or_default().push(index);
        }
    }
    let key = |(folded, indexes): (&str, Vec<usize>)| {
        let own: Vec<&ConditionRef> = indexes.iter().filter_map(|index| lines.get(*index)).collect();
        let shown = own.first().map_or(folded, |line| line.condition.key.as_str()).to_owned();
        let mut notes = Vec::new();
        let many = is_multivalued_global(folded) || is_multivalued(reference, folded);
        let values = cases_of(folded, &own, assignment, many, budget, &mut notes);
        let mut context = assignment.clone();
        let mut cases: Vec<ValueClass> = Vec::new();
        let mut absent = None;
        let mut tried = Vec::new();
        for value in values {
            context.set(folded, value.clone());
            let is_absent = value == ContextValue::Absent;
            let truths: Vec<Truth> = own.iter().map(|line| holds(&line.condition, &context)).collect();
            let text = value.single().map(str::to_owned);
            let at = cases.iter().position(|case| case.truths == truths).unwrap_or_else(|| {
                cases.push(ValueClass { value, truths });
                cases.len() - 1
            });
            if is_absent {
                absent = Some(at);
            }
            tried.extend(text.map(|text| (at, text)));
        }
        if cases.len() > MOST_CASES {
            cases.truncate(MOST_CASES);
            notes.push(KeyLimit::Cases);
        }
        cannot_tell.extend(notes.into_iter().map(|limit| CannotTell::Key(shown.clone(), limit)));
        let is_list = many || own.iter().any(|line| line.condition.operator.quantifier.is_some());
        KeyDomain { folded: folded.to_owned(), shown, lines: indexes, cases, absent, is_list, tried }
    };
    by_key.into_iter().map(key).collect()
}

fn is_multivalued(reference: &Reference, folded: &str) -> bool {
    let service = folded.split_once(':').and_then(|(prefix, _)| reference.service(prefix));
    service.is_some_and(|service| {
        service.condition_keys().iter().any(|key| key.multivalued && key.name.eq_ignore_ascii_case(folded))
    })
}

/// Values to try: at least one of each kind that the conditions can tell apart.
fn cases_of(
    folded: &str,
    lines: &[&ConditionRef],
    assignment: &Context,
    many: bool,
    budget: &mut Budget,
    notes: &mut Vec<KeyLimit>,
) -> Vec<ContextValue> {
    let single = values(folded, lines, assignment, budget, notes);
    let sets = many || lines.iter().any(|line| line.condition.operator.quantifier.is_some());
    let mut cases = Vec::new();
    // a key that is a list may come with one value, which AWS does not say whether it compares as one or as a list: both count
    cases.extend(single.iter().map(|value| ContextValue::Present { values: vec![value.clone()], multivalued: false }));
    if sets {
        cases.extend(sets_of(&single, lines, assignment, folded, notes));
        // to a set operator an empty string is no value, to the others it is one
        // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
        let empty = |multivalued| ContextValue::Present { values: vec![String::new()], multivalued };
        cases.extend([true, false].map(empty));
    }
    if may_be_absent(folded) {
        cases.push(ContextValue::Absent);
    }
    cases
}

/// Lists of values: enough to make every combination of "all" and "any" conditions hold that can hold.
fn sets_of(
    single: &[String],
    lines: &[&ConditionRef],
    assignment: &Context,
    folded: &str,
    notes: &mut Vec<KeyLimit>,
) -> Vec<ContextValue> {
    const MOST: usize = 1_000;
    // one value each of those that the set conditions tell apart
    let mut context = assignment.clone();
    let mut kinds: Vec<(Vec<Truth>, &String)> = Vec::new();
    for value in single {
        // twice, since one empty value alone counts as no value
        context.set(folded, ContextValue::Present { values: vec![value.clone(); 2], multivalued: true });
        let truths: Vec<Truth> = lines.iter().map(|line| holds(&line.condition, &context)).collect();
        if !kinds.iter().any(|(known, _)| *known == truths) {
            kinds.push((truths, value));
        }
    }
    // each condition needs at most one value of its own
    let quantified = lines.iter().filter(|line| line.condition.operator.quantifier.is_some()).count();
    let largest = kinds.len().min(quantified.max(1));
    let mut lists: Vec<Vec<usize>> = (0..kinds.len()).map(|first| vec![first]).collect();
    let mut done = 0;
    while let Some(list) = lines_longer(&lists, done, largest, kinds.len()) {
        done += 1;
        lists.extend(list);
        if lists.len() > MOST {
            notes.push(KeyLimit::Lists);
            break;
        }
    }
    let value = |list: Vec<usize>| {
        let mut values: Vec<String> =
            list.iter().filter_map(|index| kinds.get(*index)).map(|(_, value)| (*value).clone()).collect();
        if values.iter().all(String::is_empty) {
            values.push(String::new());
        }
        ContextValue::Present { values, multivalued: true }
    };
    lists.into_iter().map(value).collect()
}

/// The lists that are one longer than the list at `done`.
fn lines_longer(lists: &[Vec<usize>], done: usize, largest: usize, kinds: usize) -> Option<Vec<Vec<usize>>> {
    let list = lists.get(done)?;
    if list.len() >= largest {
        return Some(Vec::new());
    }
    let next = list.last().map_or(0, |last| last + 1);
    Some((next..kinds).map(|index| list.iter().copied().chain([index]).collect()).collect())
}

/// Single values to try.
fn values(
    folded: &str,
    lines: &[&ConditionRef],
    assignment: &Context,
    budget: &mut Budget,
    notes: &mut Vec<KeyLimit>,
) -> Vec<String> {
    let family = |line: &&ConditionRef| {
        line.condition.operator.kind.map(OperatorKind::family).filter(|family| *family != Family::Null)
    };
    let mut families: Vec<Family> = Vec::new();
    for family in lines.iter().filter_map(family) {
        if !families.contains(&family) {
            families.push(family);
        }
    }
    let is_text = |family: &Family| matches!(family, Family::String | Family::Arn | Family::Bool | Family::Binary);
    match families.as_slice() {
        [] => vec!["example".to_owned()],
        [Family::Bool] => vec!["true".to_owned(), "false".to_owned()],
        [Family::Numeric] => numbers(lines, notes),
        [Family::Date] => dates(lines, notes),
        [Family::Ip] => addresses(lines),
        all if all.iter().all(is_text) => {
            // the Arn operators hold for ARNs only, and AWS's own keys that are none are named so
            let is_arn = !folded.starts_with("aws:") || folded.ends_with("arn");
            texts(lines, assignment, is_arn, budget, notes)
        }
        _ => {
            notes.push(KeyLimit::MixedFamilies);
            let mut values = numbers(lines, &mut Vec::new());
            values.extend(dates(lines, &mut Vec::new()));
            values.extend(addresses(lines));
            values.extend(lines.iter().flat_map(|line| &line.condition.values).map(|value| value.value.clone()));
            values.push("example".to_owned());
            values
        }
    }
}

/// A text of every cell of the patterns.
fn texts(
    lines: &[&ConditionRef],
    assignment: &Context,
    is_arn: bool,
    budget: &mut Budget,
    notes: &mut Vec<KeyLimit>,
) -> Vec<String> {
    let mut automaton = Automaton::default();
    let mut plain: Vec<String> = ["other", "example"].map(str::to_owned).to_vec();
    let mut arns = false;
    let mut set = 0;
    for line in lines {
        let kind = line.condition.operator.kind;
        for value in &line.condition.values {
            let text = value.value.as_str();
            let resolved = |wildcards| pattern::resolved(text, line.language, wildcards, assignment);
            let tokens = match kind.map(OperatorKind::family) {
                Some(Family::String) => {
                    let tokens = resolved(kind.is_some_and(OperatorKind::has_wildcards));
                    if kind.is_some_and(OperatorKind::ignores_case) { tokens.map(in_any_case) } else { tokens }
                }
                Some(Family::Arn) => {
                    arns = true;
                    pattern::arn_value(text, line.language, assignment)
                }
                Some(Family::Bool) => resolved(false).map(in_any_case),
                Some(Family::Binary) => Some(text.chars().map(Token::Is).collect()),
                _ => None,
            };
            if let Some(tokens) = tokens {
                plain.push(spelled(&tokens));
                automaton.add(set, &tokens);
                set += 1;
            }
        }
    }
    if arns {
        automaton.add(set, &pattern::any_arn());
        plain.push("arn:aws:iam::111122223333:role/other".to_owned());
    }
    let Some(cells) = budget.within(500_000, |budget| automaton.cells(budget)) else {
        notes.push(KeyLimit::Patterns);
        return plain;
    };
    let nice = |sets: &[usize]| plain.iter().find(|text| !text.is_empty() && automaton.sets_of(text) == sets).cloned();
    cells
        .into_iter()
        .filter(|cell| !arns || !is_arn || cell.sets.contains(&set))
        .map(|cell| nice(&cell.sets).or(cell.not_empty).unwrap_or(cell.shortest))
        .collect()
}

fn in_any_case(tokens: Vec<Token>) -> Vec<Token> {
    let fold = |token| match token {
        Token::Is(character) => pattern::in_any_case(&character.to_string()).pop().unwrap_or(token),
        other => other,
    };
    tokens.into_iter().map(fold).collect()
}

/// A text that the pattern matches and a person can read.
pub(super) fn spelled(tokens: &[Token]) -> String {
    let spell = |token: &Token| match token {
        Token::Is(character) | Token::IsFolded(character) => character.to_string(),
        Token::One | Token::OneInside => "x".to_owned(),
        Token::Run | Token::RunInside => "example".to_owned(),
    };
    tokens.iter().map(spell).collect()
}

/// The numbers that are written, one between each two, one below and one above.
fn numbers(lines: &[&ConditionRef], notes: &mut Vec<KeyLimit>) -> Vec<String> {
    let written: Vec<&str> = numeric(lines).collect();
    let mut sorted: Vec<(Decimal<'_>, &str)> =
        written.iter().filter_map(|text| Some((Decimal::new(text)?, *text))).collect();
    sorted.sort_by(|a, b| a.0.compare(&b.0));
    sorted.dedup_by(|a, b| a.0.compare(&b.0) == Ordering::Equal);
    let parse = |text: &str| text.parse::<f64>().unwrap_or_default();
    let mut between: Vec<String> = Vec::new();
    for pair in sorted.windows(2) {
        if let [(low, a), (high, b)] = pair {
            let middle = f64::midpoint(parse(a), parse(b)).to_string();
            let fits = Decimal::new(&middle)
                .is_some_and(|middle| low.compare(&middle).is_lt() && middle.compare(high).is_lt());
            if fits {
                between.push(middle);
            } else {
                notes.push(KeyLimit::NumbersBetween(a.to_string(), b.to_string()));
            }
        }
    }
    let mut values: Vec<String> = sorted.iter().map(|(_, text)| (*text).to_owned()).collect();
    values.extend(between);
    if let (Some((_, low)), Some((_, high))) = (sorted.first(), sorted.last()) {
        values.push((parse(low) - 1.0).to_string());
        values.push((parse(high) + 1.0).to_string());
    } else {
        values.push("1".to_owned());
    }
    values
}

fn numeric<'l>(lines: &'l [&ConditionRef]) -> impl Iterator<Item = &'l str> {
    lines
        .iter()
        .filter(|line| line.condition.operator.kind.map(OperatorKind::family) == Some(Family::Numeric))
        .flat_map(|line| &line.condition.values)
        .map(|value| value.value.as_str())
}

/// The dates that are written, one between each two, one before and one after.
fn dates(lines: &[&ConditionRef], notes: &mut Vec<KeyLimit>) -> Vec<String> {
    const SECOND: i128 = 1_000_000_000;
    let dated = lines.iter().filter(|line| matches!(line.condition.operands, Operands::Date(_)));
    let written = dated.flat_map(|line| &line.condition.values).map(|value| value.value.as_str());
    let mut sorted: Vec<(i128, String)> = written.filter_map(|text| Some((instant(text)?, text.to_owned()))).collect();
    sorted.sort();
    sorted.dedup_by_key(|(at, _)| *at);
    let seconds = |at: i128| at.div_euclid(SECOND).to_string();
    let mut values: Vec<String> = sorted.iter().map(|(_, text)| text.clone()).collect();
    for pair in sorted.windows(2) {
        if let [(low, a), (high, b)] = pair {
            let middle = seconds((low + high) / 2);
            if instant(&middle).is_some_and(|at| *low < at && at < *high) {
                values.push(middle);
            } else {
                notes.push(KeyLimit::DatesBetween(a.clone(), b.clone()));
            }
        }
    }
    match (sorted.first(), sorted.last()) {
        (Some((first, _)), Some((last, _))) => {
            values.extend([seconds(first - 86_400 * SECOND), seconds(last + 86_400 * SECOND)]);
        }
        _ => values.push("2026-01-01T00:00:00Z".to_owned()),
    }
    values
}

/// First and last address of every range that is written, and their neighbours: ranges are nested or apart, so that whatever
/// lies in some of them and not in others begins beside the end of one.
fn addresses(lines: &[&ConditionRef]) -> Vec<String> {
    let mut values: Vec<String> =
        ["203.0.113.7", "2001:db8::7", "0.0.0.0", "255.255.255.255", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]
            .map(str::to_owned)
            .to_vec();
    for line in lines {
        let Operands::Ip(ranges) = &line.condition.operands else { continue };
        for range in ranges.iter().flatten() {
            let (first, last) = (range.network(), range.broadcast());
            values.extend(
                [Some(first), Some(last), before(first), after(last)].into_iter().flatten().map(|at| at.to_string()),
            );
            // a plainer address of the range than its first
            values.extend(range_member(range).map(|at| at.to_string()));
        }
    }
    values
}

fn range_member(range: &IpNet) -> Option<IpAddr> {
    after(range.network()).filter(|address| range.contains(address))
}

fn before(address: IpAddr) -> Option<IpAddr> {
    match address {
        IpAddr::V4(address) => u32::from(address).checked_sub(1).map(|number| IpAddr::V4(number.into())),
        IpAddr::V6(address) => u128::from(address).checked_sub(1).map(|number| IpAddr::V6(number.into())),
    }
}

fn after(address: IpAddr) -> Option<IpAddr> {
    match address {
        IpAddr::V4(address) => u32::from(address).checked_add(1).map(|number| IpAddr::V4(number.into())),
        IpAddr::V6(address) => u128::from(address).checked_add(1).map(|number| IpAddr::V6(number.into())),
    }
}

impl ConditionRef {
    /// The condition, or its opposite where `holds` is false.
    pub(super) fn expression(&self, holds: bool) -> ConditionExpr {
        let Condition { key, operator, values, .. } = &self.condition;
        let (key, mut values) = (key.clone(), values.iter().map(|value| value.value.clone()));
        if operator.kind == Some(OperatorKind::Null) && operator.quantifier.is_none() {
            let absent = values.len() == 1 && values.all(|value| value.eq_ignore_ascii_case("true") == holds);
            return if absent { ConditionExpr::Absent(key) } else { ConditionExpr::Present(key) };
        }
        ConditionExpr::Test(ConditionTest { key, operator: operator.clone(), values: values.collect(), holds })
    }

    /// A condition as a policy in this version of the language reads it.
    pub(crate) const fn new(condition: Condition, language: Language) -> Self {
        Self { condition, language }
    }

    /// The values that alone make the condition true, or untrue; `None` if those are not all written down.
    pub(super) fn names_exactly(&self, truth: Truth) -> Option<Vec<&str>> {
        let wanted = match self.condition.operator.kind? {
            OperatorKind::StringEquals => Truth::True,
            OperatorKind::StringNotEquals => Truth::False,
            _ => return None,
        };
        let plain = self.condition.operator.quantifier.is_none()
            && !self.condition.values.iter().any(|value| value.value.contains("${"));
        (plain && truth == wanted).then(|| self.condition.values.iter().map(|value| value.value.as_str()).collect())
    }

    /// Whether it says what this condition says.
    pub(crate) fn is(&self, condition: &Condition, language: Language) -> bool {
        let [own, other] = [&self.condition, condition].map(|one| one.values.iter().map(|value| value.value.as_str()));
        self.language == language
            && self.condition.folded_key == condition.folded_key
            && self.condition.operator == condition.operator
            && own.eq(other)
    }
}
