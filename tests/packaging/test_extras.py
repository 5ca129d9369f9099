"""Each extra brings what it needs: used in a process that can import nothing but what it declares."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from extras import ROOT, brought_by, modules_of

ONLY = """
import sys
class Only:
    # A finder that finds no other library, as if it were not installed.
    def __init__(self, finder):
        self.finder = finder
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        hidden = top not in sys.stdlib_module_names and top not in {allowed!r} and not top.startswith("_sysconfigdata")
        return None if hidden else self.finder.find_spec(name, path, target)
    def __getattr__(self, name):
        return getattr(self.finder, name)
sys.meta_path[:] = map(Only, sys.meta_path)
import opencheck as oc
LEDGER = {ledger!r}
RECORDS = {{"request": [{{"id": "1", "received_on": "2018-12-03", "replied_on": "2018-12-31"}}]}}
def check(source, **more):
    return oc.check(source, as_of="2019-01-31", rules=["PD-15.3"], **more)
def late(source, **more):
    assert [f.record_id for f in check(source, **more).violations] == ["1"]
"""
USES = {
    "": "late(RECORDS); check(LEDGER).write('a.html'); check(LEDGER).write('a.xlsx'); oc.documents.read(__import__('pathlib').Path(DOCX))",
    "pandas": "import pandas; late({'request': pandas.DataFrame(RECORDS['request'])})",
    "arrow": "import pyarrow; late({'request': pyarrow.Table.from_pylist(RECORDS['request'])})",
    "charts": "check(LEDGER).write('a.html'); assert '<svg' in open('a.html', encoding='utf-8').read()",
    "documents": "assert oc.documents.read(__import__('pathlib').Path(PDF)).text.strip()",
    "duckdb": "import polars as pl; pl.DataFrame(RECORDS['request']).write_parquet('request.parquet'); late('request.parquet', engine='duckdb')",
    "sql": "import sqlite3\nwith sqlite3.connect('a.db') as own:\n    own.execute('create table request (id, received_on, replied_on)')\n"
    "    own.execute(\"insert into request values ('1', '2018-12-03', '2018-12-31')\")\nlate('a.db')",
    "handouts": "from opencheck.report.handouts.folder import write_handouts\n"
    "from pathlib import Path; write_handouts(check(LEDGER), Path('out')); assert list(Path('out').rglob('*.docx'))",
    "history": "from opencheck.report.history.store import History; History('h.db').add(check(RECORDS))",
    "ics": "import json, pathlib, runpy; pathlib.Path('a.json').write_text(json.dumps(RECORDS))\n"
    "sys.argv = ['opencheck', 'due', 'a.json', '--as-of', '2018-12-10', '-o', 'a.ics']\n"
    "try:\n    runpy.run_module('opencheck', run_name='__main__')\nexcept SystemExit as exc:\n    assert not exc.code, exc.code\n"
    "assert 'VCALENDAR' in open('a.ics', encoding='utf-8').read()",
    "serve": "from opencheck.integrations.http.app import create_app; assert create_app().routes",
    "django": "import django.conf; django.conf.settings.configure(); import opencheck.integrations.django",
    "wagtail": "import wagtail; import opencheck.integrations.attachments",
}
"""What each extra is for, done once; that of Spark in an environment packed for a cluster, in tests/integrations/test_spark.py."""


USUAL = ("", "documents", "serve")
"""What most install; of the others each has tests of its own, where all libraries are there."""


@pytest.mark.parametrize(
    "extra", [extra if extra in USUAL else pytest.param(extra, marks=pytest.mark.thorough) for extra in USES]
)
def test_extra_brings_all_that_its_use_imports(extra: str, tmp_path: Path) -> None:
    examples = ROOT / "examples"
    script = ONLY.format(allowed=modules_of(brought_by(extra)) | {"opencheck"}, ledger=str(next(examples.glob("*.xlsx"))))
    script += f"DOCX = {str(examples / 'documents' / '01-通知.docx')!r}\n"
    script += f"PDF = {str(next((examples / 'documents').glob('12-*.pdf')))!r}\n"
    done = subprocess.run([sys.executable, "-c", script + USES[extra]], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
