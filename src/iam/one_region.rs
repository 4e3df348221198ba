//! Which services take their calls in one Region, whatever Region the caller has chosen.

/// By the prefix of their actions, in order, as far as AWS lists them. What is missing here makes an answer less sure: a call in another
/// Region is then offered, which nothing proves.
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-requested-region.html>
/// - <https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html>
const OF_ONE_REGION: [&str; 31] = [
    "account",
    "activate",
    "artifact",
    "aws-marketplace",
    "aws-portal",
    "billing",
    "budgets",
    "ce",
    "chatbot",
    "cloudfront",
    "consolidatedbilling",
    "cur",
    "devicefarm",
    "freetier",
    "globalaccelerator",
    "health",
    "iam",
    "importexport",
    "invoicing",
    "networkmanager",
    "organizations",
    "payments",
    "pricing",
    "route53",
    "route53domains",
    "savingsplans",
    "shield",
    "support",
    "tax",
    "trustedadvisor",
    "waf",
];

/// Whether the calls of a service go to one Region.
#[must_use]
pub fn is_of_one_region(service: &str) -> bool {
    OF_ONE_REGION.binary_search(&service).is_ok()
}

#[cfg(test)]
mod tests {
    use super::{OF_ONE_REGION, is_of_one_region};

    #[test]
    fn the_services_stand_in_order() {
        assert!(OF_ONE_REGION.is_sorted());
        assert!(is_of_one_region("iam") && !is_of_one_region("ec2"));
    }
}
