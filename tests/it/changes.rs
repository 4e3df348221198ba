//! `iamdx diff --base`: what a branch changed, as git has it, and from which new access on it fails.

use crate::support::repository::Repository;

const READ: &str = "{\"Version\": \"2012-10-17\", \"Statement\": [\n  {\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::reports/*\"}\n]}\n";

fn with(action: &str) -> String {
    READ.replace("\n]}", &format!(",\n  {{\"Effect\": \"Allow\", \"Action\": \"{action}\", \"Resource\": \"*\"}}\n]}}"))
}

/// A branch that left `main` before `main` went on.
fn branch() -> Repository {
    let repository = Repository::new();
    for name in ["policies/app.json", "policies/gone.json", "policies/old name.json", "other/app.json"] {
        repository.write(name, READ);
    }
    repository.write("policies/gone.json", &with("sqs:SendMessage"));
    repository.write("package.json", "{\"private\": true}");
    repository.commit();
    repository.git(&["switch", "--quiet", "--create", "change"]);
    repository.git(&["switch", "--quiet", "main"]);
    repository.write("policies/later.json", &with("iam:*"));
    repository.write("other/app.json", &with("iam:*"));
    repository.commit();
    repository.git(&["switch", "--quiet", "change"]);
    repository
}

#[test]
fn only_what_the_branch_changed_is_told() {
    let repository = branch();
    assert_eq!(
        repository.iamdx(&["diff", "--base", "main"]),
        "no difference in access\niamdx: note: no file with a policy changed since `main`\nexit 0"
    );
    repository.write("policies/app.json", &with("iam:PassRole"));
    repository.write("package.json", "{\"private\": false}");
    std::fs::remove_file(repository.path().join("policies/gone.json")).unwrap();
    repository.git(&["mv", "policies/old name.json", "policies/new name.json"]);
    repository.write("policies/new name.json", &with("s3:ListBucket"));
    let uncommitted = repository.iamdx(&["diff", "--base", "main"]);
    repository.commit();
    let committed = repository.iamdx(&["diff", "--base", "main"]);
    assert_eq!(uncommitted, committed);
    insta::assert_snapshot!(committed);
    // the same from a folder below, and of some paths alone
    let below = ["diff", "--base", "main", "--format", "github", "policies/new name.json", "other"];
    insta::assert_snapshot!(repository.iamdx(&below));
}

#[test]
fn a_renamed_file_is_new_access_for_whoever_has_its_new_name() {
    let repository = branch();
    repository.git(&["mv", "policies/gone.json", "policies/interns.json"]);
    insta::assert_snapshot!(repository.iamdx(&["diff", "--base", "main"]));
}

#[test]
fn a_name_is_a_name_whatever_its_characters() {
    let repository = branch();
    for name in [
        "policies/$(touch pwned) `touch pwned`.json",
        "policies/a\n::error::b.json",
        "policies/*.json",
        "-.json",
        ":(top)x.json",
    ] {
        repository.write(name, &with("iam:PassRole"));
    }
    repository.commit();
    insta::assert_snapshot!(repository.iamdx(&["diff", "--base", "main", "--format", "github"]));
    // a star is a star, so that this is one file
    insta::assert_snapshot!(repository.iamdx(&[
        "diff",
        "--base",
        "main",
        "--fail-on",
        "escalation",
        "--",
        "policies/*.json"
    ]));
}

#[test]
fn the_exit_code_follows_the_threshold() {
    let codes = |text: &str| {
        let repository = branch();
        repository.write("policies/app.json", text);
        ["any", "write", "escalation"].map(|threshold| {
            let told = repository.iamdx(&["diff", "--base", "main", "--fail-on", threshold, "--format", "json"]);
            told.rsplit(' ').next().unwrap().to_owned()
        })
    };
    assert_eq!(codes(&with("s3:ListBucket")), ["1", "0", "0"]);
    assert_eq!(codes(&with("s3:PutObject")), ["1", "1", "0"]);
    assert_eq!(codes(&with("iam:CreateAccessKey")), ["1", "1", "1"]);
    assert_eq!(codes("{\"Version\": \"2012-10-17\", \"Statement\": []}"), ["0", "0", "0"]);
    // what cannot be read is no yes and no no, and new access that is below the threshold does not hide it
    assert_eq!(codes(&with("s3:PutObject").replace("]}", "}")), ["3", "3", "3"]);
    let open = "Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n        Statement:\n          - {Effect: Allow, Action: 's3:GetObject', Resource: !Ref Where}\n";
    let repository = branch();
    repository.write("template.yaml", open);
    repository.commit();
    let code = |threshold| repository.iamdx(&["diff", "--base", "main", "--fail-on", threshold]);
    assert!(code("any").ends_with("exit 1") && code("write").ends_with("exit 3"), "{}", code("write"));
}

#[test]
fn a_policy_cannot_hide_behind_a_link_or_behind_its_letters() {
    let repository = branch();
    repository.write("elsewhere.txt", &with("iam:*"));
    std::fs::remove_file(repository.path().join("policies/app.json")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("../elsewhere.txt", repository.path().join("policies/app.json")).unwrap();
    let hidden = with("iam:PassRole").replace("Statement", "\\u0053tatement").replace("Effect", "\\u0045ffect");
    repository.write("policies/hidden.json", &hidden);
    repository.commit();
    insta::assert_snapshot!(repository.iamdx(&["diff", "--base", "main"]));
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let repository = branch();
    let told: Vec<String> = [
        &["--base", "nowhere"][..],
        &["--base", "main:policies"],
        &["--base=--all"],
        &["--base", "main", "polices"],
        &["a.json"],
    ]
    .iter()
    .map(|arguments| repository.iamdx(&[&["diff"], *arguments].concat()))
    .collect();
    insta::assert_snapshot!(told.join("\n--\n"));
    let apart = Repository::new();
    assert!(apart.iamdx(&["diff", "--base", "main"]).ends_with("exit 2"));
    // before the first commit everything is new
    apart.write("app.json", READ);
    apart.git(&["add", "--all"]);
    insta::assert_snapshot!(apart.iamdx(&["diff", "--base", "HEAD"]));
    apart.commit();
    apart.git(&["switch", "--quiet", "--orphan", "other"]);
    apart.commit();
    insta::assert_snapshot!(apart.iamdx(&["diff", "--base", "main"]));
}

#[test]
fn what_modules_read_and_what_their_names_stand_for_is_no_silent_change() {
    let repository = Repository::new();
    repository.write(
        "tf/main.tf",
        "resource \"aws_iam_policy\" \"p\" {\n  policy = templatefile(\"${path.module}/p.json.tpl\", {})\n}\n\
         resource \"aws_iam_policy\" \"q\" {\n  policy = jsonencode({ Statement = [{ Effect = \"Allow\", Action = var.actions, Resource = \"*\" }] })\n}\n",
    );
    repository.write(
        "tf/p.json.tpl",
        "{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"*\"}}",
    );
    repository.write("tf/terraform.tfvars", "actions = [\"s3:GetObject\"]\nsize = 1\n");
    repository.write("tf/notes.txt", "one");
    repository.commit();
    repository.git(&["switch", "--quiet", "--create", "change"]);
    repository.write("tf/notes.txt", "two");
    repository.write("tf/terraform.tfvars", "actions = [\"s3:GetObject\"]\nsize = 2\n");
    assert_eq!(
        repository.iamdx(&["diff", "--base", "main"]),
        "no difference in access\niamdx: note: no file with a policy changed since `main`\nexit 0"
    );
    repository
        .write("tf/p.json.tpl", "{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}}");
    repository.write("tf/terraform.tfvars", "actions = [\"*\"]\nsize = 2\n");
    insta::assert_snapshot!(repository.iamdx(&["diff", "--base", "main"]), @r"
    tf/terraform.tfvars: var.actions
    cannot tell:
      everything that depends on `var.actions`, which was `s3:GetObject` and is `*`
    tf/p.json.tpl
    cannot tell:
      everything that depends on `tf/p.json.tpl`, which changed
    exit 3
    ");
}

#[test]
fn a_policy_in_a_file_of_another_name_is_no_silent_change() {
    let wide = "{\"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}]}";
    let none = "{\"Version\": \"2012-10-17\", \"Statement\": []}";
    let repository = Repository::new();
    repository.write("README.md", "text");
    repository.write("p/pol.tftpl", none);
    repository.write("mod/main.tf", "data \"local_file\" \"p\" { filename = local.f }");
    repository.commit();
    repository.git(&["switch", "--quiet", "--create", "change"]);
    let told =
        |arguments: &[&str]| repository.iamdx(&[&["diff", "--base", "main", "--format", "github"], arguments].concat());
    // prose about policies, and a program, are no policies
    repository.write("README.md", &format!("Such a policy opens everything: {wide}"));
    repository.write("app.py", &format!("POLICY = {wide}"));
    repository.write("NOTES", &format!("An Effect of the Action: {wide}"));
    // and nothing is read through a link
    #[cfg(unix)]
    std::os::unix::fs::symlink("../README.md", repository.path().join("p/link.tpl")).unwrap();
    repository.commit();
    assert_eq!(told(&[]), "iamdx: note: no file with a policy changed since `main`\nexit 0");
    for name in ["p/pol.tftpl", "p/pol.json.j2", "p/noext", "p/pol.txt"] {
        repository.write(name, wide);
    }
    repository.write("mod/x.tofu", "resource \"aws_iam_policy\" \"p\" {\n  policy = jsonencode({ Statement = [{ Effect = \"Allow\", Action = \"sqs:PurgeQueue\", Resource = \"*\" }] })\n}\n");
    repository.commit();
    // a file that is named is read whatever its name
    let all = [told(&["p"]), told(&["p/pol.json.j2"]), told(&["mod"])];
    insta::assert_snapshot!(all.join("\n\n"));
}
