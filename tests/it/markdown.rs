//! `--format markdown`: what a renderer finds in it is ours, whatever the texts in it are.

use iamdx::report::page::{Block, Page, Row, Table, Tone};
use iamdx::report::{CommandReport, Detail, Format, Style};
use iamdx::snapshot::Snapshot;
use proptest::prelude::*;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use serde_json::{Value, json};

use crate::html::{CASES, HOSTILE, spoil};
use crate::support::{iamdx, read};

/// What tries to become markup, a link or a mention where Markdown is shown.
const SIGNS: [&str; 22] = [
    "[x](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "<https://evil.example>",
    "@octocat please",
    "octo/cat#12 #12 GH-12",
    "mail@evil.example",
    "```\n# heading\n[x](y)",
    "~~~~\n# heading",
    "````````",
    "a`b``c```d",
    "`",
    "\n\n# heading\n\n- [ ] task\n> quote\n---\n***",
    "**bold** __bold__ *it* _it_ ~~gone~~ $x$",
    "| a | b |\n|---|---|\n| [x](y) | \\| |",
    "\\| \\` \\[x](y) \\",
    "</details></summary><details open>",
    "[x]: https://evil.example\n[x]",
    "[^1]\n\n[^1]: note",
    "&lt;b&gt; &#96; &#x40;octocat",
    "www.evil.example http://evil.example:80/?a=b#c",
    "1. a 2) b + c",
    "setext\n===\n:smile: ^^ ==mark== :::note",
];

/// What a renderer finds.
#[derive(Debug, Default)]
struct Found {
    headings: Vec<String>,
    bold: Vec<String>,
    text: String,
    code: String,
}

/// Headings of the second and third level, without the names in them.
const HEADINGS: [&str; 24] = [
    "",
    "Allowed",
    "Allowed as far as seen",
    "Assumed",
    "Cannot tell",
    "Denied",
    "Depends on",
    "How to check afterwards",
    "May be denied next",
    "New",
    "No longer allowed",
    "Not checked",
    "Or",
    "Other ways",
    "Problems in these documents",
    "Seen",
    "The change",
    "Title",
    "Undetermined",
    "What helps",
    "What this change allows",
    "What to do",
    "Why",
    "Word",
];

/// Checks that all markup is ours.
fn check(page: &str) -> Found {
    assert!(!page.chars().any(|c| c != '\n' && c != '\t' && iamdx::text::is_unprintable(c)), "{page:?}");
    let options = Options::all() - Options::ENABLE_OLD_FOOTNOTES;
    let mut found = Found::default();
    let (mut heading, mut bold, mut block) = (None::<String>, None::<String>, false);
    for event in Parser::new_ext(page, options) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => heading = Some(format!("{} ", level as usize)),
            Event::End(TagEnd::Heading(_)) => found.headings.extend(heading.take()),
            Event::Start(Tag::Strong) => bold = Some(String::new()),
            Event::End(TagEnd::Strong) => found.bold.extend(bold.take()),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                assert!(["diff", "json", "sh", "text"].contains(&language.as_ref()), "{language}\n{page}");
                block = true;
            }
            Event::End(TagEnd::CodeBlock) => block = false,
            Event::Text(text) if block => found.code.push_str(&text),
            Event::Text(text) => {
                for open in [&mut heading, &mut bold].into_iter().flatten() {
                    open.push_str(&text);
                }
                found.text.push_str(&text);
            }
            Event::Code(text) => {
                found.code.push_str(&text);
                found.code.push('\n');
                found.text.push_str(" ` ");
            }
            Event::SoftBreak => found.text.push(' '),
            Event::Start(
                Tag::Paragraph
                | Tag::List(_)
                | Tag::Item
                | Tag::Table(_)
                | Tag::TableHead
                | Tag::TableRow
                | Tag::TableCell,
            ) => found.text.push('\n'),
            Event::End(_) => {}
            other => panic!("{other:?}\n{page}"),
        }
    }
    for heading in found.headings.iter().filter(|heading| !heading.starts_with("1 ")) {
        assert!(HEADINGS.contains(&heading[2..].trim()), "{heading}\n{page}");
    }
    // a page of GitHub also makes links of words that no grammar names
    for line in found.text.lines() {
        let odd = line.chars().find(|c| !c.is_alphanumeric() && !" ,.;:()\"?'’‘“”–—…-=/`→+!".contains(*c));
        assert_eq!(odd, None, "{line}\n{page}");
        assert!(!line.contains("://") && !line.contains("www."), "{line}\n{page}");
    }
    found
}

fn markdown(report: &dyn CommandReport, detail: Detail) -> String {
    Format::named("markdown").unwrap().write(report, detail, Style::default())
}

fn letter(denial: &str, snapshot: &Snapshot, detail: Detail) -> String {
    let denials = iamdx::denial::parse_text(denial);
    let options = iamdx::Options::default();
    let reports: Vec<_> = denials.iter().map(|denial| iamdx::diagnose(denial, snapshot, &options)).collect();
    markdown(&reports, detail)
}

#[test]
fn a_letter_says_who_must_change_what_and_how_to_check_it() {
    for case in CASES {
        let snapshot = read(format!("fixtures/cases/{case}/snapshot.json"));
        let snapshot = Snapshot::read("account.json", snapshot.into_bytes()).unwrap();
        let page = letter(&read(format!("fixtures/cases/{case}/denial.txt")), &snapshot, Detail::default());
        let found = check(&page);
        assert!(found.headings[0].starts_with("1 Access denied"), "{page}");
        for heading in ["2 Why", "2 How to check afterwards"] {
            assert!(found.headings.iter().any(|own| own == heading), "{heading}\n{page}");
        }
        for label in ["Who:", "To do:"] {
            assert!(found.bold.iter().any(|own| own == label), "{label}\n{page}");
        }
    }
}

#[test]
fn the_letter_of_a_missing_allow() {
    let said = "2026-11-20T09:00:00Z User: arn:aws:iam::111122223333:user/ana is not authorized to perform: s3:GetObject on resource: \
                arn:aws:s3:::reports/2026/q1.csv because no identity-based policy allows the s3:GetObject action";
    let page = letter(said, &ana(), Detail::default());
    check(&page);
    insta::assert_snapshot!(page);
}

/// A user who may read the reports of another year.
fn ana() -> Snapshot {
    let file = json!({"iamdx_snapshot": 1, "accounts": [{"id": "111122223333", "UserDetailList": [{
        "UserName": "ana", "Path": "/", "UserId": "AIDAEXAMPLE", "Arn": "arn:aws:iam::111122223333:user/ana", "GroupList": [],
        "AttachedManagedPolicies": [],
        "UserPolicyList": [{"PolicyName": "reports", "PolicyDocument": {"Version": "2012-10-17", "Statement": [
            {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/2025/*"}]}}]}],
        "GroupDetailList": [], "RoleDetailList": [], "Policies": []}]});
    Snapshot::read("account.json", serde_json::to_vec_pretty(&file).unwrap()).unwrap()
}

#[test]
fn a_review_tells_what_is_new_with_its_place_what_is_dangerous_first() {
    let page =
        iamdx(&["diff", "fixtures/review/before.yaml", "fixtures/review/after.yaml", "--format", "markdown"], b"")
            .stdout;
    check(&page);
    insta::assert_snapshot!(page);
}

#[test]
fn what_is_not_ours_is_found() {
    let found = |page: &str| std::panic::catch_unwind(|| check(page)).is_err();
    assert!(!found("# Title\n\n## Why\n\n- **Who:** `[x](y)`, and words\n"));
    let ours = ["# heading", "a`b``c```d", "`", "1. a 2) b + c"];
    for sign in SIGNS.iter().filter(|sign| !ours.contains(sign) && !sign.starts_with("``````")) {
        assert!(found(&format!("- a {sign} b\n")) || found(&format!("{sign}\n")), "{sign}");
    }
}

/// A page with a text in each of its pieces.
struct Everywhere(String);

impl CommandReport for Everywhere {
    fn page(&self, detail: Detail) -> Page {
        let text = || self.0.clone();
        let mut page = Page::new(detail);
        page.heading("TITLE", text(), Tone::Plain);
        page.heading("WORD", text(), Tone::Plain);
        for label in [" -  ", " 1  ", "     + ", "  by    ", "", "  ", "      ", "      or ", "!"] {
            page.item(label, text());
            page.whole(label, text());
        }
        page.push(Block::Line { label: String::new(), text: text(), aside: Some(text()), wraps: false, link: None });
        page.list("SEEN", Tone::Plain, vec![text(), text()]);
        page.code("sh", 4, vec![text(), text()]);
        page.item("      or ", text());
        let row = |depth| Row { label: text(), depth, cells: vec![("ok", Tone::Fix), ("", Tone::None)] };
        page.push(Block::Table(Table {
            title: "Title".to_owned(),
            columns: vec![text(), "two".to_owned()],
            rows: vec![row(0), row(1), row(2)],
        }));
        let after = format!("{}\n{}", text(), text());
        page.push(Block::Change { before: text(), after, indent: 4, most: usize::MAX });
        page
    }

    fn json(&self) -> String {
        String::new()
    }
}

#[test]
fn a_text_is_no_markup_wherever_it_stands() {
    for hostile in HOSTILE.iter().chain(&SIGNS) {
        for text in [(*hostile).to_owned(), format!("a {hostile} b"), format!("`{hostile}`"), hostile.repeat(30)] {
            let found = check(&markdown(&Everywhere(text), Detail::default()));
            assert!(found.headings.iter().any(|heading| heading == "2 Title"), "{hostile}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_name_becomes_markup(
        case in 0..CASES.len(), hostile in 0..HOSTILE.len() + SIGNS.len(), long in any::<bool>(), all in any::<bool>(),
        other in "[ \\n`|<>\\[\\]()!*_~#@&:/.\\\\a-z0-9=+-]{0,24}", numbers in proptest::collection::vec(any::<u8>(), 1..40)
    ) {
        let hostile = HOSTILE.iter().chain(&SIGNS).nth(hostile).unwrap();
        let hostile = format!("{hostile}{other}").repeat(if long { 20 } else { 1 });
        let detail = if all { Detail::ALL } else { Detail::default() };
        let case = CASES[case];
        let mut file: Value = serde_json::from_str(&read(format!("fixtures/cases/{case}/snapshot.json"))).unwrap();
        spoil(&mut file, "", &hostile, &mut numbers.iter().copied().cycle());
        let denial = read(format!("fixtures/cases/{case}/denial.txt"));
        let denial = if numbers[0] % 4 == 0 { denial.replace("User: ", &format!("{hostile} User: ")) } else { denial };
        if let Ok(snapshot) = Snapshot::read("account.json", file.to_string().into_bytes()) {
            check(&letter(&denial, &snapshot, detail));
        }
        let resource = format!("{} {hostile} with an explicit deny in a service control policy", denial.trim());
        check(&letter(&resource, &Snapshot::default(), detail));
        check(&markdown(&Everywhere(hostile), detail));
    }
}

#[test]
fn the_markdown_of_any_command_is_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    };
    let file = |name: &str, sid: &str, action: &str| {
        let statement = json!({"Sid": sid, "Effect": "Allow", "Action": [action, sid], "Resource": [format!("arn:aws:s3:::{sid}/*"), "*"],
            "Condition": {"StringEquals": {format!("aws:PrincipalTag/{sid}"): sid}}});
        write(name, json!({"Version": "2012-10-17", "Statement": [statement]}).to_string())
    };
    for hostile in HOSTILE.iter().chain(&SIGNS).filter(|hostile| !hostile.contains('\0')) {
        let (old, new) = (file("old.json", hostile, "s3:GetObject"), file("new.json", hostile, "s3:*"));
        let cases = json!({"id": hostile, "name": hostile, "expect": "allowed", "policies": {"identity-based": [{"name": hostile,
            "document": {"Version": "2012-10-17", "Statement": [{"Sid": hostile, "Effect": "Deny", "Action": "*", "Resource": "*"}]}}]},
            "request": {"principal": "arn:aws:iam::111122223333:user/ana", "action": "s3:GetObject", "resource": "arn:aws:s3:::a/b"}});
        let cases = write("cases.json", cases.to_string());
        let denied = format!(
            "AccessDenied: User: arn:aws:iam::111122223333:user/{hostile} is not authorized to perform: s3:GetObject on \
            resource: arn:aws:s3:::b/{hostile} because no identity-based policy allows the s3:GetObject action"
        );
        let resource = format!("arn:aws:s3:::b/{hostile}");
        let context = iamdx::iam::context_argument("aws:PrincipalTag/<i>", hostile);
        let ask = |principal: &'static str| {
            ["simulate", "--principal", principal, "--action", "s3:GetObject", "--resource", &resource]
        };
        let simulate =
            [&ask("arn:aws:iam::111122223333:user/ana")[..], &["--context", &context, "--identity-policy", &new]]
                .concat();
        let who = [
            "simulate",
            "--who",
            "--snapshot",
            "fixtures/snapshots/who.json",
            "--action",
            "s3:GetObject",
            "--resource",
            &resource,
        ];
        let asked: [&[&str]; 7] = [
            &["diff", &old, &new],
            &["explain", "-m", &denied],
            &["diagnose", "-m", &denied, "--identity-policy", &old],
            &["diagnose", "-m", &denied, "--identity-policy", &old, "--all", "-v"],
            &simulate,
            &who,
            &["test", &cases],
        ];
        for asked in asked {
            let run = iamdx(&[asked, &["--format", "markdown"][..]].concat(), b"");
            assert_ne!(run.stdout, "", "{asked:?} {}", run.stderr);
            let found = check(&run.stdout);
            // it stands there, as code
            let plain = !hostile.contains(['`', '\n', '"', '\\']) && !hostile.chars().any(iamdx::text::is_unprintable);
            assert!(!plain || asked[0] != "test" || found.code.contains(hostile), "{asked:?}\n{}", run.stdout);
        }
    }
}
