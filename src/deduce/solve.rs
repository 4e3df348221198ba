//! Which assignments of unknowns meet a set of clauses. Each unknown takes one of at most 128 classes, kept as bits.

/// The classes that an unknown may still take, as bits.
pub(super) type Classes = u128;

/// "This unknown takes one of these classes."
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Literal {
    pub(super) unknown: usize,
    pub(super) classes: Classes,
}

/// At least one of the literals holds.
pub(super) type Clause = Vec<Literal>;

/// Branches of one search; beyond it the answer is "perhaps".
const MOST_BRANCHES: usize = 4_000;

/// Whether an assignment exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// This one: one class for each unknown.
    Model(Vec<Classes>),
    /// None.
    Nothing,
    /// The search was too long.
    Perhaps,
}

impl Found {
    /// Whether one may exist.
    pub(super) const fn is_possible(&self) -> bool {
        !matches!(self, Self::Nothing)
    }
}

/// An assignment within these domains that meets all clauses.
pub(super) fn solve(domains: &[Classes], clauses: &[Clause]) -> Found {
    let mut branches = MOST_BRANCHES;
    search(domains.to_vec(), clauses, &mut branches)
}

fn search(mut domains: Vec<Classes>, clauses: &[Clause], branches: &mut usize) -> Found {
    let Some(left) = branches.checked_sub(1) else { return Found::Perhaps };
    *branches = left;
    let clause = match propagate(&mut domains, clauses) {
        State::Impossible => return Found::Nothing,
        // one class each: every clause holds whichever it is
        State::Done => return Found::Model(domains.iter().map(|classes| classes & classes.wrapping_neg()).collect()),
        State::Open(clause) => clause,
    };
    for literal in clause {
        let mut with = domains.clone();
        let Some(classes) = with.get_mut(literal.unknown) else { continue };
        *classes &= literal.classes;
        match search(with, clauses, branches) {
            Found::Nothing => {}
            found => return found,
        }
        // from here on this literal does not hold
        if let Some(classes) = domains.get_mut(literal.unknown) {
            *classes &= !literal.classes;
        }
    }
    Found::Nothing
}

/// What is left of a search.
enum State<'c> {
    /// A clause cannot hold.
    Impossible,
    /// Every clause holds.
    Done,
    /// This one may hold in more than one way.
    Open(&'c Clause),
}

/// Takes out of the domains what no assignment has.
fn propagate<'c>(domains: &mut [Classes], clauses: &'c [Clause]) -> State<'c> {
    if domains.contains(&0) {
        return State::Impossible;
    }
    loop {
        let mut changed = false;
        let mut open = None;
        for clause in clauses {
            let domain = |literal: &Literal| domains.get(literal.unknown).copied().unwrap_or(0);
            if clause.iter().any(|literal| domain(literal) & !literal.classes == 0) {
                continue;
            }
            let mut alive = clause.iter().filter(|literal| domain(literal) & literal.classes != 0);
            match (alive.next(), alive.next()) {
                (None, _) => return State::Impossible,
                (Some(only), None) => {
                    let classes = domain(only) & only.classes;
                    if let Some(domain) = domains.get_mut(only.unknown) {
                        *domain = classes;
                    }
                    changed = true;
                }
                _ => open = open.or(Some(clause)),
            }
        }
        if !changed {
            return open.map_or(State::Done, State::Open);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Classes, Clause, Found, Literal, solve};

    fn literal(unknown: usize, classes: Classes) -> Literal {
        Literal { unknown, classes }
    }

    /// Whether an assignment exists, by trying all.
    fn by_trying(domains: &[Classes], clauses: &[Clause]) -> bool {
        fn each(domains: &[Classes], chosen: &mut Vec<Classes>, clauses: &[Clause]) -> bool {
            let Some(domain) = domains.get(chosen.len()) else {
                return clauses.iter().all(|clause| clause.iter().any(|it| chosen[it.unknown] & it.classes != 0));
            };
            (0..8).map(|bit| 1 << bit).filter(|class| domain & class != 0).any(|class| {
                chosen.push(class);
                let found = each(domains, chosen, clauses);
                chosen.pop();
                found
            })
        }
        each(domains, &mut Vec::new(), clauses)
    }

    #[test]
    fn the_search_finds_an_assignment_exactly_where_trying_all_does() {
        let mut seed = 7_u64;
        let mut next = |most: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % most
        };
        let mut possible = 0;
        for _ in 0..20_000 {
            let domains: Vec<Classes> = (0..=next(4)).map(|_| Classes::from(next(7) + 1)).collect();
            let clauses: Vec<Clause> = (0..next(7))
                .map(|_| {
                    let literals = 1 + next(3);
                    let unknowns = u64::try_from(domains.len()).unwrap();
                    (0..literals)
                        .map(|_| literal(usize::try_from(next(unknowns)).unwrap(), Classes::from(1 + next(6))))
                        .collect()
                })
                .collect();
            let expected = by_trying(&domains, &clauses);
            possible += u32::from(expected);
            match solve(&domains, &clauses) {
                Found::Model(model) => {
                    assert!(expected, "{domains:?} {clauses:?}");
                    for clause in &clauses {
                        assert!(clause.iter().any(|it| model[it.unknown] & it.classes != 0), "{domains:?} {clauses:?}");
                    }
                }
                Found::Nothing => assert!(!expected, "{domains:?} {clauses:?}"),
                Found::Perhaps => panic!("{domains:?} {clauses:?}"),
            }
        }
        assert!((4_000..16_000).contains(&possible), "{possible}: the cases are too much alike");
    }
}
