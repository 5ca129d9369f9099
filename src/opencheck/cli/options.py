"""Shared parts of commands: options, completion, progress on the terminal."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click
from click.shell_completion import CompletionItem

from opencheck.core.errors import OpencheckError

if TYPE_CHECKING:
    from opencheck.engine.result import Progress


def complete_packs(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the names of packs, else folders."""
    from opencheck.rules.packs.loader import pack_names

    found = [CompletionItem(name) for name in pack_names() if name.startswith(incomplete)]
    return found or [CompletionItem(incomplete, type="dir")]


def complete_rules(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the ids of rules of the chosen packs, with their titles."""
    from opencheck.rules.packs.loader import load_packs

    if ctx.params.get("finding"):
        return [CompletionItem(incomplete, type="file")]
    try:
        packs = load_packs(ctx.params.get("packs") or ("pingdu-2018",))
    except OpencheckError:
        return []
    rules = [(id_, bound.rule.title.zh) for pack in packs for id_, bound in pack.rules.items()]
    return [CompletionItem(id_, help=title) for id_, title in rules if id_.lower().startswith(incomplete.lower())]


DEBUG = "opencheck.debug"
"""Where a command's context keeps whether ``--debug`` was given."""


def add_debug(command: click.Command) -> click.Command:
    """Give a command the option ``--debug``, once."""

    def keep(ctx: click.Context, param: click.Parameter, value: bool) -> None:
        ctx.meta[DEBUG] = value

    if not any("--debug" in parameter.opts for parameter in command.params):
        option = click.Option(
            ["--debug"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=keep,
            help="出错时显示程序的调用过程 / show the traceback of an error",
        )
        command.params.append(option)
    return command


LANG = click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="语言 / language")

PACK = click.option(
    "--pack",
    default="pingdu-2018",
    show_default=True,
    shell_complete=complete_packs,
    help="规则包的名称或文件夹 / name or folder of a pack",
)

PACKS = click.option(
    "--pack",
    "packs",
    multiple=True,
    default=("pingdu-2018",),
    show_default="pingdu-2018",
    shell_complete=complete_packs,
    help="规则包的名称或文件夹，可给多个 / names or folders of packs",
)

SET = click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="改规则包参数 / set a parameter of the pack")


MAP = click.option(
    "--map",
    "headings",
    multiple=True,
    metavar="HEADING=FIELD",
    help="表头是什么意思，如 --map 成文时间=成文日期；不用的写 -，只对一张工作表写 工作表!表头 / what a heading means, - for nothing",
)


LEDGER_UNIT = click.option(
    "--ledger-unit",
    metavar="UNIT",
    help="整本台账是这个单位的：没有写责任单位的行都算它的 / the unit whose ledger it is: of all rows that name none",
)


class _Source(click.ParamType):  # type: ignore[type-arg]  # not generic in older versions of click
    """A path, or the address of a database."""

    name = "path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path | str:
        from opencheck.readers.sql import is_database

        return value if is_database(str(value)) else Path(value)


SOURCE = _Source()


def parse_settings(settings: tuple[str, ...]) -> dict[str, str]:
    """Parse parameters of the form ``NAME=VALUE``."""
    return _pairs(settings, "--set", "NAME=VALUE")


def parse_headings(given: tuple[str, ...]) -> dict[str, str]:
    """Parse the mappings of headings, ``HEADING=FIELD``."""
    return _pairs(given, "--map", "HEADING=FIELD")


def _pairs(given: tuple[str, ...], option: str, form: str) -> dict[str, str]:
    found = {}
    for setting in given:
        name, sep, value = setting.partition("=")
        if not sep:
            raise click.UsageError(f"{option} {setting}: 应为 {form} / must be {form}")
        found[name.strip()] = value.strip()
    return found


def given_files(paths: Iterable[Path | str], *others: str | Path | None) -> list[Path]:
    """The files and folders among the sources and further files of a command, SQLite databases given by address included."""
    from opencheck.readers.sql import is_database, sqlite_path

    given = [str(path) for path in (*paths, *others) if path is not None]
    found = [sqlite_path(path) if is_database(path) else Path(path) for path in given]
    return [path for path in found if path is not None]


def echo_json(content: Any) -> None:
    """Write JSON to standard output in UTF-8, whatever the terminal's own encoding."""
    echo_bytes((json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode())


def echo_bytes(content: bytes) -> None:
    """Write to standard output, all of it: where it is not buffered (``PYTHONUNBUFFERED``) one call may write a part only."""
    rest = memoryview(content)
    while rest:
        rest = rest[sys.stdout.buffer.write(rest) :]
    sys.stdout.flush()


@contextmanager
def progress_bar() -> Iterator[Callable[[Progress], None] | None]:
    """Show a progress bar on standard error if it is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich import progress
    from rich.console import Console

    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeElapsedColumn(),
    )
    with progress.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("读取 / reading", total=None)

        def step(at: Progress) -> None:
            bar.update(task, description=_progress_words(at), completed=at.done, total=at.total)

        yield step


def _progress_words(at: Progress) -> str:
    """What is being done, and of a table how many rows were read and how many findings they gave."""
    from opencheck.records.tables import TABLES

    read = f" · {TABLES[at.table].label_zh} {at.rows:,} 行 / rows · {at.findings:,} 项 / findings" if at.rows else ""
    return f"检查 / checking {at.rule}{read}"


@contextmanager
def spinner(what: str) -> Iterator[None]:
    """Show a spinner on standard error if it is a terminal."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(what):
        yield


def stdout_console() -> Any:
    """Return a console for standard output."""
    from rich.console import Console

    class Output(Console):
        def on_broken_pipe(self) -> None:
            # Rich would exit with 1, which means violations.
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))

    tty = sys.stdout.isatty()
    return Output(width=terminal_width(sys.stdout), highlight=False, emoji=False, markup=False, no_color=None if tty else True)


def terminal_width(stream: TextIO) -> int:
    """Return the columns of the terminal that a stream writes to; of a pipe or file what COLUMNS says, else 120."""
    if stream.isatty():
        return max(40, shutil.get_terminal_size().columns)
    given = os.environ.get("COLUMNS", "")
    return max(40, int(given)) if given.isdecimal() else 120
