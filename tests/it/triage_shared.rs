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
    // what it ends is evaluated, as of each fix
    for number in 0..2 {
        assert_eq!(all[number]["diagnosis"]["ends_together"], all[1 - number]["diagnosis"]["ends_together"]);
    }
    let count = |denials: u64, fingerprints: u64, records: u64| json!({"denials": denials, "fingerprints": fingerprints, "records": records});
    let none = || count(0, 0, 0);
    // the snapshot has neither, and the fix of each finding assumes the same
    let unseen = json!([
        format!("policy of {}", table("orders")),
        format!("session policies of arn:aws:sts::{ACCOUNT}:assumed-role/app/run-4"),
        format!("policy of {}", table("old")),
    ]);
    assert_eq!(
        all[0]["diagnosis"]["ends_together"],
        json!({"findings": [1, 2], "denials": 8, "remedy": "together-1", "allowed": none(), "allowed_if": count(8, 2, 6), "differ": none(),
            "blocked": none(), "open": none(), "left": none(), "others": none(), "others_if": none(), "unseen": unseen})
    );
    assert_eq!(all[2]["diagnosis"]["ends_together"], Value::Null);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        text.contains("ends 8 of 8 denials of the findings 1 and 2, if none of these blocks, which were not seen"),
        "{text}"
    );
}

/// The change for two findings is for the tables that they name most: others of the same caller stay denied, and are counted as left.
#[test]
fn what_the_change_for_both_does_not_reach_is_left() {
    let folder = tempfile::tempdir().unwrap();
    scene(folder.path());
    let more: Vec<Value> = (20..32)
        .map(|number| denied(number, "app", "dynamodb:DeleteItem", &table(&format!("t{}", "x".repeat(number))), WHY))
        .collect();
    let text = std::fs::read_to_string(folder.path().join("trail.json")).unwrap();
    let mut trail: Value = serde_json::from_str(&text).unwrap();
    trail["Records"].as_array_mut().unwrap().extend(more);
    std::fs::write(folder.path().join("trail.json"), trail.to_string()).unwrap();
    let all = findings(folder.path(), &["trail.json", "--snapshot", "account.json"]);
    let told: Vec<String> = all
        .iter()
        .map(|finding| {
            let together = &finding["diagnosis"]["ends_together"];
            format!(
                "{} ends {} left {}; together {} of {}, left {}",
                finding["count"],
                finding["diagnosis"]["ends"]["allowed_if"]["denials"],
                finding["diagnosis"]["ends"]["left"]["denials"],
                together["allowed_if"]["denials"],
                together["denials"],
                together["left"]["denials"]
            )
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"), @"
    12 ends 1 left 11; together 9 of 20, left 11
    5 ends 5 left 0; together 9 of 20, left 11
    3 ends 3 left 0; together 9 of 20, left 11
    2 ends 2 left 0; together null of null, left null
    ");
}
