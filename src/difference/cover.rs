//! A set of cells in the words of the patterns that cut it out: few patterns, each perhaps with exceptions.

use super::cells::Cells;
use super::region::Pattern;

/// A pattern and the cells that it covers.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) text: String,
    pub(super) cells: Cells,
}

/// One or more candidates that must all match.
#[derive(Debug, Clone)]
struct Joint<'c> {
    texts: Vec<&'c str>,
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
struct Said {
    pattern: Pattern,
    cells: Cells,
    size: usize,
}

/// A pattern with more exceptions is no help to a reader.
const MOST_EXCEPTIONS: usize = 24;

/// Says `wanted` in patterns; cells in `free` may be covered or not. `None` if the patterns cannot say it.
pub(super) fn cover(wanted: &Cells, free: &Cells, candidates: &[Candidate]) -> Option<Vec<Pattern>> {
    let strict = Goal { wanted, free, lenient: false };
    // most often one pattern says it
    let exact = candidates
        .iter()
        .filter(|candidate| wanted.is_within(&candidate.cells) && candidate.cells.without(wanted).is_within(free));
    if let Some(exact) = exact.min_by_key(|candidate| candidate.cells.count()) {
        return Some(vec![Pattern { pattern: exact.text.clone(), also: Vec::new(), except: Vec::new() }]);
    }
    let mut joints: Vec<Joint<'_>> = candidates
        .iter()
        .filter(|candidate| candidate.cells.meets(wanted))
        .map(|candidate| Joint { texts: vec![candidate.text.as_str()], cells: candidate.cells.clone() })
        .collect();
    let all = said_by(&joints, strict, candidates);
    let one = all
        .iter()
        .filter(|said| wanted.is_within(&said.cells))
        .min_by_key(|said| (said.pattern.except.len(), said.size))
        .map(|said| vec![said.pattern.clone()]);
    let length = |patterns: &[Pattern]| patterns.iter().map(|pattern| 1 + pattern.except.len()).sum::<usize>();
    match (one, greedily(wanted, &all)) {
        (Some(one), Some(several)) => return Some(if length(&one) <= length(&several) { one } else { several }),
        (None, None) => {}
        (one, several) => return one.or(several),
    }
    // with patterns that must match together
    for cell in wanted.iter() {
        let joint = meeting(cell, candidates);
        if joint.texts.len() > 1 && !joints.iter().any(|known| known.texts == joint.texts) {
            joints.push(joint);
        }
    }
    greedily(wanted, &said_by(&joints, strict, candidates))
        .or_else(|| greedily(wanted, &said_by(&joints, Goal { lenient: true, ..strict }, candidates)))
}

/// All candidates that cover the cell, as far as each leaves out more.
fn meeting(cell: usize, candidates: &[Candidate]) -> Joint<'_> {
    let mut covering: Vec<(usize, &Candidate)> = candidates
        .iter()
        .filter(|candidate| candidate.cells.contains(cell))
        .map(|candidate| (candidate.cells.count(), candidate))
        .collect();
    covering.sort_by_key(|(size, _)| *size);
    let mut joint = Joint { texts: Vec::new(), cells: Cells::default() };
    for (_, candidate) in covering {
        let first = joint.texts.is_empty();
        let met = if first { candidate.cells.clone() } else { joint.cells.and(&candidate.cells) };
        if first || met.count() < joint.cells.count() {
            joint.texts.push(&candidate.text);
            joint.cells = met;
        }
    }
    joint
}

/// Takes the pattern that says most, again and again.
fn greedily(wanted: &Cells, all: &[Said]) -> Option<Vec<Pattern>> {
    let mut left = wanted.clone();
    let mut picked: Vec<&Said> = Vec::new();
    while !left.is_empty() {
        let best = all
            .iter()
            .map(|said| {
                let gain = said.cells.common(&left);
                // an exception is worth as much as the pattern that it saves
                let score = gain.saturating_sub(said.pattern.except.len());
                ((score, gain, std::cmp::Reverse(said.size)), said)
            })
            .filter(|((_, gain, _), _)| *gain > 0)
            .max_by(|a, b| a.0.cmp(&b.0))?;
        left.remove(&best.1.cells);
        picked.push(best.1);
    }
    // what later patterns say too need not be said by an earlier one
    let mut at = 0;
    while at < picked.len() {
        let others: Cells = (picked.iter().enumerate())
            .filter(|(index, _)| *index != at)
            .flat_map(|(_, said)| said.cells.iter())
            .collect();
        if picked.get(at).is_some_and(|said| said.cells.is_within(&others)) {
            picked.remove(at);
        } else {
            at += 1;
        }
    }
    let mut patterns: Vec<Pattern> = picked.into_iter().map(|said| said.pattern.clone()).collect();
    patterns.sort();
    Some(patterns)
}

/// What each of the patterns can say.
fn said_by(joints: &[Joint<'_>], goal: Goal<'_>, candidates: &[Candidate]) -> Vec<Said> {
    joints.iter().filter_map(|joint| said(joint, goal, candidates)).collect()
}

/// The pattern without what is not wanted; `None` if no exceptions take it all away.
fn said(joint: &Joint<'_>, goal: Goal<'_>, candidates: &[Candidate]) -> Option<Said> {
    let mut cells = joint.cells.and(goal.wanted);
    let mut unwanted = joint.cells.without(goal.wanted).without(goal.free);
    let useful: Vec<&Candidate> = if unwanted.is_empty() {
        Vec::new()
    } else {
        let harmless = |candidate: &&Candidate| goal.lenient || !candidate.cells.meets(&cells);
        candidates.iter().filter(|candidate| candidate.cells.meets(&unwanted)).filter(harmless).collect()
    };
    let mut except: Vec<String> = Vec::new();
    while !unwanted.is_empty() {
        let total = cells.count();
        let (.., best) = useful
            .iter()
            .map(|other| (other.cells.common(&unwanted), other.cells.common(&cells), other))
            .filter(|(gain, loss, _)| *gain > 0 && (*loss == 0 || (goal.lenient && *loss < total)))
            .max_by_key(|(gain, loss, other)| {
                (std::cmp::Reverse(*loss), *gain, std::cmp::Reverse(other.cells.count()))
            })?;
        unwanted.remove(&best.cells);
        cells.remove(&best.cells);
        except.push(best.text.clone());
        if except.len() > MOST_EXCEPTIONS {
            return None;
        }
    }
    except.sort();
    let mut texts = joint.texts.iter().map(|text| (*text).to_owned());
    let pattern = Pattern { pattern: texts.next()?, also: texts.collect(), except };
    Some(Said { pattern, cells, size: joint.cells.count() })
}
