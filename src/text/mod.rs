//! Bytes and places: what knows text, and nothing of AWS.

mod json;
mod span;
mod wildcard;

pub use json::{JsonError, Member, Node, Value, number_or_text, parse};
pub use span::{Position, Source, Span, Spanned};
pub use wildcard::{Piece, Wildcard};
