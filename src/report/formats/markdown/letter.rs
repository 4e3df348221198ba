//! A diagnosis as a letter to whoever must act: who is denied what, why, what to change, what that allows, how to check it.

use std::fmt::Write as _;

use super::page::{blocks, end_list, heading};
use super::remedy;
use super::text::{code, fenced, said};
use crate::denial::{Denial, DenialKind};
use crate::evaluate::Decision;
use crate::iam::{AssumedField, Command, ContextValue, Severity, Why, context_argument};
use crate::remedy::{Remedy, RemedyKind, Title};
use crate::render::{self, Line};
use crate::report::Report;
use crate::report::page::{Block, Detail, Page};
use crate::report::sections::{self, assumed, aws_said, disposition, fixes, known_by, why};
use crate::report::words::{self, first_screen, letter as words_of};

/// Other denials of a section that are named.
const MOST: usize = 3;

/// A letter for each denial.
pub(super) fn letters(reports: &[Report], detail: Detail) -> String {
    let mut text = String::new();
    for (number, report) in reports.iter().enumerate() {
        let number = if reports.len() > 1 { words_of::number(number + 1, reports.len()) } else { String::new() };
        letter(&mut text, report, &number, detail);
    }
    text
}

fn letter(text: &mut String, report: &Report, number: &str, detail: Detail) {
    end_list(text);
    head(text, report, number);
    let is_iam = report.denial.kind == DenialKind::IamDenial;
    let incident = report.remedies.iter().find(|remedy| remedy.kind == RemedyKind::IncidentResponse);
    match incident.filter(|_| report.diagnosis.incident) {
        Some(response) => incident_steps(text, response),
        None if is_iam || !report.remedies.is_empty() => to_do(text, report),
        None => {}
    }
    if is_iam {
        reason(text, report);
    } else {
        helps(text, report);
    }
    if !report.diagnosis.incident || report.remedies.len() > 1 {
        remedy::remedies(text, report, detail);
    }
    if is_iam {
        next(text, report);
        problems(text, report);
        premises(text, report, detail);
        if !report.diagnosis.incident {
            verify(text, report);
        }
    }
}

/// Who was denied what, when.
fn head(text: &mut String, report: &Report, number: &str) {
    let Report { denial, request, .. } = report;
    let title = match denial.kind {
        DenialKind::IamDenial => {
            let known = request.action.known().filter(|_| denial.action.is_none());
            let what = known.map_or_else(|| sections::subject(denial), ToString::to_string);
            format!("{}: {}", words_of::DENIED, said(&what))
        }
        DenialKind::OtherFailure(failure) => {
            let (word, what) = words::denial::instead(denial, failure);
            said(&format!("{}: {what}", if word == "IAM" { word } else { "Not IAM" }))
        }
    };
    let _ = write!(text, "# {number}{title}\n\n");
    let mut item = |label: &str, value: Option<String>| {
        if let Some(value) = value {
            let _ = writeln!(text, "- **{label}:** {value}");
        }
    };
    let own = denial.kind == DenialKind::IamDenial;
    let who = denial.principal.as_ref().or_else(|| request.principal.known().filter(|_| own));
    item(words_of::WHO, who.map(|who| code(who.as_str())));
    let resource = denial.resource.as_ref().or_else(|| request.resource.known().filter(|_| own));
    item(words_of::RESOURCE, resource.map(|resource| code(resource)));
    item(words_of::WHEN, when(denial).map(code));
    let call = call(denial);
    item(words_of::CALL, Some(call).filter(|call| !call.is_empty()));
    let ids: Vec<String> = denial.request_ids.iter().take(MOST).map(|id| code(id)).collect();
    item(words_of::REQUEST_ID, Some(ids.join(", ")).filter(|ids| !ids.is_empty()));
    item(words_of::AUTHORIZATION_ID, denial.authorization_id.as_deref().map(code));
    item(words_of::SEEN, (denial.occurrences > 1).then(|| said(&words_of::times(denial.occurrences, denial.line))));
    item(words_of::PLACE, words::denial::place(denial).as_deref().map(code));
    item(words_of::ALSO_IN, words::denial::also_in(denial).as_deref().map(said));
    end_list(text);
}

/// When the record says that the request was made.
fn when(denial: &Denial) -> Option<&str> {
    let fact = denial.context.iter().find(|fact| fact.key == "aws:CurrentTime");
    fact.and_then(|fact| fact.values.first()).map(String::as_str)
}

fn call(denial: &Denial) -> String {
    let status = denial.http_status.map(|status| said(&format!("HTTP {status}")));
    let names = [&denial.operation, &denial.error_code].into_iter().flatten().map(|name| code(name));
    names.chain(status).collect::<Vec<_>>().join(", ")
}

/// The first thing to do, for whoever reads no further.
fn to_do(text: &mut String, report: &Report) {
    let first = fixes(report).next();
    let fix = first.map_or_else(
        || words::remedy::none(&report.diagnosis.summary).to_owned(),
        |(remedy, _)| first_screen::fix(remedy, disposition(remedy)),
    );
    let _ = write!(text, "**{}:** {}\n\n", words_of::TO_DO, said(&fix));
}

fn incident_steps(text: &mut String, response: &Remedy) {
    let title = words::remedy::title(response);
    let _ = write!(text, "**{}: {}** {}\n\n", words_of::INCIDENT, said(&title), words_of::INCIDENT_FIRST);
    for (number, step) in (1..).zip(&response.steps) {
        let _ = writeln!(text, "{number}. {}", said(&first_screen::capital(&words::remedy::step(step))));
    }
    text.push('\n');
    let commands: Vec<String> = render::commands(response).iter().flat_map(Line::to_copy).collect();
    if !commands.is_empty() {
        text.push_str(&fenced("sh", &commands.join("\n")));
    }
    if let Some(never) = words::remedy::why_not(&response.why_not) {
        let _ = write!(text, "**{}:** {}\n\n", words_of::DO_NOT, said(&never));
    }
}

/// Why, with how that is known and the lines that decide.
fn reason(text: &mut String, report: &Report) {
    heading(text, words_of::WHY);
    let _ = write!(text, "{}\n\n", said(&known_by(report)));
    let mut own = Page::new(Detail::ALL);
    why(&mut own, report, true);
    let mut page = Page::new(Detail::ALL);
    // the heading says no more than the sentence above
    own.into_blocks().into_iter().filter(|block| !matches!(block, Block::Heading { .. })).for_each(|it| page.push(it));
    blocks(text, &page, 3);
    end_list(text);
    let mut own = Page::new(Detail::ALL);
    aws_said(&mut own, &report.denial, false);
    blocks(text, &own, 3);
    end_list(text);
}

/// What helps with what is no denial by IAM.
fn helps(text: &mut String, report: &Report) {
    heading(text, words_of::HELPS);
    if report.denial.model.is_some() {
        let mut own = Page::new(Detail::ALL);
        aws_said(&mut own, &report.denial, false);
        blocks(text, &own, 3);
        return end_list(text);
    }
    let _ = write!(text, "{}\n\n", said(&known_by(report)));
    for note in words::denial::remarks(&report.denial) {
        let _ = writeln!(text, "- {}", said(&first_screen::capital(&note)));
    }
    end_list(text);
}

/// What may be denied once this is solved.
fn next(text: &mut String, report: &Report) {
    if report.next_denials.is_empty() {
        return;
    }
    heading(text, words_of::NEXT);
    for next in &report.next_denials {
        let (on, why) = (words::remedy::next_resource(next), words::remedy::next_why(&next.why));
        let _ = writeln!(text, "- {}", said(&format!("{} on {on}: {why}", next.action)));
    }
}

fn problems(text: &mut String, report: &Report) {
    let problems = &report.diagnosis.problems;
    if problems.is_empty() {
        return;
    }
    heading(text, words_of::PROBLEMS);
    // what AWS rejects is worse than what does not do what it seems to do
    for severity in [Severity::Rejected, Severity::NoLongerSaved, Severity::Warning] {
        for found in problems.iter().filter(|found| found.severity == severity) {
            let _ = writeln!(text, "- {}", said(&first_screen::problem(found)));
        }
    }
}

/// What was taken to be so, and what was not seen.
fn premises(text: &mut String, report: &Report, detail: Detail) {
    let asked = |field: &AssumedField| {
        matches!(
            field,
            AssumedField::Principal | AssumedField::Action | AssumedField::Resource | AssumedField::ResourceAccount
        )
    };
    let all = report.request.assumed.iter();
    let mut own = Page::new(Detail::ALL);
    assumed(&mut own, all.filter(|it| detail.verbose || asked(&it.field) || it.why == Why::DeniedWithoutReason));
    section(text, words_of::ASSUMED, own);
    let gaps = &report.diagnosis.gaps;
    if !gaps.is_empty() {
        heading(text, words_of::NOT_CHECKED);
    }
    let with_why = detail.verbose || report.decision() == Decision::Undetermined;
    for gap in gaps {
        let _ = writeln!(text, "- {}", said(&first_screen::capital(&words_of::gap(gap, with_why))));
    }
}

/// A section of a page under a heading of ours.
fn section(text: &mut String, title: &str, own: Page) {
    let mut page = Page::new(Detail::ALL);
    own.into_blocks().into_iter().filter(|block| !matches!(block, Block::Heading { .. })).for_each(|it| page.push(it));
    if !page.blocks().is_empty() {
        heading(text, title);
        blocks(text, &page, 3);
    }
}

/// How to see that it helped.
fn verify(text: &mut String, report: &Report) {
    heading(text, words_of::VERIFY);
    let first = fixes(report).next().map(|(remedy, _)| remedy);
    // where the call changes, the policies say the same of the old one
    let other_call = first.is_some_and(|it| it.changes_the_call() || matches!(it.title, Title::ChangeRequest(_)));
    let _ = write!(text, "{}\n\n", said(if other_call { words_of::CALL_AGAIN } else { words_of::REPEAT }));
    if let Some(command) = again(report).filter(|_| !other_call) {
        let _ = write!(text, "{}\n\n", said(words_of::ask_again()));
        text.push_str(&fenced("sh", &command.to_copy().join("\n")));
        let _ = write!(text, "{}\n\n", said(&words_of::success()));
    }
}

/// The same request, asked of the policies as they are by then. `None` where a part of it is not known.
fn again(report: &Report) -> Option<Command> {
    let request = &report.request;
    let (principal, action, resource) =
        (request.principal.known()?, request.action.known()?, request.resource.known()?);
    let mut command = Command::new("iamdx simulate --live")
        .option("--principal", principal.as_str())
        .option("--action", action.as_str())
        .option("--resource", resource);
    if let Some(account) = request.resource_account.known() {
        command = command.option("--resource-account", account);
    }
    // what the input tells of the request; a time is another one by then
    for fact in report.denial.context.iter().filter(|fact| !is_time(&fact.key)) {
        if matches!(request.context.get(&fact.key), ContextValue::Present { .. }) {
            for value in &fact.values {
                command = command.option("--context", &context_argument(&fact.key, value));
            }
        }
    }
    Some(command).filter(Command::is_possible)
}

fn is_time(key: &str) -> bool {
    ["aws:CurrentTime", "aws:EpochTime", "aws:TokenIssueTime", "aws:MultiFactorAuthAge"]
        .iter()
        .any(|time| time.eq_ignore_ascii_case(key))
}
