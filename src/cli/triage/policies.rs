//! The policies that tell the cause of each fingerprint: snapshots, of as many accounts as there are, and what AWS itself tells.

#[cfg(feature = "live")]
use super::live::LiveArgs;
#[cfg(not(feature = "live"))]
use super::offline::LiveArgs;
use super::{Error, Progress, Unit};
use crate::Options;
use crate::cli::diagnose::ContextArgs;
use crate::cli::{PolicyArgs, inside};
use crate::diagnose_trail;
use crate::diagnosed::{REMEDIES, TrailDiagnosis};
use crate::snapshot::Snapshot;
use crate::triage::Tally;

/// What is known of policies.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Policies")]
pub(super) struct KnownPolicies {
    /// An iamdx snapshot: each denial is diagnosed by it, and a remedy counts the denials that it would end. Repeat it for several
    /// accounts
    #[arg(long, value_name = "FILE")]
    snapshot: Vec<String>,
    /// Remedies that are worked out with --snapshot or --live, those of the most frequent causes
    #[arg(long, value_name = "N", default_value_t = REMEDIES)]
    remedies: usize,
    #[command(flatten)]
    live: LiveArgs,
}

/// What policies tell of a trail.
#[derive(Default)]
pub(super) struct Told {
    /// The findings; `None` where no policies are known.
    pub(super) diagnosis: Option<TrailDiagnosis>,
    /// Why it is not more: the trail was read for hours perhaps, and is answered all the same.
    pub(super) failed: Option<Error>,
}

impl KnownPolicies {
    /// Whether there are any, so that records have to be kept.
    pub(super) fn are_given(&self) -> bool {
        #[cfg(feature = "live")]
        let is_asked = self.live.is_on();
        #[cfg(not(feature = "live"))]
        let is_asked = false;
        !self.snapshot.is_empty() || is_asked
    }

    /// Looks at the options that ask AWS.
    ///
    /// # Errors
    /// When they cannot be used.
    pub(super) fn check(&self, regions: &[String]) -> Result<(), Error> {
        self.live.check(regions)
    }

    /// Reads the files, before anything else is done: one that cannot be read is told now and not in hours, and a pipe is read once. Of AWS
    /// it is only remarked that it does not answer; `is_long` where it is asked much later.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub(super) fn read<'k>(&'k self, regions: &'k [String], is_long: bool) -> Result<Known<'k>, Error> {
        let given = PolicyArgs::of_snapshots(self.snapshot.clone()).read()?;
        #[cfg(feature = "live")]
        if is_long {
            self.live.try_out(regions);
        }
        #[cfg(not(feature = "live"))]
        let _ = (regions, is_long);
        Ok(Known {
            args: self,
            #[cfg(feature = "live")]
            regions,
            given,
        })
    }
}

/// What was given of policies, and what else is to be asked.
pub(super) struct Known<'k> {
    args: &'k KnownPolicies,
    #[cfg(feature = "live")]
    regions: &'k [String],
    given: Snapshot,
}

impl Known<'_> {
    /// What they tell of a trail.
    pub(super) fn diagnose(self, tally: &Tally) -> Told {
        let args = self.args;
        if !args.are_given() {
            return Told::default();
        }
        let options = options();
        #[cfg(feature = "live")]
        let (snapshot, failed) = args.live.beside(self.given, tally, &options, self.regions);
        #[cfg(not(feature = "live"))]
        let (snapshot, failed) = (self.given, None);
        if args.snapshot.is_empty() && snapshot.accounts().next().is_none() {
            return Told { diagnosis: None, failed };
        }
        let progress = Progress::start("diagnosing", Unit::Denials, Some(tally.fingerprints.len() as u64));
        let done = |many| progress.add(many);
        let looks = inside::take_looks();
        let diagnosed = || diagnose_trail(tally, &snapshot, &options, looks, args.remedies, &done);
        Told { diagnosis: Some(inside::on_all_cores(diagnosed)), failed }
    }

    /// The snapshots that were given.
    pub(super) fn given(self) -> Snapshot {
        self.given
    }
}

/// What a person adds to a denial: nothing for those of a trail.
pub(super) fn options() -> Options<'static> {
    Options::default().hints(ContextArgs::default().hints())
}
