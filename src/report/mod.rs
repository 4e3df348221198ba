//! What a person or a program reads: one report, one file per format.

mod denial;
mod denial_text;
mod redact;
mod safe;

pub use denial::{DenialRecord, ExplainReport, SCHEMA_VERSION};
pub use denial_text::{aws_said, explain_text, header, wrapped};
pub use redact::{redacted, value as redacted_value};
pub use safe::printable;
