//! What names in templates and modules stand for: of all that files define, what a policy, or what gives access, is taken from.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use super::folder::may_hold_policies;
use crate::snapshot::{Beside, Pair, Part};

/// Where names of a file mean the same: in a module of Terraform all files of the folder, in a template the file alone.
pub(super) fn scope(below: &str) -> String {
    let is_module = [".tf", ".tofu", ".tfvars", ".tfvars.json"].iter().any(|end| below.ends_with(end));
    match (is_module, below.rsplit_once('/')) {
        (true, Some((folder, _))) => folder.to_owned(),
        (true, None) => String::new(),
        (false, _) => below.to_owned(),
    }
}

/// Names, each with its scope.
pub(super) struct Names(BTreeSet<(String, String)>);

impl Names {
    /// The names that policies, and what gives access, are taken from, by whatever other names.
    pub(super) fn of<'p>(parts: impl Iterator<Item = &'p Part>) -> Self {
        let all: Vec<&Beside> = parts.filter_map(|part| part.beside.as_ref()).collect();
        let named = |beside: &Beside| -> Vec<(String, String)> {
            beside.names.iter().map(|name| (beside.scope.clone(), name.clone())).collect()
        };
        let mut names = Self(all.iter().filter(|it| it.defines.is_none()).flat_map(|it| named(it)).collect());
        loop {
            let before = names.0.len();
            for beside in all.iter().filter(|it| it.defines.is_some()) {
                if names.has(beside) {
                    names.0.extend(named(beside));
                }
            }
            if names.0.len() == before {
                return names;
            }
        }
    }

    /// Whether something is taken from what this defines. Variables may be set in any folder.
    fn has(&self, beside: &Beside) -> bool {
        let Some(name) = &beside.defines else { return true };
        self.0.iter().any(|(scope, known)| known == name && (*scope == beside.scope || name.starts_with("var.")))
    }

    /// The pairs without definitions that nothing is taken from.
    pub(super) fn used(&self, pairs: Vec<Pair>) -> Vec<Pair> {
        let is_used = |part: &Option<Part>| {
            part.as_ref().is_some_and(|part| part.beside.as_ref().is_none_or(|beside| self.has(beside)))
        };
        pairs.into_iter().filter(|pair| is_used(&pair.old) || is_used(&pair.new)).collect()
    }

    /// The files that are read, by their paths below the folder; those that are compared as policies are left out.
    pub(super) fn files(&self) -> BTreeSet<String> {
        let read = self.0.iter().filter_map(|(scope, name)| Some((scope, name.strip_prefix("file:")?)));
        read.map(|(scope, path)| plain(&Path::new(scope).join(path))).filter(|path| !may_hold_policies(path)).collect()
    }
}

/// The path without `.` and, as far as it can, `..`.
fn plain(path: &Path) -> String {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if plain.file_name().is_some() => drop(plain.pop()),
            other => plain.push(other),
        }
    }
    plain.to_string_lossy().replace('\\', "/")
}
