"""opencheck serve."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from opencheck.cli.main import main


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_serve_public_host_without_tokens_is_refused(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENCHECK_TOKENS", raising=False)
    done = CliRunner().invoke(main, ["serve", "--host", host])
    assert done.exit_code == 2
    assert "先设令牌" in done.output


def test_serve_bad_tokens_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENCHECK_TOKENS", "short")
    assert "太短" in CliRunner().invoke(main, ["serve"]).output
    monkeypatch.delenv("OPENCHECK_TOKENS")
    empty = tmp_path / "tokens"
    empty.write_text("# none\n")
    assert "没有令牌" in CliRunner().invoke(main, ["serve", "--token-file", str(empty)]).output
