//! To which service a call passes a role: what `iam:PassedToService` is while `iam:PassRole` is checked for that call.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>

/// The condition key that names the service.
pub const PASSED_TO_SERVICE: &str = "iam:PassedToService";

/// Calls that pass roles to one service only: the service that is called, its operations, and the principal that gets the role.
const CALLS: [(&str, &[&str], &str); 3] = [
    // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambda_FullAccess.html
    // with the names in records: https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
    (
        "lambda",
        &[
            "CreateFunction",
            "CreateFunction20150331",
            "UpdateFunctionConfiguration",
            "UpdateFunctionConfiguration20150331v2",
        ],
        "lambda.amazonaws.com",
    ),
    // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/permission-to-pass-iam-roles.html
    // https://repost.aws/knowledge-center/iam-passrole-error
    (
        "ec2",
        &["RunInstances", "AssociateIamInstanceProfile", "ReplaceIamInstanceProfileAssociation"],
        "ec2.amazonaws.com",
    ),
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
    // RunTask and StartTask are not among them: they pass such roles on, and to ecs.amazonaws.com the role for volumes of Amazon EBS
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/infrastructure_IAM_role.html
    ("ecs", &["RegisterTaskDefinition"], "ecs-tasks.amazonaws.com"),
];

/// The service to which this call passes a role, where it is the same for every such call. Messages do not always tell whose operation it
/// is; of those that pass a role no two services have one of the same name.
#[must_use]
pub fn passed_to(service: Option<&str>, operation: &str) -> Option<&'static str> {
    let named = |names: &[&str]| names.iter().any(|name| operation.eq_ignore_ascii_case(name));
    // the message is about IAM's action, and a reader may take that for the service
    let of = |called: &str| service.is_none_or(|service| service == called || service == "iam");
    CALLS.iter().find(|(called, names, _)| of(called) && named(names)).map(|(.., principal)| *principal)
}
