//! `--redact` for remarks and failures on standard error. They are sentences about an input that could not be read, so there are no facts
//! to redact: the names that arguments and files hold are looked for in them instead.

use std::collections::BTreeMap;

use super::name::value;
use super::search::{meet, replaced};
use crate::iam::{Action, is_account_id};

/// Words of AWS, of templates and of snapshots: they name nobody.
const WORDS: [&str; 62] = [
    "2008-10-17",
    "2012-10-17",
    "Account",
    "Action",
    "Allow",
    "AssumeRolePolicyDocument",
    "AttachedManagedPolicies",
    "AWS",
    "AWSTemplateFormatVersion",
    "CanonicalUser",
    "Condition",
    "DefaultVersionId",
    "Deny",
    "Effect",
    "false",
    "Federated",
    "Fn::GetAtt",
    "Fn::Join",
    "Fn::Sub",
    "GroupDetailList",
    "GroupList",
    "Id",
    "InlinePolicy",
    "IsDefaultVersion",
    "Key",
    "NotAction",
    "NotPrincipal",
    "NotResource",
    "null",
    "Parameters",
    "Path",
    "Policies",
    "Policy",
    "PolicyArn",
    "PolicyDocument",
    "PolicyName",
    "PolicyVersion",
    "Principal",
    "Properties",
    "Ref",
    "Resource",
    "Resources",
    "RoleDetailList",
    "RolePolicyList",
    "Service",
    "Sid",
    "Statement",
    "Tags",
    "true",
    "Type",
    "UserDetailList",
    "UserPolicyList",
    "Value",
    "Version",
    "VersionId",
    "accounts",
    "gaps",
    "id",
    "iamdx_snapshot",
    "organization",
    "resource_policies",
    "policy",
];

/// Names, to be replaced wherever they stand.
#[derive(Debug, Default)]
pub struct InputNames {
    met: BTreeMap<String, String>,
}

impl InputNames {
    /// What an argument names: itself, and the parts of a path, of `KEY=VALUE` and of `FILE#NAME`.
    pub fn learn_argument(&mut self, argument: &str) {
        let parts = argument.split(['=', '#']).chain(argument.split(['/', '\\', '=', '#']));
        for part in parts.chain([argument]) {
            self.learn(part);
            self.learn(file_stem(part));
            // with the dashes of an option that does not exist
            self.add(part);
        }
    }

    /// What a file names: every text in quotes, and, where it has none, what stands around `:` and `=`. It need not be of any format.
    pub fn learn_input(&mut self, text: &str) {
        text.split('"').skip(1).for_each(|quoted| self.learn(quoted));
        for line in text.lines().filter(|line| !line.contains('"') && line.len() < 300) {
            for part in line.split([':', '=', ',', '{', '}', '[', ']']) {
                self.learn(part);
                // `!Ref Name`, `!GetAtt Name.Arn`
                let value = part.trim().strip_prefix('!').and_then(|tagged| tagged.split_once(' '));
                value.iter().flat_map(|(_, value)| value.split('.')).for_each(|part| self.learn(part));
            }
        }
    }

    fn learn(&mut self, text: &str) {
        self.add(text.trim_matches(|c: char| c.is_whitespace() || "'-[]{}()!#".contains(c)));
    }

    fn add(&mut self, text: &str) {
        let open =
            text.chars().count() < 2 || WORDS.contains(&text) || text.parse::<Action>().is_ok() || is_account_id(text);
        let numeric = text.chars().all(|c| !c.is_alphabetic());
        if !open && !numeric {
            meet(text, &value(text), &mut self.met, &WORDS);
        }
    }

    /// The text without these names, ARNs and accounts.
    #[must_use]
    pub fn redacted(&self, text: &str) -> String {
        replaced(text, &self.met)
    }
}

/// A file's name without its folder and ending.
fn file_stem(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.split('.').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_a_file_does_not_name_it() {
        let mut names = InputNames::default();
        names.learn_argument("acme/acme-prod.json#Payroll");
        names.learn_input(r#"{"Statement": [{"Sid": "Zebra", "Effect": "Allow",]}"#);
        let said = names.redacted("acme/acme-prod.json:1:2: nothing in `Statement` is called `Payroll`: Allow, Zebra");
        assert!(!["acme", "Payroll", "Zebra"].iter().any(|name| said.contains(name)), "{said}");
        assert!(
            said.contains(":1:2: nothing in `Statement` is called `name-") && said.contains(": Allow, name-"),
            "{said}"
        );
    }
}
