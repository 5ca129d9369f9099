"""Errors that a person can act on: each names the place, what was found and what is accepted."""

from __future__ import annotations


class OpencheckError(Exception):
    """Base of every error that opencheck raises on purpose; its text is meant for the person at the keyboard."""


class InputError(OpencheckError):
    """A source that cannot be read at all: the wrong kind of file, a sheet without a header, an unknown encoding."""


class PackError(OpencheckError):
    """A rule pack that does not load.

    The text begins with ``file:line:`` where the fault is in a file, so an editor can jump there.
    """


class UnknownDayError(OpencheckError, LookupError):
    """A day whose working-day status nobody has published: outside the calendar's known years."""
