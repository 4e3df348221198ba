//! The statement that allows what is missing, as it is added to a document or makes one of its own.

use super::bedrock::{self, PROFILE_KEY};
use super::cannot_fix::CannotFix;
use super::change_kind::{Access, Allows, ChangeKind, KeptConditions};
use super::kept::{Kept, escaped};
use super::resource_entry::resource_entry;
use crate::iam::{
    Action, Arn, Context, ContextValue, Document, Language, PASSED_TO_SERVICE, PolicyType, Principal, PrincipalKind,
    Request, ResourcePolicy, names_accounts, resource_policy,
};
use crate::text::{Json, Node, append_item, apply, parse};

/// A document that allows the request.
#[derive(Debug)]
pub(super) struct Granted {
    pub(super) text: String,
    pub(super) kind: ChangeKind,
}

/// Statements that allow what is missing.
#[derive(Debug, Clone)]
pub(super) struct NeededStatement {
    /// Each with the name that it should have.
    statements: Vec<(String, Vec<(String, Json)>)>,
    /// What they allow.
    allows: Allows,
}

impl NeededStatement {
    /// One action on one resource, nothing else, as a policy of this type takes it.
    pub(super) fn of(request: &Request, principal: Option<Json>, policy_type: PolicyType) -> Option<Self> {
        let action = request.action.value()?;
        let resource = request.resource.value()?;
        let mut members = vec![("Effect".to_owned(), Json::text("Allow"))];
        let of_resource = matches!(policy_type, PolicyType::ResourceBased | PolicyType::RoleTrust);
        let names_resource = !of_resource || names_resource(action, resource);
        // in a key policy `*` is this key and no other
        // <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html>
        let key = of_resource && action.service() == "kms";
        // as a Principal the root user's ARN is the whole account; the policy of a layer names nothing else
        // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-accounts>
        let accounts = of_resource && names_accounts(resource);
        let is_root = |caller: &&Principal| principal.is_some() && caller.kind() == PrincipalKind::Root && !accounts;
        let root = request.principal.value().filter(is_root);
        if let Some(principal) = principal {
            members.push(("Principal".to_owned(), principal));
        }
        members.push(("Action".to_owned(), Json::text(action.as_str())));
        if names_resource {
            members.push((
                "Resource".to_owned(),
                Json::text(if key { "*".to_owned() } else { resource_entry(request, resource) }),
            ));
        }
        if let Some(root) = root {
            let line = Json::Object(vec![("aws:PrincipalArn".to_owned(), Json::text(root.as_str()))]);
            members.push(("Condition".to_owned(), Json::Object(vec![("ArnEquals".to_owned(), line)])));
        }
        let access = Access::Request { action: action.clone(), resource: resource.clone() };
        let allows = Allows { access, conditions: None };
        let mut wanted = Self { statements: vec![(policy_name(request)?, members)], allows };
        if let Some(service) = passed_service(request) {
            wanted.only(PASSED_TO_SERVICE, service);
        }
        Some(wanted)
    }

    /// The same in the policy of a gateway endpoint, where a Condition says who: `Principal` must be `*`.
    /// <https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html#vpc-endpoint-policies-gateway>
    pub(super) fn through_gateway(request: &Request, arn: &str) -> Option<Self> {
        let mut wanted = Self::of(request, Some(Json::text("*")), PolicyType::VpcEndpoint)?;
        for (_, members) in &mut wanted.statements {
            members.retain(|(name, _)| name != "Condition");
            let line = Json::Object(vec![("aws:PrincipalArn".to_owned(), Json::text(arn))]);
            members.push(("Condition".to_owned(), Json::Object(vec![("ArnEquals".to_owned(), line)])));
        }
        Some(wanted)
    }

    /// What a call through an inference profile needs.
    pub(super) fn call(grant: &bedrock::Grant) -> Option<Self> {
        let statements: Vec<_> =
            grant.statements.iter().map(|statement| (statement.sid.clone(), statement.members())).collect();
        let allows = Allows { access: Access::Call(grant.checks.clone()), conditions: None };
        (!statements.is_empty()).then_some(Self { statements, allows })
    }

    /// All statements, as the value of `Statement`.
    pub(super) fn together(&self) -> Json {
        Json::List(self.named(&mut Vec::new()))
    }

    /// The same under the conditions of the Allow that nearly covers the request.
    pub(super) fn keeping(mut self, kept: &Kept, request: &Request) -> Result<Self, CannotFix> {
        let Json::Object(operators) = kept.conditions(request)? else { return Ok(self) };
        let is_call = matches!(self.allows.access, Access::Call(_));
        for (_, members) in &mut self.statements {
            // the statements of a whole call say for themselves through which profile
            let for_itself = |key: &str| is_call && key.eq_ignore_ascii_case(PROFILE_KEY);
            for (operator, keys) in &operators {
                let Json::Object(keys) = keys else { continue };
                for (key, values) in keys.iter().filter(|(key, _)| !for_itself(key)) {
                    add_condition(members, operator, key, values);
                }
            }
        }
        if !operators.is_empty() {
            let own = kept.unmet().into_iter();
            let own = own.map(|condition| (condition.key.clone(), own_values(&condition.key, &request.context)));
            self.allows.conditions = Some(KeptConditions { statement: kept.name(), own: own.collect() });
        }
        Ok(self)
    }

    /// The same only where this key has this value.
    pub(super) fn only(&mut self, key: &str, value: &str) {
        for (_, members) in &mut self.statements {
            add_condition(members, "StringEquals", key, &Json::text(escaped(value)));
        }
    }

    /// The same only where this key is true.
    pub(super) fn only_if(&mut self, key: &str) {
        for (_, members) in &mut self.statements {
            add_condition(members, "Bool", key, &Json::text("true"));
        }
    }

    /// Adds the statements to an existing document.
    pub(super) fn add_to(&self, document: &Document) -> Option<Granted> {
        let new = self.named(&mut Vec::new());
        if document.language == Language::V2008 && new.iter().any(|statement| statement.compact().contains("${")) {
            return None;
        }
        let mut text = document.source.text().to_owned();
        let mut taken: Vec<String> =
            parse(&text).ok()?.get("Statement")?.one_or_many().iter().filter_map(sid).collect();
        for statement in self.named(&mut taken) {
            // each addition reads the text anew: the list has grown
            let root = parse(&text).ok()?;
            text = apply(&text, &[append_item(&text, root.get("Statement")?, &statement)]);
        }
        let kind = ChangeKind::AddStatements { count: self.statements.len(), allows: self.allows.clone() };
        Some(Granted { text, kind })
    }

    /// A document of their own.
    pub(super) fn document(&self) -> Granted {
        let document = Json::Object(vec![
            ("Version".to_owned(), Json::text("2012-10-17")),
            ("Statement".to_owned(), Json::List(self.named(&mut Vec::new()))),
        ]);
        Granted { text: format!("{}\n", document.pretty("  ", 0)), kind: ChangeKind::Allow(self.allows.clone()) }
    }

    /// Whether the statements ask this of the request.
    pub(super) fn tests(&self, key: &str) -> bool {
        let conditions =
            self.statements.iter().flat_map(|(_, members)| members).filter(|(name, _)| name == "Condition");
        conditions.filter_map(|(_, value)| operators(value)).flatten().any(|(_, keys)| {
            operators(keys).is_some_and(|keys| keys.iter().any(|(known, _)| known.eq_ignore_ascii_case(key)))
        })
    }

    /// The first of the statements, alone and without a name, which a place may have given already.
    pub(super) fn bare(&self) -> Option<Json> {
        self.statements.first().map(|(_, members)| Json::Object(members.clone()))
    }

    /// The first of the statements, alone.
    pub(super) fn first(&self) -> Option<Json> {
        self.named(&mut Vec::new()).into_iter().next()
    }

    /// The statements under names that are not taken.
    fn named(&self, taken: &mut Vec<String>) -> Vec<Json> {
        let mut all = Vec::new();
        for (base, members) in &self.statements {
            let name = fresh_name(base, &taken.iter().map(String::as_str).collect::<Vec<_>>());
            taken.push(name.clone());
            let sid = ("Sid".to_owned(), Json::Text(name));
            all.push(Json::Object(std::iter::once(sid).chain(members.iter().cloned()).collect()));
        }
        all
    }
}

/// Whether the policy of a resource names it in its statements.
fn names_resource(action: &Action, resource: &str) -> bool {
    // whatever stands for a role that is not known is one all the same
    action.service() != "sts"
        && resource.parse::<Arn>().map_or(true, |arn| match resource_policy(&arn) {
            ResourcePolicy::Possible(kind) => kind.names_resource,
            ResourcePolicy::None | ResourcePolicy::NotKnown => true,
        })
}

/// The service that gets the role, where the request is to pass one and tells it: any other service stays without it.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>
pub(super) fn passed_service(request: &Request) -> Option<&str> {
    let passes = request.action.value().is_some_and(passes_role);
    let known = passes && !request.context.is_supposed(PASSED_TO_SERVICE);
    request.context.get(PASSED_TO_SERVICE).single().filter(|_| known)
}

/// Whether what is asked is to hand a role to a service.
pub(super) fn passes_role(action: &Action) -> bool {
    action.folded() == "iam:passrole"
}

/// The values that the request brings.
fn own_values(key: &str, context: &Context) -> Option<Vec<String>> {
    match context.told(key) {
        ContextValue::Present { values, .. } => Some(values.clone()),
        ContextValue::Absent | ContextValue::Unknown => None,
    }
}

/// Adds a line to the Condition of a statement, which may have one; what it says of the same key stays.
fn add_condition(members: &mut Vec<(String, Json)>, operator: &str, key: &str, values: &Json) {
    let line = || (key.to_owned(), values.clone());
    let block = |lines| Json::Object(vec![(operator.to_owned(), Json::Object(lines))]);
    let Some((_, Json::Object(operators))) = members.iter_mut().find(|(name, _)| name == "Condition") else {
        members.push(("Condition".to_owned(), block(vec![line()])));
        return;
    };
    match operators.iter_mut().find(|(name, _)| name == operator) {
        Some((_, Json::Object(keys))) if !keys.iter().any(|(known, _)| known.eq_ignore_ascii_case(key)) => {
            keys.push(line());
        }
        Some(_) => {}
        None => operators.push((operator.to_owned(), Json::Object(vec![line()]))),
    }
}

fn operators(value: &Json) -> Option<&[(String, Json)]> {
    match value {
        Json::Object(members) => Some(members),
        _ => None,
    }
}

fn sid(node: &Node) -> Option<String> {
    node.get("Sid").and_then(Node::as_str).map(str::to_owned)
}

/// `AllowInvokeModel` for bedrock:InvokeModel; letters and digits only, as a Sid wants.
pub(super) fn policy_name(request: &Request) -> Option<String> {
    let name = request.action.value()?.name();
    Some(format!("Allow{}", name.chars().filter(char::is_ascii_alphanumeric).collect::<String>()))
}

/// A name that is not taken yet.
pub(super) fn fresh_name(base: &str, taken: &[&str]) -> String {
    let mut name = base.to_owned();
    let mut number = 2;
    while taken.contains(&name.as_str()) {
        name = format!("{base}{number}");
        number += 1;
    }
    name
}
