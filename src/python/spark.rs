//! What `iamdx.spark` does on the machines of a cluster: files are counted there, and parts put together.

use std::collections::BTreeMap;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::Failed;
use crate::cli;
use crate::cli::triage::parts::{self, FilePart, Files, Part, Parts};
use crate::cli::triage::rows::{COLUMNS, Rows, Table};

/// Columns as Arrow has them: validity, ends, values; and how many rows.
type Columns<'py> = (usize, Vec<(Bound<'py, PyBytes>, Bound<'py, PyBytes>, Bound<'py, PyBytes>)>);

/// A part: its key, what was counted, what a look found.
type Taken<'py> = (String, Bound<'py, PyBytes>, Option<Bound<'py, PyBytes>>);

fn failed(error: impl std::fmt::Display) -> PyErr {
    PyValueError::new_err(error.to_string())
}

/// What these options of `iamdx triage` ask for; else what is wrong with them.
#[pyfunction]
fn triage_asked(options: Vec<String>) -> (Option<String>, Option<String>) {
    match cli::triage::asked(options) {
        Ok(asked) => (Some(asked), None),
        Err(failure) => (None, Some(failure.message)),
    }
}

/// Counts files.
#[pyclass(frozen)]
struct Counter(Apart);

/// On Rust's own heap: objects of Python stand at multiples of 16 bytes, and what searches by vectors must stand at multiples of 32.
type Apart = Box<Files>;

#[pymethods]
impl Counter {
    #[new]
    fn new(asked: &str) -> PyResult<Self> {
        Files::new(asked).map(Box::new).map(Self).map_err(failed)
    }

    /// What a file tells: its digest, its damage, its tally. Of a path where there is no content.
    fn tally<'py>(
        &self,
        py: Python<'py>,
        path: &str,
        content: Option<&[u8]>,
    ) -> PyResult<(Option<String>, Option<String>, Bound<'py, PyBytes>)> {
        let FilePart { digest, damage, tally } =
            py.detach(|| content.map_or_else(|| self.0.path(path), |content| self.0.bytes(content))).map_err(failed)?;
        Ok((digest, damage, PyBytes::new(py, &tally)))
    }
}

/// Looks at fingerprints by the policies of snapshots.
#[pyclass(frozen)]
struct Looker(parts::Looker);

#[pymethods]
impl Looker {
    /// Reads the snapshots that these arguments name, for what is asked; else says why not.
    #[staticmethod]
    fn read(
        py: Python<'_>,
        asked: &str,
        arguments: Vec<String>,
        texts: BTreeMap<String, Vec<u8>>,
    ) -> PyResult<(Option<Self>, Option<Failed>)> {
        parts::check(asked).map_err(failed)?;
        Ok(match py.detach(|| cli::triage::looker(arguments, texts)) {
            Ok(looker) => (Some(Self(looker)), None),
            Err(failure) => (None, Some(super::failed(*failure))),
        })
    }
}

/// Puts parts together.
#[pyclass]
#[derive(Default)]
struct Merger(Parts);

#[pymethods]
impl Merger {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    /// Adds a file as `Counter.tally` told it.
    fn add_file(
        &mut self,
        py: Python<'_>,
        path: &str,
        bytes: u64,
        digest: Option<String>,
        damage: Option<String>,
        tally: &[u8],
    ) -> PyResult<()> {
        let file = FilePart { digest, damage, tally: tally.to_vec() };
        py.detach(|| self.0.add_file(path, bytes, &file)).map_err(failed)
    }

    /// Adds a part of another.
    fn add(&mut self, py: Python<'_>, key: &str, part: &[u8]) -> PyResult<()> {
        py.detach(|| self.0.add(key, part)).map_err(failed)
    }

    /// How many fingerprints are held.
    fn held(&self) -> usize {
        self.0.held()
    }

    /// Takes what is held: each with its key, and with a look at it where somebody looks.
    #[pyo3(signature = (looker = None))]
    fn take<'py>(&mut self, py: Python<'py>, looker: Option<&Looker>) -> PyResult<Vec<Taken<'py>>> {
        let parts = py.detach(|| self.0.take(looker.map(|looker| &looker.0))).map_err(failed)?;
        let bytes = |bytes: Vec<u8>| PyBytes::new(py, &bytes);
        Ok(parts.into_iter().map(|Part { key, counted, look, .. }| (key, bytes(counted), look.map(bytes))).collect())
    }

    /// The whole as `triage merge` reads it, of what was asked for, and what is to be said of secrets in it. Nothing is held any more.
    fn finish<'py>(&mut self, py: Python<'py>, asked: &str) -> PyResult<(Bound<'py, PyBytes>, Option<String>)> {
        let parts = std::mem::take(&mut self.0);
        let (answer, note) = py.detach(|| parts.finish(asked)).map_err(failed)?;
        Ok((PyBytes::new(py, &answer), note))
    }
}

/// Makes tables of denials.
#[pyclass]
struct Denials {
    files: Apart,
    rows: Rows,
}

#[pymethods]
impl Denials {
    #[new]
    fn new(asked: &str) -> PyResult<Self> {
        Ok(Self { files: Box::new(Files::new(asked).map_err(failed)?), rows: Rows::default() })
    }

    /// Adds a file. Of a path on this machine where there is no content.
    fn add(&mut self, py: Python<'_>, path: &str, place: &str, content: Option<&[u8]>) {
        let Self { files, rows } = self;
        py.detach(|| match content {
            Some(content) => rows.add_bytes(files, path, content),
            None => rows.add_path(files, path, place),
        });
    }

    /// Adds a file that nobody could read.
    fn add_damaged(&mut self, path: &str, damage: &str) {
        self.rows.add_damaged(path, damage);
    }

    /// The tables that are full.
    fn full<'py>(&mut self, py: Python<'py>) -> Vec<Columns<'py>> {
        self.rows.full().iter().map(|table| columns(py, table)).collect()
    }

    /// All tables.
    fn rest<'py>(&mut self, py: Python<'py>) -> Vec<Columns<'py>> {
        self.rows.rest().iter().map(|table| columns(py, table)).collect()
    }
}

fn columns<'py>(py: Python<'py>, table: &Table) -> Columns<'py> {
    let bytes = |bytes: &[u8]| PyBytes::new(py, bytes);
    let columns = table.columns.iter().map(|column| (bytes(&column.valid), bytes(&column.ends), bytes(&column.values)));
    (table.rows, columns.collect())
}

/// Adds this to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("COLUMNS", COLUMNS.to_vec())?;
    module.add_function(wrap_pyfunction!(triage_asked, module)?)?;
    module.add_class::<Counter>()?;
    module.add_class::<Looker>()?;
    module.add_class::<Merger>()?;
    module.add_class::<Denials>()
}
