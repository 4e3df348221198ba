//! Whom and what a change of access covers: patterns, and what the policy language has no pattern for.

/// Something, as far as it is something else too, without exceptions.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pattern<T> {
    /// What it covers.
    pub pattern: T,
    /// What must cover it as well.
    pub also: Vec<T>,
    /// What must not cover it.
    pub except: Vec<T>,
}

/// Some actions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ActionSet {
    /// Those that a text matches, as a policy writes it.
    Matching(String),
    /// Every action of the services that the policies do not name.
    OtherServices,
    /// Those of a pattern that the reference does not know.
    Unknown {
        /// The pattern.
        of: String,
        /// One of them.
        example: String,
    },
}

/// Some resources.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ResourceSet {
    /// All of a type.
    OfType(SpecialType),
    /// Those that a text matches, as a policy writes it.
    Matching(String),
    /// None: requests that do not name a resource.
    None,
    /// What the policy of the request's resource is about.
    OfPolicy {
        /// What carries the policy: the bucket, the table, or the resource itself.
        arn: String,
        /// The pattern of what belongs to it, where something does: the objects of the bucket, the indexes of the table.
        parts: Option<String>,
    },
}

/// A type of resource whose own policy must allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SpecialType {
    /// IAM roles, with their trust policies.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html>
    IamRole,
    /// KMS keys, with their key policies.
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>
    KmsKey,
}

/// Some principals.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PrincipalSet {
    /// The one that a policy names.
    Named(String),
    /// The sessions of this role that no policy names.
    OtherSessions(String),
    /// These without an identity-based policy, where the resource is of their account.
    Alone(Box<Self>),
    /// The principals of an account.
    OfAccount(String),
    /// The principals of an account that no policy names, where policies name some.
    OthersOfAccount(String),
    /// The principals of every account that no policy names.
    OtherAccounts,
    /// Whoever signs no request.
    Anonymous,
    /// Every AWS service that no policy names.
    OtherServices,
}

impl<T> Pattern<T> {
    /// All of it, without exceptions.
    #[must_use]
    pub const fn new(pattern: T) -> Self {
        Self { pattern, also: Vec::new(), except: Vec::new() }
    }

    /// Of the same pattern, less comes before all.
    const fn order(&self) -> (&T, &Vec<T>, bool, &Vec<T>) {
        (&self.pattern, &self.also, self.except.is_empty(), &self.except)
    }
}

impl<T: Ord> Ord for Pattern<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.order().cmp(&other.order())
    }
}

impl<T: Ord> PartialOrd for Pattern<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl From<String> for ActionSet {
    fn from(text: String) -> Self {
        Self::Matching(text)
    }
}

impl From<String> for ResourceSet {
    fn from(text: String) -> Self {
        Self::Matching(text)
    }
}

impl ActionSet {
    /// A stable name for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Matching(_) => "matching",
            Self::OtherServices => "other-services",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// The text that matches them, as a policy writes it.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Matching(text) => Some(text),
            Self::OtherServices | Self::Unknown { .. } => None,
        }
    }
}

impl ResourceSet {
    /// A stable name for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OfType(SpecialType::IamRole) => "iam-roles",
            Self::OfType(SpecialType::KmsKey) => "kms-keys",
            Self::Matching(_) => "matching",
            Self::None => "none",
            Self::OfPolicy { .. } => "of-policy",
        }
    }

    /// The text that matches them, as a policy writes it.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Matching(text) => Some(text),
            Self::OfType(_) | Self::None | Self::OfPolicy { .. } => None,
        }
    }
}

impl SpecialType {
    /// The type of which the evaluator asks more, among the resources of a service.
    pub(super) fn of_service(service: &str) -> Option<Self> {
        match service {
            "kms" => Some(Self::KmsKey),
            "sts" => Some(Self::IamRole),
            _ => None,
        }
    }

    /// The ARNs of the type.
    pub(super) const fn arns(self) -> &'static str {
        match self {
            Self::KmsKey => "arn:*:kms:*:*:key/*",
            Self::IamRole => "arn:*:iam:*:*:role/*",
        }
    }
}

impl PrincipalSet {
    /// A stable name for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Named(_) => "named",
            Self::OtherSessions(_) => "other-sessions",
            Self::OfAccount(_) => "of-account",
            Self::OthersOfAccount(_) => "others-of-account",
            Self::OtherAccounts => "other-accounts",
            Self::Alone(_) => "without-identity-based-policy",
            Self::Anonymous => "anonymous",
            Self::OtherServices => "other-services",
        }
    }
}
