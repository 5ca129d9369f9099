"""Rejected rows as text and as JSON data."""

from __future__ import annotations

from typing import Any

from opencheck.core.display import displayed
from opencheck.core.localized import LocalizedText
from opencheck.records.dataset import Rejected
from opencheck.report import messages
from opencheck.report.wording import labelled, place_text


def rejected_text(rejected: Rejected) -> list[LocalizedText]:
    """Return why a row was rejected, one line for each problem: the value found and the accepted ones."""
    rejected = displayed(rejected)
    lines = []
    for problem in rejected.problems:
        accepted = messages.localized_message(f"reject.{problem.code}", problem.facts)
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
                (messages.localized_message(f"reject.{p.code}", p.facts) for p in rejected.problems),
                strict=True,
            )
        ],
        "message": {
            "zh": rejected_reasons(rejected, "zh"),
            "en": rejected_reasons(rejected, "en"),
        },
    }
