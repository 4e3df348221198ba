//! Messages as they come: a file in, what was read out.

use std::fmt::Write as _;

use iamdx::denial::{self, ContextSource, Denial, DenialKind, FORMS, Form, Note, StatementName};
use iamdx::text::Source;

use crate::support::project;

fn read(text: &str) -> Vec<Denial> {
    denial::parse(&Source::new("message", text))
}

/// One line a denial: everything that a label of a message could ask.
pub(crate) fn summary(denials: &[Denial]) -> Vec<String> {
    let or_dash = |value: Option<&str>| value.unwrap_or("-").to_owned();
    denials
        .iter()
        .map(|d| {
            let policy_type = d.reason.policy_type.map(iamdx::iam::PolicyType::id);
            [
                format!("{:?}", d.kind),
                or_dash(d.error_code.as_deref()),
                or_dash(d.operation.as_deref()),
                or_dash(d.principal.as_ref().map(iamdx::iam::Principal::as_str)),
                or_dash(d.action.as_ref().map(iamdx::iam::Action::as_str)),
                or_dash(d.resource.as_deref()),
                format!("{:?}", d.reason.effect),
                or_dash(policy_type),
                or_dash(d.reason.policy_arn.as_deref()),
            ]
            .join(" | ")
        })
        .collect()
}

#[test]
fn a_report_with_prose_tables_and_policies_holds_one_denial() {
    let text = include_str!("../../fixtures/messages/bedrock/report.md");
    let denials = read(text);
    assert_eq!(
        summary(&denials),
        [
            "IamDenial | AccessDeniedException | - | arn:aws:iam::111122223333:user/ml/bedrock-bot | bedrock:InvokeModel | \
          arn:aws:bedrock:eu-west-3::foundation-model/anthropic.claude-* | ExplicitDeny | identity-based | -"
        ]
    );
    assert_eq!((denials[0].line, denials[0].occurrences, denials[0].http_status), (18, 1, Some(403)));
    assert_eq!(denials[0].notes[0], Note::WildcardInResource);
}

#[test]
fn every_reason_names_its_policy_type_and_effect() {
    let cases = [
        ("because no identity-based policy allows the s3:GetObject action", "ImplicitDeny | identity-based"),
        ("with an explicit deny in an identity-based policy", "ExplicitDeny | identity-based"),
        ("because no resource-based policy allows the s3:GetObject action", "ImplicitDeny | resource-based"),
        ("with an explicit deny in a resource-based policy", "ExplicitDeny | resource-based"),
        ("because no service control policy allows the s3:GetObject action", "ImplicitDeny | service-control"),
        ("with an explicit deny in a service control policy", "ExplicitDeny | service-control"),
        ("with an explicit deny in a resource control policy", "ExplicitDeny | resource-control"),
        ("because no permissions boundary allows the s3:GetObject action", "ImplicitDeny | permissions-boundary"),
        ("with an explicit deny in a permissions boundary", "ExplicitDeny | permissions-boundary"),
        ("because no session policy allows the s3:GetObject action", "ImplicitDeny | session"),
        ("with an explicit deny in a session policy", "ExplicitDeny | session"),
        ("with an explicit deny in a sessions policy", "ExplicitDeny | session"),
        ("because no VPC endpoint policy allows the s3:GetObject action", "ImplicitDeny | vpc-endpoint"),
        ("with an explicit deny in a VPC endpoint policy", "ExplicitDeny | vpc-endpoint"),
        ("because no role trust policy allows the sts:AssumeRole action", "ImplicitDeny | role-trust"),
        ("with an explicit deny in the role trust policy", "ExplicitDeny | role-trust"),
        (
            "with an explicit deny in a VPC endpoint policy transitively through a service control policy",
            "ExplicitDeny | vpc-endpoint",
        ),
        ("with an explicit deny", "ExplicitDeny | -"),
        ("with explicit deny", "ExplicitDeny | -"),
        ("", "Unknown | -"),
        (
            "because the resource does not exist in this Region, no resource-based policies allow access, or a \
             resource-based policy explicitly denies access",
            "Unknown | -",
        ),
    ];
    let principals = [
        "arn:aws:iam::111122223333:user/ops/ana",
        "arn:aws:iam::111122223333:root",
        "arn:aws-cn:sts::111122223333:assumed-role/Deploy/run-7@example.com",
        "arn:aws-us-gov:sts::111122223333:federated-user/bo",
        "anonymous",
    ];
    let resources = [
        "arn:aws:s3:::reports/q3.csv",
        "\"arn:aws:s3:::reports/q3.csv\"",
        "role Deploy",
        "instance profile web",
        "*",
        "/prod/key",
        "+15555550100",
    ];
    for (reason, expected) in cases {
        for principal in principals {
            for resource in resources {
                let message = format!(
                    "User: {principal} is not authorized to perform: s3:GetObject on resource: {resource} {reason}"
                );
                let bare = resource.trim_matches('"');
                let expected = format!("IamDenial | - | - | {principal} | s3:GetObject | {bare} | {expected} | -");
                assert_eq!(summary(&read(message.trim_end())), std::slice::from_ref(&expected), "{message}");
                let broken = message.trim_end().replace(' ', "\n    ");
                assert_eq!(summary(&read(&broken)), [expected], "{broken}");
            }
        }
    }
}

#[test]
fn the_policy_that_aws_names_is_read_in_both_forms() {
    let arns = [
        "arn:aws:iam::111122223333:policy/guard/NoUploads",
        "arn:aws:iam::aws:policy/AWSDenyAll",
        "arn:aws:organizations::444455556666:policy/o-exampleorgid/service_control_policy/p-examplepolicyid111",
    ];
    for arn in arns {
        for (joint, tail) in [
            (": ", ""),
            (", with policy ARN:\n", "."),
            (": ", ". Encoded authorization failure message: abc"),
            (":\n", "\n"),
        ] {
            let message = format!(
                "User: arn:aws:iam::111122223333:user/ana is not authorized to perform: s3:PutObject on resource: \
                 \"arn:aws:s3:::reports/q3.csv\" with an explicit deny in a permissions boundary{joint}{arn}{tail}"
            );
            let denials = read(&message);
            assert_eq!(denials[0].reason.policy_arn.as_deref(), Some(arn), "{message}");
        }
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the fixtures are files")]
fn every_message_of_the_fixtures_is_read_as_expected() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/messages");
    let mut paths: Vec<_> = std::fs::read_dir(root)
        .unwrap()
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .flat_map(|folder| std::fs::read_dir(folder.path()).unwrap().flatten().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    paths.sort();
    let mut page = String::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.strip_prefix(root).unwrap().with_extension("");
        writeln!(page, "{}", name.display()).unwrap();
        for line in summary(&read(&text)) {
            writeln!(page, "    {line}").unwrap();
        }
    }
    insta::assert_snapshot!("messages", page);
}

/// The role, candidates and context of the only denial.
#[expect(clippy::panic, reason = "a helper of tests")]
fn told_by_record(text: &str) -> Vec<String> {
    let denials = read(text);
    let [denial] = denials.as_slice() else { panic!("{denials:#?}") };
    let role = denial.role.iter().map(|role| format!("role = {role}"));
    let candidates = denial.candidates.iter().map(|action| format!("candidate = {action}"));
    let facts = denial.context.iter().map(|fact| {
        let ContextSource::CloudTrailField(field) = &fact.source else { panic!("{fact:?}") };
        format!("{} = {} ({field})", fact.key, fact.values.join(", "))
    });
    role.chain(candidates).chain(facts).collect()
}

#[test]
fn a_record_tells_the_role_with_its_path_the_candidates_and_the_context() {
    assert_eq!(
        told_by_record(include_str!("../../fixtures/cloudtrail/list-objects.json")),
        [
            "role = arn:aws:iam::111122223333:role/ci/Deploy",
            "candidate = s3:ListBucket",
            "aws:PrincipalArn = arn:aws:iam::111122223333:role/ci/Deploy (userIdentity.sessionContext.sessionIssuer.arn)",
            "aws:PrincipalType = AssumedRole (userIdentity.type)",
            "aws:userid = AROAEXAMPLE:run-7 (userIdentity.principalId)",
            "aws:PrincipalAccount = 111122223333 (userIdentity.accountId)",
            "aws:MultiFactorAuthPresent = false (userIdentity.sessionContext.attributes.mfaAuthenticated)",
            "aws:TokenIssueTime = 2026-11-20T10:00:00Z (userIdentity.sessionContext.attributes.creationDate)",
            "aws:SourceIp = 203.0.113.7 (sourceIPAddress)",
            "aws:UserAgent = [aws-cli/2] (userAgent)",
            "aws:RequestedRegion = eu-west-1 (awsRegion)",
            "aws:CurrentTime = 2026-11-20T10:05:00Z (eventTime)",
            "aws:ResourceAccount = 111122223333 (resources[].accountId)",
        ]
    );
}

#[test]
fn records_line_by_line_are_read_and_successes_are_no_denials() {
    let text = include_str!("../../fixtures/cloudtrail/through-endpoint.ndjson");
    let denials = read(text);
    assert_eq!(
        summary(&denials),
        ["IamDenial | AccessDenied | GetObject | arn:aws:iam::111122223333:user/ops/ana | s3:GetObject | \
          arn:aws:s3:::reports/q3.csv | ExplicitDeny | vpc-endpoint | -"]
    );
    assert_eq!(denials[0].line, 2);
    assert_eq!(
        told_by_record(text),
        [
            "aws:PrincipalArn = arn:aws:iam::111122223333:user/ops/ana (userIdentity.arn)",
            "aws:PrincipalType = User (userIdentity.type)",
            "aws:username = ana (userIdentity.userName)",
            "aws:userid = AIDAEXAMPLE (userIdentity.principalId)",
            "aws:PrincipalAccount = 111122223333 (userIdentity.accountId)",
            "aws:VpcSourceIp = 10.0.0.7 (sourceIPAddress)",
            "aws:SourceVpce = vpce-0a1b2c3d (vpcEndpointId)",
            "aws:UserAgent = [aws-cli/2] (userAgent)",
            "aws:SecureTransport = true (tlsDetails)",
            "aws:RequestedRegion = eu-west-1 (awsRegion)",
            "aws:CurrentTime = 2026-11-20T10:01:00Z (eventTime)",
            "aws:ResourceAccount = 111122223333 (resources[].accountId)",
        ]
    );
}

#[test]
fn a_decoded_message_tells_the_statement_and_every_condition() {
    let denials = read(include_str!("../../fixtures/fuzz/denial/decoded.json"));
    assert_eq!(
        summary(&denials),
        ["IamDenial | - | - | arn:aws:iam::111122223333:user/ana | ec2:RunInstances | \
          arn:aws:ec2:eu-west-1:111122223333:instance/* | ExplicitDeny | - | -"]
    );
    let fact = &denials[0].context[0];
    assert_eq!(
        (fact.key.as_str(), fact.values.as_slice()),
        ("ec2:InstanceType", ["p4d.24xlarge".to_owned()].as_slice())
    );
    let deny =
        Note::MatchedStatement { statement: StatementName::Sid("NoBigOnes".to_owned()), effect: "deny".to_owned() };
    assert!(denials[0].notes.contains(&deny), "{:?}", denials[0].notes);
}

#[test]
fn the_same_denial_counts_once_and_another_stays_another() {
    let says = |session: &str, action: &str, id: &str| {
        format!(
            "An error occurred (AccessDenied) when calling the X operation: User: arn:aws:sts::111122223333:assumed-role/Deploy/{session} \
             is not authorized to perform: {action} on resource: arn:aws:sqs:eu-west-1:111122223333:q because no identity-based \
             policy allows the {action} action. RequestId: {id}\n"
        )
    };
    let text = [
        says("run-1", "sqs:SendMessage", "1"),
        says("run-2", "sqs:SendMessage", "2"),
        says("run-1", "sqs:DeleteMessage", "3"),
        says("run-3", "sqs:SendMessage", "4"),
    ];
    let counted: Vec<_> = read(&text.concat())
        .iter()
        .map(|d| (d.action.as_ref().unwrap().as_str().to_owned(), d.line, d.occurrences))
        .collect();
    assert_eq!(counted, [("sqs:SendMessage".to_owned(), 1, 3), ("sqs:DeleteMessage".to_owned(), 3, 1)]);
}

/// Exit code, standard output and standard error of `iamdx explain` on `input`.
#[expect(clippy::unwrap_used, reason = "a helper of tests")]
fn explain(args: &[&str], input: &str) -> (i32, String, String) {
    let run =
        assert_cmd::Command::cargo_bin("iamdx").unwrap().arg("explain").args(args).write_stdin(input).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (run.status.code().unwrap(), text(&run.stdout), text(&run.stderr))
}

#[test]
fn exit_codes_tell_a_denial_from_none_and_from_an_incident() {
    let denial = "User: arn:aws:iam::111122223333:user/ana is not authorized to perform: s3:GetObject on resource: \
                  \"arn:aws:s3:::b/k\" with an explicit deny in an identity-based policy";
    assert_eq!(explain(&[], denial).0, 0);
    let (code, out, err) = explain(&["--format", "json"], "all is well\n");
    assert_eq!(
        (code, err.as_str()),
        (
            2,
            "iamdx: no denial found in 1 line of standard input. Give the whole error message as AWS printed it, or its record in CloudTrail\n"
        )
    );
    assert_eq!(out, "{\n  \"schema_version\": 1,\n  \"denials\": []\n}\n");
    let quarantined = format!("{denial}: arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3");
    assert_eq!(explain(&["--redact"], &quarantined).0, 5);
    let (code, out, err) = explain(&[], &format!("{denial}\nkey AKIAIOSFODNN7EXAMPLE"));
    assert_eq!(code, 5);
    assert!(err.contains("SECURITY") && !format!("{out}{err}").contains("AKIAIOSFODNN7EXAMPLE"), "{out}{err}");
}

#[test]
fn the_filter_answers_line_by_line_and_goes_on_after_a_bad_line() {
    let lines = "{\"id\": 7, \"raw\": \"nothing\"}\nnot json\n\n{\"id\": \"b\"}\n{\"raw\": \"An error occurred (ExpiredToken) when \
                 calling the ListBuckets operation: The provided token has expired.\", \"id\": [1]}\n";
    let (code, out, _) = explain(&["--ndjson"], lines);
    let answers: Vec<&str> = out.lines().collect();
    assert_eq!((code, answers.len()), (2, 4));
    assert_eq!(answers[0], "{\"id\":7,\"denials\":[]}");
    assert!(answers[1].starts_with("{\"id\":null,\"error\":\"expected "), "{}", answers[1]);
    assert!(answers[2].starts_with("{\"id\":\"b\",\"error\":\"expected "), "{}", answers[2]);
    assert!(
        answers[3]
            .starts_with("{\"id\":[1],\"denials\":[{\"kind\":\"other-failure\",\"failure\":\"expired-credentials\"")
    );
}

#[test]
fn every_form_reads_its_example_as_the_table_says() {
    let mut wrong = String::new();
    for form in FORMS {
        let kinds: Vec<DenialKind> = read(form.example).iter().map(|denial| denial.kind).collect();
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        if kinds != [form.kind] || !words(form.example).contains(words(form.phrase).as_str()) {
            let _ = writeln!(wrong, "{}: {kinds:?}, not {:?}: {}", form.id, form.kind, form.example);
        }
    }
    assert_eq!(wrong, "");
}

#[test]
fn every_form_has_a_name_of_its_own() {
    let mut ids: Vec<&str> = FORMS.iter().map(|form| form.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), FORMS.len());
}

/// The table of docs/messages.md. Write it with `INSTA_UPDATE=always cargo test every_form_is_in_the_documentation`.
#[test]
#[expect(clippy::disallowed_methods, reason = "the page is a file of the project")]
fn every_form_is_in_the_documentation() {
    let row = |form: &Form| {
        let kind = match form.kind {
            DenialKind::IamDenial => "denial",
            DenialKind::OtherFailure(failure) => failure.id(),
        };
        format!("| `{}` | `{}` | {kind} | [page]({}) |\n", form.id, form.phrase, form.doc_url)
    };
    let head = "| id | phrase | read as | documented |\n|---|---|---|---|\n";
    let table = format!("{head}{}", FORMS.iter().map(row).collect::<String>());
    let path = project().join("docs/messages.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once("<!-- forms -->\n").unwrap();
    let (written, after) = rest.split_once("<!-- end of forms -->").unwrap();
    if written != table && std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        let page = format!("{before}<!-- forms -->\n{table}<!-- end of forms -->{after}");
        std::fs::write(&path, page).unwrap();
        return;
    }
    assert!(written == table, "docs/messages.md does not list the forms as they are:\n{table}");
}
