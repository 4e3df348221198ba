//! The decision alone: for one context, or for all contexts of a request as a formula of its conditions.
//!
//! Nothing but conditions and policy variables looks at the context, so that a request whose variables are all given can be
//! compared with the policies once, and decided in each context by the truth of the conditions.

use std::sync::Arc;

use super::condition::all_hold;
use super::evaluation::Decision;
use super::logic::{Evaluator, Layers, Reader, Sums, Weight};
use super::principal::{Named, named};
use super::statement::{action, resource};
use super::subject::Subject;
use super::truth::Truth;
use crate::iam::{Policy, PolicySet, PolicyType, Request, Statement};

/// Reads no further than it decides, and keeps nothing.
pub(super) struct Decisive;

impl Reader for Decisive {
    type Weight = Truth;

    fn statement(
        &mut self,
        subject: &Subject<'_>,
        policy: &Arc<Policy>,
        _: usize,
        statement: &Statement,
        bounded: bool,
    ) -> Option<(Named, Truth)> {
        let Covered { named, action, resource } = covered(subject, policy, statement, bounded)?;
        let rest = action.and(resource).and(all_hold(&statement.conditions, subject.context));
        (rest != Truth::False).then_some((named, rest))
    }

    fn layer(&mut self, _: PolicyType, _: Option<&str>, _: bool, _: &Sums) {}
}

/// A statement that may match a request but for its conditions.
pub(super) struct Covered {
    /// By whom it names the caller.
    pub(super) named: Named,
    pub(super) action: Truth,
    pub(super) resource: Truth,
}

/// How the statement covers the request; `None` if one of its elements does not.
pub(super) fn covered(
    subject: &Subject<'_>,
    policy: &Arc<Policy>,
    statement: &Statement,
    bounded: bool,
) -> Option<Covered> {
    let may = |truth: Truth| (truth != Truth::False).then_some(truth);
    let action = may(action(subject, &statement.action).truth)?;
    if statement.rejected {
        return None;
    }
    let resource = may(resource(subject, policy.policy_type, statement.resource.as_ref()).truth)?;
    let named = named(subject, policy.policy_type, statement, bounded);
    may(named.any()).map(|_| Covered { named, action, resource })
}

/// A truth that depends on conditions, by their numbers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Formula {
    Fixed(Truth),
    Line(usize),
    All(Vec<Self>),
    Any(Vec<Self>),
}

impl From<Truth> for Formula {
    fn from(truth: Truth) -> Self {
        Self::Fixed(truth)
    }
}

impl Weight for Formula {
    fn both(self, other: Self) -> Self {
        match (self, other) {
            (Self::Fixed(Truth::False), _) | (_, Self::Fixed(Truth::False)) => Self::Fixed(Truth::False),
            (Self::Fixed(Truth::True), other) | (other, Self::Fixed(Truth::True)) => other,
            (Self::All(mut all), other) => {
                all.push(other);
                Self::All(all)
            }
            (one, other) => Self::All(vec![one, other]),
        }
    }

    fn either(self, other: Self) -> Self {
        match (self, other) {
            (Self::Fixed(Truth::True), _) | (_, Self::Fixed(Truth::True)) => Self::Fixed(Truth::True),
            (Self::Fixed(Truth::False), other) | (other, Self::Fixed(Truth::False)) => other,
            (Self::Any(mut any), other) => {
                any.push(other);
                Self::Any(any)
            }
            (one, other) => Self::Any(vec![one, other]),
        }
    }
}

impl Formula {
    fn truth(&self, lines: &[Truth]) -> Truth {
        match self {
            Self::Fixed(truth) => *truth,
            Self::Line(line) => lines.get(*line).copied().unwrap_or(Truth::Unknown),
            Self::All(all) => {
                let mut truth = Truth::True;
                for one in all {
                    truth = truth.and(one.truth(lines));
                    if truth.is_false() {
                        break;
                    }
                }
                truth
            }
            Self::Any(any) => {
                let mut truth = Truth::False;
                for one in any {
                    truth = truth.or(one.truth(lines));
                    if truth.is_true() {
                        break;
                    }
                }
                truth
            }
        }
    }

    /// Marks the conditions on which it still depends where some of them are not known yet.
    fn mark(&self, lines: &[Truth], marked: &mut [bool]) {
        match self {
            Self::Line(line) => {
                if let (Some(Truth::Unknown), Some(mark)) = (lines.get(*line), marked.get_mut(*line)) {
                    *mark = true;
                }
            }
            Self::All(several) | Self::Any(several) if self.truth(lines) == Truth::Unknown => {
                for one in several {
                    one.mark(lines, marked);
                }
            }
            Self::Fixed(_) | Self::All(_) | Self::Any(_) => {}
        }
    }

    /// How much there is to look at.
    fn size(&self) -> usize {
        match self {
            Self::Fixed(_) | Self::Line(_) => 1,
            Self::All(several) | Self::Any(several) => 1 + several.iter().map(Self::size).sum::<usize>(),
        }
    }
}

/// A request compared with policies in all but its conditions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Prepared {
    /// `None` where nothing can deny.
    layers: Option<Layers<Formula>>,
}

impl Prepared {
    /// Compares the request with the policies. `lines` has the numbers of the conditions of each statement, by its
    /// policy and place, that covers the action, and `None` for one that does not.
    pub(crate) fn new<'l>(
        request: &Request,
        policies: &PolicySet,
        lines: impl Fn(&Arc<Policy>, usize) -> Option<&'l [usize]>,
    ) -> Self {
        let subject = Subject::new(request);
        if subject.is_always_allowed() {
            return Self { layers: None };
        }
        Self { layers: Some(Evaluator::new(&subject, policies, Preparing(lines)).layers(policies)) }
    }

    /// The decision where the conditions are as given, by their numbers.
    pub(crate) fn decide(&self, lines: &[Truth]) -> Decision {
        let Some(layers) = &self.layers else { return Decision::Allowed };
        let Named { account, role, user, direct } = &layers.resource;
        let decided = Layers {
            deny: layers.deny.truth(lines),
            service_control: layers.service_control.truth(lines),
            vpc_endpoint: layers.vpc_endpoint.truth(lines),
            identity: layers.identity.truth(lines),
            boundary: layers.boundary.truth(lines),
            session: layers.session.truth(lines),
            resource: Named {
                account: account.truth(lines),
                role: role.truth(lines),
                user: user.truth(lines),
                direct: direct.truth(lines),
            },
            same_account: layers.same_account,
            resource_must_allow: layers.resource_must_allow,
            side: layers.side,
        };
        decided.decision()
    }

    /// Marks the conditions on which the decision can still depend, where some of them are not known yet.
    pub(crate) fn mark(&self, lines: &[Truth], marked: &mut [bool]) {
        self.formulas().for_each(|formula| formula.mark(lines, marked));
    }

    /// How much a decision looks at.
    pub(crate) fn size(&self) -> usize {
        self.formulas().map(Formula::size).sum()
    }

    fn formulas(&self) -> impl Iterator<Item = &Formula> {
        self.layers.iter().flat_map(|layers| {
            let Layers { deny, service_control, vpc_endpoint, identity, boundary, session, resource, .. } = layers;
            let Named { account, role, user, direct } = resource;
            [deny, service_control, vpc_endpoint, identity, boundary, session, account, role, user, direct]
        })
    }
}

/// Leaves the conditions open.
struct Preparing<F>(F);

impl<'l, F: Fn(&Arc<Policy>, usize) -> Option<&'l [usize]>> Reader for Preparing<F> {
    type Weight = Formula;

    fn statement(
        &mut self,
        subject: &Subject<'_>,
        policy: &Arc<Policy>,
        position: usize,
        statement: &Statement,
        bounded: bool,
    ) -> Option<(Named, Formula)> {
        let lines = (self.0)(policy, position)?;
        let Covered { named, action, resource } = covered(subject, policy, statement, bounded)?;
        let all = lines.iter().fold(Formula::from(action.and(resource)), |all, line| all.both(Formula::Line(*line)));
        Some((named, all))
    }

    fn layer(&mut self, _: PolicyType, _: Option<&str>, _: bool, _: &Sums<Formula>) {}
}
