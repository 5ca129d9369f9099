"""Where the work is done: Polars, DuckDB or Spark. One rule gives one expression; a backend only reads, holds and fetches frames.

Kinds ask their scope for what they need, and get Polars frames of what is small: aggregates, the rows that became findings. Moments are kept
on all backends but Polars as the time of day in Asia/Shanghai without a zone, so that no engine's own setting of the zone can move a day.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import weakref
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import narwhals as nw
import polars as pl
from typing_extensions import override

from opencheck.core.errors import InputError, unknown_name

if TYPE_CHECKING:
    import duckdb
    from pyspark.sql import DataFrame, SparkSession

__all__ = [
    "ENGINES",
    "SPAN",
    "Backend",
    "DuckDB",
    "Frame",
    "Relational",
    "Spark",
    "backend_of",
    "local",
    "place_number",
]


ENGINES = ("polars", "duckdb", "spark")

_CASES = 64
"""Renamed values up to which a column is renamed by a case expression; more of them are joined."""

SHANGHAI = "Asia/Shanghai"

Frame = nw.LazyFrame[Any]

ROW, SRC = "_row", "_src"
"""Columns that carry a record's row number and the index of its source."""

SPAN = 1 << 40
"""More rows than any source has: source and row make one number that sorts like both."""

_TYPES: dict[Any, Any] = {
    pl.Date: nw.Date,
    pl.Boolean: nw.Boolean,
    pl.Int64: nw.Int64,
    pl.Float64: nw.Float64,
    pl.String: nw.String,
    pl.List: nw.List(nw.String),
}


def place_number() -> nw.Expr:
    """Source and row of a record as one number that sorts like both; null where rows have no order."""
    return nw.col(SRC).cast(nw.Int64) * SPAN + nw.col(ROW)


def _framed(native: Any) -> Frame:
    frame: Frame = nw.from_native(native)
    return frame


class Backend:
    """Polars, and what every backend can do."""

    name: ClassVar[str] = "polars"

    def lift(self, frame: pl.DataFrame | pl.LazyFrame) -> Any:
        """A frame of the readers as a native lazy frame of this backend."""
        return frame.lazy()

    def together(self, frames: Sequence[Any]) -> Any:
        """Native frames of one table under each other; a column that one does not have is blank there."""
        return pl.concat(frames, how="diagonal")

    def table(self, frame: pl.DataFrame) -> Frame:
        """A small table to join with: the calendar, a list of keys."""
        return _framed(frame.lazy())

    def owns(self, source: Any) -> bool:
        """Whether a source is a frame that stays in this backend."""
        return False

    def numbered(self, native: Any, source: int) -> Any:
        """A native frame with ``_src``, and with ``_row`` where it has one or its rows have an order."""
        raise NotImplementedError

    def fetch_all(self, frames: Sequence[Frame], *, many: bool = False) -> list[pl.DataFrame]:
        """Frames worked out, as Polars frames; ``many`` where they come of many rows."""
        return pl.collect_all([f.to_native() for f in frames], engine="streaming" if many else "in-memory")

    def fetch(self, frame: Frame) -> pl.DataFrame:
        """One frame worked out, as a Polars frame."""
        return self.fetch_all([frame])[0]

    def batches(self, frame: Frame) -> Iterator[pl.DataFrame]:
        """A frame worked out, a part of its rows at a time."""
        yield self.fetch(frame)

    def hold(self, frame: Frame) -> Frame:
        """A frame that is worked out now and used several times."""
        return _framed(frame.to_native().collect().lazy())

    def renamed(self, frame: Frame, name: str, mapping: Mapping[str, str], *, nested: bool) -> Frame:
        """Values of a text column, or the items of a list column, under other names; those not named stay."""
        column = pl.col(name)
        renamed = column.list.eval(pl.element().replace(mapping)) if nested else column.replace(mapping)
        return _framed(frame.to_native().with_columns(renamed.alias(name)))

    def moment(self, value: datetime) -> nw.Expr:
        """A moment as a literal that compares with this backend's columns."""
        return nw.lit(value)

    def dtype(self, dtype: Any) -> Any:
        """A field's type as this backend holds it."""
        return nw.Datetime("us", SHANGHAI) if isinstance(dtype, pl.Datetime) else _TYPES[dtype.base_type()]


class Relational(Backend):
    """What DuckDB and Spark have in common."""

    @override
    def together(self, frames: Sequence[Any]) -> Any:
        lifted = [nw.from_native(self.lift(f) if isinstance(f, (pl.DataFrame, pl.LazyFrame)) else f) for f in frames]
        return nw.concat(lifted, how="diagonal").to_native()

    def at_shanghai(self, frame: Frame) -> Frame:
        """A frame whose moments with a zone are the time of day in Asia/Shanghai; those without one are taken for that."""
        zoned = [n for n, t in frame.collect_schema().items() if isinstance(t, nw.Datetime) and t.time_zone]
        return _framed(self._local(frame.to_native(), zoned)) if zoned else frame

    @override
    def fetch_all(self, frames: Sequence[Frame], *, many: bool = False) -> list[pl.DataFrame]:
        return [_plain(f.collect(backend="polars").to_native()) for f in frames]

    @override
    def moment(self, value: datetime) -> nw.Expr:
        # As text: what a driver makes of a bare moment depends on zones of its own.
        return nw.lit(value.replace(tzinfo=None).isoformat(" ")).cast(nw.Datetime("us"))

    @override
    def dtype(self, dtype: Any) -> Any:
        return nw.Datetime("us") if isinstance(dtype, pl.Datetime) else _TYPES[dtype.base_type()]

    @override
    def renamed(self, frame: Frame, name: str, mapping: Mapping[str, str], *, nested: bool) -> Frame:
        if nested:
            return _framed(self._items(frame.to_native(), name, mapping))
        if len(mapping) <= _CASES:
            column = nw.col(name)
            known = column.replace_strict(list(mapping), list(mapping.values()), default=None, return_dtype=nw.String)
            return frame.with_columns(nw.when(column.is_in(list(mapping))).then(known).otherwise(column).alias(name))
        names = self.table(pl.DataFrame({"_old": list(mapping), "_new": list(mapping.values())}, schema_overrides=_TEXTS))
        columns = frame.collect_schema().names()
        joined = frame.join(names, left_on=name, right_on="_old", how="left")
        new = nw.when(nw.col("_new").is_null()).then(nw.col(name)).otherwise(nw.col("_new"))
        return joined.with_columns(new.alias(name)).select(columns)

    def _items(self, native: Any, name: str, mapping: Mapping[str, str]) -> Any:
        raise NotImplementedError

    def _local(self, native: Any, names: list[str]) -> Any:
        raise NotImplementedError

    def scan_parquet(self, paths: Sequence[Path], sources: Sequence[int]) -> Any:
        """Parquet files of one shape as one frame, with ``_row`` (from 1) and ``_src`` of each row."""
        raise NotImplementedError

    def scan_text(self, path: Path, encoding: str, delimiter: str, headers: Sequence[str], source: int) -> Any:
        """A large text table under its header, all of it text, with ``_row`` and ``_src``.

        Raises:
            InputError: a line that is no row, or an engine that does not read such a file.
        """
        raise InputError(
            f"{path.name}: {self.name} 不读这么大的文本表，请转成 Parquet，或用 --engine duckdb / "
            f"{self.name} reads no text table of this size; convert it to Parquet, or use --engine duckdb"
        )


_TEXTS = {"_old": pl.String, "_new": pl.String}


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """A fetched frame with the types that Polars itself would give: whole numbers of one width, moments with their zone."""
    changes: list[pl.Expr] = []
    for name, dtype in frame.schema.items():
        column = pl.col(name)
        if (isinstance(dtype, pl.Decimal) and not dtype.scale) or dtype in (pl.Int32, pl.Int16, pl.UInt32, pl.UInt64):
            changes.append(column.cast(pl.Int64))
        elif isinstance(dtype, pl.Datetime):
            bare = column if dtype.time_zone is None else column.dt.convert_time_zone(SHANGHAI).dt.replace_time_zone(None)
            changes.append(bare.dt.replace_time_zone(SHANGHAI).dt.cast_time_unit("us"))
    return frame.with_columns(changes) if changes else frame


def _bare(frame: pl.DataFrame) -> pl.DataFrame:
    """A frame whose moments are the time of day in Asia/Shanghai without a zone."""
    moments = [n for n, t in frame.schema.items() if isinstance(t, pl.Datetime) and t.time_zone]
    return frame.with_columns(pl.col(n).dt.convert_time_zone(SHANGHAI).dt.replace_time_zone(None) for n in moments)


class DuckDB(Relational):
    """DuckDB: files and databases larger than memory; what does not fit goes to a temporary folder.

    Args:
        memory: what DuckDB may hold, as it writes it ("1GiB"); its own default is most of the machine's.
        folder: where what does not fit is put; a new temporary folder where None, removed at the end.
        threads: how many threads; all cores where None.

    Raises:
        InputError: DuckDB is not installed, or a setting that it does not accept.
    """

    name: ClassVar[str] = "duckdb"

    def __init__(self, memory: str | None = None, folder: Path | None = None, threads: int | None = None) -> None:
        duckdb_ = _need("duckdb")
        self.folder = own = Path(tempfile.mkdtemp(prefix="opencheck-", dir=folder))
        weakref.finalize(self, shutil.rmtree, own, ignore_errors=True)
        settings: dict[str, Any] = {"temp_directory": str(own / "spill")}
        settings |= {"memory_limit": memory} if memory else {}
        settings |= {"threads": threads} if threads else {}
        try:
            self.connection: duckdb.DuckDBPyConnection = duckdb_.connect(str(own / "work.duckdb"), config=settings)
        except duckdb_.Error as exc:
            raise InputError(f"DuckDB 不能启动 / cannot be started: {str(exc).splitlines()[0]}") from exc
        self._made = 0

    def name_of_next(self) -> str:
        """A name for a table of this run."""
        self._made += 1
        return f"_opencheck_{self._made}"

    @override
    def lift(self, frame: pl.DataFrame | pl.LazyFrame) -> Any:
        rows = _bare(frame.lazy().collect())
        name = self.name_of_next()
        self.connection.register(f"{name}_given", rows.to_arrow())
        self.connection.execute(f"create table {name} as select * from {name}_given")
        self.connection.unregister(f"{name}_given")
        return self.connection.table(name)

    @override
    def scan_text(self, path: Path, encoding: str, delimiter: str, headers: Sequence[str], source: int) -> Any:
        given = path
        if encoding not in ("utf-8", "utf-8-sig"):
            given = self.folder / f"{self.name_of_next()}.csv"
            with path.open("r", encoding=encoding, newline="") as old, given.open("w", encoding="utf-8", newline="") as new:
                shutil.copyfileobj(old, new, 1 << 20)
        name = self.name_of_next()
        numbered = f'(row_number() over () + 1)::bigint as "{ROW}", {source}::int as "{SRC}"'
        # Told everything, DuckDB guesses nothing, and refuses a line with more or fewer cells than the header.
        options = "header = true, auto_detect = false, quote = '\"', escape = '\"', strict_mode = true, parallel = false"
        unique = [h if h not in headers[:i] else f"{h}_{i + 1}" for i, h in enumerate(headers)]
        columns = ", ".join(f"{_quoted(h)}: 'VARCHAR'" for h in unique)
        query = f"from read_csv({_quoted(str(given))}, delim = {_quoted(delimiter)}, columns = {{{columns}}}, {options})"
        try:
            self.connection.execute(f"create table {name} as select *, {numbered} {query}")
        except _need("duckdb").Error as exc:
            reason = str(exc).replace(str(given), path.name).splitlines()
            told = " ".join(line.strip() for line in reason[:3] if line.strip())
            raise InputError(f"{path.name}: 有一行不成行 / a line is no row: {told}") from exc
        finally:
            if given != path:
                given.unlink(missing_ok=True)
        return self.connection.table(name)

    @override
    def owns(self, source: Any) -> bool:
        return isinstance(source, _need("duckdb").DuckDBPyRelation)

    @override
    def numbered(self, native: Any, source: int) -> Any:
        # A relation belongs to a connection of its own; its rows are taken over as they come.
        return self.take(native.to_arrow_reader(1_000_000), source)

    def take(self, batches: Any, source: int) -> Any:
        """Arrow batches as a table, with the row numbers in which they come; no more than a batch is in memory at a time."""
        name = self.name_of_next()
        self.connection.register(f"{name}_given", batches)
        numbered = f'row_number() over ()::bigint as "{ROW}", {source}::int as "{SRC}"'
        self.connection.execute(f"create table {name} as select *, {numbered} from {name}_given")
        self.connection.unregister(f"{name}_given")
        return self.connection.table(name)

    @override
    def table(self, frame: pl.DataFrame) -> Frame:
        return _framed(self.lift(frame))

    @override
    def batches(self, frame: Frame) -> Iterator[pl.DataFrame]:
        for batch in frame.to_native().to_arrow_reader(200_000):
            yield _plain(pl.DataFrame(pl.from_arrow(batch)))

    @override
    def hold(self, frame: Frame) -> Frame:
        name = self.name_of_next()
        frame.to_native().create(name)
        return _framed(self.connection.table(name))

    def _items(self, native: Any, name: str, mapping: Mapping[str, str]) -> Any:
        cases = " ".join(f"when {_quoted(old)} then {_quoted(new)}" for old, new in mapping.items())
        renamed = f'list_transform("{name}", lambda x: case x {cases} else x end) as "{name}"'
        return native.select(", ".join(renamed if c == name else f'"{c}"' for c in native.columns))

    def _local(self, native: Any, names: list[str]) -> Any:
        local_ = {n: f'timezone(\'{SHANGHAI}\', "{n}") as "{n}"' for n in names}
        return native.select(", ".join(local_.get(c, f'"{c}"') for c in native.columns))

    @override
    def scan_parquet(self, paths: Sequence[Path], sources: Sequence[int]) -> Any:
        files = [str(p) for p in paths]
        rows = self.connection.read_parquet(files, file_row_number=True, filename=True, union_by_name=len(files) > 1)
        number = dict(zip(files, sources, strict=True))
        if len(files) == 1:
            src = f"{sources[0]}::int"
        else:
            src = "(case filename " + " ".join(f"when {_quoted(f)} then {s}" for f, s in number.items()) + " end)::int"
        own = [f'"{c}"' for c in rows.columns if c not in ("filename", "file_row_number")]
        return rows.select(", ".join([*own, f'(file_row_number + 1)::bigint as "{ROW}"', f'{src} as "{SRC}"']))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


_LOCAL_SPARK = {
    "spark.driver.memory": "4g",
    "spark.sql.shuffle.partitions": "8",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}
"""How a Spark of our own on this machine is set up; a session that runs already, or that spark-submit starts, is left as it is."""


class Spark(Relational):
    """Spark: a cluster, or this machine.

    Args:
        session: the session to work in; the running one, or a new local one, where None.

    Raises:
        InputError: PySpark or Java is not there.
    """

    name: ClassVar[str] = "spark"

    def __init__(self, session: SparkSession | None = None) -> None:
        _need("pyspark")
        if session is None:
            from pyspark.sql import SparkSession

            builder = SparkSession.builder.appName("opencheck")
            submitted = "PYSPARK_GATEWAY_PORT" in os.environ or "SPARK_REMOTE" in os.environ
            if not submitted and SparkSession.getActiveSession() is None:
                os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # its workers need what this process has
                for key, value in _LOCAL_SPARK.items():
                    builder = builder.config(key, value)
            try:
                session = builder.getOrCreate()
            except Exception as exc:  # Java's absence comes as an error of its own in each version
                reason = str(exc).strip().splitlines()[0]
                raise InputError(f"Spark 启动不了，需要 Java 17 / Spark does not start, it needs Java 17: {reason}") from exc
        self.session = session

    @override
    def owns(self, source: Any) -> bool:
        from pyspark.sql import DataFrame

        return isinstance(source, DataFrame)

    @override
    def numbered(self, native: Any, source: int) -> Any:
        from pyspark.sql import functions as f

        row = f.col(ROW) if ROW in native.columns else f.lit(None)
        return native.withColumns({ROW: row.cast("bigint"), SRC: f.lit(source).cast("int")})

    @override
    def lift(self, frame: pl.DataFrame | pl.LazyFrame) -> DataFrame:
        from pyspark.sql.pandas.types import from_arrow_schema

        rows = _bare(frame.lazy().collect()).to_arrow()
        schema = from_arrow_schema(rows.schema, prefer_timestamp_ntz=True)
        return self.session.createDataFrame(rows, schema=schema)

    @override
    def table(self, frame: pl.DataFrame) -> Frame:
        from pyspark.sql import functions

        return _framed(functions.broadcast(self.lift(frame)))

    @override
    def hold(self, frame: Frame) -> Frame:
        return _framed(frame.to_native().persist())

    def one_by_one(
        self, frame: Frame, codes: Sequence[nw.Expr], parts: Sequence[tuple[tuple[str, ...] | None, Sequence[int]]], quiet: int
    ) -> Frame:
        """A row for each record and each code of its part that is not ``quiet``: ``_rule`` tells which, ``_code`` its value.

        ``parts`` are topics with the places of the codes that are asked there: () is no topic, None any other topic. Each code is worked
        out once, and only where it is asked: as a filter over a projection all of them would be worked out twice.
        """
        from pyspark.sql import functions as f

        native = frame.to_native()
        columns = self.columns(native, codes)
        told = [f.struct(f.lit(i).alias("_rule"), c.cast("tinyint").alias("_code")) for i, c in enumerate(columns)]
        everywhere = set.intersection(*(set(asked) for _, asked in parts))
        asked_here = f.array(*(told[i] for i in sorted(everywhere)))
        topic = f.col("topic") if len(parts) > 1 else f.lit(None)
        rest = f.array().cast("array<struct<_rule:int,_code:tinyint>>")
        own: Any = None
        for topics, asked in parts:
            mine = [told[i] for i in asked if i not in everywhere]
            if topics is None or not mine:
                continue
            here = topic.isNull() if topics == () else topic.isin(*topics)
            own = f.when(here, f.array(*mine)) if own is None else own.when(here, f.array(*mine))
        array = f.concat(asked_here, own.otherwise(rest)) if own is not None else asked_here
        loud = f.filter(array, lambda one: one["_code"] != quiet)
        rows = native.select("*", f.explode(loud).alias("_told"))
        return _framed(rows.select("*", "_told._rule", "_told._code").drop("_told"))

    def kept(self, rows: Frame, rules: int, passing: int) -> tuple[pl.DataFrame, list[int]]:
        """The rows of :meth:`one_by_one` that are no passes, and how many of each rule are, in one pass."""
        from pyspark.sql import Observation
        from pyspark.sql import functions as f

        native, seen = rows.to_native(), Observation()
        passed = f.col("_code") == passing
        counts = [f.count(f.when(passed & (f.col("_rule") == i), True)).alias(f"n{i}") for i in range(rules)]
        found = self.fetch(_framed(native.observe(seen, *counts).filter(~passed)))
        return found, [int(seen.get[f"n{i}"]) for i in range(rules)]

    @staticmethod
    def columns(native: Any, expressions: Sequence[nw.Expr]) -> list[Any]:
        """Narwhals expressions over a Spark frame as columns of Spark."""
        caught: dict[str, Any] = {}
        own = native.select("*")

        def catch(columns: dict[str, Any]) -> Any:
            caught.update(columns)
            return native

        own.withColumns = catch
        names = [f"_x{i}" for i in range(len(expressions))]
        _framed(own).with_columns(*(e.alias(n) for n, e in zip(names, expressions, strict=True)))
        return [caught[n] for n in names]

    def _items(self, native: Any, name: str, mapping: Mapping[str, str]) -> Any:
        from pyspark.sql import functions as f

        known = f.create_map(*(f.lit(text) for pair in mapping.items() for text in pair))
        return native.withColumn(name, f.transform(f.col(name), lambda item: f.coalesce(known[item], item)))

    def _local(self, native: Any, names: list[str]) -> Any:
        from pyspark.sql import functions as f

        here, there = f.current_timezone(), f.lit(SHANGHAI)
        return native.withColumns({n: f.convert_timezone(here, there, f.col(n).cast("timestamp_ntz")) for n in names})

    @override
    def scan_parquet(self, paths: Sequence[Path], sources: Sequence[int]) -> Any:
        from pyspark.sql import functions as f

        frames = []
        for path, source in zip(paths, sources, strict=True):
            rows = self.session.read.parquet(str(path))
            numbered = (f.col("_metadata.row_index") + 1).cast("bigint")
            frames.append(rows.select("*", numbered.alias(ROW), f.lit(source).cast("int").alias(SRC)))
        return self.together(frames) if len(frames) > 1 else frames[0]


def _need(module: str) -> Any:
    from importlib import import_module

    try:
        return import_module(module)
    except ImportError as exc:
        extra = {"pyspark": "spark"}.get(module, module)
        raise InputError(f"需要安装 / needs: pip install 'opencheck[{extra}]'", code="extra_needed", found=extra) from exc


_LOCAL = Backend()


def local() -> Backend:
    """Polars, in this process."""
    return _LOCAL


def backend_of(engine: str | Backend, memory: str | None = None) -> Backend:
    """The backend of an engine's name.

    Raises:
        InputError: no such engine, or one that is not installed.

    >>> backend_of("polars").name
    'polars'
    """
    if isinstance(engine, Backend):
        return engine
    if engine not in ENGINES:
        raise unknown_name("没有这个引擎 / no engine", engine, ENGINES, code="unknown_engine", field="engine")
    if memory and engine != "duckdb":
        raise InputError(
            f"内存上限只对 duckdb 有效 / a memory limit is for duckdb, not for {engine}",
            code="memory_needs_duckdb",
            field="memory",
            found=memory,
        )
    if engine == "duckdb":
        return DuckDB(memory)
    return Spark() if engine == "spark" else local()
