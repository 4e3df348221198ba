//! Where a person says something else than the text: AWS's words are about the text's request, not about the person's.

use super::quoted::with_hidden_parts;
use crate::denial::{Denial, Part};
use crate::iam::{Arn, Hints, Principal, PrincipalKind};
use crate::text::Wildcard;

/// A part that a person gave and that the text has otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Otherwise {
    /// The part.
    pub part: Part,
    /// What the text says.
    pub said: String,
    /// What the person says.
    pub given: String,
}

/// The parts that were given otherwise than a text says of which nothing shows that it is damaged there.
#[must_use]
pub fn given_otherwise(denial: &Denial, hints: &Hints) -> Vec<Otherwise> {
    let doubtful = |part: Part| denial.damage.iter().any(|damage| damage.parts().1.contains(&part));
    let mut all = Vec::new();
    let mut add = |part: Part, said: &str, given: &str, agree: bool| {
        if !agree && !doubtful(part) {
            all.push(Otherwise { part, said: said.to_owned(), given: given.to_owned() });
        }
    };
    if let (Some(said), Some(given)) = (&denial.principal, &hints.principal) {
        add(Part::Principal, said.as_str(), given.as_str(), is_same(said, given));
    }
    if let (Some(said), Some(given)) = (&denial.action, &hints.action) {
        add(Part::Action, said.as_str(), given.as_str(), said.folded() == given.folded());
    }
    if let (Some(said), Some(given)) = (&denial.resource, &hints.resource) {
        // a name, a mask and `*` leave open what it was
        let open = said == "*" || said.parse::<Arn>().is_err() || with_hidden_parts(said).is_some();
        add(Part::Resource, said, given, open || Wildcard::new(said).matches(given));
    }
    all
}

/// A session may be given as its role, whose ARN has a path; one that the text masks may be anybody.
fn is_same(said: &Principal, given: &Principal) -> bool {
    if said.as_str() == given.as_str() || said.kind() == PrincipalKind::Unknown || said.account().is_none() {
        return true;
    }
    let role = |principal: &Principal| matches!(principal.kind(), PrincipalKind::Role | PrincipalKind::AssumedRole);
    let same_kind = said.kind() == given.kind() && said.session() == given.session();
    let of_role =
        role(said) && role(given) && (said.kind() == PrincipalKind::Role || given.kind() == PrincipalKind::Role);
    (said.account(), said.name()) == (given.account(), given.name()) && (same_kind || of_role)
}
