//! The page a person reads under pressure: what was denied, what AWS said, why, what to change, what was not seen.

use super::blockers::why;
use super::not_seen::{assumed, not_seen};
use super::remedies::{disposition, fix, incident};
use super::together::together;
use super::{denial, first_screen};
use crate::deduce::Basis;
use crate::denial::DenialKind;
use crate::diagnose::{Disagreement, HypothesisKind, PolicyProblem, StatementRef, Summary};
use crate::evaluate::Decision;
use crate::iam::{AssumedField, Severity, Why};
use crate::remedy::{Needed, NextDenial, Remedy, RemedyKind, WhyNot};
use crate::report::evidence::{self, Evidence};
use crate::report::finding::Finding;
use crate::report::model::{DiagnoseReport, ReportModel};
use crate::report::page::{Block, Detail, Length, Link, Page, Tone};
use crate::report::sheet::Sheet;
use crate::report::{CommandReport, Report, SCHEMA_VERSION, to_json, words};

impl CommandReport for Vec<Report> {
    fn page(&self, detail: Detail) -> Page {
        let between = if detail.length == Length::Brief { 0 } else { 2 };
        Page::joined(
            detail,
            several(self, detail)
                .into_iter()
                .chain(self.iter().map(|report| report.page(detail)))
                .chain(if detail.length == Length::Screen { together(self, detail) } else { Vec::new() }),
            between,
        )
    }

    fn json(&self) -> String {
        let reports = self.iter().map(ReportModel::new).collect();
        to_json(&DiagnoseReport { schema_version: SCHEMA_VERSION.into(), reports }, true)
    }

    fn sheet(&self) -> Sheet<'_> {
        Sheet::Diagnoses(self)
    }

    fn findings(&self) -> Vec<Finding> {
        self.iter().map(Report::finding).collect()
    }
}

/// Says first that the text has several denials, and which: the first may fill the screen.
fn several(reports: &[Report], detail: Detail) -> Option<Page> {
    const MOST: usize = 6;
    if reports.len() < 2 || detail.length == Length::Brief {
        return None;
    }
    let mut page = Page::new(detail);
    let of_several = reports.iter().any(|report| report.denial.file.is_some());
    let text = if of_several { "in these inputs" } else { "in this text" };
    let follows = format!("{text}; a report on each follows");
    page.heading(format!("{} DENIALS", reports.len()), follows, Tone::Plain);
    for report in reports.iter().take(MOST) {
        let line = || format!("line {}", report.denial.line);
        let place = words::denial::place(&report.denial).unwrap_or_else(line);
        page.item(" -  ", format!("{place}: {}", denial::title(&report.denial)));
    }
    if reports.len() > MOST {
        page.item(" -  ", format!("{} more", reports.len() - MOST));
    }
    Some(page)
}

impl Report {
    /// The page: three lines, one screen, or all of it.
    #[must_use]
    pub fn page(&self, detail: Detail) -> Page {
        match detail.length {
            Length::Brief => first_screen::brief(self, detail),
            Length::Screen => first_screen::screen(self, detail),
            Length::All => self.whole_page(detail),
        }
    }

    fn whole_page(&self, detail: Detail) -> Page {
        let mut page = Page::new(detail);
        denial::header(&mut page, &self.denial, Some(&self.request));
        in_short(&mut page, self);
        let answer = self.remedies.first().is_some_and(Remedy::answers_alone) && !self.diagnosis.incident;
        if answer {
            fix(&mut page, self);
        }
        page.push(Block::Space);
        denial::aws_said(&mut page, &self.denial, detail.verbose);
        if self.diagnosis.incident {
            incident(&mut page, self);
        }
        if self.denial.kind != DenialKind::IamDenial {
            if !self.diagnosis.incident {
                fix(&mut page, self);
            }
            return page;
        }
        why(&mut page, self, answer);
        if answer {
            // it stands above
        } else if !self.diagnosis.incident || self.remedies.len() > 1 {
            fix(&mut page, self);
            if self.diagnosis.summary.is_allowed_since() {
                page.heading("FIX", words::remedy::none(&self.diagnosis.summary), Tone::Fix);
            }
        }
        next(&mut page, self);
        problems(&mut page, self);
        from_aws(&mut page, self);
        let asked = |field: &AssumedField| {
            matches!(
                field,
                AssumedField::Principal | AssumedField::Action | AssumedField::Resource | AssumedField::ResourceAccount
            )
        };
        assumed(
            &mut page,
            self.request
                .assumed
                .iter()
                .filter(|it| detail.verbose || asked(&it.field) || it.why == Why::DeniedWithoutReason),
        );
        let undetermined = self.evaluation.decision == Decision::Undetermined;
        not_seen(&mut page, &self.diagnosis.gaps, detail.verbose || undetermined);
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
    let sure = report.diagnosis.blockers.iter().filter(|blocker| blocker.basis != Basis::Possible).count();
    // where AWS's own words stand first, or what is only possible, every blocker that is sure is another one
    let told = match &report.diagnosis.summary {
        Summary::NotEnoughEvidence { .. } => 0,
        Summary::Blocked { blocker, .. } => usize::from(blocker.basis != Basis::Possible),
        _ => 1,
    };
    let more = match sure.saturating_sub(told) {
        0 => String::new(),
        1 => ", and one more Deny or missing Allow blocks it".to_owned(),
        count => format!(", and {count} more Denies or missing Allows block it"),
    };
    page.heading("IN SHORT", format!("{}{more}", words::cause::summary(&report.diagnosis.summary)), Tone::Block);
    page.lead(report.diagnosis.cause.aws_page().map(Link::Page));
    for other in report.diagnosis.disagreements.iter().filter(|it| matches!(it, Disagreement::GivenOtherwise(_))) {
        page.item("       !  ", words::disagreement::disagreement(other));
    }
    // what no policy can mend comes before what to change
    for hypothesis in report.diagnosis.hypotheses.iter().filter(|it| it.kind == HypothesisKind::PlaceholderInCall) {
        page.item("          ", format!("likely: {}", words::hypothesis::kind(&hypothesis.kind)));
    }
    let fix = report.remedies.iter().find(|remedy| remedy.kind != RemedyKind::IncidentResponse);
    if report.diagnosis.incident {
        page.item("          ", "this is a security incident: do not change policies to get the access back");
    } else if let Some(fix) = fix.filter(|fix| !fix.answers_alone()) {
        let part = fix.why_not.iter().any(|why_not| matches!(why_not, WhyNot::AwsNamedAnother { .. }));
        let proved = match &fix.verification {
            Some(_) if part => "part of a fix: ".to_owned(),
            Some(proof) if !proof.is_conditional() => "proved fix: ".to_owned(),
            Some(proof) => match words::remedy::in_cases(&proof.in_cases) {
                Some(cases) => format!("fix, if {cases}: "),
                None if proof.conditional_on.iter().all(|it| matches!(it.needed, Needed::NoDeny { .. })) => {
                    "fix, if a policy that was not seen does not deny it: ".to_owned()
                }
                None => "fix, if a policy that was not seen allows it too: ".to_owned(),
            },
            None => String::new(),
        };
        page.item(
            "          ",
            format!("{proved}{}{}", words::remedy::title(fix), words::remedy::by(fix, None, disposition(fix))),
        );
    }
}

/// What the caller will meet once this is solved.
fn next(page: &mut Page, report: &Report) {
    let line = |next: &NextDenial| {
        let (on, why) = (words::remedy::next_resource(next), words::remedy::next_why(&next.why));
        format!("{} on {on}: {why}", next.action)
    };
    let heading = "after this fix, these calls may be denied next";
    page.section("NEXT", heading, Tone::Plain, report.next_denials.iter().map(line));
}

/// A document that AWS rejects cannot be in force, so what it says is not what is enforced; a warning is about what does not do what
/// it seems to do.
fn problems(page: &mut Page, report: &Report) {
    let headings = [
        (Severity::Rejected, "INVALID", "AWS rejects such documents; what is in force must be another one"),
        (Severity::NoLongerSaved, "INVALID", "AWS saves no such documents; those that it has are read as said"),
        (Severity::Warning, "CHECK", "these do not do what they seem to do"),
    ];
    let line = |found: &PolicyProblem| {
        let document = &found.policy.document;
        let at = document.position(found.span);
        format!("{}:{at}: {}", document.source.name(), words::problem::problem(&found.kind))
    };
    for (severity, word, rest) in headings {
        let found = report.diagnosis.problems.iter().filter(|found| found.severity == severity);
        page.section(word, rest, Tone::Block, found.map(line));
    }
}

/// What AWS itself answered, with what its answer cannot show.
fn from_aws(page: &mut Page, report: &Report) {
    let line = |evidence: &Evidence<'_>| {
        format!("{} ({})", words::evidence::says(evidence), words::evidence::limits(evidence))
    };
    page.section("AWS SAYS", "", Tone::Plain, evidence::from_aws(report).iter().map(line));
    for (remedy, after) in &report.simulator_findings.confirmed {
        page.item(" -  ", format!("{} after {remedy}, by the simulator", words::decision::noun(*after)));
    }
}

fn statements(page: &mut Page, report: &Report) {
    page.heading("STATEMENTS", "every one that was evaluated", Tone::Plain);
    for check in &report.evaluation.checks {
        let at = check.target.as_ref().map_or_else(String::new, |target| format!(" at {target}"));
        page.item(" ", format!("{}{at}: {:?}", check.policy_type, check.effect));
        for outcome in &check.outcomes {
            let reference = StatementRef::new(&report.request, &outcome.policy, outcome.statement);
            let misses: Vec<_> =
                reference.reasons.iter().filter(|reason| !reason.truth.is_true()).map(words::element::reason).collect();
            let said = if misses.is_empty() { "matches".to_owned() } else { misses.join("; ") };
            page.item(
                "    ",
                format!(
                    "{:?} {} of {}: {said}",
                    outcome.effect,
                    words::statement::name(&reference.name()),
                    outcome.policy.name
                ),
            );
        }
    }
}
