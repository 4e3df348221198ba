//! Differences of small documents, in words.

use std::sync::Arc;

use super::*;
use crate::iam::{Document, Layer, PolicyType};
use crate::report::words::difference::{access_change, access_change_in_short, cannot_tell_all};
use crate::text::Source;

mod askable;

fn document(statements: &str) -> Arc<Document> {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    Arc::new(Document::parse(Source::new("policy.json", text)).unwrap())
}

/// `+` newly allowed, `-` newly denied, `?` cannot tell.
fn told(before: &str, after: &str) -> String {
    let difference = documents(&[document(before)], &[document(after)], Reference::embedded());
    let sign = |change: &AccessChange| match change.change {
        Change::Allowed => "+",
        Change::DenyLifted => "+ (no deny)",
        Change::NotAllowed => "-",
        Change::DenyAdded => "- (deny)",
    };
    let changes = difference.newly_allowed.iter().chain(&difference.newly_denied);
    let mut lines: Vec<String> = changes.map(|change| format!("{} {}", sign(change), access_change(change))).collect();
    lines.extend(cannot_tell_all(&difference.cannot_tell).into_iter().map(|(what, _)| format!("? {what}")));
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
fn a_value_that_conditions_give_one_variable_is_tried_for_another_in_its_place() {
    let but = |values: &str, variable: &str| {
        format!(
            r#"{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${{aws:{variable}}}/k", "Condition": {{"StringNotEquals": {{"aws:PrincipalTag/team": {values}}}}}}}"#
        )
    };
    let before = but(r#""red""#, "PrincipalTag/team");
    let after = but(r#"["red", "blue"]"#, "PrincipalTag/project");
    // team blue loses b/blue/k, and does so too where the project is blue
    insta::assert_snapshot!(told(&before, &after), @r"
    + s3:GetObject on arn:aws:s3:::b/${aws:PrincipalTag/project}/k when aws:PrincipalTag/project is present and (aws:PrincipalTag/team is not `blue` or `red` or `${aws:PrincipalTag/project}` or is absent) and not (aws:PrincipalTag/project is empty and aws:PrincipalTag/team is empty)
    - s3:GetObject on arn:aws:s3:::b/${aws:PrincipalTag/team}/k when aws:PrincipalTag/project is `blue` and aws:PrincipalTag/team is `${aws:PrincipalTag/project}`
    - s3:GetObject on arn:aws:s3:::b/${aws:PrincipalTag/team}/k when aws:PrincipalTag/team is present and aws:PrincipalTag/team is not `red` or `${aws:PrincipalTag/project}` and not (aws:PrincipalTag/project is empty and aws:PrincipalTag/team is empty)
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

fn deny(action: &str, resource: &str, condition: &str) -> String {
    format!(
        r#"{{"Effect": "Deny", "Action": {action}, "Resource": {resource}{}{condition}}}"#,
        if condition.is_empty() { "" } else { ", \"Condition\": " }
    )
}

/// A deny of some of the actions stays for some values of the variable and goes for others.
/// A variable without a value makes its statement apply to nothing:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
#[test]
fn a_lifted_deny_is_told_for_the_values_of_a_variable_for_which_more_is_lifted() {
    let own = deny(r#""s3:*""#, r#""arn:aws:s3:::b-${aws:PrincipalTag/team}/*""#, "");
    let secret = |value: &str| {
        deny(
            r#""s3:GetObjectAcl""#,
            r#""*""#,
            &format!(r#"{{"StringNotEquals": {{"aws:PrincipalTag/team": "{value}"}}}}"#),
        )
    };
    // GetObjectAcl stays denied for every team but y
    insta::assert_snapshot!(told(&own, &secret("y")), @r"
    + (no deny) s3:* except s3:GetObjectAcl on arn:aws:s3:::b-${aws:PrincipalTag/team}/* when aws:PrincipalTag/team is present
    + (no deny) s3:* on arn:aws:s3:::b-${aws:PrincipalTag/team}/* when aws:PrincipalTag/team is `y`
    - (deny) s3:GetObjectAcl on * when aws:PrincipalTag/team is absent
    - (deny) s3:GetObjectAcl on * except arn:aws:s3:::b-${aws:PrincipalTag/team}/* when aws:PrincipalTag/team is present and aws:PrincipalTag/team is not `y`
    ");
    insta::assert_snapshot!(told(&secret("y"), &own), @r"
    + (no deny) s3:GetObjectAcl on * when aws:PrincipalTag/team is absent
    + (no deny) s3:GetObjectAcl on * except arn:aws:s3:::b-${aws:PrincipalTag/team}/* when aws:PrincipalTag/team is present and aws:PrincipalTag/team is not `y`
    - (deny) s3:* except s3:GetObjectAcl on arn:aws:s3:::b-${aws:PrincipalTag/team}/* when aws:PrincipalTag/team is present
    - (deny) s3:* on arn:aws:s3:::b-${aws:PrincipalTag/team}/* when aws:PrincipalTag/team is `y`
    ");
}

/// The variable has no value, so that its statement does not apply, and what the other denies is lifted or new for all actions.
#[test]
fn a_deny_of_all_actions_is_told_where_a_variable_has_no_value() {
    let own =
        r#"{"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::b-${aws:PrincipalTag/team}/*"}"#;
    let both = format!("{own},{}", deny(r#""s3:Get*""#, r#""arn:aws:s3:::a/*""#, ""));
    insta::assert_snapshot!(told(own, &both), @r"
    - (deny) s3:Get* except s3:GetObject on arn:aws:s3:::a/*
    - (deny) s3:Get* on arn:aws:s3:::a/* when aws:PrincipalTag/team is absent
    - s3:GetObject on arn:aws:s3:::a/* when aws:PrincipalTag/team is present
    ");
    insta::assert_snapshot!(told(&both, own), @r"
    + (no deny) s3:Get* except s3:GetObject on arn:aws:s3:::a/*
    + (no deny) s3:Get* on arn:aws:s3:::a/* when aws:PrincipalTag/team is absent
    + s3:GetObject on arn:aws:s3:::a/* when aws:PrincipalTag/team is present
    ");
}

/// What was denied before for one value alone is not told as newly denied for it.
#[test]
fn a_deny_that_one_value_of_a_variable_had_before_is_not_new_for_it() {
    let before = [
        deny(r#""sqs:*""#, r#""*""#, r#"{"Null": {"aws:PrincipalTag/team": "true"}}"#),
        deny(r#""s3:GetObject""#, r#""arn:aws:s3:::b-${aws:PrincipalTag/team}/*""#, ""),
    ];
    let after = r#"{"Effect": "Deny", "NotAction": "s3:GetObject", "Resource": "*"}"#;
    insta::assert_snapshot!(told(&before.join(","), after), @r"
    + (no deny) s3:GetObject on arn:aws:s3:::b-${aws:PrincipalTag/team}/* when aws:PrincipalTag/team is present
    - (deny) * except s3:GetObject on * when aws:PrincipalTag/team is present
    - (deny) * except s3:GetObject, sqs:* on * when aws:PrincipalTag/team is absent
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

#[test]
fn a_value_of_a_variable_is_found_behind_a_wildcard_of_another_pattern() {
    let own = allow(r#""ecr:BatchGetImage""#, r#""arn:aws:ecr:us-east-1:111122223333:repository/${aws:username}""#);
    let deny =
        r#"{"Effect": "Deny", "Action": "ecr:*", "Resource": "arn:*s:ecr:us-east-1:111122223333:repository/blue"}"#;
    insta::assert_snapshot!(told(&format!("{own},{deny}"), &own), @r"
    + (no deny) ecr:* except ecr:BatchGetImage on arn:*s:ecr:us-east-1:111122223333:repository/blue when aws:username is `blue`
    + (no deny) ecr:* on arn:*s:ecr:us-east-1:111122223333:repository/blue when aws:username is not `blue` or is absent
    + (no deny) ecr:BatchGetImage on arn:*s:ecr:us-east-1:111122223333:repository/blue except arn:aws:ecr:us-east-1:111122223333:repository/${aws:username} when aws:username is `blue`
    + ecr:BatchGetImage on arn:aws:ecr:us-east-1:111122223333:repository/${aws:username} when aws:username is `blue`
    ");
}

#[test]
fn keys_and_roles_are_told_apart_where_their_own_policies_must_allow() {
    let set = |policies: [(PolicyType, &str); 2]| {
        let [identity, resource] = policies
            .map(|(policy_type, text)| Layer::complete(stand_in::policy("p", policy_type, text).into_iter().collect()));
        PolicySet { identity, resource, ..PolicySet::empty() }
    };
    let all = (
        PolicyType::IdentityBased,
        r#"{"Statement": {"Effect": "Allow", "Action": ["kms:*", "sts:TagSession"], "Resource": "*"}}"#,
    );
    let deny = r#"{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}}"#;
    let other = r#"{"Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/bob"}, "Action": "s3:Get*", "Resource": "*"}}"#;
    let request = Request::new(
        Principal::new("arn:aws:iam::111122223333:user/alice"),
        "s3:ListAllMyBuckets".parse().unwrap(),
        "*",
    )
    .with_resource_account("111122223333");
    let sets = [deny, other].map(|resource| set([all, (PolicyType::ResourceBased, resource)]));
    let difference = difference(&sets[0], &sets[1], &request, Reference::embedded());
    let words: Vec<String> = difference.newly_allowed.iter().map(access_change).collect();
    insta::assert_snapshot!(words.join("\n"), @r"
    kms:* on * except KMS keys
    sts:TagSession on * except IAM roles
    ");
}

#[test]
fn actions_without_resources_are_told_apart_where_the_others_have_a_pattern_of_their_own() {
    let get = allow(r#""s3:Get*""#, r#""arn:*""#);
    let all = allow(r#""s3:*""#, r#""*""#);
    insta::assert_snapshot!(told(&get, &format!("{get},{all}")), @r"
    + s3:* except s3:Get* on *
    + s3:Get* on requests that name no resource
    ");
    let get = allow(r#""s3:Get*""#, r#""arn:aws:s3:::a""#);
    let rest = r#"{"Effect": "Allow", "Action": "s3:*", "NotResource": ["arn:aws:s3:::a/*", "arn:aws:sqs*"]}"#;
    insta::assert_snapshot!(told("", &format!("{get},{rest}")), @"+ s3:* on * except arn:aws:s3:::a/*, arn:aws:sqs*");
    let rest = r#"{"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws"}"#;
    insta::assert_snapshot!(told("", &format!("{get},{rest}")), @r"
    + s3:* except s3:Get* on * except arn:aws
    + s3:Get* on (* except arn:aws), arn:aws:s3:::a
    ");
}

#[test]
fn a_key_that_holds_no_arn_has_the_values_that_no_arn_operator_matches() {
    let team = |effect: &str, operator: &str, values: &str| {
        format!(
            r#"{{"Effect": "{effect}", "Action": "sqs:SendMessage", "Resource": "*", "Condition": {{"{operator}": {{"aws:PrincipalTag/team": {values}}}}}}}"#
        )
    };
    let deny = team("Deny", "ArnEquals", r#"["green", "arn:aws:iam::111122223333:role/a"]"#);
    let allow = team("Allow", "StringEquals", r#"["green", "arn:aws:iam::111122223333:role/a"]"#);
    insta::assert_snapshot!(told(&deny, &format!("{deny},{allow}")), @"+ sqs:SendMessage on * when aws:PrincipalTag/team is `green`");
}

#[test]
fn a_variable_that_is_compared_with_another_is_said_to_be_not_compared() {
    let statement = r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::${aws:PrincipalTag/team}/*", "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "${aws:username}"}}}"#;
    let told = told("", statement);
    let said = "? values of the policy variable ${aws:PrincipalTag/team}: conditions compare it with another variable";
    assert!(told.lines().any(|line| line == said), "{told}");
}

#[test]
fn a_long_list_of_actions_is_shortened_for_reading_alone() {
    let names: Vec<String> = ('a'..='z').map(|letter| format!("\"svc:Get{letter}\"")).collect();
    let after = allow(&format!("[{}]", names.join(",")), r#""*""#);
    let difference = documents(&[], &[document(&after)], Reference::embedded());
    let [change] = difference.newly_allowed.as_slice() else { panic!("{difference:?}") };
    assert_eq!(change.actions.len(), 26);
    assert!(access_change(change).ends_with("svc:Gety, svc:Getz on *"));
    insta::assert_snapshot!(access_change_in_short(change), @"svc:Geta, svc:Getb, svc:Getc, svc:Getd, svc:Gete, svc:Getf, svc:Getg, svc:Geth, svc:Geti, svc:Getj, svc:Getk, svc:Getl, 14 more on *");
}

#[test]
fn what_stands_on_both_sides_is_no_matter_of_comparison() {
    let tangled = allow(
        r#"["connect:Suspend*", "connect:*ContactAttributes*", "connect:*RealtimeContact*", "connect:*AnalyticsData*", "connect:*a*b*", "connect:*c*d*", "connect:*e*f*", "connect:*g*h*"]"#,
        r#""*""#,
    );
    let guard = r#"{"Effect": "Deny", "Action": "connect:*Delete*", "Resource": "*"}"#;
    let queue = allow(r#""sqs:SendMessage""#, r#""arn:aws:sqs:us-east-1:111122223333:q""#);
    assert_eq!(told(&tangled, &tangled), "");
    assert_eq!(told(&format!("{tangled},{guard}"), &format!("{guard},{tangled}")), "");
    insta::assert_snapshot!(told(&tangled, &format!("{queue},{tangled}")), @"+ sqs:SendMessage on arn:aws:sqs:us-east-1:111122223333:q");
}

#[test]
fn two_variables_are_not_the_same() {
    let on =
        |resource: &str| allow(r#""iam:ChangePassword""#, &format!(r#""arn:aws:iam::111122223333:user/{resource}""#));
    insta::assert_snapshot!(told(&on("${aws:userid}"), &on("${aws:username}")), @r"
    + iam:ChangePassword on arn:aws:iam::111122223333:user/${aws:username} when aws:username is present and aws:username is not `${aws:userid}`
    - iam:ChangePassword on arn:aws:iam::111122223333:user/${aws:userid} when aws:username is not `${aws:userid}` or is absent
    ");
    let home = |tag: &str| allow(r#""s3:GetObject""#, &format!(r#""arn:aws:s3:::home/${{aws:PrincipalTag/{tag}}}/*""#));
    let told = told(&home("team"), &home("project"));
    let start = "+ s3:GetObject on arn:aws:s3:::home/${aws:PrincipalTag/project}/* when aws:PrincipalTag/project is present and ";
    assert!(told.starts_with(start), "{told}");
}

#[test]
fn the_values_of_a_null_condition_are_no_values_of_its_key() {
    let home = |tag: &str| {
        format!(
            r#"{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::home/${{aws:PrincipalTag/{tag}}}/*", "Condition": {{"Null": {{"aws:PrincipalTag/team": "false"}}}}}}"#
        )
    };
    insta::assert_snapshot!(told(&home("team"), &home("project")), @r"
    + s3:GetObject on arn:aws:s3:::home/${aws:PrincipalTag/project}/* when aws:PrincipalTag/project is present and aws:PrincipalTag/team is present and aws:PrincipalTag/team is not `${aws:PrincipalTag/project}` and not (aws:PrincipalTag/project is empty and aws:PrincipalTag/team is empty)
    - s3:GetObject on arn:aws:s3:::home/${aws:PrincipalTag/team}/* when aws:PrincipalTag/team is present and aws:PrincipalTag/team is not `${aws:PrincipalTag/project}` and not (aws:PrincipalTag/project is empty and aws:PrincipalTag/team is empty)
    ");
}

#[test]
fn an_empty_tag_value_is_tried() {
    let home = allow(r#""s3:GetObject""#, r#""arn:aws:s3:::home/${aws:PrincipalTag/team}all/*""#);
    let all = allow(r#""s3:GetObject""#, r#""arn:aws:s3:::home/all/*""#);
    insta::assert_snapshot!(told(&all, &home), @r"
    + s3:GetObject on arn:aws:s3:::home/${aws:PrincipalTag/team}all/* when aws:PrincipalTag/team is present and aws:PrincipalTag/team is not empty
    - s3:GetObject on arn:aws:s3:::home/all/* when aws:PrincipalTag/team is not empty or is absent
    ");
    let of_object = home.replace("aws:PrincipalTag", "s3:ExistingObjectTag");
    insta::assert_snapshot!(told(&all, &of_object), @r"
    + s3:GetObject on arn:aws:s3:::home/${s3:ExistingObjectTag/team}all/* when s3:ExistingObjectTag/team is present and s3:ExistingObjectTag/team is not empty
    - s3:GetObject on arn:aws:s3:::home/all/* when s3:ExistingObjectTag/team is not empty or is absent
    ");
    // and what a condition calls empty is tried once
    let none = format!(
        r#"{}, "Condition": {{"StringEquals": {{"aws:PrincipalTag/team": ""}}}}}}"#,
        home.strip_suffix('}').unwrap_or_default()
    );
    insta::assert_snapshot!(told("", &none), @"+ s3:GetObject on arn:aws:s3:::home/${aws:PrincipalTag/team}all/* when aws:PrincipalTag/team is empty");
}

#[test]
fn a_key_that_may_be_a_list_is_compared_as_one_value_too() {
    let put = |condition: &str| {
        format!(r#"{{"Effect": "Allow", "Action": "events:PutEvents", "Resource": "*", "Condition": {{{condition}}}}}"#)
    };
    let tagged = |key: &str, value: &str| put(&format!(r#""StringEquals": {{"{key}": "{value}"}}"#));
    insta::assert_snapshot!(told("", &tagged("events:detail-type", "order")), @"+ events:PutEvents on * when events:detail-type is `order`");
    insta::assert_snapshot!(told(&tagged("aws:TagKeys", "red"), &tagged("aws:TagKeys", "blue")), @r"
    + events:PutEvents on * when aws:TagKeys is `blue`
    - events:PutEvents on * when aws:TagKeys is `red`
    ");
}

#[test]
fn a_resource_of_an_action_without_resource_types_is_not_dropped() {
    let one = allow(r#""s3:ListAllMyBuckets""#, r#""arn:aws:s3:::a""#);
    insta::assert_snapshot!(told("", &one), @"+ s3:ListAllMyBuckets on arn:aws:s3:::a");
}

#[test]
fn equal_statements_cancel_however_hard_their_patterns_are() {
    let hard = allow(
        r#"["connect:Suspend*", "connect:*ContactAttributes*", "connect:*RealtimeContact*", "connect:*AnalyticsData*", "connect:*e*a*i*o*", "connect:*n*r*t*", "connect:*l*s*c*", "connect:*u*d*m*"]"#,
        r#""*""#,
    );
    assert_eq!(told(&hard, &hard), "");
    let more = [hard.clone(), allow(r#""sqs:SendMessage""#, r#""*""#)].join(",");
    assert_eq!(told(&hard, &more), "+ sqs:SendMessage on *");
}

#[test]
fn very_many_conditions_end_soon() {
    let one = |number: usize| {
        format!(
            r#"{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {{"StringEquals": {{"s3:k{number}": "v"}}}}}}"#
        )
    };
    let many: Vec<String> = (0..900).map(one).collect();
    let told = told("", &many.join(","));
    assert!(told.starts_with("? everything about"), "{}", told.chars().take(200).collect::<String>());
}

#[test]
fn a_part_of_the_values_of_a_variable_cannot_be_told() {
    let thing = |effect: &str, name: &str| {
        format!(
            r#"{{"Effect": "{effect}", "Action": "svc:Get", "Resource": "arn:aws:svc:us-east-1:111122223333:thing/{name}"}}"#
        )
    };
    let note =
        "? values of the policy variable ${aws:userid}: other patterns match a part of them, and one of each is tried";
    let said = |variable: &str, other: &str| {
        let allowed = thing("Allow", other);
        let told = told(&format!("{allowed},{}", thing("Deny", variable)), &allowed);
        told.lines().any(|line| line == note)
    };
    for (variable, other) in [
        ("${aws:userid}", "r*"),
        ("${aws:userid}", "*r"),
        ("${aws:userid}", "r?d"),
        ("${aws:userid}", "r*/x"),
        ("x-${aws:userid}", "x-r*"),
        ("${aws:userid}*", "red"),
        ("${aws:userid}-x", "red-x"),
        ("${aws:userid}", "${aws:username}-x"),
    ] {
        assert!(said(variable, other), "{variable} beside {other}");
    }
    for (variable, other) in [
        ("${aws:userid}", "*"),
        ("${aws:userid}", "*/x"),
        ("${aws:userid}", "red"),
        ("${aws:userid}/*", "red/x"),
        ("${aws:userid}", "${aws:username}"),
        ("${aws:userid}", "${aws:userid}-x"),
        ("${aws:userid}*", "${aws:userid}/x"),
        ("a/${aws:userid}", "b/r*"),
    ] {
        assert!(!said(variable, other), "{variable} beside {other}");
    }
}

#[test]
fn there_are_always_services_that_the_policies_do_not_name() {
    let four = allow(r#"["dynamodb:*", "sqs:*", "logs:*", "kinesisvideo:*"]"#, r#""*""#);
    insta::assert_snapshot!(told("", &four), @"+ dynamodb:*, kinesisvideo:*, logs:*, sqs:* on *");
    let all = allow(r#""*""#, r#""*""#);
    insta::assert_snapshot!(told(&four, &all), @"+ * except dynamodb:*, kinesisvideo:*, logs:*, sqs:* on *");
}

#[test]
fn a_value_that_is_left_out_is_told_where_another_variable_brings_it_back() {
    let things = "arn:aws:svc:us-east-1:111122223333:thing";
    let own = |tag: &str| allow(r#""svc:Get""#, &format!(r#""{things}/${{aws:PrincipalTag/{tag}}}""#));
    let blue = format!(
        r#"{{"Effect": "Allow", "Action": "svc:Get", "Resource": "{things}/blue", "Condition": {{"StringNotEquals": {{"aws:PrincipalTag/team": "red"}}}}}}"#
    );
    let told = told(&format!("{},{blue},{}", own("project"), own("team")), &format!("{blue},{}", own("team")));
    let both = "- svc:Get on arn:aws:svc:us-east-1:111122223333:thing/${aws:PrincipalTag/project} when aws:PrincipalTag/project is `blue` and aws:PrincipalTag/team is `red`";
    assert!(told.lines().any(|line| line == both), "{told}");
}

/// What the policies of one request's principal, and of its resource, open after a change.
fn opened(request: &Request, before: &PolicySet, after: &PolicySet) -> String {
    let difference = difference(before, after, request, Reference::embedded());
    let mut lines: Vec<String> =
        difference.newly_allowed.iter().map(|change| format!("+ {}", access_change(change))).collect();
    lines.extend(difference.newly_denied.iter().map(|change| format!("- {}", access_change(change))));
    lines.extend(cannot_tell_all(&difference.cannot_tell).into_iter().map(|(what, _)| format!("? {what}")));
    lines.join("\n")
}

fn layer(policy_type: PolicyType, documents: &[&str]) -> Layer {
    let policy = |(number, statement): (usize, &&str)| {
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
        stand_in::policy(&format!("p{number}"), policy_type, &text).unwrap()
    };
    Layer::complete(documents.iter().enumerate().map(policy).collect())
}

fn request(principal: &str, action: &str, resource: &str) -> Request {
    let mut context = Context::new();
    context.set_one("aws:PrincipalArn", principal);
    Request::new(Principal::new(principal), action.parse().unwrap(), resource)
        .with_resource_account("111122223333")
        .in_context(context)
}

/// <https://docs.aws.amazon.com/vpc-lattice/latest/ug/auth-policies.html#auth-policies-evaluation-logic>
#[test]
fn a_statement_that_one_auth_policy_has_already_is_new_in_another() {
    let service = "arn:aws:vpc-lattice:us-east-1:111122223333:service/svc-0a1b/";
    let request = request("arn:aws:iam::111122223333:role/app", "vpc-lattice-svcs:Invoke", service);
    let allows = |action: &str| {
        format!(
            r#"{{"Effect": "Allow", "Principal": {{"AWS": "arn:aws:iam::111122223333:role/app"}}, "Action": "{action}", "Resource": "*"}}"#
        )
    };
    let (invoke, other) = (allows("vpc-lattice-svcs:Invoke"), allows("iam:GetRole"));
    let set = |second: &str| PolicySet {
        identity: layer(PolicyType::IdentityBased, &[&allow(r#""vpc-lattice-svcs:Invoke""#, r#""*""#)]),
        resource: layer(PolicyType::ResourceBased, &[&invoke, second]),
        ..PolicySet::empty()
    };
    let both = format!("{other}, {invoke}");
    insta::assert_snapshot!(opened(&request, &set(&other), &set(&both)), @"+ vpc-lattice-svcs:Invoke on the resource arn:aws:vpc-lattice:us-east-1:111122223333:service/svc-0a1b/");
    insta::assert_snapshot!(opened(&request, &set(&both), &set(&other)), @"- vpc-lattice-svcs:Invoke on the resource arn:aws:vpc-lattice:us-east-1:111122223333:service/svc-0a1b/");
    assert_eq!(opened(&request, &set(&both), &set(&both)), "");
}

/// The value of a variable with which what the request is known to hold matches a pattern, whatever stands before it.
#[test]
fn a_variable_in_a_pattern_for_what_is_known_has_the_value_that_is_known() {
    let user = request("arn:aws:iam::111122223333:user/team/alice", "s3:GetObject", "arn:aws:s3:::b/k");
    let set = |pattern: &str| PolicySet {
        identity: layer(
            PolicyType::IdentityBased,
            &[&format!(
                r#"{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {{"ArnLike": {{"aws:PrincipalArn": "{pattern}"}}}}}}"#
            )],
        ),
        ..PolicySet::empty()
    };
    let told = |pattern: &str| opened(&user, &PolicySet::empty(), &set(pattern));
    insta::assert_snapshot!(told("arn:aws:iam::111122223333:user/team/${aws:PrincipalTag/team}"), @"+ s3:GetObject on * when aws:PrincipalTag/team is `alice`");
    insta::assert_snapshot!(told("arn:aws:iam::*:user/team/${aws:PrincipalTag/team}"), @"+ s3:GetObject on * when aws:PrincipalTag/team is `alice`");
    insta::assert_snapshot!(told("arn:aws:iam::*:user/*/${aws:PrincipalTag/team}"), @"+ s3:GetObject on * when aws:PrincipalTag/team is `alice`");
    insta::assert_snapshot!(told("arn:aws:iam::*:user/${aws:PrincipalTag/team}"), @"+ s3:GetObject on * when aws:PrincipalTag/team is `team/alice`");
    insta::assert_snapshot!(told("arn:aws:iam::111122223333:user/${aws:PrincipalTag/team}/a*"), @"+ s3:GetObject on * when aws:PrincipalTag/team is `team`");
    // what begins the name is any of its parts
    assert!(told("arn:aws:iam::*:user/team/${aws:PrincipalTag/team}*").contains("? values of the policy variable"));
}

#[test]
fn an_opposite_of_an_opposite_is_told_as_it_is() {
    let list = |operator: &str, value: &str| {
        format!(
            r#"{{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*", "Condition": {{"{operator}": {{"aws:SourceVpce": "{value}"}}}}}}"#
        )
    };
    let all = allow(r#""s3:GetObject""#, r#""*""#);
    let before = format!("{all}, {}", list("ForAllValues:StringEquals", "vpce-0a1b"));
    let after = [
        all.clone(),
        list("ForAllValues:StringNotEqualsIgnoreCase", "vpce-0a1b"),
        list("StringEqualsIgnoreCase", "vpce-0a1*"),
    ];
    assert!(!told(&before, &after.join(", ")).contains("not (not ("));
}

/// A statement with a principal.
fn to(effect: &str, principal: &str, more: &str) -> String {
    format!(r#"{{"Effect": "{effect}", "Principal": {{{principal}}}, {more}}}"#)
}

/// `*` inside an ARN is no wildcard in a principal:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
#[test]
fn a_principal_with_a_wildcard_inside_gets_nothing_and_loses_nothing() {
    let get = r#""Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*""#;
    let roles = r#""AWS": "arn:aws:iam::444455556666:role/*""#;
    assert_eq!(told("", &to("Allow", roles, get)), "");
    assert_eq!(told("", &to("Deny", roles, get)), "");
    assert_eq!(told("", &to("Allow", roles, r#""Action": "sts:AssumeRole""#)), "");
    assert_eq!(told("", &to("Allow", r#""AWS": "arn:aws:iam::444455556666:user/a?ice""#, get)), "");
    assert_eq!(told("", &to("Allow", r#""AWS": "arn:aws:sts::444455556666:assumed-role/app/*""#, get)), "");
    // beside those of the account that somebody can be
    let both = to("Allow", r#""AWS": ["arn:aws:iam::444455556666:role/*", "444455556666"]"#, get);
    insta::assert_snapshot!(told("", &both), @"+ s3:GetObject on arn:aws:s3:::a/* by principals of account 444455556666");
}

/// A canonical id means an account:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-bucket-user-policy-specifying-principal-intro.html>
#[test]
fn a_canonical_user_is_compared_as_the_account_that_it_means() {
    let id = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be";
    let named = |effect: &str, more: &str| {
        let get = r#""Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*""#;
        to(effect, &format!(r#""CanonicalUser": "{id}""#), &format!("{get}{more}"))
    };
    insta::assert_snapshot!(told("", &named("Allow", "")), @"+ s3:GetObject on arn:aws:s3:::a/* by 79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be");
    insta::assert_snapshot!(told(&named("Deny", ""), ""), @"+ (no deny) s3:GetObject on arn:aws:s3:::a/* by 79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be");
    // which account it is cannot be seen
    let one = r#", "Condition": {"StringEquals": {"aws:PrincipalAccount": "444455556666"}}"#;
    insta::assert_snapshot!(told("", &named("Allow", one)), @"+ s3:GetObject on arn:aws:s3:::a/* by 79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be when aws:PrincipalAccount is `444455556666`");
    // a Deny with NotPrincipal that lists an account and not its user may apply to that one
    let but = named("Deny", "").replace("Principal", "NotPrincipal");
    insta::assert_snapshot!(told("", &but), @r"
    - (deny) s3:GetObject on arn:aws:s3:::a/* by principals of any other account, anonymous callers, any other AWS service
    ? s3:GetObject on arn:aws:s3:::a/* by 79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be
    ");
}
