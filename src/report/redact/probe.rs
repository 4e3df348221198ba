//! A probe of models: its cells, findings and notes.

use super::{Redact, Redactor};
use crate::probe::{
    Attempt, Basis, Call, Cell, Discovery, Finding, Found, FoundModel, FoundProfile, Identity, Incident, Judgement,
    Mark, ModelRef, NoAnswer, Note, Outcome, Plan, PlannedCell, Proposal, Record, Refusal, RegionModels, Settings,
    StreamFailure, Variation,
};
use crate::remedy::bedrock::Unknown;
use crate::report::sections::probe::{Diagnosed, ProbeReport};

impl Redact for ProbeReport {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { record, findings } = self;
        record.redact(redactor);
        findings.redact(redactor);
    }
}

impl Redact for Diagnosed {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { finding, advice: _, report, proposal } = self;
        finding.redact(redactor);
        report.redact(redactor);
        proposal.redact(redactor);
    }
}

impl Redact for Finding {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { cells: _, denial, basis } = self;
        denial.redact(redactor);
        match basis {
            Basis::Input(input) => redactor.places(input),
            Basis::Calls { denied: _, called: _, extent: _, actions: _ } => {}
        }
    }
}

impl Redact for Proposal {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { document, requests: _, allowed: _, assumes, still_denied, unknown } = self;
        *document = redactor.document(document);
        assumes.redact(redactor);
        for (check, _) in still_denied.iter_mut() {
            check.redact(redactor);
        }
        unknown.redact(redactor);
    }
}

impl Redact for Unknown {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { subject, command } = self;
        subject.redact(redactor);
        command.redact(redactor);
    }
}

impl Redact for Record {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { run, started_at: _, ended_at: _, identity, auth: _, command, incident, notes } = self;
        if let Some(Identity { arn, account }) = identity {
            redactor.names(arn);
            redactor.names(account);
        }
        command.redact(redactor);
        incident.redact(redactor);
        notes.redact(redactor);
        let (plan, cells) = run.parts_mut();
        plan.redact(redactor);
        cells.redact(redactor);
    }
}

impl Redact for Incident {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { marks, called: _, response } = self;
        for mark in marks {
            match mark {
                Mark::KeyInInput(input) | Mark::QuarantineInInput(input) => redactor.places(input),
                Mark::QuarantineAttached => {}
            }
        }
        response.redact(redactor);
    }
}

impl Redact for Note {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::OtherRegion { model, named: _, called: _ } | Self::ModelNotKnown(model) => model.redact(redactor),
            Self::AgreementNotKnown { base: _, region: _, why } => why.redact(redactor),
            Self::NotListed { region: _, refused } => refused.iter_mut().for_each(|(_, why)| why.redact(redactor)),
            Self::CalledBecauseNamed(model) => redactor.names(model),
            Self::SecretInInput(input) => redactor.places(input),
            Self::NewestModels(models) => redactor.names(models),
            Self::ApiKeyUser(arn) => redactor.names(arn),
            Self::OtherPrincipal { denied, named } => {
                redactor.names(denied);
                redactor.names(named);
            }
            Self::NoActiveModel { region: _, family: _ }
            | Self::Legacy { base: _, end: _, region: _ }
            | Self::Ends(_)
            | Self::NotAvailable { base: _, region: _, states: _ }
            | Self::BuiltInList(_)
            | Self::RegionAssumed(_)
            | Self::ApiKeyNotUsed
            | Self::ApiKeyUsed
            | Self::OnlyRegions(_)
            | Self::AllEnded(_) => {}
        }
    }
}

impl Redact for Refusal {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::Said(said) => redactor.sentences(said),
            Self::TooManyPages(_) => {}
        }
    }
}

impl Redact for ModelRef {
    fn redact(&mut self, redactor: &mut Redactor) {
        if let Ok(clean) = Self::parse(&redactor.name(self.as_str())) {
            *self = clean;
        }
    }
}

impl Redact for Plan {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { settings, discovery, cells, estimate: _, notes } = self;
        settings.redact(redactor);
        discovery.redact(redactor);
        cells.redact(redactor);
        notes.redact(redactor);
    }
}

impl Redact for Settings {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self {
            models,
            regions: _,
            converse: _,
            invoke: _,
            params: _,
            guardrail,
            try_conditions: _,
            fallback: _,
            dry: _,
            max_calls: _,
            max_usd: _,
            allow_subscribe: _,
        } = self;
        redactor.names(models);
        if let Some((guardrail, _)) = guardrail {
            redactor.names(guardrail);
        }
    }
}

impl Redact for Discovery {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { regions } = self;
        for RegionModels { models, profiles, availability } in regions.values_mut() {
            found(models, redactor, Redact::redact);
            found(profiles, redactor, Redact::redact);
            for state in availability.values_mut() {
                found(state, redactor, |_, _| {});
            }
        }
    }
}

fn found<T>(found: &mut Found<T>, redactor: &mut Redactor, change: impl Fn(&mut T, &mut Redactor)) {
    match found {
        Found::NotTried => {}
        Found::Refused(why) => why.redact(redactor),
        Found::Listed(list) => change(list, redactor),
    }
}

impl Redact for FoundModel {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { id, name: _, lifecycle: _, inference_types: _, end_of_life: _, text: _ } = self;
        redactor.names(id);
    }
}

impl Redact for FoundProfile {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { id, arn, status: _, models } = self;
        redactor.names(id);
        redactor.names(arn);
        redactor.names(models);
    }
}

impl Redact for PlannedCell {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { asked, call, base, origin: _, after: _, not_run: _ } = self;
        redactor.names(asked);
        call.redact(redactor);
        redactor.names(base);
    }
}

impl Redact for Call {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { region: _, model, api: _, variation } = self;
        model.redact(redactor);
        match variation {
            Variation::Guardrail { identifier, version: _ } => redactor.names(identifier),
            Variation::Plain
            | Variation::Temperature
            | Variation::TemperatureAndTopP
            | Variation::Tool
            | Variation::ServiceTier(_)
            | Variation::LowLatency
            | Variation::Dry => {}
        }
    }
}

impl Redact for Cell {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { plan, attempts, judgement, state: _ } = self;
        plan.redact(redactor);
        attempts.redact(redactor);
        let Judgement { verdict: _, detail: _, authorized: _, notes: _, denial } = judgement;
        denial.redact(redactor);
    }
}

impl Redact for Attempt {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { latency_ms: _, request_id, outcome } = self;
        redactor.ids(request_id);
        match outcome {
            Outcome::Refused { status: _, code: _, message, body } => {
                redactor.sentences(message);
                redactor.sentences(body);
            }
            Outcome::Exception { failure, events: _ } => match failure {
                StreamFailure::Service { code: _, message } => redactor.sentences(message),
                StreamFailure::Unreadable(why) => redactor.sentences(why),
                StreamFailure::Stalled => {}
            },
            Outcome::Unanswered(why) => match why {
                NoAnswer::NotSent(why) | NoAnswer::Failed(why) | NoAnswer::Unreadable(why) => redactor.sentences(why),
                NoAnswer::NotStream(what) => redactor.sentences(what),
                NoAnswer::TimedOut(_) | NoAnswer::NotJson => {}
            },
            Outcome::Completed { stop_reason: _, usage: _ } | Outcome::Truncated { events: _, usage: _ } => {}
        }
    }
}
