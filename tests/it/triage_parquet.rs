//! Parquet: the same counts as the records in JSON, whatever it is packed with, in the shapes of Athena and of Security Lake; and damage.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use parquet::basic::{Compression, ConvertedType};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::Type;
use serde_json::{Value, json};

use crate::support::generate::Random;
use crate::support::trail::{Shape, record, written};
use crate::triage::{answer, triage};
use crate::triage_sql::{damaged, event};

/// The table of <https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table.html>, as a query that copies it has it.
const ATHENA: &str = "message trail {
    optional binary eventversion (UTF8);
    optional group useridentity {
        optional binary type (UTF8);
        optional binary principalid (UTF8);
        optional binary arn (UTF8);
        optional binary accountid (UTF8);
        optional binary invokedby (UTF8);
        optional binary accesskeyid (UTF8);
        optional binary username (UTF8);
        optional group sessioncontext {
            optional group attributes { optional binary mfaauthenticated (UTF8); optional binary creationdate (UTF8); }
            optional group sessionissuer { optional binary type (UTF8); optional binary arn (UTF8); optional binary accountid (UTF8); }
        }
    }
    optional binary eventtime (UTF8);
    optional binary eventsource (UTF8);
    optional binary eventname (UTF8);
    optional binary awsregion (UTF8);
    optional binary sourceipaddress (UTF8);
    optional binary useragent (UTF8);
    optional binary errorcode (UTF8);
    optional binary errormessage (UTF8);
    optional binary requestparameters (UTF8);
    optional binary requestid (UTF8);
    optional binary eventid (UTF8);
    optional binary readonly (UTF8);
    optional group resources (LIST) {
        repeated group list { optional group element { optional binary arn (UTF8); optional binary accountid (UTF8); optional binary type (UTF8); } }
    }
    optional binary eventtype (UTF8);
    optional binary recipientaccountid (UTF8);
    optional binary vpcendpointid (UTF8);
    optional group tlsdetails { optional binary tlsversion (UTF8); }
}";

/// Of the classes of <https://docs.aws.amazon.com/security-lake/latest/userguide/open-cybersecurity-schema-framework.html> that of calls.
const LAKE: &str = "message trail {
    optional int32 class_uid;
    optional int64 time;
    optional group metadata { optional binary uid (UTF8); }
    optional group api {
        optional binary operation (UTF8);
        optional group service { optional binary name (UTF8); }
        optional group request { optional binary uid (UTF8); optional binary data (UTF8); }
        optional group response { optional binary error (UTF8); optional binary message (UTF8); }
    }
    optional group cloud { optional binary region (UTF8); optional binary provider (UTF8); }
    optional group src_endpoint { optional binary ip (UTF8); optional binary uid (UTF8); }
    optional group http_request { optional binary user_agent (UTF8); }
    optional group actor {
        optional group user {
            optional binary type (UTF8);
            optional binary uid (UTF8);
            optional binary uid_alt (UTF8);
            optional binary name (UTF8);
            optional group account { optional binary uid (UTF8); }
            optional binary credential_uid (UTF8);
        }
        optional group session { optional binary issuer (UTF8); optional boolean is_mfa; }
        optional binary invoked_by (UTF8);
        optional group idp { optional binary name (UTF8); }
    }
    optional group resources (LIST) {
        repeated group list { optional group element { optional binary uid (UTF8); optional group account { optional binary uid (UTF8); } } }
    }
}";

/// A column: its values, and for each place how much of its path is there and where it repeats.
#[derive(Default)]
struct Leaf {
    values: Vec<Value>,
    defined: Vec<i16>,
    repeated: Vec<i16>,
}

/// The field of an object whose name is this in small letters.
fn field<'v>(value: &'v Value, name: &str) -> &'v Value {
    let fields = value.as_object().into_iter().flatten();
    fields.filter(|(key, _)| key.to_lowercase() == name).map(|(_, value)| value).next().unwrap_or(&Value::Null)
}

/// Takes a value apart into the columns below a node, from column `at` on; the next column.
fn put(
    node: &Type,
    value: &Value,
    (defined, repeated, lists): (i16, i16, i16),
    leaves: &mut [Leaf],
    at: usize,
) -> usize {
    if node.is_primitive() {
        let leaf = &mut leaves[at];
        leaf.repeated.push(repeated);
        leaf.defined.push(defined + i16::from(!value.is_null()));
        leaf.values.extend((!value.is_null()).then(|| value.clone()));
        return at + 1;
    }
    let fields = node.get_fields();
    if value.is_null() {
        return fields.iter().fold(at, |at, child| put(child, value, (defined, repeated, lists), leaves, at));
    }
    if node.get_basic_info().converted_type() != ConvertedType::LIST {
        return fields
            .iter()
            .fold(at, |at, child| put(child, field(value, child.name()), (defined + 1, repeated, lists), leaves, at));
    }
    let element = &fields[0].get_fields()[0];
    let items = value.as_array().unwrap();
    if items.is_empty() {
        return put(element, &Value::Null, (defined + 1, repeated, lists), leaves, at);
    }
    let mut end = at;
    for (number, item) in items.iter().enumerate() {
        let repeated = if number == 0 { repeated } else { lists + 1 };
        end = put(element, item, (defined + 2, repeated, lists + 1), leaves, at);
    }
    end
}

/// What stands in a column of text: a text, or the JSON of it.
fn bytes(value: &Value) -> ByteArray {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned).into_bytes().into()
}

/// Writes rows in groups of 150.
fn parquet(path: &Path, schema: &str, rows: &[Value], properties: WriterProperties) {
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let file = File::create(path).unwrap();
    let mut writer = SerializedFileWriter::new(file, Arc::clone(&schema), Arc::new(properties)).unwrap();
    for group in rows.chunks(150) {
        let mut leaves: Vec<Leaf> = writer.schema_descr().columns().iter().map(|_| Leaf::default()).collect();
        for row in group {
            let columns = schema.get_fields().iter();
            columns.fold(0, |at, child| put(child, field(row, child.name()), (0, 0, 0), &mut leaves, at));
        }
        let mut open = writer.next_row_group().unwrap();
        for Leaf { values, defined, repeated } in leaves {
            let mut column = open.next_column().unwrap().unwrap();
            let (defined, repeated) = (Some(&*defined), Some(&*repeated));
            match column.untyped() {
                ColumnWriter::ByteArrayColumnWriter(it) => {
                    it.write_batch(&values.iter().map(bytes).collect::<Vec<_>>(), defined, repeated).unwrap()
                }
                ColumnWriter::Int32ColumnWriter(it) => {
                    let numbers: Vec<i32> = values.iter().map(|it| it.as_i64().unwrap().try_into().unwrap()).collect();
                    it.write_batch(&numbers, defined, repeated).unwrap()
                }
                ColumnWriter::Int64ColumnWriter(it) => {
                    let numbers: Vec<i64> = values.iter().map(|it| it.as_i64().unwrap()).collect();
                    it.write_batch(&numbers, defined, repeated).unwrap()
                }
                ColumnWriter::BoolColumnWriter(it) => {
                    let truths: Vec<bool> = values.iter().map(|it| it.as_bool().unwrap()).collect();
                    it.write_batch(&truths, defined, repeated).unwrap()
                }
                _ => panic!("the schemas here have no such column"),
            };
            column.close().unwrap();
        }
        open.close().unwrap();
    }
    writer.close().unwrap();
}

fn packed(compression: Compression, version: WriterVersion) -> WriterProperties {
    WriterProperties::builder().set_compression(compression).set_writer_version(version).build()
}

/// Records, and as many events of Security Lake.
fn trail(seed: u64, many: usize) -> [(&'static str, &'static str, Vec<Value>); 2] {
    let mut random = Random::new(seed);
    let records: Vec<Value> =
        (0..many).map(|_| record(&mut random, Shape { denied: 20, names: 9, odd: true })).collect();
    let events = records.iter().map(event).collect();
    [("athena", ATHENA, records), ("lake", LAKE, events)]
}

#[test]
fn a_table_in_parquet_tells_what_its_records_tell_whatever_it_is_packed_with() {
    let folder = tempfile::tempdir().unwrap();
    let forms = [
        ("plain", Compression::UNCOMPRESSED, WriterVersion::PARQUET_1_0),
        ("snappy", Compression::SNAPPY, WriterVersion::PARQUET_1_0),
        ("gzip", Compression::GZIP(<_>::default()), WriterVersion::PARQUET_2_0),
        ("zstd", Compression::ZSTD(<_>::default()), WriterVersion::PARQUET_2_0),
    ];
    for (name, schema, records) in trail(41, 400) {
        written(folder.path(), name, &records, 2);
        let expected = answer(folder.path(), &[&format!("{name}.ndjson")])["trail"]["tally"].clone();
        assert_eq!(expected["records"], 400);
        assert!(expected["fingerprints"].as_object().unwrap().len() > 40);
        for (form, compression, version) in forms {
            let file = format!("{name}-{form}.parquet");
            parquet(&folder.path().join(&file), schema, &records, packed(compression, version));
            let found = answer(folder.path(), &[&file]);
            assert_eq!(found["trail"]["skipped"], json!([]), "{file}");
            assert!(found["trail"]["tally"] == expected, "{file}");
        }
    }
}

#[test]
fn parquet_that_is_damaged_or_no_trail_is_named_and_counts_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let [(_, schema, records), (_, lake, events)] = trail(42, 200);
    let snappy = || packed(Compression::SNAPPY, WriterVersion::PARQUET_1_0);
    parquet(&folder.path().join("whole.parquet"), schema, &records, snappy());
    parquet(
        &folder.path().join("other.parquet"),
        "message t { optional binary name (UTF8); }",
        &[json!({"name": "ana"})],
        snappy(),
    );
    let bytes = fs::read(folder.path().join("whole.parquet")).unwrap();
    fs::write(folder.path().join("cut.parquet"), &bytes[..bytes.len() / 2]).unwrap();
    fs::write(folder.path().join("begun.parquet"), b"PAR1").unwrap();
    // pages of the first column are gone, and what says where they are is not
    let mut gone = bytes;
    gone[4..2000].fill(0xff);
    fs::write(folder.path().join("gone.parquet"), gone).unwrap();
    let found = answer(folder.path(), &["."]);
    assert_eq!(found["trail"]["tally"]["records"], 200);
    let skipped = found["trail"]["skipped"].as_array().unwrap().iter();
    let why: Vec<String> = skipped
        .map(|it| {
            format!("{}: {}", it["path"].as_str().unwrap().rsplit('/').next().unwrap(), it["why"].as_str().unwrap())
        })
        .collect();
    insta::assert_snapshot!(why.join("\n"), @r"
    begun.parquet: it is damaged Parquet: Parquet file too small. Size is 4 but need 8
    cut.parquet: it is damaged Parquet: Invalid Parquet file. Corrupt footer
    gone.parquet: it is damaged Parquet: Unexpected struct field type 15
    other.parquet: its columns are not those of a trail
    ");
    let (_, _, complaint) = triage(folder.path(), &["."]);
    assert!(complaint.contains("4 of the files could not be read"), "{complaint}");
    parquet(
        &folder.path().join("lake.parquet"),
        lake,
        &events,
        packed(Compression::ZSTD(<_>::default()), WriterVersion::PARQUET_2_0),
    );
    for name in ["whole.parquet", "lake.parquet"] {
        damaged(folder.path(), name, &mut Random::new(43), 60);
    }
}
