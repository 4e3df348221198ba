//! Lists with room for what they hold and no more: there are many.

/// Inserts into a list that keeps its first `most`.
pub(super) fn insert<T>(list: &mut Box<[T]>, place: usize, value: T, most: usize) {
    let mut all = std::mem::take(list).into_vec();
    all.truncate(most.saturating_sub(1));
    all.reserve_exact(1);
    all.insert(place.min(all.len()), value);
    *list = all.into_boxed_slice();
}
