//! How far a command is: shown on a terminal after a second, gone before anything else is written, and nowhere else.

use crate::support::terminal::terminal;

const DENIAL: &str = r#"An error occurred (AccessDenied) when calling the GetObject operation: User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::reports/q1.csv" because no identity-based policy allows the s3:GetObject action"#;

/// The first words of the line, while a pipe with a name of its own is read.
const LINE: &str = "iamdx: reading slow: ";

/// What the terminal shows of a command whose input, the pipe `$SLOW`, lets it wait for so many seconds.
fn waited(seconds: &str, input: &str, command: &str, variables: &[(&str, &str)]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("input"), input).unwrap();
    let line = format!(
        "cd '{}'; mkfifo slow; (sleep {seconds}; cat input) > slow & {command}; echo; echo exit $?",
        folder.path().display()
    );
    terminal(&line, "", variables)
}

/// The screen after all that was erased: what a line begins with again takes its place.
fn screen(shown: &str) -> String {
    let lines = shown.lines().map(|line| line.rsplit_once("\r\u{1b}[2K").map_or(line, |(_, rest)| rest));
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn whoever_waits_sees_it_and_the_answer_stands_alone() {
    let Some(shown) = waited("1.7", DENIAL, "$IAMDX explain slow --format json > out; head -c 25 out", &[]) else {
        return;
    };
    assert!(shown.starts_with(&format!("{LINE}0 B so far, 1s")), "{shown:?}");
    assert_eq!(screen(&shown), "{\n  \"schema_version\": 1,\n\nexit 0\n");
    // on the same terminal as the answer
    let shown = waited("1.7", DENIAL, "$IAMDX explain slow", &[]).unwrap();
    assert!(shown.contains(LINE), "{shown:?}");
    let screen = screen(&shown);
    assert!(
        screen.starts_with("\u{1b}[1m\u{1b}[31mDENIED\u{1b}[0m  s3:GetObject\n") && !screen.contains(LINE),
        "{screen:?}"
    );
}

#[test]
fn nobody_else_sees_anything_of_it() {
    type Quiet<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);
    let quiet: [Quiet<'_>; 3] = [
        // who does not wait
        ("0.1", "$IAMDX explain slow > out", &[]),
        // a file, or another program
        ("1.5", "$IAMDX explain slow > out 2> errors; cat errors", &[]),
        // a terminal that cannot erase
        ("1.5", "$IAMDX explain slow > out", &[("TERM", "dumb")]),
    ];
    for (seconds, command, variables) in quiet {
        let Some(shown) = waited(seconds, DENIAL, command, variables) else {
            return;
        };
        assert_eq!(shown, "\nexit 0\n", "{command} {variables:?}");
    }
}

#[test]
fn a_filter_shows_it_until_its_first_answer() {
    let line = format!("{}\n", serde_json::json!({"id": 1, "raw": DENIAL}));
    // whatever another program of the pipe writes to the terminal stands alone
    let command = "(cat slow; sleep 1.3) | $IAMDX explain --ndjson | cut -c 1-20";
    let Some(shown) = waited("1.5", &line, command, &[]) else {
        return;
    };
    assert!(shown.starts_with("iamdx: reading standard input: 0 B so far, 1s"), "{shown:?}");
    assert_eq!(screen(&shown), "{\"id\":1,\"denials\":[{\n\nexit 0\n");
    assert!(shown.trim_end().ends_with("{\"id\":1,\"denials\":[{\n\nexit 0"), "{shown:?}");
}

#[test]
fn a_name_from_elsewhere_does_nothing_to_the_terminal() {
    let command = "ln slow \"$NAME\"; $IAMDX explain \"$NAME\" > out";
    let name = format!("a\u{1b}]0;title\u{7}\r\n{}", "b".repeat(100));
    let Some(shown) = waited("1.5", DENIAL, command, &[("NAME", &name)]) else {
        return;
    };
    assert!(shown.starts_with("iamdx: reading a"), "{shown:?}");
    assert!(
        shown.replace("\u{1b}[2K", "").chars().all(|letter| !letter.is_control() || "\r\n".contains(letter)),
        "{shown:?}"
    );
    assert!(shown.lines().next().unwrap().split('\r').next().unwrap().chars().count() <= 80, "{shown:?}");
}
