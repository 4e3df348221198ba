//! Everything that is known about one denial before it is explained.

use crate::aws_evidence::AwsEvidence;
use crate::deduce::Deduction;
use crate::denial::{Denial, Part, ReasonEffect};
use crate::evaluate::Evaluation;
use crate::iam::{Gap, PolicySet, PolicyType, Request};
use crate::reference::Reference;
use crate::snapshot::Snapshot;

/// Everything that is known about one denial: what the later stages read.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct DenialContext<'a> {
    /// What AWS said.
    pub denial: &'a Denial,
    /// What was asked.
    pub request: &'a Request,
    /// The policies that apply, and what was not seen of them.
    pub policies: &'a PolicySet,
    /// What they say.
    pub evaluation: &'a Evaluation,
    /// What follows from AWS's words for what is not known.
    pub deduction: &'a Deduction,
    /// Everything that could not be seen.
    pub gaps: &'a [Gap],
    /// What AWS itself answered.
    pub answers: &'a AwsEvidence,
    /// Where the policies come from: the organization's tree, inference profiles.
    pub snapshot: &'a Snapshot,
    /// What AWS documents of its actions.
    pub reference: &'a Reference,
    /// The parts of the request that the reader has given, whatever the text says of them.
    pub confirmed: &'a [Part],
    /// The condition keys that the reader has given, with their values.
    pub told: &'a [(String, String)],
    /// Whether credentials stand in the same input.
    pub secret_seen: bool,
    /// Whether the request is about a user whom AWS has quarantined, in a way that would undo it.
    pub target_quarantined: bool,
}

impl<'a> DenialContext<'a> {
    /// What is needed at least, by the embedded service reference: no gaps, and nothing that was seen besides.
    #[must_use]
    pub fn new(
        denial: &'a Denial,
        request: &'a Request,
        policies: &'a PolicySet,
        evaluation: &'a Evaluation,
        answers: &'a AwsEvidence,
        snapshot: &'a Snapshot,
    ) -> Self {
        Self {
            denial,
            request,
            policies,
            evaluation,
            deduction: Deduction::nothing(),
            gaps: &[],
            answers,
            snapshot,
            reference: Reference::embedded(),
            confirmed: &[],
            told: &[],
            secret_seen: false,
            target_quarantined: false,
        }
    }
}

impl DenialContext<'_> {
    /// Whether AWS answered that there is no such user or role any more.
    #[must_use]
    pub fn caller_is_gone(&self) -> bool {
        self.policies.identity.coverage.gap().is_some_and(|gap| gap.reason.says_that_nobody_is_there())
    }

    /// The same, or a file that holds all users and roles of the account has none of the caller's name.
    #[must_use]
    pub fn caller_is_nowhere(&self) -> bool {
        self.policies.identity.coverage.gap().is_some_and(|gap| gap.reason.has_nobody())
    }

    /// Whether AWS answered that there is no such resource, endpoint, or role to assume: it has no policy that anybody could change.
    #[must_use]
    pub fn is_gone(&self, policy_type: PolicyType) -> bool {
        let of_resource =
            matches!(policy_type, PolicyType::ResourceBased | PolicyType::RoleTrust | PolicyType::VpcEndpoint);
        of_resource && self.policies.layer(policy_type).gap().is_some_and(|gap| gap.reason.says_not_found())
    }

    /// Whether AWS says that a Deny matched, and names no type of policy.
    #[must_use]
    pub fn says_only_that_it_is_denied(&self) -> bool {
        let Denial { reason, damage, .. } = self.denial;
        reason.effect == ReasonEffect::ExplicitDeny && reason.policy_type.is_none() && damage.is_empty()
    }

    /// The parts of the request about which the text contradicts itself, and which the reader has not given.
    #[must_use]
    pub fn unconfirmed(&self) -> Vec<Part> {
        let mut parts: Vec<Part> =
            self.denial.damage.iter().flat_map(|damage| damage.unconfirmed(self.confirmed)).collect();
        parts.sort_unstable();
        parts.dedup();
        parts
    }
}
