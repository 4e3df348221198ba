//! Which models can this identity call: the plan of calls, what each came to, and counts that add up.
//!
//! Everything here is pure. `crate::aws` makes the calls that a run asks for and hands back what happened.

mod attempt;
mod call;
pub mod catalogue;
mod classify;
mod discovery;
mod findings;
mod grant;
mod judge;
mod markdown;
mod matrix;
mod model;
mod patterns;
mod plan;
pub mod price;
mod record;
mod report;
mod run;
mod settings;
#[cfg(test)]
mod tests;
mod text;
mod verdict;

pub use attempt::{Attempt, Outcome, Usage};
pub use call::{Api, Call, Variation};
pub use discovery::{Agreement, Availability, Discovery, Found, FoundModel, FoundProfile, RegionModels};
pub use findings::{Finding, FindingModel, Group};
pub use grant::{ProbeRequest, Proposal};
pub use judge::judge;
pub use model::{ModelError, ModelKind, ModelRef, partition, prefixes_of};
pub use plan::{Estimate, Plan, PlanError, PlannedCell, candidates, plan};
pub use record::{CellRecord, Counts};
pub use report::{Auth, DiscoveryRecord, Ending, Facts, Identity, Incident, ProbeReport, UsageRecord};
pub use run::{After, CONNECT_TIMEOUT_MS, IN_ALL, OPERATION_TIMEOUT_MS, PER_REGION, Run, RunCell, SPACING_MS, Step};
pub use settings::{MAX_CELLS, MAX_USD, NotRun, Origin, Settings};
pub use verdict::{Authorized, Detail, Judgement, Verdict};
