//! A set of cells in the words of the patterns that cut it out: few patterns, each perhaps with exceptions.

use std::collections::BTreeSet;

use super::region::Pattern;

/// A pattern and the cells that it covers.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) text: String,
    pub(super) cells: BTreeSet<usize>,
}

/// One or more candidates that must all match.
#[derive(Debug, Clone)]
struct Joint<'c> {
    texts: Vec<&'c str>,
    cells: BTreeSet<usize>,
}

/// What is to be said: these cells, and perhaps those that are free.
#[derive(Debug, Clone, Copy)]
struct Goal<'g> {
    wanted: &'g BTreeSet<usize>,
    free: &'g BTreeSet<usize>,
    /// Whether an exception may take away what another pattern says.
    lenient: bool,
}

/// A pattern with exceptions, and what of the wanted it says.
struct Said {
    pattern: Pattern,
    cells: BTreeSet<usize>,
}

/// Says `wanted` in patterns; cells in `free` may be covered or not. `None` if the patterns cannot say it.
pub(super) fn cover(
    wanted: &BTreeSet<usize>,
    free: &BTreeSet<usize>,
    candidates: &[Candidate],
) -> Option<Vec<Pattern>> {
    let mut joints: Vec<Joint<'_>> = candidates
        .iter()
        .map(|candidate| Joint { texts: vec![candidate.text.as_str()], cells: candidate.cells.clone() })
        .collect();
    let strict = Goal { wanted, free, lenient: false };
    let one = joints
        .iter()
        .filter(|joint| wanted.is_subset(&joint.cells))
        .filter_map(|joint| Some((joint.cells.len(), said(joint, strict, &joints)?.pattern)))
        .min_by_key(|(size, pattern)| (pattern.except.len(), *size))
        .map(|(_, pattern)| vec![pattern]);
    let length = |patterns: &[Pattern]| patterns.iter().map(|pattern| 1 + pattern.except.len()).sum::<usize>();
    match (one, greedily(strict, &joints)) {
        (Some(one), Some(several)) => return Some(if length(&one) <= length(&several) { one } else { several }),
        (None, None) => {}
        (one, several) => return one.or(several),
    }
    // with patterns that must match together
    for cell in wanted {
        let joint = meeting(*cell, candidates);
        if joint.texts.len() > 1 && !joints.iter().any(|known| known.texts == joint.texts) {
            joints.push(joint);
        }
    }
    greedily(strict, &joints).or_else(|| greedily(Goal { lenient: true, ..strict }, &joints))
}

/// All candidates that cover the cell, as far as each leaves out more.
fn meeting(cell: usize, candidates: &[Candidate]) -> Joint<'_> {
    let mut covering: Vec<&Candidate> = candidates.iter().filter(|candidate| candidate.cells.contains(&cell)).collect();
    covering.sort_by_key(|candidate| candidate.cells.len());
    let mut joint = Joint { texts: Vec::new(), cells: BTreeSet::new() };
    for candidate in covering {
        let met: BTreeSet<usize> = if joint.texts.is_empty() {
            candidate.cells.clone()
        } else {
            joint.cells.intersection(&candidate.cells).copied().collect()
        };
        if joint.texts.is_empty() || met.len() < joint.cells.len() {
            joint.texts.push(&candidate.text);
            joint.cells = met;
        }
    }
    joint
}

/// Takes the pattern that says most, again and again.
fn greedily(goal: Goal<'_>, joints: &[Joint<'_>]) -> Option<Vec<Pattern>> {
    let mut left = goal.wanted.clone();
    let mut patterns: Vec<Said> = Vec::new();
    while !left.is_empty() {
        let best = joints
            .iter()
            .filter(|joint| !joint.cells.is_disjoint(&left))
            .filter_map(|joint| Some((joint.cells.len(), said(joint, goal, joints)?)))
            .map(|(size, said)| {
                let gain = said.cells.intersection(&left).count();
                // an exception is worth as much as the pattern that it saves
                let score = gain.saturating_sub(said.pattern.except.len());
                ((score, gain, std::cmp::Reverse(size)), said)
            })
            .filter(|((_, gain, _), _)| *gain > 0)
            .max_by(|a, b| a.0.cmp(&b.0))?;
        left.retain(|cell| !best.1.cells.contains(cell));
        patterns.push(best.1);
    }
    // what later patterns say too need not be said by an earlier one
    let mut at = 0;
    while at < patterns.len() {
        let others: BTreeSet<usize> = (patterns.iter().enumerate())
            .filter(|(index, _)| *index != at)
            .flat_map(|(_, said)| said.cells.iter().copied())
            .collect();
        if patterns.get(at).is_some_and(|said| said.cells.is_subset(&others)) {
            patterns.remove(at);
        } else {
            at += 1;
        }
    }
    let mut patterns: Vec<Pattern> = patterns.into_iter().map(|said| said.pattern).collect();
    patterns.sort();
    Some(patterns)
}

/// The pattern without what is not wanted; `None` if no exceptions take it all away.
fn said(joint: &Joint<'_>, goal: Goal<'_>, joints: &[Joint<'_>]) -> Option<Said> {
    let mut cells: BTreeSet<usize> = joint.cells.intersection(goal.wanted).copied().collect();
    let mut unwanted: BTreeSet<usize> =
        joint.cells.iter().filter(|cell| !goal.wanted.contains(cell) && !goal.free.contains(cell)).copied().collect();
    let mut except: Vec<String> = Vec::new();
    while !unwanted.is_empty() {
        let (.., best) = joints
            .iter()
            .filter(|other| other.texts.len() == 1)
            .map(|other| (other.cells.intersection(&unwanted).count(), other.cells.intersection(&cells).count(), other))
            .filter(|(gain, loss, _)| *gain > 0 && (*loss == 0 || (goal.lenient && *loss < cells.len())))
            .max_by_key(|(gain, loss, other)| {
                (std::cmp::Reverse(*loss), *gain, std::cmp::Reverse(other.cells.len()))
            })?;
        unwanted.retain(|cell| !best.cells.contains(cell));
        cells.retain(|cell| !best.cells.contains(cell));
        except.extend(best.texts.iter().map(|text| (*text).to_owned()));
    }
    except.sort();
    let mut texts = joint.texts.iter().map(|text| (*text).to_owned());
    Some(Said { pattern: Pattern { pattern: texts.next()?, also: texts.collect(), except }, cells })
}
