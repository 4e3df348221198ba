//! Any text as a policy document: no panic, spans inside the text on character boundaries, problems with places.
#![no_main]

use iamdx::iam::{Document, PolicyType};
use iamdx::text::{Source, Span};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let source = Source::new("fuzz", text);
    let Ok(document) = Document::parse(source.clone()) else { return };
    let inside = |span: Span| assert!(source.snippet(span).is_some(), "{span:?}");
    for policy_type in PolicyType::ALL {
        for problem in document.problems_as(policy_type) {
            inside(problem.span);
        }
    }
    for (position, statement) in document.statements.iter().enumerate() {
        assert_eq!(statement.index, position);
        inside(statement.span);
        inside(statement.action.span);
        statement.resource.iter().flat_map(|element| &element.entries).for_each(|entry| inside(entry.span));
        statement.principal.iter().flat_map(|element| &element.entries).for_each(|entry| inside(entry.span));
        statement.conditions.iter().for_each(|line| inside(line.values_span));
    }
});
