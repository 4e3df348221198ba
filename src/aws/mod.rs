//! AWS itself, over the network: collecting policies, asking the simulator, reading AWS's own record of a denial.
//!
//! This is the only place that names a type of the SDK. Nothing is evaluated here: what AWS tells becomes a
//! [`SnapshotFile`](crate::snapshot::SnapshotFile), and the same pure pipeline runs on it as on a file. What AWS refuses becomes a gap.

mod account;
#[cfg(feature = "bedrock-live")]
mod bedrock;
mod clients;
mod collect;
mod convert;
mod doctor;
mod document;
mod evidence;
mod failure;
mod operation;
mod organization;
mod partial_snapshot;
mod permission_set;
mod policy_then;
mod principal;
mod resource_policy;
mod s3_settings;
mod service;
mod settings;
mod signed_call;
mod trail;
mod whole_xml;
mod xml;

pub use account::account;
#[cfg(feature = "bedrock-live")]
pub use bedrock::{Auth, Bedrock, NoApiKey, drive};
pub use clients::Clients;
pub use collect::{Collected, TrailPlan, endpoints, take};
pub use doctor::{Checkup, Trial, Works, permission_check};
pub use evidence::{decode, record, simulate};
pub use failure::{Failure, FailureKind};
pub use operation::{LiveCommand, OPERATIONS, Operation, permissions, permissions_page, policy};
pub use policy_then::policies_then;
pub use principal::session_policies;
pub use service::Service;
pub use settings::{Entry, Place, Settings, SettingsError, is_endpoint, is_region};
pub use trail::history;

use crate::denial::Denial;
use crate::iam::{Arn, Principal, global_region};

/// What ends a command: AWS could not be reached, or refused what the command cannot do without.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AwsError {
    /// A setting cannot be used; nothing was sent.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A call that everything depends on did not work.
    #[error("{failure}{}", hint(.failure))]
    Refused {
        /// What happened.
        failure: Failure,
    },
    /// Nothing that was asked for was answered.
    #[error("AWS answered none of the calls; the first: {first}{}{}", hint(.first), helpful(.permissions))]
    Nothing {
        /// The first failure.
        first: Failure,
        /// Permissions that would help.
        permissions: Vec<&'static str>,
    },
}

impl From<Failure> for AwsError {
    fn from(failure: Failure) -> Self {
        Self::Refused { failure }
    }
}

impl AwsError {
    /// What ends a command when no call was answered, if that is so.
    #[must_use]
    pub fn nothing(clients: &Clients) -> Option<Self> {
        let failures = clients.failures();
        // calls run side by side, so the order of the table is the only one that stays
        let place = |failure: &&Failure| OPERATIONS.iter().position(|operation| *operation == failure.operation);
        let needed = failures.iter().filter(|failure| failure.operation.permission.is_some());
        let first = needed.min_by_key(place).or_else(|| failures.first())?.clone();
        if clients.succeeded() > 0 {
            return None;
        }
        let denied = failures.iter().filter(|failure| failure.kind == FailureKind::Denied);
        let mut permissions: Vec<_> = denied.filter_map(|failure| failure.operation.permission).collect();
        permissions.sort_unstable();
        permissions.dedup();
        // nothing was refused: AWS was not reached or does not know who asks, and one sentence says why
        if failures.iter().all(Failure::is_silence) {
            return Some(Self::Refused { failure: failures.first()?.clone() });
        }
        Some(Self::Nothing { first, permissions })
    }

    /// That nothing of AWS is known beyond this sentence: a report rests on the other material alone.
    #[must_use]
    pub fn is_silence(&self) -> bool {
        match self {
            Self::Settings(_) => true,
            Self::Refused { failure } => failure.is_silence(),
            Self::Nothing { .. } => false,
        }
    }
}

fn helpful(permissions: &[&str]) -> String {
    if permissions.is_empty() {
        return String::new();
    }
    format!("; these permissions would help: {}; `iamdx doctor` tries each", permissions.join(", "))
}

/// What to do about a failure.
fn hint(failure: &Failure) -> String {
    match (&failure.advice, failure.kind, failure.operation.permission) {
        (Some(advice), ..) => format!("; {advice}"),
        (None, FailureKind::Denied, Some(permission)) => format!("; it needs {permission}"),
        _ => String::new(),
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The ARN.
    pub arn: String,
    /// The account.
    pub account: String,
}

/// Asks AWS who is asking.
///
/// # Errors
/// When AWS does not say.
pub async fn caller(clients: &Clients) -> Result<Caller, Failure> {
    let answer = clients.call(&operation::GET_CALLER_IDENTITY, clients.sts.get_caller_identity().send()).await?;
    match (answer.arn, answer.account) {
        (Some(arn), Some(account)) => Ok(Caller { arn, account }),
        _ => {
            Err(Failure::own(&operation::GET_CALLER_IDENTITY, FailureKind::Unreadable, "the answer names no identity"))
        }
    }
}

/// The region in which AWS keeps the record of a denial: the one in the message's link, else that of the resource, else where the
/// partition has its global services.
#[must_use]
pub fn region_of(text: &str, id: &str, denial: &Denial) -> Option<String> {
    let link = format!("#/authorization-details/{id}");
    let linked = text.split_once(&link).and_then(|(before, _)| before.rsplit_once("region=")).map(|(_, region)| region);
    let is_region = |region: &&str| {
        !region.is_empty()
            && region.len() < 32
            && region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let arn = denial.resource.as_deref().and_then(|resource| resource.parse::<Arn>().ok());
    let of_resource = arn.as_ref().map(Arn::region);
    let partition = denial.principal.as_ref().and_then(Principal::partition);
    let global = partition.map(global_region);
    linked.filter(is_region).or(of_resource.filter(is_region)).or(global).map(str::to_owned)
}

/// The time, as a snapshot records it.
#[must_use]
pub fn now() -> String {
    jiff::Timestamp::now().round(jiff::Unit::Second).unwrap_or_default().to_string()
}
