//! A terminal: what is longer than it goes through a pager.

use std::os::unix::fs::PermissionsExt as _;

use crate::support::terminal::terminal;

const CASE: &str = "fixtures/cases/explicit-deny/guard-on-group";

/// What a terminal shows of the case.
fn shown(options: &str, variables: &[(&str, &str)]) -> Option<String> {
    let line = format!("$IAMDX diagnose {CASE}/denial.txt --snapshot {CASE}/snapshot.json {options}; echo exit $?");
    terminal(&line, "", variables)
}

#[test]
fn what_is_longer_than_the_terminal_goes_through_the_pager() {
    let folder = tempfile::tempdir().unwrap();
    let pager = folder.path().join("pager");
    std::fs::write(&pager, "#!/bin/sh\necho paged with LESS=$LESS\nhead -1\n").unwrap();
    std::fs::set_permissions(&pager, std::fs::Permissions::from_mode(0o755)).unwrap();
    let pager = pager.to_string_lossy().into_owned();
    let Some(paged) = shown("--all", &[("PAGER", &pager)]) else {
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
