//! From answered cells to changes of access: like ones joined, in the patterns that the policies use, each with an example that is tried.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Mutex, PoisonError};

use super::access_change::{AccessChange, Change};
use super::action::{ActionClass, covering, stands_alone};
use super::askable::{Asked, asked_on, fits};
use super::cannot_tell::CannotTell;
use super::cells::Cells;
use super::comparison::{Answered, Classes, Described, Elements, Problem, Sides, Solution};
use super::condition::ConditionExpr;
use super::context::KeyDomain;
use super::cores::each;
use super::cover::{Candidate, Candidates, cover};
use super::explore::{Leaf, Path};
use super::resource::ResourceCell;
use super::sets::{ActionSet, Pattern, ResourceSet};
use super::values::Values;
use super::variable_assignment::VariableAssignment;
use crate::evaluate::{Decision, decide};
use crate::iam::service_of;
use crate::iam::{Action, Context, Field, PolicySet, Request, has_rcps};
use crate::reference::Service;

/// What changes of access are described with.
struct Describer<'a> {
    problem: &'a Problem<'a>,
    sides: &'a Sides,
    assignment: &'a VariableAssignment,
    classes: &'a [ActionClass],
    elements: &'a Elements,
    keys: &'a [KeyDomain],
}

/// What changed in the same way: the leaf, the cases of the context, the resources.
type Alike = (Leaf, Path, Vec<Pattern<ResourceSet>>);

/// What changed for all classes with the same answers, and a resource of it.
#[derive(Debug, Clone)]
struct Found {
    alike: Alike,
    resource: String,
    in_scope: bool,
    /// Whether requests that name no resource changed too.
    without_resource: bool,
}

/// The classes of one change, and one of its requests.
#[derive(Debug, Clone)]
struct Gathered {
    classes: Cells,
    /// All of them actions for which the reference lists no resource types.
    resourceless: bool,
    /// The first that was found, which stands where the plainer one is not confirmed.
    first: Example,
    example: Example,
    rank: Rank,
}

/// What actions are said with.
struct Actions {
    candidates: Candidates<ActionSet>,
    /// The classes about which no policy decides, so that a pattern may cover them or not.
    free: Cells,
    /// What was said.
    said: Mutex<BTreeMap<Cells, Vec<Pattern<ActionSet>>>>,
}

/// What the cases of keys ask of the context, as far as it was said.
type Asking = Mutex<BTreeMap<(usize, u128), Vec<ConditionExpr>>>;

/// So many are worth a core of their own.
const MANY: usize = 24;

/// The actions of a change.
struct ToldActions {
    asked: Vec<Pattern<ActionSet>>,
    /// Those that are never asked on the resources.
    unasked: Vec<Pattern<ActionSet>>,
    /// Whether all of them are of other services than the resources.
    is_never: bool,
}

/// How plain an example is: whether its action can be asked on its resource, and whether it has resources.
type Rank = (bool, bool);

#[derive(Debug, Clone)]
struct Example {
    class: usize,
    /// An action of the class that can be asked on the resource, if one is known.
    action: Option<Action>,
    resource: String,
    in_scope: bool,
}

/// The changes of access under one assignment.
pub(super) fn describe(
    problem: &Problem<'_>,
    classes: &Classes,
    solution: &Solution<'_>,
    cannot_tell: &mut Vec<CannotTell>,
) -> Vec<Described> {
    let Classes { sides, elements, classes } = classes;
    let describer =
        Describer { problem, sides, assignment: solution.assignment, classes, elements, keys: &solution.keys };
    describer.describe(solution, cannot_tell)
}

impl Describer<'_> {
    fn describe(&self, solution: &Solution<'_>, cannot_tell: &mut Vec<CannotTell>) -> Vec<Described> {
        let mut told = Vec::new();
        let mut gathered: BTreeMap<Alike, Gathered> = BTreeMap::new();
        let found: Vec<Vec<Found>> = each(&solution.answered, MANY, |answered| self.found(answered));
        for (class, answered) in &solution.of_class {
            self.gather(*class, found.get(*answered).map(Vec::as_slice).unwrap_or_default(), &mut gathered);
        }
        let gathered: Vec<(Alike, Gathered)> = gathered.into_iter().collect();
        let actions = Actions {
            candidates: self.action_candidates(),
            free: (self.classes.iter().enumerate())
                .filter(|(_, class)| class.is_beyond_policies())
                .map(|(index, _)| index)
                .collect(),
            said: Mutex::default(),
        };
        let asking = Asking::default();
        let accesses = each(&gathered, MANY, |(alike, gathered)| self.access(alike, gathered, &actions, &asking));
        for (((leaf, ..), gathered), (access, is_confirmed)) in gathered.into_iter().zip(accesses) {
            match leaf {
                Leaf::Same => {}
                Leaf::CannotTell => cannot_tell.push(CannotTell::Undecided(Box::new(access))),
                Leaf::Changed(_) if is_confirmed => told.push(Described { change: access, classes: gathered.classes }),
                Leaf::Changed(_) => cannot_tell.push(CannotTell::Unconfirmed(Box::new(access))),
            }
        }
        told
    }

    /// The change of access, and whether its example is confirmed.
    fn access(&self, alike: &Alike, gathered: &Gathered, actions: &Actions, asking: &Asking) -> (AccessChange, bool) {
        let (leaf, path, resources) = alike;
        let Sides { inside, outside } = self.sides;
        let sides = if gathered.example.in_scope { inside } else { outside };
        let sides = sides.each_ref().map(|side| &side.all);
        let resources = if self.names_resources() { resources.clone() } else { Vec::new() };
        let told_actions = self.told(&gathered.classes, &resources, actions);
        let mut access = AccessChange {
            change: Change::Allowed,
            principals: self.problem.principals.clone(),
            actions: told_actions.asked,
            unasked: told_actions.unasked,
            never_asked: told_actions.is_never,
            resources,
            resourceless: gathered.resourceless,
            conditions: self.conditions(path, asking),
            example: self.request(&gathered.example, path, false),
        };
        let Leaf::Changed(change) = *leaf else { return (access, false) };
        access.change = change;
        let deny = matches!(change, Change::DenyLifted | Change::DenyAdded);
        let mut confirmed = deny || is_confirmed(&access, &sides);
        if !confirmed {
            // keys that make no difference may still have to be there for the evaluator to see that
            access.example = self.request(&gathered.example, path, true);
            confirmed = is_confirmed(&access, &sides);
        }
        if gathered.first.in_scope == gathered.example.in_scope {
            for with_all_keys in [false, true] {
                if !confirmed {
                    access.example = self.request(&gathered.first, path, with_all_keys);
                    confirmed = is_confirmed(&access, &sides);
                }
            }
        }
        (access, confirmed)
    }

    fn names_resources(&self) -> bool {
        self.problem.resource.is_none() && !self.elements.entries.is_empty()
    }

    /// Adds what changed for one class.
    fn gather(&self, index: usize, found: &[Found], gathered: &mut BTreeMap<Alike, Gathered>) {
        let Some(class) = self.classes.get(index) else { return };
        for found in found {
            let star = class.resourceless && found.without_resource;
            let mut example = Example {
                class: index,
                action: None,
                resource: if star { "*".to_owned() } else { found.resource.clone() },
                in_scope: if star { self.problem.scope.is_none() } else { found.in_scope },
            };
            match gathered.entry(found.alike.clone()) {
                Entry::Vacant(new) => {
                    let classes = Cells::from_iter([index]);
                    let first = example.clone();
                    let rank = self.fit(&mut example, class);
                    new.insert(Gathered { classes, resourceless: class.resourceless, first, example, rank });
                }
                Entry::Occupied(known) => {
                    let known = known.into_mut();
                    known.classes.insert(index);
                    // an action that has resources is the plainer example
                    if known.resourceless && !class.resourceless {
                        known.resourceless = false;
                        known.first = example.clone();
                    }
                    if known.rank < (true, true) {
                        let rank = self.fit(&mut example, class);
                        if rank > known.rank {
                            (known.example, known.rank) = (example, rank);
                        }
                    }
                }
            }
        }
    }

    /// Gives the example an action of the class that can be asked on its resource.
    fn fit(&self, example: &mut Example, class: &ActionClass) -> Rank {
        let reference = self.problem.reference;
        let can_be_asked = |action: &&Action| fits(action, &example.resource, reference);
        let known = class.known.iter();
        // what stands for all services that are not named stands for the one of the resource
        let of_resource = service_of(&example.resource).filter(|_| class.elsewhere && self.names_resources());
        let of_resource = of_resource.filter(|service| !stands_alone(service, &self.elements.texts));
        let others = of_resource.and_then(|service| reference.service(service)).into_iter();
        let others = others.flat_map(Service::actions).filter_map(|facts| facts.action()).filter(|action| {
            has_rcps(action) == has_rcps(&class.action)
                && covering(action, self.elements.texts.iter().enumerate()) == class.patterns
        });
        let own = class.known.is_empty().then_some(&class.action);
        let found = known.chain(own).chain(others).find(can_be_asked);
        let rank = (found.is_some(), !class.resourceless);
        example.action = found.cloned();
        rank
    }

    /// What changed for classes with these answers.
    fn found(&self, answered: &Answered) -> Vec<Found> {
        let mut by_path: BTreeMap<(Leaf, Path), Cells> = BTreeMap::new();
        for (tree, cells) in &answered.trees {
            for (path, leaf) in tree.paths() {
                by_path.entry((leaf, path)).or_default().add(cells);
            }
        }
        if by_path.is_empty() {
            return Vec::new();
        }
        let candidates = self.resource_candidates(answered);
        let one_by_one = |cells: &Cells| {
            let cells: Vec<&ResourceCell> = cells.iter().filter_map(|cell| answered.cells.get(cell)).collect();
            cells.into_iter()
        };
        let found = |((leaf, path), cells): ((Leaf, Path), Cells)| {
            let resources = cover(&cells, &Cells::default(), &candidates)
                .unwrap_or_else(|| one_by_one(&cells).map(|cell| self.spell(answered, cell)).collect());
            // a plain example before the one that names no resource
            let cell = one_by_one(&cells).max_by_key(|cell| (cell.example != "*", cell.in_scope))?;
            let without_resource = one_by_one(&cells).any(|cell| cell.example == "*");
            let (resource, in_scope) = (cell.example.clone(), cell.in_scope);
            Some(Found { alike: (leaf, path, resources), resource, in_scope, without_resource })
        };
        by_path.into_iter().filter_map(found).collect()
    }

    /// The entries as sets of cells, and sets for everything, for all ARNs, for requests without a resource, for keys or roles.
    fn resource_candidates(&self, answered: &Answered) -> Candidates<ResourceSet> {
        let of = |test: &dyn Fn(&ResourceCell) -> bool| -> Cells {
            answered.cells.iter().enumerate().filter(|(_, cell)| test(cell)).map(|(index, _)| index).collect()
        };
        let mut candidates = vec![
            Candidate::new(ResourceSet::Matching("*".to_owned()), of(&|_| true)),
            Candidate::new(any_arn(), of(&|cell| cell.example != "*")),
            Candidate::new(ResourceSet::None, of(&|cell| cell.example == "*")),
        ];
        candidates.extend(answered.entries.iter().filter_map(|index| {
            let entry = self.elements.entries.get(*index).filter(|entry| entry.text != "*")?;
            let cells = of(&|cell| cell.entries.contains(*index));
            Some(Candidate::new(ResourceSet::Matching(entry.text.clone()), cells))
        }));
        if let Some(special) = answered.cells.iter().find_map(|cell| cell.special) {
            candidates.push(Candidate::new(ResourceSet::OfType(special), of(&|cell| cell.special.is_some())));
        }
        if let Some([arn, parts @ ..]) = self.problem.scope.as_ref().map(|scope| scope.arns.as_slice()) {
            let set = ResourceSet::OfPolicy { arn: arn.clone(), parts: parts.first().cloned() };
            candidates.push(Candidate::new(set, of(&|cell| cell.in_scope)));
        }
        Candidates::new(candidates)
    }

    /// A cell by all the entries that match it and all that do not.
    fn spell(&self, answered: &Answered, cell: &ResourceCell) -> Pattern<ResourceSet> {
        let (mut matching, mut except) = (Vec::new(), Vec::new());
        for index in &answered.entries {
            let Some(entry) = self.elements.entries.get(*index).filter(|entry| entry.text != "*") else { continue };
            let list = if cell.entries.contains(*index) { &mut matching } else { &mut except };
            let entry = ResourceSet::Matching(entry.text.clone());
            if !list.contains(&entry) {
                list.push(entry);
            }
        }
        if let Some(special) = answered.cells.iter().find_map(|cell| cell.special) {
            if cell.special.is_some() { &mut matching } else { &mut except }.push(ResourceSet::OfType(special));
        }
        // the longest pattern says most
        matching.sort_by_key(|set| Reverse(set.text().map_or(0, str::len)));
        let mut matching = matching.into_iter();
        let all = || if cell.example == "*" { ResourceSet::None } else { any_arn() };
        Pattern { pattern: matching.next().unwrap_or_else(all), also: matching.collect(), except }
    }

    /// The actions of the classes on these resources: those that are never asked there apart, where others are left and that says it
    /// shorter.
    fn told(&self, classes: &Cells, resources: &[Pattern<ResourceSet>], actions: &Actions) -> ToldActions {
        let all = self.actions(classes, actions);
        let plain = matches!(all.as_slice(), [only] if only.also.is_empty() && only.except.is_empty());
        let as_they_are = |asked, is_never| ToldActions { asked, unasked: Vec::new(), is_never };
        if plain || resources.is_empty() {
            return as_they_are(all, false);
        }
        let (mut asked, mut further) = (Cells::default(), Vec::new());
        let (mut idle, mut is_never) = (Cells::default(), true);
        for index in classes.iter() {
            let Some(class) = self.classes.get(index) else { continue };
            let is_named = |service: &str| stands_alone(service, &self.elements.texts);
            let found = asked_on(class, resources, self.problem.reference, is_named);
            is_never &= found == Asked::Never;
            match found {
                Asked::Some => asked.insert(index),
                // whoever compares documents looks for what somebody wrote; the list of types may lack one
                Asked::OnlyUnknown | Asked::None if self.problem.denies.is_some() => asked.insert(index),
                Asked::Never if class.elsewhere && self.problem.denies.is_some() => asked.insert(index),
                Asked::OnlyUnknown => {
                    idle.insert(index);
                    further.extend(self.unknown(class));
                }
                Asked::None | Asked::Never => idle.insert(index),
            }
        }
        if asked.is_empty() || idle.is_empty() {
            return as_they_are(all, is_never);
        }
        let length = |patterns: &[Pattern<ActionSet>]| {
            patterns.iter().map(|pattern| 1 + pattern.also.len() + pattern.except.len()).sum::<usize>()
        };
        let mut told = self.actions(&asked, actions);
        // what further ones are not is no length of what is told
        if length(&told) + further.len() > length(&all) {
            return as_they_are(all, false);
        }
        let mut unasked = self.each(&idle);
        unasked.retain(|pattern| !further.contains(pattern));
        told.extend(further);
        ToldActions { asked: told, unasked, is_never: false }
    }

    /// The actions of the classes, in the patterns of the policies.
    fn actions(&self, classes: &Cells, actions: &Actions) -> Vec<Pattern<ActionSet>> {
        let said = || actions.said.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = said().get(classes) {
            return known.clone();
        }
        let patterns = cover(classes, &actions.free, &actions.candidates).unwrap_or_else(|| self.each(classes));
        said().insert(classes.clone(), patterns.clone());
        patterns
    }

    /// The patterns as sets of classes, and sets for whole services, for everything and for single actions.
    fn action_candidates(&self) -> Candidates<ActionSet> {
        let candidate = |text: String, cells: Cells| Candidate::new(ActionSet::Matching(text), cells);
        let mut of_patterns = vec![Cells::default(); self.elements.texts.len()];
        let mut services: BTreeMap<&str, Cells> = BTreeMap::new();
        let mut single = vec![candidate("*".to_owned(), (0..self.classes.len()).collect())];
        for (index, class) in self.classes.iter().enumerate() {
            for pattern in &class.patterns {
                if let Some(cells) = of_patterns.get_mut(*pattern) {
                    cells.insert(index);
                }
            }
            if !class.elsewhere {
                services.entry(class.action.service()).or_default().insert(index);
            }
            if let ([only], false) = (class.known.as_slice(), class.open) {
                single.push(candidate(only.to_string(), Cells::from_iter([index])));
            }
        }
        let texts = self.elements.texts.iter().map(|text| text.text.clone());
        let mut candidates: Vec<Candidate<ActionSet>> =
            texts.zip(of_patterns).map(|(text, cells)| candidate(text, cells)).collect();
        candidates.extend(services.into_iter().map(|(service, cells)| candidate(format!("{service}:*"), cells)));
        candidates.extend(single);
        Candidates::new(candidates)
    }

    /// The actions one by one.
    fn each(&self, classes: &Cells) -> Vec<Pattern<ActionSet>> {
        let (mut sets, mut names) = (Vec::new(), Vec::new());
        for class in classes.iter().filter_map(|index| self.classes.get(index)) {
            names.extend(class.known.iter().map(|action| ActionSet::Matching(action.to_string())));
            sets.extend(self.unknown(class));
        }
        sets.into_iter().chain(names.into_iter().map(Pattern::new)).collect()
    }

    /// What the reference does not know of the class.
    fn unknown(&self, class: &ActionClass) -> Option<Pattern<ActionSet>> {
        if class.elsewhere {
            return Some(Pattern::new(ActionSet::OtherServices));
        }
        if !class.open {
            return None;
        }
        let service = class.action.service();
        let own = || self.elements.texts.iter().enumerate().filter(|(_, text)| text.pattern.service() == Some(service));
        let covering = own().filter(|(index, _)| class.patterns.contains(index)).map(|(_, text)| text.text.as_str());
        let of = covering.max_by_key(|text| text.len()).map_or_else(|| format!("{service}:*"), str::to_owned);
        let example = class.unknown.as_ref().unwrap_or(&class.action).to_string();
        // unknown names that other patterns cover are of another class
        let is_known = |text: &str| text.parse().is_ok_and(|action| self.problem.reference.action(&action).is_some());
        let others = own().filter(|(index, _)| !class.patterns.contains(index)).map(|(_, text)| &text.text);
        let mut except: Vec<ActionSet> = others
            .filter(|text| !is_known(text) && may_overlap(text, &of))
            .map(|text| ActionSet::Matching(text.clone()))
            .collect();
        except.sort();
        except.dedup();
        Some(Pattern { except, ..Pattern::new(ActionSet::Unknown { of, example }) })
    }

    /// What the path asks of the context.
    fn conditions(&self, path: &Path, asking: &Asking) -> Vec<ConditionExpr> {
        let values = Values { lines: &self.elements.lines, context: &self.assignment.context };
        let mut all = self.assignment.conditions();
        for (index, mask) in path {
            if let Some(key) = self.keys.get(*index) {
                let mut known = asking.lock().unwrap_or_else(PoisonError::into_inner);
                let asked = known.entry((*index, *mask)).or_insert_with(|| values.conditions(key, *mask));
                all.extend(asked.iter().cloned());
            }
        }
        all
    }

    /// The request that stands for all of a change.
    fn request(&self, example: &Example, path: &Path, with_all_keys: bool) -> Request {
        let mut context: Context = self.assignment.context.clone();
        if with_all_keys {
            for key in self.keys {
                if let Some(case) = key.cases.first() {
                    context.set(&key.folded, case.value.clone());
                }
            }
        }
        for (index, mask) in path {
            let Some(key) = self.keys.get(*index) else { continue };
            let case = key.cases.iter().enumerate().find(|(index, _)| mask & (1 << index) != 0);
            if let Some((_, case)) = case {
                context.set(&key.folded, case.value.clone());
            }
        }
        let class = self.classes.get(example.class);
        let first = || class.and_then(|class| class.known.first()).cloned();
        let known = example.action.clone().or_else(first);
        let action = known.or_else(|| class.map(|class| class.action.clone()));
        Request {
            action: action.map_or_else(|| self.problem.request.action.clone(), Field::Known),
            resource: Field::Known(example.resource.clone()),
            context,
            ..self.problem.request.clone()
        }
    }
}

/// Whether some name may match both patterns, by how they begin.
fn may_overlap(one: &str, other: &str) -> bool {
    let start = |text: &str| text.split(['*', '?']).next().unwrap_or_default().to_ascii_lowercase();
    let (one, other) = (start(one), start(other));
    one.starts_with(&other) || other.starts_with(&one)
}

fn any_arn() -> ResourceSet {
    ResourceSet::Matching("arn:*".to_owned())
}

/// Whether the whole policies decide the example as the change says.
fn is_confirmed(access: &AccessChange, [before, after]: &[&PolicySet; 2]) -> bool {
    let allowed = |set: &PolicySet| decide(&access.example, set) == Decision::Allowed;
    (allowed(before), allowed(after)) == (access.change == Change::NotAllowed, access.change == Change::Allowed)
}
