//! From what AWS said to what was asked: each field known, assumed with a reason, or missing.

mod aws_facts;
mod builder;
mod create_action;
mod examine;
mod federated;
mod long_term_key;
mod message;
mod of_resource;
mod only_account;
mod otherwise;
mod passed_service;
mod quoted;
mod reason;
mod session_tags;
mod snapshot_facts;
mod via_service;

pub use aws_facts::reason_decoded;
pub use builder::RequestBuilder;
pub use examine::{examine, examined};
pub use message::confirmed;
pub use otherwise::{Otherwise, given_otherwise};
pub use session_tags::{for_session_tags, passes_tags};
