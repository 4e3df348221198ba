//! The parts of an ARN that the options of commands and the arguments of templates take.

/// What an option takes of an ARN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ArnPart {
    /// The whole ARN.
    Arn,
    /// The ARN up to the end of the first part behind the prefix.
    Parent,
    /// What follows the prefix.
    Name,
    /// The first part of what follows the prefix.
    First,
    /// The part after that.
    Second,
    /// The third.
    Third,
    /// The last: a role's name is the end of its path.
    Last,
    /// The account.
    Account,
    /// The address of a queue.
    QueueUrl,
    /// These words, whatever the ARN.
    Words(&'static str),
}
