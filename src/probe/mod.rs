//! Which models can this identity call: the plan of calls, the verdict on each, and what the verdicts show together.
//!
//! Everything here is pure. `crate::aws` makes the calls that a run asks for and returns the answers.

mod attempt;
mod call;
pub mod catalogue;
mod cell;
mod choice;
mod classify;
mod discovery;
mod finding;
mod follow_up;
mod judge;
mod model;
mod needs;
mod note;
mod offer;
mod patterns;
mod plan;
mod plan_notes;
pub mod price;
mod proposal;
mod record;
mod run;
mod settings;
mod stuck;
mod summary;
#[cfg(test)]
pub(crate) mod tests;
mod verdict;

pub use crate::remedy::bedrock::{partition, prefixes_of};
pub use attempt::{Attempt, NoAnswer, Outcome, StreamFailure, Usage};
pub use call::{Api, Call, Variation};
pub use cell::{Cell, CellNote, Judgement, PlannedCell};
pub use discovery::{Agreement, Availability, Discovery, Found, FoundModel, FoundProfile, Refusal, RegionModels};
pub use finding::{Advice, Basis, Finding, findings};
pub use judge::judge;
pub use model::{ModelError, ModelKind, ModelRef};
pub use note::{Aspect, Note};
pub use patterns::{NameDifference, Pattern, patterns};
pub use plan::{Estimate, Plan, PlanError, candidates, plan};
pub use proposal::Proposal;
pub use record::{Auth, Ending, Identity, Incident, Mark, Record};
pub use run::{After, CONNECT_TIMEOUT_MS, IN_ALL, OPERATION_TIMEOUT_MS, PER_REGION, Run, SPACING_MS, Step};
pub use settings::{MAX_CELLS, MAX_USD, NotRun, Origin, Settings};
pub use stuck::{Stuck, stuck};
pub use summary::{Extent, Fate, Observation, Summary, observations};
pub use verdict::{Authorized, Detail, Verdict};
