"""Two reports compared."""

from __future__ import annotations

from pathlib import Path

from request_ledgers import LATE, check


def test_compare_unusable_row_is_not_fixed(tmp_path: Path) -> None:
    before = check({**LATE, "id": "1"}, {**LATE, "id": "2"}, as_of="2018-12-31").write(tmp_path / "before.json")
    now = check(
        {**LATE, "id": "1", "received_on": "2018-02-30"}, {**LATE, "id": "2", "replied_on": "2018-10-10"}, as_of="2018-12-31"
    )
    now.compare(before)
    assert [f["record_id"] for f in now.fixed or ()] == ["2"]
