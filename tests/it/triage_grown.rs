//! `iamdx triage --state` over files that grow, as exports do to which records are appended.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::generate::Random;
use crate::support::trail::{self, Shape};
use crate::triage::{answer, counts, triage};

/// So many records, one a line.
fn lines(random: &mut Random, many: usize) -> String {
    let shape = Shape { denied: 30, names: 4, odd: true };
    (0..many).map(|_| trail::record(random, shape).to_string() + "\n").collect()
}

fn append(folder: &Path, text: &str) {
    File::options()
        .append(true)
        .create(true)
        .open(folder.join("trail.ndjson"))
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
}

/// What a run tells of files: read, grown, seen before, skipped.
fn files(answer: &Value) -> Value {
    let trail = &answer["trail"];
    json!([trail["files"], trail["grown"], trail["seen_before"], trail["skipped"].as_array().unwrap().len()])
}

const STATE: [&str; 3] = [".", "--state", "kept.state"];

#[test]
fn of_a_file_that_has_grown_only_what_was_added_counts() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random::new(31);
    append(folder.path(), &lines(&mut random, 200));
    assert_eq!(files(&answer(folder.path(), &STATE)), json!([1, null, 0, 0]));
    for more in [1, 300] {
        append(folder.path(), &lines(&mut random, more));
        let found = answer(folder.path(), &STATE);
        let whole = answer(folder.path(), &["."]);
        assert_eq!(files(&found), json!([1, 1, 0, 0]));
        assert_eq!(found["trail"]["tally"], whole["trail"]["tally"]);
        assert_eq!(found["trail"]["bytes"], whole["trail"]["bytes"]);
    }
    assert_eq!(counts(&answer(folder.path(), &STATE)).0, 501);
    append(folder.path(), &lines(&mut random, 10));
    let (_, text, _) = triage(folder.path(), &STATE);
    assert!(text.contains("1 file has grown since it was counted: what was added counts"), "{text}");
}

#[test]
fn what_was_added_is_damaged_or_another_file_has_the_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random::new(32);
    let (first, second) = (lines(&mut random, 100), lines(&mut random, 100));
    append(folder.path(), &first);
    answer(folder.path(), &STATE);
    // it was cut within a line
    append(folder.path(), &second[..second.len() - 30]);
    let cut = answer(folder.path(), &STATE);
    assert_eq!((files(&cut), counts(&cut).0), (json!([1, null, 0, 1]), 100));
    assert_eq!(
        cut["trail"]["skipped"][0]["why"].as_str().unwrap().replace(',', ""),
        format!("it ends inside a record; its first {} bytes were counted in an earlier run and stay so", first.len())
    );
    append(folder.path(), &second[second.len() - 30..]);
    let whole = answer(folder.path(), &STATE);
    assert_eq!((files(&whole), counts(&whole).0), (json!([1, 1, 0, 0]), 200));
    // the name stays and what it holds is another: all of it counts
    let third = lines(&mut random, 400);
    assert!(third.len() > first.len() + second.len());
    fs::write(folder.path().join("trail.ndjson"), &third).unwrap();
    let all = answer(folder.path(), &STATE);
    assert_eq!((files(&all), counts(&all).0), (json!([2, null, 0, 0]), 600));
}

#[test]
fn a_packed_file_that_has_grown_counts_whole_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random::new(33);
    let pack = |text: &str| {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(text.as_bytes()).unwrap();
        packed.finish().unwrap()
    };
    let (first, second) = (lines(&mut random, 100), lines(&mut random, 50));
    fs::write(folder.path().join("trail.json.gz"), pack(&first)).unwrap();
    assert_eq!(counts(&answer(folder.path(), &STATE)).0, 100);
    fs::write(folder.path().join("trail.json.gz"), pack(&(first + &second))).unwrap();
    let grown = answer(folder.path(), &STATE);
    assert_eq!((counts(&grown).0, &grown["trail"]["recounted"]), (250, &json!(1)));
    // it stays so, and stays said
    let (_, text, _) = triage(folder.path(), &STATE);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("1 file has other content than when counted before, and all of it counts"), "{text}");
    let (_, _, complaint) = triage(folder.path(), &[&STATE[..], &["--format", "csv"]].concat());
    assert!(complaint.contains("1 file has other content than when counted before"), "{complaint}");
    // the same bytes with another time are the same file
    let whole = fs::read(folder.path().join("trail.json.gz")).unwrap();
    fs::write(folder.path().join("trail.json.gz"), whole).unwrap();
    assert_eq!(counts(&answer(folder.path(), &STATE)).0, 250);
}
