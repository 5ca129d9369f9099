"""Text encodings of Chinese offices: UTF-8, UTF-16 by byte order mark, GB18030."""

from __future__ import annotations

import codecs

from opencheck.core.errors import InputError

__all__ = [
    "decode",
    "detect_encoding",
]


_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def decode(content: bytes, name: str) -> str:
    """Decode a file by its byte order mark, else as UTF-8, else as GB18030.

    UTF-8 comes first because it rejects text in any other encoding; GB18030 accepts nearly every sequence of bytes.

    Raises:
        InputError: the bytes are valid in none of these encodings.

    >>> decode("责任单位".encode("gb18030"), "a.csv")
    '责任单位'
    """
    candidates = [encoding for bom, encoding in _BOMS if content.startswith(bom)]
    error = None
    for encoding in candidates or ("utf-8", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as exc:
            error = exc
    raise InputError(
        f"{name}: 无法识别文字编码 / the encoding is not recognised (byte {error.start if error else 0}); "
        "accepted: UTF-8, UTF-16 with BOM, GB18030/GBK",
        code="unknown_encoding",
        path=name,
        accepted=("UTF-8", "UTF-16", "GB18030", "GBK"),
    )


def detect_encoding(head: bytes, name: str) -> str:
    """Return the encoding of a file by its first bytes, which may end within a character.

    Raises:
        InputError: the bytes are valid in no supported encoding.
    """
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    for encoding in ("utf-8", "gb18030"):
        try:
            codecs.getincrementaldecoder(encoding)().decode(head)
            return encoding
        except UnicodeDecodeError:
            continue
    raise InputError(
        f"{name}: 无法识别文字编码 / the encoding is not recognised; accepted: UTF-8, UTF-16 with BOM, GB18030/GBK",
        code="unknown_encoding",
        path=name,
        accepted=("UTF-8", "UTF-16", "GB18030", "GBK"),
    )
