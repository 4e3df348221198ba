//! What has to be collected for some requests: each thing once, and of each kind so many as are asked about.

use std::collections::HashSet;

use crate::aws::failure::{Failure, FailureKind};
use crate::aws::operation::DESCRIBE_ENDPOINTS;
use crate::aws::organization::Wanted;
use crate::aws::{Caller, resource_policy, s3_settings};
use crate::iam::{
    Arn, ContextValue, Field, PolicyType, Principal, PrincipalKind, Request, is_alias_name, policy_domain,
};
use crate::snapshot::{GapFile, Selection, Snapshot, select};

/// How many things of each kind are asked about, and how many of the others are named.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) asked: usize,
    pub(super) named: usize,
}

impl Limits {
    /// For one text: a log may name thousands.
    pub(super) const OF_A_TEXT: Self = Self { asked: 50, named: usize::MAX };
}

/// Things of one kind, each once, in the order in which they were wanted.
#[derive(Debug)]
pub(super) struct Few<T> {
    /// Those that are asked about.
    pub(super) asked: Vec<T>,
    /// Others, which are named.
    pub(super) left: Vec<T>,
    /// How many more there are.
    pub(super) more: usize,
    seen: HashSet<String>,
    limits: Limits,
}

impl<T> Few<T> {
    fn new(limits: Limits) -> Self {
        Self { asked: Vec::new(), left: Vec::new(), more: 0, seen: HashSet::new(), limits }
    }

    /// Whether one of this name is wanted already.
    fn has(&self, name: &str) -> bool {
        self.seen.contains(name)
    }

    /// Adds one, unless one of this name is wanted already.
    pub(super) fn add(&mut self, name: impl Into<String>, thing: T) {
        if !self.seen.insert(name.into()) {
        } else if self.asked.len() < self.limits.asked {
            self.asked.push(thing);
        } else if self.left.len() < self.limits.named {
            self.left.push(thing);
        } else {
            self.more += 1;
        }
    }

    /// Why there are some that are not asked about.
    pub(super) fn why_left(&self, things: &str) -> String {
        super::more_than(self.limits.asked, things)
    }

    /// One that is asked about or named.
    fn find(&mut self, is: impl Fn(&T) -> bool) -> Option<&mut T> {
        self.asked.iter_mut().chain(&mut self.left).find(|thing| is(thing))
    }
}

/// What has to be collected for some requests.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) limits: Limits,
    /// The Region that is set, where nothing else tells one.
    pub(super) region: Option<String>,
    /// Users and roles: kind, name, and the ARN as far as it is known.
    pub(super) principals: Few<(PrincipalKind, String, String)>,
    /// Roles of which the trust policy decides.
    pub(super) trusts: Few<(String, String)>,
    /// Accounts whose way to the root is wanted.
    pub(super) chains: Few<Wanted>,
    /// Resources whose policies can be read.
    pub(super) resources: Few<resource_policy::Wanted>,
    /// Buckets and access points of which S3's own settings can decide.
    pub(super) settings: Few<s3_settings::Wanted>,
    /// Aliases of KMS in the caller's account whose keys are meant, with the Region where their text does not tell it.
    pub(super) aliases: Few<(String, Option<String>)>,
    /// Uses of keys that grants can allow.
    pub(super) uses: Few<resource_policy::KeyUse>,
    /// VPC endpoints by id, with the Region where that is told.
    pub(super) endpoints: Few<(String, Option<String>)>,
    /// VPCs, with the service whose endpoints there are meant and the Region.
    pub(super) vpcs: Few<(String, String, String)>,
    /// Principals of other accounts, and why nothing is asked about them.
    pub(super) foreign: Few<(String, String)>,
    /// What was not asked for, as a file has it.
    pub(super) not_asked: Few<GapFile<'static>>,
}

impl Plan {
    pub(super) fn new(limits: Limits) -> Self {
        // what is not asked about takes no call
        let named = Limits { asked: limits.named, named: 0 };
        // Organizations allows few calls a second, and a way to the root takes some
        let chains = Limits { asked: limits.asked.min(Limits::OF_A_TEXT.asked), ..limits };
        Self {
            limits,
            region: None,
            principals: Few::new(limits),
            trusts: Few::new(limits),
            chains: Few::new(chains),
            resources: Few::new(limits),
            settings: Few::new(limits),
            aliases: Few::new(limits),
            uses: Few::new(limits),
            endpoints: Few::new(limits),
            vpcs: Few::new(limits),
            foreign: Few::new(named),
            not_asked: Few::new(named),
        }
    }

    /// What these requests need.
    pub(super) fn of(caller: &Caller, requests: &[Request], silent: bool, region: Option<&str>) -> Self {
        let mut plan = Self { region: region.map(str::to_owned), ..Self::new(Limits::OF_A_TEXT) };
        for request in requests {
            let Some(who) = request.principal.value() else { continue };
            let nothing = select(&Snapshot::default(), request);
            plan.principal(caller, request, who);
            plan.foreign(caller, who);
            plan.ways(request, who.account(), &nothing);
            plan.around(caller, request, who, &nothing, silent);
        }
        plan
    }

    /// The user or role, where it is of the caller's account.
    pub(super) fn principal(&mut self, caller: &Caller, request: &Request, who: &Principal) {
        if who.account() != Some(caller.account.as_str()) {
            return;
        }
        let kind = match who.kind() {
            PrincipalKind::User => PrincipalKind::User,
            PrincipalKind::Role | PrincipalKind::AssumedRole => PrincipalKind::Role,
            _ => return,
        };
        if let Some(name) = who.name() {
            let arn = entity_arn(request, who);
            self.principals.add(arn.clone(), (kind, name.to_owned(), arn));
        }
    }

    /// That the user or role is of another account.
    fn foreign(&mut self, caller: &Caller, who: &Principal) {
        let is_entity = matches!(who.kind(), PrincipalKind::User | PrincipalKind::Role | PrincipalKind::AssumedRole);
        if is_entity && who.name().is_some() && who.account() != Some(caller.account.as_str()) {
            let account = who.account().unwrap_or("that is not readable");
            let said =
                format!("the principal belongs to account {account}, the credentials to account {}", caller.account);
            self.foreign.add(who.as_str(), (who.as_str().to_owned(), said));
        }
    }

    /// The ways from the accounts of who asks and of what is asked for to the root, where what is attached there can decide.
    pub(super) fn ways(&mut self, request: &Request, asks: Option<&str>, nothing: &Selection) {
        // what cannot apply need not be asked for
        if nothing.policies.service_control.coverage.unseen_deny().is_some()
            && let Some(account) = asks
        {
            self.way(account, PolicyType::ServiceControl);
        }
        if nothing.policies.resource_control.coverage.gap().is_some()
            && let Some(account) = request.resource_account.value()
        {
            self.way(account, PolicyType::ResourceControl);
        }
    }

    fn way(&mut self, account: &str, policy_type: PolicyType) {
        match self.chains.find(|known| known.account == account) {
            Some(known) if known.types.contains(&policy_type) => {}
            Some(known) => {
                known.types.push(policy_type);
                known.types.sort_unstable();
                known.types.reverse();
            }
            None => self.chains.add(account, Wanted { account: account.to_owned(), types: vec![policy_type] }),
        }
    }

    /// What else can decide: the policy of the resource, settings of S3, grants of a key, the VPC endpoint, the trust policy of a role.
    pub(super) fn around(
        &mut self,
        caller: &Caller,
        request: &Request,
        who: &Principal,
        nothing: &Selection,
        silent: bool,
    ) {
        self.resource(caller, request, nothing);
        if let Some(wanted) = s3_settings::Wanted::of(&caller.account, request, silent) {
            match self.settings.find(|known| known.is_of_the_place_of(&wanted)) {
                Some(known) => known.add(&wanted),
                None => self.settings.add(wanted.place(), wanted.clone()),
            }
        }
        self.key(caller, request, who, nothing);
        self.endpoint(caller, request, nothing);
        self.trust(caller, request);
    }

    /// The trust policy of a role that is to be assumed, unless all of the role is wanted.
    fn trust(&mut self, caller: &Caller, request: &Request) {
        let target =
            request.resource.value().map(|resource| Principal::new(resource)).filter(|target| {
                target.kind() == PrincipalKind::Role && target.account() == Some(caller.account.as_str())
            });
        if let (Some(target), Some("sts")) = (target, request.action.value().map(crate::iam::Action::service))
            && let Some(name) = target.name()
        {
            let mut roles = self.principals.asked.iter();
            if !roles.any(|(kind, known, _)| *kind == PrincipalKind::Role && known == name) {
                self.trusts.add(target.as_str(), (name.to_owned(), target.as_str().to_owned()));
            }
        }
    }

    /// The policy of the resource, where it can decide and is the caller's to read.
    fn resource(&mut self, caller: &Caller, request: &Request, nothing: &Selection) {
        let resource = request.resource.value().filter(|_| nothing.policies.resource.coverage.gap().is_some());
        let above = resource.and_then(|resource| policy_domain(resource));
        for carried in resource.cloned().into_iter().chain(above) {
            if let Some(wanted) = resource_policy::Wanted::of(&carried) {
                self.carrier(caller, request, wanted);
            }
        }
    }

    /// What carries one of its policies.
    fn carrier(&mut self, caller: &Caller, request: &Request, wanted: resource_policy::Wanted) {
        if self.resources.has(wanted.carrier()) {
            return;
        }
        match &request.resource_account {
            // of a bucket the owner may only be supposed: S3 knows
            Field::Known(owner) if *owner != caller.account => {
                let why = format!(
                    "the resource belongs to account {owner}, the credentials to account {}: its owner can read it",
                    caller.account
                );
                self.not_asked.add(wanted.carrier(), wanted.not_asked(why));
            }
            _ => self.resources.add(wanted.carrier().to_owned(), wanted),
        }
    }

    /// The key behind an alias, and the grants of the key: they are the caller's account's to read.
    fn key(&mut self, caller: &Caller, request: &Request, who: &Principal, nothing: &Selection) {
        let used_alias = request.used_alias();
        // an alias without an account is one of the caller's
        let bare = used_alias.filter(|alias| is_alias_name(alias) && who.account() == Some(caller.account.as_str()));
        let arn = request.resource.value().and_then(|resource| resource.parse::<Arn>().ok());
        let arn = arn.filter(|arn| arn.service() == "kms" && arn.account() == caller.account);
        let named = match (bare, &arn) {
            (Some(alias), _) => alias,
            (None, Some(arn)) => {
                let key = arn.resource().starts_with("key/") && nothing.policies.resource.coverage.gap().is_some();
                if arn.as_str().contains(['*', '?', '$']) || !(used_alias.is_some() || key) {
                    return;
                }
                arn.as_str()
            }
            (None, None) => return,
        };
        if used_alias.is_some() {
            self.aliases.add(named, (named.to_owned(), request.region()));
        }
        // a grant is for a user, a role or one session of it
        let mut grantees = match who.kind() {
            PrincipalKind::User | PrincipalKind::Role | PrincipalKind::AssumedRole | PrincipalKind::FederatedUser => {
                vec![who.as_str().to_owned()]
            }
            _ => return,
        };
        // or for the whole account: <https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html>
        let partition = who.partition().unwrap_or("aws");
        grantees.extend(who.account().map(|account| format!("arn:{partition}:iam::{account}:root")));
        let Some(action) = request.action.value() else { return };
        let sessions: Vec<String> =
            (who.kind() == PrincipalKind::AssumedRole).then(|| entity_arn(request, who)).into_iter().collect();
        let operation = action.name().to_owned();
        let name = [named, &operation, who.as_str(), &sessions.concat()].join(" ");
        self.uses.add(name, resource_policy::KeyUse { resource: named.to_owned(), grantees, sessions, operation });
    }

    /// The policy of the VPC endpoint, where the request names it.
    fn endpoint(&mut self, caller: &Caller, request: &Request, nothing: &Selection) {
        if nothing.policies.vpc_endpoint.coverage.gap().is_none() {
            return;
        }
        if let Some(vpc) = request.source_vpc() {
            // the ARN of an object names no Region: then it is looked for in the one that is set
            if let Some(region) = request.region().or_else(|| self.region.clone()) {
                if let Some(service) = request.endpoint_service(&region) {
                    let name = [vpc, &service, &region].join(" ");
                    self.vpcs.add(name, (vpc.to_owned(), service, region));
                }
            } else {
                let said = "the Region of the VPC is not known: add --context aws:RequestedRegion=REGION";
                let failure = Failure::own(&DESCRIBE_ENDPOINTS, FailureKind::NotAsked, said);
                self.not_asked.add(vpc, failure.gap(vpc, Some(PolicyType::VpcEndpoint)));
            }
        }
        let ContextValue::Present { values, .. } = request.context.get("aws:SourceVpce") else {
            return;
        };
        let region = request.region();
        // that of a shared VPC may be its owner's, who alone can read it
        // <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>
        if let Some(owner) = request.endpoint_account().filter(|owner| *owner != caller.account) {
            for id in values {
                let said = format!(
                    "the endpoint belongs to account {owner}, the credentials to account {}: its owner can read it",
                    caller.account
                );
                let failure = Failure::own(&DESCRIBE_ENDPOINTS, FailureKind::NotAsked, said);
                self.not_asked.add(id.clone(), failure.gap(id, Some(PolicyType::VpcEndpoint)));
            }
            return;
        }
        for id in values {
            self.endpoints.add(id.clone(), (id.clone(), region.clone()));
        }
    }
}

/// The user, or the role behind a session; a session's ARN does not tell the role's path.
fn entity_arn(request: &Request, who: &Principal) -> String {
    match who.kind() {
        PrincipalKind::AssumedRole => match &request.role {
            Some(role) => Arn::as_str(role).to_owned(),
            None => format!(
                "arn:{}:iam::{}:role/{}",
                who.partition().unwrap_or("aws"),
                who.account().unwrap_or_default(),
                who.name().unwrap_or_default()
            ),
        },
        _ => who.as_str().to_owned(),
    }
}
