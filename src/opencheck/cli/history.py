"""``opencheck history`` and ``opencheck score``: earlier runs, and the scores of units."""

from __future__ import annotations

from pathlib import Path

import click

from opencheck.cli.options import LANG, PACKS, SET, SOURCE, echo_json, parse_settings, progress_bar, stdout_console
from opencheck.core.clock import today


@click.command()
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
    from opencheck.core.message_catalogue import LANGUAGES
    from opencheck.report.formats.score import caveats, print_score, print_scores
    from opencheck.report.score import scores

    with progress_bar() as progress:
        report = oc.check(
            paths[0], *paths[1:], pack=packs, as_of=as_of or today(), parameters=parse_settings(settings), progress=progress
        )
    found = scores(report)
    if not found:
        raise click.UsageError("规则包没有评分表 / no pack has a scoring sheet (score.yaml)")
    if unit is not None:
        names = report.of_units(unit).units
        found = [s for s in found if s.unit in names]
        if not found:
            raise click.UsageError(f"没有这个单位的问题 / no finding of {unit!r}")
    if format_ == "json":
        notes = [
            dict(zip(LANGUAGES, texts, strict=True)) for texts in zip(*(caveats(report, x) for x in LANGUAGES), strict=True)
        ]
        content = {
            "as_of": report.as_of.isoformat(),
            "rows": report.rows,
            "notes": notes,
            "scores": [s.as_dict() for s in found],
        }
        echo_json(content)
    elif unit is not None:
        for one in found:
            print_score(report, one, stdout_console(), lang)
    else:
        print_scores(report, found, stdout_console(), lang)


@click.command()
@click.argument("address", metavar="FILE|URL")
@click.option("--compare", nargs=2, type=int, default=None, metavar="EARLIER LATER", help="比较两次检查 / compare two runs")
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=50,
    show_default=True,
    help="最多列出最近几次，0为全部 / how many of the last runs to list, 0 for all",
)
@click.option("--last", is_flag=True, help="比较最近两次 / compare the last two")
@click.option("--format", "format_", type=click.Choice(["table", "json"]), default="table", show_default=True)
@LANG
def history(address: str, compare: tuple[int, int] | None, limit: int, last: bool, format_: str, lang: str) -> None:
    """列出历次检查，或比较两次。List the runs of a history, or compare two."""
    from opencheck.report.formats.history import print_diff, print_runs
    from opencheck.report.history.store import History

    if not address.startswith("postgresql://") and not Path(address).exists():
        raise click.UsageError(f"没有文件 / no such file: {address}")
    store = History(address)
    try:
        if compare is None and not last:
            runs = store.runs(last=limit or None)
            if (left := store.count() - len(runs)) > 0:
                click.echo(f"更早的还有{left}次，--limit 0 全部列出 / {left} earlier runs, --limit 0 lists all", err=True)
            if format_ == "json":
                echo_json([r.as_dict() for r in runs])
            else:
                print_runs(runs, stdout_console(), lang)
            return
        diff = store.compare(*(compare or (None, None)))
    finally:
        store.close()
    if format_ == "json":
        names = ("new", "returned", "recurring", "fixed", "open")
        groups = {n: getattr(diff, n) for n in names}
        facts = {"earlier": diff.earlier.as_dict(), "later": diff.later.as_dict(), "counts": diff.counts, **groups}
        echo_json(facts)
    else:
        print_diff(diff, stdout_console(), lang)
