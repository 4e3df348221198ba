//! In which order needles are given to the search: alike ones come into one group, so that ordinary text matches few of the groups.
//!
//! The search puts needle `n` into group `n % GROUPS`. It then compares a byte with a group by its two halves of four bits,
//! so every needle of a group can also stand for mixtures of them all. Needles that share halves make fewer mixtures.
//! Which text is found does not depend on the order, only how fast.

/// The letters that are searched for.
pub(super) type Needle = &'static [u8];

/// How many bytes of a needle, at its beginning, the vector instructions compare: these are to be rare.
pub(super) const COMPARED: usize = 4;

/// How many groups one search has.
const GROUPS: usize = 16;

/// The lower and upper halves of the compared bytes of a group, as sets.
#[derive(Clone, Copy, Default)]
struct Halves([(u16, u16); COMPARED]);

impl Halves {
    fn with(mut self, needle: &[u8]) -> Self {
        for ((lower, upper), byte) in self.0.iter_mut().zip(needle) {
            *lower |= 1 << (byte & 15);
            *upper |= 1 << (byte >> 4);
        }
        self
    }

    /// How many different beginnings the group lets through.
    fn mixtures(self) -> u32 {
        self.0.iter().map(|(lower, upper)| lower.count_ones() * upper.count_ones()).product()
    }
}

/// The needles of two searches, each in the order in which it is to get them.
pub(super) fn arranged(mut left: Vec<Needle>) -> [Vec<Needle>; 2] {
    let mut half = |other: usize| {
        // the larger groups come first, so that every row of needles below begins with the first group
        let groups = (1..=GROUPS).rev().map(|more| group(&mut left, more + other)).collect();
        interleaved(groups)
    };
    [half(GROUPS), half(0)]
}

/// Takes the needles of one group, of `more` groups that are still to be filled.
fn group(left: &mut Vec<Needle>, more: usize) -> Vec<Needle> {
    let size = left.len().div_ceil(more);
    let Some(seed) = left.pop() else { return Vec::new() };
    let mut halves = Halves::default().with(seed);
    let mut group = vec![seed];
    while group.len() < size {
        let mixtures = |at: &usize| left.get(*at).map_or(u32::MAX, |needle| halves.with(needle).mixtures());
        let Some(at) = (0..left.len()).min_by_key(mixtures) else { break };
        let needle = left.remove(at);
        halves = halves.with(needle);
        group.push(needle);
    }
    group
}

/// The first needle of every group, then the second of every group, and so on.
fn interleaved(groups: Vec<Vec<Needle>>) -> Vec<Needle> {
    let mut groups: Vec<_> = groups.into_iter().map(Vec::into_iter).collect();
    let mut order = Vec::new();
    loop {
        let before = order.len();
        order.extend(groups.iter_mut().filter_map(Iterator::next));
        if order.len() == before {
            return order;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alike_needles_share_a_group_and_none_is_lost() {
        let alike = [
            "AAAAa", "AAAAb", "AAAAc", "AAAAd", "AAAAe", "AAAAf", "AAAAg", "AAAAh", "AAAAi", "AAAAj", "AAAAk", "AAAAl",
            "AAAAm", "AAAAn", "AAAAo", "AAAAp", "AAAAq", "AAAAr", "AAAAs", "AAAAt", "AAAAu", "AAAAv", "AAAAw", "AAAAx",
            "zzzza", "zzzzb", "zzzzc", "zzzzd", "zzzze", "zzzzf", "zzzzg", "zzzzh", "zzzzi", "zzzzj", "zzzzk", "zzzzl",
            "zzzzm", "zzzzn", "zzzzo", "zzzzp", "zzzzq", "zzzzr", "zzzzs", "zzzzt", "zzzzu", "zzzzv", "zzzzw", "zzzzx",
        ];
        let mut words = alike.map(str::as_bytes);
        let [first, second] = arranged(words.to_vec());
        let mut all: Vec<Needle> = Vec::new();
        for search in [&first, &second] {
            for (at, needle) in search.iter().enumerate() {
                let mate = search.get(at + GROUPS).unwrap_or(needle);
                assert_eq!(mate.first(), needle.first());
                all.push(needle);
            }
        }
        all.sort();
        words.sort_unstable();
        assert_eq!(all, words);
    }
}
