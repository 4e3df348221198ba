//! `iamdx probe bedrock`: which models this identity may call, tried with one token each, and why not the others.

#[cfg(feature = "mcp")]
mod called;
mod command;
mod key_safety;

use std::time::Duration;

use tokio::sync::watch;

use super::live::{self, AwsArgs, Collected};
use super::output;
use super::progress::{Progress, Unit};
use super::{Error, Exit, OutputArgs, PolicyArgs};
use crate::Options;
use crate::aws::{self, AwsError, Bedrock, Caller, Clients, FailureKind};
use crate::iam::Hints;
use crate::probe::{
    Auth, Discovery, Ending, Estimate, Identity, MAX_USD, NotRun, Note, Plan, Record, Run, Settings, findings, plan,
};
use crate::report::sections::probe::ProbeReport;
use crate::report::{Detail, Format, Redactor, words};
use crate::snapshot::{Snapshot, SnapshotFile};
#[cfg(feature = "mcp")]
pub(crate) use called::{Wanted, called};
use key_safety::Inputs;

/// Arguments of `probe`.
#[derive(Debug, clap::Args)]
pub(crate) struct ProbeArgs {
    #[command(subcommand)]
    service: ServiceArgs,
}

#[derive(Debug, clap::Subcommand)]
enum ServiceArgs {
    /// Call Claude models on Amazon Bedrock with one token each, and say for each whether this identity may, and if not, why
    Bedrock(Box<BedrockArgs>),
}

/// Arguments of `probe bedrock`.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct BedrockArgs {
    /// Models to call, in this order: ids, inference profiles, ARNs, or sonnet, haiku, opus for the newest of each
    #[arg(long, value_name = "MODEL,...", value_delimiter = ',')]
    models: Vec<String>,
    /// Regions to call from; otherwise the configured one
    #[arg(long, value_name = "REGION,...", value_delimiter = ',', conflicts_with = "region")]
    regions: Vec<String>,
    /// Which operations to call; each by itself and as a stream, which is another IAM action
    #[arg(long, value_enum, value_name = "API,...", value_delimiter = ',', default_value = "converse")]
    api: Vec<ApiArg>,
    /// Vary the parameters of what works: temperature, tools, service tiers, latency
    #[arg(long)]
    params: bool,
    /// Try the models that work with this guardrail too
    #[arg(long, value_name = "ID:VERSION", value_parser = guardrail)]
    guardrail: Option<(String, String)>,
    /// Try the guardrail and the service tiers on what is explicitly denied too: a Deny may depend on them
    #[arg(long)]
    try_conditions: bool,
    /// Call the models as named only, not by the inference profiles that lead to them
    #[arg(long)]
    no_fallback: bool,
    /// Ask for no token at all, to be refused as not valid: costs nothing, and shows only that a call is likely allowed
    #[arg(long)]
    dry: bool,
    /// As many calls at most, repetitions included; without it, twelve cells of the matrix are called
    #[arg(long, value_name = "NUMBER")]
    max_calls: Option<u32>,
    /// US dollars that the calls may cost at most
    #[arg(long, value_name = "USD", default_value_t = MAX_USD)]
    max_usd: f64,
    /// Call models too whose first call could make the account agree to an offer on AWS Marketplace
    #[arg(long)]
    allow_subscribe: bool,
    /// Sign with the ordinary credentials, or use the API key in `AWS_BEARER_TOKEN_BEDROCK`
    #[arg(long, value_enum, default_value = "sigv4", help_heading = "AWS")]
    auth: AuthArg,
    /// Collect the policies of the caller from AWS, to diagnose what is denied
    #[arg(long, help_heading = "AWS")]
    live: bool,
    /// A text, such as an older report: where it shows the key that would be used, or its quarantine, nothing is called; may be repeated
    #[arg(long, value_name = "FILE", help_heading = "Safety")]
    input: Vec<String>,
    /// Call although the key is marked as compromised: the key is mine, and its exposure is dealt with
    #[arg(long, help_heading = "Safety")]
    i_own_this_key: bool,
    #[command(flatten)]
    output: OutputArgs,
    /// Write the report as JSON to this file, too
    #[arg(long, value_name = "FILE")]
    save_json: Option<String>,
    /// Write the report as Markdown to this file, too
    #[arg(long, value_name = "FILE")]
    save_markdown: Option<String>,
    /// Replace account ids, names and ids by stable pseudonyms
    #[arg(long)]
    redact: bool,
    #[command(flatten)]
    policies: PolicyArgs,
    #[command(flatten)]
    aws: AwsArgs,
    /// Start calls and repetitions at once, for tests against a server of one's own
    #[arg(long, hide = true)]
    no_waits: bool,
}

/// Operations of the runtime, each with its stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ApiArg {
    /// `Converse` and `ConverseStream`
    Converse,
    /// `InvokeModel` and `InvokeModelWithResponseStream`
    Invoke,
}

/// How calls are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum AuthArg {
    Sigv4,
    Bearer,
}

fn guardrail(text: &str) -> Result<(String, String), String> {
    match text.rsplit_once(':') {
        Some((id, version)) if !id.is_empty() && !version.is_empty() => Ok((id.to_owned(), version.to_owned())),
        _ => Err("ID:VERSION is expected, for example gr1234567890:1 or ARN:DRAFT".to_owned()),
    }
}

/// Runs the command.
pub(crate) fn run(args: &ProbeArgs) -> Result<Exit, Error> {
    let ServiceArgs::Bedrock(args) = &args.service;
    let inputs = Inputs::read(&args.input)?;
    live::run(async {
        let (pressed, presses) = watch::channel(0u8);
        let ended = async {
            // the first one ends the run, with a report; who presses again does not want to wait for it
            for press in 1..=2 {
                if tokio::signal::ctrl_c().await.is_err() {
                    std::future::pending::<()>().await;
                }
                pressed.send_replace(press);
            }
        };
        tokio::select! {
            exit = bedrock(args, &inputs, presses) => exit,
            () = ended => Err(Error::Interrupted),
        }
    })
}

async fn bedrock(args: &BedrockArgs, inputs: &Inputs, presses: watch::Receiver<u8>) -> Result<Exit, Error> {
    let report = Box::pin(probed(args, inputs, presses)).await?;
    deliver(args, &report)?;
    Ok(if inputs.secret_seen() { Exit::Incident } else { exit(&report) })
}

/// Makes the calls, and diagnoses what is denied.
async fn probed(args: &BedrockArgs, inputs: &Inputs, presses: watch::Receiver<u8>) -> Result<ProbeReport, Error> {
    let started_at = aws::now();
    let clients = Clients::new(&args.aws.settings()).await.map_err(AwsError::from)?;
    let asking = live::asking(&clients);
    let bedrock = Bedrock::new(&clients, args.auth(), args.aws.timeout);
    let bedrock = bedrock.map_err(|error| Error::Usage(error.to_string()))?;
    let mut marks = inputs.key(&bedrock).await;
    // a key that is known to be out is not even asked whose it is
    let shown = !marks.is_empty() && !args.i_own_this_key;
    let settings = args.settings(&clients);
    let caller = if shown { None } else { caller(args, &clients, &bedrock, &settings.regions).await? };
    marks.extend(inputs.principal(caller.as_ref()));

    let mut notes = notes(args, &clients, &bedrock, caller.as_ref());
    notes.extend(inputs.leaks());
    let mut policies = Policies::read(args, &clients, caller.as_ref()).await?;
    marks.extend(key_safety::quarantined(&policies.snapshot, caller.as_ref()));
    let refused = !marks.is_empty() && !args.i_own_this_key;
    let incident = inputs.incident(marks, caller.as_ref(), refused);

    let usage = |error: crate::probe::PlanError| Error::Usage(error.to_string());
    let plan = if refused {
        call_nothing(plan(settings, Discovery::default()).map_err(usage)?, NotRun::Compromised)
    } else {
        tokio::select! {
            discovery = bedrock.discover(&settings) => plan(settings, discovery.map_err(usage)?).map_err(usage)?,
            () = pressed(presses.clone()) => {
                call_nothing(plan(settings.clone(), Discovery::default()).map_err(usage)?, NotRun::Interrupted)
            }
        }
    };
    policies.add_profiles(args, &plan)?;
    let mut run = Run::new(plan);
    drop(asking);
    if !refused {
        announce(&run, caller.as_ref().filter(|_| !args.redact));
        drive(args, &bedrock, &mut run, presses).await;
    }

    let command = command::again(&run.plan().settings.regions);
    let record = Record {
        run,
        started_at,
        ended_at: aws::now(),
        identity: caller.map(|caller| Identity { arn: caller.arn, account: caller.account }),
        auth: if args.auth == AuthArg::Bearer { Auth::Bearer } else { Auth::Sigv4 },
        command,
        incident,
        notes,
    };
    let hints = Hints { secret_seen: inputs.secret_seen(), ..Hints::default() };
    let options = Options::default().hints(hints);
    let mut diagnosed = Vec::new();
    let _progress = live::asking(&clients);
    for finding in findings(&record) {
        let reports = policies.diagnose(args, &clients, &finding.denial, &options).await?;
        diagnosed.extend(reports.into_iter().map(|report| (finding.clone(), report)));
    }
    let mut report = ProbeReport::new(record);
    for (finding, diagnosis) in diagnosed {
        report.add(finding, diagnosis);
    }
    report.findings.extend(inputs.findings(refused, &policies.snapshot));
    Ok(report)
}

/// Failures of STS that say nothing of other services.
const AWAY: [FailureKind; 3] = [FailureKind::Unreachable, FailureKind::Unavailable, FailureKind::Unreadable];

/// How long Bedrock may take for a first answer where STS gave none.
const KNOCK: Duration = Duration::from_secs(2);

/// Who calls. With an API key nobody has to be known: Bedrock asks for the key's own user.
async fn caller(
    args: &BedrockArgs,
    clients: &Clients,
    bedrock: &Bedrock,
    regions: &[String],
) -> Result<Option<Caller>, Error> {
    match aws::caller(clients).await {
        Ok(caller) => Ok(Some(caller)),
        Err(_) if args.auth == AuthArg::Bearer => Ok(None),
        // where STS cannot be reached, Bedrock may be
        Err(failure) if failure.is_silence() && !AWAY.contains(&failure.kind) => Err(AwsError::from(failure).into()),
        // where it does not answer either, nothing more is waited for
        Err(failure)
            if failure.kind == FailureKind::Unreachable
                && tokio::time::timeout(KNOCK, bedrock.knock(regions)).await.is_err() =>
        {
            Err(AwsError::from(failure).into())
        }
        Err(failure) => {
            output::note(&failure.to_string());
            Ok(None)
        }
    }
}

impl BedrockArgs {
    fn auth(&self) -> aws::Auth {
        match self.auth {
            AuthArg::Sigv4 => aws::Auth::SigV4,
            AuthArg::Bearer => aws::Auth::Bearer,
        }
    }

    fn settings(&self, clients: &Clients) -> Settings {
        let configured = clients.region().unwrap_or(FIRST_REGION).to_owned();
        Settings {
            models: self.models.clone(),
            regions: if self.regions.is_empty() { vec![configured] } else { self.regions.clone() },
            converse: self.api.contains(&ApiArg::Converse),
            invoke: self.api.contains(&ApiArg::Invoke),
            params: self.params,
            guardrail: self.guardrail.clone(),
            try_conditions: self.try_conditions,
            fallback: !self.no_fallback,
            dry: self.dry,
            max_calls: self.max_calls,
            max_usd: self.max_usd,
            allow_subscribe: self.allow_subscribe,
        }
    }
}

/// Where models appear first, for when no Region is configured.
const FIRST_REGION: &str = "us-east-1";

/// What is known before any call.
fn notes(args: &BedrockArgs, clients: &Clients, bedrock: &Bedrock, caller: Option<&Caller>) -> Vec<Note> {
    let bearer = args.auth == AuthArg::Bearer;
    let assumed = args.regions.is_empty() && clients.region().is_none();
    [
        assumed.then(|| Note::RegionAssumed(FIRST_REGION.to_owned())),
        (bedrock.api_key_set() && !bearer).then_some(Note::ApiKeyNotUsed),
        (bearer && caller.is_some()).then_some(Note::ApiKeyUsed),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The plan with nothing in it that is called.
fn call_nothing(mut plan: Plan, why: NotRun) -> Plan {
    for cell in &mut plan.cells {
        cell.not_run = Some(why);
    }
    plan.estimate = Estimate { limit_usd: plan.estimate.limit_usd, ..Estimate::default() };
    plan
}

/// What is about to happen, on stderr.
fn announce(run: &Run, caller: Option<&Caller>) {
    let plan = run.plan();
    let who = caller.map_or_else(String::new, |caller| format!(" as {}", caller.arn));
    output::complain(&format!("calling{who} in {}", plan.settings.regions.join(", ")));
    let calls = plan.estimate.calls;
    let left = match run.cells().len().saturating_sub(calls) {
        0 => String::new(),
        left => format!(". {left} of {} cells are not called", run.cells().len()),
    };
    output::complain(&format!(
        "{calls} {} planned, at most {:.4} USD (--max-usd {}){left}",
        if calls == 1 { "call" } else { "calls" },
        // the sum of nothing is written with a sign otherwise
        plan.estimate.max_usd + 0.0,
        plan.settings.max_usd
    ));
}

/// Waits for Ctrl-C, also for one that was pressed before.
async fn pressed(mut presses: watch::Receiver<u8>) {
    if presses.wait_for(|pressed| *pressed > 0).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Makes the calls; Ctrl-C ends them.
async fn drive(args: &BedrockArgs, bedrock: &Bedrock, run: &mut Run, presses: watch::Receiver<u8>) {
    let interrupt = async {
        pressed(presses).await;
        output::complain("interrupted: reporting what is known. Ctrl-C once more ends at once");
    };
    let called = run.cells().iter().filter(|cell| cell.plan.not_run.is_none()).count();
    let progress = Progress::start("calling models", Unit::Calls, Some(called as u64));
    let report = |run: &Run, at: usize| {
        let Some(cell) = run.cells().get(at) else {
            return;
        };
        let call = &cell.plan.call;
        let said = if cell.is_done() {
            progress.add(1);
            let detail = cell.judgement.detail.map_or_else(String::new, |detail| format!(" ({})", detail.code()));
            format!("{}{detail}", cell.judgement.verdict.code())
        } else {
            "to be repeated".to_owned()
        };
        progress.say(&format!("{} {} {}: {said}", call.region, call.model, call.api.operation()));
    };
    Box::pin(aws::drive(bedrock, run, !args.no_waits, interrupt, report)).await;
}

/// The policies to diagnose with, from files or from AWS, and the profiles that discovery found.
struct Policies {
    snapshot: Snapshot,
    collected: Option<Collected>,
}

impl Policies {
    async fn read(args: &BedrockArgs, clients: &Clients, caller: Option<&Caller>) -> Result<Self, Error> {
        let (true, Some(caller)) = (args.live, caller) else {
            if args.live {
                output::note("no policies are collected from AWS: whose they would be is not known");
            }
            return Ok(Self { snapshot: args.policies.read()?, collected: None });
        };
        let asked: Vec<_> = key_safety::any_call(&caller.arn).into_iter().collect();
        let mut collected = Collected::take(clients, caller.clone(), &asked, false).await;
        let snapshot = collected.snapshot("", &args.policies)?;
        for note in &collected.notes {
            output::note(&words::snapshot::note(note));
        }
        Ok(Self { snapshot, collected: Some(collected) })
    }

    /// The profiles of the Regions, so that a grant covers all that a call needs.
    fn add_profiles(&mut self, args: &BedrockArgs, plan: &Plan) -> Result<(), Error> {
        let profiles = plan.discovery.profiles();
        if profiles.is_empty() {
            return Ok(());
        }
        if let Some(collected) = &mut self.collected {
            collected.add_profiles(profiles);
            self.snapshot = collected.snapshot("", &args.policies)?;
        } else {
            let file = SnapshotFile { inference_profiles: profiles, ..SnapshotFile::default() };
            let mut bytes = Vec::new();
            file.write(&mut bytes)
                .map_err(|error| Error::Write { path: "the list of inference profiles".to_owned(), error })?;
            self.snapshot.merge(Snapshot::read("the control plane", bytes)?);
        }
        Ok(())
    }

    async fn diagnose(
        &mut self,
        args: &BedrockArgs,
        clients: &Clients,
        denial: &crate::denial::Denial,
        options: &Options<'_>,
    ) -> Result<Vec<crate::report::Report>, Error> {
        let one = std::slice::from_ref(denial);
        match &mut self.collected {
            Some(collected) => collected.consult(clients, "", one, &args.policies, options).await,
            None => Ok(vec![crate::diagnose(denial, &self.snapshot, options)]),
        }
    }
}

/// Writes the report where it is wanted.
fn deliver(args: &BedrockArgs, report: &ProbeReport) -> Result<(), Error> {
    let mut report = report.clone();
    if args.redact {
        Redactor::default().report(&mut report);
    }
    let style = output::style(&args.output);
    let answer = |format: &Format| format.write(&report, Detail::default(), style);
    for (path, name) in [(&args.save_json, "json"), (&args.save_markdown, "markdown")] {
        if let (Some(path), Some(format)) = (path, Format::named(name)) {
            output::deliver_to(Some(path), &answer(format))?;
        }
    }
    args.output.deliver(&answer(args.output.format))
}

fn exit(report: &ProbeReport) -> Exit {
    match report.ending() {
        Ending::Incident => Exit::Incident,
        Ending::Unreachable => Exit::Aws,
        Ending::Denied => Exit::Denied,
        Ending::Allowed => Exit::Done,
        Ending::Undecided => Exit::Undetermined,
    }
}
