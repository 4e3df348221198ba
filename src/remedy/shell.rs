//! Command lines for a POSIX shell, made of untrusted names: what the program gets is exactly what was meant.

use std::fmt::Write as _;

use crate::text::is_unprintable;

/// A call of the AWS CLI in the making.
#[derive(Debug, Clone)]
pub(super) struct Call {
    line: String,
    /// A value that the AWS CLI would take for something else than text.
    refused: bool,
}

impl Call {
    /// `aws SERVICE OPERATION`.
    pub(super) fn new(words: &str) -> Self {
        Self { line: format!("aws {words}"), refused: false }
    }

    /// An option with a value. One that begins with a dash is joined to its option, or it would be taken for an option itself.
    ///
    /// <https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-file.html>
    pub(super) fn with(mut self, option: &str, value: &str) -> Self {
        // such values are replaced by what the file or page holds, and nothing quotes them
        self.refused |= ["file://", "fileb://", "http://", "https://"].iter().any(|start| value.starts_with(start));
        self.push(option, value);
        self
    }

    fn push(&mut self, option: &str, value: &str) {
        // writing to a string cannot fail
        let _ = if value.starts_with('-') {
            write!(self.line, " {}", quoted(&format!("{option}={value}")))
        } else {
            write!(self.line, " {option} {}", quoted(value))
        };
    }

    /// An option whose value is read from a file.
    pub(super) fn file(mut self, option: &str, file: &str) -> Self {
        self.push(option, &format!("file://{file}"));
        self
    }

    /// An address that is our own, such as that of a queue.
    pub(super) fn address(mut self, option: &str, url: &str) -> Self {
        self.push(option, url);
        self
    }

    /// The Region, where there is one.
    pub(super) fn region(self, region: &str) -> Self {
        if region.is_empty() { self } else { self.with("--region", region) }
    }

    /// Words that are the program's own and need no quotes.
    pub(super) fn words(mut self, words: &'static str) -> Self {
        let _ = write!(self.line, " {words}");
        self
    }

    /// An option whose value is not known. Until somebody gives it, the shell stops at it and says its name.
    ///
    /// <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_06_02>
    pub(super) fn fill_in(mut self, option: &str, blank: Blank) -> Self {
        let _ = write!(self.line, " {option} {}", blank.word());
        self
    }

    /// An option with its value, or the blank for it.
    pub(super) fn with_or(self, option: &str, value: Option<&str>, blank: Blank) -> Self {
        match value {
            Some(value) => self.with(option, value),
            None => self.fill_in(option, blank),
        }
    }

    /// The line; a remark where the CLI could not be given one of the values.
    pub(super) fn line(self) -> String {
        if self.refused {
            "# no command: a name in it is one that the AWS CLI takes for the address of a file or page".to_owned()
        } else {
            self.line
        }
    }
}

/// A value to be filled in by the reader: the name of its variable, and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Blank {
    pub(super) name: &'static str,
    pub(super) what: &'static str,
}

impl Blank {
    pub(super) const POLICY_ARN: Self = Self { name: "POLICY_ARN", what: "the ARN of the managed policy" };
    pub(super) const SCP_ID: Self = Self {
        name: "POLICY_ID",
        what: "the id of the SCP: aws organizations list-policies --filter SERVICE_CONTROL_POLICY",
    };
    pub(super) const RCP_ID: Self = Self {
        name: "POLICY_ID",
        what: "the id of the RCP: aws organizations list-policies --filter RESOURCE_CONTROL_POLICY",
    };
    pub(super) const TARGET_ID: Self = Self { name: "TARGET_ID", what: "the id of the root, OU or account" };
    pub(super) const ENDPOINT_ID: Self =
        Self { name: "VPC_ENDPOINT_ID", what: "the id of the VPC endpoint: aws ec2 describe-vpc-endpoints" };
    pub(super) const ROLE: Self = Self { name: "ROLE_NAME", what: "the name of the role that is assumed" };
    pub(super) const INSTANCE_ARN: Self =
        Self { name: "INSTANCE_ARN", what: "the ARN of the instance: aws sso-admin list-instances" };
    pub(super) const PERMISSION_SET_ARN: Self =
        Self { name: "PERMISSION_SET_ARN", what: "the ARN of the permission set: aws sso-admin list-permission-sets" };

    /// As a shell takes it: nothing runs until the variable is set.
    fn word(self) -> String {
        format!("\"${{FILL_IN_{}:?}}\"", self.name)
    }

    /// What it is.
    pub(super) fn remark(self) -> String {
        format!("# FILL_IN_{} is {}", self.name, self.what)
    }
}

/// A word for a POSIX shell: as it is when nothing in it is special, else in single quotes, and with escapes where it holds
/// characters that a terminal would obey.
#[must_use]
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    if !word.chars().any(is_unprintable) {
        return format!("'{}'", word.replace('\'', r"'\''"));
    }
    // <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02_04>
    let mut text = "$'".to_owned();
    for character in word.chars() {
        match character {
            '\'' | '\\' => {
                text.push('\\');
                text.push(character);
            }
            _ if is_unprintable(character) => {
                for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                    let _ = write!(text, "\\{byte:03o}");
                }
            }
            _ => text.push(character),
        }
    }
    text.push('\'');
    text
}

/// A text in a remark: on one line, and nothing in it that a terminal would obey.
pub(super) fn remark(text: &str) -> String {
    text.chars().map(|character| if is_unprintable(character) { '?' } else { character }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_their_quotes() {
        assert_eq!(quoted("user-1@example"), "user-1@example");
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("$(rm -rf ~)'; x"), r"'$(rm -rf ~)'\''; x'");
        assert_eq!(quoted("a'\n\u{202e}b\\"), r"$'a\'\012\342\200\256b\\'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn a_value_with_a_dash_is_no_option() {
        let call = Call::new("iam get-role").with("--role-name", "-x").line();
        assert_eq!(call, "aws iam get-role --role-name=-x");
    }

    #[test]
    fn a_value_that_the_cli_would_read_from_a_file_makes_no_command() {
        let call = Call::new("iam get-role").with("--role-name", "file:///etc/hostname").line();
        assert!(call.starts_with("# no command"), "{call}");
    }

    #[test]
    fn a_blank_stops_the_shell() {
        let call = Call::new("iam get-policy").fill_in("--policy-arn", Blank::POLICY_ARN).line();
        assert_eq!(call, r#"aws iam get-policy --policy-arn "${FILL_IN_POLICY_ARN:?}""#);
    }
}
