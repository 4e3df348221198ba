//! Why an element of a statement covers the request or does not.

use super::list::either;
use crate::evaluate::{ElementReason, ElementWhy, LineWhy, NotComparable};
use crate::iam::{Element, Operator, OperatorKind, Quantifier};

/// The reason in a sentence: "`s3:Get*` matches s3:GetObject".
#[must_use]
pub fn reason(reason: &ElementReason) -> String {
    plain_variables(reason).map_or_else(|| compared(reason), |plain| format!("{}; {plain}", compared(reason)))
}

/// That what stands here as a variable is none.
#[must_use]
pub fn plain_variables(reason: &ElementReason) -> Option<String> {
    let variables: Vec<String> = reason.plain_variables.iter().map(|key| format!("`${{{key}}}`")).collect();
    let are = if variables.len() == 1 { "is" } else { "are" };
    (!variables.is_empty())
        .then(|| format!("{} {are} plain text without `Version` 2012-10-17", variables.join(" and ")))
}

fn compared(reason: &ElementReason) -> String {
    let element = reason.element;
    let asked = |asked: &Option<String>| asked.clone().unwrap_or_else(|| format!("the {}", request_part(element)));
    let exclusion = format!("`Not{element}`");
    let (excludes, not_excludes) = match element {
        Element::Principal => ("lists", "does not list"),
        _ => ("leaves out", "does not leave out"),
    };
    let relation = relation(element);
    match &reason.why {
        ElementWhy::StatementRejected => "AWS rejects the statement, so it never matches".to_owned(),
        ElementWhy::Required(policy_type) if element == Element::Principal => {
            format!("{} needs a principal, and the statement has none", policy_type.with_article())
        }
        ElementWhy::Required(policy_type) => {
            format!("{} needs `{element}`, and the statement has none", policy_type.with_article())
        }
        ElementWhy::PrincipalNotTaken(policy_type) => {
            format!("{} has no principal, so AWS rejects the statement", policy_type.with_article())
        }
        ElementWhy::NotPrincipalNotTaken(policy_type) => {
            format!("{} takes no NotPrincipal, so AWS rejects the statement", policy_type.with_article())
        }
        ElementWhy::AttachedResource => "the policy is about the resource that it is attached to".to_owned(),
        ElementWhy::Matches { entry, .. } => format!("`{entry}` {}", beside_mark(reason).unwrap_or_default()),
        ElementWhy::NoneMatches { entries, asked: by } if element == Element::Principal => {
            format!("{} does not name {}", either(entries.iter().map(String::as_str)), asked(by))
        }
        ElementWhy::NoneMatches { entries, asked: by } => format!("{} {}", none_matches(entries), asked(by)),
        ElementWhy::OnlyStarMatches { entries } => {
            format!("{} `*`: the action has no resources, so only `*` does", none_matches(entries))
        }
        ElementWhy::Excluded { entry, asked: by, or } => {
            let or = match or {
                None => "",
                Some(NotComparable::VariableWithoutValue) => " or has a variable without a value",
                Some(NotComparable::NotACompleteArn) => " or is no complete ARN",
            };
            format!("{exclusion} {excludes} `{entry}`, which {relation} {}{or}", asked(by))
        }
        ElementWhy::NotExcluded { asked: by } => format!("{exclusion} {not_excludes} {}", asked(by)),
        ElementWhy::ListedNotSpared { entry, asked: by } => {
            format!("{exclusion} lists `{entry}`, which does not spare {}", asked(by))
        }
        ElementWhy::ListedInPart { asked: by } => format!(
            "{exclusion} lists {} only in part: a Deny spares those of whom account and user, or account, role and \
             session, are all listed, and may hit others",
            asked(by)
        ),
        ElementWhy::GatewayEndpoint { entry, certain } => format!(
            "in the policy of a gateway endpoint `Principal` must be `*`, and aws:PrincipalArn in a Condition names \
             somebody: {} allows nothing there{}",
            entry.as_deref().unwrap_or(&exclusion),
            if *certain { "" } else { "; whether the endpoint is one is not known" }
        ),
        ElementWhy::TemplateOpen(parts) => format!(
            "the template leaves {} open, so whether it matches is not known",
            either(parts.iter().map(String::as_str))
        ),
        ElementWhy::NotKnown => format!("the {} is not known", request_part(element)),
        ElementWhy::KeysNotKnown => not_known(&reason.missing_keys),
        ElementWhy::NotAnArn { asked: by } => format!("`{}` is no ARN, so it cannot be compared", asked(by)),
        ElementWhy::LineNotKnown { key } => format!("whether {key} holds is not known"),
        ElementWhy::Condition(lines) if lines.is_empty() => "the condition block is empty".to_owned(),
        ElementWhy::Condition(lines) => lines.iter().map(line).collect::<Vec<_>>().join("; "),
    }
}

/// What is said beside an underlined entry that covers the request: the entry itself need not be repeated there.
#[must_use]
pub fn beside_mark(reason: &ElementReason) -> Option<String> {
    let ElementWhy::Matches { asked, .. } = &reason.why else { return None };
    let asked = asked.clone().unwrap_or_else(|| format!("the {}", request_part(reason.element)));
    Some(format!("{} {asked}", relation(reason.element)))
}

/// What an entry does to a request that it covers.
const fn relation(element: Element) -> &'static str {
    match element {
        Element::Principal => "names",
        _ => "matches",
    }
}

const fn request_part(element: Element) -> &'static str {
    match element {
        Element::Principal => "principal",
        Element::Action => "action",
        Element::Resource => "resource",
        Element::Condition => "context",
    }
}

fn not_known(keys: &[String]) -> String {
    match keys {
        [only] => format!("{only} is not known"),
        [first, last] => format!("{first} and {last} are not known"),
        keys => format!("{} are not known", keys.join(", ")),
    }
}

fn none_matches(entries: &[String]) -> String {
    match entries {
        [only] => format!("`{only}` does not match"),
        [] => "an empty list does not match".to_owned(),
        _ => format!("none of {} matches", either(entries.iter().map(String::as_str)).replace(" or ", " and ")),
    }
}

/// What one line of a condition comes to.
fn line(line: &LineWhy) -> String {
    match line {
        LineWhy::NoOperator(operator) => format!("`{operator}` is no condition operator"),
        LineWhy::KeyNotKnown(key) => format!("{key} is not known"),
        LineWhy::AnyPath { key, operator, role, wanted, holds } => format!(
            "{key} is `{role}` with any path, which {} `{operator}` {}",
            if *holds { "satisfies" } else { "does not satisfy" },
            either(wanted.iter().map(String::as_str))
        ),
        LineWhy::KeyAbsent { key, operator, holds: true } if operator.kind == Some(OperatorKind::Null) => {
            format!("{key} is not in the request, as `Null` asks")
        }
        LineWhy::KeyAbsent { key, operator, holds: true } => {
            format!("{key} is not in the request, which satisfies `{operator}`")
        }
        LineWhy::KeyAbsent { key, holds: false, .. } => format!("{key} is not in the request"),
        LineWhy::KeyPresent { key, wanted, holds } => format!(
            "{key} is in the request, {} `Null` asks for it to be {}",
            if *holds { "as" } else { "but" },
            if *wanted { "present" } else { "absent" }
        ),
        LineWhy::ManyValues { key, operator } => {
            format!("{key} has many values, which `{operator}` without ForAllValues or ForAnyValue never matches")
        }
        LineWhy::Compared { key, operator, given, wanted, holds } => format!(
            "{}{key} is {}, which {} `{operator}` {}",
            among(operator),
            either(given.iter().map(String::as_str)),
            if *holds { "satisfies" } else { "does not satisfy" },
            either(wanted.iter().map(String::as_str))
        ),
    }
}

fn among(operator: &Operator) -> &'static str {
    match operator.quantifier {
        Some(Quantifier::ForAllValues) => "every value of ",
        Some(Quantifier::ForAnyValue) => "some value of ",
        None => "",
    }
}

#[cfg(test)]
mod tests {
    use super::reason;
    use crate::evaluate::{TestCase, reasons};

    /// What is said of each element of the statement, for a role that reads an object of a bucket.
    fn said(policy_type: &str, statement: &str, context: &str) -> Vec<String> {
        let text = format!(
            r#"{{"request": {{"principal": "arn:aws:iam::111122223333:role/app", "action": "s3:GetObject",
                "resource": "arn:aws:s3:::reports/a", "context": {context}}},
                "policies": {{"{policy_type}": [{{"Version": "2012-10-17", "Statement": {statement}}}]}}}}"#
        );
        let case = TestCase::parse(&text).unwrap();
        let policy = case.policies.policies().next().unwrap();
        reasons(&case.request, policy, &policy.document.statements[0]).iter().map(reason).collect()
    }

    #[test]
    fn an_entry_matches_or_none_does() {
        assert_eq!(
            said(
                "resource-based",
                r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "s3:Get*",
                    "Resource": ["arn:aws:s3:::reports/b", "arn:aws:s3:::reports/c"]}"#,
                "{}"
            ),
            [
                "`arn:aws:iam::111122223333:role/app` names arn:aws:iam::111122223333:role/app",
                "`s3:Get*` matches s3:GetObject",
                "none of `arn:aws:s3:::reports/b` and `arn:aws:s3:::reports/c` matches arn:aws:s3:::reports/a",
            ]
        );
    }

    #[test]
    fn an_exclusion_leaves_the_request_out_or_does_not() {
        assert_eq!(
            said(
                "identity-based",
                r#"{"Effect": "Allow", "NotAction": "s3:Get*", "NotResource": "arn:aws:s3:::logs/*"}"#,
                "{}"
            ),
            [
                "`NotAction` leaves out `s3:Get*`, which matches s3:GetObject",
                "`NotResource` does not leave out arn:aws:s3:::reports/a",
            ]
        );
    }

    #[test]
    fn an_element_that_the_policy_type_needs_or_rejects_is_named() {
        let statement = r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#;
        assert_eq!(
            said("resource-based", statement, "{}")[0],
            "a resource-based policy needs a principal, and the statement has none"
        );
    }

    #[test]
    fn a_condition_compares_values_or_finds_none() {
        let statement = r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {
            "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "Null": {"aws:MultiFactorAuthAge": "true"}}}"#;
        let condition = |context: &str| said("identity-based", statement, context).pop().unwrap();
        assert_eq!(
            condition(r#"{"aws:SourceIp": "192.0.2.7"}"#),
            "aws:SourceIp is `192.0.2.7`, which does not satisfy `IpAddress` `10.0.0.0/8`"
        );
        assert_eq!(condition("{}"), "aws:SourceIp is not in the request");
        assert_eq!(
            condition(r#"{"aws:SourceIp": "10.1.2.3"}"#),
            "aws:SourceIp is `10.1.2.3`, which satisfies `IpAddress` `10.0.0.0/8`; aws:MultiFactorAuthAge is not in the \
             request, as `Null` asks"
        );
    }
}
