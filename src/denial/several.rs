//! Denials of several inputs: the same one is told once, where it stands first, with the other places.

use std::collections::HashMap;
use std::sync::Arc;

use super::damage::Damage;
use super::dedup;
use super::facts::{Denial, Elsewhere};
use super::session_calls::SessionCalls;

/// Denials of inputs that come one after the other.
#[derive(Debug, Default)]
pub struct OfInputs {
    denials: Vec<Denial>,
    /// Identities to places in `denials`.
    known: HashMap<String, Vec<usize>>,
    sessions: SessionCalls,
}

impl OfInputs {
    /// Adds what was found in the next input: its denials, and the calls that made sessions.
    pub fn add(&mut self, file: &Arc<str>, denials: Vec<Denial>, sessions: SessionCalls) {
        self.sessions.append(sessions);
        let before = self.denials.len();
        for mut denial in denials {
            let places = self.known.entry(denial.identity()).or_default();
            // what one text tells twice is two
            let earlier = places.iter().copied().take_while(|place| *place < before);
            let same =
                earlier.into_iter().find(|place| self.denials.get(*place).is_some_and(|known| is_same(known, &denial)));
            if let Some(known) = same.and_then(|place| self.denials.get_mut(place)) {
                let elsewhere = Elsewhere { file: Arc::clone(file), line: denial.line };
                if known.also_in.last().is_none_or(|last| last.file != elsewhere.file) {
                    known.also_in.push(elsewhere);
                }
                dedup::repeat(known, denial);
            } else {
                places.push(self.denials.len());
                denial.file = Some(Arc::clone(file));
                self.denials.push(denial);
            }
        }
    }

    /// All of them, in the order of the inputs. How a session was made may stand in another input than its denial.
    #[must_use]
    pub fn into_denials(mut self) -> Vec<Denial> {
        self.sessions.join(&mut self.denials);
        self.denials
    }
}

/// Whether nothing that one says is against the other. What contradicts its own input is told of that input.
fn is_same(known: &Denial, new: &Denial) -> bool {
    let contradicts = |denial: &Denial| denial.damage.iter().any(|it| matches!(it, Damage::OtherDenial { .. }));
    dedup::compatible(known, new) && known.damage == new.damage && !contradicts(known)
}

#[cfg(test)]
mod tests {
    use super::OfInputs;
    use crate::denial::{SessionCalls, parse_text, parse_with_sessions};
    use crate::text::Source;

    fn told(inputs: &[(&str, &str)]) -> Vec<String> {
        let mut all = OfInputs::default();
        for (name, text) in inputs {
            all.add(&(*name).into(), parse_text(text), SessionCalls::default());
        }
        let denials = all.into_denials();
        let line = |denial: &crate::denial::Denial| {
            let what = denial.action.as_ref().map(crate::iam::Action::as_str).or(denial.operation.as_deref());
            let also: Vec<String> = denial.also_in.iter().map(|it| format!("{}:{}", it.file, it.line)).collect();
            let file = denial.file.as_deref().unwrap();
            format!("{} {file}:{} {} {}", what.unwrap(), denial.line, denial.occurrences, also.join(" "))
                .trim_end()
                .to_owned()
        };
        denials.iter().map(line).collect()
    }

    fn said(action: &str, why: &str) -> String {
        format!(
            "User: arn:aws:iam::111122223333:user/ana is not authorized to perform: {action} on resource: \"arn:aws:s3:::b/k\" {why}\n"
        )
    }

    const NO_POLICY: &str = "because no identity-based policy allows the action";

    #[test]
    fn the_same_denial_in_several_inputs_is_told_once_with_its_places() {
        let (get, put) = (said("s3:GetObject", NO_POLICY), said("s3:PutObject", NO_POLICY));
        assert_eq!(
            told(&[("a", &get), ("b", "nothing"), ("c", &format!("x\n{put}{get}{get}")), ("d", &put)]),
            ["s3:GetObject a:1 3 c:3", "s3:PutObject c:2 2 d:1"]
        );
    }

    #[test]
    fn a_copy_of_the_same_request_does_not_count_twice() {
        let record = |id: &str| {
            format!(
                r#"{{"eventSource": "s3.amazonaws.com", "eventName": "GetObject", "errorCode": "AccessDenied", "requestID": "{id}"}}"#
            )
        };
        let (one, other) = (record("0A1B2C3D4E5F6071"), record("0A1B2C3D4E5F6072"));
        assert_eq!(told(&[("a", &one), ("b", &one), ("c", &other)]), ["GetObject a:1 2 b:1 c:1"]);
    }

    #[test]
    fn what_contradicts_its_own_input_stands_for_itself() {
        let (one, other) = (
            said("s3:GetObject", NO_POLICY),
            said("s3:GetObject", "with an explicit deny in a service control policy"),
        );
        let both = format!("{one}{other}");
        assert_eq!(
            told(&[("a", &both), ("b", &one)]),
            ["s3:GetObject a:1 1", "s3:GetObject a:2 1", "s3:GetObject b:1 1"]
        );
    }

    /// A call that made the session `run-9` of a role, and passed a policy for one action.
    fn assumed(at: &str, action: &str) -> String {
        format!(
            r#"{{"eventSource": "sts.amazonaws.com", "eventName": "AssumeRole", "eventTime": "{at}", "userIdentity": {{"invokedBy": "codepipeline.amazonaws.com"}},
            "requestParameters": {{"roleArn": "arn:aws:iam::111122223333:role/ci/reader", "roleSessionName": "run-9",
            "policy": "{{\"Statement\":{{\"Effect\":\"Allow\",\"Action\":\"{action}\",\"Resource\":\"*\"}}}}"}}}}"#
        )
        .replace("\n            ", " ")
    }

    fn session_of(inputs: &[(&str, &str)]) -> Option<String> {
        let mut all = OfInputs::default();
        for (name, text) in inputs {
            let (denials, sessions) = parse_with_sessions(&Source::new(*name, *text));
            all.add(&(*name).into(), denials, sessions);
        }
        let denials = all.into_denials();
        assert_eq!(denials.len(), 1);
        let origin = denials.first()?.session.as_ref()?;
        Some(format!("{} at {} in {}, line {}", origin.operation, origin.at.as_ref()?, origin.file, origin.line))
    }

    #[test]
    fn how_a_session_was_made_may_stand_in_another_input() {
        let denied = "User: arn:aws:sts::111122223333:assumed-role/reader/run-9 is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::b/k\" because no session policy allows the s3:GetObject action";
        let (made, other) = (assumed("2026-11-20T09:00:00Z", "s3:List*"), assumed("2026-11-20T08:00:00Z", "s3:Put*"));
        let told = Some("AssumeRole at 2026-11-20T09:00:00Z in b.log, line 2".to_owned());
        let second = format!("nothing\n{made}");
        assert_eq!(session_of(&[("a.log", denied), ("b.log", &second)]), told);
        assert_eq!(session_of(&[("b.log", &second), ("a.log", denied)]), told);
        // which of two made it is not known without the time of the denial, wherever they stand
        assert_eq!(session_of(&[("a.log", denied), ("b.log", &second), ("c.log", &other)]), None);
        let dated = format!("2026-11-20T08:30:00Z {denied}");
        let earlier = Some("AssumeRole at 2026-11-20T08:00:00Z in c.log, line 1".to_owned());
        assert_eq!(session_of(&[("a.log", &dated), ("b.log", &second), ("c.log", &other)]), earlier);
    }
}
