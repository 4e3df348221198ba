//! The documentation says what the program does: generated parts are fresh, links lead somewhere.

use std::path::Path;

use crate::support::{entries, project, read};

/// Every page of documentation.
fn pages() -> Vec<std::path::PathBuf> {
    let mut all = vec![project().join("README.md"), project().join("CHANGELOG.md")];
    all.extend(
        entries("docs")
            .into_iter()
            .chain(entries("docs/causes"))
            .filter(|path| path.extension().is_some_and(|e| e == "md")),
    );
    all
}

#[test]
fn links_between_pages_lead_somewhere() {
    for page in pages() {
        let text = read(&page);
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if target.starts_with("http") || target.starts_with('#') {
                continue;
            }
            let path = target.split('#').next().unwrap();
            let found = page.parent().unwrap().join(path);
            assert!(found.exists(), "{} links to {target}", page.display());
        }
    }
}

/// The page of a cause shows the report of one of its cases, whole.
#[test]
fn every_cause_shows_a_real_report() {
    for cause in iamdx::diagnose::CAUSES {
        let shown = cause.page.split("```text\n").nth(1).and_then(|rest| rest.split("```").next());
        let shown = shown.unwrap_or_else(|| panic!("docs/causes/{}.md shows no report", cause.id));
        let cases = entries(Path::new("fixtures/cases").join(cause.id));
        let real = cases.iter().any(|case| report(&read(case.join("text.snap"))) == shown);
        assert!(real, "docs/causes/{}.md shows a report that none of its cases gives", cause.id);
    }
}

/// The README shows what its first command prints.
#[test]
fn the_readme_shows_what_its_first_command_prints() {
    let real = report(&read("fixtures/cases/explicit-deny/guard-on-group/text.snap"));
    assert!(read("README.md").contains(&real), "the example in README.md is not what the command prints");
}

/// What the binary printed, out of a snapshot file.
fn report(snapshot: &str) -> String {
    let printed = snapshot.split("--- stdout\n").nth(1).unwrap();
    let printed = printed.split("--- stderr\n").next().unwrap();
    format!("{}\n", printed.trim_end())
}
