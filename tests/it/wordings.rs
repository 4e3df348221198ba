//! Denials in the words of services, SDKs and tools that say less than the general sentence, and their neighbours that are none.

use iamdx::denial::{self, Denial, Note};
use iamdx::text::Source;

use crate::messages::summary;

fn read(text: &str) -> Vec<Denial> {
    denial::parse(&Source::new("message", text))
}

/// A text, and the one line that is read of it; nothing where it must not be read.
fn check(cases: &[(&str, &str)]) {
    let wrong = cases.iter().filter_map(|(text, wanted)| {
        let found = summary(&read(text)).join("\n");
        (found != *wanted).then(|| format!("{text}\n  read   {found}\n  wanted {wanted}"))
    });
    assert_eq!(wrong.collect::<Vec<_>>().join("\n\n"), "");
}

const PAYER: &str = "arn:aws:sts::111122223333:assumed-role/payer/job-9";

#[test]
fn a_type_of_policy_that_is_not_known_denies_implicitly_all_the_same() {
    let text = format!(
        "User: {PAYER} is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::invoices/1 because no mesh access policy \
         allows the s3:PutObject action"
    );
    let denials = read(&text);
    assert_eq!(
        summary(&denials),
        [format!("IamDenial | - | - | {PAYER} | s3:PutObject | arn:aws:s3:::invoices/1 | ImplicitDeny | - | -")]
    );
    assert_eq!(denials[0].notes, [Note::UnknownPolicyType]);
}

#[test]
fn a_service_linked_role_that_the_caller_may_not_create_is_a_denial_although_its_code_begins_like_a_login_failure() {
    let denials = read(
        "operation error EC2: CreateFleet, https response error StatusCode: 403, RequestID: 1f, api error \
         AuthFailure.ServiceLinkedRoleCreationNotPermitted: The provided credentials do not have permission to create the service-linked \
         role for EC2 Spot Instances.",
    );
    assert_eq!(
        summary(&denials),
        ["IamDenial | AuthFailure.ServiceLinkedRoleCreationNotPermitted | CreateFleet | - | - | - | Unknown | - | -"]
    );
    let candidates: Vec<&str> = denials[0].candidates.iter().map(iamdx::iam::Action::as_str).collect();
    assert_eq!(candidates, ["iam:CreateServiceLinkedRole"]);
}

#[test]
fn a_request_that_is_signed_wrongly_is_no_denial_though_the_code_says_so() {
    let s3 = |message: &str| {
        format!("<Error><Code>AccessDenied</Code><Message>{message}</Message><RequestId>8Q</RequestId></Error>")
    };
    for message in [
        "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters",
        "There were headers present in the request which were not signed",
        "AWS authentication requires a valid Date or x-amz-date header",
        "Invalid according to Policy: Policy expired.",
    ] {
        check(&[(&s3(message), "OtherFailure(Signature) | AccessDenied | - | - | - | - | Unknown | - | -")]);
    }
    check(&[(&s3("Access Denied"), "IamDenial | AccessDenied | - | - | - | - | Unknown | - | -")]);
}

#[test]
fn projects_of_datazone_and_other_catalogs_decide_for_themselves() {
    check(&[
        (
            "An error occurred (AccessDeniedException) when calling the GetProject operation: User is not permitted to perform \
             operation: GetProject",
            "OtherFailure(ApplicationAuthorization) | AccessDeniedException | GetProject | - | - | - | Unknown | - | -",
        ),
        (
            "Resource handler returned message: \"User is not permitted to perform operation: CreateProjectMembership (Service: DataZone, \
             Status Code: 403, Request ID: 11-22) (SDK Attempt Count: 1)\" (RequestToken: 5, HandlerErrorCode: AccessDenied)",
            "OtherFailure(ApplicationAuthorization) | - | - | - | - | - | Unknown | - | -",
        ),
        ("org.example.catalog.ForbiddenException: Forbidden: Forbidden: 'nightly' may not drop views", ""),
        ("Error: Forbidden: Forbidden", ""),
        (
            "Forbidden: Forbidden\n\tstatus code: 403, request id: 8Q, host id: x=",
            "IamDenial | Forbidden | - | - | - | - | Unknown | - | -",
        ),
    ]);
}

#[test]
fn the_class_of_an_sdk_tells_whose_short_message_it_is() {
    check(&[
        (
            "Amazon.EC2.AmazonEC2Exception: You are not authorized to perform this operation. ---> \
             Amazon.Runtime.Internal.HttpErrorResponseException: The remote server returned an error: (403) Forbidden.",
            "IamDenial | - | - | - | - | - | Unknown | - | -",
        ),
        (
            "Stop-EC2Instance : You are not authorized to perform this operation.\nAt C:\\ops\\night.ps1:3 char:1\n\
             + Stop-EC2Instance -InstanceId $id\n    + CategoryInfo          : InvalidOperation: (Amazon.PowerShe...anceCmdlet:StopEC2InstanceCmdlet) \
             [Stop-EC2Instance], InvalidOperationException\n    + FullyQualifiedErrorId : Amazon.EC2.AmazonEC2Exception,\
             Amazon.PowerShell.Cmdlets.EC2.StopEC2InstanceCmdlet",
            "IamDenial | - | - | - | - | - | Unknown | - | -",
        ),
        ("You are not authorized to perform this operation.", ""),
        (
            "List of 4\n $ Code     : chr \"AccessDenied\"\n $ Message  : chr \"Access Denied\"\n $ RequestId: chr \"8Q\"\n $ HostId   : chr \"x=\"",
            "IamDenial | AccessDenied | - | - | - | - | Unknown | - | -",
        ),
        ("Error: AccessDenied (HTTP 403). Access Denied", "IamDenial | AccessDenied | - | - | - | - | Unknown | - | -"),
        (
            "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to \
             access. (Service: AWSKMS; Status Code: 400; Error Code: AccessDeniedException; Request ID: 5d; Proxy: null)",
            "IamDenial | AccessDeniedException | - | - | - | - | Unknown | - | -",
        ),
    ]);
}

#[test]
fn the_snake_case_code_and_a_code_without_its_tags_are_read() {
    let said = format!(
        "User: {PAYER} is not authorized to perform: bedrock-mantle:CreateInference on resource: arn:aws:bedrock-mantle:eu-west-1:111122223333:project/p because no identity-based policy allows the bedrock-mantle:CreateInference action"
    );
    let rest = "bedrock-mantle:CreateInference | arn:aws:bedrock-mantle:eu-west-1:111122223333:project/p | ImplicitDeny | identity-based | -";
    check(&[
        (
            &format!(
                "{{\"error\":{{\"code\":\"access_denied\",\"message\":\"{said}\",\"type\":\"permission_denied_error\"}}}}"
            ),
            &format!("IamDenial | access_denied | - | {PAYER} | {rest}"),
        ),
        (
            &format!(
                "resulted in a `403 Forbidden` response: Sender SenderAccessDeniedUser: {PAYER} is not authorized to access this resource 0d0c-11"
            ),
            &format!("IamDenial | AccessDenied | - | {PAYER} | - | - | Unknown | - | -"),
        ),
    ]);
}

#[test]
fn what_is_cut_or_masked_is_no_value_and_is_said() {
    let cut = |tail: &str| format!("AccessDeniedException: User: {PAYER} is not {tail}");
    let notes = |text: &str| read(text).remove(0).notes;
    check(&[
        (
            &cut("authorized to perform: logs:PutLogEvents on resource: arn:aws:lo"),
            &format!("IamDenial | AccessDeniedException | - | {PAYER} | logs:PutLogEvents | - | Unknown | - | -"),
        ),
        (&cut("autho"), &format!("IamDenial | AccessDeniedException | - | {PAYER} | - | - | Unknown | - | -")),
        (
            "AccessDeniedException: User: ****** is not authorized to perform: logs:PutLogEvents on resource: ******",
            "IamDenial | AccessDeniedException | - | ****** | logs:PutLogEvents | ****** | Unknown | - | -",
        ),
    ]);
    assert!(
        notes(&cut("authorized to perform: logs:PutLogEvents on resource: arn:aws:lo")).contains(&Note::ResourceCut)
    );
    assert!(notes(&cut("autho")).contains(&Note::Elided));
    assert!(
        notes("User: ****** is not authorized to perform: logs:PutLogEvents on resource: ******")
            .contains(&Note::Masked)
    );
}

#[test]
fn the_service_is_that_of_the_action_where_the_operation_does_not_tell() {
    let service = |operation: &str, action: &str| {
        let text = format!(
            "An error occurred (AccessDenied) when calling the {operation} operation: User: {PAYER} is not authorized to perform: {action} on resource: *"
        );
        read(&text).remove(0).service
    };
    assert_eq!(service("ListObjectsV2", "s3:ListBucket").as_deref(), Some("s3"));
    assert_eq!(service("DescribeAlarmHistory", "cloudwatch:DescribeAlarms").as_deref(), Some("cloudwatch"));
    assert_eq!(service("RunInstances", "iam:PassRole").as_deref(), Some("ec2"));
    assert_eq!(service("CreateFunction", "iam:PassRole"), None);
}
