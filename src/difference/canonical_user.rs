//! Accounts that a policy names by their canonical id, as S3 lets it: each gets an account number, so that it is compared as one.
//!
//! Both ids mean the same account:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-bucket-user-policy-specifying-principal-intro.html>

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::iam::{Document, Principal, is_open};

/// The numbers that stand for canonical ids.
#[derive(Debug, Default)]
pub(super) struct CanonicalUsers {
    /// The canonical ids by these numbers.
    ids: BTreeMap<String, String>,
}

const KIND: &str = "CanonicalUser";

impl CanonicalUsers {
    /// Those of the documents, and the documents with the numbers in place of the ids.
    pub(super) fn numbered(before: &[Arc<Document>], after: &[Arc<Document>]) -> (Self, [Vec<Arc<Document>>; 2]) {
        let mut users = Self::default();
        let documents = || before.iter().chain(after);
        let mut numbers: BTreeMap<&str, String> = BTreeMap::new();
        // a number that no policy names
        let mut free = (2_u64..).map(|number| format!("{number:012}"));
        for id in documents().flat_map(|document| ids(document)) {
            if !numbers.contains_key(id) {
                let is_free = |number: &String| !documents().any(|document| document.source.text().contains(number));
                numbers.extend(free.find(is_free).map(|number| (id, number)));
            }
        }
        let replaced = [before, after].map(|side| side.iter().map(|document| replaced(document, &numbers)).collect());
        users.ids.extend(numbers.into_iter().map(|(id, number)| (number, id.to_owned())));
        (users, replaced)
    }

    /// The canonical id for which the account number stands, if it does.
    pub(super) fn id(&self, account: &str) -> Option<&String> {
        self.ids.get(account)
    }
}

/// The canonical ids in a document.
fn ids(document: &Document) -> impl Iterator<Item = &str> {
    let elements = document.statements.iter().filter_map(|statement| statement.principal.as_ref());
    let named = elements.flat_map(|element| &element.entries).filter(|entry| entry.kind == KIND);
    named.map(|entry| entry.value.as_str()).filter(|id| *id != "*" && !is_open(id))
}

fn replaced(document: &Arc<Document>, numbers: &BTreeMap<&str, String>) -> Arc<Document> {
    if ids(document).next().is_none() {
        return Arc::clone(document);
    }
    let mut document = Document::clone(document);
    let elements = document.statements.iter_mut().filter_map(|statement| statement.principal.as_mut());
    for entry in elements.flat_map(|element| &mut element.entries).filter(|entry| entry.kind == KIND) {
        if let Some(number) = numbers.get(entry.value.as_str()) {
            "AWS".clone_into(&mut entry.kind);
            entry.named = Principal::new(number);
            entry.value.clone_from(number);
        }
    }
    Arc::new(document)
}
