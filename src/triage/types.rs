//! Records whose fields have other types than CloudTrail gives them, as programs write them that took a table for more than it says. What that
//! loses nothing of is put right: an account as a number, and an empty text where fields would be.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>

use serde_json::{Map, Value};

/// Fields that are accounts: twelve digits, of which a number has lost the zeros at the beginning.
const ACCOUNTS: [&str; 3] = ["accountid", "recipientaccountid", "vpcendpointaccountid"];

/// Fields that hold others.
const HOLDERS: [&str; 7] =
    ["useridentity", "sessioncontext", "sessionissuer", "attributes", "webidfederationdata", "onbehalfof", "resources"];

/// A record of which such fields are as CloudTrail writes them; nothing where none is another.
pub(super) fn mended(text: &str) -> Option<String> {
    let mut record: Map<String, Value> = serde_json::from_str(text).ok()?;
    mend(&mut record).then(|| Value::Object(record).to_string())
}

fn mend(fields: &mut Map<String, Value>) -> bool {
    let mut any = false;
    for (name, value) in fields {
        let name = name.to_ascii_lowercase();
        if ACCOUNTS.contains(&name.as_str()) {
            if let Some(number) = value.as_u64().filter(|number| *number < 1_000_000_000_000) {
                *value = Value::String(format!("{number:012}"));
                any = true;
            }
        } else if HOLDERS.contains(&name.as_str()) {
            match value {
                Value::String(text) if text.is_empty() => {
                    *value = Value::Null;
                    any = true;
                }
                Value::Object(inner) => any |= mend(inner),
                Value::Array(all) => {
                    for inner in all.iter_mut().filter_map(Value::as_object_mut) {
                        any |= mend(inner);
                    }
                }
                _ => {}
            }
        }
    }
    any
}
