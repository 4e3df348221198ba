//! The answer on one screen, for whoever reads no further: what was denied, why, who must change what, what was not checked.
//! And the same in three lines.

use super::blockers::named;
use super::denial;
use super::remedies::{
    Among, advice_fix, binds, disposition, edit_change, edit_line, fixes, incident, premise_item, short,
};
use crate::deduce::Basis;
use crate::denial::DenialKind;
use crate::diagnose::{Blocker, Disagreement, Likelihood, PolicyProblem, Summary};
use crate::evaluate::Decision;
use crate::iam::{Command, Gap, Severity};
use crate::remedy::bedrock::next::Calls;
use crate::remedy::{ChangeKind, Disposition, Edit, EditOp, OtherStatement, Remedy, Step, Verification, WhyNot};
use crate::render::{self, Line};
use crate::report::page::{Block, Detail, Link, Marker, Page, Rank, Tone, marker};
use crate::report::words::first_screen as words;
use crate::report::{Report, evidence, words as all_words};
use crate::text::minified;

/// The rows of a terminal as it opens.
const ROWS: usize = 24;
/// A longer document to paste gives way to what else the screen has.
const PASTED: usize = 12;
/// The label of a step.
const STEP: &str = " -  ";
/// The label of what speaks against a remedy.
const WHY: &str = " why  ";
/// Further statements, guesses and denials that are named; all of them are in the whole report.
const MOST: usize = 3;
/// Changes that are named each on a line of its own, where they are many.
const FEW: usize = 2;

/// One screen.
pub(super) fn screen(report: &Report, detail: Detail) -> Page {
    let told = told(&report.diagnosis.summary).and_then(|blocker| blocker.statement.as_ref());
    let mut screen = Screen {
        blocks: Vec::new(),
        names: words::Names::new(&report.request, report.denial.resource.as_deref(), told, files(report)),
    };
    screen.add(Rank::Always, |page| denial::header_on_screen(page, &report.denial, Some(&report.request)));
    if report.denial.kind == DenialKind::IamDenial {
        screen.why(report);
    } else {
        screen.instead(report);
    }
    if report.diagnosis.incident {
        screen.incident(report);
    } else {
        screen.fix(report);
    }
    screen.not_checked(report);
    screen.more(report);
    let mut page = Page::new(detail);
    page.push(Block::Screen { rows: ROWS, blocks: screen.blocks });
    page
}

/// The files of the policies that are named.
fn files(report: &Report) -> Vec<String> {
    let diagnosis = &report.diagnosis;
    let blocking = diagnosis.blockers.iter().filter_map(|blocker| blocker.statement.as_ref());
    let named = blocking.chain(diagnosis.near_misses.iter().map(|near| &near.statement)).map(|named| &named.policy);
    let changed = report.remedies.iter().flat_map(|remedy| &remedy.edits).map(|edit| &edit.after);
    let mut files: Vec<String> = named.chain(changed).map(|policy| policy.name.clone()).collect();
    files.sort();
    files.dedup();
    files.retain(|file| file.contains('/'));
    files
}

/// Three lines.
pub(super) fn brief(report: &Report, detail: Detail) -> Page {
    let mut page = Page::new(detail);
    let place = all_words::denial::place(&report.denial).map(|place| format!(" ({place})")).unwrap_or_default();
    page.whole("", format!("{}{place}", words::denied(&report.denial, &report.request)));
    let changed = if report.denial.damage.is_empty() { "" } else { words::NOT_AS_WRITTEN };
    page.whole("", format!("WHY  {}{changed}", known_by(report)));
    let next = || Calls::of_text(&report.denial).and_then(|calls| all_words::next_step::first(&calls));
    let fix = report.remedies.first().map(|remedy| words::fix(remedy, disposition(remedy))).or_else(next);
    let fix = fix.unwrap_or_else(|| all_words::remedy::none(&report.diagnosis.summary).to_owned());
    let shared = report.remedies.first().and_then(all_words::several::shared_in_brief).unwrap_or_default();
    let offered = |remedy: &&Remedy| shared.is_empty() && remedy.disposition != Disposition::Refused;
    let policy = report.remedies.first().filter(offered).map(in_a_line).unwrap_or_default();
    page.whole("", format!("FIX  {fix}{shared}{policy}"));
    page
}

/// What is added, as JSON in the line; of a long one, or of several, where it is shown.
fn in_a_line(remedy: &Remedy) -> String {
    const LONGEST: usize = 400;
    let of_edits = remedy.edits.iter().flat_map(added).map(str::to_owned);
    let of_steps = remedy.steps.iter().filter_map(|step| match step {
        Step::AddHere(addition) => Some(addition.document()),
        _ => None,
    });
    let all: Vec<String> = of_edits.chain(of_steps).map(|json| minified(&json)).collect();
    match all.as_slice() {
        [] if remedy.edits.is_empty() => String::new(),
        // one of several changes is none of them
        [only] if only.len() <= LONGEST && remedy.edits.len() <= 1 => format!(": {only}"),
        _ => words::SHOWN_LONGER.to_owned(),
    }
}

/// Why it was denied, in a sentence, with how that is known.
pub(in crate::report) fn known_by(report: &Report) -> String {
    if let DenialKind::OtherFailure(failure) = report.denial.kind {
        let model = report.denial.model.as_ref().map(|model| all_words::next_step::failure(model.failure));
        return model.unwrap_or_else(|| all_words::denial::help_with(&report.denial, failure)).to_owned();
    }
    let summary = &report.diagnosis.summary;
    let text = words::of_this(&all_words::cause::summary(summary), &report.request);
    words::sentence(&text, words::known_by(summary, &report.denial.reason))
}

/// The document, where it is new, or the statements, where there are only new ones.
fn added(edit: &Edit) -> Vec<&str> {
    let after = &edit.after.document;
    if edit.op == EditOp::Create {
        return vec![after.source.text()];
    }
    let only_adds = edit.changes.iter().all(|change| matches!(change.kind, ChangeKind::AddStatements { .. }));
    let before = edit.before.as_ref().map_or(0, |before| before.document.statements.len());
    if !only_adds {
        return Vec::new();
    }
    after
        .statements
        .iter()
        .skip(before)
        .filter_map(|own| after.source.text().get(own.span.start..own.span.end))
        .collect()
}

/// What stands on the screen.
struct Screen {
    blocks: Vec<(Rank, Block)>,
    names: words::Names,
}

impl Screen {
    /// Adds what is written; a name that stands in the first lines is not said again.
    fn add(&mut self, rank: Rank, write: impl FnOnce(&mut Page)) {
        let mut page = Page::default();
        write(&mut page);
        for block in page.into_blocks() {
            self.blocks.push((rank, shortened(block, &mut self.names)));
        }
    }

    /// What helps where IAM did not deny the request: the first steps stay, and what belongs to a step goes with it.
    fn instead(&mut self, report: &Report) {
        let mut steps = Page::default();
        steps.push(Block::Space);
        denial::aws_said(&mut steps, &report.denial, false);
        let mut rank = Rank::Always;
        for block in steps.into_blocks() {
            if let Block::Line { label, .. } = &block {
                rank = match marker(label) {
                    Marker::Number(number) if number > MOST => Rank::First,
                    _ => Rank::Always,
                };
            }
            self.add(rank, |page| page.push(block));
        }
    }

    fn why(&mut self, report: &Report) {
        let diagnosis = &report.diagnosis;
        self.add(Rank::Always, |page| {
            page.heading("WHY", known_by(report), Tone::Block);
            page.lead(diagnosis.cause.aws_page().map(Link::Page));
        });
        let given = |it: &&Disagreement| matches!(it, Disagreement::GivenOtherwise(_));
        for other in diagnosis.disagreements.iter().filter(given) {
            self.add(Rank::Always, |page| page.item("  !  ", all_words::disagreement::disagreement(other)));
        }
        self.remarks(report);
        let told = told(&diagnosis.summary);
        let others = || diagnosis.blockers.iter().filter(|blocker| !told.is_some_and(|told| is_same(told, blocker)));
        // what is counted is what is not named, whatever the screen has room for
        let count = others().count();
        let most = if count > MOST + 1 { 1 } else { count };
        if let Some(statement) = told.and_then(|told| told.statement.as_ref()) {
            self.add(Rank::Always, |page| page.excerpt(statement, &statement.reasons, 2));
        }
        for (number, other) in others().take(most).enumerate() {
            let word = if other.basis == Basis::Possible { " or    " } else { " also  " };
            let rank = if number == 0 { Rank::Always } else { Rank::First };
            let again =
                told.is_some_and(|told| statement_of(told).is_some() && statement_of(told) == statement_of(other));
            self.add(rank, |page| page.item(word, if again { words::again(other) } else { words::also(other) }));
        }
        if count > most {
            self.add(Rank::Always, |page| page.item("       ", words::more_of_these(count - most)));
        }
        if told.is_none_or(|told| !told.is_explicit()) {
            for near in diagnosis.near_misses.iter().take(1) {
                let policy = named(&near.statement.policy);
                // where the request is what changes, this is why
                let is_why = report.remedies.first().is_none_or(|remedy| remedy.edits.is_empty());
                let rank = if is_why { Rank::Always } else { Rank::Last };
                self.add(rank, |page| page.item(" near  ", words::near(&near.statement, &policy, &near.missed)));
                self.add(Rank::Second, |page| page.excerpt(&near.statement, &near.missed, 2));
            }
        }
        for other in diagnosis.disagreements.iter().filter(|it| !given(it)).take(2) {
            self.add(Rank::Always, |page| page.item("  !  ", all_words::disagreement::disagreement(other)));
        }
        for hypothesis in diagnosis.hypotheses.iter().take(2) {
            let rank = if hypothesis.likelihood == Likelihood::Likely { Rank::Always } else { Rank::Second };
            self.add(rank, |page| page.item("  ?  ", words::hypothesis(hypothesis)));
        }
    }

    /// What is wrong with the text or the documents, what AWS itself answered, what was assumed of the request.
    fn remarks(&mut self, report: &Report) {
        for damage in &report.denial.damage {
            self.add(Rank::Always, |page| page.item("  !  ", all_words::denial::damage(damage)));
        }
        let rejected = |problem: &&PolicyProblem| problem.severity != Severity::Warning;
        for problem in report.diagnosis.problems.iter().filter(rejected).take(2) {
            self.add(Rank::Always, |page| page.item("  !  ", words::problem(problem)));
        }
        for found in evidence::from_aws(report) {
            self.add(Rank::First, |page| page.item("  -  ", all_words::evidence::says(&found)));
        }
        for note in &report.denial.notes {
            self.add(Rank::Second, |page| page.item("  -  ", all_words::denial::note(note)));
        }
    }

    fn fix(&mut self, report: &Report) {
        let Some((remedy, among)) = fixes(report).next() else {
            let summary = &report.diagnosis.summary;
            if summary.is_allowed_since() {
                self.add(Rank::Always, |page| page.heading("FIX", all_words::remedy::none(summary), Tone::Fix));
            }
            return;
        };
        if remedy.edits.is_empty() {
            return self.advice(report, remedy, among);
        }
        let proof = remedy.verification.as_ref();
        let word = among.word(proof.is_some_and(Verification::is_conditional));
        self.add(Rank::Always, |page| page.heading(word, words::changes(remedy, disposition(remedy)), Tone::Fix));
        // a list that is longer than the screen hides what stands below it
        let most = if remedy.edits.len() > MOST + 1 { FEW } else { remedy.edits.len() };
        let (named, others) = remedy.edits.split_at_checked(most).unwrap_or_default();
        for (number, edit) in named.iter().enumerate() {
            self.add(Rank::Always, |page| edit_line(page, number + 1, edit));
            let added = added(edit);
            if added.is_empty() {
                let rank = if others.is_empty() { Rank::Always } else { Rank::First };
                self.add(rank, |page| edit_change(page, edit));
            } else {
                // what pastes, instead of its lines as a change
                let lines: Vec<String> = added.iter().flat_map(|text| short(text, 0)).collect();
                let rank = if remedy.edits.len() == 1 && lines.len() <= PASTED { Rank::Always } else { Rank::First };
                self.add(rank, |page| page.code("json", 4, lines));
            }
            self.add(Rank::First, |page| binds(page, edit));
        }
        if !others.is_empty() {
            self.add(Rank::Always, |page| page.item("    ", words::other_changes(others)));
        }
        for assumption in proof.iter().flat_map(|proof| &proof.conditional_on) {
            let mut premise = Page::default();
            premise_item(&mut premise, assumption);
            for (number, block) in premise.into_blocks().into_iter().enumerate() {
                let rank = if number == 0 { Rank::Always } else { Rank::First };
                self.add(rank, |page| page.push(block));
            }
        }
        for line in proof.into_iter().flat_map(words::checked) {
            self.add(Rank::Always, |page| page.item(" -  ", line));
        }
        for why_not in &remedy.why_not {
            // that there is another way is no warning
            let rank = if *why_not == WhyNot::RequestCanChange { Rank::First } else { Rank::Always };
            self.add(rank, |page| page.item(" !  ", words::against(why_not)));
        }
        self.commands(remedy);
    }

    /// What to do where no document is changed: the first steps stay, and what belongs to a step goes with it.
    fn advice(&mut self, report: &Report, remedy: &Remedy, among: Among) {
        let mut advice = Page::default();
        advice_fix(
            &mut advice,
            &without_the_told(remedy, told(&report.diagnosis.summary)),
            &report.diagnosis.gaps,
            among,
        );
        let mut steps = 0;
        let mut rank = Rank::Always;
        for block in advice.into_blocks() {
            if let Block::Line { label, .. } = &block {
                steps += usize::from(label == STEP);
                // what speaks against it stays
                let goes_first = label != WHY && (label != STEP || steps > MOST);
                rank = if goes_first { Rank::First } else { Rank::Always };
            }
            self.add(rank, |page| page.push(block));
        }
    }

    /// The steps of an incident that are for now, then those for later.
    fn incident(&mut self, report: &Report) {
        let mut all = Page::default();
        incident(&mut all, report);
        for block in all.into_blocks() {
            let rank = match &block {
                Block::Line { label, .. } => match marker(label) {
                    Marker::Number(number) if number > MOST => Rank::First,
                    _ => Rank::Always,
                },
                Block::Code { .. } => Rank::Second,
                _ => Rank::Always,
            };
            self.add(rank, |page| page.push(block));
        }
    }

    /// The commands of the change where they are few; else where they can be had.
    fn commands(&mut self, remedy: &Remedy) {
        let commands = render::commands(remedy);
        let lines: Vec<String> =
            commands.iter().filter(|line| matches!(line, Line::Command(_))).flat_map(Line::to_copy).collect();
        self.add(Rank::Second, |page| page.commands(4, lines));
    }

    fn not_checked(&mut self, report: &Report) {
        let gaps = &report.diagnosis.gaps;
        let certain = report.remedies.first().is_some_and(|remedy| {
            // a later step may have been left out
            remedy.steps.iter().take(MOST).any(|step| matches!(step, Step::Certainty { .. }))
        });
        if gaps.is_empty() || certain || report.diagnosis.incident || report.denial.kind != DenialKind::IamDenial {
            return;
        }
        let deciding = report.decision() == Decision::Undetermined && !report.diagnosis.summary.is_allowed_since();
        self.add(Rank::Always, |page| {
            page.push(Block::Space);
            page.list(
                "NOT CHECKED",
                Tone::Unsure,
                vec![words::not_checked(
                    gaps.iter().map(|gap| &gap.subject),
                    deciding && report.diagnosis.first_gap_decides,
                )],
            );
        });
        // what would decide it, and how to get it
        if let Some(gap) = gaps.first().filter(|_| deciding) {
            self.add(Rank::First, |page| first_gap(page, gap));
        }
    }

    fn more(&mut self, report: &Report) {
        if report.diagnosis.incident {
            let steps = report.remedies.first().map_or(0, |remedy| remedy.steps.len());
            return self.last(words::more_of_incident(steps, report.diagnosis.cause.id));
        }
        let more = words::more(
            (fixes(report).count().saturating_sub(1), proved_later(report)),
            report.next_denials.len(),
            report.diagnosis.problems.len(),
            report.diagnosis.cause.id,
            report.remedies.iter().any(|remedy| !remedy.edits.is_empty()),
        );
        self.last(more);
    }

    fn last(&mut self, more: Vec<String>) {
        let space = !matches!(self.blocks.last(), Some((_, Block::List { .. })));
        self.add(Rank::Always, |page| {
            if space {
                page.push(Block::Space);
            }
            page.list("MORE", Tone::Plain, more);
        });
    }
}

/// The same with the names of the first lines as they are called from then on; what is copied stays as it is.
fn shortened(block: Block, names: &mut words::Names) -> Block {
    match block {
        Block::Heading { word, text, tone, link } => Block::Heading { word, text: names.in_text(&text), tone, link },
        Block::Line { label, text, aside, wraps: true, link } => {
            let text = names.in_text(&text);
            Block::Line { label, text: names.of_request(&text), aside, wraps: true, link }
        }
        other => other,
    }
}

/// How to see what would decide it.
fn first_gap(page: &mut Page, gap: &Gap) {
    let commands: Vec<String> = gap.how_to_close.iter().flat_map(Command::to_copy).collect();
    let options = all_words::close_by(&gap.options(), &commands);
    let label = if commands.is_empty() { "    " } else { "    or " };
    page.commands(4, commands);
    if let Some(options) = options {
        page.item(label, options);
    }
}

/// The remedy without the step that says again what the line above says, and without the second statement, of which only a part would have
/// room.
fn without_the_told(remedy: &Remedy, told: Option<&Blocker>) -> Remedy {
    let mut remedy = remedy.clone();
    let mut additions = remedy.steps.iter().enumerate().filter(|(_, step)| matches!(step, Step::AddHere(_)));
    if let Some((second, _)) = additions.nth(1) {
        remedy.steps.truncate(second);
        for step in &mut remedy.steps {
            if let Step::OtherSide { statement, .. } = step {
                *statement = OtherStatement::InWholeReport;
            }
        }
    }
    remedy.steps.retain(|step| !matches!(step, Step::About(about) if told.is_some_and(|told| is_same(told, about))));
    remedy
}

/// Whether the first remedy is not proved, and all others are.
fn proved_later(report: &Report) -> bool {
    let is_proved = |remedy: &Remedy| remedy.verification.as_ref().is_some_and(|proof| !proof.is_conditional());
    let mut all = fixes(report).map(|(remedy, _)| is_proved(remedy));
    all.next() == Some(false) && all.all(|proved| proved)
}

/// The blocker that the summary is about.
fn told(summary: &Summary) -> Option<&Blocker> {
    match summary {
        Summary::Blocked { blocker, .. } => Some(blocker),
        _ => None,
    }
}

fn is_same(one: &Blocker, other: &Blocker) -> bool {
    one.policy_type == other.policy_type && one.target == other.target && statement_of(one) == statement_of(other)
}

/// The document, and the statement in it.
fn statement_of(blocker: &Blocker) -> Option<(&str, usize)> {
    let statement = blocker.statement.as_ref()?;
    Some((statement.policy.document.source.name(), statement.index))
}
