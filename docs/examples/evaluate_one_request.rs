//! Evaluates one request by two policies. Needs no feature. Prints:
//!
//! ```text
//! ExplicitDeny
//! ServiceControl: ExplicitDeny
//! IdentityBased: Allow
//! ```

use iamdx::evaluate::evaluate;
use iamdx::iam::{Policy, PolicySet, PolicyType, Principal, Request};

const REPORTS: &str =
    r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#;
const ONLY_IRELAND: &str = r#"{"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "*", "Resource": "*"},
    {"Effect": "Deny", "Action": "s3:*", "Resource": "*",
     "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}}]}"#;

#[expect(clippy::print_stdout, reason = "an example prints its answer")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let policies = PolicySet::builder()
        .policy(Policy::inline("reports", PolicyType::IdentityBased, REPORTS)?)
        .policy(Policy::inline("only-ireland", PolicyType::ServiceControl, ONLY_IRELAND)?)
        .build();
    let alice = Principal::new("arn:aws:iam::111122223333:user/alice");
    let request = Request::new(alice, "s3:GetObject".parse()?, "arn:aws:s3:::reports/q1.csv")
        .with_resource_account("111122223333")
        .with_context("aws:RequestedRegion", ["us-east-1"]);

    let evaluation = evaluate(&request, &policies);
    println!("{:?}", evaluation.decision);
    for check in evaluation.checks.iter().filter(|check| !check.outcomes.is_empty()) {
        println!("{:?}: {:?}", check.policy_type, check.effect);
    }
    Ok(())
}
