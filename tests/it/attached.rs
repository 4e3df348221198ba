//! `iamdx diff` of templates and modules: what gives access and is no document is told where it changed, and a file that can no longer be
//! read is not taken for one without policies.

use std::fs;
use std::path::Path;

use crate::support::iamdx;

/// The answer to `diff`, as JSON, and the exit code: each address with the codes of what cannot be told, or what is new or gone.
fn told(folder: &Path, old: &str, new: &str) -> (i32, Vec<String>) {
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let ran = iamdx(&["diff", &path(old), &path(new), "--fail-on", "escalation"], b"");
    let lines = ran.stdout.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    (ran.code, lines.filter(|line| !line.is_empty()).collect())
}

fn written(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A role of CloudFormation with more properties.
fn role(properties: &str) -> String {
    format!(
        "Resources:\n  Role:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument:\n        Version: '2012-10-17'\n        \
         Statement: [{{Effect: Allow, Principal: {{Service: lambda.amazonaws.com}}, Action: 'sts:AssumeRole'}}]\n{properties}"
    )
}

#[test]
fn a_managed_policy_that_is_attached_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let arn = |name: &str| format!("      ManagedPolicyArns: ['arn:aws:iam::aws:policy/{name}']\n");
    written(folder.path(), "old.yaml", &role(&arn("ReadOnlyAccess")));
    written(folder.path(), "new.yaml", &role(&arn("AdministratorAccess")));
    let (code, lines) = told(folder.path(), "new.yaml", "old.yaml");
    assert_eq!(code, 3, "{lines:#?}");
    assert_eq!(
        lines.join(" "),
        "Role cannot tell: what this gives or takes, which no document here says: `ManagedPolicyArns` was \
         arn:aws:iam::aws:policy/AdministratorAccess and is arn:aws:iam::aws:policy/ReadOnlyAccess"
    );
    let (code, lines) = told(folder.path(), "old.yaml", "old.yaml");
    assert_eq!((code, lines.join(" ").as_str()), (0, "no difference in access"));
}

/// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AdministratorAccess.html>
#[test]
fn administrator_access_that_is_attached_is_new_access_to_everything() {
    let folder = tempfile::tempdir().unwrap();
    let attached = |value: &str| role(&format!("      ManagedPolicyArns: {value}\n"));
    let terraform = |arn: &str| {
        format!("resource \"aws_iam_role_policy_attachment\" \"a\" {{\n  role = \"r\"\n  policy_arn = \"{arn}\"\n}}\n")
    };
    let everything = "new access: * on * for example";
    let cases = [
        ("yaml", role(""), attached("['arn:aws:iam::aws:policy/AdministratorAccess']"), 1),
        (
            "yaml",
            attached("['arn:aws:iam::aws:policy/ReadOnlyAccess']"),
            attached("[arn:aws:iam::aws:policy/ReadOnlyAccess, arn:aws:iam::aws:policy/AdministratorAccess]"),
            1,
        ),
        // as the CDK writes it
        (
            "yaml",
            role(""),
            attached("[{'Fn::Join': ['', ['arn:', {Ref: 'AWS::Partition'}, ':iam::aws:policy/AdministratorAccess']]}]"),
            1,
        ),
        ("yaml", role(""), attached("[!Sub 'arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess']"), 1),
        (
            "tf",
            terraform("arn:aws:iam::aws:policy/ReadOnlyAccess"),
            terraform("arn:${data.aws_partition.current.partition}:iam::aws:policy/AdministratorAccess"),
            1,
        ),
        // a boundary gives nothing, a condition of the template decides, and what is another's has the name only
        ("yaml", role(""), role("      PermissionsBoundary: arn:aws:iam::aws:policy/AdministratorAccess\n"), 3),
        (
            "yaml",
            role(""),
            attached("[!If [IsDev, 'arn:aws:iam::aws:policy/AdministratorAccess', !Ref 'AWS::NoValue']]"),
            3,
        ),
        ("yaml", role(""), attached("['arn:aws:iam::111122223333:policy/AdministratorAccess']"), 3),
        (
            "tf",
            terraform("arn:aws:iam::aws:policy/AdministratorAccess"),
            terraform("arn:aws:iam::aws:policy/AdministratorAccess-Amplify"),
            3,
        ),
    ];
    for (number, (ending, old, new, expected)) in cases.into_iter().enumerate() {
        let [before, after] = ["old", "new"].map(|side| format!("{number}-{side}.{ending}"));
        written(folder.path(), &before, &old);
        written(folder.path(), &after, &new);
        let (code, lines) = told(folder.path(), &before, &after);
        let text = lines.join(" ");
        assert_eq!((code, text.contains(everything)), (expected, expected == 1), "{number}: {lines:#?}");
        assert!(text.contains("cannot tell: what this gives or takes") && !text.contains("${template:"), "{lines:#?}");
    }
}

#[test]
fn everything_that_gives_access_without_a_document_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let trust = r#"jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }] })"#;
    let role_of_terraform = |more: &str| {
        format!("resource \"aws_iam_role\" \"r\" {{\n  name = \"r\"\n{more}  assume_role_policy = {trust}\n}}\n")
    };
    let policy = |roles: &str| {
        format!(
            "Resources:\n  P:\n    Type: AWS::IAM::Policy\n    Properties:\n      PolicyName: p\n      Roles: [{roles}]\n      PolicyDocument:\n        \
             Version: '2012-10-17'\n        Statement: [{{Effect: Allow, Action: 's3:GetObject', Resource: '*'}}]\n"
        )
    };
    let bucket = |bucket: &str| {
        format!(
            "Resources:\n  B:\n    Type: AWS::S3::BucketPolicy\n    Properties:\n      Bucket: {bucket}\n      PolicyDocument:\n        \
             Version: '2012-10-17'\n        Statement: [{{Effect: Allow, Principal: '*', Action: 's3:GetObject', Resource: '*'}}]\n"
        )
    };
    let one = |kind: &str, properties: &str| {
        format!(
            "Transform: AWS::Serverless-2016-10-31\nResources:\n  One: {{Type: '{kind}', Properties: {{{properties}}}}}\n"
        )
    };
    let plain = role_of_terraform("");
    let plan = |more: &str| {
        format!(
            r#"{{"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {{"root_module": {{"resources": [{{"address": "aws_iam_role.r", "mode": "managed", "type": "aws_iam_role", "name": "r", "values": {{"name": "r", "assume_role_policy": "{{\"Version\": \"2012-10-17\", \"Statement\": []}}"}}}}{more}]}}}}}}"#
        )
    };
    let cases = [
        ("yaml", role("      PermissionsBoundary: arn:aws:iam::111122223333:policy/b\n"), role(""), "`PermissionsBoundary` was"),
        ("yaml", policy("reader"), policy("reader, everyone"), "`Roles` was reader and is reader, everyone"),
        ("yaml", bucket("logs"), bucket("secrets"), "`Bucket` was logs and is secrets"),
        (
            "yaml",
            "Resources:\n  F: {Type: 'AWS::Lambda::Function', Properties: {Role: x}}\n".to_owned(),
            "Resources:\n  F: {Type: 'AWS::Lambda::Function', Properties: {Role: x}}\n  L: {Type: 'AWS::Lambda::Permission', Properties: {Principal: '*', Action: 'lambda:InvokeFunction', FunctionName: f}}\n".to_owned(),
            "`Principal` is new: *",
        ),
        (
            "yaml",
            "Transform: AWS::Serverless-2016-10-31\nResources:\n  F: {Type: 'AWS::Serverless::Function', Properties: {Handler: a.b}}\n".to_owned(),
            "Transform: AWS::Serverless-2016-10-31\nResources:\n  F: {Type: 'AWS::Serverless::Function', Properties: {Handler: a.b, Policies: [AmazonS3ReadOnlyAccess]}}\n".to_owned(),
            "`Policies` is new: AmazonS3ReadOnlyAccess",
        ),
        ("tf", role_of_terraform("  permissions_boundary = \"arn:aws:iam::111122223333:policy/b\"\n"), plain.clone(), "`permissions_boundary` was"),
        (
            "tf",
            plain.clone(),
            format!("{plain}resource \"aws_iam_role_policy_attachment\" \"a\" {{\n  role = aws_iam_role.r.name\n  policy_arn = \"arn:aws:iam::aws:policy/ReadOnlyAccess\"\n}}\n"),
            "`policy_arn` is new: arn:aws:iam::aws:policy/ReadOnlyAccess",
        ),
        (
            "tf",
            plain.clone(),
            format!("{plain}resource \"aws_iam_user_group_membership\" \"m\" {{\n  user = \"intern\"\n  groups = [\"admins\"]\n}}\n"),
            "`groups` is new: admins",
        ),
        (
            "json",
            plan(""),
            plan(r#", {"address": "aws_iam_role_policy_attachment.a", "mode": "managed", "type": "aws_iam_role_policy_attachment", "name": "a", "values": {"role": "r", "policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}"#),
            "`policy_arn` is new: arn:aws:iam::aws:policy/ReadOnlyAccess",
        ),
        ("yaml", one("AWS::Lambda::Url", "TargetFunctionArn: f, AuthType: AWS_IAM"), one("AWS::Lambda::Url", "TargetFunctionArn: f, AuthType: NONE"), "`AuthType` was AWS_IAM and is NONE"),
        ("yaml", one("AWS::Serverless::Function", "Handler: a.b, FunctionUrlConfig: {AuthType: AWS_IAM}"), one("AWS::Serverless::Function", "Handler: a.b, FunctionUrlConfig: {AuthType: NONE}"), "`FunctionUrlConfig` was {AuthType: AWS_IAM} and is {AuthType: NONE}"),
        ("yaml", one("AWS::Serverless::Api", "StageName: p, Auth: {ResourcePolicy: {AwsAccountWhitelist: ['111122223333']}}"), one("AWS::Serverless::Api", "StageName: p, Auth: {ResourcePolicy: {AwsAccountWhitelist: ['444455556666']}}"), "`Auth` was"),
        ("yaml", one("AWS::Serverless::Connector", "Source: {Id: F}, Destination: {Id: T}, Permissions: [Read]"), one("AWS::Serverless::Connector", "Source: {Id: F}, Destination: {Id: T}, Permissions: [Read, Write]"), "`Permissions` was Read and is Read, Write"),
        ("yaml", one("AWS::IAM::InstanceProfile", "Roles: [reader]"), one("AWS::IAM::InstanceProfile", "Roles: [admin]"), "`Roles` was reader and is admin"),
        ("yaml", one("AWS::Cognito::IdentityPoolRoleAttachment", "IdentityPoolId: p, Roles: {unauthenticated: 'arn:aws:iam::111122223333:role/guest'}"), one("AWS::Cognito::IdentityPoolRoleAttachment", "IdentityPoolId: p, Roles: {unauthenticated: 'arn:aws:iam::111122223333:role/admin'}"), "`Roles` was"),
        ("yaml", one("AWS::EKS::AccessEntry", "ClusterName: c, AccessPolicies: [{PolicyArn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy'}]"), one("AWS::EKS::AccessEntry", "ClusterName: c, AccessPolicies: [{PolicyArn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy'}]"), "`AccessPolicies` was"),
        ("yaml", one("AWS::S3::Bucket", "AccessControl: Private"), one("AWS::S3::Bucket", "AccessControl: PublicReadWrite"), "`AccessControl` was Private and is PublicReadWrite"),
        ("yaml", one("AWS::Lambda::Function", "Handler: a.b, Role: 'arn:aws:iam::111122223333:role/reader'"), one("AWS::Lambda::Function", "Handler: a.b, Role: 'arn:aws:iam::111122223333:role/admin'"), "`Role` was"),
        // among policies something that is none that the file shows
        ("yaml", with_policies(" [!Ref A]"), with_policies(" [!Ref A, !FindInMap [M, a, b]]"), "`Policies` was ${A} and is"),
        ("tf", "resource \"aws_eks_pod_identity_association\" \"a\" {\n  role_arn = \"arn:aws:iam::111122223333:role/reader\"\n}\n".to_owned(), "resource \"aws_eks_pod_identity_association\" \"a\" {\n  role_arn = \"arn:aws:iam::111122223333:role/admin\"\n}\n".to_owned(), "`role_arn` was"),
        ("tf", "resource \"aws_s3_bucket_public_access_block\" \"b\" {\n  block_public_policy = true\n}\n".to_owned(), "resource \"aws_s3_bucket_public_access_block\" \"b\" {\n  block_public_policy = false\n}\n".to_owned(), "`block_public_policy` was true and is false"),
        ("tf", "module \"m\" {\n  source = \"./iam\"\n  trusted_role_arns = [\"arn:aws:iam::111122223333:root\"]\n}\n".to_owned(), "module \"m\" {\n  source = \"./iam\"\n  trusted_role_arns = [\"*\"]\n}\n".to_owned(), "`trusted_role_arns` was arn:aws:iam::111122223333:root and is *"),
    ];
    for (number, (ending, old, new, says)) in cases.into_iter().enumerate() {
        let [before, after] = ["old", "new"].map(|side| format!("{number}-{side}.{ending}"));
        written(folder.path(), &before, &old);
        written(folder.path(), &after, &new);
        let (code, lines) = told(folder.path(), &before, &after);
        assert!(code == 3 && lines.join(" ").contains(says), "{number}: {code} {lines:#?}");
        // in folders as well
        written(folder.path(), &format!("{number}/a/x.{ending}"), &old);
        written(folder.path(), &format!("{number}/b/x.{ending}"), &new);
        let (code, lines) = told(folder.path(), &format!("{number}/a"), &format!("{number}/b"));
        assert!(code == 3 && lines.join(" ").contains(says), "{number}: {code} {lines:#?}");
    }
}

#[test]
fn a_policy_of_scaling_is_none_of_access() {
    let folder = tempfile::tempdir().unwrap();
    let scaling = |target: u8| {
        format!(
            "Resources:\n  S:\n    Type: AWS::AutoScaling::ScalingPolicy\n    Properties:\n      PolicyType: TargetTrackingScaling\n      AutoScalingGroupName: g{target}\n"
        )
    };
    written(folder.path(), "old.yaml", &scaling(1));
    written(folder.path(), "new.yaml", &scaling(2));
    assert_eq!(told(folder.path(), "old.yaml", "new.yaml").0, 0);
}

#[test]
fn a_file_of_a_folder_that_cannot_be_read_any_more_has_not_lost_its_policy() {
    let folder = tempfile::tempdir().unwrap();
    let whole =
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}"#;
    for (number, broken) in [
        "",
        "{",
        r#"{"Version": "2012-10-17",}"#,
        r#"{"Version": "2012-10-17", "Statment": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#,
    ]
    .into_iter()
    .enumerate()
    {
        written(folder.path(), &format!("{number}/a/p.json"), whole);
        written(folder.path(), &format!("{number}/b/p.json"), broken);
        for (old, new) in [("a", "b"), ("b", "a")] {
            let (code, lines) = told(folder.path(), &format!("{number}/{old}"), &format!("{number}/{new}"));
            let text = lines.join(" ");
            assert!(
                code == 3 && text.contains("cannot tell") && text.contains("p.json:1:"),
                "{number}: {code} {lines:#?}"
            );
            assert!(!text.contains("s3:GetObject"), "{number}: {lines:#?}");
        }
    }
    // a template cut before its policies, and one from which they were taken out
    let template = role("");
    written(folder.path(), "t/a/t.yaml", &template);
    written(folder.path(), "t/b/t.yaml", "Resources:\n  Role:\n    Type: AWS::IAM::Role\n    Properties: [\n");
    let (code, lines) = told(folder.path(), "t/a", "t/b");
    assert!(code == 3 && !lines.join(" ").contains("sts:AssumeRole"), "{code} {lines:#?}");
    written(folder.path(), "t/c/t.yaml", "Resources:\n  Bucket:\n    Type: AWS::S3::Bucket\n");
    let (code, lines) = told(folder.path(), "t/a", "t/c");
    assert!(code == 0 && lines.join(" ").contains("no longer allowed: sts:AssumeRole"), "{code} {lines:#?}");
}

/// A template with a role that has these policies.
fn with_policies(policies: &str) -> String {
    role(&format!("      Policies:{policies}\n"))
}

/// A policy of a role, by its name and its action.
fn inline(name: &str, action: &str) -> String {
    format!(
        "{{PolicyName: {name}, PolicyDocument: {{Version: '2012-10-17', Statement: [{{Effect: Allow, Action: '{action}', Resource: '*'}}]}}}}"
    )
}

#[test]
fn a_policy_within_a_condition_is_compared_by_its_branch() {
    let folder = tempfile::tempdir().unwrap();
    let (read, purge) = (inline("read", "s3:GetObject"), inline("purge", "sqs:PurgeQueue"));
    let cases = [
        (
            format!(" [{read}]"),
            format!(" [{read}, !If [Prod, {purge}, !Ref AWS::NoValue]]"),
            "Role.Policies[1].If(Prod).PolicyDocument new access: sqs:PurgeQueue on *",
        ),
        (
            format!(" [{read}]"),
            format!(" [{read}, !If [Prod, !Ref AWS::NoValue, {purge}]]"),
            "Role.Policies[1].If(not Prod).PolicyDocument new access: sqs:PurgeQueue on *",
        ),
        (
            format!(" [{read}]"),
            format!(" !If [Prod, [{read}, {purge}], [{read}]]"),
            "Role.Policies.If(Prod)[1].PolicyDocument new access: sqs:PurgeQueue on *",
        ),
        (
            format!(" [!If [Prod, {read}, !Ref AWS::NoValue]]"),
            format!(" [!If [Prod, {purge}, !Ref AWS::NoValue]]"),
            "Role.Policies[0].If(Prod).PolicyDocument new access: sqs:PurgeQueue on *",
        ),
        // one condition in another
        (
            format!(" [{read}]"),
            format!(" [{read}, !If [Prod, !If [Blue, {purge}, !Ref AWS::NoValue], !Ref AWS::NoValue]]"),
            "Role.Policies[1].If(Prod).If(Blue).PolicyDocument new access: sqs:PurgeQueue on *",
        ),
        // the document alone
        (
            format!(" [{read}]"),
            " [{PolicyName: read, PolicyDocument: !If [Prod, {Statement: [{Effect: Allow, Action: 'sqs:PurgeQueue', Resource: '*'}]}, !Ref D]}]"
                .to_owned(),
            "Role.Policies[0].PolicyDocument.If(Prod) new access: sqs:PurgeQueue on *",
        ),
    ];
    for (number, (old, new, says)) in cases.into_iter().enumerate() {
        let [before, after] = ["old", "new"].map(|side| format!("{number}-{side}.yaml"));
        written(folder.path(), &before, &with_policies(&old));
        written(folder.path(), &after, &with_policies(&new));
        let ran = iamdx(
            &["diff", folder.path().join(&before).to_str().unwrap(), folder.path().join(&after).to_str().unwrap()],
            b"",
        );
        let told = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(ran.code == 1 && told.contains(says), "{number}: {} {told}", ran.code);
    }
    let same = with_policies(&format!(" [!If [Prod, {read}, {purge}]]"));
    written(folder.path(), "same.yaml", &same);
    assert_eq!(told(folder.path(), "same.yaml", "same.yaml").0, 0);
}

#[test]
fn a_policy_within_a_condition_decides_nothing_for_certain() {
    let folder = tempfile::tempdir().unwrap();
    let policies = format!(
        " [{}, !If [Prod, {}, !Ref AWS::NoValue]]",
        inline("read", "s3:GetObject"),
        inline("purge", "sqs:PurgeQueue")
    );
    written(folder.path(), "t.yaml", &with_policies(&policies));
    let asked = |action: &str, policy: &str| {
        let policy = format!("{}#{policy}", folder.path().join("t.yaml").to_str().unwrap());
        let mut arguments = vec!["simulate", "--principal", "arn:aws:iam::111122223333:role/r", "--action", action];
        arguments.extend(["--resource", "*", "--identity-policy", &policy]);
        arguments.extend([
            "--no-scp",
            "--no-rcp",
            "--no-resource-policy",
            "--no-permissions-boundary",
            "--no-session-policy",
        ]);
        arguments.push("--no-vpc-endpoint-policy");
        let ran = iamdx(&arguments, b"");
        (ran.code, ran.stdout)
    };
    let (code, said) = asked("sqs:PurgeQueue", "Policies[*]");
    assert_eq!(code, 2, "{said}");
    let (code, said) = asked("sqs:PurgeQueue", "Role.Properties.Policies");
    assert!(code == 3 && said.contains("`Fn::If Prod` in the identity-based policy"), "{code} {said}");
    // of an action that it is not about it says nothing
    assert_eq!(asked("sqs:SendMessage", "Role.Properties.Policies").0, 1);
    assert_eq!(asked("s3:GetObject", "Role.Properties.Policies").0, 0);
    // whoever names it takes it for deployed
    assert_eq!(asked("sqs:PurgeQueue", "Resources.Role.Properties.Policies[1].If(Prod).PolicyDocument").0, 0);
}

#[test]
fn a_resource_that_is_new_gives_nobody_a_role() {
    let folder = tempfile::tempdir().unwrap();
    let function = "  F: {Type: 'AWS::Lambda::Function', Properties: {Handler: a.b, Role: r}}\n";
    written(folder.path(), "old.yaml", "Resources:\n  T: {Type: 'AWS::SNS::Topic'}\n");
    written(folder.path(), "new.yaml", &format!("Resources:\n  T: {{Type: 'AWS::SNS::Topic'}}\n{function}"));
    assert_eq!(told(folder.path(), "old.yaml", "new.yaml").0, 0);
}
