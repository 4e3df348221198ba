//! Links of a terminal: to AWS's pages, and to the console's page of what an ARN names.
//!
//! <https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda> describes the sequences. No untrusted text stands in one: an address
//! is a literal of ours, or made here of literals and percent-encoded parts.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::iam::Arn;
use crate::report::page::Link;

/// Begins a link, in front of its address; without an address it ends one.
const START: &str = "\u{1b}]8;;";
/// Ends the address.
const END: &str = "\u{1b}\\";

/// What stands for itself in one part of an address.
const PART: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The same in an ARN, which the console takes as it is.
const WHOLE: &AsciiSet = &PART.remove(b':').remove(b'/');

/// The text as a link, line by line, without the space before each.
pub(super) fn linked(text: &str, link: &Link) -> String {
    let Some(address) = address(link) else {
        return text.to_owned();
    };
    let line = |line: &str| {
        let text = line.trim_start_matches(' ');
        let space = " ".repeat(line.len() - text.len());
        if text.is_empty() { space } else { format!("{space}{START}{address}{END}{text}{START}{END}") }
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// The text without the sequences of its links; what they link stays.
#[must_use]
pub fn without_links(text: &str) -> String {
    let mut parts = text.split(START);
    let first = parts.next().unwrap_or_default();
    let rest = parts.map(|part| part.split_once(END).map_or(part, |(_, rest)| rest));
    std::iter::once(first).chain(rest).collect()
}

/// The text with its links, without anything that `strip` takes away of what stands between their sequences.
#[must_use]
pub fn around_links(text: &str, strip: impl Fn(&str) -> String) -> String {
    let mut parts = text.split(START);
    let first = strip(parts.next().unwrap_or_default());
    let rest = parts.map(|part| match part.split_once(END) {
        Some((address, rest)) => format!("{START}{address}{END}{}", strip(rest)),
        None => strip(part),
    });
    std::iter::once(first).chain(rest).collect()
}

fn address(link: &Link) -> Option<String> {
    match link {
        Link::Page(address) => Some((*address).to_owned()),
        Link::Arn(arn) => console(&arn.parse().ok()?),
    }
}

/// The console's page of what is named, where it has one that an ARN leads to; other partitions have consoles of their own.
///
/// Managed policies as in <https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html>, policies of an organization
/// as in <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_available-policies.html>; the others as the console's own
/// address bar shows them, which AWS documents nowhere.
fn console(arn: &Arn) -> Option<String> {
    if arn.partition() != "aws" || arn.as_str().contains(['*', '?', '$']) {
        return None;
    }
    let encoded = |part: &str| utf8_percent_encode(part, PART).to_string();
    let resource = arn.resource();
    let last = resource.rsplit('/').next().filter(|name| !name.is_empty());
    let iam = "https://console.aws.amazon.com/iam/home#";
    match (arn.service(), resource.split(['/', ':']).next()?) {
        ("iam", "role") => Some(format!("{iam}/roles/details/{}", encoded(last?))),
        ("iam", "user") => Some(format!("{iam}/users/details/{}", encoded(last?))),
        ("iam", "policy") => Some(format!("{iam}/policies/{}", utf8_percent_encode(arn.as_str(), WHOLE))),
        // the session belongs to its role
        ("sts", "assumed-role") => Some(format!("{iam}/roles/details/{}", encoded(resource.split('/').nth(1)?))),
        ("organizations", "policy") => {
            let kind = match resource.split('/').rev().nth(1)? {
                "service_control_policy" => "service-control-policy",
                "resource_control_policy" => "resource-control-policy",
                _ => return None,
            };
            let home = "https://console.aws.amazon.com/organizations/v2/home/policies";
            Some(format!("{home}/{kind}/{}", encoded(last?)))
        }
        // a bucket's ARN names neither account nor Region; what has them is no bucket
        ("s3", _) if arn.account().is_empty() && arn.region().is_empty() => {
            let bucket = resource.split('/').next().filter(|name| !name.is_empty())?;
            Some(format!("https://s3.console.aws.amazon.com/s3/buckets/{}", encoded(bucket)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{around_links, console, linked, without_links};
    use crate::report::page::Link;

    #[test]
    fn an_arn_leads_to_its_page_of_the_console() {
        let iam = "https://console.aws.amazon.com/iam/home#";
        let organizations = "https://console.aws.amazon.com/organizations/v2/home/policies";
        let pages = [
            (
                "arn:aws:iam::111122223333:user/team/alice@example.com",
                Some(format!("{iam}/users/details/alice%40example.com")),
            ),
            (
                "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/R",
                Some(format!("{iam}/roles/details/R")),
            ),
            ("arn:aws:sts::111122223333:assumed-role/app/session", Some(format!("{iam}/roles/details/app"))),
            (
                "arn:aws:iam::111122223333:policy/guard/A+B",
                Some(format!("{iam}/policies/arn:aws:iam::111122223333:policy/guard/A%2BB")),
            ),
            (
                "arn:aws:organizations::111122223333:policy/o-exampleorgid/service_control_policy/p-examplepolicyid",
                Some(format!("{organizations}/service-control-policy/p-examplepolicyid")),
            ),
            (
                "arn:aws:organizations::aws:policy/resource_control_policy/p-RCPFullAWSAccess",
                Some(format!("{organizations}/resource-control-policy/p-RCPFullAWSAccess")),
            ),
            (
                "arn:aws:s3:::reports/2026/q1.csv",
                Some("https://s3.console.aws.amazon.com/s3/buckets/reports".to_owned()),
            ),
            // no page, or not known which
            ("arn:aws:iam::111122223333:root", None),
            ("arn:aws:iam::111122223333:role/app*", None),
            ("arn:aws:s3:::*", None),
            ("arn:aws:s3:eu-west-1:111122223333:accesspoint/ap", None),
            ("arn:aws-cn:s3:::reports", None),
            ("arn:aws:bedrock:eu-west-1::foundation-model/example", None),
        ];
        for (arn, page) in pages {
            assert_eq!(arn.parse().ok().and_then(|arn| console(&arn)), page, "{arn}");
        }
    }

    #[test]
    fn no_name_breaks_out_of_a_link() {
        let hostile = [
            "\u{1b}",
            "\u{7}",
            "\u{1b}\\",
            "\u{9c}",
            "\n",
            "\r",
            "\0",
            ";",
            " ",
            "\u{202e}",
            "\u{1b}]8;;https://example.com\u{7}",
        ];
        for part in hostile {
            for arn in [
                format!("arn:aws:iam::111122223333:user/a{part}b"),
                format!("arn:aws:iam::111122223333:role/{part}/b"),
                format!("arn:aws:iam::111122223333:policy/a{part}b"),
                format!("arn:aws:sts::111122223333:assumed-role/a{part}b/s"),
                format!("arn:aws:organizations::111122223333:policy/o-a/service_control_policy/p-a{part}b"),
                format!("arn:aws:s3:::a{part}b/key"),
                format!("arn:aws:iam::{part}:user/a"),
                format!("arn:aws{part}:iam::111122223333:user/a"),
            ] {
                let text = linked("name", &Link::Arn(arn.clone()));
                let Some(rest) = text.strip_prefix("\u{1b}]8;;") else {
                    assert_eq!(text, "name", "{arn:?}");
                    continue;
                };
                let (address, rest) = rest.split_once("\u{1b}\\").unwrap();
                let plain = |letter: char| letter.is_ascii_graphic() && letter != ';';
                assert!(address.starts_with("https://") && address.chars().all(plain), "{arn:?}: {address:?}");
                assert_eq!(rest, "name\u{1b}]8;;\u{1b}\\", "{arn:?}");
            }
        }
    }

    #[test]
    fn a_text_of_several_lines_is_a_link_on_each_of_them() {
        let page = Link::Page("https://docs.aws.amazon.com/example.html");
        let text = linked("one\n  two\n", &page);
        let (start, end) = ("\u{1b}]8;;https://docs.aws.amazon.com/example.html\u{1b}\\", "\u{1b}]8;;\u{1b}\\");
        assert_eq!(text, format!("{start}one{end}\n  {start}two{end}\n"));
        assert_eq!(without_links(&text), "one\n  two\n");
        let upper = around_links(&text, str::to_uppercase);
        assert_eq!(upper, format!("{start}ONE{end}\n  {start}TWO{end}\n"));
    }
}
