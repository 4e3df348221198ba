//! A set of cells in the words of the patterns that cut it out: few patterns, each perhaps with exceptions.

use std::borrow::Cow;
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
}

impl<T> Candidate<T> {
    pub(super) fn new(says: T, cells: Cells) -> Self {
        Self { count: cells.count(), says, cells }
    }
}

/// Everything that there is to say it with.
#[derive(Debug, Clone)]
pub(super) struct Candidates<T> {
    all: Vec<Candidate<T>>,
    /// The candidates that cover the first cell, by number and in order, then those that cover the next one.
    covering: Vec<usize>,
    /// Where those of each cell begin, and at last where they end.
    begins: Vec<usize>,
}

impl<T> Candidates<T> {
    pub(super) fn new(all: Vec<Candidate<T>>) -> Self {
        let mut begins = Vec::new();
        for cell in all.iter().flat_map(|candidate| candidate.cells.iter()) {
            if begins.len() < cell + 2 {
                begins.resize(cell + 2, 0);
            }
            if let Some(count) = begins.get_mut(cell + 1) {
                *count += 1;
            }
        }
        let mut total = 0;
        for begin in &mut begins {
            total += *begin;
            *begin = total;
        }
        let mut covering = vec![0; total];
        let mut next = begins.clone();
        for (number, candidate) in all.iter().enumerate() {
            for cell in candidate.cells.iter() {
                let Some(next) = next.get_mut(cell) else { continue };
                if let Some(place) = covering.get_mut(*next) {
                    *place = number;
                }
                *next += 1;
            }
        }
        Self { all, covering, begins }
    }

    /// The numbers of those that cover the cell, in order.
    fn covering(&self, cell: usize) -> &[usize] {
        match self.begins.get(cell..).unwrap_or_default() {
            [begin, end, ..] => self.covering.get(*begin..*end).unwrap_or_default(),
            _ => &[],
        }
    }

    /// The numbers of those that cover some of the cells.
    fn meeting(&self, cells: &Cells) -> Cells {
        let mut meeting = Cells::default();
        for cell in cells.iter() {
            for number in self.covering(cell) {
                meeting.insert(*number);
            }
        }
        meeting
    }

    /// The candidates of these numbers, in order.
    fn of(&self, numbers: impl Iterator<Item = usize>) -> impl Iterator<Item = &Candidate<T>> {
        numbers.filter_map(|number| self.all.get(number))
    }
}

/// One or more candidates that must all match.
#[derive(Debug, Clone)]
struct Joint<'c, T> {
    says: Vec<&'c T>,
    cells: Cow<'c, Cells>,
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
struct Said<'c, T> {
    /// What must all match.
    says: Vec<&'c T>,
    except: Vec<&'c T>,
    cells: Cells,
    size: usize,
}

impl<T: Clone> Said<'_, T> {
    fn pattern(&self) -> Option<Pattern<T>> {
        let mut says = self.says.iter().copied().cloned();
        let except = self.except.iter().copied().cloned().collect();
        Some(Pattern { pattern: says.next()?, also: says.collect(), except })
    }
}

/// A pattern with more exceptions is no help to a reader.
const MOST_EXCEPTIONS: usize = 24;

/// Says `wanted` in patterns; cells in `free` may be covered or not. `None` if the patterns cannot say it.
pub(super) fn cover<T: Clone + Ord>(
    wanted: &Cells,
    free: &Cells,
    candidates: &Candidates<T>,
) -> Option<Vec<Pattern<T>>> {
    let strict = Goal { wanted, free, lenient: false };
    // most often one pattern says it
    let says = |candidate: &&Candidate<T>| {
        wanted.is_within(&candidate.cells) && candidate.cells.without(wanted).is_within(free)
    };
    let exact = match wanted.first() {
        Some(first) => candidates.of(candidates.covering(first).iter().copied()).filter(says).min_by_key(|it| it.count),
        None => candidates.all.iter().filter(says).min_by_key(|it| it.count),
    };
    if let Some(exact) = exact {
        return Some(vec![Pattern::new(exact.says.clone())]);
    }
    let meeting = candidates.meeting(wanted);
    let single = candidates
        .of(meeting.iter())
        .map(|candidate| Joint { says: vec![&candidate.says], cells: Cow::Borrowed(&candidate.cells) });
    let mut joints: Vec<Joint<'_, T>> = single.collect();
    let mut all = said_by(&joints, strict, candidates);
    let one = all
        .iter()
        .filter(|said| wanted.is_within(&said.cells))
        .min_by_key(|said| (said.except.len(), said.size))
        .map(|said| said.pattern().into_iter().collect::<Vec<_>>());
    let length = |patterns: &[Pattern<T>]| patterns.iter().map(|pattern| 1 + pattern.except.len()).sum::<usize>();
    match (one, greedily(wanted, &all)) {
        (Some(one), Some(several)) => return Some(if length(&one) <= length(&several) { one } else { several }),
        (None, None) => {}
        (one, several) => return one.or(several),
    }
    // with patterns that must match together
    let mut several: Vec<Joint<'_, T>> = Vec::new();
    for cell in wanted.iter() {
        let joint = joint_of(cell, candidates);
        if joint.says.len() > 1 && !several.iter().any(|known| known.says == joint.says) {
            several.push(joint);
        }
    }
    all.extend(said_by(&several, strict, candidates));
    greedily(wanted, &all).or_else(|| {
        joints.append(&mut several);
        greedily(wanted, &said_by(&joints, Goal { lenient: true, ..strict }, candidates))
    })
}

/// All candidates that cover the cell, as far as each leaves out more.
fn joint_of<T>(cell: usize, candidates: &Candidates<T>) -> Joint<'_, T> {
    let mut covering: Vec<&Candidate<T>> = candidates.of(candidates.covering(cell).iter().copied()).collect();
    covering.sort_by_key(|candidate| candidate.count);
    let mut says = Vec::new();
    let mut cells: Cow<'_, Cells> = Cow::Owned(Cells::default());
    let mut count = usize::MAX;
    for candidate in covering {
        let left = if says.is_empty() { candidate.count } else { cells.common(&candidate.cells) };
        if left < count {
            cells =
                if says.is_empty() { Cow::Borrowed(&candidate.cells) } else { Cow::Owned(cells.and(&candidate.cells)) };
            says.push(&candidate.says);
            count = left;
        }
    }
    Joint { says, cells }
}

/// Takes the pattern that says most, again and again.
fn greedily<T: Clone + Ord>(wanted: &Cells, all: &[Said<'_, T>]) -> Option<Vec<Pattern<T>>> {
    // an exception is worth as much as the pattern that it saves
    let worth = |said: &Said<'_, T>, gain: usize| (gain.saturating_sub(said.except.len()), gain, Reverse(said.size));
    let mut left = wanted.clone();
    for said in all {
        left.remove(&said.cells);
    }
    if !left.is_empty() {
        return None;
    }
    left.clone_from(wanted);
    // what a pattern says beside the others can only become less
    let mut most: BinaryHeap<_> =
        all.iter().enumerate().map(|(index, said)| (worth(said, said.cells.common(&left)), index)).collect();
    let mut picked: Vec<&Said<'_, T>> = Vec::new();
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
    let mut patterns: Vec<Pattern<T>> = picked.into_iter().filter_map(Said::pattern).collect();
    patterns.sort();
    Some(patterns)
}

/// What each of the patterns can say.
fn said_by<'c, T: Ord>(joints: &[Joint<'c, T>], goal: Goal<'_>, candidates: &'c Candidates<T>) -> Vec<Said<'c, T>> {
    joints.iter().filter_map(|joint| said(joint, goal, candidates)).collect()
}

/// The pattern without what is not wanted; `None` if no exceptions take it all away.
fn said<'c, T: Ord>(joint: &Joint<'c, T>, goal: Goal<'_>, candidates: &'c Candidates<T>) -> Option<Said<'c, T>> {
    let mut cells = joint.cells.and(goal.wanted);
    let mut unwanted = joint.cells.without(goal.wanted);
    unwanted.remove(goal.free);
    let mut except = if unwanted.is_empty() {
        Vec::new()
    } else if goal.lenient {
        leniently(&mut cells, unwanted, candidates)?
    } else {
        exceptions(&cells, unwanted, candidates)?
    };
    except.sort();
    Some(Said { says: joint.says.clone(), except, cells, size: joint.cells.count() })
}

/// The patterns that take away what is unwanted and nothing else, those first that take most.
fn exceptions<'c, T>(cells: &Cells, mut unwanted: Cells, candidates: &'c Candidates<T>) -> Option<Vec<&'c T>> {
    let own = candidates.meeting(cells);
    let mut left = unwanted.clone();
    // most often there is a cell that every pattern takes away with one that is to stay
    while let Some(cell) = left.first() {
        let others = candidates.covering(cell).iter().filter(|number| !own.contains(**number));
        let widest = candidates.of(others.copied()).max_by_key(|candidate| candidate.count)?;
        left.remove(&widest.cells);
    }
    let mut useful = candidates.meeting(&unwanted);
    useful.remove(&own);
    let useful = useful.iter().filter_map(|index| {
        let count = candidates.all.get(index)?.count;
        Some((count, Reverse(count), index))
    });
    let useful: Vec<(usize, Reverse<usize>, usize)> = useful.collect();
    let most = useful.iter().map(|(count, ..)| *count).max().unwrap_or_default();
    if unwanted.count() > most * MOST_EXCEPTIONS {
        return None;
    }
    // what a pattern takes can only become less
    let mut useful = BinaryHeap::from(useful);
    let mut except = Vec::new();
    while !unwanted.is_empty() {
        let (said, count, index) = useful.pop()?;
        let Some(best) = candidates.all.get(index) else { continue };
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
        except.push(&best.says);
        if except.len() > MOST_EXCEPTIONS {
            return None;
        }
    }
    Some(except)
}

/// The patterns that take away what is unwanted, and as little as can be of the cells.
fn leniently<'c, T>(cells: &mut Cells, mut unwanted: Cells, candidates: &'c Candidates<T>) -> Option<Vec<&'c T>> {
    let meeting = candidates.meeting(&unwanted);
    let useful: Vec<&Candidate<T>> = candidates.of(meeting.iter()).collect();
    let mut except: Vec<&T> = Vec::new();
    while !unwanted.is_empty() {
        let total = cells.count();
        let (.., best) = useful
            .iter()
            .map(|other| (other.cells.common(&unwanted), other.cells.common(cells), other))
            .filter(|(gain, loss, _)| *gain > 0 && (*loss == 0 || *loss < total))
            .max_by_key(|(gain, loss, other)| (Reverse(*loss), *gain, Reverse(other.count)))?;
        unwanted.remove(&best.cells);
        cells.remove(&best.cells);
        except.push(&best.says);
        if except.len() > MOST_EXCEPTIONS {
            return None;
        }
    }
    Some(except)
}
