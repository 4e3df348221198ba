//! Two snapshots, principal by principal and resource by resource: whatever is written alike in both is not read at all.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::unseen::{self, Unseen, seen};
use crate::difference::{CannotTell, Difference, as_policies, difference, documents};
use crate::iam::{
    Action, Arn, Document, Field, Layer, NotTold, Policy, PolicySet, Principal, Request, Statement, Template,
};
use crate::reference::Reference;
use crate::report::Compared;
use crate::snapshot::{PrincipalFound, Selection, Snapshot, select};
use crate::text::Position;

/// Compares two snapshots principal by principal, with the trust policies of roles, and then the policies of resources; what does not
/// differ is left out.
pub(super) fn compare(old: &Snapshot, new: &Snapshot, reference: &Reference) -> Vec<Compared> {
    let unchanged = old.unchanged(new);
    let known = [old, new].map(|snapshot| snapshot.principals().collect::<BTreeSet<&Arn>>());
    let tags = TagReaders { snapshots: [old, new], of_resources: OnceLock::new() };
    let principals: Vec<&Arn> = known.iter().flatten().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let of_principal = |arn: &&Arn| {
        let is_known = known.each_ref().map(|known| known.contains(*arn));
        principal([old, new], is_known, arn, &tags, reference)
    };
    let principals = principals.into_par_iter().filter(|arn| !unchanged.principal(arn));
    let mut compared: Vec<Compared> = principals.map(|arn| of_principal(&arn)).collect::<Vec<_>>().concat();
    let resources: BTreeSet<&str> = old.resources().chain(new.resources()).collect();
    let resources: Vec<&str> = resources.into_iter().filter(|arn| !unchanged.resource(arn)).collect();
    let of_resource = |arn: &str| {
        let (found, before, after) = of_two([old, new].map(|snapshot| of_resource(snapshot, arn)), reference);
        told(format!("{arn}, what its policy allows"), found, as_policies(&before, &after))
    };
    compared.par_extend(resources.into_par_iter().filter_map(of_resource));
    compared
}

/// What changed for a user or a role.
fn principal(
    snapshots: [&Snapshot; 2],
    is_known: [bool; 2],
    arn: &Arn,
    tags: &TagReaders<'_>,
    reference: &Reference,
) -> Vec<Compared> {
    let request = request(arn);
    let [before, after] = [0, 1].map(|side: usize| {
        let (snapshot, known) = (snapshots.get(side)?, *is_known.get(side)?);
        known.then(|| select(snapshot, &request))
    });
    let mut found_tags = Vec::new();
    let [before, after] = match (before, after) {
        (Some(before), Some(after)) => {
            found_tags = tags.changed(&before, &after);
            [before.policies, after.policies]
        }
        // who is not there can do nothing
        (Some(before), None) => [before.policies.clone(), nobody(&before.policies)],
        (None, Some(after)) => [nobody(&after.policies), after.policies],
        (None, None) => return Vec::new(),
    };
    let [(before, of_old), (after, of_new)] = [before, after].map(seen);
    let mut found = Unseen::of_both(&of_old, &of_new).without_guesses(difference(&before, &after, &request, reference));
    found.cannot_tell.extend(found_tags);
    let policies = [before, after].map(|policies| policies.policies().map(Arc::clone).collect());
    let mut compared: Vec<Compared> = told(arn.to_string(), found, policies).into_iter().collect();
    if arn.resource().starts_with("role/") {
        let (found, before, after) = of_two(snapshots.map(|snapshot| trust(snapshot, arn)), reference);
        compared.extend(told(format!("{arn}, who may assume it"), found, as_policies(&before, &after)));
    }
    compared
}

/// Which statements read the tags of who asks.
struct TagReaders<'s> {
    snapshots: [&'s Snapshot; 2],
    /// Of the policies of all resources, trust policies too, where each is read; found when the first tag has changed.
    of_resources: OnceLock<BTreeSet<Reader>>,
}

impl TagReaders<'_> {
    /// The tags of a principal that changed, and that some policy reads: what it may do depends on more than its policies.
    fn changed(&self, before: &Selection, after: &Selection) -> Vec<CannotTell> {
        let tags = |selection: &Selection| match &selection.principal {
            PrincipalFound::Found(facts) => {
                facts.tags.iter().map(|(key, value)| (key.to_lowercase(), (key.clone(), value.clone()))).collect()
            }
            _ => BTreeMap::new(),
        };
        let [old, new]: [BTreeMap<String, (String, String)>; 2] = [tags(before), tags(after)];
        let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        let value = |tags: &BTreeMap<String, (String, String)>, key: &String| tags.get(key).map(|tag| tag.1.clone());
        let changed = keys.into_iter().filter(|key| value(&old, key) != value(&new, key));
        changed
            .filter_map(|key| {
                let mut read_by: BTreeSet<(String, Position)> = BTreeSet::new();
                for policy in before.policies.policies().chain(after.policies.policies()) {
                    read_by.extend(readers(&policy.document).filter(|(read, _)| read == key).map(|(_, place)| place));
                }
                let shared = self.of_resources.get_or_init(|| self.read());
                read_by.extend(shared.iter().filter(|(read, _)| read == key).map(|(_, place)| place.clone()));
                (!read_by.is_empty()).then(|| CannotTell::Tag {
                    key: old.get(key).or_else(|| new.get(key)).map_or_else(|| key.clone(), |tag| tag.0.clone()),
                    before: value(&old, key),
                    after: value(&new, key),
                    read_by: read_by.into_iter().collect(),
                })
            })
            .collect()
    }

    fn read(&self) -> BTreeSet<Reader> {
        let of = |snapshot: &&Snapshot| {
            let resources = snapshot.resources().flat_map(|arn| of_resource(snapshot, arn).0);
            let roles = snapshot.principals().filter(|arn| arn.resource().starts_with("role/"));
            let trusts = roles.flat_map(|arn| trust(snapshot, arn).0);
            resources.chain(trusts).flat_map(|document| readers(&document).collect::<Vec<_>>()).collect::<Vec<_>>()
        };
        self.snapshots.iter().flat_map(of).collect()
    }
}

/// The key of a tag, in lower case, and a statement that reads it.
type Reader = (String, (String, Position));

const PRINCIPAL_TAG: &str = "aws:principaltag/";

/// The tags of who asks that a document reads, in lower case, each with the place of the statement.
fn readers(document: &Document) -> impl Iterator<Item = Reader> {
    let keys = |statement: &Statement| -> BTreeSet<String> {
        let texts =
            statement.conditions.iter().flat_map(|condition| &condition.values).map(|value| value.value.as_str());
        let entries = statement.resource.iter().flat_map(|element| &element.entries).map(|entry| entry.value.as_str());
        let variables = texts.chain(entries).flat_map(|text| {
            Template::new(text, document.language, true).keys().map(str::to_ascii_lowercase).collect::<Vec<_>>()
        });
        let conditions = statement.conditions.iter().map(|condition| condition.folded_key.clone());
        conditions.chain(variables).filter_map(|key| key.strip_prefix(PRINCIPAL_TAG).map(str::to_owned)).collect()
    };
    document.statements.iter().flat_map(move |statement| {
        let place = (document.source.name().to_owned(), document.position(statement.span));
        keys(statement).into_iter().map(move |key| (key, place.clone()))
    })
}

/// What two versions of a resource's policy allow. A file that does not have the policy does not say that there is none.
fn of_two(
    [(before, of_old), (after, of_new)]: [Owned; 2],
    reference: &Reference,
) -> (Difference, Vec<Arc<Document>>, Vec<Arc<Document>>) {
    let unseen = Unseen::of_both(&of_old, &of_new);
    let all_seen = of_old.is_empty() && of_new.is_empty();
    let found = if all_seen { documents(&before, &after, reference) } else { Difference::default() };
    (unseen.without_guesses(found), before, after)
}

fn told(what: String, difference: Difference, policies: [Vec<Arc<Policy>>; 2]) -> Option<Compared> {
    let [before, after] = policies;
    let differs = !difference.is_empty() || !difference.cannot_tell.is_empty();
    differs.then_some(Compared { what: Some(what), difference, before, after, not_read: None })
}

/// A request by the user, or by a session of the role.
fn request(arn: &Arn) -> Request {
    let role = arn.resource().strip_prefix("role/").map(|_| arn.clone());
    let principal = match arn.resource().strip_prefix("role/").and_then(|path| path.rsplit('/').next()) {
        Some(name) => format!("arn:{}:sts::{}:assumed-role/{name}/session", arn.partition(), arn.account()),
        None => arn.to_string(),
    };
    let principal = Field::Known(Principal::new(&principal));
    Request { principal, role, ..Request::missing(NotTold::Every) }.with_resource_account(arn.account())
}

/// The same account without the principal's own policies.
fn nobody(policies: &PolicySet) -> PolicySet {
    PolicySet { identity: Layer::empty(), boundary: Layer::empty(), ..policies.clone() }
}

/// The policies of a resource, and which of them were not seen.
type Owned = (Vec<Arc<Document>>, Vec<unseen::Part>);

/// The trust policy of a role.
fn trust(snapshot: &Snapshot, role: &Arn) -> Owned {
    let assume: Result<Action, _> = "sts:AssumeRole".parse();
    let request = Request {
        action: assume.map_or_else(|_| Field::Missing(NotTold::NotNamed), Field::Known),
        resource: Field::Known(role.to_string()),
        ..request(role)
    };
    owned(snapshot, &request)
}

/// The policy of a resource.
fn of_resource(snapshot: &Snapshot, arn: &str) -> Owned {
    owned(snapshot, &Request { resource: Field::Known(arn.to_owned()), ..Request::missing(NotTold::Every) })
}

fn owned(snapshot: &Snapshot, request: &Request) -> Owned {
    let layer = select(snapshot, request).policies.resource;
    let unseen = unseen::Part::of(&layer.coverage, true);
    (layer.policies.iter().map(|policy| Arc::clone(&policy.document)).collect(), unseen.into_iter().collect())
}
