//! `--redact` for a finished page or JSON: every ARN, account id and name that the report knows, wherever it stands in the text.

use std::collections::BTreeSet;

use super::Report;
use super::redact::value;
use crate::iam::{Arn, Command, ContextValue, PolicyOrigin, Word, is_account_id};
use crate::text::{Node, Value, parse};

/// The text with the names of these reports replaced by the same pseudonyms everywhere.
#[must_use]
pub fn redacted_page<'r>(text: &str, reports: impl IntoIterator<Item = &'r Report>) -> String {
    redacted_text(text, reports, &[])
}

/// [`redacted_page`], and the names in these ARNs.
#[must_use]
pub fn redacted_text<'r>(text: &str, reports: impl IntoIterator<Item = &'r Report>, also: &[&str]) -> String {
    let text = accounts(&arns(text));
    let mut known: BTreeSet<String> = reports.into_iter().flat_map(names).collect();
    for arn in also {
        parts_of(arn, &mut known);
    }
    known.retain(|name| name.chars().count() > 1 && !is_account_id(name));
    let mut names: Vec<String> = known.into_iter().collect();
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
        file_names(&origin.file, &mut all);
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
            file_names(policy.document.source.name(), &mut all);
        }
        if let Some((file, _)) = policy.document.source.origin() {
            file_names(file, &mut all);
        }
        if let (true, Ok(root)) = (policy.origin != PolicyOrigin::AwsManaged, parse(policy.document.source.text())) {
            document_names(&root, Part::Document, &mut all);
        }
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
    for (key, known) in report.request.context.iter() {
        all.extend(tag_key(key).map(str::to_owned));
        if let ContextValue::Present { values, .. } = known {
            all.extend(values.iter().filter(|text| is_name(text)).cloned());
        }
    }
    let levels = report.policies.service_control.levels.iter().chain(&report.policies.resource_control.levels);
    let reach = report.remedies.iter().flat_map(|remedy| &remedy.edits).filter_map(|edit| edit.reach.as_ref());
    for target in levels.map(|level| &level.target).chain(reach.flat_map(|reach| &reach.attached_to)) {
        parts_of_target(target, &mut all);
    }
    let unseen = report.diagnosis.gaps.iter().flat_map(|gap| &gap.how_to_close);
    for command in unseen {
        command_names(command, &mut all);
    }
    // too short to be told from ordinary words
    all.retain(|name| name.chars().count() > 1 && !is_account_id(name));
    all
}

/// Where in a document a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Document,
    Statement,
    /// `Effect`, `Action`, `Version`: words of AWS.
    Word,
    /// The operators of a condition, whose members are keys.
    Operators,
    Keys,
    /// Anything else is somebody's.
    Own,
}

/// Every name in a document: all that is no word of the policy language or of AWS.
fn document_names(node: &Node, part: Part, all: &mut BTreeSet<String>) {
    if part == Part::Word {
        return;
    }
    if let Some(text) = node.as_str() {
        own_value(text, all);
    }
    if let Value::Array(items) = &node.value {
        for item in items {
            document_names(item, part, all);
        }
    }
    for member in node.members().unwrap_or_default() {
        let key = member.key.as_str();
        let inner = match (part, key) {
            (Part::Document, "Statement") => Part::Statement,
            (Part::Document, "Version") | (Part::Statement, "Effect" | "Action" | "NotAction") => Part::Word,
            (Part::Statement, "Condition") => Part::Operators,
            (Part::Operators, _) => Part::Keys,
            (Part::Keys, _) => {
                all.extend(tag_key(key).map(str::to_owned));
                Part::Own
            }
            (Part::Document, "Id")
            | (Part::Statement, "Sid" | "Principal" | "NotPrincipal" | "Resource" | "NotResource")
            | (Part::Own, "AWS" | "Service" | "Federated" | "CanonicalUser") => Part::Own,
            _ => {
                own_value(key, all);
                Part::Own
            }
        };
        document_names(&member.value, inner, all);
    }
}

/// A value that is somebody's: the names in an ARN, or what stands between wildcards.
pub(super) fn own_value(text: &str, all: &mut BTreeSet<String>) {
    if text.starts_with("arn:") {
        return parts_of(text, all);
    }
    if is_name(text) {
        all.insert(text.to_owned());
    }
    if text.contains(['*', '?', '$']) {
        let pieces = text.split(['*', '?', '$', '{', '}', '/', ':', ' ']);
        all.extend(pieces.filter(|piece| piece.chars().count() > 3 && is_name(piece)).map(str::to_owned));
    }
}

/// The tag's own key in a condition key such as `aws:PrincipalTag/team`.
fn tag_key(key: &str) -> Option<&str> {
    key.split_once('/').map(|(_, own)| own).filter(|own| !own.is_empty())
}

/// A path, the name of the file, and that name without its ending.
pub(super) fn file_names(path: &str, all: &mut BTreeSet<String>) {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or(name);
    // what stands for no file says nothing of anybody
    if !["message", "standard input"].contains(&path) {
        all.extend([path, name, stem].map(str::to_owned));
    }
}

/// What a command names.
fn command_names(command: &Command, all: &mut BTreeSet<String>) {
    let mut words = command.as_words().iter().peekable();
    while let Some(word) = words.next() {
        let Word::Text(option) = word else { continue };
        let names = ["-name", "-arn", "-id", "--bucket"].iter().any(|end| option.ends_with(end));
        if let (true, true, Some(Word::Text(value))) = (option.starts_with("--"), names, words.peek())
            && value != "default"
        {
            own_value(value, all);
        }
    }
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
    all.extend(rest.split(['/', ':']).filter(|part| !part.contains(['*', '?', '$'])).map(str::to_owned));
    let patterns = rest.split(['/', ':']).filter(|part| part.contains(['*', '?', '$']));
    let pieces = patterns.flat_map(|part| part.split(['*', '?', '$', '{', '}']));
    all.extend(pieces.filter(|piece| piece.chars().count() > 3).map(str::to_owned));
}

/// Every ARN by its pseudonym.
pub(super) fn arns(text: &str) -> String {
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
pub(super) fn accounts(text: &str) -> String {
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
pub(super) fn words(text: &str, name: &str) -> String {
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
