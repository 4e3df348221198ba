//! Changing policies on a draft, one after the other, until the request is allowed or nothing more can be changed.

use super::add_allow::{Nearby, add_allow};
use super::assumption::{PolicyAssumption, assume, assumption, named_by_aws};
use super::bedrock::BedrockCall;
use super::cannot_fix::CannotFix;
use super::change_kind::ChangeKind;
use super::demand::Demand;
use super::draft::Draft;
use super::guardrail::Guardrail;
use super::kept::Kept;
use super::loose_document::attach;
use super::narrow::{Opened, Style, Values};
use super::narrow_deny::narrow_deny;
use super::quota;
use super::strategies::Grant;
use crate::diagnose::{Blocker, DenialContext, Diagnosis, blockers, near_misses};
use crate::evaluate::{Decision, Evaluation, MissingEvidence, evaluate};
use crate::iam::{Field, PolicySet, PolicyType, Principal, Request, Subject};

/// After so many changes the search ends, and says so. A principal can have twenty managed policies, some inline ones, a boundary, and
/// five policies at each of up to seven levels of the organization, each with a Deny of its own.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html>
const MOST_CHANGES: usize = 64;

/// Changes after which the request is allowed, before they are proved.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    pub(super) bench: Draft,
    /// What narrowed denies no longer deny.
    pub(super) lifted: Vec<Opened>,
    /// What they guard, as far as they look intended.
    pub(super) guards: Vec<Guardrail>,
    /// Policies in which an allow was added that bind others too.
    pub(super) shared: Vec<String>,
    /// Whether an allow was added.
    pub(super) granted: bool,
    /// Whether a Region lock leaves the whole call out.
    pub(super) exempted: bool,
    /// What statements demand that nearly allow the request, and it does not bring.
    pub(super) bypassed: Vec<Demand>,
    /// What must hold in policies that were not seen.
    pub(super) assumptions: Vec<PolicyAssumption>,
    /// The policies at hand, with what stands in for those.
    pub(super) before: PolicySet,
}

/// One way through all blockers, and for a call through an inference profile through those of its other parts that only lack an allow.
pub(super) fn attempt(
    case: &DenialContext<'_>,
    diagnosis: Option<&Diagnosis>,
    style: (Style, Values),
    grant: Grant,
    through: Option<&BedrockCall>,
) -> Result<Attempt, CannotFix> {
    // whoever it is, a change would be for others too
    if case.request.principal.value().is_some_and(Principal::hides_name) {
        return Err(CannotFix::NoPrincipal);
    }
    let own = &case.policies.identity;
    if let Some(gap) = own.coverage.gap().filter(|_| !own.policies.is_empty()) {
        return Err(CannotFix::Unread(gap.subject.clone()));
    }
    let mut attempt = Attempt {
        bench: Draft::new(case.policies),
        lifted: Vec::new(),
        guards: Vec::new(),
        shared: Vec::new(),
        granted: false,
        exempted: false,
        bypassed: Vec::new(),
        assumptions: Vec::new(),
        before: case.policies.clone(),
    };
    attempt.settle(case, diagnosis, style, grant, through)?;
    // one policy at several levels may allow at a level for which another was changed before
    let start = Draft::new(case.policies).policies;
    attempt.bench.prune(&start, |policies| evaluate(case.request, policies).decision == Decision::Allowed);
    let edits = attempt.bench.edits();
    attempt.shared.retain(|name| edits.iter().any(|edit| edit.after.name == *name));
    for check in through.iter().flat_map(|through| &through.grant.checks) {
        let request = check.like(case.request);
        let mut further = attempt.clone();
        let settled = further.settle(&DenialContext { request: &request, ..*case }, None, style, grant, through);
        // a Deny of another part is told as the next denial, not narrowed unasked
        if settled.is_ok() && further.lifted.len() == attempt.lifted.len() {
            attempt = further;
        }
    }
    fit(case, &mut attempt.bench)?;
    Ok(attempt)
}

impl Attempt {
    /// Changes one thing after the other until the request is allowed.
    fn settle(
        &mut self,
        case: &DenialContext<'_>,
        diagnosis: Option<&Diagnosis>,
        style: (Style, Values),
        grant: Grant,
        through: Option<&BedrockCall>,
    ) -> Result<(), CannotFix> {
        for _ in 0..MOST_CHANGES {
            let evaluation = evaluate(case.request, &self.bench.policies);
            if evaluation.decision == Decision::Allowed {
                let found = blockers(case.request, case.policies, case.evaluation);
                self.assumptions.extend(named_by_aws(case, &found, &self.assumptions));
                return Ok(());
            }
            let all = blockers(case.request, &self.bench.policies, &evaluation);
            let Some(blocker) = all.first() else {
                return Err(match &case.request.resource {
                    _ if !evaluation.missing_context.is_empty() => CannotFix::DependsOn(evaluation.missing_context),
                    // what no option tells, such as how a NotPrincipal is read
                    _ if !asks_for_resource(&evaluation.missing_evidence) => {
                        CannotFix::Undecided(evaluation.missing_evidence)
                    }
                    Field::Missing(_) => CannotFix::NoResource(case.reference.resource_shapes(case.request)),
                    _ => CannotFix::ResourcePattern(case.reference.resource_shapes(case.request)),
                });
            };
            let unread = case.policies.identity.coverage.gap();
            let certain = diagnosis.is_none_or(|diagnosis| is_certain(diagnosis, blocker));
            self.bench.unless = if certain { None } else { superfluous(case) };
            if blocker.is_explicit() {
                let lifted = narrow_deny(case, &mut self.bench, blocker, style, through)?;
                self.lifted.push(lifted.opened);
                self.guards.extend(lifted.guard);
                self.shared.extend(lifted.shared);
                self.exempted |= lifted.whole_call;
            } else if let Some((assumption, stand_in)) = assumption(case, blocker) {
                assume(&mut self.before, stand_in.clone());
                self.bench.assume(stand_in);
                self.assumptions.push(assumption);
            } else if let Some(gap) = unread.filter(|_| blocker.policy_type == PolicyType::IdentityBased) {
                return Err(CannotFix::Unread(gap.subject.clone()));
            } else {
                let misses = near_misses(case.request, &evaluation);
                let kept = kept_of(case.request, &evaluation, blocker);
                let nearby = Nearby { misses: &misses, kept: kept.as_ref() };
                let added = add_allow(case, &mut self.bench, blocker, &nearby, grant, through)?;
                self.shared.extend(added.shared);
                self.bypassed.extend(added.bypassed);
                self.granted = true;
            }
        }
        Err(CannotFix::TooMany(MOST_CHANGES))
    }
}

/// Whether the resource would tell what is missing; nothing else is known to be, where nothing is named.
fn asks_for_resource(missing: &[MissingEvidence]) -> bool {
    missing.is_empty() || missing.contains(&MissingEvidence::Resource)
}

/// The Allow of the blocker's layer from which a grant has to take its conditions.
pub(super) fn kept_of(request: &Request, evaluation: &Evaluation, blocker: &Blocker) -> Option<Kept> {
    let mut checks = evaluation.checks.iter();
    let check = checks.find(|check| check.policy_type == blocker.policy_type && check.target == blocker.target)?;
    Kept::nearest(request, &check.outcomes)
}

/// Takes the white space out of documents that only it makes too large.
fn fit(case: &DenialContext<'_>, bench: &mut Draft) -> Result<(), CannotFix> {
    for edit in bench.edits().to_vec() {
        let settled = attach(edit.clone(), case.request);
        if let Some(text) = quota::without_space(&settled, &bench.policies) {
            bench.replace(&edit.after, edit.target.as_deref(), text, ChangeKind::WithoutWhiteSpace)?;
        }
    }
    Ok(())
}

/// Whether the diagnosis found the blocker too, with what was not seen left open.
fn is_certain(diagnosis: &Diagnosis, blocker: &Blocker) -> bool {
    let same = |other: &Blocker| {
        other.policy_type == blocker.policy_type
            && (other.target.is_none() || blocker.target.is_none() || other.target == blocker.target)
    };
    diagnosis.blockers.iter().any(same)
}

/// What may allow the request although nothing at hand does: a policy of the resource that was not seen.
fn superfluous(case: &DenialContext<'_>) -> Option<Subject> {
    case.policies.resource.coverage.gap().map(|gap| gap.subject.clone())
}
