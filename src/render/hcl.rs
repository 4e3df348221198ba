//! Terraform's language: blocks, strings and documents in which nothing is interpolated.
//!
//! <https://developer.hashicorp.com/terraform/language/expressions/strings>

use std::fmt::Write as _;

use crate::text::is_unprintable;

/// A block with its arguments aligned, as `terraform fmt` has it.
#[derive(Debug, Clone)]
pub(super) struct Block {
    head: String,
    remarks: Vec<String>,
    arguments: Vec<(String, String)>,
}

impl Block {
    /// `resource "TYPE" "LABEL"`.
    pub(super) fn resource(kind: &str, label: &str) -> Self {
        Self { head: format!("resource \"{kind}\" \"{label}\""), remarks: Vec::new(), arguments: Vec::new() }
    }

    /// `variable "NAME"`: without a default, Terraform asks for it.
    pub(super) fn variable(name: &str, description: &str) -> Self {
        let block = Self { head: format!("variable \"{name}\""), remarks: Vec::new(), arguments: Vec::new() };
        block.expression("type", "string").text("description", description)
    }

    /// A line of explanation in the block.
    pub(super) fn remark(mut self, text: &str) -> Self {
        self.remarks.push(crate::text::remark(text));
        self
    }

    /// An argument that is a string.
    pub(super) fn text(self, name: &str, value: &str) -> Self {
        self.expression(name, &string(value))
    }

    /// An argument that refers to something.
    pub(super) fn expression(mut self, name: &str, value: &str) -> Self {
        self.arguments.push((name.to_owned(), value.to_owned()));
        self
    }

    /// An argument that is a JSON document, as it is written.
    pub(super) fn document(self, name: &str, text: &str) -> Self {
        let value = heredoc(text);
        self.expression(name, &value)
    }

    /// The block's text.
    pub(super) fn print(&self) -> String {
        let width = self.arguments.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        let mut text = format!("{} {{\n", self.head);
        for remark in &self.remarks {
            // writing to a string cannot fail
            let _ = writeln!(text, "  # {remark}");
        }
        for (name, value) in &self.arguments {
            let _ = writeln!(text, "  {name:<width$} = {value}");
        }
        text.push_str("}\n");
        text
    }
}

/// A JSON document as it is; a line of it cannot be the end mark, since it would not be JSON.
fn heredoc(text: &str) -> String {
    format!("<<-JSON\n{}\n  JSON", literal(text.trim_end()))
}

/// A quoted string.
pub(super) fn string(text: &str) -> String {
    let mut quoted = "\"".to_owned();
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(character);
            }
            _ if is_unprintable(character) => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(character));
            }
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    literal(&quoted)
}

/// Terraform's own marks, doubled.
fn literal(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

/// The name of a block: letters, digits and underscores, not beginning with a digit.
pub(super) fn label(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    if plain.starts_with(|c: char| c.is_ascii_digit()) || plain.is_empty() { format!("policy_{plain}") } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_policy_is_interpolated() {
        assert_eq!(
            heredoc("{\"a\": \"${aws:username} %{x} $${y}\"}\n"),
            "<<-JSON\n{\"a\": \"$${aws:username} %%{x} $$${y}\"}\n  JSON"
        );
        assert_eq!(string("a\"b\\\n${x}"), r#""a\"b\\\u000a$${x}""#);
        assert_eq!((label("No-GenAI"), label("1st")), ("no_genai".to_owned(), "policy_1st".to_owned()));
    }

    #[test]
    fn arguments_are_aligned() {
        let block =
            Block::resource("aws_iam_role_policy", "read").remark("a\nb").text("name", "read").text("role", "web");
        assert_eq!(
            block.text("policy_arn", "x").print(),
            "resource \"aws_iam_role_policy\" \"read\" {\n  # a?b\n  name       = \"read\"\n  role       = \"web\"\n  policy_arn = \"x\"\n}\n"
        );
    }
}
