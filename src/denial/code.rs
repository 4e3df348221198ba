//! Error codes: which words are codes, and which of them mean a denial.

use std::sync::LazyLock;

use aho_corasick::packed::Searcher;

/// Parts of the codes under which AWS denies; services write them in many ways (`AccessDeniedException`,
/// `Client.UnauthorizedOperation`, `AuthorizationError`, `KMS.AccessDeniedException`, `VpceAccessDenied`).
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>
const DENIAL_PARTS: [&str; 7] = [
    "AccessDenied",
    "Unauthorized",
    "NotAuthorized",
    "AuthorizationE",
    "AccessForbidden",
    "PermissionDenied",
    ROLE_NOT_CREATED,
];

/// The end of EC2's code for a caller who may not create the service-linked role that the call needs.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-linked-roles-spot-instance-requests.html>
pub(super) const ROLE_NOT_CREATED: &str = "ServiceLinkedRoleCreationNotPermitted";

/// Codes that are no denials by name but carry denials of services that answer for others.
const CARRIERS: [&str; 12] = [
    "InvalidRequestException",
    "InvalidParameterException",
    "InvalidParameterValueException",
    "InvalidInputException",
    "ValidationError",
    "ValidationException",
    "OperationNotPermittedException",
    "BadRequestException",
    "ForbiddenException",
    "Forbidden",
    "InvalidArgumentException",
    "InsufficientPermissionsException",
];

/// Whether a byte may be part of a code, a class name with its package included.
pub(super) fn is_code_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'#' | b'$')
}

/// The code without the package of a class or the namespace of a shape, and how many bytes those take.
pub(super) fn unqualified(word: &str) -> (usize, &str) {
    let at = word.rfind(['#', '$']).map_or(0, |at| at + 1);
    let rest = word.get(at..).unwrap_or(word);
    // `Client.X`, `Server.X` and `KMS.X` are codes; `com.amazonaws.x.model.X` is a class
    let dots = rest.matches('.').count();
    let prefix = rest.split('.').next().unwrap_or_default();
    let class = dots > 0 && !(dots == 1 && prefix.starts_with(|c: char| c.is_ascii_uppercase()));
    let at = if class { at + rest.rfind('.').map_or(0, |dot| dot + 1) } else { at };
    (at, word.get(at..).unwrap_or(word))
}

/// Whether the word is the error code of a denial, by name.
pub(super) fn is_denial(word: &str) -> bool {
    // the two below are refusals of sign-in systems
    DENIAL_PARTS.iter().any(|part| word.contains(part))
        && !matches!(word, "NotAuthorizedException" | "UnauthorizedException" | "UnauthorizedAccessException")
        && word.starts_with(|c: char| c.is_ascii_uppercase())
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
        && word.len() <= 64
}

/// Whether the word is an error code under which the general sentence is known to come.
pub(super) fn is_code(word: &str) -> bool {
    is_denial(word) || CARRIERS.contains(&word)
}

/// What every code has in it.
static SIGNS: LazyLock<Option<Searcher>> = LazyLock::new(|| Searcher::new(DENIAL_PARTS.iter().chain(&CARRIERS)));

/// Whether some word of the text can be one of [`is_code`]: most texts have none, and are not taken apart.
pub(super) fn may_hold(text: &str) -> bool {
    SIGNS.as_ref().is_none_or(|signs| signs.find(text).is_some())
}

/// Every word of `text` that could be a code: its place and its text, without the path of a class.
pub(super) fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(|c: char| !c.is_ascii() || !is_code_byte(c as u8)).filter(|word| word.len() > 5).map(|word| {
        let start = (word.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        let (offset, plain) = unqualified(word);
        (start + offset, plain)
    })
}

/// Codes in `text` that are values of keys: they follow `:`, `=`, `>` or `#`.
pub(super) fn keyed(text: &str) -> impl Iterator<Item = &str> {
    let text = if may_hold(text) { text } else { "" };
    let bytes = text.as_bytes();
    let words = text.split(|c: char| !c.is_ascii() || !is_code_byte(c as u8));
    words.filter_map(move |word| {
        // every code has a capital letter
        if word.len() < 6 || !word.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return None;
        }
        let (offset, code) = unqualified(word);
        if !is_code(code) {
            return None;
        }
        let start = (word.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        let before = bytes.get(..start).unwrap_or_default();
        let sign = before.iter().rev().find(|byte| !matches!(byte, b' ' | b'"' | b'\'' | b'\n'));
        let handler = text.get(..start)?.trim_end_matches([' ', '"', '\n']).ends_with("HandlerErrorCode:");
        let keyed = matches!(sign, Some(b':' | b'=' | b'>')) || (offset > 0 && word.contains('#'));
        (keyed && !handler).then_some(code)
    })
}
