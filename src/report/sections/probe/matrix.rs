//! The matrix of models and operations in a Region, as a table.

use crate::probe::{Api, Authorized, Cell, Origin, Variation, Verdict};
use crate::report::page::{Row, Table, Tone};
use crate::report::words::{
    probe::variation,
    probe_cell::{column, word},
};

/// The cells of a Region: a row for what was called, a column for each operation.
pub(in crate::report) struct Matrix<'a> {
    /// The Region.
    pub(in crate::report) region: &'a str,
    /// What the columns are about.
    pub(in crate::report) apis: Vec<Api>,
    /// The rows.
    pub(in crate::report) rows: Vec<MatrixRow<'a>>,
}

/// A row of a matrix.
pub(in crate::report) struct MatrixRow<'a> {
    /// What was called: a model, or the parameters where these differ.
    pub(in crate::report) label: String,
    /// How far it is indented: what follows from another row is below it.
    pub(in crate::report) depth: usize,
    /// The cell of each operation with its number among all cells, where it was planned.
    pub(in crate::report) cells: Vec<Option<(usize, &'a Cell)>>,
}

/// The matrices, in the order of the cells.
pub(in crate::report) fn matrices(cells: &[Cell]) -> Vec<Matrix<'_>> {
    let mut regions: Vec<&str> = Vec::new();
    for cell in cells {
        if !regions.contains(&cell.region()) {
            regions.push(cell.region());
        }
    }
    regions.into_iter().map(|region| matrix(region, cells)).collect()
}

/// The same as tables of words.
pub(super) fn tables(cells: &[Cell]) -> Vec<Table> {
    let words = |cell: Option<(usize, &Cell)>| cell.map_or(("", Tone::Plain), |(_, cell)| (word(cell).0, tone(cell)));
    let table = |matrix: Matrix<'_>| Table {
        title: matrix.region.to_owned(),
        columns: matrix.apis.iter().map(|api| column(*api).to_owned()).collect(),
        rows: matrix
            .rows
            .into_iter()
            .map(|row| Row { label: row.label, depth: row.depth, cells: row.cells.into_iter().map(words).collect() })
            .collect(),
    };
    matrices(cells).into_iter().map(table).collect()
}

/// What cells of one row have in common: the model as asked, what was called, with which parameters.
type Key<'a> = (&'a str, &'a str, &'a Variation);

fn key(cell: &Cell) -> Key<'_> {
    (&cell.plan.asked, cell.model(), &cell.plan.call.variation)
}

fn matrix<'a>(region: &'a str, cells: &'a [Cell]) -> Matrix<'a> {
    let own: Vec<(usize, &Cell)> = cells.iter().enumerate().filter(|(_, cell)| cell.region() == region).collect();
    let mut apis: Vec<Api> = own.iter().map(|(_, cell)| cell.plan.call.api).collect();
    apis.sort_unstable();
    apis.dedup();
    let mut rows: Vec<(Key<'_>, Origin)> = Vec::new();
    // rows of one model are next to each other: as asked, then by its profiles, then with other parameters
    for (_, asked) in own.iter().filter(|(_, cell)| cell.plan.after.is_none()) {
        for (_, cell) in own.iter().filter(|(_, cell)| cell.plan.asked == asked.plan.asked) {
            if rows.iter().all(|(known, _)| *known != key(cell)) {
                rows.push((key(cell), cell.plan.origin));
            }
        }
    }
    let row = |(row, origin): (Key<'_>, Origin)| {
        let of = |api: &Api| own.iter().find(|(_, cell)| key(cell) == row && cell.plan.call.api == *api).copied();
        let (label, depth) = match origin {
            Origin::Variation => (variation(row.2), 2),
            Origin::Fallback => (row.1.to_owned(), 1),
            Origin::Asked | Origin::Newest => (row.1.to_owned(), 0),
        };
        MatrixRow { label, depth, cells: apis.iter().map(of).collect() }
    };
    let rows = rows.into_iter().map(row).collect();
    Matrix { region, apis, rows }
}

/// Whether a verdict is good or bad news.
pub(in crate::report) const fn tone(cell: &Cell) -> Tone {
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
