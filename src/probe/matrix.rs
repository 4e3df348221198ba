//! The matrix of models and operations in a Region, with a short word for each verdict.

use super::call::{Api, Variation};
use super::patterns;
use super::record::CellRecord;
use super::settings::Origin;
use super::verdict::{Detail, Verdict};

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
    /// How far it is indented: what follows from another row stands below it.
    pub(super) depth: usize,
    /// A cell for each operation of the table; none where it is not planned.
    pub(super) cells: Vec<Option<&'a CellRecord>>,
}

/// The tables, in the order of the cells.
pub(super) fn matrices(cells: &[CellRecord]) -> Vec<Matrix<'_>> {
    let mut regions: Vec<&str> = Vec::new();
    for cell in cells {
        if !regions.contains(&cell.region.as_str()) {
            regions.push(&cell.region);
        }
    }
    regions.into_iter().map(|region| matrix(region, cells)).collect()
}

fn matrix<'a>(region: &'a str, cells: &'a [CellRecord]) -> Matrix<'a> {
    let own: Vec<&CellRecord> = cells.iter().filter(|cell| cell.region == region).collect();
    let mut apis: Vec<Api> = own.iter().map(|cell| cell.api).collect();
    apis.sort_unstable();
    apis.dedup();
    let mut keys: Vec<(&str, &str, &Variation, Origin)> = Vec::new();
    // rows of one model stand together: as asked, then by its profiles, then with other parameters
    for asked in own.iter().filter(|cell| cell.after.is_none()) {
        let same = own.iter().filter(|cell| cell.model == asked.model);
        for cell in same {
            let known = keys.iter().any(|(model, resolved, variation, _)| {
                *model == cell.model && *resolved == cell.resolved && **variation == cell.variation
            });
            if !known {
                keys.push((&cell.model, &cell.resolved, &cell.variation, cell.origin));
            }
        }
    }
    let row = |(model, resolved, variation, origin): (&str, &str, &Variation, Origin)| {
        let of = |api: &Api| {
            own.iter()
                .find(|cell| {
                    cell.model == model && cell.resolved == resolved && cell.variation == *variation && cell.api == *api
                })
                .copied()
        };
        let (label, depth) = match origin {
            Origin::Variation => (patterns::words(variation), 2),
            Origin::Fallback => (resolved.to_owned(), 1),
            Origin::Asked | Origin::Newest => (resolved.to_owned(), 0),
        };
        Row { label, depth, cells: apis.iter().map(of).collect() }
    };
    let rows = keys.into_iter().map(row).collect();
    Matrix { region, apis, rows }
}

/// The heading of a column.
pub(super) const fn column(api: Api) -> &'static str {
    match api {
        Api::Converse => "converse",
        Api::ConverseStream => "stream",
        Api::Invoke => "invoke",
        Api::InvokeStream => "inv. stream",
    }
}

/// The word for a cell, and what it means where the word does not say it.
pub(super) const fn word(cell: &CellRecord) -> (&'static str, &'static str) {
    match (cell.verdict, cell.detail) {
        (Verdict::Ok, Some(Detail::GuardrailIntervened)) => ("guardrail", "allowed, and the guardrail stepped in"),
        (Verdict::Ok, _) => ("ok", ""),
        (Verdict::DeniedExplicit, Some(Detail::Quarantine)) => {
            ("quarantine", "denied by AWS's own policy for leaked keys")
        }
        (Verdict::DeniedExplicit, _) => ("denied", "a Deny statement matches"),
        (Verdict::DeniedImplicit, _) => ("no allow", "denied: no policy of some type allows it"),
        (Verdict::Denied, _) => ("denied (?)", "denied, without saying how"),
        (Verdict::AuthFailed, _) => ("bad key", "the credentials are not accepted"),
        (Verdict::Entitlement, _) => ("not open", "not open to the account; no policy of the call decides it"),
        (Verdict::Lifecycle, Some(Detail::Legacy)) => {
            ("legacy", "a legacy model that is closed to the account; no permission problem")
        }
        (Verdict::Lifecycle, _) => ("ended", "the model has ended; no permission problem"),
        (Verdict::Routing, Some(Detail::NeedsProfile)) => ("by profile", "it is called by an inference profile only"),
        (Verdict::Routing, _) => ("bad id", "no such model there"),
        (Verdict::RequestInvalid, Some(Detail::Likely)) => {
            ("likely", "likely allowed: it got as far as being refused as not valid, as it was meant to be")
        }
        (Verdict::RequestInvalid, _) => ("refused", "allowed, and the model refuses the parameters"),
        (Verdict::Throttled, _) => ("throttled", "allowed, and a rate or quota is used up"),
        (Verdict::Capacity, _) => ("busy", "the model or service could not answer"),
        (Verdict::StreamTruncated, _) => ("cut off", "allowed, and the stream broke off"),
        (Verdict::StreamError, _) => ("broke off", "allowed, and the stream ended with an error"),
        (Verdict::Network, _) => ("no answer", "nothing came back; nothing is known about permissions"),
        (Verdict::NotRun, _) => ("-", "not called"),
        (Verdict::Unknown, _) => ("unclear", "an answer that cannot be told"),
    }
}

/// What the words mean that occur, each once.
pub(super) fn legend(cells: &[CellRecord]) -> Vec<(&'static str, &'static str)> {
    let mut used: Vec<(&str, &str)> = Vec::new();
    for (word, meaning) in cells.iter().map(word) {
        if !meaning.is_empty() && !used.iter().any(|(known, _)| *known == word) {
            used.push((word, meaning));
        }
    }
    used
}
