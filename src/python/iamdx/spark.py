"""The denials of a trail on Spark: read by the executors, counted in Rust, put together by Spark's own shuffle.

    >>> files = iamdx.spark.files(spark, "s3://trail/AWSLogs/")
    >>> answer = iamdx.spark.triage(files)

A file is a row with its `path` and its `content`, as Spark's `binaryFile` source gives it; or a row with a path alone, which the executors
open themselves. The executors need iamdx and pyarrow, and PySpark is 3.3 or later. pyspark is not imported.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import json
import logging
import os
from collections.abc import Iterable, Iterator
from typing import Any, Optional

from . import _native
from ._command import Command, Error, Files, InputError, Texts, error

__all__ = ["DENIALS", "answer", "denials", "files", "triage"]

_log = logging.getLogger("iamdx")

#: A DataFrame of PySpark, and its session.
DataFrame = Any
Session = Any

#: The columns of `denials`, as Spark writes a schema.
DENIALS = ", ".join([*(f"{name} string" for name in _native.COLUMNS), "at timestamp"])

#: How the names of trail files end.
_ENDINGS = "*.{json,jsonl,ndjson,gz,csv,parquet}"
#: What is known of a file, and what was counted of it.
_COUNTED = "key string, path string, bytes long, digest string, damage string, tally binary"
#: What was counted of a fingerprint, and what a look at it found.
_PARTS = "fingerprint string, part binary, look binary"
#: Fingerprints that a task holds before it passes them on.
_HELD = 50_000
#: Fingerprints for which a task reads the snapshots; the driver looks at fewer than these.
_LOOKS = 100
#: Bytes of rows that a task passes on at once.
_BATCH = 8 << 20


def files(spark: Session, *paths: str, content: bool = True) -> DataFrame:
    """The files of a trail below these paths, as `denials` and `triage` take them: `.json`, `.jsonl`, `.ndjson`, `.csv`, `.parquet`, `.gz`.

    Files of other names are left out. Reads with Spark's own connectors and credentials. Nothing is read yet. Without `content` Spark only
    finds the files, and the executors open them: that is faster, where each of them can.
    """
    reader = spark.read.format("binaryFile").option("recursiveFileLookup", "true").option("pathGlobFilter", _ENDINGS)
    return reader.load(list(paths)).select("path", *(["content"] if content else []))


def denials(
    df: DataFrame,
    *,
    since: Optional[str] = None,
    until: Optional[str] = None,
    account: Optional[Texts] = None,
    principal: Optional[Texts] = None,
    action: Optional[Texts] = None,
) -> DataFrame:
    """The denials of these files, one row each, with the fingerprint and what it is made of; the columns are `DENIALS`.

    A file counts whole or not at all: of a damaged one there is one row in which `damage` says why, and no other column but `file` has a
    value. A file that is there twice gives its rows twice, with the same `digest`. What is secret in a record does not leave it.
    """
    asked = _asked(since=since, until=until, account=account, principal=principal, action=action)
    return _map(_of_files(df), functools.partial(_denials, asked), DENIALS)


def triage(
    df: DataFrame,
    *,
    snapshot: Optional[Files] = None,
    since: Optional[str] = None,
    until: Optional[str] = None,
    account: Optional[Texts] = None,
    principal: Optional[Texts] = None,
    action: Optional[Texts] = None,
) -> dict[str, Any]:
    """Which few causes are behind the denials of these files: the JSON of `iamdx triage --format json` over the same files.

    Files of the same content count once, wherever they are read. The driver holds what is counted of each fingerprint, and no more. With
    `snapshot` the executors diagnose each fingerprint once, and the driver works out remedies on all of its cores.
    """
    text = answer(
        df, snapshot=snapshot, since=since, until=until, account=account, principal=principal, action=action
    )
    found: dict[str, Any] = json.loads(text)
    return found


def answer(
    df: DataFrame,
    *,
    format: str = "json",
    top: Optional[int] = None,
    snapshot: Optional[Files] = None,
    since: Optional[str] = None,
    until: Optional[str] = None,
    account: Optional[Texts] = None,
    principal: Optional[Texts] = None,
    action: Optional[Texts] = None,
) -> str:
    """The same as the program writes it, in any of its formats."""
    # the records of the denials are needed where they are diagnosed
    asked = _asked(
        snapshot is not None, since=since, until=until, account=account, principal=principal, action=action
    )
    command = Command("triage merge", format).values(top=top).contents(snapshot=snapshot)
    policies = None if snapshot is None else _Policies(asked, command)
    counted = _map(_of_files(df), functools.partial(_count, asked), _COUNTED)
    # equal files meet on one executor, and count once there
    merged = _map(counted.repartition("key"), _merge_files, _PARTS)
    merger = _native.Merger()
    looks = []
    with _small_batches(df.sparkSession), _broadcast(df.sparkSession, policies) as held:
        # and so do equal fingerprints
        parts = _map(merged.repartition("fingerprint"), functools.partial(_merge_parts, held, _LOOKS), _PARTS)
        for fingerprint, part, look in parts.collect():
            merger.add(fingerprint, bytes(part))
            if look is not None:
                looks.append((fingerprint, bytes(look)))
    trail, note = merger.finish(asked)
    command.text("trail", trail).looks(looks)
    if note is not None:
        _log.warning("%s", note)
    return command.run()


def _asked(records: bool = False, **options: Any) -> str:
    """What the executors count."""
    several = {name: options.pop(name) for name in ("account", "principal", "action")}
    command = Command("triage").switches(records=records).values(**options).several(**several)
    asked, wrong = _native.triage_asked(command.options)
    if asked is None:
        raise InputError(wrong or "these options cannot be used")
    return asked


def _of_files(df: DataFrame) -> DataFrame:
    """The path of each file, and its content where that is there."""
    columns = list(getattr(df, "columns", []))
    if "path" in columns:
        return df.select(*[name for name in ("path", "content") if name in columns])
    if len(columns) == 1:
        return df.select(df[columns[0]].alias("path"))
    raise InputError("a DataFrame with a column `path`, and `content` where the files are read already, is expected")


def _map(df: DataFrame, work: Any, schema: str) -> DataFrame:
    if not hasattr(df, "mapInArrow"):
        raise Error("iamdx.spark needs PySpark 3.3 or later")
    _arrow()
    return df.mapInArrow(work, schema)


@contextlib.contextmanager
def _small_batches(spark: Session) -> Iterator[None]:
    """Few bytes at once are still in the cache when they are read. Only Spark 4.1 and later know how."""
    name = "spark.sql.execution.arrow.maxBytesPerBatch"
    before = spark.conf.get(name, None)
    if before is None:
        yield
        return
    spark.conf.set(name, "4m")
    try:
        yield
    finally:
        spark.conf.set(name, before)


class _Policies:
    """The snapshots, read where the driver is: another machine has no such files, or others."""

    def __init__(self, asked: str, command: Command) -> None:
        self._asked, self._arguments, self._texts = asked, command.arguments, command.texts
        # what is wrong with them is said before hours of reading
        self.looker()

    def looker(self) -> _native.Looker:
        looker, failed = _native.Looker.read(self._asked, self._arguments, self._texts)
        if looker is None:
            raise error(failed)
        return looker


@contextlib.contextmanager
def _broadcast(spark: Session, policies: Optional[_Policies]) -> Iterator[Any]:
    """The snapshots on every executor; `None` where there are none, or where Spark cannot do it: then the driver looks alone."""
    context = None
    if policies is not None:
        # a session of Spark Connect has none
        with contextlib.suppress(AttributeError, NotImplementedError):
            context = spark.sparkContext
    if context is None:
        yield None
        return
    held = context.broadcast(policies)
    try:
        yield held
    finally:
        held.destroy()


#: The snapshots that this process of an executor has read, and what they came from.
_read: tuple[Any, Optional[_native.Looker]] = (None, None)


def _looker(held: Any) -> _native.Looker:
    """On an executor: who looks at fingerprints. A process reads the snapshots once, whatever the number of its tasks."""
    global _read
    before, looker = _read
    if looker is None or before is not held:
        looker = held.value.looker()
        _read = (held, looker)
    return looker


def _arrow(name: str = "pyarrow") -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        hint = "pip install 'iamdx[spark]'"
        raise Error(f"iamdx.spark needs pyarrow, here and on the executors. {hint}", hint=hint) from error


class _File:
    """A file that an executor has got."""

    def __init__(self, path: str, content: Optional[bytes]) -> None:
        local = _local(path)
        #: Its name in the answer.
        self.name = path if local is None else os.path.realpath(local)
        #: Why it cannot be read.
        self.damage: Optional[str] = None
        self.content = content
        self.bytes = 0
        try:
            if content is None and local is None:
                self.content = _fetched(path)
            self.bytes = os.path.getsize(self.name) if self.content is None else len(self.content)
        except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
            # of what may pass, such as a lost connection, Spark tries the task again
            self.damage = f"it cannot be read: {error.strerror or error}"


def _local(path: str) -> Optional[str]:
    """The path on this machine; `None` for one that is elsewhere."""
    scheme, colon, rest = path.partition(":")
    if not colon or "/" in scheme:
        return path
    rest = "/" + rest.lstrip("/")
    if scheme == "dbfs":
        return rest if rest.startswith("/Volumes/") else f"/dbfs{rest}"
    return rest if scheme == "file" else None


def _fetched(path: str) -> bytes:
    fs = _arrow("pyarrow.fs")
    uri = "s3:" + path.partition(":")[2] if path.startswith(("s3a:", "s3n:")) else path
    system, place = fs.FileSystem.from_uri(uri)
    with system.open_input_file(place) as file:
        content: bytes = file.read()
    return content


def _each_file(batch: Any) -> Iterator[_File]:
    paths = batch.column("path")
    contents = batch.column("content") if "content" in batch.schema.names else None
    for row in range(batch.num_rows):
        yield _File(paths[row].as_py(), None if contents is None else contents[row].as_py())


def _denials(asked: str, batches: Iterable[Any]) -> Iterator[Any]:
    """On an executor: the table of the denials."""
    found = _native.Denials(asked)
    for batch in batches:
        for file in _each_file(batch):
            if file.damage is None:
                found.add(file.name, file.name, file.content)
            else:
                found.add_damaged(file.name, file.damage)
            yield from map(_table, found.full())
    yield from map(_table, found.rest())


def _table(table: tuple[int, list[tuple[bytes, bytes, bytes]]]) -> Any:
    arrow = _arrow()
    rows, columns = table
    arrays = []
    for name, (valid, ends, values) in zip([*_native.COLUMNS, "at"], columns):
        kind, parts = (arrow.timestamp("us", "UTC"), [valid, values]) if name == "at" else (arrow.string(), [valid, ends, values])
        arrays.append(arrow.Array.from_buffers(kind, rows, [arrow.py_buffer(part) for part in parts]))
    return arrow.RecordBatch.from_arrays(arrays, [*_native.COLUMNS, "at"])


class _Rows:
    """Rows that are passed on when they are many."""

    def __init__(self, *columns: tuple[str, str]) -> None:
        self._columns = columns
        self._rows: list[tuple[Any, ...]] = []
        self._bytes = 0

    def add(self, *row: Any) -> None:
        self._rows.append(row)
        self._bytes += 64 + sum(len(cell) for cell in row if isinstance(cell, (str, bytes)))

    def taken(self, least: int = _BATCH) -> Iterator[Any]:
        if not self._rows or self._bytes < least:
            return
        arrow = _arrow()
        cells = zip(zip(*self._rows), self._columns)
        arrays = [arrow.array(column, getattr(arrow, kind)()) for column, (_, kind) in cells]
        self._rows, self._bytes = [], 0
        yield arrow.RecordBatch.from_arrays(arrays, [name for name, _ in self._columns])


def _count(asked: str, batches: Iterable[Any]) -> Iterator[Any]:
    """On an executor: what each file tells."""
    counter = _native.Counter(asked)
    text, long, binary = "string", "int64", "binary"
    rows = _Rows(("key", text), ("path", text), ("bytes", long), ("digest", text), ("damage", text), ("tally", binary))
    for batch in batches:
        for file in _each_file(batch):
            digest, damage, tally = None, file.damage, b""
            if damage is None:
                digest, damage, tally = counter.tally(file.name, file.content)
            rows.add(digest or file.name, file.name, file.bytes, digest, damage, tally)
            yield from rows.taken()
    yield from rows.taken(0)


def _merge_files(batches: Iterable[Any]) -> Iterator[Any]:
    """On an executor: equal files are here, and count once."""
    merger = _native.Merger()
    for batch in batches:
        columns = [batch.column(name) for name in ("path", "bytes", "digest", "damage", "tally")]
        for row in range(batch.num_rows):
            merger.add_file(*(column[row].as_py() for column in columns))
        if merger.held() > _HELD:
            yield from _passed_on(merger)
    yield from _passed_on(merger)


def _merge_parts(held: Any, least: int, batches: Iterable[Any]) -> Iterator[Any]:
    """On an executor: equal fingerprints are here, and are looked at if there are so many of them."""
    merger = _native.Merger()
    for batch in batches:
        for fingerprint, part in zip(batch.column("fingerprint").to_pylist(), batch.column("part").to_pylist()):
            merger.add(fingerprint, part)
    looks = held is not None and merger.held() >= least
    yield from _passed_on(merger, _looker(held) if looks else None)


def _passed_on(merger: _native.Merger, looker: Optional[_native.Looker] = None) -> Iterator[Any]:
    rows = _Rows(("fingerprint", "string"), ("part", "binary"), ("look", "binary"))
    for fingerprint, part, look in merger.take(looker):
        rows.add(fingerprint, part, look)
        yield from rows.taken()
    yield from rows.taken(0)
