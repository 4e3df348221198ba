//! What a call of a tool asks: the arguments, by type. Their comments are what a model reads about them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;

use crate::iam::PolicyType;
use crate::report::Length;

/// A text; a document that came as JSON is the text that it makes.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Text {
    /// As it is.
    Plain(String),
    /// Not in quotes.
    Json(serde_json::Value),
}

/// A text is what is asked for; the other way is there for who writes it so.
impl JsonSchema for Text {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        String::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }
}

impl Text {
    pub(super) fn into_string(self) -> String {
        match self {
            Self::Plain(text) => text,
            Self::Json(value) => crate::report::to_json(&value, true),
        }
    }
}

/// Where a text is; one of the two.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub(super) struct TextAsked {
    /// The text itself
    pub(super) text: Option<Text>,
    /// A file below a root of the server, instead of the text
    pub(super) path: Option<String>,
}

/// A kind of policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub(super) enum PolicyKind {
    Snapshot,
    IdentityBased,
    ServiceControl,
    ResourceControl,
    PermissionsBoundary,
    Session,
    ResourceBased,
    RoleTrust,
    VpcEndpoint,
}

impl PolicyKind {
    /// The type that it is; none for a snapshot.
    pub(super) const fn policy_type(self) -> Option<PolicyType> {
        let policy_type = match self {
            Self::Snapshot => return None,
            Self::IdentityBased => PolicyType::IdentityBased,
            Self::ServiceControl => PolicyType::ServiceControl,
            Self::ResourceControl => PolicyType::ResourceControl,
            Self::PermissionsBoundary => PolicyType::PermissionsBoundary,
            Self::Session => PolicyType::Session,
            // a trust policy is the policy of the role
            Self::ResourceBased | Self::RoleTrust => PolicyType::ResourceBased,
            Self::VpcEndpoint => PolicyType::VpcEndpoint,
        };
        Some(policy_type)
    }

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        self.policy_type().map_or("snapshot", |policy_type| policy_type.row().id)
    }
}

/// A kind of which it is known that there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub(super) enum NoPolicy {
    ServiceControl,
    ResourceControl,
    PermissionsBoundary,
    Session,
    ResourceBased,
    VpcEndpoint,
}

impl NoPolicy {
    /// The type that it is.
    pub(super) const fn policy_type(self) -> PolicyType {
        match self {
            Self::ServiceControl => PolicyType::ServiceControl,
            Self::ResourceControl => PolicyType::ResourceControl,
            Self::PermissionsBoundary => PolicyType::PermissionsBoundary,
            Self::Session => PolicyType::Session,
            Self::ResourceBased => PolicyType::ResourceBased,
            Self::VpcEndpoint => PolicyType::VpcEndpoint,
        }
    }
}

/// Policies of one kind.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub(super) struct PolicyAsked {
    /// What it is: `snapshot` for an iamdx snapshot or the output of `aws iam get-account-authorization-details`; otherwise the type of the policy
    #[serde(rename = "type")]
    pub(super) of: PolicyKind,
    /// The content: a policy document, an array of documents, or what an AWS command printed
    pub(super) text: Option<Text>,
    /// A file below a root of the server, instead of the text
    pub(super) path: Option<String>,
}

/// Which policies are known.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct PoliciesAsked {
    /// Policies that are known. Service and resource control policies: one entry for each level of the organization, from the root down to the account. What is not given is unknown, not empty
    #[serde(default)]
    pub(super) policies: Vec<PolicyAsked>,
    /// Types of which there is certainly no policy
    #[serde(default)]
    pub(super) no_policies: Vec<NoPolicy>,
}

impl PoliciesAsked {
    /// The types of which there is none.
    pub(super) fn none(&self) -> Vec<PolicyType> {
        self.no_policies.iter().copied().map(NoPolicy::policy_type).collect()
    }
}

/// One value, or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Values {
    /// One.
    One(OneValue),
    /// Several.
    Several(Vec<OneValue>),
}

/// A value as JSON may have it.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum OneValue {
    Text(String),
    Truth(bool),
    Number(serde_json::Number),
}

impl OneValue {
    /// As a policy would have it.
    fn into_string(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Truth(truth) => truth.to_string(),
            Self::Number(number) => number.to_string(),
        }
    }
}

/// Condition keys of the request.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct ContextAsked {
    /// Condition keys of the request that are known, each with a list of its values: `aws:SourceIp` with `203.0.113.7`
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Vec<String>>")]
    context: BTreeMap<String, Values>,
    /// Whether keys that are not in `context` are absent from the request, rather than unknown
    #[serde(default)]
    context_complete: bool,
}

impl ContextAsked {
    /// As the commands take it.
    pub(super) fn into_args(self) -> crate::cli::diagnose::ContextArgs {
        let mut context = Vec::new();
        for (key, values) in self.context {
            let values = match values {
                Values::One(value) => vec![value],
                Values::Several(values) => values,
            };
            context.extend(values.into_iter().map(|value| (key.clone(), value.into_string())));
        }
        let context = vec![crate::cli::diagnose::Keys(context)];
        crate::cli::diagnose::ContextArgs { context, context_complete: self.context_complete }
    }
}

/// How much text is answered; the structured content is always whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub(super) enum DetailAsked {
    #[default]
    Brief,
    Screen,
    All,
}

impl DetailAsked {
    /// The length of the report.
    pub(super) const fn length(self) -> Length {
        match self {
            Self::Brief => Length::Brief,
            Self::Screen => Length::Screen,
            Self::All => Length::All,
        }
    }
}

/// Arguments of `explain_denial`, and the text of `diagnose_denial`.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct MessageAsked {
    /// The error message, log or CloudTrail record, as it was printed
    pub(super) text: Option<Text>,
    /// A file below a root of the server, instead of the text
    pub(super) path: Option<String>,
}

/// Arguments of `diagnose_denial`.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct DiagnoseAsked {
    #[serde(flatten)]
    pub(super) message: MessageAsked,
    #[serde(flatten)]
    pub(super) policies: PoliciesAsked,
    #[serde(flatten)]
    pub(super) context: ContextAsked,
    /// Who was denied, an ARN; only where the text does not tell
    pub(super) principal: Option<String>,
    /// What was denied, such as s3:GetObject; only where the text does not tell
    pub(super) action: Option<String>,
    /// The resource, an ARN; only where the text does not tell
    pub(super) resource: Option<String>,
    /// The account that owns the resource; only where its ARN does not tell
    pub(super) resource_account: Option<String>,
    /// Whether AWS is asked for the policies and its own record of the denial; it is by default where the server may
    pub(super) live: Option<bool>,
    /// How much text is answered: three lines, one screen, or all; the structured content is always whole
    #[serde(default)]
    pub(super) detail: DetailAsked,
}

/// Arguments of `simulate_request`.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct SimulateAsked {
    /// Who asks: the ARN of a user, a role, a session or an identity provider, `anonymous`, or `service:NAME.amazonaws.com`
    pub(super) principal: String,
    #[serde(flatten)]
    pub(super) request: RequestAsked,
    /// Whether AWS is asked for the policies; it is by default where the server may
    pub(super) live: Option<bool>,
}

/// Arguments of `who_can`, and of `simulate_request` beside the principal.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct RequestAsked {
    /// What is asked, such as s3:GetObject
    pub(super) action: String,
    /// On what: an ARN, or `*` for an action without resources
    pub(super) resource: String,
    /// The account that owns the resource; only where its ARN does not tell
    pub(super) resource_account: Option<String>,
    #[serde(flatten)]
    pub(super) policies: PoliciesAsked,
    #[serde(flatten)]
    pub(super) context: ContextAsked,
}

/// Arguments of `diff_policies`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DiffAsked {
    /// The old policy document, template, plan or snapshot
    pub(super) old: TextAsked,
    /// The new one, of the same kind
    pub(super) new: TextAsked,
}

/// Arguments of `triage`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TriageAsked {
    /// Records of CloudTrail: a `Records` file, a list of records, one a line, or the CSV that Athena or CloudTrail Lake answers
    pub(super) text: Option<Text>,
    /// Files of a trail below a root of the server (JSON or CSV, packed by gzip or not), beside the text or instead of it
    #[serde(default)]
    pub(super) paths: Vec<String>,
    /// Snapshots of the accounts, one each: an iamdx snapshot or the output of `aws iam get-account-authorization-details`. With them each cause is a statement, with a remedy and the denials that it would end
    #[serde(default)]
    pub(super) snapshots: Vec<TextAsked>,
    /// Only denials from this time on: a date, or a time with its zone (2026-11-29T03:00:00Z)
    pub(super) since: Option<String>,
    /// Only denials before this time
    pub(super) until: Option<String>,
    /// Only denials of callers in these accounts
    #[serde(default)]
    pub(super) accounts: Vec<String>,
    /// Only denials of callers whose ARN, or name as it is shown, contains one of these
    #[serde(default)]
    pub(super) principals: Vec<String>,
    /// Only denials of these actions, such as s3:GetObject; `*` and `?` as in a policy
    #[serde(default)]
    pub(super) actions: Vec<String>,
    /// So many findings, each with all that is told of it; otherwise 10, and a screen of text
    pub(super) top: Option<usize>,
}

/// Arguments of `get_cause`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CauseAsked {
    /// The id, as `finding` in a report; without it, the list of causes
    pub(super) id: Option<String>,
}

/// Arguments of `probe_bedrock`.
#[cfg(feature = "bedrock-live")]
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProbeAsked {
    /// Models to call: ids, inference profiles, ARNs, or sonnet, haiku, opus for the newest of each
    #[serde(default)]
    pub(super) models: Vec<String>,
    /// Regions to call from; otherwise the configured one
    #[serde(default)]
    pub(super) regions: Vec<String>,
    /// Whether no token at all is asked for, which costs nothing and shows only that a call is likely allowed
    #[serde(default)]
    pub(super) dry: bool,
    /// As many calls at most, repetitions included
    pub(super) max_calls: Option<u32>,
}
