"""Fields that a document or a portal names: 发文字号：…, [ 发布日期 ] …, in a line, in the cells of a table or above the next line.

Names are looked for in the flattened text, whose positions are those of the text itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

__all__ = [
    "NAMES",
    "FieldKind",
    "NamedField",
    "find_fields",
    "head_end",
    "lines_of",
]

FieldKind = Literal["number", "issuer", "signed", "issued", "published", "updated", "dated"]

NAMES: dict[FieldKind, tuple[str, ...]] = {
    "number": ("发文字号", "发文文号", "文件编号", "文件字号", "文件文号", "公文字号", "公文文号", "文号", "字号"),
    "issuer": ("发文机关", "发文机构", "发文单位", "制发机关", "发布机构"),
    "signed": ("成文日期", "成文时间", "签发日期", "签发时间", "签署日期", "签署时间"),
    "issued": ("发文日期", "发文时间", "印发日期", "印发时间", "制发日期"),
    "published": (
        "信息发布日期", "信息发布时间", "网站发布日期", "网站发布时间", "发布日期", "发布时间", "公布日期", "公布时间", "公开日期",
        "公开时间", "上网日期", "上网时间", "首发时间", "发布于",
    ),
    "updated": ("最后更新日期", "最后更新时间", "更新日期", "更新时间", "信息生成日期", "生成日期", "生成时间"),
    "dated": ("日期", "时间"),
}  # fmt: skip
"""The names of each field. A day of issue is printed by some portals for the day of signing, by others for that of publication."""

_KINDS = {name: kind for kind, names in NAMES.items() for name in names}

_NAME = re.compile(
    rf"(?P<name>{'|'.join('[ ]{0,8}'.join(n) for n in sorted(_KINDS, key=len, reverse=True))})"
    r"(?P<sep>[ \t]{0,4}[\])】〕]?[ \t]{0,4}:?[ \t]{0,8}(?:\n\s{0,200})?)"
)

_HAN = re.compile(r"[\u3400-\u9fff]")

_METADATA = re.compile("索引号|文号|字号|来源|机构|机关|浏览|点击|访问|阅读|字体|作者|编辑|主题|分类|公开属性")
"""What a portal prints beside a day that it calls just 日期 or 时间."""

_OCCASION = re.compile("地点|地址|会议|议题|主持|参加|参会|对象|期限")

_TITLE = re.compile(r"关于.{2,80}的(?:通知|意见|方案|办法|决定|公告|通告|批复|函|报告|规定)")

_SALUTATION = re.compile(r"(?:各|政府|部门|单位|局|委|办|公司|院|学校|镇|街道).{0,30}:$")


class NamedField(NamedTuple):
    """A field: its kind, its name, and where its value starts."""

    kind: FieldKind
    name: str
    at: int


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    """Yield each line that holds something with its position.

    >>> list(lines_of("a\\n\\nb"))
    [(0, 'a'), (3, 'b')]
    """
    start = 0
    for line in text.split("\n"):
        if line and not line.isspace():
            yield start, line
        start += len(line) + 1


def head_end(flat: str) -> int:
    """Return the position at which the body of a flattened text begins: its first sentence, or the line to whom it is addressed."""
    for start, line in lines_of(flat):
        stripped = line.strip()
        if ("。" in stripped and len(stripped) >= 8) or (len(stripped) < 200 and _SALUTATION.search(stripped)):
            return start
    return len(flat)


def find_fields(text: str, flat: str) -> list[NamedField]:
    """Find the named fields of a text.

    Args:
        text: the text, its cells separated by tabs.
        flat: the same text, flattened.

    >>> [(f.kind, f.at) for f in find_fields("文号：财税〔2018〕77号", "文号:财税〔2018〕77号")]
    [('number', 3)]
    """
    body = head_end(flat)
    heading = _TITLE.search(flat, 0, body)
    title = heading.start() if heading else 0
    found = []
    for match in _NAME.finditer(flat):
        kind = _KINDS[match["name"].replace(" ", "")]
        before = flat[max(0, match.start() - 1) : match.start()]
        named = match["sep"].strip(" \t") != ""  # a colon, a bracket or the end of the line
        if _HAN.match(before) and not (kind == "published" and ":" in match["sep"]):
            continue
        if not named and flat[match.end("name") : match.end()] == "":
            continue
        if "\n" in match["sep"] and text[max(0, match.start() - 8) : match.start()].rstrip(" ([【〔（").endswith("\t"):
            continue  # the last cell of a row: its value stands in its column, not at the beginning of the next row
        if kind == "dated" and not ("\n" not in match["sep"] and match.start() < body and _is_of_a_portal(flat, match, title)):
            continue
        found.append(NamedField(kind, match["name"].replace(" ", ""), match.end()))
    return sorted([*found, *_columns(text)], key=lambda f: f.at)


def _is_of_a_portal(flat: str, match: re.Match[str], title: int) -> bool:
    """Whether 日期 or 时间 is the portal's, and not the time of a meeting: it stands above the title or beside other data."""
    first = max(0, match.start() - 300)
    start = max(first, flat.rfind("\n", first, match.start()) + 1)
    if flat[start : match.start()].strip(" [(【〔") and not _METADATA.search(flat[start : match.start()]):
        return False
    above = [line for line in flat[max(0, start - 200) : start].split("\n") if line.strip()]
    own, *below = [line for line in flat[start : match.end() + 200].split("\n") if line.strip()]
    around = "\n".join([*above[-1:], own, *below[:1]])
    if _OCCASION.search(around):
        return False
    return match.end() <= title or _METADATA.search(around) is not None


def _columns(text: str) -> Iterator[NamedField]:
    """Fields whose values stand in the row below their names."""
    names: list[str] = []
    for start, line in lines_of(text) if "\t" in text else ():
        cells = line.split("\t")
        if len(cells) == len(names) > 1:
            at = start
            for name, cell in zip(names, cells, strict=True):
                shown = "".join(name.split())
                kind = _KINDS.get(shown.strip(":："))
                if kind is not None and kind != "dated":  # where the value stands beside the name, what is below is no value
                    yield NamedField(kind, shown, at + len(cell) - len(cell.lstrip()))
                at += len(cell) + 1
        names = cells
