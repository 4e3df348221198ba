//! What the name of a Region tells: its partition, and the prefixes of the inference profiles that can be called from it.

/// The partition of a Region.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
#[must_use]
pub fn partition(region: &str) -> &'static str {
    let rows = [
        ("us-gov-", "aws-us-gov"),
        ("cn-", "aws-cn"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("eu-isoe-", "aws-iso-e"),
        ("us-isof-", "aws-iso-f"),
        ("eusc-", "aws-eusc"),
    ];
    rows.into_iter().find(|(start, _)| region.starts_with(start)).map_or("aws", |(_, partition)| partition)
}

/// The prefixes of the profiles that a Region can call, the nearest first, `global` last.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html>
#[must_use]
pub fn prefixes_of(region: &str) -> Vec<&'static str> {
    let geographies: &[&str] = match region {
        _ if region.starts_with("us-gov-") => &["us-gov"],
        _ if region.starts_with("us-") => &["us"],
        _ if region.starts_with("ca-") => &["ca", "us"],
        _ if region.starts_with("eu-") => &["eu"],
        "ap-northeast-1" | "ap-northeast-3" => &["jp", "apac"],
        "ap-southeast-2" | "ap-southeast-4" => &["au", "apac"],
        _ if region.starts_with("ap-") => &["apac"],
        _ => &[],
    };
    geographies.iter().copied().chain(["global"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_geography_comes_before_global() {
        assert_eq!(prefixes_of("ap-northeast-1"), ["jp", "apac", "global"]);
        assert_eq!(prefixes_of("us-gov-east-1"), ["us-gov", "global"]);
        assert_eq!(prefixes_of("sa-east-1"), ["global"]);
    }
}
