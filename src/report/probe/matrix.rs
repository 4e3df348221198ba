//! The matrix of models and operations in a Region: what the tables of all formats show.

use crate::probe::{Api, Cell, Origin, Variation};
use crate::report::words::{probe::variation, probe_cell::word};

/// The table of one Region.
#[derive(Debug)]
pub(super) struct Matrix<'a> {
    pub(super) region: &'a str,
    pub(super) apis: Vec<Api>,
    pub(super) rows: Vec<Row<'a>>,
}

/// One model with one set of parameters.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) label: String,
    /// How far it is indented: what follows from another row is below it.
    pub(super) depth: usize,
    /// A cell for each operation of the table; none where it is not planned.
    pub(super) cells: Vec<Option<&'a Cell>>,
}

/// The tables, in the order of the cells.
pub(super) fn matrices(cells: &[Cell]) -> Vec<Matrix<'_>> {
    let mut regions: Vec<&str> = Vec::new();
    for cell in cells {
        if !regions.contains(&cell.region()) {
            regions.push(cell.region());
        }
    }
    regions.into_iter().map(|region| matrix(region, cells)).collect()
}

/// What cells of one row have in common: the model as asked, what was called, with which parameters.
type Key<'a> = (&'a str, &'a str, &'a Variation);

fn key(cell: &Cell) -> Key<'_> {
    (&cell.plan.asked, cell.model(), &cell.plan.call.variation)
}

fn matrix<'a>(region: &'a str, cells: &'a [Cell]) -> Matrix<'a> {
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
        Row { label, depth, cells: apis.iter().map(of).collect() }
    };
    let rows = rows.into_iter().map(row).collect();
    Matrix { region, apis, rows }
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
