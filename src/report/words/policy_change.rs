//! What a change of a document does, and what a Deny no longer denies.

use super::difference::{action_set, resource_set};
use super::gap::gap_subject;
use super::statement::name;
use crate::difference::Pattern;
use crate::remedy::bedrock::{Check, Part};
use crate::remedy::{Access, Allows, ChangeKind, DocumentChange, Edit, Exempted, Opened};

/// What an edit changes.
#[must_use]
pub fn changes(edit: &Edit) -> String {
    edit.changes.iter().map(change).collect::<Vec<_>>().join("; ")
}

fn change(DocumentChange { kind, unless }: &DocumentChange) -> String {
    let unless = unless.as_ref().map_or_else(String::new, |policy| {
        format!(", unless {}, not seen here, allows it already", gap_subject(policy))
    });
    let what = match kind {
        ChangeKind::AddEntry { statement, element, entry } => {
            format!("add {entry} to the {element} of {}", name(statement))
        }
        ChangeKind::AddConditionValue { statement, key, value } => {
            format!("add {value} to the values of {key} in the Condition of {}", name(statement))
        }
        ChangeKind::AddStatements { count: 1, allows } => format!("add a statement that allows {}", allowed(allows)),
        ChangeKind::AddStatements { count, allows } => format!("add {count} statements that allow {}", allowed(allows)),
        ChangeKind::Allow(allows) => format!("allow {}", allowed(allows)),
        ChangeKind::Narrow { statement, except } => format!("{}: {}", name(statement), kept_but(except)),
        ChangeKind::WithoutWhiteSpace => "without white space, which AWS counts here and has no room for".to_owned(),
    };
    format!("{what}{unless}")
}

fn allowed(allows: &Allows) -> String {
    let access = match &allows.access {
        Access::Request { action, resource } => format!("{action} on {resource}"),
        Access::Call(checks) => call(checks),
    };
    let Some(kept) = &allows.conditions else { return access };
    let own = |(key, values): &(String, Option<Vec<String>>)| match values {
        Some(values) => format!("{key} = {}", values.join(", ")),
        None => format!("{key} left out"),
    };
    let own: Vec<String> = kept.own.iter().map(own).collect();
    let own = if own.is_empty() { String::new() } else { format!(", but with {}", own.join(" and ")) };
    format!("{access} under the conditions of {}{own}", name(&kept.statement))
}

fn kept_but(except: &Exempted) -> String {
    match except {
        Exempted::Profile { action, profile } => {
            format!("keep the Region lock for everything but {action} through {profile}")
        }
        Exempted::Request { action, resources, principal, values } => {
            let what = action.as_ref().map_or_else(|| "these actions".to_owned(), ToString::to_string);
            let on = resources.as_ref().map_or_else(String::new, |resources| format!(" on {}", resources.join(", ")));
            format!("keep the Deny for everything but {what}{on}{}{}", by(principal.as_ref()), with(values))
        }
    }
}

/// What a narrowed Deny no longer denies.
#[must_use]
pub fn opened(opened: &Opened) -> String {
    let actions = all(&opened.actions, action_set, "every action");
    match &opened.profile {
        Some(profile) => format!("{actions} through {profile}, in whichever Regions it may choose"),
        None => format!(
            "{actions} on {}{}{}{}",
            all(&opened.resources, resource_set, "everything"),
            by(opened.principal.as_ref()),
            with(&opened.values),
            whatever(&opened.any_value)
        ),
    }
}

fn all<T>(patterns: &[Pattern<T>], words: fn(&T) -> String, every: &str) -> String {
    let listed = |sets: &mut dyn Iterator<Item = &T>| sets.map(words).collect::<Vec<_>>().join(", ");
    match patterns {
        [] => "this resource".to_owned(),
        [only] if !only.except.is_empty() => format!("{every} but {}", listed(&mut only.except.iter())),
        some => listed(&mut some.iter().map(|pattern| &pattern.pattern)),
    }
}

fn by(principal: Option<&String>) -> String {
    principal.map_or_else(String::new, |principal| format!(" by {principal}"))
}

fn with(values: &[(String, String)]) -> String {
    let each: Vec<String> = values.iter().map(|(key, value)| format!("{key} = {value}")).collect();
    if each.is_empty() { String::new() } else { format!(" with {}", each.join(" and ")) }
}

fn whatever(keys: &[String]) -> String {
    if keys.is_empty() { String::new() } else { format!(", with any value of {}", keys.join(" and ")) }
}

/// `bedrock:InvokeModel on PROFILE and on its model in us-east-1 and us-west-2`.
fn call(checks: &[Check]) -> String {
    let mut actions: Vec<String> = Vec::new();
    let mut on: Vec<String> = Vec::new();
    let mut regions: Vec<&str> = Vec::new();
    for check in checks {
        let action = check.action.to_string();
        if !actions.contains(&action) {
            actions.push(action);
        }
        let region = if check.part == Part::ModelAnywhere { "any Region" } else { check.region.as_str() };
        match check.profile {
            None if !on.contains(&check.resource) => on.push(check.resource.clone()),
            Some(_) if !regions.contains(&region) => regions.push(region),
            _ => {}
        }
    }
    if !regions.is_empty() {
        let profile = checks.iter().find_map(|check| check.profile.as_deref()).unwrap_or_default();
        let whose = if on.is_empty() { format!("the model behind {profile}") } else { "its model".to_owned() };
        on.push(format!("{whose} in {}, called through it", listed(&regions)));
    }
    format!("{} on {}", actions.join(", "), on.join(" and on "))
}

fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::difference::{ActionSet, ResourceSet};
    use crate::iam::{Element, StatementName};
    use crate::remedy::KeptConditions;

    fn said(kind: ChangeKind) -> String {
        change(&DocumentChange { kind, unless: None })
    }

    #[test]
    fn a_grant_says_what_it_keeps_of_the_statement_beside_it() {
        let access =
            Access::Request { action: "ec2:StopInstances".parse().unwrap(), resource: "arn:aws:ec2:::x".to_owned() };
        let own =
            vec![("aws:ResourceTag/owner".to_owned(), Some(vec!["bob".to_owned()])), ("aws:SourceIp".to_owned(), None)];
        let conditions = Some(KeptConditions { statement: StatementName::Sid("Own".to_owned()), own });
        assert_eq!(
            said(ChangeKind::AddStatements { count: 1, allows: Allows { access, conditions } }),
            "add a statement that allows ec2:StopInstances on arn:aws:ec2:::x under the conditions of statement `Own`, but with \
             aws:ResourceTag/owner = bob and aws:SourceIp left out"
        );
        let (statement, entry) = (StatementName::Index(1), "s3:GetObject".to_owned());
        assert_eq!(
            said(ChangeKind::AddEntry { statement, element: Element::Action, entry }),
            "add s3:GetObject to the Action of statement 2"
        );
    }

    #[test]
    fn a_narrowed_deny_says_what_it_keeps_and_what_it_no_longer_denies() {
        let (statement, principal) = (StatementName::Index(0), Some("arn:aws:iam::111122223333:role/app".to_owned()));
        let except = Exempted::Request {
            action: None,
            resources: Some(vec!["*".to_owned()]),
            principal: principal.clone(),
            values: Vec::new(),
        };
        assert_eq!(
            said(ChangeKind::Narrow { statement, except }),
            "statement 1: keep the Deny for everything but these actions on * by arn:aws:iam::111122223333:role/app"
        );
        let but = vec![ActionSet::Matching("iam:*".to_owned()), ActionSet::Matching("sts:*".to_owned())];
        let mut lifted = Opened {
            actions: vec![Pattern { except: but, ..Pattern::new(ActionSet::Matching("*".to_owned())) }],
            resources: Vec::new(),
            principal,
            profile: None,
            values: Vec::new(),
            any_value: Vec::new(),
        };
        assert_eq!(
            opened(&lifted),
            "every action but iam:*, sts:* on this resource by arn:aws:iam::111122223333:role/app"
        );
        lifted.resources = ["a", "b"].map(|arn| Pattern::new(ResourceSet::Matching(arn.to_owned()))).to_vec();
        lifted.principal = None;
        assert_eq!(opened(&lifted), "every action but iam:*, sts:* on a, b");
    }
}
