//! Which denials count.

use std::collections::BTreeSet;

use super::Error;
use crate::denial::{self, Denial};
use crate::iam::{ActionPattern, Principal, PrincipalKind, is_account_id};
use crate::triage::{Chosen, Denied};

/// Which denials count.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Filter {
    pub(super) since: Option<i64>,
    pub(super) until: Option<i64>,
    pub(super) accounts: Vec<String>,
    pub(super) principals: Vec<String>,
    pub(super) actions: Vec<String>,
}

impl Filter {
    /// Whether it can take any denial.
    ///
    /// # Errors
    /// When it cannot.
    pub(super) fn check(&self) -> Result<(), Error> {
        if let Some(account) = self.accounts.iter().find(|account| !is_account_id(account)) {
            return Err(Error::Usage(format!("--account `{account}` is no account id: these have 12 digits")));
        }
        let is_open = |action: &String| action.contains([':', '*', '?']);
        if let Some(action) = self.actions.iter().find(|action| !is_open(action)) {
            return Err(Error::Usage(format!(
                "--action `{action}` has no service: give both, as in a policy (s3:GetObject, s3:*)"
            )));
        }
        if self.since.zip(self.until).is_some_and(|(since, until)| since >= until) {
            return Err(Error::Usage("--until is not later than --since: no denial is in that time".to_owned()));
        }
        Ok(())
    }

    /// The same for an answer.
    pub(super) fn chosen(&self) -> Chosen {
        let Self { since, until, accounts, principals, actions } = self;
        // in whatever order they were given, it is the same filter
        let in_order = |all: &Vec<String>| all.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect();
        let (accounts, principals, actions) = (in_order(accounts), in_order(principals), in_order(actions));
        Chosen { since: *since, until: *until, accounts, principals, actions }
    }

    pub(super) fn takes(&self, denied: &Denied, actions: &[ActionPattern]) -> bool {
        let Denied { denial, at, .. } = denied;
        // what has no time is in no period
        let early = self.since.is_some_and(|since| at.is_none_or(|at| at < since));
        let late = self.until.is_some_and(|until| at.is_none_or(|at| at >= until));
        let accounts = [denial::account_of(denial), denial::endpoint_account(denial)];
        let of_account =
            self.accounts.is_empty() || self.accounts.iter().any(|wanted| accounts.contains(&Some(wanted)));
        let of_principal = self.principals.is_empty() || by_one_of(denial, &self.principals);
        !early && !late && of_account && of_principal && (actions.is_empty() || is_of(denial, actions))
    }
}

fn is_of(denial: &Denial, actions: &[ActionPattern]) -> bool {
    let mut asked = denial.action.iter().chain(&denial.candidates);
    asked.any(|action| actions.iter().any(|pattern| pattern.matches(action)))
}

/// Whether one of these stands in the ARN of the caller, in that of its role, or in the name under which its denials are counted; a role
/// is meant with its sessions.
fn by_one_of(denial: &Denial, wanted: &[String]) -> bool {
    let name = denial.principal.as_ref().map(|principal| principal.as_str().to_lowercase()).unwrap_or_default();
    let label = denial::who(denial).unwrap_or_default().to_lowercase();
    let role = denial.role.as_ref().map(|role| role.as_str().to_lowercase()).unwrap_or_default();
    wanted.iter().any(|wanted| {
        let role_named = Some(Principal::new(wanted)).filter(|wanted| wanted.kind() == PrincipalKind::Role);
        let wanted = wanted.to_lowercase();
        [&name, &label, &role].into_iter().any(|name| name.contains(&wanted))
            || role_named.is_some_and(|role| label == denial::name_of(&role).to_lowercase())
    })
}
