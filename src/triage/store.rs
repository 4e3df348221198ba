//! Many lists of bytes that grow, one behind the other. An allocator would round each of them up, and keep the room that each had when it was
//! shorter; here that room is taken back.

/// Bytes of a block.
const BLOCK: usize = 256 * 1024;

/// Where a list is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    block: u32,
    at: u32,
    room: u32,
}

/// Lists in blocks.
#[derive(Debug, Clone, Default)]
pub(super) struct Store {
    blocks: Vec<Block>,
    /// The block that has room behind its lists.
    open: usize,
    /// Bytes that are in use.
    live: usize,
    /// Bytes that nobody uses any more.
    unused: usize,
}

/// Lists, one behind the other.
#[derive(Debug, Clone, Default)]
struct Block {
    bytes: Vec<u8>,
    /// How many of the bytes are in use.
    live: usize,
}

impl Block {
    const fn unused(&self) -> usize {
        self.bytes.len().saturating_sub(self.live)
    }
}

impl Store {
    pub(super) const fn new() -> Self {
        Self { blocks: Vec::new(), open: 0, live: 0, unused: 0 }
    }

    /// The bytes at a place, and what follows up to its end.
    pub(super) fn get(&self, place: Place) -> &[u8] {
        let (at, room) = (place.at as usize, place.room as usize);
        self.blocks.get(place.block as usize).and_then(|block| block.bytes.get(at..at + room)).unwrap_or_default()
    }

    /// Keeps bytes, with a little room behind them.
    pub(super) fn put(&mut self, bytes: &[u8]) -> Place {
        let room = bytes.len().next_multiple_of(if bytes.len() < 512 { 32 } else { 128 });
        if self.blocks.get(self.open).is_none_or(|block| block.bytes.len() + room > BLOCK && !block.bytes.is_empty()) {
            // one that was let go
            let free = self.blocks.iter().position(|block| block.bytes.capacity() == 0);
            self.open = free.unwrap_or(self.blocks.len());
            // the first of all may stay small
            let bytes = Vec::with_capacity(if self.blocks.is_empty() { 0 } else { BLOCK.max(room) });
            let block = Block { bytes, live: 0 };
            match self.blocks.get_mut(self.open) {
                Some(place) => *place = block,
                None => self.blocks.push(block),
            }
        }
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let mut place = Place { block: number(self.open), at: 0, room: number(room) };
        if let Some(block) = self.blocks.get_mut(self.open) {
            place.at = number(block.bytes.len());
            block.bytes.extend_from_slice(bytes);
            block.bytes.resize(block.bytes.len() + room - bytes.len(), 0);
            block.live += room;
        }
        self.live += room;
        place
    }

    /// Keeps other bytes instead of those at a place.
    pub(super) fn replace(&mut self, place: &mut Place, bytes: &[u8]) {
        let (at, room) = (place.at as usize, place.room as usize);
        let Some(block) = self.blocks.get_mut(place.block as usize) else { return };
        if let Some(own) = block.bytes.get_mut(at..at + room).and_then(|own| own.get_mut(..bytes.len())) {
            own.copy_from_slice(bytes);
            return;
        }
        block.live = block.live.saturating_sub(room);
        self.live = self.live.saturating_sub(room);
        self.unused += room;
        *place = self.put(bytes);
    }

    /// Lets go of blocks of which little is used, where there is much that nobody uses; whether it did. `places` are all places.
    pub(super) fn tidy<'p>(&mut self, places: impl Iterator<Item = &'p mut Place>) -> bool {
        if self.unused < BLOCK + self.live / 8 {
            return false;
        }
        let before = self.unused;
        let mut sparse: Vec<usize> = (0..self.blocks.len()).filter(|number| *number != self.open).collect();
        sparse.sort_by_key(|number| std::cmp::Reverse(self.blocks.get(*number).map(Block::unused)));
        // a part of them at a time: what is moved is there twice
        sparse.truncate(self.blocks.len().div_ceil(8));
        let mut chosen = vec![false; self.blocks.len()];
        for number in &sparse {
            chosen.get_mut(*number).into_iter().for_each(|chosen| *chosen = true);
        }
        let mut moved = Vec::new();
        for place in places.filter(|place| chosen.get(place.block as usize) == Some(&true)) {
            moved.clear();
            moved.extend_from_slice(self.get(*place));
            self.live = self.live.saturating_sub(moved.len());
            *place = self.put(&moved);
        }
        for number in sparse {
            if let Some(block) = self.blocks.get_mut(number) {
                self.unused = self.unused.saturating_sub(block.unused());
                *block = Block::default();
            }
        }
        self.unused < before
    }

    /// Bytes that it takes.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        self.blocks.iter().map(|block| block.bytes.capacity()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, Store};

    #[test]
    fn lists_stay_what_they_are_while_others_grow() {
        let mut store = Store::new();
        let list = |number: usize, length: usize| vec![u8::try_from(number % 251).unwrap(); length];
        let mut places: Vec<_> = (0..5000).map(|number| (number, 10, store.put(&list(number, 10)))).collect();
        for round in 1..20 {
            for (number, length, place) in &mut places {
                if number.is_multiple_of(1 + round % 3) {
                    *length += 61;
                    store.replace(place, &list(*number, *length));
                }
            }
            while store.tidy(places.iter_mut().map(|(_, _, place)| place)) {}
        }
        let all: usize = places.iter().map(|(_, length, _)| length).sum();
        for (number, length, place) in &places {
            assert_eq!(store.get(*place).get(..*length), Some(list(*number, *length).as_slice()));
        }
        assert!(all > 10 * BLOCK && store.bytes() < all + all / 3, "{} of {all}", store.bytes());
    }
}
