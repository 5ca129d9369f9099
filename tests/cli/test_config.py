"""opencheck.toml and [tool.opencheck]: defaults of options, which the command line overrules."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result

from commands import run

LATE = {"request": [{"编号": "1", "收到申请时间": "2018-09-03", "答复日期": "2018-10-12", "责任单位": "市环保局"}]}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "台账.json").write_text(json.dumps(LATE), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _check(*more: str) -> Result:
    return run("check", "台账.json", *more)


def test_config_gives_day_mapping_and_status(project: Path) -> None:
    (project / "opencheck.toml").write_text(
        'as_of = 2018-12-31\nfail_on = "never"\n[map]\n"收到申请时间" = "收到日期"\n', encoding="utf-8"
    )
    result = _check("--rule", "15.3")
    assert result.exit_code == 0
    assert "截至 2018-12-31" in result.stdout
    assert "迟10个工作日" in result.stdout
    assert str(project / "opencheck.toml") in result.stderr
    assert _check("--rule", "15.3", "--fail-on", "error").exit_code == 1


def test_config_is_found_above_and_its_paths_are_its_own(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waiver = {
        "waiver": [
            {
                "rule": "PD-15.3",
                "record_id": "1",
                "basis": "市政府批准延期",
                "approved_by": "王某",
                "from": "2018-01-01",
                "until": "2018-12-31",
            }
        ]
    }
    (project / "豁免.json").write_text(json.dumps(waiver), encoding="utf-8")
    (project / "pyproject.toml").write_text(
        '[tool.other]\nx = 1\n[tool.opencheck]\nas_of = "2018-12-31"\nwaivers = ["豁免.json"]\n', encoding="utf-8"
    )
    inner = project / "2018"
    inner.mkdir()
    monkeypatch.chdir(inner)
    result = run("check", "../台账.json", "--rule", "PD-15.*", "--map", "收到申请时间=收到日期", "--format", "json")
    (found,) = [f for f in json.loads(result.stdout)["findings"] if f["rule"] == "PD-15.3"]
    assert found["outcome"] == "waived"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('as_off = "2018-12-31"', "as_of"),
        ("map = 3", "map"),
        ("as_of = [1]", "as_of"),
        ("as_of = ", "opencheck.toml"),
        ('lang = "xx"', "xx"),
        ('as_of = "2018-13-01"', "2018-13-01"),
    ],
)
def test_config_with_a_fault_is_refused_by_name(project: Path, text: str, said: str) -> None:
    (project / "opencheck.toml").write_text(text, encoding="utf-8")
    result = _check()
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_config_of_another_tool_is_left_alone(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.ruff]\nline-length = 3\n", encoding="utf-8")
    result = _check("--as-of", "2018-12-31")
    assert "截至" in result.stdout
    assert "pyproject.toml" not in result.stderr
    (project / "pyproject.toml").write_text("[tool", encoding="utf-8")
    assert "截至" in _check("--as-of", "2018-12-31").stdout
