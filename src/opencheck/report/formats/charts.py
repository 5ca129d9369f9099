"""Charts of the HTML page as SVG without scripts (pygal), coloured by the page's CSS variables for both themes and print."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

__all__ = [
    "bar_chart",
    "line_chart",
]


_COLOURS = (*(f"var(--{c})" for c in ("error", "warning", "advice", "review", "pass")), "#c2185b", "#00838f", "#8d6e63")

MAX_LINES = len(_COLOURS)
"""Largest number of lines in one chart: each needs a colour that can be told from the others."""

_LABEL = 24  # longest label, in characters


def has_charts() -> bool:
    """Whether charts can be drawn; without them the page has the same numbers in its tables."""
    return find_spec("pygal") is not None


def bar_chart(name: str, labels: Sequence[str], parts: Sequence[tuple[str, Sequence[int]]], described: str) -> Any:
    """Draw a horizontal stacked bar chart.

    Args:
        name: the unique name of the chart in the page.
        labels: the label of each bar, from the top.
        parts: for each part, its legend and its number for each label.
        described: the text alternative of the chart.

    Returns:
        The SVG as safe markup with escaped texts; None where the extra ``opencheck[charts]`` is not installed.
    """
    if not has_charts():
        return None
    import pygal

    chart = pygal.HorizontalStackedBar(
        **_chart_options(),
        height=110 + 26 * len(labels),
        # pygal assumes the width of Latin characters.
        margin_left=10 + round(5.5 * max((len(text[:_LABEL]) for text in labels), default=0)),
        margin_right=16,
        print_values=True,
        print_zeroes=False,
        spacing=6,
        show_y_guides=False,
    )
    shown = [(word, [n or None for n in reversed(numbers)]) for word, numbers in parts]
    return _render_svg(chart, name, list(reversed(labels)), shown, described)


def line_chart(name: str, labels: Sequence[str], found: Sequence[tuple[str, Sequence[int]]], described: str) -> Any:
    """Draw a line chart that starts at zero, with at most :data:`MAX_LINES` lines.

    Args:
        name: the unique name of the chart in the page.
        labels: the labels of the horizontal axis.
        found: for each line, its legend and its numbers.
        described: the text alternative of the chart.

    Returns:
        The SVG as safe markup; None where the extra ``opencheck[charts]`` is not installed.
    """
    if not has_charts():
        return None
    import pygal

    chart = pygal.Line(**_chart_options(), height=320, dots_size=4, margin_left=48, margin_right=56)
    most = max((n for _, numbers in found for n in numbers), default=0)
    chart.range = (0, most or 1)
    if most < 6:
        chart.y_labels = range(most + 1)
    return _render_svg(chart, name, labels, found[:MAX_LINES], described)


def _chart_options() -> dict[str, Any]:
    from pygal.style import Style

    words = {f"{part}_font_family": "inherit" for part in ("label", "major_label", "value", "value_label", "tooltip", "title")}
    sizes = {"label_font_size": 13, "major_label_font_size": 13, "value_font_size": 13, "legend_font_size": 14}
    style = Style(
        background="transparent",
        plot_background="transparent",
        foreground="var(--ink)",
        foreground_strong="var(--ink)",
        foreground_subtle="var(--soft)",
        guide_stroke_color="var(--line)",
        major_guide_stroke_color="var(--line)",
        colors=_COLOURS,
        value_colors=("var(--paper)",) * len(_COLOURS),
        stroke_width="2.5",
        opacity="1",
        opacity_hover="1",
        transition="0s",
        font_family="inherit",
        legend_font_family="inherit",
        no_data_font_family="inherit",
        **words,
        **sizes,
    )
    return {
        "style": style,
        "js": [],
        "classes": ["chart"],
        "width": 900,
        "legend_at_bottom": True,
        "legend_at_bottom_columns": 4,
        "truncate_legend": -1,
        "truncate_label": _LABEL,
        "margin_top": 8,
        "margin_bottom": 24,
        "disable_xml_declaration": True,
        "formatter": lambda n: f"{n:g}",
    }


def _render_svg(
    chart: Any,
    name: str,
    labels: Sequence[str],
    found: Sequence[tuple[str, Sequence[int | None]]],
    described: str,
) -> Any:
    """Render the SVG without scripts and metadata, with its text alternative."""
    from markupsafe import Markup
    from pygal.etree import etree

    chart.uuid = name
    chart.x_labels = list(labels)
    for word, numbers in found:
        chart.add(word, list(numbers))
    root = chart.render_tree()
    for parent in list(root.iter()):
        for child in list(parent):
            if not isinstance(child.tag, str) or child.tag.rpartition("}")[2] in ("script", "desc"):
                parent.remove(child)
    for title in [n for n in root if n.tag.rpartition("}")[2] == "title"]:
        title.text = described
    root.set("role", "img")
    root.set("aria-label", described)
    return Markup(etree.tostring(root, encoding="unicode"))
