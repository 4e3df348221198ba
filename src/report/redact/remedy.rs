//! What to change, the proof, and what is denied next.

use super::{Redact, Redactor};
use crate::iam::{AttachmentScope, Element, ReachOf, TreeGap};
use crate::remedy::bedrock::{Check, Provided};
use crate::remedy::{
    Access, Allows, ChangeKind, DocumentChange, Edit, Exempted, KeptConditions, Needed, NextDenial, NextWhy, Opened,
    PolicyAssumption, Presumed, Remedy, Verification,
};

impl Redact for Remedy {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { id: _, title, owner: _, disposition: _, kind: _, edits, verification, calls, steps, why_not } = self;
        title.redact(redactor);
        edits.redact(redactor);
        verification.redact(redactor);
        calls.redact(redactor);
        steps.redact(redactor);
        why_not.redact(redactor);
    }
}

impl Redact for Edit {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self {
            op: _,
            policy_type: _,
            before,
            after,
            target,
            changes,
            reach,
            file_stem,
            account,
            region: _,
            permission_set_arn,
        } = self;
        for policy in before.iter_mut() {
            redactor.policy(policy);
        }
        redactor.policy(after);
        redactor.levels(target);
        changes.redact(redactor);
        reach.redact(redactor);
        redactor.names(file_stem);
        redactor.names(account);
        redactor.names(permission_set_arn);
    }
}

impl Redact for DocumentChange {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { kind, unless } = self;
        kind.redact(redactor);
        unless.redact(redactor);
    }
}

impl Redact for ChangeKind {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::AddEntry { statement, element, entry } => {
                redactor.statement_name(statement);
                match element {
                    Element::Action => redactor.actions(entry),
                    Element::Principal | Element::Resource | Element::Condition => redactor.names(entry),
                }
            }
            Self::AddConditionValue { statement, key, value } => {
                redactor.statement_name(statement);
                redactor.values(key, value);
                redactor.keys(key);
            }
            Self::AddStatements { count: _, allows } | Self::Allow(allows) => allows.redact(redactor),
            Self::Narrow { statement, except } => {
                redactor.statement_name(statement);
                except.redact(redactor);
            }
            Self::WithoutWhiteSpace => {}
        }
    }
}

impl Redact for Check {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { action: _, resource, part: _, region: _, profile } = self;
        redactor.names(resource);
        redactor.names(profile);
    }
}

impl Redact for Allows {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { access, conditions } = self;
        match access {
            Access::Request { action: _, resource } => redactor.names(resource),
            Access::Call(checks) => checks.redact(redactor),
        }
        if let Some(KeptConditions { statement, own }) = conditions {
            redactor.statement_name(statement);
            for (key, values) in own {
                redactor.values(key, values);
                redactor.keys(key);
            }
        }
    }
}

impl Redact for Exempted {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::Request { action: _, resources, principal, values } => {
                redactor.names(resources);
                redactor.names(principal);
                redactor.key_values(values);
            }
            Self::Profile { action: _, profile } => redactor.names(profile),
        }
    }
}

impl Redact for AttachmentScope {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { of, account, attached_to, accounts, incomplete } = self;
        match of {
            ReachOf::Policy(_, name) => redactor.names(name),
            ReachOf::Level(_, level) => redactor.levels(level),
        }
        redactor.names(account);
        redactor.levels(attached_to);
        redactor.levels(accounts);
        match incomplete {
            Some(TreeGap::AttachmentsNotKnown(level)) => redactor.levels(level),
            Some(TreeGap::Refused(refusal)) => refusal.redact(redactor),
            Some(TreeGap::OnlyThePath) | None => {}
        }
    }
}

impl Redact for Verification {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self {
            decision_after: _,
            compared,
            shared,
            dangers,
            no_longer_denied,
            exactly_minimal: _,
            only_this_call: _,
            only_this_access: _,
            assumes,
            provided,
            conditional_on,
            size: _,
            in_cases,
        } = self;
        in_cases.redact(redactor);
        compared.redact(redactor);
        redactor.places(shared);
        dangers.redact(redactor);
        no_longer_denied.redact(redactor);
        assumes.redact(redactor);
        provided.redact(redactor);
        conditional_on.redact(redactor);
    }
}

impl Redact for Opened {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { actions, resources, principal, profile, values, any_value } = self;
        actions.redact(redactor);
        resources.redact(redactor);
        redactor.names(principal);
        redactor.names(profile);
        redactor.key_values(values);
        redactor.keys(any_value);
    }
}

impl Redact for Presumed {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::NotSeen(subject) => subject.redact(redactor),
            Self::OwnedBy(name) | Self::NoPath(name) | Self::NoInlinePolicy(name) | Self::SameInlinePolicy(name) => {
                redactor.names(name);
            }
        }
    }
}

impl Redact for Provided {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::ThroughProfile { profile, policy } => {
                profile.redact(redactor);
                redactor.places(policy);
            }
            Self::StaysInAllowedRegions => {}
        }
    }
}

impl Redact for PolicyAssumption {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { policy_type: _, needed, owner: _, account, statement, contradicted: _, how_to_see } = self;
        needed.redact(redactor);
        redactor.names(account);
        if let Some(statement) = statement {
            *statement = redactor.statement(statement);
        }
        how_to_see.redact(redactor);
    }
}

impl Redact for Needed {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::OwnAllow { caller, action: _, resource } => {
                caller.redact(redactor);
                redactor.names(resource);
            }
            Self::LeftToAccount { policy, action: _, account: name }
            | Self::AllowTo { policy, action: _, principal: name } => {
                policy.redact(redactor);
                redactor.names(name);
            }
            Self::NoDeny { policy, action: _, arn } => {
                policy.redact(redactor);
                redactor.names(arn);
            }
            Self::Allow { policy, action: _ } => policy.redact(redactor),
        }
    }
}

impl Redact for NextDenial {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { action: _, resource, why } = self;
        redactor.names(resource);
        match why {
            NextWhy::SameCall(blocker) => blocker.redact(redactor),
            NextWhy::FurtherRegions(subject) => subject.redact(redactor),
            NextWhy::ResourceType(_)
            | NextWhy::Copy { operation: _, half: _ }
            | NextWhy::CallBehind { denied: _, operation: _ }
            | NextWhy::When(_)
            | NextWhy::Dependent(_) => {}
        }
    }
}
