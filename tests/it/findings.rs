//! `--format sarif`, `github` and `junit`, and changes of templates, plans and folders, as a reviewer's pipeline runs them.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{iamdx, project, read};

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// What the program answers and remarks, with the folder's name taken out.
fn told(folder: &TempDir, arguments: &[&str]) -> String {
    let base = folder.path().to_string_lossy().into_owned();
    let arguments: Vec<String> = arguments.iter().map(|argument| argument.replace("DIR", &base)).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let answer = iamdx(&arguments, b"");
    let text = format!("{}{}exit {}", answer.stdout, answer.stderr, answer.code);
    text.replace(&format!("file://{base}"), "DIR").replace(&base, "DIR")
}

fn plan(policy: &str, trust: &str, more: &str) -> String {
    let text = |text: &str| serde_json::to_string(text).unwrap();
    format!(
        r#"{{"format_version": "1.2", "terraform_version": "1.9.0",
"planned_values": {{"root_module": {{"resources": [
{{"address": "aws_iam_policy.p", "mode": "managed", "values": {{"name": "reader", "policy": {}}}}},
{{"address": "aws_iam_role.app", "mode": "managed", "values": {{"name": "app", "assume_role_policy": {}}}}}]}}}},
"resource_changes": [{more}]}}"#,
        text(policy),
        text(trust)
    )
}

const READ: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}]}"#;
const PASS: &str = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::reports/*\"},\n    {\"Sid\": \"Pass\", \"Effect\": \"Allow\", \"Action\": \"iam:PassRole\", \"Resource\": \"*\"}\n  ]\n}\n";
const TRUST: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"#;
const LATER: &str = r#"{"address": "aws_iam_policy.later", "mode": "managed", "change": {"after": {}, "after_unknown": {"policy": true}}}"#;

#[test]
fn a_change_of_a_plan_is_told_by_the_addresses_of_its_resources() {
    let open = TRUST.replace("{\"Service\": \"lambda.amazonaws.com\"}", "\"*\"");
    let files = folder(&[("main.json", &plan(READ, TRUST, "")), ("plan.json", &plan(PASS, &open, LATER))]);
    let text = told(&files, &["diff", "DIR/main.json", "DIR/plan.json"]);
    let github = told(&files, &["diff", "DIR/main.json", "DIR/plan.json", "--format", "github"]);
    insta::assert_snapshot!(format!("{text}\n----\n{github}"));
}

#[test]
fn of_two_folders_each_file_is_compared_with_the_one_of_its_name() {
    let broken = "{\"Statement\": [";
    let other = "{\"a\": 1}";
    let files = folder(&[
        ("old/roles/a.json", READ),
        ("old/broken.json", broken),
        ("old/plan.json", &plan(READ, TRUST, "")),
        ("old/gone.json", READ),
        ("new/roles/a.json", PASS),
        ("new/broken.json", broken),
        ("new/plan.json", &plan(READ, TRUST, LATER)),
        ("new/other.json", other),
    ]);
    insta::assert_snapshot!(told(&files, &["diff", "DIR/old", "DIR/new"]));
}

#[test]
fn a_finding_has_the_lines_and_columns_of_its_file() {
    let inside = |document: &str| format!("{{\n  \"Policy\": {}\n}}\n", document.trim_end().replace('\n', "\n  "));
    let yaml = "Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n        Statement:\n          - Effect: Allow\n            Action: s3:GetObject\n            Resource: 'arn:aws:s3:::reports/*'\n          - Sid: Pass\n            Effect: Allow\n            Action: iam:PassRole\n            Resource: '*'\n";
    let module = format!("resource \"aws_iam_policy\" \"p\" {{\n  name = \"p\"\n  policy = <<-EOT\n{PASS}EOT\n}}\n");
    let files = folder(&[
        ("old.json", READ),
        ("alone.json", PASS),
        ("inside.json", &inside(PASS)),
        ("text.json", &plan(PASS, TRUST, "")),
        ("template.yaml", yaml),
        ("main.tf", &module),
    ]);
    let mut rows = Vec::new();
    for new in ["alone.json", "inside.json", "text.json#aws_iam_policy.p", "template.yaml", "main.tf"] {
        let sarif = told(&files, &["diff", "DIR/old.json", &format!("DIR/{new}"), "--format", "sarif"]);
        let sarif: Value = serde_json::from_str(sarif.trim_end_matches("exit 1")).unwrap();
        let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
        rows.push(format!("{} {}", place["artifactLocation"]["uri"], place["region"]));
    }
    insta::assert_snapshot!(rows.join("\n"));
}

/// The log of a command, once it is known to be of the form of SARIF 2.1.0.
fn sarif(arguments: &[&str]) -> Value {
    let answer = iamdx(&[arguments, &["--format", "sarif"]].concat(), b"");
    let log: Value = serde_json::from_str(&answer.stdout)
        .unwrap_or_else(|error| panic!("{arguments:?}: {error}: {}", answer.stderr));
    let schema: Value = serde_json::from_str(&read("fixtures/sarif.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<String> =
        schema.iter_errors(&log).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{arguments:?}: {wrong:?}");
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    for result in log["runs"][0]["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(result["message"]["text"].as_str().unwrap().len() > 20);
    }
    log
}

/// Each case of a denial with its policies as files.
fn cases() -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for cause in crate::support::entries("fixtures/cases") {
        for folder in crate::support::entries(&cause) {
            let folder = folder.strip_prefix(project()).unwrap().to_string_lossy().into_owned();
            let files: Vec<String> = crate::support::entries(&folder)
                .iter()
                .map(|file| file.strip_prefix(project()).unwrap().to_string_lossy().into_owned())
                .collect();
            let denial = files.iter().find(|file| file.contains("/denial.")).unwrap().clone();
            let mut arguments = vec!["diagnose".to_owned(), denial];
            if let Some(snapshot) = files.iter().find(|file| file.ends_with("snapshot.json")) {
                arguments.extend(["--snapshot".to_owned(), snapshot.clone()]);
            }
            let case: Value = serde_json::from_str(&read(format!("{folder}/case.json"))).unwrap();
            let options = case["options"].as_array().into_iter().flatten().filter_map(Value::as_str);
            arguments.extend(options.map(|option| option.replace("@CASE@", &folder)));
            found.push(arguments);
        }
    }
    found
}

#[test]
fn every_diagnosis_is_sarif_with_its_cause_as_rule_and_the_snapshots_lines() {
    let (mut results, mut left_out) = (0, 0);
    for arguments in cases() {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let log = sarif(&arguments);
        let found = log["runs"][0]["results"].as_array().unwrap();
        results += found.len();
        left_out += usize::from(log["runs"][0]["invocations"][0].get("toolExecutionNotifications").is_some());
        for result in found {
            assert!(project().join(format!("docs/causes/{}.md", result["ruleId"].as_str().unwrap())).exists());
            let place = &result["locations"][0]["physicalLocation"];
            let file = read(place["artifactLocation"]["uri"].as_str().unwrap());
            let line = usize::try_from(place["region"]["startLine"].as_u64().unwrap()).unwrap();
            let whole = place["region"].get("startColumn").is_none();
            let text = file
                .lines()
                .nth(line - 1)
                .unwrap()
                .chars()
                .skip(usize::try_from(place["region"]["startColumn"].as_u64().unwrap_or(1)).unwrap() - 1);
            let text: String = text.collect();
            assert!(whole || text.starts_with('{'), "{arguments:?}: {place}: {text}");
        }
    }
    assert!(results >= 28 && left_out > 0, "{results} results, {left_out} left out");
}

#[test]
fn a_fingerprint_stays_when_lines_and_request_ids_change() {
    let print =
        |log: &Value| log["runs"][0]["results"][0]["partialFingerprints"]["iamdx/v1"].as_str().unwrap().to_owned();
    let files = folder(&[("old.json", READ), ("new.json", PASS), ("later.json", &format!("\n\n{PASS}"))]);
    let path = |name: &str| files.path().join(name).to_string_lossy().into_owned();
    let first = sarif(&["diff", &path("old.json"), &path("new.json")]);
    let moved = sarif(&["diff", &path("old.json"), &path("later.json")]);
    assert_eq!(print(&first), print(&moved));
    let lines =
        |log: &Value| log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"].clone();
    assert_ne!(lines(&first), lines(&moved));
    let denial = |id: &str| {
        format!(
            "An error occurred (AccessDenied) when calling the GetObject operation: User: arn:aws:sts::111122223333:assumed-role/app/{id} is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::a/b\" because no identity-based policy allows the s3:GetObject action (RequestId: {id})"
        )
    };
    let files = folder(&[("p.json", READ)]);
    let policy = files.path().join("p.json").to_string_lossy().into_owned();
    let of = |id: &str| sarif(&["diagnose", "-m", &denial(id), "--identity-policy", &policy]);
    assert_eq!(print(&of("AAAA1111")), print(&of("BBBB2222")));
}

const CASES: &str = r#"{"id": "<a>&\"b\"\n::error::c", "request": {"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject", "resource": "arn:aws:s3:::a/b"}, "policies": {}, "expect": "allowed"}
{"id": "fine", "request": {"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject", "resource": "arn:aws:s3:::a/b"}, "policies": {}, "expect": "implicitDeny"}
{"name": "expects nothing", "request": {"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject", "resource": "arn:aws:s3:::a/b"}, "policies": {}}
{"id": "broken", "request": 1}
"#;

#[test]
fn cases_are_tests_and_those_that_fail_are_findings_on_their_lines() {
    let lines: Vec<&str> = CASES.lines().collect();
    let array = format!("[\n  {},\n\n  {}\n]\n", lines[0], lines[1]);
    let files = folder(&[("cases.jsonl", CASES), ("array.json", &array)]);
    let formats = ["junit", "github", "sarif"];
    let told: Vec<String> = formats
        .iter()
        .map(|format| told(&files, &["test", "DIR/cases.jsonl", "DIR/array.json", "--format", format]))
        .collect();
    insta::assert_snapshot!(told.join("\n----\n"));
}

/// A template whose role has these statements.
fn template(statements: &[&str]) -> String {
    let lines: Vec<String> = statements.iter().map(|statement| format!("          - {statement}\n")).collect();
    format!(
        "Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n{}",
        lines.concat()
    )
}

#[test]
fn what_a_template_leaves_open_is_a_name_of_its_own_and_never_nothing() {
    let objects = "{Effect: Allow, Action: 's3:GetObject', Resource: !Sub '${Bucket.Arn}/*'}";
    let index =
        "{Effect: Allow, Action: 'dynamodb:GetItem', Resource: [!GetAtt Table.Arn, !Sub '${Table.Arn}/index/*']}";
    let function = "{Effect: Allow, Action: 'lambda:InvokeFunction', Resource: !Sub 'arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${Fn}'}";
    let passed = "{Effect: Allow, Action: 'iam:PassRole', Resource: !GetAtt Role.Arn, Condition: {StringEquals: {'iam:PassedToService': !Ref Service}}}";
    let not = "{Effect: Allow, Action: 's3:GetObject', NotResource: !Sub '${Bucket.Arn}/*'}";
    let deny = "{Effect: Deny, Action: 's3:DeleteObject', Resource: !Sub '${Bucket.Arn}/*'}";
    let rows: [(&str, String, String); 8] = [
        ("the same", template(&[objects, not]), template(&[objects, not])),
        (
            "an action more",
            template(&[objects, index]),
            template(&[
                &objects.replace("'s3:GetObject'", "[s3:GetObject, s3:DeleteObject]"),
                &index.replace("GetItem", "*"),
            ]),
        ),
        ("another reference", template(&[objects]), template(&[&objects.replace("Bucket", "Other")])),
        ("a statement less", template(&[objects, function]), template(&[objects])),
        ("a Deny less", template(&[objects, deny]), template(&[objects])),
        ("wider", template(&[function]), template(&[&function.replace("${Fn}", "*")])),
        (
            "another condition",
            template(&[passed]),
            template(&[&passed.replace("!Ref Service", "[!Ref Service, ec2.amazonaws.com]")]),
        ),
        (
            "all but what is open",
            template(&[not]),
            template(&[not, "{Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::a/b'}"]),
        ),
    ];
    let mut told_all = Vec::new();
    for (name, old, new) in rows {
        let files = folder(&[("old.yaml", &old), ("new.yaml", &new)]);
        let told = told(&files, &["diff", "DIR/old.yaml", "DIR/new.yaml"]);
        let lines: Vec<&str> = told.lines().filter(|line| !line.starts_with("iamdx: note")).collect();
        told_all.push(format!("--- {name}\n{}", lines.join("\n")));
    }
    insta::assert_snapshot!(told_all.join("\n"));
}

/// A case of user alice that asks for an object, with these policies and what it expects.
fn asking(policies: &str, expect: &str) -> String {
    format!(
        r#"{{"id": "{expect}", "request": {{"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject", "resource": "arn:aws:s3:::reports/a"}}, "policies": {policies}, "expect": "{expect}"}}"#
    )
}

#[test]
fn cases_are_asked_about_the_policies_of_files_where_they_have_none_of_the_type() {
    let none = READ.replace("Allow", "Deny");
    let files = folder(&[
        ("plan.json", &plan(READ, TRUST, "")),
        ("none.jsonl", &asking("{}", "allowed")),
        ("own.jsonl", &asking(&format!(r#"{{"identity-based": [{none}]}}"#), "explicitDeny")),
        ("level.jsonl", &asking(r#"{"service-control": [[]]}"#, "implicitDeny")),
        ("folder/a.json", READ),
        ("folder/b.yaml", &template(&["{Effect: Deny, Action: 's3:DeleteObject', Resource: '*'}"])),
        ("empty.json", "[]"),
    ]);
    let all = ["DIR/none.jsonl", "DIR/own.jsonl", "DIR/level.jsonl"];
    let plan = ["--identity-policy", "DIR/plan.json#aws_iam_policy.p"];
    let given = |options: &[&str]| told(&files, &[&["test"][..], &all, options].concat());
    let rows = [
        given(&[]),
        given(&plan),
        given(&["--identity-policy", "DIR/folder"]),
        given(&["--snapshot", "fixtures/snapshots/who.json", "--no-resource-policy"]),
        told(&files, &["simulate", "--batch", "DIR/none.jsonl", "--identity-policy", "DIR/folder"]),
    ];
    insta::assert_snapshot!(rows.join("\n----\n"));
}

#[test]
fn the_page_on_reviews_shows_what_the_program_prints() {
    let printed = iamdx(&["diff", "fixtures/review/before.yaml", "fixtures/review/after.yaml"], b"").stdout;
    assert!(read("docs/review.md").contains(&format!("after.yaml\n{printed}```")), "{printed}");
}

#[test]
fn a_name_in_a_plan_is_no_line_of_a_report() {
    let name = r#"aws_iam_policy.p[\"x\n::error::y\nnew access:\u001b[31m\"]""#;
    let hostile = |text: &str| text.replace("aws_iam_policy.p\"", name);
    let files =
        folder(&[("old.json", &hostile(&plan(READ, TRUST, ""))), ("new.json", &hostile(&plan(PASS, TRUST, "")))]);
    for format in ["text", "markdown", "github", "sarif"] {
        let told = told(&files, &["diff", "DIR/old.json", "DIR/new.json", "--format", format]);
        let forged = |line: &&str| line.starts_with("::error::y") || line.starts_with("new access:\\u");
        assert_eq!(told.lines().filter(forged).count(), 0, "{told}");
        assert!(!told.contains('\u{1b}') && told.contains("PassRole") && told.ends_with("exit 1"), "{told}");
    }
}
