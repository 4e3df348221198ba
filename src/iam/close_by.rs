//! The options of the command line that close a gap.

use std::fmt;

use super::context_argument::context_option;
use super::gap::{Gap, Subject, Unseen};
use super::policy_type::PolicyType;

/// An option that closes a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CloseBy {
    /// Who asked.
    Principal,
    /// What was asked.
    Action,
    /// On what.
    Resource,
    /// Whose the resource is.
    ResourceAccount,
    /// A file with the policies of a type.
    File(PolicyType),
    /// That there is no policy of a type.
    NoneOf(PolicyType),
    /// The value of a condition key.
    Context(String),
}

impl CloseBy {
    /// The option's name; none for a type of which there is always one.
    #[must_use]
    pub const fn option(&self) -> Option<&'static str> {
        Some(match self {
            Self::Principal => "--principal",
            Self::Action => "--action",
            Self::Resource => "--resource",
            Self::ResourceAccount => "--resource-account",
            Self::File(policy_type) => policy_type.row().option,
            Self::NoneOf(policy_type) => return policy_type.row().none_option,
            Self::Context(_) => "--context",
        })
    }
}

/// The option with what it takes: `--scp FILE`.
impl fmt::Display for CloseBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Context(key) = self {
            return f.write_str(&context_option(key));
        }
        f.write_str(self.option().unwrap_or_default())?;
        match self {
            Self::Principal | Self::Resource => f.write_str(" ARN"),
            Self::Action => f.write_str(" ACTION"),
            Self::ResourceAccount => f.write_str(" ACCOUNT"),
            Self::File(_) => f.write_str(" FILE"),
            Self::NoneOf(_) | Self::Context(_) => Ok(()),
        }
    }
}

impl Gap {
    /// The options that close it, each alone; none where only another snapshot or a file that can be read does.
    #[must_use]
    pub fn options(&self) -> Vec<CloseBy> {
        let mut all: Vec<CloseBy> = Vec::new();
        for subject in self.subject.parts() {
            for option in of_subject(subject, &self.reason) {
                if option.option().is_some() && !all.contains(&option) {
                    all.push(option);
                }
            }
        }
        all
    }
}

fn of_subject(subject: &Subject, reason: &Unseen) -> Vec<CloseBy> {
    let policies = |policy_type| vec![CloseBy::File(policy_type), CloseBy::NoneOf(policy_type)];
    match subject {
        Subject::Caller | Subject::Principal(_) => vec![CloseBy::Principal],
        Subject::Action => vec![CloseBy::Action],
        Subject::Resource => vec![CloseBy::Resource],
        Subject::PoliciesOf(policy_type, whose) => match whose.as_ref() {
            Subject::Caller => [vec![CloseBy::Principal], policies(*policy_type)].concat(),
            _ => policies(*policy_type),
        },
        Subject::SessionPolicies(_) => policies(PolicyType::Session),
        Subject::EndpointPolicy(_) => policies(PolicyType::VpcEndpoint),
        Subject::OrganizationPolicies(policy_type, _)
        | Subject::LevelPolicies(policy_type, _)
        | Subject::LevelPolicy { policy_type, .. }
        | Subject::Collected(policy_type @ (PolicyType::ServiceControl | PolicyType::ResourceControl), _) => {
            policies(*policy_type)
        }
        Subject::ResourcePolicy { resource: None, .. } => {
            let missing = match reason {
                Unseen::ResourceNotNamed => vec![CloseBy::Resource],
                _ => Vec::new(),
            };
            [missing, policies(PolicyType::ResourceBased)].concat()
        }
        // beside a document no option says that there is no other
        Subject::ResourcePolicy { resource: Some(_), .. } if *reason == Unseen::OneOfTwo => {
            vec![CloseBy::File(PolicyType::ResourceBased)]
        }
        Subject::ResourcePolicy { resource: Some(_), .. } => policies(PolicyType::ResourceBased),
        Subject::FullAccess(_) => vec![CloseBy::File(PolicyType::ServiceControl)],
        // a role always has one
        Subject::TrustPolicy(_) => vec![CloseBy::File(PolicyType::RoleTrust)],
        Subject::UnnamedTrustPolicy => vec![CloseBy::Resource, CloseBy::File(PolicyType::RoleTrust)],
        Subject::AuthPolicy(_) | Subject::NetworkAuthPolicy(_) => vec![CloseBy::File(PolicyType::ResourceBased)],
        Subject::ContextKey(key) => vec![CloseBy::Context(key.clone())],
        Subject::Entity(..)
        | Subject::UserBehind(_)
        | Subject::GroupPolicies { .. }
        | Subject::PermissionSet(_)
        | Subject::Policy { .. }
        | Subject::OpenPart { .. }
        | Subject::Collected(..)
        | Subject::KeyGrants(_)
        | Subject::PublicAccessBlock(_)
        | Subject::AccessPoint(_)
        | Subject::BucketBehind(_)
        | Subject::ObjectOwnership(_)
        | Subject::Destinations { .. }
        | Subject::Credentials
        | Subject::Simulator
        | Subject::Record
        | Subject::TrailRecord
        | Subject::PolicyThen
        | Subject::EncodedMessage
        | Subject::StoredAnswer
        | Subject::Several(_) => Vec::new(),
    }
}
