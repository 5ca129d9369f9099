"""Web pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import opencheck as oc
from opencheck.readers import read


def test_html_page_without_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<table><tr><td>导航</td></tr></table>", encoding="utf-8")
    with pytest.raises(oc.InputError, match="没有台账或公示表"):
        oc.check(path, as_of="2018-12-31")


HEADS = ("编号", "收到日期", "答复日期")
LATE = ("1", "2018-09-03", "2018-12-20")


def page(path: Path, rows: list[str], around: tuple[str, str] = ("", ""), table: str = "<table>") -> Path:
    heads = "<tr>" + "".join(f"<th>{h}</th>" for h in HEADS) + "</tr>"
    body = f"{around[0]}{table}<caption>依申请公开</caption>{heads}{''.join(rows)}</table>{around[1]}"
    (path / "台账.html").write_text(body, encoding="utf-8")
    return path / "台账.html"


def line(cells: tuple[str, ...] = LATE, attributes: str = "", cell: str = "") -> str:
    return f"<tr {attributes}>" + "".join(f"<td>{c}</td>" for c in cells[:-1]) + f"<td {cell}>{cells[-1]}</td></tr>"


HIDING = [
    "hidden",
    'style="display:none"',
    'style="color:red; DISPLAY : None"',
    'style="visibility:hidden"',
    'style="visibility: collapse"',
]


def notes(path: Path) -> tuple[int, list[tuple[str, dict[str, Any]]]]:
    """The late replies, and what the report says of hidden parts."""
    report = oc.check(path, as_of="2018-12-31", rules="PD-15.3")
    assert report.rows["read"] == report.rows["checked"] + report.rows["rejected"]
    return len(report.violations), [(name, facts) for name, facts in report.notes if name.startswith("note.hidden")]


FACTS = {"file": "台账.html", "sheet": "依申请公开"}


@pytest.mark.parametrize("how", HIDING)
def test_hidden_row_is_checked_and_said(tmp_path: Path, how: str) -> None:
    told = [("note.hidden_rows", {**FACTS, "count": 1, "rows": ["3"]})]
    assert notes(page(tmp_path, [line(), line(("2", *LATE[1:]), how)])) == (2, told)
    assert notes(page(tmp_path, [line(), f"<tbody {how}>{line(('2', *LATE[1:]))}</tbody>"])) == (2, told)


@pytest.mark.parametrize("how", HIDING)
def test_hidden_table_is_checked_and_said(tmp_path: Path, how: str) -> None:
    told = [("note.hidden_sheet", {**FACTS, "count": 1})]
    assert notes(page(tmp_path, [line()], table=f"<table {how}>")) == (1, told)
    assert notes(page(tmp_path, [line()], (f"<div {how}><div>", "</div></div>"))) == (1, told)


@pytest.mark.parametrize("how", HIDING)
def test_hidden_cell_is_checked_and_its_column_said(tmp_path: Path, how: str) -> None:
    told = [("note.hidden_columns", {**FACTS, "columns": ["答复日期"]})]
    assert notes(page(tmp_path, [line(cell=how)])) == (1, told)
    assert notes(page(tmp_path, [line((*LATE[:2], f"<span {how}>{LATE[2]}</span>"))])) == (1, told)
    assert notes(page(tmp_path, [line((*LATE[:2], ""), cell=how)])) == (1, []), "nothing is hidden in it"


@pytest.mark.parametrize("how", HIDING)
def test_hidden_part_of_a_cell_is_no_part_of_what_it_shows(tmp_path: Path, how: str) -> None:
    """Keys to sort by stand before what is shown."""
    cell = f"<span {how}>20180910 <b>1</b></span>2018-12-<!-- x -->20<script>var a = 1</script>"
    assert notes(page(tmp_path, [line((*LATE[:2], cell))])) == (1, [("note.hidden_text", {**FACTS, "count": 1, "rows": ["2"]})])


def test_page_that_hides_nothing_says_nothing(tmp_path: Path) -> None:
    rows = [line((*LATE[:2], f"<b>{LATE[2]}</b>"), 'style="color:red"')]
    assert notes(page(tmp_path, rows, ("<p hidden>x</p>", ""))) == (1, [])


def test_deep_elements_of_a_cell_are_read(tmp_path: Path) -> None:
    deep = "<i>" * 180 + LATE[2] + "</i>" * 180
    assert notes(page(tmp_path, [line((*LATE[:2], deep))])) == (1, [])


@pytest.mark.parametrize(
    "lines",
    [
        "市财政局<br>市环保局",
        "<p>市财政局</p><p>市环保局</p>",
        "<div>市财政局</div>市环保局",
        "<ul><li>市财政局<li>市环保局</ul>",
    ],
)
def test_lines_within_a_cell_are_parts_of_their_own(tmp_path: Path, lines: str) -> None:
    """As in a cell of a workbook: two offices on two lines are two, and a heading on two lines is one."""
    path = tmp_path / "依申请公开.html"
    path.write_text(
        f"<table><tr><th>编号<th>责任<br>单位<th>收到日期<th>答复日期<th>标题</tr><tr><td>1<td>{lines}<td>2018-09-03<td><td><b>关于</b>征地的<i>申</i>请</tr></table>",
        encoding="utf-8",
    )
    (found,) = oc.check(path, as_of="2018-12-31", rules=["PD-15.3"]).findings("violation")
    assert found.unit == "市财政局；市环保局"
    assert found.title == "关于征地的申请"


@pytest.mark.parametrize(
    ("heading", "table"),
    [
        ("<a name=table2><h1>Sheet 3: <em>政策解读</em></h1></a>", "interpretation"),
        ("<h2>政策解读台账</h2>", "interpretation"),
        ("<h1>工作表3：政策解读</h1><p>单位：件</p>", "interpretation"),
        ("<h1>政务公开情况</h1>", "disclosure"),
        ("<h1>政策解读</h1><table><tr><td>说明</table>", "disclosure"),
    ],
)
def test_table_is_named_by_the_heading_above_it(heading: str, table: str, tmp_path: Path) -> None:
    path = tmp_path / "台账.html"
    cells = "<tr><td>编号<td>公文编号<td>责任单位<td>发布日期<td>发布渠道<tr><td>1<td>9<td>市民政局<td>2018-09-03<td>门户网站"
    path.write_text(f"<meta charset=utf-8><body>{heading}<table>{cells}</table>", encoding="utf-8")
    assert list(read(path).tables) == [table]


def test_heading_of_a_chapter_hides_no_records_of_another_table(tmp_path: Path) -> None:
    path = tmp_path / "台账.html"
    cells = "<tr><td>编号<td>收到日期<td>答复日期<td>责任单位<tr><td>1<td>2018-09-03<td>2018-12-20<td>市财政局"
    path.write_text(f"<meta charset=utf-8><body><h2>政策解读</h2><p>说明</p><table>{cells}</table>", encoding="utf-8")
    assert list(read(path).tables) == ["request"]
