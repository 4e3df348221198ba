//! Whether a change helps in every case that agrees with AWS's verdict, and if not, in which.

use super::fact::{self, KeyFact};
use super::solve::{Classes, Clause, solve};
use super::{Deduction, Worlds};
use crate::evaluate::{Decision, decide, evaluate};
use crate::iam::{ContextValue, PolicySet, Request, ResourcePattern};

/// The cases in which a change makes the request allowed, of those that agree with what AWS said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum InCases {
    /// All of them.
    #[default]
    Every,
    /// At least those in which all of this is so.
    If(Vec<KeyFact>),
    /// Some; which ones is not known.
    Some,
}

impl InCases {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Every => "every",
            Self::If(_) => "if",
            Self::Some => "some",
        }
    }
}

/// Decisions that one question may take.
const MOST_DECISIONS: usize = 600;

impl Deduction {
    /// In which of the cases that agree these policies allow the request. `supposed` is one in which they do. What the request itself
    /// tells counts, so that a changed request is asked about as a changed one.
    #[must_use]
    pub fn in_cases(&self, request: &Request, supposed: &Request, policies: &PolicySet) -> InCases {
        let Some(worlds) = &self.worlds else { return InCases::Every };
        let mut question = Question { worlds, policies, decisions: MOST_DECISIONS };
        if question.allowed(request, &worlds.domains) {
            return InCases::Every;
        }
        question.decisions = MOST_DECISIONS;
        question.condition(request, supposed).map_or(InCases::Some, InCases::If)
    }
}

struct Question<'a> {
    worlds: &'a Worlds,
    policies: &'a PolicySet,
    decisions: usize,
}

impl Question<'_> {
    /// Whether the request is allowed in every case within these domains. A case that cannot be decided counts as one in which it is not.
    fn allowed(&mut self, request: &Request, domains: &[Classes]) -> bool {
        self.worlds.disjuncts.iter().all(|own| {
            let clauses = self.worlds.clauses(own);
            !solve(domains, &clauses).is_possible() || self.allowed_if(request, domains, &clauses)
        })
    }

    fn allowed_if(&mut self, request: &Request, domains: &[Classes], clauses: &[Clause]) -> bool {
        let Some(left) = self.decisions.checked_sub(1) else { return false };
        self.decisions = left;
        match decide(request, self.policies) {
            Decision::Allowed => true,
            Decision::Undetermined => {
                // whether two keys are alike does not follow from one value of each
                let Some(number) = self.next_key(request).filter(|key| !self.is_compared(*key)) else { return false };
                let Some(key) = self.worlds.unknowns.keys.get(number) else { return false };
                // what the change has freed is as it may be, whatever the request was before
                let freed = request.context.says(&key.folded);
                key.cases.iter().enumerate().all(|(class, case)| {
                    if freed {
                        let mut request = request.clone();
                        request.context.suppose(&key.folded, case.value.clone());
                        return self.allowed_if(&request, domains, clauses);
                    }
                    let Some(within) = within(domains, number, 1 << class) else { return true };
                    if !solve(&within, clauses).is_possible() {
                        return true;
                    }
                    let mut request = request.clone();
                    request.context.suppose(&key.folded, case.value.clone());
                    self.allowed_if(&request, &within, clauses)
                })
            }
            _ => false,
        }
    }

    /// Whether a policy compares the key with another one, or writes its value into a resource, by a policy variable.
    fn is_compared(&self, number: usize) -> bool {
        let Some(key) = self.worlds.unknowns.keys.get(number) else { return false };
        let same = |other: &str| key.folded.eq_ignore_ascii_case(other);
        let statements = self.policies.policies().flat_map(|policy| &policy.document.statements);
        statements.into_iter().any(|statement| {
            let resources = statement.resource.iter().flat_map(|element| &element.patterns);
            let in_resource = resources.flat_map(ResourcePattern::keys).any(same);
            in_resource
                || statement.conditions.iter().any(|line| {
                    let variables = line.variable_keys();
                    !variables.is_empty() && (same(&line.key) || variables.into_iter().any(same))
                })
        })
    }

    /// A key on which the decision depends.
    fn next_key(&self, request: &Request) -> Option<usize> {
        let missing = evaluate(request, self.policies).missing_context;
        let keys = &self.worlds.unknowns.keys;
        missing.iter().find_map(|key| keys.iter().position(|own| own.folded.eq_ignore_ascii_case(key)))
    }

    /// What has to be so for the request to be allowed: as little as can be found, starting from one case in which it is.
    fn condition(&mut self, request: &Request, supposed: &Request) -> Option<Vec<KeyFact>> {
        // the keys on which it depends, with the classes that help
        let mut needed: Vec<(usize, Classes)> = Vec::new();
        let mut along = request.clone();
        loop {
            match decide(&along, self.policies) {
                Decision::Allowed => break,
                Decision::Undetermined => {
                    let number = self.next_key(&along).filter(|key| !self.is_compared(*key))?;
                    let key = self.worlds.unknowns.keys.get(number)?;
                    let value = supposed.context.get_folded(&key.folded);
                    if *value == ContextValue::Unknown {
                        return None;
                    }
                    let class = self.worlds.unknowns.class_of(number, value, request)?;
                    along.context.suppose(&key.folded, value.clone());
                    needed.push((number, 1 << class));
                }
                _ => return None,
            }
        }
        for place in 0..needed.len() {
            let (number, one) = *needed.get(place)?;
            for class in 0..self.worlds.unknowns.keys.get(number)?.cases.len() {
                let mut wider = needed.clone();
                let (_, classes) = wider.get_mut(place)?;
                *classes |= 1 << class;
                if wider != needed && self.helps(request, &wider) {
                    needed = wider;
                }
            }
            // what cannot be said exactly is said of the one class
            let (_, classes) = needed.get_mut(place)?;
            if fact::exact(&self.worlds.unknowns, number, *classes, request).is_none() {
                *classes = one;
            }
        }
        // of cases that there are none, everything is so
        if !self.helps(request, &needed) || !self.is_possible(&needed) {
            return None;
        }
        let domains = &self.worlds.domains;
        let told =
            needed.iter().filter(|(number, classes)| domains.get(*number).is_some_and(|all| all & !classes != 0));
        Some(
            told.flat_map(|(number, classes)| fact::facts(&self.worlds.unknowns, *number, *classes, request)).collect(),
        )
    }

    fn helps(&mut self, request: &Request, needed: &[(usize, Classes)]) -> bool {
        self.allowed(request, &self.domains(needed))
    }

    /// Whether this is so in a case that agrees.
    fn is_possible(&self, needed: &[(usize, Classes)]) -> bool {
        let domains = self.domains(needed);
        self.worlds.disjuncts.iter().any(|own| solve(&domains, &self.worlds.clauses(own)).is_possible())
    }

    fn domains(&self, needed: &[(usize, Classes)]) -> Vec<Classes> {
        let mut domains = self.worlds.domains.clone();
        for (number, classes) in needed {
            if let Some(domain) = domains.get_mut(*number) {
                *domain &= classes;
            }
        }
        domains
    }
}

/// The domains with one unknown cut down; `None` where nothing is left of it.
fn within(domains: &[Classes], number: usize, classes: Classes) -> Option<Vec<Classes>> {
    let mut within = domains.to_vec();
    let domain = within.get_mut(number)?;
    *domain &= classes;
    (*domain != 0).then_some(within)
}
