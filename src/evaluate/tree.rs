//! What an undetermined decision would be under each value of the condition keys that are not known.
//!
//! Values that the policies ask for stand for themselves, and one more for all others; the tree is bounded in depth and
//! in evaluations, and a branch that is cut says `undetermined`.

use std::cmp::Ordering;

use super::ask::evaluate;
use super::evaluation::Decision;
use crate::iam::{
    ArnOperand, Condition, ContextValue, Decimal, Family, Operands, OperatorKind, PolicySet, Request, Resolved,
    Template, TextOperand, instant, network,
};
use crate::text::{Piece, Wildcard};

/// Keys asked one after the other.
const DEPTH: usize = 4;
/// Evaluations of one tree.
const EVALUATIONS: usize = 400;
/// Values of one key that are tried.
const VALUES: usize = 16;

/// A decision, or a question and the decisions under each answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecisionTree {
    /// The decision.
    Leaf {
        /// What it is.
        decision: Decision,
    },
    /// It depends on this key.
    Split {
        /// The condition key, as written in a policy.
        key: String,
        /// One branch for each group of values that lead to the same.
        branches: Vec<Branch>,
    },
}

/// Values of a key, and what follows from them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Branch {
    /// The values, in groups.
    pub values: Vec<Values>,
    /// Also if the key is not in the request.
    pub absent: bool,
    /// Also for values that no branch names.
    pub others: bool,
    /// What follows.
    pub then: DecisionTree,
}

/// Values of a key that lead to the same decision. Each variant carries what the policy writes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Values {
    /// This value.
    Is(String),
    /// Values that match this pattern.
    Like(String),
    /// Addresses in this range.
    In(String),
    /// Smaller numbers.
    LessThan(String),
    /// Larger numbers.
    MoreThan(String),
    /// Earlier dates.
    Before(String),
    /// Later dates.
    After(String),
}

impl Values {
    /// Whether this value of a key is one of them.
    pub(crate) fn covers(&self, value: &str) -> bool {
        let order = |bound: &str| Some(Decimal::new(value)?.compare(&Decimal::new(bound)?));
        let time = |bound: &str| Some(instant(value)?.cmp(&instant(bound)?));
        match self {
            Self::Is(text) => value == text || order(text) == Some(Ordering::Equal),
            Self::Like(pattern) => Wildcard::new(pattern).matches(value),
            Self::In(range) => network(range).zip(network(value)).is_some_and(|(all, own)| all.contains(&own)),
            Self::LessThan(bound) => order(bound) == Some(Ordering::Less),
            Self::MoreThan(bound) => order(bound) == Some(Ordering::Greater),
            Self::Before(bound) => time(bound) == Some(Ordering::Less),
            Self::After(bound) => time(bound) == Some(Ordering::Greater),
        }
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Is(_) => "is",
            Self::Like(_) => "like",
            Self::In(_) => "in",
            Self::LessThan(_) => "less-than",
            Self::MoreThan(_) => "more-than",
            Self::Before(_) => "before",
            Self::After(_) => "after",
        }
    }
}

/// What a key is assumed to be.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Guess {
    Absent,
    Value(Sample),
    Other(String),
}

/// A value and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sample {
    pub(crate) value: String,
    pub(crate) of: Values,
}

impl Sample {
    fn new(value: impl Into<String>, of: Values) -> Self {
        Self { value: value.into(), of }
    }

    /// A value that stands for itself.
    fn itself(value: String) -> Self {
        Self { of: Values::Is(value.clone()), value }
    }
}

/// The tree for a request. Leaves everything as it is where the decision does not depend on a condition key.
#[must_use]
pub fn decision_tree(request: &Request, policies: &PolicySet) -> DecisionTree {
    let mut budget = EVALUATIONS;
    grow(request, policies, DEPTH, &mut budget)
}

fn grow(request: &Request, policies: &PolicySet, depth: usize, budget: &mut usize) -> DecisionTree {
    *budget = budget.saturating_sub(1);
    let evaluation = evaluate(request, policies);
    let leaf = DecisionTree::Leaf { decision: evaluation.decision };
    let Some(key) = evaluation.missing_context.first().filter(|_| depth > 0 && *budget > 0) else {
        return leaf;
    };
    let folded = key.to_ascii_lowercase();
    let statements =
        evaluation.checks.iter().flat_map(|check| &check.outcomes).filter_map(|outcome| outcome.statement());
    let lines: Vec<&Condition> =
        statements.flat_map(|statement| &statement.conditions).filter(|line| line.folded_key == folded).collect();
    let multivalued = lines.iter().any(|line| line.operator.quantifier.is_some());
    let mut branches: Vec<Branch> = Vec::new();
    for guess in guesses(&lines, request) {
        let mut with = request.clone();
        with.context.set(
            key,
            match &guess {
                Guess::Absent => ContextValue::Absent,
                Guess::Value(Sample { value, .. }) | Guess::Other(value) => {
                    ContextValue::Present { values: vec![value.clone()], multivalued }
                }
            },
        );
        let then = grow(&with, policies, depth - 1, budget);
        let index = branches.iter().position(|branch| branch.then == then).unwrap_or_else(|| {
            branches.push(Branch { values: Vec::new(), absent: false, others: false, then });
            branches.len() - 1
        });
        if let Some(branch) = branches.get_mut(index) {
            match guess {
                Guess::Absent => branch.absent = true,
                Guess::Value(sample) => branch.values.push(sample.of),
                Guess::Other(_) => branch.others = true,
            }
        }
    }
    // a key that leads to the same whatever it is, is no question
    if branches.len() == 1 {
        return branches.pop().map_or(leaf, |branch| branch.then);
    }
    DecisionTree::Split { key: key.clone(), branches }
}

/// The values worth trying: what the policies ask for, something else, and nothing.
fn guesses(lines: &[&Condition], request: &Request) -> Vec<Guess> {
    let (values, other) = named_values(lines, request);
    let mut guesses: Vec<Guess> = values.into_iter().map(Guess::Value).collect();
    guesses.extend(other.map(Guess::Other));
    guesses.push(Guess::Absent);
    guesses
}

/// The values that these lines of one key ask for, and a value that none of them names, if there is one.
pub(crate) fn named_values(lines: &[&Condition], request: &Request) -> (Vec<Sample>, Option<String>) {
    let mut values: Vec<Sample> = Vec::new();
    for line in lines {
        let Some(kind) = line.operator.kind else { continue };
        for value in samples(line, kind, request) {
            if values.len() < VALUES && !values.iter().any(|known| known.value == value.value) {
                values.push(value);
            }
        }
    }
    let other = other(lines, &values);
    (values, other)
}

/// Values of the request on both sides of what the line asks for.
fn samples(line: &Condition, kind: OperatorKind, request: &Request) -> Vec<Sample> {
    let written = || line.values.iter().map(|value| value.value.clone());
    let resolved = |template: &Template| match template.resolve(&request.context) {
        Resolved::Pieces(pieces) => Some(Sample::itself(instance(&pieces))),
        Resolved::NoValue(_) | Resolved::Unknown(_) => None,
    };
    // the shortest text that the pattern matches
    let shortest = |text: String| {
        if text.contains(['*', '?']) {
            Sample::new(text.replace('*', "").replace('?', "x"), Values::Like(text))
        } else {
            Sample::itself(text)
        }
    };
    match (&line.operands, kind.family()) {
        (Operands::Text(operands), _) => operands
            .iter()
            .zip(written())
            .filter_map(|(operand, text)| match operand {
                TextOperand::Literal(literal) => Some(Sample::itself(literal.clone())),
                TextOperand::Pattern(_) => Some(shortest(text)),
                TextOperand::Template(template) => resolved(template),
            })
            .collect(),
        (Operands::Arn(operands), _) => operands
            .iter()
            .zip(written())
            .filter_map(|(operand, text)| match operand {
                ArnOperand::Parts(_) => Some(shortest(text)),
                ArnOperand::Template(template) => resolved(template),
                ArnOperand::NotAnArn => None,
            })
            .collect(),
        (_, Family::Bool) => ["true", "false"].map(|truth| Sample::itself(truth.to_owned())).into(),
        (_, Family::Numeric) => written().flat_map(around).collect(),
        (Operands::Date(operands), _) => operands
            .iter()
            .zip(written())
            .filter_map(|(instant, text)| Some(((*instant)? / 1_000_000_000, text)))
            .flat_map(|(seconds, text)| {
                [
                    Sample::new((seconds - 1).to_string(), Values::Before(text.clone())),
                    Sample::itself(text.clone()),
                    Sample::new((seconds + 1).to_string(), Values::After(text)),
                ]
            })
            .collect(),
        (Operands::Ip(ranges), _) => ranges
            .iter()
            .flatten()
            .map(|range| match range.hosts().nth(1) {
                Some(_) => Sample::new(range.network().to_string(), Values::In(range.to_string())),
                None => Sample::itself(range.addr().to_string()),
            })
            .collect(),
        (Operands::Plain, Family::String) | (_, Family::Binary) => written().map(Sample::itself).collect(),
        _ => Vec::new(),
    }
}

/// A text that the pieces match.
fn instance(pieces: &[Piece]) -> String {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Literal(text) => text.as_str(),
            Piece::AnyRun => "",
            Piece::AnyOne => "x",
        })
        .collect()
}

/// A number, one less and one more.
fn around(text: String) -> Vec<Sample> {
    match (text.parse::<i64>(), Decimal::new(&text)) {
        (Ok(number), _) => vec![
            Sample::new(number.saturating_sub(1).to_string(), Values::LessThan(text.clone())),
            Sample::new(number.to_string(), Values::Is(text.clone())),
            Sample::new(number.saturating_add(1).to_string(), Values::MoreThan(text)),
        ],
        (Err(_), Some(_)) => vec![Sample::itself(text)],
        (Err(_), None) => Vec::new(),
    }
}

/// A value that none of the lines names; `None` where the values already cover all.
fn other(lines: &[&Condition], values: &[Sample]) -> Option<String> {
    let family = |wanted: Family| lines.iter().any(|line| line.operator.kind.map(OperatorKind::family) == Some(wanted));
    if family(Family::Ip) {
        let ranges: Vec<_> = lines
            .iter()
            .flat_map(|line| match &line.operands {
                Operands::Ip(ranges) => ranges.as_slice(),
                _ => &[],
            })
            .flatten()
            .collect();
        // the networks that documentation may use
        return ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1"]
            .into_iter()
            .find(|address| network(address).is_some_and(|net| !ranges.iter().any(|range| range.contains(&net))))
            .map(str::to_owned);
    }
    if family(Family::Arn) {
        return Some("arn:aws:none::000000000000:other".to_owned());
    }
    if family(Family::Bool) || family(Family::Numeric) || family(Family::Date) {
        return None;
    }
    // longer than every value, so equal to none
    let longest = values.iter().map(|sample| sample.value.len()).max().unwrap_or(0);
    Some("~".repeat(longest + 1))
}

#[cfg(test)]
mod tests {
    use super::{Branch, DecisionTree, Values, decision_tree};
    use crate::evaluate::{Decision, TestCase};

    fn tree(statements: &str) -> DecisionTree {
        let text = format!(
            r#"{{"request": {{"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject",
                "resource": "arn:aws:s3:::reports/a"}}, "context_complete": false, "policies": {{"identity-based": [
                {{"Version": "2012-10-17", "Statement": [{statements}]}}]}}}}"#
        );
        let case = TestCase::parse(&text).unwrap();
        decision_tree(&case.request, &case.policies)
    }

    fn branch(values: &[Values], others: bool, absent: bool, then: DecisionTree) -> Branch {
        Branch { values: values.to_vec(), others, absent, then }
    }

    const fn leaf(decision: Decision) -> DecisionTree {
        DecisionTree::Leaf { decision }
    }

    #[test]
    fn one_key_splits_into_the_values_that_differ() {
        let allow = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
        let guard = r#"{"Effect": "Deny", "Action": "*", "Resource": "*",
            "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}"#;
        assert_eq!(
            tree(&format!("{allow}, {guard}")),
            DecisionTree::Split {
                key: "aws:MultiFactorAuthPresent".to_owned(),
                branches: vec![
                    branch(&[Values::Is("true".to_owned())], false, false, leaf(Decision::Allowed)),
                    branch(&[Values::Is("false".to_owned())], false, true, leaf(Decision::ExplicitDeny)),
                ],
            }
        );
    }

    #[test]
    fn a_second_key_is_asked_only_where_it_matters() {
        let office = r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*",
            "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "NumericLessThan": {"s3:signatureAge": "60"}}}"#;
        let sixty = || "60".to_owned();
        let age = DecisionTree::Split {
            key: "s3:signatureAge".to_owned(),
            branches: vec![
                branch(&[Values::LessThan(sixty())], false, false, leaf(Decision::Allowed)),
                branch(&[Values::Is(sixty()), Values::MoreThan(sixty())], false, true, leaf(Decision::ImplicitDeny)),
            ],
        };
        assert_eq!(
            tree(office),
            DecisionTree::Split {
                key: "aws:SourceIp".to_owned(),
                branches: vec![
                    branch(&[Values::In("10.0.0.0/8".to_owned())], false, false, age),
                    branch(&[], true, true, leaf(Decision::ImplicitDeny)),
                ],
            }
        );
    }

    #[test]
    fn what_is_decided_is_a_leaf() {
        assert_eq!(tree(r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#), leaf(Decision::Allowed));
    }
}
