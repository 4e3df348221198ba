//! The embedded reference, and files that are none.

use super::*;

fn action(text: &str) -> Action {
    text.parse().unwrap()
}

fn advice(text: &str) -> String {
    match Reference::embedded().advice(&action(text)) {
        Advice::Known(name) => format!("known {name}"),
        Advice::NotAnAction { instead, .. } => format!("use {}", instead.join(" ")),
        Advice::UnknownAction { nearest } => format!("like {}", nearest.join(" ")),
        Advice::UnknownService { nearest } => format!("service like {}", nearest.join(" ")),
    }
}

#[test]
fn the_embedded_file_is_whole_and_small() {
    assert!(FILE.len() < 400 * 1024, "{} bytes", FILE.len());
    let reference = Reference::read(FILE).unwrap();
    assert_eq!(reference.date(), Reference::embedded().date());
    let actions =
        reference.services().map(|prefix| reference.service(prefix).unwrap().actions().count()).sum::<usize>();
    assert!(actions > 20_000, "{actions} actions");
}

#[test]
fn the_names_of_changes_of_permissions_in_the_header_are_those_of_the_lines() {
    let reference = Reference::embedded();
    let listed = reference.permission_changes();
    assert!(listed.contains("PutBucketPolicy") && !listed.contains("GetObject"));
    assert_eq!(listed, reference.permission_changes_of_lines());
}

/// The refresh counts the data set with code of its own and writes the counts into the header: what is lost while packing shows here.
#[test]
fn no_action_and_no_resource_type_of_the_data_is_lost() {
    let (mut actions, mut typed, mut pairs) = (0, 0, 0);
    let reference = Reference::embedded();
    for facts in reference.services().flat_map(|prefix| reference.service(prefix).unwrap().actions()) {
        let own = facts.resource_types().count();
        assert_eq!(facts.has_resource_level_permissions(), own > 0, "{}", facts.full_name());
        for (kind, _) in facts.resource_types() {
            assert!(kind.arns().iter().all(|arn| arn.starts_with("arn:") || arn.contains('$')), "{}", kind.name());
        }
        (actions, typed, pairs) = (actions + 1, typed + usize::from(own > 0), pairs + own);
    }
    let counted =
        format!("counts: {actions} actions, {typed} with resource types, {pairs} pairs of action and resource type");
    let header = String::from_utf8_lossy(FILE);
    assert_eq!(header.lines().find(|line| line.starts_with("counts: ")), Some(counted.as_str()));
}

#[test]
fn every_dependent_action_and_every_name_of_the_advice_can_be_looked_up() {
    let reference = Reference::embedded();
    for (operation, instead, _) in super::advice::OPERATIONS {
        assert!(reference.action(&action(operation)).is_none(), "{operation} is an action");
        for name in *instead {
            assert_eq!(advice(name), format!("known {name}"));
        }
    }
    let dependents = reference.action(&action("ec2:RunInstances")).unwrap().dependent_actions();
    assert!(dependents.iter().any(|name| name == "iam:PassRole"), "{dependents:?}");
}

#[test]
fn a_name_is_known_in_any_case_and_a_wrong_one_gets_the_right_one() {
    let rows = [
        ("S3:getobject", "known s3:GetObject"),
        ("bedrock:Converse", "use bedrock:InvokeModel"),
        ("bedrock-runtime:ConverseStream", "use bedrock:InvokeModelWithResponseStream"),
        ("s3:ListObjectsV2", "use s3:ListBucket"),
        ("s3:GetObjet", "like s3:GetObject s3:PutObject"),
        ("kms:Decyrpt", "like kms:Decrypt"),
        ("dynamo:GetItem", "service like dynamodb"),
        ("s3:Frobnicate", "like "),
    ];
    for (written, expected) in rows {
        let told = advice(written);
        assert!(told.starts_with(expected), "{written}: {told}");
    }
}

#[test]
fn an_action_has_resource_types_or_takes_only_a_star() {
    let facts = |text: &str| Reference::embedded().action(&action(text)).unwrap();
    assert!(!facts("s3:ListAllMyBuckets").has_resource_level_permissions());
    let types: Vec<_> =
        facts("s3:ListBucket").resource_types().map(|(kind, required)| (kind.name(), required)).collect();
    assert!(types.contains(&("bucket", false)), "{types:?}");
    assert_eq!(facts("iam:CreateRole").access_levels(), [AccessLevel::Write]);
    let keys: Vec<_> = facts("s3:ListBucket").condition_keys().map(|key| key.name.as_str()).collect();
    assert!(keys.contains(&"s3:prefix"), "{keys:?}");
}

#[test]
fn a_pattern_is_every_matching_action() {
    let names = |pattern: &str| -> Vec<String> {
        let found = Reference::embedded().matching(&ActionPattern::new(pattern));
        found.iter().map(ActionFacts::full_name).collect()
    };
    assert_eq!(names("sqs:Get*"), ["sqs:GetQueueAttributes", "sqs:GetQueueUrl"]);
    assert!(names("bedrock:Invoke*").contains(&"bedrock:InvokeModel".to_owned()));
    assert!(names("bedrock:Invoke*").len() > 2);
    assert!(names("*").len() > 20_000);
    assert_eq!(names("nothing:*").len(), 0);
}

#[test]
fn a_plain_file_can_be_read_and_a_wrong_one_is_refused() {
    let plain = b"iamdx service reference 1\ndate: 2027-01-31\n\ns demo\nk S demo:Tags\nr arn:${Partition}:demo:::${Thing} 0 some thing\na GetThing r 0! - kms:Decrypt\na ListThings l - 0 -\n";
    let reference = Reference::read(plain).unwrap();
    let facts = reference.action(&action("demo:getthing")).unwrap();
    assert_eq!(
        facts.condition_keys().map(|key| (key.name.as_str(), key.multivalued)).collect::<Vec<_>>(),
        [("demo:Tags", true)]
    );
    assert_eq!(facts.dependent_actions(), ["kms:Decrypt"]);
    let refused = |file: &[u8]| Reference::read(file).unwrap_err().to_string();
    insta::assert_snapshot!(refused(b"{}"), @"not a service reference: the first line must be `iamdx service reference 1`, then `date: YYYY-MM-DD`, and an empty line must end the header");
    insta::assert_snapshot!(refused(b"iamdx service reference 1\ndate: 2027-01-31\n\ns demo\na GetThing r 7! - -\n"), @"the service reference is damaged in line 2 after the header");
    insta::assert_snapshot!(refused(b"iamdx service reference 1\ndate: 2027-01-31\n\n\x78\x9cnot zlib"), @"the service reference is damaged: it cannot be unpacked");
    insta::assert_snapshot!(refused(b"iamdx service reference 1\ndate: 2027-01-31\n\n"), @"the service reference is damaged: it cannot be unpacked");
}

#[test]
fn a_block_holds_what_the_header_says_of_it() {
    let one = "s a\na GetA l - - -\n";
    let two = "s b\na GetB l - - -\ns c\na GetC l - 7 -\n";
    let read = |index: &str| {
        let file = format!("iamdx service reference 1\ndate: 2027-01-31\n{index}\n{one}{two}");
        Reference::read(file.as_bytes()).map_err(|error| error.to_string())
    };
    let sound = two.replace(" 7 ", " - ");
    let whole = format!("iamdx service reference 1\ndate: 2027-01-31\nblock: 19 a\nblock: 38 b c\n\n{one}{sound}");
    let reference = Reference::read(whole.as_bytes()).unwrap();
    assert!(["a:GetA", "b:GetB", "c:GetC"].iter().all(|name| reference.action(&action(name)).is_some()));
    assert_eq!(reference.services().collect::<Vec<_>>(), ["a", "b", "c"]);
    // a place is counted over all blocks
    insta::assert_snapshot!(read("block: 19 a\nblock: 38 b c\n").unwrap_err(), @"the service reference is damaged in line 6 after the header");
    for wrong in ["block: 19 a\nblock: 39 b c\n", "block: 19 a d\nblock: 38 b c\n", "block: 19 a\n"] {
        assert_eq!(read(wrong).unwrap_err(), "the service reference is damaged: it cannot be unpacked", "{wrong}");
    }
    insta::assert_snapshot!(read("block: 19 b\nblock: 38 a c\n").unwrap_err(), @"the service reference is damaged in line 1 after the header");
    insta::assert_snapshot!(read("block: x a\n").unwrap_err(), @"not a service reference: the first line must be `iamdx service reference 1`, then `date: YYYY-MM-DD`, and an empty line must end the header");
}
