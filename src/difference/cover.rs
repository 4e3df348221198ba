//! A set of cells in the words of the patterns that cut it out: few patterns, each perhaps with exceptions.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::cells::Cells;
use super::sets::Pattern;

/// A pattern and the cells that it covers.
#[derive(Debug, Clone)]
pub(super) struct Candidate<T> {
    says: T,
    cells: Cells,
    count: usize,
    /// Where its cells are, so that others are quickly seen to be elsewhere.
    span: (usize, usize),
}

impl<T> Candidate<T> {
    pub(super) fn new(says: T, cells: Cells) -> Self {
        Self { count: cells.count(), span: cells.span(), says, cells }
    }

    fn meets(&self, cells: &Cells, (first, behind): (usize, usize)) -> bool {
        self.span.0 < behind && first < self.span.1 && self.cells.meets(cells)
    }
}

/// One or more candidates that must all match.
#[derive(Debug, Clone)]
struct Joint<'c, T> {
    says: Vec<&'c T>,
    cells: Cells,
}

/// What is to be said: these cells, and perhaps those that are free.
#[derive(Debug, Clone, Copy)]
struct Goal<'g> {
    wanted: &'g Cells,
    free: &'g Cells,
    /// Whether an exception may take away what another pattern says.
    lenient: bool,
}

/// A pattern with exceptions, and what of the wanted it says.
struct Said<T> {
    pattern: Pattern<T>,
    cells: Cells,
    size: usize,
}

/// A pattern with more exceptions is no help to a reader.
const MOST_EXCEPTIONS: usize = 24;

/// Says `wanted` in patterns; cells in `free` may be covered or not. `None` if the patterns cannot say it.
pub(super) fn cover<T: Clone + Ord>(
    wanted: &Cells,
    free: &Cells,
    candidates: &[Candidate<T>],
) -> Option<Vec<Pattern<T>>> {
    let strict = Goal { wanted, free, lenient: false };
    // most often one pattern says it
    let exact = candidates
        .iter()
        .filter(|candidate| wanted.is_within(&candidate.cells) && candidate.cells.without(wanted).is_within(free));
    if let Some(exact) = exact.min_by_key(|candidate| candidate.count) {
        return Some(vec![Pattern::new(exact.says.clone())]);
    }
    let mut joints: Vec<Joint<'_, T>> = candidates
        .iter()
        .filter(|candidate| candidate.meets(wanted, wanted.span()))
        .map(|candidate| Joint { says: vec![&candidate.says], cells: candidate.cells.clone() })
        .collect();
    let all = said_by(&joints, strict, candidates);
    let one = all
        .iter()
        .filter(|said| wanted.is_within(&said.cells))
        .min_by_key(|said| (said.pattern.except.len(), said.size))
        .map(|said| vec![said.pattern.clone()]);
    let length = |patterns: &[Pattern<T>]| patterns.iter().map(|pattern| 1 + pattern.except.len()).sum::<usize>();
    match (one, greedily(wanted, &all)) {
        (Some(one), Some(several)) => return Some(if length(&one) <= length(&several) { one } else { several }),
        (None, None) => {}
        (one, several) => return one.or(several),
    }
    // with patterns that must match together
    for cell in wanted.iter() {
        let joint = meeting(cell, candidates);
        if joint.says.len() > 1 && !joints.iter().any(|known| known.says == joint.says) {
            joints.push(joint);
        }
    }
    greedily(wanted, &said_by(&joints, strict, candidates))
        .or_else(|| greedily(wanted, &said_by(&joints, Goal { lenient: true, ..strict }, candidates)))
}

/// All candidates that cover the cell, as far as each leaves out more.
fn meeting<T>(cell: usize, candidates: &[Candidate<T>]) -> Joint<'_, T> {
    let mut covering: Vec<(usize, &Candidate<T>)> = candidates
        .iter()
        .filter(|candidate| candidate.cells.contains(cell))
        .map(|candidate| (candidate.count, candidate))
        .collect();
    covering.sort_by_key(|(size, _)| *size);
    let mut joint = Joint { says: Vec::new(), cells: Cells::default() };
    for (_, candidate) in covering {
        let first = joint.says.is_empty();
        let met = if first { candidate.cells.clone() } else { joint.cells.and(&candidate.cells) };
        if first || met.count() < joint.cells.count() {
            joint.says.push(&candidate.says);
            joint.cells = met;
        }
    }
    joint
}

/// Takes the pattern that says most, again and again.
fn greedily<T: Clone + Ord>(wanted: &Cells, all: &[Said<T>]) -> Option<Vec<Pattern<T>>> {
    // an exception is worth as much as the pattern that it saves
    let worth =
        |said: &Said<T>, gain: usize| (gain.saturating_sub(said.pattern.except.len()), gain, Reverse(said.size));
    let mut left = wanted.clone();
    // what a pattern says beside the others can only become less
    let mut most: BinaryHeap<_> =
        all.iter().enumerate().map(|(index, said)| (worth(said, said.cells.common(&left)), index)).collect();
    let mut picked: Vec<&Said<T>> = Vec::new();
    while !left.is_empty() {
        let (known, index) = most.pop()?;
        let Some(best) = all.get(index) else { continue };
        let gain = best.cells.common(&left);
        let now = (worth(best, gain), index);
        if gain == 0 {
            continue;
        }
        if now.0 < known && most.peek().is_some_and(|next| *next > now) {
            most.push(now);
            continue;
        }
        left.remove(&best.cells);
        picked.push(best);
    }
    // what later patterns say too need not be said by an earlier one
    let mut times: Vec<usize> = Vec::new();
    for cell in picked.iter().flat_map(|said| said.cells.iter()) {
        if times.len() <= cell {
            times.resize(cell + 1, 0);
        }
        if let Some(times) = times.get_mut(cell) {
            *times += 1;
        }
    }
    picked.retain(|said| {
        let needed = said.cells.iter().any(|cell| times.get(cell) == Some(&1));
        if !needed {
            said.cells.iter().for_each(|cell| {
                if let Some(times) = times.get_mut(cell) {
                    *times -= 1;
                }
            });
        }
        needed
    });
    let mut patterns: Vec<Pattern<T>> = picked.into_iter().map(|said| said.pattern.clone()).collect();
    patterns.sort();
    Some(patterns)
}

/// What each of the patterns can say.
fn said_by<T: Clone + Ord>(joints: &[Joint<'_, T>], goal: Goal<'_>, candidates: &[Candidate<T>]) -> Vec<Said<T>> {
    joints.iter().filter_map(|joint| said(joint, goal, candidates)).collect()
}

/// The pattern without what is not wanted; `None` if no exceptions take it all away.
fn said<T: Clone + Ord>(joint: &Joint<'_, T>, goal: Goal<'_>, candidates: &[Candidate<T>]) -> Option<Said<T>> {
    let mut cells = joint.cells.and(goal.wanted);
    let unwanted = joint.cells.without(goal.wanted).without(goal.free);
    let mut except = if unwanted.is_empty() {
        Vec::new()
    } else if goal.lenient {
        leniently(&mut cells, unwanted, candidates)?
    } else {
        exceptions(&cells, unwanted, candidates)?
    };
    except.sort();
    let mut says = joint.says.iter().copied().cloned();
    let pattern = Pattern { pattern: says.next()?, also: says.collect(), except };
    Some(Said { pattern, cells, size: joint.cells.count() })
}

/// The patterns that take away what is unwanted and nothing else, those first that take most.
fn exceptions<T: Clone>(cells: &Cells, mut unwanted: Cells, candidates: &[Candidate<T>]) -> Option<Vec<T>> {
    let (own, span) = (cells.span(), unwanted.span());
    let mut all = Cells::default();
    // what a pattern takes can only become less
    let mut useful: BinaryHeap<(usize, Reverse<usize>, usize)> = BinaryHeap::new();
    for (index, candidate) in candidates.iter().enumerate() {
        if candidate.meets(&unwanted, span) && !candidate.meets(cells, own) {
            all.add(&candidate.cells);
            useful.push((candidate.count, Reverse(candidate.count), index));
        }
    }
    if !unwanted.is_within(&all) {
        return None;
    }
    let mut except = Vec::new();
    while !unwanted.is_empty() {
        let (said, count, index) = useful.pop()?;
        let Some(best) = candidates.get(index) else { continue };
        let gain = best.cells.common(&unwanted);
        if gain < said && useful.peek().is_some_and(|next| *next > (gain, count, index)) {
            if gain > 0 {
                useful.push((gain, count, index));
            }
            continue;
        }
        if gain == 0 {
            return None;
        }
        unwanted.remove(&best.cells);
        except.push(best.says.clone());
        if except.len() > MOST_EXCEPTIONS {
            return None;
        }
    }
    Some(except)
}

/// The patterns that take away what is unwanted, and as little as can be of the cells.
fn leniently<T: Clone>(cells: &mut Cells, mut unwanted: Cells, candidates: &[Candidate<T>]) -> Option<Vec<T>> {
    let useful: Vec<&Candidate<T>> = candidates.iter().filter(|candidate| candidate.cells.meets(&unwanted)).collect();
    let mut except: Vec<T> = Vec::new();
    while !unwanted.is_empty() {
        let total = cells.count();
        let (.., best) = useful
            .iter()
            .map(|other| (other.cells.common(&unwanted), other.cells.common(cells), other))
            .filter(|(gain, loss, _)| *gain > 0 && (*loss == 0 || *loss < total))
            .max_by_key(|(gain, loss, other)| (Reverse(*loss), *gain, Reverse(other.count)))?;
        unwanted.remove(&best.cells);
        cells.remove(&best.cells);
        except.push(best.says.clone());
        if except.len() > MOST_EXCEPTIONS {
            return None;
        }
    }
    Some(except)
}
