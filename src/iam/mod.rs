//! AWS's nouns: what they are called, how they are written, and nothing about what follows from them.

mod action;
mod arn;
mod arn_part;
mod arn_pattern;
mod assumption;
mod attachment_scope;
mod close_by;
mod command;
mod condition;
mod condition_key_rows;
mod condition_keys;
mod context;
mod context_argument;
mod document;
mod entity;
mod fault;
mod field;
mod gap;
mod inference_profile;
mod language;
mod no_longer_asked;
mod not_applicable;
mod one_region;
mod open;
mod other_region;
mod own_api;
mod owner;
mod partition;
mod passed_over;
mod passed_service;
mod permission_set;
mod placeholder;
mod policy;
mod policy_calls;
mod policy_carrier;
mod policy_owner;
mod policy_set;
mod policy_set_builder;
mod policy_type;
mod policy_type_row;
mod policy_write;
mod principal;
mod public_access_level;
mod reader;
mod refusal;
mod request;
mod resource;
mod resource_policy;
mod rules;
mod s3_settings;
mod scope;
pub mod secret;
mod service_linked;
mod session;
mod session_role;
mod statement;
mod template;
mod value;

pub use action::{Action, ActionError, ActionPattern};
pub use arn::{Arn, is_account_id};
pub use arn_part::ArnPart;
pub use arn_pattern::ResourceKinds;
pub(crate) use arn_pattern::{is_of, may_meet, meet, service_of};
pub use assumption::{AssumedField, AssumedValue, Assumption, Circumstance, Derived, Follows, NoPolicy, NoneSaid, Why};
pub use attachment_scope::{AttachmentScope, ReachOf, TreeGap};
pub use close_by::CloseBy;
pub use command::{Blank, Command, Remark, Word};
pub use condition::{
    ArnOperand, BoolOperand, Condition, Family, Operands, Operator, OperatorKind, Quantifier, TextOperand,
};
pub use condition_keys::{CallArgument, ConditionKey, DeterminedBy, Lever};
pub use context::{Context, ContextValue, Typed, is_multivalued_global, key_hash};
pub use context_argument::{NoContextArgument, context_argument, context_option, read_context_argument};
pub use entity::EntityKind;
pub use fault::{Fault, Severity};
pub use field::{Field, NotTold};
pub use gap::{Gap, Held, NotInAccount, Subject, Unseen};
pub use inference_profile::InferenceProfile;
pub use language::Language;
pub use no_longer_asked::{WITHOUT_EFFECT, is_no_longer_asked};
pub use not_applicable::NotApplicable;
pub use one_region::is_of_one_region;
pub use open::{is_open, open_part, open_parts};
pub(crate) use other_region::may_name_another_region;
pub use own_api::{of_every_api, own_api};
pub use partition::{global_region, partition_of};
pub(crate) use passed_over::Inquiry;
pub use passed_service::{PASSED_TO_SERVICE, passed_to};
pub use permission_set::{instance_of, on_permission_set};
pub use placeholder::{is_context_key, placeholders, without_placeholders};
pub use policy::{Document, Policy, PolicyError, PolicyOrigin, Problem};
pub use policy_calls::{POLICY_CALLS, PolicyCalls, policy_calls};
pub use policy_carrier::{has_own_policy, policy_carrier, policy_domain, policy_repository, settable_policy};
pub use policy_owner::Owner;
pub use policy_set::{Coverage, Hierarchy, Layer, LayerMut, LayerRef, Level, PolicySet};
pub use policy_set_builder::PolicySetBuilder;
pub use policy_type::PolicyType;
pub use policy_type_row::{PolicyArn, PolicyFetch, PolicyQuota, PolicySide, PolicyTypeRow, PrincipalRule, ShortArn};
pub use policy_write::{Argument, InCloudFormation, PolicyWrite};
pub use principal::{Principal, PrincipalKind, SESSION_OF_IDENTITY_POOL};
pub use public_access_level::PublicAccessLevel;
pub use refusal::{Asked, CallOutcome, Refusal};
pub use request::{EndpointKind, Hints, Request, is_alias_name};
pub use resource::{ResourceMatch, ResourcePattern, ResourceText};
pub use resource_policy::{
    RESOURCE_POLICY_KINDS, ResourcePolicy, ResourcePolicyKind, WithinAccount, names_accounts, resource_policy,
    within_account,
};
pub use s3_settings::{
    AccessPoint, ObjectOwnership, PublicAccess, PublicAccessBlock, PublicAccessSeen, PublicAccessSetting,
    is_given_by_object_owner, may_be_rejected_as_public,
};
pub use scope::{has_gateway_endpoints, has_rcps, is_federated_call, is_trust_action};
pub use service_linked::service_linked_role;
pub use session::{SessionMatch, SessionOrigin};
pub use session_role::SessionRole;
pub use statement::{
    ActionElement, Effect, Element, PatternText, PrincipalElement, PrincipalEntry, ResourceElement, Statement,
    StatementName,
};
pub use template::{Resolved, Template, literal_text};
pub use value::{Decimal, boolean, instant, network};
