//! Changing the request instead of a policy: where a statement asks for something that the request could bring.
//!
//! The change is proved like an edit: the request is evaluated again with the condition keys as they would be.

use super::verify::assumed;
use super::workbench::Workbench;
use super::{Disposition, Owner, Remedy, RemedyKind, Verification};
use crate::diagnose::{Case, Diagnosis, StatementRef};
use crate::difference::Difference;
use crate::evaluate::{Decision, evaluate};
use crate::iam::{Arn, Condition, ContextValue, Effect, Element, Field, OperatorKind, Request};

/// The id of such a remedy.
pub(super) const ID: &str = "change-the-request";

/// The remedy that meets the conditions which stand against the request, if that makes it allowed.
pub(super) fn meet_the_conditions(case: &Case<'_>, diagnosis: &Diagnosis) -> Option<Remedy> {
    let denies = diagnosis.blockers.iter().filter_map(|blocker| blocker.statement.as_ref());
    let near = diagnosis.near_misses.iter().filter(|near| near.only_element() == Some(Element::Condition));
    let mut request = case.request.clone();
    let mut changes: Vec<(String, String)> = Vec::new();
    for statement in denies.chain(near.map(|near| &near.statement).take(1)) {
        for (key, value) in wanted(statement, &request)? {
            if key.eq_ignore_ascii_case("aws:RequestedRegion") {
                move_resource(&mut request, &value)?;
            }
            request.context.set(&key, ContextValue::Present { values: vec![value.clone()], multivalued: false });
            changes.push((key, value));
        }
    }
    if changes.is_empty() {
        return None;
    }
    let bench = Workbench::new(case.policies);
    if evaluate(&request, &bench.policies).decision != Decision::Allowed {
        return None;
    }
    let steps: Vec<String> = changes.iter().map(|(key, value)| advice(key, value)).collect();
    Some(Remedy {
        id: ID.to_owned(),
        title: format!(
            "change the request: {}",
            changes.iter().map(|(key, value)| format!("{key} = {value}")).collect::<Vec<_>>().join(", ")
        ),
        owner: Owner::Caller,
        disposition: Disposition::Safe,
        kind: RemedyKind::ChangeRequest,
        edits: Vec::new(),
        verification: Some(Verification {
            decision_after: Decision::Allowed,
            newly_allowed: Vec::new(),
            newly_denied: Vec::new(),
            cannot_tell: Vec::new(),
            compared: Difference::default(),
            no_longer_denied: Vec::new(),
            exactly_minimal: true,
            only_this_call: true,
            assumes: assumed(case.request, case.policies),
            provided: Vec::new(),
            conditional_on: Vec::new(),
            size: None,
        }),
        commands: Vec::new(),
        terraform: None,
        cloudformation: None,
        steps,
        why_not: None,
    })
}

/// The keys and values that make a Deny's condition fail, or an Allow's hold; `None` when the caller cannot choose them.
fn wanted(reference: &StatementRef, request: &Request) -> Option<Vec<(String, String)>> {
    let statement = reference.statement()?;
    if statement.effect == Effect::Deny {
        // one line that fails is enough
        return statement.conditions.iter().find_map(|condition| refuse(condition).map(|change| vec![change]));
    }
    let unmet = statement.conditions.iter().filter(|condition| !holds(condition, request));
    unmet.map(meet).collect()
}

/// A call in another Region is about a resource of that Region. Where a Bedrock profile sends a request is not for the caller to say.
fn move_resource(request: &mut Request, region: &str) -> Option<()> {
    let Field::Known(resource) = &request.resource else {
        return None;
    };
    match resource.parse::<Arn>() {
        Ok(arn) if arn.service() == "bedrock" => None,
        Ok(arn) if !arn.region().is_empty() => {
            let moved =
                format!("arn:{}:{}:{region}:{}:{}", arn.partition(), arn.service(), arn.account(), arn.resource());
            request.resource = Field::Known(moved);
            Some(())
        }
        // without a Region in its name the resource does not move: a bucket, or a global service
        _ => (resource == "*").then_some(()),
    }
}

/// Whether the request's context has one of the condition's values as they are written.
fn holds(condition: &Condition, request: &Request) -> bool {
    match request.context.get_folded(&condition.folded_key) {
        ContextValue::Present { values, .. } => {
            values.iter().any(|value| condition.values.iter().any(|wanted| wanted.value.eq_ignore_ascii_case(value)))
        }
        ContextValue::Absent | ContextValue::Unknown => false,
    }
}

/// A value that satisfies a positive operator.
fn meet(condition: &Condition) -> Option<(String, String)> {
    use OperatorKind::{ArnEquals, ArnLike, Bool, StringEquals, StringEqualsIgnoreCase, StringLike};
    let kind = condition.operator.kind?;
    let value = condition.values.iter().map(|value| &value.value).find(|value| !value.contains(['*', '?', '$']))?;
    let strengthens = kind != Bool || value.eq_ignore_ascii_case("true");
    let literal =
        strengthens && matches!(kind, Bool | StringEquals | StringEqualsIgnoreCase | StringLike | ArnEquals | ArnLike);
    (literal && chosen_by_caller(&condition.folded_key)).then(|| (condition.key.clone(), value.clone()))
}

/// A value that a Deny does not catch.
fn refuse(condition: &Condition) -> Option<(String, String)> {
    use OperatorKind::{
        ArnNotEquals, ArnNotLike, Bool, Null, StringNotEquals, StringNotEqualsIgnoreCase, StringNotLike,
    };
    if !chosen_by_caller(&condition.folded_key) {
        return None;
    }
    let first = condition.values.first()?;
    let value = match condition.operator.kind? {
        // only what makes the request stronger: nobody is told to do without MFA
        Bool if first.value.eq_ignore_ascii_case("false") => "true".to_owned(),
        StringNotEquals | StringNotEqualsIgnoreCase | StringNotLike | ArnNotEquals | ArnNotLike => {
            condition.values.iter().map(|value| value.value.clone()).find(|value| !value.contains(['*', '?', '$']))?
        }
        // "must be present": any value will do
        Null if first.value.eq_ignore_ascii_case("true") => "a value".to_owned(),
        _ => return None,
    };
    Some((condition.key.clone(), value))
}

/// Whether the caller can bring about the key's value: not who it is, nor whose the resource is.
fn chosen_by_caller(key: &str) -> bool {
    const CHOSEN: [&str; 7] = [
        "aws:multifactorauthpresent",
        "aws:requestedregion",
        "aws:securetransport",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "s3:x-amz-server-side-encryption",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
    ];
    CHOSEN.contains(&key) || key.starts_with("aws:requesttag/")
}

/// What to do so that the request carries the value.
fn advice(key: &str, value: &str) -> String {
    match key.to_ascii_lowercase().as_str() {
        "aws:multifactorauthpresent" => {
            "use a session with MFA: aws sts get-session-token --serial-number MFA_ARN --token-code CODE, or a role that asks for MFA"
                .to_owned()
        }
        "aws:requestedregion" => format!("call {value}, on a resource of that Region"),
        "aws:securetransport" => "call over https".to_owned(),
        "aws:sourcevpc" => format!("call from VPC {value} through its endpoint"),
        "aws:sourcevpce" => format!("call through VPC endpoint {value}"),
        "s3:x-amz-server-side-encryption" => format!("add --server-side-encryption {value}"),
        "s3:x-amz-server-side-encryption-aws-kms-key-id" => format!("add --ssekms-key-id {value}"),
        other => match other.strip_prefix("aws:requesttag/") {
            Some(_) => format!("tag what you create: {}={value}", key.get("aws:RequestTag/".len()..).unwrap_or_default()),
            None => format!("send {key} = {value}"),
        },
    }
}
