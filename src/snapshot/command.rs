//! The command that would show what is missing. Names come from untrusted text and are quoted for a shell.

/// One word of a command, quoted where a POSIX shell needs it. A name with control characters cannot be an AWS name and becomes `NAME`.
pub(super) fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    if text.is_empty() || text.chars().any(char::is_control) {
        "NAME".to_owned()
    } else if text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// `--option VALUE`; with `=` where the value would be taken for an option.
pub(super) fn option(name: &str, value: &str) -> String {
    let separator = if value.starts_with('-') { "=" } else { " " };
    format!("{name}{separator}{}", word(value))
}

/// The file name that examples of `iamdx snapshot` use.
pub(super) const SNAPSHOT: &str = "iamdx snapshot --output snapshot.json";

/// The whole account at once.
pub(super) const ACCOUNT: &str =
    "aws iam get-account-authorization-details > account.json  # then: --snapshot account.json";

/// What shows the document of a managed policy.
pub(super) fn managed_policy(arn: &str) -> String {
    let arn = option("--policy-arn", arn);
    format!(
        "aws iam get-policy-version {arn} --version-id \"$(aws iam get-policy {arn} --query Policy.DefaultVersionId --output text)\""
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_their_word() {
        assert_eq!(
            [word("alice"), word("a b"), word("x';rm -rf ~;'"), word("$(id)"), word("a\nb"), word("")],
            ["alice", "'a b'", r"'x'\'';rm -rf ~;'\'''", "'$(id)'", "NAME", "NAME"]
        );
        assert_eq!(option("--user-name", "-x"), "--user-name=-x");
    }
}
