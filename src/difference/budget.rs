//! How much work a comparison may take before "cannot tell" is the answer.

/// About a second on a slow machine; realistic policies take a hundredth of it.
const STEPS: u64 = 40_000_000;

/// What is left of the work that may be done before "cannot tell" is the answer.
#[derive(Debug)]
pub(super) struct Budget(u64);

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

    /// Does work that may take `most` of it.
    pub(super) fn within<T>(&mut self, most: u64, work: impl FnOnce(&mut Self) -> T) -> T {
        let most = most.min(self.0);
        let mut own = Self(most);
        let done = work(&mut own);
        self.0 -= most - own.0;
        done
    }
}
