"""Precision and recall of the search for personal data on a made list of 2,000 numbers in 60 shapes.

    python benchmarks/personal_data.py [--seed 20261126]

A number is found where a match of its kind covers it; any other match is a false alarm. Prints a line for each shape that is not perfect, and the totals.
"""

from __future__ import annotations

import argparse
from collections import Counter

from personal_shapes import SHAPES, Sample, made_list

from opencheck.core.personal_data import find_personal_data

__all__ = ["measure"]


def measure(seed: int = 20261126) -> tuple[Counter[str], dict[str, Counter[str]]]:
    """Count found, missed, false alarms and rightly ignored numbers: in all, and by shape."""
    total: Counter[str] = Counter()
    shapes: dict[str, Counter[str]] = {name: Counter() for name in SHAPES}
    for sample in made_list(seed):
        found = judge(sample)
        total.update(found)
        shapes[sample.shape].update(found)
    return total, shapes


def judge(sample: Sample) -> Counter[str]:
    found: Counter[str] = Counter()
    for hit in find_personal_data(sample.text):
        right = hit.kind == sample.kind and hit.start <= sample.start + 1 and hit.end >= sample.end - 1
        found["found" if right else "false_alarm"] += 1
    if sample.kind is not None and not found["found"]:
        found["missed"] += 1
    if sample.kind is None and not found["false_alarm"]:
        found["ignored"] += 1
    return +found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=20261126)
    total, shapes = measure(parser.parse_args().seed)
    for name, counts in shapes.items():
        if counts["missed"] or counts["false_alarm"]:
            print(f"{name}: " + ", ".join(f"{what} {count}" for what, count in sorted(counts.items())))
    found, alarms, missed = total["found"], total["false_alarm"], total["missed"]
    print(f"{len(shapes)} shapes, {sum(1 for _ in made_list())} numbers, {found + missed} of them personal")
    print(
        f"precision {found}/{found + alarms} = {found / (found + alarms):.1%}, recall {found}/{found + missed} = {found / (found + missed):.1%}"
    )


if __name__ == "__main__":
    main()
