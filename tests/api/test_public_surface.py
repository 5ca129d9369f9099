"""The public surface does not change unnoticed: every name of ``opencheck.__all__`` with its signature and attributes.

Renew the snapshot after a wanted change, and tell it in the changelog: python tests/api/test_public_surface.py
"""

from __future__ import annotations

import difflib
import enum
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import opencheck as oc

ROOT = Path(__file__).resolve().parents[2]
SNAPSHOT = Path(__file__).with_name("public_surface.txt")
sys.path.insert(0, str(ROOT / "scripts"))

import make_docs  # noqa: E402


def surface() -> list[str]:
    """A line for each public name, attribute and method, in an order of its own."""
    lines = []
    for name in sorted(oc.__all__):
        thing = getattr(oc, name)
        if not inspect.ismodule(thing):
            lines += described(name, thing)
            continue
        lines.append(f"{name}: module")
        for inner in sorted(thing.__all__):
            lines += described(f"{name}.{inner}", getattr(thing, inner))
    return lines


def described(name: str, thing: object) -> list[str]:
    if not inspect.isclass(thing):
        return [f"{name}{make_docs._signature(thing)}" if callable(thing) else f"{name}: {type(thing).__name__}"]
    bases = ", ".join(b.__name__ for b in thing.__bases__ if b is not object)
    lines = [f"class {name}({bases})" if bases else f"class {name}"]
    if make_docs.constructed(thing):
        lines.append(f"  {name}{make_docs._signature(thing)}")
    lines += sorted(f"  {name}.{key}: {kind}" for key, kind, _ in make_docs.attributes(thing))
    return lines + sorted(f"  {name}.{key}{make_docs._signature(f)}" for key, f in make_docs.methods(thing))


def test_public_surface_is_the_snapshot():
    kept = SNAPSHOT.read_text(encoding="utf-8").splitlines()
    changed = "\n".join(difflib.unified_diff(kept, surface(), "public_surface.txt", "opencheck", lineterm="", n=0))
    assert not changed, f"the public surface changed; if this is wanted: python {Path(__file__).relative_to(ROOT)}\n{changed}"


@pytest.mark.parametrize("name", oc.__all__)
def test_every_public_name_exists_and_is_documented(name):
    thing = getattr(oc, name)
    assert name in dir(oc)
    assert name == "__version__" or inspect.getdoc(thing)
    if inspect.isclass(thing) and not issubclass(thing, enum.Enum):
        assert all(inspect.getdoc(f) for _, f in make_docs.methods(thing))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_api_page_tells_every_public_name(lang):
    page = make_docs.api(lang)
    for name in oc.__all__:
        assert f"\n## oc.{name}\n" in page
        thing = getattr(oc, name)
        for key, *_ in (*make_docs.attributes(thing), *make_docs.methods(thing)) if inspect.isclass(thing) else ():
            assert f"| `{key}` |" in page or f"\n### {name}.{key}\n" in page


def test_import_loads_no_library():
    code = (
        "import sys; before = set(sys.modules); import opencheck; found = {m.split('.')[0] for m in set(sys.modules) - before};"
        "print(sorted(found - set(sys.stdlib_module_names) - {'opencheck'}), sorted(m for m in sys.modules if m.startswith('opencheck')))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "[] ['opencheck']"


def test_errors_and_enums_load_no_library():
    code = "import sys, opencheck; opencheck.Outcome, opencheck.Severity, opencheck.InputError; print('polars' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "False"


def test_star_import_works():
    names: dict[str, object] = {}
    exec("from opencheck import *", names)
    assert set(oc.__all__) <= set(names)


if __name__ == "__main__":
    SNAPSHOT.write_text("\n".join(surface()) + "\n", encoding="utf-8")
    print(SNAPSHOT)
