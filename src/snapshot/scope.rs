//! Which policy types can apply at all to a service or a kind of resource, as AWS documents it.

use crate::iam::{Action, Arn, NotApplicable, ResourceKinds, ResourcePolicy, has_rcps, resource_policy};

/// Why RCPs cannot apply to this action, if they cannot.
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html#rcp-effects-on-permissions>
pub(super) fn no_rcp(action: &Action) -> Option<NotApplicable> {
    if !has_rcps(action) {
        return Some(NotApplicable::NoRcpsOfService(action.service().to_owned()));
    }
    (action.folded() == "kms:retiregrant").then(|| NotApplicable::NoRcpsOfAction("kms:RetireGrant".to_owned()))
}

/// Why no resource-based policy can apply to this request, if none can.
pub(super) fn no_resource_policy(
    action: Option<&Action>,
    resource: &str,
    caller: Option<&str>,
) -> Option<NotApplicable> {
    if resource == "*" {
        return Some(NotApplicable::ActionWithoutResource);
    }
    let service = action.map(Action::service).unwrap_or_default();
    // a role's trust policy is the only resource-based policy of IAM, and it decides the actions of STS only
    // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html>
    if service == "iam" {
        return Some(NotApplicable::ActionOfIam);
    }
    let arn: Arn = resource.parse().ok()?;
    // bedrock:PutResourcePolicy takes custom models, guardrails and knowledge bases
    // <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html>
    if arn.service() == "bedrock"
        && ["inference-profile/", "application-inference-profile/"].iter().any(|kind| arn.resource().starts_with(kind))
    {
        return Some(NotApplicable::InferenceProfile);
    }
    // of a resource in another account something must allow, if only a share through AWS RAM
    let own = caller.is_some_and(|caller| caller == arn.account());
    if own && resource_policy(&arn) == ResourcePolicy::None {
        let (kind, _) = arn.typed_resource().unwrap_or((arn.resource(), ""));
        return Some(NotApplicable::NoPolicyOfType { service: arn.service().to_owned(), kind: kind.to_owned() });
    }
    let of_aws =
        arn.account() == "aws" || (arn.service() == "bedrock" && arn.resource().starts_with("foundation-model/"));
    of_aws.then_some(NotApplicable::ResourceOfAws)
}

/// The same of a resource that is not known: why none of the kinds of resources that it can be of has a policy.
pub(super) fn no_policy_of_kinds(action: Option<&Action>, kinds: Option<&ResourceKinds>) -> Option<NotApplicable> {
    if action.is_some_and(|action| action.service() == "iam") {
        return Some(NotApplicable::ActionOfIam);
    }
    let arns = kinds?.shapes(None, None).iter().map(|shape| shape.parse()).collect::<Result<Vec<Arn>, _>>().ok()?;
    let first = arns.first().filter(|_| arns.iter().all(|arn| resource_policy(arn) == ResourcePolicy::None))?;
    let (kind, _) = first.typed_resource().unwrap_or((first.resource(), ""));
    Some(NotApplicable::NoPolicyOfType { service: first.service().to_owned(), kind: kind.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inference_profiles_carry_no_policy_and_guardrails_may() {
        let arn = |kind: &str| format!("arn:aws:bedrock:us-east-1:111122223333:{kind}");
        for kind in ["inference-profile/us.x", "application-inference-profile/abc"] {
            let why = no_resource_policy(None, &arn(kind), None);
            assert_eq!(why, Some(NotApplicable::InferenceProfile));
        }
        assert_eq!(no_resource_policy(None, &arn("guardrail/abc"), None), None);
    }

    #[test]
    fn instances_carry_no_policy_in_their_own_account() {
        let instance = "arn:aws:ec2:us-east-1:111122223333:instance/i-0abc";
        assert_eq!(
            no_resource_policy(None, instance, Some("111122223333")),
            Some(NotApplicable::NoPolicyOfType { service: "ec2".to_owned(), kind: "instance".to_owned() })
        );
        assert_eq!(no_resource_policy(None, instance, Some("444455556666")), None);
    }

    #[test]
    fn rcps_do_not_apply_to_every_service_nor_to_kms_retire_grant() {
        assert_eq!(no_rcp(&"S3:GetObject".parse().unwrap()), None);
        assert_eq!(
            no_rcp(&"ec2:RunInstances".parse().unwrap()),
            Some(NotApplicable::NoRcpsOfService("ec2".to_owned()))
        );
        assert!(no_rcp(&"kms:RetireGrant".parse().unwrap()).is_some());
    }
}
