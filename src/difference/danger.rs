//! What of a change reaches beyond itself: its actions that are in the table of dangers, on the resources that it names.

use super::access_change::AccessChange;
use super::askable::can_be_on;
use super::sets::{ActionSet, Pattern, ResourceSet};
use crate::iam::{Action, ActionPattern};
use crate::reference::{Danger, DangerKind, Power, Reference};

impl AccessChange {
    /// What whoever may make these requests could do beyond them, each action once, in order.
    #[must_use]
    pub fn dangers(&self, reference: &Reference) -> Vec<Danger> {
        dangers(&self.actions, &self.resources, reference)
    }
}

/// The dangers among actions on resources; no resources stand for all of them.
#[must_use]
pub fn dangers(
    actions: &[Pattern<ActionSet>],
    resources: &[Pattern<ResourceSet>],
    reference: &Reference,
) -> Vec<Danger> {
    let mut all: Vec<Danger> = Vec::new();
    for danger in actions.iter().flat_map(|pattern| of_pattern(pattern, resources, reference)) {
        if !all.contains(&danger) {
            all.push(danger);
        }
    }
    all
}

/// More of one kind behind one pattern are told as one: a list of hundreds says less than the pattern.
const MOST: usize = 12;

/// One danger for each kind of which the pattern covers many.
fn gathered(pattern: &str, all: &[Danger]) -> Vec<Danger> {
    let mut told = Vec::new();
    for kind in [DangerKind::Escalation, DangerKind::ProtectionOff, DangerKind::Exposure] {
        let mut of_kind: Vec<Danger> = all.iter().filter(|danger| danger.kind == kind).cloned().collect();
        let count = of_kind.len();
        if count > MOST {
            of_kind.truncate(1);
            for danger in &mut of_kind {
                let action = std::mem::replace(&mut danger.action, pattern.to_owned());
                let power = Box::new(danger.power.clone());
                danger.power = Power::OneOfMany { power, action, more: count - 1 };
            }
        }
        told.extend(of_kind);
    }
    told
}

fn of_pattern(pattern: &Pattern<ActionSet>, resources: &[Pattern<ResourceSet>], reference: &Reference) -> Vec<Danger> {
    let Some(text) = pattern.pattern.text() else { return Vec::new() };
    // a name too: an Allow of s3:PutBucketPolicy on the objects of a bucket gives nothing
    if let Ok(action) = text.parse::<Action>() {
        let danger = reference.danger(&action).filter(|_| can_be_on(&action, resources, reference));
        return danger.into_iter().collect();
    }
    let compiled = |sets: &[ActionSet]| -> Vec<ActionPattern> {
        sets.iter().filter_map(ActionSet::text).map(ActionPattern::new).collect()
    };
    let (also, except) = (compiled(&pattern.also), compiled(&pattern.except));
    let mut all = reference.dangers(&ActionPattern::new(text));
    all.retain(|danger| {
        danger.action.parse::<Action>().is_ok_and(|action| {
            also.iter().all(|pattern| pattern.matches(&action))
                && !except.iter().any(|pattern| pattern.matches(&action))
                && can_be_on(&action, resources, reference)
        })
    });
    gathered(text, &all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> ActionSet {
        ActionSet::Matching(text.to_owned())
    }

    fn patterns(texts: &[&str]) -> Vec<Pattern<ActionSet>> {
        texts.iter().map(|text| Pattern::new(set(text))).collect()
    }

    fn found(actions: &[Pattern<ActionSet>], resources: &[&str]) -> Vec<String> {
        let one = |danger: &Danger| match &danger.power {
            Power::OneOfMany { action, more, .. } => format!("{}: {action} and {more} more", danger.action),
            power => format!("{}: {}", danger.action, power.code()),
        };
        let resources: Vec<_> =
            resources.iter().map(|text| Pattern::new(ResourceSet::Matching((*text).to_owned()))).collect();
        dangers(actions, &resources, Reference::embedded()).iter().map(one).collect()
    }

    #[test]
    fn a_wide_pattern_is_one_danger_of_each_kind() {
        assert_eq!(
            found(&patterns(&["organizations:*"]), &["*"]),
            [
                "organizations:*: organizations:AttachPolicy and 17 more",
                "organizations:LeaveOrganization: listed",
                "organizations:RemoveAccountFromOrganization: listed",
                "organizations:DeleteOrganization: listed",
                "organizations:CloseAccount: listed",
                "organizations:DeregisterDelegatedAdministrator: listed",
                "organizations:DisableAWSServiceAccess: listed",
            ]
        );
    }

    #[test]
    fn exceptions_are_left_out_and_nothing_stands_twice() {
        let but = Pattern {
            pattern: set("cloudtrail:*"),
            also: vec![set("cloudtrail:*Logging")],
            except: vec![set("cloudtrail:Start*")],
        };
        assert_eq!(found(std::slice::from_ref(&but), &["*"]), ["cloudtrail:StopLogging: listed"]);
        let stop = patterns(&["cloudtrail:stoplogging"]).remove(0);
        assert_eq!(found(&[but, stop], &["*"]), ["cloudtrail:StopLogging: listed"]);
    }

    #[test]
    fn an_action_is_no_danger_on_what_it_is_never_asked_on() {
        let on = |action: &str, resource: &str| found(&patterns(&[action]), &[resource]);
        assert_eq!(on("s3:PutBucketPolicy", "arn:aws:s3:::reports/*"), [""; 0]);
        assert_eq!(on("s3:PutBucketPolicy", "arn:aws:s3:::reports"), ["s3:PutBucketPolicy: listed"]);
        assert_eq!(on("s3:PutBucketPolicy", "arn:aws:s3:::reports*"), ["s3:PutBucketPolicy: listed"]);
        assert_eq!(on("iam:PassRole", "arn:aws:s3:::reports"), [""; 0]);
        assert_eq!(on("iam:PassRole", "arn:aws:iam::111122223333:*"), ["iam:PassRole: listed"]);
        assert_eq!(on("s3:PutAccountPublicAccessBlock", "arn:aws:s3:::reports/*"), [""; 0]);
    }
}
