//! Who may do something, for whoever asked it.

use super::page::blocks;
use super::text::said;
use crate::report::page::{Block, Detail, Page};
use crate::report::words::letter;
use crate::report::{CommandReport as _, WhoCan};

/// The page under a title that is the question.
pub(super) fn who(who: &WhoCan) -> String {
    let mut text = format!("# {}\n\n", said(&letter::who_may(who.action.as_str(), &who.resource)));
    let mut page = Page::new(Detail::ALL);
    // the first line is the question
    let rest =
        who.page(Detail::ALL).into_blocks().into_iter().skip_while(|block| !matches!(block, Block::Heading { .. }));
    rest.for_each(|block| page.push(block));
    blocks(&mut text, &page, 2);
    text
}
