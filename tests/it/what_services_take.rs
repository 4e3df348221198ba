//! What a fix makes of the policy of a resource is what its service takes: an element, an action or a list too much, and the call that sets
//! it fails.

use serde_json::{Value, json};

use crate::support::{Run, iamdx};

const ROLE: &str = "arn:aws:iam::111122223333:role/app";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/app/x";

/// `diagnose` with these policies and no others.
fn diagnose(denial: &str, policies: &[(&str, &Value)], more: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let given = |option: &str| policies.iter().any(|(own, _)| *own == option);
    let mut arguments = vec!["diagnose".to_owned(), "-m".to_owned(), denial.to_owned()];
    for (number, (option, document)) in policies.iter().enumerate() {
        let path = folder.path().join(format!("p{number}.json"));
        std::fs::write(&path, document.to_string()).unwrap();
        arguments.extend([(*option).to_owned(), path.to_string_lossy().into_owned()]);
    }
    let none = ["permissions-boundary", "session-policy", "scp", "rcp", "vpc-endpoint-policy", "resource-policy"];
    arguments.extend(none.iter().filter(|kind| !given(&format!("--{kind}"))).map(|kind| format!("--no-{kind}")));
    arguments.extend(more.iter().map(|word| (*word).to_owned()));
    iamdx(&arguments.iter().map(String::as_str).collect::<Vec<_>>(), b"")
}

/// The document that the first fix leaves.
fn fixed(denial: &str, policies: &[(&str, &Value)], more: &[&str]) -> Value {
    let run = diagnose(denial, policies, &[&["--format", "json"], more].concat());
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.whole()));
    let remedies = report["reports"][0]["remedies"].as_array().unwrap();
    let edits = remedies.iter().find_map(|remedy| remedy["edits"].as_array().filter(|edits| !edits.is_empty()));
    edits.unwrap_or_else(|| panic!("{report:#}"))[0]["document"].clone()
}

fn everything() -> Value {
    json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
}

fn not_authorized(action: &str, resource: &str, why: &str) -> String {
    format!("User: {SESSION} is not authorized to perform: {action} on resource: {resource} {why}")
}

/// <https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html>
/// <https://github.com/awsdocs/amazon-ecr-user-guide/pull/20>
#[test]
fn the_policy_of_a_repository_names_no_resource() {
    let ci = json!({"Sid": "Ci", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:role/ci"},
        "Action": "ecr:BatchGetImage"});
    let policy = json!({"Version": "2012-10-17", "Statement": [ci]});
    let repository = "arn:aws:ecr:eu-west-1:444455556666:repository/api";
    let denial = not_authorized(
        "ecr:BatchGetImage",
        repository,
        "because no resource-based policy allows the ecr:BatchGetImage action",
    );
    let policies = [("--identity-policy", &everything()), ("--resource-policy", &policy)];
    let added = json!({"Sid": "AllowBatchGetImage", "Effect": "Allow", "Principal": {"AWS": ROLE},
        "Action": "ecr:BatchGetImage"});
    assert_eq!(fixed(&denial, &policies, &[])["Statement"], json!([ci, added]));
    // nor does the statement that is to be added where the policy was not seen
    let run = iamdx(&["diagnose", "-m", &denial, "--format", "json"], b"");
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        report["reports"][0]["remedies"][0]["steps"][0],
        format!(
            "Add this statement to the policy of this repository: {{\"Effect\": \"Allow\", \"Principal\": {{\"AWS\": \"{ROLE}\"}}, \
             \"Action\": \"ecr:BatchGetImage\"}}"
        )
    );
}

/// A policy of a VPC endpoint is about every resource, so it names the one that is meant whatever the resource's own policy would say.
/// <https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html>
#[test]
fn the_policy_of_an_endpoint_names_the_resource() {
    let key = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let repository = "arn:aws:ecr:eu-west-1:111122223333:repository/api";
    let deploy = "arn:aws:iam::111122223333:role/deploy";
    for (action, resource) in [("kms:Decrypt", key), ("ecr:BatchGetImage", repository), ("sts:AssumeRole", deploy)] {
        let why = format!("because no VPC endpoint policy allows the {action} action");
        let other = json!({"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": "*"});
        let endpoint = json!({"Version": "2012-10-17", "Statement": [other]});
        let own = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": ROLE}, "Action": action}});
        let mut own = own;
        if action == "kms:Decrypt" {
            own["Statement"]["Resource"] = json!("*");
        }
        let policies =
            [("--identity-policy", &everything()), ("--vpc-endpoint-policy", &endpoint), ("--resource-policy", &own)];
        let after = fixed(&not_authorized(action, resource, &why), &policies, &[]);
        assert_eq!(after["Statement"][1]["Resource"], resource, "{after:#}");
    }
}

/// What is left of a Deny, statement by statement, each as `Action` and `Resource`.
fn left(document: &Value) -> Vec<(Value, Value)> {
    let statements = document["Statement"].as_array().unwrap().iter();
    statements.map(|statement| (statement["Action"].clone(), statement["Resource"].clone())).collect()
}

/// S3 refuses a policy with "Action does not apply to any resource(s) in statement". `PutObject`, `GetObject` and `DeleteObject` are asked
/// on objects, `ListBucket` and `DeleteBucket` on buckets.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html>
#[test]
fn each_action_of_a_bucket_policy_applies_to_a_resource_of_its_statement() {
    let (bucket, objects) = ("arn:aws:s3:::lake", "arn:aws:s3:::lake/*");
    let both = json!([bucket, objects]);
    for (actions, denied, on, expected) in [
        (json!("s3:PutObject"), "s3:PutObject", "arn:aws:s3:::lake/x", vec![(json!("s3:PutObject"), json!(objects))]),
        (
            json!(["s3:ListBucket", "s3:GetObject"]),
            "s3:ListBucket",
            bucket,
            // on everything else; for everybody else
            vec![(json!("s3:GetObject"), json!(objects)), (json!("s3:ListBucket"), json!(bucket))],
        ),
        (
            json!(["s3:PutObject", "s3:Delete*"]),
            "s3:PutObject",
            "arn:aws:s3:::lake/x",
            // on everything else; for everybody else; everything else that it does
            vec![
                (json!("s3:Delete*"), json!(bucket)),
                (json!(["s3:PutObject", "s3:Delete*"]), json!(objects)),
                (json!("s3:Delete*"), json!(objects)),
            ],
        ),
    ] {
        let deny = json!({"Sid": "D", "Effect": "Deny", "Principal": "*", "Action": actions, "Resource": both,
            "Condition": {"StringNotEquals": {"aws:PrincipalTag/Team": "sec"}}});
        let policy = json!({"Version": "2012-10-17", "Statement": [deny]});
        let denial = not_authorized(denied, on, "with an explicit deny in a resource-based policy");
        let policies = [("--identity-policy", &everything()), ("--resource-policy", &policy)];
        let after = fixed(&denial, &policies, &["--context", "aws:PrincipalTag/Team=x"]);
        assert_eq!(left(&after), expected, "{after:#}");
    }
}

/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html>
#[test]
fn a_statement_of_a_queue_has_seven_actions_at_most() {
    let queue = "arn:aws:sqs:eu-west-1:111122223333:jobs";
    let deny = json!({"Sid": "D", "Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": queue,
        "Condition": {"StringNotEquals": {"aws:PrincipalTag/Team": "sec"}}});
    let policy = json!({"Version": "2012-10-17", "Statement": [deny]});
    let denial = not_authorized("sqs:SendMessage", queue, "with an explicit deny in a resource-based policy");
    let policies = [("--identity-policy", &everything()), ("--resource-policy", &policy)];
    let after = fixed(&denial, &policies, &["--context", "aws:PrincipalTag/Team=x"]);
    let left = left(&after);
    let lists: Vec<&[Value]> = left.iter().filter_map(|(actions, _)| actions.as_array()).map(Vec::as_slice).collect();
    assert!(lists.iter().all(|list| list.len() <= 7), "{after:#}");
    let all = lists.concat();
    for name in
        ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:PurgeQueue", "sqs:DeleteQueue", "sqs:SetQueueAttributes"]
    {
        assert_eq!(all.iter().filter(|own| *own == name).count(), 1, "{name} {after:#}");
    }
    assert!(!all.contains(&json!("sqs:SendMessage")), "{after:#}");
}

#[test]
fn a_queue_whose_policy_is_full_gets_no_further_statement() {
    let queue = "arn:aws:sqs:eu-west-1:444455556666:jobs";
    let statement = |number: usize| {
        json!({"Sid": format!("S{number}"), "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:role/ci"},
            "Action": "sqs:ReceiveMessage", "Resource": queue})
    };
    for (statements, fits) in [(19, true), (20, false)] {
        let all: Vec<Value> = (1..=statements).map(statement).collect();
        let policy = json!({"Version": "2012-10-17", "Statement": all});
        let denial = not_authorized(
            "sqs:SendMessage",
            queue,
            "because no resource-based policy allows the sqs:SendMessage action",
        );
        let policies = [("--identity-policy", &everything()), ("--resource-policy", &policy)];
        let run = diagnose(&denial, &policies, &["--all"]);
        let told = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(told.contains("would have 21 statements, AWS allows 20"), !fits, "{}", run.whole());
        assert_eq!(told.contains("set-queue-attributes"), fits, "{}", run.whole());
    }
}

/// "Each policy must cover only a single topic", its Resource "must match the ARN of the policy's topic", and it takes eleven actions.
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html>
#[test]
fn the_policy_of_a_topic_names_its_topic_and_the_actions_that_it_takes() {
    let topic = "arn:aws:sns:eu-west-1:111122223333:alarms";
    let deny = json!({"Sid": "Closed", "Effect": "Deny", "Principal": "*", "Action": "sns:*", "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "ops"}}});
    let policy = json!({"Version": "2012-10-17", "Statement": [deny]});
    let denial = not_authorized("sns:Publish", topic, "with an explicit deny in a resource-based policy");
    let policies = [("--identity-policy", &everything()), ("--resource-policy", &policy)];
    let after = fixed(&denial, &policies, &["--context", "aws:PrincipalTag/team=app"]);
    let but = |mut condition: Value| {
        condition["ArnNotLike"] = json!({"aws:PrincipalArn": [ROLE, ROLE.replace("role/", "role/*/")]});
        condition
    };
    assert_eq!(
        after["Statement"],
        json!([
            {"Sid": "Closed", "Effect": "Deny", "Principal": "*", "Action": "sns:*", "Resource": topic,
                "Condition": but(deny["Condition"].clone())},
            {"Sid": "Closed2", "Effect": "Deny", "Principal": "*", "Action": ["sns:AddPermission", "sns:DeleteTopic",
                "sns:GetDataProtectionPolicy", "sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic",
                "sns:ListTagsForResource", "sns:PutDataProtectionPolicy", "sns:RemovePermission", "sns:SetTopicAttributes",
                "sns:Subscribe"], "Resource": topic, "Condition": deny["Condition"]},
        ])
    );
}
