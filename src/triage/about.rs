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
    /// Kinds and names: `role`, `deploy`.
    callers: BTreeSet<(&'t str, &'t str)>,
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
            let mut words = caller.split(' ');
            Some((words.nth(1)?, words.next()?))
        };
        let resources = || causes().filter_map(Counted::resource);
        Self {
            callers: causes().filter_map(Counted::principal).filter_map(caller).collect(),
            accounts: causes().filter_map(Counted::account).collect(),
            policies: causes().filter_map(Counted::policy_arn).collect(),
            resources: resources().flat_map(|resource| resource.split([':', '/'])).collect(),
            services: resources().filter_map(|resource| resource.split(':').nth(2)).collect(),
        }
    }

    /// How a change goes together with it.
    pub(super) fn about(&self, change: &Change) -> About {
        let all: Vec<About> = change.of.iter().map(|(key, name)| self.named(key, name, &change.operation)).collect();
        if all.contains(&About::Another) {
            return About::Another;
        }
        all.into_iter().max().unwrap_or(About::Untold)
    }

    fn named(&self, key: &str, name: &str, operation: &str) -> About {
        let last = name.rsplit(['/', ':']).next().unwrap_or(name);
        let folded = key.to_ascii_lowercase();
        match folded.as_str() {
            "rolename" => self.caller("role", last),
            "username" => self.caller("user", last),
            // only users are in groups
            "groupname" if self.callers.iter().all(|(kind, _)| *kind == "role") && !self.callers.is_empty() => {
                About::Another
            }
            "policyarn" | "policyid" | "policyname" => self.policy(&folded, last),
            "targetid" if crate::iam::is_account_id(name) => decided(self.accounts.contains(name), &self.accounts),
            // a parameter of the service whose resource was asked for
            _ if operation.split(':').next().is_some_and(|service| self.services.contains(service)) => {
                self.resource(&folded, last)
            }
            _ => About::Untold,
        }
    }

    fn caller(&self, kind: &str, name: &str) -> About {
        // AWS named the policy: that of the caller may be another one
        match decided(self.callers.contains(&(kind, name)), &self.callers) {
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

    fn resource(&self, key: &str, last: &str) -> About {
        if self.resources.contains(last) {
            return About::Same;
        }
        // ids and aliases of keys and the like do not tell
        let tells = matches!(key, "bucketname" | "bucket" | "queueurl" | "topicarn" | "functionname" | "tablename");
        let told = !self.resources.iter().any(|part| part.contains('{'));
        if tells && told { About::Another } else { About::Untold }
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
