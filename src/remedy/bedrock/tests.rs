//! What calls need, and that the statements allow exactly that.

use std::sync::Arc;

use super::*;
use crate::evaluate::{Decision, evaluate};
use crate::iam::{Document, Layer, Policy, PolicyOrigin, PolicySet, PolicyType};
use crate::text::Source;

const SONNET: &str = "anthropic.claude-sonnet-4-5-20250929-v1:0";

fn calls(target: &str, actions: &[&str], destinations: Destinations) -> Calls {
    Calls {
        partition: "aws".to_owned(),
        account: "111122223333".to_owned(),
        region: "us-east-1".to_owned(),
        target: Target::read(target),
        actions: actions.iter().map(|action| action.parse().unwrap()).collect(),
        destinations,
    }
}

fn model(region: &str) -> Arn {
    format!("arn:aws:bedrock:{region}::foundation-model/{SONNET}").parse().unwrap()
}

fn allowed(grant: &Grant) -> PolicySet {
    let document = Arc::new(Document::parse(Source::new("grant", grant.document())).unwrap());
    assert_eq!(document.problems, []);
    let policy = Policy { origin: PolicyOrigin::Inline, ..Policy::new("grant", PolicyType::IdentityBased, document) };
    PolicySet { identity: Layer::complete(vec![Arc::new(policy)]), ..PolicySet::empty() }
}

fn decide(check: &Check, policies: &PolicySet) -> Decision {
    let caller = Principal::new("arn:aws:iam::111122223333:role/summaries");
    evaluate(&check.request(&caller), policies).decision
}

#[test]
fn a_geographic_profile_takes_the_profile_and_the_model_in_each_region_tied_to_it() {
    let known = Destinations::Known(vec![model("us-east-1"), model("us-east-2"), model("us-west-2")]);
    let grant = grant(&calls(&format!("us.{SONNET}"), &["bedrock:InvokeModel"], known));
    insta::assert_snapshot!(grant.document(), @r#"
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "AllowInvokeModel",
          "Effect": "Allow",
          "Action": "bedrock:InvokeModel",
          "Resource": "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0"
        },
        {
          "Sid": "AllowInvokeModelBehindProfile",
          "Effect": "Allow",
          "Action": "bedrock:InvokeModel",
          "Resource": [
            "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0",
            "arn:aws:bedrock:us-east-2::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0",
            "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0"
          ],
          "Condition": {
            "StringEquals": {
              "bedrock:InferenceProfileArn": "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0"
            }
          }
        }
      ]
    }
    "#);
    let policies = allowed(&grant);
    for check in &grant.checks {
        assert_eq!(decide(check, &policies), Decision::Allowed, "{check:?}");
        // the same model called by itself, or through another profile, and the other action
        let direct = Check { profile: None, ..check.clone() };
        let other = Check {
            profile: Some("arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.x".to_owned()),
            ..check.clone()
        };
        let stream = Check { action: "bedrock:InvokeModelWithResponseStream".parse().unwrap(), ..check.clone() };
        if check.part == Part::Model {
            assert_eq!(decide(&direct, &policies), Decision::ImplicitDeny, "{check:?}");
            assert_eq!(decide(&other, &policies), Decision::ImplicitDeny, "{check:?}");
        }
        assert_eq!(decide(&stream, &policies), Decision::ImplicitDeny, "{check:?}");
    }
}

#[test]
fn a_profile_whose_regions_nobody_asked_for_is_granted_where_it_is_called_and_says_so() {
    let grant = grant(&calls(&format!("eu.{SONNET}"), &["bedrock:InvokeModel"], Destinations::AtLeast(Vec::new())));
    let resources: Vec<&str> = grant.checks.iter().map(|check| check.resource.as_str()).collect();
    assert_eq!(
        resources,
        [
            "arn:aws:bedrock:us-east-1:111122223333:inference-profile/eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0",
        ]
    );
    assert_eq!(
        grant.unknown.unwrap().command.to_string(),
        "aws bedrock get-inference-profile --inference-profile-identifier eu.anthropic.claude-sonnet-4-5-20250929-v1:0 \
         --region us-east-1 > profile.json  # then: --snapshot profile.json"
    );
}

#[test]
fn a_global_profile_takes_three_statements_and_the_region_of_the_last_is_unspecified() {
    let grant = grant(&calls(&format!("global.{SONNET}"), &["bedrock:InvokeModel"], Destinations::AtLeast(Vec::new())));
    assert_eq!(grant.unknown, None);
    let profile =
        "arn:aws:bedrock:us-east-1:111122223333:inference-profile/global.anthropic.claude-sonnet-4-5-20250929-v1:0";
    let said: Vec<(&str, Vec<(&str, &str)>)> = grant
        .statements
        .iter()
        .map(|statement| {
            let conditions = statement.conditions.iter().map(|(key, value)| (key.as_str(), value.as_str()));
            (statement.resources[0].as_str(), conditions.collect())
        })
        .collect();
    assert_eq!(
        said,
        [
            (profile, vec![("aws:RequestedRegion", "us-east-1")]),
            (
                "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0",
                vec![("aws:RequestedRegion", "us-east-1"), ("bedrock:InferenceProfileArn", profile)]
            ),
            (
                "arn:aws:bedrock:::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0",
                vec![("aws:RequestedRegion", "unspecified"), ("bedrock:InferenceProfileArn", profile)]
            ),
        ]
    );
    let policies = allowed(&grant);
    for check in &grant.checks {
        assert_eq!(decide(check, &policies), Decision::Allowed, "{check:?}");
    }
}

#[test]
fn an_application_profile_takes_the_models_that_are_listed_for_it() {
    let arn = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/a1b2c3";
    let grant = grant(&calls(arn, &["bedrock:InvokeModel"], Destinations::Known(vec![model("us-east-1")])));
    let resources: Vec<&str> = grant.checks.iter().map(|check| check.resource.as_str()).collect();
    assert_eq!(resources, [arn, model("us-east-1").as_str()]);
    assert!(grant.checks.iter().all(|check| decide(check, &allowed(&grant)) == Decision::Allowed));
}

#[test]
fn tokens_are_counted_on_models_only_and_a_model_by_itself_takes_one_statement() {
    let both = ["bedrock:InvokeModel", "bedrock:CountTokens"];
    let through = grant(&calls(&format!("global.{SONNET}"), &both, Destinations::AtLeast(Vec::new())));
    let counted: Vec<&Check> =
        through.checks.iter().filter(|check| check.action.folded() == "bedrock:counttokens").collect();
    assert_eq!(counted.iter().map(|check| check.resource.as_str()).collect::<Vec<_>>(), [model("us-east-1").as_str()]);
    assert_eq!(decide(counted[0], &allowed(&through)), Decision::Allowed);
    let direct = grant(&calls(
        SONNET,
        &["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
        Destinations::Known(Vec::new()),
    ));
    assert_eq!(direct.statements.len(), 1);
    assert_eq!(direct.statements[0].actions, ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]);
    assert!(direct.checks.iter().all(|check| decide(check, &allowed(&direct)) == Decision::Allowed));
}

#[test]
fn an_id_is_a_profile_by_its_geography_and_an_arn_by_its_type() {
    let read = |text: &str| Target::read(text);
    assert_eq!(read("us-gov.anthropic.x"), Target::Profile("us-gov.anthropic.x".to_owned()));
    assert_eq!(read("amazon.nova-pro-v1:0"), Target::Model("amazon.nova-pro-v1:0".to_owned()));
    assert_eq!(read("openai.gpt-5.6"), Target::Model("openai.gpt-5.6".to_owned()));
    let router = "arn:aws:bedrock:us-east-1:111122223333:prompt-router/x";
    assert_eq!(read(router), Target::Other(router.to_owned()));
    assert_eq!(read("global.openai.gpt-5.6").model(), Some("openai.gpt-5.6"));
}
