//! The policies before and after, cut down to what concerns one class of actions, and whether that differs at all.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::iam::{Action, Document, Language, Policy, PolicySet, Statement};

/// A statement of either side, without its actions: what it says of a request whose action it covers.
pub(super) type Content = usize;

/// Numbers for equal contents.
#[derive(Debug, Default)]
pub(super) struct Contents {
    known: BTreeMap<String, Content>,
}

/// One side with the contents of its statements.
#[derive(Debug)]
pub(super) struct Side<'p> {
    pub(super) policies: &'p PolicySet,
    /// In the order of [`statements`].
    contents: Vec<Content>,
}

/// What one class of actions meets on one side: the contents in each layer.
pub(super) type Signature = Vec<(usize, bool, Vec<Content>)>;

impl Contents {
    fn number(&mut self, statement: &Statement, language: Language) -> Content {
        use std::fmt::Write as _;
        let mut text = format!("{:?} {language:?}", statement.effect);
        if let Some(principal) = &statement.principal {
            let _ = write!(text, " P{}", principal.negated);
            for entry in &principal.entries {
                let _ = write!(text, " {:?}:{:?}", entry.kind, entry.value);
            }
        }
        if let Some(resource) = &statement.resource {
            let _ = write!(text, " R{}", resource.negated);
            for entry in &resource.entries {
                let _ = write!(text, " {:?}", entry.value);
            }
        }
        for condition in &statement.conditions {
            let _ = write!(text, " C{:?} {:?}", condition.operator.text, condition.folded_key);
            for value in &condition.values {
                let _ = write!(text, " {:?}", value.value);
            }
        }
        let next = self.known.len();
        *self.known.entry(text).or_insert(next)
    }
}

impl<'p> Side<'p> {
    pub(super) fn new(policies: &'p PolicySet, contents: &mut Contents) -> Self {
        let contents =
            statements(policies).map(|(policy, statement)| contents.number(statement, policy.document.language));
        Self { policies, contents: contents.collect() }
    }

    /// What the class of this action meets.
    pub(super) fn signature(&self, action: &Action) -> Signature {
        let mut contents = self.contents.iter();
        layers(self.policies)
            .map(|(layer, policies)| {
                let mut met: Vec<Content> = policies
                    .iter()
                    .flat_map(|policy| &policy.document.statements)
                    .zip(contents.by_ref())
                    .filter(|(statement, _)| covers(statement, action))
                    .map(|(_, content)| *content)
                    .collect();
                met.sort_unstable();
                met.dedup();
                (layer, policies.is_empty(), met)
            })
            .collect()
    }

    /// The policies with only those statements that cover the action.
    pub(super) fn for_action(&self, action: &Action) -> PolicySet {
        only(self.policies, &|statement| covers(statement, action))
    }
}

/// Whether the statement's Action or `NotAction` covers the action.
fn covers(statement: &Statement, action: &Action) -> bool {
    statement.action.entries.iter().any(|entry| entry.pattern.matches(action)) != statement.action.negated
}

/// The policies with only some of their statements; the policies themselves stay, since an empty layer means something else.
pub(super) fn only(policies: &PolicySet, keep: &dyn Fn(&Statement) -> bool) -> PolicySet {
    policies.map_policies(&|policy| {
        let document = &policy.document;
        if document.statements.iter().all(keep) {
            return Arc::clone(policy);
        }
        let statements = document.statements.iter().filter(|statement| keep(statement)).cloned().collect();
        let reduced =
            Document { source: document.source.clone(), language: document.language, statements, problems: Vec::new() };
        Arc::new(Policy { document: Arc::new(reduced), ..Policy::clone(policy) })
    })
}

/// The policies of each layer and level, under a number that tells them apart.
fn layers(set: &PolicySet) -> impl Iterator<Item = (usize, &[Arc<Policy>])> {
    let single = [&set.identity, &set.resource, &set.boundary, &set.session, &set.vpc_endpoint];
    let levels = set.service_control.levels.iter().chain(&set.resource_control.levels);
    let first_rcp = 100 + set.service_control.levels.len();
    let numbered = levels.enumerate().map(move |(index, level)| {
        // SCPs from 100, RCPs from 10,000
        let number = 100 + index;
        let number = if number >= first_rcp { 10_000 + number - first_rcp } else { number };
        (number, level.policies.as_slice())
    });
    single.into_iter().enumerate().map(|(index, layer)| (index, layer.policies.as_slice())).chain(numbered)
}

/// All statements with their policies, layer by layer.
pub(super) fn statements(set: &PolicySet) -> impl Iterator<Item = (&Arc<Policy>, &Statement)> {
    layers(set)
        .flat_map(|(_, policies)| policies)
        .flat_map(|policy| policy.document.statements.iter().map(move |statement| (policy, statement)))
}
