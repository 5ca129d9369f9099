"""Records as JSON and as dictionaries."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from opencheck.readers import json_rows as objects
from opencheck.readers import read


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
        max_size=5,
    )
)
def test_json_rows_of_the_same_keys_are_read_alike(rows: list[dict[str, str]]) -> None:
    alike = [dict.fromkeys(["id", "标题", "title", "发布日期", "备注"]) | row for row in rows]
    numbered = list(enumerate(alike, 1))
    found = objects._values_by_key(numbered)
    later = objects._values_by_key([*numbered, (len(alike) + 1, {})])  # one that differs: cell by cell
    assert {k: (n, v) for k, (n, v) in later.items()} == {k: (n, [*v, None]) for k, (n, v) in found.items()}
