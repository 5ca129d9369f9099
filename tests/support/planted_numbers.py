"""Ledgers with personal numbers in every field of every table, in headings, and in the names of files and sheets."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl

from identity_numbers import valid_id
from opencheck.records.tables import TABLES
from pingdu_rules import PACK

RESIDENT, MOBILE, CARD = valid_id("11010519491231002"), "13805321234", "6222021234567890128"

PLANTED = (RESIDENT, MOBILE, CARD)

CELL = f"某{RESIDENT}、{MOBILE}、{CARD}"


def shown_numbers(text: str) -> list[str]:
    """The numbers that a text shows, however its lines are broken."""
    plain = re.sub(r"\s", "", text)
    return [number for number in PLANTED if number in plain]


def text_of(content: bytes) -> str:
    """What a report in any format says; of a workbook all of its parts."""
    if not content.startswith(b"PK"):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "\n".join([*archive.namelist(), *(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())])


def opened(content: bytes) -> openpyxl.Workbook:
    """A workbook in a format of a report."""
    return openpyxl.load_workbook(io.BytesIO(content))


def own_cells(book: openpyxl.Workbook, original: openpyxl.Workbook) -> list[Any]:
    """The cells of the sheets that a workbook has from its original."""
    return [list(book[name].iter_rows(values_only=True)) for name in original.sheetnames]


def said_beside(book: openpyxl.Workbook, original: openpyxl.Workbook) -> str:
    """What a marked workbook says besides the cells of its original: comments, and sheets that were added, with their names."""
    names = original.sheetnames
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    said = [cell.comment.text for cell in cells if cell.comment]
    said += [str(cell.value) for cell in cells if cell.parent.title not in names and cell.value is not None]
    return "\n".join([*(name for name in book.sheetnames if name not in names), *said])


def examples() -> dict[str, dict[str, Any]]:
    """A record of each table as an example of a rule has it, with the most fields."""
    found: dict[str, dict[str, Any]] = {}
    for bound in PACK.rules.values():
        for example in bound.rule.examples:
            for table, rows in example.given.items():
                for row in rows:
                    if len(row) > len(found.get(table, {})):
                        found[table] = dict(row)
    return found


def planted_records(cell: str = CELL) -> dict[str, list[dict[str, Any]]]:
    """For each field of each table a record that is in order but for a cell; and one with it in all fields of text, the id too."""
    known = examples()
    tables: dict[str, list[dict[str, Any]]] = {}
    for table, spec in TABLES.items():
        base = known.get(table, {})
        texts = {name: cell for name, field in spec.fields.items() if field.kind in ("text", "prose", "list")}
        rows = [{**base, "id": f"{table}-{name}", name: cell} for name in spec.fields]
        tables[table] = [*rows, {**base, **texts}]
    return tables


def planted_folder(folder: Path, tables: dict[str, list[dict[str, Any]]], mark: str = MOBILE) -> Path:
    """The records as files, a half of the tables in a workbook; a file name, sheet names and a heading of each table hold the mark."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for number, (table, rows) in enumerate(tables.items()):
        heads = list(dict.fromkeys(name for row in rows for name in row))
        lines = [[*heads, f"联系{mark}"], *([*(_cell(row.get(name)) for name in heads), mark] for row in rows)]
        if number % 2 == 0:
            sheet = book.create_sheet(f"{table} {mark}")
            for line in lines:
                sheet.append(line)
        else:
            with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(lines)
    book.create_sheet(f"说明{mark}").append([f"填表人{mark}"])
    book.save(folder / f"台账{mark}.xlsx")
    return folder


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "；".join(map(str, value)) if isinstance(value, list) else value


def texts_in(value: Any, seen: set[int] | None = None) -> Iterator[str]:
    """Every text that can be reached through the public attributes and items of an object of the report's own packages."""
    seen = set() if seen is None else seen
    if isinstance(value, str):
        yield value
        return
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, dict):
        for key, item in value.items():
            yield from texts_in(key, seen)
            yield from texts_in(item, seen)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            yield from texts_in(item, seen)
    elif type(value).__module__.startswith("opencheck."):
        for name in dir(type(value)):
            if not name.startswith(("_", "model_")) and name not in RECORDS and not callable(got := getattr(value, name, None)):
                yield from texts_in(got, seen)
        for name, item in getattr(value, "__dict__", {}).items():
            if not name.startswith("_") and name not in RECORDS:
                yield from texts_in(item, seen)


RECORDS = {"data", "facts", "result", "results", "packs", "real_unit"}
"""Attributes that hold the records as they were read, or the packs."""
