//! One class of actions on one kind of resource: in which contexts the answers before and after differ.

use super::access_change::Change;
use super::budget::Budget;
use super::context::KeyDomain;
use crate::evaluate::{Decision, Prepared, Truth};

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

/// One side's answer, but for the conditions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Answers {
    pub(super) policies: Prepared,
    /// For a document on its own: only its denies, with everything else allowed.
    pub(super) denies: Option<Prepared>,
}

/// The answers of both sides to one request in any context. Requests with equal questions differ in the same contexts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Question {
    pub(super) before: Answers,
    pub(super) after: Answers,
}

/// The keys to tell cases by, and what is known without them.
pub(super) struct Explorer<'e> {
    pub(super) keys: &'e [KeyDomain],
    /// For each condition whether it holds as far as the assignment tells.
    pub(super) lines: &'e [Truth],
}

impl Explorer<'_> {
    /// The tree of decisions; `None` when the budget does not suffice.
    pub(super) fn explore(&self, question: &Question, budget: &mut Budget) -> Option<Tree> {
        let cost = 20 + question.before.size() + question.after.size();
        self.from(0, question, &mut self.lines.to_vec(), cost, budget)
    }

    fn from(
        &self,
        first: usize,
        question: &Question,
        lines: &mut Vec<Truth>,
        cost: usize,
        budget: &mut Budget,
    ) -> Option<Tree> {
        budget.spend(cost)?;
        if let Some(leaf) = question.leaf(lines) {
            return Some(Tree::Leaf(leaf));
        }
        let mut open = vec![false; lines.len()];
        question.mark(lines, &mut open);
        let matters = |key: &KeyDomain| key.lines.iter().any(|line| open.get(*line) == Some(&true));
        let Some((index, key)) = self.keys.iter().enumerate().skip(first).find(|(_, key)| matters(key)) else {
            return Some(Tree::Leaf(Leaf::CannotTell));
        };
        let mut branches: Vec<(u128, Tree)> = Vec::new();
        for (mask, case) in kinds(key, &open) {
            let truths = key.cases.get(case).map(|case| case.truths.as_slice()).unwrap_or_default();
            put(lines, key.lines.iter().zip(truths).map(|(line, truth)| (*line, *truth)));
            let tree = self.from(index + 1, question, lines, cost, budget);
            put(lines, key.lines.iter().filter_map(|line| Some((*line, *self.lines.get(*line)?))));
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
}

fn put(lines: &mut [Truth], truths: impl Iterator<Item = (usize, Truth)>) {
    for (line, truth) in truths {
        if let Some(place) = lines.get_mut(line) {
            *place = truth;
        }
    }
}

/// The key's cases, as far as the conditions that are open tell them apart: bits, and one case of each.
fn kinds(key: &KeyDomain, open: &[bool]) -> Vec<(u128, usize)> {
    let mut kinds: Vec<(Vec<Truth>, u128, usize)> = Vec::new();
    for (index, case) in key.cases.iter().enumerate() {
        let told = key.lines.iter().zip(&case.truths).filter(|(line, _)| open.get(**line) == Some(&true));
        let truths: Vec<Truth> = told.map(|(_, truth)| *truth).collect();
        match kinds.iter_mut().find(|(known, ..)| *known == truths) {
            Some((_, mask, _)) => *mask |= 1 << index,
            None => kinds.push((truths, 1 << index, index)),
        }
    }
    kinds.into_iter().map(|(_, mask, case)| (mask, case)).collect()
}

impl Question {
    /// How the answers differ, if what is known of the conditions decides that.
    fn leaf(&self, lines: &[Truth]) -> Option<Leaf> {
        let allowed = |answers: &Answers| match answers.policies.decide(lines) {
            Decision::Allowed => Some(true),
            Decision::Undetermined => None,
            Decision::ExplicitDeny | Decision::ImplicitDeny => Some(false),
        };
        match (allowed(&self.before)?, allowed(&self.after)?) {
            (false, true) => return Some(Leaf::Changed(Change::Allowed)),
            (true, false) => return Some(Leaf::Changed(Change::NotAllowed)),
            (true, true) => return Some(Leaf::Same),
            (false, false) => {}
        }
        let denied = |answers: &Answers| match answers.denies.as_ref().map(|denies| denies.decide(lines)) {
            None | Some(Decision::Allowed) => Some(false),
            Some(Decision::Undetermined) => None,
            Some(Decision::ExplicitDeny | Decision::ImplicitDeny) => Some(true),
        };
        Some(match (denied(&self.before)?, denied(&self.after)?) {
            (true, false) => Leaf::Changed(Change::DenyLifted),
            (false, true) => Leaf::Changed(Change::DenyAdded),
            _ => Leaf::Same,
        })
    }

    /// Marks the conditions that can still matter.
    fn mark(&self, lines: &[Truth], open: &mut [bool]) {
        for answers in [&self.before, &self.after] {
            answers.policies.mark(lines, open);
            answers.denies.iter().for_each(|denies| denies.mark(lines, open));
        }
    }
}

impl Answers {
    fn size(&self) -> usize {
        self.policies.size() + self.denies.as_ref().map_or(0, Prepared::size)
    }
}

impl Tree {
    /// Every way to a leaf that is not the same on both sides.
    pub(super) fn paths(&self) -> Vec<(Path, Leaf)> {
        let mut found = Vec::new();
        self.collect(&mut Vec::new(), &mut found);
        found
    }

    /// How long all ways are together, those to the same answer on both sides left out.
    pub(super) fn length(&self) -> usize {
        self.measured(0)
    }

    fn measured(&self, above: usize) -> usize {
        match self {
            Self::Leaf(Leaf::Same) => 0,
            Self::Leaf(_) => above,
            Self::Split(_, branches) => branches.iter().map(|(_, tree)| tree.measured(above + 1)).sum(),
        }
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
