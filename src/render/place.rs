//! Where a document is kept in AWS, as far as the input tells: what commands and templates have to name.

use crate::iam::{
    Argument, Arn, Policy, PolicyCalls, PolicyOrigin, PolicyType, PolicyWrite, Principal, settable_policy,
};
use crate::remedy::Edit;

/// A place of a document.
#[derive(Debug, Clone)]
pub(super) enum Place<'a> {
    /// The inline policy of a permission set of IAM Identity Center.
    PermissionSet(&'a str),
    /// Inside a user, group or role.
    Inline(Entity<'a>),
    /// A customer managed policy.
    Managed(&'a str),
    /// A managed policy that does not exist yet, with the ARN that it will have.
    NewManaged(Entity<'a>, String),
    /// A file with an identity-based policy or a boundary: it is not known how it is kept.
    FileOfPrincipal,
    /// A policy of the organization: its id and, for a new one, what it is attached to.
    Organization { kind: &'static str, id: Option<&'a str>, target: Option<&'a str> },
    /// The policy of a resource.
    Resource(&'static PolicyCalls, &'static PolicyWrite, Arn),
    /// A file with the auth policy of a VPC Lattice service or of its network.
    AuthPolicyOfFile,
    /// The policy of a Lambda function, which is changed one statement at a time.
    Function(&'static PolicyWrite, Arn),
    /// The policy of a resource of a service whose call is not known here.
    OtherResource(&'a str),
    /// The policy of a version of a layer, which is changed one statement at a time.
    Layer(&'static PolicyCalls, &'static PolicyWrite, Arn),
    /// The trust policy of a role.
    Trust(Option<&'a str>),
    /// The policy of VPC endpoints: of several that have the same, since any of them may be the way of the request; of none that is known.
    Endpoints(Vec<&'a str>),
    /// What a session is made with: AWS keeps no document.
    Session,
}

/// A user, group or role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entity<'a> {
    /// `user`, `group` or `role`.
    pub(super) kind: &'static str,
    /// Its name, without the path.
    pub(super) name: &'a str,
}

impl<'a> Entity<'a> {
    /// Reads the ARN of an IAM entity.
    fn of(arn: &'a str) -> Option<Self> {
        let kind = ["user", "group", "role"].into_iter().find(|kind| arn.contains(&format!(":{kind}/")))?;
        arn.rsplit('/').next().map(|name| Self { kind, name })
    }

    /// `User`, `Group` or `Role`, as templates write it.
    pub(super) fn noun(self) -> &'static str {
        match self.kind {
            "user" => "User",
            "group" => "Group",
            _ => "Role",
        }
    }
}

impl<'a> Place<'a> {
    /// Where the document of an edit is kept.
    pub(super) fn of(edit: &'a Edit) -> Self {
        let policy = edit.after.as_ref();
        let owner = policy.attached_to.first().map(String::as_str).unwrap_or_default();
        match policy.policy_type {
            PolicyType::IdentityBased | PolicyType::PermissionsBoundary => of_identity(policy, owner),
            PolicyType::ServiceControl | PolicyType::ResourceControl => Self::Organization {
                kind: policy.policy_type.constant(),
                id: policy.arn.as_deref().and_then(|arn| arn.rsplit('/').next()).filter(|id| id.starts_with("p-")),
                target: edit.target.as_deref().and_then(target_id),
            },
            PolicyType::ResourceBased => match owner.parse::<Arn>() {
                Ok(arn) => match settable_policy(&arn) {
                    Some((_, write)) if write.takes == Argument::Statements => Self::Function(write, arn),
                    Some((calls, write)) if write.takes == Argument::AccountStatements => {
                        Self::Layer(calls, write, arn)
                    }
                    // a file's may be that of the service or of its network
                    Some((calls, _)) if calls.service == "vpc-lattice" && policy.origin == PolicyOrigin::Loose => {
                        Self::AuthPolicyOfFile
                    }
                    Some((calls, write)) => Self::Resource(calls, write, arn),
                    None => Self::OtherResource(owner),
                },
                Err(_) => Self::OtherResource(owner),
            },
            PolicyType::RoleTrust => Self::Trust(Entity::of(owner).map(|role| role.name)),
            PolicyType::VpcEndpoint => {
                let ids = policy.attached_to.iter().map(String::as_str);
                Self::Endpoints(ids.filter(|id| id.starts_with("vpce-")).collect())
            }
            // a managed policy whose ARN was passed is kept where managed policies are
            PolicyType::Session => policy.arn.as_deref().map_or(Self::Session, Self::Managed),
        }
    }
}

fn of_identity<'a>(policy: &'a Policy, owner: &'a str) -> Place<'a> {
    // the roles of IAM Identity Center are made from permission sets, which is where their inline policy is edited; a managed policy is one
    // of the account, which the set only names
    // - <https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetcustom.html>
    // - <https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_CustomerManagedPolicyReference.html>
    if policy.permission_set().is_some()
        && let Some((_, name)) = owner.split_once(":role/").map(|(_, path)| path.rsplit_once('/').unwrap_or(("", path)))
    {
        let set = name.strip_prefix("AWSReservedSSO_").and_then(|rest| rest.rsplit_once('_')).map(|(set, _)| set);
        return Place::PermissionSet(set.unwrap_or(name));
    }
    match (policy.origin, policy.arn.as_deref(), Entity::of(owner)) {
        (PolicyOrigin::Inline, _, Some(entity)) => Place::Inline(entity),
        (PolicyOrigin::CustomerManaged, Some(arn), _) => Place::Managed(arn),
        (PolicyOrigin::CustomerManaged, None, Some(entity)) => {
            let principal = Principal::new(owner);
            let account = principal.account().unwrap_or_else(|| owner.split(':').nth(4).unwrap_or_default());
            let partition = principal.partition().unwrap_or("aws");
            Place::NewManaged(entity, format!("arn:{partition}:iam::{account}:policy/{}", policy.name))
        }
        _ => Place::FileOfPrincipal,
    }
}

/// The id in `OU Workloads (ou-ab12-11111111)`; a level that was given by a file has none.
fn target_id(level: &str) -> Option<&str> {
    let (_, rest) = level.rsplit_once('(')?;
    let id = rest.strip_suffix(')')?;
    let plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (plain && !id.is_empty()).then_some(id)
}
