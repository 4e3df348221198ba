//! The comparison itself: classes of actions x cells of resources x cases of context, each answered once.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::access_change::{AccessChange, Change, Difference};
use super::action::{ActionClass, ActionText, Affected, Classifier};
use super::automaton::Budget;
use super::context::{ConditionRef, KeyDomain, keys};
use super::describe::{Describer, Found};
use super::explore::{Answers, Explorer, Question, Tree};
use super::resource::{Cuts, Cutter, Entry, ResourceCell, Scope};
use super::side::{Index, Side, Signature, statements};
use super::variable_assignment::{VariableAssignment, join, worlds};
use crate::evaluate::{Prepared, Truth, holds};
use crate::iam::{
    Action, Coverage, Document, Field, Language, Layer, Policy, PolicySet, PolicyType, Principal, Request,
};
use crate::reference::Reference;
use crate::text::Source;

/// Two sets of policies, and whose requests are compared.
pub(super) struct Problem<'a> {
    pub(super) before: PolicySet,
    pub(super) after: PolicySet,
    /// For documents on their own: only the denies of both, with everything else allowed.
    pub(super) denies: Option<(PolicySet, PolicySet)>,
    /// Principal, account and what is fixed of the context.
    pub(super) request: Request,
    /// The action that must stand alone, and whether its requests name a resource whatever the reference says.
    pub(super) asked: Option<(Action, bool)>,
    pub(super) scope: Option<Scope>,
    /// The only resource, where the policies name none because they are attached to it.
    pub(super) resource: Option<String>,
    /// In whose name the regions are told.
    pub(super) principals: Vec<String>,
    pub(super) reference: &'a Reference,
}

/// What is known of one class of actions in one world: a tree for each cell of resources.
pub(super) struct Answered {
    pub(super) cells: Vec<(ResourceCell, Tree)>,
    /// The entries of Resource that the statements of the class have, by number.
    pub(super) entries: Vec<usize>,
    /// What changed, in the words of the entries; as far as it was asked for.
    pub(super) found: OnceCell<Vec<Found>>,
}

/// One side's policies.
pub(super) struct Policies {
    pub(super) all: PolicySet,
    denies: Option<PolicySet>,
}

/// Both sides, for resources that the resource-based policies at hand are about, and for others.
pub(super) struct Sides {
    pub(super) inside: [Policies; 2],
    pub(super) outside: [Policies; 2],
}

/// What all worlds share.
struct Shared<'s> {
    sides: &'s Sides,
    index: &'s Index,
    classes: &'s [ActionClass],
    elements: &'s Elements,
    changed: Vec<Changed>,
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

/// The sets of patterns and conditions of both sides.
pub(super) struct Elements {
    pub(super) texts: Vec<ActionText>,
    pub(super) entries: Vec<Entry>,
    pub(super) lines: Vec<ConditionRef>,
}

/// Classes that meet the same statements and are treated alike.
type Alike = (Signature, Signature, String);

impl Problem<'_> {
    /// Adds what differs to the difference.
    pub(super) fn solve(&self, budget: &mut Budget, difference: &mut Difference) {
        let mut elements =
            Elements { texts: action_texts(&self.before, &self.after), entries: Vec::new(), lines: Vec::new() };
        let sides = self.sides();
        let mut index = Index::default();
        for set in sides.sets() {
            index.add(set, &elements.texts);
        }
        let (before, after) = (index.side(&self.before), index.side(&self.after));
        let same_coverage = coverages(&self.before) == coverages(&self.after);
        let affected =
            if same_coverage { index.affected([&before, &after], &elements.texts) } else { Affected::Everything };
        let classifier = Classifier {
            reference: self.reference,
            affected: &affected,
            texts: &elements.texts,
            asked: self.asked.as_ref().map(|(action, named)| (action, *named)),
            rcps: [&self.before, &self.after]
                .iter()
                .any(|set| !set.resource_control.levels.is_empty() || set.resource_control.coverage.gap().is_some()),
        };
        let classes = classifier.classes(budget, &mut difference.cannot_tell);
        let mut changed: Vec<Changed> = Vec::new();
        for (number, class) in classes.iter().enumerate() {
            if budget.spend(10 + elements.texts.len() / 8 + index.len()).is_none() {
                difference.cannot_tell.push("everything: the policies name too many kinds of actions".to_owned());
                return;
            }
            let covering = index.covering(class, elements.texts.len());
            let (was, is) = (before.signature(&index, &covering), after.signature(&index, &covering));
            if was != is || !same_coverage {
                let alike = (was, is, treated(&class.action));
                changed.push(Changed { class: number, alike, covering, entries: Vec::new() });
            }
        }
        if changed.is_empty() {
            return;
        }
        elements.collect(&changed, &self.before, &before);
        elements.collect(&changed, &self.after, &after);
        for set in sides.sets() {
            index.number(set, &elements);
        }
        for changed in &mut changed {
            changed.entries = index.entries(&changed.covering, [&before, &after]);
        }
        let worlds = worlds(&self.request.context, &elements.entries, &elements.lines, &mut difference.cannot_tell);
        let shared = Shared { sides: &sides, index: &index, classes: &classes, elements: &elements, changed };
        let mut cuts = Cuts::new();
        let told: Vec<Vec<AccessChange>> = worlds
            .iter()
            .enumerate()
            .map(|numbered| self.solve_in(numbered, &shared, &mut cuts, budget, difference))
            .collect();
        for mut region in join(&worlds, told) {
            region.set_aside(self.reference);
            let opens = matches!(region.change, Change::Allowed | Change::DenyLifted);
            if opens { &mut difference.newly_allowed } else { &mut difference.newly_denied }.push(region);
        }
    }

    fn solve_in(
        &self,
        (number, world): (usize, &VariableAssignment),
        shared: &Shared<'_>,
        cuts: &mut Cuts,
        budget: &mut Budget,
        difference: &mut Difference,
    ) -> Vec<AccessChange> {
        let Shared { elements, classes, .. } = *shared;
        let keys = keys(&elements.lines, &world.context, self.reference, budget, &mut difference.cannot_tell);
        let lines: Vec<Truth> = elements.lines.iter().map(|line| holds(&line.condition, &world.context)).collect();
        let principal = self.request.principal.value();
        let mut solver = Solver {
            problem: self,
            shared,
            world,
            keys: &keys,
            lines,
            cutter: Cutter {
                entries: &elements.entries,
                world: &world.context,
                scope: self.scope.as_ref(),
                reference: self.reference,
                principal,
                account: self.request.resource_account.value().map_or("111122223333", String::as_str),
                cuts,
                number,
            },
            trees: BTreeMap::new(),
        };
        let mut answered: BTreeMap<&Alike, Option<Rc<Answered>>> = BTreeMap::new();
        let mut results: Vec<(usize, Rc<Answered>)> = Vec::new();
        for changed in &shared.changed {
            let Some(class) = classes.get(changed.class) else { continue };
            let known = if let Some(known) = answered.get(&changed.alike) {
                known.clone()
            } else {
                let result = solver.answer(class, changed, budget).map(Rc::new);
                answered.insert(&changed.alike, result.clone());
                result
            };
            match known {
                Some(result) => results.push((changed.class, result)),
                None => difference.cannot_tell.push(format!(
                    "everything about {}: the policies overlap in too many ways",
                    class.known.first().cloned().unwrap_or_else(|| format!("actions like {}", class.action))
                )),
            }
        }
        let describer = Describer { problem: self, sides: shared.sides, world, classes, elements, keys: &keys };
        describer.describe(&results, &mut difference.cannot_tell)
    }

    /// Both sides as they are for a resource in the scope of the resource-based policies, and outside.
    fn sides(&self) -> Sides {
        let (denied_before, denied_after) = self.denies.clone().unzip();
        let inside = [(&self.before, denied_before), (&self.after, denied_after)]
            .map(|(all, denies)| Policies { all: all.clone(), denies });
        let outside = inside.each_ref().map(|Policies { all, denies }| Policies {
            all: elsewhere(all, &self.request),
            denies: denies.as_ref().map(|denies| elsewhere(denies, &self.request)),
        });
        Sides { inside, outside }
    }
}

impl Sides {
    fn sets(&self) -> impl Iterator<Item = &PolicySet> {
        self.inside.iter().chain(&self.outside).flat_map(|side| std::iter::once(&side.all).chain(&side.denies))
    }
}

/// A tree with more to say than so many conditions, all its ways together, is not told.
const MOST_WORDS: usize = 20_000;

/// Answers classes in one world.
struct Solver<'a> {
    problem: &'a Problem<'a>,
    shared: &'a Shared<'a>,
    world: &'a VariableAssignment,
    keys: &'a [KeyDomain],
    /// For each condition whether it holds as far as the world tells.
    lines: Vec<Truth>,
    cutter: Cutter<'a>,
    /// Requests with equal questions have equal answers.
    trees: BTreeMap<Question, Tree>,
}

impl Solver<'_> {
    /// The answers for one class; `None` when the budget does not suffice.
    fn answer(&mut self, class: &ActionClass, changed: &Changed, budget: &mut Budget) -> Option<Answered> {
        let entries = changed.entries.clone();
        let mut cells = vec![self.cutter.no_resource(&entries)];
        match &self.problem.resource {
            Some(only) => cells.iter_mut().for_each(|cell| cell.example.clone_from(only)),
            // also where the reference lists no resource types: that AWS has none is more than it knows
            None => cells.extend(self.cutter.cells(&entries, &class.action, budget)?),
        }
        let mut answered = Vec::with_capacity(cells.len());
        let mut request = Request {
            action: Field::Known(class.action.clone()),
            context: self.world.context.clone(),
            ..self.problem.request.clone()
        };
        let resources = self.shared.index.resources(&changed.covering);
        // resources that the same statements cover have equal questions
        let mut by_statements: BTreeMap<(bool, bool, bool, Vec<bool>), Tree> = BTreeMap::new();
        let cost = 100 + 20 * changed.covering.iter().filter(|covered| **covered).count();
        for cell in cells {
            budget.spend(10 + resources.len())?;
            let covers = |entries: &&[usize]| entries.iter().any(|entry| cell.entries.contains(entry));
            let covered = resources.iter().map(covers).collect();
            let statements = (cell.example == "*", cell.in_scope, cell.special.is_some(), covered);
            let tree = if let Some(tree) = by_statements.get(&statements) {
                tree.clone()
            } else {
                budget.spend(cost)?;
                request.resource = Field::Known(cell.example.clone());
                let tree = self.tree(&request, &cell, changed, budget)?;
                by_statements.insert(statements, tree.clone());
                tree
            };
            answered.push((cell, tree));
        }
        Some(Answered { cells: answered, entries, found: OnceCell::new() })
    }

    /// In which contexts the answers to the request differ.
    fn tree(&mut self, request: &Request, cell: &ResourceCell, changed: &Changed, budget: &mut Budget) -> Option<Tree> {
        let Sides { inside, outside } = self.shared.sides;
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
        let index = self.shared.index;
        let of =
            |set: &PolicySet| Prepared::new(request, set, |policy, position| index.lines(covering, policy, position));
        Answers { policies: of(&side.all), denies: side.denies.as_ref().map(of) }
    }
}

impl Elements {
    /// Adds the resources and conditions of statements that cover a changed class.
    fn collect(&mut self, changed: &[Changed], set: &PolicySet, side: &Side) {
        for ((policy, statement), number) in statements(set).zip(side.statements()) {
            if !changed.iter().any(|changed| changed.covering.get(number) == Some(&true)) {
                continue;
            }
            let language = policy.document.language;
            for entry in statement.resource.iter().flat_map(|resource| &resource.entries) {
                let entry = Entry { text: entry.value.clone(), language };
                if !self.entries.contains(&entry) {
                    self.entries.push(entry);
                }
            }
            for condition in &statement.conditions {
                if !self.lines.iter().any(|line| line.is(condition, language)) {
                    self.lines.push(ConditionRef { condition: condition.clone(), language });
                }
            }
        }
    }

    /// The number of each entry of Resource.
    pub(super) fn entry_numbers(&self) -> BTreeMap<(&str, Language), usize> {
        let numbered = self.entries.iter().enumerate();
        numbered.map(|(number, entry)| ((entry.text.as_str(), entry.language), number)).collect()
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

/// The policies for a resource that the resource-based policies at hand are not about: its own leave it to the account.
pub(super) fn elsewhere(policies: &PolicySet, request: &Request) -> PolicySet {
    PolicySet { resource: delegating(request.principal.value().and_then(Principal::account)), ..policies.clone() }
}

/// A resource-based policy that leaves the decision to the policies of the account, as KMS keys have by default.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
pub(super) fn delegating(account: Option<&str>) -> Layer {
    let Some(account) = account else { return Layer::empty() };
    let text = format!(
        r#"{{"Statement": {{"Effect": "Allow", "Principal": {{"AWS": "{account}"}}, "Action": "*", "Resource": "*"}}}}"#
    );
    Layer::complete(policy("the account decides", PolicyType::ResourceBased, &text).into_iter().collect())
}

/// A policy that only exists to complete a set.
pub(super) fn policy(name: &str, policy_type: PolicyType, text: &str) -> Option<Arc<Policy>> {
    let document = Document::parse(Source::new(name, text)).ok()?;
    Some(Arc::new(Policy::new(name, policy_type, document)))
}
