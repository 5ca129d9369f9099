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


AT_THE_LIMIT = """
width: 1280px, width: 1281px
width: 80em, width: 81em
width: 80rem, width: 79rem
width: 960pt, width: 961pt
min-width: 33.8cm, max-width: 33.8cm
max-width: 33.9cm, min-width: 33.9cm
min-width: 13.3in, max-width: 13.3in
max-width: 13.4in, min-width: 13.4in
device-width: 1280px, device-width: 1279px
height: 720px, height: 719px
device-height: 720px, device-height: 721px
aspect-ratio: 16/9, aspect-ratio: 16/10
resolution: 1dppx, resolution: 2dppx
resolution: 1x, resolution: 2x
resolution: 96dpi, resolution: 97dpi
max-resolution: 96dpi, max-resolution: 95dpi
-webkit-device-pixel-ratio: 1, -webkit-device-pixel-ratio: 2
-webkit-max-device-pixel-ratio: 1, -webkit-min-device-pixel-ratio: 1.5
color: 8, color: 7
monochrome: 0, monochrome: 1
grid: 0, grid
update: fast, update: none
pointer: fine, pointer: coarse
width > 1279px, width > 1280px
width < 1281px, width < 1280px
1280px >= width, 1279px >= width
1280px = width, 1279px = width
1281px > width > 1279px, 1280px > width > 1279px
prefers-contrast: no-preference, prefers-contrast
prefers-reduced-motion: no-preference, prefers-reduced-motion
forced-colors: none, forced-colors
scripting, foo
"""


@pytest.mark.parametrize("line", AT_THE_LIMIT.strip().splitlines())
def test_feature_holds_up_to_the_size_of_the_screen(line: str) -> None:
    held, other = (f"({feature.strip()})" for feature in line.split(","))
    assert holds_for_screen(held)
    assert not holds_for_screen(other)


@pytest.mark.parametrize(
    ("media", "holds"),
    [
        ("not screen, screen", True),
        ("not all and (width: 1px)", True),
        ("not all and (foo)", False),
        ("not print and (foo)", True),
        ("print and (foo)", False),
        ("(foo) or (hover)", True),
        ("(foo) or (width: 1px)", False),
        ("not ((foo) or (hover))", False),
        ("not ((foo) and (width: 1px))", True),
        ("(not (width: 1px)) and (hover)", True),
        ("(hover) and (not (width: 1px))", True),
        ("(hover) and (not (hover))", False),
        ("screen and (hover) and (width: 1px)", False),
        ("all", True),
        ("speech", False),
        ("[hover]", False),
        ("foo(hover)", False),
        ("print,", False),
        ("not screen and (hover)", False),
        ("not print and (hover)", True),
        ("/* wide */ screen /* and more */", True),
    ],
)
def test_words_between_features_join_them(media: str, holds: bool) -> None:
    assert holds_for_screen(media) is holds
