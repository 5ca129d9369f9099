"""``opencheck map``: say what a ledger's headings mean, once; later checks read it from the file beside the ledger."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from opencheck.cli.options import LANG
from opencheck.core.display import display_text
from opencheck.core.library_behaviour import interruptible_reads
from opencheck.records.dataset import ReadHeading


@click.command(name="map")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--ask/--no-ask", default=None, help="逐个询问；默认在终端里询问 / ask one by one  [on a terminal]")
@LANG
def map_headings(file: Path, ask: bool | None, lang: str) -> None:
    """看表头读成什么，把拿不准的问一次，记在台账旁边的 .map.yaml。Show what headings mean, and remember the answers.

    不在终端里，拿不准的作为注释写进 .map.yaml：核对后去掉行首的 # 才生效。Without a terminal, what is not sure is written as comments:
    they count once the # before them is removed.

    \b
    opencheck map 台账.xlsx
    opencheck check 台账.xlsx --as-of 2018-12-31
    """
    from opencheck.core.output_files import write_file
    from opencheck.readers import read
    from opencheck.readers.heading_maps import NOT_USED, map_path, map_text, open_headings, written_map
    from opencheck.report.messages import format_message, get_message

    target = map_path(file)
    answers = written_map(target) if target.is_file() else {}
    interruptible_reads()
    data = read(file)
    for heading in data.headings:
        click.echo(display_text(_line(heading, lang)))
    open_: list[tuple[str, str]] = []
    for key, label, heading in open_headings(data.headings):
        if sys.stdin.isatty() if ask is None else ask:
            facts = {"place": heading.place.sheet or file.name, "field": (heading.table, heading.fields[0])}
            question = format_message("map.ask", lang, heading=heading.text, **facts)
            answers[key] = label if click.confirm(question, default=False) else NOT_USED
        else:
            open_.append((key, label))
    if not answers and not open_:
        click.echo(get_message("map.nothing", lang))
        return
    write_file(target, map_text(file.name, answers, open_))
    click.echo(f"已写入 / written: {target}", err=True)


def _line(heading: ReadHeading, lang: str) -> str:
    """A heading and what became of it."""
    from opencheck.report.messages import format_message, get_message, table_label
    from opencheck.report.wording import place_text

    status = get_message(f"heading.{heading.status}", lang)
    parts = [place_text(None, heading.place.sheet, heading.place.row, lang), heading.text, status]
    if heading.fields:
        fields = [(heading.table, n) if "." not in n else tuple(n.split(".")) for n in heading.fields]
        parts.append(format_message("heading.fields", lang, fields=fields))
    if heading.other:
        parts.append(format_message("heading.other", lang, table=table_label(heading.other, lang)))
    return "  ".join(t for t in parts if t)
