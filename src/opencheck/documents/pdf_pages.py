"""One page of a PDF: its text with the cells of rows told apart, what of it nobody sees, its fonts and its pictures.

pypdf gives the pieces of text in order with their places, and calls for each operator before it is carried out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from opencheck.documents.colours import is_as_white
from opencheck.documents.parts import LARGE_PICTURE, MANY_CURVES

__all__ = ["PdfPage", "read_page"]

_KNOWN_CODES = re.compile("/Uni[A-Z]+-(?:UCS2|UTF16)-[HV]|/(?:GB-EUC|GBpc-EUC|GBK-EUC|GBK2K|ETen-B5|ETenms-B5|90ms-RKSJ)-[HV]")

_SQUARE_CM = (2.54 / 72) ** 2
"""A square point in square centimetres."""

_ANCHORED = 1.0
"""How far two pieces of one row may stand apart in height, in points."""

_DIGIT_WIDTH, _NUMBER_GAP, _CELL_GAP = 0.55, 0.4, 1.2
"""How wide a digit is, and from which gap on what follows a number or a word stands in another cell, in heights of the font."""

_TINY = 1.0
"""Fonts below this height, in points, are no text that anybody reads."""

_NUMBER = re.compile("[0-9]+[Xx]?|[Xx]")

_COLOUR_PARTS = {b"g": 1, b"rg": 3, b"k": 4, b"sc": 3, b"scn": 3}
"""How many operands of each operator that sets the colour to fill with name a colour: of grey, of light, of ink."""

_FILLS = (b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*")
_SHOWS = (b"Tj", b"TJ", b"'", b'"')

Matrix = tuple[float, float, float, float, float, float]

_PLAIN: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class _Piece(NamedTuple):
    """A piece of text, where it begins, the height of its font, and whether somebody sees it."""

    text: str
    x: float
    y: float
    height: float
    seen: bool


@dataclass
class PdfPage:
    """What a page shows, and what it keeps unseen: white, transparent and outside the page."""

    text: str
    unseen: list[str]
    whole: str
    """All of it, each at its place."""
    decodable: bool
    """Whether each of its fonts says which characters it shows."""
    pictures: list[float | None]
    """Their sizes in square centimetres; None where it is not known."""


def read_page(page: Any) -> PdfPage:
    """Read a page."""
    look = _Look(page)
    text = page.extract_text(visitor_text=look.text, visitor_operand_before=look.before, visitor_operand_after=look.after)
    if look.curves >= MANY_CURVES:
        look.pictures.append(LARGE_PICTURE)
    # What is written without ink over a picture is what the picture shows: a scan with its text.
    pieces = [p._replace(seen=True) for p in look.pieces] if look.pictures else look.pieces
    shown, unseen = _without_unseen(text, pieces)
    return PdfPage(
        _with_cells(shown, [p for p in pieces if p.seen]),
        unseen,
        _with_cells(text, pieces) if unseen else shown,
        all(map(_is_decodable, look.fonts.values())),
        look.pictures,
    )


@dataclass
class _State:
    """How text is drawn: with which filling, in which mode."""

    white: bool = False
    mode: int = 0
    transparent: bool = False


@dataclass
class _Look:
    """Collects what pypdf comes across on a page."""

    page: Any
    pieces: list[_Piece] = field(default_factory=list)
    fonts: dict[int, Any] = field(default_factory=dict)
    pictures: list[float | None] = field(default_factory=list)
    curves: int = 0

    def __post_init__(self) -> None:
        self._state, self._saved = _State(), list[_State]()
        self._painted = False  # something dark lies on the page: white can be read on it
        self._unseen_since: list[bool] = []
        self._forms: list[tuple[Any, Matrix]] = [(self.page, _PLAIN)]
        box = self.page.cropbox
        self._box = [float(n) for n in (box.left, box.bottom, box.right, box.top)]

    def before(self, operator: bytes, operands: Any, matrix: Any, _position: Any) -> None:
        state = self._state
        if operator == b"q":
            self._saved.append(replace(state))
        elif operator == b"Q" and self._saved:
            self._state = self._saved.pop()
        elif operator in _COLOUR_PARTS:
            parts = _numbers(operands)
            state.white = len(parts) == _COLOUR_PARTS[operator] and _is_white(parts)
        elif operator == b"cs":
            state.white = False
        elif operator == b"Tr" and operands:
            state.mode = int(_numbers(operands)[0]) if _numbers(operands) else 0
        elif operator == b"gs" and operands:
            state.transparent = self._is_transparent(operands[0], otherwise=state.transparent)
        elif operator in _SHOWS:
            self._unseen_since.append(state.mode in (3, 7) or state.transparent or (state.white and not self._painted))
        elif operator in _FILLS:
            self._painted |= not state.white
        elif operator == b"sh":
            self._painted = True
        elif operator in (b"c", b"v", b"y"):
            self.curves += 1
        elif operator == b"INLINE IMAGE":
            self._picture(matrix)
        elif operator == b"Do" and operands:
            self._object(operands[0], matrix)

    def after(self, operator: bytes, operands: Any, _matrix: Any, _position: Any) -> None:
        if operator == b"Do" and operands and len(self._forms) > 1 and self._kind(operands[0], self._forms[-2][0]) == "/Form":
            self._forms.pop()
            self._state = self._saved.pop() if self._saved else self._state

    def text(self, text: str, matrix: Any, position: Any, font: Any, size: Any) -> None:
        if font is not None:
            self.fonts[id(font)] = font
        if not text.strip():
            return
        hidden = bool(self._unseen_since) and all(self._unseen_since)
        self._unseen_since.clear()
        placed = _times(_times(tuple(position), tuple(matrix)), self._forms[-1][1])
        x, y = placed[4], placed[5]
        height = abs(float(size or 0)) * (abs(placed[0] * placed[3] - placed[1] * placed[2]) ** 0.5)
        left, bottom, right, top = self._box
        inside = left - 1 <= x <= right + 1 and bottom - 1 <= y <= top + 1
        self.pieces.append(_Piece(text.strip(), x, y, height, inside and not hidden and not 0 < height < _TINY))

    def _is_transparent(self, name: Any, *, otherwise: bool) -> bool:
        resources = self._forms[-1][0].get("/Resources")
        states = None if resources is None else resources.get_object().get("/ExtGState")
        own = None if states is None or name not in states.get_object() else states.get_object()[name].get_object()
        return otherwise if own is None or "/ca" not in own else _numbers([own["/ca"]]) == (0.0,)

    def _object(self, name: Any, matrix: Any) -> None:
        holder, base = self._forms[-1]
        kind = self._kind(name, holder)
        if kind == "/Image":
            self._picture(matrix)
        elif kind == "/Form":
            form = _objects(holder)[name].get_object()
            own = form.get("/Matrix")
            inner = _times(tuple(map(float, own)), tuple(matrix)) if own is not None and len(own) == 6 else tuple(matrix)
            self._forms.append((form, _times(inner, base)))
            self._saved.append(replace(self._state))

    def _picture(self, matrix: Any) -> None:
        self._painted = True
        placed = _times(tuple(matrix), self._forms[-1][1])
        self.pictures.append(abs(placed[0] * placed[3] - placed[1] * placed[2]) * _SQUARE_CM)

    def _kind(self, name: Any, holder: Any) -> str:
        objects = _objects(holder)
        return str(objects[name].get_object().get("/Subtype")) if name in objects else ""


def _objects(holder: Any) -> Any:
    resources = holder.get("/Resources")
    found = None if resources is None else resources.get_object().get("/XObject")
    return {} if found is None else found.get_object()


def _is_white(parts: tuple[float, ...]) -> bool:
    """Whether the parts of a colour, of grey, of light or of ink, give white, or what cannot be told from it on paper."""
    if len(parts) == 4:
        *inks, black = parts
        parts = tuple((1 - ink) * (1 - black) for ink in inks)
    red, green, blue = parts * 3 if len(parts) == 1 else parts
    return is_as_white(red, green, blue)


def _numbers(operands: Any) -> tuple[float, ...]:
    try:
        return tuple(float(n) for n in operands)
    except (TypeError, ValueError):  # the name of a pattern
        return ()


def _times(first: Any, then: Any) -> Matrix:
    """A matrix carried out before another."""
    a, b, c, d, e, f = (float(n) for n in first)
    g, h, i, j, k, m = (float(n) for n in then)
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


def _without_unseen(text: str, pieces: list[_Piece]) -> tuple[str, list[str]]:
    """Take the pieces that nobody sees out of the text of a page, each at its place."""
    at, kept, unseen = 0, [], []
    for piece in pieces:
        found = text.find(piece.text, at)
        if found < 0:
            continue
        end = found + len(piece.text)
        kept.append(text[at : found if not piece.seen else end])
        if not piece.seen:
            unseen.append(piece)
        at = end
    return "".join([*kept, text[at:]]), _lines(unseen)


def _lines(pieces: list[_Piece]) -> list[str]:
    """The texts of pieces, those of a row in one line."""
    lines: list[str] = []
    for number, piece in enumerate(pieces):
        if number and abs(piece.y - pieces[number - 1].y) <= _ANCHORED:
            lines[-1] += piece.text
        else:
            lines.append(piece.text)
    return lines


def _with_cells(text: str, pieces: list[_Piece]) -> str:
    """Put a tab between what stands in cells of a row, and join characters set one by one, as in the boxes of a form."""
    at, found = 0, []
    for row in _rows(pieces):
        match = re.compile(r"[ \t\n]*".join(f"({re.escape(p.text)})" for p in row)).search(text, at)
        if match is None:
            continue
        found.append(text[at : match.start()])
        for number, piece in enumerate(row):
            if number:
                found.append(_between(row[number - 1], piece, text[match.end(number) : match.start(number + 1)]))
            found.append(piece.text)
        at = match.end()
    return "".join([*found, text[at:]])


def _between(left: _Piece, right: _Piece, written: str) -> str:
    """What stands between two pieces of a row."""
    gap = right.x - left.x - left.height * sum(_DIGIT_WIDTH if c.isascii() else 1.0 for c in left.text)
    numbers = _NUMBER.fullmatch(left.text) is not None and _NUMBER.fullmatch(right.text) is not None
    if gap > right.height * (_NUMBER_GAP if numbers else _CELL_GAP):
        return "\t"
    boxed = numbers and len(left.text) == len(right.text) == 1
    return "" if boxed else written.replace("\n", " ")


def _rows(pieces: list[_Piece]) -> Iterator[list[_Piece]]:
    """Rows of at least two pieces, each to the right of the one before."""
    row: list[_Piece] = []
    for piece in pieces:
        if row and not (abs(piece.y - row[-1].y) <= _ANCHORED and piece.x > row[-1].x):
            if len(row) > 1:
                yield row
            row = []
        row.append(piece)
    if len(row) > 1:
        yield row


def _is_decodable(font: Any) -> bool:
    """Whether a font says which characters it shows: by a table of its own, or by an encoding that pypdf knows.

    Others number their glyphs, and their text comes out as characters at random.
    """
    return (
        font.get("/Subtype") != "/Type0" or "/ToUnicode" in font or _KNOWN_CODES.match(str(font.get("/Encoding"))) is not None
    )
