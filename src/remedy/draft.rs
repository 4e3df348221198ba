//! A copy of the policies on which changes are tried: one after the other, each on top of the last, none in AWS.

use std::sync::Arc;

use super::assumption::assume;
use super::{ChangeKind, DocumentChange, Edit, EditOp};
use crate::iam::{Coverage, Document, LayerMut, NotApplicable, Policy, PolicyError, PolicySet, Subject};
use crate::snapshot::open_levels;
use crate::text::Source;

/// The policies with the changes so far.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    /// The policies as they stand now.
    pub(super) policies: PolicySet,
    edits: Vec<Edit>,
    /// What would make the next change superfluous: a policy that was not seen.
    pub(super) unless: Option<Subject>,
}

impl Draft {
    /// Starts from the policies at hand; layers that were not seen are taken not to block, which the report says.
    pub(super) fn new(policies: &PolicySet) -> Self {
        let mut policies = policies.clone();
        let seen = |coverage: &mut Coverage| {
            if let Some(gap) = coverage.gap() {
                *coverage = Coverage::NotApplicable(NotApplicable::AssumedNotToBlock(gap.subject.clone()));
            }
        };
        for layer in [&mut policies.resource, &mut policies.boundary, &mut policies.session, &mut policies.vpc_endpoint]
        {
            // a layer with documents but more unseen keeps its documents
            if layer.policies.is_empty() {
                seen(&mut layer.coverage);
            } else if layer.coverage.gap().is_some() {
                layer.coverage = Coverage::Complete;
            }
        }
        for hierarchy in [&mut policies.service_control, &mut policies.resource_control] {
            if hierarchy.levels.is_empty() {
                seen(&mut hierarchy.coverage);
            } else if hierarchy.coverage.gap().is_some() {
                *hierarchy = open_levels(hierarchy);
            }
        }
        if policies.identity.coverage.gap().is_some() {
            policies.identity.coverage = Coverage::Complete;
        }
        Self { policies, edits: Vec::new(), unless: None }
    }

    /// Goes on as if a policy that was not seen were this one. That is no change: nothing of it is told as an edit.
    pub(super) fn assume(&mut self, stand_in: Policy) {
        assume(&mut self.policies, stand_in);
    }

    /// Gives `policy` a new text.
    pub(super) fn replace(
        &mut self,
        policy: &Arc<Policy>,
        target: Option<&str>,
        text: String,
        kind: ChangeKind,
    ) -> Result<(), PolicyError> {
        let document = Document::parse(Source::new(policy.document.source.name(), text))?;
        let after = Arc::new(Policy { document: Arc::new(document), ..Policy::clone(policy) });
        // one policy may be attached at several levels: its text changes at all of them
        let same = |other: &Arc<Policy>| is_same(other, policy);
        self.policies =
            self.policies.map_policies(&|other| if same(other) { Arc::clone(&after) } else { Arc::clone(other) });
        let change = DocumentChange { kind, unless: self.unless.clone() };
        // a second change of the same policy joins the first
        match self.edits.iter_mut().find(|edit| same(&edit.after)) {
            Some(edit) => {
                edit.after = after;
                edit.changes.push(change);
            }
            None => self.edits.push(Edit {
                op: EditOp::Replace,
                policy_type: policy.policy_type,
                before: Some(Arc::clone(policy)),
                after,
                target: target.map(str::to_owned),
                changes: vec![change],
                reach: None,
                file_stem: String::new(),
                account: None,
                region: None,
                permission_set_arn: None,
            }),
        }
        Ok(())
    }

    /// Adds a new policy to its layer; `target` is the level for policies of an organization.
    pub(super) fn create(&mut self, policy: Policy, target: Option<&str>, kind: ChangeKind) {
        let policy = Arc::new(policy);
        let change = DocumentChange { kind, unless: self.unless.clone() };
        add(&mut self.policies, &policy, target);
        self.edits.push(Edit {
            op: EditOp::Create,
            policy_type: policy.policy_type,
            before: None,
            after: policy,
            target: target.map(str::to_owned),
            changes: vec![change],
            reach: None,
            file_stem: String::new(),
            account: None,
            region: None,
            permission_set_arn: None,
        });
    }

    /// Takes back the changes that later ones have made superfluous, as far as `holds` holds without them.
    pub(super) fn prune(&mut self, start: &PolicySet, holds: impl Fn(&PolicySet) -> bool) {
        let mut at = 0;
        while self.edits.len() > 1 && at < self.edits.len() {
            let mut rest = self.edits.clone();
            rest.remove(at);
            let policies = edited(start, &rest);
            if holds(&policies) {
                (self.policies, self.edits) = (policies, rest);
            } else {
                at += 1;
            }
        }
    }

    /// All changes so far, one for each policy.
    pub(super) fn edits(&self) -> &[Edit] {
        &self.edits
    }
}

/// The policies with the edits of a remedy in place.
#[must_use]
pub fn edited(policies: &PolicySet, edits: &[Edit]) -> PolicySet {
    let mut edited = policies.map_policies(&|policy| {
        let is_before = |before: &Arc<Policy>| is_same(before, policy);
        let edit = edits.iter().find(|edit| edit.before.as_ref().is_some_and(is_before));
        edit.map_or_else(|| Arc::clone(policy), |edit| Arc::clone(&edit.after))
    });
    for edit in edits.iter().filter(|edit| edit.op == EditOp::Create) {
        add(&mut edited, &edit.after, edit.target.as_deref());
    }
    edited
}

/// Whether two are one policy, which may be attached at several levels.
fn is_same(one: &Arc<Policy>, other: &Arc<Policy>) -> bool {
    Arc::ptr_eq(one, other) || (one.arn.is_some() && one.arn == other.arn && one.policy_type == other.policy_type)
}

/// Adds a policy to its layer; `target` is the level for policies of an organization.
fn add(set: &mut PolicySet, policy: &Arc<Policy>, target: Option<&str>) {
    let policy = Arc::clone(policy);
    match set.layer_mut(policy.policy_type) {
        LayerMut::Plain(layer) => {
            // where there was none, there is one now
            if matches!(layer.coverage, Coverage::NotApplicable(_)) {
                layer.coverage = Coverage::Complete;
            }
            layer.policies.push(policy);
        }
        LayerMut::Levels(hierarchy) => {
            if let Some(level) = hierarchy.levels.iter_mut().find(|level| Some(level.target.as_str()) == target) {
                level.policies.push(policy);
            }
        }
    }
}
