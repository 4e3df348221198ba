//! `--format`: every row of the table writes the answer of every command that takes it, and no other command takes it.

use iamdx::report::{CommandReport, Detail, FORMATS, Format, Style, page::Block};

use crate::support::iamdx;

/// A question for each command that answers without AWS.
const ASKED: [&[&str]; 6] = [
    &["diagnose", "fixtures/cases/explicit-deny/guard-on-group/denial.txt"],
    &["diff", "fixtures/policies/mfa.json", "fixtures/policies/keep-bucket.json"],
    &["explain", "fixtures/cases/explicit-deny/guard-on-group/denial.txt"],
    &["simulate", "--principal", "anonymous", "--action", "s3:GetObject", "--resource", "arn:aws:s3:::a/b"],
    &["simulate", "--who", "--snapshot", "fixtures/snapshots/who.json", "--action", "s3:GetObject", "--resource", "*"],
    &["test", "fixtures/evaluation/unknown.json"],
];

#[test]
fn each_format_writes_the_answer_of_each_command_that_takes_it() {
    for format in FORMATS {
        for asked in ASKED.iter().filter(|asked| format.commands.contains(&asked[0])) {
            let answer = iamdx(&[asked, &["--format", format.name][..]].concat(), b"");
            assert_ne!(answer.code, 2, "{asked:?} {}: {}", format.name, answer.stderr);
            let nothing = format.name == "github" && asked[0] == "test";
            assert!(
                nothing || answer.stdout.trim().len() > 20 && answer.stdout.ends_with('\n'),
                "{asked:?} {}",
                format.name
            );
        }
    }
}

#[test]
fn a_command_refuses_a_format_that_it_does_not_take_and_names_those_that_it_takes() {
    for asked in ASKED {
        let taken: Vec<_> = FORMATS.iter().filter(|format| format.commands.contains(&asked[0])).collect();
        let refused = FORMATS.iter().map(|format| format.name).filter(|name| taken.iter().all(|row| row.name != *name));
        let others = |name| FORMATS.iter().find(|row| row.name == name).map(|row| row.commands.join(", "));
        for name in refused.chain(["yaml"]) {
            let answer = iamdx(&[asked, &["--format", name][..]].concat(), b"");
            let names: Vec<_> = taken.iter().map(|format| format.name).collect();
            assert_eq!((answer.code, answer.stdout.as_str()), (2, ""), "{asked:?} {name}");
            assert!(answer.stderr.contains(&format!("[possible values: {}]", names.join(", "))), "{}", answer.stderr);
            let others = others(name).map(|others| format!("\n`{name}` is a format of: {others}\n"));
            assert!(others.is_none_or(|others| answer.stderr.ends_with(&others)), "{}", answer.stderr);
        }
    }
}

#[test]
fn a_format_is_a_function_from_the_page_and_a_row() {
    let headings = Format {
        name: "headings",
        help: "The names of the sections",
        commands: &["diagnose"],
        render: |report, detail, _| {
            let page = report.page(detail);
            let headings = page.blocks().iter().filter_map(|block| match block {
                Block::Heading { word, .. } => Some(word.as_str()),
                _ => None,
            });
            headings.collect::<Vec<_>>().join(", ")
        },
    };
    let text = "User: arn:aws:iam::123456789012:user/ana is not authorized to perform: s3:GetObject on resource: \
                arn:aws:s3:::a/b because no identity-based policy allows the s3:GetObject action";
    let denials = iamdx::denial::parse_text(text);
    let snapshot = iamdx::snapshot::Snapshot::default();
    let options = iamdx::Options::default();
    let reports: Vec<_> = denials.iter().map(|denial| iamdx::diagnose(denial, &snapshot, &options)).collect();
    let report: &dyn CommandReport = &reports;
    let written = headings.write(report, Detail::ALL, Style::default());
    assert_eq!(written, "DENIED, IN SHORT, FIX, ASSUMED, NOT CHECKED");
}
