//! What `iamdx triage` reads, and that every record of it counts once: tables, encodings, large files, damage, runs side by side.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use crate::support::generate::Random;
use crate::support::project;
use crate::support::trail::{Shape, record, written};
use crate::triage::{answer, counts, triage};

const SHAPE: Shape = Shape { denied: 20, names: 9, odd: true };

fn records(seed: u64, many: usize) -> Vec<Value> {
    let mut random = Random::new(seed);
    (0..many).map(|_| record(&mut random, SHAPE)).collect()
}

/// How often each fingerprint was counted.
pub(crate) fn fingerprints(answer: &Value) -> BTreeMap<String, u64> {
    let all = answer["trail"]["tally"]["fingerprints"].as_object().unwrap();
    all.iter().map(|(id, entry)| (id.clone(), entry["count"].as_u64().unwrap())).collect()
}

fn told(folder: &Path, file: &str) -> Value {
    let answer = answer(folder, &[file]);
    assert_eq!(answer["trail"]["skipped"], json!([]), "{file}");
    answer["trail"]["tally"].clone()
}

/// A field of a table, in quotes.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A nested value as Athena writes it.
fn nested(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|(name, value)| format!("{}={}", name.to_lowercase(), nested(value))).collect();
            format!("{{{}}}", fields.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(nested).collect::<Vec<_>>().join(", ")),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A table with these columns.
fn table(records: &[Value], columns: &[&str], cell: impl Fn(&Value, &str) -> String) -> String {
    let header = columns.iter().map(|name| quoted(&name.to_lowercase())).collect::<Vec<_>>().join(",");
    let row = |record: &Value| columns.iter().map(|name| quoted(&cell(record, name))).collect::<Vec<_>>().join(",");
    [header].into_iter().chain(records.iter().map(row)).map(|line| line + "\n").collect()
}

fn cell(record: &Value, name: &str) -> String {
    match &record[name] {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

const COLUMNS: [&str; 19] = [
    "eventVersion",
    "errorMessage",
    "userIdentity",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "requestParameters",
    "requestID",
    "eventID",
    "resources",
    "eventType",
    "readOnly",
    "recipientAccountId",
    "vpcEndpointId",
    "tlsDetails",
];

#[test]
fn a_table_tells_what_its_records_tell() {
    let folder = tempfile::tempdir().unwrap();
    let records = records(3, 400);
    written(folder.path(), "trail", &records, 0);
    let expected = told(folder.path(), "trail.json");
    assert!(expected["fingerprints"].as_object().unwrap().len() > 40);
    let put = |name: &str, text: String| {
        fs::write(folder.path().join(name), text).unwrap();
        assert!(told(folder.path(), name) == expected, "{name}");
    };
    // nested values as JSON, as Athena writes them, in another order of columns, and the whole record in one
    put("json.csv", table(&records, &COLUMNS, cell));
    let struct_text = |record: &Value, name: &str| match name {
        "userIdentity" | "resources" if !record[name].is_null() => nested(&record[name]),
        _ => cell(record, name),
    };
    put("struct.csv", table(&records, &COLUMNS, struct_text));
    let mut turned = COLUMNS;
    turned.reverse();
    put("turned.txt", table(&records, &turned, struct_text).replace('\n', "\r\n"));
    put("record.csv", table(&records, &["record"], |record, _| record.to_string()));
}

#[test]
fn a_table_that_is_no_trail_or_damaged_counts_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let records = records(4, 20);
    let whole = table(&records, &COLUMNS, cell);
    let last = whole.trim_end().rfind('\n').unwrap();
    for (name, text) in [
        ("cut.csv", &whole[..last + 200]),
        ("short.csv", &format!("{whole}a,b\n")),
        ("other.csv", "name,age\nana,3\n"),
        ("unended.csv", whole.trim_end()),
        ("empty.csv", ""),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let answer = answer(folder.path(), &["."]);
    assert_eq!(counts(&answer), (0, 0));
    let why: Vec<String> = answer["trail"]["skipped"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| {
            format!("{}: {}", file["path"].as_str().unwrap().rsplit('/').next().unwrap(), file["why"].as_str().unwrap())
        })
        .collect();
    insta::assert_snapshot!(why.join("\n"), @r"
    cut.csv: row 21 has 5 fields, and the first has 19
    other.csv: it is no JSON from byte 0 on
    short.csv: row 22 has 2 fields, and the first has 19
    unended.csv: it ends inside a record
    ");
    assert_eq!(answer["trail"]["without_records"], 1);
}

#[test]
fn text_in_utf_16_is_read_and_other_files_are_left_alone_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let records = records(5, 60);
    written(folder.path(), "trail", &records, 0);
    let expected = answer(folder.path(), &["trail.json"]);
    let text = fs::read_to_string(folder.path().join("trail.json")).unwrap();
    let little: Vec<u8> = "\u{FEFF}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    fs::write(folder.path().join("wide.json"), little).unwrap();
    let found = answer(folder.path(), &["wide.json"]);
    assert_eq!(found["trail"]["tally"], expected["trail"]["tally"]);
    fs::create_dir_all(folder.path().join("region=eu-west-1/accountid=111122223333/eventday=20261101")).unwrap();
    let below = folder.path().join("region=eu-west-1/accountid=111122223333/eventday=20261101/part");
    fs::copy(folder.path().join("trail.json"), below.with_extension("json")).unwrap();
    // without an ending a packed file is known by how it begins
    written(folder.path(), "packed", &records, 1);
    fs::rename(folder.path().join("packed.json.gz"), &below).unwrap();
    fs::write(folder.path().join("notes.txt"), "none").unwrap();
    fs::write(folder.path().join("_SUCCESS"), "").unwrap();
    let all = answer(folder.path(), &["."]);
    assert_eq!(
        (&all["trail"]["files"], &all["trail"]["seen_before"], &all["trail"]["left_alone"]),
        (&json!(3), &json!(1), &json!(2))
    );
    assert_eq!(triage(folder.path(), &["."]).1.lines().filter(|line| line.contains("left alone")).count(), 1);
}

#[test]
fn one_large_file_counts_like_the_small_ones() {
    let folder = tempfile::tempdir().unwrap();
    let records = records(6, 12_000);
    written(folder.path(), "large", &records, 0);
    assert!(fs::metadata(folder.path().join("large.json")).unwrap().len() > 9 << 20);
    written(folder.path(), "packed", &records, 1);
    fs::create_dir(folder.path().join("small")).unwrap();
    for (number, part) in records.chunks(500).enumerate() {
        written(&folder.path().join("small"), &format!("part{number}"), part, number);
    }
    let expected = told(folder.path(), "small");
    assert!(told(folder.path(), "large.json") == expected);
    assert!(told(folder.path(), "packed.json.gz") == expected);
    // and whatever is wrong with its end, nothing of it
    let mut bytes = fs::read(folder.path().join("large.json")).unwrap();
    bytes.truncate(bytes.len() - 2);
    fs::write(folder.path().join("large.json"), bytes).unwrap();
    let cut = answer(folder.path(), &["large.json"]);
    assert_eq!((counts(&cut), cut["trail"]["skipped"].as_array().unwrap().len()), ((0, 0), 1));
}

/// Two records of the same length and the same CRC-32.
fn alike() -> [String; 2] {
    let mut known: BTreeMap<u32, String> = BTreeMap::new();
    let mut random = Random::new(12);
    for _ in 0..1_000_000 {
        let id = random.below(usize::MAX);
        let record = format!(
            r#"{{"eventVersion":"1.11","eventSource":"s3.amazonaws.com","eventName":"GetObject","errorCode":"AccessDenied","eventID":"{id:016x}"}}"#
        );
        let mut sum = flate2::Crc::new();
        sum.update(record.as_bytes());
        if let Some(other) = known.insert(sum.sum(), record.clone()) {
            return [other, record];
        }
    }
    panic!("no two of a million are alike");
}

#[test]
fn files_that_only_look_alike_count_both() {
    let folder = tempfile::tempdir().unwrap();
    let [one, other] = alike();
    for (name, record) in [("one", &one), ("other", &other), ("again", &one)] {
        let file = File::create(folder.path().join(format!("{name}.json.gz"))).unwrap();
        // not compressed, so that the files are as long as each other
        let mut gzip = GzEncoder::new(file, Compression::none());
        gzip.write_all(record.as_bytes()).unwrap();
        gzip.finish().unwrap();
    }
    let bytes = |name: &str| fs::read(folder.path().join(name)).unwrap();
    let (one, other) = (bytes("one.json.gz"), bytes("other.json.gz"));
    assert!(one != other && one.len() == other.len() && one[one.len() - 8..] == other[other.len() - 8..]);
    for arguments in [&["."][..], &[".", "--state", "kept.state"]] {
        let all = answer(folder.path(), arguments);
        assert_eq!((counts(&all), &all["trail"]["seen_before"]), ((2, 2), &json!(1)), "{arguments:?}");
    }
}

/// A record that is so many bytes long.
fn of_bytes(bytes: usize) -> String {
    let mut record = records(7, 1).remove(0);
    record["requestParameters"] = json!({"text": ""});
    let rest = bytes - record.to_string().len();
    record["requestParameters"] = json!({"text": "x".repeat(rest)});
    record.to_string()
}

#[test]
fn a_record_is_as_long_as_16_mib_and_no_byte_longer_whatever_the_form() {
    const MOST: usize = 16 << 20;
    let folder = tempfile::tempdir().unwrap();
    let all = ["a.json", "a.ndjson", "a.json.gz", "a.csv"];
    // 17 MB are more than that
    for (bytes, expected, names) in
        [(MOST, 1, &all[..]), (MOST + 1, 0, &["a.json", "a.csv"]), (17_000_000, 0, &all[1..3])]
    {
        let record = of_bytes(bytes);
        assert_eq!(record.len(), bytes);
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(record.as_bytes()).unwrap();
        // of a table the text of a row is what counts
        let cells = format!("eventName,errorCode,eventTime,requestParameters\n1,,,{}\n", "x".repeat(bytes - 1));
        let forms = [
            ("a.json", format!(r#"{{"Records":[{record}]}}"#).into_bytes()),
            ("a.ndjson", format!("{record}\n").into_bytes()),
            ("a.json.gz", gzip.finish().unwrap()),
            ("a.csv", cells.into_bytes()),
        ];
        for (name, content) in forms.into_iter().filter(|(name, _)| names.contains(name)) {
            fs::write(folder.path().join(name), content).unwrap();
            let trail = &answer(folder.path(), &[name])["trail"];
            let skipped = trail["skipped"].as_array().unwrap().len() as u64;
            assert_eq!((&trail["files"], skipped), (&json!(expected), 1 - expected), "{name} {bytes}");
        }
    }
}

#[test]
fn a_record_longer_than_any_is_named_and_its_file_skipped() {
    let folder = tempfile::tempdir().unwrap();
    let mut long = records(7, 1).remove(0);
    long["requestParameters"] = json!({"text": "x".repeat(17 << 20)});
    written(folder.path(), "long", &[long], 0);
    written(folder.path(), "good", &records(8, 30), 1);
    let answer = answer(folder.path(), &["."]);
    assert_eq!(counts(&answer).0, 30);
    let why = &answer["trail"]["skipped"][0]["why"];
    assert_eq!(why, "the record at byte 12 is longer than any record of CloudTrail");
}

#[test]
fn of_two_runs_on_one_state_the_second_says_that_there_is_another() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), "one", &records(9, 30), 1);
    let other = File::create(folder.path().join("kept.state.lock")).unwrap();
    other.lock().unwrap();
    let (code, text, complaint) = triage(folder.path(), &[".", "--state", "kept.state"]);
    assert_eq!((code, text.as_str()), (Some(2), ""));
    assert!(complaint.contains("`kept.state` is used by another run of `iamdx triage`"), "{complaint}");
    assert!(!folder.path().join("kept.state").exists());
    other.unlock().unwrap();
    assert_eq!(triage(folder.path(), &[".", "--state", "kept.state"]).0, Some(0));
}

/// Whatever is in the folder, with damaged files and files that repeat.
#[test]
fn counts_are_those_of_a_plain_reading_in_python() {
    let plain = project().join("tests/sql/plain.py");
    for seed in 20..23 {
        let folder = tempfile::tempdir().unwrap();
        let mut random = Random::new(seed);
        for number in 0..24 {
            let records: Vec<Value> = (0..random.below(200)).map(|_| record(&mut random, SHAPE)).collect();
            written(folder.path(), &format!("f{number}"), &records, number);
        }
        for path in fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>() {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let bytes = fs::read(&path).unwrap();
            match random.below(4) {
                0 => fs::write(folder.path().join(format!("again-{name}")), bytes).unwrap(),
                1 if !name.contains("ndjson") && bytes.len() > 100 => {
                    fs::write(folder.path().join(format!("cut-{name}")), &bytes[..random.below(bytes.len() - 20) + 10])
                        .unwrap();
                }
                2 if path.extension().is_some_and(|ending| ending == "gz") && bytes.len() > 100 => {
                    let mut damaged = bytes.clone();
                    let at = 12 + random.below(bytes.len() - 12);
                    damaged[at] ^= 1 << random.below(8);
                    fs::write(folder.path().join(format!("bad-{name}")), damaged).unwrap();
                }
                _ => {}
            }
        }
        let Ok(python) = Command::new("python3").arg(&plain).arg(folder.path()).output() else {
            assert!(std::env::var_os("CI").is_none(), "python3 is not there");
            return;
        };
        let expected: Value = serde_json::from_slice(&python.stdout).unwrap();
        let found = answer(folder.path(), &["."]);
        let (all, denials) = counts(&found);
        assert_eq!((json!(all), json!(denials)), (expected["records"].clone(), expected["denials"].clone()));
        let damaged = found["trail"]["skipped"].as_array().unwrap().len();
        assert_eq!(json!(damaged), *expected.get("damaged").unwrap_or(&json!(0)));
    }
}
