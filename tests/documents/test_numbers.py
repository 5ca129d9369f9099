"""Numbers of documents: those that a text cites, and those that it gives as its own, with their places."""

from __future__ import annotations

import pytest

from opencheck.documents.numbers import find_document_numbers, find_own_numbers, year_of

TITLE = "关于做好绿化工作的通知"
ONE, TWO = "平政发〔2018〕1号", "平政发〔2018〕2号"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"文号：{ONE}\n发文字号：{TWO}\n{TITLE}", [("field", ONE, ONE)]),
        (f"文号：{ONE}\n{TITLE}\n平政发 〔2018〕 2号", [("field", ONE, ONE), ("line", TWO, "平政发 〔2018〕 2号")]),
        (f"文号：及时雨发〔2018〕3号\n{TITLE}", [("field", "及时雨发〔2018〕3号", "及时雨发〔2018〕3号")]),
        (f"文号：平安市人民政府令第12号\n{TITLE}", [("field", "平安市人民政府令第12号", "平安市人民政府令第12号")]),
        (f"文号：{TITLE}\n{ONE}", [("line", ONE, ONE)]),
        (f"文号： \t {ONE}\n{TITLE}", [("field", ONE, ONE)]),
        (f"{ONE}　签发人：张某\n{TITLE}", [("line", ONE, ONE)]),
        (f"（{ONE}）\n{TITLE}", [("line", ONE, ONE)]),
        (f"丰及发〔2018〕3号\n{TITLE}", [("line", "丰及发〔2018〕3号", "丰及发〔2018〕3号")]),
        (f"{TITLE}（{ONE}）", [("title", ONE, ONE)]),
        (f"{TITLE}({ONE})(试行)", []),
        (f"{ONE} 2018年9月3日\n{TITLE}", [("line", ONE, ONE)]),
        (f"{ONE} 主动公开\n{TITLE}", [("line", ONE, ONE)]),
        (f"{ONE} 有关问题\n{TITLE}", []),
        ("  平政发〔2018〕01号", [("line", ONE, "平政发〔2018〕01号")]),
        (f"{'甲' * 200}\n{ONE}\n", [("line", ONE, ONE)]),
        (f"{TITLE}\n各镇人民政府：\n{ONE}", []),  # in the body it is another's
        (f"附件\n{ONE}", []),
        ("\n".join(f"平政发〔2018〕{n}号" for n in range(1, 7)), [("line", f"平政发〔2018〕{n}号", f"平政发〔2018〕{n}号") for n in range(1, 5)]),
    ],
)  # fmt: skip
def test_own_numbers_are_those_of_the_head_with_their_places(text: str, found: list[tuple[str, str, str]]) -> None:
    told = find_own_numbers(text)
    where = [slice(*map(int, n.found.where.split("-"))) for n in told]
    assert [(n.place, n.found.value, text[at]) for n, at in zip(told, where, strict=True)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"根据{ONE}和{TWO}", [(ONE, "sure"), (TWO, "sure")]), ("依照国办发〔201823号", [("国办发〔2018〕23号", "damaged")]),
        ("平政发[2018]第003号", [("平政发〔2018〕3号", "sure")]), ("〔2018〕平政字第5号", [("〔2018〕平政字第5号", "sure")]),
        ("平政发〔1899〕1号", []), ("平政发〔2018〕1", []), ("〔2018〕1号", []),
    ],
)  # fmt: skip
def test_numbers_that_a_text_cites_are_in_one_form(text: str, found: list[tuple[str, str]]) -> None:
    assert [(f.value, f.sure) for f in find_document_numbers(text)] == found


@pytest.mark.parametrize(
    ("number", "year"), [(ONE, 2018), ("平政发[1999年]1号", 1999), ("平政发（ 2018 ）1号", 2018), ("平政发〔18〕1号", None), ("第2018号", None)]
)  # fmt: skip
def test_year_stands_in_brackets(number: str, year: int | None) -> None:
    assert year_of(number) == year
