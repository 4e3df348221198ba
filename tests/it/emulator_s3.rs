//! What S3 has set beside its policies, by an emulator that others wrote: put there as a client does it, and read back.

use crate::emulator::{Emulator, Put, put};

const EVERYBODY: &str = r#"{"Version": "2012-10-17", "Statement": [{"Sid": "Everybody", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::example-open/*"}]}"#;

/// A caller of another account, on a bucket that is open to everybody.
const OUTSIDER: &str = "User: arn:aws:iam::444455556666:user/carol is not authorized to perform: s3:GetObject on resource: \
                        \"arn:aws:s3:::example-open/a.csv\" with an explicit deny in a resource-based policy";

const THROUGH_POINT: &str = "User: arn:aws:iam::123456789012:user/bob is not authorized to perform: s3:GetObject on resource: \
                             \"arn:aws:s3:us-east-1:123456789012:accesspoint/team/object/a.csv\"";

fn block(restrict: bool) -> String {
    format!(
        "<PublicAccessBlockConfiguration><BlockPublicAcls>false</BlockPublicAcls><IgnorePublicAcls>false</IgnorePublicAcls>\
         <BlockPublicPolicy>false</BlockPublicPolicy><RestrictPublicBuckets>{restrict}</RestrictPublicBuckets></PublicAccessBlockConfiguration>"
    )
}

#[test]
fn the_settings_of_s3_that_moto_keeps_are_read_as_they_were_put() {
    let Some(emulator) = Emulator::moto() else { return };
    let s3 = |path: &'static str, body: String| -> Put { ("s3", path, None, body) };
    let folder = tempfile::tempdir().unwrap();
    let saved = folder.path().join("saved.json").to_string_lossy().into_owned();
    let mut shown = Vec::new();
    let mut look = |name: &str, text: &str| {
        let live = emulator.iamdx(&["diagnose", "--live", "--save", &saved, "--format", "json", "-m", text]);
        let file: serde_json::Value = serde_json::from_slice(&std::fs::read(&saved).unwrap()).unwrap();
        let whole: serde_json::Value = serde_json::from_str(&live.stdout).unwrap();
        let report = &whole["reports"][0];
        let codes: Vec<&str> =
            report["hypotheses"].as_array().unwrap().iter().map(|guess| guess["code"].as_str().unwrap()).collect();
        let lists = ["public_access_blocks", "object_ownership", "access_points"].map(|list| file[list].to_string());
        shown.push(format!("{name}: {} {codes:?}\n  {}", report["finding"].as_str().unwrap(), lists.join("\n  ")));
        let replay = emulator.iamdx(&["diagnose", "--snapshot", &saved, "--format", "json", "-m", text]);
        assert_eq!(replay.stdout, live.stdout, "{name}");
    };
    put(&emulator, &s3("PUT /example-open", String::new()));
    put(&emulator, &s3("PUT /example-open?policy", EVERYBODY.to_owned()));
    look("nothing set", OUTSIDER);
    put(&emulator, &s3("PUT /v20180820/configuration/publicAccessBlock", block(true)));
    look("on for the account", OUTSIDER);
    put(&emulator, &s3("PUT /v20180820/configuration/publicAccessBlock", block(false)));
    put(&emulator, &s3("PUT /example-open?publicAccessBlock", block(true)));
    look("on for the bucket", OUTSIDER);
    let writer = "<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>";
    put(&emulator, &s3("PUT /example-open?ownershipControls", writer.to_owned()));
    let point = "<CreateAccessPointRequest><Bucket>example-open</Bucket><VpcConfiguration><VpcId>vpc-0123456789abcdef0</VpcId>\
                 </VpcConfiguration></CreateAccessPointRequest>";
    put(&emulator, &s3("PUT /v20180820/accesspoint/team", point.to_owned()));
    look("through an access point", THROUGH_POINT);
    insta::assert_snapshot!(shown.join("\n"));
}
