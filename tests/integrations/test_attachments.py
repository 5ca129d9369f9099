"""Attachments: several in one field, and those that nobody can read, confirmed with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from opencheck.api.preflight_result import Confirmation
from opencheck.documents import read
from opencheck.integrations.attachments import UnreadAttachmentsError, UnreadFile, confirmed_by, read_attachments
from sites import ID, ROOT, Site

PHOTO = b"\xff\xd8\xff\xe0\x00\x00 photo"

FORM = """
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from notices.urls import NoticeForm
PHOTO = b"\\xff\\xd8\\xff\\xe0\\x00\\x00 photo"
def submit(files, **more):
    data = QueryDict(mutable=True)
    data.update({"title": "通知", "body": "<p>正文</p><p>2026年1月5日</p><p>（此件公开发布）</p>", "attribute": "主动公开", "signed_on": "2026-01-05", **more})
    form = NoticeForm(data, MultiValueDict({"attachment": [SimpleUploadedFile(n, c) for n, c in files]}))
    form.is_valid()
    return form
def told(form):
    return {name: [str(e) for e in errors] for name, errors in form.errors.items()}
"""


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(ROOT / "examples" / "django", tmp_path_factory.mktemp("django"), "site_settings")
    yield site
    site.stop_answering()


def test_two_files_of_one_name_are_both_read() -> None:
    documents, _ = read_attachments([("a.txt", b"1"), ("a.txt", b"2"), ("a", b"3"), ("a", b"4"), ("b.txt", read("5"))])
    assert {n: d.text for n, d in documents.items()} == {"a.txt": "1", "a(2).txt": "2", "a": "3", "a(2)": "4", "b.txt": "5"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jpg", PHOTO),
        ("a.zip", b"PK\x03\x04 broken"),
        ("a.doc", bytes.fromhex("d0cf11e0a1b11ae1")),
        ("a.pdf", b"%PDF-1.4 broken"),
    ],
)
def test_what_cannot_be_read_is_refused_and_named(name: str, content: bytes) -> None:
    with pytest.raises(UnreadAttachmentsError, match=name) as caught:
        read_attachments([("b.txt", b"x"), (name, content)])
    assert [f.name for f in caught.value.files] == [name]
    assert caught.value.files[0].problem


@pytest.mark.parametrize(
    ("reason", "shown", "confirmed"),
    [("已看过", ["12"], True), ("", ["12"], False), ("无", ["12"], False), (" / ", ["12"], False), ("已看过", ["34"], False)],
)
def test_only_a_reason_for_the_shown_file_confirms(reason: str, shown: list[str], confirmed: bool) -> None:
    found = confirmed_by("王某", reason, shown)(UnreadFile("a.jpg", "不是文本文件", "12"))
    assert found == (Confirmation("a.jpg", "不是文本文件", "12", reason.strip(), "王某") if confirmed else None)


def test_every_file_of_a_field_is_checked(plain: Site) -> None:
    code = f"""{FORM}
form = submit([("名单.txt", "王某 {ID}".encode()), ("说明.txt", "说明".encode())])
out = told(form)
"""
    found: dict[str, Any] = plain.ask(code)
    assert any("附件 名单.txt" in text for texts in found.values() for text in texts)


def test_unread_attachment_is_asked_about_confirmed_and_kept(plain: Site) -> None:
    code = f"""{FORM}
first = submit([("现场.jpg", PHOTO)])
shown = first.data["opencheck_unread_files"]
blank = submit([("现场.jpg", PHOTO)], opencheck_unread_files=shown, opencheck_unread_reason="无")
other = submit([("别的.jpg", PHOTO + b"x")], opencheck_unread_files=shown, opencheck_unread_reason="已看过")
done = submit([("现场.jpg", PHOTO)], opencheck_unread_files=shown, opencheck_unread_reason="已看过，没有个人信息")
confirmed = submit([("现场.jpg", PHOTO)], opencheck_unread_files=shown, opencheck_unread_reason="已看过，没有个人信息", opencheck_confirmed="on")
out = {{"first": told(first), "html": str(first["opencheck_unread_reason"]), "blank": told(blank), "other": told(other), "done": told(done), "confirmed": told(confirmed), "kept": confirmed.preflight_result.as_dict()}}
"""
    found: dict[str, Any] = plain.ask(code)
    assert list(found["first"]) == list(found["blank"]) == list(found["other"]) == ["opencheck_unread_reason"]
    assert "现场.jpg" in found["first"]["opencheck_unread_reason"][0]
    assert 'type="text"' in found["html"]
    assert list(found["done"]) == ["opencheck_confirmed"], "the reason settles the file, not the review that is not recorded"
    assert found["confirmed"] == {}
    (kept,) = found["kept"]["confirmations"]
    assert (kept["file"], kept["reason"]) == ("现场.jpg", "已看过，没有个人信息")
    assert any("已看过，没有个人信息" in note["zh"] for note in found["kept"]["notes"])


def test_personal_data_in_a_readable_file_is_not_confirmed_away(plain: Site) -> None:
    code = f"""{FORM}
files = [("现场.jpg", PHOTO), ("名单.txt", "王某 {ID}".encode())]
shown = submit(files).data["opencheck_unread_files"]
out = told(submit(files, opencheck_unread_files=shown, opencheck_unread_reason="已看过"))
"""
    found: dict[str, Any] = plain.ask(code)
    assert any("1101**********002X" in text for texts in found.values() for text in texts)


def test_example_site_uses_this_source(plain: Site) -> None:
    assert Path(plain.ask("import opencheck\nout = opencheck.__file__")).is_relative_to(ROOT)
