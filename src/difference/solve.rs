//! The comparison itself: classes of actions x cells of resources x cases of context, each answered once.

use std::collections::{BTreeMap, BTreeSet};

use super::action::{ActionClass, ActionText, Affected, Classifier};
use super::budget::Budget;
use super::cannot_tell::CannotTell;
use super::cells::Cells;
use super::comparison::{Answered, Classes, Elements, Policies, Problem, Sides, Solution};
use super::context::{ConditionRef, KeyDomain, keys};
use super::explore::{Answers, Explorer, Question, Tree};
use super::resource::{Cuts, Cutter, Entry, ResourceCell};
use super::sets::SpecialType;
use super::side::{Index, Side, Signature, statements};
use super::variable_assignment::VariableAssignment;
use crate::evaluate::{Prepared, Truth, holds};
use crate::iam::{Action, Coverage, Field, PolicySet, Request};

/// A comparison of which the classes are known.
pub(super) struct Solver<'a> {
    problem: &'a Problem<'a>,
    pub(super) classes: Classes,
    index: Index,
    changed: Vec<Changed>,
    /// What was cut under one assignment and holds for the others.
    cuts: Cuts,
}

/// A class of actions that meets other statements after than before.
struct Changed {
    class: usize,
    alike: Alike,
    /// For each statement whether it covers the class.
    covering: Vec<bool>,
    /// The entries of its statements.
    entries: Vec<usize>,
}

/// Classes that meet the same statements and are treated alike.
type Alike = (Signature, Signature, String);

impl<'a> Solver<'a> {
    /// The classes of actions that meet other statements after than before; `None` where there are none.
    pub(super) fn new(
        problem: &'a Problem<'a>,
        budget: &mut Budget,
        cannot_tell: &mut Vec<CannotTell>,
    ) -> Option<Self> {
        let Problem { before, after, .. } = problem;
        let mut elements = Elements { texts: action_texts(before, after), entries: Vec::new(), lines: Vec::new() };
        let sides = problem.sides();
        let mut index = Index::default();
        for set in sides.sets() {
            index.add(set, &elements.texts);
        }
        let (was, is) = (index.side(before), index.side(after));
        let same_coverage = coverages(before) == coverages(after);
        let affected = if same_coverage { index.affected([&was, &is], &elements.texts) } else { Affected::Everything };
        let may_have_rcps =
            |set: &&PolicySet| !set.resource_control.levels.is_empty() || set.resource_control.coverage.gap().is_some();
        let classifier = Classifier {
            reference: problem.reference,
            affected: &affected,
            texts: &elements.texts,
            asked: problem.asked.as_ref().map(|(action, named)| (action, *named)),
            rcps: [before, after].iter().any(may_have_rcps),
        };
        let classes = classifier.classes(budget, cannot_tell);
        let mut changed: Vec<Changed> = Vec::new();
        for (number, class) in classes.iter().enumerate() {
            if budget.spend(10 + elements.texts.len() / 8 + index.len()).is_none() {
                cannot_tell.push(CannotTell::TooManyActions);
                return None;
            }
            let covering = index.covering(class, elements.texts.len());
            let met = (was.signature(&index, &covering), is.signature(&index, &covering));
            if met.0 != met.1 || !same_coverage {
                let alike = (met.0, met.1, treated(&class.action));
                changed.push(Changed { class: number, alike, covering, entries: Vec::new() });
            }
        }
        if changed.is_empty() {
            return None;
        }
        collect(&mut elements, &changed, before, &was);
        collect(&mut elements, &changed, after, &is);
        for set in sides.sets() {
            index.number(set, &elements);
        }
        for changed in &mut changed {
            changed.entries = index.entries(&changed.covering, [&was, &is]);
        }
        let classes = Classes { sides, elements, classes };
        Some(Self { problem, classes, index, changed, cuts: Cuts::default() })
    }

    /// The answers of every class that changed, under the assignment of this number.
    pub(super) fn solve<'w>(
        &mut self,
        number: usize,
        assignment: &'w VariableAssignment,
        budget: &mut Budget,
        cannot_tell: &mut Vec<CannotTell>,
    ) -> Solution<'w> {
        let Self { problem, classes, index, changed, cuts } = self;
        let Classes { elements, classes: all, .. } = &*classes;
        let keys = keys(&elements.lines, &assignment.context, problem.reference, budget, cannot_tell);
        let wanted = |changed: &Changed| {
            let action = &all.get(changed.class)?.action;
            Some((changed.entries.clone(), SpecialType::of_service(action.service())))
        };
        let wanted: BTreeSet<_> = changed.iter().filter_map(wanted).collect();
        let mut answerer = Answerer {
            problem,
            classes,
            index,
            assignment,
            keys: &keys,
            lines: elements.lines.iter().map(|line| holds(&line.condition, &assignment.context)).collect(),
            cutter: Cutter {
                entries: &elements.entries,
                assignment: &assignment.context,
                scope: problem.scope.as_ref(),
                reference: problem.reference,
                principal: problem.request.principal.value(),
                account: problem.request.resource_account.value().map_or("111122223333", String::as_str),
                wanted: &wanted,
                cuts,
                number,
            },
            trees: BTreeMap::new(),
            reached: BTreeMap::new(),
            is_shared: elements.are_plain() && !matches!(problem.request.resource_account, Field::Missing(_)),
        };
        if problem.resource.is_none() {
            answerer.cutter.walk_ahead();
        }
        let mut answered: Vec<Answered> = Vec::new();
        let mut known: BTreeMap<&Alike, Option<usize>> = BTreeMap::new();
        let mut of_class: Vec<(usize, usize)> = Vec::new();
        for changed in &*changed {
            let Some(class) = all.get(changed.class) else { continue };
            let found = *known.entry(&changed.alike).or_insert_with(|| {
                answered.push(answerer.answer(class, changed, budget)?);
                Some(answered.len() - 1)
            });
            match found {
                Some(found) => of_class.push((changed.class, found)),
                None => cannot_tell.push(match class.known.first() {
                    Some(known) => CannotTell::Action(known.to_string()),
                    None => CannotTell::ActionsLike(class.action.clone()),
                }),
            }
        }
        Solution { assignment, keys, answered, of_class }
    }
}

/// A tree with more to say than so many conditions, all its ways together, is not told.
const MOST_WORDS: usize = 20_000;

/// Answers classes under one assignment.
struct Answerer<'a> {
    problem: &'a Problem<'a>,
    classes: &'a Classes,
    index: &'a Index,
    assignment: &'a VariableAssignment,
    keys: &'a [KeyDomain],
    /// For each condition whether it holds as far as the assignment tells.
    lines: Vec<Truth>,
    cutter: Cutter<'a>,
    /// Requests with equal questions have equal answers.
    trees: BTreeMap<Question, Tree>,
    /// Requests that the same statements reach have equal questions.
    reached: BTreeMap<Reached, Tree>,
    /// Whether that holds: what is reached is certain, and the statements are all that looks at the resource.
    is_shared: bool,
}

/// What decides about a request.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Reached {
    /// The action where the evaluator treats it in a way of its own, and else its service.
    treated: String,
    /// Whether no resource is named.
    is_star: bool,
    in_scope: bool,
    is_special: bool,
    /// The statements that cover the action and name the resource, whether in Resource or in `NotResource`.
    naming: Cells,
    /// The statements that cover the action and have no Resource.
    others: Cells,
}

impl Answerer<'_> {
    /// The answers for one class; `None` when the budget does not suffice.
    fn answer(&mut self, class: &ActionClass, changed: &Changed, budget: &mut Budget) -> Option<Answered> {
        let entries = changed.entries.clone();
        let mut cells = vec![self.cutter.no_resource(&entries)];
        match &self.problem.resource {
            Some(only) => cells.iter_mut().for_each(|cell| cell.example.clone_from(only)),
            // also where the reference lists no resource types: that AWS has none is more than it knows
            None => cells.extend(self.cutter.cells(&entries, &class.action, budget)?),
        }
        let mut request = Request {
            action: Field::Known(class.action.clone()),
            context: self.assignment.context.clone(),
            ..self.problem.request.clone()
        };
        let resources = self.index.resources(&changed.covering);
        let others = self.index.without_resource(&changed.covering);
        // resources that the same statements cover have equal questions
        let mut by_statements: BTreeMap<(bool, bool, bool, Cells), (Tree, Cells)> = BTreeMap::new();
        let cost = 100 + 20 * changed.covering.iter().filter(|covered| **covered).count();
        for (number, cell) in cells.iter().enumerate() {
            budget.spend(10 + resources.len())?;
            let covers = |(_, (entries, _)): &(usize, &(Cells, Cells))| entries.meets(&cell.entries);
            let covered = || resources.iter().enumerate().filter(covers);
            let (is_star, is_special) = (cell.example == "*", cell.special.is_some());
            let statements = (is_star, cell.in_scope, is_special, covered().map(|(number, _)| number).collect());
            if let Some((_, alike)) = by_statements.get_mut(&statements) {
                alike.insert(number);
                continue;
            }
            budget.spend(cost)?;
            let reached = self.is_shared.then(|| {
                let mut naming = Cells::default();
                covered().for_each(|(_, (_, statements))| naming.add(statements));
                let (treated, others) = (class.treated().to_owned(), others.clone());
                Reached { treated, is_star, in_scope: cell.in_scope, is_special, naming, others }
            });
            let tree = if let Some(tree) = reached.as_ref().and_then(|reached| self.reached.get(reached)) {
                tree.clone()
            } else {
                request.resource = Field::Known(cell.example.clone());
                let tree = self.tree(&request, cell, changed, budget)?;
                self.reached.extend(reached.map(|reached| (reached, tree.clone())));
                tree
            };
            by_statements.insert(statements, (tree, Cells::from_iter([number])));
        }
        Some(Answered { cells, trees: by_statements.into_values().collect(), entries })
    }

    /// In which contexts the answers to the request differ.
    fn tree(&mut self, request: &Request, cell: &ResourceCell, changed: &Changed, budget: &mut Budget) -> Option<Tree> {
        let Sides { inside, outside } = &self.classes.sides;
        let sides = if cell.in_scope { inside } else { outside };
        let [before, after] = sides.each_ref().map(|side| self.prepared(request, side, &changed.covering));
        let question = Question { before, after };
        if let Some(tree) = self.trees.get(&question) {
            return Some(tree.clone());
        }
        let explorer = Explorer { keys: self.keys, lines: &self.lines };
        let tree = explorer.explore(&question, budget).filter(|tree| tree.length() <= MOST_WORDS)?;
        self.trees.insert(question, tree.clone());
        Some(tree)
    }

    fn prepared(&self, request: &Request, side: &Policies, covering: &[bool]) -> Answers {
        let index = self.index;
        let of =
            |set: &PolicySet| Prepared::new(request, set, |policy, position| index.lines(covering, policy, position));
        Answers { policies: of(&side.all), denies: side.denies.as_ref().map(of) }
    }
}

/// Adds the resources and conditions of statements that cover a changed class.
fn collect(elements: &mut Elements, changed: &[Changed], set: &PolicySet, side: &Side) {
    for ((policy, statement), number) in statements(set).zip(side.statements()) {
        if !changed.iter().any(|changed| changed.covering.get(number) == Some(&true)) {
            continue;
        }
        let language = policy.document.language;
        for entry in statement.resource.iter().flat_map(|resource| &resource.entries) {
            let entry = Entry { text: entry.value.clone(), language };
            if !elements.entries.contains(&entry) {
                elements.entries.push(entry);
            }
        }
        for condition in &statement.conditions {
            if !elements.lines.iter().any(|line| line.is(condition, language)) {
                elements.lines.push(ConditionRef { condition: condition.clone(), language });
            }
        }
    }
}

/// Every entry of Action and `NotAction`, once.
fn action_texts(before: &PolicySet, after: &PolicySet) -> Vec<ActionText> {
    let mut seen = BTreeSet::new();
    [before, after]
        .into_iter()
        .flat_map(statements)
        .flat_map(|(_, statement)| &statement.action.entries)
        .filter(|entry| seen.insert(entry.text.to_ascii_lowercase()))
        .map(|entry| ActionText { text: entry.text.clone(), pattern: entry.pattern.clone() })
        .collect()
}

/// What the evaluator looks at beside the patterns.
fn treated(action: &Action) -> String {
    match action.service() {
        "sts" | "kms" => action.folded().to_owned(),
        service => service.to_owned(),
    }
}

/// How much is known of each layer.
fn coverages(set: &PolicySet) -> Vec<&Coverage> {
    let layers = [&set.identity, &set.resource, &set.boundary, &set.session, &set.vpc_endpoint];
    let hierarchies = [&set.service_control, &set.resource_control];
    let levels = hierarchies.into_iter().flat_map(|hierarchy| &hierarchy.levels).map(|level| &level.coverage);
    let layers = layers.into_iter().map(|layer| &layer.coverage);
    layers.chain(hierarchies.map(|hierarchy| &hierarchy.coverage)).chain(levels).collect()
}
