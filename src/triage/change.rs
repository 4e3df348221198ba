//! Which calls change what somebody may do: those that AWS classes so, and those that change who has a policy.

use std::collections::HashSet;
use std::sync::LazyLock;

use foldhash::fast::RandomState;

use crate::iam::Action;
use crate::reference::{AccessLevel, Reference};

/// Calls that change who has a policy, or where one applies, and that AWS classes as writes only; with the page that says what each does.
const MEMBERS: &[(&str, &str)] = &[
    ("ec2:ModifyVpcEndpoint", "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcEndpoint.html"),
    ("iam:AddUserToGroup", "https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddUserToGroup.html"),
    ("iam:RemoveUserFromGroup", "https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveUserFromGroup.html"),
    (
        "identitystore:CreateGroupMembership",
        "https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_CreateGroupMembership.html",
    ),
    (
        "identitystore:DeleteGroupMembership",
        "https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_DeleteGroupMembership.html",
    ),
    ("organizations:MoveAccount", "https://docs.aws.amazon.com/organizations/latest/APIReference/API_MoveAccount.html"),
    (
        "sso:CreateAccountAssignment",
        "https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_CreateAccountAssignment.html",
    ),
    (
        "sso:DeleteAccountAssignment",
        "https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_DeleteAccountAssignment.html",
    ),
    (
        "sso:DeleteInlinePolicyFromPermissionSet",
        "https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_DeleteInlinePolicyFromPermissionSet.html",
    ),
    (
        "sso:ProvisionPermissionSet",
        "https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ProvisionPermissionSet.html",
    ),
    (
        "sso:PutInlinePolicyToPermissionSet",
        "https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_PutInlinePolicyToPermissionSet.html",
    ),
];

/// The names of all of them, without their services: what a record is looked through for.
static NAMES: LazyLock<HashSet<Vec<u8>, RandomState>> = LazyLock::new(|| {
    let name = |operation: &str| operation.split_once(':').map(|(_, name)| name.to_owned());
    let members = MEMBERS.iter().filter_map(|(operation, _)| name(operation));
    Reference::embedded().permission_changes().into_iter().chain(members).map(String::into_bytes).collect()
});

/// Whether AWS classes an action as a change of permissions.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html>
fn is_managing(levels: &[AccessLevel]) -> bool {
    levels.contains(&AccessLevel::PermissionsManagement)
}

/// The lengths of these names by their first letters, a bit for each: most calls have none of them.
static LENGTHS: LazyLock<[u64; 32]> = LazyLock::new(|| {
    NAMES.iter().fold([0; 32], |mut lengths, name| {
        lengths.get_mut(letter(name)).into_iter().for_each(|lengths| *lengths |= length(name));
        lengths
    })
});

/// Five bits of the first letter.
fn letter(name: &[u8]) -> usize {
    name.first().map_or(0, |first| usize::from(first & 31))
}

/// The bit of a length.
fn length(name: &[u8]) -> u64 {
    1 << name.len().min(63)
}

/// Whether a call of this name may change what somebody may do; of which service it is, is not looked at.
pub(super) fn may_change(name: &[u8]) -> bool {
    let bare = bare(name);
    LENGTHS.get(letter(bare)).is_some_and(|lengths| lengths & length(bare) != 0) && NAMES.contains(bare)
}

/// The operation with its service, if it changes what somebody may do; `by_service` where a service of AWS called.
pub(super) fn changing(service: &str, name: &str, by_service: bool) -> Option<String> {
    let operation = format!("{service}:{}", name.get(..bare(name.as_bytes()).len()).unwrap_or(name));
    let is_member = MEMBERS.iter().any(|(member, _)| *member == operation);
    let action: Action = operation.parse().ok()?;
    let managing = || Reference::embedded().action(&action).is_some_and(|facts| is_managing(facts.access_levels()));
    // services make grants of keys for their own work all the time
    // <https://docs.aws.amazon.com/kms/latest/developerguide/grants.html>
    let own_work = by_service && service == "kms";
    ((is_member || managing()) && !own_work).then_some(operation)
}

/// The name without the version that Lambda adds to it in records: `AddPermission20150331v2`.
/// <https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html>
fn bare(name: &[u8]) -> &[u8] {
    if !name.last().is_some_and(u8::is_ascii_digit) {
        return name;
    }
    match name.iter().position(u8::is_ascii_digit) {
        Some(at) if name.get(at..).is_some_and(|version| version.starts_with(b"20")) => name.get(..at).unwrap_or(name),
        _ => name,
    }
}
