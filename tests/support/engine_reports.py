"""Everything that a check says, as one dictionary."""

from __future__ import annotations

from datetime import date
from typing import Any

from opencheck.api.check import check_records
from opencheck.readers import read
from opencheck.records.dataset import Carrier, Dataset
from opencheck.rules.packs.loader import load_packs

PACKS = load_packs(["pingdu-2018"])


END = date(2018, 12, 31)


def told(source: Any, carrier: Carrier | None = None, as_of: date = END, include_all: bool = False) -> dict[str, Any]:
    """Everything that a check says."""
    if not isinstance(source, Dataset):
        source = read(source, carrier=carrier)
    elif carrier is not None:
        source.carrier = carrier
    return check_records(source, packs=PACKS, as_of=as_of, include_all=include_all).to_dict()
