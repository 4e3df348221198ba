//! Every folder under fixtures/cases: a denial and policies in, the whole reports out, and what case.json expects of them.

use serde::Deserialize;
use similar::TextDiff;

use crate::support::{entries, iamdx, project, read};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    title: String,
    why: String,
    url: String,
    #[serde(default)]
    options: Vec<String>,
    /// The case of the same cause, before it in the alphabet, whose page is nearly the same: only what differs is kept.
    like: Option<String>,
    /// Whether the whole report and the whole JSON are kept beside the screen: once for each cause. The JSON of every case is held to the
    /// schema.
    #[serde(default)]
    json: bool,
    expect: Expect,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    exit: i32,
    decision: String,
    finding: String,
    culprit: Option<Culprit>,
    near_miss: Option<Near>,
    fixed: bool,
    /// What the first remedy with edits opens, in any order.
    opens: Option<Vec<String>>,
    /// The denials to expect after it, `action on resource`; not looked at where absent.
    next: Option<Vec<String>>,
    /// What is wrong with the documents: `line:column` and words that stand in the message.
    problems: Option<Vec<String>>,
    /// How the first remedy may be taken, and words that stand in what is said against it.
    against: Option<(String, Vec<String>)>,
    /// For each edit of the first remedy with edits, in order: which accounts it binds.
    reach: Option<Vec<AttachmentScope>>,
    /// Whether a remedy rests on a policy that was not seen.
    #[serde(default)]
    conditional: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AttachmentScope {
    policy: String,
    attached_to: Vec<String>,
    others: Vec<String>,
    complete: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Culprit {
    policy: String,
    sid: Option<String>,
    line: u64,
    column: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Near {
    policy: String,
    sid: Option<String>,
    element: String,
}

#[test]
fn every_case_is_diagnosed_as_it_says() {
    let schema = serde_json::from_str(&read("docs/report-schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let mut count = 0;
    for cause in entries("fixtures/cases") {
        let mut kept = 0;
        for folder in entries(&cause) {
            let name = format!(
                "{}/{}",
                cause.file_name().unwrap().to_string_lossy(),
                folder.file_name().unwrap().to_string_lossy()
            );
            let case: Case =
                serde_json::from_str(&read(folder.join("case.json"))).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(
                !case.title.is_empty() && !case.why.is_empty() && case.url.starts_with("https://docs.aws.amazon.com/"),
                "{name}"
            );
            check(&name, &folder, &case, &schema);
            count += 1;
            kept += usize::from(case.json);
        }
        assert_eq!(kept, 1, "{}: the JSON of one case is kept", cause.display());
    }
    assert!(count >= 5, "{count} cases");
}

fn sorted(list: &serde_json::Value) -> Vec<&str> {
    let mut texts: Vec<&str> = list.as_array().unwrap().iter().filter_map(|text| text.as_str()).collect();
    texts.sort_unstable();
    texts
}

fn check(name: &str, folder: &std::path::Path, case: &Case, schema: &jsonschema::Validator) {
    let relative = folder.strip_prefix(project()).unwrap();
    let denial =
        entries(folder).into_iter().find(|path| path.file_stem().is_some_and(|stem| stem == "denial")).unwrap();
    let denial = denial.strip_prefix(project()).unwrap().to_string_lossy().into_owned();
    let snapshot = relative.join("snapshot.json").to_string_lossy().into_owned();
    let mut arguments = vec!["diagnose", denial.as_str()];
    if folder.join("snapshot.json").exists() {
        arguments.extend(["--snapshot", snapshot.as_str()]);
    }
    let options: Vec<String> =
        case.options.iter().map(|option| option.replace("@CASE@", &relative.to_string_lossy())).collect();
    arguments.extend(options.iter().map(String::as_str));

    let text = iamdx(&arguments, b"");
    let whole = [&arguments[..], &["--all"]].concat();
    arguments.extend(["--format", "json"]);
    let json = iamdx(&arguments, b"");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        match &case.like {
            Some(like) => {
                let other = read(folder.with_file_name(like).join("text.snap"));
                let (_, other) = other.split_once("\n---\n").unwrap();
                let (other, own) = (format!("{}\n", other.trim_end()), format!("{}\n", text.whole().trim_end()));
                let differs = TextDiff::from_lines(&other, &own).unified_diff().context_radius(0).to_string();
                insta::assert_snapshot!("text", format!("differs from {like}\n{differs}"));
            }
            None => insta::assert_snapshot!("text", text.whole()),
        }
        if case.json {
            insta::assert_snapshot!("all", iamdx(&whole, b"").whole());
            insta::assert_snapshot!("json", compact(&json.whole()));
        }
    });

    assert_eq!((text.code, json.code), (case.expect.exit, case.expect.exit), "{name}");
    let report: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    let faults: Vec<String> =
        schema.iter_errors(&report).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert_eq!(faults, [""; 0], "{name}");
    let report = &report["reports"][0];
    assert_eq!(report["decision"], case.expect.decision.as_str(), "{name}");
    assert_eq!(report["finding"], case.expect.finding.as_str(), "{name}");
    let place = |name: &str| name.replace("@CASE@", &relative.to_string_lossy());
    if let Some(culprit) = &case.expect.culprit {
        let found = report["blockers"].as_array().unwrap().iter().any(|blocker| {
            blocker["policy"]["name"] == place(&culprit.policy).as_str()
                && blocker["statement"]["sid"].as_str() == culprit.sid.as_deref()
                && blocker["statement"]["line"] == culprit.line
                && blocker["statement"]["column"] == culprit.column
        });
        assert!(found, "{name}: {} {:?}\n{:#}", culprit.policy, culprit.sid, report["blockers"]);
    }
    if let Some(near) = &case.expect.near_miss {
        let first = &report["near_misses"][0];
        assert_eq!(first["policy"]["name"], place(&near.policy).as_str(), "{name}");
        assert_eq!(first["statement"]["sid"].as_str(), near.sid.as_deref(), "{name}");
        assert_eq!(first["element"], near.element.as_str(), "{name}");
    }
    after(name, report, &case.expect);
    remedies(name, report, &case.expect);
}

/// Pretty-printed JSON with every object and list on one line that fits on one.
fn compact(json: &str) -> String {
    let lines: Vec<&str> = json.lines().collect();
    let (mut compact, mut at) = (String::new(), 0);
    while let Some(line) = lines.get(at) {
        let indent = line.len() - line.trim_start().len();
        let closes = |other: &&str| {
            other
                .split_at_checked(indent)
                .is_some_and(|(head, tail)| head.trim().is_empty() && tail.starts_with(['}', ']']))
        };
        let length = lines[at..].iter().position(closes).filter(|_| line.ends_with(['{', '[']));
        let one = length.map(|length| {
            let inner: Vec<&str> = lines[at + 1..at + length].iter().map(|line| line.trim()).collect();
            (length, format!("{line}{}{}", inner.join(" "), lines[at + length].trim()))
        });
        if let Some((length, one)) = one.filter(|(_, one)| one.chars().count() <= 120) {
            compact.push_str(&one);
            at += length + 1;
        } else {
            compact.push_str(line);
            at += 1;
        }
        compact.push('\n');
    }
    compact
}

/// What is told besides: further denials, and problems of the documents.
fn after(name: &str, report: &serde_json::Value, expect: &Expect) {
    if let Some(next) = &expect.next {
        let found = report["next_denials"].as_array().unwrap().iter();
        let found: Vec<String> =
            found.map(|next| format!("{} on {}", next["action"], next["resource"]).replace('"', "")).collect();
        assert_eq!(found, *next, "{name}");
    }
    if let Some(problems) = &expect.problems {
        let found = report["problems"].as_array().unwrap();
        assert_eq!(found.len(), problems.len(), "{name}: {found:#?}");
        for (found, expected) in found.iter().zip(problems) {
            let (at, words) = expected.split_once(' ').unwrap();
            assert_eq!(format!("{}:{}", found["line"], found["column"]), at, "{name}");
            let message = found["message"].as_str().unwrap();
            assert!(words.split(' ').all(|word| message.contains(word)), "{name}: {message}");
        }
    }
}

/// What is proposed, and that all of it is proved and explained.
fn remedies(name: &str, report: &serde_json::Value, expect: &Expect) {
    if let Some(opens) = &expect.opens {
        let remedies = report["remedies"].as_array().unwrap();
        let first = remedies.iter().find(|remedy| !remedy["edits"].as_array().unwrap().is_empty()).unwrap();
        assert_eq!(sorted(&first["verification"]["newly_allowed"]), sorted(&opens.clone().into()), "{name}");
    }
    if let Some((disposition, words)) = &expect.against {
        let first = &report["remedies"][0];
        assert_eq!(first["disposition"], disposition.as_str(), "{name}");
        let why = first["why_not"].as_str().unwrap();
        assert!(words.iter().all(|words| why.contains(words)), "{name}: {why}");
    }
    if let Some(reach) = &expect.reach {
        let own = report["request"]["context"]["aws:principalaccount"][0].as_str().unwrap_or_default();
        let remedies = report["remedies"].as_array().unwrap();
        let edits = remedies.iter().filter_map(|remedy| remedy["edits"].as_array()).find(|edits| !edits.is_empty());
        let edits = edits.unwrap();
        assert_eq!(edits.len(), reach.len(), "{name}");
        for (edit, expected) in edits.iter().zip(reach) {
            assert!(edit["diff"].as_str().unwrap().starts_with(&format!("--- {}.before", expected.policy)), "{name}");
            let found = &edit["reach"];
            assert_eq!(found["attached_to"], serde_json::json!(expected.attached_to), "{name}");
            let mut accounts = expected.others.clone();
            accounts.push(own.to_owned());
            accounts.sort();
            assert_eq!(found["accounts"], serde_json::json!(accounts), "{name}");
            assert_eq!(found["other_accounts"], expected.others.len(), "{name}");
            assert_eq!(found["complete"], expected.complete, "{name}");
        }
    }
    let proved = |remedy: &serde_json::Value| remedy["verification"]["decision_after"] == "allowed";
    assert_eq!(report["remedies"].as_array().unwrap().iter().any(proved), expect.fixed, "{name}");
    let conditional = |remedy: &serde_json::Value| {
        let of = |of: &serde_json::Value| of["conditional_on"].as_array().is_some_and(|all| !all.is_empty());
        of(remedy) || of(&remedy["verification"])
    };
    assert_eq!(report["remedies"].as_array().unwrap().iter().any(conditional), expect.conditional, "{name}");
    for remedy in report["remedies"].as_array().unwrap() {
        let edits = remedy["edits"].as_array().unwrap();
        let changes_request = remedy["kind"] == "change-request";
        if conditional(remedy) {
            assert_eq!(remedy["verification"]["decision_after"], "undetermined", "{name}: {remedy:#}");
            assert_eq!(remedy["disposition"], "needs-review", "{name}");
        } else {
            assert!(edits.is_empty() != proved(remedy) || changes_request, "{name}: a remedy with edits is proved");
        }
        for edit in edits {
            // what only another part of the same call lacks blocks that part
            if remedy["title"].as_str().unwrap().contains("all that calls through") {
                continue;
            }
            let explains = |blocker: &serde_json::Value| blocker["policy_type"] == edit["policy_type"];
            assert!(report["blockers"].as_array().unwrap().iter().any(explains), "{name}: nothing explains {edit:#}");
        }
    }
}
