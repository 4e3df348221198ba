//! A trust policy for whoever an identity provider vouches for: the provider as the principal, and exactly who the token names.
//!
//! The provider alone names everybody who can get a token of it: of a public one, anybody. So the subject always stands beside it.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub>

use super::cannot_fix::CannotFix;
use super::kept::Kept;
use super::needed_statement::{Granted, NeededStatement};
use super::strategies::{Grant, widened};
use crate::iam::{
    Condition, Document, Effect, Family, Policy, PolicySet, PolicyType, Principal, PrincipalKind, Request,
};

/// The identity provider whose token or assertion makes the request.
pub(super) fn provider(request: &Request) -> Option<&Principal> {
    request.principal.value().filter(|principal| principal.kind() == PrincipalKind::Federated)
}

/// Whether the key says what is in the token of the caller: whoever asks for the token decides that.
pub(super) fn is_claim(folded_key: &str, request: &Request) -> bool {
    let prefix = provider(request).and_then(Principal::key_prefix);
    let name = prefix.and_then(|prefix| {
        let prefix = prefix.to_ascii_lowercase();
        folded_key.strip_prefix(prefix.as_str())?.strip_prefix(':')
    });
    name.is_some()
}

/// The trust policy with an Allow for exactly this caller.
pub(super) fn granted(
    provider: &Principal,
    request: &Request,
    policy: &Policy,
    kept: Option<&Kept>,
    grant: Grant,
) -> Result<Granted, CannotFix> {
    let gate = kept.filter(|kept| kept.is_gate);
    let subject = claim(provider, "sub", request);
    if let Some((_, subject)) = &subject {
        known_tenant(subject, provider, &policy.document)?;
    }
    if let Some(gate) = gate.filter(|gate| grant == Grant::Widen && pins_subject(gate, provider))
        && let Some((_, granted)) = widened(None, Some(gate), request)
    {
        return Ok(granted);
    }
    let claims = subject.zip(claim(provider, "aud", request));
    let federated =
        crate::text::Json::Object(vec![("Federated".to_owned(), crate::text::Json::text(provider.as_str()))]);
    let mut wanted = NeededStatement::of(request, Some(federated), PolicyType::RoleTrust).ok_or(CannotFix::NoAction)?;
    if let Some(gate) = gate {
        wanted = wanted.keeping(gate, request)?;
    }
    match claims {
        Some((subject, audience)) => {
            for (key, value) in [audience, subject] {
                wanted.only(&key, &value);
            }
        }
        None if gate.is_some_and(|gate| pins_subject(gate, provider)) => {}
        None => {
            let key = |name: &str| format!("{}:{name}", provider.key_prefix().unwrap_or_default());
            return Err(CannotFix::TokenNotKnown(vec![key("sub"), key("aud")]));
        }
    }
    wanted.add_to(&policy.document).ok_or(CannotFix::NothingToEdit(policy.policy_type))
}

/// Whether it is known whom the token names, and for whom it was made.
pub(super) fn names_somebody(request: &Request) -> bool {
    provider(request).is_some_and(|own| ["sub", "aud"].iter().all(|name| claim(own, name, request).is_some()))
}

/// What the token says of this, where it is known.
fn claim(provider: &Principal, name: &str, request: &Request) -> Option<(String, String)> {
    let key = format!("{}:{name}", provider.key_prefix()?);
    let value = request.context.get(&key).single().filter(|_| !request.context.is_supposed(&key))?;
    Some((key.clone(), value.to_owned()))
}

/// Whether the statement says by the subject who it is about.
fn pins_subject(kept: &Kept, provider: &Principal) -> bool {
    let conditions = kept.statement().map_or(&[][..], |statement| &statement.conditions);
    conditions.iter().any(|condition| is_subject(condition, provider))
}

fn is_subject(condition: &Condition, provider: &Principal) -> bool {
    let key = provider.key_prefix().map(|prefix| format!("{prefix}:sub").to_ascii_lowercase());
    let names = condition.operator.kind.is_some_and(|kind| kind.family() == Family::String && !kind.is_negated());
    names && !condition.operator.if_exists && Some(condition.folded_key.as_str()) == key.as_deref()
}

/// Of a provider that many organizations share, nobody is let in whose organization the trust policy does not name yet: CloudTrail
/// records the tries of strangers too.
fn known_tenant(subject: &str, provider: &Principal, document: &Document) -> Result<(), CannotFix> {
    let Some(own) = tenant(subject) else { return Ok(()) };
    let allows = document.statements.iter().filter(|statement| statement.effect == Effect::Allow);
    let conditions = allows.flat_map(|statement| &statement.conditions);
    let values = conditions.filter(|condition| is_subject(condition, provider)).flat_map(|it| &it.values);
    let known: Vec<&str> = values.filter_map(|value| tenant(&value.value)).collect();
    if known.is_empty() || known.iter().any(|other| other.eq_ignore_ascii_case(own)) {
        return Ok(());
    }
    Err(CannotFix::OtherTenant { own: own.to_owned(), known: known.into_iter().map(str::to_owned).collect() })
}

/// The organization of the token, where no trust policy at hand names one of the same provider to compare it with.
pub(super) fn unknown_tenant(request: &Request, policies: &PolicySet) -> Option<String> {
    let provider = provider(request)?;
    let (_, subject) = claim(provider, "sub", request)?;
    let own = tenant(&subject)?;
    let documents = policies.resource.policies.iter().map(|policy| &policy.document);
    let named = documents.flat_map(|document| &document.statements).flat_map(|statement| &statement.conditions);
    let values = named.filter(|condition| is_subject(condition, provider)).flat_map(|condition| &condition.values);
    let known = values.into_iter().any(|value| tenant(&value.value).is_some());
    (!known).then(|| own.to_owned())
}

/// The organization that a subject is of.
/// <https://docs.github.com/en/actions/reference/security/oidc>
/// <https://docs.gitlab.com/ci/secrets/id_token_authentication/>
/// <https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/workload-identity-tokens>
fn tenant(subject: &str) -> Option<&str> {
    let forms = [("repo:", '/'), ("repository_owner:", ':'), ("project_path:", '/'), ("organization:", ':')];
    let (rest, end) = forms.iter().find_map(|(head, end)| Some((subject.strip_prefix(head)?, *end)))?;
    let name = rest.split(end).next()?;
    // GitHub's newer subjects have the number of the organization behind its name
    let name = name.split('@').next()?;
    (!name.is_empty() && !name.contains(['*', '?', '$'])).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::tenant;

    #[test]
    fn the_organization_stands_where_each_provider_writes_it() {
        assert_eq!(tenant("repo:example-org/shop:ref:refs/heads/main"), Some("example-org"));
        assert_eq!(tenant("repo:example-org@123456/shop@456:ref:refs/heads/main"), Some("example-org"));
        assert_eq!(tenant("project_path:example/shop:ref_type:branch:ref:main"), Some("example"));
        assert_eq!(tenant("organization:example:project:web:workspace:prod:run_phase:apply"), Some("example"));
        assert_eq!(tenant("repo:*"), None);
        assert_eq!(tenant("system:serviceaccount:web:api"), None);
    }
}
