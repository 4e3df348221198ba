//! `--redact` for a finished page or JSON: every ARN, account id and name that the report knows, wherever it stands in the text.

use std::collections::BTreeSet;

use super::Report;
use super::redact::value;
use crate::iam::{Arn, ContextValue, PolicyOrigin, is_account_id};

/// The text with the names of these reports replaced by the same pseudonyms everywhere.
#[must_use]
pub fn redacted_page(text: &str, reports: &[Report]) -> String {
    let text = accounts(&arns(text));
    let mut names: Vec<String> = reports.iter().flat_map(names).collect::<BTreeSet<_>>().into_iter().collect();
    // a longer name first, so that a name inside it does not break it
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names.iter().fold(text, |text, name| words(&text, name))
}

/// The names that a report tells: who, what it is attached to, how policies, statements and files are called.
fn names(report: &Report) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    if let Some(principal) = report.request.principal.value() {
        all.extend(principal.name().into_iter().chain(principal.session()).map(str::to_owned));
        parts_of(principal.as_str(), &mut all);
    }
    if let Some(resource) = report.request.resource.value() {
        parts_of(resource, &mut all);
    }
    if let Some(origin) = &report.denial.session {
        all.extend(origin.source_identity.iter().chain(&origin.by).filter(|name| is_name(name)).cloned());
        all.insert(origin.file.clone());
        for arn in origin.by.iter().chain(&origin.policy_arns) {
            parts_of(arn, &mut all);
        }
    }
    let edited = report.remedies.iter().flat_map(|remedy| remedy.edits.iter().map(|edit| &edit.after));
    for policy in report.policies.policies().chain(edited) {
        if policy.origin != PolicyOrigin::AwsManaged {
            // also as Terraform and CloudFormation write it
            let plain: String = policy.name.chars().filter(char::is_ascii_alphanumeric).collect();
            let label =
                policy.name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' });
            all.extend([policy.name.clone(), format!("Policy{plain}"), label.collect()]);
            all.insert(policy.document.source.name().to_owned());
        }
        all.extend(policy.document.source.origin().map(|(file, _)| file.to_owned()));
        all.extend(
            policy
                .document
                .statements
                .iter()
                .filter_map(|statement| statement.sid.as_ref().map(|sid| sid.value.clone())),
        );
        for arn in &policy.attached_to {
            parts_of(arn, &mut all);
        }
        let conditions = policy.document.statements.iter().flat_map(|statement| &statement.conditions);
        all.extend(
            conditions
                .flat_map(|condition| &condition.values)
                .map(|value| value.value.clone())
                .filter(|text| is_name(text)),
        );
    }
    for (_, known) in report.request.context.iter() {
        if let ContextValue::Present { values, .. } = known {
            all.extend(values.iter().filter(|text| is_name(text)).cloned());
        }
    }
    let levels = report.policies.service_control.levels.iter().chain(&report.policies.resource_control.levels);
    let reach = report.remedies.iter().flat_map(|remedy| &remedy.edits).filter_map(|edit| edit.reach.as_ref());
    for target in levels.map(|level| &level.target).chain(reach.flat_map(|reach| &reach.attached_to)) {
        parts_of_target(target, &mut all);
    }
    // too short to be told from ordinary words
    all.retain(|name| name.chars().count() > 1 && !is_account_id(name));
    all
}

/// Whether a value of a condition key tells of somebody: no truth, number, Region, kind of principal, ARN (those are replaced part by
/// part) or pattern.
fn is_name(text: &str) -> bool {
    let region = text.split('-').count() >= 3
        && text.ends_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_lowercase() || c == '-' || c.is_ascii_digit())
        && text.len() <= 16
        && text.split('-').next().is_some_and(|part| part.len() == 2);
    let common = ["true", "false", "user", "account", "assumedrole", "federateduser", "anonymous", "unspecified"];
    !region
        && !common.contains(&text.to_ascii_lowercase().as_str())
        && !text.starts_with("arn:")
        && !text.contains(['*', '?', '$'])
        && text.parse::<f64>().is_err()
}

/// The name and id of a root, unit or account: `OU Workloads (ou-ab12-11111111)`.
fn parts_of_target(target: &str, all: &mut BTreeSet<String>) {
    let Some((_, rest)) = target.split_once(' ').filter(|(noun, _)| ["root", "OU", "account"].contains(noun)) else {
        return;
    };
    let (name, id) = rest.rsplit_once(" (").map_or((None, rest), |(name, id)| (Some(name), id));
    all.extend(name.map(str::to_owned));
    all.insert(id.trim_end_matches(')').to_owned());
}

/// The names in the resource part of an ARN.
fn parts_of(arn: &str, all: &mut BTreeSet<String>) {
    let Ok(arn) = arn.parse::<Arn>() else {
        return;
    };
    if arn.account() == "aws" || arn.resource().starts_with("foundation-model/") {
        return;
    }
    let rest = match arn.service() {
        "s3" | "sns" | "sqs" => arn.resource(),
        _ => arn.typed_resource().map_or("", |(_, rest)| rest),
    };
    all.extend(rest.split(['/', ':']).filter(|part| !part.contains(['*', '?'])).map(str::to_owned));
}

/// Every ARN by its pseudonym.
fn arns(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("arn:") {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let end = from.find(|c: char| c.is_whitespace() || "\"'`,;()<>|\\".contains(c)).unwrap_or(from.len());
        let (found, after) = from.split_at_checked(end).unwrap_or((from, ""));
        let arn = found.trim_end_matches(['.', ':']);
        clean.push_str(before);
        if arn.parse::<Arn>().is_ok() {
            clean.push_str(&value(arn));
            clean.push_str(found.get(arn.len()..).unwrap_or_default());
        } else {
            clean.push_str(found);
        }
        rest = after;
    }
    clean.push_str(rest);
    clean
}

/// Every twelve digits by their pseudonym; those of a pseudonym begin with zeros and stay.
fn accounts(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut digits = String::new();
    for character in text.chars().chain(['\0']) {
        if character.is_ascii_digit() {
            digits.push(character);
            continue;
        }
        if is_account_id(&digits) && !digits.starts_with("0000") {
            clean.push_str(&value(&digits));
        } else {
            clean.push_str(&digits);
        }
        digits.clear();
        if character != '\0' {
            clean.push(character);
        }
    }
    clean
}

/// Every place where `name` stands as a word of its own.
fn words(text: &str, name: &str) -> String {
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let mut clean = String::with_capacity(text.len());
    let mut done = 0;
    for (at, found) in text.match_indices(name) {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + found.len()..).and_then(|after| after.chars().next());
        if at < done || before.is_some_and(part) || after.is_some_and(part) {
            continue;
        }
        clean.push_str(text.get(done..at).unwrap_or_default());
        clean.push_str(&value(name));
        done = at + found.len();
    }
    clean.push_str(text.get(done..).unwrap_or_default());
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_accounts_and_words_are_replaced_the_same_everywhere() {
        let text = "\"arn:aws:iam::111122223333:user/ana\" and ana of 111122223333, anaconda";
        let clean = words(&accounts(&arns(text)), "ana");
        let (user, account) = (value("arn:aws:iam::111122223333:user/ana"), value("111122223333"));
        assert_eq!(clean, format!("\"{user}\" and {} of {account}, anaconda", value("ana")));
    }
}
