//! The answers that are no diagnosis: one simulated request, who is allowed, what differs.

use super::{Redact, Redactor};
use crate::evaluate::MatchedStatement;
use crate::report::sections::who_can::{Entry, WhoCan};
use crate::report::{Compared, Simulation};

impl Redact for Simulation {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { request, policies, evaluation, gaps, refused } = self;
        request.redact(redactor);
        policies.redact(redactor);
        evaluation.redact(redactor);
        gaps.redact(redactor);
        refused.redact(redactor);
    }
}

impl Redact for WhoCan {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { action: _, resource, entries, assumed, gaps } = self;
        redactor.names(resource);
        entries.redact(redactor);
        assumed.redact(redactor);
        gaps.redact(redactor);
    }
}

impl Redact for Entry {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { principal, decision: _, seen: _, allowed_by, missing_context, missing_evidence } = self;
        redactor.names(principal);
        allowed_by.redact(redactor);
        redactor.keys(missing_context);
        missing_evidence.redact(redactor);
    }
}

impl Redact for MatchedStatement {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { policy_type: _, policy, sid, index: _, effect: _, line: _, column: _ } = self;
        redactor.names(policy);
        redactor.names(sid);
    }
}

impl Redact for Compared {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { what, difference, before, after, not_read } = self;
        if let Some(what) = what {
            // what is compared of a principal or a resource names nobody
            let of = [", who may assume it", ", what its policy allows"].into_iter().find(|of| what.ends_with(of));
            let of = of.unwrap_or_default();
            *what = redactor.name(what.strip_suffix(of).unwrap_or(what)) + of;
        }
        difference.redact(redactor);
        for policy in before.iter_mut().chain(after) {
            redactor.policy(policy);
        }
        if let Some((file, _)) = not_read {
            redactor.places(file);
        }
    }
}
