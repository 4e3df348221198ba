//! The whole way against emulators that others wrote: a denial, its remedy by the AWS CLI, the same denial again, and the way back.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::emulator::{Emulator, installed};
use crate::support::Run;

/// An `aws` that calls the AWS CLI, for the emulator only, and fails at the changing call of the number `$FAIL`.
///
/// The CLI has an endpoint of its own for queues, which the environment does not replace.
const AWS: &str = r#"#!/bin/sh
case $2 in
  get-* | list-*) ;;
  *)
    echo x >> "$CHANGES"
    if [ "$(wc -l < "$CHANGES")" -eq "${FAIL:-0}" ]; then echo 'An error occurred (AccessDenied)' >&2; exit 254; fi
    ;;
esac
exec "$CLI" --endpoint-url "$AWS_ENDPOINT_URL" "$@"
"#;

/// An account in an emulator, and a folder to work in.
pub(crate) struct Scene {
    pub(crate) emulator: Emulator,
    pub(crate) folder: tempfile::TempDir,
    cli: PathBuf,
}

impl Scene {
    pub(crate) fn new(emulator: Emulator) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let aws = folder.path().join("aws");
        std::fs::write(&aws, AWS).unwrap();
        assert!(Command::new("chmod").arg("+x").arg(aws).status().unwrap().success());
        Self { emulator, folder, cli: installed().unwrap().join("aws") }
    }

    pub(crate) fn command(&self, program: &str, (id, secret): (&str, &str), fail: usize) -> Command {
        let path = format!("{}:{}", self.folder.path().display(), std::env::var("PATH").unwrap());
        let mut command = Command::new(program);
        std::fs::write(self.folder.path().join("changes"), "").unwrap();
        command
            .current_dir(self.folder.path())
            .env_clear()
            .envs([
                ("PATH", path.as_str()),
                ("CLI", &self.cli.to_string_lossy()),
                ("CHANGES", &self.folder.path().join("changes").to_string_lossy()),
                ("FAIL", &fail.to_string()),
                ("AWS_ENDPOINT_URL", &self.emulator.url),
                ("AWS_DEFAULT_REGION", "us-east-1"),
                ("AWS_ACCESS_KEY_ID", id),
                ("AWS_SECRET_ACCESS_KEY", secret),
                ("AWS_MAX_ATTEMPTS", "1"),
            ])
            .stdin(Stdio::null());
        command
    }

    fn aws_as(&self, key: (&str, &str), arguments: &[&str]) -> Output {
        self.command(&self.folder.path().join("aws").to_string_lossy(), key, 0).args(arguments).output().unwrap()
    }

    /// What the AWS CLI says to an administrator.
    pub(crate) fn aws(&self, line: &str, more: &[&str]) -> String {
        let arguments: Vec<&str> = line.split(' ').chain(more.iter().copied()).collect();
        let output = self.aws_as(("test", "test"), &arguments);
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// A user's key.
    fn key(&self, user: &str) -> (String, String) {
        let made: Value = serde_json::from_str(&self.aws("iam create-access-key --user-name", &[user])).unwrap();
        let part = |name: &str| made["AccessKey"][name].as_str().unwrap().to_owned();
        (part("AccessKeyId"), part("SecretAccessKey"))
    }

    /// Runs a script of a remedy as an administrator, where the changing call of this number fails; whether it ended well.
    fn script(&self, script: &Path, fail: usize) -> bool {
        let output = self.command("bash", ("test", "test"), fail).arg(script).output().unwrap();
        println!("{}: {}", script.display(), String::from_utf8_lossy(&output.stderr));
        output.status.success()
    }

    fn out(&self) -> PathBuf {
        self.folder.path().join("out")
    }

    /// The way of each remedy of this denial there, and back if the emulator can. `state` is what the account is like.
    fn every_remedy(
        &self,
        denial: &str,
        ask: &dyn Fn(&[&str]) -> Run,
        state: &dyn Fn() -> String,
        calls: &dyn Fn(bool),
        can_go_back: bool,
    ) {
        let out = self.out();
        drop(std::fs::remove_dir_all(&out));
        let before = state();
        let first = ask(&["-m", denial, "--write-remedies", &out.to_string_lossy()]);
        assert_eq!(first.code, 0, "{}", first.whole());
        let mut remedies: Vec<PathBuf> = out.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
        remedies.retain(|path| path.is_dir());
        remedies.sort();
        assert!(!remedies.is_empty(), "{}", first.whole());
        for remedy in remedies {
            let (there, back) = (remedy.join("commands.sh"), remedy.join("way-back.sh"));
            assert!(self.script(&there, 0), "{}", there.display());
            assert_ne!(state(), before, "{}", there.display());
            calls(true);
            let again = ask(&["-m", denial]);
            assert_eq!(finding(&again), (0, "allowed-now".to_owned()), "{}", again.whole());
            if !can_go_back {
                return;
            }
            assert!(self.script(&back, 0), "{}", back.display());
            assert_eq!(state(), before, "{}", back.display());
            calls(false);
        }
    }
}

fn finding(run: &Run) -> (i32, String) {
    let whole: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}", run.whole()));
    (run.code, whole["reports"][0]["finding"].as_str().unwrap().to_owned())
}

fn document(action: &str) -> String {
    json!({"Version": "2012-10-17", "Statement": [{"Sid": "Own", "Effect": "Allow", "Action": action, "Resource": "*"}]})
        .to_string()
}

#[test]
fn what_ministack_denies_works_after_a_remedy_and_is_denied_again_after_its_way_back() {
    let Some(emulator) = Emulator::ministack() else { return };
    let scene = Scene::new(emulator);
    // one with an inline policy, one who has nothing, and one with a managed policy that has no room for a version
    for user in ["alice", "carol", "bob"] {
        scene.aws("iam create-user --user-name", &[user]);
    }
    let user_policy = "iam put-user-policy --user-name alice --policy-name own --policy-document";
    scene.aws(user_policy, &[&document("iam:GetUser")]);
    let arn = full_policy(&scene, "shared");
    scene.aws("iam attach-user-policy --user-name bob --policy-arn", &[&arn]);
    for user in ["alice", "carol", "bob"] {
        let (id, secret) = scene.key(user);
        let call = || scene.aws_as((&id, &secret), &["iam", "list-users"]);
        let denial = String::from_utf8(call().stderr).unwrap().trim().to_owned();
        assert!(denial.contains("not authorized to perform: iam:ListUsers because no identity-based"), "{denial}");
        let ask = |arguments: &[&str]| {
            scene.emulator.iamdx(&[&["diagnose", "--live", "--resource", "*", "--format", "json"], arguments].concat())
        };
        let calls = |works: bool| assert_eq!(call().status.success(), works, "{user}");
        // this emulator has no SetDefaultPolicyVersion
        scene.every_remedy(&denial, &ask, &|| account(&scene, &[&arn]), &calls, user != "bob");
    }
}

/// A managed policy that has as many versions as there may be.
fn full_policy(scene: &Scene, name: &str) -> String {
    let made = scene.aws(
        "iam create-policy --query Policy.Arn --output text --policy-name",
        &[name, "--policy-document", &document("iam:GetUser")],
    );
    for _ in 1..5 {
        scene.aws(
            "iam create-policy-version --set-as-default --policy-arn",
            &[&made, "--policy-document", &document("iam:GetUser")],
        );
    }
    made
}

/// All of the account that a remedy can change, and the document that counts of these policies, up to the ids of versions.
fn account(scene: &Scene, policies: &[&str]) -> String {
    let mut all = vec![scene.aws("iam get-account-authorization-details --filter User Group Role", &[])];
    for arn in policies {
        let version = scene.aws("iam get-policy --query Policy.DefaultVersionId --output text --policy-arn", &[arn]);
        let query = "iam get-policy-version --query PolicyVersion.Document --version-id";
        all.push(scene.aws(query, &[&version, "--policy-arn", arn]));
    }
    all.join("\n")
}

#[test]
fn a_policy_and_a_boundary_without_room_are_changed_and_taken_back_wherever_the_change_stopped() {
    let Some(emulator) = Emulator::moto() else { return };
    let scene = Scene::new(emulator);
    let (own, limit) = (full_policy(&scene, "own"), full_policy(&scene, "limit"));
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"Service": "ec2.amazonaws.com"}}]});
    let role = "iam create-role --role-name job --assume-role-policy-document";
    scene.aws(role, &[&trust.to_string(), "--permissions-boundary", &limit]);
    scene.aws("iam attach-role-policy --role-name job --policy-arn", &[&own]);
    let denial = "User: arn:aws:sts::123456789012:assumed-role/job/nightly is not authorized to perform: iam:ListUsers on resource: * because no \
                  identity-based policy allows the iam:ListUsers action";
    let ask =
        |arguments: &[&str]| scene.emulator.iamdx(&[&["diagnose", "--live", "--format", "json"], arguments].concat());
    let state = || account(&scene, &[&own, &limit]);
    scene.every_remedy(denial, &ask, &state, &|_| (), true);
    let before = state();
    let (there, back) = (scene.out().join("remedy-1/commands.sh"), scene.out().join("remedy-1/way-back.sh"));
    let mut stops = 0;
    while !scene.script(&there, stops + 1) {
        stops += 1;
        assert!(scene.script(&back, 0), "stopped at {stops}");
        assert_eq!(state(), before, "stopped at {stops}");
    }
    // at the version of `own` that goes, at the one that comes, and, where `own` has room since then, at the one of `limit` that comes
    assert_eq!(stops, 3);
    // a way back that stops is run again, and once more does no harm
    assert!(!scene.script(&back, 1));
    for _ in 0..2 {
        assert!(scene.script(&back, 0));
        assert_eq!(state(), before);
    }
}

#[test]
fn policies_of_resources_are_changed_and_put_back_in_moto() {
    let Some(emulator) = Emulator::moto() else { return };
    let scene = Scene::new(emulator);
    scene.aws("iam create-user --user-name alice", &[]);
    let policy = |service: &str, resource: &str, action: &str| {
        let all = format!("{service}:*");
        json!({"Version": "2012-10-17", "Statement": [
            {"Sid": "Own", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:user/alice"}, "Action": all,
                "Resource": resource},
            {"Sid": "Closed", "Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::123456789012:user/alice"}, "Action": action,
                "Resource": resource}]})
        .to_string()
    };
    let objects = "arn:aws:s3:::example-reports/*";
    scene.aws("s3api create-bucket --bucket example-reports", &[]);
    let bucket = policy("s3", objects, "s3:GetObject");
    scene.aws("s3api put-bucket-policy --bucket example-reports --policy", &[&bucket]);
    let queue = "arn:aws:sqs:us-east-1:123456789012:orders";
    let attributes = json!({"Policy": policy("sqs", queue, "sqs:SendMessage")}).to_string();
    let url =
        scene.aws("sqs create-queue --queue-name orders --query QueueUrl --output text --attributes", &[&attributes]);
    let topic = scene.aws("sns create-topic --name alarms --query TopicArn --output text", &[]);
    let of_topic = policy("sns", &topic, "sns:Publish");
    let set = "sns set-topic-attributes --attribute-name Policy --attribute-value";
    scene.aws(set, &[&of_topic, "--topic-arn", &topic]);
    let of_key = policy("kms", "*", "kms:Decrypt");
    let key = scene.aws("kms create-key --query KeyMetadata.Arn --output text --policy", &[&of_key]);
    let secret =
        scene.aws("secretsmanager create-secret --name team/db --secret-string x --query ARN --output text", &[]);
    let of_secret = policy("secretsmanager", "*", "secretsmanager:GetSecretValue");
    scene.aws("secretsmanager put-resource-policy --resource-policy", &[&of_secret, "--secret-id", &secret]);
    let get_queue = format!("sqs get-queue-attributes --attribute-names Policy --queue-url {url}");
    let get_topic = format!("sns get-topic-attributes --query Attributes.Policy --topic-arn {topic}");
    let get_key = format!("kms get-key-policy --policy-name default --key-id {key}");
    let get_secret = format!("secretsmanager get-resource-policy --secret-id {secret}");
    for (action, resource, get) in [
        ("s3:GetObject", "arn:aws:s3:::example-reports/q1.csv", "s3api get-bucket-policy --bucket example-reports"),
        ("sqs:SendMessage", queue, &get_queue),
        ("sns:Publish", &topic, &get_topic),
        ("kms:Decrypt", &key, &get_key),
        ("secretsmanager:GetSecretValue", &secret, &get_secret),
    ] {
        let denial = format!(
            "User: arn:aws:iam::123456789012:user/alice is not authorized to perform: {action} on resource: {resource} with an explicit deny \
             in a resource-based policy"
        );
        let ask = |arguments: &[&str]| {
            scene.emulator.iamdx_as("test", "test", &[&["diagnose", "--live", "--format", "json"], arguments].concat())
        };
        scene.every_remedy(&denial, &ask, &|| scene.aws(get, &[]), &|_| (), true);
    }
}
