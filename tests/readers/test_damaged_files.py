"""Files that the fuzz run found to end in a traceback or a crash, made small: each is refused by a sentence that names it."""

from __future__ import annotations

import io
import sqlite3
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from opencheck.core.errors import InputError
from opencheck.readers import read
from opencheck.records.dataset import ROW


def workbook() -> bytes:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


def test_archive_of_an_unknown_version_is_refused(tmp_path: Path) -> None:
    """What an entry says it takes to unpack it is beyond any version of the format."""
    content = bytearray(workbook())
    struct.pack_into("<H", content, content.index(b"PK\x01\x02") + 6, 255)
    for name in ("x.xlsx", "x.ods"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match=name):
            read(tmp_path / name)


@pytest.mark.parametrize("flag", [0x01, 0x20, 0x40])
def test_archive_with_flags_that_nothing_reads_is_refused(tmp_path: Path, flag: int) -> None:
    content = bytearray(workbook())
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = content.find(mark)
        while at >= 0:
            content[at + offset] |= flag
            at = content.find(mark, at + 4)
    (tmp_path / "x.xlsx").write_bytes(content)
    with pytest.raises(InputError, match=r"x\.xlsx"):
        read(tmp_path / "x.xlsx")


def database(path: Path) -> bytes:
    own = sqlite3.connect(path)
    own.execute('create table request (id text, "答复日期" text)')
    own.execute("insert into request values ('1', '2018-11-20')")
    own.commit()
    own.close()
    return path.read_bytes()


@pytest.mark.parametrize("carrier", [None, "duck"])
@pytest.mark.parametrize(
    ("old", "new"),
    [("答复日期".encode(), b"\xff\xfe\xff\xfe" * 3), (b"2018-11-20", b"2018\xff11\xff20"), (b"request", b"r\xffquest")],
)
def test_database_whose_texts_are_none_is_refused(
    tmp_path: Path, old: bytes, new: bytes, carrier: str | None, request: pytest.FixtureRequest
) -> None:
    """Polars, given such a text, ends by a panic or worse."""
    content = database(tmp_path / "x.db")
    assert old in content
    (tmp_path / "x.db").write_bytes(content.replace(old, new))
    with pytest.raises(InputError, match=r"x\.db"):
        read(tmp_path / "x.db", carrier=request.getfixturevalue(carrier) if carrier else None)


@pytest.mark.parametrize("carrier", [None, "duck"])
def test_parquet_file_with_a_name_that_is_no_text_is_refused(
    tmp_path: Path, carrier: str | None, request: pytest.FixtureRequest
) -> None:
    file = tmp_path / "request.parquet"
    pl.DataFrame({"id": ["1"], "received": ["2018-11-05"]}).write_parquet(file, statistics=False)
    file.write_bytes(file.read_bytes().replace(b"received", b"rec\xff\xfeved"))
    with pytest.raises(InputError, match="request"):
        read(file, carrier=request.getfixturevalue(carrier) if carrier else None).rows  # noqa: B018


@pytest.mark.parametrize("cell", ["甲" * 200_000, '"' + "甲" * 200_000 + '"'])
def test_long_cell_does_not_hide_the_delimiter(tmp_path: Path, cell: str) -> None:
    (tmp_path / "依申请公开.csv").write_text(f"编号,收到日期,备注\n1,2018-11-05,{cell}\n", encoding="utf-8")
    data = read(tmp_path / "依申请公开.csv")
    assert data.rows == {"read": 1, "checked": 1, "rejected": 0}


def test_archive_without_its_parts_is_refused(tmp_path: Path) -> None:
    whole = workbook()
    for left_out in zipfile.ZipFile(io.BytesIO(whole)).namelist():
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(out, "w") as new:
            for name in old.namelist():
                if name != left_out:
                    new.writestr(name, old.read(name))
        (tmp_path / "x.xlsx").write_bytes(out.getvalue())
        with pytest.raises(InputError, match=r"x\.xlsx"):
            read(tmp_path / "x.xlsx")


def arrow_file(folder: Path, rows: int = 3) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "request.arrow"
    frame = pl.DataFrame(
        {"id": [str(n) for n in range(rows)], "received_on": ["2018-11-05"] * rows, "note": ["很长的备注" * 20] * rows}
    )
    frame.write_ipc(file, compression="zstd", record_batch_size=2)
    return file


def test_arrow_file_that_states_a_size_beyond_all_memory_is_refused(tmp_path: Path) -> None:
    """A process of its own: one that is set aside the memory that is stated ends, or takes the machine's."""
    file = arrow_file(tmp_path)
    content = file.read_bytes()
    frame = content.index(b"\x28\xb5\x2f\xfd")  # a compressed buffer; before it stands its size
    file.write_bytes(content[: frame - 8] + struct.pack("<q", 1 << 47) + content[frame:])
    script = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))\n"
        "from opencheck.core.errors import InputError; from opencheck.readers import read\n"
        "try: read(sys.argv[1]).rows\nexcept InputError as exc: print('refused', exc)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(file)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.startswith("refused")) == (0, True), done.stderr[-500:]


def test_arrow_file_with_a_text_that_is_none_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "request.arrow"
    pl.DataFrame({"id": ["1", "2"], "subject": "征地批复"}).write_ipc(file)
    file.write_bytes(file.read_bytes().replace("征地批复".encode(), b"\xff" * 12))
    with pytest.raises(InputError, match=r"request\.arrow"):
        read(file).rows  # noqa: B018


def test_arrow_file_is_read_in_batches_with_the_columns_that_folders_name(tmp_path: Path) -> None:
    data = read(arrow_file(tmp_path / "unit=市财政局" / "note=x", rows=5))
    records = data.tables["request"].records()
    assert records.select("id", "unit", ROW).rows() == [(str(n), "市财政局", n + 1) for n in range(5)]
    assert records["note"][0].startswith("很长的备注"), "what the file itself says counts"


def test_arrow_file_with_a_reference_to_nowhere_under_a_blank_is_read(tmp_path: Path) -> None:
    """What stands under a blank means nothing, so that no check looks at it; following it ended the process."""
    file = tmp_path / "request.arrow"
    blanks = pl.Series("note", [None, "乙" * 20, None], dtype=pl.String)
    pl.DataFrame({"id": ["1", "2", "3"], "received_on": "2018-11-05", "note": blanks}).write_ipc(file)
    content = file.read_bytes()
    view = struct.pack("<I4sII", 60, "乙乙".encode()[:4], 0, 0)
    at = content.index(view)
    nowhere = struct.pack("<I4sII", 1 << 30, b"abcd", 77, 1 << 30)
    file.write_bytes(content[: at - 16] + nowhere + view + nowhere + content[at + 32 :])
    script = (
        "import sys; from opencheck.readers import read; print(read(sys.argv[1]).tables['request'].records()['note'].to_list())"
    )
    done = subprocess.run([sys.executable, "-c", script, str(file)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, str([None, "乙" * 20, None])), done.stderr[-500:]
