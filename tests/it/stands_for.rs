//! `iamdx diff` of templates and modules: what names stand for is told where it changed and something is taken from it.

use std::fs;
use std::path::Path;

use crate::support::iamdx;

fn written(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// The exit code and the words of `diff`.
fn told(folder: &Path, old: &str, new: &str) -> (i32, String) {
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let ran = iamdx(&["diff", &path(old), &path(new)], b"");
    (ran.code, ran.stdout.split_whitespace().collect::<Vec<_>>().join(" "))
}

const TEMPLATE: &str = "Parameters:
  Res: {Type: String, Default: 'arn:aws:s3:::reports/*'}
  Size: {Type: Number, Default: 1}
Mappings:
  Accounts: {main: {id: '111122223333'}}
  Sizes: {main: {memory: '128'}}
Conditions:
  Prod: !Equals [a, b]
  Big: !Equals [a, b]
Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Condition: Prod
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Action: 's3:GetObject', Resource: [!Ref Res, !Sub ['arn:aws:s3:::${A}/*', {A: !FindInMap [Accounts, main, id]}]]}]
  F:
    Type: AWS::Lambda::Function
    Condition: Big
    Properties: {Handler: a.b, Runtime: python3.13, MemorySize: !FindInMap [Sizes, main, memory], Timeout: !Ref Size}
";

#[test]
fn what_a_name_of_a_template_stands_for_is_told_by_name() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), "old.yaml", TEMPLATE);
    for (number, (from, to, says)) in [
        (
            "'arn:aws:s3:::reports/*'",
            "'*'",
            "Res cannot tell: everything that depends on `Res`, which was `arn:aws:s3:::reports/*` and is `*`",
        ),
        ("id: '111122223333'", "id: '444455556666'", "everything that depends on `Mappings.Accounts`, which was"),
        ("Prod: !Equals [a, b]", "Prod: !Equals [a, a]", "everything that depends on `Conditions.Prod`, which was"),
        ("    Condition: Prod\n", "", "`Condition` was Prod and is gone"),
    ]
    .into_iter()
    .enumerate()
    {
        let new = format!("{number}.yaml");
        written(folder.path(), &new, &TEMPLATE.replace(from, to));
        let (code, said) = told(folder.path(), "old.yaml", &new);
        assert!(code == 3 && said.contains(says), "{number}: {code} {said}");
    }
    // nothing that gives access is taken from these
    for (from, to) in [
        ("Default: 1", "Default: 2"),
        ("memory: '128'", "memory: '256'"),
        ("Big: !Equals [a, b]", "Big: !Equals [a, a]"),
    ] {
        written(folder.path(), "new.yaml", &TEMPLATE.replace(from, to));
        assert_eq!(told(folder.path(), "old.yaml", "new.yaml"), (0, "no difference in access".to_owned()), "{from}");
    }
}

const MODULE: [(&str, &str); 4] = [
    (
        "main.tf",
        "resource \"aws_iam_policy\" \"p\" {
  name   = \"p\"
  policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Action = local.actions, Resource = var.resource }] })
}
resource \"aws_iam_role_policy_attachment\" \"a\" {
  role       = \"r\"
  policy_arn = data.aws_iam_policy.given.arn
}
resource \"aws_iam_policy\" \"t\" {
  name   = \"t\"
  policy = templatefile(\"${path.module}/p.json.tpl\", {})
}
",
    ),
    (
        "variables.tf",
        "variable \"resource\" { default = \"arn:aws:s3:::reports/*\" }
variable \"more\" { default = [\"s3:GetObject\"] }
variable \"size\" { default = 1 }
locals {
  actions = concat(var.more, [\"s3:ListBucket\"])
  colour  = \"blue\"
}
data \"aws_iam_policy\" \"given\" { name = \"ReadOnlyAccess\" }
",
    ),
    ("prod.tfvars", "resource = \"arn:aws:s3:::prod/*\"\nsize = 2\n"),
    ("p.json.tpl", "{\"Version\": \"2012-10-17\", \"Statement\": []}\n"),
];

#[test]
fn what_a_name_of_a_module_stands_for_is_told_in_whatever_file_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let module = |side: &str, from: &str, to: &str| {
        for (name, text) in MODULE {
            written(folder.path(), &format!("{side}/{name}"), &text.replace(from, to));
        }
    };
    // a text of which only applying it tells is never known
    module("old", "\u{0}", "");
    let unchanged = told(folder.path(), "old", "old").1;
    assert!(unchanged.contains("templatefile") && !unchanged.contains("everything that depends"), "{unchanged}");
    for (number, (from, to, says)) in [
        ("arn:aws:s3:::reports/*", "*", "variables.tf: var.resource cannot tell: everything that depends on `var.resource`, which was `arn:aws:s3:::reports/*` and is `*`"),
        ("[\"s3:GetObject\"]", "[\"s3:*\"]", "everything that depends on `var.more`, which was `s3:GetObject` and is `s3:*`"),
        ("s3:ListBucket", "s3:*", "everything that depends on `local.actions`, which was"),
        ("ReadOnlyAccess", "PowerUserAccess", "everything that depends on `data.aws_iam_policy.given`, which was"),
        ("arn:aws:s3:::prod/*", "*", "prod.tfvars: var.resource cannot tell: everything that depends on `var.resource`, which was `arn:aws:s3:::prod/*` and is `*`"),
        ("\"Statement\": []", "\"Statement\": [1]", "p.json.tpl cannot tell: everything that depends on `p.json.tpl`, which changed"),
    ]
    .into_iter()
    .enumerate()
    {
        let new = format!("new{number}");
        module(&new, from, to);
        let (code, said) = told(folder.path(), "old", &new);
        assert!(code == 3 && said.contains(says), "{number}: {code} {said}");
    }
    for (from, to) in [("default = 1", "default = 3"), ("blue", "green"), ("size = 2", "size = 4")] {
        module("other", from, to);
        let said = told(folder.path(), "old", "other").1;
        assert!(!said.contains("everything that depends"), "{from}: {said}");
    }
}
