//! Diagnoses a denial by the policies in a snapshot, and takes the first proved remedy. Needs no feature. Prints:
//!
//! ```text
//! no-matching-allow
//! {"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::reports/2025/*", "arn:aws:s3:::reports/2026/q1.csv"]}}
//! ```

use iamdx::snapshot::Snapshot;
use iamdx::text::Source;
use iamdx::{Options, denial, diagnose};

const SAID: &str = r#"User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::reports/2026/q1.csv" because no identity-based policy allows the s3:GetObject action"#;
const SNAPSHOT: &str = r#"{"iamdx_snapshot": 1, "accounts": [{"id": "111122223333", "in_organization": false, "UserDetailList": [
    {"Arn": "arn:aws:iam::111122223333:user/alice", "UserPolicyList": [{"PolicyName": "reports", "PolicyDocument":
        {"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/2025/*"}}}]}]}]}"#;

#[expect(clippy::print_stdout, reason = "an example prints its answer")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let snapshot = Snapshot::read("account.json", SNAPSHOT.as_bytes().to_vec())?;
    for denial in denial::parse(&Source::new("message", SAID)) {
        let report = diagnose(&denial, &snapshot, &Options::default());
        println!("{}", report.diagnosis.cause.id);
        if let Some(edit) = report.remedies.first().and_then(|remedy| remedy.edits.first()) {
            println!("{}", edit.after.document.source.text());
        }
    }
    Ok(())
}
