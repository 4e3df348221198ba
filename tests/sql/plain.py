"""A plain reading of the trail in a folder: how many records, and how many of them failed. Each content once, and damaged files not at all."""

import gzip
import hashlib
import json
import sys
from collections import Counter
from pathlib import Path

counts, seen = Counter(), set()
for path in sorted(Path(sys.argv[1]).rglob("*")):
    if not path.is_file():
        continue
    content = path.read_bytes()
    digest = hashlib.sha256(content).digest()
    try:
        text = (gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content).decode()
        if path.name.split(".")[1] == "ndjson":
            records = [json.loads(line) for line in text.splitlines()]
        else:
            records = json.loads(text)
            records = records["Records"] if isinstance(records, dict) else records
    except (OSError, EOFError, ValueError):
        counts["damaged"] += 1
        continue
    if digest in seen:
        continue
    seen.add(digest)
    counts["records"] += len(records)
    for record in records:
        if record.get("errorCode"):
            counts["denials"] += 1
            counts[f"{record['eventSource'].split('.')[0]}:{record['eventName']}".lower()] += 1
print(json.dumps(counts))
