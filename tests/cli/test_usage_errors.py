"""A command that is written wrongly: one line says what is wrong, in Chinese first; the next ones how it is written and where its help is."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from opencheck.cli.main import main


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("check", "没有写 PATHS... / Missing argument 'PATHS...'."),
        ("explain", "没有写 RULE|REPORT.json / Missing argument 'RULE|REPORT.json'."),
        ("check x.csv --fall-on error", "没有选项 --fall-on，最接近的是 --fail-on"),
        ("check x.csv --as-of", "选项 --as-of 后面少了值"),
        ("check x.csv --format pdf", "--format 的值不能用，可用 table、json、"),
        ("rules a b", "命令写得不对 / Got unexpected extra arguments (a b)"),
        ("check x.csv --format xlsx", "--format xlsx 需要 --output FILE.xlsx / needs --output"),
    ],
)
def test_usage_error_is_told_in_chinese_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, told: str) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.csv").write_text("编号,收到日期\n1,2018-09-03\n", "utf-8")
    result = CliRunner().invoke(main, written.split())
    first, *further = result.stderr.splitlines()
    assert (result.exit_code, result.stdout) == (2, "")
    assert first.startswith(f"opencheck: {told}")
    command = written.split()[0]
    if further:  # of an option without its value click knows no command
        assert further[0].startswith(f"用法 / usage: main {command} [OPTIONS]")
        assert further[1] == f"说明 / help: main {command} --help"
