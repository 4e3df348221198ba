//! All resources there are, as finitely many cells that no entry of either side tells apart, with an example of each.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::automaton::Automaton;
use super::budget::{Ahead, Budget};
use super::cells::Cells;
use super::context::spelled;
use super::cores::each;
use super::pattern;
use super::sets::SpecialType;
use crate::iam::{Action, Arn, Context, Language, Principal, Request};
use crate::reference::Reference;

/// An entry of some Resource or `NotResource` element, each once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub(super) text: String,
    pub(super) language: Language,
}

/// Resources that the entries do not tell apart.
#[derive(Debug, Clone)]
pub(super) struct ResourceCell {
    /// One of them, in the words of an ARN; `*` is the request that names none.
    pub(super) example: String,
    /// The entries that match, by number.
    pub(super) entries: Cells,
    /// Whether the policy of the resource at hand is about it.
    pub(super) in_scope: bool,
    /// Its type, if the evaluator asks more of it.
    pub(super) special: Option<SpecialType>,
}

/// The resources that the resource-based policies at hand are about: those of the request's own bucket, or the one.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    /// ARNs, of which the last may end in `/*`.
    pub(super) arns: Vec<String>,
}

impl Scope {
    /// The scope of the policy of the request's resource.
    pub(super) fn of(request: &Request) -> Option<Self> {
        let resource = request.resource.value().filter(|resource| *resource != "*")?;
        let Ok(arn) = resource.parse::<Arn>() else {
            return Some(Self { arns: vec![resource.clone()] });
        };
        // the policy of a bucket is about its objects too, that of a table about its indexes, of an API about its methods
        let (parts, joint) = match arn.service() {
            "s3" if arn.account().is_empty() && arn.region().is_empty() => (1, '/'),
            "execute-api" => (1, '/'),
            "dynamodb" | "es" | "kinesis" | "s3express" => (2, '/'),
            "lambda" => (2, ':'),
            _ => return Some(Self { arns: vec![resource.clone()] }),
        };
        let carrier: Vec<&str> = arn.resource().split(joint).take(parts).collect();
        let head = resource.strip_suffix(arn.resource())?;
        let carrier = format!("{head}{}", carrier.join(&joint.to_string()));
        Some(Self { arns: vec![carrier.clone(), format!("{carrier}{joint}*")] })
    }
}

/// Cuts resources into cells.
pub(super) struct Cutter<'a> {
    pub(super) entries: &'a [Entry],
    pub(super) assignment: &'a Context,
    pub(super) scope: Option<&'a Scope>,
    pub(super) reference: &'a Reference,
    pub(super) principal: Option<&'a Principal>,
    /// The account in examples.
    pub(super) account: &'a str,
    /// All entries that are to be cut together, with the resources that the evaluator asks more of.
    pub(super) wanted: &'a BTreeSet<(Vec<usize>, Option<SpecialType>)>,
    /// What was cut: in every assignment, where no variable is among the entries.
    pub(super) cuts: &'a mut Cuts,
    /// The number of the assignment.
    pub(super) number: usize,
}

/// What was cut.
#[derive(Default)]
pub(super) struct Cuts {
    /// By entries, by the resources that the evaluator asks more of, and by the assignment where that matters.
    known: BTreeMap<Wanted, Option<Arc<Cut>>>,
    /// The sets that an ARN is in, by the number of what it was compared with.
    arns: BTreeMap<(usize, String), Cells>,
    /// What was walked before it was asked for.
    ahead: BTreeMap<Wanted, Ahead<Whole>>,
    /// How much was walked.
    walked: usize,
}

type Wanted = (Vec<usize>, Option<SpecialType>, Option<usize>);

/// What was walked at once.
struct Whole {
    /// A number of its own.
    number: usize,
    automaton: Automaton,
    /// The sets of each cell, how early a first text of it was met, and that text.
    cells: Vec<(Cells, u32, String)>,
    /// What the entries spell, by their numbers, with the sets that it is in.
    spelled: Vec<(usize, Cells, String)>,
}

/// The cells of some entries, among those of what was walked.
struct Cut {
    whole: Arc<Whole>,
    /// The sets that count.
    kept: Cells,
    /// In the order of the sets that they are in.
    cells: Vec<(Cells, ResourceCell)>,
}

/// The work that the resources of one class are worth.
const MOST_STEPS: u64 = 2_000_000;
/// Fewer sets of entries are walked as they are asked for.
const MANY: usize = 24;
/// So much is walked ahead before it is seen how long that takes.
const AT_ONCE: usize = 6;
/// What takes longer is walked when it is asked for: where the budget ends before, it never is.
const MOST_AHEAD: u64 = 250_000;
/// So much is walked ahead, and no more.
const MOST_WALKED_AHEAD: usize = 36;

impl Cutter<'_> {
    /// The cells of the entries of these numbers, with examples that suit the action; `None` when they cannot be told in time.
    pub(super) fn cells(
        &mut self,
        entries: &[usize],
        action: &Action,
        budget: &mut Budget,
    ) -> Option<Vec<ResourceCell>> {
        let special = SpecialType::of_service(action.service());
        let cut = self.cut_of(entries, special, budget)?;
        let mut cells: Vec<ResourceCell> = cut.cells.iter().map(|(_, cell)| cell.clone()).collect();
        // of what is in a cell the first stands for it
        let mut open: Vec<bool> = vec![true; cells.len()];
        let mut stand_for = |sets: &Cells, text: &str| {
            let Ok(at) = cut.cells.binary_search_by(|(own, _)| own.in_order(&sets.and(&cut.kept))) else { return };
            if open.get_mut(at).is_some_and(std::mem::take) {
                cells.get_mut(at).into_iter().for_each(|cell| text.clone_into(&mut cell.example));
            }
        };
        for (_, sets, text) in cut.whole.spelled.iter().filter(|(entry, ..)| cut.kept.contains(*entry)) {
            stand_for(sets, text);
        }
        for arn in self.templates(action) {
            let key = (cut.whole.number, arn);
            let (_, arn) = &key;
            if let Some(sets) = self.cuts.arns.get(&key) {
                stand_for(sets, arn);
            } else {
                let sets = cut.whole.automaton.sets_of(arn).into_iter().collect();
                stand_for(&sets, arn);
                self.cuts.arns.insert(key, sets);
            }
        }
        Some(cells)
    }

    /// What the entries cut resources into. Where others are to be cut together with them, all are: that tells those apart that these
    /// tell apart.
    fn cut_of(&mut self, entries: &[usize], special: Option<SpecialType>, budget: &mut Budget) -> Option<Arc<Cut>> {
        let key = self.key(entries, special);
        if let Some(known) = self.cuts.known.get(&key) {
            return known.clone();
        }
        let is_wider = |(other, of): &&(Vec<usize>, Option<SpecialType>)| {
            *of == special && other.len() > entries.len() && entries.iter().all(|entry| other.contains(entry))
        };
        let mut wider: Vec<&[usize]> = self.wanted.iter().filter(is_wider).map(|(other, _)| other.as_slice()).collect();
        wider.sort_by_key(|other| std::cmp::Reverse(other.len()));
        let wide = wider.into_iter().find_map(|other| {
            let key = self.key(other, special);
            if let Some(known) = self.cuts.known.get(&key) {
                return known.clone();
            }
            // where one took too long, none is tried for others than those who need it: the budget is theirs
            if self.cuts.known.values().any(Option::is_none) {
                return None;
            }
            let whole = self.walked(other, special, budget);
            let cut = whole.map(|whole| Arc::new(self.narrowed(whole, other, special)));
            self.cuts.known.insert(key, cut.clone());
            cut
        });
        let whole = match wide {
            Some(wide) => Some(Arc::clone(&wide.whole)),
            None => self.walked(entries, special, budget),
        };
        let cut = whole.map(|whole| Arc::new(self.narrowed(whole, entries, special)));
        self.cuts.known.insert(key, cut.clone());
        cut
    }

    fn key(&self, entries: &[usize], special: Option<SpecialType>) -> Wanted {
        let varies = |index: &usize| self.entries.get(*index).is_some_and(|entry| entry.text.contains("${"));
        (entries.to_vec(), special, entries.iter().any(varies).then_some(self.number))
    }

    /// The sets of an automaton: the entries by number, and after them all ARNs, those in scope, and those of the special type.
    fn sets(&self) -> [usize; 3] {
        [0, 1, 2].map(|number| self.entries.len() + number)
    }

    fn automaton(&self, entries: &[usize], special: Option<SpecialType>) -> Automaton {
        let mut automaton = Automaton::default();
        let [arn, in_scope, of_type] = self.sets();
        for index in entries {
            if let Some(entry) = self.entries.get(*index) {
                for way in pattern::resource(&entry.text, entry.language, self.assignment) {
                    automaton.add(*index, &way);
                }
            }
        }
        automaton.add(arn, &pattern::any_arn());
        for text in self.scope.iter().flat_map(|scope| &scope.arns) {
            let ways = match text.strip_suffix('*') {
                Some(_) => pattern::resource(text, Language::V2008, self.assignment),
                // the resource of a request is literal
                None => vec![text.chars().map(super::token::Token::Is).collect()],
            };
            for way in ways {
                automaton.add(in_scope, &way);
            }
        }
        if let Some(special) = special {
            automaton.add(of_type, &pattern::confined(special.arns()));
        }
        automaton
    }

    /// Walks what will be asked for first, as much at once as there are cores. Where something takes long, the rest waits until it is
    /// asked for, as perhaps it never is.
    pub(super) fn walk_ahead(&mut self) {
        let mut wanted: Vec<&(Vec<usize>, Option<SpecialType>)> = self.wanted.iter().collect();
        if wanted.len() < MANY {
            return;
        }
        // others are cut together with the widest that has their entries
        wanted.sort_by_key(|(entries, _)| std::cmp::Reverse(entries.len()));
        let mut widest: Vec<&(Vec<usize>, Option<SpecialType>)> = Vec::new();
        for one in wanted {
            let has = |wide: &&(Vec<usize>, Option<SpecialType>)| {
                wide.1 == one.1 && one.0.iter().all(|entry| wide.0.contains(entry))
            };
            if !widest.iter().any(has) && !self.cuts.known.contains_key(&self.key(&one.0, one.1)) {
                widest.push(one);
            }
        }
        for some in widest.chunks(AT_ONCE) {
            let walked = each(some, 2, |(entries, special)| {
                Budget::ahead(MOST_AHEAD, |budget| self.whole(entries, *special, budget))
            });
            let takes_long = walked.iter().any(Option::is_none);
            let keys = some.iter().map(|(entries, special)| self.key(entries, *special));
            let walked: Vec<_> = keys.zip(walked).filter_map(|(key, ahead)| Some((key, ahead?))).collect();
            self.cuts.ahead.extend(walked);
            if takes_long || self.cuts.ahead.len() >= MOST_WALKED_AHEAD {
                break;
            }
        }
    }

    fn walked(&mut self, entries: &[usize], special: Option<SpecialType>, budget: &mut Budget) -> Option<Arc<Whole>> {
        let ahead = self.cuts.ahead.remove(&self.key(entries, special));
        let whole = match ahead.and_then(|ahead| budget.buy(ahead)) {
            Some(whole) => Some(whole),
            None => budget.within(MOST_STEPS, |budget| self.whole(entries, special, budget)),
        };
        self.cuts.walked += 1;
        whole.map(|whole| Arc::new(Whole { number: self.cuts.walked, ..whole }))
    }

    fn whole(&self, entries: &[usize], special: Option<SpecialType>, budget: &mut Budget) -> Option<Whole> {
        let automaton = self.automaton(entries, special);
        let found = automaton.cells(budget)?;
        let [arn, ..] = self.sets();
        let cells = (found.into_iter().filter(|found| found.sets.contains(&arn)))
            .map(|found| (found.sets.into_iter().collect(), found.met, found.shortest))
            .collect();
        let entry = |index: &usize| Some((*index, self.entries.get(*index)?));
        let spelled = (entries.iter().filter_map(entry))
            .flat_map(|(index, entry)| {
                let ways = pattern::resource(&entry.text, entry.language, self.assignment);
                ways.into_iter().map(move |way| (index, way))
            })
            .map(|(index, way)| (index, self.as_arn(&spelled(&way))))
            .map(|(index, text)| (index, automaton.sets_of(&text).into_iter().collect(), text))
            .collect();
        Some(Whole { number: 0, automaton, cells, spelled })
    }

    /// The cells of some of the entries that were walked.
    fn narrowed(&self, whole: Arc<Whole>, entries: &[usize], special: Option<SpecialType>) -> Cut {
        let [_, in_scope, of_type] = self.sets();
        let own: Cells = entries.iter().copied().collect();
        let mut kept = own.clone();
        self.sets().into_iter().for_each(|set| kept.insert(set));
        let mut narrow: Vec<(Cells, u32, &str)> =
            whole.cells.iter().map(|(sets, met, example)| (sets.and(&kept), *met, example.as_str())).collect();
        // of cells that are one now, that which was met first has a shortest text
        narrow.sort_by(|(own, met, _), (other, also_met, _)| own.in_order(other).then(met.cmp(also_met)));
        narrow.dedup_by(|(later, ..), (sets, ..)| later.in_order(sets).is_eq());
        let stars = self.stars(entries);
        let cell = |(sets, _, example): (Cells, u32, &str)| {
            let mut entries = sets.and(&own);
            entries.add(&stars);
            let cell = ResourceCell {
                example: example.to_owned(),
                entries,
                in_scope: self.scope.is_none() || sets.contains(in_scope),
                special: special.filter(|_| sets.contains(of_type)),
            };
            (sets, cell)
        };
        let cells = narrow.into_iter().map(cell).collect();
        Cut { whole, kept, cells }
    }

    /// The cell of requests that name no resource.
    pub(super) fn no_resource(&self, entries: &[usize]) -> ResourceCell {
        let (entries, in_scope) = (self.stars(entries), self.scope.is_none());
        ResourceCell { example: "*".to_owned(), entries, in_scope, special: None }
    }

    fn stars(&self, entries: &[usize]) -> Cells {
        let is_star = |index: &&usize| self.entries.get(**index).is_some_and(|entry| entry.text == "*");
        entries.iter().filter(is_star).copied().collect()
    }

    /// ARNs as the action's resources have them.
    fn templates(&self, action: &Action) -> Vec<String> {
        let facts = self.reference.action(action);
        let mut arns: Vec<String> = facts
            .iter()
            .flat_map(crate::reference::ActionFacts::resource_types)
            .flat_map(|(resource_type, _)| resource_type.arns())
            .map(|arn| self.as_arn(&filled(arn)))
            .collect();
        arns.push(format!("arn:aws:{}:us-east-1:{}:example", action.service(), self.account));
        arns
    }

    /// The text with a partition, a region and an account in place of invented ones.
    fn as_arn(&self, text: &str) -> String {
        let mut parts: Vec<&str> = text.splitn(6, ':').collect();
        let partition = self.principal.and_then(Principal::partition).unwrap_or("aws");
        for (at, real) in [(1, partition), (3, "us-east-1"), (4, self.account)] {
            if let Some(part) = parts.get_mut(at).filter(|part| **part == "example") {
                *part = real;
            }
        }
        parts.join(":")
    }
}

/// A template with all its variables as `example`.
fn filled(template: &str) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("${") {
        text.push_str(before);
        text.push_str("example");
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn with_cutter<T>(entries: &[Entry], wanted: &[&[usize]], cut: impl FnOnce(&mut Cutter<'_>) -> T) -> T {
        let wanted = wanted.iter().map(|entries| (entries.to_vec(), None)).collect();
        cut(&mut Cutter {
            entries,
            assignment: &Context::new(),
            scope: None,
            reference: Reference::embedded(),
            principal: None,
            account: "111122223333",
            wanted: &wanted,
            cuts: &mut Cuts::default(),
            number: 0,
        })
    }

    fn cells(entries: &[Entry], wanted: &[&[usize]], of: &[usize]) -> Vec<ResourceCell> {
        let action = "sqs:SendMessage".parse().unwrap();
        with_cutter(entries, wanted, |cutter| cutter.cells(of, &action, &mut Budget::default())).unwrap()
    }

    /// Also where the budget ends in between.
    #[test]
    fn what_is_walked_ahead_takes_what_it_takes_when_it_is_asked_for() {
        let text = |number: usize| format!("arn:aws:sqs:*:111122223333:{}*q{number}", "*a".repeat(number % 4));
        let entry = |number| Entry { text: text(number), language: Language::V2012 };
        let entries: Vec<Entry> = (0..MANY).map(entry).collect();
        let wanted: Vec<[usize; 1]> = (0..MANY).map(|number| [number]).collect();
        let wanted: Vec<&[usize]> = wanted.iter().map(<[usize; 1]>::as_slice).collect();
        let action = "sqs:SendMessage".parse().unwrap();
        let all = |steps: u64, is_ahead: bool| {
            with_cutter(&entries, &wanted, |cutter| {
                if is_ahead {
                    cutter.walk_ahead();
                    assert!(!cutter.cuts.ahead.is_empty());
                }
                let mut budget = Budget::new(steps);
                let one = |of: &&[usize]| format!("{:?}", cutter.cells(of, &action, &mut budget));
                let cells: Vec<String> = wanted.iter().map(one).collect();
                (cells, format!("{budget:?}"))
            })
        };
        for steps in [100, 3_000, 10_000, 1_000_000] {
            assert_eq!(all(steps, true), all(steps, false));
        }
        assert!(all(10_000, true).0.contains(&"None".to_owned()), "the budget ends");
        assert!(!all(1_000_000, true).0.contains(&"None".to_owned()));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// What entries cut resources into is the same where it is read off what more of them cut.
        #[test]
        fn entries_that_are_cut_with_others_make_the_same_cells(
            texts in prop::collection::btree_set("arn:aws:(sqs|\\*):[ab*]{0,2}:[1*]{0,2}:[ab?*]{0,5}", 3..6),
        ) {
            let entry = |text: &String| Entry { text: text.clone(), language: Language::V2012 };
            let entries: Vec<Entry> = texts.iter().map(entry).collect();
            let all: Vec<usize> = (0..entries.len()).collect();
            let some: Vec<usize> = all.iter().copied().step_by(2).collect();
            let shown = |cells: Vec<ResourceCell>| -> Vec<(Vec<usize>, usize)> {
                cells.into_iter().map(|cell| (cell.entries.iter().collect(), cell.example.len())).collect()
            };
            prop_assert_eq!(shown(cells(&entries, &[&all, &some], &some)), shown(cells(&entries, &[&some], &some)));
        }
    }
}
