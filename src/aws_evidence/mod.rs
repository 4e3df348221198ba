//! What AWS itself answered about a denial: its record of the request, a decoded message, the simulator. Read from a snapshot, so that a
//! saved diagnosis can be made again without a network. An answer is evidence; it replaces no evaluation.

mod decoded;
mod record;
mod simulation;

use crate::denial::Denial;
use crate::iam::{AssumedField, Assumption, ContextValue, Field, Hints, Principal, Request, Subject, Unseen, Why};
use crate::snapshot;

pub use decoded::{Decoded, DecodedFile, EncodedId};
pub use record::{Record, RecordFile, Recorded, RecordedEvaluation};
pub use simulation::{Entry, MatchedStatement, Question, Simulation, SimulationResult, Simulator};

/// The answers that concern one denial.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AwsEvidence {
    /// AWS's own record of the request.
    pub record: Option<Record>,
    /// The decoded authorization message.
    pub decoded: Option<Decoded>,
    /// All answers of the simulator.
    pub simulations: Vec<Simulation>,
    /// Answers that cannot be read.
    pub unreadable: Vec<Unseen>,
}

impl AwsEvidence {
    /// Finds what concerns the denial among what a snapshot holds.
    #[must_use]
    pub fn of(denial: &Denial, stored: &snapshot::RawEvidence) -> Self {
        let mut answers = Self::default();
        if let Some(id) = &denial.authorization_id {
            answers.record =
                read::<RecordFile>("authorization_details", &stored.authorization_details, &mut answers.unreadable)
                    .into_iter()
                    .find(|file| file.authorization_id == *id)
                    .and_then(|file| Record::new(&file));
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
    #[must_use]
    pub fn ids(denial: &Denial) -> Vec<(Subject, String)> {
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

    /// What the simulator said about the request as it was, if it was asked.
    #[must_use]
    pub fn simulated(&self, request: &Request) -> Option<&SimulationResult> {
        let question = Question::principal(request, None)?;
        let asked = self.simulations.iter().filter(|simulation| {
            simulation.question.simulator == Simulator::Principal
                && simulation.question.excluded.is_empty()
                && simulation.question.principal == question.principal
        });
        asked.flat_map(|simulation| &simulation.results).find(|result| result.is_about(request))
    }

    /// What the simulator answered to exactly this question.
    #[must_use]
    pub fn to(&self, question: &Question) -> Option<&Simulation> {
        self.simulations.iter().find(|simulation| simulation.question == *question)
    }

    /// Fills what AWS's record and the decoded message tell of the request. What a person gave stays.
    pub fn complete(&self, request: &mut Request, hints: &Hints) {
        if let Some(decoded) = &self.decoded {
            let why = &Why::DecodedMessage;
            if request.principal.value().is_none()
                && let Some(principal) = &decoded.principal
            {
                request.principal = Field::Known(Principal::new(principal));
            }
            if let (Field::Missing(_) | Field::Assumed(..), Some(Ok(action))) =
                (&request.action, decoded.action.as_ref().map(|action| action.parse()))
            {
                request.assumed.retain(|assumption| assumption.field != AssumedField::Action);
                request.action = Field::Known(action);
            }
            if let (None, None, Some(resource)) = (request.resource.value(), &hints.resource, &decoded.resource) {
                request.resource = Field::Known(resource.clone());
            }
            set_all(request, hints, &decoded.context, why);
        }
        if let Some(record) = &self.record {
            set_all(request, hints, &record.context, &Why::AuthorizationDetails);
        }
    }
}

/// Sets the keys that AWS tells; a key that a person gave stays.
fn set_all(request: &mut Request, hints: &Hints, context: &[(String, Vec<String>, bool)], why: &Why) {
    for (key, values, multivalued) in context {
        if hints.context_complete || hints.context.iter().any(|(given, _)| given.eq_ignore_ascii_case(key)) {
            continue;
        }
        request.context.set(key, ContextValue::Present { values: values.clone(), multivalued: *multivalued });
        request.assumed.retain(|assumption| !assumption.field.is_key(key));
        request.assumed.push(Assumption::key(key, values, why.clone()));
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
