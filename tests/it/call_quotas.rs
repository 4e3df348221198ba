//! A carve-out for a call through an inference profile that no longer fits: the reason is said, or another shape is offered.

use serde_json::Value;

use crate::support::iamdx;

const PROFILE: &str =
    "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const DENIAL: &str = "User: arn:aws:iam::111122223333:user/dora is not authorized to perform: bedrock:InvokeModel on resource: \
    arn:aws:bedrock:us-east-2::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0 with an explicit deny in a service control policy";
const ALL: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;

/// A Region lock of so many characters.
fn lock(characters: usize) -> String {
    let around = |padding: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"Rest","Effect":"Allow","Action":"*","Resource":"*"}},{{"Sid":"Lock{padding}","Effect":"Deny","NotAction":["iam:*","sts:*"],"Resource":"*","Condition":{{"StringNotEquals":{{"aws:RequestedRegion":"us-east-1"}}}}}}]}}"#
        )
    };
    let text = around(&"x".repeat(characters - around("").len()));
    assert_eq!(text.len(), characters);
    text
}

/// The sizes of the documents that are offered, and what is said where none is.
fn offered(characters: usize) -> (Vec<u64>, Option<String>) {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    };
    let (scp, identity) = (write("scp.json", &lock(characters)), write("identity.json", ALL));
    let context = format!("bedrock:InferenceProfileArn={PROFILE}");
    let run = iamdx(
        &[
            "diagnose",
            "-m",
            DENIAL,
            "--scp",
            &scp,
            "--identity-policy",
            &identity,
            "--context",
            &context,
            "--format",
            "json",
        ],
        b"",
    );
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let remedies = report["reports"][0]["remedies"].as_array().unwrap().clone();
    let edited = remedies.iter().filter(|remedy| !remedy["edits"].as_array().unwrap().is_empty());
    let sizes = edited.map(|remedy| remedy["verification"]["size"]["characters"].as_u64().unwrap()).collect();
    (sizes, remedies[0]["why_not"].as_str().map(str::to_owned))
}

/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html>
const QUOTA: u64 = 10_240;

#[test]
fn an_exception_from_a_region_lock_that_does_not_fit_is_told_with_its_size() {
    let (small, _) = offered(1_000);
    assert_eq!(small.len(), 2, "the profile, this principal and model; all actions but the lock's are more: {small:?}");
    // a shorter one, which leaves the principal out of the whole lock, would let it take the account out of the organization
    for characters in [10_000, 10_239] {
        let (none, why) = offered(characters);
        assert_eq!(none, [0_u64; 0]);
        let why = why.unwrap();
        assert!(why.contains(&format!("characters, AWS allows {QUOTA}")), "{why}");
    }
}
