//! What an undetermined decision would be under each value of the condition keys that are not known.
//!
//! Values that the policies ask for stand for themselves, and one more for all others; the tree is bounded in depth and
//! in evaluations, and a branch that is cut says `undetermined`.

use serde::Serialize;

use super::{Decision, evaluate};
use crate::iam::{
    ArnOperand, Condition, ContextValue, Decimal, Family, Operands, OperatorKind, PolicySet, Request, Resolved,
    Template, TextOperand, network,
};
use crate::text::Piece;

/// Keys asked one after the other.
const DEPTH: usize = 4;
/// Evaluations of one tree.
const EVALUATIONS: usize = 400;
/// Values of one key that are tried.
const VALUES: usize = 16;

/// A decision, or a question and the decisions under each answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Branch {
    /// The values, in words: `true`, `in 10.0.0.0/8`, `less than 60`.
    pub values: Vec<String>,
    /// Also if the key is not in the request.
    pub absent: bool,
    /// Also for values that no branch names.
    pub others: bool,
    /// What follows.
    pub then: DecisionTree,
}

/// What a key is assumed to be.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Guess {
    Absent,
    Value(Sample),
    Other(String),
}

/// A value and what it stands for, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Sample {
    value: String,
    words: String,
}

impl Sample {
    fn new(value: impl Into<String>, words: impl Into<String>) -> Self {
        Self { value: value.into(), words: words.into() }
    }

    /// A value that stands for itself.
    fn itself(value: String) -> Self {
        Self { words: value.clone(), value }
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
                Guess::Value(sample) => branch.values.push(sample.words),
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
    let mut guesses: Vec<Guess> = values.into_iter().map(Guess::Value).collect();
    guesses.extend(other.map(Guess::Other));
    guesses.push(Guess::Absent);
    guesses
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
            Sample::new(text.replace('*', "").replace('?', "x"), format!("like {text}"))
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
                    Sample::new((seconds - 1).to_string(), format!("before {text}")),
                    Sample::itself(text.clone()),
                    Sample::new((seconds + 1).to_string(), format!("after {text}")),
                ]
            })
            .collect(),
        (Operands::Ip(ranges), _) => ranges
            .iter()
            .flatten()
            .map(|range| match range.hosts().nth(1) {
                Some(_) => Sample::new(range.network().to_string(), format!("in {range}")),
                None => Sample::itself(range.addr().to_string()),
            })
            .collect(),
        (_, Family::Binary) => written().map(Sample::itself).collect(),
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
            Sample::new(number.saturating_sub(1).to_string(), format!("less than {text}")),
            Sample::new(number.to_string(), text.clone()),
            Sample::new(number.saturating_add(1).to_string(), format!("more than {text}")),
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

impl DecisionTree {
    /// The tree in words, one line for each decision: `allowed if aws:MultiFactorAuthPresent is true`.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        self.describe(&mut Vec::new(), &mut lines);
        lines
    }

    fn describe(&self, conditions: &mut Vec<String>, lines: &mut Vec<String>) {
        match self {
            Self::Leaf { decision } if conditions.is_empty() => lines.push(decision.words().to_owned()),
            Self::Leaf { decision } => lines.push(format!("{} if {}", decision.words(), conditions.join(" and "))),
            Self::Split { key, branches } => {
                for branch in branches {
                    conditions.push(format!("{key} {}", branch.words()));
                    branch.then.describe(conditions, lines);
                    conditions.pop();
                }
            }
        }
    }
}

impl Branch {
    fn words(&self) -> String {
        let mut words: Vec<String> = Vec::new();
        match self.values.as_slice() {
            [] => {}
            [only] => words.push(format!("is {only}")),
            values => words.push(format!("is {}", values.join(" or "))),
        }
        if self.others {
            words.push(if self.values.is_empty() { "is anything else" } else { "anything else" }.to_owned());
        }
        if self.absent {
            words.push("is not in the request".to_owned());
        }
        words.join(" or ")
    }
}

#[cfg(test)]
mod tests {
    use crate::evaluate::{TestCase, decision_tree};

    fn lines(statements: &str) -> Vec<String> {
        let text = format!(
            r#"{{"request": {{"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject",
                "resource": "arn:aws:s3:::reports/a"}}, "context_complete": false, "policies": {{"identity-based": [
                {{"Version": "2012-10-17", "Statement": [{statements}]}}]}}}}"#
        );
        let case = TestCase::parse(&text).unwrap();
        decision_tree(&case.request, &case.policies).lines()
    }

    #[test]
    fn one_key_splits_into_the_values_that_differ() {
        let allow = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
        let guard = r#"{"Effect": "Deny", "Action": "*", "Resource": "*",
            "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}"#;
        assert_eq!(
            lines(&format!("{allow}, {guard}")),
            [
                "allowed if aws:MultiFactorAuthPresent is true",
                "explicitly denied if aws:MultiFactorAuthPresent is false or is not in the request",
            ]
        );
    }

    #[test]
    fn a_second_key_is_asked_only_where_it_matters() {
        let office = r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*",
            "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "NumericLessThan": {"s3:signatureAge": "60"}}}"#;
        assert_eq!(
            lines(office),
            [
                "allowed if aws:SourceIp is in 10.0.0.0/8 and s3:signatureAge is less than 60",
                "implicitly denied if aws:SourceIp is in 10.0.0.0/8 and s3:signatureAge is 60 or more than 60 or is not in the \
                 request",
                "implicitly denied if aws:SourceIp is anything else or is not in the request",
            ]
        );
    }

    #[test]
    fn what_is_decided_is_a_leaf() {
        assert_eq!(lines(r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#), ["allowed"]);
    }
}
