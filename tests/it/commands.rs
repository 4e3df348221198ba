//! The commands of a remedy in a real shell: whatever names are in them, the AWS CLI gets what was meant and nothing else runs.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use iamdx::iam::{Document, Policy, PolicyOrigin, PolicyType};
use iamdx::remedy::{Access, Allows, ChangeKind, DocumentChange, Edit, EditOp};
use iamdx::render::{Line, edit_commands};
use iamdx::text::Source;

use crate::support::generate::Random;

/// An `aws` that writes down what it is given, and gives an id back.
const STUB: &str = "aws() { printf '%s\\0' \"$@\" >> \"$CALLS\"; printf '\\1\\0' >> \"$CALLS\"; echo p-made; }\n";

/// The shells that a command may meet: what is special to one must not be in it.
const SHELLS: [&str; 2] = ["bash", "dash"];

/// Runs a script with the stub in every shell; the calls, each with its arguments, and whether the script came to its end.
fn run(script: &str) -> (Vec<Vec<String>>, bool) {
    let [first, second] = SHELLS.map(|shell| run_in(shell, script));
    assert_eq!(first, second, "{script}");
    first
}

fn run_in(shell: &str, script: &str) -> (Vec<Vec<String>>, bool) {
    let folder = tempfile::tempdir().unwrap();
    let calls = folder.path().join("calls");
    std::fs::write(&calls, "").unwrap();
    let file = folder.path().join("script.sh");
    std::fs::write(&file, format!("{STUB}{script}")).unwrap();
    let syntax = Command::new(shell).arg("-n").arg(&file).output().unwrap();
    assert!(syntax.status.success(), "{script}\n{}", String::from_utf8_lossy(&syntax.stderr));
    let mut command = Command::new(shell);
    command.arg(&file).env("CALLS", &calls).current_dir(folder.path()).stdin(Stdio::null());
    let output = command.output().unwrap();
    only_these(folder.path(), &["calls", "script.sh"]);
    let text = std::fs::read_to_string(&calls).unwrap();
    let mut all = vec![Vec::new()];
    for word in text.split_terminator('\0') {
        if word == "\u{1}" {
            all.push(Vec::new());
        } else {
            all.last_mut().unwrap().push(word.to_owned());
        }
    }
    all.pop();
    (all, output.status.success())
}

/// A name that ran as a command would have left a file.
fn only_these(folder: &Path, expected: &[&str]) {
    let mut names: Vec<String> =
        folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    assert_eq!(names, expected);
}

/// A name that a shell would do something with, if it could.
fn hostile(random: &mut Random) -> String {
    const PIECES: [&str; 34] = [
        "'",
        "\"",
        "$",
        "`",
        "$(touch pwned)",
        "`touch pwned`",
        ";touch pwned;",
        "&",
        "|",
        "<",
        ">x",
        "\n",
        "\ntouch pwned\n",
        "\r",
        "\t",
        "\\",
        "*",
        "?",
        "[a]",
        "{b,c}",
        "!",
        "#",
        "~",
        " ",
        "-",
        "--",
        "=",
        "a",
        "Z9",
        "é",
        "\u{202e}",
        "\u{1b}[2J",
        "${HOME}",
        "$'",
    ];
    let length = 1 + random.below(6);
    let name: String = (0..length).map(|_| PIECES[random.below(PIECES.len())]).collect();
    // a shell cannot be given a newline at the end on one line: that is a case of its own
    if name.ends_with('\n') { format!("{name}.") } else { name }
}

#[test]
fn a_name_that_no_line_can_say_stops_the_shell() {
    let owner = "arn:aws:iam::111122223333:role/web";
    for name in ["own\n", "a\0b"] {
        let commands = edit_commands(&edit(PolicyType::IdentityBased, PolicyOrigin::Inline, name, owner, None));
        let script: Vec<String> = commands.apply.iter().map(ToString::to_string).collect();
        assert_eq!(run(&script.join("\n")), (Vec::new(), false));
    }
}

/// An option as the CLI must get it: joined where the value would pass for an option.
fn option(name: &str, value: &str) -> Vec<String> {
    if value.starts_with('-') { vec![format!("{name}={value}")] } else { vec![name.to_owned(), value.to_owned()] }
}

fn words(words: &str) -> Vec<String> {
    words.split(' ').map(str::to_owned).collect()
}

fn edit(policy_type: PolicyType, origin: PolicyOrigin, name: &str, owner: &str, arn: Option<&str>) -> Edit {
    let document = Document::parse(Source::new(name, r#"{"Statement":[]}"#)).unwrap();
    let mut after = Policy::new(name, policy_type, document);
    after.arn = arn.map(str::to_owned);
    after.origin = origin;
    after.attached_to = vec![owner.to_owned()];
    let after = Arc::new(after);
    let file_stem = "p".to_owned();
    Edit {
        op: EditOp::Replace,
        policy_type,
        before: Some(Arc::clone(&after)),
        after,
        target: None,
        changes: Vec::new(),
        file_stem,
        reach: None,
        account: None,
        region: None,
        permission_set_arn: None,
    }
}

#[test]
fn no_name_is_more_than_a_name() {
    let mut random = Random::new(20_261_123);
    let mut script = String::new();
    let mut expected: Vec<Vec<String>> = Vec::new();
    for _ in 0..400 {
        let (name, entity) = (hostile(&mut random), hostile(&mut random));
        // inline, of a role
        let role = format!("arn:aws:iam::111122223333:role/team/{entity}");
        let mut put = words("iam put-role-policy");
        put.extend(option("--role-name", &entity));
        put.extend(option("--policy-name", &name));
        put.extend(words("--policy-document file://p.json"));
        let mut back = put.clone();
        *back.last_mut().unwrap() = "file://p.before.json".to_owned();
        let inline = edit(PolicyType::IdentityBased, PolicyOrigin::Inline, &name, &role, None);
        expected.extend([put, back]);
        // a new version of a managed policy, whose old version has a strange name
        let arn = format!("arn:aws:iam::111122223333:policy/{name}");
        let mut managed = edit(PolicyType::IdentityBased, PolicyOrigin::CustomerManaged, &name, &role, Some(&arn));
        Arc::make_mut(&mut managed.after).version_id = Some(entity.clone());
        let mut version = words("iam create-policy-version");
        version.extend(option("--policy-arn", &arn));
        version.extend(words("--policy-document file://p.json --set-as-default"));
        let mut default = words("iam set-default-policy-version");
        default.extend(option("--policy-arn", &arn));
        default.extend(option("--version-id", &entity));
        expected.extend([version, default]);
        // a new SCP
        let mut scp = edit(PolicyType::ServiceControl, PolicyOrigin::Organization, &name, "", None);
        (scp.op, scp.before) = (EditOp::Create, None);
        scp.target = Some(format!("OU {entity} (ou-ab12-11111111)"));
        let access = Access::Request { action: "s3:GetObject".parse().unwrap(), resource: entity.clone() };
        let kind = ChangeKind::Allow(Allows { access, conditions: None });
        scp.changes = vec![DocumentChange { kind, unless: None }];
        let mut create = words("organizations create-policy --type SERVICE_CONTROL_POLICY");
        create.extend(option("--name", &name));
        create.extend(option("--description", &format!("allow s3:GetObject on {entity}")));
        create.extend(words("--content file://p.json --query Policy.PolicySummary.Id --output text"));
        let mut list = words("organizations list-policies --filter SERVICE_CONTROL_POLICY --query");
        list.push(format!("Policies[?Name=='{}'].Id", name.replace('\\', "\\\\").replace('\'', "\\'")));
        list.extend(words("--output text"));
        expected.extend([
            create,
            words("organizations attach-policy --policy-id p-made --target-id ou-ab12-11111111"),
            list,
            words("organizations detach-policy --policy-id p-made --target-id ou-ab12-11111111"),
            words("organizations delete-policy --policy-id p-made"),
        ]);
        // the policy of a bucket whose name is none
        let bucket = entity.replace('/', "");
        let owner = format!("arn:aws:s3:::{bucket}");
        let resource = edit(PolicyType::ResourceBased, PolicyOrigin::Inline, &name, &owner, None);
        if owner.parse::<iamdx::iam::Arn>().is_ok() {
            for file in ["file://p.json", "file://p.before.json"] {
                let mut put = words("s3api put-bucket-policy");
                put.extend(option("--bucket", &bucket));
                put.extend([String::from("--policy"), file.to_owned()]);
                expected.push(put);
            }
        }
        for edit in [&inline, &managed, &scp, &resource] {
            let commands = edit_commands(edit);
            let rollback = commands.rollback.iter().cloned().map(Line::Command);
            for line in commands.apply.iter().cloned().chain(rollback).map(|line| line.to_string()) {
                assert!(!line.contains('\n') && !line.chars().any(char::is_control), "{line:?}");
                script.push_str(&line);
                script.push('\n');
            }
        }
    }
    let (calls, ended) = run(&script);
    assert!(ended);
    assert_eq!(calls.len(), expected.len());
    for (call, expected) in calls.iter().zip(&expected) {
        assert_eq!(call, expected);
    }
}

#[test]
fn what_is_not_known_stops_the_shell_before_anything_runs() {
    for (policy_type, name) in [
        (PolicyType::IdentityBased, "own.json"),
        (PolicyType::PermissionsBoundary, "boundary.json"),
        (PolicyType::ServiceControl, "scp.json"),
        (PolicyType::ResourceControl, "rcp.json"),
        (PolicyType::RoleTrust, "trust.json"),
        (PolicyType::VpcEndpoint, "endpoint.json"),
    ] {
        let mut loose = edit(policy_type, PolicyOrigin::Loose, name, "", None);
        Arc::make_mut(&mut loose.after).attached_to.clear();
        let commands = edit_commands(&loose);
        let rollback: Vec<Line> = commands.rollback.iter().cloned().map(Line::Command).collect();
        for lines in [&commands.apply, &rollback] {
            let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
            assert!(lines.iter().any(|line| line.starts_with("aws ")), "{lines:?}");
            let (calls, ended) = run(&lines.join("\n"));
            assert!(calls.is_empty() && !ended, "{lines:?}");
        }
    }
}
