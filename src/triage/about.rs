//! Whether a change of policies is about what a finding is about, by the names in both.

use std::collections::BTreeSet;

use super::event::Change;
use super::fingerprints::Counted;

/// How a change and a finding go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum About {
    /// It names another caller, another policy or another resource.
    Another,
    /// No name tells.
    Untold,
    /// It names the caller, the policy or the resource.
    Same,
}

/// What a finding names.
#[derive(Debug)]
pub(super) struct Names<'t> {
    /// Accounts, kinds and names: `111122223333`, `role`, `deploy`.
    callers: BTreeSet<(&'t str, &'t str, &'t str)>,
    /// Accounts and names of the roles that were to be assumed.
    assumed: BTreeSet<(&'t str, &'t str)>,
    accounts: BTreeSet<&'t str>,
    /// The policies that AWS named.
    policies: BTreeSet<&'t str>,
    /// The last parts of the resources.
    resources: BTreeSet<&'t str>,
    /// The services of the resources.
    services: BTreeSet<&'t str>,
}

impl<'t> Names<'t> {
    /// What the causes of a finding name.
    pub(super) fn of(causes: &[Counted<'t>]) -> Self {
        let causes = || causes.iter().copied();
        let caller = |caller: &'t str| {
            let mut words = caller.splitn(3, ' ');
            let account = words.next().filter(|account| crate::iam::is_account_id(account))?;
            Some((account, words.next()?, words.next()?))
        };
        let assumed = |cause: Counted<'t>| {
            let (place, name) = cause.resource()?.split_once(":role/")?;
            let of_token = cause.action().is_some_and(|action| action.starts_with("sts:"));
            of_token.then_some((place.rsplit(':').next()?, name.rsplit('/').next()?))
        };
        let resources = || causes().filter_map(Counted::resource);
        Self {
            callers: causes().filter_map(Counted::principal).filter_map(caller).collect(),
            assumed: causes().filter_map(assumed).collect(),
            accounts: causes().filter_map(Counted::account).collect(),
            policies: causes().filter_map(Counted::policy_arn).collect(),
            resources: resources().flat_map(|resource| resource.split([':', '/'])).collect(),
            services: resources().filter_map(|resource| resource.split(':').nth(2)).collect(),
        }
    }

    /// How a change goes together with it.
    pub(super) fn about(&self, change: &Change) -> About {
        let all: Vec<About> = change.of.iter().map(|(key, name)| self.named(key, name, change)).collect();
        if all.contains(&About::Another) {
            return About::Another;
        }
        all.into_iter().max().unwrap_or(About::Untold)
    }

    fn named(&self, key: &str, name: &str, change: &Change) -> About {
        let operation = change.operation.as_str();
        let last = name.rsplit(['/', ':']).next().unwrap_or(name);
        let folded = key.to_ascii_lowercase();
        match folded.as_str() {
            // who may assume a role, its own trust policy says
            // <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html>
            "rolename" if operation == TRUST && !self.assumed.is_empty() => {
                self.unless_named(decided(self.assumed.contains(&(change.account.as_str(), last)), &self.assumed))
            }
            "rolename" => self.caller(&change.account, "role", last),
            "username" => self.caller(&change.account, "user", last),
            // only users are in groups
            "groupname" if self.callers.iter().all(|(_, kind, _)| *kind == "role") && !self.callers.is_empty() => {
                About::Another
            }
            "policyarn" | "policyid" | "policyname" => self.policy(&folded, last),
            "targetid" if crate::iam::is_account_id(name) => decided(self.accounts.contains(name), &self.accounts),
            // a parameter of the service whose resource was asked for
            _ if operation.split(':').next().is_some_and(|service| self.services.contains(service)) => {
                self.resource(&folded, last, name.contains("alias/"))
            }
            _ => About::Untold,
        }
    }

    fn caller(&self, account: &str, kind: &str, name: &str) -> About {
        // the roles of a permission set are those of whoever has it
        let set = name.strip_prefix("AWSReservedSSO_").and_then(|rest| rest.rsplit_once('_'));
        let is_caller = self.callers.contains(&(account, kind, name))
            || set.is_some_and(|(set, _)| self.callers.contains(&(account, "permission-set", set)));
        self.unless_named(decided(is_caller, &self.callers))
    }

    /// AWS named the policy: that of the caller or of the role may be another one.
    fn unless_named(&self, about: About) -> About {
        match about {
            About::Same if !self.policies.is_empty() => About::Untold,
            other => other,
        }
    }

    fn policy(&self, key: &str, last: &str) -> About {
        let is_named = self.policies.iter().any(|arn| arn.rsplit('/').next() == Some(last));
        match decided(is_named, &self.policies) {
            // a name of an inline policy says nothing of a managed one
            About::Another if key == "policyname" => About::Untold,
            other => other,
        }
    }

    fn resource(&self, key: &str, last: &str, is_alias: bool) -> About {
        // the ARN of a secret has six letters more than its name, and either may be given
        // <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html>
        let of_secret =
            |part: &&str| key == "secretid" && (without_suffix(part) == last || *part == without_suffix(last));
        if self.resources.contains(last) || self.resources.iter().any(of_secret) {
            return About::Same;
        }
        // aliases of keys and the like do not tell
        let tells = match key {
            "bucketname" | "bucket" | "queueurl" | "topicarn" | "functionname" | "tablename" | "secretid"
            | "repositoryname" => true,
            "keyid" => !is_alias && self.resources.contains("key"),
            _ => false,
        };
        let told = !self.resources.iter().any(|part| part.contains('{'));
        if tells && told { About::Another } else { About::Untold }
    }
}

/// The call that changes who may assume a role.
pub(super) const TRUST: &str = "iam:UpdateAssumeRolePolicy";

/// The name of a secret without what Secrets Manager adds to it in its ARN.
fn without_suffix(name: &str) -> &str {
    let (before, suffix) = name.rsplit_once('-').unwrap_or((name, ""));
    if suffix.len() == 6 && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'?') {
        before
    } else {
        name
    }
}

/// What a name says where there is something to compare it with.
fn decided<T>(is_same: bool, all: &BTreeSet<T>) -> About {
    match (all.is_empty(), is_same) {
        (true, _) => About::Untold,
        (false, true) => About::Same,
        (false, false) => About::Another,
    }
}
