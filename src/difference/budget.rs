//! How much work a comparison may take before "cannot tell" is the answer.

/// About a second on a slow machine; realistic policies take a hundredth of it.
const STEPS: u64 = 40_000_000;

/// What is left of the work that may be done before "cannot tell" is the answer.
#[derive(Debug)]
pub(super) struct Budget(u64);

/// Work that was done ahead.
#[derive(Debug)]
pub(super) struct Ahead<T> {
    done: T,
    spent: u64,
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

    /// Does work ahead that may take `most` of a budget of its own; `None` where that does not suffice.
    pub(super) fn ahead<T>(most: u64, work: impl FnOnce(&mut Self) -> Option<T>) -> Option<Ahead<T>> {
        let mut own = Self(most);
        let done = work(&mut own)?;
        Some(Ahead { done, spent: most - own.0 })
    }

    /// Takes what was done ahead for what it took; `None` where so much is not left.
    pub(super) fn buy<T>(&mut self, ahead: Ahead<T>) -> Option<T> {
        self.0 = self.0.checked_sub(ahead.spent)?;
        Some(ahead.done)
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
