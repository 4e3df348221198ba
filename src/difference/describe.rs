//! From answered cells to regions: like ones joined, in the patterns that the policies use, each with an example that is tried.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::access_change::{AccessChange, Change, Pattern};
use super::action::{ActionClass, covering, stands_alone};
use super::askable::{fits, service_of};
use super::cannot_tell::CannotTell;
use super::cells::Cells;
use super::comparison::{Answered, Classes, Elements, Problem, Sides, Solution};
use super::context::{ConditionRef, KeyDomain, in_words};
use super::cover::{Candidate, cover};
use super::explore::{Leaf, Path};
use super::resource::ResourceCell;

use super::variable_assignment::VariableAssignment;
use crate::evaluate::{Decision, Truth, decide, holds};
use crate::iam::{Action, Context, ContextValue, Field, PolicySet, Request, has_rcps};
use crate::reference::Service;

/// In place of a pattern of resources.
const NO_RESOURCE: &str = "requests that name no resource";

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
type Alike = (Leaf, Path, Vec<Pattern>);

/// What changed for all classes with the same answers, and a resource of it.
#[derive(Debug, Clone)]
struct Found {
    alike: Alike,
    resource: String,
    in_scope: bool,
    /// Whether requests that name no resource changed too.
    without_resource: bool,
}

/// The classes of a region, and one of its requests.
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
) -> Vec<AccessChange> {
    let Classes { sides, elements, classes } = classes;
    let describer =
        Describer { problem, sides, assignment: solution.assignment, classes, elements, keys: &solution.keys };
    describer.describe(solution, cannot_tell)
}

impl Describer<'_> {
    fn describe(&self, solution: &Solution<'_>, cannot_tell: &mut Vec<CannotTell>) -> Vec<AccessChange> {
        let mut told = Vec::new();
        let mut regions: BTreeMap<Alike, Gathered> = BTreeMap::new();
        let found: Vec<Vec<Found>> = solution.answered.iter().map(|answered| self.found(answered)).collect();
        for (class, answered) in &solution.of_class {
            self.gather(*class, found.get(*answered).map(Vec::as_slice).unwrap_or_default(), &mut regions);
        }
        let candidates = self.action_candidates();
        let mut said = BTreeMap::new();
        for ((leaf, path, resources), gathered) in regions {
            let Sides { inside, outside } = self.sides;
            let sides = if gathered.example.in_scope { inside } else { outside };
            let sides = sides.each_ref().map(|side| &side.all);
            let example = self.request(&gathered.example, &path, false);
            let mut region = AccessChange {
                change: Change::Allowed,
                principals: self.problem.principals.clone(),
                actions: self.actions(&gathered.classes, &candidates, &mut said),
                unasked: Vec::new(),
                resources: if self.names_resources() { resources } else { Vec::new() },
                resourceless: gathered.resourceless,
                conditions: self.conditions(&path),
                example,
            };
            match leaf {
                Leaf::Same => {}
                Leaf::CannotTell => cannot_tell.push(CannotTell::Undecided(Box::new(region))),
                Leaf::Changed(change) => {
                    region.change = change;
                    let deny = matches!(change, Change::DenyLifted | Change::DenyAdded);
                    if !deny && !is_confirmed(&region, &sides) {
                        // keys that make no difference may still have to be there for the evaluator to see that
                        region.example = self.request(&gathered.example, &path, true);
                    }
                    for with_all_keys in [false, true] {
                        if !deny
                            && !is_confirmed(&region, &sides)
                            && gathered.first.in_scope == gathered.example.in_scope
                        {
                            region.example = self.request(&gathered.first, &path, with_all_keys);
                        }
                    }
                    if deny || is_confirmed(&region, &sides) {
                        told.push(region);
                    } else {
                        cannot_tell.push(CannotTell::Unconfirmed(Box::new(region)));
                    }
                }
            }
        }
        told
    }

    fn names_resources(&self) -> bool {
        self.problem.resource.is_none() && !self.elements.entries.is_empty()
    }

    /// Adds what changed for one class.
    fn gather(&self, index: usize, found: &[Found], regions: &mut BTreeMap<Alike, Gathered>) {
        let Some(class) = self.classes.get(index) else { return };
        for found in found {
            let star = class.resourceless && found.without_resource;
            let mut example = Example {
                class: index,
                action: None,
                resource: if star { "*".to_owned() } else { found.resource.clone() },
                in_scope: if star { self.problem.scope.is_none() } else { found.in_scope },
            };
            match regions.entry(found.alike.clone()) {
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
        let can_be_asked = |action: &Action| fits(action, &example.resource, reference);
        let known = class.known.iter().filter_map(|name| name.parse().ok());
        // what stands for all services that are not named stands for the one of the resource
        let of_resource = service_of(&example.resource).filter(|_| class.elsewhere && self.names_resources());
        let of_resource = of_resource.filter(|service| !stands_alone(service, &self.elements.texts));
        let others = of_resource.and_then(|service| reference.service(service)).into_iter();
        let others = others.flat_map(Service::actions).filter_map(|facts| facts.action()).filter(|action| {
            has_rcps(action) == has_rcps(&class.action)
                && covering(action, self.elements.texts.iter().enumerate()) == class.patterns
        });
        let own = class.known.is_empty().then(|| class.action.clone());
        let found = known.chain(own).chain(others).find(can_be_asked);
        let rank = (found.is_some(), !class.resourceless);
        example.action = found;
        rank
    }

    /// What changed for classes with these answers.
    fn found(&self, answered: &Answered) -> Vec<Found> {
        let mut by_path: BTreeMap<(Leaf, Path), Cells> = BTreeMap::new();
        for (cell, (_, tree)) in answered.cells.iter().enumerate() {
            for (path, leaf) in tree.paths() {
                by_path.entry((leaf, path)).or_default().insert(cell);
            }
        }
        if by_path.is_empty() {
            return Vec::new();
        }
        let candidates = self.resource_candidates(answered);
        let one_by_one = |cells: &Cells| {
            let cells: Vec<&ResourceCell> =
                cells.iter().filter_map(|cell| answered.cells.get(cell)).map(|(cell, _)| cell).collect();
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
    fn resource_candidates(&self, answered: &Answered) -> Vec<Candidate> {
        let of = |test: &dyn Fn(&ResourceCell) -> bool| -> Cells {
            answered.cells.iter().enumerate().filter(|(_, (cell, _))| test(cell)).map(|(index, _)| index).collect()
        };
        let mut candidates = vec![
            Candidate::new("*".to_owned(), of(&|_| true)),
            Candidate::new("arn:*".to_owned(), of(&|cell| cell.example != "*")),
            Candidate::new(NO_RESOURCE.to_owned(), of(&|cell| cell.example == "*")),
        ];
        candidates.extend(answered.entries.iter().filter_map(|index| {
            let entry = self.elements.entries.get(*index).filter(|entry| entry.text != "*")?;
            Some(Candidate::new(entry.text.clone(), of(&|cell| cell.entries.contains(index))))
        }));
        if let Some(special) = answered.cells.iter().find_map(|(cell, _)| cell.special) {
            candidates.push(Candidate::new(special.to_owned(), of(&|cell| cell.special.is_some())));
        }
        for arn in self.problem.scope.iter().flat_map(|scope| &scope.arns).take(1) {
            candidates.push(Candidate::new(format!("the resource {arn}"), of(&|cell| cell.in_scope)));
        }
        candidates
    }

    /// A cell by all the entries that match it and all that do not.
    fn spell(&self, answered: &Answered, cell: &ResourceCell) -> Pattern {
        let mut matching: Vec<String> = Vec::new();
        let mut except: Vec<String> = Vec::new();
        for index in &answered.entries {
            let Some(entry) = self.elements.entries.get(*index).filter(|entry| entry.text != "*") else { continue };
            let list = if cell.entries.contains(index) { &mut matching } else { &mut except };
            if !list.contains(&entry.text) {
                list.push(entry.text.clone());
            }
        }
        if let Some(special) = answered.cells.iter().find_map(|(cell, _)| cell.special) {
            if cell.special.is_some() { &mut matching } else { &mut except }.push(special.to_owned());
        }
        matching.sort_by_key(|text| std::cmp::Reverse(text.len()));
        let base = if cell.example == "*" { NO_RESOURCE } else { "arn:*" };
        let mut matching = matching.into_iter();
        Pattern { pattern: matching.next().unwrap_or_else(|| base.to_owned()), also: matching.collect(), except }
    }

    /// The actions of the classes, in the patterns of the policies.
    fn actions(
        &self,
        classes: &Cells,
        candidates: &[Candidate],
        said: &mut BTreeMap<Cells, Vec<Pattern>>,
    ) -> Vec<Pattern> {
        if let Some(known) = said.get(classes) {
            return known.clone();
        }
        // no policy decides about these, so that a pattern may cover them or not
        let free = (self.classes.iter().enumerate()).filter(|(_, class)| class.is_beyond_policies());
        let free = free.map(|(index, _)| index).collect();
        let patterns = cover(classes, &free, candidates).unwrap_or_else(|| self.each(classes));
        said.insert(classes.clone(), patterns.clone());
        patterns
    }

    /// The patterns as sets of classes, and sets for whole services, for everything and for single actions.
    fn action_candidates(&self) -> Vec<Candidate> {
        let mut of_patterns = vec![Cells::default(); self.elements.texts.len()];
        let mut services: BTreeMap<&str, Cells> = BTreeMap::new();
        let mut single = vec![Candidate::new("*".to_owned(), (0..self.classes.len()).collect())];
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
                single.push(Candidate::new(only.clone(), Cells::from_iter([index])));
            }
        }
        let texts = self.elements.texts.iter().map(|text| text.text.clone());
        let mut candidates: Vec<Candidate> =
            texts.zip(of_patterns).map(|(text, cells)| Candidate::new(text, cells)).collect();
        candidates.extend(services.into_iter().map(|(service, cells)| Candidate::new(format!("{service}:*"), cells)));
        candidates.extend(single);
        candidates
    }

    /// The actions one by one.
    fn each(&self, classes: &Cells) -> Vec<Pattern> {
        let plain = |text: String| Pattern { pattern: text, also: Vec::new(), except: Vec::new() };
        let mut patterns = Vec::new();
        let mut names: Vec<Pattern> = Vec::new();
        for class in classes.iter().filter_map(|index| self.classes.get(index)) {
            names.extend(class.known.iter().map(|name| plain(name.clone())));
            if class.elsewhere {
                patterns.push(plain("every action of the services that the policies do not name".to_owned()));
            } else if class.open {
                let covering = class.patterns.iter().filter_map(|index| self.elements.texts.get(*index));
                let narrowest = covering.max_by_key(|text| text.text.len());
                let of = narrowest.map_or_else(|| format!("{}:*", class.action.service()), |text| text.text.clone());
                patterns.push(plain(format!("further actions of {of}, for example {}", class.action)));
            }
        }
        patterns.extend(names);
        patterns
    }

    /// What the path asks of the context, in words.
    fn conditions(&self, path: &Path) -> Vec<String> {
        let mut words = self.assignment.conditions.clone();
        for (index, mask) in path {
            if let Some(key) = self.keys.get(*index) {
                words.extend(self.of_key(key, *mask));
            }
        }
        words
    }

    /// A set of cases of one key as conditions that must all hold.
    fn of_key(&self, key: &KeyDomain, mask: u128) -> Vec<String> {
        let present = bits(key, |case| case.value != ContextValue::Absent);
        let wanted = mask & present;
        let or_absent = key.absent.is_some_and(|case| mask & (1 << case) != 0);
        if wanted == 0 {
            return vec![format!("{} is absent", key.shown)];
        }
        if wanted == present {
            return vec![format!("{} is present", key.shown)];
        }
        let values = self.exact_values(key, wanted);
        let mut words = match values {
            Some(values) => vec![format!("{} is {}", key.shown, values.join(" or "))],
            None => self.as_conditions(key, wanted, present),
        };
        // what a document's own words say of requests without the key is not meant
        let own = |words: &String| {
            let operator = words.split(' ').next().unwrap_or_default().to_ascii_lowercase();
            operator.starts_with("forallvalues:") || operator.ends_with("ifexists")
        };
        let negative = words.iter().all(|words| words.contains(" is not ")) || words.iter().any(own);
        if or_absent {
            words = vec![format!("{} or is absent", words.join(" and "))];
        } else if negative && key.absent.is_some() {
            words.insert(0, format!("{} is present", key.shown));
        }
        words
    }

    /// The values of the cases, where conditions name them all and they are few.
    fn exact_values(&self, key: &KeyDomain, wanted: u128) -> Option<Vec<String>> {
        const MOST: usize = 6;
        let lines: Vec<&ConditionRef> = key.lines.iter().filter_map(|index| self.elements.lines.get(*index)).collect();
        let mut context = self.assignment.context.clone();
        let mut truths = |value: &str| -> Vec<Truth> {
            context.set_one(&key.folded, value);
            lines.iter().map(|line| holds(&line.condition, &context)).collect()
        };
        let mut values = Vec::new();
        for (index, case) in key.cases.iter().enumerate() {
            if wanted & (1 << index) == 0 {
                continue;
            }
            if matches!(case.value, ContextValue::Present { multivalued: true, .. }) {
                return None;
            }
            // one condition that only these values meet, or that only they do not
            let named = lines.iter().zip(&case.truths).find_map(|(line, truth)| line.names_exactly(*truth))?;
            values.extend(
                named.into_iter().filter(|value| truths(value) == case.truths).map(|value| format!("`{value}`")),
            );
        }
        (values.len() <= MOST).then_some(values)
    }

    /// The cases, all present ones being `present`, by the conditions of the policies.
    fn as_conditions(&self, key: &KeyDomain, wanted: u128, present: u128) -> Vec<String> {
        // every condition, or its opposite, that all of the cases meet
        let mut told: Vec<(u128, String)> = Vec::new();
        for (place, index) in key.lines.iter().enumerate() {
            let Some(line) = self.elements.lines.get(*index) else { continue };
            let holding = present & bits(key, |case| case.truths.get(place) == Some(&Truth::True));
            for (met, holds) in [(holding, true), (present & !holding, false)] {
                if met & wanted == wanted && met != present {
                    told.push((met, in_words(line, holds)));
                }
            }
        }
        // those that leave least, as long as they leave out more
        told.sort_by_key(|(met, words)| (met.count_ones(), words.len()));
        let mut left = present;
        let mut words = Vec::new();
        for (met, text) in told {
            if left != wanted && left & met != left && !words.contains(&text) {
                left &= met;
                words.push(text);
            }
        }
        if left == wanted {
            return words;
        }
        if let Some(words) = self.in_alternatives(key, wanted, present) {
            return vec![words];
        }
        let cases = key.cases.iter().enumerate().filter(|(index, _)| wanted & (1 << index) != 0);
        let values: Vec<String> = cases
            .filter_map(|(_, case)| match &case.value {
                ContextValue::Present { values, .. } => Some(format!("`{}`", values.join("`, `"))),
                ContextValue::Absent | ContextValue::Unknown => None,
            })
            .collect();
        vec![format!("{} is such as {}", key.shown, values.join(" or "))]
    }

    /// The cases as alternatives of conditions: `A and B; or C`.
    fn in_alternatives(&self, key: &KeyDomain, wanted: u128, present: u128) -> Option<String> {
        let set = |mask: u128| -> Cells { (0..key.cases.len()).filter(|index| mask & (1 << index) != 0).collect() };
        let mut candidates = Vec::new();
        for (place, index) in key.lines.iter().enumerate() {
            let line = self.elements.lines.get(*index)?;
            let holding = present & bits(key, |case| case.truths.get(place) == Some(&Truth::True));
            for (met, holds) in [(holding, true), (present & !holding, false)] {
                candidates.push(Candidate::new(in_words(line, holds), set(met)));
            }
        }
        let alternatives = cover(&set(wanted), &Cells::default(), &candidates)?;
        let all_of = |pattern: Pattern| {
            let except = pattern.except.into_iter().map(|words| opposite(&words));
            std::iter::once(pattern.pattern).chain(pattern.also).chain(except).collect::<Vec<_>>().join(" and ")
        };
        Some(alternatives.into_iter().map(all_of).collect::<Vec<_>>().join("; or "))
    }

    /// The request that stands for the region.
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
        let first = || class.and_then(|class| class.known.first()).and_then(|name| name.parse().ok());
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

/// The opposite of a condition in words; that of an opposite is the condition.
fn opposite(words: &str) -> String {
    let inner = words.strip_prefix("not (").and_then(|inner| inner.strip_suffix(')'));
    inner.map_or_else(|| format!("not ({words})"), str::to_owned)
}

fn bits(key: &KeyDomain, test: impl Fn(&super::context::ValueClass) -> bool) -> u128 {
    key.cases.iter().enumerate().filter(|(_, case)| test(case)).fold(0, |mask, (index, _)| mask | 1 << index)
}

/// Whether the whole policies decide the example as the region says.
fn is_confirmed(region: &AccessChange, [before, after]: &[&PolicySet; 2]) -> bool {
    let allowed = |set: &PolicySet| decide(&region.example, set) == Decision::Allowed;
    (allowed(before), allowed(after)) == (region.change == Change::NotAllowed, region.change == Change::Allowed)
}
