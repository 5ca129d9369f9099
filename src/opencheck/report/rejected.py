"""Rejected rows as text and as JSON data."""

from __future__ import annotations

from typing import Any

from opencheck.core.display import displayed
from opencheck.core.localized import LocalizedText
from opencheck.core.message_catalogue import LANGUAGES
from opencheck.records.dataset import Rejected, RowError, SourceLocation
from opencheck.report import messages
from opencheck.report.wording import labelled, place_text


def rejected_text(rejected: Rejected) -> list[LocalizedText]:
    """Return why a row was rejected, one line for each problem: the value found and the accepted ones."""
    rejected = displayed(rejected)
    lines = []
    for problem in rejected.problems:
        accepted = _accepted(problem)
        if problem.header and problem.found:
            line = messages.load_messages()["reject.line"]
            facts = {"header": problem.header, "found": problem.found}
            lines.append(
                LocalizedText(
                    zh=messages.fill_template(line["zh"], {**facts, "accepted": accepted.zh}, "zh"),
                    en=messages.fill_template(line["en"], {**facts, "accepted": accepted.en}, "en"),
                )
            )
        else:
            lines.append(accepted)
    return lines


def _accepted(problem: RowError) -> LocalizedText:
    """What is accepted instead; another row is told in the words of the language."""
    facts = {name: _place(fact) if isinstance(fact, SourceLocation) else fact for name, fact in problem.facts.items()}
    return messages.localized_message(f"reject.{problem.code}", facts)


def _place(place: SourceLocation) -> LocalizedText:
    told = {lang: place_text(*place, lang) or messages.get_message("place.another_row", lang) for lang in LANGUAGES}
    return LocalizedText(**told)


def rejected_reasons(rejected: Rejected, lang: str) -> str:
    """Return why a row was rejected, on one line."""
    return messages.get_message("join.parts", lang).join(t.get(lang) for t in rejected_text(rejected))


def rejected_line(rejected: Rejected, lang: str) -> str:
    """Return a rejected row on one line: where it is, and why."""
    return labelled(place_text(*rejected.place, lang), rejected_reasons(rejected, lang), lang)


def rejected_dict(rejected: Rejected) -> dict[str, Any]:
    """Return a rejected row as JSON data."""
    rejected = displayed(rejected)
    return {
        "table": rejected.table or None,
        "record_id": rejected.values.get("id"),
        "source": rejected.place.as_dict(),
        "problems": [
            {
                "field": p.field or None,
                "header": p.header or None,
                "found": p.found,
                "accepted": {"zh": a.zh, "en": a.en},
            }
            for p, a in zip(
                rejected.problems,
                map(_accepted, rejected.problems),
                strict=True,
            )
        ],
        "message": {
            "zh": rejected_reasons(rejected, "zh"),
            "en": rejected_reasons(rejected, "en"),
        },
    }
