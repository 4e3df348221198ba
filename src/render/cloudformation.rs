//! The same change as a CloudFormation template, to be merged into the one that manages the policies now.
//!
//! The properties are those of <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/>.

use super::lambda;
use super::layer;
use super::place::Place;
use crate::iam::{Arn, InCloudFormation, PolicyOrigin, instance_of};
use crate::remedy::Edit;
use crate::text::{Json, verbatim_text};

/// A template in the making.
#[derive(Default)]
struct Template {
    parameters: Vec<(String, Json)>,
    resources: Vec<(String, Json)>,
}

impl Template {
    /// A value that whoever makes the stack must give: a parameter without a default.
    fn parameter(&mut self, name: &str, description: &str) -> Json {
        if !self.parameters.iter().any(|(known, _)| known == name) {
            self.parameters.push((
                name.to_owned(),
                object(&[("Type", Json::text("String")), ("Description", Json::text(description))]),
            ));
        }
        object(&[("Ref", Json::text(name))])
    }

    /// A resource, with what a person must know of it.
    fn resource(&mut self, id: &str, kind: &str, properties: &[(&str, Json)], note: Option<&str>) {
        let mut members = vec![("Type", Json::text(kind))];
        if let Some(note) = note {
            members.push(("Metadata", object(&[("Note", Json::text(note))])));
        }
        members.push(("Properties", object(properties)));
        self.resources.push((self.free(id), object(&members)));
    }

    /// The id, or one like it that is free: names that differ only in what an id cannot have must not become one.
    fn free(&self, id: &str) -> String {
        let taken = |id: &str| self.resources.iter().any(|(other, _)| other == id);
        let mut own = id.to_owned();
        let mut number = 2;
        while taken(&own) {
            own = format!("{id}{number}");
            number += 1;
        }
        own
    }
}

/// The template for all edits that CloudFormation has a resource for; `None` where it has none for any.
pub(super) fn cloudformation(edits: &[Edit]) -> Option<String> {
    let mut template = Template::default();
    let missing: Vec<String> = edits.iter().filter_map(|edit| add(&mut template, edit).err()).collect();
    if template.resources.is_empty() {
        return None;
    }
    let mut members = vec![("AWSTemplateFormatVersion", Json::text("2010-09-09"))];
    if !missing.is_empty() {
        // <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-description-structure.html>
        let description: String = missing.join("; ").chars().take(1000).collect();
        members.push(("Description", Json::text(description)));
    }
    if !template.parameters.is_empty() {
        members.push(("Parameters", Json::Object(template.parameters)));
    }
    members.push(("Resources", Json::Object(template.resources)));
    Some(format!("{}\n", object(&members).pretty("  ", 0)))
}

/// Why an edit has no CloudFormation form; empty where every edit has one.
pub(super) fn missing(edits: &[Edit]) -> Vec<String> {
    edits.iter().filter_map(|edit| add(&mut Template::default(), edit).err()).collect()
}

fn object(members: &[(&str, Json)]) -> Json {
    Json::Object(members.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
}

fn add(template: &mut Template, edit: &Edit) -> Result<(), String> {
    let policy = edit.after.as_ref();
    let document = verbatim_text(policy.document.source.text());
    let name = || Json::text(policy.name.clone());
    let id = template.free(&logical_id(&edit.file_stem));
    // <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html>
    if policy.document.source.text().contains("{{resolve:") {
        return Err(format!("CloudFormation: it would replace what stands behind `{{{{resolve:` in {}", policy.name));
    }
    match Place::of(edit) {
        // the policies of a permission set live in IAM Identity Center, not in the role
        Place::PermissionSet(set) => {
            let named = edit.permission_set_arn.as_deref().and_then(instance_of);
            let instance = named.map_or_else(
                || {
                    template
                        .parameter("InstanceArn", "the instance of IAM Identity Center: aws sso-admin list-instances")
                },
                Json::text,
            );
            let properties = [("InstanceArn", instance), ("Name", Json::text(set)), ("InlinePolicy", document)];
            let note = "only InlinePolicy changes: keep the other properties of the permission set";
            template.resource(&id, "AWS::SSO::PermissionSet", &properties, Some(note));
        }
        Place::Inline(entity) => {
            let noun = entity.noun();
            let property = format!("{noun}Name");
            let properties =
                [("PolicyName", name()), (property.as_str(), Json::text(entity.name)), ("PolicyDocument", document)];
            template.resource(&id, &format!("AWS::IAM::{noun}Policy"), &properties, None);
        }
        Place::Managed(arn) => {
            let path = arn.split_once(":policy").and_then(|(_, rest)| rest.rsplit_once('/')).map(|(path, _)| path);
            let mut properties = vec![("ManagedPolicyName", name())];
            if let Some(path) = path.filter(|path| !path.is_empty()) {
                properties.push(("Path", Json::text(format!("{path}/"))));
            }
            properties.push(("PolicyDocument", document));
            let note = "only PolicyDocument changes: keep the Roles, Users and Groups that it has";
            template.resource(&id, "AWS::IAM::ManagedPolicy", &properties, Some(note));
        }
        Place::NewManaged(entity, _) => {
            let property = format!("{}s", entity.noun());
            let attached = Json::List(vec![Json::text(entity.name)]);
            let properties =
                [("ManagedPolicyName", name()), (property.as_str(), attached), ("PolicyDocument", document)];
            template.resource(&id, "AWS::IAM::ManagedPolicy", &properties, None);
        }
        Place::FileOfPrincipal => {
            return Err(format!("CloudFormation: {} is a file, and how the policy is kept is not known", policy.name));
        }
        Place::Organization { kind, target, .. } => organization(template, edit, &id, (kind, target), document),
        Place::Resource(calls, write, arn) => match write.cloudformation {
            InCloudFormation::Own { kind: resource, of, many, part, document: property } => {
                let value = calls
                    .part(part, &arn)
                    .ok_or_else(|| format!("CloudFormation: {resource} cannot be told from {arn}"))?;
                let value = if many { Json::List(vec![Json::text(value)]) } else { Json::text(value) };
                template.resource(&id, resource, &[(of, value), (property, document)], None);
            }
            InCloudFormation::Property(property) => {
                return Err(format!(
                    "CloudFormation: the policy of {arn} is the property {property}, so it is changed in the resource that you have"
                ));
            }
        },
        Place::Function(_, arn) => of_function(template, edit, &id, &arn)?,
        Place::Layer(_, write, arn) => {
            for (statement, properties) in layer::cloudformation(edit, &arn)? {
                let InCloudFormation::Own { kind, .. } = write.cloudformation else { continue };
                template.resource(&format!("{id}{}", letters(&statement)), kind, &properties, None);
            }
        }
        Place::AuthPolicyOfFile => {
            return Err(format!("CloudFormation: {} is a file, and whose auth policy it is is not known", policy.name));
        }
        Place::OtherResource(owner) => {
            return Err(if owner.is_empty() {
                format!("CloudFormation: {} is a file, and whose policy it is is not known", policy.name)
            } else {
                format!("CloudFormation: the resource type for the policy of {owner} is not known here")
            });
        }
        Place::Trust(Some(role)) => {
            let properties = [("RoleName", Json::text(role)), ("AssumeRolePolicyDocument", document)];
            let note = "only AssumeRolePolicyDocument changes: keep the other properties of the role";
            template.resource(&id, "AWS::IAM::Role", &properties, Some(note));
        }
        Place::Trust(None) => {
            return Err(format!("CloudFormation: {} is a file, and whose policy it is is not known", policy.name));
        }
        Place::Endpoints(ids) => {
            return Err(format!(
                "CloudFormation: the policy of {} is the property PolicyDocument of AWS::EC2::VPCEndpoint, so it is changed in the resource that you have",
                if ids.is_empty() { "the endpoint".to_owned() } else { ids.join(" and of ") }
            ));
        }
        Place::Session => {
            return Err("CloudFormation: a session policy is passed by whoever makes the session".to_owned());
        }
    }
    Ok(())
}

fn organization(template: &mut Template, edit: &Edit, id: &str, (kind, target): (&str, Option<&str>), document: Json) {
    let policy = edit.after.as_ref();
    // the name of a file is not that of the policy in it
    let name = match policy.origin {
        // one parameter for each document; the ids of resources begin with another word
        PolicyOrigin::Loose => template.parameter(
            &format!("NameOf{id}"),
            &format!("the name of the policy that {} was taken from", edit.file_before()),
        ),
        _ => Json::text(policy.name.clone()),
    };
    let mut properties = vec![("Name", name), ("Type", Json::text(kind)), ("Content", document)];
    let note = if edit.is_new() {
        let target = match target {
            Some(target) => Json::text(target),
            None => template.parameter(
                &format!("TargetOf{id}"),
                &format!("the root, OU or account that {} is attached to", edit.file()),
            ),
        };
        properties.push(("TargetIds", Json::List(vec![target])));
        None
    } else {
        Some("only Content changes: keep the Name and the TargetIds that it has")
    };
    template.resource(id, "AWS::Organizations::Policy", &properties, note);
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html>
fn of_function(template: &mut Template, edit: &Edit, id: &str, arn: &Arn) -> Result<(), String> {
    let permissions = lambda::added(edit).ok_or_else(|| {
        format!("CloudFormation: the policy of {arn} is made of AWS::Lambda::Permission, which cannot say this change")
    })?;
    let (function, qualifier) = lambda::function(arn);
    // the function's name may be followed by a version or an alias
    let function = qualifier.map_or_else(|| function.clone(), |qualifier| format!("{function}:{qualifier}"));
    for permission in &permissions {
        let mut properties = vec![
            ("FunctionName", Json::text(function.clone())),
            ("Action", Json::text(permission.action.clone())),
            ("Principal", Json::text(permission.principal.clone())),
        ];
        let restrictions = permission.restrictions.iter();
        properties.extend(restrictions.map(|(what, value)| (what.names().1, Json::text(value.clone()))));
        template.resource(&format!("{id}{}", letters(&permission.id)), "AWS::Lambda::Permission", &properties, None);
    }
    Ok(())
}

/// Letters and digits only.
fn logical_id(name: &str) -> String {
    format!("Policy{}", letters(name))
}

fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect()
}
