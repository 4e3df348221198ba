//! What is not known about a request, as finitely many classes, and what each statement asks of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::solve::{Classes, Clause, Literal};
use crate::difference::domain::{ConditionRef, KeyDomain, domains};
use crate::evaluate::{Evaluation, StatementOutcome, Truth, holds};
use crate::iam::{Condition, ContextValue, Effect, Language, Policy, PolicySet, PolicyType, Request, Statement};
use crate::reference::Reference;

/// Everything that is not known and that a statement depends on.
#[derive(Debug)]
pub(super) struct Unknowns {
    /// Condition keys, then everything else.
    pub(super) keys: Vec<KeyDomain>,
    /// Every line on those keys.
    pub(super) lines: Vec<ConditionRef>,
    /// What is known of no key: whether an element covers the request, whether a line with an unknown variable holds.
    free: BTreeMap<Free, usize>,
    /// The lines among them, as a policy writes them.
    pub(super) compared: Vec<(usize, Condition)>,
}

/// Something that is true or untrue, and nothing is known of why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Free {
    /// Whether the resource element with these entries covers the request.
    Resource(PolicyType, Language, bool, Vec<String>),
    /// Whether this element of the statement does.
    Element(PolicyType, String, usize, u8),
    /// Whether the line holds: operator, key, values.
    Line(String, String, Vec<String>),
    /// Whether RCPs reach the request.
    ReachOfResourceControl,
}

/// A statement that may match, and what has to be so.
#[derive(Debug, Clone)]
pub(super) struct Form {
    pub(super) policy: Arc<Policy>,
    pub(super) index: usize,
    pub(super) effect: Effect,
    pub(super) policy_type: PolicyType,
    /// The level, for policies of an organization.
    pub(super) target: Option<String>,
    /// All must hold.
    pub(super) literals: Vec<Literal>,
    /// Whether they do whatever is not known.
    certain: bool,
    /// Whether the evaluation knows that it matches.
    pub(super) evaluated: bool,
}

impl Form {
    /// Whether it matches whatever is not known.
    pub(super) const fn is_certain(&self) -> bool {
        self.certain
    }

    /// One clause for each thing that must hold.
    pub(super) fn matches(&self) -> impl Iterator<Item = Clause> {
        self.literals.iter().map(|literal| vec![*literal])
    }

    /// The clause that it does not match.
    pub(super) fn does_not_match(&self) -> Clause {
        self.literals.iter().map(|literal| Literal { classes: !literal.classes, ..*literal }).collect()
    }
}

impl Unknowns {
    /// The unknowns of a request, and the statements that may match, in the order of the policies. The classes also tell the conditions
    /// of `others` apart.
    pub(super) fn of(
        request: &Request,
        evaluation: &Evaluation,
        others: Option<&PolicySet>,
        reference: &Reference,
    ) -> (Self, Vec<Form>) {
        let outcomes = || evaluation.checks.iter().flat_map(|check| check.outcomes.iter().map(move |it| (check, it)));
        let open = || outcomes().filter(|(_, outcome)| outcome.matched() == Truth::Unknown);
        let mut lines: Vec<ConditionRef> = Vec::new();
        let mut add = |conditions: &[Condition], language| {
            for condition in conditions {
                let unknown = holds(condition, &request.context) == Truth::Unknown;
                if unknown && !condition.open && !lines.iter().any(|line| line.is(condition, language)) {
                    lines.push(ConditionRef::new(condition.clone(), language));
                }
            }
        };
        for (_, outcome) in open() {
            let conditions = outcome.statement().map_or(&[][..], |statement| &statement.conditions);
            add(conditions, outcome.policy.document.language);
        }
        for policy in others.into_iter().flat_map(PolicySet::policies) {
            for statement in &policy.document.statements {
                add(&statement.conditions, policy.document.language);
            }
        }
        let keys = domains(&lines, &request.context, reference);
        let mut unknowns = Self { keys, lines, free: BTreeMap::new(), compared: Vec::new() };
        let mut forms = Vec::new();
        for (check, outcome) in outcomes().filter(|(_, outcome)| !outcome.matched().is_false()) {
            let Some(mut literals) = unknowns.literals(request, outcome) else { continue };
            if check.policy_type == PolicyType::ResourceControl && reach_is_unknown(request) {
                literals.push(unknowns.free(Free::ReachOfResourceControl));
            }
            let evaluated = literals.is_empty() && outcome.matched().is_true();
            let certain = literals.iter().all(|literal| unknowns.is_every(literal));
            forms.push(Form {
                policy: Arc::clone(&outcome.policy),
                index: outcome.statement,
                effect: outcome.effect,
                policy_type: check.policy_type,
                target: check.target.clone(),
                literals,
                certain,
                evaluated,
            });
        }
        (unknowns, forms)
    }

    /// The class of a value of a key.
    pub(super) fn class_of(&self, key: usize, value: &ContextValue, request: &Request) -> Option<usize> {
        let key = self.keys.get(key)?;
        let mut context = request.context.clone();
        context.set(&key.folded, value.clone());
        let lines = key.lines.iter().filter_map(|line| self.lines.get(*line));
        let truths: Vec<Truth> = lines.map(|line| holds(&line.condition, &context)).collect();
        key.cases.iter().position(|case| case.truths == truths)
    }

    /// The classes of each unknown.
    pub(super) fn domains(&self) -> Vec<Classes> {
        let keys = self.keys.iter().map(|key| all(key.cases.len()));
        keys.chain(self.free.values().map(|_| all(2))).collect()
    }

    /// What the statement needs of the unknowns; `None` where no class of a key makes it match.
    fn literals(&mut self, request: &Request, outcome: &StatementOutcome) -> Option<Vec<Literal>> {
        let Some(statement) = outcome.statement() else { return Some(Vec::new()) };
        let mut literals = Vec::new();
        let element = |number| {
            let policy = &outcome.policy;
            let place = policy.arn.clone().unwrap_or_else(|| policy.name.clone());
            Free::Element(policy.policy_type, place, outcome.statement, number)
        };
        if outcome.principal == Truth::Unknown {
            literals.push(self.free(element(0)));
        }
        if outcome.action == Truth::Unknown {
            literals.push(self.free(element(1)));
        }
        if outcome.resource == Truth::Unknown {
            let what = resource(&outcome.policy, statement).unwrap_or_else(|| element(2));
            literals.push(self.free(what));
        }
        let language = outcome.policy.document.language;
        for condition in &statement.conditions {
            if holds(condition, &request.context) != Truth::Unknown {
                continue;
            }
            let line = self.lines.iter().position(|line| line.is(condition, language));
            match line.and_then(|line| self.of_key(line)) {
                Some((_, 0)) => return None,
                Some((key, classes)) => literals.push(Literal { unknown: key, classes }),
                None => {
                    let literal = self.free(as_written(condition));
                    if !self.compared.iter().any(|(unknown, _)| *unknown == literal.unknown) {
                        self.compared.push((literal.unknown, condition.clone()));
                    }
                    literals.push(literal);
                }
            }
        }
        Some(literals)
    }

    /// The key of a line, and the classes for which it holds; `None` where its own key alone does not decide.
    fn of_key(&self, line: usize) -> Option<(usize, Classes)> {
        let mut keys = self.keys.iter().enumerate();
        let (number, key, place) =
            keys.find_map(|(number, key)| Some((number, key, key.lines.iter().position(|own| *own == line)?)))?;
        let mut classes = 0;
        for (class, case) in key.cases.iter().enumerate() {
            match case.truths.get(place)? {
                Truth::True => classes |= 1 << class,
                Truth::False => {}
                Truth::Unknown => return None,
            }
        }
        Some((number, classes))
    }

    /// Whether the literal holds for every class of its key.
    pub(super) fn is_every(&self, literal: &Literal) -> bool {
        self.keys.get(literal.unknown).is_some_and(|key| literal.classes == all(key.cases.len()))
    }

    fn free(&mut self, what: Free) -> Literal {
        let next = self.keys.len() + self.free.len();
        Literal { unknown: *self.free.entry(what).or_insert(next), classes: 1 }
    }
}

/// The first so many classes.
pub(super) const fn all(count: usize) -> Classes {
    if count >= 128 { Classes::MAX } else { (1 << count) - 1 }
}

/// Two elements with the same entries cover the same.
fn resource(policy: &Policy, statement: &Statement) -> Option<Free> {
    let element = statement.resource.as_ref()?;
    let entries = element.entries.iter().map(|entry| entry.value.clone()).collect();
    Some(Free::Resource(policy.policy_type, policy.document.language, element.negated, entries))
}

fn as_written(condition: &Condition) -> Free {
    let values = condition.values.iter().map(|value| value.value.clone()).collect();
    Free::Line(condition.operator.text.to_string(), condition.folded_key.clone(), values)
}

/// Whether AWS's pages leave open whether RCPs reach the request.
fn reach_is_unknown(request: &Request) -> bool {
    !request.rcp_named && request.resource.value().is_some_and(|resource| resource == "*")
}
