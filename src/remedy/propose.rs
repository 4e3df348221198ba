//! Finding remedies: blocker by blocker on a workbench, until the request is allowed or nothing more can be changed.

use super::bedrock::{Through, through};
use super::cloudformation::cloudformation;
use super::commands::{commands, file_stem};
use super::guardrail::{Guardrail, guardrail};
use super::narrow::Style;
use super::obstacle::Obstacle;
use super::step::{Grant, concerns_others, grant_one, narrow_one};
use super::terraform::terraform;
use super::verify::{largest, verify};
use super::workbench::Workbench;
use super::{Disposition, Edit, EditOp, Owner, Remedy, RemedyKind, change, incident};
use crate::denial::DenialKind;
use crate::diagnose::{Blocker, Case, Diagnosis, blockers, is_quarantine, near_misses};
use crate::evaluate::{Decision, evaluate};
use crate::iam::{PolicyType, Principal};
use crate::reference::{AccessLevel, Reference};

/// More changes than this are no remedy.
const MOST_CHANGES: usize = 12;

/// What stands beside every other remedy then.
const INCIDENT_FIRST: &str = "credentials stand in the text: close the incident first";

/// The remedies that were proved, best first; an incident comes before everything.
#[must_use]
pub fn propose(case: &Case<'_>, diagnosis: &Diagnosis) -> Vec<Remedy> {
    if is_quarantine(case) {
        return vec![incident::response(case.request, true)];
    }
    let mut remedies = Vec::new();
    if case.secret_seen {
        remedies.push(incident::response(case.request, false));
    }
    if case.denial.kind != DenialKind::IamDenial || diagnosis.blockers.is_empty() {
        return remedies;
    }
    let changed = change::meet_the_conditions(case, diagnosis);
    let mut obstacles = Vec::new();
    let mut proved: Vec<Remedy> = Vec::new();
    let mut tried = Vec::new();
    let mut ways =
        vec![(Style::Simple, Grant::Statement), (Style::Exact, Grant::Statement), (Style::Exact, Grant::Widen)];
    let through = through(case);
    if through.is_some() {
        ways.push((Style::Exact, Grant::Call));
    }
    while let Some((style, grant)) = ways.pop() {
        let call = through.as_ref().filter(|_| grant == Grant::Call);
        let asked = Case { request: call.map_or(case.request, |through| &through.request), ..*case };
        let outcome = attempt(&asked, diagnosis, style, grant, call).and_then(|attempt| {
            if call.is_some() && !attempt.granted {
                return Ok(None);
            }
            // the proof is the expensive part: a way that comes to the same edits needs no other one
            if tried.iter().any(|other: &Vec<(String, String)>| *other == texts(attempt.bench.edits())) {
                return Ok(None);
            }
            tried.push(texts(attempt.bench.edits()));
            within_quota(&attempt.bench)?;
            Ok(Some(remedy(&asked, &attempt, call)))
        });
        match outcome {
            Ok(remedy) => proved.extend(remedy),
            Err(obstacle) => {
                // no room in the inline policies: then a managed one
                if matches!(obstacle, Obstacle::Quota { .. }) && !matches!(grant, Grant::Managed | Grant::Call) {
                    ways.push((style, Grant::Managed));
                }
                if !obstacles.contains(&obstacle) {
                    obstacles.push(obstacle);
                }
            }
        }
    }
    // one part of a call is no use without the others
    let whole = through.as_ref().is_some_and(Through::is_certain);
    proved.sort_by_key(|remedy| {
        let verification = remedy.verification.as_ref();
        let call = verification.is_some_and(|it| it.only_this_call && !it.exactly_minimal);
        let exact = verification.is_some_and(|it| it.exactly_minimal);
        (!(whole && call), !exact, remedy.disposition, remedy.edits.len())
    });
    for (number, remedy) in proved.iter_mut().enumerate() {
        remedy.id = format!("remedy-{}", number + 1);
    }
    if proved.is_empty() && changed.is_none() {
        remedies.push(ask(diagnosis, &obstacles));
    }
    if let Some(mut changed) = changed {
        // a policy that asks for something is there for a reason: to go around it needs one too
        for remedy in &mut proved {
            remedy.disposition = remedy.disposition.max(Disposition::NeedsReview);
            remedy.why_not = Some("the request can meet the condition instead, which changes no policy".to_owned());
        }
        if case.secret_seen {
            changed.disposition = Disposition::NeedsReview;
            changed.why_not = Some(INCIDENT_FIRST.to_owned());
        }
        remedies.push(changed);
    }
    remedies.extend(proved);
    remedies
}

/// No change of the policies at hand makes the request allowed: who to ask, and why.
fn ask(diagnosis: &Diagnosis, obstacles: &[Obstacle]) -> Remedy {
    let owner = diagnosis.blockers.first().map_or(Owner::AccountAdmin, |blocker| owner(blocker.policy_type));
    let guarded = obstacles.iter().any(|obstacle| matches!(obstacle, Obstacle::Guardrail { .. }));
    Remedy {
        id: "ask".to_owned(),
        title: format!(
            "No change of the policies at hand is proved to help: ask the {}",
            owner.noun().trim_start_matches("the ")
        ),
        owner,
        disposition: if guarded { Disposition::Refused } else { Disposition::NeedsReview },
        kind: RemedyKind::ChangeRequest,
        edits: Vec::new(),
        verification: None,
        commands: Vec::new(),
        terraform: None,
        cloudformation: None,
        steps: diagnosis.blockers.iter().map(|blocker| format!("about this: {}", blocker.why)).collect(),
        why_not: Some(obstacles.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")),
    }
}

/// What edits come to: the policies and their new texts.
fn texts(edits: &[Edit]) -> Vec<(String, String)> {
    edits.iter().map(|edit| (edit.after.name.clone(), edit.after.document.source.text().to_owned())).collect()
}

/// Changes after which the request is allowed, before they are proved.
#[derive(Debug, Clone)]
struct Attempt {
    bench: Workbench,
    /// What narrowed denies no longer deny.
    lifted: Vec<String>,
    /// Policies in which an allow was added that bind others too.
    shared: Vec<String>,
    /// Whether an allow was added.
    granted: bool,
}

/// One way through all blockers, and for a call through an inference profile through those of its other parts that only lack an allow.
fn attempt(
    case: &Case<'_>,
    diagnosis: &Diagnosis,
    style: Style,
    grant: Grant,
    through: Option<&Through>,
) -> Result<Attempt, Obstacle> {
    if let Some(gap) = case.policies.identity.coverage.gap() {
        return Err(Obstacle::Unread(gap.what.clone()));
    }
    let bench = Workbench::new(case.policies);
    let mut attempt = Attempt { bench, lifted: Vec::new(), shared: Vec::new(), granted: false };
    attempt.settle(case, Some(diagnosis), style, grant, through)?;
    // one policy at several levels may allow at a level for which another was changed before
    let start = Workbench::new(case.policies).policies;
    attempt.bench.prune(&start, |policies| evaluate(case.request, policies).decision == Decision::Allowed);
    let edits = attempt.bench.edits();
    attempt.shared.retain(|name| edits.iter().any(|edit| edit.after.name == *name));
    for check in through.iter().flat_map(|through| &through.grant.checks) {
        let request = check.like(case.request);
        let mut further = attempt.clone();
        let settled = further.settle(&Case { request: &request, ..*case }, None, style, grant, through);
        // a Deny of another part is told as the next denial, not narrowed unasked
        if settled.is_ok() && further.lifted.len() == attempt.lifted.len() {
            attempt = further;
        }
    }
    Ok(attempt)
}

impl Attempt {
    /// Changes one thing after the other until the request is allowed.
    fn settle(
        &mut self,
        case: &Case<'_>,
        diagnosis: Option<&Diagnosis>,
        style: Style,
        grant: Grant,
        through: Option<&Through>,
    ) -> Result<(), Obstacle> {
        for _ in 0..MOST_CHANGES {
            let evaluation = evaluate(case.request, &self.bench.policies);
            if evaluation.decision == Decision::Allowed {
                return Ok(());
            }
            let all = blockers(case.request, &self.bench.policies, &evaluation);
            let Some(blocker) = all.first() else {
                return Err(Obstacle::DependsOn(evaluation.missing_context.join(", ")));
            };
            let certain = diagnosis.is_none_or(|diagnosis| is_certain(diagnosis, blocker));
            self.bench.unless = if certain { None } else { superfluous(case) };
            if blocker.is_explicit() {
                self.lifted.push(narrow_one(case, &mut self.bench, blocker, style)?);
            } else {
                let near = near_misses(case.request, &evaluation);
                self.shared.extend(grant_one(case, &mut self.bench, blocker, &near, grant, through)?);
                self.granted = true;
            }
        }
        Err(Obstacle::TooMany(MOST_CHANGES))
    }
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
fn superfluous(case: &Case<'_>) -> Option<String> {
    let gap = case.policies.resource.coverage.gap()?;
    Some(format!("{}, not seen here, allows it already", gap.what))
}

/// A document that AWS would not take is no remedy.
fn within_quota(bench: &Workbench) -> Result<(), Obstacle> {
    match largest(bench).filter(|(_, size)| size.characters > size.quota) {
        Some((edit, size)) => {
            let policy = edit.after.name.clone();
            Err(Obstacle::Quota { policy, characters: size.characters, quota: size.quota })
        }
        None => Ok(()),
    }
}

fn remedy(case: &Case<'_>, attempt: &Attempt, through: Option<&Through>) -> Remedy {
    let Attempt { bench, lifted, shared, granted } = attempt;
    let narrowed = !lifted.is_empty();
    let mut verification = verify(case.request, case.policies, bench, lifted.clone(), through);
    for policy in shared {
        verification
            .newly_allowed
            .push(format!("the same for everyone else whom `{policy}` binds, as far as their other policies allow it"));
        verification.exactly_minimal = false;
        verification.only_this_call = false;
    }
    let edits = with_stems(bench.edits());
    let own = edits.iter().all(|edit| {
        edit.policy_type == PolicyType::IdentityBased && !concerns_others(&edit.after) && permission_set(edit).is_none()
    });
    let powerful = gives_power(case);
    let safe = !narrowed && own && verification.only_this_call && !powerful && !case.secret_seen;
    let disposition = if safe { Disposition::Safe } else { Disposition::NeedsReview };
    let kind = match (narrowed, *granted) {
        (true, true) => RemedyKind::NarrowAndGrant,
        (true, false) => RemedyKind::NarrowDeny,
        (false, _) => RemedyKind::Grant,
    };
    Remedy {
        id: String::new(),
        title: match through {
            Some(through) => format!("{}: {}", title(&edits), through.in_words()),
            None => title(&edits),
        },
        owner: edits.first().map_or(Owner::AccountAdmin, |edit| owner(edit.policy_type)),
        disposition,
        kind,
        commands: edits.iter().flat_map(commands).collect(),
        terraform: terraform(&edits),
        cloudformation: cloudformation(&edits),
        verification: Some(verification),
        edits,
        steps: Vec::new(),
        why_not: match () {
            () if case.secret_seen => Some(INCIDENT_FIRST.to_owned()),
            () if narrowed => intended(case),
            () if powerful => Some("whoever has this action can give itself more: it needs a reviewer".to_owned()),
            () => None,
        },
    }
}

/// Whether the action lets its holder gain other permissions.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html>
fn gives_power(case: &Case<'_>) -> bool {
    let Some(action) = case.request.action.value() else {
        return false;
    };
    let manages = Reference::embedded()
        .action(action)
        .is_some_and(|facts| facts.access_levels().contains(&AccessLevel::PermissionsManagement));
    let more =
        ["iam:createaccesskey", "iam:createloginprofile", "iam:passrole", "iam:updateloginprofile", "sts:assumerole"];
    manages || more.contains(&action.folded())
}

/// What speaks for the Deny: the shapes of known guardrails, and another way where there is one.
fn intended(case: &Case<'_>) -> Option<String> {
    let action = case.request.action.value()?;
    let found = blockers(case.request, case.policies, case.evaluation);
    let guard = found
        .iter()
        .filter_map(|blocker| blocker.statement.as_ref()?.statement())
        .find_map(|statement| guardrail(statement, action))?;
    let other = match guard {
        Guardrail::RegionLock if action.service() == "bedrock" => {
            "; a model or profile whose Regions are all allowed needs no change"
        }
        _ => "",
    };
    Some(format!("the Deny looks intended: {}; ask its owner first{other}", guard.purpose()))
}

fn title(edits: &[Edit]) -> String {
    let one = |edit: &Edit| match (edit.op, permission_set(edit)) {
        (_, Some(set)) => format!("change the inline policy of permission set `{set}`"),
        (EditOp::Create, None) => format!("add {} `{}`", edit.after.policy_type, edit.after.name),
        _ => format!("change {} `{}`", edit.after.policy_type, edit.after.name),
    };
    edits.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Each edit with a name for its files that no other has, whatever the case: two policies may have one name.
fn with_stems(edits: &[Edit]) -> Vec<Edit> {
    let mut taken: Vec<String> = Vec::new();
    let named = |edit: &Edit| {
        let base = file_stem(&edit.after.name);
        let mut stem = base.clone();
        let mut number = 2;
        while taken.iter().any(|other| other.eq_ignore_ascii_case(&stem)) {
            stem = format!("{base}-{number}");
            number += 1;
        }
        taken.push(stem.clone());
        Edit { stem, ..edit.clone() }
    };
    edits.iter().map(named).collect()
}

/// The permission set behind a role of IAM Identity Center, where its policies are really edited.
fn permission_set(edit: &Edit) -> Option<String> {
    let owner = edit.after.attached_to.first()?;
    Principal::new(owner).permission_set().map(str::to_owned)
}

/// Who owns the policies of a type.
pub(super) const fn owner(policy_type: PolicyType) -> Owner {
    match policy_type {
        PolicyType::ServiceControl | PolicyType::ResourceControl => Owner::OrganizationAdmin,
        PolicyType::ResourceBased => Owner::ResourceOwner,
        PolicyType::Session => Owner::Caller,
        PolicyType::IdentityBased
        | PolicyType::PermissionsBoundary
        | PolicyType::RoleTrust
        | PolicyType::VpcEndpoint => Owner::AccountAdmin,
    }
}
