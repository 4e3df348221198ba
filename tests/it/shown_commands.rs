//! The commands that a report prints to see what is missing: the answers that AWS documents for them, fed back as each command says.
//!
//! `fixtures/answers/policies.json` has the answer of each command in the shape of the section Output of its page,
//! <https://docs.aws.amazon.com/cli/latest/reference/SERVICE/COMMAND.html>, where `@policy` stands for the policy as a string,
//! `@document` for the policy as an object, and `@escaped` for a string whose quotes are escaped once more, as API Gateway has it:
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-create-attach.html>.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use iamdx::iam::{POLICY_CALLS, PolicyCalls};
use iamdx::snapshot::OTHER_ANSWERS;
use serde_json::{Value, json};

use crate::support::{iamdx, project, read};

/// A command that a report prints, and the options that take what it writes.
pub(crate) struct Shown {
    pub(crate) line: String,
    pub(crate) then: Vec<String>,
}

/// The commands of the AWS CLI that a report prints for what is not known and named like this, wherever it says so.
pub(crate) fn shown(report: &Value, what: &str) -> Vec<Shown> {
    let mut lines = Vec::new();
    lines_about(report, what, &mut lines);
    let shown = |line: &str| {
        let (line, note) = line.split_once("  # ").unwrap_or((line, ""));
        let then = note.rsplit_once("then: ").map_or("", |(_, then)| then);
        Shown { line: line.to_owned(), then: then.split_whitespace().map(str::to_owned).collect() }
    };
    lines.into_iter().filter(|line| line.starts_with("aws ")).map(shown).collect()
}

fn lines_about<'v>(value: &'v Value, what: &str, lines: &mut Vec<&'v str>) {
    if let (Some(subject), Some(how)) = (value["what"].as_str(), value["how_to_close"].as_str())
        && subject.contains(what)
    {
        lines.extend(how.lines().filter(|line| !lines.contains(line)).collect::<Vec<_>>());
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| lines_about(item, what, lines)),
        Value::Object(members) => members.values().for_each(|value| lines_about(value, what, lines)),
        _ => {}
    }
}

/// The first report of a run, as JSON.
pub(crate) fn first(stdout: &str) -> Value {
    serde_json::from_str::<Value>(stdout).unwrap_or_else(|error| panic!("{error}: {stdout}"))["reports"][0].clone()
}

/// A policy that denies everything.
pub(crate) fn closed() -> String {
    json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "Closed", "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]})
    .to_string()
}

/// The answer of a command with a policy in its place.
fn answer(of: &Value, policy: &str) -> Value {
    match of {
        Value::String(text) => match text.as_str() {
            "@policy" => policy.into(),
            "@escaped" => policy.replace('"', "\\\"").into(),
            "@document" => serde_json::from_str(policy).unwrap(),
            _ => text.as_str().into(),
        },
        Value::Array(items) => items.iter().map(|item| answer(item, policy)).collect(),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| (name.clone(), answer(value, policy)));
            Value::Object(members.collect())
        }
        other => other.clone(),
    }
}

fn answers() -> BTreeMap<String, Value> {
    serde_json::from_str(&read("fixtures/answers/policies.json")).unwrap()
}

/// What a denial by a policy of the resource says, and the action and resource of a row of the table.
fn denial(service: &str, prefix: &str) -> String {
    let account = if service == "s3" && prefix.is_empty() { "" } else { "111122223333" };
    let (action, rest) = match (service, prefix) {
        ("iam", _) => ("sts:AssumeRole".to_owned(), "x"),
        // a version of a layer has a number
        ("lambda", "layer:") => ("lambda:GetLayerVersion".to_owned(), "x:1"),
        _ => (format!("{service}:Use"), "xxxxx/yyyyy/zzzzz"),
    };
    let region = if service == "iam" { "" } else { "eu-west-1" };
    format!(
        "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: {action} on resource: \
         arn:aws:{service}:{region}:{account}:{prefix}{rest} with an explicit deny in a resource-based policy"
    )
}

#[test]
fn the_documented_answer_of_each_command_for_the_policy_of_a_resource_is_read() {
    let (answers, folder) = (&answers(), &tempfile::tempdir().unwrap());
    let run = |calls: &PolicyCalls| {
        let denial = denial(calls.service, calls.prefix);
        let before = first(&iamdx(&["diagnose", "--format", "json", "-m", &denial], b"").stdout);
        let what = if calls.service == "iam" { "trust policy of" } else { "policy of arn:" };
        let mut shown = shown(&before, what);
        // of a repository of CodeArtifact the policy of its domain counts, too
        shown.retain(|shown| {
            calls.service != "codeartifact" || shown.line.starts_with(&format!("aws {} ", calls.command))
        });
        let [Shown { line, then }] = shown.as_slice() else { panic!("{denial}: {before:#}") };
        assert!(line.starts_with(&format!("aws {} ", calls.command)), "{line}");
        // elsewhere there is another resource of the name, or none, which is no answer about this one
        assert!(line.contains(" --region eu-west-1 ") || calls.service == "iam", "{line}");
        let [option, file] = then.as_slice() else { panic!("{line}") };
        assert!(line.ends_with(&format!(" > {file}")), "{line}");
        let path = folder.path().join(format!("{}-{}", calls.service, calls.prefix.replace(['/', ':'], "-")));
        std::fs::write(&path, answer(&answers[calls.command], &closed()).to_string()).unwrap();
        let after = iamdx(&["diagnose", "--format", "json", "-m", &denial, option, &path.to_string_lossy()], b"");
        let why = first(&after.stdout)["blockers"][0]["why"].as_str().unwrap_or_default().to_owned();
        assert!(why.starts_with("statement `Closed` of "), "{line}: {why}\n{}", after.whole());
    };
    std::thread::scope(|scope| {
        let parts = POLICY_CALLS.chunks(POLICY_CALLS.len().div_ceil(4));
        let parts: Vec<_> = parts.map(|rows| scope.spawn(move || rows.iter().for_each(run))).collect();
        for part in parts {
            part.join().unwrap();
        }
    });
}

#[test]
fn the_documented_answers_of_other_commands_are_read() {
    let (answers, folder) = (answers(), tempfile::tempdir().unwrap());
    let denial = |kind: &str| {
        format!(
            "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:GetObject on resource: \
             arn:aws:s3:::example-reports/q1.csv with an explicit deny in {kind}"
        )
    };
    let known: BTreeSet<&str> = POLICY_CALLS.iter().map(|calls| calls.command).collect();
    for (command, _) in OTHER_ANSWERS.iter().filter(|(command, _)| *command != "iam list-roles") {
        let (option, kind) = match *command {
            "ec2 describe-vpc-endpoints" => ("--vpc-endpoint-policy", "a VPC endpoint policy"),
            "organizations describe-policy" => ("--scp", "a service control policy"),
            _ if command.starts_with("iam get-") || command.starts_with("sso-admin ") => {
                ("--identity-policy", "an identity-based policy")
            }
            _ => ("--resource-policy", "a resource-based policy"),
        };
        // only policies of resources name a principal
        let mut policy: Value = serde_json::from_str(&closed()).unwrap();
        if ["--identity-policy", "--scp"].contains(&option) {
            policy["Statement"][0].as_object_mut().unwrap().remove("Principal");
        }
        let path = folder.path().join("policy.json");
        std::fs::write(&path, answer(&answers[*command], &policy.to_string()).to_string()).unwrap();
        let run = iamdx(&["diagnose", "--format", "json", "-m", &denial(kind), option, &path.to_string_lossy()], b"");
        let why = first(&run.stdout)["blockers"][0]["why"].as_str().unwrap_or_default().to_owned();
        assert!(why.starts_with("statement `Closed` of "), "{command}: {why}\n{}", run.whole());
        assert!(!known.contains(command));
    }
}

/// Where a command that shows something is tried.
enum Tried {
    /// On an emulator, in `tests/it/shown_commands_run.rs`.
    Run,
    /// Its documented answer is fed back, in the test of this name.
    Answer(&'static str),
    /// Its answer is for a person: iamdx does not take it.
    Person,
}

use Tried::{Answer, Person, Run};

/// The commands beside those of the tables.
const TRIED: [(&str, Tried); 28] = [
    ("bedrock get-foundation-model-availability", Person),
    ("bedrock get-inference-profile", Answer("what_shows_a_profile_closes_its_gap")),
    ("bedrock list-foundation-model-agreement-offers", Person),
    ("bedrock list-foundation-models", Person),
    ("cloudtrail lookup-events", Answer("the_record_of_a_session_closes_its_gap")),
    ("eks describe-pod-identity-association", Answer("what_shows_the_policy_of_a_pod_closes_its_gap")),
    ("eks list-pod-identity-associations", Person),
    ("iam get-account-authorization-details", Run),
    ("iam get-policy", Run),
    ("iam get-{noun}", Run),
    ("iam list-access-keys", Person),
    ("iam list-attached-role-policies", Person),
    ("iam list-attached-user-policies", Person),
    ("iam list-role-policies", Person),
    ("kms describe-key", Person),
    ("organizations describe-effective-policy", Person),
    ("organizations list-policies-for-target", Run),
    ("s3api get-bucket-ownership-controls", Person),
    ("s3api get-bucket-policy-status", Person),
    ("s3api get-public-access-block", Person),
    ("s3control get-access-point", Person),
    (
        "s3control get-multi-region-access-point-policy",
        Answer("what_shows_the_policy_of_a_multi_region_access_point_closes_its_gap"),
    ),
    ("s3control get-public-access-block", Person),
    ("s3control list-multi-region-access-points", Person),
    ("service-quotas list-service-quotas", Person),
    ("sqs get-queue-url", Run),
    ("sts get-caller-identity", Run),
    ("vpc-lattice list-service-network-service-associations", Run),
];

#[test]
fn of_every_command_that_shows_something_it_is_known_where_it_is_tried() {
    let mut found = BTreeSet::new();
    for entry in project().join("src").read_dir().unwrap() {
        let path = entry.unwrap().path();
        // how AWS is asked without its CLI, and what is printed of a change and its way back
        if !path.ends_with("src/aws") && !path.ends_with("src/render") && path.is_dir() {
            commands(&path, &mut found);
        }
    }
    let tables =
        POLICY_CALLS.iter().map(|calls| calls.command).chain(OTHER_ANSWERS.iter().map(|(command, _)| *command));
    let known: BTreeSet<String> = tables.chain(TRIED.iter().map(|(command, _)| *command)).map(str::to_owned).collect();
    let missing: Vec<&String> = found.difference(&known).collect();
    assert_eq!(missing, Vec::<&String>::new());
    let gone: Vec<&String> = known.difference(&found).collect();
    assert_eq!(gone, Vec::<&String>::new());
    let (own, run) = (read("tests/it/shown_commands.rs"), read("tests/it/shown_commands_run.rs"));
    for (command, tried) in &TRIED {
        let is_there = match tried {
            Run => run.contains(&command.replace("{noun}", "role")),
            Answer(test) => own.contains(&format!("fn {test}()")),
            Person => true,
        };
        assert!(is_there, "{command}");
    }
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetMultiRegionAccessPointPolicy.html>: with `--query` and `--output text`
/// the command writes the document itself.
#[test]
fn what_shows_the_policy_of_a_multi_region_access_point_closes_its_gap() {
    let denial = "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:GetObject on resource: \
                  arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap/object/a with an explicit deny in a resource-based policy";
    let before = first(&iamdx(&["diagnose", "--format", "json", "-m", denial], b"").stdout);
    let shown = shown(&before, "policy of arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap");
    let [Shown { line, then }] = shown.as_slice() else { panic!("{before:#}") };
    assert!(line.starts_with("aws s3control get-multi-region-access-point-policy --account-id 111122223333"), "{line}");
    assert_eq!(then, &["--resource-policy", "policy.json"]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy.json");
    std::fs::write(&path, closed()).unwrap();
    let given = ["diagnose", "--format", "json", "-m", denial, "--resource-policy", &path.to_string_lossy()];
    let why = first(&iamdx(&given, b"").stdout)["blockers"][0]["why"].as_str().unwrap_or_default().to_owned();
    assert!(why.starts_with("statement `Closed` of "), "{why}");
}

/// With `--query association.policy --output text` the document stands alone.
/// <https://docs.aws.amazon.com/cli/latest/reference/eks/describe-pod-identity-association.html>
#[test]
fn what_shows_the_policy_of_a_pod_closes_its_gap() {
    let denial = "User: arn:aws:sts::111122223333:assumed-role/pod/eks-shop-app-6f9d4-0a1b2c3d is not authorized to perform: s3:GetObject \
                  on resource: arn:aws:s3:::lake/k because no session policy allows the s3:GetObject action";
    let bare: Value =
        serde_json::from_str(&iamdx(&["diagnose", "--format", "json", "-m", denial], b"").stdout).unwrap();
    let step = bare["reports"][0]["remedies"][0]["steps"][1].as_str().unwrap().to_owned();
    assert!(step.ends_with("iamdx diagnose denial.txt --session-policy policy.json"), "{step}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy.json");
    let policy =
        json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}});
    std::fs::write(&path, format!("{policy}\n")).unwrap();
    let run = iamdx(&["diagnose", "--format", "json", "-m", denial, "--session-policy", &path.to_string_lossy()], b"");
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["reports"][0]["blockers"][0]["policy_type"], "session", "{}", run.whole());
}

#[test]
fn the_record_of_a_session_closes_its_gap() {
    // <https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html#cloudtrail-integration_examples-sts-api>
    let record = |name: &str, given: Value, made: Value| {
        json!({"eventVersion": "1.08", "eventTime": "2026-11-29T10:00:00Z", "eventSource": "sts.amazonaws.com",
            "eventName": name, "awsRegion": "us-east-1", "sourceIPAddress": "203.0.113.7", "userAgent": "aws-cli/2",
            "userIdentity": {"type": "IAMUser", "principalId": "AIDAEXAMPLE", "arn": "arn:aws:iam::111122223333:user/alice",
                "accountId": "111122223333", "userName": "alice"},
            "requestParameters": given, "responseElements": made, "requestID": "1", "eventID": "2",
            "eventType": "AwsApiCall", "recipientAccountId": "111122223333"})
        .to_string()
    };
    let narrow = json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "Closed", "Effect": "Deny", "Action": "s3:*", "Resource": "*"}]})
    .to_string();
    let (role, guest) =
        ("arn:aws:sts::111122223333:assumed-role/app/run-1", "arn:aws:sts::111122223333:federated-user/guest");
    for (session, record) in [
        (
            role,
            record(
                "AssumeRole",
                json!({"roleArn": "arn:aws:iam::111122223333:role/app", "roleSessionName": "run-1", "policy": narrow}),
                json!({"assumedRoleUser": {"arn": role, "assumedRoleId": "AROAEXAMPLE:run-1"}}),
            ),
        ),
        (
            guest,
            record(
                "GetFederationToken",
                json!({"name": "guest", "policy": narrow}),
                json!({"federatedUser": {"arn": guest, "federatedUserId": "111122223333:guest"}}),
            ),
        ),
    ] {
        let denial = format!(
            "User: {session} is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::example-reports/q1.csv with an explicit \
             deny in a session policy"
        );
        let before = first(&iamdx(&["diagnose", "--format", "json", "-m", &denial], b"").stdout);
        let asked = shown(&before, "session policies of");
        let [Shown { line, then }] = asked.as_slice() else { panic!("{before:#}") };
        assert!(line.starts_with("aws cloudtrail lookup-events ") && line.ends_with(" >> denial.txt"), "{line}");
        assert_eq!(then, &["iamdx", "diagnose", "denial.txt"]);
        // with `--output text` the records stand on one line, with tabs between them
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("denial.txt");
        std::fs::write(&file, format!("{denial}\n{record}\n")).unwrap();
        let after = iamdx(&["diagnose", "--format", "json", &file.to_string_lossy()], b"");
        let report = first(&after.stdout);
        let why = report["blockers"][0]["why"].as_str().unwrap_or_default();
        assert!(why.starts_with("statement `Closed` of session policy"), "{why}\n{}", after.whole());
        assert!(shown(&report, "session policies of").is_empty(), "{report:#}");
    }
}

#[test]
fn what_shows_a_profile_closes_its_gap() {
    let denial = "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: bedrock:InvokeModel on resource: \
                  arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-sonnet-4-20250514-v1:0 because no identity-based \
                  policy allows the bedrock:InvokeModel action";
    let open = |report: &Value| shown(report, "Regions to which inference profile");
    let own = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]});
    let folder = tempfile::tempdir().unwrap();
    let identity = folder.path().join("own.json").to_string_lossy().into_owned();
    std::fs::write(&identity, own.to_string()).unwrap();
    let known = ["diagnose", "--format", "json", "-m", denial, "--identity-policy", &identity];
    let before = first(&iamdx(&known, b"").stdout);
    let asked = open(&before);
    let [Shown { line, then }] = asked.as_slice() else { panic!("{before:#}") };
    assert!(line.starts_with("aws bedrock get-inference-profile "), "{line}");
    let [option, file] = then.as_slice() else { panic!("{line}") };
    assert!(line.ends_with(&format!(" > {file}")), "{line}");
    // <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetInferenceProfile.html>
    let model = |region: &str| json!({"modelArn": format!("arn:aws:bedrock:{region}::foundation-model/anthropic.claude-sonnet-4-20250514-v1:0")});
    let profile = "us.anthropic.claude-sonnet-4-20250514-v1:0";
    let answer = json!({"inferenceProfileName": "US Claude Sonnet 4", "description": "Routes requests in the US",
        "createdAt": "2025-05-14T00:00:00+00:00", "updatedAt": "2025-05-14T00:00:00+00:00",
        "inferenceProfileArn": format!("arn:aws:bedrock:us-east-1:111122223333:inference-profile/{profile}"),
        "models": [model("us-east-1"), model("us-west-2")], "inferenceProfileId": profile, "status": "ACTIVE",
        "type": "SYSTEM_DEFINED"});
    let path = folder.path().join(file);
    std::fs::write(&path, answer.to_string()).unwrap();
    let after = iamdx(&[&known[..], &[option, &path.to_string_lossy()]].concat(), b"");
    assert!(open(&first(&after.stdout)).is_empty(), "{}", after.whole());
    assert!(after.stdout.contains("us-west-2"), "{}", after.whole());
}

/// The texts in source files that begin with a command of the AWS CLI which reads.
fn commands(folder: &Path, found: &mut BTreeSet<String>) {
    let word = |text: &str| text.find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || "-{}".contains(c)));
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            commands(&path, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (at, _) in text.match_indices('"') {
            let rest = &text[at + 1..];
            let Some(service) = word(rest).filter(|end| rest[*end..].starts_with(' ')) else { continue };
            let operation = &rest[service + 1..];
            let Some(end) = word(operation).filter(|end| operation[*end..].starts_with([' ', '"'])) else { continue };
            if ["get-", "describe-", "list-", "lookup-"].iter().any(|verb| operation.starts_with(verb)) {
                found.insert(rest[..service + 1 + end].to_owned());
            }
        }
    }
}
