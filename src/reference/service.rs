//! One service of the reference: its actions, resource types and condition keys.

use std::sync::OnceLock;

use crate::iam::Action;

/// What is known of one service.
#[derive(Debug, Clone, Default)]
pub struct Service {
    prefix: String,
    keys: Vec<ConditionKey>,
    types: Vec<ResourceType>,
    /// Sorted by their folded names.
    actions: Vec<Entry>,
    /// The numbers of those that change who may do what, found when they are first asked for.
    managing: OnceLock<Vec<usize>>,
}

/// An action as the file has it.
#[derive(Debug, Clone)]
struct Entry {
    name: String,
    folded: String,
    levels: Vec<AccessLevel>,
    /// Resource types and whether they are required.
    types: Vec<(usize, bool)>,
    keys: Vec<usize>,
    dependents: Vec<String>,
    /// Made when it is first asked for: most never are.
    action: OnceLock<Option<Action>>,
}

/// A condition key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionKey {
    /// As AWS writes it; a part in `${...}` or `<...>` stands for any text.
    pub name: String,
    /// What its values are.
    pub key_type: KeyType,
    /// Whether a request may carry several values.
    pub multivalued: bool,
}

/// What the values of a condition key are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum KeyType {
    /// Text.
    String,
    /// An ARN.
    Arn,
    /// `true` or `false`.
    Bool,
    /// A number.
    Numeric,
    /// A date.
    Date,
    /// An address.
    IpAddress,
}

/// A type of resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceType {
    name: String,
    arns: Vec<String>,
    keys: Vec<usize>,
}

/// How AWS classes an action.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessLevel {
    /// It lists resources.
    List,
    /// It reads, and lists nothing.
    Read,
    /// It creates, changes or deletes.
    Write,
    /// It changes who may do what.
    PermissionsManagement,
    /// It changes tags only.
    Tagging,
}

/// How the names of actions begin that make or change something.
const SETTERS: [&str; 7] = ["Add", "Associate", "Create", "Grant", "Put", "Set", "Update"];
/// How the names of permissions end.
const PERMISSIONS: [&str; 4] = ["Permission", "Permissions", "PermissionStatement", "AccessPolicy"];

/// One action of a service.
#[derive(Debug, Clone, Copy)]
pub struct ActionFacts<'r> {
    service: &'r Service,
    entry: &'r Entry,
}

impl ResourceType {
    /// What the service calls it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its ARNs; parts in `${...}` stand for any text.
    #[must_use]
    pub fn arns(&self) -> &[String] {
        &self.arns
    }
}

impl ConditionKey {
    /// Whether a name in a policy means this key. AWS writes the part that people choose as `${TagKey}` or `<key>`, always at the end.
    fn is(&self, key: &str) -> bool {
        match self.name.find(['$', '<']) {
            Some(start) if self.name.ends_with(['}', '>']) => {
                key.len() > start
                    && key
                        .get(..start)
                        .zip(self.name.get(..start))
                        .is_some_and(|(own, listed)| own.eq_ignore_ascii_case(listed))
            }
            _ => self.name.eq_ignore_ascii_case(key),
        }
    }
}

impl Service {
    /// The prefix of its actions, in lower case.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Its condition keys.
    #[must_use]
    pub fn condition_keys(&self) -> &[ConditionKey] {
        &self.keys
    }

    /// Its resource types.
    #[must_use]
    pub fn resource_types(&self) -> &[ResourceType] {
        &self.types
    }

    /// Its actions, in order.
    pub fn actions(&self) -> impl Iterator<Item = ActionFacts<'_>> {
        self.actions.iter().map(|entry| ActionFacts { service: self, entry })
    }

    /// Those of them that manage or set permissions, in order.
    pub(super) fn managing(&self) -> impl Iterator<Item = ActionFacts<'_>> {
        let is_one = |facts: &ActionFacts<'_>| facts.manages_permissions() || facts.sets_permissions();
        let found =
            || self.actions().enumerate().filter(|(_, facts)| is_one(facts)).map(|(number, _)| number).collect();
        let entries = self.managing.get_or_init(found).iter().filter_map(|number| self.actions.get(*number));
        entries.map(|entry| ActionFacts { service: self, entry })
    }

    /// The action of this name, which is given in lower case.
    #[must_use]
    pub fn action(&self, folded: &str) -> Option<ActionFacts<'_>> {
        let at = self.actions.binary_search_by(|entry| entry.folded.as_str().cmp(folded)).ok()?;
        self.actions.get(at).map(|entry| ActionFacts { service: self, entry })
    }

    /// Reads the lines of a service; gives the number of the line, from 1, that cannot be read.
    pub(super) fn read(prefix: &str, lines: &str) -> Result<Self, usize> {
        let mut service = Self { prefix: prefix.to_owned(), ..Self::default() };
        for (number, line) in lines.lines().enumerate() {
            service.read_line(line).ok_or(number + 1)?;
        }
        service.actions.sort_by(|a, b| a.folded.cmp(&b.folded));
        Ok(service)
    }

    fn read_line(&mut self, line: &str) -> Option<()> {
        let mut words = line.split(' ');
        match words.next()? {
            "k" => {
                let kind = words.next()?;
                let key_type = match kind.to_ascii_lowercase().as_str() {
                    "s" => KeyType::String,
                    "a" => KeyType::Arn,
                    "b" => KeyType::Bool,
                    "n" => KeyType::Numeric,
                    "d" => KeyType::Date,
                    "i" => KeyType::IpAddress,
                    _ => return None,
                };
                let multivalued = kind.bytes().all(|byte| byte.is_ascii_uppercase());
                self.keys.push(ConditionKey { name: words.next()?.to_owned(), key_type, multivalued });
            }
            "r" => self.types.push(ResourceType {
                arns: words.next()?.split('|').map(str::to_owned).collect(),
                keys: numbers(words.next()?, self.keys.len())?,
                name: words.collect::<Vec<_>>().join(" "),
            }),
            "a" => {
                let name = words.next()?.to_owned();
                let levels = words.next()?.chars().map(level).collect::<Option<_>>()?;
                let types = list(words.next()?).map(|word| {
                    let number = word.strip_suffix('!');
                    let index = number.unwrap_or(word).parse().ok().filter(|index| *index < self.types.len())?;
                    Some((index, number.is_some()))
                });
                let types = types.collect::<Option<_>>()?;
                let keys = numbers(words.next()?, self.keys.len())?;
                let dependents = list(words.next()?).map(str::to_owned).collect();
                self.actions.push(Entry {
                    folded: name.to_ascii_lowercase(),
                    name,
                    levels,
                    types,
                    keys,
                    dependents,
                    action: OnceLock::new(),
                });
            }
            _ => return None,
        }
        Some(())
    }
}

fn numbers(text: &str, below: usize) -> Option<Vec<usize>> {
    list(text).map(|word| word.parse().ok().filter(|number| *number < below)).collect()
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').filter(move |_| text != "-")
}

const fn level(letter: char) -> Option<AccessLevel> {
    match letter {
        'l' => Some(AccessLevel::List),
        'r' => Some(AccessLevel::Read),
        'w' => Some(AccessLevel::Write),
        'p' => Some(AccessLevel::PermissionsManagement),
        't' => Some(AccessLevel::Tagging),
        _ => None,
    }
}

impl<'r> ActionFacts<'r> {
    /// The name behind the colon, as AWS writes it.
    #[must_use]
    pub fn name(&self) -> &'r str {
        &self.entry.name
    }

    /// The name in lower case.
    #[must_use]
    pub fn folded_name(&self) -> &'r str {
        &self.entry.folded
    }

    /// The service of the action.
    #[must_use]
    pub const fn service(&self) -> &'r Service {
        self.service
    }

    /// `service:Name`.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{}:{}", self.service.prefix, self.entry.name)
    }

    /// The action itself.
    #[must_use]
    pub fn action(&self) -> Option<&'r Action> {
        self.entry.action.get_or_init(|| self.full_name().parse().ok()).as_ref()
    }

    /// How AWS classes it; some actions stand in two classes.
    #[must_use]
    pub fn access_levels(&self) -> &'r [AccessLevel] {
        &self.entry.levels
    }

    /// Its resource types, and whether a request always has one.
    pub fn resource_types(&self) -> impl Iterator<Item = (&'r ResourceType, bool)> {
        let types = &self.service.types;
        self.entry.types.iter().filter_map(move |(index, required)| Some((types.get(*index)?, *required)))
    }

    /// Whether a policy can name the resources of the action. Where not, only `*` in Resource matches.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
    #[must_use]
    pub fn has_resource_level_permissions(&self) -> bool {
        !self.entry.types.is_empty()
    }

    /// The service's condition keys that a request for the action may carry, and those of its resource types. Global keys are
    /// not listed.
    pub fn condition_keys(&self) -> impl Iterator<Item = &'r ConditionKey> {
        let keys = &self.service.keys;
        let of_types = self.resource_types().flat_map(|(resource_type, _)| resource_type.keys.iter().copied());
        let mut indexes: Vec<usize> = self.entry.keys.iter().copied().chain(of_types).collect();
        indexes.sort_unstable();
        indexes.dedup();
        indexes.into_iter().filter_map(move |index| keys.get(index))
    }

    /// Whether the reference lists a condition key for the action, in any case; what people choose in its name counts as any text.
    #[must_use]
    pub fn lists(&self, key: &str) -> bool {
        self.condition_keys().any(|listed| listed.is(key))
    }

    /// Whether the reference lists it for the action itself, not only for a type of resource, of which other actions may have it.
    #[must_use]
    pub fn lists_itself(&self, key: &str) -> bool {
        self.is_one_of(&self.entry.keys, key)
    }

    /// Whether the reference lists it for this type of resource.
    #[must_use]
    pub fn lists_for_type(&self, kind: &ResourceType, key: &str) -> bool {
        self.is_one_of(&kind.keys, key)
    }

    fn is_one_of(&self, indexes: &[usize], key: &str) -> bool {
        indexes.iter().filter_map(|index| self.service.keys.get(*index)).any(|listed| listed.is(key))
    }

    /// Whether AWS classes it as permissions management.
    pub(super) fn manages_permissions(&self) -> bool {
        self.access_levels().contains(&AccessLevel::PermissionsManagement)
    }

    /// Whether the name of an action that changes something says that it sets permissions: some services class such actions as writing.
    pub(super) fn sets_permissions(&self) -> bool {
        let name = self.name();
        self.access_levels().contains(&AccessLevel::Write)
            && SETTERS.iter().any(|verb| name.starts_with(verb))
            && PERMISSIONS.iter().any(|noun| name.ends_with(noun))
    }

    /// Whether the reference lists it for the action and for none of its resource types: then it is about the call, not about what is there.
    #[must_use]
    pub fn lists_for_call(&self, key: &str) -> bool {
        let keys = &self.service.keys;
        let is = |index: &usize| keys.get(*index).is_some_and(|listed| listed.is(key));
        self.entry.keys.iter().any(is) && !self.resource_types().any(|(kind, _)| kind.keys.iter().any(is))
    }

    /// Actions of the same caller that the action also needs.
    #[must_use]
    pub fn dependent_actions(&self) -> &'r [String] {
        &self.entry.dependents
    }
}
