//! `triage --live`: AWS is asked for the policies that the denials of the trail need, when the trail is read.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::Error;
use crate::Options;
use crate::aws::{self, AwsError, Clients, Collected, Failure, FailureKind, TrailPlan};
use crate::cli::live::{self, AwsArgs};
use crate::cli::{inside, output};
use crate::diagnosed::denials;
use crate::iam::Request;
use crate::report::words;
use crate::snapshot::{Snapshot, SnapshotFile};
use crate::triage::{Counted, Tally};

/// Things of each kind that are asked about, unless another number is given: at eight calls side by side some seconds.
const MOST: usize = 500;

/// Fingerprints whose records are read again at once.
const AT_ONCE: usize = 1024;

/// Whether AWS is asked, and how it is reached.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "AWS")]
pub(super) struct LiveArgs {
    /// Collect from AWS the policies that the denials need: the account of the credentials, its place in the organization, and the
    /// resources that are denied
    #[arg(long, group = "asked")]
    live: bool,
    /// With --live: keep the snapshot, so that --snapshot FILE gives the same answer without a network
    #[arg(long, value_name = "FILE", requires = "live")]
    save: Option<String>,
    /// With --live: resources whose policies are asked for, those of the most frequent denials; as many keys, endpoints and so on
    #[arg(long, value_name = "N", requires = "live", default_value_t = MOST)]
    resources: usize,
    /// A profile of the AWS configuration files
    #[arg(long, value_name = "NAME", requires = "live")]
    profile: Option<String>,
    /// One endpoint for all services; wins over `AWS_ENDPOINT_URL` and its kin
    #[arg(long, value_name = "URL", requires = "live", value_parser = live::endpoint)]
    endpoint_url: Option<String>,
    /// How many seconds one attempt of a call may take; a call ends after three times that
    #[arg(long, value_name = "SECONDS", requires = "live", value_parser = live::seconds)]
    timeout: Option<std::time::Duration>,
}

impl LiveArgs {
    /// Whether AWS is asked.
    pub(super) const fn is_on(&self) -> bool {
        self.live
    }

    fn aws(&self, regions: &[String]) -> AwsArgs {
        AwsArgs {
            profile: self.profile.clone(),
            region: regions.first().cloned(),
            endpoint_url: self.endpoint_url.clone(),
            timeout: self.timeout,
        }
    }

    /// Looks at the options.
    ///
    /// # Errors
    /// When a Region cannot be one, or there are several.
    pub(super) fn check(&self, regions: &[String]) -> Result<(), Error> {
        if self.live && regions.len() > 1 {
            let what =
                "--live takes one --region, that of regional endpoints. Which Regions are asked about, the trail says";
            return Err(Error::Usage(what.to_owned()));
        }
        if self.live && regions.iter().any(|region| !aws::is_region(region)) {
            return Err(Error::Usage("--region: a Region such as eu-west-1 is expected".to_owned()));
        }
        Ok(())
    }

    /// Asks AWS who asks, and remarks it where that does not work: the trail may take hours, and is read all the same.
    pub(super) fn try_out(&self, regions: &[String]) {
        if !self.live {
            return;
        }
        let settings = self.aws(regions).settings();
        let tried = live::run(async {
            let clients = Clients::new(&settings).await.map_err(AwsError::from)?;
            match aws::caller(&clients).await {
                Err(failure) if failure.is_silence() => Err(AwsError::from(failure).into()),
                _ => Ok(()),
            }
        });
        if let Err(error) = tried {
            output::note(&words::triage_live::not_now(&error.to_string()));
        }
    }

    /// What AWS tells, below what was given; and why it tells nothing, or not all of it.
    pub(super) fn beside(
        &self,
        given: Snapshot,
        tally: &Tally,
        options: &Options<'_>,
        regions: &[String],
    ) -> (Snapshot, Option<Error>) {
        if !self.live {
            return (given, None);
        }
        let held = given.accounts().map(str::to_owned).collect();
        match self.collect(held, tally, options, regions) {
            Ok(Asked { file, failed }) => match self.kept(&file) {
                Ok(snapshot) => (below(snapshot, given), failed.or_else(|| self.save(&file).err())),
                Err(error) => (given, Some(error)),
            },
            Err(error) => (given, Some(error)),
        }
    }

    /// The same bytes go through the same reader as a file's.
    fn kept(&self, file: &SnapshotFile<'_>) -> Result<Snapshot, Error> {
        let name = self.save.as_deref().unwrap_or_default();
        let mut bytes = Vec::new();
        file.write(&mut bytes).map_err(|error| Error::Write { path: name.to_owned(), error })?;
        let snapshot = Snapshot::read(name, bytes)?;
        for note in snapshot.notes() {
            output::note(&words::snapshot::note(note));
        }
        Ok(snapshot)
    }

    fn save(&self, file: &SnapshotFile<'_>) -> Result<(), Error> {
        let Some(path) = &self.save else { return Ok(()) };
        output::write_file_with(path, |out| file.write(out))
    }

    /// Asks AWS.
    ///
    /// # Errors
    /// When nothing of AWS is known then.
    fn collect(
        &self,
        held: BTreeSet<String>,
        tally: &Tally,
        options: &Options<'_>,
        regions: &[String],
    ) -> Result<Asked, Error> {
        let settings = self.aws(regions).settings();
        live::run(async {
            let clients = Clients::new(&settings).await.map_err(AwsError::from)?;
            let progress = live::asking(&clients);
            let caller = aws::caller(&clients).await.map_err(AwsError::from)?;
            progress.say("looking through the denials");
            let called = tally.fingerprints.iter().filter_map(|(_, counted)| counted.cause().region);
            let called = called.map(|region| region.to_string()).collect();
            let mut plan = TrailPlan::new(caller, self.resources, called, held);
            each_request(tally, options, &mut |request, silent| plan.add(request, silent));
            let Collected { file, left, .. } = Box::pin(plan.collect(&clients, &|text| progress.say(text))).await;
            drop(progress);
            let failed = match AwsError::nothing(&clients) {
                Some(error) if error.is_silence() => return Err(error.into()),
                nothing => nothing.map(Error::from),
            };
            // that something is not there is an answer, too
            let is_answer = |failure: &Failure| {
                matches!(failure.kind, FailureKind::NotFound | FailureKind::NotInOrganization) || !failure.sent
            };
            let refused = clients.failures().into_iter().filter(|failure| failed.is_none() && !is_answer(failure));
            let refused: Vec<String> = refused.map(|failure| failure.operation.id()).collect();
            for line in words::triage_live::asked(clients.succeeded(), &refused, left, self.resources) {
                output::note(&line);
            }
            Ok(Asked { file, failed })
        })
    }
}

/// What was given counts for more than what was collected.
fn below(mut collected: Snapshot, given: Snapshot) -> Snapshot {
    let (own, others) = (collected.notes().len(), given.notes().len());
    collected.merge(given);
    let of_both = collected.notes().iter().rev().skip(others).rev().skip(own);
    of_both.for_each(|note| output::note(&words::snapshot::note(note)));
    collected
}

/// What AWS told.
struct Asked {
    file: SnapshotFile<'static>,
    /// That nothing was answered.
    failed: Option<Error>,
}

/// The requests of the records that are kept, those of the most frequent denials first, each with whether AWS names no type of policy.
fn each_request(tally: &Tally, options: &Options<'_>, each: &mut dyn FnMut(&Request, bool)) {
    let mut all: Vec<Counted<'_>> = tally.fingerprints.iter().map(|(_, counted)| counted).collect();
    // of those that count the same the first by the fingerprint
    all.sort_by_key(|counted| std::cmp::Reverse(counted.count()));
    let cores = inside::Cores::new();
    for some in all.chunks(AT_ONCE) {
        let requests = |counted: &Counted<'_>| -> Vec<(Request, bool)> {
            let read = denials(*counted).filter_map(|(_, denial)| denial);
            read.map(|denial| (options.request(&denial), denial.reason.policy_type.is_none())).collect()
        };
        let requests: Vec<Vec<_>> = cores.run(|| some.par_iter().map(requests).collect());
        requests.iter().flatten().for_each(|(request, silent)| each(request, *silent));
    }
}
