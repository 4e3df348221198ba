//! Signs that a text is not as AWS wrote it: each a fact with its data, the parts of the request that it makes doubtful, and how far.

use crate::iam::{Action, PolicyType};

/// A part of a denial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Part {
    /// Who was denied.
    Principal,
    /// What was denied.
    Action,
    /// On what.
    Resource,
    /// The reason that AWS gave.
    Reason,
}

impl Part {
    /// For a person.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Principal => "principal",
            Self::Action => "action",
            Self::Resource => "resource",
            Self::Reason => "reason",
        }
    }

    /// The option with which a reader says what the part really was.
    #[must_use]
    pub const fn option(self) -> Option<&'static str> {
        match self {
            Self::Principal => Some("--principal ARN"),
            Self::Action => Some("--action ACTION"),
            Self::Resource => Some("--resource ARN"),
            Self::Reason => None,
        }
    }
}

/// A sign that the text was edited, was damaged on its way, or was joined from several texts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Damage {
    /// Characters that nobody sees, or hyphens that are none, stood in the sentence; they were left out or replaced.
    RemovedCharacters {
        /// Which, each once.
        characters: Vec<char>,
        /// The parts in which they stood; none where they stood between the words of the sentence.
        parts: Vec<Part>,
    },
    /// A part holds characters that AWS does not allow there.
    ImpossibleCharacters {
        /// Which part.
        part: Part,
        /// Which, each once.
        characters: Vec<char>,
    },
    /// A word mixes letters of two alphabets that look alike.
    LookalikeLetters {
        /// Which part.
        part: Part,
        /// The letters that only look like letters of English, each once.
        characters: Vec<char>,
    },
    /// A part holds a piece of another message.
    SecondMessage {
        /// Which part.
        part: Part,
        /// The words of it.
        words: &'static str,
    },
    /// The sentence names one action as asked and another one as not allowed.
    ActionInReason {
        /// The action that was asked.
        asked: Action,
        /// The action that no policy allows.
        reason: Action,
    },
    /// The operation that was called never asks for the action.
    ActionOfOperation {
        /// The operation.
        operation: String,
        /// The action.
        action: Action,
    },
    /// The action belongs to another service than the resource.
    ResourceOfAnotherService {
        /// The action.
        action: Action,
        /// The service of the resource's ARN.
        service: String,
    },
    /// The action works on resources of another type.
    ResourceOfAnotherType {
        /// The action.
        action: Action,
        /// The type that the ARN names.
        resource_type: String,
    },
    /// An account id of digits that are not twelve.
    AccountLength {
        /// Whose.
        part: Part,
        /// The digits.
        account: String,
    },
    /// The principal and the resource are in partitions between which no request goes.
    Partitions {
        /// Of the principal.
        principal: String,
        /// Of the resource.
        resource: String,
    },
    /// The Region has a name that no Region has.
    Region {
        /// Of which part.
        part: Part,
        /// The name.
        region: String,
    },
    /// The Region is not in the partition of the ARN.
    RegionOfAnotherPartition {
        /// Of which part.
        part: Part,
        /// The Region.
        region: String,
        /// The partition.
        partition: String,
    },
    /// The policy that is named is not of the type that is named.
    PolicyOfAnotherType {
        /// The type.
        policy_type: PolicyType,
        /// The policy.
        arn: String,
    },
    /// The policy that is named is in another account than the principal to whom it would have to be attached.
    PolicyOfAnotherAccount {
        /// The type.
        policy_type: PolicyType,
        /// The account in the policy's ARN.
        account: String,
    },
    /// Policies of the type are not asked about the action.
    PolicyTypeOfAction {
        /// The type.
        policy_type: PolicyType,
        /// The action.
        action: Action,
    },
    /// The record says that somebody else called than its message.
    PrincipalOfRecord {
        /// Who called, by the record.
        record: String,
    },
    /// Another denial in the same input says something else of the same request.
    OtherDenial {
        /// The line of the other one.
        line: usize,
        /// In what they differ.
        part: Part,
        /// Whether both carry the same request id.
        same_id: bool,
    },
}

/// How far a sign makes a part doubtful.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// The part can be right as it was read.
    Possible,
    /// The part cannot be right, or cannot be right beside another one.
    Contradicted,
}

impl Damage {
    /// The stable name of the kind.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::RemovedCharacters { .. } => "removed-characters",
            Self::ImpossibleCharacters { .. } => "impossible-characters",
            Self::LookalikeLetters { .. } => "lookalike-letters",
            Self::SecondMessage { .. } => "second-message",
            Self::ActionInReason { .. } => "action-in-reason",
            Self::ActionOfOperation { .. } => "action-of-operation",
            Self::ResourceOfAnotherService { .. } => "resource-of-another-service",
            Self::ResourceOfAnotherType { .. } => "resource-of-another-type",
            Self::AccountLength { .. } => "account-length",
            Self::Partitions { .. } => "partitions",
            Self::Region { .. } => "region",
            Self::RegionOfAnotherPartition { .. } => "region-of-another-partition",
            Self::PolicyOfAnotherType { .. } => "policy-of-another-type",
            Self::PolicyOfAnotherAccount { .. } => "policy-of-another-account",
            Self::PolicyTypeOfAction { .. } => "policy-type-of-action",
            Self::PrincipalOfRecord { .. } => "principal-of-record",
            Self::OtherDenial { .. } => "other-denial",
        }
    }

    /// The parts that it makes doubtful, and how far.
    #[must_use]
    pub fn parts(&self) -> (Doubt, Vec<Part>) {
        match self {
            Self::RemovedCharacters { parts, .. } => (Doubt::Possible, parts.clone()),
            Self::PolicyOfAnotherType { .. }
            | Self::PolicyOfAnotherAccount { .. }
            | Self::PolicyTypeOfAction { .. }
            | Self::OtherDenial { part: Part::Reason, .. } => (Doubt::Possible, vec![Part::Reason]),
            Self::ImpossibleCharacters { part, .. }
            | Self::LookalikeLetters { part, .. }
            | Self::SecondMessage { part, .. }
            | Self::AccountLength { part, .. }
            | Self::Region { part, .. }
            | Self::RegionOfAnotherPartition { part, .. }
            | Self::OtherDenial { part, .. } => (Doubt::Contradicted, vec![*part]),
            Self::ActionInReason { .. } | Self::ActionOfOperation { .. } => (Doubt::Contradicted, vec![Part::Action]),
            Self::ResourceOfAnotherService { .. } | Self::ResourceOfAnotherType { .. } => {
                (Doubt::Contradicted, vec![Part::Action, Part::Resource])
            }
            Self::Partitions { .. } => (Doubt::Contradicted, vec![Part::Principal, Part::Resource]),
            Self::PrincipalOfRecord { .. } => (Doubt::Contradicted, vec![Part::Principal]),
        }
    }

    /// Parts that cannot be right, of which the reader has confirmed none.
    #[must_use]
    pub fn unconfirmed(&self, confirmed: &[Part]) -> Vec<Part> {
        match self.parts() {
            (Doubt::Contradicted, parts) if !parts.iter().any(|part| confirmed.contains(part)) => parts,
            _ => Vec::new(),
        }
    }
}
