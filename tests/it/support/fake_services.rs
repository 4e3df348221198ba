//! The calls of other services than IAM, STS, Organizations and Bedrock, as they come over the wire: `kms:GetKeyPolicy`.

use std::collections::BTreeMap;

/// The services that have names of their own in the fake, by the scope of the signature.
const OTHERS: [&str; 6] = ["iam", "sts", "organizations", "bedrock", "sso-oauth", "signin"];

/// Service, and how a path that is got begins and ends, with the operation.
const PATHS: [(&str, &str, &str, &str); 17] = [
    ("apigateway", "/restapis/", "", "GetRestApi"),
    ("backup", "/backup-vaults/", "/access-policy", "GetBackupVaultAccessPolicy"),
    ("codeartifact", "/v1/domain/", "/permissions/policy", "GetDomainPermissionsPolicy"),
    ("codeartifact", "/v1/repository/", "/permissions/policy", "GetRepositoryPermissionsPolicy"),
    ("elasticfilesystem", "/2015-02-01/file-systems/", "/policy", "DescribeFileSystemPolicy"),
    ("es", "/2021-01-01/opensearch/domain/", "", "DescribeDomain"),
    ("lambda", "/2015-03-31/functions/", "/policy", "GetPolicy"),
    ("lambda", "/2018-10-31/layers/", "/policy", "GetLayerVersionPolicy"),
    ("s3", "/v20180820/accesspoint/", "/policy", "GetAccessPointPolicy"),
    ("s3", "/v20180820/accesspoint/", "", "GetAccessPoint"),
    ("s3", "/v20180820/accesspointforobjectlambda/", "/policy", "GetAccessPointPolicyForObjectLambda"),
    ("s3express", "/", "?policy", "GetBucketPolicy"),
    ("s3", "/v20180820/configuration/", "publicAccessBlock", "GetAccountPublicAccessBlock"),
    ("s3", "/", "?publicAccessBlock", "GetPublicAccessBlock"),
    ("s3", "/", "?ownershipControls", "GetBucketOwnershipControls"),
    ("s3", "/", "?policy", "GetBucketPolicy"),
    ("vpc-lattice", "/authpolicy/", "", "GetAuthPolicy"),
];

/// The service that the request is signed for.
pub(crate) fn signed_for(head: &str) -> Option<&str> {
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with("authorization:"))?;
    line.split("/aws4_request").next()?.rsplit('/').next()
}

/// The operation of a call of another service; the path is kept as the parameter `path`.
pub(crate) fn operation(head: &str, target: Option<&str>, parameters: &mut BTreeMap<String, String>) -> Option<String> {
    let service = signed_for(head).filter(|service| !OTHERS.contains(service))?;
    if let Some(target) = target {
        return Some(format!("{service}:{}", target.rsplit('.').next()?));
    }
    if let Some(action) = parameters.get("Action") {
        return Some(format!("{service}:{action}"));
    }
    let path = head.split(' ').nth(1)?;
    parameters.insert("path".to_owned(), path.to_owned());
    let bare = path.split('?').next()?;
    let fits = |(of, begin, end, _): &&(&str, &str, &str, &str)| {
        let ends = if end.starts_with('?') { path.ends_with(end) } else { bare.ends_with(end) };
        *of == service && path.starts_with(begin) && ends
    };
    PATHS.iter().find(fits).map(|(.., name)| format!("{service}:{name}"))
}

/// Whether the call is answered in XML.
pub(crate) fn is_xml(operation: &str) -> bool {
    ["ec2:", "s3:", "s3express:", "sns:"].iter().any(|service| operation.starts_with(service))
}
