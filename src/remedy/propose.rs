//! Finding remedies: blocker by blocker on a workbench, until the request is allowed or nothing more can be changed.

use std::sync::Arc;

use super::commands::commands;
use super::grant::{Granted, add_statement, fresh_name, is_editable, new_document, policy_name, widen};
use super::narrow::{Style, narrow, principal_arn};
use super::verify::verify;
use super::workbench::{Opening, Workbench};
use super::{Disposition, Edit, EditOp, Owner, Remedy, RemedyKind, change, incident};
use crate::denial::DenialKind;
use crate::diagnose::{Blocker, Case, Diagnosis, NearMiss, blockers, is_quarantine, near_misses};
use crate::evaluate::{Decision, evaluate};
use crate::iam::{Document, Policy, PolicyOrigin, PolicyType, PrincipalKind};
use crate::text::{Json, Source};

/// More changes than this are no remedy.
const MOST_CHANGES: usize = 12;

/// How a missing allow is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grant {
    /// A statement of its own.
    Statement,
    /// The statement that nearly allows it.
    Widen,
}

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
    let ways = [(Style::Exact, Grant::Widen), (Style::Exact, Grant::Statement), (Style::Simple, Grant::Statement)];
    let mut obstacles = Vec::new();
    let mut proved: Vec<Remedy> = Vec::new();
    for (style, grant) in ways {
        match attempt(case, style, grant) {
            Ok(remedy) => {
                if !proved.iter().any(|other| same_edits(other, &remedy)) {
                    proved.push(remedy);
                }
            }
            Err(obstacle) if !obstacles.contains(&obstacle) => obstacles.push(obstacle),
            Err(_) => {}
        }
    }
    proved.sort_by_key(|remedy| {
        let exact = remedy.verification.as_ref().is_some_and(|verification| verification.exactly_minimal);
        (!exact, remedy.disposition, remedy.edits.len())
    });
    for (number, remedy) in proved.iter_mut().enumerate() {
        remedy.id = format!("remedy-{}", number + 1);
    }
    if proved.is_empty() && changed.is_none() {
        remedies.push(ask(diagnosis, obstacles));
    }
    if let Some(changed) = changed {
        // a policy that asks for something is there for a reason: to go around it needs one too
        for remedy in &mut proved {
            remedy.disposition = remedy.disposition.max(Disposition::NeedsReview);
            remedy.why_not = Some("the request can meet the condition instead, which changes no policy".to_owned());
        }
        remedies.push(changed);
    }
    remedies.extend(proved);
    remedies
}

/// No change of the policies at hand makes the request allowed: who to ask, and why.
fn ask(diagnosis: &Diagnosis, obstacles: Vec<String>) -> Remedy {
    let owner = diagnosis.blockers.first().map_or(Owner::AccountAdmin, |blocker| owner(blocker.policy_type));
    Remedy {
        id: "ask".to_owned(),
        title: format!(
            "No change of the policies at hand is proved to help: ask the {}",
            owner.noun().trim_start_matches("the ")
        ),
        owner,
        disposition: Disposition::NeedsReview,
        kind: RemedyKind::ChangeRequest,
        edits: Vec::new(),
        verification: None,
        commands: Vec::new(),
        steps: diagnosis.blockers.iter().map(|blocker| format!("about this: {}", blocker.why)).collect(),
        why_not: Some(obstacles.join("; ")),
    }
}

fn same_edits(left: &Remedy, right: &Remedy) -> bool {
    let text = |edit: &Edit| (edit.after.name.clone(), edit.after.document.source.text().to_owned());
    left.edits.iter().map(text).eq(right.edits.iter().map(text))
}

/// One way through all blockers.
fn attempt(case: &Case<'_>, style: Style, grant: Grant) -> Result<Remedy, String> {
    let mut bench = Workbench::new(case.policies);
    let mut openings = Vec::new();
    let (mut narrowed, mut granted) = (false, false);
    for _ in 0..MOST_CHANGES {
        let evaluation = evaluate(case.request, &bench.policies);
        if evaluation.decision == Decision::Allowed {
            return Ok(remedy(case, &bench, &openings, narrowed, granted));
        }
        let all = blockers(case.request, &bench.policies, &evaluation);
        let Some(blocker) = all.first() else {
            let keys = evaluation.missing_context.join(", ");
            return Err(format!("it depends on {keys}, which the input does not tell"));
        };
        if blocker.is_explicit() {
            openings.push(narrow_one(case, &mut bench, blocker, style)?);
            narrowed = true;
        } else {
            let near = near_misses(case.request, &evaluation);
            openings.push(grant_one(case, &mut bench, blocker, &near, grant)?);
            granted = true;
        }
    }
    Err(format!("more than {MOST_CHANGES} changes would be needed"))
}

fn narrow_one(case: &Case<'_>, bench: &mut Workbench, blocker: &Blocker, style: Style) -> Result<Opening, String> {
    let deny = blocker.statement.as_ref().ok_or("no statement denies")?;
    let policy = &deny.policy;
    if !is_editable(policy) {
        return Err(format!("`{}` is AWS's own policy and cannot be edited; ask why it is attached", policy.name));
    }
    let statement = deny.statement().ok_or("the statement is not there")?;
    let principal = if concerns_others(policy) { principal_arn(case.request) } else { None };
    if concerns_others(policy) && principal.is_none() {
        return Err(format!("`{}` also binds others, and the ARN to except is not known", policy.name));
    }
    let narrowed = narrow(&policy.document, statement, case.request, principal.as_deref(), style).ok_or_else(|| {
        format!("{} of `{}` denies exactly this request: to narrow it would be to delete it", deny.label(), policy.name)
    })?;
    bench
        .replace(policy, blocker.target.as_deref(), narrowed.text, format!("{}: {}", deny.label(), narrowed.what))
        .map_err(|error| error.to_string())?;
    Ok(narrowed.opening)
}

/// Whether a policy binds more principals than the one that was denied.
fn concerns_others(policy: &Policy) -> bool {
    let group = policy.attached_to.iter().any(|arn| arn.contains(":group/"));
    match (policy.policy_type, policy.origin) {
        (PolicyType::Session, _) => false,
        (PolicyType::IdentityBased, PolicyOrigin::Inline) => group,
        _ => true,
    }
}

fn grant_one(
    case: &Case<'_>,
    bench: &mut Workbench,
    blocker: &Blocker,
    near: &[NearMiss],
    grant: Grant,
) -> Result<Opening, String> {
    let request = case.request;
    if request.resource.value().is_none() {
        return Err("the text does not name the resource: give it with --resource ARN".to_owned());
    }
    if is_pattern(request.resource.value().map_or("", String::as_str)) {
        return Err(
            "the resource in the text is a pattern, so it is not known what to allow: give the one with --resource ARN"
                .to_owned(),
        );
    }
    let near = near.iter().find(|near| near.policy_type == blocker.policy_type && is_editable(&near.statement.policy));
    if grant == Grant::Widen
        && let Some(near) = near
        && let Some(granted) = widen(near, request)
    {
        return replace(bench, &near.statement.policy, blocker, granted);
    }
    match blocker.policy_type {
        PolicyType::IdentityBased => grant_identity(case, bench, blocker, near),
        PolicyType::ServiceControl => grant_level(case, bench, blocker, near),
        PolicyType::PermissionsBoundary | PolicyType::Session => {
            let policy = blocker.searched.iter().find(|policy| is_editable(policy));
            let policy = policy.ok_or_else(|| format!("the {} cannot be edited", blocker.policy_type))?;
            let granted =
                add_statement(&policy.document, request, None).ok_or("the document has no place for a statement")?;
            replace(bench, policy, blocker, granted)
        }
        PolicyType::ResourceBased | PolicyType::RoleTrust | PolicyType::VpcEndpoint => {
            let policy = blocker
                .searched
                .first()
                .ok_or_else(|| format!("there is no {} to add the caller to", blocker.policy_type))?;
            let arn = principal_arn(request).ok_or("the ARN to name in the policy is not known")?;
            let principal = Json::Object(vec![("AWS".to_owned(), Json::text(arn))]);
            let granted = add_statement(&policy.document, request, Some(principal))
                .ok_or("the document has no place for a statement")?;
            replace(bench, policy, blocker, granted)
        }
        PolicyType::ResourceControl => {
            Err("RCPs do not grant; AWS attaches the one that allows everything by itself".to_owned())
        }
    }
}

fn is_pattern(resource: &str) -> bool {
    resource != "*" && resource.contains(['*', '?'])
}

fn replace(
    bench: &mut Workbench,
    policy: &Arc<Policy>,
    blocker: &Blocker,
    granted: Granted,
) -> Result<Opening, String> {
    bench.replace(policy, blocker.target.as_deref(), granted.text, granted.what).map_err(|error| error.to_string())?;
    Ok(granted.opening)
}

/// A statement in a policy that only this principal has, or a new inline policy.
fn grant_identity(
    case: &Case<'_>,
    bench: &mut Workbench,
    blocker: &Blocker,
    near: Option<&NearMiss>,
) -> Result<Opening, String> {
    let request = case.request;
    let principal = request.principal.value().ok_or("the principal is not known")?;
    if principal.is_service_linked_role() {
        return Err("the policies of a service-linked role belong to AWS".to_owned());
    }
    let entity = match principal.kind() {
        PrincipalKind::User | PrincipalKind::Role => principal.as_str().to_owned(),
        PrincipalKind::AssumedRole => match &request.role {
            Some(role) => role.to_string(),
            None => format!(
                "arn:{}:iam::{}:role/{}",
                principal.partition().unwrap_or("aws"),
                principal.account().ok_or("the account of the role is not known")?,
                principal.name().ok_or("the name of the role is not known")?
            ),
        },
        _ => return Err(format!("a {} has no identity-based policy to edit", "principal of this kind")),
    };
    let own = |policy: &&Arc<Policy>| {
        policy.origin == PolicyOrigin::Inline && policy.attached_to.iter().any(|arn| *arn == entity)
    };
    let nearest = near.map(|near| &near.statement.policy).filter(own);
    if let Some(policy) = nearest
        && let Some(granted) = add_statement(&policy.document, request, None)
    {
        return replace(bench, &Arc::clone(policy), blocker, granted);
    }
    let taken: Vec<&str> = bench.policies.identity.policies.iter().map(|policy| policy.name.as_str()).collect();
    let name = fresh_name(&policy_name(request).ok_or("the action is not known")?, &taken);
    create(bench, case, PolicyType::IdentityBased, PolicyOrigin::Inline, &name, entity, None)
}

/// At a level of the organization: a statement in a policy that is attached there, or a new policy.
fn grant_level(
    case: &Case<'_>,
    bench: &mut Workbench,
    blocker: &Blocker,
    near: Option<&NearMiss>,
) -> Result<Opening, String> {
    let here = |policy: &&Arc<Policy>| blocker.searched.iter().any(|searched| Arc::ptr_eq(searched, policy));
    let nearest = near.map(|near| &near.statement.policy).filter(here);
    let any = blocker.searched.iter().find(|policy| is_editable(policy));
    if let Some(policy) = nearest.or(any)
        && let Some(granted) = add_statement(&policy.document, case.request, None)
    {
        return replace(bench, &Arc::clone(policy), blocker, granted);
    }
    let name = policy_name(case.request).ok_or("the action is not known")?;
    let target = blocker.target.as_deref();
    create(
        bench,
        case,
        PolicyType::ServiceControl,
        PolicyOrigin::Organization,
        &name,
        target.unwrap_or_default().to_owned(),
        target,
    )
}

fn create(
    bench: &mut Workbench,
    case: &Case<'_>,
    policy_type: PolicyType,
    origin: PolicyOrigin,
    name: &str,
    attached_to: String,
    target: Option<&str>,
) -> Result<Opening, String> {
    let granted = new_document(case.request).ok_or("the request is not complete")?;
    let document = Document::parse(Source::new(name, granted.text)).map_err(|error| error.to_string())?;
    let policy = Policy {
        name: name.to_owned(),
        arn: None,
        policy_type,
        origin,
        version_id: None,
        attached_to: vec![attached_to],
        document: Arc::new(document),
    };
    bench.create(policy, target, granted.what);
    Ok(granted.opening)
}

fn remedy(case: &Case<'_>, bench: &Workbench, openings: &[Opening], narrowed: bool, granted: bool) -> Remedy {
    let verification = verify(case.request, case.policies, bench, openings);
    let edits = bench.edits().to_vec();
    let own = edits.iter().all(|edit| edit.policy_type == PolicyType::IdentityBased && !concerns_others(&edit.after));
    let disposition =
        if !narrowed && own && verification.exactly_minimal { Disposition::Safe } else { Disposition::NeedsReview };
    let kind = match (narrowed, granted) {
        (true, true) => RemedyKind::NarrowAndGrant,
        (true, false) => RemedyKind::NarrowDeny,
        (false, _) => RemedyKind::Grant,
    };
    Remedy {
        id: String::new(),
        title: title(&edits),
        owner: edits.first().map_or(Owner::AccountAdmin, |edit| owner(edit.policy_type)),
        disposition,
        kind,
        commands: edits
            .iter()
            .flat_map(|edit| commands(edit, &format!("{}.json", file_name(&edit.after.name))))
            .collect(),
        verification: Some(verification),
        edits,
        steps: Vec::new(),
        why_not: None,
    }
}

fn title(edits: &[Edit]) -> String {
    let one = |edit: &Edit| match edit.op {
        EditOp::Create => format!("add {} `{}`", edit.after.policy_type, edit.after.name),
        _ => format!("change {} `{}`", edit.after.policy_type, edit.after.name),
    };
    edits.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// A policy's name as a file name, without the folders and the ending of a loose file.
fn file_name(name: &str) -> String {
    let name = name.rsplit('/').next().unwrap_or(name).trim_end_matches(".json");
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    let name: String = name.chars().map(plain).collect();
    name.trim_start_matches('.').to_owned()
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
