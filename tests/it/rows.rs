//! The first screen of every case fits on a terminal of 24 rows and 80 columns; those that do not are named, with the reason.

use std::collections::BTreeMap;
use std::path::Path;

const ROWS: usize = 24;
const COLUMNS: usize = 80;

/// Why a screen is longer, the cases, and how many rows each has at most. One that fits is taken off.
const LONGER: [(&str, &[(&str, usize)]); 8] = [
    (
        "a model behind a profile is several requests, and their ARNs are longer than a line",
        &[
            ("no-matching-allow/profile-with-its-destinations", 25),
            ("no-matching-allow/model-in-a-destination-region", 26),
            ("no-matching-allow/global-profile", 27),
            ("no-matching-allow/profile-under-a-region-lock", 28),
            ("permissions-boundary/call-through-a-profile", 29),
            ("no-matching-allow/model-without-a-region", 34),
            ("scp/region-lock-behind-global-profile", 39),
            ("scp/region-lock-behind-inference-profile", 42),
        ],
    ),
    (
        "two sides must allow: what the side that was not seen needs is a second block to paste",
        &[
            ("no-matching-allow/role-whose-trust-is-not-seen", 25),
            ("resource-policy/layer-without-a-policy", 25),
            ("no-matching-allow/secret-of-another-account-by-its-name", 26),
            ("resource-policy/key-of-another-account", 25),
            ("no-matching-allow/key-policy-not-seen", 27),
            ("no-matching-allow/bucket-of-another-account-not-seen", 28),
            ("resource-policy/secret-whose-policy-is-not-seen", 32),
            ("service-role/managed-rule", 31),
            ("service-role/execution-role", 37),
        ],
    ),
    (
        "a guardrail is changed: what speaks against it stays",
        &[
            ("explicit-deny/one-line", 32),
            ("rcp/outside-the-organization", 31),
            ("explicit-deny/role-in-no-file", 32),
            ("explicit-deny/one-of-two-conditions", 26),
        ],
    ),
    (
        "nothing can be proved: a statement to paste, with what to fill in and how to look",
        &[
            ("not-enough-evidence/only-the-message-of-a-person", 37),
            ("not-enough-evidence/session-policy-of-a-program", 30),
            ("session-policy/nobody-knows-who-passed-it", 25),
            ("not-enough-evidence/assertion-with-session-tags", 25),
            ("trust-policy/job-whose-subject-is-not-known", 30),
            ("not-enough-evidence/key-for-a-service", 36),
            ("not-enough-evidence/key-of-another-account-for-a-service", 46),
            ("not-enough-evidence/key-that-may-not-exist", 29),
            ("not-enough-evidence/layer-of-another-account", 29),
            ("not-enough-evidence/role-of-identity-center-in-another-account", 28),
            ("not-enough-evidence/session-of-a-pod", 32),
            ("not-enough-evidence/topic-whose-policy-is-printed", 28),
        ],
    ),
    (
        "a setting that may refuse: why it is supposed, and why it stays on",
        &[("not-enough-evidence/settings-of-the-account-not-read", 32)],
    ),
    (
        "an incident: its first steps stay",
        &[("quarantine/attached-without-its-document", 25), ("quarantine/somebody-else-undoes-it", 25)],
    ),
    (
        "a fault of the input stands above the answer",
        &[("no-matching-allow/names-that-are-no-actions", 25), ("no-matching-allow/placeholder-never-replaced", 27)],
    ),
    (
        "a condition keeps what is added to this caller",
        &[("vpc-endpoint/only-own-buckets", 25), ("vpc-endpoint/role-at-a-gateway-endpoint", 26)],
    ),
];

/// The rows that the page of each case takes on a terminal.
fn rows() -> BTreeMap<String, usize> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases");
    let mut rows = BTreeMap::new();
    for cause in std::fs::read_dir(root).unwrap() {
        for case in std::fs::read_dir(cause.unwrap().path()).unwrap() {
            let folder = case.unwrap().path();
            let Ok(text) = std::fs::read_to_string(folder.join("text.snap")) else { continue };
            // one that is only the difference from another has no page of its own
            let Some((_, page)) = text.split_once("--- stdout\n") else { continue };
            let page = page.split("--- stderr").next().unwrap_or_default().trim_end();
            let count = page.lines().map(|line| line.chars().count().div_ceil(COLUMNS).max(1)).sum();
            let name = folder.iter().rev().take(2).map(|part| part.to_string_lossy().into_owned()).collect::<Vec<_>>();
            rows.insert(format!("{}/{}", name[1], name[0]), count);
        }
    }
    rows
}

#[test]
fn the_first_screen_fits_on_a_terminal() {
    let rows = rows();
    let longer: BTreeMap<&str, usize> = LONGER.iter().flat_map(|(_, cases)| cases.iter().copied()).collect();
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|(case, rows)| match longer.get(case.as_str()) {
            None if *rows > ROWS => Some(format!("{case}: {rows} rows")),
            Some(most) if rows > most => Some(format!("{case}: {rows} rows, {most} are agreed")),
            Some(_) if *rows <= ROWS => Some(format!("{case}: {rows} rows, take it off the list")),
            _ => None,
        })
        .collect();
    assert_eq!(wrong, [""; 0]);
    let unknown: Vec<&&str> = longer.keys().filter(|case| !rows.contains_key(**case)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}
