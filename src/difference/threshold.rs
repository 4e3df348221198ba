//! From which new access on a review stops a change.

use super::access_change::{AccessChange, Change};
use super::review::Review;
use super::sets::{ActionSet, Pattern};
use crate::iam::{Action, ActionPattern};
use crate::reference::{AccessLevel, ActionFacts, Reference};

/// From which new access on a review stops a change; what stops at one stops at each that stands above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Threshold {
    /// Any that is new.
    Any,
    /// What may do more than read and list.
    Write,
    /// What lets its holder have more than it says, takes a protection away, exposes something, or is for everybody.
    Escalation,
}

impl Threshold {
    /// Whether the change is new access from this threshold on.
    #[must_use]
    pub fn is_met(self, change: &AccessChange, reference: &Reference) -> bool {
        if matches!(change.change, Change::NotAllowed | Change::DenyAdded) {
            return false;
        }
        let is_grave = || {
            let review = Review::new(change, &change.dangers(reference));
            matches!(review, Review::NewDanger(_) | Review::NewPublicAccess)
        };
        match self {
            Self::Any => true,
            Self::Write => is_grave() || change.actions.iter().any(|pattern| may_write(pattern, reference)),
            Self::Escalation => is_grave(),
        }
    }
}

/// Whether an action of the pattern may do more than read and list. What the reference does not know may.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html>
fn may_write(pattern: &Pattern<ActionSet>, reference: &Reference) -> bool {
    let Some(text) = pattern.pattern.text() else { return true };
    let compiled = |sets: &[ActionSet]| -> Vec<ActionPattern> {
        sets.iter().filter_map(ActionSet::text).map(ActionPattern::new).collect()
    };
    let (also, except) = (compiled(&pattern.also), compiled(&pattern.except));
    let covers = |action: &Action| {
        also.iter().all(|pattern| pattern.matches(action)) && !except.iter().any(|pattern| pattern.matches(action))
    };
    let mut known = reference.matching(&ActionPattern::new(text));
    known.retain(|facts| facts.action().is_some_and(covers));
    known.is_empty() || !known.iter().all(only_reads)
}

fn only_reads(facts: &ActionFacts<'_>) -> bool {
    let levels = facts.access_levels();
    !levels.is_empty() && levels.iter().all(|level| matches!(level, AccessLevel::List | AccessLevel::Read))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::difference::documents;
    use crate::iam::Document;
    use crate::text::Source;

    /// From which thresholds on the statement stops a change that adds it.
    fn stops(statement: &str) -> Vec<Threshold> {
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
        let new = Arc::new(Document::parse(Source::new("new.json", text)).unwrap());
        let found = documents(&[], &[new], Reference::embedded());
        assert!(!found.newly_allowed.is_empty(), "{statement}");
        let met = |threshold: &Threshold| {
            found.newly_allowed.iter().any(|change| threshold.is_met(change, Reference::embedded()))
        };
        [Threshold::Any, Threshold::Write, Threshold::Escalation].into_iter().filter(met).collect()
    }

    fn allow(action: &str) -> String {
        format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}"#)
    }

    #[test]
    fn reading_is_less_than_writing_and_that_less_than_a_danger() {
        use Threshold::{Any, Escalation, Write};
        for action in ["s3:GetObject", "S3:getobject", "s3:ListBucket", "s3:Get*", "ec2:Describe*"] {
            assert_eq!(stops(&allow(action)), [Any], "{action}");
        }
        for action in ["s3:PutObject", "sqs:*Message", "s3:PutObjectTagging", "s3:NoSuchAction", "new-service:Get"] {
            assert_eq!(stops(&allow(action)), [Any, Write], "{action}");
        }
        for action in ["iam:PassRole", "iam:*", "*", "iam:P*", "cloudtrail:StopLogging"] {
            assert_eq!(stops(&allow(action)), [Any, Write, Escalation], "{action}");
        }
    }

    #[test]
    fn what_everybody_may_read_stops_at_every_threshold() {
        let read = |principal: &str| {
            format!(
                r#"{{"Effect": "Allow", "Principal": {principal}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}}"#
            )
        };
        assert_eq!(stops(&read(r#"{"AWS": "arn:aws:iam::111122223333:role/app"}"#)), [Threshold::Any]);
        assert_eq!(stops(&read(r#""*""#)), [Threshold::Any, Threshold::Write, Threshold::Escalation]);
    }

    #[test]
    fn a_deny_is_no_new_access() {
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, allow("iam:*"));
        let old = Arc::new(Document::parse(Source::new("old.json", text)).unwrap());
        let found = documents(&[old], &[], Reference::embedded());
        let met = |change: &AccessChange| Threshold::Any.is_met(change, Reference::embedded());
        assert!(!found.newly_denied.is_empty() && !found.newly_denied.iter().any(met));
    }
}
