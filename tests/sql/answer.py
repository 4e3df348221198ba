"""Answers a query that `iamdx triage --sql` prints, with DuckDB: python answer.py ENGINE RECORDS QUERY OUT

The query is read as Athena's dialect (and as Trino's, on which that is), and only then put into DuckDB's. The table has the columns and
types of AWS's pages. OUT.csv and OUT.parquet get the answer.
"""

import json
import sys
from pathlib import Path

import duckdb
import sqlglot

ATHENA = {
    "eventversion": "VARCHAR",
    "useridentity": "STRUCT(type VARCHAR, principalid VARCHAR, arn VARCHAR, accountid VARCHAR, invokedby VARCHAR, accesskeyid VARCHAR, username VARCHAR,"
    " onbehalfof STRUCT(userid VARCHAR, identitystorearn VARCHAR), sessioncontext STRUCT(attributes STRUCT(mfaauthenticated VARCHAR, creationdate VARCHAR),"
    " sessionissuer STRUCT(type VARCHAR, principalid VARCHAR, arn VARCHAR, accountid VARCHAR, username VARCHAR), ec2roledelivery VARCHAR,"
    " webidfederationdata STRUCT(federatedprovider VARCHAR)))",
    "eventtime": "VARCHAR",
    "eventsource": "VARCHAR",
    "eventname": "VARCHAR",
    "awsregion": "VARCHAR",
    "sourceipaddress": "VARCHAR",
    "useragent": "VARCHAR",
    "errorcode": "VARCHAR",
    "errormessage": "VARCHAR",
    "requestparameters": "VARCHAR",
    "responseelements": "VARCHAR",
    "requestid": "VARCHAR",
    "eventid": "VARCHAR",
    "readonly": "VARCHAR",
    "resources": "STRUCT(arn VARCHAR, accountid VARCHAR, type VARCHAR)[]",
    "eventtype": "VARCHAR",
    "recipientaccountid": "VARCHAR",
    "vpcendpointid": "VARCHAR",
    "tlsdetails": "STRUCT(tlsversion VARCHAR, ciphersuite VARCHAR, clientprovidedhostheader VARCHAR)",
    "timestamp": "VARCHAR",
}
LAKE = {
    "class_uid": "INTEGER",
    "time": "BIGINT",
    "metadata": "STRUCT(uid VARCHAR)",
    "api": "STRUCT(operation VARCHAR, service STRUCT(name VARCHAR), request STRUCT(uid VARCHAR, data VARCHAR), response STRUCT(error VARCHAR, message VARCHAR))",
    "cloud": "STRUCT(region VARCHAR, provider VARCHAR)",
    "src_endpoint": "STRUCT(ip VARCHAR, domain VARCHAR, uid VARCHAR)",
    "http_request": "STRUCT(user_agent VARCHAR)",
    "actor": 'STRUCT("user" STRUCT(type VARCHAR, uid VARCHAR, uid_alt VARCHAR, name VARCHAR, account STRUCT(uid VARCHAR), credential_uid VARCHAR),'
    " session STRUCT(issuer VARCHAR, is_mfa BOOLEAN, created_time_dt VARCHAR), invoked_by VARCHAR, idp STRUCT(name VARCHAR))",
    "resources": "STRUCT(uid VARCHAR, type VARCHAR, account STRUCT(uid VARCHAR))[]",
    "eventday": "VARCHAR",
    "accountid": "VARCHAR",
    "region": "VARCHAR",
}
# what Athena has as the text of its JSON
TEXTS = {"requestparameters", "responseelements"}


def lowered(value):
    """The names of nested fields in small letters, as Hive has them."""
    if isinstance(value, dict):
        return {key.lower(): lowered(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [lowered(inner) for inner in value]
    return value


def athena(record):
    row = {}
    for key, value in record.items():
        key = key.lower()
        if key in TEXTS:
            row[key] = None if value is None else json.dumps(value)
        elif isinstance(value, bool):
            row[key] = str(value).lower()
        else:
            row[key] = lowered(value)
    row["timestamp"] = record["eventTime"][:10].replace("-", "/")
    return {key: value for key, value in row.items() if key in ATHENA}


def lake(event):
    row = {key: value for key, value in event.items() if key in LAKE}
    row["eventday"] = event["time_dt"][:10].replace("-", "")
    row["accountid"] = event["cloud"]["account"]["uid"]
    row["region"] = event["cloud"]["region"]
    return row


def main():
    engine, records, query, out = sys.argv[1:]
    columns, row = (ATHENA, athena) if engine == "athena" else (LAKE, lake)
    rows = Path(out + ".rows")
    with open(records, encoding="utf-8") as lines, rows.open("w", encoding="utf-8") as target:
        for line in lines:
            target.write(json.dumps(row(json.loads(line))) + "\n")
    text = Path(query).read_text(encoding="utf-8")
    for dialect in ("athena", "trino"):
        (tree,) = sqlglot.parse(text, read=dialect)
        (table,) = tree.find_all(sqlglot.exp.Table)
        table.replace(sqlglot.exp.to_table("trail"))
        answer = tree.sql(dialect="duckdb")
    database = duckdb.connect()
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
    database.execute(f"CREATE TABLE trail AS SELECT * FROM read_json('{rows}', format = 'newline_delimited', columns = {{{types}}}, maximum_object_size = 33554432)")
    database.execute(f"CREATE TABLE answer AS {answer}")
    database.execute(f"COPY answer TO '{out}.csv' (HEADER, FORCE_QUOTE *)")
    database.execute(f"COPY answer TO '{out}.parquet' (FORMAT PARQUET, CODEC ZSTD)")
    # the whole table, as Security Lake keeps it
    database.execute(f"COPY trail TO '{out}.whole.parquet' (FORMAT PARQUET, CODEC SNAPPY, ROW_GROUP_SIZE 2048)")
    database.execute(f"COPY trail TO '{out}.gzip.parquet' (FORMAT PARQUET, CODEC GZIP)")


main()
