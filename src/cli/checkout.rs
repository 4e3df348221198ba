//! Where the files stand: the repository around the folder of this run.

use std::sync::OnceLock;

use crate::report::Checkout;

/// The repository of the folder, or the folder itself.
pub(crate) fn checkout() -> &'static Checkout {
    static CHECKOUT: OnceLock<Checkout> = OnceLock::new();
    CHECKOUT.get_or_init(|| {
        let here = std::env::current_dir().unwrap_or_default();
        // in a worktree it is a file
        let root = here.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(&here);
        Checkout::new(&root.to_string_lossy(), &here.to_string_lossy())
    })
}
