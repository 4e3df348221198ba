//! Finding remedies: blocker by blocker on a workbench, until the request is allowed or nothing more can be changed.

use super::assumption::{PolicyAssumption, assume, assumption, named_by_aws, owner_of, unsuppose};
use super::bedrock::{BedrockCall, through};
use super::cannot_fix::CannotFix;
use super::danger::main_danger;
use super::demand::Demand;
use super::draft::Draft;
use super::edit_for_blocker::{Grant, Nearby, affects_other_principals, grant_one, narrow_one};
use super::file_stem::file_stem;
use super::grantee::grantee;
use super::guardrail::{Guarded, Guardrail};
use super::kept::Kept;
use super::narrow::{Opened, Style};
use super::policy_location::settle;
use super::public_access::leave_it_on;
use super::session_steps::session_steps;
use super::verify::verify;
use super::wider::{Proved, drop_wider};
use super::{
    ChangeKind, Disposition, Edit, EditOp, Owner, Presumed, Remedy, RemedyId, RemedyKind, Step, Title, Verification,
    WhyNot, advice, change_request, conditional, doubt, incident, quota,
};
use crate::denial::DenialKind;
use crate::denial::ReasonEffect;
use crate::diagnose::{
    Blocker, DenialContext, Diagnosis, blockers, is_quarantine, near_misses, refused_by_setting, suspected_setting,
};
use crate::evaluate::{Decision, Evaluation, evaluate};
use crate::iam::{AttachmentScope, PolicyOrigin, PolicySet, PolicyType, Principal, ReachOf, Request, Subject};

/// More changes than this are no remedy.
const MOST_CHANGES: usize = 12;

/// The remedies that were proved, best first; an incident comes before everything.
#[must_use]
pub fn propose(case: &DenialContext<'_>, diagnosis: &Diagnosis) -> Vec<Remedy> {
    let mut remedies = found(case, diagnosis);
    doubt::lower(case, &mut remedies);
    remedies
}

/// The proved remedies in the order in which they are shown, numbered.
fn best_first(mut proved: Vec<Proved>) -> Vec<Remedy> {
    // one part of a call is no use without the others
    proved.sort_by_key(|Proved { whole, remedy, .. }| {
        let proof = remedy.verification.as_ref();
        let alone = proof.is_some_and(|proof| proof.only_this_access);
        let exact = proof.is_some_and(|proof| proof.exactly_minimal);
        let conditional = conditional::is_conditional(remedy);
        (conditional, !whole, !alone, !exact, remedy.disposition, remedy.edits.len())
    });
    let mut proved: Vec<Remedy> = proved.into_iter().map(|proved| proved.remedy).collect();
    for (number, remedy) in proved.iter_mut().filter(|remedy| !remedy.edits.is_empty()).enumerate() {
        remedy.id = RemedyId::Edits(number + 1);
    }
    proved
}

fn found(case: &DenialContext<'_>, diagnosis: &Diagnosis) -> Vec<Remedy> {
    if is_quarantine(case) {
        return vec![incident::response(case.request, true)];
    }
    let mut remedies = Vec::new();
    if case.secret_seen {
        remedies.push(incident::response(case.request, false));
    }
    if let Some(setting) = refused_by_setting(case) {
        remedies.push(leave_it_on(case, setting, true));
    }
    if case.denial.kind != DenialKind::IamDenial {
        return remedies;
    }
    if let Some(confirm) = doubt::confirm_first(case) {
        remedies.push(confirm);
        return remedies;
    }
    let suspected = suspected_setting(case, &diagnosis.blockers);
    let suspected = suspected.map(|(setting, _)| leave_it_on(case, setting, false));
    if diagnosis.blockers.is_empty() {
        remedies.extend(suspected);
        remedies.extend(only_unseen(case, diagnosis));
        return remedies;
    }
    let changed = change_request::meet_the_conditions(case, diagnosis);
    let mut obstacles = Vec::new();
    let mut proved: Vec<Proved> = Vec::new();
    let mut tried = Vec::new();
    let mut ways =
        vec![(Style::Simple, Grant::Statement), (Style::Exact, Grant::Statement), (Style::Exact, Grant::Widen)];
    let through = through(case);
    if through.is_some() {
        ways.push((Style::Exact, Grant::Call));
    }
    while let Some((style, grant)) = ways.pop() {
        let call = through.as_ref().filter(|_| grant == Grant::Call);
        let asked = DenialContext { request: call.map_or(case.request, |through| &through.request), ..*case };
        let outcome = attempt(&asked, diagnosis, style, grant, call).and_then(|attempt| {
            if call.is_some() && !attempt.granted && !attempt.exempted {
                return Ok(None);
            }
            // the proof is the expensive part: a way that comes to the same edits needs no other one
            if tried.iter().any(|other: &Texts| *other == texts(attempt.bench.edits())) {
                return Ok(None);
            }
            tried.push(texts(attempt.bench.edits()));
            let whole = call.is_some_and(BedrockCall::is_certain);
            if attempt.bench.edits().is_empty() {
                let remedy = conditional::ask_the_unseen(&attempt.assumptions);
                return Ok(Some(Proved { remedy, whole, style: None, lifted: Vec::new() }));
            }
            let remedy = remedy(&asked, &attempt, call)?;
            Ok(Some(Proved { remedy, whole, style: call.is_none().then_some(style), lifted: attempt.lifted }))
        });
        match outcome {
            Ok(remedy) => proved.extend(remedy),
            Err(obstacle) => {
                // no room in the policy: then one of its own
                let large = matches!(obstacle, CannotFix::Quota { .. } | CannotFix::InlineQuota { .. });
                if large && !matches!(grant, Grant::Own | Grant::Call) {
                    ways.push((style, Grant::Own));
                }
                if !obstacles.contains(&obstacle) {
                    obstacles.push(obstacle);
                }
            }
        }
    }
    drop_wider(&mut proved);
    let mut proved = best_first(proved);
    let advised = changed.is_none().then(|| advised(case, diagnosis)).flatten();
    if proved.is_empty() && changed.is_none() {
        remedies.push(match advised {
            Some(advised) => Remedy { why_not: obstacles.into_iter().map(WhyNot::CannotFix).collect(), ..advised },
            None => ask(diagnosis, obstacles),
        });
    } else {
        remedies.extend(advised);
    }
    if let Some(mut changed) = changed {
        // a policy that asks for something is there for a reason: to go around it needs one too
        for remedy in &mut proved {
            remedy.disposition = remedy.disposition.max(Disposition::NeedsReview);
            if remedy.why_not.is_empty() {
                remedy.why_not.push(WhyNot::RequestCanChange);
            }
        }
        if case.secret_seen {
            changed.disposition = Disposition::NeedsReview;
            changed.why_not = vec![WhyNot::IncidentFirst];
        }
        remedies.push(changed);
    }
    remedies.extend(proved);
    remedies.extend(suspected);
    remedies
}

/// No change of the policies at hand makes the request allowed: who to ask, and why.
fn ask(diagnosis: &Diagnosis, obstacles: Vec<CannotFix>) -> Remedy {
    let owner = diagnosis.blockers.first().map_or(Owner::AccountAdmin, |blocker| blocker.policy_type.row().owner);
    let guards = obstacles.iter().filter_map(|obstacle| match obstacle {
        CannotFix::Guardrail { guard, .. } => Some(guard),
        _ => None,
    });
    let guard = guards.clone().next();
    let about = diagnosis.blockers.iter().map(|blocker| Step::About(Box::new(blocker.clone())));
    let steps = guards.flat_map(|guard| Step::of_guardrail(guard)).chain(about).collect();
    let title = guard.and_then(|guard| Title::of_guardrail(guard)).unwrap_or(Title::Ask(owner));
    Remedy {
        disposition: if guard.is_some() { Disposition::Refused } else { Disposition::NeedsReview },
        why_not: obstacles.into_iter().map(WhyNot::CannotFix).collect(),
        ..advice::remedy(RemedyId::Ask, owner, title, steps)
    }
}

/// Where a statement would allow the request but for what it demands: how to bring that, or whom to ask for it.
fn advised(case: &DenialContext<'_>, diagnosis: &Diagnosis) -> Option<Remedy> {
    let missing = diagnosis.blockers.iter().filter(|blocker| !blocker.is_explicit());
    let kept = missing.filter_map(|blocker| kept_of(case.request, case.evaluation, blocker));
    kept.filter(|kept| kept.is_gate).find_map(|kept| change_request::advise(case, &kept))
}

/// What edits come to: the policies, how they are kept, and their new texts.
type Texts = Vec<(String, PolicyOrigin, String)>;

fn texts(edits: &[Edit]) -> Texts {
    let of = |edit: &Edit| (edit.after.name.clone(), edit.after.origin, edit.after.document.source.text().to_owned());
    edits.iter().map(of).collect()
}

/// Changes after which the request is allowed, before they are proved.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    pub(super) bench: Draft,
    /// What narrowed denies no longer deny.
    lifted: Vec<Opened>,
    /// What they guard, as far as they look intended.
    guards: Vec<Guardrail>,
    /// Policies in which an allow was added that bind others too.
    shared: Vec<String>,
    /// Whether an allow was added.
    granted: bool,
    /// Whether a Region lock leaves the whole call out.
    exempted: bool,
    /// What statements demand that nearly allow the request, and it does not bring.
    bypassed: Vec<Demand>,
    /// What must hold in policies that were not seen.
    pub(super) assumptions: Vec<PolicyAssumption>,
    /// The policies at hand, with what stands in for those.
    before: PolicySet,
}

/// One way through all blockers, and for a call through an inference profile through those of its other parts that only lack an allow.
pub(super) fn attempt(
    case: &DenialContext<'_>,
    diagnosis: &Diagnosis,
    style: Style,
    grant: Grant,
    through: Option<&BedrockCall>,
) -> Result<Attempt, CannotFix> {
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
    attempt.settle(case, Some(diagnosis), style, grant, through)?;
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
        style: Style,
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
                return Err(CannotFix::DependsOn(evaluation.missing_context.clone()));
            };
            let unread = case.policies.identity.coverage.gap();
            let certain = diagnosis.is_none_or(|diagnosis| is_certain(diagnosis, blocker));
            self.bench.unless = if certain { None } else { superfluous(case) };
            if blocker.is_explicit() {
                let lifted = narrow_one(case, &mut self.bench, blocker, style, through)?;
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
                let added = grant_one(case, &mut self.bench, blocker, &nearby, grant, through)?;
                self.shared.extend(added.shared);
                self.bypassed.extend(added.bypassed);
                self.granted = true;
            }
        }
        Err(CannotFix::TooMany(MOST_CHANGES))
    }
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
        let settled = settle(edit.clone(), case.request);
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

fn remedy(case: &DenialContext<'_>, attempt: &Attempt, through: Option<&BedrockCall>) -> Result<Remedy, CannotFix> {
    let Attempt { bench, lifted, guards, shared, granted, exempted, bypassed, assumptions, before } = attempt;
    let narrowed = !lifted.is_empty();
    let edits: Vec<Edit> = finished(case, bench.edits()).into_iter().map(|edit| settle(edit, case.request)).collect();
    // a document that AWS would not take is no remedy, and the proof is the expensive part
    if let Some(obstacle) = quota::exceeded(&edits, &bench.policies) {
        return Err(obstacle);
    }
    let mut verification = verify(case, before, bench, lifted, through);
    verification.size = quota::largest(&edits, &bench.policies);
    let names_caller = bench.edits().iter().any(|edit| {
        matches!(edit.policy_type, PolicyType::ResourceBased | PolicyType::RoleTrust | PolicyType::VpcEndpoint)
    });
    let guess = grantee(case.request).and_then(|grantee| grantee.without_path);
    let guess = guess.filter(|_| names_caller || !assumptions.is_empty());
    verification.assumes.extend(guess.map(Presumed::NoPath));
    if !assumptions.is_empty() {
        // what was only supposed decides nothing
        let as_seen = unsuppose(&bench.policies, case.policies, assumptions);
        verification.decision_after = evaluate(case.request, &as_seen).decision;
        // what must hold in a layer is said of it already
        let told = |layer: &Presumed| {
            let mut subjects = assumptions.iter().filter_map(|assumption| assumption.needed.policy());
            subjects.any(|subject| *layer == Presumed::NotSeen(subject.clone()))
        };
        verification.assumes.retain(|layer| !told(layer));
        verification.conditional_on.clone_from(assumptions);
    }
    if !shared.is_empty() {
        verification.shared.clone_from(shared);
        verification.exactly_minimal = false;
        verification.only_this_call = false;
        verification.only_this_access = false;
    }
    let own = edits.iter().all(|edit| {
        let alone = edit.is_new() || !affects_other_principals(&edit.after);
        edit.policy_type == PolicyType::IdentityBased && alone && edit.permission_set().is_none()
    });
    // what their owners intended comes before any change
    let mut steps: Vec<Step> = guards.iter().filter_map(Step::use_exception).collect();
    steps.extend(session_steps(case, &edits));
    let safe = !narrowed
        && assumptions.is_empty()
        && bypassed.is_empty()
        && own
        && verification.only_this_access
        && verification.dangers.is_empty()
        && !case.secret_seen;
    let disposition = if safe { Disposition::Safe } else { Disposition::NeedsReview };
    let kind = match (narrowed, *granted) {
        (true, true) => RemedyKind::NarrowAndGrant,
        (true, false) => RemedyKind::NarrowDeny,
        (false, _) => RemedyKind::Grant,
    };
    Ok(Remedy {
        id: RemedyId::Edits(0),
        title: match through {
            Some(through) if *exempted => Title::OutOfRegionLock { profile: through.called().to_owned() },
            Some(through) => Title::WholeCall {
                profile: through.called().to_owned(),
                regions_known: through.grant.unknown.is_none(),
            },
            None => Title::Edits,
        },
        owner: edits.first().map_or(Owner::AccountAdmin, |edit| edit.policy_type.row().owner),
        disposition,
        kind,
        calls: Vec::new(),
        why_not: against(case, guards, bypassed, &verification),
        verification: Some(verification),
        edits,
        steps,
    })
}

/// What speaks against a remedy: what the Deny is for that it narrows, and what its new access reaches beyond itself.
fn against(case: &DenialContext<'_>, guards: &[Guardrail], bypassed: &[Demand], proof: &Verification) -> Vec<WhyNot> {
    if case.secret_seen {
        return vec![WhyNot::IncidentFirst];
    }
    let around = (!bypassed.is_empty()).then(|| WhyNot::GoesAround(bypassed.to_vec()));
    let danger = main_danger(case, proof).map(WhyNot::Danger);
    intended(case, guards).into_iter().chain(around).chain(danger).collect()
}

/// What speaks for the Denies that are narrowed, and another way where there is one.
fn intended(case: &DenialContext<'_>, guards: &[Guardrail]) -> Vec<WhyNot> {
    let mut all: Vec<WhyNot> = guards.iter().cloned().map(WhyNot::Intended).collect();
    let bedrock = case.request.action.value().is_some_and(|action| action.service() == "bedrock");
    if bedrock && guards.first().is_some_and(|guard| guard.guards == Guarded::RegionLock) {
        all.insert(1, WhyNot::AllowedRegionsDo { may_be_profile: through(case).is_none() });
    }
    all
}

/// Each edit with how far it reaches, and with a name for its files that no other has, whatever the case: two policies may have
/// one name.
fn finished(case: &DenialContext<'_>, edits: &[Edit]) -> Vec<Edit> {
    let mut taken: Vec<String> = Vec::new();
    let finish = |edit: &Edit| {
        let base = file_stem(&edit.after.name);
        let mut stem = base.clone();
        let mut number = 2;
        while taken.iter().any(|other| other.eq_ignore_ascii_case(&stem)) {
            stem = format!("{base}-{number}");
            number += 1;
        }
        taken.push(stem.clone());
        let account = owner_of(case.request, edit.policy_type);
        Edit { file_stem: stem, account, reach: reach(case, edit), ..edit.clone() }
    };
    edits.iter().map(finish).collect()
}

/// How far the policy of an edit reaches; a new one reaches as far as the level at which it is attached.
fn reach(case: &DenialContext<'_>, edit: &Edit) -> Option<AttachmentScope> {
    let of = match edit.op {
        EditOp::Create => ReachOf::Level(edit.policy_type, edit.target.clone()?),
        _ => ReachOf::Policy(edit.policy_type, edit.after.arn.as_ref().unwrap_or(&edit.after.name).clone()),
    };
    let account = match edit.policy_type {
        PolicyType::ServiceControl => case.request.principal.value().and_then(Principal::account),
        PolicyType::ResourceControl => case.request.resource_account.value().map(String::as_str),
        _ => None,
    };
    case.snapshot.reach(edit.policy_type, account?).into_iter().find(|reach| reach.of == of)
}

/// Where everything at hand allows the request and only a policy that was not seen must allow it too.
fn only_unseen(case: &DenialContext<'_>, diagnosis: &Diagnosis) -> Option<Remedy> {
    // nobody is told to allow what AWS says is denied, nor what may be denied for a reason
    let denied = case.denial.reason.effect == ReasonEffect::ExplicitDeny || case.secret_seen;
    if denied || case.evaluation.decision != Decision::Undetermined {
        return None;
    }
    let attempt = attempt(case, diagnosis, Style::Exact, Grant::Statement, None).ok()?;
    let known =
        |assumption: &PolicyAssumption| assumption.contradicted || assumption.policy_type != PolicyType::IdentityBased;
    let all = !attempt.assumptions.is_empty() && attempt.assumptions.iter().all(known);
    (attempt.bench.edits().is_empty() && all).then(|| conditional::ask_the_unseen(&attempt.assumptions))
}
