//! The shapes by which guardrails are known.

use super::*;
use crate::iam::Document;
use crate::reference::Reference;
use crate::text::Source;

fn seen(statement: &str, action: &str) -> Option<Guardrail> {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
    let document = Document::parse(Source::new("deny", text)).unwrap();
    assert_eq!(document.problems, []);
    guardrail(&document.statements[0], &action.parse().unwrap())
}

#[test]
fn what_undoes_a_guardrail_is_refused() {
    let root = r#"{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}}"#;
    let leave = r#"{"Effect": "Deny", "Action": "organizations:*", "Resource": "*"}"#;
    let logs = r#"{"Effect": "Deny", "Action": ["guardduty:*", "s3:DeleteBucket"], "Resource": "*"}"#;
    let glass = r#"{"Effect": "Deny", "Action": ["iam:*", "sts:AssumeRole"], "Resource": "arn:aws:iam::*:role/org/BreakGlass-*"}"#;
    for (statement, action, guard) in [
        (root, "s3:GetObject", Guardrail::RootLock),
        (leave, "organizations:LeaveOrganization", Guardrail::LeaveOrganization),
        (logs, "guardduty:DeleteDetector", Guardrail::LogProtection),
        (glass, "sts:AssumeRole", Guardrail::BreakGlassRole),
        (glass, "iam:DeleteRole", Guardrail::BreakGlassRole),
    ] {
        assert!(guard.is_refused());
        assert_eq!(seen(statement, action), Some(guard), "{statement}");
    }
    // the same list, but nothing that records or guards an account
    assert_eq!(seen(logs, "s3:DeleteBucket"), None);
    assert_eq!(seen(leave, "organizations:ListAccounts"), None);
}

#[test]
fn a_deny_for_everyone_but_some_names_them() {
    let deny = r#"{"Effect": "Deny", "Action": "kms:ScheduleKeyDeletion", "Resource": "*", "Condition":
        {"ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/break-glass", "arn:aws:iam::*:role/keys/*"]}}}"#;
    let guard = seen(deny, "kms:ScheduleKeyDeletion").unwrap();
    assert!(!guard.is_refused());
    assert_eq!(guard.purpose(), "it keeps this to arn:aws:iam::*:role/break-glass, arn:aws:iam::*:role/keys/*");
    // a Region lock that leaves a role out is a Region lock
    let lock = r#"{"Effect": "Deny", "NotAction": "iam:*", "Resource": "*", "Condition": {"StringNotEquals":
        {"aws:RequestedRegion": "eu-west-1", "aws:PrincipalArn": "arn:aws:iam::111122223333:role/break-glass"}}}"#;
    assert_eq!(seen(lock, "ec2:RunInstances"), Some(Guardrail::RegionLock));
}

#[test]
fn every_action_that_stops_logs_exists() {
    for name in LOGS {
        assert!(Reference::embedded().action(&name.parse().unwrap()).is_some(), "{name}");
    }
}
