//! `triage`: which few causes are behind the denials of a CloudTrail.

mod content;
mod csv;
mod files;
mod filter;
mod grown;
mod inflate;
#[cfg(feature = "live")]
mod live;
#[cfg(not(feature = "live"))]
mod offline;
mod one;
mod pages;
#[cfg(feature = "parquet")]
mod parquet;
pub mod parts;
mod policies;
mod print;
pub mod rows;
mod spread;
mod sql;
mod state;
#[cfg(feature = "mcp")]
pub(super) mod tool;

use std::collections::BTreeMap;
use std::sync::Mutex;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use rayon::prelude::*;

use super::files::shown;
use super::inside::{self, Running};
use super::output::complain;
use super::progress::{Progress, Unit};
use super::{Error, Exit, OutputArgs};
use crate::denial::Note;
use crate::diagnosed::{Group, Outcome};
use crate::report::sections::triage::Triage;
use crate::report::{Detail, Length, Redact as _, Redactor, words};
use crate::triage::{Filters, Trail, has_quarantine};

use filter::Filter;
use policies::{Known, KnownPolicies, Told};
use sql::Wanted;
use state::State;

/// Groups the denials of CloudTrail files by their cause, and says what stands out
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct TriageArgs {
    #[command(subcommand)]
    merge: Option<Merge>,
    /// Files, folders or patterns such as `logs/**/*.json.gz`; `-` for a list of them on standard input, one a line
    #[arg(required_unless_present = "sql", value_name = "PATH")]
    paths: Vec<String>,
    /// Print the query whose result, as CSV or Parquet, `iamdx triage` reads: the calls that failed, and no more
    #[arg(long, value_name = "ENGINE", group = "asked", conflicts_with_all = ["paths", "state", "principal", "action"])]
    sql: Option<sql::Engine>,
    /// The table for `--sql`: `DATABASE.TABLE`
    #[arg(long, value_name = "NAME", requires = "sql")]
    table: Option<String>,
    #[cfg_attr(
        feature = "live",
        doc = "With --live: the Region of regional endpoints. With --sql: only this Region (repeatable)"
    )]
    #[cfg_attr(not(feature = "live"), doc = "Only this Region, for `--sql` (repeatable)")]
    #[arg(long, value_name = "REGION", requires = "asked")]
    region: Vec<String>,
    #[command(flatten)]
    show: ShowArgs,
    /// Only denials from this time on: a date, or a time with its zone (2026-11-29T03:00:00Z)
    #[arg(long, value_name = "TIME", value_parser = time)]
    since: Option<i64>,
    /// Only denials before this time
    #[arg(long, value_name = "TIME", value_parser = time)]
    until: Option<i64>,
    /// Only denials of callers in this account, or by the policies of its VPC endpoints (repeatable)
    #[arg(long, value_name = "ID")]
    account: Vec<String>,
    /// Only denials of callers whose ARN, or name as it is shown, contains this; a role stands for its sessions (repeatable)
    #[arg(long, value_name = "TEXT")]
    principal: Vec<String>,
    /// Only denials of these actions; `*` and `?` as in a policy (repeatable)
    #[arg(long, value_name = "ACTION")]
    action: Vec<String>,
    /// Keep in this file what was counted, so that the next run goes on from there: a file that was counted is not counted again
    #[arg(long, value_name = "FILE")]
    state: Option<String>,
    #[command(flatten)]
    output: OutputArgs,
    // last: it goes under headings of its own
    #[command(flatten)]
    known: KnownPolicies,
}

/// Adding up.
#[derive(Debug, clap::Subcommand)]
enum Merge {
    /// Add up answers of `triage --format json`, of files that are not the same
    Merge(MergeArgs),
}

/// Arguments of `triage merge`.
#[derive(Debug, clap::Args)]
struct MergeArgs {
    /// Answers of `triage --format json`
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    #[command(flatten)]
    show: ShowArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    known: KnownPolicies,
    #[cfg_attr(feature = "live", doc = "The Region of regional endpoints")]
    #[cfg_attr(feature = "live", arg(long, value_name = "REGION", requires = "live"))]
    #[cfg_attr(not(feature = "live"), arg(long, hide = true))]
    region: Vec<String>,
}

/// How much is shown, and whose names.
#[derive(Debug, Clone, Copy, clap::Args)]
struct ShowArgs {
    /// Show so many findings, each with its details; without it text has room for 5 at most, Markdown has 10, HTML 50, and CSV and ndjson
    /// have all. JSON holds all always
    #[arg(long, value_name = "N")]
    top: Option<usize>,
    /// Show every finding and every damaged file
    #[arg(long, conflicts_with = "top")]
    all: bool,
    /// Keep records of denials in the JSON, so that `triage merge` can diagnose them with --snapshot or --live. They hold what the trail holds, but
    /// secrets
    #[arg(long, conflicts_with = "redact")]
    records: bool,
    /// Replace account ids, ARNs and names with stable pseudonyms. What --state keeps has the real ones
    #[arg(long)]
    redact: bool,
}

/// A date or a time, in seconds since 1970.
fn time(text: &str) -> Result<i64, String> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at.as_second());
    }
    // a time without a zone is no date
    let day = text.parse::<Date>().ok().filter(|_| text.len() == "2026-11-29".len());
    let day = day.ok_or("give a date (2026-11-29) or a time with its zone (2026-11-29T03:00:00Z)")?;
    let start = day.to_zoned(TimeZone::UTC).map_err(|error| error.to_string())?;
    Ok(start.timestamp().as_second())
}

impl TriageArgs {
    fn filter(&self) -> Filter {
        Filter {
            since: self.since,
            until: self.until,
            accounts: self.account.clone(),
            principals: self.principal.clone(),
            actions: self.action.clone(),
        }
    }
}

/// What these options ask for, as [`parts::Files`] reads it.
///
/// # Errors
/// As the program says it to a person.
pub fn asked(options: Vec<String>) -> Result<String, Box<super::call::Failure>> {
    // a path must be there
    let arguments: Vec<String> =
        std::iter::once("triage".to_owned()).chain(options).chain(std::iter::once("-".to_owned())).collect();
    match super::call::taken(&arguments)? {
        super::Command::Triage(args) => {
            let asked = parts::Asked::new(args.filter(), args.show.records || args.known.are_given());
            Ok(serde_json::to_string(&asked).unwrap_or_default())
        }
        _ => Ok(String::new()),
    }
}

/// The policies of the snapshots that these arguments of the program name, for looks at fingerprints on another machine. A path that is the
/// name of a text is that text.
///
/// # Errors
/// As the program says it to a person.
pub fn looker(
    mut arguments: Vec<String>,
    texts: BTreeMap<String, Vec<u8>>,
) -> Result<parts::Looker, Box<super::call::Failure>> {
    let _running = Running::start(texts);
    // a file must be there
    arguments.push("-".to_owned());
    let read = |args: &MergeArgs| args.known.read(&args.region, false).map(Known::given);
    let super::Command::Triage(args) = super::call::taken(&arguments)? else { return Ok(parts::Looker::default()) };
    let Some(Merge::Merge(args)) = &args.merge else { return Ok(parts::Looker::default()) };
    // whoever writes the answer says what is to be said of them
    let (snapshot, _) = inside::gathered(|| read(args));
    snapshot.map(parts::Looker::new).map_err(|error| Box::new(super::call::Failure::of(&error)))
}

/// Runs the command.
pub(crate) fn run(args: &TriageArgs) -> Result<Exit, Error> {
    if let Some(Merge::Merge(args)) = &args.merge {
        args.known.check(&args.region)?;
        let known = args.known.read(&args.region, false)?;
        let (mut trail, mut filters) = (Trail::default(), Filters::of_nothing());
        for file in &args.files {
            let (part, of_part) = state::answer(file)?;
            trail.merge(part);
            filters.merge(of_part);
        }
        return answer(trail, filters, known, args.show, &args.output);
    }
    if let Some(engine) = args.sql {
        let wanted = Wanted {
            table: args.table.as_deref(),
            since: args.since,
            until: args.until,
            accounts: &args.account,
            regions: &args.region,
        };
        args.output.deliver(&engine.query(&wanted)?)?;
        return Ok(Exit::Done);
    }
    // what cannot be written or used is said before hours of reading
    args.known.check(&args.region)?;
    pages::folder(&args.output)?;
    let filter = args.filter();
    filter.check()?;
    let files = files::find(&args.paths)?;
    let mut state = match &args.state {
        Some(path) => State::open(path, &filter)?,
        None => State::new(filter.clone()),
    };
    let known = args.known.read(&args.region, true)?;
    let mut todo: Vec<_> = files.found.into_iter().filter(|file| state.is_new(file)).collect();
    state.trail().left_alone = files.left_alone;
    state.trail().skipped.extend(files.skipped);
    // a large one that begins last would be read alone
    todo.sort_by_key(|file| std::cmp::Reverse(file.bytes));
    let bytes = todo.iter().map(|file| file.bytes).sum();
    let progress = Progress::start("reading", Unit::Bytes, Some(bytes));
    let shared = Mutex::new(&mut state);
    let keeps_records = args.show.records || args.known.are_given();
    let reader = one::FileReader::new(&shared, todo.len(), keeps_records);
    let read = |file| reader.read(file, &progress, args.state.as_deref());
    inside::on_all_cores(|| todo.iter().par_bridge().try_for_each(read))?;
    drop(progress);
    let of_damaged = reader.secrets_of_damaged();
    state.bare.retain(|path| files.named.contains(path));
    state.bare.sort();
    let bare: Vec<String> = state.bare.iter().map(|path| shown(path)).collect();
    if let Some(line) = words::triage::without_records(&bare, args.show.redact) {
        complain(&line);
    }
    if let Some(path) = &args.state {
        state.save(path)?;
    }
    // a damaged file is tried again
    let mut trail = std::mem::take(state.trail());
    trail.tally.secrets.merge(of_damaged);
    answer(trail, Filters::of(filter.chosen()), known, args.show, &args.output)
}

/// Writes the answer, and says what is an incident whatever else there is.
fn answer(
    trail: Trail,
    filters: Filters,
    known: Known<'_>,
    show: ShowArgs,
    output: &OutputArgs,
) -> Result<Exit, Error> {
    let secrets: Vec<_> = trail.tally.secrets.kinds.iter().copied().collect();
    let exit = write(trail, filters, known, show, output);
    if secrets.is_empty() {
        return exit;
    }
    // an incident stays one, whatever else could not be done
    if let Err(error) = exit {
        complain(&error.to_string());
    }
    complain(&words::denial::note(&Note::SecretInInput(secrets)));
    Ok(Exit::Incident)
}

/// Writes the answer.
fn write(
    mut trail: Trail,
    filters: Filters,
    known: Known<'_>,
    show: ShowArgs,
    output: &OutputArgs,
) -> Result<Exit, Error> {
    let folder = pages::folder(output)?;
    trail.skipped.sort();
    let Told { diagnosis, failed } = known.diagnose(&trail.tally);
    if !show.records {
        trail.tally.forget_records();
    }
    let mut triage = Triage::new(trail, filters, diagnosis, show.top, show.all);
    if show.redact {
        triage.redact(&mut Redactor::default());
    }
    let length = if show.all { Length::All } else { Length::Screen };
    let detail = Detail { length, ..Detail::default() };
    match folder {
        Some(folder) => pages::write(folder, &triage, detail)?,
        None if output.is_json_in_parts() => output.parts(|each| triage.json_parts(each))?,
        None => output.answer(&triage, detail)?,
    }
    let trail = &triage.trail;
    match trail.skipped.as_slice() {
        [] => {}
        [one] => complain(&format!("{} was skipped: {}", one.path, one.why)),
        all => complain(&format!(
            "{} of the files could not be read, and nothing of them was counted (--all lists them)",
            all.len()
        )),
    }
    // the other formats have it in the answer
    if ["csv", "ndjson"].contains(&output.format.name) {
        let of_tally = [
            words::triage::recounted(trail),
            words::triage::without_time(&trail.tally),
            words::triage::came_twice(&trail.tally),
        ];
        // each line of ndjson has it, where there is one
        let has_it = output.format.name == "ndjson" && !trail.tally.fingerprints.is_empty();
        let chosen = if has_it { Vec::new() } else { words::triage::chosen(&triage.filters) };
        chosen.iter().chain(of_tally.iter().flatten()).for_each(|line| complain(line));
    }
    if let Some(line) = words::triage::unreadable(&trail.tally.unreadable) {
        complain(&line);
    }
    let is_incident = |group: &Group| matches!(&group.outcome, Outcome::Explained(explained) if explained.incident);
    let incident = triage.diagnosis.as_ref().is_some_and(|diagnosis| diagnosis.groups.iter().any(is_incident));
    let exit = if incident || has_quarantine(&trail.tally) {
        Exit::Incident
    } else if trail.skipped.is_empty() && trail.tally.unreadable.records == 0 {
        Exit::Done
    } else {
        Exit::BadInput
    };
    match (exit, failed) {
        (exit, None) => Ok(exit),
        // the answer stands on what else there is; that it could not be more is what the exit code says
        (Exit::Done, Some(error)) => Err(error),
        (exit, Some(error)) => {
            complain(&error.to_string());
            Ok(exit)
        }
    }
}
