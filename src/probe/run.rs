//! A run as a state machine without clock or network: it gives the next call and takes the result.

use std::ops::Add as _;

use super::attempt::{Attempt, Outcome, Usage};
use super::call::Call;
use super::cell::{Cell, CellNote, Judgement, State};
use super::follow_up;
use super::judge::judge_cell;
use super::model::ModelRef;
use super::plan::Plan;
use super::price;
use super::settings::{MAX_CELLS, NotRun};
use super::verdict::Detail;

/// Calls at a time in one Region.
pub const PER_REGION: usize = 2;
/// Calls at a time in all.
pub const IN_ALL: usize = 8;
/// Between the starts of two calls.
pub const SPACING_MS: u64 = 250;
/// Until a connection is made.
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
    Call {
        /// The cell that it belongs to, counted from 0.
        cell: usize,
        /// The call.
        call: Call,
    },
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

/// A run of a plan.
#[derive(Debug, Clone)]
pub struct Run {
    plan: Plan,
    cells: Vec<Cell>,
    calls: u32,
    spent: f64,
    /// What the calls in flight cost at most.
    reserved: f64,
    started_cells: usize,
    halted: Option<NotRun>,
    exhausted: Vec<(String, ModelRef)>,
    complete: bool,
}

impl Run {
    /// What a report shows of it, to be changed.
    pub(crate) fn parts_mut(&mut self) -> (&mut Plan, &mut Vec<Cell>) {
        let Self {
            plan,
            cells,
            calls: _,
            spent: _,
            reserved: _,
            started_cells: _,
            halted: _,
            exhausted: _,
            complete: _,
        } = self;
        (plan, cells)
    }

    /// A run of the plan from its beginning. The plan's cells become those of the run.
    #[must_use]
    pub fn new(mut plan: Plan) -> Self {
        let complete = plan.cells.iter().all(|planned| planned.not_run != Some(NotRun::Interrupted));
        Self {
            cells: std::mem::take(&mut plan.cells).into_iter().map(Cell::new).collect(),
            plan,
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
            let in_flight = |region: Option<&str>| {
                let flying = self.cells.iter().filter(|cell| cell.state == State::InFlight);
                flying.filter(|cell| region.is_none_or(|region| cell.region() == region)).count()
            };
            let under_way = in_flight(None);
            if under_way >= IN_ALL {
                return Step::Wait;
            }
            let may_start = |cell: &Cell| cell.state == State::Open && in_flight(Some(cell.region())) < PER_REGION;
            let next = self.cells.iter().enumerate().find(|(_, cell)| may_start(cell));
            let Some((at, call)) = next.map(|(at, cell)| (at, cell.plan.call.clone())) else {
                return if under_way > 0 { Step::Wait } else { Step::Done };
            };
            match self.stopped(&call) {
                None => {
                    self.calls += 1;
                    self.started_cells += 1;
                    self.reserved += price::bound(&call);
                    self.set_state(at, State::InFlight);
                    return Step::Call { cell: at, call };
                }
                // what is in flight may still cost less than its upper bound
                Some(NotRun::OverBudget) if under_way > 0 => return Step::Wait,
                Some(reason) => self.leave_out(at, reason),
            }
        }
    }

    /// Takes the result of a call.
    pub fn record(&mut self, cell: usize, attempt: Attempt) -> After {
        let Some(entry) = self.cells.get_mut(cell).filter(|cell| cell.state == State::InFlight) else {
            return After::Done;
        };
        let bound = price::bound(&entry.plan.call);
        self.reserved -= bound;
        self.spent += price::spent(&entry.plan.call, &attempt.outcome);
        entry.attempts.push(attempt);
        let judgement = judge_cell(entry);
        if let Some(wait_ms) = self.again(cell, &judgement) {
            self.calls += 1;
            self.reserved += bound;
            return After::Again { wait_ms };
        }
        self.close(cell, judgement);
        After::Done
    }

    /// Whether a repetition that was waited for may still be made: another answer may have ended the run meanwhile. Where not, the cell is
    /// closed with what it has.
    pub fn resume(&mut self, cell: usize) -> bool {
        let halted = self.halted.is_some();
        let Some(entry) = self.cells.get(cell).filter(|entry| entry.state == State::InFlight && halted) else {
            return true;
        };
        let judgement = judge_cell(entry);
        self.calls = self.calls.saturating_sub(1);
        self.reserved -= price::bound(&entry.plan.call);
        self.close(cell, judgement);
        false
    }

    /// Ends the run here: what was not called is `not-run`, and the report is marked incomplete.
    pub fn interrupt(&mut self) {
        self.complete = self.complete && self.cells.iter().all(Cell::is_done);
        self.halted = Some(NotRun::Interrupted);
        // a call under way may have been answered, so it counts as if it was
        self.spent += self.reserved;
        self.reserved = 0.0;
        for cell in self.cells.iter_mut().filter(|cell| !cell.is_done()) {
            let under_way = cell.state == State::InFlight;
            cell.state = State::Done;
            if cell.was_called() {
                cell.judgement = judge_cell(cell);
            } else if under_way {
                cell.judgement.notes = vec![CellNote::InterruptedDuringCall];
            }
        }
    }

    /// The cells, with their verdicts so far.
    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// The cells that were called.
    pub fn called(&self) -> impl Iterator<Item = &Cell> + Clone {
        self.cells.iter().filter(|cell| cell.was_called())
    }

    /// The plan.
    #[must_use]
    pub const fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Whether every cell has its verdict and nothing was broken off.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete && self.cells.iter().all(Cell::is_done)
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

    /// The tokens that the answers report.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.cells.iter().flat_map(|cell| &cell.attempts).map(Attempt::usage).fold(Usage::default(), Usage::add)
    }

    /// Why the call cannot be made any more.
    fn stopped(&self, call: &Call) -> Option<NotRun> {
        if let Some(reason) = self.halted {
            return Some(reason);
        }
        // the quota is judged after the permissions: an action that was not tried yet still gets its answer
        let tried = |cell: &Cell| {
            let other = &cell.plan.call;
            cell.was_called()
                && (&other.model, &other.region) == (&call.model, &call.region)
                && other.api.action() == call.api.action()
        };
        let exhausted = |(region, model): &(String, ModelRef)| (region, model) == (&call.region, &call.model);
        if self.exhausted.iter().any(exhausted) && self.cells.iter().any(tried) {
            return Some(NotRun::DailyQuota);
        }
        match self.plan.settings.max_calls {
            Some(most) if self.calls >= most => return Some(NotRun::OverCalls),
            None if self.started_cells >= MAX_CELLS => return Some(NotRun::OverCap),
            _ => {}
        }
        self.too_expensive(call).then_some(NotRun::OverBudget)
    }

    fn too_expensive(&self, call: &Call) -> bool {
        self.spent + self.reserved + price::bound(call) > self.plan.settings.max_usd
    }

    fn set_state(&mut self, at: usize, state: State) {
        if let Some(cell) = self.cells.get_mut(at) {
            cell.state = state;
        }
    }

    fn leave_out(&mut self, at: usize, reason: NotRun) {
        if let Some(cell) = self.cells.get_mut(at) {
            cell.plan.not_run = Some(reason);
            cell.judgement = Judgement::not_run(reason);
            cell.state = State::Done;
        }
    }

    /// How long to wait before the same call is made again, if it is.
    fn again(&self, cell: usize, judgement: &Judgement) -> Option<u64> {
        let entry = self.cells.get(cell)?;
        let Some(Outcome::Refused { status, .. }) = entry.attempts.last().map(|attempt| &attempt.outcome) else {
            return None;
        };
        let made = entry.attempts.len();
        let wait = match status {
            _ if judgement.detail == Some(Detail::TokensPerDay) => None,
            429 => WAITS_MS.get(made.checked_sub(1)?).copied(),
            408 | 424 | 503 if made == 1 => Some(WAIT_ONCE_MS),
            _ => None,
        }?;
        let over = self.plan.settings.max_calls.is_some_and(|most| self.calls >= most);
        (self.halted.is_none() && !over && !self.too_expensive(&entry.plan.call)).then_some(wait)
    }

    /// Gives the cell its verdict and adds the cells that follow from it.
    fn close(&mut self, at: usize, judgement: Judgement) {
        let Some(cell) = self.cells.get_mut(at) else {
            return;
        };
        cell.state = State::Done;
        cell.judgement = judgement;
        let call = cell.plan.call.clone();
        if cell.judgement.is_quarantine() {
            self.halted = self.halted.or(Some(NotRun::Incident));
        }
        if cell.judgement.detail == Some(Detail::TokensPerDay) {
            self.exhausted.push((call.region.clone(), call.model.clone()));
        }
        if self.halted.is_some() {
            return;
        }
        // the answer for one action may show whether the other one needs another way
        for sibling in 0..self.cells.len() {
            if self.cells.get(sibling).is_some_and(|cell| cell.plan.call.is_sibling(&call)) {
                let next = follow_up::fallback(&self.plan, &self.cells, sibling);
                self.cells.extend(next.map(Cell::new));
            }
        }
        if let Some(cell) = self.cells.get(at) {
            let varied = follow_up::variations(&self.plan.settings, cell, at);
            self.cells.extend(varied.into_iter().map(Cell::new));
        }
    }
}
