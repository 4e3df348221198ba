//! A terminal: colours that mean something, links where it has them, and what it says to whoever has to type.

use crate::support::terminal::terminal;

const CASE: &str = "fixtures/cases/explicit-deny/guard-on-group";

/// What the terminal shows of a report, with sequences that can be read.
fn shown(options: &str, variables: &[(&str, &str)]) -> Option<String> {
    let line = format!("$IAMDX diagnose {CASE}/denial.txt --snapshot {CASE}/snapshot.json {options}");
    let variables: Vec<_> = [("PAGER", "cat")].into_iter().chain(variables.iter().copied()).collect();
    Some(terminal(&line, "", &variables)?.replace('\u{1b}', "^"))
}

/// The lines that have sequences in them.
fn marked(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.contains('^') && !line.contains("^^")).collect()
}

#[test]
fn colours_mean_something() {
    let Some(report) = shown("", &[]) else {
        return;
    };
    let arn = "arn:aws:bedrock:eu-west-3::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0";
    let expected = [
        // red blocks
        "^[1m^[31mDENIED^[0m  bedrock:InvokeModel".to_owned(),
        "^[1m^[31mWHY^[0m  Statement `NoModels` of identity-based policy `NoGenAI` denies the request".to_owned(),
        "    ^[1m^[94m--> ^[0mNoGenAI:8:17".to_owned(),
        "  ^[1m^[94m 8^[0m ^[1m^[94m|^[0m                 \"bedrock:Invoke*\",".to_owned(),
        "  ^[1m^[94m...^[0m".to_owned(),
        "  ^[1m^[94m11^[0m ^[1m^[94m|^[0m             \"Resource\": \"*\"".to_owned(),
        // green fixes
        "^[1m^[32mFIX^[0m  2 changes by the account admin, all needed; needs review".to_owned(),
        // yellow is not known
        "^[1m^[33mNOT CHECKED^[0m VPC endpoint policy and SCPs".to_owned(),
        "^[1mMORE^[0m        --all: 1 other fix, 1 call may fail; iamdx cause explicit-deny".to_owned(),
    ];
    assert_eq!(marked(&report), expected, "{report}");
    let culprit =
        "    ^[1m^[94m|^[0m                 ^[1m^[91m^^^^^^^^^^^^^^^^^^[0m ^[1m^[91mmatches bedrock:InvokeModel^[0m\n";
    assert!(report.contains(culprit), "{report}");
    let whole = shown("--all --no-pager", &[]).unwrap();
    for changed in [
        "    -  11 | ^[1m^[31m            \"Resource\": \"*\"^[0m\n".to_owned(),
        format!("    +  11 | ^[1m^[32m            \"NotResource\": \"{arn}\"^[0m"),
    ] {
        assert!(whole.contains(&changed), "{changed}\n{whole}");
    }
    let allowed = "$IAMDX simulate --principal arn:aws:iam::111122223333:user/alice --action s3:GetObject \
         --resource arn:aws:s3:::reports/q1.csv --context-complete --no-scp --no-rcp --no-resource-policy --no-permissions-boundary \
         --no-session-policy --no-vpc-endpoint-policy --identity-policy /dev/stdin";
    let policy =
        |effect| format!("echo '{{\"Statement\":{{\"Effect\":\"{effect}\",\"Action\":\"*\",\"Resource\":\"*\"}}}}'");
    for (effect, first) in [("Allow", "^[1m^[32mALLOWED^[0m"), ("Deny", "^[1m^[31mDENIED^[0m")] {
        let shown = terminal(&format!("{} | {allowed}", policy(effect)), "", &[]).unwrap().replace('\u{1b}', "^");
        assert!(shown.starts_with(first), "{shown}");
    }
}

#[test]
fn nobody_gets_colours_who_wants_none() {
    type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], bool);
    let forced = [("CLICOLOR_FORCE", "1")];
    let cases: [Case<'_>; 6] = [
        ("", &[("NO_COLOR", "1")], false),
        ("", &[("TERM", "dumb")], false),
        ("--color never", &[], false),
        ("| cat", &[], false),
        ("| cat", &forced, true),
        ("--color always | cat", &[], true),
    ];
    for (options, variables, coloured) in cases {
        let Some(report) = shown(options, variables) else {
            return;
        };
        assert!(report.contains("DENIED"), "{options} {variables:?}\n{report}");
        assert_eq!(report.contains("^["), coloured, "{options} {variables:?}\n{report}");
    }
}

#[test]
fn a_terminal_with_links_gets_them() {
    let Some(report) = shown("", &[("TERM_PROGRAM", "WezTerm"), ("NO_COLOR", "1")]) else {
        return;
    };
    let console = "https://console.aws.amazon.com/iam/home#";
    let page = "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html";
    let expected = [
        format!(
            "  by    ^]8;;{console}/users/details/bedrock-bot^\\user/ml/bedrock-bot^]8;;^\\{}account 123456789012",
            " ".repeat(33)
        ),
        format!(
            "^]8;;{page}^\\WHY^]8;;^\\  Statement `NoModels` of identity-based policy `NoGenAI` denies the request"
        ),
        format!(
            "    --> ^]8;;{console}/policies/arn:aws:iam::123456789012:policy/guard/NoGenAI^\\NoGenAI^]8;;^\\:8:17"
        ),
    ];
    assert_eq!(marked(&report), expected, "{report}");
    // and the text is the same
    let plain = shown("", &[("NO_COLOR", "1")]).unwrap();
    let without: Vec<&str> = plain.lines().collect();
    for (line, same) in report.lines().zip(without).filter(|(line, _)| !line.contains("^]")) {
        assert_eq!(line, same);
    }
    let colours = shown("", &[("TERM_PROGRAM", "WezTerm")]).unwrap();
    assert!(colours.contains(&format!("^]8;;{page}^\\^[1m^[31mWHY^[0m^]8;;^\\")), "{colours}");
}

#[test]
fn no_other_place_gets_links() {
    let cases: [(&str, &[(&str, &str)]); 8] = [
        ("", &[]),
        ("", &[("TERM", "dumb")]),
        ("--color never", &[]),
        ("--redact", &[]),
        ("| cat", &[]),
        ("--color always | cat", &[("FORCE_HYPERLINK", "1")]),
        ("--all", &[("PAGER", "cat -u")]),
        ("--format json", &[]),
    ];
    for (options, variables) in cases {
        let links = if options.is_empty() && variables.is_empty() { "" } else { "WezTerm" };
        let variables: Vec<_> = [("TERM_PROGRAM", links)].into_iter().chain(variables.iter().copied()).collect();
        let Some(report) = shown(options, &variables) else {
            return;
        };
        assert!(report.contains("bedrock:InvokeModel"), "{options} {variables:?}\n{report}");
        assert!(!report.contains("^]"), "{options} {variables:?}\n{report}");
    }
}

#[test]
fn who_has_to_type_is_told_what_and_how_to_end_it() {
    let denial = "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:GetObject\n";
    let paste = "iamdx: Paste the error message, the log or the CloudTrail record. To end it, press Enter and Ctrl-D\n";
    for command in ["explain", "diagnose", "explain -"] {
        let Some(shown) = terminal(&format!("$IAMDX {command} | head -1"), denial, &[]) else {
            return;
        };
        // what was typed before the shell was ready is on the screen, too
        assert_eq!(shown.replace(denial, ""), format!("{paste}DENIED  s3:GetObject\n"), "{command}");
        // what comes from a pipe or a file is not typed
        let piped = format!("echo '{}' | $IAMDX {command} | head -1", denial.trim());
        assert_eq!(terminal(&piped, "", &[]).unwrap(), "DENIED  s3:GetObject\n", "{command}");
    }
    let lines = terminal("$IAMDX explain --ndjson", "{\"id\": 1}\n", &[]).unwrap();
    assert!(
        lines.contains("iamdx: Type lines of the form {\"id\": ..., \"raw\": \"text\"}. To end it, press"),
        "{lines}"
    );
}
