//! A command for a person to run: words in, one line for a POSIX shell out. Every text in it is untrusted and quoted.

use std::fmt;

use crate::text::{quoted, quoted_inside, remark};

/// A command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    words: Vec<Word>,
    /// The variable that takes its output.
    captured: Option<&'static str>,
    stdout: Option<Stdout>,
    note: Option<String>,
    removes: bool,
}

/// One word of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Word {
    /// This text, whatever is in it.
    Text(String),
    /// What the reader fills in. Until then the shell stops at it and says its name.
    FillIn(Blank),
    /// What a variable holds that a command before this one set. The shell stops when it is empty.
    Variable(&'static str),
    /// What another command prints.
    Output(Box<Command>),
    /// A text that no command can pass on: the AWS CLI would take it for the address of a file or page.
    Impossible,
}

/// The file that takes what a command prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stdout {
    New(&'static str),
    Append(&'static str),
}

/// A value to be filled in by the reader: the name of its variable, and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blank {
    name: &'static str,
    what: &'static str,
    /// The command that lists such values; empty where there is none.
    listed_by: &'static str,
    /// The file whose document it is about.
    document: Option<String>,
}

/// What is said of a command in a comment after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remark {
    /// The file is the policy as it was passed.
    AsPassed,
    /// It finds the record of the call that made a session, for a denial that is then diagnosed again.
    RecordOfSession {
        /// Whether a call with a web identity or SAML may have made the session.
        federated: bool,
    },
    /// It is run in the management account of the organization.
    InManagementAccount,
    /// The same, and then once more for each parent of the account.
    ForEachParent,
    /// It is run with credentials that may read the organization.
    /// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html>
    ByOrganizationAdmin,
    /// It tells who was denied only where it is run as that was: a node, a pod and a pipeline have credentials of their own.
    AsTheDenied,
}

impl Remark {
    /// Whose credentials a command needs, where two accounts are concerned.
    fn credentials_of(account: &str) -> String {
        format!("with credentials of account {account}")
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AsPassed => f.write_str("the policy as it was passed"),
            Self::InManagementAccount => f.write_str("in the management account"),
            Self::ForEachParent => {
                f.write_str("in the management account; then the same for each parent (list-parents)")
            }
            Self::ByOrganizationAdmin => {
                f.write_str("with credentials of the management account, or of a delegated administrator")
            }
            Self::AsTheDenied => f.write_str("as the program that was denied, not as you"),
            Self::RecordOfSession { federated } => {
                let or = if *federated { ", or of AssumeRoleWithWebIdentity or AssumeRoleWithSAML" } else { "" };
                write!(f, "within 90 days, in the Region of the STS endpoint{or}, then: iamdx diagnose denial.txt")
            }
        }
    }
}

impl Blank {
    /// The ARN of a managed policy.
    pub const POLICY_ARN: Self = Self::new("POLICY_ARN", "the ARN of the managed policy", "");
    /// The id of a service control policy.
    pub const SCP_ID: Self =
        Self::new("POLICY_ID", "the id of the SCP", "aws organizations list-policies --filter SERVICE_CONTROL_POLICY");
    /// The id of a resource control policy.
    pub const RCP_ID: Self =
        Self::new("POLICY_ID", "the id of the RCP", "aws organizations list-policies --filter RESOURCE_CONTROL_POLICY");
    /// What a policy of the organization is attached to.
    pub const TARGET_ID: Self = Self::new("TARGET_ID", "the id of the root, OU or account", "");
    /// The id of a VPC endpoint.
    pub const ENDPOINT_ID: Self =
        Self::new("VPC_ENDPOINT_ID", "the id of the VPC endpoint", "aws ec2 describe-vpc-endpoints");
    /// The name of a role.
    pub const ROLE: Self = Self::new("ROLE_NAME", "the name of the role that is assumed", "");
    /// The instance of IAM Identity Center.
    pub const INSTANCE_ARN: Self = Self::new("INSTANCE_ARN", "the ARN of the instance", "aws sso-admin list-instances");
    /// A permission set of IAM Identity Center.
    pub const PERMISSION_SET_ARN: Self =
        Self::new("PERMISSION_SET_ARN", "the ARN of the permission set", "aws sso-admin list-permission-sets");
    /// The name of a user.
    pub const USER: Self = Self::new("USER_NAME", "the name of the IAM user", "");
    /// The id of an access key.
    pub const ACCESS_KEY_ID: Self = Self::new("ACCESS_KEY_ID", "the id of the access key", "");
    /// A Region.
    pub const REGION: Self = Self::new("REGION", "the Region that was called", "");
    /// The id of a model of Amazon Bedrock.
    pub const MODEL_ID: Self = Self::new("MODEL_ID", "the id of the model, without the prefix of a profile", "");
    /// The token of an offer of AWS Marketplace.
    pub const OFFER_TOKEN: Self = Self::new("OFFER_TOKEN", "the offerToken that the command before it prints", "");
    /// The name of a bucket.
    pub const BUCKET: Self = Self::new("BUCKET", "the name of the bucket", "");
    /// The files of a trail.
    pub const TRAIL: Self = Self::new("TRAIL", "the files or folder of the trail", "");
    /// A cluster of EKS.
    pub const CLUSTER: Self = Self::new("CLUSTER", "the name of the EKS cluster", "aws eks list-clusters");
    /// A pod identity association.
    pub const ASSOCIATION_ID: Self = Self::new(
        "ASSOCIATION_ID",
        "the id of the association of the pod's namespace and service account",
        "aws eks list-pod-identity-associations",
    );
    /// An account.
    pub const ACCOUNT_ID: Self = Self::new("ACCOUNT_ID", "the id of the account", "");

    const fn new(name: &'static str, what: &'static str, listed_by: &'static str) -> Self {
        Self { name, what, listed_by, document: None }
    }

    /// The blank of one document, by the name of its file without the ending: what is filled in for one document must not be taken for
    /// another, neither in the same script nor in a later one of the same shell. No other document may have a name that differs from this
    /// one only in case or signs.
    #[must_use]
    pub fn of_document(self, file_stem: &str) -> Self {
        Self { document: Some(file_stem.to_owned()), ..self }
    }

    /// The whole name of its variable.
    #[must_use]
    pub fn variable(&self) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
        let document = self.document.iter().flat_map(|stem| std::iter::once('_').chain(stem.chars().map(plain)));
        "FILL_IN_".chars().chain(self.name.chars()).chain(document).collect()
    }

    /// As a shell takes it: nothing runs until the variable is set.
    ///
    /// <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_06_02>
    fn word(&self) -> String {
        format!("\"${{{}:?}}\"", self.variable())
    }

    /// What it is, as a comment without its sign.
    #[must_use]
    pub fn explained(&self) -> String {
        let document = self.document.as_ref().map_or_else(String::new, |stem| format!(" for {stem}.json"));
        let listed_by = if self.listed_by.is_empty() { String::new() } else { format!(": {}", self.listed_by) };
        format!("{} is {}{document}{listed_by}", self.variable(), self.what)
    }
}

impl Command {
    /// A program with its words, or options of iamdx that are given next time. The words are separated by spaces.
    #[must_use]
    pub fn new(words: &str) -> Self {
        Self { words: Vec::new(), captured: None, stdout: None, note: None, removes: false }.words(words)
    }

    /// `aws SERVICE OPERATION`.
    #[must_use]
    pub fn aws(words: &str) -> Self {
        Self::new("aws").words(words)
    }

    /// Further words, separated by spaces.
    #[must_use]
    pub fn words(mut self, words: &str) -> Self {
        self.words.extend(words.split_ascii_whitespace().map(|word| Word::Text(word.to_owned())));
        self
    }

    /// One word, whatever is in it.
    #[must_use]
    pub fn word(mut self, text: impl Into<String>) -> Self {
        self.words.push(Word::Text(text.into()));
        self
    }

    /// An option with a value. One that begins with a dash is joined to its option, or it would be taken for an option itself.
    ///
    /// <https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-file.html>
    #[must_use]
    pub fn option(self, option: &str, value: &str) -> Self {
        // such values are replaced by what the file or page holds, and nothing quotes them
        if ["file://", "fileb://", "http://", "https://"].iter().any(|start| value.starts_with(start)) {
            return self.with(option, Word::Impossible);
        }
        self.own(option, value)
    }

    fn own(self, option: &str, value: &str) -> Self {
        if value.starts_with('-') {
            self.word(format!("{option}={value}"))
        } else {
            self.with(option, Word::Text(value.to_owned()))
        }
    }

    fn with(mut self, option: &str, value: Word) -> Self {
        self.words.extend([Word::Text(option.to_owned()), value]);
        self
    }

    /// An option whose value is read from a file.
    #[must_use]
    pub fn file(self, option: &str, file: &str) -> Self {
        self.own(option, &format!("file://{file}"))
    }

    /// An option whose value is an address that was made here, such as that of a queue.
    #[must_use]
    pub fn address(self, option: &str, url: &str) -> Self {
        self.own(option, url)
    }

    /// The Region, where there is one.
    #[must_use]
    pub fn region(self, region: &str) -> Self {
        if region.is_empty() { self } else { self.option("--region", region) }
    }

    /// An option whose value the reader fills in.
    #[must_use]
    pub fn fill_in(self, option: &str, blank: Blank) -> Self {
        self.with(option, Word::FillIn(blank))
    }

    /// A word that the reader fills in.
    #[must_use]
    pub fn filled_in(mut self, blank: Blank) -> Self {
        self.words.push(Word::FillIn(blank));
        self
    }

    /// An option with its value, or the blank for it.
    #[must_use]
    pub fn option_or(self, option: &str, value: Option<&str>, blank: Blank) -> Self {
        match value {
            Some(value) => self.option(option, value),
            None => self.fill_in(option, blank),
        }
    }

    /// An option whose value is what another command prints.
    #[must_use]
    pub fn output_of(self, option: &str, command: Self) -> Self {
        self.with(option, Word::Output(Box::new(command)))
    }

    /// An option whose value is in a variable.
    #[must_use]
    pub fn variable(self, option: &str, name: &'static str) -> Self {
        self.with(option, Word::Variable(name))
    }

    /// Its output goes into a variable.
    #[must_use]
    pub const fn captured(mut self, name: &'static str) -> Self {
        self.captured = Some(name);
        self
    }

    /// Its output goes into a new file.
    #[must_use]
    pub const fn into_file(mut self, file: &'static str) -> Self {
        self.stdout = Some(Stdout::New(file));
        self
    }

    /// Its output goes to the end of a file.
    #[must_use]
    pub const fn onto_file(mut self, file: &'static str) -> Self {
        self.stdout = Some(Stdout::Append(file));
        self
    }

    /// A comment after it. Names in it must be quoted: some shells read a comment as words.
    #[must_use]
    pub fn note(mut self, note: impl AsRef<str>) -> Self {
        self.note = Some(remark(note.as_ref()));
        self
    }

    /// It is run with credentials of this account, which comes before whatever is said of it already.
    #[must_use]
    pub fn with_credentials_of(self, account: &str) -> Self {
        let who = Remark::credentials_of(account);
        let whole = self.note.as_ref().map_or_else(|| who.clone(), |note| format!("{who}; {note}"));
        self.note(whole)
    }

    /// It takes something away, so that it has nothing to do where that is gone.
    #[must_use]
    pub const fn removal(mut self) -> Self {
        self.removes = true;
        self
    }

    /// Whether it is a call of the AWS CLI.
    #[must_use]
    pub fn is_of_aws(&self) -> bool {
        matches!(self.words.first(), Some(Word::Text(program)) if program == "aws")
    }

    /// Whether it takes something away.
    #[must_use]
    pub const fn is_removal(&self) -> bool {
        self.removes
    }

    /// Its words.
    #[must_use]
    pub fn as_words(&self) -> &[Word] {
        &self.words
    }

    /// Replaces every value of an option, and the note, which is the value of an option without a name. What stands before the first
    /// option is the program's.
    pub fn replace_values(&mut self, change: &mut dyn FnMut(&str, &str) -> String) {
        let Self { words, captured: _, stdout: _, note, removes: _ } = self;
        let mut option = None;
        for word in words {
            match word {
                Word::Text(text) if text.starts_with("--") => {
                    let (name, value) =
                        text.split_once('=').map_or((text.as_str(), None), |(name, value)| (name, Some(value)));
                    option = Some(name.to_owned());
                    if let Some(value) = value {
                        *text = format!("{name}={}", change(name, value));
                    }
                }
                Word::Text(text) => {
                    if let Some(option) = &option {
                        *text = change(option, text);
                    }
                }
                Word::Output(command) => command.replace_values(change),
                Word::FillIn(_) | Word::Variable(_) | Word::Impossible => {}
            }
        }
        if let Some(note) = note {
            *note = change("", note);
        }
    }

    /// Whether a shell can run it.
    #[must_use]
    pub fn is_possible(&self) -> bool {
        self.words.iter().all(|word| match word {
            Word::Impossible => false,
            Word::Output(command) => command.is_possible(),
            Word::Text(_) | Word::FillIn(_) | Word::Variable(_) => true,
        })
    }

    /// What the reader has to fill in, each once, in order.
    #[must_use]
    pub fn blanks(&self) -> Vec<Blank> {
        let mut all: Vec<Blank> = Vec::new();
        for word in &self.words {
            let of_word = match word {
                Word::FillIn(blank) => vec![blank.clone()],
                Word::Output(command) => command.blanks(),
                Word::Text(_) | Word::Variable(_) | Word::Impossible => Vec::new(),
            };
            for blank in of_word {
                if !all.contains(&blank) {
                    all.push(blank);
                }
            }
        }
        all
    }

    /// The line without its comment, to be run.
    #[must_use]
    pub fn line(&self) -> String {
        if !self.is_possible() {
            return "# no command: a name in it is one that the AWS CLI takes for the address of a file or page"
                .to_owned();
        }
        let call = self.call(quoted);
        let call = match self.captured {
            Some(name) => format!("{name}=$({call})"),
            None => call,
        };
        match self.stdout {
            Some(Stdout::New(file)) => format!("{call} > {}", quoted(file)),
            Some(Stdout::Append(file)) => format!("{call} >> {}", quoted(file)),
            None => call,
        }
    }

    fn call(&self, quote: fn(&str) -> String) -> String {
        let word = |word: &Word| match word {
            Word::Text(text) => quote(text),
            Word::FillIn(blank) => blank.word(),
            Word::Variable(name) => format!("\"${{{name}:?}}\""),
            Word::Output(command) => format!("\"$({})\"", command.call(quoted_inside)),
            Word::Impossible => String::new(),
        };
        self.words.iter().map(word).collect::<Vec<_>>().join(" ")
    }

    /// As a person copies it: the command alone on its line, and its comment on the next, because zsh takes a comment that is typed
    /// after a command for further words of it.
    /// <https://zsh.sourceforge.io/Doc/Release/Options.html> (`INTERACTIVE_COMMENTS`)
    #[must_use]
    pub fn to_copy(&self) -> Vec<String> {
        let note = self.note.iter().map(|note| format!("# {note}"));
        std::iter::once(self.line()).chain(note).collect()
    }

    /// Several commands as a text: one a line; `None` where there are none.
    #[must_use]
    pub fn lines(commands: &[Self]) -> Option<String> {
        let lines: Vec<String> = commands.iter().map(ToString::to_string).collect();
        if lines.is_empty() { None } else { Some(lines.join("\n")) }
    }
}

/// The line with its comment.
impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line())?;
        match &self.note {
            Some(note) => write!(f, "  # {note}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_with_a_dash_is_no_option() {
        let call = Command::aws("iam get-role").option("--role-name", "-x").line();
        assert_eq!(call, "aws iam get-role --role-name=-x");
    }

    #[test]
    fn a_value_that_the_cli_would_read_from_a_file_makes_no_command() {
        let call = Command::aws("iam get-role").option("--role-name", "file:///etc/hostname");
        assert!(!call.is_possible() && call.line().starts_with("# no command"), "{call}");
    }

    #[test]
    fn a_blank_stops_the_shell() {
        let call = Command::aws("iam get-policy").fill_in("--policy-arn", Blank::POLICY_ARN);
        assert_eq!(call.line(), r#"aws iam get-policy --policy-arn "${FILL_IN_POLICY_ARN:?}""#);
        assert_eq!(call.blanks(), [Blank::POLICY_ARN]);
    }

    #[test]
    fn a_name_stands_in_its_word_wherever_the_word_is() {
        let inner = Command::aws("iam get-policy").option("--policy-arn", "a; b!").words("--output text");
        let call = Command::aws("iam get-policy-version")
            .output_of("--version-id", inner)
            .into_file("policy.json")
            .note("then: --identity-policy policy.json");
        assert_eq!(
            call.to_string(),
            "aws iam get-policy-version --version-id \"$(aws iam get-policy --policy-arn \"$(printf 'a; b\\041')\" --output text)\" \
             > policy.json  # then: --identity-policy policy.json"
        );
    }
}
