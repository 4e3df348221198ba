//! What AWS itself answered about a denial: its record of the request, a decoded message, the simulator. Read from a snapshot, so that a
//! saved diagnosis can be made again without a network. An answer is evidence; it replaces no evaluation.

mod decoded;
mod known_difference;
mod policy_then;
mod record;
mod simulation;
mod trail;

use crate::denial::Denial;
use crate::iam::{Gap, Request, Subject, Unseen};
use crate::snapshot::{RawEvidence, Snapshot};

pub use decoded::{Decoded, DecodedFile, EncodedId};
pub use known_difference::{DifferenceRow, KNOWN_DIFFERENCES, KnownDifference, simulator_sees};
pub use policy_then::{PolicyThenFile, denying_policies};
pub use record::{Record, RecordFile, Recorded, RecordedEvaluation};
pub use simulation::{Entry, MatchedStatement, Question, Simulation, SimulationResult, Simulator};
pub use trail::{
    AskedFor, History, NotAsked, NotUsed, Trail, TrailFailure, TrailFile, TrailMatch, TrailRecord, Wanted, concerns,
};

/// The answers that concern one denial.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AwsEvidence {
    /// AWS's own record of the request.
    pub record: Option<Record>,
    /// The policies that denied by a statement, as they were then: how the record names them, and their documents.
    pub policies_then: Vec<(String, serde_json::Value)>,
    /// The decoded authorization message.
    pub decoded: Option<Decoded>,
    /// What CloudTrail's event history tells of the denial.
    pub trail: Option<Trail>,
    /// All answers of the simulator.
    pub simulations: Vec<Simulation>,
    /// Answers that cannot be read.
    pub unreadable: Vec<Unseen>,
    /// What AWS refused to tell, though an id in the text asks for it.
    pub refused: Vec<Gap>,
}

impl AwsEvidence {
    /// Finds what concerns the denial among what a snapshot holds.
    #[must_use]
    pub fn of(denial: &Denial, snapshot: &Snapshot) -> Self {
        let refused = Self::ids(denial).into_iter().flat_map(|(what, id)| {
            let gap = |refusal| Gap::new(what.clone(), Unseen::Refused(refusal));
            snapshot.refused(&id).map(gap).collect::<Vec<_>>()
        });
        let mut refused: Vec<Gap> = refused.collect();
        let answers = Self::stored(denial, snapshot.raw_evidence());
        if let (Some(id), Some(record)) = (&denial.authorization_id, &answers.record) {
            for uri in policy_then::denying(record) {
                let gap = |refusal| Gap::new(Subject::PolicyThen, Unseen::Refused(refusal));
                let recorded: Vec<Gap> = snapshot.refused(&PolicyThenFile::refusal_id(id, &uri)).map(gap).collect();
                refused.extend(recorded.into_iter().filter(|gap| !refused.contains(gap)).collect::<Vec<_>>());
            }
        }
        let credentials = snapshot.unknown_credentials();
        refused.extend(credentials.map(|refusal| Gap::new(Subject::Credentials, Unseen::Refused(refusal))));
        Self { refused, ..answers }
    }

    /// The same with what the event history tells.
    #[must_use]
    pub fn with_history(mut self, history: History) -> Self {
        self.trail = history.trail;
        self.refused.extend(history.refused);
        self.unreadable.extend(history.unreadable);
        self
    }

    /// The answers alone, before there is a whole snapshot.
    #[must_use]
    pub fn stored(denial: &Denial, stored: &RawEvidence) -> Self {
        let mut answers = Self::default();
        if let Some(id) = &denial.authorization_id {
            answers.record =
                read::<RecordFile>("authorization_details", &stored.authorization_details, &mut answers.unreadable)
                    .into_iter()
                    .find(|file| file.authorization_id == *id)
                    .and_then(|file| Record::new(&file));
        }
        if let (Some(id), Some(record)) = (&denial.authorization_id, &answers.record) {
            let named = policy_then::denying(record);
            let files = read::<PolicyThenFile>(
                "authorization_policies",
                &stored.authorization_policies,
                &mut answers.unreadable,
            );
            answers.policies_then = files
                .into_iter()
                .filter(|file| file.authorization_id == *id && named.contains(&file.policy_uri))
                .map(|file| (file.policy_uri, file.document))
                .collect();
        }
        if let Some(encoded) = denial.encoded_message.as_ref() {
            let id = EncodedId::new(&encoded.blob);
            answers.decoded =
                read::<DecodedFile>("decoded_messages", &stored.decoded_messages, &mut answers.unreadable)
                    .into_iter()
                    .find(|file| file.of == id)
                    .and_then(|file| Decoded::new(&file));
        }
        answers.simulations = read("simulations", &stored.simulations, &mut answers.unreadable);
        answers
    }

    /// What can be asked for by an id in the text: what it is, and the id under which a refusal is recorded.
    fn ids(denial: &Denial) -> Vec<(Subject, String)> {
        let record = denial.authorization_id.iter().map(|id| (Subject::Record, id.clone()));
        let encoded = denial.encoded_message.iter();
        let encoded = encoded.map(|message| (Subject::EncodedMessage, EncodedId::new(&message.blob).start));
        record.chain(encoded).collect()
    }

    /// Whether there is anything.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.record.is_none() && self.decoded.is_none() && self.simulations.is_empty()
    }

    /// What the simulator said about the request as it was, if it was asked with nothing that is only supposed.
    #[must_use]
    pub fn simulated(&self, request: &Request) -> Option<&SimulationResult> {
        let question = Question::principal(request, None)?;
        let asked = self.simulations.iter().filter(|simulation| {
            simulation.question.simulator == Simulator::Principal
                && simulation.question.excluded.is_empty()
                && simulation.question.supposed.is_empty()
                && simulation.question.principal == question.principal
        });
        asked.flat_map(|simulation| &simulation.results).find(|result| result.is_about(request))
    }

    /// What the simulator answered to exactly this question.
    #[must_use]
    pub fn to(&self, question: &Question) -> Option<&Simulation> {
        self.simulations.iter().find(|simulation| simulation.question == *question)
    }
}

/// The answers of one list; one that cannot be read is named, and the rest goes on.
fn read<T: serde::de::DeserializeOwned>(list: &str, texts: &[String], unreadable: &mut Vec<Unseen>) -> Vec<T> {
    let mut all = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        match serde_json::from_str(text) {
            Ok(answer) => all.push(answer),
            Err(error) => unreadable.push(Unseen::AnswerUnreadable {
                list: list.to_owned(),
                entry: index + 1,
                error: error.to_string(),
            }),
        }
    }
    all
}

#[cfg(test)]
mod tests;
