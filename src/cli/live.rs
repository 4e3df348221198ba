//! What the commands that call AWS share: how AWS is reached, and the runtime that the calls run on.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::future::Future;
use std::time::Duration;

use serde_json::value::RawValue;

use super::progress::{Progress, Unit};
use super::{Error, PolicyArgs, output};
use crate::Options;
use crate::aws::{self, AwsError, Caller, Clients, Settings};
use crate::aws_evidence::{DecodedFile, EncodedId, PolicyThenFile, Question, RecordFile, TrailFile};
use crate::denial::Denial;
use crate::diagnose::denied_request;
use crate::iam::{Arn, PolicyType, Principal, Request, Subject, Unseen, global_region, partition_of};
use crate::report::{Report, words};
#[cfg(feature = "bedrock-live")]
use crate::snapshot::InferenceProfileFile;
use crate::snapshot::{GapFile, RawEvidence, Snapshot, SnapshotFile, SnapshotNote};
use crate::text::Source;

/// How AWS is reached; by default as every AWS tool does it.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "AWS")]
pub(crate) struct AwsArgs {
    /// A profile of the AWS configuration files
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// The region of regional endpoints
    #[arg(long, value_name = "REGION", value_parser = region)]
    pub(crate) region: Option<String>,
    /// One endpoint for all services; wins over `AWS_ENDPOINT_URL` and its kin
    #[arg(long, value_name = "URL", value_parser = endpoint)]
    pub(crate) endpoint_url: Option<String>,
    /// How many seconds one attempt of a call may take; a call ends after three times that
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,
}

pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().ok().filter(|seconds| (0.1..=3600.0).contains(seconds));
    seconds
        .map(Duration::from_secs_f64)
        .ok_or_else(|| "a number of seconds between 0.1 and 3600 is expected".to_owned())
}

fn region(text: &str) -> Result<String, String> {
    if aws::is_region(text) { Ok(text.to_owned()) } else { Err("a Region such as eu-west-1 is expected".to_owned()) }
}

pub(crate) fn endpoint(text: &str) -> Result<String, String> {
    aws::is_endpoint(text).map(|()| text.to_owned()).map_err(|expected| format!("{expected} is expected"))
}

impl AwsArgs {
    /// As the clients take it.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            profile: self.profile.clone(),
            region: self.region.clone(),
            global_region: None,
            endpoint_url: self.endpoint_url.clone(),
            timeout: self.timeout,
        }
    }
}

impl AwsArgs {
    /// The same, in this partition where no Region is set.
    fn settings_for(&self, partition: Option<&str>) -> Settings {
        Settings { global_region: partition.map(global_region), ..self.settings() }
    }
}

/// The partition of a denial: of who was denied, or of what.
fn partition(denial: &Denial) -> Option<String> {
    let who = denial.principal.as_ref().and_then(Principal::partition).map(str::to_owned);
    let of = || denial.resource.as_deref().and_then(|resource| resource.parse::<Arn>().ok());
    who.or_else(|| of().map(|arn| arn.partition().to_owned()).filter(|partition| !partition.is_empty()))
}

/// Says so where the Region is one of another partition, which does not know the credentials.
fn in_its_partition(clients: &Clients, partition: Option<&str>) {
    if let (Some(region), Some(partition)) = (clients.region(), partition)
        && partition_of(region) != partition
    {
        output::note(&words::snapshot::other_partition(partition, region));
    }
}

/// Runs calls to their end.
///
/// # Errors
/// When the operating system gives no means to wait for the network, or as `work` says.
pub(crate) fn run<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    // what waits for many calls is large, and stands on the heap
    let work = Box::pin(work);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Error::Usage(format!("the network cannot be used: {error}")))?;
    #[cfg(feature = "mcp")]
    let work = wanted(work);
    runtime.block_on(work)
}

#[cfg(feature = "mcp")]
thread_local! {
    /// Whether somebody stops waiting for what this thread does.
    static STOPPED: std::cell::RefCell<Option<tokio::sync::watch::Receiver<bool>>> = const { std::cell::RefCell::new(None) };
}

/// Does something of which the calls of AWS end when nobody waits for it any more.
#[cfg(feature = "mcp")]
pub(crate) fn while_wanted<T>(stopped: tokio::sync::watch::Receiver<bool>, work: impl FnOnce() -> T) -> T {
    STOPPED.replace(Some(stopped));
    let result = work();
    STOPPED.replace(None);
    result
}

#[cfg(feature = "mcp")]
async fn wanted<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let Some(mut stopped) = STOPPED.with_borrow(Clone::clone) else {
        return work.await;
    };
    tokio::select! {
        result = work => result,
        // who is gone does not wait either
        _ = stopped.wait_for(|stopped| *stopped) => Err(Error::Interrupted),
    }
}

/// That AWS is asked, for whoever waits.
pub(crate) fn asking(clients: &Clients) -> Progress {
    Progress::of("asking AWS", Unit::Calls, None, clients.asked())
}

/// Whether `diagnose` and `simulate` ask AWS, and what they keep of the answers.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct LiveArgs {
    /// Collect from AWS the policies that the request needs; `diagnose` also asks AWS's simulator and its record of the denial
    #[arg(long, help_heading = "AWS")]
    live: bool,
    /// With --live: keep the snapshot and AWS's answers, so that --snapshot FILE makes the same report without a network
    #[arg(long, value_name = "FILE", requires = "live", help_heading = "AWS")]
    save: Option<String>,
    /// With --live: do not look for the denial in CloudTrail's event history
    #[arg(long, requires = "live", help_heading = "AWS")]
    no_trail: bool,
    #[command(flatten)]
    aws: AwsArgs,
}

/// What a live diagnosis came to.
#[derive(Default)]
pub(crate) struct Live {
    /// The reports; `None` where nothing of AWS is known, so that they are made from the other material.
    pub(crate) reports: Option<Vec<Report>>,
    /// That nothing was answered.
    pub(crate) failed: Option<Error>,
}

/// The end of asking, where nothing came of it; what AWS at least refused is worth a gap each, and goes on.
fn silence(error: impl Into<AwsError>) -> Live {
    Live { reports: None, failed: Some(Error::Aws(error.into())) }
}

/// Rounds of questions. Finding one SCP statement among many takes the most: each round halves them.
const ROUNDS: usize = 14;

impl LiveArgs {
    /// AWS is asked, and nothing is kept of its answers.
    #[cfg(feature = "mcp")]
    pub(crate) fn asking(aws: AwsArgs) -> Self {
        Self { live: true, aws, ..Self::default() }
    }

    /// Diagnoses with AWS's help, if that was asked for.
    ///
    /// # Errors
    /// When a file cannot be read or written. What AWS refuses is a gap of the reports.
    pub(crate) fn diagnose(
        &self,
        source: &Source,
        denials: &[Denial],
        policies: &PolicyArgs,
        options: &Options<'_>,
    ) -> Result<Live, Error> {
        if !self.live || denials.is_empty() {
            return Ok(Live::default());
        }
        run(async {
            let partition = denials.iter().find_map(partition);
            let clients = match Clients::new(&self.aws.settings_for(partition.as_deref())).await {
                Ok(clients) => clients,
                Err(error) => return Ok(silence(error)),
            };
            in_its_partition(&clients, partition.as_deref());
            let _progress = asking(&clients);
            let requests: Vec<_> = denials.iter().map(|denial| options.request(denial)).collect();
            let (caller, unknown) = match aws::caller(&clients).await {
                Ok(caller) => (caller, None),
                Err(failure) if failure.ends_everything() => return Ok(silence(failure)),
                Err(failure) => (assumed_caller(&requests), Some(failure)),
            };
            let asking = answers_about(&clients, source, denials);
            let looking = async {
                if self.no_trail { Vec::new() } else { Box::pin(aws::history(&clients, &caller, denials)).await }
            };
            let telling = async { tokio::join!(asking, looking) };
            let silent = denials.iter().any(|denial| denial.reason.policy_type.is_none());
            let is_whole =
                |request: &Request| request.principal.value().is_some() && request.resource.value().is_some();
            let (mut answers, (told, history)) = if requests.iter().all(is_whole) {
                tokio::join!(Collected::take(&clients, caller.clone(), &requests, silent), telling)
            } else {
                // what the text leaves out AWS may tell, and whose policies to read is known only then
                let (told, history) = Box::pin(telling).await;
                let evidence = told.evidence(&history);
                let requests: Vec<_> = denials.iter().map(|denial| options.request_by(denial, &evidence)).collect();
                (Collected::take(&clients, caller.clone(), &requests, silent).await, (told, history))
            };
            let evidence = told.evidence(&history);
            if evidence != RawEvidence::default() {
                answers.take_endpoints(&clients, denials, options, &evidence).await;
            }
            answers.file.event_history = raws(&history);
            answers.file.denied_before = denials.iter().map(|denial| denied_request(denial).to_file()).collect();
            answers.file.gaps.extend(told.gaps);
            answers.file.gaps.extend(unknown.map(|failure| failure.gap("", None)));
            answers.file.authorization_details = raws(&told.records);
            answers.file.authorization_policies = raws(&told.then);
            answers.file.decoded_messages = raws(&told.decoded);
            let name = self.save.as_deref().unwrap_or_default();
            let reports = answers.consult(&clients, name, denials, policies, options).await?;
            let nothing = AwsError::nothing(&clients);
            if let Some(error) = nothing.as_ref().filter(|error| error.is_silence()) {
                return Ok(silence(error.clone()));
            }
            for note in &answers.notes {
                output::note(&words::snapshot::note(note));
            }
            if let Some(path) = &self.save {
                output::write_file_with(path, |out| answers.file.write(out))?;
            }
            Ok(Live { reports: Some(reports), failed: nothing.map(Error::from) })
        })
    }
}

/// What was collected for one request.
#[derive(Default)]
pub(crate) struct Taken {
    /// The policies; `None` where nothing of AWS is known.
    pub(crate) snapshot: Option<Snapshot>,
    /// That nothing was answered.
    pub(crate) failed: Option<Error>,
}

impl LiveArgs {
    /// Collects what one request needs, if that was asked for; files of policies are laid on top.
    ///
    /// # Errors
    /// When a file cannot be read or written. What AWS refuses is a gap of the snapshot.
    pub(crate) fn take(&self, request: &Request, policies: &PolicyArgs) -> Result<Taken, Error> {
        if !self.live {
            return Ok(Taken::default());
        }
        run(async {
            let silence = |error: AwsError| Ok(Taken { snapshot: None, failed: Some(Error::Aws(error)) });
            let partition = request.principal.value().and_then(Principal::partition);
            let clients = match Clients::new(&self.aws.settings_for(partition)).await {
                Ok(clients) => clients,
                Err(error) => return silence(error.into()),
            };
            in_its_partition(&clients, partition);
            let _progress = asking(&clients);
            let requests = std::slice::from_ref(request);
            let caller = match aws::caller(&clients).await {
                Ok(caller) => caller,
                Err(failure) if failure.ends_everything() => return silence(failure.into()),
                Err(_) => assumed_caller(requests),
            };
            let file = Box::pin(aws::take(&clients, &caller, requests, false)).await;
            let nothing = AwsError::nothing(&clients);
            if let Some(error) = nothing.as_ref().filter(|error| error.is_silence()) {
                return silence(error.clone());
            }
            let name = self.save.as_deref().unwrap_or_default();
            let mut bytes = Vec::new();
            file.write(&mut bytes).map_err(|error| Error::Write { path: name.to_owned(), error })?;
            let snapshot = policies.read_onto(Snapshot::read(name, bytes)?)?;
            for note in snapshot.notes() {
                output::note(&words::snapshot::note(note));
            }
            if let Some(path) = &self.save {
                output::write_file_with(path, |out| file.write(out))?;
            }
            Ok(Taken { snapshot: Some(snapshot), failed: nothing.map(Error::from) })
        })
    }
}

/// What AWS told so far.
pub(crate) struct Collected {
    file: SnapshotFile<'static>,
    caller: Caller,
    /// What was noticed in the documents.
    pub(crate) notes: Vec<SnapshotNote>,
}

impl Collected {
    /// Collects what the requests need; `silent` where AWS names no type of policy.
    pub(crate) async fn take(clients: &Clients, caller: Caller, requests: &[Request], silent: bool) -> Self {
        let file = Box::pin(aws::take(clients, &caller, requests, silent)).await;
        Self { file, caller, notes: Vec::new() }
    }

    /// Reads the policies of the VPC endpoints that only AWS's answers name.
    async fn take_endpoints(
        &mut self,
        clients: &Clients,
        denials: &[Denial],
        options: &Options<'_>,
        evidence: &RawEvidence,
    ) {
        let requests: Vec<_> = denials.iter().map(|denial| options.request_by(denial, evidence)).collect();
        aws::endpoints(clients, &self.caller, &requests, &mut self.file).await;
    }

    /// Reads the managed policies that records name as session policies, and that nothing holds; whether there are any.
    async fn take_session_policies(&mut self, clients: &Clients, reports: &[Report]) -> bool {
        let gaps = reports.iter().flat_map(|report| &report.diagnosis.gaps);
        let unread = gaps.filter(|gap| gap.reason == Unseen::DocumentNotInFile);
        let arns: BTreeSet<String> = unread
            .filter_map(|gap| match &gap.subject {
                Subject::Policy { policy_type: PolicyType::Session, arn, .. } => arn.clone(),
                _ => None,
            })
            .collect();
        let any = !arns.is_empty();
        aws::session_policies(clients, &self.caller, arns, &mut self.file).await;
        any
    }

    /// The snapshot that it is, with the policies of the options on top. The same bytes go through the same pipeline as a file's.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub(crate) fn snapshot(&mut self, name: &str, policies: &PolicyArgs) -> Result<Snapshot, Error> {
        let mut bytes = Vec::new();
        self.file.write(&mut bytes).map_err(|error| Error::Write { path: name.to_owned(), error })?;
        let snapshot = policies.read_onto(Snapshot::read(name, bytes)?)?;
        self.notes = snapshot.notes().to_vec();
        Ok(snapshot)
    }

    /// Adds inference profiles of Bedrock.
    #[cfg(feature = "bedrock-live")]
    pub(crate) fn add_profiles(&mut self, profiles: Vec<InferenceProfileFile<'static>>) {
        self.file.inference_profiles.extend(profiles);
    }

    /// Diagnoses, asks the simulator what is open, and diagnoses again.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub(crate) async fn consult(
        &mut self,
        clients: &Clients,
        name: &str,
        denials: &[Denial],
        policies: &PolicyArgs,
        options: &Options<'_>,
    ) -> Result<Vec<Report>, Error> {
        let mut reports = self.reports(name, denials, policies, options)?;
        if self.take_session_policies(clients, &reports).await {
            reports = self.reports(name, denials, policies, options)?;
        }
        for _ in 0..ROUNDS {
            let mut open: Vec<Question> = Vec::new();
            for question in reports.iter().flat_map(|report| &report.simulator_findings.open) {
                // the simulator knows the principals of the caller's own account only
                let foreign =
                    question.principal.as_ref().is_some_and(|arn| arn.split(':').nth(4) != Some(&self.caller.account));
                if !foreign && !open.contains(question) {
                    open.push(question.clone());
                }
            }
            if open.is_empty() {
                break;
            }
            self.file.simulations.extend(raws(&aws::simulate(clients, &open).await));
            reports = self.reports(name, denials, policies, options)?;
        }
        Ok(reports)
    }

    fn reports(
        &mut self,
        name: &str,
        denials: &[Denial],
        policies: &PolicyArgs,
        options: &Options<'_>,
    ) -> Result<Vec<Report>, Error> {
        let snapshot = self.snapshot(name, policies)?;
        Ok(crate::diagnose_all(denials, &snapshot, &|_| options, &|| {}))
    }
}

/// What AWS told of the denials themselves.
struct ToldByAws {
    records: Vec<RecordFile>,
    /// Policies as they were then.
    then: Vec<PolicyThenFile>,
    decoded: Vec<DecodedFile>,
    gaps: Vec<GapFile<'static>>,
}

impl ToldByAws {
    /// As a snapshot keeps it, with what the event history has.
    fn evidence(&self, history: &[TrailFile]) -> RawEvidence {
        RawEvidence {
            authorization_details: texts(&self.records),
            decoded_messages: texts(&self.decoded),
            event_history: texts(history),
            ..RawEvidence::default()
        }
    }
}

/// AWS's records and decoded messages of the denials, and the gaps where it refused.
async fn answers_about(clients: &Clients, source: &Source, denials: &[Denial]) -> ToldByAws {
    let (mut records, mut then, mut decoded, mut gaps) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for denial in denials {
        if let Some(id) = &denial.authorization_id {
            let region = aws::region_of(source.text(), id, denial);
            let (record, failure) = aws::record(clients, id, region.as_deref()).await;
            gaps.extend(failure.map(|failure| failure.gap(id, None)));
            if let Some(record) = record {
                let (policies, refused) = aws::policies_then(clients, &record).await;
                then.extend(policies);
                gaps.extend(refused);
                records.push(record);
            }
        }
        if let Some(message) = denial.encoded_message.as_ref().filter(|message| message.complete) {
            match aws::decode(clients, &message.blob).await {
                Ok(message) => decoded.push(message),
                Err(failure) => gaps.push(failure.gap(&EncodedId::new(&message.blob).start, None)),
            }
        }
    }
    ToldByAws { records, then, decoded, gaps }
}

/// Where AWS does not say who asks, the account of the denied principal is taken: what does not fit is refused.
fn assumed_caller(requests: &[Request]) -> Caller {
    let account = requests.iter().find_map(|request| request.principal.value()?.account().map(str::to_owned));
    Caller { arn: String::new(), account: account.unwrap_or_default() }
}

fn texts<T: serde::Serialize>(answers: &[T]) -> Vec<String> {
    answers.iter().filter_map(|answer| serde_json::to_string(answer).ok()).collect()
}

fn raws<T: serde::Serialize>(answers: &[T]) -> Vec<Cow<'static, RawValue>> {
    answers.iter().filter_map(|answer| serde_json::value::to_raw_value(answer).ok()).map(Cow::Owned).collect()
}
