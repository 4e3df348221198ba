//! All actions there are, as finitely many classes: known ones by the service reference, unknown ones by what patterns match.
//!
//! Two actions of a class are covered by the same patterns of both sides, and the evaluator treats them alike.

use std::collections::{BTreeMap, BTreeSet};

use super::automaton::Automaton;
use super::budget::Budget;
use super::cannot_tell::CannotTell;
use super::cores::each;
use super::pattern;
use crate::iam::{Action, ActionPattern, has_rcps, is_no_longer_asked};
use crate::reference::Reference;

/// Actions that no pattern tells apart.
#[derive(Debug, Clone)]
pub(super) struct ActionClass {
    /// One of them, which stands for all.
    pub(super) action: Action,
    /// Those that the reference knows; for classes that span all other services not listed.
    pub(super) known: Vec<Action>,
    /// Whether there may be further ones that the reference does not know.
    pub(super) open: bool,
    /// One of those.
    pub(super) unknown: Option<Action>,
    /// Whether the reference lists no resource types for it. It is compared on resources all the same: the list may lack one.
    pub(super) resourceless: bool,
    /// The patterns that cover it, by number.
    pub(super) patterns: Vec<usize>,
    /// Whether it stands for all services that no pattern names.
    pub(super) elsewhere: bool,
}

impl ActionClass {
    /// The action where the evaluator treats it in a way of its own, and else its service: beside the statements that it meets, nothing
    /// tells it from the others of it.
    pub(super) fn treated(&self) -> &str {
        if SPECIAL.contains(&self.action.folded()) { self.action.folded() } else { self.action.service() }
    }

    /// Whether no policy of a principal decides about it: it needs no permission, or no credentials.
    /// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
    /// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>
    pub(super) fn is_beyond_policies(&self) -> bool {
        ["sts:getcalleridentity", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity"]
            .contains(&self.action.folded())
            || is_no_longer_asked(&self.action)
    }
}

/// A pattern of some Action or `NotAction` element, each once.
#[derive(Debug, Clone)]
pub(super) struct ActionText {
    pub(super) text: String,
    pub(super) pattern: ActionPattern,
}

/// Actions that the evaluator treats in a way of their own, whatever the patterns.
const SPECIAL: [&str; 8] = [
    "kms:retiregrant",
    "sts:assumerole",
    "sts:assumerolewithsaml",
    "sts:assumerolewithwebidentity",
    "sts:getcalleridentity",
    "sts:setcontext",
    "sts:setsourceidentity",
    "sts:tagsession",
];
/// Services in which the evaluator asks more than the policies' own patterns.
const SPECIAL_SERVICES: [&str; 2] = ["kms", "sts"];
/// One action each of services that RCPs reach, and of services that they do not reach.
const UNNAMED: [[&str; 4]; 2] = [
    ["dynamodb:GetItem", "sqs:SendMessage", "logs:PutLogEvents", "kinesisvideo:PutMedia"],
    ["lambda:InvokeFunction", "sns:Publish", "ec2:StartInstances", "glue:GetTable"],
];

/// The services whose actions meet a statement that only one side has. What is the same on both sides needs no comparison, however
/// its patterns overlap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Affected {
    /// All of them.
    Everything,
    /// Those of these prefixes, in lower case.
    Services(BTreeSet<String>),
}

impl Affected {
    fn contains(&self, service: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Services(services) => services.contains(service),
        }
    }
}

/// What the classes are made from.
pub(super) struct Classifier<'a> {
    pub(super) reference: &'a Reference,
    /// Whose actions are needed.
    pub(super) affected: &'a Affected,
    pub(super) texts: &'a [ActionText],
    /// The action of the request at hand, and whether it names a resource.
    pub(super) asked: Option<(&'a Action, bool)>,
    /// Whether RCPs apply, so that it matters which services they reach.
    pub(super) rcps: bool,
}

impl Classifier<'_> {
    /// All classes; what could not be told apart in time is said in `cannot_tell`.
    pub(super) fn classes(&self, budget: &mut Budget, cannot_tell: &mut Vec<CannotTell>) -> Vec<ActionClass> {
        let named =
            self.texts.iter().filter_map(|text| text.pattern.service()).filter(|service| !service.contains(['*', '?']));
        let services: BTreeSet<&str> = named.chain(SPECIAL_SERVICES).collect();
        let affected: Vec<&str> = services.iter().copied().filter(|service| self.affected.contains(service)).collect();
        // what is known of a service is read when it is first asked for, and an action as well
        each(&affected, 4, |service| {
            let facts = self.reference.service(service);
            facts
                .into_iter()
                .flat_map(crate::reference::Service::actions)
                .filter(|facts| facts.action().is_some())
                .count()
        });
        let mut classes = Vec::new();
        for service in affected {
            self.of_service(service, budget, &mut classes, cannot_tell);
        }
        for actions in UNNAMED.iter().take(if self.rcps { 2 } else { 1 }) {
            if let Some(action) = self.unnamed(actions, &services) {
                let patterns = covering(&action, self.texts.iter().enumerate());
                classes.push(ActionClass {
                    action,
                    known: Vec::new(),
                    open: true,
                    unknown: None,
                    resourceless: false,
                    patterns,
                    elsewhere: true,
                });
            }
        }
        classes
    }

    /// An action of a service that the policies do not name, like the first of these in whether RCPs reach it: it stands for all of
    /// them, so that there always is one.
    fn unnamed(&self, first: &[&str], services: &BTreeSet<&str>) -> Option<Action> {
        let reached = first.iter().find_map(|name| name.parse().ok()).map(|action| has_rcps(&action));
        let first = first.iter().filter_map(|name| name.parse::<Action>().ok());
        let others = (self.reference.services().filter_map(|prefix| self.reference.service(prefix)))
            .filter_map(|service| service.actions().next())
            .filter_map(|facts| facts.action().cloned());
        // AWS adds services
        let new = (0_usize..).filter_map(|number| format!("another-service-{number}:Action").parse::<Action>().ok());
        let is_free = |action: &Action| !services.contains(action.service());
        let alike = |action: &Action| is_free(action) && (!self.rcps || Some(has_rcps(action)) == reached);
        let known = first.chain(others).find(&alike);
        known.or_else(|| new.take(services.len() + 1).find(&alike))
    }

    fn of_service(
        &self,
        service: &str,
        budget: &mut Budget,
        classes: &mut Vec<ActionClass>,
        cannot_tell: &mut Vec<CannotTell>,
    ) {
        let own = |text: &&ActionText| text.pattern.service() == Some(service);
        let everything: Vec<usize> = (self.texts.iter().enumerate())
            .filter(|(_, text)| text.pattern.service().is_none())
            .map(|(index, _)| index)
            .collect();
        let mut literal: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut wild: Vec<(usize, &ActionText)> = Vec::new();
        for (index, text) in self.texts.iter().enumerate().filter(|(_, text)| own(text)) {
            if text.text.contains(['*', '?']) {
                wild.push((index, text));
            } else {
                literal.entry(text.text.to_ascii_lowercase()).or_default().push(index);
            }
        }
        if let Some((asked, _)) = self.asked.filter(|(asked, _)| asked.service() == service) {
            literal.entry(asked.folded().to_owned()).or_default();
        }
        // by covering patterns, whether there are resources, and the name where the name itself matters
        let mut groups: BTreeMap<(Vec<usize>, bool, String), ActionClass> = BTreeMap::new();
        let mut add = |action: Action, known: bool, resourceless: bool| {
            let mut patterns: Vec<usize> = literal.get(action.folded()).cloned().unwrap_or_default();
            patterns.extend(covering(&action, wild.iter().copied()));
            patterns.extend(&everything);
            patterns.sort_unstable();
            let alone = SPECIAL.contains(&action.folded()) || self.asked.is_some_and(|(asked, _)| *asked == action);
            let name = if alone { action.folded().to_owned() } else { String::new() };
            let class = groups.entry((patterns.clone(), resourceless, name)).or_insert_with(|| ActionClass {
                action: action.clone(),
                known: Vec::new(),
                open: false,
                unknown: None,
                resourceless,
                patterns,
                elsewhere: false,
            });
            if known {
                class.known.push(action);
            } else {
                class.open = true;
                class.unknown.get_or_insert(action);
            }
        };
        let facts = self.reference.service(service);
        for facts in facts.into_iter().flat_map(crate::reference::Service::actions) {
            let Some(action) = facts.action() else { continue };
            let names_resource = self.asked.is_some_and(|(asked, names_resource)| asked == action && names_resource);
            add(action.clone(), true, !facts.has_resource_level_permissions() && !names_resource);
        }
        let known = |name: &str| facts.is_some_and(|facts| facts.action(name).is_some());
        for name in literal.keys() {
            let unknown = name.split_once(':').is_some_and(|(_, name)| !known(name));
            if let (true, Ok(action)) = (unknown, name.parse()) {
                add(action, false, false);
            }
        }
        let mut automaton = Automaton::default();
        for (index, text) in &wild {
            let folded = text.text.to_ascii_lowercase();
            automaton.add(*index, &pattern::name(folded.split_once(':').map_or("", |(_, name)| name)));
        }
        let Some(cells) = budget.within(500_000, |budget| automaton.cells(budget)) else {
            cannot_tell.push(CannotTell::UnknownActions(service.to_owned()));
            return;
        };
        for cell in cells {
            let free = |name: &String| !known(name) && !literal.contains_key(&format!("{service}:{name}"));
            let mut longer = (1..=4).map(|count| format!("{}{}", cell.shortest, "x".repeat(count)));
            let name = cell.not_empty.filter(free);
            let name = name.or_else(|| longer.find(|name| free(name) && automaton.sets_of(name) == cell.sets));
            if let Some(Ok(action)) = name.map(|name| format!("{service}:{name}").parse::<Action>()) {
                add(action, false, false);
            }
        }
        classes.extend(groups.into_values());
    }
}

/// Whether actions of the service have classes of their own.
pub(super) fn stands_alone(service: &str, texts: &[ActionText]) -> bool {
    SPECIAL_SERVICES.contains(&service) || texts.iter().any(|text| text.pattern.service() == Some(service))
}

/// The patterns that cover the action, by number.
pub(super) fn covering<'t>(action: &Action, texts: impl Iterator<Item = (usize, &'t ActionText)>) -> Vec<usize> {
    texts.filter(|(_, text)| text.pattern.matches(action)).map(|(index, _)| index).collect()
}
