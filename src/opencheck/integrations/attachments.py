"""The files that are published with a record: read, or confirmed by a person with a reason where they cannot be read.

A photo, an archive or a scan holds text that no machine read. It stops the publication unless somebody has looked at it and says why it may
go out; file, checksum, reason and person stay in the result.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from opencheck.api.preflight import PICTURES, THE_DOCUMENT
from opencheck.api.preflight_result import Confirmation
from opencheck.core.errors import InputError
from opencheck.core.message_catalogue import LANGUAGES
from opencheck.documents import Document, read
from opencheck.records.placeholders import is_placeholder
from opencheck.report.messages import localized_message

__all__ = [
    "Attachment",
    "Confirm",
    "UnreadAttachmentsError",
    "UnreadFile",
    "confirmed_by",
    "free_name",
    "read_attachments",
]


Attachment = tuple[str, Any]
"""The name of a file, and its bytes or the document read from it."""


@dataclass(frozen=True)
class UnreadFile:
    """An attachment that could not be read, or only in part: its name, why, and the checksum of its bytes."""

    name: str
    problem: str
    sha256: str


class UnreadAttachmentsError(InputError):
    """Attachments that nobody has read: neither opencheck nor, with a reason, a person."""

    def __init__(self, files: list[UnreadFile]) -> None:
        texts = [localized_message("attachment.unread", {"name": f.name, "problem": f.problem}) for f in files]
        super().__init__("；".join(" / ".join(t.get(lang) for lang in LANGUAGES) for t in texts), code="unread_attachments")
        self.files = files


Confirm = Callable[[UnreadFile], Confirmation | None]


def read_attachments(
    files: Iterable[Attachment], confirm: Confirm = lambda file: None
) -> tuple[dict[str, Document], list[Confirmation]]:
    """Read the attachments of a record.

    Args:
        files: names and contents; two files of one name are both read.
        confirm: returns the confirmation of a file that cannot be read, or None.

    Returns:
        The documents by name, and the confirmations of what was not read.

    Raises:
        UnreadAttachmentsError: files that could not be read are not confirmed.

    >>> try:
    ...     read_attachments([("a.jpg", b"\\xff\\xd8\\x00"), ("b.txt", b"x")])
    ... except UnreadAttachmentsError as exc:
    ...     [f.name for f in exc.files]
    ['a.jpg']
    """
    documents: dict[str, Document] = {}
    confirmations: list[Confirmation] = []
    unread: list[UnreadFile] = []
    names: set[str] = set()
    for given, content in files:
        name = free_name(given, names)
        names.add(name)
        problem = ""
        if isinstance(content, Document):
            document: Document | None = content
            digest = hashlib.sha256(content.text.encode()).hexdigest()
        else:
            digest = hashlib.sha256(content).hexdigest()
            try:
                document = read(content, name)
            except InputError as exc:
                document, problem = None, str(exc).removeprefix(f"{name}: ")
        if document is not None:
            documents[name] = document
            parts = [
                localized_message(code, {"file": THE_DOCUMENT, **facts}) for code, facts in document.unread if code != PICTURES
            ]
            problem = "；".join(" / ".join(p.get(lang) for lang in LANGUAGES) for p in parts)
        if problem:
            file = UnreadFile(name, problem, digest)
            kept = confirm(file)
            unread += [] if kept else [file]
            confirmations += [kept] if kept else []
            if kept and document is not None:  # the confirmation tells what was not read; nothing of it is open any more
                documents[name] = replace(document, unread=[p for p in document.unread if p[0] == PICTURES])
    if unread:
        raise UnreadAttachmentsError(unread)
    return documents, confirmations


def free_name(name: str, taken: set[str]) -> str:
    """Return a name that is not taken yet: the second of two files of one name is numbered.

    >>> free_name("a.txt", {"a.txt"})
    'a(2).txt'
    """
    stem, dot, suffix = name.rpartition(".")
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{stem}({number}){dot}{suffix}" if stem else f"{name}({number})"
    return free


def confirmed_by(by: str, reason: str, shown: Iterable[str]) -> Confirm:
    """Return the function that confirms the files which a person was shown, if the reason says anything.

    Args:
        by: who confirms.
        reason: why the files may be published; 无 and the like are no reason.
        shown: the checksums of the files that the person was asked about.

    >>> file = UnreadFile("a.jpg", "no text", "12")
    >>> confirmed_by("王某", "已逐张看过，没有个人信息", ["12"])(file).reason, confirmed_by("王某", "无", ["12"])(file)
    ('已逐张看过，没有个人信息', None)
    """
    known, stated = set(shown), reason.strip()

    def confirm(file: UnreadFile) -> Confirmation | None:
        if not stated or is_placeholder(stated) or file.sha256 not in known:
            return None
        return Confirmation(file.name, file.problem, file.sha256, stated, by)

    return confirm
