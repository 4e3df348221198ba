//! Denials in the words of services, SDKs and tools that say less than the general sentence, and their neighbours that are none.

use iamdx::denial::{self, Denial, Note};
use iamdx::text::Source;

use crate::messages::summary;

pub(crate) fn read(text: &str) -> Vec<Denial> {
    denial::parse(&Source::new("message", text))
}

/// A text, and the one line that is read of it; nothing where it must not be read.
pub(crate) fn check(cases: &[(&str, &str)]) {
    let wrong = cases.iter().filter_map(|(text, wanted)| {
        let found = summary(&read(text)).join("\n");
        (found != *wanted).then(|| format!("{text}\n  read   {found}\n  wanted {wanted}"))
    });
    assert_eq!(wrong.collect::<Vec<_>>().join("\n\n"), "");
}

pub(crate) const PAYER: &str = "arn:aws:sts::111122223333:assumed-role/payer/job-9";

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

#[test]
fn an_sdk_or_tool_that_leaves_the_code_out_is_read_by_its_class_status_or_words() {
    check(&[
        (
            "ERROR:  S3ServiceException:Access Denied,Status 403,Error AccessDenied,Rid 8Q,ExtRid x=,CanRetry 1",
            "IamDenial | AccessDenied | - | - | - | - | Unknown | - | -",
        ),
        (
            "ERROR:  S3ServiceException:The specified bucket does not exist,Status 404,Error NoSuchBucket,Rid 8Q,ExtRid x=,CanRetry 1",
            "",
        ),
        (
            &format!(
                "S3ServiceException:User: {PAYER} is not authorized to perform: s3:ListBucket on resource: \"arn:aws:s3:::invoices\" because \
                 no identity-based policy allows the s3:ListBucket action,Status 403,Error AccessDenied,Rid 8Q"
            ),
            &format!(
                "IamDenial | AccessDenied | - | {PAYER} | s3:ListBucket | arn:aws:s3:::invoices | ImplicitDeny | identity-based | -"
            ),
        ),
        (
            "Write-S3Object : Access Denied\nAt C:\\ops\\up.ps1:9 char:1\n+ Write-S3Object -BucketName invoices\n    + CategoryInfo          : \
             InvalidOperation: (Amazon.PowerShe...jectCmdlet:WriteS3ObjectCmdlet) [Write-S3Object], InvalidOperationException\n    \
             + FullyQualifiedErrorId : Amazon.S3.AmazonS3Exception,Amazon.PowerShell.Cmdlets.S3.WriteS3ObjectCmdlet",
            "IamDenial | - | - | - | - | - | Unknown | - | -",
        ),
        (
            "error: ErrorMetadata { code: None, message: None }, raw: Response { status: StatusCode(403), headers: Headers { headers: \
             {\"x-amz-request-id\": \"8Q\", \"server\": \"AmazonS3\"} }, body: SdkBody { inner: Once(Some(b\"\")), retryable: true } }",
            "IamDenial | - | - | - | - | - | Unknown | - | -",
        ),
        (
            "error: ErrorMetadata { code: None, message: None }, raw: Response { status: StatusCode(404), headers: Headers { headers: \
             {\"x-amz-request-id\": \"8Q\", \"server\": \"AmazonS3\"} }, body: SdkBody { inner: Once(Some(b\"\")), retryable: true } }",
            "",
        ),
        (
            "AWS Error ACCESS_DENIED during PutObject operation: Access Denied",
            "IamDenial | ACCESS_DENIED | PutObject | - | - | - | Unknown | - | -",
        ),
        (
            "[20%] fail: Bucket named 'invoices-assets' exists, but we dont have access to it.",
            "IamDenial | - | - | - | - | arn:aws:s3:::invoices-assets | Unknown | - | -",
        ),
        (
            "level=warn caller=scan.go:9 msg=\"scan failed\" err=\"list objects in bucket invoices: Access Denied.\"",
            "IamDenial | - | - | - | - | - | Unknown | - | -",
        ),
        ("level=warn caller=login.go:9 msg=\"login failed\" err=\"user ana: Access Denied\"", ""),
        ("The shared bucket list: Access Denied pages are shown to guests.", ""),
        (
            "level=warn msg=\"put failed\" endpoint=minio.example.com err=\"put object in bucket invoices: Access Denied\"",
            "",
        ),
        (
            "AccessDeniedAccess Denied8QK2M4P6R8T0V2X4x+UIJOlFkn3aNR=",
            "IamDenial | AccessDenied | - | - | - | - | Unknown | - | -",
        ),
    ]);
}

#[test]
fn a_status_of_403_counts_where_the_address_is_one_of_an_aws_api() {
    check(&[
        (
            "httpx.HTTPStatusError: Client error '403 Forbidden' for url 'https://bedrock-runtime.eu-west-1.amazonaws.com/model/m/count-tokens'",
            "IamDenial | - | CountTokens | - | - | - | Unknown | - | -",
        ),
        (
            "HTTPError: 403 Client Error: Forbidden for url: https://invoices.s3.eu-west-1.amazonaws.com/1.csv",
            "IamDenial | - | - | - | - | arn:aws:s3:::invoices/1.csv | Unknown | - | -",
        ),
        (
            "urllib.error.HTTPError: HTTP Error 403: Forbidden https://s3.cn-north-1.amazonaws.com.cn/invoices/2026/a%20b.csv",
            "IamDenial | - | - | - | - | arn:aws-cn:s3:::invoices/2026/a b.csv | Unknown | - | -",
        ),
        (
            "GET https://pay-111122223333.s3-accesspoint.eu-west-1.amazonaws.com/1.csv: 403 Forbidden",
            "IamDenial | - | GetObject | - | - | arn:aws:s3:eu-west-1:111122223333:accesspoint/pay/object/1.csv | Unknown | - | -",
        ),
        (
            "> HEAD /2026/1.csv HTTP/1.1\n> Host: invoices.s3.dualstack.eu-west-1.amazonaws.com\n>\n< HTTP/1.1 403 Forbidden\n",
            "IamDenial | - | HeadObject | - | - | arn:aws:s3:::invoices/2026/1.csv | Unknown | - | -",
        ),
        (
            "GET https://invoices.s3.amazonaws.com/?list-type=2&prefix=2026: 403 Forbidden",
            "IamDenial | - | ListObjectsV2 | - | - | arn:aws:s3:::invoices | Unknown | - | -",
        ),
        // another part of the object than its bytes
        (
            "GET https://invoices.s3.amazonaws.com/1.csv?acl: 403 Forbidden",
            "IamDenial | - | - | - | - | arn:aws:s3:::invoices/1.csv | Unknown | - | -",
        ),
        (
            "403 Client Error: Forbidden for url: https://sqs.eu-west-1.amazonaws.com/111122223333/pay",
            "IamDenial | - | - | - | - | arn:aws:sqs:eu-west-1:111122223333:pay | Unknown | - | -",
        ),
        (
            "failed to resolve reference: unexpected status from HEAD request to \
             https://111122223333.dkr.ecr.us-gov-west-1.amazonaws.com/v2/pay/api/manifests/7: 403 Forbidden",
            "IamDenial | - | - | - | ecr:BatchGetImage | arn:aws-us-gov:ecr:us-gov-west-1:111122223333:repository/pay/api | Unknown | - | -",
        ),
        (
            "unexpected status code https://111122223333.dkr.ecr.eu-west-1.amazonaws.com/v2/pay/api/blobs/sha256:0a: 403 Forbidden",
            "IamDenial | - | - | - | ecr:GetDownloadUrlForLayer | arn:aws:ecr:eu-west-1:111122223333:repository/pay/api | Unknown | - | -",
        ),
        (
            "curl: (22) The requested URL returned error: 403 https://invoices.s3.amazonaws.com/1.csv",
            "IamDenial | - | - | - | - | arn:aws:s3:::invoices/1.csv | Unknown | - | -",
        ),
        // an expired or changed URL, an API key or a web ACL: these say nothing about IAM
        (
            "403 Client Error: Forbidden for url: https://invoices.s3.amazonaws.com/1.csv?X-Amz-Expires=60&X-Amz-Signature=0a",
            "",
        ),
        ("403 Client Error: Forbidden for url: https://a1b2.execute-api.eu-west-1.amazonaws.com/prod", ""),
        // hosts of others say nothing about IAM
        ("403 Client Error: Forbidden for url: https://api.example.com/v1", ""),
        ("GET https://invoices.s3.amazonaws.com/1.csv ok\nGET https://api.example.com/v1: 403 Forbidden", ""),
        ("curl: (22) The requested URL returned error: 404 https://invoices.s3.amazonaws.com/1.csv", ""),
    ]);
}

#[test]
fn no_statement_helps_where_the_service_names_nothing_as_the_action() {
    let text = |action: &str, reason: &str| {
        format!("User: {PAYER} is not authorized to perform: {action} on resource: arn:aws:s3:::invoices {reason}")
    };
    let none =
        |reason: &str| format!("OtherFailure(UnnamedAction) | - | - | {PAYER} | - | arn:aws:s3:::invoices | {reason}");
    let denies = "with an explicit deny in a service control policy";
    check(&[
        (
            &text("null", "because no identity-based policy allows the null action"),
            &none("ImplicitDeny | identity-based | -"),
        ),
        (
            &text("None", "because no identity-based policy allows the action"),
            &none("ImplicitDeny | identity-based | -"),
        ),
        (&text("undefined", ""), &none("Unknown | - | -")),
        // a Deny of everything needs no name
        (
            &text("null", denies),
            &format!("IamDenial | - | - | {PAYER} | - | arn:aws:s3:::invoices | ExplicitDeny | service-control | -"),
        ),
    ]);
}

#[test]
fn words_of_an_administrator_about_a_setting_of_ec2_are_noted() {
    let noted = |operation: &str, message: &str| {
        let text =
            format!("An error occurred (UnauthorizedOperation) when calling the {operation} operation: {message}");
        let denials = read(&text);
        let noted = |denial: &Denial| denial.notes.contains(&Note::WordsOfOrganization);
        (denials.len(), denials.iter().any(noted))
    };
    let own = "Access denied: public images need an exception, see https://wiki.example.com/images";
    assert_eq!(noted("DisableImageBlockPublicAccess", own), (1, true));
    assert_eq!(noted("ModifyInstanceMetadataDefaults", "Platform engineers set this for every account."), (1, true));
    // the words of EC2, no words, and an operation that no such policy is about
    assert_eq!(noted("DisableImageBlockPublicAccess", "You are not authorized to perform this operation."), (1, false));
    assert_eq!(noted("DisableImageBlockPublicAccess", ""), (1, false));
    assert_eq!(noted("RunInstances", own), (1, false));
}

#[test]
fn the_line_or_the_command_around_a_bare_denial_of_s3_names_the_bucket_and_key() {
    let denied = |operation: &str| {
        format!("An error occurred (AccessDenied) when calling the {operation} operation: Access Denied")
    };
    let read = |operation: &str, resource: &str| {
        format!("IamDenial | AccessDenied | {operation} | - | - | {resource} | Unknown | - | -")
    };
    let of = |before: &str, operation: &str| format!("{before}{}", denied(operation));
    let one = "arn:aws:s3:::invoices/in/1.csv";
    check(&[
        (&of("upload failed: ./1.csv to s3://invoices/in/1.csv ", "PutObject"), &read("PutObject", one)),
        (&of("upload failed: ./1.csv to s3://invoices/in/1.csv\n", "PutObject"), &read("PutObject", one)),
        (&of("download failed: s3://invoices/in/1.csv to ./1.csv ", "GetObject"), &read("GetObject", one)),
        (&of("delete failed: s3://invoices/in/1.csv ", "DeleteObject"), &read("DeleteObject", one)),
        (&of("copy failed: s3://old/1.csv to s3://invoices/in/1.csv ", "CopyObject"), &read("CopyObject", one)),
        (&of("move failed: s3://invoices/in/1.csv to s3://new/1.csv ", "GetObject"), &read("GetObject", one)),
        (&of("$ aws s3 cp s3://invoices/in/1.csv .\nfatal error: ", "HeadObject"), &read("HeadObject", one)),
        (&of("+ aws s3 ls s3://invoices/in/\n\n", "ListObjectsV2"), &read("ListObjectsV2", "arn:aws:s3:::invoices")),
        (&of("$ aws s3api get-object --bucket invoices --key in/1.csv 1.csv\n", "GetObject"), &read("GetObject", one)),
        // a directory is not the key, and another command is about something else
        (&of("$ aws s3 cp 1.csv s3://invoices/in/\n", "PutObject"), &read("PutObject", "-")),
        (&of("$ aws s3 ls s3://invoices\n2026 1.csv\n$ ./deploy.sh\n", "GetObject"), &read("GetObject", "-")),
        (
            &of("copy failed: s3://old/1.csv to s3://invoices/in/1.csv ", "GetBucketLocation"),
            &read("GetBucketLocation", "-"),
        ),
    ]);
    // two files are two denials
    let two =
        ["1.csv", "2.csv"].map(|name| of(&format!("upload failed: {name} to s3://invoices/{name} "), "PutObject"));
    let two = ["1.csv", "2.csv"]
        .iter()
        .zip(two)
        .map(|(name, text)| (text, read("PutObject", &format!("arn:aws:s3:::invoices/{name}"))));
    let (texts, wanted): (Vec<_>, Vec<_>) = two.unzip();
    check(&[(&texts.join("\n"), &wanted.join("\n"))]);
}

#[test]
fn a_statement_of_redshift_names_the_role_and_the_bucket_of_its_error() {
    let role = "arn:aws:iam::111122223333:role/loader";
    let error =
        "S3ServiceException:Access Denied,Status 403,Error AccessDenied,Rid 0A1B2C3D4E5F6A7B,ExtRid x=,CanRetry 1";
    let copy = format!("COPY sales FROM 's3://invoices/in/' IAM_ROLE '{role}' FORMAT CSV;\nERROR: {error}\n");
    let details = format!("DETAIL:\n  error:  {error}\n  code: 8001\n  context: Listing bucket=invoices prefix=in/\n");
    let unload = format!("UNLOAD ('select 1') TO 's3://invoices/out/' IAM_ROLE '{role}';\nERROR: {error}\n");
    let read_as = |resource: &str| format!("IamDenial | AccessDenied | - | {role} | - | {resource} | Unknown | - | -");
    check(&[
        (&copy, &read_as("arn:aws:s3:::invoices")),
        (&format!("{copy}{details}"), &read_as("arn:aws:s3:::invoices")),
        (&unload, &read_as("arn:aws:s3:::invoices/out/*")),
    ]);
    let denials = read(&format!("{copy}{details}"));
    let told = denials.first().map(|denial| (denial.occurrences, denial.notes.contains(&Note::CallerRoleOfText)));
    assert_eq!(told, Some((1, true)));
}

#[test]
fn the_box_of_the_console_is_read_line_by_line() {
    let lines = |action: &str, context: &str| {
        format!(
            "You don't have permission to do this.\nUser: {PAYER}\n{action}\nOn resource(s): arn:aws:s3:::invoices/1\nContext: {context}\n"
        )
    };
    let read = |rest: &str| format!("IamDenial | - | - | {PAYER} | s3:GetObject | arn:aws:s3:::invoices/1 | {rest}");
    check(&[
        (
            &lines("Action: s3:GetObject", "no identity-based policy allows the action"),
            &read("ImplicitDeny | identity-based | -"),
        ),
        (
            &lines("Service: s3\nAction: GetObject", "a service control policy explicitly denies the action"),
            &read("ExplicitDeny | service-control | -"),
        ),
        (&lines("Action: s3:GetObject", "unknown"), &read("Unknown | - | -")),
        ("User: ana\nAction: restart\nOn resource(s): db1", ""),
    ]);
}

#[test]
fn a_row_of_an_access_log_as_json_tells_what_the_line_tells() {
    let line = "0a invoices [06/Nov/2026:00:00:38 +0000] 192.0.2.3 arn:aws:iam::111122223333:user/ana 3E REST.GET.OBJECT 2026/1.csv \"GET \
                /2026/1.csv HTTP/1.1\" 403 AccessDenied 243 -";
    let row = "{\"bucket_name\": \"invoices\", \"requester\": \"arn:aws:iam::111122223333:user/ana\", \"operation\": \"REST.GET.OBJECT\", \
               \"key\": \"2026/1.csv\", \"httpstatus\": \"403\", \"errorcode\": \"AccessDenied\"}";
    let wanted = "IamDenial | AccessDenied | REST.GET.OBJECT | arn:aws:iam::111122223333:user/ana | - | arn:aws:s3:::invoices/2026/1.csv | \
                  Unknown | - | -";
    check(&[(line, wanted), (row, wanted), (&row.replace("AccessDenied", "NoSuchKey"), "")]);
}

#[test]
fn an_event_of_security_lake_gives_what_the_record_of_cloudtrail_gives() {
    let message = "Access Denied";
    let trail = format!(
        "{{\"eventName\": \"GetObject\", \"eventSource\": \"s3.amazonaws.com\", \"eventTime\": \"2026-11-20T10:00:00Z\", \"awsRegion\": \
         \"eu-west-1\", \"sourceIPAddress\": \"192.0.2.7\", \"userAgent\": \"x\", \"errorCode\": \"AccessDenied\", \"errorMessage\": \
         \"{message}\", \"requestID\": \"11-22-33-44-55\", \"userIdentity\": {{\"type\": \"AssumedRole\", \"principalId\": \"AROAEXAMPLE:job-9\", \
         \"arn\": \"{PAYER}\", \"accountId\": \"111122223333\", \"accessKeyId\": \"ASIAEXAMPLE\", \"sessionContext\": {{\"sessionIssuer\": \
         {{\"arn\": \"arn:aws:iam::111122223333:role/pay/payer\"}}, \"attributes\": {{\"mfaAuthenticated\": \"false\", \"creationDate\": \
         \"2026-11-20T09:00:00Z\"}}}}}}, \"resources\": [{{\"ARN\": \"arn:aws:s3:::invoices/1\"}}, {{\"ARN\": \"arn:aws:s3:::invoices\", \
         \"accountId\": \"111122223333\"}}]}}"
    );
    let lake = |ids: &str, mfa: &str| {
        format!(
            "{{\"class_uid\": 6003, \"time_dt\": \"2026-11-20T10:00:00Z\", \"cloud\": {{\"region\": \"eu-west-1\"}}, \"api\": {{\"operation\": \
             \"GetObject\", \"service\": {{\"name\": \"s3.amazonaws.com\"}}, \"request\": {{\"uid\": \"11-22-33-44-55\", \"data\": \"null\"}}, \
             \"response\": {{\"error\": \"AccessDenied\", \"message\": \"{message}\"}}}}, \"src_endpoint\": {{\"ip\": \"192.0.2.7\", \"uid\": \
             null}}, \"http_request\": {{\"user_agent\": \"x\"}}, \"actor\": {{\"user\": {{\"type\": \"AssumedRole\", {ids}, \"credential_uid\": \
             \"ASIAEXAMPLE\"}}, \"session\": {{\"issuer\": \"arn:aws:iam::111122223333:role/pay/payer\", {mfa}, \"created_time_dt\": \
             \"2026-11-20T09:00:00Z\"}}}}, \"resources\": [{{\"uid\": \"arn:aws:s3:::invoices/1\"}}, {{\"uid\": \"arn:aws:s3:::invoices\", \
             \"account\": {{\"uid\": \"111122223333\"}}}}]}}"
        )
    };
    let newer =
        format!("\"uid\": \"{PAYER}\", \"uid_alt\": \"AROAEXAMPLE:job-9\", \"account\": {{\"uid\": \"111122223333\"}}");
    let older = format!("\"uuid\": \"{PAYER}\", \"uid\": \"AROAEXAMPLE:job-9\", \"account_uid\": \"111122223333\"");
    let facts = |text: &str| {
        let denial = read(text).remove(0);
        let context: Vec<(String, Vec<String>)> =
            denial.context.iter().map(|fact| (fact.key.clone(), fact.values.clone())).collect();
        (
            summary(std::slice::from_ref(&denial)),
            denial.service,
            denial.role.map(|arn| arn.to_string()),
            context,
            denial.request_ids,
        )
    };
    let wanted = facts(&trail);
    assert_eq!(
        wanted.0,
        [format!("IamDenial | AccessDenied | GetObject | {PAYER} | - | arn:aws:s3:::invoices/1 | Unknown | - | -")]
    );
    assert!(wanted.3.len() > 8, "{:?}", wanted.3);
    assert_eq!(facts(&lake(&newer, "\"is_mfa\": false")), wanted);
    assert_eq!(facts(&lake(&older, "\"mfa\": false")), wanted);
}
