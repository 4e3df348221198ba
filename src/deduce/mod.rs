//! What AWS's verdict tells of what nobody told: which statements matched, and what the request carried.
//!
//! A request of which some condition keys are not known is many possible requests. AWS said what happened to the real one: a Deny
//! of some type matched, or no policy of some type allowed it. Only the possible requests to which that happens agree with it. What
//! is so in all of those is deduced; what is so in some is possible.
//!
//! Everything here errs on one side: a possible request may be counted although it cannot be, never the other way round. So
//! "deduced" is always right, and "possible" now and then too much.

mod cases;
mod fact;
mod possible;
mod setting;
mod solve;
mod suppose;
mod unknowns;
mod verdict;

use std::sync::Arc;

use crate::evaluate::{Decision, Evaluation, evaluate, is_of_one_account};
use crate::iam::{Effect, Policy, PolicySet, PolicyType, Request, WithinAccount, within_account};
use crate::reference::Reference;
use crate::snapshot::assume_complete;

pub use cases::InCases;
pub use fact::{KeyFact, KeyWas};
pub use verdict::Verdict;

use setting::is_spared_by_settings;
use solve::{Classes, Clause, Found, Literal, solve};
use unknowns::{Form, Unknowns};

/// What a blocker rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// It blocks whatever is not known.
    Evaluated,
    /// It blocked in every case that agrees with what AWS said.
    Deduced,
    /// It blocked in some of those cases.
    Possible,
}

/// A Deny statement that may have been the one.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DeducedDeny {
    /// The policy.
    pub policy: Arc<Policy>,
    /// The statement's index in its document.
    pub statement: usize,
    /// The type of policy.
    pub policy_type: PolicyType,
    /// The level, for policies of an organization.
    pub target: Option<String>,
    /// Deduced or possible.
    pub basis: Basis,
    /// What the request carried if this is the statement.
    pub implies: Vec<KeyFact>,
}

/// A missing allow that follows from AWS's words.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MissingAllow {
    /// The type of policy.
    pub policy_type: PolicyType,
    /// The level, for policies of an organization.
    pub target: Option<String>,
    /// Deduced, or possible where another level may be the only one.
    pub basis: Basis,
    /// What the request carried if this is where the allow was missing.
    pub implies: Vec<KeyFact>,
}

/// How the policies contradict what AWS said, whatever is not known.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Contradiction {
    /// AWS said that a Deny of the type matched, and none that was seen can have.
    NoDeny,
    /// AWS said that an allow was missing, which it says only where no Deny matches, and this one does.
    Denied {
        /// The policy.
        policy: Arc<Policy>,
        /// The statement's index in its document.
        statement: usize,
        /// The type of policy.
        policy_type: PolicyType,
    },
    /// AWS said that no policy of the type allows, and one that was seen does.
    Allowed,
}

/// What follows from AWS's verdict.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Deduction {
    /// The Deny statements that may have matched, those that are deduced first, unlikely ones last, else in the order of the policies.
    pub denies: Vec<DeducedDeny>,
    /// Where the allow may have been missing, those that are deduced first.
    pub missing_allows: Vec<MissingAllow>,
    /// How the policies contradict what AWS said.
    pub contradiction: Option<Contradiction>,
    /// What is so of the request in every case that agrees.
    pub implies: Vec<KeyFact>,
    /// The decision in every case that agrees; `None` where a policy that was not seen may have made it.
    pub decision: Option<Decision>,
    /// Keys whose values would tell possible statements apart, most telling first.
    pub separating: Vec<String>,
    /// The Deny statements that match whatever is not known, where AWS said that there is one.
    certain: Vec<(Arc<Policy>, usize)>,
    /// What suppositions are made from.
    worlds: Option<Worlds>,
}

/// Nothing follows.
static NOTHING: Deduction = Deduction {
    denies: Vec::new(),
    missing_allows: Vec::new(),
    contradiction: None,
    implies: Vec::new(),
    decision: None,
    separating: Vec::new(),
    certain: Vec::new(),
    worlds: None,
};

impl Deduction {
    /// What follows where AWS said nothing.
    #[must_use]
    pub const fn nothing() -> &'static Self {
        &NOTHING
    }
}

/// The cases that agree with AWS's verdict: any of the disjuncts, within the domains.
#[derive(Debug)]
struct Worlds {
    unknowns: Unknowns,
    domains: Vec<Classes>,
    /// What holds in every request there can be.
    rules: Vec<Clause>,
    /// What holds in all of them.
    common: Vec<Clause>,
    /// What else holds in each kind of case.
    disjuncts: Vec<Vec<Clause>>,
}

impl Worlds {
    fn new(unknowns: Unknowns, request: &Request, common: Vec<Clause>, disjuncts: Vec<Vec<Clause>>) -> Self {
        let domains = possible::domains(&unknowns, request);
        let rules = possible::clauses(&unknowns, request);
        Self { unknowns, domains, rules, common, disjuncts }
    }

    /// What holds in the cases of a disjunct.
    fn clauses(&self, own: &[Clause]) -> Vec<Clause> {
        self.rules.iter().chain(&self.common).chain(own).cloned().collect()
    }

    /// An assignment that also meets these clauses.
    fn with(&self, more: &[Clause]) -> Found {
        solve(&self.domains, &self.clauses(more))
    }

    /// The classes of a key in the cases of these disjuncts.
    fn classes(&self, key: usize, disjuncts: &[Vec<Clause>]) -> Classes {
        let every = self.domains.get(key).copied().unwrap_or(0);
        let possible = |class: &Classes| {
            let this = vec![solve::Literal { unknown: key, classes: *class }];
            disjuncts.iter().any(|own| {
                let more: Vec<Clause> = own.iter().chain([&this]).cloned().collect();
                self.with(&more).is_possible()
            })
        };
        (0..128)
            .map(|bit| 1 << bit)
            .filter(|class| every & class != 0)
            .filter(possible)
            .fold(0, |all, class| all | class)
    }

    /// What these cases have in common.
    fn facts(&self, disjuncts: &[Vec<Clause>], request: &Request) -> Vec<KeyFact> {
        let named = |key: usize| {
            let clauses = self.rules.iter().chain(&self.common).chain(disjuncts.iter().flatten());
            clauses.flatten().any(|literal| literal.unknown == key)
        };
        let mut facts = Vec::new();
        for key in (0..self.unknowns.keys.len()).filter(|key| named(*key)) {
            let classes = self.classes(key, disjuncts);
            if classes != 0 && Some(&classes) != self.domains.get(key) {
                facts.extend(fact::facts(&self.unknowns, key, classes, request));
            }
        }
        for (unknown, line) in self.unknowns.compared.iter().filter(|(unknown, _)| named(*unknown)) {
            let classes = self.classes(*unknown, disjuncts);
            facts.extend(classes.is_power_of_two().then(|| fact::of_line(line, classes == 1)));
        }
        facts
    }
}

impl Deduction {
    /// Those of the keys that are not known whose values would still tell something, most telling first: where the statement is
    /// deduced, what it tests no more.
    #[must_use]
    pub fn telling<'k>(&self, missing: &'k [String]) -> Vec<&'k String> {
        let same = |own: &str, key: &String| own.eq_ignore_ascii_case(key);
        let deduced = self.denies.first().filter(|deny| deny.basis == Basis::Deduced);
        let tested = |key: &&String| !deduced.is_some_and(|deny| deny.implies.iter().any(|fact| same(&fact.key, key)));
        let mut keys: Vec<&String> = missing.iter().filter(tested).collect();
        let place = |key: &&String| self.separating.iter().position(|own| same(own, key)).unwrap_or(usize::MAX);
        keys.sort_by_key(place);
        keys
    }
}

impl Deduction {
    /// Whether AWS's words tell nothing, since the policies deny whatever is not known: then only what is allowed without the Deny still
    /// depends on it.
    #[must_use]
    pub const fn is_only_of_what_remains(&self) -> bool {
        !self.certain.is_empty()
    }
}

/// What the verdict tells. Nothing where there is none, or where the policies decide without it.
#[must_use]
pub fn deduce(
    request: &Request,
    policies: &PolicySet,
    evaluation: &Evaluation,
    verdict: Option<&Verdict>,
    reference: &Reference,
) -> Deduction {
    deduce_beside(request, policies, evaluation, verdict, None, reference)
}

/// The same, to be asked about `others` by [`Deduction::in_cases`]: policies that test the context in ways of their own.
#[must_use]
pub fn deduce_beside(
    request: &Request,
    policies: &PolicySet,
    evaluation: &Evaluation,
    verdict: Option<&Verdict>,
    others: Option<&PolicySet>,
    reference: &Reference,
) -> Deduction {
    let Some(verdict) = verdict else { return Deduction::default() };
    let (unknowns, forms) = Unknowns::of(request, evaluation, others, reference);
    if verdict.explicit {
        denied(request, policies, verdict, unknowns, &forms, reference)
    } else {
        not_allowed(request, policies, evaluation, verdict, unknowns, &forms)
    }
}

/// AWS said that a Deny of some type matched.
fn denied(
    request: &Request,
    policies: &PolicySet,
    verdict: &Verdict,
    unknowns: Unknowns,
    forms: &[Form],
    reference: &Reference,
) -> Deduction {
    let named = |form: &&Form| {
        form.effect == Effect::Deny && verdict.is_about(form.policy_type) && verdict.may_name(&form.policy)
    };
    let candidates: Vec<&Form> = forms.iter().filter(named).collect();
    // then the words tell nothing of what is not known, on which what the policies allow without the Deny still depends
    if candidates.iter().any(|form| form.evaluated) {
        let denies = forms.iter().filter(|form| form.effect == Effect::Deny && form.evaluated);
        let certain = denies.map(|form| (Arc::clone(&form.policy), form.index)).collect();
        let worlds = Worlds::new(unknowns, request, Vec::new(), vec![Vec::new()]);
        return Deduction { certain, worlds: Some(worlds), ..Deduction::default() };
    }
    let worlds = Worlds::new(unknowns, request, Vec::new(), Vec::new());
    let mut possible: Vec<(&Form, Vec<Clause>)> = candidates
        .into_iter()
        .map(|form| (form, form.matches().collect::<Vec<Clause>>()))
        .filter(|(_, clauses)| worlds.with(clauses).is_possible())
        .collect();
    possible.sort_by_key(|(form, _)| possible::is_unlikely(form, &worlds.unknowns, request, reference));
    // a policy that was not seen may hold the one that matched
    let unseen = match &verdict.policy_arn {
        Some(arn) => !policies.layer(verdict.policy_type).all().any(|policy| policy.arn.as_ref() == Some(arn)),
        None => policies.layer(verdict.policy_type).unseen_deny().is_some(),
    };
    // no setting has the words, or the only one that has them is not for this caller
    let set = verdict.may_be_a_setting(request);
    let gone = !unseen && (!set || is_spared_by_settings(request));
    let unseen = unseen || set;
    // it matched in every case in which any of the others did
    let follows = |form: &Form| {
        let not = form.does_not_match();
        possible.iter().all(|(_, other)| {
            let more: Vec<Clause> = other.iter().chain([&not]).cloned().collect();
            worlds.with(&more) == Found::Nothing
        })
    };
    let (first, others): (Vec<_>, Vec<_>) = possible.iter().cloned().partition(|(form, _)| !unseen && follows(form));
    let any_deduced = !first.is_empty();
    let bases = first.iter().map(|_| Basis::Deduced).chain(others.iter().map(|_| Basis::Possible)).collect::<Vec<_>>();
    let possible: Vec<(&Form, Vec<Clause>)> = first.into_iter().chain(others).collect();
    let deny = |((form, clauses), basis): (&(&Form, Vec<Clause>), Basis)| DeducedDeny {
        policy: Arc::clone(&form.policy),
        statement: form.index,
        policy_type: form.policy_type,
        target: form.target.clone(),
        basis,
        implies: worlds.facts(std::slice::from_ref(clauses), request),
    };
    let denies: Vec<DeducedDeny> = possible.iter().zip(bases).map(deny).collect();
    let contradiction = (possible.is_empty() && gone).then_some(Contradiction::NoDeny);
    let disjuncts: Vec<Vec<Clause>> = possible.iter().map(|(_, clauses)| clauses.clone()).collect();
    let implies = if unseen { Vec::new() } else { worlds.facts(&disjuncts, request) };
    let separating = if any_deduced { Vec::new() } else { separating(&worlds, &possible) };
    Deduction {
        denies,
        missing_allows: Vec::new(),
        contradiction,
        implies,
        decision: (!unseen && !disjuncts.is_empty()).then_some(Decision::ExplicitDeny),
        separating,
        certain: Vec::new(),
        worlds: if disjuncts.is_empty() { None } else { Some(Worlds { disjuncts, ..worlds }) },
    }
}

/// The keys that the possible statements ask for, first those that most of them ask for in different ways.
fn separating(worlds: &Worlds, possible: &[(&Form, Vec<Clause>)]) -> Vec<String> {
    let mut keys: Vec<(usize, &str)> = Vec::new();
    for (number, key) in worlds.unknowns.keys.iter().enumerate() {
        let asks = |it: &&Literal| it.unknown == number && !worlds.unknowns.is_every(it);
        let own = |form: &Form| form.literals.iter().find(asks).map(|it| it.classes);
        let mut kinds: Vec<Option<Classes>> = possible.iter().map(|(form, _)| own(form)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        if kinds.len() > 1 {
            keys.push((kinds.len(), &key.shown));
        }
    }
    keys.sort_by_key(|(kinds, _)| std::cmp::Reverse(*kinds));
    keys.into_iter().map(|(_, key)| key.to_owned()).collect()
}

/// AWS said that no policy of some type allowed the request. Then no Deny matched either, or AWS would have said that.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>
fn not_allowed(
    request: &Request,
    policies: &PolicySet,
    evaluation: &Evaluation,
    verdict: &Verdict,
    unknowns: Unknowns,
    forms: &[Form],
) -> Deduction {
    let (denies, allows): (Vec<&Form>, Vec<&Form>) = forms
        .iter()
        .filter(|form| is_judged_together(request, verdict, form))
        .partition(|form| form.effect == Effect::Deny);
    if let Some(form) = denies.iter().find(|form| form.is_certain()) {
        let (policy, statement, policy_type) = (Arc::clone(&form.policy), form.index, form.policy_type);
        return contradiction(Contradiction::Denied { policy, statement, policy_type });
    }
    if policies.layer(verdict.policy_type).gap().is_some() || verdict.may_be_a_setting(request) {
        return Deduction::default();
    }
    let own: Vec<&Form> = allows.into_iter().filter(|form| verdict.is_about(form.policy_type)).collect();
    // of several policies that must all allow, any one may be the one that did not
    let each = request.action.value().and_then(|action| within_account(action, None)) == Some(WithinAccount::Both)
        && verdict.is_about(PolicyType::ResourceBased);
    if each {
        return Deduction::default();
    }
    let checks = || evaluation.checks.iter().filter(|check| verdict.is_about(check.policy_type));
    let mut levels: Vec<&Option<String>> = checks().map(|check| &check.target).collect();
    levels.dedup();
    if levels.is_empty() {
        return Deduction::default();
    }
    // a policy of the resource that names the caller is enough, past what did not allow it
    // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>
    // what was not seen did not deny it: AWS would have named that
    let as_far_as_seen = || evaluate(request, &assume_complete(policies)).decision;
    let allowed = match evaluation.decision {
        Decision::Undetermined => as_far_as_seen() == Decision::Allowed,
        known => known == Decision::Allowed,
    };
    if allowed {
        return contradiction(Contradiction::Allowed);
    }
    let common: Vec<Clause> = denies.iter().map(|form| form.does_not_match()).collect();
    let worlds = Worlds::new(unknowns, request, common, Vec::new());
    if !worlds.with(&[]).is_possible() {
        return Deduction::default();
    }
    // at one of the levels nothing matched
    let lacking = |target: &Option<String>| -> Vec<Clause> {
        own.iter().filter(|form| form.target == *target).map(|form| form.does_not_match()).collect()
    };
    let possible: Vec<(&Option<String>, Vec<Clause>)> = levels
        .into_iter()
        .map(|target| (target, lacking(target)))
        .filter(|(_, clauses)| worlds.with(clauses).is_possible())
        .collect();
    if possible.is_empty() {
        return contradiction(Contradiction::Allowed);
    }
    // it is missing here in every case in which it is missing at any other level
    let follows = |target: &Option<String>| {
        possible.iter().filter(|(other, _)| *other != target).all(|(_, clauses)| {
            own.iter().filter(|form| form.target == *target).all(|form| {
                let more: Vec<Clause> = clauses.iter().cloned().chain(form.matches()).collect();
                worlds.with(&more) == Found::Nothing
            })
        })
    };
    let mut missing_allows: Vec<MissingAllow> = possible
        .iter()
        .map(|(target, clauses)| MissingAllow {
            policy_type: verdict.policy_type,
            target: (*target).clone(),
            basis: if follows(target) { Basis::Deduced } else { Basis::Possible },
            implies: worlds.facts(std::slice::from_ref(clauses), request),
        })
        .collect();
    missing_allows.sort_by_key(|missing| missing.basis);
    let disjuncts: Vec<Vec<Clause>> = possible.into_iter().map(|(_, clauses)| clauses).collect();
    Deduction {
        missing_allows,
        implies: worlds.facts(&disjuncts, request),
        decision: Some(Decision::ImplicitDeny),
        worlds: Some(Worlds { disjuncts, ..worlds }),
        ..Deduction::default()
    }
}

fn contradiction(contradiction: Contradiction) -> Deduction {
    Deduction { contradiction: Some(contradiction), ..Deduction::default() }
}

/// Whether AWS looks at this statement in the same evaluation as at the policies that it named. Across accounts there are two: the
/// caller's account and the account of the resource each decide, and which of the two AWS reports is not documented.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html>
fn is_judged_together(request: &Request, verdict: &Verdict, form: &Form) -> bool {
    let side = |policy_type: PolicyType| match policy_type.normalized() {
        PolicyType::ResourceBased | PolicyType::ResourceControl => 0,
        PolicyType::VpcEndpoint => 1,
        _ => 2,
    };
    is_of_one_account(request).is_true() || side(form.policy_type) == side(verdict.policy_type)
}
