//! Whether the key may be used at all: not when the input shows it, nor when AWS has quarantined whom it belongs to.

use crate::aws::{Bedrock, Caller};
use crate::cli::Error;
use crate::cli::input::source_of;
use crate::denial::{self, Denial};
use crate::diagnose::is_quarantine_policy;
use crate::iam::{Action, Hints, Principal, Request, secret};
use crate::infer;
use crate::probe::{Api, Finding, Incident};
use crate::remedy::incident_response;
use crate::snapshot::{Snapshot, select};
use crate::text::Source;

/// Why a key counts as compromised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Marked {
    /// A text shows it.
    Shown {
        /// The name of the text.
        input: String,
    },
    /// A text tells that AWS has quarantined its user.
    Told {
        /// The name of the text.
        input: String,
    },
    /// The policies at hand hold AWS's quarantine policy for its user.
    Quarantined,
}

impl Marked {
    fn why(&self) -> String {
        match self {
            Self::Shown { input } => format!("{input} shows the key that signs these calls"),
            Self::Told { input } => format!("{input} tells that AWS has quarantined this identity"),
            Self::Quarantined => "a quarantine policy of AWS is attached to this identity".to_owned(),
        }
    }
}

/// The texts that may mark the key.
pub(super) struct Gate {
    texts: Vec<Source>,
}

impl Gate {
    /// Reads the texts.
    ///
    /// # Errors
    /// When one cannot be read.
    pub(super) fn read(paths: &[String]) -> Result<Self, Error> {
        Ok(Self { texts: paths.iter().map(|path| source_of(path)).collect::<Result<_, Error>>()? })
    }

    /// The texts that show the key.
    pub(super) async fn key(&self, bedrock: &Bedrock) -> Vec<Marked> {
        let mut marked = Vec::new();
        for text in &self.texts {
            if bedrock.shown_in(text.text()).await {
                marked.push(Marked::Shown { input: text.name().to_owned() });
            }
        }
        marked
    }

    /// The texts that tell of the caller's quarantine. One that does not tell whose it is may be about the caller.
    pub(super) fn principal(&self, caller: Option<&Caller>) -> Vec<Marked> {
        let own = |denial: &Denial| match (&denial.principal, caller) {
            (Some(principal), Some(caller)) => same(principal, &Principal::new(&caller.arn)),
            _ => true,
        };
        let tells = |text: &&Source| denial::parse(text).iter().any(|denial| denial.is_quarantine() && own(denial));
        self.texts.iter().filter(tells).map(|text| Marked::Told { input: text.name().to_owned() }).collect()
    }

    /// Whether a secret stands in a text, of whomever.
    pub(super) fn secret_seen(&self) -> bool {
        self.texts.iter().any(|text| !secret::find(text.text()).is_empty())
    }

    /// What is said of a compromised key, with what to do.
    pub(super) fn incident(&self, marked: &[Marked], caller: Option<&Caller>, refused: bool) -> Option<Incident> {
        if marked.is_empty() {
            return None;
        }
        let told = marked.iter().any(|marked| !matches!(marked, Marked::Shown { .. }));
        // where nobody was asked, the texts may tell whose key it is
        let asked = caller.map(|caller| caller.arn.clone()).or_else(|| {
            let mut denials = self.texts.iter().flat_map(denial::parse);
            denials.find_map(|denial| Some(denial.principal?.as_str().to_owned()))
        });
        let asked = any_call(asked.as_deref().unwrap_or("unknown"));
        let remedy = asked.map(|asked| incident_response(&asked, told));
        let (steps, commands, never) =
            remedy.map_or_else(Default::default, |remedy| (remedy.steps, remedy.commands, remedy.why_not));
        let commands = commands.iter().map(ToString::to_string).collect();
        Some(Incident { why: marked.iter().map(Marked::why).collect(), called: !refused, steps, commands, never })
    }

    /// That a secret stands in a text.
    pub(super) fn leaks(&self) -> Vec<String> {
        let leaks = |text: &&Source| !secret::find(text.text()).is_empty();
        let said = |text: &Source| {
            format!(
                "SECURITY: {} holds a secret, not repeated here; if others can read it, the key is compromised: deactivate it first",
                text.name()
            )
        };
        self.texts.iter().filter(leaks).map(said).collect()
    }

    /// What the texts' own denials come to, for when nothing was called.
    pub(super) fn findings(&self, refused: bool, snapshot: &Snapshot) -> Vec<Finding> {
        if !refused {
            return Vec::new();
        }
        let hints = Hints { secret_seen: self.secret_seen(), ..Hints::default() };
        let denials =
            self.texts.iter().flat_map(|text| denial::parse(text).into_iter().map(move |denial| (text, denial)));
        denials
            .map(|(text, denial)| Finding {
                cells: Vec::new(),
                statement: format!("told by {}, not tried", text.name()),
                report: crate::diagnose(&denial, snapshot, &hints),
                proposal: None,
                advice: Vec::new(),
            })
            .collect()
    }
}

/// A user, or a role by whatever session.
fn same(one: &Principal, other: &Principal) -> bool {
    one.account() == other.account() && one.name() == other.name()
}

/// A request such as the probe makes.
pub(super) fn any_call(caller: &str) -> Option<Request> {
    let principal = Principal::new(caller);
    let partition = principal.partition().unwrap_or("aws").to_owned();
    let model = format!("arn:{partition}:bedrock:us-east-1::foundation-model/any");
    let action: Action = Api::Converse.action().parse().ok()?;
    Some(infer::hypothetical(principal, action, &model, &Hints::default()))
}

/// Whether the policies at hand quarantine the caller.
pub(super) fn quarantined(snapshot: &Snapshot, caller: Option<&Caller>) -> Option<Marked> {
    let selection = select(snapshot, &any_call(&caller?.arn)?);
    let held = selection.policies.identity.policies.iter().any(|policy| is_quarantine_policy(policy));
    // attached, though its document is not at hand
    let named = selection.gaps.iter().any(|gap| diagnose::is_quarantine_subject(&gap.subject));
    (held || named).then_some(Marked::Quarantined)
}
