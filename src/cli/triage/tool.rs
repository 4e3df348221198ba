//! `triage` as a tool of `iamdx mcp`: the same over texts that are there, without a file of its own, and without AWS.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;

use super::filter::Filter;
use super::one::FileReader;
use super::state::State;
use super::{Error, Progress, Unit, files::Found, policies, time};
use crate::cli::PolicyArgs;
use crate::diagnose_trail;
use crate::diagnosed::REMEDIES;
use crate::report::sections::triage::Triage;
use crate::triage::Filters;

/// What is asked, as it was given.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// Files and texts by their names.
    pub(crate) contents: Vec<(String, Vec<u8>)>,
    /// Snapshots alone.
    pub(crate) policies: PolicyArgs,
    pub(crate) since: Option<String>,
    pub(crate) until: Option<String>,
    pub(crate) accounts: Vec<String>,
    pub(crate) principals: Vec<String>,
    pub(crate) actions: Vec<String>,
    /// Findings to show.
    pub(crate) top: Option<usize>,
}

impl Asked {
    /// The answer.
    ///
    /// # Errors
    /// When the filters take no denial, or a snapshot cannot be read. What is damaged is named in the answer.
    pub(crate) fn triage(self) -> Result<Triage, Error> {
        let at = |name: &str, text: Option<String>| {
            let wrong = |expected: String| Error::Usage(format!("`{name}`: {expected}"));
            text.map(|text| time(&text).map_err(wrong)).transpose()
        };
        let filter = Filter {
            since: at("since", self.since)?,
            until: at("until", self.until)?,
            accounts: self.accounts,
            principals: self.principals,
            actions: self.actions,
        };
        filter.check()?;
        let snapshot = (!self.policies.is_empty()).then(|| self.policies.read()).transpose()?;
        let mut state = State::new(filter.clone());
        let progress = Progress::start("reading", Unit::Bytes, None);
        let todo: Vec<Found> = self.contents.into_iter().map(found).collect();
        let shared = Mutex::new(&mut state);
        let reader = FileReader::new(&shared, todo.len(), snapshot.is_some());
        todo.iter().try_for_each(|file| reader.read(file, &progress, None))?;
        let of_damaged = reader.secrets_of_damaged();
        drop(progress);
        let mut trail = std::mem::take(state.trail());
        trail.tally.secrets.merge(of_damaged);
        trail.skipped.sort();
        let diagnosis = snapshot.map(|snapshot| {
            diagnose_trail(&trail.tally, &snapshot, &policies::options(), BTreeMap::new(), REMEDIES, &|_| {})
        });
        trail.tally.forget_records();
        Ok(Triage::new(trail, Filters::of(filter.chosen()), diagnosis, self.top, false))
    }
}

/// A content under its name, which nothing is read from.
fn found((name, content): (String, Vec<u8>)) -> Found {
    Found { path: PathBuf::from(name), bytes: content.len() as u64, changed: 0, content: Some(content.into()) }
}
