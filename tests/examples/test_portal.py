"""The example for a portal's backend, as its README tells it."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from scripts import run


def test_portal_prints_what_its_readme_shows(root: Path, tmp_path: Path) -> None:
    folder = root / "examples" / "portal"
    done = run(str(folder / "portal.py"), "portal.db", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    shown = re.search(r"```\n(.*?)```", (folder / "README.md").read_text(encoding="utf-8"), re.S)
    assert shown
    assert done.stdout == shown[1]
    with closing(sqlite3.connect(tmp_path / "portal.db")) as database:
        kept = database.execute("select aid, rule, due, open_since from todo order by rule, aid").fetchall()
        published = database.execute("select content from article where caption = '关于发放临时救助金的通知'").fetchall()
    assert kept == [
        (5, "PD-13.3", "2018-10-10", "2018-10-12"),
        (3, "PD-9.4", "2018-10-08", "2018-10-12"),
        (5, "PD-9.4", "2018-10-16", "2018-10-17"),
    ]
    assert len(published) == 1
    assert "11010519491231002X" not in published[0][0]
    again = run(str(folder / "portal.py"), "portal.db", folder=tmp_path)
    assert again.returncode == 1
    assert "Traceback" not in again.stderr


def test_portal_done_items_leave_the_list(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(root / "examples" / "portal"))
    import portal

    with closing(sqlite3.connect(":memory:")) as database:
        portal.sample(database)
        portal.tonight(database, "2018-10-17")
        database.execute(
            "insert into article (aid, dept, caption, kind, online_at, explains) values (9, '市教体局', '解读', '解读', '2018-10-16', 5)"
        )
        portal.tonight(database, "2018-10-18")
        kept = [tuple(row) for row in database.execute("select aid, rule, open_since from todo order by aid")]
    assert kept == [(3, "PD-9.4", "2018-10-17"), (5, "PD-13.3", "2018-10-17")]
