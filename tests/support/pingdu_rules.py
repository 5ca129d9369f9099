"""Single rules of the pack pingdu-2018, asked by their ids."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

import opencheck as oc

PACK = oc.load_pack("pingdu-2018")


END = date(2018, 12, 31)


DAY = st.dates(date(2018, 1, 1), date(2019, 3, 31))


MAYBE = st.one_of(st.none(), DAY)


def check(rule: str, records: dict[str, Any], as_of: date = END, **parameters: Any) -> list[oc.Finding]:
    pack = oc.load_pack("pingdu-2018", parameters) if parameters else PACK
    return pack.rules[rule].check(records, as_of=as_of)


def one(rule: str, records: dict[str, Any], as_of: date = END, **parameters: Any) -> oc.Finding:
    (found,) = check(rule, records, as_of, **parameters)
    return found
