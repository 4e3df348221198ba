//! What services, databases and logins say in words of their own where no policy of the caller denied, and their neighbours.

use iamdx::denial::Denial;

use crate::wordings::{PAYER, check, read};

/// What a failure reads as, with its code and operation.
fn failed(failure: &str, code: &str, operation: &str) -> String {
    format!("OtherFailure({failure}) | {code} | {operation} | - | - | - | Unknown | - | -")
}

#[test]
fn terms_of_a_product_that_nobody_accepted_are_no_trouble_of_the_account() {
    let message = "In order to use this AWS Marketplace product you need to accept terms and subscribe. To do so please visit \
                   https://aws.amazon.com/marketplace/pp?sku=1a2b3c";
    let header = "An error occurred (OptInRequired) when calling the RunInstances operation: ";
    check(&[
        (&format!("{header}{message}"), &failed("Entitlement", "OptInRequired", "RunInstances")),
        (
            &format!("Instance creation failed => OptInRequired: {message}"),
            &failed("Entitlement", "OptInRequired", "-"),
        ),
        (
            &format!("{header}You are not subscribed to this service."),
            &failed("AccountState", "OptInRequired", "RunInstances"),
        ),
        ("You need to accept terms and subscribe to our letter.", ""),
    ]);
}

#[test]
fn what_a_service_lacks_is_not_told_as_a_denial_of_the_caller() {
    let call = |code: &str, operation: &str, message: &str| {
        format!("An error occurred ({code}) when calling the {operation} operation: {message}")
    };
    for (failure, code, operation, message) in [
        (
            "ServiceTrust",
            "AccessDeniedException",
            "CreateStateMachine",
            "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.",
        ),
        (
            "ServiceTrust",
            "AccessDeniedException",
            "CreateStateMachine",
            "The principal states.amazonaws.com is not authorized to assume the provided role.",
        ),
        (
            "ServiceTrust",
            "AccessDeniedException",
            "StartJobRun",
            "Execution role arn:aws:iam::111122223333:role/jobs is not authorized to be assumed by emr-serverless",
        ),
        (
            "ServiceTrust",
            "AccessDeniedFault",
            "CreateReplicationSubnetGroup",
            "The IAM Role arn:aws:iam::111122223333:role/dms-vpc-role is not configured properly.",
        ),
        (
            "IdentityPoolRole",
            "InvalidIdentityPoolConfigurationException",
            "GetCredentialsForIdentity",
            "Invalid identity pool configuration. Check assigned IAM roles for this pool.",
        ),
        (
            "FunctionPolicy",
            "AccessDeniedException",
            "RotateSecret",
            "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal \
             secretsmanager.amazonaws.com.",
        ),
        (
            "FunctionPolicy",
            "InvalidParameterException",
            "PutSubscriptionFilter",
            "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.",
        ),
        (
            "ImagePolicy",
            "AccessDeniedException",
            "CreateFunction",
            "Lambda does not have permission to access the ECR image. Check the ECR permissions.",
        ),
    ] {
        check(&[(&call(code, operation, message), &failed(failure, code, operation))]);
    }
    let bucket = |code: &str, operation: &str| {
        format!("OtherFailure(LogBucket) | {code} | {operation} | - | - | arn:aws:s3:::shop-logs | Unknown | - | -")
    };
    let balancer = "Access Denied for bucket: shop-logs. Please check S3bucket permission";
    check(&[
        (
            &call("InvalidConfigurationRequest", "ModifyLoadBalancerAttributes", balancer),
            &bucket("InvalidConfigurationRequest", "ModifyLoadBalancerAttributes"),
        ),
        (
            &call(
                "InsufficientS3BucketPolicyException",
                "CreateTrail",
                "Incorrect S3 bucket policy is detected for bucket: shop-logs",
            ),
            &bucket("InsufficientS3BucketPolicyException", "CreateTrail"),
        ),
        (
            "creating Flow Log (vpc-1): 1 error occurred: * vpc-1: 400: Access Denied for LogDestination: shop-logs. Please check \
             LogDestination permission",
            &bucket("-", "-"),
        ),
    ]);
}

#[test]
fn a_launch_template_that_the_caller_may_not_use_is_asked_for_by_running_an_instance_of_it() {
    let read_all = |text: &str| {
        let denials = read(text);
        let actions =
            |denial: &Denial| denial.candidates.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        denials.iter().map(|denial| format!("{:?} {}", denial.kind, actions(denial))).collect::<Vec<_>>()
    };
    for text in [
        "An error occurred (AccessDenied) when calling the CreateAutoScalingGroup operation: You are not authorized to use launch template: \
         lt-0123456789abcdef0",
        "CREATE_FAILED - \"API: autoscaling:CreateAutoScalingGroup You are not authorized to use launch template: nodes\"",
        "An error occurred (AccessDenied) when calling the StartInstanceRefresh operation: You are not authorized to use launch template:",
    ] {
        assert_eq!(read_all(text), ["IamDenial ec2:RunInstances, ec2:CreateTags, iam:PassRole"], "{text}");
    }
    check(&[("Then you see that You are not authorized to use launch template (insufficient permissions).", "")]);
}

#[test]
fn a_version_behind_mfa_delete_is_deleted_by_the_root_user_only() {
    check(&[(
        "An error occurred (AccessDenied) when calling the DeleteObject operation: Mfa Authentication must be used for this request",
        &failed("MfaDelete", "AccessDenied", "DeleteObject"),
    )]);
}

#[test]
fn a_login_that_has_ended_is_no_authorization_of_an_application() {
    let ended = |code: &str, operation: &str| failed("ExpiredCredentials", code, operation);
    check(&[
        (
            "An error occurred (UnauthorizedException) when calling the GetRoleCredentials operation: Session token not found or invalid",
            &ended("UnauthorizedException", "GetRoleCredentials"),
        ),
        (
            "operation error SSO: ListAccounts, https response error StatusCode: 401, RequestID: 11-22, UnauthorizedException: Session \
             token not found or invalid",
            &ended("UnauthorizedException", "ListAccounts"),
        ),
        ("Error loading SSO Token: Token for shop-login does not exist", &ended("-", "-")),
        ("Error loading SSO Token: The SSO access token has either expired or is otherwise invalid.", &ended("-", "-")),
        (
            "Error when retrieving token from sso: Token for https://shop.awsapps.com/start does not exist",
            &ended("-", "-"),
        ),
        ("Error when retrieving credentials from custom-process: Token for shop does not exist", &ended("-", "-")),
        (
            "CredentialsProviderError: The SSO session token associated with profile=shop was not found or is invalid. To refresh this SSO \
             session run 'aws sso login' with the corresponding profile.",
            &ended("CredentialsProviderError", "-"),
        ),
        (
            "get credentials: failed to refresh cached credentials, the SSO session has expired or is invalid: open \
             ~/.aws/sso/cache/8f.json: no such file or directory",
            &ended("-", "-"),
        ),
        (
            "{\"errors\": [{\"errorType\": \"UnauthorizedException\", \"message\": \"You are not authorized to make this call.\"}]}",
            &failed("ApplicationAuthorization", "UnauthorizedException", "-"),
        ),
        ("{\"error\": \"Session token not found or invalid\"}", ""),
        ("error: Token for user 17 does not exist", ""),
    ]);
}

#[test]
fn an_old_presigned_url_is_not_told_as_old_credentials() {
    let xml = "<Error><Code>AccessDenied</Code><Message>Request has expired</Message><X-Amz-Expires>300</X-Amz-Expires>\
               <Expires>2026-11-06T08:05:00Z</Expires><ServerTime>2026-11-06T09:00:00Z</ServerTime></Error>";
    check(&[
        (xml, &failed("ExpiredUrl", "AccessDenied", "-")),
        (&xml.replace("<Code>AccessDenied</Code>", ""), &failed("ExpiredUrl", "-", "-")),
        (
            "An error occurred (RequestExpired) when calling the DescribeInstances operation: Request has expired.",
            &failed("ExpiredCredentials", "RequestExpired", "DescribeInstances"),
        ),
        (
            "<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>",
            &failed("ExpiredCredentials", "ExpiredToken", "-"),
        ),
    ]);
}

#[test]
fn redshift_and_athena_say_what_they_may_not_do_without_a_code() {
    let role = "arn:aws:iam::111122223333:role/shop-copy";
    let user = "arn:aws:redshift:eu-west-1:111122223333:dbuser:shop/loader";
    let lake = failed("LakeFormation", "-", "-");
    check(&[
        (
            &format!("pq: User {user} is not authorized to assume IAM Role {role}"),
            &format!("OtherFailure(ClusterRole) | - | - | {user} | - | {role} | Unknown | - | -"),
        ),
        (
            &format!("ERROR: Not authorized to get credentials of role {role}"),
            &format!("OtherFailure(ClusterRole) | - | - | - | - | {role} | Unknown | - | -"),
        ),
        (
            &format!("User: {PAYER} is not authorized to assume role {role}"),
            &format!("IamDenial | - | - | {PAYER} | sts:AssumeRole | {role} | Unknown | - | -"),
        ),
        ("Insufficient permissions to execute the query. Insufficient Lake Formation permission(s) on orders", &lake),
        ("Insufficient Lake Formation permission(s): Required Select on orders", &lake),
        (
            "COLUMN_NOT_FOUND: line 1:8: Column 'id' cannot be resolved or requester is not authorized to access requested resources",
            &lake,
        ),
        ("The user is not authorized to assume role plays in this channel.", ""),
    ]);
}

#[test]
fn an_account_that_is_blocked_or_lacks_a_region_is_told_so() {
    check(&[
        (
            "An error occurred (Blocked) when calling the RunInstances operation: This account is currently blocked and not recognized as a \
             valid account.",
            &failed("AccountState", "Blocked", "RunInstances"),
        ),
        (
            "An error occurred (RegionDisabledException) when calling the AssumeRole operation: STS is not activated in this region for \
             account:111122223333.",
            &failed("RegionDisabled", "RegionDisabledException", "AssumeRole"),
        ),
        (
            "operation error STS: AssumeRole, https response error StatusCode: 403, RequestID: 11-22, RegionDisabledException: STS is not \
             activated in this region for account:111122223333. Your account administrator can activate STS in this region using the IAM \
             Console.",
            &failed("RegionDisabled", "RegionDisabledException", "AssumeRole"),
        ),
        ("Sign-in error: this account is currently blocked.", ""),
    ]);
}

#[test]
fn the_box_of_the_console_is_read_without_a_resource_too() {
    let lines = format!(
        "User: {PAYER}\nAction: s3:ListAllMyBuckets\nContext: no identity-based policy allows the s3:ListAllMyBuckets action\n"
    );
    let wanted = format!("IamDenial | - | - | {PAYER} | s3:ListAllMyBuckets | - | ImplicitDeny | identity-based | -");
    let asked = "To request access, copy the following text and send it to your AWS administrator. Learn more\n";
    check(&[
        (&lines, &wanted),
        (&format!("{asked}{lines}"), &wanted),
        (
            &format!(
                "{asked}{}",
                lines.replace(
                    "no identity-based policy allows the s3:ListAllMyBuckets action",
                    "with an explicit deny in a service control policy"
                )
            ),
            &wanted.replace("ImplicitDeny | identity-based", "ExplicitDeny | service-control"),
        ),
        (
            &format!("{asked}{}", lines.replace("Context:", "On resource(s): *\nContext:")),
            &wanted.replace(" | - | Implicit", " | * | Implicit"),
        ),
        (&format!("{asked}User: ana\nAction: restart\n"), ""),
    ]);
}

#[test]
fn a_ciphertext_is_refused_by_kms_only() {
    let words = "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed \
                 to access.";
    let asked = |text: &str| {
        let denials = read(text);
        denials.iter().flat_map(|denial| denial.candidates.iter().map(ToString::to_string)).collect::<Vec<_>>()
    };
    let header = |operation: &str| {
        format!("An error occurred (AccessDeniedException) when calling the {operation} operation: {words}")
    };
    assert_eq!(asked(&header("Decrypt")), ["kms:Decrypt"]);
    assert_eq!(asked(&header("ReEncrypt")), ["kms:ReEncryptFrom"]);
    let java = format!(
        "software.amazon.awssdk.services.kms.model.KmsException: {words} (Service: Kms, Status Code: 400, Request ID: 12)"
    );
    assert_eq!(asked(&java), ["kms:Decrypt"]);
}
