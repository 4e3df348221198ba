//! `find-deny`: AWS said that a policy denies, and it was not seen: who owns it, how to see it, and what does not help.

use super::super::addition_commands::{be_certain, find};
use super::super::{Remedy, RemedyId, Step, Title};
use super::strategy::{Drafts, Situation, Strategy};
use super::{no_longer_asked, owned_by_aws};
use crate::denial::{Note, ReasonEffect};
use crate::diagnose::{contradicts_none, may_have_network_origin};
use crate::iam::{Arn, Command, PolicySide, Principal, Request, Subject};

pub(super) const STRATEGY: Strategy = Strategy { id: "find-deny", applies, drafts: Drafts::Advice(draft) };

/// In an incident nobody looks for a way back to the access.
fn applies(situation: &Situation<'_>) -> bool {
    let told = situation.has(&no_longer_asked::STRATEGY) || situation.has(&owned_by_aws::STRATEGY);
    situation.nothing_blocks() && !told && !situation.case.secret_seen
}

fn draft(situation: &Situation<'_>) -> Option<Remedy> {
    let case = situation.case;
    let reason = &case.denial.reason;
    let policy_type = reason.policy_type.filter(|_| reason.effect == ReasonEffect::ExplicitDeny)?;
    // where documents were seen, they are what to talk about; that there are none, AWS's words contradict
    let layer = case.policies.layer(policy_type);
    let gap = layer.unseen_deny();
    if gap.is_none() && !contradicts_none(case, policy_type) {
        return None;
    }
    let row = policy_type.row();
    // nobody finds the policies of somebody who is not there, nor of what does not exist
    if (row.is_of_principal && case.caller_is_gone()) || case.is_gone(policy_type) {
        return None;
    }
    let account = match row.side {
        PolicySide::Principal => case.request.principal.value().and_then(Principal::account).map(str::to_owned),
        // an owner that is only assumed is no account to search
        PolicySide::Resource => case.request.resource_account.known().cloned(),
    };
    let assumed = row.side == PolicySide::Resource && account.is_none();
    // the resource of the request does not tell the service network
    let of_network = case.denial.notes.contains(&Note::PolicyOfNetwork);
    let network = case.gaps.iter().find(|gap| of_network && matches!(gap.subject, Subject::NetworkAuthPolicy(_)));
    let found = network.map_or_else(
        || find(case.request, policy_type, account.as_deref(), reason.policy_arn.as_deref()),
        |gap| gap.how_to_close.clone(),
    );
    let mut calls =
        if found.is_empty() { gap.map(|gap| gap.how_to_close.clone()).unwrap_or_default() } else { found.clone() };
    let printed = !found.is_empty() && (!row.has_levels || reason.policy_arn.is_some());
    let certain = be_certain(case, Vec::new(), policy_type, printed);
    let account = account.filter(|_| !row.has_levels);
    let mut steps = vec![certain, Step::UsualDeny(policy_type), Step::DoNot(policy_type)];
    if may_have_network_origin(case, &situation.diagnosis.blockers) {
        calls.extend(access_point(case.request));
        steps.insert(0, Step::SeeNetworkOrigin);
    }
    if assumed
        && row.has_levels
        && reason.policy_arn.is_none()
        && let Some(resource) = case.request.resource.value()
    {
        steps.insert(0, Step::OwnerNotKnown { resource: resource.clone() });
        // of what a screen leaves out, what does harm is not
        steps.sort_by_key(|step| matches!(step, Step::UsualDeny(_)));
    }
    let title = Title::FindDeny { owner: row.owner, account, policy_type };
    Some(Remedy { calls, ..Remedy::advice(RemedyId::Ask, row.owner, title, steps) })
}

/// The command that shows from where an access point takes requests.
fn access_point(request: &Request) -> Option<Command> {
    let arn: Arn = request.resource.value()?.parse().ok()?;
    let name = arn.resource().strip_prefix("accesspoint/")?.split('/').next()?;
    Some(
        Command::aws("s3control get-access-point")
            .option("--account-id", arn.account())
            .option("--name", name)
            .option("--region", arn.region())
            .words("--query NetworkOrigin"),
    )
}
