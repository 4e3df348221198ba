//! AWS itself, over the network: collecting policies, asking the simulator, reading AWS's own record of a denial.
//!
//! This is the only place that names a type of the SDK. Nothing is evaluated here: what AWS tells becomes a
//! [`SnapshotFile`](crate::snapshot::SnapshotFile), and the same pure pipeline runs on it as on a file. What AWS refuses becomes a gap.

mod account;
mod clients;
mod convert;
mod doctor;
mod document;
mod failure;
mod operation;
mod organization;
mod part;
mod principal;
mod take;

pub use account::account;
pub use clients::{Clients, Settings};
pub use doctor::{Checkup, Trial, Works, checkup};
pub use failure::{Failure, FailureKind};
pub use operation::{LiveCommand, OPERATIONS, Operation, Service, permissions, permissions_page, policy};
pub use take::take;

/// What ends a command: AWS could not be reached, or refused what the command cannot do without.
#[derive(Debug, thiserror::Error)]
pub enum AwsError {
    /// A call that everything depends on did not work.
    #[error("{failure}{}", hint(.failure))]
    Refused {
        /// What happened.
        failure: Failure,
    },
    /// Nothing that was asked for was answered.
    #[error("AWS answered none of the calls; the first: {first}{}; {}", hint(.first), helpful(.permissions))]
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

fn helpful(permissions: &[&str]) -> String {
    format!("these permissions would help: {}; `iamdx doctor` tries each", permissions.join(", "))
}

/// What to do about a failure.
fn hint(failure: &Failure) -> String {
    match (failure.kind, failure.operation.permission) {
        (FailureKind::Denied, Some(permission)) => format!("; it needs {permission}"),
        (FailureKind::Credentials, _) => {
            "; give credentials with --profile, AWS_PROFILE or the AWS_ variables, and check the clock".to_owned()
        }
        (FailureKind::Unreachable, _) => "; check the network, --region and --endpoint-url".to_owned(),
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

/// The time, as a snapshot records it.
fn now() -> String {
    jiff::Timestamp::now().round(jiff::Unit::Second).unwrap_or_default().to_string()
}
