"""The front door: check records against packs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from opencheck.core.calendar import WorkCalendar
from opencheck.core.deprecation import renamed_keyword
from opencheck.core.errors import InputError
from opencheck.engine.carriers.registry import carrier_of
from opencheck.engine.result import Note, Progress
from opencheck.engine.run import run
from opencheck.readers import read
from opencheck.records.dataset import Carrier, Dataset
from opencheck.records.parse import InvalidValue, parse
from opencheck.report.report import Report
from opencheck.report.waivers import Waiver
from opencheck.rules.packs.loader import load_packs
from opencheck.rules.packs.pack import Pack
from opencheck.rules.packs.selection import select_rules

__all__ = [
    "as_day",
    "check",
    "check_records",
]


DEFAULT_PACK = "pingdu-2018"


def as_day(value: date | str) -> date:
    """A day from a date or any written form that ledgers use.

    Raises:
        InputError: a text that is no day.
    """
    try:
        day = parse("date", value)
    except InvalidValue:
        day = None
    if not isinstance(day, date):
        text = f"as_of: 不是日期 / not a day: {value!r}; accepted: 2018-12-31"
        raise InputError(text, code="not_a_day", field="as_of", found=value, accepted=["2018-12-31"])
    return day


@renamed_keyword("everything", "include_all")
def check(
    source: Any,
    *more: Any,
    pack: str | Path | Pack | Sequence[str | Path | Pack] = DEFAULT_PACK,
    as_of: date | str,
    calendar: WorkCalendar | str | Path | None = None,
    parameters: Mapping[str, Any] | None = None,
    rules: str | Iterable[str] | None = None,
    include_all: bool = False,
    engine: str | Carrier = "polars",
    memory: str | None = None,
    progress: Callable[[Progress], None] | None = None,
    headings: Mapping[str, str] | None = None,
    ledger_unit: str | None = None,
    answers: str | Path | Iterable[str | Path] | None = None,
) -> Report:
    """Check records of what was disclosed against a pack of rules.

    Args:
        source: a path (workbook, CSV, JSON, Parquet, or a folder of these), the address of a database, a mapping of table
            name to frame or rows, a frame, or a list of dicts or models; ``more`` sources are read with it. See :func:`opencheck.readers.read`.
        more: further sources.
        pack: name or folder of a pack, or one loaded already, or several of them.
        as_of: the check is made at the end of this day (Asia/Shanghai): what was due by then and is not done is late.
        calendar: a working calendar, or a file that adds years to the State Council's.
        parameters: values in place of the pack's own, by parameter id (``{"covers": "2019"}``).
        rules: only these rules, by id; or one.
        include_all: list passes, and records that a rule does not concern, too (``everything`` was its name and still works).
        engine: ``polars``, ``duckdb`` (files and databases larger than memory) or ``spark``; or one made by hand.
        memory: what DuckDB may hold in memory ("1GiB"); most of the machine's where None.
        progress: called as work goes on with an :class:`opencheck.engine.result.Progress`: rules done, rows read, findings so far.
        headings: what headings mean that are not known (``{"公开方式": "公开属性"}``, ``"-"`` for none). Beside a file its own mapping,
            ``NAME.map.yaml``, is read as well.
        ledger_unit: the unit whose ledger it is: that of every record that names none, waivers excepted.
        answers: hand-outs that units filled in, or folders of them, see :func:`opencheck.report.handouts.folder.write_handouts`; what they
            mean is in :mod:`opencheck.report.handouts.reading`.

    Returns:
        The report.

    Raises:
        InputError: a source that cannot be read at all. Single rows that cannot be used are in ``report.rejected``.
        UnknownNameError: a rule that no pack has, or an unknown engine; the nearest one is named.
        PackError: a pack that does not load.

    >>> import opencheck as oc
    >>> report = oc.check({"meeting": [{"id": "1", "kind": "常务会议", "held_on": "2018-09-12", "invited_attendees": 6}]},
    ...                   as_of="2018-12-31", rules=["PD-2-2.1"])
    >>> print(report.violations[0].message.zh)
    2018年只有1次，要求不少于2次，差1次
    """
    given = [pack] if isinstance(pack, (str, Path, Pack)) else list(pack)
    packs = load_packs(given, parameters)

    def checked(records: Any, waivers: Sequence[Waiver] = ()) -> Report:
        return check_records(
            records,
            packs=packs,
            as_of=as_of,
            calendar=calendar,
            rules=rules,
            include_all=include_all,
            carrier=carrier_of(engine, memory),
            progress=progress,
            many=True,
            headings=headings,
            ledger_unit=ledger_unit,
            waivers=waivers,
        )

    report = checked([source, *more])
    if answers is None:
        return report
    from opencheck.api.answers import with_answers

    return with_answers(report, answers, checked)


@renamed_keyword("everything", "include_all")
def check_records(
    source: Any,
    *,
    packs: Sequence[Pack],
    as_of: date | str,
    calendar: WorkCalendar | str | Path | None = None,
    rules: str | Iterable[str] | None = None,
    include_all: bool = False,
    carrier: Carrier | None = None,
    progress: Callable[[Progress], None] | None = None,
    many: bool = False,
    headings: Mapping[str, str] | None = None,
    ledger_unit: str | None = None,
    waivers: Iterable[Waiver] = (),
) -> Report:
    """Check with packs that are loaded already; ``many`` says that ``source`` is a list of sources, ``waivers`` adds to those among
    the records. See :func:`check`.

    Raises:
        InputError: a source that cannot be read.
        UnknownNameError: a rule that no pack has.
    """
    day = as_day(as_of)
    notes: list[Note] = []
    calendar_files: list[Path] = []
    if not isinstance(calendar, WorkCalendar):
        if calendar is not None:
            calendar_files.append(Path(calendar))
            notes.append(("note.calendar_file", {"files": [Path(calendar).name]}))
        calendar = WorkCalendar.china(*calendar_files)
    wanted = None if rules is None else select_rules(packs, rules)
    data = source
    if not isinstance(source, Dataset):
        data = read(*(source if many else [source]), carrier=carrier, headings=headings, ledger_unit=ledger_unit)
    results, more = run(data, packs, day, calendar, rules=wanted, include_all=include_all, progress=progress)
    notes += [*data.notes, *more]
    report = Report(list(packs), day, data, results, notes)
    report.also_read += calendar_files
    if "waiver" in data.tables or waivers:
        report.waive(waivers)
    return report
