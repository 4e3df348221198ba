//! `simulate --who`: which users and roles of the snapshot are allowed one action on one resource, each by which statement.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rayon::prelude::*;
use serde::Serialize;

use super::{Error, Exit, Format, OutputArgs};
use crate::diagnose::left_open;
use crate::evaluate::{Decision, Evaluation, MatchedStatement, MissingEvidence, Truth, evaluate};
use crate::iam::{
    Action, Arn, AssumedField, AssumedValue, Assumption, Command, ContextValue, Effect, Field, Gap, Hints, NotTold,
    Principal, Why, secret,
};
use crate::infer::RequestBuilder;
use crate::report::{SCHEMA_VERSION, printable, to_json, words};
use crate::snapshot::{Snapshot, assume_complete, select};

/// The question.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) action: Action,
    pub(super) resource: String,
    pub(super) hints: Hints,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answers<'q> {
    schema_version: u8,
    action: &'q str,
    resource: &'q str,
    /// Who is allowed, whatever was not seen.
    allowed: Vec<Entry>,
    /// Who is allowed by what was seen, while something that was not seen could deny.
    allowed_as_far_as_seen: Vec<Entry>,
    /// Who is allowed or not by something of the request that is not known.
    undetermined: Vec<Entry>,
    /// How many are denied, whatever was not seen.
    denied: usize,
    /// How many are not allowed by what was seen, while something that was not seen could allow.
    denied_as_far_as_seen: usize,
    assumed: Vec<Assumed>,
    gaps: Vec<NotSeen>,
}

/// One user or role.
#[derive(Debug, Serialize)]
struct Entry {
    principal: String,
    /// The statements that allow.
    allowed_by: Vec<MatchedStatement>,
    /// Condition keys that are not known and decide.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing_context_values: Vec<String>,
    /// What else was not seen and decides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing_evidence: Vec<String>,
    /// The codes of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing_evidence_codes: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
struct Assumed {
    field: String,
    value: String,
    why: String,
}

#[derive(Debug, Serialize)]
struct NotSeen {
    what: String,
    why: String,
    how_to_close: Option<String>,
}

/// What is known of one principal after evaluating.
struct Found {
    /// What is certain.
    decision: Decision,
    /// What holds if nothing more exists than was seen.
    seen: Decision,
    entry: Entry,
    gaps: Vec<Gap>,
}

/// Evaluates the question for every principal of the snapshot and prints who is allowed.
///
/// # Errors
/// When the snapshot holds nobody, or the answer cannot be written.
pub(super) fn run(snapshot: &Snapshot, question: &Question, output: &OutputArgs) -> Result<Exit, Error> {
    let principals: Vec<&Arn> = snapshot.principals().collect();
    if principals.is_empty() {
        return Err(Error::Usage(
            "`--who` needs a snapshot with users or roles: give one with `--snapshot FILE`".to_owned(),
        ));
    }
    let assumed = assumed(snapshot, question);
    let found: Vec<Found> = principals.par_iter().map(|arn| one(snapshot, question, &assumed, arn)).collect();
    let answers = collect(question, &assumed, found);
    let open = answers.allowed_as_far_as_seen.len() + answers.undetermined.len() + answers.denied_as_far_as_seen;
    let exit = if open == 0 { Exit::Done } else { Exit::Undetermined };
    match output.format {
        Format::Json => output.deliver(&to_json(&answers, true))?,
        Format::Text => output.deliver(&text(&answers, principals.len()))?,
    }
    Ok(exit)
}

/// What holds for all principals alike: the request is imagined, so it takes the plain way to AWS.
fn assumed(snapshot: &Snapshot, question: &Question) -> Vec<Assumption> {
    let given = |key: &str| question.hints.context.iter().any(|(name, _)| name.eq_ignore_ascii_case(key));
    let mut assumed = Vec::new();
    if !given("aws:SourceVpce") && !question.hints.context_complete {
        assumed.push(Assumption {
            field: AssumedField::ContextKey(SOURCE_VPCE.to_owned()),
            value: AssumedValue::Absent,
            why: Why::NoEndpointGiven,
        });
    }
    let own = question.resource.parse::<Arn>().is_ok_and(|arn| arn.account().is_empty() && arn.service() == "s3");
    let accounts: Vec<&str> = snapshot.accounts().collect();
    if let (true, None, [only]) = (own, &question.hints.resource_account, accounts.as_slice()) {
        assumed.push(Assumption {
            field: AssumedField::ResourceAccount,
            value: AssumedValue::Text((*only).to_owned()),
            why: Why::OnlyAccount,
        });
    }
    assumed
}

const SOURCE_VPCE: &str = "aws:SourceVpce";

/// Asks for one principal.
fn one(snapshot: &Snapshot, question: &Question, assumed: &[Assumption], arn: &Arn) -> Found {
    let principal = Principal::new(arn.as_str());
    let hints = &question.hints;
    let mut request = RequestBuilder::asked(principal, question.action.clone(), &question.resource, hints).build();
    for assumption in assumed {
        match (&assumption.field, &assumption.value) {
            (AssumedField::ContextKey(key), AssumedValue::Absent) => request.context.set(key, ContextValue::Absent),
            (AssumedField::ResourceAccount, AssumedValue::Text(account)) => {
                request.resource_account = Field::Known(account.clone());
            }
            _ => {}
        }
    }
    // whose bucket it is must not depend on who asks
    let ownerless =
        matches!(&request.resource_account, Field::Assumed(..)) && question.resource.starts_with("arn:aws:s3:");
    if ownerless {
        request.resource_account = Field::Missing(NotTold::NoAccount);
    }
    let selection = select(snapshot, &request);
    let request = RequestBuilder::of(request, hints).snapshot_facts(&selection).derived_context().build();
    let evaluation = evaluate(&request, &selection.policies);
    let decision = evaluation.decision;
    if decision != Decision::Undetermined {
        return Found { decision, seen: decision, entry: entry(arn, evaluation), gaps: Vec::new() };
    }
    let seen = evaluate(&request, &assume_complete(&selection.policies));
    let mut gaps = selection.gaps;
    gaps.extend(left_open(&request, &evaluation));
    Found { decision, seen: seen.decision, entry: entry(arn, seen), gaps }
}

fn entry(arn: &Arn, evaluation: Evaluation) -> Entry {
    let matched = evaluation.checks.iter().flat_map(|check| &check.outcomes).filter(|outcome| {
        outcome.effect == Effect::Allow && outcome.matched() == Truth::True && outcome.policy.policy_type.row().grants
    });
    Entry {
        principal: safe(arn.as_str()),
        allowed_by: matched.filter_map(MatchedStatement::of).map(clean).collect(),
        missing_context_values: evaluation.missing_context,
        missing_evidence: evaluation.missing_evidence.iter().map(words::evidence::missing).collect(),
        missing_evidence_codes: evaluation.missing_evidence.iter().map(MissingEvidence::code).collect(),
    }
}

fn collect<'q>(question: &'q Question, assumed: &[Assumption], found: Vec<Found>) -> Answers<'q> {
    let mut answers = Answers {
        schema_version: SCHEMA_VERSION,
        action: question.action.as_str(),
        resource: &question.resource,
        allowed: Vec::new(),
        allowed_as_far_as_seen: Vec::new(),
        undetermined: Vec::new(),
        denied: 0,
        denied_as_far_as_seen: 0,
        assumed: assumed
            .iter()
            .map(|it| Assumed {
                field: words::assumed_field(&it.field),
                value: words::assumed_value(&it.value),
                why: words::why_assumed(it),
            })
            .collect(),
        gaps: Vec::new(),
    };
    // the same gap is met by many principals
    let mut gaps: BTreeMap<String, Gap> = BTreeMap::new();
    for one in found {
        gaps.extend(one.gaps.into_iter().map(|gap| (words::gap_subject(&gap.subject), gap)));
        let certain = one.decision != Decision::Undetermined;
        match (one.seen, certain) {
            (Decision::Allowed, true) => answers.allowed.push(one.entry),
            (Decision::Allowed, false) => answers.allowed_as_far_as_seen.push(one.entry),
            (Decision::Undetermined, _) => answers.undetermined.push(one.entry),
            (Decision::ExplicitDeny | Decision::ImplicitDeny, true) => answers.denied += 1,
            (Decision::ExplicitDeny | Decision::ImplicitDeny, false) => answers.denied_as_far_as_seen += 1,
        }
    }
    let not_seen = |gap: Gap| NotSeen {
        what: safe(&words::gap_subject(&gap.subject)),
        why: safe(&words::gap_reason(&gap.reason)),
        how_to_close: Command::lines(&gap.how_to_close),
    };
    answers.gaps = gaps.into_values().map(not_seen).collect();
    answers
}

/// Gaps that a person wants to read; each group or policy that is missing can be one.
const GAPS_SHOWN: usize = 20;

fn text(answers: &Answers<'_>, principals: usize) -> String {
    let mut page = format!("{} on {}\n", safe(answers.action), safe(answers.resource));
    let groups = [
        ("ALLOWED", &answers.allowed, ""),
        ("ALLOWED AS FAR AS SEEN", &answers.allowed_as_far_as_seen, "; what was not seen could deny"),
        ("UNDETERMINED", &answers.undetermined, "; what is not known of the request decides"),
    ];
    for (word, list, remark) in groups {
        if list.is_empty() && word != "ALLOWED" {
            continue;
        }
        let _ = writeln!(page, "\n{word}  {} of {principals} users and roles{remark}", list.len());
        entries(&mut page, list);
    }
    let _ = writeln!(page, "\nDENIED  {}", answers.denied);
    if answers.denied_as_far_as_seen > 0 {
        let _ =
            writeln!(page, "DENIED AS FAR AS SEEN  {}; what was not seen could allow", answers.denied_as_far_as_seen);
    }
    for assumed in &answers.assumed {
        let _ = writeln!(page, "ASSUMED  {}: {} ({})", safe(&assumed.field), safe(&assumed.value), safe(&assumed.why));
    }
    for gap in answers.gaps.iter().take(GAPS_SHOWN) {
        let _ = writeln!(page, "NOT SEEN  {}: {}", gap.what, gap.why);
        for command in gap.how_to_close.iter().flat_map(|lines| lines.lines()) {
            let _ = writeln!(page, "          {command}");
        }
    }
    if let Some(more) = answers.gaps.len().checked_sub(GAPS_SHOWN).filter(|more| *more > 0) {
        let _ = writeln!(page, "NOT SEEN  {more} more: --format json lists them");
    }
    page
}

fn entries(page: &mut String, entries: &[Entry]) {
    for entry in entries {
        let _ = write!(page, "  {}", entry.principal);
        let by: Vec<String> = entry.allowed_by.iter().map(statement).collect();
        if !by.is_empty() {
            let _ = write!(page, "  by {}", by.join(" and "));
        }
        let missing: Vec<&str> =
            entry.missing_context_values.iter().chain(&entry.missing_evidence).map(String::as_str).collect();
        if !missing.is_empty() {
            let _ = write!(page, "  depends on {}", safe(&missing.join(", ")));
        }
        page.push('\n');
    }
}

fn statement(matched: &MatchedStatement) -> String {
    let sid = match &matched.sid {
        Some(sid) => format!("statement {sid}"),
        None => format!("statement {}", matched.index + 1),
    };
    format!("{} {sid} ({}:{})", matched.policy, matched.line, matched.column)
}

/// Names from documents, for an output.
fn clean(mut matched: MatchedStatement) -> MatchedStatement {
    matched.policy = safe(&matched.policy);
    matched.sid = matched.sid.as_deref().map(safe);
    matched
}

fn safe(text: &str) -> String {
    printable(&secret::redact(text)).replace(['\n', '\t'], " ")
}
