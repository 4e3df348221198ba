//! A diagnosis as a finding in the files of the policies.

use crate::deduce::Basis;
use crate::diagnose::StatementRef;
use crate::report::finding::{Finding, Level, Place, Rule};
use crate::report::{Report, words};

impl Report {
    /// The finding: its places are the statements that block, those that nearly allow, then the policies in which an allow is missing.
    #[must_use]
    pub fn finding(&self) -> Finding {
        let diagnosis = &self.diagnosis;
        let of_statement = |statement: &StatementRef| Place::of_statement(&statement.policy, statement.index);
        let blockers = |possible: bool| {
            diagnosis.blockers.iter().filter(move |blocker| (blocker.basis == Basis::Possible) == possible)
        };
        let statements = blockers(false)
            .chain(blockers(true))
            .filter_map(|blocker| blocker.statement.as_ref())
            .chain(diagnosis.near_misses.iter().map(|near| &near.statement));
        let searched = blockers(false).flat_map(|blocker| &blocker.searched);
        let mut places: Vec<Place> = Vec::new();
        for place in statements.filter_map(of_statement).chain(searched.filter_map(|policy| Place::of_policy(policy))) {
            if !places.contains(&place) {
                places.push(place);
            }
        }
        // where it was denied, of several inputs
        let denial = &self.denial;
        let elsewhere = denial.also_in.iter().map(|elsewhere| (&elsewhere.file, elsewhere.line));
        let own = denial.file.iter().map(|file| (file, denial.line)).chain(elsewhere);
        places.extend(own.filter_map(|(file, line)| Place::in_file(file, line)));
        let rule = Rule::Cause(diagnosis.cause);
        Finding {
            rule,
            level: if diagnosis.incident { Level::Error } else { rule.level() },
            message: words::finding::denial(
                &self.request,
                self.decision(),
                &diagnosis.summary,
                self.remedies.first().filter(|_| !diagnosis.incident),
            ),
            places,
            about: None,
            identity: self.denial.identity(),
        }
    }
}
