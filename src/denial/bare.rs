//! A text that says that something was denied, and nothing more: enough where a person says what it was.

use super::facts::{Denial, DenialKind};
use super::non_iam_failures::is_other_cloud;
use super::note::Note;

/// Words that an AWS SDK or service leaves of a denial, in lower case, and the error code that they are.
const WORDS: [(&str, Option<&str>); 7] = [
    ("accessdeniedexception", Some("AccessDeniedException")),
    ("accessdenied", Some("AccessDenied")),
    ("unauthorizedoperation", Some("UnauthorizedOperation")),
    ("unauthorizedaccess", Some("UnauthorizedAccess")),
    ("authorizationerror", Some("AuthorizationError")),
    ("access denied", None),
    ("forbidden", None),
];

/// The denial of a text in which [`super::parse`] finds none; of two codes the one that says more.
#[must_use]
pub fn bare(text: &str) -> Option<Denial> {
    let lower = text.to_ascii_lowercase();
    let (word, code) = WORDS.iter().find(|(word, _)| lower.contains(word))?;
    let at = lower.find(word)?;
    let mut denial = Denial::new(DenialKind::IamDenial);
    denial.error_code = code.map(str::to_owned);
    denial.line = lower.get(..at).map_or(1, |before| before.matches('\n').count() + 1);
    denial.add_note(Note::NoReason);
    Some(denial)
}

/// How words begin that AWS, its hosts, SDKs and services leave in a text, in lower case.
const OF_AWS: [&str; 9] = ["aws", "amazon", "boto", "s3", "lambda", "dynamodb", "cloudformation", "bedrock", "ec2"];
/// The same as whole words: other words begin with them.
const WORDS_OF_AWS: [&str; 8] = ["arn", "iam", "sts", "kms", "sqs", "sns", "ecr", "eks"];

/// What other systems say that deny in such words, in lower case; a word of AWS's may stand beside it.
const OF_OTHERS: [&str; 5] =
    ["access denied for user", "pull access denied", "googleapi", "iam.serviceaccounts", "(publickey"];

/// More words than this say what was denied, so a text of them that has nothing of AWS is of something else.
const FEW: usize = 8;

/// Whether a text without a denial that can be read may be what is left of one of AWS, so that it is worth asking for the rest.
///
/// Databases, build servers and proxies deny, too.
#[must_use]
pub fn may_be_of_aws(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let words = || {
        lower
            .split(|c: char| c.is_whitespace() || ",;()[]{}\"'`<>=".contains(c))
            .map(|word| word.trim_matches([':', '.']))
    };
    // the exception of a program, whose package tells whose it is
    let foreign = |word: &str| {
        word.rsplit_once('.').is_some_and(|(package, name)| {
            name.starts_with("accessdenied")
                && !["aws", "amazon", "boto", "java.nio"].iter().any(|own| package.contains(own))
        })
    };
    if is_other_cloud(text) || OF_OTHERS.iter().any(|said| lower.contains(said)) || words().any(foreign) {
        return false;
    }
    let code = |word: &str| WORDS.iter().any(|(code, name)| name.is_some() && word == *code);
    let of_aws = |word: &str| OF_AWS.iter().any(|sign| word.starts_with(sign)) || WORDS_OF_AWS.contains(&word);
    words().any(code)
        || lower.split(|c: char| !c.is_ascii_alphanumeric()).any(of_aws)
        || lower.split_whitespace().count() <= FEW
}

#[cfg(test)]
mod tests {
    use super::{bare, may_be_of_aws};

    #[test]
    fn the_error_of_another_system_is_not_asked_about() {
        for text in [
            "ERROR 1045 (28000): Access denied for user 'app'@'10.0.1.5' (using password: YES)",
            "googleapi: Error 403: Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist)., forbidden",
            "mc: <ERROR> Unable to list folder. Access Denied. endpoint=http://minio.local:9000",
            "hudson.security.AccessDeniedException3: ana is missing the Job/Build permission",
            "org.springframework.security.access.AccessDeniedException: Access is denied",
            "Error response from daemon: pull access denied for acme/shop, repository does not exist or may require 'docker login'",
            "fatal: unable to access 'https://git.example.com/shop.git/': The requested URL returned error: 403 Forbidden by the proxy",
        ] {
            assert!(!may_be_of_aws(text), "{text}");
        }
        for text in [
            "AccessDenied",
            "403 Forbidden",
            "upload failed\nAccessDeniedException",
            "Access Denied",
            "the job that copies the report every night to s3://reports says access denied since Monday",
            "com.example.Upload failed after three attempts with the code AccessDeniedException and stopped",
        ] {
            assert!(may_be_of_aws(text), "{text}");
        }
    }

    #[test]
    fn a_word_is_a_denial_about_which_nothing_is_known() {
        let code = |text: &str| bare(text).map(|denial| (denial.error_code, denial.line));
        assert_eq!(code("AccessDenied"), Some((Some("AccessDenied".to_owned()), 1)));
        assert_eq!(code("upload failed\nAccessDeniedException"), Some((Some("AccessDeniedException".to_owned()), 2)));
        assert_eq!(code("403 Forbidden"), Some((None, 1)));
        assert_eq!(code("all is well"), None);
    }
}
