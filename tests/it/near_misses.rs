//! The near miss is the statement that was meant: policies that allow a request, with one element broken.

use std::sync::Arc;

use iamdx::diagnose::near_misses;
use iamdx::evaluate::{Decision, evaluate};
use iamdx::iam::{Context, Document, Element, Policy, PolicySet, PolicyType, Principal, Request};
use iamdx::text::Source;
use serde_json::{Value, json};

use crate::support::generate::Random;

const ASKED: [(&str, &str, &str); 6] = [
    ("s3:GetObject", "arn:aws:s3:::reports/2026/q1.csv", "arn:aws:s3:::reports/2026/*"),
    ("s3:ListBucket", "arn:aws:s3:::reports", "arn:aws:s3:::reports"),
    (
        "dynamodb:Query",
        "arn:aws:dynamodb:eu-west-1:111122223333:table/orders",
        "arn:aws:dynamodb:eu-west-1:111122223333:table/ord*",
    ),
    ("sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:jobs", "arn:aws:sqs:us-east-1:111122223333:jobs"),
    (
        "bedrock:InvokeModel",
        "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0",
        "arn:aws:bedrock:*::foundation-model/anthropic.claude-sonnet-*",
    ),
    (
        "lambda:InvokeFunction",
        "arn:aws:lambda:us-east-1:111122223333:function:resize",
        "arn:aws:lambda:us-east-1:111122223333:function:resize",
    ),
];

/// Statements that a user has besides: other services, other resources of the same service, other actions.
fn others(random: &mut Random, action: &str, resource: &str) -> Vec<Value> {
    let service = action.split(':').next().unwrap();
    let rest = resource.splitn(6, ':').nth(5).unwrap();
    let all = [
        json!({"Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*"}),
        json!({"Effect": "Allow", "Action": ["iam:GetUser", "iam:ListRoles"], "Resource": "*"}),
        json!({"Effect": "Allow", "Action": format!("{service}:List*"), "Resource": "arn:aws:nothing:::else"}),
        json!({"Effect": "Allow", "Action": format!("{service}:TagResource"), "Resource": "*"}),
        json!({"Effect": "Allow", "Action": "logs:*", "Resource": format!("arn:aws:logs:*:*:{rest}")}),
        json!({"Effect": "Allow", "Action": action, "Resource": "arn:aws:nothing:::here",
               "Condition": {"StringEquals": {"aws:PrincipalTag/team": "red"}}}),
        json!({"Effect": "Deny", "Action": "ec2:TerminateInstances", "Resource": "*"}),
    ];
    all.into_iter().filter(|_| random.chance(70)).collect()
}

/// Breaks one element so that the statement no longer covers the request, and says which one.
fn break_one(random: &mut Random, statement: &mut Value, action: &str) -> Element {
    match random.below(3) {
        0 => {
            let service = action.split(':').next().unwrap();
            let name = action.split(':').nth(1).unwrap();
            let broken = [
                format!("{service}:{name}Version"),
                format!("{service}:{}", name.replace(char::is_lowercase, "x")),
                format!("{service}:Batch{name}"),
            ];
            statement["Action"] = json!(broken[random.below(broken.len())]);
            Element::Action
        }
        1 => {
            let resource = statement["Resource"].as_str().unwrap().to_owned();
            let broken = match random.below(4) {
                0 => resource
                    .replace("reports", "report")
                    .replace("orders", "order")
                    .replace("ord*", "old*")
                    .replace("jobs", "job")
                    .replace("sonnet-", "haiku-")
                    .replace("resize", "resized"),
                1 => resource.replace("arn:aws:", "arn:aws-cn:"),
                2 => resource
                    .replace("us-east-1", "us-west-2")
                    .replace("eu-west-1", "eu-west-2")
                    .replace("arn:aws:s3:::", "arn:aws:s3:::x-")
                    .replace("bedrock:*:", "bedrock:eu-*:"),
                _ => format!("{}/other", resource.trim_end_matches('*')),
            };
            statement["Resource"] = json!(broken);
            Element::Resource
        }
        _ => {
            statement["Condition"] = json!({"StringEquals": {"aws:PrincipalTag/team": "green"}});
            Element::Condition
        }
    }
}

fn policies(statements: &[Value]) -> PolicySet {
    let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    let document = Arc::new(Document::parse(Source::new("policy", text)).unwrap());
    let policy = Policy::new("policy", PolicyType::IdentityBased, document);
    PolicySet::builder().policy(policy).build()
}

#[test]
fn the_broken_statement_is_the_nearest_in_at_least_95_of_100() {
    let setting = |name: &str, default: u64| {
        let given = std::env::var(name).ok().and_then(|text| text.parse().ok());
        given.unwrap_or(default)
    };
    let mutations = setting("IAMDX_MUTATIONS", 2_000);
    let mut random = Random::new(setting("IAMDX_SEED", 95));
    let (mut named, mut asked) = (0, 0);
    let mut missed = Vec::new();
    while asked < mutations {
        let (action, resource, pattern) = ASKED[random.below(ASKED.len())];
        let mut context = Context::new();
        context.set_complete(true);
        context.set_one("aws:PrincipalTag/team", "blue");
        let request =
            Request::new(Principal::new("arn:aws:iam::111122223333:user/dora"), action.parse().unwrap(), resource)
                .with_resource_account("111122223333")
                .in_context(context);
        let mut statements = others(&mut random, action, resource);
        let at = random.below(statements.len() + 1);
        statements.insert(at, json!({"Effect": "Allow", "Action": action, "Resource": pattern}));
        assert_eq!(evaluate(&request, &policies(&statements)).decision, Decision::Allowed);
        let element = break_one(&mut random, &mut statements[at], action);
        let broken = policies(&statements);
        let evaluation = evaluate(&request, &broken);
        if evaluation.decision == Decision::Allowed {
            continue;
        }
        asked += 1;
        let near = near_misses(&request, &evaluation);
        if near.first().is_some_and(|near| near.statement.index == at && near.only_element() == Some(element)) {
            named += 1;
        } else {
            missed.push(format!(
                "{element} of {}: named {:?}",
                statements[at],
                near.first().map(|near| &statements[near.statement.index])
            ));
        }
    }
    println!("{named} of {asked} named");
    missed.truncate(5);
    assert!(named * 100 >= asked * 95, "{named} of {asked}\n{}", missed.join("\n"));
}
