//! The tools: a row for each, with its schemas and what it does.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Settings;
use super::answer::Answer;
use super::asked::{CauseAsked, DiagnoseAsked, DiffAsked, MessageAsked, RequestAsked, SimulateAsked, TriageAsked};
use super::given::Given;
use super::schema::{self, Object};
use crate::cli::diagnose::{self, KnownArgs};
use crate::cli::triage::tool as trail;
use crate::cli::{Error, PolicyArgs, caller, cause, diff, simulate, told, who_can};
use crate::denial::Note;
use crate::iam::{Action, Hints};
use crate::reference::Reference;
use crate::report::model::DiagnoseReport;
use crate::report::sections::simulation::SimulateReport;
use crate::report::sections::triage::{ForModel, TriageAnswer};
use crate::report::sections::who_can::WhoCanReport;
use crate::report::{
    Detail, DiffReport, Differences, ExplainReport, Redact as _, Redactor, SCHEMA_VERSION, to_json, words,
};

/// A tool.
pub(super) struct Tool {
    /// Its name.
    pub(super) name: &'static str,
    /// What a person reads.
    pub(super) title: &'static str,
    /// What a model reads.
    pub(super) description: &'static str,
    /// Whether it is offered.
    pub(super) is_offered: fn(&Settings) -> bool,
    /// Whether it asks anybody else than this machine.
    pub(super) asks_others: fn(&Settings) -> bool,
    /// What it takes.
    pub(super) input: fn(&Settings) -> Object,
    /// What it answers.
    pub(super) output: fn() -> Object,
    /// What it does.
    pub(super) run: fn(&Settings, Object) -> Result<Answer, Error>,
}

/// All of them.
pub(super) static TOOLS: &[Tool] = &[
    Tool {
        name: "explain_denial",
        title: "Explain an AWS access denial",
        description: "Reads an AWS access denial out of any text (error message, log, CloudTrail record): who, what, on what, which policy \
                      type, explicit or implicit, and what the wording rules out. Uses the text alone. For the cause and the fix: diagnose_denial.",
        is_offered: |_| true,
        asks_others: |_| false,
        input: schema::input::<MessageAsked>,
        output: schema::output::<ExplainReport<'static>>,
        run: |settings, asked| explain(settings, arguments(asked)?),
    },
    Tool {
        name: "diagnose_denial",
        title: "Diagnose an AWS access denial",
        description: "Says why AWS denied a request, by which statement of which policy, who must change what, and what else the change would \
                      allow. A change is given only if the edited policies were evaluated to allow the request. Give the whole text and the policies \
                      that are known; what is not given is named as a gap, not assumed. Changes nothing.",
        is_offered: |_| true,
        asks_others: Settings::is_live,
        input: schema::input::<DiagnoseAsked>,
        output: schema::output::<DiagnoseReport<'static>>,
        run: |settings, asked| diagnose(settings, arguments(asked)?),
    },
    Tool {
        name: "simulate_request",
        title: "Simulate an AWS request",
        description: "Says whether a request would be allowed by the policies that are given, by which statements, and what the answer \
                      depends on. Nothing is requested of the service.",
        is_offered: |_| true,
        asks_others: Settings::is_live,
        input: schema::input::<SimulateAsked>,
        output: schema::output::<SimulateReport>,
        run: |settings, asked| simulate(settings, arguments(asked)?),
    },
    Tool {
        name: "who_can",
        title: "List who is allowed",
        description: "Lists the users and roles of a snapshot that are allowed an action on a resource, each with the statement that allows it. \
                      Needs a policy of type `snapshot`.",
        is_offered: |_| true,
        asks_others: |_| false,
        input: schema::input::<RequestAsked>,
        output: schema::output::<WhoCanReport<'static>>,
        run: |settings, asked| who_can(settings, arguments(asked)?),
    },
    Tool {
        name: "diff_policies",
        title: "Compare what policies allow",
        description: "Says what a new policy allows or denies that the old one did not, exactly, with what is dangerous in it: of documents, \
                      CloudFormation templates, Terraform plans, or snapshots of accounts. For a review before a change.",
        is_offered: |_| true,
        asks_others: |_| false,
        input: schema::input::<DiffAsked>,
        output: schema::output::<DiffReport>,
        run: |settings, asked| diff(settings, arguments(asked)?),
    },
    Tool {
        name: "triage",
        title: "Triage the denials of a CloudTrail",
        description: "Says which few causes are behind the denials in files of CloudTrail, who is affected, who can change it, and what stands \
                      out (leaked keys, many actions tried, dangerous actions). With snapshots each cause is a statement, with a remedy and \
                      the denials that it would end. For a single denial: diagnose_denial. Changes nothing.",
        is_offered: |_| true,
        asks_others: |_| false,
        input: schema::input::<TriageAsked>,
        output: schema::output::<TriageAnswer<'static>>,
        run: |settings, asked| triage(settings, arguments(asked)?),
    },
    Tool {
        name: "get_cause",
        title: "Read about a cause of denials",
        description: "The page about a cause of denials: what it means, what AWS says, how it is fixed. Without an id: the list of causes.",
        is_offered: |_| true,
        asks_others: |_| false,
        input: schema::input::<CauseAsked>,
        output: schema::output::<CauseReport<'static>>,
        run: |_, asked| cause_of(&arguments(asked)?),
    },
    #[cfg(feature = "bedrock-live")]
    Tool {
        name: "probe_bedrock",
        title: "Try which Claude models can be called on Amazon Bedrock",
        description: "Calls Claude models on Amazon Bedrock with one token each and says for each whether this identity may, and if not, why. \
                      Costs fractions of a cent for each call; the server has a limit for all of them together. Changes nothing, and \
                      subscribes to nothing.",
        is_offered: Settings::may_call,
        asks_others: |_| true,
        input: schema::input::<super::asked::ProbeAsked>,
        output: schema::output::<crate::report::sections::probe::ProbeModel<'static>>,
        run: |settings, asked| probe(settings, arguments(asked)?),
    },
];

/// The arguments by type.
fn arguments<T: DeserializeOwned>(asked: Object) -> Result<T, Error> {
    serde_json::from_value(Value::Object(asked))
        // what is wrong was said before; the words of the reader are for programmers
        .map_err(|_| Error::Usage("the arguments are not what the schema of the tool describes".to_owned()))
}

/// The name of the text that a call is about, in its report.
const MESSAGE: &str = "message";

fn explain(settings: &Settings, asked: MessageAsked) -> Result<Answer, Error> {
    let source = Given::new(settings).source(asked.text, asked.path, MESSAGE)?;
    let (mut denials, _) = told::denials_of(&source);
    if denials.is_empty() {
        // a secret is worth a word even then
        let secrets = told::kinds_of_secrets(source.text());
        let found = secrets.is_empty().then(String::new);
        let leak = found.unwrap_or_else(|| format!(". {}", words::denial::note(&Note::SecretInInput(secrets))));
        return Err(Error::Input(format!("{}{leak}", told::nothing_found(&source))));
    }
    if settings.redact {
        denials.redact(&mut Redactor::default());
    }
    Ok(Answer::report(&denials, Detail::default()))
}

fn diagnose(settings: &Settings, asked: DiagnoseAsked) -> Result<Answer, Error> {
    let DiagnoseAsked { message, policies, context, principal, action, resource, resource_account, live, detail } =
        asked;
    let mut given = Given::new(settings);
    let source = given.source(message.text, message.path, MESSAGE)?;
    let none = policies.none();
    let known = KnownArgs {
        policies: given.policies(policies.policies, &none)?,
        context: context.into_args(),
        principal: principal.as_deref().map(|text| named("principal", diagnose::principal(text))).transpose()?,
        action: action.as_deref().map(action_of).transpose()?,
        resource: resource.as_deref().map(|text| named("resource", diagnose::resource(text))).transpose()?,
        resource_account: resource_account
            .as_deref()
            .map(|text| named("resource_account", diagnose::account(text)))
            .transpose()?,
        live: asking(settings, live)?,
        ..KnownArgs::default()
    };
    let (mut reports, failed) = known.diagnose_text(&source)?;
    if settings.redact {
        diagnose::redact(&mut reports);
    }
    let answer = Answer::report(&reports, Detail { length: detail.length(), ..Detail::default() });
    Ok(answer.with_notes(&failure(failed)))
}

/// What is asked of the policies, and which those are.
fn question(settings: &Settings, asked: RequestAsked) -> Result<(PolicyArgs, who_can::Question), Error> {
    let RequestAsked { action, resource, resource_account, policies, context } = asked;
    let none = policies.none();
    let policies = Given::new(settings).policies(policies.policies, &none)?;
    let hints = Hints { resource_account, ..context.into_args().hints() };
    Ok((
        policies,
        who_can::Question { action: action_of(&action)?, resource, hints, reference: Reference::embedded().clone() },
    ))
}

fn simulate(settings: &Settings, asked: SimulateAsked) -> Result<Answer, Error> {
    let SimulateAsked { principal, request, live } = asked;
    let (policies, question) = question(settings, request)?;
    let who_can::Question { action, resource, hints, reference } = question;
    let asked = simulate::Asked { principal, action, resource, hints };
    let (mut simulation, failed) = asked.simulate(&reference, &policies, &asking(settings, live)?)?;
    if settings.redact {
        Redactor::default().report(&mut simulation);
    }
    Ok(Answer::report(&simulation, Detail::default()).with_notes(&failure(failed)))
}

fn who_can(settings: &Settings, asked: RequestAsked) -> Result<Answer, Error> {
    let (policies, question) = question(settings, asked)?;
    if !policies.has_snapshot() {
        return Err(Error::Usage(
            "`policies` has no snapshot, and who_can lists the users and roles of one".to_owned(),
        ));
    }
    caller::warn_of(&question.action, Reference::embedded());
    let mut answer = who_can::ask(&policies.read()?, &question)?;
    if settings.redact {
        Redactor::default().report(&mut answer);
    }
    Ok(Answer::report(&answer, Detail::default()))
}

fn diff(settings: &Settings, asked: DiffAsked) -> Result<Answer, Error> {
    let mut given = Given::new(settings);
    let old = given.source(asked.old.text, asked.old.path, "old")?;
    let new = given.source(asked.new.text, asked.new.path, "new")?;
    let reference = Reference::embedded();
    let mut compared = diff::of_texts(old, new, reference)?;
    if settings.redact {
        Redactor::default().report(&mut compared);
    }
    Ok(Answer::report(&Differences { compared, reference }, Detail::default()))
}

fn triage(settings: &Settings, asked: TriageAsked) -> Result<Answer, Error> {
    let TriageAsked { text, paths, snapshots, since, until, accounts, principals, actions, top } = asked;
    let mut given = Given::new(settings);
    let contents = given.trail(text, paths)?;
    let policies = given.snapshots(snapshots)?;
    let asked = trail::Asked { contents, policies, since, until, accounts, principals, actions, top };
    let mut triage = asked.triage()?;
    if settings.redact {
        triage.redact(&mut Redactor::default());
    }
    Ok(Answer::report(&ForModel::new(triage), Detail::default()))
}

/// The answer of `get_cause`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
struct CauseReport<'a> {
    /// The version of this form.
    schema_version: u8,
    /// The causes: the one that was asked for, or all.
    causes: Vec<CauseModel<'a>>,
}

/// A cause of denials.
#[derive(Debug, Serialize, schemars::JsonSchema)]
struct CauseModel<'a> {
    /// The id, as `finding` in a report.
    id: &'a str,
    /// What it means, in a sentence.
    summary: &'a str,
    /// Its page in Markdown, where it is the only one.
    page: Option<&'a str>,
}

fn cause_of(asked: &CauseAsked) -> Result<Answer, Error> {
    let found: Vec<&crate::diagnose::Cause> = match asked.id.as_deref().filter(|id| !id.is_empty()) {
        Some(id) => vec![cause::find(id)?],
        None => crate::diagnose::CAUSES.iter().collect(),
    };
    let only = found.len() == 1;
    let model = |cause: &&crate::diagnose::Cause| CauseModel {
        id: cause.id,
        summary: cause.summary(),
        page: only.then_some(cause.page),
    };
    let report = CauseReport { schema_version: SCHEMA_VERSION, causes: found.iter().map(model).collect() };
    let text = match found.as_slice() {
        [only] => only.page.to_owned(),
        several => cause::list("", several.iter().copied()),
    };
    Ok(Answer::page(text, to_json(&report, false)))
}

#[cfg(feature = "bedrock-live")]
fn probe(settings: &Settings, asked: super::asked::ProbeAsked) -> Result<Answer, Error> {
    let super::asked::ProbeAsked { models, regions, dry, max_calls } = asked;
    // one at a time: the next one knows what is left
    let Ok(mut left) = settings.usd_left.lock() else {
        return Err(Error::Usage("an earlier probe ended badly. Start the server again".to_owned()));
    };
    let most = *left;
    let wanted = crate::cli::probe::Wanted { models, regions, dry, max_calls, max_usd: most };
    let called = crate::cli::probe::called(&wanted, &settings.aws, settings.live);
    *left = match &called {
        Ok(report) => (most - report.record.run.spent_usd()).max(0.0),
        // what it had spent is not known, and may be all
        Err(Error::Interrupted) => 0.0,
        Err(_) => most,
    };
    drop(left);
    let mut report = called?;
    if settings.redact {
        Redactor::default().report(&mut report);
    }
    Ok(Answer::report(&report, Detail::default()))
}

fn action_of(text: &str) -> Result<Action, Error> {
    text.parse().map_err(|error| Error::Usage(format!("`action`: {error}")))
}

fn named<T>(argument: &str, result: Result<T, String>) -> Result<T, Error> {
    result.map_err(|expected| Error::Usage(format!("`{argument}`: {expected}")))
}

/// That AWS was asked in vain.
fn failure(failed: Option<Error>) -> Vec<String> {
    failed.map(|error| format!("AWS was not asked to the end: {error}")).into_iter().collect()
}

/// Whether AWS is asked.
#[cfg(feature = "live")]
fn asking(settings: &Settings, asked: Option<bool>) -> Result<crate::cli::live::LiveArgs, Error> {
    match asked {
        Some(true) if !settings.live => Err(not_live()),
        Some(false) => Ok(crate::cli::live::LiveArgs::default()),
        _ if settings.live => Ok(crate::cli::live::LiveArgs::asking(settings.aws.clone())),
        _ => Ok(crate::cli::live::LiveArgs::default()),
    }
}

/// Whether AWS is asked: never by this build.
#[cfg(not(feature = "live"))]
fn asking(_: &Settings, asked: Option<bool>) -> Result<crate::cli::offline::LiveArgs, Error> {
    if asked == Some(true) { Err(not_live()) } else { Ok(crate::cli::offline::LiveArgs::default()) }
}

fn not_live() -> Error {
    Error::Usage("this server asks AWS nothing: it was started without --live. Give the policies".to_owned())
}
