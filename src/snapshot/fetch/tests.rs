//! The commands that print policies, against the resources that have them.

use super::{NOT_PRINTED, of_resource};
use crate::iam::{POLICY_CALLS, RESOURCE_POLICY_KINDS};

/// An ARN of a kind.
fn example(service: &str, prefix: &str) -> String {
    let account = if service == "s3" && prefix.is_empty() { "" } else { "111122223333" };
    format!("arn:aws:{service}:us-east-1:{account}:{prefix}x/y/z")
}

#[test]
fn of_every_resource_with_a_policy_it_is_known_how_to_see_it_or_that_no_command_does() {
    let mut unknown = Vec::new();
    for kind in &RESOURCE_POLICY_KINDS {
        let not_printed = NOT_PRINTED.contains(&(kind.service, kind.prefix));
        if of_resource(&example(kind.service, kind.prefix)).is_some() == not_printed {
            unknown.push((kind.service, kind.prefix));
        }
    }
    assert_eq!(unknown, []);
}

#[test]
fn a_command_or_its_absence_is_known_only_of_resources_that_have_policies() {
    let has = |service: &str, prefix: &str| {
        RESOURCE_POLICY_KINDS.iter().any(|kind| kind.service == service && kind.prefix.starts_with(prefix))
    };
    let rows = POLICY_CALLS.iter().map(|fetch| (fetch.service, fetch.prefix)).chain(NOT_PRINTED);
    assert_eq!(rows.filter(|(service, prefix)| !has(service, prefix)).collect::<Vec<_>>(), []);
}

#[test]
fn a_name_is_taken_from_the_place_that_the_arn_has_it_in() {
    let of = |arn: &str| of_resource(arn).map(|command| command.to_string()).unwrap_or_default();
    assert_eq!(
        of("arn:aws:mediapackagev2:us-east-1:111122223333:channelGroup/g/channel/c"),
        "aws mediapackagev2 get-channel-policy --channel-group-name g --channel-name c --region us-east-1"
    );
    assert_eq!(
        of("arn:aws:s3:us-east-1:111122223333:access-grants/default"),
        "aws s3control get-access-grants-instance-resource-policy --account-id 111122223333 --region us-east-1"
    );
    assert_eq!(
        of("arn:aws:logs:us-east-1:111122223333:delivery-destination:d"),
        "aws logs get-delivery-destination-policy --delivery-destination-name d --region us-east-1"
    );
}
