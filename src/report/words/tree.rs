//! A decision that depends on condition keys: one line for each outcome.

use super::decision::verdict;
use crate::evaluate::{Branch, DecisionTree, Values};

/// One line for each decision: `allowed if aws:MultiFactorAuthPresent is true`.
#[must_use]
pub fn lines(tree: &DecisionTree) -> Vec<String> {
    let mut lines = Vec::new();
    describe(tree, &mut Vec::new(), &mut lines);
    lines
}

fn describe(tree: &DecisionTree, conditions: &mut Vec<String>, lines: &mut Vec<String>) {
    match tree {
        DecisionTree::Leaf { decision } if conditions.is_empty() => lines.push(verdict(*decision).to_owned()),
        DecisionTree::Leaf { decision } => {
            lines.push(format!("{} if {}", verdict(*decision), conditions.join(" and ")));
        }
        DecisionTree::Split { key, branches } => {
            for branch in branches {
                conditions.push(format!("{key} {}", branch_words(branch)));
                describe(&branch.then, conditions, lines);
                conditions.pop();
            }
        }
    }
}

fn branch_words(branch: &Branch) -> String {
    let values: Vec<String> = branch.values.iter().map(group).collect();
    let mut words: Vec<String> = Vec::new();
    if !values.is_empty() {
        words.push(format!("is {}", values.join(" or ")));
    }
    if branch.others {
        words.push(if values.is_empty() { "is anything else" } else { "anything else" }.to_owned());
    }
    if branch.absent {
        words.push("is not in the request".to_owned());
    }
    words.join(" or ")
}

/// A group of values: `true`, `in 10.0.0.0/8`, `less than 60`.
#[must_use]
pub fn group(values: &Values) -> String {
    match values {
        Values::Is(value) => value.clone(),
        Values::Like(pattern) => format!("like {pattern}"),
        Values::In(range) => format!("in {range}"),
        Values::LessThan(number) => format!("less than {number}"),
        Values::MoreThan(number) => format!("more than {number}"),
        Values::Before(date) => format!("before {date}"),
        Values::After(date) => format!("after {date}"),
    }
}

#[cfg(test)]
mod tests {
    use super::lines;
    use crate::evaluate::{TestCase, decision_tree};

    #[test]
    fn each_outcome_is_one_line() {
        let case = TestCase::parse(
            r#"{"request": {"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject",
                "resource": "arn:aws:s3:::reports/a"}, "context_complete": false, "policies": {"identity-based": [
                {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition":
                    {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "NumericLessThan": {"s3:signatureAge": "60"}}}]}]}}"#,
        )
        .unwrap();
        assert_eq!(
            lines(&decision_tree(&case.request, &case.policies)),
            [
                "allowed if aws:SourceIp is in 10.0.0.0/8 and s3:signatureAge is less than 60",
                "implicitly denied if aws:SourceIp is in 10.0.0.0/8 and s3:signatureAge is 60 or more than 60 or is not in the \
                 request",
                "implicitly denied if aws:SourceIp is anything else or is not in the request",
            ]
        );
    }
}
