//! Two versions of a policy document on their own: what each allows and denies, to whom if it says so.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::access_change::AccessChange;
use super::budget::Budget;
use super::callers::{Caller, Callers, callers, request};
use super::canonical_user::CanonicalUsers;
use super::compare::compare;
use super::comparison::Problem;
use super::own_api;
use super::result::Difference;
use super::sets::PrincipalSet;
use super::side;
use super::stand_in::{delegating, policy};
use crate::evaluate::{Truth, is_about};
use crate::iam::{
    Document, Effect, Field, Layer, Policy, PolicySet, PolicyType, Principal, PrincipalElement, Request, Statement,
    is_account_id,
};
use crate::reference::Reference;

/// Where the examples live.
const ACCOUNT: &str = "111122223333";
/// What the documents after allow or deny that those before did not, taken by themselves.
///
/// Documents with a Principal element are compared for every principal that they can tell apart. A deny that goes away is told
/// as newly allowed ([`Change::DenyLifted`](super::Change)): other policies can allow now what they could not before.
#[must_use]
pub fn documents(before: &[Arc<Document>], after: &[Arc<Document>], reference: &Reference) -> Difference {
    let mut budget = Budget::default();
    let policy_type = type_of(before, after);
    if policy_type == PolicyType::ResourceBased
        && let Some(([before, after], names)) = own_api::named(before, after)
    {
        let mut difference = documents(&before, &after, reference);
        names.put_into(&mut difference);
        return difference;
    }
    let mut difference = Difference::default();
    if policy_type == PolicyType::IdentityBased {
        let set = |documents: &[Arc<Document>]| identity_set(layer(documents, PolicyType::IdentityBased, |_| true));
        let denies = |documents: &[Arc<Document>]| {
            let mut denies = layer(documents, PolicyType::IdentityBased, |effect| effect == Effect::Deny);
            denies.extend(policy("everything", PolicyType::IdentityBased, EVERYTHING));
            identity_set(denies)
        };
        let problem = Problem {
            before: set(before),
            after: set(after),
            denies: Some((denies(before), denies(after))),
            request: request("arn:aws:iam::111122223333:user/example", ACCOUNT),
            asked: None,
            scope: None,
            resource: None,
            principals: Vec::new(),
            reference,
        };
        compare(&problem, &mut budget, &mut difference);
    } else {
        of_resource(before, after, policy_type, reference, &mut budget, &mut difference);
    }
    difference.settle();
    difference
}

/// As which type of policy two versions are compared.
fn type_of(before: &[Arc<Document>], after: &[Arc<Document>]) -> PolicyType {
    let all = || before.iter().chain(after).flat_map(|document| &document.statements);
    if all().all(|statement| statement.principal.is_none()) {
        PolicyType::IdentityBased
    } else if all().all(|statement| statement.resource.is_none()) {
        PolicyType::RoleTrust
    } else {
        PolicyType::ResourceBased
    }
}

/// Both versions as policies of the type as which they are compared.
#[must_use]
pub fn as_policies(before: &[Arc<Document>], after: &[Arc<Document>]) -> [Vec<Arc<Policy>>; 2] {
    let policy_type = type_of(before, after);
    let policy =
        |document: &Arc<Document>| Arc::new(Policy::new(document.source.name(), policy_type, Arc::clone(document)));
    [before, after].map(|documents| documents.iter().map(policy).collect())
}

const EVERYTHING: &str = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
const EVERYTHING_TO_ALL: &str =
    r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}"#;

fn identity_set(policies: Vec<Arc<Policy>>) -> PolicySet {
    PolicySet { identity: Layer::complete(policies), resource: delegating(Some(ACCOUNT)), ..PolicySet::empty() }
}

fn layer(documents: &[Arc<Document>], policy_type: PolicyType, keep: impl Fn(Effect) -> bool) -> Vec<Arc<Policy>> {
    let one =
        |document: &Arc<Document>| Arc::new(Policy::new(document.source.name(), policy_type, Arc::clone(document)));
    let set = PolicySet { identity: Layer::complete(documents.iter().map(one).collect()), ..PolicySet::empty() };
    side::only(&set, &|statement| keep(statement.effect)).identity.policies
}

/// Two versions of a resource's policies.
struct Versions<'d> {
    before: &'d [Arc<Document>],
    after: &'d [Arc<Document>],
    policy_type: PolicyType,
    /// Whether no statement names a resource, since the policy is attached to one.
    names_none: bool,
    reference: &'d Reference,
}

/// Compares the policies of a resource, for each principal that they tell apart.
fn of_resource(
    before: &[Arc<Document>],
    after: &[Arc<Document>],
    policy_type: PolicyType,
    reference: &Reference,
    budget: &mut Budget,
    difference: &mut Difference,
) {
    // callers whom every statement treats alike are compared once
    let mut groups: Vec<(Vec<Truth>, Vec<PrincipalSet>, Request)> = Vec::new();
    let (users, [before, after]) = CanonicalUsers::numbered(before, after);
    let [before, after] = [before.as_slice(), after.as_slice()];
    let Callers { all, owner, accounts } = callers(before, after, &users);
    let statements = || before.iter().chain(after).flat_map(|document| &document.statements);
    let names_none = statements().all(|statement| statement.resource.is_none());
    let versions = Versions { before, after, policy_type, names_none, reference };
    for Caller { stands_for, request } in &all {
        let named: Vec<Truth> = statements().map(|statement| is_about(request, policy_type, statement)).collect();
        let fixed = |request: &Request| request.context.iter().next().is_some();
        match groups.iter_mut().find(|(known, _, other)| *known == named && !fixed(other) && !fixed(request)) {
            Some((_, principals, _)) => principals.push(stands_for.clone()),
            None => groups.push((named, vec![stands_for.clone()], request.clone())),
        }
    }
    let identity = Layer::complete(policy("everything", PolicyType::IdentityBased, EVERYTHING).into_iter().collect());
    for (_, principals, request) in groups {
        compare(&versions.problem(request, principals, &identity, &owner), budget, difference);
    }
    let alone = versions.without_identity_policies(&all, &accounts, budget);
    let told = [&difference.newly_allowed, &difference.newly_denied].map(Vec::clone);
    difference.newly_allowed.extend(alone.newly_allowed.into_iter().filter(|change| !is_told(change, &told)));
    difference.newly_denied.extend(alone.newly_denied.into_iter().filter(|change| !is_told(change, &told)));
    difference.cannot_tell.extend(alone.cannot_tell);
    for changes in [&mut difference.newly_allowed, &mut difference.newly_denied] {
        join(changes);
    }
}

impl<'d> Versions<'d> {
    /// What is compared for a caller who has these identity-based policies, where the resource is of this account.
    fn problem(&self, request: Request, principals: Vec<PrincipalSet>, identity: &Layer, owner: &str) -> Problem<'d> {
        let about = |policies: Vec<Arc<Policy>>| {
            let set =
                PolicySet { identity: identity.clone(), resource: Layer::complete(policies), ..PolicySet::empty() };
            side::only(&set, &|statement| {
                // a statement about others is as good as none
                statement.principal.is_none() || is_about(&request, self.policy_type, statement) != Truth::False
            })
        };
        let denies = |documents: &[Arc<Document>]| {
            let mut policies = layer(documents, self.policy_type, |effect| effect == Effect::Deny);
            policies.extend(policy("everything", self.policy_type, EVERYTHING_TO_ALL));
            about(policies)
        };
        let resource = self.names_none.then(|| match self.policy_type {
            PolicyType::RoleTrust => format!("arn:aws:iam::{owner}:role/example"),
            _ => format!("arn:aws:ecr:us-east-1:{owner}:repository/example"),
        });
        Problem {
            before: about(layer(self.before, self.policy_type, |_| true)),
            after: about(layer(self.after, self.policy_type, |_| true)),
            denies: Some((denies(self.before), denies(self.after))),
            request,
            asked: None,
            scope: None,
            resource,
            principals,
            reference: self.reference,
        }
    }

    /// What changed for callers of the account that has the resource, without any identity-based policy: who is named by ARN, or with
    /// everybody, needs none there, and whose account is named does.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>
    fn without_identity_policies(
        &self,
        callers: &[Caller],
        accounts: &BTreeSet<String>,
        budget: &mut Budget,
    ) -> Difference {
        let mut difference = Difference::default();
        let statements = || self.before.iter().chain(self.after).flat_map(|document| &document.statements);
        let entries = statements().filter_map(|statement| statement.resource.as_ref()).flat_map(|all| &all.entries);
        let owners: BTreeSet<&str> = entries.filter_map(|entry| account_in(&entry.value)).collect();
        for Caller { stands_for, request } in callers {
            let account = request.principal.value().and_then(Principal::account).unwrap_or_default();
            if !accounts.contains(account) || (!owners.is_empty() && !owners.contains(account)) {
                continue;
            }
            let names_directly = |statement: &Statement| {
                let direct = |element: &PrincipalElement| {
                    element.negated
                        || element.entries.iter().any(|entry| entry.value == "*" || entry.value.contains('/'))
                };
                statement.effect == Effect::Allow
                    && statement.principal.as_ref().is_some_and(direct)
                    && is_about(request, self.policy_type, statement) != Truth::False
            };
            if !statements().any(names_directly) {
                continue;
            }
            let request = Request { resource_account: Field::Known(account.to_owned()), ..request.clone() };
            let principals = vec![PrincipalSet::Alone(Box::new(stands_for.clone()))];
            let problem = self.problem(request, principals, &Layer::complete(Vec::new()), account);
            compare(&Problem { denies: None, ..problem }, budget, &mut difference);
        }
        difference
    }
}

/// The account that an ARN of a resource names.
fn account_in(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| is_account_id(account))
}

/// Whether the same is told of whoever has an identity-based policy that allows it: then that they need none says nothing more.
fn is_told(change: &AccessChange, told: &[Vec<AccessChange>; 2]) -> bool {
    let same = |known: &AccessChange| {
        let has = |set: &PrincipalSet| match set {
            // what everybody may needs no policy of the caller's account either
            PrincipalSet::Alone(own) => {
                known.principals.iter().any(|set| set == &**own || *set == PrincipalSet::Anonymous)
            }
            other => known.principals.contains(other),
        };
        known.change == change.change
            && known.actions == change.actions
            && known.unasked == change.unasked
            && known.resources == change.resources
            && known.conditions == change.conditions
            && change.principals.iter().all(has)
    };
    told.iter().flatten().any(same)
}

/// Joins changes that differ in their principals alone.
fn join(changes: &mut Vec<AccessChange>) {
    let mut joined: Vec<AccessChange> = Vec::new();
    for change in changes.drain(..) {
        let alike = |known: &&mut AccessChange| {
            known.change == change.change
                && known.actions == change.actions
                && known.unasked == change.unasked
                && known.resources == change.resources
                && known.conditions == change.conditions
        };
        match joined.iter_mut().find(alike) {
            Some(known) => known.principals.extend(change.principals),
            None => joined.push(change),
        }
    }
    *changes = joined;
}
