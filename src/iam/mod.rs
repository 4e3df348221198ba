//! AWS's nouns: what they are called, how they are written, and nothing about what follows from them.

mod action;
mod arn;
mod condition;
mod context;
mod policy;
mod policy_set;
mod policy_type;
mod principal;
mod request;
pub mod secret;
mod statement;

pub use action::{Action, ActionPattern};
pub use arn::{Arn, is_account_id};
pub use condition::{Condition, Operator, OperatorKind, Quantifier};
pub use context::{Context, ContextValue};
pub use policy::{Document, Language, Policy, PolicyError, PolicyOrigin, Problem};
pub use policy_set::{Coverage, Gap, Hierarchy, Layer, Level, PolicySet};
pub use policy_type::PolicyType;
pub use principal::{Principal, PrincipalKind};
pub use request::{Assumption, Field, Hints, Request};
pub use statement::{
    ActionElement, Effect, Element, PatternText, PrincipalElement, PrincipalEntry, ResourceElement, Statement,
};
