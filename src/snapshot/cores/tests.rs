//! Long lists read on all cores, against one reading from the beginning to the end.

use proptest::prelude::*;

use super::super::read::one_after_the_other;
use super::*;

/// Where what was read stands, beside what it is: documents are found by where they stand.
fn places(pages: &[SnapshotFile<'_>]) -> Vec<usize> {
    let of = |details: &Details<'_>| {
        let roles = details.role_detail_list.iter().flatten().flat_map(|role| {
            let inline = role.role_policy_list.iter().filter_map(|policy| policy.policy_document.as_deref());
            let trust = role.assume_role_policy_document.as_deref().into_iter();
            let other = role.other.0.iter().map(|(_, value)| &**value);
            inline.chain(trust).chain(other).map(|raw| raw.get().as_ptr() as usize).collect::<Vec<_>>()
        });
        let policies = details.policies.iter().flatten().flat_map(|policy| &policy.policy_version_list);
        let versions = policies.filter_map(|version| version.document.as_deref());
        roles.chain(versions.map(|raw| raw.get().as_ptr() as usize)).collect::<Vec<_>>()
    };
    pages
        .iter()
        .flat_map(|page| {
            let accounts = page.accounts.iter().flat_map(|account| of(&account.details));
            let other = page.other.0.iter().map(|(_, value)| value.get().as_ptr() as usize);
            of(&page.details).into_iter().chain(accounts).chain(other).collect::<Vec<_>>()
        })
        .collect()
}

/// Whether both are the same, or only one of them answers: what is not as expected may be left to it.
fn same(text: &str, part: usize) -> bool {
    let Some(pages) = pages_by(text, part) else { return false };
    let expected = one_after_the_other(text).unwrap_or_else(|error| panic!("read on all cores only: {error}\n{text}"));
    assert_eq!(format!("{pages:?}"), format!("{expected:?}"), "{part}\n{text}");
    assert_eq!(places(&pages), places(&expected), "{part}\n{text}");
    true
}

fn role(number: usize, inside: &str) -> String {
    format!(
        r#"{{"Path": "/", "RoleName": "r{number}", "Arn": "arn:aws:iam::111122223333:role/r{number}", "AssumeRolePolicyDocument": {inside}}}"#
    )
}

#[test]
fn a_list_is_read_alike_wherever_it_is_cut() {
    // what looks like the beginning of a role stands in a document and in a string, too
    let inside = [
        r#"{"Statement": []}"#.to_owned(),
        format!("[{}, {}]", role(7, "{}"), role(8, "{}")).replace('[', r#"{"a": ["#).replace(']', "]}"),
        serde_json::to_string(&format!("[{}, {}]", role(7, "{}"), role(8, "{}"))).unwrap(),
        r#""}, {""#.to_owned(),
        "null".to_owned(),
    ];
    for between in [", ", ",", ",\n    ", ",\r\n"] {
        let roles: Vec<String> = (0..40).map(|number| role(number, &inside[number * 7 % 5])).collect();
        let list = roles.join(between);
        for text in [
            format!(r#"{{"RoleDetailList": [{list}], "UserDetailList": []}}"#),
            format!(
                r#"{{"UserDetailList": [], "RoleDetailList": [{list}], "Policies": null}} {{"RoleDetailList": [{list}]}}"#
            ),
            format!(r#"[{{"RoleDetailList": [{list}]}}, {{"RoleDetailList": [{list}]}}]"#),
            format!(
                r#"{{"iamdx_snapshot": 1, "accounts": [{{"id": "111122223333", "RoleDetailList": [{list}]}}, {{"id": "123456789012", "Policies": [], "new": [{list}]}}], "gaps": []}}"#
            ),
        ] {
            for part in [1, 50, 150, 333, 1_000, 5_000, 1_000_000] {
                assert!(same(&text, part), "{part}\n{text}");
            }
        }
    }
}

#[test]
fn deeply_nested_units_are_left_to_one_thread() {
    let unit = |depth: usize| {
        let open = r#"{"id": "ou-1", "organizational_units": ["#.repeat(depth);
        format!(r#"{{"organization": {{"id": "o-1", "root": {open}{}}}}}"#, "]}".repeat(depth))
    };
    assert!(same(&unit(10), 100));
    for depth in 35..90 {
        let is_read = one_after_the_other(&unit(depth)).is_ok();
        assert_eq!(same(&unit(depth), 100), is_read && depth < 41, "{depth}");
    }
}

/// A value that may stand anywhere in a snapshot.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("{}".to_owned()),
        Just("null".to_owned()),
        Just("[]".to_owned()),
        Just("1".to_owned()),
        Just(r#"{"a": {"b": [1, {"c": "}]"}]}}"#.to_owned()),
        Just(r#""\"}, {\"Path\": \"/\", \"RoleName\": \"x\"""#.to_owned()),
        Just(r#""}, {""#.to_owned()),
        Just(r#""\\\\\\\"\u00e9ü""#.to_owned()),
        Just(role(9, "{}")),
        Just(format!("{{\"x\": [{}, {}]}}", role(1, "{}"), role(2, "null"))),
    ]
}

/// An object of a list.
fn item() -> impl Strategy<Value = String> {
    let key = prop_oneof![
        4 => Just("Path"), 4 => Just("RoleName"), 2 => Just("Arn"), 1 => Just("Tags"), 1 => Just("PolicyVersionList"),
        2 => Just("AssumeRolePolicyDocument"), 1 => Just("RoleLastUsed"), 1 => Just("N\\u0065w"),
    ];
    prop_oneof![
        6 => (0_usize..50, value()).prop_map(|(number, inside)| role(number, &inside)),
        1 => proptest::collection::vec((key, value()), 0..5).prop_map(|fields| {
            let fields = fields.iter().map(|(key, value)| format!("\"{key}\": {value}")).collect::<Vec<_>>().join(", ");
            format!("{{\"Arn\": \"arn:aws:iam::111122223333:role/x\", {fields}}}")
        }),
        1 => value(),
    ]
}

fn page() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        6 => Just("RoleDetailList"), 2 => Just("UserDetailList"), 2 => Just("Policies"), 1 => Just("GroupDetailList"),
        1 => Just("New"), 1 => Just("gaps"), 1 => Just("simulations"),
    ];
    let blank = prop_oneof![Just(""), Just(" "), Just("\n    "), Just("\r\n")];
    let list = (name, proptest::collection::vec(item(), 0..12), blank).prop_map(|(name, items, blank)| {
        format!("\"{name}\":{blank}[{blank}{}{blank}]", items.join(&format!(",{blank}")))
    });
    proptest::collection::vec(list, 0..4).prop_map(|lists| format!("{{{}}}", lists.join(",")))
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => page(),
        1 => proptest::collection::vec(page(), 0..3).prop_map(|pages| format!("[{}]", pages.join(", "))),
        1 => proptest::collection::vec(page(), 0..3).prop_map(|pages| pages.join("\n")),
        1 => proptest::collection::vec(page(), 0..3).prop_map(|pages| {
            let accounts: Vec<String> = pages.iter().map(|page| page.replacen('{', r#"{"id": "111122223333","#, 1)).collect();
            format!(r#"{{"iamdx_snapshot": 1, "accounts": [{}]}}"#, accounts.join(",")).replace(",}", "}")
        }),
    ]
}

/// What is done to a text.
#[derive(Debug, Clone)]
enum Damage {
    None,
    Cut(usize),
    Mark,
    CrLf,
    Swap(usize, char),
    Drop(usize),
    Twice(usize, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let odd = prop_oneof![
        Just('{'),
        Just('}'),
        Just('['),
        Just(']'),
        Just('"'),
        Just('\\'),
        Just(','),
        Just(':'),
        Just('ü'),
        Just(' '),
        Just('\u{1}'),
    ];
    prop_oneof![
        4 => Just(Damage::None),
        1 => any::<usize>().prop_map(Damage::Cut),
        1 => Just(Damage::Mark),
        1 => Just(Damage::CrLf),
        3 => (any::<usize>(), odd).prop_map(|(at, odd)| Damage::Swap(at, odd)),
        1 => any::<usize>().prop_map(Damage::Drop),
        1 => (any::<usize>(), any::<usize>()).prop_map(|(at, length)| Damage::Twice(at, length)),
    ]
}

fn damaged(text: &str, damage: &Damage) -> String {
    let all: Vec<char> = text.chars().collect();
    let place = |at: usize| at % all.len().max(1);
    let joined = |parts: &[&[char]]| parts.concat().into_iter().collect::<String>();
    let at = match damage {
        Damage::Cut(at) | Damage::Swap(at, _) | Damage::Drop(at) | Damage::Twice(at, _) => *at,
        _ => 0,
    };
    let (before, from) = all.split_at(place(at));
    match damage {
        Damage::None => text.to_owned(),
        Damage::Cut(_) => joined(&[before]),
        Damage::Mark => format!("\u{FEFF}{text}"),
        Damage::CrLf => text.replace('\n', "\r\n").replace(", ", ",\r\n"),
        Damage::Swap(_, odd) => joined(&[before, &[*odd], from.get(1..).unwrap_or_default()]),
        Damage::Drop(_) => joined(&[before, from.get(1..).unwrap_or_default()]),
        Damage::Twice(_, length) => {
            let again = &from[..length % 200 % (from.len() + 1)];
            joined(&[before, again, from])
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    /// Whatever is answered here is what one reading answers, and what that refuses is never answered here; what is refused here, the
    /// same reading answers as before.
    #[test]
    fn pages_read_on_all_cores_are_those_that_one_thread_reads(text in text(), damage in damage(), part in 1_usize..600) {
        let text = damaged(&text, &damage);
        let is_read = same(&text, part);
        // nothing that is read is left to one thread without need
        prop_assert_eq!(is_read, one_after_the_other(&text).is_ok(), "{}", text);
    }
}
