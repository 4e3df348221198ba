//! The files of a folder that may hold policies, in a stable order.

use std::path::Path;

use super::Error;

/// How the names of such files end.
const ENDINGS: [&str; 7] = ["json", "yaml", "yml", "template", "tf", "tfvars", "tofu"];
/// How the names of templates end that other programs fill in.
const TEMPLATES: [&str; 9] = ["erb", "hbs", "j2", "jinja", "jinja2", "mustache", "tftpl", "tmpl", "tpl"];
/// Folders deeper than this are not looked into.
const DEEPEST: usize = 32;

/// Whether the path is a folder.
pub(crate) fn is_folder(path: &str) -> bool {
    Path::new(path).is_dir()
}

/// The files below a folder: each as it can be opened, and by its path below the folder. What is hidden is left out, and links to
/// folders are not followed.
///
/// # Errors
/// When a folder cannot be read.
pub(crate) fn files(folder: &str) -> Result<Vec<(String, String)>, Error> {
    files_where(folder, may_hold_policies)
}

/// The same of files whose names are those that are wanted.
///
/// # Errors
/// When a folder cannot be read.
pub(crate) fn files_where(folder: &str, wanted: fn(&str) -> bool) -> Result<Vec<(String, String)>, Error> {
    let mut found = Vec::new();
    walk(Path::new(folder), "", 0, wanted, &mut found)?;
    found.sort_by(|one, other| one.1.cmp(&other.1));
    Ok(found)
}

fn walk(
    folder: &Path,
    below: &str,
    depth: usize,
    wanted: fn(&str) -> bool,
    found: &mut Vec<(String, String)>,
) -> Result<(), Error> {
    let failed = |error| Error::Read { path: folder.to_string_lossy().into_owned(), error };
    if depth > DEEPEST {
        return Ok(());
    }
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type().map_err(failed)?;
        let path = if below.is_empty() { name.clone() } else { format!("{below}/{name}") };
        if name.starts_with('.') || name == "node_modules" {
            continue;
        }
        if kind.is_dir() {
            walk(&entry.path(), &path, depth + 1, wanted, found)?;
        } else if wanted(&name) && entry.path().is_file() {
            found.push((entry.path().to_string_lossy().into_owned(), path));
        }
    }
    Ok(())
}

/// Whether a file of this name may hold a policy.
pub(crate) fn may_hold_policies(name: &str) -> bool {
    ENDINGS.iter().any(|ending| has_ending(name, ending))
}

/// Whether a file of this name may be a policy that another program fills in, or copies: its name says nothing of what it holds.
pub(crate) fn may_be_template(name: &str) -> bool {
    is_template(name) || has_ending(name, "txt") || Path::new(name).extension().is_none()
}

fn is_template(name: &str) -> bool {
    TEMPLATES.iter().any(|ending| has_ending(name, ending))
}

/// Whether such a file has what every policy has. Prose about policies has it, too.
pub(crate) fn is_policy_template(name: &str, text: &str) -> bool {
    let is_document = is_template(name) || text.trim_start().starts_with(['{', '[']);
    is_document && text.contains("Effect") && ["Statement", "Action"].iter().any(|word| text.contains(word))
}

fn has_ending(name: &str, ending: &str) -> bool {
    Path::new(name).extension().is_some_and(|found| found.eq_ignore_ascii_case(ending))
}
