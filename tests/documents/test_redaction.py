"""Fixes mask what the search finds, no more and no less: the headings of a table count in a copy, too."""

from __future__ import annotations

import io

import docx
import pytest

import opencheck as oc
from opencheck.core.personal_data import find_personal_data

ROWS = [["姓名", "身份证号", "批号"], ["王某", "110105491231002", "13805321234"]]


def word_file() -> bytes:
    book = docx.Document()
    table = book.add_table(rows=2, cols=3)
    for row, values in enumerate(ROWS):
        for column, value in enumerate(values):
            table.cell(row, column).text = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def web_page() -> bytes:
    rows = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in ROWS)
    return f"<html><body><table>{rows}</table></body></html>".encode()


@pytest.mark.parametrize(
    ("data", "name"),
    [(word_file(), "a.docx"), (web_page(), "a.html"), ("\n".join("\t".join(r) for r in ROWS).encode(), "a.txt")],
    ids=["docx", "html", "txt"],
)
def test_fixed_copy_masks_by_the_headings_of_the_table(data: bytes, name: str) -> None:
    assert [h.kind for h in find_personal_data(oc.documents.read(data, name).text)] == ["resident_id"]
    text = oc.documents.read(oc.documents.fixed_copy(data, name), name).text
    assert "110105491231002" not in text
    assert "13805321234" in text
    assert find_personal_data(text) == []
