//! What a proposed policy covers of a model call, and whom it suits: text in, whole answer out.

use iamdx::report::{Detail, Format, Style};
use iamdx::snapshot::Snapshot;
use iamdx::{Options, denial, diagnose};

const PROFILE: &str =
    "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0";

fn diagnosed(reason: &str) -> String {
    let said = format!(
        "User: arn:aws:iam::111122223333:user/BedrockAPIKey-ab12 is not authorized to perform: bedrock:InvokeModel on resource: {PROFILE} \
         because no {reason} allows the bedrock:InvokeModel action"
    );
    let denials = denial::parse_text(&said);
    let report = diagnose(&denials[0], &Snapshot::default(), &Options::default());
    Format::named("text").unwrap().write(&vec![report], Detail::default(), Style::default())
}

/// The profile alone would be denied next, on the model behind it.
#[test]
fn a_policy_for_a_profile_has_the_model_behind_it_and_the_command_that_tells_the_other_regions() {
    insta::assert_snapshot!(diagnosed("identity-based policy"));
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session>
#[test]
fn no_session_policy_is_suggested_to_an_iam_user() {
    insta::assert_snapshot!(diagnosed("session policy"));
}
