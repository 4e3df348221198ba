//! Identities that are set up to stay: by which names they are known.

use crate::iam::{Arn, Request};

/// Which identity is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KnownIdentity {
    /// The way in for emergencies.
    BreakGlass,
    /// The role of the organization, of Control Tower, of stack sets, of Identity Center, of a landing zone.
    Platform,
    /// None that is known by its name.
    Other,
}

/// What people call the role with which they get in when everything else fails.
/// <https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/sec_permissions_emergency_process.html>
const BREAK_GLASS: [&str; 8] =
    ["break-glass", "breakglass", "break_glass", "emergency", "firecall", "fire-call", "fire_call", "glassbreak"];

/// Names, or their beginnings, of roles by which AWS's services and landing zones administer accounts.
/// - <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access.html>
/// - <https://docs.aws.amazon.com/controltower/latest/userguide/roles-how.html>
/// - <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs.html>
/// - <https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html>
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html>
const PLATFORM: [&str; 15] = [
    "organizationaccountaccessrole",
    "awscontroltower",
    "aws-controltower",
    "controltower",
    "stacksets-exec-",
    "awscloudformationstacksetexecutionrole",
    "awscloudformationstacksetadministrationrole",
    "awsreservedsso_",
    "awsserviceroleforsso",
    "awssso_",
    "awsafexecution",
    "awsaftexecution",
    "awsaftservice",
    "awsaccelerator",
    "awslandingzone",
];

/// Whether a name is known, and as what.
pub(super) fn known(name: &str) -> KnownIdentity {
    let name = name.to_ascii_lowercase();
    if BREAK_GLASS.iter().any(|word| name.contains(word)) {
        KnownIdentity::BreakGlass
    } else if PLATFORM.iter().any(|start| name.starts_with(start)) {
        KnownIdentity::Platform
    } else {
        KnownIdentity::Other
    }
}

/// The part of an ARN's resource that begins as roles of the platform do: `function:aws-controltower-...`, `stack/StackSet-...`.
pub(super) fn part_of_platform(arn: &str) -> Option<&str> {
    let resource = arn.splitn(6, ':').nth(5)?;
    // of stack sets: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-concepts.html>
    let stack = |part: &str| part.to_ascii_lowercase().starts_with("stackset-");
    resource.split([':', '/']).find(|part| known(part) == KnownIdentity::Platform || stack(part))
}

/// The name of the identity that the request is about: a role, user, group, policy or provider of IAM.
pub(super) fn named(request: &Request) -> Option<String> {
    let arn: Arn = request.resource.value()?.parse().ok()?;
    let name = arn.resource().split_once('/').map(|(_, path)| path)?;
    let name = name.rsplit('/').next().unwrap_or(name);
    (arn.service() == "iam" && !name.is_empty()).then(|| name.to_owned())
}
