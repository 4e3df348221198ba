//! Finds the denials in a log, without any policies. Needs no feature. Prints:
//!
//! ```text
//! line 2: arn:aws:iam::111122223333:user/alice may not s3:GetObject on arn:aws:s3:::reports/q1.csv (ImplicitDeny, IdentityBased)
//! ```

use iamdx::denial;
use iamdx::text::Source;

const LOG: &str = r#"08:12:01 INFO  the job starts
08:12:02 ERROR An error occurred (AccessDenied) when calling the GetObject operation: User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::reports/q1.csv" because no identity-based policy allows the s3:GetObject action
08:12:02 INFO  the job ends
"#;

#[expect(clippy::print_stdout, reason = "an example prints its answer")]
fn main() {
    for denial in denial::parse(&Source::new("job.log", LOG)) {
        let (Some(principal), Some(action), Some(resource)) = (&denial.principal, &denial.action, &denial.resource)
        else {
            println!("line {}: {:?}", denial.line, denial.kind);
            continue;
        };
        let layer = denial.reason.policy_type.map_or_else(|| "no layer named".to_owned(), |layer| format!("{layer:?}"));
        let (line, effect) = (denial.line, denial.reason.effect);
        println!("line {line}: {principal} may not {action} on {resource} ({effect:?}, {layer})");
    }
}
