//! `provision`: a permission set that allows the request already, and was not provisioned since; and `add-to-set`: one that does not, where a
//! statement goes into the policy that the set has now, and not into the one that its role has.
//!
//! <https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ProvisionPermissionSet.html>

use super::super::addition::Addition;
use super::super::provision::{name, provisioned, unprovisioned};
use super::super::verify::verify;
use super::super::{AddTo, Owner, Remedy, RemedyId, Step, Title};
use super::strategy::{Drafts, Situation, Strategy};
use crate::evaluate::{Decision, evaluate};
use crate::iam::{Blank, PolicyType, on_permission_set};

pub(super) const STRATEGY: Strategy = Strategy { id: "provision", applies, drafts: Drafts::Advice(draft) };

pub(super) const ADD: Strategy = Strategy { id: "add-to-set", applies: adds, drafts: Drafts::Advice(add) };

fn applies(situation: &Situation<'_>) -> bool {
    situation.is_blocked() && !situation.case.secret_seen
}

fn draft(situation: &Situation<'_>) -> Option<Remedy> {
    let case = situation.case;
    let set = unprovisioned(case)?;
    let bench = provisioned(case, &set)?;
    if evaluate(case.request, &bench.policies).decision != Decision::Allowed {
        return None;
    }
    let call = on_permission_set("sso-admin provision-permission-set", Some(&set.arn), Blank::PERMISSION_SET_ARN)
        .words("--target-type ALL_PROVISIONED_ACCOUNTS");
    let title = Title::Provision { set: name(case)? };
    Some(Remedy {
        verification: Some(verify(case, case.policies, &bench, &[], None)),
        calls: vec![call],
        ..Remedy::advice(RemedyId::Provision, Owner::IdentityCenterAdmin, title, vec![Step::ProvisionBringsAll])
    })
}

fn adds(situation: &Situation<'_>) -> bool {
    let own = |policy_type| policy_type == PolicyType::IdentityBased;
    let missing = situation.diagnosis.blockers.iter().all(|blocker| !blocker.is_explicit() && own(blocker.policy_type));
    applies(situation) && missing && situation.proved.is_empty() && !situation.has(&STRATEGY)
}

fn add(situation: &Situation<'_>) -> Option<Remedy> {
    let case = situation.case;
    unprovisioned(case)?;
    let addition = Addition::of(case, PolicyType::IdentityBased)?;
    let AddTo::PermissionSet(_) = &addition.place else { return None };
    let title = Title::AddTo { place: addition.place.clone(), certain: true };
    let change = Step::Replace(addition.change.clone());
    let steps = vec![Step::ProvisionBringsChange, Step::AddHere(Box::new(addition)), change];
    Some(Remedy::advice(RemedyId::Ask, Owner::IdentityCenterAdmin, title, steps))
}
