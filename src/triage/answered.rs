//! Rows as the command line of AWS answers a query: of CloudTrail Lake, of Athena, and of `CloudWatch` Logs Insights.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetQueryResults.html>,
//! <https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryResults.html>,
//! <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetQueryResults.html>

use std::collections::BTreeMap;

use memchr::memmem;
use serde::Deserialize;
use serde_json::Value;

use super::row::Columns;

/// The names of which one is in each.
const NAMES: [&str; 3] = ["\"QueryResultRows\"", "\"ResultSet\"", "\"@message\""];

/// Where each of them has its rows.
#[derive(Deserialize)]
struct Answer {
    /// Of CloudTrail Lake: each column of a row with its name.
    #[serde(rename = "QueryResultRows", default)]
    lake: Vec<Vec<BTreeMap<String, Value>>>,
    #[serde(rename = "ResultSet")]
    athena: Option<ResultSet>,
    /// Of `CloudWatch` Logs Insights.
    #[serde(default)]
    results: Vec<Vec<Field>>,
}

/// Of Athena: the first page has the names of the columns as its first row, and each page has them beside the rows.
#[derive(Deserialize)]
struct ResultSet {
    #[serde(rename = "Rows", default)]
    rows: Vec<Row>,
    #[serde(rename = "ResultSetMetadata")]
    metadata: Option<Metadata>,
}

#[derive(Deserialize)]
struct Row {
    #[serde(rename = "Data", default)]
    data: Vec<Datum>,
}

/// A cell; without a value it is null.
#[derive(Deserialize)]
struct Datum {
    #[serde(rename = "VarCharValue")]
    value: Option<String>,
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(rename = "ColumnInfo", default)]
    columns: Vec<ColumnInfo>,
}

#[derive(Deserialize)]
struct ColumnInfo {
    #[serde(rename = "Name")]
    name: String,
}

#[derive(Deserialize)]
struct Field {
    field: String,
    value: String,
}

/// The records of the rows of an answer; nothing where it is none, or its columns do not tell which calls failed, or when.
pub(super) fn held(text: &str) -> Vec<String> {
    if !NAMES.iter().any(|name| memmem::find(text.as_bytes(), name.as_bytes()).is_some()) {
        return Vec::new();
    }
    let Ok(Answer { lake, athena, results }) = serde_json::from_str(text) else { return Vec::new() };
    let lake = lake.into_iter().filter_map(|row| {
        let (names, values): (Vec<String>, Vec<Value>) = row.into_iter().flatten().unzip();
        Some(complete(&names)?.record(values))
    });
    let messages = results.into_iter().flatten().filter(|field| field.field == "@message").map(|field| field.value);
    lake.chain(messages).chain(athena.into_iter().flat_map(rows)).collect()
}

fn rows(set: ResultSet) -> Vec<String> {
    let ResultSet { rows, metadata } = set;
    let mut rows: Vec<Vec<Option<String>>> =
        rows.into_iter().map(|row| row.data.into_iter().map(|datum| datum.value).collect()).collect();
    let told = metadata.map(|metadata| metadata.columns.into_iter().map(|column| Some(column.name)).collect());
    let names: Option<Vec<Option<String>>> = told.filter(|names: &Vec<_>| !names.is_empty()).or(rows.first().cloned());
    let Some(names) = names else { return Vec::new() };
    // a page without the names as its first row is not the first
    if rows.first() == Some(&names) {
        rows.remove(0);
    }
    let names: Vec<String> = names.into_iter().map(Option::unwrap_or_default).collect();
    let Some(columns) = complete(&names) else { return Vec::new() };
    rows.into_iter()
        .map(|row| columns.record(row.into_iter().map(|cell| cell.map_or(Value::Null, Value::from))))
        .collect()
}

fn complete(names: &[String]) -> Option<Columns> {
    Columns::of(names).filter(|columns| columns.missing().is_none())
}
