"""The command line: ``opencheck check ledger.xlsx --pack pingdu-2018 --as-of 2018-12-31``.

Exit status: 0 nothing at or above ``--fail-on``; 1 violations; 2 bad usage, unreadable input, or no row that could be checked.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from opencheck import __version__
from opencheck.backends import ENGINES
from opencheck.errors import OpencheckError
from opencheck.reports import FORMATS

__all__ = ["main"]


def _pack_words(ctx: click.Context, param: click.Parameter, begun: str) -> list[CompletionItem]:
    """Packs whose name begins so; a folder may be given too, so the shell goes on to files."""
    from opencheck.packs import pack_names

    found = [CompletionItem(name) for name in pack_names() if name.startswith(begun)]
    return found or [CompletionItem(begun, type="dir")]


def _rule_words(ctx: click.Context, param: click.Parameter, begun: str) -> list[CompletionItem]:
    """Rules of the packs named so far whose id begins so, with their titles."""
    from opencheck.packs import load_packs

    if ctx.params.get("finding"):
        return [CompletionItem(begun, type="file")]
    try:
        packs = load_packs(ctx.params.get("packs") or ("pingdu-2018",))
    except OpencheckError:
        return []
    rules = [(id_, bound.rule.title.zh) for pack in packs for id_, bound in pack.rules.items()]
    return [CompletionItem(id_, help=title) for id_, title in rules if id_.lower().startswith(begun.lower())]


LANG = click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="语言 / language")
PACK = click.option(
    "--pack",
    default="pingdu-2018",
    show_default=True,
    shell_complete=_pack_words,
    help="规则包的名称或文件夹 / name or folder of a pack",
)
PACKS = click.option(
    "--pack",
    "packs",
    multiple=True,
    default=("pingdu-2018",),
    show_default="pingdu-2018",
    shell_complete=_pack_words,
    help="规则包的名称或文件夹，可给多个 / names or folders of packs",
)
SET = click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="改规则包参数 / set a parameter of the pack")


class _Source(click.ParamType):  # type: ignore[type-arg]  # no type of its own in older ones
    """A path, or the address of a database."""

    name = "path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path | str:
        from opencheck.readers.databases import is_database

        return value if is_database(str(value)) else Path(value)


SOURCE = _Source()


class _Group(click.Group):
    """Errors of ours are told to the person, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except OpencheckError as exc:
            click.echo(f"opencheck: {exc}", err=True)
            ctx.exit(2)
        except OSError as exc:
            if isinstance(exc, BrokenPipeError):  # the reader of our output went away
                sys.stderr.close()
                ctx.exit(0)
            click.echo(f"opencheck: {exc.filename or ''}: {exc.strerror}", err=True)
            ctx.exit(2)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="opencheck")
def main() -> None:
    """政务公开合规检查：台账进，结论出。Checks whether government offices keep their openness duties."""


def _parameters(settings: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for setting in settings:
        name, sep, value = setting.partition("=")
        if not sep:
            raise click.UsageError(f"--set {setting}: 应为 NAME=VALUE / must be NAME=VALUE")
        found[name.strip()] = value.strip()
    return found


def today() -> str:
    """The day in Asia/Shanghai, as YYYY-MM-DD: what a check takes where no day is given."""
    from opencheck.records.parse import SHANGHAI

    return datetime.now(SHANGHAI).date().isoformat()


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None] | None]:
    """A bar on standard error, on a terminal only; it shows itself once work takes longer than a moment."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("读取 / reading", total=None)

        def step(rule: str, done: int, total: int) -> None:
            bar.update(task, description=f"检查 / checking {rule}", completed=done, total=total)

        yield step


@contextmanager
def _busy(what: str) -> Iterator[None]:
    """A sign of life on standard error, on a terminal only."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(what):
        yield


@main.command()
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
    "--output", "-o", type=click.Path(path_type=Path, dir_okay=False), default=None, help="写到文件 / write to a file"
)
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="polars",
    show_default=True,
    help="计算引擎；duckdb 可查比内存大的文件和数据库 / engine; duckdb checks what is larger than memory",
)
@click.option("--memory", default=None, metavar="1GiB", help="duckdb 的内存上限 / what duckdb may hold in memory")
@click.option(
    "--state",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="记下判定，下次只重查有变化的记录 / remember, and next time judge only what changed",
)
@click.option("--calendar", type=click.Path(path_type=Path), default=None, help="补充日历文件 / file that adds calendar years")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "advice", "never"]),
    default="error",
    show_default=True,
    help="达到该级别即以1退出 / exit 1 at this severity",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="以前的JSON报告，标出新增和已整改 / earlier report",
)
@click.option("--history", metavar="FILE|URL", default=None, help="记入历史（SQLite 或 postgresql://…） / keep in a history")
@click.option("--rule", "rules", multiple=True, shell_complete=_rule_words, help="只查这些规则 / only these rules")
@click.option("--all", "everything", is_flag=True, help="也列出符合和不适用的 / list passes and not applicable too")
@click.option("--full", is_flag=True, help="表格不省略 / do not shorten the table")
@SET
@LANG
def check(
    paths: tuple[Path | str, ...],
    packs: tuple[str, ...],
    as_of: str | None,
    format_: str | None,
    output: Path | None,
    engine: str,
    memory: str | None,
    state: Path | None,
    calendar: Path | None,
    fail_on: str,
    baseline: Path | None,
    history: str | None,
    rules: tuple[str, ...],
    everything: bool,
    full: bool,
    settings: tuple[str, ...],
    lang: str,
) -> None:
    """检查台账：工作簿、CSV、JSON、Parquet 或文件夹。Check ledgers.

    \b
    opencheck check 台账.xlsx --as-of 2018-12-31
    opencheck check 台账.xlsx --as-of 2018-12-31 -o 检查结果.xlsx
    """
    import opencheck as oc
    from opencheck.reports import render

    with _progress() as progress:
        report = oc.check(
            paths[0],
            *paths[1:],
            pack=packs,
            as_of=as_of or today(),
            calendar=calendar,
            parameters=_parameters(settings),
            rules=rules or None,
            everything=everything,
            engine=engine,
            memory=memory,
            state=state,
            progress=progress,
        )
    if baseline is not None:
        report.compare(baseline)
    if history is not None:
        _keep(report, history)
    if output is not None:
        suffixless = format_ or (None if output.suffix else "table")
        with _busy("写报告 / writing"):
            report.write(output, suffixless, lang)
        click.echo(f"已写入 / written: {output}", err=True)
    elif format_ == "xlsx":
        raise click.UsageError("--format xlsx 需要 --output FILE.xlsx / needs --output")
    elif format_ in (None, "table"):
        _print(report, lang, full)
    else:
        sys.stdout.buffer.write(render(report, format_, lang))
        sys.stdout.flush()
    rows = report.rows
    if rows["rejected"] and (output is not None or format_ not in (None, "table")):
        click.echo(f"未能使用 / rejected: {rows['rejected']} / {rows['read']}", err=True)
    if rows["checked"] == 0:
        click.echo("opencheck: 没有一行可以检查 / no row could be checked", err=True)
        sys.exit(2)
    sys.exit(1 if report.worst(fail_on) else 0)


def _keep(report: Any, address: str) -> None:
    from opencheck.history import History

    kept = History(address)
    try:
        run = kept.keep(report)
        report.past = kept.runs(run.packs)
        report.change = kept.compare(later=run.id) if len(report.past) > 1 else None
    finally:
        kept.close()


@main.command()
@click.argument("paths", nargs=-1, required=True, type=SOURCE)
@PACKS
@click.option("--as-of", default=None, help="检查日，默认今天 / day of the check  [today]")
@click.option("--unit", default=None, help="只看一个责任单位，列出每项和每条违规扣多少 / one unit, item by item")
@click.option("--format", "format_", type=click.Choice(["table", "json"]), default="table", show_default=True)
@SET
@LANG
def score(
    paths: tuple[Path | str, ...],
    packs: tuple[str, ...],
    as_of: str | None,
    unit: str | None,
    format_: str,
    settings: tuple[str, ...],
    lang: str,
) -> None:
    """考评得分：按规则包的评分表，全部和各单位得多少分。Appraisal scores."""
    import opencheck as oc
    from opencheck.appraisal import scores
    from opencheck.catalogue import LANGS
    from opencheck.reports.scoring import caveats, print_score, print_scores

    with _progress() as progress:
        report = oc.check(
            paths[0], *paths[1:], pack=packs, as_of=as_of or today(), parameters=_parameters(settings), progress=progress
        )
    found = scores(report)
    if not found:
        raise click.UsageError("规则包没有评分表 / no pack has a scoring sheet (score.yaml)")
    if unit is not None:
        found = [s for s in found if s.unit == unit]
        if not found:
            raise click.UsageError(f"没有这个单位的问题 / no finding of {unit!r}")
    if format_ == "json":
        notes = [dict(zip(LANGS, said, strict=True)) for said in zip(*(caveats(report, x) for x in LANGS), strict=True)]
        told = {"as_of": report.as_of.isoformat(), "rows": report.rows, "notes": notes, "scores": [s.as_dict() for s in found]}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    elif unit is not None:
        for one in found:
            print_score(report, one, _console(), lang)
    else:
        print_scores(report, found, _console(), lang)


@main.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """写出命令补全脚本。Print the script that completes commands in a shell.

    \b
    opencheck completion bash >> ~/.bashrc
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(main, {}, "opencheck", "_OPENCHECK_COMPLETE").source())


@main.command()
@click.argument("address", metavar="FILE|URL")
@click.option("--compare", nargs=2, type=int, default=None, metavar="EARLIER LATER", help="比较两次检查 / compare two runs")
@click.option("--last", is_flag=True, help="比较最近两次 / compare the last two")
@click.option("--format", "format_", type=click.Choice(["table", "json"]), default="table", show_default=True)
@LANG
def history(address: str, compare: tuple[int, int] | None, last: bool, format_: str, lang: str) -> None:
    """列出历次检查，或比较两次。List the runs of a history, or compare two."""
    from opencheck.history import History
    from opencheck.reports.past import print_change, print_runs

    if not address.startswith("postgresql://") and not Path(address).exists():
        raise click.UsageError(f"没有文件 / no such file: {address}")
    kept = History(address)
    try:
        if compare is None and not last:
            runs = kept.runs()
            if format_ == "json":
                click.echo(json.dumps([r.as_dict() for r in runs], ensure_ascii=False, indent=2))
            else:
                print_runs(runs, _console(), lang)
            return
        change = kept.compare(*(compare or (None, None)))
    finally:
        kept.close()
    if format_ == "json":
        names = ("new", "returned", "recurring", "fixed", "open")
        told = {n: getattr(change, n) for n in names}
        facts = {"earlier": change.earlier.as_dict(), "later": change.later.as_dict(), "counts": change.counts, **told}
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
    else:
        print_change(change, _console(), lang)


def _console() -> Any:
    from rich.console import Console

    tty = sys.stdout.isatty()
    return Console(width=None if tty else 150, highlight=False, emoji=False, markup=False, no_color=None if tty else True)


def _print(report: Any, lang: str, full: bool) -> None:
    from opencheck.reports.text import print_table

    print_table(report, _console(), lang, full=full)


@main.command()
@PACKS
@LANG
def rules(packs: tuple[str, ...], lang: str) -> None:
    """列出规则包的规则。List the rules of a pack."""
    from rich.table import Table

    from opencheck.messages import word_of
    from opencheck.packs import load_packs

    table = Table(box=None, padding=(0, 1), header_style="bold")
    for head in ("rule", "clause", "severity", "table", "kind", "title"):
        table.add_column(word_of(f"column.{head}", lang))
    for id_, bound in [item for pack in load_packs(packs) for item in pack.rules.items()]:
        rule = bound.rule
        table.add_row(id_, rule.clause, rule.effective_severity, rule.on, rule.kind.name, rule.title.in_(lang))
    _console().print(table)


@main.command()
@click.argument("rule", metavar="RULE|REPORT.json", shell_complete=_rule_words)
@click.option(
    "--finding", metavar="ID", default=None, help="报告（JSON）里的一项问题怎么得出的 / how a finding of a JSON report follows"
)
@PACKS
@SET
@LANG
def explain(rule: str, finding: str | None, packs: tuple[str, ...], settings: tuple[str, ...], lang: str) -> None:
    """一条规则的说明：义务、理解、参数、例子；或一项问题的来龙去脉。Explain a rule, or a finding.

    \b
    opencheck explain PD-9.4
    opencheck explain --finding 3f2a81c09d4e 报告.json
    """
    from rich.markdown import Markdown

    from opencheck.packs import load_packs
    from opencheck.reports.rulepage import page
    from opencheck.reports.text import print_finding

    if finding is not None:
        print_finding(Path(rule), finding, _console(), lang)
        return
    given = load_packs(packs, _parameters(settings))
    loaded = next((p for p in given if rule in p.rules), None)
    if loaded is None:
        raise click.UsageError(f"没有规则 / no rule {rule}; 有 / known: {', '.join(i for p in given for i in p.rules)}")
    _console().print(Markdown(page(loaded, rule, lang)))


@main.command()
@click.argument("paths", nargs=-1, type=SOURCE)
@PACK
@click.option("--as-of", default=None, help="有数据时的检查日 / day of the check, with data")
@click.option("--format", "format_", type=click.Choice(["table", "json"]), default="table", show_default=True)
@LANG
def coverage(paths: tuple[Path | str, ...], pack: str, as_of: str | None, format_: str, lang: str) -> None:
    """条款 → 规则；给了数据就加上结果计数。Which rules decide which clause."""
    from rich.table import Table

    import opencheck as oc
    from opencheck.messages import word_of

    loaded = oc.load_pack(pack)
    counts: dict[str, dict[str, int]] = {}
    if paths:
        counts = oc.check(paths[0], *paths[1:], pack=loaded, as_of=as_of or today()).summary["by_rule"]
    rows = [
        {
            "clause": clause.id,
            "how": clause.how,
            "duty": clause.duty.model_dump(),
            "rules": [
                {
                    "id": i,
                    "kind": b.rule.kind.name,
                    "decides": b.rule.decides,
                    **({"outcomes": counts.get(i, {})} if paths else {}),
                }
                for i, b in loaded.rules.items()
                if b.rule.clause == clause.id
            ],
        }
        for clause in loaded.clauses.values()
    ]
    covered = sum(1 for row in rows if row["rules"])
    checks = [
        {
            "id": c.id,
            "clause": c.clause,
            "how": c.how,
            "rules": [i for i, b in loaded.rules.items() if c.id in b.rule.decides],
            "beyond_records": c.beyond and c.beyond.model_dump(),
        }
        for c in loaded.checks
    ]
    decided = sum(1 for c in checks if c["rules"] or c["beyond_records"])
    if format_ == "json":
        click.echo(
            json.dumps(
                {
                    "pack": loaded.id,
                    "clauses": len(rows),
                    "covered": covered,
                    "checks": len(checks),
                    "decided": decided,
                    "coverage": rows,
                    "readings": checks,
                },
                ensure_ascii=False,
                indent=2,
            )
        )
        return
    table = Table(box=None, padding=(0, 1), header_style="bold")
    for head in ("clause", "how", "rules", "outcomes", "duty"):
        table.add_column(word_of(f"column.{head}", lang))
    for row in rows:
        found: Any = row["rules"]
        outcomes = "；".join(", ".join(f"{k} {v}" for k, v in r.get("outcomes", {}).items()) for r in found)
        duty: Any = row["duty"]
        table.add_row(
            str(row["clause"]),
            str(row["how"]),
            ", ".join(f"{r['id']}({r['kind']})" for r in found) or "—",
            outcomes,
            duty[lang],
        )
    console = _console()
    console.print(table)
    console.print(f"条款 / clauses: {covered} / {len(rows)}")
    if checks:
        console.print(f"细分检查 / atomic checks: {decided} / {len(checks)}")


@main.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@PACKS
@click.option("--as-of", default=None, help="拟公布日，默认今天 / day of publication  [today]")
@click.option("--table", default="document", show_default=True, help="记录属于哪张表 / the record's table")
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="NAME=VALUE",
    help="补充或更正字段，如 是否政策性文件=是 / add or correct a field",
)
@click.option(
    "--attachment",
    "attachments",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="一起公布的附件，可给多个 / published with it",
)
@click.option("--fix", is_flag=True, help="另存一份改好的副本（遮盖、补标注），不动原件 / write a fixed copy")
@click.option(
    "--output", "-o", type=click.Path(path_type=Path, dir_okay=False), default=None, help="副本写到哪里 / where the copy goes"
)
@click.option("--format", "format_", type=click.Choice(["table", "json"]), default="table", show_default=True)
@SET
@LANG
def preflight(
    file: Path,
    packs: tuple[str, ...],
    as_of: str | None,
    table: str,
    fields: tuple[str, ...],
    attachments: tuple[Path, ...],
    fix: bool,
    output: Path | None,
    format_: str,
    settings: tuple[str, ...],
    lang: str,
) -> None:
    """公布之前检查一份文件（.docx .pdf .ofd .html .txt）或一条记录（.json）。Check one document before it is published.

    \b
    opencheck preflight 通知.docx --as-of 2018-08-28 --field 是否政策性文件=是
    opencheck preflight 通知.docx --as-of 2018-08-28 --field 公开属性=主动公开 --attachment 名单.xlsx --fix
    opencheck preflight 低保公示.xlsx --table listing --field 主题=最低生活保障
    """
    import opencheck as oc
    from opencheck.messages import tell, word_of
    from opencheck.prepublication import GROUPS
    from opencheck.records.tables import TABLES

    unread: list[tuple[str, dict[str, Any]]] = []
    record: Any
    if table == "listing" and file.suffix.lower() != ".json":
        record = file
    elif file.suffix.lower() == ".json":
        try:
            record = json.loads(file.read_text(encoding="utf-8"))
        except ValueError as exc:
            raise click.UsageError(f"{file}: 不是有效的JSON / not valid JSON: {exc}") from exc
        if not isinstance(record, dict):
            raise click.UsageError(f"{file}: 应为一条记录（字段和值） / must be one record")
    else:
        document = oc.documents.read(file)
        record, unread = document.as_record(), document.unread
    spec = TABLES.get(table)
    for name, value in () if record is file else _parameters(fields).items():
        record[(spec.field_of(name) if spec else None) or name] = value
    result = oc.preflight(
        record,
        table=table,
        attachments=attachments,
        pack=packs,
        as_of=as_of or today(),
        parameters=_parameters(settings),
        unread=unread,
        values=_parameters(fields) if record is file else None,
    )
    if format_ == "json":
        click.echo(json.dumps(result.as_dict(), ensure_ascii=False, indent=2))
    else:
        for group in GROUPS:
            found = getattr(result, group)
            if found:
                click.echo(tell("join.counted", lang, what=word_of(f"preflight.{group}", lang), count=len(found)))
            for f in found:
                click.echo(f"  {f.rule} {f.message.in_(lang)}\n    → {f.remedy.in_(lang)}")
        for note in result.notes:
            click.echo(tell("preflight.note", lang, text=note.in_(lang)))
        if not result.blocking:
            click.echo(word_of("preflight.free", lang))
        if result.fixes and not fix:
            click.echo(tell("preflight.fixable", lang, count=len(result.fixes)))
    if fix:
        _write_fixed(file, attachments, output, result)
    sys.exit(1 if result.blocking else 0)


def _write_fixed(file: Path, attachments: tuple[Path, ...], output: Path | None, result: Any) -> None:
    """Fixed copies beside the files that have something to fix; the files themselves stay as they are."""
    from opencheck.documents.fixing import fixed_copy, free_name

    if file.suffix.lower() == ".json":
        raise click.UsageError("--fix 改的是文件，不是记录 / --fix is for documents, not for records")
    if output is not None and output.exists():
        raise click.UsageError(f"{output}: 已经存在，不覆盖 / exists already, is not overwritten")
    for path in (file, *attachments):
        own = [
            f
            for f in result.fixes
            if (f.part.startswith(f"附件 {path.name}") if path is not file else not f.part.startswith("附件 "))
        ]
        if not own:
            continue
        label = next((f for f in own if f.action == "insert"), None)
        attribute = result.record.get("attribute") if label else None
        target = output if output is not None and path is file else free_name(path)
        target.write_bytes(fixed_copy(path.read_bytes(), path.name, attribute=attribute))
        click.echo(f"已另存 / written: {target}（{len(own)}）", err=True)


@main.command()
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
    settings: tuple[str, ...],
    lang: str,
) -> None:
    """即将到期的事项：按单位列出，或写成日历文件。What falls due next.

    \b
    opencheck due 台账.xlsx --as-of 2018-12-31 --until 2019-01-31
    opencheck due 台账.xlsx --as-of 2018-12-31 --until 2019-01-31 -o 到期.ics
    """
    import opencheck as oc
    from opencheck.api import as_day
    from opencheck.reports.due import as_ics, as_rows, print_due, upcoming

    day = as_day(as_of or today())
    last = as_day(until) if until else day + timedelta(days=30)
    with _progress() as progress:
        report = oc.check(
            paths[0], *paths[1:], pack=packs, as_of=day, calendar=calendar, parameters=_parameters(settings), progress=progress
        )
    found = [f for f in upcoming(report, last) if unit is None or f.unit == unit]
    chosen = format_ or ({".ics": "ics", ".json": "json"}.get(output.suffix.lower(), "table") if output else "table")
    if chosen == "table" and output is None:
        console = _console()
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
        sys.stdout.buffer.write(content)
        return
    output.write_bytes(content)
    click.echo(f"已写入 / written: {output} ({len(found)})", err=True)


@main.command()
@PACKS
@click.option("--host", default="127.0.0.1", show_default=True, help="监听的地址 / address to listen on")
@click.option("--port", default=8000, show_default=True, help="端口，0为任意 / port")
@click.option(
    "--token-file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="令牌文件，每行一个；也可用环境变量 OPENCHECK_TOKENS / file of bearer tokens",
)
@click.option("--workers", type=click.IntRange(1), default=None, help="工作进程数，默认CPU数 / worker processes  [cores]")
@click.option("--max-mb", type=click.FloatRange(0.001), default=20.0, show_default=True, help="请求最大MB / largest request")
@click.option(
    "--timeout",
    type=click.FloatRange(0.1),
    default=60.0,
    show_default=True,
    help="每个请求最多几秒 / seconds a request may take",
)
@click.option(
    "--memory-mb", type=click.IntRange(512), default=4096, show_default=True, help="每个工作进程的内存上限 / memory of a worker"
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True),
    default=None,
    help="本机台账，供 GET /v1/due / ledger for GET /v1/due",
)
def serve(
    packs: tuple[str, ...],
    host: str,
    port: int,
    token_file: Path | None,
    workers: int | None,
    max_mb: float,
    timeout: float,
    memory_mb: int,
    data: Path | None,
) -> None:
    """启动HTTP服务和网页。Start the HTTP service and its page.

    \b
    opencheck serve
    OPENCHECK_TOKENS=$(openssl rand -hex 16) opencheck serve --host 0.0.0.0 --port 8080
    """
    from opencheck.service.settings import Settings, is_loopback, read_tokens

    tokens = read_tokens(token_file)
    if not tokens and not is_loopback(host):
        raise click.UsageError(
            f"--host {host}：别的机器也能访问，必须先设令牌（--token-file 或 OPENCHECK_TOKENS）"
            f" / {host} can be reached from other machines: set tokens first"
        )
    try:
        from opencheck.service.run import run
    except ImportError as exc:
        raise click.UsageError(f"HTTP服务需要 / the service needs: pip install 'opencheck[serve]' ({exc.name})") from exc
    settings = Settings(
        packs=packs,
        tokens=tokens,
        largest=int(max_mb * 1_000_000),
        timeout=timeout,
        memory=memory_mb * 1024**2,
        data=data.resolve() if data else None,
        **({"workers": workers} if workers else {}),
    )
    run(settings, host, port)


@main.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@PACK
@click.option("--force", is_flag=True, help="覆盖已有文件 / overwrite")
def template(file: Path, pack: str, force: bool) -> None:
    """写出空白台账模板。Write the template workbook."""
    import opencheck as oc
    from opencheck.reports.template import template as make

    if file.exists() and not force:
        raise click.UsageError(f"{file} 已存在，加 --force 覆盖 / exists; add --force")
    if file.suffix.lower() != ".xlsx":
        raise click.UsageError(f"{file}: 模板是 .xlsx 文件 / the template is an .xlsx file")
    file.write_bytes(make(oc.load_pack(pack)))
    click.echo(f"已写入 / written: {file}")


@main.command()
@click.argument("name", required=False)
@click.option(
    "--output", "-o", type=click.Path(path_type=Path, file_okay=False), default=None, help="写到文件夹 / write all to a folder"
)
def schema(name: str | None, output: Path | None) -> None:
    """记录和规则包的JSON Schema。JSON Schemas of records and of packs."""
    from opencheck.schemas import all_schemas

    found = all_schemas()
    if output is not None:
        output.mkdir(parents=True, exist_ok=True)
        for key, content in found.items():
            (output / f"{key}.json").write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        click.echo(f"已写入 / written: {output} ({len(found)})")
        return
    if name is None:
        click.echo("\n".join(found))
        return
    if name not in found:
        raise click.UsageError(f"没有 / no schema {name}; 有 / known: {', '.join(found)}")
    click.echo(json.dumps(found[name], ensure_ascii=False, indent=2))


@main.command("test-pack")
@click.argument("folders", nargs=-1, required=True)
@click.option("--quiet", "-q", is_flag=True, help="只列不通过的 / only failures")
def test_pack(folders: tuple[str, ...], quiet: bool) -> None:
    """把规则里的例子当测试跑。Run the examples of a pack's rules as tests."""
    import opencheck as oc
    from opencheck.testpack import run_examples

    passed = failed = 0
    for folder in folders:
        for result in run_examples(oc.load_pack(folder)):
            if result.differences:
                failed += 1
                click.echo(f"FAIL {result.rule} {result.name} ({result.place})")
                for difference in result.differences:
                    click.echo(f"     {difference}")
            else:
                passed += 1
                if not quiet:
                    click.echo(f"ok   {result.rule} {result.name}")
    click.echo(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
