//! Messages as they come: a file in, what was read out.

use iamdx::denial::{self, Denial};
use iamdx::text::Source;

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
                or_dash(d.principal.as_ref().map(|p| p.as_str())),
                or_dash(d.action.as_ref().map(|a| a.as_str())),
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
    assert!(denials[0].notes[0].contains("wildcard"), "{:?}", denials[0].notes);
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
                assert_eq!(summary(&read(message.trim_end())), [expected.clone()], "{message}");
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
        page.push_str(&format!("{}\n", name.display()));
        for line in summary(&read(&text)) {
            page.push_str(&format!("    {line}\n"));
        }
    }
    insta::assert_snapshot!("messages", page);
}
