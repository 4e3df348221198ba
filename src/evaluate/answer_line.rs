//! An answer as a line of JSON: the same that `serde_json` writes, put together from parts that need no look at each character.

use serde::Serialize;

use super::test_case::{Answer, AnswerProblem, MatchedStatement};
use crate::iam::Effect;

/// Bytes of most lines.
const LINE: usize = 512;

impl Answer {
    /// The answer as JSON on one line.
    #[must_use]
    pub fn to_line(&self) -> String {
        let Self { id, decision, decided_by, matched_statements, missing_context_values, problems } = self;
        let mut line = Line(Vec::with_capacity(LINE));
        line.plain("{\"id\":");
        line.value(id);
        line.plain(",\"decision\":\"");
        line.plain(decision.id());
        line.plain("\",\"decided_by\":");
        line.list(decided_by, |line, id| line.text(id));
        line.plain(",\"matched_statements\":");
        line.list(matched_statements, Line::matched);
        line.plain(",\"missing_context_values\":");
        line.list(missing_context_values, |line, key| line.text(key));
        if !problems.is_empty() {
            line.plain(",\"problems\":");
            line.list(problems, Line::problem);
        }
        line.plain("}");
        // it is made of texts
        String::from_utf8(line.0).unwrap_or_default()
    }
}

struct Line(Vec<u8>);

impl Line {
    /// What is JSON already.
    fn plain(&mut self, json: &str) {
        self.0.extend_from_slice(json.as_bytes());
    }

    fn value(&mut self, value: &impl Serialize) {
        let before = self.0.len();
        // numbers, texts and what was read from JSON can be written
        if serde_json::to_writer(&mut self.0, value).is_err() {
            self.0.truncate(before);
            self.plain("null");
        }
    }

    fn text(&mut self, text: &str) {
        let mut escaped = false;
        for byte in text.as_bytes() {
            escaped |= *byte < b' ';
            escaped |= *byte == b'"';
            escaped |= *byte == b'\\';
        }
        if escaped {
            return self.value(&text);
        }
        self.0.push(b'"');
        self.plain(text);
        self.0.push(b'"');
    }

    fn list<T>(&mut self, items: &[T], mut write: impl FnMut(&mut Self, &T)) {
        let mut before = b'[';
        for item in items {
            self.0.push(before);
            write(self, item);
            before = b',';
        }
        self.plain(if items.is_empty() { "[]" } else { "]" });
    }

    fn matched(&mut self, matched: &MatchedStatement) {
        let MatchedStatement { policy_type, policy, sid, index, effect, line, column } = matched;
        self.plain("{\"policy_type\":");
        self.text(policy_type);
        self.plain(",\"policy\":");
        self.text(policy);
        self.plain(",\"sid\":");
        match sid {
            Some(sid) => self.text(sid),
            None => self.plain("null"),
        }
        self.plain(",\"index\":");
        self.value(index);
        self.plain(match effect {
            Effect::Allow => ",\"effect\":\"Allow\",\"line\":",
            Effect::Deny => ",\"effect\":\"Deny\",\"line\":",
        });
        self.value(line);
        self.plain(",\"column\":");
        self.value(column);
        self.plain("}");
    }

    fn problem(&mut self, problem: &AnswerProblem) {
        let AnswerProblem { policy_type, policy, line, column, message, code } = problem;
        self.plain("{\"policy_type\":");
        self.text(policy_type);
        self.plain(",\"policy\":");
        self.text(policy);
        self.plain(",\"line\":");
        self.value(line);
        self.plain(",\"column\":");
        self.value(column);
        self.plain(",\"message\":");
        self.text(message);
        self.plain(",\"code\":");
        self.text(code);
        self.plain("}");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::evaluate::Decision;

    #[test]
    fn the_line_is_what_serde_json_writes() {
        let texts = ["", "plain", "größe \u{7f}", "a\"b\\c", "\u{1b}[0m\n\t\u{8}\u{c}\u{0}"];
        let ids = [json!(null), json!(1), json!(-1.5), json!("a\"b"), json!({"b": [1, "é"], "a": null})];
        let matched = |text: &str, sid: Option<&str>, effect, index| MatchedStatement {
            policy_type: "identity-based",
            policy: text.to_owned(),
            sid: sid.map(str::to_owned),
            index,
            effect,
            line: index * 1000,
            column: usize::MAX,
        };
        let problem = |text: &str| AnswerProblem {
            policy_type: "session",
            policy: text.to_owned(),
            line: 1,
            column: 2,
            message: text.repeat(2),
            code: "no-effect",
        };
        for (text, id) in texts.into_iter().zip(ids) {
            for count in 0..3 {
                let answer = Answer {
                    id: id.clone(),
                    decision: Decision::ImplicitDeny,
                    decided_by: vec!["identity-based"; count],
                    matched_statements: (0..count)
                        .map(|index| {
                            let effect = if index == 0 { Effect::Allow } else { Effect::Deny };
                            matched(text, (index > 0).then_some(text), effect, index)
                        })
                        .collect(),
                    missing_context_values: vec![text.to_owned(); count],
                    problems: vec![problem(text); count],
                };
                assert_eq!(answer.to_line(), serde_json::to_string(&answer).unwrap());
            }
        }
    }
}
