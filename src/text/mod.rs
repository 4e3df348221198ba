//! Bytes and places: what knows text, and nothing of AWS.

mod decode;
mod edit;
mod json;
mod json_error;
mod json_text;
mod places;
mod shell;
mod signs;
mod span;
mod stretch;
mod surrogates;
mod tape;
mod terminal;
mod utf32;
mod wildcard;

pub use decode::{decode, decode_part, decoded_stream, is_text, packed_damage, unpacked, unpacked_start};
pub use edit::{Json, Patch, append_item, append_member, apply, verbatim, verbatim_text};
pub use json::{Member, Node, Value, minified, number_or_text, parse, spread, tokens};
pub use json_error::JsonError;
pub(crate) use json_text::JsonText;
pub use places::Places;
pub use shell::{quoted, quoted_inside, remark};
pub(crate) use signs::has_any;
pub use span::{LineInFile, Position, STANDARD_INPUT, Source, Span, Spanned, Text, position_in};
pub use stretch::{Sizes, Stretch, in_stretches};
pub(crate) use surrogates::mended;
pub(crate) use tape::{Item, Kind, Pair, Tape};
pub use terminal::{is_hidden, is_plain, is_unprintable};
pub use wildcard::{Piece, Wildcard};
