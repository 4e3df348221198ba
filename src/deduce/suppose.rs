//! One request that agrees with AWS's verdict, for remedies to be tried on: what is not known is supposed as it helps most.
//!
//! What a remedy does in all the other cases is asked afterwards.

use std::sync::Arc;

use super::solve::{Classes, Clause, Found, solve};
use super::{Deduction, Worlds, possible};
use crate::evaluate::{BONDS, Decision, Truth, decide, evaluate, holds, is_present};
use crate::iam::{Condition, ContextValue, Document, Policy, PolicySet, PolicyType, Request, Statement};

/// Requests that are tried.
const MOST_TRIES: usize = 300;

/// An Allow of everything, where AWS said that one is missing.
const ALLOW: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
/// The same of a resource's policy.
const ALLOW_ALL_WHO: &str =
    r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}"#;

impl Deduction {
    /// The request with the keys that matter set so that AWS's verdict follows, and so that nothing else blocks it where that can
    /// be. `policies` are those that were seen, without gaps. `None` where AWS's words add nothing.
    #[must_use]
    pub fn suppose(&self, request: &Request, policies: &PolicySet) -> Option<Request> {
        let worlds = self.worlds.as_ref()?;
        let freed = self.freed(policies);
        let own = worlds.disjuncts.first()?;
        let opened = opened(&freed);
        let must = must(worlds, own);
        let lines = compared(worlds, own);
        // allows may be missing beside; where nothing helps, what AWS's verdict needs is all that is supposed
        let mut found =
            [(&freed, false), (&opened, false), (&freed, true)].into_iter().find_map(|(policies, any)| {
                let mut search = Search { worlds, clauses: worlds.clauses(own), policies, any, tries: MOST_TRIES };
                search.compare(&lines, &must, request.clone(), &worlds.domains)
            })?;
        agree(worlds, request, &mut found);
        Some(found)
    }

    /// The policies without what AWS said blocked the request.
    fn freed(&self, policies: &PolicySet) -> PolicySet {
        if let Some(missing) = self.missing_allows.first() {
            let text = match missing.policy_type {
                PolicyType::ResourceBased | PolicyType::RoleTrust | PolicyType::VpcEndpoint => ALLOW_ALL_WHO,
                _ => ALLOW,
            };
            return with_allow(policies, missing.policy_type, text);
        }
        let first = self.denies.first().map(|deny| (&deny.policy, deny.statement));
        let certain = self.certain.iter().map(|(policy, statement)| (policy, *statement));
        let without: Vec<(&Arc<Policy>, usize)> = first.into_iter().chain(certain).collect();
        policies.map_policies(&|policy| {
            let here = |(other, _): &&(&Arc<Policy>, usize)| Arc::ptr_eq(policy, other);
            let indexes: Vec<usize> = without.iter().filter(here).map(|(_, index)| *index).collect();
            if indexes.is_empty() {
                return Arc::clone(policy);
            }
            let kept = |statement: &&Statement| !indexes.contains(&statement.index);
            let statements = policy.document.statements.iter().filter(kept).cloned().collect();
            let document = Document { statements, ..Document::clone(&policy.document) };
            Arc::new(Policy { document: Arc::new(document), ..Policy::clone(policy) })
        })
    }
}

/// The policies with an Allow of everything in each layer.
fn opened(policies: &PolicySet) -> PolicySet {
    PolicyType::ALL.into_iter().fold(policies.clone(), |opened, policy_type| {
        let text = match policy_type {
            PolicyType::ResourceBased | PolicyType::RoleTrust | PolicyType::VpcEndpoint => ALLOW_ALL_WHO,
            _ => ALLOW,
        };
        with_allow(&opened, policy_type, text)
    })
}

fn with_allow(policies: &PolicySet, policy_type: PolicyType, text: &str) -> PolicySet {
    let mut freed = policies.clone();
    let Ok(policy) = Policy::inline("any", policy_type, text) else { return freed };
    let policy = Arc::new(policy);
    match policy_type {
        PolicyType::IdentityBased => freed.identity.policies.push(policy),
        PolicyType::ResourceBased | PolicyType::RoleTrust => freed.resource.policies.push(policy),
        PolicyType::PermissionsBoundary => freed.boundary.policies.push(policy),
        PolicyType::Session => freed.session.policies.push(policy),
        PolicyType::VpcEndpoint => freed.vpc_endpoint.policies.push(policy),
        PolicyType::ServiceControl | PolicyType::ResourceControl => {
            for level in freed.service_control.levels.iter_mut().chain(&mut freed.resource_control.levels) {
                level.policies.push(Arc::clone(&policy));
            }
        }
    }
    freed
}

/// The condition keys on which AWS's verdict depends.
fn must(worlds: &Worlds, own: &[Clause]) -> Vec<usize> {
    let named = |key: &usize| worlds.common.iter().chain(own).flatten().any(|literal| literal.unknown == *key);
    (0..worlds.unknowns.keys.len()).filter(named).collect()
}

/// The lines with policy variables on which AWS's verdict depends, and whether they held.
fn compared<'w>(worlds: &'w Worlds, own: &[Clause]) -> Vec<(&'w Condition, bool)> {
    let needed = |unknown: usize| {
        let alone = worlds
            .common
            .iter()
            .chain(own)
            .filter_map(|clause| if let [only] = clause.as_slice() { Some(only) } else { None });
        alone.into_iter().find(|literal| literal.unknown == unknown).map(|literal| literal.classes == 1)
    };
    worlds.unknowns.compared.iter().filter_map(|(unknown, line)| Some((line, needed(*unknown)?))).collect()
}

/// Values to compare two keys by of which nothing else is asked: alike or not.
const TWO: [&str; 2] = ["one", "another"];

/// Of values that mean the same to every condition, takes those that can be in one request.
fn agree(worlds: &Worlds, request: &Request, supposed: &mut Request) {
    let number = |key: &str| worlds.unknowns.keys.iter().position(|own| own.folded == key);
    let class = |value: &ContextValue, own: usize| worlds.unknowns.class_of(own, value, request);
    for bond in &BONDS {
        if bond.needs.is_met(supposed.context.get_folded(bond.other)) != Some(false) {
            continue;
        }
        let (mut firm, mut loose) = (false, Vec::new());
        for key in bond.keys {
            let value = supposed.context.get_folded(key);
            let own = number(key).filter(|_| is_present(value));
            let Some((own, told)) = own.and_then(|own| Some((own, class(value, own)?))) else {
                firm |= is_present(value);
                continue;
            };
            // a list of nothing may mean something else than no list, and then it stays
            if class(&ContextValue::Absent, own) == Some(told) {
                loose.push(*key);
            } else {
                firm |= possible::absent(&worlds.unknowns, own, request) & (1 << told) == 0;
            }
        }
        if !firm {
            for key in loose {
                supposed.context.suppose(key, ContextValue::Absent);
            }
        } else if number(bond.other).is_some() {
            supposed.context.suppose(bond.other, bond.needs.value());
        }
    }
}

struct Search<'a> {
    worlds: &'a Worlds,
    clauses: Vec<Clause>,
    policies: &'a PolicySet,
    /// Whether it need not be allowed.
    any: bool,
    tries: usize,
}

impl Search<'_> {
    /// Gives the keys of these lines values with which they hold, or do not, and then the others theirs.
    fn compare(
        &mut self,
        lines: &[(&Condition, bool)],
        must: &[usize],
        request: Request,
        domains: &[Classes],
    ) -> Option<Request> {
        let Some(((line, held), rest)) = lines.split_first() else {
            let found = self.assign(must, request.clone(), domains);
            return found.or_else(|| self.any.then(|| self.any(must, &request, domains)).flatten());
        };
        self.tries = self.tries.checked_sub(1)?;
        let open = |key: &&str| *request.context.get_folded(&key.to_ascii_lowercase()) == ContextValue::Unknown;
        let Some(key) = std::iter::once(line.key.as_str()).chain(line.variable_keys()).find(open) else {
            let so = holds(line, &request.context) == Truth::from(*held);
            return if so { self.compare(rest, must, request, domains) } else { None };
        };
        let folded = key.to_ascii_lowercase();
        let number = self.worlds.unknowns.keys.iter().position(|own| own.folded == folded);
        let own = number.and_then(|number| self.worlds.unknowns.keys.get(number));
        let values: Vec<ContextValue> = if let Some(own) = own {
            let classes = own.cases.iter().enumerate();
            let of = |class| possible::value(&self.worlds.unknowns, number?, class, &request);
            classes.map(|(class, case)| of(class).unwrap_or_else(|| case.value.clone())).collect()
        } else {
            let present = TWO.map(|text| ContextValue::Present { values: vec![text.to_owned()], multivalued: false });
            present.into_iter().chain([ContextValue::Absent]).collect()
        };
        values.into_iter().enumerate().find_map(|(class, value)| {
            let mut with = domains.to_vec();
            if let Some(domain) = number.and_then(|number| with.get_mut(number)) {
                *domain &= 1 << class;
                if *domain == 0 || !solve(&with, &self.clauses).is_possible() {
                    return None;
                }
            }
            let mut request = request.clone();
            request.context.suppose(&folded, value);
            self.compare(lines, must, request, &with)
        })
    }

    /// Sets the keys one after the other, then those on which the decision still depends, until the request is allowed.
    fn assign(&mut self, must: &[usize], request: Request, domains: &[Classes]) -> Option<Request> {
        self.tries = self.tries.checked_sub(1)?;
        if let Some((first, rest)) = must.split_first() {
            return self.each_class(*first, rest, &request, domains);
        }
        match decide(&request, self.policies) {
            Decision::Allowed => Some(request),
            Decision::Undetermined => {
                let missing = evaluate(&request, self.policies).missing_context;
                let key = missing.iter().find_map(|key| {
                    self.worlds.unknowns.keys.iter().position(|own| own.folded.eq_ignore_ascii_case(key))
                })?;
                self.each_class(key, &[], &request, domains)
            }
            _ => None,
        }
    }

    fn each_class(&mut self, key: usize, rest: &[usize], request: &Request, domains: &[Classes]) -> Option<Request> {
        for class in 0..self.worlds.unknowns.keys.get(key)?.cases.len() {
            let mut with = domains.to_vec();
            let domain = with.get_mut(key)?;
            *domain &= 1 << class;
            if *domain == 0 || !solve(&with, &self.clauses).is_possible() {
                continue;
            }
            let mut request = request.clone();
            let value = possible::value(&self.worlds.unknowns, key, class, &request)?;
            request.context.suppose(&self.worlds.unknowns.keys.get(key)?.folded, value);
            if let Some(found) = self.assign(rest, request, &with) {
                return Some(found);
            }
        }
        None
    }

    /// Only what AWS's verdict needs.
    fn any(&self, must: &[usize], request: &Request, domains: &[Classes]) -> Option<Request> {
        let Found::Model(model) = solve(domains, &self.clauses) else { return None };
        let mut request = request.clone();
        for key in must {
            let domain = self.worlds.unknowns.keys.get(*key)?;
            let class = model.get(*key)?.trailing_zeros();
            let value = possible::value(&self.worlds.unknowns, *key, usize::try_from(class).ok()?, &request)?;
            request.context.suppose(&domain.folded, value);
        }
        Some(request)
    }
}
