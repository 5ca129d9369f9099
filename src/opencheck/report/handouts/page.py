"""The hand-out as one HTML page to read, send and print; answers on paper are not read back."""

from __future__ import annotations

from opencheck.report import messages
from opencheck.report.formats.page_text import page_template
from opencheck.report.handouts.content import (
    ANSWERS,
    Handout,
    answer_columns,
    cover,
    item_texts,
    label,
    section_title,
    status_words,
)

__all__ = ["as_handout_page"]


def as_handout_page(handout: Handout, lang: str) -> bytes:
    """Return the hand-out as one self-contained HTML page."""
    sections = [
        (
            section_title(section, lang),
            [(status_words([item.finding], lang), item_texts(item, lang)) for item in section.items],
            [label(name, lang) for name in answer_columns(i.finding for i in section.items)[1:]],
        )
        for section in handout.sections
    ]
    page = page_template("opencheck.report.handouts", "page.html").render(
        lang="zh-CN" if lang == "zh" else "en",
        title=messages.get_message("handout.title", lang),
        to=messages.format_message("handout.to", lang, unit=handout.name(lang)),
        unit=handout.name(lang),
        cover=cover(handout, lang),
        closing=[messages.get_message(name, lang) for name in ("handout.from", "handout.contact", "handout.day")],
        sections=sections,
        status=label(ANSWERS[0], lang),
        label=lambda name: label(name, lang),
        counted=lambda what, more: messages.get_message("join.counted", lang).format(what=what, count=more),
    )
    return page.encode()
