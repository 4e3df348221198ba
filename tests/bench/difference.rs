//! How long a comparison takes, and the loading of the service reference; yardsticks are the parsing and one evaluation.

#![expect(clippy::unwrap_used, reason = "a benchmark may stop at the first surprise")]

use std::sync::Arc;

use divan::{Bencher, black_box};
use iamdx::difference::{difference, documents};
use iamdx::evaluate::evaluate;
use iamdx::iam::{ActionPattern, Coverage, Document, Layer, Level, Policy, PolicySet, PolicyType, Principal, Request};
use iamdx::reference::Reference;
use iamdx::text::Source;

#[expect(dead_code, reason = "others use more of it")]
mod inputs;

use inputs::policy as document_text;

fn main() {
    divan::main();
}

fn document(text: &str) -> Arc<Document> {
    Arc::new(Document::parse(Source::new("policy.json", text)).unwrap())
}

fn policy(text: &str, policy_type: PolicyType) -> Arc<Policy> {
    Arc::new(Policy::new("policy", policy_type, document(text)))
}

/// Ten identity-based policies and five levels of SCPs, of which one policy changes in one resource.
fn principal(changed: bool) -> PolicySet {
    let own = |index: usize| {
        let text = document_text(index, "thing");
        policy(&if changed && index == 3 { text.replacen("thing-", "*-", 1) } else { text }, PolicyType::IdentityBased)
    };
    let scp = r#"{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-central-1"}}}]}"#;
    let level = |index: usize| Level {
        target: format!("level {index}"),
        policies: vec![policy(scp, PolicyType::ServiceControl)],
        coverage: Coverage::Complete,
    };
    let mut set = PolicySet::empty();
    set.identity = Layer::complete((0..10).map(own).collect());
    set.service_control.levels = (0..5).map(level).collect();
    set
}

fn request() -> Request {
    Request::new(
        Principal::new("arn:aws:iam::111122223333:user/alice"),
        "s3:GetObject".parse().unwrap(),
        "arn:aws:s3:::reports/q1.csv",
    )
    .with_resource_account("111122223333")
}

/// Every statement of the two differs.
#[divan::bench]
fn two_documents_of_6_kb(bencher: Bencher<'_, '_>) {
    let (old, new) = ([document(&document_text(0, "thing"))], [document(&document_text(1, "thing"))]);
    assert!(Reference::embedded().has_service("s3"));
    bencher.bench(|| documents(black_box(&old), black_box(&new), Reference::embedded()));
}

/// One resource of one statement differs.
#[divan::bench]
fn a_small_edit_of_6_kb(bencher: Bencher<'_, '_>) {
    let text = document_text(0, "thing");
    let (old, new) = ([document(&text)], [document(&text.replacen("thing-", "*-", 1))]);
    bencher.bench(|| documents(black_box(&old), black_box(&new), Reference::embedded()));
}

#[divan::bench]
fn ten_policies_under_five_scps(bencher: Bencher<'_, '_>) {
    let (old, new, request) = (principal(false), principal(true), request());
    bencher.bench(|| difference(black_box(&old), black_box(&new), &request, Reference::embedded()));
}

/// Twenty-six patterns of which every two overlap: the work that is given up.
#[divan::bench]
fn the_hardest_patterns(bencher: Bencher<'_, '_>) {
    let entries: Vec<String> = ('a'..='z').map(|c| format!("\"arn:aws:s3:::b/*{c}*{c}?????{c}*\"")).collect();
    let text =
        format!(r#"{{"Statement": {{"Effect": "Allow", "Action": "s3:*", "Resource": [{}]}}}}"#, entries.join(","));
    let (old, new) = ([document(&text)], [document(&document_text(0, "thing"))]);
    bencher.bench(|| documents(black_box(&old), black_box(&new), Reference::embedded()));
}

/// Sixty statements about everything but what they name: every two overlap.
#[divan::bench]
fn sixty_statements_that_name_what_they_spare(bencher: Bencher<'_, '_>) {
    let statement = |(index, letter): (usize, char)| {
        let effect = if index % 3 == 0 { "Deny" } else { "Allow" };
        format!(
            r#"{{"Effect": "{effect}", "NotAction": ["s3:*{letter}*", "ec2:{letter}*"], "NotResource": "arn:aws:s3:::{letter}*{index}/*"}}"#
        )
    };
    let statements: Vec<String> = ('a'..='z').cycle().take(60).enumerate().map(statement).collect();
    let text = format!(r#"{{"Statement": [{}]}}"#, statements.join(","));
    let (old, new) = ([document(&text)], [document(&document_text(0, "thing"))]);
    bencher.bench(|| documents(black_box(&old), black_box(&new), Reference::embedded()));
}

/// Wildcards in the actions of two hundred services that nobody knows.
#[divan::bench]
fn actions_of_two_hundred_services(bencher: Bencher<'_, '_>) {
    let statement = |index: usize| {
        let actions: Vec<String> = ('a'..='f').map(|letter| format!("\"svc{index}:*{letter}*\"")).collect();
        format!(r#"{{"Effect": "Allow", "Action": [{}], "Resource": "*"}}"#, actions.join(","))
    };
    let statements: Vec<String> = (0..200).map(statement).collect();
    let text = format!(r#"{{"Statement": [{}]}}"#, statements.join(","));
    let (old, new) = ([document(&text)], [document(&document_text(0, "thing"))]);
    bencher.bench(|| documents(black_box(&old), black_box(&new), Reference::embedded()));
}

#[divan::bench]
fn load_the_reference_and_find_an_action(bencher: Bencher<'_, '_>) {
    let action = "s3:GetObject".parse().unwrap();
    let packed = include_bytes!("../../src/reference/aws.reference");
    bencher.bench(|| Reference::unchecked(black_box(packed)).unwrap().action(&action).is_some());
}

#[divan::bench]
fn all_actions_of_a_pattern(bencher: Bencher<'_, '_>) {
    let pattern = ActionPattern::new("bedrock:Invoke*");
    bencher.bench(|| Reference::embedded().matching(black_box(&pattern)).len());
}

#[divan::bench]
fn yardstick_parse_6_kb(bencher: Bencher<'_, '_>) {
    let text = document_text(0, "thing");
    bencher.bench(|| document(black_box(&text)));
}

#[divan::bench]
fn yardstick_one_evaluation(bencher: Bencher<'_, '_>) {
    let (policies, request) = (principal(false), request());
    bencher.bench(|| evaluate(black_box(&request), black_box(&policies)));
}
