"""What importing opencheck loads, and its public names."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import opencheck as oc


def python(code: str, **env: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env={**os.environ, **env}
    ).stdout


def test_import_loads_no_library() -> None:
    loaded = python("import sys; import opencheck; print(*sys.modules)").split()
    heavy = {
        "polars",
        "pandas",
        "pydantic",
        "narwhals",
        "openpyxl",
        "python_calamine",
        "yaml",
        "click",
        "rich",
        "chinese_calendar",
        "numpy",
    }
    assert not heavy & {m.split(".")[0] for m in loaded}


def test_check_of_dicts_loads_no_file_reader() -> None:
    code = "import sys, opencheck as oc; oc.check({'meeting': []}, as_of='2018-12-31'); print(*sys.modules)"
    assert not {"openpyxl", "python_calamine", "pandas", "click", "rich"} & {m.split(".")[0] for m in python(code).split()}


def test_public_names_resolve() -> None:
    for name in oc.__all__:
        assert getattr(oc, name)
    assert set(dir(oc)) == set(oc.__all__)
    with pytest.raises(AttributeError, match="nothing"):
        _ = oc.nothing
