//! What is given to people: the places that name the version, the action, the job and the hooks, and the YAML of the pages about them.

#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use saphyr_parser::{Event, Parser};

use crate::support::repository::Repository;
use crate::support::{project, read};

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn every_place_names_the_same_version() {
    let checked = Command::new(project().join(".ci/release")).arg("--check").output().unwrap();
    assert_eq!(text(&checked), format!("every place names {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn the_wheel_is_built_in_a_profile_that_there_is() {
    let project = read("pyproject.toml");
    let profile = project.lines().find_map(|line| line.strip_prefix("profile = ")).unwrap().trim_matches('"');
    assert!(read("Cargo.toml").contains(&format!("\n[profile.{profile}]\n")), "{profile}");
}

#[test]
fn one_command_makes_a_version() {
    let repository = Repository::new();
    let names = [
        "Cargo.toml",
        "Cargo.lock",
        "CHANGELOG.md",
        "action.yml",
        "docs/ci.md",
        "docs/ci/gitlab.yml",
        "tests/fuzz/Cargo.lock",
    ];
    for name in names {
        repository.write(name, &read(name));
    }
    let script = repository.path().join(".ci/release");
    fs::create_dir(repository.path().join(".ci")).unwrap();
    fs::copy(project().join(".ci/release"), &script).unwrap();
    repository.commit();
    let release = |arguments: &[&str]| {
        let output = repository.run(Command::new("bash").arg(&script).args(arguments), &[]);
        format!("{}exit {}", text(&output), output.status.code().unwrap_or(-1))
    };
    assert!(release(&["9.9"]).contains("give a version") && release(&["--check", "v9.9.9"]).ends_with("exit 1"));
    // nobody's address is made up
    assert!(release(&["9.9.9"]).contains("the remote origin is no https address"));
    assert_eq!(repository.git(&["status", "--short"]), "");
    repository.git(&["remote", "add", "origin", "https://x:token@example.com/somebody/iamdx.git"]);
    assert!(release(&["9.9.9"]).ends_with("exit 0"));
    let changed: Vec<String> = names.iter().flat_map(|name| changes(&repository, name)).collect();
    let day = regex::Regex::new("(?m)- 20[0-9-]+$").unwrap();
    insta::assert_snapshot!(
        day.replace_all(&changed.join("\n"), "- DAY").replace(env!("CARGO_PKG_VERSION"), "VERSION")
    );
    assert_eq!(release(&["--check", "v9.9.9"]), "every place names 9.9.9\nexit 0");
    repository.commit();
    repository.git(&["tag", "v9.9.9"]);
    assert!(release(&["9.9.9"]).contains("there is a tag"));
    // one that was forgotten is found
    repository.write("action.yml", &read("action.yml"));
    assert!(release(&["--check"]).contains("action.yml names"));
}

/// The lines that the command changed.
fn changes(repository: &Repository, name: &str) -> Vec<String> {
    let told = repository.git(&["diff", "--unified=0", "--", name]);
    let changed = told
        .lines()
        .filter(|line| line.starts_with(['+', '-']) && !line.starts_with("+++ ") && !line.starts_with("--- "));
    changed.map(|line| format!("{name}: {line}")).collect()
}

#[test]
fn no_input_of_the_action_is_a_part_of_a_script() {
    let action = read("action.yml");
    let runs: Vec<&str> = action.lines().map(str::trim).filter_map(|line| line.strip_prefix("run: ")).collect();
    assert!(runs.len() >= 4 && runs.iter().all(|run| !run.contains("${{")), "{runs:?}");
    for run in runs {
        let script = run.trim_matches('\'').trim_matches('"').strip_prefix("$GITHUB_ACTION_PATH/").unwrap();
        assert!(is_executable(&project().join(script)), "{script}");
    }
    // each variable that a step gets is used by its script, and by its name
    let mut script = String::new();
    for line in action.lines() {
        if let Some((_, name)) = line.split_once(".github/action/") {
            script = read(format!(".github/action/{}", name.trim_end_matches(['\'', '"'])));
        }
        let variable = line
            .trim()
            .split_once(": ${{")
            .map(|(name, _)| name)
            .filter(|name| name.chars().all(|c| c.is_ascii_uppercase() || c == '_'));
        if let Some(variable) = variable {
            assert!(
                script.contains(&format!("{variable}:-"))
                    || script.contains(&format!("${variable}"))
                    || script.contains(&format!("${{{variable}")),
                "{variable}"
            );
        }
    }
}

fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).unwrap().permissions().mode() & 0o111 != 0
}

#[test]
fn every_action_is_pinned_by_the_hash_of_a_commit() {
    let pinned = regex::Regex::new(r"^[A-Za-z0-9_./-]+@[0-9a-f]{40} # v[0-9.]+$").unwrap();
    let mut seen = 0;
    for file in ["action.yml", ".github/workflows/ci.yml", ".github/workflows/release.yml"] {
        for line in read(file).lines() {
            if let Some((_, uses)) = line.split_once("uses: ") {
                assert!(pinned.is_match(uses), "{file}: {uses}");
                seen += 1;
            }
        }
    }
    assert!(seen > 10);
}

#[test]
fn every_yaml_of_the_page_about_ci_is_read_and_takes_inputs_that_there_are() {
    let page = read("docs/ci.md");
    let blocks: Vec<&str> = page.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(blocks.len() >= 6);
    let inputs = keys_below(&read("action.yml"), "inputs");
    for block in blocks {
        let broken = Parser::new_from_str(block).find_map(Result::err);
        assert!(broken.is_none(), "{broken:?}\n{block}");
        let action = block.split("uses: OWNER/iamdx@").nth(1).map(|rest| rest.split("with:\n").nth(1).unwrap());
        for line in action.into_iter().flat_map(str::lines) {
            let Some((name, _)) = line.trim().split_once(':') else { continue };
            assert!(inputs.iter().any(|input| input == name), "{name} is no input\n{block}");
        }
    }
    for input in [
        "paths",
        "base",
        "old",
        "new",
        "tests",
        "fail-on",
        "undetermined",
        "sarif",
        "version",
        "sha256",
        "binary",
        "log",
    ] {
        assert!(inputs.iter().any(|known| known == input) && page.contains(input), "{input}");
    }
    let hooks = read(".pre-commit-hooks.yaml");
    for id in page.lines().filter_map(|line| line.trim().strip_prefix("- id: ")) {
        assert!(hooks.contains(&format!("- id: {id}\n")), "{id}");
    }
}

/// The keys of a mapping at the top of a file.
fn keys_below(yaml: &str, top: &str) -> Vec<String> {
    let rest = yaml.split(&format!("\n{top}:\n")).nth(1).unwrap();
    let own = rest.lines().take_while(|line| line.starts_with(' '));
    own.filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .map(|line| line.trim().trim_end_matches(':').to_owned())
        .collect()
}

#[test]
fn the_template_the_hooks_and_the_workflows_are_yaml() {
    for file in [
        "action.yml",
        "docs/ci/gitlab.yml",
        ".pre-commit-hooks.yaml",
        ".github/workflows/ci.yml",
        ".github/workflows/release.yml",
    ] {
        let text = read(file);
        let events: Vec<Event<'_>> = Parser::new_from_str(&text).map(|event| event.unwrap().0).collect();
        assert!(events.len() > 5, "{file}");
    }
}
