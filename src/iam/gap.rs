//! What could not be seen, why, and the commands that would show it.

use super::command::Command;
use super::entity::EntityKind;
use super::policy_type::PolicyType;
use super::policy_type_row::PolicySide;
use super::public_access_level::PublicAccessLevel;
use super::refusal::{CallOutcome, Refusal};
use super::statement::Element;

/// Something that could not be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// What was not seen.
    pub subject: Subject,
    /// Why not.
    pub reason: Unseen,
    /// The commands that would show it, or the options that would give it.
    pub how_to_close: Vec<Command>,
}

/// What a gap is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Subject {
    /// Who made the request.
    Caller,
    /// A principal that nothing can be looked up by, as the input writes it.
    Principal(String),
    /// A user, group or role by its name.
    Entity(EntityKind, String),
    /// The IAM user that made the session of a federated user.
    UserBehind(String),
    /// All policies of this type that somebody has: identity-based policies, or the permissions boundary.
    PoliciesOf(PolicyType, Box<Self>),
    /// The policies of a group.
    GroupPolicies {
        /// The group's name.
        group: String,
        /// The kind of its member.
        kind: EntityKind,
        /// The member's name.
        member: String,
    },
    /// One policy.
    Policy {
        /// Its type.
        policy_type: PolicyType,
        /// Its name.
        name: String,
        /// Its ARN, where it has one.
        arn: Option<String>,
        /// What it is attached to.
        attached_to: Vec<String>,
    },
    /// A part of a document that a template leaves open.
    OpenPart {
        /// What is written there: `AWS::Region`.
        part: String,
        /// The policy's type.
        policy_type: PolicyType,
        /// Where the document stands: a file, and the line where that is known.
        place: String,
    },
    /// Whatever of this type belongs to an ARN or id that the collector asked about.
    Collected(PolicyType, String),
    /// The grants of a KMS key, which allow beside its policy.
    KeyGrants(String),
    /// The policies passed when a session was made.
    SessionPolicies(Option<String>),
    /// The policy of a VPC endpoint, by its id; without one, of the endpoint that the request may have come through.
    EndpointPolicy(Option<String>),
    /// SCPs or RCPs over an account.
    OrganizationPolicies(PolicyType, Option<String>),
    /// SCPs or RCPs attached to one level of the organization.
    LevelPolicies(PolicyType, String),
    /// One SCP or RCP, by its id, at one level of the organization.
    LevelPolicy {
        /// SCP or RCP.
        policy_type: PolicyType,
        /// The policy's id: `p-...`.
        id: String,
        /// The root, unit or account.
        level: String,
    },
    /// The SCP that AWS attaches to every root, unit and account and that allows everything, at levels of which only SCPs that deny
    /// were given. The levels, from 1; none where they are all.
    FullAccess(Vec<usize>),
    /// The policy of the resource.
    ResourcePolicy {
        /// The resource, where the request names it.
        resource: Option<String>,
        /// Whether such a resource can have a policy, as far as AWS documents it.
        documented: bool,
    },
    /// The trust policy of a role.
    TrustPolicy(String),
    /// The trust policy of a role that the request does not name.
    UnnamedTrustPolicy,
    /// The auth policy of a VPC Lattice service, by its id.
    AuthPolicy(String),
    /// The permission set of IAM Identity Center of this name, where a role's policies are edited.
    PermissionSet(String),
    /// The auth policy of the service network of a VPC Lattice service.
    NetworkAuthPolicy(String),
    /// S3 Block Public Access at one level.
    PublicAccessBlock(PublicAccessLevel),
    /// What an access point of S3 is for, by its ARN: the bucket behind it, and the VPC that it takes requests from.
    AccessPoint(String),
    /// The policy of the bucket behind an access point, by the ARN of the bucket where it is known, else of the access point.
    BucketBehind(String),
    /// Who owns the objects of a bucket, by its ARN.
    ObjectOwnership(String),
    /// Which action was asked for.
    Action,
    /// Which resource was asked for.
    Resource,
    /// The value of a condition key in the request.
    ContextKey(String),
    /// The Regions to which an inference profile of Amazon Bedrock sends calls.
    Destinations {
        /// The profile's id.
        profile: String,
        /// The Region that was called.
        region: String,
    },
    /// With whose credentials AWS was asked.
    Credentials,
    /// AWS's policy simulator.
    Simulator,
    /// AWS's own record of the request.
    Record,
    /// The record of the denial in CloudTrail's event history.
    TrailRecord,
    /// A policy as it was when the request was denied.
    PolicyThen,
    /// The encoded authorization message.
    EncodedMessage,
    /// An answer of AWS that a snapshot holds.
    StoredAnswer,
    /// Several together, where one layer has several gaps.
    Several(Vec<Self>),
}

/// Why something was not seen.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unseen {
    /// The input does not say who made the request.
    CallerNotNamed,
    /// The input does not name the action.
    ActionNotNamed,
    /// The input does not name the resource.
    ResourceNotNamed,
    /// The input gives a pattern of the resource, or hides a part of it.
    ResourceIsPattern,
    /// The account of the principal is not known.
    CallerAccountNotKnown,
    /// The account that owns the resource is not known.
    ResourceAccountNotKnown,
    /// The principal is not the ARN of a user or role.
    NotAUserOrRole,
    /// The principal's ARN holds no account.
    NoAccountInArn,
    /// The kind of the principal cannot be told.
    KindOfPrincipal,
    /// The ARN of a federated user does not name the IAM user whose policies it has.
    /// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html>
    UserNotInArn,
    /// No snapshot was given.
    NoSnapshot,
    /// No snapshot or option gives it.
    NotGiven,
    /// No snapshot or option gives the organization.
    OrganizationNotGiven,
    /// The snapshot holds other accounts only: the first few of them.
    OtherAccounts {
        /// The account that is missing.
        account: String,
        /// Accounts that are there.
        known: Vec<String>,
    },
    /// AWS was asked with credentials of another account.
    OtherCredentials {
        /// The account in question.
        account: String,
        /// That of the credentials.
        used: String,
    },
    /// The snapshot holds the account, and no entity of this name.
    NotInAccount(NotInAccount),
    /// The group is not in the snapshot.
    GroupNotInSnapshot,
    /// The role is not in the snapshot.
    RoleNotInSnapshot,
    /// The trees of these organizations do not hold the account.
    NotInTree(Vec<String>),
    /// The snapshot does not say what is attached to a level.
    AttachmentsNotTold,
    /// No SCP that was given allows anything there. AWS attaches one that allows everything to every root, unit and account; a level
    /// without any denies everything.
    /// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html>
    OnlyDenials,
    /// The file names the policy and does not hold its document.
    DocumentNotInFile,
    /// The snapshot names the organization's policy and does not hold its content.
    ContentNotInSnapshot,
    /// The document cannot be read.
    Unreadable {
        /// Where it stands, for a person.
        place: String,
        /// What is wrong with it.
        error: String,
    },
    /// The policy in the record of the call that made the session cannot be read.
    RecordUnreadable {
        /// That call.
        operation: String,
        /// What is wrong with it.
        error: String,
    },
    /// Only the call that made the session says whether it was given session policies.
    OnlyTheSessionCall,
    /// The session whose permissions were narrowed may have session policies of its own.
    EarlierSessionPolicies,
    /// Only the call of `sts:GetFederationToken` says which session policies the session was given.
    OnlyTheFederationCall,
    /// The request came through the endpoint, and nothing gives its policy.
    EndpointNotGiven,
    /// The VPC that the request came from has several endpoints of the service, with different policies.
    SeveralEndpoints {
        /// The VPC.
        vpc: String,
        /// The endpoints.
        endpoints: Vec<String>,
    },
    /// The permission set's inline policy is another one than that of the role: it was changed and not provisioned since.
    NotProvisioned,
    /// The input does not say how the request reached AWS.
    RouteNotTold,
    /// The file leaves it open, and this element of the statement depends on it.
    LeftOpen(Element),
    /// AWS did not answer a call of the collector.
    Refused(Refusal),
    /// A statement that decides tests the key, and the input does not give its value.
    KeyNotTold,
    /// AWS publishes it per profile and Region, and no file given holds it.
    PerProfile,
    /// An entry of a stored answer cannot be read.
    AnswerUnreadable {
        /// The list of the snapshot.
        list: String,
        /// Its entry, from 1.
        entry: usize,
        /// What is wrong with it.
        error: String,
    },
    /// The bucket's policy is there, and it counts beside that of the access point, where it is judged by itself.
    BothMustAllow,
    /// One document was given, and another policy counts beside it.
    OneOfTwo,
    /// Several reasons, where one layer has several gaps.
    Several(Vec<Self>),
}

/// The snapshot holds an account, and no entity of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotInAccount {
    /// The account.
    pub account: String,
    /// The kind of entity.
    pub kind: EntityKind,
    /// Its name.
    pub name: String,
    /// When the snapshot was taken, if it says so.
    pub taken_at: Option<String>,
    /// Whether the snapshot says that it holds only a part of the account; else how many entities of this kind it holds.
    pub held: Held,
    /// An entity whose name differs only in case.
    pub near: Option<String>,
}

/// How much of an account a snapshot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Held {
    /// A part of it.
    Part,
    /// A part of it: AWS was asked for this entity, and answered that there is none.
    NotInAws,
    /// All of it, with so many entities of the kind in question.
    All(usize),
}

impl Subject {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Caller => "caller",
            Self::Principal(_) => "principal",
            Self::Entity(..) => "entity",
            Self::UserBehind(_) => "user-behind-session",
            Self::PoliciesOf(..) => "policies-of-principal",
            Self::GroupPolicies { .. } => "group-policies",
            Self::Policy { .. } => "policy",
            Self::OpenPart { .. } => "template-part",
            Self::Collected(..) => "collected-policies",
            Self::KeyGrants(_) => "key-grants",
            Self::SessionPolicies(_) => "session-policies",
            Self::EndpointPolicy(_) => "vpc-endpoint-policy",
            Self::OrganizationPolicies(..) => "organization-policies",
            Self::LevelPolicies(..) => "level-policies",
            Self::LevelPolicy { .. } => "level-policy",
            Self::FullAccess(_) => "full-aws-access",
            Self::ResourcePolicy { .. } => "resource-policy",
            Self::TrustPolicy(_) | Self::UnnamedTrustPolicy => "trust-policy",
            Self::AuthPolicy(_) => "auth-policy",
            Self::PermissionSet(_) => "permission-set",
            Self::NetworkAuthPolicy(_) => "network-auth-policy",
            Self::PublicAccessBlock(_) => "public-access-block",
            Self::AccessPoint(_) => "access-point",
            Self::BucketBehind(_) => "bucket-behind-access-point",
            Self::ObjectOwnership(_) => "object-ownership",
            Self::Action => "action",
            Self::Resource => "resource",
            Self::ContextKey(_) => "context-key",
            Self::Destinations { .. } => "inference-profile-destinations",
            Self::Credentials => "credentials",
            Self::Simulator => "simulator",
            Self::Record => "authorization-details",
            Self::TrailRecord => "event-history",
            Self::PolicyThen => "authorization-policy",
            Self::EncodedMessage => "encoded-message",
            Self::StoredAnswer => "stored-answer",
            Self::Several(_) => "several",
        }
    }

    /// Whether it is about policies of an organization of this type.
    #[must_use]
    pub fn is_of_organization(&self, of: PolicyType) -> bool {
        match self {
            Self::Collected(policy_type, _)
            | Self::OrganizationPolicies(policy_type, _)
            | Self::LevelPolicies(policy_type, _)
            | Self::LevelPolicy { policy_type, .. } => *policy_type == of,
            Self::FullAccess(_) => of == PolicyType::ServiceControl,
            Self::Several(all) => all.iter().any(|one| one.is_of_organization(of)),
            _ => false,
        }
    }

    /// Whose account shows it: the caller's or that of the resource's owner; `None` where neither does, or another account does too.
    #[must_use]
    pub const fn side(&self) -> Option<PolicySide> {
        match self {
            Self::PoliciesOf(..)
            | Self::GroupPolicies { .. }
            | Self::Entity(..)
            | Self::UserBehind(_)
            | Self::SessionPolicies(_) => Some(PolicySide::Principal),
            Self::ResourcePolicy { .. }
            | Self::TrustPolicy(_)
            | Self::AuthPolicy(_)
            | Self::NetworkAuthPolicy(_)
            | Self::KeyGrants(_)
            | Self::PublicAccessBlock(_)
            | Self::AccessPoint(_)
            | Self::BucketBehind(_)
            | Self::ObjectOwnership(_) => Some(PolicySide::Resource),
            _ => None,
        }
    }

    /// This and what it is made of.
    pub fn parts(&self) -> impl Iterator<Item = &Self> {
        let parts = match self {
            Self::Several(parts) => parts.as_slice(),
            one => std::slice::from_ref(one),
        };
        parts.iter()
    }
}

impl Unseen {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::CallerNotNamed => "caller-not-named",
            Self::ActionNotNamed => "action-not-named",
            Self::ResourceNotNamed => "resource-not-named",
            Self::ResourceIsPattern => "resource-is-pattern",
            Self::CallerAccountNotKnown => "caller-account-not-known",
            Self::ResourceAccountNotKnown => "resource-account-not-known",
            Self::NotAUserOrRole => "not-a-user-or-role",
            Self::NoAccountInArn => "no-account-in-arn",
            Self::KindOfPrincipal => "kind-of-principal",
            Self::UserNotInArn => "user-not-in-arn",
            Self::NoSnapshot => "no-snapshot",
            Self::NotGiven => "not-given",
            Self::OrganizationNotGiven => "organization-not-given",
            Self::OtherCredentials { .. } => "other-credentials",
            Self::OtherAccounts { .. } => "other-accounts",
            Self::NotInAccount(_) => "not-in-account",
            Self::GroupNotInSnapshot => "group-not-in-snapshot",
            Self::RoleNotInSnapshot => "role-not-in-snapshot",
            Self::NotInTree(_) => "not-in-tree",
            Self::AttachmentsNotTold => "attachments-not-told",
            Self::OnlyDenials => "only-denials",
            Self::DocumentNotInFile => "document-not-in-file",
            Self::ContentNotInSnapshot => "content-not-in-snapshot",
            Self::Unreadable { .. } => "unreadable",
            Self::RecordUnreadable { .. } => "record-unreadable",
            Self::OnlyTheSessionCall => "only-the-session-call",
            Self::EarlierSessionPolicies => "earlier-session-policies",
            Self::OnlyTheFederationCall => "only-the-federation-call",
            Self::EndpointNotGiven => "endpoint-not-given",
            Self::SeveralEndpoints { .. } => "several-endpoints",
            Self::NotProvisioned => "not-provisioned",
            Self::RouteNotTold => "route-not-told",
            Self::LeftOpen(_) => "left-open",
            Self::Refused(_) => "refused",
            Self::KeyNotTold => "key-not-told",
            Self::PerProfile => "per-profile",
            Self::AnswerUnreadable { .. } => "answer-unreadable",
            Self::BothMustAllow => "both-must-allow",
            Self::OneOfTwo => "one-of-two",
            Self::Several(_) => "several",
        }
    }

    /// Whether nothing was given that could show it: no file, no option, no record.
    #[must_use]
    pub const fn is_nothing_given(&self) -> bool {
        matches!(
            self,
            Self::NoSnapshot
                | Self::CallerNotNamed
                | Self::NotGiven
                | Self::OrganizationNotGiven
                | Self::OnlyTheSessionCall
                | Self::OnlyTheFederationCall
                | Self::UserNotInArn
                | Self::RouteNotTold
                | Self::EndpointNotGiven
        )
    }

    /// Whether AWS answered that there is no such user or role.
    #[must_use]
    pub fn says_that_nobody_is_there(&self) -> bool {
        let nobody = |reason: &Self| matches!(reason, Self::NotInAccount(absent) if absent.held == Held::NotInAws);
        self.parts().iter().any(nobody)
    }

    /// The same, or a file that holds all users and roles of the account has none of that name.
    #[must_use]
    pub fn has_nobody(&self) -> bool {
        let nobody = |reason: &Self| matches!(reason, Self::NotInAccount(absent) if absent.held != Held::Part);
        self.parts().iter().any(nobody)
    }

    /// Whether AWS answered that what was asked about does not exist.
    #[must_use]
    pub fn says_not_found(&self) -> bool {
        let absent =
            |reason: &Self| matches!(reason, Self::Refused(refusal) if refusal.outcome == CallOutcome::NotFound);
        self.parts().iter().any(absent)
    }

    /// Whether it is an answer of AWS: a refusal, that nothing is there, or a text that is another one than that of its copy.
    #[must_use]
    pub fn is_told_by_aws(&self) -> bool {
        let told = |reason: &Self| {
            matches!(reason, Self::Refused(_) | Self::NotProvisioned | Self::OtherCredentials { .. })
                || reason.says_that_nobody_is_there()
        };
        self.parts().iter().any(told)
    }

    fn parts(&self) -> &[Self] {
        match self {
            Self::Several(parts) => parts,
            one => std::slice::from_ref(one),
        }
    }
}

impl Gap {
    /// A gap that no command closes.
    #[must_use]
    pub const fn new(subject: Subject, reason: Unseen) -> Self {
        Self { subject, reason, how_to_close: Vec::new() }
    }

    /// The same with one more command that closes it.
    #[must_use]
    pub fn closed_by(mut self, command: Command) -> Self {
        self.how_to_close.push(command);
        self
    }

    /// The same where its commands need credentials of this account.
    #[must_use]
    pub fn with_credentials_of(mut self, account: &str) -> Self {
        for command in &mut self.how_to_close {
            if command.is_of_aws() {
                *command = command.clone().with_credentials_of(account);
            }
        }
        self
    }

    /// Whether it is, among others, a grant of a KMS key that was read.
    #[must_use]
    pub fn tells_of_grant(&self) -> bool {
        let told =
            |reason: &Unseen| matches!(reason, Unseen::Refused(call) if call.outcome == CallOutcome::TellsOfGrant);
        self.reason.parts().iter().any(told)
    }

    /// One gap that stands for several: each reason and command once.
    #[must_use]
    pub fn sum(gaps: &[Self]) -> Option<Self> {
        let [first, rest @ ..] = gaps else { return None };
        if rest.is_empty() {
            return Some(first.clone());
        }
        let mut reasons: Vec<Unseen> = Vec::new();
        let mut how_to_close: Vec<Command> = Vec::new();
        for gap in gaps {
            for reason in gap.reason.parts() {
                if !reasons.contains(reason) {
                    reasons.push(reason.clone());
                }
            }
            for command in &gap.how_to_close {
                if !how_to_close.contains(command) {
                    how_to_close.push(command.clone());
                }
            }
        }
        let reason = match reasons.as_slice() {
            [only] => only.clone(),
            _ => Unseen::Several(reasons),
        };
        let subjects = gaps.iter().flat_map(|gap| gap.subject.parts()).cloned().collect();
        Some(Self { subject: Subject::Several(subjects), reason, how_to_close })
    }
}
