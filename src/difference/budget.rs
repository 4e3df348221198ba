//! How much work a comparison may take before "cannot tell" is the answer.

/// About a second on a slow machine; realistic policies take a hundredth of it.
const STEPS: u64 = 40_000_000;

/// What is left of the work that may be done before "cannot tell" is the answer.
#[derive(Debug)]
pub(super) struct Budget(u64);

/// Work that was done ahead.
#[derive(Debug)]
pub(super) struct Ahead<T> {
    /// What was done, if it came to an end.
    pub(super) done: Option<T>,
    most: u64,
    spent: u64,
}

impl<T> Ahead<T> {
    /// How much it took, if it came to an end.
    pub(super) fn spent(&self) -> Option<u64> {
        self.done.is_some().then_some(self.spent)
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self(STEPS)
    }
}

impl Budget {
    #[cfg(test)]
    pub(super) const fn new(steps: u64) -> Self {
        Self(steps)
    }

    /// Takes from it; `None` when nothing is left.
    #[inline]
    pub(super) fn spend(&mut self, steps: usize) -> Option<()> {
        self.0 = self.0.checked_sub(u64::try_from(steps).unwrap_or(u64::MAX))?;
        Some(())
    }

    /// Does the work of [`Budget::within`] ahead, from a budget of its own; what was done, and how much it took.
    pub(super) fn ahead<T>(most: u64, work: impl FnOnce(&mut Self) -> Option<T>) -> Ahead<T> {
        let mut own = Self(most);
        let done = work(&mut own);
        Ahead { done, most, spent: most - own.0 }
    }

    /// Takes what work done ahead took, unless it might come to another end with what is left.
    pub(super) fn take_over<T>(&mut self, ahead: &Ahead<T>) -> bool {
        let is_same = self.0 >= ahead.most || (ahead.done.is_some() && self.0 >= ahead.spent);
        if is_same {
            self.0 -= ahead.spent;
        }
        is_same
    }

    /// Does work that may take `most` of it.
    pub(super) fn within<T>(&mut self, most: u64, work: impl FnOnce(&mut Self) -> T) -> T {
        let most = most.min(self.0);
        let mut own = Self(most);
        let done = work(&mut own);
        self.0 -= most - own.0;
        done
    }
}
