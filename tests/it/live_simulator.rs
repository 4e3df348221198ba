//! AWS's simulator: what it is asked about, and what its answer is worth.

use std::time::Duration;

use crate::live::{iamdx, management, member, report, scratch};
use crate::support::fake_aws::{Answer, Call, FakeAws, Fault};

const LIST: &str = "User: arn:aws:iam::111122223333:user/ops/alice is not authorized to perform: s3:ListBucket on resource: \
                    \"arn:aws:s3:::example-reports\" with an explicit deny in an identity-based policy";

/// Alice with one inline policy.
fn with_policy(call: &Call, document: &str) -> Answer {
    match call.operation.as_str() {
        "GetAccountAuthorizationDetails" => Answer::Fault(Fault::Denied),
        "GetUserPolicy" => Answer::Body(format!(
            "<GetUserPolicyResponse><GetUserPolicyResult><UserName>alice</UserName><PolicyName>reports</PolicyName><PolicyDocument>{}</PolicyDocument>\
             </GetUserPolicyResult></GetUserPolicyResponse>",
            document.replace('"', "&quot;")
        )),
        _ => management(call),
    }
}

/// The simulator's answer for listing the bucket.
fn simulated(decision: &str, missing: &str) -> Answer {
    let missing = if missing.is_empty() { String::new() } else { format!("<member>{missing}</member>") };
    Answer::Body(format!(
        "<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated><EvaluationResults><member>\
         <EvalActionName>s3:ListBucket</EvalActionName><EvalResourceName>arn:${{Partition}}:s3:::${{BucketName}}</EvalResourceName>\
         <EvalDecision>{decision}</EvalDecision><MatchedStatements/><MissingContextValues/><ResourceSpecificResults><member>\
         <EvalResourceName>arn:aws:s3:::example-reports</EvalResourceName><EvalResourceDecision>{decision}</EvalResourceDecision>\
         <MatchedStatements/><MissingContextValues>{missing}</MissingContextValues></member></ResourceSpecificResults></member>\
         </EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>"
    ))
}

fn says(report: &serde_json::Value) -> String {
    let all = report["evidence"].as_array().unwrap().iter();
    let lines =
        all.filter(|one| one["source"] == "simulator").map(|one| format!("{} ({})", one["says"], one["limits"]));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_value_that_follows_from_the_denial_is_asked_with_and_said_to_be_deduced() {
    let document = r#"{"Version": "2012-10-17", "Statement": [{"Sid": "All", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}, {"Sid": "NoSecrets", "Effect": "Deny", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringEquals": {"s3:prefix": "secret/"}}}]}"#;
    let aws = FakeAws::start(Duration::ZERO, move |call| match call.operation.as_str() {
        "SimulatePrincipalPolicy" => simulated("explicitDeny", ""),
        _ => with_policy(call, document),
    });
    let folder = scratch();
    let path = folder.path().join("saved.json").to_string_lossy().into_owned();
    let run = iamdx(&aws, &["diagnose", "--live", "--save", &path, "--format", "json", "-m", LIST], "1");
    let calls = aws.calls();
    let asked = calls.iter().find(|call| call.operation == "SimulatePrincipalPolicy").unwrap();
    let mut entries = asked.parameters.iter().filter(|(name, _)| name.ends_with("ContextKeyName"));
    let prefix =
        entries.find(|(_, key)| key.as_str() == "s3:prefix").map(|(name, _)| name.replace("ContextKeyName", ""));
    let value = prefix.map(|entry| asked.get(&format!("{entry}ContextKeyValues.member.1")).to_owned());
    assert_eq!(value.as_deref(), Some("secret/"), "{}", run.whole());
    let report = report(&run);
    insta::assert_snapshot!(says(&report), @r#""iam:SimulatePrincipalPolicy: explicit deny for s3:ListBucket on arn:aws:s3:::example-reports; asked with the context that is known, and with the deduced value of s3:prefix: it holds if that is so" ("it does not see RCPs, session policies, VPC endpoint policies, role trust policies, resource-based policies for roles, nor settings that are no policies; it does not tell which condition keys of SCPs had no value")"#);
    let replay = iamdx(&aws, &["diagnose", "--snapshot", &path, "--format", "json", "-m", LIST], "1");
    assert_eq!(run.stdout, replay.stdout);
}

#[test]
fn an_answer_for_which_values_were_missing_makes_nothing_surer() {
    // the Allow needs MFA, of which nothing is known; AWS gave no reason
    let document = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringEquals": {"s3:prefix": "secret/"}}}, {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"s3:delimiter": "/"}}}]}"#;
    let text = LIST.split(" with ").next().unwrap();
    let mut shown = Vec::new();
    for (name, decision, missing) in [
        ("an Allow missing, values missing", "implicitDeny", "s3:delimiter"),
        ("a Deny, values missing", "explicitDeny", "s3:prefix"),
        ("a Deny", "explicitDeny", ""),
    ] {
        let aws = FakeAws::start(Duration::ZERO, move |call| match call.operation.as_str() {
            "SimulatePrincipalPolicy" => simulated(decision, missing),
            _ => with_policy(call, document),
        });
        let run = iamdx(&aws, &["diagnose", "--live", "--format", "json", "-m", text], "1");
        let report = report(&run);
        shown.push(format!("{name}: {} {}", report["decision"], report["confidence"]));
    }
    insta::assert_snapshot!(shown.join("\n"), @r#"
    an Allow missing, values missing: "undetermined" "unknown"
    a Deny, values missing: "undetermined" "unknown"
    a Deny: "undetermined" "simulated"
    "#);
}

#[test]
fn the_owner_of_a_bucket_of_another_account_is_told() {
    let folder = scratch();
    let policy = folder.path().join("policy.json");
    std::fs::write(&policy, r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/ops/alice"}, "Action": "s3:*", "Resource": "*"}]}"#).unwrap();
    let policy = policy.to_string_lossy().into_owned();
    let aws = FakeAws::start(Duration::ZERO, member);
    let text = LIST.replace(
        "with an explicit deny in an identity-based policy",
        "because no identity-based policy allows the s3:ListBucket action",
    );
    let arguments = [
        "diagnose",
        "--live",
        "--format",
        "json",
        "--resource-account",
        "444455556666",
        "--resource-policy",
        &policy,
        "-m",
        &text,
    ];
    let run = iamdx(&aws, &arguments, "1");
    let calls = aws.calls();
    let asked = calls
        .iter()
        .find(|call| call.operation == "SimulatePrincipalPolicy")
        .unwrap_or_else(|| panic!("{}", run.whole()));
    assert_eq!(asked.get("ResourceOwner"), "arn:aws:iam::444455556666:root");
    assert_eq!(asked.get("CallerArn"), "arn:aws:iam::111122223333:user/ops/alice");
}

/// In a member account nobody may read the SCPs; AWS's simulator applies them, and leaves them out where it is asked to.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_OrganizationsDecisionDetail.html>
#[test]
fn what_the_simulator_says_of_the_scps_tells_which_unseen_policy_decides() {
    let document =
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}"#;
    let text = LIST.replace(" with an explicit deny in an identity-based policy", "");
    let mut screens = Vec::new();
    for without in ["allowed", "implicitDeny"] {
        let aws = FakeAws::start(Duration::ZERO, move |call| match call.operation.as_str() {
            "SimulatePrincipalPolicy" => {
                let excluded = call.parameters.keys().any(|name| name.starts_with("PolicyExclusionList"));
                let Answer::Body(answer) = simulated(if excluded { without } else { "explicitDeny" }, "") else {
                    panic!("no body")
                };
                let detail = "<OrganizationsDecisionDetail><AllowedByOrganizations>false</AllowedByOrganizations></OrganizationsDecisionDetail>";
                Answer::Body(
                    answer
                        .replace("</EvalDecision>", &format!("</EvalDecision>{}", if excluded { "" } else { detail })),
                )
            }
            "ListParents" | "ListPoliciesForTarget" => Answer::Fault(Fault::Denied),
            _ => with_policy(call, document),
        });
        screens.push(iamdx(&aws, &["diagnose", "--live", "--no-trail", "-m", &text], "1").stdout);
    }
    insta::assert_snapshot!(screens.join("\n"), @"
    DENIED  s3:ListBucket
      by    user/ops/alice                                      account 111122223333
      on    arn:aws:s3:::example-reports

    WHY  These policies do not show why the request was denied
      -  iam:SimulatePrincipalPolicy: explicit deny for this request; the
         organization's SCPs do not allow it; asked with the context that is known
      -  without the SCPs the simulator allows the request: they alone block it
      -  the message gives no reason: neither the policy type nor explicit or
         implicit is known
      ?  likely: a service control policy blocks this request (AWS's simulator says
         that the organization's SCPs do not allow the request; without the SCPs the
         simulator allows the request: they alone block it)

    NOT CHECKED service control policies (this decides), then VPC endpoint policy
                and resource control policies
        iamdx snapshot --output snapshot.json
        # with credentials of the management account, or of a delegated administrator
        or --scp FILE; if none, --no-scp

    MORE        --all: the whole report; iamdx cause not-enough-evidence

    DENIED  s3:ListBucket
      by    user/ops/alice                                      account 111122223333
      on    arn:aws:s3:::example-reports

    WHY  These policies do not show why the request was denied
      -  iam:SimulatePrincipalPolicy: explicit deny for this request; the
         organization's SCPs do not allow it; asked with the context that is known
      -  without the SCPs the simulator still says implicit deny: they are not the
         only blocker
      -  the message gives no reason: neither the policy type nor explicit or
         implicit is known
      ?  likely: a service control policy blocks this request (AWS's simulator says
         that the organization's SCPs do not allow the request; without the SCPs the
         simulator still says implicit deny: they are not the only blocker)

    NOT CHECKED VPC endpoint policy, service control policies and resource control
                policies
        --context aws:SourceVpce=ID --vpc-endpoint-policy FILE
        or --no-vpc-endpoint-policy if there is none

    MORE        --all: the whole report; iamdx cause not-enough-evidence
    ");
}
