//! Who is allowed one action on one resource, each by which statement.

use schemars::JsonSchema;
use serde::Serialize;

use crate::evaluate::{Decision, MatchedStatement, MissingEvidence};
use crate::iam::{Action, Assumption, Command, Gap};
use crate::report::model::{AssumedModel, GapModel};
use crate::report::page::{Detail, Page, Tone};
use crate::report::sheet::Sheet;
use crate::report::{CommandReport, SCHEMA_VERSION, to_json, words};

/// The users and roles of a snapshot by what they may do.
#[derive(Debug, Clone)]
pub struct WhoCan {
    /// The action.
    pub action: Action,
    /// The resource.
    pub resource: String,
    /// All of them.
    pub entries: Vec<Entry>,
    /// What is assumed of the request.
    pub assumed: Vec<Assumption>,
    /// What was not seen, each once.
    pub gaps: Vec<Gap>,
}

/// One user or role.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its ARN.
    pub principal: String,
    /// What is certain, whatever was not seen.
    pub decision: Decision,
    /// What holds if nothing more exists than was seen.
    pub seen: Decision,
    /// The statements that allow.
    pub allowed_by: Vec<MatchedStatement>,
    /// Condition keys that are not known and decide.
    pub missing_context: Vec<String>,
    /// What else was not seen and decides.
    pub missing_evidence: Vec<MissingEvidence>,
}

/// The JSON of `simulate --who`.
#[derive(Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct WhoCanReport<'a> {
    /// The version of this form.
    schema_version: u8,
    /// The action.
    action: &'a str,
    /// The resource.
    resource: &'a str,
    /// Who certainly is allowed.
    allowed: Vec<EntryModel<'a>>,
    /// Who is allowed if nothing more exists than was seen.
    allowed_as_far_as_seen: Vec<EntryModel<'a>>,
    /// Of whom what is not known of the request decides.
    undetermined: Vec<EntryModel<'a>>,
    /// How many certainly are denied.
    denied: usize,
    /// How many are denied if nothing more exists than was seen.
    denied_as_far_as_seen: usize,
    /// What is assumed of the request.
    assumed: Vec<AssumedModel>,
    /// What was not seen.
    gaps: Vec<GapModel>,
}

/// One user or role.
#[derive(Debug, Serialize, JsonSchema)]
struct EntryModel<'a> {
    /// Its ARN.
    principal: &'a str,
    /// The statements that allow.
    allowed_by: &'a [MatchedStatement],
    /// Condition keys that are not known and decide; left out where there are none.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schemars(default)]
    missing_context_values: &'a [String],
    /// What else was not seen and decides; left out where there is nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    missing_evidence: Vec<String>,
    /// The codes of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    missing_evidence_codes: Vec<&'static str>,
}

impl<'a> EntryModel<'a> {
    fn new(entry: &'a Entry) -> Self {
        Self {
            principal: &entry.principal,
            allowed_by: &entry.allowed_by,
            missing_context_values: &entry.missing_context,
            missing_evidence: entry.missing_evidence.iter().map(words::evidence::missing).collect(),
            missing_evidence_codes: entry.missing_evidence.iter().map(MissingEvidence::code).collect(),
        }
    }
}

/// What the users and roles may do: what is certain, and what holds as far as was seen.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Group {
    Allowed { certain: bool },
    Denied { certain: bool },
    Undetermined,
}

impl WhoCan {
    pub(in crate::report) fn of(&self, group: Group) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.group() == group)
    }

    fn models(&self, group: Group) -> Vec<EntryModel<'_>> {
        self.of(group).map(EntryModel::new).collect()
    }
}

/// Gaps that a person wants to read; each group or policy that is missing can be one.
pub(in crate::report) const GAPS_SHOWN: usize = 20;

impl CommandReport for WhoCan {
    fn sheet(&self) -> Sheet<'_> {
        Sheet::WhoCan(self)
    }

    fn page(&self, detail: Detail) -> Page {
        let mut page = Page::new(detail);
        page.whole("", format!("{} on {}", self.action, self.resource));
        let groups = [
            (Group::Allowed { certain: true }, "ALLOWED", Tone::Fix, ""),
            (
                Group::Allowed { certain: false },
                "ALLOWED AS FAR AS SEEN",
                Tone::Unsure,
                "; what was not seen could deny",
            ),
            (Group::Undetermined, "UNDETERMINED", Tone::Unsure, "; what is not known of the request decides"),
        ];
        for (group, word, tone, remark) in groups {
            let count = self.of(group).count();
            if count > 0 || word == "ALLOWED" {
                let all = self.entries.len();
                page.heading(word, format!("{count} of {all} users and roles{remark}"), tone);
            }
            self.of(group).for_each(|entry| page.whole("  ", entry.line()));
        }
        page.heading("DENIED", self.of(Group::Denied { certain: true }).count().to_string(), Tone::Block);
        let seen = self.of(Group::Denied { certain: false }).count();
        if seen > 0 {
            page.whole("DENIED AS FAR AS SEEN  ", format!("{seen}; what was not seen could allow"));
        }
        for assumed in self.assumed.iter().map(AssumedModel::new) {
            page.whole("ASSUMED  ", format!("{}: {} ({})", assumed.field, assumed.value, assumed.why));
        }
        for gap in self.gaps.iter().take(GAPS_SHOWN) {
            let text = format!("{}: {}", words::gap_subject(&gap.subject), words::gap_reason(&gap.reason));
            page.whole("NOT CHECKED  ", text);
            page.commands(10, gap.how_to_close.iter().map(Command::to_string));
        }
        if let Some(more) = self.gaps.len().checked_sub(GAPS_SHOWN).filter(|more| *more > 0) {
            page.whole("NOT CHECKED  ", format!("{more} more: --format json lists them"));
        }
        page
    }

    fn json(&self) -> String {
        let model = WhoCanReport {
            schema_version: SCHEMA_VERSION,
            action: self.action.as_str(),
            resource: &self.resource,
            allowed: self.models(Group::Allowed { certain: true }),
            allowed_as_far_as_seen: self.models(Group::Allowed { certain: false }),
            undetermined: self.models(Group::Undetermined),
            denied: self.of(Group::Denied { certain: true }).count(),
            denied_as_far_as_seen: self.of(Group::Denied { certain: false }).count(),
            assumed: self.assumed.iter().map(AssumedModel::new).collect(),
            gaps: self.gaps.iter().map(GapModel::new).collect(),
        };
        to_json(&model, true)
    }
}

impl Entry {
    fn group(&self) -> Group {
        let certain = self.decision != Decision::Undetermined;
        match self.seen {
            Decision::Allowed => Group::Allowed { certain },
            Decision::ExplicitDeny | Decision::ImplicitDeny => Group::Denied { certain },
            Decision::Undetermined => Group::Undetermined,
        }
    }

    fn line(&self) -> String {
        let mut line = self.principal.clone();
        let by: Vec<String> = self.allowed_by.iter().map(statement).collect();
        if !by.is_empty() {
            line.push_str("  by ");
            line.push_str(&by.join(" and "));
        }
        let evidence = self.missing_evidence.iter().map(words::evidence::missing);
        let missing: Vec<String> = self.missing_context.iter().cloned().chain(evidence).collect();
        if !missing.is_empty() {
            line.push_str("  depends on ");
            line.push_str(&missing.join(", "));
        }
        line
    }
}

pub(in crate::report) fn statement(matched: &MatchedStatement) -> String {
    let sid = match &matched.sid {
        Some(sid) => format!("statement {sid}"),
        None => format!("statement {}", matched.index + 1),
    };
    format!("{} {sid} ({}:{})", matched.policy, matched.line, matched.column)
}
