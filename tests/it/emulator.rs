//! The commands that call AWS, against emulators that others wrote: that the wire format is understood, not what they decide.
//!
//! They are installed into an environment of their own under target/, once. Where that is not possible the tests say so and end; with
//! `IAMDX_REQUIRE_EMULATORS` set, as in `.ci/run`, they fail instead.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use aws_sdk_iam::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_iam::error::ProvideErrorMetadata as _;

use crate::support::installed::or_not_run;
use crate::support::{Run, project};

/// All are released under licences that allow this; versions are fixed so that a run tomorrow is the run of today.
const PACKAGES: [&str; 4] = ["ministack==1.5.33", "hypercorn==0.18.0", "moto[server]==5.2.5", "awscli==1.46.3"];

/// The folder with the programs of the emulators, or why there is none.
pub(crate) fn installed() -> Result<&'static PathBuf, &'static String> {
    static INSTALLED: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    INSTALLED.get_or_init(|| crate::support::installed::python("target/emulators", &PACKAGES)).as_ref()
}

/// An emulator under way; it ends with this value.
pub(crate) struct Emulator {
    child: Child,
    pub(crate) url: String,
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // it has processes of its own, which outlive it: the group ends
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Emulator {
    /// ministack, which denies what no policy allows.
    pub(crate) fn ministack() -> Option<Self> {
        let bind = |port: u16| vec!["ministack.app:app".to_owned(), "--bind".to_owned(), format!("127.0.0.1:{port}")];
        Self::start("hypercorn", bind, &[("AUTH", "true")])
    }

    pub(crate) fn moto() -> Option<Self> {
        let bind = |port: u16| vec!["-H".to_owned(), "127.0.0.1".to_owned(), "-p".to_owned(), port.to_string()];
        Self::start("moto_server", bind, &[])
    }

    /// Starts it and waits until it listens; `None`, with a word on stderr, where it cannot be had.
    fn start(program: &str, arguments: impl Fn(u16) -> Vec<String>, environment: &[(&str, &str)]) -> Option<Self> {
        let programs = or_not_run("the emulators", installed())?;
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let scratch = project().join("target/emulators");
        let mut child = Command::new(programs.join(program))
            .args(arguments(port))
            .current_dir(scratch)
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(child.try_wait().unwrap().is_none(), "{program} ended by itself");
            assert!(started.elapsed() < Duration::from_mins(1), "{program} does not listen");
            std::thread::sleep(Duration::from_millis(100));
        }
        Some(Self { child, url: format!("http://127.0.0.1:{port}") })
    }

    /// A client of the real SDK.
    fn iam(&self, key: &str, secret: &str) -> aws_sdk_iam::Client {
        let config = aws_sdk_iam::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .endpoint_url(&self.url)
            .credentials_provider(Credentials::new(key, secret, None, None, "test"))
            .build();
        aws_sdk_iam::Client::from_conf(config)
    }

    pub(crate) fn iamdx(&self, arguments: &[&str]) -> Run {
        self.iamdx_as("test", "test", arguments)
    }

    pub(crate) fn iamdx_as(&self, key: &str, secret: &str, arguments: &[&str]) -> Run {
        let output = Command::new(env!("CARGO_BIN_EXE_iamdx"))
            .args(arguments)
            .current_dir(project())
            .env_clear()
            .envs([
                ("NO_COLOR", "1"),
                ("AWS_ENDPOINT_URL", self.url.as_str()),
                ("AWS_REGION", "us-east-1"),
                ("AWS_ACCESS_KEY_ID", key),
                ("AWS_SECRET_ACCESS_KEY", secret),
                ("AWS_MAX_ATTEMPTS", "1"),
            ])
            .stdin(Stdio::null())
            .output()
            .unwrap();
        Run {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

const OWN: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "ReadSelf", "Effect": "Allow", "Action": "iam:GetUser", "Resource": "*"}
  ]
}"#;

const GUARD: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "NoRoles", "Effect": "Deny", "Action": "iam:ListRoles", "Resource": "*"}
  ]
}"#;

/// alice in three groups, one of which denies; a key for her, as id and secret.
async fn furnish(iam: &aws_sdk_iam::Client) -> (String, String) {
    iam.create_user().user_name("alice").path("/ops/").send().await.unwrap();
    iam.put_user_policy().user_name("alice").policy_name("own").policy_document(OWN).send().await.unwrap();
    let guard = iam.create_policy().policy_name("guard").policy_document(GUARD).send().await.unwrap();
    let guard = guard.policy.unwrap().arn.unwrap();
    for group in ["auditors", "operators", "staff"] {
        iam.create_group().group_name(group).send().await.unwrap();
        iam.add_user_to_group().group_name(group).user_name("alice").send().await.unwrap();
    }
    iam.attach_group_policy().group_name("operators").policy_arn(guard).send().await.unwrap();
    let key = iam.create_access_key().user_name("alice").send().await.unwrap().access_key.unwrap();
    (key.access_key_id, key.secret_access_key)
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

fn decision(run: &Run) -> (i32, String, String) {
    let whole: serde_json::Value =
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}", run.whole()));
    let report = &whole["reports"][0];
    (
        run.code,
        report["decision"].as_str().unwrap().to_owned(),
        report["blockers"][0]["why"].as_str().unwrap_or("nothing").to_owned(),
    )
}

#[test]
fn a_real_denial_of_ministack_is_diagnosed_live_saved_and_from_a_snapshot() {
    let Some(emulator) = Emulator::ministack() else { return };
    let denials = block_on(async {
        let (id, secret) = furnish(&emulator.iam("test", "test")).await;
        let alice = emulator.iam(&id, &secret);
        alice.get_user().user_name("alice").send().await.unwrap();
        let roles = alice.list_roles().send().await.unwrap_err();
        let users = alice.list_users().send().await.unwrap_err();
        [roles.message().unwrap().to_owned(), users.message().unwrap().to_owned()]
    });
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (saved, account) = (path("saved.json"), path("account.json"));
    let expected = [
        (
            0,
            "explicitDeny".to_owned(),
            "statement `NoRoles` of identity-based policy `guard` denies the request".to_owned(),
        ),
        (0, "implicitDeny".to_owned(), "no identity-based policy allows iam:ListUsers on this resource".to_owned()),
    ];
    let snapshot = emulator.iamdx(&["snapshot", "--output", &account]);
    assert_eq!(snapshot.code, 0, "{}", snapshot.whole());
    assert!(snapshot.stdout.contains("1 users, 3 groups"), "{}", snapshot.whole());
    for (denial, expected) in denials.iter().zip(expected) {
        let live = emulator.iamdx(&[
            "diagnose",
            "--live",
            "--save",
            &saved,
            "--resource",
            "*",
            "--format",
            "json",
            "-m",
            denial,
        ]);
        assert_eq!(decision(&live), expected, "{}", live.whole());
        assert!(live.stdout.contains("iam:SimulatePrincipalPolicy: "), "the simulator was asked: {}", live.whole());
        let replay =
            emulator.iamdx(&["diagnose", "--snapshot", &saved, "--resource", "*", "--format", "json", "-m", denial]);
        assert_eq!(replay.stdout, live.stdout);
        let offline =
            emulator.iamdx(&["diagnose", "--snapshot", &account, "--resource", "*", "--format", "json", "-m", denial]);
        assert_eq!(decision(&offline), expected, "{}", offline.whole());
    }
    let doctor = emulator.iamdx(&["doctor"]);
    assert_eq!(doctor.code, 0, "{}", doctor.whole());
    // what the emulator does not have is not taken for a yes
    let unknown: Vec<&str> = doctor.stdout.lines().filter(|line| line.contains(" unknown: ")).collect();
    let unknown: Vec<&str> = unknown.iter().filter_map(|line| line.split_whitespace().next()).collect();
    for name in ["sts:DecodeAuthorizationMessage", "iam-toolbox:GetRequestAuthorizationDetails"] {
        assert!(unknown.contains(&name), "{name}: {}", doctor.stdout);
    }
}

#[test]
fn a_policy_that_a_probe_proposes_makes_the_calls_work_in_ministack() {
    let Some(emulator) = Emulator::ministack() else { return };
    let model = "anthropic.claude-3-5-haiku-20241022-v1:0";
    let arguments = [
        "probe",
        "bedrock",
        "--no-waits",
        "--allow-subscribe",
        "--api",
        // the emulator checks bedrock:Converse for the other API, an action that AWS does not have
        "invoke",
        "--models",
        model,
        "--format",
        "json",
    ];
    let json = |run: &Run| -> serde_json::Value {
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}", run.whole()))
    };
    let root = emulator.iamdx(&arguments);
    assert_eq!((root.code, &json(&root)["counts"]["ok"]), (0, &serde_json::json!(2)), "{}", root.whole());
    let (id, secret) = block_on(furnish(&emulator.iam("test", "test")));
    let folder = tempfile::tempdir().unwrap();
    let account = folder.path().join("account.json").to_string_lossy().into_owned();
    assert_eq!(emulator.iamdx(&["snapshot", "--output", &account]).code, 0);
    let denied = emulator.iamdx_as(&id, &secret, &[&arguments[..], &["--snapshot", &account]].concat());
    let report = json(&denied);
    assert_eq!((denied.code, &report["counts"]["denied-implicit"]), (1, &serde_json::json!(2)), "{}", denied.whole());
    // two cells, two actions, one finding with one policy
    assert_eq!(report["findings"].as_array().unwrap().len(), 1, "{}", denied.whole());
    let proposal = &report["findings"][0]["proposal"];
    assert_eq!(proposal["allowed"], proposal["requests"], "{}", denied.whole());
    let document = proposal["document"].as_str().unwrap();
    block_on(async {
        let iam = emulator.iam("test", "test");
        iam.put_user_policy().user_name("alice").policy_name("models").policy_document(document).send().await.unwrap();
    });
    let allowed = emulator.iamdx_as(&id, &secret, &arguments);
    assert_eq!((allowed.code, &json(&allowed)["counts"]["ok"]), (0, &serde_json::json!(2)), "{}", allowed.whole());
}

#[test]
fn moto_which_has_no_simulator_leaves_a_gap_and_the_same_answer() {
    let Some(emulator) = Emulator::moto() else { return };
    block_on(furnish(&emulator.iam("test", "test")));
    let denial = "User: arn:aws:iam::123456789012:user/ops/alice is not authorized to perform: iam:ListRoles on resource: * with an explicit deny in \
                  an identity-based policy";
    let live = emulator.iamdx(&["diagnose", "--live", "--format", "json", "-m", denial]);
    let why = "statement `NoRoles` of identity-based policy `guard` denies the request".to_owned();
    assert_eq!(decision(&live), (0, "explicitDeny".to_owned(), why), "{}", live.whole());
    assert!(live.stdout.contains("iam:SimulatePrincipalPolicy was refused"), "{}", live.whole());
}

/// What a service's client sends to set a policy: the service, the path, the target of JSON or none, the body.
pub(crate) type Put = (&'static str, &'static str, Option<&'static str>, String);

/// Sends a request as a client of the service does, but for the signature, which this emulator does not look at. Gives the answer.
pub(crate) fn put(emulator: &Emulator, (service, path, target, body): &Put) -> String {
    let mut stream = TcpStream::connect(emulator.url.trim_start_matches("http://")).unwrap();
    let (method, path) = path.split_once(' ').unwrap();
    let kind = match target {
        Some(_) => "application/x-amz-json-1.1",
        None if body.starts_with("Action=") => "application/x-www-form-urlencoded",
        None if body.starts_with('<') => "application/xml",
        None => "application/json",
    };
    let target = target.map(|target| format!("x-amz-target: {target}\r\n")).unwrap_or_default();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: {service}.us-east-1.amazonaws.com\r\nconnection: close\r\ncontent-type: {kind}\r\n{target}x-amz-account-id: 123456789012\r\n\
         authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 2"), "{service} {path}: {answer}");
    answer
}

#[test]
fn the_policies_that_moto_keeps_are_read_as_they_were_put() {
    let Some(emulator) = Emulator::moto() else { return };
    block_on(furnish(&emulator.iam("test", "test")));
    let own = |service: &str, rest: &str| format!("arn:aws:{service}:us-east-1:123456789012:{rest}");
    let document = |action: &str, resource: &str| {
        format!(
            "{{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [{{\"Sid\": \"Closed\", \"Effect\": \"Deny\", \"Principal\": \"*\", \
             \"Action\": \"{action}\", \"Resource\": \"{resource}\"}}]\n}}"
        )
    };
    let text = |document: &str| serde_json::to_string(document).unwrap();
    let form = |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let (queue, topic, table, stream) =
        (own("sqs", "orders"), own("sns", "alarms"), own("dynamodb", "table/orders"), own("kinesis", "stream/clicks"));
    let repository = own("ecr", "repository/team/web");
    let bucket = "arn:aws:s3:::example-reports".to_owned();
    let of = |action: &str, arn: &str| (text(&document(action, arn)), document(action, arn));
    let puts: Vec<Put> = vec![
        ("s3", "PUT /example-reports", None, String::new()),
        ("s3", "PUT /bare-reports", None, String::new()),
        ("s3", "PUT /example-reports?policy", None, of("s3:*", &format!("{bucket}/*")).1),
        (
            "sqs",
            "POST /",
            Some("AmazonSQS.CreateQueue"),
            format!(r#"{{"QueueName": "orders", "Attributes": {{"Policy": {}}}}}"#, of("sqs:*", &queue).0),
        ),
        ("sqs", "POST /", Some("AmazonSQS.CreateQueue"), r#"{"QueueName": "bare"}"#.to_owned()),
        ("sns", "POST /", None, "Action=CreateTopic&Version=2010-03-31&Name=alarms".to_owned()),
        (
            "sns",
            "POST /",
            None,
            format!(
                "Action=SetTopicAttributes&Version=2010-03-31&TopicArn={}&AttributeName=Policy&AttributeValue={}",
                form(&topic),
                form(&of("sns:Publish", &topic).1)
            ),
        ),
        (
            "dynamodb",
            "POST /",
            Some("DynamoDB_20120810.CreateTable"),
            r#"{"TableName": "orders", "AttributeDefinitions": [{"AttributeName": "a", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST"}"#
                .to_owned(),
        ),
        (
            "dynamodb",
            "POST /",
            Some("DynamoDB_20120810.PutResourcePolicy"),
            format!(r#"{{"ResourceArn": "{table}", "Policy": {}}}"#, of("dynamodb:*", &table).0),
        ),
        (
            "kinesis",
            "POST /",
            Some("Kinesis_20131202.CreateStream"),
            r#"{"StreamName": "clicks", "ShardCount": 1}"#.to_owned(),
        ),
        (
            "kinesis",
            "POST /",
            Some("Kinesis_20131202.CreateStream"),
            r#"{"StreamName": "bare", "ShardCount": 1}"#.to_owned(),
        ),
        (
            "kinesis",
            "POST /",
            Some("Kinesis_20131202.PutResourcePolicy"),
            format!(r#"{{"ResourceARN": "{stream}", "Policy": {}}}"#, of("kinesis:*", &stream).0),
        ),
        (
            "ecr",
            "POST /",
            Some("AmazonEC2ContainerRegistry_V20150921.CreateRepository"),
            r#"{"repositoryName": "team/web"}"#.to_owned(),
        ),
        (
            "ecr",
            "POST /",
            Some("AmazonEC2ContainerRegistry_V20150921.SetRepositoryPolicy"),
            format!(r#"{{"repositoryName": "team/web", "policyText": {}}}"#, of("ecr:*", "*").0),
        ),
    ];
    for one in &puts {
        put(&emulator, one);
    }
    let made = |answer: String, name: &str| -> String {
        let body: serde_json::Value = serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap();
        body.pointer(name).and_then(serde_json::Value::as_str).unwrap().to_owned()
    };
    let key =
        ("kms", "POST /", Some("TrentService.CreateKey"), format!(r#"{{"Policy": {}}}"#, of("kms:Decrypt", "*").0));
    let key = made(put(&emulator, &key), "/KeyMetadata/Arn");
    let secret = put(
        &emulator,
        &(
            "secretsmanager",
            "POST /",
            Some("secretsmanager.CreateSecret"),
            r#"{"Name": "team/db", "SecretString": "x"}"#.to_owned(),
        ),
    );
    let secret = made(secret, "/ARN");
    let of_secret = format!(r#"{{"SecretId": "{secret}", "ResourcePolicy": {}}}"#, of("secretsmanager:*", "*").0);
    put(&emulator, &("secretsmanager", "POST /", Some("secretsmanager.PutResourcePolicy"), of_secret));
    let kept: Vec<(&str, String, Option<String>)> = vec![
        ("s3:GetObject", bucket.clone(), Some(of("s3:*", &format!("{bucket}/*")).1)),
        ("s3:GetObject", "arn:aws:s3:::bare-reports".to_owned(), None),
        ("sqs:SendMessage", queue.clone(), Some(of("sqs:*", &queue).1)),
        ("sqs:SendMessage", own("sqs", "bare"), None),
        ("sns:Publish", topic.clone(), Some(of("sns:Publish", &topic).1)),
        ("dynamodb:Query", table.clone(), Some(of("dynamodb:*", &table).1)),
        ("kinesis:PutRecord", stream.clone(), Some(of("kinesis:*", &stream).1)),
        ("kinesis:PutRecord", own("kinesis", "stream/bare"), None),
        ("ecr:BatchGetImage", repository, Some(of("ecr:*", "*").1)),
        ("kms:Decrypt", key, Some(of("kms:Decrypt", "*").1)),
        ("secretsmanager:GetSecretValue", secret, Some(of("secretsmanager:*", "*").1)),
    ];
    let folder = tempfile::tempdir().unwrap();
    let saved = folder.path().join("saved.json").to_string_lossy().into_owned();
    for (action, arn, document) in kept {
        let object = if arn.starts_with("arn:aws:s3") { format!("{arn}/q1.csv") } else { arn.clone() };
        let denial = format!(
            "User: arn:aws:iam::123456789012:user/ops/alice is not authorized to perform: {action} on resource: {object} with an explicit deny in a \
             resource-based policy"
        );
        let live = emulator.iamdx(&["diagnose", "--live", "--save", &saved, "--format", "json", "-m", &denial]);
        let file: serde_json::Value = serde_json::from_slice(&std::fs::read(&saved).unwrap()).unwrap();
        let document: Option<serde_json::Value> = document.map(|text| serde_json::from_str(&text).unwrap());
        assert_eq!(
            (&file["resource_policies"][0]["arn"], &file["resource_policies"][0]["document"]),
            (&serde_json::json!(arn), &serde_json::json!(document)),
            "{action}: {}",
            live.whole()
        );
        let replay = emulator.iamdx(&["diagnose", "--snapshot", &saved, "--format", "json", "-m", &denial]);
        assert_eq!(replay.stdout, live.stdout, "{action}");
    }
}
