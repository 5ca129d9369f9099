"""Run the command line in this process."""

from __future__ import annotations

from click.testing import CliRunner, Result

from opencheck.cli.main import main

AS_OF = ["--as-of", "2018-12-31"]


def run(*args: str, answers: str | None = None, width: int = 120) -> Result:
    return CliRunner().invoke(main, list(args), input=answers, catch_exceptions=False, env={"COLUMNS": str(width)})
