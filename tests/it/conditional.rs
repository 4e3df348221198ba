//! A remedy that rests on an unseen policy works exactly when that policy says what the remedy says it must, by two evaluators.

use iamdx::evaluate::{Decision, TestCase, evaluate};
use serde_json::{Value, json};

use crate::support::second::judge;
use crate::support::{entries, iamdx, project, read};

fn named(name: &str, document: &Value) -> Value {
    json!({"name": name, "document": document})
}

/// The documents that a case gives by an option.
fn given(options: &[String], option: &str) -> Vec<Value> {
    let paths = options.iter().zip(options.iter().skip(1)).filter(|(name, _)| *name == option).map(|(_, path)| path);
    paths.map(|path| named(path, &serde_json::from_str(&read(path)).unwrap())).collect()
}

/// The case as the evaluators take it, with the edits in place; with the premises too, or without.
fn case(report: &Value, remedy: &Value, options: &[String], with_premises: bool) -> Value {
    let kind = |policy_type: &Value| {
        let name = policy_type.as_str().unwrap();
        if name == "role-trust" { "resource-based".to_owned() } else { name.to_owned() }
    };
    let mut policies = json!({"identity-based": given(options, "--identity-policy"), "resource-based": given(options, "--resource-policy")});
    for edit in remedy["edits"].as_array().unwrap() {
        let list = policies[kind(&edit["policy_type"])].as_array_mut().unwrap();
        if edit["op"] == "replace" {
            list.clear();
        }
        list.push(named("edit", &edit["document"]));
    }
    for premise in remedy["verification"]["conditional_on"].as_array().unwrap() {
        let statement: Value = serde_json::from_str(premise["statement"].as_str().unwrap()).unwrap();
        if with_premises {
            let list = policies[kind(&premise["policy_type"])].as_array_mut().unwrap();
            list.push(named("premise", &json!({"Version": "2012-10-17", "Statement": [statement]})));
        }
    }
    let account = options.iter().zip(options.iter().skip(1)).find(|(name, _)| *name == "--resource-account");
    let resource = report["request"]["resource"].as_str().unwrap();
    let account = account.map_or_else(|| resource.split(':').nth(4).unwrap(), |(_, account)| account.as_str());
    let request = json!({"principal": report["request"]["principal"], "action": report["request"]["action"],
        "resource": resource, "resource_account": account, "context": {}});
    json!({"id": "conditional", "request": request, "policies": policies})
}

fn decision(case: &Value) -> Decision {
    let parsed = TestCase::parse(&case.to_string()).unwrap();
    let own = evaluate(&parsed.request, &parsed.policies).decision;
    let allowed = own == Decision::Allowed;
    assert_eq!(allowed, judge(case).decision == "allowed", "{case}");
    own
}

#[test]
fn the_statement_of_each_premise_is_what_is_missing() {
    let mut count = 0;
    for folder in entries("fixtures/cases").iter().flat_map(entries) {
        let told: Value = serde_json::from_str(&read(folder.join("case.json"))).unwrap();
        if told["expect"]["conditional"] != true {
            continue;
        }
        let relative = folder.strip_prefix(project()).unwrap().to_string_lossy().into_owned();
        let options: Vec<String> = told["options"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|option| option.as_str().unwrap().replace("@CASE@", &relative))
            .collect();
        let denial = format!("{relative}/denial.txt");
        let mut arguments = vec!["diagnose", denial.as_str(), "--format", "json"];
        arguments.extend(options.iter().map(String::as_str));
        let report: Value = serde_json::from_str(&iamdx(&arguments, b"").stdout).unwrap();
        let report = &report["reports"][0];
        let rests =
            |remedy: &&Value| remedy["verification"]["conditional_on"].as_array().is_some_and(|all| !all.is_empty());
        for remedy in report["remedies"].as_array().unwrap().iter().filter(rests) {
            assert_eq!(decision(&case(report, remedy, &options, true)), Decision::Allowed, "{relative}");
            assert_ne!(decision(&case(report, remedy, &options, false)), Decision::Allowed, "{relative}");
            count += 1;
        }
    }
    assert!(count >= 4, "{count} remedies");
}
