//! `--redact`: nothing that the inputs name is in a report, whatever its format; the places stay.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::{entries, iamdx, project, read};

/// Words of AWS that stand where names stand.
const OF_AWS: [&str; 12] = [
    "AWSCompromisedKeyQuarantineV3",
    "AWSServiceRoleForAutoScaling",
    "CognitoIdentityCredentials",
    "accesspoint",
    "bedrock",
    "eu-west-1",
    "object",
    "resource_control_policy",
    "service_control_policy",
    // the audience of a token for AWS, and a provider that everybody shares
    "oidc.eks.eu-west-1.amazonaws.com",
    "sts.amazonaws.com",
    "token.actions.githubusercontent.com",
];

/// Words of sentences and line numbers that also are names in a case. They must not stand where a name stands.
const OF_SENTENCES: [&str; 7] = ["11", "Account", "Invoke", "admin", "broker", "in", "queue"];

#[test]
fn no_name_of_a_case_is_in_its_redacted_report() {
    let (mut cases, mut failures) = (0, Vec::new());
    for cause in entries("fixtures/cases") {
        for folder in entries(&cause) {
            let files = entries(&folder);
            let folder = folder.strip_prefix(project()).unwrap().to_string_lossy().into_owned();
            let case: Value =
                serde_json::from_str(&read(files.iter().find(|file| file.ends_with("case.json")).unwrap())).unwrap();
            let denial = files.iter().find(|file| file.file_stem().is_some_and(|stem| stem == "denial")).unwrap();
            let denial = denial.strip_prefix(project()).unwrap().to_string_lossy().into_owned();
            let mut arguments = vec!["diagnose".to_owned(), denial.clone()];
            if files.iter().any(|file| file.ends_with("snapshot.json")) {
                arguments.extend(["--snapshot".to_owned(), format!("{folder}/snapshot.json")]);
            }
            let options = case["options"].as_array().into_iter().flatten().filter_map(Value::as_str);
            arguments.extend(options.map(|option| option.replace("@CASE@", &folder)));
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let names = names_of(&files);
            cases += 1;
            for format in [&["--all", "-v"][..], &["--format", "json"]] {
                let plain = iamdx(&[&arguments, format].concat(), b"");
                let clean = iamdx(&[&arguments, format, &["--redact"]].concat(), b"");
                assert_eq!(plain.code, clean.code, "{folder}");
                let shown = texts(&clean.stdout);
                let left = names.iter().filter(|name| is_in(&shown, name));
                failures.extend(left.map(|name| format!("{folder} {format:?}: {name}")));
                if places(&plain.stdout) != places(&clean.stdout) {
                    failures.push(format!(
                        "{folder} {format:?}: {:?} and {:?}",
                        places(&plain.stdout),
                        places(&clean.stdout)
                    ));
                }
            }
            let explained = iamdx(&["explain", &denial, "--redact", "--format", "json"], b"");
            let shown = texts(&explained.stdout);
            let left = names.iter().filter(|name| is_in(&shown, name));
            failures.extend(left.map(|name| format!("{folder} explain: {name}")));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(cases > 30, "{cases}");
}

/// The page, or the values of the JSON and the keys of its context: its own fields name nobody.
fn texts(answer: &str) -> String {
    fn values(json: &Value, all: &mut Vec<String>) {
        match json {
            Value::String(text) => all.push(text.clone()),
            Value::Array(items) => items.iter().for_each(|item| values(item, all)),
            Value::Object(members) => {
                let context = members.get("context").and_then(Value::as_object);
                all.extend(context.into_iter().flat_map(|context| context.keys().cloned()));
                members.values().for_each(|value| values(value, all));
            }
            _ => {}
        }
    }
    let mut all = Vec::new();
    match serde_json::from_str(answer) {
        Ok(json) => values(&json, &mut all),
        Err(_) => all.push(answer.to_owned()),
    }
    all.join("\n")
}

/// Whether a name stands in a text as a word.
fn is_in(text: &str, name: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    text.match_indices(name).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let word = !before.is_some_and(part) && !text[at + found.len()..].chars().next().is_some_and(part);
        word && (!OF_SENTENCES.contains(&name) || before.is_some_and(|before| "/`'\"".contains(before)))
    })
}

/// `:LINE:COLUMN` of every arrow, and every `"line"` and `"column"`, in order.
fn places(page: &str) -> Vec<String> {
    let arrows = page.lines().filter(|line| line.contains("--> ")).map(|line| {
        let parts: Vec<&str> = line.rsplit(':').take(2).collect();
        parts.join(" ")
    });
    let fields =
        page.lines().map(str::trim).filter(|line| line.starts_with("\"line\"") || line.starts_with("\"column\""));
    arrows.chain(fields.map(str::to_owned)).collect()
}

/// Every account, name and id of the inputs, by what holds it.
fn names_of(files: &[PathBuf]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in files {
        if file.extension().is_some_and(|ending| ending == "snap") || file.ends_with("case.json") {
            continue;
        }
        let text = read(file);
        match serde_json::from_str::<Value>(&text) {
            Ok(json) => collect(&json, "", &mut names),
            Err(_) => text
                .split(|c: char| c.is_whitespace() || "\"'`,;()".contains(c))
                .for_each(|word| arn_names(word, &mut names)),
        }
    }
    // what `Null` asks of a tag is no value of it
    for word in OF_AWS.iter().chain(&["true", "false"]) {
        names.remove(*word);
    }
    names
}

/// Fields of files whose value is a name or an id, whatever it looks like.
const NAMED: [&str; 17] = [
    "PolicyName",
    "UserName",
    "RoleName",
    "GroupName",
    "Sid",
    "UserId",
    "RoleId",
    "GroupId",
    "id",
    "Id",
    "name",
    "Name",
    "GroupList",
    "sourceIdentity",
    "principalId",
    "userName",
    "management_account",
];

fn collect(json: &Value, field: &str, names: &mut BTreeSet<String>) {
    match json {
        Value::Object(members) => {
            for (key, value) in members {
                if let Some((_, tag)) = key.split_once('/').filter(|_| key.contains("Tag/")) {
                    names.insert(tag.to_owned());
                }
                // conditions: every value of a tag is a name
                let field = if key.contains("Tag/") { "Name" } else { key };
                if field == "Tags" {
                    for tag in value.as_array().into_iter().flatten() {
                        names.extend(["Key", "Value"].iter().filter_map(|part| tag[part].as_str()).map(str::to_owned));
                    }
                }
                collect(value, field, names);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, field, names)),
        Value::String(text) if NAMED.contains(&field) && !text.starts_with("arn:") => {
            names.insert(text.clone());
        }
        Value::String(text) => {
            for word in text.split(|c: char| c.is_whitespace() || "\"'`,;()".contains(c)) {
                arn_names(word, names);
            }
        }
        _ => {}
    }
}

/// The account and the names of an ARN, or an account.
fn arn_names(word: &str, names: &mut BTreeSet<String>) {
    let word = word.trim_end_matches(['.', ':']);
    let parts: Vec<&str> = word.splitn(6, ':').collect();
    let account = |text: &str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if account(word) {
        names.insert(word.to_owned());
    }
    let &["arn", _, service, _, owner, resource] = parts.as_slice() else { return };
    if owner == "aws" || resource.starts_with("foundation-model/") || resource.starts_with("inference-profile/") {
        return;
    }
    if account(owner) {
        names.insert(owner.to_owned());
    }
    let own = match resource.split_once(['/', ':']) {
        Some((_, own)) if service != "s3" => own,
        None if service != "s3" && service != "sqs" && service != "sns" => "",
        _ => resource,
    };
    let pieces = own.split(['/', ':', '*', '?']).map(|piece| piece.trim_matches(['-', '_', '.']));
    names.extend(pieces.filter(|piece| !piece.is_empty() && !piece.contains(['$', '{', '}'])).map(str::to_owned));
}

/// Names in every place that is somebody's, written as JSON may write them.
const EXOTIC: &str = r#"{"Version": "2012-10-17", "Id": "Qz\u0069d \"of\" us", "Statement": [
  {"Sid": "Qz\u0073id", "Effect": "Deny", "Principal": {"AWS": ["arn:aws:iam::111122223333:user/Qzpfad/Qzünï"]},
   "Action": ["s3:GetObject", "Qzaction"], "Resource": ["arn:aws:s3:::qzbucket-*/Qz✓/${aws:PrincipalTag/Qztag}"],
   "Condition": {"StringLike": {"aws:PrincipalTag/Qztag": ["Qzvalue-?", "Qz*Qzend"]}, "Qzoperator": {"qz.idp.example:sub": "Qzsub"}}},
  {"Qzunknown": ["Qzinside"], "Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::qzbucket-1/*"}]}"#;

#[test]
fn every_place_of_a_document_has_pseudonyms_however_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("Qzfile.json");
    std::fs::write(&file, EXOTIC).unwrap();
    let file = file.to_string_lossy().into_owned();
    let said = "User: arn:aws:iam::111122223333:user/Qzpfad/Qzünï is not authorized to perform: s3:GetObject on resource: \
                arn:aws:s3:::qzbucket-1/Qz✓/x with an explicit deny in a resource-based policy";
    let mut users = BTreeSet::new();
    for format in ["text", "json", "markdown", "html", "sarif", "github"] {
        let arguments = ["diagnose", "-m", said, "--resource-policy", &file, "--all", "-v", "--format", format];
        let plain = iamdx(&arguments, b"");
        if plain.code == 2 {
            continue;
        }
        let clean = iamdx(&[&arguments[..], &["--redact"]].concat(), b"");
        // the hash of a page's style is random letters, and the same on every page
        let whole: String = clean.whole().split('\'').filter(|part| !part.starts_with("sha256-")).collect();
        assert!(!whole.to_lowercase().contains("qz"), "{format}\n{}", clean.whole());
        assert_eq!((plain.code, places(&plain.stdout)), (clean.code, places(&clean.stdout)), "{format}");
        users.extend(clean.stdout.split("user/name-").skip(1).map(|rest| rest[..8].to_owned()));
    }
    assert_eq!(users.len(), 1, "{users:?}");
}
