//! What S3 has set beside its policies, read from a server of our own: which calls are made for which request, what comes of the answers,
//! and of every fault.

use std::time::Duration;

use crate::live::{iamdx, member, report, scratch};
use crate::support::fake_aws::{Answer, Call, FakeAws, Fault};

const BLOCK: &str = "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>\
                     <BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>";

const PUBLIC: &str = r#"{"Version": "2012-10-17", "Statement": [{"Sid": "Everybody", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::example-open/*"}]}"#;

/// A caller of another account than the credentials, on a bucket of theirs.
const OUTSIDER: &str = "User: arn:aws:iam::444455556666:user/carol is not authorized to perform: s3:GetObject on resource: \
                        \"arn:aws:s3:::example-open/a.csv\" with an explicit deny in a resource-based policy";

fn not_configured() -> Answer {
    Answer::Error(
        404,
        "NoSuchPublicAccessBlockConfiguration",
        "The public access block configuration was not found".to_owned(),
    )
}

/// A bucket that is open to everybody, with S3 Block Public Access as it is there.
fn bucket(of_bucket: Answer, of_account: Answer) -> impl Fn(&Call) -> Answer + Send + Sync + 'static {
    move |call| match call.operation.as_str() {
        "s3:GetBucketPolicy" => Answer::Body(PUBLIC.to_owned()),
        "s3:GetPublicAccessBlock" => of_bucket.clone(),
        "s3:GetAccountPublicAccessBlock" => of_account.clone(),
        _ => member(call),
    }
}

/// The calls of S3, in order.
fn of_s3(aws: &FakeAws) -> String {
    let names = aws.counts().into_iter().filter(|(name, _)| name.starts_with("s3:"));
    names.map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
}

fn on() -> Answer {
    Answer::Body(BLOCK.to_owned())
}

#[test]
fn the_most_restrictive_level_decides_and_what_is_off_is_no_longer_supposed() {
    let folder = scratch();
    let path = folder.path().join("saved.json").to_string_lossy().into_owned();
    let off = || Answer::Body(BLOCK.replace("true", "false"));
    let rows: [(&str, Answer, Answer); 6] = [
        ("bucket on", on(), not_configured()),
        ("account on", off(), on()),
        ("both off", off(), off()),
        ("nothing set", not_configured(), not_configured()),
        ("account not told", off(), Answer::Fault(Fault::Denied)),
        ("bucket not told, account on", Answer::Fault(Fault::Denied), on()),
    ];
    let mut shown = Vec::new();
    for (name, of_bucket, of_account) in rows {
        let aws = FakeAws::start(Duration::ZERO, bucket(of_bucket, of_account));
        let run = iamdx(&aws, &["diagnose", "--live", "--save", &path, "--format", "json", "-m", OUTSIDER], "1");
        let made = report(&run);
        let supposed: Vec<&str> =
            made["hypotheses"].as_array().unwrap().iter().map(|guess| guess["likelihood"].as_str().unwrap()).collect();
        let unseen: Vec<&str> = made["gaps"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|gap| gap["what_code"] == "public-access-block")
            .map(|gap| gap["why"].as_str().unwrap())
            .collect();
        shown.push(format!("{name}: {} {supposed:?} {unseen:?}", made["finding"].as_str().unwrap()));
        assert_eq!(
            of_s3(&aws),
            "s3:GetAccountPublicAccessBlock 1, s3:GetBucketPolicy 1, s3:GetPublicAccessBlock 1",
            "{name}"
        );
        let account = aws.calls().into_iter().find(|call| call.operation == "s3:GetAccountPublicAccessBlock").unwrap();
        assert!(account.head.to_ascii_lowercase().contains("x-amz-account-id: 111122223333"), "{}", account.head);
        let replay = iamdx(&aws, &["diagnose", "--snapshot", &path, "--format", "json", "-m", OUTSIDER], "1");
        assert_eq!(run.stdout, replay.stdout, "{name}");
    }
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn every_fault_of_a_call_is_one_gap() {
    let mut shown = Vec::new();
    for fault in Fault::ALL.into_iter().filter(|fault| *fault != Fault::Endless) {
        let aws = FakeAws::start(Duration::ZERO, bucket(not_configured(), Answer::Fault(fault)));
        let run = iamdx(&aws, &["diagnose", "--live", "--timeout", "1", "--format", "json", "-m", OUTSIDER], "1");
        let made = report(&run);
        let unseen: Vec<String> = made["gaps"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|gap| gap["what_code"] == "public-access-block")
            .map(|gap| {
                format!("{}: {} [{}]", gap["what"].as_str().unwrap(), gap["why"].as_str().unwrap(), gap["how_to_close"])
            })
            .collect();
        shown.push(format!("{}: {}", fault.name(), unseen.join(" | ").replace(&aws.url, "URL")));
    }
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn what_cannot_decide_is_not_asked() {
    let own = |action: &str, resource: &str, why: &str| {
        format!(
            "User: arn:aws:iam::111122223333:user/ops/alice is not authorized to perform: {action} on resource: \"{resource}\" {why}"
        )
    };
    let rows = [
        // callers of the account are let in, and the message names a type of policy
        own(
            "s3:GetObject",
            "arn:aws:s3:::example/a",
            "because no identity-based policy allows the s3:GetObject action",
        ),
        // it names none: whose is the object?
        own("s3:GetObject", "arn:aws:s3:::example/a", ""),
        own("s3:ListBucket", "arn:aws:s3:::example", ""),
        // these may be rejected for everybody
        own("s3:PutBucketPolicy", "arn:aws:s3:::example", ""),
        own(
            "s3:PutObjectAcl",
            "arn:aws:s3:::example/a",
            "because no identity-based policy allows the s3:PutObjectAcl action",
        ),
        // another account's access point, and a pattern
        own("s3:GetObject", "arn:aws:s3:eu-west-1:444455556666:accesspoint/team/object/a", ""),
        own("s3:PutBucketPolicy", "arn:aws:s3:::example-*", ""),
        own("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:orders", ""),
    ];
    let mut shown = Vec::new();
    for text in rows {
        let aws = FakeAws::start(Duration::ZERO, member);
        let _ = iamdx(&aws, &["diagnose", "--live", "--format", "json", "-m", &text], "1");
        let asked = text.split("perform: ").nth(1).unwrap();
        shown.push(format!("{asked}: {}", of_s3(&aws)));
    }
    insta::assert_snapshot!(shown.join("\n"));
}

const POINT: &str = "arn:aws:s3:us-west-2:111122223333:accesspoint/team";

/// An access point, as AWS tells of it.
fn access_point(origin: &str) -> Answer {
    Answer::Body(format!(
        "<GetAccessPointResult><Name>team</Name><Bucket>example-data</Bucket>{origin}{BLOCK}<CreationDate>2026-01-01T00:00:00Z</CreationDate>\
         <Alias>team-abc-s3alias</Alias><BucketAccountId>111122223333</BucketAccountId></GetAccessPointResult>"
    ))
}

#[test]
fn an_access_point_tells_its_vpc_and_the_bucket_behind_it() {
    let text = format!(
        "User: arn:aws:iam::111122223333:user/ops/alice is not authorized to perform: s3:GetObject on resource: \"{POINT}/object/a.csv\""
    );
    let mut shown = Vec::new();
    for (name, answer) in [
        ("internet", access_point("<NetworkOrigin>Internet</NetworkOrigin>")),
        (
            "vpc",
            access_point(
                "<NetworkOrigin>VPC</NetworkOrigin><VpcConfiguration><VpcId>vpc-0123456789abcdef0</VpcId></VpcConfiguration>",
            ),
        ),
        ("no origin", access_point("")),
        ("denied", Answer::Fault(Fault::Denied)),
    ] {
        let aws = FakeAws::start(Duration::ZERO, move |call| match call.operation.as_str() {
            "s3:GetAccessPoint" => answer.clone(),
            _ => member(call),
        });
        let folder = scratch();
        let path = folder.path().join("saved.json").to_string_lossy().into_owned();
        let run = iamdx(&aws, &["diagnose", "--live", "--save", &path, "--format", "json", "-m", &text], "1");
        let made = report(&run);
        let codes: Vec<&str> =
            made["hypotheses"].as_array().unwrap().iter().map(|guess| guess["code"].as_str().unwrap()).collect();
        let saved: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        shown.push(format!("{name}: {codes:?} {} {}", saved["access_points"], of_s3(&aws)));
        let replay = iamdx(&aws, &["diagnose", "--snapshot", &path, "--format", "json", "-m", &text], "1");
        assert_eq!(run.stdout, replay.stdout, "{name}");
    }
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn an_object_may_belong_to_whoever_uploaded_it() {
    let text = "User: arn:aws:iam::111122223333:user/ops/alice is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::example-open/a.csv\"";
    let mut shown = Vec::new();
    for (name, answer) in [
        ("enforced", Answer::Body(controls("BucketOwnerEnforced"))),
        ("writer", Answer::Body(controls("ObjectWriter"))),
        (
            "none",
            Answer::Error(
                404,
                "OwnershipControlsNotFoundError",
                "The bucket ownership controls were not found".to_owned(),
            ),
        ),
        ("unknown name", Answer::Body(controls("SomebodyElse"))),
        ("denied", Answer::Fault(Fault::Denied)),
    ] {
        let aws = FakeAws::start(Duration::ZERO, move |call| match call.operation.as_str() {
            "s3:GetBucketOwnershipControls" => answer.clone(),
            "s3:GetBucketPolicy" => Answer::Body(PUBLIC.to_owned()),
            _ => member(call),
        });
        let context = ["--no-scp", "--no-vpc-endpoint-policy"];
        let run = iamdx(&aws, &[&["diagnose", "--live", "--format", "json", "-m", text][..], &context].concat(), "1");
        let made = report(&run);
        let codes: Vec<String> = made["hypotheses"]
            .as_array()
            .unwrap()
            .iter()
            .map(|guess| format!("{} {}", guess["code"].as_str().unwrap(), guess["why"]))
            .collect();
        shown.push(format!("{name}: {} {codes:?}", made["decision"]));
    }
    insta::assert_snapshot!(shown.join("\n"));
}

fn controls(name: &str) -> String {
    format!("<OwnershipControls><Rule><ObjectOwnership>{name}</ObjectOwnership></Rule></OwnershipControls>")
}
