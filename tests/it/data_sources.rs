//! Modules of Terraform: `data "aws_iam_policy_document"` is the document that it makes, and what is not literal in it is unknown, not absent.

use iamdx::snapshot::{Part, parts};
use iamdx::text::Source;

use crate::support::iamdx;

/// Every policy of a module with its lines, or why it is not known.
fn told(module: &str) -> String {
    let told = |part: Part| {
        let document = match &part.document {
            Ok(document) => document.source.text().split_whitespace().collect::<Vec<_>>().join(" "),
            Err(error) => format!("ERROR {error}"),
        };
        format!("{}: {document}", part.address)
    };
    let parts = parts(Source::new("main.tf", module)).unwrap().unwrap().into_iter();
    // what is no document is compared by itself: see the cases of `diff`
    parts.filter(|part| part.beside.is_none()).map(told).collect::<Vec<_>>().join("\n")
}

fn source(body: &str) -> String {
    told(&format!("data \"aws_iam_policy_document\" \"d\" {{\n{body}\n}}\n"))
}

/// <https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/d/iam_policy_document.html.markdown>
#[test]
fn a_data_source_is_the_document_that_it_makes() {
    let module = r#"
data "aws_iam_policy_document" "d" {
  statement {
    sid       = "Own"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["arn:aws:s3:::b/home/&{aws:username}/*", "${aws_s3_bucket.b.arn}/*"]
    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["", "home/&{aws:username}/"]
    }
    condition {
      test     = "StringLike"
      variable = "aws:PrincipalTag/team"
      values   = ["blue"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = [true]
    }
  }
  statement {
    effect        = "Deny"
    not_actions   = ["iam:*"]
    not_resources = ["arn:aws:s3:::b"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:root", var.other]
    }
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
  statement {
    actions = ["sts:AssumeRole"]
    not_principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}
data "aws_iam_policy_document" "old" {
  version   = "2008-10-17"
  policy_id = "x"
  source_policy_documents = []
  statement {
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }
}
"#;
    insta::assert_snapshot!(told(module));
}

#[test]
fn what_is_not_literal_is_not_known_and_never_left_out() {
    let allow = "  statement {\n    actions   = [\"s3:GetObject\"]\n    resources = [\"*\"]\n";
    let bodies = [
        format!("  count = var.on ? 1 : 0\n{allow}  }}"),
        format!("  for_each = var.all\n{allow}  }}"),
        format!("  source_policy_documents = [data.aws_iam_policy_document.other.json]\n{allow}  }}"),
        format!("  override_policy_documents = var.more\n{allow}  }}"),
        format!("  source_json = var.base\n{allow}  }}"),
        format!("{allow}  }}\n  dynamic \"statement\" {{\n    for_each = var.all\n    content {{\n      actions = [\"*\"]\n    }}\n  }}"),
        format!("{allow}    dynamic \"condition\" {{\n      for_each = var.all\n      content {{\n      }}\n    }}\n  }}"),
        format!("{allow}    dynamic \"principals\" {{\n      for_each = var.all\n      content {{\n      }}\n    }}\n  }}"),
        format!("{allow}    effect = var.effect\n  }}"),
        format!("{allow}    condition {{\n      test     = var.test\n      variable = \"aws:SourceIp\"\n      values   = [\"10.0.0.0/8\"]\n    }}\n  }}"),
        format!("{allow}    condition {{\n      test     = \"StringEquals\"\n      variable = \"aws:RequestTag/${{var.key}}\"\n      values   = [\"a\"]\n    }}\n  }}"),
        format!("{allow}    principals {{\n      type        = var.kind\n      identifiers = [\"*\"]\n    }}\n  }}"),
        "  version = \"2008-10-17\"\n  statement {\n    actions   = [\"s3:GetObject\"]\n    resources = [\"&{aws:username}\"]\n  }".to_owned(),
        "  statement {\n    actions   = concat(local.read, [\"s3:PutObject\"])\n    resources = var.resources\n    condition {\n      test     = \"StringEquals\"\n      variable = \"aws:SourceVpc\"\n      values   = var.vpcs\n    }\n  }".to_owned(),
    ];
    let all: Vec<String> = bodies.iter().map(|body| source(body)).collect();
    assert!(all.iter().all(|one| one.starts_with("data.aws_iam_policy_document.d: ")), "{all:?}");
    insta::assert_snapshot!(all.join("\n"));
}

/// The policies of resources in the forms that people write them in.
#[test]
fn a_resource_has_the_document_that_the_file_makes_for_it() {
    let module = r#"
data "aws_iam_policy_document" "read" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::b/*"]
  }
}
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}
data "aws_iam_policy_document" "unused" {
  statement {
    actions   = ["s3:ListBucket"]
    resources = ["*"]
  }
}
resource "aws_iam_policy" "p" {
  policy = data.aws_iam_policy_document.read.json
}
resource "aws_iam_role_policy" "old_style" {
  policy = "${data.aws_iam_policy_document.read.json}"
}
resource "aws_iam_role" "r" {
  assume_role_policy = data.aws_iam_policy_document.trust.minified_json
}
resource "aws_s3_bucket_policy" "heredoc" {
  policy = <<-EOT
    {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}}
  EOT
}
resource "aws_organizations_policy" "scp" {
  content = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "*", Resource = "*" }] })
}
resource "aws_iam_policy" "instance" {
  policy = data.aws_iam_policy_document.read[0].json
}
resource "aws_iam_policy" "joined" {
  policy = "${local.head}${local.tail}"
}
resource "aws_iam_policy" "elsewhere" {
  policy = file("policy.json")
}
"#;
    insta::assert_snapshot!(told(module));
}

#[test]
fn a_review_of_a_module_names_the_data_source_and_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let write = |version: &str, actions: &str, extra: &str| {
        let path = folder.path().join(version);
        std::fs::create_dir_all(&path).unwrap();
        let module = format!(
            "data \"aws_iam_policy_document\" \"app\" {{\n{extra}  statement {{\n    actions   = [{actions}]\n    resources = [\"arn:aws:s3:::reports/*\"]\n  }}\n}}\n"
        );
        std::fs::write(path.join("main.tf"), module).unwrap();
        path.to_string_lossy().into_owned()
    };
    let old = write("old", "\"s3:GetObject\"", "");
    let asked = |new: &str| {
        let run = iamdx(&["diff", &old, new, "--format", "github"], b"");
        format!("{}{}exit {}", run.stdout, run.stderr, run.code).replace(&*folder.path().to_string_lossy(), "DIR")
    };
    let told = [
        asked(&write("new", "\"s3:GetObject\", \"s3:DeleteObject\"", "")),
        asked(&write("merged", "\"s3:GetObject\"", "  source_policy_documents = [var.base]\n")),
        asked(&write("variable", "\"s3:GetObject\", var.action", "")),
        asked(&write("same", "\"s3:GetObject\"", "")),
    ];
    insta::assert_snapshot!(told.join("\n----\n"));
}
