//! A finding of a trail of which policies tell the cause: its statement, its remedy, and what that would end. As lines and as JSON.

use schemars::JsonSchema;
use serde::Serialize;

use super::blockers::{blocker_item, named};
use super::remedies::{binds, disposition, edit_change, edit_line, steps};
use crate::deduce::Basis;
use crate::diagnose::{Confidence, Disagreement};
use crate::diagnosed::{Count, Ends, Explained, NotDiagnosed, OtherRecord, Outcome, Together};
use crate::evaluate::Decision;
use crate::iam::{Command, PolicyType};
use crate::remedy::Remedy;
use crate::render::{self, Line};
use crate::report::diagnosis_model::BlockerModel;
use crate::report::model::{GapModel, RemedyModel};
use crate::report::page::Page;
use crate::report::words;
use crate::report::words::triage_diagnosed as own;
use crate::triage::{Finding, Reason};

/// Why denials were denied, and what ends them.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ExplainedModel {
    /// The record that stands for the others.
    event_id: String,
    /// How many records are kept of its kind.
    kept: usize,
    /// Those of them of which the policies say something else.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Option<Vec<OtherRecordModel>>")]
    other_records: Vec<OtherRecordModel>,
    /// The id of the cause; `iamdx cause ID` prints its page.
    finding: &'static str,
    /// The cause in one sentence, for that record.
    summary: String,
    /// The code of that sentence.
    summary_code: &'static str,
    /// What the policies say of it.
    decision: Decision,
    /// What the answer rests on.
    confidence: Confidence,
    /// What the first of the blockers rests on.
    basis: Option<Basis>,
    /// What blocks it: the first is what all have in common.
    blockers: Vec<BlockerModel>,
    /// Where AWS's words and the policies do not agree.
    disagreements: Vec<String>,
    /// The codes of these.
    disagreement_codes: Vec<&'static str>,
    /// What could not be seen.
    gaps: Vec<GapModel>,
    /// Whether no remedy is offered, as AWS quarantined a leaked key of the caller.
    withheld: bool,
    /// Whether this is a security incident: then no policy is changed.
    incident: bool,
    /// Whether remedies were looked for.
    worked_out: bool,
    /// What to do, best first: the first of all, and the first that changes policies.
    remedies: Vec<RemedyModel>,
    /// The pattern for which the one that changes policies is made, where one for the record's own resource leaves other denials.
    for_all: Option<String>,
    /// What the one that changes policies would end.
    ends: Option<EndsModel>,
    /// What the one for several findings (`together-1` and so on) would end.
    ends_together: Option<TogetherModel>,
}

/// Which denials a remedy for several findings would end.
#[derive(Debug, Serialize, JsonSchema)]
struct TogetherModel {
    /// The findings, by their numbers.
    findings: Vec<usize>,
    /// How many denials they have.
    denials: u64,
    /// What it would end of these, and of others.
    #[serde(flatten)]
    ends: EndsModel,
}

/// Records of which the policies say something else than of the one that stands for the finding.
#[derive(Debug, Serialize, JsonSchema)]
struct OtherRecordModel {
    /// One of them.
    event_id: String,
    /// How many.
    records: usize,
    /// Whether the policies allow it.
    allowed: bool,
    /// The cause in one sentence, for that one.
    summary: String,
    /// The code of that sentence.
    summary_code: &'static str,
}

impl OtherRecordModel {
    fn new(other: &OtherRecord) -> Self {
        Self {
            event_id: other.event_id.clone(),
            records: other.records,
            allowed: other.allowed,
            summary: words::cause::summary(&other.summary),
            summary_code: other.summary.code(),
        }
    }
}

/// Which denials a remedy would end.
#[derive(Debug, Serialize, JsonSchema)]
struct EndsModel {
    /// Which of the remedies.
    remedy: String,
    /// Allowed then.
    allowed: Count,
    /// Allowed then, unless what was not seen blocks it.
    allowed_if: Count,
    /// Of some fingerprints only some of the kept records are allowed then.
    differ: Count,
    /// Still denied: something else blocks too.
    blocked: Count,
    /// What decides is not in the record or the policies.
    open: Count,
    /// Still denied: the change is for other resources.
    left: Count,
    /// Of other findings: allowed then.
    others: Count,
    /// Of other findings: allowed then, unless what was not seen blocks it.
    others_if: Count,
    /// What was not seen and is taken not to block; the first of it.
    unseen: Vec<String>,
}

/// Why policies tell no cause.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct NotDiagnosedModel {
    /// In a sentence.
    why: String,
    /// The code of that.
    code: &'static str,
}

impl ExplainedModel {
    pub(super) fn of(outcome: Option<&Outcome>) -> Option<Box<Self>> {
        let Some(Outcome::Explained(explained)) = outcome else { return None };
        let Explained { event_id, cause, summary, decision, confidence, blockers, disagreements, gaps, .. } =
            explained.as_ref();
        let model = |remedy| RemedyModel::new(remedy, None);
        let ends = explained.change().zip(explained.ends.as_ref());
        let together = explained.joint().zip(explained.together.as_ref());
        Some(Box::new(Self {
            event_id: event_id.clone(),
            kept: explained.kept,
            other_records: explained.others.iter().map(OtherRecordModel::new).collect(),
            finding: cause.id,
            summary: words::cause::summary(summary),
            summary_code: summary.code(),
            decision: *decision,
            confidence: *confidence,
            basis: blockers.first().map(|blocker| blocker.basis),
            blockers: blockers.iter().map(BlockerModel::new).collect(),
            disagreements: disagreements.iter().map(words::disagreement::disagreement).collect(),
            disagreement_codes: disagreements.iter().map(Disagreement::code).collect(),
            gaps: gaps.iter().map(GapModel::new).collect(),
            withheld: explained.withheld,
            incident: explained.incident,
            worked_out: explained.worked_out,
            remedies: explained.remedies.iter().map(model).collect(),
            for_all: explained.for_all.clone(),
            ends: ends.map(|(remedy, ends)| EndsModel::new(remedy, ends)),
            ends_together: together.map(|(remedy, together)| TogetherModel::new(remedy, together)),
        }))
    }
}

impl TogetherModel {
    fn new(remedy: &Remedy, together: &Together) -> Self {
        let Together { findings, denials, ends, .. } = together;
        Self { findings: findings.clone(), denials: *denials, ends: EndsModel::new(remedy, ends) }
    }
}

impl EndsModel {
    fn new(remedy: &Remedy, ends: &Ends) -> Self {
        Self {
            remedy: remedy.id.to_string(),
            allowed: ends.allowed,
            allowed_if: ends.allowed_if,
            differ: ends.differ,
            blocked: ends.blocked,
            open: ends.open,
            left: ends.left,
            others: ends.others,
            others_if: ends.others_if,
            unseen: ends.unseen.iter().map(words::gap_subject).collect(),
        }
    }
}

impl NotDiagnosedModel {
    pub(super) fn of(outcome: Option<&Outcome>) -> Option<Self> {
        let Some(Outcome::NotDiagnosed(why)) = outcome else { return None };
        Some(Self { why: own::not_diagnosed(why), code: why.code() })
    }
}

/// What a finding says of its cause, after its number: `1  12 denials: `.
pub(in crate::report) fn cause(outcome: &Outcome) -> Option<String> {
    let Outcome::Explained(explained) = outcome else { return None };
    Some(words::cause::summary(&explained.summary))
}

/// Who was denied, where the cause does not say it.
pub(in crate::report) fn denied(outcome: Option<&Outcome>, finding: &Finding<'_>) -> Option<String> {
    let cause = outcome.and_then(cause).unwrap_or_else(|| words::triage::reason(&finding.reason));
    words::triage::by_unless_named(finding, &cause)
}

/// A finding in a line, where a remedy is known: who was denied, the remedy, who makes it, and how many denials it ends.
pub(in crate::report) fn gist(outcome: &Outcome, finding: &Finding<'_>) -> Option<String> {
    let Outcome::Explained(explained) = outcome else { return None };
    if explained.withheld {
        return None;
    }
    if is_allowed_by_now(outcome) {
        return Some(own::none(&explained.summary).to_owned());
    }
    let remedy = explained.remedies.first()?;
    let ends = explained.ends.as_ref().map(|ends| own::ended_in_short(ends, finding.count)).unwrap_or_default();
    let denied = words::triage::by_in_short(finding);
    let colon = if denied.is_empty() { "" } else { ": " };
    let opens = remedy.verification.as_ref().map(own::opens_in_short).unwrap_or_default();
    let differ = if explained.others.is_empty() { "" } else { own::RECORDS_DIFFER };
    Some(format!("{denied}{colon}{} ({}){ends}{differ}{opens}", words::remedy::title(remedy), by(remedy)))
}

/// Who can change it: who must make the remedy where one is known, else whose policy AWS named.
pub(in crate::report) fn ask(outcome: Option<&Outcome>, finding: &Finding<'_>) -> Option<String> {
    if let Some(Outcome::Explained(explained)) = outcome
        && let Some(remedy) = explained.remedies.first()
    {
        return Some(words::remedy::with_article(&by(remedy)));
    }
    if outcome.is_some_and(is_allowed_by_now) {
        return None;
    }
    // a remedy says who must make it; to whom nothing is granted, nobody is asked
    if finding.is_of_quarantined() {
        return None;
    }
    let untold = matches!(finding.reason, Reason::Untold { .. });
    let with_policies = outcome.is_some();
    let nobody = || untold.then(|| words::triage::owner_not_told(&finding.reason, with_policies));
    if finding.is_of_guests() {
        return Some(words::triage::OWNER_FOR_GUESTS.to_owned());
    }
    finding.reason.owner().map(words::triage::owner).or_else(nobody)
}

/// The callers to look at before anything is granted to them: first of all that is said of a finding.
pub(in crate::report) fn cautions(page: &mut Page, finding: &Finding<'_>) {
    for line in words::triage::cautions(&finding.cautions) {
        page.item("  !     ", line);
    }
}

/// Whether the policies allow by now what AWS denied, so that nobody has to be asked.
pub(in crate::report) fn is_allowed_by_now(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Explained(explained) if is_changed_since(explained))
}

fn is_changed_since(explained: &Explained) -> bool {
    explained.summary.is_allowed_since() && explained.remedies.is_empty()
}

/// The lines of a finding that policies tell; `whole` with the documents and commands.
pub(in crate::report) fn lines(page: &mut Page, outcome: &Outcome, denials: u64, whole: bool) {
    match outcome {
        Outcome::NotDiagnosed(NotDiagnosed::OtherFailure) => {}
        Outcome::NotDiagnosed(why) => page.item("  why   ", own::not_diagnosed(why)),
        Outcome::Explained(explained) => explanation(page, explained, denials, whole),
    }
}

fn explanation(page: &mut Page, explained: &Explained, denials: u64, whole: bool) {
    page.item("  sure  ", own::sure(explained));
    let statement = explained.blockers.first().and_then(|blocker| blocker.statement.as_ref());
    if let Some(statement) = statement {
        page.item("  at    ", own::place(statement));
    }
    for other in &explained.others {
        page.item("  !     ", own::other_record(other, explained.kept));
    }
    // an incident is answered whatever the policies show, and that these have changed since is said by what is left to do
    let has_next = explained.incident || is_changed_since(explained);
    let disagreements = if has_next { &[][..] } else { &explained.disagreements };
    for disagreement in disagreements {
        page.item("  !     ", words::disagreement::disagreement(disagreement));
    }
    if whole {
        for (number, blocker) in explained.blockers.iter().enumerate() {
            blocker_item(page, number + 1, blocker);
        }
    }
    if explained.withheld {
        page.item("  fix   ", own::withheld());
        return;
    }
    if !explained.worked_out {
        page.item("  fix   ", own::not_worked_out());
        return;
    }
    if explained.remedies.is_empty() {
        page.item("  fix   ", own::none(&explained.summary));
    }
    if !disagreements.is_empty() {
        to_run(page, explained);
    }
    for (number, remedy) in explained.remedies.iter().enumerate() {
        let label = if number == 0 { "  fix   " } else { "  or    " };
        page.item(label, format!("{} ({}; {})", words::remedy::title(remedy), by(remedy), disposition(remedy)));
        if whole {
            for (number, edit) in remedy.edits.iter().enumerate() {
                edit_line(page, number + 1, edit);
                edit_change(page, edit);
                binds(page, edit);
            }
            steps(page, remedy);
            page.commands(4, render::commands(remedy).iter().flat_map(Line::to_copy));
        } else if let Some(edit) = remedy.edits.first() {
            page.item("        ", format!("{}: {}", named(&edit.after), words::policy_change::changes(edit)));
        }
        for opened in remedy.verification.iter().flat_map(own::opens) {
            page.item("  opens ", opened);
        }
        if let Some(why_not) = words::remedy::why_not(&remedy.why_not) {
            page.item("  but   ", why_not);
        }
        if explained.change().is_some_and(|change| std::ptr::eq(change, remedy)) {
            ends(page, explained, denials);
        }
        if explained.joint().is_some_and(|joint| std::ptr::eq(joint, remedy))
            && let Some(together) = &explained.together
        {
            page.item("  ends  ", own::ended_together(together));
            for line in own::beside(&together.ends) {
                page.item("        ", line);
            }
        }
    }
}

/// What the remedy that changes policies is made for and ends.
fn ends(page: &mut Page, explained: &Explained, denials: u64) {
    if let Some(pattern) = &explained.for_all {
        page.item("        ", own::for_all(pattern));
    }
    let Some(ends) = &explained.ends else { return };
    page.item("  ends  ", own::ended(ends, denials));
    for line in own::beside(ends) {
        page.item("        ", line);
    }
}

/// What would show why AWS and the policies disagree: what was not seen first, and how to get it.
fn to_run(page: &mut Page, explained: &Explained) {
    page.item("  run   ", own::what_to_run(&explained.event_id));
    // the policy of a resource allows what those of the caller do not, and speaks against no other type
    let may_decide = explained.disagreements.iter().any(|disagreement| {
        matches!(disagreement, Disagreement::AllowFound { policy_type, .. }
            if matches!(policy_type.normalized(), PolicyType::IdentityBased | PolicyType::ResourceBased))
    });
    let Some(gap) = explained.gaps.first().filter(|_| may_decide) else { return };
    page.item("        ", format!("not seen: {}", words::gap_subject(&gap.subject)));
    page.commands(8, gap.how_to_close.iter().flat_map(Command::to_copy));
}

/// Who must make it.
fn by(remedy: &Remedy) -> String {
    let owners = remedy.owners();
    if owners.len() < 2 { words::remedy::owner(remedy).to_owned() } else { owners.join(" and ") }
}
