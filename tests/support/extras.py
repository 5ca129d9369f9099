"""What an extra of opencheck brings: the distributions that pip would install, by their declarations."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]


def brought_by(extra: str) -> set[str]:
    """The names of the distributions that ``pip install 'opencheck[extra]'`` installs, opencheck itself left out; '' for no extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return brought_along([*project["dependencies"], *(project["optional-dependencies"][extra] if extra else [])])


def brought_along(declared: Iterable[str]) -> set[str]:
    """The names of the distributions that pip installs for requirements, as those declare that are installed here."""
    found: dict[str, set[str]] = {}
    waiting = [Requirement(text) for text in declared]
    while waiting:
        needed = waiting.pop()
        name, extras = canonicalize_name(needed.name), set(needed.extras)
        if name in found and extras <= found[name]:
            continue
        extras |= found.get(name, set())
        found[name] = extras
        for text in metadata.requires(name) or []:
            further = Requirement(text)
            if further.marker is None or any(further.marker.evaluate({"extra": e}) for e in ("", *extras)):
                waiting.append(further)
    return set(found)


def link_into(environment: Path, distributions: Iterable[str]) -> Path:
    """Link the files of distributions, as they are installed here, into an environment; returns its folder of packages."""
    site = next((environment / "lib").glob("python*")) / "site-packages"
    for name in distributions:
        for file in metadata.files(name) or ():
            if not {"..", "tests", "include"} & set(file.parts):
                (site / file).parent.mkdir(parents=True, exist_ok=True)
                (site / file).symlink_to(str(file.locate()))
    return site


def modules_of(distributions: set[str]) -> set[str]:
    """The top-level modules of distributions."""
    files = (path for name in distributions for path in metadata.files(name) or ())
    return {path.parts[0].partition(".")[0] for path in files}
