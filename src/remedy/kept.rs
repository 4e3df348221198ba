//! What a grant keeps of the Allow that nearly covers the request: its conditions, and for those that do not hold the request's own value.
//!
//! A condition of an Allow is there to protect something: which boundary a delegate must set, whose instances somebody may stop, which
//! customer a vendor acts for. A second statement without it would hand that out, so none is ever offered.

use std::sync::Arc;

use super::cannot_fix::CannotFix;
use super::demand::{Demand, VariableMiss};
use super::mfa::{Mfa, mfa};
use super::principal_arn::principal_arn;
use crate::diagnose::unlikeness;
use crate::evaluate::{StatementOutcome, Truth, holds};
use crate::iam::{
    Arn, Condition, ConditionKey, Context, ContextValue, Effect, Family, Language, Lever, Policy, PolicyType,
    PrincipalKind, Quantifier, Request, Resolved, Statement, StatementName, Template, literal_text,
};
use crate::text::{Json, Wildcard};

/// The Allow that nearly covers a request, of the layer that lacks one.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    /// Its policy.
    pub(super) policy: Arc<Policy>,
    /// The statement's index in its document.
    index: usize,
    /// Whether conditions or variables are all that keep the request out.
    pub(super) is_gate: bool,
    /// The places of the conditions that do not hold.
    unmet: Vec<usize>,
    /// Variables of its resources whose values make the resource another one.
    pub(super) variables: Vec<VariableMiss>,
}

/// One line of a Condition block that is written.
type Line = (String, String, Json);

impl Kept {
    /// The Allow from which a grant for the request has to take its conditions; `None` where none is near.
    ///
    /// First those that only a condition or a variable keeps from covering the request; then, of those that allow the action on other
    /// resources of the same service, or to other principals, the one that is most alike.
    pub(super) fn nearest(request: &Request, outcomes: &[StatementOutcome]) -> Option<Self> {
        let mut found: Vec<((usize, usize, usize), Self)> = Vec::new();
        for outcome in outcomes.iter().filter(|outcome| outcome.effect == Effect::Allow) {
            let Some(statement) = outcome.statement().filter(|statement| !statement.rejected) else { continue };
            if !outcome.action.is_true() || outcome.matched().is_true() {
                continue;
            }
            let own = |truth: Truth| truth != Truth::False;
            let variables =
                if own(outcome.resource) { Vec::new() } else { variable_misses(request, &outcome.policy, statement) };
            let covers = own(outcome.resource) || !variables.is_empty();
            let (class, unlike) = match (own(outcome.principal), covers) {
                // what another Allow demands is not passed by because a variable could be passed by too
                (true, true) => (usize::from(!variables.is_empty()), 0),
                (true, false) => match same_service(request, statement) {
                    Some(unlike) => (2, unlike),
                    None => continue,
                },
                (false, true) if names_accounts(request, statement) => (3, 0),
                (false, _) => continue,
            };
            let unmet: Vec<usize> = (statement.conditions.iter().enumerate())
                .filter(|(_, condition)| holds(condition, &request.context) == Truth::False)
                .map(|(place, _)| place)
                .collect();
            let rank = (class, unlike, unmet.len() + variables.len());
            let policy = Arc::clone(&outcome.policy);
            found.push((rank, Self { policy, index: outcome.statement, is_gate: class < 2, unmet, variables }));
        }
        let (_, nearest) = found.into_iter().min_by_key(|(rank, _)| *rank)?;
        let conditioned = nearest.statement().is_some_and(|statement| !statement.conditions.is_empty());
        (conditioned || !nearest.variables.is_empty()).then_some(nearest)
    }

    /// The statement.
    pub(super) fn statement(&self) -> Option<&Statement> {
        self.policy.document.statements.get(self.index)
    }

    /// By what a person finds it.
    pub(super) fn name(&self) -> StatementName {
        let sid = self.statement().and_then(|statement| statement.sid.as_ref());
        StatementName::new(sid.map(|sid| sid.value.as_str()), self.index)
    }

    /// The conditions that do not hold.
    pub(super) fn unmet(&self) -> Vec<&Condition> {
        let conditions = self.statement().map(|statement| statement.conditions.as_slice()).unwrap_or_default();
        self.unmet.iter().filter_map(|place| conditions.get(*place)).collect()
    }

    /// The conditions that rest on values which nobody told, so that none of them is known to be the one that does not hold.
    pub(super) fn untold(&self, context: &Context) -> Vec<&Condition> {
        let untold = |key: &str| *context.told(key) == ContextValue::Unknown;
        let conditions = self.statement().map(|statement| statement.conditions.as_slice()).unwrap_or_default();
        let rests =
            |condition: &&Condition| untold(&condition.key) || condition.variable_keys().into_iter().any(untold);
        conditions.iter().filter(rests).collect()
    }

    /// Whether a grant goes around something that the statement demands.
    pub(super) fn is_bypassed(&self) -> bool {
        !self.unmet.is_empty() || !self.variables.is_empty()
    }

    /// What the statement demands and the request does not bring.
    pub(super) fn demand(&self) -> Demand {
        Demand {
            statement: self.name(),
            policy: self.policy.name.clone(),
            conditions: self.unmet().into_iter().cloned().collect(),
            variables: self.variables.clone(),
        }
    }

    /// The Condition block for a statement that allows this request: what holds as it is written, what does not with the request's value.
    pub(super) fn conditions(&self, request: &Request) -> Result<Json, CannotFix> {
        let context = &request.context;
        let statement = self.statement().ok_or(CannotFix::NoAction)?;
        let demanded = || CannotFix::Conditioned(self.demand());
        let mut lines: Vec<Line> = Vec::new();
        for (place, condition) in statement.conditions.iter().enumerate() {
            let own = self.unmet.contains(&place);
            let line = if own {
                own_value(condition, context).or_else(|| instead_of_mfa(condition, request))
            } else {
                as_written(condition, &self.policy)
            };
            put(&mut lines, line.ok_or_else(demanded)?, own);
        }
        for key in self.variables.iter().flat_map(|miss| &miss.keys) {
            let value = context.get(key).single().filter(|_| !context.is_supposed(key)).ok_or_else(demanded)?;
            put(&mut lines, ("StringEquals".to_owned(), key.clone(), Json::text(escaped(value))), true);
        }
        Ok(block(lines))
    }

    /// The condition to which a further value can be added in the statement itself, with that value: where it is all that is missing and
    /// the statement is about this action and this resource alone, so that nothing else comes with it.
    pub(super) fn further_value(&self, request: &Request) -> Option<(&Condition, String)> {
        let unmet = self.unmet();
        let ([unmet], true, true) = (unmet.as_slice(), self.is_gate, self.variables.is_empty()) else {
            return None;
        };
        let statement = self.statement()?;
        let kind = unmet.operator.kind?;
        let (_, _, Json::Text(value)) = own_value(unmet, &request.context)? else { return None };
        let lists = matches!(kind.family(), Family::String | Family::Arn | Family::Ip) && !kind.is_negated();
        let plain =
            !unmet.operator.if_exists && unmet.operator.quantifier.is_none() && !value.contains(['*', '?', '$']);
        let action = request.action.value()?;
        let one_action = matches!(statement.action.entries.as_slice(),
            [only] if !statement.action.negated && only.text.eq_ignore_ascii_case(action.as_str()));
        // a trust policy is about its role alone
        let trust = self.policy.policy_type == PolicyType::RoleTrust;
        let one_resource = statement.resource.as_ref().map_or(trust, |element| {
            matches!(element.entries.as_slice(), [only] if !element.negated && Some(&only.value) == request.resource.value())
        });
        (lists && plain && one_action && one_resource).then_some((*unmet, value))
    }
}

/// Adds a line; the request's own value takes the place of what the same operator says of the same key.
fn put(lines: &mut Vec<Line>, line: Line, own: bool) {
    let same = lines.iter_mut().find(|other| other.0 == line.0 && other.1.eq_ignore_ascii_case(&line.1));
    match same {
        Some(other) if own => *other = line,
        Some(_) => {}
        None => lines.push(line),
    }
}

/// The lines as a Condition block, those of one operator together.
fn block(lines: Vec<Line>) -> Json {
    let mut operators: Vec<(String, Json)> = Vec::new();
    for (operator, key, values) in lines {
        match operators.iter_mut().find(|(known, _)| *known == operator) {
            Some((_, Json::Object(members))) => members.push((key, values)),
            _ => operators.push((operator, Json::Object(vec![(key, values)]))),
        }
    }
    Json::Object(operators)
}

/// A condition as it is written; `None` where the new language would read it otherwise.
fn as_written(condition: &Condition, policy: &Policy) -> Option<Line> {
    let values: Vec<String> = condition.values.iter().map(|value| value.value.clone()).collect();
    let variables = values.iter().any(|value| value.contains("${"));
    // nor does AWS save again what its operator cannot read
    if (variables && policy.document.language == Language::V2008) || !condition.unreadable_values().is_empty() {
        return None;
    }
    Some((condition.operator.text.to_string(), condition.key.clone(), Json::one_or_many(&values)))
}

/// A condition that only the request's own value meets; `None` where it has none, or where that would be no condition any more.
fn own_value(condition: &Condition, context: &Context) -> Option<Line> {
    let never = |lever| matches!(lever, Lever::Mfa | Lever::Tls | Lever::Time | Lever::MadeUp | Lever::Nothing);
    if ConditionKey::find(&condition.folded_key).is_some_and(|row| never(row.lever))
        || condition.folded_key == "aws:tokenissuetime"
    {
        return None;
    }
    let ContextValue::Present { values, multivalued } = context.get_folded(&condition.folded_key) else {
        return None;
    };
    if context.is_supposed(&condition.folded_key) {
        return None;
    }
    let kind = condition.operator.kind?;
    let operator = match kind.family() {
        Family::String | Family::Arn => "StringEquals",
        Family::Numeric => "NumericEquals",
        Family::Ip => "IpAddress",
        Family::Binary => "BinaryEquals",
        // the key must not be there: then its value here is the one that may be
        Family::Null if !values.is_empty() => "StringEquals",
        Family::Bool | Family::Date | Family::Null => return None,
    };
    let prefix = match condition.operator.quantifier {
        Some(Quantifier::ForAllValues) => "ForAllValues:",
        Some(Quantifier::ForAnyValue) => "ForAnyValue:",
        None if *multivalued || values.len() != 1 => return None,
        None => "",
    };
    let values: Vec<String> = values.iter().map(|value| escaped(value)).collect();
    (!values.is_empty()).then(|| (format!("{prefix}{operator}"), condition.key.clone(), Json::one_or_many(&values)))
}

/// Where a condition asks for MFA that the principal cannot have: it alone may do without.
fn instead_of_mfa(condition: &Condition, request: &Request) -> Option<Line> {
    let asked = ConditionKey::find(&condition.folded_key).is_some_and(|row| row.lever == Lever::Mfa);
    let never = matches!(mfa(request), Mfa::IdentityProvider | Mfa::Never);
    let wanted = condition.values.iter().all(|value| value.value.eq_ignore_ascii_case("true"));
    let arn = principal_arn(request).filter(|_| asked && never && wanted)?;
    Some(("ArnEquals".to_owned(), "aws:PrincipalArn".to_owned(), Json::text(arn)))
}

/// A text in which nothing is a variable.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars>
pub(super) fn escaped(text: &str) -> String {
    text.replace("${", "${$}{")
}

/// The entries that would match if their variables had other values.
fn variable_misses(request: &Request, policy: &Policy, statement: &Statement) -> Vec<VariableMiss> {
    let (Some(resource), Some(element)) = (request.resource.value(), &statement.resource) else {
        return Vec::new();
    };
    let language = policy.document.language;
    let entries = element.entries.iter().filter(|entry| !element.negated && entry.value.contains("${"));
    let miss = |entry: &str| {
        let template = Template::new(entry, language, true);
        let keys: Vec<String> = template.keys().map(str::to_owned).collect();
        if keys.is_empty() || !Wildcard::from_pieces(template.widest()).matches(resource) {
            return None;
        }
        let resolved = match template.resolve(&request.context) {
            Resolved::Pieces(pieces) => Ok(literal_text(&pieces)),
            Resolved::NoValue(key) => Err(key.clone()),
            Resolved::Unknown(_) => return None,
        };
        Some(VariableMiss { entry: entry.to_owned(), resolved, keys })
    };
    entries.filter_map(|entry| miss(&entry.value)).take(1).collect()
}

/// How unlike the statement's resources are to the one that was asked, where one of them is of the same service.
fn same_service(request: &Request, statement: &Statement) -> Option<usize> {
    let resource = request.resource.value()?;
    let service = resource.parse::<Arn>().ok()?.service().to_owned();
    let of_service = |entry: &str| {
        let own = entry.split(':').nth(2).unwrap_or_default();
        own == service || (own.contains(['*', '?']) && Wildcard::new(own).matches(&service))
    };
    let element = statement.resource.as_ref()?;
    let entries = element.entries.iter().filter(|entry| element.negated || of_service(&entry.value));
    entries.map(|entry| unlikeness(&entry.value, resource, 0)).min()
}

/// Whether the statement is about principals of accounts, as the caller is one.
fn names_accounts(request: &Request, statement: &Statement) -> bool {
    let service = request.principal.value().is_none_or(|caller| caller.kind() == PrincipalKind::Service);
    let aws = |kind: &str| kind == "AWS" || kind == "*";
    !service && statement.principal.as_ref().is_some_and(|element| element.entries.iter().any(|entry| aws(&entry.kind)))
}
