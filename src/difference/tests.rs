//! Differences of small documents, in words.

use std::sync::Arc;

use super::*;
use crate::iam::Document;
use crate::text::Source;

fn document(statements: &str) -> Arc<Document> {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    Arc::new(Document::parse(Source::new("policy.json", text)).unwrap())
}

/// `+` newly allowed, `-` newly denied, `?` cannot tell.
fn told(before: &str, after: &str) -> String {
    let difference = documents(&[document(before)], &[document(after)], Reference::embedded());
    let sign = |region: &Region| match region.change {
        Change::Allowed => "+",
        Change::DenyLifted => "+ (no deny)",
        Change::NotAllowed => "-",
        Change::DenyAdded => "- (deny)",
    };
    let regions = difference.newly_allowed.iter().chain(&difference.newly_denied);
    let mut lines: Vec<String> = regions.map(|region| format!("{} {region}", sign(region))).collect();
    lines.extend(difference.cannot_tell.iter().map(|what| format!("? {what}")));
    lines.join("\n")
}

fn allow(action: &str, resource: &str) -> String {
    format!(r#"{{"Effect": "Allow", "Action": {action}, "Resource": {resource}}}"#)
}

#[test]
fn equal_documents_do_not_differ_however_they_are_written() {
    let one = allow(r#"["s3:GetObject", "s3:PutObject"]"#, r#""arn:aws:s3:::b/*""#);
    let two = [
        allow(r#""S3:getobject""#, r#"["arn:aws:s3:::b/*", "arn:aws:s3:::b/c/*"]"#),
        allow(r#""s3:PutObject""#, r#""arn:aws:s3:::b/*""#),
    ]
    .join(",");
    assert_eq!(told(&one, &two), "");
}

#[test]
fn a_wider_resource_is_told_without_what_was_there() {
    let narrow = allow(r#""s3:GetObject""#, r#""arn:aws:s3:::b/2025/*""#);
    let wide = allow(r#""s3:GetObject""#, r#""arn:aws:s3:::b/*""#);
    insta::assert_snapshot!(told(&narrow, &wide), @"+ s3:GetObject on arn:aws:s3:::b/* except arn:aws:s3:::b/2025/*");
    insta::assert_snapshot!(told(&wide, &narrow), @"- s3:GetObject on arn:aws:s3:::b/* except arn:aws:s3:::b/2025/*");
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
    + (no deny) s3:* on arn:aws:s3:::b/team/admin/*
    + s3:GetObject on arn:aws:s3:::b/team/${aws:username}/* when aws:username is `admin`
    ");
}

#[test]
fn a_value_of_a_variable_for_which_it_does_not_hold_is_told_along() {
    let home = allow(r#""s3:*""#, r#""arn:aws:s3:::b/${aws:username}/*""#);
    let deny = r#"{"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:username": ["admin", "root"]}}}"#;
    let all = allow(r#""s3:GetObject""#, r#""arn:aws:s3:::b/*""#);
    insta::assert_snapshot!(told(&format!("{home},{deny}"), &format!("{home},{deny},{all}")), @r"
    + s3:GetObject on arn:aws:s3:::b/* when aws:username is absent
    + s3:GetObject on arn:aws:s3:::b/* except arn:aws:s3:::b/${aws:username}/* when aws:username is present and aws:username is not `admin` or `root`
    ");
}

#[test]
fn an_empty_value_among_others_is_a_value() {
    let all = allow(r#""s3:GetObject""#, r#""arn:aws:s3:::b/*""#);
    let filled = r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": {"ForAllValues:StringNotEquals": {"aws:TagKeys": ""}}}"#;
    insta::assert_snapshot!(told(filled, &all), @"+ s3:GetObject on arn:aws:s3:::b/* when not (ForAllValues:StringNotEquals aws:TagKeys ``)");
}

#[test]
fn hard_patterns_are_given_up_and_said_so() {
    let hard: Vec<String> = ('a'..='z').map(|c| format!("\"arn:aws:s3:::b/*{c}*{c}?????{c}*\"")).collect();
    let before = allow(r#""s3:GetObject""#, &format!("[{}]", hard.join(",")));
    insta::assert_snapshot!(told(&before, &allow(r#""s3:GetObject""#, r#""arn:aws:s3:::b/x""#)), @"? everything about s3:GetObject: the policies overlap in too many ways");
}

#[test]
fn hard_patterns_of_one_service_leave_the_others_told() {
    let hard: Vec<String> = ('a'..='z').map(|c| format!("\"arn:aws:s3:::b/*{c}*{c}?????{c}*\"")).collect();
    let hard = allow(r#""s3:GetObject""#, &format!("[{}]", hard.join(",")));
    let plain = allow(r#""sqs:SendMessage""#, r#""arn:aws:sqs:*:111122223333:orders""#);
    insta::assert_snapshot!(told(&hard, &plain), @r"
    + sqs:SendMessage on arn:aws:sqs:*:111122223333:orders
    ? everything about s3:GetObject: the policies overlap in too many ways
    ");
}

#[test]
fn contexts_without_end_are_given_up_and_said_so() {
    let line = |key: usize| format!(r#""aws:ResourceTag/k{key}": ["a*", "*b"]"#);
    let lines = |first: usize| (first..first + 5).map(line).collect::<Vec<_>>().join(",");
    let statement = |first: usize| {
        format!(
            r#"{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {{"StringLike": {{{}}}}}}}"#,
            lines(first)
        )
    };
    let statements: Vec<String> = (0..20).map(|number| statement(number * 5)).collect();
    insta::assert_snapshot!(told(&statements.join(","), ""), @"? everything about s3:GetObject: the policies overlap in too many ways");
}

#[test]
fn services_without_end_are_told_or_given_up() {
    let statement = |number: usize| {
        let actions: Vec<String> = ('a'..='c').map(|letter| format!("\"svc{number}:*{letter}*\"")).collect();
        allow(&format!("[{}]", actions.join(",")), r#""*""#)
    };
    let statements: Vec<String> = (0..40).map(statement).collect();
    let told = told(&statements.join(","), "");
    assert!(told.starts_with("- svc0:*a*, svc0:*b*, svc0:*c*, svc10:*a*") && told.ends_with(" on *"), "{told}");
}
