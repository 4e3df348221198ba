//! From statements to the decision: layers in AWS's order, within one account and across accounts.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html>

use std::sync::Arc;

use super::evaluation::{Check, CheckEffect, Decision, StatementOutcome};
use super::principal::Named;
use super::statement::outcome;
use super::subject::{Side, Subject};
use super::truth::Truth;
use crate::iam::{
    Coverage, Effect, Hierarchy, Layer, Policy, PolicySet, PolicyType, PrincipalKind, Statement, is_trust_action,
};

/// What the layers say, and what is needed of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Layers<W = Truth> {
    /// Some statement denies.
    pub(super) deny: W,
    /// Every level of the organization allows.
    pub(super) service_control: W,
    /// The VPC endpoint allows.
    pub(super) vpc_endpoint: W,
    pub(super) identity: W,
    pub(super) boundary: W,
    pub(super) session: W,
    /// The resource policy allows, by naming the caller so.
    pub(super) resource: Named<W>,
    /// Caller and resource are of one account, and one of the two sides is enough.
    pub(super) same_account: Truth,
    /// The resource policy must allow even then.
    pub(super) resource_must_allow: Truth,
    pub(super) side: Side,
}

/// A place in [`Layers`] that may be unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Deny,
    ServiceControl,
    VpcEndpoint,
    Identity,
    Boundary,
    Session,
    Account,
    Role,
    User,
    Direct,
    SameAccount,
    ResourceMustAllow,
}

impl Part {
    pub(super) const ALL: [Self; 12] = [
        Self::Deny,
        Self::ServiceControl,
        Self::VpcEndpoint,
        Self::Identity,
        Self::Boundary,
        Self::Session,
        Self::Account,
        Self::Role,
        Self::User,
        Self::Direct,
        Self::SameAccount,
        Self::ResourceMustAllow,
    ];

    /// Where an Allow of this type counts.
    pub(super) const fn of(policy_type: PolicyType) -> &'static [Self] {
        match policy_type {
            PolicyType::ResourceControl => &[],
            PolicyType::ServiceControl => &[Self::ServiceControl],
            PolicyType::VpcEndpoint => &[Self::VpcEndpoint],
            PolicyType::ResourceBased | PolicyType::RoleTrust => &[Self::Account, Self::Role, Self::User, Self::Direct],
            PolicyType::IdentityBased => &[Self::Identity],
            PolicyType::PermissionsBoundary => &[Self::Boundary],
            PolicyType::Session => &[Self::Session],
        }
    }
}

/// `yes` or `no`, as the condition has it; where it is unknown, what both agree on.
fn choose(condition: Truth, yes: Truth, no: Truth) -> Truth {
    match condition {
        Truth::True => yes,
        Truth::False => no,
        Truth::Unknown if yes == no => yes,
        Truth::Unknown => Truth::Unknown,
    }
}

impl Layers {
    pub(super) fn part(&mut self, part: Part) -> &mut Truth {
        match part {
            Part::Deny => &mut self.deny,
            Part::ServiceControl => &mut self.service_control,
            Part::VpcEndpoint => &mut self.vpc_endpoint,
            Part::Identity => &mut self.identity,
            Part::Boundary => &mut self.boundary,
            Part::Session => &mut self.session,
            Part::Account => &mut self.resource.account,
            Part::Role => &mut self.resource.role,
            Part::User => &mut self.resource.user,
            Part::Direct => &mut self.resource.direct,
            Part::SameAccount => &mut self.same_account,
            Part::ResourceMustAllow => &mut self.resource_must_allow,
        }
    }

    /// The resource policy alone allows, past the identity-based policies and the boundary.
    fn past_boundary(&self) -> Truth {
        self.resource.direct.or(self.resource.user)
    }

    /// The resource policy alone allows, past everything of the caller's.
    fn past_session(&self) -> Truth {
        self.resource.direct
    }

    /// What an identity-based policy contributes within one account.
    fn by_identity(&self) -> Truth {
        let delegated = self.resource.account.and(self.identity);
        choose(self.resource_must_allow, delegated, self.identity)
    }

    fn within_account(&self) -> Truth {
        let limited_by_boundary = self.boundary.and(self.resource.role.or(self.by_identity()));
        let limited_by_session = self.session.and(self.resource.user.or(limited_by_boundary));
        self.resource.direct.or(limited_by_session)
    }

    fn across_accounts(&self) -> Truth {
        self.resource.any().and(self.identity).and(self.boundary).and(self.session)
    }

    /// Whether everything that must allow does.
    fn allowed(&self) -> Truth {
        let granted = match self.side {
            Side::ResourceOnly => self.resource.any(),
            Side::Principal => choose(self.same_account, self.within_account(), self.across_accounts()),
        };
        granted.and(self.service_control).and(self.vpc_endpoint)
    }

    pub(super) fn decision(&self) -> Decision {
        match (self.deny, self.allowed()) {
            (Truth::True, _) => Decision::ExplicitDeny,
            // denied either way, and an allow is certainly missing
            (_, Truth::False) => Decision::ImplicitDeny,
            (Truth::False, Truth::True) => Decision::Allowed,
            _ => Decision::Undetermined,
        }
    }

    /// Whether an allow of this type was needed.
    fn needed(&self, policy_type: PolicyType) -> Truth {
        let across = !self.same_account;
        match policy_type {
            PolicyType::ResourceControl => Truth::False,
            PolicyType::ServiceControl | PolicyType::VpcEndpoint => Truth::True,
            PolicyType::ResourceBased | PolicyType::RoleTrust => match self.side {
                Side::ResourceOnly => Truth::True,
                Side::Principal => across.or(self.resource_must_allow),
            },
            PolicyType::IdentityBased => across.or(!(self.past_boundary().or(self.resource.role))),
            PolicyType::PermissionsBoundary => across.or(!self.past_boundary()),
            PolicyType::Session => across.or(!self.past_session()),
        }
    }

    /// The parts whose value decides whether the request is allowed.
    pub(super) fn deciding(&self) -> Vec<Part> {
        let mut layers = *self;
        let unknown: Vec<Part> = Part::ALL.into_iter().filter(|part| *layers.part(*part) == Truth::Unknown).collect();
        let mut deciding = Vec::new();
        for (index, part) in unknown.iter().enumerate() {
            let decides = (0u32..1 << unknown.len()).filter(|values| values & (1 << index) == 0).any(|values| {
                let mut layers = *self;
                for (bit, other) in unknown.iter().enumerate() {
                    *layers.part(*other) = (values & (1 << bit) != 0).into();
                }
                let without = layers.decision() == Decision::Allowed;
                *layers.part(*part) = Truth::True;
                without != (layers.decision() == Decision::Allowed)
            });
            if decides {
                deciding.push(*part);
            }
        }
        deciding
    }

    /// The result of one requirement.
    pub(super) fn effect(&self, policy_type: PolicyType, sums: Sums) -> CheckEffect {
        let needed = self.needed(policy_type);
        match (sums.deny, sums.allow, needed) {
            (Truth::True, _, _) => CheckEffect::ExplicitDeny,
            (_, Truth::False, Truth::True) => CheckEffect::ImplicitDeny,
            (Truth::False, Truth::True, _) if policy_type != PolicyType::ResourceControl => CheckEffect::Allow,
            (Truth::False, _, Truth::False) => CheckEffect::NoImpact,
            _ => CheckEffect::Undetermined,
        }
    }
}

/// What statements add up to: a truth, or what it depends on.
pub(super) trait Weight: Clone + From<Truth> {
    /// Both hold.
    fn both(self, other: Self) -> Self;
    /// At least one holds.
    fn either(self, other: Self) -> Self;
}

impl Weight for Truth {
    fn both(self, other: Self) -> Self {
        self.and(other)
    }

    fn either(self, other: Self) -> Self {
        self.or(other)
    }
}

/// Adds what holds as well.
fn add<W: Weight>(sum: &mut W, more: W) {
    let known = std::mem::replace(sum, Truth::False.into());
    *sum = known.either(more);
}

/// One layer's sums.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sums<W = Truth> {
    allow: W,
    deny: W,
}

/// How statements are read, and what is kept of them.
pub(super) trait Reader {
    type Weight: Weight;

    /// By whom the statement names the caller, and whether its action, resource and conditions hold; `None` if they do not.
    fn statement(
        &mut self,
        subject: &Subject<'_>,
        policy: &Arc<Policy>,
        position: usize,
        statement: &Statement,
        bounded: bool,
    ) -> Option<(Named, Self::Weight)>;

    /// The layer of the statements since the last one is complete.
    fn layer(&mut self, policy_type: PolicyType, target: Option<&str>, incomplete: bool, sums: &Sums<Self::Weight>);
}

/// Keeps the outcome of every statement.
#[derive(Debug, Default)]
pub(super) struct Everything {
    checks: Vec<Check>,
    /// What each check adds up to.
    sums: Vec<Sums>,
    outcomes: Vec<StatementOutcome>,
}

impl Reader for Everything {
    type Weight = Truth;

    fn statement(
        &mut self,
        subject: &Subject<'_>,
        policy: &Arc<Policy>,
        position: usize,
        statement: &Statement,
        bounded: bool,
    ) -> Option<(Named, Truth)> {
        let (outcome, named) = outcome(subject, policy, position, statement, bounded);
        let rest = outcome.action.and(outcome.resource).and(outcome.condition);
        self.outcomes.push(outcome);
        Some((named, rest))
    }

    fn layer(&mut self, policy_type: PolicyType, target: Option<&str>, incomplete: bool, sums: &Sums) {
        // the effect follows when all layers are known
        let effect = CheckEffect::NoImpact;
        let (target, outcomes) = (target.map(str::to_owned), std::mem::take(&mut self.outcomes));
        self.checks.push(Check { policy_type, target, effect, outcomes, incomplete });
        self.sums.push(*sums);
    }
}

impl Everything {
    /// The checks, with their effects, when the layers are known.
    pub(super) fn finish(mut self, layers: &Layers) -> Vec<Check> {
        for (check, sums) in self.checks.iter_mut().zip(&self.sums) {
            check.effect = layers.effect(check.policy_type, *sums);
        }
        // an empty resource layer that nothing needs is no requirement
        self.checks.retain(|check| {
            check.effect != CheckEffect::NoImpact
                || !check.outcomes.is_empty()
                || check.policy_type == PolicyType::IdentityBased
        });
        self.checks
    }
}

/// Goes over the layers and adds up what they say.
pub(super) struct Evaluator<'s, 'r, R: Reader> {
    subject: &'s Subject<'r>,
    bounded: bool,
    pub(super) reader: R,
    deny: R::Weight,
}

impl<'s, 'r, R: Reader> Evaluator<'s, 'r, R> {
    pub(super) fn new(subject: &'s Subject<'r>, policies: &PolicySet, reader: R) -> Self {
        let bounded = present(&policies.boundary).next().is_some();
        Self { subject, bounded, reader, deny: Truth::False.into() }
    }

    /// All layers, in AWS's order.
    pub(super) fn layers(&mut self, policies: &PolicySet) -> Layers<R::Weight> {
        let side = self.subject.side();
        if self.subject.rcps_reach() != Truth::False {
            self.hierarchy(PolicyType::ResourceControl, &policies.resource_control);
        }
        let mut service_control = Truth::True.into();
        if self.subject.scps_apply() {
            service_control = self.hierarchy(PolicyType::ServiceControl, &policies.service_control);
        }
        let vpc_endpoint = self.ceiling(PolicyType::VpcEndpoint, &policies.vpc_endpoint, Truth::True);
        let mut layers = Layers {
            deny: Truth::False.into(),
            service_control,
            vpc_endpoint,
            identity: Truth::False.into(),
            boundary: Truth::True.into(),
            session: Truth::True.into(),
            resource: self.resource(&policies.resource),
            same_account: if self.subject.needs_both() { Truth::False } else { self.subject.same_account() },
            resource_must_allow: self.subject.resource_must_allow(&policies.resource),
            side,
        };
        if side == Side::Principal {
            // the root user has no policies and no boundary: it may do everything in its account
            if self.subject.kind() == PrincipalKind::Root {
                layers.identity = Truth::True.into();
            } else {
                let identity = &policies.identity;
                layers.identity =
                    self.layer(PolicyType::IdentityBased, None, present(identity), &identity.coverage).allow;
                layers.boundary = self.ceiling(PolicyType::PermissionsBoundary, &policies.boundary, Truth::True);
            }
            // without a session policy, a federated user may do only what resource policies allow it
            let alone = (self.subject.kind() != PrincipalKind::FederatedUser).into();
            layers.session = self.ceiling(PolicyType::Session, &policies.session, alone);
        }
        layers.deny = self.deny.clone();
        layers
    }

    /// The levels of an organization: whether all of them allow. RCPs always allow, by the policy that AWS attaches.
    fn hierarchy(&mut self, policy_type: PolicyType, hierarchy: &Hierarchy) -> R::Weight {
        if matches!(hierarchy.coverage, Coverage::NotApplicable(_)) {
            return Truth::True.into();
        }
        let mut all: R::Weight = Truth::True.into();
        for level in &hierarchy.levels {
            let sums = self.layer(policy_type, Some(&level.target), level.policies.iter(), &level.coverage);
            all = all.both(sums.allow);
        }
        // a level that was not seen at all stands for itself; a gap in a level that was seen is counted there
        let in_levels = hierarchy.levels.iter().any(|level| level.coverage.gap().is_some());
        if hierarchy.coverage.gap().is_some() && !in_levels {
            self.layer(policy_type, None, [].iter(), &hierarchy.coverage);
            all = all.both(Truth::Unknown.into());
        }
        all
    }

    /// A layer that allows as `alone` says where it has no policies.
    fn ceiling(&mut self, policy_type: PolicyType, layer: &Layer, alone: Truth) -> R::Weight {
        let empty = present(layer).next().is_none();
        if empty && layer.coverage.gap().is_none() {
            if alone.is_false() {
                self.layer(policy_type, None, [].iter(), &Coverage::Complete);
            }
            return alone.into();
        }
        self.layer(policy_type, None, present(layer), &layer.coverage).allow
    }

    fn resource(&mut self, layer: &Layer) -> Named<R::Weight> {
        let trust = self.subject.action.is_some_and(is_trust_action);
        let policy_type = if trust { PolicyType::RoleTrust } else { PolicyType::ResourceBased };
        let none = || R::Weight::from(Truth::False);
        let mut allow = Named { account: none(), role: none(), user: none(), direct: none() };
        let mut deny = none();
        if self.subject.needs_both() {
            return self.auth_policies(layer);
        }
        for policy in present(layer) {
            self.statements(policy, &mut deny, |named, rest| {
                for (sum, by) in [
                    (&mut allow.account, named.account),
                    (&mut allow.role, named.role),
                    (&mut allow.user, named.user),
                    (&mut allow.direct, named.direct),
                ] {
                    add(sum, R::Weight::from(by).both(rest.clone()));
                }
            });
        }
        let incomplete = layer.coverage.gap().is_some();
        let (delegates, allows, denies) = match layer.coverage {
            Coverage::Gap(_) => (true, true, true),
            Coverage::MayDelegate(_) => (true, false, false),
            Coverage::MayAllow(_) => (false, true, false),
            Coverage::MayDeny(_) => (false, false, true),
            Coverage::Complete | Coverage::NotApplicable(_) => (false, false, false),
        };
        if delegates {
            add(&mut allow.account, Truth::Unknown.into());
        }
        if denies {
            add(&mut deny, Truth::Unknown.into());
        }
        if allows {
            add(&mut allow.direct, Truth::Unknown.into());
        }
        add(&mut self.deny, deny.clone());
        let all = allow.clone();
        let any = all.account.either(all.role).either(all.user).either(all.direct);
        self.reader.layer(policy_type, None, incomplete, &Sums { allow: any, deny });
        allow
    }

    /// The auth policies of VPC Lattice, the service's and its network's: each that there is must allow.
    /// <https://docs.aws.amazon.com/vpc-lattice/latest/ug/auth-policies.html#auth-policies-evaluation-logic>
    fn auth_policies(&mut self, layer: &Layer) -> Named<R::Weight> {
        let none = || R::Weight::from(Truth::False);
        let mut deny = none();
        let mut all = R::Weight::from(Truth::from(present(layer).next().is_some() || layer.coverage.gap().is_some()));
        for policy in present(layer) {
            let mut allow = none();
            self.statements(policy, &mut deny, |named, rest| {
                add(&mut allow, R::Weight::from(named.any()).both(rest));
            });
            all = all.both(allow);
        }
        let incomplete = layer.coverage.gap().is_some();
        if incomplete {
            all = all.both(Truth::Unknown.into());
            add(&mut deny, Truth::Unknown.into());
        }
        add(&mut self.deny, deny.clone());
        self.reader.layer(PolicyType::ResourceBased, None, incomplete, &Sums { allow: all.clone(), deny });
        Named { account: none(), role: none(), user: none(), direct: all }
    }

    fn layer<'p>(
        &mut self,
        policy_type: PolicyType,
        target: Option<&str>,
        policies: impl Iterator<Item = &'p Arc<Policy>>,
        coverage: &Coverage,
    ) -> Sums<R::Weight> {
        let mut allow: R::Weight = Truth::False.into();
        let mut deny: R::Weight = Truth::False.into();
        for policy in policies {
            self.statements(policy, &mut deny, |named, rest| {
                add(&mut allow, R::Weight::from(named.any()).both(rest));
            });
        }
        let incomplete = coverage.gap().is_some();
        if incomplete {
            // what may only deny adds no allow, and the other way round
            if !matches!(coverage, Coverage::MayDeny(_)) {
                add(&mut allow, Truth::Unknown.into());
            }
            if !matches!(coverage, Coverage::MayAllow(_)) {
                add(&mut deny, Truth::Unknown.into());
            }
        }
        if policy_type == PolicyType::ResourceControl {
            deny = deny.both(self.subject.rcps_reach().into());
        }
        add(&mut self.deny, deny.clone());
        let sums = Sums { allow, deny };
        self.reader.layer(policy_type, target, incomplete, &sums);
        sums
    }

    fn statements(&mut self, policy: &Arc<Policy>, deny: &mut R::Weight, mut allow: impl FnMut(Named, R::Weight)) {
        for (position, statement) in policy.document.statements.iter().enumerate() {
            let read = self.reader.statement(self.subject, policy, position, statement, self.bounded);
            let Some((named, rest)) = read else { continue };
            match statement.effect {
                Effect::Deny => add(deny, R::Weight::from(named.any()).both(rest)),
                Effect::Allow => allow(named, rest),
            }
        }
    }
}

/// The policies of a layer that applies.
fn present(layer: &Layer) -> std::slice::Iter<'_, Arc<Policy>> {
    match layer.coverage {
        Coverage::NotApplicable(_) => [].iter(),
        Coverage::Complete
        | Coverage::Gap(_)
        | Coverage::MayDelegate(_)
        | Coverage::MayDeny(_)
        | Coverage::MayAllow(_) => layer.policies.iter(),
    }
}
