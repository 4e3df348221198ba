//! The denials of a whole trail: what stands out, and the findings, the most frequent first.

mod model;
mod next;
mod rows;
mod screen;
mod tool;

use std::io;

use crate::diagnosed::{self, Outcome, TrailDiagnosis};
use crate::iam::Action;
use crate::reference::Reference;
use crate::report::page::{Detail, Length, Page};
use crate::report::sheet::Sheet;
use crate::report::{CommandReport, Rows, json_in_parts, to_json};
use crate::triage::{Filters, Finding, Standout, Trail, changed, findings, standouts};

pub use model::{TriageFinding, TriageReport};
pub(in crate::report) use next::next;
pub use tool::{ForModel, TriageAnswer};

/// Findings that a screen mostly has room for, with the change before each.
const FEW: usize = 3;

/// A finding, and what policies tell of it, where some were given.
pub type Listed<'t> = (Finding<'t>, Option<&'t Outcome>);

/// What `triage` answers.
#[derive(Debug)]
#[non_exhaustive]
pub struct Triage {
    /// What was read.
    pub trail: Trail,
    /// What policies tell, where some were given.
    pub diagnosis: Option<TrailDiagnosis>,
    /// Findings to show, where that was said; each format has its own number otherwise.
    pub top: Option<usize>,
    /// Whether to show all of them.
    pub all: bool,
    /// Which denials were counted.
    pub filters: Filters,
}

impl Triage {
    /// What was read of the denials that these filters take, and how much of it to show.
    #[must_use]
    pub const fn new(
        trail: Trail,
        filters: Filters,
        diagnosis: Option<TrailDiagnosis>,
        top: Option<usize>,
        all: bool,
    ) -> Self {
        Self { trail, diagnosis, top, all, filters }
    }

    /// The findings, the most frequent first: by policies where some were given, else by AWS's words.
    #[must_use]
    pub fn findings(&self) -> Vec<Listed<'_>> {
        match &self.diagnosis {
            Some(diagnosis) => {
                let all = diagnosed::findings(&self.trail.tally, diagnosis).into_iter();
                all.map(|(finding, outcome)| (finding, Some(outcome))).collect()
            }
            None => findings(&self.trail.tally).into_iter().map(|finding| (finding, None)).collect(),
        }
    }

    /// What stands out, the gravest first.
    #[must_use]
    pub fn standouts_of<'t>(&'t self, findings: &'t [Listed<'t>]) -> Vec<Standout<'t>> {
        let reference = Reference::embedded();
        let mut all = match &self.diagnosis {
            Some(diagnosis) => diagnosed::standouts(&self.trail.tally, diagnosis, reference),
            None => standouts(&self.trail.tally, reference),
        };
        // each of few has room for its own
        if findings.len() <= FEW {
            return all;
        }
        // before what is only to be looked through
        let is_less = |one: &Standout<'_>| matches!(one, Standout::Dangerous { .. } | Standout::Services { .. });
        let place = all.iter().position(is_less).unwrap_or(all.len());
        all.splice(place..place, changed(findings.iter().map(|(finding, _)| finding)));
        all
    }

    /// The JSON, part by part, without secrets: it is as large as what was counted.
    ///
    /// # Errors
    /// When `each` has one.
    pub fn json_parts(&self, each: &mut dyn FnMut(&str) -> io::Result<()>) -> io::Result<()> {
        let findings = self.findings();
        json_in_parts(&TriageReport::new(self, &findings, &self.standouts_of(&findings)), each)
    }

    /// How many findings to show, of a format that shows so many by itself.
    pub(in crate::report) fn shown(&self, own: usize) -> usize {
        if self.all { usize::MAX } else { self.top.unwrap_or(own) }
    }
}

/// An action as AWS writes it, of one without case; of an operation, where an action has its name.
pub(in crate::report) fn spelled(folded: &str) -> String {
    let name = folded.strip_suffix("()").unwrap_or(folded);
    let action: Option<Action> = name.parse().ok();
    let facts = action.as_ref().and_then(|action| Reference::embedded().action(action));
    facts.map_or_else(|| folded.to_owned(), |facts| facts.full_name() + folded.get(name.len()..).unwrap_or_default())
}

/// Actions as AWS writes them, with their numbers.
pub(in crate::report) fn spelled_all(actions: &[(&str, u64)]) -> Vec<(String, u64)> {
    actions.iter().map(|(action, count)| (spelled(action), *count)).collect()
}

impl CommandReport for Triage {
    fn page(&self, detail: Detail) -> Page {
        if detail.length == Length::Screen && self.top.is_none() {
            screen::fitting(self, detail)
        } else {
            screen::whole(self, detail, self.shown(screen::MOST))
        }
    }

    fn json(&self) -> String {
        let findings = self.findings();
        to_json(&TriageReport::new(self, &findings, &self.standouts_of(&findings)), true)
    }

    fn sheet(&self) -> Sheet<'_> {
        Sheet::Triage(self)
    }

    fn lines(&self) -> Vec<String> {
        let findings = self.findings();
        let shown = (1..).zip(findings.iter().take(self.shown(usize::MAX)));
        let line = |(number, finding)| TriageFinding::new(number, finding).with(&self.filters);
        shown.map(|one| to_json(&line(one), false)).collect()
    }

    fn rows(&self) -> Rows {
        rows::rows(&self.findings(), self.shown(usize::MAX))
    }
}
