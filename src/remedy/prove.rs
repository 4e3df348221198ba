//! From the edits of an attempt to a remedy: what they open is compared, and what speaks against them is collected.

use super::assumption::{owner_of, unsuppose};
use super::attempt::Attempt;
use super::bedrock::{BedrockCall, through};
use super::cannot_fix::CannotFix;
use super::danger::main_danger;
use super::demand::Demand;
use super::edit::{Edit, EditOp};
use super::editable::affects_other_principals;
use super::federated::unknown_tenant;
use super::file_stem::{file_stem, free_stem};
use super::grantee::grantee;
use super::guardrail::{Guarded, Guardrail};
use super::loose_document::attach;
use super::needed_statement::{passed_service, passes_role};
use super::provision::unprovisioned;
use super::resource_entry::pattern_of_aws;
use super::verify::{Verification, verify};
use super::{Disposition, Owner, Presumed, Remedy, RemedyId, RemedyKind, Step, Title, WhyNot, quota};
use crate::diagnose::DenialContext;
use crate::evaluate::evaluate;
use crate::iam::{Arn, AttachmentScope, PolicyOrigin, PolicyType, Principal, ReachOf, is_account_id};

/// The remedy of an attempt, with its proof.
pub(super) fn prove(
    case: &DenialContext<'_>,
    attempt: &Attempt,
    through: Option<&BedrockCall>,
) -> Result<Remedy, CannotFix> {
    let Attempt { bench, lifted, guards, shared, granted, exempted, bypassed, assumptions, before } = attempt;
    let narrowed = !lifted.is_empty();
    let edits: Vec<Edit> = finished(case, bench.edits()).into_iter().map(|edit| attach(edit, case.request)).collect();
    // a document that AWS would not take is no remedy, and the proof is the expensive part
    if let Some(obstacle) = quota::exceeded(&edits, &bench.policies) {
        return Err(obstacle);
    }
    // what was not read as the set's is never put in its place
    if let Some(set) = edits.iter().find_map(Edit::permission_set)
        && unprovisioned(case).is_some()
    {
        return Err(CannotFix::NotProvisioned(set));
    }
    let mut verification = verify(case, before, bench, lifted, through);
    verification.size = quota::largest(&edits, &bench.policies);
    let names_caller = bench.edits().iter().any(|edit| {
        matches!(edit.policy_type, PolicyType::ResourceBased | PolicyType::RoleTrust | PolicyType::VpcEndpoint)
    });
    let guess = grantee(case.request).and_then(|grantee| grantee.without_path);
    let guess = guess.filter(|_| names_caller || !assumptions.is_empty());
    verification.assumes.extend(guess.map(Presumed::NoPath));
    verification.assumes.extend(edits.iter().filter_map(|edit| presumed_place(edit, case)));
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
    steps.extend(Step::of_session_policy(case, &edits));
    steps.extend(Step::of_entitlements(case, &edits));
    // <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>
    let passes = *granted && case.request.action.value().is_some_and(passes_role);
    steps.extend((passes && passed_service(case.request).is_none()).then_some(Step::LimitPassedRole));
    let safe = !narrowed
        && assumptions.is_empty()
        && bypassed.is_empty()
        && own
        && pattern_of_aws(case.request).is_none()
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
        owner: edits.first().map_or(Owner::AccountAdmin, Edit::owner),
        disposition,
        kind,
        calls: Vec::new(),
        why_not: against(case, guards, bypassed, &verification),
        verification: Some(verification),
        edits,
        steps,
    })
}

/// What the inline policy of a permission set is taken to be, where the set was not read: that of its role, or none.
/// <https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_PutInlinePolicyToPermissionSet.html>
fn presumed_place(edit: &Edit, case: &DenialContext<'_>) -> Option<Presumed> {
    let set = edit.permission_set()?;
    let read = case.request.permission_set.is_some();
    if !edit.is_new() {
        return (!read).then_some(Presumed::SameInlinePolicy(set));
    }
    let own = &case.policies.identity;
    let known = own.coverage.gap().is_none() && own.policies.iter().all(|policy| policy.origin != PolicyOrigin::Loose);
    (!known || !read).then_some(Presumed::NoInlinePolicy(set))
}

/// What speaks against a remedy: what the Deny is for that it narrows, and what its new access reaches beyond itself.
fn against(case: &DenialContext<'_>, guards: &[Guardrail], bypassed: &[Demand], proof: &Verification) -> Vec<WhyNot> {
    if case.secret_seen {
        return vec![WhyNot::IncidentFirst];
    }
    let around = (!bypassed.is_empty()).then(|| WhyNot::GoesAround(bypassed.to_vec()));
    let danger = main_danger(case, proof).map(WhyNot::Danger);
    let wide = pattern_of_aws(case.request).map(|pattern| WhyNot::CoversPattern(pattern.to_owned()));
    let stranger = unknown_tenant(case.request, case.policies).map(WhyNot::UnknownTenant);
    intended(case, guards).into_iter().chain(stranger).chain(around).chain(danger).chain(wide).collect()
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

/// Each edit with how far it reaches, and with a name for its files that no other has, whatever its case and signs: two policies
/// may have one name.
fn finished(case: &DenialContext<'_>, edits: &[Edit]) -> Vec<Edit> {
    let mut taken: Vec<String> = Vec::new();
    let finish = |edit: &Edit| {
        let stem = free_stem(&file_stem(&edit.after.name), &taken.iter().map(String::as_str).collect::<Vec<_>>());
        taken.push(stem.clone());
        let account = account_of(case, edit);
        let permission_set_arn = case.request.permission_set.clone().filter(|_| edit.permission_set().is_some());
        // the id of an endpoint does not tell where it is; it is where the call was sent
        let region = case.request.region().filter(|_| edit.policy_type == PolicyType::VpcEndpoint);
        Edit { file_stem: stem, account, region, permission_set_arn, reach: reach(case, edit), ..edit.clone() }
    };
    edits.iter().map(finish).collect()
}

/// The account in which an edit is made.
fn account_of(case: &DenialContext<'_>, edit: &Edit) -> Option<String> {
    let account = owner_of(case.request, edit.policy_type);
    match edit.owner() {
        // a permission set is not kept in the account of its roles
        Owner::IdentityCenterAdmin => None,
        // the organization's policies are kept in its management account, which their ARNs name
        // <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_delegate.html>
        Owner::OrganizationAdmin => {
            let arn: Option<Arn> = edit.after.arn.as_deref().and_then(|arn| arn.parse().ok());
            let named = arn.as_ref().map(Arn::account).filter(|account| is_account_id(account));
            let of = account.as_deref().and_then(|account| case.snapshot.management_account_of(account));
            named.or(of).map(str::to_owned)
        }
        _ => account,
    }
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
