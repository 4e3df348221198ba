//! The page a person reads under pressure: what was denied, what AWS said, why, what to change, what was not seen.

use std::sync::Arc;

use super::denial;
use crate::denial::DenialKind;
use crate::diagnose::{Blocker, Likelihood, NearMiss, StatementRef};
use crate::evaluate::Decision;
use crate::iam::{AssumedField, Command, Gap, Policy, PolicyOrigin, PolicyType, Severity};
use crate::remedy::{Disposition, Edit, EditOp, PolicyAssumption, Presumed, Remedy, RemedyKind, Verification};
use crate::render::{self, Line};
use crate::report::danger::danger_lines;
use crate::report::model::{DiagnoseReport, ReportModel};
use crate::report::page::{Block, Detail, Page, Tone};
use crate::report::{CommandReport, Report, SCHEMA_VERSION, evidence, to_json, words};

impl CommandReport for Vec<Report> {
    fn page(&self, detail: Detail) -> Page {
        let mut page = Page::new(detail);
        for (number, report) in self.iter().enumerate() {
            if number > 0 {
                page.push(Block::Space);
                page.push(Block::Space);
            }
            page.append(report.page(detail));
        }
        page
    }

    fn json(&self) -> String {
        let reports = self.iter().map(ReportModel::new).collect();
        to_json(&DiagnoseReport { schema_version: SCHEMA_VERSION.into(), reports }, true)
    }
}

impl Report {
    /// The whole page.
    #[must_use]
    pub fn page(&self, detail: Detail) -> Page {
        let mut page = Page::new(detail);
        denial::header(&mut page, &self.denial);
        in_short(&mut page, self);
        page.push(Block::Space);
        denial::aws_said(&mut page, &self.denial);
        if self.diagnosis.incident {
            incident(&mut page, self);
        }
        if self.denial.kind != DenialKind::IamDenial {
            if !self.diagnosis.incident {
                fix(&mut page, self);
            }
            return page;
        }
        why(&mut page, self);
        if !self.diagnosis.incident || self.remedies.len() > 1 {
            fix(&mut page, self);
        }
        next(&mut page, self);
        problems(&mut page, self);
        from_aws(&mut page, self);
        assumed(&mut page, self);
        not_seen(&mut page, self);
        if detail.verbose {
            statements(&mut page, self);
        }
        page.push(Block::Space);
        page.item("MORE  ", format!("iamdx cause {}", self.diagnosis.cause.id));
        page
    }
}

/// The answer in two lines, for whoever reads no further.
fn in_short(page: &mut Page, report: &Report) {
    if report.denial.kind != DenialKind::IamDenial {
        return;
    }
    let more = match report.diagnosis.blockers.len() {
        0 | 1 => String::new(),
        2 => ", and one other thing blocks it".to_owned(),
        count => format!(", and {} other things block it", count - 1),
    };
    page.heading("IN SHORT", &format!("{}{more}", words::cause::summary(&report.diagnosis.summary)), Tone::Block);
    let fix = report.remedies.iter().find(|remedy| remedy.kind != RemedyKind::IncidentResponse);
    if report.diagnosis.incident {
        page.item("          ", "this is a security incident: do not change policies to get the access back");
    } else if let Some(fix) = fix {
        let proved = match &fix.verification {
            Some(proof) if proof.conditional_on.is_empty() => "proved fix: ",
            Some(_) => "fix, if a policy that was not seen allows it too: ",
            None => "",
        };
        page.item(
            "          ",
            &format!("{proved}{} ({}; {})", words::remedy::title(fix), words::remedy::owner(fix), disposition(fix)),
        );
    }
}

fn disposition(remedy: &Remedy) -> &'static str {
    let proof = remedy.verification.as_ref();
    match remedy.disposition {
        Disposition::Safe if remedy.edits.is_empty() => "changes no policy",
        Disposition::Safe if proof.is_none_or(|proof| proof.exactly_minimal) => "opens only this",
        Disposition::Safe if proof.is_none_or(|proof| proof.only_this_call) => "opens only this call",
        Disposition::Safe => "opens only these actions and resources",
        Disposition::NeedsReview => "needs review",
        Disposition::Refused => "refused",
    }
}

/// The steps stand before everything else: whoever reads only one screen reads them.
fn incident(page: &mut Page, report: &Report) {
    let Some(response) = report.remedies.iter().find(|remedy| remedy.kind == RemedyKind::IncidentResponse) else {
        return;
    };
    page.heading("SECURITY INCIDENT", words::remedy::title(response), Tone::Block);
    for (number, step) in response.steps.iter().enumerate() {
        page.item(&format!(" {}  ", number + 1), &words::remedy::step(step));
    }
    page.commands(4, render::commands(response).iter().flat_map(Line::to_copy));
    if let Some(why_not) = words::remedy::why_not(&response.why_not) {
        page.heading("DO NOT", &why_not, Tone::Block);
    }
}

/// Whether the statement nearly gives the allow that this blocker misses.
fn is_near(near: &NearMiss, blocker: &Blocker) -> bool {
    let policy = &near.statement.policy;
    !blocker.is_explicit()
        && blocker.policy_type == near.policy_type
        && (blocker.searched.is_empty() || blocker.searched.iter().any(|searched| Arc::ptr_eq(searched, policy)))
}

fn near_item(page: &mut Page, near: &NearMiss) {
    let element = match near.missed.as_slice() {
        [only] => format!(", which misses only by its {}", only.element),
        _ => String::new(),
    };
    page.item("    near: ", &format!("{} of {}{element}", near.statement.label(), named(&near.statement.policy)));
    page.excerpt(&near.statement, &near.missed, 4);
}

fn why(page: &mut Page, report: &Report) {
    let diagnosis = &report.diagnosis;
    let count = diagnosis.blockers.len();
    let rest = match (count, report.evaluation.decision) {
        (0, Decision::Allowed) => format!("no statement blocks it: {}", words::cause::summary(&diagnosis.summary)),
        (0, _) => words::cause::summary(&diagnosis.summary),
        (1, _) => "1 thing blocks this request".to_owned(),
        (count, _) => format!("{count} things block this request"),
    };
    page.heading("WHY", &rest, Tone::Block);
    let mut near: Vec<&NearMiss> = diagnosis.near_misses.iter().collect();
    let by_session = |blocker: &Blocker| blocker.policy_type == PolicyType::Session;
    let last_of_session = diagnosis.blockers.iter().rposition(by_session);
    for (number, blocker) in diagnosis.blockers.iter().enumerate() {
        blocker_item(page, number + 1, blocker);
        if let Some(origin) = report.denial.session.as_ref().filter(|_| last_of_session == Some(number)) {
            page.item("    session policies: ", &words::session_origin(origin));
        }
        let (own, others) = near.into_iter().partition(|near| is_near(near, blocker));
        let own: Vec<&NearMiss> = own;
        for near in own {
            near_item(page, near);
        }
        near = others;
    }
    // of layers in which an allow is not certainly missing
    for near in near {
        near_item(page, near);
    }
    for disagreement in &diagnosis.disagreements {
        page.item(" !  ", &words::disagreement::disagreement(disagreement));
    }
    for hypothesis in &diagnosis.hypotheses {
        let word = match hypothesis.likelihood {
            Likelihood::Likely => "likely: ",
            Likelihood::Possible => "possible: ",
        };
        page.item(" ?  ", &format!("{word}{}", words::hypothesis::kind(&hypothesis.kind)));
        for evidence in &hypothesis.evidence {
            page.item("     + ", &words::hypothesis::evidence(evidence));
        }
    }
}

pub(super) fn blocker_item(page: &mut Page, number: usize, blocker: &Blocker) {
    let label = format!(" {number}  ");
    match &blocker.statement {
        Some(statement) => {
            let at = blocker.target.as_ref().map_or_else(String::new, |target| format!(" at {target}"));
            page.item(&label, &format!("explicit deny: {}{at}, {}", named(&statement.policy), statement.label()));
            page.excerpt(statement, &statement.reasons, 4);
            place(page, statement);
        }
        None => page.item(&label, &format!("no allow: {}", words::blocker::why(blocker))),
    }
}

/// Where the document stands in the file that was given, when that is another place.
fn place(page: &mut Page, statement: &StatementRef) {
    let document = &statement.policy.document;
    if let (Some((file, first)), Some(own)) = (document.source.origin(), statement.statement()) {
        let line = first + document.position(own.span).line - 1;
        page.item("    ", &format!("in {file}, line {line}"));
    }
}

/// A policy with what is needed to find it: kind, name, version, and through whom it applies.
pub(super) fn named(policy: &Policy) -> String {
    let kind = match policy.origin {
        PolicyOrigin::Inline => "inline policy",
        PolicyOrigin::CustomerManaged => "managed policy",
        PolicyOrigin::AwsManaged => "AWS managed policy",
        PolicyOrigin::Organization | PolicyOrigin::Loose => policy.policy_type.noun(),
    };
    let version = policy.version_id.as_ref().map_or_else(String::new, |version| format!(" ({version})"));
    let group = policy
        .attached_to
        .iter()
        .find_map(|arn| arn.split_once(":group/"))
        .map(|(_, name)| format!(", through group {name}"));
    format!("{kind} {}{version}{}", policy.name, group.unwrap_or_default())
}

fn fix(page: &mut Page, report: &Report) {
    let fixes: Vec<&Remedy> =
        report.remedies.iter().filter(|remedy| remedy.kind != RemedyKind::IncidentResponse).collect();
    let shown = if page.detail.all { fixes.len() } else { 1 };
    for remedy in fixes.iter().take(shown) {
        one_fix(page, remedy, &report.diagnosis.gaps);
    }
    if fixes.len() > shown {
        let more = fixes.len() - shown;
        page.item(" ", &format!("{more} more {}: --all", if more == 1 { "way" } else { "ways" }));
    }
}

fn one_fix(page: &mut Page, remedy: &Remedy, gaps: &[Gap]) {
    if remedy.edits.is_empty() {
        match remedy.verification {
            Some(_) => page.heading(
                "FIX",
                format!("{}; owner: {}; no policy changes", words::remedy::title(remedy), remedy.owner.noun()),
                Tone::Fix,
            ),
            None => {
                page.heading("FIX", format!("none that is proved. {}", words::remedy::title(remedy)), Tone::Plain);
            }
        }
        for step in &remedy.steps {
            page.item(" -  ", &words::remedy::step(step));
        }
        page.commands(6, render::commands(remedy).iter().flat_map(Line::to_copy));
        if let Some(verification) = &remedy.verification {
            proof(page, verification, gaps);
        }
        if let Some(why_not) = words::remedy::why_not(&remedy.why_not) {
            page.item(" why  ", &why_not);
        }
        return;
    }
    let count = if remedy.edits.len() == 1 {
        "1 change".to_owned()
    } else {
        format!("{} changes, all needed", remedy.edits.len())
    };
    let conditional = remedy.verification.as_ref().is_some_and(|proof| !proof.conditional_on.is_empty());
    let several = remedy.owners().len() > 1;
    let owner = remedy.owners().join(" and ");
    let owner = if several { owner } else { words::remedy::owner(remedy).to_owned() };
    let word = if conditional { "FIX, IF" } else { "FIX" };
    page.heading(word, &format!("{count}; owner: {owner}; {}", disposition(remedy)), Tone::Fix);
    // the best way fits on one screen; the rest is on request
    let most = match remedy.edits.len() {
        _ if page.detail.all => usize::MAX,
        1 => 12,
        _ => 7,
    };
    for (number, edit) in remedy.edits.iter().enumerate() {
        if several {
            page.item("    ", &format!("for the {}:", edit.owner_in_account()));
        }
        // what a new policy says stands in its line already
        let new = edit.op == EditOp::Create && remedy.edits.len() > 1 && !page.detail.all;
        edit_item(page, number + 1, edit, if new { 0 } else { most });
    }
    for step in &remedy.steps {
        page.item(" -  ", &words::remedy::step(step));
    }
    for assumption in remedy.verification.iter().flat_map(|proof| &proof.conditional_on) {
        premise_item(page, assumption);
    }
    if let Some(verification) = &remedy.verification {
        proof(page, verification, gaps);
    }
    if let Some(why_not) = words::remedy::why_not(&remedy.why_not) {
        page.item(" but     ", &why_not);
    }
    // a single one stands in what speaks against it
    for words in danger_lines(remedy.dangers()).iter().filter(|_| remedy.dangers().len() > 1) {
        page.item(" danger  ", words);
    }
    let all = page.detail.all;
    let commands = render::commands(remedy);
    page.commands(4, commands.iter().filter(|line| all || !matches!(line, Line::Rollback(_))).flat_map(Line::to_copy));
    page.item(" files   ", "the documents, these commands and the way back: --write-remedies DIR");
}

/// What must hold in a policy that was not seen.
fn premise_item(page: &mut Page, assumption: &PolicyAssumption) {
    let account = assumption.account.as_ref().map_or_else(String::new, |account| format!(" of {account}"));
    let holds = if assumption.contradicted { "; AWS says that this does not hold yet" } else { "; it was not seen" };
    page.item(
        " if      ",
        &format!("{}{holds}; owner: {}{account}", words::remedy::needed(assumption), assumption.owner.noun()),
    );
    page.commands(6, assumption.how_to_see.iter().flat_map(Command::to_copy));
    if let Some(statement) = &assumption.statement {
        page.item("      ", "a statement in it that would do:");
        page.code("json", 6, [statement.clone()]);
    }
}

fn edit_item(page: &mut Page, number: usize, edit: &Edit, most: usize) {
    let label = format!(" {number}  ");
    let at = edit.target.as_ref().map_or_else(String::new, |target| format!(" at {target}"));
    let to = edit.after.attached_to.first().map_or_else(String::new, |arn| format!(" of {arn}"));
    if edit.op == EditOp::Create {
        page.item(&label, &format!("new {}{at}{to}: {}", named(&edit.after), words::policy_change::changes(edit)));
    } else {
        page.item(&label, &format!("{}{at}: {}", named(&edit.after), words::policy_change::changes(edit)));
    }
    let after = edit.after.document.source.text().to_owned();
    page.push(Block::Change { before: edit.text_before().to_owned(), after, indent: 4, most });
    binds(page, edit);
}

/// Accounts that are named; more are counted.
const NAMED_ACCOUNTS: usize = 4;

/// How far a policy of the organization reaches: whoever changes it changes it for all of them.
fn binds(page: &mut Page, edit: &Edit) {
    if !edit.policy_type.row().has_levels {
        return;
    }
    let Some(reach) = &edit.reach else {
        page.item("    binds ", "which other accounts is not known: no snapshot gives the tree of the organization");
        return;
    };
    let others: Vec<&str> = reach.others().collect();
    let mut said = match (others.len(), &reach.incomplete) {
        (0, None) => "no other account".to_owned(),
        (0, Some(_)) => "no other account that is known".to_owned(),
        (1, None) => "1 other account: ".to_owned(),
        (count, None) => format!("{count} other accounts: "),
        (1, Some(_)) => "at least 1 other account: ".to_owned(),
        (count, Some(_)) => format!("at least {count} other accounts: "),
    };
    said.push_str(&others.iter().take(NAMED_ACCOUNTS).copied().collect::<Vec<_>>().join(", "));
    if others.len() > NAMED_ACCOUNTS {
        said.push_str(", ...");
    }
    if let Some(why) = &reach.incomplete {
        said = format!("{said} (the tree is not complete: {})", words::tree_gap(why));
    }
    page.item("    binds ", &format!("{said}; attached to {}", reach.attached_to.join(", ")));
}

fn proof(page: &mut Page, verification: &Verification, gaps: &[Gap]) {
    let listed = |all: Vec<String>| if all.is_empty() { "nothing".to_owned() } else { all.join("; ") };
    let newly = words::remedy::newly_allowed(verification, words::difference::access_change_in_short);
    let only = if verification.only_this_access && !newly.is_empty() { ", nothing else" } else { "" };
    let newly = listed(newly);
    let denied =
        listed(verification.compared.newly_denied.iter().map(words::difference::access_change_in_short).collect());
    let size = verification
        .size
        .map_or_else(String::new, |size| format!("; {} of {} characters", size.characters, size.quota));
    let (label, after) = if verification.conditional_on.is_empty() {
        (" proved  ", format!("{} after it", words::decision::noun(verification.decision_after)))
    } else {
        (" then    ", "allowed after it, if that holds".to_owned())
    };
    page.item(
        label,
        &format!("{after}, over the policies at hand; newly allowed: {newly}{only}; newly denied: {denied}{size}"),
    );
    for opened in verification.no_longer_denied.iter().map(words::policy_change::opened) {
        page.item(" lifted  ", &format!("no longer denied: {opened}; it still needs an allow"));
    }
    for (unknown, _) in words::difference::cannot_tell_all(&verification.compared.cannot_tell) {
        page.item(" open    ", &format!("not compared: {unknown}"));
    }
    if !verification.assumes.is_empty() {
        // a list that stands below anyway need not stand here too
        let below = |presumed: &&Presumed| gaps.iter().any(|gap| **presumed == Presumed::NotSeen(gap.subject.clone()));
        let (below, own): (Vec<&Presumed>, Vec<&Presumed>) = verification.assumes.iter().partition(below);
        let mut all: Vec<String> = own.into_iter().map(words::remedy::presumed).collect();
        match below.as_slice() {
            [] => {}
            [only] => all.push(words::remedy::presumed(only)),
            many => all.push(format!("the {} under NOT SEEN", many.len())),
        }
        page.item(" if      ", &format!("none of these blocks it: {}", all.join(", ")));
    }
    for provided in &verification.provided {
        page.item(" if      ", provided);
    }
}

/// What the caller will meet once this is solved.
fn next(page: &mut Page, report: &Report) {
    for (number, next) in report.next_denials.iter().enumerate() {
        if number == 0 {
            page.heading("NEXT", "the policies at hand do not allow this either", Tone::Plain);
        }
        page.item(
            " -  ",
            &format!(
                "{} on {}: {}",
                next.action,
                words::remedy::next_resource(next),
                words::remedy::next_why(&next.why)
            ),
        );
    }
}

/// A document that AWS rejects cannot be in force, so what it says is not what is enforced; a warning is about what does not do what
/// it seems to do.
fn problems(page: &mut Page, report: &Report) {
    let headings = [
        (Severity::Rejected, "INVALID", "AWS rejects such documents; what is in force must be another one"),
        (Severity::NoLongerSaved, "INVALID", "AWS saves no such documents; those that it has are read as said"),
        (Severity::Warning, "CHECK", "these do not do what they seem to do"),
    ];
    for (severity, word, rest) in headings {
        let shown = report.diagnosis.problems.iter().filter(|found| found.severity == severity);
        for (number, found) in shown.enumerate() {
            if number == 0 {
                page.heading(word, rest, Tone::Block);
            }
            let at = found.policy.document.position(found.span);
            page.item(
                " -  ",
                &format!("{}:{at}: {}", found.policy.document.source.name(), words::problem::problem(&found.kind)),
            );
        }
    }
}

/// What AWS itself answered, with what its answer cannot show.
fn from_aws(page: &mut Page, report: &Report) {
    for (number, evidence) in evidence::from_aws(report).iter().enumerate() {
        if number == 0 {
            page.heading("AWS SAYS", "", Tone::Plain);
        }
        page.item(" -  ", &format!("{} ({})", words::evidence::says(evidence), words::evidence::limits(evidence)));
    }
    for (remedy, after) in &report.simulator_findings.confirmed {
        page.item(" -  ", &format!("{} after {remedy}, by the simulator", words::decision::noun(*after)));
    }
}

fn assumed(page: &mut Page, report: &Report) {
    let verbose = page.detail.verbose;
    let asked = |field: &AssumedField| {
        matches!(field, AssumedField::Action | AssumedField::Resource | AssumedField::ResourceAccount)
    };
    let told = report.request.assumed.iter().filter(|assumption| verbose || asked(&assumption.field));
    for (number, assumption) in told.enumerate() {
        if number == 0 {
            page.heading("ASSUMED", "", Tone::Plain);
        }
        page.item(" -  ", &words::assumption(assumption));
    }
}

fn not_seen(page: &mut Page, report: &Report) {
    for (number, gap) in report.diagnosis.gaps.iter().enumerate() {
        if number == 0 {
            page.heading("NOT SEEN", "", Tone::Plain);
        }
        gap_item(page, gap, page.detail.verbose || report.evaluation.decision == Decision::Undetermined);
    }
}

/// What was not seen, with the commands that show it, and why on request.
pub(super) fn gap_item(page: &mut Page, gap: &Gap, with_why: bool) {
    let why = if with_why { format!(": {}", words::gap_reason(&gap.reason)) } else { String::new() };
    page.item(" -  ", format!("{}{why}", words::gap_subject(&gap.subject)));
    page.commands(6, gap.how_to_close.iter().flat_map(Command::to_copy));
}

fn statements(page: &mut Page, report: &Report) {
    page.heading("STATEMENTS", "every one that was evaluated", Tone::Plain);
    for check in &report.evaluation.checks {
        let at = check.target.as_ref().map_or_else(String::new, |target| format!(" at {target}"));
        page.item(" ", &format!("{}{at}: {:?}", check.policy_type, check.effect));
        for outcome in &check.outcomes {
            let reference = StatementRef::new(&report.request, &outcome.policy, outcome.statement);
            let misses: Vec<_> =
                reference.reasons.iter().filter(|reason| !reason.truth.is_true()).map(words::element::reason).collect();
            let said = if misses.is_empty() { "matches".to_owned() } else { misses.join("; ") };
            page.item(
                "    ",
                &format!("{:?} {} of {}: {said}", outcome.effect, reference.label(), outcome.policy.name),
            );
        }
    }
}
