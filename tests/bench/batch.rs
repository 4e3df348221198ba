//! Whole batches through the program, beside yardsticks in the same run:
//! `cargo bench --bench batch [-- PROGRAM]`; with `PEER=1` in the environment @cloud-copilot/iam-simulate, too, which has to be installed
//! by `node tests/bench/peer.mjs` before.
//!
//! CPU time counts, as other work may run on the machine; a second is one of all cores.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark may stop at the first surprise, and prints its table"
)]

use std::fs::File;
use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde::de::IgnoredAny;
use serde_json::Value;

#[expect(dead_code, reason = "others use more of it")]
mod process;

use process::{Taken, program, run};

/// Cores that the peaks are told for.
const CORES: f64 = 2.0;

/// `count` policies of `statements` statements, as in `evaluate.rs`; `tag` makes them others than those of other cases.
fn case(id: usize, tag: usize, policies: usize, statements: usize, levels: usize) -> String {
    let condition = |number: usize| match levels {
        0 => String::new(),
        _ => format!(
            r#","Condition":{{"StringEquals":{{"aws:PrincipalTag/team":["blue","team-{number}"]}},"IpAddress":{{"aws:SourceIp":["10.{number}.0.0/16","203.0.113.0/24"]}}}}"#
        ),
    };
    let statement = |policy: usize, number: usize| {
        let own = if policy == 0 && number + 1 == statements {
            "reports".to_owned()
        } else {
            format!("bucket-{tag}-{policy}-{number}")
        };
        format!(
            r#"{{"Effect":"Allow","Action":["s3:Get*","s3:List*"],"Resource":["arn:aws:s3:::{own}/*","arn:aws:s3:::shared-{number}"]{}}}"#,
            condition(number)
        )
    };
    let document = |policy: usize| {
        let all: Vec<String> = (0..statements).map(|number| statement(policy, number)).collect();
        format!(r#"{{"name":"policy-{policy}","document":{{"Version":"2012-10-17","Statement":[{}]}}}}"#, all.join(","))
    };
    let identity: Vec<String> = (0..policies).map(document).collect();
    let level = r#"[{"name":"FullAWSAccess","document":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}},{"name":"regions","document":{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotAction":["iam:*","sts:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","us-east-1"]}}}]}}]"#;
    format!(
        r#"{{"id":{id},"request":{{"principal":"arn:aws:iam::111122223333:user/alice","action":"s3:GetObject","resource":"arn:aws:s3:::reports/2026/q1.csv","resource_account":"111122223333","context":{{"aws:PrincipalTag/team":["blue"],"aws:SourceIp":["203.0.113.7"],"aws:RequestedRegion":["eu-west-1"]}}}},"policies":{{"identity-based":[{}],"service-control":[{}]}}}}"#,
        identity.join(","),
        vec![level; levels].join(",")
    )
}

/// An account of a thousand roles, each with six statements of its own and a managed policy that all have.
fn account() -> String {
    let statement = |role: usize, number: usize| {
        format!(
            r#"{{"Sid":"s{number}","Effect":"Allow","Action":["s3:Get*","s3:List*"],"Resource":"arn:aws:s3:::bucket-{role}-{number}/*"}}"#
        )
    };
    let role = |role: usize| {
        let statements: Vec<String> = (0..6).map(|number| statement(role, number)).collect();
        format!(
            r#"{{"Arn":"arn:aws:iam::111122223333:role/app/role-{role}","RoleName":"role-{role}","RolePolicyList":[{{"PolicyName":"p","PolicyDocument":{{"Version":"2012-10-17","Statement":[{}]}}}}],"AttachedManagedPolicies":[{{"PolicyName":"Shared","PolicyArn":"arn:aws:iam::111122223333:policy/Shared"}}]}}"#,
            statements.join(",")
        )
    };
    let roles: Vec<String> = (0..1000).map(role).collect();
    let shared = r#"{"PolicyName":"Shared","Arn":"arn:aws:iam::111122223333:policy/Shared","DefaultVersionId":"v1","PolicyVersionList":[{"VersionId":"v1","IsDefaultVersion":true,"Document":{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}}]}"#;
    format!(
        r#"{{"iamdx_snapshot":1,"accounts":[{{"id":"111122223333","in_organization":false,"RoleDetailList":[{}],"Policies":[{shared}]}}]}}"#,
        roles.join(",")
    )
}

fn request(id: usize) -> String {
    let role = id.wrapping_mul(7919) % 1000;
    format!(
        r#"{{"id":{id},"request":{{"principal":"arn:aws:sts::111122223333:assumed-role/role-{role}/session","action":"s3:GetObject","resource":"arn:aws:s3:::bucket-{role}-{}/key/{id}","resource_account":"111122223333","context":{{"aws:SecureTransport":"true"}}}}}}"#,
        id % 6
    )
}

fn line(name: &str, cases: usize, time: Duration, memory: Option<usize>) {
    let count = f64::from(u32::try_from(cases).unwrap());
    let each = time.as_secs_f64() / count;
    let memory = memory.map_or_else(String::new, |memory| format!("{memory} MB"));
    println!("  {name:<44} {:>10.0}/s {:>10.2} us {memory:>8}", CORES / each, each * 1e6);
}

/// The scan and the reading of `serde_json`, on one core and counted for all.
fn yardsticks(path: &Path, cases: usize) {
    let text = std::fs::read_to_string(path).unwrap();
    let time = |read: &dyn Fn(&str)| {
        let start = Instant::now();
        text.lines().for_each(read);
        start.elapsed()
    };
    line(
        "serde_json: scan",
        cases,
        time(&|text| {
            black_box(serde_json::from_str::<IgnoredAny>(text).unwrap());
        }),
        None,
    );
    line(
        "serde_json: Value",
        cases,
        time(&|text| {
            black_box(serde_json::from_str::<Value>(text).unwrap());
        }),
        None,
    );
}

/// A kind of input: its name, how many cases, and each of them.
type Row<'r> = (&'r str, usize, &'r dyn Fn(usize) -> String);

fn main() {
    let program = program();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &mut dyn Iterator<Item = String>| {
        let path = folder.path().join(name);
        let mut file = std::io::BufWriter::new(File::create(&path).unwrap());
        text.for_each(|line| writeln!(file, "{line}").unwrap());
        file.flush().unwrap();
        path
    };
    let rows: [Row<'_>; 4] = [
        ("small, all different", 100_000, &|id| case(id, id, 2, 3, 0)),
        ("small, policies repeated", 100_000, &|id| case(id, 0, 2, 3, 0)),
        ("large, all different", 600, &|id| case(id, id, 20, 30, 5)),
        ("large, policies repeated", 600, &|id| case(id, 0, 20, 30, 5)),
    ];
    for (name, cases, make) in rows {
        let path = file("cases.jsonl", &mut (0..cases).map(make));
        println!("{name}: {cases} cases of {} bytes", make(0).len());
        let Taken { cpu, memory, .. } = run(Command::new(&program).args(["simulate", "--batch"]).arg(&path), 1);
        line("iamdx simulate --batch", cases, cpu, Some(memory));
        yardsticks(&path, cases);
        if std::env::var_os("PEER").is_some() {
            let mut peer = Command::new("node");
            let Taken { cpu, memory, .. } = run(peer.args(["tests/bench/peer.mjs", "--batch"]).arg(&path), 1);
            line("iam-simulate, authorize", cases, cpu, Some(memory));
        }
    }
    let cases = 300_000;
    let snapshot = file("account.json", &mut std::iter::once(account()));
    let path = file("requests.jsonl", &mut (0..cases).map(request));
    println!("requests against one account of 1000 roles");
    let mut command = Command::new(&program);
    command
        .args(["simulate", "--no-resource-policy", "--no-session-policy", "--batch"])
        .arg(&path)
        .arg("--snapshot")
        .arg(&snapshot);
    let Taken { cpu, memory, .. } = run(&mut command, 1);
    line("iamdx simulate --batch --snapshot", cases, cpu, Some(memory));
    yardsticks(&path, cases);
}
