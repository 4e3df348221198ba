//! A run as a machine without clock or network: it says which call is next and takes what came of it.

use super::attempt::{Attempt, Outcome, Usage};
use super::call::{Api, Call, Variation};
use super::judge::judge;
use super::plan::{self, Plan, PlannedCell};
use super::price;
use super::settings::{MAX_CELLS, NotRun, Origin};
use super::verdict::{Authorized, Detail, Judgement, Verdict};

/// Calls at a time in one Region.
pub const PER_REGION: usize = 2;
/// Calls at a time in all.
pub const IN_ALL: usize = 8;
/// Between the starts of two calls.
pub const SPACING_MS: u64 = 250;
/// Until a connection stands.
pub const CONNECT_TIMEOUT_MS: u64 = 3_000;
/// Until an answer is whole.
pub const OPERATION_TIMEOUT_MS: u64 = 30_000;
/// Before the first and the second repetition of a throttled call.
const WAITS_MS: [u64; 2] = [1_000, 2_000];
/// Before the only repetition of a call that the model or service could not answer.
const WAIT_ONCE_MS: u64 = 1_000;

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Make this call, then [`Run::record`] it.
    Call(Call),
    /// Nothing can start before another answer is recorded.
    Wait,
    /// Everything is done.
    Done,
}

/// What follows from an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// The cell is done.
    Done,
    /// Make the same call again after this time.
    Again {
        /// Milliseconds, to which some jitter may be added.
        wait_ms: u64,
    },
}

/// A cell with what came of it.
#[derive(Debug, Clone)]
pub struct RunCell {
    /// What was planned.
    pub planned: PlannedCell,
    /// Every call that was made.
    pub attempts: Vec<Attempt>,
    /// What they amount to; none while it is open.
    pub judgement: Option<Judgement>,
    in_flight: bool,
}

/// A run of a plan.
#[derive(Debug, Clone)]
pub struct Run {
    plan: Plan,
    cells: Vec<RunCell>,
    calls: u32,
    spent: f64,
    /// What the calls in flight cost at most.
    reserved: f64,
    started_cells: usize,
    halted: Option<NotRun>,
    exhausted: Vec<(String, String)>,
    complete: bool,
}

impl Run {
    /// A run of the plan from its beginning.
    #[must_use]
    pub fn new(plan: Plan) -> Self {
        let open = |planned: &PlannedCell| RunCell {
            planned: planned.clone(),
            attempts: Vec::new(),
            judgement: planned.not_run.map(not_run),
            in_flight: false,
        };
        let cells = plan.cells.iter().map(open).collect();
        let complete = plan.cells.iter().all(|planned| planned.not_run != Some(NotRun::Interrupted));
        Self {
            plan,
            cells,
            calls: 0,
            spent: 0.0,
            reserved: 0.0,
            started_cells: 0,
            halted: None,
            exhausted: Vec::new(),
            complete,
        }
    }

    /// The next call. Between two calls the caller waits [`SPACING_MS`].
    pub fn next_step(&mut self) -> Step {
        loop {
            let in_flight = self.cells.iter().filter(|cell| cell.in_flight).count();
            let open = |cell: &RunCell| cell.judgement.is_none() && !cell.in_flight;
            if in_flight >= IN_ALL {
                return Step::Wait;
            }
            let free = |region: &str| {
                self.cells.iter().filter(|cell| cell.in_flight && cell.planned.region == region).count() < PER_REGION
            };
            let Some(at) = self.cells.iter().position(|cell| open(cell) && free(&cell.planned.region)) else {
                return if in_flight > 0 { Step::Wait } else { Step::Done };
            };
            let Some(cell) = self.cells.get(at) else {
                return Step::Done;
            };
            if let Some(reason) = self.stopped(&cell.planned) {
                // what is in flight may still cost less than it was bounded by
                if reason == NotRun::OverBudget && in_flight > 0 {
                    return Step::Wait;
                }
                self.leave_out(at, reason);
                continue;
            }
            return Step::Call(self.start(at));
        }
    }

    /// Takes what came of a call.
    pub fn record(&mut self, cell: usize, attempt: Attempt) -> After {
        let Some(entry) = self.cells.get_mut(cell) else {
            return After::Done;
        };
        if !entry.in_flight {
            return After::Done;
        }
        let (model, variation) = (entry.planned.resolved.as_str(), &entry.planned.variation);
        self.reserved -= price::bound(model, variation);
        self.spent += price::spent(model, variation, &attempt.outcome);
        entry.attempts.push(attempt);
        let call = call_of(cell, &entry.planned);
        let judgement = judge(&call, &entry.attempts);
        if let Some(wait_ms) = self.again(cell, &judgement) {
            self.calls += 1;
            self.reserved += price::bound(&call.model, &call.variation);
            return After::Again { wait_ms };
        }
        self.close(cell, &judgement);
        After::Done
    }

    /// Whether a repetition that was waited for may still be made: another answer may have ended the run meanwhile. Where not, the cell is
    /// closed with what it has.
    pub fn resume(&mut self, cell: usize) -> bool {
        let Some(entry) = self.cells.get(cell).filter(|entry| entry.in_flight && self.halted.is_some()) else {
            return true;
        };
        let call = call_of(cell, &entry.planned);
        let judgement = judge(&call, &entry.attempts);
        self.calls = self.calls.saturating_sub(1);
        self.reserved -= price::bound(&call.model, &call.variation);
        self.close(cell, &judgement);
        false
    }

    /// Ends the run here: what was not called is `not-run`, and the report is marked incomplete.
    pub fn interrupt(&mut self) {
        self.complete = self.complete && self.cells.iter().all(|cell| cell.judgement.is_some());
        self.halted = Some(NotRun::Interrupted);
        // what was under way may have been answered, and counts as if it was
        self.spent += self.reserved;
        self.reserved = 0.0;
        for at in 0..self.cells.len() {
            let Some(cell) = self.cells.get_mut(at) else {
                continue;
            };
            let under_way = std::mem::take(&mut cell.in_flight);
            if cell.judgement.is_none() {
                let judgement = match cell.attempts.as_slice() {
                    [] if under_way => Judgement {
                        note: Some("the run was interrupted while it was being called".to_owned()),
                        ..not_run(NotRun::Interrupted)
                    },
                    [] => not_run(NotRun::Interrupted),
                    attempts => judge(&call_of(at, &cell.planned), attempts),
                };
                cell.judgement = Some(judgement);
            }
        }
    }

    /// The cells, with what came of them so far.
    #[must_use]
    pub fn cells(&self) -> &[RunCell] {
        &self.cells
    }

    /// The plan.
    #[must_use]
    pub const fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Whether every cell has its verdict and nothing was broken off.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete && self.cells.iter().all(|cell| cell.judgement.is_some())
    }

    /// Calls that were made, or are being made.
    #[must_use]
    pub const fn calls(&self) -> u32 {
        self.calls
    }

    /// What they cost at most, in US dollars.
    #[must_use]
    pub const fn spent_usd(&self) -> f64 {
        self.spent
    }

    /// The tokens that the answers tell.
    #[must_use]
    pub fn usage(&self) -> Usage {
        let attempts = self.cells.iter().flat_map(|cell| &cell.attempts);
        attempts.fold(Usage::default(), |sum, attempt| {
            let usage = attempt.usage();
            Usage {
                input_tokens: sum.input_tokens.saturating_add(usage.input_tokens),
                output_tokens: sum.output_tokens.saturating_add(usage.output_tokens),
            }
        })
    }

    /// Why the cell cannot be called any more.
    fn stopped(&self, cell: &PlannedCell) -> Option<NotRun> {
        if let Some(reason) = self.halted {
            return Some(reason);
        }
        let key = (cell.region.clone(), cell.resolved.as_str().to_owned());
        // the quota is judged after the permissions: an action that was not tried yet still gets its answer
        let tried = |other: &RunCell| {
            !other.attempts.is_empty()
                && other.planned.resolved == cell.resolved
                && other.planned.region == cell.region
                && other.planned.api.action() == cell.api.action()
        };
        if self.exhausted.contains(&key) && self.cells.iter().any(tried) {
            return Some(NotRun::DailyQuota);
        }
        match self.plan.settings.max_calls {
            Some(most) if self.calls >= most => return Some(NotRun::OverCalls),
            None if self.started_cells >= MAX_CELLS => return Some(NotRun::OverCap),
            _ => {}
        }
        self.too_dear(cell).then_some(NotRun::OverBudget)
    }

    fn too_dear(&self, cell: &PlannedCell) -> bool {
        let bound = price::bound(cell.resolved.as_str(), &cell.variation);
        self.spent + self.reserved + bound > self.plan.settings.max_usd
    }

    fn start(&mut self, at: usize) -> Call {
        self.calls += 1;
        self.started_cells += 1;
        if let Some(cell) = self.cells.get_mut(at) {
            cell.in_flight = true;
            let call = call_of(at, &cell.planned);
            self.reserved += price::bound(&call.model, &call.variation);
            return call;
        }
        Call { cell: at, region: String::new(), model: String::new(), api: Api::Converse, variation: Variation::Plain }
    }

    fn leave_out(&mut self, at: usize, reason: NotRun) {
        if let Some(cell) = self.cells.get_mut(at) {
            cell.planned.not_run = Some(reason);
            cell.judgement = Some(not_run(reason));
        }
    }

    /// How long to wait before the same call is made again, if it is.
    fn again(&self, cell: usize, judgement: &Judgement) -> Option<u64> {
        let entry = self.cells.get(cell)?;
        let refused = |status: u16| matches!(entry.attempts.last().map(|it| &it.outcome), Some(Outcome::Refused { status: got, .. }) if *got == status);
        let made = entry.attempts.len();
        let wait = if judgement.detail == Some(Detail::TokensPerDay) {
            None
        } else if refused(429) {
            WAITS_MS.get(made.checked_sub(1)?).copied()
        } else if made == 1 && [408, 424, 503].into_iter().any(refused) {
            Some(WAIT_ONCE_MS)
        } else {
            None
        }?;
        let over = self.plan.settings.max_calls.is_some_and(|most| self.calls >= most);
        (self.halted.is_none() && !over && !self.too_dear(&entry.planned)).then_some(wait)
    }

    /// Gives the cell its verdict and adds what follows from it.
    fn close(&mut self, at: usize, judgement: &Judgement) {
        let Some(cell) = self.cells.get_mut(at) else {
            return;
        };
        cell.in_flight = false;
        cell.judgement = Some(judgement.clone());
        let planned = cell.planned.clone();
        if judgement.is_quarantine() {
            self.halted = self.halted.or(Some(NotRun::Incident));
        }
        if judgement.detail == Some(Detail::TokensPerDay) {
            self.exhausted.push((planned.region.clone(), planned.resolved.as_str().to_owned()));
        }
        if self.halted.is_none() {
            // what one action came to may tell whether the other needs another way
            for sibling in 0..self.cells.len() {
                if self.cells.get(sibling).is_some_and(|cell| is_sibling(&cell.planned, &planned)) {
                    self.fall_back(sibling);
                }
            }
            self.vary(at, &planned, judgement);
        }
    }

    /// Another way to the same model, where the answer may depend on how it is named. An explicit deny is looked up, not gone around.
    fn fall_back(&mut self, at: usize) {
        let settings = &self.plan.settings;
        let Some((planned, judgement)) =
            self.cells.get(at).and_then(|cell| Some((cell.planned.clone(), cell.judgement.clone()?)))
        else {
            return;
        };
        let planned = &planned;
        let depends = match judgement.verdict {
            Verdict::Routing => true,
            // where the other action is allowed on the same, the action is what is missing and no other way has it
            Verdict::DeniedImplicit | Verdict::Denied => !self.cells.iter().any(|cell| {
                is_sibling(&cell.planned, planned)
                    && cell.planned.api.action() != planned.api.action()
                    && cell.judgement.as_ref().is_none_or(|it| it.authorized == Authorized::Yes)
            }),
            _ => false,
        };
        let plain = planned.variation == settings.plain();
        let bearer = judgement.detail == Some(Detail::BearerToken);
        let (true, true, true, false) = (depends, plain, settings.fallback, bearer) else {
            return;
        };
        let Some(base) = planned.base.clone() else {
            return;
        };
        let ways = plan::profiles(&self.plan.discovery, &planned.region, &base);
        // each way leads to the next: from the id, or a profile of another geography, to the nearest profile, from that to the one behind
        let prefix_of = |way: &String| super::ModelRef::parse(way).ok().and_then(|way| way.prefix());
        let here = ways
            .iter()
            .position(|way| planned.resolved.prefix().is_some() && prefix_of(way) == planned.resolved.prefix());
        let next = ways.get(here.map_or(0, |here| here + 1));
        let Some(resolved) = next.and_then(|next| super::ModelRef::parse(next).ok()) else {
            return;
        };
        let twin = |cell: &RunCell| {
            cell.planned.resolved == resolved
                && cell.planned.region == planned.region
                && cell.planned.api == planned.api
                && cell.planned.variation == planned.variation
        };
        if self.cells.iter().any(twin) {
            return;
        }
        let not_run =
            plan::subscribes(settings, &self.plan.discovery, &planned.region, &resolved, planned.base.as_deref());
        self.add(PlannedCell { resolved, origin: Origin::Fallback, after: Some(at), not_run, ..planned.clone() });
    }

    /// Other parameters: on what works, and on an explicit deny those that its condition may ask for.
    fn vary(&mut self, at: usize, planned: &PlannedCell, judgement: &Judgement) {
        let settings = &self.plan.settings;
        if planned.variation != Variation::Plain {
            return;
        }
        let guardrail = settings.guardrail.clone();
        let guardrail = guardrail.map(|(identifier, version)| Variation::Guardrail { identifier, version });
        let tiers = [Variation::ServiceTier("priority"), Variation::ServiceTier("flex")];
        let mut variations = Vec::new();
        if judgement.authorized == Authorized::Yes && judgement.verdict == Verdict::Ok {
            if settings.params && !planned.api.streams() {
                variations.extend([Variation::Temperature, Variation::TemperatureAndTopP, Variation::Tool]);
                variations.extend(tiers);
                variations.push(Variation::LowLatency);
            }
            variations.extend(guardrail);
        } else if judgement.verdict == Verdict::DeniedExplicit && settings.try_conditions {
            variations.extend(guardrail);
            variations.extend(tiers);
        }
        for variation in variations {
            self.add(PlannedCell { variation, origin: Origin::Variation, after: Some(at), ..planned.clone() });
        }
    }

    fn add(&mut self, planned: PlannedCell) {
        let judgement = planned.not_run.map(not_run);
        self.cells.push(RunCell { planned, attempts: Vec::new(), judgement, in_flight: false });
    }
}

impl Attempt {
    /// The tokens that the answer tells.
    #[must_use]
    pub fn usage(&self) -> Usage {
        match &self.outcome {
            Outcome::Completed { usage, .. } | Outcome::Truncated { usage, .. } => *usage,
            _ => Usage::default(),
        }
    }
}

/// Whether two cells are the same call but for the operation.
fn is_sibling(one: &PlannedCell, other: &PlannedCell) -> bool {
    one.resolved == other.resolved && one.region == other.region && one.variation == other.variation
}

fn call_of(cell: usize, planned: &PlannedCell) -> Call {
    Call {
        cell,
        region: planned.region.clone(),
        model: planned.resolved.as_str().to_owned(),
        api: planned.api,
        variation: planned.variation.clone(),
    }
}

fn not_run(reason: NotRun) -> Judgement {
    let detail = match reason {
        NotRun::OverCap => Detail::OverCap,
        NotRun::OverCalls => Detail::OverCalls,
        NotRun::OverBudget => Detail::OverBudget,
        NotRun::WouldSubscribe => Detail::WouldSubscribe,
        NotRun::DailyQuota => Detail::DailyQuota,
        NotRun::Incident => Detail::Incident,
        NotRun::Compromised => Detail::Compromised,
        NotRun::Interrupted => Detail::Interrupted,
    };
    Judgement {
        note: Some(reason.why().to_owned()),
        ..Judgement::new(Verdict::NotRun, Some(detail), Authorized::Unknown)
    }
}
