//! One class of actions on one kind of resource: in which contexts the answers before and after differ.

use super::automaton::Budget;
use super::context::Key;
use super::region::Change;
use crate::evaluate::{Decision, Truth, decide};
use crate::iam::{PolicySet, Request};

/// Decisions by the cases of condition keys: each branch says for which cases of its key it holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tree {
    Leaf(Leaf),
    /// The number of the key, and disjoint sets of its cases (as bits) with what follows.
    Split(usize, Vec<(u128, Self)>),
}

/// What the answers before and after are to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Leaf {
    Same,
    Changed(Change),
    CannotTell,
}

/// A way through the tree to one leaf: for some keys, the cases.
pub(super) type Path = Vec<(usize, u128)>;

/// The policies of one side, as far as they concern the request.
pub(super) struct Answers {
    pub(super) policies: PolicySet,
    /// For a document on its own: only its denies, with everything else allowed.
    pub(super) denies: Option<PolicySet>,
}

/// Both sides, and the keys to tell cases by.
pub(super) struct Explorer<'e> {
    pub(super) before: &'e Answers,
    pub(super) after: &'e Answers,
    pub(super) keys: &'e [Key],
    /// The conditions that can matter.
    pub(super) lines: &'e [bool],
}

impl Explorer<'_> {
    /// The tree of decisions for the request; `None` when the budget does not suffice.
    pub(super) fn explore(&self, request: &mut Request, budget: &mut Budget) -> Option<Tree> {
        self.from(0, request, budget)
    }

    fn from(&self, first: usize, request: &mut Request, budget: &mut Budget) -> Option<Tree> {
        // a decision looks at every statement of both sides
        budget.spend(200 + 40 * self.lines.len())?;
        if let Some(leaf) = self.leaf(request) {
            return Some(Tree::Leaf(leaf));
        }
        let matters = |key: &Key| key.lines.iter().any(|line| self.lines.get(*line) == Some(&true));
        let Some((index, key)) = self.keys.iter().enumerate().skip(first).find(|(_, key)| matters(key)) else {
            return Some(Tree::Leaf(Leaf::CannotTell));
        };
        let mut branches: Vec<(u128, Tree)> = Vec::new();
        for (mask, case) in self.kinds(key) {
            let value = key.cases.get(case).map(|case| case.value.clone())?;
            let before = request.context.clone();
            request.context.set(&key.folded, value);
            let tree = self.from(index + 1, request, budget);
            request.context = before;
            let tree = tree?;
            match branches.iter_mut().find(|(_, other)| *other == tree) {
                Some((known, _)) => *known |= mask,
                None => branches.push((mask, tree)),
            }
        }
        branches.sort();
        match branches.pop() {
            Some((_, only)) if branches.is_empty() => Some(only),
            Some(last) => {
                branches.push(last);
                Some(Tree::Split(index, branches))
            }
            None => Some(Tree::Leaf(Leaf::CannotTell)),
        }
    }

    /// The key's cases, as far as the conditions that matter tell them apart: bits, and one case of each.
    fn kinds(&self, key: &Key) -> Vec<(u128, usize)> {
        let mut kinds: Vec<(Vec<Truth>, u128, usize)> = Vec::new();
        for (index, case) in key.cases.iter().enumerate() {
            let told = key.lines.iter().zip(&case.truths).filter(|(line, _)| self.lines.get(**line) == Some(&true));
            let truths: Vec<Truth> = told.map(|(_, truth)| *truth).collect();
            match kinds.iter_mut().find(|(known, ..)| *known == truths) {
                Some((_, mask, _)) => *mask |= 1 << index,
                None => kinds.push((truths, 1 << index, index)),
            }
        }
        kinds.into_iter().map(|(_, mask, case)| (mask, case)).collect()
    }

    /// How the answers differ, if what is known of the context decides that.
    fn leaf(&self, request: &Request) -> Option<Leaf> {
        let allowed = |answers: &Answers| match decide(request, &answers.policies) {
            Decision::Allowed => Some(true),
            Decision::Undetermined => None,
            Decision::ExplicitDeny | Decision::ImplicitDeny => Some(false),
        };
        match (allowed(self.before)?, allowed(self.after)?) {
            (false, true) => return Some(Leaf::Changed(Change::Allowed)),
            (true, false) => return Some(Leaf::Changed(Change::NotAllowed)),
            (true, true) => return Some(Leaf::Same),
            (false, false) => {}
        }
        let denied = |answers: &Answers| match decide(request, answers.denies.as_ref().unwrap_or(&answers.policies)) {
            _ if answers.denies.is_none() => Some(false),
            Decision::Allowed => Some(false),
            Decision::Undetermined => None,
            Decision::ExplicitDeny | Decision::ImplicitDeny => Some(true),
        };
        Some(match (denied(self.before)?, denied(self.after)?) {
            (true, false) => Leaf::Changed(Change::DenyLifted),
            (false, true) => Leaf::Changed(Change::DenyAdded),
            _ => Leaf::Same,
        })
    }
}

impl Tree {
    /// Every way to a leaf that is not the same on both sides.
    pub(super) fn paths(&self) -> Vec<(Path, Leaf)> {
        let mut found = Vec::new();
        self.collect(&mut Vec::new(), &mut found);
        found
    }

    fn collect(&self, path: &mut Path, found: &mut Vec<(Path, Leaf)>) {
        match self {
            Self::Leaf(Leaf::Same) => {}
            Self::Leaf(leaf) => found.push((path.clone(), *leaf)),
            Self::Split(key, branches) => {
                for (mask, tree) in branches {
                    path.push((*key, *mask));
                    tree.collect(path, found);
                    path.pop();
                }
            }
        }
    }
}
