"""Conditions of style sheets on a usual screen."""

from __future__ import annotations

import pytest
import tinycss2

from opencheck.documents.screen_conditions import holds_for_screen, is_supported

HOLDS = """
screen
not print
not tv
only screen and (min-width: 800px)
only screen and (min-width: 1280px)
not all and (max-width: 600px)
print, (foo), screen
(prefers-color-scheme: light)
(orientation: landscape)
(hover)
(width = 1280px)
(width >= 600px)
(600px < width)
(600px <= width <= 1280px)
(min-width: 80em)
(min-resolution: 96dpi)
(min-aspect-ratio: 16/9)
(min-width: 6000px) or (hover: hover)
((min-width: 1px) and (hover))
(min-width: 1px) and (not (print: 1)), screen
not ((min-width: 1px) and (max-width: 2px))
(device-width: 1280px)
(color)
"""

HOLDS_NOT = """
print
not screen
not screen and (min-width: 800px)
only screen and (min-width: 1281px)
(width < 1280px)
(2000px <= width <= 3000px)
(1280px < width <= 3000px)
(prefers-color-scheme: dark)
(orientation: portrait)
not (hover)
(foo: 1)
not (foo: 1)
not (foo)
screen and (foo)
(-webkit-min-device-pixel-ratio: 2)
(max-width: calc(9999px))
(min-width: 1/0)
(monochrome)
(1px < 2px < width)
(width <=)
(min-width:
,
and
"""


@pytest.mark.parametrize("media", ["", " ", *HOLDS.strip().splitlines()])
def test_media_that_hold(media: str) -> None:
    assert holds_for_screen(media)
    assert holds_for_screen(media.upper())


@pytest.mark.parametrize("media", HOLDS_NOT.strip().splitlines())
def test_media_that_do_not_hold_or_are_not_known(media: str) -> None:
    assert not holds_for_screen(media)


@pytest.mark.parametrize(
    ("asked", "is_taken"),
    [
        ("(display: grid)", True),
        ("(display: grid) and (gap: 1px)", True),
        ("selector(:has(a))", True),
        ("not (display: grid)", False),
        ("(display: grid) and (not (gap: 1px))", False),
        ("(not (display: grid)) or (gap: 1px)", True),
        ("", False),
    ],
)
def test_what_browsers_support_is_what_sheets_ask_about(asked: str, is_taken: bool) -> None:
    assert is_supported(tinycss2.parse_component_value_list(asked)) == is_taken
