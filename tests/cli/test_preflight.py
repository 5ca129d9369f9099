"""opencheck preflight."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from opencheck.cli.main import main
from published_tables import ID, workbook
from sample_documents import POLICY, as_docx


def test_preflight_document_exit_status(tmp_path: Path) -> None:
    file = tmp_path / "通知.docx"
    file.write_bytes(as_docx())
    fields = [f"--field={k}" for k in ("审查结果=可以公开", "审查人=王某", "保密审查日期=2018-08-27", "是否政策性文件=否")]
    good = CliRunner().invoke(main, ["preflight", str(file), "--as-of", "2018-08-28", *fields])
    assert (good.exit_code, "没有阻止公布的问题" in good.stdout) == (0, True)
    bad = CliRunner().invoke(main, ["preflight", str(file), "--as-of", "2018-08-28", *fields[:2], "--format", "json"])
    assert bad.exit_code == 2, "an unrecorded review is no breach, and does not clear the document either"
    told = json.loads(bad.stdout)
    assert {f["rule"] for f in told["unknown"]} >= {"PD-14.1b"}
    assert (told["publishable"], told["clearance"], "PD-14.1b" in told["undecided"]) == (False, "needs_review", True)
    for lang, words in (("zh", "项待定（"), ("en", "still open (")):
        shown = CliRunner().invoke(main, ["preflight", str(file), "--as-of", "2018-08-28", *fields[:2], "--lang", lang])
        assert shown.exit_code == 2
        assert words in shown.stdout
        assert "没有阻止公布的问题" not in shown.stdout
    record = tmp_path / "r.json"
    record.write_text(json.dumps({**POLICY, "reviewed_on": "2018-08-30"}), encoding="utf-8")
    blocked = CliRunner().invoke(main, ["preflight", str(record), "--as-of", "2018-08-28"])
    assert blocked.exit_code == 1
    assert "PD-14.1b" in blocked.stdout
    for content in ("[]", "no json", '{"signed_on": "2018-02-30"}'):
        record.write_text(content, encoding="utf-8")
        assert CliRunner().invoke(main, ["preflight", str(record), "--as-of", "2018-08-28"]).exit_code == 2
    assert CliRunner().invoke(main, ["preflight", str(record), "--table", "nothing"]).exit_code == 2


def test_preflight_listing_prints_columns_and_masks(tmp_path: Path) -> None:
    path = workbook(tmp_path / "公示.xlsx")
    done = CliRunner().invoke(
        main, ["preflight", str(path), "--table", "listing", "--field", "主题=最低生活保障", "--as-of", "2018-09-10"]
    )
    assert done.exit_code == 1
    assert "表中没有“监督举报电话”列" in done.output
    assert ID not in done.output
    other = CliRunner().invoke(main, ["preflight", str(path), "--table", "listing", "--as-of", "2018-09-10"])
    assert "是否适用无法判断" in other.output  # no topic was given
    wrong = CliRunner().invoke(
        main, ["preflight", str(path), "--table", "listing", "--field", "主体=x", "--as-of", "2018-09-10"]
    )
    assert wrong.exit_code == 2
    assert "没有字段" in wrong.output
