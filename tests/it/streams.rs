//! Inputs that are read as they come: in the order in which they come, on all cores.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use crate::support::iamdx;

#[test]
fn answers_come_in_the_order_of_the_lines() {
    let (mut lines, mut expected) = (String::new(), String::new());
    for id in 0..5000 {
        match id % 3 {
            0 => {
                writeln!(lines, r#"{{"id": {id}, "raw": "{}"}}"#, "no denial ".repeat(id % 50)).unwrap();
                writeln!(expected, r#"{{"id":{id},"denials":[]}}"#).unwrap();
            }
            1 => lines.push('\n'),
            _ => {
                let line = format!(r#"{{"id": {id}}}"#);
                let error = r#"expected {\"id\": ..., \"raw\": \"text\"}: missing field `raw` at line 1 column"#;
                writeln!(lines, "{line}").unwrap();
                writeln!(expected, r#"{{"id":{id},"error":"{error} {}"}}"#, line.len()).unwrap();
            }
        }
    }
    let run = iamdx(&["explain", "--ndjson"], lines.as_bytes());
    assert_eq!((run.code, run.stdout), (2, expected));
}

#[test]
fn who_waits_for_an_answer_gets_it_although_the_next_line_has_begun() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_iamdx"));
    let mut child = command.args(["explain", "--ndjson"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    for id in 0..3 {
        input.write_all(format!("\"id\": {id}, \"raw\": \"\"}}\n{{").as_bytes()).unwrap();
        let line = output.next().unwrap().unwrap();
        let expected = format!(r#"{{"id":{id},"denials":[]}}"#);
        assert!(line == expected || (id == 0 && line.starts_with(r#"{"id":null,"error":"#)), "{line}");
    }
    drop(input);
    assert_eq!(output.map(Result::unwrap).count(), 1);
    assert_eq!(child.wait().unwrap().code(), Some(2));
}
