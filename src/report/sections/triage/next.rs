//! What to run next for a finding of which no policies were given.

use super::{Listed, spelled};
use crate::iam::{Blank, Command};

/// The command that gives the statement that denies, and a remedy: for the most frequent of its denials. The paths of the trail are a blank,
/// since answers of parts add up to that of the whole wherever they were read.
pub(in crate::report) fn next((finding, outcome): &Listed<'_>) -> Option<Command> {
    // nothing is to be found out of what is no denial, and nothing to be granted to who is in quarantine
    if outcome.is_some() || !finding.is_denial() || finding.is_of_quarantined() {
        return None;
    }
    let (_, most) = finding.fingerprints.first()?;
    let mut command = Command::new("iamdx triage").filled_in(Blank::TRAIL);
    if let Some(principal) = most.principal() {
        command = command.address("--principal", principal);
    }
    // an operation is no action by which denials can be chosen
    if let Some(action) = most.action().filter(|action| !action.ends_with("()")) {
        command = command.address("--action", &spelled(action));
    }
    Some(command.words("--live").note(Blank::TRAIL.explained()))
}
