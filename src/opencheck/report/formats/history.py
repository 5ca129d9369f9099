"""The history on a terminal: runs, and the difference between two of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from opencheck.core.display import displayed
from opencheck.report import messages
from opencheck.report.wording import labelled

if TYPE_CHECKING:
    from rich.console import Console

    from opencheck.report.runs import Run, RunDiff

__all__ = [
    "diff_sentence",
    "print_diff",
    "print_runs",
]


_MAX_FINDINGS = 50


def print_runs(runs: Sequence[Run], console: Console, lang: str) -> None:
    """Print the runs of a history, the earliest first."""
    from rich.table import Table

    if not runs:
        console.print(messages.get_message("history.none", lang))
        return
    table = Table(box=None, padding=(0, 1), header_style="bold")
    severities = ("error", "warning", "advice")
    for name in ("run", "made_at", "as_of", "packs"):
        table.add_column(messages.get_message(f"history.{name}", lang))
    for name in severities:
        table.add_column(messages.get_message(f"severity.{name}", lang), justify="right")
    table.add_column(messages.get_message("outcome.indeterminate", lang), justify="right")
    for run in runs:
        table.add_row(
            str(run.id),
            f"{run.made_at:%Y-%m-%d %H:%M}",
            str(run.as_of),
            run.packs,
            *(str(run.summary["violations"][n]) for n in severities),
            str(run.summary["outcomes"]["indeterminate"]),
        )
    console.print(table)


def diff_sentence(diff: RunDiff, lang: str) -> str:
    """Return the difference between two runs as one sentence."""
    facts = {
        **diff.counts,
        "earlier": diff.earlier.id,
        "later": diff.later.id,
        "earlier_day": diff.earlier.as_of,
        "later_day": diff.later.as_of,
    }
    return messages.localized_message("history.compared", facts).get(lang)


def print_diff(diff: RunDiff, console: Console, lang: str) -> None:
    """Print the difference between two runs."""
    from rich.text import Text

    console.print(Text(diff_sentence(diff, lang), style="bold"))
    styles = {"new": "bold red", "fixed": "green", "open": "yellow", "recurring": ""}
    for name, style in styles.items():
        found: list[dict[str, Any]] = displayed(getattr(diff, name))  # a database may have been written by anybody
        if not found:
            continue
        console.print(Text(f"\n{messages.get_message(f'history.{name}', lang)} {len(found)}", style=style))
        for finding in found[:_MAX_FINDINGS]:
            facts = finding["told"]
            about = " ".join(
                p for p in (finding["rule"], finding["unit"], facts["record_id"], facts["subject"], facts["period"]) if p
            )
            console.print(Text(f"  {labelled(about, facts['message'][lang], lang)}"))
        if len(found) > _MAX_FINDINGS:
            console.print(Text(f"  … {len(found) - _MAX_FINDINGS}", style="dim"))
