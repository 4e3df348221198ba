//! `diagnose --write-remedies DIR`: each remedy as files, ready to be read, reviewed and carried out by a person.

#![expect(clippy::disallowed_methods, reason = "this is the adapter that writes files")]

use std::path::Path;

use super::Error;
use crate::iam::secret;
use crate::remedy::{Edit, Remedy};
use crate::report::{Report, printable, unified};

/// Writes a folder for each remedy with edits; the number of folders.
pub(crate) fn write_remedies(folder: &str, reports: &[Report]) -> Result<usize, Error> {
    let mut written = 0;
    for (number, report) in reports.iter().enumerate() {
        for remedy in report.remedies.iter().filter(|remedy| !remedy.edits.is_empty()) {
            let name = if reports.len() > 1 { format!("{}-{}", number + 1, remedy.id) } else { remedy.id.clone() };
            write_one(&Path::new(folder).join(name), remedy)?;
            written += 1;
        }
    }
    Ok(written)
}

fn write_one(folder: &Path, remedy: &Remedy) -> Result<(), Error> {
    let fail = |path: &Path| {
        let path = path.display().to_string();
        move |error| Error::Write { path, error }
    };
    std::fs::create_dir_all(folder).map_err(fail(folder))?;
    // a document without its secret is another document, and with it it would leave
    let holds_secret = |edit: &Edit| {
        !secret::find(edit.after.document.source.text()).is_empty() || !secret::find(edit.text_before()).is_empty()
    };
    if let Some(edit) = remedy.edits.iter().find(|edit| holds_secret(edit)) {
        let policy = printable(&edit.after.name);
        return Err(Error::Input(format!(
            "`{policy}` holds a secret, so the remedy is not written: take the secret out of the policy first"
        )));
    }
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, secret::redact(text).as_ref()).map_err(fail(&path))
    };
    for edit in &remedy.edits {
        write(&edit.file(), edit.after.document.source.text())?;
        if edit.before.is_some() {
            write(&edit.file_before(), edit.text_before())?;
        }
        write(&edit.file().replace(".json", ".diff"), &unified(edit))?;
    }
    let commands = remedy.commands.iter().map(|command| format!("{command}\n")).collect::<Vec<_>>().concat();
    write(
        "commands.sh",
        &format!("# {}\n# Read it before you run it.\n{commands}", printable(&remedy.title).replace('\n', " ")),
    )?;
    if let Some(terraform) = &remedy.terraform {
        write("remedy.tf", terraform)?;
    }
    if let Some(template) = &remedy.cloudformation {
        write("cloudformation.json", template)?;
    }
    Ok(())
}
