//! Every input of every command, in every encoding that people's files have: the answer is that to plain UTF-8.

use std::io::Write as _;

use crate::support::iamdx;

const DENIAL: &str = "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:GetObject on resource: \
                      arn:aws:s3:::reports/q1.csv because no identity-based policy allows the s3:GetObject action\n\n";
const POLICY: &str = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\"Sid\": \"Grüße\", \"Effect\": \"Allow\", \
                      \"Action\": \"s3:PutObject\", \"Resource\": \"*\"}\n  ]\n}\n";
const TRUST: &str = "{\"Statement\": {\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"444455556666\"}, \"Action\": \
                     \"s3:*\",\n \"Resource\": \"*\"}}\n";
const SNAPSHOT: &str = "{\"iamdx_snapshot\": 1, \"accounts\": [{\"id\": \"111122223333\", \"UserDetailList\": [{\"UserName\": \
                        \"alice\",\n\"Arn\": \"arn:aws:iam::111122223333:user/alice\", \"UserPolicyList\": [{\"PolicyName\": \
                        \"p\", \"PolicyDocument\":\n{\"Statement\": []}}]}]}]}\n";
const CASES: &str = "{\"id\": \"ü\", \"request\": {\"principal\": \"arn:aws:iam::111122223333:user/alice\", \"action\": \
                     \"s3:GetObject\", \"resource\": \"arn:aws:s3:::b/k\"}, \"policies\": {}, \"expect\": \"implicitDeny\"}\n\
                     {\"id\": 2\n";
const NDJSON: &str = "{\"id\": \"ü\", \"raw\": \"no denial\"}\n\n{\"id\": 2, \"raw\": 1}\n";

/// The same text as different programs write it.
fn encoded(text: &str) -> Vec<(String, Vec<u8>)> {
    let windows = text.replace('\n', "\r\n");
    let mut all = Vec::new();
    for (ends, text) in [("LF", text), ("CRLF", windows.as_str())] {
        let units = |unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
        let (little, big) = (units(u16::to_le_bytes), units(u16::to_be_bytes));
        let characters = |unit: fn(u32) -> [u8; 4]| text.chars().flat_map(|c| unit(u32::from(c))).collect::<Vec<u8>>();
        for (name, mark, bytes) in [
            ("UTF-8", b"".as_slice(), text.as_bytes().to_vec()),
            ("UTF-8 with a mark", b"\xEF\xBB\xBF", text.as_bytes().to_vec()),
            ("UTF-16 LE", b"", little.clone()),
            ("UTF-16 LE with a mark", b"\xFF\xFE", little),
            ("UTF-16 BE", b"", big.clone()),
            ("UTF-16 BE with a mark", b"\xFE\xFF", big),
            ("UTF-32 LE with a mark", b"\xFF\xFE\0\0", characters(u32::to_le_bytes)),
            ("UTF-32 BE with a mark", b"\0\0\xFE\xFF", characters(u32::to_be_bytes)),
        ] {
            let bytes = [mark, &bytes].concat();
            let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            packed.write_all(&bytes).unwrap();
            all.push((format!("{name}, {ends}"), bytes));
            if matches!(name, "UTF-8" | "UTF-16 LE with a mark") {
                all.push((format!("{name}, {ends}, gzip"), packed.finish().unwrap()));
            }
        }
    }
    all
}

/// Runs the command once for each encoding of the text, which stands in `FILE`, or comes on standard input where no argument says so.
fn same_in_every_encoding(text: &str, args: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let path = path.to_string_lossy();
    let args: Vec<&str> = args.iter().map(|arg| if *arg == "FILE" { path.as_ref() } else { arg }).collect();
    let from_file = args.contains(&path.as_ref());
    let mut expected = None;
    for (name, bytes) in encoded(text) {
        std::fs::write(path.as_ref(), &bytes).unwrap();
        let run = iamdx(&args, if from_file { b"" } else { &bytes });
        let whole = run.whole();
        assert!(!whole.contains("cannot read") && !whole.contains('\r'), "{args:?} in {name}: {whole}");
        let expected = expected.get_or_insert_with(|| whole.clone());
        assert_eq!(expected, &whole, "{args:?} in {name}");
    }
}

#[test]
fn denials() {
    same_in_every_encoding(DENIAL, &["explain", "FILE"]);
    same_in_every_encoding(DENIAL, &["explain"]);
    same_in_every_encoding(DENIAL, &["diagnose", "FILE"]);
    same_in_every_encoding(NDJSON, &["explain", "--ndjson", "FILE"]);
    same_in_every_encoding(NDJSON, &["explain", "--ndjson"]);
    same_in_every_encoding(NDJSON, &["diagnose", "--ndjson", "FILE"]);
}

#[test]
fn policies() {
    for option in ["--identity-policy", "--scp", "--permissions-boundary", "--session-policy"] {
        same_in_every_encoding(POLICY, &["diagnose", "-v", "-m", DENIAL, option, "FILE"]);
        same_in_every_encoding("{\"Version\": 1", &["diagnose", "-m", DENIAL, option, "FILE"]);
    }
    for option in ["--rcp", "--resource-policy", "--vpc-endpoint-policy"] {
        same_in_every_encoding(TRUST, &["diagnose", "-v", "-m", DENIAL, option, "FILE"]);
    }
    same_in_every_encoding(SNAPSHOT, &["diagnose", "-v", "-m", DENIAL, "--snapshot", "FILE"]);
    let request = ["--principal", "arn:aws:iam::111122223333:user/alice", "--action", "s3:GetObject", "--resource"];
    let simulate = [&["simulate", "--identity-policy", "FILE"], &request[..], &["arn:aws:s3:::b/k"]].concat();
    same_in_every_encoding(POLICY, &simulate);
}

#[test]
fn differences() {
    same_in_every_encoding(POLICY, &["diff", "fixtures/policies/difference/old.json", "FILE"]);
    same_in_every_encoding(SNAPSHOT, &["diff", "FILE", "FILE"]);
}

#[test]
fn cases() {
    same_in_every_encoding(CASES, &["simulate", "--batch", "FILE"]);
    same_in_every_encoding(CASES, &["simulate", "--batch", "-"]);
    same_in_every_encoding(CASES, &["test", "FILE"]);
    let array = format!("[{}]", CASES.lines().next().unwrap());
    same_in_every_encoding(&array, &["test", "FILE"]);
}

#[test]
fn the_service_reference() {
    let text = "iamdx service reference 1\ndate: 2026-11-22\n\ns s3\na GetObject r - - -\n";
    let reference = [
        "--service-reference",
        "FILE",
        "fixtures/policies/difference/old.json",
        "fixtures/policies/difference/old.json",
    ];
    same_in_every_encoding(text, &[&["diff"], &reference[..]].concat());
}
