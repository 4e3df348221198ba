//! How long a large account takes: 20 MB of `get-account-authorization-details` with 1,000 roles, beside `serde_json` itself.

#![expect(clippy::expect_used, reason = "a benchmark stops at the first surprise")]

use divan::counter::BytesCount;
use divan::{AllocProfiler, Bencher, black_box};
use iamdx::evaluate::{Decision, evaluate};
use iamdx::iam::{Arn, Field, Principal, Request};
use iamdx::snapshot::{Selection, Snapshot, select, select_once};

#[expect(dead_code, clippy::unwrap_used, reason = "others use more of it, and stop at the first surprise")]
mod inputs;

use inputs::account;

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

const ROLES: usize = 1_000;
const STATEMENTS: usize = 48;

fn request() -> Request {
    Request::new(
        Principal::new("arn:aws:sts::111122223333:assumed-role/role-777/run"),
        "s3:GetObject".parse().expect("an action"),
        "arn:aws:s3:::example-bucket-777-7/key",
    )
    .with_resource_account("111122223333")
}

/// Bytes to the policies of one role.
#[divan::bench(sample_count = 10)]
fn read_and_select(bencher: Bencher<'_, '_>) {
    let file = account(ROLES, STATEMENTS, None).into_bytes();
    let request = request();
    bencher.counter(BytesCount::new(file.len())).with_inputs(|| file.clone()).bench_values(|file| {
        let snapshot = Snapshot::read("account.json", file).expect("a snapshot");
        let selection = select(&snapshot, &request);
        assert_eq!(selection.policies.identity.policies.len(), 1);
        (snapshot, selection)
    });
}

/// The policies of one role, when the file is read and its documents are parsed.
#[divan::bench]
fn select_again(bencher: Bencher<'_, '_>) {
    let snapshot = Snapshot::read("account.json", account(ROLES, STATEMENTS, None).into_bytes()).expect("a snapshot");
    let request = request();
    bencher.bench(|| select(black_box(&snapshot), black_box(&request)));
}

/// Whether everybody of the account may do it, when the file is read: each document is read and dropped.
#[divan::bench(sample_count = 5)]
fn ask_for_everybody_once(bencher: Bencher<'_, '_>) {
    everybody(bencher, select_once);
}

/// The same where every document is kept: the other way to spend memory.
#[divan::bench(sample_count = 5)]
fn ask_for_everybody_and_keep(bencher: Bencher<'_, '_>) {
    everybody(bencher, select);
}

fn everybody(bencher: Bencher<'_, '_>, select: fn(&Snapshot, &Request) -> Selection) {
    let file = account(ROLES, STATEMENTS, None).into_bytes();
    let snapshot = || Snapshot::read("account.json", file.clone()).expect("a snapshot");
    bencher.with_inputs(snapshot).bench_values(|snapshot| {
        let is_denied = |arn: &Arn| {
            let mut request = request();
            request.principal = Field::Known(Principal::new(arn.as_str()));
            evaluate(&request, &select(&snapshot, &request).policies).decision == Decision::ImplicitDeny
        };
        let denied = snapshot.principals().filter(|arn| is_denied(arn)).count();
        (snapshot, denied)
    });
}

/// The yardstick: the same bytes as a tree of values.
#[divan::bench(sample_count = 10)]
fn serde_json_value(bencher: Bencher<'_, '_>) {
    let file = account(ROLES, STATEMENTS, None);
    bencher.counter(BytesCount::new(file.len())).bench(|| serde_json::from_str::<serde_json::Value>(black_box(&file)));
}
