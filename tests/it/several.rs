//! Several denials of one input: their fixes do not undo each other, and where one policy needs several, there is one change for all.

use std::path::Path;

use iamdx::Options;
use iamdx::denial::parse_text;
use iamdx::evaluate::{Decision, evaluate};
use iamdx::iam::{Field, Request};
use iamdx::remedy::{Title, applied, presumed};
use iamdx::report::Report;
use iamdx::snapshot::Snapshot;

use crate::support::generate::Random;
use crate::support::iamdx;

/// An account with one role that has one inline policy.
fn account(folder: &Path, statements: &str) -> String {
    let path = folder.join("account.json");
    let text = format!(
        r#"{{"iamdx_snapshot": 1, "accounts": [{{"id": "111122223333", "in_organization": false, "RoleDetailList": [{{
  "RoleName": "app", "Arn": "arn:aws:iam::111122223333:role/app", "AssumeRolePolicyDocument": {{"Version": "2012-10-17", "Statement": []}},
  "RolePolicyList": [{{"PolicyName": "base", "PolicyDocument": {{"Version": "2012-10-17", "Statement": [{statements}]}}}}]}}]}}]}}"#
    );
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// What AWS said of a table or a bucket's object.
fn denied(action: &str, resource: &str, reason: &str) -> String {
    format!(
        "User: arn:aws:sts::111122223333:assumed-role/app/fn is not authorized to perform: {action} on resource: {resource} {reason}\n"
    )
}

fn table(name: &str) -> String {
    format!("arn:aws:dynamodb:eu-west-1:111122223333:table/{name}")
}

/// The answer as JSON.
fn diagnosed(text: &str, snapshot: &str) -> serde_json::Value {
    let ran = iamdx(
        &[
            "diagnose",
            "--snapshot",
            snapshot,
            "--no-resource-policy",
            "--no-vpc-endpoint-policy",
            "--no-session-policy",
            "--format",
            "json",
        ],
        text.as_bytes(),
    );
    serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.whole()))
}

/// What `simulate` says of a request of the role, by a document of its own.
fn decision(document: &str, action: &str, resource: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy.json");
    std::fs::write(&path, document).unwrap();
    let arguments = [
        "simulate",
        "--principal",
        "arn:aws:iam::111122223333:role/app",
        "--action",
        action,
        "--resource",
        resource,
        "--identity-policy",
        path.to_str().unwrap(),
        "--no-scp",
        "--no-rcp",
        "--no-permissions-boundary",
        "--no-session-policy",
        "--no-resource-policy",
        "--no-vpc-endpoint-policy",
        "--format",
        "json",
    ];
    let ran = iamdx(&arguments, b"");
    let answer: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.whole()));
    answer["decision"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

const DENIES: &str = r#"{"Effect": "Allow", "Action": ["s3:*", "dynamodb:*"], "Resource": "*"},
 {"Sid": "No", "Effect": "Deny", "Action": ["s3:DeleteObject", "dynamodb:DeleteItem", "dynamodb:DeleteTable"], "Resource": "*"}"#;

#[test]
fn a_deny_that_stops_two_requests_is_narrowed_once_for_both() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = account(folder.path(), DENIES);
    let reason = "with an explicit deny in an identity-based policy";
    let requests = [("dynamodb:DeleteItem", table("orders")), ("dynamodb:DeleteTable", table("old"))];
    let text: String = requests.iter().map(|(action, on)| denied(action, on, reason)).collect();
    let answer = diagnosed(&text, &snapshot);
    let document = |report: usize, id: &str| {
        let remedies = answer["reports"][report]["remedies"].as_array().unwrap();
        let remedy = remedies.iter().find(|remedy| remedy["id"] == id).unwrap_or_else(|| panic!("{remedies:#?}"));
        remedy["edits"][0]["document"].to_string()
    };
    // each of the fixes leaves the other request denied, and says so
    for (own, other) in [(0, 1), (1, 0)] {
        let document = document(own, "remedy-1");
        let (action, on) = &requests[own];
        assert_eq!(decision(&document, action, on), "allowed");
        let (action, on) = &requests[other];
        assert_eq!(decision(&document, action, on), "explicitDeny");
        let codes = &answer["reports"][own]["remedies"][0]["why_not_codes"];
        assert!(codes.as_array().unwrap().contains(&"shares-policy".into()), "{codes}");
    }
    // the one for both allows both, and nothing else that the Deny stops
    assert_eq!(document(0, "together-1"), document(1, "together-1"));
    let both = document(0, "together-1");
    for (action, on) in &requests {
        assert_eq!(decision(&both, action, on), "allowed");
    }
    for (action, on) in [
        ("dynamodb:DeleteItem", table("old")),
        ("dynamodb:DeleteTable", table("orders")),
        ("s3:DeleteObject", "arn:aws:s3:::b/k".to_owned()),
    ] {
        assert_eq!(decision(&both, action, &on), "explicitDeny", "{action} {on}");
    }
}

#[test]
fn new_policies_for_one_role_have_names_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = account(folder.path(), r#"{"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}"#);
    let reason = "because no identity-based policy allows the dynamodb:GetItem action";
    let text: String = ["a", "b", "c"].map(|name| denied("dynamodb:GetItem", &table(name), reason)).concat();
    let answer = diagnosed(&text, &snapshot);
    let names: Vec<&str> = answer["reports"]
        .as_array()
        .unwrap()
        .iter()
        .map(|report| report["remedies"][0]["edits"][0]["policy"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["AllowGetItem", "AllowGetItem2", "AllowGetItem3"]);
    let codes: Vec<_> = answer["reports"]
        .as_array()
        .unwrap()
        .iter()
        .map(|report| report["remedies"][0]["why_not_codes"].as_array().unwrap().len())
        .collect();
    assert_eq!(codes, [0, 0, 0]);
}

/// Actions that the random accounts are about, and names of tables.
const ACTIONS: [&str; 4] = ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"];
const TABLES: [&str; 3] = ["new", "old", "orders"];

/// Some of them, at least one.
fn some<'a>(random: &mut Random, all: &[&'a str]) -> Vec<&'a str> {
    let mut some: Vec<&str> = all.iter().copied().filter(|_| random.below(2) == 0).collect();
    if some.is_empty() {
        some.push(all[random.below(all.len())]);
    }
    some
}

/// A statement about some of the actions and tables, by what it has or by what it leaves out.
fn statement(random: &mut Random, effect: &str) -> serde_json::Value {
    let tables: Vec<String> = some(random, &TABLES).into_iter().map(table).collect();
    let (action, resource) = (random.below(4) == 0, random.below(4) == 0);
    let every = random.below(3) == 0;
    serde_json::json!({
        "Effect": effect,
        if action { "NotAction" } else { "Action" }: some(random, &ACTIONS),
        if resource && !every { "NotResource" } else { "Resource" }: if every { serde_json::json!("*") } else { serde_json::json!(tables) },
    })
}

/// The request about another action and table.
fn like(request: &Request, action: &str, on: &str) -> Request {
    let mut request = request.clone();
    request.action = Field::Known(action.parse().unwrap());
    request.resource = Field::Known(on.to_owned());
    request
}

#[test]
fn one_change_for_random_denials_allows_them_and_nothing_else() {
    let seed = std::env::var("IAMDX_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(11);
    let mut random = Random::new(seed);
    let (mut changes, mut exact) = (0, 0);
    for _ in 0..60 {
        let mut statements = vec![serde_json::json!({"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"})];
        for _ in 0..=random.below(3) {
            let effect = if random.below(4) == 0 { "Allow" } else { "Deny" };
            statements.push(statement(&mut random, effect));
        }
        if random.below(3) == 0 {
            statements.remove(0);
        }
        let policy = serde_json::json!({"Version": "2012-10-17", "Statement": statements});
        let account = serde_json::json!({"iamdx_snapshot": 1, "accounts": [{"id": "111122223333", "in_organization": false, "RoleDetailList": [{
            "RoleName": "app", "Arn": "arn:aws:iam::111122223333:role/app", "RolePolicyList": [{"PolicyName": "base", "PolicyDocument": policy}],
        }]}]});
        let snapshot = Snapshot::read("account.json", account.to_string().into_bytes()).unwrap();
        let pairs: Vec<(&str, String)> =
            ACTIONS.iter().flat_map(|action| TABLES.iter().map(|name| (*action, table(name)))).collect();
        let asked: Vec<&(&str, String)> = pairs.iter().filter(|_| random.below(4) == 0).collect();
        let options = Options::default();
        let decided = |text: &str| {
            let denial = parse_text(text).into_iter().next().unwrap();
            iamdx::diagnose(&denial, &snapshot, &options).evaluation.decision
        };
        let text: String = asked
            .iter()
            .filter_map(|(action, on)| match decided(&denied(action, on, "")) {
                Decision::ExplicitDeny => Some(denied(action, on, "with an explicit deny in an identity-based policy")),
                Decision::Allowed => None,
                _ => Some(denied(action, on, &format!("because no identity-based policy allows the {action} action"))),
            })
            .collect();
        let reports = iamdx::diagnose_all(&parse_text(&text), &snapshot, &|_| &options, &|| {});
        let joint = |report: &Report| report.remedies.iter().find(|it| matches!(it.title, Title::Together(_))).cloned();
        let Some(change) = reports.iter().find_map(joint) else { continue };
        changes += 1;
        for report in &reports {
            let is_own = joint(report).is_some_and(|own| own.id == change.id);
            let edits = change.edits.iter().map(|edit| (edit, true));
            let after = presumed(&applied(edits, &report.policies).unwrap()).0;
            let before = presumed(&report.policies).0;
            assert!(
                !is_own || evaluate(&report.request, &after).decision == Decision::Allowed,
                "{statements:?}\n{text}"
            );
            let members: Vec<&Request> =
                reports.iter().filter(|it| joint(it).is_some()).map(|it| &it.request).collect();
            let is_exact = change.verification.as_ref().unwrap().only_this_access;
            exact += usize::from(is_exact);
            for (action, on) in pairs.iter().filter(|_| is_exact) {
                let request = like(&report.request, action, on);
                let is_member =
                    members.iter().any(|member| member.action == request.action && member.resource == request.resource);
                let (was, is) = (evaluate(&request, &before).decision, evaluate(&request, &after).decision);
                assert!(
                    is_member || (was == Decision::Allowed) == (is == Decision::Allowed),
                    "{action} {on}: {statements:?}\n{text}"
                );
            }
        }
    }
    assert!(changes >= 10 && exact >= 10, "{changes} {exact}");
}

#[test]
fn in_brief_and_in_files_the_change_for_both_is_told_for_each() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = account(folder.path(), DENIES);
    let reason = "with an explicit deny in an identity-based policy";
    let text =
        denied("dynamodb:DeleteItem", &table("a"), reason) + &denied("dynamodb:DeleteTable", &table("b"), reason);
    let files = folder.path().join("fixes");
    let ran = iamdx(
        &["diagnose", "--snapshot", &snapshot, "--brief", "--write-remedies", files.to_str().unwrap()],
        text.as_bytes(),
    );
    let fixes: Vec<&str> = ran.stdout.lines().filter(|line| line.starts_with("FIX")).collect();
    let fix = "FIX  Change identity-based policy `base` (account admin; needs review)";
    assert_eq!(
        fixes,
        [
            format!("{fix}; with the fix of line 2 as one change: --all"),
            format!("{fix}; with the fix of line 1 as one change: --all")
        ]
    );
    let index = std::fs::read_to_string(files.join("README.md")).unwrap();
    assert_eq!(index.matches("](together-1/README.md)").count(), 2, "{index}");
    assert!(files.join("together-1/base.json").exists());
}

#[test]
fn of_many_denials_of_one_policy_three_are_named_and_the_others_counted() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = account(folder.path(), DENIES);
    let text: String = ["a", "b", "c", "d", "e", "f"]
        .map(|name| denied("dynamodb:DeleteItem", &table(name), "with an explicit deny in an identity-based policy"))
        .concat();
    let ran = iamdx(&["diagnose", "--snapshot", &snapshot, "--brief"], text.as_bytes());
    let fix = ran.stdout.lines().find(|line| line.starts_with("FIX")).unwrap();
    assert!(fix.ends_with("; with the fix of line 2, line 3, line 4 and 2 more as one change: --all"), "{fix}");
}

/// One change holds 24 denials at most. Those of it are sent there, and told how many it leaves out; the others are told to come after it.
#[test]
fn of_more_denials_than_one_change_holds_each_is_told_what_to_do_first() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = account(folder.path(), DENIES);
    let reason = "with an explicit deny in an identity-based policy";
    let text: String =
        (0..26).map(|number| denied("dynamodb:DeleteItem", &table(&format!("t{number:02}")), reason)).collect();
    let ran = iamdx(&["diagnose", "--snapshot", &snapshot, "--brief"], text.as_bytes());
    let fixes: Vec<&str> = ran.stdout.lines().filter(|line| line.starts_with("FIX")).collect();
    let fix = "FIX  Change identity-based policy `base` (account admin; needs review)";
    assert_eq!(fixes.len(), 26, "{}", ran.whole());
    for first in &fixes[1..24] {
        let then = "; with the fix of line 1, line 2, line 3 and 22 more, all but 2, as one change: --all";
        assert!(
            first.starts_with(fix) && (first.ends_with(then) || first.contains("and 22 more, all but 2")),
            "{first}"
        );
    }
    for last in &fixes[24..] {
        let then = "; after the one change for others of the same policy, diagnose this one again: --all";
        assert_eq!(*last, format!("{fix}{then}"));
    }
    let ran = iamdx(&["diagnose", "--snapshot", &snapshot, "--all"], text.as_bytes());
    let words: Vec<&str> = ran.stdout.split_whitespace().collect();
    let count = |text: &str| words.join(" ").matches(text).count();
    assert!(
        count("make the one change that holds this one and others, and diagnose the 2 that it leaves out again") >= 24
    );
    assert!(count("make the one change that holds others, and diagnose this one again after it") >= 2);
    assert_eq!(count("make one, and diagnose again after it"), 0);
}
