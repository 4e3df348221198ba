//! Calls that fail at random: whatever is answered, there is a report in time, and it is never surer than the one without faults.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::live::{ROLE, iamdx, management, page_of_roles, report, scratch};
use crate::live_resources::permission_set;
use crate::support::Run;
use crate::support::fake_aws::{Answer, Call, FakeAws, Fault, fixture};

/// A denial, and AWS as it answers without faults.
struct Scene {
    name: &'static str,
    text: String,
    more: &'static [&'static str],
    /// The call that reads the policy that allows it now.
    allowing: &'static str,
    aws: fn(&Call) -> Answer,
}

const ALICE: &str = "arn:aws:iam::111122223333:user/ops/alice";
const KEY: &str = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const OPEN: &str = r#"{"Version": "2012-10-17", "Statement": [{"Sid": "Open", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/ops/alice"}, "Action": "*", "Resource": "*"}]}"#;
const CLOSED: &str = r#"{"Version": "2012-10-17", "Statement": [{"Sid": "Closed", "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}"#;
const OTHERS: &str = r#"{"Version": "2012-10-17", "Statement": [{"Sid": "Others", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/bob"}, "Action": "*", "Resource": "*"}]}"#;

fn denial(action: &str, resource: &str, why: &str) -> String {
    format!("User: {ALICE} is not authorized to perform: {action} on resource: {resource} {why}")
}

fn body(value: &Value) -> Answer {
    Answer::Body(value.to_string())
}

/// An organization that denies nothing, a bucket that is open, an endpoint that denies.
fn open(call: &Call) -> Answer {
    match call.operation.as_str() {
        "s3:GetBucketPolicy" => Answer::Body(OPEN.to_owned()),
        "ListPoliciesForTarget" if call.get("Filter") == "SERVICE_CONTROL_POLICY" => Answer::Case("full-access"),
        "ec2:DescribeVpcEndpoints" => Answer::Body(format!(
            "<DescribeVpcEndpointsResponse><vpcEndpointSet><item><vpcEndpointId>{}</vpcEndpointId><vpcEndpointType>Gateway</vpcEndpointType>\
             <policyDocument>{}</policyDocument></item></vpcEndpointSet></DescribeVpcEndpointsResponse>",
            call.get("VpcEndpointId.1"),
            CLOSED.replace('"', "&quot;")
        )),
        "kms:DescribeKey" => body(&json!({"KeyMetadata": {"Arn": KEY, "KeyId": "1"}})),
        "kms:GetKeyPolicy" => body(&json!({"Policy": OTHERS, "PolicyName": "default"})),
        "kms:ListGrants" => body(&json!({"Grants": [], "Truncated": false})),
        "sqs:GetQueueAttributes" => body(&json!({"Attributes": {"Policy": OPEN}})),
        "sns:GetTopicAttributes" => Answer::Body(format!(
            "<GetTopicAttributesResponse><GetTopicAttributesResult><Attributes><entry><key>Policy</key><value>{}</value></entry></Attributes>\
             </GetTopicAttributesResult></GetTopicAttributesResponse>",
            CLOSED.replace('"', "&quot;")
        )),
        _ => management(call),
    }
}

/// The same, where the account is not told in one call.
fn one_by_one(call: &Call) -> Answer {
    match call.operation.as_str() {
        "GetAccountAuthorizationDetails" => Answer::Fault(Fault::Denied),
        _ => open(call),
    }
}

/// CloudTrail has a record of the denial.
fn with_record(call: &Call) -> Answer {
    if call.operation != "cloudtrail:LookupEvents" {
        return open(call);
    }
    let record = json!({
        "eventVersion": "1.11", "eventID": "event-1", "eventTime": "2026-11-22T10:00:00Z", "requestID": "0a1b2c3d-0000-4000-8000-000000000000",
        "awsRegion": "us-east-1", "eventSource": "iam.amazonaws.com", "eventName": "CreateUser", "errorCode": "AccessDenied",
        "errorMessage": CREATE, "sourceIPAddress": "10.0.0.7", "vpcEndpointId": "vpce-0123456789abcdef0", "userAgent": "aws-cli/2.31",
        "userIdentity": {"type": "IAMUser", "arn": ALICE, "accountId": "111122223333", "userName": "alice",
            "principalId": "AIDAIOSFODNN7EXAMPLE"},
        "requestParameters": {"userName": "bob"}, "responseElements": null
    });
    body(&json!({"Events": [{"EventId": "event-1", "CloudTrailEvent": record.to_string()}]}))
}

const CREATE: &str = "User: arn:aws:iam::111122223333:user/ops/alice is not authorized to perform: iam:CreateUser on resource: \
    arn:aws:iam::111122223333:user/bob with an explicit deny in a VPC endpoint policy";

/// The role of a permission set, in an organization that denies nothing.
fn of_a_set(call: &Call) -> Answer {
    match call.operation.split_once(':') {
        Some(("sso", _)) => permission_set(call),
        None if call.operation.contains("Role") => permission_set(call),
        _ => open(call),
    }
}

/// AWS's record of the denial by an SCP.
fn recorded(call: &Call) -> Answer {
    management(call)
}

fn scenes() -> Vec<Scene> {
    let object = "arn:aws:s3:::example-reports/2026/q1.csv";
    let no_identity = |action: &str| format!("because no identity-based policy allows the {action} action");
    let known: &[&str] = &["--context", "aws:SourceIp=203.0.113.7"];
    let id = "0123456789abcdefghijklmno";
    let scene = |name, text, more, aws| {
        let allowing = if name == "queue" { "sqs:GetQueueAttributes" } else { "s3:GetBucketPolicy" };
        Scene { name, text, more, allowing, aws }
    };
    vec![
        scene("scp", denial("s3:GetObject", object, "with an explicit deny in a service control policy"), known, management),
        scene("bucket", denial("s3:GetObject", object, &no_identity("s3:GetObject")), known, open),
        scene("one by one", denial("s3:GetObject", object, &no_identity("s3:GetObject")), known, one_by_one),
        scene(
            "endpoint",
            denial("s3:GetObject", object, ""),
            &["--context", "aws:SourceVpce=vpce-0123456789abcdef0"],
            open,
        ),
        scene(
            "key",
            denial(
                "kms:Decrypt",
                "arn:aws:kms:us-west-2:111122223333:alias/reports",
                "because no resource-based policy allows the kms:Decrypt action",
            ),
            known,
            open,
        ),
        scene("queue", denial("sqs:SendMessage", "arn:aws:sqs:us-west-2:111122223333:orders", ""), known, open),
        scene("topic", denial("sns:Publish", "arn:aws:sns:us-west-2:111122223333:alarms", ""), known, one_by_one),
        scene(
            "permission set",
            "User: arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Power_0123456789abcdef/alice is not authorized to perform: \
             sqs:SendMessage on resource: arn:aws:sqs:us-west-2:111122223333:orders because no identity-based policy allows the sqs:SendMessage action"
                .to_owned(),
            known,
            of_a_set,
        ),
        scene("role", ROLE.to_owned(), &["--no-session-policy", "--context", "aws:SourceIp=203.0.113.7"], open),
        scene(
            "trust",
            denial("sts:AssumeRole", "arn:aws:iam::111122223333:role/ci/deploy", "because no role trust policy allows the sts:AssumeRole action"),
            known,
            open,
        ),
        scene(
            "record",
            format!(
                "{} Go to https://us-west-2.console.aws.amazon.com/iam/home?region=us-west-2#/authorization-details/{id} for complete details, or call \
                 the GetRequestAuthorizationDetails API with the following authorization id: {id}",
                denial("iam:GetUser", "arn:aws:iam::111122223333:user/bob", "with an explicit deny in a service control policy.")
            ),
            &[],
            recorded,
        ),
        scene(
            "event history",
            format!("2026-11-22T10:00:00Z An error occurred (AccessDenied) when calling the CreateUser operation: {CREATE} (Request ID: 0a1b2c3d-0000-4000-8000-000000000000)"),
            &[],
            with_record,
        ),
    ]
}

/// What is answered instead, in this order of chance.
fn fault(roll: u64, call: &Call, right: Answer) -> Answer {
    let json = !matches!(call.operation.as_str(), "s3:GetBucketPolicy")
        && call.head.to_ascii_lowercase().contains("x-amz-target");
    let whole = match right {
        Answer::Case(case) => fixture(&call.operation, case),
        Answer::Body(body) => body,
        _ => String::new(),
    };
    let whole = whole.trim_end();
    match roll % 13 {
        0 => Answer::Fault(Fault::Throttled),
        1 => Answer::Fault(Fault::ServerError),
        2 => Answer::Fault(Fault::Denied),
        3 => Answer::Fault(Fault::Cut),
        4 => Answer::Fault(Fault::Malformed),
        5 => Answer::Fault(Fault::Silence),
        6 => Answer::Body(if json { "{\"Policies\": [{\"Id\": \"p-1".to_owned() } else { "<A><B>".to_owned() }),
        7 => Answer::Body(if json { "[]" } else { "<OtherResponse><OtherResult/></OtherResponse>" }.to_owned()),
        8 => Answer::Body(String::new()),
        9 => Answer::Body(if json { "null" } else { "{\"answer\": \"in JSON\"}" }.to_owned()),
        // of a queue without a policy AWS says just this
        10 if call.operation != "sqs:GetQueueAttributes" => Answer::Body("{}".to_owned()),
        // cut by whoever stands between, who then counts what is left
        _ => Answer::Body(
            whole.chars().take(whole.chars().count() * usize::try_from(roll / 13 % 100).unwrap() / 100).collect(),
        ),
    }
}

/// The same for the same call of the same seed, in whatever order the calls come.
fn roll(seed: u64, call: &Call) -> u64 {
    let mut hasher = DefaultHasher::new();
    let line = call.head.lines().next().unwrap_or_default();
    // of a time only that there is one is the same in each run
    let body = if call.operation == "cloudtrail:LookupEvents" { "" } else { call.body.as_str() };
    (seed, &call.operation, line, body).hash(&mut hasher);
    hasher.finish()
}

fn diagnose(aws: &FakeAws, scene: &Scene, timeout: &str) -> Run {
    let arguments = [&["diagnose", "--live", "--timeout", timeout, "--format", "json", "-m", &scene.text], scene.more];
    iamdx(aws, &arguments.concat(), "1")
}

/// How sure, the surest first.
const CONFIDENCE: [&str; 5] = ["verified", "reported", "simulated", "inferred", "unknown"];

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

/// What each gap is about.
fn gaps(report: &Value) -> Vec<String> {
    let all = report["gaps"].as_array().unwrap().iter();
    all.map(|gap| format!("{}: {}", text(gap, "what"), text(gap, "why"))).collect()
}

/// What of the faulty run is surer than, or against, the run without faults.
fn against(free: &Value, faulty: &Value, failed: &BTreeSet<String>, allowing: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (own, other) = (text(free, "decision"), text(faulty, "decision"));
    // what is denied is denied: a Deny that was not seen leaves the missing allow
    let same = other == own || (own, other) == ("explicitDeny", "implicitDeny");
    // AWS's word that it was denied stands where the policy that allows it now was not seen
    let not_contradicted = (own, other) == ("allowed", "implicitDeny") && failed.contains(allowing);
    if !same && !not_contradicted && other != "undetermined" {
        found.push(format!("{own} became {other}"));
    }
    let place = |report: &Value| CONFIDENCE.iter().position(|known| *known == text(report, "confidence")).unwrap();
    // AWS's record is of the policies as they were: that they have changed since shows only where they are seen
    if other == own && place(faulty) < place(free) && text(faulty, "confidence") != "verified" {
        found.push(format!("{} became {}", text(free, "confidence"), text(faulty, "confidence")));
    }
    let blockers = |report: &Value| -> BTreeSet<String> {
        let all = report["blockers"].as_array().unwrap().iter();
        let certain = all.filter(|one| one["basis"] == "evaluated" && !one["statement"].is_null());
        certain.map(|one| format!("{} {}", one["policy"], one["statement"])).collect()
    };
    found.extend(blockers(faulty).difference(&blockers(free)).map(|one| format!("a new blocker: {one}")));
    let mut seen = BTreeSet::new();
    found.extend(
        gaps(faulty).into_iter().filter(|gap| !seen.insert(gap.clone())).map(|gap| format!("said twice: {gap}")),
    );
    found
}

/// How a gap names the operation.
fn is_told(operation: &str, report: &Value) -> bool {
    // what is asked otherwise, or only helps to ask
    if ["GetAccountAuthorizationDetails", "GetCallerIdentity", "sso:GetPermissionsBoundaryForPermissionSet"]
        .contains(&operation)
    {
        return true;
    }
    // a setting of S3 that was not read is told where it can decide, and nothing decides beside what denies for certain
    let denied = text(report, "decision").ends_with("Deny") || !report["blockers"].as_array().unwrap().is_empty();
    if denied && operation == "s3:GetBucketOwnershipControls" {
        return true;
    }
    // a document that was cut is named by itself
    if gaps(report).iter().any(|gap| gap.contains(": the document at ")) {
        return true;
    }
    let name = operation.rsplit(':').next().unwrap();
    let whole = format!("{}{}{}", report["gaps"], report["evidence"], report["hypotheses"]);
    whole.contains(name)
}

/// Runs of random faults; `IAMDX_SEEDS` gives another number.
fn seeds() -> u64 {
    std::env::var("IAMDX_SEEDS").ok().and_then(|number| number.parse().ok()).unwrap_or(36)
}

#[test]
fn calls_that_fail_at_random_leave_a_report_that_is_never_surer() {
    let scenes = scenes();
    let free: Vec<Value> = scenes
        .iter()
        .map(|scene| {
            let aws = FakeAws::start(Duration::ZERO, scene.aws);
            let run = diagnose(&aws, scene, "30");
            let report = report(&run);
            println!(
                "{}: {} {}, {} calls, {} gaps",
                scene.name,
                report["decision"],
                report["confidence"],
                aws.calls().len(),
                gaps(&report).len()
            );
            report
        })
        .collect();
    let next = std::sync::atomic::AtomicU64::new(0);
    let found: Mutex<BTreeMap<u64, String>> = Mutex::new(BTreeMap::new());
    let counted = Mutex::new((0_usize, 0_usize, Duration::ZERO));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                    if seed >= seeds() {
                        break;
                    }
                    let at = usize::try_from(seed).unwrap() % scenes.len();
                    let scene = &scenes[at];
                    // few and many faults
                    let share = [5, 20, 50][usize::try_from(seed).unwrap() / scenes.len() % 3];
                    let failed = Arc::new(Mutex::new(BTreeSet::new()));
                    let (seen, answers) = (Arc::clone(&failed), scene.aws);
                    let aws = FakeAws::start(Duration::ZERO, move |call| {
                        let roll = roll(seed, call);
                        if roll % 100 >= share {
                            return answers(call);
                        }
                        seen.lock().unwrap().insert(call.operation.clone());
                        fault(roll / 100, call, answers(call))
                    });
                    let began = Instant::now();
                    let run = diagnose(&aws, scene, "2");
                    let took = began.elapsed();
                    let failed = failed.lock().unwrap().clone();
                    let said = |why: &str| {
                        let line = format!("seed {seed}, {}, faults of {failed:?}: {why}", scene.name);
                        found.lock().unwrap().entry(seed).or_default().push_str(&(line + "\n"));
                    };
                    {
                        let mut counted = counted.lock().unwrap();
                        *counted = (counted.0 + aws.calls().len(), counted.1 + failed.len(), counted.2.max(took));
                    }
                    if took > Duration::from_mins(1) || ![0, 3, 4].contains(&run.code) {
                        said(&format!("exit {} after {took:?}", run.code));
                    }
                    let Ok(whole) = serde_json::from_str::<Value>(&run.stdout) else {
                        said(&format!("no report: {}", run.whole()));
                        continue;
                    };
                    let faulty = &whole["reports"][0];
                    for why in against(&free[at], faulty, &failed, scene.allowing) {
                        said(&why);
                    }
                    // where nothing is known of AWS, one sentence says so
                    if run.code != 4 {
                        // of an organization that does not answer one gap says everything
                        let hidden = |operation: &str| {
                            operation == "ListPoliciesForTarget" && failed.contains("DescribeOrganization")
                        };
                        failed
                            .iter()
                            .filter(|operation| !hidden(operation) && !is_told(operation, faulty))
                            .for_each(|operation| said(&format!("nothing tells of {operation}")));
                    }
                }
            });
        }
    });
    let (calls, faults, longest) = counted.into_inner().unwrap();
    println!("{} runs, {calls} calls, {faults} operations with faults, the longest run {longest:?}", seeds());
    let found = found.into_inner().unwrap();
    assert!(found.is_empty(), "{}", found.into_values().collect::<String>());
}

/// Ten thousand roles in ten pages. A call that fails is tried again, as by default.
#[test]
fn ten_thousand_roles_come_whole_or_not_at_all() {
    let folder = scratch();
    for seed in 0..3 {
        let path = folder.path().join(format!("account-{seed}.json"));
        let made = std::sync::atomic::AtomicU64::new(0);
        let aws = FakeAws::start(Duration::ZERO, move |call| {
            // the second attempt fares otherwise than the first
            let roll = roll(seed * 1000 + made.fetch_add(1, std::sync::atomic::Ordering::SeqCst), call);
            if roll % 100 < 5 {
                let faults = [Fault::Throttled, Fault::ServerError, Fault::Cut, Fault::Malformed];
                return Answer::Fault(faults[usize::try_from(roll / 100 % 4).unwrap()]);
            }
            match call.operation.as_str() {
                "GetAccountAuthorizationDetails" => {
                    Answer::Body(page_of_roles(call.get("Marker").parse().unwrap_or(0)))
                }
                _ => management(call),
            }
        });
        let began = Instant::now();
        let run = iamdx(&aws, &["snapshot", "--output", &path.to_string_lossy(), "--timeout", "60"], "3");
        println!("seed {seed}: exit {} after {:?}, {} calls", run.code, began.elapsed(), aws.calls().len());
        let whole = run.code == 0 && run.stdout.contains("0 users, 0 groups, 10000 roles");
        assert!(whole || run.code == 4, "{}", run.whole());
        assert_eq!(whole, path.exists(), "{}", run.whole());
    }
}
