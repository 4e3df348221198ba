//! All actions of a statement but one: by `NotAction` where that says it and the policy takes it, else by name, else by patterns.

use super::asked::{can_be_asked_on, is_taken};
use crate::iam::{Action, ActionElement, ActionPattern, PolicyType};
use crate::reference::{ActionFacts, Reference};

/// A longer list of actions is not what a reviewer reads.
const MOST_NAMES: usize = 24;

/// The action that is left out, and the resource on which it was asked.
pub(super) type Asked<'a> = (&'a Action, &'a str);

/// How the actions of a statement are written without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum AllBut {
    /// By this key and these values.
    Written(&'static str, Vec<String>),
    /// There is no other.
    Nothing,
}

/// The actions of the element without the one that was asked, on these resources; `None` where the policy's language cannot say it.
pub(super) fn all_but(
    policy_type: PolicyType,
    element: &ActionElement,
    asked: Asked<'_>,
    on: &[String],
    reference: &Reference,
) -> Option<AllBut> {
    let (action, resource) = asked;
    let not = |actions: Vec<String>| Some(AllBut::Written("NotAction", actions));
    let entries: Vec<&str> = element.entries.iter().map(|entry| entry.text.as_str()).collect();
    if element.negated {
        return not(entries.into_iter().map(str::to_owned).chain([action.to_string()]).collect());
    }
    // what other services ask is not asked on these resources
    let of_one_service = || !on.is_empty() && on.iter().all(|on| is_only_of(action, on, reference));
    let whole_service = format!("{}:*", action.service());
    let of_all = entries.contains(&"*");
    let of_service = entries.iter().any(|entry| entry.eq_ignore_ascii_case(&whole_service));
    if (of_all && policy_type != PolicyType::ResourceControl)
        || (of_service && takes_not_action(policy_type, on) && of_one_service())
    {
        return not(vec![action.to_string()]);
    }
    if of_all && !of_one_service() {
        return None;
    }
    let entries = if of_all { vec![whole_service.as_str()] } else { entries };
    let is_it = |entry: &str| entry.eq_ignore_ascii_case(action.as_str());
    let mut others: Vec<String> = Vec::new();
    for entry in entries {
        let pattern = ActionPattern::new(entry);
        if !pattern.matches(action) {
            others.push(entry.to_owned());
        } else if !is_it(entry) {
            // all that the pattern covers but one: by name, as far as AWS documents the names
            let known = reference.matching(&pattern);
            if known.is_empty() {
                return None;
            }
            let here = known.iter().filter(|facts| can_be_asked_on(facts, resource));
            let here = here.filter(|facts| is_taken(policy_type, resource, facts));
            let others_here: Vec<&ActionFacts<'_>> = here.filter(|facts| !is_it(&facts.full_name())).collect();
            let names = |all: &[&ActionFacts<'_>]| all.iter().map(|facts| facts.full_name()).collect::<Vec<_>>();
            if others_here.len() <= MOST_NAMES {
                others.extend(names(&others_here));
                continue;
            }
            // what names no resource is not asked on one
            let of_resource = |facts: &&&ActionFacts<'_>| resource == "*" || facts.has_resource_level_permissions();
            let asked: Vec<&ActionFacts<'_>> = others_here.iter().filter(of_resource).copied().collect();
            others.extend(in_patterns(entry, &names(&asked), action));
        }
    }
    match others.len() {
        0 => Some(AllBut::Nothing),
        some if some <= MOST_NAMES => Some(AllBut::Written("Action", others)),
        _ => None,
    }
}

/// Whether the policy may say `NotAction`. Resource control policies have no such element; of the policies of resources, those of buckets are
/// known to have it.
/// - <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html>
/// - <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html>
/// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html>
fn takes_not_action(policy_type: PolicyType, on: &[String]) -> bool {
    match policy_type {
        PolicyType::IdentityBased
        | PolicyType::PermissionsBoundary
        | PolicyType::Session
        | PolicyType::ServiceControl => true,
        PolicyType::ResourceBased => on.iter().all(|on| on.contains(":s3:::")),
        _ => false,
    }
}

/// Whether nothing but actions of the action's service can be asked there: what other services ask does not apply to its resources.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html>
fn is_only_of(action: &Action, resource: &str, reference: &Reference) -> bool {
    reference
        .action(action)
        .is_some_and(|facts| facts.has_resource_level_permissions() && can_be_asked_on(&facts, resource))
        && resource != "*"
        && !reference.is_of_another(resource, |prefix| prefix == action.service())
}

/// The names in patterns that the entry covers and that do not match the action: `s3:Get*`, and `s3:PutObject?*` for `s3:PutObject`. They
/// cover what AWS adds to them. The names as they are where the entry is more than a beginning.
fn in_patterns(entry: &str, names: &[String], action: &Action) -> Vec<String> {
    let Some(beginning) = entry.strip_suffix('*').filter(|text| !text.contains(['*', '?'])) else {
        return names.to_vec();
    };
    let left_out = action.folded();
    let mut patterns: Vec<String> = Vec::new();
    for name in names {
        let longer = name.to_ascii_lowercase().starts_with(left_out);
        let mut words = ends_of_words(name).filter_map(|end| name.get(..end));
        let other =
            words.find(|start| start.len() >= beginning.len() && !left_out.starts_with(&start.to_ascii_lowercase()));
        let pattern = match other {
            _ if longer => format!("{action}?*"),
            Some(start) if start.len() < name.len() => format!("{start}*"),
            _ => name.clone(),
        };
        if !patterns.contains(&pattern) {
            patterns.push(pattern);
        }
    }
    let all = patterns.clone();
    let is_within =
        |own: &str, wider: &String| own != wider && wider.strip_suffix('*').is_some_and(|start| own.starts_with(start));
    patterns.retain(|own| !all.iter().any(|wider| is_within(own, wider)));
    patterns
}

/// Where the words of `s3:PutObjectAcl` end.
fn ends_of_words(name: &str) -> impl Iterator<Item = usize> {
    let bytes = name.as_bytes();
    let begins = |at: &usize| {
        let [Some(before), Some(own)] = [at.checked_sub(1).and_then(|before| bytes.get(before)), bytes.get(*at)] else {
            return false;
        };
        own.is_ascii_uppercase() && before.is_ascii_alphanumeric() && !before.is_ascii_uppercase()
    };
    (0..bytes.len()).filter(begins).chain([bytes.len()]).collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::Document;
    use crate::text::Source;

    const OBJECT: &str = "arn:aws:s3:::lake/raw/x.parquet";

    /// The actions of a Deny of these entries without the one, in a policy of this type, on these resources.
    fn without(policy_type: PolicyType, entries: &str, action: &str, on: &[&str]) -> String {
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Deny", "Action": {entries}, "Resource": "*"}}}}"#
        );
        let document = Document::parse(Source::new("deny", text)).unwrap();
        let on: Vec<String> = on.iter().map(|on| (*on).to_owned()).collect();
        let (action, element) = (action.parse().unwrap(), &document.statements[0].action);
        match all_but(policy_type, element, (&action, &on[0]), &on, Reference::embedded()) {
            Some(AllBut::Written(key, values)) => format!("{key}: {}", values.join(", ")),
            Some(AllBut::Nothing) => "nothing".to_owned(),
            None => "cannot be said".to_owned(),
        }
    }

    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html>
    #[test]
    fn what_else_a_service_asks_on_its_own_resource_is_all_but_the_action() {
        for policy_type in [PolicyType::IdentityBased, PolicyType::ServiceControl, PolicyType::ResourceBased] {
            assert_eq!(without(policy_type, r#""s3:*""#, "s3:PutObject", &[OBJECT]), "NotAction: s3:PutObject");
            let others = r#"["sqs:*", "S3:*"]"#;
            assert_eq!(
                without(policy_type, others, "s3:PutObject", &["arn:aws:s3:::lake/*"]),
                "NotAction: s3:PutObject"
            );
        }
        // the roles of IAM are also what STS assumes
        let role = "arn:aws:iam::111122223333:role/app";
        assert_ne!(without(PolicyType::IdentityBased, r#""iam:*""#, "iam:GetRole", &[role]), "NotAction: iam:GetRole");
        // a part of the service is not all of it, and all resources are not those of a service
        for (entries, on) in [(r#""s3:Put*""#, OBJECT), (r#""s3:*""#, "*")] {
            assert!(
                !without(PolicyType::IdentityBased, entries, "s3:PutObject", &[on]).starts_with("NotAction"),
                "{entries}"
            );
        }
    }

    /// Resource control policies have no `NotAction`.
    /// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html>
    #[test]
    fn where_a_policy_has_no_such_element_the_others_are_patterns() {
        let patterns = "Action: s3:Abort*, s3:Bypass*, s3:Delete*, s3:Get*, s3:Initiate*, s3:List*, s3:Object*, s3:PutObject?*, \
                        s3:Replicate*, s3:Restore*, s3:Update*";
        for entries in [r#""s3:*""#, r#""*""#] {
            assert_eq!(without(PolicyType::ResourceControl, entries, "s3:PutObject", &[OBJECT]), patterns);
        }
        assert_eq!(without(PolicyType::ResourceControl, r#""*""#, "s3:PutObject", &["*"]), "cannot be said");
        let read = without(PolicyType::ResourceControl, r#""s3:*""#, "s3:GetObjectAcl", &[OBJECT]);
        assert_eq!(
            read.split(", ").filter(|name| name.contains(":Get")).collect::<Vec<_>>(),
            [
                "s3:GetObject",
                "s3:GetObjectAnnotation",
                "s3:GetObjectAttributes",
                "s3:GetObjectLegal*",
                "s3:GetObjectRetention",
                "s3:GetObjectTagging",
                "s3:GetObjectTorrent",
                "s3:GetObjectVersion*"
            ]
        );
    }
}
