//! The files that people have policies in: what AWS's commands print, templates, plans, modules, and what is none of them.

use std::fmt::Write as _;

use iamdx::iam::{POLICY_CALLS, PolicyType, open_parts};
use iamdx::report::words;
use iamdx::snapshot::{Held, OTHER_ANSWERS, held};
use iamdx::text::Source;

use crate::support::iamdx;

const WITH_PRINCIPAL: &str = r#"{"Version": "2012-10-17", "Statement": [{"Sid": "Bucket", "Effect": "Allow",
 "Principal": {"AWS": "arn:aws:iam::111122223333:user/alice"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]}"#;
const WITHOUT: &str = r#"{"Version": "2012-10-17", "Statement": [{"Sid": "User", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}"#;

/// What a file gives as a resource-based policy, or as the type that is named: each document with its statements, or why not.
fn read_as(policy_type: Option<PolicyType>, name: &str, text: &str) -> String {
    let (name, choice) = name.split_once('#').map_or((name, None), |(name, choice)| (name, Some(choice)));
    match held(Source::new(name, text), policy_type, choice) {
        Err(error) => format!("ERROR {error}"),
        Ok(Held::Nothing(why)) => format!("NONE {why}"),
        Ok(Held::Documents { documents, notes, .. }) => {
            let mut told = String::new();
            for document in &documents {
                let sids: Vec<_> = document
                    .statements
                    .iter()
                    .map(|one| one.sid.as_ref().map_or("-", |sid| sid.value.as_str()))
                    .collect();
                let origin =
                    document.source.origin().map_or(String::new(), |(file, line)| format!(" at {file}:{line}"));
                let _ = writeln!(told, "{}{origin}: {}", document.source.name(), sids.join(" "));
            }
            for note in notes {
                let _ = writeln!(told, "note: {}", words::snapshot::note(&note));
            }
            for open in documents.iter().flat_map(|document| open_parts(document.source.text())) {
                let _ = writeln!(told, "open: {open}");
            }
            told.trim_end().to_owned()
        }
    }
}

fn read(name: &str, text: &str) -> String {
    read_as(Some(PolicyType::ResourceBased), name, text)
}

/// The text as a JSON string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// An answer that has `text` where `path` says.
fn answer(path: &str, text: &str) -> serde_json::Value {
    let Some((first, rest)) = path.split_once('.').or(Some((path, ""))).filter(|(first, _)| !first.is_empty()) else {
        return serde_json::Value::from(text);
    };
    let inner = answer(rest, text);
    let name = first.trim_end_matches("[]").trim_end_matches("{}");
    let value = match first.get(name.len()..) {
        Some("[]") => serde_json::json!([inner]),
        Some("{}") => serde_json::json!({"Policy": inner}),
        _ => inner,
    };
    serde_json::json!({ name: value })
}

#[test]
fn what_every_command_prints_by_the_model_of_the_aws_cli_is_read() {
    let facts = std::fs::read_to_string("fixtures/aws/cli-answers.txt").unwrap();
    let facts: Vec<Vec<&str>> =
        facts.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect()).collect();
    let of =
        |command: &str| facts.iter().find(|fact| fact[0] == command).unwrap_or_else(|| panic!("no facts: {command}"));
    let mut rows = 0;
    let all = POLICY_CALLS.iter().map(|fetch| (fetch.command, fetch.document)).chain(OTHER_ANSWERS);
    for (command, path) in all {
        let fact = of(command);
        assert!(fact[2].split(' ').any(|known| known == path), "aws {command} has no {path}: {}", fact[2]);
        let text = answer(path, WITH_PRINCIPAL).to_string();
        let told = read("answer.json", &text);
        assert!(told.starts_with("answer.json") && told.ends_with(": Bucket"), "aws {command}: {told}\n{text}");
        rows += 1;
    }
    for fetch in &POLICY_CALLS {
        let given: Vec<&str> = fetch.options.iter().map(|(option, _)| *option).collect();
        for option in of(fetch.command)[1].split_whitespace() {
            assert!(given.contains(&option), "aws {} needs {option}", fetch.command);
        }
    }
    println!("{rows} answers read");
}

#[test]
fn answers_without_a_policy_say_that_there_is_none() {
    let rows = [
        r#"{"ARN": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:x", "Name": "x"}"#,
        r#"{"resourcePolicies": []}"#,
        r#"{"Policies": {}}"#,
        r#"{"Attributes": {"TopicArn": "arn:aws:sns:eu-west-1:111122223333:t"}}"#,
        r#"{"id": "a1", "name": "api", "apiKeySource": "HEADER"}"#,
        r#"{"DomainStatus": {"DomainName": "d", "AccessPolicies": ""}}"#,
        "\nAn error occurred (NoSuchBucketPolicy) when calling the GetBucketPolicy operation: The bucket policy does not exist\n",
        "An error occurred (RepositoryPolicyNotFoundException) when calling the GetRepositoryPolicy operation: x",
        "An error occurred (ResourceNotFoundException) when calling the GetPolicy operation: x",
        "An error occurred (ResourceNotFoundException) when calling the GetBackupVaultAccessPolicy operation: x",
        "An error occurred (AccessDenied) when calling the GetBucketPolicy operation: Access Denied",
        "An error occurred (NoSuchEntity) when calling the GetRolePolicy operation: x",
    ];
    let told: Vec<String> = rows.iter().map(|row| read("f.json", row)).collect();
    insta::assert_snapshot!(told.join("\n"), @r##"
    NONE the answer of `aws secretsmanager get-resource-policy` has no policy
    NONE its `resourcePolicies.policyDocument` is empty: there is none
    NONE its `Policies` is empty: there is none
    NONE the answer of `aws sns get-topic-attributes` has no policy
    NONE the answer of `aws apigateway get-rest-api` has no policy
    NONE its `DomainStatus.AccessPolicies` is empty: there is none
    NONE `aws s3api get-bucket-policy` answered NoSuchBucketPolicy: there is none
    NONE `aws ecr get-repository-policy` answered RepositoryPolicyNotFoundException: there is none
    NONE `aws lambda get-policy` answered ResourceNotFoundException: there is none
    ERROR f.json:1:1: this is the error of a command (ResourceNotFoundException of GetBackupVaultAccessPolicy), no policy: it may be the policy that is not there, or what should have it; if it is the policy, say so with --no-resource-policy
    ERROR f.json:1:1: this is the error of a command (AccessDenied of GetBucketPolicy), no policy: it failed, and whether there is a policy is not known
    ERROR f.json:1:1: this is the error of a command (NoSuchEntity of GetRolePolicy), no policy: it may be the policy that is not there, or what should have it; if it is the policy, say so with --no-resource-policy
    "##);
}

#[test]
fn documents_are_found_in_every_shape() {
    let p = WITH_PRINCIPAL;
    let escaped = quoted(p.replace('"', "\\\"").as_str());
    let rows = [
        ("bare", p.to_owned()),
        ("a list", format!("[{p},\n{p}]")),
        ("one after the other", format!("{p}\n{p}")),
        ("named", format!(r#"{{"name": "n", "document": {p}}}"#)),
        ("several named", format!("[{{\"name\": \"n\", \"document\": {p}}},\n{{\"name\": \"m\", \"document\": {p}}}]")),
        ("API Gateway", format!(r#"{{"id": "a", "policy": {escaped}}}"#)),
        ("a string", quoted(p)),
        ("two endpoints", format!(
            "{{\"VpcEndpoints\": [{{\"VpcEndpointId\": \"vpce-1\", \"PolicyDocument\": {0}}},\n{{\"VpcEndpointId\": \"vpce-2\", \"PolicyDocument\": {0}}}]}}",
            quoted(p)
        )),
        ("two roles", format!(
            "{{\"Roles\": [{{\"RoleName\": \"a\", \"AssumeRolePolicyDocument\": {p}}},\n{{\"RoleName\": \"b\", \"AssumeRolePolicyDocument\": {p}}}]}}"
        )),
        ("all of a log group", format!(
            "{{\"resourcePolicies\": [{{\"policyName\": \"a\", \"policyDocument\": {0}}}, {{\"policyName\": \"b\", \"policyDocument\": {0}}}]}}",
            quoted(p)
        )),
        ("versions", format!(
            "{{\"PolicyVersionList\": [{{\"VersionId\": \"v2\", \"IsDefaultVersion\": false, \"Document\": {{}}}},\n{{\"VersionId\": \"v1\", \"IsDefaultVersion\": true, \"Document\": {p}}}]}}"
        )),
        ("the one that can be meant", format!("{{\"Trust\": {p}, \"Inline\": {WITHOUT}}}")),
        ("a statement", r#"{"Sid": "Alone", "Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}"#.to_owned()),
        ("statements", "[\n{\"Sid\": \"A\", \"Effect\": \"Allow\", \"Action\": \"s3:*\"},\n{\"Sid\": \"B\", \"Effect\": \"Deny\", \"Action\": \"s3:*\"}]".to_owned()),
    ];
    let mut told = String::new();
    for (name, text) in rows {
        let _ = writeln!(told, "# {name}\n{}", read("f.json", &text));
    }
    insta::assert_snapshot!(told, @r##"
    # bare
    f.json: Bucket
    # a list
    f.json[0] at f.json:1: Bucket
    f.json[1] at f.json:3: Bucket
    # one after the other
    f.json[0] at f.json:1: Bucket
    f.json[1] at f.json:3: Bucket
    # named
    f.json at f.json:1: Bucket
    # several named
    f.json[0] at f.json:1: Bucket
    f.json[1] at f.json:3: Bucket
    # API Gateway
    f.json at f.json:1: Bucket
    # a string
    f.json at f.json:1: Bucket
    # two endpoints
    ERROR f.json: 2 policy documents are in it. Name the one that is meant, for example `f.json#VpcEndpoints[0].PolicyDocument`, or `f.json#*` for all:
      line 1: VpcEndpoints[0].PolicyDocument
      line 2: VpcEndpoints[1].PolicyDocument (vpce-2)
    # two roles
    ERROR f.json: 2 policy documents are in it. Name the one that is meant, for example `f.json#Roles[0].AssumeRolePolicyDocument`, or `f.json#*` for all:
      line 1: Roles[0].AssumeRolePolicyDocument
      line 3: Roles[1].AssumeRolePolicyDocument (b)
    # all of a log group
    f.json#resourcePolicies[0].policyDocument at f.json:1: Bucket
    f.json#resourcePolicies[1].policyDocument at f.json:1: Bucket
    # versions
    f.json at f.json:2: Bucket
    # the one that can be meant
    f.json#Trust at f.json:1: Bucket
    # a statement
    f.json at f.json:1: Alone
    note: f.json: statements without the document around them; read as a document of version 2012-10-17
    # statements
    f.json at f.json:1: A B
    note: f.json: statements without the document around them; read as a document of version 2012-10-17
    "##);
}

#[test]
fn one_of_several_documents_is_chosen_by_path_or_name() {
    let text = format!(
        "{{\"Roles\": [{{\"RoleName\": \"a\", \"AssumeRolePolicyDocument\": {WITH_PRINCIPAL}}},\n{{\"RoleName\": \"b\", \"AssumeRolePolicyDocument\": {WITH_PRINCIPAL}}}]}}"
    );
    let mut told = String::new();
    for choice in ["a", "b", "Roles[1]", "Roles[1].AssumeRolePolicyDocument", "*", "c", "oles[1]"] {
        let _ = writeln!(told, "# {choice}\n{}", read(&format!("f.json#{choice}"), &text));
    }
    insta::assert_snapshot!(told, @r##"
    # a
    f.json#Roles[0].AssumeRolePolicyDocument at f.json:1: Bucket
    # b
    f.json#Roles[1].AssumeRolePolicyDocument at f.json:3: Bucket
    # Roles[1]
    f.json#Roles[1].AssumeRolePolicyDocument at f.json:3: Bucket
    # Roles[1].AssumeRolePolicyDocument
    f.json#Roles[1].AssumeRolePolicyDocument at f.json:3: Bucket
    # *
    f.json#Roles[0].AssumeRolePolicyDocument at f.json:1: Bucket
    f.json#Roles[1].AssumeRolePolicyDocument at f.json:3: Bucket
    # c
    ERROR f.json: nothing in it is called `c`. It holds:
      line 1: Roles[0].AssumeRolePolicyDocument
      line 3: Roles[1].AssumeRolePolicyDocument (b)
    # oles[1]
    ERROR f.json: nothing in it is called `oles[1]`. It holds:
      line 1: Roles[0].AssumeRolePolicyDocument
      line 3: Roles[1].AssumeRolePolicyDocument (b)
    "##);
}

const TEMPLATE: &str = r#"AWSTemplateFormatVersion: 2010-09-09
Resources:
  BucketPolicy:
    Type: AWS::S3::BucketPolicy
    Properties:
      PolicyDocument:
        Version: 2012-10-17
        Statement:
          - Sid: Read
            Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::111122223333:user/alice"}
            Action: s3:GetObject
            Resource: !Sub "${Bucket.Arn}/*"
  Role:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyName: inline
          PolicyDocument:
            Statement:
              - {Sid: Inline, Effect: Allow, Action: "s3:GetObject", Resource: !Join ["", ["arn:aws:s3:::", !Ref Bucket, "/${aws:username}"]]}
        - PolicyName: maybe
          PolicyDocument:
            Statement: [!If [IsProd, {Effect: Allow, Action: "*", Resource: "*"}, !Ref AWS::NoValue]]
"#;

const MODULE: &str = r#"
resource "aws_iam_user_policy" "p" {
  policy = <<-EOF
    {
      "Version": "2012-10-17",
      "Statement": [
        {"Sid": "Text", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "${aws_s3_bucket.b.arn}/$${aws:username}/*"}
      ]
    }
  EOF
}
resource "aws_s3_bucket_policy" "b" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Encoded"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::111122223333:user/alice" }
      Action    = ["s3:GetObject", var.more]
      Resource  = "arn:aws:s3:::b/*"
    }]
  })
}
resource "aws_iam_policy" "elsewhere" {
  policy = data.aws_iam_policy_document.x.json
}
"#;

/// What the documents of a file say, as they are read.
fn texts(name: &str, text: &str) -> String {
    let (file, choice) = name.split_once('#').unwrap();
    match held(Source::new(file, text), None, Some(choice)) {
        Ok(Held::Documents { documents, .. }) => {
            documents.iter().map(|document| document.source.text()).collect::<Vec<_>>().join("\n")
        }
        other => format!("{other:?}"),
    }
}

#[test]
fn templates_keep_open_what_a_deployment_fills_in() {
    let identity = Some(PolicyType::IdentityBased);
    let json = "{\"Resources\": {\"B\": {\"Type\": \"AWS::S3::BucketPolicy\", \"Properties\": {\"PolicyDocument\":\n{\"Statement\": {\"Sid\": \"J\", \"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"s3:*\", \"Resource\": {\"Fn::GetAtt\": [\"B\", \"Arn\"]}}}}}}}".to_string();
    let told = [
        read("t.yaml", TEMPLATE),
        read_as(identity, "t.yaml", TEMPLATE),
        read_as(identity, "t.yaml#inline", TEMPLATE),
        read_as(identity, "t.yaml#maybe", TEMPLATE),
        texts("t.yaml#BucketPolicy", TEMPLATE),
        read("t.json", &json),
        read("t.yaml", "Resources: [unclosed\n  x: 1"),
    ];
    insta::assert_snapshot!(told.join("\n----\n"), @r##"
    ERROR t.yaml: 2 policy documents are in it. Name the one that is meant, for example `t.yaml#Resources.BucketPolicy.Properties.PolicyDocument`, or `t.yaml#*` for all:
      line 7: Resources.BucketPolicy.Properties.PolicyDocument
      line 24: Resources.Role.Properties.Policies[1].PolicyDocument (maybe)
    ----
    ERROR t.yaml: 2 policy documents are in it. Name the one that is meant, for example `t.yaml#Resources.Role.Properties.Policies[0].PolicyDocument`, or `t.yaml#*` for all:
      line 20: Resources.Role.Properties.Policies[0].PolicyDocument
      line 24: Resources.Role.Properties.Policies[1].PolicyDocument (maybe)
    ----
    t.yaml#Resources.Role.Properties.Policies[0].PolicyDocument at t.yaml:20: Inline
    open: Bucket
    ----
    ERROR t.yaml:24: the policy `Resources.Role.Properties.Policies[1].PolicyDocument` cannot be read from this file: a statement of it depends on `Fn::If IsProd`. Give the policy as it is deployed
    ----
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "Read",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:${template:AWS::Partition}:iam::111122223333:user/alice"
          },
          "Action": "s3:GetObject",
          "Resource": "${template:Bucket.Arn}/*"
        }
      ]
    }
    ----
    t.json at t.json:2: J
    open: B.Arn
    ----
    ERROR t.yaml:2:4: this reads like YAML, and is not: illegal placement of ':' indicator
    "##);
}

#[test]
fn terraform_is_read_as_far_as_it_is_literal() {
    let identity = Some(PolicyType::IdentityBased);
    let told = [
        read("main.tf", MODULE),
        read("main.tf#b", MODULE),
        read_as(identity, "main.tf#aws_iam_user_policy.p", MODULE),
        read_as(identity, "main.tf#elsewhere", MODULE),
        texts("main.tf#aws_iam_user_policy.p", MODULE),
        texts("main.tf#aws_s3_bucket_policy.b", MODULE),
        read("main.tf", "resource \"x\" {\n  a = \n}"),
    ];
    insta::assert_snapshot!(told.join("\n----\n"), @r##"
    ERROR main.tf: 2 policy documents are in it. Name the one that is meant, for example `main.tf#aws_s3_bucket_policy.b.policy`, or `main.tf#*` for all:
      line 13: aws_s3_bucket_policy.b.policy
      line 25: aws_iam_policy.elsewhere.policy
    ----
    main.tf#aws_s3_bucket_policy.b.policy at main.tf:13: Encoded
    open: var.more
    ----
    main.tf#aws_iam_user_policy.p.policy at main.tf:4: Text
    open: aws_s3_bucket.b.arn
    ----
    ERROR main.tf:25: the policy `aws_iam_policy.elsewhere.policy` cannot be read from this file: it is taken from `data.aws_iam_policy_document.x.json`. Give the policy as it is deployed
    ----
    {
      "Version": "2012-10-17",
      "Statement": [
        {"Sid": "Text", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "${template:aws_s3_bucket.b.arn}/${aws:username}/*"}
      ]
    }

    ----
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "Encoded",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::111122223333:user/alice"
          },
          "Action": [
            "s3:GetObject",
            "${template:var.more}"
          ],
          "Resource": "arn:aws:s3:::b/*"
        }
      ]
    }
    ----
    ERROR main.tf:2:7: this reads like Terraform, and is not: invalid expression; expected `"`, `[`, `{`, `-`, `!`, `(`, `_`, `<`, letter or digit
    "##);
}

#[test]
fn a_plan_is_read_as_it_will_be_and_what_only_applying_it_tells_is_not_guessed() {
    let plan = format!(
        r#"{{"format_version": "1.2", "terraform_version": "1.9.0",
"planned_values": {{"root_module": {{"resources": [
{{"address": "aws_iam_policy.p", "mode": "managed", "values": {{"policy": {0}}}}},
{{"address": "data.aws_iam_policy_document.d", "mode": "data", "values": {{"json": {0}}}}}],
"child_modules": [{{"resources": [
{{"address": "module.m.aws_s3_bucket_policy.b", "mode": "managed", "values": {{"policy": {1}}}}}]}}]}}}},
"resource_changes": [
{{"address": "aws_iam_policy.later", "mode": "managed", "change": {{"after": {{}}, "after_unknown": {{"policy": true, "arn": true}}}}}}],
"prior_state": {{"values": {{"root_module": {{"resources": [{{"address": "aws_iam_policy.p", "values": {{"policy": {0}}}}}]}}}}}}}}"#,
        quoted(WITHOUT),
        quoted(WITH_PRINCIPAL)
    );
    let state = format!(
        r#"{{"version": 4, "terraform_version": "1.9.0", "resources": [{{"mode": "managed", "type": "aws_iam_policy", "name": "p",
"instances": [{{"attributes": {{"policy": {}}}}}]}}]}}"#,
        quoted(WITHOUT)
    );
    let identity = Some(PolicyType::IdentityBased);
    let told = [
        read_as(identity, "plan.json", &plan),
        read_as(identity, "plan.json#aws_iam_policy.p", &plan),
        read_as(identity, "plan.json#aws_iam_policy.later", &plan),
        read("plan.json#module.m.aws_s3_bucket_policy.b", &plan),
        read_as(identity, "state.json", &state),
    ];
    insta::assert_snapshot!(told.join("\n----\n"), @r##"
    ERROR plan.json: 2 policy documents are in it. Name the one that is meant, for example `plan.json#aws_iam_policy.later.policy`, or `plan.json#*` for all:
      line 8: aws_iam_policy.later.policy
      line 3: aws_iam_policy.p.policy
    ----
    plan.json#aws_iam_policy.p.policy at plan.json:3: User
    ----
    ERROR plan.json:8: the policy `aws_iam_policy.later.policy` cannot be read from this file: it is known only after the plan was applied. Give the policy as it is deployed
    ----
    plan.json#module.m.aws_s3_bucket_policy.b.policy at plan.json:6: Bucket
    ----
    state.json at state.json:2: User
    "##);
}

#[test]
fn a_file_that_is_no_policy_says_what_it_is_and_what_to_do() {
    let rows = [
        ("", "empty.json"),
        ("null\n", "null.json"),
        ("None\n", "none.txt"),
        (
            "\nUnable to locate credentials. You can configure credentials by running \"aws configure\".\n",
            "policy.json",
        ),
        ("aws: [ERROR]: The config profile (x) could not be found\n", "policy.json"),
        ("usage: aws [options] <command>\naws: error: the following arguments are required: --bucket\n", "policy.json"),
        ("<!DOCTYPE html>\n<html></html>", "page.json"),
        ("<?xml version=\"1.0\"?><Policy/>", "answer.xml"),
        ("----------\n|  Get  |\n", "table.txt"),
        ("{\n \"Statement\": [],\n}", "comma.json"),
        ("{\"Statement\": [{\"Effect\": \"Allow\",}]}", "comma2.json"),
        ("{\n // why\n \"Statement\": []}", "comment.json"),
        ("{'Statement': []}", "python.json"),
        ("{\"Statement\": [], \"x\": True}", "python2.json"),
        ("{\u{201C}Statement\u{201D}: []}", "word.json"),
        ("{\"Statement\": [\n{\"Effect\": \"Allow\"", "cut.json"),
        ("{\"Statement\": []},\n{\"Statement\": []}", "comma3.json"),
        (
            r#"{"AttachedPolicies": [{"PolicyName": "p", "PolicyArn": "arn:aws:iam::111122223333:policy/p"}]}"#,
            "names.json",
        ),
        (r#"{"PolicyNames": ["a b"]}"#, "names.json"),
        (
            r#"{"Policies": [{"PolicyName": "p", "Arn": "arn:aws:iam::111122223333:policy/p", "DefaultVersionId": "v3"}]}"#,
            "names.json",
        ),
        (
            r#"{"Policies": [{"Id": "p-abc12345", "Arn": "arn:aws:organizations::444455556666:policy/o-x/service_control_policy/p-abc12345"}]}"#,
            "names.json",
        ),
        (
            r#"{"Policy": {"PolicyName": "p", "Arn": "arn:aws:iam::111122223333:policy/p", "DefaultVersionId": "v3"}}"#,
            "policy.json",
        ),
        (r#"{"iamdx_snapshot": 1}"#, "snapshot.json"),
        (r#"{"Records": []}"#, "trail.json"),
        (r#"{"name": "x", "version": "1"}"#, "package.json"),
        ("[1, 2]", "numbers.json"),
        ("[]", "list.json"),
        ("User: arn:aws:iam::111122223333:user/a is not authorized to perform: s3:GetObject", "denial.txt"),
        ("hello world", "text.txt"),
    ];
    let told: Vec<String> = rows.iter().map(|(text, name)| read(name, text)).collect();
    insta::assert_snapshot!(told.join("\n"), @r##"
    ERROR empty.json:1:1: the file is empty: the command that should have written it failed, or AWS had nothing to answer; run it again and read its errors (if there is no such policy, say so with --no-resource-policy)
    ERROR null.json:1:1: `null`: the answer of AWS has no such part; if that is because there is no policy, say so with --no-resource-policy
    ERROR none.txt:1:1: `None`: the answer of AWS has no such part; if that is because there is no policy, say so with --no-resource-policy
    ERROR policy.json:2:1: this is an error of the AWS CLI, no policy: it got no answer, and whether there is a policy is not known; run the command again when that is put right
    ERROR policy.json:1:1: this is an error of the AWS CLI, no policy: it got no answer, and whether there is a policy is not known; run the command again when that is put right
    ERROR policy.json:1:1: this is an error of the AWS CLI, no policy: it got no answer, and whether there is a policy is not known; run the command again when that is put right
    ERROR page.json:1:1: this is an HTML page: a proxy or a login page answered in place of AWS
    ERROR answer.xml:1:1: this is XML: ask for JSON, as the AWS CLI prints it with `--output json`
    ERROR table.txt:1:1: this is a table (`--output table`): run the command with `--output json`
    ERROR comma.json:3:1: a comma before the end of a list or an object: JSON has none there; remove it
    ERROR comma2.json:1:35: a comma before the end of a list or an object: JSON has none there; remove it
    ERROR comment.json:2:2: a comment: JSON has none; remove it
    ERROR python.json:1:2: single quotes: this is how Python prints, not JSON; print it with `json.dumps`, or write double quotes
    ERROR python2.json:1:24: this is how Python prints, not JSON; print it with `json.dumps`
    ERROR word.json:1:2: typographic quotes, as a word processor writes them: write plain double quotes
    ERROR cut.json:2:19: the file ends in the middle of its JSON: it was cut, or the command that wrote it was interrupted
    ERROR comma3.json:1:18: a comma that nothing stands before, or between two documents: put several documents into a list, `[...]`
    ERROR names.json:1:1: this output of `aws iam list-attached-...-policies` lists names, not documents; run: aws iam get-policy-version --policy-arn arn:aws:iam::111122223333:policy/p --version-id "$(aws iam get-policy --policy-arn arn:aws:iam::111122223333:policy/p --query Policy.DefaultVersionId --output text)"
    ERROR names.json:1:1: this output of `aws iam list-...-policies` lists names, not documents; run: aws iam get-role-policy --role-name ROLE --policy-name 'a b' (or get-user-policy, get-group-policy)
    ERROR names.json:1:1: this output of `aws iam list-policies` lists names, not documents; run: aws iam get-policy-version --policy-arn arn:aws:iam::111122223333:policy/p --version-id v3
    ERROR names.json:1:1: this output of `aws organizations list-policies` lists names, not documents; run: aws organizations describe-policy --policy-id p-abc12345
    ERROR policy.json:1:1: this output of `aws iam get-policy` describes the policy without its document; run: aws iam get-policy-version --policy-arn arn:aws:iam::111122223333:policy/p --version-id v3
    ERROR snapshot.json:1:1: this is a snapshot: give it with `--snapshot`, or name one of its policies, for example `FILE#NAME`
    ERROR trail.json:1:1: this is a CloudTrail record, no policy: give it as the input
    ERROR package.json:1:1: a policy document is an object with `Statement`, and none is in this file, which has `name`, `version`
    ERROR numbers.json:1:1: a policy document is an object with `Statement`, and none is in this list
    ERROR list.json:1:1: a policy document is an object with `Statement`, this is an empty list
    ERROR denial.txt:1:1: this is the text of a denial, no policy: give it as the input
    ERROR text.txt:1:1: this is neither JSON, YAML nor Terraform: it begins with `hello world`
    "##);
}

#[test]
fn a_snapshot_that_lists_names_is_refused_with_the_command_that_prints_documents() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.json");
    let mut told = String::new();
    for text in [
        r#"{"Policies": [{"PolicyName": "p", "Arn": "arn:aws:iam::111122223333:policy/p", "DefaultVersionId": "v3", "AttachmentCount": 1}]}"#,
        "Policies:\n- PolicyName: p\n",
        "<html></html>",
        "{\"Policies\": [],}",
    ] {
        std::fs::write(&path, text).unwrap();
        let run = iamdx(&["diagnose", "-m", "x", "--snapshot", &path.to_string_lossy()], b"");
        told.push_str(&run.whole().replace(&*path.to_string_lossy(), "f.json"));
    }
    insta::assert_snapshot!(told, @r##"
    exit 2
    --- stderr
    iamdx: f.json:1:1: this is no snapshot: this output of `aws iam list-policies` lists names, not documents; run: aws iam get-policy-version --policy-arn arn:aws:iam::111122223333:policy/p --version-id v3
    exit 2
    --- stderr
    iamdx: f.json:1:1: this is no snapshot: this is YAML; a snapshot is JSON: run the command with `--output json`
    exit 2
    --- stderr
    iamdx: f.json:1:1: this is no snapshot: this is an HTML page: a proxy or a login page answered in place of AWS
    exit 2
    --- stderr
    iamdx: f.json:1:17: a comma before the end of a list or an object: JSON has none there; remove it
    "##);
}

const REQUEST: [&str; 6] = [
    "--principal",
    "arn:aws:iam::111122223333:user/alice",
    "--action",
    "s3:GetObject",
    "--resource",
    "arn:aws:s3:::b/alice",
];

/// The decision of `simulate` with one policy file, and what it says on stderr.
fn decision(name: &str, text: &str, option: &str, more: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let (file, choice) =
        name.split_once('#').map_or((name, String::new()), |(file, choice)| (file, format!("#{choice}")));
    let path = folder.path().join(file).to_string_lossy().into_owned();
    std::fs::write(&path, text).unwrap();
    let argument = format!("{path}{choice}");
    let nothing =
        ["--no-scp", "--no-rcp", "--no-permissions-boundary", "--no-session-policy", "--no-vpc-endpoint-policy"];
    let mut args = vec!["simulate", option, &argument];
    args.extend(REQUEST);
    args.extend(nothing.iter().filter(|none| none.trim_start_matches("--no-") != option.trim_start_matches("--")));
    args.extend(more);
    let run = iamdx(&args, b"");
    let first = run.stdout.lines().next().unwrap_or_default();
    let unseen = run.stdout.split_once("\nNOT CHECKED\n").map_or("", |(_, unseen)| unseen);
    let open: Vec<&str> = unseen.split_inclusive('\n').filter(|line| line.contains("` in the ")).collect();
    format!("exit {} {first}\n{}{}", run.code, open.concat(), run.stderr).replace(&path, file)
}

/// The decision of `simulate` for a principal and a resource, with what is taken of a template's open parts, and what stays open.
fn of_template(file: &str, text: &str, option: &str, principal: &str, resource: &str, more: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(file).to_string_lossy().into_owned();
    std::fs::write(&path, text).unwrap();
    let nothing =
        ["--no-scp", "--no-rcp", "--no-permissions-boundary", "--no-session-policy", "--no-vpc-endpoint-policy"];
    let mut args =
        vec!["simulate", "--format", "json", option, &path, "--principal", principal, "--resource", resource];
    args.extend(nothing.iter().filter(|none| none.trim_start_matches("--no-") != option.trim_start_matches("--")));
    args.extend(["--action", "s3:GetObject"]);
    args.extend(more);
    let run = iamdx(&args, b"");
    let told: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let mut lines = format!("{}\n{}", text(&told["decision"]), run.stderr);
    for one in told["request"]["assumed"].as_array().unwrap().iter().filter(|one| text(&one["field"]).starts_with('`'))
    {
        let _ = writeln!(lines, "  assumed: {} is {}: {}", text(&one["field"]), text(&one["value"]), text(&one["why"]));
    }
    for one in told["gaps"].as_array().unwrap().iter().filter(|one| text(&one["what"]).starts_with('`')) {
        let _ = writeln!(lines, "  open: {}: {}", text(&one["what"]), text(&one["why"]));
        for line in text(&one["how_to_close"]).lines() {
            let _ = writeln!(lines, "    {line}");
        }
    }
    lines.replace(&path, file)
}

#[test]
fn the_partition_and_the_account_of_a_policy_follow_from_the_request() {
    let statement = |resource: &str, more: &str| {
        format!("Statement:\n- Effect: Allow\n  Action: s3:GetObject\n  Resource: !Sub '{resource}'\n{more}")
    };
    let module = |data: &str, resource: &str| {
        format!(
            "{data}\nresource \"aws_iam_user_policy\" \"p\" {{\n  policy = jsonencode({{ Statement = [{{ Effect = \"Allow\", Action = \"s3:GetObject\", Resource = \"{resource}\" }}] }})\n}}\n"
        )
    };
    let alice = "arn:aws:iam::111122223333:user/alice";
    let beijing = "arn:aws-cn:iam::111122223333:user/alice";
    let (object, in_beijing) = ("arn:aws:s3:::b-111122223333/k", "arn:aws-cn:s3:::b-111122223333/k");
    let (own, bucket) = ("--identity-policy", "--resource-policy");
    let none = ["--no-resource-policy"];
    let partition = statement("arn:${AWS::Partition}:s3:::b-111122223333/*", "");
    let account = statement("arn:aws:s3:::b-${AWS::AccountId}/*", "");
    let region = statement("arn:aws:s3:::b-${AWS::Region}-${AWS::AccountId}/*", "");
    let anyone = statement(
        "arn:${AWS::Partition}:s3:::b-111122223333/*",
        "  Principal: {AWS: !Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:user/alice'}\n",
    );
    let service =
        statement("*", "  Condition: {StringEquals: {aws:PrincipalServiceName: !Sub 'ec2.${AWS::URLSuffix}'}}\n");
    let current = "arn:${data.aws_partition.current.partition}:s3:::b-111122223333/*";
    let caller = "arn:aws:s3:::b-${data.aws_caller_identity.current.account_id}/*";
    let aliased = "data \"aws_partition\" \"current\" {\n  provider = aws.beijing\n}";
    let rows = [
        of_template("t.yaml", &partition, own, alice, object, &none),
        of_template("t.yaml", &partition, own, beijing, in_beijing, &none),
        // nothing is in two partitions
        of_template("t.yaml", &partition, own, alice, in_beijing, &none),
        of_template("t.yaml", &account, own, alice, object, &none),
        // whose SCP it is says nothing of the accounts below it
        of_template("t.yaml", &account.replace("Allow", "Deny"), "--scp", alice, object, &none),
        of_template("t.yaml", &region, own, alice, "arn:aws:s3:::b-eu-west-1-111122223333/k", &none),
        // the bucket's account is not in its ARN
        of_template("t.yaml", &anyone, bucket, alice, object, &[]),
        of_template("t.yaml", &anyone, bucket, alice, object, &["--resource-account", "111122223333"]),
        of_template("t.yaml", &anyone, bucket, alice, object, &["--resource-account", "444455556666"]),
        of_template(
            "t.yaml",
            &service,
            own,
            alice,
            object,
            &["--no-resource-policy", "--context", "aws:PrincipalServiceName=ec2.amazonaws.com"],
        ),
        of_template("main.tf", &module("", current), own, alice, object, &none),
        of_template("main.tf", &module(aliased, current), own, alice, object, &none),
        of_template("main.tf", &module("", caller), own, alice, object, &none),
    ];
    insta::assert_snapshot!(rows.concat(), @r##"
    allowed
      assumed: `AWS::Partition` in t.yaml is aws: the partition of the principal
    allowed
      assumed: `AWS::Partition` in t.yaml is aws-cn: the partition of the principal
    undetermined
      open: `AWS::Partition` in the identity-based policy at t.yaml:1: the file leaves it open, and the statement's Resource depends on it
        aws iam get-account-authorization-details > account.json  # then: --snapshot account.json
    allowed
      assumed: `AWS::AccountId` in t.yaml is 111122223333: the account of the principal, whose policy it is
    undetermined
      open: `AWS::AccountId` in the service control policy at t.yaml:1: the file leaves it open, and the statement's Resource depends on it
        aws organizations describe-policy --policy-id "${FILL_IN_POLICY_ID:?}" > policy.json  # then: --scp policy.json
    undetermined
      assumed: `AWS::AccountId` in t.yaml is 111122223333: the account of the principal, whose policy it is
      open: `AWS::Region` in the identity-based policy at t.yaml:1: the file leaves it open, and the statement's Resource depends on it
        aws iam get-account-authorization-details > account.json  # then: --snapshot account.json
    undetermined
      assumed: `AWS::Partition` in t.yaml is aws: the partition of the principal
      open: `AWS::AccountId` in the resource-based policy at t.yaml:1: the file leaves it open, and the statement's Principal depends on it
        aws s3api get-bucket-policy --bucket b-111122223333 > policy.json  # then: --resource-policy policy.json
    undetermined
      assumed: `AWS::Partition` in t.yaml is aws: the partition of the principal
      assumed: `AWS::AccountId` in t.yaml is 111122223333: the account of the resource, whose policy it is
    implicitDeny
      assumed: `AWS::Partition` in t.yaml is aws: the partition of the principal
      assumed: `AWS::AccountId` in t.yaml is 444455556666: the account of the resource, whose policy it is
    allowed
      assumed: `AWS::URLSuffix` in t.yaml is amazonaws.com: the partition of the principal
    allowed
      assumed: `data.aws_partition.current.partition` in main.tf is aws: the partition of the principal
    undetermined
      open: `data.aws_partition.current.partition (provider aws.beijing)` in the identity-based policy at main.tf:5: the file leaves it open, and the statement's Resource depends on it
        terraform show -json > state.json  # then: --identity-policy state.json
        aws iam get-account-authorization-details > account.json  # then: --snapshot account.json
    undetermined
      open: `data.aws_caller_identity.current.account_id` in the identity-based policy at main.tf:3: the file leaves it open, and the statement's Resource depends on it
        terraform show -json > state.json  # then: --identity-policy state.json
        aws iam get-account-authorization-details > account.json  # then: --snapshot account.json
    "##);
}

#[test]
fn what_a_template_leaves_open_makes_the_answer_undetermined() {
    let statement = |effect: &str, action: &str, resource: &str, more: &str| {
        format!("Statement:\n- Effect: {effect}\n  Action: {action}\n  Resource: {resource}\n{more}")
    };
    let all = "- {Effect: Allow, Action: '*', Resource: '*'}\n";
    let rows = [
        statement("Allow", "s3:GetObject", "!Sub '${Bucket.Arn}/*'", ""),
        statement("Allow", "!Ref Actions", "'*'", ""),
        statement("Deny", "s3:GetObject", "!Sub 'arn:aws:s3:::${B}/*'", all),
        statement("Deny", "!Sub 's3:${What}'", "'*'", all),
        // whatever the bucket is called, the object is another one
        statement("Deny", "s3:GetObject", "!Sub 'arn:aws:s3:::${B}/private/*'", all),
        statement("Deny", "s3:GetObject", "'*'\n  Condition: {StringEquals: {aws:username: !Ref Who}}", all),
        statement("Deny", "s3:GetObject", "'*'\n  Condition: {NumericLessThan: {s3:max-keys: !Ref Many}}", all),
        // AWS rejects a document without a value; this one may have one
        "Statement:\n- Effect: !Ref Effect\n  Action: '*'\n  Resource: '*'\n".to_owned(),
    ];
    let told: String =
        rows.iter().map(|row| decision("t.yaml", row, "--identity-policy", &["--no-resource-policy"])).collect();
    insta::assert_snapshot!(told, @r##"
    exit 3 UNDETERMINED  s3:GetObject
     -  `Bucket.Arn` in the identity-based policy at t.yaml:1
    exit 3 UNDETERMINED  s3:GetObject
     -  `Actions` in the identity-based policy at t.yaml:1
    exit 3 UNDETERMINED  s3:GetObject
     -  `B` in the identity-based policy at t.yaml:1
    exit 3 UNDETERMINED  s3:GetObject
     -  `What` in the identity-based policy at t.yaml:1
    exit 0 ALLOWED  s3:GetObject
    exit 3 UNDETERMINED  s3:GetObject
     -  `Who` in the identity-based policy at t.yaml:1
    exit 3 UNDETERMINED  s3:GetObject
     -  `Many` in the identity-based policy at t.yaml:1
    exit 2 
    iamdx: t.yaml:1: the policy `the whole file` cannot be read from this file: a statement of it depends on `Effect`. Give the policy as it is deployed
    "##);
}

#[test]
fn a_principal_that_is_left_open_is_not_known() {
    let row = |principal: &str| {
        format!(
            "Statement:\n- Effect: Allow\n  Principal: {principal}\n  Action: s3:GetObject\n  Resource: arn:aws:s3:::b/*\n"
        )
    };
    let rows =
        ["{AWS: !GetAtt Role.Arn}", "!Ref Whom", "{AWS: [!GetAtt Role.Arn, '111122223333']}", "{AWS: '444455556666'}"];
    let told: String =
        rows.iter().map(|principal| decision("t.yaml", &row(principal), "--resource-policy", &[])).collect();
    insta::assert_snapshot!(told, @r##"
    exit 3 UNDETERMINED  s3:GetObject
     -  `Role.Arn` in the resource-based policy at t.yaml:1
    exit 3 UNDETERMINED  s3:GetObject
     -  `Whom` in the resource-based policy at t.yaml:1
    exit 3 UNDETERMINED  s3:GetObject
    exit 3 UNDETERMINED  s3:GetObject
    "##);
}

#[test]
fn there_is_none_is_said_by_option_or_by_the_answer_of_aws() {
    let allow = r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}"#;
    let none = "An error occurred (NoSuchBucketPolicy) when calling the GetBucketPolicy operation: x\n";
    let other = ["--resource-account", "444455556666"];
    let told = [
        decision("p.json", allow, "--identity-policy", &[]),
        decision("p.json", allow, "--identity-policy", &["--no-resource-policy"]),
        // a resource of another account needs an Allow there, too
        decision("p.json", allow, "--identity-policy", &["--no-resource-policy", other[0], other[1]]),
        decision("none.json", none, "--resource-policy", &other),
        decision("p.json", allow, "--resource-policy", &["--no-resource-policy"]),
        // a bucket without a policy says nothing about other types
        decision("none.json", none, "--scp", &[]),
        decision("none.json", r#"{"Policies": []}"#, "--permissions-boundary", &[]),
        decision("none.json", none, "--identity-policy", &[]),
        decision("empty.json", "", "--scp", &[]),
        decision("empty.json", "", "--identity-policy", &[]),
        decision("empty.json", "", "--vpc-endpoint-policy", &[]),
    ];
    insta::assert_snapshot!(told.concat(), @r##"
    exit 3 UNDETERMINED  s3:GetObject
    exit 0 ALLOWED  s3:GetObject
    exit 1 DENIED  s3:GetObject
    exit 1 DENIED  s3:GetObject
    iamdx: note: none.json: `aws s3api get-bucket-policy` answered NoSuchBucketPolicy: there is none
    exit 2 
    error: the argument '--resource-policy <FILE>' cannot be used with '--no-resource-policy'

    Usage: iamdx simulate --resource-policy <FILE> --principal <ARN> --action <ACTION> --resource <ARN> --no-scp --no-rcp --no-permissions-boundary --no-session-policy --no-vpc-endpoint-policy

    For more information, try '--help'.
    exit 2 
    iamdx: none.json: `aws s3api get-bucket-policy` answered NoSuchBucketPolicy: there is none, and that says nothing about a service control policy
    exit 2 
    iamdx: none.json: its `Policies` is empty: there is none, and that says nothing about a permissions boundary
    exit 2 
    iamdx: none.json: `aws s3api get-bucket-policy` answered NoSuchBucketPolicy: there is none. Other policies of the principal may still allow the request
    exit 2 
    iamdx: empty.json:1:1: the file is empty: the command that should have written it failed, or AWS had nothing to answer; run it again and read its errors (if there is no such policy, say so with --no-scp)
    exit 2 
    iamdx: empty.json:1:1: the file is empty: the command that should have written it failed, or AWS had nothing to answer; run it again and read its errors (if there is no such policy, leave this file out)
    exit 2 
    iamdx: empty.json:1:1: the file is empty: the command that should have written it failed, or AWS had nothing to answer; run it again and read its errors (if there is no such policy, say so with --no-vpc-endpoint-policy)
    "##);
}

#[test]
fn what_only_one_template_leaves_open_is_no_equal_access() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, action: &str| {
        let path = folder.path().join(name).to_string_lossy().into_owned();
        std::fs::write(&path, format!("Statement:\n- {{Effect: Allow, Action: {action}, Resource: '*'}}\n")).unwrap();
        path
    };
    let [one, same, other] = [file("a.yaml", "!Ref One"), file("b.yaml", "!Ref One"), file("c.yaml", "!Ref Other")];
    assert_eq!(iamdx(&["diff", &one, &same], b"").code, 0);
    let run = iamdx(&["diff", &one, &other], b"");
    assert_eq!(run.code, 3, "{}", run.whole());
    assert!(
        run.stdout.contains("everything that depends on what only one file leaves open: One, Other"),
        "{}",
        run.stdout
    );
}

#[test]
fn the_type_of_a_vpc_endpoint_stands_beside_its_policy_and_decides_what_its_principals_mean() {
    // <https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html#vpc-endpoint-policies-gateway>
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str, text: &str| {
        let path = folder.path().join(name).to_string_lossy().into_owned();
        std::fs::write(&path, text).unwrap();
        path
    };
    let allow = r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}"#;
    let allow = path("allow.json", allow);
    let endpoint = |id: &str, kind: &str| {
        let kind = if kind.is_empty() { String::new() } else { format!(r#""VpcEndpointType": "{kind}", "#) };
        format!(r#"{{"VpcEndpointId": "{id}", {kind}"PolicyDocument": {}}}"#, quoted(WITH_PRINCIPAL))
    };
    let answer = |endpoints: &[String]| format!("{{\"VpcEndpoints\": [{}]}}", endpoints.join(", "));
    let template = |kind: &str| {
        format!(
            r#"{{"Resources": {{"E": {{"Type": "AWS::EC2::VPCEndpoint", "Properties": {{{kind}"PolicyDocument": {WITH_PRINCIPAL}}}}}}}}}"#
        )
    };
    let module = |kind: &str| {
        format!("resource \"aws_vpc_endpoint\" \"e\" {{\n  {kind}\n  policy = <<EOF\n{WITH_PRINCIPAL}\nEOF\n}}\n")
    };
    let both = answer(&[endpoint("vpce-1", "Gateway"), endpoint("vpce-2", "Interface")]);
    let rows = [
        ("Gateway.json", answer(&[endpoint("vpce-1", "Gateway")]), ""),
        ("Interface.json", answer(&[endpoint("vpce-1", "Interface")]), ""),
        ("none.json", answer(&[endpoint("vpce-1", "")]), ""),
        ("other.json", answer(&[endpoint("vpce-1", "GatewayLoadBalancer")]), ""),
        ("first.json", both.clone(), "#vpce-1"),
        ("second.json", both.clone(), "#vpce-2"),
        ("both.json", both, "#*"),
        ("template.json", template(r#""VpcEndpointType": "Interface", "#), ""),
        ("open.json", template(r#""VpcEndpointType": {"Ref": "Kind"}, "#), ""),
        ("interface.tf", module("vpc_endpoint_type = \"Interface\""), ""),
        ("gateway.tf", module("vpc_endpoint_type = \"Gateway\""), ""),
    ];
    let run = |policies: &[&str]| {
        let mut args = vec!["simulate", "--identity-policy", &allow];
        args.extend(REQUEST);
        args.extend(["--no-scp", "--no-rcp", "--no-permissions-boundary", "--no-session-policy"]);
        args.push("--no-resource-policy");
        args.extend(policies);
        let run = iamdx(&args, b"");
        format!("exit {} {}", run.code, run.stdout.lines().next().unwrap_or_default())
    };
    let mut told = String::new();
    for (name, text, choice) in rows {
        let file = format!("{}{choice}", path(name, &text));
        let _ = writeln!(told, "{name}{choice}: {}", run(&["--vpc-endpoint-policy", &file]));
    }
    for kind in ["\"type\": \"Gateway\", ", "\"type\": \"Interface\", ", ""] {
        let snapshot = format!(
            r#"{{"iamdx_snapshot": 1, "vpc_endpoint_policies": [{{"id": "vpce-1", {kind}"document": {WITH_PRINCIPAL}}}]}}"#
        );
        let snapshot = path("snapshot.json", &snapshot);
        let answer = run(&["--snapshot", &snapshot, "--context", "aws:SourceVpce=vpce-1"]);
        let _ = writeln!(told, "snapshot {kind}: {answer}");
    }
    insta::assert_snapshot!(told, @r##"
    Gateway.json: exit 1 DENIED  s3:GetObject
    Interface.json: exit 0 ALLOWED  s3:GetObject
    none.json: exit 3 UNDETERMINED  s3:GetObject
    other.json: exit 3 UNDETERMINED  s3:GetObject
    first.json#vpce-1: exit 1 DENIED  s3:GetObject
    second.json#vpce-2: exit 0 ALLOWED  s3:GetObject
    both.json#*: exit 3 UNDETERMINED  s3:GetObject
    template.json: exit 0 ALLOWED  s3:GetObject
    open.json: exit 3 UNDETERMINED  s3:GetObject
    interface.tf: exit 0 ALLOWED  s3:GetObject
    gateway.tf: exit 1 DENIED  s3:GetObject
    snapshot "type": "Gateway", : exit 1 DENIED  s3:GetObject
    snapshot "type": "Interface", : exit 0 ALLOWED  s3:GetObject
    snapshot : exit 3 UNDETERMINED  s3:GetObject
    "##);
}

#[test]
fn a_policy_that_there_is_none_of_is_not_said_to_be_missing() {
    let text = "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::b/x\" with an explicit deny in a resource-based policy";
    let short = |more: &[&str]| {
        let mut args = vec!["diagnose", "-m", text];
        args.extend(more);
        let run = iamdx(&args, b"");
        let short = run.stdout.split("\n\n").find(|part| part.starts_with("WHY")).unwrap_or_default();
        format!("exit {} {short}", run.code)
    };
    insta::assert_snapshot!(format!("{}\n{}", short(&[]), short(&["--no-resource-policy"])), @r##"
    exit 3 WHY  AWS says a resource-based policy denies s3:GetObject on this object
    exit 3 WHY  AWS says a resource-based policy denies s3:GetObject on this object; these
         policies do not show which statement
      !  AWS reported an explicit deny in a resource-based policy, but there is none
         by what was given. Most likely first: there is a resource-based policy all
         the same: leave out --no-resource-policy if you gave it; the policies have
         changed since; they are those of another principal, resource or account.
    "##);
}
