//! The whole account and its organization, for `iamdx snapshot`.

use aws_sdk_iam::operation::get_account_authorization_details::GetAccountAuthorizationDetailsOutput;

use super::clients::Clients;
use super::failure::Failure;
use super::{AwsError, caller, convert, now, operation as op, organization};
use crate::snapshot::{AccountFile, Details, SnapshotFile, VERSION};

/// Pages of an account: quotas leave room for some ten thousand entities, a page holds up to a thousand.
const PAGES: usize = 5_000;

/// Collects the account of the caller, page by page, and its organization.
///
/// # Errors
/// When the account cannot be read: then there is nothing to write.
pub async fn account(clients: &Clients, progress: &(dyn Fn(&str) + Sync)) -> Result<SnapshotFile<'static>, AwsError> {
    let caller = caller(clients).await?;
    progress(&format!("reading account {}", caller.account));
    let reading = details(clients, progress);
    let aliases = clients.call(&op::LIST_ACCOUNT_ALIASES, clients.iam.list_account_aliases().send());
    let (details, aliases, organization) =
        tokio::join!(reading, aliases, organization::tree(clients, &caller.account, progress));
    // half an account would look like a whole one
    let details = details?;
    let mut gaps = organization.gaps;
    let aliases = match aliases {
        Ok(answer) => answer.account_aliases.into_iter().map(Into::into).collect(),
        Err(failure) => {
            gaps.push(failure.gap(&caller.account, None));
            Vec::new()
        }
    };
    let account = AccountFile {
        id: caller.account.into(),
        aliases,
        in_organization: organization.none.then_some(false),
        details,
        ..AccountFile::default()
    };
    Ok(SnapshotFile {
        iamdx_snapshot: Some(VERSION),
        taken_at: Some(now().into()),
        accounts: vec![account],
        organization: organization.organization,
        gaps,
        ..SnapshotFile::default()
    })
}

/// Users, groups, roles and managed policies, page by page.
///
/// # Errors
/// When a page is refused: half an account would look like a whole one.
pub(super) async fn details(clients: &Clients, progress: &(dyn Fn(&str) + Sync)) -> Result<Details<'static>, Failure> {
    let (mut users, mut groups, mut roles, mut policies) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut marker: Option<String> = None;
    for _ in 0..PAGES {
        let ask = clients.iam.get_account_authorization_details().max_items(1000).set_marker(marker.clone());
        let page: GetAccountAuthorizationDetailsOutput = clients.call(&op::ACCOUNT_DETAILS, ask.send()).await?;
        let following = page.marker.clone().filter(|_| page.is_truncated);
        users.extend(page.user_detail_list.unwrap_or_default().into_iter().map(convert::user));
        groups.extend(page.group_detail_list.unwrap_or_default().into_iter().map(convert::group));
        roles.extend(page.role_detail_list.unwrap_or_default().into_iter().map(convert::role));
        policies.extend(page.policies.unwrap_or_default().into_iter().map(convert::managed));
        progress(&format!(
            "{} users, {} groups, {} roles, {} policies",
            users.len(),
            groups.len(),
            roles.len(),
            policies.len()
        ));
        match following {
            None => {
                return Ok(Details {
                    user_detail_list: Some(users),
                    group_detail_list: Some(groups),
                    role_detail_list: Some(roles),
                    policies: Some(policies),
                });
            }
            Some(_) if following == marker => {
                let said = "AWS answers with the same page again and again";
                return Err(Failure::own(&op::ACCOUNT_DETAILS, super::FailureKind::Unreadable, said));
            }
            Some(_) => marker = following,
        }
    }
    let said = format!("there are more than {PAGES} pages");
    Err(Failure::own(&op::ACCOUNT_DETAILS, super::FailureKind::Unreadable, said))
}
