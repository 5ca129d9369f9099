"""``--state``: a check that judges only what changed finds what a full one finds, whatever changed in between."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import opencheck as oc
from opencheck.cli.main import main
from opencheck.core.errors import InputError
from opencheck.engine import run as engine
from record_strategies import LEDGERS, all_examples, rows

pytestmark = pytest.mark.slow  # of machinery that goes

Ledger = dict[str, list[dict[str, Any]]]
PACK = oc.load_pack("pingdu-2018")
END = date(2018, 12, 31)


@pytest.fixture(autouse=True)
def _big_tables() -> Iterator[None]:
    """Every table is worked on as a big one: small ones are judged whole anyway."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "SMALL", -1)
        yield


def told(ledger: Any, state: Path | None = None, as_of: date = END, **more: Any) -> tuple[dict[str, Any], tuple[int, int]]:
    """Everything that a check says, and how many records were as they were and how many were judged."""
    report = oc.check(ledger, pack=PACK, as_of=as_of, state=state, **more)
    work = next(((facts["kept"], facts["judged"]) for name, facts in report.notes if name == "note.state"), (0, 0))
    report.notes = [n for n in report.notes if n[0] != "note.state"]
    return json.loads(json.dumps(report.to_dict())), work


@st.composite
def changes(draw: st.DrawFn) -> tuple[Ledger, Ledger]:
    """A ledger, and the same with records taken out, put in, changed, moved."""
    before = draw(LEDGERS)
    after: Ledger = {}
    for table, records in before.items():
        mended = [r for r in records if draw(st.integers(0, 4))]
        fresh = draw(rows(table)) if draw(st.booleans()) else []
        for number, record in enumerate(mended):
            if fresh and not draw(st.integers(0, 3)):
                mended[number] = {**fresh[0], "id": record["id"]}
        mended += [{**r, "id": f"new-{r['id']}"} for r in fresh]
        after[table] = draw(st.permutations(mended)) if len(mended) < 6 else mended[::-1]
    return before, {t: records for t, records in after.items() if records}


@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(changes(), st.booleans())
def test_what_changed_is_judged_and_the_rest_is_told_as_before(change: tuple[Ledger, Ledger], everything: bool) -> None:
    before, after = change
    with TemporaryDirectory() as folder:
        state = Path(folder, "state.db")
        for ledger in (before, after, before):
            found, (kept, judged) = told(ledger, state, everything=everything)
            assert found == told(ledger, everything=everything)[0]
            again, (kept_again, judged_again) = told(ledger, state, everything=everything)
            assert again == found
            assert (kept_again, judged_again) == (kept + judged, 0)


def test_all_examples_of_the_pack_change_one_by_one(tmp_path: Path) -> None:
    ledger = all_examples()
    state = tmp_path / "state.db"
    _, (kept, judged) = told(ledger, state)
    assert not kept
    assert judged > 500
    for table in ("interpretation", "document", "disclosure"):
        record = next(r for r in ledger[table] if r.get("published_on"))
        ledger[table] = [{**r, "published_on": "2018-12-29"} if r is record else r for r in ledger[table]]
        found, (_, anew) = told(ledger, state)
        assert found == told(ledger)[0]
        # The record itself, and those that are linked to it, of which some rules link whole units.
        assert 1 <= anew < judged / 3


def test_an_interpretation_that_comes_later_clears_its_document(tmp_path: Path) -> None:
    state = tmp_path / "state.db"
    others = [{"id": f"o{n}", "is_policy": False, "published_on": "2018-09-10"} for n in range(5)]
    policy = {"id": "p", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-10"}
    reading = {"id": "r", "document_id": "p", "published_on": "2018-09-12"}
    ledger = {"document": [policy, *others], "interpretation": [{**reading, "document_id": "o1"}]}
    late, _ = told(ledger, state, rules=["PD-9.4"])
    assert [f["outcome"] for f in late["findings"]] == ["violation"]
    cleared, (kept, judged) = told({**ledger, "interpretation": [reading]}, state, rules=["PD-9.4"])
    assert cleared["findings"] == []
    assert (kept, judged) == (4, 2)


def test_a_row_put_on_top_moves_the_places_of_the_others(tmp_path: Path) -> None:
    state = tmp_path / "state.db"
    ledger = {"document": [{"id": "a", "attribute": None, "unit": "市财政局"}]}
    told(ledger, state)
    moved = {"document": [{"id": "b", "attribute": "主动公开"}, *ledger["document"]]}
    found, (kept, judged) = told(moved, state)
    assert (kept, judged) == (1, 1)
    assert found == told(moved)[0]
    assert {f["source"]["row"] for f in found["findings"] if f["record_id"] == "a"} == {2}


@pytest.mark.parametrize(
    "other", [{"as_of": date(2018, 12, 30)}, {"rules": ["PD-9.4"]}, {"parameters": {"roll_over_days_off": False}}]
)
def test_another_day_or_other_rules_judge_everything_anew(other: dict[str, Any], tmp_path: Path) -> None:
    state = tmp_path / "state.db"
    ledger = {"document": [{"id": "a", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-10"}]}

    def check(**more: Any) -> oc.Report:
        return oc.check(ledger, pack="pingdu-2018", state=state, **{"as_of": END, **more})

    check()
    assert dict(check(**other).notes)["note.state"]["judged"] == 1
    assert dict(check(**other).notes)["note.state"]["judged"] == 0


def test_texts_with_personal_data_are_not_kept(tmp_path: Path) -> None:
    state = tmp_path / "state.db"
    known = {"topic": "other", "published_on": "2018-05-02", "mandatory_personal_data": False, "personal_data_basis": None}
    texts = [{**known, "id": str(n), "text": f"王某，身份证号11010519491231002X，第{n}人"} for n in range(3)]
    found, _ = told({"disclosure": texts}, state, rules=["PD-14.2"])
    assert [f["outcome"] for f in found["findings"]] == ["violation"] * 3
    again, (kept, _) = told({"disclosure": texts}, state, rules=["PD-14.2"])
    assert again == found
    assert kept == 3
    with sqlite3.connect(state) as file:
        (data,) = file.execute("SELECT data FROM facts").fetchone()
    stored = pl.read_ipc(io.BytesIO(data))
    assert len(stored) == 3
    assert "11010519491231002X" not in stored.write_json()


def test_files_that_are_none_of_ours_are_left_as_they_are(tmp_path: Path, ledger: Path) -> None:
    for name, content in (("台账.xlsx", ledger.read_bytes()), ("other.db", None)):
        file = tmp_path / name
        if content is None:
            with sqlite3.connect(file) as database:
                database.execute("CREATE TABLE theirs (a)")
        else:
            file.write_bytes(content)
        before = file.read_bytes()
        with pytest.raises(InputError, match="状态文件"):
            told({"document": [{"id": "a"}]}, file)
        assert file.read_bytes() == before
    with pytest.raises(InputError, match="no such folder"):
        told({"document": [{"id": "a"}]}, tmp_path / "none" / "state.db")
    with pytest.raises(InputError, match="polars"):
        oc.check({"document": [{"id": "a"}]}, as_of=END, engine="duckdb", state=tmp_path / "state.db")


def test_on_the_command_line(tmp_path: Path, ledger: Path) -> None:
    state = tmp_path / "state.db"
    runs = [
        CliRunner().invoke(main, ["check", str(ledger), "--as-of", "2018-12-31", "--state", str(state), "--format", "json"])
        for _ in range(2)
    ]
    first, second = (json.loads(r.stdout) for r in runs)
    assert first["findings"] == second["findings"]
    assert "0条重新判定" in json.dumps(second["notes"], ensure_ascii=False)
