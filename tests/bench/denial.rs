//! How fast denials are found and read, beside a plain search over the same bytes.

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};

use iamdx::denial;

fn main() {
    divan::main();
}

/// Lines as services and build tools write them, without a denial; about 64 MB.
fn ordinary_log() -> String {
    let lines = [
        "2026-11-03T10:00:00.123Z INFO  http: GET /api/v1/orders/4711?page=2 200 12ms user=ana request_id=0a1b2c3d\n",
        "   Compiling serde_json v1.0.154 (registry) profile release, 4 units left, cached 118 of 122 crates\n",
        "{\"level\":\"info\",\"ts\":1762160400.12,\"msg\":\"reconciled\",\"controller\":\"ingress\",\"duration\":0.042}\n",
        "Nov 03 10:00:00 host-7 sshd[4242]: session opened for user ops by (uid=0) from 192.0.2.7 port 50022\n",
        "        at com.example.orders.OrderService.place(OrderService.java:112) ~[orders-1.4.2.jar:1.4.2]\n",
        "author: the list of authors is in the file of that name; nothing here was ever refused to anybody\n",
    ];
    lines.concat().repeat(64 << 10).chars().take(64 << 20).collect()
}

/// Messages as people paste them: most with the sentence, some bare, some not of IAM.
fn messages() -> Vec<String> {
    let user = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Developer_0123456789abcdef/ana@example.com";
    let says = |action: &str, resource: &str, why: &str| {
        format!("User: {user} is not authorized to perform: {action} on resource: {resource} {why}")
    };
    vec![
        format!(
            "An error occurred (AccessDenied) when calling the PutObject operation: {}",
            says("s3:PutObject", "\"arn:aws:s3:::reports/q3.csv\"", "because no identity-based policy allows the s3:PutObject action")
        ),
        format!(
            "│ Error: creating IAM Role (web): operation error IAM: CreateRole, https response error StatusCode: 403, RequestID: \
             0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f, api error AccessDenied: {}\n│ \n│   with aws_iam_role.web,",
            says("iam:CreateRole", "arn:aws:iam::111122223333:role/web", "with an explicit deny in a service control policy")
        ),
        "upload failed: ./a.csv to s3://reports/a.csv An error occurred (AccessDenied) when calling the PutObject operation: Access Denied".to_owned(),
        "An error occurred (ExpiredToken) when calling the ListBuckets operation: The provided token has expired.".to_owned(),
        format!(
            "{} (Service: AmazonDynamoDBv2; Status Code: 400; Error Code: AccessDeniedException; Request ID: 0A1B2C3D; Proxy: null)",
            says("dynamodb:Query", "arn:aws:dynamodb:eu-west-1:111122223333:table/orders", "because no identity-based policy allows the dynamodb:Query action")
        ),
    ]
}

#[divan::bench(sample_count = 10)]
fn log_without_denials(bencher: Bencher) {
    let log = ordinary_log();
    bencher.counter(BytesCount::of_str(&log)).bench_local(|| {
        assert!(denial::parse_text(black_box(&log)).is_empty());
    });
}

/// The yardstick: what `grep -c AccessDenied` does at best.
#[divan::bench(sample_count = 10)]
fn log_counted_by_a_plain_search(bencher: Bencher) {
    let log = ordinary_log();
    let finder = memchr::memmem::Finder::new("AccessDenied");
    bencher.counter(BytesCount::of_str(&log)).bench_local(|| finder.find_iter(black_box(log.as_bytes())).count());
}

#[divan::bench]
fn messages_read(bencher: Bencher) {
    let messages = messages();
    bencher
        .counter(ItemsCount::new(messages.len()))
        .bench_local(|| messages.iter().map(|message| denial::parse_text(black_box(message)).len()).sum::<usize>());
}

/// A record of each denied call among successes, as a trail delivers them.
#[divan::bench(sample_count = 10)]
fn trail_of_fifty_thousand_events(bencher: Bencher) {
    let success = r#"{"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/Deploy/run"},"eventTime":"2026-11-01T00:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.7","requestParameters":{"bucketName":"reports","key":"a"},"responseElements":null}"#;
    let failure = success
        .replace("\"awsRegion\"", "\"errorCode\":\"AccessDenied\",\"errorMessage\":\"Access Denied\",\"awsRegion\"");
    let events: Vec<&str> = (0..50_000).map(|n| if n % 50 == 0 { failure.as_str() } else { success }).collect();
    let trail = format!("{{\"Records\":[{}]}}", events.join(","));
    bencher.counter(ItemsCount::new(50_000usize)).bench_local(|| denial::parse_text(black_box(&trail)).len());
}
