//! What is found in a file beside policy documents.

use std::collections::{BTreeMap, BTreeSet};

/// What a resource has beside its policy documents: each argument that decides who has what, and its value in one line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Beside {
    /// The arguments.
    pub arguments: BTreeMap<String, String>,
    /// Those that say nothing of a resource that only one version has.
    pub only_kept: BTreeSet<String>,
    /// Those that certainly attach `AdministratorAccess`.
    pub full_access: BTreeSet<String>,
    /// The name that this is the meaning of, where it is no resource: `Parameters.Res`, `var.actions`, `Conditions.Prod`.
    pub defines: Option<String>,
    /// The names that its documents and arguments are taken from; `file:PATH` is a file that is read.
    pub names: BTreeSet<String>,
    /// Where its names mean the same: a file, or the folder of a module.
    pub scope: String,
}

/// What `AdministratorAccess` says.
/// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AdministratorAccess.html>
pub const ADMINISTRATOR_ACCESS: &str =
    r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;

/// A resource of a file, as far as it gives access by something else than documents.
pub(super) struct Found {
    /// Where it stands: `Role`, `module.m.aws_iam_role.r`.
    pub(super) address: String,
    pub(super) line: usize,
    pub(super) beside: Beside,
}
