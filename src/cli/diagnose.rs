//! `iamdx diagnose`: why, by which statement, and what to change.

use serde::Serialize;
use serde_json::value::RawValue;

use super::inputs::Inputs;
use super::progress::{Progress, Unit};
use super::reference::ReferenceArgs;
use super::told::Told;
use super::{Error, Exit, InputArgs, OutputArgs, PolicyArgs};
use crate::Options;
use crate::denial::{Denial, DenialKind};
use crate::evaluate::Decision;
use crate::iam::{
    Action, Arn, Hints, NoContextArgument, Principal, PrincipalKind, instant, is_account_id, is_alias_name,
    read_context_argument,
};
use crate::reference::Reference;
use crate::report::model::ReportModel;
use crate::report::{Detail, Length, Redactor, Report, to_json};
use crate::text::{Source, quoted};

/// Arguments of `diagnose`.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct DiagnoseArgs {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    known: KnownArgs,
    /// Write each remedy's documents and commands as files under this folder
    #[arg(long, value_name = "DIR")]
    write_remedies: Option<String>,
    /// The whole report: every remedy, what was not checked and how to get it, what may be denied next
    #[arg(long)]
    all: bool,
    /// The whole report, with every statement and its outcome
    #[arg(short, long)]
    verbose: bool,
    /// Three lines: what was denied, why, the fix
    #[arg(long, conflicts_with_all = ["all", "verbose"])]
    brief: bool,
    /// Read `{"id": ..., "raw": "text"}` lines and answer each with one line of JSON, as a filter
    #[arg(long, conflicts_with = "write_remedies")]
    ndjson: bool,
    /// Replace account ids, names and ids by stable pseudonyms
    #[arg(long)]
    redact: bool,
    #[command(flatten)]
    output: OutputArgs,
}

/// What is known beside the text: policies, AWS itself, the request.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct KnownArgs {
    #[command(flatten)]
    pub(crate) policies: PolicyArgs,
    #[cfg(feature = "live")]
    #[command(flatten)]
    pub(crate) live: super::live::LiveArgs,
    #[cfg(not(feature = "live"))]
    #[command(flatten)]
    pub(crate) live: super::offline::LiveArgs,
    #[command(flatten)]
    pub(crate) context: ContextArgs,
    #[command(flatten)]
    pub(crate) reference: ReferenceArgs,
    /// Who was denied, where the text does not tell or contradicts itself
    #[arg(long, value_name = "ARN", value_parser = principal)]
    pub(crate) principal: Option<Principal>,
    /// What was denied, where the text does not tell or contradicts itself
    #[arg(long, value_name = "ACTION")]
    pub(crate) action: Option<Action>,
    /// The resource, where the text names none, only a pattern, or contradicts itself
    #[arg(long, value_name = "ARN", value_parser = resource)]
    pub(crate) resource: Option<String>,
    /// The account that owns the resource, where its ARN does not tell
    #[arg(long, value_name = "ACCOUNT", value_parser = account)]
    pub(crate) resource_account: Option<String>,
}

impl KnownArgs {
    /// Diagnoses each denial of a text.
    ///
    /// # Errors
    /// When the text has none, or a file cannot be read or written.
    pub(crate) fn diagnose_text(self, source: &Source) -> Result<(Vec<Report>, Option<Error>), Error> {
        let Told { mut denials, secrets, .. } = Told::of_text(source);
        let principal = self.principal.is_some();
        let action = self.action.is_some();
        let diagnosed = || -> Result<(Vec<Report>, Option<Error>), Error> {
            if denials.is_empty() {
                denials.extend(told(source, principal, action)?);
            }
            let (reports, failed) = self.diagnose(source, &denials, &|_| !secrets.is_empty())?;
            if reports.is_empty() {
                return Err(super::told::nothing_found(source));
            }
            Ok((reports, failed))
        };
        // whatever else cannot be done, the leak is told
        diagnosed().map_err(|error| if secrets.is_empty() { error } else { super::told::leaked(&secrets, &error) })
    }

    /// Diagnoses each denial, with AWS's help where that was asked for; and why AWS gave none, where it did not. `secret_seen` says of
    /// which denials the input holds a secret.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub(crate) fn diagnose(
        self,
        source: &Source,
        denials: &[Denial],
        secret_seen: &(dyn Fn(&Denial) -> bool + Sync),
    ) -> Result<(Vec<Report>, Option<Error>), Error> {
        let reference = self.reference.read()?;
        let hints = Hints {
            secret_seen: denials.iter().any(secret_seen),
            principal: self.principal,
            action: self.action,
            resource: self.resource,
            resource_account: self.resource_account,
            ..self.context.hints()
        };
        let without = Options::default().hints(Hints { secret_seen: false, ..hints.clone() }).reference(&reference);
        let options = Options::default().hints(hints).reference(&reference);
        #[cfg(feature = "live")]
        let super::live::Live { reports: live, failed } =
            self.live.diagnose(source, denials, &self.policies, &options)?;
        #[cfg(not(feature = "live"))]
        let (live, failed) = {
            let _ = source;
            (None, None)
        };
        if let Some(reports) = live {
            return Ok((reports, failed));
        }
        let snapshot = self.policies.read()?;
        let progress = Progress::start("diagnosing", Unit::Denials, Some(denials.len() as u64));
        let options_of = |denial: &Denial| if secret_seen(denial) { &options } else { &without };
        Ok((crate::diagnose_all(denials, &snapshot, &options_of, &|| progress.add(1)), failed))
    }
}

/// Condition keys of the request.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct ContextArgs {
    /// A condition key of the request; a key given twice is a list. Or JSON, where the name of a tag has an `=`: {"KEY": "VALUE"}
    #[arg(long, value_name = "KEY=VALUE", value_parser = keys)]
    pub(crate) context: Vec<Keys>,
    /// What is not given with --context is absent from the request; nothing is derived
    #[arg(long)]
    pub(crate) context_complete: bool,
}

/// The time by this machine's clock, with a day for clocks that are slow; `None` where it is before the making of this program.
#[expect(clippy::disallowed_methods, reason = "this is the adapter that knows the time")]
fn now() -> Option<i128> {
    const DAY: i128 = 86_400_000_000_000;
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?;
    let now = i128::try_from(since.as_nanos()).ok()?;
    (now >= instant(Reference::embedded().date())?).then_some(now + DAY)
}

/// What one `--context` gives.
#[derive(Debug, Clone)]
pub(crate) struct Keys(pub(crate) Vec<(String, String)>);

impl ContextArgs {
    /// The hints that they are.
    pub(crate) fn hints(self) -> Hints {
        let now = now();
        let context = self.context.into_iter().flat_map(|Keys(keys)| keys).collect();
        Hints { now, context, context_complete: self.context_complete, ..Hints::default() }
    }
}

pub(crate) fn resource(text: &str) -> Result<String, String> {
    let known = text == "*" || text.parse::<Arn>().is_ok() || is_alias_name(text);
    if known {
        Ok(text.to_owned())
    } else {
        Err("an ARN is expected, or `*` for an action without resources".to_owned())
    }
}

pub(crate) fn principal(text: &str) -> Result<Principal, String> {
    let principal = Principal::new(text);
    match principal.kind() {
        PrincipalKind::Unknown => Err("the ARN of a user, a role or a session is expected".to_owned()),
        _ => Ok(principal),
    }
}

pub(crate) fn account(text: &str) -> Result<String, String> {
    if is_account_id(text) { Ok(text.to_owned()) } else { Err("an account id of twelve digits is expected".to_owned()) }
}

fn keys(text: &str) -> Result<Keys, String> {
    let why = match read_context_argument(text) {
        Ok(keys) => return Ok(Keys(keys)),
        Err(why) => why,
    };
    Err(match why {
        NoContextArgument::NoPair => "KEY=VALUE is expected, for example aws:SourceIp=203.0.113.7".to_owned(),
        NoContextArgument::NoObject => {
            "a JSON object of condition keys is expected, each with a text or a list of texts, for example \
             {\"aws:TagKeys\": [\"team\"]}"
                .to_owned()
        }
        NoContextArgument::Ambiguous([first, last]) => format!(
            "the name of a tag may have an `=` in it, as its value may. Write which it is as JSON: {} or {}",
            quoted(&first),
            quoted(&last)
        ),
    })
}

/// Runs the command.
pub(crate) fn run(mut args: DiagnoseArgs) -> Result<Exit, Error> {
    #[cfg(not(feature = "live"))]
    args.known.live.refuse()?;
    if args.redact && args.write_remedies.is_some() {
        return Err(Error::Usage(
            "--write-remedies does not go with --redact: a policy with pseudonyms in it is another policy. Write the remedies \
             without --redact, and share the report that a second run with --redact prints"
                .to_owned(),
        ));
    }
    if args.ndjson {
        return filter(args);
    }
    if let Some(inputs) = args.input.several()? {
        return several(args, inputs);
    }
    let known = std::mem::take(&mut args.known);
    let (reports, failed) = known.diagnose_text(&args.input.text()?)?;
    answer(&args, reports, failed)
}

/// The same of several inputs: the policies are read once.
fn several(mut args: DiagnoseArgs, inputs: Inputs) -> Result<Exit, Error> {
    let known = std::mem::take(&mut args.known);
    let (principal, action) = (known.principal.is_some(), known.action.is_some());
    let all = inputs.read(&|source| told(source, principal, action));
    if all.denials.is_empty() {
        all.say();
        return Ok(all.exit());
    }
    let source = Source::new("the inputs", all.links.as_str());
    let (reports, failed) = known.diagnose(&source, &all.denials, &|denial| all.is_leaked(denial))?;
    let exit = answer(&args, reports, failed);
    all.say();
    match exit {
        Ok(exit) => Ok(all.exit().and(exit)),
        Err(error) if all.exit() == Exit::Incident => {
            super::output::note(&error.to_string());
            Ok(Exit::Incident)
        }
        Err(error) => Err(error),
    }
}

/// Writes the answer and the remedies.
fn answer(args: &DiagnoseArgs, mut reports: Vec<Report>, failed: Option<Error>) -> Result<Exit, Error> {
    if args.redact {
        redact(&mut reports);
    }
    let style = super::output::style(&args.output);
    let length = match (args.brief, args.all || args.verbose) {
        (true, _) => Length::Brief,
        (false, true) => Length::All,
        (false, false) => Length::Screen,
    };
    let answer = args.output.format.write(&reports, Detail { length, verbose: args.verbose }, style);
    args.output.deliver(&answer)?;
    let written = args.write_remedies.as_deref().map_or(Ok(()), |folder| write(folder, &reports));
    match (exit(&reports), written) {
        // an incident stays one, whatever else could not be done
        (Exit::Incident, Err(error)) => {
            super::output::note(&error.to_string());
            Ok(Exit::Incident)
        }
        (_, Err(error)) => Err(error),
        // the report stands on the text alone; that it could not be more is what the exit code says
        (Exit::Done | Exit::Undetermined, Ok(())) if failed.is_some() => failed.map_or(Ok(Exit::Done), Err),
        (exit, Ok(())) => Ok(exit),
    }
}

/// The denial of a text that says no more than that there was one, where the options say the rest.
fn told(source: &Source, principal: bool, action: bool) -> Result<Option<Denial>, Error> {
    let missing: Vec<&str> = [("--principal ARN", principal), ("--action ACTION", action)]
        .into_iter()
        .filter(|(_, given)| !given)
        .map(|(option, _)| option)
        .collect();
    match crate::denial::bare(source.text()) {
        Some(denial) if action => Ok(Some(denial)),
        Some(_) if !crate::denial::may_be_of_aws(source.text()) => Ok(None),
        Some(_) => Err(Error::Input(format!(
            "{}, only that something was denied. Run again with {} (aws sts get-caller-identity, run as the program that was denied, tells who)",
            super::told::no_denial(source),
            missing.join(" and ")
        ))),
        None => Ok(None),
    }
}

/// The reports with pseudonyms.
pub(crate) fn redact(reports: &mut [Report]) {
    let mut redactor = Redactor::default();
    for report in reports.iter_mut() {
        redactor.report(report);
    }
}

/// Writes the remedies as files, and says how many.
fn write(folder: &str, reports: &[Report]) -> Result<(), Error> {
    let written = super::write_remedies::write_remedies(folder, reports)?;
    let noun = if written == 1 { "remedy" } else { "remedies" };
    super::output::note(&format!("{written} {noun} written to {folder}"));
    Ok(())
}

/// The filter: the policies are read once, then each message is diagnosed, in the order of the input.
fn filter(args: DiagnoseArgs) -> Result<Exit, Error> {
    let known = args.known;
    let reference = known.reference.read()?;
    let snapshot = known.policies.read()?;
    let hints = Hints {
        principal: known.principal,
        action: known.action,
        resource: known.resource,
        resource_account: known.resource_account,
        ..known.context.hints()
    };
    let answer = |id: Option<&RawValue>, text: &str| {
        let (denials, secret_seen) = super::told::denials_of(&Source::new("message", text));
        let options = Options::default().hints(Hints { secret_seen, ..hints.clone() }).reference(&reference);
        let mut reports: Vec<Report> = crate::diagnose_all(&denials, &snapshot, &|_| &options, &|| {});
        if args.redact {
            redact(&mut reports);
        }
        let line = to_json(&Answer { id, reports: reports.iter().map(ReportModel::new).collect() }, false);
        let exit = if secret_seen { Exit::Incident } else { exit(&reports) };
        (line, exit)
    };
    super::ndjson::run_all(&args.input, args.output.output.as_deref(), args.redact, &answer)
}

/// One line of the output of `diagnose --ndjson`.
#[derive(Serialize, schemars::JsonSchema)]
#[schemars(rename = "DiagnoseLine")]
pub(crate) struct Answer<'a> {
    /// The id of the line that it answers.
    #[schemars(with = "serde_json::Value")]
    id: Option<&'a RawValue>,
    /// One for each denial.
    reports: Vec<ReportModel<'a>>,
}

/// An incident before everything; then what is undetermined; a diagnosis is success.
fn exit(reports: &[Report]) -> Exit {
    let undetermined = |report: &Report| {
        report.denial.kind == DenialKind::IamDenial
            && report.decision() == Decision::Undetermined
            && !report.diagnosis.summary.is_allowed_since()
    };
    if reports.iter().any(|report| report.diagnosis.incident) {
        Exit::Incident
    } else if reports.iter().any(undetermined) {
        Exit::Undetermined
    } else {
        Exit::Done
    }
}
