"""Web pages checked by the command before they are published: the status with which it exits, what it tells, and the copy that it mends."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands import run

REVIEWED = [f"--field={told}" for told in ("审查结果=可以公开", "审查人=王某", "保密审查日期=2018-08-27", "是否政策性文件=否")]
STYLES = (
    ".a{display:none} @media print{.b{display:none}} p>.c, #d{color:#fff;background:white} .e{position:absolute;left:-999px}"
)
PERSON, MASKED = "王某，身份证号11010519491231002X", "王某，身份证号1101**********002X"


def page(*parts: str, label: str = "（此件公开发布）") -> str:
    head = (
        f"<!DOCTYPE html>\n<html><head><style>{STYLES}</style></head><body><h1>关于防汛工作的通知</h1><p>平政发〔2018〕3号</p>"
    )
    body = "".join(f"<p>{part}</p>" for part in ("各镇人民政府：", *parts, "平安县人民政府", "2018年8月27日", label))
    return f"{head}{body}</body></html>\n"


@pytest.mark.parametrize(
    ("text", "status", "told", "mended"),
    [
        (page("现通知如下。"), 0, "没有阻止公布的问题", None),
        (page(PERSON), 1, "身份证号（1101**********002X，第", MASKED),
        (page(f"通知<span class=a>{PERSON}</span>"), 1, "身份证号（1101**********002X，隐藏的文字", f'<span class="a">{MASKED}'),
        (page(f"通知<b><i class=b>{PERSON}</i></b>"), 1, "身份证号（1101**********002X", f'<i class="b">{MASKED}'),
        (page(f"通知<span class=c>{PERSON}</span>"), 1, "身份证号（1101**********002X，隐藏的文字", f'<span class="c">{MASKED}'),
        (page(f"通知<span id=d>{PERSON}</span>"), 1, "身份证号（1101**********002X，隐藏的文字", f'<span id="d">{MASKED}'),
        (page("机密★1年"), 2, "文首有密级标志“机密★”，却标注或者登记为主动公开", None),
        (page("文号：平政发〔2018〕8号"), 2, "文号前后不一致：平政发〔2018〕8号、平政发〔2018〕3号", None),
        (page("现通知如下。", label="（此件依申请公开）"), 0, "没有阻止公布的问题", None),
        (page("现通知如下。", label="特此通知。"), 1, "没有找到公开属性标注", None),
    ],
)  # fmt: skip
def test_page_is_checked_and_mended_by_the_command(
    text: str, status: int, told: str, mended: str | None, tmp_path: Path
) -> None:
    (tmp_path / "通知.html").write_text(text, encoding="utf-8")
    result = run("preflight", str(tmp_path / "通知.html"), "--as-of", "2018-08-28", *REVIEWED, "--fix")
    assert (result.exit_code, told in result.stdout) == (status, True), result.output
    copies = [file.read_text(encoding="utf-8") for file in tmp_path.iterdir() if file.stem != "通知"]
    assert len(copies) == (mended is not None)
    for copy in copies:
        assert copy.startswith("<!DOCTYPE html>\n<html><head><style>")
        assert str(mended) in copy
        assert PERSON not in copy
