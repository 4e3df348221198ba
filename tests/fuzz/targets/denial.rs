//! Any bytes give an answer: no panic, spans inside the text, no secret in any field.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let mut denials = iamdx::denial::parse_text(&text);
    for denial in &mut denials {
        iamdx::infer::examine(denial, iamdx::reference::Reference::embedded());
    }
    for denial in &denials {
        assert!(denial.span.start <= denial.span.end && denial.span.end <= text.len(), "{:?}", denial.span);
        assert!(denial.line >= 1 && denial.occurrences >= 1);
    }
    let report = iamdx::report::ExplainReport::new(&denials);
    let json = serde_json::to_string(&report).expect("a report is JSON");
    assert!(!json.contains('\u{1b}'));
    let page = iamdx::report::text(&iamdx::report::CommandReport::page(&denials, Default::default()), Default::default());
    assert!(!page.contains('\u{1b}'));
    let clean = iamdx::iam::secret::redact(&text);
    assert!(clean.len() <= text.len() + 64 * text.len().max(1));
});
