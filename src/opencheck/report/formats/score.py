"""Appraisal scores on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from opencheck.report import messages
from opencheck.report.score import unchecked_items
from opencheck.report.wording import labelled, subject_line

if TYPE_CHECKING:
    from rich.console import Console

    from opencheck.report.report import Report
    from opencheck.report.score import Score

__all__ = [
    "caveats",
    "floor_texts",
    "print_score",
    "print_scores",
    "veto_texts",
]


def veto_texts(score: Score, lang: str) -> list[str]:
    """Return the vetoes that apply as text."""
    return [
        messages.localized_message("score.veto", {"title": v.title.get(lang), "cap": f"{v.cap:g}"}).get(lang)
        for v in score.vetoes
    ]


def floor_texts(score: Score, lang: str) -> list[str]:
    """Return the items that lost all points that they can lose, as text: further violations cost nothing more."""
    items = [i.title.get(lang) for i in score.items if i.at_floor]
    return [messages.localized_message("score.floor", {"items": items}).get(lang)] if items else []


def caveats(report: Report, lang: str) -> list[str]:
    """Return the limits of the scores: unchecked items and rejected rows."""
    lines = []
    for pack in report.packs:
        if items := unchecked_items(report, pack):
            titles = [(i.title or pack.tasks[i.tasks[0]]).get(lang) for i in items]
            lines.append(messages.localized_message("score.unchecked", {"items": titles}).get(lang))
    if report.rejected:
        lines.append(messages.localized_message("score.rejected", {"count": len(report.rejected)}).get(lang))
    return lines


def print_scores(report: Report, scores: Sequence[Score], console: Console, lang: str) -> None:
    """Print the score of the whole and of each unit, with the sheet's basis."""
    from rich.table import Table
    from rich.text import Text

    for pack in report.packs:
        if pack.score is None:
            continue
        console.print(Text(pack.score.title.get(lang), style="bold"))
        console.print(Text(pack.score.basis.get(lang), style="dim"))
        console.print(Text(messages.get_message("score.note", lang), style="dim"))
        for line in caveats(report, lang):
            console.print(Text(line, style="yellow"))
        table = Table(box=None, padding=(0, 1), header_style="bold")
        table.add_column(messages.get_message("score.unit", lang))
        for name in ("score", "least"):
            table.add_column(messages.get_message(f"score.{name}", lang), justify="right")
        table.add_column("")
        for one in (s for s in scores if s.pack == pack.id):
            unit = one.unit or messages.get_message("score.whole", lang)
            table.add_row(
                Text(unit),
                f"{one.score:g}",
                f"{one.worst_case:g}",
                Text(messages.get_message("join.parts", lang).join([*veto_texts(one, lang), *floor_texts(one, lang)])),
            )
        console.print(table)


def _points(score: float, total: float, least: float, lang: str) -> str:
    """A score of so many points, and what it would be at the least."""
    least_text = f"{messages.get_message('score.least', lang)} {least:g}"
    return messages.get_message("join.counted", lang).format(what=f"{score:g}/{total:g}", count=least_text)


def print_score(report: Report, score: Score, console: Console, lang: str) -> None:
    """Print one score item by item, with the cost of each violation."""
    from rich.text import Text

    findings = {f.id: f for f in report.findings()}
    unit = score.unit or messages.get_message("score.whole", lang)
    word = messages.get_message("score.score", lang)
    console.print(Text(f"{unit}  {word} {_points(score.score, score.total, score.worst_case, lang)}", style="bold"))
    for line in veto_texts(score, lang):
        console.print(Text(line, style="bold red"))
    for item in score.items:
        if not item.costs and item.worst_case == item.score:
            continue
        console.print(
            Text(
                f"{item.title.get(lang)}  {_points(item.score, item.item.points, item.worst_case, lang)}",
                style="cyan",
            )
        )
        if item.at_floor:
            free = sum(not cost for cost in item.costs.values())
            text = messages.localized_message("score.item_floor", {"floor": f"{item.item.floor:g}", "count": free})
            console.print(Text(f"  {text.get(lang)}", style="yellow"))
        for finding, cost in item.costs.items():
            one = findings[finding]
            cost_text = messages.localized_message("score.cost", {"points": f"{cost:g}"}).get(lang)
            console.print(Text(f"  {cost_text}  {labelled(subject_line(one, one.rule), one.message.get(lang), lang)}"))
