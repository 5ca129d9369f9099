"""Compare the product with the second evaluator of the tests on many generated ledgers.

A ledger is what one duty judges together: a record with those linked to it, or the records of a rule about a set. Each difference is printed
with the seed that makes it again; the exit status is 1 where there was one.

    python scripts/compare_with_oracle.py --ledgers 200000 --seed 1 --minutes 15
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from oracle.compare import ABOUT_SETS, differences, renewal_differences, set_differences, stray_differences

TOGETHER = 400
"""Ledgers of single records that are checked in one go; their ids keep them apart."""

RENEWALS = 5
"""Ledgers of lists that follow one another, each by itself; and as many of documents of which some interpretations point to nothing."""


def main() -> int:
    """Compare; return 1 where the two disagree."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ledgers", type=int, default=2_000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--engine", default="polars")
    asked = parser.parse_args()
    counted: Counter[str] = Counter()
    different: Counter[str] = Counter()
    done = turn = 0
    until = time.monotonic() + asked.minutes * 60
    while done < asked.ledgers and time.monotonic() < until:
        seed = f"{asked.seed} {turn}"
        found = [(d, f"{seed} {TOGETHER}") for d in differences(seed, TOGETHER, asked.engine, counted)]
        for rule in ABOUT_SETS:
            found += [(d, seed) for d in set_differences(seed, rule, asked.engine, counted)]
        for number in range(RENEWALS):
            for compared in (renewal_differences, stray_differences):
                found += [(d, f"{seed} {number}") for d in compared(f"{seed} {number}", asked.engine, counted)]
        done += TOGETHER + len(ABOUT_SETS) + 2 * RENEWALS
        turn += 1
        for difference, made_by in found:
            different[difference.rule] += 1
            if different[difference.rule] <= 3:
                print(f"{difference.rule} {difference.key} as of {difference.as_of}, seed {made_by}", flush=True)
                print(f"  oracle {difference.expected}\n  product {difference.found}", flush=True)
    print(
        f"{done} ledgers, {sum(counted.values())} judgements compared, {sum(different.values())} differences {dict(different)}"
    )
    for name, number in sorted(counted.items()):
        print(f"  {name}: {number}")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
