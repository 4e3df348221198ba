//! `simulate`: whether a request would be allowed, by which statements; one request, or a file of cases.

use super::batch::{Unreadable, WHAT_IS_A_CASE, each};
use super::caller::{Doubts, refusal, warn_of};
use super::diagnose::ContextArgs;
use super::given::Given;
#[cfg(feature = "live")]
use super::live::LiveArgs;
#[cfg(not(feature = "live"))]
use super::offline::LiveArgs;
use super::output::Lines;
use super::reference::ReferenceArgs;
use super::secrets::Clean;
use super::who_can::{self, Question};
use super::{Error, Exit, OutputArgs, PolicyArgs};
use crate::diagnose::{left_open, settings_beside};
use crate::evaluate::{Decision, evaluate};
use crate::iam::{Action, Hints, Principal};
use crate::infer::RequestBuilder;
use crate::reference::Reference;
use crate::report::{Detail, Simulation, safe_json, to_json};
use crate::snapshot::select;

/// Arguments of `simulate`.
#[derive(Debug, clap::Args)]
pub(crate) struct SimulateArgs {
    /// Who asks: the ARN of a user, a role, a session or an identity provider, `anonymous`, or `service:NAME.amazonaws.com`
    #[arg(long, value_name = "ARN", required_unless_present_any = ["batch", "who"])]
    principal: Option<String>,
    /// What is asked, for example s3:GetObject
    #[arg(long, value_name = "ACTION", required_unless_present = "batch")]
    action: Option<Action>,
    /// On what: an ARN, or `*` for an action without resources
    #[arg(long, value_name = "ARN", required_unless_present = "batch")]
    resource: Option<String>,
    /// The account that owns the resource, where its ARN does not tell
    #[arg(long, value_name = "ACCOUNT")]
    resource_account: Option<String>,
    #[command(flatten)]
    context: ContextArgs,
    /// A file of cases, or `-`: JSON lines, a JSON array, or one object; one answer a line, as JSON
    #[arg(long, value_name = "FILE", conflicts_with_all = ["who", "principal", "action", "resource", "resource_account", "context", "context_complete"])]
    #[cfg_attr(feature = "live", arg(conflicts_with = "live"))]
    batch: Option<String>,
    /// List the users and roles of the snapshot that are allowed the action on the resource, each by which statement
    #[arg(long, conflicts_with = "principal")]
    #[cfg_attr(feature = "live", arg(conflicts_with = "live"))]
    who: bool,
    #[command(flatten)]
    reference: ReferenceArgs,
    #[command(flatten)]
    policies: PolicyArgs,
    #[command(flatten)]
    live: LiveArgs,
    /// Also what was assumed, where the answer does not depend on it
    #[arg(short, long)]
    verbose: bool,
    #[command(flatten)]
    output: OutputArgs,
}

/// Runs `simulate`.
///
/// # Errors
/// When the input cannot be read or the answer not be written.
pub(crate) fn run(args: SimulateArgs) -> Result<Exit, Error> {
    #[cfg(not(feature = "live"))]
    args.live.refuse()?;
    if let Some(path) = &args.batch {
        return batch(path, &args.policies, args.output.output.as_deref());
    }
    if args.who {
        return who(args);
    }
    let (Some(principal), Some(action), Some(resource)) = (args.principal, args.action, args.resource) else {
        return Err(Error::Usage(
            "a request needs --principal, --action and --resource. A file of cases is read with --batch FILE"
                .to_owned(),
        ));
    };
    let hints = Hints { resource_account: args.resource_account, ..args.context.hints() };
    let asked = Asked { principal, action, resource, hints };
    let (simulation, failed) = asked.simulate(&args.reference.read()?, &args.policies, &args.live)?;
    let decision = simulation.decision();
    args.output.answer(&simulation, Detail { verbose: args.verbose, ..Detail::default() })?;
    // what AWS did not tell is what the decision needs
    let failed = match failed {
        Some(error) if decision == Decision::Undetermined => return Err(error),
        failed => failed,
    };
    if let Some(error) = failed {
        super::output::note(&error.to_string());
    }
    Ok(match decision {
        Decision::Allowed => Exit::Done,
        Decision::ExplicitDeny | Decision::ImplicitDeny => Exit::Denied,
        Decision::Undetermined => Exit::Undetermined,
    })
}

/// One request.
pub(crate) struct Asked {
    /// Who asks.
    pub(crate) principal: String,
    /// What is asked.
    pub(crate) action: Action,
    /// On what.
    pub(crate) resource: String,
    /// What else is known of it.
    pub(crate) hints: Hints,
}

impl Asked {
    /// Evaluates it, with AWS's help where that was asked for; and why AWS gave none, where it did not.
    ///
    /// # Errors
    /// When nobody asks, or a file cannot be read or written.
    pub(crate) fn simulate(
        self,
        reference: &Reference,
        policies: &PolicyArgs,
        live: &LiveArgs,
    ) -> Result<(Simulation, Option<Error>), Error> {
        let Self { principal, action, resource, hints } = self;
        let principal = Principal::new(&principal);
        if let Some(refusal) = refusal(&principal) {
            return Err(Error::Usage(refusal));
        }
        warn_of(&action, reference);
        let request = RequestBuilder::asked(principal, action, &resource, &hints);
        #[cfg(feature = "live")]
        let super::live::Taken { snapshot: taken, failed } = live.take(request.so_far(), policies)?;
        #[cfg(not(feature = "live"))]
        let (taken, failed): (Option<crate::snapshot::Snapshot>, Option<Error>) = {
            let _ = live;
            (None, None)
        };
        let snapshot = match taken {
            Some(snapshot) => snapshot,
            None => policies.read()?,
        };
        let request = request.owner_in(&snapshot).key_in(&snapshot);
        let selection = select(&snapshot, request.so_far());
        // what a person gives and nothing reads looks as if it had been weighed
        for policy_type in policies.given() {
            let layer = selection.policies.layer(policy_type);
            // a file may tell that there is none
            if snapshot.has_loose(policy_type) && layer.policies.is_empty() && layer.levels.is_empty() {
                let option = policy_type.row().option;
                super::output::note(&format!("no policy of {option} applies to this request, so none of them is used"));
            }
        }
        let request = request.snapshot_facts(&selection).derived_context(&selection.policies, reference).build();
        let evaluation = evaluate(&request, &selection.policies);
        let mut gaps = selection.gaps;
        gaps.extend(left_open(&request, &evaluation));
        // no statement of any policy, and S3 refuses all the same
        let mut refused = None;
        if evaluation.decision != Decision::ExplicitDeny {
            let (unseen, refusal) = settings_beside(&request, &selection.policies, &snapshot);
            gaps.extend(unseen);
            refused = refusal;
        }
        Ok((Simulation { request, policies: selection.policies, evaluation, gaps, refused }, failed))
    }
}

/// Everybody who is allowed.
fn who(args: SimulateArgs) -> Result<Exit, Error> {
    let (Some(action), Some(resource)) = (args.action, args.resource) else {
        return Err(Error::Usage("--who asks about one request. Give it --action and --resource".to_owned()));
    };
    let reference = args.reference.read()?;
    warn_of(&action, &reference);
    let hints = Hints { resource_account: args.resource_account, ..args.context.hints() };
    let answer = who_can::ask(&args.policies.read()?, &Question { action, resource, hints, reference })?;
    args.output.answer(&answer, Detail::default())?;
    let certain = answer.entries.iter().all(|entry| entry.decision != Decision::Undetermined);
    Ok(if certain { Exit::Done } else { Exit::Undetermined })
}

/// The answer of `simulate --batch` to a case that cannot be read.
#[derive(serde::Serialize, schemars::JsonSchema)]
#[schemars(rename = "FailedCase")]
pub(crate) struct Failed {
    /// What is wrong.
    error: String,
    /// Its id, if that can be read.
    id: serde_json::Value,
    /// Its line in the file, from 1; in an array its place, from 1.
    line: usize,
}

/// Every case of a file, one line an answer; a line that cannot be read is answered by an error.
fn batch(path: &str, policies: &PolicyArgs, output: Option<&str>) -> Result<Exit, Error> {
    let given = Given::read(policies)?;
    super::file::is_read(path);
    let mut sink = Lines::open(output)?;
    let mut unreadable = 0usize;
    let mut cases = 0usize;
    let doubts = Doubts::default();
    each(
        path,
        |text| match text.case() {
            Ok(case) => {
                case.request.action.value().into_iter().for_each(|action| doubts.look(action, text.place));
                let answer = match &given {
                    Some(given) => given.fill(case).answer(),
                    None => case.answer(),
                };
                Ok(Clean::new(safe_json(answer.to_line())))
            }
            Err(Unreadable { id, place, error }) => {
                let failed = Failed { id, line: place, error };
                Err(Clean::new(to_json(&failed, false)))
            }
        },
        |line| {
            cases += 1;
            unreadable += usize::from(line.is_err());
            match line {
                Ok(line) | Err(line) => sink.clean_line(&line),
            }
        },
    )?;
    sink.close()?;
    doubts.tell(path);
    if cases == 0 {
        return Err(Error::Input(format!("`{path}` holds no case. {WHAT_IS_A_CASE}")));
    }
    Ok(if unreadable == 0 { Exit::Done } else { Exit::BadInput })
}
