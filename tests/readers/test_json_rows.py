"""Records as JSON and as dictionaries."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

import opencheck as oc
from only import only
from opencheck.readers import json_rows as objects
from opencheck.readers import read
from opencheck.records.dataset import ROW, Dataset, SourceLocation
from opencheck.records.tables import TABLES


def test_json_lines_broken_lines_are_rejected(tmp_path: Path) -> None:
    file = tmp_path / "records.jsonl"
    lines = [
        '{"table": "公文", "id": "1", "signed_on": "2018-01-02"}',
        "{broken",
        "",
        '{"id": "9"}',
        "3",
        '{"table": "会议", "id": "1", "held_on": "2018-01-02"}',
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
    data = read(file)
    assert set(data.tables) == {"document", "meeting"}
    assert data.rows == {"read": 5, "checked": 2, "rejected": 3}
    assert {(r.place.row, r.problems[0].code) for r in data.rejected} == {
        (2, "not_json"),
        (4, "no_table"),
        (5, "not_an_object"),
    }


@given(
    st.lists(
        st.dictionaries(st.sampled_from(["id", "标题", "title", "发布日期", "备注"]), st.text("ab1", max_size=2), max_size=5),
        min_size=1,
        max_size=5,
    )
)
def test_json_rows_of_the_same_keys_are_read_alike(rows: list[dict[str, str]]) -> None:
    alike = [dict.fromkeys(["id", "标题", "title", "发布日期", "备注"]) | row for row in rows]
    found = objects._values_by_key(alike)
    later = objects._values_by_key([*alike, {}])  # one that differs: cell by cell
    assert {k: (n, v) for k, (n, v) in later.items()} == {k: (n, [*v, None]) for k, (n, v) in found.items()}


@pytest.mark.parametrize("count", [1, 199, 200, 201, 400])
def test_many_rows_of_the_same_keys_keep_their_values_in_order(count: int) -> None:
    rows = [
        {"id": f"{n}", "channels": [f"渠道{n % 7}"], "effective_at": datetime(2018, 9, 1, n % 24, 30)} for n in range(count)
    ]
    found = read({"disclosure": rows}).tables["disclosure"].records(["id", "channels", "effective_at"])
    assert found["id"].to_list() == [row["id"] for row in rows]
    assert found["channels"].to_list() == [row["channels"] for row in rows]
    assert [moment.replace(tzinfo=None) for moment in found["effective_at"]] == [row["effective_at"] for row in rows]


@pytest.mark.parametrize(
    ("value", "rejected"), [(["a", ["b"]], 0), (["a", {"b": 1}], 1), (["a", 1, True], 0), ([["a"], "b"], 0)], ids=str
)
def test_lists_that_hold_more_than_texts_are_read_item_by_item(value: list[Any], rejected: int) -> None:
    rows = [{"id": "1", "channels": ["政府网站"]}, {"id": "2", "channels": value}, {"id": "3", "channels": None}]
    assert read({"disclosure": rows}).rows == {"read": 3, "checked": 3 - rejected, "rejected": rejected}


@pytest.mark.parametrize("char", ["\u2028", "\u2029", "\u0085", "\x0c", "\x1e"])
def test_json_lines_end_with_line_feeds_only(tmp_path: Path, char: str) -> None:
    file = tmp_path / "request.jsonl"
    text = char if char > "\x7f" else f"\\u{ord(char):04x}"
    file.write_text(f'{{"id": "1", "subject": "甲{text}乙"}}\r\n{{"id": "2", "subject": "丙"}}\n', encoding="utf-8")
    assert read(file).rows == {"read": 2, "checked": 2, "rejected": 0}


@pytest.mark.parametrize(
    "line",
    [
        "[" * 100_000,
        '{"id": "1", "unit": "\\ud800"}',
        '{"id": "1", "replied_on": "2018-11-05", "replied_on": "2018-12-20"}',
        '"x"',
        "NaN",
    ],
    ids=["deep", "surrogate", "key twice", "text", "nan"],
)
def test_json_line_that_is_no_record_is_rejected(tmp_path: Path, line: str) -> None:
    file = tmp_path / "request.jsonl"
    file.write_text(f'{{"id": "0"}}\n{line}\n', encoding="utf-8")
    data = read(file)
    assert data.rows == {"read": 2, "checked": 1, "rejected": 1}
    assert (data.rejected[0].table, data.rejected[0].place.row) == ("request", 2)
    (tmp_path / "request.json").write_text(f"[{line}]", encoding="utf-8")
    if line in ('"x"', "NaN"):
        assert read(tmp_path / "request.json").rows == {"read": 1, "checked": 0, "rejected": 1}
    else:
        with pytest.raises(oc.InputError) as found:
            read(tmp_path / "request.json")
        assert found.value.code == "not_valid_json"


@pytest.mark.parametrize(
    ("rule", "table", "record", "key", "misspelt"),
    [
        ("PD-9.3", "document", {"is_policy": True, "is_important": False, "submitted_on": "2018-09-03"}, "is_important", "is_importnat"),
        ("PD-12.3", "catalog_entry", {"is_public_institution": True, "revised_on": "2018-10-31"}, "is_public_institution", "is_public_instituton"),
        ("PD-8-1.4", "disclosure", {"topic": "fiscal.debt", "period": "2017", "published_on": "2018-01-10"}, "period", "perdio"),
        ("PD-8-1.4", "disclosure", {"topic": "fiscal.debt", "period": "2017", "published_on": "2018-01-10"}, "period", "perio"),
    ],
)  # fmt: skip
def test_key_that_is_misspelt_and_can_change_the_result_is_told_first(
    rule: str, table: str, record: dict[str, Any], key: str, misspelt: str
) -> None:
    right = oc.check({table: [{"id": "1", **record}]}, as_of="2018-12-31", rules=[rule])
    assert right.unread == []
    wrong = {misspelt if name == key else name: value for name, value in record.items()}
    found = oc.check({table: [{"id": "1", **wrong}]}, as_of="2018-12-31", rules=[rule])
    assert [line.near for line in found.unread] == [(table, key)]
    other = oc.check({table: [{"id": "1", **wrong}]}, as_of="2018-12-31", rules=["PD-2-2.1"])
    assert other.unread == []


def test_json_key_twice_counts_where_it_is_filled(tmp_path: Path) -> None:
    file = tmp_path / "request.jsonl"
    file.write_text('{"id": "1", "unit": "", "unit": "市财政局", "unit": null, "note": "\\ud83d\\ude00"}\n', encoding="utf-8")
    found = read(file).tables["request"].records()
    assert found.select("unit", "note").rows() == [("市财政局", "😀")]


@dataclasses.dataclass
class Asked:
    id: str
    received_on: date


class AskedTuple(NamedTuple):
    id: str
    received_on: str


class AskedModel(BaseModel, extra="allow"):
    id: str
    note: str | None = None


def database_rows() -> Any:
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    return connection.execute("select '1' as id, '2018-11-05' as 收到日期")


def sqlalchemy_rows() -> Any:
    sqlalchemy = pytest.importorskip("sqlalchemy", reason="SQLAlchemy is in the extra history")
    with sqlalchemy.create_engine("sqlite://").connect() as connection:
        return connection.execute(sqlalchemy.text("select '1' as id, '2018-11-05' as 收到日期")).all()


@pytest.mark.parametrize(
    "rows",
    [
        lambda: [Asked("1", date(2018, 11, 5))],
        lambda: [AskedTuple("1", "2018-11-05")],
        database_rows,
        sqlalchemy_rows,
        lambda: [TABLES["request"].model(id="1", received_on=date(2018, 11, 5))],
        lambda: [AskedModel(id="1", 收到日期="2018-11-05")],
    ],
    ids=["dataclass", "named tuple", "sqlite3", "sqlalchemy", "model", "model with more"],
)
def test_rows_with_named_fields_are_read(rows: Any) -> None:
    for data in (read({"request": rows()}), read(rows())):
        found = data.tables["request"].records()
        assert found.select("id", "received_on").rows() == [("1", date(2018, 11, 5))]


@pytest.mark.parametrize("row", [("1", "2018-11-05"), Asked, "1", 3, None])
def test_row_without_named_fields_is_rejected(row: Any) -> None:
    data = read({"request": [{"id": "0"}, row]})
    assert data.rows == {"read": 2, "checked": 1, "rejected": 1}
    assert data.rejected[0].problems[0].code == "not_an_object"


def test_of_a_long_line_that_is_no_record_its_beginning_is_shown(tmp_path: Path) -> None:
    (tmp_path / "request.jsonl").write_text(f'{{"id": "0"}}\n"{"甲" * 90}"\n{{"id": "{"乙" * 90}\n', encoding="utf-8")
    shown = [row.problems[0].found for row in read(tmp_path / "request.jsonl").rejected]
    assert sorted(shown) == sorted(["甲" * 60, ('{"id": "' + "乙" * 90)[:60]])


@pytest.mark.parametrize("key", ["posted_til", "posted_unti", "postedUntill", "posted_unitl"])
def test_json_misspelt_key_of_a_day_is_asked_and_never_means_that_nothing_happened(key: str) -> None:
    row = {
        "id": "1",
        "unit": "市扶贫办",
        "topic": "poverty_relief.project",
        "published_on": "2018-10-08",
        "channels": ["政府网站"],
        "level": "县级",
    }
    report = oc.check({"disclosure": [{**row, key: "2018-10-12"}]}, as_of="2018-12-31", rules=["PD-8-4.3c"])
    found = only(report.findings("indeterminate"))
    assert "posted_until" in found.missing
    assert [line.near for line in report.unread] == [("disclosure", "posted_until")]
    (right,) = oc.check(
        {"disclosure": [{**row, "posted_until": "2018-10-12"}]}, as_of="2018-12-31", rules=["PD-8-4.3c"]
    ).violations
    assert right.rule == "PD-8-4.3c"


@pytest.mark.parametrize(
    ("more", "outcome"),
    [
        ({}, "indeterminate"),
        ({"replied_on": None}, "violation"),
        ({"repliedon_date": "2018-08-03"}, "indeterminate"),
        ({"date_of_answer": "2018-08-03"}, "indeterminate"),  # like no name that we know
        ({"closed": True}, "indeterminate"),
        ({"closed": True, "replied_on": None}, "violation"),
    ],
)
def test_json_day_that_no_row_has_is_not_recorded(more: dict[str, Any], outcome: str) -> None:
    rows = [{"id": "1", "received_on": "2018-08-01", **more}]
    report = oc.check({"request": rows}, as_of="2018-12-31", rules=["PD-15.3"])
    found = only(report.findings(outcome))
    assert outcome == "violation" or "replied_on" in found.missing


def test_json_day_that_one_row_has_is_not_yet_in_the_others() -> None:
    rows = [{"id": "1", "received_on": "2018-08-01"}, {"id": "2", "received_on": "2018-08-01", "replied_on": "2018-08-02"}]
    report = oc.check({"request": rows}, as_of="2018-12-31", rules=["PD-15.3"], include_all=True)
    assert {f.record_id: str(f.outcome) for f in report.findings()} == {"1": "violation", "2": "pass"}


@pytest.mark.parametrize("suffix", ["json", "jsonl"])
@pytest.mark.parametrize(
    ("stem", "row", "table"),
    [
        ("会议", {"id": "1", "note": "一"}, "meeting"),  # the name tells
        (
            "data",
            {"id": "1", "drafting_units": "市财政局", "signed_on": "2018-09-03", "is_policy": True},
            "document",
        ),  # the keys tell
        ("会议", {"id": "1", "table": "公文"}, "document"),  # the row tells
    ],
)
def test_json_rows_belong_to_the_table_that_row_name_or_keys_tell(
    tmp_path: Path, suffix: str, stem: str, row: dict[str, Any], table: str
) -> None:
    file = tmp_path / f"{stem}.{suffix}"
    text = json.dumps(row, ensure_ascii=False)
    file.write_text(text if suffix == "jsonl" else f"[{text}]", encoding="utf-8")
    data = read(file)
    assert (list(data.tables), data.rows) == ([table], {"read": 1, "checked": 1, "rejected": 0})


@pytest.mark.parametrize(("stem", "checked"), [("2018年公文台账", 2), ("data", 1)])
@pytest.mark.parametrize("suffix", ["json", "jsonl"])
def test_json_rows_under_a_name_that_is_like_a_tables_are_all_of_it(
    tmp_path: Path, suffix: str, stem: str, checked: int
) -> None:
    """Of a row with few keys only the name of the file tells, together with the keys of the others."""
    rows = [{"id": "1", "title": "甲", "signed_on": "2018-09-03"}, {"id": "2", "title": "乙"}]
    file = tmp_path / f"{stem}.{suffix}"
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    file.write_text("\n".join(lines) if suffix == "jsonl" else f"[{','.join(lines)}]", encoding="utf-8")
    data = read(file)
    assert (list(data.tables), data.rows["checked"]) == (["document"], checked)


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ('{"document": [], "meeting": 3}', None),
        ('{"document": 3}', None),
        ('[{"document": []}, {"id": 1}]', {"read": 2, "checked": 0, "rejected": 2}),
        ('[{"id": "1", "topic": "其他"}]', {"read": 1, "checked": 0, "rejected": 1}),
        ('[{"table": "公文", "id": "1"}, {"id": "2"}]', {"read": 2, "checked": 1, "rejected": 1}),
    ],
)
def test_json_that_names_no_table_is_refused_or_its_rows_are(tmp_path: Path, content: str, rows: dict[str, int] | None) -> None:
    file = tmp_path / "records.json"
    file.write_text(content, encoding="utf-8")
    if rows is None:
        with pytest.raises(oc.InputError, match="a list of rows"):
            read(file)
    else:
        assert read(file).rows == rows


def test_json_object_holds_tables_by_their_names(tmp_path: Path) -> None:
    file = tmp_path / "records.JSON"
    meeting = {"id": "1", "held_on": "2018-09-12"}
    file.write_text(json.dumps({"公文": [], "meeting": [meeting, 3]}, ensure_ascii=False), encoding="utf-8")
    data = read(file)
    assert set(data.tables) == {"document", "meeting"}, "a table without records is given, too"
    assert data.rows == {"read": 2, "checked": 1, "rejected": 1}
    assert [(r.table, r.place.file, r.place.sheet, r.place.row) for r in data.rejected] == [
        ("meeting", "records.JSON", "会议", 2)
    ]
    file.write_text('{"meeting": [], "weather": []}', encoding="utf-8")
    with pytest.raises(oc.InputError, match="weather") as found:
        read(file)
    assert found.value.code == "unknown_table"


def test_map_of_one_table_of_an_object_leaves_the_others(tmp_path: Path) -> None:
    rows = [{"编号": "1", "文件标题": "甲", "挂网": "2018-09-03"}]
    file = tmp_path / "records.json"
    file.write_text(json.dumps({"公文": rows, "政策解读": rows}, ensure_ascii=False), encoding="utf-8")
    data = read(file, headings={"公文!挂网": "公布日期"})
    assert [(h.table, h.status) for h in data.headings if h.text == "挂网"] == [
        ("document", "mapped"),
        ("interpretation", "unknown"),
    ]


def test_key_that_only_some_rows_have_is_blank_in_the_others() -> None:
    rows = [{"id": "1"}, {"id": "2", "天气": "晴", "note": "甲"}, {"note": "乙", "id": "3"}]
    data = read({"request": rows})
    assert data.tables["request"].records().select("id", "note").rows() == [("1", None), ("2", "甲"), ("3", "乙")]
    assert {h.text: h.place.row for h in data.headings} == {"id": 1, "天气": 2, "note": 2}


def test_record_of_a_model_is_of_its_table_whatever_it_tells() -> None:
    data = read([TABLES["meeting"].model(id="1", note="一"), TABLES["roster"].model(id="2")])
    assert {name: table.records(["id"])["id"].to_list() for name, table in data.tables.items()} == {
        "meeting": ["1"],
        "roster": ["2"],
    }


@pytest.mark.parametrize(
    ("content", "refused", "tables"),
    [
        ({"document": [{"id": "1"}], "meeting": []}, None, {"document": 1, "meeting": 0}),
        ({"公文": [{"id": "1"}, {"id": "2"}]}, None, {"document": 2}),
        ({"document": [], "meeting": 3}, "not_rows", {}),
        ({"document": {"id": "1"}}, "not_rows", {}),
        ({"id": "1", "title": "甲"}, "not_rows", {}),
        ({}, None, {}),
        (3, "not_rows", {}),
        ("公文", "not_rows", {}),
        (None, "not_rows", {}),
        ([], None, {}),
        ({"weather": []}, "unknown_table", {}),
        ({"document": [], "weather": [{"id": "1"}]}, "unknown_table", {}),
    ],
)
def test_json_is_a_list_of_rows_or_holds_tables(
    tmp_path: Path, content: Any, refused: str | None, tables: dict[str, int]
) -> None:
    file = tmp_path / "records.json"
    file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    data, code = Dataset(), None
    try:
        data = read(file)
    except oc.InputError as exc:
        code = exc.code
    assert code == refused
    assert {name: table.records(["id"]).height for name, table in data.tables.items()} == tables


@pytest.mark.parametrize(("spec", "table"), [("request", "request"), (None, "")])
def test_row_that_is_no_record_is_told_with_its_number_and_the_tables(spec: str | None, table: str) -> None:
    data = Dataset()
    rows = [{"id": "1", "table": "依申请公开"}, 3, {"id": "2", "table": "依申请公开"}, "甲" * 61]
    objects.add_records(data, rows, TABLES[spec] if spec else None, ("a.json", None))
    assert [(r.table, r.place, [(p.found, p.code) for p in r.problems]) for r in data.refused_lines] == [
        (table, SourceLocation("a.json", None, 2), [("3", "not_an_object")]),
        (table, SourceLocation("a.json", None, 4), [("甲" * 60, "not_an_object")]),
    ]
    assert "document（公文）" in data.refused_lines[0].problems[0].facts["values"]
    assert data.tables["request"].records(["id"]).select("id", ROW).rows() == [("1", 1), ("2", 3)]


def test_row_belongs_to_the_table_that_it_states_even_where_its_keys_tell_another() -> None:
    rows: list[Any] = [
        {"表": "会议", "id": "1", "signed_on": "2018-09-03"},
        {"table": None, "id": "2", "held_on": "2018-09-03"},
        {"_table": "天气", "id": "3", "held_on": "2018-09-03"},
        TABLES["roster"].model(id="4"),
    ]
    data = read(rows)
    assert {name: table.records(["id"])["id"].to_list() for name, table in data.tables.items()} == {
        "meeting": ["1", "2"],
        "roster": ["4"],
    }
    assert [(r.place.row, r.problems[0].code) for r in data.rejected] == [(3, "no_table")]
    assert rows[0]["表"] == "会议", "the rows that are given stay as they are"


def test_rows_whose_keys_are_all_unknown_are_each_rejected() -> None:
    data = Dataset()
    objects.add_records(data, [{"天气": "晴"}, {"天气": "雨"}], TABLES["request"], ("a.json", None), [3, 7])
    assert [(r.table, r.place.row) for r in data.refused_lines] == [("request", 3), ("request", 7)]
    assert data.tables.get("request") is None or not data.tables["request"].records().height


def test_json_lines_are_numbered_as_they_stand_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "依申请公开.jsonl"
    file.write_text('\n{"id": "1"}\n\n  \n{"id": "2"}\n{broken\n', encoding="utf-8")
    data = read(file)
    assert data.tables["request"].records(["id"]).select("id", ROW).rows() == [("1", 2), ("2", 5)]
    assert [(r.table, r.place.row, r.problems[0].found) for r in data.rejected] == [("request", 6, "{broken")]
    (tmp_path / "data.jsonl").write_text('{"id": "1", "table": "会议"}\n{broken\n', encoding="utf-8")
    assert [r.table for r in read(tmp_path / "data.jsonl").rejected] == [""]
