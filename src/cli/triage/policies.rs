//! The policies that tell the cause of each fingerprint: snapshots, of as many accounts as there are.

use super::{Error, Progress, Unit};
use crate::Options;
use crate::cli::diagnose::ContextArgs;
use crate::cli::{PolicyArgs, inside};
use crate::diagnose_trail;
use crate::diagnosed::{REMEDIES, TrailDiagnosis};
use crate::triage::Tally;

/// What is known of policies.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Policies")]
pub(super) struct KnownPolicies {
    /// An iamdx snapshot: each denial is diagnosed by it, and a remedy counts the denials that it would end. Repeat it for several
    /// accounts
    #[arg(long, value_name = "FILE")]
    snapshot: Vec<String>,
    /// Remedies that are worked out with --snapshot, those of the most frequent causes
    #[arg(long, value_name = "N", default_value_t = REMEDIES)]
    remedies: usize,
}

impl KnownPolicies {
    /// Whether there are any, so that records have to be kept.
    pub(super) fn are_given(&self) -> bool {
        !self.snapshot.is_empty()
    }

    /// What they tell of a trail; `None` where none are given.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub(super) fn diagnose(&self, tally: &Tally) -> Result<Option<TrailDiagnosis>, Error> {
        if !self.are_given() {
            return Ok(None);
        }
        let snapshot = PolicyArgs::of_snapshots(self.snapshot.clone()).read()?;
        let options = Options::default().hints(ContextArgs::default().hints());
        let progress = Progress::start("diagnosing", Unit::Denials, Some(tally.fingerprints.len() as u64));
        let done = |many| progress.add(many);
        Ok(Some(inside::on_all_cores(|| diagnose_trail(tally, &snapshot, &options, self.remedies, &done))))
    }
}
