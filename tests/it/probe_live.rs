//! `iamdx probe bedrock --live`: the caller's policies come from AWS, before any call of a model and for the diagnosis after.

use std::time::Duration;

use crate::support::Run;
use crate::support::fake_aws::{Answer, Call, FakeAws, Fault};
use crate::support::fake_bedrock::{Asked, FakeBedrock, IMPLICIT, Reply, USER, denial};
use crate::support::probe::{command, finish, open, report, timeless};

const ALICE: &str = "arn:aws:iam::111122223333:user/ops/alice";

/// AWS as it answers alice, who may read IAM; `attached` is what is attached to her.
fn account(call: &Call, attached: &str) -> Answer {
    Answer::Case(match call.operation.as_str() {
        "GetCallerIdentity" => {
            return Answer::Body(format!(
                "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult><Arn>{ALICE}</Arn>\
                 <UserId>AIDAEXAMPLEALICE00001</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
            ));
        }
        "GetAccountAuthorizationDetails" => {
            return Answer::Body(format!(
                "<GetAccountAuthorizationDetailsResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><GetAccountAuthorizationDetailsResult>\
                 <IsTruncated>false</IsTruncated><UserDetailList><member><Path>/ops/</Path><UserName>alice</UserName>\
                 <UserId>AIDAEXAMPLEALICE00001</UserId><Arn>{ALICE}</Arn><UserPolicyList><member><PolicyName>models</PolicyName>\
                 <PolicyDocument>{}</PolicyDocument></member></UserPolicyList><GroupList/><AttachedManagedPolicies>{attached}\
                 </AttachedManagedPolicies></member></UserDetailList><GroupDetailList/><RoleDetailList/><Policies/>\
                 </GetAccountAuthorizationDetailsResult></GetAccountAuthorizationDetailsResponse>",
                percent_encoding::utf8_percent_encode(MODELS_ONLY, percent_encoding::NON_ALPHANUMERIC)
            ));
        }
        "SimulatePrincipalPolicy" => "per-resource",
        "SimulateCustomPolicy" => "allowed",
        "DescribeOrganization" => "member",
        _ => return Answer::Fault(Fault::Denied),
    })
}

/// The grant that many examples show: every model, and no profile.
const MODELS_ONLY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Models",
      "Effect": "Allow",
      "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
      "Resource": "arn:aws:bedrock:*::foundation-model/*"
    }
  ]
}"#;

fn probe(aws: &FakeAws, bedrock: &FakeBedrock, arguments: &[&str]) -> Run {
    let mut command = command(&aws.url, arguments);
    command.env("AWS_ENDPOINT_URL_BEDROCK", &bedrock.url).env("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", &bedrock.url);
    finish(command)
}

fn denied(asked: &Asked) -> Reply {
    Reply::iam(&denial(asked, IMPLICIT).replace(USER, ALICE))
}

#[test]
fn a_grant_without_the_profile_is_completed() {
    let aws = FakeAws::start(Duration::ZERO, |call| account(call, ""));
    let bedrock = open(denied);
    let run = probe(&aws, &bedrock, &["--live", "--no-fallback", "--models", "sonnet"]);
    assert_eq!(run.code, 1, "{}", run.whole());
    insta::assert_snapshot!("probe_live", timeless(&run.stdout));
}

#[test]
fn quarantine_is_seen_before_the_first_call() {
    let attached = "<member><PolicyName>AWSCompromisedKeyQuarantineV3</PolicyName>\
                    <PolicyArn>arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3</PolicyArn></member>";
    let aws = FakeAws::start(Duration::ZERO, move |call| account(call, attached));
    let bedrock = open(|_| Reply::Ok);
    let run = probe(&aws, &bedrock, &["--live", "--format", "json"]);
    assert_eq!(run.code, 5, "{}", run.whole());
    assert_eq!(bedrock.asked().len(), 0);
    assert_eq!(report(&run)["incident"]["why"][0], "a quarantine policy of AWS is attached to this identity");
}

#[test]
fn what_may_not_be_read_of_the_policies_is_said_and_the_probe_goes_on() {
    let aws = FakeAws::start(Duration::ZERO, |call| match call.operation.as_str() {
        "GetCallerIdentity" => account(call, ""),
        _ => Answer::Fault(Fault::Denied),
    });
    let bedrock = open(denied);
    let run = probe(&aws, &bedrock, &["--live", "--format", "json", "--no-fallback", "--models", "sonnet"]);
    assert_eq!(run.code, 1, "{}", run.whole());
    let report = report(&run);
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
    let gaps = report["findings"][0]["gaps"].to_string();
    assert!(gaps.contains("iam:GetUser was refused"), "{gaps}");
}
