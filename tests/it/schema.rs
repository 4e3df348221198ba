//! The JSON of every command is as `iamdx schema` says: nothing else in it, and nothing missing.

use serde_json::Value;

use crate::support::iamdx;

/// The keys that the schema does not have or asks for in vain.
pub(crate) fn misfits(schema: &Value, of: &Value, value: &Value, at: &str) -> Vec<String> {
    // anything may stand there
    if of == &Value::Bool(true) || of.as_object().is_some_and(|of| of.keys().all(|key| key == "description")) {
        return Vec::new();
    }
    if let Some(name) = of["$ref"].as_str() {
        return misfits(schema, schema.pointer(name.trim_start_matches('#')).unwrap(), value, at);
    }
    if let Some(choices) = of["anyOf"].as_array().or(of["oneOf"].as_array()) {
        let all = choices.iter().map(|choice| misfits(schema, choice, value, at));
        return all.min_by_key(Vec::len).unwrap();
    }
    if let Some(wanted) = of.get("const") {
        return if wanted == value { Vec::new() } else { vec![format!("{at}: {value} is not {wanted}")] };
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let types = &of["type"];
    if types != kind && !types.as_array().is_some_and(|types| types.iter().any(|one| one == kind)) {
        return vec![format!("{at}: {kind} is not {types}")];
    }
    let mut found = Vec::new();
    if let Some(items) = value.as_array() {
        found.extend(items.iter().flat_map(|item| misfits(schema, &of["items"], item, &format!("{at}[]"))));
    }
    if let (Some(members), Some(known)) = (value.as_object(), of["properties"].as_object()) {
        for (key, value) in members {
            match known.get(key) {
                Some(of) => found.extend(misfits(schema, of, value, &format!("{at}.{key}"))),
                None => found.push(format!("{at}.{key} is not in the schema")),
            }
        }
        let missing = of["required"].as_array().into_iter().flatten().filter_map(|key| key.as_str());
        found.extend(missing.filter(|key| !members.contains_key(*key)).map(|key| format!("{at}.{key} is missing")));
    }
    found
}

/// The questions, each with the name of its answer in the schema; with several lines each line is one.
const ASKED: [(&str, &[&str]); 10] = [
    ("", &["diagnose", "fixtures/cases/explicit-deny/guard-on-group/denial.txt", "--format", "json"]),
    ("ExplainReport", &["explain", "fixtures/cases/explicit-deny/guard-on-group/denial.txt", "--format", "json"]),
    ("DiffReport", &["diff", "fixtures/policies/mfa.json", "fixtures/policies/keep-bucket.json", "--format", "json"]),
    (
        "SimulateReport",
        &[
            "simulate",
            "--principal",
            "arn:aws:iam::111122223333:user/alice",
            "--action",
            "s3:GetObject",
            "--resource",
            "arn:aws:s3:::a/b",
            "--identity-policy",
            "fixtures/policies/mfa.json",
            "--format",
            "json",
        ],
    ),
    (
        "WhoCanReport",
        &[
            "simulate",
            "--who",
            "--snapshot",
            "fixtures/snapshots/who.json",
            "--action",
            "s3:GetObject",
            "--resource",
            "arn:aws:s3:::reports/a",
            "--format",
            "json",
        ],
    ),
    ("TestReport", &["test", "fixtures/evaluation/unknown.json", "--format", "json"]),
    ("TestReport", &["test", "-", "--format", "json"]),
    ("CaseAnswer", &["simulate", "--batch", "fixtures/evaluation/unknown.json"]),
    ("ExplainLine", &["explain", "--ndjson", "-"]),
    ("DiagnoseLine", &["diagnose", "--ndjson", "-"]),
];

#[test]
fn the_json_of_each_command_is_as_the_schema_says() {
    let schema: Value = serde_json::from_str(&iamdx(&["schema"], b"").stdout).unwrap();
    let lines = b"{\"id\": 7, \"raw\": \"User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::a/b because no identity-based policy allows the s3:GetObject action\"}\n";
    let case = br#"{"id": 1, "request": {"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject", "resource": "arn:aws:s3:::a/b"}, "policies": {}, "expect": "allowed"}
{"id": 2, "request": 1}"#;
    let mut checked = 0;
    for (name, asked) in ASKED {
        let input: &[u8] = if asked.contains(&"--ndjson") { lines } else { case };
        let answer = iamdx(asked, input).stdout;
        let of = if name.is_empty() { &schema } else { &schema["$defs"][name] };
        let each: Vec<&str> = if asked.contains(&"json") { vec![&answer] } else { answer.lines().collect() };
        assert!(!each.is_empty(), "{asked:?}");
        for one in each {
            let value: Value = serde_json::from_str(one).unwrap_or_else(|error| panic!("{asked:?}: {error}: {one}"));
            assert_eq!(misfits(&schema, of, &value, name), Vec::<String>::new(), "{asked:?}");
            checked += 1;
        }
    }
    assert!(checked > 10, "{checked}");
    for (name, asked, input) in [
        ("FailedLine", &["explain", "--ndjson", "-"][..], &b"{\"id\": 1}\n"[..]),
        ("FailedCase", &["simulate", "--batch", "-"], b"{\"id\": 1, \"request\": 1}\n"),
    ] {
        let value: Value = serde_json::from_str(&iamdx(asked, input).stdout).unwrap();
        assert_eq!(misfits(&schema, &schema["$defs"][name], &value, name), Vec::<String>::new());
    }
}

/// Whatever a command answers, and however it ends.
#[test]
fn the_json_of_each_command_validates_whatever_it_answers() {
    let schema: Value = serde_json::from_str(&iamdx(&["schema"], b"").stdout).unwrap();
    let of = |name: &str| {
        let mut root = schema.clone();
        if !name.is_empty() {
            root = serde_json::json!({"$ref": format!("#/$defs/{name}"), "$defs": schema["$defs"]});
        }
        jsonschema::validator_for(&root).unwrap()
    };
    let (message, user) =
        ("fixtures/cases/explicit-deny/guard-on-group/denial.txt", "arn:aws:iam::111122223333:user/alice");
    let simulate = ["simulate", "--principal", user, "--action", "s3:GetObject", "--resource", "arn:aws:s3:::a/b"];
    let who = ["simulate", "--who", "--action", "s3:GetObject", "--resource", "*", "--snapshot"];
    let none =
        ["--no-scp", "--no-rcp", "--no-resource-policy", "--no-permissions-boundary", "--no-vpc-endpoint-policy"];
    let folder = tempfile::tempdir().unwrap();
    let allow = folder.path().join("allow.json").to_string_lossy().into_owned();
    std::fs::write(&allow, r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#).unwrap();
    let allow = ["--identity-policy", &allow];
    let failing: &[u8] = br#"{"id": 1, "request": {"principal": "anonymous", "action": "s3:GetObject", "resource": "arn:aws:s3:::a/b"}, "policies": {}, "expect": "allowed"}
{"id": 2, "request": 1}
"#;
    let asked: Vec<(&str, Vec<&str>, &[u8])> = vec![
        ("", vec!["diagnose", message, "--all", "-v"], b""),
        (
            "",
            vec![
                "diagnose",
                "-m",
                "An error occurred (ExpiredToken) when calling the ListBuckets operation: The provided token has expired.",
            ],
            b"",
        ),
        ("", vec!["diagnose", "-m", "nothing was denied"], b""),
        ("", vec!["diagnose", message, "--redact"], b""),
        ("ExplainReport", vec!["explain", "fixtures/messages"], b""),
        ("ExplainReport", vec!["explain", "-m", "nothing was denied"], b""),
        ("DiffReport", vec!["diff", "fixtures/review/before.yaml", "fixtures/review/after.yaml"], b""),
        ("DiffReport", vec!["diff", "fixtures/policies/mfa.json", "fixtures/policies/mfa.json"], b""),
        ("DiffReport", vec!["diff", "fixtures/snapshots/who.json", "fixtures/snapshots/who.json"], b""),
        ("SimulateReport", [&simulate[..], &none, &allow].concat(), b""),
        ("SimulateReport", [&simulate[..], &none].concat(), b""),
        ("SimulateReport", simulate.to_vec(), b""),
        ("WhoCanReport", [&who[..], &["fixtures/snapshots/who.json"]].concat(), b""),
        ("TestReport", vec!["test", "-"], failing),
        ("TestReport", vec!["test", "fixtures/evaluation/unknown.json"], b""),
    ];
    let mut codes = std::collections::BTreeMap::new();
    for (name, arguments, input) in asked {
        let run = iamdx(&[&arguments[..], &["--format", "json"]].concat(), input);
        *codes.entry(run.code).or_insert(0) += 1;
        if run.stdout.is_empty() {
            // bad usage is said on standard error
            assert_eq!((run.code, run.stderr.is_empty()), (2, false), "{arguments:?}");
            continue;
        }
        let value: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{arguments:?}: {error}"));
        let problems: Vec<String> =
            of(name).iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert_eq!(problems, Vec::<String>::new(), "{arguments:?}");
        let root = if name.is_empty() { &schema } else { &schema["$defs"][name] };
        assert_eq!(misfits(&schema, root, &value, name), Vec::<String>::new(), "{arguments:?}");
    }
    assert_eq!(codes.keys().copied().collect::<Vec<_>>(), [0, 1, 2, 3, 5], "{codes:?}");
}
