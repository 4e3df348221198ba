//! What is offered where the obvious change is not the answer.

use serde_json::{Value, json};

use crate::support::iamdx;

/// The report of a message, as JSON.
fn report(text: &str, options: &[&str]) -> Value {
    let output = iamdx(&[&["diagnose", "--format", "json", "-m", text], options].concat(), b"");
    let mut report: Value = serde_json::from_str(&output.stdout).unwrap_or_else(|_| panic!("{}", output.stderr));
    report["reports"][0].take()
}

/// A policy in a file.
struct File(tempfile::TempDir);

impl File {
    fn of(policy: &Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("policy.json"), policy.to_string()).unwrap();
        Self(folder)
    }

    fn path(&self) -> String {
        self.0.path().join("policy.json").to_string_lossy().into_owned()
    }
}

/// The name of a session is another one the next time, and nobody can assume a session.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns>
#[test]
fn the_arn_of_a_session_is_never_offered() {
    let said = |action: &str, session: &str| {
        format!(
            "User: arn:aws:sts::111122223333:assumed-role/app/run-1 is not authorized to perform: {action} on resource: \
             arn:aws:sts::111122223333:assumed-role/{session} because no identity-based policy allows the {action} action"
        )
    };
    let unseen = report(&said("sts:GetScopedCredentials", "app/run-1"), &[])["remedies"][0]["steps"][0].to_string();
    assert!(unseen.contains(r#"\"Resource\": \"arn:aws:sts::111122223333:assumed-role/app/*\""#), "{unseen}");
    let file = File::of(&json!({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}));
    let seen = report(&said("sts:GetScopedCredentials", "app/run-1"), &["--identity-policy", &file.path()]);
    let edit = &seen["remedies"][0]["edits"][0]["document"]["Statement"][0]["Resource"];
    assert_eq!(edit, "arn:aws:sts::111122223333:assumed-role/app/*");
    let title = |session: &str| report(&said("sts:AssumeRole", session), &[])["remedies"][0]["title"].clone();
    assert_eq!(
        [title("deploy/run-2"), title("app/run-1")],
        [
            "Name the role in the call, not a session of it: arn:aws:iam::111122223333:role/deploy",
            "Leave out AssumeRole: the caller already is role `app`"
        ]
    );
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-federated-web-identity>
#[test]
fn a_trust_policy_that_names_another_provider_says_by_which_to_come() {
    let provider = |name: &str| format!("arn:aws:iam::111122223333:{name}");
    let asked = |operation: &str, own: &str, trusts: Value, context: &[&str]| {
        let file = File::of(&json!({"Statement": {
            "Effect": "Allow", "Principal": trusts, "Action": format!("sts:{operation}")
        }}));
        let text = format!(
            "An error occurred (AccessDenied) when calling the {operation} operation: Not authorized to perform sts:{operation}"
        );
        let (own, path) = (provider(own), file.path());
        let options =
            ["--principal", &own, "--resource", "arn:aws:iam::111122223333:role/app", "--resource-policy", &path];
        let title = report(&text, &[&options, context].concat())["remedies"][0]["title"].clone();
        title.as_str().unwrap().replace(&path, "policy.json")
    };
    let saml = |trusts, context| asked("AssumeRoleWithSAML", "saml-provider/Entra", trusts, context);
    let oidc =
        |trusts, context| asked("AssumeRoleWithWebIdentity", "oidc-provider/gitlab.example.com", trusts, context);
    let okta = || json!({"Federated": provider("saml-provider/Okta")});
    let known = ["--context", "saml:sub=ada", "--context", "saml:aud=https://signin.aws.amazon.com/saml"];
    assert_eq!(
        [
            saml(okta(), &[]),
            oidc(json!({"Federated": provider("oidc-provider/github.example.com")}), &[]),
            saml(json!({"Federated": "arn:aws:iam::444455556666:saml-provider/Entra"}), &[]),
            oidc(json!({"AWS": "111122223333"}), &[]),
            // whom the assertion names is known: a statement for that caller is proved
            saml(okta(), &known),
            // its own provider is named: what the token says decides
            saml(json!({"Federated": [provider("saml-provider/Okta"), provider("saml-provider/Entra")]}), &[]),
        ],
        [
            "Come by `saml-provider/Okta`, which the trust policy of role `app` names: the call came by `saml-provider/Entra`",
            "Come by `oidc-provider/github.example.com`, which the trust policy of role `app` names: the call came by \
             `oidc-provider/gitlab.example.com`",
            "Come by `arn:aws:iam::444455556666:saml-provider/Entra`, which the trust policy of role `app` names: the call came by \
             `saml-provider/Entra`",
            "Have `oidc-provider/gitlab.example.com` added to the trust policy of role `app`, which names no identity provider",
            "change role trust policy `policy.json`",
            "Compare what the assertion says with what the trust policy of role `app` asks for",
        ]
    );
}

/// Whoever reads that nothing is proved reads no proof below it.
#[test]
fn one_verdict_stands_first() {
    let file = File::of(&json!({"Statement": {
        "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*",
        "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
    }}));
    let said = "User: arn:aws:iam::111122223333:user/ada is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::data/k \
                because no identity-based policy allows the s3:GetObject action";
    let shown = |all: &[&str]| {
        let path = file.path();
        let options =
            ["diagnose", "-m", said, "--identity-policy", &path, "--context", "aws:RequestedRegion=us-east-1"];
        let text = iamdx(&[&options, all].concat(), b"").stdout;
        let heading = |line: &&str| ["FIX", "OR "].iter().any(|start| line.starts_with(start));
        let later = text.contains("1 other fix, proved").then(|| "1 other fix, proved".to_owned());
        text.lines().filter(heading).map(str::to_owned).chain(later).collect::<Vec<_>>()
    };
    assert_eq!(
        [shown(&[]).join("\n"), shown(&["--all"]).join("\n")],
        [
            "FIX  Change the request: call in eu-west-1 (aws:RequestedRegion = eu-west-1);\n1 other fix, proved",
            "FIX  Change the request: call in eu-west-1 (aws:RequestedRegion = eu-west-1);\nOR  1 change; owner: account admin; needs review"
        ]
    );
}

/// AWS checks two actions and may name the call's own for both.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_permissions-required>
#[test]
fn the_tags_of_a_session_need_an_action_of_their_own() {
    let provider = "arn:aws:iam::111122223333:oidc-provider/gitlab.example.com";
    let denied = |trusts: Value, tags: &[&str]| {
        let file = File::of(&json!({"Statement": {
            "Effect": "Allow", "Principal": {"Federated": provider}, "Action": trusts,
            "Condition": {"StringEquals": {"gitlab.example.com:sub": "project_path:example/shop"}}
        }}));
        let text = "An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform \
                    sts:AssumeRoleWithWebIdentity";
        let path = file.path();
        let options =
            ["--principal", provider, "--resource", "arn:aws:iam::111122223333:role/app", "--resource-policy", &path];
        let claims = [
            "--context",
            "gitlab.example.com:sub=project_path:example/shop",
            "--context",
            "gitlab.example.com:aud=aws",
        ];
        let report = report(text, &[&options[..], &claims, tags].concat());
        let allowed = report["remedies"][0]["verification"]["newly_allowed"][0].as_str().unwrap_or_default();
        let next: Vec<_> = report["next_denials"].as_array().unwrap().iter().map(|it| it["action"].clone()).collect();
        (
            report["request"]["action"].clone(),
            allowed.split(' ').next().unwrap_or_default().to_owned(),
            Value::from(next),
        )
    };
    let (assume, tag) = ("sts:AssumeRoleWithWebIdentity", "sts:TagSession");
    let tags = ["--context", "aws:RequestTag/team=shop"];
    assert_eq!(
        [
            denied(json!(assume), &tags),
            denied(json!([assume, tag]), &tags),
            denied(json!(assume), &[]),
            // the call itself is not allowed either
            denied(json!("sts:AssumeRole"), &tags),
        ],
        [
            (tag.into(), tag.to_owned(), json!([])),
            (assume.into(), String::new(), json!([])),
            (assume.into(), String::new(), json!([])),
            (assume.into(), assume.to_owned(), json!([tag])),
        ]
    );
}

/// New function URLs since October 2025 ask for both actions, all others since November 2026.
/// <https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>
#[test]
fn a_call_of_a_function_url_needs_two_actions() {
    let text = "User: arn:aws:iam::111122223333:user/ada is not authorized to perform: lambda:InvokeFunctionUrl on resource: \
                arn:aws:lambda:eu-west-1:111122223333:function:hello because no identity-based policy allows the \
                lambda:InvokeFunctionUrl action";
    let next = |also: &Value| {
        let file = File::of(&json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}, also
        ]}));
        report(text, &["--identity-policy", &file.path()])["next_denials"].take()
    };
    let function = "arn:aws:lambda:eu-west-1:111122223333:function:hello";
    assert_eq!(
        next(&json!({"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"})),
        json!([{"action": "lambda:InvokeFunction", "resource": function, "why": "checked when the function is called through its URL",
                "code": "through-function-url"}])
    );
    let through_url = json!({"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": function,
        "Condition": {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}});
    assert_eq!(next(&through_url), json!([]));
}

/// The policy of an endpoint counts for calls with a token too, which have no identity in AWS yet.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sts_vpc_endpoint_policies.html#reference_sts_vpc_endpoint_policies_considerations>
#[test]
fn an_endpoint_is_asked_about_a_call_with_a_token() {
    let provider = "arn:aws:iam::111122223333:oidc-provider/gitlab.example.com";
    let call = "sts:AssumeRoleWithWebIdentity";
    let trust =
        File::of(&json!({"Statement": {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": call}}));
    let of_org = File::of(&json!({"Statement": {
        "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}
    }}));
    let simulated = |more: &[&str]| {
        let path = trust.path();
        let asked = ["simulate", "--format", "json", "--principal", provider, "--action", call, "--no-rcp"];
        let on = ["--resource", "arn:aws:iam::111122223333:role/app", "--resource-policy", &path];
        let run = iamdx(&[&asked[..], &on, more].concat(), b"");
        let answer: Value = serde_json::from_str(&run.stdout).unwrap();
        (run.code, answer["decision"].clone(), answer["decision_as_given"].clone())
    };
    let (path, endpoint) = (of_org.path(), ["--context", "aws:SourceVpce=vpce-1a2b3c4d", "--vpc-endpoint-policy"]);
    assert_eq!(
        [
            simulated(&[]),
            simulated(&["--no-vpc-endpoint-policy"]),
            simulated(&["--context", "aws:SourceIp=203.0.113.7"]),
            simulated(&[&endpoint[..], &[&path]].concat()),
        ],
        [
            (3, "undetermined".into(), "allowed".into()),
            (0, "allowed".into(), Value::Null),
            (0, "allowed".into(), Value::Null),
            (1, "implicitDeny".into(), Value::Null),
        ]
    );
}

/// <https://docs.aws.amazon.com/agent-toolkit/latest/userguide/security_iam_troubleshoot.html>
#[test]
fn of_an_action_that_aws_no_longer_asks_about_there_is_one_answer() {
    let said = |reason: &str| {
        format!(
            "User: arn:aws:iam::111122223333:user/ada is not authorized to perform: aws-mcp:InvokeMcp on resource: * {reason}"
        )
    };
    let deny = File::of(&json!({"Statement": {"Effect": "Deny", "Action": "aws-mcp:*", "Resource": "*"}}));
    let path = deny.path();
    let answer = |text: &str, options: &[&str]| {
        let report = report(text, options);
        let count = |member: &str| report[member].as_array().unwrap().len();
        assert_eq!(
            (count("blockers"), count("hypotheses"), count("gaps"), count("disagreements")),
            (0, 0, 0, 0),
            "{report}"
        );
        (
            report["decision"].clone(),
            report["summary_code"].clone(),
            report["remedies"][0]["title_code"].clone(),
            count("remedies"),
        )
    };
    let one = (json!("allowed"), json!("no-longer-asked"), json!("no-longer-asked"), 1);
    assert_eq!(answer(&said("with an explicit deny in an identity-based policy"), &["--identity-policy", &path]), one);
    assert_eq!(answer(&said("with an explicit deny in a service control policy"), &[]), one);
    assert_eq!(answer(&said("because no identity-based policy allows the aws-mcp:InvokeMcp action"), &[]), one);
    assert_eq!(answer(&said(""), &[]), one);
}

/// What belongs to AWS is changed by AWS alone, and no policy of an account lets anybody else.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html#aws-managed-policies>
#[test]
fn of_a_resource_of_aws_nothing_is_offered_that_cannot_help() {
    let file = File::of(&json!({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}));
    let path = file.path();
    let codes = |action: &str, resource: &str, policy_type: &str, options: &[&str]| {
        let text = format!(
            "User: arn:aws:iam::111122223333:user/ada is not authorized to perform: {action} on resource: {resource} because no \
             {policy_type} policy allows the {action} action"
        );
        let report = report(&text, options);
        let remedies = report["remedies"].as_array().unwrap().iter();
        let edits = remedies.clone().any(|remedy| !remedy["edits"].as_array().unwrap().is_empty());
        (remedies.map(|remedy| remedy["title_code"].clone()).collect::<Value>(), edits)
    };
    let (managed, layer) =
        ("policy arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:lambda:us-east-1:aws:layer:tools:1");
    let seen = ["--identity-policy", &path];
    let own = "identity-based";
    assert_eq!(
        [
            codes("iam:CreatePolicyVersion", managed, own, &[]),
            codes("iam:DeletePolicy", managed, own, &seen),
            codes("ssm:PutParameter", "arn:aws:ssm:us-east-1:111122223333:parameter/aws/service/x", own, &[]),
            codes("lambda:GetLayerVersion", layer, "resource-based", &[]),
            // to read it, and to change one's own, a policy is what is missing
            codes("iam:GetPolicyVersion", managed, own, &[]),
            codes("lambda:GetLayerVersion", layer, own, &[]),
            codes("iam:DeletePolicy", "policy arn:aws:iam::111122223333:policy/own", own, &seen),
            codes("ssm:PutParameter", "arn:aws:ssm:us-east-1:111122223333:parameter/team/aws", own, &[]),
        ],
        [
            (json!(["owned-by-aws"]), false),
            (json!(["owned-by-aws"]), false),
            (json!(["owned-by-aws"]), false),
            (json!(["owned-by-aws"]), false),
            (json!(["add-to-unseen-policy"]), false),
            (json!(["add-to-unseen-policy"]), false),
            (json!(["edit-policies"]), true),
            (json!(["add-to-unseen-policy"]), false),
        ]
    );
}

/// A service calls for what somebody has set up: the owner of the resource lets that in, or not.
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html#cross-service-confused-deputy-prevention>
/// - <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sqs-permissions>
#[test]
fn a_service_is_let_in_only_for_what_it_calls_for() {
    let queue = "arn:aws:sqs:eu-west-1:111122223333:jobs";
    let text = "User: events.amazonaws.com is not authorized to perform: sqs:SendMessage on resource: \
                arn:aws:sqs:eu-west-1:111122223333:jobs because no resource-based policy allows the sqs:SendMessage action";
    let rule = |name: &str| format!("arn:aws:events:eu-west-1:111122223333:rule/{name}");
    let other = File::of(&json!({"Version": "2012-10-17", "Statement": [{"Sid": "Nightly", "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule("nightly")}}}]}));
    let none = File::of(
        &json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sqs:GetQueueUrl",
        "Resource": queue}]}),
    );
    let source = format!("aws:SourceArn={}", rule("hourly"));
    let asked = |policy: &File, context: &[&str]| {
        let path = policy.path();
        let report =
            report(text, &[&["--resource-policy", &path, "--no-rcp", "--no-vpc-endpoint-policy"], context].concat());
        assert_eq!(report["denial"]["notes"], json!([]), "the service has no policies of its own");
        let remedy = &report["remedies"][0];
        let statements = remedy["edits"][0]["document"]["Statement"].as_array();
        let title = remedy["title"].as_str().unwrap().replace(&path, "policy.json");
        (title, remedy["owner"].clone(), statements.and_then(|all| all.last()).cloned())
    };
    let wanted = json!({"Sid": "AllowSendMessage", "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage", "Resource": queue, "Condition": {"StringEquals": {"aws:SourceArn": rule("hourly")}}});
    let change = "change resource-based policy `policy.json`";
    for policy in [&other, &none] {
        let answered = asked(policy, &["--context", &source]);
        assert_eq!(answered, (change.into(), "resource-owner".into(), Some(wanted.clone())));
    }
    let account = asked(&none, &["--context", "aws:SourceAccount=111122223333"]);
    assert_eq!(account.2.unwrap()["Condition"], json!({"StringEquals": {"aws:SourceAccount": "111122223333"}}));
    // for everybody who uses the service it is opened by nobody
    let (title, _, statement) = asked(&none, &[]);
    assert_eq!((title, statement), ("No fix can be proved: ask the resource owner".into(), None));
    // of a policy that nobody has seen, too
    let unseen = |text: &str, context: &[&str]| report(text, context)["remedies"][0].to_string();
    assert!(unseen(text, &[]).contains(r#"\"aws:SourceArn\": \"FILL_IN_SOURCE_ARN\""#), "{}", unseen(text, &[]));
    let function = text
        .replace("sqs:SendMessage", "lambda:InvokeFunction")
        .replace("sqs:eu-west-1:111122223333:jobs", "lambda:eu-west-1:111122223333:function:jobs");
    let told = unseen(&function, &["--context", &source]);
    assert!(told.contains(&format!("--principal events.amazonaws.com --source-arn {}", rule("hourly"))), "{told}");
}

/// A resource without a policy lets another account in by a role alone.
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html>
/// - <https://docs.aws.amazon.com/eks/latest/userguide/security-iam-service-with-iam.html>
/// - <https://docs.aws.amazon.com/step-functions/latest/dg/security_iam_service-with-iam.html>
#[test]
fn no_statement_is_offered_for_a_policy_that_does_not_exist() {
    let asked = |action: &str, resource: &str| {
        let resource = format!("arn:aws:{resource}");
        let text = format!(
            "User: arn:aws:sts::111122223333:assumed-role/app/run-1 is not authorized to perform: {action} on resource: {resource} \
             because no resource-based policy allows the {action} action"
        );
        let remedy = report(&text, &[])["remedies"][0].take();
        (remedy["title"].as_str().unwrap().to_owned(), remedy["steps"].to_string())
    };
    for (action, resource) in [
        ("ec2:StartInstances", "ec2:eu-west-1:444455556666:instance/i-0123456789abcdef0"),
        ("states:StartExecution", "states:eu-west-1:444455556666:stateMachine:m"),
        ("eks:DescribeCluster", "eks:eu-west-1:444455556666:cluster/c"),
        ("ecs:RunTask", "ecs:eu-west-1:444455556666:task-definition/web:1"),
        ("cloudformation:UpdateStack", "cloudformation:eu-west-1:444455556666:stack/shop/1"),
        ("rds:StartDBInstance", "rds:eu-west-1:444455556666:db:shop"),
        ("athena:StartQueryExecution", "athena:eu-west-1:444455556666:workgroup/primary"),
    ] {
        let (title, steps) = asked(action, resource);
        assert!(title.starts_with("Assume a role of account 444455556666 first: this "), "{title}");
        assert!(title.ends_with(" takes no policy of its own"), "{title}");
        assert!(steps.contains("whose trust policy names role `app`") && !steps.contains("Principal"), "{steps}");
    }
    // of others nothing is known
    let (title, steps) = asked("transfer:StartServer", "transfer:eu-west-1:444455556666:server/s-0123");
    assert_eq!(title, "Add this statement to the policy of this resource, if it takes one");
    assert!(
        steps.contains("if this kind of resource takes no policy: assume a role of account 444455556666"),
        "{steps}"
    );
    let (title, _) = asked("sqs:SendMessage", "sqs:eu-west-1:444455556666:jobs");
    assert_eq!(title, "Add this statement to the policy of this queue");
}

/// Without what the request carried, none of several lines of a condition is the one that failed.
#[test]
fn of_several_lines_that_may_have_failed_none_is_picked() {
    let text = "User: arn:aws:iam::111122223333:user/ada is not authorized to perform: ec2:CreateTags on resource: \
                arn:aws:ec2:eu-west-1:111122223333:instance/i-0abc123 because no identity-based policy allows the ec2:CreateTags action";
    let file = File::of(
        &json!({"Version": "2012-10-17", "Statement": [{"Sid": "TagOwn", "Effect": "Allow", "Action": "ec2:CreateTags",
        "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["Name", "Project"]},
            "StringEquals": {"aws:ResourceTag/Team": "${aws:PrincipalTag/Team}"}}}]}),
    );
    let path = file.path();
    let asked = |context: &[&str]| {
        let report = report(text, &[&["--identity-policy", &path], context].concat());
        let remedy = &report["remedies"][0];
        let summary = report["summary"].as_str().unwrap_or_default().replace(&path, "policy.json");
        [remedy["title"].clone(), remedy["steps"].clone(), summary.into()]
    };
    let [title, steps, summary] = asked(&[]);
    assert_eq!(
        title,
        "No fix can be proved without what the request carried: run again with --context aws:TagKeys=VALUE --context \
         aws:ResourceTag/Team=VALUE --context aws:PrincipalTag/Team=VALUE"
    );
    assert_eq!(
        summary,
        "statement `TagOwn` of `policy.json` would allow ec2:CreateTags, but as AWS denied it, its condition did not hold: aws:TagKeys, \
         aws:ResourceTag/Team, aws:PrincipalTag/Team are not known"
    );
    assert!(
        steps.to_string().contains("`Name` or `Project`") && steps.to_string().contains("aws:ResourceTag/Team"),
        "{steps}"
    );
    // one that is known to fail is: each of the names may be sent
    let team = ["--context", "aws:ResourceTag/Team=a", "--context", "aws:PrincipalTag/Team=a"];
    let [title, ..] = asked(&[&team[..], &["--context", "aws:TagKeys=Owner"]].concat());
    assert_eq!(title, "change the request: aws:TagKeys is `Name` or `Project`");
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html>
#[test]
fn how_to_sign_in_with_mfa_is_told_once() {
    let text = "User: arn:aws:iam::111122223333:user/ada is not authorized to perform: s3:DeleteBucket on resource: arn:aws:s3:::archive \
                with an explicit deny in an identity-based policy";
    let file = File::of(&json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Sid": "Mfa", "Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*",
            "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}},
        {"Sid": "Old", "Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*",
            "Condition": {"NumericGreaterThan": {"aws:MultiFactorAuthAge": "3600"}}}
    ]}));
    let report = report(text, &["--identity-policy", &file.path()]);
    let steps = report["remedies"][0]["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 1, "{steps:?}");
}

/// Variables are of version 2012-10-17 alone.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
#[test]
fn a_variable_that_the_version_makes_plain_text_is_said_to_be() {
    let text = "User: arn:aws:iam::111122223333:user/ada is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::homes/ada/x \
                because no identity-based policy allows the s3:GetObject action";
    let near = |version: Value, condition: bool| {
        let own = json!("arn:aws:s3:::homes/${aws:username}/*");
        let mut statement = json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": own});
        if condition {
            statement["Resource"] = json!("*");
            statement["Condition"] = json!({"StringEquals": {"s3:ExistingObjectTag/owner": "${aws:username}"}});
        }
        let mut policy = json!({"Statement": [statement]});
        if !version.is_null() {
            policy["Version"] = version;
        }
        let file = File::of(&policy);
        let report = report(text, &["--identity-policy", &file.path(), "--context", "s3:ExistingObjectTag/owner=bob"]);
        report["near_misses"][0]["why"].as_str().unwrap_or_default().to_owned()
    };
    let plain = "`${aws:username}` is plain text without `Version` 2012-10-17";
    for version in [Value::Null, "2008-10-17".into()] {
        assert_eq!(
            near(version.clone(), false),
            format!("`arn:aws:s3:::homes/${{aws:username}}/*` does not match arn:aws:s3:::homes/ada/x; {plain}")
        );
        assert_eq!(
            near(version, true),
            format!(
                "s3:ExistingObjectTag/owner is `bob`, which does not satisfy `StringEquals` `${{aws:username}}`; {plain}"
            )
        );
    }
    assert!(!near("2012-10-17".into(), true).contains("plain text"));
}
