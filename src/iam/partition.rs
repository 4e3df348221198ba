//! The partitions of AWS: each has its own accounts, credentials and Regions.
//!
//! - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html#arns-partition-field>
//! - <https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/using-govcloud.html>

/// The partitions beside `aws`: how the names of their Regions begin, and the Region that has the global services.
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html>
const PARTITIONS: [(&str, &str, &str); 7] = [
    ("aws-cn", "cn-", "cn-north-1"),
    ("aws-us-gov", "us-gov-", "us-gov-west-1"),
    ("aws-iso", "us-iso-", "us-iso-east-1"),
    ("aws-iso-b", "us-isob-", "us-isob-east-1"),
    ("aws-iso-e", "eu-isoe-", "eu-isoe-west-1"),
    ("aws-iso-f", "us-isof-", "us-isof-south-1"),
    ("aws-eusc", "eusc-", "eusc-de-east-1"),
];

/// The Region in which a partition has its global services.
#[must_use]
pub fn global_region(partition: &str) -> &'static str {
    PARTITIONS.iter().find(|(name, ..)| *name == partition).map_or("us-east-1", |(.., region)| region)
}

/// The partition of a Region.
#[must_use]
pub fn partition_of(region: &str) -> &'static str {
    PARTITIONS.iter().find(|(_, start, _)| region.starts_with(start)).map_or("aws", |(name, ..)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_has_its_own_regions() {
        for (partition, _, region) in PARTITIONS {
            assert_eq!((partition_of(region), global_region(partition)), (partition, region));
        }
        for region in ["us-east-1", "eu-central-1", "mx-central-1"] {
            assert_eq!(partition_of(region), "aws");
        }
        assert_eq!(global_region("aws"), "us-east-1");
    }
}
