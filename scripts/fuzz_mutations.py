"""Changes to valid files that keep most of their structure, so that they get past the first look at a file and deep into its reader."""

from __future__ import annotations

import io
import json
import random
import re
import struct
import zipfile
from collections.abc import Callable

__all__ = ["MUTATORS", "Mutator"]

Mutator = Callable[[random.Random, bytes], bytes]

_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
_WORDS = (
    "", "0", "-1", "1e999", "NaN", "99999999999999999999", "1048577", "XFD1048576", "A0", "A1:XFD1048576", "0x1F", "\u0000", "\ud7ff",
    "2018-02-30", "0000-00-00", "9999-12-31", "﻿", "\u202e", "\u2028", "'", '"', "<", "&amp;", "../../etc/passwd", "/", "true", "None",
    "%s%n", "é" * 300, "9" * 400, "公开属性：主动公开□", "合计", "示例", "=1+1",
)  # fmt: skip
_XML_TOKEN = re.compile(r"<[^<>]+>")
_ATTRIBUTE = re.compile(r"""(\s[\w:.-]+\s*=\s*)("[^"<>]*"|'[^'<>]*')""")
_MAX_BYTES = 400_000


def of_bytes(rng: random.Random, data: bytes) -> bytes:
    """Flip, cut, repeat, move or overwrite bytes."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 4, 16))):
        if not changed:
            return bytes(changed)
        at = rng.randrange(len(changed))
        length = min(len(changed) - at, rng.choice((1, 2, 4, 16, 64, 512)))
        choice = rng.randrange(7)
        if choice == 0:
            changed[at] ^= 1 << rng.randrange(8)
        elif choice == 1:
            width = rng.choice("BHI")
            packed = struct.pack(f"{rng.choice('<>')}{width}", rng.choice(_NUMBERS) & (256 ** struct.calcsize(width) - 1))
            changed[at : at + len(packed)] = packed
        elif choice == 2:
            del changed[at : at + length]
        elif choice == 3:
            changed[at:at] = changed[at : at + length] * rng.choice((1, 2, 40))
        elif choice == 4:
            changed[at : at + length] = rng.randbytes(length)
        elif choice == 5:
            other = rng.randrange(len(changed))
            changed[at : at + length] = changed[other : other + length]
        elif rng.random() < 0.3:
            del changed[at:]
    return bytes(changed[:_MAX_BYTES])


def of_text(rng: random.Random, data: bytes) -> bytes:
    """Drop, repeat, join and swap lines; put odd words and signs into them; write them in another encoding."""
    lines = data.decode("utf-8", "replace").split("\n")
    for _ in range(rng.choice((1, 1, 2, 5))):
        at = rng.randrange(len(lines))
        place = rng.randrange(len(lines[at]) + 1)
        choice = rng.randrange(8)
        if choice == 0 and len(lines) > 1:
            del lines[at]
        elif choice == 1:
            lines[at:at] = [lines[at]] * rng.choice((1, 3, 200))
        elif choice == 2:
            lines[at] = (
                lines[at][:place] + rng.choice((*_WORDS, '"', '""', ",", "\t", "\r", "\x00", "\x1e")) + lines[at][place:]
            )
        elif choice == 3:
            parts = re.split(r"([,:\t \[\]{}]+)", lines[at])
            parts[rng.randrange(len(parts))] = rng.choice(_WORDS)
            lines[at] = "".join(parts)
        elif choice == 4:
            other = rng.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
        elif choice == 5:
            lines[at] = lines[at][:place]
        elif choice == 6:
            lines[at] = lines[at] * rng.choice((2, 50))
        else:
            lines[at] = " " * rng.randrange(5) + lines[at].lstrip()
    text = "\n".join(lines)[:_MAX_BYTES]
    encoding = rng.choice(("utf-8",) * 12 + ("gb18030", "utf-16", "utf-16-le", "utf-8-sig", "utf-32"))
    return text.encode(encoding, "replace")


def of_yaml(rng: random.Random, data: bytes) -> bytes:
    """Words that mean something in YAML in place of values, deep nesting, aliases that multiply; or what may become of any text."""
    if rng.random() < 0.4:
        return of_text(rng, data)
    odd = (
        "!!int abc", "010", "0o17", "0b2", "!!python/object:os.system x", "&a [*a]", "*nowhere", "!!binary xyz", "!!timestamp 2018-13-45",
        "!!set {a, b}", "!!float x", "!!null x", "!!omap [a: 1, a: 2]", "<<: {a: 1}", "? [a, b]\n: c", "[" * 3000, "{a: " * 2000, "|\n  x",
        "'", "\x00", "\x85", "@a", "`a", "%YAML 9.9", "---\na: 1\n---\nb: 2", ".inf", "1e400", "-" + "9" * 5000, "{}", "[]", "null", "~",
        "&a {x: &b [1, 1, 1, 1, 1, 1, 1, 1], y: &c [*b, *b, *b, *b, *b, *b, *b, *b], z: &d [*c, *c, *c, *c, *c, *c, *c, *c], "
        "w: &e [*d, *d, *d, *d, *d, *d, *d, *d], v: &f [*e, *e, *e, *e, *e, *e, *e, *e], u: [*f, *f, *f, *f, *f, *f, *f, *f]}",
    )  # fmt: skip
    lines = data.decode("utf-8", "replace").split("\n")
    for _ in range(rng.choice((1, 1, 2))):
        at = rng.randrange(len(lines))
        head, colon, _ = lines[at].partition(": ")
        if colon and rng.random() < 0.7:
            lines[at] = f"{head}: {rng.choice(odd + _WORDS)}"
        else:
            words = re.split(r"([\[\]{},]+ ?)", lines[at])
            words[rng.randrange(len(words))] = rng.choice(odd + _WORDS)
            lines[at] = "".join(words)
    return "\n".join(lines).encode("utf-8", "replace")


def of_xml(rng: random.Random, data: bytes) -> bytes:
    """Drop, repeat and move elements; change, drop and repeat attributes and texts; declare entities; nest deeply."""
    text = data.decode("utf-8", "replace")
    for _ in range(rng.choice((1, 1, 2, 4))):
        tokens = list(_XML_TOKEN.finditer(text))
        if not tokens:
            return of_bytes(rng, data)
        tag = rng.choice(tokens)
        start, end = tag.span()
        name = re.match(r"</?([\w:.-]+)", tag[0])
        closing = text.find(f"</{name[1]}>", end) if name else -1
        after = closing + len(f"</{name[1]}>") if name and closing >= 0 else end
        whole = text[start:after] if after - start < 60_000 else tag[0]
        choice = rng.randrange(10)
        if choice == 0:
            text = text[:start] + text[after:]
        elif choice == 1:
            text = text[:after] + whole * rng.choice((1, 2, 50)) + text[after:]
        elif choice in (2, 3):
            attributes = list(_ATTRIBUTE.finditer(tag[0]))
            if attributes:
                one = rng.choice(attributes)
                new = rng.choice(("", f'{one[1]}"{_plain(rng)}"', f"{one[0]}{one[0]}"))
                text = text[: start + one.start()] + new + text[start + one.end() :]
        elif choice == 4:
            other = rng.choice(tokens).end()
            text = text[:other] + whole + text[other:]
        elif choice == 5:
            text = text[:end] + _plain(rng) + text[end:]
        elif choice == 6 and name:
            text = (
                text[:start]
                + text[start:end].replace(name[1], rng.choice(("x", "w:p", f"{name[1]}x", name[1].rpartition(":")[2])))
                + text[end:]
            )
        elif choice == 7:
            text = text[:start] + text[end:]
        elif choice == 8 and rng.random() < 0.3:
            deep = rng.choice((300, 5000))
            text = text[:start] + tag[0] * deep + text[end:]
        elif rng.random() < 0.3:
            entity = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
            head = text.find("?>") + 2 if text.startswith("<?xml") else 0
            text = text[:head] + entity + text[head:]
            text = text[: start + len(entity)] + "&b;" + text[start + len(entity) :]
    return text[:_MAX_BYTES].encode("utf-8", "replace")


def _plain(rng: random.Random) -> str:
    return rng.choice(_WORDS).replace('"', "").replace("<", "").replace("\x00", "")


def of_json(rng: random.Random, data: bytes) -> bytes:
    """Other values, types and keys in the tree; deep nesting, two equal keys, halves of characters; or what may become of any text."""
    if rng.random() < 0.3:
        return of_text(rng, data)
    lines = data.decode().split("\n") if b"\n" in data and not data.startswith((b"{\n", b"[\n")) else [data.decode()]
    at = rng.randrange(len(lines))
    try:
        tree = json.loads(lines[at])
    except ValueError:
        return of_text(rng, data)
    odd = (None, True, 0, -1, 1e308, 10**30, "", [], {}, [[]], {"": None}, [None], "\ud800", *_WORDS)
    box = {"root": tree}
    for _ in range(rng.choice((1, 1, 2, 4))):
        holder, key = _somewhere(rng, box, "root")
        choice = rng.randrange(4)
        if choice < 2 or not isinstance(holder, dict) or key == "root":
            holder[key] = rng.choice(odd)
        elif choice == 2:
            del holder[key]
        else:
            holder[rng.choice([str(w) for w in _WORDS])] = holder[key]
    text = json.dumps(box["root"])
    if rng.random() < 0.15:
        text = rng.choice(
            (
                "[" * 100_000,
                '{"a":' * 50_000,
                text.replace("null", "NaN"),
                text.replace("{", '{"id": "1", "id": "2", ', 1),
                text + text,
            )
        )
    lines[at] = text
    return "\n".join(lines).encode("utf-8", "surrogatepass")[:_MAX_BYTES]


def _somewhere(rng: random.Random, holder: object, key: object) -> tuple[object, object]:
    while True:
        value = holder[key]  # type: ignore[index]
        inner = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
        if not inner or rng.random() < 0.2:
            return holder, key
        holder, key = value, rng.choice(inner)


def of_archive(rng: random.Random, data: bytes) -> bytes:
    """Rewrite a part, leave one out, give one twice or under another name; lie about sizes, methods and checksums; or what becomes of bytes."""
    choice = rng.random()
    if choice < 0.1:
        return of_bytes(rng, data)
    if choice < 0.2:
        changed = bytearray(data)
        heads = [m.start() for m in re.finditer(rb"PK\x01\x02|PK\x03\x04|PK\x05\x06", data)]
        for _ in range(rng.choice((1, 2))):
            at = rng.choice(heads) + rng.choice((6, 8, 10, 14, 16, 18, 20, 22, 24, 26, 28, 30, 42))
            changed[at : at + 4] = struct.pack("<I", rng.choice((*_NUMBERS, rng.randrange(1 << 20))))
        return bytes(changed)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        chosen = set(rng.sample(names, min(len(names), rng.choice((1, 1, 1, 2)))))
        how = rng.randrange(12)
        for name in names:
            content = old.read(name)
            if name not in chosen:
                new.writestr(name, content)
            elif how == 0:
                continue
            elif how == 1:
                new.writestr(rng.choice((name.upper(), f"/{name}", f"../{name}", name.replace("/", "\\"), "x")), content)
            elif how == 2:
                new.writestr(name, b"")
            elif how == 3:
                new.writestr(name, content[: rng.randrange(len(content) + 1)])
            elif how == 4:
                new.writestr(name, content + b" " * 300_000)
            else:
                is_xml = content.lstrip()[:1] == b"<"
                new.writestr(name, of_xml(rng, content) if is_xml else of_bytes(rng, content))
    return out.getvalue()


def of_biff(rng: random.Random, data: bytes) -> bytes:
    """Records of an .xls: other kinds, lengths and contents; or what becomes of bytes, of its table of sectors among them."""
    changed = bytearray(data)
    if rng.random() < 0.25:
        return of_bytes(rng, data)
    if rng.random() < 0.25:
        at = rng.choice((30, 44, 48, 60, 64, 68, 72, 76, 512 + 4 * rng.randrange(60)))
        changed[at : at + 4] = struct.pack("<I", rng.choice((*_NUMBERS, rng.randrange(64))))
        return bytes(changed)
    places = []
    at = 512
    while at + 4 <= len(data):
        kind, length = struct.unpack_from("<HH", data, at)
        if length > 8224 or not kind:
            break
        places.append((at, length))
        at += 4 + length
    for _ in range(rng.choice((1, 1, 2, 4))):
        at, length = rng.choice(places)
        if (choice := rng.randrange(3)) == 0:
            struct.pack_into("<H", changed, at + 2, rng.choice((0, 1, length + 1, max(0, length - 1), 8224, 0xFFFF)))
        elif choice == 1:
            struct.pack_into(
                "<H", changed, at, rng.choice((0x0809, 0x0A, 0x22, 0x85, 0xFC, 0x3C, 0x208, 0x203, 0xFD, 0x6, 0xE5, 0x2F))
            )
        elif length:
            inner = at + 4 + rng.randrange(length)
            changed[inner : inner + 2] = struct.pack("<H", rng.choice(_NUMBERS) & 0xFFFF)
    return bytes(changed[: len(data)])


def of_pdf(rng: random.Random, data: bytes) -> bytes:
    """Objects of a PDF: other numbers, names and references, objects left out or given twice; or what becomes of bytes."""
    if rng.random() < 0.25:
        return of_bytes(rng, data)
    for _ in range(rng.choice((1, 1, 2, 4))):
        choice = rng.randrange(4)
        if choice == 0 and (found := list(re.finditer(rb"(?<=[\s\[/])\d+(?=[\s\]>])", data))):
            one = rng.choice(found)
            data = data[: one.start()] + rng.choice((b"0", b"-1", b"99999999999", b"1.5", b"1", b"3", b"7")) + data[one.end() :]
        elif choice == 1 and (found := list(re.finditer(rb"/[A-Za-z0-9]+", data))):
            one, other = rng.choice(found), rng.choice(found)
            data = data[: one.start()] + rng.choice((other[0], b"/X", b"(x)", b"null", b"[]", b"<<>>")) + data[one.end() :]
        elif choice == 2 and (found := list(re.finditer(rb"\d+ \d+ R", data))):
            one = rng.choice(found)
            data = data[: one.start()] + b"%d 0 R" % rng.randrange(12) + data[one.end() :]
        elif found := list(re.finditer(rb"\d+ 0 obj.*?endobj", data, re.S)):
            one = rng.choice(found)
            data = data[: one.start()] + rng.choice((b"", one[0] * 2)) + data[one.end() :]
    return data


def of_pages(rng: random.Random, data: bytes) -> bytes:
    """A SQLite file: bytes of a page's head or cells; or what becomes of bytes."""
    if rng.random() < 0.4:
        return of_bytes(rng, data)
    changed = bytearray(data)
    size = 4096
    for _ in range(rng.choice((1, 2, 8))):
        page = rng.randrange(max(1, len(data) // size)) * size
        at = page + (rng.randrange(120) if rng.random() < 0.6 else rng.randrange(size))
        if at < len(changed):
            changed[at] = rng.choice((0, 1, 2, 5, 10, 13, 127, 128, 255, rng.randrange(256)))
    return bytes(changed)


def of_columns(rng: random.Random, data: bytes) -> bytes:
    """A Parquet or Arrow file: bytes of its footer, which says where all else is; or what becomes of bytes."""
    if rng.random() < 0.4:
        return of_bytes(rng, data)
    length = struct.unpack("<I", data[-8:-4])[0]
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4))):
        at = len(data) - 8 - rng.randrange(1, max(2, min(length, len(data) - 8)))
        changed[at] = rng.choice((0, 1, 2, 127, 128, 255, changed[at] ^ (1 << rng.randrange(8)), rng.randrange(256)))
    return bytes(changed)


MUTATORS: dict[str, Mutator] = {
    "bytes": of_bytes,
    "text": of_text,
    "yaml": of_yaml,
    "xml": of_xml,
    "json": of_json,
    "archive": of_archive,
    "biff": of_biff,
    "pdf": of_pdf,
    "pages": of_pages,
    "columns": of_columns,
}
