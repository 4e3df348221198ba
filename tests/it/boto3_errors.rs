//! Errors of boto3 and of the AWS CLI without the general sentence: what is printed of the answer behind them, and the errors of waiters.

use iamdx::denial::{self, Denial};
use iamdx::text::Source;

fn read(text: &str) -> Vec<Denial> {
    denial::parse(&Source::new("message", text))
}

/// Code, operation, status, service and ids of the requests of each denial.
fn told(text: &str) -> Vec<String> {
    let line = |denial: &Denial| {
        let or_none = |value: Option<&str>| value.unwrap_or("-").to_owned();
        [
            or_none(denial.error_code.as_deref()),
            or_none(denial.operation.as_deref()),
            denial.http_status.map_or("-".to_owned(), |status| status.to_string()),
            or_none(denial.service.as_deref()),
            denial.request_ids.join(","),
        ]
        .join(" ")
    };
    read(text).iter().map(line).collect()
}

const ANSWER: &str = "(Status Code: 403, Request ID: 4442587FB7D0A2F9)";

#[test]
fn what_is_printed_of_the_answer_behind_an_error_is_its_own() {
    let encoded = "0a1b2c3d4e5f".repeat(80);
    for (code, operation, message, service) in [
        ("AccessDenied", "GetObject", "Access Denied", "s3"),
        ("403", "HeadObject", "Forbidden", "s3"),
        ("AccessDeniedException", "GetSecretValue", "Access to KMS is not allowed", "secretsmanager"),
        ("UnauthorizedOperation", "RunInstances", "You are not authorized to perform this operation.", "ec2"),
        (
            "UnauthorizedOperation",
            "RunInstances",
            &*format!(
                "You are not authorized to perform this operation. Encoded authorization failure message: {encoded}"
            ),
            "ec2",
        ),
        ("AccessDeniedException", "GetThing", "Nobody knows these words", "-"),
        ("AccessDeniedException", "GetThing", "Nobody knows these words,\nwhich are on two lines", "-"),
        ("AccessDeniedException", "GetThing", "", "-"),
        ("ExpiredToken", "GetCallerIdentity", "The security token included in the request is expired", "-"),
        ("ThrottlingException", "InvokeModel", "Too many requests, please wait before trying again.", "-"),
    ] {
        let text = format!("An error occurred ({code}) when calling the {operation} operation: {message} {ANSWER}");
        assert_eq!(told(&text), [format!("{code} {operation} 403 {service} 4442587FB7D0A2F9")], "{text}");
        let with_service = text.replace("(Status", "(Service: Secrets Manager, Status");
        let [line] = &told(&with_service)[..] else { panic!("{with_service}: {:?}", told(&with_service)) };
        assert!(line.starts_with(&format!("{code} {operation} 403 ")) && line.ends_with("4442587FB7D0A2F9"), "{line}");
    }
}

#[test]
fn an_answer_in_other_words_is_read_too_and_that_of_the_next_error_is_not() {
    for (text, expected) in [
        (
            "operation error S3: GetObject, https response error StatusCode: 403, RequestID: 0A1B2C3D4E5F6A7B, api error AccessDenied: Access Denied",
            &["AccessDenied GetObject 403 s3 0A1B2C3D4E5F6A7B"][..],
        ),
        (
            "{'Error': {'Code': 'AccessDenied', 'Message': 'Access Denied'},\n 'ResponseMetadata': {'RequestId': '0A1B2C3D4E5F6A7B',\n  'HTTPStatusCode': 403}}",
            &["AccessDenied - 403 - 0A1B2C3D4E5F6A7B"],
        ),
        (
            "<Error><Code>AccessDenied</Code><Message>Access Denied</Message><RequestId>0A1B2C3D4E5F6A7B</RequestId></Error>",
            &["AccessDenied - - - 0A1B2C3D4E5F6A7B"],
        ),
        (
            "An error occurred (AccessDenied) when calling the GetObject operation: Access Denied\n\
             INFO the job ended with status 500\n",
            &["AccessDenied GetObject - s3 "],
        ),
        (
            "An error occurred (AccessDenied) when calling the GetObject operation: Access Denied\n\
             An error occurred (AccessDenied) when calling the PutObject operation: Access Denied (Status Code: 403, Request ID: 0A1B2C3D4E5F6A7B)\n",
            &["AccessDenied GetObject - s3 ", "AccessDenied PutObject 403 s3 0A1B2C3D4E5F6A7B"],
        ),
    ] {
        assert_eq!(told(text), expected, "{text}");
    }
}

#[test]
fn the_error_that_ends_a_wait_is_a_denial() {
    for (text, expected) in [
        ("Waiter BucketExists failed: An error occurred (403): Forbidden", &["403 HeadBucket 403 s3 "][..]),
        (
            "botocore.exceptions.WaiterError: Waiter ObjectNotExists failed: An error occurred (403): Forbidden (Status Code: 403, Request ID: 0A1B2C3D4E5F6A7B)",
            &["403 HeadObject 403 s3 0A1B2C3D4E5F6A7B"],
        ),
        (
            "\nWaiter InstanceRunning failed: An error occurred (UnauthorizedOperation): You are not authorized to perform this operation.\n",
            &["UnauthorizedOperation - - - "],
        ),
        (
            "Waiter StackCreateComplete failed: An error occurred (AccessDenied): User: arn:aws:iam::111122223333:user/ana is not authorized to perform: cloudformation:DescribeStacks because no identity-based policy allows the cloudformation:DescribeStacks action",
            &["AccessDenied - - cloudformation "],
        ),
        (
            "Waiter FunctionActive failed: An error occurred (AccessDeniedException): ",
            &["AccessDeniedException - - - "],
        ),
        (
            "Waiter TableExists failed: An error\noccurred (ExpiredTokenException): The security token included in the request is expired",
            &["ExpiredTokenException - - - "],
        ),
        // a wait that ends otherwise is none, and neither are the same words of other programs
        ("Waiter BucketExists failed: Max attempts exceeded", &[]),
        ("Waiter BucketExists failed: An error occurred (404): Not Found", &[]),
        ("The upload failed: An error occurred (403): Forbidden", &[]),
    ] {
        assert_eq!(told(text), expected, "{text}");
    }
    let [denial] = &read("Waiter BucketExists failed: An error occurred (403): Forbidden")[..] else { panic!() };
    let actions: Vec<&str> = denial.candidates.iter().map(iamdx::iam::Action::as_str).collect();
    assert_eq!(actions, ["s3:ListBucket"]);
}
