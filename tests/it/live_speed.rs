//! A denied user of three groups, a bucket and a key behind it, SCPs at three levels: how many calls, how deep, how long, and what is shown.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::live::{iamdx, management};
use crate::support::fake_aws::{Answer, Call, FakeAws};

const OBJECT: &str = "An error occurred (AccessDenied) when calling the GetObject operation: User: arn:aws:iam::111122223333:user/ops/alice \
    is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::example-reports/2026/q1.csv\" because no identity-based policy \
    allows the s3:GetObject action";
const KEY: &str = "An error occurred (AccessDenied) when calling the GetObject operation: User: arn:aws:iam::111122223333:user/ops/alice is \
    not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab because \
    no identity-based policy allows the kms:Decrypt action";

fn answer(call: &Call) -> Answer {
    let account = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "*", "Resource": "*"}]}"#;
    match call.operation.as_str() {
        "kms:GetKeyPolicy" => Answer::Body(json!({"Policy": account, "PolicyName": "default"}).to_string()),
        "kms:ListGrants" => Answer::Body(r#"{"Grants": [], "Truncated": false}"#.to_owned()),
        "s3:GetBucketPolicy" => Answer::Body(account.replace("\"Allow\"", "\"Deny\"").replace("\"Action\": \"*\"", "\"Action\": \"s3:DeleteBucket\"")),
        // one SCP at each of the three levels
        "ListPoliciesForTarget" if call.get("Filter") == "SERVICE_CONTROL_POLICY" => Answer::Case("guardrails"),
        "DescribePolicy" => Answer::Body(
            json!({"Policy": {"PolicySummary": {"Id": call.get("PolicyId"), "Name": "Guardrails"},
                "Content": r#"{"Version": "2012-10-17", "Statement": [{"Sid": "NoLeaving", "Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"}]}"#}})
            .to_string(),
        ),
        _ => management(call),
    }
}

#[test]
fn a_bucket_and_a_key_behind_it_take_few_calls_and_one_screen() {
    let both = format!("{OBJECT}\n{KEY}\n");
    let mut shown = Vec::new();
    for (name, text, screens) in [("bucket", OBJECT, 1), ("key", KEY, 1), ("both", both.as_str(), 2)] {
        let aws = FakeAws::start(Duration::from_millis(50), answer);
        let began = Instant::now();
        let run = iamdx(&aws, &["diagnose", "--live", "-m", text], "3");
        let took = began.elapsed();
        let calls = aws.calls();
        println!("{name}: {took:?}, {} calls, {} deep", calls.len(), aws.depth());
        // nothing that changes anything is called
        let reads = ["Get", "List", "Describe", "Simulate", "Lookup"];
        let writes = calls.iter().map(|call| call.operation.rsplit(':').next().unwrap());
        let writes: Vec<_> = writes.filter(|name| !reads.iter().any(|read| name.starts_with(read))).collect();
        assert!(writes.is_empty(), "{writes:?}");
        assert!(calls.len() <= 25, "{:?}", aws.counts());
        // at 50 ms each, ten that wait for one another take half a second
        assert!(aws.depth() <= 10, "{} deep: {:?}", aws.depth(), aws.counts());
        // a machine under load may be slow, and a debug build is
        assert!(took < Duration::from_secs(20), "{took:?}");
        let rows = run.stdout.lines().count();
        assert!(rows <= 24 * screens, "{rows} rows: {}", run.stdout);
        let counts: Vec<String> = aws.counts().into_iter().map(|(call, count)| format!("{call} {count}")).collect();
        shown.push(format!("{name}: {}", counts.join(", ")));
    }
    insta::assert_snapshot!(shown.join("\n"), @"
    bucket: DescribeOrganization 1, DescribePolicy 1, GetAccountAuthorizationDetails 1, GetCallerIdentity 1, ListParents 2, ListPoliciesForTarget 6, SimulateCustomPolicy 2, SimulatePrincipalPolicy 1, s3:GetBucketPolicy 1
    key: DescribeOrganization 1, DescribePolicy 1, GetAccountAuthorizationDetails 1, GetCallerIdentity 1, ListParents 2, ListPoliciesForTarget 6, SimulateCustomPolicy 1, SimulatePrincipalPolicy 1, cloudtrail:LookupEvents 1, kms:GetKeyPolicy 1, kms:ListGrants 2
    both: DescribeOrganization 1, DescribePolicy 1, GetAccountAuthorizationDetails 1, GetCallerIdentity 1, ListParents 2, ListPoliciesForTarget 6, SimulateCustomPolicy 3, SimulatePrincipalPolicy 2, cloudtrail:LookupEvents 1, kms:GetKeyPolicy 1, kms:ListGrants 2, s3:GetBucketPolicy 1
    ");
}
