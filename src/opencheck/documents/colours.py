"""Colours of texts and of what they stand on: whether a reader sees one on the other."""

from __future__ import annotations

from functools import lru_cache

__all__ = ["BLACK", "WHITE", "Colour", "can_be_seen_on", "is_as_white", "laid_on", "parse_colour"]

Colour = tuple[float, float, float, float]
"""Red, green, blue and opacity, each from 0 to 1."""

BLACK: Colour = (0.0, 0.0, 0.0, 1.0)
WHITE: Colour = (1.0, 1.0, 1.0, 1.0)

_LEAST_DIFFERENCE = 0.1
"""Of one part at least, of red, green or blue: nobody finds on white paper what is nearer to white."""


_OF_THE_SYSTEM = {"windowtext": "black", "canvastext": "black", "window": "white", "canvas": "white"}


@lru_cache(maxsize=4096)
def parse_colour(text: str) -> Colour | None:
    """Return the colour that a word of a style sheet names, None where it names none that is fixed.

    >>> parse_colour("#fff"), parse_colour("rgba(255, 0, 0, 0.5)"), parse_colour("var(--ink)")
    ((1.0, 1.0, 1.0, 1.0), (1.0, 0.0, 0.0, 0.5), None)
    """
    from tinycss2.color4 import parse_color

    colour = parse_color(_OF_THE_SYSTEM.get(text, text))
    if colour is None or isinstance(colour, str):
        return None
    try:
        red, green, blue = colour.to("srgb").coordinates
    except NotImplementedError:  # a colour space that few pages use
        return None
    return (red or 0.0, green or 0.0, blue or 0.0, float(colour.alpha))


def laid_on(colour: Colour, ground: Colour) -> Colour:
    """Return what a colour that lets its ground through looks like."""
    red, green, blue = (own * colour[3] + under * (1 - colour[3]) for own, under in zip(colour[:3], ground[:3], strict=True))
    return (red, green, blue, 1.0)


def can_be_seen_on(colour: Colour, ground: Colour) -> bool:
    """Whether a text of a colour can be told from its ground.

    >>> [can_be_seen_on(parse_colour(text), WHITE) for text in ("#000", "#ccc", "#ff0", "#fefefe", "rgba(0, 0, 0, 0.02)")]
    [True, True, True, False, False]
    """
    seen = laid_on(colour, ground)
    return any(abs(own - under) >= _LEAST_DIFFERENCE for own, under in zip(seen, ground, strict=True))


def is_as_white(red: float, green: float, blue: float) -> bool:
    """Whether a colour, its parts from 0 to 1, cannot be told from white paper.

    >>> is_as_white(1, 1, 1), is_as_white(0.99, 0.99, 0.99), is_as_white(1, 1, 0)
    (True, True, False)
    """
    return not can_be_seen_on((red, green, blue, 1.0), WHITE)
