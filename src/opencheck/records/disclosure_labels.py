"""Disclosure labels as printed in documents, such as 此件公开发布 or 信息公开选项：主动公开.

A label is a note in brackets, a separate line, a note after the date, a ticked option, or the value of a field that names the attribute.
The same words in a sentence, a heading or quotation marks are not a label; of several options exactly one must be ticked. The spellings
are those of the vocabulary ``attribute``; spaces between characters, the style of brackets and traditional characters make no difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from opencheck.core.errors import unknown_name
from opencheck.records.label_options import Token, is_note, read_options, tokens_of, value_of
from opencheck.records.odd_labels import find_odd_labels
from opencheck.records.printed_lines import attachments_start, fold_line, plain_line_ends
from opencheck.records.vocabularies import VOCABULARIES, Term

__all__ = [
    "find_labels",
    "find_own_labels",
    "find_own_odd_labels",
    "locate_part",
    "part_marker",
    "printed_label",
    "printed_parts",
]


_OPEN, _CLOSE = "([【〔{", ")]】〕}"

_NEAR = 80
"""How much of a line is looked at on either side of a word."""

_LONG = 400

_CUT = "\U000f0000"
"""Stands for the rest of a long line."""

_PART = re.compile(r"(?m)^【以下是(?P<name>[^】\n]*)】\n")

_UNPRINTED = re.compile(r"(?ms)^【以下是(?:修订中|隐藏的|划去的|批注|单元格批注|网页源码|链接、)[^】\n]*】$.*?(?=^【以下是|\Z)")

_GAP = "[ \t\u00a0\u3000\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff@_|]*"

_MAY_BE_LABEL = re.compile(
    "|".join(
        _GAP.join(parts)
        for parts in (
            ("主", "[动動]", "公"), ("申", "[请請]", "公"), ("不", "公"), ("免", "公"), ("不", "予", "公"), ("免", "予", "公"),
            ("是", "否", "公"),
            ("公", "[开開]", "[发發选選形属屬类類方范範性标標权權级級:：]"), ("此", "件", "[可社主依不删刪有公向对對免]"),
            ("有", "[删刪]"), ("删", "[减減]"), ("刪", "[减減]"),
        )
    )
)  # fmt: skip
"""Matches in each line that can hold a word or a field of disclosure. It is searched fast because every alternative begins with a letter."""

_TO_LINE_END = re.compile(rf"(?:{_MAY_BE_LABEL.pattern})[^\n]*")

_DATE_END = re.compile(r"(?:[0-9〇零一二三四五六七八九十] ?日|[0-9]{4} ?[-./] ?[0-9]{1,2} ?[-./] ?[0-9]{1,2})$")

_SENTENCE_END = re.compile(
    r"(?:[。.!;…—)\]】〕》]|[府室局委厅办处院会站社队所司部号]|通知|意见|方案|办法|决定|公告|通告|批复|函|报告|规定|细则|公示)$"
)
"""What may stand directly before a note: the end of a sentence, of an organ's name, of a number or of a title."""

_PAGE = re.compile(r"[-—–]? ?[0-9]{1,4} ?[-—–]?$")

_AFTER_NOTE = re.compile(
    r"[。.;…—([【〔]|附 ?件|抄 ?送|抄 ?报|主 ?送|分 ?送|联系|公开|信息公开|发布|来源|编辑|责任编辑|打印|关闭|相关|.{2,30}印发$"
)
"""What may follow a note on its line."""

_ABOUT_LABELS = re.compile(r"(?:字样|等|的|后|并|时|或|和|及|与|、|,|即|者)")

_BEFORE_FIELD = tuple(" ([{【〔/;。.…)]】〕·*>-—")

_ANNOUNCED = re.compile(
    r"(?:标注|标识|标明|注明|加注|写明|载明|印有|填写|例如|譬如|如|选择|勾选|按照|依照|按|为|是|以|[“\"'‘「『《])$"
)

_NUMBERING = re.compile("[0-9A-Da-d口囗]")
"""The number of an option, or the character that some type for a box."""

_NEXT_LINE = re.compile(r"\s*\n(?P<line>[^\n]*\S[^\n]*)")

_METADATA_LINE = re.compile(r"(?:索引号|文号|字号|来源|发布|日期|时间|机构|机关|作者|浏览|主题)[^。]{0,20}[: ]")


def printed_label(value: str) -> str:
    """Return the label of an attribute as it is printed under a document.

    >>> printed_label("依申请公开")
    '（此件依申请公开）'

    Raises:
        UnknownNameError: the vocabulary has no such attribute.
    """
    term = _term(value)
    return f"（{next(w for w in term.spellings if w.startswith('此件'))}）"


def _term(value: str) -> Term:
    terms = {term.value: term for term in VOCABULARIES["attribute"].terms}
    if value not in terms:
        raise unknown_name("没有这种公开属性 / no attribute", value, terms, code="unknown_value", field="attribute")
    return terms[value]


def part_marker(name: str) -> str:
    """Return the line that separates a further part (attachment, header, comment) from the body of a document."""
    plain = re.sub(r"[】\s]+", " ", name)
    return f"【以下是{plain}】"


def locate_part(text: str, at: int) -> tuple[str, int]:
    """Return the name of the part that holds a position (blank: the body), and the position within that part.

    >>> locate_part("正文\\n【以下是页脚】\\n电话", 11)
    ('页脚', 0)
    """
    found = list(_PART.finditer(text, 0, at)) if "【以下是" in text else []
    return (found[-1]["name"], at - found[-1].end()) if found else ("", at)


def printed_parts(text: str) -> str:
    """Return the text without the parts that are in a file and not on the paper: hidden and deleted text, comments, a page's source.

    >>> printed_parts("正文\\n【以下是隐藏的文字】\\n（此件公开发布）\\n【以下是页脚】\\n电话")
    '正文\\n【以下是页脚】\\n电话'
    """
    return _UNPRINTED.sub("", text) if "【以下是" in text else text


def find_labels(text: str) -> list[str]:
    """Find the attributes that a text is labelled with; labels that disagree give more than one.

    Args:
        text: the whole text of a document, with its line breaks.

    Returns:
        Values of the vocabulary ``attribute``, in its order.

    >>> find_labels("……\\n公开属性：依申请公开\\n")
    ['依申请公开']
    >>> find_labels("属于主动公开范围的，应当公开")
    []
    """
    known, _ = find_odd_labels(plain_line_ends(text))
    found = {*_labels(_read_lines(text)), *known}
    return [v for v in VOCABULARIES["attribute"].values if v in found]


def find_own_labels(text: str) -> tuple[list[str], list[str]]:
    """Find the labels before the attachments, and those of the whole text.

    >>> find_own_labels("通知\\n附件\\n上级通知\\n（此件公开发布）\\n")
    ([], ['主动公开'])
    """
    text = printed_parts(text)
    every = find_labels(text)
    end = attachments_start(text) if every else None
    return (every if end is None else find_labels(text[:end])), every


def find_own_odd_labels(text: str) -> list[str]:
    """Find the words of notes before the attachments that speak of disclosure and are no known label.

    >>> find_own_odd_labels("通知\\n（此件删减后由各镇街公开）\\n附件\\n（本件主动公开，附件不予公开）\\n")
    ['此件删减后由各镇街公开']
    """
    text = plain_line_ends(printed_parts(text))
    _, every = find_odd_labels(text)
    end = attachments_start(text) if every else None
    _, own = find_odd_labels(text[:end]) if end is not None else ([], every)
    return own


@dataclass
class _Line:
    raw: str
    folded: str
    tokens: list[Token]

    @property
    def is_options(self) -> bool:
        """Whether the line holds nothing but options and marks; a note, or one word in brackets, is a label of its own kind."""
        words = [t for t in self.tokens if t.kind == "word"]
        marks = any(t.kind in ("ticked", "empty", "unclear") for t in self.tokens)
        text = (t for t in self.tokens if t.kind in ("other", "field", "date"))
        if any(not _NUMBERING.fullmatch(t.text) for t in text) or not (words or marks):
            return False
        return marks or len(words) > 1 or not (any(map(is_note, words)) or any(t.kind == "open" for t in self.tokens))


def _read_lines(text: str) -> list[_Line]:
    """The lines that can be part of a label, each with the lines next to it that hold something."""
    text = plain_line_ends(text)
    lines: list[_Line] = []
    at = 0  # where the lines begin that are not taken yet
    while (match := _TO_LINE_END.search(text, at)) is not None:
        start = max(at, text.rfind("\n", at, match.start()) + 1)
        before = text[at:start].rstrip()
        if before:
            lines.append(_neighbour(before[before.rfind("\n") + 1 :]))
        lines += _candidates(text[start : match.end()])
        at = match.end()
        following = _NEXT_LINE.match(text, at)
        if following and not _MAY_BE_LABEL.search(following["line"]):
            lines.append(_neighbour(following["line"]))
            at = following.end()
    return lines


def _candidates(raw: str) -> list[_Line]:
    """A line with a word of disclosure; of a long one the passages around such words, marked where they are cut."""
    spans = [(0, len(raw))]
    if len(raw) > _LONG:
        spans = []
        for match in _MAY_BE_LABEL.finditer(raw):
            first, last = max(0, match.start() - _LONG // 2), min(len(raw), match.end() + _LONG // 2)
            if spans and first <= spans[-1][1]:
                first = spans.pop()[0]
            spans.append((first, last))
    lines = []
    for first, last in spans:
        folded = fold_line((_CUT if first else "") + raw[first:last] + (_CUT if last < len(raw) else ""))
        lines.append(_Line(raw[first:last], folded, tokens_of(folded)))
    return lines


def _neighbour(raw: str) -> _Line:
    """A line without a word of disclosure: it may hold a date, or nothing but marks."""
    folded = fold_line(raw) if len(raw) < 200 else ""
    return _Line(raw, folded, tokens_of(folded))


def _labels(lines: Sequence[_Line]) -> Iterator[str]:
    """Every value that a line or a block of lines states."""
    taken = 0  # the lines before this one are read, as parts of a block
    for at, line in enumerate(lines):
        if at < taken:
            continue
        taken = at + 1
        if line.is_options:
            taken = _options_end(lines, at)
            yield from _bare_options(lines, at, taken)
            continue
        if not any(t.kind in ("word", "field") for t in line.tokens):
            continue
        fields = _fields(line)
        yield from _notes(line, fields)
        for number, (first, last) in enumerate(fields):
            content = line.tokens[first + 1 : last]
            if number == len(fields) - 1 and _continues(content):
                taken = _options_end(lines, at + 1)
                block = lines[at:taken]
                if _has_row_of_ticks(block):
                    yield from _ticked_columns(block)
                    continue
                content += [t for other in block[1:] for t in (_break(), *other.tokens)]
            yield from _field_values(line, first, content)
        if "\t" in line.raw and taken < len(lines):
            yield from _column_values(line, lines[taken])


def _break() -> Token:
    return Token("gap", " ", 0, 0)


def _options_end(lines: Sequence[_Line], at: int) -> int:
    """The first line from a place on that holds more than options."""
    return next((end for end in range(at, len(lines)) if not lines[end].is_options), len(lines))


def _continues(content: Iterable[Token]) -> bool:
    """Whether options may follow on the next lines: after the name of the field there is nothing, or nothing but options."""
    return all(t.kind not in ("other", "field", "date") for t in content)


def _bare_options(lines: Sequence[_Line], at: int, end: int) -> Iterator[str]:
    """Options without the name of a field. One word without a mark counts below a date or the data of a portal only."""
    if _has_row_of_ticks(lines[at:end]):
        yield from _ticked_columns(lines[at:end])
        return
    tokens = [t for line in lines[at:end] for t in (_break(), *line.tokens)]
    if any(t.kind in ("ticked", "empty", "unclear") for t in tokens):
        yield from read_options(tokens, field=False)
        return
    words = [t for t in tokens if t.kind == "word"]
    if len(words) != 1 or any(t.kind not in ("word", "gap") for t in tokens) or at == 0:
        return
    before = lines[at - 1].folded
    if (len(before) <= 50 and _DATE_END.search(before)) or _METADATA_LINE.search(before):
        yield value_of(words[0])


def _has_row_of_ticks(block: Sequence[_Line]) -> bool:
    """Whether marks stand on a line of their own, above or below a row of several words."""
    words = [sum(t.kind == "word" for t in line.tokens) for line in block]
    return max(words) > 1 and 0 in words


def _ticked_columns(block: Sequence[_Line]) -> list[str]:
    """The option above the tick, where a row of ticks stands below a row of options with as many cells; else nothing is clear."""
    if len(block) != 2:
        return []
    names, marks = (line.raw.split("\t") for line in block)
    if len(marks) != len(names) or len(names) < 2:
        return []
    cells = [f"{name.strip()}{mark.strip()}" for name, mark in zip(names, marks, strict=True)]
    return read_options(tokens_of(fold_line(" ".join(cells))), field=True)


def _fields(line: _Line) -> list[tuple[int, int]]:
    """For each field of a line the places of its name and of the next field's name (or the end of the line)."""
    starts: list[int] = []
    for at, token in enumerate(line.tokens):
        if token.kind != "field":
            continue
        before = line.folded[max(0, token.start - _NEAR) : token.start]
        after_field = bool(starts) and before.endswith(",")
        if not before or after_field or (before.endswith(_BEFORE_FIELD) and not _ANNOUNCED.search(before.rstrip(" ([{【〔*"))):
            starts.append(at)
    return [(first, last) for first, last in pairwise([*starts, len(line.tokens)])]


def _field_values(line: _Line, first: int, content: list[Token]) -> list[str]:
    """The values of a field. Between name and value stands a colon, a bracket or a gap; a field in brackets ends with them."""
    name = line.tokens[first]
    closed = line.folded.endswith(tuple(_OPEN), 0, name.start)
    colon = next((i for i, t in enumerate(content[:4]) if t.text == ":"), None)
    start = 0
    if colon is not None and all(t.kind in ("ticked", "empty", "hint", "gap") for t in content[:colon]):
        start = colon  # what stands in brackets behind the name says how to fill in the form
    between = list(takewhile(lambda t: t.kind in ("gap", "close") or t.text == ":", content[start:]))
    closed = closed and all(t.kind != "close" for t in between)
    rest = content[start + len(between) :]
    if closed and (end := next((i for i, t in enumerate(rest) if t.kind == "close"), None)) is not None:
        if not _may_follow("".join(t.text for t in rest[end + 1 : end + _NEAR])):
            return []
        rest = rest[:end]
    return read_options(rest, field=True)


def _column_values(line: _Line, below: _Line) -> Iterator[str]:
    """The values that stand in the row below the names of columns."""
    names, cells = line.raw.split("\t"), below.raw.split("\t")
    if len(names) != len(cells):
        return
    for (name, beside), cell in zip(pairwise([*names, ""]), cells, strict=True):
        kinds, kinds_beside = ([t.kind for t in tokens_of(fold_line(text))] for text in (name, beside))
        if kinds == ["field"] and "word" not in kinds_beside:
            yield from read_options(tokens_of(fold_line(cell)), field=True)


def _notes(line: _Line, fields: Sequence[tuple[int, int]]) -> Iterator[str]:
    """Notes in brackets, and notes that end a line after a date or stand on it alone."""
    within = {at for first, last in fields for at in range(first, last)}
    for at, token in enumerate(line.tokens):
        if token.kind != "word" or at in within:
            continue
        before = line.folded[max(0, token.start - _NEAR) : token.start].rstrip(" ")
        after = line.folded[token.end : token.end + _NEAR].lstrip(" ")
        bracketed = before[-1:] in tuple(_OPEN) and after[:1] in tuple(_CLOSE)
        if bracketed:
            before, after = before.rstrip(" " + _OPEN), after.lstrip(" " + _CLOSE)
        dated = not before or _DATE_END.search(before) is not None
        ends = not after or _PAGE.match(after) is not None
        if is_note(token) and bracketed:
            if (dated or _SENTENCE_END.search(before)) and (ends or _may_follow(after)):
                yield value_of(token)
        elif dated and ends and (is_note(token) or bracketed):
            yield value_of(token)


def _may_follow(after: str) -> bool:
    """Whether a note may stand before this rest of its line: no sentence goes on about it."""
    rest = after.strip(" " + _CLOSE)
    return not rest or (_AFTER_NOTE.match(rest) is not None and not _ABOUT_LABELS.match(rest)) or _PAGE.match(rest) is not None
