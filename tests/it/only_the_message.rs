//! With nothing but AWS's message the first screen, 24 rows of 80 columns, is an answer: whose policy, what to add or how to find it, and
//! how to be sure.

use crate::support::iamdx;

/// Messages by the kind of caller, policy type and effect.
const SAID: [(&str, &str); 31] = [
    (
        "imp-id-role",
        "User: arn:aws:sts::111122223333:assumed-role/app/i-0abc is not authorized to perform: s3:CreateBucket on resource: arn:aws:s3:::reports because no identity-based policy allows the s3:CreateBucket action",
    ),
    (
        "imp-id-user",
        "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:us-east-1:111122223333:table/orders because no identity-based policy allows the dynamodb:PutItem action",
    ),
    (
        "imp-id-sso",
        "User: arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Dev_0123456789abcdef/alice@example.com is not authorized to perform: ec2:RunInstances on resource: arn:aws:ec2:eu-west-1:111122223333:instance/* because no identity-based policy allows the ec2:RunInstances action",
    ),
    (
        "imp-id-slr",
        "User: arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForAutoScaling/AutoScaling is not authorized to perform: kms:CreateGrant on resource: arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab because no identity-based policy allows the kms:CreateGrant action",
    ),
    (
        "imp-id-nores",
        "User: arn:aws:sts::111122223333:assumed-role/app/i-0abc is not authorized to perform: s3:ListAllMyBuckets because no identity-based policy allows the s3:ListAllMyBuckets action",
    ),
    (
        "imp-id-nores2",
        "User: arn:aws:sts::111122223333:assumed-role/app/i-0abc is not authorized to perform: lambda:InvokeFunction because no identity-based policy allows the lambda:InvokeFunction action",
    ),
    (
        "imp-id-escal",
        "User: arn:aws:sts::111122223333:assumed-role/app/i-0abc is not authorized to perform: iam:PutUserPolicy on resource: arn:aws:iam::111122223333:user/alice because no identity-based policy allows the iam:PutUserPolicy action",
    ),
    (
        "imp-id-passrole",
        "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: iam:PassRole on resource: arn:aws:iam::111122223333:role/admin because no identity-based policy allows the iam:PassRole action",
    ),
    (
        "imp-id-xacct",
        "User: arn:aws:sts::111122223333:assumed-role/app/i-0abc is not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:us-east-1:444455556666:jobs because no identity-based policy allows the sqs:SendMessage action",
    ),
    (
        "imp-res-s3",
        "User: arn:aws:sts::111122223333:assumed-role/app/i-0abc is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::reports/2026/q1.csv because no resource-based policy allows the s3:GetObject action",
    ),
    (
        "imp-res-sqs-x",
        "User: arn:aws:sts::111122223333:assumed-role/app/i-0abc is not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:us-east-1:444455556666:jobs because no resource-based policy allows the sqs:SendMessage action",
    ),
    (
        "imp-res-kms",
        "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab because no resource-based policy allows the kms:Decrypt action",
    ),
    (
        "imp-trust",
        "User: arn:aws:sts::111122223333:assumed-role/app/i-0abc is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::444455556666:role/deploy because no role trust policy allows the sts:AssumeRole action",
    ),
    (
        "imp-bnd",
        "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::reports/a.csv because no permissions boundary allows the s3:PutObject action",
    ),
    (
        "imp-scp",
        "User: arn:aws:sts::111122223333:assumed-role/app/i-0abc is not authorized to perform: ec2:DescribeInstances on resource: * because no service control policy allows the ec2:DescribeInstances action",
    ),
    (
        "imp-session",
        "User: arn:aws:sts::111122223333:assumed-role/app/i-0abc is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::reports/a.csv because no session policy allows the s3:GetObject action",
    ),
    (
        "imp-vpce",
        "User: arn:aws:sts::111122223333:assumed-role/app/i-0abc is not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:us-east-1:111122223333:jobs because no VPC endpoint policy allows the sqs:SendMessage action",
    ),
    (
        "exp-id",
        "User: arn:aws:sts::111122223333:assumed-role/app/i-0abc is not authorized to perform: s3:DeleteObject on resource: arn:aws:s3:::reports/a.csv with an explicit deny in an identity-based policy",
    ),
    (
        "exp-id-arn",
        "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:DeleteObject on resource: arn:aws:s3:::reports/a.csv with an explicit deny in an identity-based policy: arn:aws:iam::111122223333:policy/team/no-delete",
    ),
    (
        "exp-scp",
        "User: arn:aws:sts::111122223333:assumed-role/app/i-0abc is not authorized to perform: ec2:RunInstances on resource: arn:aws:ec2:eu-west-1:111122223333:instance/* with an explicit deny in a service control policy",
    ),
    (
        "exp-scp-arn",
        "User: arn:aws:sts::111122223333:assumed-role/app/i-0abc is not authorized to perform: ec2:RunInstances on resource: arn:aws:ec2:eu-west-1:111122223333:instance/* with an explicit deny in a service control policy: arn:aws:organizations::444455556666:policy/o-exampleorgid/service_control_policy/p-examplepolicyid111",
    ),
    (
        "exp-rcp",
        "User: arn:aws:sts::111122223333:assumed-role/app/i-0abc is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::reports/a.csv with an explicit deny in a resource control policy",
    ),
    (
        "exp-bnd",
        "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: iam:CreateUser on resource: arn:aws:iam::111122223333:user/bob with an explicit deny in a permissions boundary",
    ),
    (
        "exp-sess",
        "User: arn:aws:sts::111122223333:assumed-role/app/i-0abc is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::reports/a.csv with an explicit deny in a session policy",
    ),
    (
        "exp-vpce",
        "User: arn:aws:sts::111122223333:assumed-role/app/i-0abc is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::reports/a.csv with an explicit deny in a VPC endpoint policy",
    ),
    (
        "exp-res",
        "User: arn:aws:sts::111122223333:assumed-role/app/i-0abc is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::reports/a.csv with an explicit deny in a resource-based policy",
    ),
    (
        "exp-sso-id",
        "User: arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Dev_0123456789abcdef/alice@example.com is not authorized to perform: s3:DeleteBucket on resource: arn:aws:s3:::reports with an explicit deny in an identity-based policy",
    ),
    (
        "unk-user",
        "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbCdEf",
    ),
    (
        "unk-role",
        "User: arn:aws:sts::111122223333:assumed-role/app/i-0abc is not authorized to perform: ecr:GetAuthorizationToken on resource: *",
    ),
    (
        "fed-user",
        "User: arn:aws:sts::111122223333:federated-user/bob is not authorized to perform: s3:ListBucket on resource: arn:aws:s3:::reports because no identity-based policy allows the s3:ListBucket action",
    ),
    (
        "root-scp",
        "User: arn:aws:iam::111122223333:root is not authorized to perform: s3:PutBucketPolicy on resource: arn:aws:s3:::reports with an explicit deny in a service control policy",
    ),
];

/// As the AWS CLI prints it.
fn diagnosed(said: &str) -> crate::support::Run {
    with(said, &[])
}

fn with(said: &str, options: &[&str]) -> crate::support::Run {
    let whole = format!("An error occurred (AccessDenied) when calling the ApiOperation operation: {said}");
    iamdx(&[&["diagnose", "--message", &whole], options].concat(), b"")
}

/// How many rows of a terminal a line takes.
fn rows(line: &str) -> usize {
    line.chars().count().div_ceil(80).max(1)
}

/// The report up to the commands that make sure, which end the first answer.
fn first_answer(text: &str) -> Option<&str> {
    let at = text.find("o be sure").or_else(|| text.find("--live):"))?;
    let (_, rest) = text.get(at..)?.split_once('\n')?;
    let mut end = text.len() - rest.len();
    for line in rest.split_inclusive('\n') {
        if !line.starts_with("    ") {
            break;
        }
        end += line.len();
    }
    text.get(..end)
}

#[test]
fn the_first_screen_is_an_answer() {
    let mut long = Vec::new();
    for (name, said) in SAID {
        let answer = diagnosed(said);
        assert_eq!(answer.code, 3, "{name}");
        let text = answer.stdout;
        let first = first_answer(&text).unwrap_or_else(|| panic!("{name}: nothing says how to be sure\n{text}"));
        let owner = [
            "account admin",
            "Identity Center admin",
            "organization admin",
            "resource owner",
            "whoever makes the session",
        ];
        let flat = first.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(owner.iter().any(|owner| flat.contains(owner)), "{name}: nobody owns it\n{text}");
        let command = first.lines().any(|line| line.starts_with("      aws "));
        assert!(command || first.contains("\"Effect\": \"Allow\""), "{name}: nothing to do\n{text}");
        // what is attached to nobody is never the place for a policy
        assert!(!text.contains("put-role-policy --role-name AWS"), "{name}\n{text}");
        if first.lines().map(rows).sum::<usize>() > 24 {
            long.push(name);
        }
    }
    // the ARN of the key, the service that gets the role, and what has to be looked up first
    assert_eq!(long, ["imp-id-slr", "imp-id-passrole", "unk-user", "unk-role", "fed-user"]);
}

/// What is replaced as a whole is printed first.
#[test]
fn no_policy_is_overwritten_unseen() {
    let mut replaced = 0;
    for (name, said) in SAID {
        let text = with(said, &["--all"]).stdout;
        for (at, _) in text.match_indices("file://policy.json") {
            let before = text.get(..at).unwrap();
            assert!(before.contains("> policy.json"), "{name}: nothing shows what is replaced\n{text}");
            replaced += 1;
        }
    }
    assert!(replaced >= 8, "{replaced}");
}

/// The report of a message of role `app`, as JSON, with these options.
fn report(action: &str, resource: &str, said: &str, options: &[&str]) -> serde_json::Value {
    let text = format!(
        "User: arn:aws:sts::111122223333:assumed-role/app/run-1 is not authorized to perform: {action} on resource: {resource} {said}"
    );
    let output = iamdx(&[&["diagnose", "--format", "json", "-m", &text], options].concat(), b"");
    let mut report: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    report["reports"][0].take()
}

/// A pattern that a person put into the text covers the one resource that was asked for; it is neither granted nor taken for a name.
#[test]
fn a_pattern_of_a_person_leaves_a_blank() {
    for resource in ["arn:aws:secretsmanager:us-east-1:111122223333:secret:*", "arn:aws:s3:::data/*"] {
        let action = if resource.contains("s3") { "s3:GetObject" } else { "secretsmanager:GetSecretValue" };
        let said = format!("because no identity-based policy allows the {action} action");
        let step = report(action, resource, &said, &[])["remedies"][0]["steps"][0].as_str().unwrap().to_owned();
        assert!(step.contains(r#""Resource": "FILL_IN_RESOURCE_ARN""#), "{step}");
    }
}

/// <https://docs.aws.amazon.com/vpc-lattice/latest/ug/auth-policies.html>
#[test]
fn the_policy_of_a_service_network_is_not_that_of_the_service() {
    let service = "arn:aws:vpc-lattice:us-east-1:111122223333:service/svc-0a1b/orders";
    let found = |said: &str| {
        let report = report("vpc-lattice-svcs:Invoke", service, said, &[]);
        let ids = report["remedies"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect::<Vec<_>>();
        let commands = report["remedies"][0]["commands"].to_string().contains("list-service-network");
        (report["gaps"][0]["what_code"].clone(), serde_json::Value::from(ids), commands)
    };
    assert_eq!(
        [
            found("because no service-based policy allows the vpc-lattice-svcs:Invoke action"),
            found("because no network-based policy allows the vpc-lattice-svcs:Invoke action"),
            found("with an explicit deny in a network-based policy"),
        ],
        [
            ("auth-policy".into(), serde_json::json!(["ask"]), false),
            ("network-auth-policy".into(), serde_json::json!([]), false),
            ("network-auth-policy".into(), serde_json::json!(["ask"]), true),
        ]
    );
}

/// What a reader says against AWS's words leads; of what belongs to AWS nobody is given a policy.
#[test]
fn that_there_is_no_policy_where_aws_names_one_is_a_disagreement() {
    let codes = |action: &str, resource: &str, said: &str, options: &[&str]| {
        let report = report(action, resource, said, options);
        (report["disagreement_reasons"].pointer("/0/0/code").cloned(), report["remedies"][0]["id"].clone())
    };
    let (queue, layer) = ("arn:aws:sqs:us-east-1:111122223333:jobs", "arn:aws:lambda:us-east-1:aws:layer:tools:1");
    assert_eq!(
        [
            codes("sqs:SendMessage", queue, "with an explicit deny in a service control policy", &["--no-scp"]),
            codes("sqs:SendMessage", queue, "with an explicit deny in a service control policy", &[]),
            codes(
                "lambda:GetLayerVersion",
                layer,
                "because no resource-based policy allows the lambda:GetLayerVersion action",
                &[]
            ),
        ],
        [(Some("none-given".into()), "ask".into()), (None, "ask".into()), (None, "change-the-request".into())]
    );
}

/// Which service gets the role is a part of the statement: the one that the denied call passes it to, the one that a person says, or a
/// blank.
#[test]
fn a_role_is_passed_to_one_service() {
    let said = |partition: &str| {
        format!(
            "User: arn:{partition}:iam::111122223333:user/ada is not authorized to perform: iam:PassRole on resource: \
             arn:{partition}:iam::111122223333:role/worker because no identity-based policy allows the iam:PassRole action"
        )
    };
    let called = |operation: &str| {
        format!("An error occurred (AccessDenied) when calling the {operation} operation: {}", said("aws"))
    };
    let ec2 = format!(
        "An error occurred (UnauthorizedOperation) when calling the RunInstances operation: You are not authorized to perform this \
         operation. {}",
        said("aws")
    );
    let china = format!("An error occurred (AccessDenied) when calling the RunTask operation: {}", said("aws-cn"));
    let offered = |text: &str, options: &[&str]| {
        let output = iamdx(&[&["diagnose", "--format", "json", "-m", text], options].concat(), b"");
        let report: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
        let step = report["reports"][0]["remedies"][0]["steps"][0].as_str().unwrap().to_owned();
        let (_, condition) = step.split_once("\"Condition\":").unwrap_or_else(|| panic!("for any service: {step}"));
        condition.split('"').nth(5).unwrap().to_owned()
    };
    let given = ["--context", "iam:PassedToService=glue.amazonaws.com"];
    assert_eq!(
        [
            offered(&called("CreateFunction"), &[]),
            offered(&ec2, &[]),
            offered(&called("RegisterTaskDefinition"), &[]),
            offered(&called("CreateStack"), &[]),
            offered(&called("CreateJob"), &given),
            offered(&called("CreateFunction"), &given),
            offered(&said("aws"), &[]),
            // there services have other names
            offered(&china, &[]),
        ],
        [
            "lambda.amazonaws.com",
            "ec2.amazonaws.com",
            "ecs-tasks.amazonaws.com",
            "FILL_IN_SERVICE",
            "glue.amazonaws.com",
            "glue.amazonaws.com",
            "FILL_IN_SERVICE",
            "FILL_IN_SERVICE",
        ]
    );
}

/// Whoever reads the text says what it left out; nobody makes a session for that. What the operation tells is told.
#[test]
fn what_a_text_leaves_out_is_asked_of_its_reader() {
    let bare = "An error occurred (AccessDenied) when calling the GetObject operation: Access Denied";
    let shown = |options: &[&str]| iamdx(&[&["diagnose", "-m", bare], options].concat(), b"").stdout;
    assert_eq!(
        shown(&["--brief"]),
        "DENIED  s3:GetObject (inferred: the message names no action)\n\
         WHY  AWS does not say which policy\n\
         FIX  Say what AWS left out: run again with --principal ARN --resource ARN\n"
    );
    for format in ["text", "markdown", "github", "html", "sarif", "json"] {
        let text = shown(&["--format", format]);
        assert!(!text.to_lowercase().contains("makes the session"), "{format}: {text}");
    }
    // of a session policy it is whoever makes the session
    let (_, session) = SAID.iter().find(|(name, _)| *name == "imp-session").unwrap();
    let brief = with(session, &["--brief"]).stdout;
    assert!(brief.contains("(whoever makes the session; needs review)"), "{brief}");
    assert!(with(session, &["--format", "html"]).stdout.contains("or whoever makes the session"));
}
