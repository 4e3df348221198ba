//! Findings whose remedies change the same policy: each says so, and one change for all of them is offered.

use serde_json::{Value, json};

use crate::triage_diagnosed::{ACCOUNT, denied, findings, role, triage, written};

const WHY: &str = "with an explicit deny in an identity-based policy";

fn table(name: &str) -> String {
    format!("arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/{name}")
}

/// A role whose policy denies what two of its findings are about.
fn scene(folder: &std::path::Path) {
    let records: Vec<Value> = (0..5)
        .map(|number| denied(number, "app", "dynamodb:DeleteItem", &table("orders"), WHY))
        .chain((5..8).map(|number| denied(number, "app", "dynamodb:DeleteTable", &table("old"), WHY)))
        .chain((8..10).map(|number| {
            denied(
                number,
                "other",
                "dynamodb:GetItem",
                &table("old"),
                "because no identity-based policy allows the dynamodb:GetItem action",
            )
        }))
        .collect();
    let denies = json!([
        {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"},
        {"Sid": "No", "Effect": "Deny", "Action": ["dynamodb:DeleteItem", "dynamodb:DeleteTable", "dynamodb:DeleteBackup"], "Resource": "*"},
    ]);
    let account = json!({"iamdx_snapshot": 1, "accounts": [{"id": ACCOUNT, "in_organization": false, "RoleDetailList": [
        role(ACCOUNT, "app", &denies), role(ACCOUNT, "other", &json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}])),
    ]}]});
    written(folder, &records, &account);
}

#[test]
fn the_change_for_both_ends_both_and_each_finding_names_the_other() {
    let folder = tempfile::tempdir().unwrap();
    scene(folder.path());
    let all = findings(folder.path(), &["trail.json", "--snapshot", "account.json"]);
    let ids = |finding: &Value| -> Vec<String> {
        let remedies = finding["diagnosis"]["remedies"].as_array().unwrap().iter();
        remedies.map(|remedy| format!("{} {}", remedy["id"].as_str().unwrap(), remedy["why_not_codes"])).collect()
    };
    assert_eq!(
        all.iter().map(ids).collect::<Vec<_>>(),
        [
            vec![r#"remedy-1 ["shares-policy"]"#, "together-1 []"],
            vec![r#"remedy-1 ["shares-policy"]"#, "together-1 []"],
            vec!["remedy-1 []"],
        ]
    );
    let change = |finding: &Value| finding["diagnosis"]["remedies"][1]["edits"][0]["document"].clone();
    assert_eq!(change(&all[0]), change(&all[1]));
    let statement = |number: usize| change(&all[0])["Statement"][number].clone();
    // all that the Deny stops stays denied but for the two
    assert_eq!(
        (1..4).map(statement).collect::<Vec<_>>(),
        [
            json!({"Sid": "No", "Effect": "Deny", "Action": ["dynamodb:DeleteItem", "dynamodb:DeleteTable", "dynamodb:DeleteBackup"],
                "NotResource": [table("orders"), table("old")]}),
            json!({"Sid": "No2", "Effect": "Deny", "Action": ["dynamodb:DeleteTable", "dynamodb:DeleteBackup"], "Resource": table("orders")}),
            json!({"Sid": "No3", "Effect": "Deny", "Action": ["dynamodb:DeleteItem", "dynamodb:DeleteBackup"], "Resource": table("old")}),
        ]
    );
    let (_, text) = triage(folder.path(), &["trail.json", "--snapshot", "account.json", "--top", "2"]);
    assert!(text.contains("the fix of dynamodb:DeleteTable on"), "{text}");
}
