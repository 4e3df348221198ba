//! What AWS itself answered, and what its simulator's answers amount to.

use super::{Redact, Redactor};
use crate::aws_evidence::{
    AwsEvidence, Decoded, MatchedStatement, Record, Recorded, RecordedEvaluation, SimulationResult, Trail, TrailRecord,
};
use crate::simulator_check::{SimulatorFindings, SimulatorStatement};

impl Redact for AwsEvidence {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { record, policies_then, decoded, trail, simulations, unreadable, refused } = self;
        record.redact(redactor);
        decoded.redact(redactor);
        trail.redact(redactor);
        // a report shows how they compare with those of now
        policies_then.clear();
        // a report shows what they amount to
        simulations.clear();
        unreadable.redact(redactor);
        refused.redact(redactor);
    }
}

impl Redact for Record {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { context, evaluations } = self;
        redact_context(context, redactor);
        evaluations.redact(redactor);
    }
}

fn redact_context(context: &mut Vec<(String, Vec<String>, bool)>, redactor: &mut Redactor) {
    for (key, values, _) in context {
        redactor.values(key, values);
        redactor.keys(key);
    }
}

impl Redact for RecordedEvaluation {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { action: _, resource, effect: _, denied_by } = self;
        redactor.names(resource);
        denied_by.redact(redactor);
    }
}

impl Redact for Recorded {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { policy_type: _, explicit: _, policy, attached_to, sid, target } = self;
        redactor.names(policy);
        redactor.levels(attached_to);
        redactor.names(sid);
        redactor.levels(target);
    }
}

impl Redact for Decoded {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { explicit_deny: _, principal, action: _, resource, context, statements } = self;
        redactor.names(principal);
        redactor.names(resource);
        redact_context(context, redactor);
        redactor.names(statements);
    }
}

impl Redact for Trail {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::Record(record, _) => record.redact(redactor),
            Self::Candidates(records, _) => records.redact(redactor),
            Self::Nothing { region: _, from: _, to: _, complete: _ } | Self::NotAsked(_) => {}
        }
    }
}

impl Redact for TrailRecord {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { id, at: _ } = self;
        redactor.ids(id);
    }
}

impl Redact for SimulatorFindings {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { open, statements, disagreements, hypotheses, confirmed: _, refused } = self;
        // nobody asks them for a report
        open.clear();
        statements.redact(redactor);
        disagreements.redact(redactor);
        hypotheses.redact(redactor);
        refused.redact(redactor);
    }
}

impl Redact for SimulatorStatement {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::Answer { result, with_context: _, supposed } => {
                result.redact(redactor);
                redactor.keys(supposed);
            }
            Self::Decisive { sid, index: _, policy, target } => {
                redactor.names(sid);
                redactor.names(policy);
                redactor.levels(target);
            }
            Self::WithoutServiceControl(_) | Self::NoAllowAtOneLevel => {}
        }
    }
}

impl Redact for SimulationResult {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self {
            action: _,
            resource,
            decision: _,
            matched,
            missing_context,
            allowed_by_organization: _,
            allowed_by_boundary: _,
        } = self;
        redactor.names(resource);
        matched.redact(redactor);
        redactor.keys(missing_context);
    }
}

impl Redact for MatchedStatement {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { policy, policy_type: _, line: _, column: _ } = self;
        redactor.names(policy);
    }
}
