//! Denials as a table: columns laid out as Arrow has them, so that whoever takes them copies nothing.
//! <https://arrow.apache.org/docs/format/Columnar.html#variable-size-binary-layout>

use std::sync::Arc;

use super::parts::Files;
use crate::cli::known_secrets::Known;
use crate::denial::{Denial, Fingerprint};
use crate::iam::secret;
use crate::triage::Denied;

/// The columns of text, in order. The time stands after them.
pub const COLUMNS: [&str; 23] = {
    let [failure, principal, action, resource, error_code, effect, policy_type, policy_arn, account, region] =
        Fingerprint::PARTS;
    [
        "file",
        "digest",
        "damage",
        "event_id",
        "fingerprint",
        failure,
        principal,
        action,
        resource,
        error_code,
        effect,
        policy_type,
        policy_arn,
        account,
        region,
        "operation",
        "caller",
        "session",
        "target",
        "source_ip",
        "endpoint",
        "user_agent",
        "secrets",
    ]
};

/// Microseconds of a second.
const SECOND: i64 = 1_000_000;

/// A column: which cells have a value, where each ends, and the values. A column of numbers has no ends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Column {
    /// A bit for each cell, the lowest first.
    pub valid: Vec<u8>,
    /// The beginning of the first cell and the end of each: numbers of 32 bits, the lowest byte first.
    pub ends: Vec<u8>,
    /// The values.
    pub values: Vec<u8>,
    cells: usize,
}

impl Column {
    fn mark(&mut self, is_valid: bool) {
        if self.cells.is_multiple_of(8) {
            self.valid.push(0);
        }
        if let Some(last) = self.valid.last_mut() {
            *last |= u8::from(is_valid) << (self.cells % 8);
        }
        self.cells += 1;
    }

    fn text(&mut self, value: Option<&str>) {
        if self.ends.is_empty() {
            self.ends.extend(0_i32.to_le_bytes());
        }
        self.mark(value.is_some());
        self.values.extend(value.unwrap_or_default().as_bytes());
        // a table is taken long before
        let end = i32::try_from(self.values.len()).unwrap_or(i32::MAX);
        self.ends.extend(end.to_le_bytes());
    }

    fn number(&mut self, value: Option<i64>) {
        self.mark(value.is_some());
        self.values.extend(value.unwrap_or_default().to_le_bytes());
    }
}

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Table {
    /// How many rows.
    pub rows: usize,
    /// The columns of text in the order of [`COLUMNS`], then the time in microseconds since 1970.
    pub columns: Vec<Column>,
}

/// One denial, or one damaged file.
#[derive(Debug, Default)]
struct Row {
    at: Option<i64>,
    /// In the order of [`COLUMNS`], without the file and its digest.
    texts: [Option<String>; COLUMNS.len() - 2],
}

/// Rows of a table before a new one begins.
const ROWS: usize = 8192;

/// Bytes of a table before a new one begins.
const BYTES: usize = 32 << 20;

/// Tables in the making.
#[derive(Debug, Default)]
pub struct Rows {
    full: Vec<Table>,
    open: Table,
    bytes: usize,
}

impl Rows {
    /// Adds the denials of a file of which the bytes are there; of a damaged file one row that says so.
    pub fn add_bytes(&mut self, files: &Files, path: &str, content: &[u8]) {
        let mut rows = Vec::new();
        let digest = files.denials_of_bytes(content, |denied, record| rows.push(Row::of(denied, record)));
        self.add(path, digest, &rows);
    }

    /// The same of a file of this machine; `path` is its name in the table.
    pub fn add_path(&mut self, files: &Files, path: &str, place: &str) {
        let mut rows = Vec::new();
        let digest = files.denials_of_path(place, |denied, record| rows.push(Row::of(denied, record)));
        self.add(path, digest, &rows);
    }

    /// Adds a file that nobody could read.
    pub fn add_damaged(&mut self, path: &str, damage: &str) {
        self.add(path, Err(damage.to_owned()), &[]);
    }

    fn add(&mut self, path: &str, digest: Result<String, String>, rows: &[Row]) {
        match digest {
            Ok(digest) => rows.iter().for_each(|row| self.row(path, Some(&digest), row)),
            Err(damage) => {
                let mut row = Row::default();
                if let Some(cell) = row.texts.first_mut() {
                    *cell = Some(damage);
                }
                self.row(path, None, &row);
            }
        }
    }

    fn row(&mut self, path: &str, digest: Option<&str>, row: &Row) {
        let table = &mut self.open;
        table.columns.resize_with(COLUMNS.len() + 1, Column::default);
        let texts = [Some(path), digest].into_iter().chain(row.texts.iter().map(Option::as_deref));
        for (column, text) in table.columns.iter_mut().zip(texts) {
            column.text(text);
            self.bytes += text.map_or(0, str::len);
        }
        if let Some(column) = table.columns.last_mut() {
            column.number(row.at);
        }
        table.rows += 1;
        if table.rows >= ROWS || self.bytes >= BYTES {
            self.close();
        }
    }

    fn close(&mut self) {
        self.bytes = 0;
        let table = std::mem::take(&mut self.open);
        if table.rows > 0 {
            self.full.push(table);
        }
    }

    /// The tables that are full.
    pub fn full(&mut self) -> Vec<Table> {
        std::mem::take(&mut self.full)
    }

    /// All tables, the last one too.
    pub fn rest(&mut self) -> Vec<Table> {
        self.close();
        self.full()
    }
}

impl Row {
    fn of(denied: &Denied, record: &[u8]) -> Self {
        let Denied { denial, id, at, .. } = denied;
        let cause = Fingerprint::of(denial);
        let fingerprint = cause.id().to_string();
        let secrets = Secrets::of(record);
        let Fingerprint {
            failure,
            principal,
            action,
            resource,
            error_code,
            effect,
            policy_type,
            policy_arn,
            account,
            region,
        } = cause;
        let caller = denial.principal.as_ref();
        let own = |text: Option<Arc<str>>| text.map(|text| text.to_string());
        let texts = [
            None,
            Some(id.clone()).filter(|id| !id.is_empty()),
            Some(fingerprint),
            own(failure),
            own(principal),
            own(action),
            own(resource),
            own(error_code),
            own(effect),
            policy_type.map(|policy_type| policy_type.id().to_owned()),
            own(policy_arn),
            own(account),
            own(region),
            denial.operation.clone(),
            caller.map(|caller| caller.as_str().to_owned()),
            caller.and_then(|caller| caller.session()).map(str::to_owned),
            denial.resource.clone(),
            told(denial, "aws:SourceIp").or_else(|| told(denial, "aws:VpcSourceIp")),
            told(denial, "aws:SourceVpce"),
            told(denial, "aws:UserAgent"),
            None,
        ];
        let mut texts = texts.map(|text| text.map(|text| secrets.clean(text)));
        if let Some(cell) = texts.last_mut() {
            *cell = secrets.kinds();
        }
        Self { at: at.and_then(|at| at.checked_mul(SECOND)), texts }
    }
}

fn told(denial: &Denial, key: &str) -> Option<String> {
    let fact = denial.context.iter().find(|fact| fact.key.eq_ignore_ascii_case(key))?;
    fact.values.first().cloned()
}

/// The secrets of a record, which do not leave it.
struct Secrets {
    kinds: Vec<secret::SecretKind>,
    known: Option<Known>,
}

impl Secrets {
    fn of(record: &[u8]) -> Self {
        let text = String::from_utf8_lossy(record);
        let kinds = secret::of_record(&text).leaks;
        let known = (!secret::find(&text).is_empty()).then(|| Known::of(&text));
        Self { kinds, known }
    }

    fn clean(&self, text: String) -> String {
        match &self.known {
            Some(known) => known.clean(&text).into_owned(),
            None => text,
        }
    }

    fn kinds(&self) -> Option<String> {
        let kinds: Vec<String> = self.kinds.iter().map(ToString::to_string).collect();
        (!kinds.is_empty()).then(|| kinds.join(", "))
    }
}
