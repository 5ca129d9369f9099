"""``opencheck due``: upcoming duties, as a list or a calendar file."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path

import click

from opencheck.cli.options import (
    LANG,
    LEDGER_UNIT,
    MAP,
    PACKS,
    SET,
    SOURCE,
    echo_bytes,
    given_files,
    parse_headings,
    parse_settings,
    progress_bar,
    stdout_console,
)
from opencheck.core.clock import today
from opencheck.core.outcomes import Outcome


@click.command()
@click.argument("paths", nargs=-1, required=True, type=SOURCE)
@PACKS
@click.option("--as-of", default=None, help="从哪一天看，默认今天 / the day from which it is seen  [today]")
@click.option("--until", default=None, help="看到哪一天（含），默认30天后 / last day, included  [30 days on]")
@click.option(
    "--format", "format_", type=click.Choice(["table", "ics", "json"]), default=None, help="默认 table；有 --output 时看扩展名"
)
@click.option(
    "--output", "-o", type=click.Path(path_type=Path, dir_okay=False), default=None, help="写到文件 / write to a file"
)
@click.option("--calendar", type=click.Path(path_type=Path), default=None, help="补充日历文件 / file that adds calendar years")
@click.option("--unit", default=None, help="只看这个单位 / only this unit")
@LEDGER_UNIT
@MAP
@SET
@LANG
def due(
    paths: tuple[Path | str, ...],
    packs: tuple[str, ...],
    as_of: str | None,
    until: str | None,
    format_: str | None,
    output: Path | None,
    calendar: Path | None,
    unit: str | None,
    ledger_unit: str | None,
    headings: tuple[str, ...],
    settings: tuple[str, ...],
    lang: str,
) -> None:
    """即将到期的事项：按单位列出，或写成日历文件。What falls due next.

    \b
    opencheck due 台账.xlsx --as-of 2018-12-31 --until 2019-01-31
    opencheck due 台账.xlsx --as-of 2018-12-31 --until 2019-01-31 -o 到期.ics
    """
    import opencheck as oc
    from opencheck.api.check import as_day
    from opencheck.core.output_files import write_file
    from opencheck.report.formats.due_list import as_ics, as_rows, print_due, upcoming_findings
    from opencheck.report.output import refuse_inputs

    day = as_day(as_of or today())
    if output is not None:
        refuse_inputs(output, given_files(paths, calendar))
    last = as_day(until) if until else day + timedelta(days=30)
    with progress_bar() as progress:
        report = oc.check(
            paths[0],
            *paths[1:],
            pack=packs,
            as_of=day,
            calendar=calendar,
            parameters=parse_settings(settings),
            progress=progress,
            ledger_unit=ledger_unit,
            headings=parse_headings(headings),
        )
    own = report if unit is None else report.of_units(unit)
    found = upcoming_findings(own, last)
    for remark in own.unassigned_remarks([Outcome.PENDING]):
        click.echo(remark.get(lang), err=True)
    chosen = format_ or ({".ics": "ics", ".json": "json"}.get(output.suffix.lower(), "table") if output else "table")
    if chosen == "table" and output is None:
        console = stdout_console()
        console.print(f"{day} — {last}", style="bold")
        print_due(found, console, lang)
        return
    if chosen == "ics":
        content = as_ics(report, found, lang)
    elif chosen == "json":
        rows = {"as_of": day.isoformat(), "until": last.isoformat(), "due": as_rows(found)}
        content = (json.dumps(rows, ensure_ascii=False, indent=2) + "\n").encode()
    else:
        from rich.console import Console

        with io.StringIO() as text:
            print_due(found, Console(file=text, width=150, no_color=True), lang)
            content = text.getvalue().encode()
    if output is None:
        echo_bytes(content)
        return
    refuse_inputs(output, report.inputs)
    write_file(output, content)
    click.echo(f"已写入 / written: {output} ({len(found)})", err=True)
