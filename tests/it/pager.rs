//! A terminal: what is longer than it goes through a pager.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use crate::support::project;

const CASE: &str = "fixtures/cases/explicit-deny/guard-on-group";

/// What a terminal of 24 rows and 80 columns shows, by `script` of util-linux; `None` where a machine has none.
fn shown(options: &str, variables: &[(&str, &str)]) -> Option<String> {
    let program = env!("CARGO_BIN_EXE_iamdx");
    let line = format!(
        "stty rows 24 cols 80; '{program}' diagnose {CASE}/denial.txt --snapshot {CASE}/snapshot.json {options}; echo exit $?"
    );
    let mut script = Command::new("script");
    script.current_dir(project()).args(["-qec", &line, "/dev/null"]).env_remove("NO_COLOR").env("TERM", "xterm");
    let run = script.env_remove("LESS").envs(variables.iter().copied()).output().ok()?;
    Some(String::from_utf8_lossy(&run.stdout).replace('\r', ""))
}

#[test]
#[expect(clippy::print_stderr, reason = "that it was not tried is to be seen")]
fn what_is_longer_than_the_terminal_goes_through_the_pager() {
    let folder = tempfile::tempdir().unwrap();
    let pager = folder.path().join("pager");
    std::fs::write(&pager, "#!/bin/sh\necho paged with LESS=$LESS\nhead -1\n").unwrap();
    std::fs::set_permissions(&pager, std::fs::Permissions::from_mode(0o755)).unwrap();
    let pager = pager.to_string_lossy().into_owned();
    let Some(paged) = shown("--all", &[("PAGER", &pager)]) else {
        eprintln!("not tried: this machine has no `script`");
        return;
    };
    let denied = "\u{1b}[1m\u{1b}[31mDENIED\u{1b}[0m  bedrock:InvokeModel\n";
    assert_eq!(paged, format!("paged with LESS=FRX\n{denied}exit 0\n"));
    // an own choice for less stays, and a command with arguments is one too
    let own = format!("{pager} --flag");
    assert!(shown("--all", &[("PAGER", &own), ("LESS", "S")]).unwrap().starts_with("paged with LESS=S\n"));
    let without: [(&str, &[(&str, &str)]); 6] = [
        ("--brief", &[("PAGER", &pager)]),
        ("--all --no-pager", &[("PAGER", &pager)]),
        ("--all", &[("PAGER", "")]),
        ("--all", &[("PAGER", "cat")]),
        ("--all", &[("PAGER", "/nowhere/pager")]),
        ("--all", &[("PAGER", &pager), ("TERM", "dumb")]),
    ];
    for (options, variables) in without {
        let shown = shown(options, variables).unwrap();
        assert!(!shown.contains("paged with") && shown.contains("DENIED"), "{options} {variables:?}\n{shown}");
        assert!(shown.ends_with("exit 0\n"), "{options} {variables:?}");
    }
    // nothing is coloured for whoever wants none
    let plain = shown("--brief", &[("NO_COLOR", "1")]).unwrap();
    assert!(!plain.contains('\u{1b}'), "{plain:?}");
}
