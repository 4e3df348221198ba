//! The strategies that find remedies, in the order in which their remedies are shown: one file each.

mod add_statement;
mod add_unseen;
mod ask_owner;
mod ask_unseen;
mod block_public_access;
mod change_request;
mod compare_token;
mod confirm_text;
mod find_deny;
mod incident;
mod mistaken_call;
mod new_policy;
mod no_longer_asked;
mod nothing_proved;
mod other_provider;
mod owned_by_aws;
mod provision;
mod see_resource;
mod service_role;
mod simple_exception;
mod strategy;
mod together;
mod whole_call;
mod widen_statement;

pub(super) use ask_owner::STRATEGY as ASK_OWNER;
pub(super) use ask_unseen::ask_the_unseen;
pub use block_public_access::PublicAccessStep;
pub(super) use change_request::new_region;
pub use incident::{IncidentStep, response as incident_response};
pub(super) use mistaken_call::STRATEGY as MISTAKEN_CALL;
pub(super) use owned_by_aws::STRATEGY as OWNED_BY_AWS;
use strategy::Strategy;
pub(super) use strategy::{Drafts, Grant, Situation};
pub(super) use widen_statement::widened;

/// All strategies. Each one that applies drafts a remedy, and sees what those above it found; edits are proved, and those that were
/// proved are ranked among each other.
pub(super) const STRATEGIES: &[Strategy] = &[
    incident::STRATEGY,
    block_public_access::REFUSED,
    confirm_text::STRATEGY,
    service_role::STRATEGY,
    no_longer_asked::STRATEGY,
    owned_by_aws::STRATEGY,
    mistaken_call::STRATEGY,
    other_provider::STRATEGY,
    compare_token::STRATEGY,
    change_request::STRATEGY,
    ask_owner::STRATEGY,
    provision::STRATEGY,
    whole_call::STRATEGY,
    widen_statement::STRATEGY,
    new_policy::EXACT,
    add_statement::STRATEGY,
    new_policy::EXACT,
    simple_exception::STRATEGY,
    new_policy::SIMPLE,
    provision::ADD,
    nothing_proved::STRATEGY,
    block_public_access::SUSPECTED,
    see_resource::STRATEGY,
    add_unseen::STRATEGY,
    find_deny::STRATEGY,
    block_public_access::SUSPECTED_AFTER,
    ask_unseen::STRATEGY,
];
