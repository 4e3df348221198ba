//! The comparison itself: classes of actions x cells of resources x cases of context, each answered once.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::action::{ActionClass, ActionText, Classifier};
use super::automaton::Budget;
use super::context::{Key, Line, keys};
use super::explore::{Answers, Explorer, Tree};
use super::region::{Change, Difference, Region};
use super::resource::{Cutter, Entry, ResourceCell, Scope};
use super::side::{Contents, Side, Signature, statements};
use super::tell::Teller;
use super::world::{World, join, worlds};
use crate::iam::{
    Action, Coverage, Document, Field, Layer, Policy, PolicyOrigin, PolicySet, PolicyType, Principal, Request,
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
}

/// The sets of patterns and conditions of both sides.
pub(super) struct Elements {
    pub(super) texts: Vec<ActionText>,
    pub(super) entries: Vec<Entry>,
    pub(super) lines: Vec<Line>,
}

/// Classes that meet the same statements and are treated alike.
type Alike = (Signature, Signature, bool, String);

impl Problem<'_> {
    /// Adds what differs to the difference.
    pub(super) fn solve(&self, budget: &mut Budget, difference: &mut Difference) {
        let mut contents = Contents::default();
        let before = Side::new(&self.before, &mut contents);
        let after = Side::new(&self.after, &mut contents);
        let mut elements =
            Elements { texts: action_texts(&self.before, &self.after), entries: Vec::new(), lines: Vec::new() };
        let classifier = Classifier {
            reference: self.reference,
            texts: &elements.texts,
            asked: self.asked.as_ref().map(|(action, named)| (action, *named)),
            rcps: [&self.before, &self.after]
                .iter()
                .any(|set| !set.resource_control.levels.is_empty() || set.resource_control.coverage.gap().is_some()),
        };
        let classes = classifier.classes(budget, &mut difference.cannot_tell);
        let same_coverage = coverages(&self.before) == coverages(&self.after);
        let mut changed: Vec<(usize, Alike)> = Vec::new();
        for (index, class) in classes.iter().enumerate() {
            let (was, is) = (before.signature(&class.action), after.signature(&class.action));
            if was != is || !same_coverage {
                changed.push((index, (was, is, class.resourceless, treated(&class.action))));
            }
        }
        if changed.is_empty() {
            return;
        }
        elements.collect(&classes, &changed, &self.before);
        elements.collect(&classes, &changed, &self.after);
        let worlds = worlds(&self.request.context, &elements.entries, &elements.lines, &mut difference.cannot_tell);
        let told: Vec<Vec<Region>> = worlds
            .iter()
            .map(|world| self.solve_in(world, &classes, &changed, &elements, [&before, &after], budget, difference))
            .collect();
        for region in join(&worlds, told) {
            let opens = matches!(region.change, Change::Allowed | Change::DenyLifted);
            if opens { &mut difference.newly_allowed } else { &mut difference.newly_denied }.push(region);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "what one world shares with the others")]
    fn solve_in(
        &self,
        world: &World,
        classes: &[ActionClass],
        changed: &[(usize, Alike)],
        elements: &Elements,
        [before, after]: [&Side<'_>; 2],
        budget: &mut Budget,
        difference: &mut Difference,
    ) -> Vec<Region> {
        let keys = keys(&elements.lines, &world.context, self.reference, budget, &mut difference.cannot_tell);
        let principal = self.request.principal.value();
        let mut cutter = Cutter {
            entries: &elements.entries,
            world: &world.context,
            scope: self.scope.as_ref(),
            reference: self.reference,
            principal,
            account: self.request.resource_account.value().map_or("111122223333", String::as_str),
            cut: BTreeMap::new(),
        };
        let mut answered: BTreeMap<&Alike, Option<Rc<Answered>>> = BTreeMap::new();
        let mut results: Vec<(usize, Rc<Answered>)> = Vec::new();
        for (index, alike) in changed {
            let Some(class) = classes.get(*index) else { continue };
            if !answered.contains_key(alike) {
                let result = self.answer(class, world, elements, &keys, [before, after], &mut cutter, budget);
                answered.insert(alike, result.map(Rc::new));
            }
            match answered.get(alike).cloned().flatten() {
                Some(result) => results.push((*index, result)),
                None => difference.cannot_tell.push(format!(
                    "everything about {}: the policies overlap in too many ways",
                    class.known.first().cloned().unwrap_or_else(|| format!("actions like {}", class.action))
                )),
            }
        }
        let teller = Teller { problem: self, world, classes, elements, keys: &keys };
        teller.tell(&results, &mut difference.cannot_tell)
    }

    /// The answers for one class.
    #[expect(clippy::too_many_arguments, reason = "what one class shares with the others")]
    fn answer(
        &self,
        class: &ActionClass,
        world: &World,
        elements: &Elements,
        keys: &[Key],
        [before, after]: [&Side<'_>; 2],
        cutter: &mut Cutter<'_>,
        budget: &mut Budget,
    ) -> Option<Answered> {
        let was = before.for_action(&class.action);
        let is = after.for_action(&class.action);
        let denies = self.denies.as_ref().map(|(was, is)| {
            let covers = |set: &PolicySet| Side::new(set, &mut Contents::default()).for_action(&class.action);
            (covers(was), covers(is))
        });
        let met = Met::new(elements, [&was, &is]);
        let mut cells = vec![cutter.no_resource(&met.entries)];
        match &self.resource {
            Some(only) => cells.iter_mut().for_each(|cell| cell.example.clone_from(only)),
            None if class.resourceless => {}
            None => cells.extend(cutter.cells(&met.entries, &class.action, budget)?),
        }
        let (denied_before, denied_after) = denies.unzip();
        let sides = [(was, denied_before), (is, denied_after)];
        let outside = sides.clone().map(|(policies, denies)| Answers {
            policies: elsewhere(&policies, &self.request),
            denies: denies.map(|denies| elsewhere(&denies, &self.request)),
        });
        let inside = sides.map(|(policies, denies)| Answers { policies, denies });
        let mut answered = Vec::new();
        for cell in cells {
            let lines = met.lines_for(&cell);
            let [before, after] = if cell.in_scope { &inside } else { &outside };
            let mut request = Request {
                action: Field::Known(class.action.clone()),
                resource: Field::Known(cell.example.clone()),
                context: world.context.clone(),
                ..self.request.clone()
            };
            let tree = Explorer { before, after, keys, lines: &lines }.explore(&mut request, budget)?;
            answered.push((cell, tree));
        }
        Some(Answered { cells: answered, entries: met.entries })
    }

    /// Both sides as they are for a resource in the scope of the resource-based policies, or outside.
    pub(super) fn policies_for(&self, in_scope: bool) -> [PolicySet; 2] {
        if in_scope {
            [self.before.clone(), self.after.clone()]
        } else {
            [elsewhere(&self.before, &self.request), elsewhere(&self.after, &self.request)]
        }
    }
}

/// The statements that one class meets: what their resources and conditions are, by number.
struct Met {
    /// For each statement: whether it has `NotResource`, its entries if it has any, and its conditions.
    statements: Vec<(bool, Option<Vec<usize>>, Vec<usize>)>,
    entries: Vec<usize>,
    lines: usize,
}

impl Met {
    fn new(elements: &Elements, sets: [&PolicySet; 2]) -> Self {
        let mut met = Vec::new();
        let mut all = BTreeSet::new();
        for (policy, statement) in sets.into_iter().flat_map(statements) {
            let language = policy.document.language;
            let numbers = |texts: &[crate::text::Spanned<String>]| -> Vec<usize> {
                let known = |text: &str| {
                    elements.entries.iter().position(|entry| entry.text == text && entry.language == language)
                };
                texts.iter().filter_map(|entry| known(&entry.value)).collect()
            };
            let entries = statement.resource.as_ref().map(|resource| numbers(&resource.entries));
            all.extend(entries.iter().flatten().copied());
            let lines = statement
                .conditions
                .iter()
                .filter_map(|condition| elements.lines.iter().position(|line| line.is(condition, language)));
            let negated = statement.resource.as_ref().is_some_and(|resource| resource.negated);
            met.push((negated, entries, lines.collect()));
        }
        Self { statements: met, entries: all.into_iter().collect(), lines: elements.lines.len() }
    }

    /// The conditions that can matter for resources of the cell.
    fn lines_for(&self, cell: &ResourceCell) -> Vec<bool> {
        let mut matter = vec![false; self.lines];
        for (negated, entries, lines) in &self.statements {
            let covers = |entries: &Vec<usize>| entries.iter().any(|entry| cell.entries.contains(entry)) != *negated;
            if entries.as_ref().is_none_or(covers) {
                for line in lines {
                    if let Some(matters) = matter.get_mut(*line) {
                        *matters = true;
                    }
                }
            }
        }
        matter
    }
}

impl Elements {
    /// Adds the resources and conditions of statements that cover a changed class.
    fn collect(&mut self, classes: &[ActionClass], changed: &[(usize, Alike)], set: &PolicySet) {
        let actions: Vec<&Action> =
            changed.iter().filter_map(|(index, _)| classes.get(*index)).map(|class| &class.action).collect();
        for (policy, statement) in statements(set) {
            let covers = |action: &&Action| {
                statement.action.entries.iter().any(|entry| entry.pattern.matches(action)) != statement.action.negated
            };
            if !actions.iter().any(covers) {
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
                    self.lines.push(Line { condition: condition.clone(), language });
                }
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
    Some(Arc::new(Policy {
        name: name.to_owned(),
        arn: None,
        policy_type,
        origin: PolicyOrigin::Loose,
        version_id: None,
        attached_to: Vec::new(),
        document: Arc::new(document),
    }))
}
