//! What a page for a browser shows: the page of every format, or the facts of an answer, of which it shows more than a page of text.

#[cfg(feature = "bedrock")]
use super::ProbeReport;

use super::{Differences, Report, Simulation, Triage, WhoCan};

/// What a command gives to a browser.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Sheet<'a> {
    /// The page of every format.
    Page,
    /// Why requests were denied.
    Diagnoses(&'a [Report]),
    /// Whether a request would be allowed.
    Simulation(&'a Simulation),
    /// What policies newly allow or deny.
    Differences(&'a Differences<'a>),
    /// Who may do something.
    WhoCan(&'a WhoCan),
    /// The denials of a trail.
    Triage(&'a Triage),
    /// What Bedrock answers.
    #[cfg(feature = "bedrock")]
    Probe(&'a ProbeReport),
}
