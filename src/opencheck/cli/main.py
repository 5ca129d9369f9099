"""The command line: ``opencheck check ledger.xlsx --pack pingdu-2018 --as-of 2018-12-31``.

Exit status: 0 no violation at or above ``--fail-on``; 1 violations; 2 usage error, unreadable input, or no valid row.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from opencheck.cli.config import find_defaults
from opencheck.core.errors import OpencheckError
from opencheck.core.version import __version__

__all__ = [
    "main",
]


_COMMANDS = {
    "check": "opencheck.cli.check:check",
    "map": "opencheck.cli.map:map_headings",
    "preflight": "opencheck.cli.preflight:preflight",
    "due": "opencheck.cli.due:due",
    "score": "opencheck.cli.history:score",
    "history": "opencheck.cli.history:history",
    "rules": "opencheck.cli.packs:rules",
    "explain": "opencheck.cli.packs:explain",
    "coverage": "opencheck.cli.packs:coverage",
    "test-pack": "opencheck.cli.packs:test_pack",
    "new-pack": "opencheck.cli.new:new_pack",
    "new-rule": "opencheck.cli.new:new_rule",
    "template": "opencheck.cli.files:template",
    "schema": "opencheck.cli.files:schema",
    "completion": "opencheck.cli.files:completion",
    "serve": "opencheck.integrations.http.command:serve",
}
"""Command → ``module:function``; modules are imported on demand."""


class _Group(click.Group):
    """Loads commands on demand, and reports errors of opencheck without a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _, function = _COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), function)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            ctx.default_map = dict.fromkeys(_COMMANDS, find_defaults(Path.cwd()))
            return super().invoke(ctx)
        except OpencheckError as exc:
            click.echo(f"opencheck: {exc}", err=True)
            ctx.exit(2)
        except OSError as exc:
            if isinstance(exc, BrokenPipeError):  # the reader of the output has exited
                sys.stderr.close()
                ctx.exit(0)
            click.echo(f"opencheck: {exc.filename or ''}: {exc.strerror}", err=True)
            ctx.exit(2)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="opencheck")
def main() -> None:
    """政务公开合规检查：台账进，结论出。Checks whether government offices keep their openness duties."""


if __name__ == "__main__":
    main()
