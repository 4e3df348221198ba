//! Which identity provider vouched for the caller, where only the trust policy tells.

use crate::iam::{
    AssumedField, Effect, Field, Policy, PolicyType, Principal, PrincipalKind, Request, Why, is_federated_call,
};

/// Takes the only provider that the trust policy lets in for that of the caller: a token of another one is refused for that alone.
pub(super) fn assume_provider<'p>(request: &mut Request, policies: impl Iterator<Item = &'p Policy>) {
    let asked = request.action.value().is_some_and(is_federated_call);
    if !asked || !matches!(request.principal, Field::Missing(_)) {
        return;
    }
    let trusts = policies.filter(|policy| policy.policy_type == PolicyType::RoleTrust);
    let allows = trusts.flat_map(|policy| &policy.document.statements).filter(|it| it.effect == Effect::Allow);
    let named = allows.filter_map(|statement| statement.principal.as_ref());
    let mut providers: Vec<&str> = Vec::new();
    for element in named {
        let everybody = element.negated || element.entries.iter().any(|entry| entry.value == "*");
        if everybody {
            return;
        }
        providers.extend(element.entries.iter().filter(|it| it.kind == "Federated").map(|it| it.value.as_str()));
    }
    providers.sort_unstable();
    providers.dedup();
    if let [only] = providers.as_slice() {
        let provider = Principal::new(only);
        if provider.kind() == PrincipalKind::Federated {
            request.principal = Field::Assumed(provider, Why::OnlyProviderOfTrust);
            request.assume(AssumedField::Principal, |request| &request.principal);
        }
    }
}
