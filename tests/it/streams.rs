//! Inputs that are read as they come: in the order in which they come, on all cores.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::support::generate::Random;
use crate::support::iamdx;
use crate::support::trail::{Shape, record};

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

/// A log that is too large to be held, with denials in it, some of them cut by lines.
fn large_log() -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for number in 0..60 {
        text += &"GET /orders/4711 200 in 12 ms, ünïmportant\n".repeat(1700);
        writeln!(
            text,
            "2026-11-03T10:00:00Z ERROR User: arn:aws:iam::111122223333:user/ana is not authorized to perform:\n  s3:GetObject on \
             resource: \"arn:aws:s3:::b{}/k\" because no identity-based policy allows the s3:GetObject action",
            number % 7
        )
        .unwrap();
    }
    text
}

#[test]
fn a_large_log_tells_the_same_in_every_encoding_as_it_does_as_one_message() {
    let text = large_log();
    assert!(text.len() > 4 << 20);
    let line = serde_json::json!({"id": 1, "raw": text}).to_string();
    let answer = |out: &str| serde_json::from_str::<serde_json::Value>(out).unwrap()["denials"].take();
    let whole = answer(&iamdx(&["explain", "--ndjson"], line.as_bytes()).stdout);
    assert_eq!(whole.as_array().map(Vec::len), Some(7));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let wide: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    // a packed file that was cut gives what it still holds
    let cut = packed[..packed.len() - 4].to_vec();
    let damaged = "iamdx: `standard input` is damaged and cannot be unpacked to its end (unexpected end of file): denials may be missing, \
                   and what stands last may be wrong\n";
    for (bytes, remark) in [(text.clone().into_bytes(), ""), (packed, ""), (wide, ""), (cut, damaged)] {
        let run = iamdx(&["explain", "--format", "json"], &bytes);
        assert_eq!((run.code, run.stderr.as_str()), (0, remark));
        assert_eq!(answer(&run.stdout), whole);
    }
}

#[test]
fn a_large_log_without_a_denial_is_said_to_have_none_and_its_secret_is_told() {
    let text = "GET /orders/4711 200\n".repeat(250_000);
    let run = iamdx(&["explain"], text.as_bytes());
    let said = "iamdx: no denial found in 250000 lines of standard input. Give the whole error message as AWS printed it, or its record in CloudTrail\n";
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (2, "", said));
    let run = iamdx(&["explain"], format!("{text}key AKIAIOSFODNN7EXAMPLE\n{}", large_log()).as_bytes());
    assert_eq!(run.code, 5);
    assert!(run.stderr.starts_with("iamdx: SECURITY") && !run.stderr.contains("IOSFODNN7"), "{}", run.stderr);
}

/// Records of a trail, more than are held at once.
fn large_trail() -> Vec<Value> {
    let mut random = Random::new(18);
    let shape = Shape { denied: 4, names: 3, odd: true };
    let (mut records, mut bytes) = (Vec::new(), 0);
    while bytes < 5 << 20 {
        let record = record(&mut random, shape);
        bytes += record.to_string().len();
        records.push(record);
    }
    records
}

#[test]
fn a_large_trail_tells_the_same_in_every_form_as_it_does_as_one_message() {
    /// The last form.
    const CUT: usize = 8;
    let records = large_trail();
    let lines = || records.iter().map(Value::to_string);
    let array = || Value::from(records.clone());
    let log = "\n  \n2026-11-03T10:00:00Z ERROR User: arn:aws:iam::111122223333:user/ana is not authorized to perform: sns:Publish on resource: \"arn:aws:sns:us-east-1:111122223333:t\" because no identity-based policy allows the sns:Publish action\n";
    let forms = [
        json!({"Records": array()}).to_string(),
        serde_json::to_string_pretty(&json!({"Records": array()})).unwrap(),
        lines().collect::<Vec<_>>().join("\n"),
        lines()
            .map(|line| json!({"EventId": "x", "CloudTrailEvent": line}).to_string())
            .collect::<Vec<_>>()
            .join("\r\n"),
        json!([{"Records": array()}, {"Records": []}]).to_string(),
        format!("{}{log}", json!({"Events": array(), "NextToken": "x"})),
        // a record that was cut
        format!("{}\n{}{log}", lines().collect::<Vec<_>>().join("\n"), &records[0].to_string()[..200]),
        // records where nobody looks for them
        format!("[{}]", array()),
        json!({"Records": array()}).to_string()[..(5 << 20) - 1000].to_owned(),
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trail");
    let answer = |out: &str| serde_json::from_str::<Value>(out).unwrap()["denials"].take();
    for (number, text) in forms.iter().enumerate() {
        let line = json!({"id": 1, "raw": text}).to_string();
        let whole = answer(&iamdx(&["explain", "--ndjson"], line.as_bytes()).stdout);
        assert!(whole.as_array().unwrap().len() > 20, "form {number}");
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(text.as_bytes()).unwrap();
        let wide: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let encoded = [text.clone().into_bytes(), packed.finish().unwrap(), wide];
        // how a text is packed has to do with nothing else
        for bytes in encoded.into_iter().take(if number % 5 == 0 { 3 } else { 1 }) {
            std::fs::write(&path, &bytes).unwrap();
            let run = iamdx(&["explain", "--format", "json", path.to_str().unwrap()], b"");
            assert_eq!((run.code, run.stderr.as_str()), (0, ""), "form {number}");
            assert!(answer(&run.stdout) == whole, "form {number}");
            // a file is read again where it is not as records are; a stream tells what came before, as records
            let streamed = answer(&iamdx(&["explain", "--format", "json"], &bytes).stdout);
            if number < CUT {
                assert!(streamed == whole, "form {number} of standard input");
                continue;
            }
            let mut end = r#"{"Records":["#.len();
            let before = records.iter().take_while(|record| {
                end += record.to_string().len() + 1;
                end <= text.len()
            });
            let denied = before.filter(|record| record["errorCode"].is_string()).count() as u64;
            let told: u64 =
                streamed.as_array().unwrap().iter().map(|denial| denial["occurrences"].as_u64().unwrap()).sum();
            assert!(told == denied || told == denied + 1, "{told} of {denied}");
        }
    }
}
