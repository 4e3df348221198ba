//! Whom a line of a Condition is about, and whether a value of Resource stands for more than one thing.

use super::known::ORGANIZATION;
use crate::iam::{Condition, OperatorKind};
use crate::text::Wildcard;

/// Whether the line holds for the values that it lists, not for all others, nor for an absent key.
pub(super) fn is_positive(condition: &Condition) -> bool {
    condition.operator.kind.is_some_and(|kind| !kind.is_negated() && kind != OperatorKind::Null)
}

/// Whether the line tells this organization's accounts from others.
pub(super) fn is_of_organization(condition: &Condition) -> bool {
    ORGANIZATION.contains(&condition.folded_key.as_str())
}

/// Whether a line holds for a whole account or organization, or for every principal: it singles nobody out.
pub(super) fn is_whole_account(condition: &Condition) -> bool {
    is_positive(condition)
        && match condition.folded_key.as_str() {
            "aws:principalaccount" | "aws:principalorgid" | "aws:principalorgpaths" => true,
            "aws:principalarn" => condition.values.iter().any(|value| is_everything(&value.value)),
            _ => false,
        }
}

/// Whether a line names who is meant: by it a session, a person or a role is cut off.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html>
pub(super) fn names_somebody(condition: &Condition) -> bool {
    let key = condition.folded_key.as_str();
    let names = ["aws:principalarn", "aws:userid", "aws:username", "aws:sourceidentity", "sts:sourceidentity"];
    is_positive(condition) && (names.contains(&key) || key.starts_with("aws:principaltag/"))
}

/// Whether a value of Resource stands for everything.
pub(super) fn is_everything(entry: &str) -> bool {
    entry == "*"
        || entry.strip_prefix("arn:").is_some_and(|rest| rest.split(':').all(|part| ["*", "aws", ""].contains(&part)))
}

/// Whether a value of Resource stands for all of a kind: `arn:aws:iam::*:role/*`, `arn:aws:s3:::*/*`.
pub(super) fn is_open(entry: &str) -> bool {
    let Some(resource) = entry.splitn(6, ':').nth(5) else { return is_everything(entry) };
    // what stands first is the kind, but with S3 the bucket
    let bucket = entry.split(':').nth(2) == Some("s3");
    let kind = resource.split_once(['/', ':']).filter(|_| !bucket);
    let name = kind.map_or(resource, |(_, name)| name);
    is_everything(entry) || name.split(['/', ':']).all(|part| part == "*")
}

/// Whether the ARN is that of the root user of an account.
pub(super) fn is_root(resource: &str) -> bool {
    resource.split(':').nth(2) == Some("iam") && resource.ends_with(":root")
}

/// Whether a line of a Deny singles out the root user.
///
/// `aws:PrincipalType` is `Account` for the root user:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable>
pub(super) fn singles_root_out(condition: &Condition) -> bool {
    let value = |hits: &str, misses: &[&str]| {
        condition.values.iter().any(|value| {
            // some operators take either case
            let pattern = Wildcard::new(&value.value.to_ascii_lowercase());
            pattern.matches(hits) && !misses.iter().any(|other| pattern.matches(other))
        })
    };
    is_positive(condition)
        && match condition.folded_key.as_str() {
            "aws:principalarn" => {
                let account = condition.values.iter().any(|value| value.value.ends_with(":root"));
                account
                    || value(
                        "arn:aws:iam::111122223333:root",
                        &["arn:aws:iam::111122223333:user/r", "arn:aws:iam::111122223333:role/r"],
                    )
            }
            "aws:principaltype" => value("account", &["user", "assumedrole"]),
            _ => false,
        }
}
