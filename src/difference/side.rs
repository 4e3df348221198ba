//! The statements of both sides by number: what each is made of, and which of them a class of actions meets.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::action::{ActionClass, ActionText, Affected};
use super::cells::Cells;
use super::comparison::Elements;
use crate::iam::{Condition, Document, Effect, Hierarchy, Language, Policy, PolicySet, Statement};

/// A statement of either side, without its actions: what it says of a request whose action it covers.
pub(super) type Content = usize;

/// The policies that must be evaluated together: a layer, or one level of a hierarchy.
///
/// Those of the resource come one by one, since the auth policies of VPC Lattice must allow each for itself.
/// <https://docs.aws.amazon.com/vpc-lattice/latest/ug/auth-policies.html#auth-policies-evaluation-logic>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LayerId {
    Identity,
    Boundary,
    Session,
    VpcEndpoint,
    Resource(usize),
    ServiceControl(usize),
    ResourceControl(usize),
}

/// A policy that a set holds: two sets that share it hold the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct PolicyId(usize);

impl PolicyId {
    /// Where the policy is kept tells it from every other while it is kept there, as the sides do while they are compared.
    fn of(policy: &Arc<Policy>) -> Self {
        Self(Arc::as_ptr(policy).addr())
    }
}

/// All that a statement says, but for its actions. Statements that say the same have the same number.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Said {
    effect: Effect,
    language: Language,
    /// Whether it is `NotPrincipal`, and the kinds and values of its entries.
    principal: Option<(bool, Vec<(String, String)>)>,
    /// Whether it is `NotResource`, and its entries.
    resource: Option<(bool, Vec<String>)>,
    /// Operators, keys in lower case, and values.
    conditions: Vec<(String, String, Vec<String>)>,
}

/// One side: for each layer whether it is empty, and its statements.
#[derive(Debug)]
pub(super) struct Side(Vec<(LayerId, bool, Vec<usize>)>);

/// What one class of actions meets on one side: the contents in each layer.
pub(super) type Signature = Vec<(LayerId, bool, Vec<Content>)>;

/// Every statement of some sets of policies.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// The number of the first statement of each policy.
    first: BTreeMap<PolicyId, usize>,
    statements: Vec<Parts>,
    contents: BTreeMap<Said, Content>,
}

/// What a statement is made of, by number.
#[derive(Debug)]
struct Parts {
    /// The patterns of its Action or `NotAction`.
    actions: Vec<usize>,
    /// Whether one of them is `*`.
    every_action: bool,
    not_action: bool,
    content: Content,
    entries: Vec<usize>,
    /// Those of them that a policy of this type takes.
    taken: Vec<usize>,
    /// Whether they are those of Resource.
    has_resource: bool,
    lines: Vec<usize>,
}

impl Said {
    fn new(statement: &Statement, language: Language) -> Self {
        let principal = statement.principal.as_ref().map(|element| {
            (element.negated, element.entries.iter().map(|entry| (entry.kind.clone(), entry.value.clone())).collect())
        });
        let resource = statement
            .resource
            .as_ref()
            .map(|element| (element.negated, element.entries.iter().map(|entry| entry.value.clone()).collect()));
        let condition = |condition: &Condition| {
            let values = condition.values.iter().map(|value| value.value.clone()).collect();
            (condition.operator.text.to_string(), condition.folded_key.clone(), values)
        };
        let conditions = statement.conditions.iter().map(condition).collect();
        Self { effect: statement.effect, language, principal, resource, conditions }
    }
}

impl Index {
    /// Adds the statements of a set that are not there yet.
    pub(super) fn add(&mut self, set: &PolicySet, texts: &[ActionText]) {
        let numbers: BTreeMap<String, usize> =
            texts.iter().enumerate().map(|(number, text)| (text.text.to_ascii_lowercase(), number)).collect();
        for (_, policies) in layers(set) {
            for policy in policies {
                if self.first.contains_key(&PolicyId::of(policy)) {
                    continue;
                }
                self.first.insert(PolicyId::of(policy), self.statements.len());
                for statement in &policy.document.statements {
                    let next = self.contents.len();
                    let said = Said::new(statement, policy.document.language);
                    let content = *self.contents.entry(said).or_insert(next);
                    let entries = || statement.action.entries.iter();
                    self.statements.push(Parts {
                        actions: entries()
                            .filter_map(|entry| numbers.get(&entry.text.to_ascii_lowercase()).copied())
                            .collect(),
                        every_action: entries().any(|entry| entry.pattern.service().is_none()),
                        not_action: statement.action.negated,
                        content,
                        entries: Vec::new(),
                        taken: Vec::new(),
                        has_resource: statement.resource.as_ref().is_some_and(|element| !element.negated),
                        lines: Vec::new(),
                    });
                }
            }
        }
    }

    /// Whose actions meet a statement that only one of the sides has.
    pub(super) fn affected(&self, sides: [&Side; 2], texts: &[ActionText]) -> Affected {
        let [before, after] = sides.map(|side| {
            let mut counts: BTreeMap<_, (usize, usize)> = BTreeMap::new();
            for (layer, _, statements) in &side.0 {
                for (number, parts) in
                    statements.iter().filter_map(|number| Some((number, self.statements.get(*number)?)))
                {
                    let mut actions = parts.actions.clone();
                    actions.sort_unstable();
                    actions.dedup();
                    let key = (*layer, parts.every_action, parts.not_action, parts.content, actions);
                    counts.entry(key).or_insert((0, *number)).0 += 1;
                }
            }
            counts
        });
        let layers = |side: &Side| side.0.iter().map(|(layer, empty, _)| (*layer, *empty)).collect::<Vec<_>>();
        if layers(sides[0]) != layers(sides[1]) {
            return Affected::Everything;
        }
        let count = |counts: &BTreeMap<_, (usize, usize)>, key| counts.get(key).map_or(0, |(count, _)| *count);
        let changed = before.keys().chain(after.keys()).filter(|key| count(&before, *key) != count(&after, *key));
        let mut services = BTreeSet::new();
        for (_, every_action, not_action, _, actions) in changed {
            if *every_action || *not_action {
                return Affected::Everything;
            }
            for text in actions.iter().filter_map(|number| texts.get(*number)) {
                match text.pattern.service() {
                    Some(service) if !service.contains(['*', '?']) => services.insert(service.to_owned()),
                    _ => return Affected::Everything,
                };
            }
        }
        Affected::Services(services)
    }

    /// How many statements there are.
    pub(super) const fn len(&self) -> usize {
        self.statements.len()
    }

    /// Gives the statements of the set the numbers of their resources and conditions.
    pub(super) fn number(&mut self, set: &PolicySet, elements: &Elements) {
        let numbers = elements.entry_numbers();
        for (_, policies) in layers(set) {
            for policy in policies {
                let language = policy.document.language;
                let first = self.first.get(&PolicyId::of(policy)).copied().unwrap_or(self.statements.len());
                let parts = self.statements.iter_mut().skip(first);
                for (statement, parts) in policy.document.statements.iter().zip(parts) {
                    let resource = statement.resource.iter();
                    for (entry, pattern) in
                        resource.flat_map(|resource| resource.entries.iter().zip(&resource.patterns))
                    {
                        let number = numbers.get(&(entry.value.as_str(), language)).copied();
                        parts.entries.extend(number);
                        parts.taken.extend(number.filter(|_| policy.policy_type.takes(pattern)));
                    }
                    let conditions = statement.conditions.iter();
                    let known = |condition| elements.lines.iter().position(|line| line.is(condition, language));
                    parts.lines = conditions.filter_map(known).collect();
                }
            }
        }
    }

    /// The layers of a set that was added.
    pub(super) fn side(&self, set: &PolicySet) -> Side {
        let layer = |(layer, policies): (LayerId, &[Arc<Policy>])| {
            let of_policy = |policy: &Arc<Policy>| {
                let first = self.first.get(&PolicyId::of(policy)).copied().unwrap_or_default();
                first..first + policy.document.statements.len()
            };
            (layer, policies.is_empty(), policies.iter().flat_map(of_policy).collect())
        };
        Side(layers(set).map(layer).collect())
    }

    /// For each statement whether it covers the class.
    pub(super) fn covering(&self, class: &ActionClass, texts: usize) -> Vec<bool> {
        let mut own = vec![false; texts];
        for pattern in &class.patterns {
            if let Some(own) = own.get_mut(*pattern) {
                *own = true;
            }
        }
        let named = |parts: &Parts| parts.actions.iter().any(|text| own.get(*text) == Some(&true));
        self.statements.iter().map(|parts| (parts.every_action || named(parts)) != parts.not_action).collect()
    }

    /// The resources of the statements that are covered on these sides, each once.
    pub(super) fn entries(&self, covering: &[bool], sides: [&Side; 2]) -> Vec<usize> {
        let mut entries: Vec<usize> = (sides.into_iter().flat_map(|side| &side.0))
            .flat_map(|(.., statements)| statements)
            .filter(|number| covering.get(**number) == Some(&true))
            .filter_map(|number| self.statements.get(*number))
            .flat_map(|parts| parts.entries.iter().copied())
            .collect();
        entries.sort_unstable();
        entries.dedup();
        entries
    }

    /// The different resources that the covered statements of any side have, as far as their policies take them, each with those
    /// statements.
    pub(super) fn resources(&self, covering: &[bool]) -> Vec<(Cells, Cells)> {
        let mut resources: BTreeMap<&[usize], Cells> = BTreeMap::new();
        for (number, parts) in self.covered(covering) {
            resources.entry(parts.taken.as_slice()).or_default().insert(number);
        }
        resources.into_iter().map(|(taken, statements)| (taken.iter().copied().collect(), statements)).collect()
    }

    /// The covered statements that do not name resources in Resource.
    pub(super) fn without_resource(&self, covering: &[bool]) -> Cells {
        self.covered(covering).filter(|(_, parts)| !parts.has_resource).map(|(number, _)| number).collect()
    }

    fn covered<'i>(&'i self, covering: &'i [bool]) -> impl Iterator<Item = (usize, &'i Parts)> {
        self.statements.iter().enumerate().zip(covering).filter(|(_, covered)| **covered).map(|(parts, _)| parts)
    }

    /// The conditions of a statement that is covered.
    pub(super) fn lines(&self, covering: &[bool], policy: &Arc<Policy>, position: usize) -> Option<&[usize]> {
        let number = self.first.get(&PolicyId::of(policy))? + position;
        covering.get(number).filter(|covered| **covered)?;
        self.statements.get(number).map(|parts| parts.lines.as_slice())
    }
}

impl Side {
    /// What the class that these statements cover meets.
    pub(super) fn signature(&self, index: &Index, covering: &[bool]) -> Signature {
        let layer = |(layer, is_empty, statements): &(LayerId, bool, Vec<usize>)| {
            let mut met: Vec<Content> = (statements.iter().filter(|number| covering.get(**number) == Some(&true)))
                .filter_map(|number| index.statements.get(*number))
                .map(|parts| parts.content)
                .collect();
            met.sort_unstable();
            met.dedup();
            (*layer, *is_empty, met)
        };
        self.0.iter().map(layer).collect()
    }

    /// The statements, in the order of [`statements`].
    pub(super) fn statements(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().flat_map(|(.., statements)| statements.iter().copied())
    }
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

/// The policies of each layer and level.
fn layers(set: &PolicySet) -> impl Iterator<Item = (LayerId, &[Arc<Policy>])> {
    let single = [
        (LayerId::Identity, &set.identity),
        (LayerId::Boundary, &set.boundary),
        (LayerId::Session, &set.session),
        (LayerId::VpcEndpoint, &set.vpc_endpoint),
    ];
    let single = single.into_iter().map(|(id, layer)| (id, layer.policies.as_slice()));
    let of_resource = set.resource.policies.as_slice();
    let none = of_resource.is_empty().then_some((LayerId::Resource(0), of_resource));
    let each = of_resource.chunks(1).enumerate().map(|(number, one)| (LayerId::Resource(number), one));
    let service = levels(&set.service_control, LayerId::ServiceControl);
    let resource = levels(&set.resource_control, LayerId::ResourceControl);
    single.chain(none).chain(each).chain(service).chain(resource)
}

fn levels(hierarchy: &Hierarchy, id: fn(usize) -> LayerId) -> impl Iterator<Item = (LayerId, &[Arc<Policy>])> {
    hierarchy.levels.iter().enumerate().map(move |(number, level)| (id(number), level.policies.as_slice()))
}

/// All statements with their policies, layer by layer.
pub(super) fn statements(set: &PolicySet) -> impl Iterator<Item = (&Arc<Policy>, &Statement)> {
    layers(set)
        .flat_map(|(_, policies)| policies)
        .flat_map(|policy| policy.document.statements.iter().map(move |statement| (policy, statement)))
}
