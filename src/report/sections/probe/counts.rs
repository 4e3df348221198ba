//! How many cells have each verdict.

use schemars::JsonSchema;
use serde::Serialize;

use crate::probe::{Cell, Verdict};

macro_rules! counts {
    ($($(#[$doc:meta])* $field:ident $verdict:ident;)*) => {
        /// How many cells have each verdict. Made from the cells, so that they add up.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        pub struct Counts {
            /// All cells.
            pub planned: usize,
            $($(#[$doc])* pub $field: usize,)*
        }

        impl Counts {
            /// Counts the cells.
            #[must_use]
            pub fn of(cells: &[Cell]) -> Self {
                let mut counts = Self { planned: cells.len(), ..Self::default() };
                for cell in cells {
                    match cell.judgement.verdict {
                        $(Verdict::$verdict => counts.$field += 1,)*
                    }
                }
                counts
            }

            /// How many cells have the verdict.
            #[must_use]
            pub const fn get(&self, verdict: Verdict) -> usize {
                match verdict {
                    $(Verdict::$verdict => self.$field,)*
                }
            }
        }
    };
}

counts! {
    /// An answer.
    ok Ok;
    /// A Deny statement matched.
    denied_explicit DeniedExplicit;
    /// No policy allows it.
    denied_implicit DeniedImplicit;
    /// Denied, without saying how.
    denied Denied;
    /// The credentials are not accepted.
    auth_failed AuthFailed;
    /// The account has no access to the model.
    entitlement Entitlement;
    /// The model has ended.
    lifecycle Lifecycle;
    /// The id cannot be called there.
    routing Routing;
    /// The request is not valid.
    request_invalid RequestInvalid;
    /// A rate or quota is used up.
    throttled Throttled;
    /// The model or service could not answer.
    capacity Capacity;
    /// The stream broke off.
    stream_truncated StreamTruncated;
    /// The stream ended with an error.
    stream_error StreamError;
    /// No answer.
    network Network;
    /// Not called.
    not_run NotRun;
    /// The answer is not recognised.
    unknown Unknown;
}
