"""Change what a pack's rules, parameters and norms say, one thing at a time; say which changes no example notices.

    python scripts/mutate.py rules/pingdu-2018
    python scripts/mutate.py rules/pingdu-2018 --words --sample 200

Numbers and dates become one more and one less. With ``--words``: a field becomes the next one of its kind, working days become days, a list
(units, levels, topics) loses a word, yes becomes no, and must, in principle and may, errors and warnings, periods are exchanged.
Numbers inside examples and texts are left alone: they are what the pack is measured against. Each change is tried on the rules that it reaches.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path
from random import Random

from opencheck import load_pack
from opencheck.api.pack_examples import run_example
from opencheck.core.errors import OpencheckError
from opencheck.core.time_limits import StatuteRef
from opencheck.records.tables import TABLES
from opencheck.rules.packs.pack import Pack

_NUMBER = re.compile(r"(?<![\w.\-/\[{])(\d{4}-\d\d-\d\d|\d\d-\d\d(?=\")|\d+)(?![\w.]|-\d)")
_SKIP = re.compile(
    r"zh:|en:|signed_on: \"|published_on: \"|cites:|^\s*(- )?(id|clause|name|family|decides|matches|shows)\b|as_of|^#"
)

Mutant = tuple[str, int, str, str]


_INSTEAD = {
    "working_days": ("days",),
    "true": ("false",),
    "false": ("true",),
    "must": ("in_principle",),
    "in_principle": ("must", "may"),
    "may": ("must",),
    "error": ("warning",),
    "warning": ("error", "advice"),
    "advice": ("warning",),
    "month": ("quarter",),
    "quarter": ("month", "year"),
    "half_year": ("year",),
    "year": ("quarter",),
    "period_end": ("following_period",),
    "following_period": ("period_end",),
}
_WORD = re.compile(r"(?<![\w.\-$])[a-z_]+(?![\w\-])")
_TOLD = re.compile(r"\b(zh|en|seen): (\"[^\"]*\"|[^,}]*)")
"""Texts for readers, and whether the norm itself was read: nothing is decided by them."""
_LIST = re.compile(r"(?<=[:{,] )\[([^\[\]{}:]+,[^\[\]{}:]+)\]")


def mutants(file: Path, *, words: bool = False) -> list[tuple[int, str, str]]:
    """(line number, old text, new text) for every number, or every word, of a file that decides something."""
    found = []
    inside = False
    table = ""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines()):
        if on := re.match(r"  on: (\w+)", line):
            table = on[1]
        if re.match(r"\s*examples:", line):
            inside = True
        elif re.match(r"- id:", line):
            inside = False
        if inside or (_SKIP.search(line) and "within:" not in line):
            continue
        if words:
            if not line.startswith(("  on:", "    choices:")):  # choices are what a user may set, not what a rule says
                found += [(number, line, new) for new in reworded(line, table)]
            continue
        for match in _NUMBER.finditer(line):
            for step in (1, -1):
                found.append((number, line, line[: match.start(1)] + shifted(match[1], step) + line[match.end(1) :]))
    return found


def reworded(line: str, table: str) -> list[str]:
    """A line with one of its words replaced, or one of a list left out."""
    found = []
    told = [m.span() for m in _TOLD.finditer(line)]
    for match in _WORD.finditer(line):
        if any(start <= match.start() < end for start, end in told):
            continue
        for word in (*_INSTEAD.get(match[0], ()), *next_field(match[0], table)):
            found.append(line[: match.start()] + word + line[match.end() :])
    for match in _LIST.finditer(line):
        items = [item.strip() for item in match[1].split(",")]
        for i in range(len(items)):
            kept = ", ".join(items[:i] + items[i + 1 :])
            found.append(f"{line[: match.start()]}[{kept}]{line[match.end() :]}")
    return found


def next_field(name: str, table: str) -> list[str]:
    """The field of the same kind that comes next in a table."""
    fields = TABLES[table].fields if table in TABLES else {}
    if name not in fields:
        return []
    alike = [n for n, spec in fields.items() if spec.kind == fields[name].kind and n != "id"]
    return [alike[(alike.index(name) + 1) % len(alike)]] if name in alike and len(alike) > 1 else []


def shifted(text: str, step: int) -> str:
    """A number or a day, one more or one less."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return (date.fromisoformat(text) + timedelta(days=step)).isoformat()
    if re.fullmatch(r"\d\d-\d\d", text):
        return (date.fromisoformat(f"2018-{text}") + timedelta(days=step)).isoformat()[5:]
    return str(int(text) + step)


def reached(pack: Pack, file: str, line: int, text: str) -> list[str]:
    """The rules that a changed line can reach: by their place, by the parameter that they use, by the norm that they name."""
    block = entry(text, line)
    if file == "pack":
        name = block.split("id:")[1].split()[0] if "id:" in block else ""
        everyone = name in ("covers", "binding_from")
        return [i for i, b in pack.rules.items() if everyone or name in b.parameters]
    if file == "norms":
        norm = re.search(r"(?m)^- id: (\S+)", text.splitlines()[_start(text, line)] + "\n")
        family = norm[1] if norm else ""
        return [i for i, b in pack.rules.items() if any(_rests(pack, family, limit) for limit in _statutes(b.rule))]
    return [i for i, b in pack.rules.items() if pack.places[i].endswith(f"{file}.yaml:{_start(text, line) + 1}")]


def _start(text: str, line: int) -> int:
    lines = text.splitlines()
    while line > 0 and not lines[line].startswith("- "):
        line -= 1
    return line


def entry(text: str, line: int) -> str:
    """The lines of the list entry, of any depth, that a line belongs to."""
    lines = text.splitlines()
    start = line
    while start > 0 and not re.match(r"\s*- id:", lines[start]):
        start -= 1
    return "\n".join(lines[start : line + 1])


def _statutes(rule: object) -> list[StatuteRef]:
    limits = [getattr(rule.kind, "limit", None), rule.due.limit if rule.due else None]  # type: ignore[attr-defined]
    return [x for x in limits if isinstance(x, StatuteRef)]


def _rests(pack: Pack, norm: str, limit: StatuteRef) -> bool:
    family = limit.statute.split("/")[0]
    return any(n.id == norm and (n.family or n.id) == family for n in pack.norms)


def try_one(args: tuple[str, str, Mutant]) -> tuple[Mutant, str]:
    """Whether some example notices a change: ``noticed``, ``survived``, or ``unused`` where no rule rests on it."""
    folder, name, mutant = args
    file, number, _, new = mutant
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        for part in Path(folder).iterdir():
            shutil.copytree(part, root / part.name)
        path = root / file
        text = path.read_text(encoding="utf-8")
        pack = load_pack(root / name)
        rules = reached(pack, path.stem, number, text)
        if not rules:
            return mutant, "unused"
        if path.stem == "norms":
            limit = re.search(r"id: ([\w\-]+), ", text.splitlines()[number]) or re.search(r"id: ([\w\-]+)", entry(text, number))
            dated = "in_force" in text.splitlines()[number]
            own = [
                i
                for i in rules
                if dated or any(limit and s.statute.endswith(f"/{limit[1]}") for s in _statutes(pack.rules[i].rule))
            ]
            if not own:
                return mutant, "unused"
        lines = text.splitlines()
        lines[number] = new
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        try:
            changed = load_pack(root / name)
            for rule in rules:
                if any(run_example(changed, rule, e) for e in changed.rules[rule].rule.examples):
                    return mutant, "noticed"
        except (OpencheckError, KeyError):
            return mutant, "noticed"
    return mutant, "survived"


def main(folder: Path, *, words: bool = False, sample: int | None = None, seed: int = 1) -> int:
    packs = {folder.name, *load_pack(folder).uses}
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        for name in packs:
            shutil.copytree(folder.parent / name, root / name)
        work: list[tuple[str, str, Mutant]] = []
        for file in sorted(root.rglob("*.yaml")):
            if file.stem in ("clauses", "topics", "units", "terms", "checks", "score"):
                continue
            work += [(temporary, folder.name, (str(file.relative_to(root)), *m)) for m in mutants(file, words=words)]
        whole = len(work)
        if sample is not None and sample < whole:
            work = Random(seed).sample(work, sample)
            print(f"{sample} of {whole} changes")
        # Spawned, not forked: polars has started threads here, which a forked process would lack and wait for.
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
            survivors = unused = 0
            for (file, number, old, new), result in pool.map(try_one, work, chunksize=2):
                unused += result == "unused"
                if result == "survived":
                    survivors += 1
                    print(f"{file}:{number + 1}: {old.strip()}  →  {new.strip()}", flush=True)
    tried = len(work) - unused
    print(f"{tried - survivors} of {tried} changes noticed, {survivors} not; on {unused} no rule of the pack rests")
    return survivors


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--words", action="store_true", help="change words instead of numbers")
    parser.add_argument("--sample", type=int, help="only so many changes")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    sys.exit(1 if main(asked.folder, words=asked.words, sample=asked.sample, seed=asked.seed) else 0)
