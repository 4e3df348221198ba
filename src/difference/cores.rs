//! Work that is independent, on all cores: with the same answers in the same order, and no thread that is left behind it.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{Builder, available_parallelism, scope};

/// Does the work for each of these; where they are fewer than so many for a core, a core less is at work.
///
/// A thread takes about as long to start as a small comparison takes. Where several comparisons are made at once, the cores are taken.
pub(super) fn each<T: Sync, R: Send>(items: &[T], for_a_core: usize, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let wanted = items.len() / for_a_core.max(1);
    let cores = if wanted < 2 || rayon::current_thread_index().is_some() {
        1
    } else {
        available_parallelism().map_or(1, |cores| cores.get().min(wanted))
    };
    if cores < 2 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let share = || {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(number) else { return done };
            done.push((number, work(item)));
        }
    };
    let mut all = scope(|threads| {
        // what no thread can be had for is done here
        let others: Vec<_> = (1..cores).filter_map(|_| Builder::new().spawn_scoped(threads, share).ok()).collect();
        let mut all = share();
        for other in others {
            all.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        all
    });
    all.sort_unstable_by_key(|(number, _)| *number);
    all.into_iter().map(|(_, done)| done).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_all_cores_did_stands_in_order() {
        let items: Vec<u64> = (0..1_000).collect();
        let squares: Vec<u64> = items.iter().map(|item| item * item).collect();
        assert_eq!(each(&items, 1, |item| item * item), squares);
        assert_eq!(each(&items, 1_000, |item| item * item), squares);
        assert_eq!(each(&[], 1, |item: &u64| *item), [0_u64; 0]);
    }
}
