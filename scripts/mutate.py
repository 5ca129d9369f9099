"""Change every number and date of a pack's rules, parameters and norms by one; say which changes no example notices.

    python scripts/mutate.py rules/pingdu-2018

Numbers inside examples and texts are left alone: they are what the pack is measured against.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

from opencheck import load_pack
from opencheck.errors import OpencheckError
from opencheck.testpack import run_examples

_NUMBER = re.compile(r"(?<![\w.\-/])(\d{4}-\d\d-\d\d|\d\d-\d\d(?=\")|\d+)(?![\w.]|-\d)")
_SKIP = re.compile(
    r"zh:|en:|examples:|signed_on: \"|published_on: \"|cites:|^\s*(- )?(id|clause|name|family|decides)\b|as_of|^#"
)


def mutants(file: Path) -> list[tuple[int, str, str]]:
    """(line number, old text, new text) for every number of a file that decides something."""
    found = []
    inside = False
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines()):
        if re.match(r"\s*examples:", line):
            inside = True
        elif re.match(r"- id:", line):
            inside = False
        if inside or (_SKIP.search(line) and "within:" not in line):
            continue
        for match in _NUMBER.finditer(line):
            for step in (1, -1):
                new = shifted(match[1], step)
                found.append((number, line, line[: match.start(1)] + new + line[match.end(1) :]))
    return found


def shifted(text: str, step: int) -> str:
    """A number or a day, one more or one less."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return (date.fromisoformat(text) + timedelta(days=step)).isoformat()
    if re.fullmatch(r"\d\d-\d\d", text):
        return (date.fromisoformat(f"2018-{text}") + timedelta(days=step)).isoformat()[5:]
    return str(int(text) + step)


def main(folder: Path) -> int:
    survivors = total = 0
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        for name in {folder.name, "cn-statutes"}:
            shutil.copytree(folder.parent / name, root / name)
        used = {limit.split("/")[1] for limit in _statutes(folder)}
        for file in sorted(root.rglob("*.yaml")):
            if file.stem in ("clauses", "topics", "units"):
                continue
            original = file.read_text(encoding="utf-8")
            for number, old, new in mutants(file):
                if file.stem == "norms" and not any(f"id: {name}" in block(original, number) for name in used):
                    continue
                lines = original.splitlines()
                lines[number] = new
                file.write_text("\n".join(lines) + "\n", encoding="utf-8")
                total += 1
                try:
                    caught = any(r.differences for r in run_examples(load_pack(root / folder.name)))
                except OpencheckError:
                    caught = True
                if not caught:
                    survivors += 1
                    print(f"{file.relative_to(root)}:{number + 1}: {old.strip()}  →  {new.strip()}")
            file.write_text(original, encoding="utf-8")
    print(f"{total - survivors} of {total} changes noticed, {survivors} not")
    return survivors


def block(text: str, number: int) -> str:
    """The line and, within a list entry of several lines, the lines down to it."""
    lines = text.splitlines()
    start = number
    while start > 0 and not re.match(r"\s*- ", lines[start]):
        start -= 1
    return "\n".join(lines[start : number + 1]) if "in_force" not in lines[number] else "\n".join(lines[number:])


def _statutes(folder: Path) -> set[str]:
    return set(re.findall(r"statute: ([\w\-]+/[\w\-]+)", "".join(f.read_text(encoding="utf-8") for f in folder.glob("*.yaml"))))


if __name__ == "__main__":
    sys.exit(1 if main(Path(sys.argv[1])) else 0)
