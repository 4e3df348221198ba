//! What is not known and decides, and what each source of evidence says.

use crate::evaluate::MissingEvidence;

/// Something that is not known and could change a decision.
#[must_use]
pub fn missing(missing: &MissingEvidence) -> String {
    match missing {
        MissingEvidence::Principal => "the principal",
        MissingEvidence::Action => "the action",
        MissingEvidence::Resource => "the resource",
        MissingEvidence::PrincipalAccount => "the account of the principal",
        MissingEvidence::ResourceAccount => "the account that owns the resource",
        MissingEvidence::ReachOfResourceControl => {
            "whether resource control policies reach an action that has no resource"
        }
        MissingEvidence::EndpointKind => {
            "whether the VPC endpoint is a gateway endpoint, in whose policy Principal must be `*`"
        }
        MissingEvidence::GatewayPrincipal => {
            "what a Principal other than `*` denies in the policy of a gateway endpoint"
        }
        MissingEvidence::PartialNotPrincipal => {
            "whether a NotPrincipal that lists the principal only in part spares it"
        }
        MissingEvidence::Policies(what) => what,
    }
    .to_owned()
}
