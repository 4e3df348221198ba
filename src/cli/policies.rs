//! POLICIES: the options by which commands take policies, and the one [`Snapshot`] that they make together.

use super::Error;
use super::input::source_of;
use crate::iam::PolicyType;
use crate::snapshot::{Snapshot, documents};

/// Where policies come from.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Policies")]
pub(crate) struct PolicyArgs {
    /// An iamdx snapshot, or the output of `aws iam get-account-authorization-details`; may be repeated
    #[arg(long, value_name = "FILE")]
    snapshot: Vec<String>,
    /// Policies of the user (with those of its groups) or of the role
    #[arg(long, value_name = "FILE")]
    identity_policy: Vec<String>,
    /// Service control policies of one level; once a level, from the root down to the account
    #[arg(long, value_name = "FILE")]
    scp: Vec<String>,
    /// Resource control policies of one level; once a level, from the root down to the account
    #[arg(long, value_name = "FILE")]
    rcp: Vec<String>,
    /// The permissions boundary of the user or role
    #[arg(long, value_name = "FILE")]
    permissions_boundary: Vec<String>,
    /// Policies that the session was made with
    #[arg(long, value_name = "FILE")]
    session_policy: Vec<String>,
    /// The policy of the resource; for assuming a role, its trust policy
    #[arg(long, value_name = "FILE")]
    resource_policy: Vec<String>,
    /// The policy of the VPC endpoint that the request came through
    #[arg(long, value_name = "FILE")]
    vpc_endpoint_policy: Vec<String>,
}

impl PolicyArgs {
    /// Reads all files into one snapshot; what was noticed goes to stderr.
    ///
    /// # Errors
    /// When a file cannot be read, or does not hold what its option says.
    pub(crate) fn read(&self) -> Result<Snapshot, Error> {
        let all = self.read_onto(Snapshot::default())?;
        for note in all.notes() {
            super::output::note(note);
        }
        Ok(all)
    }

    /// Reads all files on top of what is known already.
    ///
    /// # Errors
    /// When a file cannot be read, or does not hold what its option says.
    pub(crate) fn read_onto(&self, mut all: Snapshot) -> Result<Snapshot, Error> {
        for path in &self.snapshot {
            all.merge(Snapshot::from_source(source_of(path)?)?);
        }
        for (policy_type, paths) in [
            (PolicyType::IdentityBased, &self.identity_policy),
            (PolicyType::ServiceControl, &self.scp),
            (PolicyType::ResourceControl, &self.rcp),
            (PolicyType::PermissionsBoundary, &self.permissions_boundary),
            (PolicyType::Session, &self.session_policy),
            (PolicyType::ResourceBased, &self.resource_policy),
            (PolicyType::VpcEndpoint, &self.vpc_endpoint_policy),
        ] {
            for path in paths {
                all.add_loose(policy_type, documents(source_of(path)?)?);
            }
        }
        Ok(all)
    }
}
