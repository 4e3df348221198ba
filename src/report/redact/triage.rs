//! What was counted of a trail. Numbers, times, actions and error codes say what happened, not to whom.

use std::collections::{BTreeMap, BTreeSet};

use super::{Redact, Redactor};
use crate::denial::Fingerprint;
use crate::diagnosed::{
    AccountRead, Ends, Explained, Group, NotDiagnosed, OtherRecord, Outcome, Together, TrailDiagnosis,
};
use crate::iam::is_account_id;
use crate::report::sections::triage::Triage;
use crate::triage::{
    Change, Chosen, Distinct, Entry, Filters, Sample, SecretPlace, Secrets, Skipped, Tally, Trail, Undone, UndoneBy,
    Unreadable, UnreadableRecord,
};

impl Redact for Triage {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { trail, diagnosis, top: _, all: _, filters } = self;
        filters.redact(redactor);
        let Trail {
            files: _,
            bytes: _,
            seen_before: _,
            grown: _,
            growing: _,
            recounted: _,
            without_records: _,
            left_alone: _,
            skipped,
            tally,
        } = trail;
        let Tally {
            records: _,
            first: _,
            last: _,
            fingerprints,
            changes,
            left_out,
            secrets,
            unreadable,
            quarantines,
            undone,
        } = tally;
        secrets.redact(redactor);
        undone.redact(redactor);
        unreadable.redact(redactor);
        changes.redact(redactor);
        changes.sort();
        quarantines.redact(redactor);
        quarantines.sort();
        // each has the fingerprint of what stands in it now
        let before = std::mem::take(left_out);
        let mut renamed = BTreeMap::new();
        for (id, mut entry) in std::mem::take(fingerprints).into_entries() {
            let began = before.began_of(&entry.cause);
            entry.redact(redactor);
            tally.left_out.rename(began, &entry.cause);
            let own = entry.cause.id();
            tally.put(own, &entry);
            renamed.insert(id, own);
        }
        let mut taken = BTreeSet::new();
        let (groups, policies) = match diagnosis {
            Some(TrailDiagnosis { groups, policies }) => (groups.as_mut_slice(), policies.as_mut_slice()),
            None => Default::default(),
        };
        for AccountRead { account, taken_at: _ } in policies {
            redactor.names(account);
        }
        for group in groups {
            let Group { fingerprints, outcome } = group;
            // one that two groups would have counts in the first
            let own = fingerprints.iter().filter_map(|id| renamed.remove(id));
            *fingerprints = own.filter(|id| taken.insert(*id)).collect();
            outcome.redact(redactor);
        }
        skipped.redact(redactor);
        // in the order of their names
        skipped.sort();
    }
}

impl Redact for Filters {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Some(all) = self.all_mut() else { return };
        let redacted = std::mem::take(all).into_iter().map(|mut one| {
            let Chosen { since: _, until: _, accounts, principals, actions: _ } = &mut one;
            accounts.iter_mut().chain(principals).for_each(|name| redactor.names(name));
            one
        });
        *all = redacted.collect();
    }
}

impl Redact for Secrets {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { records: _, kinds: _, places } = self;
        let redacted = std::mem::take(places).into_iter().map(|mut place| {
            place.redact(redactor);
            place
        });
        *places = redacted.collect();
    }
}

impl Redact for Undone {
    fn redact(&mut self, redactor: &mut Redactor) {
        for (caller, UndoneBy { count, whose, .. }) in std::mem::take(&mut self.0) {
            let whose = whose.iter().map(|name| who(name, redactor)).collect();
            self.put(who(&caller, redactor), UndoneBy { count, whose });
        }
    }
}

impl Redact for SecretPlace {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { event_id, principal } = self;
        redactor.ids(event_id);
        if let Some(principal) = principal {
            *principal = who(principal, redactor);
        }
    }
}

impl Redact for Unreadable {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { records: _, example } = self;
        let Some(UnreadableRecord { file, event_id }) = example else { return };
        if let Some(file) = file {
            redactor.places(file);
        }
        if let Some(id) = event_id {
            redactor.ids(id);
        }
    }
}

impl Redact for Skipped {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { path, why } = self;
        redactor.places(path);
        redactor.sentences(why);
    }
}

impl Redact for Outcome {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::Explained(explained) => explained.redact(redactor),
            Self::NotDiagnosed(NotDiagnosed::NotSeen(gap)) => gap.redact(redactor),
            Self::NotDiagnosed(
                NotDiagnosed::OtherFailure | NotDiagnosed::NoRecord | NotDiagnosed::TooLong | NotDiagnosed::HoldsSecret,
            ) => {}
        }
    }
}

impl Redact for Explained {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self {
            event_id,
            kept: _,
            others,
            cause: _,
            summary,
            decision: _,
            confidence: _,
            blockers,
            disagreements,
            gaps,
            withheld: _,
            incident: _,
            worked_out: _,
            remedies,
            for_all,
            ends,
            together,
        } = self;
        redactor.ids(event_id);
        for OtherRecord { event_id, records: _, allowed: _, summary, .. } in others {
            redactor.ids(event_id);
            summary.redact(redactor);
        }
        // the names are met before sentences are looked through
        blockers.clone().redact(redactor);
        remedies.clone().redact(redactor);
        summary.redact(redactor);
        blockers.redact(redactor);
        disagreements.redact(redactor);
        gaps.redact(redactor);
        remedies.redact(redactor);
        redactor.names(for_all);
        let of_several = together.as_mut().map(|Together { findings: _, denials: _, ends }| ends);
        for ends in ends.iter_mut().chain(of_several) {
            let Ends {
                allowed: _,
                allowed_if: _,
                differ: _,
                blocked: _,
                open: _,
                left: _,
                others: _,
                others_if: _,
                unseen,
            } = ends;
            unseen.redact(redactor);
        }
    }
}

impl Redact for Entry {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self {
            cause,
            count: _,
            first: _,
            last: _,
            days: _,
            hours: _,
            sessions,
            source_ips,
            endpoints,
            user_agents,
            samples,
        } = self;
        cause.redact(redactor);
        sessions.redact(redactor);
        source_ips.redact(redactor);
        endpoints.redact(redactor);
        user_agents.redact(redactor);
        samples.iter_mut().for_each(|sample| sample.redact(redactor));
    }
}

impl Redact for Fingerprint {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self {
            failure: _,
            principal,
            action: _,
            resource,
            error_code: _,
            effect: _,
            policy_type: _,
            policy_arn,
            account,
            region: _,
        } = self;
        if let Some(principal) = principal {
            *principal = who(principal, redactor).into();
        }
        if let Some(resource) = resource {
            *resource = shape(resource, redactor).into();
        }
        redactor.names(policy_arn);
        redactor.names(account);
    }
}

/// `111122223333 role deploy`: the account and the name.
fn who(text: &str, redactor: &mut Redactor) -> String {
    let (account, rest) = match text.split_once(' ') {
        Some((account, rest)) if is_account_id(account) => (redactor.name(account) + " ", rest),
        Some(("-", rest)) => ("- ".to_owned(), rest),
        _ => (String::new(), text),
    };
    let kinds = [
        "directory-user",
        "federated-user",
        "id",
        "identity-center-user",
        "permission-set",
        "role",
        "saml-user",
        "service",
        "user",
    ];
    match rest.split_once(' ') {
        // the provider and the name that it gives
        Some((kind, names)) if kind == "web-identity" || (kind == "saml-user" && names.starts_with("arn:")) => {
            let names: Vec<String> = names.splitn(2, ' ').map(|name| shape(name, redactor)).collect();
            format!("{account}{kind} {}", names.join(" "))
        }
        Some((kind, name)) if kinds.contains(&kind) => format!("{account}{kind} {}", shape(name, redactor)),
        _ if !account.is_empty() && rest == "root" || rest == "anonymous" => format!("{account}{rest}"),
        _ => format!("{account}{}", shape(rest, redactor)),
    }
}

/// What stands in a shape for the volatile parts of a name, and a form that the rules for names leave alone.
const OPEN: [(&str, &str); 3] = [("{id}", "${id}"), ("{date}", "${date}"), ("{n}", "${n}")];

fn shape(text: &str, redactor: &mut Redactor) -> String {
    let marked = OPEN.iter().fold(text.to_owned(), |text, (open, variable)| text.replace(open, variable));
    let clean = redactor.name(&marked);
    OPEN.iter().fold(clean, |text, (open, variable)| text.replace(variable, open))
}

impl Redact for Distinct {
    fn redact(&mut self, redactor: &mut Redactor) {
        // a hash is no more than a pseudonym is: whoever knows a name can find it
        let Self { hashes: _, examples } = self;
        examples.iter_mut().for_each(|example| redactor.names(example));
    }
}

impl Redact for Sample {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { order: _, event_id, at: _, principal, resource, twice: _, record } = self;
        redactor.ids(event_id);
        redactor.names(principal);
        redactor.names(resource);
        // all of it is somebody's
        *record = None;
    }
}

impl Redact for Change {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { at: _, operation: _, by, of, account, id } = self;
        redactor.names(by);
        for name in of.values_mut() {
            redactor.names(name);
        }
        redactor.names(account);
        redactor.ids(id);
    }
}
