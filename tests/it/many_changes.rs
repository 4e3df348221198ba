//! A fix that takes many changes: found while a principal can have so many, and where the search ends it says so.

use crate::support::iamdx;

/// The report on a user with so many policies, each with a Deny of its own.
fn with_denies(count: usize) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let allow =
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}"#;
    std::fs::write(path("allow.json"), allow).unwrap();
    let mut arguments = vec![
        "diagnose".to_owned(),
        "-m".to_owned(),
        "User: arn:aws:iam::111122223333:user/ana is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::reports/q3.csv\" \
         with an explicit deny in an identity-based policy"
            .to_owned(),
        "--identity-policy".to_owned(),
        path("allow.json"),
        "--no-scp".to_owned(),
        "--no-rcp".to_owned(),
    ];
    for number in 0..count {
        let deny = format!(
            "{{\"Version\": \"2012-10-17\", \"Statement\": {{\"Sid\": \"No{number}\", \"Effect\": \"Deny\", \"Action\": \"s3:GetObject\", \"Resource\": \
             \"arn:aws:s3:::reports/*\"}}}}"
        );
        let file = path(&format!("deny-{number}.json"));
        std::fs::write(&file, deny).unwrap();
        arguments.extend(["--identity-policy".to_owned(), file]);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    iamdx(&arguments, b"").whole()
}

/// The heading of the fix.
fn fix(report: &str) -> String {
    let heading = |line: &&str| line.starts_with("FIX") || line.starts_with("OPTION");
    report.lines().find(heading).unwrap_or(report).to_owned()
}

#[test]
fn eleven_policies_with_a_deny_each_are_changed_together() {
    assert_eq!(fix(&with_denies(11)), "FIX  11 changes by the account admin, all needed; needs review");
}

#[test]
fn many_changes_are_told_in_one_line_and_so_are_the_statements_that_need_them() {
    let report = with_denies(11);
    let line = |start: &str| {
        report.lines().find(|line| line.trim_start().starts_with(start)).unwrap_or_else(|| panic!("{report}"))
    };
    assert_eq!(line("and 9 more: "), "       and 9 more: --all");
    let others = report.split_once("and 9 more, in ").unwrap().1.split_once(" (--all)").unwrap().0;
    assert_eq!(others.matches("deny-").count(), 9, "{report}");
    assert!(!report.contains(" 3  ") && report.contains("MORE"), "{report}");
}

#[test]
fn a_search_that_ends_says_so_and_not_that_there_is_no_fix() {
    assert_eq!(fix(&with_denies(70)), "FIX  The search for a fix ended after 64 changes: ask the account admin");
}
