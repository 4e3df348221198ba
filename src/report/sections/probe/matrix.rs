//! The matrix of models and operations in a Region, as a table.

use crate::probe::{Api, Authorized, Cell, Origin, Variation, Verdict};
use crate::report::page::{Row, Table, Tone};
use crate::report::words::{
    probe::variation,
    probe_cell::{column, word},
};

/// The tables, in the order of the cells.
pub(super) fn tables(cells: &[Cell]) -> Vec<Table> {
    let mut regions: Vec<&str> = Vec::new();
    for cell in cells {
        if !regions.contains(&cell.region()) {
            regions.push(cell.region());
        }
    }
    regions.into_iter().map(|region| table(region, cells)).collect()
}

/// What cells of one row have in common: the model as asked, what was called, with which parameters.
type Key<'a> = (&'a str, &'a str, &'a Variation);

fn key(cell: &Cell) -> Key<'_> {
    (&cell.plan.asked, cell.model(), &cell.plan.call.variation)
}

fn table(region: &str, cells: &[Cell]) -> Table {
    let own: Vec<&Cell> = cells.iter().filter(|cell| cell.region() == region).collect();
    let mut apis: Vec<Api> = own.iter().map(|cell| cell.plan.call.api).collect();
    apis.sort_unstable();
    apis.dedup();
    let mut rows: Vec<(Key<'_>, Origin)> = Vec::new();
    // rows of one model are next to each other: as asked, then by its profiles, then with other parameters
    for asked in own.iter().filter(|cell| cell.plan.after.is_none()) {
        for cell in own.iter().filter(|cell| cell.plan.asked == asked.plan.asked) {
            if rows.iter().all(|(known, _)| *known != key(cell)) {
                rows.push((key(cell), cell.plan.origin));
            }
        }
    }
    let row = |(row, origin): (Key<'_>, Origin)| {
        let of = |api: &Api| own.iter().find(|cell| key(cell) == row && cell.plan.call.api == *api).copied();
        let (label, depth) = match origin {
            Origin::Variation => (variation(row.2), 2),
            Origin::Fallback => (row.1.to_owned(), 1),
            Origin::Asked | Origin::Newest => (row.1.to_owned(), 0),
        };
        Row {
            label,
            depth,
            cells: apis
                .iter()
                .map(of)
                .map(|cell| cell.map_or(("", Tone::Plain), |cell| (word(cell).0, tone(cell))))
                .collect(),
        }
    };
    let rows = rows.into_iter().map(row).collect();
    Table { title: region.to_owned(), columns: apis.iter().map(|api| column(*api).to_owned()).collect(), rows }
}

/// Whether a verdict is good or bad news.
const fn tone(cell: &Cell) -> Tone {
    match (cell.judgement.verdict, cell.judgement.authorized) {
        (Verdict::Ok, _) => Tone::Fix,
        (_, Authorized::No) => Tone::Block,
        _ => Tone::Plain,
    }
}

/// What the words mean that occur, each once.
pub(super) fn legend(cells: &[Cell]) -> Vec<(&'static str, &'static str)> {
    let mut used: Vec<(&str, &str)> = Vec::new();
    for (word, meaning) in cells.iter().map(word) {
        if !meaning.is_empty() && !used.iter().any(|(known, _)| *known == word) {
            used.push((word, meaning));
        }
    }
    used
}
