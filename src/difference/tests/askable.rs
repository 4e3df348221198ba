//! Which actions are told and shown as examples: those that can be asked on the resources.

use super::*;

#[test]
fn actions_are_told_on_resources_that_can_be_theirs() {
    let mixed = allow(r#"["s3:GetObject", "kms:Decrypt", "ec2:DescribeVpcs"]"#, r#""arn:aws:s3:::b/k""#);
    insta::assert_snapshot!(told("", &mixed), @"+ s3:GetObject on arn:aws:s3:::b/k");
    // a key is one of the resources; for an alias, too, what somebody wrote of its service is told
    let with = |of_kms: &str| {
        let resources = format!(r#"["arn:aws:s3:::b/k", "arn:aws:kms:us-east-1:111122223333:{of_kms}"]"#);
        told("", &allow(r#"["s3:GetObject", "kms:Decrypt"]"#, &resources))
    };
    insta::assert_snapshot!(with("key/k"), @"+ kms:Decrypt, s3:GetObject on arn:aws:kms:us-east-1:111122223333:key/k, arn:aws:s3:::b/k");
    insta::assert_snapshot!(with("alias/k"), @"+ kms:Decrypt, s3:GetObject on arn:aws:kms:us-east-1:111122223333:alias/k, arn:aws:s3:::b/k");
    // the last one stays, and so does what the reference does not know
    insta::assert_snapshot!(told("", &allow(r#""kms:Decrypt""#, r#""arn:aws:s3:::b/k""#)), @"+ kms:Decrypt on arn:aws:s3:::b/k");
    insta::assert_snapshot!(told("", &allow(r#"["kms:NotYetKnown", "s3:GetObject"]"#, r#""arn:aws:s3:::b/k""#)), @"+ kms:NotYetKnown, s3:GetObject on arn:aws:s3:::b/k");
    let gone = format!("{mixed},{}", allow(r#""s3:PutObject""#, r#""arn:aws:s3:::b/k""#));
    insta::assert_snapshot!(told(&gone, &mixed), @"- s3:PutObject on arn:aws:s3:::b/k");
}

/// The examples of what became allowed.
fn examples(before: &str, after: &str) -> Vec<String> {
    let difference = documents(&[document(before)], &[document(after)], Reference::embedded());
    assert_eq!(difference.cannot_tell, Vec::new());
    let of = |change: &AccessChange| {
        let request = &change.example;
        format!(
            "{}: {} on {}",
            access_change(change),
            request.action.value().unwrap(),
            request.resource.value().unwrap()
        )
    };
    difference.newly_allowed.iter().map(of).collect()
}

#[test]
fn an_example_is_an_action_that_can_be_asked_on_its_resource() {
    let all = allow(r#""*""#, r#""*""#);
    let deny = |action: &str, resource: &str| {
        format!(r#"{all},{{"Effect": "Deny", "Action": {action}, "Resource": "{resource}"}}"#)
    };
    let [wide, narrow] = ["arn:aws:s3:::b/*", "arn:aws:s3:::b/secret/*"];
    let of = |action: &str| examples(&deny(action, wide), &deny(action, narrow));
    insta::assert_debug_snapshot!(of(r#""*""#), @r#"
    [
        "* on arn:aws:s3:::b/* except arn:aws:s3:::b/secret/*: s3:AbortMultipartUpload on arn:aws:s3:::b/example",
    ]
    "#);
    insta::assert_debug_snapshot!(of(r#"["kms:*", "s3:*"]"#), @r#"
    [
        "s3:* on arn:aws:s3:::b/* except arn:aws:s3:::b/secret/*: s3:AbortMultipartUpload on arn:aws:s3:::b/example",
    ]
    "#);
    insta::assert_debug_snapshot!(of(r#"["ec2:*", "s3:ListBucket", "s3:PutObject"]"#), @r#"
    [
        "s3:ListBucket, s3:PutObject on arn:aws:s3:::b/* except arn:aws:s3:::b/secret/*: s3:PutObject on arn:aws:s3:::b/example",
    ]
    "#);
    // nothing of a key's is asked on an object, and yet it is told
    insta::assert_debug_snapshot!(of(r#""kms:*""#), @r#"
    [
        "kms:* on arn:aws:s3:::b/* except arn:aws:s3:::b/secret/*: kms:CancelKeyDeletion on arn:aws:s3:::b/example",
    ]
    "#);
    insta::assert_debug_snapshot!(examples(&deny(r#""*""#, "arn:aws:sqs:*:*:one"), &all), @r#"
    [
        "* on arn:aws:sqs:*:*:one: sqs:AddPermission on arn:aws:sqs:us-east-1:111122223333:one",
    ]
    "#);
    insta::assert_debug_snapshot!(examples("", &allow(r#"["kms:Decrypt", "s3:GetObject"]"#, r#""arn:aws:s3:::b/k""#)), @r#"
    [
        "s3:GetObject on arn:aws:s3:::b/k: s3:GetObject on arn:aws:s3:::b/k",
    ]
    "#);
}

#[test]
fn patterns_of_actions_are_compared_as_languages() {
    let before = allow(r#"["s3:Get*", "s3:List*"]"#, r#""*""#);
    let after = allow(r#"["s3:*Object*", "s3:List*"]"#, r#""*""#);
    insta::assert_snapshot!(told(&before, &after), @r"
    + s3:*Object* except s3:Get*, s3:List* on *
    - s3:Get* except s3:*Object* on *
    ");
    insta::assert_snapshot!(told("", &allow(r#""*""#, r#""*""#)), @"+ * on *");
    insta::assert_snapshot!(told(&allow(r#""s3:*""#, r#""*""#), &allow(r#""*""#, r#""*""#)), @"+ * except s3:* on *");
}

#[test]
fn conditions_are_told_by_what_they_leave() {
    let mfa = r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}"#;
    insta::assert_snapshot!(told(mfa, &allow(r#""iam:PassRole""#, r#""*""#)), @"+ iam:PassRole on * when aws:MultiFactorAuthPresent is not `true` or is absent");
    insta::assert_snapshot!(told("", mfa), @"+ iam:PassRole on * when aws:MultiFactorAuthPresent is `true`");
    let range = |range: &str| {
        format!(
            r#"{{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*", "Condition": {{"IpAddress": {{"aws:SourceIp": "{range}"}}}}}}"#
        )
    };
    insta::assert_snapshot!(told(&range("203.0.113.0/24"), &range("203.0.0.0/16")), @"+ sqs:SendMessage on * when aws:SourceIp is in `203.0.0.0/16` and aws:SourceIp is not in `203.0.113.0/24`");
    insta::assert_snapshot!(told(&range("203.0.0.0/16"), &range("203.0.113.0/24")), @"- sqs:SendMessage on * when aws:SourceIp is in `203.0.0.0/16` and aws:SourceIp is not in `203.0.113.0/24`");
}

#[test]
fn a_deny_that_goes_away_is_new_access_for_others() {
    let deny = r#"{"Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1"]}}}"#;
    let wider = deny.replace("\"eu-central-1\"", "\"eu-central-1\", \"us-east-1\"");
    insta::assert_snapshot!(told(deny, &wider), @"+ (no deny) * except iam:*, sts:* on * when aws:RequestedRegion is `us-east-1`");
    insta::assert_snapshot!(told(deny, ""), @"+ (no deny) * except iam:*, sts:* on * when aws:RequestedRegion is not `eu-central-1`");
    insta::assert_snapshot!(told("", deny), @"- (deny) * except iam:*, sts:* on * when aws:RequestedRegion is not `eu-central-1`");
}

#[test]
fn a_principal_that_is_added_is_told_by_name() {
    let trust = |who: &str| format!(r#"{{"Effect": "Allow", "Principal": {who}, "Action": "sts:AssumeRole"}}"#);
    let before = trust(r#"{"AWS": "arn:aws:iam::111122223333:role/deploy"}"#);
    let after = trust(
        r#"{"AWS": ["arn:aws:iam::111122223333:role/deploy", "444455556666"], "Service": "lambda.amazonaws.com"}"#,
    );
    insta::assert_snapshot!(told(&before, &after), @"+ sts:AssumeRole by lambda.amazonaws.com, principals of account 444455556666");
    insta::assert_snapshot!(told(&before, &trust(r#""*""#)), @"+ sts:AssumeRole by other principals of account 111122223333, principals of any other account, anonymous callers, any other AWS service");
}

#[test]
fn a_variable_is_compared_with_what_other_patterns_spell_out() {
    let home = allow(r#""s3:GetObject""#, r#""arn:aws:s3:::b/team/${aws:username}/*""#);
    let all = allow(r#""s3:GetObject""#, r#""arn:aws:s3:::b/team/*""#);
    insta::assert_snapshot!(told(&home, &all), @r"
    + s3:GetObject on arn:aws:s3:::b/team/* except arn:aws:s3:::b/team/${aws:username}/* when aws:username is present
    + s3:GetObject on arn:aws:s3:::b/team/* when aws:username is absent
    ");
    insta::assert_snapshot!(told(&all, &home), @r"
    - s3:GetObject on arn:aws:s3:::b/team/* except arn:aws:s3:::b/team/${aws:username}/* when aws:username is present
    - s3:GetObject on arn:aws:s3:::b/team/* when aws:username is absent
    ");
    let deny = r#"{"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::b/team/admin/*"}"#;
    insta::assert_snapshot!(told(&format!("{home},{deny}"), &home), @r"
    + (no deny) s3:* except s3:GetObject on arn:aws:s3:::b/team/admin/* when aws:username is `admin`
    + (no deny) s3:* on arn:aws:s3:::b/team/admin/* when aws:username is not `admin` or is absent
    + s3:GetObject on arn:aws:s3:::b/team/${aws:username}/* when aws:username is `admin`
    ");
}
