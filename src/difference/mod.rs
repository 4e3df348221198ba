//! What one set of policies allows that another does not: exactly, with an example request for everything that is told.
//!
//! Actions, resources and the values of condition keys are cut into finitely many cells that no pattern of either side tells
//! apart; the evaluator answers for one request of each cell, and so for all. `docs/remedies.md` says what that
//! guarantees and where it ends.

mod access_change;
mod action;
mod askable;
mod automaton;
mod budget;
mod callers;
mod cannot_tell;
mod canonical_user;
mod cells;
mod compare;
mod comparison;
mod condition;
mod context;
mod cores;
mod cover;
mod danger;
mod deciding;
mod describe;
mod documents;
pub(crate) mod domain;
mod explore;
mod join;
mod machine;
mod names;
mod open_parts;
mod own_api;
mod part;
mod pattern;
mod reader;
mod resource;
mod result;
mod review;
mod sets;
mod side;
mod solve;
mod stand_in;
mod states;
mod threshold;
mod token;
mod values;
mod variable_assignment;

use crate::iam::{AssumedField, Assumption, Context, Field, PolicySet, Principal, PrincipalKind, Request, Why};
use crate::reference::Reference;

pub use access_change::{AccessChange, Change};
pub use cannot_tell::{CannotTell, KeyLimit, VariableLimit};
pub use condition::{ConditionExpr, ConditionTest};
pub use danger::dangers;
pub use deciding::{Deciding, StatementOf};
pub use documents::{as_policies, documents};
pub use open_parts::of_templates;
pub use result::Difference;
pub use review::Review;
pub use sets::{ActionSet, Pattern, PrincipalSet, ResourceSet, SpecialType};
pub use threshold::Threshold;

use budget::Budget;
use compare::compare;
use comparison::Problem;
use resource::Scope;

/// Keys that belong to the principal, not to the single request.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principal-properties>
const OF_PRINCIPAL: [&str; 9] = [
    "aws:federatedprovider",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principaltype",
    "aws:userid",
    "aws:username",
];

/// What the request's principal may do after a change of policies that it could not do before, and the other way round.
///
/// Only the principal and what belongs to it are taken from the request: every action, every resource of the resource's account and
/// every other context are compared. Resource-based policies in the sets are about the request's own resource; other
/// resources are taken to leave the decision to the principal's account.
///
/// ```
/// use iamdx::difference::difference;
/// use iamdx::iam::{Policy, PolicyError, PolicySet, PolicyType, Principal, Request};
/// use iamdx::reference::Reference;
/// use iamdx::report::words::difference::access_change;
///
/// let set = |text: &str| -> Result<PolicySet, PolicyError> {
///     Ok(PolicySet::builder().policy(Policy::inline("reports", PolicyType::IdentityBased, text)?).build())
/// };
/// let before = set(r#"{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::reports/2025/*"}}"#)?;
/// let after = set(r#"{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::reports/*"}}"#)?;
/// let alice = Principal::new("arn:aws:iam::111122223333:user/alice");
/// let request = Request::new(alice, "s3:GetObject".parse()?, "arn:aws:s3:::reports/2026/q1.csv");
/// let difference = difference(&before, &after, &request, Reference::embedded());
/// assert_eq!(access_change(&difference.newly_allowed[0]),
///     "s3:Get* on arn:aws:s3:::reports/* except arn:aws:s3:::reports/2025/*");
/// assert!(difference.newly_denied.is_empty() && difference.cannot_tell.is_empty());
/// assert!(!difference.opens_only(&request));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn difference(before: &PolicySet, after: &PolicySet, request: &Request, reference: &Reference) -> Difference {
    let mut budget = Budget::default();
    let mut difference = Difference::default();
    let about_resource = [before, after].iter().any(|set| !set.resource.policies.is_empty());
    let side = |set: &PolicySet| {
        if about_resource { own_api::of_request(set, request) } else { stand_in::elsewhere(set, request) }
    };
    let problem = Problem {
        before: side(before),
        after: side(after),
        denies: None,
        request: template(request),
        asked: request
            .action
            .value()
            .map(|action| (action.clone(), request.resource.value().is_some_and(|resource| resource != "*"))),
        scope: if about_resource { Scope::of(request) } else { None },
        resource: None,
        principals: Vec::new(),
        reference,
    };
    compare(&problem, &mut budget, &mut difference);
    difference.settle();
    difference
}

/// Whether a tag is the principal's own. Whoever makes a session of a role gives it its tags, so that the next session may have others; only
/// what the role itself is tagged with stays.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>
fn is_own_tag(key: &str, request: &Request) -> bool {
    let session = request
        .principal
        .value()
        .is_some_and(|principal| matches!(principal.kind(), PrincipalKind::AssumedRole | PrincipalKind::FederatedUser));
    let of_role = |assumed: &Assumption| {
        assumed.why == Why::PrincipalTag
            && matches!(&assumed.field, AssumedField::ContextKey(own) if own.eq_ignore_ascii_case(key))
    };
    key.starts_with("aws:principaltag/") && (!session || request.assumed.iter().any(of_role))
}

/// The request without what the difference goes over.
fn template(request: &Request) -> Request {
    let mut context = Context::new();
    for (key, value) in request.context.iter() {
        if OF_PRINCIPAL.contains(&key) || is_own_tag(key, request) {
            context.set(key, value.clone());
        }
    }
    let own = request.principal.value().and_then(Principal::account);
    let resource_account = match (&request.resource_account, own) {
        (Field::Missing(_), Some(account)) => Field::Known(account.to_owned()),
        (known, _) => known.clone(),
    };
    Request { context, resource_account, assumed: Vec::new(), ..request.clone() }
}

#[cfg(test)]
mod tests;
