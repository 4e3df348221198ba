//! How long one decision takes with compiled policies; `tests/bench/peer.mjs` runs the same workloads with another evaluator.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark may stop at the first surprise")]

use divan::{AllocProfiler, Bencher, black_box};
use iamdx::evaluate::{Decision, TestCase, evaluate, reasons};
use iamdx::text::Wildcard;

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// The same documents as in `peer.mjs`: `count` policies of `statements` statements; the last statement of the first allows.
fn identity(policies: usize, statements: usize, conditions: bool) -> String {
    let condition = |key: usize| {
        if !conditions {
            return String::new();
        }
        format!(
            r#", "Condition": {{"StringEquals": {{"aws:PrincipalTag/team": ["blue", "team-{key}"]}}, "IpAddress": {{"aws:SourceIp": ["10.{key}.0.0/16", "203.0.113.0/24"]}}}}"#
        )
    };
    let document = |policy: usize| {
        let lines: Vec<String> = (0..statements)
            .map(|statement| {
                let resource = if policy == 0 && statement + 1 == statements {
                    "arn:aws:s3:::reports/*".to_owned()
                } else {
                    format!("arn:aws:s3:::bucket-{policy}-{statement}/*")
                };
                format!(
                    r#"{{"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": ["{resource}", "arn:aws:s3:::shared-{statement}"]{}}}"#,
                    condition(statement)
                )
            })
            .collect();
        format!(
            r#"{{"name": "policy-{policy}", "document": {{"Version": "2012-10-17", "Statement": [{}]}}}}"#,
            lines.join(", ")
        )
    };
    let all: Vec<String> = (0..policies).map(document).collect();
    format!("[{}]", all.join(", "))
}

fn text(policies: usize, statements: usize, levels: usize) -> String {
    let conditions = levels > 0;
    let level = r#"[{"name": "FullAWSAccess", "document": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}},
        {"name": "regions", "document": {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}}}]}}]"#;
    let scps = vec![level; levels].join(", ");
    format!(
        r#"{{"id": 1, "request": {{"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject", "resource": "arn:aws:s3:::reports/2026/q1.csv",
            "resource_account": "111122223333", "context": {{"aws:PrincipalTag/team": ["blue"], "aws:SourceIp": ["203.0.113.7"], "aws:RequestedRegion": ["eu-west-1"]}}}},
            "policies": {{"identity-based": {}, "service-control": [{scps}]}}}}"#,
        identity(policies, statements, conditions)
    )
}

fn compiled(policies: usize, statements: usize, levels: usize) -> TestCase {
    let case = TestCase::parse(&text(policies, statements, levels)).unwrap();
    assert_eq!(case.answer().decision, Decision::Allowed);
    case
}

/// 2 policies of 3 statements.
#[divan::bench]
fn small(bencher: Bencher<'_, '_>) {
    let case = compiled(2, 3, 0);
    bencher.bench_local(|| evaluate(black_box(&case.request), black_box(&case.policies)));
}

/// 20 policies of 30 statements with conditions, and 5 levels of SCPs.
#[divan::bench]
fn large(bencher: Bencher<'_, '_>) {
    let case = compiled(20, 30, 5);
    bencher.bench_local(|| evaluate(black_box(&case.request), black_box(&case.policies)));
}

/// The small case from its text to its line of output.
#[divan::bench]
fn small_with_reading(bencher: Bencher<'_, '_>) {
    let text = text(2, 3, 0);
    bencher.bench_local(|| serde_json::to_string(&TestCase::parse(black_box(&text)).unwrap().answer()));
}

/// Compiling the large case.
#[divan::bench]
fn reading_large(bencher: Bencher<'_, '_>) {
    let text = text(20, 30, 5);
    bencher.bench_local(|| TestCase::parse(black_box(&text)));
}

/// The reasons of one statement, which `evaluate` does not make.
#[divan::bench]
fn reasons_of_a_statement(bencher: Bencher<'_, '_>) {
    let case = compiled(20, 30, 5);
    let policy = &case.policies.identity.policies[0];
    bencher.bench_local(|| reasons(black_box(&case.request), policy, &policy.document.statements[0]));
}

/// A pattern of stars against texts that grow: the time grows as the text does.
#[divan::bench(args = [1_000, 2_000, 4_000, 8_000])]
fn fifty_stars(bencher: Bencher<'_, '_>, length: usize) {
    // every star finds a place until the text ends, and the last one finds none
    let pattern = Wildcard::new(&("*a?".repeat(49) + "*b"));
    let text = "a".repeat(length);
    bencher.bench_local(|| pattern.matches(black_box(&text)));
}
