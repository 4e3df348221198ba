//! What the policies say of the request, and why it is denied.

use super::{Redact, Redactor};
use crate::denial::Part;
use crate::diagnose::{
    AllowedSince, Blocker, BlockerWhy, Diagnosis, Disagreement, DisagreementReason, ElementChange, Hypothesis,
    HypothesisEvidence, NearMiss, Now, PolicyProblem, ProblemKind, PublicAccessRefusal, SimulatorDiffers, StatementRef,
    Summary, ThenAndNow,
};
use crate::evaluate::{Check, ElementReason, ElementWhy, Evaluation, LineWhy, MissingEvidence, StatementOutcome};
use crate::iam::{Element, Fault, Operator};
use crate::infer::Otherwise;

impl Redact for Evaluation {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { decision: _, checks, missing_context, missing_evidence } = self;
        checks.redact(redactor);
        redactor.keys(missing_context);
        missing_evidence.redact(redactor);
    }
}

impl Redact for Check {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { policy_type: _, target, effect: _, outcomes, incomplete: _ } = self;
        redactor.levels(target);
        outcomes.redact(redactor);
    }
}

impl Redact for StatementOutcome {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { policy, statement: _, effect: _, principal: _, action: _, resource: _, condition: _ } = self;
        redactor.policy(policy);
    }
}

impl Redact for MissingEvidence {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::OpenPart(subject) | Self::Policies(subject) => subject.redact(redactor),
            Self::Principal
            | Self::Action
            | Self::Resource
            | Self::PrincipalAccount
            | Self::ResourceAccount
            | Self::ReachOfResourceControl
            | Self::EndpointKind
            | Self::GatewayPrincipal
            | Self::PartialNotPrincipal => {}
        }
    }
}

impl Redact for Diagnosis {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self {
            decision: _,
            cause: _,
            summary,
            blockers,
            near_misses,
            disagreements,
            then_and_now,
            confidence: _,
            unconfirmed: _,
            gaps,
            first_gap_decides: _,
            hypotheses,
            problems,
            incident: _,
        } = self;
        summary.redact(redactor);
        blockers.redact(redactor);
        near_misses.redact(redactor);
        disagreements.redact(redactor);
        then_and_now.redact(redactor);
        gaps.redact(redactor);
        hypotheses.redact(redactor);
        problems.redact(redactor);
    }
}

impl Redact for Summary {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::Quarantined { principal, policy } => {
                redactor.names(principal);
                quarantine(policy, redactor);
            }
            Self::QuarantineReported { policy_arn } => quarantine(policy_arn, redactor),
            Self::QuarantineUndone { user } => redactor.names(user),
            Self::PublicAccessBlocked(refusal) => refusal.redact(redactor),
            Self::Blocked { blocker, others: _ } => blocker.redact(redactor),
            Self::ConditionNotMet { statement, reason, action: _ } => {
                redactor.reasons(&statement.policy, [reason.as_mut()]);
                statement.redact(redactor);
            }
            Self::RoleOfService { role: _, principal, actions: _ } => principal.redact(redactor),
            Self::MissingOrNotAllowed { resource } => redactor.names(resource),
            Self::NotEnoughEvidence { reported: _, denied: _, principal, action: _, resource, gap } => {
                redactor.names(resource);
                principal.redact(redactor);
                gap.redact(redactor);
            }
            Self::AllowedNow { action: _, since } => {
                let AllowedSince { read_at: _, by, unseen: _ } = since.as_mut();
                by.redact(redactor);
            }
            Self::OtherFailure(..) | Self::QuarantineAttached | Self::NoLongerAsked { action: _ } => {}
        }
    }
}

/// A policy of AWS's with which it quarantines, unless it is somebody's of that name.
fn quarantine(policy: &mut String, redactor: &mut Redactor) {
    if policy.starts_with("arn:") {
        redactor.names(policy);
    }
}

impl Redact for Blocker {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { policy_type: _, statement, explicit: _, target, searched, why, basis: _, implies } = self;
        implies.redact(redactor);
        statement.redact(redactor);
        redactor.levels(target);
        for policy in searched.iter_mut() {
            redactor.policy(policy);
        }
        match why {
            BlockerWhy::Recorded(recorded) => recorded.redact(redactor),
            BlockerWhy::Denied
            | BlockerWhy::NoAllow { action: _, also_denied: _ }
            | BlockerWhy::NotAllAllow { action: _ } => {}
        }
    }
}

impl Redact for StatementRef {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { policy, index: _, reasons } = self;
        redactor.reasons(policy, reasons);
        redactor.policy(policy);
    }
}

impl Redact for NearMiss {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { policy_type: _, statement, missed } = self;
        redactor.reasons(&statement.policy, missed);
        statement.redact(redactor);
    }
}

impl Redact for ElementReason {
    /// Its span is a place in a document: `Redactor::reasons` moves it.
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { element, truth: _, span: _, why, missing_keys, plain_variables } = self;
        redactor.keys(missing_keys);
        redactor.keys(plain_variables);
        let mut entry = |text: &mut String| match element {
            Element::Action => redactor.actions(text),
            Element::Principal | Element::Resource | Element::Condition => redactor.names(text),
        };
        match why {
            ElementWhy::Matches { entry: own, asked }
            | ElementWhy::ListedNotSpared { entry: own, asked }
            | ElementWhy::Excluded { entry: own, asked, or: _ } => {
                entry(own);
                asked.iter_mut().for_each(entry);
            }
            ElementWhy::NoneMatches { entries: own, asked } => {
                own.iter_mut().chain(asked).for_each(entry);
            }
            ElementWhy::OnlyStarMatches { entries: own } => own.iter_mut().for_each(entry),
            ElementWhy::NotExcluded { asked } | ElementWhy::ListedInPart { asked } | ElementWhy::NotAnArn { asked } => {
                asked.iter_mut().for_each(entry);
            }
            ElementWhy::GatewayEndpoint { entry: own, certain: _ } => own.iter_mut().for_each(entry),
            ElementWhy::TemplateOpen(parts) => redactor.parts(parts),
            ElementWhy::LineNotKnown { key } => redactor.keys(key),
            ElementWhy::Condition(lines) => lines.redact(redactor),
            ElementWhy::StatementRejected
            | ElementWhy::Required(_)
            | ElementWhy::PrincipalNotTaken(_)
            | ElementWhy::NotPrincipalNotTaken(_)
            | ElementWhy::AttachedResource
            | ElementWhy::NotKnown
            | ElementWhy::KeysNotKnown => {}
        }
    }
}

impl Redact for LineWhy {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::NoOperator(operator) => operator.redact(redactor),
            Self::KeyNotKnown(key) | Self::KeyPresent { key, wanted: _, holds: _ } => redactor.keys(key),
            Self::KeyAbsent { key, operator, holds: _ } | Self::ManyValues { key, operator } => {
                redactor.keys(key);
                operator.redact(redactor);
            }
            Self::AnyPath { key, operator, role, wanted, holds: _ } => {
                redactor.values(key, role);
                redactor.values(key, wanted);
                redactor.keys(key);
                operator.redact(redactor);
            }
            Self::Compared { key, operator, given, wanted, holds: _ } => {
                redactor.values(key, given);
                redactor.values(key, wanted);
                redactor.keys(key);
                operator.redact(redactor);
            }
        }
    }
}

impl Redact for Operator {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { text, quantifier: _, kind, if_exists: _ } = self;
        if kind.is_none() {
            redactor.names(text);
        }
    }
}

impl Redact for ThenAndNow {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { policy, policy_type: _, sid, statement, now } = self;
        redactor.names(policy);
        redactor.names(sid);
        // its words name whatever it is about
        *statement = None;
        match now {
            Now::Changed(changes) => changes.redact(redactor),
            Now::Same | Now::Gone | Now::NotSeen | Now::Unclear => {}
        }
    }
}

impl Redact for ElementChange {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { element, kind: _, key, then, now } = self;
        match (element.as_str(), key) {
            ("Action" | "NotAction", _) => {
                redactor.actions(then);
                redactor.actions(now);
            }
            ("Effect", _) => {}
            (_, Some(key)) => {
                redactor.values(key, then);
                redactor.values(key, now);
                redactor.keys(key);
            }
            _ => {
                redactor.names(then);
                redactor.names(now);
            }
        }
    }
}

impl Redact for Disagreement {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::NoSuchDeny { policy_type: _, policy_arn, reasons } => {
                redactor.names(policy_arn);
                reasons.redact(redactor);
            }
            Self::DenyFound { policy_type: _, of: _, statement, reasons } => {
                statement.redact(redactor);
                reasons.redact(redactor);
            }
            Self::AllowFound { policy_type: _, reasons } | Self::AllowedNow { reasons } => reasons.redact(redactor),
            Self::SimulatedRemedy { remedy: _, simulator: _, missing_context } => redactor.keys(missing_context),
            Self::Simulated { simulator: _, policies: _, because } => because.redact(redactor),
            Self::GivenOtherwise(Otherwise { part: Part::Action | Part::Reason, said: _, given: _ }) => {}
            Self::GivenOtherwise(Otherwise { part: Part::Principal | Part::Resource, said, given }) => {
                redactor.names(said);
                redactor.names(given);
            }
            Self::NoSuchAction { action: _, what: _ } => {}
            Self::ChangedSince(one) => one.redact(redactor),
        }
    }
}

impl Redact for DisagreementReason {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::NotAttached(name) | Self::AssumedOwner(name) => redactor.names(name),
            Self::Told(keys) => redactor.keys(keys),
            Self::Guessed(guesses) => guesses.redact(redactor),
            Self::Edited
            | Self::NoneGiven(_)
            | Self::ToldComplete
            | Self::NotSeen(_)
            | Self::Changed
            | Self::OtherPolicies => {}
        }
    }
}

impl Redact for SimulatorDiffers {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::MissingContext(keys) | Self::OrganizationKeys(keys) | Self::Supposed(keys) => redactor.keys(keys),
            Self::Blind(_) | Self::SeesServiceControl | Self::NotExplained => {}
        }
    }
}

impl Redact for Hypothesis {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { likelihood: _, kind: _, evidence } = self;
        evidence.redact(redactor);
    }
}

impl Redact for HypothesisEvidence {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::PublicStatement { policy: name, index: _ } | Self::SessionName(name) => redactor.names(name),
            Self::InResource { placeholder } | Self::OnlyFromVpc(placeholder) => redactor.names(placeholder),
            Self::SettingOn(levels) | Self::SettingOff(levels) => levels.redact(redactor),
            Self::BucketDenies { policy, statement } => {
                redactor.places(policy);
                redactor.statement_name(statement);
            }
            Self::WouldCover { placeholder, policy, statement } => {
                redactor.names(placeholder);
                redactor.places(policy);
                redactor.statement_name(statement);
            }
            Self::QuarantineDenies(_)
            | Self::CredentialsInText
            | Self::QuarantinedKeyWorks
            | Self::DeniedOnAllModels { models: _ }
            | Self::ListingWorks
            | Self::WordingFits
            | Self::NewerThanSeen
            | Self::BareDenialOfManagedSetting
            | Self::BareDenialOfPublicPolicy
            | Self::DenyWithoutStatement
            | Self::CallerOutside
            | Self::Ownership(_)
            | Self::BucketDoesNotAllow
            | Self::SimulatedServiceControl
            | Self::SimulatedWithoutServiceControl(_) => {}
        }
    }
}

impl Redact for PolicyProblem {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { policy, span, severity: _, kind } = self;
        *span = redactor.rewritten(policy).span(*span);
        redactor.policy(policy);
        match kind {
            ProblemKind::Grammar(fault) => fault.redact(redactor),
            ProblemKind::Placeholder { text } => redactor.names(text),
            ProblemKind::AnySubject { provider: _ } => {}
            ProblemKind::NoSuchAction { entry: _, what: _, consequence: _ }
            | ProblemKind::NoEffect { entry: _, consequence: _ } => {}
        }
    }
}

impl Redact for Fault {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::UnknownElement { name, near: _ }
            | Self::Repeated(name)
            | Self::RepeatedSid(name)
            | Self::Resource(name)
            | Self::PrincipalKind(name)
            | Self::PrincipalWildcard(name)
            | Self::DeletedPrincipal(name)
            | Self::Principal(name)
            | Self::Operator(name)
            | Self::ShortArn { entry: name, policy_type: _ } => redactor.names(name),
            Self::Action(entry) => redactor.actions(entry),
            Self::Value { value, expected: _, operator: _ } => redactor.values("", value),
            Self::LastCounts(_)
            | Self::AllCount(_)
            | Self::RepeatedStatement
            | Self::Version
            | Self::Statement(_)
            | Self::Sid(_)
            | Self::NoEffect
            | Self::Effect
            | Self::Both(..)
            | Self::NoAction
            | Self::PrincipalWithoutKind
            | Self::Condition(_)
            | Self::OperatorKeys(_)
            | Self::Texts(_)
            | Self::PrincipalForbidden(_)
            | Self::PrincipalRequired(_)
            | Self::NotPrincipal(_)
            | Self::AllowNotPrincipal
            | Self::OnlyDenies(_)
            | Self::NoResource => {}
        }
    }
}

impl Redact for PublicAccessRefusal {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { setting: _, levels, statement } = self;
        levels.redact(redactor);
        statement.redact(redactor);
    }
}
