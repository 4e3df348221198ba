//! The schemas of what tools take and answer: from the types that the code itself reads and writes.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value};

use super::Settings;

/// A JSON object.
pub(super) type Object = Map<String, Value>;

/// What a tool takes. Nothing in it refers to something else: not every client can follow. What this server does not do is not offered.
pub(super) fn input<T: JsonSchema>(settings: &Settings) -> Object {
    let settings_of_schema = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let mut schema = SchemaGenerator::new(settings_of_schema).into_root_schema_for::<T>().to_value();
    if settings.roots.is_empty() {
        without(&mut schema, "path");
        without(&mut schema, "paths");
    }
    without_null(&mut schema);
    let mut object = object(schema);
    if let Some(Value::Object(properties)) = object.get_mut("properties")
        && !settings.is_live()
    {
        properties.remove("live");
    }
    for of_rust in ["$schema", "title", "description"] {
        object.remove(of_rust);
    }
    object.insert("additionalProperties".to_owned(), Value::Bool(false));
    object
}

/// What a tool answers: the JSON of the command, as `iamdx schema` describes it.
pub(super) fn output<T: JsonSchema>() -> Object {
    let mut schema = SchemaGenerator::default().into_root_schema_for::<T>().to_value();
    without_formats(&mut schema);
    object(schema)
}

fn object(schema: Value) -> Object {
    match schema {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

/// Takes away what says only that nothing is given where nothing is given: not every client knows two types of a value.
fn without_null(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::Array(types)) = members.get_mut("type") {
                types.retain(|one| one != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    members.insert("type".to_owned(), only);
                }
            }
            members.retain(|name, value| name != "default" || !value.is_null());
            members.values_mut().for_each(without_null);
        }
        Value::Array(items) => items.iter_mut().for_each(without_null),
        _ => {}
    }
}

/// Takes away the names of Rust's numbers, of which clients complain that they do not know them.
fn without_formats(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.retain(|name, value| name != "format" || !value.is_string());
            members.values_mut().for_each(without_formats);
        }
        Value::Array(items) => items.iter_mut().for_each(without_formats),
        _ => {}
    }
}

/// Takes a property away wherever it stands.
fn without(schema: &mut Value, name: &str) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::Object(properties)) = members.get_mut("properties") {
                properties.remove(name);
            }
            members.values_mut().for_each(|member| without(member, name));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| without(item, name)),
        _ => {}
    }
}
