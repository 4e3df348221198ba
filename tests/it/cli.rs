//! The binary as a user meets it: exit codes, errors with their place, nothing obeyed that was read.

use crate::support::{Run, iamdx};

const DENIAL: &str = "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:GetObject on resource: \
                      arn:aws:s3:::reports/q1.csv because no identity-based policy allows the s3:GetObject action";

#[test]
fn exit_codes_are_a_help_page() {
    let run = iamdx(&["help", "exit-codes"], b"");
    insta::assert_snapshot!(run.whole(), @r"
    exit 0
    --- stdout
    0  done: diagnosed; or allowed; or nothing wrong
    1  denied: `simulate`, `test` with a failed case, `diff` with new access, `probe` with a denied cell
    2  bad usage, or input that cannot be read
    3  undetermined: the evidence does not decide; the report says what is missing
    4  AWS could not be reached, or refused what the command cannot do without
    5  security incident: a quarantined principal, or a leaked secret in the input
    ");
}

/// Runs `diagnose` with one identity policy of this text.
fn with_identity_policy(text: &str) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy.json");
    std::fs::write(&path, text).unwrap();
    let mut run = iamdx(&["diagnose", "-m", DENIAL, "--identity-policy", &path.to_string_lossy()], b"");
    let place = folder.path().to_string_lossy().into_owned();
    run.stderr = run.stderr.replace(&place, "FOLDER");
    run.stdout = run.stdout.replace(&place, "FOLDER");
    run
}

#[test]
fn a_file_that_is_no_policy_is_named_with_its_place() {
    let cut = with_identity_policy("{\"Version\": \"2012-10-17\",\n \"Statement\": [");
    assert_eq!(
        cut.whole(),
        "exit 2\n--- stderr\niamdx: FOLDER/policy.json:2:16: the file ends in the middle of its JSON: it was cut, or the command that wrote it was interrupted\n"
    );
    let empty = with_identity_policy("");
    assert_eq!(empty.code, 2, "{}", empty.whole());
    let other = with_identity_policy("[1, 2]");
    assert_eq!(other.code, 2, "{}", other.whole());
    assert_eq!(
        other.whole(),
        "exit 2\n--- stderr\niamdx: FOLDER/policy.json:1:1: a policy document is an object with `Statement`, and none is in this list\n"
    );
}

#[test]
fn a_statement_that_aws_rejects_is_shown_and_does_not_count() {
    let run =
        with_identity_policy("{\"Statement\": [\n  {\"Effect\": \"allow\", \"Action\": \"*\", \"Resource\": \"*\"}]}");
    assert!(run.stdout.contains("No identity-based policy allows this"), "{}", run.whole());
    assert!(
        run.stdout.contains("in force: FOLDER/policy.json:2:14:\n     `Effect` is `Allow` or `Deny`"),
        "{}",
        run.whole()
    );
}

#[test]
fn an_unknown_snapshot_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("snapshot.json");
    std::fs::write(&path, "{\n  \"iamdx_snapshot\": 7}").unwrap();
    let run = iamdx(&["diagnose", "-m", DENIAL, "--snapshot", &path.to_string_lossy()], b"");
    assert_eq!(run.code, 2, "{}", run.whole());
    assert!(
        run.stderr.contains("snapshot.json: the snapshot has version 7, this iamdx reads version 1"),
        "{}",
        run.whole()
    );
}

#[test]
fn usage_errors_are_exit_code_two() {
    for arguments in [
        &["diagnose", "--scp"][..],
        &["nonsense"],
        &["diagnose", "--context", "novalue", "-m", "x"],
        &["cause", "nonsense"],
    ] {
        let run = iamdx(arguments, b"");
        assert_eq!(run.code, 2, "{arguments:?} {}", run.whole());
        assert!(!run.stderr.is_empty() && run.stdout.is_empty(), "{arguments:?} {}", run.whole());
    }
}

#[test]
fn any_bytes_are_answered() {
    let binary: Vec<u8> = (0..=255_u8).cycle().take(100_000).collect();
    for input in [&b""[..], b"\0\0\0", b"{\"Records\":[", &binary] {
        let run = iamdx(&["diagnose", "-"], input);
        assert_eq!(run.code, 2, "{}", run.whole());
        assert!(run.stderr.contains("no denial found"), "{}", run.whole());
    }
}

#[test]
fn an_escape_sequence_in_the_input_is_shown_not_sent() {
    let message = DENIAL.replace("user/alice", "user/ali\u{9b}31mce");
    for format in ["text", "json"] {
        let run = iamdx(&["diagnose", "--format", format], message.as_bytes());
        assert!(!run.stdout.chars().any(|c| c.is_control() && c != '\n'), "{}", run.whole());
    }
}

#[test]
fn a_filter_answers_each_line_with_one_line_and_goes_on_after_a_bad_one() {
    let message = "User: arn:aws:iam::123456789012:user/ml/bedrock-bot is not authorized to perform: bedrock:InvokeModel on resource: \
                   arn:aws:bedrock:eu-west-3::foundation-model/x with an explicit deny in an identity-based policy";
    let input = format!(
        "{}\nnot json\n{}\n",
        serde_json::json!({"id": 1, "raw": message}),
        serde_json::json!({"id": "c", "raw": "nothing"})
    );
    let snapshot = "fixtures/cases/explicit-deny/guard-on-group/snapshot.json";
    for command in [&["explain", "--ndjson"][..], &["diagnose", "--ndjson", "--snapshot", snapshot]] {
        let run = iamdx(command, input.as_bytes());
        let lines: Vec<serde_json::Value> =
            run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let ids: Vec<_> = lines.iter().map(|line| line["id"].clone()).collect();
        assert_eq!(ids, [serde_json::json!(1), serde_json::Value::Null, serde_json::json!("c")]);
        assert!(lines[1]["error"].is_string() && run.code == 2, "{}", run.whole());
    }
}

#[test]
fn a_redacted_report_tells_no_name_in_any_format() {
    let (guard, region) =
        ("fixtures/cases/explicit-deny/guard-on-group", "fixtures/cases/scp/region-lock-behind-inference-profile");
    let rows = [
        (guard, &["123456789012", "bedrock-bot", "NoGenAI", "NoModels", "bots", "guard-on-group"][..]),
        (
            region,
            &[
                "111122223333",
                "444455556666",
                "o-exampleorgid",
                "assistant",
                "web-7",
                "RegionLock",
                "OnlyHomeRegions",
                "Workloads",
                "sonnet-policy",
            ],
        ),
    ];
    for (case, names) in rows {
        for format in ["text", "json"] {
            let (denial, snapshot) = (format!("{case}/denial.txt"), format!("{case}/snapshot.json"));
            let run =
                iamdx(&["diagnose", &denial, "--snapshot", &snapshot, "--redact", "--all", "--format", format], b"");
            for name in names {
                assert!(!run.stdout.contains(name), "{name} in the {format} of {case}\n{}", run.stdout);
            }
        }
    }
}

#[test]
fn a_cause_is_found_by_words_of_its_page() {
    let told = |words: &str| iamdx(&["cause", words], b"").whole();
    assert_eq!(
        told("MFA"),
        "exit 0\n--- stdout\n\
         iamdx cause explicit-deny        A Deny in a policy of the user, of one of its groups, or of the role matches the request.\n\
         iamdx cause condition-not-met    A statement would allow the request if its condition held.\n\
         iamdx cause trust-policy         The trust policy of the role does not let this principal assume it.\n\
         iamdx cause not-enough-evidence  What is at hand does not decide why the request was denied.\n"
    );
    assert_eq!(told("Explicit_Deny"), told("explicit-deny"));
    assert_eq!(told("scp"), told("SCP"));
    assert!(told("scp").starts_with("exit 0\n--- stdout\n# scp\n"), "{}", told("scp"));
    // the one page that has the word is not the page about it
    assert_eq!(
        told("compromised"),
        "exit 0\n--- stdout\niamdx cause quarantine  AWS cut the user off because its access key is public. This is an incident, \
         not a missing permission.\n"
    );
    let ids: Vec<&str> = iamdx::diagnose::CAUSES.iter().map(|cause| cause.id).collect();
    for unknown in ["nonsense", "x", "s", "no-such-thing"] {
        assert_eq!(
            told(unknown),
            format!(
                "exit 2\n--- stderr\niamdx: no cause has the id `{unknown}`, and no page has this word. The causes are: {}\n",
                ids.join(", ")
            )
        );
    }
    assert_eq!(
        told("no-maching-allow"),
        "exit 2\n--- stderr\niamdx: no cause has the id `no-maching-allow`, and no page has this word. Near it: no-matching-allow\n"
    );
}

#[test]
fn the_help_of_every_command_ends_with_examples_and_exit_codes() {
    let list = iamdx(&["--help"], b"").stdout;
    let list = list.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let names: Vec<&str> = list.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).collect();
    let mut seen = 0;
    for name in names.into_iter().filter(|name| !name.is_empty()) {
        for option in ["-h", "--help"] {
            let help = iamdx(&[name, option], b"").stdout;
            let examples = help.split("\nExamples:\n").nth(1).unwrap_or_else(|| panic!("{name} {option}\n{help}"));
            let codes = if name == "run" { "those of the command" } else { "0  done" };
            let codes = format!("\n\nExit codes:\n  {codes}");
            assert!(examples.starts_with("  ") && examples.contains(&codes), "{name}\n{help}");
        }
        seen += 1;
    }
    assert!(seen > 8, "{seen}");
    let diff = iamdx(&["diff", "--help"], b"").stdout;
    insta::assert_snapshot!(diff.split("\nExamples:").nth(1).unwrap(), @r"

      iamdx diff old.json new.json
      git show main:policy.json | iamdx diff - policy.json
      iamdx diff --base origin/main --fail-on write policies

    Exit codes:
      0  done: diagnosed; or allowed; or nothing wrong
      1  denied: new access
      2  bad usage, or input that cannot be read
      3  undetermined: the evidence does not decide; the report says what is missing
    ");
}

#[cfg(not(feature = "live"))]
#[test]
fn what_needs_aws_is_answered_without_the_feature_too() {
    let lacks = |what: &str, feature: &str, instead: &str| {
        format!(
            "exit 2\n--- stderr\niamdx: `{what}` asks AWS, and this iamdx was built without the feature `{feature}`. Install one that has it \
             (`cargo install iamdx`, without --no-default-features), {instead}\n"
        )
    };
    let without = |what: &str, instead: &str| lacks(what, "live", instead);
    let snapshot = "or take a snapshot with it, and give it to this one with --snapshot FILE";
    for option in ["--live", "--profile=ci", "--region=eu-west-1", "--save=file"] {
        let name = option.split('=').next().unwrap_or_default();
        assert_eq!(iamdx(&["diagnose", "-m", DENIAL, option], b"").whole(), without(name, snapshot));
    }
    let asked = [
        "simulate",
        "--principal",
        "arn:aws:iam::111122223333:user/alice",
        "--action",
        "s3:GetObject",
        "--resource",
        "*",
        "--live",
    ];
    assert_eq!(iamdx(&asked, b"").whole(), without("--live", snapshot));
    let probe = if cfg!(feature = "bedrock") { "live" } else { "bedrock" };
    for (command, feature) in [("snapshot", "live"), ("probe", probe), ("doctor", "live")] {
        let told = lacks(
            &format!("iamdx {command}"),
            feature,
            "or use one of the commands that `iamdx help` lists: they work in this build",
        );
        assert_eq!(iamdx(&[command, "bedrock", "--output", "x"], b"").whole(), told);
    }
}

/// A name that no vocabulary has, for each place that is somebody's.
const MARKERS: [&str; 14] = [
    "Qzid",
    "Qzsid",
    "Qztagkey",
    "Qztagvalue",
    "Qzpattern",
    "Qzfile",
    "Qzuser",
    "Qzgroup",
    "Qzbucket",
    "Qzpolicy",
    "Qzmember",
    "Qzcontext",
    "Qzline",
    "Qzobject",
];

#[test]
fn no_name_of_anybody_is_in_a_redacted_report() {
    let folder = tempfile::tempdir().unwrap();
    let document = serde_json::json!({"Version": "2012-10-17", "Id": "Qzid of us", "Qzmember": "x", "Statement": [
        {"Sid": "Qzsid", "Effect": "Deny", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::Qzbucket/Qzpattern*"],
         "Condition": {"StringLike": {"aws:PrincipalTag/Qztagkey": ["Qztagvalue-*"]}}},
        {"Sid": "Qzsid2x", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}]});
    let snapshot = serde_json::json!({"iamdx_snapshot": 1, "accounts": [{"id": "111122223333", "UserDetailList": [
        {"Arn": "arn:aws:iam::111122223333:user/Qzuser", "GroupList": ["Qzgroup"],
         "Tags": [{"Key": "Qztagkey", "Value": "Qztagvalue-1"}],
         "UserPolicyList": [{"PolicyName": "Qzpolicy", "PolicyDocument": document}]}]}]});
    let file = folder.path().join("Qzfile.json");
    std::fs::write(&file, snapshot.to_string()).unwrap();
    let file = file.to_string_lossy().into_owned();
    let message = "User: arn:aws:iam::111122223333:user/Qzuser is not authorized to perform: s3:GetObject on resource: \
                   arn:aws:s3:::Qzbucket/Qzpattern/Qzobject with an explicit deny in an identity-based policy";
    let line = serde_json::json!({"id": "Qzline", "raw": message}).to_string();
    let given = ["--snapshot", &file, "--context", "aws:RequestTag/Qzcontext=Qzcontext"];
    let rows: [(&[&str], &str); 6] = [
        (&["diagnose", "--all", "-v", "--redact"], message),
        (&["diagnose", "--format", "json", "--redact"], message),
        (&["diagnose", "--ndjson", "--redact"], &line),
        (&["explain", "--redact"], message),
        (&["explain", "--format", "json", "--redact"], message),
        (&["explain", "--ndjson", "--redact"], &line),
    ];
    let mut pseudonyms = std::collections::BTreeSet::new();
    for (command, input) in rows {
        let options: &[&str] = if command[0] == "diagnose" { &given } else { &[] };
        let run = iamdx(&[command, options].concat(), input.as_bytes());
        let shown = run.whole();
        for marker in MARKERS {
            assert!(!shown.to_lowercase().contains(&marker.to_lowercase()), "{marker} {command:?}\n{shown}");
        }
        // the user is called the same everywhere
        let user = shown.split("user/name-").nth(1).map(|rest| rest[..8].to_owned());
        pseudonyms.insert(user.unwrap_or_else(|| panic!("{shown}")));
    }
    assert_eq!(pseudonyms.len(), 1);
}

#[test]
fn with_redact_no_complaint_names_anybody() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    };
    let comma = put(
        "zebra-comma.json",
        r#"{"Statement":[{"Sid":"zebraSid","Effect":"Allow","Action":"s3:*","Resource":"*"},]}"#,
    );
    let empty = put("zebra-empty.json", "");
    let list = put(
        "zebra-list.json",
        r#"{"Policies":[{"PolicyName":"zebra","Arn":"arn:aws:iam::111122223333:policy/zebra"}]}"#,
    );
    let two = put(
        "zebra-two.json",
        r#"[{"PolicyName":"zebraA","PolicyDocument":{"Statement":[]}},{"PolicyName":"zebraB","PolicyDocument":{"Statement":[]}}]"#,
    );
    let snapshot = put(
        "zebra-snapshot.json",
        r#"{"iamdx_snapshot":1,"accounts":[{"id":"111122223333","zebraField":1,"aliases":["zebra-alias"]}]}"#,
    );
    let template = put(
        "zebra.yaml",
        "Resources:\n  ZebraPolicy:\n    Type: AWS::IAM::ManagedPolicy\n    Properties: {PolicyDocument: !Ref ZebraDoc}\n",
    );
    let text = put("zebra.txt", "nothing here");
    let (missing, inside) = (format!("{comma}.none"), format!("{comma}/zebra"));
    let choice = format!("{two}#zebraC");
    let denial = "User: arn:aws:iam::111122223333:user/zebra is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::zebra/x";
    let files = [&comma, &empty, &list, &two, &snapshot, &template, &text, &missing, &choice];
    let options = ["--snapshot", "--identity-policy", "--scp", "--resource-policy", "--service-reference"];
    let mut runs: Vec<Vec<&str>> = Vec::new();
    for option in options {
        runs.extend(files.iter().map(|file| vec!["diagnose", "-m", denial, "--redact", option, file.as_str()]));
    }
    for option in ["--resource", "--principal", "--action", "--context", "--resource-account", "--zebra", "--format"] {
        runs.push(vec!["diagnose", "-m", denial, "--redact", option, "zebra"]);
    }
    for command in ["diagnose", "explain"] {
        runs.extend([&text, &missing].map(|file| vec![command, "--redact", file.as_str()]));
        runs.push(vec![command, "--redact", "-m", denial, "-o", inside.as_str()]);
        runs.push(vec![command, "--redact", text.as_str(), "--output", text.as_str()]);
        runs.push(vec![command, "--redact", "-m", denial, "zebra"]);
    }
    runs.push(vec!["diagnose", "-m", denial, "--redact", "--write-remedies", "zebra"]);
    let mut said = 0;
    for arguments in &runs {
        let run = iamdx(arguments, b"");
        let lower = run.stderr.to_lowercase();
        assert!(!lower.contains("zebra") && !run.stderr.contains("111122223333"), "{arguments:?}\n{}", run.stderr);
        said += usize::from(!lower.is_empty());
    }
    assert!(said > 30, "{said}");
    let refused = iamdx(runs.last().unwrap(), b"");
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("a policy with pseudonyms in it is another policy"), "{}", refused.stderr);
    // names are hidden, what is wrong is not
    let plain = iamdx(&["diagnose", "-m", denial, "--redact", "--identity-policy", &comma], b"");
    assert!(plain.stderr.contains(":1:82: a comma before the end of a list or an object"), "{}", plain.stderr);
}
