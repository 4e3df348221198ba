//! Calls against a server on the loopback that answers with what it is given, and keeps what it was asked.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use serde_json::json;

use super::*;
use crate::aws::operation::GET_USER;
use crate::aws::{FailureKind, LiveCommand, Service};

static KEY_POLICY: Operation = operation(Service::Kms, "GetKeyPolicy");
static BUCKET_POLICY: Operation = operation(Service::S3, "GetBucketPolicy");
static TOPIC: Operation = operation(Service::Sns, "GetTopicAttributes");

const fn operation(service: Service, name: &'static str) -> Operation {
    Operation { service, name, permission: None, commands: &[LiveCommand::Doctor], purpose: "" }
}

/// Answers one request after another, each with a status, headers behind `~`, and a body on the next line; gives the requests.
fn server(answers: &'static [&'static str]) -> (String, std::thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let served = std::thread::spawn(move || {
        let mut asked = Vec::new();
        for answer in answers {
            let (stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream);
            let mut whole = String::new();
            let mut length = 0;
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                if line.trim().is_empty() {
                    break;
                }
                whole.push_str(&line);
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            whole.push_str(std::str::from_utf8(&body).unwrap());
            asked.push(whole);
            let (head, body) = answer.split_once('\n').unwrap();
            let head = head.replace('~', "\r\n");
            let (length, mut stream) = (body.len(), reader.into_inner());
            write!(stream, "HTTP/1.1 {head}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}").unwrap();
        }
        asked
    });
    (url, served)
}

fn clients(url: Option<&str>, attempts: u32) -> Clients {
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .retry_config(
            RetryConfig::standard().with_max_attempts(attempts).with_initial_backoff(Duration::from_millis(1)),
        )
        .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(Duration::from_secs(5)).build())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
            "AKIAIOSFODNN7EXAMPLE",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            Some("token".to_owned()),
            None,
            "test",
        )));
    config.set_endpoint_url(url.map(str::to_owned));
    Clients::of(config.build())
}

fn block<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// The lines of a request that do not depend on time, chance or version.
fn shown(request: &str) -> String {
    let unstable = ["x-amz-date", "amz-sdk-", "user-agent", "x-amz-user-agent", "host", "accept"];
    let kept = request.lines().filter(|line| !unstable.iter().any(|name| line.starts_with(name)));
    let kept = kept.map(|line| match line.split_once("Signature=") {
        Some((before, _)) if line.starts_with("authorization") => {
            let (scope, signed) = before.split_once('/').unwrap();
            format!("{scope}/DATE{}Signature=...", signed.get(8..).unwrap_or_default())
        }
        _ => line.to_owned(),
    });
    kept.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_call_in_json_is_signed_for_its_service_and_region() {
    let (url, served) = server(&["200 OK\n{\"Policy\": \"{}\"}"]);
    let call = SignedCall::json(&KEY_POLICY, "TrentService", "1.1", &json!({"KeyId": "1", "PolicyName": "default"}))
        .in_region(Some("us-west-2".to_owned()));
    let answer = block(clients(Some(&url), 1).signed(call)).unwrap();
    assert_eq!(answer.value, json!({"Policy": "{}"}));
    insta::assert_snapshot!(shown(&served.join().unwrap()[0]), @r#"
    POST / HTTP/1.1
    content-type: application/x-amz-json-1.1
    x-amz-target: TrentService.GetKeyPolicy
    authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/DATE/us-west-2/kms/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target;x-amz-user-agent, Signature=...
    x-amz-security-token: token
    content-length: 36
    {"KeyId":"1","PolicyName":"default"}
    "#);
}

#[test]
fn a_policy_of_a_bucket_keeps_its_formatting_and_s3_signs_paths_as_they_are() {
    let (url, served) = server(&["200 OK\n{\n  \"Statement\": []\n}"]);
    let call = SignedCall::get(&BUCKET_POLICY, format!("/{}?policy", encoded("a b")));
    let answer = block(clients(Some(&url), 1).signed(call)).unwrap();
    assert_eq!(answer.text, "{\n  \"Statement\": []\n}");
    insta::assert_snapshot!(shown(&served.join().unwrap()[0]), @"
    GET /a%20b?policy HTTP/1.1
    authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/DATE/eu-west-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token;x-amz-user-agent, Signature=...
    x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
    x-amz-security-token: token
    ");
}

#[test]
fn a_call_with_a_form_is_answered_in_xml() {
    let (url, served) = server(&[
        "200 OK\n<R><GetTopicAttributesResult><Attributes><entry><key>Policy</key><value>{}</value></entry></Attributes></GetTopicAttributesResult></R>",
    ]);
    let call = SignedCall::query(&TOPIC, "2010-03-31", &[("TopicArn", "arn:aws:sns:eu-west-1:111122223333:t&x")]);
    let answer = block(clients(Some(&url), 1).signed(call)).unwrap();
    assert_eq!(answer.value["GetTopicAttributesResult"]["Attributes"]["entry"]["value"], "{}");
    insta::assert_snapshot!(shown(&served.join().unwrap()[0]), @"
    POST / HTTP/1.1
    content-type: application/x-www-form-urlencoded
    authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/DATE/eu-west-1/sns/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-user-agent, Signature=...
    x-amz-security-token: token
    content-length: 104
    Action=GetTopicAttributes&Version=2010-03-31&TopicArn=arn%3Aaws%3Asns%3Aeu-west-1%3A111122223333%3At%26x
    ");
}

#[test]
fn errors_of_every_protocol_have_their_code_and_message() {
    let rows: [(&'static [&'static str], FailureKind, &str); 8] = [
        (&["400 Bad\n"], FailureKind::Refused, "an error without a code: no message"),
        (
            &["400 Bad\n{\"__type\":\"com.amazonaws.kms#NotFoundException\",\"message\":\"no key\"}"],
            FailureKind::NotFound,
            "NotFoundException: no key",
        ),
        (
            &["403 No~x-amzn-errortype: AccessDeniedException:http://x/\n{\"Message\":\"may not\"}"],
            FailureKind::Denied,
            "AccessDeniedException: may not",
        ),
        (
            &["404 No\n<Error><Code>NoSuchBucketPolicy</Code><Message>none</Message></Error>"],
            FailureKind::NotFound,
            "NoSuchBucketPolicy: none",
        ),
        (
            &[
                "403 No\n<ErrorResponse><Error><Code>AuthorizationError</Code><Message>may not</Message></Error></ErrorResponse>",
            ],
            FailureKind::Denied,
            "AuthorizationError: may not",
        ),
        (
            &[
                "403 No\n<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>may not</Message></Error></Errors></Response>",
            ],
            FailureKind::Denied,
            "UnauthorizedOperation: may not",
        ),
        (&["200 OK\n<html><body>sign in"], FailureKind::WebPage, "the answer is a web page and not AWS's"),
        (&["200 OK\n{\"Policy\":"], FailureKind::Unreadable, "the answer cannot be read"),
    ];
    for (answers, kind, said) in rows {
        let (url, served) = server(answers);
        let call = SignedCall::json(&KEY_POLICY, "TrentService", "1.1", &json!({}));
        let failure = block(clients(Some(&url), 1).signed(call)).unwrap_err();
        assert_eq!(failure.kind, kind, "{failure}");
        assert!(failure.said.starts_with(said), "{failure}");
        served.join().unwrap();
    }
}

#[test]
fn what_is_throttled_is_asked_again() {
    let (url, served) =
        server(&["400 Bad\n{\"__type\":\"ThrottlingException\",\"message\":\"slower\"}", "500 Bad\n{}", "200 OK\n{}"]);
    let call = SignedCall::json(&KEY_POLICY, "TrentService", "1.1", &json!({}));
    assert!(block(clients(Some(&url), 3).signed(call)).is_ok());
    assert_eq!(served.join().unwrap().len(), 3);
}

#[test]
fn an_endpoint_that_nobody_serves_is_told_with_its_address() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let clients = clients(Some(&format!("http://127.0.0.1:{port}")), 1);
    let failure = block(clients.signed(SignedCall::get(&BUCKET_POLICY, "/b?policy".to_owned()))).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unreachable, "{failure}");
}

#[test]
fn a_signed_call_gives_what_the_client_of_the_sdk_gives() {
    let body = "200 OK\n<GetUserResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><GetUserResult><User><UserName>alice</UserName>\
        <Path>/</Path><UserId>A</UserId><Arn>arn:aws:iam::111122223333:user/alice</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate></User>\
        </GetUserResult></GetUserResponse>";
    let answers: &'static [&'static str] = vec![body, body].leak();
    let (url, served) = server(answers);
    let clients = clients(Some(&url), 1);
    let theirs = block(clients.call(&GET_USER, clients.iam.get_user().user_name("alice").send())).unwrap();
    let ours = SignedCall::query(&GET_USER, "2010-05-08", &[("UserName", "alice")]);
    let ours = block(clients.signed(ours)).unwrap();
    assert_eq!(ours.value["GetUserResult"]["User"]["Arn"], theirs.user.unwrap().arn);
    let asked = served.join().unwrap();
    let scope = |request: &str| {
        let line = request.lines().find(|line| line.starts_with("authorization")).unwrap();
        line.split("SignedHeaders").next().unwrap().to_owned()
    };
    assert_eq!(scope(&asked[0]), scope(&asked[1]));
    let body = |request: &str| {
        let mut parts: Vec<_> = request.lines().last().unwrap().split('&').map(str::to_owned).collect();
        parts.sort();
        parts
    };
    assert_eq!(body(&asked[0]), body(&asked[1]));
}
