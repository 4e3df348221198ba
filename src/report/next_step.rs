//! What to do about a failed model call: as programs read it, and as blocks of a page.

use schemars::JsonSchema;
use serde::Serialize;

use super::page::{Page, Tone};
use super::words::next_step as words;
use crate::iam::{Command, Owner};
use crate::remedy::bedrock::next::{Calls, Next, NextStep};

/// A step after a failure that no policy of the call decides. Its commands are for a person to read and run.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "NextStep")]
#[non_exhaustive]
pub struct NextStepRecord {
    /// The code of the step.
    pub code: &'static str,
    /// Who does it.
    pub owner: Owner,
    /// What to do, in a sentence.
    pub what: String,
    /// Where it is done in the console.
    pub console: Option<&'static str>,
    /// What whoever does it must be allowed.
    pub permissions: Vec<&'static str>,
    /// Commands that show or do it.
    pub commands: Vec<String>,
    /// Whether a command changes something of the account.
    pub changes: bool,
    /// Ids of models or profiles to call, and where they come from; empty for other steps.
    pub ids: Vec<IdRecord>,
    /// The page that documents it.
    pub page: &'static str,
}

/// An id to call.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "ModelToCall")]
#[non_exhaustive]
pub struct IdRecord {
    /// The model or profile.
    pub id: String,
    /// The Region that calls it.
    pub region: Option<String>,
    /// `answers` a call, `listed` by the Region, `as-of` a dated list, or `by-prefix` of the Region, where nobody knows whether there is one.
    pub source: &'static str,
}

impl NextStepRecord {
    /// The steps for calls that failed in one way.
    #[must_use]
    pub fn all(calls: &Calls) -> Vec<Self> {
        calls.steps().iter().map(Self::new).collect()
    }

    fn new(step: &NextStep) -> Self {
        Self {
            code: step.what.code(),
            owner: step.owner,
            what: words::what(&step.what),
            console: words::console(&step.what),
            permissions: step.permissions.clone(),
            commands: step.commands.iter().map(ToString::to_string).collect(),
            changes: step.changes,
            ids: ids(&step.what),
            page: step.page,
        }
    }
}

fn ids(next: &Next) -> Vec<IdRecord> {
    let (Next::CallInstead(models) | Next::CallByProfile(models)) = next else { return Vec::new() };
    let instead = matches!(next, Next::CallInstead(_));
    let of = |model: &crate::remedy::bedrock::next::CalledModel| {
        let ways = if instead { &model.newest } else { &model.profiles };
        let record = |id: &String| IdRecord { id: id.clone(), region: model.region.clone(), source: ways.source() };
        ways.ids().iter().map(record).collect::<Vec<_>>()
    };
    models.iter().flat_map(of).collect()
}

/// The steps under a heading, numbered, each with its commands.
pub(super) fn add(page: &mut Page, what: impl Into<String>, calls: &Calls) {
    page.heading("NEXT", what, Tone::Fix);
    for (number, step) in (1..).zip(calls.steps()) {
        page.item(format!(" {number}  "), words::step(&step));
        for (label, text) in words::besides(&step) {
            page.item(format!("      {label}"), text);
        }
        page.commands(4, step.commands.iter().flat_map(Command::to_copy));
    }
}
