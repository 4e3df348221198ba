//! `--format html`: one file that loads nothing, whose markup is its own whatever the texts in it are.

use std::cell::RefCell;
use std::collections::BTreeSet;

use base64::Engine as _;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts, states::RawKind,
};
use iamdx::report::{Detail, Format, Style};
use iamdx::snapshot::Snapshot;
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::support::{iamdx, read};

/// Every element that stands in `src/report/formats/html`, with its attributes.
const MARKUP: [(&str, &[&str]); 50] = [
    ("a", &["href", "class", "rel"]),
    ("article", &[]),
    ("body", &["data-copy", "data-copied"]),
    ("br", &[]),
    ("code", &[]),
    ("col", &["class"]),
    ("colgroup", &[]),
    ("dd", &[]),
    ("del", &[]),
    ("desc", &["id"]),
    ("details", &["class", "id", "open"]),
    ("div", &["class", "id", "data-n", "tabindex", "role", "aria-label", "aria-hidden"]),
    ("dl", &["class"]),
    ("dt", &[]),
    ("figcaption", &["class"]),
    ("figure", &["class"]),
    ("footer", &[]),
    ("h1", &["class"]),
    ("h2", &["id", "class"]),
    ("h3", &["class"]),
    ("h4", &["class"]),
    ("head", &[]),
    ("header", &[]),
    ("hr", &[]),
    ("html", &["lang"]),
    ("ins", &[]),
    ("li", &["class", "id"]),
    ("main", &["id", "tabindex"]),
    ("mark", &["class"]),
    ("meta", &["charset", "http-equiv", "content", "name"]),
    ("nav", &["aria-label"]),
    ("ol", &["class"]),
    ("p", &["class"]),
    ("path", &["d", "class"]),
    ("pre", &["class"]),
    ("script", &[]),
    ("section", &[]),
    ("span", &["class", "aria-hidden"]),
    ("strong", &[]),
    ("style", &[]),
    ("summary", &["class"]),
    (
        "svg",
        &[
            "class",
            "viewBox",
            "viewbox",
            "preserveAspectRatio",
            "preserveaspectratio",
            "role",
            "aria-label",
            "aria-labelledby",
            "aria-hidden",
        ],
    ),
    ("table", &["class"]),
    ("tbody", &[]),
    ("td", &["class", "data-n"]),
    ("th", &["scope", "class", "colspan"]),
    ("thead", &[]),
    ("title", &["id"]),
    ("tr", &["class", "id"]),
    ("ul", &["class"]),
];

/// What a browser finds in a page.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) tags: Vec<Tag>,
    pub(crate) text: String,
    raw: Vec<String>,
    problems: Vec<String>,
    inside: Option<String>,
}

struct Sink(RefCell<Found>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let mut found = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) => {
                let name = tag.name.to_string();
                let start = tag.kind == TagKind::StartTag;
                found.tags.push(tag);
                found.inside = None;
                if start && ["script", "style"].contains(&name.as_str()) {
                    found.raw.push(String::new());
                    found.inside = Some(name.clone());
                    return TokenSinkResult::RawData(if name == "script" {
                        RawKind::ScriptData
                    } else {
                        RawKind::Rawtext
                    });
                }
                if start && name == "title" {
                    return TokenSinkResult::RawData(RawKind::Rcdata);
                }
            }
            Token::CharacterTokens(text) if found.inside.is_some() => {
                if let Some(last) = found.raw.last_mut() {
                    last.push_str(&text);
                }
            }
            Token::CharacterTokens(text) => found.text.push_str(&text),
            Token::NullCharacterToken => found.problems.push("a NUL".to_owned()),
            Token::CommentToken(text) => found.problems.push(format!("a comment: {text}")),
            Token::ParseError(error) => found.problems.push(error.into_owned()),
            Token::DoctypeToken(_) | Token::EOFToken => {}
        }
        TokenSinkResult::Continue
    }
}

fn parsed(page: &str) -> Found {
    let tokenizer =
        Tokenizer::new(Sink(RefCell::default()), TokenizerOpts { exact_errors: true, ..Default::default() });
    let input = BufferQueue::default();
    input.push_back(page.into());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

/// Whether it is another page of the same folder.
fn is_neighbour(link: &str) -> bool {
    let number = link.strip_prefix("finding-").and_then(|rest| rest.strip_suffix(".html"));
    link == "index.html" || number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The page holds nothing but what its templates wrote, and every link of it leads somewhere.
pub(crate) fn check(page: &str) -> Found {
    let found = parsed(page);
    assert_eq!(found.problems, Vec::<String>::new());
    assert!(!page.chars().any(|c| c != '\n' && c != '\t' && iamdx::text::is_unprintable(c)));
    let mut ids = BTreeSet::new();
    let mut wanted = BTreeSet::new();
    let mut open: Vec<String> = Vec::new();
    for tag in &found.tags {
        let name = tag.name.to_string();
        let own = MARKUP.iter().find(|(known, _)| *known == name).unwrap_or_else(|| panic!("<{name}>"));
        if tag.kind == TagKind::EndTag {
            assert_eq!(open.pop().as_ref(), Some(&name));
            continue;
        }
        if !["br", "col", "hr", "meta"].contains(&name.as_str()) {
            open.push(name.clone());
        }
        for attribute in &tag.attrs {
            let (key, value) = (attribute.name.local.to_string(), attribute.value.to_string());
            assert!(own.1.contains(&key.as_str()), "<{name} {key}={value}>");
            match key.as_str() {
                "href" => match value.strip_prefix('#') {
                    Some(place) => {
                        wanted.insert(place.to_owned());
                    }
                    None if is_neighbour(&value) => {}
                    None => assert!(value.starts_with("https://docs.aws.amazon.com/"), "{value}"),
                },
                "id" => assert!(ids.insert(value.clone()), "twice: {value}"),
                "class" => assert!(value.bytes().all(|b| b.is_ascii_lowercase() || b" 012".contains(&b)), "{value}"),
                _ => {}
            }
        }
    }
    assert_eq!(open, Vec::<String>::new());
    let lost: Vec<_> = wanted.difference(&ids).collect();
    assert!(lost.is_empty(), "{lost:?}");
    assert_eq!(found.raw.len(), 2);
    for raw in &found.raw {
        let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(raw.as_bytes()));
        assert!(page.contains(&format!("'sha256-{hash}'")), "put sha256-{hash} into src/report/formats/html/shell.rs");
    }
    found
}

fn html(denial: &str, snapshot: &Snapshot) -> (usize, String) {
    let denials = iamdx::denial::parse_text(denial);
    let options = iamdx::Options::default();
    let reports: Vec<_> = denials.iter().map(|denial| iamdx::diagnose(denial, snapshot, &options)).collect();
    (reports.len(), Format::named("html").unwrap().write(&reports, Detail::default(), Style::default()))
}

pub(crate) const CASES: [&str; 4] = [
    "scp/region-lock-behind-global-profile",
    "scp/bound-accounts",
    "explicit-deny/without-mfa",
    "no-matching-allow/one-model",
];

#[test]
fn a_page_is_its_own_markup_and_its_links_lead_somewhere() {
    for case in CASES {
        let snapshot = read(format!("fixtures/cases/{case}/snapshot.json"));
        let snapshot = Snapshot::read("account.json", snapshot.into_bytes()).unwrap();
        let (count, page) = html(&read(format!("fixtures/cases/{case}/denial.txt")), &snapshot);
        assert_eq!(count, 1);
        let found = check(&page);
        assert!(found.text.contains("How AWS decides"), "{case}");
        assert!(page.len() < 100_000, "{case}: {}", page.len());
    }
}

/// What tries to become markup, a link, a script, or another text than it is.
pub(crate) const HOSTILE: [&str; 20] = [
    "<script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<!-- --!> ]]> <?php",
    "&lt;b&gt;&#x3c;",
    "\u{202e}txt.exe\u{2066}",
    "a\u{0}b\u{1b}[31m",
    "line\u{2028}line\u{2029}\r\nline",
    "`a` ` <b>`</b> ``",
    "</summary></details></div></td></table>",
    "https://evil.example/ data:text/html,<script>",
    "\" autofocus onfocus=alert(1) id=r0-l0 x=\"",
    "#\"><svg onload=alert(1)>",
    "</title></main></body></html><script>",
    "'sha256-x'; script-src *; style-src 'unsafe-inline'",
    "red; background: url(//evil.example) }</style>",
    "\u{feff}\u{200f}\u{2067}\u{7f}\u{9b}31m",
];

/// Adds a text to the names and lists of a document, wherever the next number says so.
pub(crate) fn spoil(value: &mut Value, key: &str, hostile: &str, numbers: &mut impl Iterator<Item = u8>) {
    const NAMES: [&str; 12] = [
        "Sid",
        "name",
        "Name",
        "PolicyName",
        "RoleName",
        "UserName",
        "GroupName",
        "PermissionsBoundaryName",
        "Description",
        "description",
        "StringEquals",
        "target",
    ];
    match value {
        Value::String(text) if NAMES.contains(&key) => {
            if numbers.next().unwrap_or_default().is_multiple_of(2) {
                *text = format!("{text}{hostile}");
            }
        }
        // and here and there any text at all, if the snapshot can still be read
        Value::String(text) if numbers.next().unwrap_or_default().is_multiple_of(64) => {
            *text = format!("{text}{hostile}");
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
        Value::Array(items) => {
            for item in items.iter_mut() {
                spoil(item, key, hostile, numbers);
            }
            if items.iter().all(Value::is_string) && numbers.next().unwrap_or_default().is_multiple_of(2) {
                items.push(json!(hostile));
            }
        }
        Value::Object(members) => {
            for (key, member) in members.iter_mut() {
                spoil(member, key, hostile, numbers);
            }
            if members.contains_key("Effect") && numbers.next().unwrap_or_default().is_multiple_of(3) {
                members.insert(
                    "Condition".to_owned(),
                    json!({"StringLike": {format!("aws:PrincipalTag/{hostile}"): hostile}}),
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_text_becomes_markup(
        case in 0..CASES.len(), hostile in 0..HOSTILE.len(), long in any::<bool>(), other in "\\PC{0,12}",
        numbers in proptest::collection::vec(any::<u8>(), 1..40)
    ) {
        let hostile = format!("{}{other}", HOSTILE[hostile]).repeat(if long { 60 } else { 1 });
        let case = CASES[case];
        let mut file: Value = serde_json::from_str(&read(format!("fixtures/cases/{case}/snapshot.json"))).unwrap();
        spoil(&mut file, "", &hostile, &mut numbers.iter().copied().cycle());
        let denial = read(format!("fixtures/cases/{case}/denial.txt"));
        let denial = if numbers[0] % 4 == 0 { denial.replace("User: ", &format!("{hostile} User: ")) } else { denial };
        if let Ok(snapshot) = Snapshot::read("account.json", file.to_string().into_bytes()) {
            let (_, page) = html(&denial, &snapshot);
            check(&page);
        }
        let resource = format!("{} {hostile} with an explicit deny in a service control policy", denial.trim());
        let (_, page) = html(&resource, &Snapshot::default());
        check(&page);
    }
}

#[test]
fn a_page_of_any_command_is_its_own_markup() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, sid: &str, action: &str| {
        let path = folder.path().join(name);
        let statement = json!({"Sid": sid, "Effect": "Allow", "Action": [action, sid], "Resource": [format!("arn:aws:s3:::{sid}/*"), "*"],
            "Condition": {"StringEquals": {format!("aws:PrincipalTag/{sid}"): sid}}});
        std::fs::write(&path, json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()).unwrap();
        path.to_string_lossy().into_owned()
    };
    for hostile in HOSTILE {
        let name = hostile.replace(['/', '#', '\0'], "");
        let (old, new) = (file("old.json", hostile, "s3:GetObject"), file(&format!("{name}.json"), hostile, "s3:*"));
        let user = json!({"UserName": hostile, "Arn": format!("arn:aws:iam::111122223333:user/{hostile}"), "UserPolicyList": [{
            "PolicyName": hostile, "PolicyDocument": serde_json::from_str::<Value>(&std::fs::read_to_string(&new).unwrap()).unwrap()}]});
        let account = file("account.json", hostile, "s3:*");
        std::fs::write(
            &account,
            json!({"iamdx_snapshot": 1, "accounts": [{"id": "111122223333", "UserDetailList": [user]}]}).to_string(),
        )
        .unwrap();
        let cases = file("cases.json", hostile, "s3:*");
        let request = json!({"principal": "arn:aws:iam::111122223333:user/ana", "action": "s3:GetObject", "resource": format!("arn:aws:s3:::b/{hostile}")});
        std::fs::write(
            &cases,
            json!([{"id": hostile, "request": request, "policies": {}, "expect": "explicitDeny"}]).to_string(),
        )
        .unwrap();
        let denied = format!(
            "AccessDenied: User: arn:aws:iam::111122223333:user/{hostile} is not authorized to perform: s3:GetObject on \
            resource: arn:aws:s3:::b/{hostile} because no identity-based policy allows the s3:GetObject action"
        );
        let asked: [&[&str]; 6] = [
            &["test", &cases, "--identity-policy", &new],
            &[
                "simulate",
                "--who",
                "--action",
                "s3:GetObject",
                "--resource",
                "arn:aws:s3:::b/x",
                "--snapshot",
                &account,
            ],
            &["diff", &old, &new],
            &["explain", "-m", &denied],
            &["diagnose", "-m", &denied, "--identity-policy", &old, "--all"],
            &[
                "simulate",
                "--principal",
                "arn:aws:iam::111122223333:user/ana",
                "--action",
                "s3:GetObject",
                "--resource",
                "arn:aws:s3:::b/<b>",
                "--context",
                "aws:PrincipalTag/<i>=<script>",
                "--identity-policy",
                &new,
            ],
        ];
        for asked in asked {
            if asked.iter().any(|argument| argument.contains('\0')) {
                continue;
            }
            let run = iamdx(&[asked, &["--format", "html"][..]].concat(), b"");
            assert_ne!(run.stdout, "", "{asked:?} {}", run.stderr);
            let found = check(&run.stdout);
            // it stands there, as text
            let plain = !hostile.contains(['`', '"', '\'', '\\']) && !hostile.chars().any(iamdx::text::is_unprintable);
            assert!(!plain || asked[0] != "diff" || found.text.contains(hostile), "{asked:?}\n{}", found.text);
        }
    }
}

/// A role with twenty policies of about the size that IAM takes for a managed one.
fn twenty_policies() -> (Snapshot, String) {
    let case = "scp/region-lock-behind-global-profile";
    let mut file: Value = serde_json::from_str(&read(format!("fixtures/cases/{case}/snapshot.json"))).unwrap();
    let policies: Vec<Value> = (0..18)
        .map(|policy| {
            let statements: Vec<Value> = (0..12)
                .map(|number| {
                    json!({
                        "Sid": format!("Team{policy}Part{number}"), "Effect": "Allow",
                        "Action": ["bedrock:ListFoundationModels", "s3:GetObject", "s3:PutObject", "logs:CreateLogStream", "logs:PutLogEvents"],
                        "Resource": [format!("arn:aws:s3:::team-{policy}-data-{number}/*"), format!("arn:aws:logs:eu-west-1:111122223333:log-group:/team/{policy}:*")],
                        "Condition": {"StringEquals": {"aws:PrincipalTag/team": [format!("team-{policy}"), "platform"]}, "Bool": {"aws:SecureTransport": "true"}}
                    })
                })
                .collect();
            json!({"PolicyName": format!("team-{policy}"), "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}})
        })
        .collect();
    file["accounts"][0]["RoleDetailList"][0]["RolePolicyList"].as_array_mut().unwrap().extend(policies);
    let text = serde_json::to_string_pretty(&file).unwrap();
    (Snapshot::read("account.json", text.into_bytes()).unwrap(), read(format!("fixtures/cases/{case}/denial.txt")))
}

#[test]
fn twenty_policies_are_a_small_page() {
    let (snapshot, denial) = twenty_policies();
    let denials = iamdx::denial::parse_text(&denial);
    let reports: Vec<_> =
        denials.iter().map(|denial| iamdx::diagnose(denial, &snapshot, &iamdx::Options::default())).collect();
    let format = Format::named("html").unwrap();
    let write = || format.write(&reports, Detail::default(), Style::default());
    let page = write();
    check(&page);
    let start = std::time::Instant::now();
    let again = write();
    let took = start.elapsed();
    assert_eq!(page, again);
    let bytes: usize = reports[0].policies.policies().map(|policy| policy.document.source.text().len()).sum();
    println!(
        "{} policies of {bytes} bytes: a page of {} bytes in {took:?}",
        reports[0].policies.policies().count(),
        page.len()
    );
    assert!(page.len() < 300_000, "{}", page.len());
    assert!(cfg!(debug_assertions) || took.as_millis() < 20, "{took:?}");
}

/// The parts of a page that a person sees, an element a line.
fn body(page: &str) -> String {
    let main = page.split_once("<main").unwrap().1.split_once('>').unwrap().1.split_once("</main>").unwrap().0;
    [
        "header", "section", "nav", "h1", "h2", "h3", "h4", "details", "summary", "div", "p ", "p>", "ul", "li", "dl",
        "tr", "table", "pre",
    ]
    .iter()
    .fold(main.to_owned(), |text, name| text.replace(&format!("<{name}"), &format!("\n<{name}")))
}

#[test]
fn the_page_of_a_missing_allow() {
    let file = json!({"iamdx_snapshot": 1, "accounts": [{"id": "111122223333", "UserDetailList": [{
        "UserName": "ana", "Path": "/", "UserId": "AIDAEXAMPLE", "Arn": "arn:aws:iam::111122223333:user/ana", "GroupList": [],
        "AttachedManagedPolicies": [],
        "UserPolicyList": [{"PolicyName": "reports", "PolicyDocument": {"Version": "2012-10-17", "Statement": [
            {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/2025/*"}]}}]}],
        "GroupDetailList": [], "RoleDetailList": [], "Policies": []}]});
    let snapshot = Snapshot::read("account.json", serde_json::to_vec_pretty(&file).unwrap()).unwrap();
    let said = "User: arn:aws:iam::111122223333:user/ana is not authorized to perform: s3:GetObject on resource: \
                arn:aws:s3:::reports/2026/q1.csv because no identity-based policy allows the s3:GetObject action";
    let (_, page) = html(said, &snapshot);
    check(&page);
    insta::assert_snapshot!(body(&page));
}

/// What was not decided may be new access, so the head of the page does not say that there is none.
#[test]
fn what_cannot_be_told_is_not_called_no_new_access() {
    use iamdx::difference::{CannotTell, Difference};
    use iamdx::report::{Compared, Differences};
    let head = |cannot_tell: Vec<CannotTell>| {
        let mut difference = Difference::default();
        difference.cannot_tell = cannot_tell;
        let compared = vec![Compared { what: None, difference, before: Vec::new(), after: Vec::new(), not_read: None }];
        let differences = Differences { compared, reference: iamdx::reference::Reference::embedded() };
        let page = Format::named("html").unwrap().write(&differences, Detail::default(), Style::default());
        check(&page);
        page.split_once("<h1>").unwrap().1.split_once("</h1>").unwrap().0.to_owned()
    };
    assert!(head(Vec::new()).contains("No new access"));
    let unknown = head(vec![CannotTell::TooManyActions]);
    assert!(!unknown.contains("No new access") && unknown.contains("Cannot tell"), "{unknown}");
}
