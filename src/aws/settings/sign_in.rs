//! Whether somebody has signed in to IAM Identity Center, as the AWS CLI's own files tell.

#![expect(clippy::disallowed_methods, reason = "this reads the files of the AWS CLI")]

use std::path::PathBuf;

use jiff::Timestamp;

/// What became of a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SignIn {
    /// Nobody has signed in.
    Absent,
    /// The sign-in is over.
    Expired,
    /// It is good.
    Valid,
}

/// What the AWS CLI keeps of a sign-in.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    start_url: String,
    expires_at: String,
}

/// What became of the sign-in at an address.
pub(super) fn state(address: &str) -> SignIn {
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE")).map(PathBuf::from);
    let Some(files) = home.and_then(|home| std::fs::read_dir(home.join(".aws/sso/cache")).ok()) else {
        return SignIn::Absent;
    };
    let mut state = SignIn::Absent;
    for file in files.flatten() {
        let kept = std::fs::read(file.path()).ok().and_then(|bytes| serde_json::from_slice::<Kept>(&bytes).ok());
        // the client's registration is kept beside the sign-in, without an address
        let Some(kept) = kept.filter(|kept| kept.start_url.trim_end_matches('/') == address.trim_end_matches('/'))
        else {
            continue;
        };
        if kept.expires_at.parse::<Timestamp>().is_ok_and(|end| end > Timestamp::now()) {
            return SignIn::Valid;
        }
        state = SignIn::Expired;
    }
    state
}
