//! A call that AWS did not answer: what came of it, in AWS's words.

/// A call that AWS did not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The operation: `iam:ListRoles`.
    pub operation: String,
    /// What came of it.
    pub outcome: CallOutcome,
    /// What AWS said, where it said something.
    pub error: Option<String>,
    /// The permission that it needs, where that is known.
    pub permission: Option<String>,
    /// When it was asked.
    pub asked: Asked,
}

/// What came of a call that gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallOutcome {
    /// AWS refused it.
    Refused,
    /// It was not made.
    NotMade,
    /// It did not reach AWS.
    NotReached,
    /// AWS had too many calls at that time.
    Throttled,
    /// It failed at AWS.
    Failed,
    /// The answer cannot be read.
    Unreadable,
    /// AWS answered that what was asked about does not exist.
    NotFound,
    /// It was answered, and tells of a grant of a KMS key that may allow the request beside the policies.
    TellsOfGrant,
}

impl CallOutcome {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Refused,
        Self::NotMade,
        Self::NotReached,
        Self::Throttled,
        Self::Failed,
        Self::Unreadable,
        Self::NotFound,
        Self::TellsOfGrant,
    ];

    /// As a gap of a snapshot has it: `not-asked`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::NotMade => "not-asked",
            Self::NotReached => "not-reached",
            Self::Throttled => "throttled",
            Self::Failed => "failed",
            Self::Unreadable => "unreadable",
            Self::NotFound => "not-found",
            Self::TellsOfGrant => "grant",
        }
    }
}

/// When AWS was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Asked {
    /// When the snapshot was taken.
    ForSnapshot,
    /// For this diagnosis.
    ForDiagnosis,
}
