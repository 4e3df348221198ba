//! Findings as SARIF 2.1.0, which code scanning shows beside the lines of a change.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html>

use serde::Serialize;

use super::checkout::{Checkout, uri};
use super::{printable, to_json};
use crate::iam::secret;
use crate::report::finding::{Finding, Level, Place, Rule};
use crate::report::words;

/// The findings as one log with one run. What stands in no file is left out, since every tool shows findings in files; how many
/// these are is said among the notifications.
#[must_use]
pub(super) fn sarif(findings: &[Finding], checkout: Option<&Checkout>) -> String {
    let mut rules: Vec<RuleRecord> = Vec::new();
    let mut results = Vec::new();
    for finding in findings.iter().filter(|finding| !finding.places.is_empty()) {
        let id = finding.rule.code();
        let rule_index = rules.iter().position(|rule| rule.id == id).unwrap_or_else(|| {
            rules.push(RuleRecord::new(finding.rule));
            rules.len() - 1
        });
        results.push(ResultRecord::new(finding, rule_index, checkout));
    }
    let without = findings.len() - results.len();
    let notification = |count| Notification { level: Level::Note, message: text(&words::finding::without_file(count)) };
    let log = Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool { driver: Driver { name: "iamdx", semantic_version: env!("CARGO_PKG_VERSION"), rules } },
            invocations: [Invocation {
                execution_successful: true,
                tool_execution_notifications: (without > 0).then(|| notification(without)).into_iter().collect(),
            }],
            column_kind: "unicodeCodePoints",
            results,
        }],
    };
    format!("{}\n", secret::redact(&to_json(&log, true)))
}

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool,
    invocations: [Invocation; 1],
    column_kind: &'static str,
    results: Vec<ResultRecord<'a>>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<RuleRecord>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: Level,
    message: Message,
}

#[derive(Serialize)]
struct Message {
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    markdown: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RuleRecord {
    id: &'static str,
    short_description: Message,
    help: Message,
    default_configuration: Configuration,
    properties: Properties,
}

#[derive(Serialize)]
struct Configuration {
    level: Level,
}

/// What code scanning of GitHub sorts by.
/// <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Properties {
    tags: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    security_severity: Option<&'static str>,
}

impl RuleRecord {
    fn new(rule: Rule) -> Self {
        let help = rule.help();
        Self {
            id: rule.code(),
            short_description: text(rule.title()),
            help: Message { markdown: Some(help), ..text(help) },
            default_configuration: Configuration { level: rule.level() },
            properties: Properties {
                tags: if rule.severity().is_some() { vec!["security", "aws-iam"] } else { vec!["aws-iam"] },
                security_severity: rule.severity(),
            },
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultRecord<'a> {
    rule_id: &'static str,
    rule_index: usize,
    level: Level,
    message: Message,
    locations: [Location<'a>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location<'a>>,
    partial_fingerprints: Fingerprints,
}

#[derive(Serialize)]
struct Fingerprints {
    #[serde(rename = "iamdx/v1")]
    own: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names are those of SARIF")]
struct Location<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<LogicalLocation<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation<'a> {
    fully_qualified_name: &'a str,
    kind: &'static str,
}

impl<'a> ResultRecord<'a> {
    fn new(finding: &'a Finding, rule_index: usize, checkout: Option<&Checkout>) -> Self {
        let physical = |place: &Place| PhysicalLocation {
            artifact_location: ArtifactLocation { uri: uri(checkout, &place.file) },
            region: Region {
                start_line: place.line,
                start_column: place.column,
                end_line: place.end.map(|(line, _)| line),
                end_column: place.end.map(|(_, column)| column),
            },
        };
        let of_place = |(index, place): (usize, &Place)| Location {
            id: (index > 0).then_some(index),
            physical_location: physical(place),
            logical_locations: Vec::new(),
        };
        let mut places = finding.places.iter().enumerate().map(of_place);
        let about = finding.about.iter();
        let logical = about.map(|name| LogicalLocation { fully_qualified_name: name, kind: "resource" }).collect();
        // only findings that have a place are written
        let first = places.next().unwrap_or_else(|| of_place((0, &Place::line("", 1))));
        let rest = places.collect();
        Self {
            rule_id: finding.rule.code(),
            rule_index,
            level: finding.level,
            message: text(&finding.message),
            locations: [Location { logical_locations: logical, ..first }],
            related_locations: rest,
            partial_fingerprints: Fingerprints { own: finding.fingerprint() },
        }
    }
}

/// A message in which nothing is a link or a placeholder.
fn text(plain: &str) -> Message {
    let printable = printable(plain);
    let mut safe = String::with_capacity(printable.len());
    let mut rest = printable.as_str();
    while let Some(at) = rest.find([']', '{']) {
        let (before, found) = rest.split_at(at);
        safe.push_str(before);
        let number = found.strip_prefix('{').and_then(|inner| inner.split_once('}')).map(|(number, _)| number);
        let number = number.filter(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
        let length = if let Some(number) = number {
            safe.push_str("{{");
            safe.push_str(number);
            safe.push_str("}}");
            number.len() + 2
        } else {
            // the end of a link's text: without it there is no link
            safe.push_str(if found.starts_with("](") { "\\]" } else { found.get(..1).unwrap_or_default() });
            1
        };
        rest = found.get(length..).unwrap_or_default();
    }
    safe.push_str(rest);
    Message { text: safe, markdown: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_message_is_a_link_or_a_placeholder() {
        assert_eq!(
            text("[a](http://e.x) x[0] {0} ${aws:username}\u{1b}").text,
            "[a\\](http://e.x) x[0] {{0}} ${aws:username}\\u{1b}"
        );
    }
}
