//! The tool `triage` of `iamdx mcp`: what `iamdx triage` answers, of files below the roots and of texts.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::mcp::Bare;
use super::triage::answer;
use super::triage_diagnosed::{ACCOUNT, NO_ALLOW, denied, role, written};

/// The answer to one call: whether it was refused, the structured content, and the text.
fn called(options: &[&str], arguments: &Value) -> (bool, Value, String) {
    let mut server = Bare::start_in(options, &[]);
    server.begin();
    let answer = server.call(2, "triage", arguments);
    assert_eq!(server.end(), (String::new(), Some(0)));
    let result = &answer["result"];
    let text = result["content"][0]["text"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
    (result["isError"] == json!(true), result["structuredContent"].clone(), text)
}

fn root(folder: &Path) -> [String; 2] {
    ["--root".to_owned(), folder.to_str().unwrap().to_owned()]
}

/// The same with a root.
fn called_in(folder: &Path, options: &[&str], arguments: &Value) -> (bool, Value, String) {
    let root = root(folder);
    called(&[&[root[0].as_str(), root[1].as_str()], options].concat(), arguments)
}

fn scene(folder: &Path) -> Vec<Value> {
    let object = |number: usize| format!("arn:aws:s3:::reports/2026/{number}.csv");
    let records: Vec<Value> = (0..4)
        .map(|number| denied(number, "report", "s3:GetObject", &object(number), NO_ALLOW))
        .chain((0..2).map(|number| {
            denied(number, "deploy", "sqs:CreateQueue", "arn:aws:sqs:eu-west-1:111122223333:jobs", NO_ALLOW)
        }))
        .collect();
    let roles = json!([role(ACCOUNT, "report", &json!([])), role(ACCOUNT, "deploy", &json!([]))]);
    written(
        folder,
        &records,
        &json!({"iamdx_snapshot": 1, "accounts": [{"id": ACCOUNT, "in_organization": false, "RoleDetailList": roles}]}),
    );
    records
}

#[test]
fn the_answer_is_that_of_the_command() {
    let folder = tempfile::tempdir().unwrap();
    let records = scene(folder.path());
    let mut packed = GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(json!({"Records": &records[..1]}).to_string().as_bytes()).unwrap();
    fs::write(folder.path().join("more.json.gz"), packed.finish().unwrap()).unwrap();
    for (asked, arguments) in [
        (json!({"paths": ["trail.json"]}), &["trail.json"][..]),
        (
            json!({"paths": ["trail.json"], "snapshots": [{"path": "account.json"}]}),
            &["trail.json", "--snapshot", "account.json"],
        ),
        (
            json!({"paths": ["trail.json", "trail.json"], "actions": ["s3:*"], "principals": ["report"], "since": "2026-11-01T10:01:00Z",
                "until": "2026-12-01", "accounts": [ACCOUNT], "top": 3}),
            &[
                "trail.json",
                "--action",
                "s3:*",
                "--principal",
                "report",
                "--since",
                "2026-11-01T10:01:00Z",
                "--until",
                "2026-12-01",
                "--account",
                ACCOUNT,
            ],
        ),
        (json!({"paths": ["more.json.gz"]}), &["more.json.gz"]),
    ] {
        let (refused, found, text) = called_in(folder.path(), &[], &asked);
        assert!(!refused, "{text}");
        let whole = answer(folder.path(), arguments);
        for part in ["schema_version", "filters", "policies", "stands_out", "findings"] {
            assert_eq!(found.get(part), whole.get(part), "{part} of {asked}");
        }
        let (short, tally) = (&found["trail"]["tally"], &whole["trail"]["tally"]);
        for sum in ["records", "first", "last", "unreadable", "secrets"] {
            assert_eq!(short[sum], tally[sum], "{sum} of {asked}");
        }
        assert_eq!(found["more_findings"], 0);
        // what adds up is not there, and nobody can take it for an answer that does
        assert_eq!(short.get("fingerprints"), None);
    }
    let (_, found, _) = called_in(folder.path(), &[], &json!({"paths": ["trail.json"], "top": 1}));
    assert_eq!((found["findings"].as_array().unwrap().len(), &found["more_findings"]), (1, &json!(1)));
    assert_eq!(found["trail"]["tally"]["denials"], 6);
    // the same as a text, as a model may write it: one document, not in quotes
    let (_, found, text) = called(&[], &json!({"text": {"Records": records}}));
    assert_eq!(found["findings"], answer(folder.path(), &["trail.json"])["findings"]);
    assert!(text.contains("6 denials in 6 records of 1 file"), "{text}");
}

#[test]
fn long_lists_are_cut_and_counted() {
    let queue = |number: usize| format!("arn:aws:sqs:eu-west-1:{ACCOUNT}:queue{}", "x".repeat(number + 1));
    let records: Vec<Value> =
        (0..60).map(|number| denied(number, "deploy", "sqs:SendMessage", &queue(number), NO_ALLOW)).collect();
    let (_, found, _) = called(&[], &json!({"text": {"Records": records}}));
    let finding = &found["findings"][0];
    let many = |name: &str| finding[name].as_array().unwrap().len();
    assert_eq!((&finding["count"], many("resources"), many("fingerprints")), (&json!(60), 50, 50));
    let more =
        json!({"principals": 0, "actions": 0, "resources": 10, "fingerprints": 10, "changes_before": 0, "cautions": 0});
    assert_eq!(finding["more"], more);
}

#[test]
fn it_reads_what_the_other_tools_read_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    scene(folder.path());
    let inside = folder.path().join("inside");
    fs::create_dir(&inside).unwrap();
    fs::copy(folder.path().join("trail.json"), inside.join("trail.json")).unwrap();
    fs::write(inside.join("table.parquet"), b"PAR1 and more").unwrap();
    let refused = |arguments: Value| {
        let (refused, _, text) = called_in(&inside, &["--max-bytes", "10000"], &arguments);
        assert!(refused, "{text}");
        text.lines().nth(2).unwrap().to_owned()
    };
    let outside =
        "is no file below the folders that this server may read (--root). Give a file there, or its content as `text`";
    for path in ["../trail.json", ".", "*.json", "/etc/passwd", "-"] {
        assert_eq!(refused(json!({"paths": [path]})), format!("`{path}` {outside}"));
    }
    assert_eq!(
        refused(json!({"paths": ["trail.json"], "snapshots": [{"path": "../account.json"}]})),
        format!("`../account.json` {outside}")
    );
    let told = [
        refused(json!({})),
        refused(json!({"paths": ["table.parquet"]})),
        refused(json!({"text": "x".repeat(10_001)})),
        refused(json!({"paths": ["trail.json"], "since": "yesterday"})),
        refused(json!({"paths": ["trail.json"], "actions": ["s3"]})),
        refused(json!({"paths": ["trail.json"], "state": "kept"})),
    ];
    insta::assert_snapshot!(told.join("\n"), @"
    give `text`, or `paths` where the server reads files
    `table.parquet` is Parquet, which only `iamdx triage` on the command line reads
    the texts and files of this call have more than 10000 bytes. Give the part that matters, or start the server with a larger --max-bytes
    `since`: give a date (2026-11-29) or a time with its zone (2026-11-29T03:00:00Z)
    --action `s3` has no service: give both, as in a policy (s3:GetObject, s3:*)
    `state` is no argument of triage on this server. It takes: accounts, actions, paths, principals, since, snapshots, text, top, until
    ");
    let (refused, _, text) = called(&[], &json!({"paths": ["trail.json"]}));
    assert!(refused && text.contains("`paths` is no argument of triage on this server"), "{text}");
    // what is damaged is part of the answer
    let (refused, found, _) = called(&[], &json!({"text": "no trail"}));
    assert_eq!(
        (refused, &found["trail"]["skipped"]),
        (false, &json!([{"path": "text", "why": "it is no JSON from byte 0 on"}]))
    );
}

#[test]
fn secrets_stay_in_the_trail_and_with_redact_names_too() {
    let key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    let mut record = denied(1, "zebra", "s3:GetObject", "arn:aws:s3:::okapi/quagga", NO_ALLOW);
    record["requestParameters"] = json!({"env": format!("AWS_SECRET_ACCESS_KEY={key}")});
    let asked = json!({"text": {"Records": [record]}, "principals": ["zebra"]});
    let (_, found, text) = called(&[], &asked);
    assert!(!format!("{found}{text}").contains(key), "{text}");
    assert_eq!(found["stands_out"][0]["code"], "secret");
    let (_, found, text) = called(&["--redact"], &asked);
    for name in [key, "zebra", "okapi", "quagga", ACCOUNT] {
        assert!(!format!("{found}{text}").contains(name), "{name}: {found} {text}");
    }
    assert_eq!(found["findings"][0]["count"], 1);
}
