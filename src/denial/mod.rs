//! What AWS said: an access-denied text, read into its parts and no further.
//!
//! What the text does not say is `None` or `Unknown`; conclusions belong to later stages.

mod access_log;
#[cfg(feature = "cli")]
mod alike;
mod assemble;
mod authorization_message;
mod bare;
mod caller;
mod cloudtrail;
mod code;
mod code_context;
mod code_error;
mod conclude;
mod console_box;
mod contradiction;
mod cursor;
mod damage;
mod dedup;
mod encoded;
mod facts;
mod failure;
mod fingerprint;
mod form;
mod form_pages;
mod forms;
mod grammar;
mod http_client;
mod inspect;
mod managed_setting;
mod model_failure;
mod model_of_text;
mod named_by_failure;
mod needles;
mod non_iam_failures;
mod normalized;
mod note;
mod one_record;
mod operation_actions;
mod partial;
mod plain;
mod prefilter;
mod principal;
mod quarantine;
mod reason;
mod records;
mod resource;
mod resource_shape;
mod s3_of_text;
mod s3_place;
mod service;
mod service_messages;
mod session_calls;
mod several;
mod short_errors;
mod stretches;
mod surroundings;
mod time_of_text;
mod told;
mod waiter;
mod windows;
mod wrapper;

use crate::iam::Action;
use crate::text::Source;

#[cfg(feature = "cli")]
pub(crate) use alike::{Alike, Alikes};
pub(crate) use authorization_message::AuthorizationMessage;
pub use bare::{bare, may_be_of_aws};
pub use cloudtrail::EventRecord;
pub(crate) use cloudtrail::{INSIGHT, OCSF, OneRecord};
pub use damage::{Damage, Doubt, Part};
pub use facts::{ContextFact, ContextSource, Denial, DenialKind, Elsewhere, EncodedMessage, Reason, ReasonEffect};
pub use failure::Failure;
pub(crate) use fingerprint::account_in;
pub use fingerprint::{Fingerprint, FingerprintId, NoFingerprintId};
#[cfg(feature = "cli")]
pub(crate) use fingerprint::{account_of, endpoint_account, who as name_of, who_denied as who};
pub use form::Form;
pub use forms::FORMS;
pub use model_failure::{ModelFailure, ModelTrouble};
pub use note::{Note, ServiceRole, StatementName};
#[cfg(feature = "cli")]
pub(crate) use quarantine::names_quarantine;
pub(crate) use quarantine::{ends_policy, is_quarantine_policy, named as quarantine_named};
pub use records::{OfRecord, Sign, Worth};
pub(crate) use service::from_event_source as service_of_source;
pub use session_calls::SessionCalls;
pub use several::OfInputs;
pub use stretches::Stretches;
pub(crate) use told::told;

/// Every denial in the text, and every failure that looks like one, in order. A denial that is repeated is listed once, with a count.
///
/// Any text gives an answer, in time linear in its length.
///
/// ```
/// use iamdx::{denial, text::Source};
///
/// let text = "User: arn:aws:iam::111122223333:user/ana is not authorized to perform: s3:GetObject \
///             on resource: \"arn:aws:s3:::reports/q3.csv\" because no identity-based policy allows the s3:GetObject action";
/// let denials = denial::parse(&Source::new("message", text));
/// assert_eq!(denials[0].resource.as_deref(), Some("arn:aws:s3:::reports/q3.csv"));
/// assert_eq!(denials[0].reason.policy_type, Some(iamdx::iam::PolicyType::IdentityBased));
/// ```
#[must_use]
pub fn parse(source: &Source) -> Vec<Denial> {
    let mut sessions = SessionCalls::default();
    parse_named(source.text(), Some(source.name()), OfSessions::OfDenials, &mut sessions)
}

/// [`parse`], with the calls that made sessions: those of which a denial stands in another input, too.
#[must_use]
pub fn parse_with_sessions(source: &Source) -> (Vec<Denial>, SessionCalls) {
    let mut sessions = SessionCalls::default();
    let denials = parse_named(source.text(), Some(source.name()), OfSessions::All, &mut sessions);
    (denials, sessions)
}

/// Whether a text that begins so is read as records.
#[must_use]
pub fn may_be_records(start: &str) -> bool {
    cloudtrail::begins_as_records(start)
}

/// The actions that an operation needs, most likely first; the action of the same name where no other is known.
#[must_use]
pub fn actions_of(service: Option<&str>, operation: &str) -> Vec<Action> {
    operation_actions::of(service, Some(operation))
}

/// What a text is that may be one record of CloudTrail; a denial in it is that of [`parse_text`].
pub(crate) fn one_record(text: &str) -> OneRecord {
    one_record::read(text)
}

/// Whether a text is a record of CloudTrail whose fields have the types that it gives them.
pub(crate) fn is_record(text: &str) -> bool {
    cloudtrail::is_record(text)
}

/// [`parse`] without a name for the text.
#[must_use]
pub fn parse_text(text: &str) -> Vec<Denial> {
    parse_named(text, None, OfSessions::OfDenials, &mut SessionCalls::default())
}

/// Which calls that made sessions are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OfSessions {
    /// None where there is no denial.
    OfDenials,
    All,
}

fn parse_named(text: &str, name: Option<&str>, which: OfSessions, sessions: &mut SessionCalls) -> Vec<Denial> {
    let mut found = dedup::Distinct::default();
    let mut lines = assemble::Lines::new(text);
    let mut calls = Vec::new();
    let records = cloudtrail::read(text, &mut lines, &mut found, &mut calls).unwrap_or(0);
    // everything after the last whole record is read as text
    assemble::read(text, records, &mut lines, &mut found);
    let mut denials = found.into_denials();
    contradiction::mark(&mut denials);
    if !denials.is_empty() || which == OfSessions::All {
        cloudtrail::sessions_in_text(text, records, &mut lines, &mut calls);
        sessions.add(calls);
        if let Some(name) = name {
            sessions.stand_in(name);
        }
    }
    if !denials.is_empty() {
        sessions.join(&mut denials);
        surroundings::add(&mut denials, text);
        model_of_text::add(&mut denials, text);
        time_of_text::add(&mut denials, text, records);
    }
    denials
}
