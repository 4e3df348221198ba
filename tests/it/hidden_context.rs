//! Denials of which the context is not told, with the policies: what is said to block, what that implies, and what is advised.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

const USER: &str = "arn:aws:iam::111122223333:user/ana";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/app/run";
const OBJECT: &str = "arn:aws:s3:::reports/q3.csv";
const QUEUE: &str = "arn:aws:sqs:us-east-1:111122223333:jobs";
const INSTANCE: &str = "arn:aws:ec2:us-east-1:111122223333:instance/*";

/// One denial: what it shows, AWS's words, and the statements of each document, by the option that gives it.
struct Denial {
    shows: &'static str,
    caller: &'static str,
    action: &'static str,
    resource: &'static str,
    reason: &'static str,
    documents: Vec<(&'static str, Value)>,
}

/// A statement about everything.
#[expect(clippy::needless_pass_by_value, reason = "a case is written where it is used")]
fn statement(effect: &str, sid: &str, condition: Value) -> Value {
    json!({"Sid": sid, "Effect": effect, "Action": "*", "Resource": "*", "Condition": condition})
}

fn everything() -> Value {
    json!({"Effect": "Allow", "Action": "*", "Resource": "*"})
}

const DENIED: &str = "with an explicit deny in an identity-based policy";

/// An identity-based policy that allows everything but what these statements deny.
#[expect(clippy::needless_pass_by_value, reason = "a case is written where it is used")]
fn denies(statements: Value) -> Vec<(&'static str, Value)> {
    let all: Vec<Value> =
        std::iter::once(everything()).chain(statements.as_array().into_iter().flatten().cloned()).collect();
    vec![("--identity-policy", Value::Array(all))]
}

impl Denial {
    /// What the report says of it, a line each.
    fn report(&self, folder: &Path) -> String {
        let Self { shows, caller, action, resource, reason, .. } = self;
        let message = format!("User: {caller} is not authorized to perform: {action} on resource: {resource} {reason}");
        let mut command = Command::new(env!("CARGO_BIN_EXE_iamdx"));
        command.current_dir(folder).args(["diagnose", "--format", "json", "--message", &message]);
        for (number, (option, statements)) in self.documents.iter().enumerate() {
            let name = format!("{}-{number}.json", option.trim_start_matches("--"));
            let document = json!({"Version": "2012-10-17", "Statement": statements});
            std::fs::write(folder.join(&name), document.to_string()).unwrap();
            command.args([option, name.as_str()]);
        }
        let given = |option: &str| self.documents.iter().any(|(own, _)| *own == option);
        for layer in ["scp", "rcp", "permissions-boundary", "session-policy", "resource-policy", "vpc-endpoint-policy"]
        {
            if !given(&format!("--{layer}")) {
                command.arg(format!("--no-{layer}"));
            }
        }
        let output = command.output().unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        format!("# {shows}\n{message}\n{}\n", lines(&report["reports"][0]).join("\n"))
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn all(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn lines(report: &Value) -> Vec<String> {
    let mut lines = vec![format!("  {}", text(&report["decision"]))];
    for blocker in all(&report["blockers"]) {
        let facts: Vec<String> =
            all(&blocker["implies"]).map(|fact| format!("{} {}", text(&fact["key"]), text(&fact["is"]))).collect();
        let statement = text(&blocker["statement"]["sid"]);
        let policy = text(&blocker["policy"]["name"]);
        lines.push(format!("  {} {policy} {statement}: {}", text(&blocker["basis"]), facts.join("; ")));
    }
    lines.extend(all(&report["disagreements"]).map(|it| format!("  but {}", it.as_str().unwrap_or(text(&it["says"])))));
    for remedy in all(&report["remedies"]) {
        lines.push(format!("  {}: {}", text(&remedy["disposition"]), text(&remedy["title"])));
        lines.extend(
            all(&remedy["steps"]).map(|step| format!("    - {}", step.as_str().unwrap_or(text(&step["says"])))),
        );
        let why_not = text(&remedy["why_not"]);
        lines.extend((!why_not.is_empty()).then(|| format!("    but {why_not}")));
        for fact in all(&remedy["conditional_on"]) {
            lines.push(format!("    if {} {}", text(&fact["key"]), text(&fact["is"])));
        }
    }
    lines
}

#[test]
#[expect(clippy::too_many_lines, reason = "one row for each denial")]
fn what_is_said_follows_from_the_words_and_the_policies() {
    let region = |regions: &[&str]| json!({"StringNotEquals": {"aws:RequestedRegion": regions}});
    let kinds = |kinds: &[&str]| json!({"StringNotEquals": {"ec2:InstanceType": kinds}});
    let denials = [
        Denial {
            shows: "an ARN that is only supposed is not written into a policy",
            caller: SESSION,
            action: "s3:GetObject",
            resource: OBJECT,
            reason: "with an explicit deny in a service control policy",
            documents: vec![
                ("--identity-policy", everything()),
                (
                    "--scp",
                    json!([everything(), {"Sid": "Lock", "Effect": "Deny", "NotAction": "iam:*", "Resource": "*", "Condition": {
                        "StringNotEquals": {"aws:RequestedRegion": "eu-west-1"},
                        "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}}}]),
                ),
            ],
        },
        Denial {
            shows: "a value that is only supposed is not said to be the request's",
            caller: SESSION,
            action: "sqs:SendMessage",
            resource: QUEUE,
            reason: "because no session policy allows the sqs:SendMessage action",
            documents: vec![
                ("--identity-policy", everything()),
                ("--session-policy", statement("Allow", "Tool", json!({"StringLike": {"aws:UserAgent": "tool*"}}))),
            ],
        },
        Denial {
            shows: "two Denies of one key: the value that both let through",
            caller: SESSION,
            action: "ec2:DescribeInstances",
            resource: "*",
            reason: "with an explicit deny in a service control policy",
            documents: vec![
                ("--identity-policy", everything()),
                (
                    "--scp",
                    json!([
                        everything(),
                        statement("Deny", "Two", region(&["eu-west-1", "us-east-1"])),
                        statement("Deny", "One", region(&["us-east-1"]))
                    ]),
                ),
            ],
        },
        Denial {
            shows: "two Denies of one key that no value meets",
            caller: USER,
            action: "ec2:RunInstances",
            resource: INSTANCE,
            reason: "with an explicit deny in a service control policy",
            documents: vec![
                ("--identity-policy", everything()),
                (
                    "--scp",
                    json!([
                        everything(),
                        statement("Deny", "Small", kinds(&["t3.small"])),
                        statement("Deny", "Micro", kinds(&["t3.micro"]))
                    ]),
                ),
            ],
        },
        Denial {
            shows: "two patterns of one key, each said",
            caller: USER,
            action: "ec2:RunInstances",
            resource: INSTANCE,
            reason: DENIED,
            documents: denies(json!([
                statement("Deny", "Large", json!({"StringLike": {"ec2:InstanceType": "*.24xlarge"}})),
                statement("Deny", "Graphics", json!({"StringLike": {"ec2:InstanceType": ["g*", "p*"]}}))
            ])),
        },
        Denial {
            shows: "a time that is over does not come again",
            caller: USER,
            action: "sqs:SendMessage",
            resource: QUEUE,
            reason: DENIED,
            documents: denies(json!([statement(
                "Deny",
                "Over",
                json!({"DateGreaterThan": {"aws:CurrentTime": "2024-01-01T00:00:00Z"}})
            )])),
        },
        Denial {
            shows: "the end of a window is waited for, not its beginning",
            caller: USER,
            action: "sqs:SendMessage",
            resource: QUEUE,
            reason: DENIED,
            documents: denies(json!([statement(
                "Deny",
                "Window",
                json!({
                "DateGreaterThan": {"aws:CurrentTime": "2024-01-01T00:00:00Z"},
                "DateLessThan": {"aws:CurrentTime": "2090-01-01T00:00:00Z"}})
            )])),
        },
        Denial {
            shows: "no tag is sent without its key",
            caller: USER,
            action: "sqs:TagQueue",
            resource: QUEUE,
            reason: DENIED,
            documents: denies(json!([
                statement("Deny", "Wanted", json!({"Null": {"aws:RequestTag/owner": "true"}})),
                statement("Deny", "Forbidden", json!({"ForAnyValue:StringEquals": {"aws:TagKeys": "owner"}}))
            ])),
        },
        Denial {
            shows: "a line that holds for both values of a key that is always there: its Deny is the one",
            caller: USER,
            action: "sqs:SendMessage",
            resource: QUEUE,
            reason: DENIED,
            documents: denies(json!([statement(
                "Deny",
                "Both",
                json!({"Bool": {"aws:SecureTransport": ["true", "false"]}})
            )])),
        },
        Denial {
            shows: "a session with MFA is no older for being made again",
            caller: USER,
            action: "sqs:SendMessage",
            resource: QUEUE,
            reason: "with an explicit deny in an identity-based policy",
            documents: vec![(
                "--identity-policy",
                json!([
                    everything(),
                    statement("Deny", "Old", json!({"NumericGreaterThanIfExists": {"aws:MultiFactorAuthAge": "3600"}})),
                    statement("Deny", "Young", json!({"NumericLessThan": {"aws:MultiFactorAuthAge": "10"}}))
                ]),
            )],
        },
        Denial {
            shows: "nobody calls directly and through a service",
            caller: USER,
            action: "sqs:SendMessage",
            resource: QUEUE,
            reason: "with an explicit deny in an identity-based policy",
            documents: vec![(
                "--identity-policy",
                json!([
                    everything(),
                    statement(
                        "Deny",
                        "Athena",
                        json!({"ForAnyValue:StringEquals": {"aws:CalledVia": "athena.amazonaws.com"}})
                    ),
                    statement("Deny", "Direct", json!({"Bool": {"aws:ViaAWSService": "false"}}))
                ]),
            )],
        },
        Denial {
            shows: "a bucket policy that names the user is enough in one account: the bucket must be in another one",
            caller: USER,
            action: "s3:GetObject",
            resource: OBJECT,
            reason: "because no identity-based policy allows the s3:GetObject action",
            documents: vec![
                ("--identity-policy", json!({"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"})),
                (
                    "--resource-policy",
                    json!({"Effect": "Allow", "Principal": {"AWS": USER}, "Action": "s3:GetObject", "Resource": OBJECT}),
                ),
            ],
        },
        Denial {
            shows: "a queue policy that names the session is enough past a boundary",
            caller: SESSION,
            action: "sqs:SendMessage",
            resource: QUEUE,
            reason: "because no permissions boundary allows the sqs:SendMessage action",
            documents: vec![
                ("--identity-policy", everything()),
                ("--permissions-boundary", json!({"Effect": "Allow", "Action": "ec2:*", "Resource": "*"})),
                (
                    "--resource-policy",
                    json!({"Effect": "Allow", "Principal": {"AWS": SESSION}, "Action": "sqs:*", "Resource": QUEUE}),
                ),
            ],
        },
        Denial {
            shows: "two levels: where one does not allow, the stricter one does not either",
            caller: SESSION,
            action: "s3:GetObject",
            resource: OBJECT,
            reason: "because no service control policy allows the s3:GetObject action",
            documents: vec![
                ("--identity-policy", everything()),
                (
                    "--scp",
                    statement(
                        "Allow",
                        "Two",
                        json!({"StringEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}}),
                    ),
                ),
                ("--scp", statement("Allow", "One", json!({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}))),
            ],
        },
        Denial {
            shows: "a NotPrincipal that lists the session in part: the resource is known, and is not asked for",
            caller: SESSION,
            action: "sqs:SendMessage",
            resource: QUEUE,
            reason: "with an explicit deny in a resource-based policy",
            documents: vec![
                ("--identity-policy", everything()),
                (
                    "--resource-policy",
                    json!({"Sid": "Others", "Effect": "Deny", "Action": "sqs:*", "Resource": "*",
                        "NotPrincipal": {"AWS": ["arn:aws:iam::111122223333:role/app", "arn:aws:iam::111122223333:root"]}}),
                ),
            ],
        },
        Denial {
            shows: "`Null` beside a line about the tags is no tag",
            caller: USER,
            action: "sqs:TagQueue",
            resource: QUEUE,
            reason: "with an explicit deny in an identity-based policy",
            documents: vec![(
                "--identity-policy",
                json!([
                    everything(),
                    statement(
                        "Deny",
                        "Tags",
                        json!({
                    "ForAllValues:StringNotLike": {"aws:TagKeys": "team-*"}, "Null": {"aws:TagKeys": "false"}})
                    )
                ]),
            )],
        },
    ];
    let folder = tempfile::tempdir().unwrap();
    let reports: Vec<String> = denials.iter().map(|denial| denial.report(folder.path())).collect();
    insta::assert_snapshot!(reports.join("\n"));
}
