//! Says what a change of a policy document opens and closes. Needs no feature. Prints:
//!
//! ```text
//! + s3:GetObject on arn:aws:s3:::reports/* except arn:aws:s3:::reports/2025/*
//! - s3:PutObject on arn:aws:s3:::reports/2025/*
//! ```

use std::sync::Arc;

use iamdx::difference::documents;
use iamdx::iam::Document;
use iamdx::reference::Reference;
use iamdx::report::words::difference::access_change;
use iamdx::text::Source;

const BEFORE: &str = r#"{"Version": "2012-10-17", "Statement":
    {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::reports/2025/*"}}"#;
const AFTER: &str = r#"{"Version": "2012-10-17", "Statement":
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}}"#;

#[expect(clippy::print_stdout, reason = "an example prints its answer")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let read = |name: &str, text: &str| Document::parse(Source::new(name, text)).map(Arc::new);
    let (before, after) = ([read("before.json", BEFORE)?], [read("after.json", AFTER)?]);
    let difference = documents(&before, &after, Reference::embedded());
    for change in &difference.newly_allowed {
        println!("+ {}", access_change(change));
    }
    for change in &difference.newly_denied {
        println!("- {}", access_change(change));
    }
    for what in &difference.cannot_tell {
        println!("? {}", what.code());
    }
    Ok(())
}
