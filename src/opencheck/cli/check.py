"""``opencheck check``: check ledgers and write a report."""

from __future__ import annotations

import os
import sys
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from opencheck.cli.options import (
    LANG,
    LEDGER_UNIT,
    MAP,
    PACKS,
    SET,
    SOURCE,
    complete_rules,
    echo_bytes,
    given_files,
    parse_headings,
    parse_settings,
    progress_bar,
    spinner,
    stdout_console,
    terminal_width,
)
from opencheck.core.clock import today
from opencheck.core.errors import OpencheckError
from opencheck.core.library_behaviour import interruptible_reads
from opencheck.engine.carriers.registry import ENGINES
from opencheck.report.output import FORMATS

if TYPE_CHECKING:
    from opencheck.core.localized import LocalizedText


@click.command()
@click.argument("paths", nargs=-1, required=True, type=SOURCE)
@PACKS
@click.option("--as-of", default=None, help="检查日（当日终了），默认今天 / the check is made at the end of this day  [today]")
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default=None,
    help="默认 table；有 --output 时看扩展名",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    default=None,
    help="写到文件；--unit all 时是文件夹 / write to a file; to a folder with --unit all",
)
@click.option(
    "--in-place",
    is_flag=True,
    help="标注在台账原件里（只限单独一个 .xlsx .xlsm） / mark the ledger itself (one workbook alone)",
)
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="polars",
    show_default=True,
    help="计算引擎；duckdb 可查比内存大的文件和数据库 / engine; duckdb checks what is larger than memory",
)
@click.option("--memory", default=None, metavar="1GiB", help="duckdb 的内存上限 / what duckdb may hold in memory")
@click.option("--calendar", type=click.Path(path_type=Path), default=None, help="补充日历文件 / file that adds calendar years")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "advice", "never"]),
    default="error",
    show_default=True,
    help="达到该级别即以1退出；没有而有行未能使用的以2退出；never 一律0 / exit 1 at this severity, else 2 where rows were rejected; never: 0",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="以前的JSON报告，标出新增和已整改 / earlier report",
)
@click.option("--history", metavar="FILE|URL", default=None, help="记入历史（SQLite 或 postgresql://…） / keep in a history")
@click.option(
    "--rule",
    "rules",
    multiple=True,
    shell_complete=complete_rules,
    help="只查这些规则：编号、含 * 的编号或条款号 / only these rules: an id, a pattern with * or a clause",
)
@click.option(
    "--task", "tasks", multiple=True, metavar="TASK", help="只查这些任务的规则，如 9、8-4 / only the rules of these tasks"
)
@click.option(
    "--unit",
    "units",
    multiple=True,
    metavar="UNIT",
    help="只看这些责任单位的结果；all 给每个单位写一份整改通知单 / only what concerns these units; all: a hand-out for each",
)
@click.option(
    "--every-unit",
    is_flag=True,
    help="台账里没有记录的单位也写通知单 / with --unit all: hand-outs for units without records, too",
)
@LEDGER_UNIT
@click.option("--reply-by", default=None, metavar="DATE", help="通知单上的反馈截止日期 / by when units answer their hand-outs")
@click.option(
    "--answers",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="填好的整改通知单或文件夹，可给多个 / filled hand-outs, or a folder of them",
)
@click.option(
    "--waivers",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="豁免登记表，可给多个 / further tables of waivers",
)
@click.option("--all", "include_all", is_flag=True, help="也列出符合和不适用的 / list passes and not applicable too")
@click.option("--full", "shown", flag_value="full", help="列出全部结果 / list every finding")
@click.option("--summary", "shown", flag_value="summary", help="只说读到什么和总数 / only what was read, and totals")
@click.option("--statistics", "shown", flag_value="statistics", help="各规则、各单位的数 / numbers of each rule and unit")
@MAP
@SET
@LANG
def check(
    paths: tuple[Path | str, ...],
    packs: tuple[str, ...],
    as_of: str | None,
    format_: str | None,
    output: Path | None,
    in_place: bool,
    engine: str,
    memory: str | None,
    calendar: Path | None,
    fail_on: str,
    baseline: Path | None,
    history: str | None,
    rules: tuple[str, ...],
    tasks: tuple[str, ...],
    units: tuple[str, ...],
    every_unit: bool,
    ledger_unit: str | None,
    reply_by: str | None,
    answers: tuple[Path, ...],
    waivers: tuple[Path, ...],
    include_all: bool,
    shown: str | None,
    headings: tuple[str, ...],
    settings: tuple[str, ...],
    lang: str,
) -> None:
    """检查台账：工作簿、CSV、JSON、Parquet 或文件夹。Check ledgers.

    \b
    opencheck check 台账.xlsx --as-of 2018-12-31
    opencheck check 台账.xlsx --as-of 2018-12-31 -o 检查结果.xlsx
    """
    import opencheck as oc
    from opencheck.report.history.store import history_file
    from opencheck.report.output import refuse_inputs, render, write
    from opencheck.rules.packs.loader import load_packs
    from opencheck.rules.packs.selection import rules_of_tasks, select_rules

    if format_ == "xlsx" and output is None and not in_place:
        raise click.UsageError("--format xlsx 需要 --output FILE.xlsx / needs --output")
    handouts = "all" in units
    if in_place and output is None:
        if len(paths) != 1 or not isinstance(paths[0], Path):
            raise click.UsageError("--in-place 只用于单独一个工作簿 / is for one workbook alone")
        output = paths[0]
    _check_output(output, units, format_, reply_by, every_unit)
    if output is not None and not handouts:
        read = given_files(() if in_place else paths, *waivers, *answers, baseline, calendar, history and history_file(history))
        refuse_inputs(output, read)
    loaded = load_packs(packs, parse_settings(settings))
    wanted = select_rules(loaded, rules) if rules else None
    if tasks:
        of_tasks = rules_of_tasks(loaded, tasks)
        wanted = of_tasks if wanted is None else tuple(r for r in wanted if r in of_tasks)
    if as_of is None:
        _tell_of_past_years(loaded, lang)
    interruptible_reads()
    with progress_bar() as progress:
        report = oc.check(
            *paths,
            *waivers,
            pack=loaded,
            as_of=as_of or today(),
            calendar=calendar,
            rules=wanted,
            include_all=include_all,
            engine=engine,
            memory=memory,
            progress=progress,
            ledger_unit=ledger_unit,
            headings=parse_headings(headings),
            answers=answers or None,
        )
    if answers:
        _print_answers(report, lang)
    if baseline is not None:
        report.compare(baseline)
    unsaved = None if history is None else _save_history(report, history)
    if unsaved is not None:
        click.echo(f"opencheck: {unsaved}", err=True)
    if units and not handouts:
        report = report.of_units(units)
    if handouts and output is not None:
        _write_handouts(report, output, reply_by, lang, every_unit=every_unit)
    elif output is not None:
        chosen_format = format_ or (None if output.suffix else "table")
        with spinner("写报告 / writing"):
            tell = partial(_tell, lang)
            write(report, output, chosen_format, lang, tell, in_place=in_place)
        _print(report, lang, "summary", err=True)
        click.echo(f"已写入 / written: {output}", err=True)
    elif format_ in (None, "table"):
        _print(report, lang, shown)
    else:
        echo_bytes(render(report, format_, lang))
        if report.rejected or report.questions or report.unread:
            _print(report, lang, "summary", err=True)
    if unsaved is not None:
        sys.exit(2)
    if report.rows["checked"] == 0:
        click.echo("opencheck: 没有一行可以检查 / no row could be checked", err=True)
        sys.exit(2)
    if report.worst(fail_on):
        sys.exit(1)
    # Not everything given was checked, so nothing found is no success.
    unused = any(answer["kind"] == "refused" for answer in report.answers)
    left_out = report.units and report.unassigned()
    sys.exit(2 if fail_on != "never" and (report.rejected or report.unread or unused or left_out) else 0)


def _tell_of_past_years(packs: list[Any], lang: str) -> None:
    """Say that the day of the check can be chosen, where a pack's year is over: what was not done is years late today."""
    from opencheck.report import messages

    day = date.fromisoformat(today())
    for pack in packs:
        if pack.values.get("covers") is not None and (last := pack.covers_on(day).last) < day:
            facts = {"pack": pack.title.get(lang), "option": f"--as-of {last}"}
            click.echo(messages.format_message("overview.past_year", lang, **facts), err=True)


def _check_output(
    output: Path | None, units: tuple[str, ...], format_: str | None, reply_by: str | None, every_unit: bool
) -> None:
    """Refuse a file where a folder is meant, and the other way about."""
    handouts = "all" in units
    if handouts and (len(units) > 1 or output is None or format_ is not None or output.is_file()):
        raise click.UsageError(
            "--unit all 只与 --output 文件夹 合用 / --unit all goes with --output FOLDER, without other units or --format"
        )
    if not handouts and output is not None and output.is_dir():
        raise click.UsageError(f"{output} 是文件夹；要写整改通知单，加 --unit all / is a folder; --unit all writes hand-outs")
    for option, given in (("--reply-by", reply_by is not None), ("--every-unit", every_unit)):
        if given and not handouts:
            raise click.UsageError(f"{option} 只与 --unit all 合用 / {option} goes with --unit all")


def _write_handouts(report: Any, folder: Path, reply_by: str | None, lang: str, *, every_unit: bool) -> None:
    from opencheck.api.check import as_day
    from opencheck.report import messages
    from opencheck.report.handouts.folder import INDEX, write_handouts

    day = as_day(reply_by) if reply_by is not None else None
    remarks: list[LocalizedText] = []
    with spinner("写通知单 / writing"):
        written = write_handouts(report, folder, lang, reply_by=day, every_unit=every_unit, tell=remarks.append)
    _print(report, lang, "summary", err=True)
    facts = {"count": len(written), "folder": str(folder), "index": INDEX}
    click.echo(messages.format_message("handout.written" if written else "handout.none", lang, **facts), err=True)
    for text in remarks:
        _tell(lang, text)


def _print_answers(report: Any, lang: str) -> None:
    """Print what became of each answer: nothing that a unit wrote goes unmentioned."""
    from opencheck.report import messages

    for name, facts in report.notes:
        if name.startswith("answer."):
            click.echo(messages.format_message(name, lang, **facts), err=True)


def _save_history(report: Any, address: str) -> OpencheckError | None:
    """Keep the report in a history; what prevents it is returned, as the report is worth showing all the same."""
    from opencheck.report.history.store import SHOWN_RUNS, History, history_file

    if (file := history_file(address)) is not None:
        report.also_read.append(file)
    try:
        store = History(address)
        try:
            run = store.add(report)
            report.past = store.runs(run.packs, last=SHOWN_RUNS)
            report.change = store.compare(later=run.id) if len(report.past) > 1 else None
        finally:
            store.close()
    except OpencheckError as exc:
        return exc
    return None


def _tell(lang: str, text: LocalizedText) -> None:
    click.echo(text.get(lang), err=True)


def _print(report: Any, lang: str, shown: str | None, *, err: bool = False) -> None:
    """Print the report as a person chose to see it: the overview, every finding, or numbers only."""
    from opencheck.report.formats.overview import overview, statistics

    if shown == "full":
        from opencheck.report.formats.terminal import print_table

        print_table(report, stdout_console(), lang)
        return
    width = terminal_width(sys.stderr if err else sys.stdout)
    lines = (
        statistics(report, lang, width) if shown == "statistics" else overview(report, lang, width, violations=shown is None)
    )
    stream = sys.stderr if err else sys.stdout
    coloured = stream.isatty() and not os.environ.get("NO_COLOR")
    for line in lines:
        colour = line.style.removeprefix("bold").strip()
        bold, dim = line.style.startswith("bold"), line.style == "dim"
        styled = click.style(line.text, fg=None if dim else colour or None, bold=bold or None, dim=dim or None)
        print(styled if coloured else line.text, file=stream)
