"""The example documents: what was read from each is what a person wrote down in the table beside them."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import opencheck as oc
from opencheck.cli.main import main
from opencheck.core.personal_data import find_personal_data

HERE = Path(__file__).parent.parent.parent / "examples" / "documents"


EXPECTED = list(csv.DictReader((HERE / "expected.csv").open(encoding="utf-8")))


META = {
    "is_policy": False, "is_important": False, "affects_public_interest": False, "attribute": "主动公开", "drafting_units": ["市水利局"], "submitted_on": "2018-08-20",
    "proposed_attribute": "主动公开", "proposed_reason": "涉及群众", "reviewed_on": "2018-08-25", "review_result": "可以公开", "reviewer": "王某", "id": "1",
}  # fmt: skip


def told(found: oc.documents.Found | None) -> str:
    if found is None:
        return ""
    if found.sure == "ambiguous":
        return "矛盾"
    return f"{found.value}{'（有损）' if found.sure == 'damaged' else ''}"


def words(cell: str) -> list[str]:
    return [w for w in cell.split("；") if w]


def test_example_documents_are_all_in_the_table() -> None:
    files = sorted(p.name for p in HERE.iterdir() if p.suffix not in (".csv", ".md"))
    assert [row["文件"] for row in EXPECTED] == files
    assert len(files) >= 30
    assert {Path(f).suffix for f in files} == {".docx", ".pdf", ".ofd", ".html", ".txt", ".doc", ".xlsx"}


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: row["文件"])
def test_example_document_is_read_as_its_table_says(row: dict[str, str], tmp_path: Path) -> None:
    path = HERE / row["文件"]
    if row["读不出"]:
        with pytest.raises(oc.InputError, match=row["读不出"]):
            oc.documents.read(path)
        assert CliRunner().invoke(main, ["preflight", str(path), "--as-of", "2018-09-10"]).exit_code == 2
        return
    document = oc.documents.read(path)
    facts = ("title", "number", "signed_on", "published_on", "attribute")
    assert [told(getattr(document, f)) for f in facts] == [row[c] for c in ("标题", "文号", "成文日期", "公布日期", "公开属性")]
    assert list(dict.fromkeys(h.kind for h in find_personal_data(document.text))) == words(row["个人信息"])
    assert [code for code, _ in document.unread] == words(row["未检查"])
    record: dict[str, Any] = META | document.as_record()
    result = oc.preflight(record, as_of="2018-09-10", unread=document.unread)
    blocking = words(row["不能公布"])
    if document.attribute is None and "PD-13.3" not in blocking and path.suffix != ".xlsx":
        raise AssertionError("a document without a label must be blocked")
    assert [f.rule for f in result.blocking if path.suffix != ".xlsx" or f.rule != "PD-13.3"] == blocking
    assert len(result.notes) == len(words(row["未检查"]))


@pytest.mark.parametrize("row", [r for r in EXPECTED if r["个人信息"] or r["不能公布"]], ids=lambda row: row["文件"])
def test_fixed_copy_is_clean_and_original_stays(row: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / row["文件"]
    shutil.copy(HERE / row["文件"], path)
    before = path.read_bytes()
    fields = [f"--field={k}={'、'.join(v) if isinstance(v, list) else v}" for k, v in META.items()]
    done = CliRunner().invoke(main, ["preflight", str(path), "--as-of", "2018-09-10", "--fix", *fields])
    assert path.read_bytes() == before
    copies = [p for p in tmp_path.iterdir() if p != path]
    if path.suffix in (".pdf", ".ofd", ".xlsx"):
        assert "不能自动修改" in done.output
        assert copies == []
        return
    (copy,) = copies
    document = oc.documents.read(copy)
    assert find_personal_data(document.text) == []
    assert oc.preflight(META | document.as_record(), as_of="2018-09-10").blocking == []
