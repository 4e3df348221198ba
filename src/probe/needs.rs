//! What the call of a cell needs: the profile that it goes through, every request that AWS checks, and the statements that allow them.

use super::cell::Cell;
use super::model::ModelKind;
use super::record::Record;
use crate::iam::{Action, Arn};
use crate::remedy::bedrock::partition;
use crate::remedy::bedrock::{Calls, Destinations, Grant, Target, grant};

/// What the calls of a cell need, with these actions.
pub(super) fn grant_of(record: &Record, cell: &Cell, actions: &[Action]) -> Option<Grant> {
    let call = &cell.plan.call;
    let models = record.run.plan().discovery.destinations(&call.region, &call.model);
    let mut known: Vec<Arn> = models.iter().filter_map(|arn| arn.parse().ok()).collect();
    let all = !known.is_empty();
    // where AWS denied the model in a Region, the profile leads there, whatever was listed
    let denied: Option<Arn> = cell.judgement.denied_resource().and_then(|arn| arn.parse().ok());
    let profile = matches!(call.model.kind(), ModelKind::SystemProfile | ModelKind::ApplicationProfile);
    let is_model = |arn: &Arn| arn.resource().starts_with("foundation-model/") && !arn.region().is_empty();
    known.extend(denied.clone().filter(|arn| profile && is_model(arn) && !known.contains(arn)));
    let destinations = if all { Destinations::Known(known) } else { Destinations::AtLeast(known) };
    let mut needs = grant(&calls(cell, record.account()?, actions.to_vec(), destinations));
    // an id does not always tell the type of what it names, and something shared is in its owner's account: AWS's ARN does
    if let Some(denied) = denied.filter(|denied| needs.checks.iter().all(|check| check.resource != denied.as_str())) {
        // a guardrail has an action of its own
        let invokes = cell.action().to_ascii_lowercase().starts_with("bedrock:invokemodel");
        if invokes && denied.service() == "bedrock" && !denied.resource().contains(['*', '?']) {
            needs.add(actions, &denied);
        }
    }
    Some(needs)
}

fn calls(cell: &Cell, account: &str, actions: Vec<Action>, destinations: Destinations) -> Calls {
    Calls {
        partition: partition(cell.region()).to_owned(),
        account: account.to_owned(),
        region: cell.region().to_owned(),
        target: Target::read(cell.model()),
        actions,
        destinations,
    }
}

/// The ARN of the profile that a cell calls.
pub(super) fn profile_arn(cell: &Cell, account: &str) -> Option<String> {
    match cell.plan.call.model.kind() {
        ModelKind::SystemProfile | ModelKind::ApplicationProfile if cell.model().starts_with("arn:") => {
            Some(cell.model().to_owned())
        }
        ModelKind::SystemProfile => Some(calls(cell, account, Vec::new(), Destinations::AtLeast(Vec::new())).called()),
        _ => None,
    }
}
