//! Which calls of AWS an identity may make, and the policy that each command needs.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::report::page::{Detail, Page, Tone};
use crate::report::{CommandReport, to_json};

/// What was tried with an identity.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PermissionReport {
    /// The version of this form.
    pub schema_version: u8,
    /// Who called.
    pub identity: Identity,
    /// Every call.
    pub calls: Vec<Call>,
    /// What each command needs.
    pub policies: Vec<CommandPolicy>,
}

/// Who called.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Identity {
    /// The ARN.
    pub arn: String,
    /// The account.
    pub account: String,
}

/// One call.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Call {
    /// Service and operation.
    pub operation: String,
    /// The permission that it needs.
    pub permission: Option<&'static str>,
    /// What the trial showed.
    pub works: Works,
    /// What AWS said instead.
    pub said: Option<String>,
    /// The commands that make the call.
    pub used_by: Vec<&'static str>,
}

/// What a trial shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Works {
    /// It works.
    Yes,
    /// The permission is missing.
    Denied,
    /// The account belongs to no organization, so there is nothing to ask.
    NoOrganization,
    /// It cannot be told.
    Unknown,
}

/// What a command needs.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CommandPolicy {
    /// The command.
    pub command: &'static str,
    /// The permissions that were denied.
    pub missing: Vec<&'static str>,
    /// The least-privilege policy.
    #[schemars(with = "serde_json::Value")]
    pub policy: Box<RawValue>,
}

impl CommandReport for PermissionReport {
    fn page(&self, detail: Detail) -> Page {
        let mut page = Page::new(detail);
        page.whole("IDENTITY  ", format!("{} in account {}", self.identity.arn, self.identity.account));
        page.heading("CALLS", "", Tone::None);
        let width = self.calls.iter().map(|call| call.operation.len()).max().unwrap_or_default();
        for call in &self.calls {
            let works = match call.works {
                Works::Yes => "works",
                Works::Denied => "denied",
                Works::NoOrganization => "no organization",
                Works::Unknown => "unknown",
            };
            let said = call.said.as_deref().map_or_else(String::new, |said| format!(": {said}"));
            page.whole(format!("  {:<width$}  ", call.operation), format!("{works}{said}"));
        }
        for needs in &self.policies {
            page.heading(needs.command.to_uppercase(), "", Tone::None);
            if needs.missing.is_empty() {
                page.whole("  ", "nothing that it needs is denied");
            } else {
                page.whole("  ", format!("missing: {}", needs.missing.join(", ")));
                page.whole("  ", "the least that it needs:");
                page.code("json", 4, needs.policy.get().lines().map(str::to_owned));
            }
        }
        page
    }

    fn json(&self) -> String {
        to_json(self, true)
    }
}
