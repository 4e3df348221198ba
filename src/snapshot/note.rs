//! What was noticed while files were read, which changes nothing but may surprise a person.

use crate::iam::{Arn, EntityKind, NoPolicy};
use crate::text::Position;

/// Something that was noticed in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SnapshotNote {
    /// Two files have the same users, roles or groups of an account. The second file counts.
    EntitiesInTwoFiles {
        /// What they are.
        kind: EntityKind,
        /// The name of the first.
        name: String,
        /// How many others there are.
        more: usize,
        /// The two files.
        files: [String; 2],
    },
    /// More than one file has the organization of this id. The last one counts.
    OrganizationInTwoFiles(String),
    /// A file has a user, role or group more than once. The last one counts.
    EntityTwice {
        /// The file.
        file: String,
        /// What it is.
        kind: EntityKind,
        /// Its ARN.
        arn: Arn,
    },
    /// A file has an entity in another account than its ARN, which counts.
    InOtherAccount {
        /// The file.
        file: String,
        /// The entity's ARN.
        arn: Arn,
        /// The account that the file has it in.
        account: String,
    },
    /// An account is in the tree of an organization more than once. The last place counts.
    AccountTwiceInTree {
        /// The file.
        file: String,
        /// The account.
        account: String,
        /// The organization's id.
        organization: String,
    },
    /// A gap names a policy type that there is not.
    UnknownPolicyType {
        /// The file.
        file: String,
        /// What stands there.
        id: String,
    },
    /// A field that is not read.
    UnknownField {
        /// The file.
        file: String,
        /// Where the first of them is.
        at: Position,
        /// Its name.
        name: String,
        /// What it is a field of.
        of: &'static str,
        /// How many there are.
        times: usize,
    },
    /// Statements without a document around them, read as a document of the present version.
    BareStatements(String),
    /// The file is AWS's answer that there is no policy.
    NoPolicy {
        /// The file.
        file: String,
        /// What says so.
        answer: NoPolicy,
    },
}

impl SnapshotNote {
    /// A stable name for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::EntitiesInTwoFiles { .. } => "entities-in-two-files",
            Self::OrganizationInTwoFiles(_) => "organization-in-two-files",
            Self::EntityTwice { .. } => "entity-twice",
            Self::InOtherAccount { .. } => "in-other-account",
            Self::AccountTwiceInTree { .. } => "account-twice-in-tree",
            Self::UnknownPolicyType { .. } => "unknown-policy-type",
            Self::UnknownField { .. } => "unknown-field",
            Self::BareStatements(_) => "bare-statements",
            Self::NoPolicy { .. } => "no-policy",
        }
    }
}
