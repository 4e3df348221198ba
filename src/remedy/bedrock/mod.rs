//! What one call of a model on Amazon Bedrock needs: every request that AWS checks for it, and the statements that allow them.
//!
//! A call through an inference profile is checked on the profile and on the model, in the Region that was called and in every
//! Region to which the profile may send it; behind a global profile on the model without a Region. One of them that is not
//! allowed denies the call, sometimes only now and then, since AWS chooses the Region.
//!
//! - <https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html>
//! - <https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html>
//! - <https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html>

mod case;
pub mod next;
mod provided;
mod region;
mod target;

use crate::evaluate::derive_context;
use crate::iam::{Action, Arn, Command, Context, ContextValue, Field, Principal, Request, Subject};
use crate::text::Json;

pub use provided::Provided;
pub use region::{partition, prefixes_of};
pub use target::{Destinations, GEOGRAPHIES, Target};

pub(super) use case::{BedrockCall, missing, through};

/// The key that ties a model to the profile through which it is called; a call of the model itself does not carry it.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html>
pub(super) const PROFILE_KEY: &str = "bedrock:InferenceProfileArn";
const REGION_KEY: &str = "aws:RequestedRegion";
/// What AWS says for `aws:RequestedRegion` where a global profile leaves the Region open.
const UNSPECIFIED: &str = "unspecified";

/// Calls of one model, made by one account from one Region.
///
/// ```
/// use iamdx::remedy::bedrock::{Calls, Destinations, Target, grant};
///
/// let calls = Calls {
///     partition: "aws".into(),
///     account: "111122223333".into(),
///     region: "us-east-1".into(),
///     target: Target::read("us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
///     actions: vec!["bedrock:InvokeModel".parse()?],
///     destinations: Destinations::Known(vec![
///         "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0".parse()?,
///         "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0".parse()?,
///     ]),
/// };
/// let grant = grant(&calls);
/// assert_eq!(grant.checks.iter().map(|check| check.resource.as_str()).collect::<Vec<_>>(), [
///     "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
///     "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0",
///     "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0",
/// ]);
/// assert_eq!(grant.unknown, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calls {
    /// The partition: `aws`.
    pub partition: String,
    /// The account of the caller.
    pub account: String,
    /// The Region that is called.
    pub region: String,
    /// The model or profile.
    pub target: Target,
    /// The actions: `bedrock:InvokeModel`, `bedrock:InvokeModelWithResponseStream`, `bedrock:CountTokens`.
    pub actions: Vec<Action>,
    /// Where the profile may send them; nothing for a model that is called by itself.
    pub destinations: Destinations,
}

/// What calls need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The statements, each with `Sid`, that allow every check and nothing else.
    pub statements: Vec<GrantStatement>,
    /// Every request that AWS checks, as far as they are known.
    pub checks: Vec<Check>,
    /// What is not known, and the command that tells it.
    pub unknown: Option<Unknown>,
}

/// One Allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantStatement {
    /// Its name.
    pub sid: String,
    /// The actions.
    pub actions: Vec<String>,
    /// The resources.
    pub resources: Vec<String>,
    /// Keys and values that must be equal.
    pub conditions: Vec<(String, String)>,
}

/// One request that AWS checks for a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The action.
    pub action: Action,
    /// The profile or model.
    pub resource: String,
    /// What it is of the call.
    pub part: Part,
    /// The Region of the request: `aws:RequestedRegion`.
    pub region: String,
    /// The profile, where the request is about the model behind it.
    pub profile: Option<String>,
}

/// What a check is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The profile, or whatever else is called that is no model of AWS.
    Called,
    /// The model, in the Region that is called or to which the call is sent.
    Model,
    /// The model wherever a global profile sends the call.
    ModelAnywhere,
}

/// A part of a call that is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// What.
    pub subject: Subject,
    /// The command that tells it.
    pub command: Command,
}

/// Everything that the calls need.
#[must_use]
pub fn grant(calls: &Calls) -> Grant {
    let checks: Vec<Check> = calls.actions.iter().flat_map(|action| checks(calls, action)).collect();
    Grant { statements: statements(&checks), checks, unknown: unknown(calls) }
}

impl Calls {
    /// The ARN of what is called.
    #[must_use]
    pub fn called(&self) -> String {
        match &self.target {
            Target::Model(id) => self.model_in(&self.region, id),
            Target::Profile(id) => {
                format!("arn:{}:bedrock:{}:{}:inference-profile/{id}", self.partition, self.region, self.account)
            }
            Target::ApplicationProfile(id) => {
                format!(
                    "arn:{}:bedrock:{}:{}:application-inference-profile/{id}",
                    self.partition, self.region, self.account
                )
            }
            Target::Other(arn) => arn.clone(),
        }
    }

    fn model_in(&self, region: &str, id: &str) -> String {
        format!("arn:{}:bedrock:{region}::foundation-model/{id}", self.partition)
    }

    /// The models behind the profile, as far as they are known: in the Region that is called first.
    fn models(&self) -> Vec<String> {
        let mut models = Vec::new();
        let known = match &self.destinations {
            Destinations::Known(models) | Destinations::AtLeast(models) => models.as_slice(),
        };
        if let Some(id) = self.target.model() {
            models.push(self.model_in(&self.region, id));
            if self.target.is_global() {
                models.push(self.model_in("", id));
            }
        }
        // a global profile lists every Region that it may choose; AWS asks for none of them
        let listed = known.iter().filter(|_| !self.target.is_global()).map(Arn::to_string);
        for model in listed {
            if !models.contains(&model) {
                models.push(model);
            }
        }
        models
    }
}

fn checks(calls: &Calls, action: &Action) -> Vec<Check> {
    let check = |resource: String, part: Part, profile: Option<String>| {
        let arn = resource.parse::<Arn>().ok();
        let region = arn.as_ref().map(Arn::region).filter(|region| !region.is_empty()).unwrap_or(UNSPECIFIED);
        Check { action: action.clone(), region: region.to_owned(), part, profile, resource }
    };
    let called = calls.called();
    // it takes models only: <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html>
    if action.folded() == "bedrock:counttokens" {
        let model = calls.target.model().map(|id| calls.model_in(&calls.region, id));
        return model.into_iter().map(|model| check(model, Part::Model, None)).collect();
    }
    match &calls.target {
        Target::Model(_) => vec![check(called, Part::Model, None)],
        Target::Other(_) => vec![check(called, Part::Called, None)],
        Target::Profile(_) | Target::ApplicationProfile(_) => {
            let models = calls.models().into_iter().map(|model| {
                let anywhere = model.parse::<Arn>().is_ok_and(|arn| arn.region().is_empty());
                check(model, if anywhere { Part::ModelAnywhere } else { Part::Model }, Some(called.clone()))
            });
            std::iter::once(check(called.clone(), Part::Called, None)).chain(models).collect()
        }
    }
}

/// The statements for the checks: one for each part of a call, as AWS's own examples have them.
pub(super) fn statements(checks: &[Check]) -> Vec<GrantStatement> {
    let mut statements: Vec<(Part, Option<String>, GrantStatement)> = Vec::new();
    // behind a global profile every request has its Region, or none, which AWS's example tells apart
    let global = checks.iter().any(|check| check.part == Part::ModelAnywhere);
    for check in checks {
        let action = check.action.to_string();
        let mut conditions = Vec::new();
        if global && (check.profile.is_some() || check.resource.contains(":inference-profile/global.")) {
            conditions.push((REGION_KEY.to_owned(), check.region.clone()));
        }
        if let Some(profile) = &check.profile {
            conditions.push((PROFILE_KEY.to_owned(), profile.clone()));
        }
        let same = |(part, profile, statement): &&mut (Part, Option<String>, GrantStatement)| {
            *part == check.part && *profile == check.profile && statement.conditions == conditions
        };
        if let Some((.., statement)) = statements.iter_mut().find(same) {
            for (list, text) in [(&mut statement.actions, &action), (&mut statement.resources, &check.resource)] {
                if !list.contains(text) {
                    list.push(text.clone());
                }
            }
        } else {
            let (sid, resources) = (sid(check), vec![check.resource.clone()]);
            let statement = GrantStatement { sid, actions: vec![action], resources, conditions };
            statements.push((check.part, check.profile.clone(), statement));
        }
    }
    statements.into_iter().map(|(.., statement)| statement).collect()
}

fn sid(check: &Check) -> String {
    let action: String = check.action.name().chars().filter(char::is_ascii_alphanumeric).collect();
    match (check.part, &check.profile) {
        (Part::Called, _) => format!("Allow{action}"),
        (Part::Model, None) => format!("Allow{action}OfModel"),
        (Part::Model, Some(_)) => format!("Allow{action}BehindProfile"),
        (Part::ModelAnywhere, _) => format!("Allow{action}Anywhere"),
    }
}

fn unknown(calls: &Calls) -> Option<Unknown> {
    let (Target::Profile(id) | Target::ApplicationProfile(id)) = &calls.target else {
        return None;
    };
    if calls.target.is_global() || matches!(calls.destinations, Destinations::Known(_)) {
        return None;
    }
    let identifier = if matches!(calls.target, Target::Profile(_)) { id.clone() } else { calls.called() };
    Some(Unknown {
        subject: Subject::Destinations { profile: id.clone(), region: calls.region.clone() },
        command: Command::aws("bedrock get-inference-profile")
            .option("--inference-profile-identifier", &identifier)
            .region(&calls.region)
            .into_file("profile.json")
            .note("then: --snapshot profile.json"),
    })
}

impl Grant {
    /// Adds another resource that is asked about for the same call.
    pub fn add(&mut self, actions: &[Action], resource: &Arn) {
        let region = Some(resource.region()).filter(|region| !region.is_empty()).unwrap_or(UNSPECIFIED).to_owned();
        self.checks.extend(actions.iter().map(|action| Check {
            action: action.clone(),
            resource: resource.as_str().to_owned(),
            part: Part::Called,
            region: region.clone(),
            profile: None,
        }));
        self.statements = statements(&self.checks);
    }

    /// The statements as one policy document.
    #[must_use]
    pub fn document(&self) -> String {
        let named = |statement: &GrantStatement| {
            let sid = ("Sid".to_owned(), Json::text(&statement.sid));
            Json::Object(std::iter::once(sid).chain(statement.members()).collect())
        };
        let statements = self.statements.iter().map(named).collect();
        let document = Json::Object(vec![
            ("Version".to_owned(), Json::text("2012-10-17")),
            ("Statement".to_owned(), Json::List(statements)),
        ]);
        format!("{}\n", document.pretty("  ", 0))
    }
}

impl GrantStatement {
    /// The statement without its name.
    pub(super) fn members(&self) -> Vec<(String, Json)> {
        let mut members = vec![
            ("Effect".to_owned(), Json::text("Allow")),
            ("Action".to_owned(), Json::one_or_many(&self.actions)),
            ("Resource".to_owned(), Json::one_or_many(&self.resources)),
        ];
        if !self.conditions.is_empty() {
            let keys = self.conditions.iter().map(|(key, value)| (key.clone(), Json::text(value))).collect();
            let condition = Json::Object(vec![("StringEquals".to_owned(), Json::Object(keys))]);
            members.push(("Condition".to_owned(), condition));
        }
        members
    }
}

impl Check {
    /// The request that this principal makes; the role's ARN is derived where the principal is one.
    #[must_use]
    pub fn request(&self, principal: &Principal) -> Request {
        let mut request = Request::new(principal.clone(), self.action.clone(), self.resource.as_str());
        self.fill(&mut request.context);
        derive_context(&mut request);
        request
    }

    /// The request of whoever made another one of the same call.
    #[must_use]
    pub fn like(&self, other: &Request) -> Request {
        let same = other.resource.value() == Some(&self.resource);
        let mut request = Request {
            action: Field::Known(self.action.clone()),
            resource: Field::Known(self.resource.clone()),
            ..other.clone()
        };
        if !same {
            // what follows from the other resource does not follow from this one
            for key in ["aws:ResourceAccount", "aws:ResourceOrgID", "aws:ResourceOrgPaths"] {
                if other.context.says(key) {
                    request.context.set(key, ContextValue::Unknown);
                }
            }
        }
        self.fill(&mut request.context);
        request
    }

    /// What the request carries besides what belongs to the caller.
    fn fill(&self, context: &mut Context) {
        context.set_one(REGION_KEY, &self.region);
        match (&self.profile, self.part) {
            (Some(profile), _) => context.set_one(PROFILE_KEY, profile),
            (None, Part::Model | Part::ModelAnywhere) => context.set(PROFILE_KEY, ContextValue::Absent),
            // whether the request for the profile itself carries its own ARN, AWS does not say
            (None, Part::Called) => {}
        }
    }
}

#[cfg(test)]
mod tests;
