//! Which denials count.

use crate::denial::{self, Denial};
use crate::iam::{ActionPattern, Principal};
use crate::triage::Denied;

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
    pub(super) fn takes(&self, denied: &Denied, actions: &[ActionPattern]) -> bool {
        let Denied { denial, at, .. } = denied;
        // what has no time is in no period
        let early = self.since.is_some_and(|since| at.is_none_or(|at| at < since));
        let late = self.until.is_some_and(|until| at.is_none_or(|at| at >= until));
        let principal = denial.principal.as_ref();
        let account = principal.and_then(|principal| principal.account());
        let accounts = [account, denial::endpoint_account(denial)];
        let name = principal.map(Principal::as_str).unwrap_or_default();
        let of_account =
            self.accounts.is_empty() || self.accounts.iter().any(|wanted| accounts.contains(&Some(wanted)));
        let of_principal =
            self.principals.is_empty() || self.principals.iter().any(|wanted| name.contains(wanted.as_str()));
        !early && !late && of_account && of_principal && (actions.is_empty() || is_of(denial, actions))
    }
}

fn is_of(denial: &Denial, actions: &[ActionPattern]) -> bool {
    let mut asked = denial.action.iter().chain(&denial.candidates);
    asked.any(|action| actions.iter().any(|pattern| pattern.matches(action)))
}
