"""YAML documents as plain data, with the lines on which things stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["Keys", "LocatedYaml"]

Keys = tuple[str | int, ...]


class LocatedYaml:
    """A YAML document as plain data, with the line number of every node by its path.

    Args:
        path: the file.
        data: what it says.
        lines: the line of every node, or what reads them from the file when the line of a node is asked for that is not among the items.
        items: the lines of a list's items.
    """

    def __init__(
        self, path: Path, data: Any, lines: Mapping[Keys, int] | Callable[[], Mapping[Keys, int]], items: Sequence[int] = ()
    ) -> None:
        self.path = path
        self.data = data
        self._lines = lines
        self._items = items

    @property
    def lines(self) -> Mapping[Keys, int]:
        """The line of every node by its path.

        Raises:
            PackError: the file has changed since its data were read, and is no valid YAML any more.
        """
        if callable(self._lines):
            self._lines = self._lines()
        return self._lines

    def where(self, keys: Keys) -> str:
        """Return ``file:line`` of the node at a path, or of its nearest ancestor."""
        return "{path}:{row}".format(**self.at(keys))

    def at(self, keys: Keys) -> dict[str, Any]:
        """The same as attributes of a :class:`PackError`: ``path`` and ``row``."""
        if len(keys) == 1 and isinstance(keys[0], int) and keys[0] < len(self._items):
            return {"path": self.path, "row": self._items[keys[0]]}
        while keys and keys not in self.lines:
            keys = keys[:-1]
        return {"path": self.path, "row": self.lines.get(keys, 1)}
