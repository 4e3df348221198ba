//! Commands inside another program: answers are those of the program, and two runs know nothing of each other.

use std::collections::BTreeMap;

use iamdx::cli::call::{FailureKind, call};

use crate::support::iamdx;

const SAID: &str = "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:GetObject on resource: \
    \"arn:aws:s3:::reports/2026/q1.csv\" because no identity-based policy allows the s3:GetObject action";

fn arguments(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn texts(texts: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
    texts.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
}

#[test]
fn an_answer_is_that_of_the_program() {
    for words in [&["explain", "--format", "json"][..], &["explain"], &["explain", "--redact"]] {
        let answer = call(&arguments(&[words, &["<message>"]].concat()), texts(&[("<message>", SAID)])).unwrap();
        let told = iamdx(&[words, &["-m", SAID]].concat(), b"");
        assert_eq!((answer.text, answer.exit), (told.stdout, 0));
    }
}

#[test]
fn a_secret_and_the_names_of_one_run_are_nothing_to_the_next() {
    let leak = format!("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n{SAID}");
    let hidden = call(&arguments(&["explain", "--redact", "<message>"]), texts(&[("<message>", &leak)])).unwrap();
    assert_eq!(hidden.exit, 5);
    assert!(!hidden.text.contains("alice") && hidden.remarks.len() == 1, "{hidden:?}");

    let said = SAID.replace("reports/2026/q1.csv", "bPxRfiCYEXAMPLEKEY");
    let next = call(&arguments(&["explain", "<message>"]), texts(&[("<message>", &said)])).unwrap();
    assert!(next.text.contains("alice") && next.text.contains("bPxRfiCYEXAMPLEKEY"), "{next:?}");
}

#[test]
fn a_failure_has_its_place() {
    let words = arguments(&["diagnose", "<message>", "--snapshot", "<snapshot>"]);
    let failure = call(&words, texts(&[("<message>", SAID), ("<snapshot>", "{\"accounts\":\n  [}")])).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Input);
    assert_eq!((failure.path.as_deref(), failure.line, failure.column), (Some("<snapshot>"), Some(2), Some(4)));
}

#[test]
fn only_what_answers_is_run() {
    for words in [&["run", "--", "true"][..], &["man"], &["help", "exit-codes"]] {
        let failure = call(&arguments(words), BTreeMap::new()).unwrap_err();
        assert_eq!(failure.message, "this command is not run inside another program");
    }
}
