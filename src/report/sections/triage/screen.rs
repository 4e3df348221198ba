//! The findings for a person: on one screen, or each with all that is told of it.

use std::cell::OnceCell;

use super::super::triage_finding;
use super::{Listed, Triage, next, spelled_all};
use crate::diagnosed::Outcome;
use crate::report::page::{Block, Detail, Page, Tone};
use crate::report::words::triage as words;
use crate::report::words::triage_diagnosed as own;
use crate::report::{Style, rows, text};
use crate::triage::Standout;

/// Findings that a screen shows.
pub(super) const MOST: usize = 5;

/// Rows of a terminal as it opens, but one for the prompt.
const ROWS: usize = 23;

/// Damaged files that a person wants to read.
const SKIPPED: usize = 5;

/// What stands out that a person wants to read.
const STANDOUTS: usize = 8;

/// What a page shows.
#[derive(Clone, Copy)]
struct Plan<'r> {
    /// What was read, which takes a look at every fingerprint.
    read: &'r str,
    /// What was left out, which takes one too.
    left_out: &'r [String],
    skipped: usize,
    standouts: usize,
    findings: usize,
    /// The first of them with all that is told.
    whole: usize,
    /// Those before this one with a line at least.
    gist: usize,
    /// Those before this one with what to run next, of those with all that is told.
    next: usize,
}

impl<'r> Plan<'r> {
    /// From the most that a screen can have to the least: first all of some findings, then only the causes of the last of them.
    /// They come in groups, of which the last of each has the least.
    fn all(read: &'r str, left_out: &'r [String]) -> impl Iterator<Item = Vec<Self>> {
        let plan = move |findings, standouts, whole, gist, next| Self {
            read,
            left_out,
            skipped: 0,
            standouts,
            findings,
            whole,
            gist,
            next,
        };
        let with_gist = (3..=MOST).rev().flat_map(move |findings| {
            // one of several that stand out is the last resort: the others may be the graver
            [STANDOUTS, 3, 2].into_iter().map(move |standouts| {
                // what to run is told of all, else of the first, else where more is told
                let plans = |whole: usize| {
                    [whole, whole.min(1), 0].map(|next| plan(findings, standouts, whole, findings, next))
                };
                (0..=findings).rev().flat_map(plans).collect()
            })
        });
        // who, what and the fix of the first, if not of all: a list of causes alone tells nobody what to do
        let with_some = [2, 1].into_iter().flat_map(move |standouts| {
            (1..=MOST)
                .rev()
                .map(move |findings| (1..=findings).rev().map(|gist| plan(findings, standouts, 0, gist, 0)).collect())
        });
        let without = (1..=MOST).rev().map(move |findings| vec![plan(findings, 1, 0, 0, 0)]);
        with_gist.chain(with_some).chain(without)
    }
}

/// Everything of so many findings.
pub(super) fn whole(triage: &Triage, detail: Detail, most: usize) -> Page {
    let (read, left_out) = (words::read(&triage.trail), words::left_out(&triage.trail));
    let lists = if detail.all() { usize::MAX } else { STANDOUTS };
    let skipped = if detail.all() { usize::MAX } else { SKIPPED };
    let plan = Plan {
        read: &read,
        left_out: &left_out,
        skipped,
        standouts: lists,
        findings: most,
        whole: most,
        gist: most,
        next: most,
    };
    let findings = triage.findings();
    let told: Vec<Told<'_>> = findings.iter().map(Told::new).collect();
    page(triage, detail, &told, &triage.standouts_of(&findings), plan)
}

/// As many findings as one screen has room for, with as much of each.
pub(super) fn fitting(triage: &Triage, detail: Detail) -> Page {
    let findings = triage.findings();
    let standouts = triage.standouts_of(&findings);
    let (read, left_out) = (words::read(&triage.trail), words::left_out(&triage.trail));
    let told: Vec<Told<'_>> = findings.iter().map(Told::new).collect();
    let mut last = Page::new(detail);
    let mut fits = |plan: &Plan<'_>| {
        last = page(triage, detail, &told, &standouts, *plan);
        rows(&text(&last, Style::default()), Style::default().width) <= ROWS
    };
    for plans in Plan::all(&read, &left_out) {
        // where the least has no room nothing of the group has
        let Some((least, more)) = plans.split_last() else { continue };
        if fits(least) {
            if !more.iter().any(&mut fits) {
                fits(least);
            }
            break;
        }
    }
    last
}

/// What is told of a finding: worked out once, however many plans there are.
struct Told<'t> {
    listed: &'t Listed<'t>,
    heading: OnceCell<(String, String)>,
    everything: OnceCell<Vec<Block>>,
    gist: OnceCell<String>,
}

impl<'t> Told<'t> {
    const fn new(listed: &'t Listed<'t>) -> Self {
        Self { listed, heading: OnceCell::new(), everything: OnceCell::new(), gist: OnceCell::new() }
    }

    /// The count with the cause, and the cause alone.
    fn heading(&self) -> &(String, String) {
        self.heading.get_or_init(|| {
            let (finding, outcome) = self.listed;
            let cause = outcome.and_then(triage_finding::cause).unwrap_or_else(|| words::reason(&finding.reason));
            (format!("{}: {cause}", words::count(finding)), cause)
        })
    }

    fn everything(&self, detail: Detail) -> &[Block] {
        self.everything.get_or_init(|| {
            let mut page = Page::new(detail);
            everything(&mut page, self.listed, detail);
            page.into_blocks()
        })
    }

    fn gist(&self) -> &str {
        self.gist.get_or_init(|| {
            let (finding, outcome) = self.listed;
            let fix = outcome.and_then(|outcome| triage_finding::gist(outcome, finding));
            let gist = fix.unwrap_or_else(|| words::gist(&spelled_all(&finding.actions()), finding, &self.heading().1));
            let caution = finding.cautions.first().map(|first| format!("{}; ", words::caution_in_short(first)));
            caution.unwrap_or_default() + &gist
        })
    }
}

fn page(triage: &Triage, detail: Detail, findings: &[Told<'_>], standouts: &[Standout<'_>], plan: Plan<'_>) -> Page {
    let mut page = Page::new(detail);
    page.item("", plan.read);
    for line in words::chosen(&triage.filters) {
        page.item("  ", line);
    }
    for line in plan.left_out {
        page.whole("  ", line.as_str());
    }
    if let Some(line) = triage.diagnosis.as_ref().and_then(own::policies_of) {
        page.item("  ", line);
    }
    let skipped = &triage.trail.skipped;
    if !skipped.is_empty() {
        // one is named wherever it is said that there is one
        let shown = if skipped.len() == 1 { 1 } else { plan.skipped };
        let rest = if shown == 0 { ": --all" } else { "" };
        page.heading("SKIPPED", words::skipped(skipped.len()) + rest, Tone::Unsure);
        skipped.iter().take(shown).for_each(|file| page.whole("  ", format!("{}: {}", file.path, file.why)));
        if shown > 0 {
            more(&mut page, skipped.len(), shown);
        }
    }
    if !standouts.is_empty() {
        page.heading("STANDS OUT", String::new(), Tone::Block);
        standouts.iter().take(plan.standouts).for_each(|standout| page.item(" !  ", words::standout(standout)));
        more(&mut page, standouts.len(), plan.standouts);
    }
    for (number, told) in findings.iter().take(plan.findings).enumerate() {
        page.heading(format!("{}", number + 1), told.heading().0.clone(), Tone::Block);
        if number < plan.whole {
            told.everything(detail).iter().for_each(|block| page.push(block.clone()));
            if number < plan.next {
                to_run(&mut page, told.listed);
            }
        } else if number < plan.gist {
            page.item("   ", told.gist());
        }
    }
    let shown = plan.findings.min(findings.len());
    if shown < findings.len() || plan.whole < shown {
        page.heading("MORE", words::more_findings(findings.len() - shown), Tone::Plain);
    }
    page
}

/// The number of those that are not shown.
fn more(page: &mut Page, all: usize, shown: usize) {
    if all > shown {
        page.whole("  ", format!("{} more: --all", words::large((all - shown) as u64)));
    }
}

/// What to run next.
fn to_run(page: &mut Page, listed: &Listed<'_>) {
    if let Some(command) = next(listed) {
        page.item("  next  ", words::next(&listed.0));
        page.commands(8, command.to_copy());
    }
}

fn everything(page: &mut Page, (finding, outcome): &Listed<'_>, detail: Detail) {
    page.item("  by    ", words::by(finding));
    page.item("  for   ", words::names(&spelled_all(&finding.actions())));
    let on = words::resources(finding);
    if !on.is_empty() {
        page.item("  on    ", on);
    }
    if let Some(when) = words::when(finding) {
        page.item("  when  ", when);
    }
    let spread = words::spread(finding);
    if !spread.is_empty() {
        page.item("  from  ", spread);
    }
    triage_finding::cautions(page, finding);
    if let Some(outcome) = outcome {
        triage_finding::lines(page, outcome, finding.count, detail.all());
    }
    // a remedy says who must make it
    let has_remedy =
        outcome.is_some_and(|it| matches!(it, Outcome::Explained(explained) if !explained.remedies.is_empty()));
    if let Some(ask) = triage_finding::ask(*outcome, finding).filter(|_| !has_remedy) {
        page.item("  ask   ", ask);
    }
    if let Some(change) = finding.nearest_change() {
        page.item("  look  ", format!("{}; {}", words::change(&change, finding), words::NO_PROOF));
    }
}
