//! The ARN of a service-linked role, whose path names its service: a session of it tells only the name.

use super::principal::{Principal, PrincipalKind};

/// What the names of such roles begin with, and the service in their path.
/// <https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html>
const SERVICES: [(&str, &str); 1] = [("AWSServiceRoleForAutoScaling", "autoscaling.amazonaws.com")];

/// The role behind a session of a service-linked role, where its path is documented.
///
/// A name may end in `_` and a suffix of the customer's own.
/// <https://docs.aws.amazon.com/autoscaling/ec2/userguide/autoscaling-service-linked-role.html>
#[must_use]
pub fn service_linked_role(session: &Principal) -> Option<String> {
    let name = session.name().filter(|_| session.kind() == PrincipalKind::AssumedRole)?;
    let is_of = |role: &str| name.strip_prefix(role).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'));
    let (_, service) = SERVICES.iter().find(|(role, _)| is_of(role))?;
    let (partition, account) = (session.partition()?, session.account()?);
    Some(format!("arn:{partition}:iam::{account}:role/aws-service-role/{service}/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_told_where_its_path_is_documented() {
        let role = |name: &str| {
            service_linked_role(&Principal::new(&format!("arn:aws:sts::111122223333:assumed-role/{name}/AutoScaling")))
        };
        let start = "arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/";
        for name in ["AWSServiceRoleForAutoScaling", "AWSServiceRoleForAutoScaling_batch"] {
            assert_eq!(role(name), Some(format!("{start}{name}")));
        }
        assert_eq!(role("AWSServiceRoleForAutoScalingPlans"), None);
        assert_eq!(role("AWSServiceRoleForAmazonEKS"), None);
        assert_eq!(role("app"), None);
    }
}
