//! What the benchmarks read: an account, and a policy document.

use std::fmt::Write as _;

/// An account as the AWS CLI prints it: roles of `statements` statements each.
pub(crate) fn account(roles: usize, statements: usize, changed: Option<usize>) -> String {
    let mut text =
        String::from("{\n    \"UserDetailList\": [],\n    \"GroupDetailList\": [],\n    \"RoleDetailList\": [\n");
    for role in 0..roles {
        let bucket = if changed == Some(role) { "other" } else { "example" };
        let comma = if role + 1 < roles { "," } else { "" };
        let statement = |number: usize| {
            format!(
                r#"                            {{
                                "Sid": "Statement{number}",
                                "Effect": "Allow",
                                "Action": [
                                    "s3:GetObject",
                                    "s3:PutObject"
                                ],
                                "Resource": "arn:aws:s3:::{bucket}-bucket-{role}-{number}/*"
                            }}"#
            )
        };
        let statements: Vec<String> = (0..statements).map(statement).collect();
        writeln!(
            text,
            r#"        {{
            "Path": "/",
            "RoleName": "role-{role}",
            "RoleId": "AROAEXAMPLE{role:010}",
            "Arn": "arn:aws:iam::111122223333:role/role-{role}",
            "CreateDate": "2024-03-01T09:30:00+00:00",
            "AssumeRolePolicyDocument": {{
                "Version": "2012-10-17",
                "Statement": [
                    {{
                        "Effect": "Allow",
                        "Principal": {{
                            "Service": "ec2.amazonaws.com"
                        }},
                        "Action": "sts:AssumeRole"
                    }}
                ]
            }},
            "InstanceProfileList": [],
            "RolePolicyList": [
                {{
                    "PolicyName": "inline",
                    "PolicyDocument": {{
                        "Version": "2012-10-17",
                        "Statement": [
{}
                        ]
                    }}
                }}
            ],
            "AttachedManagedPolicies": [],
            "Tags": [],
            "RoleLastUsed": {{}}
        }}{comma}"#,
            statements.join(",\n")
        )
        .unwrap();
    }
    text.push_str("    ],\n    \"Policies\": []\n}\n");
    text
}

/// A policy of about 6 KB: 24 statements over twelve services, with wildcards and conditions.
pub(crate) fn policy(variant: usize, first: &str) -> String {
    let services = ["s3", "sqs", "sns", "dynamodb", "lambda", "ec2", "kms", "logs", "bedrock", "ecr", "iam", "glue"];
    let statement = |(index, service): (usize, &&str)| {
        let number = index * 7 + variant;
        let condition = match index % 4 {
            0 => r#", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#.to_owned(),
            1 => format!(
                r#", "Condition": {{"StringEquals": {{"aws:ResourceTag/team": ["blue", "team-{number}"]}}, "IpAddress": {{"aws:SourceIp": "10.{number}.0.0/16"}}}}"#
            ),
            _ => String::new(),
        };
        let effect = if index % 6 == 5 { "Deny" } else { "Allow" };
        let name = if index == 0 { first } else { "thing" };
        format!(
            r#"{{"Sid": "S{index}", "Effect": "{effect}", "Action": ["{service}:Get*", "{service}:*Item{number}*", "{service}:Put?bject", "{service}:Describe{number}"],
                "Resource": ["arn:aws:{service}:*:111122223333:{name}-{number}/*", "arn:aws:{service}:eu-central-1:111122223333:*-{index}/team-?/*"]{condition}}}"#
        )
    };
    let statements: Vec<String> = services.iter().chain(&services).enumerate().map(statement).collect();
    format!("{{\"Version\": \"2012-10-17\", \"Statement\": [{}]}}", statements.join(",\n"))
}
