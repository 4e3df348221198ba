//! One comparison from the policies to what is told of them: classes, answers, descriptions.

use super::access_change::Change;
use super::budget::Budget;
use super::comparison::{Described, Problem};
use super::describe::describe;
use super::join::join;
use super::result::Difference;
use super::solve::Solver;
use super::variable_assignment::assignments;

/// Adds what differs to the difference.
pub(super) fn compare(problem: &Problem<'_>, budget: &mut Budget, difference: &mut Difference) {
    let cannot_tell = &mut difference.cannot_tell;
    let Some(mut solver) = Solver::new(problem, budget, cannot_tell) else { return };
    let elements = &solver.classes.elements;
    let assignments = assignments(&problem.request.context, &elements.entries, &elements.lines, cannot_tell);
    let mut found: Vec<Vec<Described>> = Vec::new();
    for (number, assignment) in assignments.iter().enumerate() {
        let solution = solver.solve(number, assignment, budget, cannot_tell);
        found.push(describe(problem, &solver.classes, &solution, cannot_tell));
    }
    for change in join(&assignments, found) {
        let opens = matches!(change.change, Change::Allowed | Change::DenyLifted);
        if opens { &mut difference.newly_allowed } else { &mut difference.newly_denied }.push(change);
    }
}
