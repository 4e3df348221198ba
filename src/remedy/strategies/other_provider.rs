//! `other-provider`: a token or assertion of one identity provider, and a trust policy that names only others.
//!
//! - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-federated-web-identity>
//! - <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html>

use super::super::federated::{names_somebody, provider};
use super::super::{Disposition, Owner, Remedy, RemedyId, Step, Title};
use super::strategy::{Drafts, Situation, Strategy};
use crate::diagnose::{Blocker, DenialContext};
use crate::iam::{Effect, Principal, PrincipalKind, StatementName, is_federated_call};

pub(super) const STRATEGY: Strategy = Strategy { id: "other-provider", applies, drafts: Drafts::Advice(draft) };

/// Where it is known whom the token names, a statement for exactly that caller is proved instead.
fn applies(situation: &Situation<'_>) -> bool {
    let case = situation.case;
    let denied = situation.diagnosis.blockers.iter().any(Blocker::is_explicit);
    let asked = case.request.action.value().is_some_and(is_federated_call);
    asked && situation.is_blocked() && !denied && !case.secret_seen && !names_somebody(case.request)
}

fn draft(situation: &Situation<'_>) -> Option<Remedy> {
    let case = situation.case;
    let own = provider(case.request)?;
    let (trusted, steps) = trusted(case, own)?;
    let role = case.request.resource.value().map(|role| Principal::new(role));
    let role = role.filter(|role| role.kind() == PrincipalKind::Role);
    let prefix = own.key_prefix().unwrap_or_default();
    let keys = ["sub", "aud"].map(|claim| format!("{prefix}:{claim}")).to_vec();
    let title = Title::OtherProvider {
        role: role.and_then(|role| role.name().map(str::to_owned)),
        trusted: trusted.clone(),
        own: own.clone(),
    };
    let come = (!trusted.is_empty()).then(|| Step::ComeByProvider { saml: prefix == "saml" });
    let steps = steps.into_iter().chain(come).chain([Step::TrustProvider { keys }]).collect();
    let owner = if trusted.is_empty() { Owner::AccountAdmin } else { Owner::Caller };
    let advice = Remedy::advice(RemedyId::ChangeTheRequest, owner, title, steps);
    let disposition = if trusted.is_empty() { Disposition::NeedsReview } else { Disposition::Safe };
    Some(Remedy { disposition, ..advice })
}

/// The providers that the trust policies name, and where; `None` where one of them is the caller's own, or none was seen.
fn trusted(case: &DenialContext<'_>, own: &Principal) -> Option<(Vec<String>, Vec<Step>)> {
    let policies = &case.policies.resource.policies;
    if policies.is_empty() || case.policies.resource.coverage.gap().is_some() {
        return None;
    }
    let (mut providers, mut steps) = (Vec::new(), Vec::new());
    for policy in policies {
        for statement in policy.document.statements.iter().filter(|statement| statement.effect == Effect::Allow) {
            let element = statement.principal.as_ref()?;
            // whoever is left out or anybody at all: it may be the caller
            if element.negated || statement.rejected || element.entries.iter().any(|entry| entry.value == "*") {
                return None;
            }
            let named = element.entries.iter().filter(|entry| entry.kind == "Federated");
            let named: Vec<String> = named.map(|entry| entry.value.clone()).collect();
            if named.iter().any(|name| name == own.as_str()) {
                return None;
            }
            if !named.is_empty() {
                steps.push(Step::TrustsProviders {
                    statement: StatementName::new(
                        statement.sid.as_ref().map(|sid| sid.value.as_str()),
                        statement.index,
                    ),
                    policy: policy.name.clone(),
                    providers: named.clone(),
                });
            }
            providers.extend(named);
        }
    }
    providers.dedup();
    Some((providers, steps))
}
