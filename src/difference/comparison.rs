//! What is compared, and what the comparison found: the types that its steps share.

use std::collections::BTreeMap;

use super::access_change::AccessChange;
use super::action::{ActionClass, ActionText};
use super::cells::Cells;
use super::context::{ConditionRef, KeyDomain};
use super::explore::Tree;
use super::resource::{Entry, ResourceCell, Scope};
use super::sets::PrincipalSet;
use super::stand_in::elsewhere;
use super::variable_assignment::VariableAssignment;
use crate::iam::{Action, Language, PolicySet, Request};
use crate::reference::Reference;

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
    /// Whose requests they are.
    pub(super) principals: Vec<PrincipalSet>,
    pub(super) reference: &'a Reference,
}

/// One side's policies.
pub(super) struct Policies {
    pub(super) all: PolicySet,
    pub(super) denies: Option<PolicySet>,
}

/// Both sides, for resources that the resource-based policies at hand are about, and for others.
pub(super) struct Sides {
    pub(super) inside: [Policies; 2],
    pub(super) outside: [Policies; 2],
}

/// The sets of patterns and conditions of both sides.
pub(super) struct Elements {
    pub(super) texts: Vec<ActionText>,
    pub(super) entries: Vec<Entry>,
    pub(super) lines: Vec<ConditionRef>,
}

/// What is known of one class of actions: each cell of resources has a tree.
pub(super) struct Answered {
    pub(super) cells: Vec<ResourceCell>,
    /// The trees, each with the cells that have it.
    pub(super) trees: Vec<(Tree, Cells)>,
    /// The entries of Resource that the statements of the class have, by number.
    pub(super) entries: Vec<usize>,
}

/// The answers under one assignment of values to the policy variables.
pub(super) struct Solution<'c> {
    pub(super) assignment: &'c VariableAssignment,
    pub(super) keys: Vec<KeyDomain>,
    pub(super) answered: Vec<Answered>,
    /// For each class that changed, by number, its answers by number: classes that meet the same statements share them.
    pub(super) of_class: Vec<(usize, usize)>,
}

/// The classes of actions that the policies tell apart, and what they are told apart by.
#[expect(clippy::struct_field_names, reason = "the classes, beside what they are made of")]
pub(super) struct Classes {
    pub(super) sides: Sides,
    pub(super) elements: Elements,
    pub(super) classes: Vec<ActionClass>,
}

/// A change, and the classes of its actions by number.
#[derive(Debug, Clone)]
pub(super) struct Described {
    pub(super) change: AccessChange,
    pub(super) classes: Cells,
}

impl Problem<'_> {
    /// Both sides as they are for a resource in the scope of the resource-based policies, and outside.
    pub(super) fn sides(&self) -> Sides {
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
    pub(super) fn sets(&self) -> impl Iterator<Item = &PolicySet> {
        self.inside.iter().chain(&self.outside).flat_map(|side| std::iter::once(&side.all).chain(&side.denies))
    }
}

impl Elements {
    /// Whether no variable is among the resources, and nothing among the actions is left open by a template.
    pub(super) fn are_plain(&self) -> bool {
        self.entries.iter().all(|entry| !entry.text.contains("${"))
            && self.texts.iter().all(|text| !text.pattern.is_open())
    }

    /// The number of each entry of Resource.
    pub(super) fn entry_numbers(&self) -> BTreeMap<(&str, Language), usize> {
        let numbered = self.entries.iter().enumerate();
        numbered.map(|(number, entry)| ((entry.text.as_str(), entry.language), number)).collect()
    }
}
