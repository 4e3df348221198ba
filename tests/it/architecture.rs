//! The rules of the house, read from the sources: layers, file sizes, and that causes, pages and cases are the same set.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::support::{entries, project, read};

/// Every source file, relative to src/.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in entries(folder) {
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path.strip_prefix(project().join("src")).unwrap().to_owned());
        }
    }
}

/// The layer of a module: it may use lower layers only.
fn layer(module: &str) -> u8 {
    match module {
        "text" => 0,
        "iam" => 1,
        "denial" | "evaluate" | "reference" | "snapshot" => 2,
        "aws_evidence" | "difference" => 3,
        "deduce" | "infer" => 4,
        "diagnose" | "triage" => 5,
        "remedy" => 6,
        "several" | "simulator_check" => 7,
        "diagnosed" | "probe" => 8,
        "report::words" => 9,
        "render" => 10,
        "report" => 11,
        "aws" => 12,
        "cli" => 13,
        "python" => 14,
        other => panic!("src/{other} has no layer: give it one here and in docs/architecture.md"),
    }
}

#[test]
fn a_module_uses_lower_layers_only() {
    let mut files = Vec::new();
    sources(Path::new("src"), &mut files);
    for file in files {
        let Some(module) = file.iter().next().and_then(|part| part.to_str()).map(|part| part.trim_end_matches(".rs"))
        else {
            continue;
        };
        let module = if file.starts_with("report/words") { "report::words" } else { module };
        let test = file.iter().any(|part| part == "tests" || part == "tests.rs");
        if test || ["lib", "main"].contains(&module) {
            continue;
        }
        let text = read(Path::new("src").join(&file));
        let code = text.split("#[cfg(test)]").next().unwrap();
        for used in code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .flat_map(|line| line.split("crate::").skip(1))
        {
            let name: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let used = if used.starts_with("report::words") { "report::words".to_owned() } else { name };
            // the functions of lib.rs itself are the pipeline, which the command line runs
            let own = used == module || module.starts_with(&format!("{used}::"));
            if own
                || (module == "cli"
                    && ["diagnose", "diagnose_all", "diagnose_trail", "look", "Options"].contains(&used.as_str()))
            {
                continue;
            }
            assert!(layer(&used) < layer(module), "src/{} uses crate::{used}", file.display());
        }
    }
}

#[test]
fn a_file_answers_one_question_and_says_which() {
    let mut files = Vec::new();
    sources(Path::new("src"), &mut files);
    for file in files {
        let text = read(Path::new("src").join(&file));
        assert!(text.starts_with("//! "), "src/{} does not say what it answers", file.display());
        let lines = text.lines().count();
        assert!(lines <= 600, "src/{} has {lines} lines", file.display());
        let name = file.file_stem().unwrap();
        assert!(name != "utils" && name != "helpers", "src/{}", file.display());
    }
}

#[test]
fn causes_pages_and_cases_are_the_same_set() {
    let causes: BTreeSet<String> = iamdx::diagnose::CAUSES.iter().map(|cause| cause.id.to_owned()).collect();
    let pages: BTreeSet<String> =
        entries("docs/causes").iter().map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    let cases: BTreeSet<String> =
        entries("fixtures/cases").iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect();
    assert_eq!(causes, pages);
    assert_eq!(causes, cases);
}

#[test]
fn every_page_of_a_cause_has_the_same_headings() {
    for cause in iamdx::diagnose::CAUSES {
        let headings: Vec<&str> = cause.page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(headings, ["What it means", "What AWS says", "Why", "Fix", "Example"], "{}", cause.id);
        assert!(cause.page.starts_with(&format!("# {}\n", cause.id)));
    }
}

/// The schema describes every answer, so it is made by a build that has the probe.
#[cfg(feature = "bedrock")]
#[test]
fn what_is_generated_is_fresh() {
    let schema = crate::support::iamdx(&["schema"], b"");
    assert!(schema.stdout == read("docs/report-schema.json"), "run: iamdx schema > docs/report-schema.json");
}
