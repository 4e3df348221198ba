//! What people take away from an edit: commands, Terraform and CloudFormation, for each place that a document is kept in.

use std::sync::Arc;

use super::cloudformation::{self, cloudformation};
use super::terraform::{self, labelled, terraform};
use super::{Line, argument_text, edit_commands};
use crate::iam::{Document, Policy, PolicyOrigin, PolicyType};
use crate::remedy::{Access, Allows, ChangeKind, DocumentChange, Edit, EditOp};
use crate::text::Source;

const OLD: &str = r#"{"Statement":[]}"#;
const NEW: &str = r#"{"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;

fn policy(policy_type: PolicyType, origin: PolicyOrigin, name: &str, owner: &str, text: &str) -> Policy {
    Policy {
        name: name.to_owned(),
        arn: None,
        policy_type,
        origin,
        version_id: None,
        versions: Vec::new(),
        attached_to: Some(owner).filter(|owner| !owner.is_empty()).map(str::to_owned).into_iter().collect(),
        document: Arc::new(Document::parse(Source::new(name, text)).unwrap()),
    }
}

/// `allow s3:GetObject on *`
fn allow() -> ChangeKind {
    let access = Access::Request { action: "s3:GetObject".parse().unwrap(), resource: "*".to_owned() };
    ChangeKind::Allow(Allows { access, conditions: None })
}

fn edit(before: Option<Policy>, after: Policy) -> Edit {
    Edit {
        op: if before.is_some() { EditOp::Replace } else { EditOp::Create },
        policy_type: after.policy_type,
        before: before.map(Arc::new),
        target: None,
        changes: vec![DocumentChange { kind: allow(), unless: None }],
        file_stem: "p".to_owned(),
        account: None,
        region: None,
        permission_set_arn: None,
        reach: None,
        after: Arc::new(after),
    }
}

/// A new text for an existing policy.
fn replaced(policy_type: PolicyType, origin: PolicyOrigin, name: &str, owner: &str) -> Edit {
    let of = |text| policy(policy_type, origin, name, owner, text);
    edit(Some(of(OLD)), of(NEW))
}

fn created(policy_type: PolicyType, origin: PolicyOrigin, name: &str, owner: &str) -> Edit {
    edit(None, policy(policy_type, origin, name, owner, NEW))
}

fn with_arn(mut edit: Edit, arn: &str, version: Option<&str>) -> Edit {
    let policy = Arc::make_mut(&mut edit.after);
    policy.arn = Some(arn.to_owned());
    policy.version_id = version.map(str::to_owned);
    edit
}

fn lines(edit: &Edit) -> String {
    let commands = edit_commands(edit);
    let precheck = commands.precheck.iter().map(|check| format!("unless {}", check.look));
    let rollback = commands.rollback.iter().map(|line| format!("back {line}"));
    precheck.chain(commands.apply.iter().map(ToString::to_string)).chain(rollback).collect::<Vec<_>>().join("\n")
}

fn hcl(edit: &Edit) -> String {
    let edits = std::slice::from_ref(edit);
    terraform(&labelled(edits)).unwrap_or_else(|| terraform::missing(edits).join("\n"))
}

/// The template on one line.
fn template(edit: &Edit) -> String {
    let edits = std::slice::from_ref(edit);
    match cloudformation(edits) {
        Some(text) => crate::text::minified(&text),
        None => cloudformation::missing(edits).join("\n"),
    }
}

use PolicyOrigin::{CustomerManaged, Inline, Loose, Organization};
use PolicyType::{
    IdentityBased, PermissionsBoundary, ResourceBased, ResourceControl, RoleTrust, ServiceControl, Session, VpcEndpoint,
};

#[test]
fn an_inline_policy_is_put_back_as_it_was() {
    let role = replaced(IdentityBased, Inline, "read", "arn:aws:iam::111122223333:role/team/web");
    assert_eq!(
        lines(&role),
        "aws iam put-role-policy --role-name web --policy-name read --policy-document file://p.json\n\
         back aws iam put-role-policy --role-name web --policy-name read --policy-document file://p.before.json"
    );
    assert_eq!(
        hcl(&role),
        "resource \"aws_iam_role_policy\" \"p\" {\n  # if Terraform does not manage it yet: terraform import aws_iam_role_policy.p web:read\n  \
         name   = \"read\"\n  role   = \"web\"\n  policy = <<-JSON\n{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}]}\n  JSON\n}\n"
    );
    assert_eq!(
        template(&role),
        r#"{"AWSTemplateFormatVersion":"2010-09-09","Resources":{"Policyp":{"Type":"AWS::IAM::RolePolicy","Properties":{"PolicyName":"read","RoleName":"web","PolicyDocument":{"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}}}}}"#
    );
    let group = replaced(IdentityBased, Inline, "read", "arn:aws:iam::111122223333:group/ops");
    assert!(lines(&group).starts_with("aws iam put-group-policy --group-name ops --policy-name read "));
}

#[test]
fn a_new_inline_policy_looks_first_whether_its_name_is_free() {
    let user = created(IdentityBased, Inline, "AllowGetObject", "arn:aws:iam::111122223333:user/alice");
    assert_eq!(
        lines(&user),
        "unless aws iam get-user-policy --user-name alice --policy-name AllowGetObject\n\
         aws iam put-user-policy --user-name alice --policy-name AllowGetObject --policy-document file://p.json\n\
         back aws iam delete-user-policy --user-name alice --policy-name AllowGetObject"
    );
    assert!(
        template(&user).contains(
            r#""Type":"AWS::IAM::UserPolicy","Properties":{"PolicyName":"AllowGetObject","UserName":"alice","#
        )
    );
    assert!(!hcl(&user).contains("import"));
}

#[test]
fn a_managed_policy_gets_a_version_and_goes_back_to_the_one_before() {
    let arn = "arn:aws:iam::111122223333:policy/team/read";
    let role = "arn:aws:iam::111122223333:role/web";
    let managed = with_arn(replaced(IdentityBased, CustomerManaged, "read", role), arn, Some("v3"));
    assert_eq!(
        lines(&managed),
        "# the default version is v3 now\n\
         # AWS keeps five versions, at LimitExceeded one must go: aws iam list-policy-versions --policy-arn arn:aws:iam::111122223333:policy/team/read\n\
         aws iam create-policy-version --policy-arn arn:aws:iam::111122223333:policy/team/read --policy-document file://p.json --set-as-default\n\
         back aws iam set-default-policy-version --policy-arn arn:aws:iam::111122223333:policy/team/read --version-id v3"
    );
    assert!(hcl(&managed).contains("  name   = \"read\"\n  path   = \"/team/\"\n  policy = <<-JSON\n"));
    assert!(
        template(&managed).contains(r#""Properties":{"ManagedPolicyName":"read","Path":"/team/","PolicyDocument":{"#)
    );

    // the oldest of five goes, and never the one that counts
    let mut full = managed.clone();
    Arc::make_mut(&mut full.after).versions = ["v3", "v4", "v5", "v6", "v7"].map(str::to_owned).to_vec();
    assert!(lines(&full).contains(
        "aws iam delete-policy-version --policy-arn arn:aws:iam::111122223333:policy/team/read --version-id v4\n"
    ));
    // of four none has to go
    Arc::make_mut(&mut full.after).versions.pop();
    assert!(!lines(&full).contains("delete-policy-version") && !lines(&full).contains("LimitExceeded"));

    let boundary = with_arn(replaced(PermissionsBoundary, CustomerManaged, "cap", role), arn, None);
    assert!(lines(&boundary).ends_with(
        "back aws iam create-policy-version --policy-arn arn:aws:iam::111122223333:policy/team/read --policy-document file://p.before.json --set-as-default"
    ));
}

#[test]
fn a_new_managed_policy_is_attached() {
    let new = created(IdentityBased, CustomerManaged, "AllowGetObject", "arn:aws-cn:iam::111122223333:role/team/web");
    assert_eq!(
        lines(&new),
        "aws iam create-policy --policy-name AllowGetObject --policy-document file://p.json\n\
         aws iam attach-role-policy --role-name web --policy-arn arn:aws-cn:iam::111122223333:policy/AllowGetObject\n\
         back aws iam detach-role-policy --role-name web --policy-arn arn:aws-cn:iam::111122223333:policy/AllowGetObject\n\
         back aws iam delete-policy --policy-arn arn:aws-cn:iam::111122223333:policy/AllowGetObject"
    );
    assert!(hcl(&new).ends_with(
        "resource \"aws_iam_role_policy_attachment\" \"p\" {\n  role       = \"web\"\n  policy_arn = aws_iam_policy.p.arn\n}\n"
    ));
    assert!(template(&new).contains(r#""Type":"AWS::IAM::ManagedPolicy","Properties":{"ManagedPolicyName":"AllowGetObject","Roles":["web"],"PolicyDocument":{"#));
}

#[test]
fn a_permission_set_is_changed_where_it_lives() {
    let role = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Power_User_0123456789abcdef";
    let set = replaced(IdentityBased, Inline, "AwsSSOInlinePolicy", role);
    let of = "--instance-arn \"${FILL_IN_INSTANCE_ARN:?}\" --permission-set-arn \"${FILL_IN_PERMISSION_SET_ARN_P:?}\"";
    assert_eq!(
        lines(&set),
        format!(
            "unless aws sso-admin get-inline-policy-for-permission-set {of} --query InlinePolicy --output text\n\
             # permission set Power_User: the same inline policy goes to every account that it is assigned to\n\
             # FILL_IN_INSTANCE_ARN is the ARN of the instance: aws sso-admin list-instances\n\
             # FILL_IN_PERMISSION_SET_ARN_P is the ARN of the permission set for p.json: aws sso-admin list-permission-sets\n\
             aws sso-admin put-inline-policy-to-permission-set {of} --inline-policy file://p.json\n\
             aws sso-admin provision-permission-set {of} --target-type ALL_PROVISIONED_ACCOUNTS\n\
             back aws sso-admin put-inline-policy-to-permission-set {of} --inline-policy file://p.before.json\n\
             back aws sso-admin provision-permission-set {of} --target-type ALL_PROVISIONED_ACCOUNTS"
        )
    );
    assert!(hcl(&set).starts_with("variable \"sso_instance_arn\" {\n  type        = string\n"));
    assert!(template(&set).contains(r#""InstanceArn":{"Ref":"InstanceArn"},"Name":"Power_User","InlinePolicy":{"#));
    assert!(template(&set).contains(r#""Parameters":{"InstanceArn":{"Type":"String","#));
}

#[test]
fn a_policy_of_the_organization_is_updated_or_made_and_attached() {
    let arn = "arn:aws:organizations::444455556666:policy/o-exampleorgid/service_control_policy/p-lock";
    let root = "arn:aws:organizations::444455556666:root/o-exampleorgid/r-ab12";
    let lock = with_arn(replaced(ServiceControl, Organization, "lock", root), arn, None);
    assert_eq!(
        lines(&lock),
        "aws organizations update-policy --policy-id p-lock --content file://p.json\n\
         back aws organizations update-policy --policy-id p-lock --content file://p.before.json"
    );
    assert!(hcl(&lock).contains("  name    = \"lock\"\n  type    = \"SERVICE_CONTROL_POLICY\"\n  content = <<-JSON"));
    assert!(template(&lock).contains(r#""Properties":{"Name":"lock","Type":"SERVICE_CONTROL_POLICY","Content":{"#));

    let mut new = created(ResourceControl, Organization, "AllowGetObject", "");
    new.target = Some("OU Work (load) (ou-ab12-11111111)".to_owned());
    assert_eq!(
        lines(&new),
        "policy=$(aws organizations create-policy --type RESOURCE_CONTROL_POLICY --name AllowGetObject --description 'allow s3:GetObject on *' --content file://p.json --query Policy.PolicySummary.Id --output text)\n\
         aws organizations attach-policy --policy-id \"${policy:?}\" --target-id ou-ab12-11111111\n\
         back policy=$(aws organizations list-policies --filter RESOURCE_CONTROL_POLICY --query \"Policies[?Name=='AllowGetObject'].Id\" --output text)\n\
         back aws organizations detach-policy --policy-id \"${policy:?}\" --target-id ou-ab12-11111111\n\
         back aws organizations delete-policy --policy-id \"${policy:?}\""
    );
    assert!(hcl(&new).contains("  policy_id = aws_organizations_policy.p.id\n  target_id = \"ou-ab12-11111111\"\n"));
    assert!(template(&new).contains(r#""TargetIds":["ou-ab12-11111111"]"#));

    // a level that was given by a file has no id
    new.target = Some("level 2 of 3 given by --rcp".to_owned());
    // nothing is made before it is known
    assert!(lines(&new).starts_with(
        "# FILL_IN_TARGET_ID_P is the id of the root, OU or account for p.json\n: \"${FILL_IN_TARGET_ID_P:?}\"\npolicy=$(aws organizations create-policy "
    ));
    assert!(template(&new).contains(r#""TargetIds":[{"Ref":"TargetOfPolicyp"}]"#));
}

#[test]
fn each_service_has_its_own_call_for_the_policy_of_a_resource() {
    let of = |arn: &str| replaced(ResourceBased, Inline, "policy", arn);
    let list = |lines: Vec<Line>| lines.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    let all = |arn: &str| list(edit_commands(&of(arn)).list());
    assert_eq!(
        all("arn:aws:s3:::reports"),
        "aws s3api put-bucket-policy --bucket reports --policy file://p.json\n\
         # to go back: aws s3api put-bucket-policy --bucket reports --policy file://p.before.json"
    );
    let first = |arn: &str| list(edit_commands(&of(arn)).apply);
    assert_eq!(
        first("arn:aws:s3:eu-west-1:111122223333:accesspoint/team"),
        "aws s3control put-access-point-policy --account-id 111122223333 --name team --policy file://p.json --region eu-west-1"
    );
    assert_eq!(
        first("arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
        "aws kms put-key-policy --key-id arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab --policy-name default --policy file://p.json --region eu-west-1"
    );
    assert_eq!(
        first("arn:aws:sqs:eu-west-1:111122223333:orders"),
        "aws sqs set-queue-attributes --queue-url https://sqs.eu-west-1.amazonaws.com/111122223333/orders --attributes file://p.attributes.json --region eu-west-1"
    );
    assert_eq!(
        first("arn:aws:sns:eu-west-1:111122223333:alarms"),
        "aws sns set-topic-attributes --topic-arn arn:aws:sns:eu-west-1:111122223333:alarms --attribute-name Policy --attribute-value file://p.json --region eu-west-1"
    );
    assert_eq!(
        first("arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-a1b2c3"),
        "aws secretsmanager put-resource-policy --secret-id arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-a1b2c3 --resource-policy file://p.json --region eu-west-1"
    );
    assert_eq!(
        first("arn:aws:ecr:eu-west-1:111122223333:repository/team/web"),
        "aws ecr set-repository-policy --registry-id 111122223333 --repository-name team/web --policy-text file://p.json --region eu-west-1"
    );
    let service = "arn:aws:vpc-lattice:eu-west-1:111122223333:service/svc-0a1b2c3d4e5f67890";
    assert_eq!(
        all(service),
        format!(
            "aws vpc-lattice put-auth-policy --resource-identifier {service} --policy file://p.one-line.json --region eu-west-1\n\
             # to go back: aws vpc-lattice put-auth-policy --resource-identifier {service} --policy file://p.before.one-line.json --region eu-west-1"
        )
    );
    let file = replaced(ResourceBased, Loose, "policy", service);
    assert_eq!(argument_text(&file, "{\n  \"Sid\": \"a b\"\n}\n").as_deref(), Some("{\"Sid\":\"a b\"}"));
    assert_eq!(
        list(edit_commands(&file).apply),
        "# whose auth policy it is, the service's or its network's, is not known here: aws vpc-lattice put-auth-policy --resource-identifier ID \
         --policy file://p.one-line.json sets its new text, file://p.before.one-line.json the old one"
    );
    assert_eq!(
        first("arn:aws:glue:eu-west-1:111122223333:catalog"),
        "# the call that sets the policy of arn:aws:glue:eu-west-1:111122223333:catalog is not known here: its new text is p.json, the old one p.before.json"
    );
    let new = created(ResourceBased, Inline, "policy", "arn:aws:sqs:eu-west-1:111122223333:orders");
    assert_eq!(
        list(edit_commands(&new).rollback.into_iter().map(Line::Rollback).collect()),
        "# to go back: aws sqs set-queue-attributes --attributes Policy= --queue-url https://sqs.eu-west-1.amazonaws.com/111122223333/orders --region eu-west-1"
    );
}

#[test]
fn the_policy_of_a_resource_is_a_resource_of_terraform() {
    let argument = |arn: &str| {
        let text = hcl(&replaced(ResourceBased, Inline, "policy", arn));
        let plain = |line: &&str| {
            !line.contains('#') && !line.starts_with('}') && !line.contains("JSON") && !line.starts_with('{')
        };
        text.lines()
            .filter(plain)
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect::<Vec<_>>()
            .join("; ")
    };
    assert_eq!(argument("arn:aws:s3:::reports"), r#"resource "aws_s3_bucket_policy" "p" {; bucket = "reports""#);
    assert_eq!(
        argument("arn:aws:kms:eu-west-1:111122223333:key/1234abcd"),
        r#"resource "aws_kms_key_policy" "p" {; key_id = "1234abcd""#
    );
    assert_eq!(
        argument("arn:aws:sqs:eu-west-1:111122223333:orders"),
        r#"resource "aws_sqs_queue_policy" "p" {; queue_url = "https://sqs.eu-west-1.amazonaws.com/111122223333/orders""#
    );
    assert_eq!(
        argument("arn:aws:sns:eu-west-1:111122223333:alarms"),
        r#"resource "aws_sns_topic_policy" "p" {; arn = "arn:aws:sns:eu-west-1:111122223333:alarms""#
    );
    assert_eq!(
        argument("arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-a1b2c3"),
        r#"resource "aws_secretsmanager_secret_policy" "p" {; secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-a1b2c3""#
    );
}

#[test]
fn cloudformation_says_where_a_policy_is_only_a_property() {
    let of = |arn: &str| template(&replaced(ResourceBased, Inline, "policy", arn));
    assert!(
        of("arn:aws:s3:::reports")
            .contains(r#"{"Type":"AWS::S3::BucketPolicy","Properties":{"Bucket":"reports","PolicyDocument":{"#)
    );
    assert!(of("arn:aws:sqs:eu-west-1:111122223333:orders").contains(
        r#""AWS::SQS::QueuePolicy","Properties":{"Queues":["https://sqs.eu-west-1.amazonaws.com/111122223333/orders"],"PolicyDocument":{"#
    ));
    assert!(of("arn:aws:sns:eu-west-1:111122223333:alarms").contains(
        r#""AWS::SNS::TopicPolicy","Properties":{"Topics":["arn:aws:sns:eu-west-1:111122223333:alarms"],"PolicyDocument":{"#
    ));
    assert!(of("arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-a1b2c3").contains(
        r#""AWS::SecretsManager::ResourcePolicy","Properties":{"SecretId":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-a1b2c3","ResourcePolicy":{"#
    ));
    assert_eq!(
        of("arn:aws:kms:eu-west-1:111122223333:key/1234abcd"),
        "CloudFormation: the policy of arn:aws:kms:eu-west-1:111122223333:key/1234abcd is the property KeyPolicy of AWS::KMS::Key, so it is changed in the resource that you have"
    );
}

#[test]
fn the_bus_of_a_partner_keeps_its_whole_name() {
    let arn = "arn:aws:events:eu-west-1:111122223333:event-bus/aws.partner/example.com/acme/orders";
    let bus = replaced(ResourceBased, Inline, "policy of the bus", arn);
    let name = "aws.partner/example.com/acme/orders";
    let apply = lines(&bus);
    assert!(apply.starts_with(&format!("aws events put-permission --event-bus-name {name} --policy ")), "{apply}");
    assert!(hcl(&bus).contains(&format!("  event_bus_name = \"{name}\"\n")), "{}", hcl(&bus));
}

#[test]
fn trust_endpoint_and_session() {
    let trust = replaced(RoleTrust, Inline, "trust policy of web", "arn:aws:iam::111122223333:role/web");
    assert_eq!(
        lines(&trust),
        "aws iam update-assume-role-policy --role-name web --policy-document file://p.json\n\
         back aws iam update-assume-role-policy --role-name web --policy-document file://p.before.json"
    );
    assert!(hcl(&trust).contains("  name               = \"web\"\n  assume_role_policy = <<-JSON\n"));
    assert!(template(&trust).contains(r#""Properties":{"RoleName":"web","AssumeRolePolicyDocument":{"#));

    let endpoint = replaced(VpcEndpoint, Inline, "policy of vpce-0a1b", "vpce-0a1b");
    assert_eq!(
        lines(&endpoint),
        "aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-0a1b --policy-document file://p.json\n\
         back aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-0a1b --policy-document file://p.before.json"
    );
    assert!(hcl(&endpoint).contains("  vpc_endpoint_id = \"vpce-0a1b\"\n"));
    // its id does not tell where it is, and one document may be that of several
    let mut two = endpoint.clone();
    two.region = Some("eu-west-1".to_owned());
    Arc::make_mut(&mut two.after).attached_to.push("vpce-0c2d".to_owned());
    assert_eq!(
        lines(&two),
        "aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-0a1b --policy-document file://p.json --region eu-west-1\n\
         aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-0c2d --policy-document file://p.json --region eu-west-1\n\
         back aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-0a1b --policy-document file://p.before.json --region eu-west-1\n\
         back aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-0c2d --policy-document file://p.before.json --region eu-west-1"
    );
    let both = hcl(&two);
    assert!(
        both.contains("vpc_endpoint_id = \"vpce-0a1b\"") && both.contains("vpc_endpoint_id = \"vpce-0c2d\""),
        "{both}"
    );
    assert_eq!(
        template(&endpoint),
        "CloudFormation: the policy of vpce-0a1b is the property PolicyDocument of AWS::EC2::VPCEndpoint, so it is changed in the resource that you have"
    );

    let session = replaced(Session, Inline, "session policy 1", "arn:aws:sts::111122223333:assumed-role/web/x");
    assert_eq!(
        lines(&session),
        "# AWS keeps no session policy: whoever makes the session passes the new text, --policy file://p.json"
    );
}

#[test]
fn a_file_names_what_must_be_filled_in() {
    let blank = "\"${FILL_IN_POLICY_ARN_P:?}\"";
    assert_eq!(
        lines(&replaced(PermissionsBoundary, Loose, "caps/boundary.json", "")),
        format!(
            "# how caps/boundary.json is kept is not known\n\
             # FILL_IN_POLICY_ARN_P is the ARN of the managed policy for p.json\n\
             aws iam create-policy-version --policy-arn {blank} --policy-document file://p.json --set-as-default\n\
             back aws iam create-policy-version --policy-arn {blank} --policy-document file://p.before.json --set-as-default"
        )
    );
    let identity = replaced(IdentityBased, Loose, "own.json", "");
    assert_eq!(hcl(&identity), "Terraform: own.json is a file, and how the policy is kept is not known");
    assert_eq!(template(&identity), "CloudFormation: own.json is a file, and how the policy is kept is not known");
    let scp = lines(&replaced(ServiceControl, Loose, "scp.json", ""));
    let id = "\"${FILL_IN_POLICY_ID_P:?}\"";
    assert_eq!(
        scp,
        format!(
            "# FILL_IN_POLICY_ID_P is the id of the SCP for p.json: aws organizations list-policies --filter SERVICE_CONTROL_POLICY\n\
             aws organizations update-policy --policy-id {id} --content file://p.json\n\
             back aws organizations update-policy --policy-id {id} --content file://p.before.json"
        )
    );
    // the name of a file is not that of the policy
    let file = replaced(ServiceControl, Loose, "scp.json", "");
    assert!(hcl(&file).contains("  name    = var.policy_name_p\n"), "{}", hcl(&file));
    assert!(template(&file).contains(r#""Properties":{"Name":{"Ref":"NameOfPolicyp"},"#));
}

#[test]
fn each_document_has_a_blank_of_its_own() {
    let of = |stem: &str, kind: PolicyType| Edit { file_stem: stem.to_owned(), ..replaced(kind, Loose, stem, "") };
    let new = |stem: &str| Edit { file_stem: stem.to_owned(), ..created(ServiceControl, Organization, stem, "") };
    let edits = [
        of("lock-1", ServiceControl),
        of("lock-2", ServiceControl),
        of("lock-3", ResourceControl),
        of("caps", PermissionsBoundary),
        of("own", IdentityBased),
        of("way", VpcEndpoint),
        of("other-way", VpcEndpoint),
        of("trust", RoleTrust),
        new("AllowA"),
        new("AllowB"),
    ];
    let blanks = |edit: &Edit| {
        let commands = edit_commands(edit);
        let applied = commands.apply.iter().filter_map(|line| match line {
            Line::Command(command) => Some(command.clone()),
            _ => None,
        });
        let all = applied.chain(commands.rollback).flat_map(|command| command.blanks());
        let mut names: Vec<String> = all.map(|blank| blank.variable()).collect();
        names.dedup();
        names
    };
    assert_eq!(
        edits.iter().flat_map(blanks).collect::<Vec<_>>(),
        [
            "FILL_IN_POLICY_ID_LOCK_1",
            "FILL_IN_POLICY_ID_LOCK_2",
            "FILL_IN_POLICY_ID_LOCK_3",
            "FILL_IN_POLICY_ARN_CAPS",
            "FILL_IN_POLICY_ARN_OWN",
            "FILL_IN_VPC_ENDPOINT_ID_WAY",
            "FILL_IN_VPC_ENDPOINT_ID_OTHER_WAY",
            "FILL_IN_ROLE_NAME_TRUST",
            "FILL_IN_TARGET_ID_ALLOWA",
            "FILL_IN_TARGET_ID_ALLOWB",
        ]
    );
    let text = terraform(&labelled(&edits)).unwrap();
    let variables: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("variable ")).collect();
    assert_eq!(
        variables,
        [
            "\"policy_name_lock_1\" {",
            "\"policy_name_lock_2\" {",
            "\"policy_name_lock_3\" {",
            "\"vpc_endpoint_id_way\" {",
            "\"vpc_endpoint_id_other_way\" {",
            "\"target_id_allowa\" {",
            "\"target_id_allowb\" {",
        ]
    );
    for variable in variables {
        let name = variable.trim_matches(['"', ' ', '{']);
        assert_eq!(text.matches(&format!(" = var.{name}\n")).count(), 1, "{name}");
    }
    let text = cloudformation(&edits).unwrap();
    for name in
        ["NameOfPolicylock1", "NameOfPolicylock2", "NameOfPolicylock3", "TargetOfPolicyAllowA", "TargetOfPolicyAllowB"]
    {
        assert_eq!(text.matches(&format!("\"{name}\": {{")).count(), 1, "{text}");
        assert_eq!(text.matches(&format!("\"Ref\": \"{name}\"")).count(), 1, "{text}");
    }
}

#[test]
fn lambda_takes_one_statement_at_a_time() {
    let arn = "arn:aws:lambda:eu-west-1:111122223333:function:resize:live";
    let of = |text: &str| policy(ResourceBased, Inline, "policy", arn, text);
    let old = r#"{"Statement":[{"Sid":"bucket","Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"*"}]}"#;
    let new = r#"{"Statement":[
        {"Sid":"bucket", "Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"*"},
        {"Sid":"AllowInvoke","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:role/web"},"Action":"lambda:InvokeFunction","Resource":"*",
         "Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-exampleorgid"}}}]}"#;
    let added = edit(Some(of(old)), of(new));
    assert_eq!(
        lines(&added),
        "# Lambda takes the policy of a function one statement at a time\n\
         aws lambda add-permission --function-name arn:aws:lambda:eu-west-1:111122223333:function:resize --statement-id AllowInvoke --qualifier live --action lambda:InvokeFunction --principal arn:aws:iam::444455556666:role/web --principal-org-id o-exampleorgid --region eu-west-1\n\
         back aws lambda remove-permission --function-name arn:aws:lambda:eu-west-1:111122223333:function:resize --statement-id AllowInvoke --qualifier live --region eu-west-1"
    );
    assert!(hcl(&added).contains("  principal_org_id = \"o-exampleorgid\"\n"));
    assert!(template(&added).contains(
        r#""Type":"AWS::Lambda::Permission","Properties":{"FunctionName":"arn:aws:lambda:eu-west-1:111122223333:function:resize:live","Action":"lambda:InvokeFunction","Principal":"arn:aws:iam::444455556666:role/web","PrincipalOrgID":"o-exampleorgid"}"#
    ));
    // a statement that changes, or asks for what the call cannot say
    let changed = edit(Some(of(old)), of(NEW));
    assert!(lines(&changed).ends_with("and these calls cannot say this change"), "{}", lines(&changed));
    let mfa = new.replace("StringEquals", "StringLike");
    assert!(lines(&edit(Some(of(old)), of(&mfa))).ends_with("these calls cannot say this change"));
}

/// <https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html>
#[test]
fn a_layer_version_is_opened_to_an_account() {
    let arn = "arn:aws:lambda:eu-west-1:111122223333:layer:shared:14";
    let of = |principal: &str| {
        let text = format!(
            r#"{{"Statement":[{{"Sid":"team","Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":"lambda:GetLayerVersion","Resource":"{arn}"}}]}}"#
        );
        edit(None, policy(ResourceBased, Inline, "policy", arn, &text))
    };
    let added = of("arn:aws:iam::444455556666:root");
    assert_eq!(
        lines(&added),
        "# Lambda takes the policy of a layer one statement at a time\n\
         aws lambda add-layer-version-permission --layer-name shared --version-number 14 --statement-id team --action lambda:GetLayerVersion --principal 444455556666 --region eu-west-1\n\
         back aws lambda remove-layer-version-permission --layer-name shared --version-number 14 --statement-id team --region eu-west-1"
    );
    assert!(hcl(&added).contains("  version_number = \"14\"\n"), "{}", hcl(&added));
    assert!(template(&added).contains(&format!(
        r#""Type":"AWS::Lambda::LayerVersionPermission","Properties":{{"LayerVersionArn":"{arn}","Action":"lambda:GetLayerVersion","Principal":"444455556666"}}"#
    )));
    // nobody of an account alone
    assert!(lines(&of("arn:aws:iam::444455556666:role/web")).ends_with("cannot say this change"));
}

#[test]
fn two_names_that_differ_in_signs_only_stay_two() {
    let named = |stem: &str| Edit {
        file_stem: stem.to_owned(),
        ..created(IdentityBased, Inline, stem, "arn:aws:iam::111122223333:user/alice")
    };
    let edits = [named("a-b"), named("a_b")];
    let text = terraform(&labelled(&edits)).unwrap();
    assert!(text.contains("\"aws_iam_user_policy\" \"a_b\"") && text.contains("\"aws_iam_user_policy\" \"a_b_2\""));
    let text = cloudformation(&edits).unwrap();
    assert!(text.contains("\"Policyab\"") && text.contains("\"Policyab2\""));
}

#[test]
fn a_template_that_says_only_a_part_names_the_rest() {
    let edits = [
        created(IdentityBased, Inline, "own", "arn:aws:iam::111122223333:user/alice"),
        replaced(ResourceBased, Inline, "policy", "arn:aws:kms:eu-west-1:111122223333:key/1234abcd"),
    ];
    assert!(cloudformation(&edits).unwrap().contains("\"Description\": \"CloudFormation: the policy of arn:aws:kms:"));
    assert!(terraform(&labelled(&edits)).unwrap().contains("aws_kms_key_policy"));
    // what CloudFormation would replace is not given to it
    let mut hostile = created(IdentityBased, Inline, "own", "arn:aws:iam::111122223333:user/alice");
    let text = NEW.replace("\"*\"", "\"{{resolve:ssm:x}}\"");
    hostile.after = Arc::new(policy(IdentityBased, Inline, "own", "arn:aws:iam::111122223333:user/alice", &text));
    assert_eq!(cloudformation(&[hostile]), None);
}
