//! How large a document may be: AWS's quota for its kind, what counts against it, and which edit of a remedy breaks one.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Edit;
use super::cannot_fix::{CannotFix, PolicyPart};
use crate::iam::{Arn, Document, Policy, PolicyOrigin, PolicyQuota, PolicySet, PolicyType};
use crate::text::minified;

/// A document's size against the quota of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
pub struct Size {
    /// Characters as AWS counts them for the kind: without white space for IAM's own policies, all inline policies of the entity
    /// together; with white space elsewhere.
    pub characters: usize,
    /// The quota.
    pub quota: usize,
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length>
fn quota(policy: &Policy) -> Option<PolicyQuota> {
    let owner = policy.attached_to.first().map(String::as_str).unwrap_or_default();
    match (policy.policy_type, policy.origin) {
        // <https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_PutInlinePolicyToPermissionSet.html>
        (PolicyType::IdentityBased, PolicyOrigin::Inline) if owner.contains("AWSReservedSSO_") => {
            Some(PolicyQuota::written(32_768))
        }
        (PolicyType::IdentityBased, PolicyOrigin::Inline) if owner.contains(":group/") => {
            Some(PolicyQuota::inline(5_120))
        }
        (PolicyType::IdentityBased, PolicyOrigin::Inline) if owner.contains(":user/") => {
            Some(PolicyQuota::inline(2_048))
        }
        (PolicyType::IdentityBased, PolicyOrigin::Inline) => Some(PolicyQuota::inline(10_240)),
        (PolicyType::ResourceBased, _) => of_resource(&owner.parse().ok()?).map(PolicyQuota::written),
        (PolicyType::Session, PolicyOrigin::CustomerManaged) | (_, PolicyOrigin::AwsManaged) => None,
        (policy_type, _) => policy_type.row().quota,
    }
}

/// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html>
/// - <https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html>
/// - <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html>
/// - <https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html>
/// - <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
/// - <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html>
/// - <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutResourcePolicy.html>
/// - <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SetRepositoryPolicy.html>
/// - <https://docs.aws.amazon.com/efs/latest/ug/API_PutFileSystemPolicy.html>
fn of_resource(arn: &Arn) -> Option<usize> {
    match arn.service() {
        "s3" | "lambda" | "secretsmanager" | "dynamodb" => Some(20_480),
        "kms" => Some(32_768),
        "sqs" => Some(8_192),
        "sns" => Some(30_720),
        "ecr" => Some(10_240),
        "elasticfilesystem" => Some(20_000),
        _ => None,
    }
}

/// What a service counts in the policies of its resources besides characters, with the most that it takes.
type Counts = [(PolicyPart, usize)];

/// - <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html>
/// - <https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html#sns-policy-quotas>
fn counts(service: &str) -> &'static Counts {
    match service {
        "sqs" => &[
            (PolicyPart::ActionsOfStatement, 7),
            (PolicyPart::Statements, 20),
            (PolicyPart::Principals, 50),
            (PolicyPart::Conditions, 10),
        ],
        "sns" => &[(PolicyPart::Statements, 100), (PolicyPart::Principals, 200)],
        _ => &[],
    }
}

/// How many actions a statement of the policy of this resource takes, where that is limited.
pub(super) fn most_actions(resource: &str) -> Option<usize> {
    let arn: Arn = resource.parse().ok()?;
    let of_statement = |(part, _): &&(PolicyPart, usize)| *part == PolicyPart::ActionsOfStatement;
    counts(arn.service()).iter().find(of_statement).map(|(_, most)| *most)
}

/// How much of it a document has.
fn count(document: &Document, part: PolicyPart) -> usize {
    let statements = &document.statements;
    match part {
        PolicyPart::Statements => statements.len(),
        PolicyPart::ActionsOfStatement => {
            statements.iter().map(|statement| statement.action.entries.len()).max().unwrap_or_default()
        }
        PolicyPart::Principals => {
            statements.iter().flat_map(|statement| &statement.principal).map(|own| own.entries.len()).sum()
        }
        PolicyPart::Conditions => statements.iter().map(|statement| statement.conditions.len()).sum(),
    }
}

/// What the policy of a resource would have too much of; what it had before, AWS has taken.
fn overfull(edit: &Edit) -> Option<CannotFix> {
    let policy = &edit.after;
    let arn: Arn =
        policy.attached_to.first().filter(|_| policy.policy_type == PolicyType::ResourceBased)?.parse().ok()?;
    counts(arn.service()).iter().find_map(|(part, most)| {
        let now = count(&policy.document, *part);
        let before = edit.before.as_ref().map_or(0, |before| count(&before.document, *part));
        let obstacle = CannotFix::Counted { policy: policy.name.clone(), what: *part, count: now, quota: *most };
        (now > *most && now > before).then_some(obstacle)
    })
}

/// What a document counts for.
fn characters(policy: &Policy, quota: PolicyQuota) -> usize {
    policy.document.source.text().chars().filter(|character| quota.space || !character.is_whitespace()).count()
}

/// The size of an edit's document; `None` where no quota is known.
pub(super) fn size(edit: &Edit, policies: &PolicySet) -> Option<Size> {
    let policy = &edit.after;
    let quota = quota(policy)?;
    let owner = policy.attached_to.first();
    let siblings = policies.identity.policies.iter().filter(|other| {
        quota.together
            && other.origin == PolicyOrigin::Inline
            && other.attached_to.first() == owner
            && !Arc::ptr_eq(other, policy)
    });
    let others: usize = siblings.map(|other| characters(other, quota)).sum();
    // a document that breaks the default shows that the quota was raised
    let raised = edit.before.as_ref().is_some_and(|before| characters(before, quota) > quota.most);
    let most = if raised { quota.raised } else { quota.most };
    Some(Size { characters: others + characters(policy, quota), quota: most })
}

/// The size that comes nearest to its quota.
pub(super) fn largest(edits: &[Edit], policies: &PolicySet) -> Option<Size> {
    let sizes = edits.iter().filter_map(|edit| size(edit, policies));
    sizes.max_by_key(|size| size.characters * 1000 / size.quota)
}

/// The first edit that AWS would not take.
pub(super) fn exceeded(edits: &[Edit], policies: &PolicySet) -> Option<CannotFix> {
    edits.iter().find_map(|edit| {
        let overfull = overfull(edit);
        if overfull.is_some() {
            return overfull;
        }
        let Size { characters, quota: most } = size(edit, policies).filter(|size| size.characters > size.quota)?;
        let policy = edit.after.name.clone();
        Some(if quota(&edit.after)?.together {
            let owner = edit.after.attached_to.first().cloned().unwrap_or_default();
            CannotFix::InlineQuota { policy, owner, characters, quota: most }
        } else {
            CannotFix::Quota { policy, characters, quota: most }
        })
    })
}

/// Whether AWS takes the document of an edit for itself.
#[must_use]
pub fn has_room(edit: &Edit) -> bool {
    exceeded(std::slice::from_ref(edit), &PolicySet::empty()).is_none()
}

/// The document without white space, where AWS counts it and only that breaks the quota.
pub(super) fn without_space(edit: &Edit, policies: &PolicySet) -> Option<String> {
    let size = size(edit, policies).filter(|size| size.characters > size.quota)?;
    let text = minified(edit.after.document.source.text());
    (quota(&edit.after)?.space && text.chars().count() <= size.quota).then_some(text)
}

/// How many managed policies may be attached to a user, group or role.
const ATTACHED: usize = 10;

/// How many managed policies an entity has, if that is as many as AWS takes without a raised quota.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entities>
pub(super) fn managed_full(owner: &str, policies: &PolicySet) -> Option<usize> {
    let managed = |policy: &&Arc<Policy>| {
        matches!(policy.origin, PolicyOrigin::CustomerManaged | PolicyOrigin::AwsManaged)
            && policy.attached_to.iter().any(|arn| arn == owner)
    };
    let count = policies.identity.policies.iter().filter(managed).count();
    (count >= ATTACHED).then_some(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remedy::EditOp;
    use crate::text::Source;

    fn policy(policy_type: PolicyType, origin: PolicyOrigin, owner: &str, length: usize) -> Arc<Policy> {
        let text = format!("{{\"Statement\": [], \"Id\": \"{}\"}}", "x".repeat(length));
        Arc::new(Policy {
            name: "p".to_owned(),
            arn: None,
            policy_type,
            origin,
            version_id: None,
            versions: Vec::new(),
            attached_to: vec![owner.to_owned()],
            document: Arc::new(Document::parse(Source::new("p", text)).unwrap()),
        })
    }

    fn edit(before: Option<Arc<Policy>>, after: Arc<Policy>) -> Edit {
        Edit {
            op: if before.is_some() { EditOp::Replace } else { EditOp::Create },
            policy_type: after.policy_type,
            before,
            after,
            target: None,
            changes: Vec::new(),
            file_stem: "p".to_owned(),
            account: None,
            region: None,
            permission_set_arn: None,
            reach: None,
        }
    }

    /// The quota of a kind, and whether its white space counts.
    fn of(policy_type: PolicyType, origin: PolicyOrigin, owner: &str) -> Option<(usize, bool)> {
        quota(&policy(policy_type, origin, owner, 1)).map(|quota| (quota.most, quota.space))
    }

    #[test]
    fn each_kind_has_its_quota() {
        use PolicyOrigin::{CustomerManaged, Inline, Loose, Organization};
        use PolicyType::{
            IdentityBased, PermissionsBoundary, ResourceBased, ResourceControl, RoleTrust, ServiceControl, Session,
            VpcEndpoint,
        };
        let iam = |kind: &str| format!("arn:aws:iam::111122223333:{kind}/x");
        assert_eq!(of(IdentityBased, Inline, &iam("user")), Some((2_048, false)));
        assert_eq!(of(IdentityBased, Inline, &iam("group")), Some((5_120, false)));
        assert_eq!(of(IdentityBased, Inline, &iam("role")), Some((10_240, false)));
        assert_eq!(of(IdentityBased, CustomerManaged, &iam("role")), Some((6_144, false)));
        assert_eq!(of(PermissionsBoundary, Loose, ""), Some((6_144, false)));
        assert_eq!(of(ServiceControl, Organization, ""), Some((10_240, true)));
        assert_eq!(of(ResourceControl, Organization, ""), Some((5_120, true)));
        assert_eq!(of(RoleTrust, Inline, &iam("role")), Some((2_048, false)));
        assert_eq!(of(Session, Loose, ""), Some((2_048, true)));
        assert_eq!(of(VpcEndpoint, Inline, "vpce-1"), Some((20_480, true)));
        assert_eq!(of(ResourceBased, Inline, "arn:aws:s3:::b"), Some((20_480, true)));
        assert_eq!(of(ResourceBased, Inline, "arn:aws:kms:eu-west-1:111122223333:key/1"), Some((32_768, true)));
        assert_eq!(of(ResourceBased, Inline, "arn:aws:sqs:eu-west-1:111122223333:q"), Some((8_192, true)));
        assert_eq!(of(ResourceBased, Inline, "arn:aws:sns:eu-west-1:111122223333:t"), Some((30_720, true)));
        assert_eq!(of(ResourceBased, Inline, "arn:aws:glue:eu-west-1:111122223333:catalog"), None);
    }

    #[test]
    fn the_edit_that_is_too_large_is_named() {
        let role = "arn:aws:iam::111122223333:role/web";
        let small = policy(PolicyType::RoleTrust, PolicyOrigin::Inline, role, 100);
        let large = policy(PolicyType::RoleTrust, PolicyOrigin::Inline, role, 2_100);
        let mut second = edit(Some(Arc::clone(&small)), Arc::clone(&large));
        Arc::make_mut(&mut second.after).name = "trust policy of web".to_owned();
        let edits = [edit(None, Arc::clone(&small)), second];
        let obstacle = exceeded(&edits, &PolicySet::empty()).unwrap();
        // {"Statement":[],"Id":""} is 24 characters
        let name = "trust policy of web".to_owned();
        assert_eq!(obstacle, CannotFix::Quota { policy: name, characters: 2_124, quota: 2_048 });
        // one that was larger than the default before has a raised quota
        let raised = edit(Some(large), policy(PolicyType::RoleTrust, PolicyOrigin::Inline, role, 2_200));
        assert_eq!(exceeded(&[raised], &PolicySet::empty()), None);
    }

    #[test]
    fn inline_policies_count_together() {
        let user = "arn:aws:iam::111122223333:user/alice";
        let one = policy(PolicyType::IdentityBased, PolicyOrigin::Inline, user, 1_000);
        let other = policy(PolicyType::IdentityBased, PolicyOrigin::Inline, user, 1_000);
        let mut policies = PolicySet::empty();
        policies.identity.policies = vec![Arc::clone(&one), other];
        assert_eq!(size(&edit(None, Arc::clone(&one)), &policies), Some(Size { characters: 2_048, quota: 2_048 }));
        policies.identity.policies.push(policy(PolicyType::IdentityBased, PolicyOrigin::Inline, user, 1));
        let obstacle = exceeded(&[edit(None, one)], &policies).unwrap();
        let (policy, owner) = ("p".to_owned(), user.to_owned());
        assert_eq!(obstacle, CannotFix::InlineQuota { policy, owner, characters: 2_073, quota: 2_048 });
    }

    #[test]
    fn white_space_gives_way_where_it_counts() {
        let scp = policy(PolicyType::ResourceControl, PolicyOrigin::Organization, "", 5_095);
        // {"Statement": [], "Id": ""} is 27 characters, three of them spaces
        let too_large = edit(None, scp);
        assert_eq!(size(&too_large, &PolicySet::empty()), Some(Size { characters: 5_122, quota: 5_120 }));
        assert_eq!(without_space(&too_large, &PolicySet::empty()).map(|text| text.len()), Some(5_119));
    }
}
