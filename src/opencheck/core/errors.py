"""Errors that a person can act on: each names the place, what was found and what is accepted."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from opencheck.core.display import display_lines

__all__ = [
    "InputError",
    "NamedItems",
    "OpencheckError",
    "OutputError",
    "PackError",
    "UnknownDayError",
    "UnknownKeyError",
    "UnknownNameError",
    "alternatives",
    "describe_failure",
    "first_line",
    "invalid_json",
    "known_names",
    "nearest",
    "nearest_names",
    "reading_broke_off",
    "suggestion",
    "unknown_name",
]

Item = TypeVar("Item")


class OpencheckError(Exception):
    """Base of every error that opencheck raises on purpose; its text is meant for the person at the keyboard."""


class _DetailedError(OpencheckError):
    """An error whose text is for people and whose attributes are for programs; an attribute is None where it is not known.

    The text may quote a cell or the name of a file: it is shown as in reports, the attributes have what was found.
    """

    code: str | None
    """What is wrong, as a short name that stays the same in every release and language: ``no_such_file``."""
    path: str | None
    """The file or folder."""
    sheet: str | None
    """The sheet of a workbook."""
    row: int | None
    """The row of a sheet, or the line of a text file, counted from 1."""
    field: str | None
    """The field, option or key."""
    found: Any
    """What stands there."""
    accepted: tuple[str, ...] | None
    """What may stand there."""

    def __init__(
        self,
        message: str = "",
        *,
        code: str | None = None,
        path: str | Path | None = None,
        sheet: str | None = None,
        row: int | None = None,
        field: str | None = None,
        found: Any = None,
        accepted: Iterable[str] | None = None,
    ) -> None:
        super().__init__(display_lines(message))
        self.code = code
        self.path = None if path is None else str(path)
        self.sheet = sheet
        self.row = row
        self.field = field
        self.found = found
        self.accepted = None if accepted is None else tuple(accepted)


class InputError(_DetailedError):
    """A source or argument that cannot be used at all: the wrong kind of file, a sheet without a header, an unknown encoding.

    The text is for a person. ``code``, ``path``, ``sheet``, ``row``, ``field``, ``found`` and ``accepted`` say the same to a program;
    each is None where it is not known.

    >>> error = InputError("a.doc: unsupported file type", code="unsupported_file_type", path="a.doc", found=".doc", accepted=[".csv"])
    >>> str(error), error.code, error.accepted, error.row
    ('a.doc: unsupported file type', 'unsupported_file_type', ('.csv',), None)
    """


class OutputError(_DetailedError):
    """A file that was not written: what stood there before is as it was.

    ``path`` is the file. The other attributes are those of :class:`InputError`.
    """


class PackError(_DetailedError):
    """A rule pack that does not load.

    The text begins with ``file:line:`` where the fault is in a file, so an editor can jump there; ``path`` and ``row`` are that file
    and line. The other attributes are those of :class:`InputError`.
    """


class UnknownNameError(InputError, ValueError):
    """An unknown name of an outcome, a severity, a rule, a task, a table, a format or an engine."""


class UnknownDayError(OpencheckError, LookupError):
    """A day whose working-day status nobody has published: outside the calendar's known years."""


def invalid_json(path: str | Path, exc: ValueError) -> InputError:
    """The error about a file that is no valid JSON, with the row where reading stopped."""
    row = getattr(exc, "lineno", None)
    return InputError(f"{path}: 不是有效的JSON / not valid JSON: {exc}", code="not_valid_json", path=path, row=row)


def first_line(exc: BaseException) -> str:
    """What an error of a library says, in one line; its name where it says nothing.

    >>> first_line(ValueError("no such page\\nat 12")), first_line(KeyError())
    ('no such page', 'KeyError')
    """
    return (str(exc).strip().splitlines() or [type(exc).__name__])[0]


def reading_broke_off(file: str, reason: str) -> InputError:
    """The error of a file that cannot be read to its end: of some formats only the beginning and the end are looked at before.

    >>> reading_broke_off("a.parquet", "page 3 is damaged").code
    'reading_broke_off'
    """
    text = f"{file}: 读到中途读不下去，文件可能已损坏 / reading broke off, the file may be damaged: {reason}"
    return InputError(text, code="reading_broke_off", path=file)


def nearest_names(found: object, accepted: Iterable[str], number: int = 3) -> list[str]:
    """The accepted names most like another one, the nearest first, upper and lower case alike.

    >>> nearest_names("PD-9.44", ["PD-9.4", "PD-15.4", "PD-9.1", "rule"], 2)
    ['PD-9.4', 'PD-9.1']
    """
    names = {name.casefold(): name for name in accepted}
    return [names[key] for key in difflib.get_close_matches(str(found).casefold(), names, n=number, cutoff=0.6)]


def nearest(found: object, accepted: Iterable[str]) -> str | None:
    """The accepted name most like another one, upper and lower case alike; None where none is near.

    >>> nearest("Violations", ["pass", "violation"]), nearest("x", ["pass"])
    ('violation', None)
    """
    return next(iter(nearest_names(found, accepted, 1)), None)


def suggestion(found: object, accepted: Iterable[str], number: int = 1) -> str:
    """The nearest accepted names as a part of a message, or nothing.

    >>> suggestion("erorr", ["error", "warning"])
    '; 最接近 / did you mean: error'
    """
    near = nearest_names(found, accepted, number)
    return f"; 最接近 / did you mean: {', '.join(near)}" if near else ""


_FEW = 16
"""So many names are listed in full; of more only the nearest, with the command that lists them all."""

_LISTED_BY = {
    "unknown_rule": "opencheck rules",
    "unknown_task": "opencheck rules",
    "unknown_clause": "opencheck coverage",
    "unknown_parameter": "opencheck rules --parameters",
    "unknown_field": "opencheck template ledger.xlsx",
}
"""The command that lists the names of a kind, by the code of the error."""


def alternatives(found: object, accepted: Iterable[str], code: str = "") -> str:
    """What may stand in place of an unknown name, as a part of a message: the nearest, and all of them where they are few.

    Args:
        found: the unknown name.
        accepted: the names there are.
        code: the error's code, by which the command is known that lists them.

    >>> alternatives("erorr", ["error", "warning"])
    '; 最接近 / did you mean: error; 可用 / accepted: error, warning'
    >>> alternatives("R-77", [f"R-{n}" for n in range(50)], "unknown_rule")
    '; 最接近 / did you mean: R-7, R-47, R-37; 全部50个 / all 50: opencheck rules'
    >>> alternatives("x", [])
    ''
    """
    names = [str(name) for name in accepted]
    if len(names) <= _FEW:
        return suggestion(found, names) + (f"; 可用 / accepted: {', '.join(names)}" if names else "")
    near = suggestion(found, names, 3)
    if code in _LISTED_BY:
        return f"{near}; 全部{len(names)}个 / all {len(names)}: {_LISTED_BY[code]}"
    return near or f"; 可用 / accepted: {', '.join(names[:_FEW])} …"


def unknown_name(what: str, found: object, accepted: Iterable[str], *, code: str, field: str | None = None) -> UnknownNameError:
    """The error about an unknown name, which tells the nearest accepted ones, and all of them where they are few.

    Args:
        what: what the name should be of, in both languages: ``没有这个结论 / no outcome``.
        found: the unknown name.
        accepted: the names there are; a program finds them all in the error's ``accepted``.
        code: the error's code.
        field: the option that holds the name.
    """
    accepted = tuple(str(name) for name in accepted)
    shown = found if isinstance(found, str) and found.strip() else repr(found)
    text = f"{what} {shown}{alternatives(found, accepted, code)}"
    return UnknownNameError(text, code=code, field=field, found=found, accepted=accepted)


class UnknownKeyError(UnknownNameError, KeyError):
    """An unknown name by which something was looked up: a ``KeyError``, too, as of any mapping."""

    __str__ = Exception.__str__  # KeyError shows the repr


class NamedItems(dict[str, Item]):
    """Items by name, as a ``dict``; an unknown name raises :class:`UnknownKeyError`, which names the nearest.

    Args:
        what: what the names are of, for the error: ``没有规则 / no rule``.
        code: the error's code.
        items: by name.

    >>> NamedItems("no colour", "unknown_colour", {"red": 1})["rad"]
    Traceback (most recent call last):
    opencheck.core.errors.UnknownKeyError: no colour rad; 最接近 / did you mean: red; 可用 / accepted: red
    """

    def __init__(self, what: str, code: str, items: Mapping[str, Item]) -> None:
        super().__init__(items)
        self.what = what
        self.code = code

    def __reduce__(self) -> tuple[Any, ...]:
        return NamedItems, (self.what, self.code, dict(self))

    def __missing__(self, name: str) -> Item:
        error = unknown_name(self.what, name, self, code=self.code)
        raise UnknownKeyError(str(error), code=self.code, found=name, accepted=error.accepted)


def known_names(
    what: str, given: str | Iterable[str] | None, accepted: Iterable[str], *, code: str, field: str | None = None
) -> tuple[str, ...] | None:
    """The names that an option chooses: one, several, or (None) no choice.

    Args:
        what: see :func:`unknown_name`.
        given: a name, or several; enums that are strings are names.
        accepted: the names there are.
        code: the error's code.
        field: the option.

    Raises:
        UnknownNameError: a name that is none of the accepted ones.

    >>> known_names("no colour", "red", ["red", "blue"], code="unknown_colour"), known_names("no colour", None, [], code="")
    (('red',), None)
    """
    if given is None:
        return None
    try:
        names = (given,) if isinstance(given, str) else tuple(given)
    except TypeError:
        names = (given,)  # type: ignore[assignment]  # refused below, as no name
    accepted = tuple(accepted)
    for name in names:
        if name not in accepted:
            raise unknown_name(what, name, accepted, code=code, field=field)
    return names


def describe_failure(exc: BaseException) -> str:
    """One sentence about anything that went wrong, for a person: the last resort, where no error of opencheck says it better.

    >>> describe_failure(InputError("a.csv: 空的 / empty")), describe_failure(MemoryError())
    ('a.csv: 空的 / empty', '内存不够 / not enough memory')
    >>> describe_failure(KeyError("x"))
    "程序出错，没有得出结果 / opencheck failed, there is no result (KeyError: 'x')"
    """
    if isinstance(exc, OpencheckError):
        return str(exc)
    if isinstance(exc, MemoryError):
        return "内存不够 / not enough memory"
    if isinstance(exc, OSError) and exc.strerror:
        place = f"{exc.filename}: " if exc.filename else ""
        return f"{place}读写失败 / cannot be read or written: {exc.strerror}"
    reason = next((line for line in str(exc).splitlines() if line.strip()), "")[:300]
    what = f"{type(exc).__name__}: {reason}" if reason else type(exc).__name__
    return f"程序出错，没有得出结果 / opencheck failed, there is no result ({what})"
