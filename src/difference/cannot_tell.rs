//! What a comparison could not decide, and why.

use super::access_change::AccessChange;
use crate::iam::{Action, Subject};
use crate::text::Position;

/// Something that may or may not differ.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CannotTell {
    /// Everything: the policies name too many kinds of actions.
    TooManyActions,
    /// Everything about this action: the policies overlap in too many ways.
    Action(String),
    /// The same for actions that the reference does not know; this is one of them.
    ActionsLike(Action),
    /// Which unknown actions of this service the patterns cover.
    UnknownActions(String),
    /// Values of a condition key.
    Key(String, KeyLimit),
    /// Values of a policy variable.
    Variable(String, VariableLimit),
    /// Whether these requests changed.
    Undecided(Box<AccessChange>),
    /// These requests changed, but no example of it was confirmed.
    Unconfirmed(Box<AccessChange>),
    /// What depends on these parts that only one of two files leaves open.
    LeftOpen(Vec<String>),
    /// What depends on something that only one of two files shows.
    ShownOnce(Subject),
    /// Whether more is allowed where these parts of a template turn out to be something else that the policies name.
    OpenParts(Vec<String>),
    /// Everything that depends on these parts of a template.
    DependsOn(Vec<String>),
    /// What depends on a tag of the principal that is another one now.
    Tag {
        /// The tag's key.
        key: String,
        /// Its value before; `None` where it was not there.
        before: Option<String>,
        /// Its value after.
        after: Option<String>,
        /// The statements that read it: the name of the policy, and the place in its document.
        read_by: Vec<(String, Position)>,
    },
    /// Everything: the policy cannot be read from the file, and why.
    NotRead(String),
    /// Everything that depends on a name of the files, or on a file that they read, which stands for something else now.
    StandsFor {
        /// The name: `Parameters.Res`, `var.actions`; or the file.
        name: String,
        /// What it stood for, where that is said in a line.
        before: Option<String>,
        /// What it stands for.
        after: Option<String>,
    },
    /// What is given or taken by arguments of a resource that are no policy document: each with its value before and after.
    Attached(Vec<(String, Option<String>, Option<String>)>),
}

/// Why not every value of a condition key was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyLimit {
    /// Its values fall into too many cases.
    Cases,
    /// Its lists of values fall into too many cases.
    Lists,
    /// It is compared both as text and as something else.
    MixedFamilies,
    /// Its patterns overlap in too many ways.
    Patterns,
    /// No number between these two can be written.
    NumbersBetween(String, String),
    /// No date between these two can be written.
    DatesBetween(String, String),
}

/// Why not every value of a policy variable was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VariableLimit {
    /// The key is a list.
    List,
    /// Conditions test it by more than single values.
    Tested,
    /// Conditions compare it with another variable.
    ComparedWithAnother,
    /// It stands for something else than text.
    NotText,
    /// Other patterns match a part of its values.
    PartlyMatched,
    /// Its values hold those of another variable.
    HoldsAnother,
    /// There are too many special values.
    TooMany,
}

impl CannotTell {
    /// A stable name for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooManyActions => "too-many-actions",
            Self::Action(_) => "action",
            Self::ActionsLike(_) => "actions-like",
            Self::UnknownActions(_) => "unknown-actions",
            Self::Key(..) => "condition-key",
            Self::Variable(..) => "policy-variable",
            Self::Undecided(_) => "undecided",
            Self::Unconfirmed(_) => "not-confirmed",
            Self::LeftOpen(_) => "left-open-in-one-file",
            Self::ShownOnce(_) => "shown-in-one-file",
            Self::OpenParts(_) => "open-parts",
            Self::DependsOn(_) => "depends-on-open-parts",
            Self::Tag { .. } => "tag",
            Self::NotRead(_) => "not-read",
            Self::StandsFor { .. } => "stands-for",
            Self::Attached(_) => "attached",
        }
    }
}
