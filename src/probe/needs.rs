//! What the call of a cell needs: the profile that it goes through, every request that AWS checks, and the statements that allow them.

use super::cell::Cell;
use super::model::ModelKind;
use super::record::Record;
use crate::iam::Action;
use crate::remedy::bedrock::partition;
use crate::remedy::bedrock::{Calls, Destinations, Grant, Target, grant};

/// What the calls of a cell need, with these actions.
pub(super) fn grant_of(record: &Record, cell: &Cell, actions: Vec<Action>) -> Option<Grant> {
    let call = &cell.plan.call;
    let models = record.run.plan().discovery.destinations(&call.region, &call.model);
    let known: Vec<_> = models.iter().filter_map(|arn| arn.parse().ok()).collect();
    let destinations = if known.is_empty() { Destinations::AtLeast(known) } else { Destinations::Known(known) };
    Some(grant(&calls(cell, record.account()?, actions, destinations)))
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
