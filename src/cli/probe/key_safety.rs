//! Whether the key may be used at all: not when an input shows it, nor when AWS has quarantined its owner.

use crate::Options;
use crate::aws::{Bedrock, Caller};
use crate::cli::Error;
use crate::cli::input::source_of;
use crate::denial::{self, Denial};
use crate::diagnose;
use crate::iam::{Action, Hints, Principal, Request, secret};
use crate::probe::{Api, Basis, Finding, Incident, Mark, Note};
use crate::remedy::incident_response;
use crate::report::sections::probe::Diagnosed;
use crate::snapshot::Snapshot;
use crate::text::Source;

/// The texts that may mark the key.
pub(super) struct Inputs {
    texts: Vec<Source>,
}

impl Inputs {
    /// Reads the texts.
    ///
    /// # Errors
    /// When one cannot be read.
    pub(super) fn read(paths: &[String]) -> Result<Self, Error> {
        Ok(Self { texts: paths.iter().map(|path| source_of(path)).collect::<Result<_, Error>>()? })
    }

    /// The texts that show the key.
    pub(super) async fn key(&self, bedrock: &Bedrock) -> Vec<Mark> {
        let mut marked = Vec::new();
        for text in &self.texts {
            if bedrock.shown_in(text.text()).await {
                marked.push(Mark::KeyInInput(text.name().to_owned()));
            }
        }
        marked
    }

    /// The texts that report the caller's quarantine. One that does not say whose it is may be about the caller.
    pub(super) fn principal(&self, caller: Option<&Caller>) -> Vec<Mark> {
        let own = |denial: &Denial| match (&denial.principal, caller) {
            (Some(principal), Some(caller)) => same(principal, &Principal::new(&caller.arn)),
            _ => true,
        };
        let reports = |text: &&Source| denial::parse(text).iter().any(|denial| denial.is_quarantine() && own(denial));
        self.texts.iter().filter(reports).map(|text| Mark::QuarantineInInput(text.name().to_owned())).collect()
    }

    /// Whether a text holds a secret, whoever owns it.
    pub(super) fn secret_seen(&self) -> bool {
        self.texts.iter().any(|text| !secret::find(text.text()).is_empty())
    }

    /// That the key is compromised, with what to do.
    pub(super) fn incident(&self, marks: Vec<Mark>, caller: Option<&Caller>, refused: bool) -> Option<Incident> {
        if marks.is_empty() {
            return None;
        }
        let quarantined = marks.iter().any(|mark| !matches!(mark, Mark::KeyInInput(_)));
        // where nobody was asked, the texts may name the owner of the key
        let owner = caller.map(|caller| caller.arn.clone()).or_else(|| {
            let mut denials = self.texts.iter().flat_map(denial::parse);
            denials.find_map(|denial| Some(denial.principal?.as_str().to_owned()))
        });
        let request = any_call(owner.as_deref().unwrap_or("unknown"));
        let response = request.map(|request| incident_response(&request, quarantined));
        Some(Incident { marks, called: !refused, response })
    }

    /// The texts that hold a secret.
    pub(super) fn leaks(&self) -> Vec<Note> {
        let leaks = |text: &&Source| !secret::find(text.text()).is_empty();
        self.texts.iter().filter(leaks).map(|text| Note::SecretInInput(text.name().to_owned())).collect()
    }

    /// The diagnoses of the texts' own denials, for when nothing was called.
    pub(super) fn findings(&self, refused: bool, snapshot: &Snapshot) -> Vec<Diagnosed> {
        if !refused {
            return Vec::new();
        }
        let options = Options::default().hints(Hints { secret_seen: self.secret_seen(), ..Hints::default() });
        let denials =
            self.texts.iter().flat_map(|text| denial::parse(text).into_iter().map(move |denial| (text, denial)));
        denials
            .map(|(text, denial)| Diagnosed {
                report: crate::diagnose(&denial, snapshot, &options),
                finding: Finding { cells: Vec::new(), denial, basis: Basis::Input(text.name().to_owned()) },
                advice: Vec::new(),
                proposal: None,
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
    Some(Request::new(principal, action, model))
}

/// Whether the policies that were given or collected quarantine the caller.
pub(super) fn quarantined(snapshot: &Snapshot, caller: Option<&Caller>) -> Option<Mark> {
    diagnose::holds_quarantine(&any_call(&caller?.arn)?, snapshot).then_some(Mark::QuarantineAttached)
}
