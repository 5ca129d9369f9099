"""Text encodings of Chinese offices: UTF-8, UTF-16, GB18030."""

from __future__ import annotations

import codecs

from opencheck.core.errors import InputError

__all__ = [
    "broken_text",
    "decode",
    "detect_encoding",
]


_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_ACCEPTED = ("UTF-8", "UTF-16", "GB18030", "GBK")
_MIN_RIGHT_PER_WRONG = 4
"""Characters of three bytes for each wrong byte from which on a text is broken UTF-8: GB18030 read as UTF-8 has next to none."""


def decode(content: bytes, name: str) -> str:
    """Decode a file by its byte order mark, else as UTF-8, else as GB18030.

    UTF-8 comes first because it rejects text in any other encoding; GB18030 accepts nearly every sequence of bytes.

    Raises:
        InputError: the bytes are valid in none of these encodings; the place of the first wrong one is named.

    >>> decode("责任单位".encode("gb18030"), "a.csv")
    '责任单位'
    """
    encoding = detect_encoding(content, name, whole=True)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as exc:
        raise broken_text(name, encoding, exc, content[: exc.start].decode(encoding, "replace").count("\n") + 1) from exc


def detect_encoding(head: bytes, name: str, *, whole: bool = False) -> str:
    """Return the encoding of a file by its first bytes, which may end within a character unless they are the whole file.

    Text that is UTF-8 but for a few wrong bytes is UTF-8: decoding it fails there.

    Raises:
        InputError: the bytes are valid in no supported encoding.

    >>> detect_encoding("责任单位".encode()[:-1], "a.csv")
    'utf-8'
    """
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    zeros = head.count(0)
    if zeros * 20 > len(head):
        # Texts hold no zero bytes, but UTF-16 does, beside every Latin letter and comma.
        return "utf-16-le" if 2 * head[1::2].count(0) > zeros else "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, whole)
        return "utf-8"
    except UnicodeDecodeError as exc:
        if _is_broken_utf8(head):
            return "utf-8"
        first = exc
    try:
        codecs.getincrementaldecoder("gb18030")().decode(head, whole)
        return "gb18030"
    except UnicodeDecodeError as exc:
        raise broken_text(name, None, first, head.count(b"\n", 0, first.start) + 1) from exc


def broken_text(name: str, encoding: str | None, error: UnicodeDecodeError, line: int) -> InputError:
    """The error about a byte that its encoding does not have, with its place.

    Args:
        name: the file.
        encoding: the encoding of the rest, None where it is not known.
        error: what decoding raised.
        line: the number of the line.
    """
    found = error.object[error.start : error.start + 1].hex()
    encodings = encoding.upper().replace("-SIG", "") if encoding else "UTF-8、UTF-16、GB18030"
    return InputError(
        f"{name} 第{line}行：有一个字节（0x{found}）不是{encodings}文字，无法识别文字编码；请改正后再检查 / "
        f"line {line}: the byte 0x{found} is no {encodings} text, the encoding is not recognised; accepted: UTF-8, UTF-16, GB18030/GBK",
        code="unknown_encoding",
        path=name,
        row=line,
        found=f"0x{found}",
        accepted=_ACCEPTED,
    )


def _is_broken_utf8(content: bytes) -> bool:
    text = content.decode("utf-8", "replace")
    wrong = text.count("\ufffd") - content.count("\ufffd".encode())
    right = sum(1 for c in text if c >= "\u0800") - text.count("\ufffd")
    return right > _MIN_RIGHT_PER_WRONG * wrong
