//! Who determines the value of a condition key, and what somebody can do to change it: one row for each key.
//!
//! A key that has no row is one of which this is not known; nothing is guessed for it. Rows are looked up in lower case, because key
//! names have no case; a `*` stands for the part that people choose, such as the name of a tag.

use super::Action;

/// Who determines the value of a condition key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DeterminedBy {
    /// Whoever makes the call: a parameter, a header, or where and how the call is made.
    Caller,
    /// Who the caller is, or the session that it has.
    Principal,
    /// What the resource is, or how it is tagged.
    Resource,
    /// AWS, from the way in which one of its services makes the call.
    Aws,
}

/// What changes the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Lever {
    /// A parameter of the call.
    Parameter(CallArgument),
    /// An optional header of the call, without which S3 does the usual.
    Header(CallArgument),
    /// A tag that is sent with the call.
    SentTag(CallArgument),
    /// The names of the tags that are sent with the call.
    SentTagKeys,
    /// The Region in which the call is made.
    Region,
    /// A session with multi-factor authentication.
    Mfa,
    /// TLS.
    Tls,
    /// The network from which the call is made.
    Network,
    /// A VPC endpoint through which the call is made.
    Endpoint,
    /// The service to which a role is given.
    PassedService,
    /// The service through which the call is made.
    ThroughService,
    /// A service that makes the call with the caller's credentials, or none.
    Via,
    /// An MCP server of AWS that makes the call with the caller's credentials, or none.
    McpServer,
    /// An inference profile instead of a model.
    InferenceProfile,
    /// The kind of an API key of Bedrock.
    BearerToken,
    /// The image from which machines are made.
    Image,
    /// A network that the parameter names by something in it.
    Vpc(CallArgument),
    /// The signature of the call: its age, its version, its place.
    Signature,
    /// A name that the caller gives its session, and that has to be its own.
    OwnName(CallArgument),
    /// When the call is made.
    Time,
    /// A header that the caller makes up, which keeps nobody out.
    MadeUp,
    /// A part of the call that has no parameter of one name.
    Call,
    /// Likely a parameter of the call: a key of the service itself that has no row here.
    Likely,
    /// A parameter of what another service asks for, to which the call went: that service has its own parameters and settings.
    ByService,
    /// A tag of the principal, or of its session.
    PrincipalTag,
    /// The principal itself: another one must make the call.
    AnotherPrincipal,
    /// A tag of the resource.
    ResourceTag,
    /// The resource itself: another one must be meant.
    AnotherResource,
    /// Nobody chooses it.
    Nothing,
}

/// A parameter of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallArgument {
    /// As the AWS CLI spells it: `--external-id`. `VALUE` stands for the value where it is not all that follows.
    pub cli: &'static str,
    /// As the SDKs spell it, with a dot before the member of a structure.
    pub sdk: &'static str,
}

/// One row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConditionKey {
    /// The key in lower case, with a `*` where people choose a part of its name.
    pub pattern: &'static str,
    /// The actions of which the row is told, in lower case; one may end with a `*`. Empty for all: of some keys the caller chooses the
    /// value while a thing is made, and finds it with the thing afterwards.
    pub actions: &'static [&'static str],
    /// Who determines the value.
    pub determined_by: DeterminedBy,
    /// What changes it.
    pub lever: Lever,
    /// The page of AWS.
    pub page: &'static str,
}

impl ConditionKey {
    /// Whether the row is told of the action.
    pub(super) fn is_told_of(&self, action: Option<&Action>) -> bool {
        self.actions.is_empty()
            || action.is_some_and(|action| {
                self.actions.iter().any(|known| match known.strip_suffix('*') {
                    Some(start) => action.folded().starts_with(start),
                    None => *known == action.folded(),
                })
            })
    }

    /// Whether the row is about the key, which is in lower case.
    pub(super) fn is(&self, folded: &str) -> bool {
        // every part that people choose has at least one character
        match self.pattern.split_once('*') {
            Some(("", rest)) if !rest.ends_with('*') => folded.len() > rest.len() && folded.ends_with(rest),
            Some(("", rest)) => {
                let middle = rest.trim_end_matches('*');
                folded.find(middle).is_some_and(|at| at > 0 && at + middle.len() < folded.len())
            }
            Some((start, _)) => folded.len() > start.len() && folded.starts_with(start),
            None => self.pattern == folded,
        }
    }
}
