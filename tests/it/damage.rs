//! Texts that are not as AWS wrote them: what is noticed, what is offered then, and what is left alone.

use iamdx::denial::{self, Damage, Denial};
use iamdx::iam::Hints;
use iamdx::infer;
use iamdx::reference::Reference;
use iamdx::remedy::Disposition;
use iamdx::report::Report;
use iamdx::report::words::denial as words;
use iamdx::snapshot::Snapshot;
use proptest::prelude::*;

use crate::support::{iamdx, read};

const ANA: &str = "User: arn:aws:iam::111122223333:user/ana is not authorized to perform:";
const NO: &str = "because no identity-based policy allows the";

fn examined(text: &str) -> Vec<Denial> {
    let mut denials = denial::parse_text(text);
    for denial in &mut denials {
        infer::examine(denial, Reference::embedded());
    }
    denials
}

/// The sentences about all denials of a text, without their common beginning.
fn signs(text: &str) -> Vec<String> {
    let sentence = |damage: &Damage| words::damage(damage).replace("the text was edited or damaged: ", "");
    examined(text).iter().flat_map(|denial| denial.damage.iter().map(sentence)).collect()
}

/// The message as AWS writes it for an action on a resource.
fn message(action: &str, resource: &str) -> String {
    format!("{ANA} {action} on resource: {resource} {NO} {action} action")
}

#[test]
fn a_text_that_contradicts_itself_is_noticed() {
    let s3 = "arn:aws:s3:::reports/q3.csv";
    let key = "arn:aws:kms:us-east-1:111122223333:key/1";
    let called = |operation: &str, action: &str, resource: &str| {
        format!(
            "An error occurred (AccessDenied) when calling the {operation} operation: {}",
            message(action, resource)
        )
    };
    let cases: Vec<(String, &[&str])> = vec![
        (
            format!("{ANA} s3:GetObject on resource: {s3} {NO} iam:PassRole action"),
            &["it says that s3:GetObject was asked for, and that iam:PassRole is not allowed; AWS names one action"],
        ),
        // a name that goes on is another name, a name that is cut is not
        (
            format!("{ANA} s3:GetObject on resource: {s3} {NO} s3:GetObjectAcl action"),
            &["it says that s3:GetObject was asked for, and that s3:GetObjectAcl is not allowed; AWS names one action"],
        ),
        (
            called("GetObject", "iam:AttachUserPolicy", "user ana"),
            &["the call was GetObject, which does not ask for iam:AttachUserPolicy"],
        ),
        (
            called("PutObject", "iam:AttachUserPolicy", "user ana"),
            &["the call was PutObject, which does not ask for iam:AttachUserPolicy"],
        ),
        (
            called("GetObject", "s3:DeleteBucket", "arn:aws:s3:::reports"),
            &["the call was GetObject, which does not ask for s3:DeleteBucket"],
        ),
        (
            called("DescribeInstances", "iam:PassRole", "arn:aws:iam::111122223333:role/app"),
            &["the call was DescribeInstances, which does not ask for iam:PassRole"],
        ),
        (
            format!(
                "operation error S3: GetObject, https response error StatusCode: 403, RequestID: 0123456789ABCDEF, \
                 api error AccessDenied: {}",
                message("ec2:TerminateInstances", "arn:aws:ec2:us-east-1:111122223333:instance/i-1")
            ),
            &["the call was GetObject, which does not ask for ec2:TerminateInstances"],
        ),
        (
            message("iam:PutUserPolicy", s3),
            &["iam:PutUserPolicy does not work on resources of s3, and the resource is one"],
        ),
        (
            message("sqs:SendMessage", key),
            &["sqs:SendMessage does not work on resources of kms, and the resource is one"],
        ),
        (
            message("iam:PutUserPolicy", "arn:aws:iam::111122223333:role/app"),
            &["iam:PutUserPolicy does not work on a resource of type role"],
        ),
        (
            format!("{ANA} s3:GetObject on resource: {s3} because no role trust policy allows the s3:GetObject action"),
            &["a role trust policy does not decide about s3:GetObject"],
        ),
        (
            format!(
                "{ANA} s3:GetObject on resource: {s3} with an explicit deny in an identity-based policy: \
                 arn:aws:organizations::444455556666:policy/o-exampleorg/service_control_policy/p-examplepol"
            ),
            &["it names an identity-based policy, and arn:aws:organizations::444455556666:policy/o-exampleorg/\
               service_control_policy/p-examplepol is no such policy"],
        ),
        (
            format!(
                "{ANA} s3:GetObject on resource: {s3} with an explicit deny in a service control policy: \
                 arn:aws:organizations::444455556666:policy/o-exampleorg/resource_control_policy/p-examplepol"
            ),
            &["it names a service control policy, and arn:aws:organizations::444455556666:policy/o-exampleorg/\
               resource_control_policy/p-examplepol is no such policy"],
        ),
        (
            format!(
                "{ANA} s3:GetObject on resource: {s3} with an explicit deny in an identity-based policy: \
                 arn:aws:iam::444455556666:policy/no-reports"
            ),
            &[
                "the identity-based policy that it names is in account 444455556666, and it can be attached only in the \
               account of the principal",
            ],
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(signs(&text), expected, "{text}");
    }
}

#[test]
fn names_that_aws_cannot_have_are_noticed() {
    let cases: [(String, &[&str]); 13] = [
        (
            message("s3:GetObject", "arn:aws:s3:::rep\u{43e}rts/q3.csv"),
            &["the resource holds U+043E (\u{43e}), which no such name in AWS can hold"],
        ),
        (
            message("s3:GetObject", "arn:aws:s3:::reports/rep\u{43e}rt.csv"),
            &["the resource holds U+043E (\u{43e}) among English letters that look the same"],
        ),
        (
            message("s3:GetObject", "arn:aws:s3:::reports/q3.csv").replace("user/ana", "user/\u{430}na"),
            &["the principal holds U+0430 (\u{430}), which no such name in AWS can hold"],
        ),
        (
            message("s3:Get\u{41e}bject", "arn:aws:s3:::reports/q3.csv"),
            &["the action holds U+041E (\u{41e}) among English letters that look the same"],
        ),
        (
            message("s3:GetObject", "arn:aws:s3:::rep\u{200b}orts/\u{202e}q3.csv"),
            &["the resource held U+200B, U+202E, which AWS does not write and nobody can see; it was left out"],
        ),
        // as JSON and pages write it
        (
            message("s3:GetObject", "arn:aws:s3:::rep\\u200borts/&#8238;q3.csv"),
            &["the resource held U+200B, U+202E, which AWS does not write and nobody can see; it was left out"],
        ),
        (
            message("s3:Get\u{200d}Object", "arn:aws:s3:::reports/q3.csv"),
            &["the action held U+200D, which AWS does not write and nobody can see; it was left out"],
        ),
        (
            message("s3:GetObject", "arn:aws:s3:::reports/q3.csv").replace("is not", "is\u{200e} not"),
            &["the sentence held U+200E, which AWS does not write and nobody can see; it was left out"],
        ),
        (
            message("sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:q a"),
            &["the resource holds U+0020, which no such name in AWS can hold"],
        ),
        (
            message("sqs:SendMessage", "arn:aws:sqs:us-eest-1:11112222333:q"),
            &[
                "the account 11112222333 of the resource has 11 digits; AWS's account ids have 12",
                "the ARN of the resource names the Region us-eest-1; no Region has such a name",
            ],
        ),
        (
            message("sqs:SendMessage", "arn:aws:sqs:us-east-1:1111222233334:q"),
            &["the account 1111222233334 of the resource has 13 digits; AWS's account ids have 12"],
        ),
        (
            message("sqs:SendMessage", "arn:aws:sqs:cn-north-1:111122223333:q"),
            &["the Region cn-north-1 of the resource is not in its partition aws"],
        ),
        // https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
        (
            message("s3:GetObject", "arn:aws-cn:s3:::reports/q3.csv"),
            &["the principal is in partition aws and the resource in aws-cn; no request goes from one to the other"],
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(signs(&text), expected, "{text}");
    }
}

#[test]
fn two_messages_that_were_joined_are_noticed() {
    let glued = |between: &str| {
        message("s3:GetObject", &format!("arn:aws:s3:::reports/{between}User: arn:aws:iam::111122223333:user/bob"))
    };
    let joined = ["the resource holds `User:`: two messages were joined"];
    assert_eq!(signs(&glued("")), joined);
    assert_eq!(signs(&glued("\n")), joined);
    assert_eq!(
        signs(&message("s3:GetObject", "arn:aws:s3:::reports/\narn:aws:iam::111122223333:role/admin")),
        ["the resource holds `arn:aws`: two messages were joined"]
    );
    // the same request, and two reasons
    let asked = format!("{ANA} s3:GetObject on resource: arn:aws:s3:::reports/q3.csv");
    let two =
        format!("{asked} {NO} s3:GetObject action\n\n{asked} with an explicit deny in a service control policy\n");
    let other = |line: usize| {
        format!(
            "the denial in line {line} gives another reason for the same request; if nobody edited it, the policies \
             changed between the two"
        )
    };
    assert_eq!(signs(&two), [other(3), other(1)]);
}

#[test]
fn two_records_of_one_request_id_do_not_name_two_callers() {
    let record = |id: &str, user: &str, said: &str, reason: &str| {
        format!(
            r#"{{"eventName":"GetObject","eventSource":"s3.amazonaws.com","requestID":"{id}","errorCode":"AccessDenied",
            "userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/{user}","accountId":"111122223333"}},
            "errorMessage":"User: arn:aws:iam::111122223333:user/{said} is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::reports/q3.csv\" {reason}"}}"#
        )
    };
    let implicit = "because no identity-based policy allows the s3:GetObject action";
    let explicit = "with an explicit deny in a service control policy";
    let file = |records: [String; 2]| format!("{{\"Records\":[{}]}}", records.join(","));
    let codes = |text: &str| -> Vec<&str> {
        examined(text).iter().flat_map(|denial| denial.damage.iter().map(Damage::code).collect::<Vec<_>>()).collect()
    };
    let one = "ABCDEF0123456789";
    let two = "ABCDEF0123456780";
    // two requests, between which the policies changed
    assert_eq!(codes(&file([record(one, "ana", "ana", implicit), record(two, "ana", "ana", explicit)])), [""; 0]);
    assert_eq!(
        codes(&file([record(one, "ana", "ana", implicit), record(one, "ana", "ana", explicit)])),
        ["other-denial", "other-denial"]
    );
    assert_eq!(
        codes(&file([record(one, "ana", "ana", implicit), record(one, "bob", "bob", implicit)])),
        ["other-denial", "other-denial"]
    );
    // a message that is not that of its record
    assert_eq!(codes(&record(one, "ana", "bob", implicit)), ["principal-of-record"]);
}

/// What AWS writes, and what people leave out openly.
const GENUINE: [(&str, &str, &str); 26] = [
    // the operation, the action and the resource
    ("ListObjectsV2", "s3:ListBucket", "arn:aws:s3:::reports"),
    ("HeadObject", "s3:GetObject", "arn:aws:s3:::reports/My first report.csv"),
    ("HeadObject", "s3:ListBucket", "arn:aws:s3:::reports"),
    ("GetObject", "kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/1"),
    ("GetObject", "s3:GetObjectVersion", "arn:aws:s3:::reports/отчёт.csv"),
    ("GetObject", "lambda:InvokeFunction", "arn:aws:lambda:us-east-1:111122223333:function:clean"),
    ("PutObject", "kms:GenerateDataKey", "arn:aws:kms:us-east-1:111122223333:key/1"),
    ("PutObject", "s3:PutObjectAcl", "arn:aws:s3:::reports/a b (1).csv"),
    ("CreateBucket", "s3:PutBucketTagging", "arn:aws:s3:::reports"),
    ("PutBucketReplication", "iam:PassRole", "arn:aws:iam::111122223333:role/replication"),
    ("SendMessage", "kms:GenerateDataKey", "arn:aws:kms:us-east-1:111122223333:key/1"),
    ("CreateRole", "iam:TagRole", "arn:aws:iam::111122223333:role/app"),
    ("RunInstances", "iam:PassRole", "arn:aws:iam::111122223333:role/app"),
    ("RunInstances", "ec2:CreateTags", "arn:aws:ec2:us-east-1:111122223333:instance/*"),
    ("CreateFunction", "iam:PassRole", "arn:aws:iam::111122223333:role/app"),
    ("Converse", "bedrock:InvokeModel", "arn:aws:bedrock:us-east-1::foundation-model/example.model-v1:0"),
    ("InvokeModel", "aws-marketplace:Subscribe", "*"),
    ("TransactWriteItems", "dynamodb:PutItem", "arn:aws:dynamodb:us-east-1:111122223333:table/orders"),
    ("AssumeRole", "sts:TagSession", "arn:aws:iam::444455556666:role/app"),
    ("GetAuthorizationToken", "sts:GetServiceBearerToken", "*"),
    ("GetQueryResults", "s3:GetObject", "arn:aws:s3:::results/q.csv"),
    (
        "CreateCluster",
        "iam:CreateServiceLinkedRole",
        "arn:aws:iam::111122223333:role/aws-service-role/eks.amazonaws.com/x",
    ),
    ("CreateStack", "iam:CreateRole", "arn:aws:iam::111122223333:role/app"),
    (
        "AssociateWebACL",
        "wafv2:AssociateWebACL",
        "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/a/1",
    ),
    ("StartRestoreJob", "backup:StartRestoreJob", "arn:aws:ec2:us-east-1::snapshot/snap-1"),
    ("DescribeAlarms", "cloudwatch:DescribeAlarms", "arn:aws:cloudwatch:us-east-1:111122223333:alarm:Größe über 5"),
];

#[test]
fn what_aws_writes_is_left_alone() {
    for (operation, action, resource) in GENUINE {
        for asked in [action.to_owned(), action.to_uppercase()] {
            let text = format!(
                "An error occurred (AccessDenied) when calling the {operation} operation: {ANA} {asked} on resource: \
                 \"{resource}\" {NO} {action} action"
            );
            assert_eq!(signs(&text), [""; 0], "{text}");
        }
    }
    let session = "arn:aws:sts::111122223333:assumed-role/app/run-7";
    for text in [
        // cut off
        format!("{ANA} s3:GetObject on resource: arn:aws:s3:::reports/q3.csv {NO} s3:GetOb"),
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
        format!(
            "User: {session} is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::reports/q3.csv\" with \
             an explicit deny in a service control policy: \
             arn:aws:organizations::444455556666:policy/o-exampleorg/service_control_policy/p-examplepol"
        ),
        format!(
            "User: {session} is not authorized to perform: ec2:RunInstances on resource: \
             arn:aws:ec2:eusc-de-east-1:111122223333:instance/* with an explicit deny in a permissions boundary: \
             arn:aws:iam::111122223333:policy/team/limits"
        )
        .replace("arn:aws:", "arn:aws-eusc:"),
        format!(
            "{ANA} apigateway:PUT on resource: arn:aws:apigateway:us-east-1::/tags/arn:aws:apigateway:us-east-1::/restapis/a \
             {NO} apigateway:PUT action"
        ),
        // left out by whoever shows it
        "User: arn:aws:iam::<アカウント id>:user/ana is not authorized to perform: sqs:SendMessage on resource: \
         arn:aws:sqs:xx-xxxx-1:************:q because no identity-based policy allows the sqs:SendMessage action"
            .to_owned(),
        // another error of the same log
        format!(
            "An error occurred (NoSuchBucket) when calling the GetObject operation: the bucket does not exist\n\
             and then {}",
            message("iam:CreateRole", "arn:aws:iam::111122223333:role/app")
        ),
    ] {
        assert_eq!(signs(&text), [""; 0], "{text}");
    }
}

/// The diagnosis over a policy that allows too little.
fn diagnosed(text: &str, hints: &Hints) -> Vec<Report> {
    let snapshot = Snapshot::read("account.json", read("fixtures/snapshots/damage.json").into_bytes()).unwrap();
    let options = iamdx::Options::default().hints(hints.clone());
    examined(text).iter().map(|denial| iamdx::diagnose(denial, &snapshot, &options)).collect()
}

#[test]
fn nothing_is_granted_on_a_text_that_contradicts_itself() {
    let shown = |text: &str, hints: &Hints| -> Vec<String> {
        let of = |report: &Report| {
            let remedies: Vec<String> = report
                .remedies
                .iter()
                .map(|remedy| format!("{} {:?} {}", remedy.id, remedy.disposition, remedy.edits.len()))
                .collect();
            format!("{:?} {:?}: {}", report.decision(), report.diagnosis.confidence, remedies.join(", "))
        };
        diagnosed(text, hints).iter().map(of).collect()
    };
    let none = Hints::default();
    let whole = message("s3:GetObject", "arn:aws:s3:::reports/q3.csv");
    assert_eq!(shown(&whole, &none), ["ImplicitDeny Reported: remedy-1 Safe 1"]);
    // invisible characters: what is left may be right
    let hidden = whole.replace("q3", "q\u{200b}3");
    assert_eq!(shown(&hidden, &none), ["ImplicitDeny Inferred: remedy-1 NeedsReview 1"]);
    // a contradiction: nothing, until the reader says what was denied
    let edited = whole.replace("allows the s3:GetObject", "allows the iam:PassRole");
    assert_eq!(shown(&edited, &none), ["Undetermined Unknown: confirm-the-text Refused 0"]);
    let mut given = Hints::default();
    given.action = Some("s3:GetObject".parse().unwrap());
    assert_eq!(shown(&edited, &given), ["ImplicitDeny Inferred: remedy-1 NeedsReview 1"]);
    // another part than the one in question
    let mut other = Hints::default();
    other.resource = Some("arn:aws:s3:::reports/q3.csv".to_owned());
    assert_eq!(shown(&edited, &other), ["Undetermined Unknown: confirm-the-text Refused 0"]);
}

#[test]
fn a_contradiction_is_told_to_people_and_programs() {
    let text = message("iam:PutUserPolicy", "arn:aws:s3:::reports/q3.csv");
    let arguments =
        |format: &'static str| ["diagnose", "--snapshot", "fixtures/snapshots/damage.json", "--format", format, "-m"];
    let run = |format: &'static str| {
        let mut all = arguments(format).to_vec();
        all.push(&text);
        iamdx(&all, b"")
    };
    let json = run("json");
    assert_eq!(json.code, 3);
    let value: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    let report = &value["reports"][0];
    assert_eq!(
        serde_json::json!({
            "damage": report["denial"]["damage"], "notes": report["denial"]["notes"], "unconfirmed": report["unconfirmed"],
            "decision": report["decision"], "confidence": report["confidence"], "disposition": report["remedies"][0]["disposition"],
        }),
        serde_json::json!({
            "damage": [{
                "code": "resource-of-another-service", "parts": ["action", "resource"], "contradicted": true,
                "what": "the text was edited or damaged: iam:PutUserPolicy does not work on resources of s3, and the resource is one",
            }],
            "notes": ["the text was edited or damaged: iam:PutUserPolicy does not work on resources of s3, and the resource is one"],
            "unconfirmed": ["action", "resource"],
            "decision": "undetermined", "confidence": "unknown", "disposition": "refused",
        })
    );
    insta::assert_snapshot!("edited", run("text").whole());
}

fn kept(text: &str) -> Vec<(String, String, String)> {
    let part = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let of = |denial: &Denial| {
        (
            part(denial.principal.as_ref().map(iamdx::iam::Principal::as_str)),
            denial.action.as_ref().map(|action| action.folded().to_owned()).unwrap_or_default(),
            part(denial.resource.as_deref()),
        )
    };
    examined(text).iter().map(of).collect()
}

const INVISIBLE: [char; 6] = ['\u{200b}', '\u{200f}', '\u{202e}', '\u{2060}', '\u{ad}', '\u{feff}'];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    /// Two messages joined at any place: where a reason is left, the action is whole and that of its reason, or it is noticed.
    #[test]
    fn joined_messages_name_an_action_that_one_of_them_names(
        (first, second) in (0..GENUINE.len(), 0..GENUINE.len()), (end, start) in (0_usize..400, 0_usize..400), between in "[ \n]?",
    ) {
        let whole = |(_, action, resource): (&str, &str, &str)| message(action, resource);
        let head: String = whole(GENUINE[first]).chars().take(end).collect();
        let tail: String = whole(GENUINE[second]).chars().skip(start).collect();
        let text = format!("{head}{between}{tail}");
        for denial in examined(&text).iter().filter(|denial| denial.damage.is_empty() && denial.reason.policy_type.is_some()) {
            let Some(action) = &denial.action else { continue };
            let named = [first, second].iter().any(|index| action.as_str() == GENUINE[*index].1);
            prop_assert!(named, "{text}\n{denial:?}");
        }
    }

    /// An action in place of another one, in one of its two places, is always noticed.
    #[test]
    fn swapped_actions_are_noticed(first in 0..GENUINE.len(), second in 0..GENUINE.len(), tail in any::<bool>()) {
        let ((_, action, resource), (_, other, _)) = (GENUINE[first], GENUINE[second]);
        prop_assume!(!action.eq_ignore_ascii_case(other));
        let (asked, allowed) = if tail { (action, other) } else { (other, action) };
        let text = format!("{ANA} {asked} on resource: {resource} {NO} {allowed} action");
        let codes: Vec<&str> = examined(&text).iter().flat_map(|d| d.damage.iter().map(Damage::code).collect::<Vec<_>>()).collect();
        prop_assert!(codes.contains(&"action-in-reason"), "{text}: {codes:?}");
    }

    /// An invisible character anywhere changes nothing but the note about it, or stands before or behind the sentence.
    #[test]
    fn invisible_characters_are_noticed(index in 0..GENUINE.len(), at in 1_usize..400, hidden in 0..INVISIBLE.len()) {
        let (_, action, resource) = GENUINE[index];
        let whole = message(action, resource);
        let at = at % whole.chars().count();
        prop_assume!(at > 0);
        let text: String = whole.chars().take(at).chain([INVISIBLE[hidden]]).chain(whole.chars().skip(at)).collect();
        prop_assert_eq!(kept(&text), kept(&whole));
        prop_assert!(signs(&text).iter().any(|sign| sign.contains("nobody can see")), "{text}: {:?}", signs(&text));
    }

    /// Any letters in any place: no panic, and never a safe remedy for a name that AWS cannot have.
    #[test]
    fn foreign_letters_are_never_safe(at in 0_usize..400, letter in "[а-яА-Яα-ωΑ-ΩА-я０-９Ａ-Ｚ]") {
        let whole = message("s3:GetObject", "arn:aws:s3:::reports/q3.csv");
        let at = at % whole.len();
        let text = format!("{}{letter}{}", &whole[..at], &whole[at + 1..]);
        for report in diagnosed(&text, &Hints::default()) {
            let safe = report.remedies.iter().any(|remedy| remedy.disposition == Disposition::Safe);
            let own = report.request.resource.value().is_some_and(|resource| resource.is_ascii())
                && report.request.principal.value().is_some_and(|principal| principal.as_str().is_ascii());
            // the key of an object may hold any letter that does not look English
            let key = report.request.resource.value().is_some_and(|resource| resource.contains(letter.as_str()));
            prop_assert!(!safe || own || (key && at > whole.find("reports/").unwrap()), "{text}\n{:?}", report.denial.damage);
        }
    }
}

/// Three lines have no room for every sign, but for the fact that there is one.
#[test]
fn the_short_answer_says_that_a_text_is_doubtful() {
    let said = |resource: &str| {
        let text = format!(
            "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: sqs:SendMessage on resource: {resource} because no \
             identity-based policy allows the sqs:SendMessage action"
        );
        crate::support::iamdx(&["diagnose", "--brief", "-m", &text], b"")
            .stdout
            .contains("the text is not as AWS writes it")
    };
    assert!(!said("arn:aws:sqs:eu-west-1:111122223333:jobs"));
    assert!(said("arn:aws:sqs:eu-west-1:111122223333:jo\u{202e}bs"));
}
