//! The native half of the Python module `iamdx`: runs the commands of the program inside Python. What a person calls is in
//! `src/python/iamdx`.

mod spark;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Write as _;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;

use crate::cli;
use crate::cli::call::{Answer, Failure, FailureKind, call_with_looks};
use crate::cli::triage::parts;

/// How long Ctrl-C waits at most.
const PAUSE: Duration = Duration::from_millis(20);

/// As much as the first thread of a program has.
const STACK: usize = 8 << 20;

/// An answer: its text, the remarks beside it, the exit code.
type Answered = (String, Vec<String>, u8);

/// Why there is none: kind, message, path, line, column, what to do, and the
/// answer that there is all the same.
type Failed = (&'static str, String, Option<String>, Option<usize>, Option<usize>, Option<String>, String);

/// Runs a command on a thread of its own: other threads of Python go on meanwhile, and Ctrl-C is heard. `looks` are what a `Merger` took.
#[pyfunction]
#[pyo3(signature = (arguments, texts, looks = Vec::new()))]
fn run(
    py: Python<'_>,
    arguments: Vec<String>,
    texts: BTreeMap<String, Vec<u8>>,
    looks: Vec<(String, Vec<u8>)>,
) -> PyResult<(Option<Answered>, Option<Failed>)> {
    let looks = parts::looks(looks).map_err(|error| PyValueError::new_err(error.to_string()))?;
    let (done, mut ended) = mpsc::channel();
    let work = move || {
        // who was interrupted does not listen any more
        let _ = done.send(call_with_looks(&arguments, texts, looks));
    };
    std::thread::Builder::new().name("iamdx".to_owned()).stack_size(STACK).spawn(work)?;
    loop {
        let next;
        (ended, next) = py.detach(move || {
            let next = ended.recv_timeout(PAUSE);
            (ended, next)
        });
        match next {
            Ok(Ok(Answer { text, remarks, exit })) => return Ok((Some((text, remarks, exit)), None)),
            Ok(Err(failure)) => return Ok((None, Some(failed(*failure)))),
            Err(RecvTimeoutError::Timeout) => py.check_signals()?,
            Err(RecvTimeoutError::Disconnected) => {
                let message = "iamdx stopped with a bug; what it wrote to standard error says where. Please report it";
                return Err(PyRuntimeError::new_err(message));
            }
        }
    }
}

/// A failure as Python has it.
fn failed(failure: Failure) -> Failed {
    let Failure { kind, message, path, line, column, hint, answer, .. } = failure;
    let kind = match kind {
        FailureKind::Input => "input",
        FailureKind::Aws => "aws",
        FailureKind::Other => "other",
    };
    (kind, message, path, line, column, hint, answer)
}

/// The whole program, with these arguments; gives its exit code.
#[pyfunction]
fn main(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(move || {
        let exit = cli::main_with(arguments);
        // at the end of Python nobody does it; who does not read any more has read enough
        let _ = std::io::stdout().flush();
        exit
    })
}

#[pymodule]
#[pyo3(name = "_native")]
fn native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_function(wrap_pyfunction!(run, module)?)?;
    module.add_function(wrap_pyfunction!(main, module)?)?;
    spark::register(module)
}
