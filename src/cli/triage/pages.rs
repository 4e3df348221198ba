//! A folder of pages: one that leads to a page for each finding.

#![expect(clippy::disallowed_methods, reason = "this is an adapter that writes files")]

use std::io;
use std::path::Path;

use super::{Error, OutputArgs};
use crate::cli::output::write_file;
use crate::report::sections::triage::Triage;
use crate::report::{Detail, html_folder};

/// The page that leads to the others.
const INDEX: &str = "index.html";

/// What such a page has in its head, and another does not.
const OWN: &str = "<title>";

/// Where the pages go, if the answer is for a folder: a path with `/` at its end, or a folder that is there.
///
/// # Errors
/// When the format has no pages.
pub(super) fn folder(output: &OutputArgs) -> Result<Option<&str>, Error> {
    let is_folder = |path: &&str| path.ends_with(['/', std::path::MAIN_SEPARATOR]) || Path::new(path).is_dir();
    let Some(path) = output.output.as_deref().filter(is_folder) else { return Ok(None) };
    if output.format.name != "html" {
        let message =
            format!("`{path}` is a folder. Name a file, or let --format html make a page for each finding there");
        return Err(Error::Usage(message));
    }
    Ok(Some(path))
}

/// Writes the pages.
///
/// # Errors
/// When the folder holds something else, or cannot be written.
pub(super) fn write(folder: &str, triage: &Triage, detail: Detail) -> Result<(), Error> {
    let place = Path::new(folder);
    let failed = |error| Error::Write { path: folder.to_owned(), error };
    let before = earlier(place, folder)?;
    std::fs::create_dir_all(place).map_err(failed)?;
    let pages = html_folder(triage, detail);
    for (name, page) in &pages {
        write_file(&place.join(name).to_string_lossy(), page)?;
    }
    // pages of an earlier answer that had more findings
    for name in before.iter().filter(|name| pages.iter().all(|(own, _)| own != *name)) {
        std::fs::remove_file(place.join(name)).map_err(failed)?;
    }
    Ok(())
}

/// The pages that an earlier answer left there.
fn earlier(place: &Path, folder: &str) -> Result<Vec<String>, Error> {
    let failed = |error| Error::Write { path: folder.to_owned(), error };
    let entries = match std::fs::read_dir(place) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(failed)?,
    };
    let mut names = Vec::new();
    for entry in entries {
        names.push(entry.map_err(failed)?.file_name().to_string_lossy().into_owned());
    }
    let is_own = || std::fs::read_to_string(place.join(INDEX)).is_ok_and(|page| is_index(&page));
    if !names.is_empty() && !is_own() {
        let message = format!("`{folder}` holds other files. Name a new folder, or one that `iamdx triage` made");
        return Err(Error::Usage(message));
    }
    names.retain(|name| is_page(name));
    Ok(names)
}

/// Whether a page is one that leads to findings.
fn is_index(page: &str) -> bool {
    let head = page.split("</title>").next().unwrap_or_default();
    head.split(OWN).nth(1).is_some_and(|title| title.contains("denial") && title.ends_with(" - iamdx"))
}

/// `finding-012.html`
fn is_page(name: &str) -> bool {
    let number = name.strip_prefix("finding-").and_then(|rest| rest.strip_suffix(".html"));
    number.is_some_and(|number| number.len() >= 3 && number.bytes().all(|byte| byte.is_ascii_digit()))
}
