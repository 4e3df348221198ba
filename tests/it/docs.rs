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
        // a page that is kept as what differs from another is not shown
        let pages = cases.iter().map(|case| read(case.join("text.snap"))).filter(|page| page.contains("--- stdout\n"));
        let real = pages.into_iter().any(|page| report(&page) == shown);
        assert!(real, "docs/causes/{}.md shows a report that none of its cases gives", cause.id);
    }
}

/// The README shows what its first command prints.
#[test]
fn the_readme_shows_what_its_first_command_prints() {
    let real = report(&read("fixtures/cases/explicit-deny/guard-on-group/text.snap"));
    assert!(read("README.md").contains(&real), "the example in README.md is not what the command prints");
}

/// The README shows what a probe of four models prints, as far as the reason.
#[cfg(feature = "bedrock-live")]
#[test]
fn the_readme_shows_what_a_probe_prints() {
    let snapshot = read("tests/it/snapshots/it__probe__probe_four_models.snap");
    let printed = snapshot.split("---\n").nth(2).unwrap().split("\nNOT CHECKED\n").next().unwrap();
    assert!(
        read("README.md").contains(printed),
        "the probe in README.md is not what the command prints: .ci/refresh-docs"
    );
}

/// The policies of docs/bedrock.md allow every request that a call through the profile makes, and nothing past it.
#[test]
fn the_grants_of_the_page_about_bedrock_are_complete() {
    let page = read("docs/bedrock.md");
    let documents: Vec<&str> = page.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    let model = "anthropic.claude-sonnet-4-5-20250929-v1:0";
    let at = |region: &str| format!("arn:aws:bedrock:{region}::foundation-model/{model}");
    let profile = |scope: &str| format!("arn:aws:bedrock:us-east-1:111122223333:inference-profile/{scope}.{model}");
    let decide = |document: &str, action: &str, resource: &str, region: &str, profile: Option<&str>| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy.json").to_string_lossy().into_owned();
        std::fs::write(&path, document).unwrap();
        let region = format!("aws:RequestedRegion={region}");
        let through = profile.map(|profile| format!("bedrock:InferenceProfileArn={profile}"));
        let mut arguments = vec!["simulate", "--principal", "arn:aws:iam::111122223333:user/alice", "--action", action];
        arguments.extend([
            "--resource",
            resource,
            "--identity-policy",
            &path,
            "--context-complete",
            "--context",
            &region,
        ]);
        arguments.extend(through.iter().flat_map(|through| ["--context", through.as_str()]));
        let run = crate::support::iamdx(&[&arguments[..], &["--format", "json"]].concat(), b"");
        let answer: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let allowed = answer["matched_statements"].as_array().is_some_and(|all| !all.is_empty());
        assert!(answer["decision"] != "explicitDeny", "{}", run.whole());
        allowed
    };
    let [geographic, global] = documents.as_slice() else { panic!("{} policies", documents.len()) };
    for action in ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"] {
        let (us, world) = (profile("us"), profile("global"));
        assert!(decide(geographic, action, &us, "us-east-1", None));
        for region in ["us-east-1", "us-east-2", "us-west-2"] {
            assert!(decide(geographic, action, &at(region), region, Some(&us)), "{region}");
            assert!(!decide(geographic, action, &at(region), region, None), "{region}, past the profile");
        }
        assert!(!decide(geographic, action, &at("eu-west-3"), "eu-west-3", Some(&us)));
        assert!(decide(global, action, &world, "us-east-1", None));
        assert!(decide(global, action, &at("us-east-1"), "us-east-1", Some(&world)));
        assert!(decide(global, action, &at(""), "unspecified", Some(&world)));
        assert!(!decide(global, action, &at(""), "unspecified", None), "past the profile");
    }
}

/// What the binary printed, out of a snapshot file.
fn report(snapshot: &str) -> String {
    let printed = snapshot.split("--- stdout\n").nth(1).unwrap();
    let printed = printed.split("--- stderr\n").next().unwrap();
    format!("{}\n", printed.trim_end())
}

/// Each example of a fixture on the page for beginners is what the program prints.
#[test]
fn every_example_for_beginners_is_what_the_program_prints() {
    let page = read("docs/getting-started.md");
    let mut count = 0;
    for block in page.split("```console\n$ iamdx ").skip(1) {
        let (command, rest) = block.split_once('\n').unwrap();
        // the others have files of the reader
        if !command.contains("fixtures/") {
            continue;
        }
        let printed = rest.split("```").next().unwrap();
        let arguments: Vec<&str> = command.split(' ').collect();
        assert_eq!(crate::support::iamdx(&arguments, b"").stdout, printed, "iamdx {command}: .ci/refresh-docs");
        count += 1;
    }
    assert!(count >= 4, "{count}");
}
