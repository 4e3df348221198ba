//! The condition keys of which different values are counted: from where and how a caller was denied.

use super::facts::Denial;

/// The address of the caller.
pub(super) const SOURCE_IP: &str = "aws:SourceIp";

/// The VPC endpoint through which the request came.
pub(super) const SOURCE_VPCE: &str = "aws:SourceVpce";

/// What the caller says of its program.
pub(super) const USER_AGENT: &str = "aws:UserAgent";

/// All of them, in the order in which they are counted.
pub(super) const TOLD: [&str; 3] = [SOURCE_IP, SOURCE_VPCE, USER_AGENT];

/// The values that a denial has, by the places of their keys.
pub(crate) fn told(denial: &Denial) -> impl Iterator<Item = (usize, &str)> {
    let place = |key: &str| TOLD.iter().position(|told| told.eq_ignore_ascii_case(key));
    let facts = denial.context.iter().filter_map(move |fact| Some((place(&fact.key)?, fact)));
    facts.flat_map(|(place, fact)| fact.values.iter().map(move |value| (place, value.as_str())))
}
